/* Kite's tailorings of UAX #14: dashes, numbers, hyphens, slashes, quotes, addresses, and clusters
 * of scripts that need a dictionary. One function each; tests/text/test_segment.c has a row for
 * each. */
#include "text/tailor.h"

#include "text/segment.h"
#include "text/unicode/properties.h"

#include <string.h>

static uint32_t char_at(const struct kite_position *p, size_t at)
{
    size_t length;

    return at < p->bytes ? kite_utf8_decode(p->text + at, p->bytes - at, &length) : 0;
}

/* Start of the character that ends at `at`; 0 at the start of the text. */
static size_t step_back(const struct kite_position *p, size_t at)
{
    if (at > 0)
        at--;
    while (at > 0 && ((uint8_t)p->text[at] & 0xc0) == 0x80)
        at--;
    return at;
}

/* The character that ends at `at`, 0 at the start of the text. */
static uint32_t char_before(const struct kite_position *p, size_t at)
{
    return at > 0 ? char_at(p, step_back(p, at)) : 0;
}

static bool is_digit(uint32_t c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(uint32_t c)
{
    if (c < 0x80)
        return (c | 0x20) >= 'a' && (c | 0x20) <= 'z';

    uint8_t class = kite_line_class(c);

    return class == KITE_LB_AL || class == KITE_LB_HL;
}

static bool is_dash(uint32_t c)
{
    return c == 0x2013 || c == 0x2014 || c == 0x2015;
}

static bool is_quote(uint32_t c)
{
    return kite_line_class(c) == KITE_LB_QU;
}

/* Nothing, a space, or something that opens: what stands behind it belongs to what follows. */
static bool is_opening(uint32_t c)
{
    uint8_t class = kite_line_class(c);

    return c == 0 || class == KITE_LB_SP || class == KITE_LB_GL || class == KITE_LB_LF ||
           class == KITE_LB_BK || class == KITE_LB_OP || class == KITE_LB_OP_WIDE;
}

/* Does such a thing end at `at`, or a quote that opens? */
static bool opens(const struct kite_position *p, size_t at)
{
    uint32_t c = char_before(p, at);

    return is_opening(c) || (is_quote(c) && is_opening(char_before(p, step_back(p, at))));
}

/* Letters that end at `at`, up to `most`. Combining marks count as their letter. */
static unsigned letters_before(const struct kite_position *p, size_t at, unsigned most)
{
    unsigned count = 0;

    while (at > 0 && count < most) {
        at = step_back(p, at);

        uint32_t c = char_at(p, at);

        if (kite_line_class(c) == KITE_LB_CM)
            continue;
        if (!is_letter(c))
            break;
        count++;
    }
    return count;
}

static unsigned letters_behind(const struct kite_position *p, size_t at, unsigned most)
{
    unsigned count = 0;

    while (at < p->bytes && count < most) {
        size_t length;
        uint32_t c = kite_utf8_decode(p->text + at, p->bytes - at, &length);

        if (!is_letter(c) && kite_line_class(c) != KITE_LB_CM)
            break;
        count += is_letter(c);
        at += length;
    }
    return count;
}

/* Digits in a row that end at `at`, up to 4, and those that begin there. */
static unsigned digits_before(const struct kite_position *p, size_t at)
{
    unsigned count = 0;

    while (count < 4 && at > count && is_digit((uint8_t)p->text[at - count - 1]))
        count++;
    return count;
}

static unsigned digits_behind(const struct kite_position *p, size_t at)
{
    unsigned count = 0;

    while (count < 4 && at + count < p->bytes && is_digit((uint8_t)p->text[at + count]))
        count++;
    return count;
}

/* ---- behind a space -------------------------------------------------------------------------- */

/* Does one of these units begin at p, and nothing more? */
static bool is_unit(const struct kite_position *p)
{
    static const char *const units[] = {
        "%",    "‰",  "°",  "°C", "°F",  "€",  "$",   "£",   "km", "m",  "cm", "mm",  "kg",
        "g",    "mg", "l",  "L",  "ml",  "mL", "ha",  "km²", "m²", "m³", "h",  "min", "s",
        "km/h", "W",  "kW", "V",  "kWh", "Hz", "MHz", "GHz", "kB", "MB", "GB", "TB", "a.m.", "p.m."};

    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        if (units[i][0] != p->text[p->at])
            continue;

        size_t length = strlen(units[i]);

        if (p->bytes - p->at < length || memcmp(p->text + p->at, units[i], length) != 0)
            continue;

        uint32_t next = char_at(p, p->at + length);

        if (!is_letter(next) && !is_digit(next))
            return true;
    }
    return false;
}

/* Does an abbreviation that a number belongs to end before the full stop at `stop`? */
static bool is_abbreviation(const struct kite_position *p, size_t stop)
{
    static const char *const words[] = {"No", "no", "Nos", "nos", "Nr", "nr", "n\xC3\xBAm", "N\xC3\xBAm", "p", "pp", "p\xC3\xA1g",
                                        "p\xC3\xA1gs", "vol", "Vol", "art", "Art", "cap", "Cap", "ch", "Ch", "fig", "Fig"};

    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        size_t length = strlen(words[i]);

        if (stop >= length && memcmp(p->text + stop - length, words[i], length) == 0 &&
            (stop == length || !is_letter(char_before(p, stop - length))))
            return true;
    }
    return false;
}

/* Numbers: never apart from their sign or unit, nor groups of thousands from each other. before: in
 * front of the space. */
static bool binds_number(const struct kite_position *p, uint32_t before)
{
    if (is_digit(before)) {
        unsigned group = digits_before(p, p->at - 1);

        return is_unit(p) || (group <= 3 && digits_behind(p, p->at) == 3);
    }
    /* nº 5, n.° 5, № 5, § 3, No. 5 */
    return is_digit(p->after) &&
           (before == 0xba || before == 0xb0 || before == 0xa7 || before == 0x2116 ||
            (before == '.' && is_abbreviation(p, p->at - 2)));
}

/* A dash, or hyphens that stand for one, between spaces or at the end: no line begins with it. */
static bool is_lone_dash(const struct kite_position *p)
{
    size_t at = p->at;

    if (is_dash(p->after))
        at += 3;
    else
        while (at < p->bytes && p->text[at] == '-')
            at++;
    return at > p->at && (at == p->bytes || p->text[at] == ' ' || p->text[at] == '\n');
}

static uint8_t tailor_space(const struct kite_position *p, uint8_t found)
{
    size_t at = step_back(p, p->at - 1);
    uint32_t before = char_at(p, at);

    if (is_lone_dash(p))
        return KITE_OPPORTUNITY_NONE;
    if ((is_dash(before) || before == '-') && (at == 0 || p->text[at - 1] == '\n'))
        return KITE_OPPORTUNITY_NONE; /* a dialogue's dash stays with its first word */
    if ((before == 0xab || before == 0x2039 || p->after == 0xbb || p->after == 0x203a) &&
        kite_lang_primary(p->lang) == KITE_LANG2('f', 'r'))
        return KITE_OPPORTUNITY_NONE;
    /* LB15 holds for a quote that opens; "no" (twice) has one that closes. */
    if (found == KITE_OPPORTUNITY_NONE && is_quote(before) && at > 0 &&
        !is_opening(char_before(p, at)) && kite_line_class(p->after) == KITE_LB_OP)
        return KITE_OPPORTUNITY_ALLOWED;
    return binds_number(p, before) ? KITE_OPPORTUNITY_NONE : found;
}

/* ---- behind signs ---------------------------------------------------------------------------- */

/* Behind a dash that stands behind a word; the raya that opens belongs to what follows. UAX #14
 * never divides before a quote, but one that opens is the start of a word. */
static uint8_t tailor_dash(const struct kite_position *p, uint8_t found)
{
    size_t dash = step_back(p, p->at);

    if (opens(p, dash))
        return KITE_OPPORTUNITY_NONE;
    if (p->before != 0x2013 && is_quote(p->after)) {
        size_t length;

        kite_utf8_decode(p->text + p->at, p->bytes - p->at, &length);
        return is_letter(char_at(p, p->at + length)) ? KITE_OPPORTUNITY_ALLOWED : found;
    }
    return found;
}

/* Behind a hyphen: two letters on both sides; several in a row are a dash. */
static uint8_t tailor_hyphen(const struct kite_position *p, uint8_t found)
{
    size_t hyphen = step_back(p, p->at);

    if (found != KITE_OPPORTUNITY_ALLOWED)
        return found;
    if (hyphen > 0 && p->text[hyphen - 1] == '-') {
        while (hyphen > 0 && p->text[hyphen - 1] == '-')
            hyphen--;
        return opens(p, hyphen) ? KITE_OPPORTUNITY_NONE : found;
    }
    return letters_before(p, hyphen, 2) == 2 && letters_behind(p, p->at, 2) == 2
               ? KITE_OPPORTUNITY_EXPLICIT
               : KITE_OPPORTUNITY_NONE;
}

/* Behind a slash: three letters on both sides. */
static uint8_t tailor_slash(const struct kite_position *p, uint8_t found)
{
    if (found == KITE_OPPORTUNITY_ALLOWED &&
        !(letters_before(p, p->at - 1, 3) == 3 && letters_behind(p, p->at, 3) == 3))
        return KITE_OPPORTUNITY_NONE;
    return found;
}

/* Behind an ellipsis, unless it begins something. */
static uint8_t tailor_ellipsis(const struct kite_position *p, uint8_t found)
{
    return opens(p, step_back(p, p->at)) ? KITE_OPPORTUNITY_NONE : found;
}

/* Thai, Lao, Khmer and their kin divide between clusters, as Kite has no dictionaries: not behind a
 * vowel written first or a sign that stacks the next consonant, not before a vowel or sign written
 * last. */
static bool is_between_clusters(const struct kite_position *p)
{
    uint32_t b = p->before, a = p->after;
    uint8_t before = kite_line_class(b);

    if ((before != KITE_LB_SA && before != KITE_LB_CM) || kite_grapheme_class(a) != KITE_GB_OTHER)
        return false;
    if ((b >= 0xe40 && b <= 0xe44) || (b >= 0xec0 && b <= 0xec4) || b == 0x17d2 || b == 0x1039 ||
        b == 0x1a60)
        return false;
    return a != 0xe2f && a != 0xe30 && a != 0xe32 && a != 0xe45 && a != 0xe46 && a != 0xeaf &&
           a != 0xeb0 && a != 0xeb2 && a != 0xec6;
}

uint8_t kite_tailor(const struct kite_position *p, uint8_t found)
{
    if (found == KITE_OPPORTUNITY_FORCED)
        return found;
    if (p->before == ' ')
        return p->at > 1 ? tailor_space(p, found) : found;
    if (found == KITE_OPPORTUNITY_NONE && kite_line_class(p->after) == KITE_LB_SA)
        return is_between_clusters(p) ? KITE_OPPORTUNITY_ALLOWED : found;
    if (is_dash(p->after) || p->after == '[')
        return KITE_OPPORTUNITY_NONE; /* a line never begins with a dash, nor with a note's mark torn off */
    if (is_dash(p->before))
        return tailor_dash(p, found);
    switch (p->before) {
    case '-':
    case 0x2010:
        return tailor_hyphen(p, found);
    case 0xad:
        return found == KITE_OPPORTUNITY_ALLOWED ? KITE_OPPORTUNITY_EXPLICIT : found;
    case '/':
        return tailor_slash(p, found);
    case 0x2026:
        return tailor_ellipsis(p, found);
    default:
        return found;
    }
}

/* ---- addresses ------------------------------------------------------------------------------- */

/* Behind / ? & = _ - # ~ and before a dot, where a letter or digit follows; not between the slashes
 * of "//". */
uint8_t kite_tailor_address(const struct kite_position *p, uint8_t found)
{
    static const char behind[] = "/?&=_-#~";
    bool is_word = is_letter(p->after) || is_digit(p->after) || p->after == '%';

    if (found == KITE_OPPORTUNITY_FORCED)
        return found;
    if (p->after == '.' && p->before != '.' && p->before != '/') {
        uint32_t next = char_at(p, p->at + 1);

        return is_letter(next) || is_digit(next) ? KITE_OPPORTUNITY_ALLOWED : KITE_OPPORTUNITY_NONE;
    }
    if (is_word && p->before < 0x80 && p->before != 0 && strchr(behind, (int)p->before) != NULL)
        return KITE_OPPORTUNITY_ALLOWED;
    return KITE_OPPORTUNITY_NONE;
}

bool kite_may_have_address(const char *text, size_t bytes)
{
    static const struct {
        const char *mark;
        size_t bytes;
    } marks[] = {{"@", 1}, {"://", 3}, {"www.", 4}};

    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
        const char *at = text, *end = text + bytes;

        while (at < end && (at = memchr(at, marks[i].mark[0], (size_t)(end - at))) != NULL) {
            if ((size_t)(end - at) >= marks[i].bytes &&
                memcmp(at, marks[i].mark, marks[i].bytes) == 0)
                return true;
            at++;
        }
    }
    return false;
}

size_t kite_address_end(const char *text, size_t bytes, size_t at)
{
    size_t end = at;

    while (end < bytes && (uint8_t)text[end] > ' ')
        end++;
    return kite_may_have_address(text + at, end - at) ? end : at;
}
