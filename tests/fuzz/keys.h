/* Keys for fuzz targets that are the same in every run: what crashes once does so again. */
#ifndef KITE_TESTS_FUZZ_KEYS_H
#define KITE_TESTS_FUZZ_KEYS_H

#include "fuzz/fuzz.h"
#include "trust/trust.h"

#include <sodium.h>

static inline const char *same_name(void)
{
    return "the same";
}

static inline uint32_t same_number(void)
{
    static uint32_t number = 1;

    number = number * 1664525u + 1013904223u;
    return number;
}

static inline void same_bytes(void *const out, const size_t count)
{
    for (size_t i = 0; i < count; i++)
        ((uint8_t *)out)[i] = (uint8_t)(same_number() >> 24);
}

/* Before anything else asks libsodium for numbers. */
static inline void make_keys_the_same(void)
{
    static randombytes_implementation same = { .implementation_name = same_name, .random = same_number, .buf = same_bytes };

    HOLDS(randombytes_set_implementation(&same) == 0);
    HOLDS(kite_trust_init(NULL) == KITE_OK);
}

#endif
