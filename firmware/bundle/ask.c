/* Asking an open bundle what it says about itself. Nothing here reads a block but for a piece's text. */
#include "bundle/reader.h"

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
