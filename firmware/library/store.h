/* Inside the library room: the handle, SQL in one line, names of files. */
#ifndef KITE_LIBRARY_STORE_H
#define KITE_LIBRARY_STORE_H

#include "library/library.h"

#include <sqlite3.h>

#define KITE_DATABASE "kite.db"
#define KITE_JOURNAL KITE_DATABASE "-journal"
#define KITE_MAPS "maps.db"
#define KITE_PAGE_BYTES 4096u
#define KITE_PAGE_SUM_BYTES 8u
#define KITE_PATH_BYTES_MAX 1024u
#define KITE_TITLE_KEY_BYTES 160u
#define KITE_NAMES_BYTES_MAX (1024u * 1024) /* of one look at the folder; more files wait for another time */

/* A SQLite file layer over the caller's I/O table; registered under a name of its own while the library is open. */
struct kite_vfs {
    sqlite3_vfs base;
    char name[40];
    struct kite_io io;
    const char *folder;
    uint64_t random;
    bool sync_failed;
};
enum kite_status kite_vfs_open(struct kite_vfs *vfs, const struct kite_io *io, const char *folder);
void kite_vfs_close(struct kite_vfs *vfs);
/* Whole pages of the file under an open database, and whether that is all of it; a page by its number from 0.
 * KITE_E_DAMAGED: its sum is wrong, or it is not whole. Writing gives it a right one. */
enum kite_status kite_vfs_pages(sqlite3 *db, uint64_t *count, bool *is_even);
enum kite_status kite_vfs_read_page(sqlite3 *db, uint64_t number, uint8_t page[KITE_PAGE_BYTES]);
enum kite_status kite_vfs_write_page(sqlite3 *db, uint64_t number, const uint8_t page[KITE_PAGE_BYTES]);
/* What SQLite has written to it is on the disk. */
enum kite_status kite_vfs_sync(sqlite3 *db);

/* The sum that a page, by its number from 0, ends with. */
uint64_t kite_page_sum(const uint8_t *page, uint64_t number);

/* ---- mend.c */
/* Every page of the open database carries its right sum, and there are as many as its header says. KITE_E_DAMAGED if not. */
enum kite_status kite_mend_check(sqlite3 *db);
/* These make more of a damaged database readable, to be opened anew after each.
 * The first page says how many pages there are, and lists no free ones. Nothing to do when it is damaged itself. */
enum kite_status kite_mend_header(sqlite3 *damaged);
/* Its schema becomes that of `fresh`, an empty database whose tables have the same root pages. */
enum kite_status kite_mend_schema(sqlite3 *damaged, sqlite3 *fresh);
/* When the root page (from 1) of a table is damaged it is made anew over the leaves that look like the table's.
 * KITE_E_LIMIT: there are more of them than it holds. */
enum kite_owner { KITE_OWNER_OTHER = 0, KITE_OWNER_PLACE, KITE_OWNER_MARK };
enum kite_status kite_mend_root(const struct kite_memory *mem, sqlite3 *damaged, uint64_t root, enum kite_owner owner);

/* Statements that are asked again and again, at each page turn or for each text of a search: kept ready, as preparing them
 * takes longer than they do. And the one that is needed when there is no memory to prepare it. */
enum kite_kept { KITE_KEPT_ROLLBACK = 0, KITE_KEPT_MARKS_IN, KITE_KEPT_NEXT_TEXT, KITE_KEPT_FILE_OF, KITE_KEPT_COUNT };

struct kite_library {
    struct kite_memory mem;
    struct kite_io io;
    char *folder;
    void *lock;
    struct kite_vfs vfs;
    sqlite3 *db;
    sqlite3_stmt *kept[KITE_KEPT_COUNT]; /* NULL until asked for */
    sqlite3 *maps;           /* NULL when there is none: page maps are then not kept */
    enum kite_status broken; /* not KITE_OK: what every call returns until reopened */
    unsigned depth;          /* of begun transactions: the inner ones join the outer */
    bool is_spoilt;          /* an inner one failed: the outer one is rolled back */
    unsigned part_count;     /* names of copies in progress */
    enum kite_opening opening;
    struct kite_library_repair repair;
    char notice[320];
};

/* ---- sql.c: arguments are typed by format, one letter each: i int64_t, t const char * (NULL is NULL), b a 32-byte hash or key,
 * p a key's picture, z bytes and, as int64_t, their number. */
enum kite_status kite_sql_status(int code);
enum kite_status kite_sql_open(struct kite_library *lib, sqlite3_stmt **out, const char *sql, const char *format, ...);
/* KITE_OK a row, KITE_DONE no more. */
enum kite_status kite_sql_step(struct kite_library *lib, sqlite3_stmt *stmt);
void kite_sql_close(sqlite3_stmt *stmt); /* NULL is fine */
/* As kite_sql_open, for a kept statement, always with the same sql; it is given back with kite_sql_rest. */
enum kite_status kite_sql_kept(struct kite_library *lib, enum kite_kept which, sqlite3_stmt **out, const char *sql,
                               const char *format, ...);
void kite_sql_rest(sqlite3_stmt *stmt); /* NULL is fine */
void kite_sql_drop_kept(struct kite_library *lib); /* before the database is closed */
/* Run to the end, for its effect. */
enum kite_status kite_sql_run(struct kite_library *lib, const char *sql, const char *format, ...);
/* The first column of the first row; KITE_DONE when there is no row. */
enum kite_status kite_sql_number(struct kite_library *lib, int64_t *out, const char *sql, const char *format, ...);
const char *kite_sql_text(sqlite3_stmt *stmt, int column); /* never NULL; lent until the next step */
/* After the texts of a row were taken: KITE_E_NOMEM when one of them is "" for want of memory. */
enum kite_status kite_sql_row(const struct kite_library *lib);
enum kite_status kite_sql_begin(struct kite_library *lib);
/* Commit when status is KITE_OK, else roll back; what came of it. */
enum kite_status kite_sql_end(struct kite_library *lib, enum kite_status status);
/* Fill the fault of a failed call: `what` could not be done. Returns status. */
enum kite_status kite_sql_fault(const struct kite_library *lib, enum kite_status status, struct kite_fault *fault,
                                const char *what);

/* ---- schema.c, schema_steps.c, schema_1.c and on */
extern const char kite_schema_1[], kite_schema_2[], kite_schema_3[], kite_schema_4[];
struct kite_schema_steps {
    const char *const *scripts;
    int64_t count; /* of versions: the newest one's number */
};
struct kite_schema_steps kite_schema_steps(void);
/* Pragmas of a database of ours, and its tables, made or brought up to version `wanted` in one transaction.
 * KITE_E_UNSUPPORTED: it is of a newer Kite. */
enum kite_status kite_schema_begin(struct kite_library *lib, int64_t wanted);

/* ---- open.c */
/* folder/name into out[KITE_PATH_BYTES_MAX]. KITE_E_LIMIT: too long. */
enum kite_status kite_library_path(const struct kite_library *lib, const char *name, char *out);
/* Open a database file of the folder, whose pages carry sums; SQLITE_OPEN_ flags. */
enum kite_status kite_library_database(struct kite_library *lib, const char *name, int flags, sqlite3 **out);

/* ---- salvage.c: bring the new database lib->db, empty and of version 1, up to date, catalogue the folder's bundles in
 * it, and copy what can still be read from the damaged one of that name; counts into lib->repair. */
enum kite_status kite_library_salvage(struct kite_library *lib, const char *damaged);

/* ---- maps.c */
void kite_maps_open(struct kite_library *lib);
/* Overwrite all maps of a bundle, durably; or throw all maps away, as when a cut left some of its root hash beside them. KITE_E_IO: that
 * cannot be done either. */
enum kite_status kite_maps_forget(struct kite_library *lib, const uint8_t root[32]);
void kite_maps_close(struct kite_library *lib);
/* Throw all maps away, overwritten. KITE_DONE: there were none. */
enum kite_status kite_maps_drop(struct kite_library *lib);
uint64_t kite_maps_count(struct kite_library *lib);

/* ---- fold.c: the form by which titles are sorted and found: compatibility letters, small, without accents and
 * punctuation, single spaces. Cut to fit `room` bytes with its final NUL. Returns out. */
char *kite_fold(const char *text, char *out, size_t room);

/* ---- files.c */
/* A bundle's bytes in a file of the folder, through the I/O table. */
struct kite_library_file {
    const struct kite_io *io;
    void *file;
    struct kite_source source;
};
/* KITE_E_RANGE: no such file. The struct must stay where it is while open. */
enum kite_status kite_library_file_open(struct kite_library *lib, const char *name, enum kite_io_mode mode,
                                        struct kite_library_file *out);
void kite_library_file_close(struct kite_library_file *file); /* all-zero is fine */
/* Names and sizes of the folder's files that may be bundles, sorted: each is eight bytes of size, little-endian, and the
 * name with its NUL. Those beyond KITE_NAMES_BYTES_MAX are left out. */
enum kite_status kite_library_candidates(struct kite_library *lib, struct kite_buffer *out);
/* Remove what was being copied when the power went. */
enum kite_status kite_library_sweep(struct kite_library *lib);
/* Remove files that transactions have given up, overwritten first, of the journal only what it holds; bundles as they are unless with
 * OVERWRITE, which means that nobody has one of them open. Those that cannot be removed wait for the next time. */
enum kite_discard { KITE_DISCARD_REMOVE = 0, KITE_DISCARD_OVERWRITE };
void kite_library_discard(struct kite_library *lib, enum kite_discard how);
/* Within a transaction that deletes words of a reader: what the journal holds of them is discarded too. */
enum kite_status kite_library_wipe_later(struct kite_library *lib);
/* Overwrite a file of the folder with zeros and remove it. KITE_DONE: there is none. */
enum kite_status kite_library_shred(struct kite_library *lib, const char *name);
/* Not one of our own files, nor hidden or half written: it may be a bundle. */
bool kite_library_is_candidate(const char *name);

/* ---- adopt.c: entering a bundle into the catalogue */
/* One transaction: rows of the open bundle, lying in the folder as `file`; its place among editions settled; what was
 * refused under result->name forgotten. Nothing is entered when the outcome is ALREADY_HERE or OLDER_EDITION. */
enum kite_status kite_library_adopt(struct kite_library *lib, struct kite_bundle *bundle, const char *file,
                                    uint64_t bytes, struct kite_import_result *result);
/* What adopt would say: ADDED, ALREADY_HERE, OLDER_EDITION (and which bundle that one is). Both go by result->verdict. */
enum kite_status kite_library_judge(struct kite_library *lib, const struct kite_bundle *bundle,
                                    struct kite_import_result *result);
/* A title row for a text that is not here, so that marks can wait for it. */
enum kite_status kite_library_absent_text(struct kite_library *lib, const uint8_t root[32], uint32_t document,
                                          int64_t *text);
/* Note that `name` did not arrive; a failure to note it is nothing. */
void kite_library_refuse(struct kite_library *lib, const char *name, uint64_t bytes, enum kite_status status,
                         const struct kite_fault *fault);

/* ---- held.c */
/* The file of a text that is here, its place in the bundle, and the root hash that it was entered with. KITE_E_RANGE. */
enum kite_status kite_library_file_of(struct kite_library *lib, int64_t text, char file[KITE_FILE_NAME_BYTES_MAX + 1],
                                      uint32_t *document, uint8_t root[32]);

/* ---- senders.c */
/* kite_library_verdict for one that arrives: KITE_E_DAMAGED also when the key was withdrawn. */
enum kite_status kite_library_admit(struct kite_library *lib, struct kite_bundle *bundle, struct kite_verdict *out,
                                    struct kite_fault *fault);
/* Write it into the bundle's row. */
enum kite_status kite_library_note_verdict(struct kite_library *lib, int64_t bundle, const struct kite_verdict *verdict);

/* ---- edition.c */
/* Move places and marks of text `from` (of the open bundle `old`, NULL when it cannot be read) to text `to`. */
struct kite_succession {
    int64_t from, to;
    struct kite_bundle *old_bundle, *new_bundle;
    uint32_t old_document, new_document;
    const uint8_t *new_root;
};
enum kite_status kite_library_succeed(struct kite_library *lib, const struct kite_succession *s);

/* ---- marks.c, places.c, settings.c */
/* Well-formed UTF-8 of at most `most` bytes. */
bool kite_library_text_fits(const char *text, size_t most);
/* Row id of a reader's place in a text. */
static inline int64_t kite_place_id(uint32_t reader, int64_t text)
{
    return text * 16 + reader;
}
enum kite_status kite_library_check_reader(struct kite_library *lib, uint32_t reader);
/* KITE_OK the text is known (here or not), else KITE_E_RANGE; its bundle's root and its document. */
enum kite_status kite_library_text_known(struct kite_library *lib, int64_t text, uint8_t root[32], uint32_t *document);

#endif
