/* style: what each role looks like, and the space between paragraphs. Private to the page room. */
#ifndef KITE_PAGE_STYLE_H
#define KITE_PAGE_STYLE_H

#include "page/block.h"

/* Thousandths of the body's em; and a height up to whole pixels. */
kite_f26 kite_style_em(const struct kite_block_context *x, int32_t em1000);
kite_f26 kite_style_whole_px(kite_f26 value);

/* Height of a line of small type, in proportion to the body's. */
/* Lines of a text whose letters stand higher than the lines around have room for are as much higher; the room is above. */
void kite_style_hold_ink(const struct kite_setter *setter, const struct kite_text *text, const struct kite_text_style *style, kite_f26 *line, kite_f26 *baseline);
kite_f26 kite_style_small_line(const struct kite_block_context *x, kite_f26 size_f26);

bool kite_role_is_row(enum kite_role role);
bool kite_role_is_note(enum kite_role role);
/* Paragraphs that may be set a line longer or shorter. */
bool kite_role_is_running(enum kite_role role);
/* Titles and heads: they stay with what follows. */
bool kite_role_keeps_next(enum kite_role role);

/* Type, lines and sides of the block's paragraph. `before` is what stands before it. */
void kite_style_block(const struct kite_block_context *x, const struct kite_block_before *before, struct kite_block *b);

/* Space above and below, and how the block meets the grid of body lines. */
void kite_style_space(const struct kite_block_context *x, const struct kite_block_before *before, struct kite_block *b);

#endif
