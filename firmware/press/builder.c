/* Collecting a paragraph's text in its normal form. */
#include "press/draft.h"

#include <string.h>

void kite_builder_init(struct kite_builder *builder, const struct kite_memory *mem)
{
    *builder = (struct kite_builder){ .text = { .mem = *mem } };
}

void kite_builder_close(struct kite_builder *builder)
{
    kite_free(&builder->text.mem, builder->spans);
    kite_buffer_close(&builder->text);
}

void kite_builder_reset(struct kite_builder *builder)
{
    builder->text.count = 0;
    builder->span_count = 0;
    builder->now = (struct kite_span){ 0 };
    builder->keeps_spaces = builder->has_space = false;
}

static bool is_alike(const struct kite_span *a, const struct kite_span *b)
{
    return a->styles == b->styles && a->link == b->link && a->note == b->note && a->lang == b->lang;
}

/* Begin a span where one is due, for text added next. */
static void mark_span(struct kite_builder *b)
{
    struct kite_span *last = b->span_count ? &b->spans[b->span_count - 1] : NULL;
    struct kite_span span = b->now;
    void *spans = b->spans;

    if (last && is_alike(last, &span) && span.note == 0)
        return;
    b->status = kite_grow(&b->text.mem, &spans, &b->span_capacity, b->span_count + 1, sizeof *b->spans);
    b->spans = spans;
    if (b->status)
        return;
    span.offset_bytes = (uint32_t)b->text.count;
    b->spans[b->span_count++] = span;
}

static void put(struct kite_builder *b, const char *bytes, size_t count)
{
    if (b->text.count > UINT32_MAX / 4)
        b->status = KITE_E_LIMIT;
    if (b->status == KITE_OK)
        mark_span(b);
    if (b->status == KITE_OK)
        b->status = kite_buffer_add(&b->text, bytes, count);
}

static bool is_at_line_start(const struct kite_builder *b)
{
    return b->text.count == 0 || b->text.bytes[b->text.count - 1] == '\n' ||
           b->text.bytes[b->text.count - 1] == '\t';
}

/* The space has the styles that it was written with. */
static void put_due_space(struct kite_builder *b)
{
    struct kite_span now = b->now;

    if (b->has_space && !is_at_line_start(b)) {
        b->now = b->of_space;
        put(b, " ", 1);
        b->now = now;
    }
    b->has_space = false;
}

/* Characters that no text has: controls, noncharacters, the mark of notes. */
static bool is_unfit(uint32_t c)
{
    return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0xfeff || c == 0xfffc || (c & 0xfffe) == 0xfffe ||
           (c >= 0xfdd0 && c <= 0xfdef);
}

/* A line of preformatted text ends: no spaces at its end, no empty lines at the start. */
static void end_line(struct kite_builder *b)
{
    while (b->text.count > 0 && b->text.bytes[b->text.count - 1] == ' ')
        b->text.count--;
    if (b->text.count > 0)
        put(b, "\n", 1);
}

void kite_builder_add(struct kite_builder *b, const char *text, size_t bytes)
{
    for (size_t i = 0, used; i < bytes && b->status == KITE_OK; i += used) {
        uint32_t c = kite_utf8_decode(text + i, bytes - i, &used);
        char out[4];

        if (b->keeps_spaces && c == '\n') {
            end_line(b);
        } else if (b->keeps_spaces && c == ' ') {
            put(b, " ", 1);
        } else if (c == ' ' || c == '\n' || c == '\t') {
            b->of_space = b->has_space ? b->of_space : b->now;
            b->has_space = true;
        } else if (c == 0x2028 || c == 0x2029) {
            kite_builder_break(b, '\n');
        } else if (!is_unfit(c)) {
            put_due_space(b);
            put(b, out, kite_utf8_encode(c, out));
        }
    }
}

void kite_builder_break(struct kite_builder *b, char with)
{
    struct kite_span now = b->now;

    b->has_space = false;
    if (with == '\t') /* between cells nothing has a style */
        b->now = (struct kite_span){ 0 };
    if (b->keeps_spaces)
        end_line(b);
    else if (b->status == KITE_OK)
        put(b, &with, 1);
    b->now = now;
}

void kite_builder_note(struct kite_builder *b, uint32_t note)
{
    b->of_space = (struct kite_span){ .lang = b->of_space.lang }; /* a bundle keeps no style of a space in front of a mark */
    put_due_space(b);
    b->now.note = note + 1;
    put(b, "\xEF\xBF\xBC", 3);
    b->now.note = 0;
}

/* Line ends at the end belong to nothing. */
static size_t end_of(const struct kite_builder *b)
{
    size_t end = b->text.count;

    while (end > 0 && (b->text.bytes[end - 1] == '\n' || (b->keeps_spaces && b->text.bytes[end - 1] == ' ')))
        end--;
    return end;
}

enum kite_status kite_builder_take(struct kite_builder *b, struct kite_draft *draft, struct kite_text *out)
{
    size_t end = b->status == KITE_OK ? end_of(b) : 0;
    size_t count = b->span_count;
    struct kite_span *spans = kite_arena_alloc(&draft->arena, count + 1, sizeof *spans);
    char *text = kite_draft_copy(draft, end ? (const char *)b->text.bytes : "", end);

    if (b->status == KITE_OK && (!spans || !text))
        b->status = KITE_E_NOMEM;
    if (b->status)
        return kite_fail(draft->fault, b->status, "a paragraph's text: %s", kite_status_text(b->status));
    while (count > 0 && b->spans[count - 1].offset_bytes >= end)
        count--;
    if (count > 0)
        memcpy(spans, b->spans, count * sizeof *spans);
    else
        spans[count++] = (struct kite_span){ 0 };
    *out = (struct kite_text){ .text = text, .text_bytes = end, .spans = spans, .span_count = count };
    return kite_text_compose(draft, out);
}

enum kite_status kite_draft_plain_text(struct kite_draft *draft, const char *text, size_t bytes,
                                       struct kite_text *out)
{
    struct kite_builder builder;
    enum kite_status status;

    *out = (struct kite_text){ 0 };
    kite_builder_init(&builder, &draft->mem);
    kite_builder_add(&builder, text, bytes);
    status = kite_builder_take(&builder, draft, out);
    kite_builder_close(&builder);
    return status;
}
