/* The finished file is read back and compared with what was given. */
#include "bundle/writer.h"

#include <string.h>

static bool spans_match(const struct kite_span *a, const struct kite_span *b)
{
    return a->offset_bytes == b->offset_bytes && a->styles == b->styles && a->link == b->link && a->note == b->note &&
           a->lang == b->lang;
}

static bool texts_are_alike(const struct kite_text *a, const struct kite_text *b)
{
    if (a->text_bytes != b->text_bytes || a->span_count != b->span_count ||
        memcmp(a->text, b->text, a->text_bytes) != 0)
        return false;
    for (size_t i = 0; i < a->span_count; i++)
        if (!spans_match(&a->spans[i], &b->spans[i]))
            return false;
    return true;
}

static bool paragraphs_are_alike(const struct kite_paragraph *a, const struct kite_paragraph *b)
{
    return a->role == b->role && a->depth == b->depth && a->quote_depth == b->quote_depth && a->is_tight == b->is_tight &&
           a->is_continued == b->is_continued && a->ordinal == b->ordinal && a->id == b->id &&
           (a->role != KITE_ROLE_PICTURE || a->picture == b->picture) && a->column_count == b->column_count &&
           memcmp(a->column_align, b->column_align, a->column_count) == 0 && a->direction == b->direction &&
           texts_are_alike(&a->text, &b->text);
}

static bool strings_are_alike(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) == 0 : a == b;
}

static bool metas_are_alike(const struct kite_bundle *bundle, uint32_t document, const char *const metas[KITE_META_COUNT])
{
    for (int key = 1; key < KITE_META_COUNT; key++)
        if (!strings_are_alike(kite_bundle_meta(bundle, document, (enum kite_meta)key), metas[key]))
            return false;
    return true;
}

static bool links_are_alike(struct kite_bundle *bundle, uint32_t document, const struct kite_written_document *given)
{
    for (uint32_t i = 0; i < given->link_count; i++) {
        const struct kite_link *a = &given->links[i];
        struct kite_link b;

        if (kite_bundle_link(bundle, document, i, &b, NULL) || !strings_are_alike(a->address, b.address))
            return false;
        if (!a->address && (a->place.document != b.place.document || a->place.paragraph != b.place.paragraph ||
                            a->place.offset_bytes != b.place.offset_bytes))
            return false;
    }
    return true;
}

static bool originals_are_alike(const struct kite_bundle *bundle, uint32_t document, const struct kite_written_document *given)
{
    for (uint32_t i = 0; i < given->original_count; i++) {
        const struct kite_original *a = &given->originals[i];
        struct kite_original b;

        if (kite_bundle_original(bundle, document, i, &b) || !strings_are_alike(a->label, b.label) || a->picture != b.picture ||
            a->place.paragraph != b.place.paragraph || a->place.offset_bytes != b.place.offset_bytes)
            return false;
    }
    return true;
}

static bool documents_are_alike(struct kite_bundle *bundle, uint32_t document, const struct kite_written_document *given)
{
    struct kite_document_info info;

    return kite_bundle_document(bundle, document, &info) == KITE_OK && info.lang == given->lang &&
           info.direction == given->direction && info.paragraph_count == given->count &&
           info.body_count == given->body_count && info.note_count == given->note_count &&
           info.link_count == given->link_count && info.original_count == given->original_count &&
           info.opens_originals == (given->opens_originals && given->original_count > 0) &&
           originals_are_alike(bundle, document, given) && metas_are_alike(bundle, document, given->metas) &&
           links_are_alike(bundle, document, given);
}

static bool pictures_are_alike(struct kite_bundle *bundle, const struct kite_writer *w)
{
    for (uint32_t i = 0; i < w->picture_count; i++) {
        const struct kite_picture_info *a = &w->pictures[i].info;
        struct kite_picture_info b;

        if (kite_bundle_picture_info(bundle, i, &b) || a->width_px != b.width_px || a->height_px != b.height_px ||
            a->codec != b.codec || a->quality != b.quality || a->filter != b.filter)
            return false;
    }
    return kite_bundle_picture_count(bundle) == w->picture_count;
}

static bool fonts_are_alike(struct kite_bundle *bundle, const struct kite_writer *w)
{
    const uint8_t *bytes;
    size_t count;

    for (uint32_t i = 0; i < w->font_count; i++) {
        if (kite_bundle_font(bundle, i, &bytes, &count, NULL) || count != w->fonts[i].count || memcmp(bytes, w->fonts[i].bytes, count) != 0)
            return false;
    }
    return kite_bundle_font(bundle, w->font_count, &bytes, &count, NULL) == KITE_DONE;
}

static enum kite_status compare_document(struct kite_bundle *bundle, uint32_t document,
                                         const struct kite_written_document *given, const struct kite_memory *mem,
                                         struct kite_fault *fault)
{
    struct kite_arena arena;
    enum kite_status status = KITE_OK;

    if (!documents_are_alike(bundle, document, given))
        return kite_fail(fault, KITE_E_FORMAT, "document %u does not come back as it was given", (unsigned)document + 1);
    kite_arena_init(&arena, *mem, 0);
    for (uint32_t i = 0; i < given->count && status == KITE_OK; i++) {
        struct kite_paragraph p;

        kite_arena_reset(&arena);
        status = kite_bundle_paragraph(bundle, document, i, &arena, &p, fault);
        if (status == KITE_OK && !paragraphs_are_alike(&p, &given->paragraphs[i].paragraph))
            status = kite_fail(fault, KITE_E_FORMAT, "paragraph %u of document %u does not come back as it was given",
                               (unsigned)i + 1, (unsigned)document + 1);
    }
    kite_arena_close(&arena);
    return status;
}

enum kite_status kite_read_back(const struct kite_writer *w, const struct kite_buffer *file, struct kite_fault *fault)
{
    struct kite_span_bytes span = { file->bytes, file->count };
    struct kite_source source = kite_source_memory(&span);
    struct kite_bundle *bundle;
    enum kite_status status = kite_bundle_open(&w->mem, &source, &bundle, fault);

    if (status)
        return status;
    kite_bundle_keep_words(bundle, KITE_WORDS_KEPT_AT_DESK);
    if (!metas_are_alike(bundle, KITE_BUNDLE_ITSELF, w->metas) || !pictures_are_alike(bundle, w) || !fonts_are_alike(bundle, w) ||
        kite_bundle_document_count(bundle) != w->document_count)
        status = kite_fail(fault, KITE_E_FORMAT, "the bundle's index does not come back as it was given");
    for (uint32_t d = 0; d < w->document_count && status == KITE_OK; d++)
        status = compare_document(bundle, d, &w->documents[d], &w->mem, fault);
    if (status == KITE_OK)
        status = kite_bundle_verify(bundle, NULL, fault);
    kite_bundle_close(bundle);
    return status;
}
