/* Paragraphs from the number stream. */
#include "bundle/reader.h"

#include <string.h>

struct decoder {
    struct kite_bundle *bundle;
    struct kite_bytes in;
    struct kite_fault *fault;
    char *text; /* bundle->paragraph_text */
    size_t text_bytes;
    struct kite_piece *pieces;
    size_t piece_count;
    size_t span_count;
    struct kite_expect expect;
    bool turns_space, turns_case, is_upper;
    bool has_pending; /* attributes that hold from the next piece on */
    struct kite_span pending;
};

static enum kite_status broken(struct decoder *d)
{
    return kite_fail(d->fault, KITE_E_FORMAT, "a paragraph breaks a rule of the format");
}

/* The span that holds from here on, a copy of the one before where one must begin. NULL: no memory. */
static struct kite_span *span_here(struct decoder *d)
{
    struct kite_span *last = &d->bundle->spans[d->span_count - 1];

    if (last->offset_bytes == d->text_bytes)
        return last;

    void *spans = d->bundle->spans;

    if (kite_grow(&d->bundle->mem, &spans, &d->bundle->span_capacity, d->span_count + 1, sizeof *d->bundle->spans))
        return NULL;
    d->bundle->spans = spans;
    d->bundle->spans[d->span_count] = d->bundle->spans[d->span_count - 1];
    d->bundle->spans[d->span_count].offset_bytes = (uint32_t)d->text_bytes;
    return &d->bundle->spans[d->span_count++];
}

static enum kite_status apply_pending(struct decoder *d)
{
    struct kite_span *span = span_here(d);

    if (!span)
        return KITE_E_NOMEM;
    d->pending.offset_bytes = (uint32_t)d->text_bytes;
    *span = d->pending;
    d->has_pending = false;
    return KITE_OK;
}

/* The implied space, if there is one, and the attributes that change there. */
static enum kite_status put_attributes(struct decoder *d, bool has_space)
{
    enum kite_status status = KITE_OK;

    if (!kite_span_opens(&d->bundle->spans[d->span_count - 1], &d->pending))
        status = apply_pending(d);
    if (has_space)
        d->text[d->text_bytes++] = ' ';
    if (d->has_pending && status == KITE_OK)
        status = apply_pending(d);
    return status;
}

/* Before a piece that begins with `first`: attributes and the implied space. */
static inline enum kite_status put_space(struct decoder *d, uint32_t first)
{
    bool has_space = kite_expect_space(&d->expect, first) != d->turns_space;

    d->turns_space = false;
    if (d->has_pending)
        return put_attributes(d, has_space);
    if (has_space)
        d->text[d->text_bytes++] = ' ';
    return KITE_OK;
}

static void put_piece(struct decoder *d, uint32_t key, size_t bytes)
{
    d->pieces[d->piece_count++] = (struct kite_piece){ key, (uint32_t)d->text_bytes, (uint32_t)bytes };
    d->text_bytes += bytes;
}

static bool is_ascii_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static enum kite_status take_piece(struct decoder *d, uint8_t code)
{
    uint32_t number = kite_take_number(d->bundle, code, &d->in);
    const char *base;
    size_t bytes, length;
    enum kite_status status = kite_piece_base(d->bundle, number, &base, &bytes, d->fault);

    if (status)
        return status;

    uint32_t first = (uint8_t)base[0] < 0x80 ? (uint8_t)base[0] : kite_utf8_decode(base, bytes, &length);
    enum kite_form form = d->is_upper                                               ? KITE_FORM_UPPER
                          : (d->expect.is_sentence && kite_expect_turned(&d->expect, first)) != d->turns_case
                              ? KITE_FORM_TURNED
                                                                                    : KITE_FORM_BASE;

    status = put_space(d, first);
    if (status)
        return status;

    char *out = d->text + d->text_bytes;

    if (form == KITE_FORM_BASE)
        memcpy(out, base, bytes);
    else if ((bytes = kite_form_apply(base, bytes, form, out)) == 0)
        return broken(d);
    if (is_ascii_letter(out[bytes - 1])) /* what passing over all of it comes to */
        d->expect = (struct kite_expect){ .last = (uint8_t)out[bytes - 1] };
    else
        kite_expect_pass(&d->expect, out, bytes);
    put_piece(d, number * KITE_FORM_COUNT + form + 1, bytes);
    d->turns_case = d->is_upper = false;
    return KITE_OK;
}

/* A note's mark: a span of its own around U+FFFC. */
static enum kite_status take_note(struct decoder *d)
{
    uint32_t note = kite_take_varint(&d->in);

    if (note == 0 || d->turns_case || d->is_upper)
        return broken(d);

    enum kite_status status = put_space(d, 0xfffc);
    struct kite_span *span = status ? NULL : span_here(d);

    if (!span)
        return KITE_E_NOMEM;
    span->note = note;
    d->text_bytes += kite_utf8_encode(0xfffc, d->text + d->text_bytes);
    d->expect.last = 0xfffc;
    d->expect.is_elision = false;
    span = span_here(d);
    if (!span)
        return KITE_E_NOMEM;
    span->note = 0;
    return KITE_OK;
}

static struct kite_span *pending(struct decoder *d)
{
    if (!d->has_pending)
        d->pending = d->bundle->spans[d->span_count - 1];
    d->has_pending = true;
    return &d->pending;
}

static enum kite_status take_span(struct decoder *d)
{
    struct kite_span *span = pending(d);
    uint8_t mask = kite_take_u8(&d->in);

    if (mask & KITE_SPAN_STYLES)
        span->styles = kite_take_u8(&d->in) & KITE_STYLE_ALL;
    if (mask & KITE_SPAN_LINK)
        span->link = kite_take_varint(&d->in);
    if (mask & KITE_SPAN_LANG) {
        char tag[9] = { 0 };
        uint8_t bytes = kite_take_u8(&d->in);
        const uint8_t *at = kite_take_bytes(&d->in, bytes);

        if (!at || bytes > 8)
            return broken(d);
        memcpy(tag, at, bytes);
        span->lang = kite_lang_from_text(tag);
    }
    return KITE_OK;
}

static enum kite_status take_control(struct decoder *d, uint8_t code)
{
    switch (code) {
    case KITE_CODE_SPACE:
        d->turns_space = true;
        return KITE_OK;
    case KITE_CODE_CAPITAL:
        d->turns_case = true;
        return KITE_OK;
    case KITE_CODE_UPPER:
        d->is_upper = true;
        return KITE_OK;
    case KITE_CODE_SPAN:
        return take_span(d);
    case KITE_CODE_EMPHASIS:
        pending(d)->styles ^= KITE_STYLE_EMPHASIS;
        return KITE_OK;
    case KITE_CODE_NOTE:
        return take_note(d);
    default: /* what only begins a paragraph */
        return broken(d);
    }
}

/* Columns of a table row: how each is aligned, two bits each. */
static void take_columns(struct kite_bytes *in, uint32_t count, struct kite_paragraph *out)
{
    if (count > KITE_COLUMNS_MAX) {
        in->failed = true;
        return;
    }
    out->column_count = count;
    for (uint32_t i = 0, bits = 0; i < count; i++, bits >>= 2) {
        if (i % 4 == 0)
            bits = kite_take_u8(in);
        out->column_align[i] = bits & 3;
        if (out->column_align[i] > KITE_COLUMN_END)
            in->failed = true;
    }
}

static void take_record(struct kite_bytes *in, struct kite_paragraph *out)
{
    uint8_t role = kite_take_u8(in), bits = kite_take_u8(in);

    out->role = role < KITE_ROLE_COUNT ? (enum kite_role)role : KITE_ROLE_PARAGRAPH; /* a later version's: as text */
    if (bits & KITE_RECORD_DEPTH)
        out->depth = kite_take_u8(in);
    if (bits & KITE_RECORD_QUOTE)
        out->quote_depth = kite_take_u8(in);
    out->is_tight = (bits & KITE_RECORD_TIGHT) != 0;
    out->is_continued = (bits & KITE_RECORD_CONTINUED) != 0;
    if (bits & KITE_RECORD_ORDINAL)
        out->ordinal = kite_take_varint(in);
    if (bits & KITE_RECORD_OBJECT) {
        uint32_t value = kite_take_varint(in);

        if (value & 1)
            take_columns(in, value >> 1, out);
        else
            out->picture = value >> 1;
    }
    if (bits & KITE_RECORD_TURNED)
        out->direction = out->direction == KITE_DIRECTION_LTR ? KITE_DIRECTION_RTL : KITE_DIRECTION_LTR;
    if (bits & KITE_RECORD_MORE)
        kite_take_bytes(in, kite_take_varint(in));
    if (out->depth > KITE_DEPTH_MAX || out->quote_depth > KITE_DEPTH_MAX ||
        (out->role == KITE_ROLE_HEADING && (out->depth < 1 || out->depth > 6)))
        in->failed = true;
}

/* References that the text makes must exist. */
static bool references_hold(const struct decoder *d, const struct kite_stored_document *document,
                            const struct kite_paragraph *p)
{
    for (size_t i = 0; i < d->span_count; i++) {
        const struct kite_span *span = &d->bundle->spans[i];

        if (span->link > document->link_count || span->note > document->note_count)
            return false;
    }
    return p->role != KITE_ROLE_PICTURE || p->picture < d->bundle->picture_count;
}

static enum kite_status finish(struct decoder *d, struct kite_arena *arena, struct kite_paragraph *out)
{
    char *text = kite_arena_alloc(arena, d->text_bytes + 1, 1);
    struct kite_span *spans = kite_arena_alloc(arena, d->span_count, sizeof *spans);

    if (!text || !spans)
        return kite_fail(d->fault, KITE_E_NOMEM, "no memory for a paragraph");
    memcpy(text, d->text, d->text_bytes);
    text[d->text_bytes] = '\0';
    while (d->span_count > 1 && d->bundle->spans[d->span_count - 1].offset_bytes == d->text_bytes)
        d->span_count--; /* one that holds nothing */
    memcpy(spans, d->bundle->spans, d->span_count * sizeof *spans);
    out->text = (struct kite_text){ text, d->text_bytes, spans, d->span_count, d->pieces, d->piece_count };
    return KITE_OK;
}

/* The id of a paragraph that has one of its own. */
static enum kite_status take_id(struct kite_bundle *bundle, const struct kite_stored_document *d, uint32_t index,
                                uint32_t *id, struct kite_fault *fault)
{
    uint32_t key = d->first_paragraph + index + 1, number;
    struct kite_table_record record;
    enum kite_status status = kite_record_from_key(bundle, KITE_TABLE_IDS, key, &number, fault);

    if (status || number >= kite_table_records(bundle, KITE_TABLE_IDS))
        return status;
    status = kite_record_at(bundle, KITE_TABLE_IDS, number, &record, fault);
    if (status == KITE_OK && record.key == key)
        *id = record.id;
    return status;
}

enum kite_status kite_bundle_paragraph(struct kite_bundle *bundle, uint32_t document, uint32_t index,
                                       struct kite_arena *arena, struct kite_paragraph *out, struct kite_fault *fault)
{
    const struct kite_text_block *block;

    if (document >= bundle->document_count || index >= bundle->documents[document].paragraph_count)
        return kite_fail(fault, KITE_E_RANGE, "there is no paragraph %u in document %u", (unsigned)index + 1,
                         (unsigned)document + 1);

    const struct kite_stored_document *doc = &bundle->documents[document];
    enum kite_status status = kite_text_block_of(bundle, document, index, &block, fault);

    if (status)
        return status;

    uint32_t in_block = doc->first_paragraph + index - block->first;
    uint32_t start = block->starts[in_block], end = block->starts[in_block + 1];
    struct decoder d = { .bundle = bundle, .in = { block->numbers + start, block->numbers + end, false },
                         .fault = fault, .text = bundle->paragraph_text, .span_count = 1 };

    *out = (struct kite_paragraph){ .direction = doc->direction, .id = index };
    bundle->spans[0] = (struct kite_span){ .lang = doc->lang };
    d.expect.is_sentence = true;
    if (kite_take_u8(&d.in) == KITE_CODE_RECORD)
        take_record(&d.in, out);
    d.pieces = kite_arena_alloc(arena, (size_t)(d.in.end - d.in.at), sizeof *d.pieces); /* each takes a byte or more */
    if (!d.pieces)
        return kite_fail(fault, KITE_E_NOMEM, "no memory for a paragraph");
    while (d.in.at < d.in.end && !d.in.failed && status == KITE_OK) {
        uint8_t code = *d.in.at++;

        status = code >= KITE_CODE_FIRST_PIECE ? take_piece(&d, code) : take_control(&d, code);
        if (status == KITE_OK && d.text_bytes > KITE_PARAGRAPH_BYTES_MAX)
            status = kite_fail(fault, KITE_E_LIMIT, "a paragraph is longer than %u bytes", KITE_PARAGRAPH_BYTES_MAX);
    }
    if (status == KITE_OK && (d.in.failed || d.turns_space || d.turns_case || d.is_upper || d.has_pending ||
                              !references_hold(&d, doc, out)))
        status = broken(&d); /* or a code is left over that speaks of a piece that never came */
    if (status == KITE_OK)
        block->lengths[in_block] = (uint32_t)d.text_bytes;
    if (status == KITE_OK && doc->id_count > 0)
        status = take_id(bundle, doc, index, &out->id, fault);
    return status ? status : finish(&d, arena, out);
}
