/* Bundles with pages of an original, for tests: a text beside them, and pages alone. */
#ifndef KITE_TESTS_PAGED_H
#define KITE_TESTS_PAGED_H

#include "library/shelf.h"

#define PAGED_PAGES 4
#define PAGED_WIDTH 300
#define PAGED_HEIGHT 400

/* Rows of print on white paper with wide margins, in two columns on the second page. The page's number of rows tells which it is. */
static inline void paged_draw(uint8_t *gray, int page)
{
    memset(gray, 255, PAGED_WIDTH * PAGED_HEIGHT);
    for (int y = 60; y < 340; y++)
        for (int x = 50; x < 250; x++)
            if (y % 10 < 6 && (x * 7 + y / 10 * 5) % 11 < 6 && !(page == 1 && x > 140 && x < 160) && y < 340 - 20 * page)
                gray[y * PAGED_WIDTH + x] = 0;
}

static inline void paged_pictures(struct kite_writer *writer)
{
    static uint8_t gray[PAGED_WIDTH * PAGED_HEIGHT];
    uint32_t index;

    for (int i = 0; i < PAGED_PAGES; i++) {
        paged_draw(gray, i);
        assert_int_equal(kite_writer_picture(writer, PAGED_WIDTH, PAGED_HEIGHT, gray, &index, NULL), KITE_OK);
        assert_int_equal(index, i);
    }
}

static inline void paged_paragraph(struct kite_writer *writer, uint32_t id, enum kite_role role, const char *words)
{
    static const struct kite_span plain = { 0 };
    struct kite_paragraph p = { .role = role, .id = id, .depth = role == KITE_ROLE_HEADING, .picture = id,
                                .text = { .text = words, .text_bytes = strlen(words), .spans = &plain, .span_count = 1 } };

    assert_int_equal(kite_writer_paragraph(writer, &p, NULL), KITE_OK);
}

static inline void paged_page(struct kite_writer *writer, uint32_t paragraph, uint32_t offset, uint32_t picture, const char *label)
{
    struct kite_original page = { { 0, paragraph, offset }, picture, label };

    assert_int_equal(kite_writer_original(writer, &page, NULL), KITE_OK);
}

static inline struct kite_writer *paged_begin(const char *title)
{
    struct kite_memory heap = kite_memory_heap();
    struct kite_writer_options fast = { .zopfli_iterations = -1, .no_resident_lexicon = true };
    struct kite_writer *writer;

    assert_int_equal(kite_writer_create(&heap, &fast, &writer, NULL), KITE_OK);
    paged_pictures(writer);
    assert_int_equal(kite_writer_document(writer, KITE_LANG2('e', 'n'), KITE_DIRECTION_LTR, NULL), KITE_OK);
    assert_int_equal(kite_writer_meta(writer, KITE_META_TITLE, title, NULL), KITE_OK);
    return writer;
}

static inline struct kite_buffer paged_end(struct kite_writer *writer)
{
    struct kite_buffer out = { .mem = kite_memory_heap() };
    struct kite_sink sink = kite_sink_buffer(&out);

    assert_int_equal(kite_writer_finish(writer, &sink, NULL, NULL), KITE_OK);
    kite_writer_destroy(writer);
    return out;
}

/* Pages "i", "ii", 3 (without a picture) and 4 begin at paragraphs 0, 4, in the middle of 8, and at 20 of 30. */
static inline struct kite_buffer paged_text(const char *title)
{
    struct kite_writer *writer = paged_begin(title);

    for (uint32_t i = 0; i < 30; i++)
        paged_paragraph(writer, i, i % 10 == 0 ? KITE_ROLE_HEADING : KITE_ROLE_PARAGRAPH,
                        i % 10 == 0 ? "A heading"
                                    : "A paragraph of some words, which goes on for as long as such paragraphs do when somebody has to read them in a test, "
                                      "and then a little further, so that pages of it are full.");
    paged_page(writer, 0, 0, 0, "i");
    paged_page(writer, 4, 0, 1, "ii");
    paged_page(writer, 8, 60, KITE_NO_PICTURE, "");
    paged_page(writer, 20, 0, 3, "");
    return paged_end(writer);
}

/* Nothing but pictures, with a heading in front of the first and the third. */
static inline struct kite_buffer paged_alone(const char *title)
{
    struct kite_writer *writer = paged_begin(title);
    static const struct kite_span plain = { 0 };
    uint32_t id = 0;

    for (uint32_t i = 0; i < PAGED_PAGES; i++) {
        struct kite_paragraph p = { .role = KITE_ROLE_PICTURE, .picture = i, .text = { .text = "1", .text_bytes = 1, .spans = &plain, .span_count = 1 } };

        paged_page(writer, id, 0, i, "");
        if (i % 2 == 0)
            paged_paragraph(writer, id++, KITE_ROLE_HEADING, i ? "The second half" : "The first half");
        p.id = id++;
        assert_int_equal(kite_writer_paragraph(writer, &p, NULL), KITE_OK);
    }
    assert_int_equal(kite_writer_opens_originals(writer, NULL), KITE_OK);
    return paged_end(writer);
}

#endif
