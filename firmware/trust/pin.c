/* The owner's PIN, kept as a hash. */
#include "trust/trust.h"

#include <errno.h>
#include <sodium.h>
#include <string.h>

#define OPS 3u
#define MEMORY_BYTES ((size_t)16 << 20) /* what a board of 64 MB can spare for a moment */

_Static_assert(KITE_PIN_HASH_BYTES == crypto_pwhash_STRBYTES, "the hash is libsodium's string");

bool kite_pin_is_one(const char *pin)
{
    size_t digits = strspn(pin, "0123456789");

    return !pin[digits] && digits >= KITE_PIN_DIGITS_MIN && digits <= KITE_PIN_DIGITS_MAX;
}

enum kite_status kite_pin_hash(const char *pin, char out[KITE_PIN_HASH_BYTES], struct kite_fault *fault)
{
    enum kite_status status = kite_trust_init(fault);

    if (status)
        return status;
    if (!kite_pin_is_one(pin))
        return kite_fail(fault, KITE_E_FORMAT, "a PIN has %u to %u digits", KITE_PIN_DIGITS_MIN, KITE_PIN_DIGITS_MAX);
    if (crypto_pwhash_str_alg(out, pin, strlen(pin), OPS, MEMORY_BYTES, crypto_pwhash_ALG_ARGON2ID13) != 0)
        return kite_fail(fault, KITE_E_NOMEM, "no memory for the PIN");
    return KITE_OK;
}

/* What is kept must be of this form: other costs would be somebody else's choice. libsodium tells a wrong PIN from want of
 * memory by errno alone. */
enum kite_status kite_pin_check(const char *pin, const char *hash, struct kite_fault *fault)
{
    enum kite_status status = kite_trust_init(fault);

    if (status)
        return status;
    if (crypto_pwhash_str_needs_rehash(hash, OPS, MEMORY_BYTES) != 0)
        return kite_fail(fault, KITE_E_FORMAT, "what is kept of the PIN is damaged");
    errno = 0;
    if (crypto_pwhash_str_verify(hash, pin, strlen(pin)) == 0)
        return KITE_OK;
    if (errno != EINVAL)
        return kite_fail(fault, KITE_E_NOMEM, "no memory for the PIN");
    return KITE_DONE;
}
