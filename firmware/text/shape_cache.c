/* Packing of shaped pieces, and the two generations that hold them. */
#include "text/shape_cache.h"

#include <string.h>

#define BUCKET_BITS 13
#define BUCKETS (1u << BUCKET_BITS) /* per generation */
#define CONTEXTS_MAX 64

/* What a piece is shaped under, apart from its text. */
struct context {
    uint32_t script;
    kite_lang lang;
    uint16_t face;
    bool is_rtl, is_spaced, is_small_caps;
};

struct kite_shape_packed { /* glyphs, hyphens and text stand behind it */
    uint32_t next;         /* offset + 1 in the generation's store, 0 ends the chain */
    uint32_t key;          /* of the lexicon, or the text's hash */
    struct kite_shape_sums sums;
    uint16_t text_bytes : 14; /* 0 when keyed */
    uint16_t is_plain : 1;    /* glyph n is of byte n alone and stands on its pen: a short_glyph */
    uint16_t is_bare : 1;     /* without its glyphs */
    uint16_t place; /* sixteen times the context, 8 when right to left, twice the hyphen mode, and 1 when keyed */
};
#define PLACE_RTL 8u
#define TEXT_BYTES_MASK 0x3fffu /* pieces are shorter */

struct short_glyph {
    uint16_t glyph;
    int16_t advance;
};

struct short_hyphen {
    uint16_t place; /* twice the offset, and 1 where it is reshaped */
    uint16_t before;
    int16_t pre, post;
};

struct generation {
    uint8_t *store;
    size_t used;
    uint32_t buckets[BUCKETS];
};

struct kite_shape_cache {
    struct kite_memory mem;
    size_t generation_bytes;
    struct generation *young, *old; /* the same until that was full once */
    struct context contexts[CONTEXTS_MAX];
    uint32_t epoch; /* how often all was forgotten: contexts have other numbers since */
    uint8_t context_count, context; /* the last found */
    uint16_t place;                 /* of the request last asked for, as a packed piece has it */
    uint32_t key, hash;
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

enum kite_status kite_shape_cache_create(const struct kite_memory *mem, size_t bytes, struct kite_shape_cache **out)
{
    struct kite_shape_cache *c = kite_alloc(mem, 1, sizeof *c);

    *out = NULL;
    if (c == NULL)
        return KITE_E_NOMEM;
    c->mem = *mem;
    c->generation_bytes = bytes / 2;
    c->young = c->old = generation_create(mem, c->generation_bytes);
    if (c->young == NULL) {
        kite_shape_cache_destroy(c);
        return KITE_E_NOMEM;
    }
    *out = c;
    return KITE_OK;
}

void kite_shape_cache_destroy(struct kite_shape_cache *c)
{
    if (c == NULL)
        return;
    if (c->old != c->young)
        generation_destroy(&c->mem, c->old);
    generation_destroy(&c->mem, c->young);
    kite_free(&c->mem, c);
}

void kite_shape_cache_forget(struct kite_shape_cache *c)
{
    generation_clear(c->young);
    generation_clear(c->old);
    c->context_count = 0;
    c->epoch++;
}

/* ---- keys ------------------------------------------------------------------------------------------ */

static bool context_is(const struct context *x, const struct kite_shape_request *r)
{
    return x->script == r->script && x->lang == r->lang && x->face == r->face && x->is_rtl == r->is_rtl &&
           x->is_spaced == r->is_spaced && x->is_small_caps == r->is_small_caps;
}

/* The number of the request's context. Books have few; one with more than there is room for loses what is kept. */
static uint8_t context_of(struct kite_shape_cache *c, const struct kite_shape_request *r)
{
    for (uint8_t i = 0; i < c->context_count; i++)
        if (context_is(&c->contexts[i], r))
            return i;
    if (c->context_count == CONTEXTS_MAX)
        kite_shape_cache_forget(c);
    c->contexts[c->context_count] =
        (struct context){ r->script, r->lang, r->face, r->is_rtl, r->is_spaced, r->is_small_caps };
    return c->context_count++;
}

static uint32_t text_hash(const char *text, size_t bytes)
{
    uint32_t h = 2166136261u;

    for (size_t i = 0; i < bytes; i++)
        h = (h ^ (uint8_t)text[i]) * 16777619u;
    return h;
}

/* ---- packed pieces --------------------------------------------------------------------------------- */

static size_t glyph_bytes(const struct kite_shape_packed *p)
{
    if (p->is_bare)
        return 0;
    return p->sums.glyph_count * (p->is_plain ? sizeof(struct short_glyph) : sizeof(struct kite_unit_glyph));
}

static size_t packed_bytes(const struct kite_shape_packed *p)
{
    size_t bytes = sizeof *p + glyph_bytes(p) + p->sums.hyphen_count * sizeof(struct short_hyphen) + p->text_bytes;

    return (bytes + sizeof(uint32_t) - 1) / sizeof(uint32_t) * sizeof(uint32_t);
}

static const uint8_t *packed_text(const struct kite_shape_packed *p)
{
    return (const uint8_t *)(p + 1) + glyph_bytes(p) + p->sums.hyphen_count * sizeof(struct short_hyphen);
}

const struct kite_shape_sums *kite_shape_packed_sums(const struct kite_shape_packed *p)
{
    return &p->sums;
}

struct kite_shaped kite_shape_packed_head(const struct kite_shape_packed *p)
{
    return (struct kite_shaped){ .advance = p->sums.advance, .glyph_count = p->sums.glyph_count,
                                 .hyphen_count = p->sums.hyphen_count, .needs_fallback = p->sums.needs_fallback,
                                 .is_rtl = (p->place & PLACE_RTL) != 0, .is_word = p->sums.is_word };
}

bool kite_shape_packed_has_glyphs(const struct kite_shape_packed *p)
{
    return !p->is_bare;
}

void kite_shape_unpack_glyphs(const struct kite_shape_packed *p, struct kite_unit_glyph *glyphs)
{
    const uint8_t *at = (const uint8_t *)(p + 1);

    if (!p->is_plain) {
        memcpy(glyphs, at, glyph_bytes(p));
        return;
    }
    for (uint16_t i = 0; i < p->sums.glyph_count; i++) {
        struct short_glyph g;

        memcpy(&g, at + i * sizeof g, sizeof g);
        glyphs[i] = (struct kite_unit_glyph){ .glyph = g.glyph, .advance = g.advance, .cluster = i };
    }
}

void kite_shape_unpack_hyphens(const struct kite_shape_packed *p, struct kite_unit_hyphen *hyphens)
{
    const uint8_t *at = (const uint8_t *)(p + 1) + glyph_bytes(p);

    for (uint8_t i = 0; i < p->sums.hyphen_count; i++) {
        struct short_hyphen h;

        memcpy(&h, at + i * sizeof h, sizeof h);
        hyphens[i] = (struct kite_unit_hyphen){ h.place / 2, h.place % 2 != 0, h.before, h.pre, h.post };
    }
}

static bool is_plain(const struct kite_shaped *shaped)
{
    for (uint16_t i = 0; i < shaped->glyph_count; i++)
        if (shaped->glyphs[i].cluster != i || shaped->glyphs[i].dx != 0 || shaped->glyphs[i].dy != 0)
            return false;
    return true;
}

/* Do the hyphens' widths fit? Those of real fonts do. */
static bool fits(const struct kite_shaped *shaped)
{
    for (uint16_t i = 0; i < shaped->hyphen_count; i++) {
        const struct kite_unit_hyphen *h = &shaped->hyphens[i];

        if (h->before != (uint16_t)h->before || h->pre != (int16_t)h->pre || h->post != (int16_t)h->post ||
            h->offset_bytes > UINT16_MAX / 2)
            return false;
    }
    return shaped->hyphen_count <= UINT8_MAX;
}

static void pack(const struct kite_shaped *shaped, const char *text, struct kite_shape_packed *p)
{
    uint8_t *at = (uint8_t *)(p + 1);

    if (!p->is_plain && !p->is_bare && p->sums.glyph_count > 0)
        memcpy(at, shaped->glyphs, glyph_bytes(p));
    for (uint16_t i = 0; p->is_plain && i < p->sums.glyph_count; i++) {
        struct short_glyph g = { shaped->glyphs[i].glyph, shaped->glyphs[i].advance };

        memcpy(at + i * sizeof g, &g, sizeof g);
    }
    at += glyph_bytes(p);
    for (uint8_t i = 0; i < p->sums.hyphen_count; i++) {
        const struct kite_unit_hyphen *from = &shaped->hyphens[i];
        struct short_hyphen h = { (uint16_t)(2 * from->offset_bytes + from->is_reshaped), (uint16_t)from->before,
                                  (int16_t)from->pre, (int16_t)from->post };

        memcpy(at, &h, sizeof h);
        at += sizeof h;
    }
    if (p->text_bytes != 0)
        memcpy(at, text, p->text_bytes);
}

/* ---- finding and keeping ---------------------------------------------------------------------------- */

static struct kite_shape_packed *packed_at(const struct generation *g, size_t offset)
{
    return (struct kite_shape_packed *)(void *)(g->store + offset);
}

/* Is this the piece that the cache's place, key and hash tell? text: of one that has no key. */
static bool is_asked(const struct kite_shape_cache *c, const struct kite_shape_packed *p, const char *text, size_t bytes)
{
    return p->key == c->key && p->place == c->place &&
           (text == NULL || (p->text_bytes == bytes && memcmp(packed_text(p), text, bytes) == 0));
}

static inline struct kite_shape_packed *find(const struct kite_shape_cache *c, const struct generation *g, const char *text,
                                             size_t bytes)
{
    for (uint32_t at = g->buckets[c->hash]; at != 0;) {
        struct kite_shape_packed *p = packed_at(g, at - 1);

        if (is_asked(c, p, text, bytes))
            return p;
        at = p->next;
    }
    return NULL;
}

/* Put a piece at the end of the young generation, which has room for it. */
static struct kite_shape_packed *add(struct kite_shape_cache *c, const struct kite_shape_packed *head, size_t bytes)
{
    struct generation *g = c->young;
    struct kite_shape_packed *p = packed_at(g, g->used);

    *p = *head;
    p->next = g->buckets[c->hash];
    g->buckets[c->hash] = (uint32_t)g->used + 1;
    g->used += bytes;
    return p;
}

/* A piece of the old generation, copied to the young one if that has room. */
static const struct kite_shape_packed *renew(struct kite_shape_cache *c, const struct kite_shape_packed *old)
{
    size_t bytes = packed_bytes(old);

    if (c->generation_bytes - c->young->used < bytes)
        return old;

    struct kite_shape_packed *p = add(c, old, bytes);

    memcpy(p + 1, old + 1, bytes - sizeof *p);
    return p;
}

/* The piece with a key, or the text that hashes to it. */
static inline const struct kite_shape_packed *find_piece(struct kite_shape_cache *c, uint8_t context, uint16_t place,
                                                         uint32_t key, const char *text, size_t bytes)
{
    const struct kite_shape_packed *p;

    c->place = place;
    c->key = key;
    c->hash = ((key ^ (uint32_t)context << 24) * 2654435761u) >> (32 - BUCKET_BITS);
    p = find(c, c->young, text, bytes);
    if (p != NULL)
        return p;
    p = find(c, c->old, text, bytes);
    return p != NULL ? renew(c, p) : NULL;
}

static uint16_t place_of(uint8_t context, uint8_t hyphen_mode)
{
    return (uint16_t)(16 * context + 2 * hyphen_mode);
}

uint32_t kite_shape_cache_context(struct kite_shape_cache *c, const struct kite_shape_request *r)
{
    if (c->context >= c->context_count || !context_is(&c->contexts[c->context], r))
        c->context = context_of(c, r);
    return c->epoch << 8 | c->context;
}

const struct kite_shape_packed *kite_shape_cache_find_word(struct kite_shape_cache *c, const struct kite_shape_word *word)
{
    uint8_t context = (uint8_t)word->context;

    if ((word->context ^ c->epoch << 8) >> 8 != 0)
        return NULL;
    return find_piece(c, context, place_of(context, word->hyphen_mode) | 1u, word->key, NULL, 0);
}

const struct kite_shape_packed *kite_shape_cache_find(struct kite_shape_cache *c, const struct kite_shape_request *r)
{
    uint8_t context = (uint8_t)kite_shape_cache_context(c, r);
    uint16_t place = place_of(context, r->hyphen_mode) | (r->is_rtl ? PLACE_RTL : 0);

    if (r->key != 0)
        return find_piece(c, context, place | 1u, r->key, NULL, 0);
    return find_piece(c, context, place, text_hash(r->text, r->bytes), r->text, r->bytes);
}

/* Let the young generation, which is full, be the old one. Without memory for two of them what is kept is lost. */
static void turn_over(struct kite_shape_cache *c)
{
    struct generation *g = c->old != c->young ? c->old : generation_create(&c->mem, c->generation_bytes);

    if (g != NULL) {
        c->old = c->young;
        c->young = g;
    }
    generation_clear(c->young);
}

void kite_shape_cache_keep(struct kite_shape_cache *c, const struct kite_shape_request *r,
                           const struct kite_shaped *shaped)
{
    struct kite_shape_packed head = { .key = c->key, .place = c->place,
                                      .sums = { .advance = shaped->advance, .glyph_count = shaped->glyph_count,
                                                .hyphen_count = (uint8_t)shaped->hyphen_count,
                                                .needs_fallback = shaped->needs_fallback, .is_word = shaped->is_word },
                                      .text_bytes = (r->key != 0 ? 0 : r->bytes) & TEXT_BYTES_MASK,
                                      .is_plain = !shaped->follows && is_plain(shaped), .is_bare = shaped->follows };
    size_t bytes = packed_bytes(&head);

    if (bytes > c->generation_bytes / 4 || !fits(shaped))
        return;
    if (c->generation_bytes - c->young->used < bytes)
        turn_over(c);
    pack(shaped, r->text, add(c, &head, bytes));
}
