/* Breaking into a given number of lines: the search carries the line number. */
#include "text/lines_cost.h"

/* Lines looser than four are left out of the search; one alone costs (10 + 100 * 4^3)^2. A setting that is cheaper than
 * that is the optimum for certain, and others are refused. */
#define COUNTED_RATIO_MAX 4
#define COUNTED_COST_MAX 41088100u

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
    uint32_t *next_forced; /* [break]: the first forced break at or behind it */
};

/* Enter the line between two breaks. False: it is too loose, as those from later starts are. */
static bool enter(const struct search *s, const struct kite_break *from, const struct kite_cost_exits *exits,
                  uint32_t from_node, uint32_t index, struct kite_cost_node *node)
{
    const struct kite_break *to = &s->breaks[index];
    struct kite_cost_line line = kite_cost_line_between(s->model, from, to, true);
    struct kite_cost_step step = { .exits = exits, .from = from_node, .from_flagged = from && kite_break_is_flagged(from),
                                   .to_flagged = kite_break_is_flagged(to) };

    if (!kite_cost_line_fits(&line))
        return true;
    if (s->model->is_justified && kite_cost_is_looser(s->model, &line, COUNTED_RATIO_MAX << 8))
        return false;
    step.cost = kite_cost_add(kite_cost_of_line(s->model, &line, &step.fitness), kite_cost_of_break(s->model, to));
    if (index + 1 == s->count)
        step.cost = kite_cost_add(step.cost, kite_cost_of_last(s->model, from, to));
    kite_cost_enter(&step, node);
    return true;
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
            enter(s, NULL, &start, KITE_COST_START, i, &c->node);
        }
        while (line > 0 && first < before_count && before[first].at < i) {
            struct kite_cost_line whole =
                kite_cost_line_between(s->model, &s->breaks[before[first].at], &s->breaks[i], false);

            if (kite_cost_line_fits(&whole) && s->next_forced[before[first].at + 1] >= i)
                break;
            first++;
        }
        for (uint32_t k = first; k < before_count && before[k].at < i; k++)
            if (!enter(s, &s->breaks[before[k].at], &before[k].exits, k, i, &c->node))
                break;
        if (kite_cost_is_reached(&c->node)) {
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
    s.next_forced = kite_arena_alloc(scratch, break_count, sizeof *s.next_forced);
    if (!s.layers || !s.layer_counts || !s.room || !s.next_forced)
        return KITE_E_NOMEM;
    for (size_t i = break_count; i-- > 0;)
        s.next_forced[i] = breaks[i].kind == KITE_BREAK_FORCED ? (uint32_t)i : s.next_forced[i + 1];
    for (uint32_t line = 0; line < last && status == KITE_OK; line++) {
        status = add_layer(&s, line);
        if (status == KITE_OK && wish.is_fewest && reaches_end(&s, line)) {
            trace(&s, line, at);
            *count = line + 1;
            return KITE_OK;
        }
    }
    if (status == KITE_OK && !wish.is_fewest && last > 0 && reaches_end(&s, last - 1)) {
        *count = last;
        return trace(&s, last - 1, at) < kite_cost_scaled(model, COUNTED_COST_MAX) ? KITE_OK : KITE_E_RANGE;
    }
    return status == KITE_E_NOMEM ? status : KITE_E_RANGE;
}
