/* Line break opportunities: the rules of UAX #14 (revision 50, Unicode 15.0; numbers by its example 7) as decisions
 * over a small state, then Kite's tailorings, each a function below. Grapheme clusters by UAX #29. */
#include "text/segment.h"

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
    uint8_t before;     /* class of the last character that is no space, marks joined to their base */
    uint8_t last;       /* class of the very last character */
    bool has_spaces;    /* spaces stand between `before` and here */
    bool is_hl_hyphen;  /* before is HY or BA behind HL (LB21a) */
    bool is_odd_ri;     /* an odd number of regional indicators ends here */
    uint8_t number;     /* enum number_state */
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

    if (in(affixes, s->before) && (class == LB(NU) || ((in(openings, class) || class == LB(HY)) && next == LB(NU))))
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
    if ((in(SET(PR) | SET(PO), b) && in(letters, c)) || (in(letters, b) && in(SET(PR) | SET(PO), c)))
        return false;
    if (is_in_number(s, c, next))
        return false;
    if ((b == LB(JL) && in(SET(JL) | SET(JV) | SET(H2) | SET(H3), c)) ||
        (in(SET(JV) | SET(H2), b) && in(SET(JV) | SET(JT), c)) || (in(SET(JT) | SET(H3), b) && c == LB(JT)))
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

/* ---- tailorings ------------------------------------------------------------------------------ */

/* The text and a position between two characters. */
struct place {
    const char *text;
    size_t bytes, at;
    uint32_t before, after; /* the characters on either side */
    kite_lang lang;
};

static uint32_t char_at(const struct place *p, size_t at)
{
    size_t length;

    return at < p->bytes ? kite_utf8_decode(p->text + at, p->bytes - at, &length) : 0;
}

/* Start of the character that ends at `at`. */
static size_t step_back(const struct place *p, size_t at)
{
    if (at > 0)
        at--;
    while (at > 0 && ((uint8_t)p->text[at] & 0xc0) == 0x80)
        at--;
    return at;
}

static bool is_digit(uint32_t c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(uint32_t c)
{
    return c >= 'A' && in(letters, kite_line_class(c));
}

static bool is_dash(uint32_t c)
{
    return c == 0x2013 || c == 0x2014 || c == 0x2015;
}

/* Letters that end at `at`, up to `most`. Combining marks count as their letter. */
static unsigned letters_before(const struct place *p, size_t at, unsigned most)
{
    unsigned count = 0;

    while (at > 0 && count < most) {
        at = step_back(p, at);

        uint32_t c = char_at(p, at);

        if (kite_line_class(c) == LB(CM))
            continue;
        if (!is_letter(c))
            break;
        count++;
    }
    return count;
}

static unsigned letters_behind(const struct place *p, size_t at, unsigned most)
{
    unsigned count = 0;

    while (at < p->bytes && count < most) {
        size_t length;
        uint32_t c = kite_utf8_decode(p->text + at, p->bytes - at, &length);

        if (!is_letter(c) && kite_line_class(c) != LB(CM))
            break;
        count += is_letter(c);
        at += length;
    }
    return count;
}

/* Digits in a row that end at `at`, and those that begin there. */
static unsigned digits_before(const struct place *p, size_t at)
{
    unsigned count = 0;

    while (at > count && is_digit((uint8_t)p->text[at - count - 1]))
        count++;
    return count;
}

static unsigned digits_behind(const struct place *p, size_t at)
{
    unsigned count = 0;

    while (at + count < p->bytes && is_digit((uint8_t)p->text[at + count]))
        count++;
    return count;
}

/* Is the word that begins at `at` one of these, and nothing more? */
static bool is_word_at(const struct place *p, size_t at, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        size_t length = strlen(words[i]);

        if (p->bytes - at >= length && memcmp(p->text + at, words[i], length) == 0 &&
            !is_letter(char_at(p, at + length)) && !is_digit(char_at(p, at + length)))
            return true;
    }
    return false;
}

/* Numbers: never apart from their sign or unit, nor groups of thousands from each other. */
static bool binds_number(const struct place *p)
{
    static const char *const units[] = { "%", "‰", "°", "°C", "°F", "€", "$", "£", "km", "m", "cm", "mm", "kg", "g", "mg",
                                         "l", "ml", "ha", "km²", "m²", "h", "min", "s", "km/h", "kW", "kWh", "MB", "GB" };
    size_t word = p->at - 1; /* the space */
    uint32_t before = char_at(p, step_back(p, word));

    if (is_digit(before)) {
        unsigned group = digits_before(p, word);

        return is_word_at(p, p->at, units, sizeof units / sizeof *units) ||
               (group >= 1 && group <= 3 && digits_behind(p, p->at) == 3);
    }
    if (!is_digit(p->after))
        return false;
    /* nº 5, n.° 5, № 5, § 3 */
    return before == 0xba || before == 0xb0 || before == 0xa7 || before == 0x2116;
}

/* Behind a space: the dash that opens a dialogue or stands between spaces, French signs, numbers. */
static uint8_t tailor_space(const struct place *p, uint8_t found)
{
    size_t space = p->at - 1;
    size_t before = step_back(p, space);
    uint32_t c = char_at(p, before);

    if (is_dash(p->after) && char_at(p, p->at + 3) == ' ')
        return KITE_OPPORTUNITY_NONE; /* a line never begins with a dash between spaces */
    if (is_dash(c) && (before == 0 || p->text[before - 1] == '\n'))
        return KITE_OPPORTUNITY_NONE; /* a dialogue's dash stays with its first word */
    if (kite_lang_primary(p->lang) == KITE_LANG2('f', 'r') && (c == 0xab || c == 0x2039 || p->after == 0xbb || p->after == 0x203a))
        return KITE_OPPORTUNITY_NONE;
    return binds_number(p) ? KITE_OPPORTUNITY_NONE : found;
}

/* Behind a dash: only where words stand on both sides; a raya after a space or before one belongs to its neighbour. */
static uint8_t tailor_dash(const struct place *p, uint8_t found)
{
    size_t dash = step_back(p, p->at);

    if (dash == 0 || p->text[dash - 1] == ' ' || p->text[dash - 1] == '\n')
        return KITE_OPPORTUNITY_NONE;
    return found;
}

/* Behind a hyphen in the text. */
static uint8_t tailor_hyphen(const struct place *p, uint8_t found)
{
    size_t hyphen = step_back(p, p->at);

    if (found != KITE_OPPORTUNITY_ALLOWED)
        return found;
    return letters_before(p, hyphen, 2) == 2 && letters_behind(p, p->at, 2) == 2 ? KITE_OPPORTUNITY_EXPLICIT
                                                                                 : KITE_OPPORTUNITY_NONE;
}

static uint8_t tailor_slash(const struct place *p, uint8_t found)
{
    if (found == KITE_OPPORTUNITY_ALLOWED && !(letters_before(p, p->at - 1, 3) == 3 && letters_behind(p, p->at, 3) == 3))
        return KITE_OPPORTUNITY_NONE;
    return found;
}

/* Inside an address: behind / ? & = _ - #, before a dot; not between the slashes of "//". */
static uint8_t tailor_address(const struct place *p)
{
    static const char behind[] = "/?&=_-#~";

    if (p->after == '/' && (p->before == '/' || p->before == ':'))
        return KITE_OPPORTUNITY_NONE;
    if (p->after == '.' && p->before != '.' && p->at + 1 < p->bytes && p->text[p->at + 1] != ' ' && p->text[p->at + 1] != '\n')
        return KITE_OPPORTUNITY_ALLOWED;
    if (p->before < 0x80 && p->before != 0 && strchr(behind, (int)p->before) && p->after != p->before && p->after != '.' &&
        p->after != ',' && p->after != ' ' && p->after != '\n' && p->after != ')')
        return KITE_OPPORTUNITY_ALLOWED;
    return KITE_OPPORTUNITY_NONE;
}

/* Where the address that begins at `at` ends; `at` when none begins there. */
static size_t address_end(const char *text, size_t bytes, size_t at)
{
    size_t end = at;
    bool is_address = bytes - at > 4 && memcmp(text + at, "www.", 4) == 0;

    while (end < bytes && (uint8_t)text[end] > ' ') {
        if (!is_address && text[end] == ':' && bytes - end > 3 && text[end + 1] == '/' && text[end + 2] == '/' && end > at)
            is_address = true;
        if (!is_address && text[end] == '@' && end > at)
            is_address = true;
        end++;
    }
    return is_address ? end : at;
}

static uint8_t tailor(const struct place *p, bool is_address, uint8_t found)
{
    if (is_address)
        return tailor_address(p);
    if (found == KITE_OPPORTUNITY_FORCED)
        return found;
    if (p->before == 0xfffc || p->after == 0xfffc) /* a note's mark stays with what it stands behind */
        return p->before == ' ' ? found : KITE_OPPORTUNITY_NONE;
    if (p->before == ' ' && p->at > 1)
        return found == KITE_OPPORTUNITY_NONE ? found : tailor_space(p, found);
    if (is_dash(p->after))
        return KITE_OPPORTUNITY_NONE;
    if (is_dash(p->before))
        return tailor_dash(p, found);
    if (p->before == '-' || p->before == 0x2010)
        return tailor_hyphen(p, found);
    if (p->before == 0xad)
        return found == KITE_OPPORTUNITY_ALLOWED ? KITE_OPPORTUNITY_EXPLICIT : found;
    if (p->before == '/')
        return tailor_slash(p, found);
    return found;
}

/* Thai, Lao, Khmer and their kin divide between clusters, as Kite has no dictionaries. */
static bool is_between_clusters(const struct place *p, uint8_t before, uint8_t after)
{
    if (before != LB(SA) && before != LB(CM))
        return false;
    return after == LB(SA) && kite_grapheme_class(p->after) == KITE_GB_OTHER &&
           kite_grapheme_class(p->before) != KITE_GB_PREPEND;
}

static bool is_ascii_letter(uint32_t c)
{
    return (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
}

/* ---- the walk -------------------------------------------------------------------------------- */

static uint8_t class_behind(const char *text, size_t bytes, size_t at)
{
    size_t length;

    while (at < bytes) { /* marks on the opening are skipped (LB9) */
        uint8_t class = kite_line_class(kite_utf8_decode(text + at, bytes - at, &length));

        if (class != LB(CM) && class != LB(ZWJ))
            return resolved(class);
        at += length;
    }
    return LB(AL);
}

void kite_segment(const struct kite_text *text, bool is_tailored, uint8_t *out)
{
    struct state s = { .before = LB(BK), .last = LB(BK) }; /* as behind a line end */
    struct place p = { .text = text->text, .bytes = text->text_bytes };
    size_t length, span = 0, in_address = 0;

    memset(out, KITE_OPPORTUNITY_NONE, text->text_bytes + 1);
    for (size_t at = 0; at < text->text_bytes; at += length) {
        if (s.last == LB(AL) && at >= in_address && is_ascii_letter(p.before) && is_ascii_letter((uint8_t)text->text[at])) {
            p.before = (uint8_t)text->text[at]; /* inside a word: most of any text */
            length = 1;
            continue;
        }

        uint32_t c = kite_utf8_decode(text->text + at, text->text_bytes - at, &length);
        uint8_t raw = kite_line_class(c), class = resolved(raw), found;

        while (span + 1 < text->span_count && text->spans[span + 1].offset_bytes <= at)
            span++;
        if (is_tailored && c > ' ' && (at == 0 || (uint8_t)text->text[at - 1] <= ' ')) {
            size_t end = address_end(text->text, text->text_bytes, at);

            in_address = end > at ? end : 0;
        }
        if (at == 0) {
            advance(&s, class);
            p.before = c;
            continue;
        }
        found = decide(&s, class, in(openings | SET(HY), class) ? class_behind(text->text, text->text_bytes, at + length)
                                                                : (uint8_t)LB(AL));
        if (is_tailored) {
            p.at = at;
            p.after = c;
            p.lang = text->span_count ? text->spans[span].lang : 0;
            if (found == KITE_OPPORTUNITY_NONE && raw == LB(SA) && is_between_clusters(&p, kite_line_class(p.before), raw))
                found = KITE_OPPORTUNITY_ALLOWED;
            else if (found != KITE_OPPORTUNITY_NONE || in_address > at)
                found = tailor(&p, in_address > at && p.before > ' ', found);
        }
        out[at] = found;
        p.before = c;
        advance(&s, class);
    }
    out[text->text_bytes] = KITE_OPPORTUNITY_FORCED;
}

/* ---- grapheme clusters ----------------------------------------------------------------------- */

/* UAX #29, GB3 to GB13: no boundary between two characters? ri: regional indicators before; is_emoji: an extended
 * pictograph with marks stands before the joiner. */
static bool joins_cluster(uint8_t before, uint8_t after, bool is_odd_ri, bool is_emoji)
{
    if (before == KITE_GB_CR)
        return after == KITE_GB_LF;
    if (before == KITE_GB_CONTROL || before == KITE_GB_LF || after == KITE_GB_CONTROL || after == KITE_GB_CR ||
        after == KITE_GB_LF)
        return false;
    if (before == KITE_GB_L)
        return (after >= KITE_GB_L && after <= KITE_GB_V) || after == KITE_GB_LV || after == KITE_GB_LVT ||
               after == KITE_GB_EXTEND || after == KITE_GB_ZWJ || after == KITE_GB_SPACING_MARK;
    if ((before == KITE_GB_LV || before == KITE_GB_V) && (after == KITE_GB_V || after == KITE_GB_T))
        return true;
    if ((before == KITE_GB_LVT || before == KITE_GB_T) && after == KITE_GB_T)
        return true;
    if (after == KITE_GB_EXTEND || after == KITE_GB_ZWJ || after == KITE_GB_SPACING_MARK || before == KITE_GB_PREPEND)
        return true;
    if (before == KITE_GB_ZWJ && after == KITE_GB_PICTOGRAPH)
        return is_emoji;
    return before == KITE_GB_RI && after == KITE_GB_RI && is_odd_ri;
}

size_t kite_cluster_bytes(const char *text, size_t count)
{
    size_t length, at;
    uint8_t before = kite_grapheme_class(kite_utf8_decode(text, count, &length));
    bool is_odd_ri = before == KITE_GB_RI, is_emoji = before == KITE_GB_PICTOGRAPH;

    for (at = length; at < count; at += length) {
        uint8_t after = kite_grapheme_class(kite_utf8_decode(text + at, count - at, &length));

        if (!joins_cluster(before, after, is_odd_ri, is_emoji))
            break;
        is_odd_ri = after == KITE_GB_RI && !is_odd_ri;
        is_emoji = after == KITE_GB_PICTOGRAPH || (is_emoji && (after == KITE_GB_EXTEND || after == KITE_GB_ZWJ));
        before = after;
    }
    return at;
}
