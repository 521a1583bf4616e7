/* A page into a canvas: paper, rules, pictures, glyphs, each through the clip. As gray tables fall
 * (or, at night, rise) with coverage, the darker (lighter) of two values is that of the greater
 * coverage; so glyphs that overlap are combined before the table although bitmaps already hold
 * gray. */
#include "render/renderer.h"

#include <string.h>

#define CACHE_BYTES_DEFAULT (160u * 1024) /* letters of a page or two at 300 ppi; less costs 5 % of a change of size */
#define SIZE_MAX_F26 (2048 * 64)

enum kite_status kite_renderer_create(const struct kite_memory *mem, struct kite_fonts *fonts,
                                      size_t cache_bytes, struct kite_renderer **out,
                                      struct kite_fault *fault)
{
    struct kite_renderer *r = kite_alloc(mem, 1, sizeof *r);

    *out = NULL;
    if (r == NULL)
        return kite_fail(fault, KITE_E_NOMEM, "no memory for drawing");
    r->mem = *mem;
    r->fonts = fonts;
    if (kite_cache_open(&r->cache, mem, cache_bytes == 0 ? CACHE_BYTES_DEFAULT : cache_bytes) !=
        KITE_OK) {
        kite_free(mem, r);
        return kite_fail(fault, KITE_E_NOMEM, "no memory for the cache of glyphs");
    }
    *out = r;
    return KITE_OK;
}

void kite_renderer_destroy(struct kite_renderer *r)
{
    if (r == NULL)
        return;
    struct kite_memory mem = r->mem;
    kite_cache_close(&r->cache);
    kite_free(&mem, r->loose);
    kite_free(&mem, r);
}

void kite_renderer_stats(const struct kite_renderer *r, struct kite_render_stats *out)
{
    *out = (struct kite_render_stats){
        .glyph_hits = r->hits,
        .glyph_misses = r->misses,
        .evictions = r->cache.evictions,
        .cache_bytes = r->cache.used_bytes,
    };
}

/* Another ink has other bitmaps. */
static void set_ink(struct kite_renderer *r, const struct kite_ink *ink)
{
    const struct kite_ink *old = &r->ink;

    if (old->levels == ink->levels && old->weight == ink->weight &&
        old->is_night == ink->is_night && old->rotation == ink->rotation &&
        old->hinting == ink->hinting)
        return;
    r->ink = *ink;
    kite_ink_table(ink, r->table);
    kite_cache_clear(&r->cache);
}

/* ---- where things go ----------------------------------------------------------------------------
 */

struct kite_rect kite_view_rect(const struct kite_view *view, struct kite_rect rect)
{
    const struct kite_rect page = {0, 0, view->width_px, view->height_px};
    struct kite_rect r = kite_rect_intersect(rect, page);
    int32_t right = view->width_px - r.x - r.width, below = view->height_px - r.y - r.height;

    if (kite_rect_is_empty(r))
        return (struct kite_rect){0};
    switch (view->rotation) {
    case KITE_ROTATE_90:
        return (struct kite_rect){below, r.x, r.height, r.width};
    case KITE_ROTATE_180:
        return (struct kite_rect){right, below, r.width, r.height};
    case KITE_ROTATE_270:
        return (struct kite_rect){r.y, right, r.height, r.width};
    default:
        return r;
    }
}

static void fill(const struct kite_view *view, struct kite_rect rect, uint8_t gray)
{
    struct kite_rect r = kite_rect_intersect(rect, view->clip);
    uint8_t *at = view->canvas->pixels + (ptrdiff_t)r.y * view->canvas->stride_bytes + r.x;

    for (int32_t y = 0; y < r.height; y++, at += view->canvas->stride_bytes)
        memset(at, gray, (size_t)r.width);
}

/* ---- glyphs -------------------------------------------------------------------------------------
 */

static inline void darken_chunk(uint8_t *to, const uint8_t *from)
{
    uint8_t a[KITE_BITMAP_CHUNK], b[KITE_BITMAP_CHUNK];

    memcpy(a, to, sizeof a);
    memcpy(b, from, sizeof b);
    for (int i = 0; i < KITE_BITMAP_CHUNK; i++)
        a[i] = a[i] < b[i] ? a[i] : b[i];
    memcpy(to, a, sizeof a);
}

static inline void lighten_chunk(uint8_t *to, const uint8_t *from)
{
    uint8_t a[KITE_BITMAP_CHUNK], b[KITE_BITMAP_CHUNK];

    memcpy(a, to, sizeof a);
    memcpy(b, from, sizeof b);
    for (int i = 0; i < KITE_BITMAP_CHUNK; i++)
        a[i] = a[i] > b[i] ? a[i] : b[i];
    memcpy(to, a, sizeof a);
}

/* Whole chunks. The last of a row stands at its end and goes over some pixels twice, which changes nothing; nor does the paper
 * that pads a narrow row. */
static void darken(uint8_t *to, ptrdiff_t to_stride, const uint8_t *from, size_t stride,
                   size_t rows)
{
    if (stride == KITE_BITMAP_CHUNK) {
        for (; rows > 0; rows--, to += to_stride, from += KITE_BITMAP_CHUNK)
            darken_chunk(to, from);
        return;
    }
    for (size_t last = stride - KITE_BITMAP_CHUNK; rows > 0; rows--, to += to_stride, from += stride) {
        for (size_t x = 0; x < last; x += KITE_BITMAP_CHUNK)
            darken_chunk(to + x, from + x);
        darken_chunk(to + last, from + last);
    }
}

static void lighten(uint8_t *to, ptrdiff_t to_stride, const uint8_t *from, size_t stride,
                    size_t rows)
{
    for (size_t last = stride - KITE_BITMAP_CHUNK; rows > 0; rows--, to += to_stride, from += stride) {
        for (size_t x = 0; x < last; x += KITE_BITMAP_CHUNK)
            lighten_chunk(to + x, from + x);
        lighten_chunk(to + last, from + last);
    }
}

static void combine_pixels(uint8_t *to, const uint8_t *from, int32_t count, bool is_night)
{
    for (int32_t x = 0; x < count; x++)
        if (is_night ? from[x] > to[x] : from[x] < to[x])
            to[x] = from[x];
}

/* Put a bitmap with its corner at (x, y) of the canvas. */
static void put(const struct kite_view *view, struct kite_bitmap *bitmap, int32_t x, int32_t y,
                bool is_night)
{
    const struct kite_rect *clip = &view->clip;
    ptrdiff_t stride = view->canvas->stride_bytes;
    const uint8_t *from = kite_bitmap_rows(bitmap);

    if (x >= clip->x && y >= clip->y && bitmap->stride <= clip->x + clip->width - x &&
        bitmap->rows <= clip->y + clip->height - y) {
        uint8_t *to = view->canvas->pixels + y * stride + x;
        if (is_night)
            lighten(to, stride, from, bitmap->stride, bitmap->rows);
        else
            darken(to, stride, from, bitmap->stride, bitmap->rows);
        return;
    }
    struct kite_rect part =
        kite_rect_intersect((struct kite_rect){x, y, bitmap->width, bitmap->rows}, *clip);
    for (int32_t row = part.y; row < part.y + part.height; row++)
        combine_pixels(view->canvas->pixels + row * stride + part.x,
                       from + (row - y) * bitmap->stride + (part.x - x), part.width, is_night);
}

static enum kite_status draw_run(struct kite_renderer *r, const struct kite_view *view,
                                 const struct kite_glyph_run *run, const struct kite_glyph *glyphs,
                                 struct kite_fault *fault)
{
    /* Glyphs that cannot reach the clip are passed over. */
    int32_t reach =
        kite_f26_floor_px(run->size_f26) * KITE_GLYPH_REACH_EM + KITE_GLYPH_REACH_EM + 4;
    struct kite_rect near = {view->clip.x - reach, view->clip.y - reach,
                             view->clip.width + 2 * reach, view->clip.height + 2 * reach};

    for (const struct kite_glyph *g = glyphs; g < glyphs + run->count; g++) {
        int32_t x = kite_f26_floor_px(g->x + 8), y = kite_f26_round_px(g->y);
        uint32_t phase = (uint32_t)(g->x + 8 - x * 64) / 16;
        const int32_t across[] = {x, view->height_px - y, view->width_px - x, y};
        const int32_t down[] = {y, x, view->height_px - y, view->width_px - x};
        int32_t pen_x = across[view->rotation], pen_y = down[view->rotation];
        struct kite_bitmap *bitmap;

        if (pen_x < near.x || pen_y < near.y || pen_x - near.x >= near.width ||
            pen_y - near.y >= near.height)
            continue;
        enum kite_status status = kite_renderer_glyph(r, run, g->glyph, phase, &bitmap, fault);
        if (status != KITE_OK)
            return status;
        put(view, bitmap, pen_x + bitmap->left, pen_y + bitmap->top, r->ink.is_night);
    }
    return KITE_OK;
}

/* ---- the page -----------------------------------------------------------------------------------
 */

static enum kite_status check(const struct kite_page *page, const struct kite_ink *ink,
                              const struct kite_canvas *canvas, struct kite_fault *fault)
{
    if (ink->levels != 2 && ink->levels != 4 && ink->levels != 16 && ink->levels != 256)
        return kite_fail(fault, KITE_E_RANGE, "a panel has 2, 4, 16 or 256 grays, not %d",
                         ink->levels);
    if (ink->rotation < KITE_ROTATE_0 || ink->rotation > KITE_ROTATE_270)
        return kite_fail(fault, KITE_E_RANGE, "there is no rotation %d", (int)ink->rotation);
    if (canvas->width_px <= 0 || canvas->height_px <= 0 || canvas->stride_bytes < canvas->width_px)
        return kite_fail(fault, KITE_E_RANGE, "a canvas of %d x %d pixels cannot be drawn on",
                         (int)canvas->width_px, (int)canvas->height_px);
    for (size_t i = 0; i < page->run_count; i++) {
        const struct kite_glyph_run *run = &page->runs[i];
        if (run->first > page->glyph_count || run->count > page->glyph_count - run->first)
            return kite_fail(fault, KITE_E_RANGE, "the page lacks glyphs of its run %zu", i);
        if (run->size_f26 <= 0 || run->size_f26 > SIZE_MAX_F26 || run->face > KITE_FACE_LAST)
            return kite_fail(fault, KITE_E_RANGE, "text of %d/64 pixels per em cannot be drawn",
                             (int)run->size_f26);
    }
    return KITE_OK;
}

static struct kite_view view_of(const struct kite_ink *ink, const struct kite_rect *clip,
                                const struct kite_canvas *canvas)
{
    const struct kite_rect all = {0, 0, canvas->width_px, canvas->height_px};
    bool is_turned = ink->rotation == KITE_ROTATE_90 || ink->rotation == KITE_ROTATE_270;

    return (struct kite_view){
        .canvas = canvas,
        .clip = clip == NULL ? all : kite_rect_intersect(*clip, all),
        .width_px = is_turned ? canvas->height_px : canvas->width_px,
        .height_px = is_turned ? canvas->width_px : canvas->height_px,
        .rotation = ink->rotation,
    };
}

/* A picture that cannot be had leaves its place blank; the text around it is drawn all the same. */
static enum kite_status draw_pictures(struct kite_renderer *r, const struct kite_view *view,
                                      const struct kite_page *page, struct kite_bundle *bundle,
                                      struct kite_fault *fault)
{
    enum kite_status worst = KITE_OK;

    for (size_t i = 0; i < page->picture_count && bundle != NULL; i++) {
        const struct kite_page_picture *picture = &page->pictures[i];
        struct kite_rect part = kite_rect_intersect(kite_view_rect(view, picture->box), view->clip);
        if (kite_rect_is_empty(part))
            continue;
        enum kite_status status =
            kite_view_picture(r, view, bundle, picture, worst == KITE_OK ? fault : NULL);
        if (worst == KITE_OK)
            worst = status;
    }
    return worst;
}

enum kite_status kite_render_page(struct kite_renderer *r, const struct kite_page *page,
                                  struct kite_bundle *bundle, const struct kite_ink *ink,
                                  const struct kite_rect *clip, const struct kite_canvas *canvas,
                                  struct kite_fault *fault)
{
    enum kite_status status = check(page, ink, canvas, fault);

    if (status != KITE_OK)
        return status;
    struct kite_view view = view_of(ink, clip, canvas);
    if (kite_rect_is_empty(view.clip))
        return KITE_OK;
    set_ink(r, ink);
    fill(&view, view.clip, r->table[0]);
    for (size_t i = 0; i < page->tint_count; i++)
        fill(&view, kite_view_rect(&view, page->tints[i].box), r->table[page->tints[i].coverage]);
    for (size_t i = 0; i < page->rule_count; i++)
        fill(&view, kite_view_rect(&view, page->rules[i]), r->table[255]);
    status = draw_pictures(r, &view, page, bundle, fault);
    for (size_t i = 0; i < page->run_count; i++) {
        const struct kite_glyph_run *run = &page->runs[i];
        enum kite_status drawn =
            draw_run(r, &view, run, page->glyphs + run->first, status == KITE_OK ? fault : NULL);
        if (drawn != KITE_OK)
            return drawn;
    }
    return status;
}
