/* PNG, JPEG and WebP files of any bytes, as they come in documents and key files. The sums of a PNG are made right first. */
#include "fuzz/fuzz.h"
#include "press/raster.h"

#define PNG_HEAD_BYTES 8u

static uint32_t big_endian(const uint8_t *at)
{
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

static void make_sums_right(uint8_t *file, size_t size)
{
    for (size_t at = PNG_HEAD_BYTES; at <= size && size - at >= 12;) {
        uint32_t bytes = big_endian(file + at), sum;

        if (bytes > size - at - 12)
            return;
        sum = (uint32_t)crc32(0, file + at + 4, bytes + 4);
        for (unsigned i = 0; i < 4; i++)
            file[at + 8 + bytes + i] = (uint8_t)(sum >> (24 - 8 * i));
        at += bytes + 12;
    }
}

static void decode(const struct kite_memory *mem, const uint8_t *data, size_t size)
{
    const struct kite_raster_limit limit = { 1 + size % 97, 1 + size % 53 };
    struct kite_raster raster = { .width_px = 0 };
    uint32_t sum = 0;

    if (kite_raster_decode(mem, data, size, limit, &raster, NULL) == KITE_OK) {
        HOLDS(raster.width_px > 0 && raster.height_px > 0 && raster.width_px <= limit.width_px && raster.height_px <= limit.height_px);
        for (size_t i = 0; i < (size_t)raster.width_px * raster.height_px; i++)
            sum += raster.gray[i];
        HOLDS(sum <= 255u * raster.width_px * raster.height_px);
    } else {
        HOLDS(!raster.gray);
    }
    kite_raster_close(&raster);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint8_t *file = malloc(size ? size : 1);

    if (!file)
        return 0;
    memcpy(file, data, size);
    if (kite_raster_kind(file, size) == KITE_RASTER_PNG)
        make_sums_right(file, size);
    with_memory_that_ends(file, size, decode);
    free(file);
    return 0;
}
