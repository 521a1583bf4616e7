/* pdf_bidi: from what is seen on a page to what was written. Programs draw text that runs from
 * right to left as it is seen, from the left; a text has its characters as they are read. Private
 * to the press room. */
#ifndef KITE_PRESS_PDF_BIDI_H
#define KITE_PRESS_PDF_BIDI_H

#include "press/pdf_text.h"

struct kite_pdf_glyph {
    uint32_t c;
    uint32_t flags; /* of kite_pdf_span */
    kite_cpt left;
};

/* Put the glyphs of a line, as they were drawn, into the order in which they are read. true: the
 * line runs from right to left. A line that was drawn from the right, as it is read, stays as it
 * is. Numbers and words in other scripts within it run from left to right. */
bool kite_pdf_unmirror(struct kite_pdf_glyph *glyphs, size_t count);

/* Shapes of Arabic and Hebrew letters as the letters that they are: into out, in UTF-8; returns how
 * many bytes. All other characters stay. */
#define KITE_PDF_LETTER_BYTES_MAX 40u
size_t kite_pdf_letter(uint32_t c, char out[KITE_PDF_LETTER_BYTES_MAX]);
bool kite_pdf_is_shape(uint32_t c);
bool kite_pdf_is_right_to_left(uint32_t c); /* a letter that is */

#endif
