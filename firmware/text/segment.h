/* segment: where a line may break, by UAX #14 (Unicode 15.0) and Kite's tailorings. Private to the text room. */
#ifndef KITE_TEXT_SEGMENT_H
#define KITE_TEXT_SEGMENT_H

#include "text/text.h"

enum kite_opportunity { /* of breaking before the byte at this offset */
    KITE_OPPORTUNITY_NONE = 0,
    KITE_OPPORTUNITY_ALLOWED,  /* plain: behind spaces, after a dash, between ideographs, in an address */
    KITE_OPPORTUNITY_EXPLICIT, /* behind a hyphen in the text (U+002D, U+2010) or a soft hyphen */
    KITE_OPPORTUNITY_FORCED    /* behind U+000A and the other mandatory breaks */
};

/* Write one enum kite_opportunity per byte to out[0 .. text_bytes], the last for the end of the text, always FORCED;
 * out[0] and bytes inside a character are NONE. spans give the language of each stretch (as in struct kite_text).
 * Tailorings beyond UAX #14, each a function of tailor.c: dashes, the raya and "--", ellipses, numbers with units and
 * signs, guillemets, quotes before openings, hyphens and slashes between short parts, addresses, note marks (U+FFFC stays
 * with what stands before it), clusters of Thai, Lao, Khmer.
 * is_tailored false gives plain UAX #14, for its conformance test.
 * No allocation. Linear in the length. */
void kite_segment(const struct kite_text *text, bool is_tailored, uint8_t *out);

/* Length in bytes of the first grapheme cluster of text (UAX #29 extended, for the shipped scripts); count above 0. */
size_t kite_cluster_bytes(const char *text, size_t count);

/* How many of the 8 bytes at text are ASCII letters, from the first on. */
static inline unsigned kite_leading_letters(const char *text)
{
    const uint64_t ones = 0x0101010101010101;
    const uint8_t *t = (const uint8_t *)text;
    /* one load on most machines */
    uint64_t v = (uint64_t)t[0] | (uint64_t)t[1] << 8 | (uint64_t)t[2] << 16 |
                 (uint64_t)t[3] << 24 | (uint64_t)t[4] << 32 | (uint64_t)t[5] << 40 |
                 (uint64_t)t[6] << 48 | (uint64_t)t[7] << 56;
    uint64_t low = (v | ones * 0x20) & ones * 0x7f;
    /* bit 7 of each byte: at least 'a', not above 'z', ASCII */
    uint64_t letter = (low + ones * (0x80 - 'a')) & ~(low + ones * (0x7f - 'z')) & ~v & ones * 0x80;
    uint64_t other = ~letter & ones * 0x80;

    return other != 0 ? (unsigned)__builtin_ctzll(other) / 8 : 8;
}

#endif
