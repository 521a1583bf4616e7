/* The settings every connection to kite.db has, and bringing its tables up to date. */
#include "library/store.h"

#include <stdio.h>

/* Memory-bound, nothing lost, and cautious with what a file says of itself. The journal stays where it is on the disk, so that what it
 * holds of deleted rows can be overwritten there (kite_library_discard): one that is cut off or removed leaves its bytes behind. */
static const char settings[] = "PRAGMA page_size=4096;"
                               "PRAGMA auto_vacuum=0;"
                               "PRAGMA locking_mode=EXCLUSIVE;"
                               "PRAGMA journal_mode=PERSIST;"
                               "PRAGMA synchronous=FULL;"
                               "PRAGMA secure_delete=ON;"
                               "PRAGMA temp_store=MEMORY;"
                               "PRAGMA mmap_size=0;"
                               "PRAGMA cache_size=-384;"
                               "PRAGMA cell_size_check=ON;"
                               "PRAGMA trusted_schema=OFF;";

static enum kite_status run_script(struct kite_library *lib, const char *script)
{
    enum kite_status status = kite_sql_status(sqlite3_exec(lib->db, script, NULL, NULL, NULL));

    if (status == KITE_E_DAMAGED || status == KITE_E_IO)
        lib->broken = status;
    return status;
}

/* All or nothing, from whatever version it is. */
static enum kite_status update(struct kite_library *lib, int64_t from, int64_t to)
{
    char set_version[40];
    enum kite_status status = kite_sql_begin(lib);

    if (status != KITE_OK)
        return status;
    for (int64_t i = from; i < to && status == KITE_OK; i++)
        status = run_script(lib, kite_schema_steps().scripts[i]);
    snprintf(set_version, sizeof set_version, "PRAGMA user_version=%d;", (int)to);
    if (status == KITE_OK)
        status = run_script(lib, set_version);
    return kite_sql_end(lib, status);
}

enum kite_status kite_schema_begin(struct kite_library *lib, int64_t wanted)
{
    int64_t version, application, pages;
    enum kite_status status = run_script(lib, settings);

    if (status == KITE_OK)
        status = kite_sql_number(lib, &version, "PRAGMA user_version", "");
    if (status == KITE_OK)
        status = kite_sql_number(lib, &application, "PRAGMA application_id", "");
    if (status == KITE_OK)
        status = kite_sql_number(lib, &pages, "PRAGMA page_count", "");
    if (status != KITE_OK)
        return status;
    if (pages > 0) {
        /* Sums first: a damaged page must not be able to claim that a newer Kite wrote it. */
        status = kite_mend_check(lib->db);
        if (status == KITE_OK && (application != 0x4b495445 || version < 1))
            status = KITE_E_DAMAGED;
        if (status == KITE_OK && version > kite_schema_steps().count)
            status = KITE_E_UNSUPPORTED;
    }
    return status == KITE_OK && version < wanted ? update(lib, version, wanted) : status;
}
