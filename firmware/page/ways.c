/* The ways to go on from a point. They are kept, as each plan whose horizon holds the point asks for them again. */
#include "page/ways.h"

#include <string.h>

#define COST_VARIED 3u
#define COST_VARIED_END_MAX 5u /* of a page that is worth varying for: a line given or taken by its spaces */
#define VARIANTS_MAX 24
#define WAYS_KEPT 32

const struct kite_page_varied kite_none_varied = { { UINT32_MAX, UINT32_MAX }, { 0, 0 } };

/* ---- kept ways --------------------------------------------------------------------------------- */

void kite_planner_init(struct kite_planner *planner, const struct kite_memory *mem, struct kite_block_context *context)
{
    planner->ways = NULL;
    kite_window_init(&planner->window, mem, context);
}

void kite_planner_close(struct kite_planner *planner)
{
    kite_free(&planner->window.scratch.mem, planner->ways);
    planner->ways = NULL;
    kite_window_close(&planner->window);
}

void kite_planner_clear(struct kite_planner *planner)
{
    for (size_t i = 0; planner->ways && i < WAYS_KEPT; i++)
        planner->ways[i].is_known = false;
    kite_window_clear(&planner->window);
}

bool kite_page_is_same_point(const struct kite_page_point *a, const struct kite_page_point *b)
{
    return a->paragraph == b->paragraph && a->line == b->line && a->delta == b->delta &&
           memcmp(&a->rest, &b->rest, sizeof a->rest) == 0;
}

enum kite_status kite_page_ways_from(struct kite_planner *planner, const struct kite_page_point *start,
                                     uint32_t section_end, struct kite_page_ways **out, struct kite_fault *fault)
{
    if (!planner->ways)
        planner->ways = kite_alloc(&planner->window.scratch.mem, WAYS_KEPT, sizeof *planner->ways);
    if (!planner->ways)
        return KITE_E_NOMEM;

    uint32_t mixed = start->paragraph * 31 + start->line * 7 + (uint8_t)start->delta + start->rest.line * 3;
    struct kite_page_ways *ways = &planner->ways[mixed % WAYS_KEPT];
    enum kite_status status = KITE_OK;

    *out = ways;
    if (ways->is_known && kite_page_is_same_point(&ways->start, start) && ways->section_end == section_end)
        return KITE_OK;
    ways->is_known = ways->is_varied = false;
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

/* What may be varied on one page. */
struct variants {
    struct kite_window *window;
    struct kite_page_ways *ways;
    struct variant {
        uint32_t paragraph, cost;
        int8_t delta;
    } items[VARIANTS_MAX];
    size_t count;
};

/* Is the page's end had for less already? */
static bool is_had(const struct kite_page_ways *ways, const struct kite_page_end *end, uint32_t cost)
{
    for (size_t i = 0; i < ways->ends.count; i++)
        if (kite_page_is_same_point(&ways->ends.items[i].at, &end->at) && ways->ends.items[i].cost <= end->cost + cost)
            return true;
    for (size_t i = 0; i < ways->varied_count; i++)
        if (kite_page_is_same_point(&ways->varied[i].end.at, &end->at))
            return true;
    return false;
}

/* Keep a variation that ends the page well, one for each place where it then ends. */
static enum kite_status try_varied(struct variants *v, const struct kite_page_varied *varied, uint32_t cost,
                                   struct kite_fault *fault)
{
    struct kite_page_ways *ways = v->ways;
    struct kite_page_ends ends;

    if (ways->varied_count == KITE_VARIED_WAYS_MAX)
        return KITE_OK;

    enum kite_status status = kite_page_find_ends(v->window, &ways->start, ways->section_end, varied, &ends, fault);
    const struct kite_page_end *end = status ? NULL : kite_page_best_end(&ends);

    if (end && end->cost <= COST_VARIED_END_MAX && !is_had(ways, end, cost))
        ways->varied[ways->varied_count++] = (struct kite_page_way){ *varied, cost, *end };
    return status;
}

/* Do the lines of the paragraph that the page goes on with stay as they were up to there? */
static enum kite_status starts_alike(struct variants *v, int8_t delta, bool *is_alike, struct kite_fault *fault)
{
    const struct kite_page_point *start = &v->ways->start;
    const struct kite_window_line *varied, *plain;
    uint32_t varied_count, plain_count;
    enum kite_status status = kite_window_lines(v->window, start->paragraph, delta, &varied, &varied_count, fault);

    if (status == KITE_OK)
        status = kite_window_lines(v->window, start->paragraph, 0, &plain, &plain_count, fault);
    if (status)
        return status;
    *is_alike = start->delta == 0 && start->line < varied_count;
    for (uint32_t i = 0; i <= start->line && *is_alike; i++)
        *is_alike = varied[i].start_bytes == plain[i].start_bytes;
    return KITE_OK;
}

/* A variation of one paragraph, if it can be had: the least loose stand first. */
static enum kite_status add_variant(struct variants *v, uint32_t paragraph, int8_t delta, struct kite_fault *fault)
{
    const struct kite_window_line *lines;
    uint32_t count;
    bool is_alike = true;
    enum kite_status status = kite_window_lines(v->window, paragraph, delta, &lines, &count, fault);

    if (status || count >= KITE_WINDOW_NONE || v->count == VARIANTS_MAX)
        return status;
    if (paragraph == v->ways->start.paragraph && v->ways->start.line > 0)
        status = starts_alike(v, delta, &is_alike, fault);
    if (status || !is_alike)
        return status;

    uint32_t cost = COST_VARIED + kite_window_price(v->window, paragraph, delta);
    size_t at = v->count++;

    for (; at > 0 && v->items[at - 1].cost > cost; at--)
        v->items[at] = v->items[at - 1];
    v->items[at] = (struct variant){ paragraph, cost, delta };
    return KITE_OK;
}

/* All that can be varied of the page. */
static enum kite_status find_variants(struct variants *v, struct kite_fault *fault)
{
    /* The last line that would fit stands in the paragraph where the forced end is. */
    const struct kite_page_point *forced = &v->ways->ends.forced.at;
    uint32_t first = v->ways->start.paragraph, last = forced->line > 0 ? forced->paragraph : forced->paragraph - 1;
    enum kite_status status = KITE_OK;

    for (uint32_t i = last; i + 1 > first && i != UINT32_MAX && status == KITE_OK; i--) {
        status = add_variant(v, i, 1, fault);
        if (status == KITE_OK)
            status = add_variant(v, i, -1, fault);
    }
    return status;
}

static enum kite_status try_singles(struct variants *v, struct kite_fault *fault)
{
    enum kite_status status = KITE_OK;

    for (size_t i = 0; i < v->count && status == KITE_OK; i++) {
        struct kite_page_varied varied = kite_none_varied;

        varied.paragraph[0] = v->items[i].paragraph;
        varied.delta[0] = v->items[i].delta;
        status = try_varied(v, &varied, v->items[i].cost, fault);
    }
    return status;
}

/* Two at once. */
static enum kite_status try_pairs(struct variants *v, struct kite_fault *fault)
{
    enum kite_status status = KITE_OK;

    for (size_t i = 0; i < v->count && status == KITE_OK; i++) {
        for (size_t k = i + 1; k < v->count && status == KITE_OK; k++) {
            const struct variant *a = &v->items[i], *b = &v->items[k];
            struct kite_page_varied varied = { { a->paragraph, b->paragraph }, { a->delta, b->delta } };

            if (a->paragraph != b->paragraph && a->delta == b->delta)
                status = try_varied(v, &varied, a->cost + b->cost, fault);
        }
    }
    return status;
}

/* A page that would be as it should but for the hyphen at its end: with that word, or its neighbours, not divided. */
static enum kite_status try_whole(struct variants *v, const struct kite_page_end *end, struct kite_fault *fault)
{
    struct kite_page_varied varied = { { end->at.paragraph, UINT32_MAX }, { 0, 0 } };
    const struct kite_page_point *start = &v->ways->start;
    const struct kite_window_line *lines;
    uint32_t count;
    bool is_alike = true;

    if (!end->has_hyphen || end->cost > KITE_COST_HYPHEN + COST_VARIED_END_MAX || end->at.line == 0 || end->at.delta != 0 ||
        end->at.line - 1 > INT8_MAX - KITE_DELTA_WHOLE)
        return KITE_OK;
    varied.delta[0] = (int8_t)(KITE_DELTA_WHOLE + end->at.line - 1);

    enum kite_status status = kite_window_lines(v->window, end->at.paragraph, varied.delta[0], &lines, &count, fault);

    if (status || count >= KITE_WINDOW_NONE)
        return status;
    if (end->at.paragraph == start->paragraph && start->line > 0)
        status = starts_alike(v, varied.delta[0], &is_alike, fault);
    if (status || !is_alike)
        return status;
    return try_varied(v, &varied, COST_VARIED + kite_window_price(v->window, end->at.paragraph, varied.delta[0]), fault);
}

enum kite_status kite_page_ways_vary(struct kite_window *window, struct kite_page_ways *ways, struct kite_fault *fault)
{
    struct variants v = { .window = window, .ways = ways };
    enum kite_status status = KITE_OK;

    if (ways->is_varied)
        return KITE_OK;
    ways->is_known = false; /* until all are there */
    for (size_t i = 0; i < ways->ends.count && status == KITE_OK; i++)
        status = try_whole(&v, &ways->ends.items[i], fault);
    if (status == KITE_OK)
        status = find_variants(&v, fault);
    if (status == KITE_OK)
        status = try_singles(&v, fault);
    if (status == KITE_OK && ways->varied_count == 0)
        status = try_pairs(&v, fault);
    ways->is_known = ways->is_varied = status == KITE_OK;
    return status;
}
