/* bidi: embedding levels and visual order, UAX #9 by FriBidi. Private to the text room. */
#ifndef KITE_TEXT_BIDI_H
#define KITE_TEXT_BIDI_H

#include "text/text.h"

/* Whether the text needs bidi at all: some character of a right-to-left script or a bidi control. Cheap. */
bool kite_bidi_is_needed(const char *text, size_t bytes);

/* Embedding level of each byte (all bytes of a character alike) into levels[bytes]. base: direction of
 * the paragraph; is_auto: found by rules P2, P3 instead, false base means left-to-right. Returns via
 * *base_level. U+000A is a segment of its own kind: it does not end the paragraph. KITE_E_NOMEM. */
enum kite_status kite_bidi_levels(const char *text, size_t bytes, bool is_rtl, bool is_auto, struct kite_arena *scratch,
                                  uint8_t *levels, uint8_t *base_level);

/* Visual order of the runs of one line (UAX #9 L2): levels[count] of runs in logical order, order[i] gets
 * the index of the run that stands i-th from the left. */
void kite_bidi_order(const uint8_t *levels, size_t count, uint16_t *order);

/* The mirrored character (L4), or the same. */
uint32_t kite_bidi_mirror(uint32_t code_point);

#endif
