/* struct kite_io over POSIX. A file handle is a descriptor on the heap of nobody: it travels as a
 * number in the pointer, one higher so that NULL stays "none". */
#include "host/descriptor.h"
#include "host/host.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

static int descriptor(void *file)
{
    return (int)((intptr_t)file - 1);
}

static enum kite_status status_of_errno(void)
{
    if (errno == ENOSPC || errno == EDQUOT || errno == EFBIG)
        return KITE_E_LIMIT;
    return errno == ENOMEM ? KITE_E_NOMEM : KITE_E_IO;
}

/* ---- descriptors: also for files.c
 * ---------------------------------------------------------------------------------- */

enum kite_status descriptor_read_at(int fd, uint64_t offset, uint8_t *dst, size_t count,
                                    size_t *got)
{
    for (*got = 0; *got < count;) {
        ssize_t n = pread(fd, dst + *got, count - *got, (off_t)(offset + *got));

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return KITE_E_IO;
        if (n == 0)
            return KITE_OK;
        *got += (size_t)n;
    }
    return KITE_OK;
}

enum kite_status descriptor_sync_folder(const char *folder)
{
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    enum kite_status status = KITE_OK;

    if (fd < 0)
        return KITE_E_IO;
    if (fsync(fd) != 0 && errno != EINVAL) /* EINVAL: a file system on which folders need no sync */
        status = KITE_E_IO;
    close(fd);
    return status;
}

/* ---- the table
 * ----------------------------------------------------------------------------------------------------------
 */

static enum kite_status posix_open(void *ctx, const char *path, enum kite_io_mode mode, void **file)
{
    static const int modes[] = { [KITE_IO_READ] = O_RDONLY,
                                 [KITE_IO_CHANGE] = O_RDWR,
                                 [KITE_IO_WRITE] = O_RDWR | O_CREAT,
                                 [KITE_IO_LOCK] = O_RDWR | O_CREAT };
    int fd = open(path, modes[mode] | O_CLOEXEC | O_NOCTTY, 0644);
    struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };

    (void)ctx;
    *file = NULL;
    if (fd < 0)
        return !(modes[mode] & O_CREAT) && errno == ENOENT ? KITE_DONE : status_of_errno();
    if (mode == KITE_IO_LOCK && fcntl(fd, F_SETLK, &lock) != 0) {
        /* Some file systems know no locks; there the promise of one handle is the caller's alone.
         */
        if (errno == EACCES || errno == EAGAIN) {
            close(fd);
            return KITE_E_LIMIT;
        }
    }
    *file = (void *)((intptr_t)fd + 1);
    return KITE_OK;
}

static void posix_close(void *ctx, void *file)
{
    (void)ctx;
    if (file)
        close(descriptor(file));
}

static enum kite_status posix_size(void *ctx, void *file, uint64_t *bytes)
{
    struct stat info;

    (void)ctx;
    if (fstat(descriptor(file), &info) != 0)
        return KITE_E_IO;

    off_t size = S_ISBLK(info.st_mode) ? lseek(descriptor(file), 0, SEEK_END) : info.st_size;

    *bytes = size < 0 ? 0 : (uint64_t)size;
    return size < 0 ? KITE_E_IO : KITE_OK;
}

static enum kite_status posix_read_at(void *ctx, void *file, uint64_t offset, uint8_t *dst,
                                      size_t count, size_t *got)
{
    (void)ctx;
    return descriptor_read_at(descriptor(file), offset, dst, count, got);
}

static enum kite_status posix_write_at(void *ctx, void *file, uint64_t offset, const uint8_t *src,
                                       size_t count)
{
    (void)ctx;
    for (size_t done = 0; done < count;) {
        ssize_t n = pwrite(descriptor(file), src + done, count - done, (off_t)(offset + done));

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return status_of_errno();
        done += (size_t)n;
    }
    return KITE_OK;
}

static enum kite_status posix_truncate(void *ctx, void *file, uint64_t bytes)
{
    (void)ctx;
    return ftruncate(descriptor(file), (off_t)bytes) == 0 ? KITE_OK : status_of_errno();
}

static enum kite_status posix_sync(void *ctx, void *file)
{
    struct stat info;

    (void)ctx;
    if (fsync(descriptor(file)) != 0)
        return status_of_errno();
    if (fstat(descriptor(file), &info) == 0 && S_ISBLK(info.st_mode))
        posix_fadvise(descriptor(file), 0, 0, POSIX_FADV_DONTNEED);
    return KITE_OK;
}

static enum kite_status posix_sync_folder(void *ctx, const char *folder)
{
    (void)ctx;
    return descriptor_sync_folder(folder);
}

static enum kite_status posix_rename(void *ctx, const char *from, const char *to)
{
    (void)ctx;
    return rename(from, to) == 0 ? KITE_OK : status_of_errno();
}

static enum kite_status posix_remove(void *ctx, const char *path)
{
    (void)ctx;
    if (unlink(path) == 0)
        return KITE_OK;
    return errno == ENOENT ? KITE_DONE : KITE_E_IO;
}

static enum kite_status posix_exists(void *ctx, const char *path, bool *is_there)
{
    struct stat info;

    (void)ctx;
    *is_there = stat(path, &info) == 0;
    return *is_there || errno == ENOENT ? KITE_OK : KITE_E_IO;
}

/* Files and folders go different ways; one of the two is NULL. */
struct each_entry {
    void *ctx;
    enum kite_status (*file)(void *ctx, const char *name, uint64_t bytes);
    enum kite_status (*folder)(void *ctx, const char *name);
};

static enum kite_status tell_entry(const struct each_entry *each, const char *name,
                                   const struct stat *info)
{
    bool is_itself = strcmp(name, ".") == 0 || strcmp(name, "..") == 0;

    if (each->file && S_ISREG(info->st_mode))
        return each->file(each->ctx, name, (uint64_t)info->st_size);
    if (each->folder && S_ISDIR(info->st_mode) && !is_itself)
        return each->folder(each->ctx, name);
    return KITE_OK;
}

static enum kite_status list_entries(const char *folder, const struct each_entry *each)
{
    DIR *dir = opendir(folder);
    enum kite_status status = KITE_OK;

    if (!dir)
        return KITE_E_IO;
    while (status == KITE_OK) {
        struct dirent *entry;
        struct stat info;

        errno = 0;
        entry = readdir(dir);
        if (!entry) {
            status = errno ? KITE_E_IO : KITE_OK;
            break;
        }
        if (fstatat(dirfd(dir), entry->d_name, &info, AT_SYMLINK_NOFOLLOW) == 0)
            status = tell_entry(each, entry->d_name, &info);
    }
    closedir(dir);
    return status;
}

static enum kite_status posix_list(void *ctx, const char *folder, void *each_ctx,
                                   enum kite_status (*each)(void *each_ctx, const char *name,
                                                            uint64_t bytes))
{
    (void)ctx;
    return list_entries(folder, &(struct each_entry){ .ctx = each_ctx, .file = each });
}

static enum kite_status posix_list_folders(void *ctx, const char *folder, void *each_ctx,
                                           enum kite_status (*each)(void *each_ctx,
                                                                    const char *name))
{
    (void)ctx;
    return list_entries(folder, &(struct each_entry){ .ctx = each_ctx, .folder = each });
}

static enum kite_status posix_free_bytes(void *ctx, const char *folder, uint64_t *bytes)
{
    struct statvfs info;

    (void)ctx;
    if (statvfs(folder, &info) != 0)
        return KITE_E_IO;
    *bytes = (uint64_t)info.f_bavail * info.f_frsize;
    return KITE_OK;
}

struct kite_io kite_io_posix(void)
{
    return (struct kite_io){
        .open = posix_open,
        .close = posix_close,
        .size = posix_size,
        .read_at = posix_read_at,
        .write_at = posix_write_at,
        .truncate = posix_truncate,
        .sync = posix_sync,
        .sync_folder = posix_sync_folder,
        .rename = posix_rename,
        .remove = posix_remove,
        .exists = posix_exists,
        .list = posix_list,
        .free_bytes = posix_free_bytes,
        .list_folders = posix_list_folders,
    };
}
