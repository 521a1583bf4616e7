/* mupdf: MuPDF behind one file: PDF, XPS, CBZ, MOBI, SVG and pictures as documents of pages. Its exceptions end here. Private to the press room.
 *
 * MuPDF gets KITE_MUPDF_BYTES_MAX of memory and no files; its fonts are built in. */
#ifndef KITE_PRESS_MUPDF_H
#define KITE_PRESS_MUPDF_H

#include "press/pdf_text.h"
#include "press/raster.h"

#define KITE_MUPDF_BYTES_MAX (64u << 20)
#define KITE_MUPDF_STORE_BYTES (8u << 20)
#define KITE_MUPDF_PAGES_MAX 20000u

struct kite_mupdf;

/* TrueType, one glyph: an empty box, one em wide. */
extern const uint8_t kite_missing_font[];
extern const int kite_missing_font_bytes;

/* mime: "application/pdf", "image/jpeg" ..., which decides how the bytes are read; they outlive the document.
 * KITE_E_FORMAT: broken beyond what MuPDF mends; KITE_E_UNSUPPORTED: it asks for a password; KITE_E_LIMIT: more memory or pages than
 * allowed; KITE_E_NOMEM. All that follow: the same. */
enum kite_status kite_mupdf_open(const struct kite_memory *mem, const char *mime, const uint8_t *bytes, size_t count,
                                 struct kite_mupdf **out, struct kite_fault *fault);
void kite_mupdf_close(struct kite_mupdf *document); /* NULL is fine */

uint32_t kite_mupdf_page_count(const struct kite_mupdf *document);
/* Complaints that MuPDF had so far; the last one's words are lent, "" for none. */
uint32_t kite_mupdf_complaints(const struct kite_mupdf *document, const char **last);

/* The text of a page, counted from 0, into arena. */
enum kite_status kite_mupdf_text(struct kite_mupdf *document, uint32_t page, struct kite_arena *arena, struct kite_pdf_page *out,
                                 struct kite_fault *fault);

/* How many links a page has; 0 where that cannot be told. */
uint32_t kite_mupdf_links(struct kite_mupdf *document, uint32_t page);

/* Title and author as the file has them, in UTF-8; out is emptied when there is none. */
enum kite_mupdf_meta { KITE_MUPDF_TITLE = 0, KITE_MUPDF_AUTHOR, KITE_MUPDF_PRODUCER };
void kite_mupdf_meta(struct kite_mupdf *document, enum kite_mupdf_meta meta, char *out, size_t out_bytes);

/* The outline, from the top, into arena: at most KITE_MUPDF_OUTLINE_MAX entries. */
#define KITE_MUPDF_OUTLINE_MAX 20000u
struct kite_mupdf_entry {
    const char *title; /* UTF-8 */
    uint32_t level;    /* from 1 */
    uint32_t page;     /* UINT32_MAX: not known */
};
struct kite_mupdf_outline {
    struct kite_mupdf_entry *entries;
    size_t count, capacity;
};
enum kite_status kite_mupdf_outline(struct kite_mupdf *document, struct kite_arena *arena, struct kite_mupdf_outline *out,
                                    struct kite_fault *fault);

/* Draw a part of a page in gray on white, as large as fits into limit.
 *
 * box     of the page, after it was turned; empty: all of it
 * turn    by how much the page is turned first around its middle, in 1/100 degree, clockwise
 * out     given back with kite_raster_close */
struct kite_mupdf_view {
    struct kite_pdf_box box;
    int32_t turn_cdeg;
};
enum kite_status kite_mupdf_draw(struct kite_mupdf *document, uint32_t page, const struct kite_mupdf_view *view,
                                 struct kite_raster_limit limit, struct kite_raster *out, struct kite_fault *fault);

/* A whole page: left and top are 0. */
enum kite_status kite_mupdf_page_box(struct kite_mupdf *document, uint32_t page, struct kite_pdf_box *out, struct kite_fault *fault);

#endif
