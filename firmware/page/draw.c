/* From a plan to a display list. */
#include "page/draw.h"

#include "page/table.h"

#include <string.h>

#define RULE_EM1000 35      /* thickness of rules, of the body size */
#define NOTE_RULE_PERCENT 30

struct drawing {
    struct kite_chain *chain;
    const struct kite_page_plan *plan;
    struct kite_arena *arena;
    struct kite_arena *scratch; /* for the block in hand, which only what is placed of it outlives */
    struct kite_placed placed;
    struct kite_page_picture *pictures;
    size_t picture_count, picture_capacity;
    struct kite_page_line *lines;
    size_t line_count, line_capacity;
    const struct kite_page_told *told;
    kite_f26 flexible; /* of the spaces so far, as in the plan */
    kite_f26 shift;    /* by which the page's end moved what stands here */
    struct kite_fault *fault;
};

static int32_t rule_px(const struct drawing *d)
{
    int32_t px = kite_f26_round_px(kite_mul_div(d->chain->setting.size_f26, RULE_EM1000, 1000));

    return px > 0 ? px : 1;
}

static kite_f26 left_f26(const struct drawing *d)
{
    return kite_f26_from_px(d->chain->setting.margin_left_px);
}

/* Baselines stand on whole pixels, so that every line of a face looks alike. */
static kite_f26 baseline_in(const struct kite_block *b, kite_f26 top)
{
    return kite_f26_from_px(kite_f26_round_px(top + b->baseline_f26));
}

/* ---- telling --------------------------------------------------------------------------------- */

static enum kite_status tell_line(struct drawing *d, uint32_t index, const struct kite_block *b, size_t line,
                                  kite_f26 drawn, kite_f26 top)
{
    if (!d->told || !d->told->report->line)
        return KITE_OK;

    const struct kite_line *l = &b->broken.lines[line];
    struct kite_layout_line told = {
        .document = d->chain->context.document, .paragraph = index, .role = b->paragraph.role, .page = d->told->number,
        .measure_f26 = b->style.measure_f26 - l->indent_f26, .drawn_f26 = drawn, .line = *l,
        .text = b->text.text + l->start_bytes, .gaps = d->placed.gaps ? &d->placed.gaps[0][0] : NULL, .gap_count = d->placed.gap_count,
        .top_f26 = top, .height_f26 = b->line_f26,
    };

    return d->told->report->line(d->told->report->ctx, &told);
}

static enum kite_status tell_paragraph(struct drawing *d, uint32_t index, const struct kite_block *b)
{
    const struct kite_page_plan *plan = d->plan;
    struct kite_text_item *items;
    size_t item_count, break_count;
    uint32_t *breaks;
    struct kite_block last;

    if (!d->told || !d->told->report->paragraph || b->kind != KITE_BLOCK_TEXT || b->line_count == 0)
        return KITE_OK;
    if (index == plan->end.paragraph && !kite_page_is_same_wish(d->told->last_wish, kite_page_plan_wish(plan, index))) {
        enum kite_status status = kite_block_build_in_flow(&d->chain->context, index, d->told->last_wish, d->scratch, &last,
                                                           d->fault);

        if (status)
            return status;
        b = &last;
    }

    enum kite_status status =
        kite_broken_items(&b->broken, d->scratch, &items, &item_count, &breaks, &break_count);

    if (status)
        return status;

    struct kite_layout_paragraph told = {
        .document = d->chain->context.document, .paragraph = index, .role = b->paragraph.role,
        .space_f26 = b->broken.space_f26, .measure_f26 = b->style.measure_f26, .hang_f26 = b->style.hang_indent_f26,
        .items = items, .item_count = item_count, .breaks = breaks, .break_count = break_count,
        .is_justified = b->style.align == KITE_ALIGN_JUSTIFIED, .lines_delta = b->style.wish.lines_delta,
    };

    return d->told->report->paragraph(d->told->report->ctx, &told);
}

/* ---- parts of a block ------------------------------------------------------------------------ */

/* A list sign or note number, in the indent before the first line. */
static enum kite_status draw_marker(struct drawing *d, const struct kite_block *b, kite_f26 x, kite_f26 baseline)
{
    struct kite_span span = { .lang = b->text.span_count ? b->text.spans[0].lang : 0 };
    struct kite_text text = { .text = b->marker, .text_bytes = strlen(b->marker), .spans = &span, .span_count = 1 };
    struct kite_text_style style = b->style;
    struct kite_broken broken;
    kite_f26 drawn, gap = kite_mul_div(style.size_f26, KITE_MARKER_GAP_EM1000, 1000);

    style.align = KITE_ALIGN_RAGGED;
    style.hyphenate = style.is_balanced = false;
    style.first_indent_f26 = style.hang_indent_f26 = 0;
    style.wish = kite_no_wish;

    enum kite_status status = kite_setter_break(d->chain->context.setter, &text, &style, d->scratch, &broken);

    if (status)
        return status;

    kite_f26 width = broken.lines[0].natural_f26;
    kite_f26 at = x - gap - width;

    style.measure_f26 = width; /* so that both ends are its own, whatever its direction */

    if (b->style.is_rtl)
        at = x + b->style.measure_f26 + gap;
    else if (at < left_f26(d))
        at = left_f26(d);
    return kite_setter_place(d->chain->context.setter, &broken, 0, at, baseline, d->arena, &d->placed, &drawn);
}

/* A line to be set: what is broken, which line of it, and where it goes. */
struct setting_of_line {
    const struct kite_block *block;
    const struct kite_broken *broken; /* the block's, or a cell's */
    const struct kite_text_style *style;
    size_t line;
    uint32_t paragraph, base_bytes; /* where the broken text starts in the paragraph's */
    kite_f26 x, baseline, top, height;
};

static enum kite_status set_line(struct drawing *d, const struct setting_of_line *s, kite_f26 *drawn)
{
    const struct kite_line *line = &s->broken->lines[s->line];
    size_t first = d->placed.glyph_count;
    void *lines = d->lines;
    enum kite_status status = kite_setter_place(d->chain->context.setter, s->broken, s->line, s->x, s->baseline,
                                                d->arena, &d->placed, drawn);

    if (status == KITE_OK)
        status = kite_arena_grow(d->arena, &lines, &d->line_capacity, d->line_count + 1, sizeof *d->lines);
    if (status)
        return status;
    d->lines = lines;

    kite_f26 left = first < d->placed.glyph_count ? INT32_MAX : s->x;

    for (size_t i = first; i < d->placed.glyph_count; i++) {
        struct kite_glyph *glyph = &d->placed.glyphs[i];

        glyph->offset_bytes = s->base_bytes + kite_block_offset(s->block, glyph->offset_bytes);
        left = glyph->x < left ? glyph->x : left;
    }
    d->lines[d->line_count++] = (struct kite_page_line){
        .paragraph = s->paragraph, .start_bytes = s->base_bytes + kite_block_offset(s->block, line->start_bytes),
        .end_bytes = s->base_bytes + kite_block_offset(s->block, line->end_bytes),
        .box = { kite_f26_floor_px(s->x), kite_f26_floor_px(s->top), kite_f26_round_px(s->style->measure_f26),
                 kite_f26_round_px(s->height) },
        .first_glyph = (uint32_t)first, .glyph_count = (uint32_t)(d->placed.glyph_count - first),
        .right_f26 = left + *drawn, .is_rtl = s->style->is_rtl,
    };
    return KITE_OK;
}

/* The short rule above notes, its foot at y. */
static enum kite_status add_notes_rule(struct drawing *d, kite_f26 y)
{
    int32_t column = kite_f26_floor_px(d->chain->context.column_f26), thickness = rule_px(d);
    struct kite_rect rule = { d->chain->setting.margin_left_px, kite_f26_floor_px(y) - thickness,
                              column * NOTE_RULE_PERCENT / 100, thickness };

    if (d->chain->context.info.direction == KITE_DIRECTION_RTL)
        rule.x += column - rule.width;
    return kite_placed_add_rule(d->arena, &d->placed, rule);
}

static enum kite_status draw_lines(struct drawing *d, uint32_t index, const struct kite_block *b, uint32_t from,
                                   uint32_t to, kite_f26 *top)
{
    kite_f26 x = left_f26(d) + b->left_f26;
    enum kite_status status = KITE_OK;

    if (from == 0)
        status = tell_paragraph(d, index, b);
    if (from == 0 && status == KITE_OK && b->has_rule_above && *top > kite_f26_from_px(d->chain->setting.margin_top_px))
        status = add_notes_rule(d, *top - d->chain->setting.line_f26 / 2);
    for (uint32_t i = from; i < to && status == KITE_OK; i++) {
        kite_f26 drawn, baseline = baseline_in(b, *top);

        if (i == 0 && b->marker[0])
            status = draw_marker(d, b, x, baseline);
        if (status == KITE_OK)
            status = set_line(d, &(struct setting_of_line){ b, &b->broken, &b->style, i, index, 0, x, baseline, *top,
                                                            b->line_f26 }, &drawn);
        if (status == KITE_OK)
            status = tell_line(d, index, b, i, drawn, *top);
        *top += b->line_f26;
    }
    return status;
}

static enum kite_status draw_row(struct drawing *d, uint32_t index, const struct kite_block *b, kite_f26 *top)
{
    const struct kite_setting *s = &d->chain->setting;
    enum kite_status status = KITE_OK;

    for (uint32_t c = 0; c < b->cell_count && status == KITE_OK; c++) {
        const struct kite_cell *cell = &b->cells[c];
        kite_f26 line_top = *top + b->cell_top_f26, drawn;

        for (size_t i = 0; i < cell->broken.line_count && status == KITE_OK; i++) {
            kite_f26 x = left_f26(d) + cell->left_f26;

            if (b->paragraph.column_align[c] == KITE_COLUMN_END) /* from the start side to the other */
                x += (cell->style.measure_f26 - cell->broken.lines[i].natural_f26) * (cell->style.is_rtl ? -1 : 1);
            status = set_line(d, &(struct setting_of_line){ b, &cell->broken, &cell->style, i, index, cell->start_bytes, x,
                                                            baseline_in(b, line_top), line_top, b->cell_line_f26 },
                              &drawn);
            line_top += b->cell_line_f26;
        }
    }
    *top += b->line_f26;

    bool is_head = b->paragraph.role == KITE_ROLE_TABLE_HEAD;
    int32_t thickness = is_head ? rule_px(d) : 1;
    struct kite_rect rule = { s->margin_left_px, kite_f26_floor_px(*top) - thickness - 1,
                              kite_f26_round_px(d->chain->context.table_f26), thickness };

    if (d->chain->context.info.direction == KITE_DIRECTION_RTL)
        rule.x += kite_f26_floor_px(d->chain->context.column_f26) - rule.width;

    return status ? status : kite_placed_add_rule(d->arena, &d->placed, rule);
}

/* The head of the table over its first row on the page. It is no part of the page's text. */
static enum kite_status draw_head_again(struct drawing *d, kite_f26 *top)
{
    struct kite_block_context *x = &d->chain->context;
    size_t line_count = d->line_count;
    struct kite_block head;
    enum kite_status status = kite_table_build_head(x, &head, d->arena, d->fault);

    if (status == KITE_OK)
        status = draw_row(d, x->table_start, &head, top);
    d->line_count = line_count;
    return status;
}

static enum kite_status draw_picture(struct drawing *d, const struct kite_block *b, kite_f26 *top)
{
    void *pictures = d->pictures;
    enum kite_status status =
        kite_arena_grow(d->arena, &pictures, &d->picture_capacity, d->picture_count + 1, sizeof *d->pictures);

    if (status)
        return status;
    d->pictures = pictures;

    struct kite_rect box = b->picture;
    kite_f26 bottom = kite_f26_from_px(d->chain->setting.margin_top_px) + d->chain->context.height_f26;
    kite_f26 height = kite_page_picture_height(b->line_f26, b->least_f26, b->follow_f26,
                                               bottom - d->plan->notes_f26 - (*top - d->shift));

    if (height < b->line_f26) {
        box.width = kite_mul_div(box.width, height, b->line_f26);
        box.height = kite_f26_floor_px(height);
        box.x += (b->picture.width - box.width) / 2;
    }
    box.x += d->chain->setting.margin_left_px;
    box.y += kite_f26_round_px(*top);
    d->pictures[d->picture_count++] = (struct kite_page_picture){ .picture = b->paragraph.picture, .box = box };
    *top += height;
    return KITE_OK;
}

static enum kite_status draw_block(struct drawing *d, uint32_t index, const struct kite_block *b, uint32_t from,
                                   uint32_t to, kite_f26 *top)
{
    switch (b->kind) {
    case KITE_BLOCK_PICTURE:
        return draw_picture(d, b, top);
    case KITE_BLOCK_ROW:
        return draw_row(d, index, b, top);
    case KITE_BLOCK_TEXT:
        break;
    }
    return draw_lines(d, index, b, from, to, top);
}

/* ---- notes at the foot ----------------------------------------------------------------------- */

/* A note at the foot, or the part of it that this page has. */
struct foot_note {
    uint32_t note, from, to; /* lines; to UINT32_MAX: all that are left */
    kite_f26 height_f26;
    bool is_long;
};

struct foot {
    struct foot_note *notes; /* in the order of their marks */
    size_t count, capacity;
    kite_f26 height_f26; /* of all */
};

/* Where a long note stops on this page: what of it is left then is told by the point where the page ends. */
static uint32_t note_stop(const struct drawing *d, uint32_t note)
{
    const struct kite_page_rest *rest = &d->plan->end.rest;

    for (unsigned i = 0; i < KITE_REST_NOTES; i++)
        if (rest->notes[i] == note + 1)
            return i == 0 ? rest->line : 0;
    return UINT32_MAX;
}

/* A note, from one of its lines on. Nothing for one that stands behind the text, or is there already. */
static enum kite_status add_note(struct drawing *d, uint32_t note, uint32_t from, struct foot *foot)
{
    struct foot_note part = { .note = note, .from = from, .to = UINT32_MAX };
    struct kite_block_note seated;
    void *notes = foot->notes;

    enum kite_status status = kite_block_note(&d->chain->context, note, d->scratch, &seated, d->fault);

    if (status || seated.seat == KITE_NOTE_BEHIND || from >= seated.line_count)
        return status;
    part.height_f26 = seated.height_f26;
    part.is_long = seated.seat == KITE_NOTE_DIVIDED;
    if (part.is_long) {
        part.to = note_stop(d, note);
        part.height_f26 = ((kite_f26)(part.to < seated.line_count ? part.to : seated.line_count) - (kite_f26)from) * seated.line_f26;
    }
    if (part.height_f26 <= 0)
        return KITE_OK;
    status = kite_arena_grow(d->arena, &notes, &foot->capacity, foot->count + 1, sizeof *foot->notes);
    if (status)
        return status;
    foot->notes = notes;
    foot->notes[foot->count++] = part;
    foot->height_f26 += part.height_f26;
    return KITE_OK;
}

/* A note that is marked on this page; a long one that is there already stands there once. */
static enum kite_status add_marked(struct drawing *d, uint32_t note, struct foot *foot)
{
    for (size_t i = 0; i < foot->count; i++)
        if (foot->notes[i].note == note && foot->notes[i].is_long)
            return KITE_OK;
    return add_note(d, note, 0, foot);
}

static enum kite_status collect_notes(struct drawing *d, const struct kite_block *b, uint32_t from, uint32_t to,
                                      struct foot *foot)
{
    const struct kite_line *lines = b->broken.lines;
    uint32_t first = b->kind == KITE_BLOCK_TEXT ? lines[from].start_bytes : 0;
    uint32_t last = b->kind == KITE_BLOCK_TEXT ? lines[to - 1].end_bytes : (uint32_t)b->text.text_bytes;
    enum kite_status status = KITE_OK;

    for (size_t i = 0; i < b->text.span_count && status == KITE_OK; i++) {
        const struct kite_span *span = &b->text.spans[i];

        if (span->note != 0 && span->offset_bytes >= first && span->offset_bytes < last)
            status = add_marked(d, span->note - 1, foot);
    }
    return status;
}

static enum kite_status draw_note(struct drawing *d, const struct foot_note *part, kite_f26 *top)
{
    struct kite_block_context *x = &d->chain->context;
    uint32_t first, count, line = 0; /* of the note, where the paragraph in hand begins */
    enum kite_status status = kite_bundle_note(x->bundle, x->document, part->note, &first, &count, d->fault);

    for (uint32_t i = first; status == KITE_OK && i - first < count && line < part->to; i++) {
        struct kite_block b;

        kite_arena_reset(d->scratch);
        status = kite_block_build(x, i, kite_no_wish, d->scratch, &b, d->fault);
        if (status != KITE_OK)
            break;

        uint32_t from = part->from > line ? part->from - line : 0;
        uint32_t to = part->to - line < b.line_count ? part->to - line : b.line_count;

        if (from < to)
            status = draw_block(d, i, &b, from, to, top);
        line += b.line_count;
    }
    return status;
}

/* The notes, those that come to their end first. */
static enum kite_status draw_notes(struct drawing *d, const struct foot *foot, kite_f26 top)
{
    enum kite_status status = KITE_OK;

    for (int pass = 0; pass < 2; pass++)
        for (size_t i = 0; i < foot->count && status == KITE_OK; i++)
            if ((foot->notes[i].to != UINT32_MAX) == (pass == 1))
                status = draw_note(d, &foot->notes[i], &top);
    return status;
}

/* Notes stand on the page's last line, their rule above them. */
static enum kite_status draw_foot(struct drawing *d, const struct foot *foot)
{
    struct kite_block_context *x = &d->chain->context;
    const struct kite_setting *s = &d->chain->setting;

    if (foot->count == 0)
        return KITE_OK;

    kite_f26 top = kite_f26_from_px(s->margin_top_px) + x->height_f26 - foot->height_f26;
    kite_f26 least = kite_f26_from_px(s->margin_top_px) + d->plan->used_f26 + s->line_f26 / 2;

    top = top > least ? top : least; /* never over the text */

    enum kite_status status = add_notes_rule(d, top - s->line_f26 / 4);

    return status ? status : draw_notes(d, foot, top);
}

/* The notes that go on from the page before. */
static enum kite_status continue_notes(struct drawing *d, struct foot *foot)
{
    const struct kite_page_rest *rest = &d->plan->start.rest;
    enum kite_status status = KITE_OK;

    for (unsigned i = 0; i < KITE_REST_NOTES && rest->notes[i] != 0 && status == KITE_OK; i++)
        status = add_note(d, rest->notes[i] - 1, i == 0 ? rest->line : 0, foot);
    return status;
}

/* ---- the page -------------------------------------------------------------------------------- */

/* Go down by a space and what it has of the page's spread; in all that comes out to the last sixty-fourth. */
static void skip_space(struct drawing *d, kite_f26 space, const struct kite_block_flex *flex, kite_f26 *top)
{
    const struct kite_page_plan *plan = d->plan;
    kite_f26 shift = 0;

    *top += space;
    if (plan->spread_f26 == 0)
        return;
    d->flexible += plan->spread_f26 < 0 ? flex->shrink : flex->stretch;
    if (d->flexible < plan->flexible_f26)
        shift = kite_mul_div(plan->spread_f26, d->flexible, plan->flexible_f26) / 64 * 64;
    else
        shift = plan->spread_f26;
    *top += shift - d->shift;
    d->shift = shift;
}

static enum kite_status draw_body(struct drawing *d, struct foot *foot)
{
    struct kite_block_context *x = &d->chain->context;
    const struct kite_page_plan *plan = d->plan;
    const kite_f26 page_top = kite_f26_from_px(d->chain->setting.margin_top_px);
    kite_f26 top = page_top;
    bool is_top = true;

    for (uint32_t i = plan->start.paragraph; i <= plan->end.paragraph && i < x->info.paragraph_count; i++) {
        uint32_t from = i == plan->start.paragraph ? plan->start.line : 0;
        struct kite_block b;

        if (i == plan->end.paragraph && plan->end.line == 0)
            break;

        kite_arena_reset(d->scratch);

        enum kite_status status =
            kite_block_build_in_flow(x, i, kite_page_plan_wish(plan, i), d->scratch, &b, d->fault);

        if (status)
            return status;

        uint32_t to = i == plan->end.paragraph && plan->end.line < b.line_count ? plan->end.line : b.line_count;

        if (from >= to)
            continue;
        struct kite_block_room room = { b.above_f26, b.below_f26, b.line_f26 * (kite_f26)b.line_count, b.grid,
                                        b.is_flexible };
        struct kite_block_gap gap = { .below = b.below_f26 };

        if (from == 0)
            gap = kite_block_gap(&room, is_top ? 0 : top - page_top - d->shift, d->chain->setting.line_f26);

        skip_space(d, gap.above, &gap.flex_above, &top);
        if (is_top && from == 0 && b.head_f26 > 0)
            status = draw_head_again(d, &top);
        if (status == KITE_OK)
            status = draw_block(d, i, &b, from, to, &top);
        if (status == KITE_OK && x->info.note_count > 0 && i < x->info.body_count)
            status = collect_notes(d, &b, from, to, foot);
        if (status)
            return status;
        skip_space(d, gap.below, &gap.flex_below, &top);
        is_top = false;
    }
    return KITE_OK;
}

static struct kite_place place_of(const struct drawing *d, const struct kite_page_point *point)
{
    return (struct kite_place){ d->chain->context.document, point->paragraph, point->offset_bytes };
}

static enum kite_status tell_page(struct drawing *d)
{
    const struct kite_page_plan *plan = d->plan;

    if (!d->told || !d->told->report->page)
        return KITE_OK;

    struct kite_layout_page told = {
        .document = d->chain->context.document, .page = d->told->number, .start = place_of(d, &plan->start),
        .available_f26 = d->chain->context.height_f26 - plan->notes_f26, .used_f26 = plan->used_f26,
        .line_f26 = d->chain->setting.line_f26, .is_end = plan->is_section_end,
    };

    return d->told->report->page(d->told->report->ctx, &told);
}

enum kite_status kite_page_draw(struct kite_chain *chain, const struct kite_page_plan *plan, struct kite_arena *arena,
                                struct kite_page *out, const struct kite_page_told *told, struct kite_fault *fault)
{
    struct drawing d = { .chain = chain, .plan = plan, .arena = arena, .scratch = &chain->planner.window.scratch,
                         .told = told, .fault = fault };
    struct foot foot = { 0 };
    enum kite_status status = continue_notes(&d, &foot);

    if (status == KITE_OK)
        status = draw_body(&d, &foot);

    if (status == KITE_OK)
        status = draw_foot(&d, &foot);
    if (status == KITE_OK)
        status = tell_page(&d);
    if (status)
        return status;
    *out = (struct kite_page){
        .start = place_of(&d, &plan->start), .end = place_of(&d, &plan->end),
        .is_first = plan->start.paragraph == 0 && plan->start.line == 0,
        .is_last = plan->end.paragraph >= chain->context.info.paragraph_count,
        .runs = d.placed.runs, .run_count = d.placed.run_count, .glyphs = d.placed.glyphs,
        .glyph_count = d.placed.glyph_count, .lines = d.lines, .line_count = d.line_count, .rules = d.placed.rules, .rule_count = d.placed.rule_count,
        .pictures = d.pictures, .picture_count = d.picture_count,
    };
    return KITE_OK;
}
