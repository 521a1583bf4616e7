/* Who sent a text: keys that the device knows, bundles that they signed, news of them, and editions that are nobody else's. */
#include "library/allocator.h"
#include "library/disk.h"
#include "library/shelf.h"

struct sender {
    struct kite_secret secret;
    struct kite_public_key key;
};

static struct sender make_sender(const char *name)
{
    struct sender s;

    assert_int_equal(kite_trust_init(NULL), KITE_OK);
    assert_int_equal(kite_key_create(name, NULL, &s.secret, &s.key, NULL), KITE_OK);
    return s;
}

static const uint8_t *root_of(const struct kite_buffer *bundle)
{
    static uint8_t root[32];
    struct kite_memory heap = kite_memory_heap();
    struct kite_span_bytes span = { bundle->bytes, bundle->count };
    struct kite_source source = kite_source_memory(&span);
    struct kite_bundle *open;

    assert_int_equal(kite_bundle_open(&heap, &source, &open, NULL), KITE_OK);
    memcpy(root, kite_bundle_root_hash(open), sizeof root);
    kite_bundle_close(open);
    return root;
}

static void sign(struct kite_buffer *bundle, const struct sender *sender)
{
    uint8_t hash[KITE_MESSAGE_HASH_BYTES], packed[KITE_SIGNATURE_BYTES];
    struct kite_signature signature;

    kite_bundle_message_hash(root_of(bundle), hash);
    kite_sign(&sender->secret, hash, &signature);
    kite_signature_pack(&signature, packed);
    assert_int_equal(kite_trailer_write(KITE_TRAILER_SIGNATURE, packed, sizeof packed, bundle), KITE_OK);
}

/* A text of one edition, signed by a sender or nobody. */
static struct kite_buffer edition(const char *number, const struct sender *sender)
{
    const struct shelf_text text = { .title = "Guide", .author = number, .identifier = "guide", .edition = number };
    struct kite_buffer bundle = shelf_bundle(&text, 1);

    if (sender)
        sign(&bundle, sender);
    return bundle;
}

struct place {
    struct disk *disk;
    struct kite_io io;
    struct kite_library *lib;
};

static struct place open_place(void)
{
    struct place p = { .disk = disk_make(1) };

    p.io = disk_io(p.disk);
    assert_int_equal(kite_library_open(&mem, &p.io, "/l", &p.lib, NULL), KITE_OK);
    return p;
}

static void reopen(struct place *p)
{
    kite_library_close(p->lib);
    assert_int_equal(kite_library_open(&mem, &p->io, "/l", &p->lib, NULL), KITE_OK);
}

static void close_place(struct place *p)
{
    kite_library_close(p->lib);
    disk_destroy(p->disk);
}

/* Import one, and give it back. */
static enum kite_import_outcome take(struct place *p, struct kite_buffer bundle, struct kite_import_result *result)
{
    struct kite_fault fault = { "" };
    struct kite_import_result unused;

    result = result ? result : &unused;
    (void)shelf_import(p->lib, &bundle, "a.kite", result, &fault);
    kite_buffer_close(&bundle);
    return result->outcome;
}

struct told {
    uint32_t count;
    enum kite_trust trust;
    char sender[100];
    char editions[100]; /* of all texts, in the order of authors, who are named like them */
};

static enum kite_status tell(void *ctx, const struct kite_entry *entry)
{
    struct told *told = ctx;

    told->count++;
    told->trust = entry->verdict.trust;
    snprintf(told->sender, sizeof told->sender, "%s", entry->sender);
    strncat(told->editions, entry->edition, 10);
    strncat(told->editions, entry->verdict.trust == KITE_TRUST_CHECKED ? "+ " : " ", 3);
    return KITE_OK;
}

static struct told list(struct place *p)
{
    struct kite_query q = { .sort = KITE_SORT_AUTHOR };
    struct told told = { 0 };

    assert_int_equal(kite_library_list(p->lib, &q, 0, 100, &told, tell, NULL), KITE_OK);
    return told;
}

/* ---- claims ----------------------------------------------------------------------------------------- */

static void a_text_shows_who_sent_it(void **state)
{
    struct sender ana = make_sender("Ana"), bob = make_sender("Bob");
    struct place p = open_place();
    struct kite_import_result result;
    int64_t sender, again;

    (void)state;
    assert_int_equal(kite_library_sender_add(p.lib, &ana.key, &sender, NULL), KITE_OK);
    assert_int_equal(kite_library_sender_add(p.lib, &ana.key, &again, NULL), KITE_DONE);
    assert_int_equal(sender, again);
    assert_int_equal(take(&p, edition("1", &ana), &result), KITE_IMPORT_ADDED);
    assert_int_equal(result.verdict.trust, KITE_TRUST_CHECKED);
    assert_int_equal(result.verdict.sender, sender);
    assert_int_equal(list(&p).trust, KITE_TRUST_CHECKED);
    assert_string_equal(list(&p).sender, "Ana");
    close_place(&p);
    p = open_place();
    kite_library_sender_add(p.lib, &ana.key, &sender, NULL);
    assert_int_equal(take(&p, edition("1", &bob), &result), KITE_IMPORT_ADDED);
    assert_int_equal(result.verdict.trust, KITE_TRUST_UNKNOWN);
    assert_string_equal(list(&p).sender, "");
    close_place(&p);
}

static void a_key_that_comes_later_speaks_for_what_is_here(void **state)
{
    struct sender ana = make_sender("Ana");
    struct place p = open_place();
    int64_t sender;

    (void)state;
    take(&p, edition("1", &ana), NULL);
    assert_int_equal(list(&p).trust, KITE_TRUST_UNKNOWN);
    kite_library_sender_add(p.lib, &ana.key, &sender, NULL);
    assert_int_equal(list(&p).trust, KITE_TRUST_CHECKED);
    reopen(&p);
    assert_int_equal(list(&p).trust, KITE_TRUST_CHECKED);
    assert_int_equal(kite_library_sender_remove(p.lib, sender, NULL), KITE_OK);
    assert_int_equal(list(&p).trust, KITE_TRUST_UNKNOWN);
    assert_int_equal(kite_library_sender_remove(p.lib, sender, NULL), KITE_E_RANGE);
    close_place(&p);
}

static void a_false_signature_is_refused_and_never_shown_as_none(void **state)
{
    struct sender ana = make_sender("Ana"), forger = make_sender("Forger");
    struct place p = open_place();
    int64_t sender;

    (void)state;
    kite_library_sender_add(p.lib, &ana.key, &sender, NULL);
    memcpy(forger.secret.id, ana.secret.id, sizeof ana.secret.id); /* another key under the same id */
    assert_int_equal(take(&p, edition("1", &forger), NULL), KITE_IMPORT_REFUSED);
    assert_int_equal(list(&p).count, 0);
    close_place(&p);
}

static void a_signed_copy_takes_the_place_of_an_unsigned_one(void **state)
{
    struct sender ana = make_sender("Ana");
    struct place p = open_place();
    int64_t sender;

    (void)state;
    kite_library_sender_add(p.lib, &ana.key, &sender, NULL);
    assert_int_equal(take(&p, edition("1", NULL), NULL), KITE_IMPORT_ADDED);
    assert_int_equal(take(&p, edition("1", &ana), NULL), KITE_IMPORT_ADDED);
    assert_int_equal(list(&p).count, 1);
    assert_int_equal(list(&p).trust, KITE_TRUST_CHECKED);
    assert_int_equal(take(&p, edition("1", NULL), NULL), KITE_IMPORT_ALREADY_HERE);
    assert_int_equal(list(&p).trust, KITE_TRUST_CHECKED);
    kite_library_sender_remove(p.lib, sender, NULL); /* the signature is in the file that is kept */
    kite_library_sender_add(p.lib, &ana.key, &sender, NULL);
    assert_int_equal(list(&p).trust, KITE_TRUST_CHECKED);
    close_place(&p);
}

/* Each row: what is here, what arrives, and what is here then ("+": checked). u nobody's, a Ana's, b Bob's. */
static void editions_are_their_senders(void **state)
{
    static const struct {
        const char *here, *arrives, *then;
        enum kite_import_outcome outcome;
    } rows[] = {
        { "u1", "u2", "2 ", KITE_IMPORT_NEW_EDITION },
        { "a1", "a2", "2+ ", KITE_IMPORT_NEW_EDITION },
        { "a2", "a1", "2+ ", KITE_IMPORT_OLDER_EDITION },
        { "u1", "a2", "2+ ", KITE_IMPORT_NEW_EDITION },
        { "u2", "a1", "1+ 2 ", KITE_IMPORT_ADDED }, /* what nobody signed keeps nobody out */
        { "a1", "u2", "1+ 2 ", KITE_IMPORT_ADDED }, /* and takes nobody's place */
        { "a2", "u1", "2+ ", KITE_IMPORT_OLDER_EDITION },
        { "a1", "b2", "1+ 2+ ", KITE_IMPORT_ADDED },
        { "a2", "b1", "1+ 2+ ", KITE_IMPORT_ADDED },
    };
    struct sender ana = make_sender("Ana"), bob = make_sender("Bob");

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct place p = open_place();
        int64_t sender;

        kite_library_sender_add(p.lib, &ana.key, &sender, NULL);
        kite_library_sender_add(p.lib, &bob.key, &sender, NULL);
        for (int step = 0; step < 2; step++) {
            const char *what = step ? rows[i].arrives : rows[i].here;
            enum kite_import_outcome outcome =
                take(&p, edition(what + 1, *what == 'a' ? &ana : *what == 'b' ? &bob : NULL), NULL);

            assert_int_equal(outcome, step ? rows[i].outcome : KITE_IMPORT_ADDED);
        }
        assert_string_equal(list(&p).editions, rows[i].then);
        close_place(&p);
    }
}

static struct kite_buffer news(const struct sender *from, const struct sender *next, uint32_t number, const struct sender *gone)
{
    struct kite_buffer out = { .mem = kite_memory_heap() };
    struct kite_news n = { .number = number, .has_next = next != NULL, .withdrawn_count = gone ? 1 : 0 };

    if (next)
        n.next = next->key;
    if (gone)
        memcpy(n.withdrawn[0], gone->key.id, sizeof gone->key.id);
    assert_int_equal(kite_news_write(&n, &from->secret, next ? &next->secret : NULL, &out, NULL), KITE_OK);
    return out;
}

static enum kite_status hear(struct place *p, struct kite_buffer text)
{
    int64_t sender;
    enum kite_status status = kite_library_news(p->lib, (const char *)text.bytes, text.count, &sender, NULL);

    kite_buffer_close(&text);
    return status;
}

static void a_key_is_followed_by_another(void **state)
{
    struct sender old = make_sender("Ana"), next = make_sender("Ana and friends"), other = make_sender("Bob");
    struct place p = open_place();
    int64_t sender;

    (void)state;
    kite_library_sender_add(p.lib, &old.key, &sender, NULL);
    take(&p, edition("1", &old), NULL);
    assert_int_equal(hear(&p, news(&other, &next, 1, NULL)), KITE_E_RANGE);
    assert_int_equal(hear(&p, news(&old, &next, 5, NULL)), KITE_OK);
    assert_string_equal(list(&p).sender, "Ana and friends");
    assert_int_equal(take(&p, edition("2", &next), NULL), KITE_IMPORT_NEW_EDITION);
    assert_string_equal(list(&p).editions, "2+ ");
    assert_int_equal(hear(&p, news(&next, NULL, 5, &next)), KITE_DONE); /* old ones cannot come back */
    assert_int_equal(list(&p).trust, KITE_TRUST_CHECKED);
    close_place(&p);
}

static void a_withdrawn_key_is_believed_no_longer(void **state)
{
    struct sender old = make_sender("Ana"), next = make_sender("Ana"), bob = make_sender("Bob");
    struct place p = open_place();
    int64_t sender;

    (void)state;
    kite_library_sender_add(p.lib, &old.key, &sender, NULL);
    kite_library_sender_add(p.lib, &bob.key, &sender, NULL);
    take(&p, edition("1", &old), NULL);
    assert_int_equal(hear(&p, news(&bob, NULL, 1, &old)), KITE_OK); /* Bob has no say in Ana's keys */
    assert_int_equal(list(&p).trust, KITE_TRUST_CHECKED);
    assert_int_equal(hear(&p, news(&old, &next, 1, &old)), KITE_OK);
    assert_int_equal(list(&p).trust, KITE_TRUST_WITHDRAWN);
    assert_int_equal(take(&p, edition("2", &old), NULL), KITE_IMPORT_REFUSED);
    assert_int_equal(hear(&p, news(&old, NULL, 9, &next)), KITE_E_DAMAGED); /* it speaks no longer either */
    assert_int_equal(take(&p, edition("3", &next), NULL), KITE_IMPORT_NEW_EDITION);
    reopen(&p);
    assert_string_equal(list(&p).editions, "3+ ");
    close_place(&p);
}

static void sets_and_updates_are_judged_alike(void **state)
{
    struct sender ana = make_sender("Ana"), bob = make_sender("Bob");
    struct place p = open_place();
    struct kite_signed proof = { .is_signed = true };
    struct kite_verdict verdict;
    int64_t sender;

    (void)state;
    kite_library_sender_add(p.lib, &ana.key, &sender, NULL);
    kite_message_hash("a set", 5, proof.hash);
    kite_sign(&ana.secret, proof.hash, &proof.signature);
    assert_int_equal(kite_library_proof(p.lib, &proof, &verdict, NULL), KITE_OK);
    assert_int_equal(verdict.trust, KITE_TRUST_CHECKED);
    proof.hash[0] ^= 1;
    assert_int_equal(kite_library_proof(p.lib, &proof, &verdict, NULL), KITE_E_DAMAGED);
    kite_sign(&bob.secret, proof.hash, &proof.signature);
    assert_int_equal(kite_library_proof(p.lib, &proof, &verdict, NULL), KITE_OK);
    assert_int_equal(verdict.trust, KITE_TRUST_UNKNOWN);
    close_place(&p);
}

/* A damaged kite.db: senders whose pages are whole are known again, and so are their texts. */
static void senders_outlive_a_damaged_library(void **state)
{
    struct sender ana = make_sender("Ana");
    struct place p = open_place();
    struct disk_file *file;
    int64_t sender;

    (void)state;
    kite_library_sender_add(p.lib, &ana.key, &sender, NULL);
    take(&p, edition("1", &ana), NULL);
    kite_library_close(p.lib);
    file = disk_get(p.disk, "kite.db");
    memset(file->live, 0xee, 100); /* the header alone */
    assert_int_equal(kite_library_open(&mem, &p.io, "/l", &p.lib, NULL), KITE_OK);
    assert_true(kite_library_repair(p.lib).was_damaged);
    assert_int_equal(list(&p).count, 1);
    assert_true(list(&p).trust == KITE_TRUST_CHECKED || kite_library_repair(p.lib).is_partial);
    close_place(&p);
}

static enum kite_status count_sender(void *ctx, const struct kite_sender *sender)
{
    struct told *told = ctx;

    told->count++;
    snprintf(told->sender, sizeof told->sender, "%s", sender->name);
    return KITE_OK;
}

static void senders_are_listed_and_bounded(void **state)
{
    struct place p = open_place();
    struct told told = { 0 };
    int64_t sender;
    struct sender last = make_sender("Zoe");

    (void)state;
    for (unsigned i = 0; i < KITE_SENDERS_MAX - 1; i++) {
        struct sender s = make_sender("Ana");

        assert_int_equal(kite_library_sender_add(p.lib, &s.key, &sender, NULL), KITE_OK);
    }
    assert_int_equal(kite_library_sender_add(p.lib, &last.key, &sender, NULL), KITE_OK);
    last = make_sender("Too many");
    assert_int_equal(kite_library_sender_add(p.lib, &last.key, &sender, NULL), KITE_E_LIMIT);
    assert_int_equal(kite_library_senders(p.lib, 0, 1000, &told, count_sender, NULL), KITE_OK);
    assert_int_equal(told.count, KITE_SENDERS_MAX);
    assert_string_equal(told.sender, "Zoe");
    close_place(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_text_shows_who_sent_it),
        cmocka_unit_test(a_key_that_comes_later_speaks_for_what_is_here),
        cmocka_unit_test(a_false_signature_is_refused_and_never_shown_as_none),
        cmocka_unit_test(a_signed_copy_takes_the_place_of_an_unsigned_one),
        cmocka_unit_test(editions_are_their_senders),
        cmocka_unit_test(a_key_is_followed_by_another),
        cmocka_unit_test(a_withdrawn_key_is_believed_no_longer),
        cmocka_unit_test(sets_and_updates_are_judged_alike),
        cmocka_unit_test(senders_outlive_a_damaged_library),
        cmocka_unit_test(senders_are_listed_and_bounded),
    };

    allocator_set_up();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
