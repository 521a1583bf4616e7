/* Ordered dithering, in reflectance and locked to the panel's pixels, so that a picture drawn in
 * parts or twice has the same pixels; with part of the error handed on within short stretches. */
#include "render/ink.h"

/* Bayer's matrix: thresholds 0 to 63, as even as they can be. */
static const uint8_t bayer[8][8] = {
    {0, 32, 8, 40, 2, 34, 10, 42},  {48, 16, 56, 24, 50, 18, 58, 26},
    {12, 44, 4, 36, 14, 46, 6, 38}, {60, 28, 52, 20, 62, 30, 54, 22},
    {3, 35, 11, 43, 1, 33, 9, 41},  {51, 19, 59, 27, 49, 17, 57, 25},
    {15, 47, 7, 39, 13, 45, 5, 37}, {63, 31, 55, 23, 61, 29, 53, 21},
};

#define LIGHT_BITS 20
#define TAKES_ERRORS_LEVELS 16 /* with fewer, the pattern of the thresholds hides the steps better than errors do */
#define BUSY_GRAYS 2           /* a pixel that differs by so much from the one before takes up its error */
/* Of the error, and of the thresholds' reach where it is taken up: tried on the six pictures of tests/quality, where the
 * least goes from 43.1 to 45.3 dB and no picture loses more than 0.3. */
#define ERROR_NUMERATOR 5
#define ERROR_DENOMINATOR 8
#define REACH_NUMERATOR 3
#define REACH_DENOMINATOR 4

static uint64_t reflectance(uint32_t gray)
{
    return kite_code_reflectance(gray * KITE_CODE_ONE);
}

static uint8_t gray_of_level(uint32_t level, uint32_t steps)
{
    return (uint8_t)(level * 255 / steps);
}

static void fill(struct kite_dither *dither, uint32_t gray)
{
    uint32_t steps = dither->steps, below = gray * steps / 255;
    uint32_t low = gray_of_level(below, steps), high = below < steps ? gray_of_level(below + 1, steps) : 255;
    uint64_t range = reflectance(high) - reflectance(low),
             part = reflectance(gray) - reflectance(low);

    dither->low[gray] = (uint8_t)low;
    dither->high[gray] = (uint8_t)high;
    /* Both are below 2^60, so the shares are counted in parts of range. */
    dither->share[gray] = (uint8_t)(range < 64 ? 0 : (part + range / 128) / (range / 64));
    dither->light[gray] = (int32_t)(reflectance(gray) / ((kite_reflectance_max() >> LIGHT_BITS) + 1));
}

void kite_dither_init(struct kite_dither *dither, int levels)
{
    dither->steps = (uint32_t)levels - 1;
    dither->takes_errors = levels >= TAKES_ERRORS_LEVELS;
    for (uint32_t gray = 0; gray < 256; gray++)
        fill(dither, gray);
}

/* The level for a light between two grays of the table, by a threshold of 0 to 63. */
static uint8_t choose(const struct kite_dither *dither, uint8_t near, int32_t light, int32_t threshold)
{
    uint32_t level = dither->low[near] * dither->steps / 255;
    uint8_t low = dither->low[near], high = dither->high[near];

    while (level > 0 && light < dither->light[low]) {
        high = low;
        low = gray_of_level(--level, dither->steps);
    }
    while (level + 1 < dither->steps && light >= dither->light[high]) {
        low = high;
        high = gray_of_level(++level + 1, dither->steps);
    }

    /* In 128ths: the middle of the threshold's step, brought nearer to one half. */
    int32_t at = 64 + (2 * threshold + 1 - 64) * REACH_NUMERATOR / REACH_DENOMINATOR;
    int32_t range = dither->light[high] - dither->light[low];

    return (int64_t)(light - dither->light[low]) * 128 > (int64_t)at * range ? high : low;
}

/* A line in which errors are handed on, from `known` pixels before its first on. */
static void hand_on(const struct kite_dither *dither, const struct kite_dither_line *line, const uint8_t thresholds[8],
                    const uint8_t *gray, ptrdiff_t gray_step)
{
    int32_t start = line->is_column ? line->y : line->x, error = 0;

    for (int32_t i = -line->known; i < line->count; i++) {
        const uint8_t *now = gray + i * gray_step, *before = now - gray_step;
        bool is_busy = i > -line->known && (start + i) % KITE_DITHER_STRETCH != 0 &&
                       (*now > *before ? *now - *before : *before - *now) >= BUSY_GRAYS;
        int32_t light = dither->light[*now] + (is_busy ? error : 0);
        int32_t threshold = thresholds[(uint32_t)i % 8];
        uint8_t out = is_busy                            ? choose(dither, *now, light, threshold)
                      : threshold < dither->share[*now] ? dither->high[*now]
                                                         : dither->low[*now];

        error = (light - dither->light[out]) * ERROR_NUMERATOR / ERROR_DENOMINATOR;
        if (i >= 0)
            line->out[i * line->step] = out;
    }
}

void kite_dither_line(const struct kite_dither *dither, const struct kite_dither_line *line,
                      const uint8_t *gray, ptrdiff_t gray_step)
{
    uint32_t x = (uint32_t)line->x, y = (uint32_t)line->y;
    uint8_t *out = line->out, thresholds[8];

    for (uint32_t i = 0; i < 8; i++)
        thresholds[i] = line->is_column ? bayer[(y + i) % 8][x % 8] : bayer[y % 8][(x + i) % 8];
    if (dither != NULL && dither->takes_errors) {
        hand_on(dither, line, thresholds, gray, gray_step);
        return;
    }
    for (uint32_t i = 0; i < (uint32_t)line->count; i++, gray += gray_step, out += line->step) {
        if (dither == NULL)
            *out = *gray;
        else if (thresholds[i % 8] < dither->share[*gray])
            *out = dither->high[*gray];
        else
            *out = dither->low[*gray];
    }
}
