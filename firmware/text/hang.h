/* hang: what stands out of the measure at the edges of lines. Private to the text room. */
#ifndef KITE_TEXT_HANG_H
#define KITE_TEXT_HANG_H

#include "text/compose.h"

/* How far the last or first character of an atom stands out when it ends or begins a line, at most UINT16_MAX. 0 for an
 * atom that does not stand at the edge of its line in the base direction. */
uint16_t kite_hang_end_f26(struct kite_setter *setter, const struct kite_composition *c, const struct kite_atom *atom);
uint16_t kite_hang_start_f26(struct kite_setter *setter, const struct kite_composition *c, const struct kite_atom *atom);
/* The same for a hyphen shown behind part of the atom. */
uint16_t kite_hang_hyphen_f26(struct kite_setter *setter, const struct kite_composition *c, const struct kite_atom *atom);

#endif
