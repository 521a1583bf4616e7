/* draw: a planned page as positioned glyphs, rules and pictures. Private to the page room. */
#ifndef KITE_PAGE_DRAW_H
#define KITE_PAGE_DRAW_H

#include "page/chain.h"

/* To whom a page is told. */
struct kite_page_told {
    const struct kite_layout_report *report;
    uint32_t number;   /* of the page */
    /* How the paragraph that goes on behind the page is set in the end: a later page may vary it. */
    struct kite_text_wish last_wish;
};

/* Build the display list of a page. Everything comes from arena. told may be NULL. */
enum kite_status kite_page_draw(struct kite_chain *chain, const struct kite_page_plan *plan, struct kite_arena *arena,
                                struct kite_page *out, const struct kite_page_told *told, struct kite_fault *fault);

#endif
