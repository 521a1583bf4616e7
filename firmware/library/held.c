/* What the device holds as files: opening a text to read, removing, room, and what did not arrive. */
#include "library/store.h"

#include <stdio.h>
#include <string.h>

struct kite_book {
    struct kite_memory mem;
    struct kite_library_file file;
    struct kite_bundle *bundle;
    uint32_t document;
};

enum kite_status kite_library_file_of(struct kite_library *lib, int64_t text, char file[KITE_FILE_NAME_BYTES_MAX + 1],
                                      uint32_t *document, uint8_t root[32])
{
    sqlite3_stmt *stmt;
    enum kite_status status = kite_sql_kept(lib, KITE_KEPT_FILE_OF, &stmt,
                                            "SELECT b.file, t.document, b.root FROM text t JOIN bundle b ON b.id = t.bundle "
                                            "WHERE t.id = ? AND b.present = 1",
                                            "i", text);

    if (status == KITE_OK)
        status = kite_sql_step(lib, stmt);
    if (status == KITE_OK) {
        snprintf(file, KITE_FILE_NAME_BYTES_MAX + 1, "%s", kite_sql_text(stmt, 0));
        *document = (uint32_t)sqlite3_column_int64(stmt, 1);
        if (sqlite3_column_bytes(stmt, 2) == 32)
            memcpy(root, sqlite3_column_blob(stmt, 2), 32);
        status = kite_sql_row(lib);
    }
    kite_sql_rest(stmt);
    return status == KITE_DONE ? KITE_E_RANGE : status;
}

enum kite_status kite_library_book_open(struct kite_library *lib, int64_t text, struct kite_book **out,
                                        struct kite_fault *fault)
{
    char file[KITE_FILE_NAME_BYTES_MAX + 1];
    uint8_t root[32] = { 0 };
    struct kite_book *book = kite_alloc(&lib->mem, 1, sizeof *book);
    enum kite_status status = book ? KITE_OK : KITE_E_NOMEM;

    *out = NULL;
    if (status == KITE_OK) {
        book->mem = lib->mem;
        status = kite_library_file_of(lib, text, file, &book->document, root);
    }
    if (status == KITE_OK)
        status = kite_library_file_open(lib, file, KITE_IO_READ, &book->file);
    if (status != KITE_OK) {
        kite_library_book_close(book);
        return kite_sql_fault(lib, status, fault, "opening a text");
    }
    status = kite_bundle_open(&lib->mem, &book->file.source, &book->bundle, fault);
    if (status == KITE_OK && (memcmp(root, kite_bundle_root_hash(book->bundle), sizeof root) != 0 ||
                              book->document >= kite_bundle_document_count(book->bundle)))
        status = kite_fail(fault, KITE_E_DAMAGED, "the file is not the one that was imported");
    if (status != KITE_OK) {
        kite_library_book_close(book);
        return status;
    }
    *out = book;
    return KITE_OK;
}

struct kite_bundle *kite_book_bundle(struct kite_book *book)
{
    return book->bundle;
}

const struct kite_source *kite_book_source(const struct kite_book *book)
{
    return &book->file.source;
}

uint32_t kite_book_document(const struct kite_book *book)
{
    return book->document;
}

void kite_library_book_close(struct kite_book *book)
{
    struct kite_memory mem;

    if (!book)
        return;
    mem = book->mem;
    kite_bundle_close(book->bundle);
    kite_library_file_close(&book->file);
    kite_free(&mem, book);
}

/* The texts of a bundle, and what waits for older editions of them to come back; its id is the parameter. */
#define TEXTS \
    "(SELECT id FROM text WHERE bundle = ?1 OR (present = 0 AND work <> '' AND work IN " \
    "(SELECT work FROM text WHERE bundle = ?1)))"

/* What is forgotten of a bundle that was taken off. */
static const char *const forgets[] = {
    "DELETE FROM place WHERE text IN " TEXTS,
    "DELETE FROM back WHERE text IN " TEXTS,
    "DELETE FROM mark WHERE text IN " TEXTS,
    "DELETE FROM search WHERE id IN " TEXTS,
    "DELETE FROM text WHERE id IN " TEXTS,
    "DELETE FROM bundle WHERE id = ?1 OR (present = 0 AND NOT EXISTS (SELECT 1 FROM text WHERE text.bundle = bundle.id))",
};

static enum kite_status take_off(struct kite_library *lib, int64_t bundle, enum kite_removal removal)
{
    enum kite_status status = kite_sql_run(
        lib, "INSERT INTO discard SELECT file FROM bundle WHERE id = ? ON CONFLICT DO NOTHING", "i", bundle);

    if (status == KITE_OK)
        status = kite_sql_run(lib, "UPDATE bundle SET present = 0 WHERE id = ?", "i", bundle);
    if (status == KITE_OK)
        status = kite_sql_run(lib, "UPDATE text SET present = 0 WHERE bundle = ?", "i", bundle);
    if (status == KITE_OK)
        status = kite_sql_run(lib, "DELETE FROM origin WHERE bundle = ?", "i", bundle);
    for (size_t i = 0; i < sizeof forgets / sizeof *forgets; i++) {
        if (status == KITE_OK && removal == KITE_REMOVE_FORGET_MARKS)
            status = kite_sql_run(lib, forgets[i], "i", bundle);
    }
    return status == KITE_OK && removal == KITE_REMOVE_FORGET_MARKS ? kite_library_wipe_later(lib) : status;
}

/* The root hash of a bundle that is here; KITE_E_RANGE. */
static enum kite_status root_of(struct kite_library *lib, int64_t bundle, uint8_t root[32])
{
    sqlite3_stmt *stmt;
    enum kite_status status = kite_sql_open(lib, &stmt, "SELECT root FROM bundle WHERE id = ? AND present = 1", "i", bundle);

    if (status == KITE_OK)
        status = kite_sql_step(lib, stmt);
    if (status == KITE_OK && sqlite3_column_bytes(stmt, 0) == 32)
        memcpy(root, sqlite3_column_blob(stmt, 0), 32);
    kite_sql_close(stmt);
    return status == KITE_DONE ? KITE_E_RANGE : status;
}

enum kite_status kite_library_remove(struct kite_library *lib, int64_t bundle, enum kite_removal removal,
                                     struct kite_fault *fault)
{
    bool forgets_all = removal == KITE_REMOVE_FORGET_MARKS;
    uint8_t root[32] = { 0 };
    enum kite_status status = root_of(lib, bundle, root);

    if (status == KITE_OK && forgets_all)
        status = kite_maps_forget(lib, root);
    if (status == KITE_OK)
        status = kite_sql_begin(lib);
    if (status == KITE_OK)
        status = kite_sql_end(lib, take_off(lib, bundle, removal));
    if (status == KITE_OK)
        kite_library_discard(lib, forgets_all ? KITE_DISCARD_OVERWRITE : KITE_DISCARD_REMOVE);
    return kite_sql_fault(lib, status, fault, "removing a text");
}

enum kite_status kite_library_clear(struct kite_library *lib, struct kite_fault *fault)
{
    int64_t left = 0;
    enum kite_status status;

    kite_library_discard(lib, KITE_DISCARD_OVERWRITE);
    status = kite_sql_number(lib, &left, "SELECT count(*) FROM discard", "");
    return kite_sql_fault(lib, status == KITE_OK && left ? KITE_E_IO : status, fault, "clearing away files");
}

enum kite_status kite_library_space(struct kite_library *lib, uint64_t *used_bytes, uint64_t *free_bytes,
                                    struct kite_fault *fault)
{
    int64_t used;
    enum kite_status status =
        kite_sql_number(lib, &used, "SELECT coalesce(sum(bytes), 0) FROM bundle WHERE present = 1", "");

    if (status == KITE_OK) {
        *used_bytes = (uint64_t)used;
        status = lib->io.free_bytes(lib->io.ctx, lib->folder, free_bytes);
    }
    return kite_sql_fault(lib, status, fault, "asking how much room there is");
}

enum kite_status kite_library_refused(struct kite_library *lib, uint32_t first, uint32_t count, void *ctx,
                                      enum kite_status (*each)(void *ctx, const struct kite_refused *refused),
                                      struct kite_fault *fault)
{
    sqlite3_stmt *stmt;
    enum kite_status status = kite_sql_open(
        lib, &stmt, "SELECT id, name, bytes, status, reason FROM refused ORDER BY id DESC LIMIT ? OFFSET ?", "ii",
        (int64_t)count, (int64_t)first);

    while (status == KITE_OK && (status = kite_sql_step(lib, stmt)) == KITE_OK) {
        const struct kite_refused refused = { .id = sqlite3_column_int64(stmt, 0),
                                              .name = kite_sql_text(stmt, 1),
                                              .bytes = (uint64_t)sqlite3_column_int64(stmt, 2),
                                              .status = (enum kite_status)sqlite3_column_int(stmt, 3),
                                              .reason = kite_sql_text(stmt, 4) };

        status = kite_sql_row(lib);
        if (status == KITE_OK)
            status = each(ctx, &refused);
    }
    kite_sql_close(stmt);
    return kite_sql_fault(lib, status == KITE_DONE ? KITE_OK : status, fault, "listing what did not arrive");
}
