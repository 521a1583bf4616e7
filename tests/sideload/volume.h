/* Volumes for tests: a folder of the machine behind an I/O table that can be pulled out, and fails. */
#ifndef KITE_TESTS_VOLUME_H
#define KITE_TESTS_VOLUME_H

#include "library/shelf.h"

#include "host/host.h"
#include "sideload/sideload.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct volume {
    struct kite_io posix;
    char folder[128];
    uint64_t ops, gone_at; /* operation from which on the volume is gone; 0: never */
    bool is_gone;
    bool is_read_only;
    uint64_t room_bytes; /* that writes may take */
    bool garbles;        /* writes a wrong byte */
    int open_files;
};

static inline bool volume_fails(struct volume *v)
{
    v->is_gone = v->is_gone || (v->gone_at && ++v->ops >= v->gone_at);
    return v->is_gone;
}

static inline enum kite_status volume_open(void *ctx, const char *path, enum kite_io_mode mode, void **file)
{
    struct volume *v = ctx;
    enum kite_status status;

    *file = NULL;
    if (volume_fails(v) || (v->is_read_only && mode != KITE_IO_READ))
        return KITE_E_IO;
    status = v->posix.open(v->posix.ctx, path, mode, file);
    v->open_files += status == KITE_OK;
    return status;
}

static inline void volume_close(void *ctx, void *file)
{
    struct volume *v = ctx;

    v->open_files--;
    v->posix.close(v->posix.ctx, file);
}

static inline enum kite_status volume_size(void *ctx, void *file, uint64_t *bytes)
{
    struct volume *v = ctx;

    return volume_fails(v) ? KITE_E_IO : v->posix.size(v->posix.ctx, file, bytes);
}

static inline enum kite_status volume_read_at(void *ctx, void *file, uint64_t offset, uint8_t *dst, size_t count,
                                              size_t *got)
{
    struct volume *v = ctx;

    *got = 0;
    return volume_fails(v) ? KITE_E_IO : v->posix.read_at(v->posix.ctx, file, offset, dst, count, got);
}

static inline enum kite_status volume_write_at(void *ctx, void *file, uint64_t offset, const uint8_t *src,
                                               size_t count)
{
    struct volume *v = ctx;
    uint8_t wrong = count ? (uint8_t)(src[0] ^ 1) : 0;
    enum kite_status status;

    if (volume_fails(v))
        return KITE_E_IO;
    if (count > v->room_bytes)
        return KITE_E_LIMIT;
    v->room_bytes -= count;
    status = v->posix.write_at(v->posix.ctx, file, offset, src, count);
    if (v->garbles && count)
        status = v->posix.write_at(v->posix.ctx, file, offset, &wrong, 1);
    return status;
}

static inline enum kite_status volume_truncate(void *ctx, void *file, uint64_t bytes)
{
    struct volume *v = ctx;

    return volume_fails(v) ? KITE_E_IO : v->posix.truncate(v->posix.ctx, file, bytes);
}

static inline enum kite_status volume_sync(void *ctx, void *file)
{
    (void)file;
    return volume_fails(ctx) ? KITE_E_IO : KITE_OK;
}

static inline enum kite_status volume_sync_folder(void *ctx, const char *folder)
{
    (void)folder;
    return volume_fails(ctx) ? KITE_E_IO : KITE_OK;
}

static inline enum kite_status volume_remove(void *ctx, const char *path)
{
    struct volume *v = ctx;

    return volume_fails(v) || v->is_read_only ? KITE_E_IO : v->posix.remove(v->posix.ctx, path);
}

static inline enum kite_status volume_exists(void *ctx, const char *path, bool *is_there)
{
    struct volume *v = ctx;

    return volume_fails(v) ? KITE_E_IO : v->posix.exists(v->posix.ctx, path, is_there);
}

static inline enum kite_status volume_list(void *ctx, const char *folder, void *each_ctx,
                                           enum kite_status (*each)(void *each_ctx, const char *name,
                                                                    uint64_t bytes))
{
    struct volume *v = ctx;

    return volume_fails(v) ? KITE_E_IO : v->posix.list(v->posix.ctx, folder, each_ctx, each);
}

static inline enum kite_status volume_list_folders(void *ctx, const char *folder, void *each_ctx,
                                                   enum kite_status (*each)(void *each_ctx, const char *name))
{
    struct volume *v = ctx;

    return volume_fails(v) ? KITE_E_IO : v->posix.list_folders(v->posix.ctx, folder, each_ctx, each);
}

static inline struct kite_io volume_io(struct volume *v)
{
    return (struct kite_io){ .ctx = v,
                                     .open = volume_open,
                                     .close = volume_close,
                                     .size = volume_size,
                                     .read_at = volume_read_at,
                                     .write_at = volume_write_at,
                                     .truncate = volume_truncate,
                                     .sync = volume_sync,
                                     .sync_folder = volume_sync_folder,
                                     .remove = volume_remove,
                                     .exists = volume_exists,
                                     .list = volume_list,
                                     .list_folders = volume_list_folders };
}

static inline void volume_make(struct volume *v)
{
    *v = (struct volume){ .posix = kite_io_posix(), .room_bytes = UINT64_MAX };
    snprintf(v->folder, sizeof v->folder, "%s/kite-volume-XXXXXX", getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp");
    assert_non_null(mkdtemp(v->folder));
}

static inline void volume_drop(struct volume *v)
{
    char command[256];

    assert_int_equal(v->open_files, 0);
    snprintf(command, sizeof command, "rm -rf '%s'", v->folder);
    assert_int_equal(system(command), 0);
}

static inline const char *volume_path(const struct volume *v, const char *name)
{
    static char path[4096];

    snprintf(path, sizeof path, "%s/%s", v->folder, name);
    return path;
}

static inline void volume_put(const struct volume *v, const char *name, const void *bytes, size_t count)
{
    FILE *file = fopen(volume_path(v, name), "wb");

    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, count, file), count);
    assert_int_equal(fclose(file), 0);
}

static inline void volume_put_text(const struct volume *v, const char *name, const char *text)
{
    volume_put(v, name, text, strlen(text));
}

static inline void volume_folder(const struct volume *v, const char *name)
{
    assert_int_equal(mkdir(volume_path(v, name), 0755), 0);
}

/* The bytes of a file; count 0 when there is none. */
static inline struct kite_buffer volume_get(const struct volume *v, const char *name)
{
    struct kite_buffer out = { .mem = kite_memory_heap() };
    uint8_t part[4096];
    size_t got;
    FILE *file = fopen(volume_path(v, name), "rb");

    while (file && (got = fread(part, 1, sizeof part, file)) > 0)
        assert_int_equal(kite_buffer_add(&out, part, got), KITE_OK);
    if (file)
        fclose(file);
    return out;
}

static inline bool volume_has(const struct volume *v, const char *name)
{
    return access(volume_path(v, name), F_OK) == 0;
}

/* A bundle of one text with this title and paragraph. */
static inline struct kite_buffer volume_bundle(const char *title, const char *paragraph)
{
    const char *const paragraphs[] = { paragraph, NULL };
    struct shelf_text text = { .title = title, .paragraphs = paragraphs };

    return shelf_bundle(&text, 1);
}

/* An update file of a version of Kite, with a small image. */
static inline void volume_put_update(const struct volume *v, const char *name, const char *version)
{
    char bytes[KITE_RELEASE_HEADER_BYTES + 100] = "";

    snprintf(bytes, sizeof bytes, "Kite update 1. Put this file on a USB stick.\nversion: %s\nboard: virt\nbytes: 100\nhash: %064d\n",
             version, 7);
    volume_put(v, name, bytes, sizeof bytes);
}

static inline void volume_put_bundle(const struct volume *v, const char *name, const char *title)
{
    struct kite_buffer bundle = volume_bundle(title, "A word or two.");

    volume_put(v, name, bundle.bytes, bundle.count);
    kite_buffer_close(&bundle);
}

#endif
