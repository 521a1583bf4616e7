/* PID 1. */
#define _DEFAULT_SOURCE /* sync */
#include "device/init.h"

#include "boot/first.h"
#include "host/host.h"
#include "library/library.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define NODE_WAIT_MS 5000
#define CONFIGFS "/sys/kernel/config"
#define STORE "kite.db" /* made by the first opening of a library */

/* A folder beside the program. */
static const char *beside(const char *program, const char *folder, char out[SYSTEM_PATH_BYTES_MAX])
{
    const char *slash = strrchr(program, '/');
    int bytes = slash ? (int)(slash - program) : 1;

    snprintf(out, SYSTEM_PATH_BYTES_MAX, "%.*s/%s", bytes, slash ? program : ".", folder);
    return out;
}

/* ---- modules ----------------------------------------------------------------------------------
 */

static void load(const char *program, const char *folder)
{
    char path[SYSTEM_PATH_BYTES_MAX];
    struct kite_fault fault = { "" };
    unsigned refused;

    if (kite_first_modules(beside(program, folder, path), true, &refused, &fault))
        return; /* a kernel with all built in has no list */
    if (refused)
        device_log("%u modules of %s were refused", refused, folder);
}

static bool has_list(const char *program, const char *list)
{
    char path[SYSTEM_PATH_BYTES_MAX];

    return access(beside(program, list, path), R_OK) == 0;
}

/* ---- data -------------------------------------------------------------------------------------
 */

static void mount_data(const struct system *system, const struct board *board)
{
    unsigned long flags = MS_NOSUID | MS_NODEV | MS_NOEXEC | MS_NOATIME;
    char node[SYSTEM_PATH_BYTES_MAX], folder[SYSTEM_PATH_BYTES_MAX];
    int result = -ENODEV;

    mkdir(system_path(system, INIT_DATA, folder), 0755);
    system_path(system, board->data, node);
    if (board->data[0] && kite_first_wait(node, NODE_WAIT_MS))
        result = system->mount(system->ctx, node, folder, "ext4", flags, "data=ordered");
    if (result < 0 && result != -EBUSY) {
        device_log("data partition: %s; nothing will be kept", strerror(-result));
        system->mount(system->ctx, "tmpfs", folder, "tmpfs", flags, NULL);
    }
    mkdir(system_path(system, INIT_LIBRARY, folder), 0755);
}

/* Nothing here asks for the date, and the file system would keep with each file when it was written: all
 * starts begin at one moment, which is as early as FAT can say (1980). */
static void forget_date(void)
{
    const struct timespec begin = { .tv_sec = 315532800 };

    clock_settime(CLOCK_REALTIME, &begin);
}

enum kite_status init_begin(const struct system *system, const struct board *board,
                            const char *program, struct kite_fault *fault)
{
    enum kite_status status = kite_first_mounts(fault);

    if (status)
        return status;
    forget_date();
    load(program, has_list(program, "modules/display/load") ? "modules/display" : "modules");
    mount_data(system, board);
    return KITE_OK;
}

void init_services(const struct system *system, const char *program)
{
    char path[SYSTEM_PATH_BYTES_MAX];

    if (has_list(program, "modules/display/load"))
        load(program, "modules");
    system->mount(system->ctx, "configfs", system_path(system, CONFIGFS, path), "configfs",
                  MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL);
}

void init_end(const struct system *system, bool is_reboot)
{
    char path[SYSTEM_PATH_BYTES_MAX];

    sync();
    system_path(system, INIT_DATA, path);
    if (system->unmount(system->ctx, path, 0) < 0)
        system->mount(system->ctx, NULL, path, NULL, MS_REMOUNT | MS_RDONLY, NULL);
    sync();
    device_log("off");
    /* Cards have been seen to die when their power goes right after a write. */
    system->sleep_until(system->ctx, system->now_ms(system->ctx) + 2000);
    system->reboot(system->ctx, is_reboot ? RB_AUTOBOOT : (int)RB_POWER_OFF);
}

/* ---- the first books --------------------------------------------------------------------------
 */

static enum kite_status copy(const struct kite_memory *mem, const char *from, const char *to,
                             struct kite_fault *fault)
{
    struct kite_buffer bytes = { .mem = *mem };
    struct kite_output output;
    struct kite_sink sink;
    enum kite_status status = kite_file_read(from, &bytes, fault);

    if (status == KITE_OK)
        status = kite_output_open(mem, to, &output, fault);
    if (status) {
        kite_buffer_close(&bytes);
        return status;
    }
    sink = kite_output_sink(&output);
    sink.write(sink.ctx, bytes.bytes, bytes.count);
    kite_buffer_close(&bytes);
    return kite_output_commit(&output, fault);
}

static bool is_bundle(const char *name)
{
    size_t bytes = strlen(name);

    return bytes > 5 && name[0] != '.' && strcmp(name + bytes - 5, ".kite") == 0;
}

enum kite_status init_books(const struct kite_memory *mem, const char *program, const char *library,
                            struct kite_fault *fault)
{
    char folder[SYSTEM_PATH_BYTES_MAX], from[2 * SYSTEM_PATH_BYTES_MAX],
        to[2 * SYSTEM_PATH_BYTES_MAX];
    enum kite_status status = KITE_OK;
    const struct dirent *entry;
    DIR *books;

    snprintf(to, sizeof to, "%s/" STORE, library);
    if (access(to, F_OK) == 0)
        return KITE_OK;
    books = opendir(beside(program, "books", folder));
    while (books && status == KITE_OK && (entry = readdir(books)) != NULL)
        if (is_bundle(entry->d_name)) {
            snprintf(from, sizeof from, "%s/%s", folder, entry->d_name);
            snprintf(to, sizeof to, "%s/%s", library, entry->d_name);
            status = copy(mem, from, to, fault);
        }
    if (books)
        closedir(books);
    return status;
}
