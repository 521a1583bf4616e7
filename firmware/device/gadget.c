/* configfs: a mass storage function. */
#include "device/gadget.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define GADGET "/sys/kernel/config/usb_gadget/kite"
#define FUNCTION GADGET "/functions/mass_storage.0"
#define LUN FUNCTION "/lun.0"
#define CONFIG GADGET "/configs/c.1"
#define LINK CONFIG "/mass_storage.0"
#define CONTROLLERS "/sys/class/udc"

static const char *const folders[] = {
    GADGET, GADGET "/strings/0x409", CONFIG, CONFIG "/strings/0x409", FUNCTION,
};

/* The Linux Foundation's numbers for such a gadget. No serial number: devices are alike. */
static const struct {
    const char *path, *value;
} values[] = {
    { GADGET "/idVendor", "0x1d6b" },
    { GADGET "/idProduct", "0x0104" },
    { GADGET "/strings/0x409/manufacturer", "Kite" },
    { GADGET "/strings/0x409/product", "Kite reader" },
    { CONFIG "/strings/0x409/configuration", "Inbox" },
    { LUN "/removable", "1" },
    { LUN "/inquiry_string", "Kite    Inbox           0001" },
};

static bool is_any(const struct system *system, const void *ctx, const char *path)
{
    (void)system;
    (void)ctx;
    (void)path;
    return true;
}

static bool find_controller(struct gadget *g)
{
    char path[SYSTEM_PATH_BYTES_MAX];
    const char *name = g->board->udc;

    if (!*name && system_find(g->system, CONTROLLERS, NULL, is_any, path))
        name = strrchr(path, '/') + 1;
    if (!*name || strlen(name) >= sizeof g->udc)
        return false;
    snprintf(g->udc, sizeof g->udc, "%s", name);
    return true;
}

/* Values may have been set by the program that ran before this one; those that matter fail below.
 */
static enum kite_status make(struct gadget *g, struct kite_fault *fault)
{
    char from[SYSTEM_PATH_BYTES_MAX], to[SYSTEM_PATH_BYTES_MAX];

    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++)
        if (mkdir(system_path(g->system, folders[i], to), 0755) != 0 && errno != EEXIST)
            return kite_fail(fault, KITE_E_IO, "%s: %s", folders[i], strerror(errno));
    for (size_t i = 0; i < sizeof values / sizeof *values; i++)
        system_write(g->system, values[i].path, values[i].value, NULL);
    system_path(g->system, FUNCTION, from);
    if (symlink(from, system_path(g->system, LINK, to)) != 0 && errno != EEXIST)
        return kite_fail(fault, KITE_E_IO, "the drive cannot be set up: %s", strerror(errno));
    return KITE_OK;
}

static enum kite_status bind(struct gadget *g, struct kite_fault *fault)
{
    return system_write(g->system, GADGET "/UDC", g->udc, fault);
}

/* A write of no bytes at all is an error there. */
static enum kite_status empty(const struct gadget *g, const char *path, struct kite_fault *fault)
{
    return system_write(g->system, path, "\n", fault);
}

enum kite_status gadget_open(struct gadget *g, const struct system *system,
                             const struct board *board, struct kite_fault *fault)
{
    enum kite_status status;

    *g = (struct gadget){ .system = system, .board = board };
    if (!find_controller(g))
        return KITE_DONE;
    status = make(g, fault);
    if (status == KITE_OK) {
        empty(g, GADGET "/UDC", NULL); /* bound still by the program before */
        empty(g, LUN "/file", NULL);
        status = bind(g, fault);
    }
    if (status)
        g->udc[0] = '\0';
    return status;
}

void gadget_close(struct gadget *g)
{
    if (!g->udc[0])
        return;
    if (g->inbox)
        gadget_withdraw(g, NULL);
    empty(g, GADGET "/UDC", NULL);
    g->udc[0] = '\0';
}

static const char *state_path(const struct gadget *g, char out[SYSTEM_PATH_BYTES_MAX])
{
    snprintf(out, SYSTEM_PATH_BYTES_MAX, CONTROLLERS "/%s/state", g->udc);
    return out;
}

bool gadget_has_computer(const struct gadget *g)
{
    char path[SYSTEM_PATH_BYTES_MAX], state[32];

    return g->udc[0] && system_read(g->system, state_path(g, path), state, sizeof state) &&
           (strcmp(state, "configured") == 0 || strcmp(state, "suspended") == 0);
}

int gadget_watch(const struct gadget *g)
{
    char path[SYSTEM_PATH_BYTES_MAX], full[SYSTEM_PATH_BYTES_MAX], state[32];
    int fd;

    if (!g->udc[0])
        return -1;
    fd = open(system_path(g->system, state_path(g, path), full), O_RDONLY | O_CLOEXEC);
    if (fd >= 0 && read(fd, state, sizeof state) < 0) { /* what is read arms the poll */
        close(fd);
        return -1;
    }
    return fd;
}

enum kite_status gadget_export(struct gadget *g, struct volume *inbox, const char *node,
                               struct kite_fault *fault)
{
    char full[SYSTEM_PATH_BYTES_MAX];
    enum kite_status status;

    if (volume_is_mounted(inbox))
        return kite_fail(fault, KITE_E_LIMIT, "the inbox is mounted here");
    if (!g->udc[0])
        return kite_fail(fault, KITE_E_IO, "there is no USB for a computer");
    status = system_write(g->system, LUN "/file", system_path(g->system, node, full), fault);
    if (status)
        return status;
    g->inbox = inbox;
    inbox->is_lent = true;
    return KITE_OK;
}

bool gadget_is_ejected(const struct gadget *g)
{
    char file[SYSTEM_PATH_BYTES_MAX];

    return g->inbox && system_read(g->system, LUN "/file", file, sizeof file) && !file[0];
}

/* A computer may forbid that the medium is taken out; then it is as if the cable had been. */
enum kite_status gadget_withdraw(struct gadget *g, struct kite_fault *fault)
{
    enum kite_status status;

    if (!g->inbox)
        return KITE_OK;
    status = empty(g, LUN "/file", NULL);
    if (status) {
        empty(g, GADGET "/UDC", NULL);
        status = empty(g, LUN "/file", fault);
        bind(g, NULL);
    }
    if (status)
        return status;
    g->inbox->is_lent = false;
    g->inbox = NULL;
    return KITE_OK;
}
