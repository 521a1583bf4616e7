/* Total fit over a window of starts. */
#include "text/lines_cost.h"

#include <string.h>

#define Q_BITS_FINE 8
#define Q_BITS_COARSE (-16)

struct search {
    const struct kite_break *breaks;
    size_t count;
    struct kite_cost_model model;
    struct kite_arena *scratch;
    struct kite_cost_trail *trails; /* of the breaks that a way leads to, in order; the first is the paragraph's start */
    size_t trail_count, trail_capacity;
    struct kite_cost_start *starts; /* of the same breaks: those in reach, from start_first on, and perhaps some before */
    size_t start_first, start_count, start_capacity;
    struct kite_cost_node node; /* of the break in hand */
    uint64_t limit;   /* ways that cost more are not followed */
    int64_t ratio_q8; /* beyond which a line alone does */
    kite_f26 post_most; /* how much a start may change a line's width */
    kite_f26 pre_least; /* the most that an end may take from it, as a negative: where a word is divided in a ligature */
};

/* Drop starts from which this break is too far, whatever is taken from the line there; they never fit again. */
static void drop_starts(struct search *s, struct kite_cost_end bare)
{
    kite_cost_end_add(&bare, s->pre_least);
    while (s->start_first < s->start_count && !kite_cost_reaches(&s->starts[s->start_first], &bare))
        s->start_first++;
}

/* Is the line too loose from this start, and more so from all behind it? */
static bool is_too_loose(const struct search *s, struct kite_cost_line line)
{
    line.gap -= s->post_most;
    return kite_cost_is_looser(&s->model, &line, s->ratio_q8);
}

/* The next break, from one on, where a line from the first start in reach may end, or must. */
static uint32_t skip_loose(const struct search *s, uint32_t at)
{
    const struct kite_cost_start *from = &s->starts[s->start_first];

    for (; s->breaks[at].kind != KITE_BREAK_FORCED; at++) {
        struct kite_cost_end end = kite_cost_end_bare(&s->model, &s->breaks[at]);

        kite_cost_end_add(&end, s->breaks[at].pre);
        if (!is_too_loose(s, kite_cost_line_from(from, &end)))
            break;
    }
    return at;
}

static const struct kite_break *break_of(const struct search *s, const struct kite_cost_start *start)
{
    return start->number == 0 ? NULL : &s->breaks[s->trails[start->number].at];
}

/* The best ways to one break: fills the node. Returns the least total, KITE_COST_NONE when there is no way; the node may be
 * untouched then. */
static uint64_t find_best(struct search *s, const struct kite_break *to, const struct kite_cost_end *end)
{
    const struct kite_cost_start *stop = s->starts + s->start_count;
    uint64_t break_cost = 0, best = KITE_COST_NONE;
    bool is_first = true;

    for (const struct kite_cost_start *from = s->starts + s->start_first; from < stop; from++) {
        if (!kite_cost_reaches(from, end))
            continue;

        struct kite_cost_line line = kite_cost_line_from(from, end);
        struct kite_cost_step step;

        if (is_too_loose(s, line))
            break;
        if (is_first) { /* most breaks have no start */
            kite_cost_node_init(&s->node);
            break_cost = kite_cost_of_break(&s->model, to);
            is_first = false;
        }
        step.cost = kite_cost_add(kite_cost_of_line(&s->model, &line, &step.fitness), break_cost);
        if (end->is_free && to == &s->breaks[s->count - 1])
            step.cost = kite_cost_add(step.cost, kite_cost_of_last(&s->model, break_of(s, from), to));

        uint64_t total = kite_cost_enter(from, end, step, &s->node);

        best = total < best ? total : best;
    }
    return best;
}

/* Nothing fits: the line from the last start on is the least overfull. Every setting goes this way, so its price is
 * left out. */
static void rescue(struct search *s)
{
    const struct kite_cost_start *start = &s->starts[s->start_count - 1];
    unsigned loosest = KITE_FITNESS_COUNT - 1;
    kite_cost_way best = start->exits.plain[0];

    for (unsigned f = 1; f < KITE_FITNESS_COUNT; f++)
        if (start->exits.plain[f] < best)
            best = start->exits.plain[f];
    kite_cost_node_init(&s->node);
    s->node.total[loosest] = best < KITE_COST_NO_WAY ? kite_cost_way_total(best) : 0;
    s->node.trail.from[loosest] = start->number << KITE_COST_SLOT_BITS | kite_cost_way_slot(best);
}

/* Room for one start more: where those out of reach stood, but for the last, if they are the most. */
static enum kite_status make_room(struct search *s)
{
    void *starts = s->starts, *trails = s->trails;
    size_t kept = s->start_first < s->start_count || s->start_count == 0 ? s->start_first : s->start_count - 1;

    if (s->start_count == s->start_capacity && kept > s->start_count / 2) {
        memmove(s->starts, s->starts + kept, (s->start_count - kept) * sizeof *s->starts);
        s->start_first -= kept;
        s->start_count -= kept;
    }

    enum kite_status status =
        kite_arena_grow(s->scratch, &starts, &s->start_capacity, s->start_count + 1, sizeof *s->starts);

    s->starts = starts;
    if (status == KITE_OK)
        status = kite_arena_grow(s->scratch, &trails, &s->trail_capacity, s->trail_count + 1, sizeof *s->trails);
    s->trails = trails;
    return status;
}

/* Let lines begin behind the break in hand. */
static enum kite_status add_start(struct search *s, uint32_t index)
{
    if ((s->start_count == s->start_capacity || s->trail_count == s->trail_capacity) && make_room(s))
        return KITE_E_NOMEM;

    struct kite_cost_start *start = &s->starts[s->start_count++];

    kite_cost_start_at(&s->model, &s->breaks[index], start);
    kite_cost_exits(&s->model, &s->node, start->is_flagged, &start->exits);
    start->number = (uint32_t)s->trail_count;
    s->node.trail.at = index;
    s->trails[s->trail_count++] = s->node.trail;
    return KITE_OK;
}

/* Find the best way to every break. KITE_E_RANGE: under the limit there is none to the end. */
static enum kite_status run(struct search *s)
{
    bool is_limited = s->limit < KITE_COST_MAX, is_reached = false;
    enum kite_status status = KITE_OK;

    s->ratio_q8 = kite_cost_ratio_beyond(&s->model, s->limit);
    s->start_first = 0;
    s->start_count = s->trail_count = 1;
    kite_cost_start_first(&s->model, &s->starts[0]);
    for (uint32_t i = 0; i < s->count && status == KITE_OK; i++) {
        if (!is_reached && s->start_first < s->start_count)
            i = skip_loose(s, i);

        const struct kite_break *to = &s->breaks[i];
        struct kite_cost_end end = kite_cost_end_bare(&s->model, to);

        drop_starts(s, end);
        if (s->start_first == s->start_count && is_limited)
            return KITE_E_RANGE;
        if (s->start_first == s->start_count) {
            rescue(s);
            is_reached = true;
        } else {
            kite_cost_end_add(&end, to->pre);
            is_reached = find_best(s, to, &end) <= s->limit;
        }
        if (to->kind == KITE_BREAK_FORCED) {
            if (!is_reached && is_limited)
                return KITE_E_RANGE;
            if (!is_reached)
                rescue(s);
            s->start_first = s->start_count;
        } else if (!is_reached) {
            continue;
        }
        status = add_start(s, i);
    }
    return status;
}

/* Follow the best way back from the end. Returns its total. */
static uint64_t trace(const struct search *s, uint32_t *at, size_t *count)
{
    uint32_t number = (uint32_t)s->trail_count - 1;
    size_t lines = 0;
    unsigned slot = kite_cost_best_slot(&s->node);
    uint64_t total = s->node.total[slot];

    while (number != 0) {
        at[lines++] = s->trails[number].at;
        number = kite_cost_node_before(&s->trails[number], &slot);
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

    return s->model.is_justified ? kite_cost_scaled(&s->model, 24000) * lines : s->model.short_last / 32 * lines;
}

/* What costs more than the limit is not looked at: when a way to the end is found all the same, nothing better was
 * missed. Else again with more. */
static enum kite_status run_within_limits(struct search *s, uint64_t limit, struct kite_breaks *out, uint64_t *total)
{
    uint64_t step = s->model.is_justified ? 4 : 64; /* most of the rest need little more; the others are far beyond */
    enum kite_status status = KITE_E_RANGE;

    for (s->limit = limit; s->limit < KITE_COST_MAX / step && status == KITE_E_RANGE; s->limit *= step, step *= 4)
        status = run(s);
    if (status == KITE_E_RANGE) {
        s->limit = KITE_COST_MAX;
        status = run(s);
    }
    if (status == KITE_OK)
        *total = trace(s, out->at, &out->count);
    return status;
}

/* What breaks change about the width of a line, at most. */
static void find_changes(struct search *s)
{
    kite_f26 least_pre = 0, most_post = 0;

    for (size_t i = 0; i < s->count; i++) {
        kite_f26 post = s->breaks[i].post, pre = s->breaks[i].pre;

        if ((pre | post) == 0) /* as of most */
            continue;
        least_pre = pre < least_pre ? pre : least_pre;
        post = post < 0 ? -post : post;
        most_post = post > most_post ? post : most_post;
    }
    s->pre_least = least_pre;
    s->post_most = 2 * most_post;
}

static enum kite_status break_freely(struct search *s, const struct kite_line_rules *rules, struct kite_breaks *out)
{
    uint64_t total;

    kite_cost_model_init(&s->model, rules, Q_BITS_FINE);
    find_changes(s);

    enum kite_status status = make_room(s);

    if (status == KITE_OK)
        status = run_within_limits(s, first_limit(s), out, &total);
    if (status == KITE_OK && total >= KITE_COST_MAX && s->model.is_justified) {
        kite_cost_model_init(&s->model, rules, Q_BITS_COARSE); /* demerits beyond the fine scale */
        s->limit = KITE_COST_MAX;
        status = run(s);
        if (status == KITE_OK)
            trace(s, out->at, &out->count);
    }
    return status;
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
    struct search s = { .breaks = breaks, .count = break_count, .scratch = scratch };

    out->count = 0;
    if (break_count >= KITE_COST_NODES_MAX)
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
