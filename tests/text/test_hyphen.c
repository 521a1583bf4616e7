/* hyphen: known divisions of each language, limits, and words that are never divided. */
#include "check.h"

#include "text/hyphen.h"

#include <string.h>

static const char *divided(const char *lang, const char *word, unsigned left, unsigned right)
{
    static char out[512];
    uint16_t points[KITE_HYPHENS_MAX];
    size_t count = kite_hyphenate(kite_lang_from_text(lang), word, strlen(word), left, right, points);
    size_t at = 0, next = 0;

    for (size_t i = 0; word[i]; i++) {
        if (next < count && points[next] == i) {
            out[at++] = '-';
            next++;
        }
        out[at++] = word[i];
    }
    out[at] = '\0';
    return out;
}

/* Divisions as dictionaries and TeX's own samples have them. */
static const char *const known[][2] = {
    { "en", "hy-phen-ation" }, { "en", "con-ti-nent" }, { "en", "prison-ers" }, { "en", "gov-ern-ment" },
    { "en", "neo-lib-eral" }, { "en", "Neo-lib-er-al-ism" }, { "en", "present" }, { "en", "as-so-ciates" },
    { "en", "com-puter" }, { "en", "tech-nol-ogy" }, { "en", "in-ter-na-tional" }, { "en", "doesn’t" },
    { "en-GB", "gov-ern-ment" }, { "en-GB", "know-ledge" },
    { "es", "po-nér-se-lo" }, { "es", "ha-bién-do-se-lo" }, { "es", "cons-ti-tu-ción" }, { "es", "ca-ba-lle-ro" },
    { "es", "pri-sio-ne-ro" }, { "es", "Go-bier-nos" }, { "es", "trans-por-te" }, { "es", "ins-ti-tu-cio-nes" },
    { "fr", "gou-ver-ne-ment" }, { "fr", "consti-tu-tion" }, { "fr", "pri-son-nier" }, { "fr", "l’im-pé-ria-lisme" },
    { "fr", "au-jourd’hui" },
    { "pt", "pri-si-o-nei-ro" }, { "pt", "go-ver-no" }, { "pt", "cons-ti-tui-ção" }, { "pt", "trans-por-te" },
    { "it", "go-ver-no" }, { "it", "pri-gio-nie-ro" },
    { "de", "Ge-fan-ge-ner" }, { "de", "Re-gie-rung" }, { "de", "Ver-fas-sung" },
    { "ht", "pri-zon-ye" }, { "ht", "gou-vèn-man" }, { "ht", "kons-ti-ti-syon" }, { "ht", "na-syo-nal" },
    { "ht", "chanj-man" }, { "ht", "li-bè-te" }, { "ht", "vyo-lans" }, { "ht", "ko-mi-no-te" },
};

static void test_known_words(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        char word[256];
        size_t at = 0;

        for (const char *c = known[i][1]; *c; c++)
            if (*c != '-')
                word[at++] = *c;
        word[at] = '\0';
        assert_string_equal(divided(known[i][0], word, 0, 0), known[i][1]);
    }
}

static void test_never_divided(void **state)
{
    static const char *const words[] = { "UNESCO", "McDonald", "a1b2c3d4", "prison", "camps", "", "don't", "e-mail-list",
                                         "\xff\xfe\xfd\xfc\xfb\xfa", "日本語日本語" };

    (void)state;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        assert_null(strchr(strcmp(words[i], "e-mail-list") ? divided("en", words[i], 0, 0) : "", '-'));
    assert_string_equal(divided("vi", "nghiêng", 0, 0), "nghiêng");
    assert_string_equal(divided("ar", "government", 0, 0), "government");
    assert_false(kite_hyphen_has(kite_lang_from_text("vi")));
    assert_true(kite_hyphen_has(kite_lang_from_text("pt-BR")));
    assert_true(kite_hyphen_has(kite_lang_from_text("ht")));
}

static void test_limits(void **state)
{
    (void)state;
    assert_string_equal(divided("es", "abogados", 0, 0), "abo-ga-dos");
    assert_string_equal(divided("es", "abogados", 3, 4), "abo-gados");
    assert_string_equal(divided("es", "abogados", 8, 8), "abogados");
}

/* Offsets ascend, stand between characters, and keep the limits, whatever the word. */
static void test_any_bytes(void **state)
{
    static const char *const langs[] = { "en", "es", "fr", "pt", "ht", "de" };
    uint32_t seed = 1;

    (void)state;
    for (int round = 0; round < 20000; round++) {
        char word[40];
        uint16_t points[KITE_HYPHENS_MAX];
        size_t bytes;

        seed = seed * 1664525 + 1013904223;
        bytes = seed >> 27;
        for (size_t i = 0; i < bytes; i++) {
            seed = seed * 1664525 + 1013904223;
            word[i] = round % 2 ? (char)('a' + (seed >> 24) % 26) : (char)(seed >> 24);
        }

        size_t count = kite_hyphenate(kite_lang_from_text(langs[round % 6]), word, bytes, 0, 0, points);

        for (size_t i = 0; i < count; i++) {
            assert_true(points[i] > (i ? points[i - 1] : 0) && points[i] < bytes);
            assert_true(((uint8_t)word[points[i]] & 0xc0) != 0x80);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_known_words), cmocka_unit_test(test_never_divided),
                                        cmocka_unit_test(test_limits), cmocka_unit_test(test_any_bytes) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
