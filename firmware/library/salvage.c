/* Filling a new database after the old one was found damaged: the catalogue from the bundles' fronts, and readers,
 * settings, places and marks from whatever rows of the old one can still be read. A page is readable when its sum is
 * right, so that what is kept is what was written. */
#include "library/store.h"

#include <string.h>

#define STEPS_OF_ONE 1024

/* ---- from the bundles ---- */

static enum kite_status enter_file(struct kite_library *lib, const char *name)
{
    struct kite_import_result result = { 0 };
    struct kite_library_file file;
    struct kite_bundle *bundle = NULL;
    enum kite_status status = kite_library_file_open(lib, name, KITE_IO_READ, &file);

    if (status == KITE_OK)
        status = kite_bundle_open(&lib->mem, &file.source, &bundle, NULL);
    if (status == KITE_OK)
        status = kite_library_verdict(lib, bundle, &result.verdict, NULL);
    if (status == KITE_OK)
        status = kite_library_adopt(lib, bundle, name, file.source.size_bytes, &result);
    else if (status != KITE_E_NOMEM && lib->broken == KITE_OK)
        status = KITE_OK; /* no bundle, or a damaged one: a scan will say so */
    kite_bundle_close(bundle);
    kite_library_file_close(&file);
    return status;
}

static enum kite_status enter_all(struct kite_library *lib)
{
    struct kite_buffer names;
    int64_t texts = 0;
    enum kite_status status = kite_library_candidates(lib, &names);

    for (size_t at = 0; at < names.count && status == KITE_OK; at += 9 + strlen((char *)names.bytes + at + 8))
        status = enter_file(lib, (char *)names.bytes + at + 8);
    kite_buffer_close(&names);
    if (status == KITE_OK)
        status = kite_sql_number(lib, &texts, "SELECT count(*) FROM text WHERE present = 1", "");
    lib->repair.texts_found = (uint32_t)texts;
    return status;
}

/* ---- from the old database ---- */

static bool text_column_fits(sqlite3_stmt *row, int column, size_t most)
{
    return sqlite3_column_type(row, column) == SQLITE_TEXT && kite_library_text_fits(kite_sql_text(row, column), most);
}

static enum kite_status take_reader(struct kite_library *lib, sqlite3_stmt *row)
{
    int64_t id = sqlite3_column_int64(row, 0);

    if (id < 1 || id > (int64_t)KITE_READERS_MAX || !text_column_fits(row, 1, KITE_READER_NAME_BYTES_MAX))
        return KITE_DONE;
    return kite_sql_run(lib, "INSERT OR REPLACE INTO reader(id, name, picture, history) VALUES(?, ?, ?, ?)", "itii", id, kite_sql_text(row, 1),
                        sqlite3_column_int64(row, 2), (int64_t)(sqlite3_column_int64(row, 3) != 0));
}

/* A row belongs to a reader: one whose own row was lost comes back without a name. */
static enum kite_status need_reader(struct kite_library *lib, int64_t reader)
{
    if (reader < 1 || reader > (int64_t)KITE_READERS_MAX)
        return KITE_DONE;
    return kite_sql_run(lib, "INSERT INTO reader(id, name, picture, history) VALUES(?, '', 0, 0) ON CONFLICT DO NOTHING", "i", reader);
}

static enum kite_status take_setting(struct kite_library *lib, sqlite3_stmt *row)
{
    int64_t reader = sqlite3_column_int64(row, 1);
    bool is_number = sqlite3_column_type(row, 3) == SQLITE_INTEGER;
    enum kite_status status = reader == 0 ? KITE_OK : need_reader(lib, reader);

    if (status != KITE_OK)
        return status;
    if (!text_column_fits(row, 2, KITE_SETTING_KEY_BYTES_MAX) ||
        (!is_number && !text_column_fits(row, 3, KITE_SETTING_VALUE_BYTES_MAX)))
        return KITE_DONE;
    if (is_number)
        return kite_sql_run(lib, "INSERT OR REPLACE INTO setting(reader, key, value) VALUES(?, ?, ?)", "iti", reader,
                            kite_sql_text(row, 2), sqlite3_column_int64(row, 3));
    return kite_sql_run(lib, "INSERT OR REPLACE INTO setting(reader, key, value) VALUES(?, ?, ?)", "itt", reader,
                        kite_sql_text(row, 2), kite_sql_text(row, 3));
}

/* The text that a row is about, by the root hash and document it repeats (columns 2 and 3). */
static enum kite_status need_text(struct kite_library *lib, sqlite3_stmt *row, int64_t *text)
{
    if (sqlite3_column_type(row, 2) != SQLITE_BLOB || sqlite3_column_bytes(row, 2) != 32)
        return KITE_DONE;
    return kite_library_absent_text(lib, sqlite3_column_blob(row, 2), (uint32_t)sqlite3_column_int64(row, 3), text);
}

static enum kite_status take_place(struct kite_library *lib, sqlite3_stmt *row)
{
    int64_t reader = sqlite3_column_int64(row, 1), text;
    enum kite_status status = need_reader(lib, reader);

    if (status == KITE_OK)
        status = need_text(lib, row, &text);
    if (status != KITE_OK)
        return status;
    return kite_sql_run(lib, "INSERT OR REPLACE INTO place(id, reader, text, root, document, paragraph, offset, permille, seq)"
                             " VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?)",
                        "iiibiiiii",
                        kite_place_id((uint32_t)reader, text), reader, text, sqlite3_column_blob(row, 2),
                        sqlite3_column_int64(row, 3), sqlite3_column_int64(row, 4), sqlite3_column_int64(row, 5),
                        sqlite3_column_int64(row, 6), sqlite3_column_int64(row, 7));
}

static enum kite_status take_mark(struct kite_library *lib, sqlite3_stmt *row)
{
    int64_t reader = sqlite3_column_int64(row, 1), text;
    enum kite_status status = need_reader(lib, reader);

    if (status == KITE_OK && (!text_column_fits(row, 9, KITE_EXCERPT_BYTES_MAX) ||
                              !text_column_fits(row, 10, KITE_NOTE_BYTES_MAX)))
        return KITE_DONE;
    if (status == KITE_OK)
        status = need_text(lib, row, &text);
    if (status != KITE_OK)
        return status;
    return kite_sql_run(lib, "INSERT OR REPLACE INTO mark(id, reader, text, root, document, highlight, start_paragraph, start_offset,"
                             " end_paragraph, end_offset, excerpt, note) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                        "iiibiiiiiitt",
                        sqlite3_column_int64(row, 0), reader, text, sqlite3_column_blob(row, 2),
                        sqlite3_column_int64(row, 3), sqlite3_column_int64(row, 4), sqlite3_column_int64(row, 5),
                        sqlite3_column_int64(row, 6), sqlite3_column_int64(row, 7), sqlite3_column_int64(row, 8),
                        kite_sql_text(row, 9), kite_sql_text(row, 10));
}

static enum kite_status take_sender(struct kite_library *lib, sqlite3_stmt *row)
{
    if (!text_column_fits(row, 1, KITE_KEY_NAME_BYTES_MAX) || sqlite3_column_bytes(row, 2) != KITE_KEY_PICTURE_BYTES)
        return KITE_DONE;
    return kite_sql_run(lib, "INSERT OR REPLACE INTO sender(id, name, picture, news) VALUES(?, ?, ?, ?)", "itpi",
                        sqlite3_column_int64(row, 0), kite_sql_text(row, 1), sqlite3_column_blob(row, 2),
                        sqlite3_column_int64(row, 3));
}

static enum kite_status take_sender_key(struct kite_library *lib, sqlite3_stmt *row)
{
    if (sqlite3_column_bytes(row, 3) != KITE_PUBLIC_KEY_BYTES)
        return KITE_DONE;
    return kite_sql_run(lib, "INSERT OR REPLACE INTO sender_key(id, sender, key, bytes, withdrawn)"
                             " SELECT ?, id, ?, ?, ? FROM sender WHERE id = ?", "iibii",
                        sqlite3_column_int64(row, 0), sqlite3_column_int64(row, 2), sqlite3_column_blob(row, 3),
                        sqlite3_column_int64(row, 4), sqlite3_column_int64(row, 1));
}

struct table {
    const char *rows; /* from an id on, in order; the id first */
    enum kite_status (*take)(struct kite_library *lib, sqlite3_stmt *row); /* KITE_DONE: not a sensible row */
};

/* Read before the bundles are entered, so that these are known again as their senders'. */
static const struct table sender_tables[] = {
    { "SELECT id, name, picture, news FROM sender WHERE id >= ? ORDER BY id", take_sender },
    { "SELECT id, sender, key, bytes, withdrawn FROM sender_key WHERE id >= ? ORDER BY id", take_sender_key },
};

static const struct table tables[] = {
    { "SELECT id, name, picture, history FROM reader WHERE id >= ? ORDER BY id", take_reader },
    { "SELECT id, reader, key, value FROM setting WHERE id >= ? ORDER BY id", take_setting },
    { "SELECT id, reader, root, document, paragraph, offset, permille, seq FROM place WHERE id >= ? ORDER BY id",
      take_place },
    { "SELECT id, reader, root, document, highlight, start_paragraph, start_offset, end_paragraph, end_offset, excerpt,"
      " note FROM mark WHERE id >= ? ORDER BY id",
      take_mark },
};

/* Rows from *next on until one cannot be read. KITE_E_DAMAGED there; *next is then the first id not known to be read. */
static enum kite_status take_rows(struct kite_library *lib, sqlite3_stmt *stmt, const struct table *table,
                                  int64_t *next, uint32_t *kept)
{
    int code = sqlite3_bind_int64(stmt, 1, *next);

    while (code == SQLITE_OK && (code = sqlite3_step(stmt)) == SQLITE_ROW) {
        int64_t id = sqlite3_column_int64(stmt, 0);
        enum kite_status status = table->take(lib, stmt);

        if (status != KITE_OK && status != KITE_DONE)
            return status;
        if (status == KITE_OK)
            ++*kept;
        else
            lib->repair.is_partial = true;
        if (id == INT64_MAX)
            return KITE_OK;
        *next = id + 1;
        code = SQLITE_OK;
    }
    if (code == SQLITE_DONE)
        return KITE_OK;
    return kite_sql_status(code) == KITE_E_NOMEM ? KITE_E_NOMEM : KITE_E_DAMAGED;
}

/* Rows whose page cannot be read are stepped over: one id at a time at first, as a page holds few, then in
 * growing steps. */
static enum kite_status take_table(struct kite_library *lib, sqlite3 *old, const struct table *table, uint32_t *kept)
{
    sqlite3_stmt *stmt;
    int64_t next = 0, step = 1, failed_at = -1;
    int failures = 0;
    enum kite_status status = KITE_E_DAMAGED;
    int code = sqlite3_prepare_v2(old, table->rows, -1, &stmt, NULL);

    if (code != SQLITE_OK) {
        lib->repair.is_partial = true;
        return kite_sql_status(code) == KITE_E_NOMEM ? KITE_E_NOMEM : KITE_OK;
    }
    while (status == KITE_E_DAMAGED && next < INT64_MAX / 4) {
        status = take_rows(lib, stmt, table, &next, kept);
        if (status != KITE_E_DAMAGED)
            break;
        lib->repair.is_partial = true;
        if (next != failed_at)
            failures = 0, step = 1;
        step = ++failures > STEPS_OF_ONE ? step * 2 : 1;
        next += step;
        failed_at = next;
        sqlite3_reset(stmt);
    }
    sqlite3_finalize(stmt);
    return status == KITE_E_DAMAGED ? KITE_OK : status;
}

static enum kite_status take_senders(struct kite_library *lib, sqlite3 *old)
{
    uint32_t keys = 0, *const kept[] = { &lib->repair.senders_kept, &keys };
    enum kite_status status = KITE_OK;

    for (size_t i = 0; i < sizeof sender_tables / sizeof *sender_tables && status == KITE_OK && old; i++)
        status = take_table(lib, old, &sender_tables[i], kept[i]);
    return status;
}

static enum kite_status take_all(struct kite_library *lib, sqlite3 *old)
{
    struct kite_library_repair *r = &lib->repair;
    uint32_t *const kept[] = { &r->readers_kept, &r->settings_kept, &r->places_kept, &r->marks_kept };
    enum kite_status status = KITE_OK;

    for (size_t i = 0; i < sizeof tables / sizeof *tables && status == KITE_OK && old; i++)
        status = take_table(lib, old, &tables[i], kept[i]);
    if (!old)
        r->is_partial = true;
    return status;
}

/* SQLite can read the schema: every page of it is whole. */
static enum kite_status check_schema(sqlite3 *old)
{
    sqlite3_stmt *stmt;
    enum kite_status status =
        kite_sql_status(sqlite3_prepare_v2(old, "SELECT 1 FROM reader, setting, place, mark", -1, &stmt, NULL));

    sqlite3_finalize(stmt);
    return status;
}

static enum kite_status reopen(struct kite_library *lib, const char *name, sqlite3 **old)
{
    sqlite3_close(*old);
    return kite_library_database(lib, name, SQLITE_OPEN_READWRITE, old);
}

/* Tables whose rows carry what they are about. A root that is damaged costs at most the leaf that it was. */
static enum kite_status mend_roots(struct kite_library *lib, sqlite3 *old)
{
    static const char *const names[] = { [KITE_OWNER_PLACE] = "place", [KITE_OWNER_MARK] = "mark" };
    sqlite3_stmt *stmt;
    int code = sqlite3_prepare_v2(old, "SELECT rootpage FROM sqlite_schema WHERE name = ?", -1, &stmt, NULL);
    enum kite_status status = kite_sql_status(code);

    for (int owner = KITE_OWNER_PLACE; owner <= KITE_OWNER_MARK && status == KITE_OK; owner++) {
        sqlite3_reset(stmt);
        code = sqlite3_bind_text(stmt, 1, names[owner], -1, SQLITE_STATIC);
        if (code == SQLITE_OK)
            code = sqlite3_step(stmt);
        if (code == SQLITE_ROW && sqlite3_column_int64(stmt, 0) > 0)
            status = kite_mend_root(&lib->mem, old, (uint64_t)sqlite3_column_int64(stmt, 0), (enum kite_owner)owner);
        else
            status = code == SQLITE_NOMEM ? KITE_E_NOMEM : KITE_OK;
        lib->repair.is_partial |= status == KITE_E_LIMIT;
        status = status == KITE_E_LIMIT ? KITE_OK : status;
    }
    sqlite3_finalize(stmt);
    return status == KITE_E_DAMAGED ? KITE_OK : status;
}

/* The damaged database with a schema to read it by; NULL when nothing of it can be. What versions after the first
 * have added is lost with a schema of their own. */
static enum kite_status open_damaged(struct kite_library *lib, const char *name, sqlite3 **old)
{
    enum kite_status status = reopen(lib, name, old);

    if (status == KITE_OK)
        status = kite_mend_header(*old);
    if (status == KITE_OK)
        status = reopen(lib, name, old);
    if (status == KITE_OK)
        status = check_schema(*old);
    if (status == KITE_E_DAMAGED && *old) {
        lib->repair.is_partial = kite_schema_steps().count > 1;
        status = kite_mend_schema(*old, lib->db);
        if (status == KITE_OK)
            status = reopen(lib, name, old);
    }
    if (status == KITE_OK)
        status = mend_roots(lib, *old);
    return status == KITE_OK ? reopen(lib, name, old) : status;
}

enum kite_status kite_library_salvage(struct kite_library *lib, const char *damaged)
{
    sqlite3 *old = NULL;
    enum kite_status status = damaged ? open_damaged(lib, damaged, &old) : KITE_OK;

    if (status == KITE_OK)
        status = kite_schema_begin(lib, kite_schema_steps().count);
    if (status == KITE_OK)
        status = kite_sql_begin(lib);
    if (status == KITE_OK) {
        status = take_senders(lib, old);
        if (status == KITE_OK)
            status = enter_all(lib);
        if (status == KITE_OK)
            status = take_all(lib, old);
        status = kite_sql_end(lib, status);
    }
    sqlite3_close(old);
    return status;
}
