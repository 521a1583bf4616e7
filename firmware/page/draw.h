/* draw: a planned page as positioned glyphs, rules and pictures. Private to the page room. */
#ifndef KITE_PAGE_DRAW_H
#define KITE_PAGE_DRAW_H

#include "page/chain.h"

/* Build the display list of a page. Everything comes from arena. report may be NULL; page_number goes into it. */
enum kite_status kite_page_draw(struct kite_chain *chain, const struct kite_page_plan *plan, struct kite_arena *arena,
                                struct kite_page *out, const struct kite_layout_report *report, uint32_t page_number,
                                struct kite_fault *fault);

#endif
