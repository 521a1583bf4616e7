/* Blocks, written: word lists, text, pictures. */
#include "bundle/writer.h"

static void step(struct kite_writer *w, uint64_t bytes)
{
    w->bytes_done += bytes;
    if (w->progress)
        w->progress->step(w->progress->ctx, w->bytes_done, w->own_bytes + w->text_bytes);
}

/* Hash a block that is deflated already and add it to the data. block has its count and inflated bytes. */
static enum kite_status add_block(struct kite_writer *writer, enum kite_block_type type, const uint8_t *stored,
                                  size_t stored_bytes, struct kite_written_block block)
{
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
    kite_block_hash(type, (uint32_t)writer->block_count, stored, stored_bytes, block.hash);
    writer->blocks[writer->block_count++] = block;
    return KITE_OK;
}

#define SHORT_TEXT_BYTES (256u << 10) /* for which no time is spared */

/* Deflate a block and add it. */
static enum kite_status write_block(struct kite_writer *writer, enum kite_block_type type, const uint8_t *bytes,
                                    size_t count, struct kite_written_block block)
{
    struct kite_buffer stored = { .mem = writer->mem };
    int iterations = writer->options.zopfli_iterations;
    enum kite_status status = writer->text_bytes <= SHORT_TEXT_BYTES ? kite_deflate(bytes, count, iterations, &stored)
                                                                    : kite_deflate_quickly(bytes, count, iterations, &stored);

    block.bytes = (uint32_t)count;
    if (status == KITE_OK)
        status = add_block(writer, type, stored.bytes, stored.count, block);
    kite_buffer_close(&stored);
    return status;
}

static size_t shared_bytes(const struct kite_written_piece *a, const struct kite_written_piece *b)
{
    size_t n = 0;

    while (n < a->bytes && n + 1 < b->bytes && n + 1 < KITE_LEXICON_ESCAPE && a->lower[n] == b->lower[n])
        n++;
    return n; /* something of its own is left */
}

/* A piece as it stands in a word list, behind the one before it. */
static enum kite_status add_piece(struct kite_buffer *chunk, const struct kite_written_piece *before,
                                  const struct kite_written_piece *p)
{
    size_t shared = before ? shared_bytes(before, p) : 0;
    enum kite_status status = kite_buffer_add_u8(chunk, (uint8_t)shared);

    for (size_t i = shared; i < p->bytes && status == KITE_OK; i++) {
        uint8_t byte = (uint8_t)p->lower[i];

        if (byte <= KITE_LEXICON_RESERVED)
            status = kite_buffer_add_u8(chunk, KITE_LEXICON_ESCAPE);
        if (status == KITE_OK)
            status = kite_buffer_add_u8(chunk, byte);
    }
    return status;
}

enum kite_status kite_lexicon_write(struct kite_writer *w)
{
    struct kite_buffer chunk = { .mem = w->mem };
    struct kite_written_block block = { 0 };
    const struct kite_written_piece *before = NULL;
    size_t expanded = 0;
    enum kite_status status = KITE_OK;

    for (uint32_t i = 0; i < w->own_count && status == KITE_OK; i++) {
        const struct kite_written_piece *p = &w->pieces[w->own[i]];

        status = add_piece(&chunk, before, p);
        before = p;
        block.count++;
        expanded += p->bytes;
        if (status == KITE_OK && (chunk.count >= KITE_LEXICON_CHUNK_BYTES - 2 * KITE_PIECE_BYTES_MAX ||
                                  expanded > KITE_LEXICON_EXPANDED_MAX - KITE_PIECE_BYTES_MAX || i + 1 == w->own_count)) {
            status = write_block(w, KITE_BLOCK_LEXICON, chunk.bytes, chunk.count, block);
            step(w, expanded);
            w->lexicon_blocks++;
            block.count = 0;
            chunk.count = expanded = 0;
            before = NULL;
        }
    }
    kite_buffer_close(&chunk);
    return status;
}

enum kite_status kite_text_write(struct kite_writer *w)
{
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
                status = write_block(w, KITE_BLOCK_TEXT_NUMBERS, numbers.bytes, numbers.count, block);
                step(w, block.text_bytes);
                w->text_blocks++;
                block = (struct kite_written_block){ 0 };
                numbers.count = 0;
            }
        }
    }
    kite_buffer_close(&numbers);
    return status;
}

static enum kite_status write_picture(struct kite_writer *w, const struct kite_picture *picture)
{
    enum kite_status status = KITE_OK;

    for (size_t i = 0; i < picture->block_count && status == KITE_OK; i++) {
        const struct kite_picture_block *b = &picture->blocks[i];
        uint32_t end = i + 1 < picture->block_count ? b[1].first_row : picture->info.height_px;
        struct kite_written_block block = { .bytes = b->inflated_bytes, .count = end - b->first_row };

        status = add_block(w, KITE_BLOCK_PICTURE_ROWS, picture->bytes + b->offset_bytes, b->stored_bytes, block);
    }
    return status;
}

enum kite_status kite_pictures_write(struct kite_writer *w)
{
    enum kite_status status = KITE_OK;

    for (size_t i = 0; i < w->picture_count && status == KITE_OK; i++)
        status = write_picture(w, &w->pictures[i]);
    return status;
}
