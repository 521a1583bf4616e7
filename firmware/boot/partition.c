/* A partition over a block device, or over a file that stands for one. */
#include "boot/boot.h"

static enum kite_status read_at(void *ctx, uint64_t offset, uint8_t *dst, size_t count)
{
    const struct kite_partition_file *p = ctx;
    size_t got;
    enum kite_status status = p->io.read_at(p->io.ctx, p->file, offset, dst, count, &got);

    return status == KITE_OK && got < count ? KITE_E_IO : status;
}

static enum kite_status write_at(void *ctx, uint64_t offset, const uint8_t *src, size_t count)
{
    const struct kite_partition_file *p = ctx;

    return p->io.write_at(p->io.ctx, p->file, offset, src, count) == KITE_OK ? KITE_OK : KITE_E_IO;
}

static enum kite_status sync_file(void *ctx)
{
    const struct kite_partition_file *p = ctx;

    return p->io.sync(p->io.ctx, p->file) == KITE_OK ? KITE_OK : KITE_E_IO;
}

enum kite_status kite_partition_open(const struct kite_io *io, const char *path, bool is_writable, struct kite_partition_file *p,
                                     struct kite_fault *fault)
{
    uint64_t bytes = 0;
    enum kite_status status;

    *p = (struct kite_partition_file){ .io = *io };
    status = io->open(io->ctx, path, is_writable ? KITE_IO_CHANGE : KITE_IO_READ, &p->file);
    if (status == KITE_OK)
        status = io->size(io->ctx, p->file, &bytes);
    if (status != KITE_OK) {
        kite_partition_close(p);
        return kite_fail(fault, KITE_E_IO, status == KITE_DONE ? "%s is not there" : "%s cannot be opened", path);
    }
    p->partition = (struct kite_partition){ p, bytes, read_at, write_at, sync_file };
    return KITE_OK;
}

void kite_partition_close(struct kite_partition_file *p)
{
    if (p->file)
        p->io.close(p->io.ctx, p->file);
    p->file = NULL;
}
