/* Memory and arenas. */
#include "base/base.h"

#include <stdlib.h>
#include <string.h>

static void *heap_resize(void *ctx, void *old, size_t bytes)
{
    (void)ctx;
    if (bytes == 0) {
        free(old);
        return NULL;
    }
    return realloc(old, bytes);
}

struct kite_memory kite_memory_heap(void)
{
    return (struct kite_memory){ NULL, heap_resize };
}

void *kite_resize(const struct kite_memory *mem, void *old, size_t count, size_t each)
{
    if (count == 0 || each == 0 || count > SIZE_MAX / 2 / each)
        return NULL;
    return mem->resize(mem->ctx, old, count * each);
}

void *kite_alloc(const struct kite_memory *mem, size_t count, size_t each)
{
    void *block = kite_resize(mem, NULL, count, each);

    if (block)
        memset(block, 0, count * each);
    return block;
}

void kite_free(const struct kite_memory *mem, void *block)
{
    if (block)
        mem->resize(mem->ctx, block, 0);
}

enum kite_status kite_grow(const struct kite_memory *mem, void **items, size_t *capacity,
                           size_t need, size_t each)
{
    if (need <= *capacity)
        return KITE_OK;

    size_t more = *capacity + *capacity / 2;
    size_t wanted = more < need ? need : more;

    if (wanted < 8)
        wanted = 8;

    void *moved = kite_resize(mem, *items, wanted, each);

    if (!moved)
        return KITE_E_NOMEM;
    *items = moved;
    *capacity = wanted;
    return KITE_OK;
}

/* ---- arena ----------------------------------------------------------------------------------- */

#define ARENA_ALIGN 16u
#define ARENA_CHUNK_BYTES (16u * 1024 - 64)

struct kite_arena_chunk {
    struct kite_arena_chunk *below; /* the one used before, or the next spare one */
    size_t bytes;                   /* behind the header */
};

/* The header, padded so that what follows is aligned. */
#define HEADER_BYTES ((sizeof(struct kite_arena_chunk) + ARENA_ALIGN - 1) / ARENA_ALIGN * ARENA_ALIGN)

void kite_arena_init(struct kite_arena *arena, struct kite_memory mem, size_t limit_bytes)
{
    *arena = (struct kite_arena){ .mem = mem, .limit_bytes = limit_bytes };
}

/* A chunk of at least `bytes` in use on top: a spare one that is large enough, or a new one. */
static bool push_chunk(struct kite_arena *arena, size_t bytes)
{
    struct kite_arena_chunk *chunk = NULL;

    for (struct kite_arena_chunk **link = &arena->spare; *link; link = &(*link)->below) {
        if ((*link)->bytes >= bytes) {
            chunk = *link;
            *link = chunk->below;
            break;
        }
    }
    if (!chunk) {
        size_t wanted = bytes > ARENA_CHUNK_BYTES ? bytes : ARENA_CHUNK_BYTES;

        if (wanted < arena->wanted_bytes)
            wanted = arena->wanted_bytes;
        arena->wanted_bytes = 0;
        if (arena->limit_bytes &&
            (arena->reserved_bytes > arena->limit_bytes || wanted > arena->limit_bytes - arena->reserved_bytes))
            return false;
        chunk = kite_resize(&arena->mem, NULL, 1, HEADER_BYTES + wanted);
        if (!chunk)
            return false;
        chunk->bytes = wanted;
        arena->reserved_bytes += wanted;
    }
    chunk->below = arena->chunk;
    arena->chunk = chunk;
    arena->used_bytes = 0;
    return true;
}

void *kite_arena_alloc(struct kite_arena *arena, size_t count, size_t each)
{
    if (each && count > (SIZE_MAX / 4) / each)
        return NULL;

    size_t bytes = (count * each + ARENA_ALIGN - 1) / ARENA_ALIGN * ARENA_ALIGN;

    if (!arena->chunk || bytes > arena->chunk->bytes - arena->used_bytes) {
        if (!push_chunk(arena, bytes))
            return NULL;
    }

    void *block = (uint8_t *)arena->chunk + HEADER_BYTES + arena->used_bytes;

    arena->used_bytes += bytes;
    return block;
}

enum kite_status kite_arena_grow(struct kite_arena *arena, void **items, size_t *capacity, size_t need, size_t each)
{
    if (need <= *capacity)
        return KITE_OK;

    size_t wanted = *capacity * 2 > need ? *capacity * 2 : need + 64;
    void *grown = kite_arena_alloc(arena, wanted, each);

    if (!grown)
        return KITE_E_NOMEM;
    if (*capacity)
        memcpy(grown, *items, *capacity * each);
    *items = grown;
    *capacity = wanted;
    return KITE_OK;
}

struct kite_arena_mark kite_arena_save(const struct kite_arena *arena)
{
    return (struct kite_arena_mark){ arena->chunk, arena->used_bytes };
}

void kite_arena_release(struct kite_arena *arena, struct kite_arena_mark mark)
{
    while (arena->chunk != mark.chunk) {
        struct kite_arena_chunk *chunk = arena->chunk;

        arena->chunk = chunk->below;
        chunk->below = arena->spare;
        arena->spare = chunk;
    }
    arena->used_bytes = mark.used_bytes;
}

static void free_spare(struct kite_arena *arena)
{
    while (arena->spare) {
        struct kite_arena_chunk *chunk = arena->spare;

        arena->spare = chunk->below;
        arena->reserved_bytes -= chunk->bytes;
        kite_free(&arena->mem, chunk);
    }
}

void kite_arena_reset(struct kite_arena *arena)
{
    size_t used_bytes = 0;

    for (struct kite_arena_chunk *chunk = arena->chunk; chunk; chunk = chunk->below)
        used_bytes += chunk->bytes;
    kite_arena_release(arena, (struct kite_arena_mark){ NULL, 0 });
    if (!arena->spare || !arena->spare->below)
        return;
    free_spare(arena); /* several: one that holds as much will do, and large blocks will not look for one of their own */
    arena->wanted_bytes = used_bytes;
}

void kite_arena_close(struct kite_arena *arena)
{
    kite_arena_reset(arena);
    free_spare(arena);
}
