/* Senders with keys, and what they sign, onto a volume. */
#ifndef KITE_TESTS_SIGNERS_H
#define KITE_TESTS_SIGNERS_H

#include "sideload/volume.h"

struct signer {
    struct kite_secret secret;
    struct kite_public_key key;
};

static inline struct signer signer_make(const char *name)
{
    struct signer s;

    assert_int_equal(kite_trust_init(NULL), KITE_OK);
    assert_int_equal(kite_key_create(name, NULL, &s.secret, &s.key, NULL), KITE_OK);
    return s;
}

static inline void signer_trust(struct kite_library *library, const struct signer *signer)
{
    int64_t sender;

    assert_int_equal(kite_library_sender_add(library, &signer->key, &sender, NULL), KITE_OK);
}

/* A bundle that the signer signed; is_false: something else than it is. */
static inline struct kite_buffer signer_bundle(const struct signer *signer, const char *title, bool is_false)
{
    struct kite_buffer bytes = volume_bundle(title, "A word or two.");
    struct kite_span_bytes span = { bytes.bytes, bytes.count };
    struct kite_source source = kite_source_memory(&span);
    struct kite_memory heap = kite_memory_heap();
    uint8_t hash[KITE_MESSAGE_HASH_BYTES], packed[KITE_SIGNATURE_BYTES];
    struct kite_signature signature;
    struct kite_bundle *bundle;

    assert_int_equal(kite_bundle_open(&heap, &source, &bundle, NULL), KITE_OK);
    kite_bundle_message_hash(kite_bundle_root_hash(bundle), hash);
    kite_bundle_close(bundle);
    hash[0] ^= is_false;
    kite_sign(&signer->secret, hash, &signature);
    kite_signature_pack(&signature, packed);
    assert_int_equal(kite_trailer_write(KITE_TRAILER_SIGNATURE, packed, sizeof packed, &bytes), KITE_OK);
    return bytes;
}

static inline void signer_put_bundle(const struct signer *signer, const struct volume *v, const char *name, const char *title, bool is_false)
{
    struct kite_buffer bytes = signer_bundle(signer, title, is_false);

    volume_put(v, name, bytes.bytes, bytes.count);
    kite_buffer_close(&bytes);
}

static inline struct kite_buffer signer_key(const struct signer *signer)
{
    struct kite_buffer out = { .mem = kite_memory_heap() };

    assert_int_equal(kite_key_write(&signer->key, &out), KITE_OK);
    return out;
}

static inline void signer_put_key(const struct signer *signer, const struct volume *v, const char *name)
{
    struct kite_buffer out = signer_key(signer);

    volume_put(v, name, out.bytes, out.count);
    kite_buffer_close(&out);
}

/* News that withdraw the signer's own key. */
static inline void signer_put_news(const struct signer *signer, const struct volume *v, const char *name)
{
    struct kite_buffer out = { .mem = kite_memory_heap() };
    struct kite_news news = { .number = 1, .withdrawn_count = 1 };

    memcpy(news.from, signer->key.id, sizeof news.from);
    memcpy(news.withdrawn[0], signer->key.id, sizeof news.withdrawn[0]);
    assert_int_equal(kite_news_write(&news, &signer->secret, NULL, &out, NULL), KITE_OK);
    volume_put(v, name, out.bytes, out.count);
    kite_buffer_close(&out);
}

static inline void signer_sign_text(const struct signer *signer, char *text, size_t room, bool is_false)
{
    struct kite_buffer line = { .mem = kite_memory_heap() };
    uint8_t hash[KITE_MESSAGE_HASH_BYTES];
    struct kite_signature signature;

    kite_message_hash(text, strlen(text), hash);
    hash[0] ^= is_false;
    kite_sign(&signer->secret, hash, &signature);
    assert_int_equal(kite_signature_line_write(&signature, "signature ", &line), KITE_OK);
    assert_true(strlen(text) + line.count < room);
    strncat(text, (const char *)line.bytes, line.count);
    kite_buffer_close(&line);
}

/* A provision set of one text that nobody has. signer NULL: unsigned. */
static inline void signer_put_set(const struct signer *signer, const struct volume *v, const char *name, bool is_false)
{
    char text[512];

    snprintf(text, sizeof text, "kite provision 1\n%064d Essay.kite\nend 1\n", 7);
    if (signer)
        signer_sign_text(signer, text, sizeof text, is_false);
    volume_put_text(v, name, text);
}

/* The header of an update file of version 9.0.0, with the hash of its image in hexadecimal digits. signer NULL: unsigned. */
static inline void signer_update_header(const struct signer *signer, size_t image_bytes, const char *image_hash, bool is_false,
                                        char out[KITE_RELEASE_HEADER_BYTES])
{
    struct kite_buffer line = { .mem = kite_memory_heap() };
    uint8_t hash[KITE_MESSAGE_HASH_BYTES];
    struct kite_signature signature;

    memset(out, 0, KITE_RELEASE_HEADER_BYTES);
    snprintf(out, KITE_RELEASE_HEADER_BYTES, "Kite update 1. Put this file on a USB stick.\nversion: 9.0.0\nboard: virt\nbytes: %zu\nhash: %s\n",
             image_bytes, image_hash);
    if (signer) {
        kite_message_hash(out, strlen(out), hash);
        hash[0] ^= is_false;
        kite_sign(&signer->secret, hash, &signature);
        assert_int_equal(kite_signature_line_write(&signature, "signature: ", &line), KITE_OK);
        memcpy(out + strlen(out), line.bytes, line.count);
    }
    kite_buffer_close(&line);
}

static inline void signer_put_update(const struct signer *signer, const struct volume *v, const char *name, bool is_false)
{
    char bytes[KITE_RELEASE_HEADER_BYTES + 100] = "";

    signer_update_header(signer, 100, "0000000000000000000000000000000000000000000000000000000000000007", is_false, bytes);
    volume_put(v, name, bytes, sizeof bytes);
}

#endif
