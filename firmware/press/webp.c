/* A WebP file as a text of its own: its pixels go the way of every photograph, as a BMP file, the plainest that is read there. */
#include "press/webp.h"

#include "press/pdf.h"
#include "press/raster.h"

bool kite_is_webp(const struct kite_press_input *input)
{
    return kite_raster_kind(input->bytes, input->byte_count) == KITE_RASTER_WEBP;
}

#define HEAD_BYTES (14u + 40u + 4u * 256u) /* of the file, of the picture, and 256 grays */

/* The head of a BMP file of gray pixels, rows from the top. */
static enum kite_status add_head(const struct kite_raster *raster, uint32_t row_bytes, struct kite_buffer *out)
{
    const uint32_t numbers[] = { HEAD_BYTES + row_bytes * raster->height_px, 0, HEAD_BYTES, 40, raster->width_px, 0u - raster->height_px };
    enum kite_status status = kite_buffer_add(out, "BM", 2);

    for (size_t i = 0; i < sizeof numbers / sizeof *numbers && status == KITE_OK; i++)
        status = kite_buffer_add_u32(out, numbers[i]);
    status = status ? status : kite_buffer_add_u16(out, 1); /* plane, of */
    status = status ? status : kite_buffer_add_u16(out, 8); /* so many bits */
    for (uint32_t i = 0; i < 6 && status == KITE_OK; i++)
        status = kite_buffer_add_u32(out, i == 4 ? 256 : 0);
    for (uint32_t gray = 0; gray < 256 && status == KITE_OK; gray++)
        status = kite_buffer_add_u32(out, gray * 0x010101u);
    return status;
}

/* As large as it is, within what is held whole. */
static enum kite_status write_plain(struct kite_draft *draft, struct kite_buffer *out)
{
    static const uint8_t padding[4];
    struct kite_raster_limit limit = { KITE_RASTER_SIDE_MAX, KITE_RASTER_SIDE_MAX };
    const struct kite_press_input *input = draft->input;
    struct kite_raster raster;
    struct kite_fault why = { "" };
    enum kite_status status = kite_raster_decode(&draft->mem, input->bytes, input->byte_count, limit, &raster, &why);

    if (status)
        return kite_fail(draft->fault, status == KITE_E_UNSUPPORTED ? KITE_E_FORMAT : status, "%s: %s", input->name ? input->name : "an input", why.text);
    status = add_head(&raster, (raster.width_px + 3) / 4 * 4, out);
    for (uint32_t y = 0; y < raster.height_px && status == KITE_OK; y++) {
        status = kite_buffer_add(out, raster.gray + (size_t)y * raster.width_px, raster.width_px);
        status = status ? status : kite_buffer_add(out, padding, (4 - raster.width_px % 4) % 4);
    }
    kite_raster_close(&raster);
    return status ? kite_fail(draft->fault, status, "no memory for a picture") : KITE_OK;
}

enum kite_status kite_import_webp(struct kite_draft *draft)
{
    const struct kite_press_input *outer = draft->input;
    struct kite_press_input plain = { .name = outer->name };
    struct kite_buffer bytes = { .mem = draft->mem };
    enum kite_status status = write_plain(draft, &bytes);

    plain.bytes = bytes.bytes;
    plain.byte_count = bytes.count;
    draft->input = &plain;
    status = status ? status : kite_import_paged(draft);
    draft->input = outer;
    kite_buffer_close(&bytes);
    return status;
}
