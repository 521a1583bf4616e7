/* Asking an open bundle what it says about itself: from META, or from a leaf of the index. */
#include "bundle/reader.h"

#include <string.h>

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
                                        .contents_count = d->contents_count, .text_bytes = d->text_bytes,
                                        .original_count = d->originals.count,
                                        .opens_originals = d->originals.are_opened };
    memcpy(out->level_counts, d->level_counts, sizeof out->level_counts);
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

/* ---- tables ------------------------------------------------------------------------------------ */

enum kite_status kite_bundle_contents(struct kite_bundle *bundle, uint32_t document, uint32_t index,
                                      struct kite_contents_entry *out, struct kite_fault *fault)
{
    if (document >= bundle->document_count || index >= bundle->documents[document].contents_count)
        return kite_fail(fault, KITE_E_RANGE, "the contents have no entry %u", (unsigned)index + 1);

    const struct kite_stored_document *d = &bundle->documents[document];
    struct kite_table_record record;
    enum kite_status status = kite_record_at(bundle, KITE_TABLE_CONTENTS, d->first_contents + index, &record, fault);

    if (status)
        return status;
    if (record.key <= d->first_paragraph || record.key - d->first_paragraph > d->paragraph_count)
        return kite_fail(fault, KITE_E_FORMAT, "entry %u of the contents leads out of its document", (unsigned)index + 1);
    *out = (struct kite_contents_entry){ record.key - 1 - d->first_paragraph, record.level, record.title };
    return KITE_OK;
}

/* The last entry of a level or above before number `end` of a document's contents; *is_found. It is looked for leaf by
 * leaf, as a leaf is read from its beginning. */
static enum kite_status entry_before(struct kite_bundle *bundle, const struct kite_stored_document *d, uint32_t end,
                                     uint8_t level, struct kite_table_record *out, bool *is_found, struct kite_fault *fault)
{
    const struct kite_table *table = &bundle->tables[KITE_TABLE_CONTENTS];
    uint32_t leaf = table->leaf_count;
    enum kite_status status = KITE_OK;

    *is_found = false;
    while (end > d->first_contents && !*is_found && status == KITE_OK) {
        while (table->leaves[leaf].record >= end)
            leaf--;

        uint32_t first = table->leaves[leaf].record > d->first_contents ? table->leaves[leaf].record : d->first_contents;

        for (uint32_t i = first; i < end && status == KITE_OK; i++) {
            struct kite_table_record record;

            status = kite_record_at(bundle, KITE_TABLE_CONTENTS, i, &record, fault);
            if (status == KITE_OK && record.level <= level) {
                *out = record;
                *is_found = true;
            }
        }
        end = first;
    }
    return status;
}

enum kite_status kite_bundle_section_at(struct kite_bundle *bundle, uint32_t document, uint32_t paragraph,
                                        uint8_t level, struct kite_section *out, struct kite_fault *fault)
{
    if (document >= bundle->document_count)
        return kite_fail(fault, KITE_E_RANGE, "there is no document %u", (unsigned)document + 1);

    const struct kite_stored_document *d = &bundle->documents[document];
    uint32_t end = d->first_contents + d->contents_count, behind;
    struct kite_table_record record;
    bool is_found;

    *out = (struct kite_section){ 0, d->paragraph_count };
    if (level == 0 || d->contents_count == 0)
        return KITE_OK;
    if (paragraph >= d->paragraph_count)
        paragraph = d->paragraph_count - 1;

    enum kite_status status =
        kite_record_from_key(bundle, KITE_TABLE_CONTENTS, d->first_paragraph + paragraph + 2, &behind, fault);

    if (status == KITE_OK && (behind < d->first_contents || behind > end))
        status = kite_fail(fault, KITE_E_FORMAT, "the contents lead out of their document");
    for (uint32_t i = behind; status == KITE_OK && i < end; i++) {
        status = kite_record_at(bundle, KITE_TABLE_CONTENTS, i, &record, fault);
        if (status == KITE_OK && record.level <= level) {
            out->end = record.key - 1 - d->first_paragraph;
            break;
        }
    }
    if (status == KITE_OK)
        status = entry_before(bundle, d, behind, level, &record, &is_found, fault);
    if (status == KITE_OK && is_found)
        out->first = record.key - 1 - d->first_paragraph;
    if (status == KITE_OK && (out->first > paragraph || out->end > d->paragraph_count))
        status = kite_fail(fault, KITE_E_FORMAT, "the contents lead out of their document");
    return status;
}

enum kite_status kite_bundle_note(struct kite_bundle *bundle, uint32_t document, uint32_t note, uint32_t *first,
                                  uint32_t *count, struct kite_fault *fault)
{
    *first = *count = 0;
    if (document >= bundle->document_count || note >= bundle->documents[document].note_count)
        return kite_fail(fault, KITE_E_RANGE, "there is no note %u", (unsigned)note + 1);

    const struct kite_stored_document *d = &bundle->documents[document];
    uint32_t end = d[1].first_note_paragraph; /* where the next document's begin */
    struct kite_table_record record;
    enum kite_status status = kite_record_at(bundle, KITE_TABLE_NOTES, d->first_note + note, &record, fault);

    if (status)
        return status;
    if (record.key < d->first_note_paragraph || record.key > end || record.count > end - record.key)
        return kite_fail(fault, KITE_E_FORMAT, "note %u leads out of its document", (unsigned)note + 1);
    *first = d->body_count + (record.key - d->first_note_paragraph);
    *count = record.count;
    return KITE_OK;
}

enum kite_status kite_bundle_link(struct kite_bundle *bundle, uint32_t document, uint32_t link, struct kite_link *out,
                                  struct kite_fault *fault)
{
    if (document >= bundle->document_count || link >= bundle->documents[document].link_count)
        return kite_fail(fault, KITE_E_RANGE, "there is no link %u", (unsigned)link + 1);

    struct kite_table_record record;
    enum kite_status status =
        kite_record_at(bundle, KITE_TABLE_LINKS, bundle->documents[document].first_link + link, &record, fault);

    if (status == KITE_OK)
        *out = record.link;
    return status;
}

/* Among the ids that are not the index. KITE_DONE: none of these; *is_default: nor has paragraph `id` another. */
static enum kite_status find_id(struct kite_bundle *bundle, const struct kite_stored_document *d, uint32_t id,
                                uint32_t *index, bool *is_default, struct kite_fault *fault)
{
    *is_default = id < d->paragraph_count;
    for (uint32_t i = 0; i < d->id_count; i++) {
        struct kite_table_record record;
        enum kite_status status = kite_record_at(bundle, KITE_TABLE_IDS, d->first_id + i, &record, fault);

        if (status)
            return status;
        if (record.key <= d->first_paragraph || record.key - d->first_paragraph > d->paragraph_count)
            return kite_fail(fault, KITE_E_FORMAT, "an id leads out of its document");
        *index = record.key - 1 - d->first_paragraph;
        if (record.id == id)
            return KITE_OK;
        if (*index == id)
            *is_default = false;
    }
    return KITE_DONE;
}

enum kite_status kite_bundle_paragraph_by_id(struct kite_bundle *bundle, uint32_t document, uint32_t id,
                                             uint32_t *index, struct kite_fault *fault)
{
    enum kite_status status = KITE_DONE;
    bool is_default = false;

    if (document < bundle->document_count)
        status = find_id(bundle, &bundle->documents[document], id, index, &is_default, fault);
    if (status != KITE_DONE)
        return status;
    if (!is_default)
        return kite_fail(fault, KITE_E_RANGE, "no paragraph has the id %u", (unsigned)id);
    *index = id;
    return KITE_OK;
}

void kite_bundle_sizes(const struct kite_bundle *bundle, struct kite_bundle_sizes *out)
{
    *out = (struct kite_bundle_sizes){ .file = bundle->file_bytes, .front = bundle->front_bytes,
                                       .lexicon = bundle->lexicon_bytes, .text = bundle->text_stored_bytes,
                                       .block_count = bundle->block_count,
                                       .lexicon_chunk_count = bundle->lexicon_blocks,
                                       .own_piece_count = bundle->own_count,
                                       .resident_piece_count = bundle->resident_count };
    out->pictures = bundle->data_bytes - out->lexicon - out->text;
    out->other = out->file - out->front - bundle->data_bytes;
}

kite_lang kite_bundle_lexicon_lang(const struct kite_bundle *bundle)
{
    return bundle->resident ? bundle->resident->lang : 0;
}
