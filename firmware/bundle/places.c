/* Places by their distance from the start of the text, and back. */
#include "bundle/reader.h"

/* The last text block of a document that begins at or before a byte of its text. */
static enum kite_status block_at(struct kite_bundle *bundle, uint32_t document, uint64_t text_offset,
                                 const struct kite_text_block **out, struct kite_fault *fault)
{
    const struct kite_stored_document *d = &bundle->documents[document];
    struct kite_stored_block b;
    uint32_t index, paragraph = d->paragraph_count - 1;
    enum kite_status status = kite_block_of_text(bundle, d->first_text + text_offset, &index, fault);

    if (status == KITE_OK)
        status = kite_block_at(bundle, index, &b, fault);
    if (status)
        return status;
    if (b.first < d->first_paragraph + d->paragraph_count) /* else it is a later document's */
        paragraph = b.first > d->first_paragraph ? b.first - d->first_paragraph : 0;
    return kite_text_block_of(bundle, document, paragraph, out, fault);
}

/* Bytes of a paragraph's text: kept from when it was read last, or it is read now. */
static enum kite_status length_of(struct kite_bundle *bundle, uint32_t document, uint32_t paragraph, uint32_t *out,
                                  struct kite_fault *fault)
{
    const struct kite_stored_document *d = &bundle->documents[document];
    const struct kite_text_block *block;
    enum kite_status status = kite_text_block_of(bundle, document, paragraph, &block, fault);
    struct kite_arena arena;
    struct kite_paragraph p;

    if (status)
        return status;
    *out = block->lengths[d->first_paragraph + paragraph - block->first];
    if (*out != UINT32_MAX)
        return KITE_OK;
    kite_arena_init(&arena, bundle->mem, 0);
    status = kite_bundle_paragraph(bundle, document, paragraph, &arena, &p, fault);
    if (status == KITE_OK)
        *out = (uint32_t)p.text.text_bytes;
    kite_arena_close(&arena);
    return status;
}

/* Back to where the character that the place lies in begins. */
static enum kite_status to_character(struct kite_bundle *bundle, struct kite_place *place, struct kite_fault *fault)
{
    struct kite_arena arena;
    struct kite_paragraph p;

    kite_arena_init(&arena, bundle->mem, 0);

    enum kite_status status = kite_bundle_paragraph(bundle, place->document, place->paragraph, &arena, &p, fault);

    while (status == KITE_OK && place->offset_bytes > 0 && place->offset_bytes < p.text.text_bytes &&
           ((uint8_t)p.text.text[place->offset_bytes] & 0xc0) == 0x80)
        place->offset_bytes--;
    kite_arena_close(&arena);
    return status;
}

enum kite_status kite_bundle_place_at(struct kite_bundle *bundle, uint32_t document, uint64_t text_offset,
                                      struct kite_place *out, struct kite_fault *fault)
{
    const struct kite_text_block *block;

    if (document >= bundle->document_count || text_offset > bundle->documents[document].text_bytes)
        return kite_fail(fault, KITE_E_RANGE, "document %u has no byte %llu", (unsigned)document + 1,
                         (unsigned long long)text_offset);

    const struct kite_stored_document *d = &bundle->documents[document];

    *out = (struct kite_place){ .document = document };
    if (d->paragraph_count == 0)
        return KITE_OK;

    enum kite_status status = block_at(bundle, document, text_offset, &block, fault);

    if (status)
        return status;

    uint32_t first = block->first - d->first_paragraph, count = block->count, bytes = 0, i;
    uint64_t at = block->text_offset - d->first_text;

    for (i = 0; i < count; i++) {
        status = length_of(bundle, document, first + i, &bytes, fault);
        if (status)
            return status;
        if (text_offset < at + bytes || i + 1 == count)
            break;
        at += bytes;
    }
    out->paragraph = first + i;
    out->offset_bytes = text_offset - at < bytes ? (uint32_t)(text_offset - at) : bytes;
    return to_character(bundle, out, fault);
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

    const struct kite_stored_document *d = &bundle->documents[place.document];
    uint32_t bytes = 0;

    *text_offset = block->text_offset - d->first_text;
    for (uint32_t i = block->first - d->first_paragraph; i <= place.paragraph; i++) {
        status = length_of(bundle, place.document, i, &bytes, fault);
        if (status)
            return status;
        /* A place beyond its paragraph is its end. */
        *text_offset += i < place.paragraph || place.offset_bytes > bytes ? bytes : place.offset_bytes;
    }
    return KITE_OK;
}
