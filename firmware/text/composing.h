/* composing: what a paragraph's atoms and its breaks are made from. Private to compose.c, atoms.c and breaks.c. */
#ifndef KITE_TEXT_COMPOSING_H
#define KITE_TEXT_COMPOSING_H

#include "text/compose.h"

struct kite_composing {
    struct kite_setter *setter;
    const struct kite_text *text;
    const struct kite_text_style *style;
    struct kite_arena *arena;
    struct kite_composition *c;
    const uint8_t *opportunity; /* [text_bytes + 1] */
    const uint8_t *levels;      /* NULL when the paragraph is left to right throughout */
};

/* Cut the text into atoms, measured. KITE_E_RANGE: there is no face at all. KITE_E_NOMEM. */
enum kite_status kite_compose_atoms(const struct kite_composing *composing);

/* Add the breaks between and within the atoms. KITE_E_NOMEM. */
enum kite_status kite_compose_breaks(const struct kite_composing *composing);

/* How many to make room for at first: what running text of that length has, so that arrays seldom move in the arena. */
size_t kite_compose_first_room(const struct kite_text *text, size_t sixteenths);

#endif
