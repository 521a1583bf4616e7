/* Import: look at the front, copy aside, verify the copy, make it durable, give it its name, enter it. */
#include "library/store.h"

#include <stdio.h>
#include <string.h>

#define COPY_BYTES 65536u

enum import_stage { STAGE_COPY, STAGE_VERIFY, STAGE_READY, STAGE_REFUSED };

struct kite_import {
    struct kite_library *lib;
    const struct kite_source *source;
    const struct kite_progress *progress;
    struct kite_import_result result;
    enum import_stage stage;
    bool is_private;
    char part[48];
    void *file; /* the copy */
    uint64_t copied_bytes;
    uint8_t root[32];
    uint8_t copy[COPY_BYTES];
};

/* Note why it does not come in, unless the trouble is ours. */
static enum kite_status refuse(struct kite_library *lib, const char *name, uint64_t bytes, enum kite_status status,
                               struct kite_fault *why, struct kite_fault *fault)
{
    if (!why->text[0])
        kite_fail(why, status, "%s", kite_status_text(status));
    if (status != KITE_E_NOMEM && lib->broken == KITE_OK)
        kite_library_refuse(lib, name, bytes, status, why);
    return kite_fail(fault, status, "%s", why->text);
}

#define FINAL_BYTES 48u

/* From the root hash, so that a cut before it is entered leaves a file that is found again. */
static void final_name(const uint8_t root[32], char out[FINAL_BYTES])
{
    for (unsigned i = 0; i < 16; i++)
        snprintf(out + 2 * i, 3, "%02x", root[i]);
    strcpy(out + 32, ".kite");
}

/* A file of this import. */
static void take_away(const struct kite_import *import, const char *name)
{
    struct kite_library *lib = import->lib;
    char path[KITE_PATH_BYTES_MAX];

    if (import->is_private)
        (void)kite_library_shred(lib, name);
    else if (kite_library_path(lib, name, path) == KITE_OK)
        (void)lib->io.remove(lib->io.ctx, path);
}

static void drop_copy(struct kite_import *import)
{
    struct kite_library *lib = import->lib;

    if (import->file)
        lib->io.close(lib->io.ctx, import->file);
    import->file = NULL;
    if (import->part[0])
        take_away(import, import->part); /* else the next open sweeps it away */
    import->part[0] = '\0';
}

/* Nothing is copied that cannot come in: a file that is no bundle, one that is here, one there is no room for. */
static enum kite_status look_at_front(struct kite_import *import, struct kite_fault *why)
{
    struct kite_library *lib = import->lib;
    struct kite_bundle *bundle = NULL;
    uint64_t room;
    enum kite_status status = kite_bundle_open(&lib->mem, import->source, &bundle, why);

    if (status == KITE_OK)
        status = kite_library_admit(lib, bundle, &import->result.verdict, why);
    if (status == KITE_OK)
        status = kite_library_judge(lib, bundle, &import->result);
    if (status == KITE_OK)
        memcpy(import->root, kite_bundle_root_hash(bundle), sizeof import->root);
    kite_bundle_close(bundle);
    if (status != KITE_OK)
        return status;
    if (import->result.outcome != KITE_IMPORT_ADDED) {
        import->stage = STAGE_READY;
        return KITE_OK;
    }
    status = lib->io.free_bytes(lib->io.ctx, lib->folder, &room);
    if (status == KITE_OK && (room < KITE_LIBRARY_RESERVE_BYTES ||
                              room - KITE_LIBRARY_RESERVE_BYTES < import->source->size_bytes))
        return kite_fail(why, KITE_E_LIMIT, "there is not enough room: %llu KB needed, %llu KB free",
                         (unsigned long long)(import->source->size_bytes + KITE_LIBRARY_RESERVE_BYTES) / 1024,
                         (unsigned long long)room / 1024);
    return status;
}

/* The names of a private copy, that of the file it becomes last, are given up before there is a copy; entering it takes its own back. */
static enum kite_status give_up_names(struct kite_import *import)
{
    struct kite_library *lib = import->lib;
    char final[FINAL_BYTES];
    enum kite_status status = kite_sql_begin(lib);

    if (status != KITE_OK)
        return status;
    final_name(import->root, final);
    status = kite_sql_run(lib, "INSERT INTO discard VALUES(?) ON CONFLICT DO NOTHING", "t", import->part);
    if (status == KITE_OK) /* not that of an unsigned copy which is listed */
        status = kite_sql_run(lib, "INSERT INTO discard SELECT ?1 WHERE NOT EXISTS (SELECT 1 FROM bundle WHERE present = 1 "
                                   "AND file = ?1) ON CONFLICT DO NOTHING", "t", final);
    if (status == KITE_OK)
        status = kite_library_wipe_later(lib); /* the name tells which text it is */
    return kite_sql_end(lib, status);
}

static enum kite_status open_copy(struct kite_import *import)
{
    struct kite_library *lib = import->lib;
    char path[KITE_PATH_BYTES_MAX];
    enum kite_status status = KITE_OK;

    snprintf(import->part, sizeof import->part, "%s-%u.part", import->is_private ? "private" : "incoming", ++lib->part_count);
    if (import->is_private)
        status = give_up_names(import);
    if (status == KITE_OK)
        status = kite_library_path(lib, import->part, path);
    return status == KITE_OK ? lib->io.open(lib->io.ctx, path, KITE_IO_WRITE, &import->file) : status;
}

static enum kite_status begin(struct kite_library *lib, const struct kite_source *source, const char *name,
                              const struct kite_progress *progress, bool is_private, struct kite_import **out,
                              struct kite_fault *fault)
{
    struct kite_import *import;
    struct kite_fault why = { "" };
    enum kite_status status;

    *out = NULL;
    if (!kite_library_text_fits(name, KITE_FILE_NAME_BYTES_MAX))
        return kite_fail(fault, KITE_E_FORMAT, "the file's name is too long or not UTF-8");
    if (lib->broken != KITE_OK)
        return kite_sql_fault(lib, lib->broken, fault, "importing a bundle");
    import = kite_alloc(&lib->mem, 1, sizeof *import);
    if (!import)
        return kite_fail(fault, KITE_E_NOMEM, "importing a bundle: out of memory");
    import->lib = lib;
    import->source = source;
    import->progress = progress;
    import->is_private = is_private;
    snprintf(import->result.name, sizeof import->result.name, "%s", name);
    status = look_at_front(import, &why);
    if (status == KITE_OK && import->stage == STAGE_COPY)
        status = open_copy(import);
    if (status != KITE_OK) {
        drop_copy(import);
        kite_free(&lib->mem, import);
        return refuse(lib, name, source->size_bytes, status, &why, fault);
    }
    *out = import;
    return KITE_OK;
}

enum kite_status kite_import_begin(struct kite_library *lib, const struct kite_source *source, const char *name,
                                   const struct kite_progress *progress, struct kite_import **out,
                                   struct kite_fault *fault)
{
    return begin(lib, source, name, progress, false, out, fault);
}

enum kite_status kite_import_begin_private(struct kite_library *lib, const struct kite_source *source, const char *name,
                                           const struct kite_progress *progress, struct kite_import **out,
                                           struct kite_fault *fault)
{
    return begin(lib, source, name, progress, true, out, fault);
}

static enum kite_status copy_some(struct kite_import *import)
{
    struct kite_library *lib = import->lib;
    uint64_t left = import->source->size_bytes - import->copied_bytes;
    size_t count = left < COPY_BYTES ? (size_t)left : COPY_BYTES;
    enum kite_status status =
        import->source->read_at(import->source->ctx, import->copied_bytes, import->copy, count);

    if (status == KITE_OK)
        status = lib->io.write_at(lib->io.ctx, import->file, import->copied_bytes, import->copy, count);
    if (status == KITE_OK)
        import->copied_bytes += count;
    if (import->copied_bytes == import->source->size_bytes)
        import->stage = STAGE_VERIFY;
    return status;
}

/* What is verified is the copy, as read back, so that what is kept is what was checked. */
static enum kite_status verify_copy(struct kite_import *import, struct kite_fault *why)
{
    struct kite_library *lib = import->lib;
    struct kite_library_file file = { 0 };
    struct kite_bundle *bundle = NULL;
    enum kite_status status = lib->io.sync(lib->io.ctx, import->file);

    lib->io.close(lib->io.ctx, import->file);
    import->file = NULL;
    if (status == KITE_OK)
        status = kite_library_file_open(lib, import->part, KITE_IO_READ, &file);
    if (status == KITE_OK)
        status = kite_bundle_open(&lib->mem, &file.source, &bundle, why);
    if (status == KITE_OK && memcmp(import->root, kite_bundle_root_hash(bundle), sizeof import->root) != 0)
        status = kite_fail(why, KITE_E_DAMAGED, "the file changed while it was being copied");
    if (status == KITE_OK)
        status = kite_bundle_verify(bundle, import->progress, why);
    kite_bundle_close(bundle);
    kite_library_file_close(&file);
    if (status == KITE_OK)
        import->stage = STAGE_READY;
    return status;
}

enum kite_status kite_import_step(struct kite_import *import, uint64_t *done, uint64_t *total,
                                  struct kite_fault *fault)
{
    struct kite_fault why = { "" };
    enum kite_status status = KITE_OK;

    if (import->stage == STAGE_COPY)
        status = copy_some(import);
    else if (import->stage == STAGE_VERIFY)
        status = verify_copy(import, &why);
    else if (import->stage == STAGE_REFUSED)
        return kite_fail(fault, KITE_E_FORMAT, "the bundle was refused");
    *done = import->stage == STAGE_READY ? import->source->size_bytes : import->copied_bytes;
    *total = import->source->size_bytes;
    if (status == KITE_OK)
        return import->stage == STAGE_READY ? KITE_DONE : KITE_OK;
    drop_copy(import);
    import->stage = STAGE_REFUSED;
    return refuse(import->lib, import->result.name, import->source->size_bytes, status, &why, fault);
}

/* The copy gets its name. */
static enum kite_status name_copy(struct kite_import *import, char final[FINAL_BYTES], bool *was_there)
{
    struct kite_library *lib = import->lib;
    char from[KITE_PATH_BYTES_MAX], to[KITE_PATH_BYTES_MAX];
    enum kite_status status;

    *was_there = true;
    final_name(import->root, final);
    status = kite_library_path(lib, import->part, from);
    if (status == KITE_OK)
        status = kite_library_path(lib, final, to);
    if (status == KITE_OK)
        status = lib->io.exists(lib->io.ctx, to, was_there);
    if (status == KITE_OK)
        status = lib->io.rename(lib->io.ctx, from, to);
    if (status == KITE_OK)
        import->part[0] = '\0';
    return status == KITE_OK ? lib->io.sync_folder(lib->io.ctx, lib->folder) : status;
}

/* What was told as not taken in must not turn up by itself. A copy that took the place of an unsigned one stays: it is the same text. */
static void take_back(const struct kite_import *import, const char *final)
{
    if (import->lib->broken == KITE_OK)
        take_away(import, final);
}

static enum kite_status enter_copy(struct kite_import *import)
{
    struct kite_library *lib = import->lib;
    struct kite_library_file file = { 0 };
    struct kite_bundle *bundle = NULL;
    char final[FINAL_BYTES];
    bool was_there;
    enum kite_status status = name_copy(import, final, &was_there);

    if (status == KITE_OK)
        status = kite_library_file_open(lib, final, KITE_IO_READ, &file);
    if (status == KITE_OK)
        status = kite_bundle_open(&lib->mem, &file.source, &bundle, NULL);
    if (status == KITE_OK)
        status = kite_library_adopt(lib, bundle, final, file.source.size_bytes, &import->result);
    kite_bundle_close(bundle);
    kite_library_file_close(&file);
    if (status != KITE_OK && !import->part[0] && !was_there)
        take_back(import, final);
    return status;
}

enum kite_status kite_import_finish(struct kite_import *import, struct kite_import_result *result,
                                    struct kite_fault *fault)
{
    struct kite_library *lib = import->lib;
    enum kite_status status = KITE_OK;

    if (import->stage == STAGE_REFUSED)
        import->result.outcome = KITE_IMPORT_REFUSED;
    else if (import->stage != STAGE_READY)
        status = KITE_E_RANGE;
    else if (import->result.outcome == KITE_IMPORT_ADDED)
        status = enter_copy(import);
    *result = import->result;
    kite_import_cancel(import);
    if (status == KITE_OK)
        kite_library_discard(lib, KITE_DISCARD_REMOVE); /* somebody may be reading the older edition */
    return kite_sql_fault(lib, status, fault, "entering a bundle");
}

void kite_import_cancel(struct kite_import *import)
{
    struct kite_library *lib;

    if (!import)
        return;
    lib = import->lib;
    drop_copy(import);
    kite_free(&lib->mem, import);
}
