/* places: how a person or a program names a place in a text. */
#ifndef KITE_CLI_PLACES_H
#define KITE_CLI_PLACES_H

#include "page/page.h"

enum kite_place_kind {
    KITE_PLACE_PERCENT = 0, /* "63%", "63.5%" */
    KITE_PLACE_PARAGRAPH,   /* "p14": paragraph 14, from 1 */
    KITE_PLACE_PAGE,        /* "page 7", from 1 */
    KITE_PLACE_EXACT        /* "0:13:20": document, paragraph, byte, all from 0 */
};

struct kite_place_wish {
    enum kite_place_kind kind;
    uint32_t number;         /* hundredths of a percent, or an index from 0 */
    struct kite_place place; /* kind EXACT */
};

/* All zero is the beginning. false when text is no place. */
bool kite_place_from_text(const char *text, struct kite_place_wish *out);

/* "0:13:20" */
#define KITE_PLACE_TEXT_BYTES 36
const char *kite_place_text(struct kite_place place, char out[KITE_PLACE_TEXT_BYTES]);

/* Find it. document is the one that the wish does not name. KITE_E_RANGE, and all that laying out
 * can give. */
enum kite_status kite_place_find(const struct kite_place_wish *wish, struct kite_bundle *bundle,
                                 struct kite_layout *layout, uint32_t document,
                                 struct kite_place *out, struct kite_fault *fault);

#endif
