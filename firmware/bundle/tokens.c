/* Text into pieces: words, numbers, single ideographs, runs of signs, runs of spaces beyond the one implied. */
#include "bundle/writer.h"

#include <string.h>

enum char_kind { CHAR_SPACE, CHAR_WORD, CHAR_DIGIT, CHAR_SINGLE, CHAR_MARK, CHAR_SIGN, CHAR_ALONE };

struct kind_range {
    uint32_t first, last;
    uint8_t kind;
};

/* What is not a word character above U+007F. */
static const struct kind_range ranges[] = {
    { 0x80, 0xa9, CHAR_SIGN },       { 0xab, 0xac, CHAR_SIGN },       { 0xae, 0xb4, CHAR_SIGN },
    { 0xb6, 0xb9, CHAR_SIGN },       { 0xbb, 0xbf, CHAR_SIGN },       { 0xd7, 0xd7, CHAR_SIGN },
    { 0xf7, 0xf7, CHAR_SIGN },       { 0x300, 0x36f, CHAR_MARK },     { 0x37e, 0x37e, CHAR_SIGN },
    { 0x387, 0x387, CHAR_SIGN },     { 0x589, 0x58a, CHAR_SIGN },     { 0x591, 0x5bd, CHAR_MARK },
    { 0x5be, 0x5be, CHAR_SIGN },     { 0x5c0, 0x5c0, CHAR_SIGN },     { 0x600, 0x60f, CHAR_SIGN },
    { 0x61b, 0x61f, CHAR_SIGN },     { 0x66a, 0x66d, CHAR_SIGN },     { 0x6d4, 0x6d4, CHAR_SIGN },
    { 0x964, 0x965, CHAR_SIGN },     { 0xe00, 0xe30, CHAR_SINGLE },   { 0xe31, 0xe31, CHAR_MARK },
    { 0xe32, 0xe32, CHAR_SINGLE },   { 0xe33, 0xe3a, CHAR_MARK },     { 0xe3b, 0xe46, CHAR_SINGLE },
    { 0xe47, 0xe4e, CHAR_MARK },     { 0xe4f, 0xeb0, CHAR_SINGLE },   { 0xeb1, 0xeb1, CHAR_MARK },
    { 0xeb2, 0xeb2, CHAR_SINGLE },   { 0xeb3, 0xebc, CHAR_MARK },     { 0xebd, 0xec7, CHAR_SINGLE },
    { 0xec8, 0xece, CHAR_MARK },     { 0xecf, 0xeff, CHAR_SINGLE },   { 0xf01, 0xf14, CHAR_SIGN },
    { 0xf1a, 0xf1f, CHAR_SIGN },     { 0xf3a, 0xf3d, CHAR_SIGN },     { 0xfbe, 0xfc5, CHAR_SIGN },
    { 0xfc7, 0xfff, CHAR_SIGN },     { 0x1000, 0x102a, CHAR_SINGLE }, { 0x102b, 0x103e, CHAR_MARK },
    { 0x103f, 0x1055, CHAR_SINGLE }, { 0x1056, 0x1059, CHAR_MARK },   { 0x105a, 0x105d, CHAR_SINGLE },
    { 0x105e, 0x1060, CHAR_MARK },   { 0x1061, 0x1061, CHAR_SINGLE }, { 0x1062, 0x1064, CHAR_MARK },
    { 0x1065, 0x1066, CHAR_SINGLE }, { 0x1067, 0x106d, CHAR_MARK },   { 0x106e, 0x1070, CHAR_SINGLE },
    { 0x1071, 0x1074, CHAR_MARK },   { 0x1075, 0x1081, CHAR_SINGLE }, { 0x1082, 0x108d, CHAR_MARK },
    { 0x108e, 0x1099, CHAR_SINGLE }, { 0x109a, 0x109d, CHAR_MARK },   { 0x109e, 0x109f, CHAR_SINGLE },
    { 0x1780, 0x17b3, CHAR_SINGLE }, { 0x17b4, 0x17d3, CHAR_MARK },   { 0x17d4, 0x17dc, CHAR_SINGLE },
    { 0x17dd, 0x17dd, CHAR_MARK },   { 0x17de, 0x17ff, CHAR_SINGLE }, { 0x1ab0, 0x1aff, CHAR_MARK },
    { 0x1dc0, 0x1dff, CHAR_MARK },   { 0x2000, 0x200b, CHAR_SIGN },   { 0x200e, 0x206f, CHAR_SIGN },
    { 0x20a0, 0x20cf, CHAR_SIGN },   { 0x20d0, 0x20ff, CHAR_MARK },   { 0x2100, 0x2bff, CHAR_SIGN },
    { 0x2e00, 0x2e7f, CHAR_SIGN },   { 0x2e80, 0xa4cf, CHAR_SINGLE }, { 0xf900, 0xfaff, CHAR_SINGLE },
    { 0xfe00, 0xfe0f, CHAR_MARK },   { 0xfe10, 0xfe6f, CHAR_SINGLE }, { 0xff00, 0xffef, CHAR_SINGLE },
    { 0xfff0, 0xffff, CHAR_SIGN },   { 0x1f000, 0x1faff, CHAR_SINGLE }, { 0x20000, 0x3ffff, CHAR_SINGLE },
    { 0xe0100, 0xe01ef, CHAR_MARK },
};

static enum char_kind kind_of(uint32_t c)
{
    if (c == ' ')
        return CHAR_SPACE;
    if (c == '\n' || c == '\t')
        return CHAR_ALONE;
    if (c >= '0' && c <= '9')
        return CHAR_DIGIT;
    if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'))
        return CHAR_WORD;
    if (c < 0x80)
        return CHAR_SIGN;
    for (size_t i = 0; i < sizeof ranges / sizeof *ranges && ranges[i].first <= c; i++)
        if (c <= ranges[i].last)
            return (enum char_kind)ranges[i].kind;
    return CHAR_WORD;
}

bool kite_joins_before(uint32_t c)
{
    return c == 0x200d || kind_of(c) == CHAR_MARK;
}

struct cutter {
    struct kite_writer *writer;
    const char *text;
    size_t end; /* of the stretch in hand: tokens never cross a span */
};

static uint32_t char_at(const struct cutter *c, size_t at, size_t *length)
{
    *length = 0;
    return at < c->end ? kite_utf8_decode(c->text + at, c->end - at, length) : 0;
}

static enum char_kind kind_at(const struct cutter *c, size_t at)
{
    size_t length;
    uint32_t code_point = char_at(c, at, &length);

    return length ? kind_of(code_point) : CHAR_SPACE;
}

static bool is_wordlike(enum char_kind kind)
{
    return kind == CHAR_WORD || kind == CHAR_DIGIT || kind == CHAR_MARK;
}

/* A sign that holds a word or a number together between these two. */
static bool holds(uint32_t sign, enum char_kind before, enum char_kind after)
{
    if (sign == 0xad)
        return is_wordlike(before) && is_wordlike(after);
    if (sign == '\'' || sign == 0x2019)
        return before != CHAR_DIGIT && is_wordlike(before) && after == CHAR_WORD;
    return (sign == '.' || sign == ',' || sign == ':') && before == CHAR_DIGIT && after == CHAR_DIGIT;
}

/* Does a word end in this apostrophe, as l’, d’, qu’ do before the word that they lean on? */
static bool elides(const struct cutter *c, size_t start, size_t apostrophe)
{
    static const char alone[] = "cdjlmnstCDJLMNST";
    size_t bytes = apostrophe - start;

    if (bytes == 1)
        return strchr(alone, c->text[start]) != NULL;
    return bytes >= 2 && (c->text[apostrophe - 1] | 0x20) == 'u' && (c->text[apostrophe - 2] | 0x20) == 'q';
}

#define TOKEN_BYTES_MAX (KITE_PIECE_BYTES_MAX - 8) /* one character more still fits */

static size_t skip_marks(const struct cutter *c, size_t at)
{
    size_t length, most = at + TOKEN_BYTES_MAX / 2;

    while (at < most && kind_at(c, at) == CHAR_MARK) {
        char_at(c, at, &length);
        at += length;
    }
    return at;
}

/* The signs of Burmese and Khmer that put the next letter under the one before. */
static bool stacks(uint32_t mark)
{
    return mark == 0x1039 || mark == 0x17d2;
}

/* Behind the first character of a single: its marks, and what these stack under it. */
static size_t cluster_end(const struct cutter *c, size_t at)
{
    size_t length, most = at + TOKEN_BYTES_MAX / 2, last = at;

    for (at = skip_marks(c, at); at < most && at > last && kind_at(c, at) == CHAR_SINGLE; at = skip_marks(c, at)) {
        if (at - last < 3 || !stacks(char_at(c, at - 3, &length)))
            break;
        char_at(c, at, &length);
        at += length;
        last = at;
    }
    return at;
}

/* Where the token that begins at `at` ends. */
static size_t token_end(const struct cutter *c, size_t at)
{
    size_t start = at, length, next;
    enum char_kind kind = kind_at(c, at), last = kind;

    char_at(c, at, &length);
    at += length;
    if (kind == CHAR_ALONE)
        return at;
    if (kind == CHAR_SINGLE)
        return cluster_end(c, at);
    while (at < c->end && at - start < TOKEN_BYTES_MAX) {
        uint32_t code_point = char_at(c, at, &length);
        enum char_kind here = kind_of(code_point);

        next = at + length;
        if (is_wordlike(kind)) {
            if (is_wordlike(here)) {
                last = here == CHAR_MARK ? last : here;
                at = next;
                continue;
            }
            if (here == CHAR_SIGN && holds(code_point, last, kind_at(c, next))) {
                if ((code_point == '\'' || code_point == 0x2019) && elides(c, start, at))
                    return next;
                at = next;
                continue;
            }
            break;
        }
        if (here != kind || code_point == 0xfffc)
            break;
        at = next;
    }
    return at;
}

/* ---- distinct pieces ------------------------------------------------------------------------- */

static uint32_t hash_text(const char *text, size_t bytes)
{
    uint32_t value = 2166136261u;

    for (size_t i = 0; i < bytes; i++)
        value = (value ^ (uint8_t)text[i]) * 16777619u;
    return value;
}

static enum kite_status grow_table(struct kite_writer *writer)
{
    size_t size = writer->table_size ? writer->table_size * 2 : 4096;
    uint32_t *table = kite_alloc(&writer->mem, size, sizeof *table);

    if (!table)
        return KITE_E_NOMEM;
    memset(table, 0xff, size * sizeof *table);
    for (size_t i = 0; i < writer->piece_count; i++) {
        size_t at = hash_text(writer->pieces[i].lower, writer->pieces[i].bytes) & (size - 1);

        while (table[at] != UINT32_MAX)
            at = (at + 1) & (size - 1);
        table[at] = (uint32_t)i;
    }
    kite_free(&writer->mem, writer->table);
    writer->table = table;
    writer->table_size = size;
    return KITE_OK;
}

static enum kite_status piece_of(struct kite_writer *writer, const char *text, size_t bytes, uint32_t *out)
{
    if (writer->piece_count * 2 >= writer->table_size && grow_table(writer))
        return KITE_E_NOMEM;

    size_t at = hash_text(text, bytes) & (writer->table_size - 1);

    for (; writer->table[at] != UINT32_MAX; at = (at + 1) & (writer->table_size - 1)) {
        const struct kite_written_piece *p = &writer->pieces[writer->table[at]];

        if (p->bytes == bytes && memcmp(p->lower, text, bytes) == 0) {
            *out = writer->table[at];
            return KITE_OK;
        }
    }

    void *pieces = writer->pieces;
    enum kite_status status = kite_grow(&writer->mem, &pieces, &writer->piece_capacity, writer->piece_count + 1,
                                        sizeof *writer->pieces);
    char *copy = kite_arena_alloc(&writer->arena, bytes, 1);

    writer->pieces = pieces;
    if (status || !copy)
        return KITE_E_NOMEM;
    memcpy(copy, text, bytes);
    writer->pieces[writer->piece_count] = (struct kite_written_piece){ .lower = copy, .bytes = (uint16_t)bytes };
    *out = writer->table[at] = (uint32_t)writer->piece_count++;
    return KITE_OK;
}

/* The lower form of a token and how the token comes from it; verbatim when it does not. */
static enum kite_form lower_form(const char *text, size_t bytes, char lower[KITE_PIECE_BYTES_MAX + 1], size_t *lower_bytes)
{
    char made[KITE_PIECE_BYTES_MAX + 1];
    size_t count = 0, length;

    for (size_t i = 0; i < bytes; i += length) {
        uint32_t c = kite_utf8_decode(text + i, bytes - i, &length);

        count += kite_utf8_encode(kite_case_lower(c), lower + count); /* partners are equally long */
    }
    *lower_bytes = count;
    if (count == bytes && memcmp(lower, text, bytes) == 0)
        return KITE_FORM_BASE;
    for (enum kite_form form = KITE_FORM_TURNED; form <= KITE_FORM_UPPER; form++)
        if (kite_form_apply(lower, count, form, made) == bytes && memcmp(made, text, bytes) == 0)
            return form;
    memcpy(lower, text, bytes);
    *lower_bytes = bytes;
    return KITE_FORM_BASE;
}

static enum kite_status add_token(struct kite_writer *writer, const char *text, size_t from, size_t bytes)
{
    char lower[KITE_PIECE_BYTES_MAX + 1];
    size_t lower_bytes;
    struct kite_token token = { .offset_bytes = (uint32_t)from, .bytes = (uint16_t)bytes };
    void *tokens = writer->tokens;
    enum kite_status status = kite_grow(&writer->mem, &tokens, &writer->token_capacity, writer->token_count + 1,
                                        sizeof *writer->tokens);

    writer->tokens = tokens;
    if (status)
        return status;
    token.form = (uint8_t)lower_form(text + from, bytes, lower, &lower_bytes);
    status = piece_of(writer, lower, lower_bytes, &token.piece);
    if (status)
        return status;
    writer->pieces[token.piece].uses++;
    writer->pieces[token.piece].capital_uses += token.form == KITE_FORM_TURNED;
    writer->tokens[writer->token_count++] = token;
    return KITE_OK;
}

/* ---- paragraphs ------------------------------------------------------------------------------ */

/* The span that holds at a byte. */
static const struct kite_span *span_at(const struct kite_text *t, size_t at)
{
    size_t i = t->span_count - 1;

    while (i > 0 && t->spans[i].offset_bytes > at)
        i--;
    return &t->spans[i];
}

/* Is this one space between two tokens that the reader puts back by itself, attributes and all? */
static bool is_implied(const struct kite_text *t, size_t at)
{
    if (at == 0 || at + 1 >= t->text_bytes || t->text[at - 1] == ' ' || t->text[at + 1] == ' ')
        return false;

    const struct kite_span *before = span_at(t, at - 1), *space = span_at(t, at), *after = span_at(t, at + 1);

    if (before != space && space != after)
        return before->note && kite_span_opens(space, after);
    if (before != space)
        return before->note || !kite_span_opens(before, space);
    return space == after || kite_span_opens(space, after) || after->note;
}

/* Spaces that are not implied are pieces. */
static enum kite_status cut_spaces(struct cutter *c, const struct kite_text *t, size_t *at)
{
    size_t from = *at, end = from;

    if (is_implied(t, from)) {
        ++*at;
        return KITE_OK;
    }
    while (end < c->end && c->text[end] == ' ' && end - from < KITE_PIECE_BYTES_MAX)
        end++;
    *at = end;
    return add_token(c->writer, c->text, from, end - from);
}

static enum kite_status add_mark(struct kite_writer *writer, size_t at)
{
    void *tokens = writer->tokens;
    enum kite_status status = kite_grow(&writer->mem, &tokens, &writer->token_capacity, writer->token_count + 1,
                                        sizeof *writer->tokens);

    writer->tokens = tokens;
    if (status == KITE_OK)
        writer->tokens[writer->token_count++] = (struct kite_token){ (uint32_t)at, 3, 0, KITE_TOKEN_IS_NOTE };
    return status;
}

static enum kite_status cut_paragraph(struct kite_writer *writer, struct kite_written_paragraph *p)
{
    const struct kite_text *t = &p->paragraph.text;
    struct cutter c = { writer, t->text, t->text_bytes };
    enum kite_status status = KITE_OK;
    size_t span = 0;

    p->first_token = (uint32_t)writer->token_count;
    for (size_t at = 0; at < t->text_bytes && status == KITE_OK;) {
        while (span < t->span_count && t->spans[span].offset_bytes <= at)
            span++;
        c.end = span < t->span_count ? t->spans[span].offset_bytes : t->text_bytes;
        if (c.text[at] == ' ') {
            status = cut_spaces(&c, t, &at);
        } else if (t->spans[span - 1].note) {
            status = add_mark(writer, at);
            at = c.end;
        } else {
            size_t end = token_end(&c, at);

            status = add_token(writer, c.text, at, end - at);
            at = end;
        }
    }
    p->token_count = (uint32_t)(writer->token_count - p->first_token);
    return status;
}

enum kite_status kite_tokens_cut(struct kite_writer *writer)
{
    for (size_t d = 0; d < writer->document_count; d++) {
        for (size_t i = 0; i < writer->documents[d].count; i++) {
            enum kite_status status = cut_paragraph(writer, &writer->documents[d].paragraphs[i]);

            if (status)
                return status;
        }
    }
    return KITE_OK;
}
