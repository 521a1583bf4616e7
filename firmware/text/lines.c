/* Total fit over a window of starts. */
#include "text/lines_cost.h"

#define Q_BITS_FINE 8
#define Q_BITS_COARSE (-16)

struct search {
    const struct kite_break *breaks;
    size_t count;
    struct kite_cost_model model;
    struct kite_cost_node *nodes;
    struct kite_cost_exits *exits; /* of each node that can be a start */
    uint32_t *starts;              /* reachable breaks in order; KITE_COST_START is the paragraph's start */
    size_t start_first, start_count;
    struct kite_cost_exits start_exits;
    uint64_t limit;   /* ways that cost more are not followed */
    int64_t ratio_q8; /* beyond which a line alone does */
    kite_f26 post_most; /* how much a start may change a line's width */
};

static const struct kite_break *break_at(const struct search *s, uint32_t start)
{
    return start == KITE_COST_START ? NULL : &s->breaks[start];
}

static const struct kite_cost_exits *exits_of(const struct search *s, uint32_t start)
{
    return start == KITE_COST_START ? &s->start_exits : &s->exits[start];
}

/* Drop starts from which even this break is too far; they never fit again. */
static void drop_starts(struct search *s, const struct kite_break *to)
{
    for (; s->start_first < s->start_count; s->start_first++) {
        const struct kite_break *from = break_at(s, s->starts[s->start_first]);
        struct kite_cost_line line = kite_cost_line_between(&s->model, from, to, false);

        if (kite_cost_line_fits(&line))
            break;
    }
}

/* Is the line too loose from this start, and more so from all behind it? */
static bool is_too_loose(const struct search *s, struct kite_cost_line line)
{
    line.gap -= s->post_most;
    return kite_cost_is_looser(&s->model, &line, s->ratio_q8);
}

/* The best ways to one break: fills its node. Returns the least total, KITE_COST_NONE when there is no way; the node may be
 * untouched then. */
static uint64_t find_best(struct search *s, uint32_t index)
{
    const struct kite_break *to = &s->breaks[index];
    struct kite_cost_node *node = &s->nodes[index];
    uint64_t break_cost = 0, best = KITE_COST_NONE;
    bool is_end = index + 1 == s->count, is_first = true;
    struct kite_cost_step step = { .to_flagged = kite_break_is_flagged(to) };

    for (size_t i = s->start_first; i < s->start_count; i++) {
        const struct kite_break *from = break_at(s, s->starts[i]);
        struct kite_cost_line line = kite_cost_line_between(&s->model, from, to, true);

        if (!kite_cost_line_fits(&line))
            continue;
        if (is_too_loose(s, line))
            break;
        if (is_first) { /* most breaks have no start */
            kite_cost_node_init(node);
            break_cost = kite_cost_of_break(&s->model, to);
            is_first = false;
        }
        step.exits = exits_of(s, s->starts[i]);
        step.from = s->starts[i];
        step.from_flagged = from && kite_break_is_flagged(from);
        step.cost = kite_cost_add(kite_cost_of_line(&s->model, &line, &step.fitness), break_cost);
        if (is_end)
            step.cost = kite_cost_add(step.cost, kite_cost_of_last(&s->model, from, to));

        uint64_t total = kite_cost_enter(&step, node);

        best = total < best ? total : best;
    }
    return best;
}

/* Nothing fits: the line from the last start on is the least overfull. Every setting goes this way, so its price is
 * left out. Returns the total. */
static uint64_t rescue(struct search *s, uint32_t index)
{
    uint32_t start = s->starts[s->start_count - 1];
    const struct kite_cost_exits *exits = exits_of(s, start);
    struct kite_cost_node *node = &s->nodes[index];
    unsigned loosest = KITE_FITNESS_COUNT - 1;
    kite_cost_way best = exits->plain[0];

    for (unsigned f = 1; f < KITE_FITNESS_COUNT; f++)
        if (exits->plain[f] < best)
            best = exits->plain[f];
    kite_cost_node_init(node);
    node->total[loosest] = best < KITE_COST_NO_WAY ? kite_cost_way_total(best) : 0;
    node->from[loosest] = start << KITE_COST_SLOT_BITS | kite_cost_way_slot(best);
    return node->total[loosest];
}

/* Find the best way to every break. False: under the limit there is none to the end. */
static bool run(struct search *s)
{
    bool is_limited = s->limit < KITE_COST_MAX;

    s->ratio_q8 = kite_cost_ratio_beyond(&s->model, s->limit);
    kite_cost_exits_start(&s->model, &s->start_exits);
    s->start_first = 0;
    s->starts[0] = KITE_COST_START;
    s->start_count = 1;
    for (uint32_t i = 0; i < s->count; i++) {
        const struct kite_break *to = &s->breaks[i];
        uint64_t best;

        drop_starts(s, to);
        if (s->start_first < s->start_count)
            best = find_best(s, i);
        else if (is_limited)
            return false;
        else
            best = rescue(s, i);

        bool is_reached = best <= s->limit;

        if (to->kind == KITE_BREAK_FORCED) {
            if (!is_reached && is_limited)
                return false;
            if (!is_reached)
                rescue(s, i);
            s->start_first = s->start_count;
        } else if (!is_reached) {
            continue;
        }
        kite_cost_exits(&s->model, &s->nodes[i], kite_break_is_flagged(to), &s->exits[i]);
        s->starts[s->start_count++] = i;
    }
    return true;
}

/* Follow the best way back from the end. Returns its total. */
static uint64_t trace(const struct search *s, uint32_t *at, size_t *count)
{
    const struct kite_cost_node *end = &s->nodes[s->count - 1];
    uint32_t index = (uint32_t)s->count - 1;
    size_t lines = 0;
    unsigned slot = kite_cost_best_slot(end);
    uint64_t total = end->total[slot];

    while (index != KITE_COST_START) {
        at[lines++] = index;
        index = kite_cost_node_before(&s->nodes[index], &slot);
    }
    for (size_t i = 0; i < lines / 2; i++) {
        uint32_t swap = at[i];

        at[i] = at[lines - 1 - i];
        at[lines - 1 - i] = swap;
    }
    *count = lines;
    return total;
}

/* A total that most paragraphs keep below. */
static uint64_t first_limit(const struct search *s)
{
    uint64_t lines = 2 + (uint64_t)(s->breaks[s->count - 1].width_before / s->model.measure_full);

    return s->model.is_justified ? kite_cost_scaled(&s->model, 40000) * lines : s->model.short_last / 32 * lines;
}

/* What costs more than the limit is not looked at: when a way to the end is found all the same, nothing better was
 * missed. Else again with more. */
static uint64_t run_within_limits(struct search *s, uint64_t limit, struct kite_breaks *out)
{
    uint64_t step = s->model.is_justified ? 4 : 64; /* most of the rest need little more; the others are far beyond */

    for (s->limit = limit; s->limit < KITE_COST_MAX / step; s->limit *= step, step *= 4)
        if (run(s))
            return trace(s, out->at, &out->count);
    s->limit = KITE_COST_MAX;
    run(s);
    return trace(s, out->at, &out->count);
}

static enum kite_status break_freely(struct search *s, const struct kite_line_rules *rules, struct kite_breaks *out)
{
    kite_cost_model_init(&s->model, rules, Q_BITS_FINE);
    if (run_within_limits(s, first_limit(s), out) >= KITE_COST_MAX && s->model.is_justified) {
        kite_cost_model_init(&s->model, rules, Q_BITS_COARSE); /* demerits beyond the fine scale */
        s->limit = KITE_COST_MAX;
        run(s);
        trace(s, out->at, &out->count);
    }
    return KITE_OK;
}

/* Is no line but a free one looser than the limit? */
static bool is_tight_enough(const struct kite_break *breaks, const struct kite_cost_model *model, int32_t ratio_max_q16,
                            const struct kite_breaks *chosen)
{
    const struct kite_break *from = NULL;

    for (size_t i = 0; i < chosen->count; i++) {
        const struct kite_break *to = &breaks[chosen->at[i]];
        struct kite_cost_line line = kite_cost_line_between(model, from, to, true);
        int64_t stretch = line.stretch > 0 ? line.stretch : model->one_space_stretch;

        if (!line.is_free && model->is_justified && ratio_max_q16 != 0 && line.gap * 65536 > ratio_max_q16 * stretch)
            return false;
        from = to;
    }
    return true;
}

static enum kite_status break_counted(const struct kite_break *breaks, size_t break_count,
                                      const struct kite_line_rules *rules, struct kite_arena *scratch,
                                      struct kite_breaks *out)
{
    struct kite_arena_mark mark = kite_arena_save(scratch);
    struct kite_count_wish wish = { rules->lines_wanted, false, rules->ratio_max_q16 / 256 };
    struct kite_cost_model model;

    if (rules->lines_wanted > break_count)
        return KITE_E_RANGE;
    kite_cost_model_init(&model, rules, Q_BITS_FINE);

    enum kite_status status =
        kite_lines_break_counted(breaks, break_count, &model, wish, scratch, out->at, &out->count);

    if (status == KITE_OK && !is_tight_enough(breaks, &model, rules->ratio_max_q16, out))
        status = KITE_E_RANGE;
    kite_arena_release(scratch, mark);
    return status;
}

enum kite_status kite_lines_break(const struct kite_break *breaks, size_t break_count,
                                  const struct kite_line_rules *rules, struct kite_arena *scratch,
                                  struct kite_breaks *out)
{
    struct search s = { .breaks = breaks, .count = break_count };

    out->count = 0;
    if (break_count >= KITE_COST_START)
        return KITE_E_NOMEM;
    out->at = kite_arena_alloc(scratch, break_count, sizeof *out->at);
    if (!out->at)
        return KITE_E_NOMEM;

    /* What only the search needs goes back to the arena. */
    struct kite_arena_mark mark = kite_arena_save(scratch);
    struct kite_cost_model model;
    enum kite_status status = KITE_E_RANGE;

    kite_cost_model_init(&model, rules, Q_BITS_FINE);
    if (rules->is_balanced && rules->align != KITE_ALIGN_JUSTIFIED) {
        struct kite_count_wish wish = { .wanted_max = (uint32_t)break_count, .is_fewest = true };

        status = kite_lines_break_counted(breaks, break_count, &model, wish, scratch, out->at, &out->count);
        kite_arena_release(scratch, mark);
    }
    if (status != KITE_E_RANGE)
        return status;
    if (rules->lines_wanted != 0)
        return break_counted(breaks, break_count, rules, scratch, out);
    s.nodes = kite_arena_alloc(scratch, break_count, sizeof *s.nodes);
    s.exits = kite_arena_alloc(scratch, break_count, sizeof *s.exits);
    s.starts = kite_arena_alloc(scratch, break_count + 1, sizeof *s.starts);
    if (!s.nodes || !s.exits || !s.starts)
        return KITE_E_NOMEM;
    for (size_t i = 0; i < break_count; i++)
        if (breaks[i].post > s.post_most || -breaks[i].post > s.post_most)
            s.post_most = breaks[i].post < 0 ? -breaks[i].post : breaks[i].post;
    s.post_most *= 2;
    status = break_freely(&s, rules, out);
    kite_arena_release(scratch, mark);
    return status;
}

int32_t kite_line_ratio_q16(kite_f26 gap, kite_f26 stretch, kite_f26 shrink, kite_f26 space)
{
    int64_t room = gap < 0 ? shrink : stretch > 0 ? stretch : space / 2;

    if (room <= 0)
        return gap == 0 ? 0 : gap < 0 ? -INT32_MAX : INT32_MAX;

    int64_t ratio = (int64_t)gap * 65536 / room;

    return ratio > INT32_MAX ? INT32_MAX : ratio < -INT32_MAX ? -INT32_MAX : (int32_t)ratio;
}
