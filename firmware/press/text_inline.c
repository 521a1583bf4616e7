/* Text with spans as inline Markdown: marks where they surely work, tags elsewhere. */
#include "press/text_out.h"

#include <string.h>
#include <utf8proc.h>

/* What may be open at a place, outermost first. */
enum layer {
    LAYER_LINK,
    LAYER_LANG,
    LAYER_STRONG,
    LAYER_EMPHASIS,
    LAYER_STRIKE,
    LAYER_SUPERSCRIPT,
    LAYER_SUBSCRIPT,
    LAYER_SMALL_CAPS,
    LAYER_CODE,
    LAYER_COUNT
};

static const struct layer_row {
    uint32_t style;
    const char *open_tag, *close_tag;
    const char *mark; /* NULL: has none */
} layers[LAYER_COUNT] = {
    [LAYER_LINK] = { 0, "[", "", NULL }, /* what closes it holds the address */
    [LAYER_LANG] = { 0, NULL, "</span>", NULL },
    [LAYER_STRONG] = { KITE_STYLE_STRONG, "<strong>", "</strong>", "**" },
    [LAYER_EMPHASIS] = { KITE_STYLE_EMPHASIS, "<em>", "</em>", "*" },
    [LAYER_STRIKE] = { KITE_STYLE_STRIKE, "<s>", "</s>", "~~" },
    [LAYER_SUPERSCRIPT] = { KITE_STYLE_SUPERSCRIPT, "<sup>", "</sup>", NULL },
    [LAYER_SUBSCRIPT] = { KITE_STYLE_SUBSCRIPT, "<sub>", "</sub>", NULL },
    [LAYER_SMALL_CAPS] = { KITE_STYLE_SMALL_CAPS, "<small-caps>", "</small-caps>", NULL },
    [LAYER_CODE] = { KITE_STYLE_CODE, "<code>", "</code>", "`" },
};

struct run {
    struct kite_text_out *w;
    const struct kite_text *text;
    size_t from, to; /* the part that is written */
    enum kite_inline_place place;
    const char *close[LAYER_COUNT]; /* what closes an open layer, NULL when it is not open */
    bool is_line_start;
    bool is_after_note;
    bool is_in_code_mark;
};

/* ---- layers ----------------------------------------------------------------------------------------- */

static uint64_t layer_value(const struct run *r, size_t span, int layer)
{
    const struct kite_span *s = &r->text->spans[span];

    if (layer == LAYER_LINK)
        return s->link;
    if (layer == LAYER_LANG)
        return s->lang == r->w->lang ? 0 : s->lang;
    return s->styles & layers[layer].style;
}

static size_t span_from(const struct run *r, size_t span)
{
    size_t from = r->text->spans[span].offset_bytes;

    return from < r->from ? r->from : from;
}

static size_t span_to(const struct run *r, size_t span)
{
    size_t to = span + 1 < r->text->span_count ? r->text->spans[span + 1].offset_bytes : r->text->text_bytes;

    return to > r->to ? r->to : to;
}

/* The span up to which a layer that opens at `span` stays open. */
static size_t layer_end(const struct run *r, size_t span, int layer)
{
    size_t end = span + 1;

    for (; end < r->text->span_count && span_from(r, end) < r->to; end++)
        for (int k = 0; k <= layer; k++)
            if (layer_value(r, end, k) != layer_value(r, span, k))
                return end;
    return end;
}

/* ---- marks ------------------------------------------------------------------------------------------ */

static uint32_t char_before(const struct run *r, size_t at)
{
    size_t used, back = at;

    if (at <= r->from)
        return 0;
    for (back--; back > r->from && ((uint8_t)r->text->text[back] & 0xc0) == 0x80;)
        back--;
    return kite_utf8_decode(r->text->text + back, at - back, &used);
}

static uint32_t char_at(const struct run *r, size_t at)
{
    size_t used;

    return at < r->to ? kite_utf8_decode(r->text->text + at, r->to - at, &used) : 0;
}

static bool is_word(uint32_t c)
{
    utf8proc_category_t category = utf8proc_category((utf8proc_int32_t)c);

    return c != 0 && c != '_' && category >= UTF8PROC_CATEGORY_LU && category <= UTF8PROC_CATEGORY_ND &&
           category != UTF8PROC_CATEGORY_MN && category != UTF8PROC_CATEGORY_MC && category != UTF8PROC_CATEGORY_ME;
}

static bool is_blank(uint32_t c)
{
    return c == 0 || c == ' ' || c == '\n';
}

/* Blank, or punctuation that every reader of Markdown knows. */
static bool is_edge(uint32_t c)
{
    return is_blank(c) || (c < 0x80 && !is_word(c)) || (c >= 0x2013 && c <= 0x201e) || c == 0x2026 || c == 0xab ||
           c == 0xbb || c == 0xbf || c == 0xa1 || c == 0xfffc;
}

/* Layers that begin or end inside of this one at the same place show their own marks there. */
static bool has_inner(const struct run *r, size_t span, int layer, int from)
{
    for (int k = from; k < LAYER_COUNT; k++)
        if (k > layer && layer_value(r, span, k) != 0)
            return true;
    return false;
}

/* Between a word and its surroundings: there a mark can only open, or only close. */
static bool takes_marks(const struct run *r, size_t span, size_t end_span, int layer)
{
    const struct kite_buffer *out = &r->w->out;
    size_t from = span_from(r, span), to = span_to(r, end_span - 1);
    uint32_t before = char_before(r, from), last = char_before(r, to), next = char_at(r, to);
    char written = out->count > 0 ? (char)out->bytes[out->count - 1] : '\n';

    if (strchr("*_~\\", written) && !(layer == LAYER_EMPHASIS && r->close[LAYER_STRONG] && written == '*'))
        return false;
    if (has_inner(r, span, layer, layer + 1) || has_inner(r, end_span - 1, layer, layer + 1)) {
        if (layer != LAYER_STRONG || has_inner(r, span, layer, LAYER_STRIKE) ||
            has_inner(r, end_span - 1, layer, LAYER_STRIKE) || !is_blank(before) || !is_blank(next) ||
            (written != ' ' && written != '\n'))
            return false;
    }
    return is_edge(before) && is_word(char_at(r, from)) &&
           (is_word(last) ? is_edge(next) : last < 0x80 && last != ' ' && last != '\n' && is_blank(next));
}

static bool takes_code_mark(const struct run *r, size_t from, size_t to, bool is_one_span)
{
    const char *text = r->text->text + from;
    size_t bytes = to - from;

    return is_one_span && bytes > 0 && *text != ' ' && text[bytes - 1] != ' ' && !memchr(text, '`', bytes) &&
           !memchr(text, '\n', bytes) && !memchr(text, '|', bytes) && !memchr(text, '\\', bytes);
}

static void open_layer(struct run *r, size_t span, int layer)
{
    const struct layer_row *row = &layers[layer];
    size_t end_span = layer_end(r, span, layer), from = span_from(r, span), to = span_to(r, end_span - 1);
    char name[9];

    if (layer == LAYER_LINK) {
        kite_text_out_add(r->w, "[");
    } else if (layer == LAYER_LANG) {
        kite_text_out_add(r->w, "<span lang=\"");
        kite_text_out_add(r->w, kite_lang_text(r->text->spans[span].lang, name));
        kite_text_out_add(r->w, "\">");
    } else if (layer == LAYER_CODE && takes_code_mark(r, from, to, end_span == span + 1)) {
        kite_text_out_add(r->w, "`");
        r->is_in_code_mark = true;
        r->close[layer] = "`";
        return;
    } else if (layer != LAYER_CODE && row->mark && takes_marks(r, span, end_span, layer)) {
        const char *mark = layer == LAYER_EMPHASIS && r->close[LAYER_STRONG] ? "_" : row->mark;

        kite_text_out_add(r->w, mark);
        r->close[layer] = mark;
        return;
    } else {
        kite_text_out_add(r->w, row->open_tag);
    }
    r->close[layer] = row->close_tag;
}

/* "](<address>)" */
static void close_link(struct run *r, uint32_t number)
{
    struct kite_text_out *w = r->w;
    struct kite_link link;

    if (w->status == KITE_OK)
        w->status = kite_bundle_link(w->bundle, w->document, number - 1, &link, w->fault);
    if (w->status)
        return;
    kite_text_out_add(w, "](");
    if (link.address) {
        kite_text_out_add(w, "<");
        for (const char *at = link.address; *at; at++) {
            if (strchr("\\<>&[", *at))
                kite_text_out_add(w, "\\");
            kite_text_out_bytes(w, at, 1);
        }
        kite_text_out_add(w, ">");
    } else {
        kite_text_out_add(w, "#");
        if (link.place.document != w->document) {
            kite_text_out_add(w, "d");
            kite_text_out_number(w, link.place.document);
        }
        kite_text_out_add(w, "p");
        kite_text_out_number(w, link.place.paragraph);
        if (link.place.offset_bytes) {
            kite_text_out_add(w, "@");
            kite_text_out_number(w, link.place.offset_bytes);
        }
    }
    kite_text_out_add(w, ")");
}

static void close_layers(struct run *r, size_t span, int down_to)
{
    for (int layer = LAYER_COUNT; layer-- > down_to;) {
        if (!r->close[layer])
            continue;
        if (layer == LAYER_LINK)
            close_link(r, r->text->spans[span].link);
        else
            kite_text_out_add(r->w, r->close[layer]);
        r->close[layer] = NULL;
        r->is_in_code_mark = false;
    }
}

/* ---- characters ------------------------------------------------------------------------------------- */

static void line_end(struct run *r, size_t at)
{
    struct kite_text_out *w = r->w;
    bool is_plain =
        r->place == KITE_INLINE_PARAGRAPH && at > r->from && r->text->text[at - 1] != '\n' && at + 1 < r->to;

    if (!is_plain && r->place != KITE_INLINE_VERSE) {
        kite_text_out_add(w, "<br>");
        return;
    }
    kite_text_out_add(w, r->place == KITE_INLINE_VERSE ? "\n" : "\\\n");
    kite_text_out_bytes(w, (const char *)w->prefix.bytes, w->prefix.count);
    r->is_line_start = true;
}

/* "12." or "12)" at a line's start would be a list; returns the bytes of the digits. */
static size_t ordinal_bytes(const struct run *r, size_t at)
{
    size_t count = 0;

    while (at + count < r->to && r->text->text[at + count] >= '0' && r->text->text[at + count] <= '9')
        count++;
    return count > 0 && at + count < r->to && (r->text->text[at + count] == '.' || r->text->text[at + count] == ')')
               ? count
               : 0;
}

static bool is_escaped(const struct run *r, size_t at, size_t end, bool is_line_start)
{
    char c = r->text->text[at];

    if (c == '\0')
        return false;
    if (strchr("\\`*_[]<&~|^", c))
        return true;
    if (strchr("#+-=>", c) && is_line_start)
        return true;
    if (c == '#' && r->place == KITE_INLINE_LINE)
        return true;
    return (c == '{' && at == r->from) || (c == '!' && at + 1 == end) || (c == ':' && r->is_after_note);
}

static size_t write_char(struct run *r, size_t at, size_t end)
{
    struct kite_text_out *w = r->w;
    const char *text = r->text->text;
    bool is_line_start = r->is_line_start;
    size_t digits = is_line_start ? ordinal_bytes(r, at) : 0;

    r->is_line_start = false;
    if (text[at] == '\n') {
        line_end(r, at);
        r->is_after_note = false;
        return 1;
    }
    if (digits > 0 && at + digits < end) {
        kite_text_out_bytes(w, text + at, digits);
        kite_text_out_add(w, "\\");
        kite_text_out_bytes(w, text + at + digits, 1);
        return digits + 1;
    }
    if (is_escaped(r, at, end, is_line_start))
        kite_text_out_add(w, "\\");
    kite_text_out_bytes(w, text + at, 1);
    r->is_after_note = false;
    return 1;
}

static void write_span(struct run *r, size_t span)
{
    const struct kite_span *s = &r->text->spans[span];
    size_t from = span_from(r, span), to = span_to(r, span);

    if (s->note) {
        kite_text_out_add(r->w, "[^");
        kite_text_out_number(r->w, s->note);
        kite_text_out_add(r->w, "]");
        r->is_after_note = true;
        r->is_line_start = false;
    } else if (r->is_in_code_mark) {
        kite_text_out_bytes(r->w, r->text->text + from, to - from);
        r->is_line_start = false;
    } else {
        for (size_t at = from; at < to;)
            at += write_char(r, at, to);
    }
}

void kite_text_out_inline(struct kite_text_out *w, const struct kite_text *text, size_t from, size_t to,
                          enum kite_inline_place place)
{
    struct run r = { .w = w, .text = text, .from = from, .to = to, .place = place, .is_line_start = true };
    size_t before = SIZE_MAX;

    for (size_t span = 0; span < text->span_count && w->status == KITE_OK; span++) {
        int layer = 0;

        if (span_from(&r, span) >= span_to(&r, span))
            continue;
        while (before != SIZE_MAX && layer < LAYER_COUNT &&
               layer_value(&r, span, layer) == layer_value(&r, before, layer))
            layer++;
        if (before != SIZE_MAX)
            close_layers(&r, before, layer);
        for (; layer < LAYER_COUNT; layer++) {
            if (layer_value(&r, span, layer) == 0)
                continue;
            open_layer(&r, span, layer);
        }
        write_span(&r, span);
        before = span;
    }
    if (before != SIZE_MAX)
        close_layers(&r, before, 0);
}
