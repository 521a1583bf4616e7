/* inside: what the files of the sideload room share. Private to it. */
#ifndef KITE_SIDELOAD_INSIDE_H
#define KITE_SIDELOAD_INSIDE_H

#include "sideload/sideload.h"

#include <sodium.h>

/* text[0..bytes) as UTF-8 of one line: '?' for control characters and what is not UTF-8; cut to the
 * room at a character. names.c */
void clean_text(const char *text, size_t bytes, char *out, size_t out_bytes);

/* folder, '/', name. KITE_E_LIMIT: too long. copy.c */
enum kite_status volume_path(const char *folder, const char *name,
                             char out[KITE_VOLUME_PATH_BYTES_MAX]);

/* Rows of what came of each file, packed. rows.c */
struct row_place {
    uint32_t offset; /* in bytes */
    uint32_t rank;   /* by arrival, then by arrival's time */
};
struct rows {
    struct kite_buffer bytes;
    struct row_place *places;
    size_t count, capacity;
};
/* One more row; name and detail are made fit for one line. Nothing when there are
 * KITE_ARRIVAL_ROWS_MAX. KITE_E_NOMEM. */
enum kite_status rows_add(struct rows *rows, const struct kite_arrival_row *row);
/* Bring them into their order. */
void rows_sort(struct rows *rows);
struct kite_arrival_row rows_get(const struct rows *rows, size_t index);
void rows_close(struct rows *rows);

/* Who signed something: by `sender`, checked, or "" for nobody that is known. trusted.c */
struct judged {
    enum kite_arrival refusal; /* why it is not believed; KITE_ARRIVAL_COUNT: nothing speaks against it */
    char sender[KITE_KEY_NAME_BYTES_MAX + 1];
};
enum kite_status trusted_proof(struct kite_library *library, const struct kite_signed *proof, struct judged *out,
                               struct kite_fault *fault);
enum kite_status trusted_release(const struct kite_sideload_options *options, const struct kite_release *release,
                                 struct judged *out, struct kite_fault *fault);
/* Why a bundle that the library called damaged is so: FALSE, WITHDRAWN or INCOMPLETE. */
enum kite_arrival trusted_refusal(const struct kite_memory *mem, struct kite_library *library,
                                  const struct kite_source *source);
/* What a sender is called, for one line; "" for 0. */
enum kite_status trusted_name(struct kite_library *library, int64_t sender, char *out, size_t out_bytes,
                              struct kite_fault *fault);
/* Is it the key of somebody who is trusted already? */
enum kite_status trusted_key(struct kite_library *library, const struct kite_public_key *key, bool *is_known,
                             struct kite_fault *fault);

/* A document on its way to being a bundle. document.c */
struct document_place {
    const struct kite_converter *converter;
    const struct kite_source *source;
    struct kite_volume_folder folder; /* path: of the document itself, to begin with */
    const char *name;
};
enum document_stage { DOCUMENT_NONE = 0, DOCUMENT_HASHES, DOCUMENT_CONVERTS, DOCUMENT_READY };
struct document {
    struct kite_memory mem;
    struct document_place place;
    enum document_stage stage;
    unsigned char hashing[sizeof(crypto_generichash_state) + 63]; /* room for its alignment, which no heap gives */
    uint64_t hashed_bytes;
    uint8_t hash[32];
    int64_t known_text; /* of the bundle that was made from it before; 0: none is here */
    bool is_begun;      /* the converter has it */
    uint32_t done_permille;
    struct kite_document asked;
    char notes[480], warnings[480];
};
/* place and what it points to outlive it; the struct stays where it is until closed. */
void document_open(struct document *d, const struct document_place *place);
/* KITE_OK: go on; KITE_DONE: it is known, or its bundle is there. Else as struct kite_converter, and the library's. */
enum kite_status document_step(struct document *d, struct kite_library *library, struct kite_fault *fault);
const struct kite_source *document_bundle(const struct document *d);
/* What was dropped or guessed, warnings first; "" for nothing. */
const char *document_notes(struct document *d);
void document_close(struct document *d); /* all-zero is fine */

/* Pictures on a volume that belong to documents beside them: those in the folder of a document that may name them, or in a folder
 * of that one. places.c */
struct place {
    uint64_t folder, above; /* hashes of their paths; of the volume itself, above is its own */
    uint64_t picture_bytes;
    uint32_t pictures;
    bool has_document;
};
struct places {
    struct kite_memory mem;
    struct place *items; /* by folder */
    size_t count, capacity;
};
/* name is below the volume's folder; sort is one of those that mean something. KITE_E_NOMEM. */
enum kite_status places_add(struct places *places, const char *name, enum kite_document_sort sort, uint64_t bytes);
/* The picture belongs to a document. */
bool places_leave(const struct places *places, const char *name);
/* How many do, and their bytes. */
uint32_t places_left(const struct places *places, uint64_t *bytes);
void places_close(struct places *places);
/* The file is in a folder of parts that a browser put beside a page that it saved. */
bool place_is_of_a_page(const char *name);

#endif
