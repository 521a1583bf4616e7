/* A signed bundle: every byte of it matters. Each is changed, to one other value and to others at random, and the file is cut at every length; each time
 * it is refused, by opening, by the check of all hashes, or by the signature. */
#include "check.h"

#include "bundle/bundle.h"
#include "trust/trust.h"

#include <string.h>

struct signed_bundle {
    struct kite_buffer file;
    struct kite_public_key key;
};

static void add_text(struct kite_writer *writer)
{
    static const char *const words[] = { "It is spring here, and the lilac is out.", "I think of you each morning.",
                                         "The court meets on Tuesday; bring the papers." };
    static const struct kite_span plain = { 0 };

    for (uint32_t i = 0; i < 3; i++) {
        struct kite_paragraph p = { .id = i, .role = i == 0 ? KITE_ROLE_HEADING : KITE_ROLE_PARAGRAPH, .depth = i == 0 };

        p.text = (struct kite_text){ .text = words[i], .text_bytes = strlen(words[i]), .spans = &plain, .span_count = 1 };
        assert_int_equal(kite_writer_paragraph(writer, &p, NULL), KITE_OK);
    }
}

static struct signed_bundle make(void)
{
    struct kite_memory heap = kite_memory_heap();
    struct kite_writer_options fast = { .zopfli_iterations = -1, .no_resident_lexicon = true };
    struct signed_bundle out = { .file = { .mem = heap } };
    struct kite_sink sink = kite_sink_buffer(&out.file);
    uint8_t hash[KITE_MESSAGE_HASH_BYTES], packed[KITE_SIGNATURE_BYTES], gray[24 * 20];
    struct kite_span_bytes span;
    struct kite_source source;
    struct kite_signature signature;
    struct kite_secret secret;
    struct kite_writer *writer;
    struct kite_bundle *bundle;
    uint32_t picture;

    for (size_t i = 0; i < sizeof gray; i++)
        gray[i] = (uint8_t)(i * 37);
    assert_int_equal(kite_trust_init(NULL), KITE_OK);
    assert_int_equal(kite_key_create("Legal Aid", NULL, &secret, &out.key, NULL), KITE_OK);
    assert_int_equal(kite_writer_create(&heap, &fast, &writer, NULL), KITE_OK);
    assert_int_equal(kite_writer_document(writer, kite_lang_from_text("en"), KITE_DIRECTION_LTR, NULL), KITE_OK);
    add_text(writer);
    assert_int_equal(kite_writer_picture(writer, 24, 20, gray, &picture, NULL), KITE_OK);
    assert_int_equal(kite_writer_finish(writer, &sink, NULL, NULL), KITE_OK);
    kite_writer_destroy(writer);
    span = (struct kite_span_bytes){ out.file.bytes, out.file.count };
    source = kite_source_memory(&span);
    assert_int_equal(kite_bundle_open(&heap, &source, &bundle, NULL), KITE_OK);
    kite_bundle_message_hash(kite_bundle_root_hash(bundle), hash);
    kite_bundle_close(bundle);
    kite_sign(&secret, hash, &signature);
    kite_signature_pack(&signature, packed);
    assert_int_equal(kite_trailer_write(KITE_TRAILER_SIGNATURE, packed, sizeof packed, &out.file), KITE_OK);
    return out;
}

/* Whole, with exactly one trailer, which is a true signature by the key. */
static bool is_believed(const struct signed_bundle *s, size_t count)
{
    struct kite_memory heap = kite_memory_heap();
    struct kite_span_bytes span = { s->file.bytes, count };
    struct kite_source source = kite_source_memory(&span);
    struct kite_buffer payload = { .mem = heap };
    char type[KITE_TRAILER_TYPE_BYTES] = "";
    uint8_t hash[KITE_MESSAGE_HASH_BYTES];
    struct kite_signature signature;
    struct kite_bundle *bundle;
    bool is_good = kite_bundle_open(&heap, &source, &bundle, NULL) == KITE_OK && kite_bundle_check(bundle, NULL, NULL) == KITE_OK;

    is_good = is_good && kite_bundle_trailer(bundle, 0, type, &payload, NULL) == KITE_OK && strcmp(type, KITE_TRAILER_SIGNATURE) == 0;
    is_good = is_good && payload.count == KITE_SIGNATURE_BYTES && kite_signature_unpack(payload.bytes, &signature, NULL) == KITE_OK;
    if (is_good) {
        kite_bundle_message_hash(kite_bundle_root_hash(bundle), hash);
        is_good = kite_signature_check(&signature, &s->key, hash, NULL) == KITE_OK;
    }
    kite_bundle_close(bundle);
    kite_buffer_close(&payload);
    return is_good;
}

static void every_changed_byte_is_found(void **state)
{
    struct signed_bundle s = make();
    uint64_t random = 1, tried = 0;

    (void)state;
    assert_true(is_believed(&s, s.file.count));
    for (size_t i = 0; i < s.file.count; i++)
        for (unsigned n = 0; n < 4; n++) {
            uint8_t was = s.file.bytes[i], change = 1;

            random = random * 6364136223846793005u + 1442695040888963407u;
            if (n > 0)
                change = (uint8_t)(random >> 33) ? (uint8_t)(random >> 33) : 0x80;
            s.file.bytes[i] = was ^ change;
            assert_false(is_believed(&s, s.file.count));
            s.file.bytes[i] = was;
            tried++;
        }
    print_message("%llu changed bytes, every one found\n", (unsigned long long)tried);
    kite_buffer_close(&s.file);
}

static void every_cut_is_found(void **state)
{
    struct signed_bundle s = make();

    (void)state;
    for (size_t count = 0; count < s.file.count; count++)
        assert_false(is_believed(&s, count));
    print_message("%zu cuts, every one found\n", s.file.count);
    kite_buffer_close(&s.file);
}

/* Two bytes at once, whose changes might hide each other. */
static void two_changed_bytes_are_found(void **state)
{
    struct signed_bundle s = make();
    uint64_t random = 7;

    (void)state;
    for (unsigned n = 0; n < 2000; n++) {
        size_t at[2];
        uint8_t change[2];

        for (int k = 0; k < 2; k++) {
            random = random * 6364136223846793005u + 1442695040888963407u;
            at[k] = (size_t)(random >> 33) % s.file.count;
            change[k] = (uint8_t)(1 + (random >> 20) % 255);
        }
        if (at[0] == at[1])
            continue;
        for (int k = 0; k < 2; k++)
            s.file.bytes[at[k]] ^= change[k];
        assert_false(is_believed(&s, s.file.count));
        for (int k = 0; k < 2; k++)
            s.file.bytes[at[k]] ^= change[k];
    }
    kite_buffer_close(&s.file);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_changed_byte_is_found),
        cmocka_unit_test(every_cut_is_found),
        cmocka_unit_test(two_changed_bytes_are_found),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
