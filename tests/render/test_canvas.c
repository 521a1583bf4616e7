/* canvas: pictures scaled and dithered, what changed between frames, and image files. */
#include "drawing.h"

#include <png.h>

static struct drawing d;

/* ---- pictures ------------------------------------------------------------------------------- */

struct book {
    struct kite_buffer file;
    struct kite_span_bytes span;
    struct kite_source source;
    struct kite_bundle *bundle;
};

/* A bundle that holds one picture. */
static void book_open(struct book *book, uint32_t width, uint32_t height, const uint8_t *gray)
{
    static const struct kite_span plain = {0};
    struct kite_writer_options fast = {.zopfli_iterations = -1};
    struct kite_paragraph paragraph = {
        .role = KITE_ROLE_PICTURE,
        .text = {.text = "Alt", .text_bytes = 3, .spans = &plain, .span_count = 1}};
    struct kite_writer *writer;
    struct kite_fault fault;

    *book = (struct book){.file = {.mem = kite_memory_heap()}};
    struct kite_sink sink = kite_sink_buffer(&book->file);
    assert_int_equal(kite_writer_create(&book->file.mem, &fast, &writer, &fault), KITE_OK);
    assert_int_equal(kite_writer_bundle_meta(writer, KITE_META_TITLE, "Picture", &fault), KITE_OK);
    assert_int_equal(kite_writer_document(writer, KITE_LANG2('e', 'n'), KITE_DIRECTION_LTR, &fault),
                     KITE_OK);
    assert_int_equal(kite_writer_picture(writer, width, height, gray, &paragraph.picture, &fault),
                     KITE_OK);
    assert_int_equal(kite_writer_paragraph(writer, &paragraph, &fault), KITE_OK);
    assert_int_equal(kite_writer_finish(writer, &sink, NULL, &fault), KITE_OK);
    kite_writer_destroy(writer);
    book->span = (struct kite_span_bytes){book->file.bytes, book->file.count};
    book->source = kite_source_memory(&book->span);
    assert_int_equal(kite_bundle_open(&book->file.mem, &book->source, &book->bundle, &fault),
                     KITE_OK);
}

static void book_close(struct book *book)
{
    kite_bundle_close(book->bundle);
    kite_buffer_close(&book->file);
}

static enum kite_status collect(void *ctx, uint32_t y, uint32_t rows, const uint8_t *gray)
{
    memcpy((uint8_t *)ctx + (size_t)y * 48, gray, (size_t)rows * 48);
    return KITE_OK;
}

/* A shaded picture of 48 x 40 in 16 grays, as stored. */
static void book_sample(struct book *book, uint8_t stored[40 * 48])
{
    for (int y = 0; y < 40; y++)
        for (int x = 0; x < 48; x++)
            stored[y * 48 + x] = (uint8_t)((x / 3 + y / 8) % 16 * 17);
    book_open(book, 48, 40, stored);
    assert_int_equal(kite_bundle_picture_decode(book->bundle, 0, stored, collect, NULL), KITE_OK);
}

static void draw(struct book *book, const struct kite_ink *ink, struct kite_rect box,
                 const struct kite_rect *clip, const struct kite_canvas *canvas)
{
    struct kite_page_picture picture = {.box = box};

    d.page.pictures = &picture;
    d.page.picture_count = 1;
    if (kite_render_page(d.renderer, &d.page, book->bundle, ink, clip, canvas, &d.fault) != KITE_OK)
        fail_msg("%s", d.fault.text);
}

static void test_a_picture_of_its_own_size_is_not_changed(void **state)
{
    struct kite_ink ink = {.levels = 256};
    struct kite_canvas canvas = canvas_create(60, 50, 64);
    uint8_t stored[40 * 48];
    struct book book;

    (void)state;
    drawing_open(&d, 0);
    book_sample(&book, stored);
    draw(&book, &ink, (struct kite_rect){7, 5, 48, 40}, NULL, &canvas);
    for (int32_t y = 0; y < 50; y++)
        for (int32_t x = 0; x < 60; x++) {
            bool is_inside = x >= 7 && x < 55 && y >= 5 && y < 45;
            assert_int_equal(canvas_at(&canvas, x, y),
                             is_inside ? stored[(y - 5) * 48 + x - 7] : 255);
        }
    free(canvas.pixels);
    book_close(&book);
    drawing_close(&d);
}

/* Exact mean of the area of the source that a pixel of the box covers. */
static double mean(const uint8_t *stored, int width, int height, int x, int y)
{
    double sum = 0;

    for (int v = 0; v < 40; v++)
        for (int u = 0; u < 48; u++) {
            int across = (u + 1) * width < (x + 1) * 48 ? (u + 1) * width : (x + 1) * 48;
            int down = (v + 1) * height < (y + 1) * 40 ? (v + 1) * height : (y + 1) * 40;
            across -= u * width > x * 48 ? u * width : x * 48;
            down -= v * height > y * 40 ? v * height : y * 40;
            if (across > 0 && down > 0)
                sum += (double)stored[v * 48 + u] * across * down;
        }
    return sum / (48.0 * 40.0);
}

static void test_scaling_takes_the_mean_of_the_area(void **state)
{
    static const int boxes[][2] = {{24, 20}, {17, 13}, {1, 1},  {48, 7},
                                   {61, 80}, {90, 11}, {5, 100}};
    struct kite_ink ink = {.levels = 256};
    struct kite_canvas canvas = canvas_create(100, 100, 100);
    uint8_t stored[40 * 48];
    struct book book;

    (void)state;
    drawing_open(&d, 0);
    book_sample(&book, stored);
    for (size_t i = 0; i < sizeof boxes / sizeof *boxes; i++) {
        int width = boxes[i][0], height = boxes[i][1];
        draw(&book, &ink, (struct kite_rect){0, 0, width, height}, NULL, &canvas);
        for (int y = 0; y < height; y++)
            for (int x = 0; x < width; x++) {
                double error = canvas_at(&canvas, x, y) - mean(stored, width, height, x, y);
                assert_true(error > -0.51 && error < 0.51);
            }
    }
    free(canvas.pixels);
    book_close(&book);
    drawing_close(&d);
}

static void test_parts_of_a_dithered_picture_are_those_of_the_whole(void **state)
{
    static const int levels[] = {2, 4, 16, 256};
    struct kite_rect box = {-9, 30, 80, 90};
    uint8_t stored[40 * 48];
    struct book book;

    (void)state;
    drawing_open(&d, 0);
    book_sample(&book, stored);
    for (int rotation = 0; rotation < 4; rotation++) {
        for (size_t l = 0; l < 4; l++) {
            struct kite_ink ink = {.levels = levels[l], .rotation = (enum kite_rotation)rotation};
            struct kite_canvas whole = canvas_create(100, 100, 100);
            struct kite_canvas parts = canvas_create(100, 100, 100);
            draw(&book, &ink, box, NULL, &whole);
            for (int32_t y = 0; y < 100; y += 13)
                for (int32_t x = 0; x < 100; x += 33)
                    draw(&book, &ink, box, &(struct kite_rect){x, y, 33, 13}, &parts);
            canvas_is(&parts, &whole);
            for (int32_t i = 0; i < 100 * 100; i++)
                assert_int_equal(whole.pixels[i] % (255 / (levels[l] - 1)), 0);
            free(whole.pixels);
            free(parts.pixels);
        }
    }
    book_close(&book);
    drawing_close(&d);
}

static void test_a_turned_picture_is_the_upright_one(void **state)
{
    struct kite_rect box = {11, 7, 37, 60};
    struct kite_canvas upright = canvas_create(70, 90, 70);
    struct kite_ink ink = {.levels = 256};
    uint8_t stored[40 * 48];
    struct book book;

    (void)state;
    drawing_open(&d, 0);
    book_sample(&book, stored);
    draw(&book, &ink, box, NULL, &upright);
    for (int rotation = 1; rotation < 4; rotation++) {
        bool is_turned = rotation % 2 == 1;
        struct kite_canvas turned = canvas_create(is_turned ? 90 : 70, is_turned ? 70 : 90, 90);
        ink.rotation = (enum kite_rotation)rotation;
        draw(&book, &ink, box, NULL, &turned);
        for (int32_t y = 0; y < 90; y++)
            for (int32_t x = 0; x < 70; x++) {
                const int32_t xs[] = {x, 89 - y, 69 - x, y}, ys[] = {y, x, 89 - y, 69 - x};
                assert_int_equal(canvas_at(&turned, xs[rotation], ys[rotation]),
                                 canvas_at(&upright, x, y));
            }
        free(turned.pixels);
    }
    free(upright.pixels);
    book_close(&book);
    drawing_close(&d);
}

static void test_text_shows_beside_a_picture_that_is_lost(void **state)
{
    struct kite_ink ink = {.levels = 16, .weight = 1};
    struct kite_canvas canvas = canvas_create(100, 100, 100), plain = canvas_create(100, 100, 100);
    struct kite_page_picture picture = {.picture = 7, .box = {0, 50, 50, 50}};
    uint8_t stored[40 * 48];
    struct book book;

    (void)state;
    drawing_open(&d, 0);
    book_sample(&book, stored);
    drawing_text(&d, 0, 30 * 64, 0, 30 * 64, "text");
    drawing_draw(&d, &ink, NULL, &plain);
    d.page.pictures = &picture;
    d.page.picture_count = 1;
    assert_int_not_equal(
        kite_render_page(d.renderer, &d.page, book.bundle, &ink, NULL, &canvas, &d.fault), KITE_OK);
    canvas_is(&canvas, &plain);
    free(canvas.pixels);
    free(plain.pixels);
    book_close(&book);
    drawing_close(&d);
}

static void test_failing_memory_leaves_the_place_blank(void **state)
{
    struct kite_ink ink = {.levels = 16};
    struct kite_canvas canvas = canvas_create(100, 100, 100);
    struct kite_page_picture picture = {.box = {10, 10, 30, 30}};
    enum kite_status status = KITE_E_NOMEM;
    uint8_t stored[40 * 48];
    struct book book;

    (void)state;
    drawing_open(&d, 0);
    book_sample(&book, stored);
    d.page.pictures = &picture;
    d.page.picture_count = 1;
    int64_t blocks = d.counted.blocks;
    for (uint64_t more = 1; status != KITE_OK; more++) {
        d.counted.fail_at = d.counted.calls + more;
        status = kite_render_page(d.renderer, &d.page, book.bundle, &ink, NULL, &canvas, &d.fault);
        assert_true(status == KITE_OK || status == KITE_E_NOMEM);
        assert_int_equal(d.counted.blocks, blocks);
        assert_true(status == KITE_OK || canvas_at(&canvas, 15, 15) == 255);
    }
    free(canvas.pixels);
    book_close(&book);
    drawing_close(&d);
}

/* ---- damage --------------------------------------------------------------------------------- */

static void check_damage(const struct kite_canvas *a, const struct kite_canvas *b, size_t max)
{
    struct kite_rect rects[8];
    size_t count = kite_canvas_damage(a, b, rects, max);

    assert_true(count <= max);
    for (int32_t y = 0; y < a->height_px; y++)
        for (int32_t x = 0; x < a->width_px; x++) {
            bool is_covered = canvas_at(a, x, y) == canvas_at(b, x, y);
            for (size_t i = 0; i < count && !is_covered; i++)
                is_covered = x >= rects[i].x && x < rects[i].x + rects[i].width &&
                             y >= rects[i].y && y < rects[i].y + rects[i].height;
            assert_true(is_covered);
        }
    for (size_t i = 0; i < count; i++) {
        assert_true(rects[i].x >= 0 && rects[i].x + rects[i].width <= a->width_px);
        assert_true(rects[i].y >= 0 && rects[i].y + rects[i].height <= a->height_px);
        assert_false(kite_rect_is_empty(rects[i]));
    }
}

static void test_damage_covers_every_change(void **state)
{
    struct kite_canvas a = canvas_create(131, 97, 140), b = canvas_create(131, 97, 133);
    struct kite_rect rects[8];
    uint32_t seed = 7;

    (void)state;
    assert_int_equal(kite_canvas_damage(&a, &b, rects, 8), 0);
    for (int round = 0; round < 200; round++) {
        for (int32_t y = 0; y < 97; y++)
            memcpy(b.pixels + y * 133, a.pixels + y * 140, 131);
        for (int k = 0; k < round / 10 + 1; k++) {
            seed = seed * 1664525 + 1013904223;
            b.pixels[(seed >> 8) % 97 * 133 + (seed >> 20) % 131] ^= 1;
        }
        for (size_t max = 1; max <= 8; max++)
            check_damage(&a, &b, max);
    }
    free(a.pixels);
    free(b.pixels);
}

static void test_damage_joins_neighbours(void **state)
{
    struct kite_canvas a = canvas_create(160, 160, 160), b = canvas_create(160, 160, 160);
    struct kite_rect rects[8];

    (void)state;
    for (int32_t y = 20; y < 60; y++)
        memset(b.pixels + y * 160 + 40, 0, 50);
    b.pixels[159 * 160 + 159] = 0;
    assert_int_equal(kite_canvas_damage(&a, &b, rects, 8), 2);
    assert_memory_equal(&rects[0], (&(struct kite_rect){32, 16, 64, 48}), sizeof *rects);
    assert_memory_equal(&rects[1], (&(struct kite_rect){144, 144, 16, 16}), sizeof *rects);
    free(a.pixels);
    free(b.pixels);
}

/* ---- files ---------------------------------------------------------------------------------- */

static void fill_sample(const struct kite_canvas *canvas)
{
    for (int32_t y = 0; y < canvas->height_px; y++)
        for (int32_t x = 0; x < canvas->width_px; x++)
            canvas->pixels[y * canvas->stride_bytes + x] = (uint8_t)(x * y + x / 3);
}

static void test_png_comes_back_and_is_the_same_twice(void **state)
{
    struct check_memory counted = {0};
    struct kite_memory mem = check_memory(&counted);
    struct kite_buffer first = {.mem = kite_memory_heap()}, second = first;
    struct kite_sink sinks[] = {kite_sink_buffer(&first), kite_sink_buffer(&second)};
    struct kite_canvas canvas = canvas_create(123, 77, 130), back = canvas_create(123, 77, 123);
    png_image image = {.version = PNG_IMAGE_VERSION};

    (void)state;
    fill_sample(&canvas);
    for (int i = 0; i < 2; i++)
        assert_int_equal(kite_canvas_write_png(&canvas, &mem, &sinks[i], NULL), KITE_OK);
    assert_int_equal(counted.blocks, 0);
    assert_int_equal(first.count, second.count);
    assert_memory_equal(first.bytes, second.bytes, first.count);
    assert_true(png_image_begin_read_from_memory(&image, first.bytes, first.count));
    assert_int_equal(image.format, PNG_FORMAT_GRAY);
    assert_int_equal(image.width, 123);
    assert_int_equal(image.height, 77);
    assert_true(png_image_finish_read(&image, NULL, back.pixels, 0, NULL));
    canvas_is(&back, &canvas);
    kite_buffer_close(&first);
    kite_buffer_close(&second);
    free(canvas.pixels);
    free(back.pixels);
}

struct full_disk {
    size_t left;
};

static enum kite_status full_write(void *ctx, const uint8_t *bytes, size_t count)
{
    struct full_disk *disk = ctx;

    (void)bytes;
    if (count > disk->left)
        return KITE_E_IO;
    disk->left -= count;
    return KITE_OK;
}

static void test_png_reports_a_full_disk_and_no_memory(void **state)
{
    struct kite_canvas canvas = canvas_create(50, 50, 50);
    struct full_disk disk;
    struct kite_sink sink = {&disk, full_write};
    struct kite_fault fault;
    enum kite_status status = KITE_E_IO;

    (void)state;
    for (size_t room = 0; status != KITE_OK; room += 5) {
        struct check_memory counted = {0};
        struct kite_memory mem = check_memory(&counted);
        disk.left = room;
        status = kite_canvas_write_png(&canvas, &mem, &sink, &fault);
        assert_true(status == KITE_OK || status == KITE_E_IO);
        assert_int_equal(counted.blocks, 0);
    }
    status = KITE_E_NOMEM;
    for (uint64_t fail_at = 1; status != KITE_OK; fail_at++) {
        struct check_memory counted = {.fail_at = fail_at};
        struct kite_memory mem = check_memory(&counted);
        disk.left = 100000;
        status = kite_canvas_write_png(&canvas, &mem, &sink, &fault);
        assert_true(status == KITE_OK || status == KITE_E_NOMEM);
        assert_int_equal(counted.blocks, 0);
    }
    free(canvas.pixels);
}

static void test_pgm_is_header_and_rows(void **state)
{
    struct kite_buffer file = {.mem = kite_memory_heap()};
    struct kite_sink sink = kite_sink_buffer(&file);
    struct kite_canvas canvas = canvas_create(5, 3, 9);
    static const char header[] = "P5\n5 3\n255\n";

    (void)state;
    fill_sample(&canvas);
    assert_int_equal(kite_canvas_write_pgm(&canvas, &sink), KITE_OK);
    assert_int_equal(file.count, sizeof header - 1 + 15);
    assert_memory_equal(file.bytes, header, sizeof header - 1);
    for (int32_t y = 0; y < 3; y++)
        assert_memory_equal(file.bytes + sizeof header - 1 + y * 5, canvas.pixels + y * 9, 5);
    kite_buffer_close(&file);
    free(canvas.pixels);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_picture_of_its_own_size_is_not_changed),
        cmocka_unit_test(test_scaling_takes_the_mean_of_the_area),
        cmocka_unit_test(test_parts_of_a_dithered_picture_are_those_of_the_whole),
        cmocka_unit_test(test_a_turned_picture_is_the_upright_one),
        cmocka_unit_test(test_text_shows_beside_a_picture_that_is_lost),
        cmocka_unit_test(test_failing_memory_leaves_the_place_blank),
        cmocka_unit_test(test_damage_covers_every_change),
        cmocka_unit_test(test_damage_joins_neighbours),
        cmocka_unit_test(test_png_comes_back_and_is_the_same_twice),
        cmocka_unit_test(test_png_reports_a_full_disk_and_no_memory),
        cmocka_unit_test(test_pgm_is_header_and_rows),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
