/* The index's tables, written: a leaf whenever one is full, what is left as the tail. index.c and directory.c read them. */
#include "bundle/writer.h"

#include <string.h>

struct building {
    struct kite_writer *writer;
    enum kite_table_name name;
    struct kite_buffer records;  /* of the leaf in hand */
    struct kite_buffer hashes;   /* blocks: of the leaf in hand */
    struct kite_buffer entries;  /* of the leaves so far */
    uint32_t leaf_count, record_count;
    uint32_t key, leaf_key;      /* as struct kite_leaf_entry; at the leaf's beginning */
    uint32_t data_bytes, text_bytes; /* blocks: of the leaf in hand */
    enum kite_status status;
};

static void put(struct building *b, struct kite_buffer *out, uint32_t value)
{
    if (b->status == KITE_OK)
        b->status = kite_buffer_add_varint(out, value);
}

static void put_u8(struct building *b, uint8_t value)
{
    if (b->status == KITE_OK)
        b->status = kite_buffer_add_u8(&b->records, value);
}

static void put_bytes(struct building *b, struct kite_buffer *out, const void *bytes, size_t count)
{
    if (b->status == KITE_OK)
        b->status = kite_buffer_add(out, bytes, count);
}

static void put_string(struct building *b, const char *text, size_t bytes)
{
    put_bytes(b, &b->records, text, bytes);
    put_u8(b, 0);
}

/* The leaf in hand is full: hashes and deflated records, its own hash, its entry in the directory. */
static void close_leaf(struct building *b)
{
    struct kite_written_index *index = &b->writer->index;
    size_t start = index->leaves.count;
    uint8_t hash[KITE_HASH_BYTES];

    put_bytes(b, &index->leaves, b->hashes.bytes, b->hashes.count);
    if (b->status == KITE_OK)
        b->status = kite_deflate(b->records.bytes, b->records.count, b->writer->options.zopfli_iterations, &index->leaves);
    if (b->status)
        return;

    size_t stored_bytes = index->leaves.count - start;

    kite_block_hash(KITE_BLOCK_LEAF, index->leaf_count++, index->leaves.bytes + start, stored_bytes, hash);
    put_bytes(b, &index->hashes, hash, sizeof hash);
    put(b, &b->entries, (uint32_t)stored_bytes);
    put(b, &b->entries, (uint32_t)b->records.count);
    if (b->name != KITE_TABLE_BLOCKS)
        put(b, &b->entries, b->record_count);
    put(b, &b->entries, b->key - b->leaf_key);
    if (b->name == KITE_TABLE_BLOCKS) {
        put(b, &b->entries, b->data_bytes);
        put(b, &b->entries, b->text_bytes);
    }
    b->leaf_count++;
    b->leaf_key = b->key;
    b->record_count = b->data_bytes = b->text_bytes = 0;
    b->records.count = b->hashes.count = 0;
}

/* A record is whole. */
static void end_record(struct building *b)
{
    b->record_count++;
    if (b->status == KITE_OK && (b->name == KITE_TABLE_BLOCKS ? b->record_count == KITE_LEAF_BLOCKS
                                                              : b->records.count >= KITE_LEAF_BYTES))
        close_leaf(b);
}

/* ---- the tables -------------------------------------------------------------------------------- */

static void put_blocks(struct building *b)
{
    const struct kite_writer *w = b->writer;

    for (size_t i = 0; i < w->block_count && b->status == KITE_OK; i++) {
        const struct kite_written_block *block = &w->blocks[i];

        put(b, &b->records, block->stored_bytes);
        put(b, &b->records, block->bytes);
        if (i >= w->lexicon_blocks)
            put(b, &b->records, block->count);
        if (i >= w->lexicon_blocks && i < w->lexicon_blocks + w->text_blocks) {
            put(b, &b->records, block->text_bytes);
            b->key += block->count;
            b->text_bytes += block->text_bytes;
        }
        b->data_bytes += block->stored_bytes;
        put_bytes(b, &b->hashes, block->hash, KITE_HASH_BYTES);
        end_record(b);
    }
}

/* A heading's text as a title: separators and marks out, at most as long as a string may be. */
static void put_title(struct building *b, const struct kite_text *text)
{
    char title[KITE_STRING_BYTES_MAX + 4];
    size_t count = 0, length;

    for (size_t i = 0; i < text->text_bytes; i += length) {
        uint32_t c = kite_utf8_decode(text->text + i, text->text_bytes - i, &length);

        if (c == 0xfffc || c == 0xad)
            continue;
        if (c < 0x20 || c == 0x7f)
            c = ' ';
        if (count + length > KITE_STRING_BYTES_MAX)
            break;
        count += kite_utf8_encode(c, title + count);
    }
    put_string(b, title, count);
}

/* Step on to paragraph `index` of those that begin at `first`. */
static void put_step(struct building *b, uint32_t first, uint32_t index)
{
    put(b, &b->records, first + index + 1 - b->key);
    b->key = first + index + 1;
}

static void put_contents(struct building *b, const struct kite_written_document *d, uint32_t first)
{
    for (uint32_t i = 0; i < d->count; i++) {
        const struct kite_paragraph *p = &d->paragraphs[i].paragraph;

        if (!kite_is_in_contents(p))
            continue;
        put_step(b, first, i);
        put_u8(b, p->depth);
        put_title(b, &p->text);
        end_record(b);
    }
}

static void put_notes(struct building *b, const struct kite_written_document *d)
{
    for (uint32_t i = d->body_count, next; i < d->count; i = next) {
        next = i + 1;
        while (next < d->count && d->paragraphs[next].paragraph.role == KITE_ROLE_NOTE_MORE)
            next++;
        put(b, &b->records, next - i);
        b->key += next - i;
        end_record(b);
    }
}

static void put_links(struct building *b, const struct kite_written_document *d)
{
    for (size_t i = 0; i < d->link_count; i++) {
        const struct kite_link *link = &d->links[i];

        put_u8(b, link->address == NULL);
        if (link->address) {
            put_string(b, link->address, strlen(link->address));
        } else {
            put(b, &b->records, link->place.document);
            put(b, &b->records, link->place.paragraph);
            put(b, &b->records, link->place.offset_bytes);
        }
        end_record(b);
    }
}

static void put_ids(struct building *b, const struct kite_written_document *d, uint32_t first)
{
    for (uint32_t i = 0; i < d->count; i++) {
        if (d->paragraphs[i].paragraph.id == i)
            continue;
        put_step(b, first, i);
        put(b, &b->records, d->paragraphs[i].paragraph.id);
        end_record(b);
    }
}

static void put_pictures(struct building *b)
{
    for (size_t i = 0; i < b->writer->picture_count; i++) {
        const struct kite_picture *picture = &b->writer->pictures[i];

        put(b, &b->records, picture->info.width_px);
        put(b, &b->records, picture->info.height_px);
        put_u8(b, (uint8_t)picture->info.codec);
        put_u8(b, picture->info.quality);
        put_u8(b, picture->info.filter);
        put(b, &b->records, (uint32_t)picture->block_count);
        b->key += (uint32_t)picture->block_count;
        end_record(b);
    }
}

static void put_documents(struct building *b)
{
    uint32_t first = 0;

    for (size_t i = 0; i < b->writer->document_count; i++) {
        const struct kite_written_document *d = &b->writer->documents[i];

        if (b->name == KITE_TABLE_CONTENTS)
            put_contents(b, d, first);
        else if (b->name == KITE_TABLE_NOTES)
            put_notes(b, d);
        else if (b->name == KITE_TABLE_LINKS)
            put_links(b, d);
        else
            put_ids(b, d, first);
        first += (uint32_t)d->count;
    }
}

static enum kite_status write_table(struct kite_writer *writer, enum kite_table_name name, struct kite_buffer *tail_hashes)
{
    struct kite_written_index *index = &writer->index;
    struct building b = { .writer = writer, .name = name, .records = { .mem = writer->mem },
                          .hashes = { .mem = writer->mem }, .entries = { .mem = writer->mem } };

    if (name == KITE_TABLE_BLOCKS)
        put_blocks(&b);
    else if (name == KITE_TABLE_PICTURES)
        put_pictures(&b);
    else
        put_documents(&b);
    put(&b, &index->directory, b.leaf_count);
    put_bytes(&b, &index->directory, b.entries.bytes, b.entries.count);
    put(&b, &index->directory, (uint32_t)b.records.count);
    put_bytes(&b, &index->tails, b.records.bytes, b.records.count);
    put_bytes(&b, tail_hashes, b.hashes.bytes, b.hashes.count);
    kite_buffer_close(&b.records);
    kite_buffer_close(&b.hashes);
    kite_buffer_close(&b.entries);
    return b.status;
}

enum kite_status kite_index_write(struct kite_writer *writer)
{
    struct kite_buffer tail_hashes = { .mem = writer->mem };
    enum kite_status status = KITE_OK;
    uint64_t paragraphs = 0;

    for (size_t i = 0; i < writer->document_count; i++)
        paragraphs += writer->documents[i].count + writer->documents[i].link_count;
    if (paragraphs > KITE_PARAGRAPHS_MAX)
        return KITE_E_LIMIT;
    for (int name = 0; name < KITE_TABLE_COUNT && status == KITE_OK; name++)
        status = write_table(writer, (enum kite_table_name)name, &tail_hashes);
    if (status == KITE_OK)
        status = kite_buffer_add(&writer->index.hashes, tail_hashes.bytes, tail_hashes.count);
    kite_buffer_close(&tail_hashes);
    return status;
}
