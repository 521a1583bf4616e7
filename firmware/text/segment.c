/* Line break opportunities: the rules of UAX #14 (revision 50, Unicode 15.0; numbers by its example
 * 7) as decisions over a small state, and a walk that spends them only where something other than
 * letters and spaces meets. */
#include "text/segment.h"

#include "text/tailor.h"
#include "text/unicode/properties.h"

#include <string.h>

#define LB(name) KITE_LB_##name
#define SET(name) ((uint64_t)1 << KITE_LB_##name)

static bool in(uint64_t set, uint8_t class)
{
    return set >> class & 1;
}

static const uint64_t letters = SET(AL) | SET(HL);
static const uint64_t hangul = SET(JL) | SET(JV) | SET(JT) | SET(H2) | SET(H3);
static const uint64_t ideographs = SET(ID) | SET(EB) | SET(EM) | SET(PICTOGRAPH);
static const uint64_t openings = SET(OP) | SET(OP_WIDE);
static const uint64_t closings = SET(CL) | SET(CP) | SET(CP_WIDE);
static const uint64_t mandatory = SET(BK) | SET(CR) | SET(LF) | SET(NL);

enum number_state { NUMBER_NONE = 0, NUMBER_INSIDE, NUMBER_CLOSED };

/* What the rules need to know of the text before a position. */
struct state {
    uint8_t before;  /* class of the last character that is no space, marks joined to their base */
    uint8_t last;    /* class of the very last character */
    bool has_spaces; /* spaces stand between `before` and here */
    bool is_hl_hyphen; /* before is HY or BA behind HL (LB21a) */
    bool is_odd_ri;    /* an odd number of regional indicators ends here */
    uint8_t number;    /* enum number_state */
};

static uint8_t resolved(uint8_t class)
{
    return class == LB(SA) ? LB(AL) : class;
}

/* LB9, LB10: a mark joins what stands before it, or is a letter. */
static bool joins(const struct state *s, uint8_t class)
{
    return (class == LB(CM) || class == LB(ZWJ)) && !s->has_spaces &&
           !in(mandatory | SET(SP) | SET(ZW), s->last);
}

static void advance(struct state *s, uint8_t class)
{
    if (joins(s, class)) {
        s->last = class;
        return;
    }
    s->last = class;
    if (class == LB(SP)) {
        s->has_spaces = true;
        return;
    }
    if (class == LB(CM) || class == LB(ZWJ))
        class = LB(AL);
    s->is_hl_hyphen = (class == LB(HY) || class == LB(BA)) && s->before == LB(HL) && !s->has_spaces;
    s->is_odd_ri = class == LB(RI) && !(s->before == LB(RI) && !s->has_spaces && s->is_odd_ri);
    if (class == LB(NU))
        s->number = NUMBER_INSIDE;
    else if (s->number == NUMBER_INSIDE && !s->has_spaces && (class == LB(SY) || class == LB(IS)))
        s->number = NUMBER_INSIDE;
    else if (s->number == NUMBER_INSIDE && !s->has_spaces && in(closings, class))
        s->number = NUMBER_CLOSED;
    else
        s->number = NUMBER_NONE;
    s->before = class;
    s->has_spaces = false;
}

/* LB25, example 7. next: the class behind `class`, for a prefix and an opening before a number. */
static bool is_in_number(const struct state *s, uint8_t class, uint8_t next)
{
    uint64_t affixes = SET(PR) | SET(PO);

    if (in(affixes, s->before) &&
        (class == LB(NU) || ((in(openings, class) || class == LB(HY)) && next == LB(NU))))
        return true;
    if ((in(openings, s->before) || s->before == LB(HY)) && class == LB(NU))
        return true;
    if (s->number == NUMBER_INSIDE && in(SET(NU) | SET(SY) | SET(IS) | closings | affixes, class))
        return true;
    return s->number == NUMBER_CLOSED && in(affixes, class);
}

/* LB21 to LB31, without spaces between. */
static bool may_break_inside(const struct state *s, uint8_t c, uint8_t next)
{
    uint8_t b = s->before;

    if (in(SET(BA) | SET(HY) | SET(NS), c) || b == LB(BB) || s->is_hl_hyphen)
        return false;
    if ((b == LB(SY) && c == LB(HL)) || c == LB(IN))
        return false;
    if ((in(letters, b) && c == LB(NU)) || (b == LB(NU) && in(letters, c)))
        return false;
    if ((b == LB(PR) && in(ideographs, c)) || (in(ideographs, b) && c == LB(PO)))
        return false;
    if ((in(SET(PR) | SET(PO), b) && in(letters, c)) ||
        (in(letters, b) && in(SET(PR) | SET(PO), c)))
        return false;
    if (is_in_number(s, c, next))
        return false;
    if ((b == LB(JL) && in(SET(JL) | SET(JV) | SET(H2) | SET(H3), c)) ||
        (in(SET(JV) | SET(H2), b) && in(SET(JV) | SET(JT), c)) ||
        (in(SET(JT) | SET(H3), b) && c == LB(JT)))
        return false;
    if ((in(hangul, b) && c == LB(PO)) || (b == LB(PR) && in(hangul, c)))
        return false;
    if ((in(letters, b) && in(letters, c)) || (b == LB(IS) && in(letters, c)))
        return false;
    if ((in(letters | SET(NU), b) && c == LB(OP)) || (b == LB(CP) && in(letters | SET(NU), c)))
        return false;
    if (b == LB(RI) && c == LB(RI) && s->is_odd_ri)
        return false;
    return !(in(SET(EB) | SET(PICTOGRAPH), b) && c == LB(EM));
}

/* What UAX #14 says of the position before a character of class c. */
static uint8_t decide(const struct state *s, uint8_t c, uint8_t next)
{
    uint8_t b = s->before;

    if (s->last == LB(CR) && c == LB(LF))
        return KITE_OPPORTUNITY_NONE;
    if (in(mandatory, s->last))
        return KITE_OPPORTUNITY_FORCED;
    if (in(mandatory | SET(SP) | SET(ZW), c)) /* LB6, LB7 */
        return KITE_OPPORTUNITY_NONE;
    if (b == LB(ZW)) /* LB8 */
        return KITE_OPPORTUNITY_ALLOWED;
    if (s->last == LB(ZWJ) || joins(s, c)) /* LB8a, LB9 */
        return KITE_OPPORTUNITY_NONE;
    if (c == LB(CM) || c == LB(ZWJ))
        c = LB(AL);
    if (c == LB(WJ) || (!s->has_spaces && (b == LB(WJ) || b == LB(GL)))) /* LB11, LB12 */
        return KITE_OPPORTUNITY_NONE;
    if (c == LB(GL) && !s->has_spaces && b != LB(BA) && b != LB(HY)) /* LB12a */
        return KITE_OPPORTUNITY_NONE;
    if (in(closings | SET(EX) | SET(IS) | SET(SY), c)) /* LB13 */
        return KITE_OPPORTUNITY_NONE;
    if (in(openings, b) || (b == LB(QU) && in(openings, c))) /* LB14, LB15 */
        return KITE_OPPORTUNITY_NONE;
    if ((in(closings, b) && c == LB(NS)) || (b == LB(B2) && c == LB(B2))) /* LB16, LB17 */
        return KITE_OPPORTUNITY_NONE;
    if (s->has_spaces) /* LB18 */
        return KITE_OPPORTUNITY_ALLOWED;
    if (c == LB(QU) || b == LB(QU)) /* LB19 */
        return KITE_OPPORTUNITY_NONE;
    if (c == LB(CB) || b == LB(CB)) /* LB20 */
        return KITE_OPPORTUNITY_ALLOWED;
    return may_break_inside(s, c, next) ? KITE_OPPORTUNITY_ALLOWED : KITE_OPPORTUNITY_NONE;
}

/* ---- the walk -------------------------------------------------------------------------------- */

struct walk {
    const struct kite_text *text;
    uint8_t *out;
    struct state s;
    struct kite_position p;
    size_t span;
    size_t address_end; /* of the address the walk is in, else 0 */
    uint32_t left;      /* the character before the spaces */
    bool is_tailored, may_have_address;
};

/* Decode with the short way for what Latin, Greek and Cyrillic text is made of. */
static uint32_t decode(const char *text, size_t count, size_t *bytes)
{
    uint8_t lead = (uint8_t)text[0];

    if (lead < 0x80) {
        *bytes = 1;
        return lead;
    }
    if (lead >= 0xc2 && lead < 0xe0 && count > 1 && ((uint8_t)text[1] & 0xc0) == 0x80) {
        *bytes = 2;
        return (lead & 0x1fu) << 6 | ((uint8_t)text[1] & 0x3fu);
    }
    return kite_utf8_decode(text, count, bytes);
}

static bool is_ascii_letter(uint8_t c)
{
    return (uint8_t)((c | 0x20) - 'a') < 26;
}

/* Class of the first character that is no mark (LB9). */
static uint8_t class_behind(const struct walk *w, size_t at)
{
    size_t length;

    while (at < w->p.bytes) {
        uint8_t class = kite_line_class(decode(w->p.text + at, w->p.bytes - at, &length));

        if (class != LB(CM) && class != LB(ZWJ))
            return resolved(class);
        at += length;
    }
    return LB(AL);
}

/* Go on from `at`, behind a letter: over ASCII letters, which nothing divides, and from word to
 * word over one space. Returns where something else begins. */
static size_t skip_words(struct walk *w, size_t at)
{
    const char *text = w->p.text;
    const size_t bytes = w->p.bytes, start = at;
    uint8_t *out = w->out;

    if (w->p.before == 0xba || w->p.before == 0xa7) /* these may hold a number: nº 5, § 3 */
        return at;
    for (;;) {
        unsigned count;

        for (count = 8; count == 8 && bytes - at >= 8; at += count)
            count = kite_leading_letters(text + at);
        while (bytes - at < 8 && at < bytes && is_ascii_letter((uint8_t)text[at]))
            at++;
        if (bytes - at < 2 || text[at] != ' ' || !is_ascii_letter((uint8_t)text[at + 1]) ||
            w->may_have_address)
            break;
        out[at + 1] = KITE_OPPORTUNITY_ALLOWED;
        at += 2;
    }
    if (at > start)
        w->p.before = (uint8_t)text[at - 1];
    return at;
}

/* The short way through most of a text: a letter, or a sign that never begins a line, right behind
 * a letter; a word behind a space. False: the long way decides. */
static bool step_shortly(struct walk *w, size_t at, uint32_t c, uint8_t raw)
{
    static const uint64_t bound = SET(AL) | SET(NU) | SET(CL) | SET(CP) | SET(EX) | SET(IS) |
                                  SET(SY) | SET(QU) | SET(BA) | SET(HY) | SET(NS) | SET(IN);
    static const uint64_t closed = SET(AL) | SET(CL) | SET(CP) | SET(EX) | SET(IS) | SET(QU);
    struct state *s = &w->s;

    if (s->last == LB(AL) && s->before == LB(AL)) { /* LB13, LB19, LB21, LB22, LB23, LB28 */
        if (!in(bound, raw) || w->address_end > at)
            return false;
    } else { /* LB18 */
        if (raw != LB(AL) || s->last != LB(SP) || !in(closed, s->before) || w->may_have_address)
            return false;
        if (w->is_tailored &&
            (w->left == 0xab || w->left == 0x2039 || w->left == 0xba || w->left == 0xa7))
            return false; /* these hold what follows */
        w->out[at] = KITE_OPPORTUNITY_ALLOWED;
    }
    *s = (struct state){
        .before = raw, .last = raw, .number = raw == LB(NU) ? NUMBER_INSIDE : NUMBER_NONE};
    w->p.before = c;
    return true;
}

/* The opportunity before the character c of class `raw` at `at`, the long way. */
static uint8_t opportunity(struct walk *w, uint32_t c, uint8_t raw, size_t behind)
{
    static const uint64_t tailored_none =
        SET(SA) | SET(OP) | SET(QU); /* a tailoring may allow what UAX #14 forbids */
    uint8_t class = resolved(raw);
    uint8_t next = in(openings | SET(HY), class) ? class_behind(w, behind) : (uint8_t)LB(AL);
    uint8_t found = decide(&w->s, class, next);

    if (!w->is_tailored)
        return found;
    w->p.after = c;
    if (w->address_end > w->p.at && w->p.before > ' ')
        return kite_tailor_address(&w->p, found);
    if (found == KITE_OPPORTUNITY_NONE && !in(tailored_none, raw))
        return found;
    while (w->span + 1 < w->text->span_count && w->text->spans[w->span + 1].offset_bytes <= w->p.at)
        w->span++;
    w->p.lang = w->text->span_count != 0 ? w->text->spans[w->span].lang : 0;
    return kite_tailor(&w->p, found);
}

/* One character; returns where the next begins. */
static size_t step(struct walk *w, size_t at)
{
    size_t length;
    uint32_t c = decode(w->p.text + at, w->p.bytes - at, &length);
    uint8_t raw = kite_line_class(c);

    if (step_shortly(w, at, c, raw))
        return at + length;
    if (w->is_tailored && c == 0xfffc)
        raw = LB(CM); /* a note's mark stays with what it stands behind */
    if (w->may_have_address && c > ' ' && w->p.before <= ' ')
        w->address_end = kite_address_end(w->p.text, w->p.bytes, at);
    if (at > 0) {
        w->p.at = at;
        w->out[at] = opportunity(w, c, raw, at + length);
    }
    advance(&w->s, resolved(raw));
    w->p.before = c;
    return at + length;
}

void kite_segment(const struct kite_text *text, bool is_tailored, uint8_t *out)
{
    struct walk w = {.text = text,
                     .out = out,
                     .s = {.before = LB(BK), .last = LB(BK)}, /* as behind a line end */
                     .p = {.text = text->text, .bytes = text->text_bytes},
                     .is_tailored = is_tailored};

    w.may_have_address = is_tailored && kite_may_have_address(text->text, text->text_bytes);
    memset(out, KITE_OPPORTUNITY_NONE, text->text_bytes + 1);
    for (size_t at = 0; at < text->text_bytes;) {
        if (w.s.last == LB(AL) && w.s.before == LB(AL) && w.address_end <= at) {
            at = skip_words(&w, at);
            if (at == text->text_bytes)
                break;
        }
        if (text->text[at] == ' ' && !in(mandatory, w.s.last)) {
            if (!w.s.has_spaces)
                w.left = w.p.before;
            w.s.last = LB(SP);
            w.s.has_spaces = true;
            w.p.before = ' ';
            at++;
        } else {
            at = step(&w, at);
        }
    }
    out[text->text_bytes] = KITE_OPPORTUNITY_FORCED;
}
