/* ways: how to go on from a point: the places where its page may end, as its paragraphs are set best, and with some of
 * them set in another way. Private to the page room. */
#ifndef KITE_PAGE_WAYS_H
#define KITE_PAGE_WAYS_H

#include "page/ends.h"

#define KITE_VARIED_WAYS_MAX 6

/* A page with paragraphs varied. */
struct kite_page_way {
    struct kite_page_varied varied;
    uint32_t cost; /* of varying them */
    struct kite_page_end end;
};

struct kite_page_ways {
    struct kite_page_point start;
    uint32_t section_end;
    bool is_known, is_varied; /* ends are worked out; varied is */
    struct kite_page_ends ends;
    struct kite_page_way varied[KITE_VARIED_WAYS_MAX]; /* each ends elsewhere, and well */
    size_t varied_count;
};

bool kite_page_is_same_point(const struct kite_page_point *a, const struct kite_page_point *b);

extern const struct kite_page_varied kite_none_varied;

/* The ways from a point, without varied ones unless they were asked for before; lent until the next call. */
enum kite_status kite_page_ways_from(struct kite_planner *planner, const struct kite_page_point *start,
                                     uint32_t section_end, struct kite_page_ways **out, struct kite_fault *fault);
/* Work out the varied ones too. */
enum kite_status kite_page_ways_vary(struct kite_window *window, struct kite_page_ways *ways, struct kite_fault *fault);

/* The least dear end, of several the furthest; NULL when no rule lets the page end. */
const struct kite_page_end *kite_page_best_end(const struct kite_page_ends *ends);

#endif
