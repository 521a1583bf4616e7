/* The ways to go on from a point. They are kept, as each plan whose horizon holds the point asks for them again. */
#include "page/ways.h"

#define COST_WHOLE 5u /* of no word divided at a page's end, at least */
#define COST_VARIED 20u /* of a line more or less, at least */
#define COST_WHOLE_END_MAX 50u /* of a page, but for its hyphen, that is worth a whole word */
#define COST_VARIED_END_MAX 60u /* of a page that is worth varying for: a line given or taken by its spaces */
#define WAYS_TRIED 4 /* of them, where those from a point may stand */

const struct kite_page_varied kite_none_varied = { .paragraph = { UINT32_MAX, UINT32_MAX, UINT32_MAX } };

/* ---- kept ways --------------------------------------------------------------------------------- */

void kite_planner_init(struct kite_planner *planner, const struct kite_memory *mem, struct kite_block_context *context)
{
    memset(planner->ways, 0, sizeof planner->ways);
    kite_window_init(&planner->window, mem, context);
}

void kite_planner_close(struct kite_planner *planner)
{
    for (size_t i = 0; i < KITE_WAYS_KEPT; i++)
        kite_free(&planner->window.scratch.mem, planner->ways[i]);
    memset(planner->ways, 0, sizeof planner->ways);
    kite_window_close(&planner->window);
}

void kite_planner_clear(struct kite_planner *planner)
{
    for (size_t i = 0; i < KITE_WAYS_KEPT; i++)
        if (planner->ways[i])
            planner->ways[i]->is_known = false;
    kite_window_clear(&planner->window);
}

static bool is_before(const struct kite_page_point *a, const struct kite_page_point *b)
{
    return a->paragraph != b->paragraph ? a->paragraph < b->paragraph : a->line < b->line;
}

/* May one place be taken before another? The plans have left behind ways that nobody asks for, then those from the point that
 * stands first; memory that is there is used before more is taken. */
static bool is_freer(const struct kite_planner *planner, const struct kite_page_ways *a, const struct kite_page_ways *b)
{
    bool is_a_free = a && (!a->is_known || a->start.paragraph < planner->window.first);
    bool is_b_free = b && (!b->is_known || b->start.paragraph < planner->window.first);

    if (is_a_free || is_b_free || !a || !b)
        return is_a_free != is_b_free ? is_a_free : !a && b;
    return is_before(&a->start, &b->start);
}

/* Where the ways from a point are kept, or may be. */
static struct kite_page_ways **place_of(struct kite_planner *planner, const struct kite_page_point *start,
                                        uint32_t section_end)
{
    uint32_t mixed = start->paragraph * 31 + start->line * 7 + (uint8_t)start->wish.lines_delta + start->rest.line * 3;
    struct kite_page_ways **place = NULL;

    for (uint32_t i = 0; i < WAYS_TRIED; i++) {
        struct kite_page_ways **at = &planner->ways[(mixed + i) % KITE_WAYS_KEPT], *ways = *at;

        if (ways && ways->is_known && ways->section_end == section_end && kite_page_is_same_point(&ways->start, start))
            return at;
        if (place == NULL || is_freer(planner, ways, *place))
            place = at;
    }
    if (*place)
        (*place)->is_known = false;
    return place;
}

enum kite_status kite_page_ways_from(struct kite_planner *planner, const struct kite_page_point *start,
                                     uint32_t section_end, struct kite_page_ways **out, struct kite_fault *fault)
{
    struct kite_page_ways **place = place_of(planner, start, section_end), *ways;
    enum kite_status status = KITE_OK;

    if (!*place)
        *place = kite_alloc(&planner->window.scratch.mem, 1, sizeof **place);
    ways = *out = *place;
    if (!ways)
        return KITE_E_NOMEM;
    if (ways->is_known)
        return KITE_OK;
    ways->has_variants = false;
    ways->variant_count = ways->tried_count = 0;
    ways->varied_count = 0;
    ways->start = *start;
    ways->section_end = section_end;
    status = kite_page_find_ends(&planner->window, start, section_end, &kite_none_varied, &ways->ends, fault);
    ways->is_known = status == KITE_OK;
    return status;
}

const struct kite_page_end *kite_page_best_end(const struct kite_page_ends *ends)
{
    const struct kite_page_end *best = NULL;

    for (size_t i = 0; i < ends->count; i++) {
        const struct kite_page_end *end = &ends->items[(ends->oldest + i) % KITE_ENDS_MAX];

        if (!best || end->cost <= best->cost)
            best = end;
    }
    return best;
}

/* ---- varied ways ------------------------------------------------------------------------------- */

/* Variants of one page being tried. */
struct variants {
    struct kite_window *window;
    struct kite_page_ways *ways;
};

/* Is the page's end had for less already? */
static bool is_had(const struct kite_page_ways *ways, const struct kite_page_end *end, uint32_t cost)
{
    for (size_t i = 0; i < ways->ends.count; i++)
        if (kite_page_is_same_point(&ways->ends.items[i].at, &end->at) && ways->ends.items[i].cost <= end->cost + cost)
            return true;
    for (size_t i = 0; i < ways->varied_count; i++)
        if (kite_page_is_same_point(&ways->varied[i].end.at, &end->at) &&
            ways->varied[i].end.cost + ways->varied[i].cost <= end->cost + cost)
            return true;
    return false;
}

/* Can the paragraph be set so? One that the page goes on with must have the same lines up to there. */
static enum kite_status can_be_set(struct variants *v, uint32_t paragraph, struct kite_text_wish wish, bool *can_be,
                                   struct kite_fault *fault)
{
    const struct kite_page_point *start = &v->ways->start;
    const struct kite_window_line *lines;
    size_t before = 0;
    uint32_t count;
    enum kite_status status = KITE_OK;

    *can_be = false;
    if (paragraph == start->paragraph && start->line > 0) {
        status = kite_window_lines(v->window, paragraph, start->wish, &lines, &count, fault);
        before = status ? 0 : (size_t)(lines - v->window->lines);
    }
    if (status == KITE_OK)
        status = kite_window_lines(v->window, paragraph, wish, &lines, &count, fault);
    if (status || count >= KITE_WINDOW_NONE)
        return status;
    *can_be = paragraph != start->paragraph || start->line == 0 || start->line < count;
    for (uint32_t i = 0; paragraph == start->paragraph && start->line > 0 && i <= start->line && *can_be; i++)
        *can_be = lines[i].start_bytes == v->window->lines[before + i].start_bytes;
    return KITE_OK;
}

/* Keep a variation that ends the page well, or at least better than it can without, if none ends it there for less. */
static void keep_varied(struct kite_page_ways *ways, const struct kite_page_varied *varied, uint32_t cost,
                        const struct kite_page_end *end)
{
    const struct kite_page_end *best = kite_page_best_end(&ways->ends);
    bool is_worth = end->cost <= COST_VARIED_END_MAX || !best || end->cost + cost < best->cost;

    if (is_worth && !is_had(ways, end, cost) && ways->varied_count < KITE_VARIED_WAYS_MAX)
        ways->varied[ways->varied_count++] = (struct kite_page_way){ *varied, cost, ways->tried_count, *end };
}

/* Add the wish for a whole word at a line's end. False: there is no room for it. */
static bool add_whole(struct kite_text_wish *wish, uint32_t line)
{
    for (int i = 0; i < KITE_WISH_WHOLE_MAX && line <= UINT16_MAX; i++) {
        if (wish->whole[i] == 0) {
            wish->whole[i] = (uint16_t)line;
            return true;
        }
    }
    return false;
}

/* Let a variation set a paragraph so. False: it has no room for one more. */
static bool add_to_varied(struct kite_page_varied *varied, uint32_t paragraph, struct kite_text_wish wish)
{
    for (int pass = 0; pass < 2; pass++) {
        for (int i = 0; i < KITE_VARIED_MAX; i++) {
            if (varied->paragraph[i] == (pass == 0 ? paragraph : UINT32_MAX)) {
                varied->paragraph[i] = paragraph;
                varied->wish[i] = wish;
                return true;
            }
        }
    }
    return false;
}

/* A page that would be as it should but for the hyphen at its end: with the words there whole. */
static enum kite_status try_whole(struct variants *v, const struct kite_page_varied *base, uint32_t cost,
                                  const struct kite_page_end *end, struct kite_fault *fault)
{
    struct kite_page_ways *ways = v->ways;
    uint32_t paragraph = end->at.paragraph, price, price_before;
    struct kite_text_wish before = kite_page_wish_of(base, &ways->start, paragraph), wish = before;
    struct kite_page_varied varied = *base;
    struct kite_page_ends ends;
    bool can_be;

    if (!end->has_hyphen || end->cost > KITE_COST_HYPHEN + COST_WHOLE_END_MAX || ways->varied_count == KITE_VARIED_WAYS_MAX ||
        !add_whole(&wish, end->at.line) || !add_to_varied(&varied, paragraph, wish))
        return KITE_OK;

    enum kite_status status = can_be_set(v, paragraph, wish, &can_be, fault);

    if (status == KITE_OK && can_be)
        status = kite_window_price(v->window, paragraph, wish, &price, fault);
    if (status == KITE_OK && can_be)
        status = kite_window_price(v->window, paragraph, before, &price_before, fault);
    if (status || !can_be)
        return status;
    cost += COST_WHOLE + (price > price_before ? price - price_before : 0);
    status = kite_page_find_ends(v->window, &ways->start, ways->section_end, &varied, &ends, fault);
    for (size_t i = 0; i < ends.count && status == KITE_OK; i++)
        if (ends.items[i].at.paragraph == paragraph && ends.items[i].at.line == end->at.line)
            keep_varied(ways, &varied, cost, &ends.items[i]);
    return status;
}

/* The pages that a variation makes, and those with whole words at their ends. */
static enum kite_status try_varied(struct variants *v, const struct kite_page_varied *varied, uint32_t cost,
                                   struct kite_fault *fault)
{
    struct kite_page_ways *ways = v->ways;
    struct kite_page_ends ends;

    if (ways->varied_count == KITE_VARIED_WAYS_MAX)
        return KITE_OK;

    enum kite_status status = kite_page_find_ends(v->window, &ways->start, ways->section_end, varied, &ends, fault);

    const struct kite_page_end *best = NULL;

    for (size_t i = 0; i < ends.count && status == KITE_OK; i++) {
        const struct kite_page_end *end = &ends.items[i];

        keep_varied(ways, varied, cost, end);
        if (end->has_hyphen && (!best || end->cost <= best->cost))
            best = end;
    }
    return status == KITE_OK && best ? try_whole(v, varied, cost, best, fault) : status;
}

/* ---- variants ---------------------------------------------------------------------------------- */

static void list_variant(struct kite_page_ways *ways, struct kite_page_variant variant)
{
    uint32_t at = ways->variant_count;

    if (at == KITE_VARIANTS_MAX)
        return;
    ways->variant_count++;
    for (; at > 0 && ways->variants[at - 1].least > variant.least; at--)
        ways->variants[at] = ways->variants[at - 1];
    ways->variants[at] = variant;
}

static enum kite_status list_lines(struct kite_window *window, struct kite_page_ways *ways, uint32_t paragraph,
                                   int8_t lines_delta, struct kite_fault *fault)
{
    struct kite_page_variant variant = { .kind = KITE_VARIANT_LINES, .paragraph = paragraph,
                                         .wish = kite_page_wish_of(&kite_none_varied, &ways->start, paragraph) };

    enum kite_status status = kite_window_least_price(window, paragraph, lines_delta, &variant.least, fault);

    if (status || variant.least == UINT32_MAX || variant.wish.lines_delta != 0)
        return status;
    variant.least += COST_VARIED;
    variant.wish.lines_delta = lines_delta;
    list_variant(ways, variant);
    return KITE_OK;
}

/* May two variants go together? */
static bool are_pair(const struct kite_page_variant *a, const struct kite_page_variant *b)
{
    return a->kind == KITE_VARIANT_LINES && b->kind == KITE_VARIANT_LINES && a->paragraph != b->paragraph &&
           a->wish.lines_delta == b->wish.lines_delta;
}

static void list_pairs(struct kite_page_ways *ways)
{
    struct kite_page_variant pairs = { .kind = KITE_VARIANT_PAIRS, .least = UINT32_MAX };

    for (uint32_t i = 0; i < ways->variant_count; i++)
        for (uint32_t k = i + 1; k < ways->variant_count; k++)
            if (are_pair(&ways->variants[i], &ways->variants[k]) &&
                ways->variants[i].least + ways->variants[k].least < pairs.least)
                pairs.least = ways->variants[i].least + ways->variants[k].least;
    if (pairs.least != UINT32_MAX)
        list_variant(ways, pairs);
}

enum kite_status kite_page_ways_list(struct kite_window *window, struct kite_page_ways *ways, struct kite_fault *fault)
{
    /* The last line that would fit stands in the paragraph where the forced end is. */
    const struct kite_page_point *forced = &ways->ends.forced.at;
    uint32_t first = ways->start.paragraph, last = forced->line > 0 ? forced->paragraph : forced->paragraph - 1;
    bool has_hyphen = false;
    enum kite_status status = KITE_OK;

    if (ways->has_variants)
        return KITE_OK;
    ways->variant_count = 0;
    for (size_t i = 0; i < ways->ends.count; i++)
        has_hyphen = has_hyphen || ways->ends.items[i].has_hyphen;
    if (has_hyphen)
        list_variant(ways, (struct kite_page_variant){ .kind = KITE_VARIANT_WHOLE, .least = COST_WHOLE });
    for (uint32_t i = last; i + 1 > first && i != UINT32_MAX && status == KITE_OK; i--) {
        status = list_lines(window, ways, i, 1, fault);
        if (status == KITE_OK)
            status = list_lines(window, ways, i, -1, fault);
    }
    list_pairs(ways);
    ways->has_variants = status == KITE_OK;
    return status;
}

static enum kite_status try_whole_ends(struct variants *v, struct kite_fault *fault)
{
    enum kite_status status = KITE_OK;

    for (size_t i = 0; i < v->ways->ends.count && status == KITE_OK; i++)
        status = try_whole(v, &kite_none_varied, 0, &v->ways->ends.items[i], fault);
    return status;
}

/* Add a variant to those that a page has, if it can be had. */
static enum kite_status add_variant(struct variants *v, const struct kite_page_variant *variant, struct kite_page_varied *varied,
                                    uint32_t *cost, bool *can_be, struct kite_fault *fault)
{
    enum kite_status status = can_be_set(v, variant->paragraph, variant->wish, can_be, fault);

    uint32_t price = 0;

    if (status == KITE_OK && *can_be)
        status = kite_window_price(v->window, variant->paragraph, variant->wish, &price, fault);
    if (status == KITE_OK && *can_be) {
        *cost += COST_VARIED + price;
        *can_be = add_to_varied(varied, variant->paragraph, variant->wish);
    }
    return status;
}

static enum kite_status try_lines(struct variants *v, const struct kite_page_variant *first,
                                  const struct kite_page_variant *second, struct kite_fault *fault)
{
    struct kite_page_varied varied = kite_none_varied;
    uint32_t cost = 0;
    bool can_be;
    enum kite_status status = add_variant(v, first, &varied, &cost, &can_be, fault);

    if (status == KITE_OK && can_be && second)
        status = add_variant(v, second, &varied, &cost, &can_be, fault);
    return status == KITE_OK && can_be ? try_varied(v, &varied, cost, fault) : status;
}

/* Two at once, where nothing else does. */
static enum kite_status try_pairs(struct variants *v, struct kite_fault *fault)
{
    const struct kite_page_ways *ways = v->ways;
    enum kite_status status = KITE_OK;

    for (uint32_t i = 0; i < ways->variant_count && ways->varied_count == 0 && status == KITE_OK; i++)
        for (uint32_t k = i + 1; k < ways->variant_count && status == KITE_OK; k++)
            if (are_pair(&ways->variants[i], &ways->variants[k]))
                status = try_lines(v, &ways->variants[i], &ways->variants[k], fault);
    return status;
}

enum kite_status kite_page_ways_try(struct kite_window *window, struct kite_page_ways *ways, uint32_t variant,
                                    struct kite_fault *fault)
{
    struct variants v = { .window = window, .ways = ways };
    enum kite_status status = kite_page_ways_list(window, ways, fault);

    for (; ways->tried_count <= variant && ways->tried_count < ways->variant_count && status == KITE_OK; ways->tried_count++) {
        const struct kite_page_variant *next = &ways->variants[ways->tried_count];

        ways->is_known = false; /* until it is tried */
        status = next->kind == KITE_VARIANT_WHOLE   ? try_whole_ends(&v, fault)
                 : next->kind == KITE_VARIANT_LINES ? try_lines(&v, next, NULL, fault)
                                                    : try_pairs(&v, fault);
        ways->is_known = status == KITE_OK;
    }
    return status;
}
