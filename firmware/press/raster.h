/* raster: PNG, JPEG and WebP bytes to gray pixels of a size that a panel shows. Private to the press room.
 *
 * Light is added up as light: pixels are averaged by area in linear sRGB, by Rec. 709 luminance, so thin lines
 * keep their weight. What is transparent shows white paper. Pictures only ever become smaller. A JPEG stands as the
 * camera says that it was held. */
#ifndef KITE_PRESS_RASTER_H
#define KITE_PRESS_RASTER_H

#include "base/base.h"

#define KITE_RASTER_PIXELS_MAX (64u << 20)       /* of the source */
#define KITE_RASTER_WHOLE_PIXELS_MAX (16u << 20) /* of one that must be held whole: interlaced, progressive, WebP */
#define KITE_RASTER_SIDE_MAX 65500u

struct kite_raster {
    struct kite_memory mem;
    uint32_t width_px, height_px;
    uint8_t *gray; /* width_px*height_px, row by row, 0 black */
};

enum kite_raster_kind { KITE_RASTER_UNKNOWN = 0, KITE_RASTER_PNG, KITE_RASTER_JPEG, KITE_RASTER_WEBP };

/* What the bytes are, by their first ones. */
enum kite_raster_kind kite_raster_kind(const uint8_t *bytes, size_t count);

struct kite_raster_limit {
    uint32_t width_px, height_px; /* above 0 */
};

/* Decode, scaled down to fit limit with its proportions kept; a side is at least 1 px.
 *
 * out  filled in; given back with kite_raster_close
 *
 * KITE_E_UNSUPPORTED none of these, or a WebP that moves; KITE_E_FORMAT broken (a JPEG cut short is filled up with gray);
 * KITE_E_LIMIT too many pixels, or scans; KITE_E_RANGE a limit of 0; KITE_E_NOMEM. out is empty on failure. */
enum kite_status kite_raster_decode(const struct kite_memory *mem, const uint8_t *bytes, size_t count,
                                    struct kite_raster_limit limit, struct kite_raster *out,
                                    struct kite_fault *fault);
void kite_raster_close(struct kite_raster *raster); /* may be called twice; all-zero is fine */

#endif
