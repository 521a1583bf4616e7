/* Which documents of other formats the bundles on the device were made from. */
#include "library/store.h"

enum kite_status kite_library_origin_keep(struct kite_library *lib, const uint8_t hash[32], int64_t bundle, struct kite_fault *fault)
{
    enum kite_status status = kite_sql_run(lib, "INSERT OR REPLACE INTO origin(hash, bundle) VALUES(?, ?)", "bi", hash, bundle);

    return kite_sql_fault(lib, status, fault, "noting where a text came from");
}

enum kite_status kite_library_origin(struct kite_library *lib, const uint8_t hash[32], int64_t *text, struct kite_fault *fault)
{
    enum kite_status status = kite_sql_number(lib, text,
                                              "SELECT text.id FROM origin JOIN bundle ON bundle.id = origin.bundle AND bundle.present = 1"
                                              " JOIN text ON text.bundle = bundle.id WHERE origin.hash = ? ORDER BY text.document LIMIT 1",
                                              "b", hash);

    return status == KITE_DONE ? status : kite_sql_fault(lib, status, fault, "asking where texts came from");
}
