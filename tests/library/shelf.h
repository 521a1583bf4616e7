/* Small bundles to put into libraries, and short ways to do so. */
#ifndef KITE_TESTS_SHELF_H
#define KITE_TESTS_SHELF_H

#include "library/disk.h"

#include "bundle/bundle.h"

struct shelf_text {
    const char *title, *author, *identifier, *edition, *subject, *standfirst;
    const char *lang;
    const char *const *paragraphs; /* NULL ends them; a NULL list is one paragraph */
    const uint32_t *ids;           /* of the paragraphs; NULL: by index */
};

static inline void shelf_meta(struct kite_writer *writer, enum kite_meta meta, const char *value)
{
    if (value)
        assert_int_equal(kite_writer_meta(writer, meta, value, NULL), KITE_OK);
}

static inline void shelf_document(struct kite_writer *writer, const struct shelf_text *text)
{
    static const struct kite_span plain = { 0 };
    static const char *const one[] = { "A word or two.", NULL };
    const char *const *paragraphs = text->paragraphs ? text->paragraphs : one;
    kite_lang lang = kite_lang_from_text(text->lang ? text->lang : "en");

    assert_int_equal(kite_writer_document(writer, lang, KITE_DIRECTION_LTR, NULL), KITE_OK);
    shelf_meta(writer, KITE_META_TITLE, text->title);
    shelf_meta(writer, KITE_META_AUTHOR, text->author);
    shelf_meta(writer, KITE_META_IDENTIFIER, text->identifier);
    shelf_meta(writer, KITE_META_EDITION, text->edition);
    shelf_meta(writer, KITE_META_SUBJECT, text->subject);
    shelf_meta(writer, KITE_META_STANDFIRST, text->standfirst);
    for (uint32_t i = 0; paragraphs[i]; i++) {
        struct kite_paragraph p = { .id = text->ids ? text->ids[i] : i };

        p.text = (struct kite_text){ .text = paragraphs[i],
                                     .text_bytes = strlen(paragraphs[i]),
                                     .spans = &plain,
                                     .span_count = 1 };
        assert_int_equal(kite_writer_paragraph(writer, &p, NULL), KITE_OK);
    }
}

static inline struct kite_buffer shelf_bundle(const struct shelf_text *texts, size_t count)
{
    struct kite_memory heap = kite_memory_heap();
    struct kite_writer_options fast = { .zopfli_iterations = -1, .no_resident_lexicon = true };
    struct kite_buffer out = { .mem = heap };
    struct kite_sink sink = kite_sink_buffer(&out);
    struct kite_writer *writer;
    struct kite_fault fault = { "" };

    assert_int_equal(kite_writer_create(&heap, &fast, &writer, &fault), KITE_OK);
    for (size_t i = 0; i < count; i++)
        shelf_document(writer, &texts[i]);
    assert_int_equal(kite_writer_finish(writer, &sink, NULL, &fault), KITE_OK);
    kite_writer_destroy(writer);
    return out;
}

/* Import to the end; what the first failing call returned. */
static inline enum kite_status shelf_import(struct kite_library *lib, const struct kite_buffer *bundle, const char *name,
                                            struct kite_import_result *result, struct kite_fault *fault)
{
    struct kite_span_bytes bytes = { bundle->bytes, bundle->count };
    struct kite_source source = kite_source_memory(&bytes);
    struct kite_import *import;
    uint64_t done, total;
    enum kite_status status = kite_import_begin(lib, &source, name, NULL, &import, fault);

    *result = (struct kite_import_result){ .outcome = KITE_IMPORT_REFUSED };
    if (status != KITE_OK)
        return status;
    while ((status = kite_import_step(import, &done, &total, fault)) == KITE_OK)
        ;
    if (status != KITE_DONE) {
        kite_import_cancel(import);
        return status;
    }
    return kite_import_finish(import, result, fault);
}

#endif
