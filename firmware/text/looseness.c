/* How loose lines would come out, from the widths of characters by themselves: no shaping, no kerning, no ligatures, and
 * a fraction of the work of composing. For deciding, not for setting. */
#include "text/compose.h"
#include "text/hyphen.h"

#include <hb.h>

#define HYPHEN_PENALTY 50
#define HYPHENATED_BYTES_MIN 6
#define LETTER_EM1000_UNKNOWN 500

struct sampler {
    const struct kite_text_style *style;
    const char *text;
    size_t bytes;
    kite_lang lang;
    hb_font_t *font;
    kite_f26 ascii_f26[128]; /* 0: not asked for yet */
    uint16_t units_per_em;
    kite_f26 space_f26;
    struct kite_break *breaks; /* room for one more than there are bytes */
    size_t count;
    struct kite_break at; /* sums so far, in the fields for "after" */
};

static kite_f26 char_width(struct sampler *s, uint32_t c)
{
    hb_codepoint_t glyph;

    if (c < 128 && s->ascii_f26[c] != 0)
        return s->ascii_f26[c];

    kite_f26 width = hb_font_get_nominal_glyph(s->font, c, &glyph)
                         ? kite_units_f26(hb_font_get_glyph_h_advance(s->font, glyph), s->style->size_f26, s->units_per_em)
                         : kite_mul_div(s->style->size_f26, LETTER_EM1000_UNKNOWN, 1000);

    width += kite_mul_div(s->style->size_f26, s->style->letter_em10000, 10000);
    if (c < 128)
        s->ascii_f26[c] = width;
    return width;
}

/* A break at the sums so far. */
static struct kite_break *add_break(struct sampler *s, enum kite_break_kind kind)
{
    struct kite_break *b = &s->breaks[s->count++];

    *b = s->at;
    b->width_before = s->at.width_after;
    b->stretch_before = s->at.stretch_after;
    b->shrink_before = s->at.shrink_after;
    b->spaces_before = s->at.spaces_after;
    b->kind = (uint8_t)kind;
    if (kind == KITE_BREAK_HYPHEN || kind == KITE_BREAK_EXPLICIT)
        b->penalty = HYPHEN_PENALTY;
    if (kind == KITE_BREAK_HYPHEN)
        b->pre = char_width(s, '-');
    return b;
}

static void add_space(struct sampler *s)
{
    struct kite_break *b = add_break(s, KITE_BREAK_SPACE);

    b->width_after += s->space_f26;
    b->stretch_after += s->space_f26 / 2;
    b->shrink_after += s->space_f26 / 3;
    b->spaces_after++;
    s->at.width_after = b->width_after;
    s->at.stretch_after = b->stretch_after;
    s->at.shrink_after = b->shrink_after;
    s->at.spaces_after = b->spaces_after;
}

static bool is_letter_byte(char c)
{
    return (uint8_t)(((uint8_t)c | 32) - 'a') < 26 || (uint8_t)c >= 0xC3;
}

/* The letters of a word, by patterns. */
static size_t find_hyphens(const struct sampler *s, size_t start, size_t end, uint16_t hyphens[KITE_HYPHENS_MAX],
                           size_t *first)
{
    while (start < end && !is_letter_byte(s->text[start]))
        start++;
    while (end > start && (uint8_t)s->text[end - 1] < 0x80 && !is_letter_byte(s->text[end - 1]))
        end--;
    *first = start;
    if (!s->style->hyphenate || end - start < HYPHENATED_BYTES_MIN || end == s->bytes)
        return 0;
    return kite_hyphenate(s->lang, s->text + start, end - start, 0, 0, hyphens);
}

/* What stands between two spaces. */
static void add_word(struct sampler *s, size_t start, size_t end)
{
    uint16_t hyphens[KITE_HYPHENS_MAX];
    size_t first, next = 0, count = find_hyphens(s, start, end, hyphens, &first);

    for (size_t at = start, length; at < end; at += length) {
        uint32_t c = kite_utf8_decode(s->text + at, end - at, &length);
        kite_f26 width;

        if (next < count && at == first + hyphens[next]) {
            add_break(s, KITE_BREAK_HYPHEN);
            next++;
        }
        width = char_width(s, c);
        s->at.width_after += width;
        s->at.stretch_after += width * KITE_TRACK_STRETCH_EM1000 / 1000;
        s->at.shrink_after += width * KITE_TRACK_SHRINK_EM1000 / 1000;
        if (at == start || at + length >= end || !is_letter_byte(s->text[at - 1]) || !is_letter_byte(s->text[at + length]))
            continue;
        if (c == '-')
            add_break(s, KITE_BREAK_EXPLICIT);
        else if (c == 0x2014)
            add_break(s, KITE_BREAK_SPACE);
    }
}

/* Count a line between two breaks by how much its spaces grow. */
static void count_line(const struct sampler *s, const struct kite_break *from, const struct kite_break *to,
                       kite_f26 measure, struct kite_looseness *sum)
{
    kite_f26 natural = to->width_before + to->pre - from->width_after + from->post;
    kite_f26 gap = measure - natural, stretch = to->stretch_before - from->stretch_after;
    kite_f26 of_spaces = (to->spaces_before - from->spaces_after) * s->space_f26 / 2;

    if (to->kind == KITE_BREAK_FORCED)
        return;
    sum->line_count++;
    if (gap < 0 && -gap > to->shrink_before - from->shrink_after) { /* a word wider than a line */
        sum->loose_count++;
        sum->wide_count++;
        return;
    }
    sum->loose_count += gap > stretch;
    /* beyond a ratio of 1 letters give no more */
    sum->wide_count += 5 * (gap - (stretch - of_spaces)) > 8 * of_spaces;
}

enum kite_status kite_setter_looseness(struct kite_setter *setter, const struct kite_text *text,
                                       const struct kite_text_style *style, struct kite_arena *arena,
                                       struct kite_looseness *sum)
{
    uint16_t face = kite_fonts_face(setter->fonts, style->family, style->face_style);
    hb_font_t *font = face == KITE_FACE_NONE ? NULL : kite_face_harfbuzz(setter->fonts, face);
    struct sampler s = { .style = style, .text = text->text, .bytes = text->text_bytes, .font = font,
                         .lang = text->span_count > 0 ? text->spans[0].lang : 0 };
    static const struct kite_break start = { 0 };
    struct kite_breaks chosen;

    if (font == NULL)
        return KITE_E_NOMEM;
    s.units_per_em = kite_face_metrics(setter->fonts, face)->units_per_em;
    s.space_f26 = kite_plain_space(setter, style);
    s.at.width_after = style->first_indent_f26;
    s.breaks = kite_arena_alloc(arena, text->text_bytes + 1, sizeof *s.breaks);
    if (s.breaks == NULL)
        return KITE_E_NOMEM;
    for (size_t at = 0, end; at < s.bytes; at = end + 1) {
        for (end = at; end < s.bytes && s.text[end] != ' '; end++)
            continue;
        add_word(&s, at, end);
        if (end + 1 < s.bytes)
            add_space(&s);
    }
    add_break(&s, KITE_BREAK_FORCED);

    struct kite_line_rules rules = { .measure_f26 = style->measure_f26, .space_f26 = s.space_f26,
                                     .align = KITE_ALIGN_JUSTIFIED };
    enum kite_status status = kite_lines_break(s.breaks, s.count, &rules, arena, &chosen);

    for (size_t i = 0; i < chosen.count && status == KITE_OK; i++)
        count_line(&s, i > 0 ? &s.breaks[chosen.at[i - 1]] : &start, &s.breaks[chosen.at[i]], style->measure_f26, sum);
    return kite_fonts_ran_short(setter->fonts) ? KITE_E_NOMEM : status;
}
