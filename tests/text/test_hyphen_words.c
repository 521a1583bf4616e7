/* Common words of the languages that most is written in: no division may stand where words/LANG.txt, written by hand,
 * has none, and few may be missing. */
#include "check.h"

#include "text/hyphen.h"

#include <stdio.h>
#include <string.h>

#define WORDS_MIN 300
#define LETTERS_MIN 6 /* shorter words are not divided */

struct list {
    const char *lang;
    size_t left, right;      /* letters that stay together at the edges */
    size_t missing_percent;  /* patterns may be cautious */
};

struct tally {
    size_t words, points, found;
};

/* The word without hyphens; is_point[i]: one stands before byte i. */
static size_t take_apart(const char *divided, char word[256], bool is_point[256])
{
    size_t bytes = 0;

    memset(is_point, 0, 256 * sizeof *is_point);
    for (; *divided; divided++)
        if (*divided == '-')
            is_point[bytes] = true;
        else
            word[bytes++] = *divided;
    word[bytes] = '\0';
    return bytes;
}

static size_t letters(const char *text, size_t bytes)
{
    size_t count = 0;

    for (size_t i = 0; i < bytes; i++)
        count += ((uint8_t)text[i] & 0xc0) != 0x80;
    return count;
}

static void check_word(const struct list *list, const char *divided, struct tally *tally)
{
    char word[256];
    bool is_point[256];
    uint16_t points[KITE_HYPHENS_MAX];
    size_t bytes = take_apart(divided, word, is_point);
    size_t count = kite_hyphenate(kite_lang_from_text(list->lang), word, bytes, 0, 0, points);

    if (letters(word, bytes) < LETTERS_MIN)
        return;
    tally->words++;
    for (size_t i = 1; i < bytes; i++)
        tally->points += is_point[i] && letters(word, i) >= list->left && letters(word + i, bytes - i) >= list->right;
    tally->found += count;
    for (size_t i = 0; i < count; i++)
        if (!is_point[points[i]])
            fail_msg("%s: %s is divided before \"%s\"", list->lang, divided, word + points[i]);
}

static void check_list(const struct list *list)
{
    struct tally tally = {0};
    char path[64], word[200];
    FILE *file;

    snprintf(path, sizeof path, "tests/text/words/%s.txt", list->lang);
    file = fopen(path, "r");
    assert_non_null(file);
    while (fscanf(file, "%199s", word) == 1)
        check_word(list, word, &tally);
    fclose(file);
    print_message("%s: %zu words, %zu of %zu points\n", list->lang, tally.words, tally.found, tally.points);
    assert_true(tally.words >= WORDS_MIN);
    assert_true((tally.points - tally.found) * 100 <= tally.points * list->missing_percent);
}

static void common_words_are_divided_rightly(void **state)
{
    static const struct list lists[] = {
        {"en", 2, 3, 3}, {"es", 2, 2, 3}, {"fr", 2, 2, 4}, {"pt", 2, 2, 2}, {"ht", 2, 2, 0}};

    (void)state;
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
        check_list(&lists[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(common_words_are_divided_rightly)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
