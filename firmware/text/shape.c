/* Shaping by HarfBuzz in font units. */
#include "text/shape.h"

#include "text/hyphen.h"
#include "text/plain.h"
#include "text/shape_cache.h"

#include <hb.h>
#include <string.h>

#define CACHE_BYTES_DEFAULT (640u * 1024)
#define KERN_SLOTS 4096u
#define CHARACTER_SLOTS 256u
#define PIECE_BYTES_MAX 4096u

/* A character's own glyph in a face. */
struct character {
    uint32_t number; /* 1 + the code point; 0: an empty slot */
    uint16_t face, glyph; /* 0: it has none */
    int32_t advance;
};

/* A piece as it is lent. */
struct lent {
    struct kite_shaped shaped;
    struct kite_unit_glyph *glyphs;
    size_t glyph_capacity;
    struct kite_unit_hyphen hyphens[KITE_HYPHENS_MAX];
};

struct kite_shaper {
    struct kite_memory mem;
    struct kite_fonts *fonts;
    hb_buffer_t *buffer;
    hb_unicode_funcs_t *unicode;
    struct kite_shape_cache *cache;
    struct kite_plain *plain;
    uint64_t kerns[KERN_SLOTS]; /* a face and two characters, and in the lowest 16 bits what they kern */
    struct character characters[CHARACTER_SLOTS];
    struct lent lent[2]; /* in turn */
    unsigned turn;
    bool is_short; /* memory failed in HarfBuzz while a piece was shaped */
};

enum kite_status kite_shaper_create(const struct kite_memory *mem, struct kite_fonts *fonts,
                                    size_t cache_bytes, struct kite_shaper **out)
{
    struct kite_shaper *s = kite_alloc(mem, 1, sizeof *s);
    *out = NULL;
    if (s == NULL)
        return KITE_E_NOMEM;
    s->mem = *mem;
    s->fonts = fonts;
    s->buffer = hb_buffer_create();
    s->unicode = hb_unicode_funcs_get_default();
    s->plain = kite_plain_create(mem, fonts);

    enum kite_status status =
        kite_shape_cache_create(mem, cache_bytes == 0 ? CACHE_BYTES_DEFAULT : cache_bytes, &s->cache);

    if (status != KITE_OK || s->plain == NULL || !hb_buffer_allocation_successful(s->buffer)) {
        kite_shaper_destroy(s);
        return KITE_E_NOMEM;
    }
    *out = s;
    return KITE_OK;
}

void kite_shaper_destroy(struct kite_shaper *s)
{
    if (s == NULL)
        return;
    hb_buffer_destroy(s->buffer);
    kite_plain_destroy(s->plain);
    kite_shape_cache_destroy(s->cache);
    kite_free(&s->mem, s->lent[0].glyphs);
    kite_free(&s->mem, s->lent[1].glyphs);
    kite_free(&s->mem, s);
}

void kite_shaper_forget(struct kite_shaper *s)
{
    kite_shape_cache_forget(s->cache);
}

static bool end_harfbuzz(struct kite_shaper *s)
{
    bool is_good = kite_harfbuzz_end(s->fonts) && hb_buffer_allocation_successful(s->buffer);

    s->is_short |= !is_good;
    return is_good;
}

static bool run_harfbuzz(struct kite_shaper *s, const struct kite_shape_request *r)
{
    static const hb_feature_t features[] = {
        { HB_TAG('s', 'm', 'c', 'p'), 1, 0, (unsigned)-1 },
        { HB_TAG('l', 'i', 'g', 'a'), 0, 0, (unsigned)-1 },
        { HB_TAG('c', 'l', 'i', 'g'), 0, 0, (unsigned)-1 },
    };
    const hb_feature_t *first = r->is_small_caps ? features : features + 1;
    hb_font_t *font = kite_face_harfbuzz(s->fonts, r->face);
    char tag[9];

    if (font == NULL)
        return false;
    kite_harfbuzz_begin();
    hb_buffer_clear_contents(s->buffer);
    hb_buffer_add_utf8(s->buffer, r->text, (int)r->bytes, 0, (int)r->bytes);
    hb_buffer_set_direction(s->buffer, r->is_rtl ? HB_DIRECTION_RTL : HB_DIRECTION_LTR);
    hb_buffer_set_script(s->buffer, r->script != 0 ? (hb_script_t)r->script : HB_SCRIPT_LATIN);
    hb_buffer_set_language(s->buffer, hb_language_from_string(kite_lang_text(r->lang, tag), -1));
    hb_shape(font, s->buffer, first, (r->is_small_caps ? 1u : 0u) + (r->is_spaced || r->is_small_caps ? 2u : 0u));
    return end_harfbuzz(s);
}

static int16_t clamp16(int32_t v)
{
    return (int16_t)(v > INT16_MAX ? INT16_MAX : v < INT16_MIN ? INT16_MIN : v);
}

static const struct character *character_of(struct kite_shaper *s, uint16_t face, uint32_t code_point)
{
    struct character *c = &s->characters[(code_point ^ code_point >> 8 ^ face * 61u) % CHARACTER_SLOTS];
    hb_font_t *font;
    hb_codepoint_t glyph = 0;

    if (c->number == code_point + 1 && c->face == face)
        return c;
    font = kite_face_harfbuzz(s->fonts, face);
    *c = (struct character){ .number = font != NULL ? code_point + 1 : 0, .face = face };
    if (font != NULL && hb_font_get_nominal_glyph(font, code_point, &glyph)) {
        c->glyph = (uint16_t)glyph;
        c->advance = hb_font_get_glyph_h_advance(font, glyph);
    }
    return c;
}

uint32_t kite_shape_hyphen_char(struct kite_shaper *s, uint16_t face)
{
    return character_of(s, face, 0x2010)->glyph != 0 ? 0x2010 : '-';
}

int32_t kite_shape_advance(struct kite_shaper *s, uint16_t face, uint32_t code_point)
{
    return character_of(s, face, code_point)->advance;
}

static int32_t buffer_advance(hb_buffer_t *buffer)
{
    unsigned count = 0;
    const hb_glyph_position_t *pos = hb_buffer_get_glyph_positions(buffer, &count);
    int32_t sum = 0;
    for (unsigned i = 0; i < count; i++)
        sum += pos[i].x_advance;
    return sum;
}

/* Advance of part of the piece shaped alone. */
static int32_t part_advance(struct kite_shaper *s, const struct kite_shape_request *r, size_t from,
                            size_t to)
{
    struct kite_unit_glyph glyphs[KITE_PLAIN_BYTES_MAX];
    struct kite_shape_request part = *r;
    int32_t sum = 0;

    part.text += from;
    part.bytes = to - from;

    size_t count = kite_plain_shape(s->plain, &part, glyphs);

    for (size_t i = 0; i < count; i++)
        sum += glyphs[i].advance;
    if (count > 0)
        return sum;
    return run_harfbuzz(s, &part) ? buffer_advance(s->buffer) : 0;
}

static uint32_t char_before(const char *text, size_t at)
{
    size_t i = at - 1, bytes;
    while (i > 0 && ((uint8_t)text[i] & 0xC0) == 0x80)
        i--;
    return kite_utf8_decode(text + i, at - i, &bytes);
}

/* What a division changes: the kerning over it goes, a hyphen and its kerning come. Where the glyphs on
 * both sides are the plain ones of their characters that is arithmetic; elsewhere both parts are shaped. */
static struct kite_unit_hyphen divide(struct kite_shaper *s, const struct kite_shape_request *r,
                                      const struct kite_shaped *shaped, uint16_t point)
{
    struct kite_unit_hyphen h = { .offset_bytes = point };
    const struct kite_unit_glyph *left = NULL, *right = NULL;
    uint32_t last = char_before(r->text, point), hyphen = kite_shape_hyphen_char(s, r->face);

    for (uint16_t k = 0; k < shaped->glyph_count; k++) {
        const struct kite_unit_glyph *g = &shaped->glyphs[k];

        if (g->cluster < point) {
            h.before += g->advance;
            left = g;
        } else if (right == NULL) {
            right = g;
        }
    }

    struct character plain = *character_of(s, r->face, last);
    int32_t added = kite_shape_advance(s, r->face, hyphen) + kite_shape_kern(s, r->face, r->script, last, hyphen);

    if (left != NULL && right != NULL && right->cluster == point && plain.glyph != 0 && plain.glyph == left->glyph) {
        h.pre = added - (left->advance - plain.advance);
    } else {
        h.is_reshaped = true;
        h.pre = part_advance(s, r, 0, point) + added - h.before;
        h.post = part_advance(s, r, point, r->bytes) - (shaped->advance - h.before);
    }
    return h;
}

/* HarfBuzz puts a sign that the face lacks together from two where Unicode takes it apart, as an unequal from an
 * equals sign and a stroke. That is right for letters; a sign is better drawn whole by another face. */
static bool lacks_sign(struct kite_shaper *s, const struct kite_shape_request *r)
{
    for (size_t i = 0; i + 3 <= r->bytes; i++) {
        if ((uint8_t)r->text[i] != 0xE2)
            continue;

        size_t length;
        uint32_t c = kite_utf8_decode(r->text + i, r->bytes - i, &length);

        if (c >= 0x2190 && c <= 0x2BFF && !kite_face_has_glyph(s->fonts, r->face, c))
            return true;
    }
    return false;
}

/* The one of the two that was lent longer ago, with room for glyphs. */
static struct lent *lend(struct kite_shaper *s, size_t glyphs)
{
    struct lent *lent = &s->lent[s->turn ^= 1];
    void *room = lent->glyphs;

    if (kite_grow(&s->mem, &room, &lent->glyph_capacity, glyphs, sizeof *lent->glyphs) != KITE_OK)
        return NULL;
    lent->glyphs = room;
    return lent;
}

/* Glyphs by HarfBuzz. */
static enum kite_status lend_buffer(struct kite_shaper *s, const struct kite_shape_request *r, struct lent **out)
{
    unsigned count = 0;

    if (!run_harfbuzz(s, r))
        return KITE_E_NOMEM;

    const hb_glyph_info_t *info = hb_buffer_get_glyph_infos(s->buffer, &count);
    const hb_glyph_position_t *pos = hb_buffer_get_glyph_positions(s->buffer, NULL);

    if (count > UINT16_MAX)
        return KITE_E_LIMIT;

    struct lent *lent = lend(s, count);

    if (lent == NULL)
        return KITE_E_NOMEM;
    lent->shaped = (struct kite_shaped){ .glyph_count = (uint16_t)count };
    for (unsigned i = 0; i < count; i++) {
        lent->glyphs[i] = (struct kite_unit_glyph){
            .glyph = (uint16_t)info[i].codepoint, .advance = clamp16(pos[i].x_advance),
            .dx = clamp16(pos[i].x_offset), .dy = clamp16(pos[i].y_offset),
            .cluster = (uint16_t)info[i].cluster };
        lent->shaped.needs_fallback |= info[i].codepoint == 0;
    }
    *out = lent;
    return KITE_OK;
}

/* Learn what many words are made of, once the request's context has shown that it will be used. */
static enum kite_status learn_samples(struct kite_shaper *s, const struct kite_shape_request *r)
{
    struct kite_unit_glyph glyphs[KITE_PLAIN_BYTES_MAX];
    struct kite_shape_request sample = *r;
    enum kite_status status = KITE_OK;

    while (status == KITE_OK && (sample.text = kite_plain_sample(s->plain)) != NULL) {
        struct lent *lent;

        sample.bytes = strlen(sample.text);
        if (kite_plain_shape(s->plain, &sample, glyphs) != 0)
            continue;
        status = lend_buffer(s, &sample, &lent);
        s->turn ^= 1; /* nobody borrows it */
        if (status == KITE_OK)
            kite_plain_learn(s->plain, &sample, lent->glyphs, lent->shaped.glyph_count);
    }
    return status;
}

#define PAIRS_LEARNT_MAX 2 /* of a word: for more it takes less to shape it whole */

/* Learn what the request's pairs lack, if that is little. *count: its glyphs then, 0 when they do not follow all the same. */
static enum kite_status learn_pairs(struct kite_shaper *s, const struct kite_shape_request *r,
                                    struct kite_unit_glyph glyphs[KITE_PLAIN_BYTES_MAX], size_t *count)
{
    struct kite_shape_request pair = *r;
    enum kite_status status = KITE_OK;
    size_t from, to;

    for (unsigned i = 0; i < PAIRS_LEARNT_MAX && *count == 0 && kite_plain_missing(s->plain, r, &from, &to); i++) {
        struct lent *lent;

        pair.text = r->text + from;
        pair.bytes = to - from;
        kite_plain_shape(s->plain, &pair, glyphs);
        status = lend_buffer(s, &pair, &lent);
        s->turn ^= 1; /* nobody borrows it */
        if (status != KITE_OK)
            return status;
        kite_plain_learn(s->plain, &pair, lent->glyphs, lent->shaped.glyph_count);
        *count = kite_plain_shape(s->plain, r, glyphs);
    }
    return status;
}

/* Glyphs by what is known of their pairs, else by HarfBuzz. */
static enum kite_status lend_glyphs(struct kite_shaper *s, const struct kite_shape_request *r, struct lent **out)
{
    struct kite_unit_glyph glyphs[KITE_PLAIN_BYTES_MAX];
    size_t count = kite_plain_shape(s->plain, r, glyphs);
    enum kite_status status = count == 0 ? learn_samples(s, r) : KITE_OK;
    struct lent *lent = NULL;

    if (status == KITE_OK && count == 0) {
        count = kite_plain_shape(s->plain, r, glyphs);
        status = learn_pairs(s, r, glyphs, &count);
    }
    if (status != KITE_OK)
        return status;
    if (count == 0) {
        status = lend_buffer(s, r, &lent);
        if (status == KITE_OK)
            kite_plain_learn(s->plain, r, lent->glyphs, lent->shaped.glyph_count);
    } else if ((lent = lend(s, count)) != NULL) {
        memcpy(lent->glyphs, glyphs, count * sizeof *glyphs);
        lent->shaped = (struct kite_shaped){ .glyph_count = (uint16_t)count, .follows = true };
    } else {
        status = KITE_E_NOMEM;
    }
    *out = lent;
    return status;
}

static bool is_word(const char *text, size_t bytes)
{
    size_t letters = 0;

    while (letters < bytes && (uint8_t)((text[letters] | 32) - 'a') < 26)
        letters++;
    return letters == bytes;
}

static enum kite_status shape_new(struct kite_shaper *s, const struct kite_shape_request *r,
                                  const struct kite_shaped **out)
{
    uint16_t points[KITE_HYPHENS_MAX];
    struct lent *lent;

    if (r->bytes > PIECE_BYTES_MAX)
        return KITE_E_LIMIT;

    s->is_short = false;

    enum kite_status status = lend_glyphs(s, r, &lent);

    if (status != KITE_OK)
        return status;
    lent->shaped.glyphs = lent->glyphs;
    lent->shaped.hyphens = lent->hyphens;
    for (uint16_t i = 0; i < lent->shaped.glyph_count; i++)
        lent->shaped.advance += lent->glyphs[i].advance;
    lent->shaped.is_rtl = r->is_rtl;
    lent->shaped.is_word = is_word(r->text, r->bytes);
    lent->shaped.needs_fallback |= !lent->shaped.is_word && lacks_sign(s, r);
    if (r->hyphen_mode != 0)
        lent->shaped.hyphen_count = (uint16_t)kite_hyphenate(r->lang, r->text, r->bytes, r->hyphen_mode == 2 ? 3 : 0,
                                                             r->hyphen_mode == 2 ? 4 : 0, points);
    for (uint16_t i = 0; i < lent->shaped.hyphen_count; i++)
        lent->hyphens[i] = divide(s, r, &lent->shaped, points[i]);
    if (s->is_short)
        return KITE_E_NOMEM;
    kite_shape_cache_keep(s->cache, r, &lent->shaped);
    *out = &lent->shaped;
    return KITE_OK;
}

enum kite_status kite_shape_sums(struct kite_shaper *s, const struct kite_shape_request *r, struct kite_shape_sums *out)
{
    const struct kite_shape_packed *packed = kite_shape_cache_find(s->cache, r);
    const struct kite_shaped *shaped;

    if (packed != NULL) {
        *out = *kite_shape_packed_sums(packed);
        return KITE_OK;
    }

    enum kite_status status = shape_new(s, r, &shaped);

    if (status == KITE_OK)
        *out = (struct kite_shape_sums){ shaped->advance, shaped->glyph_count, (uint8_t)shaped->hyphen_count,
                                         shaped->needs_fallback, shaped->is_word };
    return status;
}

uint32_t kite_shape_context(struct kite_shaper *s, const struct kite_shape_request *r)
{
    return kite_shape_cache_context(s->cache, r);
}

const struct kite_shape_sums *kite_shape_known_word(struct kite_shaper *s, const struct kite_shape_word *word)
{
    const struct kite_shape_packed *packed = kite_shape_cache_find_word(s->cache, word);
    const struct kite_shape_sums *sums = packed != NULL ? kite_shape_packed_sums(packed) : NULL;

    return sums != NULL && sums->is_word ? sums : NULL;
}

enum kite_status kite_shape_hyphens(struct kite_shaper *s, const struct kite_shape_request *r,
                                    const struct kite_shaped **out)
{
    const struct kite_shape_packed *packed = kite_shape_cache_find(s->cache, r);

    if (packed == NULL)
        return shape_new(s, r, out);

    struct lent *lent = &s->lent[s->turn ^= 1];

    lent->shaped = kite_shape_packed_head(packed);
    kite_shape_unpack_hyphens(packed, lent->hyphens);
    lent->shaped.hyphens = lent->hyphens;
    *out = &lent->shaped;
    return KITE_OK;
}

enum kite_status kite_shape(struct kite_shaper *s, const struct kite_shape_request *r,
                            const struct kite_shaped **out)
{
    const struct kite_shape_packed *packed = kite_shape_cache_find(s->cache, r);

    if (packed == NULL)
        return shape_new(s, r, out);

    struct kite_shaped head = kite_shape_packed_head(packed);
    struct lent *lent = lend(s, KITE_PLAIN_BYTES_MAX > head.glyph_count ? KITE_PLAIN_BYTES_MAX : head.glyph_count);

    if (lent == NULL)
        return KITE_E_NOMEM;
    if (kite_shape_packed_has_glyphs(packed)) {
        kite_shape_unpack_glyphs(packed, lent->glyphs);
    } else if (kite_plain_shape(s->plain, r, lent->glyphs) != head.glyph_count) { /* it has forgotten how */
        s->turn ^= 1;
        return shape_new(s, r, out);
    }
    kite_shape_unpack_hyphens(packed, lent->hyphens);
    head.glyphs = lent->glyphs;
    head.hyphens = lent->hyphens;
    lent->shaped = head;
    *out = &lent->shaped;
    return KITE_OK;
}

int32_t kite_shape_kern(struct kite_shaper *s, uint16_t face, uint32_t script, uint32_t left,
                        uint32_t right)
{
    uint64_t key = (uint64_t)face << 42 | (uint64_t)left << 21 | right;
    uint64_t *slot = &s->kerns[(uint32_t)((key * 0x9E3779B97F4A7C15u) >> 40) % KERN_SLOTS];
    hb_font_t *font;
    int16_t kern = 0;
    char text[8];

    if (*slot >> 16 == key)
        return (int16_t)(*slot & UINT16_MAX);
    font = kite_face_harfbuzz(s->fonts, face);
    if (font == NULL)
        return 0;
    size_t bytes = kite_utf8_encode(left, text);
    bytes += kite_utf8_encode(right, text + bytes);
    kite_harfbuzz_begin();
    hb_buffer_clear_contents(s->buffer);
    hb_buffer_add_utf8(s->buffer, text, (int)bytes, 0, (int)bytes);
    hb_buffer_set_direction(s->buffer, HB_DIRECTION_LTR);
    hb_buffer_set_script(s->buffer, script != 0 ? (hb_script_t)script : HB_SCRIPT_LATIN);
    hb_shape(font, s->buffer, NULL, 0);
    if (!end_harfbuzz(s))
        return 0;
    if (hb_buffer_get_length(s->buffer) == 2)
        kern = clamp16(buffer_advance(s->buffer) - kite_shape_advance(s, face, left) - kite_shape_advance(s, face, right));
    *slot = key << 16 | (uint16_t)kern;
    return kern;
}

uint32_t kite_shape_script(struct kite_shaper *s, const char *text, size_t bytes)
{
    for (size_t i = 0; i < bytes;) {
        size_t length;
        uint32_t c = kite_utf8_decode(text + i, bytes - i, &length);
        if ((c | 32) - 'a' < 26 || (c >= 0xC0 && c < 0x250 && c != 0xD7 && c != 0xF7))
            return HB_SCRIPT_LATIN;
        if (c >= 0x250) {
            hb_script_t script = hb_unicode_script(s->unicode, c);
            if (script != HB_SCRIPT_COMMON && script != HB_SCRIPT_INHERITED &&
                script != HB_SCRIPT_UNKNOWN)
                return script;
        }
        i += length;
    }
    return 0;
}
