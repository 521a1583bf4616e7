/* Pictures: any inflated block of either codec, any picture in its coded form, and any pixels there and back. The first byte says which; of
 * a block and of pixels, sides, codec and filter follow. */
#include "bundle/pictures.h"
#include "fuzz/fuzz.h"

#define SIDE_MAX 24u

struct rows_seen {
    uint32_t next;
    uint8_t *pixels; /* NULL: not wanted */
    uint32_t width_px;
};

static enum kite_status see_rows(void *ctx, uint32_t y, uint32_t rows, const uint8_t *gray)
{
    struct rows_seen *seen = ctx;

    HOLDS(y == seen->next && rows > 0 && rows <= 2 * KITE_PICTURE_STRIP_ROWS);
    seen->next += rows;
    if (seen->pixels)
        memcpy(seen->pixels + (size_t)y * seen->width_px, gray, (size_t)rows * seen->width_px);
    return KITE_OK;
}

static void read_block(const struct kite_memory *mem, const uint8_t *data, size_t size)
{
    struct kite_bytes in = { data, data + size, false };
    struct kite_picture_info info = { .width_px = kite_take_u16(&in) };
    struct rows_seen seen = { 0 };
    struct kite_picture_rows rows = { .ctx = &seen, .row = see_rows };
    uint8_t *scratch;

    info.height_px = kite_take_u16(&in);
    info.codec = (enum kite_picture_codec)(kite_take_u8(&in) % 4);
    info.quality = kite_take_u8(&in);
    info.filter = kite_take_u8(&in);
    rows.first_row = kite_take_u16(&in);
    rows.end_row = kite_take_u16(&in);
    if (in.failed || info.width_px > 2048 || kite_picture_check_info(&info, NULL) != KITE_OK)
        return;
    scratch = kite_alloc(mem, info.width_px, KITE_PICTURE_SCRATCH_ROWS);
    if (!scratch)
        return;
    seen.next = rows.first_row;
    if (kite_picture_block_decode(&info, &rows, in.at, (size_t)(in.end - in.at), scratch, NULL) == KITE_OK)
        HOLDS(seen.next == rows.end_row);
    kite_free(mem, scratch);
}

/* Sides below SIDE_MAX, and their pixels: those of the input, again and again. */
static uint8_t *take_pixels(const struct kite_memory *mem, struct kite_bytes *in, uint32_t *width_px, uint32_t *height_px)
{
    size_t count, left;
    uint8_t *pixels;

    *width_px = 1 + kite_take_u8(in) % SIDE_MAX;
    *height_px = 1 + kite_take_u8(in) % SIDE_MAX;
    count = (size_t)*width_px * *height_px;
    left = (size_t)(in->end - in->at);
    pixels = left > 0 ? kite_alloc(mem, count, 1) : NULL;
    for (size_t i = 0; pixels && i < count; i++)
        pixels[i] = in->at[i % left];
    return pixels;
}

/* What was encoded decodes: each block to its rows, of one picture. */
static void decode(const struct kite_memory *mem, const struct kite_picture *picture)
{
    uint8_t *scratch = kite_alloc(mem, picture->info.width_px, KITE_PICTURE_SCRATCH_ROWS);
    uint8_t *inflated = kite_alloc(mem, KITE_PICTURE_BLOCK_BYTES_MAX, 1);
    struct rows_seen seen = { 0 };

    for (size_t i = 0; scratch && inflated && i < picture->block_count; i++) {
        const struct kite_picture_block *b = &picture->blocks[i];
        struct kite_picture_rows rows = { b->first_row, i + 1 < picture->block_count ? b[1].first_row : picture->info.height_px, &seen, see_rows };
        z_stream z = { .next_in = picture->bytes + b->offset_bytes, .avail_in = b->stored_bytes, .next_out = inflated, .avail_out = KITE_PICTURE_BLOCK_BYTES_MAX };

        HOLDS(inflateInit2(&z, -15) == Z_OK && inflate(&z, Z_FINISH) == Z_STREAM_END && z.total_out == b->inflated_bytes);
        inflateEnd(&z);
        HOLDS(kite_picture_block_decode(&picture->info, &rows, inflated, b->inflated_bytes, scratch, NULL) == KITE_OK);
    }
    HOLDS(!scratch || !inflated || seen.next == picture->info.height_px);
    kite_free(mem, scratch);
    kite_free(mem, inflated);
}

static void write_pixels(const struct kite_memory *mem, const uint8_t *data, size_t size)
{
    struct kite_bytes in = { data, data + size, false };
    struct kite_picture picture = { .byte_count = 0 };
    uint32_t width_px, height_px;
    uint8_t *pixels = take_pixels(mem, &in, &width_px, &height_px);

    if (pixels && kite_picture_encode(mem, width_px, height_px, pixels, -1, &picture, NULL) == KITE_OK)
        decode(mem, &picture);
    kite_picture_close(&picture);
    kite_free(mem, pixels);
}

/* A coded form, and the pixels that it is said to stand for: white ones. */
static void take_coded(const struct kite_memory *mem, const uint8_t *data, size_t size)
{
    struct kite_bytes in = { data, data + size, false };
    uint32_t width_px = 1 + kite_take_u8(&in) % SIDE_MAX, height_px = 1 + kite_take_u8(&in) % SIDE_MAX;
    struct kite_picture_coded coded = { in.at, (size_t)(in.end - in.at) };
    struct kite_picture picture = { .byte_count = 0 };
    uint8_t *pixels = kite_alloc(mem, width_px, height_px);

    if (pixels && !in.failed) {
        memset(pixels, 0xff, (size_t)width_px * height_px);
        if (kite_picture_take_coded(mem, coded, width_px, height_px, pixels, -1, &picture, NULL) == KITE_OK)
            decode(mem, &picture);
    }
    kite_picture_close(&picture);
    kite_free(mem, pixels);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static void (*const forms[])(const struct kite_memory *mem, const uint8_t *data, size_t size) = { read_block, take_coded, write_pixels };

    if (size > 0)
        with_memory_that_ends(data + 1, size - 1, forms[data[0] % 3]);
    return 0;
}
