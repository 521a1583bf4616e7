/* raster: outlines to exact area coverage. Private to the render room. */
#ifndef KITE_RENDER_RASTER_H
#define KITE_RENDER_RASTER_H

#include "base/base.h"

#define KITE_RASTER_CELLS 4096 /* differences held at a time; higher boxes are made in bands */
#define KITE_RASTER_SIDE_MAX_PX 2048

struct kite_raster {
    int32_t cells[KITE_RASTER_CELLS];     /* all zero between calls */
    int32_t stride, first_row, row_count; /* of the band */
    int32_t origin_x, origin_y;           /* added to what comes in, 1/256 px */
    int32_t x, y;                         /* pen, 1/256 px */
};

/* Where the pixels of an outline's box go: pixel (x, y) of it to start + x * column_step + y *
 * row_step, as table[coverage]. Those without coverage are left alone. */
struct kite_raster_target {
    uint8_t *start;
    ptrdiff_t column_step, row_step;
    const uint8_t *table; /* [256] */
};

/* Fill an outline. left_f26 and top_f26 (y upwards) are where the box of width x height pixels
 * begins, in the outline's coordinates; nothing of the outline may lie outside. Both sides at most
 * KITE_RASTER_SIDE_MAX_PX. The rule is non-zero winding for outlines that do not cross themselves
 * against the grain, as in fonts. Method: signed area differences and one running sum a row, exact
 * to 1/256 px, integers throughout. */
struct FT_Outline_;
void kite_raster_fill(struct kite_raster *raster, struct FT_Outline_ *outline, kite_f26 left_f26,
                      kite_f26 top_f26, int32_t width, int32_t height,
                      const struct kite_raster_target *target);

#endif
