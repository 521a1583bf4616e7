/* Readers and their settings. */
#include "library/store.h"

#include <stdio.h>
#include <string.h>

#define CURRENT_KEY "kite.current-reader"

bool kite_library_text_fits(const char *text, size_t most)
{
    size_t count = strlen(text);

    return count <= most && kite_utf8_is_valid(text, count);
}

enum kite_status kite_library_check_reader(struct kite_library *lib, uint32_t reader)
{
    int64_t found;
    enum kite_status status =
        kite_sql_number(lib, &found, "SELECT 1 FROM reader WHERE id = ?", "i", (int64_t)reader);

    return status == KITE_DONE ? KITE_E_RANGE : status;
}

enum kite_status kite_library_readers(struct kite_library *lib, struct kite_reader_info out[KITE_READERS_MAX],
                                      uint32_t *count, struct kite_fault *fault)
{
    sqlite3_stmt *stmt;
    enum kite_status status =
        kite_sql_open(lib, &stmt, "SELECT id, picture, history, name FROM reader ORDER BY id LIMIT 8", "");

    *count = 0;
    while (status == KITE_OK && (status = kite_sql_step(lib, stmt)) == KITE_OK) {
        struct kite_reader_info *r = &out[(*count)++];

        r->reader = (uint32_t)sqlite3_column_int64(stmt, 0);
        r->picture = (uint32_t)sqlite3_column_int64(stmt, 1);
        r->keeps_history = sqlite3_column_int(stmt, 2) != 0;
        snprintf(r->name, sizeof r->name, "%s", kite_sql_text(stmt, 3));
        status = kite_sql_row(lib);
    }
    kite_sql_close(stmt);
    return kite_sql_fault(lib, status == KITE_DONE ? KITE_OK : status, fault, "listing the readers");
}

static enum kite_status free_number(struct kite_library *lib, uint32_t *reader)
{
    enum kite_status status = KITE_OK;

    for (*reader = 1; *reader <= KITE_READERS_MAX; ++*reader) {
        status = kite_library_check_reader(lib, *reader);
        if (status != KITE_OK)
            return status == KITE_E_RANGE ? KITE_OK : status;
    }
    return KITE_E_LIMIT;
}

enum kite_status kite_library_reader_add(struct kite_library *lib, const char *name, uint32_t picture,
                                         uint32_t *reader, struct kite_fault *fault)
{
    enum kite_status status;

    *reader = 0;
    if (!kite_library_text_fits(name, KITE_READER_NAME_BYTES_MAX))
        return kite_fail(fault, KITE_E_FORMAT, "a reader's name has at most %u bytes", KITE_READER_NAME_BYTES_MAX);
    status = free_number(lib, reader);
    if (status == KITE_E_LIMIT)
        return kite_fail(fault, status, "there can be no more than %u readers", KITE_READERS_MAX);
    if (status == KITE_OK)
        status = kite_sql_run(lib, "INSERT INTO reader(id, name, picture, history) VALUES(?, ?, ?, 0)", "iti", (int64_t)*reader, name,
                              (int64_t)picture);
    return kite_sql_fault(lib, status, fault, "adding a reader");
}

enum kite_status kite_library_reader_change(struct kite_library *lib, uint32_t reader, const char *name,
                                            uint32_t picture, struct kite_fault *fault)
{
    enum kite_status status = kite_library_check_reader(lib, reader);

    if (!kite_library_text_fits(name, KITE_READER_NAME_BYTES_MAX))
        return kite_fail(fault, KITE_E_FORMAT, "a reader's name has at most %u bytes", KITE_READER_NAME_BYTES_MAX);
    if (status == KITE_OK)
        status = kite_sql_run(lib, "UPDATE reader SET name = ?, picture = ? WHERE id = ?", "tii", name,
                              (int64_t)picture, (int64_t)reader);
    return kite_sql_fault(lib, status, fault, "changing a reader");
}

static enum kite_status forget(struct kite_library *lib, uint32_t reader)
{
    enum kite_status status = kite_sql_run(lib, "DELETE FROM place WHERE reader = ?", "i", (int64_t)reader);

    if (status == KITE_OK)
        status = kite_sql_run(lib, "DELETE FROM back WHERE reader = ?", "i", (int64_t)reader);
    if (status == KITE_OK)
        status = kite_sql_run(lib, "DELETE FROM mark WHERE reader = ?", "i", (int64_t)reader);
    if (status == KITE_OK) /* page maps tell which texts were open, and are nobody's in particular */
        status = kite_sql_run(lib, "INSERT INTO discard VALUES('" KITE_MAPS "') ON CONFLICT DO NOTHING", "");
    return status == KITE_OK ? kite_library_wipe_later(lib) : status;
}

static enum kite_status take_away(struct kite_library *lib, uint32_t reader)
{
    int64_t count;
    enum kite_status status = kite_sql_number(lib, &count, "SELECT count(*) FROM reader", "");

    if (status == KITE_OK && count <= 1)
        return KITE_E_LIMIT;
    if (status == KITE_OK)
        status = forget(lib, reader);
    if (status == KITE_OK)
        status = kite_sql_run(lib, "DELETE FROM setting WHERE reader = ?", "i", (int64_t)reader);
    return status == KITE_OK ? kite_sql_run(lib, "DELETE FROM reader WHERE id = ?", "i", (int64_t)reader) : status;
}

enum kite_status kite_library_reader_remove(struct kite_library *lib, uint32_t reader, struct kite_fault *fault)
{
    enum kite_status status = kite_library_check_reader(lib, reader);

    if (status == KITE_OK)
        status = kite_sql_begin(lib);
    if (status != KITE_OK)
        return kite_sql_fault(lib, status, fault, "removing a reader");
    status = kite_sql_end(lib, take_away(lib, reader));
    if (status == KITE_OK)
        kite_library_discard(lib, KITE_DISCARD_REMOVE);
    return kite_sql_fault(lib, status, fault, "removing a reader");
}

enum kite_status kite_library_reader_forget(struct kite_library *lib, uint32_t reader, struct kite_fault *fault)
{
    enum kite_status status = kite_library_check_reader(lib, reader);

    if (status == KITE_OK)
        status = kite_sql_begin(lib);
    if (status != KITE_OK)
        return kite_sql_fault(lib, status, fault, "forgetting a reader's places");
    status = kite_sql_end(lib, forget(lib, reader));
    if (status == KITE_OK)
        kite_library_discard(lib, KITE_DISCARD_REMOVE);
    return kite_sql_fault(lib, status, fault, "forgetting a reader's places");
}

static enum kite_status keep_history(struct kite_library *lib, uint32_t reader, bool is_kept)
{
    enum kite_status status = kite_sql_run(lib, "UPDATE reader SET history = ? WHERE id = ?", "ii", (int64_t)is_kept,
                                           (int64_t)reader);

    if (status == KITE_OK && !is_kept) /* only the last one read stays known as that */
        status = kite_sql_run(lib,
                              "UPDATE place SET seq = (seq = (SELECT max(seq) FROM place WHERE reader = ?1)) "
                              "WHERE reader = ?1 AND seq > 0",
                              "i", (int64_t)reader);
    return status;
}

enum kite_status kite_library_history(struct kite_library *lib, uint32_t reader, bool is_kept, struct kite_fault *fault)
{
    enum kite_status status = kite_library_check_reader(lib, reader);

    if (status == KITE_OK)
        status = kite_sql_begin(lib);
    if (status != KITE_OK)
        return kite_sql_fault(lib, status, fault, "setting the history");
    status = kite_sql_end(lib, keep_history(lib, reader, is_kept));
    return kite_sql_fault(lib, status, fault, "setting the history");
}

enum kite_status kite_library_current_reader(struct kite_library *lib, uint32_t *reader, struct kite_fault *fault)
{
    int64_t found;
    enum kite_status status =
        kite_sql_number(lib, &found,
                        "SELECT id FROM reader ORDER BY id <> "
                        "coalesce((SELECT value FROM setting WHERE reader = 0 AND key = '" CURRENT_KEY "'), 0), id",
                        "");

    *reader = (uint32_t)found;
    return kite_sql_fault(lib, status == KITE_DONE ? KITE_E_RANGE : status, fault, "asking who is reading");
}

enum kite_status kite_library_set_current_reader(struct kite_library *lib, uint32_t reader, struct kite_fault *fault)
{
    enum kite_status status = kite_library_check_reader(lib, reader);

    if (status != KITE_OK)
        return kite_sql_fault(lib, status, fault, "changing who is reading");
    return kite_library_set_number(lib, KITE_DEVICE, CURRENT_KEY, reader, fault);
}

/* ---- settings ---- */

static enum kite_status check_owner(struct kite_library *lib, uint32_t reader, const char *key, struct kite_fault *fault)
{
    enum kite_status status = KITE_OK;

    if (!*key || !kite_library_text_fits(key, KITE_SETTING_KEY_BYTES_MAX))
        return kite_fail(fault, KITE_E_FORMAT, "a setting's name has 1 to %u bytes", KITE_SETTING_KEY_BYTES_MAX);
    if (reader != KITE_DEVICE)
        status = kite_library_check_reader(lib, reader);
    return kite_sql_fault(lib, status, fault, "setting");
}

/* The row of a setting with a value of the given SQLite type; KITE_DONE when there is none. */
static enum kite_status find_setting(struct kite_library *lib, uint32_t reader, const char *key, int type,
                                     sqlite3_stmt **stmt)
{
    enum kite_status status = kite_sql_open(lib, stmt, "SELECT value FROM setting WHERE reader = ? AND key = ?", "it",
                                            (int64_t)reader, key);

    if (status == KITE_OK)
        status = kite_sql_step(lib, *stmt);
    return status == KITE_OK && sqlite3_column_type(*stmt, 0) != type ? KITE_DONE : status;
}

enum kite_status kite_library_get_number(struct kite_library *lib, uint32_t reader, const char *key, int64_t otherwise,
                                         int64_t *value, struct kite_fault *fault)
{
    sqlite3_stmt *stmt = NULL;
    enum kite_status status = find_setting(lib, reader, key, SQLITE_INTEGER, &stmt);

    *value = status == KITE_OK ? sqlite3_column_int64(stmt, 0) : otherwise;
    kite_sql_close(stmt);
    return kite_sql_fault(lib, status == KITE_DONE ? KITE_OK : status, fault, "reading a setting");
}

enum kite_status kite_library_get_text(struct kite_library *lib, uint32_t reader, const char *key,
                                       const char *otherwise, char *out, struct kite_fault *fault)
{
    sqlite3_stmt *stmt = NULL;
    enum kite_status status = find_setting(lib, reader, key, SQLITE_TEXT, &stmt);

    snprintf(out, KITE_SETTING_VALUE_BYTES_MAX + 1, "%s", status == KITE_OK ? kite_sql_text(stmt, 0) : otherwise);
    if (status == KITE_OK)
        status = kite_sql_row(lib);
    kite_sql_close(stmt);
    return kite_sql_fault(lib, status == KITE_DONE ? KITE_OK : status, fault, "reading a setting");
}

#define SET \
    "INSERT INTO setting(reader, key, value) VALUES(?, ?, ?) ON CONFLICT(reader, key) DO UPDATE SET value = excluded.value"

enum kite_status kite_library_set_number(struct kite_library *lib, uint32_t reader, const char *key, int64_t value,
                                         struct kite_fault *fault)
{
    enum kite_status status = check_owner(lib, reader, key, fault);

    if (status == KITE_OK)
        status = kite_sql_begin(lib);
    if (status != KITE_OK)
        return status;
    status = kite_sql_end(lib, kite_sql_run(lib, SET, "iti", (int64_t)reader, key, value));
    return kite_sql_fault(lib, status, fault, "keeping a setting");
}

enum kite_status kite_library_set_text(struct kite_library *lib, uint32_t reader, const char *key, const char *value,
                                       struct kite_fault *fault)
{
    enum kite_status status = check_owner(lib, reader, key, fault);

    if (status != KITE_OK)
        return status;
    if (!kite_library_text_fits(value, KITE_SETTING_VALUE_BYTES_MAX))
        return kite_fail(fault, KITE_E_FORMAT, "a setting has at most %u bytes", KITE_SETTING_VALUE_BYTES_MAX);
    status = kite_sql_begin(lib);
    if (status == KITE_OK)
        status = kite_sql_end(lib, kite_sql_run(lib, SET, "itt", (int64_t)reader, key, value));
    return kite_sql_fault(lib, status, fault, "keeping a setting");
}

enum kite_status kite_library_settings_begin(struct kite_library *lib, struct kite_fault *fault)
{
    return kite_sql_fault(lib, kite_sql_begin(lib), fault, "keeping settings");
}

enum kite_status kite_library_settings_end(struct kite_library *lib, struct kite_fault *fault)
{
    return kite_sql_fault(lib, kite_sql_end(lib, KITE_OK), fault, "keeping settings");
}
