/* Small bundles for tests. */
#ifndef KITE_TESTS_MAKE_BUNDLE_H
#define KITE_TESTS_MAKE_BUNDLE_H

#include "check.h"

#include "bundle/bundle.h"

#include <string.h>

static inline struct kite_paragraph plain_paragraph(const char *text, const struct kite_span *span)
{
    return (struct kite_paragraph){ .id = 0, .text = { .text = text, .text_bytes = strlen(text), .spans = span, .span_count = 1 } };
}

/* A bundle of one document with every kind of thing in it. */
static inline void make_sample(const struct kite_memory *mem, struct kite_buffer *out)
{
    static const struct kite_span plain = { 0 };
    static const char marked[] = "A word with emphasis, a link and a note\xEF\xBF\xBC. “Quoted,” she said—twice.";
    struct kite_span spans[] = {
        { 0 }, { .offset_bytes = 12, .styles = KITE_STYLE_EMPHASIS }, { .offset_bytes = 20 },
        { .offset_bytes = 24, .link = 1 }, { .offset_bytes = 28 }, { .offset_bytes = 39, .note = 1 }, { .offset_bytes = 42 },
    };
    struct kite_writer_options fast = { .zopfli_iterations = -1 };
    struct kite_sink sink = kite_sink_buffer(out);
    struct kite_link link = { .address = "https://example.org/a?b=c" };
    struct kite_writer *writer;
    struct kite_fault fault;
    uint8_t gray[40 * 30];
    uint32_t index, id = 0;

    assert_int_equal(kite_writer_create(mem, &fast, &writer, &fault), KITE_OK);
    assert_int_equal(kite_writer_bundle_meta(writer, KITE_META_TITLE, "Sample", &fault), KITE_OK);
    assert_int_equal(kite_writer_document(writer, KITE_LANG2('e', 'n'), KITE_DIRECTION_LTR, &fault), KITE_OK);
    assert_int_equal(kite_writer_link(writer, &link, &index, &fault), KITE_OK);
    for (size_t i = 0; i < sizeof gray; i++)
        gray[i] = (uint8_t)(i * 7);
    assert_int_equal(kite_writer_picture(writer, 40, 30, gray, &index, &fault), KITE_OK);

    struct kite_paragraph paragraphs[8] = {
        plain_paragraph("Sample", &plain), plain_paragraph("CHAPTER One", &plain), plain_paragraph(marked, spans),
        plain_paragraph("An item", &plain), plain_paragraph("A\tB", &plain), plain_paragraph("A picture", &plain),
        plain_paragraph("  spaces   in  rows ", &plain), plain_paragraph("The note itself.", &plain),
    };

    paragraphs[0].role = KITE_ROLE_TITLE;
    paragraphs[1].role = KITE_ROLE_HEADING;
    paragraphs[1].depth = 1;
    paragraphs[2].text.span_count = sizeof spans / sizeof *spans;
    paragraphs[3].role = KITE_ROLE_ITEM;
    paragraphs[3].depth = 1;
    paragraphs[3].ordinal = 3;
    paragraphs[4].role = KITE_ROLE_TABLE_ROW;
    paragraphs[4].column_count = 2;
    paragraphs[4].column_align[1] = KITE_COLUMN_END;
    paragraphs[5].role = KITE_ROLE_PICTURE;
    paragraphs[7].role = KITE_ROLE_NOTE;
    for (size_t i = 0; i < 8; i++) {
        paragraphs[i].id = id++;
        assert_int_equal(kite_writer_paragraph(writer, &paragraphs[i], &fault), KITE_OK);
    }
    assert_int_equal(kite_writer_finish(writer, &sink, NULL, &fault), KITE_OK);
    kite_writer_destroy(writer);
}

/* Reading all of a bundle with each allocation failing in turn says so, and leaks nothing. */
static inline void check_reading_without_memory(const struct kite_buffer *file)
{
    enum kite_status status = KITE_E_NOMEM;

    for (uint64_t fail_at = 1; status == KITE_E_NOMEM; fail_at++) {
        struct check_memory counted = { .fail_at = fail_at };
        struct kite_memory mem = check_memory(&counted);
        struct kite_span_bytes span = { file->bytes, file->count };
        struct kite_source source = kite_source_memory(&span);
        struct kite_bundle *bundle;

        status = kite_bundle_open(&mem, &source, &bundle, NULL);
        if (status == KITE_OK) {
            status = kite_bundle_verify(bundle, NULL, NULL);
            kite_bundle_close(bundle);
        }
        assert_true(status == KITE_OK || status == KITE_E_NOMEM);
        assert_int_equal(counted.blocks, 0);
        assert_true(fail_at < 1000);
    }
}

#endif
