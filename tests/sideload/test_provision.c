/* Provision sets: what goes in comes out, and nothing else does. */
#include "check.h"

#include "sideload/sideload.h"

#include <stdio.h>
#include <string.h>

#define HASH_A "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
#define HASH_B "FF112233445566778899AABBCCDDEEFF00112233445566778899AABBCCDDEEFF"

/* 74 bytes of the right kind, whose key is nobody's. */
#define SIGNATURE "RUQAAQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyAhIiMkJSYnKCkqKywtLi8wMTIzNDU2Nzg5Ojs8PT4/QEFCQ0RFRkc="

static enum kite_status read_text(struct kite_provision *set, const char *text, struct kite_fault *fault)
{
    return kite_provision_read(set, text, strlen(text), NULL, fault);
}

static void a_set_is_read(void **state)
{
    static const char *const texts[] = {
        "kite provision 1\n" HASH_A " First one.kite\n" HASH_B "   Zweiter \xC3\x9C\nend 2\n",
        "\xEF\xBB\xBFkite provision 1\r\n# spring\r\n\r\n" HASH_B " Zweiter \xC3\x9C\r\n" HASH_A
        " First one.kite\r\nend 2\r\nsignature "
        SIGNATURE "\r\n",
    };

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct kite_provision set = { .mem = kite_memory_heap() };
        struct kite_fault fault = { "" };

        assert_int_equal(read_text(&set, texts[i], &fault), KITE_OK);
        assert_int_equal(set.count, 2);
        assert_string_equal(set.items[0].name, "First one.kite");
        assert_int_equal(set.items[0].root_hash[1], 0x11);
        assert_string_equal(set.items[1].name, "Zweiter \xC3\x9C");
        assert_ptr_equal(kite_provision_find(&set, set.items[1].root_hash), &set.items[1]);
        kite_provision_close(&set);
    }
}

static void what_breaks_a_rule_is_refused_whole(void **state)
{
    static const struct {
        const char *text;
        enum kite_status status;
        const char *says;
    } cases[] = {
        { "", KITE_E_FORMAT, "line 0" },
        { "kite provision 1", KITE_E_FORMAT, "line 1" },
        { "kite provision 1\n", KITE_E_FORMAT, "the end is missing" },
        { "kite provision 2\nend 0\n", KITE_E_UNSUPPORTED, "version 2" },
        { "kite provision \nend 0\n", KITE_E_FORMAT, "version" },
        { "kite provision 1x\nend 0\n", KITE_E_FORMAT, "version" },
        { "kite provision 99999999\nend 0\n", KITE_E_FORMAT, "version" },
        { "other\nend 0\n", KITE_E_FORMAT, "no provision set" },
        { "kite provision 1\n" HASH_A " x\nend 2\n", KITE_E_FORMAT, "line 3" },
        { "kite provision 1\n" HASH_A " x\nend 0\n", KITE_E_FORMAT, "line 3" },
        { "kite provision 1\n" HASH_A " x\nend 1", KITE_E_FORMAT, "line 3" },
        { "kite provision 1\n" HASH_A " x\nend \n", KITE_E_FORMAT, "line 3" },
        { "kite provision 1\n" HASH_A "\nend 1\n", KITE_E_FORMAT, "line 2" },
        { "kite provision 1\n" HASH_A "   \nend 1\n", KITE_E_FORMAT, "line 2" },
        { "kite provision 1\n" HASH_A "x\nend 1\n", KITE_E_FORMAT, "line 2" },
        { "kite provision 1\n0g" HASH_A " x\nend 1\n", KITE_E_FORMAT, "line 2" },
        { "kite provision 1\nshort x\nend 1\n", KITE_E_FORMAT, "line 2" },
        { "kite provision 1\n" HASH_A " a\tb\nend 1\n", KITE_E_FORMAT, "control" },
        { "kite provision 1\n" HASH_A " a\xFF\nend 1\n", KITE_E_FORMAT, "UTF-8" },
        { "kite provision 1\nend 0\nmore\n", KITE_E_FORMAT, "signature" },
        { "kite provision 1\nend 0\nsignature a\n", KITE_E_FORMAT, "signature" },
        { "kite provision 1\nend 0\nsignature " SIGNATURE "\nsignature " SIGNATURE "\n", KITE_E_FORMAT, "signature" },
    };
    struct kite_provision set = { .mem = kite_memory_heap() };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct kite_fault fault = { "" };

        assert_int_equal(read_text(&set, cases[i].text, &fault), cases[i].status);
        if (!strstr(fault.text, cases[i].says))
            print_error("case %zu says: %s\n", i, fault.text);
        assert_non_null(strstr(fault.text, cases[i].says));
        assert_int_equal(set.count, 0);
    }
    kite_provision_close(&set);
}

static void a_signed_set_says_what_is_signed(void **state)
{
    static const char text[] = "kite provision 1\n" HASH_A " First\nend 1\nsignature " SIGNATURE "\n";
    struct kite_provision set = { .mem = kite_memory_heap() };
    struct kite_signed proof;
    uint8_t hash[KITE_MESSAGE_HASH_BYTES];

    (void)state;
    assert_int_equal(kite_provision_read(&set, text, sizeof text - 1, &proof, NULL), KITE_OK);
    assert_true(proof.is_signed);
    assert_int_equal(proof.signature.bytes[63], 71);
    kite_message_hash(text, (size_t)(strstr(text, "signature") - text), hash);
    assert_memory_equal(proof.hash, hash, sizeof hash);
    assert_int_equal(kite_provision_read(&set, text, (size_t)(strstr(text, "signature") - text), &proof, NULL), KITE_OK);
    assert_false(proof.is_signed);
    kite_provision_close(&set);
}

static void a_copy_cut_at_any_length_is_refused(void **state)
{
    static const char text[] = "kite provision 1\n" HASH_A " First\n" HASH_B " Second\nend 2\n";
    struct kite_provision set = { .mem = kite_memory_heap() };

    (void)state;
    for (size_t count = 0; count < sizeof text - 1; count++)
        assert_int_equal(kite_provision_read(&set, text, count, NULL, NULL), KITE_E_FORMAT);
    assert_int_equal(set.count, 0);
    kite_provision_close(&set);
}

static void a_torn_copy_with_zeros_is_refused(void **state)
{
    char text[] = "kite provision 1\n" HASH_A " First\n" HASH_B " Second\nend 2\n";
    struct kite_provision set = { .mem = kite_memory_heap() };

    (void)state;
    memset(text + 40, 0, 30);
    assert_int_equal(kite_provision_read(&set, text, sizeof text - 1, NULL, NULL), KITE_E_FORMAT);
    kite_provision_close(&set);
}

static void long_lines_and_names_are_refused(void **state)
{
    char text[1200];
    struct kite_provision set = { .mem = kite_memory_heap() };

    (void)state;
    for (int name = 250; name < 1000; name++) {
        snprintf(text, sizeof text, "kite provision 1\n" HASH_A " %0*d\nend 1\n", name, 7);
        assert_int_equal(read_text(&set, text, NULL), name <= 255 ? KITE_OK : KITE_E_FORMAT);
    }
    kite_provision_close(&set);
}

static void sets_add_up_to_a_limit(void **state)
{
    struct kite_provision set = { .mem = kite_memory_heap() };
    uint8_t hash[32] = { 0 };
    char text[256];
    struct kite_fault fault = { "" };

    (void)state;
    for (unsigned i = 0; i < KITE_PROVISION_ITEMS_MAX; i++) {
        hash[0] = (uint8_t)i;
        hash[1] = (uint8_t)(i >> 8);
        assert_int_equal(kite_provision_add(&set, hash, "x"), KITE_OK);
    }
    assert_int_equal(kite_provision_add(&set, hash, "x"), KITE_DONE);
    snprintf(text, sizeof text, "kite provision 1\n" HASH_A " x\nend 1\n");
    assert_int_equal(read_text(&set, text, &fault), KITE_E_LIMIT);
    assert_int_equal(set.count, KITE_PROVISION_ITEMS_MAX);
    kite_provision_close(&set);
}

static void what_is_written_is_read_back(void **state)
{
    struct kite_provision set = { .mem = kite_memory_heap() }, again = { .mem = kite_memory_heap() };
    struct kite_buffer out = { .mem = kite_memory_heap() }, second = { .mem = kite_memory_heap() };
    uint8_t hash[32] = { 9 };

    (void)state;
    assert_int_equal(kite_provision_add(&set, hash, "B\nbad\xFF name"), KITE_OK);
    hash[0] = 200;
    assert_int_equal(kite_provision_add(&set, hash, "A"), KITE_OK);
    hash[0] = 1;
    assert_int_equal(kite_provision_add(&set, hash, ""), KITE_OK);
    assert_int_equal(kite_provision_write(&set, &out), KITE_OK);
    assert_int_equal(kite_provision_read(&again, (const char *)out.bytes, out.count, NULL, NULL), KITE_OK);
    assert_int_equal(again.count, 3);
    assert_string_equal(again.items[1].name, "B?bad? name");
    assert_int_equal(kite_provision_write(&again, &second), KITE_OK);
    assert_int_equal(out.count, second.count);
    assert_memory_equal(out.bytes, second.bytes, out.count);
    kite_buffer_close(&out);
    kite_buffer_close(&second);
    kite_provision_close(&set);
    kite_provision_close(&again);
}

static void memory_may_fail_at_each_call(void **state)
{
    static const char text[] = "kite provision 1\n" HASH_A " First\n" HASH_B " Second\nend 2\n";
    enum kite_status status = KITE_E_NOMEM;

    (void)state;
    for (uint64_t at = 1; status == KITE_E_NOMEM; at++) {
        struct check_memory counted = { .fail_at = at };
        struct kite_provision set = { .mem = check_memory(&counted) };
        struct kite_buffer out = { .mem = set.mem };

        status = kite_provision_read(&set, text, sizeof text - 1, NULL, NULL);
        if (status == KITE_OK)
            status = kite_provision_write(&set, &out);
        kite_buffer_close(&out);
        kite_provision_close(&set);
        assert_int_equal(counted.blocks, 0);
    }
    assert_int_equal(status, KITE_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_set_is_read),
        cmocka_unit_test(what_breaks_a_rule_is_refused_whole),
        cmocka_unit_test(a_signed_set_says_what_is_signed),
        cmocka_unit_test(a_copy_cut_at_any_length_is_refused),
        cmocka_unit_test(a_torn_copy_with_zeros_is_refused),
        cmocka_unit_test(long_lines_and_names_are_refused),
        cmocka_unit_test(sets_add_up_to_a_limit),
        cmocka_unit_test(what_is_written_is_read_back),
        cmocka_unit_test(memory_may_fail_at_each_call),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
