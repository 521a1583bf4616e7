/* A partition in memory that loses power: of the sectors written since the last sync, a seeded random part stays. */
#ifndef KITE_TESTS_PARTITION_H
#define KITE_TESTS_PARTITION_H

#include "check.h"

#include "boot/boot.h"

#include <string.h>

#define SECTOR_BYTES 512u

struct test_power { /* shared by all partitions of one device */
    uint64_t writes, cut_at; /* from this write or sync on, nothing happens; 0: never */
    uint64_t random;
};

struct test_partition {
    struct test_power *power;
    uint8_t *live, *durable;
    size_t bytes;
    bool lies; /* what is read back is not what was written */
};

static inline bool power_is_off(struct test_power *power)
{
    power->writes++;
    return power->cut_at && power->writes >= power->cut_at;
}

static inline enum kite_status test_read(void *ctx, uint64_t offset, uint8_t *dst, size_t count)
{
    struct test_partition *p = ctx;

    assert_true(offset <= p->bytes && count <= p->bytes - offset);
    memcpy(dst, p->live + offset, count);
    if (p->lies && count)
        dst[count / 2] ^= 1;
    return KITE_OK;
}

static inline enum kite_status test_write(void *ctx, uint64_t offset, const uint8_t *src, size_t count)
{
    struct test_partition *p = ctx;
    bool is_off = power_is_off(p->power);

    assert_true(offset <= p->bytes && count <= p->bytes - offset);
    if (is_off && p->power->writes > p->power->cut_at)
        return KITE_E_IO;
    memcpy(p->live + offset, src, count); /* the write that the cut falls into may have arrived in part */
    return is_off ? KITE_E_IO : KITE_OK;
}

static inline enum kite_status test_sync(void *ctx)
{
    struct test_partition *p = ctx;

    if (power_is_off(p->power))
        return KITE_E_IO;
    memcpy(p->durable, p->live, p->bytes);
    return KITE_OK;
}

static inline struct test_partition test_partition_new(struct test_power *power, size_t bytes)
{
    return (struct test_partition){ power, calloc(1, bytes), calloc(1, bytes), bytes, false };
}

static inline void test_partition_free(struct test_partition *p)
{
    free(p->live);
    free(p->durable);
}

static inline struct kite_partition test_partition_of(struct test_partition *p)
{
    return (struct kite_partition){ p, p->bytes, test_read, test_write, test_sync };
}

/* Power comes back: each sector is as synced, or as written last. */
static inline void test_partition_restart(struct test_partition *p)
{
    for (size_t at = 0; at < p->bytes; at += SECTOR_BYTES) {
        size_t count = p->bytes - at < SECTOR_BYTES ? p->bytes - at : SECTOR_BYTES;

        p->power->random = p->power->random * 6364136223846793005u + 1442695040888963407u;
        if (p->power->random >> 63)
            memcpy(p->durable + at, p->live + at, count);
    }
    memcpy(p->live, p->durable, p->bytes);
}

#endif
