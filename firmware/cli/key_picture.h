/* key_picture: the small picture that a key file carries, from a PNG file. */
#ifndef KITE_CLI_KEY_PICTURE_H
#define KITE_CLI_KEY_PICTURE_H

#include "trust/trust.h"

/* Scale a PNG of any kind to 32 x 32 pixels of black and white. KITE_E_FORMAT, KITE_E_LIMIT: its size; KITE_E_NOMEM. */
enum kite_status kite_key_picture_read(const struct kite_memory *mem, const uint8_t *bytes, size_t count,
                                       uint8_t out[KITE_KEY_PICTURE_BYTES], struct kite_fault *fault);

#endif
