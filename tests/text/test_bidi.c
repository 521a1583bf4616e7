/* bidi: Unicode's BidiCharacterTest, and reordering of runs. */
#include "check.h"

#include "text/bidi.h"

#include <fribidi.h>
#include <stdio.h>
#include <string.h>

#define PATH "/usr/share/unicode/BidiCharacterTest.txt"

struct row {
    char text[1024];
    size_t bytes, starts[256], chars;
    bool is_rtl, is_auto, has_paragraphs;
    int base, levels[256];
};

/* Fields of a row: code points; direction; base level; levels; order. */
static bool read_row(char *line, struct row *row)
{
    char *at = line;

    memset(row, 0, sizeof *row);
    while (*at && *at != ';') {
        uint32_t c = (uint32_t)strtoul(at, &at, 16);

        row->has_paragraphs |=
            c == 0x2029 || c == '\n' || c == '\r' || c == 0x85 || (c >= 0x1c && c <= 0x1e);
        row->starts[row->chars++] = row->bytes;
        row->bytes += kite_utf8_encode(c, row->text + row->bytes);
        while (*at == ' ')
            at++;
    }
    if (*at++ != ';')
        return false;

    long direction = strtol(at, &at, 10);

    row->is_rtl = direction == 1;
    row->is_auto = direction == 2;
    row->base = (int)strtol(at + 1, &at, 10);
    at++;
    for (size_t i = 0; i < row->chars; i++) {
        while (*at == ' ')
            at++;
        row->levels[i] = *at == 'x' ? -1 : (int)strtol(at, &at, 10);
        if (*at == 'x')
            at++;
    }
    return true;
}

static void test_unicode_characters(void **state)
{
    FILE *file = fopen(PATH, "r");
    char line[8192];
    struct kite_arena arena;
    struct row row;
    unsigned rows = 0, wrong = 0;

    (void)state;
    if (!file) {
        printf("SKIP: %s is not there (Debian: unicode-data)\n", PATH);
        return;
    }
    kite_arena_init(&arena, kite_memory_heap(), 0);
    while (fgets(line, sizeof line, file)) {
        uint8_t levels[1024], base;
        bool is_right = true;

        if (line[0] == '#' || line[0] == '\n' || !read_row(line, &row) || row.has_paragraphs)
            continue;
        rows++;
        assert_int_equal(
            kite_bidi_levels(row.text, row.bytes, row.is_rtl, row.is_auto, &arena, levels, &base),
            KITE_OK);
        is_right = base == row.base;
        for (size_t i = 0; i < row.chars; i++)
            is_right = is_right && (row.levels[i] < 0 || levels[row.starts[i]] == row.levels[i]);
        if (!is_right && wrong++ < 5)
            print_message("%s", line);
    }
    fclose(file);
    kite_arena_close(&arena);
    print_message("%u rows\n", rows);
    assert_true(rows > 90000);
    assert_int_equal(wrong, 0);
}

static void test_order(void **state)
{
    static const uint8_t levels[] = {0, 1, 1, 2, 1, 0};
    static const uint16_t expected[] = {0, 4, 3, 2, 1, 5};
    uint16_t order[6];

    (void)state;
    kite_bidi_order(levels, 6, order);
    assert_memory_equal(order, expected, sizeof expected);
}

static void test_need(void **state)
{
    static const char latin[] = "Plain text — «con» ñ, € 5, Ελληνικά, Кириллица, tiếng Việt";

    (void)state;
    assert_false(kite_bidi_is_needed(latin, sizeof latin - 1));
    assert_true(kite_bidi_is_needed("שלום", 8));
    assert_true(kite_bidi_is_needed("سلام", 8));
    assert_true(kite_bidi_is_needed("a\xE2\x80\x8F", 4));
    assert_int_equal(kite_bidi_mirror('('), ')');
    assert_int_equal(kite_bidi_mirror('a'), 'a');
}

/* Every character that could stand at an odd level, and every control, is found; note marks and
 * full stops are not. */
static void test_need_of_every_character(void **state)
{
    (void)state;
    for (uint32_t c = 1; c < 0x110000; c++) {
        char text[4];
        FriBidiCharType type = fribidi_get_bidi_type(c);

        if (c >= 0xd800 && c < 0xe000)
            continue;
        if (FRIBIDI_IS_RTL(type) || type == FRIBIDI_TYPE_AN || FRIBIDI_IS_EXPLICIT(type) ||
            FRIBIDI_IS_ISOLATE(type))
            assert_true(kite_bidi_is_needed(text, kite_utf8_encode(c, text)));
    }
    assert_false(kite_bidi_is_needed("\xEF\xBF\xBC", 3));
    assert_false(kite_bidi_is_needed("\xEF\xBF\xBD", 3));
    assert_false(kite_bidi_is_needed("字。Հայ", 12));
    assert_false(kite_bidi_is_needed("\xE2\x80", 2));
}

static void test_every_allocation(void **state)
{
    struct check_memory counted = {0};
    uint8_t levels[64], base;

    (void)state;
    counted.fail_at = 1;

    struct kite_arena arena;

    kite_arena_init(&arena, check_memory(&counted), 0);
    assert_int_equal(kite_bidi_levels("שלום", 8, true, false, &arena, levels, &base), KITE_E_NOMEM);
    kite_arena_close(&arena);
    assert_int_equal(counted.blocks, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_unicode_characters),
                                       cmocka_unit_test(test_order), cmocka_unit_test(test_need),
                                       cmocka_unit_test(test_need_of_every_character),
                                       cmocka_unit_test(test_every_allocation)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
