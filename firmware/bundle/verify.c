/* Checking all of a bundle: every hash, every word list, every paragraph, every picture. */
#include "bundle/reader.h"

static enum kite_status ignore_rows(void *ctx, uint32_t y, uint32_t rows, const uint8_t *gray)
{
    (void)ctx, (void)y, (void)rows, (void)gray;
    return KITE_OK;
}

/* Every paragraph of a text block decodes, to as much text as the index says. */
static enum kite_status verify_text_block(struct kite_bundle *bundle, uint32_t document, uint32_t first,
                                          uint32_t count, uint64_t text_bytes, struct kite_fault *fault)
{
    struct kite_arena arena;
    uint64_t total = 0;
    enum kite_status status = KITE_OK;

    kite_arena_init(&arena, bundle->mem, 0);
    for (uint32_t i = first; i < first + count && status == KITE_OK; i++) {
        struct kite_paragraph p;

        kite_arena_reset(&arena);
        status = kite_bundle_paragraph(bundle, document, i, &arena, &p, fault);
        if (status == KITE_OK)
            total += p.text.text_bytes;
    }
    kite_arena_close(&arena);
    if (status == KITE_OK && total != text_bytes)
        status = kite_fail(fault, KITE_E_FORMAT, "the text has another length than the index says");
    return status;
}

struct verifying {
    const struct kite_progress *progress;
    uint64_t done, total;
};

static void step(struct verifying *v)
{
    v->done++;
    if (v->progress)
        v->progress->step(v->progress->ctx, v->done, v->total);
}

static enum kite_status verify_text(struct kite_bundle *bundle, uint32_t document, struct verifying *v,
                                    struct kite_fault *fault)
{
    const struct kite_stored_document *d = &bundle->documents[document];
    const struct kite_text_block *block;
    enum kite_status status = KITE_OK;
    uint64_t text = d->first_text;

    for (uint32_t i = 0; i < d->paragraph_count && status == KITE_OK;) {
        status = kite_text_block_of(bundle, document, i, &block, fault);
        if (status == KITE_OK && block->text_offset != text)
            status = kite_fail(fault, KITE_E_FORMAT, "the text has another length than the index says");
        if (status)
            break;
        text += block->text_bytes;

        uint32_t count = block->count;

        status = verify_text_block(bundle, document, i, count, block->text_bytes, fault);
        i += count;
        step(v);
    }
    if (status == KITE_OK && text != d->first_text + d->text_bytes)
        status = kite_fail(fault, KITE_E_FORMAT, "the text has another length than the index says");
    return status;
}

/* Every entry of the contents, note, link and id of a document is in it. */
static enum kite_status verify_tables(struct kite_bundle *bundle, uint32_t document, struct kite_fault *fault)
{
    const struct kite_stored_document *d = &bundle->documents[document];
    uint32_t levels[KITE_LEVEL_MAX] = { 0 }, first, count, next = d->body_count;
    enum kite_status status = KITE_OK;

    for (uint32_t i = 0; i < d->contents_count && status == KITE_OK; i++) {
        struct kite_contents_entry entry;

        status = kite_bundle_contents(bundle, document, i, &entry, fault);
        if (status == KITE_OK && ++levels[entry.level - 1] > d->level_counts[entry.level - 1])
            status = kite_fail(fault, KITE_E_FORMAT, "the contents have other levels than the index says");
    }
    for (uint32_t i = 0; i < d->note_count && status == KITE_OK; i++) {
        status = kite_bundle_note(bundle, document, i, &first, &count, fault);
        if (status == KITE_OK && first != next)
            status = kite_fail(fault, KITE_E_FORMAT, "note %u leads out of its document", (unsigned)i + 1);
        next += count;
    }
    if (status == KITE_OK && next != d->paragraph_count)
        status = kite_fail(fault, KITE_E_FORMAT, "the notes have other paragraphs than the index says");
    for (uint32_t i = 0; i < d->link_count && status == KITE_OK; i++) {
        struct kite_link link;

        status = kite_bundle_link(bundle, document, i, &link, fault);
    }
    for (uint32_t i = 0; i < d->id_count && status == KITE_OK; i++) {
        struct kite_table_record record = { 0 };

        status = kite_record_at(bundle, KITE_TABLE_IDS, d->first_id + i, &record, fault);
        if (status == KITE_OK &&
            (record.key <= d->first_paragraph || record.key - d->first_paragraph > d->paragraph_count))
            status = kite_fail(fault, KITE_E_FORMAT, "id %u leads out of its document", (unsigned)i + 1);
    }
    return status;
}

/* Stored bytes of the blocks [first, end) are as many as the index says. */
static enum kite_status verify_bytes(struct kite_bundle *bundle, uint32_t first, uint32_t end, uint64_t bytes,
                                     struct kite_fault *fault)
{
    enum kite_status status = KITE_OK;
    struct kite_stored_block b;
    uint64_t total = 0;

    for (uint32_t i = first; i < end && status == KITE_OK; i++) {
        status = kite_block_at(bundle, i, &b, fault);
        total += status ? 0 : b.stored_bytes;
    }
    if (status == KITE_OK && total != bytes)
        status = kite_fail(fault, KITE_E_FORMAT, "the blocks have another length than the index says");
    return status;
}

static enum kite_status verify_words(struct kite_bundle *bundle, struct verifying *v, struct kite_fault *fault)
{
    enum kite_status status = verify_bytes(bundle, 0, bundle->lexicon_blocks, bundle->lexicon_bytes, fault);
    const char *text;
    size_t bytes;

    if (status == KITE_OK)
        status = verify_bytes(bundle, bundle->lexicon_blocks, bundle->lexicon_blocks + bundle->text_blocks,
                              bundle->text_stored_bytes, fault);
    for (uint32_t i = 0; i < bundle->lexicon_blocks && status == KITE_OK; i++, step(v))
        status = kite_piece_base(bundle, bundle->resident_count + bundle->chunks[i].first, &text, &bytes, fault);
    return status;
}

static enum kite_status verify_pictures(struct kite_bundle *bundle, struct verifying *v, struct kite_fault *fault)
{
    enum kite_status status = KITE_OK;
    struct kite_stored_block b;

    for (uint32_t i = 0; i < bundle->picture_count && status == KITE_OK; i++, step(v))
        status = kite_bundle_picture_decode(bundle, i, NULL, ignore_rows, fault);
    if (status == KITE_OK && bundle->picture_blocks > 0) /* the last ones' records lead to the end */
        status = kite_block_at(bundle, bundle->block_count - 1, &b, fault);
    return status;
}

static enum kite_block_type type_of(const struct kite_bundle *bundle, uint32_t block)
{
    return block < bundle->lexicon_blocks                         ? KITE_BLOCK_LEXICON
           : block - bundle->lexicon_blocks < bundle->text_blocks ? KITE_BLOCK_TEXT_NUMBERS
                                                                  : KITE_BLOCK_PICTURE_ROWS;
}

/* The first record of each leaf, so that each leaf is read. Those of blocks are read with the blocks. */
static enum kite_status check_leaves(struct kite_bundle *bundle, struct kite_fault *fault)
{
    enum kite_status status = KITE_OK;

    for (int name = KITE_TABLE_BLOCKS + 1; name < KITE_TABLE_COUNT; name++) {
        const struct kite_table *table = &bundle->tables[name];

        for (uint32_t i = 0; i < table->leaf_count && status == KITE_OK; i++) {
            struct kite_table_record record;

            status = kite_record_at(bundle, (enum kite_table_name)name, table->leaves[i].record, &record, fault);
        }
    }
    return status;
}

enum kite_status kite_bundle_check(struct kite_bundle *bundle, const struct kite_progress *progress,
                                   struct kite_fault *fault)
{
    struct verifying v = { progress, 0, bundle->block_count };
    uint64_t total = 0;
    enum kite_status status;

    kite_leaves_drop(bundle); /* what is kept was read once; it is the file that is asked */
    status = check_leaves(bundle, fault);
    for (uint32_t i = 0; i < bundle->block_count && status == KITE_OK; i++, step(&v)) {
        struct kite_stored_block b;

        status = kite_block_at(bundle, i, &b, fault);
        if (status == KITE_OK)
            status = kite_stored_read(bundle, type_of(bundle, i), i, b.offset, b.stored_bytes, b.hash, fault);
        total += status ? 0 : b.stored_bytes;
    }
    if (status == KITE_OK && total != bundle->data_bytes)
        status = kite_fail(fault, KITE_E_FORMAT, "the blocks have another length than the index says");
    return status ? status : kite_trailers_verify(bundle, fault);
}

enum kite_status kite_bundle_verify(struct kite_bundle *bundle, const struct kite_progress *progress,
                                    struct kite_fault *fault)
{
    struct verifying v = { progress, 0, (uint64_t)bundle->lexicon_blocks + bundle->text_blocks + bundle->picture_count };

    kite_lexicon_drop(bundle); /* what is kept was read once; it is the file that is asked */
    kite_text_blocks_drop(bundle);
    kite_leaves_drop(bundle);

    enum kite_status status = verify_words(bundle, &v, fault);

    for (uint32_t i = 0; i < bundle->document_count && status == KITE_OK; i++) {
        status = verify_text(bundle, i, &v, fault);
        if (status == KITE_OK)
            status = verify_tables(bundle, i, fault);
    }
    if (status == KITE_OK)
        status = verify_pictures(bundle, &v, fault);
    return status ? status : kite_trailers_verify(bundle, fault);
}
