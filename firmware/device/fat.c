/* Source: Microsoft Extensible Firmware Initiative FAT32 File System Specification, 1.03 (2000). */
#include "device/fat.h"

#include <string.h>

#define SECTOR 512u
#define CHUNK 16384u
#define FAT12_CLUSTERS_MAX 4084u
#define FAT16_CLUSTERS_MAX 65524u
#define FAT32_CLUSTERS_MAX 0x0ffffff5u

static void put16(uint8_t *at, uint32_t value)
{
    at[0] = (uint8_t)value;
    at[1] = (uint8_t)(value >> 8);
}

static void put32(uint8_t *at, uint32_t value)
{
    put16(at, value);
    put16(at + 2, value >> 16);
}

/* ---- looking ----------------------------------------------------------------------------------
 */

struct shape {
    uint32_t sector_bytes, cluster_sectors, reserved, tables, table_sectors;
    bool is_32;
};

static bool is_power(uint32_t value, uint32_t least, uint32_t most)
{
    return value >= least && value <= most && (value & (value - 1)) == 0;
}

/* The first sector, if it makes sense on a partition of this size. */
static bool read_shape(const uint8_t *s, uint64_t partition_bytes, struct shape *out)
{
    uint32_t sectors = kite_get_u16(s + 19) ? kite_get_u16(s + 19) : kite_get_u32(s + 32);
    uint32_t root_entries = kite_get_u16(s + 17);
    uint64_t before_data, clusters;

    *out = (struct shape){ .sector_bytes = kite_get_u16(s + 11),
                           .cluster_sectors = s[13],
                           .reserved = kite_get_u16(s + 14),
                           .tables = s[16],
                           .table_sectors =
                               kite_get_u16(s + 22) ? kite_get_u16(s + 22) : kite_get_u32(s + 36) };
    if (s[510] != 0x55 || s[511] != 0xaa || !is_power(out->sector_bytes, SECTOR, 4096) ||
        !is_power(out->cluster_sectors, 1, 128) || out->reserved == 0 || out->tables < 1 ||
        out->tables > 2 || out->table_sectors == 0 ||
        (uint64_t)sectors * out->sector_bytes > partition_bytes)
        return false;
    before_data = out->reserved + (uint64_t)out->tables * out->table_sectors +
                  (root_entries * 32u + out->sector_bytes - 1) / out->sector_bytes;
    if (before_data >= sectors)
        return false;
    clusters = (sectors - before_data) / out->cluster_sectors;
    out->is_32 = clusters > FAT16_CLUSTERS_MAX;
    return out->is_32 == (root_entries == 0) && clusters > FAT12_CLUSTERS_MAX &&
           clusters <= FAT32_CLUSTERS_MAX &&
           (uint64_t)out->table_sectors * out->sector_bytes / (out->is_32 ? 4 : 2) >= clusters + 2;
}

/* Both tables, piece by piece. The first also says whether all was let go of in order. */
static enum kite_status compare_tables(const struct kite_partition *p, const struct shape *shape,
                                       uint8_t *pieces, bool *are_equal)
{
    uint64_t first = (uint64_t)shape->reserved * shape->sector_bytes;
    uint64_t bytes = (uint64_t)shape->table_sectors * shape->sector_bytes;

    *are_equal = true;
    for (uint64_t at = 0; at < bytes && *are_equal && shape->tables == 2; at += CHUNK) {
        size_t count = bytes - at < CHUNK ? (size_t)(bytes - at) : CHUNK;
        enum kite_status status = p->read_at(p->ctx, first + at, pieces, count);

        if (status == KITE_OK)
            status = p->read_at(p->ctx, first + bytes + at, pieces + CHUNK, count);
        if (status)
            return status;
        *are_equal = memcmp(pieces, pieces + CHUNK, count) == 0;
    }
    return KITE_OK;
}

/* Systems that mount it leave a mark in the first sector, or in the second entry of the table. */
static bool is_marked(const struct shape *shape, const uint8_t *sector, const uint8_t *table)
{
    uint32_t second = shape->is_32 ? kite_get_u32(table + 4) : kite_get_u16(table + 2);
    uint32_t clean = shape->is_32 ? 0x0c000000u : 0xc000u;

    return (sector[shape->is_32 ? 65 : 37] & 1) != 0 || (second & clean) != clean;
}

static enum kite_status look(const struct kite_partition *p, uint8_t *pieces, enum fat_state *out)
{
    uint8_t sector[SECTOR], table[8];
    struct shape shape;
    bool are_equal;
    enum kite_status status = p->read_at(p->ctx, 0, sector, sizeof sector);

    if (status || !read_shape(sector, p->size_bytes, &shape))
        return status;
    status = p->read_at(p->ctx, (uint64_t)shape.reserved * shape.sector_bytes, table, sizeof table);
    if (status == KITE_OK)
        status = compare_tables(p, &shape, pieces, &are_equal);
    if (status == KITE_OK)
        *out = is_marked(&shape, sector, table) || !are_equal ? FAT_DIRTY : FAT_CLEAN;
    return status;
}

enum kite_status fat_look(const struct kite_memory *mem, const struct kite_partition *partition,
                          enum fat_state *out)
{
    uint8_t *pieces = kite_alloc(mem, 2, CHUNK);
    enum kite_status status;

    *out = FAT_NONE;
    if (!pieces)
        return KITE_E_NOMEM;
    status = partition->size_bytes < SECTOR ? KITE_OK : look(partition, pieces, out);
    kite_free(mem, pieces);
    return status;
}

/* ---- making -----------------------------------------------------------------------------------
 */

#define RESERVED 32u
#define TABLES 2u
#define BACKUP 6u
#define INFO 1u
#define SERIAL 0x4b495445u
#define LABEL "KITE       "
#define SIZE_MIN (33ull << 20)
#define SIZE_MAX_BYTES (32ull << 30)

/* Sectors in a cluster, as other systems choose them, but never so many that FAT32 has too few. */
static uint32_t cluster_sectors(uint64_t bytes)
{
    return bytes <= 260ull << 20 ? 1 : bytes <= 8ull << 30 ? 8 : bytes <= 16ull << 30 ? 16 : 32;
}

static uint32_t table_sectors(uint32_t sectors, uint32_t per_cluster)
{
    /* Each sector of each table tells of 128 clusters: so many sectors share one of
     * each. The first two entries tell of none. */
    uint32_t share = 128 * per_cluster + TABLES;

    return (sectors - RESERVED + 2 * per_cluster + share - 1) / share;
}

static void first_sector(uint8_t *s, uint32_t sectors, uint32_t per_cluster, uint32_t table)
{
    static const uint8_t jump[] = { 0xeb, 0x58, 0x90 };

    memset(s, 0, SECTOR);
    memcpy(s, jump, sizeof jump);
    memcpy(s + 3, "KITE    ", 8);
    put16(s + 11, SECTOR);
    s[13] = (uint8_t)per_cluster;
    put16(s + 14, RESERVED);
    s[16] = TABLES;
    s[21] = 0xf8; /* a fixed disk */
    put16(s + 24, 63);
    put16(s + 26, 255);
    put32(s + 32, sectors);
    put32(s + 36, table);
    put32(s + 44, 2); /* the root's cluster */
    put16(s + 48, INFO);
    put16(s + 50, BACKUP);
    s[64] = 0x80;
    s[66] = 0x29;
    put32(s + 67, SERIAL);
    memcpy(s + 71, LABEL, 11);
    memcpy(s + 82, "FAT32   ", 8);
    s[510] = 0x55;
    s[511] = 0xaa;
}

static void info_sector(uint8_t *s, uint32_t free_clusters)
{
    memset(s, 0, SECTOR);
    put32(s, 0x41615252);
    put32(s + 484, 0x61417272);
    put32(s + 488, free_clusters);
    put32(s + 492, 3); /* the next free one */
    put32(s + 508, 0xaa550000);
}

static enum kite_status write_sector(const struct kite_partition *p, uint32_t sector,
                                     const uint8_t *bytes)
{
    return p->write_at(p->ctx, (uint64_t)sector * SECTOR, bytes, SECTOR);
}

static enum kite_status write_zeros(const struct kite_partition *p, uint32_t sector, uint32_t count)
{
    static const uint8_t zeros[CHUNK];
    uint64_t at = (uint64_t)sector * SECTOR, left = (uint64_t)count * SECTOR;
    enum kite_status status = KITE_OK;

    while (left > 0 && status == KITE_OK) {
        size_t bytes = left < CHUNK ? (size_t)left : CHUNK;

        status = p->write_at(p->ctx, at, zeros, bytes);
        at += bytes;
        left -= bytes;
    }
    return status;
}

/* Tables with the root's cluster taken, and a root that holds the label. */
static enum kite_status write_tables(const struct kite_partition *p, uint32_t table,
                                     uint32_t per_cluster)
{
    uint32_t root = RESERVED + TABLES * table;
    uint8_t s[SECTOR] = { 0 };
    enum kite_status status = write_zeros(p, 0, root + per_cluster);

    put32(s, 0x0ffffff8);
    put32(s + 4, 0x0fffffff);
    put32(s + 8, 0x0fffffff);
    for (uint32_t i = 0; i < TABLES && status == KITE_OK; i++)
        status = write_sector(p, RESERVED + i * table, s);
    memset(s, 0, sizeof s);
    memcpy(s, LABEL, 11);
    s[11] = 8; /* a label */
    return status ? status : write_sector(p, root, s);
}

enum kite_status fat_format(const struct kite_partition *p, struct kite_fault *fault)
{
    uint8_t first[SECTOR], info[SECTOR];
    uint32_t sectors, per_cluster, table, clusters;
    enum kite_status status;

    if (p->size_bytes < SIZE_MIN || p->size_bytes > SIZE_MAX_BYTES)
        return kite_fail(fault, KITE_E_LIMIT, "an inbox has 33 MiB to 32 GiB");
    sectors = (uint32_t)(p->size_bytes / SECTOR);
    per_cluster = cluster_sectors(p->size_bytes);
    table = table_sectors(sectors, per_cluster);
    clusters = (sectors - RESERVED - TABLES * table) / per_cluster;
    first_sector(first, sectors, per_cluster, table);
    info_sector(info, clusters - 1);
    status = write_tables(p, table, per_cluster);
    if (status == KITE_OK)
        status = write_sector(p, INFO, info);
    if (status == KITE_OK)
        status = write_sector(p, BACKUP, first);
    if (status == KITE_OK)
        status = write_sector(p, BACKUP + INFO, info);
    if (status == KITE_OK)
        status = p->sync(p->ctx);
    if (status == KITE_OK)
        status = write_sector(p, 0, first);
    if (status == KITE_OK)
        status = p->sync(p->ctx);
    return status ? kite_fail(fault, status, "the inbox cannot be made anew") : KITE_OK;
}
