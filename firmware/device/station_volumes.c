/* Sticks that come and go, the inbox, the cable. */
#include "device/station.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#define STICK_FOLDER "/run/kite/stick"
#define INBOX_FOLDER "/run/kite/inbox"
#define BLOCKS "/sys/class/block"
#define DISK_WAIT_MS 1500 /* partitions are told of by then, where there are any */
#define CABLE_LOOK_MS 1000

/* ---- sticks -----------------------------------------------------------------------------------
 */

/* A place where a stick or a card is put in. The disk that a USB gadget of this same machine shows
 * (dummy_hcd, where both ends of the cable are tested) is not one. */
static bool is_removable(const char *path)
{
    return (strstr(path, "/usb") || strstr(path, "/mmc_host/")) && !strstr(path, "dummy_hcd");
}

/* The disk of a partition: /dev/mmcblk0 of /dev/mmcblk0p5, /dev/vda of /dev/vda5. */
static size_t disk_bytes(const char *node)
{
    size_t bytes = strlen(node);

    while (bytes > 0 && node[bytes - 1] >= '0' && node[bytes - 1] <= '9')
        bytes--;
    return bytes > 1 && node[bytes - 1] == 'p' && node[bytes - 2] >= '0' && node[bytes - 2] <= '9'
               ? bytes - 1
               : bytes;
}

/* On a disk that is the device's: that too may be a card. */
static bool is_own(const struct station *s, const char *node)
{
    const struct board *b = s->options.board;
    const char *const own[] = { b->data, b->inbox, b->boot, b->slots[0], b->slots[1] };

    for (size_t i = 0; i < sizeof own / sizeof *own; i++)
        if (own[i][0] && strncmp(own[i], node, disk_bytes(own[i])) == 0)
            return true;
    return false;
}

static void stick_out(struct station *s)
{
    if (!volume_is_mounted(&s->stick))
        return;
    device_log("stick out");
    station_wake(s);
    station_stick(s, NULL);
    volume_unmount(&s->stick);
}

static void stick_in(struct station *s, const char *node)
{
    struct kite_fault fault = { "" };

    if (volume_is_mounted(&s->stick) || is_own(s, node))
        return;
    if (volume_mount(&s->stick, node, &fault)) {
        device_log("stick: %s", fault.text);
        return;
    }
    device_log("stick in");
    s->disk[0] = '\0';
    station_wake(s);
    station_stick(s, s->stick.path);
}

static void on_block(struct station *s, const struct uevent *event)
{
    char node[sizeof s->disk];
    int64_t now = s->options.system->now_ms(s->options.system->ctx);

    if (snprintf(node, sizeof node, "/dev/%s", event->devname) >= (int)sizeof node)
        return;
    if (event->action == UEVENT_REMOVE) {
        if (strcmp(node, s->disk) == 0)
            s->disk[0] = '\0';
        if (strcmp(node, s->stick.node) == 0)
            stick_out(s);
        return;
    }
    if (!is_removable(event->path) || is_own(s, node))
        return;
    if (strcmp(event->devtype, "partition") == 0) {
        if (event->action == UEVENT_ADD)
            stick_in(s, node);
    } else {
        /* A disk, or a reader of cards into which one was put. */
        snprintf(s->disk, sizeof s->disk, "%s", node);
        s->disk_ms = now + DISK_WAIT_MS;
    }
}

/* A stick without a table of partitions is one file system from end to end. */
static int64_t look_at_disk(struct station *s, int64_t now_ms)
{
    char node[sizeof s->disk];

    if (!s->disk[0])
        return KITE_NEVER_MS;
    if (now_ms < s->disk_ms)
        return s->disk_ms;
    memcpy(node, s->disk, sizeof node);
    s->disk[0] = '\0';
    stick_in(s, node);
    return KITE_NEVER_MS;
}

/* ---- what is in already -----------------------------------------------------------------------
 */

/* Where /sys/class/block/NAME leads tells on what it hangs. */
static bool is_stick(const struct system *system, const void *ctx, const char *path)
{
    char full[SYSTEM_PATH_BYTES_MAX], target[SYSTEM_PATH_BYTES_MAX], file[SYSTEM_PATH_BYTES_MAX];
    const struct station *s = ctx;
    ssize_t bytes = readlink(system_path(system, path, full), target, sizeof target - 1);
    int64_t number;

    if (bytes < 0)
        return false;
    target[bytes] = '\0';
    if (!is_removable(target) ||
        snprintf(file, sizeof file, "%s/partition", path) >= (int)sizeof file)
        return false;
    snprintf(full, sizeof full, "/dev/%s", strrchr(path, '/') + 1);
    return system_read_number(system, file, &number) && !is_own(s, full);
}

void station_volumes_look(struct station *s)
{
    char path[SYSTEM_PATH_BYTES_MAX], node[SYSTEM_PATH_BYTES_MAX];
    bool is_there = system_find(s->options.system, BLOCKS, s, is_stick, path);

    if (is_there) {
        snprintf(node, sizeof node, "/dev/%.*s", (int)sizeof node - 8, strrchr(path, '/') + 1);
        stick_in(s, node);
    } else {
        stick_out(s);
    }
}

/* ---- the cable and the inbox ------------------------------------------------------------------
 */

static void open_gadget(struct station *s)
{
    struct kite_fault fault = { "" };

    if (s->gadget.udc[0] || !s->options.board->inbox[0])
        return;
    if (gadget_open(&s->gadget, s->options.system, s->options.board, &fault) == KITE_E_IO)
        device_log("cable: %s", fault.text);
    s->cable = gadget_watch(&s->gadget);
}

static void look_at_cable(struct station *s)
{
    bool has_computer = gadget_has_computer(&s->gadget);

    if (has_computer == s->has_computer)
        return;
    if (s->is_asleep && !has_computer && !s->inbox.is_lent)
        return; /* told when somebody is there to see it */
    s->has_computer = has_computer;
    device_log(has_computer ? "cable in" : "cable out");
    station_wake(s);
    if (!has_computer && s->inbox.is_lent)
        station_event(s, (struct kite_event){ .kind = KITE_EVENT_EJECTED });
    station_event(s, (struct kite_event){ .kind = KITE_EVENT_CABLE, .is_present = has_computer });
}

/* The inbox is ours again: its texts are to be taken in. */
static void read_inbox(struct station *s)
{
    struct kite_fault fault = { "" };
    enum kite_status status = volume_mount(&s->inbox, s->options.board->inbox, &fault);

    if (status)
        device_log("inbox: %s", fault.text);
    station_wake(s);
    station_event(s, (struct kite_event){ .kind = KITE_EVENT_STORAGE,
                                          .volume = KITE_VOLUME_INBOX,
                                          .is_present = status == KITE_OK,
                                          .folder = status ? NULL : s->inbox.path });
}

static void give_inbox(struct station *s)
{
    struct kite_fault fault = { "" };

    if (!volume_let_go(&s->inbox))
        return; /* texts are being taken from it: in a later round */
    if (gadget_export(&s->gadget, &s->inbox, s->options.board->inbox, &fault) == KITE_OK) {
        device_log("exported");
        return;
    }
    device_log("cable: %s", fault.text);
    station_event(s, (struct kite_event){ .kind = KITE_EVENT_EJECTED });
    read_inbox(s); /* as it is */
}

static void take_inbox_back(struct station *s)
{
    struct kite_fault fault = { "" };

    if (gadget_withdraw(&s->gadget, &fault)) {
        device_log("cable: %s", fault.text);
        return;
    }
    device_log("ejected");
    read_inbox(s);
}

static void tell_import(struct station *s)
{
    const struct kite_import_tally *t = &s->machine.frame.imports;

    if (t->number != s->imports && t->number > 0)
        device_log("import done %u added, %u had, %u refused", t->added, t->had, t->refused);
    s->imports = t->number;
}

/* What the frame says and what is the case are brought together. */
static void reconcile(struct station *s)
{
    const struct kite_frame *frame = &s->machine.frame;

    tell_import(s);
    if (frame->is_volume_done && volume_is_mounted(&s->inbox)) {
        if (s->inbox.was_written)
            device_log("receipt written");
        volume_unmount(&s->inbox);
    }
    if (s->inbox.is_lent && gadget_is_ejected(&s->gadget))
        station_event(s, (struct kite_event){ .kind = KITE_EVENT_EJECTED });
    if (frame->wants_export && !s->inbox.is_lent)
        give_inbox(s);
    else if (!frame->wants_export && s->inbox.is_lent)
        take_inbox_back(s);
}

void station_volumes_cable(struct station *s)
{
    char state[32];

    /* Read from the start, or the poll tells of the same news again. */
    if (lseek(s->cable, 0, SEEK_SET) < 0 || read(s->cable, state, sizeof state) < 0) {
        close(s->cable); /* the controller is gone */
        s->cable = -1;
        s->gadget.udc[0] = '\0';
    }
    look_at_cable(s);
}

int64_t station_volumes_round(struct station *s, int64_t now_ms)
{
    int64_t due = look_at_disk(s, now_ms);

    if (s->cable >= 0 && now_ms >= s->cable_ms) {
        look_at_cable(s);
        s->cable_ms = now_ms + CABLE_LOOK_MS;
    }
    reconcile(s);
    if (s->inbox.is_lent && s->cable_ms < due)
        due = s->cable_ms; /* nobody tells of an eject */
    return due;
}

/* ---- start, end, the kernel's words ------------------------------------------------------------
 */

void station_volumes_prepare(struct station *s)
{
    volume_init(&s->stick, s->options.system, &s->mem, STICK_FOLDER, false);
    volume_init(&s->inbox, s->options.system, &s->mem, INBOX_FOLDER, true);
    volume_io_init(&s->files, &s->stick, &s->inbox);
    s->io = volume_io_table(&s->files);
    s->cable = -1;
}

void station_volumes_open(struct station *s)
{
    const struct system *system = s->options.system;
    const char *inbox = s->options.board->inbox;
    char path[SYSTEM_PATH_BYTES_MAX];

    mkdir(system_path(system, "/run/kite", path), 0755);
    mkdir(s->stick.path, 0755);
    mkdir(s->inbox.path, 0755);
    /* Of a program before this one, which crashed. */
    system->unmount(system->ctx, s->stick.path, MNT_DETACH);
    system->unmount(system->ctx, s->inbox.path, MNT_DETACH);
    open_gadget(s);
    station_volumes_look(s);
    if (inbox[0] && volume_is_dirty(system, &s->mem, inbox))
        read_inbox(s);
}

void station_volumes_close(struct station *s)
{
    if (s->cable >= 0)
        close(s->cable);
    gadget_close(&s->gadget);
    volume_unmount(&s->stick);
    volume_unmount(&s->inbox);
}

void station_volumes_uevent(struct station *s, const struct uevent *event)
{
    if (strcmp(event->subsystem, "block") == 0)
        on_block(s, event);
    if (strcmp(event->subsystem, "udc") == 0 && event->action == UEVENT_ADD)
        open_gadget(s);
}
