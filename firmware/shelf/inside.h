/* inside: what the files of the shelf room share. Private to it. */
#ifndef KITE_SHELF_INSIDE_H
#define KITE_SHELF_INSIDE_H

#include "shelf/shelf.h"

#include <sodium.h>

#define KEY_BYTES 32u
#define NONCE_BYTES 24u
#define TAG_BYTES 16u
#define ID_BYTES 16u

_Static_assert(KEY_BYTES == crypto_aead_xchacha20poly1305_ietf_KEYBYTES, "libsodium's key");
_Static_assert(NONCE_BYTES == crypto_aead_xchacha20poly1305_ietf_NPUBBYTES, "libsodium's nonce");
_Static_assert(TAG_BYTES == crypto_aead_xchacha20poly1305_ietf_ABYTES, "libsodium's tag");

/* In memory that sodium_malloc gave: never swapped, wiped when it is freed. */
struct keys {
    uint8_t master[KEY_BYTES];
    uint8_t index[KEY_BYTES], text[KEY_BYTES]; /* made of it */
};

/* ---- key.c: the files that hold the master key, wrapped ----------------------------------------
 */

#define KEY_FILE_BYTES 124u

/* The two of them alike, as a shelf without one is lost. */
extern const char *const key_files[2];

struct key_file {
    enum kite_shelf_secret kind;
    struct kite_shelf_cost cost;
    uint8_t bytes[KEY_FILE_BYTES];
};
/* KITE_DONE: it was wiped. KITE_E_DAMAGED; KITE_E_UNSUPPORTED: of a newer Kite; KITE_E_LIMIT: asks
 * for too much. */
enum kite_status key_file_parse(const uint8_t *bytes, size_t count, struct key_file *out,
                                struct kite_fault *fault);
/* The first of the two that can be read. KITE_DONE: there is no shelf. As parse. */
enum kite_status key_file_read(const struct kite_library_where *where, struct key_file *out,
                               struct kite_fault *fault);
/* Wrap keys->master by the secret, which fits. KITE_E_LIMIT: the cost; KITE_E_NOMEM. */
enum kite_status key_file_make(const struct keys *keys, enum kite_shelf_secret kind,
                               const char *secret, struct kite_shelf_cost cost,
                               struct key_file *out, struct kite_fault *fault);
/* Both of them, one after the other, each in one step; what was there is overwritten. */
enum kite_status key_file_write(const struct kite_library_where *where,
                                const struct key_file *file);
/* Make the one that is missing, damaged or another again. */
enum kite_status key_file_double(const struct kite_library_where *where,
                                 const struct key_file *file);
/* Overwrite and remove both. */
enum kite_status key_file_wipe(const struct kite_library_where *where);
/* The keys again. KITE_DONE: another secret; KITE_E_NOMEM. */
enum kite_status key_file_unwrap(const struct key_file *file, const char *secret, struct keys *keys,
                                 struct kite_fault *fault);
/* All of keys, of its master. */
void keys_derive(struct keys *keys);

/* ---- file.c: whole small files of the folder ---------------------------------------------------
 */

/* where->folder, '/', name. KITE_E_LIMIT: too long. */
#define PATH_BYTES 1024u
enum kite_status file_path(const struct kite_library_where *where, const char *name,
                           char out[PATH_BYTES]);
/* All of a file into out, emptied first. KITE_DONE: there is none; KITE_E_LIMIT: more than `most`
 * bytes. */
enum kite_status file_read(const struct kite_library_where *where, const char *name, size_t most,
                           struct kite_buffer *out);
/* In one step, and durable: the bytes under another name first. */
enum kite_status file_replace(const struct kite_library_where *where, const char *name,
                              const uint8_t *bytes, size_t count);
/* Zeros in place of its bytes. KITE_DONE: there is none. */
enum kite_status file_overwrite(const struct kite_library_where *where, const char *name);
/* None is fine. */
enum kite_status file_remove(const struct kite_library_where *where, const char *name);

/* ---- sealed.c: a file of blocks, each of them sealed -------------------------------------------
 */

#define BLOCK_BYTES 16384u
#define SEALED_BYTES                                                                               \
    (NONCE_BYTES + BLOCK_BYTES + TAG_BYTES) /* of a whole block, as it lies in the file */
#define SEALED_NAME_BYTES (2 * ID_BYTES + sizeof ".sealed")

struct sealed {
    const struct kite_io *io;
    const struct keys *keys;
    void *file;
    uint8_t id[ID_BYTES];
    uint64_t bytes; /* of what is sealed in it */
    uint64_t at;    /* number of the block that is held */
    bool has_block, is_changed;
    size_t held; /* bytes of it */
    uint8_t plain[BLOCK_BYTES];
    uint8_t stored[SEALED_BYTES];
};
/* The name of a file by its id. Returns out. */
const char *sealed_name(const uint8_t id[ID_BYTES], char out[SEALED_NAME_BYTES]);
/* The other way; false when it is none. */
bool sealed_id(const char *name, uint8_t id[ID_BYTES]);
/* How much is sealed in a file of so many bytes. KITE_E_DAMAGED: no number of blocks has them. */
enum kite_status sealed_size(uint64_t file_bytes, uint64_t *bytes);
/* `file` is its open file; s->file is the caller's to close. KITE_E_DAMAGED: another length than it
 * should have. */
enum kite_status sealed_begin(struct sealed *s, const struct kite_io *io, const struct keys *keys,
                              const uint8_t id[ID_BYTES], void *file, uint64_t bytes);
/* KITE_E_DAMAGED: these are not the bytes that were written here. */
enum kite_status sealed_read(struct sealed *s, uint64_t offset, uint8_t *dst, size_t count,
                             size_t *got);
/* Nothing between its end and offset may be left out: KITE_E_RANGE. */
enum kite_status sealed_write(struct sealed *s, uint64_t offset, const uint8_t *src, size_t count);
/* The held block is in the file. */
enum kite_status sealed_flush(struct sealed *s);
/* Wipe what is held. */
void sealed_end(struct sealed *s);

/* ---- volume.c: the folder that the shelf's library sees ----------------------------------------
 */

#define VOLUME_NAME_BYTES 64u

/* A file of it: sealed in a file of its own, or held in memory. */
struct entry {
    struct entry *next;
    char name[VOLUME_NAME_BYTES];
    bool is_sealed, is_removed; /* removed: some still have it open */
    unsigned handles;
    uint8_t id[ID_BYTES];
    uint64_t bytes;
    uint8_t *image;
    size_t capacity;
};
struct id {
    uint8_t bytes[ID_BYTES];
};

struct volume {
    struct kite_library_where where;
    const struct keys *keys;
    struct entry *entries; /* a list */
    bool is_changed;       /* since the index was sealed */
    bool has_new_files;    /* whose names are not on the disk yet */
    struct id *doomed;     /* files to remove once the index is sealed that does without them */
    size_t doomed_count, doomed_capacity;
};

#define INDEX_FILE "shelf.index"

/* Empty. where, what it lends, and keys outlive it. */
void volume_begin(struct volume *volume, const struct kite_library_where *where,
                  const struct keys *keys);
/* What the index says. KITE_E_DAMAGED: it is missing, altered or makes no sense: the volume is
 * empty then. */
enum kite_status volume_load(struct volume *volume);
/* Enter every sealed file of the folder, by a name of its own: what can be done without an index.
 */
enum kite_status volume_gather(struct volume *volume);
/* Remove sealed files that the index does not have. */
enum kite_status volume_sweep(struct volume *volume);
/* Seal the index, when anything in it has changed. */
enum kite_status volume_seal(struct volume *volume);
/* Nothing may be open. */
void volume_end(struct volume *volume);
/* The operations of a library on it; lent. */
struct kite_io volume_io(struct volume *volume);

/* Parse an opened index into the empty volume. KITE_E_DAMAGED, KITE_E_NOMEM. */
enum kite_status volume_parse(struct volume *volume, const uint8_t *bytes, size_t count);

/* ---- move.c ------------------------------------------------------------------------------------
 */

struct kite_shelf {
    struct kite_library *device;
    struct kite_library_where where;
    struct keys *keys;
    struct volume volume;
    struct kite_io io; /* of the volume */
    struct kite_library *library;
    bool is_damaged;
};
/* End a move that was cut off. */
enum kite_status move_recover(struct kite_shelf *shelf, struct kite_fault *fault);

#endif
