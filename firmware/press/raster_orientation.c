/* How a camera was held: the orientation that a JPEG's Exif data tells (TIFF 6.0 tag 274, Exif 2.3), and turning. */
#include "press/raster_rows.h"

#include <string.h>

#define TAG_ORIENTATION 0x0112u
#define TYPE_SHORT 3u
#define TIFF_HEAD_BYTES 8u
#define ENTRY_BYTES 12u
#define ORIENTATION_MAX 8u

struct tiff {
    const uint8_t *bytes;
    size_t count;
    bool is_big_endian;
};

static uint32_t number_at(const struct tiff *tiff, size_t at, size_t bytes)
{
    uint32_t value = 0;

    for (size_t i = 0; i < bytes; i++)
        value = value << 8 | tiff->bytes[at + (tiff->is_big_endian ? i : bytes - 1 - i)];
    return value;
}

/* From the first directory; 1 when it says nothing that makes sense. */
static unsigned orientation_of(struct tiff tiff)
{
    size_t at, entries;

    if (tiff.count < TIFF_HEAD_BYTES ||
        (memcmp(tiff.bytes, "II*\0", 4) != 0 && memcmp(tiff.bytes, "MM\0*", 4) != 0))
        return 1;
    tiff.is_big_endian = tiff.bytes[0] == 'M';
    at = number_at(&tiff, 4, 4);
    if (at > tiff.count || tiff.count - at < 2)
        return 1;
    entries = number_at(&tiff, at, 2);
    for (at += 2; entries > 0 && tiff.count - at >= ENTRY_BYTES; entries--, at += ENTRY_BYTES) {
        uint32_t value = number_at(&tiff, at + 8, 2);

        if (number_at(&tiff, at, 2) != TAG_ORIENTATION)
            continue;
        return number_at(&tiff, at + 2, 2) == TYPE_SHORT && value >= 1 && value <= ORIENTATION_MAX ? value : 1;
    }
    return 1;
}

unsigned kite_raster_jpeg_orientation(const uint8_t *bytes, size_t count)
{
    static const uint8_t exif[6] = { 'E', 'x', 'i', 'f', 0, 0 };
    size_t at = 2; /* behind the first marker, which has no length */

    while (count > at && count - at >= 4 && bytes[at] == 0xff && bytes[at + 1] != 0xda) {
        size_t size = (size_t)bytes[at + 2] << 8 | bytes[at + 3]; /* with its own two bytes */

        if (size < 2 || size > count - at - 2)
            return 1;
        if (bytes[at + 1] == 0xe1 && size >= 2 + sizeof exif && memcmp(bytes + at + 4, exif, sizeof exif) == 0)
            return orientation_of(
                (struct tiff){ .bytes = bytes + at + 4 + sizeof exif, .count = size - 2 - sizeof exif });
        at += 2 + size;
    }
    return 1;
}

enum kite_status kite_raster_turn(struct kite_raster *raster, unsigned orientation, struct kite_fault *fault)
{
    bool is_swapped = orientation >= 5;
    bool is_mirrored = orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8;
    bool is_upturned = orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7;
    uint32_t width = is_swapped ? raster->height_px : raster->width_px;
    uint32_t height = is_swapped ? raster->width_px : raster->height_px;
    uint8_t *gray;

    if (orientation < 2)
        return KITE_OK;
    gray = kite_alloc(&raster->mem, height, width);
    if (!gray)
        return kite_fail(fault, KITE_E_NOMEM, "no memory to turn a picture");
    for (uint32_t y = 0; y < height; y++)
        for (uint32_t x = 0; x < width; x++) {
            uint32_t from_x = is_swapped ? y : x, from_y = is_swapped ? x : y;

            from_x = is_mirrored ? raster->width_px - 1 - from_x : from_x;
            from_y = is_upturned ? raster->height_px - 1 - from_y : from_y;
            gray[(size_t)y * width + x] = raster->gray[(size_t)from_y * raster->width_px + from_x];
        }
    kite_free(&raster->mem, raster->gray);
    raster->gray = gray;
    raster->width_px = width;
    raster->height_px = height;
    return KITE_OK;
}
