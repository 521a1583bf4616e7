/* pictures: references to pictures, and a picture as text: `data:image/png;base64,...`. Private to the press room. */
#ifndef KITE_PRESS_PICTURES_H
#define KITE_PRESS_PICTURES_H

#include "press/draft.h"

/* A gray picture, width*height bytes, 0 black; coded: as kite_bundle_picture_coded gave it, may be empty. */
struct kite_gray_picture {
    uint32_t width_px, height_px;
    const uint8_t *gray;
    const uint8_t *coded;
    size_t coded_bytes;
};
/* Append it as a data URI with a PNG in it, which has what is coded in a chunk of its own, `kiTE`. */
enum kite_status kite_picture_to_uri(const struct kite_memory *mem, const struct kite_gray_picture *picture,
                                     struct kite_buffer *out);
/* Any bytes as a data URI. */
enum kite_status kite_bytes_to_uri(const char *mime, const uint8_t *bytes, size_t count, struct kite_buffer *out);
/* Is it a data URI? Then its bytes, which the caller closes; KITE_E_FORMAT when they are of no picture or font, or not base64 that says it is. */
bool kite_is_data_uri(const char *reference);
enum kite_status kite_data_uri_bytes(const char *reference, struct kite_buffer *out);

#endif
