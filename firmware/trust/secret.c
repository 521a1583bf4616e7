/* Secret keys, in minisign's file. */
#include "trust/lines.h"
#include "trust/trust.h"

#include <sodium.h>
#include <string.h>

/* The file's bytes, from minisign's SeckeyStruct. */
enum {
    AT_KDF = 2,    /* "Sc", or zeros when open */
    AT_CHECK = 4,  /* "B2" */
    AT_SALT = 6,
    AT_OPS = 38,
    AT_MEMORY = 46,
    AT_LOCKED = 54, /* id, key and check sum, hidden by scrypt's output */
    AT_KEY = AT_LOCKED + KITE_KEY_ID_BYTES,
    AT_SUM = AT_KEY + 64,
    PACKED_BYTES = AT_SUM + 32,
    LOCKED_BYTES = PACKED_BYTES - AT_LOCKED
};

#define OPS crypto_pwhash_scryptsalsa208sha256_OPSLIMIT_SENSITIVE
#define MEMORY crypto_pwhash_scryptsalsa208sha256_MEMLIMIT_SENSITIVE
#define MEMORY_MIN (1u << 24)
#define MEMORY_MAX ((uint64_t)1 << 32)

void kite_secret_wipe(struct kite_secret *secret)
{
    sodium_memzero(secret, sizeof *secret);
}

static void put_u64(uint8_t *at, uint64_t value)
{
    for (unsigned i = 0; i < 8; i++)
        at[i] = (uint8_t)(value >> 8 * i);
}

static uint64_t get_u64(const uint8_t *at)
{
    return kite_get_u32(at) | (uint64_t)kite_get_u32(at + 4) << 32;
}

static void check_sum(const uint8_t packed[PACKED_BYTES], uint8_t sum[32])
{
    crypto_generichash_state state;

    crypto_generichash_init(&state, NULL, 0, 32);
    crypto_generichash_update(&state, packed, 2);
    crypto_generichash_update(&state, packed + AT_LOCKED, AT_SUM - AT_LOCKED);
    crypto_generichash_final(&state, sum, 32);
}

/* Hide or show what is locked. False: there is not that much memory. */
static bool turn_lock(uint8_t packed[PACKED_BYTES], const char *password, uint64_t ops, uint64_t memory)
{
    uint8_t stream[LOCKED_BYTES];

    if (memory > SIZE_MAX ||
        crypto_pwhash_scryptsalsa208sha256(stream, sizeof stream, password, strlen(password), packed + AT_SALT, ops,
                                           (size_t)memory) != 0)
        return false;
    for (size_t i = 0; i < sizeof stream; i++)
        packed[AT_LOCKED + i] ^= stream[i];
    sodium_memzero(stream, sizeof stream);
    return true;
}

static enum kite_status lock(uint8_t packed[PACKED_BYTES], const char *password, struct kite_fault *fault)
{
    uint64_t ops = OPS, memory = MEMORY;

    memcpy(packed + AT_KDF, "Sc", 2);
    randombytes_buf(packed + AT_SALT, 32);
    while (!turn_lock(packed, password, ops, memory)) {
        if (memory / 2 < MEMORY_MIN)
            return kite_fail(fault, KITE_E_NOMEM, "no memory to lock the secret key");
        ops /= 2;
        memory /= 2;
    }
    put_u64(packed + AT_OPS, ops);
    put_u64(packed + AT_MEMORY, memory);
    return KITE_OK;
}

enum kite_status kite_secret_write(const struct kite_secret *secret, const char *password, struct kite_buffer *out,
                                   struct kite_fault *fault)
{
    uint8_t packed[PACKED_BYTES] = { 'E', 'd', 0, 0, 'B', '2' };
    enum kite_status status = KITE_OK;

    memcpy(packed + AT_LOCKED, secret->id, sizeof secret->id);
    memcpy(packed + AT_KEY, secret->bytes, sizeof secret->bytes);
    check_sum(packed, packed + AT_SUM);
    if (password)
        status = lock(packed, password, fault);
    if (status == KITE_OK)
        status = kite_lines_add_base64(out, password ? "untrusted comment: minisign encrypted secret key\n"
                                                     : "untrusted comment: minisign secret key without a password\n",
                                       packed, sizeof packed);
    sodium_memzero(packed, sizeof packed);
    return status == KITE_E_NOMEM ? kite_fail(fault, status, "no memory for the secret key") : status;
}

/* minisign leaves the check sum of an open key empty; the key's own halves tell whether it is sound. */
static bool is_open_and_sound(const uint8_t packed[PACKED_BYTES])
{
    uint8_t seed[crypto_sign_SEEDBYTES], public_key[crypto_sign_PUBLICKEYBYTES], secret_key[crypto_sign_SECRETKEYBYTES];
    bool is_sound;

    crypto_sign_ed25519_sk_to_seed(seed, packed + AT_KEY);
    crypto_sign_seed_keypair(public_key, secret_key, seed);
    is_sound = sodium_is_zero(packed + AT_SUM, 32) && sodium_memcmp(secret_key, packed + AT_KEY, sizeof secret_key) == 0;
    sodium_memzero(seed, sizeof seed);
    sodium_memzero(secret_key, sizeof secret_key);
    return is_sound;
}

static enum kite_status unpack(uint8_t packed[PACKED_BYTES], const char *password, struct kite_secret *out,
                               bool *needs_password, struct kite_fault *fault)
{
    uint8_t sum[32];

    if (memcmp(packed, "Ed", 2) != 0 || memcmp(packed + AT_CHECK, "B2", 2) != 0 ||
        (memcmp(packed + AT_KDF, "Sc", 2) != 0 && memcmp(packed + AT_KDF, "\0\0", 2) != 0))
        return kite_fail(fault, KITE_E_UNSUPPORTED, "the secret key is of another kind than Ed25519 locked by scrypt");
    *needs_password = packed[AT_KDF] == 'S';
    if (*needs_password) {
        if (!password)
            return kite_fail(fault, KITE_E_DAMAGED, "the secret key is locked by a password, and none was given");
        if (get_u64(packed + AT_MEMORY) > MEMORY_MAX || get_u64(packed + AT_OPS) > (uint64_t)OPS * 4)
            return kite_fail(fault, KITE_E_LIMIT, "the secret key asks for too much memory or time to unlock");
        if (!turn_lock(packed, password, get_u64(packed + AT_OPS), get_u64(packed + AT_MEMORY)))
            return kite_fail(fault, KITE_E_NOMEM, "no memory to unlock the secret key");
    }
    check_sum(packed, sum);
    if (sodium_memcmp(sum, packed + AT_SUM, sizeof sum) != 0 && (*needs_password || !is_open_and_sound(packed)))
        return kite_fail(fault, KITE_E_DAMAGED, *needs_password ? "the password is not this key's, or the key was altered"
                                                                : "the secret key was altered");
    memcpy(out->id, packed + AT_LOCKED, sizeof out->id);
    memcpy(out->bytes, packed + AT_KEY, sizeof out->bytes);
    return KITE_OK;
}

enum kite_status kite_secret_read(const char *text, size_t bytes, const char *password, struct kite_secret *out,
                                  bool *needs_password, struct kite_fault *fault)
{
    struct kite_lines lines = { text, text + bytes };
    struct kite_line line, rest;
    uint8_t packed[PACKED_BYTES];
    enum kite_status status;

    *out = (struct kite_secret){ 0 };
    *needs_password = false;
    if (!kite_lines_next(&lines, &line) || !kite_line_after(line, "untrusted comment:", &rest) ||
        !kite_lines_next(&lines, &line) || !kite_line_base64(line, packed, sizeof packed))
        return kite_fail(fault, KITE_E_FORMAT, "no secret key file, or one that is cut short");
    status = unpack(packed, password, out, needs_password, fault);
    sodium_memzero(packed, sizeof packed);
    return status;
}
