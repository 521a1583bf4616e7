/* From what was taken in to a file: blocks, index, hashes, and a reading back of it all. */
#include "bundle/writer.h"

#include <sodium.h>
#include <string.h>

struct finish {
    struct kite_writer *writer;
    const struct kite_progress *progress;
    struct kite_fault *fault;
    uint64_t done, total; /* bytes of text, roughly */
};

static void step(struct finish *f, uint64_t bytes)
{
    f->done += bytes;
    if (f->progress)
        f->progress->step(f->progress->ctx, f->done < f->total ? f->done : f->total, f->total);
}

/* ---- blocks ---------------------------------------------------------------------------------- */

enum kite_status kite_block_add(struct kite_writer *writer, enum kite_block_type type, const uint8_t *stored,
                                size_t stored_bytes, struct kite_written_block block)
{
    uint8_t hash[KITE_HASH_BYTES];
    void *blocks = writer->blocks;
    enum kite_status status =
        kite_grow(&writer->mem, &blocks, &writer->block_capacity, writer->block_count + 1, sizeof *writer->blocks);

    writer->blocks = blocks;
    if (status == KITE_OK)
        status = kite_buffer_add(&writer->data, stored, stored_bytes);
    if (status)
        return status;
    if (stored_bytes > KITE_STORED_BYTES_MAX || block.bytes > KITE_BLOCK_BYTES_MAX || writer->block_count == KITE_BLOCKS_MAX)
        return KITE_E_LIMIT;
    block.stored_bytes = (uint32_t)stored_bytes;
    kite_block_hash(type, (uint32_t)writer->block_count, stored, stored_bytes, hash);
    writer->blocks[writer->block_count++] = block;
    return kite_buffer_add(&writer->hashes, hash, sizeof hash);
}

enum kite_status kite_block_write(struct kite_writer *writer, enum kite_block_type type, const uint8_t *bytes,
                                  size_t count, struct kite_written_block block)
{
    struct kite_buffer stored = { .mem = writer->mem };
    enum kite_status status = kite_deflate(bytes, count, writer->options.zopfli_iterations, &stored);

    block.bytes = (uint32_t)count;
    if (status == KITE_OK)
        status = kite_block_add(writer, type, stored.bytes, stored.count, block);
    kite_buffer_close(&stored);
    return status;
}

static size_t shared_bytes(const struct kite_written_piece *a, const struct kite_written_piece *b)
{
    size_t n = 0;

    while (n < a->bytes && n < b->bytes && a->lower[n] == b->lower[n])
        n++;
    return n < b->bytes ? n : n - 1; /* something of its own is left */
}

static enum kite_status write_lexicon(struct finish *f)
{
    struct kite_writer *w = f->writer;
    struct kite_buffer chunk = { .mem = w->mem };
    struct kite_written_block block = { 0 };
    const struct kite_written_piece *before = NULL;
    size_t expanded = 0;
    enum kite_status status = KITE_OK;

    for (uint32_t i = 0; i < w->own_count && status == KITE_OK; i++) {
        const struct kite_written_piece *p = &w->pieces[w->own[i]];
        size_t shared = before ? shared_bytes(before, p) : 0;

        status = kite_buffer_add_u8(&chunk, (uint8_t)shared);
        if (status == KITE_OK)
            status = kite_buffer_add_u8(&chunk, (uint8_t)(p->bytes - shared));
        if (status == KITE_OK)
            status = kite_buffer_add(&chunk, p->lower + shared, p->bytes - shared);
        before = p;
        block.count++;
        expanded += p->bytes;
        if (status == KITE_OK && (chunk.count >= KITE_LEXICON_CHUNK_BYTES - 512 || expanded > 60000 || i + 1 == w->own_count)) {
            status = kite_block_write(w, KITE_BLOCK_LEXICON, chunk.bytes, chunk.count, block);
            step(f, chunk.count);
            w->lexicon_blocks++;
            block.count = 0;
            chunk.count = expanded = 0;
            before = NULL;
        }
    }
    kite_buffer_close(&chunk);
    return status;
}

static enum kite_status write_text(struct finish *f)
{
    struct kite_writer *w = f->writer;
    struct kite_buffer numbers = { .mem = w->mem };
    struct kite_written_block block = { 0 };
    enum kite_status status = KITE_OK;

    for (size_t d = 0; d < w->document_count && status == KITE_OK; d++) {
        const struct kite_written_document *doc = &w->documents[d];

        for (size_t i = 0; i < doc->count && status == KITE_OK; i++) {
            status = kite_numbers_write(w, doc, &doc->paragraphs[i], &numbers);
            block.count++;
            block.text_bytes += (uint32_t)doc->paragraphs[i].paragraph.text.text_bytes;
            if (status == KITE_OK && (block.text_bytes >= KITE_TEXT_BLOCK_BYTES || numbers.count > KITE_TEXT_BLOCK_BYTES ||
                                      i + 1 == doc->count)) {
                status = kite_block_write(w, KITE_BLOCK_TEXT_NUMBERS, numbers.bytes, numbers.count, block);
                step(f, block.text_bytes);
                w->text_blocks++;
                block = (struct kite_written_block){ 0 };
                numbers.count = 0;
            }
        }
        block.document_step++;
    }
    kite_buffer_close(&numbers);
    return status;
}

static enum kite_status write_picture(struct finish *f, const struct kite_picture *picture)
{
    enum kite_status status = KITE_OK;

    for (size_t i = 0; i < picture->block_count && status == KITE_OK; i++) {
        const struct kite_picture_block *b = &picture->blocks[i];
        uint32_t end = i + 1 < picture->block_count ? b[1].first_row : picture->info.height_px;
        struct kite_written_block block = { .bytes = b->inflated_bytes, .count = end - b->first_row };

        status = kite_block_add(f->writer, KITE_BLOCK_PICTURE_ROWS, picture->bytes + b->offset_bytes, b->stored_bytes, block);
    }
    return status;
}

/* ---- META ------------------------------------------------------------------------------------ */

struct meta {
    struct kite_buffer *out;
    enum kite_status status;
};

static void put(struct meta *m, uint32_t value)
{
    if (m->status == KITE_OK)
        m->status = kite_buffer_add_varint(m->out, value);
}

static void put_u8(struct meta *m, uint8_t value)
{
    if (m->status == KITE_OK)
        m->status = kite_buffer_add_u8(m->out, value);
}

static void put_string(struct meta *m, const char *text, size_t bytes)
{
    if (m->status == KITE_OK)
        m->status = kite_buffer_add(m->out, text, bytes);
    put_u8(m, 0);
}

static void put_lang(struct meta *m, kite_lang lang)
{
    char tag[9];

    kite_lang_text(lang, tag);
    put_string(m, tag, strlen(tag));
}

static void put_metas(struct meta *m, const char *const metas[KITE_META_COUNT])
{
    for (uint32_t key = 1; key < KITE_META_COUNT; key++) {
        if (metas[key]) {
            put(m, key);
            put_string(m, metas[key], strlen(metas[key]));
        }
    }
    put(m, 0);
}

static void put_numbering(struct meta *m, const struct kite_writer *w)
{
    put_lang(m, w->resident ? w->resident->lang : 0);
    if (w->resident) {
        for (int i = 0; i < 8; i++)
            put_u8(m, w->resident->id[i]);
        put(m, w->resident->piece_count);
    }
    put(m, w->own_count);
    put_u8(m, (uint8_t)w->one_byte_count);
    put_u8(m, (uint8_t)w->two_byte_leads);
    put_u8(m, w->one_byte_is_listed);
    for (uint32_t i = 0; w->one_byte_is_listed && i < w->one_byte_count; i++)
        put(m, w->one_byte[i]);
}

/* A heading's text as a title: separators and marks out, at most as long as a string may be. */
static void put_title(struct meta *m, const struct kite_text *text)
{
    char title[KITE_STRING_BYTES_MAX + 4];
    size_t count = 0, length;

    for (size_t i = 0; i < text->text_bytes; i += length) {
        uint32_t c = kite_utf8_decode(text->text + i, text->text_bytes - i, &length);

        if (c == 0xfffc || c == 0xad)
            continue;
        if (c < 0x20 || c == 0x7f)
            c = ' ';
        if (count + length > KITE_STRING_BYTES_MAX)
            break;
        count += kite_utf8_encode(c, title + count);
    }
    put_string(m, title, count);
}

static void put_contents(struct meta *m, const struct kite_written_document *d)
{
    uint32_t count = 0, before = 0;

    for (size_t i = 0; i < d->count; i++)
        count += d->paragraphs[i].paragraph.role == KITE_ROLE_HEADING && !d->paragraphs[i].paragraph.is_continued;
    put(m, count);
    for (uint32_t i = 0; i < d->count; i++) {
        const struct kite_paragraph *p = &d->paragraphs[i].paragraph;

        if (p->role != KITE_ROLE_HEADING || p->is_continued)
            continue;
        put(m, i - before);
        put_u8(m, p->depth);
        put_title(m, &p->text);
        before = i;
    }
}

static void put_document(struct meta *m, const struct kite_written_document *d)
{
    uint32_t ids = 0, before = 0;

    put_lang(m, d->lang);
    put_u8(m, d->direction);
    put_metas(m, d->metas);
    put(m, (uint32_t)d->count);
    put(m, (uint32_t)d->count - d->body_count);
    put_contents(m, d);
    put(m, d->note_count);
    for (uint32_t i = d->body_count, next; i < d->count; i = next) {
        next = i + 1;
        while (next < d->count && (d->paragraphs[next].paragraph.role == KITE_ROLE_NOTE_MORE ||
                                   d->paragraphs[next].paragraph.is_continued))
            next++;
        put(m, next - i);
    }
    put(m, (uint32_t)d->link_count);
    for (size_t i = 0; i < d->link_count; i++) {
        const struct kite_link *link = &d->links[i];

        put_u8(m, link->address == NULL);
        if (link->address) {
            put_string(m, link->address, strlen(link->address));
        } else {
            put(m, link->place.document);
            put(m, link->place.paragraph);
            put(m, link->place.offset_bytes);
        }
    }
    for (uint32_t i = 0; i < d->count; i++)
        ids += d->paragraphs[i].paragraph.id != i;
    put(m, ids);
    for (uint32_t i = 0; i < d->count; i++) {
        if (d->paragraphs[i].paragraph.id == i)
            continue;
        put(m, i - before);
        put(m, d->paragraphs[i].paragraph.id);
        before = i;
    }
}

static void put_blocks(struct meta *m, const struct kite_writer *w)
{
    put(m, w->lexicon_blocks);
    put(m, w->text_blocks);
    for (size_t i = 0; i < w->block_count; i++) {
        const struct kite_written_block *b = &w->blocks[i];

        put(m, b->stored_bytes);
        put(m, b->bytes);
        put(m, b->count);
        if (i >= w->lexicon_blocks && i < w->lexicon_blocks + w->text_blocks) {
            put(m, b->text_bytes);
            put(m, b->document_step);
        }
    }
}

static enum kite_status make_meta(struct finish *f, struct kite_buffer *out)
{
    struct kite_writer *w = f->writer;
    struct kite_buffer plain = { .mem = w->mem };
    struct meta m = { &plain, KITE_OK };

    put(&m, 0); /* features */
    put_metas(&m, w->metas);
    put_numbering(&m, w);
    put(&m, (uint32_t)w->document_count);
    for (size_t i = 0; i < w->document_count; i++)
        put_document(&m, &w->documents[i]);
    put(&m, (uint32_t)w->picture_count);
    for (size_t i = 0; i < w->picture_count; i++) {
        const struct kite_picture_info *info = &w->pictures[i].info;

        put(&m, info->width_px);
        put(&m, info->height_px);
        put_u8(&m, (uint8_t)info->codec);
        put_u8(&m, info->quality);
        put_u8(&m, info->filter);
        put(&m, (uint32_t)w->pictures[i].block_count);
    }
    put_blocks(&m, w);
    if (m.status == KITE_OK && plain.count > KITE_META_BYTES_MAX)
        m.status = KITE_E_LIMIT;
    if (m.status == KITE_OK)
        m.status = kite_buffer_add_u32(out, (uint32_t)plain.count);
    if (m.status == KITE_OK)
        m.status = kite_deflate(plain.bytes, plain.count, w->options.zopfli_iterations, out);
    kite_buffer_close(&plain);
    return m.status;
}

/* ---- the file -------------------------------------------------------------------------------- */

static enum kite_status add_chunk_entry(struct kite_buffer *file, uint32_t type, size_t bytes)
{
    enum kite_status status = kite_buffer_add_u32(file, type);

    return status ? status : kite_buffer_add_u32(file, (uint32_t)bytes);
}

static enum kite_status make_file(struct kite_writer *w, const struct kite_buffer *meta, struct kite_buffer *file)
{
    static const uint8_t version[4] = { KITE_VERSION_MAJOR, KITE_VERSION_MINOR, 3, 0 };
    uint8_t root[KITE_ROOT_BYTES];
    enum kite_status status = kite_buffer_add(file, KITE_FIRST_LINE, KITE_FIRST_LINE_BYTES);

    if (w->data.count > UINT32_MAX)
        return KITE_E_LIMIT;
    if (status == KITE_OK)
        status = kite_buffer_add(file, KITE_MAGIC, KITE_MAGIC_BYTES);
    if (status == KITE_OK)
        status = kite_buffer_add(file, version, sizeof version);
    if (status == KITE_OK)
        status = add_chunk_entry(file, KITE_CHUNK_META, meta->count);
    if (status == KITE_OK)
        status = add_chunk_entry(file, KITE_CHUNK_HASH, w->hashes.count + KITE_ROOT_BYTES);
    if (status == KITE_OK)
        status = add_chunk_entry(file, KITE_CHUNK_DATA, w->data.count);
    if (status == KITE_OK)
        status = kite_buffer_add(file, meta->bytes, meta->count);
    if (status == KITE_OK)
        status = kite_buffer_add(file, w->hashes.bytes, w->hashes.count);
    if (status)
        return status;
    crypto_generichash(root, sizeof root, file->bytes, file->count, NULL, 0);
    status = kite_buffer_add(file, root, sizeof root);
    return status ? status : kite_buffer_add(file, w->data.bytes, w->data.count);
}

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

/* Read the finished file back and compare every paragraph with what was given. */
static enum kite_status read_back(struct finish *f, const struct kite_buffer *file)
{
    struct kite_writer *w = f->writer;
    struct kite_span_bytes span = { file->bytes, file->count };
    struct kite_source source = kite_source_memory(&span);
    struct kite_bundle *bundle;
    struct kite_arena arena;
    enum kite_status status = kite_bundle_open(&w->mem, &source, &bundle, f->fault);

    if (status)
        return status;
    kite_arena_init(&arena, w->mem, 0);
    for (uint32_t d = 0; d < w->document_count && status == KITE_OK; d++) {
        for (uint32_t i = 0; i < w->documents[d].count && status == KITE_OK; i++) {
            struct kite_paragraph p;

            kite_arena_reset(&arena);
            status = kite_bundle_paragraph(bundle, d, i, &arena, &p, f->fault);
            if (status == KITE_OK && !paragraphs_are_alike(&p, &w->documents[d].paragraphs[i].paragraph))
                status = kite_fail(f->fault, KITE_E_FORMAT, "paragraph %u of document %u does not come back as it was given",
                                   (unsigned)i + 1, (unsigned)d + 1);
        }
    }
    if (status == KITE_OK)
        status = kite_bundle_verify(bundle, NULL, f->fault);
    kite_arena_close(&arena);
    kite_bundle_close(bundle);
    return status;
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

enum kite_status kite_writer_finish(struct kite_writer *writer, const struct kite_sink *sink,
                                    const struct kite_progress *progress, struct kite_fault *fault)
{
    struct finish f = { .writer = writer, .progress = progress, .fault = fault, .total = 1 };
    struct kite_buffer meta = { .mem = writer->mem }, file = { .mem = writer->mem };
    enum kite_status status;

    if (writer->document_count == 0)
        return kite_fail(fault, KITE_E_FORMAT, "a bundle needs at least one document");
    for (size_t d = 0; d < writer->document_count; d++)
        for (size_t i = 0; i < writer->documents[d].count; i++)
            f.total += writer->documents[d].paragraphs[i].paragraph.text.text_bytes;
    choose_lexicon(writer);
    status = kite_tokens_cut(writer);
    if (status == KITE_OK)
        status = kite_pieces_number(writer);
    if (status == KITE_OK)
        status = write_lexicon(&f);
    if (status == KITE_OK)
        status = write_text(&f);
    for (size_t i = 0; i < writer->picture_count && status == KITE_OK; i++)
        status = write_picture(&f, &writer->pictures[i]);
    if (status == KITE_OK)
        status = make_meta(&f, &meta);
    if (status == KITE_OK)
        status = make_file(writer, &meta, &file);
    if (status)
        status = kite_fail(fault, status, "the bundle cannot be made: %s", kite_status_text(status));
    else
        status = read_back(&f, &file);
    if (status == KITE_OK && (status = sink->write(sink->ctx, file.bytes, file.count)) != KITE_OK)
        kite_fail(fault, status, "the bundle cannot be written");
    kite_buffer_close(&meta);
    kite_buffer_close(&file);
    return status;
}
