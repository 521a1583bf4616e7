/* A file of blocks, each sealed with a nonce of its own and bound to the file's id and its number,
 * so that none can be changed, moved or taken from another file. How many there are the index says.
 * One block is held in the open. */
#include "shelf/inside.h"

#include <stdio.h>
#include <string.h>

#define AAD_BYTES (ID_BYTES + 8)

const char *sealed_name(const uint8_t id[ID_BYTES], char out[SEALED_NAME_BYTES])
{
    for (unsigned i = 0; i < ID_BYTES; i++)
        snprintf(out + 2 * i, 3, "%02x", id[i]);
    strcpy(out + 2 * ID_BYTES, ".sealed");
    return out;
}

bool sealed_id(const char *name, uint8_t id[ID_BYTES])
{
    char again[SEALED_NAME_BYTES];
    size_t bytes = 0;

    if (strlen(name) != SEALED_NAME_BYTES - 1 ||
        sodium_hex2bin(id, ID_BYTES, name, 2 * ID_BYTES, NULL, &bytes, NULL) != 0 ||
        bytes != ID_BYTES)
        return false;
    return strcmp(sealed_name(id, again), name) == 0;
}

enum kite_status sealed_size(uint64_t file_bytes, uint64_t *bytes)
{
    uint64_t whole = file_bytes / SEALED_BYTES, rest = file_bytes % SEALED_BYTES;

    *bytes = whole * BLOCK_BYTES;
    if (rest > 0 && rest <= NONCE_BYTES + TAG_BYTES)
        return KITE_E_DAMAGED;
    *bytes += rest > 0 ? rest - NONCE_BYTES - TAG_BYTES : 0;
    return KITE_OK;
}

enum kite_status sealed_begin(struct sealed *s, const struct kite_io *io, const struct keys *keys,
                              const uint8_t id[ID_BYTES], void *file, uint64_t bytes)
{
    uint64_t file_bytes = 0, there = 0;
    enum kite_status status = io->size(io->ctx, file, &file_bytes);

    s->io = io;
    s->keys = keys;
    s->file = file;
    s->bytes = bytes;
    s->at = 0;
    s->has_block = s->is_changed = false;
    s->held = 0;
    memcpy(s->id, id, ID_BYTES);
    if (status == KITE_OK)
        status = sealed_size(file_bytes, &there);
    return status == KITE_OK && there != bytes ? KITE_E_DAMAGED : status;
}

/* What a block is bound to. */
static void bind(const struct sealed *s, uint8_t aad[AAD_BYTES])
{
    memcpy(aad, s->id, ID_BYTES);
    for (unsigned i = 0; i < 8; i++)
        aad[ID_BYTES + i] = (uint8_t)(s->at >> 8 * i);
}

enum kite_status sealed_flush(struct sealed *s)
{
    uint8_t aad[AAD_BYTES];
    enum kite_status status;

    if (!s->is_changed)
        return KITE_OK;
    bind(s, aad);
    randombytes_buf(s->stored, NONCE_BYTES);
    crypto_aead_xchacha20poly1305_ietf_encrypt(s->stored + NONCE_BYTES, NULL, s->plain, s->held,
                                               aad, sizeof aad, NULL, s->stored, s->keys->text);
    status = s->io->write_at(s->io->ctx, s->file, s->at * SEALED_BYTES, s->stored,
                             NONCE_BYTES + s->held + TAG_BYTES);
    s->is_changed = status != KITE_OK;
    return status;
}

/* Bytes of a block of the file, as its length says. */
static size_t block_bytes(const struct sealed *s, uint64_t at)
{
    uint64_t left =
        at < (s->bytes + BLOCK_BYTES - 1) / BLOCK_BYTES ? s->bytes - at * BLOCK_BYTES : 0;

    return left < BLOCK_BYTES ? (size_t)left : BLOCK_BYTES;
}

/* Hold a block, as it is in the file; one behind the end is empty. */
static enum kite_status hold(struct sealed *s, uint64_t at)
{
    size_t got = 0, bytes = block_bytes(s, at);
    uint8_t aad[AAD_BYTES];
    enum kite_status status;

    if (s->has_block && s->at == at)
        return KITE_OK;
    status = sealed_flush(s);
    if (status)
        return status;
    s->has_block = false;
    s->at = at;
    s->held = bytes;
    if (bytes > 0) {
        status = s->io->read_at(s->io->ctx, s->file, at * SEALED_BYTES, s->stored,
                                NONCE_BYTES + bytes + TAG_BYTES, &got);
        if (status)
            return status;
        bind(s, aad);
        if (got != NONCE_BYTES + bytes + TAG_BYTES ||
            crypto_aead_xchacha20poly1305_ietf_decrypt(
                s->plain, NULL, NULL, s->stored + NONCE_BYTES, bytes + TAG_BYTES, aad, sizeof aad,
                s->stored, s->keys->text) != 0)
            return KITE_E_DAMAGED;
    }
    s->has_block = true;
    return KITE_OK;
}

enum kite_status sealed_read(struct sealed *s, uint64_t offset, uint8_t *dst, size_t count,
                             size_t *got)
{
    for (*got = 0; *got < count && offset + *got < s->bytes;) {
        uint64_t at = (offset + *got) / BLOCK_BYTES;
        size_t in_block = (size_t)((offset + *got) % BLOCK_BYTES), piece;
        enum kite_status status = hold(s, at);

        if (status)
            return status;
        piece = s->held - in_block < count - *got ? s->held - in_block : count - *got;
        memcpy(dst + *got, s->plain + in_block, piece);
        *got += piece;
    }
    return KITE_OK;
}

enum kite_status sealed_write(struct sealed *s, uint64_t offset, const uint8_t *src, size_t count)
{
    if (offset > s->bytes)
        return KITE_E_RANGE;
    while (count > 0) {
        size_t in_block = (size_t)(offset % BLOCK_BYTES);
        size_t piece = BLOCK_BYTES - in_block < count ? BLOCK_BYTES - in_block : count;
        enum kite_status status = hold(s, offset / BLOCK_BYTES);

        if (status)
            return status;
        memcpy(s->plain + in_block, src, piece);
        if (in_block + piece > s->held)
            s->held = in_block + piece;
        s->is_changed = true;
        offset += piece;
        src += piece;
        count -= piece;
        if (offset > s->bytes)
            s->bytes = offset;
    }
    return KITE_OK;
}

void sealed_end(struct sealed *s)
{
    sodium_memzero(s->plain, sizeof s->plain);
    s->has_block = s->is_changed = false;
}
