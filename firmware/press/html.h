/* html: recognising HTML. Private to the press room. */
#ifndef KITE_PRESS_HTML_H
#define KITE_PRESS_HTML_H

#include "press/markup.h"

bool kite_is_html(const struct kite_press_input *input);
enum kite_status kite_import_html(struct kite_draft *draft);
/* Where the text in the draft has characters that the reader's fonts lack, the fonts that the page's style sheets name go to the draft.
 * KITE_E_NOMEM. */
enum kite_status kite_html_read_fonts(struct kite_draft *draft, const struct kite_node *root);

#endif
