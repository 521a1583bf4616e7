/* library: what is on this device. A folder of bundles, and beside them one SQLite file, kite.db: the catalogue,
 * the readers, their places, bookmarks, highlights and settings. Page maps lie in maps.db, which may vanish.
 *
 * Durable: when a call returns KITE_OK its change is on the disk, whatever happens next; a call cut off half way
 * has not happened. SQLite runs with journal mode PERSIST and synchronous FULL (no commit lost in any cut we
 * simulate), secure_delete on, and its own checksum on every page. When words of a reader are deleted, what the
 * journal holds of them is overwritten where it lies. A reader that saves the place at each page turn therefore loses at most the turn in hand.
 *
 * What is stored: for each reader a name, a picture number, settings; one place per text and how the page there was set; the place that was
 * jumped from last; bookmarks, highlights and notes. Never a time or a date. With history off (the default)
 * not even the order in which texts were read, only which one was read last, to go on there at power-on.
 *
 * One handle at a time per folder, used by one thread. Every file operation goes through a struct kite_io; paths
 * are the folder given to kite_library_open, '/', and a name.
 * Memory: SQLite's heap, below 1 MB for both files (KITE_LIBRARY_CACHE_BYTES of it page cache; 0.6 MB seen with
 * 2,000 texts); it is the process's, as SQLite has one, and sqlite3_config can bound it further. Imports
 * and openings take what the bundle room takes; lists take nothing that grows with the library.
 *
 * Failures common to all calls: KITE_E_NOMEM; KITE_E_IO the storage failed; KITE_E_LIMIT the storage is full or a
 * stated limit is passed; KITE_E_RANGE no such reader, text, mark; KITE_E_DAMAGED the database was found damaged.
 * After KITE_E_DAMAGED, or KITE_E_IO of a change (a failed sync is never tried again), every call fails the same way
 * until the library is closed and opened again, which repairs it: kite_library_must_reopen tells this from a damaged
 * bundle, which imports and kite_library_book_open report with the same status. fault may always be NULL. */
#ifndef KITE_LIBRARY_H
#define KITE_LIBRARY_H

#include "base/base.h"
#include "bundle/bundle.h"
#include "trust/trust.h"

#define KITE_READERS_MAX 8u
#define KITE_READER_NAME_BYTES_MAX 64u
#define KITE_NOTE_BYTES_MAX 1000u
#define KITE_EXCERPT_BYTES_MAX 240u
#define KITE_SETTING_KEY_BYTES_MAX 64u
#define KITE_SETTING_VALUE_BYTES_MAX 1024u
#define KITE_PAGE_MAP_BYTES_MAX (512u * 1024)
#define KITE_PAGE_MAPS_PER_TEXT 4u
#define KITE_PAGE_MAPS_BYTES_MAX (8u * 1024 * 1024) /* all of them together */
#define KITE_LIBRARY_RESERVE_BYTES (2u * 1024 * 1024) /* an import leaves this much free */
#define KITE_LIBRARY_CACHE_BYTES (448u * 1024)
#define KITE_FILE_NAME_BYTES_MAX 255u

/* ---- the library ------------------------------------------------------------------------------- */

struct kite_library;

/* Open the library of a folder, or make one there. Roll back what a cut left half done, clear away left-overs.
 * A kite.db of an older Kite is brought up to date in one transaction, after which the older one refuses it.
 * A damaged kite.db is set aside (renamed kite-damaged-N.db), the catalogue is rebuilt from the bundles' fronts, and
 * readers, settings, places and marks (not the ways back) are kept where they can still be read: see
 * kite_library_repair. So too when kite.db is empty beside bundles. A missing one is a new library: scan it. A damaged
 * maps.db is thrown away. io and mem's ctx must outlive the library.
 * Fails only when storage or memory does, with KITE_E_LIMIT when another program holds the folder, or with
 * KITE_E_UNSUPPORTED when kite.db comes from a newer Kite (nothing is touched then). */
enum kite_status kite_library_open(const struct kite_memory *mem, const struct kite_io *io,
                                   const char *folder, struct kite_library **out, struct kite_fault *fault);
/* The same otherwise than usual, for when something went wrong before. */
enum kite_opening {
    KITE_OPEN_USUAL = 0,
    KITE_OPEN_WITHOUT_MAPS, /* none are read or kept */
    KITE_OPEN_REPAIRED,     /* kite.db is treated as damaged, whether it is or not, and page maps are thrown away */
    KITE_OPEN_ANEW          /* likewise, and nothing of kite.db is read: readers, settings, places and marks stay in what was set aside */
};
enum kite_status kite_library_open_as(const struct kite_memory *mem, const struct kite_io *io, const char *folder,
                                      enum kite_opening opening, struct kite_library **out, struct kite_fault *fault);
void kite_library_close(struct kite_library *library);
/* Every call now fails until the library is closed and opened again. */
bool kite_library_must_reopen(const struct kite_library *library);
/* What it was opened with, for what else lies in its folder; lent until it is closed. */
struct kite_library_where {
    struct kite_memory mem;
    const struct kite_io *io;
    const char *folder;
};
struct kite_library_where kite_library_where(const struct kite_library *library);

/* What kite_library_open found damaged and did about it. */
struct kite_library_repair {
    bool was_damaged;
    char set_aside[48]; /* file name in the folder; "" when none */
    uint32_t texts_found;
    uint32_t senders_kept, readers_kept, settings_kept, places_kept, marks_kept;
    bool is_partial;      /* some rows could not be read */
    bool maps_were_dropped;
};
struct kite_library_repair kite_library_repair(const struct kite_library *library);
/* The same as one English sentence for the screen, "" when nothing was damaged; lent until close. */
const char *kite_library_notice(const struct kite_library *library);

/* ---- the catalogue: texts --------------------------------------------------------------------- */

/* How far it is known who sent a bundle. */
enum kite_trust {
    KITE_TRUST_UNKNOWN = 0, /* not signed, or by keys that are not known here */
    KITE_TRUST_CHECKED,     /* truly signed by a sender whose key is known */
    KITE_TRUST_WITHDRAWN    /* by a key of a known sender that is good no longer */
};
struct kite_verdict {
    enum kite_trust trust;
    int64_t sender; /* 0: unknown */
};

/* A text is one document of a bundle. Ids are never used again. Strings may be "" but never NULL; what the document
 * does not say is taken from its bundle. */
struct kite_entry {
    int64_t text;     /* its id */
    int64_t bundle;   /* its bundle's id */
    uint32_t document; /* index within the bundle */
    kite_lang lang;
    enum kite_direction direction;
    const char *title, *standfirst, *author, *publisher, *source, *date, *edition, *shelf;
    uint64_t text_bytes;   /* of the text */
    uint64_t bundle_bytes; /* of the file */
    uint32_t paragraph_count;
    uint64_t added;         /* order of arrival on this device: higher came later */
    bool was_opened;        /* by query.reader: it has a place */
    uint32_t read_permille; /* as last saved with the place */
    uint8_t root_hash[32];  /* of its bundle */
    struct kite_verdict verdict;
    const char *sender; /* name of who sent it, "" when that is not known */
};

enum kite_sort {
    KITE_SORT_TITLE = 0,
    KITE_SORT_AUTHOR, /* then by title */
    KITE_SORT_RECENT, /* last read by query.reader first (the order beyond the last one needs history), then other
                         opened texts by title, then the unopened, newest first */
    KITE_SORT_ADDED   /* newest first */
};

/* All-zero lists everything by title. */
struct kite_query {
    uint32_t reader; /* whose places count; 0: nobody's */
    enum kite_sort sort;
    bool is_unread_only; /* without a place of reader */
    kite_lang lang;      /* its primary language counts; 0: any */
    const char *author;  /* NULL: any; compared blind to case and accents */
    const char *shelf;   /* NULL: any; likewise */
    const char *words;   /* NULL: any; each must occur in title, author, standfirst or shelf, blind likewise */
};

/* Rows [first, first + count) of the listing, in order; fewer at its end. Strings are lent for the call of `each`,
 * in which the library must not be used. A status other than KITE_OK from `each` ends the listing and is returned,
 * KITE_DONE as KITE_OK. */
enum kite_status kite_library_list(struct kite_library *library, const struct kite_query *query, uint32_t first,
                                   uint32_t count, void *ctx,
                                   enum kite_status (*each)(void *ctx, const struct kite_entry *entry),
                                   struct kite_fault *fault);
enum kite_status kite_library_count(struct kite_library *library, const struct kite_query *query, uint32_t *count,
                                    struct kite_fault *fault);
/* One text, or KITE_E_RANGE. reader may be 0. */
enum kite_status kite_library_entry(struct kite_library *library, int64_t text, uint32_t reader, void *ctx,
                                    enum kite_status (*each)(void *ctx, const struct kite_entry *entry),
                                    struct kite_fault *fault);
/* Texts one by one, a bundle's documents together, for searching all of them. Begin with an all-zero step; each call
 * moves it to the next text. KITE_DONE after the last. Texts may come and go in between. */
struct kite_text_step {
    int64_t bundle, text;
    uint32_t document;
};
enum kite_status kite_library_next_text(struct kite_library *library, struct kite_text_step *step,
                                        struct kite_fault *fault);

/* What a character counts as where case and accents do not: its letters in small case without accents, "ae" for the one
 * letter of both; none for an accent, a soft hyphen or another sign that is not seen. Vowel signs of Indic and other
 * scripts are no accents. Unicode's compatibility decomposition and case folding. Returns how many. */
#define KITE_FOLDED_MAX 40
size_t kite_fold_character(uint32_t c, uint32_t out[KITE_FOLDED_MAX]);
/* What a character is to those who look for words; any number is fine. */
enum kite_fold_kind {
    KITE_FOLD_NONE = 0, /* not assigned */
    KITE_FOLD_WORD,     /* letters, marks, numbers */
    KITE_FOLD_GAP,      /* spaces, punctuation, symbols, controls */
    KITE_FOLD_FORMAT    /* what is not seen */
};
enum kite_fold_kind kite_fold_kind(uint32_t c);

/* What there is to filter by, with how many texts each: languages (value is the primary tag, "es"), authors, shelves.
 * Ordered by value; texts without one are not counted. Paged and lent as in kite_library_list. */
enum kite_field { KITE_FIELD_LANG = 0, KITE_FIELD_AUTHOR, KITE_FIELD_SHELF };
enum kite_status kite_library_values(struct kite_library *library, enum kite_field field, uint32_t first,
                                     uint32_t count, void *ctx,
                                     enum kite_status (*each)(void *ctx, const char *value, uint32_t texts),
                                     struct kite_fault *fault);

/* Open the bundle of a text to read it. The book is the caller's until closed, before the library.
 * As kite_bundle_open, and KITE_E_RANGE when the text is not (any longer) on the device. */
struct kite_book;
enum kite_status kite_library_book_open(struct kite_library *library, int64_t text, struct kite_book **out,
                                        struct kite_fault *fault);
struct kite_bundle *kite_book_bundle(struct kite_book *book); /* lent */
/* The bundle's file, byte for byte, to copy it; lent. */
const struct kite_source *kite_book_source(const struct kite_book *book);
uint32_t kite_book_document(const struct kite_book *book);
void kite_library_book_close(struct kite_book *book);
/* When reading said KITE_E_DAMAGED: make the text's bundle whole by its repair data; open it again then. The file changes in one step. KITE_DONE:
 * it is whole as it is; else what kite_repair gives, and the file stays as it is. */
enum kite_status kite_library_mend(struct kite_library *library, int64_t text, struct kite_repair_report *report,
                                   struct kite_fault *fault);

/* ---- arrivals and removals --------------------------------------------------------------------- */

enum kite_import_outcome {
    KITE_IMPORT_ADDED = 0,
    KITE_IMPORT_ALREADY_HERE,  /* the same bytes, by root hash */
    KITE_IMPORT_NEW_EDITION,   /* every text of an older bundle was replaced; places and marks moved over */
    KITE_IMPORT_OLDER_EDITION, /* a newer one is here; left where it is */
    KITE_IMPORT_REFUSED,       /* left where it is, the reason recorded; the status says what kind */
    KITE_IMPORT_IGNORED        /* scan only: no bundle at all, and not named like one */
};
struct kite_import_result {
    enum kite_import_outcome outcome;
    int64_t bundle;    /* of the one now on the device; 0 when refused */
    int64_t first_text;
    uint32_t texts;    /* how many it holds */
    struct kite_verdict verdict; /* who sent it */
    char name[KITE_FILE_NAME_BYTES_MAX + 1]; /* as given to begin, or the file's */
};

/* Import a bundle: its bytes are copied aside (a file *.part in the folder), every block of the copy is verified,
 * the copy is synced and renamed, and one transaction enters it. The source is only read.
 * name is what the result and the list of refused ones call it (its file name); name and source outlive the import.
 * begin     refuses with KITE_E_LIMIT when the file would not leave KITE_LIBRARY_RESERVE_BYTES free.
 * step      copies up to 64 KB, or does the one long step, verifying, during which progress (may be NULL) is called.
 *           KITE_OK: go on, *done of *total; KITE_DONE: ready for finish.
 * finish    enters it and says what came of it; the import is freed in any case.
 * cancel    instead of finish; takes the copy away.
 * A signature that is false, or by a key that was withdrawn, is a reason to refuse (KITE_E_DAMAGED); none is not, nor one by a
 * key that is not known. A signed copy of what is here unsigned takes its place, and counts as added.
 * A bundle that fails is entered among the refused ones by the call that finds it (unless memory or the library's
 * storage failed), which returns the reason; then call finish, which says REFUSED, or cancel.
 * Editions: two texts are editions of one when their identifier and language are equal. The newer one is the one with
 * the higher edition number, else the later date, else the one that arrives. Nobody's edition takes the place of another's: a text of a known
 * sender is replaced by that sender alone, and is not kept out by one of anybody else. A bundle whose every text has a newer
 * edition on the device goes; places, marks and the rest move over by paragraph id. */
struct kite_import;
enum kite_status kite_import_begin(struct kite_library *library, const struct kite_source *source, const char *name,
                                   const struct kite_progress *progress, struct kite_import **out,
                                   struct kite_fault *fault);
/* The same for a text that must not lie here unlisted, as one that comes off the private shelf. Of a copy that is not entered, for a failure or
 * for a cut, nothing stays in the folder beyond kite_library_clear or the next opening, and it is overwritten before it is removed. */
enum kite_status kite_import_begin_private(struct kite_library *library, const struct kite_source *source, const char *name,
                                           const struct kite_progress *progress, struct kite_import **out,
                                           struct kite_fault *fault);
enum kite_status kite_import_step(struct kite_import *import, uint64_t *done, uint64_t *total,
                                  struct kite_fault *fault);
enum kite_status kite_import_finish(struct kite_import *import, struct kite_import_result *result,
                                    struct kite_fault *fault);
void kite_import_cancel(struct kite_import *import); /* NULL is fine */

/* Look through the folder: enter bundles that were put there by hand (verified in place, kept under their name),
 * and note which ones have gone (their places and marks stay, should they come back).
 * step looks at one file: KITE_OK with what came of it, KITE_DONE after the last. A refused file is not an error. */
struct kite_scan;
enum kite_status kite_scan_begin(struct kite_library *library, const struct kite_progress *progress,
                                 struct kite_scan **out, struct kite_fault *fault);
enum kite_status kite_scan_step(struct kite_scan *scan, struct kite_import_result *result, struct kite_fault *fault);
void kite_scan_end(struct kite_scan *scan); /* NULL is fine */

/* ---- senders ----------------------------------------------------------------------------------- */

/* Those whose texts are shown as theirs. The caller asks the owner first: nothing here does. */
#define KITE_SENDERS_MAX 64u
struct kite_sender {
    int64_t sender;
    const char *name; /* "" for a key without one; lent */
    uint8_t picture[KITE_KEY_PICTURE_BYTES];
    uint8_t key_id[KITE_KEY_ID_BYTES]; /* of the newest key */
    bool is_withdrawn;                 /* all keys are */
    uint32_t bundles;                  /* of theirs that are here */
};
/* By name; paged and lent as in kite_library_list. */
enum kite_status kite_library_senders(struct kite_library *library, uint32_t first, uint32_t count, void *ctx,
                                      enum kite_status (*each)(void *ctx, const struct kite_sender *sender),
                                      struct kite_fault *fault);
/* Keep a key; bundles here that it signed become its sender's. KITE_DONE: it is known, *sender says whose. KITE_E_LIMIT: there are
 * KITE_SENDERS_MAX; KITE_E_FORMAT: another key goes by its id. */
enum kite_status kite_library_sender_add(struct kite_library *library, const struct kite_public_key *key,
                                         int64_t *sender, struct kite_fault *fault);
/* Forget a sender and their keys: their texts stay, as an unknown sender's. */
enum kite_status kite_library_sender_remove(struct kite_library *library, int64_t sender, struct kite_fault *fault);
/* Take news of keys, a file's bytes. *sender is whose they are. KITE_DONE: they are old, and change nothing; KITE_E_RANGE: of a key that is not
 * known here; KITE_E_DAMAGED: altered, or by a key that was withdrawn; KITE_E_FORMAT, KITE_E_UNSUPPORTED. */
enum kite_status kite_library_news(struct kite_library *library, const char *text, size_t bytes, int64_t *sender,
                                   struct kite_fault *fault);
/* Who signed an update or a provision set. KITE_E_DAMAGED: the signature is false. */
enum kite_status kite_library_proof(struct kite_library *library, const struct kite_signed *proof,
                                    struct kite_verdict *out, struct kite_fault *fault);

/* Who signed a bundle, which need not be here. KITE_E_DAMAGED: a signature is false; KITE_E_FORMAT, KITE_E_UNSUPPORTED: it is none. The fault is
 * about the bundle. */
enum kite_status kite_library_verdict(struct kite_library *library, struct kite_bundle *bundle, struct kite_verdict *out,
                                      struct kite_fault *fault);

/* A bundle on the device, just arrived, was made from a document of another format: the document is known again by the hash of
 * its bytes, for as long as the bundle is here. */
enum kite_status kite_library_origin_keep(struct kite_library *library, const uint8_t hash[32], int64_t bundle,
                                          struct kite_fault *fault);
/* The first text of the bundle that was made from this document. KITE_DONE: none is here. */
enum kite_status kite_library_origin(struct kite_library *library, const uint8_t hash[32], int64_t *text,
                                     struct kite_fault *fault);

/* What did not arrive, newest first; one entry per name, cleared when a bundle of that name does arrive. */
struct kite_refused {
    int64_t id;
    const char *name;
    uint64_t bytes;
    enum kite_status status;
    const char *reason;
};
enum kite_status kite_library_refused(struct kite_library *library, uint32_t first, uint32_t count, void *ctx,
                                      enum kite_status (*each)(void *ctx, const struct kite_refused *refused),
                                      struct kite_fault *fault);

/* Take a bundle with all its texts off the device. KEEP: places and marks wait for it to come back.
 * FORGET: nothing of it stays: every reader's places and marks in it, its page maps, what is kept of older editions of its texts;
 * its file is overwritten first, so none of its books may be open. */
enum kite_removal { KITE_REMOVE_KEEP_MARKS = 0, KITE_REMOVE_FORGET_MARKS };
enum kite_status kite_library_remove(struct kite_library *library, int64_t bundle, enum kite_removal removal,
                                     struct kite_fault *fault);
/* Overwrite and remove files that were given up and could not be removed then, as an opening does; none of their books may be open.
 * KITE_E_IO: some are still there. */
enum kite_status kite_library_clear(struct kite_library *library, struct kite_fault *fault);
/* Bytes of all bundles on the device, and free on its volume. */
enum kite_status kite_library_space(struct kite_library *library, uint64_t *used_bytes, uint64_t *free_bytes,
                                    struct kite_fault *fault);

/* ---- readers and settings ---------------------------------------------------------------------- */

/* Readers are numbered 1 to KITE_READERS_MAX. A new library has reader 1 without a name. */
struct kite_reader_info {
    uint32_t reader;
    uint32_t picture;
    bool keeps_history;
    char name[KITE_READER_NAME_BYTES_MAX + 1];
};
/* *count gets how many there are; in order of number. */
enum kite_status kite_library_readers(struct kite_library *library, struct kite_reader_info out[KITE_READERS_MAX],
                                      uint32_t *count, struct kite_fault *fault);
/* The first free number. KITE_E_LIMIT: there are eight; KITE_E_FORMAT: name is too long or not UTF-8. */
enum kite_status kite_library_reader_add(struct kite_library *library, const char *name, uint32_t picture,
                                         uint32_t *reader, struct kite_fault *fault);
enum kite_status kite_library_reader_change(struct kite_library *library, uint32_t reader, const char *name,
                                            uint32_t picture, struct kite_fault *fault);
/* Take a reader away with all that is theirs. The last one cannot go (KITE_E_LIMIT): use forget. */
enum kite_status kite_library_reader_remove(struct kite_library *library, uint32_t reader,
                                            struct kite_fault *fault);
/* Forget a reader's places, marks, ways back and order of reading, and everybody's page maps; name, picture and settings stay. */
enum kite_status kite_library_reader_forget(struct kite_library *library, uint32_t reader,
                                            struct kite_fault *fault);
/* Keep the order in which texts were read, or not; off forgets the order kept so far. */
enum kite_status kite_library_history(struct kite_library *library, uint32_t reader, bool is_kept,
                                      struct kite_fault *fault);
/* Who is reading; the current one after open is the one of last time. */
enum kite_status kite_library_current_reader(struct kite_library *library, uint32_t *reader,
                                             struct kite_fault *fault);
enum kite_status kite_library_set_current_reader(struct kite_library *library, uint32_t reader,
                                                 struct kite_fault *fault);

/* Settings of a reader; KITE_DEVICE for those of the device. A get without a stored value, or with one of the other
 * type, gives `otherwise`. */
#define KITE_DEVICE 0u
enum kite_status kite_library_get_number(struct kite_library *library, uint32_t reader, const char *key,
                                         int64_t otherwise, int64_t *value, struct kite_fault *fault);
enum kite_status kite_library_set_number(struct kite_library *library, uint32_t reader, const char *key,
                                         int64_t value, struct kite_fault *fault);
/* out holds KITE_SETTING_VALUE_BYTES_MAX + 1 bytes. */
enum kite_status kite_library_get_text(struct kite_library *library, uint32_t reader, const char *key,
                                       const char *otherwise, char *out, struct kite_fault *fault);
enum kite_status kite_library_set_text(struct kite_library *library, uint32_t reader, const char *key,
                                       const char *value, struct kite_fault *fault);
/* Several settings, places or marks at once, as one change: begin, any number of sets, saves and adds, end. Nothing else in between. */
enum kite_status kite_library_settings_begin(struct kite_library *library, struct kite_fault *fault);
enum kite_status kite_library_settings_end(struct kite_library *library, struct kite_fault *fault);

/* ---- places and marks -------------------------------------------------------------------------- */

/* place.document is ignored when saving and filled in when loading: the text says it. */
enum kite_status kite_library_place_save(struct kite_library *library, uint32_t reader, int64_t text,
                                         struct kite_place place, uint32_t read_permille, struct kite_fault *fault);
/* The same with the page in front, in bytes that mean something to the caller alone: a place that is saved without one has
 * none. KITE_E_LIMIT: it has more bytes than are kept. */
#define KITE_PLACE_PAGE_BYTES_MAX 256
struct kite_place_page {
    struct kite_place place;
    uint32_t read_permille;
    const uint8_t *bytes;
    size_t count;
};
enum kite_status kite_library_place_page_save(struct kite_library *library, uint32_t reader, int64_t text,
                                              const struct kite_place_page *page, struct kite_fault *fault);
/* What was saved of the page at the reader's place: added to out. KITE_DONE: nothing was. */
enum kite_status kite_library_place_page(struct kite_library *library, uint32_t reader, int64_t text,
                                         struct kite_buffer *out, struct kite_fault *fault);
/* KITE_DONE: no place yet (place is the beginning). read_permille may be NULL. */
enum kite_status kite_library_place(struct kite_library *library, uint32_t reader, int64_t text,
                                    struct kite_place *place, uint32_t *read_permille, struct kite_fault *fault);
/* The text this reader read last. KITE_DONE: none that is still here. */
enum kite_status kite_library_last_text(struct kite_library *library, uint32_t reader, int64_t *text,
                                        struct kite_fault *fault);

/* The text this reader read last is no longer known as that; its place stays. */
enum kite_status kite_library_last_text_forget(struct kite_library *library, uint32_t reader, struct kite_fault *fault);

/* Back to where I was. Before a jump, leave the place jumped from. It takes the place of the one that was left before: a
 * reader has one way back, and no trail of them is kept. KITE_DONE from way_back: there is none, or its text is gone. */
enum kite_status kite_library_jump(struct kite_library *library, uint32_t reader, int64_t text,
                                   struct kite_place from, struct kite_fault *fault);
enum kite_status kite_library_way_back(struct kite_library *library, uint32_t reader, int64_t *text,
                                       struct kite_place *place, struct kite_fault *fault);
/* It was used, or means nothing any more. */
enum kite_status kite_library_way_forget(struct kite_library *library, uint32_t reader, struct kite_fault *fault);

/* A bookmark is a place; a highlight reaches from start to end, end not included. */
struct kite_mark {
    int64_t id;
    uint32_t reader;
    int64_t text;
    bool is_highlight;
    struct kite_place start, end; /* end equals start for a bookmark */
    const char *excerpt;          /* some words at the place, for lists; NULL is "" */
    const char *note;             /* NULL is "" */
};
/* mark->id is ignored; *id gets the new one. The same bookmark again gives the id of the one there is.
 * KITE_E_FORMAT: a string is too long or not UTF-8, or end lies before start. */
enum kite_status kite_library_mark_add(struct kite_library *library, const struct kite_mark *mark, int64_t *id,
                                       struct kite_fault *fault);
enum kite_status kite_library_mark_note(struct kite_library *library, int64_t id, const char *note,
                                        struct kite_fault *fault);
enum kite_status kite_library_mark_remove(struct kite_library *library, int64_t id, struct kite_fault *fault);
/* Marks of a reader: in one text in the order of the text, or with text 0 in all (texts by title, also those no
 * longer here). title is the text's. Paged and lent as in kite_library_list. */
enum kite_status kite_library_marks(struct kite_library *library, uint32_t reader, int64_t text, uint32_t first,
                                    uint32_t count, void *ctx,
                                    enum kite_status (*each)(void *ctx, const struct kite_mark *mark,
                                                             const char *title),
                                    struct kite_fault *fault);
/* Marks that touch paragraphs [first, end) of a text, in order: what a page must draw. */
enum kite_status kite_library_marks_in(struct kite_library *library, uint32_t reader, int64_t text,
                                       uint32_t first_paragraph, uint32_t end_paragraph, void *ctx,
                                       enum kite_status (*each)(void *ctx, const struct kite_mark *mark,
                                                                const char *title),
                                       struct kite_fault *fault);
enum kite_status kite_library_mark_count(struct kite_library *library, uint32_t reader, int64_t text,
                                         uint32_t *count, struct kite_fault *fault);

/* ---- what is kept, and forgetting it ----------------------------------------------------------- */

/* Every kind of thing that the library's folder holds. */
enum kite_trace {
    /* What tells of reading. */
    KITE_TRACE_PLACES = 0, /* one a reader and text */
    KITE_TRACE_PAGES,      /* the page that was in front at a place */
    KITE_TRACE_ORDER,      /* places whose order of reading is known: of each reader the last one, more with history */
    KITE_TRACE_WAYS,       /* back to where a reader was */
    KITE_TRACE_BOOKMARKS,  /* without their notes, with the words at their places */
    KITE_TRACE_HIGHLIGHTS, /* likewise */
    KITE_TRACE_NOTES,
    KITE_TRACE_ABSENT,  /* titles of texts that are gone, and for which places or marks may wait */
    KITE_TRACE_MAPS,    /* where pages begin, of texts that were open, in their file */
    KITE_TRACE_REFUSED, /* names of files that did not come in */
    KITE_TRACE_ASIDE,   /* files: damaged databases that were set aside, and what is half written */
    /* What tells of the readers. */
    KITE_TRACE_READERS,  /* names and pictures */
    KITE_TRACE_SETTINGS, /* but for the owner's lock */
    KITE_TRACE_LOCK,     /* settings of the device whose key begins with KITE_OWNER_KEYS */
    KITE_TRACE_SENDERS,
    KITE_TRACE_ORIGINS, /* hashes of documents from which bundles here were made */
    /* What is there to be read. */
    KITE_TRACE_BUNDLES, /* files of texts */
    KITE_TRACE_LIST,    /* texts; the rest of the database, its journal and lock: titles, words to find them by, its own order */
    KITE_TRACE_OTHER,   /* files of the folder that are not the library's */
    KITE_TRACE_COUNT
};
#define KITE_TRACE_READERS_FIRST KITE_TRACE_READERS
#define KITE_TRACE_TEXTS_FIRST KITE_TRACE_BUNDLES
#define KITE_OWNER_KEYS "owner."
struct kite_trace_size {
    uint64_t count, bytes;
};
/* All bytes of all together are those of the files in the folder. */
enum kite_status kite_library_traces(struct kite_library *library, struct kite_trace_size out[KITE_TRACE_COUNT],
                                     struct kite_fault *fault);

/* Forget all that tells of reading, of all readers; or that and all that tells of the readers, so that texts alone are left, reader 1
 * without a name, and settings as of a new device. One change: after a cut it has not begun, or the next opening ends it. What
 * it was is overwritten: rows in the database, the journal, files. Bundles and what the list says of them stay. No import may be under way. */
enum kite_forget { KITE_FORGET_READING = 0, KITE_FORGET_READERS };
enum kite_status kite_library_forget(struct kite_library *library, enum kite_forget what, struct kite_fault *fault);

/* ---- page maps --------------------------------------------------------------------------------- */

/* What a page map is good for. engine is the version of the layout: another one finds nothing. */
struct kite_map_key {
    uint8_t root_hash[32];
    uint32_t document;
    uint64_t setting_hash;
    uint32_t engine;
};
/* Keep a map; of too many others of the text, and then of all, some go, whichever they are: which were used last is not kept. Not durable; a failure costs nothing but
 * time, so only KITE_E_NOMEM and KITE_E_LIMIT (map too large) are ever reported. */
enum kite_status kite_library_map_save(struct kite_library *library, const struct kite_map_key *key,
                                       const uint8_t *bytes, size_t count);
/* A kept map into `out` (emptied first). KITE_DONE: none, or it was damaged and has been dropped. */
enum kite_status kite_library_map(struct kite_library *library, const struct kite_map_key *key,
                                  struct kite_buffer *out);

#endif
