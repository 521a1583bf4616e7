/* libFuzzer: any bytes as a bundle. The hashes of what is there are put right first, so that damage gets past them and
 * into the parsers. Everything that a reader can ask is asked. */
#include "bundle/format.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

/* Make the root hash, and those of the blocks as far as the index can be read, say what the bytes are. */
static void mend_root(uint8_t *file, size_t size)
{
    size_t offset = KITE_HEADER_BYTES, at;

    if (size < KITE_HEADER_BYTES + 3 * KITE_CHUNK_ENTRY_BYTES || file[KITE_HEADER_BYTES - 2] != 3)
        return;
    at = offset + 3 * KITE_CHUNK_ENTRY_BYTES;
    for (int i = 0; i < 3; i++, offset += KITE_CHUNK_ENTRY_BYTES) {
        uint32_t bytes = kite_get_u32(file + offset + 4);

        if (bytes > size - at)
            return;
        if (kite_get_u32(file + offset) == KITE_CHUNK_HASH && bytes >= KITE_ROOT_BYTES) {
            size_t root = at + bytes - KITE_ROOT_BYTES;

            crypto_generichash(file + root, KITE_ROOT_BYTES, file, root, NULL, 0);
            return;
        }
        at += bytes;
    }
}

static enum kite_status take_rows(void *ctx, uint32_t y, uint32_t rows, const uint8_t *gray)
{
    (void)ctx, (void)y, (void)rows, (void)gray;
    return KITE_OK;
}

static void read_document(struct kite_bundle *bundle, uint32_t document, struct kite_arena *arena)
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

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct kite_memory heap = kite_memory_heap();
    uint8_t *file = malloc(size + 1);
    struct kite_span_bytes span = { file, size };
    struct kite_source source = kite_source_memory(&span);
    struct kite_bundle *bundle;
    struct kite_arena arena;

    if (!file)
        return 0;
    memcpy(file, data, size);
    mend_root(file, size);
    kite_arena_init(&arena, heap, 0);
    if (kite_bundle_open(&heap, &source, &bundle, NULL) == KITE_OK) {
        for (uint32_t d = 0; d < kite_bundle_document_count(bundle) && d < 4; d++)
            read_document(bundle, d, &arena);
        for (uint32_t i = 0; i < kite_bundle_picture_count(bundle) && i < 4; i++)
            kite_bundle_picture_decode(bundle, i, NULL, take_rows, NULL);
        kite_bundle_verify(bundle, NULL, NULL);
        kite_bundle_close(bundle);
    }
    kite_arena_close(&arena);
    free(file);
    return 0;
}
