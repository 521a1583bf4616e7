/* code: a text as a QR code on a screen. Private to the reader room. */
#ifndef KITE_READER_CODE_H
#define KITE_READER_CODE_H

#include "reader/screen.h"

/* Draw the code of a text with its top at *top, above bottom; *top moves below it. A text too long
 * for a code draws nothing. */
enum kite_status code_draw(struct screen *screen, const char *text, int32_t *top, int32_t bottom);

#endif
