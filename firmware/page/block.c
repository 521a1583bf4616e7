/* What each role looks like, as a table, and how a paragraph becomes a block. */
#include "page/block.h"

#include <stdio.h>
#include <string.h>

#define CHAR_EM1000 475
#define ITEM_INDENT_EM1000 1900 /* holds two figures and a dot */
#define QUOTE_INDENT_EM1000 1400
#define NOTE_LIMIT_PERCENT 30
#define TITLE_PERCENT_MAX 40 /* of the page's height */
#define LOOSABLE_LINES_MIN 3
#define LOOSABLE_LINES_MIN_RAGGED 6 /* a short ragged paragraph a line longer looks squeezed */
#define LOOSABLE_LINES_MAX 60 /* longer ones cost too much to set again */

struct role_row {
    uint16_t size_em1000, line_em1000; /* size of the body's; line of the own size, 0: the body's line */
    uint16_t above_line1000, below_line1000;
    uint8_t face;
    bool is_ragged, no_hyphens, is_balanced, is_centered, keeps_next, is_flush;
    uint16_t left_em1000, right_em1000, hang_em1000;
};

static const struct role_row roles[KITE_ROLE_COUNT] = {
    [KITE_ROLE_PARAGRAPH] = { 1000, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 },
    [KITE_ROLE_TITLE] = { 1650, 1150, 0, 350, KITE_FACE_BOLD, 1, 1, 1, 0, 1, 1, 0, 0, 0 },
    [KITE_ROLE_SUBTITLE] = { 1200, 1250, 0, 350, KITE_FACE_ITALIC, 1, 1, 1, 0, 1, 1, 0, 0, 0 },
    [KITE_ROLE_STANDFIRST] = { 1080, 1300, 0, 500, KITE_FACE_ITALIC, 1, 1, 0, 0, 1, 1, 0, 0, 0 },
    [KITE_ROLE_BYLINE] = { 900, 1300, 0, 500, 0, 1, 1, 0, 0, 1, 1, 0, 0, 0 },
    [KITE_ROLE_HEADING] = { 1200, 1200, 1000, 300, KITE_FACE_BOLD, 1, 1, 1, 0, 1, 1, 0, 0, 0 },
    [KITE_ROLE_QUOTE] = { 1000, 0, 500, 500, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0 },
    [KITE_ROLE_ATTRIBUTION] = { 900, 1300, 0, 500, 0, 1, 1, 0, 0, 0, 1, 0, 0, 0 },
    [KITE_ROLE_EPIGRAPH] = { 950, 1350, 0, 500, KITE_FACE_ITALIC, 1, 1, 0, 0, 0, 1, 3000, 0, 0 },
    [KITE_ROLE_VERSE] = { 1000, 0, 500, 500, 0, 1, 1, 0, 0, 0, 1, 1400, 0, 2000 },
    [KITE_ROLE_ITEM] = { 1000, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0 },
    [KITE_ROLE_ITEM_MORE] = { 1000, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0 },
    [KITE_ROLE_PICTURE] = { 850, 1300, 500, 0, KITE_FACE_ITALIC, 1, 1, 0, 1, 0, 1, 0, 0, 0 },
    [KITE_ROLE_CAPTION] = { 850, 1250, 0, 300, KITE_FACE_ITALIC, 1, 1, 1, 1, 0, 1, 0, 0, 0 },
    [KITE_ROLE_TABLE_HEAD] = { 850, 0, 1000, 0, KITE_FACE_BOLD, 1, 1, 0, 0, 1, 1, 0, 0, 0 },
    [KITE_ROLE_TABLE_ROW] = { 850, 0, 0, 0, 0, 1, 1, 0, 0, 0, 1, 0, 0, 0 },
    [KITE_ROLE_PREFORMATTED] = { 780, 1300, 500, 500, 0, 1, 1, 0, 0, 0, 1, 0, 0, 1500 },
    [KITE_ROLE_RULE] = { 1000, 0, 500, 500, 0, 1, 1, 0, 1, 0, 1, 0, 0, 0 },
    [KITE_ROLE_AUTHOR_NOTE] = { 850, 1350, 500, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0 },
    [KITE_ROLE_SOURCE] = { 850, 1350, 500, 0, KITE_FACE_ITALIC, 1, 1, 0, 0, 0, 1, 0, 0, 0 },
    [KITE_ROLE_NOTE] = { 820, 1280, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1600, 0, 0 },
    [KITE_ROLE_NOTE_MORE] = { 820, 1280, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1600, 0, 0 },
};
static const uint16_t heading_size_em1000[7] = { 1200, 1350, 1200, 1080, 1000, 1000, 1000 };
static const uint16_t heading_above_line1000[7] = { 1000, 2000, 1500, 1000, 1000, 1000, 1000 };

static kite_f26 em(const struct kite_block_context *x, int32_t em1000)
{
    return kite_mul_div(x->setting->size_f26, em1000, 1000);
}

static kite_f26 whole_px(kite_f26 value)
{
    return (value + 63) / 64 * 64;
}

/* Room added below so that the block's lines end on the grid of body lines. */
static kite_f26 pad_to_grid(const struct kite_block_context *x, kite_f26 height)
{
    kite_f26 line = x->setting->line_f26;
    return (line - height % line) % line;
}

static bool is_running(enum kite_role role)
{
    return role == KITE_ROLE_PARAGRAPH || role == KITE_ROLE_QUOTE || role == KITE_ROLE_ITEM ||
           role == KITE_ROLE_ITEM_MORE;
}

/* Role of the paragraph before, COUNT at the document's start; and how deep in quotations it stands. */
static enum kite_status role_before(struct kite_block_context *x, uint32_t index, struct kite_arena *arena,
                                    enum kite_role *role, uint8_t *quote_depth, struct kite_fault *fault)
{
    struct kite_paragraph before;
    struct kite_arena_mark mark = kite_arena_save(arena);

    *role = KITE_ROLE_COUNT;
    *quote_depth = 0;
    if (index == 0)
        return KITE_OK;
    if (x->known_role != KITE_ROLE_COUNT && x->known_index == index - 1) {
        *role = x->known_role;
        *quote_depth = x->known_quote_depth;
        return KITE_OK;
    }
    enum kite_status status = kite_bundle_paragraph(x->bundle, x->document, index - 1, arena, &before, fault);
    if (status == KITE_OK) {
        *role = before.role;
        *quote_depth = before.quote_depth;
    }
    kite_arena_release(arena, mark);
    return status;
}

static void style_init(const struct kite_block_context *x, struct kite_block *b, const struct role_row *row)
{
    const struct kite_setting *s = x->setting;
    const struct kite_paragraph *p = &b->paragraph;
    uint16_t size_em1000 = row->size_em1000;
    struct kite_text_style *t = &b->style;

    if (p->role == KITE_ROLE_HEADING)
        size_em1000 = heading_size_em1000[p->depth <= 6 ? p->depth : 6];
    *t = (struct kite_text_style){ .family = s->family, .face_style = row->face };
    if (p->role == KITE_ROLE_PREFORMATTED) {
        t->family = KITE_FAMILY_MONO;
        t->keeps_spaces = true;
    }
    if (s->emphasis_is_bold && row->face == KITE_FACE_ITALIC)
        t->face_style = KITE_FACE_REGULAR; /* profiles without italics */
    t->size_f26 = em(x, size_em1000);
    t->weight = s->weight > 2 ? (uint8_t)(s->weight - 2) : 0;
    t->emphasis_is_bold = s->emphasis_is_bold;
    t->letter_em10000 = p->role == KITE_ROLE_PREFORMATTED ? 0 : s->letter_em10000;
    t->word_em10000 = p->role == KITE_ROLE_PREFORMATTED ? 0 : s->word_em10000;
    t->is_rtl = p->direction == KITE_DIRECTION_RTL;
    t->is_balanced = row->is_balanced;
    t->hyphenate = s->hyphenate && !row->no_hyphens;
    t->align = row->is_centered ? KITE_ALIGN_CENTERED
               : row->is_ragged || !x->is_justified ? KITE_ALIGN_RAGGED
                                                    : KITE_ALIGN_JUSTIFIED;
    b->line_f26 = row->line_em1000 == 0 ? s->line_f26
                                        : whole_px(kite_mul_div(t->size_f26, row->line_em1000, 1000));
    if (row->line_em1000 != 0 && p->role != KITE_ROLE_HEADING && size_em1000 <= 1000) {
        /* Small type keeps the proportion of the body's lines. */
        kite_f26 line = whole_px(kite_mul_div(s->line_f26, size_em1000, 1000));
        b->line_f26 = line > b->line_f26 ? line : b->line_f26;
    }
    b->baseline_f26 = b->line_f26 / 2 + kite_mul_div(t->size_f26, 340, 1000);
}

static void place_sides(const struct kite_block_context *x, struct kite_block *b, const struct role_row *row)
{
    const struct kite_paragraph *p = &b->paragraph;
    kite_f26 left = em(x, row->left_em1000) + em(x, QUOTE_INDENT_EM1000) * p->quote_depth;
    kite_f26 right = em(x, row->right_em1000);

    if (x->is_justified) /* a ragged edge is far enough in as it is */
        right += em(x, QUOTE_INDENT_EM1000) * p->quote_depth;

    if (p->role == KITE_ROLE_ITEM || p->role == KITE_ROLE_ITEM_MORE)
        left += em(x, ITEM_INDENT_EM1000) * (p->depth > 0 ? p->depth : 1);
    while (left + right > x->column_f26 * 2 / 5 && left + right > 0) { /* narrow panels: give the text its room */
        left = left * 3 / 4;
        right = right * 3 / 4;
    }
    b->left_f26 = p->direction == KITE_DIRECTION_RTL ? right : left;
    b->style.measure_f26 = x->column_f26 - left - right;
    b->style.hang_indent_f26 = em(x, row->hang_em1000);
    if (b->style.hang_indent_f26 > b->style.measure_f26 / 3)
        b->style.hang_indent_f26 = b->style.measure_f26 / 3;
}

/* The note whose first paragraph this is; the notes stand in order. */
static enum kite_status note_of(struct kite_block_context *x, uint32_t index, uint32_t *note, struct kite_fault *fault)
{
    uint32_t low = 0, high = x->info.note_count;

    while (low < high) {
        uint32_t middle = low + (high - low) / 2, first, count;
        enum kite_status status = kite_bundle_note(x->bundle, x->document, middle, &first, &count, fault);

        if (status != KITE_OK)
            return status;
        if (first + count <= index)
            low = middle + 1;
        else
            high = middle;
    }
    *note = low;
    return KITE_OK;
}

static void make_marker(struct kite_block *b)
{
    static const char *const bullets[] = { "\xE2\x80\xA2", "\xE2\x80\x93", "\xC2\xB7" };
    const struct kite_paragraph *p = &b->paragraph;

    if (p->role != KITE_ROLE_ITEM || p->is_continued)
        return;
    if (p->ordinal == 0)
        snprintf(b->marker, sizeof b->marker, "%s", bullets[(p->depth > 0 ? p->depth - 1 : 0) % 3]);
    else
        snprintf(b->marker, sizeof b->marker, "%u.", (unsigned)p->ordinal);
}

/* ---- pictures --------------------------------------------------------------------------------------- */

static enum kite_status build_picture(struct kite_block_context *x, struct kite_block *b)
{
    struct kite_picture_info info;
    enum kite_status status = kite_bundle_picture_info(x->bundle, b->paragraph.picture, &info);
    int32_t column = kite_f26_floor_px(x->column_f26), line = kite_f26_floor_px(x->setting->line_f26);
    int32_t most = kite_f26_floor_px(x->height_f26) - 3 * line; /* room for a caption */

    if (status != KITE_OK)
        return status;
    if (most < line)
        most = kite_f26_floor_px(x->height_f26);
    int32_t width = (int32_t)info.width_px, height = (int32_t)info.height_px;
    if (width > column || width * 3 > column * 2) { /* nearly as wide as the column: fill it */
        height = kite_mul_div(height, column, width);
        width = column;
    }
    if (height > most) {
        width = kite_mul_div(width, most, height);
        height = most;
    }
    if (width < 1)
        width = 1;
    if (height < 1)
        height = 1;
    b->kind = KITE_BLOCK_PICTURE;
    b->picture = (struct kite_rect){ (column - width) / 2, 0, width, height };
    b->line_f26 = kite_f26_from_px(height);
    b->line_f26 += pad_to_grid(x, b->line_f26 + x->setting->line_f26 / 4) + x->setting->line_f26 / 4;
    b->line_count = 1;
    b->is_whole = true;
    return KITE_OK;
}

/* ---- tables ----------------------------------------------------------------------------------------- */

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

/* Widths: each column its widest unbreakable part, what is left in proportion to what it would like. */
static void share_columns(struct kite_block_context *x, const struct column_widths *w)
{
    kite_f26 gap = em(x, 1000), least = 0, wish = 0;
    kite_f26 room = x->column_f26 - gap * (kite_f26)(w->count > 0 ? w->count - 1 : 0);
    kite_f26 left = 0;

    for (uint32_t i = 0; i < w->count; i++) {
        least += w->part[i];
        wish += w->unbroken[i] - w->part[i];
    }
    x->table_columns = w->count > 0 && least <= room ? w->count : 0;
    for (uint32_t i = 0; i < x->table_columns; i++) {
        kite_f26 extra = w->unbroken[i] - w->part[i], spare = room - least;
        kite_f26 width = w->part[i] + (wish <= spare ? extra : (kite_f26)((int64_t)extra * spare / wish));
        x->table_left[i] = left;
        x->table_width[i] = width + 64; /* a pixel, so that rounding never breaks a fitting cell */
        left += width + gap;
    }
}

static bool is_row(enum kite_role role)
{
    return role == KITE_ROLE_TABLE_HEAD || role == KITE_ROLE_TABLE_ROW;
}

#define TABLE_ROWS_MEASURED 200u

static enum kite_status measure_table(struct kite_block_context *x, uint32_t index, struct kite_arena *arena,
                                      struct kite_fault *fault)
{
    struct column_widths w = { .count = 0 };
    struct kite_arena_mark mark = kite_arena_save(arena);
    struct kite_block b = { .kind = KITE_BLOCK_ROW };
    uint32_t first = index, end;
    enum kite_status status = KITE_OK;

    if (index >= x->table_first && index < x->table_end)
        return KITE_OK;
    while (first > 0 && index - first < TABLE_ROWS_MEASURED) {
        status = kite_bundle_paragraph(x->bundle, x->document, first - 1, arena, &b.paragraph, fault);
        if (status != KITE_OK || !is_row(b.paragraph.role))
            break;
        first--;
        kite_arena_release(arena, mark);
        if (b.paragraph.role == KITE_ROLE_TABLE_HEAD)
            break;
    }
    for (end = first; status == KITE_OK && end < x->info.paragraph_count && end - first < TABLE_ROWS_MEASURED; end++) {
        status = kite_bundle_paragraph(x->bundle, x->document, end, arena, &b.paragraph, fault);
        if (status != KITE_OK || !is_row(b.paragraph.role) ||
            (end > first && b.paragraph.role == KITE_ROLE_TABLE_HEAD))
            break;
        style_init(x, &b, &roles[b.paragraph.role]);
        status = measure_row(x, &b, arena, &w);
        kite_arena_release(arena, mark);
    }
    kite_arena_release(arena, mark);
    if (status != KITE_OK)
        return status;
    share_columns(x, &w);
    x->table_first = first;
    x->table_end = end > index ? end : index + 1;
    return KITE_OK;
}

static enum kite_status build_cells(struct kite_block_context *x, struct kite_block *b, struct kite_arena *arena)
{
    const struct kite_text *row = &b->paragraph.text;
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
    b->has_rule_below = true;
    b->cell_line_f26 = b->line_f26; /* a body line: rows stand on the grid, their rules between */
    b->line_f26 *= (kite_f26)lines;
    return KITE_OK;
}

/* A row too wide for the panel becomes a card: a line for each cell. */
static enum kite_status build_card(struct kite_block *b, struct kite_arena *arena)
{
    char *copy = kite_arena_alloc(arena, b->text.text_bytes + 1, 1);
    if (copy == NULL)
        return KITE_E_NOMEM;
    memcpy(copy, b->text.text, b->text.text_bytes);
    for (size_t i = 0; i < b->text.text_bytes; i++)
        if (copy[i] == '\t')
            copy[i] = '\n';
    b->text.text = copy;
    b->above_f26 += b->line_f26 / 2;
    return KITE_OK;
}

/* ---- text ------------------------------------------------------------------------------------------- */

static enum kite_status build_rule(struct kite_block *b)
{
    static const struct kite_span span = { 0 };
    b->text = (struct kite_text){ .text = "*\xE2\x80\x83*\xE2\x80\x83*", .text_bytes = 9, .spans = &span,
                                  .span_count = 1 };
    return KITE_OK;
}

/* A title whose longest word is wider than the column, or that takes too much of the page, is set smaller, never broken. */
static enum kite_status break_text(struct kite_block_context *x, struct kite_block *b, struct kite_arena *arena)
{
    for (int tries = 0;; tries++) {
        kite_f26 unbroken, part;
        enum kite_status status = kite_setter_break(x->setter, &b->text, &b->style, arena, &b->broken);
        if (status != KITE_OK || !b->style.is_balanced || tries == 4)
            return status;
        kite_broken_widths(&b->broken, &unbroken, &part);
        bool too_wide = false;
        for (size_t i = 0; i < b->broken.line_count; i++)
            too_wide = too_wide || b->broken.lines[i].natural_f26 > b->style.measure_f26;
        kite_f26 size = kite_mul_div(b->style.size_f26, 88, 100);
        bool too_high = b->line_f26 * (kite_f26)b->broken.line_count > x->height_f26 * TITLE_PERCENT_MAX / 100;
        if ((!too_wide && !too_high && part <= b->style.measure_f26 &&
             !(tries == 0 && part * 10 > b->style.measure_f26 * 9)) ||
            size < x->setting->size_f26)
            return KITE_OK;
        b->style.size_f26 = size;
        b->line_f26 = whole_px(kite_mul_div(b->line_f26, 88, 100));
        b->baseline_f26 = b->line_f26 / 2 + kite_mul_div(size, 340, 1000);
    }
}

static enum kite_status build_text(struct kite_block_context *x, struct kite_block *b, uint32_t index,
                                   const struct role_row *row, enum kite_role before, int8_t delta,
                                   struct kite_arena *arena, struct kite_fault *fault)
{
    const struct kite_paragraph *p = &b->paragraph;
    enum kite_status status = KITE_OK;

    if (p->role == KITE_ROLE_PARAGRAPH && before == KITE_ROLE_PARAGRAPH && !p->is_continued)
        b->style.first_indent_f26 = em(x, x->setting->indent_em1000);
    if (b->style.first_indent_f26 > b->style.measure_f26 / 4)
        b->style.first_indent_f26 = b->style.measure_f26 / 4;
    if (p->role == KITE_ROLE_RULE)
        status = build_rule(b);
    if (p->role == KITE_ROLE_QUOTE && before == KITE_ROLE_QUOTE) {
        b->above_f26 = 0;
        b->style.first_indent_f26 = em(x, x->setting->indent_em1000 < 1000 ? x->setting->indent_em1000 : 1000);
    }
    if (p->role == KITE_ROLE_PARAGRAPH && is_row(before)) /* a whole line: the lines behind stay on the grid */
        b->above_f26 += x->setting->line_f26;
    make_marker(b);
    b->style.lines_delta = delta;
    if (status == KITE_OK && p->role == KITE_ROLE_NOTE) {
        uint32_t note;

        status = note_of(x, index, &note, fault);
        if (status == KITE_OK)
            snprintf(b->marker, sizeof b->marker, "%u", (unsigned)note + 1);
    }
    if (status == KITE_OK)
        status = break_text(x, b, arena);
    if (status != KITE_OK)
        return status;
    b->line_count = (uint32_t)b->broken.line_count;
    bool is_ragged = b->style.align != KITE_ALIGN_JUSTIFIED;
    b->is_loosable = is_running(p->role) && b->line_count <= LOOSABLE_LINES_MAX &&
                     b->line_count >= (is_ragged ? LOOSABLE_LINES_MIN_RAGGED : LOOSABLE_LINES_MIN);
    bool is_short = b->line_f26 * (kite_f26)b->line_count <= x->height_f26 * TITLE_PERCENT_MAX / 100;
    b->is_whole = (row->keeps_next && is_short) || p->role == KITE_ROLE_RULE || p->role == KITE_ROLE_CAPTION;
    return KITE_OK;
}

static void space_around(const struct kite_block_context *x, struct kite_block *b, const struct role_row *row,
                         enum kite_role before)
{
    const struct kite_paragraph *p = &b->paragraph;
    kite_f26 line = x->setting->line_f26;
    kite_f26 above = kite_mul_div(line, row->above_line1000, 1000);

    if (p->role == KITE_ROLE_HEADING)
        above = kite_mul_div(line, heading_above_line1000[p->depth <= 6 ? p->depth : 6], 1000);
    if (is_running(p->role) && is_running(before) && !p->is_continued && !p->is_tight)
        above += kite_mul_div(line, x->setting->paragraph_line1000, 1000);
    if (before == KITE_ROLE_COUNT || p->is_continued || (is_row(p->role) && before == KITE_ROLE_HEADING))
        above = 0;
    b->above_f26 = whole_px(above);
    b->below_f26 = whole_px(kite_mul_div(line, row->below_line1000, 1000));
    b->keeps_next = row->keeps_next;
}

/* Bring the end of the block back to the grid of body lines; space above counts where it is not whole lines. */
static void settle_on_grid(const struct kite_block_context *x, struct kite_block *b)
{
    kite_f26 line = x->setting->line_f26;
    if (b->kind != KITE_BLOCK_TEXT || x->setting->paragraph_line1000 != 0)
        return;
    kite_f26 height = b->line_f26 * (kite_f26)b->line_count + b->below_f26 + b->above_f26 % line;
    b->below_f26 += pad_to_grid(x, height);
}

enum kite_status kite_block_build(struct kite_block_context *x, uint32_t index, int8_t delta,
                                  struct kite_arena *arena, struct kite_block *b, struct kite_fault *fault)
{
    enum kite_role before;
    uint8_t depth_before;
    enum kite_status status;

    *b = (struct kite_block){ .kind = KITE_BLOCK_TEXT };
    status = kite_bundle_paragraph(x->bundle, x->document, index, arena, &b->paragraph, fault);
    if (status == KITE_OK)
        status = role_before(x, index, arena, &before, &depth_before, fault);
    if (status != KITE_OK)
        return status;
    x->known_index = index;
    x->known_role = b->paragraph.role;
    x->known_quote_depth = b->paragraph.quote_depth;
    if (before == KITE_ROLE_QUOTE && depth_before != b->paragraph.quote_depth)
        before = KITE_ROLE_HEADING; /* another quotation: its first paragraph is flush */
    const struct role_row *row = &roles[b->paragraph.role];
    b->text = b->paragraph.text;
    style_init(x, b, row);
    place_sides(x, b, row);
    space_around(x, b, row, before);
    if (b->paragraph.role == KITE_ROLE_PICTURE)
        status = build_picture(x, b);
    else if (is_row(b->paragraph.role)) {
        status = measure_table(x, index, arena, fault);
        if (status == KITE_OK && x->table_columns > 0)
            status = build_cells(x, b, arena);
        if (status == KITE_OK && b->kind == KITE_BLOCK_ROW && b->line_f26 > x->height_f26) {
            style_init(x, b, row); /* higher than a page: as a card, which can be divided */
            b->kind = KITE_BLOCK_TEXT;
            b->is_whole = b->has_rule_below = false;
        }
        if (status == KITE_OK && b->kind == KITE_BLOCK_TEXT && (status = build_card(b, arena)) == KITE_OK)
            status = build_text(x, b, index, row, before, 0, arena, fault);
    } else if (b->paragraph.text.text_bytes == 0 && b->paragraph.role != KITE_ROLE_RULE) {
        b->line_count = 0;
        b->above_f26 = b->below_f26 = 0;
        return KITE_OK;
    } else {
        status = build_text(x, b, index, row, before, delta, arena, fault);
    }
    if (status == KITE_E_RANGE && delta != 0)
        return status;
    if (status != KITE_OK)
        return kite_fail(fault, status, "paragraph %u cannot be set: %s", (unsigned)index + 1,
                         kite_status_text(status));
    settle_on_grid(x, b);
    return KITE_OK;
}

/* ---- notes ------------------------------------------------------------------------------------------ */

kite_f26 kite_block_note_limit(const struct kite_block_context *x)
{
    return x->height_f26 / 100 * NOTE_LIMIT_PERCENT;
}

enum kite_status kite_block_build_in_flow(struct kite_block_context *x, uint32_t index, int8_t delta,
                                          struct kite_arena *arena, struct kite_block *out, struct kite_fault *fault)
{
    enum kite_status status = kite_block_build(x, index, delta, arena, out, fault);
    uint32_t note = 0;
    kite_f26 height = 0;

    if (status != KITE_OK || index < x->info.body_count || x->info.note_count == 0)
        return status;
    status = note_of(x, index, &note, fault);
    if (status == KITE_OK)
        status = kite_block_note_height(x, note, arena, &height, fault);
    if (status == KITE_OK && height <= kite_block_note_limit(x)) {
        out->line_count = 0;
        out->above_f26 = out->below_f26 = 0;
    }
    return status;
}

enum kite_status kite_block_note_height(struct kite_block_context *x, uint32_t note, struct kite_arena *arena,
                                        kite_f26 *height, struct kite_fault *fault)
{
    uint32_t first, count;
    struct kite_arena_mark mark = kite_arena_save(arena);
    enum kite_status status = kite_bundle_note(x->bundle, x->document, note, &first, &count, fault);

    *height = 0;
    for (uint32_t i = 0; i < count && status == KITE_OK; i++) {
        struct kite_block b;
        status = kite_block_build(x, first + i, 0, arena, &b, fault);
        *height += b.line_f26 * (kite_f26)b.line_count;
        kite_arena_release(arena, mark);
    }
    return status;
}
