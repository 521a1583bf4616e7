/* Raw deflate as small as zlib and zopfli make it. Runs at the desk; zopfli has its own memory. */
#include "bundle/format.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>
#include <zopfli/zopfli.h>

/* zlib's best into a new block of the C heap; NULL when memory fails. */
static uint8_t *zlib_best(const uint8_t *bytes, size_t count, size_t *made)
{
    z_stream z;

    memset(&z, 0, sizeof z);
    if (count > UINT32_MAX / 2 || deflateInit2(&z, 9, Z_DEFLATED, -15, 9, Z_DEFAULT_STRATEGY) != Z_OK)
        return NULL;

    uLong bound = deflateBound(&z, (uLong)count);
    uint8_t *out = malloc(bound);
    union {
        const uint8_t *lent;
        Bytef *in;
    } input = { .lent = bytes };

    z.next_in = input.in;
    z.avail_in = (uInt)count;
    z.next_out = out;
    z.avail_out = (uInt)bound;
    if (out && deflate(&z, Z_FINISH) != Z_STREAM_END) {
        free(out);
        out = NULL;
    }
    *made = z.total_out;
    deflateEnd(&z);
    return out;
}

size_t kite_deflate_estimate(const uint8_t *bytes, size_t count)
{
    size_t made = 0;

    free(zlib_best(bytes, count, &made));
    return made;
}

enum kite_status kite_deflate(const uint8_t *bytes, size_t count, int iterations, struct kite_buffer *out)
{
    size_t made = 0, zopfli_made = 0;
    uint8_t *zlib = zlib_best(bytes, count, &made);
    unsigned char *zopfli = NULL;
    enum kite_status status = KITE_E_NOMEM;

    if (zlib && iterations > 0) {
        ZopfliOptions options;

        ZopfliInitOptions(&options);
        options.numiterations = iterations;
        ZopfliCompress(&options, ZOPFLI_FORMAT_DEFLATE, bytes, count, &zopfli, &zopfli_made);
    }
    if (zopfli && zopfli_made < made)
        status = kite_buffer_add(out, zopfli, zopfli_made);
    else if (zlib)
        status = kite_buffer_add(out, zlib, made);
    free(zlib);
    free(zopfli);
    return status;
}
