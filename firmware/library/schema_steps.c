/* The versions of kite.db, oldest first: script N makes version N of version N - 1, the first one of an empty file.
 * A script adds: columns at the end of a table, each with a default, new tables, indexes and rows. The tables of
 * version 1 are never dropped or made anew, so that they have the same root pages and the same first columns in every
 * kite.db, and version 1's schema still finds their rows when the file's own one is damaged.
 * What a new column or table means for salvage.c and for the tests of older versions belongs to the same change. */
#include "library/store.h"

static const char *const scripts[] = { kite_schema_1, kite_schema_2, kite_schema_3, kite_schema_4 };

struct kite_schema_steps kite_schema_steps(void)
{
    return (struct kite_schema_steps){ scripts, sizeof scripts / sizeof *scripts };
}
