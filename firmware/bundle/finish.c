/* From what was taken in to a file. The blocks, the index and the reading back are in files of their own. */
#include "bundle/writer.h"

#include <sodium.h>
#include <string.h>

/* Chunks in front of DATA, but for the root at the end of HASH. */
struct parts {
    struct kite_buffer meta, originals, fonts;
};

static enum kite_status add_chunk_entry(struct kite_buffer *file, uint32_t type, size_t bytes)
{
    enum kite_status status = kite_buffer_add_u32(file, type);

    return status ? status : kite_buffer_add_u32(file, (uint32_t)bytes);
}

static enum kite_status add_head(const struct kite_writer *w, const struct parts *parts, struct kite_buffer *file)
{
    bool has_originals = kite_has_originals(w);
    bool has_fonts = w->font_count > 0;
    const uint8_t version[4] = { KITE_VERSION_MAJOR, KITE_VERSION_MINOR, (uint8_t)(3 + has_originals + has_fonts), 0 };
    enum kite_status status = kite_buffer_add(file, KITE_FIRST_LINE, KITE_FIRST_LINE_BYTES);

    if (status == KITE_OK)
        status = kite_buffer_add(file, KITE_MAGIC, KITE_MAGIC_BYTES);
    if (status == KITE_OK)
        status = kite_buffer_add(file, version, sizeof version);
    if (status == KITE_OK)
        status = add_chunk_entry(file, KITE_CHUNK_META, parts->meta.count);
    if (status == KITE_OK && has_originals)
        status = add_chunk_entry(file, KITE_CHUNK_PAGE, parts->originals.count);
    if (status == KITE_OK && has_fonts)
        status = add_chunk_entry(file, KITE_CHUNK_FONT, parts->fonts.count);
    if (status == KITE_OK)
        status = add_chunk_entry(file, KITE_CHUNK_HASH, w->index.hashes.count + KITE_ROOT_BYTES);
    return status ? status : add_chunk_entry(file, KITE_CHUNK_DATA, w->index.leaves.count + w->data.count);
}

static enum kite_status make_file(struct kite_writer *w, const struct parts *parts, struct kite_buffer *file)
{
    uint8_t root[KITE_ROOT_BYTES];
    enum kite_status status;

    if (w->data.count > UINT32_MAX - w->index.leaves.count)
        return KITE_E_LIMIT;
    status = add_head(w, parts, file);
    if (status == KITE_OK)
        status = kite_buffer_add(file, parts->meta.bytes, parts->meta.count);
    if (status == KITE_OK)
        status = kite_buffer_add(file, parts->originals.bytes, parts->originals.count);
    if (status == KITE_OK)
        status = kite_buffer_add(file, parts->fonts.bytes, parts->fonts.count);
    if (status == KITE_OK)
        status = kite_buffer_add(file, w->index.hashes.bytes, w->index.hashes.count);
    if (status)
        return status;
    crypto_generichash(root, sizeof root, file->bytes, file->count, NULL, 0);
    status = kite_buffer_add(file, root, sizeof root);
    if (status == KITE_OK)
        status = kite_buffer_add(file, w->index.leaves.bytes, w->index.leaves.count);
    return status ? status : kite_buffer_add(file, w->data.bytes, w->data.count);
}

/* The resident lexicon: as asked, else of the language that most text is in. */
static void choose_lexicon(struct kite_writer *w)
{
    uint64_t most = 0;
    kite_lang lang = w->options.lexicon;

    for (size_t i = 0; i < w->document_count && w->options.lexicon == 0; i++) {
        uint64_t bytes = 1;

        for (size_t k = 0; k < w->document_count; k++)
            if (kite_lang_primary(w->documents[k].lang) == kite_lang_primary(w->documents[i].lang))
                for (size_t p = 0; p < w->documents[k].count; p++)
                    bytes += w->documents[k].paragraphs[p].paragraph.text.text_bytes;
        if (bytes > most) {
            most = bytes;
            lang = w->documents[i].lang;
        }
    }
    w->resident = w->options.no_resident_lexicon ? NULL : kite_lexicon_of(kite_lang_primary(lang));
}

/* Inside links count paragraphs as the caller does; those that were split count as more. */
static bool map_place(const struct kite_writer *w, struct kite_place *place)
{
    if (place->document >= w->document_count || place->paragraph >= w->documents[place->document].given_count)
        return false;

    const struct kite_written_document *d = &w->documents[place->document];
    size_t low = 0, high = d->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (d->paragraphs[middle].given < place->paragraph)
            low = middle + 1;
        else
            high = middle;
    }
    for (; low + 1 < d->count && d->paragraphs[low + 1].given == place->paragraph &&
           place->offset_bytes >= d->paragraphs[low].paragraph.text.text_bytes;
         low++)
        place->offset_bytes -= (uint32_t)d->paragraphs[low].paragraph.text.text_bytes;
    place->paragraph = (uint32_t)low;
    return true;
}

static bool notes_exist(const struct kite_written_document *d, const struct kite_text *text)
{
    for (size_t i = 0; i < text->span_count; i++)
        if (text->spans[i].note > d->note_count)
            return false;
    return true;
}

static bool is_behind(const struct kite_place *a, const struct kite_place *b)
{
    return a->paragraph != b->paragraph ? a->paragraph > b->paragraph : a->offset_bytes > b->offset_bytes;
}

/* Original pages lie in the text, one behind the other. */
static bool settle_originals(const struct kite_writer *w, uint32_t document)
{
    struct kite_written_document *d = &w->documents[document];

    for (size_t i = 0; i < d->original_count; i++) {
        struct kite_place *place = &d->originals[i].place;

        place->document = document;
        if (!map_place(w, place) || place->offset_bytes > KITE_PARAGRAPH_BYTES_MAX ||
            (i > 0 && is_behind(&d->originals[i - 1].place, place)))
            return false;
    }
    return true;
}

/* What could not be known while paragraphs came in: that the notes and places referred to exist. */
static enum kite_status settle_references(struct kite_writer *w, struct kite_fault *fault)
{
    for (size_t d = 0; d < w->document_count; d++) {
        struct kite_written_document *document = &w->documents[d];

        for (size_t i = 0; i < document->link_count; i++)
            if (!document->links[i].address && !map_place(w, &document->links[i].place))
                return kite_fail(fault, KITE_E_FORMAT, "link %u of document %u leads to a paragraph that is not there",
                                 (unsigned)i + 1, (unsigned)d + 1);
        for (size_t i = 0; i < document->count; i++)
            if (!notes_exist(document, &document->paragraphs[i].paragraph.text))
                return kite_fail(fault, KITE_E_FORMAT, "paragraph %u of document %u refers to a note that is not there",
                                 (unsigned)i + 1, (unsigned)d + 1);
        if (!settle_originals(w, (uint32_t)d))
            return kite_fail(fault, KITE_E_FORMAT, "pages of document %u are not in the order of its text", (unsigned)d + 1);
    }
    return KITE_OK;
}

static enum kite_status make(struct kite_writer *writer, struct kite_buffer *file)
{
    struct parts parts = { { .mem = writer->mem }, { .mem = writer->mem }, { .mem = writer->mem } };
    enum kite_status status = kite_tokens_cut(writer);

    if (status == KITE_OK)
        status = kite_pieces_number(writer);
    if (status == KITE_OK)
        status = kite_lexicon_write(writer);
    if (status == KITE_OK)
        status = kite_text_write(writer);
    if (status == KITE_OK)
        status = kite_pictures_write(writer);
    if (status == KITE_OK)
        status = kite_index_write(writer);
    if (status == KITE_OK)
        status = kite_meta_write(writer, &parts.meta);
    if (status == KITE_OK && kite_has_originals(writer))
        status = kite_originals_write(writer, &parts.originals);
    if (status == KITE_OK && writer->font_count > 0)
        status = kite_fonts_write(writer, &parts.fonts);
    if (status == KITE_OK)
        status = make_file(writer, &parts, file);
    kite_buffer_close(&parts.meta);
    kite_buffer_close(&parts.originals);
    kite_buffer_close(&parts.fonts);
    return status;
}

enum kite_status kite_writer_finish(struct kite_writer *writer, const struct kite_sink *sink,
                                    const struct kite_progress *progress, struct kite_fault *fault)
{
    struct kite_buffer file = { .mem = writer->mem };
    enum kite_status status;

    if (writer->document_count == 0)
        return kite_fail(fault, KITE_E_FORMAT, "a bundle needs at least one document");
    if (writer->is_finished)
        return kite_fail(fault, KITE_E_RANGE, "the bundle is finished already");
    writer->is_finished = true;
    writer->progress = progress;
    choose_lexicon(writer);
    status = settle_references(writer, fault);
    if (status)
        return status;
    status = make(writer, &file);
    if (status)
        kite_fail(fault, status, "the bundle cannot be made: %s", kite_status_text(status));
    else
        status = kite_read_back(writer, &file, fault);
    if (status == KITE_OK && (status = sink->write(sink->ctx, file.bytes, file.count)) != KITE_OK)
        kite_fail(fault, status, "the bundle cannot be written");
    kite_buffer_close(&file);
    return status;
}
