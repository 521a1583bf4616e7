/* Key files, secret keys, signature files, news of keys: any bytes are read or refused, and what is read is written back as it was. What is
 * written of any words is read and believed, and of nothing else. The first byte chooses. Signatures in the seeds are true; after a change they
 * rarely are, which is what is to be refused. */
#include "fuzz/keys.h"

#define LOCK_BYTES_MAX (1u << 18) /* of what a locked key asks for; more takes too long here */
#define AT_OPS 38u
#define AT_MEMORY 46u

static struct kite_secret secret, next_secret;
static struct kite_public_key public_key, next_key;

int LLVMFuzzerInitialize(int *count, char ***arguments)
{
    (void)count;
    (void)arguments;
    make_keys_the_same();
    HOLDS(kite_key_create("Sender", NULL, &secret, &public_key, NULL) == KITE_OK);
    HOLDS(kite_key_create("Sender next", public_key.picture, &next_secret, &next_key, NULL) == KITE_OK);
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

/* Whether a locked key's file asks for little enough. */
static bool is_cheap(const char *text, size_t bytes)
{
    const char *line = memchr(text, '\n', bytes), *end = line ? memchr(line + 1, '\n', (size_t)(text + bytes - line - 1)) : NULL;
    uint8_t packed[200] = { 0 };
    size_t count;

    return end && sodium_base642bin(packed, sizeof packed, line + 1, (size_t)(end - line - 1), "\r ", &count, NULL, sodium_base64_VARIANT_ORIGINAL) == 0 &&
           kite_get_u32(packed + AT_OPS) <= LOCK_BYTES_MAX && kite_get_u32(packed + AT_OPS + 4) == 0 &&
           kite_get_u32(packed + AT_MEMORY) <= LOCK_BYTES_MAX * 64 && kite_get_u32(packed + AT_MEMORY + 4) == 0;
}

static void try_secret(const char *text, size_t bytes)
{
    struct kite_secret read;
    bool needs_password;

    (void)kite_secret_read(text, bytes, NULL, &read, &needs_password, NULL);
    if (is_cheap(text, bytes))
        (void)kite_secret_read(text, bytes, "word", &read, &needs_password, NULL);
    kite_secret_wipe(&read);
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

/* A signature of the text, with the text as its comment. */
static void sign_text(const char *text, size_t bytes)
{
    struct kite_span_bytes span = { (const uint8_t *)text, bytes };
    struct kite_source source = kite_source_memory(&span);
    struct kite_buffer out = { .mem = kite_memory_heap() };
    struct kite_signature_file file;
    uint8_t hash[KITE_MESSAGE_HASH_BYTES], streamed[KITE_MESSAGE_HASH_BYTES];
    char *comment = calloc(bytes + 1, 1);

    HOLDS(comment);
    memcpy(comment, text, bytes);
    kite_message_hash(text, bytes, hash);
    HOLDS(kite_message_hash_source(&source, streamed) == KITE_OK && memcmp(hash, streamed, sizeof hash) == 0);
    if (kite_signature_file_write(&secret, hash, comment, &out, NULL) == KITE_OK) {
        HOLDS(kite_signature_file_read((const char *)out.bytes, out.count, &file, NULL) == KITE_OK);
        HOLDS(kite_signature_file_check(&file, &public_key, hash, NULL) == KITE_OK);
        HOLDS(kite_signature_file_check(&file, &next_key, hash, NULL) == KITE_E_RANGE);
        hash[bytes % sizeof hash] ^= 1;
        HOLDS(kite_signature_file_check(&file, &public_key, hash, NULL) == KITE_E_DAMAGED);
    }
    kite_buffer_close(&out);
    free(comment);
}

/* News of any number, and a secret key: read back, and one letter changed. */
static void write_news(const char *text, size_t bytes)
{
    const uint8_t *b = (const uint8_t *)text;
    struct kite_news news = { .number = bytes > 0 ? b[0] : 0, .has_next = bytes > 1 && b[1] & 1, .withdrawn_count = bytes > 2 ? b[2] % 18 : 0 }, again;
    struct kite_buffer out = { .mem = kite_memory_heap() };
    struct kite_secret read;
    bool needs_password;

    news.next = next_key;
    for (size_t i = 0; i < news.withdrawn_count && i < KITE_NEWS_WITHDRAWN_MAX; i++)
        news.withdrawn[i][0] = (uint8_t)(i + bytes);
    if (kite_news_write(&news, &secret, news.has_next ? &next_secret : NULL, &out, NULL) == KITE_OK) {
        HOLDS(kite_news_check((const char *)out.bytes, out.count, &public_key, &again, NULL) == KITE_OK);
        HOLDS(again.number == news.number && again.withdrawn_count == news.withdrawn_count);
        if (bytes > 4) {
            out.bytes[(b[3] | (size_t)b[4] << 8) % out.count] ^= 1;
            HOLDS(kite_news_check((const char *)out.bytes, out.count, &public_key, &again, NULL) != KITE_OK);
        }
    }
    out.count = 0;
    HOLDS(kite_secret_write(&secret, NULL, &out, NULL) == KITE_OK);
    HOLDS(kite_secret_read((const char *)out.bytes, out.count, NULL, &read, &needs_password, NULL) == KITE_OK);
    HOLDS(memcmp(&read, &secret, sizeof read) == 0);
    kite_buffer_close(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t count)
{
    static void (*const forms[])(const char *text, size_t bytes) = { try_key, try_secret, try_signature, try_news, sign_text, write_news };
    char *text;

    if (count == 0)
        return 0;
    text = malloc(count); /* of its exact length, so that reading past it is seen */
    if (!text)
        return 0;
    memcpy(text, data + 1, count - 1);
    forms[data[0] % 6](text, count - 1);
    free(text);
    return 0;
}
