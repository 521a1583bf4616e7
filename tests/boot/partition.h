/* Partitions of a disk in memory, which loses power as that does. */
#ifndef KITE_TESTS_PARTITION_H
#define KITE_TESTS_PARTITION_H

#include "library/disk.h"

#include "boot/boot.h"

struct test_partition {
    struct disk *disk;
    char name[16];
    struct kite_partition_file file; /* open */
};

static inline void test_partition_open(struct test_partition *p)
{
    struct kite_io io = disk_io(p->disk);
    char path[24];

    snprintf(path, sizeof path, "/%s", p->name);
    assert_int_equal(kite_partition_open(&io, path, true, &p->file, NULL), KITE_OK);
}

static inline uint8_t *test_partition_bytes(const struct test_partition *p)
{
    return disk_get(p->disk, p->name)->live;
}

/* A new one, each byte `filled`. */
static inline void test_partition_make(struct test_partition *p, struct disk *disk, const char *name, size_t bytes, int filled)
{
    uint8_t *content = malloc(bytes);

    memset(content, filled, bytes);
    *p = (struct test_partition){ .disk = disk };
    snprintf(p->name, sizeof p->name, "dev/%s", name);
    disk_put(disk, p->name, content, bytes);
    free(content);
    test_partition_open(p);
}

/* One on a disk of its own; to be freed. */
static inline struct kite_partition test_partition_alone(struct test_partition *p, size_t bytes)
{
    test_partition_make(p, disk_make(1), "boot", bytes, 0);
    return p->file.partition;
}
static inline void test_partition_free(struct test_partition *p)
{
    kite_partition_close(&p->file);
    disk_destroy(p->disk);
}

/* What is read back is not what was written. */
static inline enum kite_status test_read_wrong(void *ctx, uint64_t offset, uint8_t *dst, size_t count)
{
    const struct kite_partition_file *file = ctx;
    size_t got;
    enum kite_status status = file->io.read_at(file->io.ctx, file->file, offset, dst, count, &got);

    if (count)
        dst[count / 2] ^= 1;
    return status;
}

#endif
