/* Who signed what lies on a volume, and the keys of senders on it. */
#include "sideload/inside.h"

#include <stdio.h>
#include <string.h>

/* ---- who a sender is -------------------------------------------------------------------------- */

struct named {
    int64_t sender;
    char *out;
    size_t out_bytes;
};

static void name_of(const char *name, const uint8_t key_id[KITE_KEY_ID_BYTES], char *out, size_t out_bytes)
{
    char id[KITE_KEY_ID_TEXT_BYTES];

    name = name[0] ? name : kite_key_id_text(key_id, id);
    clean_text(name, strlen(name), out, out_bytes);
}

static enum kite_status take_name(void *ctx, const struct kite_sender *sender)
{
    const struct named *named = ctx;

    if (sender->sender != named->sender)
        return KITE_OK;
    name_of(sender->name, sender->key_id, named->out, named->out_bytes);
    return KITE_DONE;
}

enum kite_status trusted_name(struct kite_library *library, int64_t sender, char *out, size_t out_bytes,
                              struct kite_fault *fault)
{
    struct named named = { sender, out, out_bytes };

    out[0] = '\0';
    return sender ? kite_library_senders(library, 0, KITE_SENDERS_MAX, &named, take_name, fault) : KITE_OK;
}

struct looked_for {
    const uint8_t *key_id;
    bool is_found;
};

static enum kite_status find_id(void *ctx, const struct kite_sender *sender)
{
    struct looked_for *wanted = ctx;

    wanted->is_found = memcmp(sender->key_id, wanted->key_id, KITE_KEY_ID_BYTES) == 0;
    return wanted->is_found ? KITE_DONE : KITE_OK;
}

enum kite_status trusted_key(struct kite_library *library, const struct kite_public_key *key, bool *is_known,
                             struct kite_fault *fault)
{
    struct looked_for wanted = { key->id, false };
    enum kite_status status = kite_library_senders(library, 0, KITE_SENDERS_MAX, &wanted, find_id, fault);

    *is_known = wanted.is_found;
    return status;
}

/* ---- what was signed --------------------------------------------------------------------------- */

static enum kite_status judge(struct kite_library *library, const struct kite_verdict *verdict,
                              struct judged *out, struct kite_fault *fault)
{
    if (verdict->trust == KITE_TRUST_WITHDRAWN)
        out->refusal = KITE_ARRIVAL_WITHDRAWN;
    if (verdict->trust == KITE_TRUST_CHECKED)
        return trusted_name(library, verdict->sender, out->sender, sizeof out->sender, fault);
    return KITE_OK;
}

enum kite_status trusted_proof(struct kite_library *library, const struct kite_signed *proof, struct judged *out,
                               struct kite_fault *fault)
{
    struct kite_verdict verdict;
    enum kite_status status = kite_library_proof(library, proof, &verdict, fault);

    *out = (struct judged){ .refusal = KITE_ARRIVAL_COUNT };
    if (status == KITE_E_DAMAGED && !kite_library_must_reopen(library)) {
        out->refusal = KITE_ARRIVAL_FALSE;
        return KITE_OK;
    }
    return status ? status : judge(library, &verdict, out, fault);
}

/* The makers of Kite are known by the keys that came with it, and where some did, nobody else's word counts. */
enum kite_status trusted_release(const struct kite_sideload_options *options, const struct kite_release *release,
                                 struct judged *out, struct kite_fault *fault)
{
    enum kite_status status;
    size_t by = 0;

    if (options->key_count == 0)
        return trusted_proof(options->library, &release->proof, out, fault);
    *out = (struct judged){ .refusal = KITE_ARRIVAL_COUNT };
    status = kite_release_signer(release, options->keys, options->key_count, &by, NULL);
    if (status)
        out->refusal = status == KITE_E_RANGE ? KITE_ARRIVAL_UNSIGNED : KITE_ARRIVAL_FALSE;
    else
        name_of(options->keys[by].name, options->keys[by].id, out->sender, sizeof out->sender);
    return KITE_OK;
}

/* All of the bundle's trailers can be read. */
static bool has_trailers(const struct kite_memory *mem, struct kite_bundle *bundle)
{
    enum kite_status status = KITE_OK;

    for (uint32_t i = 0; status == KITE_OK; i++) {
        struct kite_buffer payload = { .mem = *mem };
        char type[KITE_TRAILER_TYPE_BYTES];

        status = kite_bundle_trailer(bundle, i, type, &payload, NULL);
        kite_buffer_close(&payload);
    }
    return status == KITE_DONE;
}

enum kite_arrival trusted_refusal(const struct kite_memory *mem, struct kite_library *library,
                                  const struct kite_source *source)
{
    enum kite_arrival arrival = KITE_ARRIVAL_INCOMPLETE;
    struct kite_bundle *bundle = NULL;
    struct kite_verdict verdict;

    if (kite_bundle_open(mem, source, &bundle, NULL) == KITE_OK && has_trailers(mem, bundle)) {
        enum kite_status status = kite_library_verdict(library, bundle, &verdict, NULL);

        if (status == KITE_E_DAMAGED)
            arrival = KITE_ARRIVAL_FALSE;
        else if (status == KITE_OK && verdict.trust == KITE_TRUST_WITHDRAWN)
            arrival = KITE_ARRIVAL_WITHDRAWN;
    }
    kite_bundle_close(bundle);
    return arrival;
}
