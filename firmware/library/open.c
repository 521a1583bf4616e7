/* Opening: the lock, the database and what to do when it is damaged, left-overs, page maps. */
#include "library/store.h"

#include <stdio.h>
#include <string.h>

#define REPAIR "kite-repair.db" /* the next kite.db, while it is being filled */
#define NEW "kite-new.db" /* the first kite.db, while it is being made */
#define DAMAGED_KEPT 9u

enum kite_status kite_library_path(const struct kite_library *lib, const char *name, char *out)
{
    int count = snprintf(out, KITE_PATH_BYTES_MAX, "%s/%s", lib->folder, name);

    return count < 0 || (size_t)count >= KITE_PATH_BYTES_MAX ? KITE_E_LIMIT : KITE_OK;
}

enum kite_status kite_library_database(struct kite_library *lib, const char *name, int flags, sqlite3 **out)
{
    char path[KITE_PATH_BYTES_MAX];
    int code, reserve = (int)KITE_PAGE_SUM_BYTES;
    enum kite_status status = kite_library_path(lib, name, path);

    *out = NULL;
    if (status != KITE_OK)
        return status;
    code = sqlite3_open_v2(path, out, flags | SQLITE_OPEN_NOMUTEX, lib->vfs.name);
    if (code == SQLITE_OK)
        code = sqlite3_extended_result_codes(*out, 1);
    if (code == SQLITE_OK)
        code = sqlite3_file_control(*out, "main", SQLITE_FCNTL_RESERVE_BYTES, &reserve);
    if (code == SQLITE_OK)
        return KITE_OK;
    sqlite3_close(*out);
    *out = NULL;
    return kite_sql_status(code);
}

static void close_database(struct kite_library *lib)
{
    kite_sql_drop_kept(lib);
    sqlite3_close(lib->db);
    lib->db = NULL;
}

static enum kite_status open_database(struct kite_library *lib, const char *name, int64_t version)
{
    enum kite_status status = kite_library_database(lib, name, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, &lib->db);

    lib->broken = KITE_OK;
    if (status == KITE_OK)
        status = kite_schema_begin(lib, version);
    if (status != KITE_OK)
        close_database(lib);
    return status;
}

static enum kite_status remove_with_journal(struct kite_library *lib, const char *name)
{
    char journal[48];
    enum kite_status status = kite_library_shred(lib, name);

    snprintf(journal, sizeof journal, "%s-journal", name);
    if (status == KITE_OK || status == KITE_DONE)
        status = kite_library_shred(lib, journal);
    return status == KITE_DONE ? KITE_OK : status;
}

static enum kite_status rename_here(struct kite_library *lib, const char *from, const char *to)
{
    char from_path[KITE_PATH_BYTES_MAX], to_path[KITE_PATH_BYTES_MAX];
    enum kite_status status = kite_library_path(lib, from, from_path);

    if (status == KITE_OK)
        status = kite_library_path(lib, to, to_path);
    if (status == KITE_OK)
        status = lib->io.rename(lib->io.ctx, from_path, to_path);
    return status == KITE_OK ? lib->io.sync_folder(lib->io.ctx, lib->folder) : status;
}

static enum kite_status is_here(struct kite_library *lib, const char *name, bool *out)
{
    char path[KITE_PATH_BYTES_MAX];
    enum kite_status status = kite_library_path(lib, name, path);

    return status == KITE_OK ? lib->io.exists(lib->io.ctx, path, out) : status;
}

/* The first of the few names for damaged databases that is free, or else the last. */
static enum kite_status choose_aside(struct kite_library *lib, char *name, size_t room)
{
    enum kite_status status = KITE_OK;
    bool is_taken = true;

    for (unsigned n = 1; n <= DAMAGED_KEPT && is_taken && status == KITE_OK; n++) {
        snprintf(name, room, "kite-damaged-%u.db", n);
        status = is_here(lib, name, &is_taken);
    }
    return status;
}

/* kite.db is damaged. A new one is filled beside it and takes its name only when whole, so that a cut at any time
 * leaves either the damaged one, to be repaired again, or the new one. */
static enum kite_status repair(struct kite_library *lib)
{
    enum kite_status status = remove_with_journal(lib, REPAIR);

    if (status == KITE_OK)
        status = open_database(lib, REPAIR, 1);
    if (status != KITE_OK)
        return status;
    status = kite_library_salvage(lib, lib->opening == KITE_OPEN_ANEW ? NULL : KITE_DATABASE);
    close_database(lib);
    if (status == KITE_OK)
        status = choose_aside(lib, lib->repair.set_aside, sizeof lib->repair.set_aside);
    if (status == KITE_OK)
        status = rename_here(lib, KITE_DATABASE, lib->repair.set_aside);
    if (status == KITE_OK)
        status = remove_with_journal(lib, KITE_DATABASE);
    if (status == KITE_OK)
        status = rename_here(lib, REPAIR, KITE_DATABASE);
    if (status == KITE_OK)
        status = remove_with_journal(lib, REPAIR);
    return status == KITE_OK ? open_database(lib, KITE_DATABASE, kite_schema_steps().count) : status;
}

/* kite.db takes its name only when whole, so that an empty one is never our doing. */
static enum kite_status make_database(struct kite_library *lib)
{
    enum kite_status status = remove_with_journal(lib, NEW);

    if (status == KITE_OK)
        status = open_database(lib, NEW, kite_schema_steps().count);
    close_database(lib);
    if (status == KITE_OK)
        status = rename_here(lib, NEW, KITE_DATABASE);
    return status == KITE_OK ? remove_with_journal(lib, NEW) : status;
}

/* An emptied kite.db beside bundles was not always empty: KITE_E_DAMAGED. */
static enum kite_status check_emptied(struct kite_library *lib)
{
    struct kite_library_file file;
    struct kite_buffer names;
    uint64_t bytes;
    enum kite_status status = kite_library_file_open(lib, KITE_DATABASE, KITE_IO_READ, &file);

    if (status != KITE_OK)
        return status;
    bytes = file.source.size_bytes;
    kite_library_file_close(&file);
    if (bytes > 0)
        return KITE_OK;
    status = kite_library_candidates(lib, &names);
    if (status == KITE_OK && names.count > 0)
        status = KITE_E_DAMAGED;
    kite_buffer_close(&names);
    return status;
}

static enum kite_status find_database(struct kite_library *lib)
{
    bool is_there, is_repaired;
    enum kite_status status = is_here(lib, KITE_DATABASE, &is_there);

    if (status == KITE_OK)
        status = is_here(lib, REPAIR, &is_repaired);
    /* Cut between the two renames of a repair: the new one was whole by then. */
    if (status == KITE_OK && !is_there && is_repaired)
        status = remove_with_journal(lib, KITE_DATABASE);
    if (status == KITE_OK && !is_there && is_repaired)
        status = rename_here(lib, REPAIR, KITE_DATABASE);
    if (status == KITE_OK && !is_there && !is_repaired)
        status = make_database(lib);
    if (status == KITE_OK && is_there && lib->opening >= KITE_OPEN_REPAIRED)
        status = KITE_E_DAMAGED;
    if (status == KITE_OK && is_there)
        status = check_emptied(lib);
    if (status == KITE_OK)
        status = open_database(lib, KITE_DATABASE, kite_schema_steps().count);
    if (status == KITE_OK && is_there && is_repaired)
        status = remove_with_journal(lib, REPAIR);
    if (status != KITE_E_DAMAGED)
        return status;
    lib->repair.was_damaged = true;
    return repair(lib);
}

static void write_notice(struct kite_library *lib)
{
    const struct kite_library_repair *r = &lib->repair;

    if (r->was_damaged)
        snprintf(lib->notice, sizeof lib->notice,
                 "The library's list was damaged and has been set aside as %s. Found again: %u texts. "
                 "Kept: %u readers, %u settings, %u places, %u marks%s.",
                 r->set_aside, (unsigned)r->texts_found, (unsigned)r->readers_kept, (unsigned)r->settings_kept,
                 (unsigned)r->places_kept, (unsigned)r->marks_kept,
                 r->is_partial ? "; some of these could not be read" : "");
    else if (r->maps_were_dropped)
        snprintf(lib->notice, sizeof lib->notice,
                 "The page numbers kept from before were damaged; they are counted again.");
}

static enum kite_status open_folder(struct kite_library *lib, const char *folder, struct kite_fault *fault)
{
    char path[KITE_PATH_BYTES_MAX];
    enum kite_status status;

    lib->folder = kite_alloc(&lib->mem, strlen(folder) + 1, 1);
    if (!lib->folder)
        return kite_fail(fault, KITE_E_NOMEM, "opening the library: out of memory");
    memcpy(lib->folder, folder, strlen(folder) + 1);
    status = kite_library_path(lib, "kite.lock", path);
    if (status == KITE_OK)
        status = lib->io.open(lib->io.ctx, path, KITE_IO_LOCK, &lib->lock);
    if (status == KITE_E_LIMIT)
        return kite_fail(fault, status, "the library is in use by another program, or the storage is full");
    if (status == KITE_OK)
        status = kite_vfs_open(&lib->vfs, &lib->io, lib->folder);
    if (status == KITE_OK)
        status = find_database(lib);
    if (status == KITE_E_UNSUPPORTED)
        return kite_fail(fault, status, "the library was made by a newer Kite");
    if (status == KITE_OK) {
        kite_library_discard(lib, KITE_DISCARD_OVERWRITE); /* first: some of it is half written, and to be overwritten */
        status = kite_library_sweep(lib);
    }
    return kite_sql_fault(lib, status, fault, "opening the library");
}

static void open_maps(struct kite_library *lib)
{
    if (lib->opening >= KITE_OPEN_REPAIRED)
        (void)kite_library_shred(lib, KITE_MAPS);
    if (lib->opening != KITE_OPEN_WITHOUT_MAPS)
        kite_maps_open(lib);
}

enum kite_status kite_library_open(const struct kite_memory *mem, const struct kite_io *io, const char *folder,
                                   struct kite_library **out, struct kite_fault *fault)
{
    return kite_library_open_as(mem, io, folder, KITE_OPEN_USUAL, out, fault);
}

enum kite_status kite_library_open_as(const struct kite_memory *mem, const struct kite_io *io, const char *folder,
                                      enum kite_opening opening, struct kite_library **out, struct kite_fault *fault)
{
    struct kite_library *lib = kite_alloc(mem, 1, sizeof *lib);
    enum kite_status status;

    *out = NULL;
    if (!lib)
        return kite_fail(fault, KITE_E_NOMEM, "opening the library: out of memory");
    lib->mem = *mem;
    lib->io = *io;
    lib->opening = opening;
    status = open_folder(lib, folder, fault);
    if (status != KITE_OK) {
        kite_library_close(lib);
        return status;
    }
    open_maps(lib);
    write_notice(lib);
    *out = lib;
    return KITE_OK;
}

void kite_library_close(struct kite_library *lib)
{
    if (!lib)
        return;
    kite_maps_close(lib);
    close_database(lib);
    kite_vfs_close(&lib->vfs);
    if (lib->lock)
        lib->io.close(lib->io.ctx, lib->lock);
    kite_free(&lib->mem, lib->folder);
    kite_free(&lib->mem, lib);
}

bool kite_library_must_reopen(const struct kite_library *lib)
{
    return lib->broken != KITE_OK;
}

struct kite_library_where kite_library_where(const struct kite_library *lib)
{
    return (struct kite_library_where){ lib->mem, &lib->io, lib->folder };
}

struct kite_library_repair kite_library_repair(const struct kite_library *lib)
{
    return lib->repair;
}

const char *kite_library_notice(const struct kite_library *lib)
{
    return lib->notice;
}
