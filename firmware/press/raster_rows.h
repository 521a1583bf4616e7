/* raster_rows: rows of a picture, averaged down as they come. Shared by the decoders of raster.h. */
#ifndef KITE_PRESS_RASTER_ROWS_H
#define KITE_PRESS_RASTER_ROWS_H

#include "press/raster.h"

/* How a source row's pixels lie, a byte a channel. */
enum kite_raster_channels {
    KITE_RASTER_GRAY = 1,
    KITE_RASTER_GRAY_ALPHA = 2,
    KITE_RASTER_RGB = 3,
    KITE_RASTER_RGB_ALPHA = 4,
    KITE_RASTER_CMYK = 5 /* four channels, as Adobe writes them: 255 is no ink */
};

/* Averaging by area, exact: a source pixel weighs what it covers of a pixel of the result, in units of one
 * width_px-th by one height_px-th of a source pixel. */
struct kite_raster_rows {
    struct kite_raster *out;
    struct kite_raster_limit limit;
    uint32_t width_px, height_px; /* of the source */
    uint32_t row;                 /* source rows added so far */
    uint32_t out_row;             /* rows of the result that are done */
    uint64_t *across;             /* [out->width_px] one source row, averaged across */
    uint64_t *sums;               /* [out->width_px] of the row in hand */
};

/* Check the source's size, choose the result's and allocate. KITE_E_LIMIT, KITE_E_FORMAT for an empty picture,
 * KITE_E_NOMEM. */
enum kite_status kite_raster_rows_begin(struct kite_raster_rows *rows, uint32_t width_px, uint32_t height_px,
                                        bool held_whole, struct kite_fault *fault);
/* Add the next source row; rows beyond the last are ignored. */
void kite_raster_rows_add(struct kite_raster_rows *rows, const uint8_t *pixels, enum kite_raster_channels channels);
void kite_raster_rows_end(struct kite_raster_rows *rows); /* frees the work memory */

enum kite_status kite_raster_png(const struct kite_memory *mem, const uint8_t *bytes, size_t count,
                                 struct kite_raster_rows *rows, struct kite_fault *fault);
enum kite_status kite_raster_jpeg(const struct kite_memory *mem, const uint8_t *bytes, size_t count,
                                  struct kite_raster_rows *rows, struct kite_fault *fault);
enum kite_status kite_raster_webp(const struct kite_memory *mem, const uint8_t *bytes, size_t count,
                                  struct kite_raster_rows *rows, struct kite_fault *fault);

/* 1 to 8 as Exif counts; 1, as it is stored, when the JPEG does not say. Any bytes are fine. */
unsigned kite_raster_jpeg_orientation(const uint8_t *bytes, size_t count);
/* Turn and mirror what was stored under an orientation, so that it stands upright. KITE_E_NOMEM leaves it as it was. */
enum kite_status kite_raster_turn(struct kite_raster *raster, unsigned orientation, struct kite_fault *fault);

#endif
