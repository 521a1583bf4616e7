/* Opening a bundle, and reading its blocks and leaves, whose hashes are checked before they are inflated. */
#include "bundle/reader.h"

#include <sodium.h>
#include <string.h>

/* ---- blocks ---------------------------------------------------------------------------------- */

enum kite_status kite_room_for(const struct kite_memory *mem, struct kite_room *room, size_t bytes)
{
    if (bytes <= room->count)
        return KITE_OK;
    kite_free(mem, room->bytes);
    room->count = 0;
    room->bytes = kite_alloc(mem, bytes, 1);
    if (!room->bytes)
        return KITE_E_NOMEM;
    room->count = bytes;
    return KITE_OK;
}

enum kite_status kite_stored_read(struct kite_bundle *bundle, enum kite_block_type type, uint32_t number,
                                  uint64_t offset, uint32_t bytes, const uint8_t hash[KITE_HASH_BYTES],
                                  struct kite_fault *fault)
{
    const char *what = type == KITE_BLOCK_LEAF ? "part" : "block";
    const char *whose = type == KITE_BLOCK_LEAF ? " of the index" : "";
    uint8_t found[KITE_HASH_BYTES];
    enum kite_status status = kite_room_for(&bundle->mem, &bundle->stored, bytes);

    if (status == KITE_OK)
        status = bundle->source->read_at(bundle->source->ctx, offset, bundle->stored.bytes, bytes);
    if (status)
        return kite_fail(fault, status, "%s %u%s cannot be read", what, (unsigned)number, whose);
    kite_block_hash(type, number, bundle->stored.bytes, bytes, found);
    if (memcmp(found, hash, KITE_HASH_BYTES) != 0)
        return kite_fail(fault, KITE_E_DAMAGED, "%s %u%s is damaged: copy the bundle again", what, (unsigned)number, whose);
    return KITE_OK;
}

enum kite_status kite_block_read(struct kite_bundle *bundle, uint32_t index, const struct kite_stored_block *block,
                                 uint8_t *out, struct kite_fault *fault)
{
    enum kite_block_type type = index < bundle->lexicon_blocks                         ? KITE_BLOCK_LEXICON
                                : index < bundle->lexicon_blocks + bundle->text_blocks ? KITE_BLOCK_TEXT_NUMBERS
                                                                                       : KITE_BLOCK_PICTURE_ROWS;
    enum kite_status status =
        kite_stored_read(bundle, type, index, block->offset, block->stored_bytes, block->hash, fault);

    if (status)
        return status;
    status = kite_inflate(bundle->inflater, bundle->stored.bytes, block->stored_bytes, out, block->bytes);
    return status ? kite_fail(fault, status, "block %u cannot be unpacked", (unsigned)index) : KITE_OK;
}

/* ---- opening --------------------------------------------------------------------------------- */

struct chunk {
    uint64_t offset;
    uint32_t bytes;
};
struct front {
    struct chunk meta, hash, data;
    struct chunk originals, fonts; /* offset 0: there are none */
    uint64_t end; /* behind the last chunk */
};

static enum kite_status read_chunks(struct kite_bundle *bundle, const uint8_t *header, struct front *front,
                                    struct kite_fault *fault)
{
    uint8_t count = header[KITE_HEADER_BYTES - 2];
    uint8_t table[KITE_CHUNKS_MAX * KITE_CHUNK_ENTRY_BYTES];
    uint64_t offset = KITE_HEADER_BYTES + (uint64_t)count * KITE_CHUNK_ENTRY_BYTES;

    if (count > KITE_CHUNKS_MAX)
        return kite_fail(fault, KITE_E_FORMAT, "the bundle lists %u chunks, more than %u", count, KITE_CHUNKS_MAX);
    if (offset > bundle->file_bytes)
        return kite_fail(fault, KITE_E_DAMAGED, "the bundle is cut short: copy it again");

    enum kite_status status =
        bundle->source->read_at(bundle->source->ctx, KITE_HEADER_BYTES, table, count * KITE_CHUNK_ENTRY_BYTES);

    if (status)
        return kite_fail(fault, status, "the bundle cannot be read");
    for (uint8_t i = 0; i < count; i++) {
        const uint8_t *entry = table + i * KITE_CHUNK_ENTRY_BYTES;
        uint32_t type = kite_get_u32(entry), bytes = kite_get_u32(entry + 4);
        struct chunk *chunk = type == KITE_CHUNK_META   ? &front->meta
                              : type == KITE_CHUNK_HASH ? &front->hash
                              : type == KITE_CHUNK_DATA ? &front->data
                              : type == KITE_CHUNK_PAGE ? &front->originals
                              : type == KITE_CHUNK_FONT ? &front->fonts
                                                        : NULL;

        if (!chunk && !KITE_CHUNK_IS_ANCILLARY(type))
            return kite_fail(fault, KITE_E_UNSUPPORTED, "the bundle has a part that needs a newer Kite");
        if (chunk && chunk->offset)
            return kite_fail(fault, KITE_E_FORMAT, "the bundle has a part twice");
        if (chunk)
            *chunk = (struct chunk){ offset, bytes };
        offset += bytes;
    }
    front->end = offset;
    if (!front->meta.offset || !front->hash.offset || !front->data.offset || front->data.offset < front->hash.offset)
        return kite_fail(fault, KITE_E_FORMAT, "the bundle lacks a part");
    if (front->originals.offset > front->hash.offset) /* where the root does not cover it */
        return kite_fail(fault, KITE_E_FORMAT, "the bundle's list of pages stands in a wrong place");
    if (front->fonts.offset > front->hash.offset)
        return kite_fail(fault, KITE_E_FORMAT, "the bundle's fonts stand in a wrong place");
    if (offset > bundle->file_bytes)
        return kite_fail(fault, KITE_E_DAMAGED, "the bundle is cut short by %llu bytes: copy it again",
                         (unsigned long long)(offset - bundle->file_bytes));
    return KITE_OK;
}

/* The root hash covers every byte before itself: it stands at the end of the HASH chunk. */
static enum kite_status check_root(struct kite_bundle *bundle, const struct front *front, struct kite_fault *fault)
{
    crypto_generichash_state state;
    uint8_t part[512], stored[KITE_ROOT_BYTES];
    uint64_t end, at = 0;

    if (front->hash.bytes < KITE_ROOT_BYTES)
        return kite_fail(fault, KITE_E_FORMAT, "the bundle lacks its root hash");
    end = front->hash.offset + front->hash.bytes - KITE_ROOT_BYTES;
    crypto_generichash_init(&state, NULL, 0, KITE_ROOT_BYTES);
    while (at < end) {
        size_t count = end - at < sizeof part ? (size_t)(end - at) : sizeof part;
        enum kite_status status = bundle->source->read_at(bundle->source->ctx, at, part, count);

        if (status)
            return kite_fail(fault, status, "the bundle cannot be read");
        crypto_generichash_update(&state, part, count);
        at += count;
    }
    crypto_generichash_final(&state, bundle->root, KITE_ROOT_BYTES);

    enum kite_status status = bundle->source->read_at(bundle->source->ctx, end, stored, sizeof stored);

    if (status)
        return kite_fail(fault, status, "the bundle cannot be read");
    if (memcmp(stored, bundle->root, KITE_ROOT_BYTES) != 0)
        return kite_fail(fault, KITE_E_DAMAGED, "the bundle's index is damaged: copy it again");
    return KITE_OK;
}

enum kite_status kite_chunk_unpack(struct kite_bundle *bundle, uint64_t offset, uint32_t stored_bytes, uint32_t bytes_max,
                                   const uint8_t **out, uint32_t *bytes)
{
    uint8_t *stored = NULL, *plain = NULL;
    enum kite_status status;

    *out = NULL;
    if (stored_bytes < 4 || stored_bytes > bytes_max)
        return KITE_E_LIMIT;
    stored = kite_alloc(&bundle->mem, stored_bytes, 1);
    if (!stored)
        return KITE_E_NOMEM;
    status = bundle->source->read_at(bundle->source->ctx, offset, stored, stored_bytes);
    if (status == KITE_OK && (*bytes = kite_get_u32(stored)) > bytes_max)
        status = KITE_E_LIMIT;
    if (status == KITE_OK) {
        plain = kite_arena_alloc(&bundle->arena, *bytes, 1);
        status = plain ? kite_inflate(bundle->inflater, stored + 4, stored_bytes - 4, plain, *bytes) : KITE_E_NOMEM;
    }
    kite_free(&bundle->mem, stored);
    *out = plain;
    return status;
}

static enum kite_status read_meta(struct kite_bundle *bundle, const struct chunk *chunk, struct kite_fault *fault)
{
    const uint8_t *meta = NULL;
    uint32_t bytes = 0;
    enum kite_status status = kite_chunk_unpack(bundle, chunk->offset, chunk->bytes, KITE_META_BYTES_MAX, &meta, &bytes);

    if (status)
        return kite_fail(fault, status, "the bundle's index cannot be read: %s", kite_status_text(status));
    return kite_meta_parse(bundle, meta, bytes, bundle->front_bytes, fault);
}

static enum kite_status read_originals(struct kite_bundle *bundle, const struct chunk *chunk, struct kite_fault *fault)
{
    const uint8_t *plain = NULL;
    uint32_t bytes = 0;
    enum kite_status status;

    if (chunk->offset == 0)
        return KITE_OK;
    status = kite_chunk_unpack(bundle, chunk->offset, chunk->bytes, KITE_ORIGINALS_BYTES_MAX, &plain, &bytes);
    if (status)
        return kite_fail(fault, status, "the bundle's list of pages cannot be read: %s", kite_status_text(status));
    return kite_originals_parse(bundle, plain, bytes, fault);
}

static enum kite_status make_rooms(struct kite_bundle *bundle, const struct chunk *hash, struct kite_fault *fault)
{
    const struct kite_table *blocks = &bundle->tables[KITE_TABLE_BLOCKS];
    uint32_t in_tail = bundle->block_count - blocks->leaves[blocks->leaf_count].record;
    size_t hash_bytes = ((size_t)bundle->leaf_count + in_tail) * KITE_HASH_BYTES;

    if (hash->bytes != hash_bytes + KITE_ROOT_BYTES)
        return kite_fail(fault, KITE_E_FORMAT, "the bundle has hashes for another number of blocks");
    bundle->hashes = kite_arena_alloc(&bundle->arena, hash_bytes, 1);
    bundle->paragraph_text = kite_arena_alloc(&bundle->arena, KITE_PARAGRAPH_BYTES_MAX + KITE_PIECE_BYTES_MAX + 16, 1);
    bundle->span_capacity = 16;
    bundle->spans = kite_alloc(&bundle->mem, bundle->span_capacity, sizeof *bundle->spans);
    if (!bundle->hashes || !bundle->paragraph_text || !bundle->spans)
        return kite_fail(fault, KITE_E_NOMEM, "no memory to open the bundle");

    enum kite_status status =
        bundle->source->read_at(bundle->source->ctx, hash->offset, bundle->hashes, hash_bytes);

    return status ? kite_fail(fault, status, "the bundle cannot be read") : KITE_OK;
}

static enum kite_status open_parts(struct kite_bundle *bundle, struct kite_fault *fault)
{
    uint8_t header[KITE_HEADER_BYTES];
    struct front front = { .end = 0 };
    enum kite_status status;

    if (bundle->file_bytes < sizeof header)
        return kite_fail(fault, KITE_E_FORMAT, "this is not a Kite bundle");
    status = bundle->source->read_at(bundle->source->ctx, 0, header, sizeof header);
    if (status)
        return kite_fail(fault, status, "the bundle cannot be read");
    if (memcmp(header, KITE_FIRST_LINE, KITE_FIRST_LINE_BYTES) != 0 ||
        memcmp(header + KITE_FIRST_LINE_BYTES, KITE_MAGIC, KITE_MAGIC_BYTES) != 0)
        return kite_fail(fault, KITE_E_FORMAT, "this is not a Kite bundle, or its first bytes were changed");
    if (header[KITE_HEADER_BYTES - 4] != KITE_VERSION_MAJOR)
        return kite_fail(fault, KITE_E_UNSUPPORTED, "this bundle is of format version %u, which needs a newer Kite",
                         header[KITE_HEADER_BYTES - 4]);
    status = read_chunks(bundle, header, &front, fault);
    if (status == KITE_OK) {
        bundle->end = front.end;
        status = kite_trailers_open(bundle, fault);
    }
    if (status == KITE_OK)
        status = check_root(bundle, &front, fault);
    if (status)
        return status;
    bundle->fonts_at = front.fonts.offset;
    bundle->fonts_bytes = front.fonts.bytes;
    bundle->front_bytes = front.data.offset; /* the leaves that lie there are added when META was read */
    bundle->data_bytes = front.data.bytes;
    status = read_meta(bundle, &front.meta, fault);
    if (status == KITE_OK)
        status = read_originals(bundle, &front.originals, fault);
    return status ? status : make_rooms(bundle, &front.hash, fault);
}

enum kite_status kite_bundle_open(const struct kite_memory *mem, const struct kite_source *source,
                                  struct kite_bundle **out, struct kite_fault *fault)
{
    struct kite_bundle *bundle = kite_alloc(mem, 1, sizeof *bundle);
    enum kite_status status;

    *out = NULL;
    if (!bundle)
        return kite_fail(fault, KITE_E_NOMEM, "no memory to open the bundle");
    bundle->mem = *mem;
    bundle->source = source;
    bundle->file_bytes = source->size_bytes;
    kite_arena_init(&bundle->arena, *mem, KITE_INDEX_BYTES_MAX);
    for (int i = 0; i < KITE_TEXT_BLOCKS_KEPT; i++)
        bundle->text[i].index = UINT32_MAX;
    kite_leaves_drop(bundle); /* none is read yet */
    kite_bundle_keep_words(bundle, KITE_WORDS_KEPT_BYTES);
    status = kite_inflater_create(mem, &bundle->inflater);
    if (status)
        status = kite_fail(fault, status, "no memory to open the bundle");
    else
        status = open_parts(bundle, fault);
    if (status) {
        kite_bundle_close(bundle);
        return status;
    }
    *out = bundle;
    return KITE_OK;
}

void kite_bundle_close(struct kite_bundle *bundle)
{
    if (!bundle)
        return;
    kite_lexicon_drop(bundle);
    kite_leaves_drop(bundle);
    kite_free(&bundle->mem, bundle->stored.bytes);
    kite_free(&bundle->mem, bundle->inflated.bytes);
    kite_free(&bundle->mem, bundle->spans);
    kite_text_blocks_drop(bundle);
    kite_inflater_destroy(bundle->inflater);
    kite_arena_close(&bundle->arena);
    kite_free(&bundle->mem, bundle);
}
