/* base: arithmetic, UTF-8, tags, takers, arenas under failing memory. */
#include "check.h"

#include "base/base.h"

#include <string.h>

static void test_fault_is_clean_text(void **state)
{
    struct kite_fault fault;
    char long_text[600];

    (void)state;
    assert_int_equal(kite_fail(&fault, KITE_E_IO, "a %s b", "x\n\x1b[1m\xc2\x85"), KITE_E_IO);
    assert_string_equal(fault.text, "a x??[1m?? b");
    for (size_t i = 0; i + 1 < sizeof long_text; i += 2)
        memcpy(long_text + i, "\xc3\xa9", 2);
    long_text[598] = '\0';
    kite_fail(&fault, KITE_E_IO, "x%s", long_text);
    assert_true(kite_utf8_is_valid(fault.text, strlen(fault.text)));
    assert_true(strlen(fault.text) > 230);
    assert_null(strchr(fault.text, '?'));
    assert_int_equal(kite_fail(NULL, KITE_E_LIMIT, "nothing"), KITE_E_LIMIT);
}

static void test_utf8(void **state)
{
    static const struct {
        const char *text;
        size_t count;
        uint32_t code_point;
        size_t bytes;
    } rows[] = {
        { "a", 1, 'a', 1 },
        { "\xc3\xa9", 2, 0xe9, 2 },
        { "\xe2\x82\xac", 3, 0x20ac, 3 },
        { "\xf0\x9f\x99\x82", 4, 0x1f642, 4 },
        { "\xc0\x80", 2, 0xfffd, 1 },         /* overlong */
        { "\xed\xa0\x80", 3, 0xfffd, 1 },     /* surrogate */
        { "\xf4\x90\x80\x80", 4, 0xfffd, 1 }, /* beyond the last */
        { "\xe2\x82", 2, 0xfffd, 2 },         /* cut short: one maximal part */
        { "\xe2\x82x", 3, 0xfffd, 2 },
        { "\x80", 1, 0xfffd, 1 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        size_t bytes = 0;

        assert_int_equal(kite_utf8_decode(rows[i].text, rows[i].count, &bytes), rows[i].code_point);
        assert_int_equal(bytes, rows[i].bytes);
        assert_int_equal(kite_utf8_is_valid(rows[i].text, rows[i].count), rows[i].code_point != 0xfffd);
    }
    for (uint32_t c = 0; c <= 0x10ffff; c += c < 0x3000 ? 1 : 97) {
        char out[4];
        size_t length = kite_utf8_encode(c, out), bytes;

        if (c >= 0xd800 && c <= 0xdfff)
            continue;
        assert_int_equal(kite_utf8_decode(out, length, &bytes), c);
        assert_int_equal(bytes, length);
    }
}

static void test_language_tags(void **state)
{
    static const char *const rows[][2] = {
        { "en", "en" },       { "PT-br", "pt-BR" }, { "sr_latn", "sr-Latn" }, { "zh-hant-TW", "zh-Hant" },
        { "ht", "ht" },       { "gsw-CH", "gsw-CH" }, { "e", "" },            { "", "" },
        { "12", "" },         { "en-", "" },        { "english", "" },        { "de-1996-AT", "de" },
    };
    char out[9];

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_string_equal(kite_lang_text(kite_lang_from_text(rows[i][0]), out), rows[i][1]);
    assert_true(kite_lang_from_text("en") == KITE_LANG2('e', 'n'));
    assert_true(kite_lang_primary(kite_lang_from_text("pt-BR")) == KITE_LANG2('p', 't'));
    assert_true(kite_lang_primary(0) == 0);
}

static void test_varints(void **state)
{
    struct kite_memory heap = kite_memory_heap();
    struct kite_buffer buffer = { .mem = heap };
    static const uint32_t values[] = { 0, 1, 127, 128, 16383, 16384, 0x7fffffff, UINT32_MAX };

    (void)state;
    for (size_t i = 0; i < sizeof values / sizeof *values; i++)
        assert_int_equal(kite_buffer_add_varint(&buffer, values[i]), KITE_OK);

    struct kite_bytes in = { buffer.bytes, buffer.bytes + buffer.count, false };

    for (size_t i = 0; i < sizeof values / sizeof *values; i++)
        assert_int_equal(kite_take_varint(&in), values[i]);
    assert_false(in.failed);
    kite_take_u8(&in);
    assert_true(in.failed);
    kite_buffer_close(&buffer);

    static const uint8_t bad[][6] = { { 0x80, 0 }, { 0xff, 0xff, 0xff, 0xff, 0x1f }, { 0x80, 0x80, 0x80, 0x80, 0x80, 1 } };

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct kite_bytes wrong = { bad[i], bad[i] + 6, false };

        kite_take_varint(&wrong);
        assert_true(wrong.failed);
    }
}

static void test_arena_keeps_its_limits(void **state)
{
    struct check_memory counted = { 0 };
    struct kite_arena arena;

    (void)state;
    kite_arena_init(&arena, check_memory(&counted), 100000);
    assert_null(kite_arena_alloc(&arena, SIZE_MAX / 2, 8));
    assert_null(kite_arena_alloc(&arena, 1, 100001));

    uint8_t *first = kite_arena_alloc(&arena, 10, 1);

    assert_non_null(first);
    memset(first, 1, 10);

    struct kite_arena_mark mark = kite_arena_save(&arena);

    for (int round = 0; round < 50; round++) {
        for (int i = 0; i < 9; i++)
            assert_non_null(memset(kite_arena_alloc(&arena, 7000, 1), 2, 7000));
        kite_arena_release(&arena, mark);
    }
    assert_int_equal(first[9], 1);
    assert_true(counted.blocks <= 6);
    counted.fail_at = counted.calls + 1;
    assert_non_null(kite_arena_alloc(&arena, 7000, 1)); /* from a kept chunk */
    assert_null(kite_arena_alloc(&arena, 60000, 1));
    kite_arena_close(&arena);
    assert_int_equal(counted.blocks, 0);
}

/* Whatever the sizes asked for, what is kept after a reset is one chunk, and asking for the same again needs no memory. */
static void test_arena_is_one_chunk_after_a_reset(void **state)
{
    struct check_memory counted = { 0 };
    struct kite_arena arena;

    (void)state;
    kite_arena_init(&arena, check_memory(&counted), 0);
    for (int round = 0; round < 3; round++) {
        for (size_t bytes = 1000; bytes < 200000; bytes *= 2)
            assert_non_null(memset(kite_arena_alloc(&arena, bytes, 1), 3, bytes));
        kite_arena_reset(&arena);
        assert_true(counted.blocks <= 1);
        if (round == 1)
            counted.fail_at = counted.calls + 1;
    }
    assert_true(arena.reserved_bytes < 400000 && counted.largest <= arena.reserved_bytes + 64);
    kite_arena_close(&arena);
    assert_int_equal(counted.blocks, 0);
    assert_int_equal(arena.reserved_bytes, 0);
}

static void test_numbers(void **state)
{
    (void)state;
    assert_int_equal(kite_mul_div(7, 3, 2), 11);
    assert_int_equal(kite_mul_div(-7, 3, 2), -11);
    assert_int_equal(kite_mul_div(INT32_MAX, 1000, 1000), INT32_MAX);
    assert_int_equal(kite_f26_floor_px(-1), -1);
    assert_int_equal(kite_f26_floor_px(63), 0);
    assert_int_equal(kite_f26_round_px(-32), 0);
    assert_int_equal(kite_f26_round_px(-33), -1);

    struct kite_rect a = { 0, 0, 10, 10 }, b = { 5, 5, 10, 10 }, none = { 3, 3, 0, 4 };
    struct kite_rect both = kite_rect_union(a, b), common = kite_rect_intersect(a, b);

    assert_int_equal(both.width, 15);
    assert_int_equal(common.x, 5);
    assert_int_equal(common.width, 5);
    assert_int_equal(kite_rect_union(a, none).width, 10);
    assert_true(kite_rect_is_empty(kite_rect_intersect(a, none)));
}

static void references_become_names_below_a_folder(void **state)
{
    static const struct {
        const char *reference, *name; /* NULL: refused */
    } cases[] = {
        { "a.png", "a.png" },         { "b/a%20c.png?x=1", "b/a c.png" }, { "./a.png#top", "./a.png" },
        { "%C3%B1.png", "\xC3\xB1.png" }, { "100%.png", "100%.png" },       { "..a/b..png", "..a/b..png" },
        { "/etc/passwd", NULL },      { "../a.png", NULL },               { "b/../../a", NULL },
        { "b/..", NULL },             { "%2e%2e/a", NULL },               { "http://x/a.png", NULL },
        { "b\\a.png", NULL },         { "a%00.png", NULL },               { "", NULL },
        { "#top", NULL },             { "01234567890123456789012345678901", NULL },
    };
    char name[32];

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(kite_reference_name(cases[i].reference, name, sizeof name), cases[i].name != NULL);
        if (cases[i].name)
            assert_string_equal(name, cases[i].name);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(references_become_names_below_a_folder),
        cmocka_unit_test(test_fault_is_clean_text), cmocka_unit_test(test_utf8),
        cmocka_unit_test(test_language_tags),       cmocka_unit_test(test_varints),
        cmocka_unit_test(test_arena_keeps_its_limits),
        cmocka_unit_test(test_arena_is_one_chunk_after_a_reset), cmocka_unit_test(test_numbers),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
