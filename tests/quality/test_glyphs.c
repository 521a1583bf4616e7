/* quality: how true a drawn line of text is to its outlines. Prints what it measures; the bounds are the goals. */
#include "quality/image.h"

#include <ft2build.h>
#include FT_FREETYPE_H
#include FT_OUTLINE_H

#define LINE_WIDTH 1200
#define LINE_HEIGHT 80
#define BASELINE 56
#define START_PX 8.37
#define FINE 8 /* the outline is drawn this much larger, and averaged */

static const char sample[] = "Hamburgefonstiv quick brown fox jumps, 12.";
static const int ppis[] = { 167, 220, 300 };

static struct drawing d;

static kite_f26 size_of(int pt, int ppi)
{
    return pt * ppi * 64 / 72;
}

/* The sample as a run of d, its pens rounded once to 1/64 px; exact_px gets them unrounded. Returns the end. */
static double set_line(uint16_t face, kite_f26 size_f26, const char *text, double *exact_px)
{
    double scale = size_f26 / 64.0 / kite_face_metrics(d.fonts, face)->units_per_em, x = START_PX;
    hb_font_t *font = kite_face_harfbuzz(d.fonts, face);

    drawing_clear(&d);
    drawing_text(&d, face, size_f26, 0, BASELINE * 64, text);
    for (size_t i = 0; i < d.page.glyph_count; i++) {
        exact_px[i] = x;
        d.glyphs[i].x = (kite_f26)floor(x * 64 + 0.5);
        x += hb_font_get_glyph_h_advance(font, d.glyphs[i].glyph) * scale;
    }
    assert_true(x + size_f26 / 64.0 < LINE_WIDTH);
    return x;
}

static struct kite_canvas drawn_line(const struct kite_ink *ink)
{
    struct kite_canvas canvas = canvas_create(LINE_WIDTH, LINE_HEIGHT, LINE_WIDTH);

    drawing_draw(&d, ink, NULL, &canvas);
    return canvas;
}

/* Coverage, 0 to 1, of the glyphs of d at their exact places, `fine` times as large. */
static struct image outline_line(uint16_t face, kite_f26 size_f26, const double *exact_px, int fine)
{
    int width = LINE_WIDTH * fine, height = LINE_HEIGHT * fine;
    struct image image = image_create(width, height);
    uint8_t *pixels = calloc((size_t)width * (size_t)height, 1);
    FT_Face ft = kite_face_freetype(d.fonts, face);
    FT_Bitmap bitmap = { .rows = (unsigned)height, .width = (unsigned)width, .pitch = width, .buffer = pixels,
                         .num_grays = 256, .pixel_mode = FT_PIXEL_MODE_GRAY };

    assert_non_null(pixels);
    for (size_t i = 0; i < d.page.glyph_count; i++) {
        assert_int_equal(FT_Set_Char_Size(ft, 0, size_f26 * fine, 72, 72), 0);
        assert_int_equal(FT_Load_Glyph(ft, d.glyphs[i].glyph, FT_LOAD_NO_HINTING | FT_LOAD_NO_BITMAP), 0);
        FT_Outline_Translate(&ft->glyph->outline, (FT_Pos)(exact_px[i] * fine * 64 + 0.5),
                             (LINE_HEIGHT - BASELINE) * fine * 64);
        assert_int_equal(FT_Outline_Get_Bitmap(ft->glyph->library, &ft->glyph->outline, &bitmap), 0);
    }
    for (int i = 0; i < width * height; i++)
        image.at[i] = pixels[i] / 255.0;
    free(pixels);
    return image;
}

static struct image averaged(const struct image *fine, int times)
{
    struct image out = image_create(fine->width / times, fine->height / times);

    for (int y = 0; y < out.height * times; y++)
        for (int x = 0; x < out.width * times; x++)
            out.at[y / times * out.width + x / times] += fine->at[y * fine->width + x] / (times * times);
    return out;
}

/* The same part of an image. */
static struct image part_of(const struct image *from, struct kite_rect part)
{
    struct image out = image_create(part.width, part.height);

    for (int y = 0; y < part.height; y++)
        memcpy(out.at + y * part.width, from->at + (part.y + y) * from->width + part.x, (size_t)part.width * sizeof *out.at);
    return out;
}

/* The line with a few pixels around it: white far from text would flatter. */
static struct kite_rect around(double end_px, kite_f26 size_f26)
{
    int up = size_f26 * 8 / 10 / 64, down = size_f26 * 3 / 10 / 64;

    return (struct kite_rect){ 4, BASELINE - up, (int)end_px, up + down };
}

/* SSIM of a drawn line against its outlines, coverage against coverage. */
static double likeness(uint16_t face, kite_f26 size_f26, int hinting)
{
    struct kite_ink ink = { .levels = 256, .weight = 2 };
    double exact_px[sizeof sample];
    struct kite_rect part = around(set_line(face, size_f26, sample, exact_px), size_f26);

    ink.hinting = hinting ? KITE_HINT_LIGHT : KITE_HINT_NONE;

    struct kite_canvas canvas = drawn_line(&ink);
    struct image fine = outline_line(face, size_f26, exact_px, FINE), all = averaged(&fine, FINE), truth = part_of(&all, part);
    struct image drawn = image_of_canvas(&canvas, part, false);

    for (int i = 0; i < part.width * part.height; i++)
        truth.at[i] = 255 - 255 * truth.at[i];

    double out = image_ssim(&drawn, &truth);

    free(canvas.pixels);
    free(fine.at);
    free(all.at);
    free(truth.at);
    free(drawn.at);
    return out;
}

static void test_lines_are_like_their_outlines(void **state)
{
    static const enum kite_family families[] = { KITE_FAMILY_SERIF, KITE_FAMILY_LITERACY };
    double least[2] = { 1, 1 }, most[2] = { 0, 0 };

    (void)state;
    drawing_open(&d, 0);
    for (size_t f = 0; f < 2; f++)
        for (size_t p = 0; p < 3; p++)
            for (int pt = 9; pt <= 12; pt++)
                for (int hinting = 0; hinting < 2; hinting++) {
                    double now = likeness(kite_fonts_face(d.fonts, families[f], 0), size_of(pt, ppis[p]), hinting);
                    least[hinting] = fmin(least[hinting], now);
                    most[hinting] = fmax(most[hinting], now);
                }
    print_message("SSIM unhinted %.4f to %.4f, light %.4f to %.4f\n", least[0], most[0], least[1], most[1]);
    assert_true(least[0] >= 0.990);
    assert_true(least[1] >= 0.86);
    drawing_close(&d);
}

/* How much of the ink at the top of the x-height comes in with one row. */
static double edge_step(uint16_t face, kite_f26 size_f26, int hinting)
{
    static const char flat[] = "xvzuwxvzuw";
    struct kite_ink ink = { .levels = 256, .weight = 2 };
    double exact_px[sizeof flat], rows[LINE_HEIGHT] = { 0 }, step = 0, most = 0;
    const struct kite_face_metrics *metrics = kite_face_metrics(d.fonts, face);
    int top = BASELINE - size_f26 * metrics->x_height / metrics->units_per_em / 64;

    set_line(face, size_f26, flat, exact_px);
    ink.hinting = hinting ? KITE_HINT_LIGHT : KITE_HINT_NONE;

    struct kite_canvas canvas = drawn_line(&ink);

    for (int y = 0; y < LINE_HEIGHT; y++)
        for (int x = 0; x < LINE_WIDTH; x++)
            rows[y] += 255 - canvas_at(&canvas, x, y);
    for (int y = top - 3; y <= top + 2; y++) {
        step = fmax(step, rows[y] - rows[y - 1]);
        most = fmax(most, rows[y]);
    }
    free(canvas.pixels);
    return step / most;
}

static void test_light_hinting_sharpens_the_x_height(void **state)
{
    static const enum kite_family families[] = { KITE_FAMILY_SERIF, KITE_FAMILY_LITERACY };

    (void)state;
    drawing_open(&d, 0);
    for (size_t f = 0; f < 2; f++) {
        uint16_t face = kite_fonts_face(d.fonts, families[f], 0);
        double sums[2] = { 0, 0 };

        for (size_t p = 0; p < 2; p++)
            for (int pt = 9; pt <= 12; pt++)
                for (int hinting = 0; hinting < 2; hinting++)
                    sums[hinting] += edge_step(face, size_of(pt, ppis[p]), hinting) / 8;
        print_message("x-height edge of %s: unhinted %.3f, light %.3f\n", kite_face_name(d.fonts, face), sums[0], sums[1]);
        assert_true(sums[1] >= sums[0] + 0.1);
    }
    drawing_close(&d);
}

/* ---- ink ------------------------------------------------------------------------------------------ */

/* Light that the line takes from the page, in px of the panel's range. */
static double ink_of(const struct image *light, bool is_night)
{
    double sum = 0;

    for (int i = 0; i < light->width * light->height; i++)
        sum += is_night ? light->at[i] - PANEL_BLACK : PANEL_WHITE - light->at[i];
    return sum / (PANEL_WHITE - PANEL_BLACK);
}

static double viewed(const struct image *light, const struct image *print, int ppi)
{
    struct image large = image_create(print->width, print->height);
    int times = print->width / light->width;

    for (int y = 0; y < large.height; y++)
        for (int x = 0; x < large.width; x++)
            large.at[y * large.width + x] = light->at[y / times * light->width + x / times];

    double out = image_viewed_psnr(&large, print, px_of_arc(0.5, ppi * times));

    free(large.at);
    return out;
}

static void test_tables_have_the_ink_and_look_of_print(void **state)
{
    static const double goals_db[] = { 23.9, 27.5, 32.0 };
    struct kite_rect all = { 0, 0, LINE_WIDTH, LINE_HEIGHT };

    (void)state;
    drawing_open(&d, 0);
    for (size_t p = 0; p < 3; p++) {
        kite_f26 size_f26 = size_of(10, ppis[p]);
        struct kite_ink ink = { .levels = 16, .weight = 1, .hinting = KITE_HINT_NONE };
        double exact_px[sizeof sample], end_px = set_line(0, size_f26, sample, exact_px), truth = 0;
        struct kite_rect part = around(end_px, size_f26), large = { part.x * 4, part.y * 4, part.width * 4, part.height * 4 };
        struct image fine = outline_line(0, size_f26, exact_px, 4), print = part_of(&fine, large);
        struct kite_canvas canvas = drawn_line(&ink);
        struct image day = image_of_canvas(&canvas, all, true), shown = image_of_canvas(&canvas, part, true);

        for (int i = 0; i < fine.width * fine.height; i++)
            truth += fine.at[i] / 16;
        for (int i = 0; i < print.width * print.height; i++)
            print.at[i] = PANEL_WHITE - print.at[i] * (PANEL_WHITE - PANEL_BLACK);
        ink.is_night = true;
        drawing_draw(&d, &ink, NULL, &canvas);

        struct image night = image_of_canvas(&canvas, all, true);
        double share = ink_of(&day, false) / truth, inverse = ink_of(&night, true) / ink_of(&day, false);
        double db = viewed(&shown, &print, ppis[p]);

        print_message("%d ppi: ink %+.1f %%, by night %+.1f %% of that, viewed PSNR %.2f dB\n", ppis[p], 100 * share - 100,
                      100 * inverse - 100, db);
        assert_true(share >= 1.03 && share <= 1.08);
        assert_true(db >= goals_db[p] - 0.3);
        assert_true(inverse >= 0.98 && inverse <= 1.02);
        free(fine.at);
        free(print.at);
        free(day.at);
        free(shown.at);
        free(night.at);
        free(canvas.pixels);
    }
    drawing_close(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lines_are_like_their_outlines),
        cmocka_unit_test(test_light_hinting_sharpens_the_x_height),
        cmocka_unit_test(test_tables_have_the_ink_and_look_of_print),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
