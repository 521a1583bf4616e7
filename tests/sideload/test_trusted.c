/* Who signed what a volume holds, what is refused for its signature, and keys that come on it. */
#include "sideload/signers.h"

struct device {
    struct kite_memory mem;
    struct disk *disk;
    struct kite_io disk_io, io;
    struct kite_library *library;
    struct volume v;
    struct kite_sideload *sideload;
    const struct kite_sideload_news *news;
    const struct kite_public_key *keys; /* that came with Kite */
    size_t key_count;
};

static void device_make(struct device *d)
{
    *d = (struct device){ .mem = kite_memory_heap(), .disk = disk_make(1) };
    d->disk_io = disk_io(d->disk);
    assert_int_equal(kite_library_open(&d->mem, &d->disk_io, "/kite", &d->library, NULL), KITE_OK);
    volume_make(&d->v);
    d->io = volume_io(&d->v);
}

static void device_drop(struct device *d)
{
    kite_sideload_close(d->sideload);
    kite_library_close(d->library);
    disk_destroy(d->disk);
    volume_drop(&d->v);
}

static void take_all(struct device *d)
{
    struct kite_sideload_options options = { .library = d->library, .io = &d->io, .folder = d->v.folder, .version = "0.1.0",
                                             .keys = d->keys, .key_count = d->key_count, .lang = KITE_LANG2('e', 'n'),
                                             .has_receipt = true };

    kite_sideload_close(d->sideload);
    assert_int_equal(kite_sideload_open(&d->mem, &options, &d->sideload), KITE_OK);
    d->news = kite_sideload_news(d->sideload);
    while (kite_sideload_step(d->sideload, NULL) == KITE_OK)
        ;
    kite_sideload_take(d->sideload);
    while (kite_sideload_step(d->sideload, NULL) == KITE_OK)
        ;
    assert_int_equal(d->news->stage, KITE_SIDELOAD_OVER);
}

static struct kite_arrival_row row_of(const struct device *d, const char *name)
{
    for (size_t i = 0; i < kite_sideload_row_count(d->sideload); i++)
        if (strcmp(kite_sideload_row(d->sideload, i).name, name) == 0)
            return kite_sideload_row(d->sideload, i);
    return (struct kite_arrival_row){ .arrival = KITE_ARRIVAL_COUNT, .sender = "" };
}

static void assert_told(const struct device *d, const char *name, enum kite_arrival arrival, const char *sender)
{
    struct kite_arrival_row row = row_of(d, name);

    if (row.arrival != arrival)
        print_error("%s\n", name);
    assert_int_equal(row.arrival, arrival);
    assert_string_equal(row.sender, sender);
}

static bool is_on_receipt(const struct device *d, const char *line)
{
    struct kite_buffer out = volume_get(&d->v, KITE_RECEIPT_NAME);
    bool is_there;

    assert_int_equal(kite_buffer_add_u8(&out, 0), KITE_OK);
    is_there = strstr((const char *)out.bytes, line) != NULL;
    kite_buffer_close(&out);
    return is_there;
}

static void a_text_says_who_sent_it(void **state)
{
    struct signer ana = signer_make("Ana"), bob = signer_make("Bob");
    struct device d;

    (void)state;
    device_make(&d);
    signer_trust(d.library, &ana);
    signer_put_bundle(&ana, &d.v, "ana.kite", "Of Ana", false);
    signer_put_bundle(&bob, &d.v, "bob.kite", "Of Bob", false);
    volume_put_bundle(&d.v, "nobody.kite", "Of nobody");
    take_all(&d);
    assert_told(&d, "ana.kite", KITE_ARRIVAL_ADDED, "Ana");
    assert_told(&d, "bob.kite", KITE_ARRIVAL_ADDED, ""); /* not known is taken all the same */
    assert_told(&d, "nobody.kite", KITE_ARRIVAL_ADDED, "");
    assert_true(is_on_receipt(&d, "  ana.kite\r\n    from Ana, checked\r\n"));
    assert_false(is_on_receipt(&d, "Bob"));
    take_all(&d);
    assert_told(&d, "ana.kite", KITE_ARRIVAL_ALREADY_HERE, "Ana");
    device_drop(&d);
}

static void a_false_signature_is_told_from_damage(void **state)
{
    struct signer ana = signer_make("Ana");
    struct kite_buffer cut;
    struct device d;

    (void)state;
    device_make(&d);
    signer_trust(d.library, &ana);
    signer_put_bundle(&ana, &d.v, "false.kite", "False", true);
    signer_put_bundle(&ana, &d.v, "true.kite", "True", false);
    cut = volume_get(&d.v, "true.kite");
    volume_put(&d.v, "cut.kite", cut.bytes, cut.count - 3);
    cut.bytes[cut.count - 20] ^= 1; /* in the trailer, which has a hash of its own */
    volume_put(&d.v, "flipped.kite", cut.bytes, cut.count);
    kite_buffer_close(&cut);
    take_all(&d);
    assert_told(&d, "false.kite", KITE_ARRIVAL_FALSE, "");
    assert_told(&d, "true.kite", KITE_ARRIVAL_ADDED, "Ana");
    assert_told(&d, "cut.kite", KITE_ARRIVAL_INCOMPLETE, "");
    assert_told(&d, "flipped.kite", KITE_ARRIVAL_INCOMPLETE, "");
    assert_true(is_on_receipt(&d, "False signature: 1\r\n"));
    device_drop(&d);
}

/* News count for all that lies beside them, whatever they are called. */
static void news_come_before_texts(void **state)
{
    struct signer ana = signer_make("Ana"), bob = signer_make("Bob");
    struct device d;

    (void)state;
    device_make(&d);
    signer_trust(d.library, &ana);
    signer_put_bundle(&ana, &d.v, "a.kite", "Of Ana", false);
    signer_put_news(&ana, &d.v, "z.txt");
    signer_put_news(&bob, &d.v, "y.txt");
    take_all(&d);
    assert_told(&d, "z.txt", KITE_ARRIVAL_NEWS, "Ana");
    assert_told(&d, "y.txt", KITE_ARRIVAL_REFUSED, "");
    assert_told(&d, "a.kite", KITE_ARRIVAL_WITHDRAWN, "");
    assert_true(is_on_receipt(&d, "News of senders’ keys: 1\r\n"));
    assert_true(is_on_receipt(&d, "Withdrawn key: 1\r\n"));
    device_drop(&d);
}

static void old_and_altered_news_change_nothing(void **state)
{
    struct signer ana = signer_make("Ana");
    struct kite_buffer news;
    struct device d;

    (void)state;
    device_make(&d);
    signer_trust(d.library, &ana);
    signer_put_news(&ana, &d.v, "good.txt");
    news = volume_get(&d.v, "good.txt");
    memcpy(strstr((char *)news.bytes, "number 1"), "number 2", 8);
    volume_put(&d.v, "altered.txt", news.bytes, news.count);
    kite_buffer_close(&news);
    assert_int_equal(unlink(volume_path(&d.v, "good.txt")), 0);
    signer_put_bundle(&ana, &d.v, "a.kite", "Of Ana", false);
    take_all(&d);
    assert_told(&d, "altered.txt", KITE_ARRIVAL_FALSE, "");
    assert_told(&d, "a.kite", KITE_ARRIVAL_ADDED, "Ana");
    device_drop(&d);
}

static void a_key_waits_for_the_owner(void **state)
{
    struct signer ana = signer_make("Ana"), bob = signer_make("Bob");
    struct device d;
    struct kite_buffer key;

    (void)state;
    device_make(&d);
    signer_trust(d.library, &bob);
    signer_put_key(&ana, &d.v, "ana.pub");
    signer_put_key(&bob, &d.v, "bob.pub");
    key = volume_get(&d.v, "ana.pub");
    memcpy(strstr((char *)key.bytes, "Ana"), "Eva", 3); /* not the name that she signed */
    volume_put(&d.v, "eva.txt", key.bytes, key.count);
    kite_buffer_close(&key);
    volume_put_text(&d.v, "x.minisig", "untrusted comment: signature from minisign secret key\nRUQf6LRCGA9i59SLOFxz6NxvASXDJeRtuZykwQepbDEGt87ig1BNpWaVWuNrm73YiIiJbq71Wi+dP9eKL8OC351vwIasSSbXxwA=\n");
    signer_put_bundle(&ana, &d.v, "ana.kite", "Of Ana", false);
    take_all(&d);
    assert_told(&d, "ana.pub", KITE_ARRIVAL_KEY, "");
    assert_told(&d, "bob.pub", KITE_ARRIVAL_ALREADY_HERE, "");
    assert_told(&d, "eva.txt", KITE_ARRIVAL_FALSE, "");
    assert_told(&d, "ana.kite", KITE_ARRIVAL_ADDED, ""); /* nobody has said yes */
    assert_int_equal(d.news->finds[KITE_FIND_KEY], 3);
    assert_int_equal(d.news->finds[KITE_FIND_OTHER], 1);
    assert_int_equal(d.news->key_count, 1);
    assert_string_equal(d.news->keys[0].name, "Ana");
    device_drop(&d);
}

static void many_keys_are_counted_and_some_kept(void **state)
{
    struct device d;
    char name[16];

    (void)state;
    device_make(&d);
    for (unsigned i = 0; i < KITE_SIDELOAD_KEYS_MAX + 2; i++) {
        struct signer one = signer_make("One");

        snprintf(name, sizeof name, "%u.pub", i);
        signer_put_key(&one, &d.v, name);
    }
    take_all(&d);
    assert_int_equal(d.news->key_count, KITE_SIDELOAD_KEYS_MAX);
    assert_int_equal(d.news->arrivals[KITE_ARRIVAL_KEY], KITE_SIDELOAD_KEYS_MAX + 2);
    device_drop(&d);
}

static void a_set_says_who_made_it_and_a_false_one_does_not_count(void **state)
{
    struct signer ana = signer_make("Ana");
    struct device d;

    (void)state;
    device_make(&d);
    signer_trust(d.library, &ana);
    signer_put_set(&ana, &d.v, "set.txt", true);
    take_all(&d);
    assert_told(&d, "set.txt", KITE_ARRIVAL_FALSE, "");
    assert_int_equal(d.news->wanted, 0);
    signer_put_set(&ana, &d.v, "set.txt", false);
    take_all(&d);
    assert_int_equal(d.news->wanted, 1);
    assert_string_equal(d.news->set_sender, "Ana");
    assert_true(is_on_receipt(&d, "That list is from Ana, checked\r\n"));
    signer_put_set(NULL, &d.v, "other.txt", false); /* by whom the sum of both is, nobody knows */
    take_all(&d);
    assert_int_equal(d.news->wanted, 1);
    assert_string_equal(d.news->set_sender, "");
    device_drop(&d);
}

static void an_update_is_its_makers(void **state)
{
    struct signer maker = signer_make("Kite"), other = signer_make("Other");
    struct device d;

    (void)state;
    device_make(&d);
    signer_trust(d.library, &other); /* of texts, not of Kite */
    d.keys = &maker.key;
    d.key_count = 1;
    signer_put_update(NULL, &d.v, "unsigned", false);
    signer_put_update(&maker, &d.v, "false", true);
    signer_put_update(&other, &d.v, "other", false);
    take_all(&d);
    assert_told(&d, "unsigned", KITE_ARRIVAL_UNSIGNED, "");
    assert_told(&d, "false", KITE_ARRIVAL_FALSE, "");
    assert_told(&d, "other", KITE_ARRIVAL_UNSIGNED, "");
    assert_string_equal(d.news->update_path, "");
    signer_put_update(&maker, &d.v, "good", false);
    take_all(&d);
    assert_told(&d, "good", KITE_ARRIVAL_UPDATE, "Kite");
    assert_string_equal(d.news->update_version, "9.0.0");
    assert_string_equal(d.news->update_sender, "Kite");
    device_drop(&d);
}

static void without_makers_keys_an_update_may_be_unsigned_but_not_false(void **state)
{
    struct signer other = signer_make("Other");
    struct device d;

    (void)state;
    device_make(&d);
    signer_trust(d.library, &other);
    signer_put_update(&other, &d.v, "false", true);
    take_all(&d);
    assert_told(&d, "false", KITE_ARRIVAL_FALSE, "");
    assert_string_equal(d.news->update_path, "");
    signer_put_update(NULL, &d.v, "unsigned", false);
    take_all(&d);
    assert_told(&d, "unsigned", KITE_ARRIVAL_UPDATE, "");
    assert_string_equal(d.news->update_version, "9.0.0");
    assert_string_equal(d.news->update_sender, "");
    device_drop(&d);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_text_says_who_sent_it),
        cmocka_unit_test(a_false_signature_is_told_from_damage),
        cmocka_unit_test(news_come_before_texts),
        cmocka_unit_test(old_and_altered_news_change_nothing),
        cmocka_unit_test(a_key_waits_for_the_owner),
        cmocka_unit_test(many_keys_are_counted_and_some_kept),
        cmocka_unit_test(a_set_says_who_made_it_and_a_false_one_does_not_count),
        cmocka_unit_test(an_update_is_its_makers),
        cmocka_unit_test(without_makers_keys_an_update_may_be_unsigned_but_not_false),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
