/* What the fuzz targets of bundles share: a file around an index, and asking all that a reader can ask. */
#ifndef KITE_TESTS_FUZZ_BUNDLE_H
#define KITE_TESTS_FUZZ_BUNDLE_H

#include "bundle/format.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

static inline enum kite_status take_rows(void *ctx, uint32_t y, uint32_t rows, const uint8_t *gray)
{
    (void)ctx, (void)y, (void)rows, (void)gray;
    return KITE_OK;
}

static inline void read_document(struct kite_bundle *bundle, uint32_t document, struct kite_arena *arena)
{
    struct kite_document_info info;
    struct kite_contents_entry entry;
    struct kite_link link;
    struct kite_place place;
    struct kite_section section;
    uint32_t first, count;
    uint64_t offset;

    kite_bundle_document(bundle, document, &info);
    for (uint32_t i = 0; i < info.paragraph_count && i < 200; i++) {
        struct kite_paragraph p;

        kite_arena_reset(arena);
        if (kite_bundle_paragraph(bundle, document, i, arena, &p, NULL) != KITE_OK)
            continue;
        if (!kite_utf8_is_valid(p.text.text, p.text.text_bytes) || p.text.span_count == 0)
            abort();
        for (size_t k = 0; k < p.text.piece_count; k++)
            if (p.text.pieces[k].offset_bytes + p.text.pieces[k].bytes > p.text.text_bytes || p.text.pieces[k].key == 0)
                abort();
    }
    for (uint32_t i = 0; i < info.contents_count && i < 50; i++)
        kite_bundle_contents(bundle, document, i, &entry, NULL);
    for (uint32_t i = 0; i < info.note_count && i < 50; i++)
        kite_bundle_note(bundle, document, i, &first, &count, NULL);
    for (uint32_t i = 0; i < info.link_count && i < 50; i++)
        kite_bundle_link(bundle, document, i, &link, NULL);
    if (kite_bundle_place_at(bundle, document, info.text_bytes / 2, &place, NULL) == KITE_OK)
        kite_bundle_offset_of(bundle, place, &offset, NULL);
    for (uint8_t level = 0; level < 4; level++)
        kite_bundle_section_at(bundle, document, info.paragraph_count / 2, level, &section, NULL);
}

/* Open the bytes as a bundle and read all of it. */
static inline void read_all(const uint8_t *bytes, size_t count)
{
    struct kite_memory heap = kite_memory_heap();
    struct kite_span_bytes span = { bytes, count };
    struct kite_source source = kite_source_memory(&span);
    struct kite_bundle_sizes sizes;
    struct kite_bundle *bundle;
    struct kite_arena arena;

    if (kite_bundle_open(&heap, &source, &bundle, NULL) != KITE_OK)
        return;
    kite_arena_init(&arena, heap, 0);
    kite_bundle_sizes(bundle, &sizes);
    for (uint32_t d = 0; d < kite_bundle_document_count(bundle) && d < 4; d++)
        read_document(bundle, d, &arena);
    for (uint32_t i = 0; i < kite_bundle_picture_count(bundle) && i < 4; i++)
        kite_bundle_picture_decode(bundle, i, NULL, take_rows, NULL);
    kite_bundle_verify(bundle, NULL, NULL);
    kite_bundle_close(bundle);
    kite_arena_close(&arena);
}

/* A file of an index as it inflates, hashes (all but the root) and data; the root is right. out is emptied first. */
static inline void wrap(const uint8_t *meta, size_t meta_bytes, const uint8_t *hashes, size_t hash_bytes,
                        const uint8_t *data, size_t data_bytes, struct kite_buffer *out)
{
    static const uint8_t version[] = { KITE_VERSION_MAJOR, KITE_VERSION_MINOR, 3, 0 };
    struct kite_buffer packed = { .mem = out->mem };
    uint8_t root[KITE_ROOT_BYTES];

    kite_buffer_add_u32(&packed, (uint32_t)meta_bytes);
    kite_deflate(meta, meta_bytes, -1, &packed);

    const uint32_t chunks[] = { KITE_CHUNK_META, (uint32_t)packed.count, KITE_CHUNK_HASH,
                                (uint32_t)(hash_bytes + sizeof root), KITE_CHUNK_DATA, (uint32_t)data_bytes };

    out->count = 0;
    kite_buffer_add(out, KITE_FIRST_LINE, KITE_FIRST_LINE_BYTES);
    kite_buffer_add(out, KITE_MAGIC, KITE_MAGIC_BYTES);
    kite_buffer_add(out, version, sizeof version);
    for (size_t i = 0; i < sizeof chunks / sizeof *chunks; i++)
        kite_buffer_add_u32(out, chunks[i]);
    kite_buffer_add(out, packed.bytes, packed.count);
    kite_buffer_add(out, hashes, hash_bytes);
    crypto_generichash(root, sizeof root, out->bytes, out->count, NULL, 0);
    kite_buffer_add(out, root, sizeof root);
    kite_buffer_add(out, data, data_bytes);
    kite_buffer_close(&packed);
}

#endif
