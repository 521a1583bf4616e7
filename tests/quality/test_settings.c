/* quality: sizes that can be read, and text that survives wide spacing at double size. */
#include "quality/book.h"

#include <ft2build.h>
#include FT_FREETYPE_H
#include FT_BBOX_H

#define CHAR_EM 0.475 /* mean width of Noto Serif's characters, spaces included */

static double x_height_mm(struct kite_fonts *fonts, const struct kite_setting *s)
{
    const struct kite_face_metrics *m = kite_face_metrics(fonts, kite_fonts_face(fonts, s->family, 0));

    return s->size_f26 / 64.0 * m->x_height / m->units_per_em / s->panel.ppi * 25.4;
}

static struct kite_fonts *fonts_of(const struct kite_memory *heap)
{
    struct kite_fonts *fonts;
    struct kite_fault fault;

    assert_int_equal(kite_fonts_create(heap, &built_fonts, &fonts, &fault), KITE_OK);
    return fonts;
}

static void test_bodies_have_a_height_that_can_be_read(void **state)
{
    struct kite_memory heap = kite_memory_heap();
    struct kite_fonts *fonts = fonts_of(&heap);

    (void)state;
    for (size_t p = 0; p < PANEL_COUNT; p++) {
        for (int profile = 0; profile < KITE_PROFILE_COUNT; profile++) {
            struct kite_setting s;

            kite_setting_init(&s, (enum kite_profile)profile, panels[p], 0);

            double height_mm = x_height_mm(fonts, &s);

            print_message("%dx%d at %d ppi, profile %d: x-height %.2f mm\n", (int)panels[p].width_px, (int)panels[p].height_px,
                          (int)panels[p].ppi, profile, height_mm);
            assert_true(height_mm >= 1.6);
            if (profile == KITE_PROFILE_BOOK)
                assert_true(height_mm >= 1.88 && height_mm <= 2.2); /* 10 pt are 1.89 mm less rounding */
        }
    }
    kite_fonts_destroy(fonts);
}

/* Sizes are the reader's to offer; any size up to the one with eight characters a line can be set. */
static void test_large_sizes_go_on_to_eight_characters(void **state)
{
    struct book book;

    (void)state;
    assert_true(book_open(&book, 0));
    for (size_t p = 0; p < PANEL_COUNT; p++) {
        struct kite_setting s;
        const struct kite_page *page;
        struct kite_place start = { 0 };

        kite_setting_init(&s, KITE_PROFILE_VERY_LARGE, panels[p], 0);
        s.size_f26 = (kite_f26)((s.panel.width_px - s.margin_left_px - s.margin_right_px) * 64 / (8 * CHAR_EM));
        s.line_f26 = kite_f26_round_px(s.size_f26 * 14 / 10) * 64;
        book_set(&book, &s);
        must(&book, kite_layout_page_at(book.layout, start, KITE_PAGE_SOON, &page, &book.fault));
        assert_true(page->line_count >= 3);
        for (size_t i = 0; i < page->line_count; i++)
            assert_true(page->lines[i].box.x >= 0 && page->lines[i].box.x + page->lines[i].box.width <= s.panel.width_px);
    }
    book_close(&book);
}

/* ---- wide spacing -------------------------------------------------------------------------------- */

/* Ink of a line, 26.6 px; empty when left is not below right. */
struct ink {
    kite_f26 left, top, right, bottom;
};

static struct ink ink_of(struct book *book, const struct kite_glyph_run *run, const struct kite_glyph *glyph)
{
    FT_Face face = kite_face_freetype(book->fonts, run->face);
    FT_BBox box;

    assert_int_equal(FT_Set_Char_Size(face, 0, run->size_f26, 72, 72), 0);
    assert_int_equal(FT_Load_Glyph(face, glyph->glyph, FT_LOAD_NO_HINTING | FT_LOAD_NO_BITMAP), 0);
    FT_Outline_Get_BBox(&face->glyph->outline, &box);
    return (struct ink){ glyph->x + (kite_f26)box.xMin, glyph->y - (kite_f26)box.yMax, glyph->x + (kite_f26)box.xMax,
                         glyph->y - (kite_f26)box.yMin };
}

#define LINE_GLYPHS_MAX 512

struct line_ink {
    struct ink glyphs[LINE_GLYPHS_MAX];
    size_t count;
    const struct kite_page_line *line;
};

static void find_ink(struct book *book, const struct kite_page *page, const struct kite_page_line *line, struct line_ink *out)
{
    out->count = 0;
    out->line = line;
    for (size_t r = 0; r < page->run_count; r++) {
        const struct kite_glyph_run *run = &page->runs[r];

        for (uint32_t g = run->first; g < run->first + run->count; g++) {
            if (g < line->first_glyph || g >= line->first_glyph + line->glyph_count)
                continue;

            struct ink ink = ink_of(book, run, &page->glyphs[g]);

            assert_true(out->count < LINE_GLYPHS_MAX);
            if (ink.left < ink.right)
                out->glyphs[out->count++] = ink;
        }
    }
}

/* How far two letters overlap, the lesser of across and down. */
static kite_f26 overlap(const struct ink *a, const struct ink *b)
{
    kite_f26 across = (a->right < b->right ? a->right : b->right) - (a->left > b->left ? a->left : b->left);
    kite_f26 down = (a->bottom < b->bottom ? a->bottom : b->bottom) - (a->top > b->top ? a->top : b->top);

    return across < down ? across : down;
}

/* Every letter is on the page, and on none of the line above. */
static void check_line(struct book *book, const struct kite_setting *s, const struct line_ink *ink, const struct line_ink *above)
{
    for (size_t i = 0; i < ink->count; i++) {
        const struct ink *g = &ink->glyphs[i];

        if (g->left < 0 || g->top < 0 || g->right > s->panel.width_px * 64 || g->bottom > s->panel.height_px * 64)
            fail_msg("%s, profile %d, %d px wide: paragraph %u is cut off", book->path, (int)s->profile,
                     (int)s->panel.width_px, (unsigned)ink->line->paragraph);
        for (size_t k = 0; k < above->count; k++)
            if (overlap(g, &above->glyphs[k]) > 0)
                fail_msg("%s, profile %d, %d px wide: paragraph %u runs into the line above by %.1f px", book->path,
                         (int)s->profile, (int)s->panel.width_px, (unsigned)ink->line->paragraph,
                         overlap(g, &above->glyphs[k]) / 64.0);
    }
}

static size_t check_page(struct book *book, const struct kite_page *page, const struct kite_setting *s)
{
    static struct line_ink inks[2];

    inks[1].count = 0;
    for (size_t i = 0; i < page->line_count; i++) {
        struct line_ink *ink = &inks[i % 2], *above = &inks[1 - i % 2];

        find_ink(book, page, &page->lines[i], ink);
        check_line(book, s, ink, above);
    }
    return page->line_count;
}

/* Twice the profile's size, with the spacing of WCAG 1.4.12: lines 1.5, paragraphs 2, letters 0.12 em, words 0.16 em. */
static struct kite_setting wide_setting(enum kite_profile profile, struct kite_panel_geometry panel)
{
    struct kite_setting s;

    kite_setting_init(&s, profile, panel, 0);
    s.size_f26 *= 2;
    s.line_f26 = kite_f26_round_px(s.size_f26 * 3 / 2) * 64;
    s.letter_em10000 = 1200;
    s.word_em10000 = 1600;
    s.indent_em1000 = 0;
    s.paragraph_line1000 = 2000;
    return s;
}

static void check_wide(struct book *book)
{
    size_t lines = 0;

    for (int profile = 0; profile < KITE_PROFILE_COUNT; profile++)
        for (size_t p = 0; p < PANEL_COUNT; p++) {
            struct kite_setting s = wide_setting((enum kite_profile)profile, panels[p]);
            struct kite_place start = { 0 };
            const struct kite_page *page;

            book_set(book, &s);

            enum kite_status status = kite_layout_page_at(book->layout, start, KITE_PAGE_SOON, &page, &book->fault);

            while (status == KITE_OK) {
                lines += check_page(book, page, &s);
                status = kite_layout_page_next(book->layout, &page, &book->fault);
            }
            must(book, status == KITE_DONE ? KITE_OK : status);
        }
    print_message("%s: %zu lines of wide spacing at double size\n", book->path, lines);
    book_close(book);
}

/* Each paragraph of languages.md as a text of its language: how high its lines must be depends on that. */
static const char *language_of(const char *paragraph)
{
    static const struct {
        const char *start, *lang;
    } rows[] = { { "Tiếng", "vi" },   { "العربية", "ar" }, { "فارسی", "fa" },    { "עברית", "he" },
                 { "हिन्दी", "hi" }, { "Русский", "ru" },  { "Ελληνικά", "el" }, { "Français", "fr" } };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (strncmp(paragraph, rows[i].start, strlen(rows[i].start)) == 0)
            return rows[i].lang;
    return "en";
}

static void check_languages(void)
{
    static char file[64 * 1024], text[4096];
    FILE *from = fopen("tests/quality/languages.md", "rb");
    struct book book;

    assert_non_null(from);
    file[fread(file, 1, sizeof file - 1, from)] = '\0';
    fclose(from);

    char *at = strstr(file, "\n\n"); /* behind the front matter */

    while (at) {
        char *end = strstr(at + 2, "\n\n");
        int bytes = snprintf(text, sizeof text, "---\nlang: %s\n---\n\n%.*s\n", language_of(at + 2),
                             (int)(end ? end - at - 2 : (ptrdiff_t)strlen(at + 2)), at + 2);

        assert_true(bytes > 0 && (size_t)bytes < sizeof text);
        book_of_text(&book, "languages.md", text, (size_t)bytes);
        check_wide(&book);
        at = end;
    }
}

static void test_wide_spacing_cuts_nothing(void **state)
{
    struct book book;

    (void)state;
    check_languages();
    for (size_t i = 0; i < BUILT_BOOK_COUNT; i++) {
        assert_true(book_open(&book, i));
        check_wide(&book);
    }
}

/* ---- tight lines ------------------------------------------------------------------------------- */

/* Vietnamese names and sentences in an English text, in every family, at the least line height that can be chosen. */
static void test_letters_under_two_marks_have_room(void **state)
{
    static const char text[] = "---\nlang: en\n---\n\nJolly gypsy pygmy judges hopped gaily, gaping, by the quay: (jpgqy).\n\n"
                               "ẨẤẦẪẬ ẲẮẰẴẶ ỂẾỀỄỆ ỔỐỒỖỘ jpgqy (jpgqy) ỘẬẶỆ jpgqy ẨẤẦẪẬ ẲẮẰẴẶ ỂẾỀỄỆ ỔỐỒỖỘ jpgqy (jpgqy) ỘẬẶỆ.\n\n"
                               "| jpgqy | (jpgqy) |\n|---|---|\n| ẨẤẦẪẬ ỂẾỀỄỆ jpgqy ẨẤẦẪẬ | jpgqy |\n| ẨẤ | jpgqy |\n\n"
                               "Nguyễn Nguyễn jpgqy ẩấầẫậ ẳắằẵặ ểếềễệ ổốồỗộ jpgqy jpgqy ẩấầẫậ ẳắằẵặ ểếềễệ ổốồỗộ jpgqy (jpgqy).\n";
    struct book book;
    size_t lines = 0;

    (void)state;
    book_of_text(&book, "two marks", text, sizeof text - 1);
    for (int family = 0; family < KITE_FAMILY_COUNT; family++)
        for (size_t p = 0; p < PANEL_COUNT; p++) {
            struct kite_setting s;
            struct kite_place start = { 0 };
            const struct kite_page *page;

            kite_setting_init(&s, KITE_PROFILE_BOOK, panels[p], 0);
            s.family = (enum kite_family)family;
            kite_setting_scale(&s, 1100, 1000);
            book_set(&book, &s);

            enum kite_status status = kite_layout_page_at(book.layout, start, KITE_PAGE_EXACT, &page, &book.fault);

            while (status == KITE_OK) {
                lines += check_page(&book, page, &s);
                status = kite_layout_page_next(book.layout, &page, &book.fault);
            }
            must(&book, status == KITE_DONE ? KITE_OK : status);
        }
    print_message("%zu lines of Vietnamese in an English text\n", lines);
    book_close(&book);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bodies_have_a_height_that_can_be_read),
        cmocka_unit_test(test_large_sizes_go_on_to_eight_characters),
        cmocka_unit_test(test_wide_spacing_cuts_nothing),
        cmocka_unit_test(test_letters_under_two_marks_have_room),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
