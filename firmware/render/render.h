/* render: pages into a gray canvas. Glyph rasteriser and cache, pictures with dithering, gray
 * tables, what changed between two frames, PNG and PGM out. It decides no positions. */
#ifndef KITE_RENDER_H
#define KITE_RENDER_H

#include "page/page.h"

/* 8-bit gray, 0 black, rows from the top. The pixels are the caller's. */
struct kite_canvas {
    uint8_t *pixels;
    int32_t width_px, height_px;
    int32_t stride_bytes; /* at least width_px */
};

enum kite_rotation {
    KITE_ROTATE_0 = 0,
    KITE_ROTATE_90,
    KITE_ROTATE_180,
    KITE_ROTATE_270
}; /* clockwise */

/* How gray becomes ink on one panel. */
struct kite_ink {
    int levels; /* 2, 4, 16 or 256 */
    int weight; /* 0 linear, 1 half-way (default), 2 straight, 3 and 4 emboldened by 0.012, 0.025 em
                 */
    bool is_night; /* white on black, its own table: the same ink */
    enum kite_rotation rotation;
    enum {
        KITE_HINT_BY_SIZE = 0,
        KITE_HINT_NONE,
        KITE_HINT_LIGHT
    } hinting; /* by size: light up to 28 px per em */
};

struct kite_renderer;

/* cache_bytes bounds the glyph cache (bitmaps and their table), 0 takes 160 KiB. fonts outlive it.
 */
enum kite_status kite_renderer_create(const struct kite_memory *mem, struct kite_fonts *fonts,
                                      size_t cache_bytes, struct kite_renderer **out,
                                      struct kite_fault *fault);
void kite_renderer_destroy(struct kite_renderer *renderer);

/* Draw a whole page: clears the canvas to paper, then tints, rules, pictures, glyphs. The canvas has the
 * panel's own orientation: page size turned by ink->rotation. bundle may be NULL when the page has
 * no pictures. Coverage of overlapping glyphs is combined before the gray table. Only the clip
 * (canvas coordinates; NULL for all) is touched, and its pixels are those that a whole drawing
 * gives. */
enum kite_status kite_render_page(struct kite_renderer *renderer, const struct kite_page *page,
                                  struct kite_bundle *bundle, const struct kite_ink *ink,
                                  const struct kite_rect *clip, const struct kite_canvas *canvas,
                                  struct kite_fault *fault);

struct kite_render_stats {
    uint64_t glyph_hits, glyph_misses, evictions;
    size_t cache_bytes;
};
void kite_renderer_stats(const struct kite_renderer *renderer, struct kite_render_stats *out);

/* Gray value of full-scale coverage c (0 to 255) under an ink: the table that is used. out[256]. */
void kite_ink_table(const struct kite_ink *ink, uint8_t out[256]);

/* Rectangles that cover every pixel in which two canvases of the same size differ; at most max of
 * them, merged over 16-px tiles. Returns how many. */
size_t kite_canvas_damage(const struct kite_canvas *before, const struct kite_canvas *after,
                          struct kite_rect *out, size_t max);

/* Whole files: PNG 8-bit gray (deterministic, no time stamp), and PGM (P5). */
enum kite_status kite_canvas_write_png(const struct kite_canvas *canvas,
                                       const struct kite_memory *mem, const struct kite_sink *sink,
                                       struct kite_fault *fault);
enum kite_status kite_canvas_write_pgm(const struct kite_canvas *canvas,
                                       const struct kite_sink *sink);

#endif
