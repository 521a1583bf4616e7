/* Plain text: encodings, wrapped lines, headings, verse, and an essay's apparatus. */
#include "press/pack.h"

/* Names of languages depend on data that is installed; these tests give the language. */
static void check_plain(const char *lang, const char *text, const char *wanted)
{
    struct kite_press_options options = { .lang = kite_lang_from_text(lang), .zopfli_iterations = -1 };
    struct kite_press_input input = { .name = "a.txt", .bytes = (const uint8_t *)text, .byte_count = strlen(text) };
    struct kite_buffer dump = { .mem = kite_memory_heap() };
    struct packed packed;

    assert_int_equal(pack_inputs(&packed, &input, 1, &options), KITE_OK);
    dump_document(&packed, 0, &dump);
    assert_string_equal((const char *)dump.bytes, wanted);
    kite_buffer_close(&dump);
    packed_close(&packed);
}

#define BODY                                                                                                           \
    "The first paragraph of the body is long enough that nobody takes it for a summary of what follows it, as it "     \
    "goes on and on about matters of detail, with *emphasis* and with numbers such as 40,000.\n\n"                     \
    "The second paragraph is of the same kind and it has about the same length as the one before it, so that "         \
    "the mean of three of them is well above what stands below a title in a newspaper.\n\n"                           \
    "The third paragraph says little that is new, but it says it at length, and it ends the body of this text "        \
    "with a sentence that nobody needs to read, though everybody does.\n\n"

static void an_essays_apparatus_is_recognised(void **state)
{
    static const char text[] =
        "Prison Imperialism: A Critical Examination\n\nBy Erica Caines\n\n"
        "The deal proposed by the president presents a dangerous threat to people in prison.\n\n" BODY
        "Erica Caines is a writer and organizer in Baltimore.\n\n"
        "Clau O'Brien Moscoso is an organizer based in Lima, Perú.\n\n"
        "source: Black Agenda Report";
    struct kite_press_options options = { .lang = kite_lang_from_text("en"), .zopfli_iterations = -1 };
    struct kite_press_input input = { .name = "a.txt", .bytes = (const uint8_t *)text, .byte_count = sizeof text - 1 };
    static const enum kite_role roles[] = {
        KITE_ROLE_TITLE,     KITE_ROLE_BYLINE,    KITE_ROLE_STANDFIRST,   KITE_ROLE_PARAGRAPH, KITE_ROLE_PARAGRAPH,
        KITE_ROLE_PARAGRAPH, KITE_ROLE_AUTHOR_NOTE, KITE_ROLE_AUTHOR_NOTE, KITE_ROLE_SOURCE,
    };
    struct kite_arena arena;
    struct packed p;

    (void)state;
    kite_arena_init(&arena, kite_memory_heap(), 0);
    assert_int_equal(pack_inputs(&p, &input, 1, &options), KITE_OK);
    for (uint32_t i = 0; i < sizeof roles / sizeof *roles; i++) {
        struct kite_paragraph paragraph;

        assert_int_equal(kite_bundle_paragraph(p.bundle, 0, i, &arena, &paragraph, NULL), KITE_OK);
        assert_string_equal(kite_role_text(paragraph.role), kite_role_text(roles[i]));
    }
    assert_string_equal(kite_bundle_meta(p.bundle, 0, KITE_META_TITLE), "Prison Imperialism: A Critical Examination");
    assert_string_equal(kite_bundle_meta(p.bundle, 0, KITE_META_AUTHOR), "Erica Caines");
    assert_string_equal(kite_bundle_meta(p.bundle, 0, KITE_META_SOURCE), "Black Agenda Report");
    assert_non_null(strstr(p.report, "taken for the standfirst"));
    packed_close(&p);
    kite_arena_close(&arena);
}

static void what_is_not_apparatus_stays_text(void **state)
{
    (void)state;
    check_plain("en", "It was a dark night. It rained.\n\nEl Salvador is a country of Central America.\n\nHe left.\n",
                "paragraph: It was a dark night. It rained.\nparagraph: El Salvador is a country of Central America.\n"
                "paragraph: He left.\n");
}

static void wrapped_lines_are_joined(void **state)
{
    (void)state;
    check_plain(
        "en",
        "It is a truth universally acknowledged, that a single man in\n"
        "possession of a good fortune, must be in want of a wife. Half-\n"
        "hearted as the known feelings or views of such a man may be\n"
        "on his first entering a neighbourhood.\n\n"
        "    This truth is so well fixed in the minds of the surrounding\n"
        "families, that he is considered as the rightful property of\n"
        "some one or other of their daughters.\n"
        "    “My dear Mr. Bennet,” said his lady to him one day, “have you\n"
        "heard that Netherfield Park is let at last?”\n",
        "paragraph: It is a truth universally acknowledged, that a single man in possession of a good fortune, must "
        "be in want of a wife. Half-hearted as the known feelings or views of such a man may be on his first "
        "entering a neighbourhood.\n"
        "paragraph: This truth is so well fixed in the minds of the surrounding families, that he is considered as "
        "the rightful property of some one or other of their daughters.\n"
        "paragraph: “My dear Mr. Bennet,” said his lady to him one day, “have you heard that Netherfield Park is "
        "let at last?”\n");
}

static void headings_may_be_wrapped(void **state)
{
    (void)state;
    check_plain("en",
                "A tale of lines\n\nChapter I. In which the nature of that which is to come is told at\nlength\n\n"
                "BOOK I. (FOLIO), CHAPTER I. (SPERM WHALE).—This whale, among the\n"
                "English of old vaguely known as the Trumpa whale, is the present one.\n"
                "It is said that there are more of them than anybody has counted yet,\n"
                "and that nobody will.\n\n"
                "CHAPTER II\nOf other things that are told at some length, as all things are here,\n"
                "and then they end.\n",
                "title: A tale of lines\n"
                "heading d2: Chapter I. In which the nature of that which is to come is told at length\n"
                "paragraph: BOOK I. (FOLIO), CHAPTER I. (SPERM WHALE).—This whale, among the English of old vaguely "
                "known as the Trumpa whale, is the present one. It is said that there are more of them than anybody has "
                "counted yet, and that nobody will.\n"
                "heading d2: CHAPTER II\n"
                "paragraph: Of other things that are told at some length, as all things are here, and then they end.\n");
}

static void headings_are_recognised(void **state)
{
    (void)state;
    check_plain(
        "es",
        "El libro\n\nPRIMERA PARTE\n\nCapítulo primero. Que trata de la condición\n\nTexto uno.\n\nCAPÍTULO II\n\n"
        "Parte de la gente vino.\n\nPRÓLOGO\n\nYO, EL REY.\n\nIV\n\nChapter of errors\n\n* * *\n\nFin de todo.\n",
        "title: El libro\nheading d1: PRIMERA PARTE\nheading d2: Capítulo primero. Que trata de la condición\n"
        "paragraph: Texto uno.\nheading d2: CAPÍTULO II\nparagraph: Parte de la gente vino.\nheading d2: PRÓLOGO\n"
        "paragraph: YO, EL REY.\nheading d2: IV\nparagraph: Chapter of errors\nrule: \nparagraph: Fin de todo.\n");
}

static void verse_and_lists_keep_their_lines(void **state)
{
    (void)state;
    check_plain(
        "en",
        "A title here\n\nTyger Tyger, burning bright,\n  In the forests of the night;\nWhat immortal hand or eye,\n\n"
        "— William Blake\n\n* one\n* two\n\n1. first\n2. second\n\nEnd.\n",
        "title: A title here\n"
        "verse: Tyger Tyger, burning bright,/\u00a0\u00a0In the forests of the night;/What immortal hand or eye,\n"
        "attribution: — William Blake\nitem d1 tight: one\nitem d1 tight: two\nitem d1 #1 tight: first\n"
        "item d1 #2 tight: second\nparagraph: End.\n");
}

/* All that a typewritten essay has, broken at a margin. */
static void a_typewritten_essay_is_understood(void **state)
{
    static const char text[] =
        "THE LONG ROAD HOME\n"
        "Notes on a movement\n"
        "\n"
        "by Jane Doe and John Roe\n"
        "May 2024\n"
        "\n"
        "The road that leads out of prison is longer than the one that leads\n"
        "in.  Nobody knows this better than those who have walked it, and yet\n"
        "nobody asks them when the rules are made, so the rules are made for\n"
        "people who do not exist.\n"
        "\n"
        "    \"They told me that I was free,\" says one of them.  \"Free to do\n"
        "    what?  I had forty dollars and a bus ticket.\"\n"
        "\n"
        "I. THE FIRST DAYS\n"
        "\n"
        "On the first day one needs a bed.  On the second day one needs a card\n"
        "with one's name on it, and for that one needs another card with one's\n"
        "name on it.\n"
        "\n"
        "   - a birth certificate,\n"
        "   - a proof of address that is younger than three months and that\n"
        "     shows the same name, and\n"
        "   - twenty-two dollars.\n"
        "\n"
        "* * *\n"
        "\n"
        "       If you come home, come slowly,\n"
        "          the door is not a wall;\n"
        "       and if you do not find us,\n"
        "          we'll find you after all.\n"
        "\n"
        "                                  -- Anonymous\n"
        "\n"
        "Footnotes\n"
        "1. Interview with the author, 2023.\n"
        "2. See the report.\n"
        "\n"
        "Jane Doe is a writer in Ohio.  John Roe teaches history.\n"
        "\n"
        "Originally published in The Paper, June 2024.\n";

    (void)state;
    check_plain(
        "en", text,
        "title: THE LONG ROAD HOME\nsubtitle: Notes on a movement\nbyline: by Jane Doe and John Roe\n"
        "byline: May 2024\n"
        "paragraph: The road that leads out of prison is longer than the one that leads in. Nobody knows this better "
        "than those who have walked it, and yet nobody asks them when the rules are made, so the rules are made for "
        "people who do not exist.\n"
        "quote q1: “They told me that I was free,” says one of them. “Free to do what? I had forty dollars and a bus "
        "ticket.”\n"
        "heading d2: I. THE FIRST DAYS\n"
        "paragraph: On the first day one needs a bed. On the second day one needs a card with one’s name on it, and "
        "for that one needs another card with one’s name on it.\n"
        "item d1 tight: a birth certificate,\n"
        "item d1 tight: a proof of address that is younger than three months and that shows the same name, and\n"
        "item d1 tight: twenty-two dollars.\n"
        "rule: \n"
        "verse: If you come home, come slowly,/\u00a0\u00a0\u00a0the door is not a wall;/and if you do not find us,/"
        "\u00a0\u00a0\u00a0we’ll find you after all.\n"
        "attribution: — Anonymous\nheading d2: Footnotes\n"
        "item d1 #1 tight: Interview with the author, 2023.\nitem d1 #2 tight: See the report.\n"
        "author-note: Jane Doe is a writer in Ohio. John Roe teaches history.\n"
        "source: Originally published in The Paper, June 2024.\n");
}

static void verse_may_have_empty_lines_between_its_lines(void **state)
{
    (void)state;
    check_plain("es",
                "Poemas\n\nSoneto\n\nTú, que imitaste la llorosa vida\n\nque tuve, ausente y desdeñado sobre\n\n"
                "el gran ribazo de la Peña Pobre,\n\nde alegre a penitencia reducida;\n\n\n"
                "¡tú, a quien los ojos dieron la bebida!\n\nUna línea.\n\nOtra línea.\n\n"
                "-Dijo él,\n\n-dijo ella,\n\n-dijo él,\n\n-dijo.\n",
                "title: Poemas\nparagraph: Soneto\n"
                "verse: Tú, que imitaste la llorosa vida/que tuve, ausente y desdeñado sobre/el gran ribazo de la Peña "
                "Pobre,/de alegre a penitencia reducida;\n"
                "paragraph: ¡tú, a quien los ojos dieron la bebida!\nparagraph: Una línea.\nparagraph: Otra línea.\n"
                "paragraph: —Dijo él,\nparagraph: —dijo ella,\nparagraph: —dijo él,\nparagraph: —dijo.\n");
    check_plain("en", "A Story\n\nBy Jane Doe\n\nLima, Perú\n\n2024\n\n" BODY,
                "title: A Story\nbyline: By Jane Doe\nbyline: Lima, Perú\nbyline: 2024\n"
                "paragraph: The first paragraph of the body is long enough that nobody takes it for a summary of what "
                "follows it, as it goes on and on about matters of detail, with <e>emphasis<> and with numbers such as "
                "40,000.\nparagraph: The second paragraph is of the same kind and it has about the same length as the one "
                "before it, so that the mean of three of them is well above what stands below a title in a newspaper.\n"
                "paragraph: The third paragraph says little that is new, but it says it at length, and it ends the body of "
                "this text with a sentence that nobody needs to read, though everybody does.\n");
}

#define LONG "This paragraph is long enough to be one, as it goes on until it has more than a hundred characters, and a few besides."

/* In texts whose paragraphs are single lines. */
static void lines_over_paragraphs_are_headings(void **state)
{
    (void)state;
    check_plain("en", "Title\n\n" LONG "\n\nThe companies\n\n" LONG "\n\n1. What now?\n\n" LONG "\n",
                "title: Title\nparagraph: " LONG "\nheading d2: The companies\nparagraph: " LONG "\nheading d2: 1. What now?\nparagraph: " LONG "\n");
    /* What goes on, is said, is small, or is signed stands over nothing. */
    check_plain("en", "Title\n\n" LONG "\n\nAs one of them said:\n\nYou will pay\n\n" LONG "\n\nThey paid.\n\n" LONG "\n\nand paid\n\n" LONG
                "\n\nAnn Lee\n\nP.S. " LONG "\n\nAnn Lee\n\nAnn Lee. " LONG "\n",
                "title: Title\nparagraph: " LONG "\nparagraph: As one of them said:\nparagraph: You will pay\nparagraph: " LONG
                "\nparagraph: They paid.\nparagraph: " LONG "\nparagraph: and paid\nparagraph: " LONG "\nparagraph: Ann Lee\nparagraph: P.S. " LONG
                "\nparagraph: Ann Lee\nparagraph: Ann Lee. " LONG "\n");
}

static void numbered_notes_are_notes(void **state)
{
    (void)state;
    check_plain("en", "Title\n\nOne.[1] Two [2], and one again.[1]\n\nNotes\n\n[1] A.\n\nMore of A.\n\n[2] B.\n\nBehind the notes.\n",
                "title: Title\nparagraph: One.<n1>￼<> Two<n2>￼<>, and one again.<n1>￼\nparagraph: Behind the notes.\nnote: A.\nnote-more: More of A.\nnote: B.\n");
    check_plain("en", "Title\n\nOne.¹ Two.²\n\n----\n¹ A.\n² B.\n",
                "title: Title\nparagraph: One.<n1>￼<> Two.<n2>￼\nnote: A.\nnote: B.\n");
    check_plain("es", "Título\n\nUno.[1] Dos.[2]\n\nNotas:\n1. A.\n2. B.\n", "title: Título\nparagraph: Uno.<n1>￼<> Dos.<n2>￼\nnote: A.\nnote: B.\n");
    /* Lines that might be verse end where the notes begin. */
    check_plain("en", "Title\n\nOne[1] and one,\n\ntwo[2] and two,\n\nthree and three,\n\nfour and four,\n\n[1] A,\n\n[2] b.\n",
                "title: Title\nverse: One<n1>￼<> and one,/two<n2>￼<> and two,/three and three,/four and four,\nnote: A,\nnote: b.\n");
    /* What stands in the pages that are left out is not looked at. */
    check_plain("en", "The Project Gutenberg EBook of X\n\nRead it.[1]\n\n[1] Slowly.\n\n*** START OF THE PROJECT GUTENBERG EBOOK THE X ***\n\nTitle\n\nOne.[1]\n\nTwo.\n",
                "title: Title\nparagraph: One.[1]\nparagraph: Two.\n");
    /* One that nothing refers to, one that is missing, and notes that begin anew: they stay as they are. */
    check_plain("en", "Title\n\nOne.[1]\n\n[1] A.\n\n[2] B.\n", "title: Title\nparagraph: One.[1]\nparagraph: [1] A.\nparagraph: [2] B.\n");
    check_plain("en", "Title\n\nOne.[1] Two.[2]\n\n[1] A.\n", "title: Title\nparagraph: One.[1] Two.[2]\nparagraph: [1] A.\n");
    check_plain("en", "Title\n\nOne.[1]\n\n[1] A.\n\nTwo.[1]\n\n[1] B.\n",
                "title: Title\nparagraph: One.[1]\nparagraph: [1] A.\nparagraph: Two.[1]\nparagraph: [1] B.\n");
}

static void bylines_may_go_without_by(void **state)
{
    (void)state;
    check_plain("en", "Title\n\nUnder it\n\nMarisol Paz\n\nMarch 3, 2019\n\n" LONG "\n\nMarisol Paz teaches.\n",
                "title: Title\nsubtitle: Under it\nbyline: Marisol Paz\nbyline: March 3, 2019\nparagraph: " LONG "\nauthor-note: Marisol Paz teaches.\n");
}

static void words_with_a_comma_are_no_place_without_a_byline(void **state)
{
    (void)state;
    check_plain("en", "Title\n\nMercy, Justice\n\n" LONG "\n", "title: Title\nparagraph: Mercy, Justice\nparagraph: " LONG "\n");
}

static void contents_are_no_title(void **state)
{
    (void)state;
    check_plain("en", "Brief contents\n\nOne\n\nTwo\n\nText of the book.\n",
                "paragraph: Brief contents\nparagraph: One\nparagraph: Two\nparagraph: Text of the book.\n");
}

static const char *meta_of(const char *text, struct kite_press_options *options, enum kite_meta meta, char out[200])
{
    struct kite_press_input input = { .name = "a.txt", .bytes = (const uint8_t *)text, .byte_count = strlen(text) };
    const char *value;
    struct packed p;

    options->zopfli_iterations = -1;
    options->lang = kite_lang_from_text("en");
    assert_int_equal(pack_inputs(&p, &input, 1, options), KITE_OK);
    value = kite_bundle_meta(p.bundle, 0, meta);
    snprintf(out, 200, "%s", value ? value : "none");
    packed_close(&p);
    return out;
}

static void notes_about_authors_name_them(void **state)
{
    static const char text[] = "Prison Imperialism\n\n" BODY "Erica Caines is a writer and organizer in Baltimore.\n\n"
                               "Clau O'Brien Moscoso is an organizer based in Lima, Perú.\n";
    struct kite_press_options given = { .metas = { [KITE_META_AUTHOR] = "Black Agenda Report" } }, none = { 0 };
    char out[200];

    (void)state;
    assert_string_equal(meta_of(text, &none, KITE_META_AUTHOR, out), "Erica Caines, Clau O’Brien Moscoso");
    assert_string_equal(meta_of(text, &given, KITE_META_AUTHOR, out), "Black Agenda Report");
    assert_string_equal(meta_of("Title\n\nText.\n\nMore text.\n", &none, KITE_META_AUTHOR, out), "none");
}

/* What the caller gives takes the place of what is guessed, and stands in the text once. */
static void what_is_given_goes_before_what_is_guessed(void **state)
{
    static const char text[] = "The Title\n\nBy Jane Doe\n\nWhat it is about.\n\nText of it.\n\nSource: A Paper\n";
    struct kite_press_options options = { .zopfli_iterations = -1,
                                          .lang = kite_lang_from_text("en"),
                                          .metas = { [KITE_META_TITLE] = "The Title",
                                                     [KITE_META_AUTHOR] = " Jane\tA. Doe",
                                                     [KITE_META_SOURCE] = "The Paper",
                                                     [KITE_META_PUBLISHER] = "Friends" } };
    struct kite_press_input input = { .name = "a.txt", .bytes = (const uint8_t *)text, .byte_count = sizeof text - 1 };
    struct kite_buffer dump = { .mem = kite_memory_heap() };
    struct packed p;

    (void)state;
    assert_int_equal(pack_inputs(&p, &input, 1, &options), KITE_OK);
    dump_document(&p, 0, &dump);
    assert_string_equal((const char *)dump.bytes,
                        "title: The Title\nbyline: By Jane Doe\nparagraph: What it is about.\nparagraph: Text of it.\n"
                        "source: Source: A Paper\n");
    assert_string_equal(kite_bundle_meta(p.bundle, 0, KITE_META_AUTHOR), "Jane A. Doe");
    assert_string_equal(kite_bundle_meta(p.bundle, 0, KITE_META_SOURCE), "The Paper");
    assert_string_equal(kite_bundle_meta(p.bundle, 0, KITE_META_PUBLISHER), "Friends");
    kite_buffer_close(&dump);
    packed_close(&p);
}

static void emphasis_is_recognised(void **state)
{
    (void)state;
    check_plain(
        "en", "One two.\n\nA *b c* d _e_, **f** 2 * 3 * 4 snake_case_word *x\n\ny.\n",
        "title: One two.\nparagraph: A <e>b c<> d <e>e<>, <b>f<> 2 * 3 * 4 snake_case_word *x\nparagraph: y.\n");
}

static void quoted_lines_have_attributions(void **state)
{
    (void)state;
    check_plain(
        "en", "Extracts\n\n“And God created great whales.”\n\n—GENESIS.\n\nText.\n",
        "title: Extracts\nparagraph: “And God created great whales.”\nattribution: —GENESIS.\nparagraph: Text.\n");
}

static void gutenbergs_pages_are_left_out(void **state)
{
    static const char text[] = "The Project Gutenberg EBook of X\n\nTitle: The X\n\nAuthor: Jane Y\n\n"
                               "*** START OF THE PROJECT GUTENBERG EBOOK THE X ***\n\nText of the book.\n\n"
                               "*** END OF THE PROJECT GUTENBERG EBOOK THE X ***\n\nLicence.\n";
    struct packed p;

    (void)state;
    check_plain("en", text, "title: The X\nbyline: Jane Y\nparagraph: Text of the book.\n");
    assert_int_equal(pack_text(&p, "a.txt", text, sizeof text - 1), KITE_OK);
    assert_string_equal(kite_bundle_meta(p.bundle, 0, KITE_META_AUTHOR), "Jane Y");
    packed_close(&p);
}

/* ---- encodings -------------------------------------------------------------------------------------- */

static const struct encoding_row {
    const char *name;
    const char *bytes;
    size_t count;
} encodings[] = {
    { "UTF-8", "Ni\xC3\xB1o \xE2\x80\x9Cs\xC3\xAD\xE2\x80\x9D.", 16 },
    { "UTF-8 with a mark", "\xEF\xBB\xBFNi\xC3\xB1o \xE2\x80\x9Cs\xC3\xAD\xE2\x80\x9D.", 19 },
    { "Windows-1252", "Ni\xF1o \x93s\xED\x94.", 10 },
    { "UTF-16LE", "\xFF\xFEN\0i\0\xF1\0o\0 \0\x1C\x20s\0\xED\0\x1D\x20.\0", 22 },
    { "UTF-16BE", "\xFE\xFF\0N\0i\0\xF1\0o\0 \x20\x1C\0s\0\xED\x20\x1D\0.", 22 },
    { "UTF-16LE without a mark", "N\0i\0\xF1\0o\0 \0\x1C\x20s\0\xED\0\x1D\x20.\0", 20 },
};

static void encodings_are_told_apart(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof encodings / sizeof *encodings; i++) {
        struct kite_buffer dump = { .mem = kite_memory_heap() };
        struct packed p;

        assert_int_equal(pack_text(&p, "a.txt", encodings[i].bytes, encodings[i].count), KITE_OK);
        dump_document(&p, 0, &dump);
        if (strcmp((const char *)dump.bytes, "paragraph: Niño “sí”.\n") != 0)
            print_message("%s\n", encodings[i].name);
        assert_string_equal((const char *)dump.bytes, "paragraph: Niño “sí”.\n");
        kite_buffer_close(&dump);
        packed_close(&p);
    }
}

static void what_is_no_text_is_refused(void **state)
{
    struct packed p;
    uint8_t bytes[300];

    (void)state;
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (uint8_t)(i * 37 % 29);
    assert_int_equal(pack_text(&p, "a.txt", bytes, sizeof bytes), KITE_E_FORMAT);
    assert_non_null(strstr(p.fault.text, "a.txt is not a text"));
    packed_close(&p);
}

static void languages_are_told(void **state)
{
    static const char es[] =
        "La liberación de los presos no es solamente una cuestión de justicia, sino también de memoria; "
        "la gente que vive en estas ciudades lo sabe muy bien y lo dice en voz alta.";
    struct kite_memory mem = kite_memory_heap();
    struct kite_press_detector *detector;
    bool is_sure = true;
    kite_lang lang;

    (void)state;
    assert_int_equal(kite_press_detector_open(&mem, NULL, &detector), KITE_OK);
    lang = kite_press_detect(detector, es, sizeof es - 1, &is_sure);
    assert_true(lang == kite_lang_from_text("es") || !detector); /* NULL: the data is not installed */
    assert_true(kite_press_detect(detector, "no", 2, &is_sure) == 0);
    assert_false(is_sure);
    kite_press_detector_close(detector);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_essays_apparatus_is_recognised),
        cmocka_unit_test(what_is_not_apparatus_stays_text),
        cmocka_unit_test(wrapped_lines_are_joined),
        cmocka_unit_test(headings_are_recognised),
        cmocka_unit_test(headings_may_be_wrapped),
        cmocka_unit_test(verse_and_lists_keep_their_lines),
        cmocka_unit_test(a_typewritten_essay_is_understood),
        cmocka_unit_test(verse_may_have_empty_lines_between_its_lines),
        cmocka_unit_test(lines_over_paragraphs_are_headings),
        cmocka_unit_test(numbered_notes_are_notes),
        cmocka_unit_test(bylines_may_go_without_by),
        cmocka_unit_test(words_with_a_comma_are_no_place_without_a_byline),
        cmocka_unit_test(contents_are_no_title),
        cmocka_unit_test(notes_about_authors_name_them),
        cmocka_unit_test(what_is_given_goes_before_what_is_guessed),
        cmocka_unit_test(emphasis_is_recognised),
        cmocka_unit_test(quoted_lines_have_attributions),
        cmocka_unit_test(gutenbergs_pages_are_left_out),
        cmocka_unit_test(encodings_are_told_apart),
        cmocka_unit_test(what_is_no_text_is_refused),
        cmocka_unit_test(languages_are_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
