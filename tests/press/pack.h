/* Packing for tests: an input to a bundle in memory, and a bundle to lines that a person can compare. */
#ifndef KITE_TESTS_PRESS_PACK_H
#define KITE_TESTS_PRESS_PACK_H

#include "check.h"
#include "press/press.h"

#include <stdio.h>
#include <string.h>

struct packed {
    struct kite_buffer file;
    struct kite_span_bytes span;
    struct kite_source source;
    struct kite_bundle *bundle;
    char report[4000]; /* sentences, one a line */
    struct kite_fault fault;
};

static inline void packed_note(void *ctx, enum kite_press_note_kind kind, const char *name, uint32_t line,
                               const char *sentence)
{
    struct packed *p = ctx;
    size_t used = strlen(p->report);

    (void)name;
    snprintf(p->report + used, sizeof p->report - used, "%s %u: %s\n", kind == KITE_PRESS_WARNING ? "warning" : "note",
             (unsigned)line, sentence);
}

static inline void packed_close(struct packed *p)
{
    kite_bundle_close(p->bundle);
    kite_buffer_close(&p->file);
    p->bundle = NULL;
}

static inline enum kite_status pack_inputs(struct packed *p, const struct kite_press_input *inputs, size_t count,
                                           const struct kite_press_options *options)
{
    struct kite_memory heap = kite_memory_heap();
    struct kite_press_options fast = { .zopfli_iterations = -1 };
    struct kite_press_report report = { .ctx = p, .note = packed_note };
    enum kite_status status;

    *p = (struct packed){ .file = { .mem = heap } };
    struct kite_sink sink = kite_sink_buffer(&p->file);
    status = kite_press_pack(&heap, inputs, count, options ? options : &fast, &report, NULL, &sink, &p->fault);
    if (status)
        return status;
    p->span = (struct kite_span_bytes){ p->file.bytes, p->file.count };
    p->source = kite_source_memory(&p->span);
    return kite_bundle_open(&heap, &p->source, &p->bundle, &p->fault);
}

static inline enum kite_status pack_text(struct packed *p, const char *name, const void *text, size_t bytes)
{
    struct kite_press_input input = { .name = name, .bytes = text, .byte_count = bytes };

    return pack_inputs(p, &input, 1, NULL);
}

/* ---- dump: "role depth quote: text", with styles as <e>, links as <l1>, notes as <n1>, languages as <es> ------ */

static inline void dump_add(struct kite_buffer *out, const char *text)
{
    assert_int_equal(kite_buffer_add_text(out, text), KITE_OK);
}

static inline void dump_span(struct kite_buffer *out, const struct kite_span *s, kite_lang lang)
{
    static const char letters[] = "ebcmuds"; /* emphasis bold code small-caps up down strike */
    char tag[64], name[9];
    size_t used = 0;

    for (int bit = 0; bit < 7; bit++)
        if (s->styles & 1u << bit)
            tag[used++] = letters[bit];
    tag[used] = '\0';
    if (s->link)
        used += (size_t)snprintf(tag + used, sizeof tag - used, "l%u", (unsigned)s->link);
    if (s->note)
        used += (size_t)snprintf(tag + used, sizeof tag - used, "n%u", (unsigned)s->note);
    if (s->lang != lang)
        snprintf(tag + used, sizeof tag - used, ":%s", kite_lang_text(s->lang, name));
    dump_add(out, "<");
    dump_add(out, tag);
    dump_add(out, ">");
}

static inline void dump_paragraph(struct kite_buffer *out, const struct kite_paragraph *p, kite_lang lang)
{
    char head[80];
    int used = snprintf(head, sizeof head, "%s", kite_role_text(p->role));

    if (p->depth)
        used += snprintf(head + used, sizeof head - (size_t)used, " d%u", p->depth);
    if (p->quote_depth)
        used += snprintf(head + used, sizeof head - (size_t)used, " q%u", p->quote_depth);
    if (p->ordinal)
        used += snprintf(head + used, sizeof head - (size_t)used, " #%u", (unsigned)p->ordinal);
    if (p->is_tight)
        used += snprintf(head + used, sizeof head - (size_t)used, " tight");
    if (p->direction == KITE_DIRECTION_RTL)
        used += snprintf(head + used, sizeof head - (size_t)used, " rtl");
    if (p->is_continued)
        snprintf(head + used, sizeof head - (size_t)used, " continued");
    dump_add(out, head);
    dump_add(out, ": ");
    for (size_t i = 0; i < p->text.span_count; i++) {
        const struct kite_span *s = &p->text.spans[i];
        size_t end = i + 1 < p->text.span_count ? s[1].offset_bytes : p->text.text_bytes;

        if (i > 0 || s->styles || s->link || s->note || s->lang != lang)
            dump_span(out, s, lang);
        for (size_t k = s->offset_bytes; k < end; k++) {
            char c = p->text.text[k];

            if (c == '\n')
                dump_add(out, "/");
            else if (c == '\t')
                dump_add(out, "|");
            else
                assert_int_equal(kite_buffer_add_u8(out, (uint8_t)c), KITE_OK);
        }
    }
    dump_add(out, "\n");
}

static inline void dump_document(const struct packed *packed, uint32_t document, struct kite_buffer *out)
{
    struct kite_document_info info;
    struct kite_arena arena;

    kite_arena_init(&arena, kite_memory_heap(), 0);
    assert_int_equal(kite_bundle_document(packed->bundle, document, &info), KITE_OK);
    for (uint32_t i = 0; i < info.paragraph_count; i++) {
        struct kite_paragraph p;

        assert_int_equal(kite_bundle_paragraph(packed->bundle, document, i, &arena, &p, NULL), KITE_OK);
        dump_paragraph(out, &p, info.lang);
        kite_arena_reset(&arena);
    }
    assert_int_equal(kite_buffer_add_u8(out, 0), KITE_OK);
    kite_arena_close(&arena);
}

/* Original pages, one a line: "paragraph:offset label picture", those that are first of all in brackets. */
static inline void dump_pages(const struct packed *packed, uint32_t document, struct kite_buffer *out)
{
    struct kite_document_info info;
    struct kite_original page;
    char line[200];

    assert_int_equal(kite_bundle_document(packed->bundle, document, &info), KITE_OK);
    for (uint32_t i = 0; kite_bundle_original(packed->bundle, document, i, &page) == KITE_OK; i++) {
        int used = snprintf(line, sizeof line, "%u:%u %s", (unsigned)page.place.paragraph, (unsigned)page.place.offset_bytes, page.label);

        if (page.picture != KITE_NO_PICTURE)
            snprintf(line + used, sizeof line - (size_t)used, " picture %u", (unsigned)page.picture);
        dump_add(out, line);
        dump_add(out, "\n");
    }
    dump_add(out, info.opens_originals ? "opens\n" : "");
    assert_int_equal(kite_buffer_add_u8(out, 0), KITE_OK);
}

static inline void assert_pages(const struct packed *packed, uint32_t document, const char *wanted)
{
    struct kite_buffer dump = { .mem = kite_memory_heap() };

    dump_pages(packed, document, &dump);
    assert_string_equal((const char *)dump.bytes, wanted);
    kite_buffer_close(&dump);
}

/* Packing text named `name` gives these paragraphs. */
static inline void check_pack(const char *name, const char *text, const char *wanted)
{
    struct packed packed;
    struct kite_buffer dump = { .mem = kite_memory_heap() };
    enum kite_status status = pack_text(&packed, name, text, strlen(text));

    if (status)
        print_message("%s\n", packed.fault.text);
    assert_int_equal(status, KITE_OK);
    dump_document(&packed, 0, &dump);
    assert_string_equal((const char *)dump.bytes, wanted);
    kite_buffer_close(&dump);
    packed_close(&packed);
}

#endif
