/* hyphen: known divisions of each language, limits, and words that are never divided. */
#include "check.h"

#include "text/hyphen.h"
#include "text/hyphen/tables.h"

#include <string.h>

static const char *divided(const char *lang, const char *word, unsigned left, unsigned right)
{
    static char out[512];
    uint16_t points[KITE_HYPHENS_MAX];
    size_t count =
        kite_hyphenate(kite_lang_from_text(lang), word, strlen(word), left, right, points);
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
    {"en", "hy-phen-ation"},     {"en", "con-ti-nent"},       {"en", "prison-ers"},
    {"en", "gov-ern-ment"},      {"en", "neo-lib-eral"},      {"en", "Neo-lib-er-al-ism"},
    {"en", "present"},           {"en", "as-so-ciates"},      {"en", "com-puter"},
    {"en", "tech-nol-ogy"},      {"en", "in-ter-na-tional"},  {"en", "doesn’t"},
    {"en-GB", "gov-ern-ment"},   {"en-GB", "know-ledge"},     {"es", "po-nér-se-lo"},
    {"es", "ha-bién-do-se-lo"},  {"es", "cons-ti-tu-ción"},   {"es", "ca-ba-lle-ro"},
    {"es", "pri-sio-ne-ro"},     {"es", "Go-bier-nos"},       {"es", "trans-por-te"},
    {"es", "ins-ti-tu-cio-nes"}, {"fr", "gou-ver-ne-ment"},   {"fr", "consti-tu-tion"},
    {"fr", "pri-son-nier"},      {"fr", "l’im-pé-ria-lisme"}, {"fr", "au-jourd’hui"},
    {"pt", "pri-si-o-nei-ro"},   {"pt", "go-ver-no"},         {"pt", "cons-ti-tui-ção"},
    {"pt", "trans-por-te"},      {"it", "go-ver-no"},         {"it", "pri-gio-nie-ro"},
    {"de", "Ge-fan-ge-ner"},     {"de", "Re-gie-rung"},       {"de", "Ver-fas-sung"},
    {"en", "news-let-ter"},      {"en", "dec-li-na-tion"},    {"en", "oblig-a-tory"},
    {"en", "man-u-script"},      {"en", "Sal-va-do-ran"},     {"en-GB", "how-ever"},
    {"ca", "go-vern"},           {"ca", "cons-ti-tu-ció"},    {"ca", "col·laborar"},
    {"nl", "re-ge-ring"},        {"nl", "ge-van-ge-nis"},     {"nl", "vrij-heid"},
    {"sv", "re-ge-ring"},        {"sv", "fri-hets-kamp"},     {"da", "re-vo-lu-tion"},
    {"pl", "wię-zie-nie"},       {"el", "κυ-βέρ-νη-ση"},      {"el", "δη-μο-κρα-τία"},
    {"ru", "объ-ек-тив-ный"},    {"ru", "се-мья-нин"},        {"ru", "взгля-ды"},
    {"ru", "Пра-ви-тельст-ва"},  {"ru", "мо-ло-дёжь"},        {"uk", "дер-жа-ва"},
    {"uk", "ре-во-лю-ція"},      {"uk", "хо-джу-ва-тий"},     {"bg", "ре-во-лю-ция"},
    {"be", "рэ-ва-лю-цыя"},      {"sr", "ре-во-лу-ци-ја"},    {"sr-Latn", "re-vo-lu-ci-ja"},
    {"hr", "za-tvo-re-nik"},     {"tr", "cum-hu-ri-yet"},     {"tr", "sa-at-le-rin-de"},
    {"tr", "İs-tan-bul-da"},     {"sl", "za-por-nik"},        {"et", "van-gis-tus"},
    {"lt", "ka-li-nys"},         {"eu", "as-ka-ta-su-na"},    {"ga", "rial-tas"},
    {"ht", "pri-zon-ye"},        {"ht", "gou-vèn-man"},       {"ht", "kons-ti-ti-syon"},
    {"ht", "na-syo-nal"},        {"ht", "chanj-man"},         {"ht", "li-bè-te"},
    {"ht", "vyo-lans"},          {"ht", "ko-mi-no-te"},
    {"ht", "es-plwa-ta-syon"},   {"en", "ter-ri-to-rial"},    {"en", "def-i-ni-tions"},
    {"en", "dem-o-cratic"},      {"en", "court-house"},       {"pt", "sub-li-nha-do"},
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
    static const char *const words[] = {"UNESCO",      "McDonald",    "a1b2c3d4",
                                        "prison",      "camps",       "",
                                        "don't",       "e-mail-list", "\xff\xfe\xfd\xfc\xfb\xfa",
                                        "日本語日本語"};

    (void)state;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        assert_null(
            strchr(strcmp(words[i], "e-mail-list") ? divided("en", words[i], 0, 0) : "", '-'));
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

static const char *const alphabets[] = {"abcdefghijklmnopqrstuvwxyz", "аеиоубвгджзйклмнпрстьъюя",
                                        "αειουβγδζκλμνπρστ", "aeioubcdfgáéíóúñçãõüöäßşğı"};

/* A word of letters, or of any bytes; returns its length. */
static size_t make_word(uint32_t *seed, int round, char word[128])
{
    size_t bytes = 0, letters = (*seed >> 8) % 40;

    for (size_t i = 0; i < letters; i++) {
        const char *alphabet =
            alphabets[(unsigned)round / 2 % (sizeof alphabets / sizeof *alphabets)];
        size_t length, at;

        *seed = *seed * 1664525 + 1013904223;
        at = (*seed >> 8) % strlen(alphabet);
        while (((uint8_t)alphabet[at] & 0xc0) == 0x80)
            at--;
        kite_utf8_decode(alphabet + at, strlen(alphabet) - at, &length);
        if (round % 2) {
            memcpy(word + bytes, alphabet + at, length);
            bytes += length;
        } else {
            word[bytes++] = (char)(*seed >> 24);
        }
    }
    return bytes;
}

static unsigned count_letters(const char *word, size_t bytes)
{
    unsigned count = 0;

    for (size_t i = 0; i < bytes; i++)
        count += ((uint8_t)word[i] & 0xc0) != 0x80;
    return count;
}

/* In every language, whatever the word: offsets ascend, stand between characters, and keep the
 * limits; case changes nothing. */
static void test_any_word(void **state)
{
    uint32_t seed = 1;

    (void)state;
    for (int round = 0; round < 40000; round++) {
        kite_lang lang =
            round % 31 == 0
                ? KITE_LANG2('h', 't')
                : kite_hyphen_languages[(size_t)round / 8 % kite_hyphen_language_count].tag;
        char word[128];
        uint16_t points[KITE_HYPHENS_MAX], again[KITE_HYPHENS_MAX];
        size_t bytes = make_word(&seed, round, word);
        size_t count = kite_hyphenate(lang, word, bytes, 3, 4, points);

        for (size_t i = 0; i < count; i++) {
            assert_true(points[i] > (i ? points[i - 1] : 0) && points[i] < bytes);
            assert_true(((uint8_t)word[points[i]] & 0xc0) != 0x80);
        }
        if (count != 0 && round % 2) {
            assert_true(count_letters(word, points[0]) >= 3);
            assert_true(count_letters(word + points[count - 1], bytes - points[count - 1]) >= 4);
        }
        if (bytes > 0 && word[0] >= 'a' && word[0] <= 'z' &&
            kite_lang_primary(lang) != KITE_LANG2('t', 'r')) {
            word[0] = (char)(word[0] - 32);
            assert_int_equal(kite_hyphenate(lang, word, bytes, 3, 4, again), count);
            assert_memory_equal(points, again, count * sizeof *points);
        }
    }
}

/* Words longer than any buffer, and each byte repeated. */
static void test_long_words(void **state)
{
    char word[600];
    uint16_t points[KITE_HYPHENS_MAX];

    (void)state;
    for (size_t bytes = 0; bytes < sizeof word; bytes++) {
        word[bytes] = bytes % 2 ? 'a' : 'n';
        for (size_t i = 0; i < kite_hyphen_language_count; i += 7)
            assert_true(kite_hyphenate(kite_hyphen_languages[i].tag, word, bytes, 0, 0, points) <=
                        KITE_HYPHENS_MAX);
        assert_true(kite_hyphenate(KITE_LANG2('h', 't'), word, bytes, 0, 0, points) <=
                    KITE_HYPHENS_MAX);
    }
    for (unsigned c = 0; c < 256; c++) {
        memset(word, (int)c, 64);
        kite_hyphenate(KITE_LANG2('e', 'n'), word, 64, 0, 0, points);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_known_words), cmocka_unit_test(test_never_divided),
        cmocka_unit_test(test_limits), cmocka_unit_test(test_any_word),
        cmocka_unit_test(test_long_words)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
