/* html: recognising HTML. Private to the press room. */
#ifndef KITE_PRESS_HTML_H
#define KITE_PRESS_HTML_H

#include "press/markup.h"

bool kite_is_html(const struct kite_press_input *input);
enum kite_status kite_import_html(struct kite_draft *draft);

#endif
