/* How deep something goes: it runs on a stack of its own that is painted first. Say `#define _DEFAULT_SOURCE` before anything. */
#ifndef KITE_TESTS_STACK_H
#define KITE_TESTS_STACK_H

#include "check.h"

#include <pthread.h>
#include <string.h>
#include <sys/mman.h>

#define PAINTED_BYTES (16u << 20)
#define PAINT 0xa5

struct painted {
    void (*act)(void *ctx);
    void *ctx;
};

static inline void *painted_run(void *ctx)
{
    const struct painted *painted = ctx;

    painted->act(painted->ctx);
    return NULL;
}

/* Bytes of stack that the call took at its deepest, those of a thread's beginning among them (about 4 KB). What fails in it aborts the
 * program, as the test is on another stack. */
static inline size_t stack_used(void (*act)(void *ctx), void *ctx)
{
    struct painted painted = { act, ctx };
    uint8_t *stack = mmap(NULL, PAINTED_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    pthread_attr_t attributes;
    pthread_t thread;
    size_t untouched = 0;

    assert_true(stack != MAP_FAILED);
    memset(stack, PAINT, PAINTED_BYTES);
    setenv("CMOCKA_TEST_ABORT", "1", 1);
    assert_int_equal(pthread_attr_init(&attributes), 0);
    assert_int_equal(pthread_attr_setstack(&attributes, stack, PAINTED_BYTES), 0);
    assert_int_equal(pthread_create(&thread, &attributes, painted_run, &painted), 0);
    assert_int_equal(pthread_join(thread, NULL), 0);
    pthread_attr_destroy(&attributes);
    unsetenv("CMOCKA_TEST_ABORT");
    while (untouched < PAINTED_BYTES && stack[untouched] == PAINT)
        untouched++;
    munmap(stack, PAINTED_BYTES);
    return PAINTED_BYTES - untouched;
}

#endif
