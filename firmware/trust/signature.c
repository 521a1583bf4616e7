/* Messages, their hashes, and signatures of these. */
#include "trust/lines.h"
#include "trust/trust.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

_Static_assert(sizeof(crypto_generichash_state) <= sizeof(struct kite_message), "libsodium's state fits");

static crypto_generichash_state *state_of(struct kite_message *message)
{
    return (crypto_generichash_state *)(void *)message->state;
}

void kite_message_start(struct kite_message *message)
{
    crypto_generichash_init(state_of(message), NULL, 0, KITE_MESSAGE_HASH_BYTES);
}

void kite_message_add(struct kite_message *message, const void *bytes, size_t count)
{
    crypto_generichash_update(state_of(message), bytes, count);
}

void kite_message_finish(struct kite_message *message, uint8_t hash[KITE_MESSAGE_HASH_BYTES])
{
    crypto_generichash_final(state_of(message), hash, KITE_MESSAGE_HASH_BYTES);
}

void kite_message_hash(const void *bytes, size_t count, uint8_t hash[KITE_MESSAGE_HASH_BYTES])
{
    crypto_generichash(hash, KITE_MESSAGE_HASH_BYTES, bytes, count, NULL, 0);
}

enum kite_status kite_message_hash_source(const struct kite_source *source, uint8_t hash[KITE_MESSAGE_HASH_BYTES])
{
    struct kite_message message;
    uint8_t bytes[4096];

    kite_message_start(&message);
    for (uint64_t at = 0; at < source->size_bytes;) {
        size_t count = source->size_bytes - at < sizeof bytes ? (size_t)(source->size_bytes - at) : sizeof bytes;
        enum kite_status status = source->read_at(source->ctx, at, bytes, count);

        if (status != KITE_OK)
            return status;
        kite_message_add(&message, bytes, count);
        at += count;
    }
    kite_message_finish(&message, hash);
    return KITE_OK;
}

void kite_sign(const struct kite_secret *secret, const uint8_t hash[KITE_MESSAGE_HASH_BYTES], struct kite_signature *out)
{
    memcpy(out->id, secret->id, sizeof out->id);
    crypto_sign_detached(out->bytes, NULL, hash, KITE_MESSAGE_HASH_BYTES, secret->bytes);
}

enum kite_status kite_signature_check(const struct kite_signature *signature, const struct kite_public_key *key,
                                      const uint8_t hash[KITE_MESSAGE_HASH_BYTES], struct kite_fault *fault)
{
    char made_by[KITE_KEY_ID_TEXT_BYTES], asked[KITE_KEY_ID_TEXT_BYTES];

    if (memcmp(signature->id, key->id, sizeof key->id) != 0)
        return kite_fail(fault, KITE_E_RANGE, "signed by key %s, not by %s", kite_key_id_text(signature->id, made_by),
                         kite_key_id_text(key->id, asked));
    if (crypto_sign_verify_detached(signature->bytes, hash, KITE_MESSAGE_HASH_BYTES, key->bytes) != 0)
        return kite_fail(fault, KITE_E_DAMAGED, "the signature is false: key %s did not sign this",
                         kite_key_id_text(key->id, asked));
    return KITE_OK;
}

void kite_signature_pack(const struct kite_signature *signature, uint8_t out[KITE_SIGNATURE_BYTES])
{
    memcpy(out, "ED", 2);
    memcpy(out + 2, signature->id, sizeof signature->id);
    memcpy(out + 2 + sizeof signature->id, signature->bytes, sizeof signature->bytes);
}

enum kite_status kite_signature_unpack(const uint8_t bytes[KITE_SIGNATURE_BYTES], struct kite_signature *out,
                                       struct kite_fault *fault)
{
    if (memcmp(bytes, "ED", 2) != 0)
        return kite_fail(fault, KITE_E_UNSUPPORTED, "the signature is of an older or unknown kind");
    memcpy(out->id, bytes + 2, sizeof out->id);
    memcpy(out->bytes, bytes + 2 + sizeof out->id, sizeof out->bytes);
    return KITE_OK;
}

enum kite_status kite_signature_line_read(const char *text, size_t bytes, struct kite_signature *out,
                                          struct kite_fault *fault)
{
    uint8_t packed[KITE_SIGNATURE_BYTES];

    if (!kite_line_base64((struct kite_line){ text, bytes }, packed, sizeof packed))
        return kite_fail(fault, KITE_E_FORMAT, "the signature is cut short or mistyped");
    return kite_signature_unpack(packed, out, fault);
}

enum kite_status kite_signature_line_write(const struct kite_signature *signature, const char *prefix,
                                           struct kite_buffer *out)
{
    uint8_t packed[KITE_SIGNATURE_BYTES];

    kite_signature_pack(signature, packed);
    return kite_lines_add_base64(out, prefix, packed, sizeof packed);
}

/* What the comment's signature covers: the signature, then the comment. */
static size_t comment_message(const struct kite_signature *signature, struct kite_line comment, uint8_t *out)
{
    memcpy(out, signature->bytes, sizeof signature->bytes);
    memcpy(out + sizeof signature->bytes, comment.text, comment.bytes);
    return sizeof signature->bytes + comment.bytes;
}

enum kite_status kite_signature_file_write(const struct kite_secret *secret, const uint8_t hash[KITE_MESSAGE_HASH_BYTES],
                                           const char *comment, struct kite_buffer *out, struct kite_fault *fault)
{
    struct kite_line line = { comment, strlen(comment) };
    uint8_t packed[KITE_SIGNATURE_BYTES], message[64 + KITE_SIGNATURE_FILE_BYTES_MAX], comment_signature[64];
    char id[KITE_KEY_ID_TEXT_BYTES];
    struct kite_signature signature;
    enum kite_status status;

    if (line.bytes > 0 && !kite_line_is_words(line, KITE_SIGNATURE_COMMENT_BYTES_MAX))
        return kite_fail(fault, KITE_E_FORMAT, "the comment is not one line of at most %u bytes of plain text",
                         KITE_SIGNATURE_COMMENT_BYTES_MAX);
    status = kite_buffer_add_text(out, "untrusted comment: signature from key ");
    kite_sign(secret, hash, &signature);
    kite_signature_pack(&signature, packed);
    crypto_sign_detached(comment_signature, NULL, message, comment_message(&signature, line, message), secret->bytes);
    if (status == KITE_OK)
        status = kite_buffer_add_text(out, kite_key_id_text(secret->id, id));
    if (status == KITE_OK)
        status = kite_lines_add_base64(out, "\n", packed, sizeof packed);
    if (status == KITE_OK)
        status = kite_buffer_add_text(out, "trusted comment: ");
    if (status == KITE_OK)
        status = kite_buffer_add(out, line.text, line.bytes);
    if (status == KITE_OK)
        status = kite_lines_add_base64(out, "\n", comment_signature, sizeof comment_signature);
    return status ? kite_fail(fault, status, "no memory for a signature") : status;
}

enum kite_status kite_signature_file_read(const char *text, size_t bytes, struct kite_signature_file *out,
                                          struct kite_fault *fault)
{
    struct kite_lines lines = { text, text + bytes };
    struct kite_line line, rest;
    uint8_t packed[KITE_SIGNATURE_BYTES];
    enum kite_status status;

    *out = (struct kite_signature_file){ 0 };
    if (!kite_lines_next(&lines, &line) || !kite_line_after(line, "untrusted comment:", &rest))
        return kite_fail(fault, KITE_DONE, "no signature file");
    if (bytes > KITE_SIGNATURE_FILE_BYTES_MAX)
        return kite_fail(fault, KITE_E_FORMAT, "the signature file is too long");
    if (!kite_lines_next(&lines, &line) || !kite_line_base64(line, packed, sizeof packed))
        return kite_fail(fault, KITE_E_FORMAT, "the signature is cut short or mistyped");
    status = kite_signature_unpack(packed, &out->signature, fault);
    if (status != KITE_OK)
        return status;
    if (!kite_lines_next(&lines, &line) || !kite_line_after(line, "trusted comment: ", &rest))
        return kite_fail(fault, KITE_E_FORMAT, "the signature file's comment is missing");
    out->comment = rest.text;
    out->comment_bytes = rest.bytes;
    if (!kite_lines_next(&lines, &line) || !kite_line_base64(line, out->comment_signature, sizeof out->comment_signature))
        return kite_fail(fault, KITE_E_FORMAT, "the signature of the comment is cut short or mistyped");
    if (kite_lines_next(&lines, &line) && line.bytes > 0)
        return kite_fail(fault, KITE_E_FORMAT, "the signature file has lines behind its end");
    return KITE_OK;
}

enum kite_status kite_signature_file_check(const struct kite_signature_file *file, const struct kite_public_key *key,
                                           const uint8_t hash[KITE_MESSAGE_HASH_BYTES], struct kite_fault *fault)
{
    uint8_t message[64 + KITE_SIGNATURE_FILE_BYTES_MAX];
    struct kite_line comment = { file->comment, file->comment_bytes };
    enum kite_status status = kite_signature_check(&file->signature, key, hash, fault);

    if (status == KITE_OK && crypto_sign_verify_detached(file->comment_signature, message,
                                                         comment_message(&file->signature, comment, message),
                                                         key->bytes) != 0)
        status = kite_fail(fault, KITE_E_DAMAGED, "the signature's comment was altered");
    return status;
}

void kite_bundle_message(const uint8_t root[32], char out[KITE_BUNDLE_MESSAGE_BYTES + 1])
{
    memcpy(out, "kite bundle ", 12);
    sodium_bin2hex(out + 12, 65, root, 32);
    memcpy(out + 76, "\n", 2);
}

void kite_bundle_message_hash(const uint8_t root[32], uint8_t hash[KITE_MESSAGE_HASH_BYTES])
{
    char message[KITE_BUNDLE_MESSAGE_BYTES + 1];

    kite_bundle_message(root, message);
    kite_message_hash(message, KITE_BUNDLE_MESSAGE_BYTES, hash);
}
