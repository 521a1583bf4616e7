/* Page maps, in a database of their own that is written without syncs: whatever is wrong with it, it is thrown away
 * and begun anew. Maps travel in pieces, so that SQLite never holds a whole one. Nothing in it tells in which order texts
 * were read: rows are numbered by what they are about, and which of too many go is nobody's choice. */
#include "library/store.h"

#include <string.h>

#define MAP_SCHEMA 2
#define OLDER_SCHEMA 1 /* which told the order of reading: thrown away without a word */
#define KEY_BYTES 48
#define TEXT_KEY_BYTES 36
#define PIECE_BYTES 4096

static const char settings[] = "PRAGMA page_size=4096;"
                               "PRAGMA auto_vacuum=0;"
                               "PRAGMA locking_mode=EXCLUSIVE;"
                               "PRAGMA journal_mode=MEMORY;"
                               "PRAGMA synchronous=OFF;"
                               "PRAGMA secure_delete=ON;" /* a map names its text */
                               "PRAGMA temp_store=MEMORY;"
                               "PRAGMA mmap_size=0;"
                               "PRAGMA cache_size=-64;"
                               "PRAGMA cell_size_check=ON;"
                               "PRAGMA trusted_schema=OFF;";

static const char schema[] = "BEGIN;"
                             "CREATE TABLE map(id INTEGER PRIMARY KEY, key BLOB NOT NULL UNIQUE, text BLOB NOT NULL,"
                             " bytes INTEGER NOT NULL, sum INTEGER NOT NULL, data BLOB NOT NULL);"
                             "CREATE INDEX map_text ON map(text, id);"
                             "CREATE INDEX map_bytes ON map(id, bytes);"
                             "PRAGMA user_version=2;"
                             "COMMIT;";

/* A key as bytes: root hash, document, engine, setting; what is for one text comes first. */
struct packed_key {
    uint8_t bytes[KEY_BYTES];
};

static struct packed_key pack(const struct kite_map_key *key)
{
    struct packed_key k;

    memcpy(k.bytes, key->root_hash, 32);
    for (unsigned i = 0; i < 4; i++) {
        k.bytes[32 + i] = (uint8_t)(key->document >> 8 * i);
        k.bytes[36 + i] = (uint8_t)(key->engine >> 8 * i);
    }
    for (unsigned i = 0; i < 8; i++)
        k.bytes[40 + i] = (uint8_t)(key->setting_hash >> 8 * i);
    return k;
}

static uint64_t fnv(const struct packed_key *key)
{
    uint64_t sum = 0xcbf29ce484222325u;

    for (size_t i = 0; i < KEY_BYTES; i++)
        sum = (sum ^ key->bytes[i]) * 0x100000001b3u;
    return sum;
}

static int64_t id_of(const struct packed_key *key)
{
    return (int64_t)(fnv(key) >> 1);
}

/* FNV-1a, as SQLite's signed number. */
static int64_t sum_of(const struct packed_key *key, const uint8_t *bytes, size_t count)
{
    uint64_t sum = fnv(key);

    for (size_t i = 0; i < count; i++)
        sum = (sum ^ bytes[i]) * 0x100000001b3u;
    return (int64_t)(sum >> 1);
}

static int first_number(sqlite3 *db, const char *sql, int64_t *out)
{
    sqlite3_stmt *stmt;
    int code = sqlite3_prepare_v2(db, sql, -1, &stmt, NULL);

    if (code == SQLITE_OK)
        code = sqlite3_step(stmt);
    if (code == SQLITE_ROW)
        *out = sqlite3_column_int64(stmt, 0);
    sqlite3_finalize(stmt);
    return code == SQLITE_ROW ? SQLITE_OK : code;
}

static int open_file(struct kite_library *lib)
{
    int64_t version = 0;
    int code;

    if (kite_library_database(lib, KITE_MAPS, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, &lib->maps) != KITE_OK)
        return SQLITE_CANTOPEN;
    code = sqlite3_exec(lib->maps, settings, NULL, NULL, NULL);
    if (code == SQLITE_OK)
        code = first_number(lib->maps, "PRAGMA user_version", &version);
    if (code == SQLITE_OK && version == 0)
        code = sqlite3_exec(lib->maps, schema, NULL, NULL, NULL);
    else if (code == SQLITE_OK && version != MAP_SCHEMA)
        code = version == OLDER_SCHEMA ? SQLITE_SCHEMA : SQLITE_CORRUPT;
    if (code == SQLITE_OK)
        code = first_number(lib->maps, "SELECT count(*) FROM map WHERE bytes < 0", &version);
    return code;
}

/* Throw all maps away and begin anew; without storage for it, there are none. */
static void begin_anew(struct kite_library *lib)
{
    kite_maps_close(lib);
    (void)kite_library_shred(lib, KITE_MAPS);
    if (open_file(lib) != SQLITE_OK)
        kite_maps_close(lib);
}

void kite_maps_open(struct kite_library *lib)
{
    int code = open_file(lib);

    if (code == SQLITE_OK)
        return;
    if ((code & 0xff) != SQLITE_NOMEM && (code & 0xff) != SQLITE_CANTOPEN) {
        lib->repair.maps_were_dropped = code != SQLITE_SCHEMA;
        begin_anew(lib);
    } else {
        kite_maps_close(lib);
    }
}

void kite_maps_close(struct kite_library *lib)
{
    sqlite3_close(lib->maps);
    lib->maps = NULL;
}

enum kite_status kite_maps_drop(struct kite_library *lib)
{
    bool was_open = lib->maps != NULL;
    enum kite_status status;

    kite_maps_close(lib);
    status = kite_library_shred(lib, KITE_MAPS);
    if (was_open)
        kite_maps_open(lib);
    return status;
}

/* Of how many texts and settings maps are kept. */
uint64_t kite_maps_count(struct kite_library *lib)
{
    int64_t count = 0;

    return lib->maps && first_number(lib->maps, "SELECT count(*) FROM map", &count) == SQLITE_OK ? (uint64_t)count : 0;
}

/* Run one statement over a key: ?1 is the whole, ?2 the text's part. */
static int run_for(sqlite3 *db, const char *sql, const struct packed_key *key)
{
    sqlite3_stmt *stmt;
    int code = sqlite3_prepare_v2(db, sql, -1, &stmt, NULL);

    if (code == SQLITE_OK)
        code = sqlite3_bind_blob(stmt, 1, key->bytes, KEY_BYTES, SQLITE_STATIC);
    if (code == SQLITE_OK && sqlite3_bind_parameter_count(stmt) > 1)
        code = sqlite3_bind_blob(stmt, 2, key->bytes, TEXT_KEY_BYTES, SQLITE_STATIC);
    while (code == SQLITE_OK || code == SQLITE_ROW)
        code = sqlite3_step(stmt);
    sqlite3_finalize(stmt);
    return code == SQLITE_DONE ? SQLITE_OK : code;
}

static int insert_row(sqlite3 *db, const struct packed_key *key, int64_t sum, size_t count)
{
    sqlite3_stmt *stmt;
    int code = sqlite3_prepare_v2(db,
                                  "INSERT OR REPLACE INTO map(id, key, text, bytes, sum, data)"
                                  " VALUES(?5, ?1, ?2, ?3, ?4, zeroblob(?3))",
                                  -1, &stmt, NULL);

    if (code == SQLITE_OK)
        code = sqlite3_bind_blob(stmt, 1, key->bytes, KEY_BYTES, SQLITE_STATIC);
    if (code == SQLITE_OK)
        code = sqlite3_bind_blob(stmt, 2, key->bytes, TEXT_KEY_BYTES, SQLITE_STATIC);
    if (code == SQLITE_OK)
        code = sqlite3_bind_int64(stmt, 3, (int64_t)count);
    if (code == SQLITE_OK)
        code = sqlite3_bind_int64(stmt, 4, sum);
    if (code == SQLITE_OK)
        code = sqlite3_bind_int64(stmt, 5, id_of(key));
    if (code == SQLITE_OK)
        code = sqlite3_step(stmt);
    sqlite3_finalize(stmt);
    return code == SQLITE_DONE ? SQLITE_OK : code;
}

static int write_data(sqlite3 *db, int64_t id, const uint8_t *bytes, size_t count)
{
    sqlite3_blob *blob;
    int code = sqlite3_blob_open(db, "main", "map", "data", id, 1, &blob);

    for (size_t at = 0; at < count && code == SQLITE_OK; at += PIECE_BYTES) {
        size_t piece = count - at < PIECE_BYTES ? count - at : PIECE_BYTES;

        code = sqlite3_blob_write(blob, bytes + at, (int)piece, (int)at);
    }
    sqlite3_blob_close(blob);
    return code;
}

static int shed(sqlite3 *db, const struct packed_key *key)
{
    int64_t total = 0;
    int code = run_for(db,
                       "DELETE FROM map WHERE text = ?2 AND key <> ?1 AND id NOT IN "
                       "(SELECT id FROM map WHERE text = ?2 ORDER BY key <> ?1, id LIMIT 4)",
                       key);

    while (code == SQLITE_OK) {
        code = first_number(db, "SELECT coalesce(sum(bytes), 0) FROM map", &total);
        if (code != SQLITE_OK || total <= (int64_t)KITE_PAGE_MAPS_BYTES_MAX)
            break;
        code = run_for(db, "DELETE FROM map WHERE key <> ?1 AND id = (SELECT min(id) FROM map WHERE key <> ?1)", key);
    }
    return code;
}

/* End a transaction. What went wrong with the file ends the file; wanting memory only ends the transaction. */
static enum kite_status end(struct kite_library *lib, int code)
{
    if (code == SQLITE_OK)
        code = sqlite3_exec(lib->maps, "COMMIT", NULL, NULL, NULL);
    if (code == SQLITE_OK)
        return KITE_OK;
    if (kite_sql_status(code) == KITE_E_NOMEM && sqlite3_exec(lib->maps, "ROLLBACK", NULL, NULL, NULL) == SQLITE_OK)
        return KITE_E_NOMEM;
    begin_anew(lib);
    return KITE_OK;
}

enum kite_status kite_library_map_save(struct kite_library *lib, const struct kite_map_key *key, const uint8_t *bytes,
                                       size_t count)
{
    const struct packed_key k = pack(key);
    int code;

    if (count > KITE_PAGE_MAP_BYTES_MAX)
        return KITE_E_LIMIT;
    if (!lib->maps)
        return KITE_OK;
    code = sqlite3_exec(lib->maps, "BEGIN", NULL, NULL, NULL);
    if (code == SQLITE_OK)
        code = run_for(lib->maps, "DELETE FROM map WHERE key = ?1", &k);
    if (code == SQLITE_OK)
        code = insert_row(lib->maps, &k, sum_of(&k, bytes, count), count);
    if (code == SQLITE_OK)
        code = write_data(lib->maps, id_of(&k), bytes, count);
    if (code == SQLITE_OK)
        code = shed(lib->maps, &k);
    return end(lib, code);
}

/* The row of a map; SQLITE_DONE when there is none. */
static int find_row(sqlite3 *db, const struct packed_key *key, int64_t *id, int64_t *bytes, int64_t *sum)
{
    sqlite3_stmt *stmt;
    int code = sqlite3_prepare_v2(db, "SELECT id, bytes, sum FROM map WHERE key = ?", -1, &stmt, NULL);

    if (code == SQLITE_OK)
        code = sqlite3_bind_blob(stmt, 1, key->bytes, KEY_BYTES, SQLITE_STATIC);
    if (code == SQLITE_OK)
        code = sqlite3_step(stmt);
    if (code == SQLITE_ROW) {
        *id = sqlite3_column_int64(stmt, 0);
        *bytes = sqlite3_column_int64(stmt, 1);
        *sum = sqlite3_column_int64(stmt, 2);
    }
    sqlite3_finalize(stmt);
    return code;
}

static int read_data(sqlite3 *db, int64_t id, int64_t bytes, struct kite_buffer *out)
{
    uint8_t piece[PIECE_BYTES];
    sqlite3_blob *blob;
    int code = sqlite3_blob_open(db, "main", "map", "data", id, 0, &blob);

    if (code == SQLITE_OK && (bytes < 0 || bytes > (int64_t)KITE_PAGE_MAP_BYTES_MAX || sqlite3_blob_bytes(blob) != bytes))
        code = SQLITE_CORRUPT;
    for (int64_t at = 0; at < bytes && code == SQLITE_OK; at += PIECE_BYTES) {
        int count = bytes - at < PIECE_BYTES ? (int)(bytes - at) : PIECE_BYTES;

        code = sqlite3_blob_read(blob, piece, count, (int)at);
        if (code == SQLITE_OK && kite_buffer_add(out, piece, (size_t)count) != KITE_OK)
            code = SQLITE_NOMEM;
    }
    sqlite3_blob_close(blob);
    return code;
}

enum kite_status kite_library_map(struct kite_library *lib, const struct kite_map_key *key, struct kite_buffer *out)
{
    const struct packed_key k = pack(key);
    int64_t id = 0, bytes = 0, sum = 0;
    int code;

    out->count = 0;
    if (!lib->maps)
        return KITE_DONE;
    code = find_row(lib->maps, &k, &id, &bytes, &sum);
    if (code == SQLITE_DONE)
        return KITE_DONE;
    if (code == SQLITE_ROW)
        code = read_data(lib->maps, id, bytes, out);
    if (code == SQLITE_OK && sum_of(&k, out->bytes, out->count) != sum)
        code = SQLITE_CORRUPT;
    if (code == SQLITE_OK)
        return KITE_OK;
    out->count = 0;
    if (kite_sql_status(code) == KITE_E_NOMEM)
        return KITE_E_NOMEM;
    begin_anew(lib);
    return KITE_DONE;
}

/* The root hash stands in no page of the file, be it free or of an index: what a cut left half written may have a row in one place and
 * not in the other. KITE_E_DAMAGED: it does, or the file cannot tell. */
static enum kite_status check_gone(sqlite3 *db, const uint8_t root[32])
{
    uint8_t page[KITE_PAGE_BYTES];
    uint64_t count = 0;
    bool is_even = true;
    enum kite_status status = kite_vfs_pages(db, &count, &is_even);

    if (status == KITE_OK && !is_even)
        status = KITE_E_DAMAGED;
    for (uint64_t i = 0; i < count && status == KITE_OK; i++) {
        status = kite_vfs_read_page(db, i, page);
        for (size_t at = 0; at + 32 <= sizeof page && status == KITE_OK; at++)
            if (page[at] == root[0] && memcmp(page + at, root, 32) == 0)
                status = KITE_E_DAMAGED;
    }
    return status;
}

static enum kite_status delete_of(sqlite3 *db, const uint8_t root[32])
{
    sqlite3_stmt *stmt;
    int code = sqlite3_prepare_v2(db, "DELETE FROM map WHERE substr(text, 1, 32) = ?", -1, &stmt, NULL);

    if (code == SQLITE_OK)
        code = sqlite3_bind_blob(stmt, 1, root, 32, SQLITE_STATIC);
    if (code == SQLITE_OK)
        code = sqlite3_step(stmt);
    sqlite3_finalize(stmt);
    return code == SQLITE_DONE ? kite_vfs_sync(db) : kite_sql_status(code);
}

enum kite_status kite_maps_forget(struct kite_library *lib, const uint8_t root[32])
{
    enum kite_status status;

    if (lib->maps && delete_of(lib->maps, root) == KITE_OK && check_gone(lib->maps, root) == KITE_OK)
        return KITE_OK;
    status = kite_maps_drop(lib); /* rather none at all */
    return status == KITE_DONE ? KITE_OK : status;
}
