/* quality: pictures in sixteen grays: how near they look to all grays, and that drawing a part again changes nothing. */
#include "quality/image.h"

#include "press/pack.h"
#include "render/ink.h"

#define PPI 167
#define SIDE 256
#define BLUR_MINUTES 1.2

static uint32_t next_random(uint32_t *seed)
{
    *seed = *seed * 1664525 + 1013904223;
    return *seed >> 8;
}

/* Six kinds of picture: a ramp, a sky with a sun, waves, paper with grain, a chessboard, a dark photograph. */
static uint8_t gray_of(int kind, int x, int y, uint32_t *seed)
{
    double u = x / (double)SIDE, v = y / (double)SIDE, r = hypot(u - 0.3, v - 0.4), value = 0;

    if (kind == 0)
        value = u;
    else if (kind == 1)
        value = 0.35 + 0.4 * v + (r < 0.15 ? 0.2 : 0);
    else if (kind == 2)
        value = 0.5 + 0.25 * sin(20 * u + 6 * v) + 0.2 * cos(35 * v * u);
    else if (kind == 3)
        value = 0.8 + 0.1 * (next_random(seed) % 1000 / 1000.0 - 0.5);
    else if (kind == 4)
        value = (x / 24 + y / 24) % 2 ? 0.85 : 0.15;
    else
        value = 0.25 * exp(-8 * r * r) + 0.08 + 0.05 * sin(60 * u) * sin(50 * v);
    return (uint8_t)(255 * (value < 0 ? 0 : value > 1 ? 1 : value) + 0.5);
}

static struct kite_canvas picture_of(int kind)
{
    struct kite_canvas canvas = canvas_create(SIDE, SIDE, SIDE);
    uint32_t seed = 7;

    for (int y = 0; y < SIDE; y++)
        for (int x = 0; x < SIDE; x++)
            canvas.pixels[y * SIDE + x] = gray_of(kind, x, y, &seed);
    return canvas;
}

static double viewed(const struct kite_canvas *a, const struct kite_canvas *b, struct kite_rect part)
{
    struct image x = image_of_canvas(a, part, true), y = image_of_canvas(b, part, true);
    double db = image_viewed_psnr(&x, &y, px_of_arc(BLUR_MINUTES, PPI));

    free(x.at);
    free(y.at);
    return db;
}

static void test_sixteen_grays_look_like_all(void **state)
{
    struct kite_rect all = { 0, 0, SIDE, SIDE };
    struct kite_dither dither;
    double least = 100, sum = 0;

    (void)state;
    for (int kind = 0; kind < 6; kind++) {
        struct kite_canvas picture = picture_of(kind), dithered = picture_of(kind);

        kite_dither_init(&dither, 16);
        for (int y = 0; y < SIDE; y++) {
            struct kite_dither_line line = { .y = y, .count = SIDE, .out = dithered.pixels + y * SIDE, .step = 1 };

            kite_dither_line(&dither, &line, picture.pixels + y * SIDE, 1);
        }

        double db = viewed(&picture, &dithered, all);

        least = fmin(least, db);
        sum += db;
        free(picture.pixels);
        free(dithered.pixels);
    }
    print_message("viewed PSNR of ordered dithering at 16 levels: least %.1f dB, mean %.1f dB\n", least, sum / 6);
    assert_true(least >= 44);
}

/* ---- as a page has it --------------------------------------------------------------------------- */

#define PAGE_WIDTH 600
#define PAGE_HEIGHT 800

static enum kite_status fetch(void *ctx, const char *reference, uint8_t **bytes, size_t *count)
{
    struct kite_memory heap = kite_memory_heap();
    FILE *file = fopen("books/kite.png", "rb");

    (void)ctx;
    (void)reference;
    *bytes = kite_alloc(&heap, 1, 1 << 20);
    assert_true(file && *bytes);
    *count = fread(*bytes, 1, 1 << 20, file);
    fclose(file);
    return KITE_OK;
}

static void draw_at(struct drawing *d, struct kite_bundle *bundle, int levels, int32_t top, const struct kite_rect *clip,
                    const struct kite_canvas *canvas)
{
    struct kite_ink ink = { .levels = levels, .weight = 1 };
    struct kite_page_picture picture = { .box = { 50, top, 500, 400 } };

    d->page.pictures = &picture;
    d->page.picture_count = 1;
    if (kite_render_page(d->renderer, &d->page, bundle, &ink, clip, canvas, &d->fault) != KITE_OK)
        fail_msg("%s", d->fault.text);
}

static size_t differing(const struct kite_canvas *a, const struct kite_canvas *b)
{
    size_t count = 0;

    for (int i = 0; i < PAGE_WIDTH * PAGE_HEIGHT; i++)
        count += a->pixels[i] != b->pixels[i];
    return count;
}

static void test_a_part_drawn_again_changes_nothing(void **state)
{
    static const char text[] = "A text.\n\n![A kite](kite.png)\n";
    struct kite_press_input input = { .name = "a.md", .bytes = (const uint8_t *)text, .byte_count = sizeof text - 1,
                                      .fetch = fetch };
    struct kite_canvas whole = canvas_create(PAGE_WIDTH, PAGE_HEIGHT, PAGE_WIDTH);
    struct kite_canvas parts = canvas_create(PAGE_WIDTH, PAGE_HEIGHT, PAGE_WIDTH), grays = parts;
    struct kite_rect box = { 50, 100, 500, 400 };
    struct drawing d;
    struct packed packed;
    size_t changed = 0;

    (void)state;
    drawing_open(&d, 0);
    assert_int_equal(pack_inputs(&packed, &input, 1, NULL), KITE_OK);
    draw_at(&d, packed.bundle, 16, 100, NULL, &whole);
    draw_at(&d, packed.bundle, 256, 100, NULL, &grays);

    double db = viewed(&whole, &grays, box);

    draw_at(&d, packed.bundle, 16, 100, NULL, &parts);
    for (int32_t y = 3; y < PAGE_HEIGHT; y += 61) { /* each piece over what is there already */
        struct kite_rect clip = { y % 100, y, 333, 97 };
        draw_at(&d, packed.bundle, 16, 100, &clip, &parts);
        changed += differing(&whole, &parts);
    }
    print_message("the picture of books/ on a page: viewed PSNR %.1f dB, %zu pixels changed by drawing parts again\n", db, changed);
    assert_true(db >= 44);
    assert_int_equal(changed, 0);
    free(whole.pixels);
    free(parts.pixels);
    packed_close(&packed);
    drawing_close(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sixteen_grays_look_like_all),
        cmocka_unit_test(test_a_part_drawn_again_changes_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
