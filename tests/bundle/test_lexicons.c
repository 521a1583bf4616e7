/* The resident lexicons: complete, in order, and still those that released bundles were packed
 * with. */
#include "bundle/lexicon_data.h"
#include "check.h"

#include <sodium.h>
#include <string.h>
#include <utf8proc.h>

#define PIECES 8192

static size_t piece_bytes(const struct kite_lexicon *lexicon, size_t number)
{
    return lexicon->offsets[number + 1] - lexicon->offsets[number];
}

static const char *piece_text(const struct kite_lexicon *lexicon, size_t number)
{
    return lexicon->text + lexicon->offsets[number];
}

static int compare(const struct kite_lexicon *lexicon, size_t a, size_t b)
{
    size_t a_bytes = piece_bytes(lexicon, a), b_bytes = piece_bytes(lexicon, b);
    int order = memcmp(piece_text(lexicon, a), piece_text(lexicon, b),
                       a_bytes < b_bytes ? a_bytes : b_bytes);

    return order ? order : (a_bytes > b_bytes) - (a_bytes < b_bytes);
}

static void ids_are_those_of_the_pieces(void **state)
{
    (void)state;
    for (size_t i = 0; i < kite_lexicon_count; i++) {
        const struct kite_lexicon *lexicon = kite_lexicons[i];
        crypto_generichash_state hash;
        uint8_t digest[32];

        crypto_generichash_init(&hash, NULL, 0, sizeof digest);
        for (size_t n = 0; n < lexicon->piece_count; n++) {
            crypto_generichash_update(&hash, (const uint8_t *)piece_text(lexicon, n),
                                      piece_bytes(lexicon, n));
            crypto_generichash_update(&hash, (const uint8_t *)"\n", 1);
        }
        crypto_generichash_final(&hash, digest, sizeof digest);
        assert_memory_equal(digest, lexicon->id, sizeof lexicon->id);
    }
}

static void lexicons_are_frozen(void **state)
{
    static const struct {
        kite_lang lang;
        uint8_t id[8];
    } frozen[] = {
        {KITE_LANG2('e', 'n'), {0xc9, 0xc0, 0xe1, 0x24, 0x9d, 0x8d, 0xee, 0xa2}},
        {KITE_LANG2('e', 's'), {0x07, 0x7e, 0x07, 0xb0, 0x8f, 0x23, 0x4f, 0x10}},
        {KITE_LANG2('f', 'r'), {0xb6, 0xf1, 0x7d, 0xd1, 0x6b, 0x5c, 0x0a, 0x9d}},
        {KITE_LANG2('p', 't'), {0xc0, 0x8c, 0x0d, 0xb1, 0xa8, 0x98, 0xb2, 0x83}},
    };

    (void)state;
    assert_int_equal(kite_lexicon_count, 4);
    for (size_t i = 0; i < 4; i++) {
        assert_true(kite_lexicons[i]->lang == frozen[i].lang);
        assert_memory_equal(kite_lexicons[i]->id, frozen[i].id, 8);
    }
}

static void every_piece_is_found_by_its_text(void **state)
{
    (void)state;
    for (size_t i = 0; i < kite_lexicon_count; i++) {
        const struct kite_lexicon *lexicon = kite_lexicons[i];

        assert_int_equal(lexicon->piece_count, PIECES);
        assert_int_equal(lexicon->offsets[0], 0);
        assert_int_equal(lexicon->offsets[PIECES], strlen(lexicon->text));
        for (size_t n = 0; n < PIECES; n++)
            assert_true(lexicon->offsets[n] < lexicon->offsets[n + 1]);
        /* Strictly ascending, so no piece is there twice and none is missing. */
        for (size_t n = 0; n < PIECES; n++) {
            assert_true(lexicon->by_text[n] < PIECES);
            assert_true(n == 0 ||
                        compare(lexicon, lexicon->by_text[n - 1], lexicon->by_text[n]) < 0);
        }
    }
}

static void check_piece(const char *text, size_t bytes)
{
    char copy[64];
    size_t length;

    assert_true(bytes < sizeof copy);
    assert_true(kite_utf8_is_valid(text, bytes));
    memcpy(copy, text, bytes);
    copy[bytes] = '\0';

    utf8proc_uint8_t *composed = utf8proc_NFC((const utf8proc_uint8_t *)copy);

    assert_non_null(composed);
    assert_string_equal((const char *)composed, copy);
    free(composed);
    for (size_t at = 0; at < bytes; at += length) {
        uint32_t c = kite_utf8_decode(text + at, bytes - at, &length);

        assert_true(c > ' ' && c != 0x7f);
        assert_int_equal(utf8proc_tolower((utf8proc_int32_t)c), c);
    }
}

static void pieces_are_lower_case_nfc_without_spaces(void **state)
{
    (void)state;
    for (size_t i = 0; i < kite_lexicon_count; i++)
        for (size_t n = 0; n < kite_lexicons[i]->piece_count; n++)
            check_piece(piece_text(kite_lexicons[i], n), piece_bytes(kite_lexicons[i], n));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ids_are_those_of_the_pieces),
        cmocka_unit_test(lexicons_are_frozen),
        cmocka_unit_test(every_piece_is_found_by_its_text),
        cmocka_unit_test(pieces_are_lower_case_nfc_without_spaces),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
