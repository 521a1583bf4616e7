/* Optimal page breaking: a best-first search over page ends, some pages ahead.
 *
 * Cost of a page: n body lines short 10 n^2 up to two, 20 for each further one (not at a section's end), so that a gap
 * that cannot be helped stays one gap and is not shared out over the pages before it, and 30 for each line but one that
 * would have had room; a hyphenated word at its end 7; a line of verse, code or a card parted 45;
 * a paragraph set a line longer or shorter 3, and 4 more for each stretch beyond the first that its loosest line takes;
 * one whose words near a line's end are not divided the same, if it is looser for it;
 * fewer than three lines of a divided paragraph on a side 2 where 24 lines fit; a last page of fewer than three lines
 * 15; a head with one line below it 60. Never: a first or last line of a paragraph alone, a heading last, an attribution
 * away from what it is of.
 *
 * A note of more than 30 % of the page may be divided: what has no room at the foot of the page that marks it goes on at the
 * foot of the next, text and notes sharing the page by halves until it is at its end. */
#include "page/pages.h"

#include <string.h>

#define COST_SHORT 10u
#define SHORT_LINES 2u
#define COST_SHORTER 20u
#define COST_LEFT_OUT 30u /* a line that would have had room */
#define COST_HYPHEN 7u
#define COST_TURNED 45u
#define COST_VARIED 3u
#define COST_LOOSE 4u /* for each stretch beyond the first */
#define COST_TWO_LINES 2u
#define COST_THIN_LAST 15u
#define COST_ONE_BELOW_HEAD 60u
#define COST_HEAD_DIVIDED 30u
#define COST_FORCED 5000u
#define LINES_KEPT 2u
#define LINES_KEPT_LONG 3u
#define LONG_PAGE_LINES 24
#define THIN_LAST_LINES 3u
#define NODES_MAX 320

int8_t kite_page_plan_delta(const struct kite_page_plan *plan, uint32_t index)
{
    for (int i = 0; i < KITE_VARIED_MAX; i++)
        if (index == plan->varied.paragraph[i])
            return plan->varied.delta[i];
    return index == plan->start.paragraph ? plan->start.delta : 0;
}

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

    return lines <= SHORT_LINES ? COST_SHORT * lines * lines
                                : COST_SHORT * SHORT_LINES * SHORT_LINES + COST_SHORTER * (lines - SHORT_LINES);
}

/* The page ends at a point. Where the section's text ends but a note does not, a page without text follows. */
static struct kite_page_end page_end(const struct walk *w, struct kite_page_point at, uint32_t cost)
{
    struct kite_page_end end = { .at = at, .cost = cost, .used_f26 = w->used };
    struct kite_page_rest rest;

    end.notes_f26 = fill_foot(w, &rest);
    if (rest.notes[0] != 0 && at.paragraph >= w->section_end)
        end.at = w->last;
    end.at.rest = rest;
    end.is_section_end = end.at.paragraph >= w->section_end;
    return end;
}

static void add_end(struct walk *w, struct kite_page_point at, uint32_t cost)
{
    struct kite_page_end end = page_end(w, at, cost);
    struct kite_page_ends *ends = w->ends;

    if (end.is_section_end && w->placed < THIN_LAST_LINES)
        end.cost += COST_THIN_LAST;
    if (ends->count < KITE_PAGE_ENDS_MAX) {
        ends->items[ends->count++] = end;
    } else {
        ends->items[ends->oldest] = end;
        ends->oldest = (ends->oldest + 1) % KITE_PAGE_ENDS_MAX;
    }
}

/* What it costs to divide a paragraph of `count` lines before line `at`; COST_FORCED when it must not be. */
static uint32_t divide_cost(const struct walk *w, const struct kite_window_paragraph *p, uint32_t at, uint32_t count)
{
    if (p->is_whole || at < LINES_KEPT || count - at < LINES_KEPT)
        return COST_FORCED;
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

    if (w->placed > 0 && bottom > w->height - foot_claim(w, foot))
        return false;
    if ((w->placed > 0 || w->foot.count > 0) && (!has_room || (is_new && is_left_too_much(w, foot, bottom))))
        return false;
    w->top = w->used = bottom;
    w->foot = *foot;
    w->behind_mark = is_new ? 0 : w->behind_mark + (w->behind_mark < LINES_BEHIND_MARK);
    w->placed++;
    return true;
}

/* Skip paragraphs that take no lines. */
static enum kite_status skip_empty(struct walk *w, uint32_t *index, struct kite_fault *fault)
{
    for (; *index < w->section_end; ++*index) {
        const struct kite_window_paragraph *p;
        enum kite_status status = kite_window_at(w->window, *index, &p, fault);

        if (status)
            return status;
        if (p->count[1] != 0)
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
        *cost = p->is_whole ? COST_FORCED : COST_ONE_BELOW_HEAD;
    else if (w->below_head < LINES_KEPT)
        *cost = COST_ONE_BELOW_HEAD;

    enum kite_status status = kite_window_at(w->window, next, &follower, fault);

    if (status == KITE_OK && follower->keeps_before)
        *cost = COST_FORCED;
    return status;
}

/* Place the lines of one paragraph from line `from`, and note where the page may end. *is_full: no more fits. */
static enum kite_status walk_paragraph(struct walk *w, uint32_t index, uint32_t from, int8_t delta, bool *is_full,
                                       struct kite_fault *fault)
{
    const struct kite_window_line *lines;
    const struct kite_window_paragraph *found;
    uint32_t count, next = index + 1;
    enum kite_status status = kite_window_lines(w->window, index, delta, &lines, &count, fault);

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
    struct kite_block_room room = { p.above_f26, p.below_f26, p.line_f26 * (kite_f26)count, p.grid };
    struct kite_block_gap gap = { 0, p.below_f26 };

    if (from == 0)
        gap = kite_block_gap(&room, w->placed == 0 ? 0 : w->top, w->line);
    w->top += gap.above;
    for (uint32_t i = from; i < count; i++) {
        lines = w->window->lines + first;

        struct foot foot;
        bool has_room;

        status = mark_notes(w, &lines[i], &foot, &has_room, fault);
        if (status)
            return status;

        kite_f26 left = w->height - foot_claim(w, &foot) - w->top;

        if (!place_line(w, kite_page_picture_height(p.line_f26, p.least_f26, p.follow_f26, left), &foot, has_room)) {
            *is_full = true;
            return KITE_OK;
        }
        w->last = (struct kite_page_point){ .paragraph = index, .line = i + 1, .offset_bytes = p.text_bytes, .delta = delta };

        if (!p.keeps_next || p.least_f26 > 0) /* a picture is enough below a head, and a table's row */
            w->below_head += p.is_whole ? LINES_KEPT : 1;
        else
            w->below_head = i + 1 == count ? 0 : LINES_KEPT;

        struct kite_page_point at = { .paragraph = index, .line = i + 1, .delta = delta };
        uint32_t cost = (lines[i].has_hyphen ? COST_HYPHEN : 0) + (lines[i].is_turned ? COST_TURNED : 0);

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
        if (cost < COST_FORCED)
            add_end(w, at, cost);
        w->ends->forced = page_end(w, at, COST_FORCED);
    }
    w->top += gap.below;
    return KITE_OK;
}

static const struct kite_page_varied none_varied = { { UINT32_MAX, UINT32_MAX }, { 0, 0 } };

static int8_t delta_of(const struct kite_page_varied *varied, uint32_t paragraph)
{
    for (int i = 0; i < KITE_VARIED_MAX; i++)
        if (varied->paragraph[i] == paragraph)
            return varied->delta[i];
    return 0;
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
static enum kite_status find_ends(struct kite_window *window, const struct kite_page_point *start,
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
        int8_t set = delta_of(varied, i);

        if (set == 0 && is_start && start->line > 0)
            set = start->delta;
        status = walk_paragraph(&w, i, is_start ? start->line : 0, set, &is_full, fault);
    }
    if (status == KITE_OK && w.placed == 0 && w.foot.count > 0) { /* a page of notes */
        struct kite_page_point end = { .paragraph = section_end };

        add_end(&w, is_full ? *start : end, 0);
        ends->forced = ends->items[0];
    }
    for (size_t i = 0; i < ends->count; i++)
        if (!ends->items[i].is_section_end)
            ends->items[i].cost += short_cost(&w, &ends->items[i]);
    charge_left_out(&w);
    return status;
}

/* ---- the search ------------------------------------------------------------------------------ */

struct node {
    struct kite_page_plan plan;
    uint32_t cost; /* of all pages up to this one's end */
    int16_t parent;
    uint8_t depth;
    bool has_untried; /* its variants stand in the table already */
    bool is_untried; /* no page yet: that page's paragraphs a line longer or shorter, not worked out so far */
};

struct search {
    struct kite_window *window;
    uint32_t section_end;
    unsigned horizon;
    struct node *nodes;
    size_t count;
    uint16_t open[NODES_MAX]; /* nodes to go on from, in the order they were found */
    size_t open_count;
};

static void push(struct search *s, int parent, const struct kite_page_end *end, const struct kite_page_point *start,
                 const struct kite_page_varied *varied, uint32_t extra)
{
    if (s->count >= NODES_MAX)
        return;

    struct node *n = &s->nodes[s->count];

    s->open[s->open_count++] = (uint16_t)s->count++;
    *n = (struct node){ .parent = (int16_t)parent };
    n->plan = (struct kite_page_plan){ *start, end->at, *varied, end->is_section_end, end->used_f26, end->notes_f26 };
    n->cost = (parent >= 0 ? s->nodes[parent].cost : 0) + end->cost + extra;
    n->depth = (uint8_t)(parent >= 0 ? s->nodes[parent].depth + 1 : 1);
}

/* Leave a page's variants for later: they cost something, and most are never needed. */
static void push_untried(struct search *s, int parent, const struct kite_page_point *start)
{
    const struct kite_page_end end = { .at = *start };

    if (s->count >= NODES_MAX)
        return;
    push(s, parent, &end, start, &none_varied, COST_VARIED);
    s->nodes[s->count - 1].is_untried = true;
    s->nodes[s->count - 1].depth--;
}

static bool is_further(const struct kite_page_point *a, const struct kite_page_point *b)
{
    if (a->paragraph != b->paragraph)
        return a->paragraph > b->paragraph;
    return a->line > b->line;
}

/* Take the node to go on from: least cost, then most pages, then the furthest, then the first found. -1: none is open. */
static int take_cheapest(struct search *s)
{
    const struct node *best = NULL;
    size_t at = 0;

    for (size_t i = 0; i < s->open_count; i++) {
        const struct node *n = &s->nodes[s->open[i]];

        if (best && n->cost > best->cost)
            continue;
        if (!best || n->cost < best->cost || n->depth > best->depth ||
            (n->depth == best->depth && is_further(&n->plan.end, &best->plan.end))) {
            best = n;
            at = i;
        }
    }
    if (!best)
        return -1;
    s->open_count--;
    memmove(s->open + at, s->open + at + 1, (s->open_count - at) * sizeof *s->open);
    return (int)(best - s->nodes);
}

static const struct kite_page_end *best_end(const struct kite_page_ends *ends)
{
    const struct kite_page_end *best = NULL;

    for (size_t i = 0; i < ends->count; i++) {
        const struct kite_page_end *end = &ends->items[(ends->oldest + i) % KITE_PAGE_ENDS_MAX];

        if (!best || end->cost <= best->cost)
            best = end;
    }
    return best;
}

#define VARIANTS_MAX 24

/* The ways to vary one page: what has been tried, where the page then ended. */
struct variants {
    struct kite_window *window;
    struct kite_page_known *page; /* what is found goes there */
    struct variant {
        uint32_t paragraph, cost;
        int8_t delta;
    } items[VARIANTS_MAX];
    size_t count;
};

/* Keep a variation that fills the page at no cost, one for each place where the page then ends. */
static enum kite_status try_varied(struct variants *v, const struct kite_page_varied *varied, uint32_t cost,
                                   struct kite_fault *fault)
{
    struct kite_page_ends ends;
    struct kite_page_known *page = v->page;

    if (page->variant_count == KITE_PAGE_VARIANTS_MAX)
        return KITE_OK;

    enum kite_status status = find_ends(v->window, &page->start, page->section_end, varied, &ends, fault);
    const struct kite_page_end *end = status ? NULL : best_end(&ends);

    if (!end || end->cost != 0)
        return status;
    for (size_t i = 0; i < page->variant_count; i++) {
        const struct kite_page_point *at = &page->variants[i].end.at;

        if (at->paragraph == end->at.paragraph && at->line == end->at.line && at->delta == end->at.delta)
            return KITE_OK;
    }
    page->variants[page->variant_count++] = (struct kite_page_variant){ *end, *varied, cost };
    return KITE_OK;
}

/* A variant costs more the looser it is, up to what a line short costs. */
static uint32_t varied_cost(uint8_t looseness)
{
    return COST_VARIED + (looseness > 16 ? (looseness - 16u) * COST_LOOSE / 16 : 0);
}

/* All that can be varied of the paragraphs that begin on the page, the least loose first. */
static enum kite_status find_variants(struct variants *v, uint32_t first, uint32_t last, struct kite_fault *fault)
{
    struct kite_window *window = v->window;

    for (uint32_t i = last; i + 1 > first && i != UINT32_MAX; i--) {
        for (int8_t delta = 1; delta >= -1; delta = (int8_t)(delta - 2)) {
            const struct kite_window_line *lines;
            uint32_t count;
            enum kite_status status = kite_window_lines(window, i, delta, &lines, &count, fault);

            if (status)
                return status;
            if (count >= KITE_WINDOW_NONE || v->count == VARIANTS_MAX)
                continue;

            uint32_t cost = varied_cost(kite_window_looseness(window, i, delta));
            size_t at = v->count++;

            for (; at > 0 && v->items[at - 1].cost > cost; at--)
                v->items[at] = v->items[at - 1];
            v->items[at] = (struct variant){ i, cost, delta };
        }
    }
    return KITE_OK;
}

static enum kite_status try_singles(struct variants *v, struct kite_fault *fault)
{
    enum kite_status status = KITE_OK;

    for (size_t i = 0; i < v->count && status == KITE_OK; i++) {
        struct kite_page_varied varied = none_varied;

        varied.paragraph[0] = v->items[i].paragraph;
        varied.delta[0] = v->items[i].delta;
        status = try_varied(v, &varied, v->items[i].cost, fault);
    }
    return status;
}

/* Two at once. */
static enum kite_status try_pairs(struct variants *v, struct kite_fault *fault)
{
    enum kite_status status = KITE_OK;

    for (size_t i = 0; i < v->count && status == KITE_OK; i++) {
        for (size_t k = i + 1; k < v->count && status == KITE_OK; k++) {
            const struct variant *a = &v->items[i], *b = &v->items[k];
            struct kite_page_varied varied = { { a->paragraph, b->paragraph }, { a->delta, b->delta } };

            if (a->paragraph != b->paragraph && a->delta == b->delta)
                status = try_varied(v, &varied, a->cost + b->cost, fault);
        }
    }
    return status;
}

/* Do the lines of a paragraph up to the page's start stay as they were? */
static enum kite_status starts_alike(struct kite_window *window, const struct kite_page_point *start, int8_t delta,
                                     bool *is_alike, struct kite_fault *fault)
{
    const struct kite_window_line *whole, *plain;
    uint32_t whole_count, plain_count;
    enum kite_status status = kite_window_lines(window, start->paragraph, delta, &whole, &whole_count, fault);

    if (status == KITE_OK)
        status = kite_window_lines(window, start->paragraph, 0, &plain, &plain_count, fault);
    if (status)
        return status;
    *is_alike = start->delta == 0 && whole_count == plain_count;
    for (uint32_t i = 0; i <= start->line && i < plain_count && *is_alike; i++)
        *is_alike = whole[i].start_bytes == plain[i].start_bytes;
    return KITE_OK;
}

/* A page that would be as it should but for the hyphen at its end: with that word, or its neighbours, not divided. */
static enum kite_status try_whole(struct variants *v, const struct kite_page_end *end, struct kite_fault *fault)
{
    struct kite_window *window = v->window;
    struct kite_page_varied varied = { { end->at.paragraph, UINT32_MAX }, { 0, 0 } };
    const struct kite_window_line *lines;
    uint32_t count;
    bool is_alike = true;

    if (end->cost != COST_HYPHEN || end->at.line == 0 || end->at.delta != 0 ||
        end->at.line - 1 > INT8_MAX - KITE_DELTA_WHOLE)
        return KITE_OK;
    varied.delta[0] = (int8_t)(KITE_DELTA_WHOLE + end->at.line - 1);

    enum kite_status status = kite_window_lines(window, end->at.paragraph, varied.delta[0], &lines, &count, fault);

    if (status || count >= KITE_WINDOW_NONE)
        return status;
    if (end->at.paragraph == v->page->start.paragraph && v->page->start.line > 0)
        status = starts_alike(window, &v->page->start, varied.delta[0], &is_alike, fault);
    if (status || !is_alike)
        return status;
    return try_varied(v, &varied, varied_cost(kite_window_looseness(window, end->at.paragraph, varied.delta[0])), fault);
}

static enum kite_status find_varied(struct kite_window *window, struct kite_page_known *page, struct kite_fault *fault)
{
    struct variants v = { .window = window, .page = page };
    const struct kite_page_point *start = &page->start, *forced = &page->ends.forced.at;
    enum kite_status status = KITE_OK;

    /* The last line that would fit stands in the paragraph where the forced end is. */
    uint32_t first = start->line == 0 ? start->paragraph : start->paragraph + 1;
    uint32_t last = forced->line > 0 ? forced->paragraph : forced->paragraph - 1;

    page->variant_count = 0;
    for (size_t i = 0; i < page->ends.count && status == KITE_OK; i++)
        status = try_whole(&v, &page->ends.items[i], fault);
    if (status == KITE_OK)
        status = find_variants(&v, first, last, fault);
    if (status == KITE_OK)
        status = try_singles(&v, fault);
    if (status == KITE_OK && page->variant_count == 0)
        status = try_pairs(&v, fault);
    page->has_variants = status == KITE_OK;
    return status;
}

/* The page from a point on as it was found before, or is found now: pages are looked at again while those before them are
 * planned. Lent until another is asked for. */
static enum kite_status know_page(const struct search *s, const struct kite_page_point *start, struct kite_page_known **out,
                                  struct kite_fault *fault)
{
    uint32_t mixed = start->paragraph * 31 + start->line * 7 + (uint8_t)start->delta + start->rest.line * 3;
    struct kite_page_known *page = &s->window->known[mixed % KITE_PAGES_KNOWN];

    *out = page;
    if (page->is_known && page->section_end == s->section_end && page->start.paragraph == start->paragraph &&
        page->start.line == start->line && page->start.delta == start->delta &&
        memcmp(&page->start.rest, &start->rest, sizeof start->rest) == 0)
        return KITE_OK;

    page->is_known = page->has_variants = false;
    page->start = *start;
    page->section_end = s->section_end;

    enum kite_status status = find_ends(s->window, start, s->section_end, &none_varied, &page->ends, fault);

    page->is_known = status == KITE_OK;
    return status;
}

static enum kite_status try_variants(struct search *s, int parent, const struct kite_page_point *start,
                                     struct kite_fault *fault)
{
    struct kite_page_known *page;
    enum kite_status status = know_page(s, start, &page, fault);

    if (status == KITE_OK && !page->has_variants)
        status = find_varied(s->window, page, fault);
    for (size_t i = 0; status == KITE_OK && i < page->variant_count; i++)
        push(s, parent, &page->variants[i].end, start, &page->variants[i].varied, page->variants[i].cost);
    return status;
}

/* And those of the pages before it: a paragraph that runs over some pages can only be varied on the one where it begins. */
static void push_untried_before(struct search *s, int at)
{
    for (; at >= 0; at = s->nodes[at].parent) {
        struct node *n = &s->nodes[at];
        struct kite_page_point start = n->plan.start;

        if (n->has_untried || n->plan.varied.paragraph[0] != UINT32_MAX)
            continue;
        n->has_untried = true;
        push_untried(s, n->parent, &start);
    }
}

/* The ways to end the page that follows node `parent`. */
static enum kite_status expand(struct search *s, int parent, const struct kite_page_point *start,
                               struct kite_fault *fault)
{
    struct kite_page_known *page;
    enum kite_status status = know_page(s, start, &page, fault);

    if (status)
        return status;

    const struct kite_page_ends *ends = &page->ends;
    const struct kite_page_end *best = best_end(ends);

    if (!best) {
        push(s, parent, &ends->forced, start, &none_varied, 0);
        return KITE_OK;
    }
    for (size_t i = 0; i < ends->count; i++) {
        const struct kite_page_end *end = &ends->items[(ends->oldest + i) % KITE_PAGE_ENDS_MAX];

        if (end->cost <= best->cost + 4 * COST_SHORT)
            push(s, parent, end, start, &none_varied, 0);
    }
    if (s->horizon > 0 && best->cost > 0) { /* trouble: vary this page, or one before it */
        push_untried(s, parent, start);
        push_untried_before(s, parent);
    }
    return KITE_OK;
}

enum kite_status kite_page_plan(struct kite_window *window, const struct kite_page_point *start,
                                uint32_t section_end, unsigned horizon, struct kite_page_plan *out,
                                struct kite_fault *fault)
{
    struct node nodes[NODES_MAX];
    struct search s = { .window = window, .section_end = section_end, .horizon = horizon, .nodes = nodes };
    enum kite_status status;
    int at;

    kite_window_advance(window, start->paragraph);
    status = expand(&s, -1, start, fault);
    while (status == KITE_OK && (at = take_cheapest(&s)) >= 0) {
        struct node *n = &nodes[at];

        if (n->is_untried) {
            struct kite_page_point from = n->plan.start;

            status = try_variants(&s, n->parent, &from, fault);
            continue;
        }
        if (n->plan.is_section_end || n->depth > horizon || s.count >= NODES_MAX) {
            while (n->parent >= 0)
                n = &nodes[n->parent];
            *out = n->plan;
            return KITE_OK;
        }

        struct kite_page_point next = n->plan.end;

        status = expand(&s, at, &next, fault);
    }
    if (status == KITE_OK) /* every path was pushed out of the table: cannot happen, as the first page has an end */
        status = kite_fail(fault, KITE_E_LIMIT, "no page ends behind paragraph %u", (unsigned)start->paragraph + 1);
    return status;
}
