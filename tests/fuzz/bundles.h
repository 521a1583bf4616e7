/* What the fuzz targets of bundles share: a file around an index, and asking all that a reader can ask. */
#ifndef KITE_TESTS_FUZZ_BUNDLE_H
#define KITE_TESTS_FUZZ_BUNDLE_H

#include "bundle/format.h"
#include "fuzz/fuzz.h"
#include "trust/trust.h"

#include <sodium.h>

static inline enum kite_status take_rows(void *ctx, uint32_t y, uint32_t rows, const uint8_t *gray)
{
    (void)ctx, (void)y, (void)rows, (void)gray;
    return KITE_OK;
}

/* The first pieces, and the last ones. */
static inline void read_pieces(struct kite_bundle *bundle)
{
    char piece[KITE_PIECE_BYTES_MAX + 1];
    uint32_t limit = kite_bundle_key_limit(bundle);
    size_t bytes;

    for (uint32_t i = 0; i < 16; i++) {
        if (kite_bundle_piece(bundle, i, piece, &bytes, NULL) == KITE_OK)
            HOLDS(i < limit && bytes <= KITE_PIECE_BYTES_MAX && kite_utf8_is_valid(piece, bytes));
        (void)kite_bundle_piece(bundle, limit - i, piece, &bytes, NULL);
    }
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
        HOLDS(kite_utf8_is_valid(p.text.text, p.text.text_bytes) && p.text.span_count > 0);
        for (size_t k = 0; k < p.text.piece_count; k++)
            HOLDS(p.text.pieces[k].offset_bytes + p.text.pieces[k].bytes <= p.text.text_bytes && p.text.pieces[k].key != 0);
    }
    for (uint32_t i = 0; i < info.contents_count && i < 50; i++)
        kite_bundle_contents(bundle, document, i, &entry, NULL);
    for (uint32_t i = 0; i < info.note_count && i < 50; i++)
        kite_bundle_note(bundle, document, i, &first, &count, NULL);
    for (uint32_t i = 0; i < info.link_count && i < 50; i++)
        kite_bundle_link(bundle, document, i, &link, NULL);
    if (kite_bundle_place_at(bundle, document, info.text_bytes / 2, &place, NULL) == KITE_OK)
        kite_bundle_offset_of(bundle, place, &offset, NULL);
    HOLDS(kite_bundle_contents(bundle, document, info.contents_count, &entry, NULL) != KITE_OK);
    HOLDS(kite_bundle_note(bundle, document, info.note_count, &first, &count, NULL) != KITE_OK);
    HOLDS(kite_bundle_link(bundle, document, info.link_count, &link, NULL) != KITE_OK);
    (void)kite_bundle_section_at(bundle, document, info.paragraph_count + 1, 2, &section, NULL);
    for (uint8_t level = 0; level < 4; level++)
        kite_bundle_section_at(bundle, document, info.paragraph_count / 2, level, &section, NULL);
}

/* Whatever may be it: every second piece. */
static inline bool could_be(void *ctx, const char *piece, size_t bytes)
{
    unsigned *asked = ctx;

    HOLDS(kite_utf8_is_valid(piece, bytes));
    return ++*asked % 2;
}

/* Look for words, for places that are named, for original pages. */
static inline void search_document(const struct kite_memory *mem, struct kite_bundle *bundle, uint32_t document)
{
    struct kite_document_info info;
    struct kite_piece_filter *filter;
    struct kite_original original;
    uint32_t index = 0;
    unsigned asked = 0;
    bool is_found;

    kite_bundle_document(bundle, document, &info);
    for (uint32_t i = 0; i < 50 && kite_bundle_original(bundle, document, i, &original) == KITE_OK; i++)
        HOLDS(kite_utf8_is_valid(original.label, strlen(original.label)));
    (void)kite_bundle_original_at(bundle, (struct kite_place){ .document = document, .paragraph = 1 }, &index);
    for (uint32_t id = 0; id < 4; id++)
        if (kite_bundle_paragraph_by_id(bundle, document, id, &index, NULL) == KITE_OK)
            HOLDS(index < info.paragraph_count);
    if (kite_piece_filter_create(mem, &asked, could_be, &filter) != KITE_OK)
        return;
    index = 0;
    for (int i = 0; i < 20 && index < info.paragraph_count; i++, index += is_found)
        if (kite_bundle_find(bundle, document, filter, &index, &is_found, NULL) != KITE_OK)
            break;
    kite_piece_filter_destroy(filter);
}

static inline void read_fonts(struct kite_bundle *bundle)
{
    const uint8_t *bytes;
    size_t count;

    for (uint32_t i = 0; kite_bundle_font(bundle, i, &bytes, &count, NULL) == KITE_OK; i++)
        (void)kite_font_check(bytes, count);
}

static inline void read_pictures(const struct kite_memory *mem, struct kite_bundle *bundle)
{
    struct kite_buffer coded = { .mem = *mem };
    struct kite_picture_info info;

    for (uint32_t i = 0; i < kite_bundle_picture_count(bundle) && i < 4; i++) {
        if (kite_bundle_picture_info(bundle, i, &info) == KITE_OK)
            HOLDS(info.width_px > 0 && info.height_px > 0);
        (void)kite_bundle_picture_decode(bundle, i, NULL, take_rows, NULL);
        (void)kite_bundle_picture_coded(bundle, i, &coded, NULL);
    }
    kite_buffer_close(&coded);
}

static inline void read_trailers(const struct kite_memory *mem, struct kite_bundle *bundle)
{
    struct kite_buffer payload = { .mem = *mem };
    struct kite_signature signature;
    char type[KITE_TRAILER_TYPE_BYTES];
    uint32_t index = 0;

    for (uint32_t i = 0; i < 8 && kite_bundle_trailer(bundle, i, type, &payload, NULL) == KITE_OK; i++)
        ;
    for (int i = 0; i < 8 && kite_bundle_signature(mem, bundle, &index, &signature, NULL) == KITE_OK; i++)
        ;
    (void)kite_repair_percent(bundle);
    (void)kite_bundle_lexicon_lang(bundle);
    HOLDS(kite_bundle_end(bundle) > 0);
    kite_buffer_close(&payload);
}

/* Open the bytes as a bundle and ask all that can be asked of it. */
static inline void read_all(const struct kite_memory *mem, const uint8_t *bytes, size_t count)
{
    struct kite_span_bytes span = { bytes, count };
    struct kite_source source = kite_source_memory(&span);
    struct kite_bundle_sizes sizes;
    struct kite_bundle *bundle;
    struct kite_arena arena;

    if (kite_bundle_open(mem, &source, &bundle, NULL) != KITE_OK)
        return;
    kite_arena_init(&arena, *mem, 0);
    kite_bundle_sizes(bundle, &sizes);
    for (uint32_t d = 0; d < kite_bundle_document_count(bundle) && d < 4; d++) {
        read_document(bundle, d, &arena);
        search_document(mem, bundle, d);
    }
    HOLDS(kite_bundle_section_at(bundle, kite_bundle_document_count(bundle), 0, 1, &(struct kite_section){ 0 }, NULL) != KITE_OK);
    read_pieces(bundle);
    read_fonts(bundle);
    read_pictures(mem, bundle);
    read_trailers(mem, bundle);
    (void)kite_bundle_check(bundle, NULL, NULL);
    (void)kite_bundle_verify(bundle, NULL, NULL);
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
