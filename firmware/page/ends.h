/* ends: where one page may end, and what each place costs. Private to the page room. */
#ifndef KITE_PAGE_ENDS_H
#define KITE_PAGE_ENDS_H

#include "page/pages.h"

/* Costs, of the model in pages.c. */
#define KITE_COST_SHORT 100u /* a page a line short */
#define KITE_COST_HYPHEN 150u
#define KITE_COST_FORCED 50000u

/* A place where the page in hand may end. */
struct kite_page_end {
    struct kite_page_point at;
    uint32_t cost;
    kite_f26 used_f26, notes_f26;        /* as in struct kite_page_plan */
    kite_f26 spread_f26, flexible_f26;
    bool is_section_end, has_hyphen;
};

#define KITE_ENDS_MAX 8 /* that are looked at: the last ones that fit */
struct kite_page_ends {
    struct kite_page_end items[KITE_ENDS_MAX];
    size_t count, oldest;        /* a ring */
    struct kite_page_end forced; /* behind the last line placed, whatever the rules say; whole where there is no other */
};

/* All places where the page from `start` may end, with some paragraphs varied, in the section that ends before paragraph
 * section_end. */
enum kite_status kite_page_find_ends(struct kite_window *window, const struct kite_page_point *start,
                                     uint32_t section_end, const struct kite_page_varied *varied,
                                     struct kite_page_ends *ends, struct kite_fault *fault);

#endif
