/* pages: pages of a document as pictures made for the panel: cut to what is printed, scans straightened and their paper made white. Private to the
 * press room. */
#ifndef KITE_PRESS_PAGES_H
#define KITE_PRESS_PAGES_H

#include "press/draft.h"
#include "press/mupdf.h"

struct kite_page_wish {
    uint32_t page;
    struct kite_pdf_box box; /* a part of the page; empty: all of it */
    bool is_scan;            /* straighten it and make its paper white */
    const char *words;       /* alternative text */
    const char *anchor;      /* NULL: none */
};

/* Draw, store, and add to the draft's body as a picture. KITE_DONE: there is nothing on the page. What MuPDF cannot draw is told to the report and
 * is KITE_DONE as well. KITE_E_NOMEM, KITE_E_LIMIT: of the bundle. */
enum kite_status kite_page_add(struct kite_draft *draft, struct kite_mupdf *document, const struct kite_page_wish *wish);

/* By how much lines of print lean, in 1/100 degree, clockwise; 0 when that cannot be said. KITE_E_NOMEM. */
enum kite_status kite_page_lean(const struct kite_raster *raster, int32_t *lean_cdeg);
/* Black ink on white paper, where a picture is mostly paper; pictures of other things stay as they are. */
void kite_page_level(struct kite_raster *raster);

#endif
