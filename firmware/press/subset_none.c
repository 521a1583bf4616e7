/* On a device fonts are taken whole: what cuts them down would take more room there than what it saves. */
#include "press/fonts.h"

enum kite_status kite_font_subset(const uint8_t *bytes, size_t count, const uint32_t *characters, size_t character_count,
                                  struct kite_buffer *out)
{
    (void)bytes;
    (void)count;
    (void)characters;
    (void)character_count;
    (void)out;
    return KITE_DONE;
}
