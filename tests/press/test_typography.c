/* Quotes, dashes, dots and spaces: what changes, what stays, and that a second pass changes nothing. */
#include "press/pack.h"

#include "press/draft.h"

struct row {
    const char *lang, *before, *after;
};

static const struct row rows[] = {
    { "en", "\"Hello,\" she said.", "“Hello,” she said." },
    { "en", "He said: \"'Go,' she wrote.\"", "He said: “‘Go,’ she wrote.”" },
    { "en", "don't, the dogs' bowl, '68, 'tis", "don’t, the dogs’ bowl, ’68, ’tis" },
    { "en", "(\"a\")—\"b\"", "(“a”)—“b”" },
    { "en", "6' 2\" and 5'10\" tall", "6' 2\" and 5'10\" tall" },
    { "en", "in \"1984\" he", "in “1984” he" },
    { "en", "a -- b, c--d, 1990--1995, e---f, ----", "a — b, c—d, 1990–1995, e—f, ----" },
    { "en", "run it --fast or -x <!-- c --> d", "run it --fast or -x <!-- c --> d" },
    { "en", "the list - all of it - went, 5 - 3, - x", "the list – all of it – went, 5 - 3, – x" },
    { "es", "la lista - toda - se fue", "la lista – toda – se fue" },
    { "en", "well... so.... ..", "well… so.... .." },
    { "en", "see http://a.b/c--d'e?\"f\" and www.a--b.c", "see http://a.b/c--d'e?\"f\" and www.a--b.c" },
    { "en", "``old'' style", "“old” style" },
    { "en", "a crisis of imperialism . (CECOT) , a prison", "a crisis of imperialism. (CECOT), a prison" },
    { "en", "he said . . . no , .5 of it .NET", "he said . . . no, .5 of it .NET" },
    { "fr", "la prison , ouverte ; là .", "la prison, ouverte\u202f; là." },
    { "es", "-Por Dios -dijo Sancho-: bien-", "—Por Dios —dijo Sancho—: bien—" },
    { "es", "bien-, la -x", "bien-, la -x" },
    { "es", "--¿Qué gigantes? --dijo.", "—¿Qué gigantes? —dijo." },
    { "es", "\"¿Qué?\" y '¡no!'", "“¿Qué?” y ‘¡no!’" },
    { "fr", "\"Bonjour\", dit-il ; pourquoi ? Oui : l'ami !",
      "«\u202fBonjour\u202f», dit-il\u202f; pourquoi\u202f? Oui\u00a0: l’ami\u202f!" },
    { "fr", "« Bonjour »", "«\u202fBonjour\u202f»" },
    { "fr", "à 12:30, http://x ?", "à 12:30, http://x\u202f?" },
    { "de", "\"Ja\", 'nein' -- geht's", "„Ja“, 'nein' – geht’s" },
    { "pl", "\"tak\"", "„tak”" },
    { "sv", "\"ja\" \"nej\"", "”ja” ”nej”" },
    { "", "\"a\" don't", "“a” don’t" },
};

static struct kite_text typeset(struct kite_draft *draft, const char *text, size_t bytes, kite_lang lang)
{
    struct kite_text out;

    assert_int_equal(kite_draft_plain_text(draft, text, bytes, &out), KITE_OK);
    assert_int_equal(kite_text_typography(draft, &out, lang), KITE_OK);
    return out;
}

static void check_row(const struct row *row)
{
    struct kite_memory heap = kite_memory_heap();
    struct kite_draft draft;
    struct kite_text text;

    kite_draft_init(&draft, &heap);
    text = typeset(&draft, row->before, strlen(row->before), kite_lang_from_text(row->lang));
    assert_string_equal(text.text, row->after); /* the draft's strings end with a zero */
    kite_draft_close(&draft);
}

static void typewriter_characters_become_those_of_books(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        check_row(&rows[i]);
}

static void a_second_pass_changes_nothing(void **state)
{
    static const char *const parts[] = { "\"", "'", "-",  "--",     "---",    ".", "...", " ",  "a", "B",
                                         "1",  "«", "»",  "—",      "–",      "’", "“",   "?",  ":", "(",
                                         ")",  "`", "``", "\u00a0", "\u202f", "é", ",",   "://" };
    static const char *const langs[] = { "en", "es", "fr", "de", "sv", "pt", "" };
    struct kite_memory heap = kite_memory_heap();
    uint32_t random = 12345;

    (void)state;
    for (int round = 0; round < 20000; round++) {
        char text[200] = "";
        struct kite_draft draft;
        struct kite_text once, twice;
        kite_lang lang = kite_lang_from_text(langs[round % 7]);

        for (int i = 0; i < 12; i++) {
            random = random * 1664525u + 1013904223u;
            strcat(text, parts[(random >> 16) % (sizeof parts / sizeof *parts)]);
        }
        kite_draft_init(&draft, &heap);
        once = typeset(&draft, text, strlen(text), lang);
        twice = typeset(&draft, once.text, once.text_bytes, lang);
        if (once.text_bytes != twice.text_bytes || memcmp(once.text, twice.text, once.text_bytes) != 0)
            print_message("%s: %s\n", langs[round % 7], text);
        assert_int_equal(once.text_bytes, twice.text_bytes);
        assert_memory_equal(once.text, twice.text, once.text_bytes);
        kite_draft_close(&draft);
    }
}

static void code_is_left_alone(void **state)
{
    (void)state;
    check_pack("a.md", "---\ntitle: T\nlang: fr\n---\n`\"a\" -- b ?` \"*c*\"\n\n    \"d\" -- e\n",
               "title: T\nparagraph: <c>\"a\" -- b ?<> «\u202f<e>c<>\u202f»\npreformatted: \"d\" -- e\n");
}

static void stretches_in_another_language_have_its_manners(void **state)
{
    (void)state;
    check_pack("a.md", "---\ntitle: T\nlang: en\n---\n\"a\" <span lang=\"de\">\"b\"</span> \"c\"\n",
               "title: T\nparagraph: “a” <:de>„b“<> “c”\n");
}

static void text_is_composed(void **state)
{
    (void)state;
    check_pack("a.md", "---\ntitle: T\nlang: vi\n---\nVie\u0302\u0323t e*\u0301x* a&#x301;\n",
               "title: T\nparagraph: Việt é<e>x<> á\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(typewriter_characters_become_those_of_books),
        cmocka_unit_test(a_second_pass_changes_nothing),
        cmocka_unit_test(code_is_left_alone),
        cmocka_unit_test(stretches_in_another_language_have_its_manners),
        cmocka_unit_test(text_is_composed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
