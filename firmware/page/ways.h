/* ways: how to go on from a point: the places where its page may end, as its paragraphs are set best, and with some of
 * them set in another way. Private to the page room. */
#ifndef KITE_PAGE_WAYS_H
#define KITE_PAGE_WAYS_H

#include "page/ends.h"

#include <string.h>

#define KITE_VARIED_WAYS_MAX 8
#define KITE_VARIANTS_MAX 24

/* What may be varied of a page. */
enum kite_variant_kind {
    KITE_VARIANT_WHOLE = 0, /* no word divided at its end */
    KITE_VARIANT_LINES,     /* a paragraph a line longer or shorter */
    KITE_VARIANT_PAIRS      /* two of them */
};
struct kite_page_variant {
    enum kite_variant_kind kind;
    uint32_t paragraph;
    struct kite_text_wish wish;
    uint32_t least; /* that it costs; known without trying */
};

/* A page with paragraphs varied. */
struct kite_page_way {
    struct kite_page_varied varied;
    uint32_t cost; /* of varying them */
    uint32_t variant;
    struct kite_page_end end;
};

struct kite_page_ways {
    struct kite_page_point start;
    uint32_t section_end;
    bool is_known, has_variants; /* ends are worked out; variants are listed */
    struct kite_page_ends ends;
    struct kite_page_variant variants[KITE_VARIANTS_MAX]; /* those that may cost least first */
    uint32_t variant_count, tried_count;
    struct kite_page_way varied[KITE_VARIED_WAYS_MAX]; /* what came of those tried: each ends elsewhere, or for less */
    size_t varied_count;
};

static inline bool kite_page_is_same_point(const struct kite_page_point *a, const struct kite_page_point *b)
{
    return a->paragraph == b->paragraph && a->line == b->line && kite_page_is_same_wish(a->wish, b->wish) &&
           memcmp(&a->rest, &b->rest, sizeof a->rest) == 0;
}

extern const struct kite_page_varied kite_none_varied;

/* The ways from a point, as its paragraphs are best; lent until the next call. */
enum kite_status kite_page_ways_from(struct kite_planner *planner, const struct kite_page_point *start,
                                     uint32_t section_end, struct kite_page_ways **out, struct kite_fault *fault);
/* List what may be varied of the page. */
enum kite_status kite_page_ways_list(struct kite_window *window, struct kite_page_ways *ways, struct kite_fault *fault);
/* Try those listed up to one of them: varied holds what came of it. */
enum kite_status kite_page_ways_try(struct kite_window *window, struct kite_page_ways *ways, uint32_t variant,
                                    struct kite_fault *fault);

/* The least dear end, of several the furthest; NULL when no rule lets the page end. */
const struct kite_page_end *kite_page_best_end(const struct kite_page_ends *ends);

#endif
