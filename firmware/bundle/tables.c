/* The directories of the index's tables, as META has them: where each leaf lies and what it begins with. */
#include "bundle/reader.h"

/* How many records a table has, and where its keys end. */
static struct kite_leaf_entry end_of(const struct kite_bundle *bundle, enum kite_table_name name)
{
    const struct kite_stored_document *all = &bundle->documents[bundle->document_count];
    uint32_t paragraphs = bundle->paragraph_count;

    switch (name) {
    case KITE_TABLE_BLOCKS:
        return (struct kite_leaf_entry){ .record = bundle->block_count, .key = paragraphs,
                                         .data_offset = bundle->data_bytes, .text_offset = bundle->text_bytes };
    case KITE_TABLE_CONTENTS:
        return (struct kite_leaf_entry){ .record = all->first_contents, .key = paragraphs };
    case KITE_TABLE_NOTES:
        return (struct kite_leaf_entry){ .record = all->first_note, .key = bundle->note_paragraph_count };
    case KITE_TABLE_LINKS:
        return (struct kite_leaf_entry){ .record = all->first_link };
    case KITE_TABLE_IDS:
        return (struct kite_leaf_entry){ .record = all->first_id, .key = paragraphs };
    default:
        return (struct kite_leaf_entry){ .record = bundle->picture_count, .key = bundle->picture_blocks };
    }
}

/* One leaf's entry; *at runs on to where the next leaf begins. */
static void take_leaf(struct kite_bytes *in, enum kite_table_name name, struct kite_leaf_entry *at,
                      struct kite_leaf_entry *out)
{
    uint32_t records = KITE_LEAF_BLOCKS;

    *out = *at;
    out->stored_bytes = kite_take_varint(in);
    out->bytes = kite_take_varint(in);
    if (out->stored_bytes > KITE_LEAF_STORED_MAX || out->bytes > KITE_LEAF_BYTES_MAX)
        in->failed = true;
    if (name != KITE_TABLE_BLOCKS)
        records = kite_take_varint(in);

    uint32_t step = kite_take_varint(in);

    if (records == 0 || records > UINT32_MAX - at->record || step > UINT32_MAX - at->key)
        in->failed = true;
    at->record += records;
    at->key += step;
    if (name == KITE_TABLE_BLOCKS) {
        at->data_offset += kite_take_varint(in);
        at->text_offset += kite_take_varint(in);
    }
    at->offset += out->stored_bytes;
}

/* What is left for the tail, where `at` stands, up to the table's end. */
static bool tail_fits(enum kite_table_name name, const struct kite_leaf_entry *at, const struct kite_leaf_entry *end,
                      uint32_t tail_bytes)
{
    if (at->record > end->record || at->key > end->key || at->data_offset > end->data_offset ||
        at->text_offset > end->text_offset || tail_bytes > KITE_LEAF_BYTES_MAX)
        return false;
    return (at->record == end->record) == (tail_bytes == 0) &&
           (name != KITE_TABLE_BLOCKS || end->record - at->record <= KITE_LEAF_BLOCKS);
}

static void take_directory(struct kite_bundle *bundle, struct kite_bytes *in, enum kite_table_name name,
                           struct kite_leaf_entry *at, enum kite_status *status)
{
    struct kite_table *table = &bundle->tables[name];
    uint64_t offset = at->offset;

    *at = (struct kite_leaf_entry){ .offset = offset };
    table->first_leaf = bundle->leaf_count;
    table->leaf_count = kite_take_count(in, UINT32_MAX, 4);
    table->leaves = kite_index_room(bundle, table->leaf_count + (size_t)2, sizeof *table->leaves, status);
    for (uint32_t i = 0; i < table->leaf_count && !*status && !in->failed; i++)
        take_leaf(in, name, at, &table->leaves[i]);
    table->tail_bytes = kite_take_varint(in);
    bundle->leaf_count += table->leaf_count;
    if (!*status)
        table->leaves[table->leaf_count] = *at;
}

void kite_tables_parse(struct kite_bundle *bundle, struct kite_bytes *in, uint64_t data_offset,
                       enum kite_status *status)
{
    struct kite_leaf_entry at = { .offset = data_offset };

    for (int name = 0; name < KITE_TABLE_COUNT && !*status && !in->failed; name++)
        take_directory(bundle, in, (enum kite_table_name)name, &at, status);
    if (*status || in->failed)
        return;

    uint64_t leaf_bytes = at.offset - data_offset;

    if (leaf_bytes > bundle->data_bytes) {
        in->failed = true;
        return;
    }
    bundle->front_bytes = at.offset;
    bundle->data_bytes -= leaf_bytes;
    for (int name = 0; name < KITE_TABLE_COUNT; name++) {
        struct kite_table *table = &bundle->tables[name];
        struct kite_leaf_entry end = end_of(bundle, (enum kite_table_name)name);

        table->leaves[table->leaf_count + 1] = end;
        table->tail = kite_take_bytes(in, table->tail_bytes);
        if (!tail_fits((enum kite_table_name)name, &table->leaves[table->leaf_count], &end, table->tail_bytes))
            in->failed = true;
    }
    if (bundle->lexicon_bytes + bundle->text_stored_bytes > bundle->data_bytes)
        in->failed = true;
}
