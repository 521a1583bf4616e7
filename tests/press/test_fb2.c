/* FictionBook to paragraphs: sections, verse, quotations, notes, pictures, what its description says. */
#include "press/office.h"

#define BOOK(BODY) BOOK_WITH("", BODY)
#define BOOK_WITH(INFO, BODY) \
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?><FictionBook xmlns='http://www.gribuser.ru/xml/fictionbook/2.0' xmlns:l='http://www.w3.org/1999/xlink'>" \
    "<description><title-info>" INFO "<book-title>A Book</book-title><lang>en</lang></title-info></description>" BODY "</FictionBook>"
#define BODY(TEXT) "<body><title><p>A Book</p></title>" TEXT "</body>"

/* 2 x 2 gray, PNG. */
#define PICTURE \
    "<binary id='a.png' content-type='image/png'>iVBORw0KGgoAAAANSUhEUgAAAAIAAAACCAAAAABX3VL4AAAADElEQVR4nGNg\n" \
    "+A+EAAYAAf+T0eSJAAAAAElFTkSuQmCC</binary>"

static void sections_become_headings(void **state)
{
    (void)state;
    check_pack("a", BOOK(BODY("<section><title><p>One</p><p>of two</p></title><p>Text with <emphasis>slant</emphasis>, <strong>weight</strong>, H<sub>2</sub>O.</p>"
                              "<section><title><p>Part</p></title><p>More.</p><subtitle>Between</subtitle><p>Text.</p><subtitle>* * *</subtitle><empty-line/><p>End.</p></section></section>")),
               "title: A Book\nheading d1: One/of two\nparagraph: Text with <e>slant<>, <b>weight<>, H<d>2<>O.\nheading d2: Part\nparagraph: More.\n"
               "heading d3: Between\nparagraph: Text.\nrule: \nparagraph: End.\n");
}

static void verse_and_quotations_are_kept(void **state)
{
    (void)state;
    check_pack("a", BOOK(BODY("<epigraph><p>Know thyself.</p><text-author>Delphi</text-author></epigraph><section><p>Text.</p>"
                              "<poem><title><p>Song</p></title><stanza><v>One</v><v>two</v></stanza><stanza><v>three</v></stanza><text-author>A poet</text-author></poem>"
                              "<cite><p>Said.</p><text-author>She</text-author></cite><p><code>a  =</code></p><p><code>  1</code></p></section>")),
               "title: A Book\nepigraph: Know thyself.\nattribution: Delphi\nparagraph: Text.\nheading d2: Song\nverse: One/two\nverse: three\nattribution: A poet\n"
               "quote q1: Said.\nattribution q1: She\npreformatted: a  =/  1\n");
}

static void notes_come_from_a_body_of_their_own(void **state)
{
    (void)state;
    check_pack("a", BOOK(BODY("<section><p>One<a l:href='#n2' type='note'>[2]</a> two<a l:href='#n1' type='note'>[1]</a> again<a l:href='#n2' type='note'>2</a>"
                              " and <a l:href='#s'>there</a>.</p></section><section id='s'><p>Here.</p></section>")
                         "<body name='notes'><title><p>Notes</p></title><section id='n1'><title><p>1</p></title><p>First, <emphasis>ibid.</emphasis></p><p>More.</p></section>"
                         "<section id='n2'><title><p>2</p></title><p>2 words.</p></section></body>"),
               "title: A Book\nparagraph: One<n1>\xEF\xBF\xBC<> two<n2>\xEF\xBF\xBC<> again<n1>\xEF\xBF\xBC<> and <l1>there<>.\nparagraph: Here.\nnote: 2 words.\n"
               "note: First, <e>ibid.\nnote-more: More.\n");
    /* They may stand in sections of chapters, whose headings go with them. */
    check_pack("a", BOOK(BODY("<section><p>One<a l:href='#n1' type='note'>1</a></p></section>")
                         "<body name='notes'><title><p>Notes</p></title><section><title><p>Chapter</p></title><section id='n1'><title><p>1</p></title><p>Deep.</p></section></section></body>"),
               "title: A Book\nparagraph: One<n1>\xEF\xBF\xBC\nnote: Deep.\n");
    /* Notes that no mark leads to are text. */
    check_pack("a", BOOK(BODY("<section><p>One.</p></section>") "<body name='notes'><title><p>Notes</p></title><section id='n1'><p>Loose.</p></section></body>"),
               "title: A Book\nparagraph: One.\nheading d1: Notes\nparagraph: Loose.\n");
}

static void tables_have_cells(void **state)
{
    (void)state;
    check_pack("a", BOOK(BODY("<section><p>Text.</p><table><tr><th>A</th><th>B</th></tr><tr><td colspan='2'>both</td></tr></table></section>")),
               "title: A Book\nparagraph: Text.\ntable-head: A|B\ntable-row: both|\n");
}

static void the_description_is_taken(void **state)
{
    static const char book[] =
        BOOK_WITH("<author><first-name>Lev</first-name><last-name>Tolstoy</last-name></author><author><nickname>Editor</nickname></author><date>1869</date>"
                  "<coverpage><image l:href='#a.png'/></coverpage><sequence name='Works' number='1'/>",
                  BODY("<section><p>Text.</p><image l:href='#a.png' alt='A square'/></section>") PICTURE);
    struct packed packed;
    struct kite_buffer dump = { .mem = kite_memory_heap() };

    (void)state;
    assert_int_equal(pack_text(&packed, "a", book, sizeof book - 1), KITE_OK);
    assert_string_equal(kite_bundle_meta(packed.bundle, 0, KITE_META_AUTHOR), "Lev Tolstoy, Editor");
    assert_string_equal(kite_bundle_meta(packed.bundle, 0, KITE_META_DATE), "1869");
    assert_string_equal(kite_bundle_meta(packed.bundle, 0, KITE_META_SERIES), "Works");
    assert_int_equal(kite_bundle_picture_count(packed.bundle), 1);
    dump_document(&packed, 0, &dump);
    assert_string_equal((const char *)dump.bytes, "picture: \ntitle: A Book\nbyline: Lev Tolstoy, Editor\nparagraph: Text.\npicture: A square\n");
    kite_buffer_close(&dump);
    packed_close(&packed);
}

static void text_without_a_paragraph_is_kept(void **state)
{
    struct office_part parts[] = { { "book.fb2", BOOK(BODY("<section><p>Text.</p>Bare words\nin lines\n<emphasis>slanted</emphasis><p>More.</p></section>")) }, { NULL, NULL } };

    (void)state;
    check_parts(parts, "title: A Book\nparagraph: Text.\nverse: Bare words/in lines\nparagraph: slanted\nparagraph: More.\n", NULL);
}

static void a_zipped_one_is_the_same(void **state)
{
    struct office_part parts[] = { { "book.fb2", BOOK(BODY("<section><p>Text.</p></section>")) }, { NULL, NULL } };

    (void)state;
    check_parts(parts, "title: A Book\nparagraph: Text.\n", NULL);
}

static void damaged_files_do_no_harm(void **state)
{
    static const char book[] = BOOK_WITH("<author><first-name>A</first-name></author><coverpage><image l:href='#a.png'/></coverpage>",
                                         BODY("<section><title><p>One</p></title><p>Text<a l:href='#n' type='note'>1</a></p><poem><stanza><v>a</v><v>b</v></stanza></poem></section>")
                                             "<body name='notes'><section id='n'><p>Note.</p></section></body>" PICTURE);
    struct kite_buffer file = { .mem = kite_memory_heap() };
    struct office_part parts[] = { { "book.fb2", book }, { NULL, NULL } };

    (void)state;
    assert_int_equal(kite_buffer_add(&file, book, sizeof book - 1), KITE_OK);
    check_cuts(&file);
    check_failing_memory(&file);
    kite_buffer_close(&file);
    file = office_file(parts);
    check_cuts(&file);
    kite_buffer_close(&file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sections_become_headings),
        cmocka_unit_test(verse_and_quotations_are_kept),
        cmocka_unit_test(notes_come_from_a_body_of_their_own),
        cmocka_unit_test(tables_have_cells),
        cmocka_unit_test(the_description_is_taken),
        cmocka_unit_test(text_without_a_paragraph_is_kept),
        cmocka_unit_test(a_zipped_one_is_the_same),
        cmocka_unit_test(damaged_files_do_no_harm),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
