/* MuPDF's side of the benchmark: Debian's libmupdf in-process, the same jobs as kite_bench.
 *
 * usage: peer_mupdf JOB FONT EPUB [COUNT]      FONT: a font file, or - for MuPDF's own
 *   first    the first page of the chapter at 63 %, drawn
 *   turns    the same, then COUNT pages further, each drawn
 *   resize   the same, then another type size and the page at the same place, drawn
 *   whole    count all pages
 *   pages    the same; prints how many
 * Page 1072 x 1448 px at 300 dpi, margins 62 px (15 pt), 46 px (11 pt) type, line height 1.3, justified.
 */
#include "probe.h"

#include <mupdf/fitz.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WIDTH_PT 257.28f
#define HEIGHT_PT 347.52f
#define SIZE_PT 11.0f
#define OTHER_SIZE_PT 12.43f

static const char *font_path;
static long long since_ns; /* when the job's own step began */

static fz_font *load_font(fz_context *ctx, const char *name, int bold, int italic, int needs_exact_metrics)
{
    (void)needs_exact_metrics;
    if (bold || italic || strcmp(name, "Peer") != 0)
        return NULL;
    return fz_new_font_from_file(ctx, NULL, font_path, 0, 0);
}

static void draw(fz_context *ctx, fz_document *doc, fz_location at)
{
    fz_page *page = fz_load_chapter_page(ctx, doc, at.chapter, at.page);
    fz_pixmap *pixels = fz_new_pixmap_from_page(ctx, page, fz_scale(300 / 72.0f, 300 / 72.0f), fz_device_gray(ctx), 0);

    fz_drop_pixmap(ctx, pixels);
    fz_drop_page(ctx, page);
}

static void run(fz_context *ctx, const char *job, const char *path, int count)
{
    fz_document *doc = fz_open_document(ctx, path);
    fz_location at = { 0, 0 };

    fz_layout_document(ctx, doc, WIDTH_PT, HEIGHT_PT, SIZE_PT);
    if (strcmp(job, "whole") == 0 || strcmp(job, "pages") == 0) {
        int pages = fz_count_pages(ctx, doc);

        if (strcmp(job, "pages") == 0)
            printf("%d\n", pages);
        fz_drop_document(ctx, doc);
        return;
    }
    at.chapter = fz_count_chapters(ctx, doc) * 63 / 100;
    draw(ctx, doc, at);
    if (strcmp(job, "first") != 0)
        since_ns = probe_ns();
    for (int i = 0; i < count && strcmp(job, "turns") == 0; i++) {
        at = fz_next_page(ctx, doc, at);
        draw(ctx, doc, at);
    }
    if (strcmp(job, "resize") == 0) {
        fz_bookmark mark = fz_make_bookmark(ctx, doc, at);

        fz_layout_document(ctx, doc, WIDTH_PT, HEIGHT_PT, OTHER_SIZE_PT);
        draw(ctx, doc, fz_lookup_bookmark(ctx, doc, mark));
    }
    fz_drop_document(ctx, doc);
}

int main(int argc, char **argv)
{
    fz_context *ctx = fz_new_context(NULL, NULL, FZ_STORE_DEFAULT);
    int failed = 0;

    if (argc < 4 || !ctx) {
        fprintf(stderr, "usage: peer_mupdf first|turns|resize|whole|pages FONT EPUB [COUNT]\n");
        return 2;
    }
    font_path = argv[2];
    fz_try(ctx)
    {
        fz_register_document_handlers(ctx);
        if (strcmp(font_path, "-") != 0)
            fz_install_load_system_font_funcs(ctx, load_font, NULL, NULL);
        fz_set_user_css(ctx, strcmp(font_path, "-") != 0
                                 ? "@page{margin:15pt} body{font-family:Peer;line-height:1.3;text-align:justify} p{margin:0;text-indent:1.2em}"
                                 : "@page{margin:15pt} body{line-height:1.3;text-align:justify} p{margin:0;text-indent:1.2em}");
        run(ctx, argv[1], argv[3], argc > 4 ? atoi(argv[4]) : 20);
        probe_print(since_ns);
    }
    fz_catch(ctx)
    {
        fprintf(stderr, "peer_mupdf: %s\n", fz_caught_message(ctx));
        failed = 1;
    }
    fz_drop_context(ctx);
    return failed;
}
