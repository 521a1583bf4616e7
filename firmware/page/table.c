/* Tables: columns that share the width, or, where they cannot, a card for each row. */
#include "page/table.h"

#include "page/style.h"

#include <string.h>

#define ROW_PAD_PERCENT 12 /* of a body line, above and below a row's text */

/* The part of a row's text that is one cell. Spans and pieces are cut to it. */
static enum kite_status cell_text(const struct kite_text *row, uint32_t from, uint32_t to,
                                  struct kite_arena *arena, struct kite_text *out)
{
    struct kite_span *spans = kite_arena_alloc(arena, row->span_count, sizeof *spans);
    struct kite_piece *pieces = kite_arena_alloc(arena, row->piece_count, sizeof *pieces);
    size_t span_count = 0, piece_count = 0;

    if (spans == NULL || pieces == NULL)
        return KITE_E_NOMEM;
    for (size_t i = 0; i < row->span_count; i++) {
        uint32_t end = i + 1 < row->span_count ? row->spans[i + 1].offset_bytes : (uint32_t)row->text_bytes;
        if (end <= from && i + 1 < row->span_count)
            continue;
        if (row->spans[i].offset_bytes >= to && span_count != 0)
            break;
        spans[span_count] = row->spans[i];
        spans[span_count].offset_bytes = row->spans[i].offset_bytes > from ? row->spans[i].offset_bytes - from : 0;
        span_count++;
    }
    for (size_t i = 0; i < row->piece_count; i++) {
        const struct kite_piece *p = &row->pieces[i];
        if (p->offset_bytes >= from && p->offset_bytes + p->bytes <= to) {
            pieces[piece_count] = *p;
            pieces[piece_count++].offset_bytes -= from;
        }
    }
    *out = (struct kite_text){ .text = row->text + from, .text_bytes = to - from, .spans = spans,
                               .span_count = span_count, .pieces = pieces, .piece_count = piece_count };
    return KITE_OK;
}

static uint32_t cell_end(const struct kite_text *row, uint32_t from)
{
    const char *tab = from < row->text_bytes ? memchr(row->text + from, '\t', row->text_bytes - from) : NULL;
    return tab != NULL ? (uint32_t)(tab - row->text) : (uint32_t)row->text_bytes;
}

static void strip(const struct kite_text *row, uint32_t *from, uint32_t *to)
{
    while (*from < *to && row->text[*from] == ' ')
        ++*from;
    while (*to > *from && row->text[*to - 1] == ' ')
        --*to;
}

struct column_widths {
    kite_f26 unbroken[KITE_COLUMNS_MAX], part[KITE_COLUMNS_MAX];
    uint32_t count;
};

static enum kite_status measure_row(struct kite_block_context *x, const struct kite_block *b,
                                    struct kite_arena *arena, struct column_widths *w)
{
    const struct kite_text *row = &b->paragraph.text;
    uint32_t from = 0;

    for (uint32_t column = 0; column < KITE_COLUMNS_MAX && from <= row->text_bytes; column++) {
        uint32_t end = cell_end(row, from), stop = end;
        struct kite_text cell;
        struct kite_broken broken;
        struct kite_text_style style = b->style;
        kite_f26 unbroken = 0, part = 0;
        enum kite_status status;
        strip(row, &from, &stop);
        style.measure_f26 = x->column_f26;
        style.align = KITE_ALIGN_RAGGED;
        style.hang_indent_f26 = 0;
        status = cell_text(row, from, stop, arena, &cell);
        if (status == KITE_OK)
            status = kite_setter_break(x->setter, &cell, &style, arena, &broken);
        if (status != KITE_OK)
            return status;
        kite_broken_widths(&broken, &unbroken, &part);
        if (unbroken > w->unbroken[column])
            w->unbroken[column] = unbroken;
        if (part > w->part[column])
            w->part[column] = part;
        if (column + 1 > w->count)
            w->count = column + 1;
        if (end == row->text_bytes)
            break;
        from = end + 1;
    }
    return KITE_OK;
}

/* Columns that would like no more than an equal share get what they would like, so that a column of short words is not
 * broken for the sake of long ones. Returns those that did, as bits. */
static uint32_t settle_columns(const struct column_widths *w, kite_f26 room)
{
    uint32_t settled = 0, left = w->count, before;

    do {
        before = settled;
        for (uint32_t i = 0; i < w->count; i++) {
            kite_f26 others = 0;

            for (uint32_t k = 0; k < w->count; k++)
                others += k != i && !(settled & 1u << k) ? w->part[k] : 0;
            if ((settled & 1u << i) || w->unbroken[i] > room / (kite_f26)left || room - w->unbroken[i] < others)
                continue;
            settled |= 1u << i;
            room -= w->unbroken[i];
            left--;
        }
    } while (settled != before && left > 0);
    return settled;
}

/* Widths: each column its widest unbreakable part, what is left in proportion to what it would like. */
static void share_columns(struct kite_block_context *x, const struct column_widths *w)
{
    kite_f26 gap = kite_style_em(x, 1000), least = 0, wish = 0;
    kite_f26 room = x->column_f26 - gap * (kite_f26)(w->count > 0 ? w->count - 1 : 0);
    kite_f26 left = 0;
    uint32_t settled = w->count > 0 ? settle_columns(w, room) : 0;

    for (uint32_t i = 0; i < w->count; i++) {
        bool is_settled = settled & 1u << i;

        least += is_settled ? w->unbroken[i] : w->part[i];
        wish += is_settled ? 0 : w->unbroken[i] - w->part[i];
    }
    x->table_columns = w->count > 0 && least <= room ? w->count : 0;
    for (uint32_t i = 0; i < x->table_columns; i++) {
        kite_f26 extra = w->unbroken[i] - w->part[i], spare = room - least;
        bool is_whole = (settled & 1u << i) || wish <= spare;
        kite_f26 width = w->part[i] + (is_whole ? extra : (kite_f26)((int64_t)extra * spare / wish));
        x->table_left[i] = left;
        x->table_width[i] = width + 64; /* a pixel, so that rounding never breaks a fitting cell */
        left += width + gap;
    }
    x->table_f26 = left - gap < x->column_f26 ? left - gap : x->column_f26;
}

/* A paragraph, and the type of a row. */
static enum kite_status read_row(struct kite_block_context *x, uint32_t index, struct kite_arena *arena,
                                 struct kite_block *b, struct kite_fault *fault)
{
    enum kite_status status = kite_bundle_paragraph(x->bundle, x->document, index, arena, &b->paragraph, fault);

    if (status == KITE_OK)
        kite_style_block(x, &(struct kite_block_before){ .role = KITE_ROLE_COUNT }, b);
    return status;
}

#define ROWS_MEASURED 200u /* rows that share their columns; longer tables are divided, from their first row on */

/* The row that the table around `index` begins with. */
static enum kite_status find_start(struct kite_block_context *x, uint32_t index, struct kite_arena *arena,
                                   struct kite_fault *fault)
{
    struct kite_arena_mark mark = kite_arena_save(arena);
    struct kite_paragraph p;
    enum kite_status status = kite_bundle_paragraph(x->bundle, x->document, index, arena, &p, fault);

    x->table_start = index;
    while (status == KITE_OK && x->table_start > 0 && p.role != KITE_ROLE_TABLE_HEAD) {
        kite_arena_release(arena, mark);
        status = kite_bundle_paragraph(x->bundle, x->document, x->table_start - 1, arena, &p, fault);
        if (status != KITE_OK || !kite_role_is_row(p.role))
            break;
        x->table_start--;
    }
    x->table_has_head = kite_role_is_row(p.role) && p.role == KITE_ROLE_TABLE_HEAD;
    kite_arena_release(arena, mark);
    return status;
}

/* Rows from `first` on that share their columns, and the head that stands over them; *end is behind the last. */
static enum kite_status measure_rows(struct kite_block_context *x, uint32_t first, struct kite_arena *arena,
                                     struct column_widths *w, uint32_t *end, struct kite_fault *fault)
{
    struct kite_arena_mark mark = kite_arena_save(arena);
    struct kite_block b = { .kind = KITE_BLOCK_ROW };
    enum kite_status status = KITE_OK;

    if (x->table_has_head && first > x->table_start) {
        status = read_row(x, x->table_start, arena, &b, fault);
        if (status == KITE_OK)
            status = measure_row(x, &b, arena, w);
        kite_arena_release(arena, mark);
    }
    for (*end = first; status == KITE_OK && *end < x->info.paragraph_count && *end - first < ROWS_MEASURED; ++*end) {
        status = read_row(x, *end, arena, &b, fault);
        if (status != KITE_OK || !kite_role_is_row(b.paragraph.role) ||
            (*end > first && b.paragraph.role == KITE_ROLE_TABLE_HEAD))
            break;
        status = measure_row(x, &b, arena, w);
        kite_arena_release(arena, mark);
    }
    kite_arena_release(arena, mark);
    return status;
}

static enum kite_status measure_head(struct kite_block_context *x, struct kite_arena *arena, struct kite_fault *fault)
{
    struct kite_arena_mark mark = kite_arena_save(arena);
    struct kite_block head;
    enum kite_status status = kite_table_build_head(x, &head, arena, fault);

    if (status == KITE_OK)
        x->table_head_f26 = head.line_f26;
    kite_arena_release(arena, mark);
    return status;
}

enum kite_status kite_table_measure(struct kite_block_context *x, uint32_t index, struct kite_arena *arena,
                                    struct kite_fault *fault)
{
    struct column_widths w = { .count = 0 };
    uint32_t first, end;

    if (index >= x->table_first && index < x->table_end)
        return KITE_OK;
    x->table_first = x->table_end = 0;
    x->table_head_f26 = 0;

    enum kite_status status = find_start(x, index, arena, fault);

    if (status != KITE_OK)
        return status;
    first = x->table_start + (index - x->table_start) / ROWS_MEASURED * ROWS_MEASURED;
    status = measure_rows(x, first, arena, &w, &end, fault);
    if (status != KITE_OK)
        return status;
    share_columns(x, &w);
    if (x->table_has_head && x->table_columns > 0)
        status = measure_head(x, arena, fault);
    if (status != KITE_OK)
        return status;
    x->table_first = first;
    x->table_end = end > index ? end : index + 1;
    return KITE_OK;
}

enum kite_status kite_table_build_head(struct kite_block_context *x, struct kite_block *out, struct kite_arena *arena,
                                       struct kite_fault *fault)
{
    enum kite_status status;

    *out = (struct kite_block){ .kind = KITE_BLOCK_ROW };
    status = read_row(x, x->table_start, arena, out, fault);
    out->text = out->paragraph.text;
    return status == KITE_OK ? kite_table_build_cells(x, out, arena) : status;
}

enum kite_status kite_table_build_cells(struct kite_block_context *x, struct kite_block *b, struct kite_arena *arena)
{
    const struct kite_text *row = &b->paragraph.text;
    bool is_rtl = x->info.direction == KITE_DIRECTION_RTL; /* columns go with the document, whatever stands in a row */
    uint32_t from = 0, lines = 1;

    b->cells = kite_arena_alloc(arena, x->table_columns, sizeof *b->cells);
    if (b->cells == NULL)
        return KITE_E_NOMEM;
    while (b->cell_count < x->table_columns && from <= row->text_bytes) {
        struct kite_cell *cell = &b->cells[b->cell_count];
        uint32_t end = cell_end(row, from), stop = end;
        strip(row, &from, &stop);
        *cell = (struct kite_cell){ .style = b->style, .left_f26 = x->table_left[b->cell_count], .start_bytes = from };
        cell->style.measure_f26 = x->table_width[b->cell_count];
        cell->style.is_rtl = b->style.is_rtl || is_rtl;
        if (is_rtl)
            cell->left_f26 = x->column_f26 - cell->left_f26 - cell->style.measure_f26;
        cell->style.hang_indent_f26 = 0;
        if (b->paragraph.column_align[b->cell_count] == KITE_COLUMN_CENTER)
            cell->style.align = KITE_ALIGN_CENTERED;
        enum kite_status status = cell_text(row, from, stop, arena, &cell->text);
        if (status == KITE_OK)
            status = kite_setter_break(x->setter, &cell->text, &cell->style, arena, &cell->broken);
        if (status != KITE_OK)
            return status;
        if (cell->broken.line_count > lines)
            lines = (uint32_t)cell->broken.line_count;
        b->cell_count++;
        if (end == row->text_bytes)
            break;
        from = end + 1;
    }
    b->kind = KITE_BLOCK_ROW;
    b->is_whole = true;
    b->line_count = 1;
    b->cell_line_f26 = kite_style_small_line(x, b->style.size_f26);
    b->cell_top_f26 = kite_style_whole_px(b->line_f26 * ROW_PAD_PERCENT / 100);
    b->baseline_f26 = b->cell_line_f26 / 2 + kite_mul_div(b->style.size_f26, 340, 1000);
    kite_style_hold_ink(x->setter, row, &b->style, &b->cell_line_f26, &b->baseline_f26);
    b->line_f26 = b->cell_line_f26 * (kite_f26)lines + 2 * b->cell_top_f26;
    return KITE_OK;
}

/* ---- cards ------------------------------------------------------------------------------------------ */

/* A card's text in the making. */
struct card {
    struct kite_arena *arena;
    char *text;
    uint32_t bytes;
    struct kite_span *spans;
    size_t span_count;
    struct kite_block_stretch *stretches;
    size_t stretch_count;
};

static void add_stretch(struct card *card, uint32_t from_bytes, bool is_added)
{
    card->stretches[card->stretch_count++] = (struct kite_block_stretch){ card->bytes, from_bytes, is_added };
}

/* Text that is drawn only, in one style. */
static void add_drawn(struct card *card, const char *text, uint32_t bytes, const struct kite_span *span, uint32_t at)
{
    add_stretch(card, at, true);
    card->spans[card->span_count] = *span;
    card->spans[card->span_count++].offset_bytes = card->bytes;
    memcpy(card->text + card->bytes, text, bytes);
    card->bytes += bytes;
}

/* Bytes [from, to) of the row, with the spans that stand over them. */
static void add_own(struct card *card, const struct kite_text *row, uint32_t from, uint32_t to)
{
    add_stretch(card, from, false);
    for (size_t i = 0; i < row->span_count; i++) {
        uint32_t start = row->spans[i].offset_bytes;
        uint32_t end = i + 1 < row->span_count ? row->spans[i + 1].offset_bytes : (uint32_t)row->text_bytes;

        if (end <= from || start >= to)
            continue;
        card->spans[card->span_count] = row->spans[i];
        card->spans[card->span_count++].offset_bytes = card->bytes + (start > from ? start - from : 0);
    }
    memcpy(card->text + card->bytes, row->text + from, to - from);
    card->bytes += to - from;
}

#define CARD_COLUMNS_MAX KITE_COLUMNS_MAX

/* Most that a card can need: every name once, a sign and a line end a cell, spans split at every cell. */
static enum kite_status card_init(struct card *card, const struct kite_text *head, const struct kite_text *row)
{
    size_t bytes = head->text_bytes + row->text_bytes + (size_t)CARD_COLUMNS_MAX * 4 + 1;
    size_t spans = row->span_count + (size_t)CARD_COLUMNS_MAX * 4;

    card->text = kite_arena_alloc(card->arena, bytes, 1);
    card->spans = kite_arena_alloc(card->arena, spans, sizeof *card->spans);
    card->stretches = kite_arena_alloc(card->arena, (size_t)CARD_COLUMNS_MAX * 4, sizeof *card->stretches);
    return card->text && card->spans && card->stretches ? KITE_OK : KITE_E_NOMEM;
}

/* One cell: its column's name, set off, and what it holds. */
static void add_cell(struct card *card, const struct kite_text *name, const struct kite_text *row, uint32_t from,
                     uint32_t to)
{
    struct kite_span span = { .styles = KITE_STYLE_STRONG, .lang = name->span_count ? name->spans[0].lang : 0 };
    struct kite_span plain = { .lang = span.lang };

    if (card->bytes > 0)
        add_drawn(card, "\n", 1, &plain, from);
    if (name->text_bytes > 0) {
        add_drawn(card, name->text, (uint32_t)name->text_bytes, &span, from);
        add_drawn(card, ": ", 2, &span, from);
        card->spans[card->span_count - 1].styles = 0; /* the sign is no part of the name */
    }
    if (to > from)
        add_own(card, row, from, to);
}

/* The n-th cell of a row, cut out; false behind the last. */
static bool next_cell(const struct kite_text *row, uint32_t *at, uint32_t *from, uint32_t *to)
{
    if (*at > row->text_bytes)
        return false;

    uint32_t end = cell_end(row, *at);

    *from = *at;
    *to = end;
    strip(row, from, to);
    *at = end + 1;
    return true;
}

/* A note's mark in a name stands in the head, not in every card. */
static void cut_at_note(struct kite_text *name)
{
    for (size_t i = 0; i + 3 <= name->text_bytes; i++)
        if (memcmp(name->text + i, "\xEF\xBF\xBC", 3) == 0)
            name->text_bytes = i;
}

enum kite_status kite_table_build_card(struct kite_block_context *x, struct kite_block *b, struct kite_arena *arena,
                                       struct kite_fault *fault)
{
    struct card card = { .arena = arena };
    struct kite_paragraph head = { .role = KITE_ROLE_COUNT };
    const struct kite_text *row = &b->paragraph.text;
    uint32_t at = 0, head_at = 0, from, to;
    enum kite_status status = KITE_OK;

    if (x->table_has_head && b->paragraph.role == KITE_ROLE_TABLE_ROW)
        status = kite_bundle_paragraph(x->bundle, x->document, x->table_start, arena, &head, fault);
    if (status == KITE_OK)
        status = card_init(&card, &head.text, row);
    if (status)
        return status;
    for (uint32_t column = 0; column < CARD_COLUMNS_MAX && next_cell(row, &at, &from, &to); column++) {
        uint32_t name_from = 0, name_to = 0;
        struct kite_text name = { .spans = head.text.spans, .span_count = head.text.span_count };

        if (head.text.text_bytes > 0 && next_cell(&head.text, &head_at, &name_from, &name_to)) {
            name.text = head.text.text + name_from;
            name.text_bytes = name_to - name_from;
            cut_at_note(&name);
        }
        if (column + 1 == CARD_COLUMNS_MAX)
            to = (uint32_t)row->text_bytes; /* nothing of a row is lost */
        if (from < to)
            add_cell(&card, &name, row, from, to);
    }
    if (card.span_count == 0)
        card.spans[card.span_count++] = (struct kite_span){ .lang = row->span_count ? row->spans[0].lang : 0 };
    b->text = (struct kite_text){ .text = card.text, .text_bytes = card.bytes, .spans = card.spans,
                                  .span_count = card.span_count };
    b->stretches = card.stretches;
    b->stretch_count = card.stretch_count;
    return KITE_OK;
}
