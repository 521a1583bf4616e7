/* The order of reading: columns apart, lines across them between, and what stands on one foot line together.
 *
 * A page is cut at a gutter that few lines cross, when there are lines enough on both sides that are as wide as text is; lines that cross it
 * divide what stands above from what stands below. Each side is looked at again. (After the X-Y cut of Nagy and Seth, Hierarchical
 * representation of optically scanned documents, 1984.) */
#include "press/pdf.h"

#include <stdlib.h>
#include <string.h>

#define STEPS 120u            /* places for a gutter that are tried */
#define DEPTH_MAX 3u
#define SIDE_LINES_MIN 6u     /* of a column */
#define CROSSING_PERCENT 45u  /* of the lines may cross a gutter */
#define FILLED_PERCENT 60     /* of a column's width are its lines long, at the middle one */
#define GUTTER_SIZE_PERCENT 70 /* of a size is a gutter wide */
#define COLUMN_CHARS_MIN 16u  /* of its middle line */
#define SAME_ROW_PERCENT 45   /* of a size may foot lines differ within one row */

struct region {
    struct kite_pdf_line **lines;
    size_t count;
};

struct ordering {
    struct kite_pdf_flow *flow;
    uint32_t page;
    struct kite_pdf_line **spare;   /* [line_count] */
    kite_cpt *widths;               /* [line_count] */
};

static int by_baseline(const void *a, const void *b)
{
    const struct kite_pdf_line *const *one = a, *const *two = b;

    if ((*one)->baseline != (*two)->baseline)
        return (*one)->baseline < (*two)->baseline ? -1 : 1;
    if ((*one)->left != (*two)->left)
        return (*one)->left < (*two)->left ? -1 : 1;
    return *one < *two ? -1 : 1; /* as they were drawn */
}

static int by_left(const void *a, const void *b)
{
    const struct kite_pdf_line *const *one = a, *const *two = b;

    if ((*one)->left != (*two)->left)
        return (*one)->left < (*two)->left ? -1 : 1;
    return *one < *two ? -1 : 1;
}

static int by_value(const void *a, const void *b)
{
    kite_cpt one = *(const kite_cpt *)a, two = *(const kite_cpt *)b;

    return (one > two) - (one < two);
}

/* ---- rows and columns --------------------------------------------------------------------------------------------- */

static enum kite_status add_row(struct ordering *o, const struct kite_pdf_line *const *parts, size_t count)
{
    struct kite_pdf_flow *flow = o->flow;
    struct kite_pdf_row row = { .page = o->page, .column = (uint32_t)flow->column_count, .part_count = (uint32_t)count, .common = UINT32_MAX };
    const struct kite_pdf_line *widest = parts[0];
    void *rows = flow->rows;
    enum kite_status status = kite_arena_grow(flow->arena, &rows, &flow->row_capacity, flow->row_count + 1, sizeof *flow->rows);

    flow->rows = rows;
    row.parts = kite_arena_alloc(flow->arena, count, sizeof *row.parts);
    if (status || !row.parts)
        return KITE_E_NOMEM;
    memcpy(row.parts, parts, count * sizeof *row.parts);
    row.left = parts[0]->left;
    row.right = parts[0]->right;
    row.first_word = parts[0]->first_word;
    for (size_t i = 0; i < count; i++) {
        const struct kite_pdf_line *part = parts[i];

        widest = part->chars > widest->chars ? part : widest;
        row.right = part->right > row.right ? part->right : row.right;
        row.chars += part->chars;
        for (uint32_t s = 0; s < part->span_count; s++) {
            row.common &= part->spans[s].flags;
            row.any |= part->spans[s].flags;
        }
    }
    row.size = widest->size;
    row.baseline = widest->baseline;
    flow->rows[flow->row_count++] = row;
    return KITE_OK;
}

static bool is_same_row(const struct kite_pdf_line *a, const struct kite_pdf_line *b)
{
    int64_t size = a->size > b->size ? a->size : b->size, apart = (int64_t)b->baseline - a->baseline;

    return (apart < 0 ? -apart : apart) * 100 <= size * SAME_ROW_PERCENT;
}

/* Where most rows begin and where long ones end. */
static void measure_column(struct ordering *o, struct kite_pdf_column *column)
{
    struct kite_pdf_flow *flow = o->flow;
    const struct kite_pdf_row *rows = &flow->rows[column->first_row];
    uint32_t count = column->row_count, at_left = 0, wide = 0;

    for (uint32_t i = 0; i < count; i++)
        o->widths[i] = rows[i].left;
    qsort(o->widths, count, sizeof *o->widths, by_value);
    column->left = o->widths[0];
    for (uint32_t i = 0; i < count; i++) { /* the first left edge that a fifth of the rows share */
        for (at_left = 0; i + at_left < count && o->widths[i + at_left] - o->widths[i] <= 200;)
            at_left++;
        if (at_left * 5 >= count) {
            column->left = o->widths[i];
            break;
        }
    }
    for (uint32_t i = 0; i < count; i++)
        o->widths[i] = rows[i].right;
    qsort(o->widths, count, sizeof *o->widths, by_value);
    column->right = o->widths[count - 1 - count / 12];
    for (uint32_t i = 0; i < count; i++)
        wide += rows[i].right >= column->right - 3 * (int64_t)rows[i].size;
    column->has_measure = count >= 4 && wide * 2 > count;
}

/* Lines in one column, from the top. Sorts them. */
static enum kite_status add_column(struct ordering *o, struct region region, bool is_among_columns)
{
    struct kite_pdf_flow *flow = o->flow;
    struct kite_pdf_column column = { .page = o->page, .first_row = (uint32_t)flow->row_count, .is_among_columns = is_among_columns };
    void *columns = flow->columns;
    enum kite_status status = kite_arena_grow(flow->arena, &columns, &flow->column_capacity, flow->column_count + 1, sizeof *flow->columns);

    flow->columns = columns;
    qsort(region.lines, region.count, sizeof(struct kite_pdf_line *), by_baseline);
    for (size_t from = 0, end; from < region.count && status == KITE_OK; from = end) {
        const struct kite_pdf_line *tall = region.lines[from];

        for (end = from + 1; end < region.count && is_same_row(tall, region.lines[end]); end++)
            tall = region.lines[end]->size > tall->size ? region.lines[end] : tall;
        qsort(region.lines + from, end - from, sizeof(struct kite_pdf_line *), by_left);
        status = add_row(o, (const struct kite_pdf_line *const *)(region.lines + from), end - from);
    }
    if (status)
        return status;
    column.row_count = (uint32_t)flow->row_count - column.first_row;
    if (column.row_count > 0) {
        measure_column(o, &column);
        flow->columns[flow->column_count++] = column;
    }
    return KITE_OK;
}

/* ---- gutters -------------------------------------------------------------------------------------------------------- */

/* What a cut at x gives. */
struct cut {
    size_t left, right, crossing;
};

static struct cut count_cut(struct region region, kite_cpt x)
{
    struct cut cut = { 0, 0, 0 };

    for (size_t i = 0; i < region.count; i++) {
        cut.left += region.lines[i]->right <= x;
        cut.right += region.lines[i]->left >= x;
    }
    cut.crossing = region.count - cut.left - cut.right;
    return cut;
}

/* Do the lines on one side of x look like a column of text: many, long, and nearly as wide as the side? */
static bool is_column(struct ordering *o, struct region region, kite_cpt x, bool is_left)
{
    kite_cpt left = KITE_CPT_MAX, right = -KITE_CPT_MAX;
    size_t count = 0, chars = 0;

    for (size_t i = 0; i < region.count; i++) {
        const struct kite_pdf_line *line = region.lines[i];

        if (is_left ? line->right > x : line->left < x)
            continue;
        left = line->left < left ? line->left : left;
        right = line->right > right ? line->right : right;
        o->widths[count++] = line->right - line->left;
        chars += line->chars;
    }
    if (count < SIDE_LINES_MIN || chars < count * COLUMN_CHARS_MIN)
        return false;
    qsort(o->widths, count, sizeof *o->widths, by_value);
    return (int64_t)o->widths[count / 2] * 100 >= (int64_t)(right - left) * FILLED_PERCENT;
}

/* The middle of the widest strip that the fewest lines cross. */
static bool find_gutter(struct ordering *o, struct region region, kite_cpt *gutter)
{
    kite_cpt left = KITE_CPT_MAX, right = -KITE_CPT_MAX, size = 0, begin = 0, best = 0;
    size_t fewest = region.count * CROSSING_PERCENT / 100 + 1;
    bool is_in = false;

    if (region.count < 2 * SIDE_LINES_MIN)
        return false;
    for (size_t i = 0; i < region.count; i++) {
        left = region.lines[i]->left < left ? region.lines[i]->left : left;
        right = region.lines[i]->right > right ? region.lines[i]->right : right;
        o->widths[i] = region.lines[i]->size;
    }
    qsort(o->widths, region.count, sizeof *o->widths, by_value);
    size = o->widths[region.count / 2];
    for (uint32_t step = STEPS / 6; step <= STEPS - STEPS / 6; step++) {
        kite_cpt x = left + (kite_cpt)((int64_t)(right - left) * step / STEPS);
        struct cut cut = count_cut(region, x);

        if (cut.left < SIDE_LINES_MIN || cut.right < SIDE_LINES_MIN || cut.crossing > fewest) {
            is_in = false;
            continue;
        }
        if (!is_in || cut.crossing < fewest) {
            begin = x;
            best = cut.crossing < fewest ? 0 : best;
            is_in = true;
        }
        fewest = cut.crossing;
        if (x - begin >= best) {
            best = x - begin;
            *gutter = begin + (x - begin) / 2;
        }
    }
    if (fewest > region.count * CROSSING_PERCENT / 100)
        return false;
    /* Its true width, by the lines beside it. */
    left = -KITE_CPT_MAX;
    right = KITE_CPT_MAX;
    for (size_t i = 0; i < region.count; i++) {
        const struct kite_pdf_line *line = region.lines[i];

        if (line->right <= *gutter)
            left = line->right > left ? line->right : left;
        else if (line->left >= *gutter)
            right = line->left < right ? line->left : right;
    }
    *gutter = left + (right - left) / 2;
    return (int64_t)(right - left) * 100 >= (int64_t)size * GUTTER_SIZE_PERCENT && is_column(o, region, *gutter, true) &&
           is_column(o, region, *gutter, false);
}

static enum kite_status order(struct ordering *o, struct region region, uint32_t depth, bool is_among_columns);

/* Lines [from, to) of a band without crossing ones: left of x, then right. */
static enum kite_status order_band(struct ordering *o, struct region band, kite_cpt x, uint32_t depth)
{
    size_t left = 0, right = 0;
    enum kite_status status = KITE_OK;

    for (size_t i = 0; i < band.count; i++) {
        if (band.lines[i]->right <= x)
            band.lines[left++] = band.lines[i];
        else
            o->spare[right++] = band.lines[i];
    }
    memcpy(band.lines + left, o->spare, right * sizeof(struct kite_pdf_line *));
    if (left > 0)
        status = order(o, (struct region){ band.lines, left }, depth, true);
    return status || right == 0 ? status : order(o, (struct region){ band.lines + left, right }, depth, true);
}

static bool crosses(const struct kite_pdf_line *line, kite_cpt x)
{
    return line->left < x && line->right > x;
}

/* Something on this line's row crosses x: then the row does. */
static bool row_crosses(struct region region, size_t at, kite_cpt x)
{
    for (size_t i = at; i < region.count && is_same_row(region.lines[at], region.lines[i]); i++) {
        if (crosses(region.lines[i], x))
            return true;
    }
    for (size_t i = at; i-- > 0 && is_same_row(region.lines[i], region.lines[at]);) {
        if (crosses(region.lines[i], x))
            return true;
    }
    return false;
}

static enum kite_status order(struct ordering *o, struct region region, uint32_t depth, bool is_among_columns)
{
    kite_cpt x = 0;
    enum kite_status status = KITE_OK;

    if (depth >= DEPTH_MAX || !find_gutter(o, region, &x))
        return add_column(o, region, is_among_columns);
    qsort(region.lines, region.count, sizeof(struct kite_pdf_line *), by_baseline);
    for (size_t from = 0, end; from < region.count && status == KITE_OK; from = end) {
        bool is_across = row_crosses(region, from, x);
        struct region band = { region.lines + from, 0 };

        for (end = from + 1; end < region.count && row_crosses(region, end, x) == is_across;)
            end++;
        band.count = end - from;
        status = is_across ? order(o, band, DEPTH_MAX, is_among_columns) : order_band(o, band, x, depth + 1);
    }
    return status;
}

/* ---- a page ------------------------------------------------------------------------------------------------------------ */

static enum kite_status order_page(struct kite_pdf_flow *flow, uint32_t number)
{
    struct kite_pdf_page *page = &flow->pages[number];
    struct ordering o = { .flow = flow, .page = number };
    struct region region = { NULL, 0 };

    region.lines = kite_arena_alloc(flow->arena, page->line_count, sizeof(struct kite_pdf_line *));
    o.spare = kite_arena_alloc(flow->arena, page->line_count, sizeof(struct kite_pdf_line *));
    o.widths = kite_arena_alloc(flow->arena, page->line_count, sizeof *o.widths);
    if (!region.lines || !o.spare || !o.widths)
        return KITE_E_NOMEM;
    for (size_t i = 0; i < page->line_count; i++) {
        if (!page->lines[i].is_left_out)
            region.lines[region.count++] = &page->lines[i];
    }
    return region.count > 0 ? order(&o, region, 0, false) : KITE_OK;
}

enum kite_status kite_pdf_order(struct kite_pdf_flow *flow)
{
    enum kite_status status = KITE_OK;

    for (uint32_t i = 0; i < flow->page_count && status == KITE_OK; i++) {
        if (!flow->is_picture[i])
            status = order_page(flow, i);
    }
    return status ? kite_fail(flow->draft->fault, status, "no memory for the order of lines") : KITE_OK;
}
