/* quality: the font set is small, and no text of the books and of the languages that it promises shows a box. */
#include "quality/book.h"

#include <dirent.h>
#include <sys/stat.h>

#define BUDGET_BYTES (3 * 1024 * 1024)

static void test_fonts_keep_to_their_budget(void **state)
{
    DIR *folder = opendir(KITE_BUILD "/fonts");
    long long bytes = 0;
    struct dirent *entry;

    (void)state;
    assert_non_null(folder);
    while ((entry = readdir(folder)) != NULL) {
        char path[512];
        struct stat info;

        snprintf(path, sizeof path, KITE_BUILD "/fonts/%s", entry->d_name);
        if (stat(path, &info) == 0 && S_ISREG(info.st_mode))
            bytes += info.st_size;
    }
    closedir(folder);
    print_message("fonts: %.2f MB\n", (double)bytes / 1e6);
    assert_true(bytes <= BUDGET_BYTES);
}

/* The character that a glyph of a page stands for, from the line it is on. */
static void name_of(struct book *book, const struct kite_page *page, uint32_t glyph, char out[64])
{
    struct kite_arena arena;
    struct kite_paragraph p;
    size_t bytes;

    kite_arena_init(&arena, book->heap, 0);
    snprintf(out, 64, "?");
    for (size_t i = 0; i < page->line_count; i++) {
        const struct kite_page_line *line = &page->lines[i];
        uint32_t at = page->glyphs[glyph].offset_bytes;

        if (glyph < line->first_glyph || glyph >= line->first_glyph + line->glyph_count)
            continue;
        must(book, kite_bundle_paragraph(book->bundle, 0, line->paragraph, &arena, &p, &book->fault));
        if (at < p.text.text_bytes)
            snprintf(out, 64, "U+%04X, paragraph %u", (unsigned)kite_utf8_decode(p.text.text + at, p.text.text_bytes - at, &bytes),
                     (unsigned)line->paragraph);
    }
    kite_arena_close(&arena);
}

/* Every page in every family: glyph 0 is the box. Returns the glyphs seen. */
static size_t check_glyphs(struct book *book, enum kite_family family, size_t *boxes)
{
    char name[64];
    struct kite_setting s;
    const struct kite_page *page;
    struct kite_place start = { 0 };
    size_t seen = 0;

    kite_setting_init(&s, KITE_PROFILE_BOOK, panels[0], 0);
    s.family = family;
    kite_setting_scale(&s, 1100, 1350);
    book_set(book, &s);

    enum kite_status status = kite_layout_page_at(book->layout, start, KITE_PAGE_SOON, &page, &book->fault);

    while (status == KITE_OK) {
        for (size_t r = 0; r < page->run_count; r++)
            for (uint32_t g = 0; g < page->runs[r].count; g++)
                if (page->glyphs[page->runs[r].first + g].glyph == 0) {
                    name_of(book, page, page->runs[r].first + g, name);
                    print_message("%s: a box in %s for the cluster of %s\n", book->path,
                                  kite_face_name(book->fonts, page->runs[r].face), name);
                    ++*boxes;
                }
        seen += page->glyph_count;
        status = kite_layout_page_next(book->layout, &page, &book->fault);
    }
    must(book, status == KITE_DONE ? KITE_OK : status);
    return seen;
}

static void check_book(struct book *book)
{
    size_t seen = 0, boxes = 0;

    for (int family = 0; family < KITE_FAMILY_COUNT; family++)
        seen += check_glyphs(book, (enum kite_family)family, &boxes);
    print_message("%s: %zu glyphs, %zu boxes\n", book->path, seen, boxes);
    assert_int_equal(boxes, 0);
    book_close(book);
}

static void test_books_show_no_box(void **state)
{
    struct book book;

    (void)state;
    for (size_t i = 0; book_open(&book, i); i++)
        check_book(&book);
}

static void test_languages_show_no_box(void **state)
{
    struct book book;

    (void)state;
    book_of_file(&book, "tests/quality/languages.md");
    check_book(&book);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fonts_keep_to_their_budget),
        cmocka_unit_test(test_books_show_no_box),
        cmocka_unit_test(test_languages_show_no_box),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
