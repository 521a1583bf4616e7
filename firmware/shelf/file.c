/* Whole small files of the library's folder, replaced in one step. */
#include "shelf/inside.h"

#include <stdio.h>
#include <string.h>

enum kite_status file_path(const struct kite_library_where *where, const char *name,
                           char out[PATH_BYTES])
{
    int count = snprintf(out, PATH_BYTES, "%s/%s", where->folder, name);

    return count < 0 || (size_t)count >= PATH_BYTES ? KITE_E_LIMIT : KITE_OK;
}

static enum kite_status open_file(const struct kite_library_where *where, const char *name,
                                  enum kite_io_mode mode, void **file)
{
    char path[PATH_BYTES];
    enum kite_status status = file_path(where, name, path);

    *file = NULL;
    return status == KITE_OK ? where->io->open(where->io->ctx, path, mode, file) : status;
}

enum kite_status file_read(const struct kite_library_where *where, const char *name, size_t most,
                           struct kite_buffer *out)
{
    const struct kite_io *io = where->io;
    uint64_t bytes = 0;
    size_t got = 0;
    void *file;
    enum kite_status status = open_file(where, name, KITE_IO_READ, &file);

    out->count = 0;
    if (status)
        return status;
    status = io->size(io->ctx, file, &bytes);
    if (status == KITE_OK && bytes > most)
        status = KITE_E_LIMIT;
    if (status == KITE_OK && bytes > 0) {
        uint8_t *block = kite_resize(&out->mem, out->bytes, (size_t)bytes, 1);

        if (block) {
            out->bytes = block;
            out->capacity = (size_t)bytes;
            status = io->read_at(io->ctx, file, 0, block, (size_t)bytes, &got);
        } else {
            status = KITE_E_NOMEM;
        }
    }
    out->count = status == KITE_OK ? got : 0;
    io->close(io->ctx, file);
    return status;
}

static enum kite_status write_new(const struct kite_library_where *where, const char *name,
                                  const uint8_t *bytes, size_t count)
{
    const struct kite_io *io = where->io;
    void *file;
    enum kite_status status = open_file(where, name, KITE_IO_WRITE, &file);

    if (status)
        return status;
    status = io->truncate(io->ctx, file, 0);
    if (status == KITE_OK)
        status = io->write_at(io->ctx, file, 0, bytes, count);
    if (status == KITE_OK)
        status = io->sync(io->ctx, file);
    io->close(io->ctx, file);
    return status;
}

enum kite_status file_replace(const struct kite_library_where *where, const char *name,
                              const uint8_t *bytes, size_t count)
{
    char new_name[64], from[PATH_BYTES], to[PATH_BYTES];
    enum kite_status status = file_path(where, name, to);

    snprintf(new_name, sizeof new_name, "%s.new", name);
    if (status == KITE_OK)
        status = file_path(where, new_name, from);
    if (status == KITE_OK)
        status = write_new(where, new_name, bytes, count);
    if (status == KITE_OK)
        status = where->io->rename(where->io->ctx, from, to);
    if (status == KITE_OK)
        status = where->io->sync_folder(where->io->ctx, where->folder);
    else
        (void)file_remove(where,
                          new_name); /* else what opens or forgets the shelf clears it away */
    return status;
}

enum kite_status file_overwrite(const struct kite_library_where *where, const char *name)
{
    static const uint8_t zeros[4096];
    const struct kite_io *io = where->io;
    char path[PATH_BYTES];
    bool is_there = false;
    uint64_t bytes = 0;
    void *file;
    enum kite_status status = file_path(where, name, path);

    if (status == KITE_OK)
        status = io->exists(io->ctx, path, &is_there);
    if (status || !is_there)
        return status ? status : KITE_DONE;
    status = io->open(io->ctx, path, KITE_IO_WRITE, &file);
    if (status)
        return status;
    status = io->size(io->ctx, file, &bytes);
    for (uint64_t at = 0; at < bytes && status == KITE_OK; at += sizeof zeros) {
        size_t count = bytes - at < sizeof zeros ? (size_t)(bytes - at) : sizeof zeros;

        status = io->write_at(io->ctx, file, at, zeros, count);
    }
    if (status == KITE_OK)
        status = io->sync(io->ctx, file);
    io->close(io->ctx, file);
    return status;
}

enum kite_status file_remove(const struct kite_library_where *where, const char *name)
{
    char path[PATH_BYTES];
    enum kite_status status = file_path(where, name, path);

    if (status == KITE_OK)
        status = where->io->remove(where->io->ctx, path);
    return status == KITE_DONE ? KITE_OK : status;
}
