/* Key files, secret keys, signature files, news of keys: any bytes are read or refused, and what is read is written back as it was. The first
 * byte chooses the form. Signatures in the seeds are true; after a change they rarely are, which is what is to be refused. */
#include "trust/trust.h"
#include "fuzz/fuzz.h"

int LLVMFuzzerInitialize(int *count, char ***arguments)
{
    (void)count;
    (void)arguments;
    HOLDS(kite_trust_init(NULL) == KITE_OK);
    return 0;
}

static void try_key(const char *text, size_t bytes)
{
    struct kite_public_key key, again;
    struct kite_buffer out = { .mem = kite_memory_heap() };

    if (kite_key_read(text, bytes, &key, NULL) == KITE_OK) {
        HOLDS(kite_utf8_is_valid(key.name, strlen(key.name)));
        HOLDS(kite_key_write(&key, &out) == KITE_OK);
        HOLDS(kite_key_read((const char *)out.bytes, out.count, &again, NULL) == KITE_OK);
        HOLDS(memcmp(&key, &again, sizeof key) == 0);
    }
    kite_buffer_close(&out);
}

static void try_secret(const char *text, size_t bytes)
{
    struct kite_secret secret;
    bool needs_password;

    (void)kite_secret_read(text, bytes, NULL, &secret, &needs_password, NULL);
    kite_secret_wipe(&secret);
}

static void try_signature(const char *text, size_t bytes)
{
    static const struct kite_public_key nobody = { .name = "" };
    struct kite_signature_file file;
    struct kite_signature line;
    uint8_t hash[KITE_MESSAGE_HASH_BYTES] = { 0 };

    if (kite_signature_file_read(text, bytes, &file, NULL) == KITE_OK) {
        HOLDS(file.comment >= text && file.comment + file.comment_bytes <= text + bytes);
        HOLDS(kite_signature_file_check(&file, &nobody, hash, NULL) != KITE_OK);
    }
    (void)kite_signature_line_read(text, bytes, &line, NULL);
}

static void try_news(const char *text, size_t bytes)
{
    struct kite_news news;

    if (kite_news_read(text, bytes, &news, NULL) == KITE_OK) {
        HOLDS(news.number > 0 && news.withdrawn_count <= KITE_NEWS_WITHDRAWN_MAX);
        HOLDS(news.has_next || news.withdrawn_count > 0);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t count)
{
    static void (*const forms[])(const char *text, size_t bytes) = { try_key, try_secret, try_signature, try_news };
    char *text;

    if (count == 0)
        return 0;
    text = malloc(count); /* of its exact length, so that reading past it is seen */
    if (!text)
        return 0;
    memcpy(text, data + 1, count - 1);
    forms[data[0] % 4](text, count - 1);
    free(text);
    return 0;
}
