/* Tables: rows of cells, or, where a table only arranges things on a screen, the paragraphs that stand in it. */
#include "press/markup.h"

#include <stdlib.h>
#include <string.h>

#define SPAN_MAX 16u

#define ROWS_MAX 65534

static uint32_t span_of(const struct kite_node *cell)
{
    const char *text = kite_node_attribute(cell, "colspan");
    long span = text ? strtol(text, NULL, 10) : 1;

    return span < 1 ? 1 : span > (long)SPAN_MAX ? SPAN_MAX : (uint32_t)span;
}

/* Rows below the cell's own that it reaches into. */
static uint32_t rows_below(const struct kite_node *cell)
{
    const char *text = kite_node_attribute(cell, "rowspan");
    char *end = NULL;
    long rows = text ? strtol(text, &end, 10) : 1;

    if (end == text && text) /* no number */
        return 0;
    return rows == 0 ? ROWS_MAX : rows < 1 ? 0 : rows > ROWS_MAX ? ROWS_MAX : (uint32_t)rows - 1; /* 0: all that follow */
}

static bool is_cell(const struct kite_node *node)
{
    return kite_node_is(node, "td") || kite_node_is(node, "th");
}

/* Of each column, how many more rows a cell above takes up; all zero above the first row. */
struct reach {
    uint32_t rows[KITE_COLUMNS_MAX];
};

/* Columns that cells above take up from here on; they are counted on. */
static uint32_t taken_at(struct reach *reach, uint32_t column)
{
    uint32_t count = 0;

    for (; column < KITE_COLUMNS_MAX && reach->rows[column] > 0; column++) {
        reach->rows[column]--;
        count++;
    }
    return count;
}

static void reach_down(struct reach *reach, uint32_t column, const struct kite_node *cell)
{
    for (uint32_t i = column; i < column + span_of(cell) && i < KITE_COLUMNS_MAX; i++)
        reach->rows[i] = rows_below(cell);
}

static uint32_t columns_of(const struct kite_node *row, struct reach *reach)
{
    uint32_t columns = taken_at(reach, 0);

    for (const struct kite_node *cell = row->first; cell; cell = cell->next) {
        if (!is_cell(cell))
            continue;
        reach_down(reach, columns, cell);
        columns += span_of(cell);
        columns += taken_at(reach, columns);
    }
    return columns;
}

/* The next row of this table, not of one inside it. */
static struct kite_node *next_row(const struct kite_node *table, const struct kite_node *after)
{
    struct kite_node *node = kite_node_step(after, table, after == table);

    while (node && !kite_node_is(node, "tr"))
        node = kite_node_step(node, table, !kite_node_is(node, "table"));
    return node;
}

static unsigned heads_of(const struct kite_node *table)
{
    unsigned count = 0;

    for (const struct kite_node *node = table->first; node; node = kite_node_step(node, table, true))
        count += kite_node_is(node, "th");
    return count;
}

static uint32_t columns_of_all(const struct kite_node *table)
{
    struct reach reach = { { 0 } };
    uint32_t most = 0;

    for (const struct kite_node *row = next_row(table, table); row; row = next_row(table, row)) {
        uint32_t columns = columns_of(row, &reach);

        most = columns > most ? columns : most;
    }
    return most;
}

/* One that holds tables, headings, lists or pictures, or has one column, arranges; one that says what its columns are is a table. */
static bool only_arranges(const struct kite_node *table)
{
    static const char *const blocks[] = { "table", "h1", "h2", "h3", "h4", "ul", "ol", "img", "form", "blockquote" };
    const char *role = kite_node_attribute(table, "role");

    if (role && (strcmp(role, "presentation") == 0 || strcmp(role, "none") == 0))
        return true;
    if (heads_of(table) > 1)
        return false;
    for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++) {
        if (kite_node_find(table, blocks[i]))
            return true;
    }
    return columns_of_all(table) < 2;
}

static uint8_t align_of(const struct kite_node *cell)
{
    const char *align = kite_node_attribute(cell, "align"), *style = kite_node_attribute(cell, "style");

    if ((align && strcmp(align, "right") == 0) || (style && strstr(style, "text-align: right")) || (style && strstr(style, "text-align:right")))
        return KITE_COLUMN_END;
    if ((align && strcmp(align, "center") == 0) || (style && strstr(style, "text-align: center")) ||
        (style && strstr(style, "text-align:center")))
        return KITE_COLUMN_CENTER;
    return KITE_COLUMN_START;
}

/* Heads of columns: a row that holds nothing else. */
static bool is_head(const struct kite_node *row)
{
    bool has_head = false;

    if (kite_node_is(row->parent, "thead"))
        return true;
    for (const struct kite_node *cell = row->first; cell; cell = cell->next) {
        if (kite_node_is(cell, "td"))
            return false;
        has_head = has_head || kite_node_is(cell, "th");
    }
    return has_head;
}

/* Each column's, by the last row that has a cell of its own there: heads often stand in the middle above numbers that don't. */
static void take_alignment(const struct kite_node *row, struct kite_draft_paragraph *table, struct reach *reach)
{
    uint32_t column = taken_at(reach, 0);

    for (const struct kite_node *cell = row->first; cell && column < table->paragraph.column_count; cell = cell->next) {
        if (!is_cell(cell))
            continue;
        if (span_of(cell) == 1)
            table->paragraph.column_align[column] = align_of(cell);
        reach_down(reach, column, cell);
        column += span_of(cell);
        column += taken_at(reach, column);
    }
}

static bool is_empty_row(const struct kite_text *text)
{
    size_t i = 0;

    while (i < text->text_bytes && text->text[i] == '\t')
        i++;
    return i == text->text_bytes;
}

static void add_cell(struct kite_markup *m, struct kite_node *cell, bool is_heavy)
{
    uint32_t styles = m->builder.now.styles;

    m->is_in_cell = true;
    m->builder.now.styles |= is_heavy ? KITE_STYLE_STRONG : 0u;
    kite_markup_blocks(m, cell);
    m->builder.now.styles = styles;
    m->builder.has_space = false;
    m->is_in_cell = false;
}

/* table: what all rows have in common. Heads stand at the top; below, their cells are heavy. */
static void add_row(struct kite_markup *m, struct kite_node *row, const struct kite_draft_paragraph *table, bool is_first, struct reach *reach)
{
    struct kite_draft_paragraph p = *table;
    struct kite_paragraph *q = &p.paragraph;
    uint32_t column = 0, columns = q->column_count;

    p.line = row->line;
    q->role = is_first && is_head(row) ? KITE_ROLE_TABLE_HEAD : KITE_ROLE_TABLE_ROW;
    for (uint32_t taken = taken_at(reach, 0); taken > 0 && column + 1 < columns; taken--, column++)
        kite_builder_break(&m->builder, '\t');
    for (struct kite_node *cell = row->first; cell && m->status == KITE_OK; cell = cell->next) {
        if (!is_cell(cell) || cell->mark == KITE_MARK_LEFT_OUT)
            continue;
        if (column >= columns)
            kite_builder_add(&m->builder, " ", 1);
        add_cell(m, cell, q->role == KITE_ROLE_TABLE_ROW && kite_node_is(cell, "th"));
        reach_down(reach, column, cell);
        for (uint32_t span = span_of(cell) + taken_at(reach, column + span_of(cell)); span > 0 && ++column < columns; span--)
            kite_builder_break(&m->builder, '\t');
    }
    for (; column + 1 < columns; column++)
        kite_builder_break(&m->builder, '\t');
    if (m->status == KITE_OK)
        m->status = kite_builder_take(&m->builder, m->draft, &q->text);
    kite_builder_reset(&m->builder);
    if (m->status || (q->role == KITE_ROLE_TABLE_HEAD && is_empty_row(&q->text)))
        return;
    p.anchors = m->anchors;
    p.pages = m->pages;
    m->anchors = NULL;
    m->pages = NULL;
    m->status = kite_draft_add(m->draft, &m->draft->body, &p);
}

static bool has_cells(const struct kite_node *row)
{
    const struct kite_node *cell = row->first;

    while (cell && !is_cell(cell))
        cell = cell->next;
    return cell != NULL;
}

void kite_markup_table(struct kite_markup *m, struct kite_node *table)
{
    struct kite_node *caption = kite_node_child(table, "caption");
    struct kite_draft_paragraph common = { .has_role = true };
    struct reach aligning = { { 0 } }, reach = { { 0 } };
    uint32_t columns;
    bool is_first = true, keeps_spaces = m->builder.keeps_spaces;

    if (m->is_in_note || m->is_in_cell || only_arranges(table)) {
        kite_markup_blocks(m, table);
        return;
    }
    columns = columns_of_all(table);
    if (columns > KITE_COLUMNS_MAX) {
        kite_draft_note(m->draft, KITE_PRESS_WARNING, table->line, "a table has more than %u columns; the last are joined",
                        KITE_COLUMNS_MAX);
        columns = KITE_COLUMNS_MAX;
    }
    common.paragraph.column_count = columns;
    common.said = m->direction;
    for (const struct kite_node *row = next_row(table, table); row; row = next_row(table, row))
        take_alignment(row, &common, &aligning);
    m->builder.keeps_spaces = false; /* a table in preformatted text has cells like any other */
    for (struct kite_node *row = next_row(table, table); row && m->status == KITE_OK; row = next_row(table, row)) {
        if (row->mark == KITE_MARK_LEFT_OUT || !has_cells(row))
            continue;
        add_row(m, row, &common, is_first, &reach);
        is_first = false;
    }
    m->builder.keeps_spaces = keeps_spaces;
    if (caption) {
        struct kite_node only = { .name = "div", .first = caption }, *next = caption->next;

        caption->next = NULL;
        kite_markup_blocks(m, &only);
        caption->next = next;
    }
}
