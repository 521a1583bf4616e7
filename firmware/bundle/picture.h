/* picture: gray pictures as strips of rows, 16 levels, filtered and deflated. PICTURES in FORMAT.md. Private to the
 * bundle room. */
#ifndef KITE_BUNDLE_PICTURE_H
#define KITE_BUNDLE_PICTURE_H

#include "bundle/format.h"

enum kite_row_filter { KITE_FILTER_NONE = 0, KITE_FILTER_LEFT, KITE_FILTER_UP, KITE_FILTER_MEAN, KITE_FILTER_COUNT };

/* Rows that one block holds at most. */
uint32_t kite_rows_per_block(uint32_t width_px);

/* 8-bit gray to 16 levels (0 to 15) by error diffusion (Floyd, Steinberg 1976), rows alternating in direction.
 * Exact levels stay as they are. levels has width*height bytes. KITE_E_NOMEM. */
enum kite_status kite_rows_quantise(const struct kite_memory *mem, uint32_t width_px, uint32_t height_px,
                                    const uint8_t *gray, uint8_t *levels);
/* Filter rows of levels into out, which has the same size. The row above the first is all zero. */
void kite_rows_filter(enum kite_row_filter filter, uint32_t width_px, uint32_t rows, const uint8_t *levels, uint8_t *out);
/* And back, in place, to 8-bit gray. False: a value is out of range. */
bool kite_rows_unfilter(enum kite_row_filter filter, uint32_t width_px, uint32_t rows, uint8_t *bytes);

#endif
