/* What reading a picture needs of either codec. */
#include "bundle/picture_codec.h"

void kite_picture_close(struct kite_picture *picture)
{
    if (picture->bytes)
        kite_free(&picture->mem, picture->bytes);
    if (picture->blocks)
        kite_free(&picture->mem, picture->blocks);
    *picture = (struct kite_picture){ .mem = picture->mem };
}

enum kite_status kite_picture_check_info(const struct kite_picture_info *info, struct kite_fault *fault)
{
    bool is_known = info->codec == KITE_PICTURE_ROWS4 || info->codec == KITE_PICTURE_DCT8;

    if (info->width_px == 0 || info->height_px == 0 || info->width_px > KITE_PICTURE_SIDE_MAX ||
        info->height_px > KITE_PICTURE_SIDE_MAX)
        return kite_fail(fault, KITE_E_FORMAT, "a picture of %u x %u px", info->width_px, info->height_px);
    if (!is_known || info->filter >= KITE_PICTURE_FILTER_COUNT)
        return kite_fail(fault, KITE_E_UNSUPPORTED, "a picture needs a newer Kite (codec %u, filter %u)",
                         (unsigned)info->codec, info->filter);
    if (info->codec == KITE_PICTURE_ROWS4 ? info->quality != 0
                                          : info->filter != 0 || info->quality < 1 || info->quality > 100)
        return kite_fail(fault, KITE_E_FORMAT, "a picture of quality %u with filter %u", info->quality, info->filter);
    return KITE_OK;
}

enum kite_status kite_picture_block_decode(const struct kite_picture_info *info,
                                           const struct kite_picture_rows *rows, const uint8_t *bytes,
                                           size_t byte_count, uint8_t *scratch, struct kite_fault *fault)
{
    struct kite_bytes in = { .at = bytes, .end = bytes + byte_count };
    enum kite_status status;

    if (rows->first_row >= rows->end_row || rows->end_row > info->height_px)
        return kite_fail(fault, KITE_E_RANGE, "rows %u to %u of a picture", rows->first_row, rows->end_row);
    if (info->codec == KITE_PICTURE_ROWS4)
        status = kite_rows4_decode(info, rows, &in, scratch, fault);
    else
        status = kite_dct8_decode(info, rows, &in, scratch, fault);
    if (status == KITE_OK && in.at != in.end)
        return kite_fail(fault, KITE_E_FORMAT, "a block of a picture is too long");
    return status;
}
