/* What every test includes: cmocka, and memory that counts and can be made to fail. */
#ifndef KITE_TESTS_CHECK_H
#define KITE_TESTS_CHECK_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
/* cmocka needs those four first. */
#include <cmocka.h>

#include "base/base.h"

/* A heap that counts. */
struct check_memory {
    uint64_t calls;   /* allocations and growths asked for */
    uint64_t fail_at; /* the call with this number, from 1, fails, and each later one; 0: none */
    int64_t blocks;   /* held now */
    size_t largest;   /* bytes asked for at once */
};

static inline void *check_memory_resize(void *ctx, void *old, size_t bytes)
{
    struct check_memory *counted = ctx;

    if (bytes == 0) {
        counted->blocks -= old != NULL;
        free(old);
        return NULL;
    }
    if (bytes > counted->largest)
        counted->largest = bytes;
    if (++counted->calls >= counted->fail_at && counted->fail_at)
        return NULL;

    void *block = realloc(old, bytes);

    counted->blocks += block && !old;
    return block;
}

static inline struct kite_memory check_memory(struct check_memory *counted)
{
    return (struct kite_memory){ counted, check_memory_resize };
}

#endif
