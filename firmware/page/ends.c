/* The walk down one page: its lines are placed one by one, and each place where it may end is kept with its cost. */
#include "page/ends.h"

#include <string.h>

#define SHORT_LINES 2u
#define COST_SHORTER 200u
#define COST_LEFT_OUT 300u /* a line that would have had room */
#define COST_SPREAD 30u /* a line that the spaces of a page give or take */
#define COST_TURNED 450u
#define COST_TWO_LINES 20u
#define COST_THIN_LAST 150u
#define COST_ONE_BELOW_HEAD 600u
#define COST_HEAD_DIVIDED 300u
#define LINES_KEPT 2u
#define LINES_KEPT_LONG 3u
#define LONG_PAGE_LINES 24
#define THIN_LAST_LINES 3u

/* A long note on its way: what of it has not been shown before this page. */
struct waiting {
    uint32_t note; /* 1 + its number */
    uint32_t line, line_count;
    kite_f26 line_f26;
};

/* What is to stand at a page's foot. */
struct foot {
    kite_f26 notes_f26; /* of the notes that stand there whole */
    struct waiting waiting[KITE_REST_NOTES];
    unsigned count;
};

/* The walk down one page. */
struct walk {
    struct kite_window *window;
    uint32_t section_end;
    kite_f26 height, line; /* of the page, of a body line */
    kite_f26 top, used;
    kite_f26 stretch, shrink; /* what the spaces so far may give and take */
    bool is_rigid; /* a picture was fitted to the page as it is */
    struct foot foot;
    uint32_t behind_mark; /* lines placed behind the mark of a long note */
    struct kite_page_point last; /* behind the last line placed, in its paragraph */
    uint32_t placed; /* lines */
    uint32_t below_head; /* lines placed behind a head or title; LINES_KEPT when there are enough, or no head */
    struct kite_page_ends *ends;
};

/* Room at the foot for notes and the rule above them, in whole body lines. */
static kite_f26 notes_room(const struct walk *w, kite_f26 notes)
{
    return notes == 0 ? 0 : (notes + w->line / 2 + w->line - 1) / w->line * w->line;
}

/* ---- long notes ------------------------------------------------------------------------------ */

#define PARTED_LINES_MIN 2  /* of a note that is divided, on each page */
#define LINES_BEHIND_MARK 3 /* of text that may follow the mark of a long note, however little of the note has room then */

static kite_f26 waiting_height(const struct foot *foot)
{
    kite_f26 height = 0;

    for (unsigned i = 0; i < foot->count; i++)
        height += (kite_f26)(foot->waiting[i].line_count - foot->waiting[i].line) * foot->waiting[i].line_f26;
    return height;
}

/* A note, from one of its lines on, joins those that wait; *has_room is false when there are too many. */
static enum kite_status add_waiting(const struct walk *w, struct foot *foot, uint32_t note, uint32_t line, bool *has_room,
                                    struct kite_fault *fault)
{
    struct kite_block_note seated;

    *has_room = true;
    for (unsigned i = 0; i < foot->count; i++)
        if (foot->waiting[i].note == note)
            return KITE_OK;
    *has_room = foot->count < KITE_REST_NOTES;
    if (!*has_room)
        return KITE_OK;

    enum kite_status status = kite_block_note(w->window->context, note - 1, &w->window->scratch, &seated, fault);

    if (status == KITE_OK && seated.seat == KITE_NOTE_DIVIDED && line < seated.line_count)
        foot->waiting[foot->count++] = (struct waiting){ note, line, seated.line_count, seated.line_f26 };
    return status;
}

/* The foot with the notes that a line marks. */
static enum kite_status mark_notes(const struct walk *w, const struct kite_window_line *line, struct foot *foot,
                                   bool *has_room, struct kite_fault *fault)
{
    enum kite_status status = KITE_OK;

    *foot = w->foot;
    *has_room = true;
    foot->notes_f26 += (kite_f26)line->notes_f26;
    for (unsigned i = 0; i < KITE_REST_NOTES && line->long_notes[i] != 0 && *has_room && status == KITE_OK; i++)
        status = add_waiting(w, foot, line->long_notes[i], 0, has_room, fault);
    return status;
}

/* Room at the foot that a line must leave: for whole notes, and of those that wait for up to half the page; a note that it
 * marks, and one marked right before, must at least be begun. */
static kite_f26 foot_claim(const struct walk *w, const struct foot *foot)
{
    if (foot->count == 0)
        return notes_room(w, foot->notes_f26);

    kite_f26 begun = PARTED_LINES_MIN * foot->waiting[foot->count - 1].line_f26;
    kite_f26 before = waiting_height(&w->foot), all = waiting_height(foot);
    kite_f26 most = w->behind_mark < LINES_BEHIND_MARK ? begun : w->height / 2;
    kite_f26 claim = before < most ? before : most;

    if (all > before)
        claim = all < claim + begun ? all : claim + begun;
    return notes_room(w, foot->notes_f26 + claim);
}

/* Would more of the notes be left than one page has room for? */
static bool is_left_too_much(const struct walk *w, const struct foot *foot, kite_f26 bottom)
{
    kite_f26 shown = w->height - bottom - foot->notes_f26 - w->line / 2;

    return waiting_height(foot) - (shown > 0 ? shown : 0) > w->height - w->line;
}

/* How many lines of a note there is room for, at least two on each side. */
static uint32_t lines_shown(const struct walk *w, const struct waiting *note, kite_f26 room)
{
    uint32_t left = note->line_count - note->line, lines = room > 0 ? (uint32_t)(room / note->line_f26) : 0;

    if (lines >= left)
        return left;
    if (left - lines < PARTED_LINES_MIN)
        lines = left > PARTED_LINES_MIN ? left - PARTED_LINES_MIN : 0;
    if (note->line == 0 && lines < PARTED_LINES_MIN)
        lines = 0;
    return lines == 0 && w->placed == 0 ? 1 : lines; /* a page without text must bring the note on */
}

/* The room that the foot takes when the page ends here, and what is left of its notes: they fill the page. */
static kite_f26 fill_foot(const struct walk *w, struct kite_page_rest *rest)
{
    kite_f26 room = w->height - w->used - w->foot.notes_f26 - w->line / 2, notes = w->foot.notes_f26;

    *rest = (struct kite_page_rest){ 0 };
    for (unsigned i = 0; i < w->foot.count; i++) {
        const struct waiting *note = &w->foot.waiting[i];
        uint32_t lines = lines_shown(w, note, room);

        if (lines < note->line_count - note->line) {
            rest->line = note->line + lines;
            for (unsigned k = i; k < w->foot.count; k++)
                rest->notes[k - i] = w->foot.waiting[k].note;
            return w->height - w->used;
        }
        room -= (kite_f26)lines * note->line_f26;
        notes += (kite_f26)lines * note->line_f26;
    }
    return notes_room(w, notes);
}

static uint32_t short_cost(const struct walk *w, const struct kite_page_end *end)
{
    kite_f26 missing = w->height - end->notes_f26 - end->used_f26;
    uint32_t lines = missing > 0 ? (uint32_t)(missing / w->line) : 0;

    return lines <= SHORT_LINES ? KITE_COST_SHORT * lines * lines
                                : KITE_COST_SHORT * SHORT_LINES * SHORT_LINES + COST_SHORTER * (lines - SHORT_LINES);
}

/* Let the spaces of the page bring its last line to where it should stand: at the foot, or a whole number of lines above. */
static void spread(const struct walk *w, struct kite_page_end *end)
{
    kite_f26 missing = w->height - end->notes_f26 - w->used;
    kite_f26 given = missing;

    if (missing >= 0) {
        if (end->is_section_end || w->stretch < missing % w->line)
            return;
        while (given > w->stretch)
            given -= w->line;
    } else if (w->shrink < -missing) { /* a line higher than the page */
        return;
    }
    end->spread_f26 = given;
    end->flexible_f26 = given < 0 ? w->shrink : w->stretch;
    end->used_f26 += given;
    end->cost += COST_SPREAD * (uint32_t)(given < 0 ? -given : given) / (uint32_t)w->line;
}

/* The page ends at a point. Where the section's text ends but a note does not, a page without text follows. */
static void end_page(const struct walk *w, const struct kite_page_point *at, uint32_t cost, struct kite_page_end *end)
{
    *end = (struct kite_page_end){ .at = *at, .cost = cost, .used_f26 = w->used };
    if (w->foot.count > 0 || w->foot.notes_f26 > 0) {
        struct kite_page_rest rest;

        end->notes_f26 = fill_foot(w, &rest);
        if (rest.notes[0] != 0 && at->paragraph >= w->section_end)
            end->at = w->last;
        end->at.rest = rest;
    }
    end->is_section_end = end->at.paragraph >= w->section_end;
    if (w->stretch > 0 || w->shrink > 0)
        spread(w, end);
}

static void add_end(struct walk *w, const struct kite_page_point *at, uint32_t cost, bool has_hyphen)
{
    struct kite_page_ends *ends = w->ends;
    struct kite_page_end *end = &ends->items[ends->oldest];

    if (ends->count < KITE_ENDS_MAX)
        end = &ends->items[ends->count++];
    else
        ends->oldest = (ends->oldest + 1) % KITE_ENDS_MAX;
    end_page(w, at, cost, end);
    end->has_hyphen = has_hyphen;
    if (end->is_section_end && w->placed < THIN_LAST_LINES)
        end->cost += COST_THIN_LAST;
}

/* What it costs to divide a paragraph of `count` lines before line `at`; KITE_COST_FORCED when it must not be. */
static uint32_t divide_cost(const struct walk *w, const struct kite_window_paragraph *p, uint32_t at, uint32_t count)
{
    if (p->is_whole || at < LINES_KEPT || count - at < LINES_KEPT)
        return KITE_COST_FORCED;
    if (p->keeps_next)
        return COST_HEAD_DIVIDED;
    if (w->height >= LONG_PAGE_LINES * w->line && (at < LINES_KEPT_LONG || count - at < LINES_KEPT_LONG))
        return COST_TWO_LINES;
    return 0;
}

kite_f26 kite_page_picture_height(kite_f26 height, kite_f26 least, kite_f26 follow, kite_f26 room)
{
    if (least == 0 || room - follow >= height)
        return height;
    return room - follow > least ? (room - follow) / 64 * 64 : least;
}

/* Place one line of a height, and the notes that it marks. False: it does not fit. The first of a page always does, unless
 * the page is taken by notes that wait. */
static bool place_line(struct walk *w, kite_f26 height, const struct foot *foot, bool has_room)
{
    kite_f26 bottom = w->top + height;
    bool is_new = foot->count > w->foot.count;
    kite_f26 shrink = foot->count == 0 ? w->shrink : 0; /* long notes fill the page as it is */

    if (w->placed > 0 && bottom - shrink > w->height - foot_claim(w, foot))
        return false;
    if ((w->placed > 0 || w->foot.count > 0) && (!has_room || (is_new && is_left_too_much(w, foot, bottom))))
        return false;
    w->top = w->used = bottom;
    if (foot != &w->foot)
        w->foot = *foot;
    w->behind_mark = is_new ? 0 : w->behind_mark + (w->behind_mark < LINES_BEHIND_MARK);
    w->placed++;
    return true;
}

/* A space of the page, and what it may give and take. */
static void place_gap(struct walk *w, kite_f26 space, const struct kite_block_flex *flex)
{
    w->top += space;
    if (!w->is_rigid) {
        w->stretch += flex->stretch;
        w->shrink += flex->shrink;
    }
}

/* The height of a picture here. One that is made to fit leaves nothing to give or take. */
static kite_f26 fit_picture(struct walk *w, const struct kite_window_paragraph *p, const struct foot *foot)
{
    kite_f26 left = w->height - foot_claim(w, foot) - w->top;
    kite_f26 height = kite_page_picture_height(p->line_f26, p->least_f26, p->follow_f26, left);

    if (height < p->line_f26) {
        w->stretch = w->shrink = 0;
        w->is_rigid = true;
    }
    return height;
}

/* Skip paragraphs that take no lines. */
static enum kite_status skip_empty(struct walk *w, uint32_t *index, struct kite_fault *fault)
{
    for (; *index < w->section_end; ++*index) {
        const struct kite_window_paragraph *p;
        enum kite_status status = kite_window_at(w->window, *index, &p, fault);

        if (status)
            return status;
        if (p->settings[0].count != 0)
            return KITE_OK;
    }
    return KITE_OK;
}

/* What it costs to end the page between paragraph p and `next`. */
static enum kite_status end_cost(struct walk *w, const struct kite_window_paragraph *p, uint32_t next, uint32_t *cost,
                                 struct kite_fault *fault)
{
    const struct kite_window_paragraph *follower;

    *cost = 0;
    if (next >= w->section_end)
        return KITE_OK;
    if (p->keeps_next)
        *cost = p->is_whole ? KITE_COST_FORCED : COST_ONE_BELOW_HEAD;
    else if (w->below_head < LINES_KEPT)
        *cost = COST_ONE_BELOW_HEAD;

    enum kite_status status = kite_window_at(w->window, next, &follower, fault);

    if (status == KITE_OK && follower->keeps_before)
        *cost = KITE_COST_FORCED;
    return status;
}

/* Place the lines of one paragraph from line `from`, and note where the page may end. *is_full: no more fits. */
static enum kite_status walk_paragraph(struct walk *w, uint32_t index, uint32_t from, struct kite_text_wish wish, bool *is_full,
                                       struct kite_fault *fault)
{
    const struct kite_window_line *lines;
    const struct kite_window_paragraph *found;
    uint32_t count, next = index + 1;
    enum kite_status status = kite_window_lines(w->window, index, wish, &lines, &count, fault);

    if (status == KITE_OK)
        status = kite_window_at(w->window, index, &found, fault);
    if (status)
        return status;
    if (count == 0)
        return KITE_OK;
    if (count >= KITE_WINDOW_NONE)
        return kite_fail(fault, KITE_E_RANGE, "paragraph %u cannot be set so", (unsigned)index + 1);

    struct kite_window_paragraph p = *found; /* the window may move below */
    size_t first = (size_t)(lines - w->window->lines);
    struct kite_block_room room = { p.above_f26, p.below_f26, p.line_f26 * (kite_f26)count, p.grid, p.is_flexible };
    struct kite_block_gap gap = { .below = p.below_f26 };

    if (from == 0)
        gap = kite_block_gap(&room, w->placed == 0 ? 0 : w->top, w->line);
    place_gap(w, gap.above, &gap.flex_above);
    for (uint32_t i = from; i < count; i++) {
        lines = w->window->lines + first;

        struct foot marked;
        const struct foot *foot = &w->foot;
        bool has_room = true;

        if (lines[i].notes_f26 > 0 || lines[i].long_notes[0] != 0) { /* of most lines it stays */
            status = mark_notes(w, &lines[i], &marked, &has_room, fault);
            foot = &marked;
        }
        if (status)
            return status;
        if (!place_line(w, p.least_f26 > 0 ? fit_picture(w, &p, foot) : p.line_f26, foot, has_room)) {
            *is_full = true;
            return KITE_OK;
        }
        w->last = (struct kite_page_point){ .paragraph = index, .line = i + 1, .offset_bytes = p.text_bytes, .wish = wish };

        if (!p.keeps_next || p.least_f26 > 0) /* a picture is enough below a head, and a table's row */
            w->below_head += p.is_whole ? LINES_KEPT : 1;
        else
            w->below_head = i + 1 == count ? 0 : LINES_KEPT;

        struct kite_page_point at = { .paragraph = index, .line = i + 1, .wish = wish };
        uint32_t cost = (lines[i].has_hyphen ? KITE_COST_HYPHEN : 0) + (lines[i].is_turned ? COST_TURNED : 0);

        if (i + 1 == count) {
            status = skip_empty(w, &next, fault);
            if (status)
                return status;
            at = (struct kite_page_point){ .paragraph = next };
            status = end_cost(w, &p, next, &cost, fault);
            if (status)
                return status;
        } else {
            at.offset_bytes = lines[i + 1].start_bytes;
            cost += divide_cost(w, &p, i + 1, count);
        }

        if (cost < KITE_COST_FORCED)
            add_end(w, &at, cost, i + 1 < count && lines[i].has_hyphen);
        if (w->ends->count == 0)
            end_page(w, &at, KITE_COST_FORCED, &w->ends->forced);
        else
            w->ends->forced.at = at;
    }
    place_gap(w, gap.below, &gap.flex_below);
    return KITE_OK;
}

/* Lines that are left out though the page had room for them, and the rules nothing against it, are missed most. */
static void charge_left_out(struct walk *w)
{
    struct kite_page_ends *ends = w->ends;
    kite_f26 most = 0;

    for (size_t i = 0; i < ends->count; i++)
        if (ends->items[i].used_f26 > most)
            most = ends->items[i].used_f26;
    for (size_t i = 0; i < ends->count; i++) {
        uint32_t lines = (uint32_t)((most - ends->items[i].used_f26) / w->line);

        if (lines > 1 && !ends->items[i].is_section_end)
            ends->items[i].cost += COST_LEFT_OUT * (lines - 1);
    }
}

/* All places where the page from `start` may end, with some paragraphs varied. */
enum kite_status kite_page_find_ends(struct kite_window *window, const struct kite_page_point *start,
                                  uint32_t section_end, const struct kite_page_varied *varied, struct kite_page_ends *ends,
                                  struct kite_fault *fault)
{
    const struct kite_block_context *x = window->context;
    struct walk w = { .window = window, .section_end = section_end, .height = x->height_f26,
                      .line = x->setting->line_f26, .below_head = LINES_KEPT, .ends = ends,
                      .behind_mark = LINES_BEHIND_MARK, .last = *start };
    bool is_full = false, has_room;
    const struct kite_window_paragraph *first;
    enum kite_status status = KITE_OK;

    if (start->paragraph < section_end)
        status = kite_window_at(window, start->paragraph, &first, fault);
    if (status == KITE_OK && start->paragraph < section_end)
        w.top = first->head_f26;
    memset(ends, 0, sizeof *ends);
    for (unsigned i = 0; i < KITE_REST_NOTES && start->rest.notes[i] != 0 && status == KITE_OK; i++)
        status = add_waiting(&w, &w.foot, start->rest.notes[i], i == 0 ? start->rest.line : 0, &has_room, fault);
    ends->forced = (struct kite_page_end){ .at = { .paragraph = section_end }, .is_section_end = true };
    for (uint32_t i = start->paragraph; i < section_end && !is_full && status == KITE_OK; i++) {
        bool is_start = i == start->paragraph;

        status = walk_paragraph(&w, i, is_start ? start->line : 0, kite_page_wish_of(varied, start, i), &is_full, fault);
    }
    if (status == KITE_OK && w.placed == 0 && w.foot.count > 0) { /* a page of notes */
        struct kite_page_point end = { .paragraph = section_end };

        add_end(&w, is_full ? start : &end, 0, false);
        ends->forced = ends->items[0];
    }
    for (size_t i = 0; i < ends->count; i++)
        if (!ends->items[i].is_section_end)
            ends->items[i].cost += short_cost(&w, &ends->items[i]);
    charge_left_out(&w);
    return status;
}

