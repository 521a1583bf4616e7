/* Shaping by HarfBuzz in font units, and the cache of shaped pieces. The cache is two generations of
 * equal size: when the young one is full the old one is thrown away and they change places; an old entry
 * that is asked for again is copied over. So memory is bounded, nothing is freed piece by piece, and what
 * is used stays. */
#include "text/shape.h"

#include "text/hyphen.h"

#include <hb.h>
#include <string.h>

#define CACHE_BYTES_DEFAULT (1536u * 1024)
#define BUCKETS 8192u /* per generation, a power of two */
#define KERN_SLOTS 4096u
#define PIECE_BYTES_MAX 4096u

struct entry {
    uint32_t next; /* offset + 1 in the generation's store, 0 ends the chain */
    uint32_t hash, key, script;
    kite_lang lang;
    uint16_t face, bytes; /* bytes of text behind the arrays, 0 when there is a key */
    uint8_t is_rtl, is_spaced, is_small_caps, hyphen_mode;
    struct kite_shaped shaped;
};

struct generation {
    uint8_t *store;
    size_t used;
    uint32_t buckets[BUCKETS];
};

struct kern_slot {
    uint64_t key;
    int32_t kern;
};

struct kite_shaper {
    struct kite_memory mem;
    struct kite_fonts *fonts;
    hb_buffer_t *buffer;
    hb_unicode_funcs_t *unicode;
    size_t generation_bytes;
    struct generation *young, *old;
    struct kern_slot kerns[KERN_SLOTS];
    struct entry *big; /* one piece too big for the cache */
};

static struct generation *generation_create(const struct kite_memory *mem, size_t bytes)
{
    struct generation *g = kite_alloc(mem, 1, sizeof *g);
    if (g == NULL)
        return NULL;
    g->store = kite_resize(mem, NULL, bytes, 1); /* not zeroed: only what is used is ever touched */
    if (g->store == NULL) {
        kite_free(mem, g);
        return NULL;
    }
    return g;
}

static void generation_destroy(const struct kite_memory *mem, struct generation *g)
{
    if (g != NULL)
        kite_free(mem, g->store);
    kite_free(mem, g);
}

static void generation_clear(struct generation *g)
{
    g->used = 0;
    memset(g->buckets, 0, sizeof g->buckets);
}

enum kite_status kite_shaper_create(const struct kite_memory *mem, struct kite_fonts *fonts,
                                    size_t cache_bytes, struct kite_shaper **out)
{
    struct kite_shaper *s = kite_alloc(mem, 1, sizeof *s);
    *out = NULL;
    if (s == NULL)
        return KITE_E_NOMEM;
    s->mem = *mem;
    s->fonts = fonts;
    s->generation_bytes = (cache_bytes == 0 ? CACHE_BYTES_DEFAULT : cache_bytes) / 2;
    s->young = generation_create(mem, s->generation_bytes);
    s->old = generation_create(mem, s->generation_bytes);
    s->buffer = hb_buffer_create();
    s->unicode = hb_unicode_funcs_get_default();
    if (s->young == NULL || s->old == NULL || !hb_buffer_allocation_successful(s->buffer)) {
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
    generation_destroy(&s->mem, s->young);
    generation_destroy(&s->mem, s->old);
    kite_free(&s->mem, s->big);
    kite_free(&s->mem, s);
}

void kite_shaper_forget(struct kite_shaper *s)
{
    generation_clear(s->young);
    generation_clear(s->old);
}

static uint32_t request_hash(const struct kite_shape_request *r)
{
    uint32_t h = 2166136261u ^ r->face;
    if (r->key != 0)
        return ((h ^ r->key) * 2654435761u) ^ r->hyphen_mode;
    for (size_t i = 0; i < r->bytes; i++)
        h = (h ^ (uint8_t)r->text[i]) * 16777619u;
    return h ^ r->hyphen_mode;
}

static const char *entry_text(const struct entry *e)
{
    return (const char *)(const void *)(e->shaped.hyphens + e->shaped.hyphen_count);
}

static bool entry_is(const struct entry *e, const struct kite_shape_request *r, uint32_t hash)
{
    return e->hash == hash && e->key == r->key && e->face == r->face && e->script == r->script &&
           e->lang == r->lang && e->is_rtl == r->is_rtl && e->is_spaced == r->is_spaced &&
           e->is_small_caps == r->is_small_caps &&
           e->hyphen_mode == r->hyphen_mode &&
           (r->key != 0 || (e->bytes == r->bytes && memcmp(entry_text(e), r->text, r->bytes) == 0));
}

static struct entry *find(const struct generation *g, const struct kite_shape_request *r,
                          uint32_t hash)
{
    uint32_t at = g->buckets[(hash >> 7) % BUCKETS];
    while (at != 0) {
        struct entry *e = (struct entry *)(void *)(g->store + (at - 1));
        if (entry_is(e, r, hash))
            return e;
        at = e->next;
    }
    return NULL;
}

static size_t entry_bytes(size_t glyphs, size_t hyphens, size_t text)
{
    size_t bytes = sizeof(struct entry) + hyphens * sizeof(struct kite_unit_hyphen) + text +
                   glyphs * sizeof(struct kite_unit_glyph) + sizeof(struct kite_unit_hyphen);
    return (bytes + 15) / 16 * 16;
}

/* Lay the arrays out behind the entry: glyphs, hyphens, text. */
static void entry_point(struct entry *e)
{
    uint8_t *at = (uint8_t *)e + sizeof *e;
    size_t glyph_bytes = e->shaped.glyph_count * sizeof(struct kite_unit_glyph);
    size_t align = sizeof(int32_t);

    e->shaped.glyphs = (const struct kite_unit_glyph *)(const void *)at;
    at += (glyph_bytes + align - 1) / align * align;
    e->shaped.hyphens = (const struct kite_unit_hyphen *)(const void *)at;
}

/* Room for an entry in the young generation, or outside when it can never fit. */
static struct entry *entry_room(struct kite_shaper *s, size_t bytes, bool *is_cached)
{
    *is_cached = bytes <= s->generation_bytes / 4;
    if (!*is_cached) {
        struct entry *e = kite_alloc(&s->mem, bytes, 1);
        kite_free(&s->mem, s->big);
        s->big = e;
        return e;
    }
    if (s->generation_bytes - s->young->used < bytes) {
        struct generation *g = s->old;
        s->old = s->young;
        s->young = g;
        generation_clear(g);
    }
    struct entry *e = (struct entry *)(void *)(s->young->store + s->young->used);
    s->young->used += bytes;
    return e;
}

static void entry_link(struct kite_shaper *s, struct entry *e)
{
    uint32_t *bucket = &s->young->buckets[(e->hash >> 7) % BUCKETS];
    e->next = *bucket;
    *bucket = (uint32_t)((uint8_t *)e - s->young->store) + 1;
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
    hb_buffer_clear_contents(s->buffer);
    hb_buffer_add_utf8(s->buffer, r->text, (int)r->bytes, 0, (int)r->bytes);
    hb_buffer_set_direction(s->buffer, r->is_rtl ? HB_DIRECTION_RTL : HB_DIRECTION_LTR);
    hb_buffer_set_script(s->buffer, r->script != 0 ? (hb_script_t)r->script : HB_SCRIPT_LATIN);
    hb_buffer_set_language(s->buffer, hb_language_from_string(kite_lang_text(r->lang, tag), -1));
    hb_shape(font, s->buffer, first, (r->is_small_caps ? 1u : 0u) + (r->is_spaced || r->is_small_caps ? 2u : 0u));
    return hb_buffer_allocation_successful(s->buffer) != 0;
}

static int16_t clamp16(int32_t v)
{
    return (int16_t)(v > INT16_MAX ? INT16_MAX : v < INT16_MIN ? INT16_MIN : v);
}

uint32_t kite_shape_hyphen_char(struct kite_shaper *s, uint16_t face)
{
    return kite_face_has_glyph(s->fonts, face, 0x2010) ? 0x2010 : '-';
}

static int32_t char_advance(struct kite_shaper *s, uint16_t face, uint32_t code_point)
{
    hb_font_t *font = kite_face_harfbuzz(s->fonts, face);
    hb_codepoint_t glyph = 0;

    if (font == NULL || !hb_font_get_nominal_glyph(font, code_point, &glyph))
        return 0;
    return hb_font_get_glyph_h_advance(font, glyph);
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
    struct kite_shape_request part = *r;
    part.text += from;
    part.bytes = to - from;
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
static void fill_hyphens(struct kite_shaper *s, const struct kite_shape_request *r, struct entry *e,
                         const uint16_t *points, struct kite_unit_hyphen *out)
{
    hb_font_t *font = kite_face_harfbuzz(s->fonts, r->face);
    uint32_t hyphen = kite_shape_hyphen_char(s, r->face);
    int32_t hyphen_advance = char_advance(s, r->face, hyphen);

    for (uint16_t i = 0; i < e->shaped.hyphen_count; i++) {
        struct kite_unit_hyphen *h = &out[i];
        const struct kite_unit_glyph *left = NULL, *right = NULL;
        hb_codepoint_t nominal = 0;
        uint32_t last = char_before(r->text, points[i]);

        *h = (struct kite_unit_hyphen){ .offset_bytes = points[i] };
        for (uint16_t k = 0; k < e->shaped.glyph_count; k++) {
            const struct kite_unit_glyph *g = &e->shaped.glyphs[k];
            if (g->cluster < points[i]) {
                h->before += g->advance;
                left = g;
            } else if (right == NULL) {
                right = g;
            }
        }
        bool plain = left != NULL && right != NULL && right->cluster == points[i] &&
                     hb_font_get_nominal_glyph(font, last, &nominal) && nominal == left->glyph;
        int32_t kern = kite_shape_kern(s, r->face, r->script, last, hyphen);
        if (plain) {
            int32_t kerned = left->advance - hb_font_get_glyph_h_advance(font, nominal);
            h->pre = hyphen_advance + kern - kerned;
        } else {
            h->is_reshaped = true;
            h->pre = part_advance(s, r, 0, points[i]) + hyphen_advance + kern - h->before;
            h->post = part_advance(s, r, points[i], r->bytes) - (e->shaped.advance - h->before);
        }
    }
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

static enum kite_status shape_new(struct kite_shaper *s, const struct kite_shape_request *r,
                                  uint32_t hash, const struct kite_shaped **out)
{
    uint16_t points[KITE_HYPHENS_MAX];
    size_t hyphens = 0;
    bool is_cached;

    if (r->hyphen_mode != 0)
        hyphens = kite_hyphenate(r->lang, r->text, r->bytes, r->hyphen_mode == 2 ? 3 : 0,
                                 r->hyphen_mode == 2 ? 4 : 0, points);
    if (!run_harfbuzz(s, r))
        return KITE_E_NOMEM;
    unsigned count = 0;
    const hb_glyph_info_t *info = hb_buffer_get_glyph_infos(s->buffer, &count);
    const hb_glyph_position_t *pos = hb_buffer_get_glyph_positions(s->buffer, NULL);
    if (count > UINT16_MAX)
        return KITE_E_LIMIT;
    size_t text_bytes = r->key != 0 ? 0 : r->bytes;
    struct entry *e = entry_room(s, entry_bytes(count, hyphens, text_bytes), &is_cached);
    if (e == NULL)
        return KITE_E_NOMEM;
    *e = (struct entry){ .hash = hash, .key = r->key, .script = r->script, .lang = r->lang,
                         .face = r->face, .bytes = (uint16_t)text_bytes, .is_rtl = r->is_rtl,
                         .is_spaced = r->is_spaced, .is_small_caps = r->is_small_caps, .hyphen_mode = r->hyphen_mode };
    e->shaped.glyph_count = (uint16_t)count;
    e->shaped.hyphen_count = (uint16_t)hyphens;
    e->shaped.is_rtl = r->is_rtl;
    entry_point(e);
    struct kite_unit_glyph *glyphs = (struct kite_unit_glyph *)(void *)((uint8_t *)e + sizeof *e);
    for (unsigned i = 0; i < count; i++) {
        glyphs[i] = (struct kite_unit_glyph){
            .glyph = (uint16_t)info[i].codepoint, .advance = clamp16(pos[i].x_advance),
            .dx = clamp16(pos[i].x_offset), .dy = clamp16(pos[i].y_offset),
            .cluster = (uint16_t)info[i].cluster };
        e->shaped.advance += glyphs[i].advance;
        e->shaped.needs_fallback |= info[i].codepoint == 0;
    }
    e->shaped.needs_fallback |= lacks_sign(s, r);

    struct kite_unit_hyphen *hyphen_out =
        (struct kite_unit_hyphen *)(void *)((uint8_t *)e + ((const uint8_t *)e->shaped.hyphens - (uint8_t *)e));
    fill_hyphens(s, r, e, points, hyphen_out);
    if (text_bytes != 0)
        memcpy((char *)(void *)(hyphen_out + hyphens), r->text, text_bytes);
    if (is_cached)
        entry_link(s, e);
    *out = &e->shaped;
    return KITE_OK;
}

enum kite_status kite_shape(struct kite_shaper *s, const struct kite_shape_request *r,
                            const struct kite_shaped **out)
{
    uint32_t hash = request_hash(r);
    struct entry *e = find(s->young, r, hash);

    if (e == NULL && (e = find(s->old, r, hash)) != NULL) {
        size_t bytes = entry_bytes(e->shaped.glyph_count, e->shaped.hyphen_count, e->bytes);
        if (s->generation_bytes - s->young->used >= bytes) {
            struct entry *copy = (struct entry *)(void *)(s->young->store + s->young->used);
            memcpy(copy, e, bytes);
            s->young->used += bytes;
            entry_point(copy);
            entry_link(s, copy);
            e = copy;
        }
    }
    if (e != NULL) {
        *out = &e->shaped;
        return KITE_OK;
    }
    if (r->bytes > PIECE_BYTES_MAX)
        return KITE_E_LIMIT;
    return shape_new(s, r, hash, out);
}

int32_t kite_shape_kern(struct kite_shaper *s, uint16_t face, uint32_t script, uint32_t left,
                        uint32_t right)
{
    uint64_t key = ((uint64_t)face << 48) ^ ((uint64_t)left << 24) ^ right;
    struct kern_slot *slot =
        &s->kerns[(uint32_t)((key * 0x9E3779B97F4A7C15u) >> 40) % KERN_SLOTS];
    hb_font_t *font = kite_face_harfbuzz(s->fonts, face);
    char text[8];

    if (slot->key == key)
        return slot->kern;
    if (font == NULL)
        return 0;
    size_t bytes = kite_utf8_encode(left, text);
    bytes += kite_utf8_encode(right, text + bytes);
    hb_buffer_clear_contents(s->buffer);
    hb_buffer_add_utf8(s->buffer, text, (int)bytes, 0, (int)bytes);
    hb_buffer_set_direction(s->buffer, HB_DIRECTION_LTR);
    hb_buffer_set_script(s->buffer, script != 0 ? (hb_script_t)script : HB_SCRIPT_LATIN);
    hb_shape(font, s->buffer, NULL, 0);
    if (!hb_buffer_allocation_successful(s->buffer))
        return 0;
    slot->key = key;
    slot->kern = hb_buffer_get_length(s->buffer) != 2
                     ? 0
                     : buffer_advance(s->buffer) - char_advance(s, face, left) -
                           char_advance(s, face, right);
    return slot->kern;
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
