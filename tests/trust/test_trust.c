/* Keys, signatures, and news of keys; what is forged, altered, cut or of another key is refused with the right status. */
#include "check.h"
#include "trust/trust.h"

#include <string.h>

struct pair {
    struct kite_secret secret;
    struct kite_public_key key;
};

static struct pair make_pair(const char *name)
{
    struct pair pair;

    assert_int_equal(kite_trust_init(NULL), KITE_OK);
    assert_int_equal(kite_key_create(name, NULL, &pair.secret, &pair.key, NULL), KITE_OK);
    return pair;
}

static struct kite_buffer empty_buffer(void)
{
    return (struct kite_buffer){ .mem = kite_memory_heap() };
}

static const char *text_of(const struct kite_buffer *buffer)
{
    return (const char *)buffer->bytes;
}

/* ---- keys ----------------------------------------------------------------------------------------- */

static void key_files_come_back(void **state)
{
    struct pair pair = make_pair("Ayuda Legal de Peñón");
    struct kite_buffer file = empty_buffer();
    struct kite_public_key again;

    (void)state;
    assert_int_equal(kite_key_write(&pair.key, &file), KITE_OK);
    assert_int_equal(kite_key_read(text_of(&file), file.count, &again, NULL), KITE_OK);
    assert_memory_equal(&again, &pair.key, sizeof again);
    kite_buffer_close(&file);
}

/* No byte could change but in the first line, which minisign calls untrusted. */
static void a_changed_key_file_is_refused(void **state)
{
    struct pair pair = make_pair("Legal Aid");
    struct kite_buffer file = empty_buffer();
    struct kite_public_key again;

    (void)state;
    kite_key_write(&pair.key, &file);

    size_t second_line = (size_t)((char *)memchr(file.bytes, '\n', file.count) - (char *)file.bytes) + 1;

    for (size_t i = second_line; i < file.count - 1; i++) {
        file.bytes[i] ^= 1;
        assert_int_not_equal(kite_key_read(text_of(&file), file.count, &again, NULL), KITE_OK);
        file.bytes[i] ^= 1;
    }
    for (size_t i = second_line; i < file.count - 1; i++) {
        enum kite_status status = kite_key_read(text_of(&file), i, &again, NULL);

        assert_true(status != KITE_OK || again.name[0] == '\0');
    }
    kite_buffer_close(&file);
}

static void a_key_without_a_name_is_minisigns(void **state)
{
    static const char file[] = "untrusted comment: minisign public key 9B9E4F4D7A0E2A2B\n"
                               "RWQrKg56TU+em9dvEcH1Z6c2Vh5k8MMYbWcZMWcJOB5cPxCUxEbrhpzl\n";
    struct kite_public_key key;
    char id[KITE_KEY_ID_TEXT_BYTES];

    (void)state;
    make_pair("x");
    assert_int_equal(kite_key_read(file, sizeof file - 1, &key, NULL), KITE_OK);
    assert_string_equal(key.name, "");
    assert_string_equal(kite_key_id_text(key.id, id), "9B9E4F4D7A0E2A2B");
}

static void names_are_plain_text(void **state)
{
    static const char *const bad[] = { "", "two\nlines", "\x7f", "\xff", "ab\xe2\x80\xae" "cd", "\xc2\x85" };
    struct pair pair;
    char longest[KITE_KEY_NAME_BYTES_MAX + 2];

    (void)state;
    assert_int_equal(kite_trust_init(NULL), KITE_OK);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(kite_key_create(bad[i], NULL, &pair.secret, &pair.key, NULL), KITE_E_FORMAT);
    memset(longest, 'a', sizeof longest);
    longest[sizeof longest - 1] = '\0';
    assert_int_equal(kite_key_create(longest, NULL, &pair.secret, &pair.key, NULL), KITE_E_FORMAT);
    longest[sizeof longest - 2] = '\0';
    assert_int_equal(kite_key_create(longest, NULL, &pair.secret, &pair.key, NULL), KITE_OK);
}

static void pictures_are_alike_on_both_sides(void **state)
{
    struct pair a = make_pair("a"), b = make_pair("b");

    (void)state;
    assert_memory_not_equal(a.key.picture, b.key.picture, sizeof a.key.picture);
    for (uint32_t y = 0; y < KITE_KEY_PICTURE_SIDE; y++)
        for (uint32_t x = 0; x < KITE_KEY_PICTURE_SIDE; x++) {
            uint32_t other = KITE_KEY_PICTURE_SIDE - 1 - x;

            assert_int_equal(a.key.picture[y * 4 + x / 8] >> (7 - x % 8) & 1,
                             a.key.picture[y * 4 + other / 8] >> (7 - other % 8) & 1);
        }
}

static void secrets_come_back(void **state)
{
    struct pair pair = make_pair("open");
    struct kite_buffer file = empty_buffer();
    struct kite_secret again;
    bool needs_password;

    (void)state;
    assert_int_equal(kite_secret_write(&pair.secret, NULL, &file, NULL), KITE_OK);
    assert_int_equal(kite_secret_read(text_of(&file), file.count, NULL, &again, &needs_password, NULL), KITE_OK);
    assert_false(needs_password);
    assert_memory_equal(&again, &pair.secret, sizeof again);
    for (size_t i = 60; i < file.count - 2; i++) { /* behind the comment */
        file.bytes[i] ^= 1;
        assert_int_not_equal(kite_secret_read(text_of(&file), file.count, NULL, &again, &needs_password, NULL), KITE_OK);
        file.bytes[i] ^= 1;
    }
    kite_buffer_close(&file);
}

/* ---- signatures ------------------------------------------------------------------------------------ */

static void a_signature_is_of_one_message_and_one_key(void **state)
{
    struct pair pair = make_pair("a"), other = make_pair("b");
    struct kite_signature signature;
    uint8_t hash[KITE_MESSAGE_HASH_BYTES], packed[KITE_SIGNATURE_BYTES];

    (void)state;
    kite_message_hash("a letter", 8, hash);
    kite_sign(&pair.secret, hash, &signature);
    assert_int_equal(kite_signature_check(&signature, &pair.key, hash, NULL), KITE_OK);
    assert_int_equal(kite_signature_check(&signature, &other.key, hash, NULL), KITE_E_RANGE);
    memcpy(other.key.id, pair.key.id, sizeof pair.key.id); /* another key under the same id */
    assert_int_equal(kite_signature_check(&signature, &other.key, hash, NULL), KITE_E_DAMAGED);
    hash[0] ^= 1;
    assert_int_equal(kite_signature_check(&signature, &pair.key, hash, NULL), KITE_E_DAMAGED);
    hash[0] ^= 1;
    kite_signature_pack(&signature, packed);
    for (size_t i = 0; i < sizeof packed * 8; i++) {
        packed[i / 8] ^= (uint8_t)(1 << i % 8);
        assert_true(kite_signature_unpack(packed, &signature, NULL) != KITE_OK ||
                    kite_signature_check(&signature, &pair.key, hash, NULL) != KITE_OK);
        packed[i / 8] ^= (uint8_t)(1 << i % 8);
    }
}

static void a_message_may_come_in_pieces(void **state)
{
    static const char text[] = "one two three";
    struct kite_span_bytes span = { (const uint8_t *)text, sizeof text - 1 };
    struct kite_source source = kite_source_memory(&span);
    uint8_t whole[KITE_MESSAGE_HASH_BYTES], pieces[KITE_MESSAGE_HASH_BYTES];
    struct kite_message message;

    (void)state;
    kite_message_hash(text, sizeof text - 1, whole);
    kite_message_start(&message);
    kite_message_add(&message, text, 4);
    kite_message_add(&message, text + 4, sizeof text - 5);
    kite_message_finish(&message, pieces);
    assert_memory_equal(whole, pieces, sizeof whole);
    assert_int_equal(kite_message_hash_source(&source, pieces), KITE_OK);
    assert_memory_equal(whole, pieces, sizeof whole);
}

static void signature_files_come_back(void **state)
{
    struct pair pair = make_pair("a");
    struct kite_buffer file = empty_buffer();
    struct kite_signature_file read;
    uint8_t hash[KITE_MESSAGE_HASH_BYTES];
    size_t changes = 0;

    (void)state;
    kite_message_hash("a letter", 8, hash);
    assert_int_equal(kite_signature_file_write(&pair.secret, hash, "for the spring", &file, NULL), KITE_OK);
    assert_int_equal(kite_signature_file_read(text_of(&file), file.count, &read, NULL), KITE_OK);
    assert_int_equal(read.comment_bytes, 14);
    assert_memory_equal(read.comment, "for the spring", 14);
    assert_int_equal(kite_signature_file_check(&read, &pair.key, hash, NULL), KITE_OK);
    for (size_t i = (size_t)((uint8_t *)memchr(file.bytes, '\n', file.count) - file.bytes); i < file.count - 1; i++) {
        file.bytes[i] ^= 1;
        assert_true(kite_signature_file_read(text_of(&file), file.count, &read, NULL) != KITE_OK ||
                    kite_signature_file_check(&read, &pair.key, hash, NULL) != KITE_OK);
        file.bytes[i] ^= 1;
        changes++;
    }
    assert_true(changes > 200);
    kite_buffer_close(&file);
}

static void the_older_kind_is_refused(void **state)
{
    struct kite_signature signature;
    uint8_t packed[KITE_SIGNATURE_BYTES] = { 'E', 'd' };

    (void)state;
    assert_int_equal(kite_signature_unpack(packed, &signature, NULL), KITE_E_UNSUPPORTED);
}

static void a_bundles_message_is_one_line(void **state)
{
    uint8_t root[32] = { 0x01, 0xab };
    char message[KITE_BUNDLE_MESSAGE_BYTES + 1];

    (void)state;
    kite_bundle_message(root, message);
    assert_string_equal(message, "kite bundle 01ab000000000000000000000000000000000000000000000000000000000000\n");
    assert_int_equal(strlen(message), KITE_BUNDLE_MESSAGE_BYTES);
}

/* ---- news ------------------------------------------------------------------------------------------- */

static struct kite_buffer make_news(const struct pair *from, const struct pair *next, uint32_t number)
{
    struct kite_buffer file = empty_buffer();
    struct kite_news news = { .number = number, .withdrawn_count = 1 };

    memcpy(news.withdrawn[0], from->key.id, sizeof from->key.id);
    if (next) {
        news.has_next = true;
        news.next = next->key;
    }
    assert_int_equal(kite_news_write(&news, &from->secret, next ? &next->secret : NULL, &file, NULL), KITE_OK);
    return file;
}

static void news_come_back(void **state)
{
    struct pair old = make_pair("Legal Aid"), next = make_pair("Legal Aid"), other = make_pair("Somebody");
    struct kite_buffer file = make_news(&old, &next, 7);
    struct kite_news news;

    (void)state;
    assert_int_equal(kite_news_check(text_of(&file), file.count, &old.key, &news, NULL), KITE_OK);
    assert_int_equal(news.number, 7);
    assert_true(news.has_next);
    assert_memory_equal(&news.next, &next.key, sizeof news.next);
    assert_int_equal(news.withdrawn_count, 1);
    assert_memory_equal(news.withdrawn[0], old.key.id, sizeof old.key.id);
    assert_int_equal(kite_news_check(text_of(&file), file.count, &other.key, &news, NULL), KITE_E_RANGE);
    kite_buffer_close(&file);
}

static void changed_and_cut_news_are_refused(void **state)
{
    struct pair old = make_pair("Legal Aid"), next = make_pair("Legal Aid");
    struct kite_buffer file = make_news(&old, &next, 7);
    struct kite_news news;

    (void)state;
    for (size_t i = 0; i < file.count - 1; i++) {
        file.bytes[i] ^= 1;
        assert_int_not_equal(kite_news_check(text_of(&file), file.count, &old.key, &news, NULL), KITE_OK);
        file.bytes[i] ^= 1;
        assert_int_not_equal(kite_news_check(text_of(&file), i, &old.key, &news, NULL), KITE_OK);
    }
    kite_buffer_close(&file);
}

/* Who follows must agree: nobody's key can be put behind another's name. */
static void a_next_key_that_did_not_sign_is_refused(void **state)
{
    struct pair old = make_pair("Legal Aid"), next = make_pair("Legal Aid");
    struct kite_news news = { .number = 1, .has_next = true, .next = next.key };
    struct kite_buffer file = empty_buffer();

    (void)state;
    assert_int_equal(kite_news_write(&news, &old.secret, &old.secret, &file, NULL), KITE_OK);
    assert_int_equal(kite_news_read(text_of(&file), file.count, &news, NULL), KITE_E_RANGE);
    kite_buffer_close(&file);
}

static void news_say_something(void **state)
{
    struct pair old = make_pair("Legal Aid");
    struct kite_news news = { .number = 1 };
    struct kite_buffer file = empty_buffer();

    (void)state;
    assert_int_equal(kite_news_write(&news, &old.secret, NULL, &file, NULL), KITE_E_FORMAT);
    news = (struct kite_news){ .withdrawn_count = 1 };
    assert_int_equal(kite_news_write(&news, &old.secret, NULL, &file, NULL), KITE_E_FORMAT);
    kite_buffer_close(&file);
}

static void a_pin_is_known_again(void **state)
{
    char hash[KITE_PIN_HASH_BYTES], other[KITE_PIN_HASH_BYTES];

    (void)state;
    assert_int_equal(kite_pin_hash("0042", hash, NULL), KITE_OK);
    assert_int_equal(kite_pin_check("0042", hash, NULL), KITE_OK);
    assert_int_equal(kite_pin_check("42", hash, NULL), KITE_DONE);
    assert_int_equal(kite_pin_check("00420", hash, NULL), KITE_DONE);
    assert_int_equal(kite_pin_check("", hash, NULL), KITE_DONE);
    assert_int_equal(kite_pin_hash("0042", other, NULL), KITE_OK);
    assert_string_not_equal(hash, other); /* by its salt */
    assert_null(strstr(hash, "0042"));
}

static void a_pin_has_four_to_twelve_digits(void **state)
{
    static const char *const others[] = { "", "123", "1234567890123", "12a4", "12 4", "-123" };
    char hash[KITE_PIN_HASH_BYTES];

    (void)state;
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        assert_int_equal(kite_pin_hash(others[i], hash, NULL), KITE_E_FORMAT);
    assert_int_equal(kite_pin_hash("123456789012", hash, NULL), KITE_OK);
}

static void a_damaged_hash_is_told_from_a_wrong_pin(void **state)
{
    char hash[KITE_PIN_HASH_BYTES];

    (void)state;
    assert_int_equal(kite_pin_check("1234", "", NULL), KITE_E_FORMAT);
    assert_int_equal(kite_pin_check("1234", "$argon2id$v=19$m=4194304,t=3,p=1$c2FsdHNhbHQ$aGFzaA", NULL), KITE_E_FORMAT);
    assert_int_equal(kite_pin_hash("1234", hash, NULL), KITE_OK);
    hash[20] = '\0';
    assert_int_equal(kite_pin_check("1234", hash, NULL), KITE_E_FORMAT);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(key_files_come_back),
        cmocka_unit_test(a_changed_key_file_is_refused),
        cmocka_unit_test(a_key_without_a_name_is_minisigns),
        cmocka_unit_test(names_are_plain_text),
        cmocka_unit_test(pictures_are_alike_on_both_sides),
        cmocka_unit_test(secrets_come_back),
        cmocka_unit_test(a_signature_is_of_one_message_and_one_key),
        cmocka_unit_test(a_message_may_come_in_pieces),
        cmocka_unit_test(signature_files_come_back),
        cmocka_unit_test(the_older_kind_is_refused),
        cmocka_unit_test(a_bundles_message_is_one_line),
        cmocka_unit_test(news_come_back),
        cmocka_unit_test(changed_and_cut_news_are_refused),
        cmocka_unit_test(a_next_key_that_did_not_sign_is_refused),
        cmocka_unit_test(news_say_something),
        cmocka_unit_test(a_pin_is_known_again),
        cmocka_unit_test(a_pin_has_four_to_twelve_digits),
        cmocka_unit_test(a_damaged_hash_is_told_from_a_wrong_pin),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
