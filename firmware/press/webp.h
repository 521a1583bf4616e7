/* webp: a WebP picture that is a text of its own, as a scanned letter. Private to the press room. */
#ifndef KITE_PRESS_WEBP_H
#define KITE_PRESS_WEBP_H

#include "press/draft.h"

bool kite_is_webp(const struct kite_press_input *input);
/* As kite_import_paged; KITE_E_FORMAT also for a moving picture. */
enum kite_status kite_import_webp(struct kite_draft *draft);

#endif
