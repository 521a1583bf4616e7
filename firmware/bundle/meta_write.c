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
    put_u8(m, (uint8_t)d->direction);
    put_metas(m, d->metas);
    put(m, (uint32_t)d->count);
    put(m, (uint32_t)d->count - d->body_count);
    put_contents(m, d);
    put(m, d->note_count);
    for (uint32_t i = d->body_count, next; i < d->count; i = next) {
        next = i + 1;
        while (next < d->count && d->paragraphs[next].paragraph.role == KITE_ROLE_NOTE_MORE)
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
