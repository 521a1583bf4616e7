/* picture_codec: the two codecs behind pictures.h. Private to picture*.c. */
#ifndef KITE_BUNDLE_PICTURE_CODEC_H
#define KITE_BUNDLE_PICTURE_CODEC_H

#include "bundle/pictures.h"

#define KITE_ROWS4_LEVELS 16u
#define KITE_ROWS4_GRAY_STEP 17u /* gray of a level: 0, 17, ... 255 */
#define KITE_DCT8_SIDE 8u
#define KITE_DCT8_COEFFICIENTS 64u

struct kite_picture_size {
    uint32_t width_px, height_px;
};

/* ---- ROWS4 ----------------------------------------------------------------------------------- */

/* The nearest level of every pixel. */
void kite_rows4_round(struct kite_picture_size size, const uint8_t *gray, uint8_t *levels);
/* Levels by error diffusion. Source: Floyd and Steinberg (1976), rows in turn from left and right. */
enum kite_status kite_rows4_diffuse(const struct kite_memory *mem, struct kite_picture_size size, const uint8_t *gray,
                                    uint8_t *levels);
/* Add one filtered, packed row. above: the row before it in the same block, NULL for none. */
enum kite_status kite_rows4_add_row(const uint8_t *levels, const uint8_t *above, uint32_t width_px,
                                    enum kite_picture_filter filter, struct kite_buffer *out);
enum kite_status kite_rows4_decode(const struct kite_picture_info *info, const struct kite_picture_rows *rows,
                                   struct kite_bytes *in, uint8_t *scratch, struct kite_fault *fault);

/* ---- DCT8 ------------------------------------------------------------------------------------ */

static inline uint32_t kite_dct8_blocks(uint32_t side_px)
{
    return (side_px + KITE_DCT8_SIDE - 1) / KITE_DCT8_SIDE;
}

/* Coefficients of every 8 x 8 block, block after block, row by row, times 8; edges are continued.
 * coefficients has 64 for each block. */
void kite_dct8_forward(struct kite_picture_size size, const uint8_t *gray, int16_t *coefficients);
/* Add one strip: block_count blocks beside each other. */
enum kite_status kite_dct8_add_strip(const int16_t *coefficients, uint32_t block_count, uint8_t quality,
                                     struct kite_buffer *out);
enum kite_status kite_dct8_decode(const struct kite_picture_info *info, const struct kite_picture_rows *rows,
                                  struct kite_bytes *in, uint8_t *scratch, struct kite_fault *fault);

/* A picture whose blocks' bytes are as they inflate, with its blocks deflated. KITE_E_NOMEM. */
enum kite_status kite_picture_deflate(const struct kite_picture *picture, int iterations, struct kite_picture *out);

#endif
