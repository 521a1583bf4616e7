/* originals: the pages of what a text was made from, as lines of text. Private to the press room.
 *
 * A line is `PARAGRAPH LETTERS PICTURE LABEL`: the paragraph of the body, from 0, in which the page begins, the letters and digits that stand before
 * it there, `-`, `=` for the first picture that stands there or behind, or a reference to another, and what is printed on it, if anything. */
#ifndef KITE_PRESS_ORIGINALS_H
#define KITE_PRESS_ORIGINALS_H

#include "press/draft.h"
#include "press/text_out.h"

/* Take such lines into a draft whose body has been read. Lines that make no sense are told to the report. KITE_E_NOMEM, KITE_E_LIMIT. */
enum kite_status kite_originals_read(struct kite_draft *draft, const char *lines, size_t bytes, uint32_t line);
/* Write a document's, as a fenced block of Markdown; nothing when it has none. picture: adds the reference of one. */
void kite_originals_print(struct kite_text_out *w, enum kite_status (*picture)(struct kite_text_out *w, uint32_t index));

#endif
