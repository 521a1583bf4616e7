/* A document of another format on its way to being a bundle: known again by a hash, or converted. */
#include "sideload/inside.h"

#include <stdio.h>
#include <string.h>

#define PART_BYTES 65536u
#define HASHED_PERMILLE 100u /* of the work */
#define DOCUMENT_BYTES_MAX (128u << 20)

static crypto_generichash_state *hashing_of(struct document *d)
{
    unsigned char *at = d->hashing + (64 - (uintptr_t)d->hashing % 64) % 64;

    return (crypto_generichash_state *)(void *)at;
}

void document_open(struct document *d, const struct document_place *place)
{
    char *slash;

    *d = (struct document){ .place = *place, .mem = place->folder.mem, .stage = DOCUMENT_HASHES };
    slash = strrchr(d->place.folder.path, '/');
    if (slash)
        *slash = '\0';
    crypto_generichash_init(hashing_of(d), NULL, 0, sizeof d->hash);
}

void document_close(struct document *d)
{
    if (d->is_begun)
        d->place.converter->end(d->place.converter->ctx);
    *d = (struct document){ .stage = DOCUMENT_NONE };
}

/* ---- what was dropped or guessed ------------------------------------------------------------- */

static void keep_note(void *ctx, bool is_warning, const char *sentence)
{
    struct document *d = ctx;
    char *out = is_warning ? d->warnings : d->notes;
    size_t used = strlen(out);

    if (used > 0)
        used = kite_utf8_append("; ", 2, out, used, sizeof d->notes);
    used = kite_utf8_append(sentence, strlen(sentence), out, used, sizeof d->notes);
    out[used] = '\0';
}

const char *document_notes(struct document *d)
{
    if (d->notes[0] && d->warnings[0])
        keep_note(d, true, d->notes);
    return d->warnings[0] ? d->warnings : d->notes;
}

/* ---- steps ----------------------------------------------------------------------------------- */

static enum kite_status hash_some(struct document *d, struct kite_library *library, struct kite_fault *fault)
{
    const struct kite_source *source = d->place.source;
    uint64_t left = source->size_bytes - d->hashed_bytes;
    size_t count = left < PART_BYTES ? (size_t)left : PART_BYTES;
    uint8_t *part = kite_alloc(&d->mem, PART_BYTES, 1);
    enum kite_status status = part ? source->read_at(source->ctx, d->hashed_bytes, part, count) : KITE_E_NOMEM;

    if (status == KITE_OK)
        crypto_generichash_update(hashing_of(d), part, count);
    kite_free(&d->mem, part);
    if (status)
        return status;
    d->hashed_bytes += count;
    if (d->hashed_bytes < source->size_bytes)
        return KITE_OK;
    crypto_generichash_final(hashing_of(d), d->hash, sizeof d->hash);
    d->stage = DOCUMENT_CONVERTS;
    status = kite_library_origin(library, d->hash, &d->known_text, fault);
    return status == KITE_DONE ? KITE_OK : status == KITE_OK ? KITE_DONE : status;
}

/* The document is copied aside, and the bundle may be as large. */
static enum kite_status check_room(const struct document *d, struct kite_library *library, struct kite_fault *fault)
{
    uint64_t used, room, size = d->place.source->size_bytes;
    enum kite_status status = kite_library_space(library, &used, &room, fault);

    if (status)
        return status;
    if (room < KITE_LIBRARY_RESERVE_BYTES || (room - KITE_LIBRARY_RESERVE_BYTES) / 2 < size)
        return kite_fail(fault, KITE_E_LIMIT, "there is no room to convert it");
    return KITE_OK;
}

static enum kite_status begin(struct document *d, struct kite_library *library, struct kite_fault *fault)
{
    enum kite_status status = check_room(d, library, fault);

    d->asked = (struct kite_document){ .name = d->place.name, .source = d->place.source, .ctx = &d->place.folder,
                                       .fetch = kite_volume_fetch, .note_ctx = d, .note = keep_note };
    if (status == KITE_OK)
        status = d->place.converter->begin(d->place.converter->ctx, &d->asked, fault);
    d->is_begun = status == KITE_OK;
    return status;
}

enum kite_status document_step(struct document *d, struct kite_library *library, struct kite_fault *fault)
{
    uint32_t done_permille = 0;
    enum kite_status status;

    if (d->place.source->size_bytes > DOCUMENT_BYTES_MAX)
        return kite_fail(fault, KITE_E_LIMIT, "it is larger than %u MB", DOCUMENT_BYTES_MAX >> 20);
    if (d->stage == DOCUMENT_HASHES) {
        status = hash_some(d, library, fault);
        d->done_permille = d->place.source->size_bytes
                               ? (uint32_t)(d->hashed_bytes * HASHED_PERMILLE / d->place.source->size_bytes)
                               : HASHED_PERMILLE;
        return status;
    }
    if (!d->is_begun)
        return begin(d, library, fault);
    status = d->place.converter->step(d->place.converter->ctx, &done_permille, fault);
    d->done_permille = HASHED_PERMILLE + done_permille * (1000 - HASHED_PERMILLE) / 1000;
    if (status == KITE_DONE)
        d->stage = DOCUMENT_READY;
    return status;
}

const struct kite_source *document_bundle(const struct document *d)
{
    return d->place.converter->bundle(d->place.converter->ctx);
}
