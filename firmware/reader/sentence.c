/* A small form of UAX #29 sentence boundaries, for choosing what to highlight: SATerm, Close*, Sp+,
 * and SB8's rule that lower case goes on (abbreviations). */
#include "reader/sentence.h"

static bool is_stop(uint32_t c)
{
    switch (c) {
    case '.':
    case '!':
    case '?':
    case 0x2026: /* ellipsis */
    case 0x061F:
    case 0x06D4: /* Arabic question mark, full stop */
    case 0x0964:
    case 0x0965: /* danda */
    case 0x3002:
    case 0xFF01:
    case 0xFF1F:
        return true;
    }
    return false;
}

static bool is_closing(uint32_t c)
{
    switch (c) {
    case '"':
    case '\'':
    case ')':
    case ']':
    case '}':
    case 0x2019:
    case 0x201D:
    case 0x00BB:
    case 0x203A:
    case 0xFFFC: /* a note mark belongs to its sentence */
        return true;
    }
    return false;
}

static bool is_space(uint32_t c)
{
    return c == ' ' || c == 0xA0 || c == 0x202F || c == '\t';
}

/* Lower case of the scripts that have case: Latin, Greek, Cyrillic letters without a lookup of all
 * of them. */
static bool is_lower(uint32_t c)
{
    return (c >= 'a' && c <= 'z') || (c >= 0xDF && c <= 0xFF && c != 0xF7) ||
           (c >= 0x3AC && c <= 0x3CE) || (c >= 0x430 && c <= 0x45F);
}

size_t sentence_end(const char *text, size_t bytes, size_t from)
{
    size_t at = from, one;

    while (at < bytes) {
        uint32_t c = kite_utf8_decode(text + at, bytes - at, &one);

        at += one;
        if (c == '\n')
            return at;
        if (!is_stop(c))
            continue;

        size_t behind = at;

        for (; behind < bytes; behind += one) {
            c = kite_utf8_decode(text + behind, bytes - behind, &one);
            if (!is_stop(c) && !is_closing(c))
                break;
        }

        size_t next = behind;

        for (; next < bytes; next += one) {
            c = kite_utf8_decode(text + next, bytes - next, &one);
            if (!is_space(c))
                break;
        }
        if (next == bytes || (next > behind && !is_lower(c)))
            return next;
        at = behind > at ? behind : at;
    }
    return bytes;
}
