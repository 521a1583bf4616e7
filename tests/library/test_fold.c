/* Folding, beside utf8proc, whose tables it was made from. */
#include "library/fold_table.h"
#include "library/store.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>
#include <utf8proc.h>

static bool is_surrogate(uint32_t c)
{
    return c >= 0xD800 && c < 0xE000;
}

/* Fold what a character falls into by utf8proc, part by part: a part folds to itself, unless this library knows better. */
static size_t fold_by_utf8proc(uint32_t c, uint32_t *out)
{
    utf8proc_int32_t parts[32];
    int boundary = 0;
    utf8proc_ssize_t count = utf8proc_decompose_char((utf8proc_int32_t)c, parts, 32,
                                                     UTF8PROC_COMPAT | UTF8PROC_DECOMPOSE | UTF8PROC_CASEFOLD, &boundary);
    size_t used = 0;

    for (utf8proc_ssize_t i = 0; i < count; i++)
        used += kite_fold_character((uint32_t)parts[i], out + used);
    return used;
}

static void every_character_folds_as_unicode_says(void **state)
{
    uint32_t folded[KITE_FOLDED_MAX], wanted[32 * 2];
    uint32_t changed = 0;

    (void)state;
    for (uint32_t c = 0; c < 0x110000; c++) {
        if (is_surrogate(c))
            continue;

        size_t count = kite_fold_character(c, folded);

        if (count != fold_by_utf8proc(c, wanted) || memcmp(folded, wanted, count * sizeof *folded) != 0) {
            print_error("U+%04X\n", (unsigned)c);
            fail();
        }
        changed += count != 1 || folded[0] != c;
    }
    assert_int_equal(changed > 18000, true); /* 11172 of them syllables */
}

static void every_character_is_of_its_kind(void **state)
{
    (void)state;
    for (uint32_t c = 0; c < 0x110000; c++) {
        utf8proc_category_t category = utf8proc_category((utf8proc_int32_t)c);
        enum kite_fold_kind wanted = category == UTF8PROC_CATEGORY_CN   ? KITE_FOLD_NONE
                                     : category <= UTF8PROC_CATEGORY_NO ? KITE_FOLD_WORD
                                     : category == UTF8PROC_CATEGORY_CF ? KITE_FOLD_FORMAT
                                                                        : KITE_FOLD_GAP;

        if (kite_fold_kind(c) != wanted) {
            print_error("U+%04X\n", (unsigned)c);
            fail();
        }
    }
    assert_int_equal(kite_fold_kind(UINT32_MAX), KITE_FOLD_NONE);
}

static void words_are_compared_by_their_letters(void **state)
{
    static const char *const rows[][2] = {
        { "L\xE2\x80\x99\xC3\x89tat", "letat" }, /* L'Etat, with accent and apostrophe */
        { "\xC3\x86ther & Stra\xC3\x9F" "e", "aether strasse" },
        { "\xEA\xB0\x81", "\xE1\x84\x80\xE1\x85\xA1\xE1\x86\xA8" }, /* a Hangul syllable */
        { "\xEF\xAC\x81ne", "fine" }, /* a ligature */
        { "\xF0\x9D\x90\x80", "a" }, /* mathematical bold A */
        { "  a -- b  ", "a b" },
    };
    char out[64];

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_string_equal(kite_fold(rows[i][0], out, sizeof out), rows[i][1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_character_folds_as_unicode_says),
        cmocka_unit_test(every_character_is_of_its_kind),
        cmocka_unit_test(words_are_compared_by_their_letters),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
