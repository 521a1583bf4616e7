/* shape_cache: shaped pieces, packed, in bounded memory. Private to shape.c.
 *
 * Two generations of equal size: when the young one is full the old one is thrown away and they change places; an old
 * piece that is asked for again is copied over. So nothing is freed piece by piece, and what is used stays. */
#ifndef KITE_TEXT_SHAPE_CACHE_H
#define KITE_TEXT_SHAPE_CACHE_H

#include "text/shape.h"

struct kite_shape_cache;
struct kite_shape_packed; /* a piece in the cache */

/* bytes bounds the pieces. KITE_E_NOMEM. */
enum kite_status kite_shape_cache_create(const struct kite_memory *mem, size_t bytes, struct kite_shape_cache **out);
void kite_shape_cache_destroy(struct kite_shape_cache *cache);
void kite_shape_cache_forget(struct kite_shape_cache *cache);

/* The piece that was kept for a request, NULL for none; lent until the next call. */
const struct kite_shape_packed *kite_shape_cache_find(struct kite_shape_cache *cache,
                                                      const struct kite_shape_request *request);
/* The same of a piece of the lexicon, with no need for more than what kite_shape_word has of it. */
const struct kite_shape_packed *kite_shape_cache_find_word(struct kite_shape_cache *cache, const struct kite_shape_word *word);
/* The number of what a request is shaped under, apart from its text, key and hyphen mode; as kite_shape_word has it. */
uint32_t kite_shape_cache_context(struct kite_shape_cache *cache, const struct kite_shape_request *request);
/* Keep a piece if the cache can hold it, as the answer to the request that find was last asked for in vain. */
void kite_shape_cache_keep(struct kite_shape_cache *cache, const struct kite_shape_request *request,
                           const struct kite_shaped *shaped);

const struct kite_shape_sums *kite_shape_packed_sums(const struct kite_shape_packed *packed);
/* A piece but for its glyphs and hyphens, which are left NULL. */
struct kite_shaped kite_shape_packed_head(const struct kite_shape_packed *packed);
/* Its glyphs and its hyphens, as many as the head says. */
/* Glyphs that follow from pairs are not packed. */
bool kite_shape_packed_has_glyphs(const struct kite_shape_packed *packed);
void kite_shape_unpack_glyphs(const struct kite_shape_packed *packed, struct kite_unit_glyph *glyphs);
void kite_shape_unpack_hyphens(const struct kite_shape_packed *packed, struct kite_unit_hyphen *hyphens);

#endif
