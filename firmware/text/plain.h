/* plain: shaping of text whose glyphs are those of its characters, kerned in pairs. Private to shape.c.
 *
 * Where the rules of a face say that nothing else can happen to a word, its glyphs follow from what HarfBuzz made of other
 * words with the same letters and pairs. So most new words of a book need no run of HarfBuzz. The result is the same. */
#ifndef KITE_TEXT_PLAIN_H
#define KITE_TEXT_PLAIN_H

#include "text/shape.h"

struct kite_plain;

/* NULL when memory is short. fonts outlive it. */
struct kite_plain *kite_plain_create(const struct kite_memory *mem, struct kite_fonts *fonts);
void kite_plain_destroy(struct kite_plain *plain);

#define KITE_PLAIN_BYTES_MAX 64

/* The request's glyphs, as far as they follow from what was learnt. 0: they do not. */
size_t kite_plain_shape(struct kite_plain *plain, const struct kite_shape_request *request,
                        struct kite_unit_glyph glyphs[KITE_PLAIN_BYTES_MAX]);

/* Where the request that was last asked for in vain has two neighbours of which it is not known what they kern, as bytes of it:
 * that can be learnt from them alone. False: that is not what it lacks. */
bool kite_plain_missing(const struct kite_plain *plain, const struct kite_shape_request *request, size_t *from, size_t *to);

/* Learn from the glyphs that HarfBuzz made of the request that kite_plain_shape was last asked for in vain. */
void kite_plain_learn(struct kite_plain *plain, const struct kite_shape_request *request,
                      const struct kite_unit_glyph *glyphs, size_t count);

/* A text of at most KITE_PLAIN_BYTES_MAX bytes that teaches at once what words in the context of the last request would one by
 * one: to be shaped as they are and learnt from. NULL: none is left, or too few words came to be worth it. */
const char *kite_plain_sample(struct kite_plain *plain);

#endif
