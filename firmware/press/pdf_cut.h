/* pdf_cut: where a page is divided into columns, by the places of its lines alone. Private to
 * pdf_order.c and pdf_cut.c. */
#ifndef KITE_PRESS_PDF_CUT_H
#define KITE_PRESS_PDF_CUT_H

#include "press/pdf_text.h"

#define KITE_PDF_GUTTERS_MAX 7u

/* A line, or a row of lines, as far as columns go. */
struct kite_pdf_piece {
    const struct kite_pdf_line *line; /* NULL: a row */
    kite_cpt left, right, baseline, size;
    uint32_t chars;
    size_t at; /* the caller's */
};

struct kite_pdf_pieces {
    struct kite_pdf_piece *items;
    size_t count;
};

/* Work memory for `count` pieces, the caller's. */
struct kite_pdf_scratch {
    struct kite_pdf_piece *spare;
    kite_cpt *widths;
};

/* Do the feet of two pieces stand on one line? */
bool kite_pdf_same_row(const struct kite_pdf_piece *a, const struct kite_pdf_piece *b);

/* The middle of a strip that few pieces cross, with a column of text on each side whose middle line
 * fills filled_percent of it. false: there is none. */
bool kite_pdf_find_gutter(const struct kite_pdf_scratch *scratch, struct kite_pdf_pieces pieces,
                          int filled_percent, kite_cpt *gutter);

/* The gutters of a page, and of each of its columns again, from left to right; returns how many.
 * Changes the order of pieces. */
uint32_t kite_pdf_find_gutters(const struct kite_pdf_scratch *scratch,
                               struct kite_pdf_pieces pieces,
                               kite_cpt gutters[KITE_PDF_GUTTERS_MAX]);

/* Put pieces into the order of reading by their places, whatever the order they were drawn in: a
 * page is cut at its gutter, pieces across it divide what stands above from what stands below, and
 * each side is cut again; the rest is read from the top, rows from the left. */
void kite_pdf_cut(const struct kite_pdf_scratch *scratch, struct kite_pdf_pieces pieces);

#endif
