/* Area coverage from outlines. For each piece of an edge inside one pixel, the pixel gets the area
 * to the piece's right within it and the pixel after it the rest; a running sum along the row then
 * gives coverage. About half the work of a general scan converter, as glyph boxes are small and
 * need no sorting. */
#include "render/raster.h"

#include <string.h>

#include <ft2build.h>
#include FT_OUTLINE_H

#define ONE 256              /* a pixel */
#define FULL (2 * ONE * ONE) /* sum of a covered pixel */
#define FINE 65536           /* parts of 1/256 px while following an edge */

/* A piece that crosses pixels of a row, from x0 right to x1. Each gets its share of dy by the
 * difference of rounded sums, so that they add up. */
static void add_crossing(int32_t *cells, uint32_t x0, uint32_t x1, int32_t dy)
{
    uint32_t first = x0 / ONE, last = x1 / ONE;
    int32_t slope = dy * 65536 / (int32_t)(x1 - x0);
    int32_t sum = slope * (int32_t)(ONE - x0 % ONE), given = sum / 65536;
    int32_t area = (int32_t)(x0 % ONE + ONE) * given;

    cells[first] += 2 * ONE * given - area;
    cells[first + 1] += area;
    for (uint32_t at = first + 1; at < last; at++) {
        sum += slope * ONE;
        int32_t share = ONE * (sum / 65536 - given);
        given = sum / 65536;
        cells[at] += share;
        cells[at + 1] += share;
    }
    area = (int32_t)(x1 % ONE) * (dy - given);
    cells[last] += 2 * ONE * (dy - given) - area;
    cells[last + 1] += area;
}

/* A piece within one row, from x0 to x1, that goes down by dy. */
static inline void add_piece(int32_t *cells, uint32_t x0, uint32_t x1, int32_t dy)
{
    if (x0 / ONE == x1 / ONE) {
        int32_t area = (int32_t)(x0 % ONE + x1 % ONE) * dy;
        cells[x0 / ONE] += 2 * ONE * dy - area;
        cells[x0 / ONE + 1] += area;
    } else if (x0 < x1) {
        add_crossing(cells, x0, x1, dy);
    } else {
        add_crossing(cells, x1, x0, dy);
    }
}

/* Cells of a row of the band; NULL for other rows. */
static inline int32_t *row_cells(struct kite_raster *r, int32_t row)
{
    uint32_t at = (uint32_t)(row - r->first_row);

    return at < (uint32_t)r->row_count ? r->cells + at * (uint32_t)r->stride : NULL;
}

/* An upright edge gives the same two differences to every row. */
static void add_upright(struct kite_raster *r, int32_t x, int32_t y0, int32_t y1, int32_t sign)
{
    int32_t area = 2 * (x % ONE), rest = 2 * ONE - area, at = x / ONE;

    for (int32_t row = y0 / ONE; y0 < y1; row++) {
        int32_t end = y1 < (row + 1) * ONE ? y1 : (row + 1) * ONE;
        int32_t dy = (end - y0) * sign, *cells = row_cells(r, row);
        if (cells != NULL) {
            cells[at] += rest * dy;
            cells[at + 1] += area * dy;
        }
        y0 = end;
    }
}

/* An edge from (x0, y0) down to (x1, y1), in more than one row; sign is -1 when it was drawn
 * upwards. Where it crosses rows is only needed to a fraction; how far it goes down is exact. */
static void add_rows(struct kite_raster *r, int32_t x0, int32_t y0, int32_t x1, int32_t y1,
                     int32_t sign)
{
    int32_t row = y0 / ONE, last = (y1 - 1) / ONE, down = (row + 1) * ONE - y0;
    int64_t slope = (int64_t)(x1 - x0) * FINE / (y1 - y0);
    int64_t at = (int64_t)x0 * FINE + slope * down, step = slope * ONE;
    uint32_t from = (uint32_t)x0;
    int32_t *cells;

    for (down *= sign; row < last; row++, at += step, down = ONE * sign) {
        uint32_t next = (uint32_t)((uint64_t)at / FINE);
        cells = row_cells(r, row);
        if (cells != NULL)
            add_piece(cells, from, next, down);
        from = next;
    }
    cells = row_cells(r, last);
    if (cells != NULL)
        add_piece(cells, from, (uint32_t)x1, (last * ONE > y0 ? y1 - last * ONE : y1 - y0) * sign);
}

static void add_line(struct kite_raster *r, int32_t x1, int32_t y1)
{
    int32_t x0 = r->x, y0 = r->y;

    r->x = x1;
    r->y = y1;
    if ((uint32_t)y0 / ONE == (uint32_t)y1 / ONE) {
        int32_t *cells = row_cells(r, y0 / ONE);
        if (y0 != y1 && cells != NULL)
            add_piece(cells, (uint32_t)x0, (uint32_t)x1, y1 - y0);
    } else if (x0 == x1) {
        if (y0 < y1)
            add_upright(r, x0, y0, y1, 1);
        else
            add_upright(r, x0, y1, y0, -1);
    } else if (y0 < y1) {
        add_rows(r, x0, y0, x1, y1, 1);
    } else {
        add_rows(r, x1, y1, x0, y0, -1);
    }
}

static int32_t in_x(const struct kite_raster *r, const FT_Vector *v)
{
    return (int32_t)v->x * 4 + r->origin_x;
}

static int32_t in_y(const struct kite_raster *r, const FT_Vector *v)
{
    return r->origin_y - (int32_t)v->y * 4;
}

static int move_to(const FT_Vector *to, void *ctx)
{
    struct kite_raster *r = ctx;

    r->x = in_x(r, to);
    r->y = in_y(r, to);
    return 0;
}

static int line_to(const FT_Vector *to, void *ctx)
{
    struct kite_raster *r = ctx;

    add_line(r, in_x(r, to), in_y(r, to));
    return 0;
}

static int32_t magnitude(int32_t value)
{
    return value < 0 ? -value : value;
}

/* Halvings after which straight pieces are within 1/16 px of a curve with these second differences.
 */
static int halvings(int32_t ddx, int32_t ddy)
{
    int32_t bend = magnitude(ddx) > magnitude(ddy) ? magnitude(ddx) : magnitude(ddy);
    int count = 0;

    for (; bend > ONE / 4; bend /= 4)
        count++;
    return count;
}

/* Points are within the box, so never negative, and can be divided by shifting. */
static int conic_to(const FT_Vector *control, const FT_Vector *to, void *ctx)
{
    struct kite_raster *r = ctx;
    int32_t x1 = in_x(r, control), y1 = in_y(r, control), x2 = in_x(r, to), y2 = in_y(r, to);
    int32_t ddx = r->x - 2 * x1 + x2, ddy = r->y - 2 * y1 + y2;
    int shift = halvings(ddx, ddy);
    int64_t n = (int64_t)1 << shift;
    /* Forward differences of the curve's polynomial, times n squared. */
    int64_t x = r->x * n * n, dx = 2 * (x1 - r->x) * n + ddx;
    int64_t y = r->y * n * n, dy = 2 * (y1 - r->y) * n + ddy;

    for (int64_t k = 1; k < n; k++) {
        x += dx;
        y += dy;
        dx += 2 * ddx;
        dy += 2 * ddy;
        add_line(r, (int32_t)((uint64_t)x >> (2 * shift)), (int32_t)((uint64_t)y >> (2 * shift)));
    }
    add_line(r, x2, y2);
    return 0;
}

static int cubic_to(const FT_Vector *c1, const FT_Vector *c2, const FT_Vector *to, void *ctx)
{
    struct kite_raster *r = ctx;
    const int64_t x[] = {r->x, in_x(r, c1), in_x(r, c2), in_x(r, to)};
    const int64_t y[] = {r->y, in_y(r, c1), in_y(r, c2), in_y(r, to)};
    int first = halvings((int32_t)(x[0] - 2 * x[1] + x[2]), (int32_t)(y[0] - 2 * y[1] + y[2]));
    int second = halvings((int32_t)(x[1] - 2 * x[2] + x[3]), (int32_t)(y[1] - 2 * y[2] + y[3]));
    int shift = (first > second ? first : second) + 1;

    for (int64_t k = 1; k < (int64_t)1 << shift; k++) {
        int64_t m = ((int64_t)1 << shift) - k;
        const int64_t b[] = {m * m * m, 3 * m * m * k, 3 * m * k * k, k * k * k};
        int64_t px = b[0] * x[0] + b[1] * x[1] + b[2] * x[2] + b[3] * x[3];
        int64_t py = b[0] * y[0] + b[1] * y[1] + b[2] * y[2] + b[3] * y[3];
        add_line(r, (int32_t)((uint64_t)px >> (3 * shift)), (int32_t)((uint64_t)py >> (3 * shift)));
    }
    add_line(r, (int32_t)x[3], (int32_t)y[3]);
    return 0;
}

static inline uint8_t coverage(int32_t sum)
{
    uint32_t value = (uint32_t)(sum < 0 ? -sum : sum) / (FULL / 256);

    return (uint8_t)(value > 255 ? 255 : value);
}

static inline bool are_zero(const int32_t *four)
{
    uint64_t halves[2];

    memcpy(halves, four, sizeof halves);
    return (halves[0] | halves[1]) == 0;
}

/* Running sums of a row to pixels, four at a time as most do not change; the cells are zero again
 * afterwards. */
static void sweep_row(int32_t *cells, int32_t width, uint8_t *out, ptrdiff_t step,
                      const uint8_t *table)
{
    int32_t sum = 0, left = width;
    uint8_t value = table[0];

    for (; left >= 4; left -= 4, cells += 4, out += 4 * step) {
        if (!are_zero(cells)) {
            out[0] = table[coverage(sum += cells[0])];
            out[step] = table[coverage(sum += cells[1])];
            out[2 * step] = table[coverage(sum += cells[2])];
            value = table[coverage(sum += cells[3])];
            out[3 * step] = value;
            memset(cells, 0, 4 * sizeof *cells);
        } else if (value != table[0]) {
            out[0] = value;
            out[step] = value;
            out[2 * step] = value;
            out[3 * step] = value;
        }
    }
    for (; left > 0; left--, cells++, out += step) {
        sum += *cells;
        *out = table[coverage(sum)];
        *cells = 0;
    }
    cells[0] = 0; /* what is right of the box adds to nothing */
    cells[1] = 0;
}

void kite_raster_fill(struct kite_raster *r, FT_Outline *outline, kite_f26 left_f26,
                      kite_f26 top_f26, int32_t width, int32_t height,
                      const struct kite_raster_target *target)
{
    static const FT_Outline_Funcs funcs = {move_to, line_to, conic_to, cubic_to, 0, 0};
    int32_t stride = width + 2; /* two for what ends at the right edge */
    int32_t rows = KITE_RASTER_CELLS / stride;

    r->stride = stride;
    r->origin_x = -left_f26 * 4;
    r->origin_y = top_f26 * 4;
    for (int32_t first = 0; first < height; first += rows) {
        uint8_t *out = target->start + first * target->row_step;
        r->first_row = first;
        r->row_count = height - first < rows ? height - first : rows;
        FT_Outline_Decompose(outline, &funcs, r);
        for (int32_t row = 0; row < r->row_count; row++) {
            sweep_row(r->cells + row * stride, width, out, target->column_step, target->table);
            out += target->row_step;
        }
    }
}
