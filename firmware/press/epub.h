/* epub: recognising EPUB 2 and 3, and what is one under another name (KEPUB). Private to the press room. */
#ifndef KITE_PRESS_EPUB_H
#define KITE_PRESS_EPUB_H

#include "press/draft.h"

bool kite_is_epub(const struct kite_press_input *input);
enum kite_status kite_import_epub(struct kite_draft *draft);

#endif
