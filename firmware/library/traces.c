/* What the library's folder holds, byte by byte, and forgetting what tells of people. */
#include "library/store.h"

#include <string.h>

/* ---- rows of the database -------------------------------------------------------------------- */

#define BYTES(column) "length(CAST(" column " AS BLOB))"

/* Count and bytes of each kind of rows: 8 for a number, text and blobs as long as they are. */
static const char *const queries[KITE_TRACE_COUNT] = {
    [KITE_TRACE_PLACES] = "SELECT count(*), total(56 + length(root)) FROM place",
    [KITE_TRACE_PAGES] = "SELECT count(*), total(length(page)) FROM place WHERE length(page) > 0",
    [KITE_TRACE_ORDER] = "SELECT count(*), 8 * count(*) FROM place WHERE seq > 0",
    [KITE_TRACE_WAYS] = "SELECT count(*), 40 * count(*) FROM back",
    [KITE_TRACE_BOOKMARKS] =
        "SELECT count(*), total(72 + length(root) + " BYTES("excerpt") ") FROM mark WHERE highlight = 0",
    [KITE_TRACE_HIGHLIGHTS] =
        "SELECT count(*), total(72 + length(root) + " BYTES("excerpt") ") FROM mark WHERE highlight <> 0",
    [KITE_TRACE_NOTES] = "SELECT count(*), total(" BYTES("note") ") FROM mark WHERE note <> ''",
    [KITE_TRACE_ABSENT] =
        "SELECT count(*), total(64 + " BYTES("lang || main_lang || work || title_key || author_key || shelf_key || title ||"
                                              " author || shelf || publisher || source || date || edition || standfirst")
        " + coalesce((SELECT " BYTES("words") " FROM search WHERE search.id = text.id), 0)) FROM text WHERE present = 0",
    [KITE_TRACE_REFUSED] = "SELECT count(*), total(24 + " BYTES("name || reason") ") FROM refused",
    [KITE_TRACE_READERS] = "SELECT count(*), total(24 + " BYTES("name") ") FROM reader",
    [KITE_TRACE_SETTINGS] = "SELECT count(*), total(8 + " BYTES("key || value") ") FROM setting"
                            " WHERE reader > 0 OR substr(key, 1, 6) <> '" KITE_OWNER_KEYS "'",
    [KITE_TRACE_LOCK] = "SELECT count(*), total(8 + " BYTES("key || value") ") FROM setting"
                        " WHERE reader = 0 AND substr(key, 1, 6) = '" KITE_OWNER_KEYS "'",
    [KITE_TRACE_SENDERS] = "SELECT count(*), total(16 + " BYTES("name") " + length(picture)) +"
                           " (SELECT total(32 + length(bytes)) FROM sender_key) FROM sender",
    [KITE_TRACE_ORIGINS] = "SELECT count(*), total(8 + length(hash)) FROM origin",
    [KITE_TRACE_LIST] = "SELECT count(*), 0 FROM text WHERE present = 1",
};

static enum kite_status count_rows(struct kite_library *lib, const char *query, struct kite_trace_size *out)
{
    sqlite3_stmt *stmt;
    enum kite_status status = kite_sql_open(lib, &stmt, query, "");

    if (status == KITE_OK)
        status = kite_sql_step(lib, stmt);
    if (status == KITE_OK) {
        out->count = (uint64_t)sqlite3_column_int64(stmt, 0);
        out->bytes = (uint64_t)sqlite3_column_int64(stmt, 1);
    }
    kite_sql_close(stmt);
    return status;
}

/* ---- files ------------------------------------------------------------------------------------- */

static bool begins(const char *name, const char *with)
{
    return strncmp(name, with, strlen(with)) == 0;
}

static bool is_half_written(const char *name)
{
    size_t bytes = strlen(name), end = strlen(".part");

    return bytes >= end && strcmp(name + bytes - end, ".part") == 0;
}

static enum kite_trace kind_of(const char *name)
{
    if (begins(name, "kite-damaged-") || begins(name, "kite-repair.db") || begins(name, "kite-new.db") || is_half_written(name))
        return KITE_TRACE_ASIDE;
    if (begins(name, KITE_MAPS))
        return KITE_TRACE_MAPS;
    if (begins(name, KITE_DATABASE) || strcmp(name, "kite.lock") == 0)
        return KITE_TRACE_LIST;
    return KITE_TRACE_OTHER;
}

struct listing {
    struct kite_library *lib;
    struct kite_trace_size *sizes;
    struct kite_buffer *aside; /* names; NULL: not wanted */
};

static enum kite_status take_file(void *ctx, const char *name, uint64_t bytes)
{
    struct listing *listing = ctx;
    enum kite_trace kind = kind_of(name);

    if (listing->sizes) {
        listing->sizes[kind].count += kind == KITE_TRACE_ASIDE || kind == KITE_TRACE_OTHER;
        listing->sizes[kind].bytes += bytes;
    }
    return listing->aside && kind == KITE_TRACE_ASIDE ? kite_buffer_add(listing->aside, name, strlen(name) + 1) : KITE_OK;
}

static uint64_t least(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

/* Files of bundles are counted with the others until the catalogue says which they are. One that went or changed under us is
 * seen by the next scan; until then the files are right. */
static enum kite_status count_bundles(struct kite_library *lib, struct kite_trace_size *bundles, struct kite_trace_size *other)
{
    enum kite_status status = count_rows(lib, "SELECT count(*), total(bytes) FROM bundle WHERE present = 1", bundles);

    *bundles = (struct kite_trace_size){ least(bundles->count, other->count), least(bundles->bytes, other->bytes) };
    other->count -= bundles->count;
    other->bytes -= bundles->bytes;
    return status;
}

enum kite_status kite_library_traces(struct kite_library *lib, struct kite_trace_size out[KITE_TRACE_COUNT],
                                     struct kite_fault *fault)
{
    struct listing listing = { lib, out, NULL };
    uint64_t rows = 0;
    enum kite_status status;

    memset(out, 0, KITE_TRACE_COUNT * sizeof *out);
    status = lib->broken ? lib->broken : lib->io.list(lib->io.ctx, lib->folder, &listing, take_file);
    for (int i = 0; i < KITE_TRACE_COUNT && status == KITE_OK; i++) {
        struct kite_trace_size found = { 0 };

        if (!queries[i])
            continue;
        status = count_rows(lib, queries[i], &found);
        out[i].count += found.count;
        out[i].bytes += found.bytes;
        rows += found.bytes;
    }
    if (status == KITE_OK)
        status = count_bundles(lib, &out[KITE_TRACE_BUNDLES], &out[KITE_TRACE_OTHER]);
    out[KITE_TRACE_MAPS].count = kite_maps_count(lib);
    out[KITE_TRACE_LIST].bytes -= least(rows, out[KITE_TRACE_LIST].bytes);
    return kite_sql_fault(lib, status, fault, "looking at what is kept");
}

/* ---- forgetting -------------------------------------------------------------------------------- */

static const char *const forget_reading[] = {
    "DELETE FROM place",
    "DELETE FROM back",
    "DELETE FROM mark",
    "DELETE FROM refused",
    "DELETE FROM search WHERE id IN (SELECT id FROM text WHERE present = 0)",
    "DELETE FROM text WHERE present = 0",
    "DELETE FROM bundle WHERE present = 0 AND id NOT IN (SELECT bundle FROM text)",
    "DELETE FROM sqlite_sequence WHERE name IN ('mark', 'refused')", /* how many there have been */
    "INSERT INTO discard VALUES('" KITE_MAPS "') ON CONFLICT DO NOTHING",
};
static const char *const forget_readers[] = {
    "DELETE FROM setting",
    "DELETE FROM reader",
    "INSERT INTO reader(id, name, picture, history) VALUES(1, '', 0, 0)",
    "DELETE FROM sender_key",
    "DELETE FROM sender",
    "UPDATE bundle SET sender = 0, withdrawn = 0 WHERE sender <> 0 OR withdrawn <> 0",
    "DELETE FROM origin",
};

static enum kite_status run_all(struct kite_library *lib, const char *const *statements, size_t count)
{
    enum kite_status status = KITE_OK;

    for (size_t i = 0; i < count && status == KITE_OK; i++)
        status = kite_sql_run(lib, statements[i], "");
    return status;
}

static enum kite_status forget(struct kite_library *lib, enum kite_forget what, const struct kite_buffer *aside)
{
    enum kite_status status = run_all(lib, forget_reading, sizeof forget_reading / sizeof *forget_reading);

    if (status == KITE_OK && what == KITE_FORGET_READERS)
        status = run_all(lib, forget_readers, sizeof forget_readers / sizeof *forget_readers);
    for (size_t at = 0; at < aside->count && status == KITE_OK; at += strlen((char *)aside->bytes + at) + 1)
        status = kite_sql_run(lib, "INSERT INTO discard VALUES(?) ON CONFLICT DO NOTHING", "t", (char *)aside->bytes + at);
    return status == KITE_OK ? kite_library_wipe_later(lib) : status;
}

enum kite_status kite_library_forget(struct kite_library *lib, enum kite_forget what, struct kite_fault *fault)
{
    struct kite_buffer aside = { .mem = lib->mem };
    struct listing listing = { lib, NULL, &aside };
    enum kite_status status = lib->broken ? lib->broken : lib->io.list(lib->io.ctx, lib->folder, &listing, take_file);

    if (status == KITE_OK)
        status = kite_sql_begin(lib);
    if (status == KITE_OK)
        status = kite_sql_end(lib, forget(lib, what, &aside));
    kite_buffer_close(&aside);
    if (status == KITE_OK)
        kite_library_discard(lib, KITE_DISCARD_REMOVE);
    return kite_sql_fault(lib, status, fault, "forgetting");
}
