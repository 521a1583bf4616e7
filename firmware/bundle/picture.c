/* Rows of 16 grays. */
#include "bundle/picture.h"

#include <string.h>

uint32_t kite_rows_per_block(uint32_t width_px)
{
    uint32_t rows = KITE_BLOCK_BYTES_MAX / 2 / width_px;

    return rows > 0 ? rows : 1;
}

static int clamp_gray(int value)
{
    return value < 0 ? 0 : value > 255 ? 255 : value;
}

enum kite_status kite_rows_quantise(const struct kite_memory *mem, uint32_t width_px, uint32_t height_px,
                                    const uint8_t *gray, uint8_t *levels)
{
    size_t width = width_px;
    int *errors = kite_alloc(mem, 2 * (width + 2), sizeof *errors); /* in sixteenths, this row and the next */

    if (!errors)
        return KITE_E_NOMEM;

    int *here = errors + 1, *below = errors + width + 3;

    for (uint32_t y = 0; y < height_px; y++) {
        bool is_back = y % 2 == 1;

        memset(below - 1, 0, (width + 2) * sizeof *below);
        for (size_t i = 0; i < width; i++) {
            size_t x = is_back ? width - 1 - i : i;
            ptrdiff_t on = is_back ? -1 : 1;
            int wanted = clamp_gray(gray[y * width + x] + here[x] / 16);
            int level = (wanted * 15 + 127) / 255;
            int error = wanted - level * 17;

            levels[y * width + x] = (uint8_t)level;
            here[(ptrdiff_t)x + on] += error * 7;
            below[(ptrdiff_t)x - on] += error * 3;
            below[x] += error * 5;
            below[(ptrdiff_t)x + on] += error;
        }

        int *swap = here;

        here = below;
        below = swap;
    }
    kite_free(mem, errors);
    return KITE_OK;
}

static unsigned predicted(enum kite_row_filter filter, unsigned left, unsigned up)
{
    switch (filter) {
    case KITE_FILTER_LEFT:
        return left;
    case KITE_FILTER_UP:
        return up;
    case KITE_FILTER_MEAN:
        return (left + up) / 2;
    case KITE_FILTER_NONE:
    case KITE_FILTER_COUNT:
        break;
    }
    return 0;
}

void kite_rows_filter(enum kite_row_filter filter, uint32_t width_px, uint32_t rows, const uint8_t *levels, uint8_t *out)
{
    for (uint32_t y = 0; y < rows; y++) {
        for (uint32_t x = 0; x < width_px; x++) {
            size_t at = (size_t)y * width_px + x;
            unsigned left = x > 0 ? levels[at - 1] : 0, up = y > 0 ? levels[at - width_px] : 0;

            out[at] = (levels[at] - predicted(filter, left, up)) & 15;
        }
    }
}

bool kite_rows_unfilter(enum kite_row_filter filter, uint32_t width_px, uint32_t rows, uint8_t *bytes)
{
    if (filter >= KITE_FILTER_COUNT)
        return false;
    for (uint32_t y = 0; y < rows; y++) {
        unsigned left = 0;

        for (uint32_t x = 0; x < width_px; x++) {
            size_t at = (size_t)y * width_px + x;
            unsigned up = y > 0 ? bytes[at - width_px] / 17u : 0;

            if (bytes[at] > 15)
                return false;
            left = (bytes[at] + predicted(filter, left, up)) & 15;
            bytes[at] = (uint8_t)(left * 17);
        }
    }
    return true;
}
