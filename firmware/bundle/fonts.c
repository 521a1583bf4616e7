/* Fonts that a bundle brings, read when a text is to be set. */
#include "bundle/reader.h"

static enum kite_status parse(struct kite_bundle *bundle, const uint8_t *bytes, size_t count)
{
    struct kite_bytes in = { bytes, bytes + count, false };
    uint32_t fonts = kite_take_u8(&in);

    if (fonts == 0 || fonts > KITE_FONTS_MAX)
        return KITE_E_FORMAT;
    for (uint32_t i = 0; i < fonts; i++) {
        uint32_t font_bytes = kite_take_varint(&in);

        bundle->fonts[i] = (struct kite_span_bytes){ kite_take_bytes(&in, font_bytes), font_bytes };
    }
    if (in.failed)
        return KITE_E_FORMAT;
    bundle->font_count = fonts;
    return KITE_OK;
}

enum kite_status kite_bundle_font(struct kite_bundle *bundle, uint32_t index, const uint8_t **bytes, size_t *count,
                                  struct kite_fault *fault)
{
    const uint8_t *plain;
    uint32_t plain_bytes;
    enum kite_status status = KITE_OK;

    if (bundle->fonts_at != 0 && bundle->font_count == 0) {
        status = kite_chunk_unpack(bundle, bundle->fonts_at, bundle->fonts_bytes, KITE_FONTS_BYTES_MAX, &plain, &plain_bytes);
        status = status ? status : parse(bundle, plain, plain_bytes);
        if (status)
            return kite_fail(fault, status, "the bundle's fonts cannot be read: %s", kite_status_text(status));
    }
    if (index >= bundle->font_count)
        return KITE_DONE;
    *bytes = bundle->fonts[index].bytes;
    *count = bundle->fonts[index].count;
    return KITE_OK;
}
