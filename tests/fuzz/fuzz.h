/* What all fuzz targets share: the names that a fuzzer calls, claims, and memory that ends. libFuzzer and AFL++ build the same files. */
#ifndef KITE_TESTS_FUZZ_H
#define KITE_TESTS_FUZZ_H

#include "base/base.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

int LLVMFuzzerInitialize(int *count, char ***arguments);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What no bytes may bring about. */
#define HOLDS(claim) ((claim) ? (void)0 : abort())

/* A heap whose allocation number fail_at fails; 0: none does. */
struct ending_heap {
    unsigned calls, fail_at;
    unsigned blocks; /* that nobody has given back */
};

static inline void *ending_heap_resize(void *ctx, void *old, size_t bytes)
{
    struct ending_heap *heap = ctx;

    if (bytes == 0) {
        heap->blocks -= old != NULL;
        free(old);
        return NULL;
    }
    if (++heap->calls == heap->fail_at)
        return NULL;
    heap->blocks += old == NULL;
    return realloc(old, bytes);
}

/* Read an input twice: as it is, and with one allocation failing; all of it is given back. Which one, its own bytes say: so it is the same in every run, and over
 * many inputs each has its turn. */
static inline void with_memory_that_ends(const uint8_t *data, size_t size,
                                         void (*read)(const struct kite_memory *mem, const uint8_t *data, size_t size))
{
    struct ending_heap heap = { 0 };
    const struct kite_memory mem = { &heap, ending_heap_resize };

    read(&mem, data, size);
    HOLDS(heap.blocks == 0);
    if (heap.calls == 0)
        return;
    heap.fail_at = 1 + (unsigned)crc32(0, data, (uInt)size) % heap.calls;
    heap.calls = 0;
    read(&mem, data, size);
    HOLDS(heap.blocks == 0);
}

#endif
