/* names: strings by number, each once, found by hash. Private to the press room. */
#ifndef KITE_PRESS_NAMES_H
#define KITE_PRESS_NAMES_H

#include "base/base.h"

/* All-zero is empty; needs no closing, as all of it lies in the arena. */
struct kite_names {
    const char **names; /* in the order in which they came */
    uint32_t count;
    uint32_t *slots; /* 1 + number, 0: free */
    uint32_t slot_count;
    uint32_t capacity;
};

/* The number of a name; a new one is copied. *is_new may be NULL. KITE_E_NOMEM. */
enum kite_status kite_names_add(struct kite_names *names, struct kite_arena *arena, const char *name, size_t bytes,
                                uint32_t *number, bool *is_new);
/* The number of a name, UINT32_MAX when it is not there. */
uint32_t kite_names_find(const struct kite_names *names, const char *name, size_t bytes);

#endif
