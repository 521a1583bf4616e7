/* Pages as pictures. A first look, drawn small, says where ink is and how lines lean; the second is what is kept. */
#include "press/pages.h"

#include <stdlib.h>
#include <string.h>

#define LOOK_WIDTH_PX 600u
#define LOOK_HEIGHT_PX 800u
#define INK_BELOW_PAPER 50 /* grays darker than paper */
#define SPECKS_MAX 1u      /* inked pixels of a row that are dirt */
#define MARGIN_PER_MILLE 8 /* left around what is printed */
#define LEAN_MAX_CDEG 500
#define LEAN_COARSE_CDEG 50
#define LEAN_FINE_CDEG 10
#define LEAN_MIN_CDEG 20   /* less is not worth the blur */
#define PAPER_GRAY_MIN 150u
#define PAPER_NEAR 24u
#define PAPER_PERCENT 45u  /* of a picture of print is paper */

/* ---- paper and ink ------------------------------------------------------------------------------------------------------ */

static void count_grays(const struct kite_raster *raster, uint32_t counts[256])
{
    memset(counts, 0, 256 * sizeof *counts);
    for (size_t i = 0; i < (size_t)raster->width_px * raster->height_px; i++)
        counts[raster->gray[i]]++;
}

/* The most frequent of light grays; 0 when little is like it. */
static uint32_t paper_of(const struct kite_raster *raster, const uint32_t counts[256])
{
    uint64_t near = 0, all = (uint64_t)raster->width_px * raster->height_px;
    uint32_t paper = PAPER_GRAY_MIN;

    for (uint32_t gray = PAPER_GRAY_MIN; gray < 256; gray++)
        paper = counts[gray] > counts[paper] ? gray : paper;
    for (uint32_t gray = paper - PAPER_NEAR; gray < 256 && gray <= paper + PAPER_NEAR; gray++)
        near += counts[gray];
    return near * 100 >= all * PAPER_PERCENT ? paper : 0;
}

void kite_page_level(struct kite_raster *raster)
{
    uint32_t counts[256], paper, white, black = 0;
    uint64_t seen = 0, all = (uint64_t)raster->width_px * raster->height_px;

    count_grays(raster, counts);
    paper = paper_of(raster, counts);
    if (paper == 0)
        return;
    white = paper - PAPER_NEAR / 2;
    for (; black < white / 2 && seen + counts[black] < all / 200; black++)
        seen += counts[black];
    for (size_t i = 0; i < all; i++) {
        uint32_t gray = raster->gray[i];

        raster->gray[i] = (uint8_t)(gray >= white ? 255 : gray <= black ? 0 : (gray - black) * 255 / (white - black));
    }
}

static uint32_t ink_limit(const struct kite_raster *raster)
{
    uint32_t counts[256], paper;

    count_grays(raster, counts);
    paper = paper_of(raster, counts);
    return (paper ? paper : 255) - INK_BELOW_PAPER;
}

/* The part of a picture that is not paper, in its pixels; false: all is paper. */
static bool find_ink(const struct kite_raster *raster, uint32_t *left, uint32_t *top, uint32_t *right, uint32_t *bottom)
{
    uint32_t limit = ink_limit(raster), width = raster->width_px;
    bool is_any = false;

    *left = width;
    *right = *top = *bottom = 0;
    for (uint32_t y = 0; y < raster->height_px; y++) {
        uint32_t first = width, last = 0, inked = 0;

        for (uint32_t x = 0; x < width; x++) {
            if (raster->gray[(size_t)y * width + x] >= limit)
                continue;
            first = first == width ? x : first;
            last = x;
            inked++;
        }
        if (inked <= SPECKS_MAX)
            continue;
        *top = is_any ? *top : y;
        *bottom = y + 1;
        *left = first < *left ? first : *left;
        *right = last + 1 > *right ? last + 1 : *right;
        is_any = true;
    }
    return is_any;
}

/* ---- leaning --------------------------------------------------------------------------------------------------------------- */

/* How sharply rows of ink stand apart when what leans by this much is put straight: the sum of the squares of their ink. */
static uint64_t sharpness(const uint32_t *points, size_t count, int32_t lean_cdeg, uint32_t *bins, uint32_t bin_count)
{
    uint64_t sum = 0;

    memset(bins, 0, bin_count * sizeof *bins);
    for (size_t i = 0; i < count; i++) {
        int32_t x = (int32_t)(points[i] & 0xffff), y = (int32_t)(points[i] >> 16);
        int32_t at = y - (int32_t)((int64_t)x * lean_cdeg * 1745 / 10000000) + 64; /* tan 0.01 degree = 0.0001745 */

        bins[at < 0 ? 0 : (uint32_t)at < bin_count ? (uint32_t)at : bin_count - 1]++;
    }
    for (uint32_t i = 0; i < bin_count; i++)
        sum += (uint64_t)bins[i] * bins[i];
    return sum;
}

static int32_t sharpest(const uint32_t *points, size_t count, uint32_t *bins, uint32_t bin_count)
{
    uint64_t best = 0, straight = sharpness(points, count, 0, bins, bin_count);
    int32_t lean = 0, around = 0;

    for (int32_t at = -LEAN_MAX_CDEG; at <= LEAN_MAX_CDEG; at += LEAN_COARSE_CDEG) {
        uint64_t sharp = sharpness(points, count, at, bins, bin_count);

        around = sharp > best ? at : around;
        best = sharp > best ? sharp : best;
    }
    lean = around;
    for (int32_t at = around - LEAN_COARSE_CDEG; at <= around + LEAN_COARSE_CDEG; at += LEAN_FINE_CDEG) {
        uint64_t sharp = sharpness(points, count, at, bins, bin_count);

        lean = sharp > best ? at : lean;
        best = sharp > best ? sharp : best;
    }
    return best > straight + straight / 20 ? lean : 0;
}

enum kite_status kite_page_lean(const struct kite_raster *raster, int32_t *lean_cdeg)
{
    uint32_t limit = ink_limit(raster), bin_count = raster->height_px + 128;
    size_t all = (size_t)raster->width_px * raster->height_px, count = 0;
    uint32_t *points = kite_alloc(&raster->mem, all / 3 + 1, sizeof *points), *bins = kite_alloc(&raster->mem, bin_count, sizeof *bins);

    *lean_cdeg = 0;
    for (size_t i = 0; i < all && points && count <= all / 3; i++) {
        if (raster->gray[i] < limit && count < all / 3)
            points[count++] = (uint32_t)(i / raster->width_px) << 16 | (uint32_t)(i % raster->width_px);
        else if (raster->gray[i] < limit)
            count = all; /* no page of print */
    }
    if (points && bins && count > 200 && count <= all / 3)
        *lean_cdeg = sharpest(points, count, bins, bin_count);
    kite_free(&raster->mem, points);
    kite_free(&raster->mem, bins);
    return points && bins ? KITE_OK : KITE_E_NOMEM;
}

/* ---- a page -------------------------------------------------------------------------------------------------------------------- */

static struct kite_raster_limit panel_of(const struct kite_draft *draft)
{
    const struct kite_press_options *o = draft->options;
    int32_t width = o && o->picture_width_px > 0 ? o->picture_width_px : 1072, height = o && o->picture_height_px > 0 ? o->picture_height_px : 1448;
    int32_t most = (int32_t)KITE_PICTURE_SIDE_MAX;

    return (struct kite_raster_limit){ (uint32_t)(width < most ? width : most), (uint32_t)(height < most ? height : most) };
}

/* From pixels of the first look to the page. */
static struct kite_pdf_box box_on_page(const struct kite_raster *look, const struct kite_pdf_box *page, const uint32_t ink[4])
{
    int64_t width = page->right - page->left, height = page->bottom - page->top;
    kite_cpt around = (kite_cpt)((width + height) * MARGIN_PER_MILLE / 2000);

    return (struct kite_pdf_box){
        page->left + (kite_cpt)(width * ink[0] / look->width_px) - around,
        page->top + (kite_cpt)(height * ink[1] / look->height_px) - around,
        page->left + (kite_cpt)(width * ink[2] / look->width_px) + around,
        page->top + (kite_cpt)(height * ink[3] / look->height_px) + around,
    };
}

/* Where the ink is and how it leans. */
static enum kite_status look_at(struct kite_mupdf *document, const struct kite_page_wish *wish, struct kite_mupdf_view *view,
                                struct kite_fault *fault)
{
    struct kite_raster_limit small = { LOOK_WIDTH_PX, LOOK_HEIGHT_PX };
    struct kite_pdf_box page;
    struct kite_raster look = { .gray = NULL };
    uint32_t ink[4];
    enum kite_status status = kite_mupdf_page_box(document, wish->page, &page, fault);

    status = status ? status : kite_mupdf_draw(document, wish->page, view, small, &look, fault);
    if (status == KITE_OK && wish->is_scan) {
        status = kite_page_lean(&look, &view->turn_cdeg);
        view->turn_cdeg = abs(view->turn_cdeg) < LEAN_MIN_CDEG ? 0 : -view->turn_cdeg;
        if (status == KITE_OK && view->turn_cdeg != 0) {
            kite_raster_close(&look);
            status = kite_mupdf_draw(document, wish->page, view, small, &look, fault);
        }
        if (status == KITE_OK)
            kite_page_level(&look);
    }
    if (status == KITE_OK && !find_ink(&look, &ink[0], &ink[1], &ink[2], &ink[3]))
        status = KITE_DONE;
    else if (status == KITE_OK)
        view->box = box_on_page(&look, &page, ink);
    kite_raster_close(&look);
    return status;
}

static enum kite_status draw(struct kite_draft *draft, struct kite_mupdf *document, const struct kite_page_wish *wish, struct kite_raster *raster,
                             struct kite_fault *fault)
{
    struct kite_mupdf_view view = { .box = wish->box };
    bool is_part = wish->box.right > wish->box.left;
    enum kite_status status = is_part ? KITE_OK : look_at(document, wish, &view, fault);

    status = status ? status : kite_mupdf_draw(document, wish->page, &view, panel_of(draft), raster, fault);
    if (status == KITE_OK && wish->is_scan)
        kite_page_level(raster);
    return status;
}

enum kite_status kite_pages_draw(struct kite_draft *draft, struct kite_mupdf *document, const struct kite_page_wish *wish, uint32_t *picture)
{
    struct kite_raster raster = { .gray = NULL };
    struct kite_fault fault = { "" };
    enum kite_status status;

    if (draft->report && draft->report->page)
        draft->report->page(draft->report->ctx);
    status = draw(draft, document, wish, &raster, &fault);
    if (status == KITE_OK)
        status = kite_writer_picture(draft->writer, raster.width_px, raster.height_px, raster.gray, picture, draft->fault);
    else if (status == KITE_E_NOMEM)
        status = kite_fail(draft->fault, status, "no memory for the picture of a page");
    else if (status != KITE_DONE) {
        kite_draft_note(draft, KITE_PRESS_WARNING, 0, "page %u cannot be drawn and is left out: %s", (unsigned)wish->page + 1, fault.text);
        status = KITE_DONE;
    }
    kite_raster_close(&raster);
    return status;
}

enum kite_status kite_page_paragraph(struct kite_draft *draft, uint32_t picture, const char *words, struct kite_draft_paragraph *out)
{
    *out = (struct kite_draft_paragraph){ .has_role = true, .paragraph = { .role = KITE_ROLE_PICTURE, .picture = picture } };
    return kite_draft_plain_text(draft, words, strlen(words), &out->paragraph.text);
}

/* ---- pages that are files -------------------------------------------------------------------------------------------------------- */

static enum kite_status add_page(struct kite_draft *draft, struct kite_mupdf *document, uint32_t number, const char *label)
{
    struct kite_page_wish wish = { .page = number };
    struct kite_draft_page page = { .label = label };
    struct kite_draft_paragraph p;
    enum kite_status status = kite_pages_draw(draft, document, &wish, &page.picture);

    status = status ? status : kite_page_paragraph(draft, page.picture, label, &p);
    status = status ? status : kite_draft_page_add(draft, &page, &p.pages);
    return status ? status : kite_draft_add(draft, &draft->body, &p);
}

enum kite_status kite_page_add_file(struct kite_draft *draft, const char *mime, const uint8_t *bytes, size_t count, const char *label)
{
    struct kite_mupdf *document;
    struct kite_fault fault = { "" };
    enum kite_status status = kite_mupdf_open(&draft->mem, mime, bytes, count, &document, &fault);
    bool is_any = false;

    if (status == KITE_E_NOMEM)
        return kite_fail(draft->fault, status, "no memory for a page");
    if (status) {
        kite_draft_note(draft, KITE_PRESS_WARNING, 0, "a page cannot be read and is left out: %s", fault.text);
        return KITE_DONE;
    }
    for (uint32_t i = 0; i < kite_mupdf_page_count(document) && (status == KITE_OK || status == KITE_DONE); i++) {
        status = add_page(draft, document, i, label ? label : "");
        is_any = is_any || status == KITE_OK;
    }
    kite_mupdf_close(document);
    draft->opens_originals = draft->opens_originals || is_any;
    return status == KITE_DONE && is_any ? KITE_OK : status;
}
