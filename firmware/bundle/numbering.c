/* Every piece gets its number: those of the resident lexicon have theirs, own ones follow. Which take one byte is
 * tried out. */
#include "bundle/writer.h"

#include <stdlib.h>
#include <string.h>

static uint32_t resident_count(const struct kite_writer *writer)
{
    return writer->resident ? writer->resident->piece_count : 0;
}

/* Is the piece in the resident lexicon? Its number, UINT32_MAX when not. */
static uint32_t resident_number(const struct kite_lexicon *lexicon, const char *text, size_t bytes)
{
    size_t low = 0, high = lexicon ? lexicon->piece_count : 0;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        uint32_t number = lexicon->by_text[middle];
        size_t length = lexicon->offsets[number + 1] - lexicon->offsets[number];
        size_t common = length < bytes ? length : bytes;
        int order = memcmp(lexicon->text + lexicon->offsets[number], text, common);

        if (order == 0 && length == bytes)
            return number;
        if (order < 0 || (order == 0 && length < bytes))
            low = middle + 1;
        else
            high = middle;
    }
    return UINT32_MAX;
}

struct ranked {
    const struct kite_written_piece *piece;
    uint32_t index;
    uint32_t band; /* of a lexicon, from its start */
};

/* Byte order shares most beginnings. */
static int compare_text(const void *a, const void *b)
{
    const struct kite_written_piece *p = ((const struct ranked *)a)->piece, *q = ((const struct ranked *)b)->piece;
    int order = memcmp(p->lower, q->lower, p->bytes < q->bytes ? p->bytes : q->bytes);

    return order ? order : p->bytes < q->bytes ? -1 : p->bytes > q->bytes;
}

static int compare_bands(const void *a, const void *b)
{
    uint32_t p = ((const struct ranked *)a)->band, q = ((const struct ranked *)b)->band;

    return p != q ? (p < q ? -1 : 1) : compare_text(a, b);
}

#define COMMON_USES 3
#define BAND_PIECES 4096 /* of half as many, a long novel grows by 1 % more and has a fifth fewer lists to expand */

/* A reader that cannot keep all word lists wants the common words together, and the others with those that they stand
 * beside: pieces come in the order of their first use. */
static void set_bands(struct ranked *order, uint32_t count)
{
    uint32_t rare = 0;

    for (uint32_t i = 0; i < count; i++)
        order[i].band = order[i].piece->uses >= COMMON_USES ? 0 : 1 + rare++ / BAND_PIECES;
}

static int compare_uses(const void *a, const void *b)
{
    const struct kite_written_piece *p = ((const struct ranked *)a)->piece, *q = ((const struct ranked *)b)->piece;

    if (p->uses != q->uses)
        return p->uses > q->uses ? -1 : 1;
    return p->number < q->number ? -1 : p->number > q->number;
}

/* A word that mostly begins with a capital is stored with it. */
static enum kite_status choose_bases(struct kite_writer *writer)
{
    for (size_t i = 0; i < writer->piece_count; i++) {
        struct kite_written_piece *p = &writer->pieces[i];
        char turned[KITE_PIECE_BYTES_MAX + 1], back[KITE_PIECE_BYTES_MAX + 1];
        size_t bytes;

        p->number = resident_number(writer->resident, p->lower, p->bytes);
        p->is_resident = p->number != UINT32_MAX;
        if (p->is_resident || p->capital_uses * 2 <= p->uses)
            continue;
        bytes = kite_form_apply(p->lower, p->bytes, KITE_FORM_TURNED, turned);
        if (bytes != p->bytes || kite_form_apply(turned, bytes, KITE_FORM_TURNED, back) != bytes ||
            memcmp(back, p->lower, bytes) != 0)
            continue;

        char *copy = kite_arena_alloc(&writer->arena, bytes, 1);

        if (!copy)
            return KITE_E_NOMEM;
        memcpy(copy, turned, bytes);
        p->lower = copy;
        p->is_capital_base = true;
    }
    for (size_t i = 0; i < writer->token_count; i++) {
        struct kite_token *t = &writer->tokens[i];

        if (t->piece != KITE_TOKEN_IS_NOTE && writer->pieces[t->piece].is_capital_base && t->form != KITE_FORM_UPPER)
            t->form = t->form == KITE_FORM_BASE ? KITE_FORM_TURNED : KITE_FORM_BASE;
    }
    return KITE_OK;
}

static enum kite_status number_own(struct kite_writer *writer, struct ranked *order)
{
    uint32_t first = resident_count(writer), count = 0;

    for (uint32_t i = 0; i < writer->piece_count; i++) {
        const struct kite_written_piece *p = &writer->pieces[i];

        if (p->is_resident)
            continue;
        order[count++] = (struct ranked){ p, i, 0 };
        writer->own_bytes += p->bytes;
    }
    if (count > KITE_PIECES_MAX)
        return KITE_E_LIMIT;
    if (writer->own_bytes + count * sizeof(uint16_t) > KITE_WORDS_KEPT_BYTES)
        set_bands(order, count);
    qsort(order, count, sizeof *order, compare_bands);
    writer->own_count = count;
    writer->own = kite_alloc(&writer->mem, count + 1u, sizeof *writer->own);
    if (!writer->own)
        return KITE_E_NOMEM;
    for (uint32_t i = 0; i < count; i++) {
        writer->own[i] = order[i].index;
        writer->pieces[order[i].index].number = first + i;
    }
    return KITE_OK;
}

/* ---- how many bytes ---------------------------------------------------------------------------- */

struct plan {
    uint32_t one_byte_count;
    bool is_listed;
};

/* Which pieces take one byte, and how many leads two-byte numbers have; what is left leads three-byte ones. */
static void set_plan(struct kite_writer *writer, const struct ranked *order, struct plan plan)
{
    uint32_t total = resident_count(writer) + writer->own_count;
    uint32_t leads = KITE_LEADS_MAX, count = plan.one_byte_count;

    if (count > total)
        count = total;
    if (plan.is_listed && count > writer->piece_count)
        count = (uint32_t)writer->piece_count;
    writer->one_byte_count = count;
    writer->one_byte_is_listed = plan.is_listed;
    leads -= count;
    writer->two_byte_leads = (total + 255) / 256;
    if (writer->two_byte_leads > leads)
        writer->two_byte_leads = leads - (total + 65535) / 65536;
    memset(writer->one_byte_of, 0, total);
    for (uint32_t i = 0; i < count; i++) {
        writer->one_byte[i] = plan.is_listed ? order[i].piece->number : i;
        writer->one_byte_of[writer->one_byte[i]] = (uint8_t)(i + 1);
    }
}

#define SAMPLE_BYTES (1u << 20)

/* Size of the text as numbers, as zlib would have it; of a long one, every n-th block stands for all. */
static enum kite_status estimate(const struct kite_writer *writer, size_t *out)
{
    struct kite_buffer buffer = { .mem = writer->mem };
    enum kite_status status = KITE_OK;
    size_t text = 0, blocks = 0, each = 1 + (size_t)(writer->text_bytes / SAMPLE_BYTES);

    *out = 0;
    for (size_t d = 0; d < writer->document_count && status == KITE_OK; d++) {
        const struct kite_written_document *doc = &writer->documents[d];

        for (size_t i = 0; i < doc->count && status == KITE_OK; i++) {
            if (blocks % each == 0)
                status = kite_numbers_write(writer, doc, &doc->paragraphs[i], &buffer);
            text += doc->paragraphs[i].paragraph.text.text_bytes;
            if (status || (text < KITE_TEXT_BLOCK_BYTES && i + 1 < doc->count))
                continue;
            if (blocks++ % each == 0)
                status = kite_deflate_estimate(&writer->mem, buffer.bytes, buffer.count, out);
            buffer.count = text = 0;
        }
    }
    *out *= each;
    kite_buffer_close(&buffer);
    return status;
}

#define LIST_TOKENS_MIN 4000 /* below, a list of the commonest pieces costs more than it saves */

#define ONE_BYTE_MIN 120
#define ONE_BYTE_MAX 216 /* leaves leads for as many pieces as there may be */

/* Try some; among them as many one-byte pieces as leave two bytes for all others. */
static enum kite_status choose_plan(struct kite_writer *writer, const struct ranked *order)
{
    uint32_t leads = (resident_count(writer) + writer->own_count + 255) / 256;
    uint32_t fitting = leads < KITE_LEADS_MAX - ONE_BYTE_MIN ? KITE_LEADS_MAX - leads : ONE_BYTE_MIN;
    const uint32_t counts[] = { ONE_BYTE_MAX, fitting, 180, 150, ONE_BYTE_MIN };
    struct plan best = { 0, false };
    size_t best_size = SIZE_MAX;

    for (int listed = 0; listed <= (writer->token_count >= LIST_TOKENS_MIN); listed++) {
        for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
            struct plan plan = { counts[i], listed };
            size_t size;

            set_plan(writer, order, plan);

            enum kite_status status = estimate(writer, &size);

            if (status)
                return status;
            size += listed ? writer->one_byte_count * 2 : 0;
            if (size < best_size) {
                best_size = size;
                best = plan;
            }
        }
    }
    set_plan(writer, order, best);
    return KITE_OK;
}

enum kite_status kite_pieces_number(struct kite_writer *writer)
{
    struct ranked *order = kite_alloc(&writer->mem, writer->piece_count + 1, sizeof *order);
    enum kite_status status = order ? choose_bases(writer) : KITE_E_NOMEM;

    if (status == KITE_OK)
        status = number_own(writer, order);
    if (status == KITE_OK) {
        size_t total = resident_count(writer) + writer->own_count;

        writer->one_byte = kite_alloc(&writer->mem, KITE_LEADS_MAX, sizeof *writer->one_byte);
        writer->one_byte_of = kite_alloc(&writer->mem, total + 1, 1);
        if (!writer->one_byte || !writer->one_byte_of)
            status = KITE_E_NOMEM;
    }
    if (status == KITE_OK) {
        for (uint32_t i = 0; i < writer->piece_count; i++)
            order[i] = (struct ranked){ &writer->pieces[i], i, 0 };
        qsort(order, writer->piece_count, sizeof *order, compare_uses);
        status = choose_plan(writer, order);
    }
    kite_free(&writer->mem, order);
    return status;
}
