/* Pieces by number: the resident lexicon, then the bundle's own, whose chunks are expanded when needed. */
#include "bundle/reader.h"

#include <string.h>

#define EXPANDED_BYTES_MAX (128u * 1024)

const struct kite_lexicon *kite_lexicon_of(kite_lang lang)
{
    for (size_t i = 0; i < kite_lexicon_count; i++)
        if (kite_lexicons[i]->lang == lang)
            return kite_lexicons[i];
    return NULL;
}

uint32_t kite_take_number(const struct kite_bundle *bundle, uint8_t code, struct kite_bytes *in)
{
    uint32_t index = code - KITE_CODE_FIRST_PIECE;

    if (index < bundle->one_byte_count)
        return bundle->one_byte[index];
    index -= bundle->one_byte_count;
    if (index < bundle->two_byte_leads)
        return index << 8 | kite_take_u8(in);
    index -= bundle->two_byte_leads;

    uint32_t low = kite_take_u16(in);

    return (bundle->two_byte_leads << 8) + (index << 16 | low);
}

static void drop_chunk(struct kite_bundle *bundle, uint32_t index)
{
    struct kite_lexicon_chunk *chunk = &bundle->chunks[index];

    kite_free(&bundle->mem, chunk->text);
    kite_free(&bundle->mem, chunk->offsets);
    bundle->chunk_bytes -= chunk->bytes;
    *chunk = (struct kite_lexicon_chunk){ 0 };
}

void kite_lexicon_drop(struct kite_bundle *bundle)
{
    for (uint32_t i = 0; bundle->chunks && i < bundle->lexicon_blocks; i++)
        drop_chunk(bundle, i);
}

/* Let go of the chunks used longest ago until `bytes` more fit. */
static void make_room(struct kite_bundle *bundle, size_t bytes)
{
    while (bundle->chunk_bytes > 0 && bundle->chunk_bytes + bytes > KITE_LEXICON_KEPT_BYTES) {
        uint32_t oldest = UINT32_MAX;

        for (uint32_t i = 0; i < bundle->lexicon_blocks; i++)
            if (bundle->chunks[i].text &&
                (oldest == UINT32_MAX || bundle->chunks[i].used_at < bundle->chunks[oldest].used_at))
                oldest = i;
        if (oldest == UINT32_MAX)
            return;
        drop_chunk(bundle, oldest);
    }
}

/* Bytes of all pieces written out; 0 when the chunk breaks a rule. */
static size_t expanded_bytes(const uint8_t *front_coded, size_t bytes, uint32_t count)
{
    struct kite_bytes in = { front_coded, front_coded + bytes, false };
    size_t total = 0, before = 0;

    for (uint32_t i = 0; i < count; i++) {
        size_t shared = kite_take_u8(&in), own = kite_take_u8(&in);

        kite_take_bytes(&in, own);
        if (in.failed || shared > before || shared + own == 0 || shared + own > KITE_PIECE_BYTES_MAX)
            return 0;
        before = shared + own;
        total += before;
    }
    return in.at == in.end && total <= EXPANDED_BYTES_MAX ? total : 0;
}

static bool expand(struct kite_lexicon_chunk *chunk, const uint8_t *front_coded, size_t bytes, uint32_t count)
{
    struct kite_bytes in = { front_coded, front_coded + bytes, false };
    uint32_t at = 0, before = 0;

    for (uint32_t i = 0; i < count; i++) {
        uint8_t shared = kite_take_u8(&in), own = kite_take_u8(&in);
        const uint8_t *rest = kite_take_bytes(&in, own);

        memmove(chunk->text + at, chunk->text + before, shared);
        memcpy(chunk->text + at + shared, rest, own);
        if (!kite_utf8_is_valid(chunk->text + at, (size_t)shared + own))
            return false;
        chunk->offsets[i] = before = at;
        at += (uint32_t)shared + own;
    }
    chunk->offsets[count] = at;
    return true;
}

static enum kite_status load_chunk(struct kite_bundle *bundle, uint32_t index, struct kite_fault *fault)
{
    const struct kite_stored_block *b = &bundle->blocks[index];
    struct kite_lexicon_chunk chunk = { 0 };
    enum kite_status status = kite_block_read(bundle, index, bundle->inflated, fault);

    if (status)
        return status;

    size_t total = expanded_bytes(bundle->inflated, b->bytes, b->count);

    if (total == 0)
        return kite_fail(fault, KITE_E_FORMAT, "word list %u breaks a rule of the format", (unsigned)index);
    chunk.bytes = total + (b->count + 1u) * sizeof *chunk.offsets;
    make_room(bundle, chunk.bytes);
    chunk.text = kite_alloc(&bundle->mem, total, 1);
    chunk.offsets = kite_alloc(&bundle->mem, b->count + 1u, sizeof *chunk.offsets);
    if (!chunk.text || !chunk.offsets)
        status = kite_fail(fault, KITE_E_NOMEM, "no memory for a word list");
    else if (!expand(&chunk, bundle->inflated, b->bytes, b->count))
        status = kite_fail(fault, KITE_E_FORMAT, "word list %u is not UTF-8", (unsigned)index);
    if (status) {
        kite_free(&bundle->mem, chunk.text);
        kite_free(&bundle->mem, chunk.offsets);
        return status;
    }
    bundle->chunk_bytes += chunk.bytes;
    bundle->chunks[index] = chunk;
    return KITE_OK;
}

/* The chunk that holds an own piece. */
static uint32_t chunk_of(const struct kite_bundle *bundle, uint32_t own)
{
    uint32_t low = 0, high = bundle->lexicon_blocks;

    while (high - low > 1) {
        uint32_t middle = low + (high - low) / 2;

        if (bundle->blocks[middle].first <= own)
            low = middle;
        else
            high = middle;
    }
    return low;
}

enum kite_status kite_piece_base(struct kite_bundle *bundle, uint32_t number, const char **text, size_t *bytes,
                                 struct kite_fault *fault)
{
    if (number < bundle->resident_count) {
        const uint32_t *offsets = bundle->resident->offsets;

        *text = bundle->resident->text + offsets[number];
        *bytes = offsets[number + 1] - offsets[number];
        return KITE_OK;
    }

    uint32_t own = number - bundle->resident_count;

    if (own >= bundle->own_count)
        return kite_fail(fault, KITE_E_FORMAT, "the text names word %u of %u", (unsigned)number,
                         (unsigned)(bundle->resident_count + bundle->own_count));

    uint32_t index = chunk_of(bundle, own);

    if (!bundle->chunks[index].text) {
        enum kite_status status = load_chunk(bundle, index, fault);

        if (status)
            return status;
    }

    struct kite_lexicon_chunk *chunk = &bundle->chunks[index];
    uint32_t at = own - bundle->blocks[index].first;

    chunk->used_at = ++bundle->clock;
    *text = chunk->text + chunk->offsets[at];
    *bytes = chunk->offsets[at + 1] - chunk->offsets[at];
    return KITE_OK;
}
