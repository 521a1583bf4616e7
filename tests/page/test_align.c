/* align: a document is justified where its own words take it; the answer does not depend on the place asked for, and
 * follows what its lines come out like. */
#include <string.h>

#include "text/font_group.h"

#include "page/page.h"

#define PARAGRAPHS 120

/* A bundle of one text, and what it stands on. */
struct book {
    struct kite_memory heap;
    struct kite_buffer file;
    struct kite_span_bytes span_bytes;
    struct kite_source source;
    struct kite_bundle *bundle;
};

/* Words of a list in an order that does not repeat soon. */
static void book_open(struct book *b, const char *const *words, size_t count)
{
    static const struct kite_writer_options fast = { .zopfli_iterations = -1 };
    struct kite_writer *writer;
    struct kite_fault fault;
    uint32_t seed = 5;

    b->heap = kite_memory_heap();
    b->file = (struct kite_buffer){ .mem = b->heap };
    assert_int_equal(kite_writer_create(&b->heap, &fast, &writer, &fault), KITE_OK);
    assert_int_equal(kite_writer_document(writer, KITE_LANG2('e', 'n'), KITE_DIRECTION_LTR, &fault), KITE_OK);
    for (uint32_t i = 0; i < PARAGRAPHS; i++) {
        char text[2048] = "";
        struct kite_span span = { 0 };
        struct kite_paragraph p = { .role = KITE_ROLE_PARAGRAPH, .id = i, .text = { .text = text, .spans = &span, .span_count = 1 } };

        for (int k = 0; k < 80; k++) {
            seed = seed * 1664525 + 1013904223;
            strcat(text, words[(seed >> 8) % count]);
            strcat(text, k < 79 ? " " : ".");
        }
        p.text.text_bytes = strlen(text);
        assert_int_equal(kite_writer_paragraph(writer, &p, &fault), KITE_OK);
    }

    struct kite_sink sink = kite_sink_buffer(&b->file);

    assert_int_equal(kite_writer_finish(writer, &sink, NULL, &fault), KITE_OK);
    kite_writer_destroy(writer);
    b->span_bytes = (struct kite_span_bytes){ b->file.bytes, b->file.count };
    b->source = kite_source_memory(&b->span_bytes);
    assert_int_equal(kite_bundle_open(&b->heap, &b->source, &b->bundle, &fault), KITE_OK);
}

static void book_close(struct book *b)
{
    kite_bundle_close(b->bundle);
    kite_buffer_close(&b->file);
}

/* About so many characters of Noto Serif a line. */
static struct kite_setting setting_of(int32_t chars)
{
    struct kite_setting s;

    kite_setting_init(&s, KITE_PROFILE_BOOK, (struct kite_panel_geometry){ 1072, 1448, 300 }, 0);
    s.size_f26 = (1072 - s.margin_left_px - s.margin_right_px) * 64 * 1000 / 475 / chars;
    s.line_f26 = kite_f26_round_px(s.size_f26 * 4 / 3) * 64;
    return s;
}

/* Is it justified, when the page at a place was asked for first? */
static bool is_justified(const struct book *b, const struct kite_setting *s, uint32_t paragraph)
{
    struct kite_layout *layout;
    const struct kite_page *page;
    struct kite_fault fault;
    bool out;

    assert_int_equal(kite_layout_create(&b->heap, b->bundle, fonts, s, &layout, &fault), KITE_OK);
    assert_int_equal(kite_layout_page_at(layout, (struct kite_place){ 0, paragraph, 0 }, KITE_PAGE_SOON, &page, &fault), KITE_OK);
    assert_int_equal(kite_layout_is_justified(layout, 0, &out, &fault), KITE_OK);
    kite_layout_destroy(layout);
    return out;
}

static const char *const short_words[] = { "the", "cat", "sat", "on", "a", "mat", "and", "ran", "to", "us", "all", "day", "of", "it", "we", "go" };
static const char *const long_words[] = { "strengths", "through", "straight", "schools", "thoughts", "breadths", "squelched", "a" };

static void test_words_decide(void **state)
{
    struct book easy, hard;

    (void)state;
    book_open(&easy, short_words, sizeof short_words / sizeof *short_words);
    book_open(&hard, long_words, sizeof long_words / sizeof *long_words);
    for (int32_t chars = 15; chars < 80; chars += 5) {
        struct kite_setting s = setting_of(chars);
        bool is_easy = is_justified(&easy, &s, 3), is_hard = is_justified(&hard, &s, 3);

        assert_int_equal(is_easy, chars >= 30); /* below two thirds of what the language says it is not tried */
        assert_true(is_hard == (chars > 60) || chars == 60); /* as wide as that anything is */
        assert_int_equal(is_easy, is_justified(&easy, &s, 90));
        assert_int_equal(is_hard, is_justified(&hard, &s, PARAGRAPHS - 1));
        s.align = KITE_CHOOSE_RAGGED;
        assert_false(is_justified(&easy, &s, 0));
        s.align = KITE_CHOOSE_JUSTIFIED;
        assert_true(is_justified(&hard, &s, 0));
    }
    book_close(&easy);
    book_close(&hard);
}

/* Lines as they came out: loose ones, and all that could be. */
struct told {
    uint32_t loose, lines;
};

static enum kite_status take_line(void *ctx, const struct kite_layout_line *told)
{
    struct told *t = ctx;
    const struct kite_line *line = &told->line;

    if (line->is_last)
        return KITE_OK;
    t->lines++;
    t->loose += told->measure_f26 - line->natural_f26 > line->stretch_f26;
    return KITE_OK;
}

static enum kite_status take_page(void *ctx, const struct kite_layout_page *page)
{
    (void)ctx;
    (void)page;
    return KITE_OK;
}

/* What is left to the choice is justified only where at most a fourth of the lines are loose. */
static void test_loose_documents_are_ragged(void **state)
{
    static const char *const mixed[] = { "the", "prison", "is", "international", "and", "solidarity", "of", "people", "government", "through",
                                         "a", "has", "responsibility", "to", "write", "letters", "in", "winter", "strength", "schools" };
    struct book book;
    bool was_justified = false, was_ragged = false;

    (void)state;
    book_open(&book, mixed, sizeof mixed / sizeof *mixed);
    for (int32_t chars = 32; chars < 60; chars += 3) {
        struct kite_setting s = setting_of(chars);
        struct told told = { 0 };
        struct kite_layout_report report = { .ctx = &told, .line = take_line, .page = take_page };
        struct kite_layout *layout;
        struct kite_fault fault;
        bool out = is_justified(&book, &s, 0);

        s.align = KITE_CHOOSE_JUSTIFIED;
        assert_int_equal(kite_layout_create(&book.heap, book.bundle, fonts, &s, &layout, &fault), KITE_OK);
        assert_int_equal(kite_layout_tell(layout, 0, &report, &fault), KITE_OK);
        kite_layout_destroy(layout);
        assert_true(!out || told.loose * 4 <= told.lines);
        assert_true(out || told.loose * 10 > told.lines);
        was_justified |= out;
        was_ragged |= !out;
    }
    assert_true(was_justified && was_ragged);
    book_close(&book);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_words_decide), cmocka_unit_test(test_loose_documents_are_ragged) };

    return cmocka_run_group_tests(tests, fonts_open, fonts_close);
}
