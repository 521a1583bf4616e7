/* known: files that are often taken for a text and aren't read here, told by their content, with what to do about each. Private to the press room. */
#ifndef KITE_PRESS_KNOWN_H
#define KITE_PRESS_KNOWN_H

#include "press/press.h"

/* What keeps an importer from reading it, though it is of a kind that is read: "is locked with a password; ..." behind the file's name. NULL: nothing that
 * can be seen from outside. */
const char *kite_known_lock(const struct kite_press_input *input);
/* What it is and what to do, where no importer but that of plain text takes it; NULL: it may be text. */
const char *kite_known_other(const struct kite_press_input *input);

#endif
