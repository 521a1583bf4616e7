/* pdf_text: the text of a fixed page as it is drawn: lines with places and sizes, no paragraphs. What mupdf.h gives and pdf.h makes paragraphs of.
 * Private to the press room. */
#ifndef KITE_PRESS_PDF_TEXT_H
#define KITE_PRESS_PDF_TEXT_H

#include "base/base.h"

typedef int32_t kite_cpt; /* 1/100 pt, from the page's upper left corner; within +-KITE_CPT_MAX */
#define KITE_CPT_MAX 10000000

#define KITE_PDF_TURN_MAX 180

enum { /* kite_pdf_span.flags */
    KITE_PDF_BOLD = 1 << 0,
    KITE_PDF_ITALIC = 1 << 1,
    KITE_PDF_MONO = 1 << 2,
    KITE_PDF_RAISED = 1 << 3, /* smaller and above the line's foot */
    KITE_PDF_LOWERED = 1 << 4
};

struct kite_pdf_span {
    uint32_t offset_bytes;
    uint32_t flags;
};

/* A stretch of text on one foot line without a wide gap. */
struct kite_pdf_line {
    const char *text; /* UTF-8, with spaces, none at its ends; at least one character */
    uint32_t bytes, chars;
    const struct kite_pdf_span *spans; /* at least one, the first at offset 0 */
    uint32_t span_count;
    kite_cpt left, right;
    kite_cpt baseline, size; /* size of most of its characters, above 0 */
    kite_cpt first_word;     /* how wide */
    int16_t turn_deg;        /* the direction that it runs in, clockwise from the right, within +-KITE_PDF_TURN_MAX; places are of the page turned back by it */
    bool runs_left;          /* from right to left; its text is as it is read */
    bool is_left_out;        /* a running head, a page's or a line's number */
};

struct kite_pdf_box {
    kite_cpt left, top, right, bottom;
};

struct kite_pdf_page {
    kite_cpt width, height; /* turned back by turn_deg */
    int16_t turn_deg;       /* of most of its text */
    bool is_mirrored;       /* its text runs from right to left: places are counted from the right edge */
    struct kite_pdf_line *lines; /* in the order in which they are drawn */
    size_t line_count;
    struct kite_pdf_box *pictures;
    size_t picture_count;
};

#endif
