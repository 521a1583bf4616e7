/* jpx: what OpenJPEG may take for a JPEG 2000 picture, wherever MuPDF decodes one. Private to the press room. */
#ifndef KITE_PRESS_JPX_H
#define KITE_PRESS_JPX_H

#include "base/base.h"

/* Samples of all components together that are decoded, if it can be had so, each four bytes then and one more as a pixel: of a larger picture, a
 * half, a quarter ... as it is stored. It is shown on a panel, and so is what a page draws of it. One that is not stored so is decoded up
 * to 40 million, which takes 200 MB. */
#define KITE_JPX_SAMPLES_USUAL (8u << 20)
#define KITE_JPX_SAMPLES_MAX (40u << 20)

/* Does MuPDF say by this that it got no picture: what it is made of is broken, or too large even in the smallest size that is stored? */
bool kite_jpx_has_failed(const char *message);

#endif
