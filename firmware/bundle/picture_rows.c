/* ROWS4: 16 grays, filtered like PNG's rows but level by level, two levels a byte. */
#include "bundle/picture_codec.h"

#include <string.h>

#define LEVEL_MASK 15u

void kite_rows4_round(struct kite_picture_size size, const uint8_t *gray, uint8_t *levels)
{
    size_t count = (size_t)size.width_px * size.height_px;

    for (size_t i = 0; i < count; i++)
        levels[i] = (uint8_t)((gray[i] + KITE_ROWS4_GRAY_STEP / 2) / KITE_ROWS4_GRAY_STEP);
}

/* Nearest level of a gray with errors added, which may lie outside 0 to 255. */
static uint8_t level_near(int32_t gray)
{
    if (gray < 0)
        return 0;
    if (gray > 255)
        return LEVEL_MASK;
    return (uint8_t)((gray + 8) / (int32_t)KITE_ROWS4_GRAY_STEP);
}

/* One row; errors are in 1/16 gray and have one cell more on either side. */
static void diffuse_row(const uint8_t *gray, uint8_t *levels, uint32_t width, bool backward, const int32_t *now,
                        int32_t *next)
{
    int32_t carried = 0;
    uint32_t ahead = backward ? 0 : 2, behind = backward ? 2 : 0;

    for (uint32_t i = 0; i < width; i++) {
        uint32_t x = backward ? width - 1 - i : i;
        int32_t owed = now[x + 1] + carried;
        int32_t wanted = gray[x] + kite_f26_floor_px((owed + 8) * 4);

        levels[x] = level_near(wanted);

        int32_t error = wanted - levels[x] * (int32_t)KITE_ROWS4_GRAY_STEP;

        carried = error * 7;
        next[x + ahead] += error;
        next[x + 1] += error * 5;
        next[x + behind] += error * 3;
    }
}

enum kite_status kite_rows4_diffuse(const struct kite_memory *mem, struct kite_picture_size size, const uint8_t *gray,
                                    uint8_t *levels)
{
    uint32_t width = size.width_px;
    size_t cells = (size_t)width + 2;
    int32_t *errors = kite_alloc(mem, 2 * cells, sizeof *errors);

    if (!errors)
        return KITE_E_NOMEM;
    for (uint32_t y = 0; y < size.height_px; y++) {
        int32_t *now = errors + (y % 2) * cells, *next = errors + ((y + 1) % 2) * cells;

        memset(next, 0, cells * sizeof *next);
        diffuse_row(gray + (size_t)y * width, levels + (size_t)y * width, width, y % 2 == 1, now, next);
    }
    kite_free(mem, errors);
    return KITE_OK;
}

/* Whichever of left, above and corner is nearest to left + above - corner; ties in that order (PNG, 9.4). */
static uint32_t paeth(uint32_t left, uint32_t above, uint32_t corner)
{
    int32_t l = (int32_t)left, a = (int32_t)above, c = (int32_t)corner, guess = l + a - c;
    int32_t to_left = guess > l ? guess - l : l - guess;
    int32_t to_above = guess > a ? guess - a : a - guess;
    int32_t to_corner = guess > c ? guess - c : c - guess;

    if (to_left <= to_above && to_left <= to_corner)
        return left;
    return to_above <= to_corner ? above : corner;
}

static uint32_t predict(enum kite_picture_filter filter, uint32_t left, uint32_t above, uint32_t corner)
{
    switch (filter) {
    case KITE_PICTURE_FILTER_LEFT:
        return left;
    case KITE_PICTURE_FILTER_UP:
        return above;
    case KITE_PICTURE_FILTER_PAETH:
        return paeth(left, above, corner);
    default:
        return 0;
    }
}

enum kite_status kite_rows4_add_row(const uint8_t *levels, const uint8_t *above, uint32_t width_px,
                                    enum kite_picture_filter filter, struct kite_buffer *out)
{
    uint8_t packed[(KITE_PICTURE_SIDE_MAX + 1) / 2];
    uint32_t left = 0, corner = 0;

    for (uint32_t x = 0; x < width_px; x++) {
        uint32_t up = above ? above[x] : 0;
        uint32_t rest = (levels[x] - predict(filter, left, up, corner)) & LEVEL_MASK;

        left = levels[x];
        corner = up;
        packed[x / 2] = (uint8_t)(x % 2 == 0 ? rest << 4 : packed[x / 2] | rest);
    }
    return kite_buffer_add(out, packed, (width_px + 1) / 2);
}

/* above and row hold grays; a level is a gray by KITE_ROWS4_GRAY_STEP. */
static void unfilter_row(const uint8_t *packed, enum kite_picture_filter filter, const uint8_t *above, uint8_t *row,
                         uint32_t width)
{
    uint32_t left = 0, corner = 0;

    for (uint32_t x = 0; x < width; x++) {
        uint32_t rest = x % 2 == 0 ? packed[x / 2] >> 4 : packed[x / 2] & LEVEL_MASK;
        uint32_t up = above[x] / KITE_ROWS4_GRAY_STEP;

        left = (rest + predict(filter, left, up, corner)) & LEVEL_MASK;
        corner = up;
        row[x] = (uint8_t)(left * KITE_ROWS4_GRAY_STEP);
    }
}

enum kite_status kite_rows4_decode(const struct kite_picture_info *info, const struct kite_picture_rows *rows,
                                   struct kite_bytes *in, uint8_t *scratch, struct kite_fault *fault)
{
    uint32_t width = info->width_px, row_bytes = (width + 1) / 2;
    uint8_t *above = scratch, *strip = scratch + width;

    memset(above, 0, width);
    for (uint32_t y = rows->first_row; y < rows->end_row; y += KITE_PICTURE_STRIP_ROWS) {
        uint32_t left = rows->end_row - y;
        uint32_t count = left < KITE_PICTURE_STRIP_ROWS ? left : KITE_PICTURE_STRIP_ROWS;

        for (uint32_t i = 0; i < count; i++) {
            const uint8_t *packed = kite_take_bytes(in, row_bytes);

            if (!packed)
                return kite_fail(fault, KITE_E_FORMAT, "row %u of a picture is cut short", y + i);
            unfilter_row(packed, (enum kite_picture_filter)info->filter, strip + (size_t)i * width - width,
                         strip + (size_t)i * width, width);
        }

        enum kite_status status = rows->row(rows->ctx, y, count, strip);

        if (status != KITE_OK)
            return status;
        memcpy(above, strip + (size_t)(count - 1) * width, width);
    }
    return KITE_OK;
}
