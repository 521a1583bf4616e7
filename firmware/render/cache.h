/* cache: glyph bitmaps by key, bounded in bytes. Private to the render room.
 *
 * One store used as a ring: new entries go in at the head and the oldest make room, but one that
 * was asked for since it was last looked at moves on to the head instead. What it holds never
 * changes a pixel. */
#ifndef KITE_RENDER_CACHE_H
#define KITE_RENDER_CACHE_H

#include "base/base.h"

#define KITE_BITMAP_CHUNK 16 /* rows are at least so long, padded with paper */

/* A glyph as the panel gets it: gray values, turned as the page is. Its rows follow it. */
struct kite_bitmap {
    uint64_t key;
    uint32_t next;        /* of its bucket: offset + 1 in the store, 0 at the end */
    uint32_t bytes;       /* of the entry, rows included */
    int16_t left, top;    /* canvas px from the pen's pixel */
    uint16_t width, rows; /* px; both 0 for a glyph without ink */
    uint16_t stride;      /* bytes from row to row */
    bool is_used;         /* asked for since it was last looked at */
};

struct kite_cache {
    struct kite_memory mem;
    uint8_t *store; /* NULL when the bound leaves no room */
    uint32_t *buckets;
    uint32_t bucket_count; /* a power of two */
    uint32_t store_bytes;
    uint32_t head; /* where the next entry goes */
    uint32_t
        tail; /* the oldest entry, at or behind head; entries are in [tail, lap) and [0, head) */
    uint32_t lap; /* end of the older part */
    uint64_t evictions;
    size_t used_bytes;
};

/* All memory is taken here. KITE_E_NOMEM. */
enum kite_status kite_cache_open(struct kite_cache *cache, const struct kite_memory *mem,
                                 size_t bytes);
void kite_cache_close(struct kite_cache *cache);
void kite_cache_clear(struct kite_cache *cache);

/* The bitmap with that key, or NULL. Lent until the next kite_cache_add. */
struct kite_bitmap *kite_cache_find(struct kite_cache *cache, uint64_t key);

/* Bytes of an entry for rows of that stride. */
size_t kite_bitmap_bytes(size_t stride, size_t rows);
/* Room for an entry, in the table at once; key and bytes are set, the caller fills in the rest.
 * NULL when it is too large for the cache: the caller then keeps it elsewhere. */
struct kite_bitmap *kite_cache_add(struct kite_cache *cache, uint64_t key, size_t bytes);

static inline uint8_t *kite_bitmap_rows(struct kite_bitmap *bitmap)
{
    return (uint8_t *)(bitmap + 1);
}

#endif
