/* The tables of kite.db, version 1: what every kite.db began as. It stays as it is; see schema_steps.c.
 * Row ids are made from what a row is about where their order would otherwise tell when something was read. */
#include "library/store.h"

/* bundle   root: root hash; file: its name in the folder; present 0: not here, but marks may wait for it
 * text     a document of a bundle; work: what editions of it have in common, "" when that is not known; *_key: folded,
 *          for sorting and comparing
 * search   id: of a text; its words, folded; apart from text, so that looking through all of them reads little
 * place    id: kite_place_id; seq: order of reading, above 0 for the last read one, and for others with history on
 * back     id: place id * 16 + depth
 * setting  reader 0: of the device
 * discard  files of the folder that are to go
 * place and mark repeat root and document, so that each row can be saved alone from a damaged database. */
const char kite_schema_1[] =
    "CREATE TABLE bundle(id INTEGER PRIMARY KEY AUTOINCREMENT, root BLOB NOT NULL UNIQUE, file TEXT NOT NULL,"
    " bytes INTEGER NOT NULL, present INTEGER NOT NULL);"
    "CREATE TABLE text(id INTEGER PRIMARY KEY AUTOINCREMENT, bundle INTEGER NOT NULL, document INTEGER NOT NULL,"
    " present INTEGER NOT NULL DEFAULT 0, added INTEGER NOT NULL DEFAULT 0, lang TEXT NOT NULL DEFAULT '',"
    " main_lang TEXT NOT NULL DEFAULT '', direction INTEGER NOT NULL DEFAULT 0, paragraphs INTEGER NOT NULL DEFAULT 0,"
    " bytes INTEGER NOT NULL DEFAULT 0, work TEXT NOT NULL DEFAULT '', title_key TEXT NOT NULL DEFAULT '',"
    " author_key TEXT NOT NULL DEFAULT '', shelf_key TEXT NOT NULL DEFAULT '', title TEXT NOT NULL DEFAULT '',"
    " author TEXT NOT NULL DEFAULT '', shelf TEXT NOT NULL DEFAULT '', publisher TEXT NOT NULL DEFAULT '',"
    " source TEXT NOT NULL DEFAULT '', date TEXT NOT NULL DEFAULT '', edition TEXT NOT NULL DEFAULT '',"
    " standfirst TEXT NOT NULL DEFAULT '', UNIQUE(bundle, document));"
    "CREATE TABLE search(id INTEGER PRIMARY KEY, words TEXT NOT NULL);"
    "CREATE TABLE reader(id INTEGER PRIMARY KEY, name TEXT NOT NULL, picture INTEGER NOT NULL, history INTEGER NOT NULL);"
    "CREATE TABLE place(id INTEGER PRIMARY KEY, reader INTEGER NOT NULL, text INTEGER NOT NULL, root BLOB NOT NULL,"
    " document INTEGER NOT NULL, paragraph INTEGER NOT NULL, offset INTEGER NOT NULL, permille INTEGER NOT NULL,"
    " seq INTEGER NOT NULL);"
    "CREATE TABLE back(id INTEGER PRIMARY KEY, reader INTEGER NOT NULL, text INTEGER NOT NULL, paragraph INTEGER NOT NULL,"
    " offset INTEGER NOT NULL);"
    "CREATE TABLE mark(id INTEGER PRIMARY KEY AUTOINCREMENT, reader INTEGER NOT NULL, text INTEGER NOT NULL,"
    " root BLOB NOT NULL, document INTEGER NOT NULL, highlight INTEGER NOT NULL, start_paragraph INTEGER NOT NULL,"
    " start_offset INTEGER NOT NULL, end_paragraph INTEGER NOT NULL, end_offset INTEGER NOT NULL,"
    " excerpt TEXT NOT NULL, note TEXT NOT NULL);"
    "CREATE TABLE setting(id INTEGER PRIMARY KEY, reader INTEGER NOT NULL, key TEXT NOT NULL, value NOT NULL,"
    " UNIQUE(reader, key));"
    "CREATE TABLE refused(id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE, bytes INTEGER NOT NULL,"
    " status INTEGER NOT NULL, reason TEXT NOT NULL);"
    "CREATE TABLE discard(file TEXT PRIMARY KEY) WITHOUT ROWID;"
    "CREATE INDEX bundle_file ON bundle(present, file, bytes);"
    "CREATE INDEX text_title ON text(present, title_key, id, main_lang);"
    "CREATE INDEX text_author ON text(present, author_key, title_key, id, main_lang);"
    "CREATE INDEX text_arrival ON text(added);"
    "CREATE INDEX text_added ON text(present, added, id, main_lang);"
    "CREATE INDEX text_lang ON text(present, main_lang, title_key, id);"
    "CREATE INDEX text_shelf ON text(present, shelf_key, title_key, id);"
    "CREATE INDEX text_work ON text(work);"
    "CREATE INDEX place_recent ON place(reader, seq);"
    "CREATE INDEX mark_text ON mark(reader, text, start_paragraph, start_offset);"
    "INSERT INTO reader VALUES(1, '', 0, 0);"
    "PRAGMA application_id=1263096901;"; /* "KITE" */
