/* libFuzzer: any word list and any text. The input says how many words, paragraphs and bytes of text they are to have
 * and how long the list is, and has both as they inflate; hashes and index are right, so that what is changed reaches
 * the decoders. */
#include "fuzz/bundles.h"

#define ONE_BYTE_PIECES 180
#define TWO_BYTE_LEADS 40

struct claims {
    uint16_t words, paragraphs, text_bytes, list_bytes;
};

/* Deflate a block and add it, and its hash. Returns the bytes stored. */
static uint32_t add_block(struct kite_buffer *data, struct kite_buffer *hashes, enum kite_block_type type,
                          uint32_t number, const uint8_t *bytes, size_t count)
{
    size_t start = data->count;
    uint8_t hash[KITE_HASH_BYTES];

    kite_deflate(bytes, count, -1, data);
    kite_block_hash(type, number, data->bytes + start, data->count - start, hash);
    kite_buffer_add(hashes, hash, sizeof hash);
    return (uint32_t)(data->count - start);
}

static void add_varints(struct kite_buffer *out, const uint32_t *values, size_t count)
{
    for (size_t i = 0; i < count; i++)
        kite_buffer_add_varint(out, values[i]);
}

/* META of one document that has a link, over the English lexicon, a word list and a block of text. */
static void add_meta(struct kite_buffer *meta, const struct claims *c, uint32_t stored_list, uint32_t stored_text,
                     uint32_t text_numbers)
{
    static const char link[] = "\0x:y";
    const struct kite_lexicon *lexicon = kite_lexicon_of(KITE_LANG2('e', 'n'));
    const uint32_t own[] = { lexicon->piece_count, c->words, 1, c->words };
    const uint32_t document[] = { c->paragraphs, 0, c->text_bytes, 0, 0, 1, 0 };
    const uint32_t blocks[] = { 0, 0, 1, stored_list, stored_text };
    const uint32_t records[] = { stored_list, c->list_bytes, stored_text, text_numbers, c->paragraphs, c->text_bytes };
    struct kite_buffer tail = { .mem = meta->mem };

    add_varints(&tail, records, sizeof records / sizeof *records);
    kite_buffer_add(meta, "\0\0en\0", 5);
    kite_buffer_add(meta, lexicon->id, 8);
    add_varints(meta, own, sizeof own / sizeof *own);
    kite_buffer_add_u8(meta, ONE_BYTE_PIECES);
    kite_buffer_add_u8(meta, TWO_BYTE_LEADS);
    kite_buffer_add(meta, "\0\1en\0\0\0", 7); /* no list of one-byte pieces; one document, from left to right */
    add_varints(meta, document, sizeof document / sizeof *document);
    add_varints(meta, blocks, sizeof blocks / sizeof *blocks);
    kite_buffer_add_u8(meta, 0);
    kite_buffer_add_varint(meta, (uint32_t)tail.count);
    kite_buffer_add(meta, "\0\0\0\0\0\5\0\0\0\0", 10); /* of the other tables, links alone have a tail */
    kite_buffer_add(meta, tail.bytes, tail.count);
    kite_buffer_add(meta, link, sizeof link);
    kite_buffer_close(&tail);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct kite_memory heap = kite_memory_heap();
    struct kite_buffer file = { .mem = heap }, meta = { .mem = heap }, blocks = { .mem = heap }, hashes = { .mem = heap };

    if (size < 8)
        return 0;

    struct claims c = { kite_get_u16(data), kite_get_u16(data + 2), kite_get_u16(data + 4), kite_get_u16(data + 6) };

    data += 8;
    size -= 8;
    if (c.list_bytes > size)
        return 0;

    uint32_t list = add_block(&blocks, &hashes, KITE_BLOCK_LEXICON, 0, data, c.list_bytes);
    uint32_t text_numbers = (uint32_t)(size - c.list_bytes);
    uint32_t text = add_block(&blocks, &hashes, KITE_BLOCK_TEXT_NUMBERS, 1, data + c.list_bytes, text_numbers);

    add_meta(&meta, &c, list, text, text_numbers);
    wrap(meta.bytes, meta.count, hashes.bytes, hashes.count, blocks.bytes, blocks.count, &file);
    with_memory_that_ends(file.bytes, file.count, read_all);
    kite_buffer_close(&file);
    kite_buffer_close(&meta);
    kite_buffer_close(&blocks);
    kite_buffer_close(&hashes);
    return 0;
}
