/* lines_cost: demerits and shortfalls in integers.
 *
 * A ratio r is held in Q20 up to 256 and in Q8 above (up to 2048, where it saturates), so that demerits
 * (10 + 100 r^3)^2 are right to about 1 in 100,000; no double and no 128-bit type, for 32-bit processors. */
#include "text/lines_cost.h"

#include <string.h>

#define RAGGED_Q 40 /* shortfalls are shares of the measure in Q20, squared */
/* One line more that ends flagged than may in a row: dearer than any line that fits, so that only need makes one. */
#define LONG_FLAGGED_DEMERITS 1000000000000000u
#define LONG_FLAGGED_LINES 100
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
        model->free_line = scaled(100, q_bits);
        model->double_flagged = scaled(10000, q_bits);
        model->long_flagged = scaled(LONG_FLAGGED_DEMERITS, q_bits);
        model->final_flagged = scaled(5000, q_bits);
        model->short_last = scaled(1000000, q_bits);
    } else {
        uint64_t one = (uint64_t)1 << RAGGED_Q;

        model->q_bits = RAGGED_Q;
        model->double_flagged = model->long_flagged = one * LONG_FLAGGED_LINES;
        model->short_last = one;
        model->flagged_price = rules->is_narrow ? one / 100 * 3 : one / 100 * 6;
    }
}

uint64_t kite_cost_scaled(const struct kite_cost_model *model, uint32_t demerits)
{
    return model->is_justified ? scaled(demerits, model->q_bits) : model->long_flagged;
}

uint64_t kite_cost_of_priced_break(const struct kite_cost_model *model, const struct kite_break *at)
{
    if (!model->is_justified)
        return kite_break_is_flagged(at) ? model->flagged_price
               : at->penalty == 0        ? 0
                                         : model->flagged_price / 2500 * ((uint64_t)at->penalty * at->penalty);
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

uint64_t kite_cost_demerits_any(uint64_t amount, uint64_t available, int q_bits)
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

bool kite_cost_is_short_last(const struct kite_cost_model *model, int64_t natural, kite_f26 measure)
{
    return natural * 100 < (int64_t)measure * (model->is_justified ? 15 : 20);
}

/* The cost of a line with a ratio in 256ths. */
static uint64_t cost_of_ratio(const struct kite_cost_model *model, int64_t ratio_q8)
{
    uint64_t ratio = (uint64_t)ratio_q8;

    return model->is_justified ? kite_cost_demerits(ratio, 256, model->q_bits) : (ratio << 12) * (ratio << 12);
}

#define RATIO_USUAL_MAX (4 << 8)

int64_t kite_cost_ratio_beyond(const struct kite_cost_model *model, uint64_t limit)
{
    bool is_usual = cost_of_ratio(model, RATIO_USUAL_MAX) > limit;
    int64_t low = 0, high = is_usual ? RATIO_USUAL_MAX : RATIO_COARSE_MAX;

    while (low < high) { /* the first whose cost is above */
        int64_t middle = low + (high - low) / 2;

        if (cost_of_ratio(model, middle) > limit)
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

/* ---- nodes ----------------------------------------------------------------------------------- */

unsigned kite_cost_best_slot(const struct kite_cost_node *node)
{
    unsigned best = 0;

    for (unsigned i = 1; i < KITE_COST_SLOTS; i++)
        if (node->total[i] < node->total[best])
            best = i;
    return best;
}

static inline kite_cost_way cheaper(kite_cost_way a, kite_cost_way b)
{
    return a < b ? a : b;
}

/* For each fitness of the next line the cheapest way out of the four slots from `first` on: classes next to each other
 * are free, others pay for the misfit. */
static inline void leave(const struct kite_cost_model *model, const struct kite_cost_node *node, unsigned first,
                         kite_cost_way out[KITE_FITNESS_COUNT])
{
    kite_cost_way ways[KITE_FITNESS_COUNT], pairs[KITE_FITNESS_COUNT - 1];

    for (unsigned f = 0; f < KITE_FITNESS_COUNT; f++)
        ways[f] = node->total[first + f] << KITE_COST_SLOT_BITS | (first + f);
    for (unsigned f = 0; f + 1 < KITE_FITNESS_COUNT; f++)
        pairs[f] = cheaper(ways[f], ways[f + 1]);

    kite_cost_way misfit = cheaper(pairs[0], pairs[2]) + (model->slack << KITE_COST_SLOT_BITS);

    out[0] = cheaper(pairs[0], misfit);
    out[1] = cheaper(cheaper(pairs[0], pairs[1]), misfit);
    out[2] = cheaper(cheaper(pairs[1], pairs[2]), misfit);
    out[3] = cheaper(pairs[2], misfit);
}

void kite_cost_exits(const struct kite_cost_model *model, const struct kite_cost_node *node, bool is_flagged,
                     struct kite_cost_exits *exits)
{
    kite_cost_way second[KITE_FITNESS_COUNT];

    leave(model, node, 0, exits->plain);
    if (!is_flagged) {
        memcpy(exits->flagged, exits->plain, sizeof exits->flagged);
        return;
    }
    leave(model, node, KITE_FITNESS_COUNT, second);
    for (unsigned f = 0; f < KITE_FITNESS_COUNT; f++) {
        exits->flagged[f] = cheaper(exits->plain[f] + (model->double_flagged << KITE_COST_SLOT_BITS),
                                    second[f] + (model->long_flagged << KITE_COST_SLOT_BITS));
        exits->plain[f] = cheaper(exits->plain[f], second[f]);
    }
}

void kite_cost_start_first(const struct kite_cost_model *model, struct kite_cost_start *start)
{
    static const struct kite_break none = { .kind = KITE_BREAK_FORCED };
    struct kite_cost_node node;

    kite_cost_node_init(&node);
    node.total[1] = 0; /* as if a decent line stood before */
    kite_cost_start_at(model, &none, start);
    kite_cost_exits(model, &node, false, &start->exits);
    start->number = 0;
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
