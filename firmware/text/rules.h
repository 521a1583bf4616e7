/* rules: what the layout tables of a face may do to text beyond kerning two neighbours. Private to the text room.
 *
 * Of the OpenType layout tables GSUB and GPOS (ISO/IEC 14496-22) it reads as much as tells which glyphs and which two
 * neighbours some rule looks for. What it does not understand counts as looking for everything. */
#ifndef KITE_TEXT_RULES_H
#define KITE_TEXT_RULES_H

#include "base/base.h"

#include <hb.h>

#define KITE_RULES_MAX 96

struct kite_rule {
    uint32_t offset; /* of the subtable */
    uint8_t table, kind;
};

struct kite_rules {
    hb_blob_t *blobs[2]; /* GSUB, GPOS */
    struct kite_rule rules[KITE_RULES_MAX];
    size_t count;
};

/* Read the rules that a plan follows, other than kerning of two neighbours that adds to the first one's advance. False: they
 * cannot be told. Either way drop gives back what it holds. */
bool kite_rules_read(struct kite_rules *rules, hb_face_t *face, hb_shape_plan_t *plan);
void kite_rules_drop(struct kite_rules *rules);

/* Could some rule apply at a glyph wherever it stands? */
bool kite_rules_touch_glyph(const struct kite_rules *rules, uint16_t glyph);

/* Could some rule apply because of two glyphs next to each other? Where neither this nor the above is so for any of a
 * text's glyphs, and none is a mark, no rule applies to the text. */
bool kite_rules_touch_pair(const struct kite_rules *rules, uint16_t left, uint16_t right);

/* Of glyphs in a row, each two of which are touched, and neither the first nor the last with its neighbour outside: does
 * nothing happen to them but ligatures among themselves, whatever stands around? */
bool kite_rules_only_ligate(const struct kite_rules *rules, const uint16_t *glyphs, size_t count);

#endif
