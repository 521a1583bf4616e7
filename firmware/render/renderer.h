/* renderer: what the files of the render room share. */
#ifndef KITE_RENDER_RENDERER_H
#define KITE_RENDER_RENDERER_H

#include "render/cache.h"
#include "render/raster.h"
#include "render/render.h"

#define KITE_GLYPH_REACH_EM 8 /* an outline further from its pen is damage, and not drawn */

struct kite_renderer {
    struct kite_memory mem;
    struct kite_fonts *fonts;
    struct kite_ink ink; /* what table and cache are made for; levels 0 at first */
    uint8_t table[256];
    struct kite_cache cache;
    struct kite_bitmap *loose; /* a glyph too large for the cache */
    size_t loose_bytes;
    uint64_t hits, misses;
    struct kite_raster raster;
};

/* One page being drawn: where its pixels go. */
struct kite_view {
    const struct kite_canvas *canvas;
    struct kite_rect clip;       /* within the canvas */
    int32_t width_px, height_px; /* of the page */
    enum kite_rotation rotation;
};

/* A rectangle of the page, on the canvas. */
struct kite_rect kite_view_rect(const struct kite_view *view, struct kite_rect rect);

/* A glyph of a run at a quarter-pixel phase (0 to 3), from the cache or new; the renderer's ink
 * says how. Lent until the next call. A glyph that its font cannot draw has no pixels.
 * KITE_E_NOMEM. */
enum kite_status kite_renderer_glyph(struct kite_renderer *renderer,
                                     const struct kite_glyph_run *run, uint16_t glyph,
                                     uint32_t phase, struct kite_bitmap **out,
                                     struct kite_fault *fault);

/* Scale a picture into its box. KITE_E_NOMEM, KITE_E_LIMIT, and all that decoding can give. */
enum kite_status kite_view_picture(struct kite_renderer *renderer, const struct kite_view *view,
                                   struct kite_bundle *bundle,
                                   const struct kite_page_picture *picture,
                                   struct kite_fault *fault);

#endif
