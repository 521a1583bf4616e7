/* A disk in memory behind the table of file operations, which can lose power, fail and be full. Sure is only what was synced: each write
 * since is kept apart, and a cut leaves any of them, whole, torn or not at all (enum disk_cut); names come back as of some
 * moment since the folder was last synced, before or after what is in the files. Paths of /dev are partitions: the device's
 * folder does not have them. */
#ifndef KITE_TESTS_DISK_H
#define KITE_TESTS_DISK_H

#include "check.h"

#include "library/library.h"

#include <stdio.h>
#include <string.h>

#define DISK_NAMES 64
#define DISK_OPS 64
#define SECTOR 512u
#define BLOCK 4096u
#define FLASH_PAGE 16384u

/* What the power's going leaves of what was not synced. */
enum disk_cut {
    DISK_CUT_SECTORS = 0, /* any of its 512-byte sectors */
    DISK_CUT_SPOILT,      /* likewise, and the flash page around some of them is spoilt */
    DISK_CUT_BLOCKS,      /* any of its 4 KB blocks */
    DISK_CUT_WRITES,      /* any of its writes, each whole */
    DISK_CUT_ORDER,       /* its writes up to some moment, the last one torn, names too */
    DISK_CUT_ALL,
    DISK_CUT_NOTHING,
    DISK_CUTS
};

/* A write since the last sync, as the whole sectors it touched; or a change of length. */
struct disk_write {
    uint64_t op;
    size_t at, count; /* count 0: a change of length to `at` */
    bool is_given_up; /* by a sync that failed: later ones write only what was written since */
    struct disk_bytes *bytes;
};

/* Shared by copies of a disk. */
struct disk_bytes {
    unsigned holders;
    uint8_t at[];
};

struct disk_file {
    uint8_t *live, *durable;
    size_t live_bytes, durable_bytes;
    struct disk_write *writes;
    size_t write_count, write_room;
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
    int changes;
    uint64_t free_bytes;
    uint64_t capacity; /* bytes that all files together may hold; 0: any */
    uint64_t random;
    uint64_t ops;      /* that change something or sync */
    uint64_t cut_at;   /* from this one on the power is gone; 0: never */
    uint64_t cut_ops;  /* how many there had been when the power last went */
    uint64_t fail_at;  /* this one fails once */
    bool fails_on;     /* and all after it */
    enum kite_status fail_with;
    uint64_t reads, fail_read_at; /* likewise, of those that only read; with KITE_E_IO */
    unsigned flash_page;          /* bytes spoilt around a write in the harsh mode */
    void (*watch)(void *ctx, struct disk *d); /* before each operation; NULL: nobody */
    void *watch_ctx;
    bool is_off;
    int open_handles;
    uint64_t history_ops[DISK_OPS];
    struct disk_folder history[DISK_OPS]; /* after each change of names since the folder was synced; the last, so that a copy takes what there is */
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
    return strncmp(path, "/dev/", 5) == 0 ? path + 1 : strrchr(path, '/') + 1;
}

static inline bool disk_is_partition(const char *name)
{
    return strncmp(name, "dev/", 4) == 0;
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
        memmove(d->history_ops, d->history_ops + 1, sizeof d->history_ops - sizeof d->history_ops[0]);
        d->changes--;
    }
    d->history_ops[d->changes] = d->ops;
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

static inline void disk_resize_bytes(uint8_t **bytes, size_t *count, size_t wanted)
{
    *bytes = realloc(*bytes, wanted + 1);
    if (wanted > *count)
        memset(*bytes + *count, 0, wanted - *count);
    *count = wanted;
}

static inline void disk_resize(struct disk_file *f, size_t bytes)
{
    disk_resize_bytes(&f->live, &f->live_bytes, bytes);
}

static inline struct disk_write *disk_write_new(struct disk *d, struct disk_file *f)
{
    if (f->write_count == f->write_room) {
        f->write_room = f->write_room * 2 + 16;
        f->writes = realloc(f->writes, f->write_room * sizeof *f->writes);
    }
    f->writes[f->write_count] = (struct disk_write){ .op = d->ops };
    return &f->writes[f->write_count++];
}

/* The file's bytes changed here: remember the sectors. */
static inline void disk_remember(struct disk *d, struct disk_file *f, size_t at, size_t count)
{
    struct disk_write *w = disk_write_new(d, f);
    size_t end = at + count;

    end += (SECTOR - end % SECTOR) % SECTOR;
    w->at = at - at % SECTOR;
    w->count = (end < f->live_bytes ? end : f->live_bytes) - w->at;
    w->bytes = malloc(sizeof *w->bytes + w->count);
    w->bytes->holders = 1;
    memcpy(w->bytes->at, f->live + w->at, w->count);
}

static inline void disk_forget_writes(struct disk_file *f)
{
    for (size_t i = 0; i < f->write_count; i++)
        if (f->writes[i].bytes && --f->writes[i].bytes->holders == 0)
            free(f->writes[i].bytes);
    f->write_count = 0;
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
    if (count) {
        memcpy(f->live + offset, src, count);
        disk_remember(d, f, (size_t)offset, count);
    }
    return status;
}

static inline enum kite_status disk_truncate(void *ctx, void *file, uint64_t bytes)
{
    struct disk *d = ctx;
    enum kite_status status = disk_op(d);

    if (status == KITE_OK) {
        disk_resize(disk_file(d, file), (size_t)bytes);
        disk_write_new(d, disk_file(d, file))->at = (size_t)bytes;
    }
    return status;
}

/* What stands in memory is on the disk. */
static inline void disk_make_durable(struct disk_file *f)
{
    free(f->durable);
    f->durable = disk_copy(f->live, f->live_bytes);
    f->durable_bytes = f->live_bytes;
    disk_forget_writes(f);
}

/* Do what was written, or part of it: [from, to) of its bytes. */
static inline void disk_apply(const struct disk_write *w, size_t from, size_t to, uint8_t **bytes, size_t *count)
{
    if (w->count == 0)
        disk_resize_bytes(bytes, count, w->at);
    else if (w->at + to > *count)
        disk_resize_bytes(bytes, count, w->at + to);
    if (to > from)
        memcpy(*bytes + w->at + from, w->bytes->at + from, to - from);
}

static inline enum kite_status disk_sync(void *ctx, void *file)
{
    struct disk *d = ctx;
    enum kite_status status = disk_op(d);

    struct disk_file *f = disk_file(d, file);

    for (size_t i = 0; i < f->write_count && status != KITE_OK; i++)
        f->writes[i].is_given_up = true;
    for (size_t i = 0; i < f->write_count && status == KITE_OK; i++)
        if (!f->writes[i].is_given_up || f->writes[i].count == 0)
            disk_apply(&f->writes[i], 0, f->writes[i].count, &f->durable, &f->durable_bytes);
    if (status == KITE_OK) {
        disk_resize_bytes(&f->durable, &f->durable_bytes, f->live_bytes);
        disk_forget_writes(f);
    }
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
        if (!disk_is_partition(d->live.names[i].name))
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
        disk_forget_writes(&d->files[i]);
        free(d->files[i].writes);
    }
    free(d->files);
    free(d);
}

/* As it is now, with nothing open and nobody watching. */
static inline struct disk *disk_clone(const struct disk *d)
{
    struct disk *copy = malloc(sizeof *copy);

    memcpy(copy, d, offsetof(struct disk, history) + (size_t)d->changes * sizeof d->history[0]);
    copy->files = malloc((size_t)d->file_count * sizeof *copy->files + 1);
    for (int i = 0; i < d->file_count; i++) {
        copy->files[i] = d->files[i];
        copy->files[i].live = disk_copy(d->files[i].live, d->files[i].live_bytes);
        copy->files[i].durable = disk_copy(d->files[i].durable, d->files[i].durable_bytes);
        copy->files[i].write_room = d->files[i].write_count;
        copy->files[i].writes = disk_copy(d->files[i].writes, d->files[i].write_count * sizeof *copy->files[i].writes);
        for (size_t w = 0; w < d->files[i].write_count; w++)
            if (d->files[i].writes[w].bytes)
                d->files[i].writes[w].bytes->holders++;
    }
    copy->open_handles = 0;
    copy->watch = NULL;
    return copy;
}

/* ---- the power goes --------------------------------------------------------------------------- */

struct disk_fate {
    enum disk_cut how;
    uint64_t until; /* DISK_CUT_ORDER: the operation that was cut off */
};

/* Any of a write's pieces of so many bytes. */
static inline void disk_settle_pieces(struct disk *d, const struct disk_write *w, size_t piece, uint8_t **out, size_t *bytes)
{
    for (size_t at = w->at; at < w->at + w->count;) {
        size_t end = at - at % piece + piece;

        end = end < w->at + w->count ? end : w->at + w->count;
        if (disk_random(d) % 2)
            disk_apply(w, at - w->at, end - w->at, out, bytes);
        at = end;
    }
}

static inline void disk_settle_write(struct disk *d, const struct disk_write *w, struct disk_fate fate, uint8_t **out, size_t *bytes)
{
    static const size_t pieces[DISK_CUTS] = { [DISK_CUT_SECTORS] = SECTOR, [DISK_CUT_SPOILT] = SECTOR, [DISK_CUT_BLOCKS] = BLOCK };
    bool is_whole = fate.how == DISK_CUT_ALL || (fate.how == DISK_CUT_ORDER && w->op < fate.until) ||
                    (fate.how != DISK_CUT_NOTHING && fate.how != DISK_CUT_ORDER && (w->count == 0 || !pieces[fate.how]) && disk_random(d) % 2);

    if (is_whole)
        disk_apply(w, 0, w->count, out, bytes);
    else if (fate.how == DISK_CUT_ORDER && w->op == fate.until && w->count > 0)
        disk_apply(w, 0, (size_t)disk_random(d) % (w->count / SECTOR + 1) * SECTOR, out, bytes);
    else if (w->count > 0 && pieces[fate.how])
        disk_settle_pieces(d, w, pieces[fate.how], out, bytes);
}

static inline void disk_spoil(struct disk *d, const struct disk_file *f, uint8_t *out, size_t bytes)
{
    for (size_t i = 0; i < f->write_count; i++)
        for (size_t at = f->writes[i].at; at < f->writes[i].at + f->writes[i].count; at += SECTOR) {
            size_t first = at - at % d->flash_page;

            if (disk_random(d) % 4 != 0)
                continue;
            for (size_t b = first; b < first + d->flash_page && b < bytes; b++)
                out[b] = (uint8_t)disk_random(d);
            at = first + d->flash_page - SECTOR;
        }
}

static inline void disk_settle_file(struct disk *d, struct disk_file *f, struct disk_fate fate)
{
    uint8_t *out = disk_copy(f->durable, f->durable_bytes);
    size_t bytes = f->durable_bytes;

    for (size_t i = 0; i < f->write_count; i++)
        disk_settle_write(d, &f->writes[i], fate, &out, &bytes);
    /* The length is written apart from the bytes. */
    if (fate.how < DISK_CUT_ORDER && f->write_count > 0 && disk_random(d) % 2)
        disk_resize_bytes(&out, &bytes, disk_random(d) % 2 ? f->live_bytes : f->durable_bytes);
    if (fate.how == DISK_CUT_SPOILT)
        disk_spoil(d, f, out, bytes);
    free(f->live);
    f->live = out;
    f->live_bytes = bytes;
    disk_make_durable(f);
}

/* Some moment since the first write that is not sure. */
static inline uint64_t disk_some_op(struct disk *d)
{
    uint64_t first = d->changes ? d->history_ops[0] : d->ops;

    for (int i = 0; i < d->file_count; i++)
        if (d->files[i].write_count && d->files[i].writes[0].op < first)
            first = d->files[i].writes[0].op;
    return first + disk_random(d) % (d->ops - first + 1);
}

static inline struct disk_folder disk_settle_names(struct disk *d, struct disk_fate fate)
{
    int moment = (int)(disk_random(d) % (uint64_t)(d->changes + 1));

    if (fate.how == DISK_CUT_ALL || fate.how == DISK_CUT_NOTHING)
        moment = fate.how == DISK_CUT_ALL ? d->changes : 0;
    for (int i = 0; i <= d->changes && fate.how == DISK_CUT_ORDER; i++)
        if (i == d->changes || d->history_ops[i] >= fate.until) {
            moment = i;
            break;
        }
    return moment == 0 ? d->durable : d->history[moment - 1];
}

/* The power comes back. */
static inline void disk_power_on(struct disk *d, enum disk_cut how)
{
    struct disk_fate fate = { how, disk_some_op(d) };

    d->live = disk_settle_names(d, fate);
    d->durable = d->live;
    d->changes = 0;
    for (int i = 0; i < d->file_count; i++)
        disk_settle_file(d, &d->files[i], fate);
    d->is_off = false;
    d->cut_ops = d->ops;
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
