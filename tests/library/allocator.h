/* One allocator for SQLite and for everything of Kite's, which fails where it is told to and counts what is held. */
#ifndef KITE_TESTS_ALLOCATOR_H
#define KITE_TESTS_ALLOCATOR_H

#include "check.h"

#include <sqlite3.h>

static uint64_t allocations, fail_allocation_at;
static int64_t blocks_held;
static bool fails_for_good;

static bool allocation_fails(void)
{
    allocations++;
    return fail_allocation_at &&
           (fails_for_good ? allocations >= fail_allocation_at : allocations == fail_allocation_at);
}

/* SQLite asks for the size of a block, which malloc does not tell: it stands before it. */
static void *sqlite_malloc(int bytes)
{
    uint64_t *block = allocation_fails() ? NULL : malloc((size_t)bytes + 16);

    if (!block)
        return NULL;
    blocks_held++;
    block[0] = (uint64_t)bytes;
    return block + 2;
}

static void sqlite_free(void *block)
{
    blocks_held -= block != NULL;
    if (block)
        free((uint64_t *)block - 2);
}

static void *sqlite_realloc(void *old, int bytes)
{
    uint64_t *block = allocation_fails() ? NULL : realloc((uint64_t *)old - 2, (size_t)bytes + 16);

    if (!block)
        return NULL;
    block[0] = (uint64_t)bytes;
    return block + 2;
}

static int sqlite_size(void *block)
{
    return block ? (int)((uint64_t *)block - 2)[0] : 0;
}

static int sqlite_roundup(int bytes)
{
    return (bytes + 7) & ~7;
}

static int sqlite_init(void *ctx)
{
    (void)ctx;
    return SQLITE_OK;
}

static void sqlite_shutdown(void *ctx)
{
    (void)ctx;
}

static void *failing_resize(void *ctx, void *old, size_t bytes)
{
    (void)ctx;
    if (bytes == 0) {
        blocks_held -= old != NULL;
        free(old);
        return NULL;
    }

    void *block = allocation_fails() ? NULL : realloc(old, bytes);

    blocks_held += block && !old;
    return block;
}

static const struct kite_memory mem = { NULL, failing_resize };

/* Before the first library is opened. */
static inline void allocator_set_up(void)
{
    static const sqlite3_mem_methods methods = { sqlite_malloc, sqlite_free,   sqlite_realloc,  sqlite_size,
                                           sqlite_roundup, sqlite_init, sqlite_shutdown, NULL };

    assert_int_equal(sqlite3_config(SQLITE_CONFIG_MALLOC, &methods), SQLITE_OK);
    assert_int_equal(sqlite3_initialize(), SQLITE_OK);
    blocks_held = 0; /* SQLite keeps some for good */
}

#endif
