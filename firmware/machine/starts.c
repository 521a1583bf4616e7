/* The record of starts. */
#include "machine/starts.h"

#include <stdio.h>
#include <string.h>
#include <zlib.h>

#define RECORD_BYTES 16u
#define PATH_BYTES 1024
#define FAILED_MAX 1000u /* more are not counted */

static const uint8_t magic[8] = { 'K', 'I', 'T', 'E', 'S', 'T', 'R', 'T' };

static void put_u32(uint8_t *at, uint32_t value)
{
    for (int i = 0; i < 4; i++)
        at[i] = (uint8_t)(value >> 8 * i);
}

static uint32_t sum_of(const uint8_t record[RECORD_BYTES])
{
    return (uint32_t)crc32(0, record, RECORD_BYTES - 4);
}

static bool path_of(const char *folder, char out[PATH_BYTES])
{
    int bytes = snprintf(out, PATH_BYTES, "%s/kite.starts", folder);

    return bytes > 0 && bytes < PATH_BYTES;
}

static unsigned read_count(const struct kite_io *io, const char *path, bool *is_new)
{
    uint8_t record[RECORD_BYTES];
    size_t got = 0;
    void *file;
    enum kite_status status = io->open(io->ctx, path, KITE_IO_READ, &file);

    *is_new = status == KITE_DONE;
    if (status != KITE_OK)
        return 0;
    status = io->read_at(io->ctx, file, 0, record, sizeof record, &got);
    io->close(io->ctx, file);
    if (status != KITE_OK || got != sizeof record || memcmp(record, magic, sizeof magic) != 0 ||
        kite_get_u32(record + 12) != sum_of(record))
        return 0;
    return kite_get_u32(record + 8) < FAILED_MAX ? kite_get_u32(record + 8) : FAILED_MAX;
}

static void write_count(const struct kite_io *io, const char *path, unsigned count)
{
    uint8_t record[RECORD_BYTES];
    void *file;

    memcpy(record, magic, sizeof magic);
    put_u32(record + 8, count);
    put_u32(record + 12, sum_of(record));
    if (io->open(io->ctx, path, KITE_IO_WRITE, &file) != KITE_OK)
        return;
    if (io->write_at(io->ctx, file, 0, record, sizeof record) == KITE_OK)
        (void)io->sync(io->ctx, file);
    io->close(io->ctx, file);
}

void kite_starts_begin(const struct kite_io *io, const char *folder, unsigned *failed)
{
    char path[PATH_BYTES];
    bool is_new;

    *failed = 0;
    if (!path_of(folder, path))
        return;
    *failed = read_count(io, path, &is_new);
    write_count(io, path, *failed + 1);
    if (is_new)
        (void)io->sync_folder(io->ctx, folder);
}

void kite_starts_end(const struct kite_io *io, const char *folder, unsigned failed)
{
    char path[PATH_BYTES];

    if (path_of(folder, path))
        write_count(io, path, failed);
}
