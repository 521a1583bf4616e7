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

#endif
