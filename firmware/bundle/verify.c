/* Checking all of a bundle: every hash, every word list, every paragraph, every picture. */
#include "bundle/reader.h"

static enum kite_status ignore_rows(void *ctx, uint32_t y, uint32_t rows, const uint8_t *gray)
{
    (void)ctx, (void)y, (void)rows, (void)gray;
    return KITE_OK;
}

/* Every paragraph of a text block decodes, to as much text as the index says. */
static enum kite_status verify_text_block(struct kite_bundle *bundle, uint32_t index, struct kite_fault *fault)
{
    const struct kite_stored_block *b = &bundle->blocks[bundle->lexicon_blocks + index];
    struct kite_arena arena;
    uint64_t total = 0;
    enum kite_status status = KITE_OK;

    kite_arena_init(&arena, bundle->mem, 0);
    for (uint32_t i = 0; i < b->count && status == KITE_OK; i++) {
        struct kite_paragraph p;

        kite_arena_reset(&arena);
        status = kite_bundle_paragraph(bundle, b->document, b->first + i, &arena, &p, fault);
        if (status == KITE_OK)
            total += p.text.text_bytes;
    }
    kite_arena_close(&arena);
    if (status == KITE_OK && total != b->text_bytes)
        status = kite_fail(fault, KITE_E_FORMAT, "block %u has another length than the index says", (unsigned)index);
    return status;
}

enum kite_status kite_bundle_verify(struct kite_bundle *bundle, const struct kite_progress *progress,
                                    struct kite_fault *fault)
{
    uint32_t total = bundle->lexicon_blocks + bundle->text_blocks + bundle->picture_count, done = 0;
    enum kite_status status = KITE_OK;

    kite_lexicon_drop(bundle); /* what is kept was read once; it is the file that is asked */
    kite_text_blocks_drop(bundle);
    for (uint32_t i = 0; i < total && status == KITE_OK; i++) {
        const char *text;
        size_t bytes;

        if (i < bundle->lexicon_blocks)
            status = kite_piece_base(bundle, bundle->resident_count + bundle->blocks[i].first, &text, &bytes, fault);
        else if (i < bundle->lexicon_blocks + bundle->text_blocks)
            status = verify_text_block(bundle, i - bundle->lexicon_blocks, fault);
        else
            status = kite_bundle_picture_decode(bundle, i - bundle->lexicon_blocks - bundle->text_blocks, NULL,
                                                ignore_rows, fault);
        if (progress)
            progress->step(progress->ctx, ++done, total);
    }
    return status;
}
