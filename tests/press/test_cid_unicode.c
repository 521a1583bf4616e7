/* The device's tables of signs to letters, made from those that lead the other way, against those of the whole MuPDF. What they lack, a third
 * of Japan's, is other shapes of letters that they have. */
#include "check.h"

#include "image/cid_unicode.h"

static void check_collection(const char *name, unsigned int least)
{
    fz_context *ctx = fz_new_context(NULL, NULL, FZ_STORE_DEFAULT);
    pdf_cmap *made = kite_cid_unicode(ctx, name), *whole = pdf_load_system_cmap(ctx, name);
    unsigned int all = 0, alike = 0, other = 0;

    assert_non_null(made);
    for (unsigned int cid = 0; cid < 0x10000; cid++) {
        int wanted[8], got[8];
        int letters = pdf_lookup_cmap_full(whole, cid, wanted), found = pdf_lookup_cmap_full(made, cid, got);

        if (letters == 0)
            continue;
        all++;
        if (found == 0)
            continue;
        alike += got[0] == wanted[0];
        other += got[0] != wanted[0];
    }
    print_message("%s: %u of %u alike, %u others, %u unknown\n", name, alike, all, other, all - alike - other);
    assert_in_range(alike, all * least / 100, all);
    assert_in_range(other, 0, all * 2 / 100); /* ways to write the same, as a letter in a circle */
    pdf_drop_cmap(ctx, made);
    fz_drop_context(ctx);
}

static void test_letters_are_those_of_the_whole_tables(void **state)
{
    (void)state;
    check_collection("Adobe-CNS1-UCS2", 97);
    check_collection("Adobe-GB1-UCS2", 98);
    check_collection("Adobe-Japan1-UCS2", 67);
    check_collection("Adobe-Korea1-UCS2", 94);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_letters_are_those_of_the_whole_tables) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
