/* Embedding levels by FriBidi; reordering by rule L2. */
#include "text/bidi.h"

#include <fribidi.h>
#include <string.h>

/* U+200E, U+200F, U+202A to U+202E, U+2066 to U+2069 behind the lead byte 0xe2. */
static bool is_control(uint8_t second, uint8_t third)
{
    if (second == 0x80)
        return third == 0x8e || third == 0x8f || (third >= 0xaa && third <= 0xae);
    return second == 0x81 && third >= 0xa6 && third <= 0xa9;
}

/* Are the 8 bytes at text all below 0x80? */
static bool is_ascii(const char *text)
{
    uint64_t eight;

    memcpy(&eight, text, sizeof eight);
    return (eight & 0x8080808080808080) == 0;
}

bool kite_bidi_is_needed(const char *text, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++) {
        while (bytes - i > 8 && is_ascii(text + i))
            i += 8;

        uint8_t lead = (uint8_t)text[i];

        if (lead < 0xd6)
            continue;

        uint8_t second = i + 1 < bytes ? (uint8_t)text[i + 1] : 0;
        uint8_t third = i + 2 < bytes ? (uint8_t)text[i + 2] : 0;

        if ((lead == 0xd6 && second >= 0x90) ||
            (lead >= 0xd7 && lead <= 0xdf)) /* U+0590 to U+07FF */
            return true;
        if (lead == 0xe0 && second < 0xa4) /* U+0800 to U+08FF */
            return true;
        if (lead == 0xe2 && is_control(second, third))
            return true;
        /* Presentation forms, U+FB00 and U+FE70 on; not U+FFFC, a note's mark */
        if (lead == 0xef && second >= 0xac && second <= 0xbb)
            return true;
        if (lead == 0xf0 && (second == 0x90 || second == 0x9e)) /* U+10000 on, U+1E000 on */
            return true;
    }
    return false;
}

/* Levels of whitespace at line ends are left to the setter, which drops it; separators get the base
 * level here (L1). */
static void reset_separators(const uint32_t *chars, const FriBidiCharType *types,
                             FriBidiStrIndex count, FriBidiLevel base, FriBidiLevel *levels)
{
    FriBidiStrIndex whites = 0; /* start of the run of whitespace before i */

    for (FriBidiStrIndex i = 0; i <= count; i++) {
        bool is_separator = i < count && (types[i] == FRIBIDI_TYPE_SS ||
                                          types[i] == FRIBIDI_TYPE_BS || chars[i] == '\n');
        bool is_white = i < count && (types[i] == FRIBIDI_TYPE_WS || FRIBIDI_IS_ISOLATE(types[i]) ||
                                      FRIBIDI_IS_EXPLICIT_OR_BN(types[i]));

        if (i == count || is_separator) {
            for (FriBidiStrIndex k = whites; k < i + (is_separator ? 1 : 0); k++)
                levels[k] = base;
            whites = i + 1;
        } else if (!is_white) {
            whites = i + 1;
        }
    }
}

enum kite_status kite_bidi_levels(const char *text, size_t bytes, bool is_rtl, bool is_auto,
                                  struct kite_arena *scratch, uint8_t *levels, uint8_t *base_level)
{
    struct kite_arena_mark mark = kite_arena_save(scratch);
    FriBidiChar *chars = kite_arena_alloc(scratch, bytes + 1, sizeof *chars);
    FriBidiCharType *types = kite_arena_alloc(scratch, bytes + 1, sizeof *types);
    FriBidiBracketType *brackets = kite_arena_alloc(scratch, bytes + 1, sizeof *brackets);
    FriBidiLevel *found = kite_arena_alloc(scratch, bytes + 1, sizeof *found);
    FriBidiParType base = is_auto ? FRIBIDI_PAR_ON : is_rtl ? FRIBIDI_PAR_RTL : FRIBIDI_PAR_LTR;
    FriBidiStrIndex count = 0;
    size_t length;
    enum kite_status status = KITE_E_NOMEM;

    if (!chars || !types || !brackets || !found)
        goto done;
    for (size_t i = 0; i < bytes; i += length)
        chars[count++] = kite_utf8_decode(text + i, bytes - i, &length);
    fribidi_get_bidi_types(chars, count, types);
    for (FriBidiStrIndex i = 0; i < count; i++)
        if (chars[i] == '\n')
            types[i] = FRIBIDI_TYPE_WS; /* a line break inside the paragraph */
    fribidi_get_bracket_types(chars, count, types, brackets);
    if (count > 0 && fribidi_get_par_embedding_levels_ex(types, brackets, count, &base, found) == 0)
        goto done;
    *base_level = FRIBIDI_IS_RTL(base) ? 1 : 0;
    reset_separators(chars, types, count, (FriBidiLevel)*base_level, found);
    count = 0;
    for (size_t i = 0; i < bytes; i += length) {
        kite_utf8_decode(text + i, bytes - i, &length);
        memset(levels + i, (uint8_t)found[count++], length);
    }
    status = KITE_OK;
done:
    kite_arena_release(scratch, mark);
    return status;
}

static void reverse(uint16_t *order, size_t from, size_t to)
{
    while (from + 1 < to) {
        uint16_t swap = order[from];

        order[from++] = order[--to];
        order[to] = swap;
    }
}

void kite_bidi_order(const uint8_t *levels, size_t count, uint16_t *order)
{
    uint8_t highest = 0, lowest_odd = UINT8_MAX;

    for (size_t i = 0; i < count; i++) {
        order[i] = (uint16_t)i;
        if (levels[i] > highest)
            highest = levels[i];
        if ((levels[i] & 1) && levels[i] < lowest_odd)
            lowest_odd = levels[i];
    }
    for (uint8_t level = highest; level >= lowest_odd && level > 0; level--) {
        for (size_t i = 0; i < count; i++) {
            size_t end = i;

            while (end < count && levels[order[end]] >= level)
                end++;
            if (end > i) {
                reverse(order, i, end);
                i = end;
            }
        }
    }
}

uint32_t kite_bidi_mirror(uint32_t code_point)
{
    FriBidiChar mirrored = code_point;

    fribidi_get_mirror_char(code_point, &mirrored);
    return mirrored;
}
