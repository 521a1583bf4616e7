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

bool kite_library_is_candidate(const char *name)
{
    static const char *const own[] = { "kite.db",     "kite-repair.db", "kite-damaged-", "kite.lock",
                                       "kite.starts", "maps.db",        "shelf.key",     "shelf.index" }; /* of the private shelf */

    if (name[0] == '.' || ends_with(name, ".part") || ends_with(name, ".sealed") || strlen(name) > KITE_FILE_NAME_BYTES_MAX)
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

    if (!kite_library_is_candidate(name) || names->count > KITE_NAMES_BYTES_MAX)
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

/* ---- leaving nothing behind ---- */

/* Zeros over all bytes of a file, on the disk. Flash may keep what was there; no program can reach that. */
static enum kite_status overwrite(struct kite_library *lib, const char *path)
{
    static const uint8_t zeros[KITE_PAGE_BYTES];
    uint64_t bytes = 0;
    void *file;
    enum kite_status status = lib->io.open(lib->io.ctx, path, KITE_IO_WRITE, &file);

    if (status != KITE_OK)
        return status;
    status = lib->io.size(lib->io.ctx, file, &bytes);
    for (uint64_t at = 0; at < bytes && status == KITE_OK; at += sizeof zeros) {
        size_t count = bytes - at < sizeof zeros ? (size_t)(bytes - at) : sizeof zeros;

        status = lib->io.write_at(lib->io.ctx, file, at, zeros, count);
    }
    if (status == KITE_OK)
        status = lib->io.sync(lib->io.ctx, file);
    lib->io.close(lib->io.ctx, file);
    return status;
}

/* One that cannot be overwritten is removed all the same. */
enum kite_status kite_library_shred(struct kite_library *lib, const char *name)
{
    char path[KITE_PATH_BYTES_MAX];
    bool is_there = false;
    enum kite_status status = kite_library_path(lib, name, path), removed;

    if (status == KITE_OK)
        status = lib->io.exists(lib->io.ctx, path, &is_there);
    if (status != KITE_OK || !is_there)
        return status == KITE_OK ? KITE_DONE : status;
    status = overwrite(lib, path);
    removed = lib->io.remove(lib->io.ctx, path);
    return status == KITE_OK ? removed : status;
}

enum kite_status kite_library_wipe_later(struct kite_library *lib)
{
    return kite_sql_run(lib, "INSERT INTO discard VALUES('" KITE_JOURNAL "') ON CONFLICT DO NOTHING", "");
}

/* The journal stays, as the next transaction would only lay it down on other blocks. What SQLite keeps of pages in memory may hold
 * left-overs that the disk no longer does. */
static enum kite_status wipe_journal(struct kite_library *lib)
{
    char path[KITE_PATH_BYTES_MAX];
    bool is_there = false;
    enum kite_status status = kite_library_path(lib, KITE_JOURNAL, path);

    if (status == KITE_OK)
        status = lib->io.exists(lib->io.ctx, path, &is_there);
    if (status == KITE_OK && is_there)
        status = overwrite(lib, path);
    sqlite3_db_release_memory(lib->db);
    return status;
}

static enum kite_status discard_file(struct kite_library *lib, const char *name, enum kite_discard how)
{
    char path[KITE_PATH_BYTES_MAX];
    enum kite_status status;

    if (strcmp(name, KITE_JOURNAL) == 0)
        return wipe_journal(lib);
    if (strcmp(name, KITE_MAPS) == 0)
        return kite_maps_drop(lib);
    if (how == KITE_DISCARD_OVERWRITE || !kite_library_is_candidate(name))
        return kite_library_shred(lib, name);
    status = kite_library_path(lib, name, path);
    return status == KITE_OK ? lib->io.remove(lib->io.ctx, path) : status;
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

void kite_library_discard(struct kite_library *lib, enum kite_discard how)
{
    sqlite3_stmt *stmt = NULL;
    bool all_gone = true, any = false;
    enum kite_status status;

    if (lib->depth > 0) /* the journal is in use; what began the transaction discards at its end, or the next opening */
        return;
    status = kite_sql_open(lib, &stmt, "SELECT file FROM discard", "");

    while (status == KITE_OK && (status = kite_sql_step(lib, stmt)) == KITE_OK) {
        enum kite_status removed = discard_file(lib, kite_sql_text(stmt, 0), how);

        any = true;
        all_gone = all_gone && (removed == KITE_OK || removed == KITE_DONE);
    }
    kite_sql_close(stmt);
    if (status != KITE_DONE || !any || !all_gone || lib->io.sync_folder(lib->io.ctx, lib->folder) != KITE_OK)
        return; /* they are removed once more next time */
    status = KITE_OK;
    if (how == KITE_DISCARD_OVERWRITE) { /* names of bundles are hashes of them: the journal that has them now goes before its row */
        status = kite_sql_run(lib, "DELETE FROM discard WHERE file <> '" KITE_JOURNAL "'", "");
        if (status == KITE_OK)
            status = wipe_journal(lib);
    }
    if (status == KITE_OK)
        (void)kite_sql_run(lib, "DELETE FROM discard", "");
}
