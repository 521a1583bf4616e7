/* Pictures of a bundle, block by block through their codec. */
#include "bundle/reader.h"

#include "bundle/pictures.h"

uint32_t kite_bundle_picture_count(const struct kite_bundle *bundle)
{
    return bundle->picture_count;
}

enum kite_status kite_bundle_picture_info(const struct kite_bundle *bundle, uint32_t picture,
                                          struct kite_picture_info *out)
{
    if (picture >= bundle->picture_count)
        return KITE_E_RANGE;
    *out = bundle->pictures[picture].info;
    return KITE_OK;
}

enum kite_status kite_bundle_picture_decode(struct kite_bundle *bundle, uint32_t picture, void *ctx,
                                            enum kite_status (*row)(void *ctx, uint32_t y, uint32_t rows,
                                                                    const uint8_t *gray),
                                            struct kite_fault *fault)
{
    if (picture >= bundle->picture_count)
        return kite_fail(fault, KITE_E_RANGE, "there is no picture %u", (unsigned)picture + 1);

    const struct kite_stored_picture *p = &bundle->pictures[picture];
    struct kite_picture_rows rows = { 0, 0, ctx, row };
    enum kite_status status = kite_picture_check_info(&p->info, fault);
    uint8_t *scratch = status ? NULL : kite_alloc(&bundle->mem, p->info.width_px, KITE_PICTURE_SCRATCH_ROWS);

    if (status == KITE_OK && !scratch)
        status = kite_fail(fault, KITE_E_NOMEM, "no memory for a picture");
    for (uint32_t i = 0; i < p->block_count && status == KITE_OK; i++) {
        uint32_t index = bundle->lexicon_blocks + bundle->text_blocks + p->first_block + i;
        const struct kite_stored_block *b = &bundle->blocks[index];

        rows.first_row = rows.end_row;
        rows.end_row += b->count;
        status = kite_block_read(bundle, index, bundle->inflated, fault);
        if (status == KITE_OK)
            status = kite_picture_block_decode(&p->info, &rows, bundle->inflated, b->bytes, scratch, fault);
    }
    kite_free(&bundle->mem, scratch);
    return status;
}
