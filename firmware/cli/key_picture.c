/* A key's picture from a PNG file of its owner's. */
#include "cli/key_picture.h"

#include <png.h>
#include <string.h>

#define SIDE_MAX 4096u

/* The mean gray of the picture's part that becomes one pixel. */
static unsigned mean_of(const uint8_t *gray, uint32_t width, uint32_t height, uint32_t x, uint32_t y)
{
    uint32_t left = x * width / KITE_KEY_PICTURE_SIDE, right = (x + 1) * width / KITE_KEY_PICTURE_SIDE;
    uint32_t top = y * height / KITE_KEY_PICTURE_SIDE, bottom = (y + 1) * height / KITE_KEY_PICTURE_SIDE;
    uint64_t sum = 0;

    for (uint32_t row = top; row < bottom; row++)
        for (uint32_t column = left; column < right; column++)
            sum += gray[(size_t)row * width + column];
    return (unsigned)(sum / ((uint64_t)(right - left) * (bottom - top)));
}

enum kite_status kite_key_picture_read(const struct kite_memory *mem, const uint8_t *bytes, size_t count,
                                       uint8_t out[KITE_KEY_PICTURE_BYTES], struct kite_fault *fault)
{
    static const png_color paper = {255, 255, 255};
    png_image image = {.version = PNG_IMAGE_VERSION};
    uint8_t *gray;

    if (!png_image_begin_read_from_memory(&image, bytes, count))
        return kite_fail(fault, KITE_E_FORMAT, "the key's picture is no PNG: %s", image.message);
    if (image.width < KITE_KEY_PICTURE_SIDE || image.height < KITE_KEY_PICTURE_SIDE || image.width > SIDE_MAX ||
        image.height > SIDE_MAX) {
        png_image_free(&image);
        return kite_fail(fault, KITE_E_LIMIT, "the key's picture is smaller than %u or larger than %u pixels on a side",
                         KITE_KEY_PICTURE_SIDE, SIDE_MAX);
    }
    image.format = PNG_FORMAT_GRAY;
    gray = kite_alloc(mem, image.height, image.width);
    if (!gray || !png_image_finish_read(&image, &paper, gray, (png_int_32)image.width, NULL)) {
        png_image_free(&image);
        kite_free(mem, gray);
        return gray ? kite_fail(fault, KITE_E_FORMAT, "the key's picture is broken: %s", image.message)
                    : kite_fail(fault, KITE_E_NOMEM, "no memory for the key's picture");
    }
    memset(out, 0, KITE_KEY_PICTURE_BYTES);
    for (uint32_t y = 0; y < KITE_KEY_PICTURE_SIDE; y++)
        for (uint32_t x = 0; x < KITE_KEY_PICTURE_SIDE; x++)
            if (mean_of(gray, image.width, image.height, x, y) < 128)
                out[y * 4 + x / 8] |= (uint8_t)(0x80 >> x % 8);
    kite_free(mem, gray);
    return KITE_OK;
}
