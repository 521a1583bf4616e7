/* The META chunk: documents, how pieces are numbered, and the directories of the index's tables. */
#include "bundle/reader.h"

#include <string.h>

static kite_lang take_lang(struct kite_bytes *in)
{
    const char *text = kite_take_string(in);
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

        const char *value = kite_take_string(in);

        if (key < KITE_META_COUNT) /* later ones are passed over */
            metas[key] = value;
    }
}

/* A count of things that take at least `each` bytes of what is left. */
uint32_t kite_take_count(struct kite_bytes *in, uint32_t most, size_t each)
{
    uint32_t count = kite_take_varint(in);

    if (count > most || count > (size_t)(in->end - in->at) / (each ? each : 1))
        in->failed = true;
    return in->failed ? 0 : count;
}

void *kite_index_room(struct kite_bundle *bundle, size_t count, size_t each, enum kite_status *status)
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

/* A count of things that are each a paragraph of the document, or less. */
static uint32_t take_share(struct kite_bytes *in, uint32_t most)
{
    uint32_t count = kite_take_varint(in);

    if (count > most)
        in->failed = true;
    return in->failed ? 0 : count;
}

static void take_document(struct kite_bytes *in, struct kite_stored_document *d)
{
    d->lang = take_lang(in);

    uint8_t direction = kite_take_u8(in);

    d->direction = direction ? KITE_DIRECTION_RTL : KITE_DIRECTION_LTR;
    take_metas(in, d->metas);
    d->paragraph_count = take_share(in, KITE_PARAGRAPHS_MAX);
    d->body_count = d->paragraph_count - take_share(in, d->paragraph_count);
    d->text_bytes = kite_take_varint(in);

    uint8_t levels = kite_take_u8(in);

    for (int i = 0; i < KITE_LEVEL_MAX; i++) {
        if (levels & 1u << i)
            d->level_counts[i] = take_share(in, d->paragraph_count - d->contents_count);
        d->contents_count += d->level_counts[i];
    }
    d->note_count = take_share(in, d->paragraph_count - d->body_count);
    d->link_count = take_share(in, KITE_PARAGRAPHS_MAX);
    d->id_count = take_share(in, d->paragraph_count);
    if (direction > 1 || levels >> KITE_LEVEL_MAX)
        in->failed = true;
}

static void take_documents(struct kite_bundle *bundle, struct kite_bytes *in, enum kite_status *status)
{
    struct kite_stored_document sum = { 0 };
    uint64_t links = 0, paragraphs = 0;

    bundle->document_count = kite_take_count(in, KITE_DOCUMENTS_MAX, 10);
    /* One more, whose beginnings are the ends of all. */
    bundle->documents = kite_index_room(bundle, bundle->document_count + 1u, sizeof *bundle->documents, status);
    for (uint32_t i = 0; i < bundle->document_count && !*status && !in->failed; i++) {
        struct kite_stored_document *d = &bundle->documents[i];

        *d = sum;
        take_document(in, d);
        sum.first_paragraph += d->paragraph_count;
        sum.first_text += d->text_bytes;
        sum.first_contents += d->contents_count;
        sum.first_note += d->note_count;
        sum.first_note_paragraph += d->paragraph_count - d->body_count;
        sum.first_link += d->link_count;
        sum.first_id += d->id_count;
        paragraphs += d->paragraph_count;
        links += d->link_count;
        if (paragraphs > KITE_PARAGRAPHS_MAX || links > KITE_PARAGRAPHS_MAX)
            in->failed = true;
    }
    if (!*status)
        bundle->documents[bundle->document_count] = sum;
    bundle->paragraph_count = sum.first_paragraph;
    bundle->note_paragraph_count = sum.first_note_paragraph;
    bundle->text_bytes = sum.first_text;
}

/* ---- numbers and blocks ---------------------------------------------------------------------- */

/* How many pieces each word list has. */
static void take_lists(struct kite_bundle *bundle, struct kite_bytes *in, enum kite_status *status)
{
    uint64_t pieces = 0;

    bundle->lexicon_blocks = kite_take_count(in, KITE_LEXICON_BLOCKS_MAX, 1);
    bundle->chunks = kite_index_room(bundle, bundle->lexicon_blocks, sizeof *bundle->chunks, status);
    for (uint32_t i = 0; i < bundle->lexicon_blocks && !*status && !in->failed; i++) {
        bundle->chunks[i].first = (uint32_t)pieces;
        bundle->chunks[i].count = take_share(in, KITE_LEXICON_CHUNK_BYTES / 2);
        pieces += bundle->chunks[i].count;
        if (bundle->chunks[i].count == 0)
            in->failed = true;
    }
    if (pieces != bundle->own_count)
        in->failed = true;
}

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
    take_lists(bundle, in, status);
    bundle->one_byte_count = kite_take_u8(in);
    bundle->two_byte_leads = kite_take_u8(in);
    if (bundle->resident_count > 65536 || bundle->own_count > KITE_PIECES_MAX ||
        bundle->one_byte_count + bundle->two_byte_leads > KITE_LEADS_MAX)
        in->failed = true;

    uint8_t is_listed = kite_take_u8(in);

    if (is_listed > 1)
        in->failed = true;

    bundle->one_byte = kite_index_room(bundle, bundle->one_byte_count, sizeof *bundle->one_byte, status);
    for (uint32_t i = 0; i < bundle->one_byte_count && !*status && !in->failed; i++)
        bundle->one_byte[i] = is_listed ? kite_take_varint(in) : i;
}

/* How many blocks there are, and how long those of each kind together. */
static void take_block_counts(struct kite_bundle *bundle, struct kite_bytes *in)
{
    bundle->picture_count = take_share(in, KITE_PICTURES_MAX);
    bundle->picture_blocks = take_share(in, KITE_BLOCKS_MAX);
    bundle->text_blocks = take_share(in, KITE_BLOCKS_MAX);
    bundle->lexicon_bytes = kite_take_varint(in);
    bundle->text_stored_bytes = kite_take_varint(in);
    bundle->block_count = bundle->lexicon_blocks + bundle->text_blocks + bundle->picture_blocks;
    if (bundle->block_count > KITE_BLOCKS_MAX || bundle->text_blocks > bundle->paragraph_count ||
        (bundle->text_blocks == 0) != (bundle->paragraph_count == 0))
        in->failed = true;
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

enum kite_status kite_meta_parse(struct kite_bundle *bundle, const uint8_t *meta, size_t count, uint64_t data_offset,
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
        take_block_counts(bundle, &in);
    if (!status && !in.failed)
        kite_tables_parse(bundle, &in, data_offset, &status);
    if (status)
        return kite_fail(fault, status, "the bundle's index cannot be kept: %s", kite_status_text(status));
    if (in.failed)
        return kite_fail(fault, KITE_E_FORMAT, "the bundle's index breaks a rule of the format");
    return find_resident(bundle, lexicon, id, fault); /* bytes behind the tails are a later version's */
}
