/* A partition over a block device, or over a file that stands for one. */
#include "boot/boot.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static enum kite_status read_at(void *ctx, uint64_t offset, uint8_t *dst, size_t count)
{
    const struct kite_partition_file *file = ctx;

    while (count > 0) {
        ssize_t got = pread(file->descriptor, dst, count, (off_t)offset);

        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return KITE_E_IO;
        dst += got;
        offset += (uint64_t)got;
        count -= (size_t)got;
    }
    return KITE_OK;
}

static enum kite_status write_at(void *ctx, uint64_t offset, const uint8_t *src, size_t count)
{
    const struct kite_partition_file *file = ctx;

    while (count > 0) {
        ssize_t put = pwrite(file->descriptor, src, count, (off_t)offset);

        if (put < 0 && errno == EINTR)
            continue;
        if (put <= 0)
            return KITE_E_IO;
        src += put;
        offset += (uint64_t)put;
        count -= (size_t)put;
    }
    return KITE_OK;
}

/* Reading back must come from the disk, so what is cached is dropped once it is written. */
static enum kite_status sync_file(void *ctx)
{
    const struct kite_partition_file *file = ctx;

    if (fsync(file->descriptor) != 0)
        return KITE_E_IO;
    posix_fadvise(file->descriptor, 0, 0, POSIX_FADV_DONTNEED);
    return KITE_OK;
}

enum kite_status kite_partition_open(const char *path, bool is_writable, struct kite_partition_file *file,
                                     struct kite_fault *fault)
{
    off_t size;

    file->descriptor = open(path, (is_writable ? O_RDWR : O_RDONLY) | O_CLOEXEC);
    size = file->descriptor < 0 ? -1 : lseek(file->descriptor, 0, SEEK_END); /* a block device's, too */
    if (size < 0) {
        int error = errno;

        kite_partition_close(file);
        return kite_fail(fault, KITE_E_IO, "%s: %s", path, strerror(error));
    }
    file->partition = (struct kite_partition){ file, (uint64_t)size, read_at, write_at, sync_file };
    return KITE_OK;
}

void kite_partition_close(struct kite_partition_file *file)
{
    if (file->descriptor >= 0)
        close(file->descriptor);
    file->descriptor = -1;
}
