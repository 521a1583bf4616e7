/* Glyphs to bitmaps: outlines from FreeType, made bolder where asked, filled, turned, and kept. */
#include "render/renderer.h"

#include <string.h>

#include <ft2build.h>
#include FT_FREETYPE_H
#include FT_OUTLINE_H

#define HINTED_MAX_F26                                                                             \
    (28 * 64) /* light hinting up to this size: crisper, at a small price in shape */

#define PHASES 4
#define ALL_PHASES_CACHE_BYTES (128 * 1024)

/* Where a glyph's pixels are from its pen, on the page. */
struct box {
    int32_t left, top, width, height; /* px, y downwards */
    kite_f26 phase_f26;
};

static uint32_t embolden_steps(const struct kite_renderer *r, const struct kite_glyph_run *run)
{
    int by_ink = r->ink.weight > 2 ? r->ink.weight - 2 : 0;
    int steps = run->weight > by_ink ? run->weight : by_ink;

    return steps > 2 ? 2 : (uint32_t)steps;
}

/* Wider by 0.012 or 0.025 em, half on each side; heights and advances stay. */
static void embolden(FT_Outline *outline, kite_f26 size_f26, uint32_t steps)
{
    kite_f26 strength = kite_mul_div(size_f26, steps == 1 ? 12 : 25, 1000);

    FT_Outline_EmboldenXY(outline, strength, 0);
    FT_Outline_Translate(outline, -strength / 2, 0);
}

static bool is_hinted(const struct kite_renderer *r, const struct kite_glyph_run *run)
{
    kite_f26 size_f26 = run->size_f26;

    return !kite_face_is_lent(run->face) &&
           (r->ink.hinting == KITE_HINT_LIGHT ||
           (r->ink.hinting == KITE_HINT_BY_SIZE && size_f26 <= HINTED_MAX_F26));
}

/* Leave the glyph's outline in the face's slot. A damaged glyph gives an empty one. */
static void load_outline(struct kite_renderer *r, FT_Face face, const struct kite_glyph_run *run,
                         uint16_t glyph)
{
    FT_Fixed scale = FT_DivFix(run->size_f26, face->units_per_EM);
    FT_Error error = 0;

    /* The face is shared, so what size it has now is not for us to remember. */
    if (face->size->metrics.x_scale != scale || face->size->metrics.y_scale != scale)
        error = FT_Set_Char_Size(face, 0, run->size_f26, 72, 72);
    if (error == 0)
        error =
            FT_Load_Glyph(face, glyph,
                          FT_LOAD_NO_BITMAP | (is_hinted(r, run) ? FT_LOAD_TARGET_LIGHT
                                                                           : FT_LOAD_NO_HINTING));
    if (error != 0 || face->glyph->format != FT_GLYPH_FORMAT_OUTLINE)
        face->glyph->outline.n_points = face->glyph->outline.n_contours = 0;
    else if (embolden_steps(r, run) != 0)
        embolden(&face->glyph->outline, run->size_f26, embolden_steps(r, run));
}

static struct box box_of(FT_Outline *outline, kite_f26 size_f26, uint32_t phase)
{
    struct box box = {.phase_f26 = (kite_f26)phase * 16};
    kite_f26 reach = size_f26 * KITE_GLYPH_REACH_EM;
    FT_BBox ink;

    FT_Outline_Get_CBox(outline, &ink);
    if (outline->n_points == 0 || ink.xMin < -reach || ink.xMax > reach || ink.yMin < -reach ||
        ink.yMax > reach)
        return box;
    box.left = kite_f26_floor_px((kite_f26)ink.xMin + box.phase_f26);
    box.width = kite_f26_floor_px((kite_f26)ink.xMax + box.phase_f26 + 63) - box.left;
    box.top = -kite_f26_floor_px((kite_f26)ink.yMax + 63);
    box.height = -kite_f26_floor_px((kite_f26)ink.yMin) - box.top;
    if (box.width > KITE_RASTER_SIDE_MAX_PX || box.height > KITE_RASTER_SIDE_MAX_PX)
        box.width = 0;
    if (box.width == 0 || box.height == 0)
        box.width = box.height = 0;
    return box;
}

static size_t stride_of(int32_t width)
{
    return width < KITE_BITMAP_CHUNK ? KITE_BITMAP_CHUNK : (size_t)width;
}

/* Place and pixels of a turned bitmap. The canvas position of a pen is that of kite_view_pen. */
static void turn(struct kite_bitmap *bitmap, const struct box *box, enum kite_rotation rotation,
                 struct kite_raster_target *target)
{
    bool is_upright = rotation == KITE_ROTATE_0 || rotation == KITE_ROTATE_180;
    int32_t right = box->left + box->width, bottom = box->top + box->height;
    bool is_from_right = rotation == KITE_ROTATE_90 || rotation == KITE_ROTATE_180;
    bool is_from_below = rotation == KITE_ROTATE_180 || rotation == KITE_ROTATE_270;
    int32_t width = is_upright ? box->width : box->height;
    int32_t rows = is_upright ? box->height : box->width;
    ptrdiff_t stride = (ptrdiff_t)stride_of(width);
    ptrdiff_t along = is_from_right ? -1 : 1, down = is_from_below ? -stride : stride;
    int32_t lefts[] = {box->left, -bottom, -right, box->top};
    int32_t tops[] = {box->top, box->left, -bottom, -right};

    bitmap->left = (int16_t)lefts[rotation];
    bitmap->top = (int16_t)tops[rotation];
    bitmap->width = (uint16_t)width;
    bitmap->rows = (uint16_t)rows;
    bitmap->stride = (uint16_t)stride;
    target->start = kite_bitmap_rows(bitmap) + (is_from_right ? width - 1 : 0) +
                    (is_from_below ? (rows - 1) * stride : 0);
    target->column_step = is_upright ? along : down;
    target->row_step = is_upright ? down : along;
}

/* Room for a bitmap outside the cache. */
static struct kite_bitmap *loose_bitmap(struct kite_renderer *r, size_t bytes)
{
    if (r->loose_bytes < bytes) {
        struct kite_bitmap *bitmap = kite_resize(&r->mem, r->loose, bytes, 1);
        if (bitmap == NULL)
            return NULL;
        r->loose = bitmap;
        r->loose_bytes = bytes;
    }
    *r->loose = (struct kite_bitmap){0};
    return r->loose;
}

/* The bitmap of an outline at a phase; NULL when there is no memory. */
static struct kite_bitmap *draw(struct kite_renderer *r, FT_Outline *outline, kite_f26 size_f26,
                                uint64_t key)
{
    struct box box = box_of(outline, size_f26, (uint32_t)(key % PHASES));
    bool is_upright = r->ink.rotation == KITE_ROTATE_0 || r->ink.rotation == KITE_ROTATE_180;
    size_t stride = stride_of(is_upright ? box.width : box.height);
    size_t rows = (size_t)(is_upright ? box.height : box.width);
    size_t bytes = kite_bitmap_bytes(stride, rows);
    struct kite_bitmap *bitmap = kite_cache_add(&r->cache, key, bytes);
    struct kite_raster_target target = {.table = r->table};

    if (bitmap == NULL)
        bitmap = loose_bitmap(r, bytes);
    if (bitmap == NULL || rows == 0)
        return bitmap;
    turn(bitmap, &box, r->ink.rotation, &target);
    memset(kite_bitmap_rows(bitmap), r->table[0], stride * rows);
    kite_raster_fill(&r->raster, outline, box.left * 64 - box.phase_f26, -box.top * 64, box.width,
                     box.height, &target);
    return bitmap;
}

/* Make a glyph's bitmap. Hinting an outline costs more than filling it four times, and most letters
 * come at every phase: so where a cache is large enough, a hinted one is filled at all phases, the
 * one asked for last. */
static struct kite_bitmap *make(struct kite_renderer *r, const struct kite_glyph_run *run,
                                uint16_t glyph, uint64_t key)
{
    FT_Face face = kite_face_freetype(r->fonts, run->face);
    bool is_for_all = is_hinted(r, run) && r->cache.store_bytes >= ALL_PHASES_CACHE_BYTES;

    if (face == NULL)
        return NULL;
    load_outline(r, face, run, glyph);
    if (kite_face_freetype(r->fonts, run->face) == NULL) /* memory failed on the way */
        return NULL;
    for (uint64_t phase = 1; is_for_all && phase < PHASES; phase++) {
        uint64_t other = key ^ phase;
        if (kite_cache_find(&r->cache, other) == NULL)
            draw(r, &face->glyph->outline, run->size_f26, other);
    }
    return draw(r, &face->glyph->outline, run->size_f26, key);
}

enum kite_status kite_renderer_glyph(struct kite_renderer *r, const struct kite_glyph_run *run,
                                     uint16_t glyph, uint32_t phase, struct kite_bitmap **out,
                                     struct kite_fault *fault)
{
    uint64_t key = (uint64_t)(uint32_t)run->size_f26 << 32 | (uint32_t)run->face << 20 |
                   embolden_steps(r, run) << 18 | (uint32_t)glyph << 2 | phase;

    *out = kite_cache_find(&r->cache, key);
    if (*out != NULL) {
        r->hits++;
        return KITE_OK;
    }
    r->misses++;
    *out = make(r, run, glyph, key);
    if (*out == NULL)
        return kite_fail(fault, KITE_E_NOMEM,
                         "no glyph of %s could be drawn: no memory, or a damaged font",
                         kite_face_name(r->fonts, run->face));
    return KITE_OK;
}
