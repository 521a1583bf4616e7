/* Markdown to paragraphs with roles. */
#include "press/pack.h"

#define HEAD "---\ntitle: T\nlang: en\n---\n"
#define TITLE "title: T\n"

static void front_matter_gives_metadata_and_paragraphs(void **state)
{
    static const char text[] = "---\n"
                               "title: \"A \\\"good\\\" title\"\n"
                               "authors: [Erica Caines, \"Clau O'Brien\"]\n"
                               "byline: >\n  By Erica Caines\n  and others\n"
                               "standfirst: What it is about.\n"
                               "source: Black Agenda Report\n"
                               "date: 2025-02-11\n"
                               "publisher: 'It''s us'\n"
                               "lang: en\n"
                               "---\n"
                               "Text.\n";
    static const char *const metas[KITE_META_COUNT] = {
        [KITE_META_TITLE] = "A “good” title",         [KITE_META_AUTHOR] = "Erica Caines, Clau O’Brien",
        [KITE_META_STANDFIRST] = "What it is about.", [KITE_META_SOURCE] = "Black Agenda Report",
        [KITE_META_DATE] = "2025-02-11",              [KITE_META_PUBLISHER] = "It's us",
    };
    struct packed p;

    (void)state;
    check_pack("a.md", text,
               "title: A “good” title\nstandfirst: What it is about.\nbyline: By Erica Caines and others\n"
               "paragraph: Text.\nsource: Black Agenda Report\n");
    assert_int_equal(pack_text(&p, "a.md", text, sizeof text - 1), KITE_OK);
    for (int meta = 1; meta < KITE_META_COUNT; meta++) {
        const char *value = kite_bundle_meta(p.bundle, 0, (enum kite_meta)meta);

        assert_int_equal(value != NULL, metas[meta] != NULL);
        if (value)
            assert_string_equal(value, metas[meta]);
    }
    packed_close(&p);
}

static void first_heading_is_the_title(void **state)
{
    (void)state;
    check_pack("a.md", "---\nlang: en\n---\n# The *title*\n\nText one.\n\n## Part\n",
               "title: The <e>title\nparagraph: Text one.\nheading d2: Part\n");
    check_pack("a.md", HEAD "# T\n\nText one.\n", TITLE "paragraph: Text one.\n");
    check_pack("a.md", HEAD "# Other\n\nText one.\n", TITLE "heading d1: Other\nparagraph: Text one.\n");
}

static void styles_nest(void **state)
{
    (void)state;
    check_pack("a.md", HEAD "a *b **c** d* `e \"f\"` ~~g~~ x<sup>2</sup> H<sub>2</sub>O <small-caps>h</small-caps>\n",
               TITLE "paragraph: a <e>b <eb>c<e> d<> <c>e \"f\"<> <s>g<> x<u>2<> H<d>2<>O <m>h\n");
    check_pack("a.md", HEAD "<span lang=\"es\">uno</span> <em>a</em><b>b</b> <font>c</font>\n",
               TITLE "paragraph: <:es>uno<> <e>a<b>b<> c\n");
}

static void entities_become_characters(void **state)
{
    (void)state;
    check_pack("a.md", HEAD "&eacute;&#233;&#xe9; &amp;lt; &bogus; e&#x301; &mdash;&hellip;\n",
               TITLE "paragraph: ééé &lt; &bogus; é —…\n");
}

static void lists_have_depth_and_ordinals(void **state)
{
    (void)state;
    check_pack("a.md", HEAD "- a\n- b\n  1. c\n  2. d\n     more\n- e\n\nText.\n",
               TITLE "item d1 tight: a\nitem d1 tight: b\nitem d2 #1 tight: c\nitem d2 #2 tight: d more\n"
                     "item d1 tight: e\nparagraph: Text.\n");
    check_pack("a.md", HEAD "3. a\n\n   more\n\n4. b\n", TITLE "item d1 #3: a\nitem-more d1: more\nitem d1 #4: b\n");
    check_pack("a.md", HEAD "- ```\n  x\n  ```\n- # h\n",
               TITLE "item d1 tight: \npreformatted: x\nitem d1 tight: <b>h\n");
}

static void quotations_have_depth_and_attribution(void **state)
{
    (void)state;
    check_pack("a.md", HEAD "> One.\n>\n> > Two.\n>\n> - three\n>\n> — Karl Marx\n\nText.\n",
               TITLE
               "quote q1: One.\nquote q2: Two.\nitem d1 q1 tight: three\nquote q1: — Karl Marx\nparagraph: Text.\n");
    check_pack("a.md", HEAD "> One.\n>\n> — Karl Marx\n\nText.\n",
               TITLE "quote q1: One.\nattribution q1: — Karl Marx\nparagraph: Text.\n");
}

static void quotations_in_lists_are_set_in(void **state)
{
    (void)state;
    check_pack("a.md", HEAD "- One.\n\n  > Said.\n  >\n  > > Said there.\n\n  More.\n\n- > All of it.\n\nText.\n",
               TITLE "item d1: One.\nitem-more d1 q1: Said.\nitem-more d1 q2: Said there.\nitem-more d1: More.\n"
                     "item d1: All of it.\nparagraph: Text.\n");
    check_pack("a.md", HEAD "> - One.\n>\n>   > Said.\n>\n> Text.\n",
               TITLE "item d1 q1: One.\nitem-more d1 q2: Said.\nquote q1: Text.\n");
}

static void bold_lines_over_text_are_headings(void **state)
{
    (void)state;
    check_pack("a.md", HEAD "Text one.\n\n**Over two**\n\nText two, longer.\n\n### Three\n\n**Over *four***\n\nText four, longer.\n\n**Not over.**\n\nText.\n",
               TITLE "paragraph: Text one.\nheading d2: Over two\nparagraph: Text two, longer.\nheading d3: Three\nheading d4: Over <e>four\n"
                     "paragraph: Text four, longer.\nparagraph: <b>Not over.\nparagraph: Text.\n");
    /* Questions and answers. */
    check_pack("a.md", HEAD "Text one.\n\n**Why?**\n\nText two, longer.\n\n**And what is it that all of those who were there said to you when you asked them how it had come to this?**\n\nText.\n",
               TITLE "paragraph: Text one.\nparagraph: <b>Why?\nparagraph: Text two, longer.\n"
                     "paragraph: <b>And what is it that all of those who were there said to you when you asked them how it had come to this?\n"
                     "paragraph: Text.\n");
}

static void verse_keeps_its_lines(void **state)
{
    (void)state;
    check_pack("a.md", HEAD "```verse\nRoses *are* red\n  - violets\n# blue\n\n2. stanza\n```\n",
               TITLE "verse: Roses <e>are<> red/\u00a0\u00a0- violets/# blue\nverse: 2. stanza\n");
    check_pack("a.md", HEAD "```letter\nAna Ruiz\nLima\n\nDear Mama,\n```\n\n{.verse tight} Love,\\\nAna\n",
               TITLE "verse tight: Ana Ruiz/Lima\nverse tight: Dear Mama,\nverse tight: Love,/Ana\n");
    check_pack("a.md", HEAD "Roses are red\\\nviolets are blue  \nthird\n",
               TITLE "verse: Roses are red/violets are blue/third\n");
    check_pack("a.md", HEAD "Roses are red\\\nviolets\nare blue\n",
               TITLE "paragraph: Roses are red/violets are blue\n");
}

static void code_keeps_its_spaces(void **state)
{
    (void)state;
    check_pack("a.md", HEAD "```c\n\n\tint \"x\";  \n\n  y -- z\n\n```\n",
               TITLE "preformatted:     int \"x\";//  y -- z\n");
}

static void tables_are_rows_of_cells(void **state)
{
    (void)state;
    check_pack("a.md", HEAD "| a | b \\| c | d |\n|---|:-:|--:|\n| *1* | 2<br>3 |\n",
               TITLE "table-head: a|b | c|d\ntable-row: <e>1<>|2/3|\n");
    check_pack("a.md", HEAD "|  |  |\n|---|---|\n| 1 | 2 |\n", TITLE "table-row: 1|2\n"); /* has no head */
}

static void notes_stand_last_in_the_order_of_their_marks(void **state)
{
    (void)state;
    check_pack(
        "a.md",
        HEAD "Two[^b] and one[^a], again[^b], none[^c] \\[^a] `[^a]`.\n\n"
             "[^a]: Note *a*.\n\n    More[^d].\n[^b]: Note b,\nlazy.\n[^d]: Note d.\n[^unused]: x\n\nText.\n",
        TITLE
        "paragraph: Two<n1>\uFFFC<> and one<n2>\uFFFC<>, again<n1>\uFFFC<>, none[^c] [^a] <c>[^a]<>.\n"
        "paragraph: Text.\nnote: Note b, lazy.\nnote: Note <e>a<>.\nnote-more: More<n3>\uFFFC<>.\nnote: Note d.\n");
}

static void notes_are_not_found_in_code(void **state)
{
    (void)state;
    check_pack("a.md", HEAD "x[^a]\n\n```\n[^a]: code\n```\n\n[^a]: note\n",
               TITLE "paragraph: x<n1>\uFFFC\npreformatted: [^a]: code\nnote: note\n");
}

static void links_lead_out_and_in(void **state)
{
    static const char text[] =
        HEAD "[out](http://a.b/?c=1&amp;d) [in](#caf%C3%A9-two) [gone](#gone) [same](http://a.b/?c=1&d)\n\n"
             "## Café, two!\n\n{#here} Text [there](#here).\n";
    struct packed p;
    struct kite_link link;

    (void)state;
    check_pack("a.md", HEAD "## !\n\n[x](#)\n", TITLE "heading d2: !\nparagraph: <l1>x\n");
    check_pack("a.md", text, TITLE "paragraph: <l1>out<> <l2>in<> gone <l1>same\nheading d2: Café, two!\n"
                                   "paragraph: Text <l3>there<>.\n");
    assert_int_equal(pack_text(&p, "a.md", text, sizeof text - 1), KITE_OK);
    assert_int_equal(kite_bundle_link(p.bundle, 0, 0, &link, NULL), KITE_OK);
    assert_string_equal(link.address, "http://a.b/?c=1&d");
    assert_int_equal(kite_bundle_link(p.bundle, 0, 1, &link, NULL), KITE_OK);
    assert_null(link.address);
    assert_int_equal(link.place.paragraph, 2);
    assert_int_equal(kite_bundle_link(p.bundle, 0, 2, &link, NULL), KITE_OK);
    assert_int_equal(link.place.paragraph, 3);
    assert_non_null(strstr(p.report, "#gone leads nowhere"));
    packed_close(&p);
}

static void links_lead_to_other_inputs(void **state)
{
    static const char one[] = HEAD "[to two](two.md#end) [all](two.md)\n", two[] = HEAD "Text.\n\n## End\n";
    struct kite_press_input inputs[] = {
        { .name = "books/one.md", .bytes = (const uint8_t *)one, .byte_count = sizeof one - 1 },
        { .name = "books/two.md", .bytes = (const uint8_t *)two, .byte_count = sizeof two - 1 },
    };
    struct packed p;
    struct kite_link link;

    (void)state;
    assert_int_equal(pack_inputs(&p, inputs, 2, NULL), KITE_OK);
    assert_int_equal(kite_bundle_document_count(p.bundle), 2);
    assert_int_equal(kite_bundle_link(p.bundle, 0, 0, &link, NULL), KITE_OK);
    assert_int_equal(link.place.document, 1);
    assert_int_equal(link.place.paragraph, 2);
    assert_int_equal(kite_bundle_link(p.bundle, 0, 1, &link, NULL), KITE_OK);
    assert_int_equal(link.place.document, 1);
    assert_int_equal(link.place.paragraph, 0);
    packed_close(&p);
}

static void blocks_can_name_their_role(void **state)
{
    (void)state;
    check_pack(
        "a.md",
        HEAD
        "{.epigraph} To be.\n\n{.author-note} X is *y*.\n\n\\{.title} no\n\n{.nothing} no\n\n{.heading depth=3} H\n",
        TITLE "epigraph: To be.\nauthor-note: X is <e>y<>.\nparagraph: {.title} no\nparagraph: {.nothing} no\n"
              "heading d3: H\n");
}

static void apparatus_is_recognised_in_other_languages(void **state)
{
    (void)state;
    check_pack("a.md",
               "---\nlang: es\n---\n# La memoria\n\n*Una reflexión sobre las cárceles de la región y sobre la memoria.*\n\n"
               "Por María Pérez\n\nTexto.\n\n---\n\nMaría Pérez es una periodista que vive en Lima.\n\n"
               "Este artículo fue publicado en *La Voz*.\n",
               "title: La memoria\nstandfirst: Una reflexión sobre las cárceles de la región y sobre la memoria.\n"
               "byline: Por María Pérez\nparagraph: Texto.\nrule: \n"
               "author-note: María Pérez es una periodista que vive en Lima.\n"
               "source: Este artículo fue publicado en <e>La Voz<>.\n");
}

static void unreachable_pictures_leave_their_text(void **state)
{
    (void)state;
    check_pack("a.md", HEAD "Before ![a *cat*](cat.png \"Caption\") after.\n\n* * *\n",
               TITLE "paragraph: Before after.\ncaption: a cat\ncaption: Caption\nrule: \n");
}

static const struct picture_row {
    const char *reference;
    enum kite_status status;
} picture_rows[] = { { "no.png", KITE_E_IO }, { "bad.png", KITE_OK } };

static enum kite_status fetch(void *ctx, const char *reference, uint8_t **bytes, size_t *count)
{
    struct kite_memory heap = kite_memory_heap();

    ++*(int *)ctx;
    for (size_t i = 0; i < sizeof picture_rows / sizeof *picture_rows; i++)
        if (strcmp(reference, picture_rows[i].reference) == 0 && picture_rows[i].status == KITE_OK) {
            *bytes = kite_alloc(&heap, 3, 1);
            *count = 3;
            return KITE_OK;
        }
    return KITE_E_IO;
}

static void pictures_that_cannot_be_read_are_told(void **state)
{
    static const char text[] = HEAD "![](no.png)![](no.png)![b](bad.png)\n\ntext\n";
    int fetches = 0;
    struct kite_press_input input = { .name = "a.md", .bytes = (const uint8_t *)text, .byte_count = sizeof text - 1,
                                      .ctx = &fetches, .fetch = fetch };
    struct packed p;

    (void)state;
    assert_int_equal(pack_inputs(&p, &input, 1, NULL), KITE_OK);
    assert_int_equal(fetches, 2);
    assert_int_equal(kite_bundle_picture_count(p.bundle), 0);
    assert_non_null(strstr(p.report, "warning 5: the picture no.png cannot be had"));
    assert_non_null(strstr(p.report, "warning 5: the picture bad.png is left out"));
    packed_close(&p);
}

static void reports_name_the_line(void **state)
{
    static const char text[] = "---\ntitle: T\ncolour: red\nlang: en\n---\n\n[^u]: x\n    y\n\ntext <blink>x</blink>\n";
    struct packed p;

    (void)state;
    assert_int_equal(pack_text(&p, "a.md", text, sizeof text - 1), KITE_OK);
    assert_non_null(strstr(p.report, "warning 3: front matter: colour: red is not a key"));
    assert_non_null(strstr(p.report, "warning 10: the tag <blink> is left out"));
    assert_non_null(strstr(p.report, "warning 7: nothing refers to the note [^u]"));
    packed_close(&p);
}

static void inputs_without_text_are_refused(void **state)
{
    struct packed p;

    (void)state;
    assert_int_equal(pack_text(&p, "a.md", "\n", 1), KITE_E_FORMAT);
    assert_non_null(strstr(p.fault.text, "a.md has no text"));
    packed_close(&p);
    assert_int_equal(pack_inputs(&p, NULL, 0, NULL), KITE_E_FORMAT);
    packed_close(&p);
}

static void long_paragraphs_are_split(void **state)
{
    enum { WORDS = 12000 };
    static char text[sizeof HEAD + 5 * WORDS];
    size_t used = sizeof HEAD - 1;
    struct kite_document_info info;
    struct packed p;

    (void)state;
    memcpy(text, HEAD, used);
    for (int i = 0; i < WORDS; i++, used += 5)
        memcpy(text + used, "word ", 5);
    assert_int_equal(pack_text(&p, "a.md", text, used), KITE_OK);
    assert_int_equal(kite_bundle_document(p.bundle, 0, &info), KITE_OK);
    assert_int_equal(info.paragraph_count, 3);
    assert_int_equal(info.text_bytes, 1 + 5 * WORDS - 1);
    packed_close(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(front_matter_gives_metadata_and_paragraphs),
        cmocka_unit_test(first_heading_is_the_title),
        cmocka_unit_test(styles_nest),
        cmocka_unit_test(entities_become_characters),
        cmocka_unit_test(lists_have_depth_and_ordinals),
        cmocka_unit_test(quotations_have_depth_and_attribution),
        cmocka_unit_test(quotations_in_lists_are_set_in),
        cmocka_unit_test(bold_lines_over_text_are_headings),
        cmocka_unit_test(verse_keeps_its_lines),
        cmocka_unit_test(code_keeps_its_spaces),
        cmocka_unit_test(tables_are_rows_of_cells),
        cmocka_unit_test(notes_stand_last_in_the_order_of_their_marks),
        cmocka_unit_test(notes_are_not_found_in_code),
        cmocka_unit_test(links_lead_out_and_in),
        cmocka_unit_test(links_lead_to_other_inputs),
        cmocka_unit_test(blocks_can_name_their_role),
        cmocka_unit_test(apparatus_is_recognised_in_other_languages),
        cmocka_unit_test(unreachable_pictures_leave_their_text),
        cmocka_unit_test(pictures_that_cannot_be_read_are_told),
        cmocka_unit_test(reports_name_the_line),
        cmocka_unit_test(inputs_without_text_are_refused),
        cmocka_unit_test(long_paragraphs_are_split),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
