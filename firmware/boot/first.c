/* The first moments of a Linux device: mounts, modules, the kernel's command line. */
#include "boot/first.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define PATH_BYTES 512
#define WAIT_STEP_MS 20

/* ---- mounts ------------------------------------------------------------------------------------- */

static const struct first_mount {
    const char *type, *place;
    unsigned long flags;
} first_mounts[] = {
    { "proc", "/proc", MS_NOSUID | MS_NODEV | MS_NOEXEC },
    { "sysfs", "/sys", MS_NOSUID | MS_NODEV | MS_NOEXEC },
    { "devtmpfs", "/dev", MS_NOSUID | MS_NOEXEC },
    { "tmpfs", "/run", MS_NOSUID | MS_NODEV | MS_NOEXEC },
};

static void take_console(void)
{
    int console = open("/dev/console", O_RDWR | O_NOCTTY);

    if (console < 0)
        return; /* a device without one says nothing */
    for (int stream = 0; stream <= 2; stream++) {
        if (console != stream)
            dup2(console, stream);
    }
    if (console > 2)
        close(console);
}

enum kite_status kite_first_mounts(struct kite_fault *fault)
{
    for (size_t i = 0; i < sizeof first_mounts / sizeof *first_mounts; i++) {
        const struct first_mount *m = &first_mounts[i];

        mkdir(m->place, 0755); /* mostly there; the mount tells */
        if (mount(m->type, m->place, m->type, m->flags, NULL) != 0 && errno != EBUSY)
            return kite_fail(fault, KITE_E_IO, "%s cannot be mounted: %s", m->place, strerror(errno));
    }
    take_console();
    return KITE_OK;
}

/* ---- modules ------------------------------------------------------------------------------------ */

static bool is_fine(int error)
{
    return error == EEXIST || error == ENODEV;
}

static bool load_module(const char *path, bool is_kept)
{
    int file = open(path, O_RDONLY | O_CLOEXEC);
    bool is_loaded;

    if (file < 0)
        return false;
    is_loaded = syscall(SYS_finit_module, file, "", 0) == 0 || is_fine(errno);
    close(file);
    if (!is_kept)
        unlink(path);
    return is_loaded;
}

enum kite_status kite_first_modules(const char *folder, bool is_kept, unsigned *refused, struct kite_fault *fault)
{
    char path[PATH_BYTES], name[128];
    FILE *list;

    *refused = 0;
    snprintf(path, sizeof path, "%s/load", folder);
    list = fopen(path, "re");
    if (!list)
        return kite_fail(fault, KITE_E_IO, "%s: %s", path, strerror(errno));
    while (fgets(name, sizeof name, list)) {
        name[strcspn(name, "\n")] = '\0';
        if (name[0] == '\0' || strchr(name, '/'))
            continue;
        snprintf(path, sizeof path, "%s/%s", folder, name);
        *refused += !load_module(path, is_kept);
    }
    fclose(list);
    return KITE_OK;
}

/* ---- the kernel's command line -------------------------------------------------------------------- */

void kite_first_command_line(char *out, size_t out_bytes)
{
    FILE *file = fopen("/proc/cmdline", "re");
    size_t got = file ? fread(out, 1, out_bytes - 1, file) : 0;

    out[got] = '\0';
    out[strcspn(out, "\n")] = '\0';
    if (file)
        fclose(file);
}

bool kite_first_argument(const char *command_line, const char *name, char *out, size_t out_bytes)
{
    size_t name_bytes = strlen(name);

    for (const char *at = command_line; *at;) {
        size_t bytes = strcspn(at, " ");

        if (bytes > name_bytes && memcmp(at, name, name_bytes) == 0 && at[name_bytes] == '=') {
            size_t value_bytes = bytes - name_bytes - 1;

            if (value_bytes >= out_bytes)
                return false;
            memcpy(out, at + name_bytes + 1, value_bytes);
            out[value_bytes] = '\0';
            return true;
        }
        at += bytes + strspn(at + bytes, " ");
    }
    return false;
}

bool kite_first_wait(const char *path, unsigned most_ms)
{
    for (unsigned waited_ms = 0; access(path, F_OK) != 0; waited_ms += WAIT_STEP_MS) {
        struct timespec step = { .tv_nsec = WAIT_STEP_MS * 1000000L };

        if (waited_ms >= most_ms)
            return false;
        nanosleep(&step, NULL);
    }
    return true;
}
