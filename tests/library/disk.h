/* A disk in memory for the library's I/O table, which can lose power, fail and be full. It keeps what is written apart from what is
 * synced; after a cut each unsynced 512-byte sector is the old or the new one, or, in the harsh mode, the 16 KB around it
 * are spoilt; names come back as of some moment since the folder was last synced. */
#ifndef KITE_TESTS_DISK_H
#define KITE_TESTS_DISK_H

#include "check.h"

#include "library/library.h"

#include <stdio.h>
#include <string.h>

#define DISK_NAMES 64
#define DISK_OPS 64
#define SECTOR 512u
#define FLASH_PAGE 16384u

struct disk_file {
    uint8_t *live, *durable;
    size_t live_bytes, durable_bytes;
    uint8_t *dropped; /* what a failed sync has given up: later ones write only what has changed since. NULL: nothing */
    size_t dropped_bytes;
};

struct disk_name {
    char name[96];
    int file; /* index of a file */
};

struct disk_folder {
    struct disk_name names[DISK_NAMES];
    int count;
};

struct disk {
    struct disk_file *files;
    int file_count;
    struct disk_folder live, durable;
    struct disk_folder history[DISK_OPS]; /* after each change of names since the folder was synced */
    int changes;
    uint64_t free_bytes;
    uint64_t capacity; /* bytes that all files together may hold; 0: any */
    uint64_t random;
    uint64_t ops;      /* that change something or sync */
    uint64_t cut_at;   /* from this one on the power is gone; 0: never */
    uint64_t fail_at;  /* this one fails once */
    bool fails_on;     /* and all after it */
    enum kite_status fail_with;
    uint64_t reads, fail_read_at; /* likewise, of those that only read; with KITE_E_IO */
    unsigned flash_page;          /* bytes spoilt around a write in the harsh mode */
    void (*watch)(void *ctx, struct disk *d); /* before each operation; NULL: nobody */
    void *watch_ctx;
    bool is_off;
    int open_handles;
};

static inline uint64_t disk_random(struct disk *d)
{
    d->random = d->random * 6364136223846793005u + 1442695040888963407u;
    return d->random >> 33;
}

static inline void *disk_copy(const void *bytes, size_t count)
{
    void *copy = malloc(count + 1);

    if (count)
        memcpy(copy, bytes, count);
    return copy;
}

static inline int disk_find(const struct disk_folder *f, const char *name)
{
    for (int i = 0; i < f->count; i++) {
        if (strcmp(f->names[i].name, name) == 0)
            return i;
    }
    return -1;
}

static inline const char *disk_name_of(const char *path)
{
    return strrchr(path, '/') + 1;
}

/* Each operation that matters to a cut comes by here. */
static inline enum kite_status disk_op(struct disk *d)
{
    if (d->is_off)
        return KITE_E_IO;
    if (d->watch)
        d->watch(d->watch_ctx, d);
    d->ops++;
    if (d->cut_at && d->ops >= d->cut_at) {
        d->is_off = true;
        return KITE_E_IO;
    }
    return d->fail_at && (d->fails_on ? d->ops >= d->fail_at : d->ops == d->fail_at) ? d->fail_with : KITE_OK;
}

static inline enum kite_status disk_read_op(struct disk *d)
{
    return d->is_off || ++d->reads == d->fail_read_at ? KITE_E_IO : KITE_OK;
}

static inline void disk_names_changed(struct disk *d)
{
    if (d->changes == DISK_OPS) { /* the oldest moments are forgotten */
        memmove(d->history, d->history + 1, sizeof d->history - sizeof d->history[0]);
        d->changes--;
    }
    d->history[d->changes++] = d->live;
}

static inline enum kite_status disk_open(void *ctx, const char *path, enum kite_io_mode mode, void **file)
{
    struct disk *d = ctx;
    const char *name = disk_name_of(path);
    int at = disk_find(&d->live, name);

    *file = NULL;
    if (d->is_off || (mode == KITE_IO_READ && disk_read_op(d) != KITE_OK))
        return KITE_E_IO;
    if (at < 0 && (mode == KITE_IO_READ || mode == KITE_IO_CHANGE))
        return KITE_DONE;
    if (at < 0) {
        enum kite_status status = disk_op(d);

        if (status != KITE_OK)
            return status;
        at = d->live.count++;
        assert_true(at < DISK_NAMES);
        snprintf(d->live.names[at].name, sizeof d->live.names[at].name, "%s", name);
        d->live.names[at].file = d->file_count;
        d->files = realloc(d->files, (size_t)(d->file_count + 1) * sizeof *d->files);
        d->files[d->file_count++] = (struct disk_file){ .live = malloc(1), .durable = malloc(1) };
        disk_names_changed(d);
    }
    d->open_handles++;
    *file = (void *)(intptr_t)(d->live.names[at].file + 1);
    return KITE_OK;
}

static inline struct disk_file *disk_file(struct disk *d, void *file)
{
    return &d->files[(intptr_t)file - 1];
}

static inline void disk_close(void *ctx, void *file)
{
    struct disk *d = ctx;

    (void)file;
    d->open_handles--;
}

static inline enum kite_status disk_size(void *ctx, void *file, uint64_t *bytes)
{
    struct disk *d = ctx;

    *bytes = disk_file(d, file)->live_bytes;
    return disk_read_op(d);
}

static inline enum kite_status disk_read_at(void *ctx, void *file, uint64_t offset, uint8_t *dst, size_t count,
                                            size_t *got)
{
    struct disk *d = ctx;
    struct disk_file *f = disk_file(d, file);

    *got = offset >= f->live_bytes ? 0 : f->live_bytes - offset < count ? f->live_bytes - (size_t)offset : count;
    if (*got)
        memcpy(dst, f->live + offset, *got);
    return disk_read_op(d);
}

static inline void disk_resize(struct disk_file *f, size_t bytes)
{
    f->live = realloc(f->live, bytes + 1);
    if (bytes > f->live_bytes)
        memset(f->live + f->live_bytes, 0, bytes - f->live_bytes);
    f->live_bytes = bytes;
}

static inline uint64_t disk_used(const struct disk *d)
{
    uint64_t bytes = 0;

    for (int i = 0; i < d->live.count; i++)
        bytes += d->files[d->live.names[i].file].live_bytes;
    return bytes;
}

static inline enum kite_status disk_write_at(void *ctx, void *file, uint64_t offset, const uint8_t *src, size_t count)
{
    struct disk *d = ctx;
    struct disk_file *f = disk_file(d, file);
    bool was_off = d->is_off;
    enum kite_status status = disk_op(d);

    if (was_off)
        return status;
    if (status == KITE_OK && offset + count > f->live_bytes && d->capacity &&
        disk_used(d) + offset + count - f->live_bytes > d->capacity)
        status = KITE_E_LIMIT;
    if (status != KITE_OK)
        count /= 2; /* half of it gets there */
    if (offset + count > f->live_bytes)
        disk_resize(f, (size_t)offset + count);
    if (count)
        memcpy(f->live + offset, src, count);
    return status;
}

static inline enum kite_status disk_truncate(void *ctx, void *file, uint64_t bytes)
{
    struct disk *d = ctx;
    enum kite_status status = disk_op(d);

    if (status == KITE_OK)
        disk_resize(disk_file(d, file), (size_t)bytes);
    return status;
}

/* Of sectors that a failed sync gave up and that nobody has written since, the old contents stay. */
static inline void disk_keep_dropped(const struct disk_file *f, uint8_t *next)
{
    for (size_t at = 0; at < f->live_bytes && at < f->dropped_bytes; at += SECTOR) {
        size_t count = f->live_bytes - at < SECTOR ? f->live_bytes - at : SECTOR;
        size_t old = at >= f->durable_bytes ? 0 : f->durable_bytes - at < count ? f->durable_bytes - at : count;

        if (f->dropped_bytes - at < count || memcmp(f->live + at, f->dropped + at, count) != 0)
            continue;
        memset(next + at, 0, count);
        if (old)
            memcpy(next + at, f->durable + at, old);
    }
}

static inline void disk_make_durable(struct disk_file *f)
{
    uint8_t *next = disk_copy(f->live, f->live_bytes);

    if (f->dropped)
        disk_keep_dropped(f, next);
    free(f->dropped);
    free(f->durable);
    f->dropped = NULL;
    f->durable = next;
    f->durable_bytes = f->live_bytes;
}

static inline void disk_drop(struct disk_file *f)
{
    free(f->dropped);
    f->dropped = disk_copy(f->live, f->live_bytes);
    f->dropped_bytes = f->live_bytes;
}

static inline enum kite_status disk_sync(void *ctx, void *file)
{
    struct disk *d = ctx;
    enum kite_status status = disk_op(d);

    if (status == KITE_OK)
        disk_make_durable(disk_file(d, file));
    else if (!d->is_off)
        disk_drop(disk_file(d, file));
    return status;
}

static inline enum kite_status disk_sync_folder(void *ctx, const char *folder)
{
    struct disk *d = ctx;
    enum kite_status status = disk_op(d);

    (void)folder;
    if (status == KITE_OK) {
        d->durable = d->live;
        d->changes = 0;
    }
    return status;
}

static inline enum kite_status disk_remove(void *ctx, const char *path)
{
    struct disk *d = ctx;
    int at = disk_find(&d->live, disk_name_of(path));
    enum kite_status status;

    if (d->is_off)
        return KITE_E_IO;
    if (at < 0)
        return KITE_DONE;
    status = disk_op(d);
    if (status != KITE_OK)
        return status;
    d->live.names[at] = d->live.names[--d->live.count];
    disk_names_changed(d);
    return KITE_OK;
}

static inline enum kite_status disk_rename(void *ctx, const char *from, const char *to)
{
    struct disk *d = ctx;
    enum kite_status status = disk_op(d);
    int at = disk_find(&d->live, disk_name_of(from)), old = disk_find(&d->live, disk_name_of(to));

    if (status != KITE_OK || at < 0)
        return status == KITE_OK ? KITE_E_IO : status;
    if (old >= 0) {
        d->live.names[old].file = d->live.names[at].file;
        d->live.names[at] = d->live.names[--d->live.count];
    } else {
        snprintf(d->live.names[at].name, sizeof d->live.names[at].name, "%s", disk_name_of(to));
    }
    disk_names_changed(d);
    return KITE_OK;
}

static inline enum kite_status disk_exists(void *ctx, const char *path, bool *is_there)
{
    struct disk *d = ctx;

    *is_there = disk_find(&d->live, disk_name_of(path)) >= 0;
    return disk_read_op(d);
}

static inline enum kite_status disk_list(void *ctx, const char *folder, void *each_ctx,
                                         enum kite_status (*each)(void *each_ctx, const char *name, uint64_t bytes))
{
    struct disk *d = ctx;
    enum kite_status status = disk_read_op(d);

    (void)folder;
    for (int i = 0; i < d->live.count && status == KITE_OK; i++)
        status = each(each_ctx, d->live.names[i].name, d->files[d->live.names[i].file].live_bytes);
    return status;
}

static inline enum kite_status disk_free_bytes(void *ctx, const char *folder, uint64_t *bytes)
{
    struct disk *d = ctx;

    (void)folder;
    *bytes = d->capacity ? d->capacity - disk_used(d) : d->free_bytes;
    return d->is_off ? KITE_E_IO : KITE_OK;
}

/* It has no folders. */
static inline enum kite_status disk_list_folders(void *ctx, const char *folder, void *each_ctx,
                                                 enum kite_status (*each)(void *each_ctx, const char *name))
{
    struct disk *d = ctx;

    (void)folder;
    (void)each_ctx;
    (void)each;
    return d->is_off ? KITE_E_IO : KITE_OK;
}

static inline struct kite_io disk_io(struct disk *d)
{
    return (struct kite_io){ d,           disk_open,        disk_close,  disk_size,   disk_read_at,
                                     disk_write_at, disk_truncate,  disk_sync,   disk_sync_folder, disk_rename,
                                     disk_remove, disk_exists,      disk_list,   disk_free_bytes, disk_list_folders };
}

static inline struct disk *disk_make(uint64_t seed)
{
    struct disk *d = calloc(1, sizeof *d);

    d->free_bytes = 1u << 30;
    d->flash_page = FLASH_PAGE;
    d->random = seed * 2 + 1;
    return d;
}

static inline void disk_destroy(struct disk *d)
{
    for (int i = 0; i < d->file_count; i++) {
        free(d->files[i].live);
        free(d->files[i].durable);
        free(d->files[i].dropped);
    }
    free(d->files);
    free(d);
}

/* As it is now, with nothing open and nobody watching. */
static inline struct disk *disk_clone(const struct disk *d)
{
    struct disk *copy = malloc(sizeof *copy);

    *copy = *d;
    copy->files = malloc((size_t)d->file_count * sizeof *copy->files + 1);
    for (int i = 0; i < d->file_count; i++) {
        copy->files[i] = d->files[i];
        copy->files[i].live = disk_copy(d->files[i].live, d->files[i].live_bytes);
        copy->files[i].durable = disk_copy(d->files[i].durable, d->files[i].durable_bytes);
        copy->files[i].dropped = d->files[i].dropped ? disk_copy(d->files[i].dropped, d->files[i].dropped_bytes) : NULL;
    }
    copy->open_handles = 0;
    copy->watch = NULL;
    return copy;
}

/* One file after a cut: its length and each of its sectors old or new. */
static inline void disk_settle_file(struct disk *d, struct disk_file *f, bool is_harsh)
{
    size_t bytes = disk_random(d) % 2 ? f->live_bytes : f->durable_bytes;
    uint8_t *out = calloc(bytes + 1, 1);

    for (size_t at = 0; at < bytes; at += SECTOR) {
        size_t count = bytes - at < SECTOR ? bytes - at : SECTOR;
        size_t in_live = at >= f->live_bytes ? 0 : f->live_bytes - at < count ? f->live_bytes - at : count;
        size_t in_durable = at >= f->durable_bytes ? 0 : f->durable_bytes - at < count ? f->durable_bytes - at : count;
        bool is_cut_off = at >= f->live_bytes; /* by a truncation that did not happen: nothing was written there */
        bool is_same = is_cut_off ||
                       (in_live == in_durable && (!in_live || memcmp(f->live + at, f->durable + at, in_live) == 0));

        if (!is_cut_off && (is_same || disk_random(d) % 2))
            memcpy(out + at, f->live + at, in_live);
        else if (in_durable)
            memcpy(out + at, f->durable + at, in_durable);
        if (!is_same && is_harsh && disk_random(d) % 4 == 0) {
            size_t first = at - at % d->flash_page;

            for (size_t i = first; i < first + d->flash_page && i < bytes; i++)
                out[i] = (uint8_t)disk_random(d);
            at = first + d->flash_page - SECTOR;
        }
    }
    free(f->live);
    free(f->dropped);
    f->dropped = NULL;
    f->live = out;
    f->live_bytes = bytes;
    disk_make_durable(f);
}

/* The power comes back. */
static inline void disk_power_on(struct disk *d, bool is_harsh)
{
    int moment = (int)(disk_random(d) % (uint64_t)(d->changes + 1));

    d->live = moment == 0 ? d->durable : d->history[moment - 1];
    d->durable = d->live;
    d->changes = 0;
    for (int i = 0; i < d->file_count; i++)
        disk_settle_file(d, &d->files[i], is_harsh);
    d->is_off = false;
    d->cut_at = d->fail_at = d->fail_read_at = 0;
    d->fails_on = false;
    d->watch = NULL;
    assert_int_equal(d->open_handles, 0);
}

/* Put a file there by hand, whole and durable. */
static inline void disk_put(struct disk *d, const char *name, const void *bytes, size_t count)
{
    char path[128];
    void *file;

    snprintf(path, sizeof path, "/%s", name);
    assert_int_equal(disk_open(d, path, KITE_IO_WRITE, &file), KITE_OK);
    disk_resize(disk_file(d, file), count);
    memcpy(disk_file(d, file)->live, bytes, count);
    disk_make_durable(disk_file(d, file));
    disk_close(d, file);
    d->durable = d->live;
    d->changes = 0;
}

static inline struct disk_file *disk_get(struct disk *d, const char *name)
{
    int at = disk_find(&d->live, name);

    return at < 0 ? NULL : &d->files[d->live.names[at].file];
}

/* Step through 1 ... total so that about `wanted` are tried; through every one with KITE_CUTS in the environment. */
static inline uint64_t disk_stride(uint64_t total, uint64_t wanted)
{
    return getenv("KITE_CUTS") || total <= wanted ? 1 : total / wanted;
}

#endif
