/* transcript: a letter as it was written and what it says, as one text, whose original pages are pictures of the sheets. Private to the press room. */
#ifndef KITE_PRESS_TRANSCRIPT_H
#define KITE_PRESS_TRANSCRIPT_H

#include "press/draft.h"

/* How many of the inputs from `first` on belong together, at least 1: pictures that stand directly before or after a text and have its name
 * (letter.jpg, letter-2.jpg and letter.txt), and, when asked for, any pictures directly before a text. */
size_t kite_transcript_inputs(const struct kite_press_input *inputs, size_t count, size_t first, bool is_asked);
/* What was read from the pictures becomes the text's original pages. Where each begins is known when breaks of thought are one less than they; else
 * each gets an equal share of the text, and the report is told. Without a text the pictures are the text. KITE_E_NOMEM. */
enum kite_status kite_transcript_place(struct kite_draft *draft, const struct kite_draft_list *pictures);

#endif
