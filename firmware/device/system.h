/* system: the calls to the kernel that tests stand in for, and the root that all paths of the
 * device hang under. Files below /sys, /proc and /dev are opened as files are; what is done to them
 * beyond reading and writing goes through this table. */
#ifndef KITE_DEVICE_SYSTEM_H
#define KITE_DEVICE_SYSTEM_H

#include "base/base.h"

#define SYSTEM_PATH_BYTES_MAX 512

/* Filled in by system_linux or by a test; outlives all that uses it. Calls return what the kernel's
 * do, and -errno for -1. */
struct system {
    const char *root; /* before every absolute path; "" on a device */
    void *ctx;
    int (*ioctl)(void *ctx, int fd, unsigned long request, void *argument);
    /* Shared, to read and write; NULL on failure. */
    void *(*map)(void *ctx, int fd, uint64_t offset, size_t bytes);
    void (*unmap)(void *ctx, void *memory, size_t bytes);
    /* Paths have the root already. */
    int (*mount)(void *ctx, const char *source, const char *target, const char *type,
                 unsigned long flags, const char *data);
    int (*unmount)(void *ctx, const char *target, int flags);
    int (*reboot)(void *ctx, int command);
    /* The device's clock, which never goes back and goes on while it sleeps; ms. */
    int64_t (*now_ms)(void *ctx);
    void (*sleep_until)(void *ctx, int64_t moment_ms);
};

struct system system_linux(void);

/* root + path, cut to fit (and then of no file). Returns out. */
const char *system_path(const struct system *system, const char *path,
                        char out[SYSTEM_PATH_BYTES_MAX]);

/* The first line of a small file under the root, cut to fit, without its end. False: it cannot be
 * read; out is "". */
bool system_read(const struct system *system, const char *path, char *out, size_t out_bytes);
/* A number from such a file; false: none there. */
bool system_read_number(const struct system *system, const char *path, int64_t *out);
/* Write a text in one call, as sysfs wants it. KITE_E_IO with the reason. */
enum kite_status system_write(const struct system *system, const char *path, const char *text,
                              struct kite_fault *fault);
/* Names in a folder under the root, in order of name: the first one for which `is_it` holds, as
 * folder + "/" + name. False: none. */
bool system_find(const struct system *system, const char *folder, const void *ctx,
                 bool (*is_it)(const struct system *system, const void *ctx, const char *path),
                 char out[SYSTEM_PATH_BYTES_MAX]);

/* One line to standard error, "kite: " before it. Never a title, a name or a text. */
void device_log(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
