/* Places by their distance from the start of the text, and back. */
#include "bundle/reader.h"

enum kite_status kite_bundle_place_at(struct kite_bundle *bundle, uint32_t document, uint64_t text_offset,
                                      struct kite_place *out, struct kite_fault *fault)
{
    if (document >= bundle->document_count || text_offset > bundle->documents[document].text_bytes)
        return kite_fail(fault, KITE_E_RANGE, "document %u has no byte %llu", (unsigned)document + 1,
                         (unsigned long long)text_offset);

    const struct kite_stored_document *d = &bundle->documents[document];
    const struct kite_stored_block *blocks = bundle->blocks + bundle->lexicon_blocks + d->first_block;
    uint32_t low = 0, high = d->block_count;

    *out = (struct kite_place){ .document = document };
    while (high - low > 1) {
        uint32_t middle = low + (high - low) / 2;

        if (blocks[middle].text_offset <= text_offset)
            low = middle;
        else
            high = middle;
    }
    if (d->block_count == 0)
        return KITE_OK;

    struct kite_arena arena;
    struct kite_paragraph p;
    uint64_t at = blocks[low].text_offset;
    enum kite_status status = KITE_OK;

    kite_arena_init(&arena, bundle->mem, 0);
    for (uint32_t i = 0; i < blocks[low].count && status == KITE_OK; i++) {
        kite_arena_reset(&arena);
        status = kite_bundle_paragraph(bundle, document, blocks[low].first + i, &arena, &p, fault);
        if (status)
            break;
        out->paragraph = blocks[low].first + i;
        out->offset_bytes = (uint32_t)(text_offset - at);
        if (text_offset < at + p.text.text_bytes || i + 1 == blocks[low].count)
            break;
        at += p.text.text_bytes;
    }
    if (status == KITE_OK) { /* to a character's start */
        if (out->offset_bytes > p.text.text_bytes)
            out->offset_bytes = (uint32_t)p.text.text_bytes;
        while (out->offset_bytes > 0 && out->offset_bytes < p.text.text_bytes &&
               ((uint8_t)p.text.text[out->offset_bytes] & 0xc0) == 0x80)
            out->offset_bytes--;
    }
    kite_arena_close(&arena);
    return status;
}

enum kite_status kite_bundle_offset_of(struct kite_bundle *bundle, struct kite_place place, uint64_t *text_offset,
                                       struct kite_fault *fault)
{
    const struct kite_text_block *block;

    *text_offset = 0;
    if (place.document >= bundle->document_count ||
        place.paragraph >= bundle->documents[place.document].paragraph_count)
        return kite_fail(fault, KITE_E_RANGE, "there is no paragraph %u", (unsigned)place.paragraph + 1);

    enum kite_status status = kite_text_block_of(bundle, place.document, place.paragraph, &block, fault);

    if (status)
        return status;

    const struct kite_stored_block *b = &bundle->blocks[bundle->lexicon_blocks + block->index];
    struct kite_arena arena;

    kite_arena_init(&arena, bundle->mem, 0);
    *text_offset = b->text_offset;
    for (uint32_t i = b->first; i <= place.paragraph && status == KITE_OK; i++) {
        struct kite_paragraph p;

        kite_arena_reset(&arena);
        status = kite_bundle_paragraph(bundle, place.document, i, &arena, &p, fault);
        if (status == KITE_OK && (i < place.paragraph || place.offset_bytes > p.text.text_bytes))
            *text_offset += p.text.text_bytes; /* a place beyond its paragraph is its end */
        else
            *text_offset += status == KITE_OK ? place.offset_bytes : 0;
    }
    kite_arena_close(&arena);
    return status;
}
