/* Breaking into a given number of lines: the search carries the line number. */
#include "text/lines_cost.h"

/* One break as the end of the line with one number. */
struct counted {
    struct kite_cost_node node;
    struct kite_cost_exits exits;
    uint32_t at;
};

struct search {
    const struct kite_break *breaks;
    size_t count;
    const struct kite_cost_model *model;
    struct kite_arena *scratch;
    struct counted **layers; /* [line] */
    uint32_t *layer_counts;
    struct counted *room; /* one layer's worth, filled before it is copied */
};

static bool is_reachable(const struct kite_cost_node *node)
{
    for (unsigned i = 0; i < KITE_COST_SLOTS; i++)
        if (node->total[i] != KITE_COST_NONE)
            return true;
    return false;
}

static bool is_forced_between(const struct search *s, uint32_t after, uint32_t before)
{
    for (uint32_t i = after; i < before; i++)
        if (s->breaks[i].kind == KITE_BREAK_FORCED)
            return true;
    return false;
}

static void enter(const struct search *s, const struct kite_break *from, const struct kite_cost_exits *exits,
                  uint32_t from_node, uint32_t index, struct kite_cost_node *node)
{
    const struct kite_break *to = &s->breaks[index];
    struct kite_cost_line line = kite_cost_line_between(s->model, from, to, true);
    struct kite_cost_step step = { .exits = exits, .from = from_node, .from_flagged = from && kite_break_is_flagged(from),
                                   .to_flagged = kite_break_is_flagged(to) };

    if (!kite_cost_line_fits(&line))
        return;
    step.line_cost = kite_cost_of_line(s->model, &line, &step.fitness);
    step.extra = kite_cost_of_break(s->model, to);
    if (index + 1 == s->count)
        step.extra = kite_cost_add(step.extra, kite_cost_of_last(s->model, from, to));
    kite_cost_enter(&step, node);
}

/* All ends of line `line` (from 0), given those of the line before. */
static enum kite_status add_layer(struct search *s, uint32_t line)
{
    const struct counted *before = line > 0 ? s->layers[line - 1] : NULL;
    uint32_t before_count = line > 0 ? s->layer_counts[line - 1] : 0, first = 0, found = 0;
    uint32_t from_index = line > 0 && before_count > 0 ? before[0].at + 1 : 0;
    struct kite_cost_exits start;

    kite_cost_exits_start(s->model, &start);
    for (uint32_t i = from_index; i < s->count && (line == 0 || first < before_count); i++) {
        struct counted *c = &s->room[found];

        kite_cost_node_init(&c->node);
        c->at = i;
        if (line == 0) {
            struct kite_cost_line whole = kite_cost_line_between(s->model, NULL, &s->breaks[i], false);

            if (!kite_cost_line_fits(&whole))
                break;
            enter(s, NULL, &start, UINT32_MAX, i, &c->node);
        }
        while (line > 0 && first < before_count) {
            struct kite_cost_line whole =
                kite_cost_line_between(s->model, &s->breaks[before[first].at], &s->breaks[i], false);

            if (kite_cost_line_fits(&whole) && !is_forced_between(s, before[first].at + 1, i))
                break;
            first++;
        }
        for (uint32_t k = first; k < before_count && before[k].at < i; k++)
            enter(s, &s->breaks[before[k].at], &before[k].exits, k, i, &c->node);
        if (is_reachable(&c->node)) {
            kite_cost_exits(s->model, &c->node, kite_break_is_flagged(&s->breaks[i]), &c->exits);
            found++;
        }
        if (line == 0 && s->breaks[i].kind == KITE_BREAK_FORCED)
            break;
    }
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

static void trace(const struct search *s, uint32_t line, uint32_t *at)
{
    uint32_t index = s->layer_counts[line] - 1;
    const struct kite_cost_node *end = &s->layers[line][index].node;
    unsigned slot = 0;

    for (unsigned i = 1; i < KITE_COST_SLOTS; i++)
        if (end->total[i] < end->total[slot])
            slot = i;
    for (uint32_t k = line + 1; k-- > 0;) {
        const struct counted *c = &s->layers[k][index];
        unsigned before = c->node.from_slot[slot];

        at[k] = c->at;
        index = c->node.from[slot];
        slot = before;
    }
}

enum kite_status kite_lines_break_counted(const struct kite_break *breaks, size_t break_count,
                                          const struct kite_cost_model *model, struct kite_count_wish wish,
                                          struct kite_arena *scratch, uint32_t *at, size_t *count)
{
    struct search s = { .breaks = breaks, .count = break_count, .model = model, .scratch = scratch };
    uint32_t last = wish.wanted_max;
    enum kite_status status = KITE_OK;

    s.layers = kite_arena_alloc(scratch, wish.wanted_max, sizeof(struct counted *));
    s.layer_counts = kite_arena_alloc(scratch, wish.wanted_max, sizeof *s.layer_counts);
    s.room = kite_arena_alloc(scratch, break_count, sizeof *s.room);
    if (!s.layers || !s.layer_counts || !s.room)
        return KITE_E_NOMEM;
    for (uint32_t line = 0; line < last && status == KITE_OK; line++) {
        status = add_layer(&s, line);
        if (status == KITE_OK && wish.is_fewest && reaches_end(&s, line)) {
            trace(&s, line, at);
            *count = line + 1;
            return KITE_OK;
        }
    }
    if (status == KITE_OK && !wish.is_fewest && last > 0 && reaches_end(&s, last - 1)) {
        trace(&s, last - 1, at);
        *count = last;
        return KITE_OK;
    }
    return status == KITE_E_NOMEM ? status : KITE_E_RANGE;
}
