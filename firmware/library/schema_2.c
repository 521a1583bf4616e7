/* The tables of kite.db, version 2. */
#include "library/store.h"

/* origin   hash: of a document of another format, from which the bundle was made on this device. Salvage leaves it behind: what it
 *          saves is time alone, as the same document makes the same bundle again. */
const char kite_schema_2[] = "CREATE TABLE origin(hash BLOB PRIMARY KEY, bundle INTEGER NOT NULL) WITHOUT ROWID;";
