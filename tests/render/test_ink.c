/* ink: gray tables, dithering, and how true the glyphs are to their outlines. */
#include "drawing.h"

#include "render/ink.h"

#include <ft2build.h>
#include FT_FREETYPE_H
#include FT_OUTLINE_H

static struct drawing d;

/* The panel that the tables are made for: 41 % white, 2.5 % black, codes equally spaced in
 * lightness. */
static double root_of(double value)
{
    double root = 0.5;

    for (int i = 0; i < 60; i++)
        root -= (root * root * root - value) / (3 * root * root);
    return root;
}

static double light_of(uint8_t gray)
{
    double black = root_of(0.025), white = root_of(0.41);
    double root = black + gray * (white - black) / 255;

    return (root * root * root - 0.025) / (0.41 - 0.025);
}

static double light_of_canvas(const struct kite_canvas *canvas)
{
    double sum = 0;

    for (int32_t y = 0; y < canvas->height_px; y++)
        for (int32_t x = 0; x < canvas->width_px; x++)
            sum += light_of(canvas_at(canvas, x, y));
    return sum;
}

static void test_tables_fall_by_day_and_rise_by_night(void **state)
{
    static const int levels[] = {2, 4, 16, 256};
    uint8_t table[256];

    (void)state;
    for (size_t l = 0; l < 4; l++) {
        for (int weight = 0; weight < 5; weight++) {
            for (int night = 0; night < 2; night++) {
                struct kite_ink ink = {
                    .levels = levels[l], .weight = weight, .is_night = night != 0};
                kite_ink_table(&ink, table);
                assert_int_equal(table[0], night ? 0 : 255);
                assert_int_equal(table[255], night ? 255 : 0);
                for (int c = 0; c < 255; c++) {
                    assert_true(night ? table[c] <= table[c + 1] : table[c] >= table[c + 1]);
                    assert_int_equal(table[c] % (255 / (levels[l] - 1)), 0);
                }
            }
        }
    }
}

static void test_tables_are_those_they_claim_to_be(void **state)
{
    uint8_t linear[256], half[256], straight[256];

    (void)state;
    kite_ink_table(&(struct kite_ink){.levels = 256, .weight = 0}, linear);
    kite_ink_table(&(struct kite_ink){.levels = 256, .weight = 1}, half);
    kite_ink_table(&(struct kite_ink){.levels = 256, .weight = 2}, straight);
    for (int c = 0; c < 256; c++) {
        double error = light_of(linear[c]) - (255 - c) / 255.0;
        assert_true(error < 0.006 && error > -0.006);
        assert_int_equal(straight[c], 255 - c);
        assert_in_range(2 * half[c] + 2, linear[c] + straight[c], linear[c] + straight[c] + 4);
    }
}

/* A line of body text. */
static struct kite_canvas line(const struct kite_ink *ink, kite_f26 size_f26)
{
    struct kite_canvas canvas = canvas_create(700, 80, 700);

    drawing_clear(&d);
    drawing_text(&d, 0, size_f26, 10 * 64 + 5, 55 * 64,
                 "The quick brown fox jumps over the lazy dog, 1234.");
    drawing_draw(&d, ink, NULL, &canvas);
    return canvas;
}

static double ink_of(const struct kite_ink *ink, kite_f26 size_f26)
{
    struct kite_canvas canvas = line(ink, size_f26);
    double light = light_of_canvas(&canvas), all = 700 * 80;

    free(canvas.pixels);
    return ink->is_night ? light : all - light;
}

static void test_ink_is_three_to_eight_percent_more_than_the_outline(void **state)
{
    static const int32_t ppi[] = {167, 220, 300};

    (void)state;
    drawing_open(&d, 0);
    for (size_t i = 0; i < 3; i++) {
        kite_f26 size_f26 = 10 * 64 * ppi[i] / 72;
        struct kite_ink truth = {.levels = 256, .weight = 0, .hinting = KITE_HINT_NONE};
        struct kite_ink ink = {.levels = 16, .weight = 1, .hinting = KITE_HINT_NONE};
        double share = ink_of(&ink, size_f26) / ink_of(&truth, size_f26);
        assert_true(share > 1.03 && share < 1.08);
        ink.is_night = true;
        double night = ink_of(&ink, size_f26);
        ink.is_night = false;
        double day = ink_of(&ink, size_f26);
        assert_true(night > 0.98 * day && night < 1.02 * day);
        ink.weight = 0;
        share = ink_of(&ink, size_f26) / ink_of(&truth, size_f26);
        assert_true(share > 0.98 && share < 1.02);
        for (int levels = 2; levels <= 4; levels += 2) {
            ink = (struct kite_ink){.levels = levels, .weight = 1, .hinting = KITE_HINT_NONE};
            share = ink_of(&ink, size_f26) / ink_of(&truth, size_f26);
            assert_true(share > 0.98 && share < 1.14);
        }
    }
    drawing_close(&d);
}

static void test_weights_grow_and_keep_heights(void **state)
{
    double last = 0;
    int32_t heights[5] = {0};

    (void)state;
    drawing_open(&d, 0);
    for (int weight = 0; weight < 5; weight++) {
        struct kite_ink ink = {.levels = 16, .weight = weight};
        double now = ink_of(&ink, 30 * 64);
        assert_true(now > last * 1.02);
        last = now;
        struct kite_canvas canvas = line(&ink, 30 * 64);
        for (int32_t y = 0; y < 80; y++)
            for (int32_t x = 0; x < 700; x++)
                if (canvas_at(&canvas, x, y) < 128) {
                    heights[weight]++;
                    break;
                }
        free(canvas.pixels);
    }
    assert_int_equal(heights[4], heights[2]);
    drawing_close(&d);
}

/* A run's own step is that of the ink, not one more on top. */
static void test_a_bold_run_is_not_emboldened_twice(void **state)
{
    struct kite_ink ink = {.levels = 16, .weight = 3};
    struct kite_canvas once = canvas_create(60, 60, 60), again = canvas_create(60, 60, 60);

    (void)state;
    drawing_open(&d, 0);
    drawing_text(&d, 0, 40 * 64, 10 * 64, 45 * 64, "n");
    drawing_draw(&d, &ink, NULL, &once);
    d.runs[0].weight = 1;
    drawing_draw(&d, &ink, NULL, &again);
    canvas_is(&again, &once);
    free(once.pixels);
    free(again.pixels);
    drawing_close(&d);
}

/* Coverage of a glyph by FreeType's own renderer at 8 x 8 times the size, averaged. */
static void supersample(FT_Face face, uint16_t glyph, kite_f26 size_f26, uint32_t phase,
                        double out[100][100])
{
    static uint8_t fine[800][800];
    FT_Bitmap bitmap = {.rows = 800,
                        .width = 800,
                        .pitch = 800,
                        .buffer = fine[0],
                        .num_grays = 256,
                        .pixel_mode = FT_PIXEL_MODE_GRAY};
    FT_Library library = face->glyph->library;

    memset(fine, 0, sizeof fine);
    assert_int_equal(FT_Set_Char_Size(face, 0, size_f26 * 8, 72, 72), 0);
    assert_int_equal(FT_Load_Glyph(face, glyph, FT_LOAD_NO_HINTING | FT_LOAD_NO_BITMAP), 0);
    FT_Outline_Translate(&face->glyph->outline, (20 * 64 + (int)phase * 16) * 8, 30 * 64 * 8);
    assert_int_equal(FT_Outline_Get_Bitmap(library, &face->glyph->outline, &bitmap), 0);
    for (int y = 0; y < 100; y++)
        for (int x = 0; x < 100; x++) {
            out[y][x] = 0;
            for (int k = 0; k < 64; k++)
                out[y][x] += fine[y * 8 + k / 8][x * 8 + k % 8] / 64.0;
        }
}

static void compare_with_outline(uint16_t face, kite_f26 size_f26, const char *text)
{
    struct kite_ink ink = {.levels = 256, .weight = 2, .hinting = KITE_HINT_NONE};
    static double expected[100][100];
    struct kite_canvas canvas = canvas_create(100, 100, 100);

    for (; *text; text++) {
        for (uint32_t phase = 0; phase < 4; phase++) {
            drawing_clear(&d);
            drawing_text(&d, face, size_f26, 20 * 64 + (int)phase * 16, 70 * 64,
                         (const char[]){*text, '\0'});
            drawing_draw(&d, &ink, NULL, &canvas);
            supersample(kite_face_freetype(d.fonts, face), d.glyphs[0].glyph, size_f26, phase,
                        expected);
            double squares = 0;
            for (int y = 0; y < 100; y++)
                for (int x = 0; x < 100; x++) {
                    double error = 255 - canvas_at(&canvas, x, y) - expected[y][x];
                    squares += error * error;
                    assert_true(error < 64 && error > -64);
                }
            /* Over the em square, 1.8 % root mean square: points are rounded to 1/64 px. */
            assert_true(squares < 20.0 * size_f26 / 64 * size_f26 / 64);
        }
    }
    free(canvas.pixels);
}

static void test_glyphs_are_their_outlines(void **state)
{
    (void)state;
    drawing_open(&d, 0);
    for (int family = 0; family < KITE_FAMILY_COUNT; family++) {
        uint16_t face = kite_fonts_face(d.fonts, (enum kite_family)family, KITE_FACE_ITALIC);
        compare_with_outline(face, 23 * 64 + 17, "agMQ8&");
        compare_with_outline(face, 46 * 64, "egSW@i");
    }
    drawing_close(&d);
}

/* Where the ink of a letter is, across, in px. */
static double middle_of(const struct kite_canvas *canvas)
{
    double sum = 0, ink = 0;

    for (int32_t y = 0; y < canvas->height_px; y++)
        for (int32_t x = 0; x < canvas->width_px; x++) {
            double dark = 255 - canvas_at(canvas, x, y);
            ink += dark;
            sum += dark * x;
        }
    return sum / ink;
}

static void test_positions_are_within_an_eighth(void **state)
{
    struct kite_ink ink = {.levels = 256, .weight = 2};
    struct kite_canvas canvas = canvas_create(100, 60, 100);
    double first = 0;

    (void)state;
    drawing_open(&d, 0);
    for (kite_f26 x = 20 * 64; x < 24 * 64; x++) {
        drawing_clear(&d);
        drawing_text(&d, 0, 25 * 64, x, 40 * 64, "o");
        drawing_draw(&d, &ink, NULL, &canvas);
        double at = middle_of(&canvas) - x / 64.0;
        if (x == 20 * 64)
            first = at;
        /* An eighth from rounding, and what curves made of straight pieces add. */
        assert_true(at - first < 0.15 && at - first > -0.15);
    }
    free(canvas.pixels);
    drawing_close(&d);
}

static void test_hinting_follows_the_size(void **state)
{
    static const kite_f26 sizes[] = {20 * 64 + 40, 28 * 64, 28 * 64 + 1, 40 * 64};
    struct kite_ink by_size = {.levels = 256};
    struct kite_ink fixed[] = {{.levels = 256, .hinting = KITE_HINT_LIGHT},
                               {.levels = 256, .hinting = KITE_HINT_NONE}};

    (void)state;
    drawing_open(&d, 0);
    for (size_t i = 0; i < 4; i++) {
        struct kite_canvas chosen = line(&by_size, sizes[i]),
                           expected = line(&fixed[i / 2], sizes[i]);
        struct kite_canvas other = line(&fixed[1 - i / 2], sizes[i]);
        canvas_is(&chosen, &expected);
        assert_memory_not_equal(chosen.pixels, other.pixels, 700 * 80);
        free(chosen.pixels);
        free(expected.pixels);
        free(other.pixels);
    }
    drawing_close(&d);
}

/* One gray, dithered along a row from x = 0 on. */
static void dither_row(int levels, int gray, int32_t y, uint8_t out[32])
{
    struct kite_dither dither;
    uint8_t grays[32];
    struct kite_dither_line line = {.y = y, .count = 32, .out = out, .step = 1};

    memset(grays, gray, sizeof grays);
    kite_dither_init(&dither, levels);
    kite_dither_line(&dither, &line, grays, 1);
}

static void test_dithering_keeps_the_light(void **state)
{
    static const int levels[] = {2, 4, 16};

    (void)state;
    for (size_t l = 0; l < 3; l++) {
        for (int gray = 0; gray < 256; gray++) {
            double sum = 0;
            for (int32_t y = 0; y < 8; y++) {
                uint8_t out[32], below[32];

                dither_row(levels[l], gray, y, out);
                dither_row(levels[l], gray, y + 800, below);
                for (int32_t x = 0; x < 8; x++) {
                    assert_int_equal(out[x] % (255 / (levels[l] - 1)), 0);
                    assert_int_equal(out[x], below[x + 24]);
                    sum += light_of(out[x]) / 64;
                }
            }
            double error = sum - light_of((uint8_t)gray), step = levels[l] == 2 ? 1 : 0.6;
            assert_true(error < step / 100 && error > -step / 100);
        }
    }
}

/* Any part of a row or column of noise is what the whole has there, and only levels come out. */
static void test_dithering_in_parts_is_the_same(void **state)
{
    uint8_t grays[200], whole[200], part[200];
    struct kite_dither dither;
    uint32_t seed = 5;

    (void)state;
    for (size_t i = 0; i < sizeof grays; i++) {
        seed = seed * 1664525 + 1013904223;
        grays[i] = (uint8_t)(i % 50 < 10 ? seed >> 24 : 120 + (seed >> 24) % 40);
    }
    kite_dither_init(&dither, 16);
    for (int column = 0; column < 2; column++) {
        int32_t start = 21; /* of the picture, on the canvas */
        struct kite_dither_line line = {
            .x = column ? 3 : start, .y = column ? start : 3, .count = 200, .is_column = column, .out = whole, .step = 1};

        kite_dither_line(&dither, &line, grays, 1);
        for (int32_t i = 0; i < 200; i++)
            assert_int_equal(whole[i] % 17, 0);
        line.out = part;
        for (int32_t from = 0; from < 200; from++) {
            *(column ? &line.y : &line.x) = start + from;
            line.count = 200 - from < 30 ? 200 - from : 30;
            line.known = from < KITE_DITHER_STRETCH ? from : KITE_DITHER_STRETCH - 1;
            kite_dither_line(&dither, &line, grays + from, 1);
            assert_memory_equal(part, whole + from, (size_t)line.count);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tables_fall_by_day_and_rise_by_night),
        cmocka_unit_test(test_tables_are_those_they_claim_to_be),
        cmocka_unit_test(test_ink_is_three_to_eight_percent_more_than_the_outline),
        cmocka_unit_test(test_weights_grow_and_keep_heights),
        cmocka_unit_test(test_a_bold_run_is_not_emboldened_twice),
        cmocka_unit_test(test_glyphs_are_their_outlines),
        cmocka_unit_test(test_positions_are_within_an_eighth),
        cmocka_unit_test(test_hinting_follows_the_size),
        cmocka_unit_test(test_dithering_keeps_the_light),
        cmocka_unit_test(test_dithering_in_parts_is_the_same),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
