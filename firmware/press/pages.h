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
};

/* Draw and store. KITE_DONE: there is nothing on the page; what MuPDF cannot draw is told to the report and is KITE_DONE as well.
 * KITE_E_NOMEM, KITE_E_LIMIT: of the bundle. */
enum kite_status kite_pages_draw(struct kite_draft *draft, struct kite_mupdf *document, const struct kite_page_wish *wish, uint32_t *picture);
/* A paragraph that is a stored picture. words: alternative text, "" for none. KITE_E_NOMEM. */
enum kite_status kite_page_paragraph(struct kite_draft *draft, uint32_t picture, const char *words, struct kite_draft_paragraph *out);
/* A page of a fixed layout that is a file of its own, as the next page of a document that is nothing but such: it is shown in the text
 * and is an original page, at which the document opens. All pages of such a file (a comic book) are taken in their order.
 *
 * mime   "image/jpeg", "image/svg+xml", "application/xhtml+xml" ...: what MuPDF is to read, without other files: an XHTML page has its pictures
 *        as data: URIs
 * label  what is printed on it; NULL or "": its number
 *
 * KITE_DONE: there is nothing on it, or it cannot be drawn, which the report is told. KITE_E_NOMEM, KITE_E_LIMIT. */
enum kite_status kite_page_add_file(struct kite_draft *draft, const char *mime, const uint8_t *bytes, size_t count, const char *label);

/* By how much lines of print lean, in 1/100 degree, clockwise; 0 when that cannot be said. KITE_E_NOMEM. */
enum kite_status kite_page_lean(const struct kite_raster *raster, int32_t *lean_cdeg);
/* Black ink on white paper, where a picture is mostly paper; pictures of other things stay as they are. */
void kite_page_level(struct kite_raster *raster);

#endif
