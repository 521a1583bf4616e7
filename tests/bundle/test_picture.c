/* Picture codecs: what is exact stays exact, what is not is good enough, and hostile blocks stay
 * inside their rows. */
#include "bundle/format.h"
#include "bundle/pictures.h"
#include "check.h"

#include <string.h>

#define ROUNDS 3000

struct canvas {
    uint32_t width_px, height_px, next_row, end_row;
    uint8_t *gray;
};

static enum kite_status keep(void *ctx, uint32_t y, uint32_t rows, const uint8_t *gray)
{
    struct canvas *canvas = ctx;

    assert_true(rows >= 1 && rows <= KITE_PICTURE_STRIP_ROWS);
    assert_int_equal(y, canvas->next_row);
    assert_true(y + rows <= canvas->end_row);
    memcpy(canvas->gray + (size_t)y * canvas->width_px, gray, (size_t)rows * canvas->width_px);
    canvas->next_row += rows;
    return KITE_OK;
}

static uint32_t next_random(uint32_t *seed)
{
    *seed = *seed * 1664525u + 1013904223u;
    return *seed >> 8;
}

static struct kite_picture_rows rows_of(const struct kite_picture *picture, size_t block,
                                        struct canvas *canvas)
{
    bool is_last = block + 1 == picture->block_count;
    struct kite_picture_rows rows = {.first_row = picture->blocks[block].first_row,
                                     .end_row = is_last ? picture->info.height_px
                                                        : picture->blocks[block + 1].first_row,
                                     .ctx = canvas,
                                     .row = keep};

    canvas->next_row = rows.first_row;
    canvas->end_row = rows.end_row;
    return rows;
}

static void inflate(const struct kite_picture *picture, size_t block,
                    uint8_t out[KITE_PICTURE_BLOCK_BYTES_MAX])
{
    struct kite_memory heap = kite_memory_heap();
    struct kite_inflater *inflater;
    const struct kite_picture_block *b = &picture->blocks[block];

    assert_true(b->inflated_bytes >= 1 && b->inflated_bytes <= KITE_PICTURE_BLOCK_BYTES_MAX);
    assert_int_equal(kite_inflater_create(&heap, &inflater), KITE_OK);
    assert_int_equal(kite_inflate(inflater, picture->bytes + b->offset_bytes, b->stored_bytes, out,
                                  b->inflated_bytes),
                     KITE_OK);
    kite_inflater_destroy(inflater);
}

/* From the last block to the first: each stands alone. */
static void decode(const struct kite_picture *picture, uint8_t *gray)
{
    struct canvas canvas = {picture->info.width_px, picture->info.height_px, 0, 0, gray};
    uint8_t *scratch = malloc((size_t)picture->info.width_px * KITE_PICTURE_SCRATCH_ROWS);
    uint8_t bytes[KITE_PICTURE_BLOCK_BYTES_MAX];

    assert_int_equal(kite_picture_check_info(&picture->info, NULL), KITE_OK);
    assert_int_equal(picture->blocks[0].first_row, 0);
    for (size_t i = picture->block_count; i-- > 0;) {
        struct kite_picture_rows rows = rows_of(picture, i, &canvas);

        inflate(picture, i, bytes);
        assert_int_equal(kite_picture_block_decode(&picture->info, &rows, bytes,
                                                   picture->blocks[i].inflated_bytes, scratch,
                                                   NULL),
                         KITE_OK);
        assert_int_equal(canvas.next_row, rows.end_row);
    }
    free(scratch);
}

static struct kite_picture encode(uint32_t width_px, uint32_t height_px, const uint8_t *gray)
{
    struct kite_memory heap = kite_memory_heap();
    struct kite_picture picture;

    assert_int_equal(kite_picture_encode(&heap, width_px, height_px, gray, 0, &picture, NULL),
                     KITE_OK);
    return picture;
}

/* ---- pictures to try ------------------------------------------------------------------------- */

/* Lines, boxes and flat grays of exact levels. */
static void draw_lines(uint32_t width_px, uint32_t height_px, uint8_t *gray)
{
    for (uint32_t y = 0; y < height_px; y++)
        for (uint32_t x = 0; x < width_px; x++) {
            bool is_ink = x % 17 == 3 || y % 23 == 5 || (x * 3 + y * 5) % 61 < 2;

            gray[(size_t)y * width_px + x] = is_ink ? 0 : (uint8_t)(x / 40 % 2 == 0 ? 255 : 187);
        }
}

/* Soft light with a little grain, as a photograph has. */
static void draw_photo(uint32_t width_px, uint32_t height_px, uint8_t *gray)
{
    uint32_t seed = 7;

    for (uint32_t y = 0; y < height_px; y++)
        for (uint32_t x = 0; x < width_px; x++) {
            int32_t dx = (int32_t)(x % 160) - 80, dy = (int32_t)(y % 130) - 65;
            int32_t light = 230 - (dx * dx + dy * dy) / 60 + (int32_t)(x * 20 / width_px);

            light += (int32_t)(next_random(&seed) % 7) - 3;
            gray[(size_t)y * width_px + x] = (uint8_t)(light < 0 ? 0 : light > 255 ? 255 : light);
        }
}

static void draw_noise(uint32_t width_px, uint32_t height_px, uint8_t *gray)
{
    uint32_t seed = 99;

    for (size_t i = 0; i < (size_t)width_px * height_px; i++)
        gray[i] = (uint8_t)next_random(&seed);
}

/* Squared error after a 5 x 5 blur by 1 4 6 4 1, times 256^2; counted plainly. */
static uint64_t blurred_error(uint32_t width_px, uint32_t height_px, const uint8_t *a,
                              const uint8_t *b)
{
    static const int32_t weights[5] = {1, 4, 6, 4, 1};
    uint64_t total = 0;

    for (int32_t y = 0; y < (int32_t)height_px; y++)
        for (int32_t x = 0; x < (int32_t)width_px; x++) {
            int64_t sum = 0;

            for (int32_t j = -2; j <= 2; j++)
                for (int32_t i = -2; i <= 2; i++) {
                    int32_t v = y + j < 0                     ? 0
                                : y + j >= (int32_t)height_px ? (int32_t)height_px - 1
                                                              : y + j;
                    int32_t u = x + i < 0                    ? 0
                                : x + i >= (int32_t)width_px ? (int32_t)width_px - 1
                                                             : x + i;
                    size_t at = (size_t)v * width_px + (size_t)u;

                    sum += weights[i + 2] * weights[j + 2] * (a[at] - b[at]);
                }
            total += (uint64_t)(sum * sum);
        }
    return total;
}

/* ---- tests ----------------------------------------------------------------------------------- */

static void sixteen_levels_stay_exact(void **state)
{
    static const uint32_t sizes[][2] = {{1, 1},    {2, 1},    {1, 50},   {7, 9},    {8, 8},
                                        {333, 97}, {4096, 3}, {3, 4096}, {600, 400}};

    (void)state;
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        uint32_t width = sizes[i][0], height = sizes[i][1];
        uint8_t *gray = malloc((size_t)width * height), *back = malloc((size_t)width * height);

        draw_lines(width, height, gray);

        struct kite_picture picture = encode(width, height, gray);

        assert_int_equal(picture.info.codec, KITE_PICTURE_ROWS4);
        decode(&picture, back);
        assert_memory_equal(gray, back, (size_t)width * height);
        kite_picture_close(&picture);
        free(gray);
        free(back);
    }
}

static void check_good(void (*draw)(uint32_t, uint32_t, uint8_t *), uint32_t width, uint32_t height,
                       int codec)
{
    uint8_t *gray = malloc((size_t)width * height), *back = malloc((size_t)width * height);

    draw(width, height, gray);

    struct kite_picture picture = encode(width, height, gray);

    if (codec)
        assert_int_equal(picture.info.codec, codec);
    decode(&picture, back);
    /* 46 dB: 255^2 / 10^4.6 is 1.6334 for a pixel */
    assert_true(blurred_error(width, height, gray, back) <= (uint64_t)width * height * 107047);
    kite_picture_close(&picture);
    free(gray);
    free(back);
}

static void photographs_become_dct_and_look_alike(void **state)
{
    (void)state;
    check_good(draw_photo, 400, 300, KITE_PICTURE_DCT8);
    check_good(draw_photo, 333, 251, KITE_PICTURE_DCT8);
    check_good(draw_photo, 1072, 40, KITE_PICTURE_DCT8);
}

static void noise_looks_alike(void **state)
{
    (void)state;
    check_good(draw_noise, 201, 103, 0);
}

static void same_picture_gives_same_bytes(void **state)
{
    static uint8_t gray[200 * 150];

    (void)state;
    draw_photo(200, 150, gray);

    struct kite_picture a = encode(200, 150, gray), b = encode(200, 150, gray);

    assert_int_equal(a.byte_count, b.byte_count);
    assert_memory_equal(a.bytes, b.bytes, a.byte_count);
    kite_picture_close(&a);
    kite_picture_close(&b);
}

/* ---- the inverse transform, said plainly ----------------------------------------------------- */

static const int32_t basis[8][8] = {
    {2896, 2896, 2896, 2896, 2896, 2896, 2896, 2896},
    {4017, 3406, 2276, 799, -799, -2276, -3406, -4017},
    {3784, 1567, -1567, -3784, -3784, -1567, 1567, 3784},
    {3406, -799, -4017, -2276, 2276, 4017, 799, -3406},
    {2896, -2896, -2896, 2896, 2896, -2896, -2896, 2896},
    {2276, -4017, 799, 3406, -3406, -799, 4017, -2276},
    {1567, -3784, 3784, -1567, -1567, 3784, -3784, 1567},
    {799, -2276, 3406, -4017, 4017, -3406, 2276, -799},
};

static int64_t floor_shift(int64_t value, int bits)
{
    int64_t whole = (int64_t)1 << bits, sum = value + whole / 2;

    return sum >= 0 ? sum / whole : -((whole - 1 - sum) / whole);
}

static void inverse(int32_t in[8][8], uint8_t out[64])
{
    int64_t columns[8][8];

    for (int y = 0; y < 8; y++)
        for (int u = 0; u < 8; u++) {
            int64_t sum = 0;

            for (int v = 0; v < 8; v++)
                sum += basis[v][y] * (int64_t)in[v][u];
            columns[y][u] = floor_shift(sum, 10);
        }
    for (int y = 0; y < 8; y++)
        for (int x = 0; x < 8; x++) {
            int64_t sum = 0;

            for (int u = 0; u < 8; u++)
                sum += basis[u][x] * columns[y][u];
            sum = floor_shift(sum, 16) + 128;
            out[y * 8 + x] = (uint8_t)(sum < 0 ? 0 : sum > 255 ? 255 : sum);
        }
}

/* Quality 100 has steps of 1, so that tokens are coefficients. */
static void check_block(int32_t in[8][8])
{
    static const uint8_t zigzag[64] = {
        0,  1,  8,  16, 9,  2,  3,  10, 17, 24, 32, 25, 18, 11, 4,  5,  12, 19, 26, 33, 40, 48,
        41, 34, 27, 20, 13, 6,  7,  14, 21, 28, 35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23,
        30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47, 55, 62, 63};
    struct kite_picture_info info = {
        .width_px = 8, .height_px = 8, .codec = KITE_PICTURE_DCT8, .quality = 100};
    uint8_t bytes[400], gray[64], expected[64], scratch[8 * KITE_PICTURE_SCRATCH_ROWS];
    size_t count = 0;

    bytes[count++] = 255;
    for (int32_t i = 0; i < 64; i++) {
        int32_t value = in[zigzag[i] / 8][zigzag[i] % 8], size = abs(value);
        int32_t rest =
            i == 0 ? (value < 0 ? 2 * size - 1 : 2 * size) : 2 * (size - 4) + (value < 0);

        if (i > 0) {
            bytes[count++] = i == 63 ? 0x87 : 0x07;
            bytes[count++] = 255;
        }
        bytes[count++] = (uint8_t)rest;
        bytes[count++] = (uint8_t)(rest >> 8);
    }

    struct canvas canvas = {8, 8, 0, 8, gray};
    struct kite_picture_rows rows = {0, 8, &canvas, keep};

    assert_int_equal(kite_picture_block_decode(&info, &rows, bytes, count, scratch, NULL), KITE_OK);
    inverse(in, expected);
    assert_memory_equal(gray, expected, sizeof gray);
}

static void inverse_transform_is_exact(void **state)
{
    uint32_t seed = 3;
    int32_t block[8][8];

    (void)state;
    for (int round = 0; round < 500; round++) {
        int32_t reach = round % 2 == 0 ? 100 : 1700;

        for (int i = 0; i < 64; i++) {
            int32_t size = 200 + (int32_t)(next_random(&seed) % (uint32_t)reach);

            block[i / 8][i % 8] = next_random(&seed) % 2 ? size : -size;
        }
        check_block(block);
    }
}

/* ---- hostile blocks -------------------------------------------------------------------------- */

static void throw_bytes(const struct kite_picture_info *info, struct kite_picture_rows rows,
                        const uint8_t *bytes, size_t count, struct canvas *canvas)
{
    /* Blocks of their exact size, so that a step outside is seen. */
    uint8_t *copy = malloc(count ? count : 1);
    uint8_t *scratch = malloc((size_t)info->width_px * KITE_PICTURE_SCRATCH_ROWS);

    if (count)
        memcpy(copy, bytes, count);
    canvas->next_row = rows.first_row;

    enum kite_status status = kite_picture_block_decode(info, &rows, copy, count, scratch, NULL);

    assert_true(status == KITE_OK || status == KITE_E_FORMAT);
    if (status == KITE_OK)
        assert_int_equal(canvas->next_row, rows.end_row);
    free(copy);
    free(scratch);
}

static void damage(void (*draw)(uint32_t, uint32_t, uint8_t *), uint32_t width, uint32_t height)
{
    uint8_t *gray = malloc((size_t)width * height), bytes[KITE_PICTURE_BLOCK_BYTES_MAX];
    uint32_t seed = 5;

    draw(width, height, gray);

    struct kite_picture picture = encode(width, height, gray);
    struct canvas canvas = {width, height, 0, 0, gray};
    struct kite_picture_rows rows = rows_of(&picture, 0, &canvas);
    uint32_t count = picture.blocks[0].inflated_bytes;

    inflate(&picture, 0, bytes);
    for (uint32_t cut = 0; cut < count; cut += 1 + cut / 64)
        throw_bytes(&picture.info, rows, bytes, cut, &canvas);
    for (uint32_t i = 0; i < ROUNDS; i++) {
        uint32_t at = next_random(&seed) % count;
        uint8_t bit = (uint8_t)(1u << next_random(&seed) % 8);

        bytes[at] ^= bit;
        throw_bytes(&picture.info, rows, bytes, count, &canvas);
        if (i % 3 == 0)
            bytes[at] ^= bit; /* else damage adds up */
    }
    kite_picture_close(&picture);
    free(gray);
}

static void damaged_blocks_stay_inside_their_rows(void **state)
{
    (void)state;
    damage(draw_lines, 97, 40);
    damage(draw_photo, 90, 43);
}

static void random_blocks_stay_inside_their_rows(void **state)
{
    uint32_t seed = 11;
    uint8_t bytes[700], gray[61 * 30];

    (void)state;
    for (int i = 0; i < ROUNDS; i++) {
        bool is_dct = next_random(&seed) % 2 == 0;
        struct kite_picture_info info = {.width_px = 1 + next_random(&seed) % 61,
                                         .height_px = 1 + next_random(&seed) % 30,
                                         .codec = is_dct ? KITE_PICTURE_DCT8 : KITE_PICTURE_ROWS4,
                                         .quality =
                                             is_dct ? (uint8_t)(1 + next_random(&seed) % 100) : 0,
                                         .filter = is_dct ? 0 : (uint8_t)(next_random(&seed) % 4)};
        struct canvas canvas = {info.width_px, info.height_px, 0, info.height_px, gray};
        struct kite_picture_rows rows = {0, info.height_px, &canvas, keep};
        uint32_t mask = next_random(&seed) % 3 == 0 ? 0x87 : 0xff;

        for (size_t k = 0; k < sizeof bytes; k++)
            bytes[k] = (uint8_t)(next_random(&seed) & mask);
        assert_int_equal(kite_picture_check_info(&info, NULL), KITE_OK);
        throw_bytes(&info, rows, bytes, next_random(&seed) % sizeof bytes, &canvas);
    }
}

static void impossible_pictures_are_refused(void **state)
{
    static const struct kite_picture_info bad[] = {
        {0, 5, KITE_PICTURE_ROWS4, 0, 0},         {5, 4097, KITE_PICTURE_ROWS4, 0, 0},
        {5, 5, (enum kite_picture_codec)3, 0, 0}, {5, 5, KITE_PICTURE_ROWS4, 0, 4},
        {5, 5, KITE_PICTURE_ROWS4, 50, 0},        {5, 5, KITE_PICTURE_DCT8, 0, 0},
        {5, 5, KITE_PICTURE_DCT8, 101, 0},        {5, 5, KITE_PICTURE_DCT8, 50, 1},
    };
    struct kite_memory heap = kite_memory_heap();
    struct kite_picture picture;
    uint8_t gray[1] = {0};

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_not_equal(kite_picture_check_info(&bad[i], NULL), KITE_OK);
    assert_int_equal(kite_picture_encode(&heap, 0, 1, gray, 0, &picture, NULL), KITE_E_RANGE);
    assert_int_equal(kite_picture_encode(&heap, 1, 4097, gray, 0, &picture, NULL), KITE_E_RANGE);
}

static void every_failing_allocation_is_survived(void **state)
{
    static uint8_t gray[64 * 48];
    struct check_memory counted = {0};
    struct kite_memory mem = check_memory(&counted);
    enum kite_status status = KITE_E_NOMEM;

    (void)state;
    draw_photo(64, 48, gray);
    for (uint64_t fail_at = 1; status != KITE_OK; fail_at++) {
        struct kite_picture picture;

        counted = (struct check_memory){.fail_at = fail_at};
        status = kite_picture_encode(&mem, 64, 48, gray, 0, &picture, NULL);
        assert_true(status == KITE_OK || status == KITE_E_NOMEM);
        kite_picture_close(&picture);
        assert_int_equal(counted.blocks, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sixteen_levels_stay_exact),
        cmocka_unit_test(photographs_become_dct_and_look_alike),
        cmocka_unit_test(noise_looks_alike),
        cmocka_unit_test(same_picture_gives_same_bytes),
        cmocka_unit_test(inverse_transform_is_exact),
        cmocka_unit_test(damaged_blocks_stay_inside_their_rows),
        cmocka_unit_test(random_blocks_stay_inside_their_rows),
        cmocka_unit_test(impossible_pictures_are_refused),
        cmocka_unit_test(every_failing_allocation_is_survived),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
