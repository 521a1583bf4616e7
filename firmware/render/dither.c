/* Ordered dithering, in reflectance and locked to the panel's pixels, so that a picture drawn in
 * parts or twice has the same pixels. */
#include "render/ink.h"

/* Bayer's matrix: thresholds 0 to 63, as even as they can be. */
static const uint8_t bayer[8][8] = {
    {0, 32, 8, 40, 2, 34, 10, 42},  {48, 16, 56, 24, 50, 18, 58, 26},
    {12, 44, 4, 36, 14, 46, 6, 38}, {60, 28, 52, 20, 62, 30, 54, 22},
    {3, 35, 11, 43, 1, 33, 9, 41},  {51, 19, 59, 27, 49, 17, 57, 25},
    {15, 47, 7, 39, 13, 45, 5, 37}, {63, 31, 55, 23, 61, 29, 53, 21},
};

static uint64_t reflectance(uint32_t gray)
{
    return kite_code_reflectance(gray * KITE_CODE_ONE);
}

static void fill(struct kite_dither *dither, uint32_t gray, int levels)
{
    uint32_t steps = (uint32_t)levels - 1, below = gray * steps / 255;
    uint32_t low = below * 255 / steps, high = below < steps ? (below + 1) * 255 / steps : 255;
    uint64_t range = reflectance(high) - reflectance(low),
             part = reflectance(gray) - reflectance(low);

    dither->low[gray] = (uint8_t)low;
    dither->high[gray] = (uint8_t)high;
    /* Both are below 2^60, so the shares are counted in parts of range. */
    dither->share[gray] = (uint8_t)(range < 64 ? 0 : (part + range / 128) / (range / 64));
}

void kite_dither_init(struct kite_dither *dither, int levels)
{
    for (uint32_t gray = 0; gray < 256; gray++)
        fill(dither, gray, levels);
}

void kite_dither_line(const struct kite_dither *dither, const struct kite_dither_line *line,
                      const uint8_t *gray, ptrdiff_t gray_step)
{
    uint32_t x = (uint32_t)line->x, y = (uint32_t)line->y;
    uint8_t *out = line->out, thresholds[8];

    for (uint32_t i = 0; i < 8; i++)
        thresholds[i] = line->is_column ? bayer[(y + i) % 8][x % 8] : bayer[y % 8][(x + i) % 8];
    for (uint32_t i = 0; i < (uint32_t)line->count; i++, gray += gray_step, out += line->step) {
        if (dither == NULL)
            *out = *gray;
        else if (thresholds[i % 8] < dither->share[*gray])
            *out = dither->high[*gray];
        else
            *out = dither->low[*gray];
    }
}

uint8_t kite_dither_ordered(uint8_t gray, int32_t x, int32_t y, int levels)
{
    struct kite_dither dither;

    if (levels >= 256)
        return gray;
    fill(&dither, gray, levels);
    return bayer[(uint32_t)y % 8][(uint32_t)x % 8] < dither.share[gray] ? dither.high[gray]
                                                                        : dither.low[gray];
}
