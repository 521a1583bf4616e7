/* PostScript outlines (CFF) as TrueType ones: each cubic curve becomes as few quadratic ones as differ from it by less than a unit or so. Only
 * the press reads the former; readers see the latter, which can be looked through. */
#include "press/fonts.h"

#include <ft2build.h>
#include <string.h>
#include FT_FREETYPE_H
#include FT_OUTLINE_H

#define PIECES_MAX 8 /* of one curve */
#define POINTS_MAX 16384u
#define CONTOURS_MAX 512u

struct point {
    int32_t x, y;
    bool is_on;
};

struct outline {
    struct point *points; /* [POINTS_MAX] */
    uint32_t count;
    uint16_t ends[CONTOURS_MAX]; /* last point of each contour */
    uint32_t contour_count;
    bool is_too_large;
};

static void add_point(struct outline *o, int64_t x, int64_t y, bool is_on)
{
    bool fits = o->count < POINTS_MAX && x >= INT16_MIN && x <= INT16_MAX && y >= INT16_MIN && y <= INT16_MAX;

    if (fits)
        o->points[o->count++] = (struct point){ (int32_t)x, (int32_t)y, is_on };
    o->is_too_large = o->is_too_large || !fits;
}

/* The contour in hand is complete; its last point, where it began, is there once only. */
static void end_contour(struct outline *o)
{
    uint32_t first = o->contour_count ? o->ends[o->contour_count - 1] + 1u : 0;

    if (o->count - first >= 2 && o->points[o->count - 1].is_on && o->points[first].x == o->points[o->count - 1].x && o->points[first].y == o->points[o->count - 1].y)
        o->count--;
    if (o->count - first < 3) {
        o->count = first;
        return;
    }
    if (o->contour_count == CONTOURS_MAX)
        o->is_too_large = true;
    else
        o->ends[o->contour_count++] = (uint16_t)(o->count - 1);
}

static int on_move(const FT_Vector *to, void *ctx)
{
    struct outline *o = ctx;

    end_contour(o);
    add_point(o, to->x, to->y, true);
    return 0;
}

static int on_line(const FT_Vector *to, void *ctx)
{
    add_point(ctx, to->x, to->y, true);
    return 0;
}

static int on_conic(const FT_Vector *control, const FT_Vector *to, void *ctx)
{
    add_point(ctx, control->x, control->y, false);
    add_point(ctx, to->x, to->y, true);
    return 0;
}

/* A curve at t/n and its slope there, times n cubed and n squared. */
static int64_t at(const int64_t p[4], int64_t t, int64_t n)
{
    int64_t s = n - t;

    return s * s * s * p[0] + 3 * s * s * t * p[1] + 3 * s * t * t * p[2] + t * t * t * p[3];
}

static int64_t slope(const int64_t p[4], int64_t t, int64_t n)
{
    int64_t s = n - t;

    return 3 * (s * s * (p[1] - p[0]) + 2 * s * t * (p[2] - p[1]) + t * t * (p[3] - p[2]));
}

static int64_t rounded(int64_t value, int64_t by)
{
    return value >= 0 ? (value + by / 2) / by : -((-value + by / 2) / by);
}

/* The control point of a piece: half-way between its ends, and as far out as their slopes say. */
static int64_t control_of(const int64_t p[4], int64_t t, int64_t n)
{
    int64_t ends = at(p, t, n) + at(p, t + 1, n), slopes = slope(p, t, n) - slope(p, t + 1, n);

    return rounded(2 * ends + slopes, 4 * n * n * n);
}

static int64_t far(int64_t a, int64_t b)
{
    a = a < 0 ? -a : a;
    b = b < 0 ? -b : b;
    return a > b ? a : b;
}

static int on_cubic(const FT_Vector *first, const FT_Vector *second, const FT_Vector *to, void *ctx)
{
    struct outline *o = ctx;
    const struct point *from = o->count ? &o->points[o->count - 1] : NULL;
    int64_t x[4] = { from ? from->x : 0, first->x, second->x, to->x }, y[4] = { from ? from->y : 0, first->y, second->y, to->y };
    int64_t bend = far(x[3] - 3 * x[2] + 3 * x[1] - x[0], y[3] - 3 * y[2] + 3 * y[1] - y[0]), n = 1;

    if (far(far(x[1], y[1]), far(far(x[2], y[2]), far(x[3], y[3]))) > INT16_MAX) {
        o->is_too_large = true;
        return 0;
    }
    while (n < PIECES_MAX && bend > 20 * n * n * n) /* a quadratic curve is off by bend / 20.8 at most */
        n++;
    for (int64_t t = 0; t < n; t++) {
        add_point(o, control_of(x, t, n), control_of(y, t, n), false);
        add_point(o, rounded(at(x, t + 1, n), n * n * n), rounded(at(y, t + 1, n), n * n * n), true);
    }
    return 0;
}

/* ---- writing -------------------------------------------------------------------------------------------------------- */

static enum kite_status add_u16(struct kite_buffer *out, int32_t value)
{
    const uint8_t bytes[2] = { (uint8_t)((uint32_t)value >> 8), (uint8_t)value };

    return kite_buffer_add(out, bytes, 2);
}

static enum kite_status add_coordinates(const struct outline *o, bool is_y, struct kite_buffer *out)
{
    enum kite_status status = KITE_OK;
    int32_t last = 0;

    for (uint32_t i = 0; i < o->count && status == KITE_OK; i++) {
        int32_t value = is_y ? o->points[i].y : o->points[i].x;

        status = value - last < INT16_MIN || value - last > INT16_MAX ? KITE_E_FORMAT : add_u16(out, value - last);
        last = value;
    }
    return status;
}

static enum kite_status write_glyph(const struct outline *o, struct kite_buffer *out)
{
    int32_t left = INT16_MAX, right = INT16_MIN, bottom = INT16_MAX, top = INT16_MIN;
    enum kite_status status;

    for (uint32_t i = 0; i < o->count; i++) {
        left = o->points[i].x < left ? o->points[i].x : left;
        right = o->points[i].x > right ? o->points[i].x : right;
        bottom = o->points[i].y < bottom ? o->points[i].y : bottom;
        top = o->points[i].y > top ? o->points[i].y : top;
    }
    status = add_u16(out, (int32_t)o->contour_count);
    status = status ? status : add_u16(out, left);
    status = status ? status : add_u16(out, bottom);
    status = status ? status : add_u16(out, right);
    status = status ? status : add_u16(out, top);
    for (uint32_t i = 0; i < o->contour_count && status == KITE_OK; i++)
        status = add_u16(out, o->ends[i]);
    status = status ? status : add_u16(out, 0); /* instructions */
    for (uint32_t i = 0; i < o->count && status == KITE_OK; i++)
        status = kite_buffer_add_u8(out, o->points[i].is_on);
    status = status ? status : add_coordinates(o, false, out);
    return status ? status : add_coordinates(o, true, out);
}

static enum kite_status add_glyph(FT_Face face, FT_UInt glyph, struct outline *o, struct kite_buffer *out)
{
    static const FT_Outline_Funcs funcs = { on_move, on_line, on_conic, on_cubic, 0, 0 };

    o->count = o->contour_count = 0;
    o->is_too_large = false;
    if (FT_Load_Glyph(face, glyph, FT_LOAD_NO_SCALE | FT_LOAD_NO_HINTING) != 0 || face->glyph->format != FT_GLYPH_FORMAT_OUTLINE ||
        FT_Outline_Decompose(&face->glyph->outline, &funcs, o) != 0)
        return KITE_E_FORMAT;
    end_contour(o);
    if (o->is_too_large)
        return KITE_E_LIMIT;
    return o->contour_count ? write_glyph(o, out) : KITE_OK;
}

static enum kite_status add_glyphs(FT_Face face, struct outline *o, struct kite_buffer *glyf, struct kite_buffer *loca)
{
    enum kite_status status = KITE_OK;

    for (FT_Long i = 0; i <= face->num_glyphs && status == KITE_OK; i++) {
        status = add_u16(loca, (int32_t)(glyf->count >> 16));
        status = status ? status : add_u16(loca, (int32_t)(glyf->count & 0xffff));
        if (status == KITE_OK && i < face->num_glyphs)
            status = add_glyph(face, (FT_UInt)i, o, glyf);
        while (status == KITE_OK && glyf->count % 4 != 0)
            status = kite_buffer_add_u8(glyf, 0);
        if (glyf->count > KITE_FONT_BYTES_MAX)
            status = KITE_E_LIMIT;
    }
    return status;
}

enum kite_status kite_font_outlines(const uint8_t *bytes, size_t count, struct kite_buffer *glyf, struct kite_buffer *loca)
{
    struct outline o = { .points = kite_alloc(&glyf->mem, POINTS_MAX, sizeof *o.points) };
    FT_Library library = NULL;
    FT_Face face = NULL;
    enum kite_status status = o.points && FT_Init_FreeType(&library) == 0 ? KITE_OK : KITE_E_NOMEM;

    if (status == KITE_OK && FT_New_Memory_Face(library, bytes, (FT_Long)count, 0, &face) != 0)
        status = KITE_E_FORMAT;
    status = status ? status : add_glyphs(face, &o, glyf, loca);
    if (face)
        FT_Done_Face(face);
    if (library)
        FT_Done_FreeType(library);
    kite_free(&glyf->mem, o.points);
    return status;
}
