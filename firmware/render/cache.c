/* The ring of glyph bitmaps. */
#include "render/cache.h"

#include <string.h>

#define ENTRY_ALIGN 16u
#define ENTRY_MEAN_BYTES 1024u /* a letter of body text at 300 ppi, for the number of buckets */
#define ENTRIES_AT_LEAST 4u    /* a larger entry would push out nearly everything */

size_t kite_bitmap_bytes(size_t stride, size_t rows)
{
    return (sizeof(struct kite_bitmap) + stride * rows + ENTRY_ALIGN - 1) / ENTRY_ALIGN *
           ENTRY_ALIGN;
}

enum kite_status kite_cache_open(struct kite_cache *cache, const struct kite_memory *mem,
                                 size_t bytes)
{
    size_t buckets = 16;

    *cache = (struct kite_cache){.mem = *mem};
    if (bytes > UINT32_MAX / 2)
        bytes = UINT32_MAX / 2;
    while (buckets < bytes / ENTRY_MEAN_BYTES && buckets < 8192)
        buckets *= 2;
    if (bytes < buckets * sizeof *cache->buckets + ENTRY_MEAN_BYTES)
        return KITE_OK; /* too little to keep anything */
    cache->bucket_count = (uint32_t)buckets;
    cache->store_bytes =
        (uint32_t)((bytes - buckets * sizeof *cache->buckets) / ENTRY_ALIGN * ENTRY_ALIGN);
    cache->buckets = kite_alloc(mem, buckets, sizeof *cache->buckets);
    cache->store = kite_resize(mem, NULL, cache->store_bytes, 1); /* untouched until it is used */
    if (cache->buckets == NULL || cache->store == NULL) {
        kite_cache_close(cache);
        return KITE_E_NOMEM;
    }
    return KITE_OK;
}

void kite_cache_close(struct kite_cache *cache)
{
    kite_free(&cache->mem, cache->buckets);
    kite_free(&cache->mem, cache->store);
    cache->buckets = NULL;
    cache->store = NULL;
}

void kite_cache_clear(struct kite_cache *cache)
{
    if (cache->store == NULL)
        return;
    memset(cache->buckets, 0, cache->bucket_count * sizeof *cache->buckets);
    cache->head = 0;
    cache->tail = 0;
    cache->lap = 0;
    cache->used_bytes = 0;
}

static uint32_t *bucket_of(struct kite_cache *cache, uint64_t key)
{
    uint64_t mixed = key * UINT64_C(0x9E3779B97F4A7C15);

    return &cache->buckets[(uint32_t)(mixed >> 40) & (cache->bucket_count - 1)];
}

static struct kite_bitmap *entry_at(struct kite_cache *cache, uint32_t offset)
{
    return (struct kite_bitmap *)(void *)(cache->store + offset);
}

struct kite_bitmap *kite_cache_find(struct kite_cache *cache, uint64_t key)
{
    if (cache->store == NULL)
        return NULL;
    for (uint32_t at = *bucket_of(cache, key); at != 0;) {
        struct kite_bitmap *entry = entry_at(cache, at - 1);
        if (entry->key == key) {
            entry->is_used = true;
            return entry;
        }
        at = entry->next;
    }
    return NULL;
}

/* The link that leads to the entry at offset. */
static uint32_t *link_to(struct kite_cache *cache, uint32_t offset)
{
    uint32_t *link = bucket_of(cache, entry_at(cache, offset)->key);

    while (*link != offset + 1)
        link = &entry_at(cache, *link - 1)->next;
    return link;
}

/* Take the oldest entry away, or move it on to the head when it was used. */
static void pass_oldest(struct kite_cache *cache)
{
    struct kite_bitmap *oldest = entry_at(cache, cache->tail);
    uint32_t *link = link_to(cache, cache->tail), bytes = oldest->bytes;

    if (oldest->is_used) {
        oldest->is_used = false;
        *link = cache->head + 1;
        memmove(entry_at(cache, cache->head), oldest, bytes);
        cache->head += bytes;
    } else {
        *link = oldest->next;
        cache->used_bytes -= bytes;
        cache->evictions++;
    }
    cache->tail += bytes;
}

/* Until there are that many free bytes at the head. Ends, as no entry is moved on twice without
 * being used. */
static void make_room(struct kite_cache *cache, uint32_t bytes)
{
    for (;;) {
        bool is_older_part_gone = cache->tail == cache->lap;
        uint32_t end = is_older_part_gone ? cache->store_bytes : cache->tail;

        if (end - cache->head >= bytes)
            return;
        if (is_older_part_gone) { /* around: all that is left begins at 0 again */
            cache->lap = cache->head;
            cache->head = 0;
            cache->tail = 0;
        } else {
            pass_oldest(cache);
        }
    }
}

struct kite_bitmap *kite_cache_add(struct kite_cache *cache, uint64_t key, size_t bytes)
{
    if (cache->store == NULL || bytes > cache->store_bytes / ENTRIES_AT_LEAST)
        return NULL;
    make_room(cache, (uint32_t)bytes);

    struct kite_bitmap *entry = entry_at(cache, cache->head);
    uint32_t *bucket = bucket_of(cache, key);

    *entry = (struct kite_bitmap){.key = key, .next = *bucket, .bytes = (uint32_t)bytes};
    *bucket = cache->head + 1;
    cache->head += (uint32_t)bytes;
    cache->used_bytes += bytes;
    return entry;
}
