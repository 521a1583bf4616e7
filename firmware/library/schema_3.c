/* The tables of kite.db, version 3: who sent what. */
#include "library/store.h"

/* sender      name, picture: as the key's owner signed them; news: number of the last news taken from them
 * sender_key  key: id of the key, as a number; bytes: the public key; withdrawn: good no longer
 * bundle      sender: whose key signed it, 0 nobody's that is known; withdrawn: by a key that is good no longer */
const char kite_schema_3[] =
    "CREATE TABLE sender(id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL, picture BLOB NOT NULL,"
    " news INTEGER NOT NULL);"
    "CREATE TABLE sender_key(id INTEGER PRIMARY KEY AUTOINCREMENT, sender INTEGER NOT NULL, key INTEGER NOT NULL UNIQUE,"
    " bytes BLOB NOT NULL, withdrawn INTEGER NOT NULL);"
    "ALTER TABLE bundle ADD COLUMN sender INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE bundle ADD COLUMN withdrawn INTEGER NOT NULL DEFAULT 0;";
