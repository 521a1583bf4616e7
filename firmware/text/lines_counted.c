/* Breaking into a given number of lines: the search carries the line number. */
#include "text/lines_cost.h"

#include <string.h>

/* Lines looser than four are left out of the search; one alone costs (10 + 100 * 4^3)^2. A setting that is cheaper than
 * that is the optimum for certain, and others are refused. */
#define COUNTED_RATIO_MAX_Q8 (4 << 8)
#define COUNTED_COST_MAX 41088100u
#define NO_BREAK UINT32_MAX

/* Breaks, from first to last. */
struct range {
    uint32_t first, last;
};

/* The ends of the line with one number. */
struct layer {
    struct kite_cost_trail *trails;
    uint32_t count;
};

struct search {
    const struct kite_break *breaks;
    size_t count;
    const struct kite_cost_model *model;
    struct kite_arena *scratch;
    struct layer *layers; /* [line] */
    struct range *ends;   /* [line]: from elsewhere the end is out of reach in the lines that are left */
    struct kite_cost_trail *trails; /* of the line in hand, until it is known how many there are */
    struct kite_cost_start *before, *after; /* the ends of the line before, and of this one, as starts */
    struct kite_cost_node node; /* of the break in hand */
    uint64_t best;              /* its least total */
    uint64_t limit;
    int64_t ratio_q8; /* no line is looser */
    uint32_t forced_end; /* behind the last forced break but that of the end; 0: there is none */
    kite_f26 pre_least, pre_most, post_most; /* of all breaks; post_most of its negative */
};

/* ---- where lines may end --------------------------------------------------------------------- */

/* How far a line's start may be from a line's end in some range: the least and the most that its own sums must come to. */
struct reach {
    int64_t tightest, loosest_q8;
};

/* Sums ascend, so what stands first reaches back the furthest but for what is added at a break; and likewise the last. */
static struct reach reach_of(const struct search *s, const struct range *ends)
{
    const struct kite_break *first = &s->breaks[ends->first], *last = &s->breaks[ends->last];
    const int64_t ratio_q8 = s->ratio_q8, shrinks = s->model->is_justified;
    struct reach r = { INT64_MAX, INT64_MIN };

    for (const struct kite_break *b = first; b <= last; b++) {
        int64_t sums = b->width_before - shrinks * b->shrink_before;

        if (r.tightest != INT64_MAX && sums + s->pre_least >= r.tightest)
            break;
        r.tightest = sums + b->pre < r.tightest ? sums + b->pre : r.tightest;
    }
    for (const struct kite_break *b = last; b >= first; b--) {
        int64_t sums = (int64_t)b->width_before * 256 + ratio_q8 * b->stretch_before;

        if (sums + (int64_t)s->pre_most * 256 <= r.loosest_q8)
            break;
        sums += (int64_t)b->pre * 256;
        r.loosest_q8 = sums > r.loosest_q8 ? sums : r.loosest_q8;
    }
    r.tightest -= s->model->measure_first;
    r.loosest_q8 -= (int64_t)s->model->measure_rest * 256;
    return r;
}

static int64_t tight_sums(const struct search *s, const struct kite_break *b)
{
    return (int64_t)b->width_after - (s->model->is_justified ? b->shrink_after : 0);
}

/* Where lines begin that may end in a range whose last forced break is `forced` (lines from before it may be as loose as they
 * like). False: nowhere. */
static bool find_starts(const struct search *s, const struct range *ends, uint32_t forced, struct range *starts)
{
    const struct reach reach = reach_of(s, ends);
    const int64_t ratio_q8 = s->ratio_q8;
    const kite_f26 stretch_last = s->breaks[ends->last].stretch_before;
    uint32_t i = ends->last;
    bool is_found = false;

    while (i-- > 0 && !is_found) { /* the last: neither too far nor so near that the line would be too loose */
        const struct kite_break *b = &s->breaks[i];
        int64_t sums = tight_sums(s, b);

        if (sums + s->post_most < reach.tightest)
            return false;
        is_found = sums - b->post >= reach.tightest &&
                   (!s->model->is_justified || i < forced || b->stretch_after >= stretch_last ||
                    ((int64_t)b->width_after - b->post) * 256 + ratio_q8 * b->stretch_after <= reach.loosest_q8);
        starts->last = i;
    }
    starts->first = starts->last < ends->first ? starts->last : ends->first;
    for (i = starts->first; i-- > 0;) { /* the first */
        const struct kite_break *b = &s->breaks[i];
        int64_t sums = tight_sums(s, b);

        if (sums + s->post_most < reach.tightest)
            break;
        if (sums - b->post >= reach.tightest)
            starts->first = i;
    }
    return is_found;
}

/* From the end backwards: where each line but the last may end. False: one nowhere. */
static bool find_ends(struct search *s, uint32_t lines)
{
    uint32_t forced = (uint32_t)s->count - 1;

    s->ends[lines - 1] = (struct range){ forced, forced };
    for (uint32_t line = lines - 1; line > 0; line--) {
        const struct range *ends = &s->ends[line];

        if (forced > ends->last && forced > s->forced_end)
            forced = s->forced_end; /* nothing is forced from there to the end */
        while (forced > ends->last || (forced > 0 && s->breaks[forced].kind != KITE_BREAK_FORCED))
            forced--;
        if (!find_starts(s, ends, forced >= ends->first ? forced : 0, &s->ends[line - 1]))
            return false;
    }
    return true;
}

/* ---- the search ------------------------------------------------------------------------------ */

/* Enter the line between two breaks. False: it is too loose, as those from later starts are. */
static inline bool enter(struct search *s, const struct kite_cost_start *from, const struct kite_break *to,
                         const struct kite_cost_end *end, uint32_t from_break)
{
    struct kite_cost_line line = kite_cost_line_from(from, end);
    struct kite_cost_step step;

    if (s->model->is_justified && kite_cost_is_looser(s->model, &line, s->ratio_q8))
        return false;
    if (s->best == KITE_COST_NONE)
        kite_cost_node_init(&s->node);
    step.cost = kite_cost_add(kite_cost_of_line(s->model, &line, &step.fitness), kite_cost_of_break(s->model, to));
    if (end->is_free && to == &s->breaks[s->count - 1])
        step.cost = kite_cost_add(step.cost, kite_cost_of_last(s->model, from_break == NO_BREAK ? NULL : &s->breaks[from_break], to));

    uint64_t total = kite_cost_enter(from, end, step, &s->node);

    s->best = total < s->best ? total : s->best;
    return true;
}

/* Keep the node as the next of `found`, as a way leads to it. */
static uint32_t keep_node(struct search *s, uint32_t index, uint32_t found)
{
    struct kite_cost_start *start = &s->after[found];

    kite_cost_start_at(s->model, &s->breaks[index], start);
    kite_cost_exits(s->model, &s->node, start->is_flagged, &start->exits);
    start->number = found;
    s->node.trail.at = index;
    s->trails[found] = s->node.trail;
    return found + 1;
}

/* The ends of one line, given those of the line before; the paragraph's start is one with no break. */
static uint32_t fill(struct search *s, const struct layer *before, struct range ends)
{
    const struct kite_cost_trail *trails = before->trails;
    uint32_t first = 0, found = 0, seen = trails[0].at + 1; /* which is 0 behind no break */
    uint32_t forced = 0;                                    /* behind the last forced break seen */

    for (uint32_t i = seen > ends.first ? seen : ends.first; i <= ends.last && first < before->count; i++) {
        const struct kite_break *to = &s->breaks[i];
        struct kite_cost_end end = kite_cost_end_bare(s->model, to), least = end;

        kite_cost_end_add(&least, s->pre_least);
        for (; seen < i && seen < s->forced_end; seen++)
            if (s->breaks[seen].kind == KITE_BREAK_FORCED)
                forced = seen + 1;
        while (first < before->count && trails[first].at + 1 <= i &&
               (trails[first].at + 1 < forced || !kite_cost_reaches(&s->before[first], &least)))
            first++;
        kite_cost_end_add(&end, to->pre);
        s->best = KITE_COST_NONE;
        for (uint32_t k = first; k < before->count && trails[k].at + 1 <= i; k++)
            if (kite_cost_reaches(&s->before[k], &end) && !enter(s, &s->before[k], to, &end, trails[k].at))
                break;
        if (s->best <= s->limit)
            found = keep_node(s, i, found);
    }
    return found;
}

/* All ends of line `line` (from 0), given those of the line before. */
static enum kite_status add_layer(struct search *s, uint32_t line)
{
    struct range ends = s->ends ? s->ends[line] : (struct range){ 0, (uint32_t)s->count - 1 };
    struct kite_cost_trail no_trail = { .at = NO_BREAK };
    struct layer *layer = &s->layers[line], start = { &no_trail, 1 };
    struct kite_cost_start *after = s->after;

    if (line == 0)
        kite_cost_start_first(s->model, &s->before[0]);

    layer->count = fill(s, line == 0 ? &start : layer - 1, ends);
    s->after = s->before;
    s->before = after;
    if (layer->count == 0)
        return KITE_E_RANGE;
    layer->trails = kite_arena_alloc(s->scratch, layer->count, sizeof *layer->trails);
    if (!layer->trails)
        return KITE_E_NOMEM;
    memcpy(layer->trails, s->trails, layer->count * sizeof *layer->trails);
    return KITE_OK;
}

/* Does the line end the paragraph? Then the node is that of its end, the last break. */
static bool reaches_end(const struct search *s, uint32_t line)
{
    return s->layers[line].trails[s->layers[line].count - 1].at + 1 == s->count;
}

/* Follow the best way back. Returns its total. */
static uint64_t trace(const struct search *s, uint32_t line, uint32_t *at)
{
    uint32_t index = s->layers[line].count - 1;
    unsigned slot = kite_cost_best_slot(&s->node);
    uint64_t total = s->node.total[slot];

    for (uint32_t k = line + 1; k-- > 0;) {
        const struct kite_cost_trail *trail = &s->layers[k].trails[index];

        at[k] = trail->at;
        index = kite_cost_node_before(trail, &slot);
    }
    return total;
}

/* The most breaks that a line may end at. */
static uint32_t widest(const struct search *s, uint32_t lines)
{
    uint32_t most = 0;

    if (!s->ends)
        return (uint32_t)s->count;
    for (uint32_t i = 0; i < lines; i++)
        most = s->ends[i].last - s->ends[i].first > most ? s->ends[i].last - s->ends[i].first : most;
    return most + 1;
}

/* What the search needs. KITE_E_RANGE: so many lines cannot be had. */
static enum kite_status prepare(struct search *s, struct kite_count_wish wish)
{
    s->ends = NULL;
    if (!wish.is_fewest) {
        s->ends = kite_arena_alloc(s->scratch, wish.wanted_max, sizeof *s->ends);
        if (!s->ends)
            return KITE_E_NOMEM;
        if (!find_ends(s, wish.wanted_max))
            return KITE_E_RANGE;
    }

    uint32_t room = widest(s, wish.wanted_max);

    s->layers = kite_arena_alloc(s->scratch, wish.wanted_max, sizeof *s->layers);
    s->trails = kite_arena_alloc(s->scratch, room, sizeof *s->trails);
    s->before = kite_arena_alloc(s->scratch, room, sizeof *s->before);
    s->after = kite_arena_alloc(s->scratch, room, sizeof *s->after);
    return s->layers && s->trails && s->before && s->after ? KITE_OK : KITE_E_NOMEM;
}

static enum kite_status run(struct search *s, struct kite_count_wish wish, uint32_t *at, size_t *count, uint64_t *total)
{
    enum kite_status status = prepare(s, wish);

    for (uint32_t line = 0; line < wish.wanted_max && status == KITE_OK; line++) {
        status = add_layer(s, line);
        if (status == KITE_OK && reaches_end(s, line) && (wish.is_fewest || line + 1 == wish.wanted_max)) {
            *count = line + 1;
            *total = trace(s, line, at);
            return *total < s->limit || wish.is_fewest ? KITE_OK : KITE_E_RANGE;
        }
    }
    return status == KITE_E_NOMEM ? status : KITE_E_RANGE;
}

/* What breaks change about widths, at most. */
static void find_changes(struct search *s)
{
    for (size_t i = 0; i < s->count; i++) {
        const struct kite_break *b = &s->breaks[i];

        if (b->kind == KITE_BREAK_FORCED && i + 1 < s->count)
            s->forced_end = (uint32_t)i + 1;
        if ((b->pre | b->post) == 0) /* as of most */
            continue;
        s->pre_least = b->pre < s->pre_least ? b->pre : s->pre_least;
        s->pre_most = b->pre > s->pre_most ? b->pre : s->pre_most;
        s->post_most = -b->post > s->post_most ? -b->post : s->post_most;
    }
}

/* The least that a line looser than a ratio costs. */
static uint64_t least_beyond(const struct kite_cost_model *model, int32_t ratio_q8)
{
    struct kite_cost_line line = { .gap = ratio_q8, .stretch = 256 };
    unsigned fitness;

    return kite_cost_of_line(model, &line, &fitness);
}

enum kite_status kite_lines_break_counted(const struct kite_break *breaks, size_t break_count,
                                          const struct kite_cost_model *model, struct kite_count_wish wish,
                                          struct kite_arena *scratch, uint32_t *at, size_t *count)
{
    struct search s = { .breaks = breaks, .count = break_count, .model = model, .scratch = scratch,
                        .limit = wish.is_fewest ? KITE_COST_MAX : kite_cost_scaled(model, COUNTED_COST_MAX) };
    int64_t ratio_q8 = COUNTED_RATIO_MAX_Q8;
    uint64_t total;

    if (wish.wanted_max == 0)
        return KITE_E_RANGE;
    find_changes(&s);
    if (model->is_justified && wish.ratio_max_q8 != 0 && wish.ratio_max_q8 < COUNTED_RATIO_MAX_Q8) {
        struct kite_arena_mark mark = kite_arena_save(scratch);

        s.ratio_q8 = wish.ratio_max_q8;

        enum kite_status status = run(&s, wish, at, count, &total);

        kite_arena_release(scratch, mark);
        if (status != KITE_OK || total < least_beyond(model, wish.ratio_max_q8))
            return status;
        s.limit = total + 1; /* what is dearer than that one is not the best */
        ratio_q8 = kite_cost_ratio_beyond(model, total);
    }
    s.ratio_q8 = ratio_q8 < COUNTED_RATIO_MAX_Q8 ? ratio_q8 : COUNTED_RATIO_MAX_Q8;
    return run(&s, wish, at, count, &total);
}
