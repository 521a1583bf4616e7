/* WebP by libwebp: still pictures, held whole while they are averaged. */
#include "press/raster_rows.h"

#include <string.h>
#include <webp/decode.h>

static enum kite_status explain(VP8StatusCode code, struct kite_fault *fault)
{
    if (code == VP8_STATUS_OUT_OF_MEMORY)
        return kite_fail(fault, KITE_E_NOMEM, "no memory for a WebP picture");
    return kite_fail(fault, KITE_E_FORMAT, code == VP8_STATUS_NOT_ENOUGH_DATA ? "the WebP is broken: it ends too early" : "the WebP is broken");
}

/* Width, height and whether it is see-through; what cannot be shown is refused before anything is allocated. */
static enum kite_status look(const uint8_t *bytes, size_t count, WebPBitstreamFeatures *features, struct kite_fault *fault)
{
    VP8StatusCode code = WebPGetFeatures(bytes, count, features);

    if (code != VP8_STATUS_OK)
        return explain(code, fault);
    return features->has_animation ? kite_fail(fault, KITE_E_UNSUPPORTED, "it is a moving WebP picture; save one of its pictures as PNG or JPEG") : KITE_OK;
}

/* All pixels into memory of ours, with 3 or 4 bytes to each. */
static enum kite_status decode(const uint8_t *bytes, size_t count, bool has_alpha, uint8_t *pixels, size_t row_bytes, size_t all_bytes, struct kite_fault *fault)
{
    WebPDecoderConfig config;
    VP8StatusCode code;

    if (!WebPInitDecoderConfig(&config))
        return kite_fail(fault, KITE_E_UNSUPPORTED, "WebP is of another version here");
    config.output.colorspace = has_alpha ? MODE_RGBA : MODE_RGB;
    config.output.is_external_memory = 1;
    config.output.u.RGBA.rgba = pixels;
    config.output.u.RGBA.stride = (int)row_bytes;
    config.output.u.RGBA.size = all_bytes;
    code = WebPDecode(bytes, count, &config);
    WebPFreeDecBuffer(&config.output);
    return code == VP8_STATUS_OK ? KITE_OK : explain(code, fault);
}

enum kite_status kite_raster_webp(const struct kite_memory *mem, const uint8_t *bytes, size_t count, struct kite_raster_rows *rows, struct kite_fault *fault)
{
    WebPBitstreamFeatures features;
    enum kite_status status = look(bytes, count, &features, fault);
    size_t row_bytes;
    uint8_t *pixels;

    status = status ? status : kite_raster_rows_begin(rows, (uint32_t)features.width, (uint32_t)features.height, true, fault);
    if (status)
        return status;
    row_bytes = (size_t)features.width * (features.has_alpha ? 4 : 3);
    pixels = kite_alloc(mem, (size_t)features.height, row_bytes);
    if (!pixels)
        return kite_fail(fault, KITE_E_NOMEM, "no memory for a WebP picture");
    status = decode(bytes, count, features.has_alpha, pixels, row_bytes, row_bytes * (size_t)features.height, fault);
    for (int y = 0; y < features.height && status == KITE_OK; y++)
        kite_raster_rows_add(rows, pixels + (size_t)y * row_bytes, features.has_alpha ? KITE_RASTER_RGB_ALPHA : KITE_RASTER_RGB);
    kite_free(mem, pixels);
    return status;
}
