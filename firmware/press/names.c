/* A hash table with open addresses; hostile texts may have a million links. */
#include "press/names.h"

#include <string.h>

static uint32_t hash_of(const char *name, size_t bytes)
{
    uint32_t hash = 2166136261u; /* FNV-1a */

    for (size_t i = 0; i < bytes; i++)
        hash = (hash ^ (uint8_t)name[i]) * 16777619u;
    return hash ^ hash >> 15;
}

/* The slot of a name, or the free one where it belongs. */
static uint32_t slot_of(const struct kite_names *names, const char *name, size_t bytes)
{
    uint32_t mask = names->slot_count - 1, slot = hash_of(name, bytes) & mask;

    for (;; slot = (slot + 1) & mask) {
        const char *there = names->slots[slot] ? names->names[names->slots[slot] - 1] : NULL;

        if (!there || (strlen(there) == bytes && memcmp(there, name, bytes) == 0))
            return slot;
    }
}

uint32_t kite_names_find(const struct kite_names *names, const char *name, size_t bytes)
{
    return names->count ? names->slots[slot_of(names, name, bytes)] - 1 : UINT32_MAX;
}

/* Twice as large; the arena keeps the old one, which costs no more than the new. */
static enum kite_status grow(struct kite_names *names, struct kite_arena *arena)
{
    struct kite_names larger = { .count = names->count, .capacity = names->capacity ? 2 * names->capacity : 16 };

    if (larger.capacity > UINT32_MAX / 4)
        return KITE_E_LIMIT;
    larger.slot_count = 2 * larger.capacity;
    larger.names = kite_arena_alloc(arena, larger.capacity, sizeof *larger.names);
    larger.slots = kite_arena_alloc(arena, larger.slot_count, sizeof *larger.slots);
    if (!larger.names || !larger.slots)
        return KITE_E_NOMEM;
    memset(larger.slots, 0, larger.slot_count * sizeof *larger.slots);
    for (uint32_t i = 0; i < names->count; i++) {
        larger.names[i] = names->names[i];
        larger.slots[slot_of(&larger, names->names[i], strlen(names->names[i]))] = i + 1;
    }
    *names = larger;
    return KITE_OK;
}

enum kite_status kite_names_add(struct kite_names *names, struct kite_arena *arena, const char *name, size_t bytes,
                                uint32_t *number, bool *is_new)
{
    enum kite_status status = names->count == names->capacity ? grow(names, arena) : KITE_OK;
    uint32_t slot = status ? 0 : slot_of(names, name, bytes);
    bool is_there = status == KITE_OK && names->slots[slot] != 0;
    char *copy = status || is_there ? NULL : kite_arena_alloc(arena, bytes + 1, 1);

    if (status == KITE_OK && !is_there && !copy)
        status = KITE_E_NOMEM;
    if (status)
        return status;
    if (copy) {
        if (bytes > 0)
            memcpy(copy, name, bytes);
        copy[bytes] = '\0';
        names->names[names->count] = copy;
        names->slots[slot] = ++names->count;
    }
    *number = names->slots[slot] - 1;
    if (is_new)
        *is_new = !is_there;
    return KITE_OK;
}
