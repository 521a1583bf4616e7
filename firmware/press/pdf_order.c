/* The order of reading: lines become rows, and rows columns.
 *
 * Most programs draw a page as it is read, column by column, notes last, and know better than its
 * geometry can tell. So the order of drawing is kept where it goes down its columns, but for blocks
 * that were drawn after what stands under them; a page that was drawn row by row across two
 * columns, or in no order at all, is cut by the places of its lines (pdf_cut.h). */
#include "press/pdf.h"
#include "press/pdf_cut.h"

#include <stdlib.h>
#include <string.h>

#define ACROSS UINT32_MAX /* instead of the number of a column */
#define MARGIN_LEFT (UINT32_MAX - 1)
#define MARGIN_RIGHT (UINT32_MAX - 2)
#define MARGIN_SHARE 3u     /* a row in so many at most stands in the margins */
#define MARGIN_ROWS_MIN 8u  /* of a page that has margins */
#define MEASURE_ROWS_MIN 4u /* of a column say where its lines end */
#define WIDE_SHARE 4u       /* a row in so many ends there, at least */
#define EDGE_SHARE 5u       /* a row in so many begins where the text begins */
#define FILLED_PERCENT 80   /* of columns that are drawn row by row: else they are a table */
#define PAIRS_PERCENT                                                                              \
    30 /* of a column's lines are drawn directly after one on the left of them, when rows are      \
          drawn across columns */
#define BACK_PERCENT 12 /* of the rows at most are drawn after what stands under them */
#define BACK_ROWS 4u    /* so many in any case */
#define UP_PERCENT 150  /* of a size: further up is back */
#define RISE_PERCENT 50 /* of a size: further up begins another column */
#define OVERLAP_PERCENT                                                                            \
    30 /* of its height does a line share with a row that it is part of: a fraction, a limit */
#define LABEL_BYTES_MAX 4u  /* in front of a typewritten row, in other letters */
#define BLOCKS_MAX 2000u    /* of a page; more are no text */
#define LEADING_PERCENT 125 /* of a row's distance from the one above: a gap */

/* Lines [first, first + count) of the region: what stands on one foot line, or hangs on it. */
struct slice {
    struct kite_pdf_piece piece; /* all of it; its size and foot are those of most characters */
    size_t first, count;
    uint32_t column; /* between which gutters; ACROSS when it crosses one; a margin */
};

/* Slices [first, end) of one column, from the top. */
struct block {
    size_t first, end;
    kite_cpt left, right, top, foot;
};

struct ordering {
    struct kite_pdf_flow *flow;
    uint32_t page;
    struct kite_pdf_scratch scratch; /* [line_count] */
    struct kite_pdf_pieces lines;    /* in the order of reading */
    struct slice *slices;            /* [line_count] */
    struct block *blocks;            /* [line_count] in the order of drawing */
    size_t *sequence;                /* [line_count] of blocks, as they are read */
    size_t slice_count, block_count;
    kite_cpt gutters[KITE_PDF_GUTTERS_MAX];
    uint32_t gutter_count;
};

static bool overlaps(const struct kite_pdf_piece *a, const struct kite_pdf_piece *b)
{
    return a->left < b->right && b->left < a->right;
}

static bool is_above(const struct kite_pdf_piece *a, const struct kite_pdf_piece *b, int percent)
{
    return ((int64_t)b->baseline - a->baseline) * 100 > (int64_t)b->size * percent;
}

/* ---- rows
 * ---------------------------------------------------------------------------------------------------------------
 */

/* How much of a line's height lies within that of a row, in percent. */
static int64_t shared_percent(const struct kite_pdf_piece *line, const struct kite_pdf_piece *row)
{
    int64_t top = (int64_t)line->baseline - line->size * 4 / 5,
            foot = (int64_t)line->baseline + line->size / 4;
    int64_t row_top = (int64_t)row->baseline - row->size * 4 / 5,
            row_foot = (int64_t)row->baseline + row->size / 4;
    int64_t shared = (foot < row_foot ? foot : row_foot) - (top > row_top ? top : row_top);

    return shared > 0 ? shared * 100 / (foot - top > 0 ? foot - top : 1) : 0;
}

/* Does the line, drawn next, belong to the row? In a mirror rows are drawn from their end. */
static bool joins(const struct slice *row, const struct kite_pdf_piece *line, bool is_mirrored)
{
    const struct kite_pdf_piece *piece = &row->piece;

    if (kite_pdf_same_row(piece, line))
        return line->left >= piece->right - piece->size / 4 ||
               (is_mirrored && line->right <= piece->left + piece->size / 4);
    /* Small print above or below the foot line, or a fraction's halves. */
    return shared_percent(line, piece) >= OVERLAP_PERCENT && line->left >= piece->left &&
           line->left <= piece->right + piece->size * 2;
}

static void grow(struct slice *row, const struct kite_pdf_piece *line)
{
    struct kite_pdf_piece *piece = &row->piece;

    if (line->chars > piece->chars) {
        piece->size = line->size;
        piece->baseline = line->baseline;
        piece->chars = line->chars; /* of its longest part */
    }
    piece->left = line->left < piece->left ? line->left : piece->left;
    piece->right = line->right > piece->right ? line->right : piece->right;
    row->count++;
}

static void make_slices(struct ordering *o)
{
    for (size_t i = 0; i < o->lines.count; i++) {
        const struct kite_pdf_piece *line = &o->lines.items[i];
        struct slice *row = o->slice_count > 0 ? &o->slices[o->slice_count - 1] : NULL;

        if (row && joins(row, line, o->flow->pages[o->page].is_mirrored))
            grow(row, line);
        else
            o->slices[o->slice_count++] = (struct slice){ .piece = *line, .first = i, .count = 1 };
    }
}

/* ---- how it was drawn
 * ------------------------------------------------------------------------------------------------------
 */

/* Drawn row by row across two columns of text. */
static bool is_interleaved(const struct ordering *o)
{
    size_t left = 0, right = 0, pairs = 0;
    kite_cpt x = 0;

    if (!kite_pdf_find_gutter(&o->scratch, o->lines, FILLED_PERCENT, &x))
        return false;
    for (size_t i = 0; i < o->lines.count; i++) {
        const struct kite_pdf_piece *line = &o->lines.items[i];

        left += line->right <= x;
        right += line->left >= x;
        pairs +=
            i > 0 && line->left >= x && line[-1].right <= x && kite_pdf_same_row(&line[-1], line);
    }
    return pairs * 100 >= (left < right ? left : right) * PAIRS_PERCENT;
}

/* Drawn in another order than from the top of columns to their foot. */
static bool is_unordered(const struct ordering *o)
{
    size_t back = 0;

    for (size_t i = 1; i < o->slice_count; i++) {
        const struct kite_pdf_piece *row = &o->slices[i].piece, *before = &o->slices[i - 1].piece;

        back += is_above(row, before, UP_PERCENT) && overlaps(row, before);
    }
    return back > BACK_ROWS && back * 100 > o->slice_count * BACK_PERCENT;
}

/* ---- columns
 * ------------------------------------------------------------------------------------------------------------------
 */

static uint32_t column_of(const struct ordering *o, const struct kite_pdf_piece *piece)
{
    uint32_t from = 0, to = 0;

    for (uint32_t i = 0; i < o->gutter_count; i++) {
        from += o->gutters[i] <= piece->left;
        to += o->gutters[i] < piece->right;
    }
    return from >= to ? from : ACROSS;
}

/* The short last row of a paragraph across columns: far from what comes next. */
static bool ends_across(const struct ordering *o, size_t at)
{
    const struct slice *row = &o->slices[at];
    int64_t up, down;

    if (at == 0 || row[-1].column != ACROSS ||
        row->piece.left > row[-1].piece.left + row->piece.size)
        return false;
    up = (int64_t)row->piece.baseline - row[-1].piece.baseline;
    down =
        at + 1 < o->slice_count ? (int64_t)row[1].piece.baseline - row->piece.baseline : INT32_MAX;
    return up > 0 && up < (int64_t)row->piece.size * 2 &&
           (down <= 0 || down * 100 > up * LEADING_PERCENT || row[1].column == ACROSS);
}

static int by_value(const void *a, const void *b)
{
    kite_cpt one = *(const kite_cpt *)a, two = *(const kite_cpt *)b;

    return (one > two) - (one < two);
}

/* The first of `count` left edges that many share; sorts them. */
static kite_cpt left_edge(kite_cpt *edges, size_t count)
{
    qsort(edges, count, sizeof *edges, by_value);
    for (size_t i = 0, alike; i < count; i++) {
        for (alike = 0; i + alike < count && edges[i + alike] - edges[i] <= 200;)
            alike++;
        if (alike * EDGE_SHARE >= count)
            return edges[i];
    }
    return edges[0];
}

/* Where long ones of `count` right edges end; sorts them. */
static kite_cpt right_edge(kite_cpt *edges, size_t count)
{
    qsort(edges, count, sizeof *edges, by_value);
    return edges[count - 1 - count / 12];
}

/* What stands wholly beside the text of a page of one column: notes in the margin, drawn between
 * its lines. */
static void set_margins(struct ordering *o)
{
    kite_cpt *edges = o->scratch.widths, left, right;
    size_t inside = 0, outside = 0;

    for (size_t i = 0; i < o->slice_count; i++)
        edges[i] = o->slices[i].piece.left;
    left = left_edge(edges, o->slice_count);
    for (size_t i = 0; i < o->slice_count; i++) {
        if (o->slices[i].piece.left < left + (kite_cpt)o->slices[i].piece.size)
            edges[inside++] = o->slices[i].piece.right;
    }
    right = inside > 0 ? right_edge(edges, inside) : KITE_CPT_MAX;
    for (size_t i = 0; i < o->slice_count; i++)
        outside += o->slices[i].piece.right < left || o->slices[i].piece.left > right;
    if (o->slice_count < MARGIN_ROWS_MIN || outside * MARGIN_SHARE > o->slice_count)
        return;
    for (size_t i = 0; i < o->slice_count; i++) {
        struct slice *row = &o->slices[i];

        row->column = row->piece.right < left   ? MARGIN_LEFT
                      : row->piece.left > right ? MARGIN_RIGHT
                                                : row->column;
    }
}

static void set_columns(struct ordering *o)
{
    struct kite_pdf_pieces rows = { o->lines.items, o->slice_count };
    struct kite_pdf_piece *lines = rows.items;

    /* The lines' own pieces are in use: rows are looked at in the scratch's second half. */
    rows.items = o->scratch.spare + o->lines.count;
    for (size_t i = 0; i < o->slice_count; i++) {
        rows.items[i] = o->slices[i].piece;
        rows.items[i].chars = 0;
        for (size_t k = 0; k < o->slices[i].count; k++)
            rows.items[i].chars += lines[o->slices[i].first + k].chars;
    }
    o->gutter_count = kite_pdf_find_gutters(&o->scratch, rows, o->gutters);
    for (size_t i = 0; i < o->slice_count; i++)
        o->slices[i].column = column_of(o, &o->slices[i].piece);
    for (size_t i = 0; i < o->slice_count; i++) {
        if (o->slices[i].column != ACROSS && ends_across(o, i))
            o->slices[i].column = ACROSS;
    }
    if (o->gutter_count == 0)
        set_margins(o);
}

/* Another column begins here: to the side, or up. */
static bool begins_column(const struct ordering *o, size_t at)
{
    return at == 0 || o->slices[at].column != o->slices[at - 1].column ||
           is_above(&o->slices[at].piece, &o->slices[at - 1].piece, RISE_PERCENT);
}

/* ---- blocks that were drawn late
 * ------------------------------------------------------------------------------------------------
 */

static void make_blocks(struct ordering *o)
{
    for (size_t i = 0; i < o->slice_count; i++) {
        const struct kite_pdf_piece *piece = &o->slices[i].piece;
        struct block *block;

        if (begins_column(o, i))
            o->blocks[o->block_count++] =
                (struct block){ i, i, piece->left, piece->right, piece->baseline, piece->baseline };
        block = &o->blocks[o->block_count - 1];
        block->end = i + 1;
        block->left = piece->left < block->left ? piece->left : block->left;
        block->right = piece->right > block->right ? piece->right : block->right;
        block->top = piece->baseline < block->top ? piece->baseline : block->top;
        block->foot = piece->baseline > block->foot ? piece->baseline : block->foot;
    }
}

/* Blocks in their order of drawing, but each before the first that stands under it. */
static void settle(struct ordering *o)
{
    for (size_t i = 0; i < o->block_count; i++) {
        const struct block *block = &o->blocks[i];
        size_t at = i;

        for (size_t k = 0; k < i && o->block_count <= BLOCKS_MAX; k++) {
            const struct block *other = &o->blocks[o->sequence[k]];

            if (block->foot < other->top && block->left < other->right &&
                other->left < block->right) {
                at = k;
                break;
            }
        }
        memmove(o->sequence + at + 1, o->sequence + at, (i - at) * sizeof *o->sequence);
        o->sequence[at] = i;
    }
}

/* ---- into the flow
 * ---------------------------------------------------------------------------------------------------------------
 */

static void sum_up(struct kite_pdf_row *row)
{
    const struct kite_pdf_line *widest = row->parts[0];
    uint32_t others = 0;

    row->left = widest->left;
    row->right = widest->right;
    row->first_word = widest->first_word;
    row->common = UINT32_MAX;
    for (uint32_t i = 0; i < row->part_count; i++) {
        const struct kite_pdf_line *part = row->parts[i];

        widest = part->chars > widest->chars ? part : widest;
        row->left = part->left < row->left ? part->left : row->left;
        row->right = part->right > row->right ? part->right : row->right;
        row->chars += part->chars;
        for (uint32_t s = 0; s < part->span_count; s++) {
            uint32_t end = s + 1 < part->span_count ? part->spans[s + 1].offset_bytes : part->bytes;

            row->common &= part->spans[s].flags;
            row->any |= part->spans[s].flags;
            others += part->spans[s].flags & KITE_PDF_MONO ? 0 : end - part->spans[s].offset_bytes;
        }
    }
    if (row->any & KITE_PDF_MONO && others <= LABEL_BYTES_MAX)
        row->common |= KITE_PDF_MONO; /* a program's line with its number */
    row->size = widest->size;
    row->baseline = widest->baseline;
}

static enum kite_status add_row(struct ordering *o, const struct slice *slice)
{
    struct kite_pdf_flow *flow = o->flow;
    struct kite_pdf_row row = { .page = o->page,
                                .column = (uint32_t)flow->column_count - 1,
                                .part_count = (uint32_t)slice->count };
    void *rows = flow->rows;
    enum kite_status status = kite_arena_grow(flow->arena, &rows, &flow->row_capacity,
                                              flow->row_count + 1, sizeof *flow->rows);

    flow->rows = rows;
    row.parts = kite_arena_alloc(flow->arena, slice->count, sizeof *row.parts);
    if (status || !row.parts)
        return KITE_E_NOMEM;
    for (size_t i = 0; i < slice->count;
         i++) { /* what stands on the foot line goes from left to right */
        const struct kite_pdf_piece *piece = &o->lines.items[slice->first + i];
        size_t at = i;

        for (; at > 0 && row.parts[at - 1]->left >= piece->right &&
               row.parts[at - 1]->baseline == piece->baseline;
             at--)
            row.parts[at] = row.parts[at - 1];
        row.parts[at] = piece->line;
    }
    sum_up(&row);
    flow->rows[flow->row_count++] = row;
    flow->columns[row.column].row_count++;
    return KITE_OK;
}

static enum kite_status add_column(struct ordering *o, uint32_t number)
{
    struct kite_pdf_flow *flow = o->flow;
    struct kite_pdf_column column = { .page = o->page,
                                      .first_row = (uint32_t)flow->row_count,
                                      .number = number };
    void *columns = flow->columns;
    enum kite_status status = kite_arena_grow(flow->arena, &columns, &flow->column_capacity,
                                              flow->column_count + 1, sizeof *flow->columns);

    flow->columns = columns;
    if (status == KITE_OK)
        flow->columns[flow->column_count++] = column;
    return status;
}

/* Where most rows of a column begin and where long ones end, by all rows of the page between the
 * same gutters. */
static void measure(struct ordering *o, size_t first, uint32_t number)
{
    struct kite_pdf_flow *flow = o->flow;
    kite_cpt *edges = o->scratch.widths, left, right;
    size_t count = 0, wide = 0;

    for (size_t i = flow->columns[first].first_row; i < flow->row_count; i++) {
        if (flow->columns[flow->rows[i].column].number == number)
            edges[count++] = flow->rows[i].left;
    }
    if (count == 0)
        return;
    left = left_edge(edges, count);
    count = 0;
    for (size_t i = flow->columns[first].first_row; i < flow->row_count; i++) {
        if (flow->columns[flow->rows[i].column].number == number)
            edges[count++] = flow->rows[i].right;
    }
    right = right_edge(edges, count);
    for (size_t i = flow->columns[first].first_row; i < flow->row_count; i++) {
        const struct kite_pdf_row *row = &flow->rows[i];

        wide += flow->columns[row->column].number == number &&
                row->right >= right - 3 * (int64_t)row->size;
    }
    for (size_t i = first; i < flow->column_count; i++) {
        struct kite_pdf_column *column = &flow->columns[i];

        if (column->number != number)
            continue;
        column->left = left;
        column->right = right;
        column->has_measure = count >= MEASURE_ROWS_MIN && wide * WIDE_SHARE >= count;
    }
}

static enum kite_status add_block(struct ordering *o, const struct block *block)
{
    enum kite_status status = add_column(o, o->slices[block->first].column);

    for (size_t i = block->first; i < block->end && status == KITE_OK; i++)
        status = add_row(o, &o->slices[i]);
    return status;
}

static enum kite_status add_blocks(struct ordering *o)
{
    size_t first = o->flow->column_count;
    enum kite_status status = KITE_OK;

    for (size_t i = 0; i < o->block_count && status == KITE_OK; i++)
        status = add_block(o, &o->blocks[o->sequence[i]]);
    if (status)
        return status;
    measure(o, first, ACROSS);
    measure(o, first, MARGIN_LEFT);
    measure(o, first, MARGIN_RIGHT);
    for (uint32_t number = 0; number <= o->gutter_count; number++)
        measure(o, first, number);
    return KITE_OK;
}

/* ---- a page
 * ------------------------------------------------------------------------------------------------------------
 */

static bool begin(struct ordering *o, size_t count)
{
    struct kite_arena *arena = o->flow->arena;

    o->lines.items = kite_arena_alloc(arena, count, sizeof *o->lines.items);
    o->scratch.spare = kite_arena_alloc(arena, 2 * count, sizeof *o->scratch.spare);
    o->scratch.widths = kite_arena_alloc(arena, count, sizeof *o->scratch.widths);
    o->slices = kite_arena_alloc(arena, count, sizeof *o->slices);
    o->blocks = kite_arena_alloc(arena, count, sizeof *o->blocks);
    o->sequence = kite_arena_alloc(arena, count, sizeof *o->sequence);
    return o->lines.items && o->scratch.spare && o->scratch.widths && o->slices && o->blocks &&
           o->sequence;
}

/* Lines of one direction. */
static enum kite_status order_lines(struct ordering *o)
{
    bool is_cut = is_interleaved(o);

    o->slice_count = 0;
    o->block_count = 0;
    if (!is_cut)
        make_slices(o);
    if (is_cut || is_unordered(o)) {
        kite_pdf_cut(&o->scratch, o->lines);
        o->slice_count = 0;
        make_slices(o);
    }
    set_columns(o);
    make_blocks(o);
    settle(o);
    return add_blocks(o);
}

static void take_lines(struct ordering *o, struct kite_pdf_page *page, int16_t turn_deg)
{
    o->lines.count = 0;
    for (size_t i = 0; i < page->line_count; i++) {
        const struct kite_pdf_line *line = &page->lines[i];

        if (!line->is_left_out && line->turn_deg == turn_deg)
            o->lines.items[o->lines.count++] = (struct kite_pdf_piece){
                line, line->left, line->right, line->baseline, line->size, line->chars, i
            };
    }
}

/* First those that run as most of the page does, then the others, direction by direction. */
static enum kite_status order_page(struct kite_pdf_flow *flow, uint32_t number)
{
    struct kite_pdf_page *page = &flow->pages[number];
    struct ordering o = { .flow = flow, .page = number };
    enum kite_status status = begin(&o, page->line_count) ? KITE_OK : KITE_E_NOMEM;
    bool is_done[2 * KITE_PDF_TURN_MAX + 1] = { false };

    for (size_t i = 0; i <= page->line_count && status == KITE_OK; i++) {
        int16_t turn_deg = i > 0 ? page->lines[i - 1].turn_deg : page->turn_deg;

        if (is_done[turn_deg + KITE_PDF_TURN_MAX])
            continue;
        is_done[turn_deg + KITE_PDF_TURN_MAX] = true;
        take_lines(&o, page, turn_deg);
        status = o.lines.count > 0 ? order_lines(&o) : KITE_OK;
    }
    return status;
}

enum kite_status kite_pdf_order(struct kite_pdf_flow *flow)
{
    enum kite_status status = KITE_OK;

    for (uint32_t i = 0; i < flow->page_count && status == KITE_OK; i++) {
        if (!flow->is_picture[i])
            status = order_page(flow, i);
    }
    return status ? kite_fail(flow->draft->fault, status, "no memory for the order of lines")
                  : KITE_OK;
}
