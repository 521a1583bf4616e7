/* The X-Y cut of Nagy and Seth, Hierarchical representation of optically scanned documents (1984),
 * with lines for pixels. */
#include "press/pdf_cut.h"

#include <stdlib.h>
#include <string.h>

#define STEPS 120u /* places for a gutter that are tried */
#define DEPTH_MAX 3u
#define SIDE_LINES_MIN 6u      /* of a column */
#define CROSSING_PERCENT 45u   /* of the lines may cross a gutter */
#define FILLED_PERCENT 60      /* of a column's width are its lines long, at the middle one */
#define GUTTER_SIZE_PERCENT 70 /* of a size is a gutter wide */
#define COLUMN_CHARS_MIN 16u   /* of its middle line */
#define SAME_ROW_PERCENT 45    /* of a size may foot lines differ within one row */

static int by_baseline(const void *a, const void *b)
{
    const struct kite_pdf_piece *one = a, *two = b;

    if (one->baseline != two->baseline)
        return one->baseline < two->baseline ? -1 : 1;
    if (one->left != two->left)
        return one->left < two->left ? -1 : 1;
    return one->at < two->at ? -1 : 1; /* as they were drawn */
}

static int by_left(const void *a, const void *b)
{
    const struct kite_pdf_piece *one = a, *two = b;

    if (one->left != two->left)
        return one->left < two->left ? -1 : 1;
    return one->at < two->at ? -1 : 1;
}

static int by_value(const void *a, const void *b)
{
    kite_cpt one = *(const kite_cpt *)a, two = *(const kite_cpt *)b;

    return (one > two) - (one < two);
}

bool kite_pdf_same_row(const struct kite_pdf_piece *a, const struct kite_pdf_piece *b)
{
    int64_t size = a->size > b->size ? a->size : b->size,
            apart = (int64_t)b->baseline - a->baseline;

    return (apart < 0 ? -apart : apart) * 100 <= size * SAME_ROW_PERCENT;
}

/* ---- gutters
 * --------------------------------------------------------------------------------------------------------
 */

/* What a cut at x gives. */
struct cut {
    size_t left, right, crossing;
};

static struct cut count_cut(struct kite_pdf_pieces pieces, kite_cpt x)
{
    struct cut cut = { 0, 0, 0 };

    for (size_t i = 0; i < pieces.count; i++) {
        cut.left += pieces.items[i].right <= x;
        cut.right += pieces.items[i].left >= x;
    }
    cut.crossing = pieces.count - cut.left - cut.right;
    return cut;
}

/* Do the lines on one side of x look like a column of text: many, long, and nearly as wide as the
 * side? */
static bool is_column(const struct kite_pdf_scratch *scratch, struct kite_pdf_pieces pieces,
                      kite_cpt x, bool is_left, int filled_percent)
{
    kite_cpt left = KITE_CPT_MAX, right = -KITE_CPT_MAX;
    size_t count = 0;
    uint64_t chars = 0;

    for (size_t i = 0; i < pieces.count; i++) {
        const struct kite_pdf_piece *piece = &pieces.items[i];

        if (is_left ? piece->right > x : piece->left < x)
            continue;
        left = piece->left < left ? piece->left : left;
        right = piece->right > right ? piece->right : right;
        scratch->widths[count++] = piece->right - piece->left;
        chars += piece->chars;
    }
    if (count < SIDE_LINES_MIN || chars < count * COLUMN_CHARS_MIN)
        return false;
    qsort(scratch->widths, count, sizeof *scratch->widths, by_value);
    return (int64_t)scratch->widths[count / 2] * 100 >= (int64_t)(right - left) * filled_percent;
}

/* The strip around x that no piece beside it enters. */
static int64_t widen(struct kite_pdf_pieces pieces, kite_cpt *x)
{
    kite_cpt left = -KITE_CPT_MAX, right = KITE_CPT_MAX;

    for (size_t i = 0; i < pieces.count; i++) {
        const struct kite_pdf_piece *piece = &pieces.items[i];

        if (piece->right <= *x)
            left = piece->right > left ? piece->right : left;
        else if (piece->left >= *x)
            right = piece->left < right ? piece->left : right;
    }
    *x = left + (right - left) / 2;
    return (int64_t)right - left;
}

bool kite_pdf_find_gutter(const struct kite_pdf_scratch *scratch, struct kite_pdf_pieces pieces,
                          int filled_percent, kite_cpt *gutter)
{
    kite_cpt left = KITE_CPT_MAX, right = -KITE_CPT_MAX, size = 0, begin = 0, best = 0;
    size_t fewest = pieces.count * CROSSING_PERCENT / 100 + 1;
    bool is_in = false;

    if (pieces.count < 2 * SIDE_LINES_MIN)
        return false;
    for (size_t i = 0; i < pieces.count; i++) {
        left = pieces.items[i].left < left ? pieces.items[i].left : left;
        right = pieces.items[i].right > right ? pieces.items[i].right : right;
        scratch->widths[i] = pieces.items[i].size;
    }
    qsort(scratch->widths, pieces.count, sizeof *scratch->widths, by_value);
    size = scratch->widths[pieces.count / 2];
    for (uint32_t step = STEPS / 6; step <= STEPS - STEPS / 6; step++) {
        kite_cpt x = left + (kite_cpt)((int64_t)(right - left) * step / STEPS);
        struct cut cut = count_cut(pieces, x);

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
    if (fewest > pieces.count * CROSSING_PERCENT / 100)
        return false;
    return widen(pieces, gutter) * 100 >= (int64_t)size * GUTTER_SIZE_PERCENT &&
           is_column(scratch, pieces, *gutter, true, filled_percent) &&
           is_column(scratch, pieces, *gutter, false, filled_percent);
}

/* Pieces [0, *left) become those left of x, in their order, and those behind them the rest. */
static size_t divide(const struct kite_pdf_scratch *scratch, struct kite_pdf_pieces pieces,
                     kite_cpt x)
{
    size_t left = 0, right = 0;

    for (size_t i = 0; i < pieces.count; i++) {
        if (pieces.items[i].right <= x)
            pieces.items[left++] = pieces.items[i];
        else
            scratch->spare[right++] = pieces.items[i];
    }
    memcpy(pieces.items + left, scratch->spare, right * sizeof *pieces.items);
    return left;
}

static void find_within(const struct kite_pdf_scratch *scratch, struct kite_pdf_pieces pieces,
                        uint32_t depth, kite_cpt *gutters, uint32_t *count)
{
    kite_cpt x = 0;
    size_t left, right = 0;

    if (depth == DEPTH_MAX || !kite_pdf_find_gutter(scratch, pieces, FILLED_PERCENT, &x))
        return;
    left = divide(scratch, pieces, x);
    find_within(scratch, (struct kite_pdf_pieces){ pieces.items, left }, depth + 1, gutters, count);
    gutters[(*count)++] = x;
    for (size_t i = left; i < pieces.count; i++) {
        if (pieces.items[i].left >= x)
            pieces.items[left + right++] =
                pieces.items[i]; /* those that cross are of no more use */
    }
    find_within(scratch, (struct kite_pdf_pieces){ pieces.items + left, right }, depth + 1, gutters,
                count);
}

uint32_t kite_pdf_find_gutters(const struct kite_pdf_scratch *scratch,
                               struct kite_pdf_pieces pieces,
                               kite_cpt gutters[KITE_PDF_GUTTERS_MAX])
{
    uint32_t count = 0;

    find_within(scratch, pieces, 0, gutters, &count);
    return count;
}

/* ---- cutting
 * ------------------------------------------------------------------------------------------------------------
 */

/* From the top, rows from the left. */
static void sort_column(struct kite_pdf_pieces pieces)
{
    qsort(pieces.items, pieces.count, sizeof *pieces.items, by_baseline);
    for (size_t from = 0, end; from < pieces.count; from = end) {
        const struct kite_pdf_piece *tall = &pieces.items[from];

        for (end = from + 1; end < pieces.count && kite_pdf_same_row(tall, &pieces.items[end]);
             end++)
            tall = pieces.items[end].size > tall->size ? &pieces.items[end] : tall;
        qsort(pieces.items + from, end - from, sizeof *pieces.items, by_left);
    }
}

static bool crosses(const struct kite_pdf_piece *piece, kite_cpt x)
{
    return piece->left < x && piece->right > x;
}

/* Something on this piece's row crosses x: then the row does. */
static bool row_crosses(struct kite_pdf_pieces pieces, size_t at, kite_cpt x)
{
    for (size_t i = at; i < pieces.count && kite_pdf_same_row(&pieces.items[at], &pieces.items[i]);
         i++) {
        if (crosses(&pieces.items[i], x))
            return true;
    }
    for (size_t i = at; i-- > 0 && kite_pdf_same_row(&pieces.items[i], &pieces.items[at]);) {
        if (crosses(&pieces.items[i], x))
            return true;
    }
    return false;
}

static void cut(const struct kite_pdf_scratch *scratch, struct kite_pdf_pieces pieces,
                uint32_t depth)
{
    kite_cpt x = 0;

    if (depth >= DEPTH_MAX || !kite_pdf_find_gutter(scratch, pieces, FILLED_PERCENT, &x)) {
        sort_column(pieces);
        return;
    }
    qsort(pieces.items, pieces.count, sizeof *pieces.items, by_baseline);
    for (size_t from = 0, end; from < pieces.count; from = end) {
        bool is_across = row_crosses(pieces, from, x);
        struct kite_pdf_pieces band = { pieces.items + from, 0 };
        size_t left;

        for (end = from + 1; end < pieces.count && row_crosses(pieces, end, x) == is_across;)
            end++;
        band.count = end - from;
        if (is_across) {
            cut(scratch, band, DEPTH_MAX);
            continue;
        }
        left = divide(scratch, band, x);
        cut(scratch, (struct kite_pdf_pieces){ band.items, left }, depth + 1);
        cut(scratch, (struct kite_pdf_pieces){ band.items + left, band.count - left }, depth + 1);
    }
}

void kite_pdf_cut(const struct kite_pdf_scratch *scratch, struct kite_pdf_pieces pieces)
{
    cut(scratch, pieces, 0);
}
