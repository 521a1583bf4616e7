/* PDF files for tests: pages of lines in the fonts that every reader has, written from nothing. */
#ifndef KITE_TESTS_PRESS_PDF_MAKE_H
#define KITE_TESTS_PRESS_PDF_MAKE_H

#include "check.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define PDF_PAGES_MAX 16

struct pdf_made {
    struct kite_buffer file, page[PDF_PAGES_MAX];
    size_t page_count;
    const char *info; /* of the trailer's dictionary: "/Title (A title)" */
    const char *annotations; /* of each page, as PDF has them; NULL: none */
};

static inline void pdf_add(struct kite_buffer *out, const char *format, ...)
{
    char text[2000];
    va_list args;

    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    assert_int_equal(kite_buffer_add_text(out, text), KITE_OK);
}

static inline void pdf_begin(struct pdf_made *pdf)
{
    *pdf = (struct pdf_made){ .file = { .mem = kite_memory_heap() } };
}

static inline void pdf_page(struct pdf_made *pdf)
{
    pdf->page[pdf->page_count++] = (struct kite_buffer){ .mem = kite_memory_heap() };
}

/* A line on the page in hand, x and y in points from the lower left corner. Fonts: R roman, B bold, I italic, C typewriter. */
static inline void pdf_line(struct pdf_made *pdf, char font, int size, int x, int y, const char *text)
{
    pdf_add(&pdf->page[pdf->page_count - 1], "BT /%c %d Tf %d %d Td (%s) Tj ET\n", font, size, x, y, text);
}

/* What has been begun on the line before goes on: another font, size and rise. */
static inline void pdf_more(struct pdf_made *pdf, char font, int size, int rise, const char *text)
{
    struct kite_buffer *page = &pdf->page[pdf->page_count - 1];

    page->count -= 3; /* ET */
    pdf_add(page, "/%c %d Tf %d Ts (%s) Tj ET\n", font, size, rise, text);
}

static inline void pdf_graphics(struct pdf_made *pdf, const char *operators)
{
    pdf_add(&pdf->page[pdf->page_count - 1], "%s\n", operators);
}

static inline void pdf_end(struct pdf_made *pdf)
{
    static const char *const fonts[] = { "Times-Roman", "Times-Bold", "Times-Italic", "Courier" };
    size_t at[PDF_PAGES_MAX * 2 + 8], objects = 0;
    struct kite_buffer *out = &pdf->file;

    pdf_add(out, "%%PDF-1.4\n");
    for (size_t i = 0; i < 4; i++) {
        at[objects++] = out->count;
        pdf_add(out, "%zu 0 obj <</Type/Font/Subtype/Type1/BaseFont/%s/Encoding/WinAnsiEncoding>> endobj\n", objects, fonts[i]);
    }
    for (size_t i = 0; i < pdf->page_count; i++) {
        at[objects++] = out->count;
        pdf_add(out, "%zu 0 obj <</Length %zu>> stream\n", objects, pdf->page[i].count);
        assert_int_equal(kite_buffer_add(out, pdf->page[i].count ? (const char *)pdf->page[i].bytes : "", pdf->page[i].count), KITE_OK);
        pdf_add(out, "\nendstream endobj\n");
        at[objects++] = out->count;
        pdf_add(out, "%zu 0 obj <</Type/Page/Parent %zu 0 R/MediaBox[0 0 612 792]/Contents %zu 0 R/Resources<</Font<</R 1 0 R/B 2 0 R/I 3 0 R/C 4 0 R>>>>/Annots[%s]>> endobj\n",
                objects, 5 + 2 * pdf->page_count, objects - 1, pdf->annotations ? pdf->annotations : "");
        kite_buffer_close(&pdf->page[i]);
    }
    at[objects++] = out->count;
    pdf_add(out, "%zu 0 obj <</Type/Pages/Count %zu/Kids[", objects, pdf->page_count);
    for (size_t i = 0; i < pdf->page_count; i++)
        pdf_add(out, "%zu 0 R ", 6 + 2 * i);
    pdf_add(out, "]>> endobj\n");
    at[objects++] = out->count;
    pdf_add(out, "%zu 0 obj <</Type/Catalog/Pages %zu 0 R>> endobj\n", objects, objects - 1);
    at[objects++] = out->count;
    pdf_add(out, "%zu 0 obj <<%s>> endobj\n", objects, pdf->info ? pdf->info : "");

    size_t table = out->count;

    pdf_add(out, "xref\n0 %zu\n0000000000 65535 f \n", objects + 1);
    for (size_t i = 0; i < objects; i++)
        pdf_add(out, "%010zu 00000 n \n", at[i]);
    pdf_add(out, "trailer <</Size %zu/Root %zu 0 R/Info %zu 0 R>>\nstartxref\n%zu\n%%%%EOF\n", objects + 1, objects - 1, objects, table);
}

#endif
