/* Looking through the folder: what was put there by hand is verified where it lies; what has gone is noted. */
#include "library/store.h"

#include <stdio.h>
#include <string.h>

struct kite_scan {
    struct kite_library *lib;
    const struct kite_progress *progress;
    struct kite_buffer names; /* as kite_library_candidates gives them */
    size_t at;
};

enum kite_status kite_scan_begin(struct kite_library *lib, const struct kite_progress *progress,
                                 struct kite_scan **out, struct kite_fault *fault)
{
    struct kite_scan *scan = kite_alloc(&lib->mem, 1, sizeof *scan);
    enum kite_status status = scan ? KITE_OK : KITE_E_NOMEM;

    *out = NULL;
    if (scan) {
        *scan = (struct kite_scan){ .lib = lib, .progress = progress };
        status = kite_library_candidates(lib, &scan->names);
    }
    if (status == KITE_OK)
        *out = scan;
    else
        kite_scan_end(scan);
    return kite_sql_fault(lib, status, fault, "looking through the folder");
}

void kite_scan_end(struct kite_scan *scan)
{
    if (!scan)
        return;
    kite_buffer_close(&scan->names);
    kite_free(&scan->lib->mem, scan);
}

static const char *name_at(const struct kite_scan *scan, size_t at)
{
    return (const char *)scan->names.bytes + at + 8;
}

static uint64_t bytes_at(const struct kite_scan *scan, size_t at)
{
    return kite_get_u32(scan->names.bytes + at) | (uint64_t)kite_get_u32(scan->names.bytes + at + 4) << 32;
}

static size_t after(const struct kite_scan *scan, size_t at)
{
    return at + 9 + strlen(name_at(scan, at));
}

/* The next name that is not one of a bundle known by it; KITE_DONE at the end. */
static enum kite_status next_unknown(struct kite_scan *scan, size_t *found)
{
    sqlite3_stmt *stmt;
    enum kite_status status = kite_sql_open(
        scan->lib, &stmt, "SELECT 1 FROM bundle WHERE present = 1 AND file = ? AND bytes = ?", "");

    while (status == KITE_OK && scan->at < scan->names.count) {
        *found = scan->at;
        scan->at = after(scan, scan->at);
        status = kite_sql_status(sqlite3_reset(stmt));
        if (status == KITE_OK)
            status = kite_sql_status(sqlite3_bind_text(stmt, 1, name_at(scan, *found), -1, SQLITE_STATIC));
        if (status == KITE_OK)
            status = kite_sql_status(sqlite3_bind_int64(stmt, 2, (int64_t)bytes_at(scan, *found)));
        if (status == KITE_OK)
            status = kite_sql_step(scan->lib, stmt);
        if (status == KITE_DONE) {
            kite_sql_close(stmt);
            return KITE_OK;
        }
    }
    kite_sql_close(stmt);
    return status == KITE_OK ? KITE_DONE : status;
}

static bool is_named_like_a_bundle(const char *name)
{
    static const char end[] = ".kite";
    size_t count = strlen(name);

    if (count < 5)
        return false;
    for (size_t i = 0; i < 5; i++) {
        char c = name[count - 5 + i];

        if ((c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c) != end[i])
            return false;
    }
    return true;
}

static enum kite_status verify_in_place(struct kite_scan *scan, struct kite_library_file *file,
                                        struct kite_import_result *result, struct kite_fault *why)
{
    struct kite_library *lib = scan->lib;
    struct kite_bundle *bundle = NULL;
    enum kite_status status = kite_bundle_open(&lib->mem, &file->source, &bundle, why);

    if (status == KITE_OK)
        status = kite_library_admit(lib, bundle, &result->verdict, why);
    if (status == KITE_OK)
        status = kite_library_judge(lib, bundle, result);
    if (status == KITE_OK && result->outcome == KITE_IMPORT_ADDED) {
        status = kite_bundle_verify(bundle, scan->progress, why);
        if (status == KITE_OK)
            status = lib->io.sync(lib->io.ctx, file->file);
        if (status == KITE_OK)
            status = lib->io.sync_folder(lib->io.ctx, lib->folder);
        if (status == KITE_OK)
            status = kite_library_adopt(lib, bundle, result->name, file->source.size_bytes, result);
    }
    kite_bundle_close(bundle);
    return status;
}

static enum kite_status look_at(struct kite_scan *scan, size_t at, struct kite_import_result *result,
                                struct kite_fault *fault)
{
    struct kite_library *lib = scan->lib;
    struct kite_library_file file;
    struct kite_fault why = { "" };
    enum kite_status status;

    *result = (struct kite_import_result){ 0 };
    snprintf(result->name, sizeof result->name, "%s", name_at(scan, at));
    status = kite_library_file_open(lib, result->name, KITE_IO_WRITE, &file);
    if (status == KITE_OK)
        status = verify_in_place(scan, &file, result, &why);
    kite_library_file_close(&file);
    if (status == KITE_OK || status == KITE_E_NOMEM || lib->broken != KITE_OK)
        return kite_sql_fault(lib, status, fault, "entering a bundle");
    result->outcome = status == KITE_E_FORMAT && !is_named_like_a_bundle(result->name) ? KITE_IMPORT_IGNORED
                                                                                       : KITE_IMPORT_REFUSED;
    if (result->outcome == KITE_IMPORT_REFUSED) {
        if (!why.text[0])
            kite_fail(&why, status, "%s", kite_status_text(status));
        kite_fail(fault, status, "%s", why.text);
        kite_library_refuse(lib, result->name, bytes_at(scan, at), status, &why);
    }
    return KITE_OK;
}

/* Bundles of the catalogue whose file is not among the names; both are in order of bytes. */
static enum kite_status find_gone(struct kite_scan *scan, struct kite_buffer *gone)
{
    sqlite3_stmt *stmt;
    size_t at = 0;
    enum kite_status status =
        kite_sql_open(scan->lib, &stmt, "SELECT file, id FROM bundle WHERE present = 1 ORDER BY file", "");

    while (status == KITE_OK && (status = kite_sql_step(scan->lib, stmt)) == KITE_OK) {
        const char *file = kite_sql_text(stmt, 0);
        int64_t id = sqlite3_column_int64(stmt, 1);

        while (at < scan->names.count && strcmp(name_at(scan, at), file) < 0)
            at = after(scan, at);
        if (at == scan->names.count || strcmp(name_at(scan, at), file) != 0)
            status = kite_buffer_add(gone, &id, sizeof id);
    }
    kite_sql_close(stmt);
    return status == KITE_DONE ? KITE_OK : status;
}

static enum kite_status note_gone(struct kite_scan *scan)
{
    struct kite_library *lib = scan->lib;
    struct kite_buffer gone = { .mem = lib->mem };
    enum kite_status status =
        scan->names.count > KITE_NAMES_BYTES_MAX ? KITE_OK : find_gone(scan, &gone);

    if (status == KITE_OK && gone.count > 0) {
        status = kite_sql_begin(lib);
        if (status == KITE_OK) {
            for (size_t i = 0; i < gone.count && status == KITE_OK; i += sizeof(int64_t)) {
                int64_t id;

                memcpy(&id, gone.bytes + i, sizeof id);
                status = kite_sql_run(lib, "UPDATE bundle SET present = 0 WHERE id = ?", "i", id);
                if (status == KITE_OK)
                    status = kite_sql_run(lib, "UPDATE text SET present = 0 WHERE bundle = ?", "i", id);
            }
            status = kite_sql_end(lib, status);
        }
    }
    kite_buffer_close(&gone);
    return status;
}

enum kite_status kite_scan_step(struct kite_scan *scan, struct kite_import_result *result, struct kite_fault *fault)
{
    size_t at = 0;
    enum kite_status status = next_unknown(scan, &at);

    if (status == KITE_OK)
        return look_at(scan, at, result, fault);
    if (status == KITE_DONE && scan->lib->broken == KITE_OK) {
        enum kite_status noted = note_gone(scan);

        kite_library_discard(scan->lib, KITE_DISCARD_REMOVE);
        return noted == KITE_OK ? KITE_DONE : kite_sql_fault(scan->lib, noted, fault, "looking through the folder");
    }
    return kite_sql_fault(scan->lib, status, fault, "looking through the folder");
}
