/* The index's tables: contents, notes, links, ids, pictures. A leaf is read, checked whole and walked record by record;
 * one leaf of each table is kept. The table of blocks, which is asked most, is in directory.c. */
#include "bundle/reader.h"

#include <string.h>

const char *kite_take_string(struct kite_bytes *in)
{
    const uint8_t *start = in->at;
    const uint8_t *end = in->failed ? NULL : memchr(start, 0, (size_t)(in->end - start));

    if (!end || (size_t)(end - start) > KITE_STRING_BYTES_MAX ||
        !kite_utf8_is_valid((const char *)start, (size_t)(end - start))) {
        in->failed = true;
        return "";
    }
    for (const uint8_t *at = start; at < end; at++)
        if (*at < 0x20 || *at == 0x7f)
            in->failed = true;
    in->at = end + 1;
    return (const char *)start;
}

uint32_t kite_table_records(const struct kite_bundle *bundle, enum kite_table_name name)
{
    const struct kite_table *table = &bundle->tables[name];

    return table->leaves[table->leaf_count + 1].record;
}

/* ---- records ----------------------------------------------------------------------------------- */

/* A string, whose characters need no second look in a leaf that was checked. */
static const char *take_text(struct kite_bytes *in, bool is_checked)
{
    const char *start = (const char *)in->at;

    if (!is_checked)
        return kite_take_string(in);
    in->at += strlen(start) + 1;
    return start;
}

static void take_link(const struct kite_bundle *bundle, bool is_checked, struct kite_bytes *in, struct kite_link *link)
{
    uint8_t is_inside = kite_take_u8(in);

    *link = (struct kite_link){ 0 };
    if (is_inside > 1)
        in->failed = true;
    if (!is_inside) {
        link->address = take_text(in, is_checked);
        return;
    }
    link->place.document = kite_take_varint(in);
    link->place.paragraph = kite_take_varint(in);
    link->place.offset_bytes = kite_take_varint(in);
    if (link->place.document >= bundle->document_count ||
        link->place.paragraph >= bundle->documents[link->place.document].paragraph_count)
        in->failed = true; /* every inside link names a paragraph that is there */
}

static void take_picture(struct kite_bytes *in, struct kite_table_record *out)
{
    struct kite_picture_info *info = &out->info;

    info->width_px = kite_take_varint(in);
    info->height_px = kite_take_varint(in);

    uint8_t codec = kite_take_u8(in);

    info->codec = (enum kite_picture_codec)codec;
    info->quality = kite_take_u8(in);
    info->filter = kite_take_u8(in);
    out->count = kite_take_varint(in);
    if (info->width_px < 1 || info->width_px > KITE_PICTURE_SIDE_MAX || info->height_px < 1 ||
        info->height_px > KITE_PICTURE_SIDE_MAX || out->count > info->height_px || codec == 0)
        in->failed = true;
}

/* Take the leaf's next record; its key runs on, not beyond limit. */
static void take_record(const struct kite_bundle *bundle, enum kite_table_name name, struct kite_leaf *leaf,
                        struct kite_bytes *in, uint32_t limit, struct kite_table_record *out)
{
    uint32_t step = 0, *key = &leaf->key;

    if (name == KITE_TABLE_CONTENTS || name == KITE_TABLE_IDS) {
        step = kite_take_varint(in);
        if (step == 0)
            in->failed = true;
        out->key = *key + step;
    } else {
        out->key = *key;
    }
    if (name == KITE_TABLE_CONTENTS) {
        out->level = kite_take_u8(in);
        out->title = take_text(in, leaf->is_checked);
        if (out->level < 1 || out->level > KITE_LEVEL_MAX)
            in->failed = true;
    } else if (name == KITE_TABLE_NOTES) {
        step = out->count = kite_take_varint(in);
        if (step == 0)
            in->failed = true;
    } else if (name == KITE_TABLE_LINKS) {
        take_link(bundle, leaf->is_checked, in, &out->link);
    } else if (name == KITE_TABLE_IDS) {
        out->id = kite_take_varint(in);
    } else {
        take_picture(in, out);
        step = out->count;
    }
    if (step > limit - *key)
        in->failed = true;
    else
        *key += step;
}

/* ---- leaves ------------------------------------------------------------------------------------ */

static void rewind_leaf(const struct kite_table *table, struct kite_leaf *leaf, uint32_t index)
{
    leaf->at = leaf->start;
    leaf->record = table->leaves[index].record;
    leaf->key = table->leaves[index].key;
}

/* The record that the leaf's cursor stands before. False: it breaks a rule. */
static bool next_record(const struct kite_bundle *bundle, enum kite_table_name name, struct kite_leaf *leaf,
                        uint32_t limit, struct kite_table_record *out)
{
    struct kite_bytes in = { leaf->at, leaf->end, false };

    take_record(bundle, name, leaf, &in, limit, out);
    leaf->at = in.at;
    leaf->record++;
    return !in.failed;
}

/* All records of a leaf follow the rules, fill it, and lead to where the next one begins. */
static bool check_leaf(const struct kite_bundle *bundle, enum kite_table_name name, struct kite_leaf *leaf,
                       uint32_t index)
{
    const struct kite_table *table = &bundle->tables[name];
    const struct kite_leaf_entry *next = &table->leaves[index + 1];
    bool may_end_early = index == table->leaf_count && (name == KITE_TABLE_CONTENTS || name == KITE_TABLE_IDS);
    struct kite_table_record record;

    rewind_leaf(table, leaf, index);
    leaf->is_checked = false;
    while (leaf->record < next->record)
        if (!next_record(bundle, name, leaf, next->key, &record))
            return false;
    leaf->is_checked = leaf->at == leaf->end && (leaf->key == next->key || may_end_early);
    return leaf->is_checked;
}

static enum kite_status read_leaf(struct kite_bundle *bundle, enum kite_table_name name, uint32_t index,
                                  struct kite_fault *fault)
{
    const struct kite_table *table = &bundle->tables[name];
    const struct kite_leaf_entry *entry = &table->leaves[index];
    struct kite_leaf *leaf = &bundle->leaves[name];
    uint32_t number = table->first_leaf + index;
    enum kite_status status;

    if (!leaf->bytes)
        leaf->bytes = kite_alloc(&bundle->mem, KITE_LEAF_BYTES_MAX, 1);
    if (!leaf->bytes)
        return kite_fail(fault, KITE_E_NOMEM, "no memory for the bundle's index");
    status = kite_stored_read(bundle, KITE_BLOCK_LEAF, number, entry->offset, entry->stored_bytes,
                              bundle->hashes + (size_t)number * KITE_HASH_BYTES, fault);
    if (status)
        return status;
    status = kite_inflate(bundle->inflater, bundle->stored.bytes, entry->stored_bytes, leaf->bytes, entry->bytes);
    leaf->start = leaf->bytes;
    leaf->end = leaf->bytes + entry->bytes;
    return status ? kite_fail(fault, status, "part %u of the bundle's index cannot be unpacked", (unsigned)number) : status;
}

static enum kite_status load_leaf(struct kite_bundle *bundle, enum kite_table_name name, uint32_t index,
                                  struct kite_fault *fault)
{
    const struct kite_table *table = &bundle->tables[name];
    struct kite_leaf *leaf = &bundle->leaves[name];

    if (leaf->index == index)
        return KITE_OK;
    leaf->index = UINT32_MAX;
    if (index == table->leaf_count) {
        leaf->start = table->tail;
        leaf->end = table->tail + table->tail_bytes;
    } else {
        enum kite_status status = read_leaf(bundle, name, index, fault);

        if (status)
            return status;
    }
    if (!check_leaf(bundle, name, leaf, index))
        return kite_fail(fault, KITE_E_FORMAT, "the bundle's index breaks a rule of the format");
    rewind_leaf(table, leaf, index);
    leaf->index = index;
    return KITE_OK;
}

enum kite_status kite_record_at(struct kite_bundle *bundle, enum kite_table_name name, uint32_t number,
                                struct kite_table_record *out, struct kite_fault *fault)
{
    const struct kite_table *table = &bundle->tables[name];
    struct kite_leaf *leaf = &bundle->leaves[name];
    uint32_t low = 0, high = table->leaf_count + 1;

    while (high - low > 1) { /* the last leaf that begins at or before it */
        uint32_t middle = low + (high - low) / 2;

        if (table->leaves[middle].record <= number)
            low = middle;
        else
            high = middle;
    }

    enum kite_status status = load_leaf(bundle, name, low, fault);

    if (status)
        return status;
    if (leaf->record > number)
        rewind_leaf(table, leaf, low);
    do
        next_record(bundle, name, leaf, table->leaves[low + 1].key, out); /* checked when it was read */
    while (leaf->record <= number);
    return KITE_OK;
}

enum kite_status kite_record_from_key(struct kite_bundle *bundle, enum kite_table_name name, uint32_t key,
                                      uint32_t *number, struct kite_fault *fault)
{
    const struct kite_table *table = &bundle->tables[name];
    struct kite_leaf *leaf = &bundle->leaves[name];
    uint32_t low = 0, high = table->leaf_count + 1;

    while (high - low > 1) { /* the last leaf before which all keys are lower */
        uint32_t middle = low + (high - low) / 2;

        if (table->leaves[middle].key < key)
            low = middle;
        else
            high = middle;
    }

    enum kite_status status = load_leaf(bundle, name, low, fault);
    const struct kite_leaf_entry *next = &table->leaves[low + 1];
    struct kite_table_record record;

    if (status)
        return status;
    if (leaf->key >= key)
        rewind_leaf(table, leaf, low);
    *number = leaf->record;
    while (leaf->record < next->record) {
        next_record(bundle, name, leaf, next->key, &record);
        if (record.key >= key)
            return KITE_OK;
        *number = leaf->record;
    }
    return KITE_OK;
}

void kite_leaves_drop(struct kite_bundle *bundle)
{
    for (int i = 0; i < KITE_TABLE_COUNT; i++) {
        kite_free(&bundle->mem, bundle->leaves[i].bytes);
        bundle->leaves[i] = (struct kite_leaf){ .index = UINT32_MAX };
    }
    for (int i = 0; i < KITE_BLOCK_LEAVES_KEPT; i++) {
        kite_free(&bundle->mem, bundle->block_leaves[i].blocks);
        bundle->block_leaves[i] = (struct kite_block_leaf){ .index = UINT32_MAX };
    }
}
