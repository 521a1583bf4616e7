/* Text blocks: finding, inflating and keeping them, and where each paragraph of one begins. */
#include "bundle/reader.h"

/* Pass over a paragraph's record. */
static void skip_record(struct kite_bytes *in)
{
    kite_take_u8(in); /* role */

    uint8_t bits = kite_take_u8(in);

    if (bits & KITE_RECORD_DEPTH)
        kite_take_u8(in);
    if (bits & KITE_RECORD_QUOTE)
        kite_take_u8(in);
    if (bits & KITE_RECORD_ORDINAL)
        kite_take_varint(in);
    if (bits & KITE_RECORD_OBJECT) {
        uint32_t value = kite_take_varint(in);

        if (value & 1) /* columns, not a picture */
            kite_take_bytes(in, (value >> 1) <= KITE_COLUMNS_MAX ? ((value >> 1) + 3) / 4 : SIZE_MAX);
    }
    if (bits & KITE_RECORD_MORE)
        kite_take_bytes(in, kite_take_varint(in));
}

static void skip_span(struct kite_bytes *in)
{
    uint8_t mask = kite_take_u8(in);

    if (mask & KITE_SPAN_STYLES)
        kite_take_u8(in);
    if (mask & KITE_SPAN_LINK)
        kite_take_varint(in);
    if (mask & KITE_SPAN_LANG)
        kite_take_bytes(in, kite_take_u8(in));
    if (mask & ~KITE_SPAN_ALL)
        in->failed = true;
}

void kite_skip_code(struct kite_bytes *in, uint8_t code)
{
    if (code == KITE_CODE_RECORD)
        skip_record(in);
    else if (code == KITE_CODE_SPAN)
        skip_span(in);
    else if (code == KITE_CODE_NOTE)
        kite_take_varint(in);
}

/* Pass over pieces up to the next code that is none. */
static void skip_numbers(const struct kite_bundle *bundle, struct kite_bytes *in)
{
    uint32_t one = bundle->one_byte_count, two = one + bundle->two_byte_leads;
    const uint8_t *at = in->at, *end = in->end;

    while (at < end && *at >= KITE_CODE_FIRST_PIECE) {
        uint32_t index = *at - KITE_CODE_FIRST_PIECE;
        ptrdiff_t bytes = index < one ? 1 : index < two ? 2 : 3;

        if (end - at < bytes) {
            in->failed = true;
            return;
        }
        at += bytes;
    }
    in->at = at;
}

/* Where each of the block's paragraphs begins. */
static bool index_block(const struct kite_bundle *bundle, const struct kite_text_block *block, uint32_t count,
                        uint32_t *starts)
{
    struct kite_bytes in = { block->numbers, block->numbers + block->bytes, false };
    uint32_t found = 0;

    while (in.at < in.end && !in.failed) {
        uint8_t code = *in.at;

        if (code == KITE_CODE_PLAIN || code == KITE_CODE_RECORD) {
            if (found == count)
                return false;
            starts[found++] = (uint32_t)(in.at - block->numbers);
        } else if (found == 0) {
            return false;
        }
        if (code < KITE_CODE_FIRST_PIECE) {
            in.at++;
            kite_skip_code(&in, code);
        }
        skip_numbers(bundle, &in);
    }
    starts[count] = block->bytes;
    return found == count && !in.failed;
}

static void drop_block(struct kite_bundle *bundle, struct kite_text_block *block)
{
    kite_free(&bundle->mem, block->numbers);
    kite_free(&bundle->mem, block->starts); /* and lengths, behind them */
    *block = (struct kite_text_block){ .index = UINT32_MAX };
}

void kite_text_blocks_drop(struct kite_bundle *bundle)
{
    for (int i = 0; i < KITE_TEXT_BLOCKS_KEPT; i++)
        drop_block(bundle, &bundle->text[i]);
}

static enum kite_status load_block(struct kite_bundle *bundle, uint32_t index, struct kite_text_block *block,
                                   struct kite_fault *fault)
{
    struct kite_stored_block stored;
    enum kite_status status = kite_block_at(bundle, index, &stored, fault);

    drop_block(bundle, block);
    if (status)
        return status;
    block->numbers = kite_alloc(&bundle->mem, stored.bytes + 1u, 1);
    block->starts = kite_alloc(&bundle->mem, 2 * (size_t)stored.count + 1, sizeof *block->starts);
    block->bytes = stored.bytes;
    block->first = stored.first;
    block->count = stored.count;
    block->text_offset = stored.text_offset;
    block->text_bytes = stored.text_bytes;
    if (!block->numbers || !block->starts) {
        drop_block(bundle, block);
        return kite_fail(fault, KITE_E_NOMEM, "no memory for a block of text");
    }
    block->lengths = block->starts + stored.count + 1;
    for (uint32_t i = 0; i < stored.count; i++)
        block->lengths[i] = UINT32_MAX;

    status = kite_block_read(bundle, index, &stored, block->numbers, fault);
    if (status == KITE_OK && !index_block(bundle, block, stored.count, block->starts))
        status = kite_fail(fault, KITE_E_FORMAT, "block %u breaks a rule of the format", (unsigned)index);
    if (status)
        drop_block(bundle, block);
    else
        block->index = index;
    return status;
}

/* Of the blocks that are kept, the one that holds a paragraph, else the one used longest ago. */
static struct kite_text_block *kept_block(struct kite_bundle *bundle, uint32_t paragraph)
{
    struct kite_text_block *oldest = &bundle->text[0];

    for (int i = 0; i < KITE_TEXT_BLOCKS_KEPT; i++) {
        struct kite_text_block *block = &bundle->text[i];

        if (block->index != UINT32_MAX && paragraph >= block->first && paragraph - block->first < block->count)
            return block;
        if (block->used_at < oldest->used_at)
            oldest = block;
    }
    return oldest;
}

/* A block belongs to one document. */
static bool is_of(const struct kite_text_block *block, const struct kite_stored_document *d)
{
    return block->first >= d->first_paragraph && block->count <= d->paragraph_count &&
           block->first - d->first_paragraph <= d->paragraph_count - block->count &&
           block->text_offset >= d->first_text && block->text_bytes <= d->text_bytes &&
           block->text_offset - d->first_text <= d->text_bytes - block->text_bytes;
}

enum kite_status kite_text_block_of(struct kite_bundle *bundle, uint32_t document, uint32_t paragraph,
                                    const struct kite_text_block **out, struct kite_fault *fault)
{
    const struct kite_stored_document *d = &bundle->documents[document];
    uint32_t wanted = d->first_paragraph + paragraph, index;
    struct kite_text_block *block = kept_block(bundle, wanted);
    enum kite_status status = KITE_OK;

    if (block->index == UINT32_MAX || wanted < block->first || wanted - block->first >= block->count) {
        status = kite_block_of_paragraph(bundle, wanted, &index, fault);
        if (status == KITE_OK)
            status = load_block(bundle, index, block, fault);
        if (status)
            return status;
    }
    if (!is_of(block, d))
        return kite_fail(fault, KITE_E_FORMAT, "block %u is of two documents", (unsigned)block->index);
    block->used_at = ++bundle->clock;
    *out = block;
    return KITE_OK;
}
