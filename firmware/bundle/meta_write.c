/* The META chunk, written. meta.c reads it. */
#include "bundle/writer.h"

#include <string.h>

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
    put(m, w->lexicon_blocks);
    for (uint32_t i = 0; i < w->lexicon_blocks; i++)
        put(m, w->blocks[i].count);
    put_u8(m, (uint8_t)w->one_byte_count);
    put_u8(m, (uint8_t)w->two_byte_leads);
    put_u8(m, w->one_byte_is_listed);
    for (uint32_t i = 0; w->one_byte_is_listed && i < w->one_byte_count; i++)
        put(m, w->one_byte[i]);
}

bool kite_is_in_contents(const struct kite_paragraph *p)
{
    return p->role == KITE_ROLE_HEADING && !p->is_continued;
}

/* How many headings of each level: a bit for each that there is, then the counts. */
static void put_levels(struct meta *m, const struct kite_written_document *d)
{
    uint32_t counts[KITE_LEVEL_MAX] = { 0 };
    uint8_t levels = 0;

    for (size_t i = 0; i < d->count; i++) {
        const struct kite_paragraph *p = &d->paragraphs[i].paragraph;

        if (!kite_is_in_contents(p))
            continue;
        counts[p->depth - 1]++;
        levels = (uint8_t)(levels | 1u << (p->depth - 1));
    }
    put_u8(m, levels);
    for (int i = 0; i < KITE_LEVEL_MAX; i++)
        if (counts[i])
            put(m, counts[i]);
}

static void put_document(struct meta *m, const struct kite_written_document *d)
{
    uint32_t ids = 0;
    uint64_t text_bytes = 0;

    for (uint32_t i = 0; i < d->count; i++) {
        ids += d->paragraphs[i].paragraph.id != i;
        text_bytes += d->paragraphs[i].paragraph.text.text_bytes;
    }
    if (text_bytes > UINT32_MAX)
        m->status = KITE_E_LIMIT;
    put_lang(m, d->lang);
    put_u8(m, (uint8_t)d->direction);
    put_metas(m, d->metas);
    put(m, (uint32_t)d->count);
    put(m, (uint32_t)d->count - d->body_count);
    put(m, (uint32_t)text_bytes);
    put_levels(m, d);
    put(m, d->note_count);
    put(m, (uint32_t)d->link_count);
    put(m, ids);
}

static void put_block_counts(struct meta *m, const struct kite_writer *w)
{
    uint32_t first = w->lexicon_blocks, end = first + w->text_blocks;
    uint64_t lexicon_bytes = 0, text_bytes = 0;

    for (uint32_t i = 0; i < end; i++)
        *(i < first ? &lexicon_bytes : &text_bytes) += w->blocks[i].stored_bytes;
    put(m, (uint32_t)w->picture_count);
    put(m, (uint32_t)w->block_count - end);
    put(m, w->text_blocks);
    put(m, (uint32_t)lexicon_bytes);
    put(m, (uint32_t)text_bytes);
}

enum kite_status kite_meta_write(const struct kite_writer *w, struct kite_buffer *out)
{
    struct kite_buffer plain = { .mem = w->mem };
    struct meta m = { &plain, KITE_OK };

    put(&m, 0); /* features */
    put_metas(&m, w->metas);
    put_numbering(&m, w);
    put(&m, (uint32_t)w->document_count);
    for (size_t i = 0; i < w->document_count; i++)
        put_document(&m, &w->documents[i]);
    put_block_counts(&m, w);
    if (m.status == KITE_OK)
        m.status = kite_buffer_add(&plain, w->index.directory.bytes, w->index.directory.count);
    if (m.status == KITE_OK)
        m.status = kite_buffer_add(&plain, w->index.tails.bytes, w->index.tails.count);
    if (m.status == KITE_OK && plain.count > KITE_META_BYTES_MAX)
        m.status = KITE_E_LIMIT;
    if (m.status == KITE_OK)
        m.status = kite_buffer_add_u32(out, (uint32_t)plain.count);
    if (m.status == KITE_OK)
        m.status = kite_deflate(plain.bytes, plain.count, w->options.zopfli_iterations, out);
    kite_buffer_close(&plain);
    return m.status;
}
