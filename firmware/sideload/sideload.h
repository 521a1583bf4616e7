/* sideload: how texts travel by hand. What lies on a stick, or in the inbox after a computer had
 * it, is looked through, recognised by its bytes, taken into the library one file at a time, and
 * what came of each is told: on the screen, and for the inbox in a file, KITE-RECEIPT.txt. A text
 * goes out again to a stick, byte for byte. A provision set says what a device should hold.
 *
 * Volumes are read and written through struct kite_io alone. They come from strangers, are
 * FAT more often than not, and may vanish at any call. Nothing here relies on a rename on FAT,
 * which a power cut turns into an empty file; what is written is written in place, synced, and can
 * be checked. */
#ifndef KITE_SIDELOAD_H
#define KITE_SIDELOAD_H

#include "boot/boot.h"
#include "library/library.h"
#include "trust/trust.h"

#define KITE_VOLUME_DEPTH_MAX 8u /* folders in folders */
#define KITE_VOLUME_FOLDERS_MAX 2000u
#define KITE_VOLUME_FILES_MAX 20000u
#define KITE_VOLUME_PATH_BYTES_MAX 1024u
#define KITE_RECEIPT_NAME "KITE-RECEIPT.txt"
#define KITE_PROVISION_NAME "provision.txt"

/* ---- what lies on a volume --------------------------------------------------------------------
 */

/* A walk through a folder and the folders in it: files of a folder by name, then its folders by
 * name, so that every device does the same in the same order. What systems and people leave behind
 * without meaning it (kite_name_is_junk) is passed over; what lies deeper, longer or later than the
 * bounds above, or in a folder that cannot be listed, is counted. Takes about 32 KB. */
struct kite_walk;
struct kite_walk_file {
    const char *path; /* for the I/O table */
    const char *name; /* the end of path below the folder walked; both lent until the next call */
    uint64_t bytes;
};
/* io outlives the walk. KITE_E_NOMEM; KITE_E_LIMIT: the folder's own name is too long. */
enum kite_status kite_walk_open(const struct kite_memory *mem, const struct kite_io *io,
                                const char *folder, struct kite_walk **out);
/* KITE_DONE: that was all. KITE_E_IO: the folder itself cannot be listed. */
enum kite_status kite_walk_next(struct kite_walk *walk, struct kite_walk_file *file);
uint32_t kite_walk_left_out(const struct kite_walk *walk);
void kite_walk_close(struct kite_walk *walk); /* NULL is fine */

/* Names of files and folders that nobody copied on purpose: hidden ones, those of indexers, waste
 * baskets and file systems, and our own receipt. */
bool kite_name_is_junk(const char *name);

/* ---- what a file is ---------------------------------------------------------------------------
 */

enum kite_find {
    KITE_FIND_OTHER = 0, /* nothing that concerns a reader of texts: left alone */
    KITE_FIND_BUNDLE,
    KITE_FIND_BROKEN,    /* named like a bundle, but it does not begin like one */
    KITE_FIND_DOCUMENT,  /* a text of another format */
    KITE_FIND_PROVISION, /* a provision set */
    KITE_FIND_UPDATE,    /* a new version of Kite itself */
    KITE_FIND_KEY,       /* a sender's public key */
    KITE_FIND_NEWS,      /* news of a sender's keys */
    KITE_FIND_COUNT
};
/* Of documents, what else they have to do with. */
enum kite_document_sort {
    KITE_DOCUMENT_ALONE = 0,
    KITE_DOCUMENT_REFERS, /* it names pictures that lie beside it */
    KITE_DOCUMENT_PICTURE /* a document by itself, or one that a document beside it names */
};
/* A row of the table of kinds, by which files are told apart. */
struct kite_file_kind {
    enum kite_find find;
    enum kite_document_sort sort;
    const char *name; /* "PDF"; a proper name, the same in every language; "" when it has none */
    bool (*is)(const uint8_t *head, size_t count);
};
/* How many bytes of a file's beginning are looked at. */
#define KITE_HEAD_BYTES 512u
/* By its first bytes. The name counts for a file that begins like nothing known, or like plain text, as programs and their
 * settings do; and for a text that says what comes with it, as README does, which is no document. Static. */
const struct kite_file_kind *kite_file_kind(const uint8_t *head, size_t count, const char *name);

/* A file of a volume as a source. */
struct kite_volume_file {
    const struct kite_io *io;
    void *file;
    bool has_failed; /* a read failed: it is the volume's fault */
    struct kite_source source;
};
/* KITE_E_RANGE: no such file; KITE_E_IO. The struct stays where it is while open. */
enum kite_status kite_volume_file_open(const struct kite_io *io, const char *path,
                                       struct kite_volume_file *file);
void kite_volume_file_close(struct kite_volume_file *file); /* all-zero is fine */

/* ---- provision sets ---------------------------------------------------------------------------
 */

/* What a device should hold, as a text file: PROVISION.md. */
#define KITE_PROVISION_ITEMS_MAX 4096u
#define KITE_PROVISION_BYTES_MAX (1024u * 1024)
#define KITE_PROVISION_NAME_BYTES_MAX 255u

struct kite_provision_item {
    uint8_t root_hash[32];
    char *name; /* what people call it; a file name when kite made the set. The set's */
    bool is_here;
};
/* Ordered by hash, no hash twice. All-zero but for mem is an empty set. */
struct kite_provision {
    struct kite_memory mem;
    struct kite_provision_item *items;
    size_t count, capacity;
};
/* Add the items of a file's bytes; one that is in the set stays once. *proof, which may be NULL: who signed the file, as it says. KITE_E_FORMAT: the file
 * breaks a rule, the fault says in which line, and nothing was added; KITE_E_UNSUPPORTED: a newer
 * version; KITE_E_LIMIT: with it the set would have more than KITE_PROVISION_ITEMS_MAX;
 * KITE_E_NOMEM. */
enum kite_status kite_provision_read(struct kite_provision *set, const char *text, size_t bytes,
                                     struct kite_signed *proof, struct kite_fault *fault);
/* Add one item. name is copied, control characters as '?', cut at a character. KITE_DONE: it was in
 * the set. */
enum kite_status kite_provision_add(struct kite_provision *set, const uint8_t root_hash[32],
                                    const char *name);
/* NULL: not in the set. */
struct kite_provision_item *kite_provision_find(const struct kite_provision *set,
                                                const uint8_t root_hash[32]);
/* Set is_here of all items, by what the library holds. */
enum kite_status kite_provision_compare(struct kite_provision *set, struct kite_library *library,
                                        struct kite_fault *fault);
/* The set as a file, by name; equal sets give equal bytes. */
enum kite_status kite_provision_write(const struct kite_provision *set, struct kite_buffer *out);
void kite_provision_close(struct kite_provision *set);

/* ---- copying out ------------------------------------------------------------------------------
 */

/* A name that every file system takes, FAT above all: of `name`, with '_' for what FAT does not
 * allow and for control characters, without blanks and dots at its ends, not one of the reserved
 * names of old systems, at most KITE_FILE_NAME_BYTES_MAX bytes with `end` (".kite"), which is added
 * unless the name ends so. number above 1 is put before the end: "name-2.kite". */
void kite_safe_name(const char *name, const char *end, unsigned number,
                    char out[KITE_FILE_NAME_BYTES_MAX + 1]);
/* The two cannot lie in one folder of a file system that is blind to case; letters that differ in
 * an accent alone count as the same. */
bool kite_names_clash(const char *a, const char *b);

enum kite_copy_rule {
    KITE_COPY_BESIDE = 0, /* another whole bundle of that name stays; the copy gets a number */
    KITE_COPY_OVER        /* whatever has that name is replaced */
};
struct kite_copy_job {
    const struct kite_io *io;
    const char *folder;
    const char *name; /* safe */
    const struct kite_source *source;
    const uint8_t *root_hash; /* 32, of the bundle in source; for BESIDE */
    enum kite_copy_rule rule;
};
/* Copy a file onto a volume so that it is whole there: written in place, synced, and read back and
 * compared with its source. A copy that is there and equal is left as it is. job and what it points
 * to outlive the copy.
 * step   does a part, at most 64 KB: KITE_OK go on, KITE_DONE the copy is whole. KITE_E_LIMIT: the
 *        volume is full; KITE_E_IO: it cannot be written to or read, or is gone; KITE_E_DAMAGED:
 * what was read back is not what was written; KITE_E_NOMEM. What was written of a copy that fails
 * is taken away again, as far as the volume allows. close  before it is done gives it up likewise.
 */
struct kite_copy;
struct kite_copy_news {
    uint64_t done_bytes, total_bytes; /* written, then read back: total is twice the size */
    bool was_there;
    char name[KITE_FILE_NAME_BYTES_MAX + 1]; /* that it has on the volume */
};
enum kite_status kite_copy_open(const struct kite_memory *mem, const struct kite_copy_job *job,
                                struct kite_copy **out);
enum kite_status kite_copy_step(struct kite_copy *copy, struct kite_fault *fault);
const struct kite_copy_news *kite_copy_news(const struct kite_copy *copy); /* lent */
void kite_copy_close(struct kite_copy *copy);                              /* NULL is fine */

/* ---- documents of other formats ---------------------------------------------------------------
 */

struct kite_document {
    const char *name; /* for sentences */
    const struct kite_source *source;
    /* As in struct kite_press_input: what the document names is fetched beside it. */
    void *ctx;
    enum kite_status (*fetch)(void *ctx, const char *reference, uint8_t **bytes, size_t *count);
    /* What was dropped or guessed, a sentence each, with note_ctx. */
    void *note_ctx;
    void (*note)(void *ctx, bool is_warning, const char *sentence);
};
/* Makes bundles of documents, somewhere outside: in a process of its own. Filled in by the program; outlives the sideload.
 * begin   one document; it and what it points to outlive the conversion. KITE_E_NOMEM: again later.
 * step    KITE_OK: go on, and call soon; KITE_DONE: there is a bundle, of which nothing is known yet. Else the fault says why the
 *         document could not be read: KITE_E_IO may be its source's fault; KITE_E_LIMIT: it is too large, too slow, or there is
 *         no room. KITE_E_NOMEM: again later.
 * bundle  after KITE_DONE; lent until end.
 * end     at any time after begin, and before the next one. */
struct kite_converter {
    void *ctx;
    enum kite_status (*begin)(void *ctx, const struct kite_document *document, struct kite_fault *fault);
    enum kite_status (*step)(void *ctx, uint32_t *done_permille, struct kite_fault *fault);
    const struct kite_source *(*bundle)(void *ctx);
    void (*end)(void *ctx);
};

/* Files beside one on a volume, for kite_document.fetch: those in its folder or below, never a way up. */
struct kite_volume_folder {
    struct kite_memory mem;
    const struct kite_io *io;
    char path[KITE_VOLUME_PATH_BYTES_MAX];
};
enum kite_status kite_volume_fetch(void *folder, const char *reference, uint8_t **bytes, size_t *count);

/* ---- taking in --------------------------------------------------------------------------------
 */

/* What came of a file. The order is that of lists and receipts: what somebody has to do first. */
enum kite_arrival {
    KITE_ARRIVAL_INCOMPLETE = 0, /* cut short, damaged, or empty: copy it again */
    KITE_ARRIVAL_UNREADABLE,     /* the volume would not give it */
    KITE_ARRIVAL_NO_ROOM,
    KITE_ARRIVAL_TOO_NEW,      /* needs a newer Kite */
    KITE_ARRIVAL_FALSE,        /* its signature is false */
    KITE_ARRIVAL_WITHDRAWN,    /* signed by a key that was withdrawn */
    KITE_ARRIVAL_UNSIGNED,     /* a version of Kite that its makers have not signed */
    KITE_ARRIVAL_REFUSED,      /* breaks a rule */
    KITE_ARRIVAL_NOT_A_BUNDLE, /* a document of another format, and none could be made of it */
    KITE_ARRIVAL_UPDATE,       /* a newer version of Kite: not taken in here */
    KITE_ARRIVAL_KEY,          /* of a sender who is not trusted here: taken by nobody but the owner */
    KITE_ARRIVAL_ADDED,
    KITE_ARRIVAL_NEW_EDITION,
    KITE_ARRIVAL_OLDER_EDITION, /* a newer one is here */
    KITE_ARRIVAL_ALREADY_HERE,
    KITE_ARRIVAL_NEWS, /* of keys, taken */
    KITE_ARRIVAL_COUNT
};
/* One file, all strings lent until the next step. */
struct kite_arrival_row {
    enum kite_arrival arrival;
    const char *name;   /* below the volume's folder; UTF-8, without control characters */
    const char *kind;   /* of a document: the format's name, else, and of plain text, "" */
    const char *detail; /* the technical reason, or of a document that arrived what was dropped or guessed; English; may be "" */
    const char *sender; /* who signed it, when that is checked; else "" */
    int64_t text;       /* first text of the bundle on the device; 0: none */
};
#define KITE_ARRIVAL_ROWS_MAX 2000u /* more are counted, but not kept */

#define KITE_SIDELOAD_KEYS_MAX 8u    /* keys of senders; likewise */

enum kite_sideload_stage {
    KITE_SIDELOAD_LOOKS = 0, /* what is there? */
    KITE_SIDELOAD_WAITS,     /* for kite_sideload_take */
    KITE_SIDELOAD_TAKES,
    KITE_SIDELOAD_OVER
};
struct kite_sideload_news {
    enum kite_sideload_stage stage;
    /* seen while looking */
    uint32_t finds[KITE_FIND_COUNT];
    uint32_t left_out; /* folders and files beyond the bounds, or that cannot be listed */
    uint64_t total_bytes;
    char update_version[KITE_RELEASE_NAME_BYTES_MAX + 1]; /* the newest of those that may be put in */
    bool is_update_older;                                 /* than the Kite that runs */
    char update_path[KITE_VOLUME_PATH_BYTES_MAX];         /* "" when there is none */
    char update_sender[KITE_KEY_NAME_BYTES_MAX + 1]; /* who signed it, checked; "" nobody that is known */
    char set_sender[KITE_KEY_NAME_BYTES_MAX + 1];    /* the same of the provision sets, when it is one for all */
    uint32_t key_count; /* of senders who are not trusted here */
    struct kite_public_key keys[KITE_SIDELOAD_KEYS_MAX];
    /* while taking */
    char name[KITE_FILE_NAME_BYTES_MAX + 1]; /* the file in hand, without its folder */
    uint32_t file_number, file_count;        /* of those that are no OTHER */
    uint64_t done_bytes;
    bool is_converting; /* the file in hand is a document that becomes a bundle */
    uint32_t arrivals[KITE_ARRIVAL_COUNT];
    uint32_t taken_off, may_be_deleted; /* files of texts that are here: gone from the volume, or still on it */
    bool is_gone;    /* the volume went away before the end */
    bool is_stopped; /* the person had enough before the end */
    /* at the end */
    size_t wanted, here; /* of the provision sets found; wanted 0: none */
    bool has_receipt;    /* it is on the volume, whole and synced */
};

/* Take in what a volume holds. News of keys come first, so that what is withdrawn is so for all that follows; a key waits
 * for somebody to trust it. Nothing signed falsely, or by a key that was withdrawn, is taken in or counted. Each file that can come in is one transaction of the library: pulled
 * out or powered off half-way, what was told as added is there, and nothing else.
 * open   with lang for the receipt; has_receipt: one is written at the end, if the volume is there;
 *        is_emptied: a bundle that the library holds is taken off the volume. A document stays: what
 *        the library holds is made of it, and may be less.
 * step   a small part of the work. KITE_OK: go on; KITE_DONE: it waits, or is over. KITE_E_NOMEM:
 * call again later, or give up. Other failures come from the library, which must be opened anew. A
 *        file's own failure, and the volume's, is no failure of step.
 * take   after looking: begin. */
struct kite_sideload;
struct kite_sideload_options {
    struct kite_library *library;
    const struct kite_io *io; /* of the volume */
    const struct kite_converter *converter; /* NULL: documents of other formats are told, and left */
    const char *folder;               /* copied */
    const char *version;              /* of Kite that runs; outlives it. NULL: updates are OTHER */
    const struct kite_public_key *keys; /* [key_count] that came with Kite: with one of them an update must be signed. With
                                           none, it may be unsigned. They outlive it */
    size_t key_count;
    kite_lang lang;
    bool has_receipt, is_emptied;
    bool takes_older; /* the owner may have an older update put in; else only newer ones may be */
};
enum kite_status kite_sideload_open(const struct kite_memory *mem,
                                    const struct kite_sideload_options *options,
                                    struct kite_sideload **out);
enum kite_status kite_sideload_step(struct kite_sideload *sideload, struct kite_fault *fault);
void kite_sideload_take(struct kite_sideload *sideload);
/* The volume was pulled out, or the person has had enough: what is in hand is given up. */
void kite_sideload_stop(struct kite_sideload *sideload, bool is_gone);
const struct kite_sideload_news *
kite_sideload_news(const struct kite_sideload *sideload); /* lent */
/* Rows by arrival, then in the order of the walk; index below kite_sideload_row_count. */
size_t kite_sideload_row_count(const struct kite_sideload *sideload);
struct kite_arrival_row kite_sideload_row(const struct kite_sideload *sideload, size_t index);
/* What the provision sets say, is_here filled in at the end; lent. */
const struct kite_provision *kite_sideload_provision(const struct kite_sideload *sideload);
void kite_sideload_close(struct kite_sideload *sideload); /* NULL is fine */

/* ---- words ------------------------------------------------------------------------------------
 */

/* What a receipt and a screen say, one table a language. "{1}", "{2}" are for
 * kite_text_fill. */
enum kite_word {
    KITE_WORD_RECEIPT = 0,  /* the receipt's title */
    KITE_WORD_RECEIPT_WHAT, /* what it is */
    KITE_WORD_GONE,         /* the volume went away */
    KITE_WORD_STOPPED,
    KITE_WORD_FREE,          /* {1} MB */
    KITE_WORD_WANTED,        /* {1} of {2} */
    KITE_WORD_WANTED_FROM,   /* {1}: who signed that list */
    KITE_WORD_MISSING,       /* heading */
    KITE_WORD_MISSING_COUNT, /* {1} */
    KITE_WORD_LEFT_OUT,      /* {1} */
    KITE_WORD_OTHERS,        /* {1} */
    KITE_WORD_MORE_ROWS,     /* {1} */
    KITE_WORD_TAKEN_OFF, /* {1} */
    KITE_WORD_MAY_DELETE,
    KITE_WORD_COUNT
};
struct kite_words {
    kite_lang lang;
    const char *texts[KITE_WORD_COUNT];
    const char *counts[KITE_ARRIVAL_COUNT];  /* "New: {1}" */
    const char *reasons[KITE_ARRIVAL_COUNT]; /* of one file; {1} is the format's name */
    const char *plain_text;                  /* a format without a name */
    const char *made_of;                     /* of one that was made here: "New, from {1}" */
    const char *from;                        /* of one whose sender is checked: "from {1}, checked" */
    const char *not_made;                    /* of one that could not be: "{1} that cannot be read here" */
};
/* Those of a language, or English. */
const struct kite_words *kite_words(kite_lang lang);
/* Who sent it, as a phrase; "" when that is not checked. Returns out. */
char *kite_words_sender(const struct kite_words *words, const struct kite_arrival_row *row,
                        char *out, size_t out_bytes);
/* What came of a file, as a phrase. Returns out. */
char *kite_words_reason(const struct kite_words *words, const struct kite_arrival_row *row,
                        char *out, size_t out_bytes);

/* ---- the receipt ------------------------------------------------------------------------------
 */

/* The receipt of a sideload that is over, as bytes: UTF-8 with a byte order mark and CRLF, which
 * old editors of every system show right. Its last line is the same in every language, for scripts,
 * and ends with a hash of all before it, by which a torn copy is known. free_bytes: for texts on
 * the device. No names of readers, nothing of what was read, no time. */
enum kite_status kite_receipt_write(const struct kite_sideload *sideload, kite_lang lang,
                                    uint64_t free_bytes, struct kite_buffer *out);
/* The bytes are a receipt, whole. */
bool kite_receipt_is_whole(const uint8_t *bytes, size_t count);

#endif
