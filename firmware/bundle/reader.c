/* Opening a bundle and asking it. */
#include "bundle/reader.h"

#include "bundle/pictures.h"

#include <sodium.h>
#include <string.h>

/* ---- names ----------------------------------------------------------------------------------- */

const char *kite_role_text(enum kite_role role)
{
    static const char *const names[KITE_ROLE_COUNT] = {
        "paragraph", "title", "subtitle", "standfirst", "byline", "heading", "quote", "attribution", "epigraph", "verse",
        "item", "item-more", "picture", "caption", "table-head", "table-row", "preformatted", "rule", "author-note",
        "source", "note", "note-more",
    };

    return (unsigned)role < KITE_ROLE_COUNT ? names[role] : "unknown";
}

const char *kite_meta_text(enum kite_meta meta)
{
    static const char *const names[KITE_META_COUNT] = {
        "", "title", "author", "standfirst", "source", "date", "publisher", "rights", "series", "identifier", "edition",
        "subject",
    };

    return (unsigned)meta < KITE_META_COUNT ? names[meta] : "unknown";
}

/* ---- blocks ---------------------------------------------------------------------------------- */

enum kite_status kite_block_read(struct kite_bundle *bundle, uint32_t index, uint8_t *out, struct kite_fault *fault)
{
    const struct kite_stored_block *b = &bundle->blocks[index];
    enum kite_block_type type = index < bundle->lexicon_blocks                         ? KITE_BLOCK_LEXICON
                                : index < bundle->lexicon_blocks + bundle->text_blocks ? KITE_BLOCK_TEXT_NUMBERS
                                                                                       : KITE_BLOCK_PICTURE_ROWS;
    uint8_t hash[KITE_HASH_BYTES];
    enum kite_status status =
        bundle->source->read_at(bundle->source->ctx, b->offset, bundle->stored, b->stored_bytes);

    if (status)
        return kite_fail(fault, status, "block %u cannot be read", (unsigned)index);
    kite_block_hash(type, index, bundle->stored, b->stored_bytes, hash);
    if (memcmp(hash, bundle->hashes + (size_t)index * KITE_HASH_BYTES, KITE_HASH_BYTES) != 0)
        return kite_fail(fault, KITE_E_DAMAGED, "block %u is damaged: copy the bundle again", (unsigned)index);
    status = kite_inflate(bundle->inflater, bundle->stored, b->stored_bytes, out, b->bytes);
    return status ? kite_fail(fault, status, "block %u cannot be unpacked", (unsigned)index) : KITE_OK;
}

/* ---- opening --------------------------------------------------------------------------------- */

struct chunk {
    uint64_t offset;
    uint32_t bytes;
};
struct front {
    struct chunk meta, hash, data;
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

/* META: its inflated size (u32), then raw deflate. */
static enum kite_status read_meta(struct kite_bundle *bundle, const struct chunk *chunk, struct kite_fault *fault)
{
    uint8_t *stored = NULL, *meta = NULL;
    uint32_t bytes = 0;
    enum kite_status status = KITE_E_FORMAT;

    if (chunk->bytes < 4 || chunk->bytes > KITE_META_BYTES_MAX)
        return kite_fail(fault, KITE_E_LIMIT, "the bundle's index has an impossible size");
    stored = kite_alloc(&bundle->mem, chunk->bytes, 1);
    if (!stored)
        return kite_fail(fault, KITE_E_NOMEM, "no memory for the bundle's index");
    status = bundle->source->read_at(bundle->source->ctx, chunk->offset, stored, chunk->bytes);
    if (status == KITE_OK) {
        bytes = kite_get_u32(stored);
        if (bytes > KITE_META_BYTES_MAX)
            status = KITE_E_LIMIT;
    }
    if (status == KITE_OK) {
        meta = kite_arena_alloc(&bundle->arena, bytes, 1);
        status = meta ? kite_inflate(bundle->inflater, stored + 4, chunk->bytes - 4, meta, bytes) : KITE_E_NOMEM;
    }
    kite_free(&bundle->mem, stored);
    if (status)
        return kite_fail(fault, status, "the bundle's index cannot be read: %s", kite_status_text(status));
    return kite_meta_parse(bundle, meta, bytes, fault);
}

static enum kite_status make_rooms(struct kite_bundle *bundle, const struct chunk *hash, struct kite_fault *fault)
{
    uint32_t count = bundle->lexicon_blocks + bundle->text_blocks + bundle->picture_blocks;
    size_t hash_bytes = (size_t)count * KITE_HASH_BYTES, stored_most = 0, inflated_most = 0;

    if (hash->bytes != hash_bytes + KITE_ROOT_BYTES)
        return kite_fail(fault, KITE_E_FORMAT, "the bundle has hashes for another number of blocks");
    for (uint32_t i = 0; i < count; i++) {
        bool is_text = i >= bundle->lexicon_blocks && i < bundle->lexicon_blocks + bundle->text_blocks;

        if (bundle->blocks[i].stored_bytes > stored_most)
            stored_most = bundle->blocks[i].stored_bytes;
        if (!is_text && bundle->blocks[i].bytes > inflated_most)
            inflated_most = bundle->blocks[i].bytes;
    }
    bundle->hashes = kite_arena_alloc(&bundle->arena, hash_bytes, 1);
    bundle->stored = kite_arena_alloc(&bundle->arena, stored_most, 1);
    bundle->inflated = kite_arena_alloc(&bundle->arena, inflated_most, 1);
    bundle->paragraph_text = kite_arena_alloc(&bundle->arena, KITE_PARAGRAPH_BYTES_MAX + KITE_PIECE_BYTES_MAX + 16, 1);
    bundle->chunks = kite_alloc(&bundle->mem, bundle->lexicon_blocks + 1u, sizeof *bundle->chunks);
    bundle->span_capacity = 16;
    bundle->spans = kite_alloc(&bundle->mem, bundle->span_capacity, sizeof *bundle->spans);
    if (!bundle->hashes || !bundle->stored || !bundle->inflated || !bundle->paragraph_text || !bundle->chunks ||
        !bundle->spans)
        return kite_fail(fault, KITE_E_NOMEM, "no memory to open the bundle");

    enum kite_status status =
        bundle->source->read_at(bundle->source->ctx, hash->offset, bundle->hashes, hash_bytes);

    return status ? kite_fail(fault, status, "the bundle cannot be read") : KITE_OK;
}

static enum kite_status open_parts(struct kite_bundle *bundle, struct kite_fault *fault)
{
    uint8_t header[KITE_HEADER_BYTES];
    struct front front = { { 0 }, { 0 }, { 0 }, 0 };
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
    if (status == KITE_OK)
        status = check_root(bundle, &front, fault);
    if (status)
        return status;
    bundle->front_bytes = front.data.offset;
    bundle->data_bytes = front.data.bytes;
    status = read_meta(bundle, &front.meta, fault);
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
    kite_arena_init(&bundle->arena, *mem, 0);
    for (int i = 0; i < KITE_TEXT_BLOCKS_KEPT; i++)
        bundle->text[i].index = UINT32_MAX;
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
    kite_free(&bundle->mem, bundle->chunks);
    kite_free(&bundle->mem, bundle->spans);
    for (int i = 0; i < KITE_TEXT_BLOCKS_KEPT; i++) {
        kite_free(&bundle->mem, bundle->text[i].numbers);
        kite_free(&bundle->mem, bundle->text[i].starts);
    }
    kite_inflater_destroy(bundle->inflater);
    kite_arena_close(&bundle->arena);
    kite_free(&bundle->mem, bundle);
}

/* ---- asking ---------------------------------------------------------------------------------- */

const uint8_t *kite_bundle_root_hash(const struct kite_bundle *bundle)
{
    return bundle->root;
}

uint32_t kite_bundle_document_count(const struct kite_bundle *bundle)
{
    return bundle->document_count;
}

const char *kite_bundle_meta(const struct kite_bundle *bundle, uint32_t document, enum kite_meta meta)
{
    if ((unsigned)meta >= KITE_META_COUNT)
        return NULL;
    if (document == KITE_BUNDLE_ITSELF)
        return bundle->metas[meta];
    return document < bundle->document_count ? bundle->documents[document].metas[meta] : NULL;
}

enum kite_status kite_bundle_document(const struct kite_bundle *bundle, uint32_t document,
                                      struct kite_document_info *out)
{
    if (document >= bundle->document_count)
        return KITE_E_RANGE;

    const struct kite_stored_document *d = &bundle->documents[document];

    *out = (struct kite_document_info){ .lang = d->lang, .direction = d->direction,
                                        .paragraph_count = d->paragraph_count, .body_count = d->body_count,
                                        .note_count = d->note_count, .link_count = d->link_count,
                                        .contents_count = d->contents_count, .text_bytes = d->text_bytes };
    return KITE_OK;
}

enum kite_status kite_bundle_piece(struct kite_bundle *bundle, uint32_t key, char out[KITE_PIECE_BYTES_MAX + 1],
                                   size_t *bytes, struct kite_fault *fault)
{
    const char *base;
    size_t count;

    if (key == 0 || key >= kite_bundle_key_limit(bundle))
        return kite_fail(fault, KITE_E_RANGE, "there is no word %u", (unsigned)key);

    enum kite_status status = kite_piece_base(bundle, (key - 1) / KITE_FORM_COUNT, &base, &count, fault);

    if (status == KITE_OK)
        *bytes = kite_form_apply(base, count, (enum kite_form)((key - 1) % KITE_FORM_COUNT), out);
    return status;
}

uint32_t kite_bundle_key_limit(const struct kite_bundle *bundle)
{
    return (bundle->resident_count + bundle->own_count) * KITE_FORM_COUNT + 1;
}

enum kite_status kite_bundle_contents(struct kite_bundle *bundle, uint32_t document, uint32_t index,
                                      struct kite_contents_entry *out, struct kite_fault *fault)
{
    if (document >= bundle->document_count || index >= bundle->documents[document].contents_count)
        return kite_fail(fault, KITE_E_RANGE, "the contents have no entry %u", (unsigned)index + 1);
    *out = bundle->documents[document].contents[index];
    return KITE_OK;
}

struct kite_section kite_bundle_section_at(const struct kite_bundle *bundle, uint32_t document, uint32_t paragraph)
{
    struct kite_section section = { 0, 0 };

    if (document >= bundle->document_count)
        return section;

    const struct kite_stored_document *d = &bundle->documents[document];
    uint32_t low = 0, high = d->contents_count;

    while (low < high) { /* the first entry behind the paragraph */
        uint32_t middle = low + (high - low) / 2;

        if (d->contents[middle].paragraph <= paragraph)
            low = middle + 1;
        else
            high = middle;
    }
    section.first = low > 0 ? d->contents[low - 1].paragraph : 0;
    section.end = low < d->contents_count ? d->contents[low].paragraph : d->paragraph_count;
    return section;
}

enum kite_status kite_bundle_note(struct kite_bundle *bundle, uint32_t document, uint32_t note, uint32_t *first,
                                  uint32_t *count, struct kite_fault *fault)
{
    *first = *count = 0;
    if (document >= bundle->document_count || note >= bundle->documents[document].note_count)
        return kite_fail(fault, KITE_E_RANGE, "there is no note %u", (unsigned)note + 1);

    const struct kite_stored_document *d = &bundle->documents[document];

    *first = d->notes[note];
    *count = (note + 1 < d->note_count ? d->notes[note + 1] : d->paragraph_count) - *first;
    return KITE_OK;
}

enum kite_status kite_bundle_link(struct kite_bundle *bundle, uint32_t document, uint32_t link, struct kite_link *out,
                                  struct kite_fault *fault)
{
    if (document >= bundle->document_count || link >= bundle->documents[document].link_count)
        return kite_fail(fault, KITE_E_RANGE, "there is no link %u", (unsigned)link + 1);
    *out = bundle->documents[document].links[link];
    return KITE_OK;
}

enum kite_status kite_bundle_paragraph_by_id(struct kite_bundle *bundle, uint32_t document, uint32_t id,
                                             uint32_t *index, struct kite_fault *fault)
{
    if (document < bundle->document_count) {
        const struct kite_stored_document *d = &bundle->documents[document];
        bool is_default = id < d->paragraph_count;

        for (uint32_t i = 0; i < d->id_count; i++) {
            if (d->ids[i].id == id) {
                *index = d->ids[i].paragraph;
                return KITE_OK;
            }
            if (d->ids[i].paragraph == id)
                is_default = false;
        }
        if (is_default) {
            *index = id;
            return KITE_OK;
        }
    }
    return kite_fail(fault, KITE_E_RANGE, "no paragraph has the id %u", (unsigned)id);
}

/* ---- places and offsets ---------------------------------------------------------------------- */

enum kite_status kite_bundle_place_at(struct kite_bundle *bundle, uint32_t document, uint64_t text_offset,
                                      struct kite_place *out, struct kite_fault *fault)
{
    if (document >= bundle->document_count || text_offset > bundle->documents[document].text_bytes)
        return kite_fail(fault, KITE_E_RANGE, "document %u has no byte %llu", (unsigned)document + 1,
                         (unsigned long long)text_offset);

    const struct kite_stored_document *d = &bundle->documents[document];
    const struct kite_stored_block *blocks = bundle->blocks + bundle->lexicon_blocks + d->first_block;
    uint32_t low = 0, high = d->block_count;

    *out = (struct kite_place){ .document = document };
    while (high - low > 1) {
        uint32_t middle = low + (high - low) / 2;

        if (blocks[middle].text_offset <= text_offset)
            low = middle;
        else
            high = middle;
    }
    if (d->block_count == 0)
        return KITE_OK;

    struct kite_arena arena;
    struct kite_paragraph p;
    uint64_t at = blocks[low].text_offset;
    enum kite_status status = KITE_OK;

    kite_arena_init(&arena, bundle->mem, 0);
    for (uint32_t i = 0; i < blocks[low].count && status == KITE_OK; i++) {
        kite_arena_reset(&arena);
        status = kite_bundle_paragraph(bundle, document, blocks[low].first + i, &arena, &p, fault);
        if (status)
            break;
        out->paragraph = blocks[low].first + i;
        out->offset_bytes = (uint32_t)(text_offset - at);
        if (text_offset < at + p.text.text_bytes || i + 1 == blocks[low].count)
            break;
        at += p.text.text_bytes;
    }
    if (status == KITE_OK) { /* to a character's start */
        if (out->offset_bytes > p.text.text_bytes)
            out->offset_bytes = (uint32_t)p.text.text_bytes;
        while (out->offset_bytes > 0 && out->offset_bytes < p.text.text_bytes &&
               ((uint8_t)p.text.text[out->offset_bytes] & 0xc0) == 0x80)
            out->offset_bytes--;
    }
    kite_arena_close(&arena);
    return status;
}

enum kite_status kite_bundle_offset_of(struct kite_bundle *bundle, struct kite_place place, uint64_t *text_offset,
                                       struct kite_fault *fault)
{
    const struct kite_text_block *block;

    *text_offset = 0;
    if (place.document >= bundle->document_count ||
        place.paragraph >= bundle->documents[place.document].paragraph_count)
        return kite_fail(fault, KITE_E_RANGE, "there is no paragraph %u", (unsigned)place.paragraph + 1);

    enum kite_status status = kite_text_block_of(bundle, place.document, place.paragraph, &block, fault);

    if (status)
        return status;

    const struct kite_stored_block *b = &bundle->blocks[bundle->lexicon_blocks + block->index];
    struct kite_arena arena;

    kite_arena_init(&arena, bundle->mem, 0);
    *text_offset = b->text_offset + place.offset_bytes;
    for (uint32_t i = b->first; i < place.paragraph && status == KITE_OK; i++) {
        struct kite_paragraph p;

        kite_arena_reset(&arena);
        status = kite_bundle_paragraph(bundle, place.document, i, &arena, &p, fault);
        if (status == KITE_OK)
            *text_offset += p.text.text_bytes;
    }
    kite_arena_close(&arena);
    return status;
}

/* ---- pictures -------------------------------------------------------------------------------- */

uint32_t kite_bundle_picture_count(const struct kite_bundle *bundle)
{
    return bundle->picture_count;
}

enum kite_status kite_bundle_picture_info(const struct kite_bundle *bundle, uint32_t picture,
                                          struct kite_picture_info *out)
{
    if (picture >= bundle->picture_count)
        return KITE_E_RANGE;
    *out = bundle->pictures[picture].info;
    return KITE_OK;
}

enum kite_status kite_bundle_picture_decode(struct kite_bundle *bundle, uint32_t picture, void *ctx,
                                            enum kite_status (*row)(void *ctx, uint32_t y, uint32_t rows,
                                                                    const uint8_t *gray),
                                            struct kite_fault *fault)
{
    if (picture >= bundle->picture_count)
        return kite_fail(fault, KITE_E_RANGE, "there is no picture %u", (unsigned)picture + 1);

    const struct kite_stored_picture *p = &bundle->pictures[picture];
    struct kite_picture_rows rows = { 0, 0, ctx, row };
    enum kite_status status = kite_picture_check_info(&p->info, fault);
    uint8_t *scratch = status ? NULL : kite_alloc(&bundle->mem, p->info.width_px, KITE_PICTURE_SCRATCH_ROWS);

    if (status == KITE_OK && !scratch)
        status = kite_fail(fault, KITE_E_NOMEM, "no memory for a picture");
    for (uint32_t i = 0; i < p->block_count && status == KITE_OK; i++) {
        uint32_t index = bundle->lexicon_blocks + bundle->text_blocks + p->first_block + i;
        const struct kite_stored_block *b = &bundle->blocks[index];

        rows.first_row = rows.end_row;
        rows.end_row += b->count;
        status = kite_block_read(bundle, index, bundle->inflated, fault);
        if (status == KITE_OK)
            status = kite_picture_block_decode(&p->info, &rows, bundle->inflated, b->bytes, scratch, fault);
    }
    kite_free(&bundle->mem, scratch);
    return status;
}

/* ---- verifying ------------------------------------------------------------------------------- */

static enum kite_status ignore_rows(void *ctx, uint32_t y, uint32_t rows, const uint8_t *gray)
{
    (void)ctx, (void)y, (void)rows, (void)gray;
    return KITE_OK;
}

/* Every paragraph of a text block decodes, to as much text as the index says. */
static enum kite_status verify_text_block(struct kite_bundle *bundle, uint32_t index, struct kite_fault *fault)
{
    const struct kite_stored_block *b = &bundle->blocks[bundle->lexicon_blocks + index];
    struct kite_arena arena;
    uint64_t total = 0;
    enum kite_status status = KITE_OK;

    kite_arena_init(&arena, bundle->mem, 0);
    for (uint32_t i = 0; i < b->count && status == KITE_OK; i++) {
        struct kite_paragraph p;

        kite_arena_reset(&arena);
        status = kite_bundle_paragraph(bundle, b->document, b->first + i, &arena, &p, fault);
        if (status == KITE_OK)
            total += p.text.text_bytes;
    }
    kite_arena_close(&arena);
    if (status == KITE_OK && total != b->text_bytes)
        status = kite_fail(fault, KITE_E_FORMAT, "block %u has another length than the index says", (unsigned)index);
    return status;
}

enum kite_status kite_bundle_verify(struct kite_bundle *bundle, const struct kite_progress *progress,
                                    struct kite_fault *fault)
{
    uint32_t total = bundle->lexicon_blocks + bundle->text_blocks + bundle->picture_count, done = 0;
    enum kite_status status = KITE_OK;

    for (uint32_t i = 0; i < total && status == KITE_OK; i++) {
        const char *text;
        size_t bytes;

        if (i < bundle->lexicon_blocks)
            status = bundle->blocks[i].count == 0
                         ? KITE_OK
                         : kite_piece_base(bundle, bundle->resident_count + bundle->blocks[i].first, &text, &bytes, fault);
        else if (i < bundle->lexicon_blocks + bundle->text_blocks)
            status = verify_text_block(bundle, i - bundle->lexicon_blocks, fault);
        else
            status = kite_bundle_picture_decode(bundle, i - bundle->lexicon_blocks - bundle->text_blocks, NULL,
                                                ignore_rows, fault);
        if (progress)
            progress->step(progress->ctx, ++done, total);
    }
    return status;
}

void kite_bundle_sizes(const struct kite_bundle *bundle, struct kite_bundle_sizes *out)
{
    uint32_t count = bundle->lexicon_blocks + bundle->text_blocks + bundle->picture_blocks;

    *out = (struct kite_bundle_sizes){ .file = bundle->file_bytes, .front = bundle->front_bytes, .block_count = count,
                                       .lexicon_chunk_count = bundle->lexicon_blocks,
                                       .own_piece_count = bundle->own_count,
                                       .resident_piece_count = bundle->resident_count };
    for (uint32_t i = 0; i < count; i++) {
        uint32_t stored = bundle->blocks[i].stored_bytes;

        if (i < bundle->lexicon_blocks)
            out->lexicon += stored;
        else if (i < bundle->lexicon_blocks + bundle->text_blocks)
            out->text += stored;
        else
            out->pictures += stored;
    }
    out->other = out->file - out->front - out->lexicon - out->text - out->pictures;
}

kite_lang kite_bundle_lexicon_lang(const struct kite_bundle *bundle)
{
    return bundle->resident ? bundle->resident->lang : 0;
}
