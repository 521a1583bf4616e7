/* Paragraphs become streams of numbers. text_read.c is the way back. */
#include "bundle/writer.h"

#include <string.h>

struct encoder {
    const struct kite_writer *writer;
    struct kite_buffer *out;
    struct kite_span now; /* as the reader has it */
    struct kite_expect expect;
    size_t end; /* of the token before */
    enum kite_status status;
};

static void put(struct encoder *e, uint8_t byte)
{
    if (e->status == KITE_OK)
        e->status = kite_buffer_add_u8(e->out, byte);
}

static void put_varint(struct encoder *e, uint32_t value)
{
    if (e->status == KITE_OK)
        e->status = kite_buffer_add_varint(e->out, value);
}

static void put_number(struct encoder *e, uint32_t number)
{
    const struct kite_writer *w = e->writer;
    uint32_t two_bytes = w->two_byte_leads << 8;

    if (w->one_byte_of[number]) {
        put(e, (uint8_t)(KITE_CODE_FIRST_PIECE + w->one_byte_of[number] - 1));
    } else if (number < two_bytes) {
        put(e, (uint8_t)(KITE_CODE_FIRST_PIECE + w->one_byte_count + (number >> 8)));
        put(e, (uint8_t)number);
    } else {
        number -= two_bytes;
        put(e, (uint8_t)(KITE_CODE_FIRST_PIECE + w->one_byte_count + w->two_byte_leads + (number >> 16)));
        put(e, (uint8_t)number);
        put(e, (uint8_t)(number >> 8));
    }
}

/* Bring the reader's attributes to those of a span, notes apart. */
static void put_span(struct encoder *e, const struct kite_span *span)
{
    uint8_t mask = 0;

    if (span->styles != e->now.styles)
        mask |= KITE_SPAN_STYLES;
    if (span->link != e->now.link)
        mask |= KITE_SPAN_LINK;
    if (span->lang != e->now.lang)
        mask |= KITE_SPAN_LANG;
    if (mask == KITE_SPAN_STYLES && (span->styles ^ e->now.styles) == KITE_STYLE_EMPHASIS) {
        put(e, KITE_CODE_EMPHASIS);
    } else if (mask) {
        put(e, KITE_CODE_SPAN);
        put(e, mask);
        if (mask & KITE_SPAN_STYLES)
            put(e, (uint8_t)span->styles);
        if (mask & KITE_SPAN_LINK)
            put_varint(e, span->link);
        if (mask & KITE_SPAN_LANG) {
            char tag[9];
            size_t bytes = strlen(kite_lang_text(span->lang, tag));

            put(e, (uint8_t)bytes);
            for (size_t i = 0; i < bytes; i++)
                put(e, (uint8_t)tag[i]);
        }
    }
    e->now = *span;
}

static void put_token(struct encoder *e, const struct kite_text *text, const struct kite_token *t,
                      const struct kite_span *span)
{
    bool is_note = t->piece == KITE_TOKEN_IS_NOTE;
    const struct kite_written_piece *p = is_note ? NULL : &e->writer->pieces[t->piece];
    size_t length;
    uint32_t first = is_note ? 0xfffc : kite_utf8_decode(p->lower, p->bytes, &length);

    put_span(e, span);
    if (kite_expect_space(&e->expect, first) != (t->offset_bytes > e->end))
        put(e, KITE_CODE_SPACE);
    e->end = t->offset_bytes + t->bytes;
    if (is_note) {
        put(e, KITE_CODE_NOTE);
        put_varint(e, span->note);
        e->expect.last = 0xfffc;
        e->expect.is_elision = false;
        return;
    }
    if (t->form == KITE_FORM_UPPER)
        put(e, KITE_CODE_UPPER);
    else if ((t->form == KITE_FORM_TURNED) != kite_expect_turned(&e->expect, first))
        put(e, KITE_CODE_CAPITAL);
    put_number(e, p->number);
    kite_expect_pass(&e->expect, text->text + t->offset_bytes, t->bytes);
}

static void put_columns(struct encoder *e, const struct kite_paragraph *p)
{
    put_varint(e, p->column_count << 1 | 1);
    for (uint32_t i = 0; i < p->column_count; i += 4) {
        uint8_t bits = 0;

        for (uint32_t k = i; k < i + 4 && k < p->column_count; k++)
            bits = (uint8_t)(bits | p->column_align[k] << (2 * (k - i)));
        put(e, bits);
    }
}

static void put_record(struct encoder *e, const struct kite_written_document *document, const struct kite_paragraph *p)
{
    uint8_t bits = 0;

    bits |= p->depth ? KITE_RECORD_DEPTH : 0;
    bits |= p->quote_depth ? KITE_RECORD_QUOTE : 0;
    bits |= p->is_tight ? KITE_RECORD_TIGHT : 0;
    bits |= p->is_continued ? KITE_RECORD_CONTINUED : 0;
    bits |= p->ordinal ? KITE_RECORD_ORDINAL : 0;
    bits |= p->column_count || p->role == KITE_ROLE_PICTURE ? KITE_RECORD_OBJECT : 0;
    bits |= p->direction != document->direction ? KITE_RECORD_TURNED : 0;
    if (p->role == KITE_ROLE_PARAGRAPH && bits == 0) {
        put(e, KITE_CODE_PLAIN);
        return;
    }
    put(e, KITE_CODE_RECORD);
    put(e, (uint8_t)p->role);
    put(e, bits);
    if (p->depth)
        put(e, p->depth);
    if (p->quote_depth)
        put(e, p->quote_depth);
    if (p->ordinal)
        put_varint(e, p->ordinal);
    if (p->role == KITE_ROLE_PICTURE)
        put_varint(e, p->picture << 1);
    else if (p->column_count)
        put_columns(e, p);
}

enum kite_status kite_numbers_write(const struct kite_writer *writer, const struct kite_written_document *document,
                                    const struct kite_written_paragraph *p, struct kite_buffer *out)
{
    const struct kite_text *text = &p->paragraph.text;
    struct encoder e = { .writer = writer, .out = out, .now = { .lang = document->lang },
                         .expect = { .is_sentence = true } };
    size_t span = 0;

    put_record(&e, document, &p->paragraph);
    for (uint32_t i = 0; i < p->token_count && e.status == KITE_OK; i++) {
        const struct kite_token *t = &writer->tokens[p->first_token + i];

        while (span + 1 < text->span_count && text->spans[span + 1].offset_bytes <= t->offset_bytes)
            span++;
        put_token(&e, text, t, &text->spans[span]);
    }
    return e.status;
}
