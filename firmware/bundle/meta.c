/* The META chunk: documents, blocks, pictures, and how pieces are numbered. */
#include "bundle/reader.h"

#include <string.h>

/* A string up to its zero byte: valid UTF-8, no control characters, at most KITE_STRING_BYTES_MAX. */
static const char *take_string(struct kite_bytes *in)
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

static kite_lang take_lang(struct kite_bytes *in)
{
    const char *text = take_string(in);
    kite_lang lang = kite_lang_from_text(text);
    char shown[9];

    if (*text && strcmp(kite_lang_text(lang, shown), text) != 0)
        in->failed = true;
    return lang;
}

static void take_metas(struct kite_bytes *in, const char *metas[KITE_META_COUNT])
{
    for (;;) {
        uint32_t key = kite_take_varint(in);

        if (in->failed || key == 0)
            return;

        const char *value = take_string(in);

        if (key < KITE_META_COUNT) /* later ones are passed over */
            metas[key] = value;
    }
}

/* A count of things that take at least `each` bytes of what is left. */
static uint32_t take_count(struct kite_bytes *in, uint32_t most, size_t each)
{
    uint32_t count = kite_take_varint(in);

    if (count > most || count > (size_t)(in->end - in->at) / (each ? each : 1))
        in->failed = true;
    return in->failed ? 0 : count;
}

static void *room(struct kite_bundle *bundle, size_t count, size_t each, enum kite_status *status)
{
    void *block = NULL;

    if (count > (KITE_INDEX_BYTES_MAX - bundle->arena.reserved_bytes) / each)
        *status = KITE_E_LIMIT;
    else if ((block = kite_arena_alloc(&bundle->arena, count, each)) == NULL)
        *status = KITE_E_NOMEM;
    else
        memset(block, 0, count * each);
    return block;
}

/* ---- documents ------------------------------------------------------------------------------- */

static void take_contents(struct kite_bundle *bundle, struct kite_bytes *in, struct kite_stored_document *d,
                          enum kite_status *status)
{
    uint32_t paragraph = 0;

    d->contents_count = take_count(in, UINT32_MAX, 3);
    d->contents = room(bundle, d->contents_count, sizeof *d->contents, status);
    for (uint32_t i = 0; i < d->contents_count && !*status && !in->failed; i++) {
        uint32_t step = kite_take_varint(in);

        if ((i > 0 && step == 0) || step >= d->paragraph_count - paragraph)
            in->failed = true;
        paragraph += step;
        d->contents[i].paragraph = paragraph;
        d->contents[i].level = kite_take_u8(in);
        d->contents[i].title = take_string(in);
        if (d->contents[i].level < 1 || d->contents[i].level > 6)
            in->failed = true;
    }
}

static void take_notes(struct kite_bundle *bundle, struct kite_bytes *in, struct kite_stored_document *d,
                       enum kite_status *status)
{
    uint32_t paragraph = d->body_count;

    d->note_count = take_count(in, KITE_NOTES_MAX, 1);
    d->notes = room(bundle, d->note_count, sizeof *d->notes, status);
    for (uint32_t i = 0; i < d->note_count && !*status && !in->failed; i++) {
        uint32_t paragraphs = kite_take_varint(in);

        d->notes[i] = paragraph;
        if (paragraphs == 0 || paragraphs > d->paragraph_count - paragraph)
            in->failed = true;
        else
            paragraph += paragraphs;
    }
    if (paragraph != d->paragraph_count)
        in->failed = true;
}

static void take_links(struct kite_bundle *bundle, struct kite_bytes *in, struct kite_stored_document *d,
                       enum kite_status *status)
{
    d->link_count = take_count(in, UINT32_MAX, 2);
    d->links = room(bundle, d->link_count, sizeof *d->links, status);
    for (uint32_t i = 0; i < d->link_count && !*status && !in->failed; i++) {
        uint8_t is_inside = kite_take_u8(in);

        if (is_inside > 1)
            in->failed = true;
        if (is_inside) {
            d->links[i].place.document = kite_take_varint(in);
            d->links[i].place.paragraph = kite_take_varint(in);
            d->links[i].place.offset_bytes = kite_take_varint(in);
        } else {
            d->links[i].address = take_string(in);
        }
    }
}

static void take_ids(struct kite_bundle *bundle, struct kite_bytes *in, struct kite_stored_document *d,
                     enum kite_status *status)
{
    uint32_t paragraph = 0;

    d->id_count = take_count(in, UINT32_MAX, 2);
    d->ids = room(bundle, d->id_count, sizeof *d->ids, status);
    for (uint32_t i = 0; i < d->id_count && !*status && !in->failed; i++) {
        uint32_t step = kite_take_varint(in);

        if ((i > 0 && step == 0) || step >= d->paragraph_count - paragraph)
            in->failed = true;
        paragraph += step;
        d->ids[i] = (struct kite_stored_id){ paragraph, kite_take_varint(in) };
    }
}

static void take_documents(struct kite_bundle *bundle, struct kite_bytes *in, enum kite_status *status)
{
    bundle->document_count = take_count(in, KITE_DOCUMENTS_MAX, 8);
    bundle->documents = room(bundle, bundle->document_count, sizeof *bundle->documents, status);
    for (uint32_t i = 0; i < bundle->document_count && !*status && !in->failed; i++) {
        struct kite_stored_document *d = &bundle->documents[i];

        d->lang = take_lang(in);

        uint8_t direction = kite_take_u8(in);

        d->direction = direction ? KITE_DIRECTION_RTL : KITE_DIRECTION_LTR;
        take_metas(in, d->metas);
        d->paragraph_count = kite_take_varint(in);
        d->body_count = d->paragraph_count - kite_take_varint(in);
        if (direction > 1 || d->body_count > d->paragraph_count)
            in->failed = true;
        if (in->failed)
            return;
        take_contents(bundle, in, d, status);
        take_notes(bundle, in, d, status);
        take_links(bundle, in, d, status);
        take_ids(bundle, in, d, status);
    }
}

/* Every inside link names a paragraph that is there. */
static bool links_are_inside(const struct kite_bundle *bundle)
{
    for (uint32_t i = 0; i < bundle->document_count; i++) {
        const struct kite_stored_document *d = &bundle->documents[i];

        for (uint32_t k = 0; k < d->link_count; k++) {
            const struct kite_link *link = &d->links[k];

            if (!link->address && (link->place.document >= bundle->document_count ||
                                   link->place.paragraph >= bundle->documents[link->place.document].paragraph_count))
                return false;
        }
    }
    return true;
}

/* ---- numbers and blocks ---------------------------------------------------------------------- */

static void take_numbering(struct kite_bundle *bundle, struct kite_bytes *in, kite_lang *lexicon, uint8_t id[8],
                           enum kite_status *status)
{
    *lexicon = take_lang(in);
    if (*lexicon) {
        const uint8_t *bytes = kite_take_bytes(in, 8);

        if (bytes)
            memcpy(id, bytes, 8);
        bundle->resident_count = kite_take_varint(in);
    }
    bundle->own_count = kite_take_varint(in);
    bundle->one_byte_count = kite_take_u8(in);
    bundle->two_byte_leads = kite_take_u8(in);
    if (bundle->resident_count > 65536 || bundle->own_count > KITE_PIECES_MAX ||
        bundle->one_byte_count + bundle->two_byte_leads > KITE_LEADS_MAX)
        in->failed = true;

    uint8_t is_listed = kite_take_u8(in);

    if (is_listed > 1)
        in->failed = true;

    bundle->one_byte = room(bundle, bundle->one_byte_count, sizeof *bundle->one_byte, status);
    for (uint32_t i = 0; i < bundle->one_byte_count && !*status && !in->failed; i++)
        bundle->one_byte[i] = is_listed ? kite_take_varint(in) : i;
}

static void take_pictures(struct kite_bundle *bundle, struct kite_bytes *in, enum kite_status *status)
{
    bundle->picture_blocks = 0;
    bundle->picture_count = take_count(in, KITE_PICTURES_MAX, 6);
    bundle->pictures = room(bundle, bundle->picture_count, sizeof *bundle->pictures, status);
    for (uint32_t i = 0; i < bundle->picture_count && !*status && !in->failed; i++) {
        struct kite_stored_picture *p = &bundle->pictures[i];

        p->info.width_px = kite_take_varint(in);
        p->info.height_px = kite_take_varint(in);

        uint8_t codec = kite_take_u8(in);

        p->info.codec = (enum kite_picture_codec)codec;
        p->info.quality = kite_take_u8(in);
        p->info.filter = kite_take_u8(in);
        p->first_block = bundle->picture_blocks;
        p->block_count = kite_take_varint(in);
        if (p->info.width_px < 1 || p->info.width_px > KITE_PICTURE_SIDE_MAX || p->info.height_px < 1 ||
            p->info.height_px > KITE_PICTURE_SIDE_MAX || p->block_count > p->info.height_px || codec == 0)
            in->failed = true;
        bundle->picture_blocks += p->block_count;
        if (bundle->picture_blocks > KITE_BLOCKS_MAX)
            in->failed = true;
    }
}

/* Is a block's count one that its bytes can hold? So that a count never asks for more memory than the block's kind may
 * take: a paragraph is at least a byte of its block, a piece two, a row a strip of it. */
static bool block_holds(const struct kite_bundle *bundle, uint32_t index, const struct kite_stored_block *b)
{
    if (b->stored_bytes > KITE_STORED_BYTES_MAX || b->bytes > KITE_BLOCK_BYTES_MAX)
        return false;
    if (index < bundle->lexicon_blocks)
        return b->bytes <= KITE_LEXICON_CHUNK_BYTES && b->count >= 1 && b->count <= b->bytes / 2;
    if (index < bundle->lexicon_blocks + bundle->text_blocks)
        return b->count >= 1 && b->count <= b->bytes && b->text_bytes <= KITE_PARAGRAPH_BYTES_MAX * (uint64_t)b->count;
    return b->count >= 1 && b->count <= KITE_PICTURE_SIDE_MAX;
}

/* Sizes of the blocks; where each lies follows. */
static void take_blocks(struct kite_bundle *bundle, struct kite_bytes *in, enum kite_status *status)
{
    uint32_t count = bundle->lexicon_blocks + bundle->text_blocks + bundle->picture_blocks;
    uint64_t offset = 0, pieces = 0;

    if (count > KITE_BLOCKS_MAX || bundle->lexicon_blocks > KITE_LEXICON_BLOCKS_MAX) {
        in->failed = true;
        return;
    }
    bundle->blocks = room(bundle, count, sizeof *bundle->blocks, status);
    for (uint32_t i = 0; i < count && !*status && !in->failed; i++) {
        struct kite_stored_block *b = &bundle->blocks[i];

        b->offset = bundle->front_bytes + offset;
        b->stored_bytes = kite_take_varint(in);
        b->bytes = kite_take_varint(in);
        b->count = kite_take_varint(in);
        if (i < bundle->lexicon_blocks) {
            b->first = (uint32_t)pieces;
            pieces += b->count;
        } else if (i < bundle->lexicon_blocks + bundle->text_blocks) {
            b->text_bytes = kite_take_varint(in);
            b->document = kite_take_varint(in); /* how many documents further than the block before */
        }
        if (!block_holds(bundle, i, b))
            in->failed = true;
        offset += b->stored_bytes;
    }
    if (pieces != bundle->own_count || offset != bundle->data_bytes)
        in->failed = true;
}

/* Text blocks follow the documents' paragraphs in order. */
static bool assign_text_blocks(struct kite_bundle *bundle)
{
    uint32_t document = 0, paragraph = 0;

    for (uint32_t i = 0; i < bundle->text_blocks; i++) {
        struct kite_stored_block *b = &bundle->blocks[bundle->lexicon_blocks + i];

        if (b->document >= bundle->document_count - document)
            return false;
        for (uint32_t k = 0; k < b->document; k++, document++, paragraph = 0)
            if (paragraph != bundle->documents[document].paragraph_count)
                return false;

        struct kite_stored_document *d = &bundle->documents[document];

        if (d->block_count == 0)
            d->first_block = i;
        d->block_count++;
        b->document = document;
        b->first = paragraph;
        b->text_offset = d->text_bytes;
        if (b->count == 0 || b->count > d->paragraph_count - paragraph)
            return false;
        paragraph += b->count;
        d->text_bytes += b->text_bytes;
    }
    for (; document < bundle->document_count; document++, paragraph = 0)
        if (paragraph != bundle->documents[document].paragraph_count)
            return false;
    return true;
}

static bool assign_picture_blocks(struct kite_bundle *bundle)
{
    const struct kite_stored_block *blocks = bundle->blocks + bundle->lexicon_blocks + bundle->text_blocks;

    for (uint32_t i = 0; i < bundle->picture_count; i++) {
        const struct kite_stored_picture *p = &bundle->pictures[i];
        uint64_t rows = 0;

        for (uint32_t k = 0; k < p->block_count; k++)
            rows += blocks[p->first_block + k].count;
        if (rows != p->info.height_px)
            return false;
    }
    return true;
}

static enum kite_status find_resident(struct kite_bundle *bundle, kite_lang lang, const uint8_t id[8],
                                      struct kite_fault *fault)
{
    char shown[9];

    if (lang == 0)
        return KITE_OK;
    bundle->resident = kite_lexicon_of(lang);
    if (!bundle->resident || memcmp(bundle->resident->id, id, 8) != 0 ||
        bundle->resident->piece_count != bundle->resident_count)
        return kite_fail(fault, KITE_E_UNSUPPORTED, "this bundle needs a word list (%s) that this version of Kite lacks",
                         kite_lang_text(lang, shown));
    return KITE_OK;
}

enum kite_status kite_meta_parse(struct kite_bundle *bundle, const uint8_t *meta, size_t count,
                                 struct kite_fault *fault)
{
    struct kite_bytes in = { meta, meta + count, false };
    enum kite_status status = KITE_OK;
    kite_lang lexicon = 0;
    uint8_t id[8] = { 0 };

    uint32_t features = kite_take_varint(&in);

    if (features != 0)
        return kite_fail(fault, KITE_E_UNSUPPORTED, "this bundle needs features (%x) of a newer Kite", (unsigned)features);

    take_metas(&in, bundle->metas);
    take_numbering(bundle, &in, &lexicon, id, &status);
    if (!status)
        take_documents(bundle, &in, &status);
    if (!status)
        take_pictures(bundle, &in, &status);
    if (!status && !in.failed) {
        bundle->lexicon_blocks = take_count(&in, KITE_BLOCKS_MAX, 3);
        bundle->text_blocks = take_count(&in, KITE_BLOCKS_MAX, 5);
        take_blocks(bundle, &in, &status);
    }
    if (status)
        return kite_fail(fault, status, "the bundle's index cannot be kept: %s", kite_status_text(status));
    if (in.failed || !assign_text_blocks(bundle) || !assign_picture_blocks(bundle) || !links_are_inside(bundle))
        return kite_fail(fault, KITE_E_FORMAT, "the bundle's index breaks a rule of the format");
    return find_resident(bundle, lexicon, id, fault); /* bytes behind the index are a later version's */
}
