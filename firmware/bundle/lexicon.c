/* Pieces by number: the resident lexicon, then the bundle's own, whose chunks are expanded when needed. */
#include "bundle/reader.h"

#include <string.h>

const struct kite_lexicon *kite_lexicon_of(kite_lang lang)
{
    for (size_t i = 0; i < kite_lexicon_count; i++)
        if (kite_lexicons[i]->lang == lang)
            return kite_lexicons[i];
    return NULL;
}

static void drop_chunk(struct kite_bundle *bundle, uint32_t index)
{
    struct kite_lexicon_chunk *chunk = &bundle->chunks[index];

    kite_free(&bundle->mem, chunk->text);
    kite_free(&bundle->mem, chunk->offsets);
    bundle->chunk_bytes -= chunk->bytes;
    *chunk = (struct kite_lexicon_chunk){ .first = chunk->first, .count = chunk->count };
}

void kite_lexicon_drop(struct kite_bundle *bundle)
{
    for (uint32_t i = 0; bundle->chunks && i < bundle->lexicon_blocks; i++)
        drop_chunk(bundle, i);
}

void kite_bundle_keep_words(struct kite_bundle *bundle, size_t bytes)
{
    bundle->kept_bytes_most = bytes;
}

/* Let go of the chunks used longest ago until `bytes` more fit. */
static void make_room(struct kite_bundle *bundle, size_t bytes)
{
    while (bundle->chunk_bytes > 0 && bundle->chunk_bytes + bytes > bundle->kept_bytes_most) {
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

/* A piece written out. */
struct expanded {
    char *text;
    size_t bytes;
    size_t ascii_bytes; /* it begins with, at least; well-formed without a look */
};

/* Write the next piece out behind *p, the one before it, and let *p be it; at most room bytes. False: it breaks a rule.
 * A page at a far place waits for this, so each byte is looked at once. */
static bool expand_piece(struct kite_bytes *in, size_t room, struct expanded *p)
{
    const uint8_t *at = in->at, *end = in->end;
    size_t shared = at < end ? *at++ : KITE_LEXICON_ESCAPE, count = shared;
    char *out = p->text + p->bytes;
    uint8_t all = 0;

    if (room > KITE_PIECE_BYTES_MAX)
        room = KITE_PIECE_BYTES_MAX;
    if (shared >= KITE_LEXICON_ESCAPE || shared > p->bytes || shared > room)
        return false;
    memcpy(out, p->text, shared);
    while (at < end && *at >= KITE_LEXICON_ESCAPE && count < room) {
        uint8_t byte = *at++;

        if (byte <= KITE_LEXICON_RESERVED) {
            if (byte == KITE_LEXICON_RESERVED || at == end || *at == 0 || *at > KITE_LEXICON_RESERVED)
                return false;
            byte = *at++;
        }
        all |= byte;
        out[count++] = (char)byte;
    }
    in->at = at;
    if (shared <= p->ascii_bytes)
        p->ascii_bytes = all < 0x80 ? count : shared;
    p->text = out;
    p->bytes = count;
    return count > shared && (p->ascii_bytes == count || kite_utf8_is_valid(out, count));
}

/* Write all pieces out. False when the chunk breaks a rule. */
static bool expand(struct kite_lexicon_chunk *chunk, struct kite_bytes in, uint32_t count)
{
    struct expanded piece = { chunk->text, 0, 0 };
    size_t at = 0;

    for (uint32_t i = 0; i < count; i++) {
        if (!expand_piece(&in, KITE_LEXICON_EXPANDED_MAX - at, &piece))
            return false;
        chunk->offsets[i] = (uint16_t)at;
        at += piece.bytes;
    }
    chunk->offsets[count] = (uint16_t)at;
    return in.at == in.end;
}

/* Expand front-coded bytes into a chunk of its own memory. */
static enum kite_status expand_chunk(const struct kite_memory *mem, struct kite_bytes in, uint32_t count,
                                     struct kite_lexicon_chunk *chunk)
{
    size_t text_bytes;

    chunk->text = kite_resize(mem, NULL, KITE_LEXICON_EXPANDED_MAX, 1); /* not zeroed: most is given back */
    chunk->offsets = kite_alloc(mem, count + 1u, sizeof *chunk->offsets);
    if (!chunk->text || !chunk->offsets)
        return KITE_E_NOMEM;
    if (!expand(chunk, in, count))
        return KITE_E_FORMAT;
    text_bytes = chunk->offsets[count];

    char *fitting = kite_resize(mem, chunk->text, text_bytes, 1);

    if (!fitting)
        return KITE_E_NOMEM;
    chunk->text = fitting;
    chunk->bytes = text_bytes + (count + 1u) * sizeof *chunk->offsets;
    return KITE_OK;
}

static enum kite_status load_chunk(struct kite_bundle *bundle, uint32_t index, struct kite_fault *fault)
{
    struct kite_lexicon_chunk chunk = bundle->chunks[index];
    struct kite_stored_block b;
    enum kite_status status = kite_block_at(bundle, index, &b, fault);

    if (status)
        return status;
    if (kite_room_for(&bundle->mem, &bundle->inflated, b.bytes))
        return kite_fail(fault, KITE_E_NOMEM, "no memory for a word list");
    status = kite_block_read(bundle, index, &b, bundle->inflated.bytes, fault);
    if (status)
        return status;

    struct kite_bytes in = { bundle->inflated.bytes, bundle->inflated.bytes + b.bytes, false };

    status = expand_chunk(&bundle->mem, in, chunk.count, &chunk);
    kite_free(&bundle->mem, bundle->inflated.bytes); /* seldom wanted: what a text uses of its lexicon stays expanded */
    bundle->inflated = (struct kite_room){ 0 };
    if (status) {
        kite_free(&bundle->mem, chunk.text);
        kite_free(&bundle->mem, chunk.offsets);
        return kite_fail(fault, status, "word list %u cannot be read: %s", (unsigned)index, kite_status_text(status));
    }
    make_room(bundle, chunk.bytes);
    bundle->chunk_bytes += chunk.bytes;
    bundle->chunks[index] = chunk;
    return KITE_OK;
}

/* The chunk that holds an own piece. */
static uint32_t chunk_of(const struct kite_bundle *bundle, uint32_t own)
{
    const struct kite_lexicon_chunk *last = &bundle->chunks[bundle->chunk_last];
    uint32_t low = 0, high = bundle->lexicon_blocks;

    if (own >= last->first && own - last->first < last->count)
        return bundle->chunk_last;
    while (high - low > 1) {
        uint32_t middle = low + (high - low) / 2;

        if (bundle->chunks[middle].first <= own)
            low = middle;
        else
            high = middle;
    }
    return low;
}

enum kite_status kite_own_piece_base(struct kite_bundle *bundle, uint32_t number, const char **text, size_t *bytes,
                                     struct kite_fault *fault)
{
    uint32_t own = number - bundle->resident_count;

    if (own >= bundle->own_count)
        return kite_fail(fault, KITE_E_FORMAT, "the text names word %u of %u", (unsigned)number,
                         (unsigned)(bundle->resident_count + bundle->own_count));

    uint32_t index = chunk_of(bundle, own);

    bundle->chunk_last = index;
    if (!bundle->chunks[index].text) {
        enum kite_status status = load_chunk(bundle, index, fault);

        if (status)
            return status;
    }

    struct kite_lexicon_chunk *chunk = &bundle->chunks[index];
    uint32_t at = own - chunk->first;

    chunk->used_at = ++bundle->clock;
    *text = chunk->text + chunk->offsets[at];
    *bytes = chunk->offsets[at + 1] - chunk->offsets[at];
    return KITE_OK;
}
