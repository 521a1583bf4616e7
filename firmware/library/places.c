/* Where each reader is in each text, and the way back. */
#include "library/store.h"

#include <string.h>

enum kite_status kite_library_text_known(struct kite_library *lib, int64_t text, uint8_t root[32], uint32_t *document)
{
    sqlite3_stmt *stmt;
    enum kite_status status = kite_sql_open(
        lib, &stmt, "SELECT t.document, b.root FROM text t JOIN bundle b ON b.id = t.bundle WHERE t.id = ?", "i", text);

    if (status == KITE_OK)
        status = kite_sql_step(lib, stmt);
    if (status == KITE_OK) {
        *document = (uint32_t)sqlite3_column_int64(stmt, 0);
        if (sqlite3_column_bytes(stmt, 1) == 32)
            memcpy(root, sqlite3_column_blob(stmt, 1), 32);
        else
            status = KITE_E_RANGE;
    }
    kite_sql_close(stmt);
    return status == KITE_DONE ? KITE_E_RANGE : status;
}

/* The reader and the text are there; the text's root and document. */
static enum kite_status check_both(struct kite_library *lib, uint32_t reader, int64_t text, uint8_t root[32],
                                   uint32_t *document)
{
    enum kite_status status = kite_library_check_reader(lib, reader);

    return status == KITE_OK ? kite_library_text_known(lib, text, root, document) : status;
}

/* With history, the order goes on counting; without, only the last text read has a number above 0. */
static enum kite_status save(struct kite_library *lib, uint32_t reader, int64_t text, struct kite_place place,
                             uint32_t permille)
{
    uint8_t root[32];
    int64_t history = 0, seq = 1;
    enum kite_status status = check_both(lib, reader, text, root, &place.document);

    if (status == KITE_OK)
        status = kite_sql_number(lib, &history, "SELECT history FROM reader WHERE id = ?", "i", (int64_t)reader);
    if (status == KITE_OK && history)
        status = kite_sql_number(lib, &seq,
                                 "SELECT coalesce(max(seq) + (text <> ?), 1) FROM place WHERE reader = ? AND seq > 0",
                                 "ii", text, (int64_t)reader);
    else if (status == KITE_OK)
        status = kite_sql_run(lib, "UPDATE place SET seq = 0 WHERE reader = ? AND seq > 0 AND text <> ?", "ii",
                              (int64_t)reader, text);
    return status == KITE_OK
               ? kite_sql_run(lib, "INSERT OR REPLACE INTO place(id, reader, text, root, document, paragraph, offset, permille,"
                                   " seq) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?)", "iiibiiiii",
                              kite_place_id(reader, text), (int64_t)reader, text, root, (int64_t)place.document,
                              (int64_t)place.paragraph, (int64_t)place.offset_bytes, (int64_t)permille, seq)
               : status;
}

enum kite_status kite_library_place_save(struct kite_library *lib, uint32_t reader, int64_t text,
                                         struct kite_place place, uint32_t read_permille, struct kite_fault *fault)
{
    enum kite_status status = kite_sql_begin(lib);

    if (status == KITE_OK)
        status = kite_sql_end(lib, save(lib, reader, text, place, read_permille > 1000 ? 1000 : read_permille));
    return kite_sql_fault(lib, status, fault, "keeping the place");
}

static enum kite_status save_page(struct kite_library *lib, uint32_t reader, int64_t text, const struct kite_place_page *page)
{
    uint32_t permille = page->read_permille > 1000 ? 1000 : page->read_permille;
    enum kite_status status = save(lib, reader, text, page->place, permille);

    if (status != KITE_OK || page->count == 0)
        return status;
    return kite_sql_run(lib, "UPDATE place SET page = ? WHERE id = ?", "zi", page->bytes, (int64_t)page->count,
                        kite_place_id(reader, text));
}

enum kite_status kite_library_place_page_save(struct kite_library *lib, uint32_t reader, int64_t text,
                                              const struct kite_place_page *page, struct kite_fault *fault)
{
    if (page->count > KITE_PLACE_PAGE_BYTES_MAX)
        return kite_fail(fault, KITE_E_LIMIT, "%u bytes are too many to be kept of a page", (unsigned)page->count);

    enum kite_status status = kite_sql_begin(lib);

    if (status == KITE_OK)
        status = kite_sql_end(lib, save_page(lib, reader, text, page));
    return kite_sql_fault(lib, status, fault, "keeping the place");
}

enum kite_status kite_library_place_page(struct kite_library *lib, uint32_t reader, int64_t text, struct kite_buffer *out,
                                         struct kite_fault *fault)
{
    sqlite3_stmt *stmt = NULL;
    enum kite_status status =
        kite_sql_open(lib, &stmt, "SELECT page FROM place WHERE id = ? AND length(page) > 0", "i", kite_place_id(reader, text));

    if (status == KITE_OK)
        status = kite_sql_step(lib, stmt);
    if (status == KITE_OK) {
        const void *bytes = sqlite3_column_blob(stmt, 0);

        status = bytes ? kite_buffer_add(out, bytes, (size_t)sqlite3_column_bytes(stmt, 0)) : KITE_E_NOMEM;
    }
    kite_sql_close(stmt);
    return kite_sql_fault(lib, status, fault, "looking up the page");
}

enum kite_status kite_library_place(struct kite_library *lib, uint32_t reader, int64_t text, struct kite_place *place,
                                    uint32_t *read_permille, struct kite_fault *fault)
{
    sqlite3_stmt *stmt = NULL;
    uint8_t root[32];
    enum kite_status status;

    *place = (struct kite_place){ 0 };
    if (read_permille)
        *read_permille = 0;
    status = check_both(lib, reader, text, root, &place->document);
    if (status == KITE_OK)
        status = kite_sql_open(lib, &stmt, "SELECT paragraph, offset, permille FROM place WHERE id = ?", "i",
                               kite_place_id(reader, text));
    if (status == KITE_OK)
        status = kite_sql_step(lib, stmt);
    if (status == KITE_OK) {
        place->paragraph = (uint32_t)sqlite3_column_int64(stmt, 0);
        place->offset_bytes = (uint32_t)sqlite3_column_int64(stmt, 1);
        if (read_permille)
            *read_permille = (uint32_t)sqlite3_column_int64(stmt, 2);
    }
    kite_sql_close(stmt);
    return kite_sql_fault(lib, status, fault, "looking up the place");
}

enum kite_status kite_library_last_text(struct kite_library *lib, uint32_t reader, int64_t *text,
                                        struct kite_fault *fault)
{
    enum kite_status status =
        kite_sql_number(lib, text,
                        "SELECT t.id FROM place p CROSS JOIN text t ON t.id = p.text WHERE p.reader = ? AND p.seq > 0 "
                        "AND t.present = 1 ORDER BY p.seq DESC LIMIT 1",
                        "i", (int64_t)reader);

    return kite_sql_fault(lib, status, fault, "looking up the last text");
}

enum kite_status kite_library_last_text_forget(struct kite_library *lib, uint32_t reader, struct kite_fault *fault)
{
    enum kite_status status = kite_library_check_reader(lib, reader);

    if (status == KITE_OK)
        status = kite_sql_run(lib, "UPDATE place SET seq = 0 WHERE reader = ?1 AND seq ="
                                   " (SELECT max(seq) FROM place WHERE reader = ?1)", "i", (int64_t)reader);
    return kite_sql_fault(lib, status, fault, "forgetting the last text");
}

static enum kite_status forget_way(struct kite_library *lib, uint32_t reader)
{
    return kite_sql_run(lib, "DELETE FROM back WHERE reader = ?", "i", (int64_t)reader);
}

static enum kite_status leave_way(struct kite_library *lib, uint32_t reader, int64_t text, struct kite_place from)
{
    uint8_t root[32];
    enum kite_status status = check_both(lib, reader, text, root, &from.document);

    if (status == KITE_OK)
        status = forget_way(lib, reader);
    return status == KITE_OK ? kite_sql_run(lib, "INSERT INTO back(id, reader, text, paragraph, offset) VALUES(?, ?, ?, ?, ?)",
                                            "iiiii", kite_place_id(reader, text) * 16, (int64_t)reader, text,
                                            (int64_t)from.paragraph, (int64_t)from.offset_bytes)
                             : status;
}

enum kite_status kite_library_jump(struct kite_library *lib, uint32_t reader, int64_t text, struct kite_place from,
                                   struct kite_fault *fault)
{
    enum kite_status status = kite_sql_begin(lib);

    if (status == KITE_OK)
        status = kite_sql_end(lib, leave_way(lib, reader, text, from));
    return kite_sql_fault(lib, status, fault, "keeping the way back");
}

enum kite_status kite_library_way_back(struct kite_library *lib, uint32_t reader, int64_t *text,
                                       struct kite_place *place, struct kite_fault *fault)
{
    sqlite3_stmt *stmt = NULL;
    enum kite_status status = kite_library_check_reader(lib, reader);

    *text = 0;
    *place = (struct kite_place){ 0 };
    if (status == KITE_OK)
        status = kite_sql_open(lib, &stmt,
                               "SELECT b.text, t.document, b.paragraph, b.offset FROM back b JOIN text t ON t.id = b.text "
                               "WHERE b.reader = ? AND t.present = 1 ORDER BY b.id DESC LIMIT 1",
                               "i", (int64_t)reader);
    if (status == KITE_OK)
        status = kite_sql_step(lib, stmt);
    if (status == KITE_OK) {
        *text = sqlite3_column_int64(stmt, 0);
        place->document = (uint32_t)sqlite3_column_int64(stmt, 1);
        place->paragraph = (uint32_t)sqlite3_column_int64(stmt, 2);
        place->offset_bytes = (uint32_t)sqlite3_column_int64(stmt, 3);
    }
    kite_sql_close(stmt);
    return kite_sql_fault(lib, status, fault, "looking up the way back");
}

enum kite_status kite_library_way_forget(struct kite_library *lib, uint32_t reader, struct kite_fault *fault)
{
    enum kite_status status = kite_library_check_reader(lib, reader);

    if (status == KITE_OK)
        status = forget_way(lib, reader);
    return kite_sql_fault(lib, status, fault, "forgetting the way back");
}
