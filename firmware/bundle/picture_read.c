/* Pictures of a bundle, block by block through their codec. */
#include "bundle/reader.h"

#include "bundle/pictures.h"

uint32_t kite_bundle_picture_count(const struct kite_bundle *bundle)
{
    return bundle->picture_count;
}

enum kite_status kite_bundle_picture_info(struct kite_bundle *bundle, uint32_t picture, struct kite_picture_info *out)
{
    struct kite_table_record record;
    enum kite_status status = picture < bundle->picture_count
                                  ? kite_record_at(bundle, KITE_TABLE_PICTURES, picture, &record, NULL)
                                  : KITE_E_RANGE;

    if (status == KITE_OK)
        *out = record.info;
    return status;
}

/* The blocks of a picture in turn, each through its codec. */
static enum kite_status decode_blocks(struct kite_bundle *bundle, const struct kite_table_record *p,
                                      struct kite_picture_rows *rows, uint8_t *scratch, struct kite_fault *fault)
{
    uint32_t first = bundle->lexicon_blocks + bundle->text_blocks + p->key;
    enum kite_status status = KITE_OK;

    for (uint32_t i = first; i < first + p->count && status == KITE_OK; i++) {
        struct kite_stored_block b;

        status = kite_block_at(bundle, i, &b, fault);
        if (status)
            return status;
        rows->first_row = rows->end_row;
        if (b.count > p->info.height_px - rows->end_row)
            return kite_fail(fault, KITE_E_FORMAT, "a picture has more rows than it says");
        rows->end_row += b.count;
        if (kite_room_for(&bundle->mem, &bundle->inflated, b.bytes))
            return kite_fail(fault, KITE_E_NOMEM, "no memory for a picture");
        status = kite_block_read(bundle, i, &b, bundle->inflated.bytes, fault);
        if (status == KITE_OK)
            status = kite_picture_block_decode(&p->info, rows, bundle->inflated.bytes, b.bytes, scratch, fault);
    }
    if (status == KITE_OK && rows->end_row != p->info.height_px)
        status = kite_fail(fault, KITE_E_FORMAT, "a picture has fewer rows than it says");
    return status;
}

enum kite_status kite_bundle_picture_decode(struct kite_bundle *bundle, uint32_t picture, void *ctx,
                                            enum kite_status (*row)(void *ctx, uint32_t y, uint32_t rows,
                                                                    const uint8_t *gray),
                                            struct kite_fault *fault)
{
    struct kite_picture_rows rows = { 0, 0, ctx, row };
    struct kite_table_record p;

    if (picture >= bundle->picture_count)
        return kite_fail(fault, KITE_E_RANGE, "there is no picture %u", (unsigned)picture + 1);

    enum kite_status status = kite_record_at(bundle, KITE_TABLE_PICTURES, picture, &p, fault);

    if (status == KITE_OK)
        status = kite_picture_check_info(&p.info, fault);

    uint8_t *scratch = status ? NULL : kite_alloc(&bundle->mem, p.info.width_px, KITE_PICTURE_SCRATCH_ROWS);

    if (status == KITE_OK && !scratch)
        status = kite_fail(fault, KITE_E_NOMEM, "no memory for a picture");
    if (status == KITE_OK)
        status = decode_blocks(bundle, &p, &rows, scratch, fault);
    kite_free(&bundle->mem, scratch);
    return status;
}
