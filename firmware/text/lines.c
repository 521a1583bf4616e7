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
    uint32_t *starts;              /* reachable breaks in order; UINT32_MAX is the paragraph's start */
    size_t start_first, start_count;
    uint32_t *cheap; /* indices of starts; see least_total */
    size_t cheap_first, cheap_count;
    struct kite_cost_exits start_exits;
    kite_f26 post_most; /* how much a start may change a line's width */
};

static const struct kite_break *break_at(const struct search *s, uint32_t start)
{
    return start == UINT32_MAX ? NULL : &s->breaks[start];
}

static const struct kite_cost_exits *exits_of(const struct search *s, uint32_t start)
{
    return start == UINT32_MAX ? &s->start_exits : &s->exits[start];
}

/* The starts that are cheapest among themselves and all later ones, in order: the first is the cheapest still open. */
static uint64_t least_total(const struct search *s)
{
    return exits_of(s, s->starts[s->cheap[s->cheap_first]])->least;
}

static void add_start(struct search *s, uint32_t start)
{
    uint64_t total = exits_of(s, start)->least;

    while (s->cheap_count > s->cheap_first && exits_of(s, s->starts[s->cheap[s->cheap_count - 1]])->least >= total)
        s->cheap_count--;
    s->cheap[s->cheap_count++] = (uint32_t)s->start_count;
    s->starts[s->start_count++] = start;
}

static void drop_first(struct search *s, size_t first)
{
    s->start_first = first;
    while (s->cheap_first < s->cheap_count && s->cheap[s->cheap_first] < first)
        s->cheap_first++;
}

/* Drop starts from which even this break is too far; they never fit again. */
static void drop_starts(struct search *s, const struct kite_break *to)
{
    size_t first = s->start_first;

    for (; first < s->start_count; first++) {
        struct kite_cost_line line = kite_cost_line_between(&s->model, break_at(s, s->starts[first]), to, false);

        if (kite_cost_line_fits(&line))
            break;
    }
    if (first != s->start_first)
        drop_first(s, first);
}

/* The best total that a looser line would have to beat to matter: any fitness class costs at most the slack. */
static uint64_t total_to_beat(const struct search *s, const struct kite_cost_node *node)
{
    uint64_t best = KITE_COST_NONE;

    for (unsigned f = 0; f < KITE_FITNESS_COUNT; f++)
        if (node->total[f] < best)
            best = node->total[f];
    return best == KITE_COST_NONE ? best : kite_cost_add(best, s->model.slack);
}

/* Could a start behind this one, whose lines are looser, still win? cost: of this one's line. */
static bool can_win(const struct search *s, const struct kite_cost_line *line, uint64_t cost, uint64_t others,
                    uint64_t to_beat)
{
    struct kite_cost_line tightest = *line;
    unsigned fitness;

    tightest.gap -= s->post_most;
    if (to_beat == KITE_COST_NONE || line->is_free || tightest.gap <= 0)
        return true;
    if (kite_cost_add(cost, others) < to_beat)
        return true;
    return s->post_most != 0 && kite_cost_add(kite_cost_of_line(&s->model, &tightest, &fitness), others) < to_beat;
}

static void find_best(struct search *s, uint32_t index)
{
    const struct kite_break *to = &s->breaks[index];
    struct kite_cost_node *node = &s->nodes[index];
    uint64_t break_cost = kite_cost_of_break(&s->model, to);
    uint64_t others = kite_cost_add(least_total(s), break_cost);
    bool is_end = index + 1 == s->count, to_flagged = kite_break_is_flagged(to);

    for (size_t i = s->start_first; i < s->start_count; i++) {
        const struct kite_break *from = break_at(s, s->starts[i]);
        struct kite_cost_line line = kite_cost_line_between(&s->model, from, to, true);
        struct kite_cost_step step = { .exits = exits_of(s, s->starts[i]), .from = s->starts[i],
                                       .from_flagged = from && kite_break_is_flagged(from),
                                       .to_flagged = to_flagged };

        if (!kite_cost_line_fits(&line))
            continue;
        step.line_cost = kite_cost_of_line(&s->model, &line, &step.fitness);
        step.extra = kite_cost_add(break_cost, is_end ? kite_cost_of_last(&s->model, from, to) : 0);
        kite_cost_enter(&step, node);
        if (!can_win(s, &line, step.line_cost, others, total_to_beat(s, node)))
            break;
    }
}

/* Nothing fits: the line from the last start on is the least overfull. Every setting goes this way, so its price is
 * left out. */
static void rescue(struct search *s, uint32_t index)
{
    uint32_t start = s->starts[s->start_count - 1];
    const struct kite_cost_exits *exits = exits_of(s, start);
    struct kite_cost_node *node = &s->nodes[index];
    unsigned loosest = KITE_FITNESS_COUNT - 1;

    node->total[loosest] = exits->least == KITE_COST_NONE ? 0 : exits->least;
    node->from[loosest] = start;
    node->from_slot[loosest] = exits->plain_from[loosest];
    for (unsigned f = 0; f < KITE_FITNESS_COUNT; f++)
        if (exits->plain[f] == exits->least)
            node->from_slot[loosest] = exits->plain_from[f];
}

static void run(struct search *s)
{
    kite_cost_exits_start(&s->model, &s->start_exits);
    s->start_first = s->start_count = s->cheap_first = s->cheap_count = 0;
    add_start(s, UINT32_MAX);
    for (uint32_t i = 0; i < s->count; i++) {
        const struct kite_break *to = &s->breaks[i];

        kite_cost_node_init(&s->nodes[i]);
        drop_starts(s, to);
        if (s->start_first == s->start_count)
            rescue(s, i);
        else
            find_best(s, i);
        if (to->kind == KITE_BREAK_FORCED && !kite_cost_is_reached(&s->nodes[i]))
            rescue(s, i);
        if (!kite_cost_is_reached(&s->nodes[i]))
            continue;
        kite_cost_exits(&s->model, &s->nodes[i], kite_break_is_flagged(to), &s->exits[i]);
        if (to->kind == KITE_BREAK_FORCED)
            drop_first(s, s->start_count);
        add_start(s, i);
    }
}

/* Follow the best way back from the end. Returns its total. */
static uint64_t trace(const struct search *s, uint32_t *at, size_t *count)
{
    const struct kite_cost_node *end = &s->nodes[s->count - 1];
    uint32_t index = (uint32_t)s->count - 1;
    size_t lines = 0;

    unsigned slot = kite_cost_best_slot(end);
    uint64_t total = end->total[slot];

    while (index != UINT32_MAX) {
        const struct kite_cost_node *node = &s->nodes[index];
        unsigned before = node->from_slot[slot];

        at[lines++] = index;
        index = node->from[slot];
        slot = before;
    }
    for (size_t i = 0; i < lines / 2; i++) {
        uint32_t swap = at[i];

        at[i] = at[lines - 1 - i];
        at[lines - 1 - i] = swap;
    }
    *count = lines;
    return total;
}

static enum kite_status break_freely(struct search *s, const struct kite_line_rules *rules, struct kite_breaks *out)
{
    kite_cost_model_init(&s->model, rules, Q_BITS_FINE);
    run(s);
    if (trace(s, out->at, &out->count) >= KITE_COST_MAX && s->model.is_justified) {
        kite_cost_model_init(&s->model, rules, Q_BITS_COARSE); /* demerits beyond the fine scale */
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
    struct kite_count_wish wish = { rules->lines_wanted, false };
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
    out->at = kite_arena_alloc(scratch, break_count, sizeof *out->at);
    if (!out->at)
        return KITE_E_NOMEM;

    /* What only the search needs goes back to the arena. */
    struct kite_arena_mark mark = kite_arena_save(scratch);
    struct kite_cost_model model;
    enum kite_status status = KITE_E_RANGE;

    kite_cost_model_init(&model, rules, Q_BITS_FINE);
    if (rules->is_balanced && rules->align != KITE_ALIGN_JUSTIFIED) {
        struct kite_count_wish wish = { (uint32_t)break_count, true };

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
    s.cheap = kite_arena_alloc(scratch, break_count + 1, sizeof *s.cheap);
    if (!s.nodes || !s.exits || !s.starts || !s.cheap)
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
