/* What the press takes for lacking is what the reader has no face for. */
#include "check.h"
#include "host/host.h"
#include "press/fonts.h"
#include "text/text.h"

static void the_table_says_what_the_reader_has(void **state)
{
    struct kite_memory heap = kite_memory_heap();
    struct kite_font_files *files;
    struct kite_fonts *fonts;
    struct kite_fault fault = { "" };
    unsigned wrong = 0;

    (void)state;
    assert_int_equal(kite_font_files_open(&heap, KITE_BUILD "/fonts", NULL, &files, &fault), KITE_OK);

    struct kite_font_loader loader = kite_font_files_loader(files);

    assert_int_equal(kite_fonts_create(&heap, &loader, &fonts, &fault), KITE_OK);
    for (uint32_t c = 0; c < 0x110000 && wrong < 10; c++) {
        bool has_face = kite_fonts_fallback(fonts, kite_fonts_face(fonts, KITE_FAMILY_SERIF, 0), c) != KITE_FACE_NONE;

        if (has_face == kite_is_covered(c) || (c >= 0xe000 && c < 0xf900)) /* for private use: the reader's icons */
            continue;
        print_message("U+%04X is%s covered; make the table anew with firmware/press/covered.py\n", (unsigned)c, has_face ? "" : " not");
        wrong++;
    }
    assert_int_equal(wrong, 0);
    kite_fonts_destroy(fonts);
    kite_font_files_close(files);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(the_table_says_what_the_reader_has) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
