/* How a paragraph becomes a block: markers, pictures, text, notes, and the space between blocks. */
#include "page/block.h"

#include "page/style.h"
#include "page/table.h"

#include <stdio.h>
#include <string.h>

#define NOTE_LIMIT_PERCENT 30
#define DIVIDED_PAGE_LINES_MIN 6 /* on a page of fewer lines no note is divided */
#define TITLE_PERCENT_MAX 40 /* of the page's height */
#define HEAD_PERCENT_MAX 70  /* a head or title up to this is kept whole */
#define CARD_HANG_EM1000 1400
#define NOTE_INDENT_EM1000 1000
#define CARD_PERCENT_MAX 50  /* of the page's height: a card up to this is kept whole */
#define LOOSABLE_LINES_MIN 3
#define LOOSABLE_LINES_MIN_RAGGED 4 /* a shorter ragged paragraph a line longer looks squeezed */
#define LOOSABLE_LINES_MAX 400 /* longer ones cost too much to set again */

void kite_block_context_clear(struct kite_block_context *x)
{
    x->has_known = false;
    x->table_first = x->table_end = 0;
    x->first_behind = KITE_BLOCK_NOTE_UNKNOWN;
    x->item_indent_f26 = 0;
}

/* ---- space and offsets ------------------------------------------------------------------------------ */

#define GRID_SLACK_SHARE 8     /* space gives way by this part of a line to meet the grid */
#define HEAD_TOP_LEAST_LINE100 30 /* below a head at a page's top, hundredths of a line: at least, at most */
#define HEAD_TOP_MOST_LINE100 60
#define SPACE_LEAST_PERCENT 60 /* of the space between two roles, where a page's end takes of it */

static kite_f26 to_grid(kite_f26 at, kite_f26 line)
{
    return (line - at % line) % line;
}

/* A space that is meant to be `wanted`, and is wider where the grid asks for it: it may lose that and some more, or come to
 * `most`. */
static struct kite_block_flex flex_of(kite_f26 space, kite_f26 wanted, kite_f26 most)
{
    kite_f26 least = kite_mul_div(wanted, SPACE_LEAST_PERCENT, 100);

    return (struct kite_block_flex){ most > space ? most - space : 0, space > least ? space - least : 0 };
}

static struct kite_block_gap gap_of_head(const struct kite_block_room *room, kite_f26 top, kite_f26 line)
{
    struct kite_block_gap gap = { 0 };
    kite_f26 space = top == 0 ? line * HEAD_TOP_LEAST_LINE100 / 100 : room->above_f26 + room->below_f26;

    space += to_grid(top + space + room->height_f26, line);
    gap.below = top == 0 ? line * HEAD_TOP_MOST_LINE100 / 100
                         : kite_mul_div(space, room->below_f26, room->above_f26 + room->below_f26);
    if (gap.below > space)
        gap.below = space;
    gap.below = gap.below / 64 * 64;
    gap.above = space - gap.below;
    if (top != 0) {
        gap.flex_above = flex_of(gap.above, room->above_f26, 2 * room->above_f26);
        gap.flex_below = flex_of(gap.below, room->below_f26, 2 * room->below_f26);
    }
    return gap;
}

struct kite_block_gap kite_block_gap(const struct kite_block_room *room, kite_f26 top, kite_f26 line)
{
    struct kite_block_gap gap = { .above = top == 0 ? 0 : room->above_f26, .below = room->below_f26 };
    kite_f26 slack = line / GRID_SLACK_SHARE;

    if (room->grid == KITE_BLOCK_GRID_HEAD)
        return gap_of_head(room, top, line);
    if (room->grid == KITE_BLOCK_GRID_BODY && top != 0) {
        slack = slack < gap.above ? slack : gap.above;
        gap.above += to_grid(top + gap.above - slack, line) - slack;
    }
    if (room->is_flexible && top != 0) /* under a title nothing is asked for but the grid: up to a line more */
        gap.flex_above = flex_of(gap.above, room->above_f26, gap.above + (room->above_f26 > 0 ? room->above_f26 / 2 : line));
    return gap;
}

uint32_t kite_block_offset(const struct kite_block *block, uint32_t offset_bytes)
{
    const struct kite_block_stretch *found = NULL;

    for (size_t i = 0; i < block->stretch_count && block->stretches[i].start_bytes <= offset_bytes; i++)
        found = &block->stretches[i];
    if (!found)
        return block->stretch_count > 0 ? 0 : offset_bytes;
    return found->from_bytes + (found->is_added ? 0 : offset_bytes - found->start_bytes);
}

/* What stands before paragraph `index`. */
static enum kite_status find_before(struct kite_block_context *x, uint32_t index, struct kite_arena *arena,
                                    struct kite_block_before *out, struct kite_fault *fault)
{
    struct kite_paragraph p;
    struct kite_arena_mark mark = kite_arena_save(arena);
    enum kite_status status = KITE_OK;

    *out = (struct kite_block_before){ .role = KITE_ROLE_COUNT };
    if (index == 0)
        return KITE_OK;
    if (x->has_known && x->known_index == index - 1) {
        *out = x->known;
        return KITE_OK;
    }
    status = kite_bundle_paragraph(x->bundle, x->document, index - 1, arena, &p, fault);
    if (status == KITE_OK)
        *out = (struct kite_block_before){ p.role, p.quote_depth, p.depth, p.ordinal };
    kite_arena_release(arena, mark);
    return status;
}

/* ---- markers ---------------------------------------------------------------------------------------- */

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

/* Width of a sign or number as the body sets it. */
static enum kite_status measure_marker(struct kite_block_context *x, const char *marker, struct kite_arena *arena,
                                       kite_f26 *width)
{
    const struct kite_setting *s = x->setting;
    struct kite_span span = { .lang = x->info.lang };
    struct kite_text text = { .text = marker, .text_bytes = strlen(marker), .spans = &span, .span_count = 1 };
    struct kite_text_style style = { .family = s->family, .size_f26 = s->size_f26, .measure_f26 = x->column_f26,
                                     .letter_em10000 = s->letter_em10000, .align = KITE_ALIGN_RAGGED };
    struct kite_arena_mark mark = kite_arena_save(arena);
    struct kite_broken broken;
    enum kite_status status = kite_setter_break(x->setter, &text, &style, arena, &broken);

    *width = status == KITE_OK && broken.line_count > 0 ? broken.lines[0].natural_f26 : 0;
    kite_arena_release(arena, mark);
    return status;
}

/* Items stand so far in that a number of two figures has room. */
static enum kite_status measure_items(struct kite_block_context *x, struct kite_arena *arena)
{
    kite_f26 one, two;

    if (x->item_indent_f26 > 0)
        return KITE_OK;

    enum kite_status status = measure_marker(x, "0.", arena, &one);

    if (status == KITE_OK)
        status = measure_marker(x, "00.", arena, &two);
    if (status != KITE_OK)
        return status;
    x->item_indent_f26 = two + kite_style_em(x, KITE_MARKER_GAP_EM1000);
    x->item_digit_f26 = two - one;
    return KITE_OK;
}

/* ---- pictures --------------------------------------------------------------------------------------- */

#define PICTURE_LEAST_PERCENT 80 /* a picture shrinks to this rather than stand on the next page */

/* Height of the caption under a picture, 0 for none; with the space between. */
static enum kite_status caption_height(struct kite_block_context *x, uint32_t index, struct kite_arena *arena,
                                       kite_f26 *height, struct kite_fault *fault)
{
    struct kite_arena_mark mark = kite_arena_save(arena);
    struct kite_paragraph p;
    struct kite_block caption;
    enum kite_status status = KITE_OK;

    *height = 0;
    if (index + 1 >= x->info.body_count)
        return KITE_OK;
    status = kite_bundle_paragraph(x->bundle, x->document, index + 1, arena, &p, fault);
    if (status == KITE_OK && p.role == KITE_ROLE_CAPTION) {
        status = kite_block_build(x, index + 1, kite_no_wish, arena, &caption, fault);
        if (status == KITE_OK)
            *height = caption.above_f26 + caption.line_f26 * (kite_f26)caption.line_count;
    }
    kite_arena_release(arena, mark);
    return status;
}

/* Its size on a column: no wider, no higher than `most`, and filling the column where it nearly does. */
static struct kite_rect fit_picture(const struct kite_picture_info *info, int32_t column, int32_t most)
{
    int32_t width = (int32_t)info->width_px, height = (int32_t)info->height_px;

    if (width > column || width * 3 > column * 2) {
        height = kite_mul_div(height, column, width);
        width = column;
    }
    if (height > most) {
        width = kite_mul_div(width, most, height);
        height = most;
    }
    width = width > 1 ? width : 1;
    return (struct kite_rect){ (column - width) / 2, 0, width, height > 1 ? height : 1 };
}

static enum kite_status build_picture(struct kite_block_context *x, uint32_t index, struct kite_block *b,
                                      struct kite_arena *arena, struct kite_fault *fault)
{
    struct kite_picture_info info;
    enum kite_status status = kite_bundle_picture_info(x->bundle, b->paragraph.picture, &info);

    if (status == KITE_OK)
        status = caption_height(x, index, arena, &b->follow_f26, fault);
    if (status != KITE_OK)
        return status;
    if (b->follow_f26 > x->height_f26 / 2)
        b->follow_f26 = 0; /* such a caption may stand on the next page */
    b->kind = KITE_BLOCK_PICTURE;
    b->picture = fit_picture(&info, kite_f26_floor_px(x->column_f26), kite_f26_floor_px(x->height_f26 - b->follow_f26));
    b->line_f26 = kite_f26_from_px(b->picture.height);
    b->least_f26 = kite_f26_from_px((b->picture.height * PICTURE_LEAST_PERCENT + 99) / 100);
    b->keeps_next = b->follow_f26 > 0;
    b->line_count = 1;
    b->is_whole = true;
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
        b->line_f26 = kite_style_whole_px(kite_mul_div(b->line_f26, 88, 100));
        b->baseline_f26 = b->line_f26 / 2 + kite_mul_div(size, 340, 1000);
    }
}

/* First-line indents: of a paragraph behind another, in the text and inside a quotation. */
static void indent_first_line(const struct kite_block_context *x, const struct kite_block_before *before,
                              struct kite_block *b)
{
    const struct kite_paragraph *p = &b->paragraph;
    bool is_behind_like = p->role == before->role && p->quote_depth == before->quote_depth && !p->is_continued;

    if ((is_behind_like && (p->role == KITE_ROLE_PARAGRAPH || p->role == KITE_ROLE_QUOTE)) ||
        (p->role == KITE_ROLE_NOTE_MORE && !p->is_continued))
        b->style.first_indent_f26 = kite_style_em(x, x->setting->indent_em1000);
    if (p->role == KITE_ROLE_NOTE_MORE && !p->is_continued && x->setting->indent_em1000 == 0)
        b->style.first_indent_f26 = kite_style_em(x, NOTE_INDENT_EM1000); /* notes have no space between paragraphs */
    if (b->style.first_indent_f26 > b->style.measure_f26 / 4)
        b->style.first_indent_f26 = b->style.measure_f26 / 4;
}

const struct kite_text_wish kite_no_wish = { 0 };

static enum kite_status build_text(struct kite_block_context *x, struct kite_block *b, uint32_t index, struct kite_text_wish wish,
                                   struct kite_arena *arena, struct kite_fault *fault)
{
    const struct kite_paragraph *p = &b->paragraph;
    enum kite_status status = KITE_OK;

    if (p->role == KITE_ROLE_RULE)
        status = build_rule(b);
    make_marker(b);
    b->style.wish = wish;
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
    kite_f26 height = b->line_f26 * (kite_f26)b->line_count;

    b->is_loosable = (kite_role_is_running(p->role) || p->role == KITE_ROLE_AUTHOR_NOTE) && b->line_count <= LOOSABLE_LINES_MAX &&
                     b->line_count >= (is_ragged ? LOOSABLE_LINES_MIN_RAGGED : LOOSABLE_LINES_MIN);
    b->is_whole = p->role == KITE_ROLE_RULE || p->role == KITE_ROLE_CAPTION ||
                  (kite_role_keeps_next(p->role) && height <= x->height_f26 * HEAD_PERCENT_MAX / 100) ||
                  (kite_role_is_row(p->role) && height <= x->height_f26 * CARD_PERCENT_MAX / 100);
    return KITE_OK;
}

/* A block that takes no room. */
static void make_empty(struct kite_block *b)
{
    b->line_count = 0;
    b->above_f26 = b->below_f26 = 0;
    b->grid = KITE_BLOCK_GRID_NONE;
}

/* Column names stand in the cards, so their row is not shown beside; one with a note or a link to follow is. */
static bool is_shown_in_cards(const struct kite_block_context *x, const struct kite_block *b, uint32_t index)
{
    bool is_plain = b->paragraph.role == KITE_ROLE_TABLE_HEAD && x->table_end > index + 1;

    for (size_t i = 0; i < b->paragraph.text.span_count && is_plain; i++)
        is_plain = b->paragraph.text.spans[i].note == 0 && b->paragraph.text.spans[i].link == 0;
    return is_plain;
}

#define HEAD_AGAIN_PERCENT_MAX 33 /* of the page's height: a head up to this stands again on every page of its table */

/* Whether the head stands again over this row where it begins a page: not where the row and its notes need the room. */
static enum kite_status find_head(struct kite_block_context *x, uint32_t index, struct kite_block *b,
                                  struct kite_arena *arena, struct kite_fault *fault)
{
    kite_f26 left = x->height_f26 - x->table_head_f26 - b->line_f26, notes = 0;
    enum kite_status status = KITE_OK;

    if (index == x->table_start || x->table_head_f26 > x->height_f26 / 100 * HEAD_AGAIN_PERCENT_MAX)
        return KITE_OK;
    for (size_t i = 0; i < b->text.span_count && status == KITE_OK && index < x->info.body_count; i++) {
        struct kite_block_note note;

        if (b->text.spans[i].note == 0)
            continue;
        status = kite_block_note(x, b->text.spans[i].note - 1, arena, &note, fault);
        if (status == KITE_OK && note.seat != KITE_NOTE_BEHIND)
            notes += note.height_f26;
    }
    if (notes > 0)
        left -= notes + 2 * x->setting->line_f26; /* the rule, and what rounding takes */
    b->head_f26 = left >= 0 ? x->table_head_f26 : 0;
    return status;
}

static enum kite_status build_row(struct kite_block_context *x, const struct kite_block_before *before, uint32_t index,
                                  struct kite_block *b, struct kite_arena *arena, struct kite_fault *fault)
{
    enum kite_status status = kite_table_measure(x, index, arena, fault);

    if (status == KITE_OK && x->table_columns > 0)
        status = kite_table_build_cells(x, b, arena);
    if (status == KITE_OK && b->kind == KITE_BLOCK_ROW && b->line_f26 <= x->height_f26)
        return find_head(x, index, b, arena, fault);
    if (status == KITE_OK && b->kind == KITE_BLOCK_TEXT && is_shown_in_cards(x, b, index)) {
        make_empty(b);
        return KITE_OK;
    }
    if (status == KITE_OK) { /* no room for columns, or a row higher than a page: a card, which can be divided */
        kite_style_block(x, before, b);
        b->kind = KITE_BLOCK_TEXT;
        b->style.hang_indent_f26 = kite_style_em(x, CARD_HANG_EM1000);
        b->line_f26 = kite_style_small_line(x, b->style.size_f26);
        b->baseline_f26 = b->line_f26 / 2 + kite_mul_div(b->style.size_f26, 340, 1000);
        kite_style_hold_ink(x->setter, &b->paragraph.text, &b->style, &b->line_f26, &b->baseline_f26);
        if (b->above_f26 < x->setting->line_f26 / 2)
            b->above_f26 = kite_style_whole_px(x->setting->line_f26 / 2);
        status = kite_table_build_card(x, b, arena, fault);
    }
    return status ? status : build_text(x, b, index, kite_no_wish, arena, fault);
}

static enum kite_status build_kind(struct kite_block_context *x, const struct kite_block_before *before, uint32_t index,
                                   struct kite_text_wish wish, struct kite_block *b, struct kite_arena *arena,
                                   struct kite_fault *fault)
{
    const struct kite_paragraph *p = &b->paragraph;

    if (p->role == KITE_ROLE_PICTURE)
        return build_picture(x, index, b, arena, fault);
    if (kite_role_is_row(p->role))
        return build_row(x, before, index, b, arena, fault);
    if (p->text.text_bytes == 0 && p->role != KITE_ROLE_RULE) {
        make_empty(b);
        return KITE_OK;
    }
    indent_first_line(x, before, b);
    return build_text(x, b, index, wish, arena, fault);
}

enum kite_status kite_block_build(struct kite_block_context *x, uint32_t index, struct kite_text_wish wish,
                                  struct kite_arena *arena, struct kite_block *b, struct kite_fault *fault)
{
    struct kite_block_before before;
    enum kite_status status;

    *b = (struct kite_block){ .kind = KITE_BLOCK_TEXT };
    status = kite_bundle_paragraph(x->bundle, x->document, index, arena, &b->paragraph, fault);
    if (status == KITE_OK)
        status = find_before(x, index, arena, &before, fault);
    if (status == KITE_OK)
        status = measure_items(x, arena);
    if (status != KITE_OK)
        return status;
    b->text = b->paragraph.text;
    kite_style_block(x, &before, b);
    kite_style_space(x, &before, b);
    status = build_kind(x, &before, index, wish, b, arena, fault);
    x->has_known = true;
    x->known_index = index;
    x->known = (struct kite_block_before){ b->paragraph.role, b->paragraph.quote_depth, b->paragraph.depth,
                                           b->paragraph.ordinal };
    if (status == KITE_OK || status == KITE_E_RANGE)
        return status;
    return kite_fail(fault, status, "paragraph %u cannot be set: %s", (unsigned)index + 1, kite_status_text(status));
}

/* ---- notes ------------------------------------------------------------------------------------------ */

static enum kite_status measure_note(struct kite_block_context *x, uint32_t note, struct kite_arena *arena,
                                     struct kite_block_note *out, struct kite_fault *fault)
{
    uint32_t first, count;
    struct kite_arena_mark mark = kite_arena_save(arena);
    enum kite_status status = kite_bundle_note(x->bundle, x->document, note, &first, &count, fault);
    bool is_even = true;

    *out = (struct kite_block_note){ 0 };
    for (uint32_t i = 0; i < count && status == KITE_OK; i++) {
        struct kite_block b;

        status = kite_block_build(x, first + i, kite_no_wish, arena, &b, fault);
        kite_arena_release(arena, mark);
        if (status != KITE_OK || b.line_count == 0)
            continue;
        is_even = is_even && b.kind == KITE_BLOCK_TEXT && (out->line_count == 0 || b.line_f26 == out->line_f26);
        out->line_f26 = b.line_f26;
        out->line_count += b.line_count;
        out->height_f26 += b.line_f26 * (kite_f26)b.line_count;
    }
    out->line_f26 = is_even ? out->line_f26 : 0;
    return status;
}

static kite_f26 note_limit(const struct kite_block_context *x)
{
    return x->height_f26 / 100 * NOTE_LIMIT_PERCENT;
}

/* A note up to the limit: is there room for it, for the two before it, and for two lines of text? */
static enum kite_status seat_short_note(struct kite_block_context *x, uint32_t note, struct kite_arena *arena,
                                        struct kite_block_note *out, struct kite_fault *fault)
{
    kite_f26 line = x->setting->line_f26, sum = out->height_f26;
    enum kite_status status = KITE_OK;

    for (uint32_t i = 1; i <= 2 && i <= note && status == KITE_OK && out->height_f26 > note_limit(x) / 3; i++) {
        struct kite_block_note before;

        status = measure_note(x, note - i, arena, &before, fault);
        sum += before.height_f26 <= note_limit(x) ? before.height_f26 : 0;
    }
    if (sum <= x->height_f26 - 3 * line - line / 2) /* two lines, the rule, and what rounding takes */
        out->seat = KITE_NOTE_WHOLE;
    return status;
}

enum kite_status kite_block_note(struct kite_block_context *x, uint32_t note, struct kite_arena *arena,
                                 struct kite_block_note *out, struct kite_fault *fault)
{
    kite_f26 line = x->setting->line_f26;
    enum kite_status status;

    *out = (struct kite_block_note){ 0 };
    if (x->setting->notes == KITE_NOTES_POPUP)
        return KITE_OK;
    status = measure_note(x, note, arena, out, fault);
    if (status != KITE_OK || out->height_f26 == 0)
        return status;
    if (out->height_f26 <= note_limit(x))
        return seat_short_note(x, note, arena, out, fault);
    if (out->line_f26 > 0 && out->height_f26 <= x->height_f26 - line && x->height_f26 >= DIVIDED_PAGE_LINES_MIN * line)
        out->seat = KITE_NOTE_DIVIDED;
    return KITE_OK;
}

/* The first note that stands behind the text; note_count when there is none. */
static enum kite_status find_first_behind(struct kite_block_context *x, struct kite_arena *arena,
                                          struct kite_fault *fault)
{
    enum kite_status status = KITE_OK;

    if (x->first_behind != KITE_BLOCK_NOTE_UNKNOWN)
        return KITE_OK;
    for (uint32_t i = 0; i < x->info.note_count && status == KITE_OK; i++) {
        struct kite_block_note seated;

        status = kite_block_note(x, i, arena, &seated, fault);
        if (status == KITE_OK && seated.seat == KITE_NOTE_BEHIND) {
            x->first_behind = i;
            return KITE_OK;
        }
    }
    if (status == KITE_OK)
        x->first_behind = x->info.note_count;
    return status;
}

/* A note behind the text: a rule above the first, half a line above the others. */
static enum kite_status set_behind(struct kite_block_context *x, uint32_t note, struct kite_arena *arena,
                                   struct kite_block *b, struct kite_fault *fault)
{
    kite_f26 line = x->setting->line_f26;
    enum kite_status status = find_first_behind(x, arena, fault);

    if (b->paragraph.role != KITE_ROLE_NOTE)
        return status;
    b->has_rule_above = note == x->first_behind;
    b->above_f26 = kite_style_whole_px(b->has_rule_above ? line * 3 / 2 : line / 2);
    return status;
}

enum kite_status kite_block_build_in_flow(struct kite_block_context *x, uint32_t index, struct kite_text_wish wish,
                                          struct kite_arena *arena, struct kite_block *out, struct kite_fault *fault)
{
    enum kite_status status = kite_block_build(x, index, wish, arena, out, fault);
    struct kite_block_note seated = { 0 };
    uint32_t note = 0;

    if (status != KITE_OK || index < x->info.body_count || x->info.note_count == 0)
        return status;
    status = note_of(x, index, &note, fault);
    if (status == KITE_OK)
        status = kite_block_note(x, note, arena, &seated, fault);
    if (status == KITE_OK && seated.seat == KITE_NOTE_BEHIND)
        return set_behind(x, note, arena, out, fault);
    make_empty(out);
    return status;
}
