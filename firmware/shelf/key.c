/* The master key, wrapped by a key that Argon2id makes of the secret; SHELF.md has the bytes. */
#include "shelf/inside.h"

#include <string.h>

#define MAGIC "KITESHK1"
#define AT_KIND 8u
#define AT_PASSES 12u
#define AT_MEMORY 16u
#define AT_SALT 20u
#define AT_NONCE (AT_SALT + crypto_pwhash_SALTBYTES)
#define AT_WRAPPED (AT_NONCE + NONCE_BYTES)
#define AT_CHECK (AT_WRAPPED + KEY_BYTES + TAG_BYTES)
#define CHECK_BYTES 16u

_Static_assert(AT_CHECK + CHECK_BYTES == KEY_FILE_BYTES, "the file's length");

const char *const key_files[2] = { "shelf.key", "shelf.key2" };

struct kite_shelf_cost kite_shelf_cost_of_board(void)
{
    return (struct kite_shelf_cost){ .passes = 3, .memory_kb = 16384 };
}

static bool cost_is_fair(struct kite_shelf_cost cost)
{
    return cost.passes >= crypto_pwhash_argon2id_OPSLIMIT_MIN &&
           cost.passes <= KITE_SHELF_PASSES_MAX &&
           cost.memory_kb >= crypto_pwhash_argon2id_MEMLIMIT_MIN / 1024 &&
           cost.memory_kb <= KITE_SHELF_MEMORY_KB_MAX;
}

bool kite_shelf_secret_fits(enum kite_shelf_secret kind, const char *secret)
{
    size_t bytes = strlen(secret);

    if (kind == KITE_SHELF_PIN)
        return strspn(secret, "0123456789") == bytes && bytes >= KITE_SHELF_PIN_DIGITS_MIN &&
               bytes <= KITE_PIN_DIGITS_MAX;
    for (size_t i = 0; i < bytes; i++)
        if ((unsigned char)secret[i] < 0x20 || secret[i] == 0x7F)
            return false;
    return bytes >= KITE_SHELF_PASSPHRASE_BYTES_MIN && bytes <= KITE_SHELF_SECRET_BYTES_MAX &&
           kite_utf8_is_valid(secret, bytes);
}

/* ---- bytes -------------------------------------------------------------------------------------
 */

static void put_u32(uint8_t *at, uint32_t value)
{
    for (int i = 0; i < 4; i++)
        at[i] = (uint8_t)(value >> 8 * i);
}

/* It needs no key: it tells damage from another secret. */
static void sum(const uint8_t *bytes, uint8_t out[CHECK_BYTES])
{
    crypto_generichash(out, CHECK_BYTES, bytes, AT_CHECK, NULL, 0);
}

enum kite_status key_file_parse(const uint8_t *bytes, size_t count, struct key_file *out,
                                struct kite_fault *fault)
{
    uint8_t check[CHECK_BYTES];

    *out = (struct key_file){ .kind = KITE_SHELF_PIN };
    if (count == 0 || sodium_is_zero(bytes, count))
        return KITE_DONE;
    if (count != KEY_FILE_BYTES)
        return kite_fail(fault, KITE_E_DAMAGED, "the key of the private shelf is damaged");
    sum(bytes, check);
    if (memcmp(check, bytes + AT_CHECK, CHECK_BYTES) != 0)
        return kite_fail(fault, KITE_E_DAMAGED, "the key of the private shelf is damaged");
    if (memcmp(bytes, MAGIC, 8) != 0 || bytes[AT_KIND] > KITE_SHELF_PASSPHRASE ||
        bytes[AT_KIND + 1] || bytes[AT_KIND + 2] || bytes[AT_KIND + 3])
        return kite_fail(fault, KITE_E_UNSUPPORTED, "the private shelf was made by a newer Kite");
    memcpy(out->bytes, bytes, KEY_FILE_BYTES);
    out->kind = (enum kite_shelf_secret)bytes[AT_KIND];
    out->cost = (struct kite_shelf_cost){ kite_get_u32(bytes + AT_PASSES),
                                          kite_get_u32(bytes + AT_MEMORY) };
    if (!cost_is_fair(out->cost))
        return kite_fail(fault, KITE_E_LIMIT, "the private shelf asks for %u KB to open it",
                         (unsigned)out->cost.memory_kb);
    return KITE_OK;
}

/* ---- wrapping ----------------------------------------------------------------------------------
 */

void keys_derive(struct keys *keys)
{
    static const char context[crypto_kdf_CONTEXTBYTES + 1] = "kiteshlf";

    crypto_kdf_derive_from_key(keys->index, KEY_BYTES, 1, context, keys->master);
    crypto_kdf_derive_from_key(keys->text, KEY_BYTES, 2, context, keys->master);
}

/* The key of a secret, into memory of its own; NULL: none to be had. */
static uint8_t *key_of(const uint8_t *bytes, struct kite_shelf_cost cost, const char *secret)
{
    uint8_t *key = sodium_malloc(KEY_BYTES);

    if (key && crypto_pwhash(key, KEY_BYTES, secret, strlen(secret), bytes + AT_SALT, cost.passes,
                             (size_t)cost.memory_kb * 1024, crypto_pwhash_ALG_ARGON2ID13) != 0) {
        sodium_free(key);
        key = NULL;
    }
    return key;
}

enum kite_status key_file_make(const struct keys *keys, enum kite_shelf_secret kind,
                               const char *secret, struct kite_shelf_cost cost,
                               struct key_file *out, struct kite_fault *fault)
{
    uint8_t *bytes = out->bytes, *key;

    *out = (struct key_file){ .kind = kind, .cost = cost };
    if (!cost_is_fair(cost))
        return kite_fail(fault, KITE_E_LIMIT, "a private shelf cannot ask for %u KB",
                         (unsigned)cost.memory_kb);
    memcpy(bytes, MAGIC, 8);
    bytes[AT_KIND] = (uint8_t)kind;
    put_u32(bytes + AT_PASSES, cost.passes);
    put_u32(bytes + AT_MEMORY, cost.memory_kb);
    randombytes_buf(bytes + AT_SALT, AT_WRAPPED - AT_SALT);
    key = key_of(bytes, cost, secret);
    if (!key)
        return kite_fail(fault, KITE_E_NOMEM, "no memory for the private shelf's key");
    crypto_aead_xchacha20poly1305_ietf_encrypt(bytes + AT_WRAPPED, NULL, keys->master, KEY_BYTES,
                                               bytes, AT_SALT, NULL, bytes + AT_NONCE, key);
    sodium_free(key);
    sum(bytes, bytes + AT_CHECK);
    return KITE_OK;
}

enum kite_status key_file_unwrap(const struct key_file *file, const char *secret, struct keys *keys,
                                 struct kite_fault *fault)
{
    const uint8_t *bytes = file->bytes;
    uint8_t *key = key_of(bytes, file->cost, secret);
    int code;

    if (!key)
        return kite_fail(fault, KITE_E_NOMEM, "no memory to open the private shelf");
    code = crypto_aead_xchacha20poly1305_ietf_decrypt(keys->master, NULL, NULL, bytes + AT_WRAPPED,
                                                      KEY_BYTES + TAG_BYTES, bytes, AT_SALT,
                                                      bytes + AT_NONCE, key);
    sodium_free(key);
    if (code != 0)
        return KITE_DONE;
    keys_derive(keys);
    return KITE_OK;
}

/* ---- files -------------------------------------------------------------------------------------
 */

static enum kite_status read_one(const struct kite_library_where *where, const char *name,
                                 struct key_file *out, struct kite_fault *fault)
{
    struct kite_buffer bytes = { .mem = where->mem };
    enum kite_status status = file_read(where, name, 2 * KEY_FILE_BYTES, &bytes);

    if (status == KITE_OK)
        status = key_file_parse(bytes.bytes, bytes.count, out, fault);
    else if (status == KITE_E_LIMIT)
        status = kite_fail(fault, KITE_E_DAMAGED, "the key of the private shelf is damaged");
    kite_buffer_close(&bytes);
    return status;
}

enum kite_status key_file_read(const struct kite_library_where *where, struct key_file *out,
                               struct kite_fault *fault)
{
    enum kite_status first = read_one(where, key_files[0], out, fault), second;

    if (first == KITE_OK || first == KITE_E_NOMEM || first == KITE_E_IO)
        return first;
    second = read_one(where, key_files[1], out, first == KITE_DONE ? fault : NULL);
    return second == KITE_DONE ? first : second;
}

/* What lay under the name is overwritten through a handle that was opened before. */
static enum kite_status replace_key(const struct kite_library_where *where, const char *name,
                                    const struct key_file *file)
{
    static const uint8_t zeros[KEY_FILE_BYTES];
    const struct kite_io *io = where->io;
    char path[PATH_BYTES];
    bool is_there = false;
    void *old = NULL;
    enum kite_status status = file_path(where, name, path);

    if (status == KITE_OK)
        status = io->exists(io->ctx, path, &is_there);
    if (status == KITE_OK && is_there)
        status = io->open(io->ctx, path, KITE_IO_WRITE, &old);
    if (status == KITE_OK)
        status = file_replace(where, name, file->bytes, KEY_FILE_BYTES);
    if (status == KITE_OK && is_there &&
        io->write_at(io->ctx, old, 0, zeros, sizeof zeros) == KITE_OK)
        (void)io->sync(io->ctx, old);
    if (is_there && old)
        io->close(io->ctx, old);
    return status;
}

enum kite_status key_file_write(const struct kite_library_where *where, const struct key_file *file)
{
    enum kite_status status = replace_key(where, key_files[0], file);

    return status == KITE_OK ? replace_key(where, key_files[1], file) : status;
}

enum kite_status key_file_double(const struct kite_library_where *where,
                                 const struct key_file *file)
{
    enum kite_status status = KITE_OK;

    for (int i = 0; i < 2 && status == KITE_OK; i++) {
        struct key_file other;

        status = read_one(where, key_files[i], &other, NULL);
        if (status == KITE_E_NOMEM || status == KITE_E_IO)
            return status;
        if (status == KITE_OK && memcmp(other.bytes, file->bytes, KEY_FILE_BYTES) == 0)
            continue;
        status = replace_key(where, key_files[i], file);
    }
    return status;
}

enum kite_status key_file_wipe(const struct kite_library_where *where)
{
    enum kite_status status = KITE_OK;

    for (int i = 0; i < 2 && status == KITE_OK; i++) {
        status = file_overwrite(where, key_files[i]);
        status = status == KITE_DONE ? KITE_OK : status;
    }
    for (int i = 0; i < 2 && status == KITE_OK; i++)
        status = file_remove(where, key_files[i]);
    return status;
}
