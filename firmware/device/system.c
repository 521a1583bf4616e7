/* The kernel, and small files under the root. */
#include "device/system.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <time.h>
#include <unistd.h>

#define NUMBER_BYTES_MAX 32

/* ---- the kernel -------------------------------------------------------------------------------
 */

static int linux_ioctl(void *ctx, int fd, unsigned long request, void *argument)
{
    int result;

    (void)ctx;
    /* musl takes an int here; the bits are the same. */
    result = ioctl(fd, request, argument);
    return result < 0 ? -errno : result;
}

static void *linux_map(void *ctx, int fd, uint64_t offset, size_t bytes)
{
    void *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, (off_t)offset);

    (void)ctx;
    return memory == MAP_FAILED ? NULL : memory;
}

static void linux_unmap(void *ctx, void *memory, size_t bytes)
{
    (void)ctx;
    munmap(memory, bytes);
}

static int linux_mount(void *ctx, const char *source, const char *target, const char *type,
                       unsigned long flags, const char *data)
{
    (void)ctx;
    return mount(source, target, type, flags, data) != 0 ? -errno : 0;
}

static int linux_unmount(void *ctx, const char *target, int flags)
{
    (void)ctx;
    return umount2(target, flags) != 0 ? -errno : 0;
}

static int linux_reboot(void *ctx, int command)
{
    (void)ctx;
    return reboot(command) != 0 ? -errno : 0;
}

static int64_t linux_now_ms(void *ctx)
{
    struct timespec now;

    (void)ctx;
    clock_gettime(CLOCK_BOOTTIME, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void linux_sleep_until(void *ctx, int64_t moment_ms)
{
    struct timespec moment = { .tv_sec = (time_t)(moment_ms / 1000),
                               .tv_nsec = (long)(moment_ms % 1000) * 1000000 };

    (void)ctx;
    while (clock_nanosleep(CLOCK_BOOTTIME, TIMER_ABSTIME, &moment, NULL) == EINTR)
        ;
}

struct system system_linux(void)
{
    return (struct system){ .root = "",
                            .ioctl = linux_ioctl,
                            .map = linux_map,
                            .unmap = linux_unmap,
                            .mount = linux_mount,
                            .unmount = linux_unmount,
                            .reboot = linux_reboot,
                            .now_ms = linux_now_ms,
                            .sleep_until = linux_sleep_until };
}

/* ---- small files ------------------------------------------------------------------------------
 */

const char *system_path(const struct system *system, const char *path,
                        char out[SYSTEM_PATH_BYTES_MAX])
{
    snprintf(out, SYSTEM_PATH_BYTES_MAX, "%s%s", system->root, path);
    return out;
}

bool system_read(const struct system *system, const char *path, char *out, size_t out_bytes)
{
    char full[SYSTEM_PATH_BYTES_MAX];
    int fd = open(system_path(system, path, full), O_RDONLY | O_CLOEXEC | O_NOCTTY);
    ssize_t got = -1;

    *out = '\0';
    if (fd < 0)
        return false;
    do
        got = read(fd, out, out_bytes - 1);
    while (got < 0 && errno == EINTR);
    close(fd);
    if (got < 0)
        return false;
    out[got] = '\0';
    out[strcspn(out, "\n")] = '\0';
    return true;
}

bool system_read_number(const struct system *system, const char *path, int64_t *out)
{
    char text[NUMBER_BYTES_MAX], *end;

    if (!system_read(system, path, text, sizeof text))
        return false;
    *out = strtoll(text, &end, 10);
    return end != text && *end == '\0';
}

enum kite_status system_write(const struct system *system, const char *path, const char *text,
                              struct kite_fault *fault)
{
    char full[SYSTEM_PATH_BYTES_MAX];
    size_t bytes = strlen(text);
    int fd = open(system_path(system, path, full), O_WRONLY | O_CLOEXEC | O_NOCTTY);
    bool is_written = fd >= 0 && write(fd, text, bytes) == (ssize_t)bytes;
    int why = errno;

    if (fd >= 0)
        close(fd);
    return is_written ? KITE_OK
                      : kite_fail(fault, KITE_E_IO, "cannot write to %s: %s", path, strerror(why));
}

bool system_find(const struct system *system, const char *folder, const void *ctx,
                 bool (*is_it)(const struct system *system, const void *ctx, const char *path),
                 char out[SYSTEM_PATH_BYTES_MAX])
{
    char full[SYSTEM_PATH_BYTES_MAX];
    struct dirent **names;
    int count = scandir(system_path(system, folder, full), &names, NULL, alphasort);
    bool is_found = false;

    for (int i = 0; i < count; i++) {
        int bytes = snprintf(full, sizeof full, "%s/%s", folder, names[i]->d_name);

        if (!is_found && names[i]->d_name[0] != '.' && bytes < (int)sizeof full &&
            is_it(system, ctx, full)) {
            memcpy(out, full, sizeof full);
            is_found = true;
        }
        free(names[i]);
    }
    if (count >= 0)
        free(names);
    return is_found;
}

void device_log(const char *format, ...)
{
    char line[300];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    fprintf(stderr, "kite: %s\n", line);
}
