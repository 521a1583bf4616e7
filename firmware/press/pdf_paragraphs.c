/* Rows to paragraphs: by gaps, indents, lines that end early, marks of lists, size and weight; notes at the foot of columns; tables and what is
 * typewritten line by line; and paragraphs that go on in the next column or page put together. */
#include "press/pdf.h"

#include <string.h>
#include <utf8proc.h>

#define GAP_PERCENT 128        /* of the usual leading: more is a gap between paragraphs */
#define INDENT_PERCENT 70      /* of a size begins a paragraph */
#define INDENT_MAX_PERCENT 600
#define SIZE_PERCENT 107       /* a change of size of more than this begins a paragraph */
#define NOTE_SIZE_PERCENT 94   /* of the text's size at most are notes */
#define CELL_GAP_PERCENT 180   /* of a size stand between the cells of a table */
#define LEADING_STEPS 80u      /* of 5 % of a size */
#define LEADING_STEP_MIN 17    /* 85 % */
#define LEADING_ROWS_MIN 2u
#define LEADING_SHARE 4u
#define LEADING_USUAL_PERCENT 130
#define INDENTS_MIN 3u
#define SIZES_MAX 400u         /* of half a point */
#define TABLE_ROWS_MIN 3u
#define FIGURE_CPT_MIN 3000    /* smaller pictures are signs */
#define FIGURE_PERCENT_MAX 60  /* of a page; larger ones lie behind its text */
#define FIGURE_GAP_CPT 200     /* between the pieces of one */
#define PICTURES_MAX 400u
#define MONO_PERCENT 80u       /* of the characters: the whole is typewritten */

/* ---- characters ------------------------------------------------------------------------------------------------------ */

uint32_t kite_pdf_last_char(const struct kite_pdf_row *row)
{
    const struct kite_pdf_line *part = row->parts[row->part_count - 1];
    size_t at = part->bytes, used;

    while (at > 0 && ((uint8_t)part->text[--at] & 0xc0) == 0x80)
        ;
    return part->bytes ? kite_utf8_decode(part->text + at, part->bytes - at, &used) : 0;
}

uint32_t kite_pdf_first_char(const struct kite_pdf_row *row)
{
    size_t used;

    return row->parts[0]->bytes ? kite_utf8_decode(row->parts[0]->text, row->parts[0]->bytes, &used) : 0;
}

static bool ends_sentence(const struct kite_pdf_row *row)
{
    uint32_t c = kite_pdf_last_char(row);

    return c == '.' || c == '!' || c == '?' || c == ':' || c == '"' || c == 0x201d || c == ')' || c == 0x2026 || c == 0xbb;
}

static bool ends_in_hyphen(const struct kite_pdf_row *row)
{
    uint32_t c = kite_pdf_last_char(row);

    return c == '-' || c == 0xad || c == 0x2010;
}

static bool begins_small(const struct kite_pdf_row *row)
{
    return utf8proc_category((utf8proc_int32_t)kite_pdf_first_char(row)) == UTF8PROC_CATEGORY_LL;
}

/* ---- marks ------------------------------------------------------------------------------------------------------------- */

static size_t with_space(const struct kite_pdf_line *part, size_t bytes)
{
    return bytes < part->bytes && part->text[bytes] == ' ' ? bytes + 1 : bytes;
}

size_t kite_pdf_item_mark(const struct kite_pdf_row *row, uint32_t *ordinal)
{
    static const uint32_t bullets[] = { 0x2022, 0x25cf, 0x25aa, 0x25e6, 0x2023, 0x25cb, 0x2043, 0x25a0, 0x25a1, 0x2219, 0xb7, 0x27a2, 0xf0b7, 0xf0a7 };
    const struct kite_pdf_line *part = row->parts[0];
    size_t used = 0, digits = 0;
    uint32_t first = kite_utf8_decode(part->text, part->bytes, &used);
    bool is_alone = used == part->bytes && row->part_count > 1, is_set_off = is_alone || (used < part->bytes && part->text[used] == ' ');

    *ordinal = 0;
    for (size_t i = 0; i < sizeof bullets / sizeof *bullets; i++) {
        if (first == bullets[i] && (is_set_off || first != 0xb7))
            return with_space(part, used);
    }
    if ((first == '*' || first == '-' || first == 0x2013) && is_set_off)
        return with_space(part, used);
    while (digits < part->bytes && digits < 3 && part->text[digits] >= '0' && part->text[digits] <= '9')
        *ordinal = *ordinal * 10 + (uint32_t)(part->text[digits++] - '0');
    if (digits > 0 && *ordinal > 0 && digits < part->bytes && (part->text[digits] == '.' || part->text[digits] == ')') &&
        (digits + 1 == part->bytes ? row->part_count > 1 : part->text[digits + 1] == ' '))
        return with_space(part, digits + 1);
    *ordinal = 0;
    return 0;
}

size_t kite_pdf_note_mark(const struct kite_pdf_row *row)
{
    const struct kite_pdf_line *part = row->parts[0];
    size_t digits = 0, used;
    uint32_t first = kite_utf8_decode(part->text, part->bytes, &used);
    bool is_raised = part->spans[0].flags & KITE_PDF_RAISED;

    if (first == '*' || first == 0x2217 || first == 0x2020 || first == 0x2021 || first == 0xa7)
        return used;
    while (digits < part->bytes && digits < 4 && part->text[digits] >= '0' && part->text[digits] <= '9')
        digits++;
    if (digits == 0 || digits > 3)
        return 0;
    if (is_raised || digits == part->bytes || part->text[digits] == ' ' || part->text[digits] == '.')
        return digits;
    return 0;
}

/* ---- what most of the document looks like --------------------------------------------------------------------------- */

/* Characters by their size, but for typewritten ones where these are not the text. */
static void count_sizes(const struct kite_pdf_flow *flow, const struct kite_pdf_row *row, uint32_t chars[SIZES_MAX])
{
    uint32_t step = (uint32_t)row->size / 50;

    step = step < SIZES_MAX ? step : SIZES_MAX - 1;
    for (uint32_t i = 0; i < row->part_count; i++) {
        const struct kite_pdf_line *part = row->parts[i];

        for (uint32_t s = 0; s < part->span_count; s++) {
            uint32_t end = s + 1 < part->span_count ? part->spans[s + 1].offset_bytes : part->bytes;

            chars[step] += part->spans[s].flags & ~flow->body_flags & KITE_PDF_MONO ? 0 : end - part->spans[s].offset_bytes;
        }
    }
}

/* Programs and tables may outweigh the text around them: typewritten rows count only where there is little else. */
static void measure_body(struct kite_pdf_flow *flow)
{
    uint32_t chars[SIZES_MAX] = { 0 }, best = 0, bold = 0, italic = 0, mono = 0, all = 0;

    for (size_t i = 0; i < flow->row_count; i++) {
        const struct kite_pdf_row *row = &flow->rows[i];

        all += row->chars;
        bold += row->common & KITE_PDF_BOLD ? row->chars : 0;
        italic += row->common & KITE_PDF_ITALIC ? row->chars : 0;
        mono += row->common & KITE_PDF_MONO ? row->chars : 0;
    }
    flow->body_flags = (bold * 2 > all ? KITE_PDF_BOLD : 0) | (italic * 2 > all ? KITE_PDF_ITALIC : 0) |
                       ((uint64_t)mono * 100 > (uint64_t)all * MONO_PERCENT ? KITE_PDF_MONO : 0);
    for (size_t i = 0; i < flow->row_count; i++)
        count_sizes(flow, &flow->rows[i], chars);
    for (uint32_t i = 0; i < SIZES_MAX; i++)
        best = chars[i] > chars[best] ? i : best;
    flow->body_size = 0;
    for (size_t i = 0; i < flow->row_count && flow->body_size == 0; i++) {
        if ((uint32_t)flow->rows[i].size / 50 == best)
            flow->body_size = flow->rows[i].size;
    }
    flow->body_size = flow->body_size ? flow->body_size : 1000;
}

/* From foot to foot of rows of the text's size, at most: the closest that many rows have, as those of short paragraphs stand further apart. */
static void measure_leading(struct kite_pdf_flow *flow)
{
    uint32_t counts[LEADING_STEPS] = { 0 }, most = 0;

    for (size_t i = 0; i + 1 < flow->row_count; i++) {
        const struct kite_pdf_row *a = &flow->rows[i], *b = a + 1;
        int64_t step = ((int64_t)b->baseline - a->baseline) * 20 / flow->body_size;

        if (a->column == b->column && a->size / 50 == flow->body_size / 50 && b->size / 50 == a->size / 50 && step >= LEADING_STEP_MIN &&
            step < (int64_t)LEADING_STEPS)
            counts[step]++;
    }
    for (uint32_t i = 0; i < LEADING_STEPS; i++)
        most = counts[i] > most ? counts[i] : most;
    flow->leading_percent = LEADING_USUAL_PERCENT;
    for (uint32_t i = 0; i < LEADING_STEPS; i++) {
        if (counts[i] >= LEADING_ROWS_MIN && counts[i] * LEADING_SHARE >= most) {
            flow->leading_percent = (int32_t)(i + 1) * 5;
            return;
        }
    }
}

/* ---- where a paragraph begins ---------------------------------------------------------------------------------------- */

static bool is_of_another_size(kite_cpt a, kite_cpt b)
{
    return (int64_t)a * 100 > (int64_t)b * SIZE_PERCENT || (int64_t)b * 100 > (int64_t)a * SIZE_PERCENT;
}

static bool is_mono(const struct kite_pdf_flow *flow, const struct kite_pdf_row *row)
{
    return row->common & KITE_PDF_MONO && !(flow->body_flags & KITE_PDF_MONO);
}

/* The next row's first word had room on this one, so the line was ended on purpose. */
static bool ends_early(const struct kite_pdf_flow *flow, const struct kite_pdf_row *row, const struct kite_pdf_row *next)
{
    const struct kite_pdf_column *column = &flow->columns[row->column];

    return column->has_measure && (int64_t)row->right + next->first_word + row->size * 5 / 4 < column->right;
}

/* Well within the width of its column. */
static bool is_short(const struct kite_pdf_flow *flow, const struct kite_pdf_row *row)
{
    const struct kite_pdf_column *column = &flow->columns[row->column];

    return ((int64_t)row->right - column->left) * 10 < ((int64_t)column->right - column->left) * 7;
}

static bool is_set_in(const struct kite_pdf_row *row, kite_cpt from)
{
    int64_t by = ((int64_t)row->left - from) * 100;

    return by >= (int64_t)row->size * INDENT_PERCENT && by <= (int64_t)row->size * INDENT_MAX_PERCENT;
}

/* Rows that hang: the first stands further out, and the next one stands as far in as this. */
static bool hangs(const struct kite_pdf_flow *flow, const struct kite_pdf_paragraph *p, size_t at)
{
    const struct kite_pdf_row *row = &flow->rows[at];
    uint32_t ordinal;

    if (p->row_count > 1) {
        kite_cpt first = flow->rows[p->first_row].left, second = flow->rows[p->first_row + 1].left;

        return is_set_in(&flow->rows[p->first_row + 1], first) && second <= row->left + row->size / 4;
    }
    if (kite_pdf_item_mark(&flow->rows[p->first_row], &ordinal) > 0 || kite_pdf_first_char(&flow->rows[p->first_row]) == '[')
        return true;
    return at + 1 < flow->row_count && row[1].column == row->column && row[1].left >= row->left - row->size / 4 &&
           row[1].left <= row->left + row->size / 4 && !ends_early(flow, row - 1, row);
}

/* Set in as the only row of the paragraph before it is, and what comes next is not: both begin one. */
static bool is_set_in_again(const struct kite_pdf_flow *flow, const struct kite_pdf_paragraph *p, size_t at)
{
    const struct kite_pdf_row *row = &flow->rows[at], *before = row - 1;
    const struct kite_pdf_column *column = &flow->columns[row->column];
    int64_t apart = (int64_t)row->left - before->left;

    if (p->row_count > 1 || !is_set_in(row, column->left) || apart > row->size / 4 || apart < -row->size / 4)
        return false;
    if (at + 1 < flow->row_count && row[1].column == row->column)
        return row[1].left <= column->left + row->size / 4;
    return ends_sentence(before);
}

/* Does the row at `at` begin a paragraph, p being the one in hand, of the same column? */
static bool begins(const struct kite_pdf_flow *flow, const struct kite_pdf_paragraph *p, size_t at)
{
    const struct kite_pdf_row *row = &flow->rows[at], *before = row - 1, *first = &flow->rows[p->first_row];
    int64_t down = (int64_t)row->baseline - before->baseline;
    int64_t usual = (int64_t)(row->size > before->size ? row->size : before->size) * flow->leading_percent / 100;
    uint32_t ordinal;

    if (is_of_another_size(row->size, before->size))
        return true;
    if (is_mono(flow, row) != is_mono(flow, before) && (ends_early(flow, before, row) || row->left != before->left))
        return true;
    if (down * 100 > usual * GAP_PERCENT)
        return true;
    if ((row->common ^ before->common) & ~flow->body_flags & KITE_PDF_BOLD && (ends_early(flow, before, row) || is_short(flow, before)))
        return true; /* a heading, or what stands under one */
    if (kite_pdf_item_mark(row, &ordinal) > 0 && (ends_early(flow, before, row) || ends_sentence(before) || row->left <= first->left))
        return true;
    if (ends_early(flow, before, row) && !ends_in_hyphen(before))
        return true;
    if ((is_set_in(row, before->left) && !hangs(flow, p, at)) || is_set_in_again(flow, p, at))
        return true;
    /* Further out than where the paragraph goes on. */
    return p->row_count > 1 && (int64_t)(before->left - row->left) * 100 > (int64_t)row->size * INDENT_PERCENT;
}

/* ---- tables ------------------------------------------------------------------------------------------------------------ */

static bool is_cell_gap(const struct kite_pdf_row *row, uint32_t part)
{
    return ((int64_t)row->parts[part]->left - row->parts[part - 1]->right) * 100 >= (int64_t)row->size * CELL_GAP_PERCENT;
}

static uint32_t cells_of(const struct kite_pdf_row *row)
{
    uint32_t cells = 1, ordinal;

    if (row->part_count < 2)
        return 1;
    for (uint32_t i = kite_pdf_item_mark(row, &ordinal) > 0 ? 2 : 1; i < row->part_count; i++)
        cells += is_cell_gap(row, i);
    return cells;
}

/* A cell of this row begins, or ends, where one of the other does. */
static bool is_aligned(const struct kite_pdf_row *a, const struct kite_pdf_row *b)
{
    for (uint32_t i = 1; i < a->part_count; i++) {
        for (uint32_t k = 1; k < b->part_count && is_cell_gap(a, i); k++) {
            int64_t left = (int64_t)a->parts[i]->left - b->parts[k]->left, right = (int64_t)a->parts[i]->right - b->parts[k]->right;
            int64_t near = a->size / 2;

            if ((left < near && left > -near) || (right < near && right > -near))
                return true;
        }
    }
    return false;
}

/* How many rows from `at` on are a table. */
static uint32_t table_rows(const struct kite_pdf_flow *flow, size_t at, size_t end)
{
    size_t last = at, i = at + 1;
    uint32_t rows = 1;

    if (cells_of(&flow->rows[at]) < 2)
        return 0;
    for (; i < end && i - last <= 2; i++) {
        const struct kite_pdf_row *row = &flow->rows[i], *of_table = &flow->rows[last];

        if ((int64_t)row->baseline - of_table->baseline > (int64_t)row->size * 4)
            break;
        if (cells_of(row) < 2 || !is_aligned(of_table, row))
            continue;
        last = i;
        rows++;
    }
    return rows >= TABLE_ROWS_MIN ? (uint32_t)(last - at + 1) : 0;
}

/* ---- contents ------------------------------------------------------------------------------------------------------------ */

/* Dots, and a page number behind them. */
static bool is_contents_row(const struct kite_pdf_row *row)
{
    const struct kite_pdf_line *last = row->parts[row->part_count - 1];
    uint32_t dots = 0, digits = 0;
    bool is_tail = true;

    for (size_t i = last->bytes; i-- > 0 && is_tail;) {
        char c = last->text[i];

        is_tail = (c >= '0' && c <= '9') || c == ' ' || c == 'i' || c == 'v' || c == 'x';
        digits += is_tail && c != ' ';
    }
    for (uint32_t p = 0; p < row->part_count; p++) {
        for (size_t i = 0; i < row->parts[p]->bytes; i++)
            dots += row->parts[p]->text[i] == '.';
    }
    return dots >= 5 && digits > 0 && digits < 6;
}

/* Without dots, but among such rows: a chapter of a list of contents. */
static bool is_bare_contents_row(const struct kite_pdf_flow *flow, size_t at, size_t first, size_t end)
{
    const struct kite_pdf_row *row = &flow->rows[at];
    const struct kite_pdf_line *last = row->parts[row->part_count - 1];
    size_t from = at > first + 4 ? at - 4 : first;

    for (size_t i = 0; i < last->bytes; i++) {
        if (last->text[i] < '0' || last->text[i] > '9')
            return false;
    }
    if (row->part_count < 2 || last->bytes > 4 || !is_cell_gap(row, row->part_count - 1))
        return false;
    for (size_t i = from; i < end && i <= at + 4; i++) {
        if (is_contents_row(&flow->rows[i]) && flow->rows[i].right - row->right < row->size && row->right - flow->rows[i].right < row->size)
            return true;
    }
    return false;
}

/* ---- columns --------------------------------------------------------------------------------------------------------------- */

enum kite_status kite_pdf_add_paragraph(struct kite_pdf_flow *flow, const struct kite_pdf_paragraph *paragraph)
{
    void *paragraphs = flow->paragraphs;
    enum kite_status status =
        kite_arena_grow(flow->arena, &paragraphs, &flow->paragraph_capacity, flow->paragraph_count + 1, sizeof *flow->paragraphs);

    flow->paragraphs = paragraphs;
    if (status == KITE_OK)
        flow->paragraphs[flow->paragraph_count++] = *paragraph;
    return status;
}

/* Where the notes at the foot of a column begin. */
static size_t notes_begin(const struct kite_pdf_flow *flow, const struct kite_pdf_column *column)
{
    size_t first = column->first_row, end = first + column->row_count, at = end, notes = end;

    while (at > first && (int64_t)flow->rows[at - 1].size * 100 <= (int64_t)flow->body_size * NOTE_SIZE_PERCENT) {
        at--;
        if (kite_pdf_note_mark(&flow->rows[at]) > 0)
            notes = at;
    }
    return notes;
}

static enum kite_status add_notes(struct kite_pdf_flow *flow, size_t from, size_t end)
{
    enum kite_status status = KITE_OK;

    for (size_t to; from < end && status == KITE_OK; from = to) {
        struct kite_pdf_paragraph note = { .kind = KITE_PDF_NOTE, .first_row = (uint32_t)from, .page = flow->rows[from].page };

        note.mark_bytes = (uint32_t)kite_pdf_note_mark(&flow->rows[from]);
        for (to = from + 1; to < end; to++) {
            const struct kite_pdf_row *row = &flow->rows[to];
            size_t mark = kite_pdf_note_mark(row);

            if (mark > 0 && (row->parts[0]->spans[0].flags & KITE_PDF_RAISED || row->left >= flow->rows[from].left - row->size / 2))
                break;
        }
        note.row_count = (uint32_t)(to - from);
        status = kite_pdf_add_paragraph(flow, &note);
    }
    return status;
}

static uint32_t mono_rows(const struct kite_pdf_flow *flow, size_t at, size_t end)
{
    uint32_t rows = 0;

    while (at + rows < end && is_mono(flow, &flow->rows[at + rows]) &&
           (rows == 0 || flow->rows[at + rows].baseline - flow->rows[at + rows - 1].baseline <= flow->rows[at].size * 3))
        rows++;
    return rows;
}

static uint32_t text_rows(const struct kite_pdf_flow *flow, const struct kite_pdf_paragraph *begun, size_t end)
{
    struct kite_pdf_paragraph p = *begun;
    size_t at = p.first_row;

    while (at + p.row_count < end && !begins(flow, &p, at + p.row_count) && !is_contents_row(&flow->rows[at + p.row_count]) &&
           table_rows(flow, at + p.row_count, end) == 0)
        p.row_count++;
    return p.row_count;
}

/* One paragraph from `at` on. */
static enum kite_status add_next(struct kite_pdf_flow *flow, size_t at, size_t end, size_t *next)
{
    struct kite_pdf_paragraph p = { .first_row = (uint32_t)at, .row_count = 1, .page = flow->rows[at].page };
    uint32_t table = table_rows(flow, at, end), mono = mono_rows(flow, at, end), text = table > 0 ? 0 : text_rows(flow, &p, end);

    if (is_contents_row(&flow->rows[at]) || is_bare_contents_row(flow, at, flow->columns[flow->rows[at].column].first_row, end)) {
        p.kind = KITE_PDF_CONTENTS;
    } else if (table > 0 || mono >= text) { /* a typewritten line may stand in running text */
        p.kind = KITE_PDF_LINES;
        p.row_count = table > 0 ? table : mono;
    } else {
        p.row_count = text;
    }
    *next = at + p.row_count;
    return kite_pdf_add_paragraph(flow, &p);
}

static enum kite_status add_column(struct kite_pdf_flow *flow, const struct kite_pdf_column *column)
{
    size_t at = column->first_row, end = at + column->row_count, notes = notes_begin(flow, column);
    enum kite_status status = KITE_OK;

    while (at < notes && status == KITE_OK)
        status = add_next(flow, at, notes, &at);
    return status ? status : add_notes(flow, notes, end);
}

/* ---- over columns and pages -------------------------------------------------------------------------------------------------- */

static bool is_running(const struct kite_pdf_flow *flow, const struct kite_pdf_paragraph *p)
{
    return p->kind == KITE_PDF_TEXT && p->row_count > 0 && !is_of_another_size(flow->rows[p->first_row].size, flow->body_size);
}

/* Are paragraphs told by an indent rather than by a gap? Columns begin with either. */
static void measure_indents(struct kite_pdf_flow *flow)
{
    uint32_t with = 0, all = 0;

    for (size_t i = 0; i < flow->paragraph_count; i++) {
        const struct kite_pdf_paragraph *p = &flow->paragraphs[i];
        const struct kite_pdf_row *first;
        const struct kite_pdf_column *column;

        if (p->row_count < 2 || !is_running(flow, p)) /* one without rows is a picture */
            continue;
        first = &flow->rows[p->first_row];
        column = &flow->columns[first->column];
        if (column->first_row == p->first_row)
            continue;
        all++;
        with += is_set_in(first, column->left) && first[1].left <= column->left + first->size / 4;
    }
    flow->has_indents = with >= INDENTS_MIN && with * 2 > all;
}

/* Does b, in a later column, go on with a? */
static bool goes_on(const struct kite_pdf_flow *flow, const struct kite_pdf_paragraph *a, const struct kite_pdf_paragraph *b)
{
    const struct kite_pdf_row *end = &flow->rows[a->first_row + a->row_count - 1], *row = &flow->rows[b->first_row];
    const struct kite_pdf_column *column = &flow->columns[row->column];
    uint32_t ordinal;

    if (end->column == row->column || row->page - end->page > 1 || is_of_another_size(end->size, row->size) ||
        kite_pdf_item_mark(row, &ordinal) > 0 || (row->common & ~end->common & KITE_PDF_BOLD))
        return false;
    if (ends_in_hyphen(end) || (begins_small(row) && !ends_sentence(end)))
        return true;
    if (begins_small(row) && !ends_early(flow, end, row))
        return true;
    if (ends_early(flow, end, row) || is_set_in(row, column->left))
        return false;
    if (flow->has_indents && column->has_measure)
        return true;
    return !ends_sentence(end) && (a->row_count > 1 || a->is_joined) && b->row_count > 1;
}

/* A table or program that stands behind text of its column ends that text; at the head of a column it may have been moved there. */
static bool ends_text(const struct kite_pdf_flow *flow, const struct kite_pdf_paragraph *p)
{
    return (p->kind == KITE_PDF_LINES || p->kind == KITE_PDF_CONTENTS) && flow->columns[flow->rows[p->first_row].column].first_row != p->first_row;
}

/* Put what goes on behind notes, pictures and tables to where it began. */
static void join(struct kite_pdf_flow *flow)
{
    struct kite_pdf_paragraph *open = NULL;

    for (size_t i = 0; i < flow->paragraph_count; i++) {
        struct kite_pdf_paragraph *p = &flow->paragraphs[i];

        open = ends_text(flow, p) ? NULL : open;
        if (!is_running(flow, p))
            continue;
        if (open && goes_on(flow, open, p)) {
            open->more = (uint32_t)i + 1;
            p->is_joined = true;
        }
        open = p;
    }
}

/* ---- figures ------------------------------------------------------------------------------------------------------------------ */

static bool touches(const struct kite_pdf_box *a, const struct kite_pdf_box *b)
{
    return a->left <= b->right + FIGURE_GAP_CPT && b->left <= a->right + FIGURE_GAP_CPT && a->top <= b->bottom + FIGURE_GAP_CPT &&
           b->top <= a->bottom + FIGURE_GAP_CPT;
}

/* Pictures in pieces become one. */
static void join_pictures(struct kite_pdf_page *page)
{
    size_t count = page->picture_count < PICTURES_MAX ? page->picture_count : 0; /* more are a pattern */

    for (size_t i = 0; i < count; i++) {
        for (size_t k = i + 1; k < count; k++) {
            struct kite_pdf_box *a = &page->pictures[i], *b = &page->pictures[k];

            if (!touches(a, b))
                continue;
            *a = (struct kite_pdf_box){ b->left < a->left ? b->left : a->left, b->top < a->top ? b->top : a->top,
                                        b->right > a->right ? b->right : a->right, b->bottom > a->bottom ? b->bottom : a->bottom };
            *b = page->pictures[--count];
            k = i; /* what it has grown to may touch others */
        }
    }
    page->picture_count = count;
}

/* Large enough to show something, and not what lies behind the whole page. */
static bool is_figure(const struct kite_pdf_page *page, const struct kite_pdf_box *box)
{
    int64_t width = (int64_t)box->right - box->left, height = (int64_t)box->bottom - box->top;

    return width >= FIGURE_CPT_MIN && height >= FIGURE_CPT_MIN && box->right > 0 && box->bottom > 0 && box->left < page->width &&
           box->top < page->height && width * height / 100 < (int64_t)page->width * page->height / 100 * FIGURE_PERCENT_MAX / 100;
}

/* In front of the first paragraph of its column that begins below the figure's middle; behind the page's last when there is none. */
static size_t place_of_figure(const struct kite_pdf_flow *flow, size_t first, const struct kite_pdf_box *box)
{
    kite_cpt middle = box->top + (box->bottom - box->top) / 2;
    size_t at = first;

    for (; at < flow->paragraph_count; at++) {
        const struct kite_pdf_row *row = &flow->rows[flow->paragraphs[at].first_row];

        if (flow->paragraphs[at].kind == KITE_PDF_NOTE)
            return at;
        if (flow->paragraphs[at].row_count > 0 && row->baseline > middle && row->left < box->right && row->right > box->left)
            return at;
    }
    return at;
}

/* The figures of a page whose paragraphs begin at `first` and end the list. */
static enum kite_status add_figures(struct kite_pdf_flow *flow, uint32_t number, size_t first)
{
    struct kite_pdf_page *page = &flow->pages[number];
    enum kite_status status = KITE_OK;

    join_pictures(page);
    for (size_t i = 0; i < page->picture_count && status == KITE_OK; i++) {
        struct kite_pdf_paragraph figure = { .kind = KITE_PDF_PICTURE, .page = number, .box = page->pictures[i] };
        size_t at = place_of_figure(flow, first, &figure.box);

        if (!is_figure(page, &figure.box))
            continue;
        status = kite_pdf_add_paragraph(flow, &figure);
        if (status == KITE_OK) {
            memmove(flow->paragraphs + at + 1, flow->paragraphs + at, (flow->paragraph_count - 1 - at) * sizeof figure);
            flow->paragraphs[at] = figure;
        }
    }
    return status;
}

enum kite_status kite_pdf_make_paragraphs(struct kite_pdf_flow *flow)
{
    enum kite_status status = KITE_OK;
    size_t column = 0;

    measure_body(flow);
    measure_leading(flow);
    for (uint32_t page = 0; page < flow->page_count && status == KITE_OK; page++) {
        struct kite_pdf_paragraph picture = { .kind = KITE_PDF_PICTURE, .page = page };
        size_t first = flow->paragraph_count;

        if (flow->is_picture[page])
            status = kite_pdf_add_paragraph(flow, &picture);
        for (; column < flow->column_count && flow->columns[column].page == page && status == KITE_OK; column++)
            status = add_column(flow, &flow->columns[column]);
        if (status == KITE_OK && !flow->is_picture[page])
            status = add_figures(flow, page, first);
    }
    measure_indents(flow);
    if (status == KITE_OK)
        join(flow);
    return status ? kite_fail(flow->draft->fault, status, "no memory for paragraphs") : KITE_OK;
}
