/* FAT: what may be mounted, and an inbox made anew. */
#include "check.h"

#include "device/fat.h"

#include <stdio.h>
#include <string.h>

#define MIB (1u << 20)

/* A partition of mostly zeros: sectors are kept when they are written. */
struct disk {
    uint64_t size_bytes;
    uint8_t *bytes;
    int writes_left; /* -1: no end */
    unsigned syncs;
    struct kite_partition partition;
};

static enum kite_status read_at(void *ctx, uint64_t offset, uint8_t *dst, size_t count)
{
    const struct disk *d = ctx;

    assert_true(offset <= d->size_bytes && count <= d->size_bytes - offset);
    memcpy(dst, d->bytes + offset, count);
    return KITE_OK;
}

static enum kite_status write_at(void *ctx, uint64_t offset, const uint8_t *src, size_t count)
{
    struct disk *d = ctx;

    assert_true(offset <= d->size_bytes && count <= d->size_bytes - offset);
    if (d->writes_left == 0)
        return KITE_E_IO;
    d->writes_left -= d->writes_left > 0;
    memcpy(d->bytes + offset, src, count);
    return KITE_OK;
}

static enum kite_status sync_disk(void *ctx)
{
    ((struct disk *)ctx)->syncs++;
    return KITE_OK;
}

static struct disk *disk_open(uint64_t bytes)
{
    struct disk *d = calloc(1, sizeof *d);

    assert_non_null(d);
    d->size_bytes = bytes;
    d->bytes = calloc(1, (size_t)bytes);
    assert_non_null(d->bytes);
    d->writes_left = -1;
    d->partition = (struct kite_partition){ d, bytes, read_at, write_at, sync_disk };
    return d;
}

static void disk_close(struct disk *d)
{
    free(d->bytes);
    free(d);
}

static enum fat_state look(struct disk *d)
{
    struct kite_memory mem = kite_memory_heap();
    enum fat_state state;

    assert_int_equal(fat_look(&mem, &d->partition, &state), KITE_OK);
    return state;
}

static void what_is_made_anew_is_clean(void **state)
{
    static const uint64_t sizes[] = { 33ull * MIB, 34ull * MIB, 64ull * MIB, 128ull * MIB + 512 * 7, 261ull * MIB };

    (void)state;
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        struct disk *d = disk_open(sizes[i]);

        assert_int_equal(look(d), FAT_NONE);
        /* As if another file system had been there. */
        memset(d->bytes, 0xa5, 2 * MIB);
        assert_int_equal(look(d), FAT_NONE);
        assert_int_equal(fat_format(&d->partition, NULL), KITE_OK);
        assert_int_equal(look(d), FAT_CLEAN);
        assert_memory_equal(d->bytes + 71, "KITE       FAT32   ", 19);
        assert_int_equal(d->syncs, 2);
        disk_close(d);
    }
}

static void too_small_and_too_large_are_refused(void **state)
{
    struct kite_partition small = { .size_bytes = 32ull * MIB }, large = { .size_bytes = 33ull << 30 };

    (void)state;
    assert_int_equal(fat_format(&small, NULL), KITE_E_LIMIT);
    assert_int_equal(fat_format(&large, NULL), KITE_E_LIMIT);
}

/* Cut after any write, the partition is no FAT at all, and so is made anew at the next start. */
static void a_making_cut_off_is_none(void **state)
{
    struct disk *d = disk_open(34ull * MIB);

    (void)state;
    assert_int_equal(fat_format(&d->partition, NULL), KITE_OK);
    for (int writes = 1;; writes++) {
        d->writes_left = writes;
        if (fat_format(&d->partition, NULL) == KITE_OK)
            break;
        assert_int_equal(look(d), FAT_NONE);
    }
    assert_int_equal(look(d), FAT_CLEAN);
    disk_close(d);
}

static void disorder_is_noticed(void **state)
{
    struct disk *d = disk_open(40ull * MIB);
    uint8_t *table = d->bytes + 32 * 512;
    uint32_t table_bytes;

    (void)state;
    assert_int_equal(fat_format(&d->partition, NULL), KITE_OK);
    table_bytes = kite_get_u32(d->bytes + 36) * 512;
    d->bytes[65] = 1; /* a system had it mounted */
    assert_int_equal(look(d), FAT_DIRTY);
    d->bytes[65] = 0;
    table[7] = 0x07; /* likewise, in the second entry */
    table[table_bytes + 7] = 0x07;
    assert_int_equal(look(d), FAT_DIRTY);
    table[7] = table[table_bytes + 7] = 0x0f;
    assert_int_equal(look(d), FAT_CLEAN);
    table[table_bytes - 1] = 1; /* the tables differ, in the last byte */
    assert_int_equal(look(d), FAT_DIRTY);
    disk_close(d);
}

static void any_first_sector_is_looked_at(void **state)
{
    struct disk *d = disk_open(40ull * MIB);
    /* A sector, a cluster, what is reserved, how many tables, the root, how large tables and all. */
    static const size_t sizes[] = { 11, 13, 14, 16, 17, 19, 22, 34, 38 };
    uint8_t good[512];

    (void)state;
    assert_int_equal(fat_format(&d->partition, NULL), KITE_OK);
    memcpy(good, d->bytes, sizeof good);
    for (size_t at = 0; at < 90; at++)
        for (int value = 0; value < 256; value++) {
            d->bytes[at] = (uint8_t)value;
            look(d); /* reads within the partition, as read_at asserts */
            d->bytes[at] = good[at];
        }
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        memset(d->bytes + sizes[i], 0xff, 2);
        assert_int_equal(look(d), FAT_NONE);
        memcpy(d->bytes, good, sizeof good);
    }
    d->bytes[510] = 0;
    assert_int_equal(look(d), FAT_NONE);
    disk_close(d);
}

static void a_small_or_broken_disk_is_no_fat(void **state)
{
    struct disk *d = disk_open(300);
    struct check_memory counted = { .fail_at = 1 };
    struct kite_memory mem = check_memory(&counted);
    enum fat_state what;

    (void)state;
    assert_int_equal(look(d), FAT_NONE);
    assert_int_equal(fat_look(&mem, &d->partition, &what), KITE_E_NOMEM);
    disk_close(d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_made_anew_is_clean),
        cmocka_unit_test(too_small_and_too_large_are_refused),
        cmocka_unit_test(a_making_cut_off_is_none),
        cmocka_unit_test(disorder_is_noticed),
        cmocka_unit_test(any_first_sector_is_looked_at),
        cmocka_unit_test(a_small_or_broken_disk_is_no_fat),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
