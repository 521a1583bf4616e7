/* drawing: SVG made plain: what a style sheet says stands at each element, pictures stand in it as data, and what isn't drawn is gone. So MuPDF,
 * which draws it, needs neither style sheets nor other files. Private to the press room. */
#ifndef KITE_PRESS_DRAWING_H
#define KITE_PRESS_DRAWING_H

#include "press/draft.h"
#include "press/tree.h"

#define KITE_DRAWING_BYTES_MAX (32u << 20) /* with the pictures in it */
#define KITE_DRAWING_MARKUP_MAX (1u << 20)
#define KITE_DRAWING_SHAPES_MAX 100000u /* each as often as it is used */

/* Where the pictures in a drawing come from: the bytes of one, by the reference as written; *bytes is freed with kite_free. KITE_DONE: it cannot
 * be had. */
struct kite_drawing_source {
    void *ctx;
    enum kite_status (*fetch)(void *ctx, const char *reference, uint8_t **bytes, size_t *byte_count);
};

/* Is this SVG, in UTF-8? */
bool kite_drawing_is_one(const uint8_t *bytes, size_t count);
/* Does an svg element draw anything but one picture? */
bool kite_drawing_draws(const struct kite_node *svg);
/* Append an svg element as text. source may be NULL: pictures are left out. KITE_E_LIMIT: larger than the limits above; KITE_E_NOMEM. */
enum kite_status kite_drawing_write(const struct kite_node *svg, const struct kite_drawing_source *source, struct kite_buffer *out);

#endif
