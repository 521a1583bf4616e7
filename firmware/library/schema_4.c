/* The tables of kite.db, version 4. */
#include "library/store.h"

/* place    page: the page that was in front, as whoever saved it reads it; empty where none was saved. Salvage leaves it behind:
 *          the place alone gives a page too. */
const char kite_schema_4[] = "ALTER TABLE place ADD COLUMN page BLOB NOT NULL DEFAULT x'';";
