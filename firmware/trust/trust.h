/* trust: keys and signatures, the same for bundles, update files, provision sets and whatever else a device believes.
 * Keys and signatures are minisign's, byte for byte, so that an organisation can make and check them with tools that it
 * has; a Kite key file says on further lines, which minisign passes over, who the key belongs to. It knows nothing of
 * files and of who is trusted: bytes in, bytes out. By libsodium. A fault may always be NULL.
 *
 * A signature is Ed25519 (RFC 8032) over the BLAKE2b-512 hash (RFC 7693) of a message, minisign's kind "ED". Its older kind
 * "Ed", over the message itself, is refused. The forms are described in TRUST.md. */
#ifndef KITE_TRUST_H
#define KITE_TRUST_H

#include "bundle/bundle.h"

#define KITE_KEY_ID_BYTES 8u
#define KITE_PUBLIC_KEY_BYTES 32u
#define KITE_KEY_NAME_BYTES_MAX 96u
#define KITE_KEY_PICTURE_SIDE 32u /* pixels; one bit each, rows from the top, the left one in the highest bit, 1 is ink */
#define KITE_KEY_PICTURE_BYTES 128u
#define KITE_KEY_FILE_BYTES_MAX 4096u
#define KITE_SIGNATURE_BYTES 74u /* kind, key id, Ed25519 signature */
#define KITE_SIGNATURE_FILE_BYTES_MAX 4096u
#define KITE_SIGNATURE_COMMENT_BYTES_MAX 1024u
#define KITE_MESSAGE_HASH_BYTES 64u

/* Must be called once before anything else of this room; may be called again. KITE_E_IO: no source of randomness. */
enum kite_status kite_trust_init(struct kite_fault *fault);

/* ---- public keys ---------------------------------------------------------------------------------- */

struct kite_public_key {
    uint8_t id[KITE_KEY_ID_BYTES];
    uint8_t bytes[KITE_PUBLIC_KEY_BYTES];
    char name[KITE_KEY_NAME_BYTES_MAX + 1]; /* of its owner; "" when the file is minisign's own */
    uint8_t picture[KITE_KEY_PICTURE_BYTES];
    uint8_t card[64]; /* the key's own signature over name and picture; zeros without a name */
};

/* What a key's id looks like to people and in file comments: 16 hexadecimal digits as minisign writes them. Returns out. */
#define KITE_KEY_ID_TEXT_BYTES 17
const char *kite_key_id_text(const uint8_t id[KITE_KEY_ID_BYTES], char out[KITE_KEY_ID_TEXT_BYTES]);
/* The other way. False when text is none. */
bool kite_key_id_from_text(const char *text, uint8_t id[KITE_KEY_ID_BYTES]);

/* Read a public key file: Kite's, or minisign's alone, which has no name and gets the picture that kite_key_draw makes.
 * KITE_DONE: no key file at all. KITE_E_FORMAT: breaks a rule; KITE_E_DAMAGED: name or picture are not those that the key's
 * owner signed; KITE_E_UNSUPPORTED: another kind of key, or a secret one. */
enum kite_status kite_key_read(const char *text, size_t bytes, struct kite_public_key *out, struct kite_fault *fault);
/* KITE_E_NOMEM. */
enum kite_status kite_key_write(const struct kite_public_key *key, struct kite_buffer *out);
/* A picture made from the key itself, alike on both sides, so that two keys are told apart at a glance. */
void kite_key_draw(const uint8_t key[KITE_PUBLIC_KEY_BYTES], uint8_t picture[KITE_KEY_PICTURE_BYTES]);

/* ---- secret keys ---------------------------------------------------------------------------------- */

struct kite_secret { /* wipe it when it is no longer needed */
    uint8_t id[KITE_KEY_ID_BYTES];
    uint8_t bytes[64];
};

/* A new pair. name: valid UTF-8 without control characters, 1 to KITE_KEY_NAME_BYTES_MAX bytes; picture NULL: drawn.
 * KITE_E_FORMAT: the name. */
enum kite_status kite_key_create(const char *name, const uint8_t *picture, struct kite_secret *secret,
                                 struct kite_public_key *key, struct kite_fault *fault);
void kite_secret_wipe(struct kite_secret *secret);
/* A secret key file as minisign writes it: locked by a password (scrypt), or with NULL open. The cost is minisign's own (about a
 * second and 1 GiB); where that much memory cannot be had the file says so by a smaller one. KITE_E_NOMEM. */
enum kite_status kite_secret_write(const struct kite_secret *secret, const char *password, struct kite_buffer *out,
                                   struct kite_fault *fault);
/* Read one back. *needs_password tells, also on failure, whether it is locked. KITE_E_FORMAT: no such file; KITE_E_DAMAGED:
 * altered, or the password is wrong or missing; KITE_E_LIMIT: asks for more than 4 GiB; KITE_E_UNSUPPORTED; KITE_E_NOMEM. */
enum kite_status kite_secret_read(const char *text, size_t bytes, const char *password, struct kite_secret *out,
                                  bool *needs_password, struct kite_fault *fault);

/* ---- signatures ----------------------------------------------------------------------------------- */

struct kite_signature {
    uint8_t id[KITE_KEY_ID_BYTES]; /* of the key that made it */
    uint8_t bytes[64];
};

/* The hash of a message that comes in pieces. */
struct kite_message {
    _Alignas(64) unsigned char state[384]; /* libsodium's */
};
void kite_message_start(struct kite_message *message);
void kite_message_add(struct kite_message *message, const void *bytes, size_t count);
void kite_message_finish(struct kite_message *message, uint8_t hash[KITE_MESSAGE_HASH_BYTES]);
/* Of a whole message at once, and of all that a source holds: KITE_E_IO. */
void kite_message_hash(const void *bytes, size_t count, uint8_t hash[KITE_MESSAGE_HASH_BYTES]);
enum kite_status kite_message_hash_source(const struct kite_source *source, uint8_t hash[KITE_MESSAGE_HASH_BYTES]);

void kite_sign(const struct kite_secret *secret, const uint8_t hash[KITE_MESSAGE_HASH_BYTES],
               struct kite_signature *out);
/* KITE_E_RANGE: made with another key; KITE_E_DAMAGED: not a signature of this message by this key. */
enum kite_status kite_signature_check(const struct kite_signature *signature, const struct kite_public_key *key,
                                      const uint8_t hash[KITE_MESSAGE_HASH_BYTES], struct kite_fault *fault);

/* What a file says of its signature: nothing when it has none. Believed by nobody yet. */
struct kite_signed {
    bool is_signed;
    struct kite_signature signature;
    uint8_t hash[KITE_MESSAGE_HASH_BYTES]; /* of what it signs */
};

/* The 74 bytes: in a bundle's trailer, and in signature files. KITE_E_UNSUPPORTED: of another kind. */
void kite_signature_pack(const struct kite_signature *signature, uint8_t out[KITE_SIGNATURE_BYTES]);
enum kite_status kite_signature_unpack(const uint8_t bytes[KITE_SIGNATURE_BYTES], struct kite_signature *out,
                                       struct kite_fault *fault);

/* A signature file (*.minisig): the signature and a comment that is signed with it. comment: valid UTF-8 without control
 * characters, at most KITE_SIGNATURE_COMMENT_BYTES_MAX bytes. write: KITE_E_FORMAT the comment; KITE_E_NOMEM. read: the comment is lent from text, not ended by a zero; its own signature is checked with
 * the key by kite_signature_file_check: KITE_E_RANGE, KITE_E_DAMAGED. KITE_DONE: no signature file; KITE_E_FORMAT; KITE_E_UNSUPPORTED. */
struct kite_signature_file {
    struct kite_signature signature;
    const char *comment;
    size_t comment_bytes;
    uint8_t comment_signature[64];
};
enum kite_status kite_signature_file_write(const struct kite_secret *secret, const uint8_t hash[KITE_MESSAGE_HASH_BYTES],
                                           const char *comment, struct kite_buffer *out, struct kite_fault *fault);
enum kite_status kite_signature_file_read(const char *text, size_t bytes, struct kite_signature_file *out,
                                          struct kite_fault *fault);
enum kite_status kite_signature_file_check(const struct kite_signature_file *file, const struct kite_public_key *key,
                                           const uint8_t hash[KITE_MESSAGE_HASH_BYTES], struct kite_fault *fault);

/* A signature in a line of a text that it ends: the prefix, then the 74 bytes in base64. read takes what stands behind the
 * prefix, without the end of the line: KITE_E_FORMAT, KITE_E_UNSUPPORTED. write: KITE_E_NOMEM. */
enum kite_status kite_signature_line_read(const char *text, size_t bytes, struct kite_signature *out,
                                          struct kite_fault *fault);
enum kite_status kite_signature_line_write(const struct kite_signature *signature, const char *prefix,
                                           struct kite_buffer *out);

/* What is signed of a bundle: one line of text that names its root hash, so that minisign can sign and check it too. */
#define KITE_BUNDLE_MESSAGE_BYTES 77u
void kite_bundle_message(const uint8_t root[32], char out[KITE_BUNDLE_MESSAGE_BYTES + 1]);
void kite_bundle_message_hash(const uint8_t root[32], uint8_t hash[KITE_MESSAGE_HASH_BYTES]);

/* The signatures that a bundle carries, one by one. Begin with index 0; each call moves it on. KITE_DONE: no more. KITE_E_FORMAT,
 * KITE_E_UNSUPPORTED: it is none that can be read; and what kite_bundle_trailer gives. */
enum kite_status kite_bundle_signature(const struct kite_memory *mem, struct kite_bundle *bundle, uint32_t *index,
                                       struct kite_signature *out, struct kite_fault *fault);

/* ---- news of keys --------------------------------------------------------------------------------- */

/* What a sender says of their keys: this one is followed by another, these are withdrawn. It is signed by the key that
 * speaks, and by the one that follows; its number is higher than that of any before, so an old one cannot come back. */
#define KITE_NEWS_WITHDRAWN_MAX 16u
#define KITE_NEWS_BYTES_MAX 8192u
struct kite_news {
    uint8_t from[KITE_KEY_ID_BYTES];
    uint32_t number; /* 1 and up */
    bool has_next;
    struct kite_public_key next;
    size_t withdrawn_count;
    uint8_t withdrawn[KITE_NEWS_WITHDRAWN_MAX][KITE_KEY_ID_BYTES]; /* `from` may be among them */
};
/* next_secret when news->has_next, else NULL. KITE_E_FORMAT: number 0, or nothing said; KITE_E_NOMEM. */
enum kite_status kite_news_write(const struct kite_news *news, const struct kite_secret *from,
                                 const struct kite_secret *next_secret, struct kite_buffer *out,
                                 struct kite_fault *fault);
/* What it says, believed by nobody yet but for the next key's own signature. KITE_DONE: no such file; KITE_E_FORMAT; KITE_E_DAMAGED;
 * KITE_E_UNSUPPORTED: of a later form. */
enum kite_status kite_news_read(const char *text, size_t bytes, struct kite_news *out, struct kite_fault *fault);
/* Did the key `from` say it? KITE_E_RANGE: that is another key; KITE_E_DAMAGED; and what kite_news_read gives. */
enum kite_status kite_news_check(const char *text, size_t bytes, const struct kite_public_key *from, struct kite_news *out,
                                 struct kite_fault *fault);

/* ---- the owner's PIN ------------------------------------------------------------------------------ */

/* Digits that keep people who share a device from changing it by mistake. What is kept of it is a string, its hash by Argon2id
 * (RFC 9106) with a salt; 16 MB are needed while one is made or checked, from malloc. */
#define KITE_PIN_DIGITS_MIN 4u
#define KITE_PIN_DIGITS_MAX 12u
#define KITE_PIN_HASH_BYTES 128
/* Is it as many digits as a PIN has, and nothing else? */
bool kite_pin_is_one(const char *pin);
/* KITE_E_FORMAT: it is none; KITE_E_NOMEM; KITE_E_IO: no source of randomness. */
enum kite_status kite_pin_hash(const char *pin, char out[KITE_PIN_HASH_BYTES], struct kite_fault *fault);
/* KITE_DONE: it is another one. KITE_E_FORMAT: the hash is none that kite_pin_hash made; KITE_E_NOMEM; KITE_E_IO. */
enum kite_status kite_pin_check(const char *pin, const char *hash, struct kite_fault *fault);

#endif
