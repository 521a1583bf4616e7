/* lines_cost: demerits and shortfalls in integers.
 *
 * A ratio r is held in Q20 up to 256 and in Q8 above (up to 2048, where it saturates), so that demerits
 * (10 + 100 r^3)^2 are right to about 1 in 100,000; no double and no 128-bit type, for 32-bit processors. */
#include "text/lines_cost.h"

#include <string.h>

#define RAGGED_Q 40 /* shortfalls are shares of the measure in Q20, squared */
#define RATIO_COARSE_MAX ((int64_t)2048 << 8)

static uint64_t scaled(uint64_t value, int q_bits)
{
    return q_bits >= 0 ? value << q_bits : value >> -q_bits;
}

void kite_cost_model_init(struct kite_cost_model *model, const struct kite_line_rules *rules, int q_bits)
{
    kite_f26 rest = rules->measure_f26 > rules->hang_f26 ? rules->measure_f26 - rules->hang_f26 : 1;

    *model = (struct kite_cost_model){ .is_justified = rules->align == KITE_ALIGN_JUSTIFIED,
                                       .counts_last = rules->is_balanced,
                                       .measure_first = rules->measure_f26,
                                       .measure_rest = rest,
                                       .measure_full = rules->measure_f26 > 0 ? rules->measure_f26 : 1,
                                       .one_space_stretch = rules->space_f26 >= 2 ? rules->space_f26 / 2 : 1 };
    if (model->is_justified) {
        model->q_bits = q_bits;
        model->slack = scaled(10000, q_bits);
        model->double_flagged = scaled(10000, q_bits);
        model->final_flagged = scaled(5000, q_bits);
        model->short_last = scaled(1000000, q_bits);
    } else {
        uint64_t one = (uint64_t)1 << RAGGED_Q;

        model->q_bits = RAGGED_Q;
        model->double_flagged = KITE_COST_NONE; /* never two in a row */
        model->short_last = one;
        model->flagged_price = rules->is_narrow ? one / 100 * 3 : one / 100 * 6;
    }
}

uint64_t kite_cost_scaled(const struct kite_cost_model *model, uint32_t demerits)
{
    return model->is_justified ? scaled(demerits, model->q_bits) : KITE_COST_MAX;
}

uint64_t kite_cost_of_break(const struct kite_cost_model *model, const struct kite_break *at)
{
    if (!model->is_justified)
        return kite_break_is_flagged(at) ? model->flagged_price : 0;
    return scaled((uint64_t)at->penalty * at->penalty, model->q_bits);
}

/* (b / 2^q)^2 with to_q fraction bits, rounded and saturated. */
static uint64_t square(uint64_t b, int q, int to_q)
{
    while (b >> 32 != 0) { /* keeps 24 significant bits and more */
        b >>= 8;
        q -= 8;
    }
    uint64_t product = b * b;
    int right = 2 * q - to_q;

    if (right > 0)
        return right > 63 ? 0 : (product >> right) + (product >> (right - 1) & 1);
    if (right <= -62 || product >> (62 + right) != 0)
        return KITE_COST_MAX;
    return product << -right;
}

/* (10 + 100 r^3)^2 for r = amount/available, both at least zero, available above it. */
static uint64_t demerits(uint64_t amount, uint64_t available, int q_bits)
{
    if (amount < available << 8) {
        uint64_t r = ((amount << 20) + available / 2) / available; /* up to 2^28 */
        uint64_t cube = (r * r >> 20) * (r >> 4) >> 16;            /* Q20, up to 2^44 */

        return square(((uint64_t)10 << 20) + 100 * cube, 20, q_bits);
    }
    uint64_t r = (amount << 8) / available;
    if (r > (uint64_t)RATIO_COARSE_MAX)
        r = (uint64_t)RATIO_COARSE_MAX;
    return square(((uint64_t)10 << 16) + 100 * (r * r * r >> 8), 16, q_bits);
}

static uint64_t shortfall(const struct kite_cost_model *model, const struct kite_cost_line *line)
{
    if (line->is_free && !model->counts_last)
        return 0;
    uint64_t share = ((uint64_t)line->gap << 20) / (uint64_t)model->measure_full;
    return share >> 24 != 0 ? (uint64_t)1 << 48 : share * share;
}

uint64_t kite_cost_of_line(const struct kite_cost_model *model, const struct kite_cost_line *line,
                           unsigned *fitness)
{
    *fitness = 1;
    if (!model->is_justified)
        return shortfall(model, line);
    if (line->gap < 0) {
        *fitness = -2 * line->gap > line->shrink ? 0 : 1;
        return demerits((uint64_t)-line->gap, (uint64_t)line->shrink, model->q_bits);
    }
    if (line->is_free)
        return scaled(100, model->q_bits);
    int64_t stretch = line->stretch > 0 ? line->stretch : model->one_space_stretch;
    *fitness = 2 * line->gap <= stretch ? 1 : line->gap <= stretch ? 2 : 3;
    return demerits((uint64_t)line->gap, (uint64_t)stretch, model->q_bits);
}

bool kite_cost_is_short_last(const struct kite_cost_model *model, int64_t natural, kite_f26 measure)
{
    return natural * 100 < (int64_t)measure * (model->is_justified ? 15 : 20);
}

static void keep_cheaper(const uint64_t totals[KITE_FITNESS_COUNT], uint8_t slot, uint64_t *out, uint8_t *from)
{
    if (totals[slot] < *out) {
        *out = totals[slot];
        *from = slot;
    }
}

void kite_cost_leave(const struct kite_cost_model *model, const uint64_t totals[KITE_FITNESS_COUNT],
                     uint64_t out[KITE_FITNESS_COUNT], uint8_t from[KITE_FITNESS_COUNT])
{
    uint64_t best = KITE_COST_NONE;
    uint8_t best_slot = 0;

    for (uint8_t f = 0; f < KITE_FITNESS_COUNT; f++)
        keep_cheaper(totals, f, &best, &best_slot);

    uint64_t misfit = best == KITE_COST_NONE ? KITE_COST_NONE : kite_cost_add(best, model->slack);

    for (uint8_t f = 0; f < KITE_FITNESS_COUNT; f++) {
        out[f] = misfit;
        from[f] = best_slot;
        if (f > 0)
            keep_cheaper(totals, f - 1, &out[f], &from[f]);
        keep_cheaper(totals, f, &out[f], &from[f]);
        if (f + 1 < KITE_FITNESS_COUNT)
            keep_cheaper(totals, f + 1, &out[f], &from[f]);
    }
}

/* ---- nodes ----------------------------------------------------------------------------------- */

void kite_cost_node_init(struct kite_cost_node *node)
{
    for (unsigned i = 0; i < KITE_COST_SLOTS; i++) {
        node->total[i] = KITE_COST_NONE;
        node->from[i] = UINT32_MAX;
        node->from_slot[i] = 0;
    }
}

unsigned kite_cost_best_slot(const struct kite_cost_node *node)
{
    unsigned best = 0;

    for (unsigned i = 1; i < KITE_COST_SLOTS; i++)
        if (node->total[i] < node->total[best])
            best = i;
    return best;
}

void kite_cost_exits(const struct kite_cost_model *model, const struct kite_cost_node *node, bool is_flagged,
                     struct kite_cost_exits *exits)
{
    kite_cost_leave(model, node->total, exits->plain, exits->plain_from);
    memcpy(exits->flagged, exits->plain, sizeof exits->flagged);
    memcpy(exits->flagged_from, exits->plain_from, sizeof exits->flagged_from);
    if (is_flagged) {
        uint64_t second[KITE_FITNESS_COUNT];
        uint8_t from[KITE_FITNESS_COUNT];

        kite_cost_leave(model, node->total + KITE_FITNESS_COUNT, second, from);
        for (unsigned f = 0; f < KITE_FITNESS_COUNT; f++) {
            if (exits->flagged[f] != KITE_COST_NONE)
                exits->flagged[f] = model->double_flagged == KITE_COST_NONE
                                        ? KITE_COST_NONE
                                        : kite_cost_add(exits->flagged[f], model->double_flagged);
            if (second[f] < exits->plain[f]) {
                exits->plain[f] = second[f];
                exits->plain_from[f] = (uint8_t)(from[f] + KITE_FITNESS_COUNT);
            }
        }
    }
    exits->least = KITE_COST_NONE;
    for (unsigned f = 0; f < KITE_FITNESS_COUNT; f++)
        if (exits->plain[f] < exits->least)
            exits->least = exits->plain[f];
}

void kite_cost_exits_start(const struct kite_cost_model *model, struct kite_cost_exits *exits)
{
    struct kite_cost_node start;

    kite_cost_node_init(&start);
    start.total[1] = 0; /* as if a decent line stood before */
    kite_cost_exits(model, &start, false, exits);
}

uint64_t kite_cost_of_last(const struct kite_cost_model *model, const struct kite_break *from,
                           const struct kite_break *to)
{
    uint64_t cost = 0;

    if (!from)
        return 0;

    int64_t natural = (int64_t)to->width_before + to->pre - from->width_after + from->post;

    if (kite_cost_is_short_last(model, natural, model->measure_rest))
        cost = model->short_last;
    if (kite_break_is_flagged(from))
        cost += model->final_flagged;
    return cost;
}

void kite_cost_enter(const struct kite_cost_step *step, struct kite_cost_node *node)
{
    const struct kite_cost_exits *e = step->exits;
    unsigned f = step->fitness;
    uint64_t before = step->to_flagged ? e->flagged[f] : e->plain[f];

    if (before == KITE_COST_NONE || step->line_cost == KITE_COST_NONE)
        return;

    uint64_t total = kite_cost_add(kite_cost_add(before, step->line_cost), step->extra);
    unsigned slot = f + (step->to_flagged && step->from_flagged ? KITE_FITNESS_COUNT : 0);

    if (total < node->total[slot]) {
        node->total[slot] = total;
        node->from[slot] = step->from;
        node->from_slot[slot] = step->to_flagged ? e->flagged_from[f] : e->plain_from[f];
    }
}
