/* The table of blocks: where each lies, what it holds, its hash; and finding the block of a paragraph or of a byte of
 * the text. */
#include "bundle/reader.h"

#include "bundle/pictures.h"

static bool is_text(const struct kite_bundle *bundle, uint32_t index)
{
    return index >= bundle->lexicon_blocks && index < bundle->lexicon_blocks + bundle->text_blocks;
}

/* Is a block's count one that its bytes can hold? So that a count never asks for more memory than the block's kind may
 * take: a paragraph is at least a byte of its block, a piece two, a row a strip of it. */
static bool block_holds(const struct kite_bundle *bundle, uint32_t index, const struct kite_stored_block *b)
{
    if (b->stored_bytes > KITE_STORED_BYTES_MAX || b->bytes > KITE_BLOCK_BYTES_MAX)
        return false;
    if (index < bundle->lexicon_blocks)
        return b->bytes <= KITE_LEXICON_CHUNK_BYTES && bundle->chunks[index].count <= b->bytes / 2;
    if (is_text(bundle, index))
        return b->count >= 1 && b->count <= b->bytes && b->text_bytes <= KITE_PARAGRAPH_BYTES_MAX * (uint64_t)b->count;
    return b->bytes >= 1 && b->bytes <= KITE_PICTURE_BLOCK_BYTES_MAX && b->count >= 1 && b->count <= KITE_PICTURE_SIDE_MAX;
}

/* The records of a leaf's blocks; they must lead to where the next leaf begins. */
static bool take_blocks(const struct kite_bundle *bundle, uint32_t leaf, struct kite_bytes in, const uint8_t *hashes,
                        struct kite_stored_block *blocks)
{
    const struct kite_leaf_entry *entry = &bundle->tables[KITE_TABLE_BLOCKS].leaves[leaf], *next = entry + 1;
    uint64_t offset = entry->data_offset, text = entry->text_offset;
    uint64_t paragraph = entry->key;

    for (uint32_t i = entry->record; i < next->record && !in.failed; i++) {
        struct kite_stored_block b = { .offset = bundle->front_bytes + offset, .text_offset = text,
                                       .first = (uint32_t)paragraph };

        b.stored_bytes = kite_take_varint(&in);
        b.bytes = kite_take_varint(&in);
        if (i >= bundle->lexicon_blocks)
            b.count = kite_take_varint(&in);
        if (is_text(bundle, i)) {
            b.text_bytes = kite_take_varint(&in);
            paragraph += b.count;
            text += b.text_bytes;
        }
        offset += b.stored_bytes;
        if (!block_holds(bundle, i, &b) || paragraph > next->key || text > next->text_offset ||
            offset > next->data_offset)
            return false;
        for (uint32_t k = 0; k < KITE_HASH_BYTES; k++)
            b.hash[k] = hashes[(i - entry->record) * KITE_HASH_BYTES + k];
        blocks[i - entry->record] = b;
    }
    return !in.failed && in.at == in.end && paragraph == next->key && text == next->text_offset &&
           offset == next->data_offset;
}

/* Read a leaf of the table: the hashes of its blocks, then their records in raw deflate. */
static enum kite_status load_blocks(struct kite_bundle *bundle, uint32_t leaf, struct kite_stored_block *blocks,
                                    struct kite_fault *fault)
{
    const struct kite_table *table = &bundle->tables[KITE_TABLE_BLOCKS];
    const struct kite_leaf_entry *entry = &table->leaves[leaf];
    const uint8_t *hashes = bundle->hashes + (size_t)bundle->leaf_count * KITE_HASH_BYTES;
    struct kite_bytes in = { table->tail, table->tail + table->tail_bytes, false };
    uint32_t number = table->first_leaf + leaf;
    size_t hash_bytes = KITE_LEAF_BLOCKS * KITE_HASH_BYTES;
    enum kite_status status = KITE_OK;

    if (leaf < table->leaf_count) {
        status = kite_stored_read(bundle, KITE_BLOCK_LEAF, number, entry->offset, entry->stored_bytes,
                                  bundle->hashes + (size_t)number * KITE_HASH_BYTES, fault);
        if (status)
            return status;
        status = kite_room_for(&bundle->mem, &bundle->inflated, entry->bytes);
        if (status == KITE_OK && entry->stored_bytes <= hash_bytes)
            status = KITE_E_FORMAT;
        if (status == KITE_OK)
            status = kite_inflate(bundle->inflater, bundle->stored.bytes + hash_bytes, entry->stored_bytes - hash_bytes,
                                  bundle->inflated.bytes, entry->bytes);
        if (status)
            return kite_fail(fault, status, "part %u of the bundle's index cannot be unpacked", (unsigned)number);
        hashes = bundle->stored.bytes;
        in = (struct kite_bytes){ bundle->inflated.bytes, bundle->inflated.bytes + entry->bytes, false };
    }
    if (!take_blocks(bundle, leaf, in, hashes, blocks))
        return kite_fail(fault, KITE_E_FORMAT, "the bundle's index breaks a rule of the format");
    return KITE_OK;
}

/* A leaf's blocks, from what is kept or the file. */
static enum kite_status blocks_of(struct kite_bundle *bundle, uint32_t leaf, const struct kite_stored_block **out,
                                  struct kite_fault *fault)
{
    struct kite_block_leaf *oldest = &bundle->block_leaves[0];
    enum kite_status status = KITE_OK;

    for (int i = 0; i < KITE_BLOCK_LEAVES_KEPT; i++) {
        struct kite_block_leaf *kept = &bundle->block_leaves[i];

        if (kept->index == leaf) {
            oldest = kept;
            break;
        }
        if (kept->used_at < oldest->used_at)
            oldest = kept;
    }
    if (!oldest->blocks)
        oldest->blocks = kite_alloc(&bundle->mem, KITE_LEAF_BLOCKS, sizeof *oldest->blocks);
    if (!oldest->blocks)
        return kite_fail(fault, KITE_E_NOMEM, "no memory for the bundle's index");
    if (oldest->index != leaf) {
        oldest->index = UINT32_MAX;
        status = load_blocks(bundle, leaf, oldest->blocks, fault);
    }
    if (status)
        return status;
    oldest->index = leaf;
    oldest->used_at = ++bundle->clock;
    *out = oldest->blocks;
    return KITE_OK;
}

enum kite_status kite_block_at(struct kite_bundle *bundle, uint32_t index, struct kite_stored_block *out,
                               struct kite_fault *fault)
{
    const struct kite_stored_block *blocks;
    enum kite_status status = blocks_of(bundle, index / KITE_LEAF_BLOCKS, &blocks, fault);

    if (status == KITE_OK)
        *out = blocks[index % KITE_LEAF_BLOCKS];
    return status;
}

/* ---- finding ----------------------------------------------------------------------------------- */

/* A paragraph or a byte of the text. */
struct wanted {
    bool is_text;
    uint64_t value;
};

static bool leaf_begins_behind(const struct kite_leaf_entry *entry, const struct wanted *wanted)
{
    return (wanted->is_text ? entry->text_offset : entry->key) > wanted->value;
}

static bool block_begins_behind(const struct kite_stored_block *block, const struct wanted *wanted)
{
    return (wanted->is_text ? block->text_offset : block->first) > wanted->value;
}

/* The last text block that does not begin behind what is wanted. */
static enum kite_status find(struct kite_bundle *bundle, struct wanted wanted, uint32_t *index,
                             struct kite_fault *fault)
{
    const struct kite_leaf_entry *leaves = bundle->tables[KITE_TABLE_BLOCKS].leaves;
    const struct kite_stored_block *blocks;
    uint32_t first = bundle->lexicon_blocks, end = first + bundle->text_blocks;
    uint32_t low = first / KITE_LEAF_BLOCKS, high = (end - 1) / KITE_LEAF_BLOCKS + 1;

    while (high - low > 1) {
        uint32_t middle = low + (high - low) / 2;

        if (leaf_begins_behind(&leaves[middle], &wanted))
            high = middle;
        else
            low = middle;
    }

    enum kite_status status = blocks_of(bundle, low, &blocks, fault);
    uint32_t base = low * KITE_LEAF_BLOCKS;

    if (status)
        return status;
    low = base > first ? base : first;
    high = leaves[base / KITE_LEAF_BLOCKS + 1].record < end ? leaves[base / KITE_LEAF_BLOCKS + 1].record : end;
    while (high - low > 1) {
        uint32_t middle = low + (high - low) / 2;

        if (block_begins_behind(&blocks[middle - base], &wanted))
            high = middle;
        else
            low = middle;
    }
    *index = low;
    return KITE_OK;
}

enum kite_status kite_block_of_paragraph(struct kite_bundle *bundle, uint32_t paragraph, uint32_t *index,
                                         struct kite_fault *fault)
{
    return find(bundle, (struct wanted){ false, paragraph }, index, fault);
}

enum kite_status kite_block_of_text(struct kite_bundle *bundle, uint64_t text_offset, uint32_t *index,
                                    struct kite_fault *fault)
{
    return find(bundle, (struct wanted){ true, text_offset }, index, fault);
}
