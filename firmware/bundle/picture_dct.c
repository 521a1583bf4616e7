/* DCT8: 8 x 8 cosine transform, quantised as JPEG does, coefficients as tokens of a byte for deflate to pack.
 * All arithmetic is integer, and the inverse is exact by definition: every reader shows the same grays. */
#include "bundle/picture_codec.h"

#include <string.h>

#define SIDE KITE_DCT8_SIDE
#define COEFFICIENTS KITE_DCT8_COEFFICIENTS
#define DEQUANTISED_MAX 2047
#define DC_MAX 2047
#define DC_SHORT_MAX 126u /* first byte 2*DC + more; 254 and 255: two bytes follow */
#define VALUE_BYTE_MAX 254u
#define CLASS_SKIP 6u /* sixteen zeros */
#define CLASS_VALUE 7u
#define RUN_MAX 15u
#define TOKEN_LAST 0x80u

/* Row k: cosines of frequency k at positions 0 to 3, times 2^13; position 7-n is the same, negated for odd k. */
static const int32_t cosines[SIDE][SIDE / 2] = {
    { 2896, 2896, 2896, 2896 },   { 4017, 3406, 2276, 799 },   { 3784, 1567, -1567, -3784 },
    { 3406, -799, -4017, -2276 }, { 2896, -2896, -2896, 2896 }, { 2276, -4017, 799, 3406 },
    { 1567, -3784, 3784, -1567 }, { 799, -2276, 3406, -4017 },
};

/* From low to high frequencies (ITU-T T.81, figure A.6). */
static const uint8_t zigzag[COEFFICIENTS] = {
    0,  1,  8,  16, 9,  2,  3,  10, 17, 24, 32, 25, 18, 11, 4,  5,  12, 19, 26, 33, 40, 48,
    41, 34, 27, 20, 13, 6,  7,  14, 21, 28, 35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23,
    30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47, 55, 62, 63,
};

/* ITU-T T.81, table K.1: luminance at quality 50. */
static const uint8_t steps_50[COEFFICIENTS] = {
    16, 11, 10, 16, 24, 40, 51, 61, 12, 12, 14, 19, 26,  58,  60,  55,  14, 13, 16, 24,  40,  57,
    69, 56, 14, 17, 22, 29, 51, 87, 80, 62, 18, 22, 37,  56,  68,  109, 103, 77, 24, 35,  55,  64,
    81, 104, 113, 92, 49, 64, 78, 87, 103, 121, 120, 101, 72, 92, 95, 98, 112, 100, 103, 99,
};

/* Steps of a quality, as the Independent JPEG Group scales them. */
static void steps_of(uint8_t quality, int32_t steps[COEFFICIENTS])
{
    int32_t percent = quality < 50 ? 5000 / quality : 200 - 2 * quality;

    for (size_t i = 0; i < COEFFICIENTS; i++) {
        int32_t step = (steps_50[i] * percent + 50) / 100;

        steps[i] = step < 1 ? 1 : step > 255 ? 255 : step;
    }
}

/* value / 2^bits to the nearest, halves up; |value| below 10^9. */
static int32_t shift_round(int32_t value, unsigned bits)
{
    uint32_t above_zero = (uint32_t)(value + (1 << 30) + (1 << (bits - 1)));

    return (int32_t)(above_zero >> bits) - (int32_t)((1u << 30) >> bits);
}

/* ---- forward --------------------------------------------------------------------------------- */

/* One frequency of eight samples that lie stride apart. */
static int32_t project(const int32_t *at, size_t stride, size_t k)
{
    int32_t sum = 0;

    for (size_t n = 0; n < SIDE / 2; n++) {
        int32_t a = at[n * stride], b = at[(SIDE - 1 - n) * stride];

        sum += cosines[k][n] * (k % 2 == 0 ? a + b : a - b);
    }
    return sum;
}

static void forward_block(const int32_t samples[COEFFICIENTS], int16_t out[COEFFICIENTS])
{
    int32_t rows[COEFFICIENTS];

    for (size_t y = 0; y < SIDE; y++)
        for (size_t u = 0; u < SIDE; u++)
            rows[y * SIDE + u] = shift_round(project(samples + y * SIDE, 1, u), 7);
    for (size_t v = 0; v < SIDE; v++)
        for (size_t u = 0; u < SIDE; u++)
            out[v * SIDE + u] = (int16_t)shift_round(project(rows + u, SIDE, v), 16);
}

void kite_dct8_forward(struct kite_picture_size size, const uint8_t *gray, int16_t *coefficients)
{
    uint32_t across = kite_dct8_blocks(size.width_px), down = kite_dct8_blocks(size.height_px);
    int32_t samples[COEFFICIENTS];

    for (uint32_t by = 0; by < down; by++) {
        for (uint32_t bx = 0; bx < across; bx++) {
            for (uint32_t i = 0; i < COEFFICIENTS; i++) {
                uint32_t x = bx * SIDE + i % SIDE, y = by * SIDE + i / SIDE;

                x = x < size.width_px ? x : size.width_px - 1;
                y = y < size.height_px ? y : size.height_px - 1;
                samples[i] = gray[(size_t)y * size.width_px + x] - 128;
            }
            forward_block(samples, coefficients);
            coefficients += COEFFICIENTS;
        }
    }
}

/* ---- tokens ---------------------------------------------------------------------------------- */

/* To the nearest, but fractions up to 0.6 become 0 for all but the mean: fewer bytes for the same eye. */
static int32_t quantised(int32_t value8, int32_t step, bool is_mean)
{
    int32_t size = value8 < 0 ? -value8 : value8, step8 = step * 8;
    int32_t steps = is_mean ? (size + step8 / 2) / step8 : (5 * size + 2 * step8) / (5 * step8);

    return value8 < 0 ? -steps : steps;
}

/* 0, -1, 1, -2, ... as 0, 1, 2, 3, ... */
static uint32_t fold(int32_t value)
{
    return value < 0 ? (uint32_t)(-value) * 2 - 1 : (uint32_t)value * 2;
}

static int32_t unfold(uint32_t folded)
{
    return folded % 2 == 1 ? -(int32_t)((folded + 1) / 2) : (int32_t)(folded / 2);
}

static enum kite_status add_mean(int32_t difference, bool has_more, struct kite_buffer *out)
{
    uint32_t folded = fold(difference);

    if (folded <= DC_SHORT_MAX)
        return kite_buffer_add_u8(out, (uint8_t)(2 * folded + has_more));

    enum kite_status status = kite_buffer_add_u8(out, (uint8_t)(254 + has_more));

    return status == KITE_OK ? kite_buffer_add_u16(out, (uint16_t)folded) : status;
}

static enum kite_status add_value(uint32_t run, int32_t value, bool is_last, struct kite_buffer *out)
{
    uint32_t size = (uint32_t)(value < 0 ? -value : value);
    uint32_t class = size > 3 ? CLASS_VALUE : size - 1 + (value < 0 ? 3 : 0);
    uint32_t token = (is_last ? TOKEN_LAST : 0) | run << 3 | class;
    enum kite_status status = kite_buffer_add_u8(out, (uint8_t)token);
    uint32_t rest = 2 * (size - 4) + (value < 0);

    if (status != KITE_OK || class != CLASS_VALUE)
        return status;
    if (rest <= VALUE_BYTE_MAX)
        return kite_buffer_add_u8(out, (uint8_t)rest);
    status = kite_buffer_add_u8(out, VALUE_BYTE_MAX + 1);
    return status == KITE_OK ? kite_buffer_add_u16(out, (uint16_t)rest) : status;
}

/* values: quantised, in zigzag order. */
static enum kite_status add_block(const int32_t values[COEFFICIENTS], int32_t mean_before, struct kite_buffer *out)
{
    size_t last = COEFFICIENTS - 1;
    uint32_t run = 0;

    while (last > 0 && values[last] == 0)
        last--;

    enum kite_status status = add_mean(values[0] - mean_before, last > 0, out);

    for (size_t i = 1; i <= last && status == KITE_OK; i++) {
        if (values[i] != 0) {
            status = add_value(run, values[i], i == last, out);
            run = 0;
        } else if (++run > RUN_MAX) {
            status = kite_buffer_add_u8(out, CLASS_SKIP);
            run = 0;
        }
    }
    return status;
}

enum kite_status kite_dct8_add_strip(const int16_t *coefficients, uint32_t block_count, uint8_t quality,
                                     struct kite_buffer *out)
{
    int32_t steps[COEFFICIENTS], values[COEFFICIENTS], mean = 0;
    enum kite_status status = KITE_OK;

    steps_of(quality, steps);
    for (uint32_t i = 0; i < block_count && status == KITE_OK; i++) {
        const int16_t *block = coefficients + (size_t)i * COEFFICIENTS;

        for (size_t k = 0; k < COEFFICIENTS; k++)
            values[k] = quantised(block[zigzag[k]], steps[zigzag[k]], k == 0);
        status = add_block(values, mean, out);
        mean = values[0];
    }
    return status;
}

/* ---- inverse --------------------------------------------------------------------------------- */

static int32_t dequantised(int32_t value, int32_t step)
{
    int32_t product = value * step;

    return product > DEQUANTISED_MAX ? DEQUANTISED_MAX : product < -DEQUANTISED_MAX ? -DEQUANTISED_MAX : product;
}

/* The value behind a token that is no skip; false when its bytes are missing or not the shortest. */
static bool take_value(struct kite_bytes *in, uint32_t class, int32_t *value)
{
    if (class < CLASS_SKIP) {
        *value = class < 3 ? (int32_t)class + 1 : 2 - (int32_t)class;
        return true;
    }

    uint32_t rest = kite_take_u8(in);

    if (rest > VALUE_BYTE_MAX) {
        rest = kite_take_u16(in);
        if (rest <= VALUE_BYTE_MAX)
            return false;
    }
    *value = (int32_t)(rest / 2) + 4;
    if (rest % 2 == 1)
        *value = -*value;
    return !in->failed;
}

static bool take_mean(struct kite_bytes *in, int32_t *mean, bool *has_more)
{
    uint32_t first = kite_take_u8(in), folded = first / 2;

    *has_more = first % 2 == 1;
    if (folded > DC_SHORT_MAX) {
        folded = kite_take_u16(in);
        if (folded <= DC_SHORT_MAX)
            return false;
    }
    *mean += unfold(folded);
    return !in->failed && *mean >= -DC_MAX && *mean <= DC_MAX;
}

/* One block's dequantised coefficients; values beside the mean only when *has_more. */
static bool take_block(struct kite_bytes *in, const int32_t steps[COEFFICIENTS], int32_t *mean, bool *has_more,
                       int32_t out[COEFFICIENTS])
{
    if (!take_mean(in, mean, has_more))
        return false;
    memset(out, 0, COEFFICIENTS * sizeof *out);
    out[0] = dequantised(*mean, steps[0]);
    for (uint32_t at = 1, token = 0; *has_more && !(token & TOKEN_LAST); at++) {
        int32_t value;

        token = kite_take_u8(in);
        if (token == CLASS_SKIP) {
            at += RUN_MAX;
            continue;
        }
        at += token >> 3 & RUN_MAX;
        if (in->failed || at >= COEFFICIENTS || (token & 7) == CLASS_SKIP || !take_value(in, token & 7, &value))
            return false;
        out[zigzag[at]] = dequantised(value, steps[zigzag[at]]);
    }
    return true;
}

/* Eight samples, stride apart, from eight frequencies at the same places, rounded by bits. */
static void combine(const int32_t *from, size_t stride, unsigned bits, int32_t *to)
{
    for (size_t n = 0; n < SIDE / 2; n++) {
        int32_t even = 0, odd = 0;

        for (size_t k = 0; k < SIDE; k += 2) {
            even += cosines[k][n] * from[k * stride];
            odd += cosines[k + 1][n] * from[(k + 1) * stride];
        }
        to[n * stride] = shift_round(even + odd, bits);
        to[(SIDE - 1 - n) * stride] = shift_round(even - odd, bits);
    }
}

static bool is_zero_column(const int32_t *column)
{
    int32_t any = 0;

    for (size_t v = 0; v < SIDE; v++)
        any |= column[v * SIDE];
    return any == 0;
}

static void inverse_block(const int32_t in[COEFFICIENTS], int32_t out[COEFFICIENTS])
{
    int32_t columns[COEFFICIENTS];

    memset(columns, 0, sizeof columns);
    for (size_t u = 0; u < SIDE; u++)
        if (!is_zero_column(in + u))
            combine(in + u, SIDE, 10, columns + u);
    for (size_t y = 0; y < SIDE; y++)
        combine(columns + y * SIDE, 1, 16, out + y * SIDE);
}

static uint8_t gray_of(int32_t sample)
{
    int32_t gray = sample + 128;

    return (uint8_t)(gray < 0 ? 0 : gray > 255 ? 255 : gray);
}

/* Where a block of the strip shows: its part inside the picture. */
struct window {
    uint8_t *at;
    uint32_t width_px, rows, stride;
};

static void show_flat(struct window window, int32_t mean)
{
    int32_t column = shift_round(mean * cosines[0][0], 10);
    uint8_t gray = gray_of(shift_round(column * cosines[0][0], 16));

    for (uint32_t y = 0; y < window.rows; y++)
        memset(window.at + (size_t)y * window.stride, gray, window.width_px);
}

static void show_block(struct window window, const int32_t coefficients[COEFFICIENTS])
{
    int32_t samples[COEFFICIENTS];

    inverse_block(coefficients, samples);
    for (uint32_t y = 0; y < window.rows; y++)
        for (uint32_t x = 0; x < window.width_px; x++)
            window.at[(size_t)y * window.stride + x] = gray_of(samples[y * SIDE + x]);
}

static bool decode_strip(struct kite_bytes *in, const int32_t steps[COEFFICIENTS], uint32_t width, uint32_t rows,
                         uint8_t *strip)
{
    int32_t coefficients[COEFFICIENTS], mean = 0;

    for (uint32_t x = 0; x < width; x += SIDE) {
        struct window window = { strip + x, width - x < SIDE ? width - x : SIDE, rows, width };
        bool has_more;

        if (!take_block(in, steps, &mean, &has_more, coefficients))
            return false;
        if (has_more)
            show_block(window, coefficients);
        else
            show_flat(window, coefficients[0]);
    }
    return true;
}

enum kite_status kite_dct8_decode(const struct kite_picture_info *info, const struct kite_picture_rows *rows,
                                  struct kite_bytes *in, uint8_t *scratch, struct kite_fault *fault)
{
    int32_t steps[COEFFICIENTS];

    steps_of(info->quality, steps);
    for (uint32_t y = rows->first_row; y < rows->end_row; y += SIDE) {
        uint32_t count = rows->end_row - y < SIDE ? rows->end_row - y : SIDE;

        if (!decode_strip(in, steps, info->width_px, count, scratch))
            return kite_fail(fault, KITE_E_FORMAT, "the strip of a picture at row %u is broken", y);

        enum kite_status status = rows->row(rows->ctx, y, count, scratch);

        if (status != KITE_OK)
            return status;
    }
    return KITE_OK;
}
