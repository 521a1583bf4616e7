/* boot: which of two systems a device starts, and how a newer one gets there. Two slots hold a system each. A small
 * record says which slot starts and how often that was tried since it last proved good; three failed starts go back to
 * the other slot. An update goes to the slot that isn't running, and only when all of it has been read back is the
 * record changed: a cut at any moment leaves a device that starts.
 *
 * The rules are pure functions over the record; storage comes through structs that the caller fills in. A fault may
 * always be NULL. The program kite-boot, the first of the device, is main.c. UPDATE.md gives the bytes of both forms. */
#ifndef KITE_BOOT_H
#define KITE_BOOT_H

#include "trust/trust.h"

/* ---- storage ---------------------------------------------------------------------------------- */

/* A partition, or a file in a test. Filled in by the caller. */
struct kite_partition {
    void *ctx;
    uint64_t size_bytes;
    /* All of count bytes, or KITE_E_IO. The range lies within the size. */
    enum kite_status (*read_at)(void *ctx, uint64_t offset, uint8_t *dst, size_t count);
    enum kite_status (*write_at)(void *ctx, uint64_t offset, const uint8_t *src, size_t count);
    enum kite_status (*sync)(void *ctx); /* what was written is on the disk */
};

/* Over a block device or a file that is there. It must not move while it is open. KITE_E_IO. */
struct kite_partition_file {
    struct kite_io io;
    void *file; /* NULL: closed */
    struct kite_partition partition;
};
enum kite_status kite_partition_open(const struct kite_io *io, const char *path, bool is_writable,
                                     struct kite_partition_file *out, struct kite_fault *fault);
void kite_partition_close(struct kite_partition_file *p); /* may be called twice; all-zero is fine */

/* ---- the record -------------------------------------------------------------------------------- */

#define KITE_SLOTS 2
#define KITE_START_TRIES 3
#define KITE_BOOT_STEP_BYTES 16384u /* from one copy of the record to the other: no flash page holds both */
#define KITE_BOOT_BYTES_MIN (KITE_BOOT_STEP_BYTES + 512u)

enum kite_slot_state {
    KITE_SLOT_EMPTY = 0, /* nothing, or an update that was cut off */
    KITE_SLOT_UNTRIED,   /* whole, and has never drawn a page */
    KITE_SLOT_GOOD,      /* has drawn a page */
    KITE_SLOT_FAILED     /* was given up after KITE_START_TRIES starts */
};

struct kite_boot_record {
    uint32_t sequence; /* of writing; the later one of two counts, 0 after UINT32_MAX */
    uint8_t slot;      /* the one that starts */
    uint8_t tries_left;
    enum kite_slot_state states[KITE_SLOTS];
};

/* Read the newer valid copy. Where there is none, as on a new device, slot 0 is taken to be good and the other empty.
 * KITE_E_IO; KITE_E_RANGE: the partition is too small. */
enum kite_status kite_boot_read(const struct kite_partition *partition, struct kite_boot_record *out,
                                struct kite_fault *fault);
/* Write over the older copy and sync; the sequence goes up first. On failure the record on disk is the old one or, where
 * the disk lied, the new one. KITE_E_IO, KITE_E_RANGE. */
enum kite_status kite_boot_write(const struct kite_partition *partition, struct kite_boot_record *record,
                                 struct kite_fault *fault);

/* A start begins: choose its slot and count the try. A slot out of tries has failed, and the other one starts; where
 * that is empty, the same slot is tried again rather than none. */
void kite_boot_start(struct kite_boot_record *record);
/* The slot that was chosen could not be started at all: it is out of tries at once. */
void kite_boot_fail(struct kite_boot_record *record);
/* The system that runs, of slot `running`, has drawn a page and taken a moment's rest. True when that is news to be
 * written. `running` is what kite-boot started: once an update was put in, the record names the other one. */
bool kite_boot_good(struct kite_boot_record *record, uint8_t running);

/* Whether the slot that does not run has drawn a page once, and so can be gone back to. */
bool kite_boot_can_return(const struct kite_boot_record *record, uint8_t running);
/* It starts next, with three tries, after which the one that runs now starts again. */
void kite_boot_return(struct kite_boot_record *record, uint8_t running);

/* ---- update files ------------------------------------------------------------------------------- */

#define KITE_RELEASE_HEADER_BYTES 4096u
#define KITE_RELEASE_NAME_BYTES_MAX 31u
#define KITE_RELEASE_IMAGE_BYTES_MAX (256u << 20)

struct kite_release {
    char version[KITE_RELEASE_NAME_BYTES_MAX + 1]; /* "0.2.0": letters, digits, '.', '-', '_' */
    char board[KITE_RELEASE_NAME_BYTES_MAX + 1];   /* likewise */
    uint64_t image_bytes;
    uint8_t image_hash[32]; /* BLAKE2b-256 of the image */
    struct kite_signed proof; /* of the header before it, and so of all */
};

/* What an update file says of itself; its image isn't read. KITE_DONE: no update file at all. KITE_E_FORMAT: breaks a
 * rule; KITE_E_UNSUPPORTED: of a later form; KITE_E_DAMAGED: cut short; KITE_E_IO. */
enum kite_status kite_release_read(const struct kite_source *source, struct kite_release *out,
                                   struct kite_fault *fault);
/* Is it signed by one of these keys? *by, which may be NULL, gets which. KITE_E_RANGE: by none of them, or not at all; KITE_E_DAMAGED: falsely. */
enum kite_status kite_release_signer(const struct kite_release *release, const struct kite_public_key *keys,
                                     size_t key_count, size_t *by, struct kite_fault *fault);
/* Is its image the one that the header names? Reads all of it. KITE_E_DAMAGED, KITE_E_IO. */
enum kite_status kite_release_check(const struct kite_source *source, const struct kite_release *release,
                                    struct kite_fault *fault);
/* Below, equal to or above 0 as version a is older than, the same as or newer than b: numbers by value. */
int kite_release_compare(const char *a, const char *b);

/* Put the image of an update file into the slot that isn't running, in steps. source, the partitions and mem outlive it.
 * begin: what kite_release_signer gives, where there are keys; KITE_E_UNSUPPORTED for another board; KITE_E_LIMIT: larger than the slot; what kite_release_read gives (no update
 * file: KITE_E_FORMAT). The other slot counts as empty from here on until the end.
 * step: KITE_OK more to do, *done and *total in bytes (copying, then reading back); KITE_DONE: the slot is whole and starts next;
 * KITE_E_DAMAGED: hash of the file or of what was read back is wrong; KITE_E_IO. After any of these, only close. */
struct kite_install_place {
    const char *board;
    const struct kite_partition *boot;
    const struct kite_partition *spare; /* the slot that isn't running */
    uint8_t running;                    /* the slot that is */
    const struct kite_public_key *keys; /* [key_count] of the makers; none: any update is put in */
    size_t key_count;
};
struct kite_install;
enum kite_status kite_install_begin(const struct kite_memory *mem, const struct kite_source *source,
                                    const struct kite_install_place *place, struct kite_install **out,
                                    struct kite_fault *fault);
enum kite_status kite_install_step(struct kite_install *install, uint64_t *done, uint64_t *total,
                                   struct kite_fault *fault);
void kite_install_close(struct kite_install *install); /* NULL is fine */

#endif
