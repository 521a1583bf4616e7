/* Pieces get their numbers, and paragraphs become streams of them. */
#include "bundle/writer.h"

#include <stdlib.h>
#include <string.h>

/* ---- numbering ------------------------------------------------------------------------------- */

/* Is the piece in the resident lexicon? Its number, UINT32_MAX when not. */
static uint32_t resident_number(const struct kite_lexicon *lexicon, const char *text, size_t bytes)
{
    size_t low = 0, high = lexicon ? lexicon->piece_count : 0;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        uint32_t number = lexicon->by_text[middle];
        size_t length = lexicon->offsets[number + 1] - lexicon->offsets[number];
        size_t common = length < bytes ? length : bytes;
        int order = memcmp(lexicon->text + lexicon->offsets[number], text, common);

        if (order == 0 && length == bytes)
            return number;
        if (order < 0 || (order == 0 && length < bytes))
            low = middle + 1;
        else
            high = middle;
    }
    return UINT32_MAX;
}

/* Own pieces stand in bands of like frequency, so that chunks of common words are read most. */
static unsigned band(const struct kite_written_piece *p)
{
    return p->uses >= 16 ? 0 : p->uses >= 6 ? 1 : p->uses >= 3 ? 2 : p->uses == 2 ? 3 : 4;
}

struct ranked {
    const struct kite_written_piece *piece;
    uint32_t index;
};

static int compare_own(const void *a, const void *b)
{
    const struct kite_written_piece *p = ((const struct ranked *)a)->piece, *q = ((const struct ranked *)b)->piece;
    size_t common = p->bytes < q->bytes ? p->bytes : q->bytes;

    if (band(p) != band(q))
        return band(p) < band(q) ? -1 : 1;

    int order = memcmp(p->lower, q->lower, common);

    return order ? order : p->bytes < q->bytes ? -1 : p->bytes > q->bytes;
}

static int compare_uses(const void *a, const void *b)
{
    const struct kite_written_piece *p = ((const struct ranked *)a)->piece, *q = ((const struct ranked *)b)->piece;

    if (p->uses != q->uses)
        return p->uses > q->uses ? -1 : 1;
    return p->number < q->number ? -1 : p->number > q->number;
}

/* A word that mostly begins with a capital is stored with it. */
static enum kite_status choose_bases(struct kite_writer *writer)
{
    for (size_t i = 0; i < writer->piece_count; i++) {
        struct kite_written_piece *p = &writer->pieces[i];
        char turned[KITE_PIECE_BYTES_MAX + 1], back[KITE_PIECE_BYTES_MAX + 1];
        size_t bytes;

        p->number = resident_number(writer->resident, p->lower, p->bytes);
        p->is_resident = p->number != UINT32_MAX;
        if (p->is_resident || p->capital_uses * 2 <= p->uses)
            continue;
        bytes = kite_form_apply(p->lower, p->bytes, KITE_FORM_TURNED, turned);
        if (bytes != p->bytes || kite_form_apply(turned, bytes, KITE_FORM_TURNED, back) != bytes ||
            memcmp(back, p->lower, bytes) != 0)
            continue;

        char *copy = kite_arena_alloc(&writer->arena, bytes, 1);

        if (!copy)
            return KITE_E_NOMEM;
        memcpy(copy, turned, bytes);
        p->lower = copy;
        p->is_capital_base = true;
    }
    for (size_t i = 0; i < writer->token_count; i++) {
        struct kite_token *t = &writer->tokens[i];

        if (t->piece != KITE_TOKEN_IS_NOTE && writer->pieces[t->piece].is_capital_base && t->form != KITE_FORM_UPPER)
            t->form = t->form == KITE_FORM_BASE ? KITE_FORM_TURNED : KITE_FORM_BASE;
    }
    return KITE_OK;
}

static enum kite_status number_own(struct kite_writer *writer, struct ranked *order)
{
    uint32_t first = writer->resident ? writer->resident->piece_count : 0, count = 0;

    for (uint32_t i = 0; i < writer->piece_count; i++)
        if (!writer->pieces[i].is_resident)
            order[count++] = (struct ranked){ &writer->pieces[i], i };
    qsort(order, count, sizeof *order, compare_own);
    writer->own_count = count;
    writer->own = kite_alloc(&writer->mem, count + 1u, sizeof *writer->own);
    if (!writer->own)
        return KITE_E_NOMEM;
    for (uint32_t i = 0; i < count; i++) {
        writer->own[i] = order[i].index;
        writer->pieces[order[i].index].number = first + i;
    }
    return KITE_OK;
}

#define LIST_TOKENS_MIN 4000 /* below, a list of the commonest pieces costs more than it saves */

/* Set how many pieces take one byte and which, and how many leads two-byte numbers have. */
static enum kite_status set_bytes(struct kite_writer *writer, struct ranked *order, uint32_t one_byte)
{
    uint32_t total = (writer->resident ? writer->resident->piece_count : 0) + writer->own_count;
    uint32_t room = 255 - KITE_CODE_FIRST_PIECE;

    if (one_byte > total)
        one_byte = total;
    if (writer->one_byte_is_listed && one_byte > writer->piece_count)
        one_byte = (uint32_t)writer->piece_count;
    writer->one_byte_count = one_byte;
    writer->two_byte_leads = (total + 255) / 256;
    if (writer->two_byte_leads > room - one_byte)
        writer->two_byte_leads = room - one_byte;
    memset(writer->one_byte_of, 0, total);
    for (uint32_t i = 0; i < one_byte; i++) {
        writer->one_byte[i] = writer->one_byte_is_listed ? order[i].piece->number : i;
        writer->one_byte_of[writer->one_byte[i]] = (uint8_t)(i + 1);
    }
    return KITE_OK;
}

/* Size of all text as numbers, as zlib would have it. */
static enum kite_status estimate(struct kite_writer *writer, size_t *out)
{
    struct kite_buffer buffer = { .mem = writer->mem };
    enum kite_status status = KITE_OK;
    size_t text = 0;

    *out = 0;
    for (size_t d = 0; d < writer->document_count && status == KITE_OK; d++) {
        const struct kite_written_document *doc = &writer->documents[d];

        for (uint32_t i = 0; i < doc->count && status == KITE_OK; i++) {
            status = kite_numbers_write(writer, doc, &doc->paragraphs[i], &buffer);
            text += doc->paragraphs[i].paragraph.text.text_bytes;
            if (text >= KITE_TEXT_BLOCK_BYTES || i + 1 == doc->count) {
                *out += kite_deflate_estimate(buffer.bytes, buffer.count);
                buffer.count = 0;
                text = 0;
            }
        }
    }
    kite_buffer_close(&buffer);
    return status;
}

enum kite_status kite_pieces_number(struct kite_writer *writer)
{
    static const uint32_t counts[] = { 216, 180, 144, 108 };
    struct ranked *order = kite_alloc(&writer->mem, writer->piece_count + 1, sizeof *order);
    size_t best = SIZE_MAX;
    uint32_t best_count = counts[0];
    bool best_listed = false;
    enum kite_status status = order ? choose_bases(writer) : KITE_E_NOMEM;

    if (status == KITE_OK)
        status = number_own(writer, order);

    uint32_t total = (writer->resident ? writer->resident->piece_count : 0) + writer->own_count;

    if (status == KITE_OK) {
        writer->one_byte = kite_alloc(&writer->mem, 256, sizeof *writer->one_byte);
        writer->one_byte_of = kite_alloc(&writer->mem, total + 1u, 1);
        if (!writer->one_byte || !writer->one_byte_of)
            status = KITE_E_NOMEM;
    }
    for (uint32_t i = 0; status == KITE_OK && i < writer->piece_count; i++)
        order[i] = (struct ranked){ &writer->pieces[i], i };
    if (status == KITE_OK)
        qsort(order, writer->piece_count, sizeof *order, compare_uses);
    for (int listed = 0; listed <= (writer->token_count >= LIST_TOKENS_MIN); listed++) {
        for (size_t i = 0; i < sizeof counts / sizeof *counts && status == KITE_OK; i++) {
            size_t size = 0;

            writer->one_byte_is_listed = listed;
            status = set_bytes(writer, order, counts[i]);
            if (status == KITE_OK)
                status = estimate(writer, &size);
            size += listed ? writer->one_byte_count * 2 : 0;
            if (size < best) {
                best = size;
                best_count = counts[i];
                best_listed = listed;
            }
        }
    }
    writer->one_byte_is_listed = best_listed;
    if (status == KITE_OK)
        status = set_bytes(writer, order, best_count);
    kite_free(&writer->mem, order);
    return status;
}

/* ---- the stream ------------------------------------------------------------------------------ */

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
