/* ink: how dark a panel's codes are. Private to the render room.
 *
 * The panel is taken to show 41 % white and 2.5 % black, its codes equally spaced in lightness (CIE
 * L*), which within that range is a cube root of reflectance. All integers, so every machine has
 * the same tables. */
#ifndef KITE_RENDER_INK_H
#define KITE_RENDER_INK_H

#include "render/render.h"

#define KITE_CODE_ONE 256                   /* parts of a gray value */
#define KITE_CODE_MAX (255 * KITE_CODE_ONE) /* white */

/* Reflectance of a code, 0 to KITE_CODE_MAX, above black; 0 to KITE_REFLECTANCE_MAX, which is
 * white. */
uint64_t kite_code_reflectance(uint32_t code);
uint64_t kite_reflectance_max(void);

/* Dithering in reflectance to 2, 4 or 16 levels: 8x8 ordered, locked to the canvas. With 16 levels a pixel that differs from
 * the one before it also takes up part of that one's error, so that grain and fine texture do not fall out of step with the
 * thresholds; never across a stretch of 8, so that a part drawn again has the same pixels. */
#define KITE_DITHER_STRETCH 8
struct kite_dither {
    uint32_t steps;              /* levels less one */
    bool takes_errors;
    uint8_t low[256], high[256]; /* the levels on both sides of a gray */
    uint8_t share[256];          /* of 64 pixels, how many are high */
    int32_t light[256];          /* reflectance of a gray, 2^-20 of white's */
};
void kite_dither_init(struct kite_dither *dither, int levels);

/* Pixels in a row or column of the canvas: the first at (x, y), `step` bytes apart at out. */
struct kite_dither_line {
    int32_t x, y, count;
    int32_t known; /* pixels before the first whose grays are known too; KITE_DITHER_STRETCH - 1 are enough */
    bool is_column;
    uint8_t *out;
    ptrdiff_t step;
};
/* gray[0], gray[gray_step] ... through the dither, or as they are when it is NULL. */
void kite_dither_line(const struct kite_dither *dither, const struct kite_dither_line *line,
                      const uint8_t *gray, ptrdiff_t gray_step);

#endif
