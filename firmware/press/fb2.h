/* fb2: FictionBook 2, as it is or in a ZIP file. Private to the press room. */
#ifndef KITE_PRESS_FB2_H
#define KITE_PRESS_FB2_H

#include "press/rewrite.h"

bool kite_is_fb2(const struct kite_press_input *input);
enum kite_status kite_import_fb2(struct kite_draft *draft);

#endif
