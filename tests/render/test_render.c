/* render: pages into canvases. Whole against parts, turned against upright, small caches against
 * large ones, failing memory, and errors. Reads the fonts that `make fonts` built. */
#include "drawing.h"

static struct drawing d;

static struct kite_canvas sample(const struct kite_ink *ink)
{
    struct kite_canvas canvas = canvas_create(SAMPLE_WIDTH, SAMPLE_HEIGHT, SAMPLE_WIDTH + 5);

    drawing_sample(&d);
    drawing_draw(&d, ink, NULL, &canvas);
    return canvas;
}

static void test_parts_are_those_of_the_whole(void **state)
{
    static const int32_t steps[][2] = {{37, 53}, {16, 16}, {300, 7}, {5, 200}};

    (void)state;
    drawing_open(&d, 0);
    for (int night = 0; night < 2; night++) {
        struct kite_ink ink = {.levels = 16, .weight = 1, .is_night = night != 0};
        struct kite_canvas whole = sample(&ink);
        for (size_t s = 0; s < sizeof steps / sizeof *steps; s++) {
            struct kite_canvas parts = canvas_create(SAMPLE_WIDTH, SAMPLE_HEIGHT, SAMPLE_WIDTH);
            for (int32_t y = 0; y < SAMPLE_HEIGHT; y += steps[s][1])
                for (int32_t x = 0; x < SAMPLE_WIDTH; x += steps[s][0])
                    drawing_draw(&d, &ink, &(struct kite_rect){x, y, steps[s][0], steps[s][1]},
                                 &parts);
            canvas_is(&parts, &whole);
            free(parts.pixels);
        }
        free(whole.pixels);
    }
    drawing_close(&d);
}

static void test_nothing_outside_the_clip_is_touched(void **state)
{
    struct kite_ink ink = {.levels = 16, .weight = 1};
    struct kite_rect clip = {60, 40, 77, 91};
    struct kite_canvas canvas = canvas_create(SAMPLE_WIDTH, SAMPLE_HEIGHT, SAMPLE_WIDTH + 8);

    (void)state;
    drawing_open(&d, 0);
    drawing_sample(&d);
    drawing_draw(&d, &ink, &clip, &canvas);
    for (int32_t y = 0; y < SAMPLE_HEIGHT; y++)
        for (int32_t x = 0; x < SAMPLE_WIDTH + 8; x++)
            if (x < clip.x || x >= clip.x + clip.width || y < clip.y || y >= clip.y + clip.height)
                assert_int_equal(canvas.pixels[y * canvas.stride_bytes + x], 0x5a);
    drawing_draw(&d, &ink, &(struct kite_rect){1000, 1000, 5, 5}, &canvas);
    free(canvas.pixels);
    drawing_close(&d);
}

static void test_turned_pages_have_the_same_pixels(void **state)
{
    (void)state;
    drawing_open(&d, 0);
    for (int rotation = KITE_ROTATE_0; rotation <= KITE_ROTATE_270; rotation++) {
        struct kite_ink ink = {.levels = 16, .weight = 1};
        struct kite_canvas upright = sample(&ink);
        bool is_turned = rotation % 2 == 1;
        int32_t width = is_turned ? SAMPLE_HEIGHT : SAMPLE_WIDTH;
        int32_t height = is_turned ? SAMPLE_WIDTH : SAMPLE_HEIGHT;
        struct kite_canvas turned = canvas_create(width, height, width);
        struct kite_canvas parts = canvas_create(width, height, width);

        ink.rotation = (enum kite_rotation)rotation;
        drawing_draw(&d, &ink, NULL, &turned);
        for (int32_t y = 0; y < SAMPLE_HEIGHT; y++) {
            for (int32_t x = 0; x < SAMPLE_WIDTH; x++) {
                const int32_t xs[] = {x, SAMPLE_HEIGHT - 1 - y, SAMPLE_WIDTH - 1 - x, y};
                const int32_t ys[] = {y, x, SAMPLE_HEIGHT - 1 - y, SAMPLE_WIDTH - 1 - x};
                assert_int_equal(canvas_at(&turned, xs[rotation], ys[rotation]),
                                 canvas_at(&upright, x, y));
            }
        }
        for (int32_t y = 0; y < height; y += 41)
            drawing_draw(&d, &ink, &(struct kite_rect){0, y, width, 41}, &parts);
        canvas_is(&parts, &turned);
        free(upright.pixels);
        free(turned.pixels);
        free(parts.pixels);
    }
    drawing_close(&d);
}

static void test_the_cache_changes_no_pixel(void **state)
{
    static const size_t sizes[] = {1, 1200, 4096, 9000, 20000, 60000};
    struct kite_ink ink = {.levels = 16, .weight = 1};
    struct kite_render_stats stats;

    (void)state;
    drawing_open(&d, 0);
    struct kite_canvas whole = sample(&ink);
    kite_renderer_stats(d.renderer, &stats);
    assert_int_equal(stats.evictions, 0);
    uint64_t misses = stats.glyph_misses;
    free(sample(&ink).pixels);
    kite_renderer_stats(d.renderer, &stats);
    assert_int_equal(stats.glyph_misses, misses);
    assert_true(stats.glyph_hits >= misses);
    drawing_close(&d);
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        drawing_open(&d, sizes[i]);
        for (int round = 0; round < 5; round++) {
            struct kite_canvas again = sample(&ink);
            canvas_is(&again, &whole);
            free(again.pixels);
        }
        kite_renderer_stats(d.renderer, &stats);
        assert_true(stats.cache_bytes <= sizes[i]);
        assert_true(sizes[i] < 4000 || sizes[i] > 50000 || stats.evictions > 0);
        drawing_close(&d);
    }
    free(whole.pixels);
}

/* Many glyphs through a small ring, in an order that repeats some. */
static void test_the_ring_keeps_what_is_used(void **state)
{
    struct kite_ink ink = {.levels = 16};
    struct kite_canvas canvas = canvas_create(200, 100, 200);
    struct kite_render_stats stats;

    (void)state;
    drawing_open(&d, 40000);
    for (uint16_t round = 0; round < 300; round++) {
        drawing_clear(&d);
        drawing_text(&d, 0, 40 * 64, 0, 50 * 64, "eee");
        d.runs[0].count = 2;
        d.glyphs[1] = (struct kite_glyph){(uint16_t)(40 + round), 100 * 64, 50 * 64, 0};
        drawing_draw(&d, &ink, NULL, &canvas);
    }
    kite_renderer_stats(d.renderer, &stats);
    assert_true(stats.evictions > 100);
    assert_true(stats.glyph_misses <= 302); /* the e was made once */
    free(canvas.pixels);
    drawing_close(&d);
}

static void test_overlapping_glyphs_add_no_ink(void **state)
{
    (void)state;
    drawing_open(&d, 0);
    for (int night = 0; night < 2; night++) {
        struct kite_ink ink = {.levels = 16, .weight = 1, .is_night = night != 0};
        struct kite_canvas once = canvas_create(60, 60, 60), twice = canvas_create(60, 60, 60);

        drawing_clear(&d);
        drawing_text(&d, 0, 46 * 64, 5 * 64, 45 * 64, "B");
        drawing_draw(&d, &ink, NULL, &once);
        drawing_text(&d, 0, 46 * 64, 5 * 64, 45 * 64, "B");
        drawing_draw(&d, &ink, NULL, &twice);
        canvas_is(&twice, &once);
        free(once.pixels);
        free(twice.pixels);
    }
    drawing_close(&d);
}

static void test_rules_are_black_by_day_and_white_by_night(void **state)
{
    struct kite_canvas canvas = canvas_create(SAMPLE_WIDTH, SAMPLE_HEIGHT, SAMPLE_WIDTH);

    (void)state;
    drawing_open(&d, 0);
    for (int night = 0; night < 2; night++) {
        struct kite_ink ink = {.levels = 4, .weight = 2, .is_night = night != 0};

        drawing_sample(&d);
        d.page.run_count = 0;
        drawing_draw(&d, &ink, NULL, &canvas);
        for (int32_t y = 0; y < SAMPLE_HEIGHT; y++) {
            for (int32_t x = 0; x < SAMPLE_WIDTH; x++) {
                bool is_ruled = (x >= 10 && x < 210 && y >= 80 && y < 82) ||
                                (x >= 280 && y >= 100 && y < 103) || (x < 5 && y < 5);
                assert_int_equal(canvas_at(&canvas, x, y), is_ruled == (night != 0) ? 255 : 0);
            }
        }
    }
    free(canvas.pixels);
    drawing_close(&d);
}

/* A tint is paper of the ink that its coverage says, and lies under the rules. */
static void test_tints_lie_under_everything(void **state)
{
    const struct kite_page_tint tints[] = {{{0, 60, 300, 60}, 90}, {{250, 0, 20, 10}, 255}};
    struct kite_ink ink = {.levels = 16, .weight = 1};
    struct kite_canvas plain = canvas_create(SAMPLE_WIDTH, SAMPLE_HEIGHT, SAMPLE_WIDTH);
    struct kite_canvas canvas = canvas_create(SAMPLE_WIDTH, SAMPLE_HEIGHT, SAMPLE_WIDTH);
    uint8_t table[256];

    (void)state;
    drawing_open(&d, 0);
    drawing_sample(&d);
    d.page.run_count = 0;
    drawing_draw(&d, &ink, NULL, &plain);
    d.page.tints = tints;
    d.page.tint_count = 2;
    drawing_draw(&d, &ink, NULL, &canvas);
    d.page.tint_count = 0;
    kite_ink_table(&ink, table);
    for (int32_t y = 0; y < SAMPLE_HEIGHT; y++) {
        for (int32_t x = 0; x < SAMPLE_WIDTH; x++) {
            bool is_black = canvas_at(&plain, x, y) == table[255] || (x >= 250 && x < 270 && y < 10);
            bool is_tinted = x < 300 && y >= 60 && y < 120;
            uint8_t wanted = is_black ? table[255] : is_tinted ? table[90] : table[0];
            assert_int_equal(canvas_at(&canvas, x, y), wanted);
        }
    }
    free(plain.pixels);
    free(canvas.pixels);
    drawing_close(&d);
}

static void test_failing_memory_is_reported(void **state)
{
    struct kite_ink ink = {.levels = 16, .weight = 1};
    uint64_t calls = 0;

    (void)state;
    drawing_open(&d, 3000);
    struct kite_canvas whole = sample(&ink);
    calls = d.counted.calls;
    drawing_close(&d);
    for (uint64_t fail_at = 1; fail_at <= calls; fail_at += 1 + fail_at / 16) {
        struct kite_canvas canvas = canvas_create(SAMPLE_WIDTH, SAMPLE_HEIGHT, SAMPLE_WIDTH);

        memset(&d, 0, sizeof d);
        d.mem = check_memory(&d.counted);
        d.loader = (struct kite_font_loader){&d.folder, font_load};
        d.counted.fail_at = fail_at;
        enum kite_status status = kite_fonts_create(&d.mem, &d.loader, &d.fonts, &d.fault);
        if (status == KITE_OK)
            status = kite_renderer_create(&d.mem, d.fonts, 3000, &d.renderer, &d.fault);
        if (status == KITE_OK) {
            d.page = (struct kite_page){.glyphs = d.glyphs, .runs = d.runs, .rules = d.rules};
            drawing_sample(&d);
            status = kite_render_page(d.renderer, &d.page, NULL, &ink, NULL, &canvas, &d.fault);
            if (status != KITE_OK) {
                assert_int_equal(status, KITE_E_NOMEM);
                assert_true(d.fault.text[0] != '\0');
            }
            d.counted.fail_at = 0; /* it works again once there is memory */
            drawing_draw(&d, &ink, NULL, &canvas);
            canvas_is(&canvas, &whole);
        }
        free(canvas.pixels);
        drawing_close(&d);
    }
    free(whole.pixels);
}

/* Outlines that a damaged font gives: anything may come out, but nothing outside the canvas is
 * touched. */
static void test_damaged_outlines_are_survived(void **state)
{
    static const char *const names[] = {"KiteSerif-Regular.ttf", "KiteDyslexic-Regular.otf"};
    static const int32_t sizes[] = {9 * 64, 25 * 64, 60 * 64 + 5, 700 * 64};
    struct kite_canvas canvas = canvas_create(SAMPLE_WIDTH, SAMPLE_HEIGHT, SAMPLE_WIDTH);
    uint32_t seed = 3;

    (void)state;
    for (int round = 0; round < 80; round++) {
        const uint8_t *bytes;
        size_t count = 0;

        drawing_open(&d, round % 3 == 0 ? 1 : 0);
        assert_int_equal(font_load(&d.folder, names[round % 2], &bytes, &count), KITE_OK);
        uint8_t *changed = d.folder.bytes[round % 2];
        for (int k = 0; k < 400; k++) {
            seed = seed * 1664525 + 1013904223;
            changed[4096 + (seed >> 4) % (count - 4096)] ^= (uint8_t)(1u << (seed >> 29));
        }
        enum kite_family family = round % 2 ? KITE_FAMILY_DYSLEXIC : KITE_FAMILY_SERIF;
        uint16_t face = kite_fonts_face(d.fonts, family, 0);
        for (uint16_t i = 0; i < 200; i++) {
            struct kite_glyph *g = &d.glyphs[i];
            *g = (struct kite_glyph){(uint16_t)(i * 5), (i % 20 - 2) * 20 * 64 + i,
                                     (i / 20) * 20 * 64, 0};
        }
        d.page.glyph_count = 200;
        d.page.run_count = 1;
        d.runs[0] = (struct kite_glyph_run){.face = face,
                                            .weight = (uint8_t)(round % 4),
                                            .size_f26 = sizes[round % 4],
                                            .count = 200};
        struct kite_ink ink = {.levels = 16, .rotation = (enum kite_rotation)(round / 4 % 4)};
        kite_render_page(d.renderer, &d.page, NULL, &ink, NULL, &canvas, &d.fault);
        drawing_close(&d);
    }
    free(canvas.pixels);
}

static void test_what_cannot_be_drawn_is_refused(void **state)
{
    struct kite_canvas canvas = canvas_create(20, 20, 20), bad = canvas;
    struct kite_ink ink = {.levels = 16}, three = {.levels = 3};
    struct kite_ink askew = {.levels = 16, .rotation = (enum kite_rotation)7};

    (void)state;
    drawing_open(&d, 0);
    bad.stride_bytes = 10;
    assert_int_equal(kite_render_page(d.renderer, &d.page, NULL, &three, NULL, &canvas, &d.fault),
                     KITE_E_RANGE);
    assert_int_equal(kite_render_page(d.renderer, &d.page, NULL, &askew, NULL, &canvas, &d.fault),
                     KITE_E_RANGE);
    assert_int_equal(kite_render_page(d.renderer, &d.page, NULL, &ink, NULL, &bad, &d.fault),
                     KITE_E_RANGE);
    drawing_text(&d, 0, 20 * 64, 0, 15 * 64, "a");
    d.runs[0].count = 2;
    assert_int_equal(kite_render_page(d.renderer, &d.page, NULL, &ink, NULL, &canvas, &d.fault),
                     KITE_E_RANGE);
    d.runs[0].count = 1;
    d.runs[0].size_f26 = 0;
    assert_int_equal(kite_render_page(d.renderer, &d.page, NULL, &ink, NULL, &canvas, &d.fault),
                     KITE_E_RANGE);
    free(canvas.pixels);
    drawing_close(&d);
}

/* Same input, same bytes, on every machine and with every compiler: this hash is of the pixels
 * alone. */
static void test_pixels_are_the_same_everywhere(void **state)
{
    struct kite_ink ink = {.levels = 16, .weight = 1, .hinting = KITE_HINT_NONE};
    uint64_t hash = 0xcbf29ce484222325u;

    (void)state;
    drawing_open(&d, 0);
    struct kite_canvas canvas = sample(&ink);
    for (int32_t y = 0; y < SAMPLE_HEIGHT; y++)
        for (int32_t x = 0; x < SAMPLE_WIDTH; x++)
            hash = (hash ^ canvas_at(&canvas, x, y)) * 0x100000001b3u;
    print_message("frame %016llx\n", (unsigned long long)hash);
    assert_true(hash == 0x02527297c0853701u);
    free(canvas.pixels);
    drawing_close(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_parts_are_those_of_the_whole),
        cmocka_unit_test(test_nothing_outside_the_clip_is_touched),
        cmocka_unit_test(test_turned_pages_have_the_same_pixels),
        cmocka_unit_test(test_the_cache_changes_no_pixel),
        cmocka_unit_test(test_the_ring_keeps_what_is_used),
        cmocka_unit_test(test_overlapping_glyphs_add_no_ink),
        cmocka_unit_test(test_rules_are_black_by_day_and_white_by_night),
        cmocka_unit_test(test_tints_lie_under_everything),
        cmocka_unit_test(test_failing_memory_is_reported),
        cmocka_unit_test(test_damaged_outlines_are_survived),
        cmocka_unit_test(test_what_cannot_be_drawn_is_refused),
        cmocka_unit_test(test_pixels_are_the_same_everywhere),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
