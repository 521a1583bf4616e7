/* Making, opening, closing and forgetting the private shelf. */
#include "shelf/inside.h"

#include <stdio.h>
#include <string.h>

#define FOLDER "shelf" /* as its library sees it */

/* ---- what there is -----------------------------------------------------------------------------
 */

enum kite_status kite_shelf_look(struct kite_library *library, struct kite_shelf_state *out,
                                 struct kite_fault *fault)
{
    struct kite_library_where where = kite_library_where(library);
    struct key_file file;
    enum kite_status status = kite_trust_init(fault);

    *out = (struct kite_shelf_state){ .is_there = false };
    if (status == KITE_OK)
        status = key_file_read(&where, &file, fault);
    if (status == KITE_DONE)
        return KITE_OK;
    if (status == KITE_E_NOMEM || status == KITE_E_IO)
        return status;
    *out = (struct kite_shelf_state){ .is_there = true,
                                      .kind = file.kind,
                                      .is_damaged = status != KITE_OK };
    return KITE_OK;
}

/* A text that somebody put into the folder may have any name, "shelf.kite" too. */
static bool is_of_shelf(const char *name)
{
    static const char *const own[] = { "shelf.key",     "shelf.key2",     INDEX_FILE,
                                       "shelf.key.new", "shelf.key2.new", INDEX_FILE ".new" };
    uint8_t id[ID_BYTES];

    for (size_t i = 0; i < sizeof own / sizeof *own; i++)
        if (strcmp(name, own[i]) == 0)
            return true;
    return sealed_id(name, id);
}

static enum kite_status count_file(void *ctx, const char *name, uint64_t bytes)
{
    struct kite_shelf_usage *usage = ctx;

    if (is_of_shelf(name)) {
        usage->files++;
        usage->bytes += bytes;
    }
    return KITE_OK;
}

enum kite_status kite_shelf_usage(struct kite_library *library, struct kite_shelf_usage *out,
                                  struct kite_fault *fault)
{
    struct kite_library_where where = kite_library_where(library);
    enum kite_status status;

    *out = (struct kite_shelf_usage){ .files = 0 };
    status = where.io->list(where.io->ctx, where.folder, out, count_file);
    return status == KITE_OK ? status
                             : kite_fail(fault, status, "listing the private shelf: %s",
                                         kite_status_text(status));
}

/* ---- forgetting --------------------------------------------------------------------------------
 */

static enum kite_status gather_name(void *ctx, const char *name, uint64_t bytes)
{
    (void)bytes;
    return is_of_shelf(name) ? kite_buffer_add(ctx, name, strlen(name) + 1) : KITE_OK;
}

/* Everything but the keys. */
static enum kite_status remove_files(const struct kite_library_where *where)
{
    struct kite_buffer names = { .mem = where->mem };
    enum kite_status status = where->io->list(where->io->ctx, where->folder, &names, gather_name);

    for (size_t at = 0; at < names.count && status == KITE_OK;
         at += strlen((char *)names.bytes + at) + 1)
        status = file_remove(where, (char *)names.bytes + at);
    kite_buffer_close(&names);
    return status == KITE_OK ? where->io->sync_folder(where->io->ctx, where->folder) : status;
}

enum kite_status kite_shelf_forget(struct kite_library *library, struct kite_fault *fault)
{
    struct kite_library_where where = kite_library_where(library);
    enum kite_status status = key_file_wipe(&where);

    if (status == KITE_OK)
        status = remove_files(&where);
    return status == KITE_OK ? status
                             : kite_fail(fault, status, "forgetting the private shelf: %s",
                                         kite_status_text(status));
}

/* ---- opening -----------------------------------------------------------------------------------
 */

static enum kite_status make(struct kite_library *library, struct kite_shelf **out)
{
    struct kite_library_where where = kite_library_where(library);
    struct kite_shelf *shelf = kite_alloc(&where.mem, 1, sizeof *shelf);

    *out = shelf;
    if (!shelf)
        return KITE_E_NOMEM;
    shelf->device = library;
    shelf->where = where;
    shelf->keys = sodium_malloc(sizeof *shelf->keys);
    if (!shelf->keys)
        return KITE_E_NOMEM;
    volume_begin(&shelf->volume, &shelf->where, shelf->keys);
    shelf->io = volume_io(&shelf->volume);
    return KITE_OK;
}

static enum kite_status open_library(struct kite_shelf *shelf, struct kite_fault *fault)
{
    return kite_library_open(&shelf->where.mem, &shelf->io, FOLDER, &shelf->library, fault);
}

/* The readers are the device's, who are known by number alone. */
static enum kite_status add_readers(struct kite_library *library, struct kite_fault *fault)
{
    struct kite_reader_info readers[KITE_READERS_MAX];
    uint32_t count = 0, reader;
    enum kite_status status = kite_library_readers(library, readers, &count, fault);

    for (; count < KITE_READERS_MAX && status == KITE_OK; count++)
        status = kite_library_reader_add(library, "", 0, &reader, fault);
    return status;
}

static enum kite_status fill(struct kite_shelf *shelf, enum kite_shelf_secret kind,
                             const char *secret, struct kite_shelf_cost cost,
                             struct kite_fault *fault)
{
    struct key_file file;
    enum kite_status status;

    crypto_kdf_keygen(shelf->keys->master);
    keys_derive(shelf->keys);
    status = key_file_make(shelf->keys, kind, secret, cost, &file, fault);
    if (status == KITE_OK)
        status = open_library(shelf, fault);
    if (status == KITE_OK)
        status = add_readers(shelf->library, fault);
    if (status == KITE_OK)
        status = key_file_write(&shelf->where, &file); /* last: with it the shelf is there */
    return status;
}

/* What failed before the library, which has sentences of its own. */
static enum kite_status told(enum kite_status status, struct kite_fault *fault)
{
    if (status == KITE_OK || status == KITE_DONE || (fault && fault->text[0]))
        return status;
    return kite_fail(fault, status, "opening the private shelf: %s",
                     status == KITE_E_LIMIT ? "the storage is full" : kite_status_text(status));
}

enum kite_status kite_shelf_create(struct kite_library *library, enum kite_shelf_secret kind,
                                   const char *secret, struct kite_shelf_cost cost,
                                   struct kite_shelf **out, struct kite_fault *fault)
{
    struct kite_shelf_state state;
    struct kite_shelf *shelf = NULL;
    enum kite_status status = kite_shelf_look(library, &state, fault);

    *out = NULL;
    if (status == KITE_OK && state.is_there)
        return kite_fail(fault, KITE_E_RANGE, "there is a private shelf already");
    if (status == KITE_OK && !kite_shelf_secret_fits(kind, secret))
        return kite_fail(
            fault, KITE_E_FORMAT,
            "a PIN of the private shelf has %u to %u digits, a passphrase %u to %u bytes",
            KITE_SHELF_PIN_DIGITS_MIN, KITE_PIN_DIGITS_MAX, KITE_SHELF_PASSPHRASE_BYTES_MIN,
            KITE_SHELF_SECRET_BYTES_MAX);
    if (status == KITE_OK)
        status = kite_shelf_forget(library, fault); /* what is left of one that was cut off */
    if (status == KITE_OK)
        status = make(library, &shelf);
    if (status == KITE_OK)
        status = fill(shelf, kind, secret, cost, fault);
    if (status) {
        kite_shelf_close(shelf);
        return told(status, fault);
    }
    *out = shelf;
    return KITE_OK;
}

/* Every text that is there is entered anew. */
static enum kite_status scan(struct kite_library *library, struct kite_fault *fault)
{
    struct kite_import_result result;
    struct kite_scan *work;
    enum kite_status status = kite_scan_begin(library, NULL, &work, fault);

    while (status == KITE_OK)
        status = kite_scan_step(work, &result, fault);
    kite_scan_end(work);
    return status == KITE_DONE ? KITE_OK : status;
}

static enum kite_status unlock(struct kite_shelf *shelf, const char *secret,
                               struct kite_fault *fault)
{
    struct key_file file;
    enum kite_status status = key_file_read(&shelf->where, &file, fault);

    if (status == KITE_DONE)
        return kite_fail(fault, KITE_E_RANGE, "there is no private shelf");
    if (status == KITE_OK)
        status = key_file_unwrap(&file, secret, shelf->keys, fault);
    if (status == KITE_OK)
        status = key_file_double(&shelf->where, &file);
    if (status)
        return status;
    status = volume_load(&shelf->volume);
    shelf->is_damaged = status == KITE_E_DAMAGED;
    if (shelf->is_damaged)
        status = volume_gather(&shelf->volume);
    else if (status == KITE_OK)
        status = volume_sweep(&shelf->volume);
    if (status == KITE_OK)
        status = open_library(shelf, fault);
    if (status == KITE_OK)
        status = add_readers(shelf->library, fault);
    if (status == KITE_OK && shelf->is_damaged)
        status = scan(shelf->library, fault);
    if (status == KITE_OK)
        status = move_recover(shelf, fault);
    /* What cannot be cleared away now waits for the next opening of either. */
    if (status == KITE_OK)
        (void)kite_library_clear(shelf->device, NULL);
    return status;
}

enum kite_status kite_shelf_open(struct kite_library *library, const char *secret,
                                 struct kite_shelf **out, struct kite_fault *fault)
{
    struct kite_shelf *shelf = NULL;
    enum kite_status status = kite_trust_init(fault);

    *out = NULL;
    if (status == KITE_OK)
        status = make(library, &shelf);
    if (status == KITE_OK)
        status = unlock(shelf, secret, fault);
    if (status) {
        kite_shelf_close(shelf);
        return told(status, fault);
    }
    *out = shelf;
    return KITE_OK;
}

void kite_shelf_close(struct kite_shelf *shelf)
{
    struct kite_memory mem;

    if (!shelf)
        return;
    mem = shelf->where.mem;
    kite_library_close(shelf->library);
    volume_end(&shelf->volume);
    sodium_free(shelf->keys);
    kite_free(&mem, shelf);
}

enum kite_status kite_shelf_change(struct kite_shelf *shelf, enum kite_shelf_secret kind,
                                   const char *secret, struct kite_shelf_cost cost,
                                   struct kite_fault *fault)
{
    struct key_file file;
    enum kite_status status;

    if (!kite_shelf_secret_fits(kind, secret))
        return kite_fail(fault, KITE_E_FORMAT,
                         "the new PIN or passphrase is too short or too long");
    status = key_file_make(shelf->keys, kind, secret, cost, &file, fault);
    if (status == KITE_OK)
        status = key_file_write(&shelf->where, &file);
    return told(status, fault);
}

struct kite_library *kite_shelf_library(struct kite_shelf *shelf)
{
    return shelf->library;
}

bool kite_shelf_is_damaged(const struct kite_shelf *shelf)
{
    return shelf->is_damaged;
}
