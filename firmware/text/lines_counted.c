/* Breaking into a given number of lines: the search carries the line number. */
#include "text/lines_cost.h"

/* Lines looser than four are left out of the search; one alone costs (10 + 100 * 4^3)^2. A setting that is cheaper than
 * that is the optimum for certain, and others are refused. */
#define COUNTED_RATIO_MAX_Q8 (4 << 8)
#define COUNTED_COST_MAX 41088100u

/* One break as the end of the line with one number. */
struct counted {
    struct kite_cost_node node;
    struct kite_cost_exits exits;
    uint64_t best; /* the node's least total */
    uint32_t at;
};

/* Breaks, from first to last. */
struct range {
    uint32_t first, last;
};

struct search {
    const struct kite_break *breaks;
    size_t count;
    const struct kite_cost_model *model;
    struct kite_arena *scratch;
    struct counted **layers; /* [line] */
    uint32_t *layer_counts;
    struct counted *room; /* one layer's worth, filled before it is copied */
    uint32_t *next_forced; /* [break]: the first forced break at or behind it */
    struct range *ends;    /* [line]: from elsewhere the end is out of reach in the lines that are left */
    uint64_t limit;
    int64_t ratio_q8; /* no line is looser */
};

/* How far a line's start may be from a line's end in some range. */
struct reach {
    int64_t tightest, loosest_q8; /* least and most that a start's own sums must come to */
    uint32_t forced;           /* lines from before it may be as loose as they like */
};

static struct reach reach_of(const struct search *s, const struct range *ends)
{
    const struct kite_break *b = &s->breaks[ends->first], *last = &s->breaks[ends->last];
    const int64_t ratio_q8 = s->ratio_q8, shrinks = s->model->is_justified;
    struct reach r = { INT64_MAX, INT64_MIN, 0 };

    for (; b <= last; b++) {
        int64_t width = (int64_t)b->width_before + b->pre;
        int64_t tightest = width - shrinks * b->shrink_before;
        int64_t loosest_q8 = width * 256 + ratio_q8 * b->stretch_before;

        if (tightest < r.tightest)
            r.tightest = tightest;
        if (loosest_q8 > r.loosest_q8)
            r.loosest_q8 = loosest_q8;
        if (b->kind == KITE_BREAK_FORCED)
            r.forced = (uint32_t)(b - s->breaks);
    }
    r.tightest -= s->model->measure_first;
    r.loosest_q8 -= (int64_t)s->model->measure_rest * 256;
    return r;
}

/* Where lines begin that may end in the range up to `last` that this is the reach of. False: nowhere. */
static bool find_starts(const struct search *s, const struct reach *reach, uint32_t last, kite_f26 post_most,
                        struct range *starts)
{
    const bool is_justified = s->model->is_justified;
    const int64_t shrinks = is_justified, ratio_q8 = s->ratio_q8;
    const kite_f26 stretch_last = s->breaks[last].stretch_before;

    *starts = (struct range){ UINT32_MAX, 0 };
    for (uint32_t i = last; i-- > 0;) {
        const struct kite_break *b = &s->breaks[i];
        int64_t sums = (int64_t)b->width_after - shrinks * b->shrink_after;

        if (sums + post_most < reach->tightest)
            break;
        if (sums - b->post < reach->tightest)
            continue;
        if (is_justified && ((int64_t)b->width_after - b->post) * 256 + ratio_q8 * b->stretch_after > reach->loosest_q8 &&
            i >= reach->forced && b->stretch_after < stretch_last)
            continue; /* too near: the line would be too loose */
        if (starts->first == UINT32_MAX)
            starts->last = i;
        starts->first = i;
    }
    return starts->first != UINT32_MAX;
}

/* From the end backwards: where each line but the last may end. False: one nowhere. */
static bool find_ends(struct search *s, uint32_t lines, kite_f26 post_most)
{
    s->ends[lines - 1] = (struct range){ (uint32_t)s->count - 1, (uint32_t)s->count - 1 };
    for (uint32_t line = lines - 1; line > 0; line--) {
        const struct range *ends = &s->ends[line];
        struct reach reach = reach_of(s, ends);

        if (!find_starts(s, &reach, ends->last, post_most, &s->ends[line - 1]))
            return false;
    }
    return true;
}

static void counted_init(struct counted *c, uint32_t at)
{
    kite_cost_node_init(&c->node);
    c->best = KITE_COST_NONE;
    c->at = at;
}

/* Enter the line between two breaks. False: it is too loose, as those from later starts are. */
static bool enter(const struct search *s, const struct kite_break *from, const struct kite_cost_exits *exits,
                  uint32_t from_node, struct counted *end)
{
    uint32_t index = end->at;
    const struct kite_break *to = &s->breaks[index];
    struct kite_cost_line line = kite_cost_line_between(s->model, from, to, true);
    struct kite_cost_step step = { .exits = exits, .from = from_node, .from_flagged = from && kite_break_is_flagged(from),
                                   .to_flagged = kite_break_is_flagged(to) };

    if (!kite_cost_line_fits(&line))
        return true;
    if (s->model->is_justified && kite_cost_is_looser(s->model, &line, s->ratio_q8))
        return false;
    step.cost = kite_cost_add(kite_cost_of_line(s->model, &line, &step.fitness), kite_cost_of_break(s->model, to));
    if (index + 1 == s->count)
        step.cost = kite_cost_add(step.cost, kite_cost_of_last(s->model, from, to));

    uint64_t total = kite_cost_enter(&step, &end->node);

    end->best = total < end->best ? total : end->best;
    return true;
}

/* The first node from `first` on of the line before from which a line may reach break `index`. */
static uint32_t first_start(const struct search *s, const struct counted *before, uint32_t count, uint32_t first,
                            uint32_t index)
{
    for (; first < count && before[first].at < index; first++) {
        uint32_t at = before[first].at;
        struct kite_cost_line line = kite_cost_line_between(s->model, &s->breaks[at], &s->breaks[index], false);

        if (kite_cost_line_fits(&line) && s->next_forced[at + 1] >= index)
            break;
    }
    return first;
}

/* Keep the node in the room as the next of `found`, if any way leads to it. */
static uint32_t keep_node(struct search *s, uint32_t found)
{
    struct counted *c = &s->room[found];

    if (c->best > s->limit)
        return found;
    kite_cost_exits(s->model, &c->node, kite_break_is_flagged(&s->breaks[c->at]), &c->exits);
    return found + 1;
}

static uint32_t fill_first(struct search *s, struct range ends)
{
    struct kite_cost_exits start;
    uint32_t found = 0;

    kite_cost_exits_start(s->model, &start);
    for (uint32_t i = ends.first; i <= ends.last && i <= s->next_forced[0]; i++) {
        struct kite_cost_line line = kite_cost_line_between(s->model, NULL, &s->breaks[i], false);
        struct counted *c = &s->room[found];

        if (!kite_cost_line_fits(&line))
            break;
        counted_init(c, i);
        enter(s, NULL, &start, KITE_COST_START, c);
        found = keep_node(s, found);
    }
    return found;
}

static uint32_t fill_next(struct search *s, const struct counted *before, uint32_t count, struct range ends)
{
    uint32_t first = 0, found = 0, from = count > 0 && before[0].at + 1 > ends.first ? before[0].at + 1 : ends.first;

    for (uint32_t i = from; i <= ends.last && first < count; i++) {
        struct counted *c = &s->room[found];

        counted_init(c, i);
        first = first_start(s, before, count, first, i);
        for (uint32_t k = first; k < count && before[k].at < i; k++)
            if (!enter(s, &s->breaks[before[k].at], &before[k].exits, k, c))
                break;
        found = keep_node(s, found);
    }
    return found;
}

/* All ends of line `line` (from 0), given those of the line before. */
static enum kite_status add_layer(struct search *s, uint32_t line)
{
    struct range ends = s->ends ? s->ends[line] : (struct range){ 0, (uint32_t)s->count - 1 };
    uint32_t found = line == 0 ? fill_first(s, ends) : fill_next(s, s->layers[line - 1], s->layer_counts[line - 1], ends);

    s->layer_counts[line] = found;
    s->layers[line] = kite_arena_alloc(s->scratch, found, sizeof **s->layers);
    if (!s->layers[line])
        return KITE_E_NOMEM;
    for (uint32_t i = 0; i < found; i++)
        s->layers[line][i] = s->room[i];
    return found > 0 ? KITE_OK : KITE_E_RANGE;
}

static bool reaches_end(const struct search *s, uint32_t line)
{
    uint32_t count = s->layer_counts[line];

    return count > 0 && s->layers[line][count - 1].at + 1 == s->count;
}

/* Follow the best way back. Returns its total. */
static uint64_t trace(const struct search *s, uint32_t line, uint32_t *at)
{
    uint32_t index = s->layer_counts[line] - 1;
    const struct kite_cost_node *end = &s->layers[line][index].node;

    unsigned slot = kite_cost_best_slot(end);
    uint64_t total = end->total[slot];

    for (uint32_t k = line + 1; k-- > 0;) {
        const struct counted *c = &s->layers[k][index];

        at[k] = c->at;
        index = kite_cost_node_before(&c->node, &slot);
    }
    return total;
}

/* What the search needs. KITE_E_RANGE: so many lines cannot be had. */
static enum kite_status prepare(struct search *s, struct kite_count_wish wish)
{
    kite_f26 post_most = 0;

    s->layers = kite_arena_alloc(s->scratch, wish.wanted_max, sizeof(struct counted *));
    s->layer_counts = kite_arena_alloc(s->scratch, wish.wanted_max, sizeof *s->layer_counts);
    s->room = kite_arena_alloc(s->scratch, s->count, sizeof *s->room);
    s->next_forced = kite_arena_alloc(s->scratch, s->count, sizeof *s->next_forced);
    s->ends = wish.is_fewest ? NULL : kite_arena_alloc(s->scratch, wish.wanted_max, sizeof *s->ends);
    if (!s->layers || !s->layer_counts || !s->room || !s->next_forced || (!wish.is_fewest && !s->ends))
        return KITE_E_NOMEM;
    for (size_t i = s->count; i-- > 0;) {
        s->next_forced[i] = s->breaks[i].kind == KITE_BREAK_FORCED ? (uint32_t)i : s->next_forced[i + 1];
        if (-s->breaks[i].post > post_most)
            post_most = -s->breaks[i].post;
    }
    return wish.is_fewest || find_ends(s, wish.wanted_max, post_most) ? KITE_OK : KITE_E_RANGE;
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
