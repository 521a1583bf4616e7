/* Case and space as the format expects them. Frozen with the format: FORMAT.md states these rules. */
#include "bundle/format.h"

#include <string.h>

/* Ranges in which capitals and small letters are partners. step 0: apart by `apart`; else capital and small letter
 * alternate, the capital on even (step 2) or odd (step 1) numbers. */
struct case_range {
    uint16_t first, last; /* of small letters for step 0, of both for others */
    uint8_t step;
    uint8_t apart;
};

static const struct case_range ranges[] = {
    { 'a', 'z', 0, 32 },         { 0xe0, 0xf6, 0, 32 },     { 0xf8, 0xfe, 0, 32 },     { 0x100, 0x12f, 2, 0 },
    { 0x132, 0x137, 2, 0 },      { 0x139, 0x148, 1, 0 },    { 0x14a, 0x177, 2, 0 },    { 0x1a0, 0x1a5, 2, 0 },
    { 0x1cd, 0x1dc, 1, 0 },      { 0x1de, 0x1ef, 2, 0 },    { 0x1f8, 0x21f, 2, 0 },    { 0x222, 0x233, 2, 0 },
    { 0x3b1, 0x3c1, 0, 32 },     { 0x3c3, 0x3cb, 0, 32 },   { 0x430, 0x44f, 0, 32 },   { 0x450, 0x45f, 0, 80 },
    { 0x460, 0x481, 2, 0 },      { 0x48a, 0x4bf, 2, 0 },    { 0x4d0, 0x52f, 2, 0 },    { 0x1e00, 0x1e95, 2, 0 },
    { 0x1ea0, 0x1eff, 2, 0 },
};

uint32_t kite_case_upper(uint32_t c)
{
    if (c < 'a')
        return c;
    for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++) {
        const struct case_range *r = &ranges[i];

        if (c < r->first || c > r->last)
            continue;
        if (r->step == 0)
            return c - r->apart;
        return c % 2 == (r->step == 2 ? 1u : 0u) ? c - 1 : c;
    }
    return c;
}

uint32_t kite_case_lower(uint32_t c)
{
    if (c < 'A')
        return c;
    for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++) {
        const struct case_range *r = &ranges[i];

        if (r->step == 0 && c + r->apart >= r->first && c + r->apart <= r->last)
            return c + r->apart;
        if (r->step != 0 && c >= r->first && c <= r->last)
            return c % 2 == (r->step == 2 ? 0u : 1u) ? c + 1 : c;
    }
    return c;
}

/* The same with the first character's partner, if it has one. */
static size_t turn_first(const char *base, size_t bytes, char out[KITE_PIECE_BYTES_MAX + 1])
{
    char encoded[4];
    size_t length;
    uint32_t c = kite_utf8_decode(base, bytes, &length), upper = kite_case_upper(c);
    size_t made = kite_utf8_encode(upper != c ? upper : kite_case_lower(c), encoded);

    if (bytes - length + made > KITE_PIECE_BYTES_MAX)
        return 0;
    memcpy(out, encoded, made);
    memcpy(out + made, base + length, bytes - length);
    return bytes - length + made;
}

static size_t raise_all(const char *base, size_t bytes, char out[KITE_PIECE_BYTES_MAX + 1])
{
    size_t count = 0, length;

    for (size_t i = 0; i < bytes; i += length) {
        char encoded[4];
        size_t made = kite_utf8_encode(kite_case_upper(kite_utf8_decode(base + i, bytes - i, &length)), encoded);

        if (count + made > KITE_PIECE_BYTES_MAX)
            return 0;
        memcpy(out + count, encoded, made);
        count += made;
    }
    return count;
}

size_t kite_form_apply(const char *base, size_t bytes, enum kite_form form, char out[KITE_PIECE_BYTES_MAX + 1])
{
    size_t count = 0;

    if (form == KITE_FORM_UPPER)
        count = raise_all(base, bytes, out);
    else if (form == KITE_FORM_TURNED && bytes > 0)
        count = turn_first(base, bytes, out);
    else if (bytes <= KITE_PIECE_BYTES_MAX)
        memcpy(out, base, count = bytes);
    out[count] = '\0';
    return count;
}

/* Signs before which no space stands, and behind which none does. */
static bool closes(uint32_t c)
{
    switch (c) {
    case ',': case '.': case ';': case ':': case '!': case '?': case ')': case ']': case '}': case '-': case '/': case '%':
    case '\n': case '\t': case ' ': case 0xa0: case 0xbb: case 0x2010: case 0x2013: case 0x2014: case 0x2019: case 0x201d:
    case 0x2026: case 0x202f: case 0xfffc:
        return true;
    default:
        return c >= 0x2e80; /* ideographs and their kin */
    }
}

static bool opens(uint32_t c)
{
    switch (c) {
    case '(': case '[': case '{': case '-': case '/': case '\n': case '\t': case ' ': case 0xa0: case 0xa1: case 0xab: case 0xbf:
    case 0x2010: case 0x2013: case 0x2014: case 0x2018: case 0x201c: case 0x201e: case 0x202f:
        return true;
    default:
        return c >= 0x2e80 && c != 0xfffc;
    }
}

bool kite_expect_space_at_sign(const struct kite_expect *expect, uint32_t first)
{
    return expect->last != 0 && !expect->is_elision && !closes(first) && !opens(expect->last);
}

bool kite_expect_turned(const struct kite_expect *expect, uint32_t first)
{
    return expect->is_sentence && kite_case_upper(first) != first;
}

void kite_expect_pass(struct kite_expect *expect, const char *text, size_t bytes)
{
    size_t length;

    for (size_t i = 0; i < bytes; i += length) {
        uint32_t c = kite_utf8_decode(text + i, bytes - i, &length);

        expect->last = c;
        if (c == '.' || c == '!' || c == '?' || c == 0x2026 || c == '\n' || c == '\t')
            expect->is_sentence = true;
        else if (!closes(c) && !opens(c) && c != '"' && c != ' ')
            expect->is_sentence = false;
        else if (c == ',' || c == ';' || c == ':')
            expect->is_sentence = false;
    }

    uint32_t first = bytes ? kite_utf8_decode(text, bytes, &length) : 0;

    expect->is_elision = (expect->last == '\'' || expect->last == 0x2019) && kite_case_upper(first) != kite_case_lower(first);
}

bool kite_span_opens(const struct kite_span *before, const struct kite_span *after)
{
    return (after->styles & ~before->styles) != 0 || (after->link != 0 && after->link != before->link) ||
           (after->lang != before->lang && after->styles == before->styles && after->link == before->link);
}
