/* fallback: a face for a cluster that the text's own may lack a part of. Private to the text room. */
#ifndef KITE_TEXT_FALLBACK_H
#define KITE_TEXT_FALLBACK_H

#include "text/compose.h"

/* The face that a grapheme cluster is set in: `before`, which the cluster before it took, if that is another than the
 * text's own and has the character; else the text's own, else along the chain, and then what the setter was lent. A letter and its marks are set in one
 * face that has them all, or the letter composed, where there is one. KITE_FACE_NONE: no face has the character.
 * cluster->face is the text's own. KITE_E_NOMEM. */
enum kite_status kite_fallback_face(struct kite_setter *setter, const struct kite_shape_request *cluster,
                                    uint16_t before, uint16_t *face);

/* Fonts that setters were lent, for each of which there is a face until it is taken back; as kite_setter_lend says. */
#define KITE_FONTS_LENT_MAX (2 * KITE_FONTS_MAX)
enum kite_status kite_fonts_lend(struct kite_fonts *fonts, const uint8_t *bytes, size_t count, uint16_t *face);
void kite_fonts_take_back(struct kite_fonts *fonts, uint16_t face);

#endif
