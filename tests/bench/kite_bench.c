/* Kite's side of the benchmark: one job a run, so that instructions and memory can be counted around the whole process.
 *
 * usage: kite_bench JOB FONTS BUNDLE [COUNT]
 *   first   open, lay out and draw the page at 63 %
 *   turns   the same, then COUNT pages further, each drawn
 *   resize  the same, then another type size and the page at the same place, drawn
 *   whole   where every page starts
 *   pages   the same as whole; prints how many
 * The setting is that of all peers: 1072 x 1448 px, margins 62 px, Noto Serif 46 px, line height 1.3.
 */
#include "probe.h"
#include "render/render.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define WIDTH 1072
#define HEIGHT 1448
#define MARGIN 62

static const uint8_t *map_file(const char *path, size_t *count)
{
    struct stat info;
    int file = open(path, O_RDONLY);

    if (file < 0 || fstat(file, &info) != 0)
        return NULL;
    *count = (size_t)info.st_size;

    void *bytes = mmap(NULL, *count, PROT_READ, MAP_PRIVATE, file, 0);

    close(file);
    return bytes == MAP_FAILED ? NULL : bytes;
}

static enum kite_status load_font(void *ctx, const char *name, const uint8_t **bytes, size_t *count)
{
    char path[1024];

    snprintf(path, sizeof path, "%s/%s", (const char *)ctx, name);
    *bytes = map_file(path, count);
    return *bytes ? KITE_OK : KITE_E_RANGE;
}

static enum kite_status read_file(void *ctx, uint64_t offset, uint8_t *dst, size_t count)
{
    return pread(*(int *)ctx, dst, count, (off_t)offset) == (ssize_t)count ? KITE_OK : KITE_E_IO;
}

struct bench {
    struct kite_bundle *bundle;
    struct kite_fonts *fonts;
    struct kite_layout *layout;
    struct kite_renderer *renderer;
    struct kite_canvas canvas;
    struct kite_fault fault;
    long long since_ns; /* when the job's own step began */
};

static void must(const struct bench *b, enum kite_status status)
{
    if (status == KITE_OK)
        return;
    fprintf(stderr, "kite_bench: %s\n", b->fault.text);
    exit(1);
}

static struct kite_setting setting_of(int32_t size_px)
{
    struct kite_panel_geometry panel = { WIDTH, HEIGHT, 300 };
    struct kite_setting s;

    kite_setting_init(&s, KITE_PROFILE_BOOK, panel, 0);
    s.size_f26 = kite_f26_from_px(size_px);
    s.line_f26 = kite_f26_from_px(size_px * 13 / 10 + (size_px * 13 % 10 >= 5));
    s.margin_left_px = s.margin_right_px = s.margin_top_px = s.margin_bottom_px = MARGIN;
    s.align = KITE_CHOOSE_JUSTIFIED;
    return s;
}

static void draw(struct bench *b, const struct kite_page *page)
{
    static const struct kite_ink ink = { .levels = 16, .weight = 1 };

    must(b, kite_render_page(b->renderer, page, b->bundle, &ink, NULL, &b->canvas, &b->fault));
}

/* The text's longest document, at 63 % of it. */
static struct kite_place far_place(struct bench *b)
{
    struct kite_document_info info;
    struct kite_place place;

    must(b, kite_bundle_document(b->bundle, 0, &info));
    must(b, kite_bundle_place_at(b->bundle, 0, info.text_bytes * 63 / 100, &place, &b->fault));
    return place;
}

static uint32_t paginate(struct bench *b)
{
    struct kite_page_map *map;
    enum kite_status status;

    must(b, kite_page_map_create(b->layout, 0, &map, &b->fault));
    while ((status = kite_page_map_step(map, &b->fault)) == KITE_OK)
        continue;

    uint32_t count = kite_page_map_count(map);

    kite_page_map_destroy(map);
    must(b, status == KITE_DONE ? KITE_OK : status);
    return count;
}

static void run(struct bench *b, const char *job, int count)
{
    const struct kite_page *page;
    struct kite_place place;
    struct kite_setting s;

    if (strcmp(job, "whole") == 0 || strcmp(job, "pages") == 0) {
        uint32_t pages = paginate(b);

        if (strcmp(job, "pages") == 0)
            printf("%u\n", (unsigned)pages);
        return;
    }
    place = far_place(b);
    must(b, kite_layout_page_at(b->layout, place, KITE_PAGE_SOON, &page, &b->fault));
    draw(b, page);
    if (strcmp(job, "first") != 0)
        b->since_ns = probe_ns();
    for (int i = 0; i < count && strcmp(job, "turns") == 0; i++) {
        must(b, kite_layout_page_next(b->layout, &page, &b->fault));
        draw(b, page);
    }
    if (strcmp(job, "resize") == 0) {
        s = setting_of(52);
        must(b, kite_layout_set(b->layout, &s, &b->fault));
        must(b, kite_layout_page_at(b->layout, place, KITE_PAGE_SOON, &page, &b->fault));
        draw(b, page);
    }
}

int main(int argc, char **argv)
{
    struct kite_memory heap = kite_memory_heap();
    struct kite_setting s = setting_of(46);
    struct bench b;
    struct stat info;

    memset(&b, 0, sizeof b);
    if (argc < 4) {
        fprintf(stderr, "usage: kite_bench first|turns|resize|whole|pages FONTS BUNDLE [COUNT]\n");
        return 2;
    }

    int file = open(argv[3], O_RDONLY);
    struct kite_source source = { &file, 0, read_file };
    struct kite_font_loader loader = { argv[2], load_font };

    if (file < 0 || fstat(file, &info) != 0) {
        perror(argv[3]);
        return 1;
    }
    source.size_bytes = (uint64_t)info.st_size;
    b.canvas = (struct kite_canvas){ malloc((size_t)WIDTH * HEIGHT), WIDTH, HEIGHT, WIDTH };
    must(&b, kite_bundle_open(&heap, &source, &b.bundle, &b.fault));
    must(&b, kite_fonts_create(&heap, &loader, &b.fonts, &b.fault));
    must(&b, kite_layout_create(&heap, b.bundle, b.fonts, &s, &b.layout, &b.fault));
    must(&b, kite_renderer_create(&heap, b.fonts, 0, &b.renderer, &b.fault));
    run(&b, argv[1], argc > 4 ? atoi(argv[4]) : 20);
    probe_print(b.since_ns);
    kite_renderer_destroy(b.renderer);
    kite_layout_destroy(b.layout);
    kite_fonts_destroy(b.fonts);
    kite_bundle_close(b.bundle);
    free(b.canvas.pixels);
    close(file);
    return 0;
}
