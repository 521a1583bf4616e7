/* Picture codecs, private to the bundle room. PICTURES.md beside this file says both byte by byte.
 *
 * ROWS4 keeps 16 grays exactly, for line art, text and maps; DCT8 is for photographs and paintings. Either is cut
 * into blocks of whole strips of rows; a block is deflated alone, inflates to at most
 * KITE_PICTURE_BLOCK_BYTES_MAX, and decodes without any other block. Where blocks are stored, hashed and
 * inflated is the caller's matter. */
#ifndef KITE_BUNDLE_PICTURES_H
#define KITE_BUNDLE_PICTURES_H

#include "bundle/bundle.h"

#define KITE_PICTURE_BLOCK_BYTES_MAX 16384u
#define KITE_PICTURE_STRIP_ROWS 8u /* of a strip: DCT8 blocks begin at multiples of it */
#define KITE_PICTURE_SCRATCH_ROWS (KITE_PICTURE_STRIP_ROWS + 1)

enum kite_picture_filter { /* kite_picture_info.filter of ROWS4; 0 for DCT8 */
    KITE_PICTURE_FILTER_NONE = 0,
    KITE_PICTURE_FILTER_LEFT,
    KITE_PICTURE_FILTER_UP,
    KITE_PICTURE_FILTER_PAETH,
    KITE_PICTURE_FILTER_COUNT
};

struct kite_picture_block {
    uint32_t offset_bytes;   /* of its deflated bytes, within kite_picture.bytes */
    uint32_t stored_bytes;   /* deflated, raw (RFC 1951); above 0 */
    uint32_t inflated_bytes; /* 1 to KITE_PICTURE_BLOCK_BYTES_MAX */
    uint32_t first_row;      /* 0 for the first, ascending */
};

/* An encoded picture: info is what decoding needs besides the blocks. */
struct kite_picture {
    struct kite_memory mem;
    struct kite_picture_info info;
    uint8_t *bytes; /* all blocks, deflated, end to end */
    size_t byte_count;
    struct kite_picture_block *blocks; /* from the top */
    size_t block_count;                /* at least 1 */
};

/* Encode by whichever is smallest: ROWS4 with levels as they are or, failing that, error diffused; DCT8 at the
 * lowest quality that is good enough. Good enough: 46 dB or more after a 5 x 5 blur of both it and gray.
 *
 * gray        width_px*height_px bytes, 0 black, row by row; borrowed
 * iterations  as kite_deflate (format.h)
 * out         filled in; given back with kite_picture_close
 *
 * KITE_E_RANGE: a side is 0 or above KITE_PICTURE_SIDE_MAX. KITE_E_NOMEM. out is empty on failure. */
enum kite_status kite_picture_encode(const struct kite_memory *mem, uint32_t width_px, uint32_t height_px,
                                     const uint8_t *gray, int iterations, struct kite_picture *out,
                                     struct kite_fault *fault);
/* The picture as kite_bundle_picture_coded wrote it, when that decodes to exactly gray; KITE_DONE when it does not, or
 * when coded is anything else. Else as kite_picture_encode. */
struct kite_picture_coded {
    const uint8_t *bytes;
    size_t count;
};
enum kite_status kite_picture_take_coded(const struct kite_memory *mem, struct kite_picture_coded coded,
                                         uint32_t width_px, uint32_t height_px, const uint8_t *gray, int iterations,
                                         struct kite_picture *out, struct kite_fault *fault);
void kite_picture_close(struct kite_picture *picture); /* may be called twice; all-zero is fine */

/* Sides, codec, quality and filter are what the decoder can do. KITE_E_FORMAT, KITE_E_UNSUPPORTED for a codec or
 * filter that this build does not know. */
enum kite_status kite_picture_check_info(const struct kite_picture_info *info, struct kite_fault *fault);

/* Rows [first, end) of one block, and where its rows go: as kite_bundle_picture_decode's row. */
struct kite_picture_rows {
    uint32_t first_row, end_row; /* end_row: the next block's first row, or the height */
    void *ctx;
    enum kite_status (*row)(void *ctx, uint32_t y, uint32_t rows, const uint8_t *gray);
};

/* Decode one inflated block, strip by strip.
 *
 * info     checked with kite_picture_check_info
 * bytes    the inflated block; any bytes at all are fine
 * scratch  width_px * KITE_PICTURE_SCRATCH_ROWS bytes of work memory; rows are lent from it
 *
 * KITE_E_FORMAT: the block does not hold exactly these rows; rows before the fault have been given.
 * KITE_E_RANGE: not rows of this picture. Else what row returned. */
enum kite_status kite_picture_block_decode(const struct kite_picture_info *info,
                                           const struct kite_picture_rows *rows, const uint8_t *bytes,
                                           size_t byte_count, uint8_t *scratch, struct kite_fault *fault);

#endif
