/* shape: pieces of text to glyphs in font units, by HarfBuzz, with a bounded cache.
 * Private to the text room. */
#ifndef KITE_TEXT_SHAPE_H
#define KITE_TEXT_SHAPE_H

#include "text/text.h"

#define KITE_SCRIPT_LATIN 0x4C61746Eu /* "Latn", a hb_script_t */

struct kite_unit_glyph { /* font units */
    uint16_t glyph;
    int16_t advance, dx, dy;
    uint16_t cluster; /* byte offset in the piece */
};

/* A point where the piece may be divided, and what changes when it is. */
struct kite_unit_hyphen {
    uint16_t offset_bytes;
    bool is_reshaped; /* a ligature stands there: both sides are shaped on their own */
    int32_t before;   /* advance up to the point, undivided */
    int32_t pre;      /* added before the break: hyphen, kerning */
    int32_t post;     /* added behind it */
};

struct kite_shaped {
    int32_t advance;
    uint16_t glyph_count, hyphen_count;
    bool needs_fallback; /* the face lacks one of its characters, or a sign that it would put together from two */
    bool is_rtl;
    bool is_word; /* ASCII letters alone */
    bool follows; /* its glyphs followed from those of other words: plain.h */
    const struct kite_unit_glyph *glyphs; /* in visual order, left to right */
    const struct kite_unit_hyphen *hyphens;
};

/* What most ask of a piece. */
struct kite_shape_sums {
    int32_t advance;
    uint16_t glyph_count;
    uint8_t hyphen_count;
    bool needs_fallback : 1, is_word : 1;
};

/* What is to be shaped. */
struct kite_shape_request {
    const char *text;
    size_t bytes;   /* at most 4096 */
    uint32_t key;   /* of the lexicon, 0 for none */
    uint16_t face;
    uint32_t script; /* hb_script_t */
    kite_lang lang;
    bool is_rtl;
    bool is_spaced;  /* letter-spaced: no ligatures */
    bool is_small_caps; /* where the face has them, else plain letters */
    uint8_t hyphen_mode; /* 0 no division; 1 the language's own limits; 2: 3 and 4 letters */
};

struct kite_shaper;
enum kite_status kite_shaper_create(const struct kite_memory *mem, struct kite_fonts *fonts,
                                    size_t cache_bytes, struct kite_shaper **out);
void kite_shaper_destroy(struct kite_shaper *shaper);
void kite_shaper_forget(struct kite_shaper *shaper);

/* *out is lent until the next call but one. KITE_E_LIMIT for a piece that is too long, KITE_E_NOMEM. */
enum kite_status kite_shape(struct kite_shaper *shaper, const struct kite_shape_request *request,
                            const struct kite_shaped **out);

/* The same but for the glyphs, which are not to be looked at. */
enum kite_status kite_shape_hyphens(struct kite_shaper *shaper, const struct kite_shape_request *request,
                                    const struct kite_shaped **out);

/* Only what most ask. */
enum kite_status kite_shape_sums(struct kite_shaper *shaper, const struct kite_shape_request *request,
                                 struct kite_shape_sums *out);

/* A piece of the lexicon, without its text. */
struct kite_shape_word {
    uint32_t key;
    uint32_t context; /* of a request that has it: kite_shape_context */
    uint8_t hyphen_mode;
};

/* The number of what a request is shaped under, apart from its text, key and hyphen mode. */
uint32_t kite_shape_context(struct kite_shaper *shaper, const struct kite_shape_request *request);

/* The sums of a word that was shaped in a context before, lent until the next call. NULL: it was not. */
const struct kite_shape_sums *kite_shape_known_word(struct kite_shaper *shaper, const struct kite_shape_word *word);

/* Kerning in font units between two characters that meet at the edge of two pieces of one face. */
int32_t kite_shape_kern(struct kite_shaper *shaper, uint16_t face, uint32_t script, uint32_t left,
                        uint32_t right);

/* Advance of a character by itself, font units; 0: the face has no glyph for it. */
int32_t kite_shape_advance(struct kite_shaper *shaper, uint16_t face, uint32_t code_point);

/* Script of the first character that has one of its own, else 0. */
uint32_t kite_shape_script(struct kite_shaper *shaper, const char *text, size_t bytes);

/* Glyph and advance (font units) of the hyphen that a face shows at a line end. */
uint32_t kite_shape_hyphen_char(struct kite_shaper *shaper, uint16_t face);

#endif
