/* Opening files of a volume; all else is POSIX's. */
#include "cli/volume_io.h"

#include "host/host.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

/* What was written is on the volume by now, so its pages can go; a failure costs trust in the
 * comparison only where the system keeps pages that it was asked to drop. */
static void forget_pages(const char *path)
{
    int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);

    if (descriptor < 0)
        return;
    (void)posix_fadvise(descriptor, 0, 0, POSIX_FADV_DONTNEED);
    close(descriptor);
}

static enum kite_status open_file(void *ctx, const char *path, enum kite_io_mode mode, void **file)
{
    struct kite_io posix = kite_io_posix();
    struct stat about;

    (void)ctx;
    *file = NULL;
    if (lstat(path, &about) == 0 && !S_ISREG(about.st_mode))
        return KITE_E_IO;
    if (mode == KITE_IO_READ)
        forget_pages(path);
    return posix.open(posix.ctx, path, mode, file);
}

struct kite_io kite_volume_io(void)
{
    struct kite_io io = kite_io_posix();

    io.open = open_file;
    return io;
}
