/* RTF: groups, control words, characters. */
#include "press/rtf.h"

#include "press/docx.h"

#include <stdio.h>
#include <string.h>

#define WORD_BYTES_MAX 32u
#define NAME_BYTES_MAX 4096u
#define NO_NUMBER 1 /* the value of a word without one: "on" */

bool kite_is_rtf(const struct kite_press_input *input)
{
    return input->byte_count >= 5 && memcmp(input->bytes, "{\\rtf", 5) == 0;
}

/* ---- characters ----------------------------------------------------------------------------------------------------- */

static const struct kite_rtf_font *font_of(const struct kite_rtf *r, uint32_t number)
{
    static const struct kite_rtf_font none = { .charset = NULL };

    return number < r->font_capacity ? &r->fonts[number] : &none;
}

void kite_rtf_put_text(struct kite_rtf *r, const char *text, size_t bytes)
{
    if (kite_rtf_top(r)->place == KITE_RTF_NAME && r->name.count < NAME_BYTES_MAX && kite_buffer_add(&r->name, text, bytes))
        kite_rtf_fail(r, KITE_E_NOMEM);
    else if (kite_rtf_is_body(kite_rtf_top(r)))
        kite_rtf_add_text(r, kite_rtf_top(r), text, bytes);
}

/* Names of fonts are in letters, also those of symbol fonts. */
static const char *symbols_of(struct kite_rtf *r)
{
    return kite_rtf_top(r)->named == KITE_RTF_FONTS ? NULL : font_of(r, kite_rtf_top(r)->font)->symbols;
}

void kite_rtf_put_character(struct kite_rtf *r, uint32_t c)
{
    const char *symbols = symbols_of(r);
    char utf8[4];

    if (symbols && c >= 0xf000 && c <= 0xf0ff) /* where symbol fonts have their signs */
        c = kite_docx_symbol_of(symbols, c & 0xff);
    r->rewrite.losses[KITE_LOSS_SYMBOL] += c == 0 && kite_rtf_is_body(kite_rtf_top(r));
    c = c ? c : 0xfffd;
    if (c >= 0x20)
        kite_rtf_put_text(r, utf8, kite_utf8_encode(c, utf8));
}

/* The bytes that have come, by the character set of their font. */
static void flush(struct kite_rtf *r)
{
    const struct kite_rtf_font *font = font_of(r, kite_rtf_top(r)->font);
    const struct kite_charset *charset = font->charset ? font->charset : r->charset;
    size_t used;

    for (size_t i = 0; i < r->raw.count; i += used) {
        uint32_t c = kite_charset_take(charset, r->raw.bytes + i, r->raw.count - i, &used);

        kite_rtf_put_character(r, symbols_of(r) ? 0xf000u + r->raw.bytes[i] : c);
    }
    r->raw.count = 0;
}

static int digit_of(uint8_t c)
{
    return c >= '0' && c <= '9' ? c - '0' : (c | 32) >= 'a' && (c | 32) <= 'f' ? (c | 32) - 'a' + 10 : -1;
}

static void take_byte(struct kite_rtf *r, uint8_t byte)
{
    if (r->to_pass_over > 0)
        r->to_pass_over--;
    else if ((kite_rtf_top(r)->place == KITE_RTF_NAME || kite_rtf_is_body(kite_rtf_top(r))) && kite_buffer_add_u8(&r->raw, byte))
        kite_rtf_fail(r, KITE_E_NOMEM);
}

/* ---- control words -------------------------------------------------------------------------------------------------- */

static void take_word(struct kite_rtf *r)
{
    char name[WORD_BYTES_MAX + 1];
    size_t used = 0;
    bool has_number = false, is_negative = false;
    int64_t value = 0;

    for (; r->at < r->count && ((r->bytes[r->at] | 32) >= 'a' && (r->bytes[r->at] | 32) <= 'z'); r->at++) {
        if (used < WORD_BYTES_MAX)
            name[used++] = (char)r->bytes[r->at];
    }
    name[used] = '\0';
    if (r->at + 1 < r->count && r->bytes[r->at] == '-' && r->bytes[r->at + 1] >= '0' && r->bytes[r->at + 1] <= '9') {
        is_negative = true;
        r->at++;
    }
    for (; r->at < r->count && r->bytes[r->at] >= '0' && r->bytes[r->at] <= '9'; r->at++) {
        value = value > INT32_MAX / 10 - 1 ? value : value * 10 + (r->bytes[r->at] - '0');
        has_number = true;
    }
    if (r->at < r->count && r->bytes[r->at] == ' ')
        r->at++;
    if (r->to_pass_over > 0 && strcmp(name, "bin") != 0) {
        r->to_pass_over--;
        return;
    }
    kite_rtf_enter(r, name, has_number ? (int32_t)(is_negative ? -value : value) : NO_NUMBER);
}

/* Behind a backslash. */
static void take_control(struct kite_rtf *r)
{
    uint8_t c = r->bytes[r->at];
    int high, low;

    if (c == '\'') {
        high = r->at + 2 < r->count ? digit_of(r->bytes[r->at + 1]) : -1;
        low = high >= 0 ? digit_of(r->bytes[r->at + 2]) : -1;
        r->at += low >= 0 ? 3 : 1;
        if (low >= 0)
            take_byte(r, (uint8_t)(high << 4 | low));
        return;
    }
    if (c == '{' || c == '}' || c == '\\') {
        r->at++;
        take_byte(r, c);
        return;
    }
    flush(r);
    if ((c | 32) >= 'a' && (c | 32) <= 'z') {
        take_word(r);
        return;
    }
    r->at++;
    if (c == '*')
        r->is_star = true;
    else if (c == '~' || c == '-' || c == '_')
        kite_rtf_put_character(r, c == '~' ? 0xa0 : c == '-' ? 0xad : 0x2011);
    else if (c == '\r' || c == '\n')
        kite_rtf_enter(r, "par", NO_NUMBER);
}

/* ---- pictures ------------------------------------------------------------------------------------------------------- */

static enum kite_status fetch_image(void *ctx, const char *reference, uint8_t **bytes, size_t *count)
{
    struct kite_rtf *r = ctx;
    uint32_t number = kite_number_or(reference, UINT32_MAX);
    struct kite_buffer out = { .mem = r->rewrite.draft->mem };
    const struct kite_rtf_image *image = number < r->image_count ? &r->images[number] : NULL;
    enum kite_status status = image ? KITE_OK : KITE_E_IO;
    int high = -1;

    if (image && image->bytes > 0)
        status = kite_buffer_add(&out, r->bytes + image->at, image->bytes);
    for (size_t i = image && image->bytes == 0 ? image->at : r->count; i < r->count && status == KITE_OK; i++) {
        int digit = digit_of(r->bytes[i]);

        if (r->bytes[i] == '}' || r->bytes[i] == '{' || r->bytes[i] == '\\')
            break;
        if (digit >= 0 && high >= 0)
            status = kite_buffer_add_u8(&out, (uint8_t)(high << 4 | digit));
        high = digit < 0 ? high : high >= 0 ? -1 : digit;
    }
    if (status)
        kite_buffer_close(&out);
    *bytes = out.bytes;
    *count = out.count;
    return status;
}

/* ---- groups --------------------------------------------------------------------------------------------------------- */

static void begin_group(struct kite_rtf *r)
{
    flush(r);
    r->to_pass_over = 0;
    r->is_star = false;
    if (r->depth + 1 >= KITE_RTF_DEPTH_MAX) {
        r->too_deep++;
        return;
    }
    r->states[r->depth + 1] = r->states[r->depth];
    r->depth++;
    kite_rtf_top(r)->begins_place = false;
    r->numbered = kite_rtf_top(r)->named == KITE_RTF_STYLES ? 0 : r->numbered;
}

static void end_group(struct kite_rtf *r)
{
    flush(r);
    r->to_pass_over = 0;
    r->is_star = false;
    if (r->too_deep > 0) {
        r->too_deep--;
        return;
    }
    kite_rtf_end_place(r);
    if (r->depth > 0)
        r->depth--;
}

static void take(struct kite_rtf *r)
{
    uint8_t c = r->bytes[r->at++];

    if (c == '{')
        begin_group(r);
    else if (c == '}')
        end_group(r);
    else if (c == '\\' && r->at < r->count)
        take_control(r);
    else if (c == '\t')
        kite_rtf_enter(r, "tab", NO_NUMBER);
    else if (kite_rtf_top(r)->place == KITE_RTF_PICTURE && kite_rtf_top(r)->begins_place && r->image_at == 0 && digit_of(c) >= 0)
        r->image_at = r->at - 1;
    else if (c >= 0x20)
        take_byte(r, c);
}

void kite_rtf_read_later(struct kite_rtf *r, const struct kite_rtf_later *later)
{
    unsigned outer = r->depth, too_deep = r->too_deep;
    size_t at = r->at;
    bool was_in_note = r->is_in_note;

    if (outer + 1 >= KITE_RTF_DEPTH_MAX)
        return;
    r->at = later->at;
    r->too_deep = 0;
    r->states[++r->depth] = later->state;
    r->is_in_note = true;
    while (r->at < r->count && r->rewrite.maker.status == KITE_OK && !(r->depth == outer + 1 && r->too_deep == 0 && r->bytes[r->at] == '}'))
        take(r);
    flush(r);
    kite_rtf_end_paragraph(r, &kite_rtf_top(r)->paragraph);
    r->at = at;
    r->depth = outer;
    r->too_deep = too_deep;
    r->is_in_note = was_in_note;
}

static void read_text(struct kite_rtf *r)
{
    while (r->at < r->count && r->rewrite.maker.status == KITE_OK) {
        take(r);
        if (r->depth == 0)
            break;
    }
    if (r->depth > 0)
        kite_draft_note(r->rewrite.draft, KITE_PRESS_WARNING, 0, "the file is cut short or damaged, and read as far as it goes");
    flush(r);
    kite_rtf_end_with_boxes(r);
    kite_rtf_end_table(r);
    kite_rewrite_end_blocks(&r->rewrite);
}

static void read_notes(struct kite_rtf *r)
{
    char name[16];

    for (size_t i = 0; i < r->note_count && r->rewrite.maker.status == KITE_OK; i++) {
        snprintf(name, sizeof name, "%u", (unsigned)i + 1);
        kite_rewrite_open_note(&r->rewrite, "note", name);
        kite_rtf_read_later(r, &r->notes[i]);
        kite_rewrite_end_blocks(&r->rewrite);
        kite_rewrite_shut(&r->rewrite);
    }
}

static enum kite_status import(struct kite_rtf *r)
{
    r->states = kite_arena_alloc(&r->arena, KITE_RTF_DEPTH_MAX, sizeof *r->states);
    if (!r->states)
        return kite_fail(r->rewrite.draft->fault, KITE_E_NOMEM, "no memory for the text");
    r->states[0] = (struct kite_rtf_state){ .fallback_bytes = 1, .paragraph = KITE_RTF_NO_PARAGRAPH };
    r->charset = kite_charset_of("windows-1252", 12);
    read_text(r);
    read_notes(r);
    return kite_rewrite_import(&r->rewrite, &r->properties);
}

enum kite_status kite_import_rtf(struct kite_draft *draft)
{
    const struct kite_press_input *outer = draft->input;
    struct kite_rtf r = { .bytes = outer->bytes, .count = outer->byte_count, .raw = { .mem = draft->mem }, .name = { .mem = draft->mem }, .text = { .mem = draft->mem } };
    enum kite_status status;

    r.inner = (struct kite_press_input){ .name = outer->name, .ctx = &r, .fetch = fetch_image };
    draft->input = &r.inner;
    kite_arena_init(&r.arena, draft->mem, KITE_TREE_BYTES_MAX);
    kite_properties_init(&r.properties, &draft->mem);
    status = kite_rewrite_begin(&r.rewrite, draft);
    status = status ? status : import(&r);
    kite_rewrite_close(&r.rewrite);
    kite_properties_close(&r.properties);
    kite_buffer_close(&r.raw);
    kite_buffer_close(&r.name);
    kite_buffer_close(&r.text);
    kite_arena_close(&r.arena);
    draft->input = outer;
    return status;
}
