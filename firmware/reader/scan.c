/* Files that were put into the library's folder by hand, looked for in idle time. */
#include "reader/actions.h"

void scan_drop(struct kite_reader *r)
{
    kite_scan_end(r->scan);
    r->scan = NULL;
}

enum kite_status scan_work(struct kite_reader *r)
{
    struct kite_import_result result;
    enum kite_status status = KITE_OK;

    if (r->is_scanned)
        return KITE_DONE;
    if (!r->scan)
        status = kite_scan_begin(r->library, NULL, &r->scan, &r->fault);
    if (status == KITE_OK)
        status = kite_scan_step(r->scan, &result, &r->fault);
    if (status == KITE_OK) {
        bool is_news =
            result.outcome == KITE_IMPORT_ADDED || result.outcome == KITE_IMPORT_NEW_EDITION;

        r->is_stale = r->is_stale || (is_news && seat_of(r)->view == VIEW_LIBRARY);
        return KITE_OK;
    }
    scan_drop(r);
    r->is_scanned = status != KITE_E_NOMEM;
    return status;
}
