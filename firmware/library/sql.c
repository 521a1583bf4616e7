/* SQL in one line: open, bind, step, and what its codes mean here. Text from outside only ever arrives as an argument. */
#include "library/store.h"

#include <stdarg.h>
#include <stdio.h>

enum kite_status kite_sql_status(int code)
{
    switch (code & 0xff) {
    case SQLITE_OK:
    case SQLITE_ROW:
        return KITE_OK;
    case SQLITE_DONE:
        return KITE_DONE;
    case SQLITE_NOMEM:
        return KITE_E_NOMEM;
    case SQLITE_FULL:
    case SQLITE_TOOBIG:
        return KITE_E_LIMIT;
    case SQLITE_IOERR:
        if (code == SQLITE_IOERR_NOMEM)
            return KITE_E_NOMEM;
        return code == SQLITE_IOERR_DATA || code == SQLITE_IOERR_CORRUPTFS ? KITE_E_DAMAGED : KITE_E_IO;
    case SQLITE_CANTOPEN:
    case SQLITE_READONLY:
        return KITE_E_IO;
    default: /* corrupt, not a database, a table that is not there, a value of another type */
        return KITE_E_DAMAGED;
    }
}

/* Remember what no later call may overlook. */
static enum kite_status note(struct kite_library *lib, int code)
{
    enum kite_status status = kite_sql_status(code);

    if (status == KITE_E_DAMAGED)
        lib->broken = KITE_E_DAMAGED;
    else if (lib->vfs.sync_failed && lib->broken == KITE_OK)
        lib->broken = KITE_E_IO;
    return status;
}

static int bind_all(sqlite3_stmt *stmt, const char *format, va_list args)
{
    int code = SQLITE_OK;

    for (int i = 1; *format && code == SQLITE_OK; i++, format++) {
        if (*format == 'i')
            code = sqlite3_bind_int64(stmt, i, va_arg(args, int64_t));
        else if (*format == 't')
            code = sqlite3_bind_text(stmt, i, va_arg(args, const char *), -1, SQLITE_TRANSIENT);
        else {
            const uint8_t *bytes = va_arg(args, const uint8_t *);
            int64_t count = *format == 'p' ? (int64_t)KITE_KEY_PICTURE_BYTES : 32;

            if (*format == 'z')
                count = va_arg(args, int64_t);
            code = sqlite3_bind_blob64(stmt, i, bytes, (sqlite3_uint64)count, SQLITE_TRANSIENT);
        }
    }
    return code;
}

static enum kite_status open_with(struct kite_library *lib, sqlite3_stmt **out, const char *sql, const char *format,
                                  va_list args)
{
    int code;

    *out = NULL;
    if (lib->broken != KITE_OK)
        return lib->broken;
    code = sqlite3_prepare_v2(lib->db, sql, -1, out, NULL);
    if (code == SQLITE_OK)
        code = bind_all(*out, format, args);
    if (code == SQLITE_OK)
        return KITE_OK;
    sqlite3_finalize(*out);
    *out = NULL;
    return note(lib, code);
}

enum kite_status kite_sql_open(struct kite_library *lib, sqlite3_stmt **out, const char *sql, const char *format, ...)
{
    va_list args;
    enum kite_status status;

    va_start(args, format);
    status = open_with(lib, out, sql, format, args);
    va_end(args);
    return status;
}

enum kite_status kite_sql_kept(struct kite_library *lib, enum kite_kept which, sqlite3_stmt **out, const char *sql,
                               const char *format, ...)
{
    va_list args;
    int code = SQLITE_OK;

    *out = NULL;
    if (lib->broken != KITE_OK)
        return lib->broken;
    if (!lib->kept[which])
        code = sqlite3_prepare_v3(lib->db, sql, -1, SQLITE_PREPARE_PERSISTENT, &lib->kept[which], NULL);
    if (code != SQLITE_OK)
        return note(lib, code);
    va_start(args, format);
    code = bind_all(lib->kept[which], format, args);
    va_end(args);
    if (code == SQLITE_OK)
        *out = lib->kept[which];
    else
        kite_sql_rest(lib->kept[which]);
    return code == SQLITE_OK ? KITE_OK : note(lib, code);
}

void kite_sql_rest(sqlite3_stmt *stmt)
{
    if (!stmt)
        return;
    sqlite3_reset(stmt); /* says again what its last step said */
    sqlite3_clear_bindings(stmt);
}

void kite_sql_drop_kept(struct kite_library *lib)
{
    for (int i = 0; i < KITE_KEPT_COUNT; i++) {
        sqlite3_finalize(lib->kept[i]);
        lib->kept[i] = NULL;
    }
}

enum kite_status kite_sql_step(struct kite_library *lib, sqlite3_stmt *stmt)
{
    return note(lib, sqlite3_step(stmt));
}

void kite_sql_close(sqlite3_stmt *stmt)
{
    sqlite3_finalize(stmt);
}

enum kite_status kite_sql_run(struct kite_library *lib, const char *sql, const char *format, ...)
{
    sqlite3_stmt *stmt;
    va_list args;
    enum kite_status status;

    va_start(args, format);
    status = open_with(lib, &stmt, sql, format, args);
    va_end(args);
    while (status == KITE_OK)
        status = kite_sql_step(lib, stmt);
    kite_sql_close(stmt);
    /* A change that failed in its writing may have left SQLite in need of its journal. */
    if (status == KITE_E_IO && lib->broken == KITE_OK)
        lib->broken = KITE_E_IO;
    return status == KITE_DONE ? KITE_OK : status;
}

enum kite_status kite_sql_number(struct kite_library *lib, int64_t *out, const char *sql, const char *format, ...)
{
    sqlite3_stmt *stmt;
    va_list args;
    enum kite_status status;

    *out = 0;
    va_start(args, format);
    status = open_with(lib, &stmt, sql, format, args);
    va_end(args);
    if (status == KITE_OK)
        status = kite_sql_step(lib, stmt);
    if (status == KITE_OK)
        *out = sqlite3_column_int64(stmt, 0);
    kite_sql_close(stmt);
    return status;
}

const char *kite_sql_text(sqlite3_stmt *stmt, int column)
{
    const unsigned char *text = sqlite3_column_text(stmt, column);

    return text ? (const char *)text : "";
}

enum kite_status kite_sql_row(const struct kite_library *lib)
{
    return sqlite3_errcode(lib->db) == SQLITE_NOMEM ? KITE_E_NOMEM : KITE_OK;
}

enum kite_status kite_sql_begin(struct kite_library *lib)
{
    sqlite3_stmt *rollback;
    enum kite_status status = KITE_OK;

    if (lib->depth == 0) {
        lib->is_spoilt = false;
        status = kite_sql_kept(lib, KITE_KEPT_ROLLBACK, &rollback, "ROLLBACK", "");
        if (status == KITE_OK)
            status = kite_sql_run(lib, "BEGIN IMMEDIATE", "");
    }
    if (status == KITE_OK)
        lib->depth++;
    return status;
}

enum kite_status kite_sql_end(struct kite_library *lib, enum kite_status status)
{
    if (status != KITE_OK)
        lib->is_spoilt = true;
    if (--lib->depth > 0)
        return status;
    if (!lib->is_spoilt)
        status = kite_sql_run(lib, "COMMIT", "");
    else if (status == KITE_OK)
        status = KITE_E_IO; /* an inner one failed, and its caller went on */
    if (!sqlite3_get_autocommit(lib->db)) { /* even when broken */
        sqlite3_step(lib->kept[KITE_KEPT_ROLLBACK]);
        sqlite3_reset(lib->kept[KITE_KEPT_ROLLBACK]);
    }
    /* Later changes would be told as done, and be part of this one; or be built on what may not be there. */
    if ((!sqlite3_get_autocommit(lib->db) || lib->vfs.sync_failed) && lib->broken == KITE_OK)
        lib->broken = KITE_E_IO;
    return status;
}

enum kite_status kite_sql_fault(const struct kite_library *lib, enum kite_status status, struct kite_fault *fault,
                                const char *what)
{
    if (status == KITE_OK || status == KITE_DONE)
        return status;
    if (lib->broken == KITE_E_DAMAGED)
        return kite_fail(fault, status, "%s: the library is damaged; closing and opening it repairs it", what);
    return kite_fail(fault, status, "%s: %s", what,
                     status == KITE_E_LIMIT   ? "the storage is full"
                     : status == KITE_E_RANGE ? "not in this library"
                                              : kite_status_text(status));
}
