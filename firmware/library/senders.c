/* Senders: whose keys the device knows, and what they signed. */
#include "library/store.h"

#include <string.h>

static int64_t id_number(const uint8_t id[KITE_KEY_ID_BYTES])
{
    uint64_t number = kite_get_u32(id) | (uint64_t)kite_get_u32(id + 4) << 32;
    int64_t out;

    memcpy(&out, &number, sizeof out); /* all 64 bits, whatever their sign */
    return out;
}

static void id_bytes(int64_t number, uint8_t id[KITE_KEY_ID_BYTES])
{
    for (unsigned i = 0; i < KITE_KEY_ID_BYTES; i++)
        id[i] = (uint8_t)((uint64_t)number >> 8 * i);
}

/* ---- keys --------------------------------------------------------------------------------------- */

struct known {
    struct kite_public_key key; /* id and bytes; name and picture are not filled in */
    int64_t sender;
    bool is_withdrawn;
};

/* KITE_DONE: not a key that is known. */
static enum kite_status find_key(struct kite_library *lib, const uint8_t id[KITE_KEY_ID_BYTES], struct known *out)
{
    sqlite3_stmt *stmt;
    enum kite_status status =
        kite_sql_open(lib, &stmt, "SELECT sender, bytes, withdrawn FROM sender_key WHERE key = ?", "i", id_number(id));

    *out = (struct known){ .sender = 0 };
    if (status == KITE_OK)
        status = kite_sql_step(lib, stmt);
    if (status == KITE_OK && sqlite3_column_bytes(stmt, 1) != (int)sizeof out->key.bytes)
        status = KITE_DONE;
    if (status == KITE_OK) {
        memcpy(out->key.id, id, sizeof out->key.id);
        memcpy(out->key.bytes, sqlite3_column_blob(stmt, 1), sizeof out->key.bytes);
        out->sender = sqlite3_column_int64(stmt, 0);
        out->is_withdrawn = sqlite3_column_int(stmt, 2) != 0;
    }
    kite_sql_close(stmt);
    return status;
}

static enum kite_status add_key(struct kite_library *lib, const struct kite_public_key *key, int64_t sender)
{
    return kite_sql_run(lib, "INSERT INTO sender_key(sender, key, bytes, withdrawn) VALUES(?, ?, ?, 0)", "iib", sender,
                        id_number(key->id), key->bytes);
}

/* ---- what was signed ------------------------------------------------------------------------------ */

enum kite_status kite_library_proof(struct kite_library *lib, const struct kite_signed *proof, struct kite_verdict *out,
                                    struct kite_fault *fault)
{
    struct known known;
    enum kite_status status;

    *out = (struct kite_verdict){ .trust = KITE_TRUST_UNKNOWN };
    if (!proof->is_signed)
        return KITE_OK;
    status = find_key(lib, proof->signature.id, &known);
    if (status == KITE_DONE)
        return KITE_OK;
    if (status != KITE_OK)
        return kite_sql_fault(lib, status, fault, "looking for a key");
    out->sender = known.sender;
    out->trust = known.is_withdrawn ? KITE_TRUST_WITHDRAWN : KITE_TRUST_CHECKED;
    return kite_signature_check(&proof->signature, &known.key, proof->hash, fault);
}

/* The best of a bundle's signatures; a false one spoils it. */
enum kite_status kite_library_verdict(struct kite_library *lib, struct kite_bundle *bundle, struct kite_verdict *out,
                                        struct kite_fault *fault)
{
    struct kite_signed proof = { .is_signed = true };
    enum kite_status status = KITE_OK;

    *out = (struct kite_verdict){ .trust = KITE_TRUST_UNKNOWN };
    kite_bundle_message_hash(kite_bundle_root_hash(bundle), proof.hash);
    for (uint32_t index = 0; status == KITE_OK;) {
        struct kite_verdict verdict = { .trust = KITE_TRUST_UNKNOWN };

        status = kite_bundle_signature(&lib->mem, bundle, &index, &proof.signature, fault);
        if (status == KITE_OK)
            status = kite_library_proof(lib, &proof, &verdict, fault);
        if (status == KITE_OK && verdict.trust != KITE_TRUST_UNKNOWN && out->trust != KITE_TRUST_CHECKED)
            *out = verdict;
    }
    return status == KITE_DONE ? KITE_OK : status;
}

enum kite_status kite_library_admit(struct kite_library *lib, struct kite_bundle *bundle, struct kite_verdict *out,
                                    struct kite_fault *fault)
{
    enum kite_status status = kite_library_verdict(lib, bundle, out, fault);

    return status == KITE_OK && out->trust == KITE_TRUST_WITHDRAWN
               ? kite_fail(fault, KITE_E_DAMAGED, "it is signed by a key that its owner has withdrawn")
               : status;
}

/* A bundle's row says who signed it. */
enum kite_status kite_library_note_verdict(struct kite_library *lib, int64_t bundle, const struct kite_verdict *verdict)
{
    return kite_sql_run(lib, "UPDATE bundle SET sender = ?, withdrawn = ? WHERE id = ?", "iii", verdict->sender,
                        (int64_t)(verdict->trust == KITE_TRUST_WITHDRAWN), bundle);
}

/* The keys have changed: look at each bundle again. One that cannot be read is nobody's. */
static enum kite_status look_again(struct kite_library *lib)
{
    int64_t bundle = 0;
    enum kite_status status;

    for (;;) {
        struct kite_library_file file = { 0 };
        struct kite_bundle *open = NULL;
        struct kite_verdict verdict = { .trust = KITE_TRUST_UNKNOWN };
        char name[KITE_FILE_NAME_BYTES_MAX + 1] = "";
        sqlite3_stmt *stmt;

        status = kite_sql_open(lib, &stmt, "SELECT id, file FROM bundle WHERE present = 1 AND id > ? ORDER BY id LIMIT 1",
                               "i", bundle);
        if (status == KITE_OK)
            status = kite_sql_step(lib, stmt);
        if (status == KITE_OK) {
            bundle = sqlite3_column_int64(stmt, 0);
            strncat(name, kite_sql_text(stmt, 1), sizeof name - 1);
            status = kite_sql_row(lib);
        }
        kite_sql_close(stmt);
        if (status != KITE_OK)
            return status == KITE_DONE ? KITE_OK : status;
        status = kite_library_file_open(lib, name, KITE_IO_READ, &file);
        if (status == KITE_OK)
            status = kite_bundle_open(&lib->mem, &file.source, &open, NULL);
        if (status == KITE_OK)
            status = kite_library_verdict(lib, open, &verdict, NULL);
        kite_bundle_close(open);
        kite_library_file_close(&file);
        if (status == KITE_E_NOMEM || lib->broken != KITE_OK)
            return status;
        if (status != KITE_OK)
            verdict = (struct kite_verdict){ .trust = KITE_TRUST_UNKNOWN };
        status = kite_library_note_verdict(lib, bundle, &verdict);
        if (status != KITE_OK)
            return status;
    }
}

/* ---- senders -------------------------------------------------------------------------------------- */

static enum kite_status sender_count(struct kite_library *lib, int64_t *count)
{
    return kite_sql_number(lib, count, "SELECT count(*) FROM sender", "");
}

static enum kite_status add_sender(struct kite_library *lib, const struct kite_public_key *key, int64_t *sender)
{
    struct known known;
    int64_t count;
    enum kite_status status = find_key(lib, key->id, &known);

    if (status == KITE_OK) {
        *sender = known.sender;
        return memcmp(known.key.bytes, key->bytes, sizeof key->bytes) == 0 ? KITE_DONE : KITE_E_FORMAT;
    }
    if (status == KITE_DONE)
        status = sender_count(lib, &count);
    if (status == KITE_OK && count >= KITE_SENDERS_MAX)
        status = KITE_E_LIMIT;
    if (status == KITE_OK)
        status = kite_sql_run(lib, "INSERT INTO sender(name, picture, news) VALUES(?, ?, 0)", "tp", key->name, key->picture);
    if (status == KITE_OK)
        status = kite_sql_number(lib, sender, "SELECT max(id) FROM sender", "");
    if (status == KITE_OK)
        status = add_key(lib, key, *sender);
    return status == KITE_OK ? look_again(lib) : status;
}

enum kite_status kite_library_sender_add(struct kite_library *lib, const struct kite_public_key *key, int64_t *sender,
                                         struct kite_fault *fault)
{
    enum kite_status status = kite_sql_begin(lib);
    bool is_known = false;

    if (status == KITE_OK) {
        status = add_sender(lib, key, sender);
        is_known = status == KITE_DONE;
        status = kite_sql_end(lib, is_known ? KITE_OK : status);
    }
    if (status == KITE_E_LIMIT && lib->broken == KITE_OK)
        return kite_fail(fault, status, "there are %u senders already", KITE_SENDERS_MAX);
    if (status == KITE_E_FORMAT)
        return kite_fail(fault, status, "another key goes by this one's number");
    return status == KITE_OK && is_known ? KITE_DONE : kite_sql_fault(lib, status, fault, "keeping a sender's key");
}

enum kite_status kite_library_sender_remove(struct kite_library *lib, int64_t sender, struct kite_fault *fault)
{
    int64_t found;
    enum kite_status status = kite_sql_begin(lib);

    if (status == KITE_OK) {
        status = kite_sql_number(lib, &found, "SELECT id FROM sender WHERE id = ?", "i", sender);
        if (status == KITE_DONE)
            status = KITE_E_RANGE;
        if (status == KITE_OK)
            status = kite_sql_run(lib, "DELETE FROM sender_key WHERE sender = ?", "i", sender);
        if (status == KITE_OK)
            status = kite_sql_run(lib, "DELETE FROM sender WHERE id = ?", "i", sender);
        if (status == KITE_OK)
            status = look_again(lib);
        status = kite_sql_end(lib, status);
    }
    return kite_sql_fault(lib, status, fault, "taking a sender away");
}

static enum kite_status tell_sender(sqlite3_stmt *stmt, struct kite_library *lib, void *ctx,
                                    enum kite_status (*each)(void *ctx, const struct kite_sender *sender))
{
    struct kite_sender sender = { .sender = sqlite3_column_int64(stmt, 0),
                                  .name = kite_sql_text(stmt, 1),
                                  .is_withdrawn = sqlite3_column_type(stmt, 3) == SQLITE_NULL,
                                  .bundles = (uint32_t)sqlite3_column_int64(stmt, 4) };
    enum kite_status status = kite_sql_row(lib);

    if (sqlite3_column_bytes(stmt, 2) == (int)sizeof sender.picture)
        memcpy(sender.picture, sqlite3_column_blob(stmt, 2), sizeof sender.picture);
    id_bytes(sqlite3_column_int64(stmt, 3), sender.key_id);
    return status == KITE_OK ? each(ctx, &sender) : status;
}

enum kite_status kite_library_senders(struct kite_library *lib, uint32_t first, uint32_t count, void *ctx,
                                      enum kite_status (*each)(void *ctx, const struct kite_sender *sender),
                                      struct kite_fault *fault)
{
    sqlite3_stmt *stmt;
    enum kite_status status = kite_sql_open(
        lib, &stmt,
        "SELECT s.id, s.name, s.picture, (SELECT key FROM sender_key WHERE sender = s.id AND withdrawn = 0 ORDER BY id DESC"
        " LIMIT 1), (SELECT count(*) FROM bundle WHERE sender = s.id AND present = 1) FROM sender s ORDER BY s.name, s.id"
        " LIMIT ? OFFSET ?",
        "ii", (int64_t)count, (int64_t)first);

    while (status == KITE_OK && (status = kite_sql_step(lib, stmt)) == KITE_OK)
        status = tell_sender(stmt, lib, ctx, each);
    kite_sql_close(stmt);
    return kite_sql_fault(lib, status == KITE_DONE ? KITE_OK : status, fault, "listing the senders");
}

/* ---- news of keys --------------------------------------------------------------------------------- */

/* Only keys of the sender who speaks can be withdrawn. */
static enum kite_status take_news(struct kite_library *lib, const struct kite_news *news, int64_t sender)
{
    struct known other;
    enum kite_status status = KITE_OK;

    if (news->has_next) {
        status = find_key(lib, news->next.id, &other);
        if (status == KITE_OK && other.sender != sender)
            return KITE_E_FORMAT; /* it is somebody else's here */
        if (status == KITE_DONE)
            status = add_key(lib, &news->next, sender);
        if (status == KITE_OK)
            status = kite_sql_run(lib, "UPDATE sender SET name = ?, picture = ? WHERE id = ?", "tpi", news->next.name,
                                  news->next.picture, sender);
    }
    for (size_t i = 0; i < news->withdrawn_count && status == KITE_OK; i++)
        status = kite_sql_run(lib, "UPDATE sender_key SET withdrawn = 1 WHERE key = ? AND sender = ?", "ii",
                              id_number(news->withdrawn[i]), sender);
    if (status == KITE_OK)
        status = kite_sql_run(lib, "UPDATE sender SET news = ? WHERE id = ?", "ii", (int64_t)news->number, sender);
    return status == KITE_OK ? look_again(lib) : status;
}

static enum kite_status news_in_hand(struct kite_library *lib, const char *text, size_t bytes, int64_t *sender,
                                     struct kite_fault *fault)
{
    struct kite_news news;
    struct known known;
    int64_t last;
    enum kite_status status = kite_news_read(text, bytes, &news, fault);

    if (status == KITE_DONE)
        return kite_fail(fault, KITE_E_FORMAT, "these are no news of keys");
    if (status == KITE_OK)
        status = find_key(lib, news.from, &known);
    if (status == KITE_DONE)
        return kite_fail(fault, KITE_E_RANGE, "these news of keys come from a key that is not known here");
    if (status == KITE_OK && known.is_withdrawn)
        return kite_fail(fault, KITE_E_DAMAGED, "these news of keys are signed by a key that was withdrawn");
    if (status == KITE_OK)
        status = kite_news_check(text, bytes, &known.key, &news, fault);
    if (status != KITE_OK)
        return status;
    *sender = known.sender;
    status = kite_sql_number(lib, &last, "SELECT news FROM sender WHERE id = ?", "i", known.sender);
    if (status == KITE_OK && (int64_t)news.number <= last)
        return kite_fail(fault, KITE_DONE, "these news of keys are old: number %u, and %lld was here", (unsigned)news.number,
                         (long long)last);
    if (status == KITE_OK)
        status = take_news(lib, &news, known.sender);
    return status == KITE_E_FORMAT ? kite_fail(fault, status, "the next key is known here as somebody else's") : status;
}

enum kite_status kite_library_news(struct kite_library *lib, const char *text, size_t bytes, int64_t *sender,
                                   struct kite_fault *fault)
{
    struct kite_fault why = { "" };
    enum kite_status status = kite_sql_begin(lib), taken;

    *sender = 0;
    if (status != KITE_OK)
        return kite_sql_fault(lib, status, fault, "reading news of keys");
    taken = news_in_hand(lib, text, bytes, sender, &why);
    status = kite_sql_end(lib, taken);
    if (taken == KITE_OK || !why.text[0])
        return kite_sql_fault(lib, status, fault, "reading news of keys");
    return kite_fail(fault, taken, "%s", why.text);
}
