/* Optimal page breaking: a best-first search over the points where pages may end, some pages ahead.
 *
 * Cost of a page: n body lines short 100 n^2 up to two, 200 for each further one (not at a section's end), so that a gap
 * that cannot be helped stays one gap and is not shared out over the pages before it, and 300 for each line but one that
 * would have had room; 30 for each line that the spaces between roles give or take so that the last line stands where it
 * should; a hyphenated word at its end 150; a line of verse, code or a card parted 450; a paragraph set a line longer or
 * shorter 20, with the words at the page's end not divided 5, and what kite_window_price says of its lines; fewer than three
 * lines of a divided paragraph on a side 20 where 24 lines fit; a last page of fewer than three lines 150; a head with one line
 * below it 600. Never: a first or last line of a paragraph alone, a heading last, an attribution
 * away from what it is of.
 *
 * Of two ways that have come to different pages, the further one is let off what its pages more cost at the usual, so that the
 * search goes ahead rather than back over all that could have been cheaper: it looks twice as far for the same work, and what
 * it finds is seldom more than a few such pages dearer than the best.
 *
 * Pages with paragraphs varied are worked out when they could be the cheapest way on: each paragraph of a page waits with the
 * least that varying it may cost.
 *
 * A note of more than 30 % of the page may be divided: what has no room at the foot of the page that marks it goes on at the
 * foot of the next, text and notes sharing the page by halves until it is at its end. */
#include "page/ways.h"

#include <string.h>

#define COST_RANGE (4 * KITE_COST_SHORT) /* beyond the best, of ends that are gone on from */
#define COST_USUAL 10u /* of a page: about the mean over novels at 45 characters a line */
#define NODES_MAX 320

struct kite_text_wish kite_page_wish_of(const struct kite_page_varied *varied, const struct kite_page_point *start,
                                        uint32_t index)
{
    for (int i = 0; i < KITE_VARIED_MAX; i++)
        if (index == varied->paragraph[i])
            return varied->wish[i];
    return index == start->paragraph && start->line > 0 ? start->wish : kite_no_wish;
}

struct kite_text_wish kite_page_plan_wish(const struct kite_page_plan *plan, uint32_t index)
{
    return kite_page_wish_of(&plan->varied, &plan->start, index);
}

/* ---- the search ------------------------------------------------------------------------------ */

/* A point that pages lead to. */
struct node {
    struct kite_page_plan plan; /* of the page that ends here; the first node: none */
    uint32_t cost;              /* of all pages up to here */
    int16_t parent;
    uint8_t depth;              /* pages */
    bool has_untried; /* varied pages from here stand in the table, to be worked out */
    bool is_untried;  /* no point: the varied pages from the parent, from next_variant on, not worked out so far */
    uint8_t next_variant;
};

struct search {
    struct kite_planner *planner;
    uint32_t section_end;
    unsigned horizon;
    struct node *nodes;
    size_t count;
    uint16_t open[NODES_MAX]; /* nodes to go on from, in the order they were found */
    size_t open_count;
};

/* A new node to go on from. NULL: the table is full. */
static struct node *open_node(struct search *s)
{
    if (s->count >= NODES_MAX)
        return NULL;
    s->open[s->open_count++] = (uint16_t)s->count;
    return &s->nodes[s->count++];
}

/* The node of a point, or a new one. NULL: the table is full. */
static struct node *node_of(struct search *s, const struct kite_page_point *point)
{
    for (size_t i = 1; i < s->count; i++)
        if (!s->nodes[i].is_untried && kite_page_is_same_point(&s->nodes[i].plan.end, point))
            return &s->nodes[i];

    struct node *n = open_node(s);

    if (n)
        *n = (struct node){ .cost = UINT32_MAX };
    return n;
}

/* A page from node `parent`; kept if nothing less dear leads to where it ends. */
static void add_page(struct search *s, int parent, const struct kite_page_end *end, const struct kite_page_varied *varied,
                     uint32_t extra)
{
    const struct node *from = &s->nodes[parent];
    uint32_t cost = from->cost + end->cost + extra;
    struct node *n = node_of(s, &end->at);

    if (!n || n->cost <= cost)
        return;
    n->plan = (struct kite_page_plan){ from->plan.end, end->at, *varied, end->is_section_end, end->used_f26, end->notes_f26,
                                       end->spread_f26, end->flexible_f26 };
    n->cost = cost;
    n->parent = (int16_t)parent;
    n->depth = (uint8_t)(from->depth + 1);
}

/* Leave the varied pages from a node for later: they cost something, and most are never needed. The same from those before
 * it: a paragraph that runs over some pages can mostly be varied only where it begins. */
static enum kite_status add_untried(struct search *s, int at, struct kite_fault *fault)
{
    enum kite_status status = KITE_OK;

    for (; at >= 0 && status == KITE_OK; at = s->nodes[at].parent) {
        struct node *n = &s->nodes[at], *untried;
        struct kite_page_ways *ways;

        if (n->has_untried)
            continue;
        status = kite_page_ways_from(s->planner, &n->plan.end, s->section_end, &ways, fault);
        if (status)
            return status;
        status = kite_page_ways_list(&s->planner->window, ways, fault);
        n->has_untried = true;
        untried = status == KITE_OK && ways->variant_count > 0 ? open_node(s) : NULL;
        if (untried)
            *untried = (struct node){ .cost = n->cost + ways->variants[0].least, .parent = (int16_t)at, .depth = n->depth,
                                      .is_untried = true, .plan = { .end = n->plan.end } };
    }
    return status;
}

static bool is_further(const struct kite_page_point *a, const struct kite_page_point *b)
{
    if (a->paragraph != b->paragraph)
        return a->paragraph > b->paragraph;
    return a->line > b->line;
}

/* What a node is judged by: its cost, against that of as many usual pages. */
static int64_t judged_cost(const struct node *n)
{
    return (int64_t)n->cost - (int64_t)COST_USUAL * n->depth;
}

/* Take the node to go on from: the least dear, then most pages, then the furthest, then the first found. -1: none is open. */
static int take_cheapest(struct search *s)
{
    const struct node *best = NULL;
    int64_t least = 0;
    size_t at = 0;

    for (size_t i = 0; i < s->open_count; i++) {
        const struct node *n = &s->nodes[s->open[i]];
        int64_t cost = judged_cost(n);

        if (best && cost > least)
            continue;
        if (!best || cost < least || n->depth > best->depth ||
            (n->depth == best->depth && is_further(&n->plan.end, &best->plan.end))) {
            best = n;
            least = cost;
            at = i;
        }
    }
    if (!best)
        return -1;
    s->open_count--;
    memmove(s->open + at, s->open + at + 1, (s->open_count - at) * sizeof *s->open);
    return (int)(best - s->nodes);
}

/* The varied pages of the next variant from the node that an untried one stands for, which then waits for the one after it. */
static enum kite_status expand_varied(struct search *s, int at, struct kite_fault *fault)
{
    struct node *untried = &s->nodes[at];
    const struct kite_page_point start = untried->plan.end;
    uint32_t variant = untried->next_variant;
    struct kite_page_ways *ways;
    enum kite_status status = kite_page_ways_from(s->planner, &start, s->section_end, &ways, fault);

    if (status == KITE_OK)
        status = kite_page_ways_try(&s->planner->window, ways, variant, fault);
    for (size_t i = 0; status == KITE_OK && i < ways->varied_count; i++)
        if (ways->varied[i].variant == variant)
            add_page(s, untried->parent, &ways->varied[i].end, &ways->varied[i].varied, ways->varied[i].cost);
    if (status == KITE_OK && variant + 1 < ways->variant_count) {
        untried->next_variant = (uint8_t)(variant + 1);
        untried->cost = s->nodes[untried->parent].cost + ways->variants[variant + 1].least;
        s->open[s->open_count++] = (uint16_t)at;
    }
    return status;
}

/* The pages from a node. */
static enum kite_status expand(struct search *s, int at, struct kite_fault *fault)
{
    const struct kite_page_point start = s->nodes[at].plan.end;
    struct kite_page_ways *ways;
    enum kite_status status = kite_page_ways_from(s->planner, &start, s->section_end, &ways, fault);

    if (status)
        return status;

    const struct kite_page_ends *ends = &ways->ends;
    const struct kite_page_end *best = kite_page_best_end(ends);

    if (!best) {
        add_page(s, at, &ends->forced, &kite_none_varied, 0);
        return KITE_OK;
    }
    for (size_t i = 0; i < ends->count; i++) {
        const struct kite_page_end *end = &ends->items[(ends->oldest + i) % KITE_ENDS_MAX];

        if (end->cost <= best->cost + COST_RANGE)
            add_page(s, at, end, &kite_none_varied, 0);
    }
    if (s->horizon > 0 && best->cost > 0) /* trouble: vary this page, or one before it */
        return add_untried(s, at, fault);
    return KITE_OK;
}

/* The first page on the way to a node. */
static const struct kite_page_plan *first_page(const struct search *s, const struct node *n)
{
    while (n->parent > 0)
        n = &s->nodes[n->parent];
    return &n->plan;
}

enum kite_status kite_page_plan(struct kite_planner *planner, const struct kite_page_point *start,
                                uint32_t section_end, unsigned horizon, struct kite_page_plan *out,
                                struct kite_fault *fault)
{
    struct node nodes[NODES_MAX];
    struct search s = { .planner = planner, .section_end = section_end, .horizon = horizon, .nodes = nodes, .count = 1 };
    enum kite_status status;
    int at;

    nodes[0] = (struct node){ .plan = { .end = *start }, .parent = -1 };
    planner->window.keeps = horizon > 0;
    kite_window_advance(&planner->window, start->paragraph);
    status = expand(&s, 0, fault);
    while (status == KITE_OK && (at = take_cheapest(&s)) >= 0) {
        struct node *n = &nodes[at];

        if (n->is_untried) {
            status = expand_varied(&s, at, fault);
            continue;
        }
        if (n->plan.is_section_end || n->depth > horizon || s.count >= NODES_MAX) {
            *out = *first_page(&s, n);
            return KITE_OK;
        }
        status = expand(&s, at, fault);
    }
    if (status == KITE_OK) /* every path was pushed out of the table: cannot happen, as the first page has an end */
        status = kite_fail(fault, KITE_E_LIMIT, "no page ends behind paragraph %u", (unsigned)start->paragraph + 1);
    return status;
}
