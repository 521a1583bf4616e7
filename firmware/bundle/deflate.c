/* Raw deflate as small as zlib and zopfli make it. Runs at the desk: zopfli has its own memory and does not survive
 * when that fails, which is why devices pack with zlib alone. */
#include "bundle/format.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>
#include <zopfli/zopfli.h>

#define LEVEL_BEST 9
#define LEVEL_GUESS 6 /* what is smaller by it is nearly always the smaller one, in a tenth of the time */

/* What zlib makes in a new block, of which *made bytes are used. NULL when memory fails. */
static uint8_t *zlib_made(const struct kite_memory *mem, const uint8_t *bytes, size_t count, int level, size_t *made)
{
    struct kite_memory own = *mem;
    z_stream z;

    memset(&z, 0, sizeof z);
    z.zalloc = kite_zlib_alloc;
    z.zfree = kite_zlib_free;
    z.opaque = &own;
    if (count > UINT32_MAX / 2 || deflateInit2(&z, level, Z_DEFLATED, -15, 9, Z_DEFAULT_STRATEGY) != Z_OK)
        return NULL;

    uLong bound = deflateBound(&z, (uLong)count);
    uint8_t *out = kite_alloc(mem, bound, 1);
    union {
        const uint8_t *lent;
        Bytef *in;
    } input = { .lent = bytes }; /* zlib reads it only */

    z.next_in = input.in;
    z.avail_in = (uInt)count;
    z.next_out = out;
    z.avail_out = (uInt)bound;
    if (out && deflate(&z, Z_FINISH) != Z_STREAM_END) {
        kite_free(mem, out);
        out = NULL;
    }
    *made = z.total_out;
    deflateEnd(&z);
    return out;
}

static enum kite_status measure(const struct kite_memory *mem, const uint8_t *bytes, size_t count, int level, size_t *size)
{
    size_t made;
    uint8_t *out = zlib_made(mem, bytes, count, level, &made);

    if (!out)
        return KITE_E_NOMEM;
    *size += made;
    kite_free(mem, out);
    return KITE_OK;
}

enum kite_status kite_deflate_estimate(const struct kite_memory *mem, const uint8_t *bytes, size_t count, size_t *size)
{
    return measure(mem, bytes, count, LEVEL_BEST, size);
}

enum kite_status kite_deflate_guess(const struct kite_memory *mem, const uint8_t *bytes, size_t count, size_t *size)
{
    return measure(mem, bytes, count, LEVEL_GUESS, size);
}

static enum kite_status deflate_best(const uint8_t *bytes, size_t count, int iterations, bool splits, struct kite_buffer *out)
{
    size_t made = 0, zopfli_made = 0;
    uint8_t *zlib = zlib_made(&out->mem, bytes, count, LEVEL_BEST, &made);
    unsigned char *zopfli = NULL;
    enum kite_status status;

    if (!zlib)
        return KITE_E_NOMEM;
    if (iterations > 0) {
        ZopfliOptions options;

        ZopfliInitOptions(&options);
        options.numiterations = iterations;
        options.blocksplitting = splits;
        ZopfliCompress(&options, ZOPFLI_FORMAT_DEFLATE, bytes, count, &zopfli, &zopfli_made);
    }
    if (zopfli && zopfli_made < made)
        status = kite_buffer_add(out, zopfli, zopfli_made);
    else
        status = kite_buffer_add(out, zlib, made);
    kite_free(&out->mem, zlib);
    free(zopfli);
    return status;
}

enum kite_status kite_deflate(const uint8_t *bytes, size_t count, int iterations, struct kite_buffer *out)
{
    return deflate_best(bytes, count, iterations, true, out);
}

enum kite_status kite_deflate_quickly(const uint8_t *bytes, size_t count, int iterations, struct kite_buffer *out)
{
    return deflate_best(bytes, count, (iterations + 2) / 3, false, out);
}
