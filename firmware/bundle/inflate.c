/* Inflating raw deflate by zlib; hashing by libsodium's BLAKE2b. */
#include "bundle/format.h"

#include <sodium.h>
#include <zlib.h>

struct kite_inflater {
    struct kite_memory mem;
    z_stream stream;
};

void *kite_zlib_alloc(void *ctx, unsigned count, unsigned each)
{
    const struct kite_memory *mem = ctx;

    return kite_resize(mem, NULL, count, each);
}

void kite_zlib_free(void *ctx, void *block)
{
    const struct kite_memory *mem = ctx;

    kite_free(mem, block);
}

enum kite_status kite_inflater_create(const struct kite_memory *mem, struct kite_inflater **out)
{
    struct kite_inflater *inflater = kite_alloc(mem, 1, sizeof *inflater);

    *out = NULL;
    if (!inflater)
        return KITE_E_NOMEM;
    inflater->mem = *mem;
    inflater->stream.zalloc = kite_zlib_alloc;
    inflater->stream.zfree = kite_zlib_free;
    inflater->stream.opaque = &inflater->mem;
    if (inflateInit2(&inflater->stream, -15) != Z_OK) {
        kite_free(mem, inflater);
        return KITE_E_NOMEM;
    }
    *out = inflater;
    return KITE_OK;
}

void kite_inflater_destroy(struct kite_inflater *inflater)
{
    if (!inflater)
        return;
    inflateEnd(&inflater->stream);
    kite_free(&inflater->mem, inflater);
}

enum kite_status kite_inflate(struct kite_inflater *inflater, const uint8_t *stored, size_t stored_bytes, uint8_t *out,
                              size_t bytes)
{
    z_stream *z = &inflater->stream;
    uint8_t none;

    if (inflateReset(z) != Z_OK || stored_bytes > UINT32_MAX || bytes > UINT32_MAX)
        return KITE_E_FORMAT;

    union {
        const uint8_t *lent;
        Bytef *in;
    } input = { .lent = stored }; /* zlib reads it only */

    z->next_in = input.in;
    z->avail_in = (uInt)stored_bytes;
    z->next_out = bytes ? out : &none;
    z->avail_out = (uInt)bytes;

    int code = inflate(z, Z_FINISH);

    if (code == Z_MEM_ERROR)
        return KITE_E_NOMEM;
    return code == Z_STREAM_END && z->avail_out == 0 && z->avail_in == 0 ? KITE_OK : KITE_E_FORMAT;
}

void kite_block_hash(enum kite_block_type type, uint32_t number, const uint8_t *stored, size_t count,
                     uint8_t out[KITE_HASH_BYTES])
{
    crypto_generichash_state state;
    uint8_t head[5] = { (uint8_t)type, (uint8_t)number, (uint8_t)(number >> 8), (uint8_t)(number >> 16),
                        (uint8_t)(number >> 24) };

    crypto_generichash_init(&state, NULL, 0, KITE_HASH_BYTES);
    crypto_generichash_update(&state, head, sizeof head);
    crypto_generichash_update(&state, stored, count);
    crypto_generichash_final(&state, out, KITE_HASH_BYTES);
}
