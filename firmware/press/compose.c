/* Composition to NFC of text with spans. */
#include "press/draft.h"

#include <string.h>
#include <utf8proc.h>

/* Letters of European languages and their punctuation are composed as they stand. */
static bool is_surely_composed(const char *text, size_t bytes)
{
    for (size_t i = 0, used; i < bytes; i += used) {
        uint32_t c = kite_utf8_decode(text + i, bytes - i, &used);

        if (c >= 0x300 && (c < 0x2010 || c > 0x205f))
            return false;
    }
    return true;
}

/* A span does not begin between a letter and the marks that belong to it. */
static size_t boundary_from(const struct kite_text *t, size_t at)
{
    size_t used;

    while (at > 0 && at < t->text_bytes) {
        size_t before = at - 1;

        while (before > 0 && ((uint8_t)t->text[before] & 0xc0) == 0x80)
            before--;
        uint32_t left = kite_utf8_decode(t->text + before, at - before, &used);
        uint32_t right = kite_utf8_decode(t->text + at, t->text_bytes - at, &used);

        if (left == 0xfffc || right == 0xfffc ||
            utf8proc_grapheme_break((utf8proc_int32_t)left, (utf8proc_int32_t)right))
            break;
        at += used;
    }
    return at;
}

static enum kite_status compose_run(const char *text, size_t bytes, struct kite_buffer *out)
{
    utf8proc_ssize_t need = utf8proc_decompose((const utf8proc_uint8_t *)text, (utf8proc_ssize_t)bytes, NULL, 0,
                                               UTF8PROC_COMPOSE | UTF8PROC_STABLE);
    utf8proc_int32_t *points;
    enum kite_status status = KITE_OK;

    if (need <= 0)
        return need == 0 ? KITE_OK : KITE_E_FORMAT;
    /* One more than needed: the library ends its UTF-32 with a zero in some forms. */
    points = kite_alloc(&out->mem, (size_t)need + 1, sizeof *points);
    if (!points)
        return KITE_E_NOMEM;
    utf8proc_decompose((const utf8proc_uint8_t *)text, (utf8proc_ssize_t)bytes, points, need,
                       UTF8PROC_COMPOSE | UTF8PROC_STABLE);
    need = utf8proc_normalize_utf32(points, need, UTF8PROC_COMPOSE | UTF8PROC_STABLE);
    for (utf8proc_ssize_t i = 0; i < need && status == KITE_OK; i++) {
        char utf8[4];

        status = kite_buffer_add(out, utf8, kite_utf8_encode((uint32_t)points[i], utf8));
    }
    kite_free(&out->mem, points);
    return status;
}

static enum kite_status compose_spans(struct kite_draft *draft, const struct kite_text *t, struct kite_buffer *out,
                                      struct kite_text *composed)
{
    struct kite_span *spans = kite_arena_alloc(&draft->arena, t->span_count, sizeof *spans);
    size_t count = 0;
    enum kite_status status = spans ? KITE_OK : KITE_E_NOMEM;

    for (size_t i = 0; i < t->span_count && status == KITE_OK; i++) {
        size_t from = boundary_from(t, t->spans[i].offset_bytes);
        size_t to = i + 1 < t->span_count ? boundary_from(t, t->spans[i + 1].offset_bytes) : t->text_bytes;

        if (from >= to && !(i + 1 == t->span_count && count == 0))
            continue;
        spans[count] = t->spans[i];
        spans[count++].offset_bytes = (uint32_t)out->count;
        status = compose_run(t->text + from, to - from, out);
    }
    if (status)
        return status;
    *composed = *t;
    composed->text = kite_draft_copy(draft, (const char *)out->bytes, out->count);
    composed->text_bytes = out->count;
    composed->spans = spans;
    composed->span_count = count;
    return composed->text ? KITE_OK : KITE_E_NOMEM;
}

enum kite_status kite_text_compose(struct kite_draft *draft, struct kite_text *text)
{
    struct kite_buffer out = { .mem = draft->mem };
    struct kite_text composed;
    enum kite_status status;

    if (is_surely_composed(text->text, text->text_bytes))
        return KITE_OK;
    status = compose_spans(draft, text, &out, &composed);
    kite_buffer_close(&out);
    if (status)
        return kite_fail(draft->fault, status, "a paragraph's text: %s", kite_status_text(status));
    *text = composed;
    return KITE_OK;
}
