/* volume: sticks and the inbox as folders of files.
 *
 * A stick is mounted read-only, without programs, devices or owners that count; while a file on it
 * is open for writing ("pass it on") it can be written, and read-only again once the last one is
 * closed and the folder synced. The inbox is looked at before it is mounted: a damaged one is
 * mounted read-only so that what is whole can be read, and made anew when the first file on it is
 * to be written. It is never mounted while a computer has it. */
#ifndef KITE_DEVICE_VOLUME_H
#define KITE_DEVICE_VOLUME_H

#include "device/fat.h"
#include "device/system.h"
#include "library/library.h"

#define VOLUME_WAIT_MS 1000 /* for a device node after it was announced */

struct volume {
    const struct system *system;
    const struct kite_memory *mem;
    char node[64];                    /* "/dev/sda1"; "": not mounted */
    char folder[32];                  /* where it is mounted; without the root */
    char path[SYSTEM_PATH_BYTES_MAX]; /* the same with the root: what the reader is given */
    const char *type;                 /* of its file system */
    bool is_inbox, is_writable, is_damaged;
    bool is_lent;     /* of the inbox: a computer has it; gadget.c says so */
    bool was_written; /* since it was mounted */
    unsigned writers; /* files open for writing */
};

/* folder must be there; its text is copied. */
void volume_init(struct volume *volume, const struct system *system, const struct kite_memory *mem,
                 const char *folder, bool is_inbox);
/* Mount a node: a stick as VFAT or exFAT, read-only; the inbox as its state allows. KITE_E_IO: the
 * node does not come; KITE_E_UNSUPPORTED: nothing on it that can be read; KITE_E_LIMIT: mounted
 * already, or a computer has it. */
enum kite_status volume_mount(struct volume *volume, const char *node, struct kite_fault *fault);
/* Take it away, at once and whoever still has files open: it has been pulled out, or is done with.
 * Nothing happens when it is not mounted. */
void volume_unmount(struct volume *volume);
/* The same, but not while files on it are open. False: it is mounted still. */
bool volume_let_go(struct volume *volume);
bool volume_is_mounted(const struct volume *volume);
/* Whether the inbox should be read although nobody asked for it: it was left in disorder, as by a
 * power cut while a computer had it. False too when it cannot be read at all. */
bool volume_is_dirty(const struct system *system, const struct kite_memory *mem, const char *node);

/* All files of the device: those of the C library's POSIX, with what is said above for volumes.
 * `count` volumes outlive it. */
struct volume_io {
    struct kite_io posix;
    struct volume *volumes[2];
    struct {
        void *file;
        struct volume *volume;
    } open[8]; /* files open for writing on a volume */
};
void volume_io_init(struct volume_io *io, struct volume *stick, struct volume *inbox);
struct kite_io volume_io_table(struct volume_io *io);

#endif
