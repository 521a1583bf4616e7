/* lines_cost: what one line costs, in integers, under each of the two models of lines.h. Shared by the two
 * searches (lines.c, lines_counted.c); private to them. */
#ifndef KITE_TEXT_LINES_COST_H
#define KITE_TEXT_LINES_COST_H

#include "text/lines.h"

#define KITE_COST_MAX ((uint64_t)1 << 58)  /* costs and totals saturate here */
#define KITE_COST_NONE ((uint64_t)1 << 59) /* no path; above every total, and a sum with a cost still fits */

/* Fitness classes: tight, decent, loose, very loose. */
#define KITE_FITNESS_COUNT 4

/* The rules of one paragraph, its prices scaled to 2^q_bits. */
struct kite_cost_model {
    bool is_justified;
    bool counts_last;       /* balanced: the last line's shortfall costs too */
    int q_bits;             /* fraction bits of a cost; below zero it counts units of 2^-q_bits */
    kite_f26 measure_first, measure_rest, measure_full;
    kite_f26 one_space_stretch; /* of a line with nothing to stretch, above zero */
    uint64_t slack;         /* most that a fitness class can matter for the next line */
    uint64_t free_line; /* justified: a last line that need not shrink */
    uint64_t double_flagged, final_flagged, short_last;
    uint64_t long_flagged; /* of each flagged line in a row beyond those allowed */
    uint64_t flagged_price; /* ragged: instead of the penalty */
};

/* One line as the model sees it. gap at least -shrink. */
struct kite_cost_line {
    int64_t gap, stretch, shrink;
    bool is_free; /* ends the paragraph or stands before a forced break */
};

void kite_cost_model_init(struct kite_cost_model *model, const struct kite_line_rules *rules, int q_bits);
/* Whole demerits at the model's scale; ragged, where costs are on their own: what only need makes a line cost. */
uint64_t kite_cost_scaled(const struct kite_cost_model *model, uint32_t demerits);
/* A ratio, in 256ths, from which on every line that is not free costs more than `limit`: of its gap to its room. */
int64_t kite_cost_ratio_beyond(const struct kite_cost_model *model, uint64_t limit);
/* Is a last line of this natural width too short to stand alone? */
bool kite_cost_is_short_last(const struct kite_cost_model *model, int64_t natural, kite_f26 measure);

/* (10 + 100 r^3)^2 for r = amount/available, both at least zero, available above it. */
uint64_t kite_cost_demerits_any(uint64_t amount, uint64_t available, int q_bits);
static inline uint64_t kite_cost_demerits(uint64_t amount, uint64_t available, int q_bits)
{
    if (amount >= 3 * available)
        return kite_cost_demerits_any(amount, available, q_bits);

    uint64_t r = ((amount << 20) + available / 2) / available;
    uint64_t cube = (r * r >> 20) * (r >> 4) >> 16;
    uint64_t badness = ((uint64_t)10 << 20) + 100 * cube; /* below 2^32 */
    int right = 40 - q_bits;                              /* 32 or more */

    return (badness * badness + ((uint64_t)1 << (right - 1))) >> right;
}

static inline uint64_t kite_cost_shortfall(const struct kite_cost_model *model, const struct kite_cost_line *line)
{
    if (line->is_free && !model->counts_last)
        return 0;

    uint64_t share = ((uint64_t)line->gap << 20) / (uint64_t)model->measure_full;

    return share >> 24 != 0 ? (uint64_t)1 << 48 : share * share;
}

/* The line itself, break price apart. */
static inline uint64_t kite_cost_of_line(const struct kite_cost_model *model, const struct kite_cost_line *line,
                                         unsigned *fitness)
{
    *fitness = 1;
    if (!model->is_justified)
        return kite_cost_shortfall(model, line);
    if (line->gap < 0) {
        *fitness = -2 * line->gap > line->shrink ? 0 : 1;
        return kite_cost_demerits((uint64_t)-line->gap, (uint64_t)line->shrink, model->q_bits);
    }
    if (line->is_free)
        return model->free_line;

    int64_t stretch = line->stretch > 0 ? line->stretch : model->one_space_stretch;

    *fitness = 2 * line->gap <= stretch ? 1 : line->gap <= stretch ? 2 : 3;
    return kite_cost_demerits((uint64_t)line->gap, (uint64_t)stretch, model->q_bits);
}

/* The price of ending a line at this break, whatever the line. */
uint64_t kite_cost_of_priced_break(const struct kite_cost_model *model, const struct kite_break *at);
static inline uint64_t kite_cost_of_break(const struct kite_cost_model *model, const struct kite_break *at)
{
    return at->penalty == 0 && !(at->kind == KITE_BREAK_HYPHEN || at->kind == KITE_BREAK_EXPLICIT)
               ? 0
               : kite_cost_of_priced_break(model, at);
}

/* A total and the slot that it comes from in one word, the total above: the lesser word is the cheaper way. */
typedef uint64_t kite_cost_way;
#define KITE_COST_SLOT_BITS 3
#define KITE_COST_NO_WAY (KITE_COST_NONE << KITE_COST_SLOT_BITS)

static inline uint64_t kite_cost_way_total(kite_cost_way way)
{
    return way >> KITE_COST_SLOT_BITS;
}
static inline unsigned kite_cost_way_slot(kite_cost_way way)
{
    return way & ((1u << KITE_COST_SLOT_BITS) - 1);
}

/* What may follow from a break in hand: for each fitness of the next line, the cheapest way of leaving towards an
 * unflagged break, and towards a flagged one, misfit priced in. */
struct kite_cost_exits {
    kite_cost_way plain[KITE_FITNESS_COUNT], flagged[KITE_FITNESS_COUNT];
};

/* The best ways to end a line at one break. Slots of an unflagged break: its fitness. Of a flagged one: fitness, plus
 * KITE_FITNESS_COUNT where the line before ended flagged too. */
#define KITE_COST_SLOTS (1u << KITE_COST_SLOT_BITS)
#define KITE_COST_NODES_MAX (UINT32_MAX >> KITE_COST_SLOT_BITS)
/* What is kept of a node for the way back. */
struct kite_cost_trail {
    uint32_t at; /* its break */
    uint32_t from[KITE_COST_SLOTS]; /* the number of the node where that line starts, and behind it the slot there */
};
struct kite_cost_node {
    uint64_t total[KITE_COST_SLOTS];
    struct kite_cost_trail trail;
};
static inline void kite_cost_node_init(struct kite_cost_node *node)
{
    for (unsigned i = 0; i < KITE_COST_SLOTS; i++)
        node->total[i] = KITE_COST_NONE;
}
unsigned kite_cost_best_slot(const struct kite_cost_node *node);
/* The line before the one that ends in *slot of a node: the number of the node where that ends, and in *slot the slot there. */
static inline uint32_t kite_cost_node_before(const struct kite_cost_trail *trail, unsigned *slot)
{
    uint32_t from = trail->from[*slot];

    *slot = from & (KITE_COST_SLOTS - 1);
    return from >> KITE_COST_SLOT_BITS;
}
void kite_cost_exits(const struct kite_cost_model *model, const struct kite_cost_node *node, bool is_flagged,
                     struct kite_cost_exits *exits);
/* A break as the start of lines, with all that they need to know of it. */
struct kite_cost_start {
    struct kite_cost_exits exits;
    int64_t reach; /* sum of the widths at which a line from here is filled */
    int64_t tight; /* the same less shrink, at which none fits any more */
    kite_f26 stretch, shrink; /* sums up to here */
    uint32_t number; /* of its node */
    bool is_flagged;
};
/* A break as the end of lines. */
struct kite_cost_end {
    int64_t reach, tight;
    kite_f26 stretch, shrink;
    bool is_free; /* ends the paragraph or is forced */
    bool is_flagged;
};

static inline bool kite_break_is_flagged(const struct kite_break *at)
{
    return at->kind == KITE_BREAK_HYPHEN || at->kind == KITE_BREAK_EXPLICIT;
}

/* Exits and number are the caller's to set. */
static inline void kite_cost_start_at(const struct kite_cost_model *model, const struct kite_break *from,
                                      struct kite_cost_start *start)
{
    kite_f26 measure = from->kind == KITE_BREAK_FORCED ? model->measure_first : model->measure_rest;

    start->reach = (int64_t)measure + from->width_after - from->post;
    start->stretch = model->is_justified ? from->stretch_after : 0;
    start->shrink = model->is_justified ? from->shrink_after : 0;
    start->tight = start->reach - start->shrink;
    start->is_flagged = kite_break_is_flagged(from);
}
/* The paragraph's start, with its exits, as node 0. */
void kite_cost_start_first(const struct kite_cost_model *model, struct kite_cost_start *start);

/* Without what is added before the break. */
static inline struct kite_cost_end kite_cost_end_bare(const struct kite_cost_model *model, const struct kite_break *to)
{
    struct kite_cost_end end = { .reach = to->width_before, .tight = to->width_before,
                                 .is_free = to->kind == KITE_BREAK_FORCED, .is_flagged = kite_break_is_flagged(to) };

    if (model->is_justified) {
        end.stretch = to->stretch_before;
        end.shrink = to->shrink_before;
        end.tight -= to->shrink_before;
    }
    return end;
}
static inline void kite_cost_end_add(struct kite_cost_end *end, kite_f26 pre)
{
    end->reach += pre;
    end->tight += pre;
}

/* Does the line fit, at its tightest? */
static inline bool kite_cost_reaches(const struct kite_cost_start *start, const struct kite_cost_end *end)
{
    return start->tight >= end->tight;
}
static inline struct kite_cost_line kite_cost_line_from(const struct kite_cost_start *start, const struct kite_cost_end *end)
{
    return (struct kite_cost_line){ .gap = start->reach - end->reach, .stretch = (int64_t)end->stretch - start->stretch,
                                    .shrink = (int64_t)end->shrink - start->shrink, .is_free = end->is_free };
}

/* The line from break `from` (NULL: the paragraph's start) to `to`. gap may be below -shrink. */
static inline struct kite_cost_line kite_cost_line_between(const struct kite_cost_model *model, const struct kite_break *from,
                                             const struct kite_break *to, bool counts_pre)
{
    static const struct kite_break start = { 0 };
    const struct kite_break *a = from ? from : &start;
    kite_f26 measure = from && from->kind != KITE_BREAK_FORCED ? model->measure_rest : model->measure_first;
    int64_t natural =
        (int64_t)to->width_before - a->width_after + a->post + (counts_pre ? to->pre : 0);
    struct kite_cost_line line = { .gap = measure - natural, .is_free = to->kind == KITE_BREAK_FORCED };

    if (model->is_justified) {
        line.stretch = (int64_t)to->stretch_before - a->stretch_after;
        line.shrink = (int64_t)to->shrink_before - a->shrink_after;
    }
    return line;
}
static inline bool kite_cost_line_fits(const struct kite_cost_line *line)
{
    return line->gap >= -line->shrink;
}

/* Is it looser than a ratio in 256ths? The room of a ragged line is the measure. */
static inline bool kite_cost_is_looser(const struct kite_cost_model *model, const struct kite_cost_line *line,
                                       int64_t ratio_q8)
{
    int64_t room = !model->is_justified ? model->measure_full
                   : line->stretch > 0  ? line->stretch
                                        : model->one_space_stretch;

    return !line->is_free && line->gap * 256 > ratio_q8 * room;
}

/* Enter the line [from, to) into to's node if it is better than what is there. A step's cost: of the line and of its end.
 * Returns the total of that way; KITE_COST_NONE when there is none. */
struct kite_cost_step {
    uint64_t cost;
    unsigned fitness;
};
static inline uint64_t kite_cost_enter(const struct kite_cost_start *from, const struct kite_cost_end *to,
                                       struct kite_cost_step step, struct kite_cost_node *node)
{
    unsigned f = step.fitness;
    kite_cost_way before = to->is_flagged ? from->exits.flagged[f] : from->exits.plain[f];
    uint64_t total = kite_cost_way_total(before) + step.cost;
    unsigned slot = f + (to->is_flagged && from->is_flagged ? KITE_FITNESS_COUNT : 0);

    if (before >= KITE_COST_NO_WAY)
        return KITE_COST_NONE;
    if (total > KITE_COST_MAX)
        total = KITE_COST_MAX;
    if (total < node->total[slot]) {
        node->total[slot] = total;
        node->trail.from[slot] = from->number << KITE_COST_SLOT_BITS | kite_cost_way_slot(before);
    }
    return total;
}
/* Price of the last line beyond its own cost: too short, or behind a flagged line. */
uint64_t kite_cost_of_last(const struct kite_cost_model *model, const struct kite_break *from,
                           const struct kite_break *to);

/* Breaks in exactly `wanted_max` (is_fewest: as few as can be, at most that many) lines. No overfull line:
 * KITE_E_RANGE when it cannot be done. Fills at[0..*count), which has room for wanted_max. */
struct kite_count_wish {
    uint32_t wanted_max;
    bool is_fewest; /* the fewest lines possible, at most wanted_max; else exactly wanted_max */
    int32_t ratio_max_q8; /* exactly: KITE_E_RANGE too when every setting has a looser line; the best still may. 0: no limit */
};
enum kite_status kite_lines_break_counted(const struct kite_break *breaks, size_t break_count,
                                          const struct kite_cost_model *model, struct kite_count_wish wish,
                                          struct kite_arena *scratch, uint32_t *at, size_t *count);

/* a + b, both at most KITE_COST_MAX, saturated. */
static inline uint64_t kite_cost_add(uint64_t a, uint64_t b)
{
    uint64_t sum = a + b;

    return sum > KITE_COST_MAX ? KITE_COST_MAX : sum;
}

#endif
