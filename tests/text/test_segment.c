/* segment: Unicode's own tests without tailoring, and a row for each tailoring. */
#include "check.h"

#include "text/segment.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define UNICODE "/usr/share/unicode/auxiliary/"

/* One line of a break test: code points between ÷ and ×. Returns bytes; breaks[i] of the boundary
 * before byte i. */
static size_t read_test(const char *line, char *text, uint8_t *breaks)
{
    size_t count = 0;

    memset(breaks, 0, 512);
    for (const char *at = line; *at && *at != '#' && *at != '\n';) {
        if (strncmp(at, "÷", 2) == 0) {
            breaks[count] = 1;
            at += 2;
        } else if (strncmp(at, "×", 2) == 0) {
            at += 2;
        } else if (*at == ' ' || *at == '\t') {
            at++;
        } else {
            char *end;
            uint32_t c = (uint32_t)strtoul(at, &end, 16);

            count += kite_utf8_encode(c, text + count);
            at = end;
        }
    }
    return count;
}

static FILE *open_test(const char *name)
{
    char path[256];
    FILE *file;

    snprintf(path, sizeof path, UNICODE "%s", name);
    file = fopen(path, "r");
    if (!file)
        printf("SKIP: %s is not there (Debian: unicode-data)\n", path);
    return file;
}

static void test_unicode_line_breaks(void **state)
{
    FILE *file = open_test("LineBreakTest.txt");
    char line[4096], text[512];
    uint8_t expected[513], found[513];
    unsigned rows = 0, wrong = 0;

    (void)state;
    while (file && fgets(line, sizeof line, file)) {
        if (line[0] == '#')
            continue;

        size_t bytes = read_test(line, text, expected);
        struct kite_span span = {0};
        struct kite_text t = {.text = text, .text_bytes = bytes, .spans = &span, .span_count = 1};

        kite_segment(&t, false, found);
        rows++;
        for (size_t i = 1; i <= bytes; i++) {
            if ((found[i] != 0) != (expected[i] != 0)) {
                wrong++;
                print_message("%s", line);
                break;
            }
        }
    }
    if (file) {
        fclose(file);
        assert_true(rows > 7000);
        assert_int_equal(wrong, 0);
    }
}

static void test_unicode_clusters(void **state)
{
    FILE *file = open_test("GraphemeBreakTest.txt");
    char line[4096], text[512];
    uint8_t expected[513];
    unsigned rows = 0;

    (void)state;
    while (file && fgets(line, sizeof line, file)) {
        if (line[0] == '#' || strstr(line, "D800"))
            continue;

        size_t bytes = read_test(line, text, expected);

        rows++;
        for (size_t at = 0; at < bytes;) {
            size_t length = kite_cluster_bytes(text + at, bytes - at);

            for (size_t i = 1; i < length; i++)
                assert_int_equal(expected[at + i], 0);
            at += length;
            assert_int_equal(expected[at], 1);
        }
    }
    if (file) {
        fclose(file);
        assert_true(rows > 500);
    }
}

/* Marks on letters change no opportunity (LB9) but take the long way through the rules: both ways
 * must agree. */
static void test_short_way(void **state)
{
    static const char *const parts[] = {"a", "k", "Z", "e", "n",  "o", " ", " ",  ".", ",",  ")",
                                        "(", "-", "7", "%", "\"", "'", "!", "/",  ":", "«",  "»",
                                        "—", "–", "…", "é", "º",  "§", "ж", "\n", "$", "字", "א"};
    uint32_t seed = 7;

    (void)state;
    for (unsigned round = 0; round < 40000; round++) {
        char plain[256], marked[512];
        uint8_t found[257], expected[513];
        size_t plain_bytes = 0, marked_bytes = 0, places[2][64], count = 20 + round % 40;

        for (size_t i = 0; i < count; i++) {
            seed = seed * 1664525 + 1013904223;

            const char *part =
                parts[(seed >> 8) % ((seed >> 28) < 6 ? sizeof parts / sizeof *parts : 8)];
            size_t length = strlen(part);

            places[0][i] = plain_bytes;
            places[1][i] = marked_bytes;
            memcpy(plain + plain_bytes, part, length);
            plain_bytes += length;
            memcpy(marked + marked_bytes, part, length);
            marked_bytes += length;
            if ((part[0] >= 'A' && part[0] <= 'z') || strcmp(part, "é") == 0 ||
                strcmp(part, "ж") == 0) {
                memcpy(marked + marked_bytes, "\xCC\x81", 2);
                marked_bytes += 2;
            }
        }

        struct kite_span span = {.lang = KITE_LANG2('f', 'r')};
        struct kite_text t = {
            .text = plain, .text_bytes = plain_bytes, .spans = &span, .span_count = 1};

        kite_segment(&t, round % 2 != 0, found);
        t.text = marked;
        t.text_bytes = marked_bytes;
        kite_segment(&t, round % 2 != 0, expected);
        for (size_t i = 0; i < count; i++)
            assert_int_equal(found[places[0][i]], expected[places[1][i]]);
    }
}

/* Any bytes: opportunities stand before characters only, the end is forced, clusters are whole
 * characters. */
static void test_any_bytes(void **state)
{
    static const char *const parts[] = {"www.",
                                        "://",
                                        "@",
                                        "-",
                                        "--",
                                        "—",
                                        "\xEF\xBF\xBC",
                                        "\xCC\x81",
                                        " ",
                                        "\xE2",
                                        "\xF0\x9F",
                                        "ก",
                                        "\xE2\x80\x8D",
                                        "\xE2\x80\xA8",
                                        "9",
                                        "000",
                                        "/",
                                        "…",
                                        "\"",
                                        "(",
                                        "º",
                                        "🇫",
                                        "a"};
    uint32_t seed = 3;

    (void)state;
    for (unsigned round = 0; round < 40000; round++) {
        uint8_t found[512];
        size_t bytes = 0, length;

        char buffer[512];

        for (unsigned i = 0; i < round % 48; i++) {
            seed = seed * 1664525 + 1013904223;

            const char *part = parts[(seed >> 8) % (sizeof parts / sizeof *parts)];
            char any = (char)(seed >> 24);

            bool is_any = seed & 0x8000;

            length = is_any ? 1 : strlen(part);
            memcpy(buffer + bytes, is_any ? &any : part, length);
            bytes += length;
        }

        char *text = malloc(bytes + 1); /* of its own size, for the sanitizer */
        struct kite_span span = {.lang = KITE_LANG2('e', 's')};
        struct kite_text t = {
            .text = text + 1, .text_bytes = bytes, .spans = &span, .span_count = 1};

        assert_non_null(text);
        memcpy(text + 1, buffer, bytes);
        kite_segment(&t, true, found);
        assert_int_equal(found[bytes], KITE_OPPORTUNITY_FORCED);
        assert_true(bytes == 0 || found[0] == KITE_OPPORTUNITY_NONE);
        for (size_t at = 0; at < bytes; at += length) {
            kite_utf8_decode(t.text + at, bytes - at, &length);
            for (size_t i = 1; i < length; i++)
                assert_int_equal(found[at + i], KITE_OPPORTUNITY_NONE);
        }
        for (size_t at = 0; at < bytes; at += length) {
            length = kite_cluster_bytes(t.text + at, bytes - at);
            assert_true(length > 0 && length <= bytes - at);
        }
        free(text);
    }
}

/* Breaks shown as "|" where plain, "~" where explicit. */
static const char *shown(const char *lang, const char *text)
{
    static char out[1024];
    uint8_t found[512];
    struct kite_span span = {.lang = kite_lang_from_text(lang)};
    struct kite_text t = {
        .text = text, .text_bytes = strlen(text), .spans = &span, .span_count = 1};
    size_t count = 0;

    kite_segment(&t, true, found);
    for (size_t i = 0; i < t.text_bytes; i++) {
        if (found[i] != KITE_OPPORTUNITY_NONE)
            out[count++] = found[i] == KITE_OPPORTUNITY_EXPLICIT ? '~'
                           : found[i] == KITE_OPPORTUNITY_FORCED ? '!'
                                                                 : '|';
        out[count++] = text[i];
    }
    assert_int_equal(found[t.text_bytes], KITE_OPPORTUNITY_FORCED);
    out[count] = '\0';
    return out;
}

static const char *const rows[][2] = {
    /* dashes: only behind, never at the head of a line; the raya belongs to its neighbour */
    {"en", "arrangement—|low-~cost"},
    {"en", "war – |and |peace"},
    {"es", "—¿Qué |gigantes?"},
    {"es", "amo— |de |los"},
    {"es", "dijo |—y |calló—. |Fin"},
    {"fr", "— Bonjour, |dit-~il."},
    {"en", "pages |10–|12"},
    {"en", "he |said—|“never” |and |she—|\"no\" |too"},
    {"es", "«—Hola», |dijo |—«no»"},
    {"en", "one--|two |and |three -- |four - |five |--option"},
    {"en", "I |thought —"},
    {"en", "- Bread"},
    /* an ellipsis divides behind a word, not before one */
    {"es", "espera…|que |…y |luego |«…no»"},
    /* a quote that closes lets go of an opening */
    {"es", "\"sí\" |¿no? |«sí» |(no)"},
    {"en", "the |\" (x)"},
    /* numbers with signs, units, groups; at a paragraph's start too */
    {"es", "1.234,56 |euros"},
    {"es", "3,5 % |de"},
    {"en", "25 % |of"},
    {"fr", "40 000 |hommes"},
    {"es", "nº 5 |y |§ 3"},
    {"en", "No. 12 |at |9 a.m. |on |pp. 3 |of |vol. 2. |Stop. |7 |men"},
    {"es", "cap. 10 |y |núm. 4"},
    {"en", "in |1984 |300 |people"},
    {"en", "20 km |away, |5 |kilometres"},
    /* French signs set with plain spaces */
    {"fr", "« Bonjour », |dit-~il ; |pourquoi ?"},
    /* hyphens with two letters on both sides */
    {"fr", "a-t-il"},
    {"fr", "dit-~il"},
    {"en", "low-~cost |e-mail |COVID-19"},
    /* addresses */
    {"en", "http://|a|.b/|c_|d?|e=|f"},
    {"en", "see |www|.example|.org, |now"},
    {"en", "(http://|a|.b/|c) |and |me@a|.org.”"},
    {"en", "x@y/\xCC\x81z |http://|a/\xEF\xBF\xBC |q@r\xE2\x80\xA8!s"},
    /* slashes with three letters on both sides */
    {"en", "and/or |U.S./Mexico |either/|neither"},
    /* note marks stay with the word before */
    {"en", "word[1] |and"},
    {"en", "word.[1] |And"},
    {"en", "“word,”[12][13] |and"},
    {"en", "word |[sic] |and"},
    {"en", "word\xEF\xBF\xBC |and\xEF\xBF\xBC."},
    /* apostrophes and quotes */
    {"en", "don’t |\"quote |me\" |‘so’"},
    {"fr", "l’homme |d'or"},
    {"es", "soft\xC2\xAD~hyphen"},
    /* forced */
    {"en", "one\n!two"},
    /* Thai: clusters */
    {"th", "กา|ก"},
    {"th", "เก่า|แก่|และ|น้ำ"},
    {"km", "ក្រុ|ង"},
};

static void test_tailorings(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char text[256];
        size_t count = 0;

        for (const char *c = rows[i][1]; *c; c++)
            if (*c != '|' && *c != '~' && *c != '!')
                text[count++] = *c;
        text[count] = '\0';
        assert_string_equal(shown(rows[i][0], text), rows[i][1]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_unicode_line_breaks), cmocka_unit_test(test_unicode_clusters),
        cmocka_unit_test(test_short_way), cmocka_unit_test(test_any_bytes),
        cmocka_unit_test(test_tailorings)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
