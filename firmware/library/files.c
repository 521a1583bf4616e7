/* Files of the folder: bundles read through the I/O table, which ones there are, and clearing away. */
#include "library/store.h"

#include <stdlib.h>
#include <string.h>

static enum kite_status file_read_at(void *ctx, uint64_t offset, uint8_t *dst, size_t count)
{
    struct kite_library_file *f = ctx;
    size_t got = 0;
    enum kite_status status = f->io->read_at(f->io->ctx, f->file, offset, dst, count, &got);

    return status == KITE_OK && got < count ? KITE_E_IO : status;
}

enum kite_status kite_library_file_open(struct kite_library *lib, const char *name, enum kite_io_mode mode,
                                        struct kite_library_file *out)
{
    char path[KITE_PATH_BYTES_MAX];
    enum kite_status status = kite_library_path(lib, name, path);

    *out = (struct kite_library_file){ .io = &lib->io };
    if (status == KITE_OK)
        status = lib->io.open(lib->io.ctx, path, mode, &out->file);
    if (status == KITE_DONE)
        status = KITE_E_RANGE;
    out->source = (struct kite_source){ .ctx = out, .read_at = file_read_at };
    if (status == KITE_OK)
        status = lib->io.size(lib->io.ctx, out->file, &out->source.size_bytes);
    if (status != KITE_OK)
        kite_library_file_close(out);
    return status;
}

void kite_library_file_close(struct kite_library_file *file)
{
    if (file->file)
        file->io->close(file->io->ctx, file->file);
    file->file = NULL;
}

static bool ends_with(const char *name, const char *end)
{
    size_t count = strlen(name), tail = strlen(end);

    return count >= tail && strcmp(name + count - tail, end) == 0;
}

static bool is_candidate(const char *name)
{
    static const char *const own[] = { "kite.db", "kite-repair.db", "kite-damaged-", "kite.lock", "maps.db" };

    if (name[0] == '.' || ends_with(name, ".part") || strlen(name) > KITE_FILE_NAME_BYTES_MAX)
        return false;
    for (size_t i = 0; i < sizeof own / sizeof *own; i++) {
        if (strncmp(name, own[i], strlen(own[i])) == 0)
            return false;
    }
    return kite_utf8_is_valid(name, strlen(name));
}

static enum kite_status add_candidate(void *ctx, const char *name, uint64_t bytes)
{
    struct kite_buffer *names = ctx;
    enum kite_status status;

    if (!is_candidate(name) || names->count > KITE_NAMES_BYTES_MAX)
        return KITE_OK;
    status = kite_buffer_add_u32(names, (uint32_t)bytes);
    if (status == KITE_OK)
        status = kite_buffer_add_u32(names, (uint32_t)(bytes >> 32));
    return status == KITE_OK ? kite_buffer_add(names, name, strlen(name) + 1) : status;
}

static int compare_names(const void *a, const void *b)
{
    const uint8_t *const *left = a, *const *right = b;

    return strcmp((const char *)*left + 8, (const char *)*right + 8);
}

/* Put the packed entries in order of name, so that the same folder is always treated in the same order. */
static enum kite_status sort_names(const struct kite_memory *mem, struct kite_buffer *names)
{
    struct kite_buffer sorted = { .mem = *mem };
    const uint8_t **entries;
    size_t count = 0;
    enum kite_status status = KITE_OK;

    for (size_t at = 0; at < names->count; at += 9 + strlen((char *)names->bytes + at + 8))
        count++;
    if (count == 0)
        return KITE_OK;
    entries = kite_alloc(mem, count, sizeof *entries);
    if (!entries)
        return KITE_E_NOMEM;
    count = 0;
    for (size_t at = 0; at < names->count; at += 9 + strlen((char *)names->bytes + at + 8))
        entries[count++] = names->bytes + at;
    qsort(entries, count, sizeof *entries, compare_names);
    for (size_t i = 0; i < count && status == KITE_OK; i++)
        status = kite_buffer_add(&sorted, entries[i], 9 + strlen((const char *)entries[i] + 8));
    kite_free(mem, entries);
    if (status == KITE_OK) {
        kite_buffer_close(names);
        *names = sorted;
        return KITE_OK;
    }
    kite_buffer_close(&sorted);
    return status;
}

enum kite_status kite_library_candidates(struct kite_library *lib, struct kite_buffer *out)
{
    enum kite_status status;

    *out = (struct kite_buffer){ .mem = lib->mem };
    status = lib->io.list(lib->io.ctx, lib->folder, out, add_candidate);
    if (status == KITE_OK)
        status = sort_names(&lib->mem, out);
    if (status != KITE_OK)
        kite_buffer_close(out);
    return status;
}

static enum kite_status add_part(void *ctx, const char *name, uint64_t bytes)
{
    (void)bytes;
    return ends_with(name, ".part") ? kite_buffer_add(ctx, name, strlen(name) + 1) : KITE_OK;
}

enum kite_status kite_library_sweep(struct kite_library *lib)
{
    struct kite_buffer names = { .mem = lib->mem };
    char path[KITE_PATH_BYTES_MAX];
    enum kite_status status = lib->io.list(lib->io.ctx, lib->folder, &names, add_part);

    for (size_t at = 0; at < names.count && status == KITE_OK; at += strlen((char *)names.bytes + at) + 1) {
        if (kite_library_path(lib, (char *)names.bytes + at, path) == KITE_OK)
            (void)lib->io.remove(lib->io.ctx, path); /* one that stays only takes room */
    }
    kite_buffer_close(&names);
    return status;
}

void kite_library_discard(struct kite_library *lib)
{
    sqlite3_stmt *stmt = NULL;
    char path[KITE_PATH_BYTES_MAX];
    bool all_gone = true, any = false;
    enum kite_status status = kite_sql_open(lib, &stmt, "SELECT file FROM discard", "");

    while (status == KITE_OK && (status = kite_sql_step(lib, stmt)) == KITE_OK) {
        enum kite_status removed = kite_library_path(lib, kite_sql_text(stmt, 0), path);

        any = true;
        if (removed == KITE_OK)
            removed = lib->io.remove(lib->io.ctx, path);
        all_gone = all_gone && (removed == KITE_OK || removed == KITE_DONE);
    }
    kite_sql_close(stmt);
    if (status == KITE_DONE && any && all_gone && lib->io.sync_folder(lib->io.ctx, lib->folder) == KITE_OK)
        (void)kite_sql_run(lib, "DELETE FROM discard", ""); /* else they are removed once more next time */
}
