/* Letters: their heads are no titles, and their closings stay together; what is none stays as it is. */
#include "press/pack.h"

#include <webp/encode.h>

static void check_letter(const char *text, const char *wanted, const char *title, const char *date)
{
    struct packed packed;
    struct kite_buffer dump = { .mem = kite_memory_heap() };

    assert_int_equal(pack_text(&packed, "letter.txt", text, strlen(text)), KITE_OK);
    dump_document(&packed, 0, &dump);
    assert_string_equal((const char *)dump.bytes, wanted);
    assert_string_equal(kite_bundle_meta(packed.bundle, 0, KITE_META_TITLE), title);
    if (date)
        assert_string_equal(kite_bundle_meta(packed.bundle, 0, KITE_META_DATE), date);
    kite_buffer_close(&dump);
    packed_close(&packed);
}

static void a_date_is_no_title(void **state)
{
    (void)state;
    check_letter("March 3, 2026\n\nDear Maria,\n\nI hope this finds you well. It has been three weeks since your letter came, and I have read it every day since then.\n"
                 "The food is the same.\n\nI love you,\n\nYour friend\nAna\n\nP.S. Call me.\n",
                 "verse tight: March 3, 2026\nverse tight: Dear Maria,\n"
                 "paragraph: I hope this finds you well. It has been three weeks since your letter came, and I have read it every day since then.\n"
                 "paragraph: The food is the same.\nverse tight: I love you,/Your friend/Ana\nparagraph: P.S. Call me.\n",
                 "Dear Maria, March 3, 2026", "March 3, 2026");
    check_letter("3 de marzo de 2026\n\nQuerida mam\xC3\xA1:\n\nTe escribo desde la c\xC3\xA1rcel, donde ya llevamos tres meses, y quiero que sepas que estoy bien.\n\nUn abrazo,\n\nAna\n\n"
                 "P. D. Llama el lunes.\n",
                 "verse tight: 3 de marzo de 2026\nverse tight: Querida mam\xC3\xA1:\n"
                 "paragraph: Te escribo desde la c\xC3\xA1rcel, donde ya llevamos tres meses, y quiero que sepas que estoy bien.\nverse tight: Un abrazo,/Ana\nparagraph: P. D. Llama el lunes.\n",
                 "Querida mam\xC3\xA1, 3 de marzo de 2026", "3 de marzo de 2026");
}

static void addresses_are_lines(void **state)
{
    (void)state;
    check_letter("Ana Ruiz\nPO Box 112\nHuntsville, TX 77342\n\n                                     March 3, 2026\n\nLegal Aid Society\n199 Water Street\nNew York, NY 10038\n\n"
                 "Dear Ms. Whitfield:\n\nI am writing about the hearing of March 3. The officer said that my\nrequest was not on file, but I have the receipt, which was signed\n"
                 "by two of the staff on the morning of the hearing itself.\n\nSincerely,\n\nAna Ruiz\n",
                 "verse tight: Ana Ruiz/PO Box 112/Huntsville, TX 77342\nverse tight: March 3, 2026\nverse tight: Legal Aid Society/199 Water Street/New York, NY 10038\n"
                 "verse tight: Dear Ms. Whitfield:\n"
                 "paragraph: I am writing about the hearing of March 3. The officer said that my request was not on file, but I have the receipt, which was signed by two of the "
                 "staff on the morning of the hearing itself.\nverse tight: Sincerely,/Ana Ruiz\n",
                 "Dear Ms. Whitfield, March 3, 2026", "March 3, 2026");
}

static void what_is_no_letter_stays(void **state)
{
    (void)state;
    /* A sentence that begins like one; a closing without a salutation. */
    check_letter("The kite\n\nDear is the price of a call from inside, and the company that sells it knows why.\n\nLove,\n\nNothing more was said by anyone.\n",
                 "title: The kite\nparagraph: Dear is the price of a call from inside, and the company that sells it knows why.\nparagraph: Love,\n"
                 "paragraph: Nothing more was said by anyone.\n",
                 "The kite", NULL);
}

/* A page with some ink, as a WebP file. */
static void a_webp_file_is_a_picture_like_any(void **state)
{
    static uint8_t pixels[200 * 300 * 3];
    struct kite_picture_info info;
    struct packed packed;
    uint8_t *file = NULL;
    size_t count;

    (void)state;
    memset(pixels, 240, sizeof pixels);
    memset(pixels + 200 * 100 * 3, 20, 200 * 40 * 3);
    count = WebPEncodeLosslessRGB(pixels, 200, 300, 200 * 3, &file);
    assert_int_equal(pack_text(&packed, "letter.webp", file, count), KITE_OK);
    assert_int_equal(kite_bundle_picture_count(packed.bundle), 1);
    assert_int_equal(kite_bundle_picture_info(packed.bundle, 0, &info), KITE_OK);
    assert_true(info.width_px >= 150 && info.height_px > info.width_px / 8);
    packed_close(&packed);
    assert_int_equal(pack_text(&packed, "cut.webp", file, count / 2), KITE_E_FORMAT);
    assert_non_null(strstr(packed.fault.text, "cut.webp: the WebP is broken"));
    packed_close(&packed);
    WebPFree(file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_date_is_no_title),
        cmocka_unit_test(addresses_are_lines),
        cmocka_unit_test(what_is_no_letter_stays),
        cmocka_unit_test(a_webp_file_is_a_picture_like_any),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
