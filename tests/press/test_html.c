/* HTML to paragraphs with roles: what stands in it, its notes, and what surrounds the text of a saved page. */
#include "press/pack.h"

#define PAGE(BODY) "<!DOCTYPE html><html lang=\"en\"><head><title>T</title></head><body>" BODY "</body></html>"
#define LONG "This sentence runs on for a while, so that the paragraph counts as text. "

static void blocks_become_roles(void **state)
{
    (void)state;
    check_pack("a", PAGE("<h1>T</h1><p>One <em>two <b>three</b></em> <code>4</code><p>Five<h2>Part</h2><blockquote><p>Said.</blockquote><hr>"
                         "<pre>x  =\n 1</pre>"),
               "title: T\nparagraph: One <e>two <eb>three<> <c>4\nparagraph: Five\nheading d2: Part\nquote q1: Said.\nrule: \n"
               "preformatted: x  =/ 1\n");
}

static void lists_keep_their_numbers(void **state)
{
    (void)state;
    check_pack("a", PAGE("<h1>T</h1><p>Text.</p><ul><li>a<ol start=3><li>three<li>four</ol><li><p>b<p>more</ul><ol><li value=7>seven<li>eight</ol>"),
               "title: T\nparagraph: Text.\nitem d1: a\nitem d2 #3 tight: three\nitem d2 #4 tight: four\nitem d1: b\nitem-more d1: more\n"
               "item d1 #7 tight: seven\nitem d1 #8 tight: eight\n");
}

static void quotations_in_lists_are_set_in(void **state)
{
    (void)state;
    check_pack("a", PAGE("<h1>T</h1><p>Text.</p><ul><li>One.<blockquote>Said.</blockquote>More.<li><blockquote>All of it.</blockquote></ul><p>End."),
               "title: T\nparagraph: Text.\nitem d1 tight: One.\nitem-more d1 q1 tight: Said.\nitem-more d1 tight: More.\nitem d1 tight: All of it.\nparagraph: End.\n");
}

static void tables_have_cells(void **state)
{
    (void)state;
    check_pack("a", PAGE("<h1>T</h1><p>Text.</p><table><tr><th>A<th>B<tr><td>1<td>2<tr><td colspan=2>both</table>"),
               "title: T\nparagraph: Text.\ntable-head: A|B\ntable-row: 1|2\ntable-row: both|\n");
    check_pack("a", PAGE("<h1>T</h1><p>Text.</p><table><tr><td>1<td>2<tr><th>A<th>B</table>"),
               "title: T\nparagraph: Text.\ntable-row: 1|2\ntable-row: <b>A<>|<b>B\n");
    check_pack("a", PAGE("<h1>T</h1><p>Text.</p><blockquote lang=es><table><tr><td>uno<td>dos</table></blockquote>"),
               "title: T\nparagraph: Text.\ntable-row: <:es>uno<>|<:es>dos\n");
    check_pack("a", PAGE("<h1>T</h1><p>Text.</p><pre><table><tr><th>A</tr><tr><td>1<td>2</table></pre>"),
               "title: T\nparagraph: Text.\ntable-head: A|\ntable-row: 1|2\n");
    /* One that only arranges gives what stands in it. */
    check_pack("a", PAGE("<h1>T</h1><table><tr><td><h2>Left</h2><p>One.</p></td><td><p>Two.</p></td></tr></table>"),
               "title: T\nheading d2: Left\nparagraph: One.\nparagraph: Two.\n");
}

static void styles_of_a_sheet_carry_meaning(void **state)
{
    (void)state;
    check_pack("a",
               "<html lang=en><head><style>/* p.x { } */ .i, b.light { font-style: italic !important; font-weight: normal }"
               "@media print { .no { display: block } } .no { display:none } .sc{font-variant:small-caps}</style></head>"
               "<body><h1>T</h1><p><span class='q i'>slanted</span> <b class=light>and</b> <span class=sc>small</span> <i style='font-style:normal'>up</i>"
               "<span class=no>hidden</span></p></body></html>",
               "title: T\nparagraph: <e>slanted<> <e>and<> <m>small<> up\n");
}

static void notes_are_found_however_they_are_written(void **state)
{
    static const char wanted[] = "title: T\nparagraph: Text<n1>\xEF\xBF\xBC<> goes on.\nnote: The note.\n";

    (void)state;
    check_pack("a", PAGE("<h1>T</h1><p>Text<a epub:type='noteref' href='#n'>1</a> goes on.</p><aside epub:type='footnote' id='n'><p>The note.</p></aside>"),
               wanted);
    check_pack("a", PAGE("<h1>T</h1><p>Text <sup><a href='#n' id=r>1</a></sup> goes on.</p><h2>Notes</h2><p id=n><a href='#r'>[1]</a> The note.</p>"), wanted);
    check_pack("a", PAGE("<h1>T</h1><p>Text<a href='#n'>[1]</a> goes on.</p><p><a name=n></a>[1] The note.</p>"), wanted);
    check_pack("a",
               PAGE("<h1>T</h1><p>Text<a href='#fn1' id='fnref1' role='doc-noteref'><sup>1</sup></a> goes on.</p><section role='doc-endnotes'><hr>"
                    "<ol><li id='fn1'><p>The note.<a href='#fnref1' role='doc-backlink'>\xE2\x86\xA9</a></p></li></ol></section>"),
               wanted);
    /* What stands above stays, and only the heading of the notes goes. */
    check_pack("a", PAGE("<h1>T</h1><h2>Part</h2><h3>Chapter</h3><p>Text<sup><a href='#n'>1</a></sup> goes on.</p><h3>Notes</h3><p id=n>1 The note.</p><h3>End</h3><p>More.</p>"),
               "title: T\nheading d2: Part\nheading d3: Chapter\nparagraph: Text<n1>\xEF\xBF\xBC<> goes on.\nheading d3: End\nparagraph: More.\nnote: The note.\n");
    /* A link to a place is none. */
    check_pack("a", PAGE("<h1>T</h1><p>See <a href='#n'>part 2</a>.</p><h2 id=n>2 Part</h2><p>Text.</p>"),
               "title: T\nparagraph: See <l1>part 2<>.\nheading d2: 2 Part\nparagraph: Text.\n");
    /* A heading that refers to one stands over nothing else. */
    check_pack("a", PAGE("<h1>T</h1><p>Text.</p><h2>Two<a epub:type='noteref' href='#n'>1</a></h2><aside epub:type='footnote' id='n'><p>The note.</p></aside>"),
               "title: T\nparagraph: Text.\nheading d2: Two<n1>￼\nnote: The note.\n");
}

static void marks_of_the_class_of_notes_are_no_notes(void **state)
{
    (void)state;
    check_pack("a", PAGE("<h1>T</h1><p>If so<a href='#n1' class=footnote id=r1><sup class=footnote>[1]</sup></a>, go on.</p>"
                         "<div class=footnotes><div id=n1 class=footnote><p><a href='#r1' class=para><sup>[1] </sup></a>The note.</p></div></div>"),
               "title: T\nparagraph: If so<n1>\xEF\xBF\xBC<>, go on.\nnote: The note.\n");
}

static void notes_keep_their_paragraphs_and_lose_their_labels(void **state)
{
    (void)state;
    check_pack("a", PAGE("<h1>T</h1><p>a<a href='#n1' id=r1><sup>1</sup></a> b<a href='#n2' id=r2>[2]</a>.</p><div><h2>Notes</h2><p id=n1><a href='#r1'>1</a>. One.</p><p>More of it.</p>"
                         "<p id=n2>[<a href='#r2'>2</a>] Two.</p><p>More of two.</p></div>"),
               "title: T\nparagraph: a<n1>\xEF\xBF\xBC<> b<n2>\xEF\xBF\xBC<>.\nnote: One.\nnote-more: More of it.\nnote: Two.\nnote-more: More of two.\n");
    /* Where text stands in front of notes, what follows them is text again. */
    check_pack("a", PAGE("<h1>T</h1><p>a<a href='#n1' id=r1><sup>1</sup></a></p><p id=n1><a href='#r1'>1</a> One.</p><p>Next page.</p>"),
               "title: T\nparagraph: a<n1>\xEF\xBF\xBC\nparagraph: Next page.\nnote: One.\n");
}

static void cells_reach_over_rows_and_columns(void **state)
{
    (void)state;
    check_pack("a", PAGE("<h1>T</h1><table><tr><th rowspan=2>A<th colspan=2>B<tr><th>b<th>c<tr><td rowspan=2>x<td rowspan=''>1<td>2<tr><td>3<td>4<tr><td>y<td rowspan=0>5<td>6<tr><td>z<td>7</table>"),
               "title: T\ntable-head: A|B|\ntable-row: |<b>b<>|<b>c\ntable-row: x|1|2\ntable-row: |3|4\ntable-row: y|5|6\ntable-row: z||7\n");
}

static void readings_stand_behind_their_signs(void **state)
{
    (void)state;
    check_pack("a", PAGE("<h1>T</h1><p>a <ruby>\u6f22<rp>(</rp><rt>x</rt><rp>)</rp></ruby> <ruby><rb>\u6771</rb><rb>\u4eac</rb><rt>y</rt><rt>z</rt></ruby>.</p>"),
               "title: T\nparagraph: a \u6f22(x) \u6771\u4eac(yz).\n");
}

static void ornaments_are_rules(void **state)
{
    (void)state;
    check_pack("a", PAGE("<h1>T</h1><p>a</p><p>* * *</p><p>b</p><p><b>\u2042</b></p><p>c * d</p>"),
               "title: T\nparagraph: a\nrule: \nparagraph: b\nrule: \nparagraph: c * d\n");
}

static void preformatted_text_is_plain(void **state)
{
    (void)state;
    check_pack("a", PAGE("<h1>T</h1><p>x</p><pre>a <b>b</b> <a href='http://x.y/'>c</a><sup><a href='#n'>1</a></sup></pre><p id=n>1 Note.</p>"),
               "title: T\nparagraph: x\npreformatted: a b c1\nparagraph: 1 Note.\n");
    check_pack("a", PAGE("<h1>T</h1><p>x</p><h2><pre>a\n  b</pre></h2>"), "title: T\nparagraph: x\nheading d2: a b\n");
}

static void what_surrounds_a_page_is_left_out(void **state)
{
    (void)state;
    check_pack("a", PAGE("<header class='site-nav'><a href=/>Home</a></header><nav><ul><li><a href=/a>A</a></ul></nav>"
                         "<div id=content><h1>T</h1><p>" LONG "</p><div class='share-buttons'>Share this</div><p>" LONG "</p>"
                         "<ul><li><a href='http://x/1'>Other</a><li><a href='http://x/2'>Pages</a></ul></div>"
                         "<div class=cookie-banner>We use cookies</div><footer>All rights reserved</footer><script>var x = '<p>no</p>';</script>"),
               "title: T\nparagraph: This sentence runs on for a while, so that the paragraph counts as text.\n"
               "paragraph: This sentence runs on for a while, so that the paragraph counts as text.\n"
               "item d1 tight: <l1>Other\nitem d1 tight: <l2>Pages\n"); /* in the text itself, links to other pages are part of it */
    /* A list of links outside of it is not, and a box with a text of its own is part of the text. */
    check_pack("a", PAGE("<h1>T</h1><p>" LONG LONG LONG "</p><div class=sidebar><p>" LONG LONG LONG "</p></div><ul><li><a href='http://x/1'>Other</a></ul><div>" LONG "</div>"),
               "title: T\nparagraph: This sentence runs on for a while, so that the paragraph counts as text. This sentence runs on for a while, so that the paragraph counts as text. "
               "This sentence runs on for a while, so that the paragraph counts as text.\nparagraph: This sentence runs on for a while, so that the paragraph counts as text. "
               "This sentence runs on for a while, so that the paragraph counts as text. This sentence runs on for a while, so that the paragraph counts as text.\n"
               "paragraph: This sentence runs on for a while, so that the paragraph counts as text.\n");
    /* Names alone don't do it: what holds the text stays. */
    check_pack("a", PAGE("<div class='sidebar'><h1>T</h1><p>" LONG "</p></div>"),
               "title: T\nparagraph: This sentence runs on for a while, so that the paragraph counts as text.\n");
}

static void formulas_become_lines(void **state)
{
    static const struct {
        const char *formula, *wanted;
    } rows[] = {
        { "<mfrac><mrow><mi>a</mi><mo>+</mo><mi>b</mi></mrow><mn>2</mn></mfrac><mo>=</mo><msup><mi>x</mi><mn>2</mn></msup>", "(a + b)/2 = x<u>2<>" },
        { "<mrow><mo>-</mo><mi>a</mi> <mo>\u2212</mo> <mfrac><mfrac><mi>b</mi><mi>c</mi></mfrac><mi>d</mi></mfrac></mrow>", "\u2212a \u2212 (b/c)/d" },
        { "<msqrt><mi>x</mi></msqrt><mroot><mrow><mi>y</mi><mo>+</mo><mn>1</mn></mrow><mn>3</mn></mroot>", "\u221ax<u>3<>\u221a(y + 1)" },
        { "<msup><mrow><mi>a</mi><mo>+</mo><mi>b</mi></mrow><msup><mi>n</mi><mn>2</mn></msup></msup>", "(a + b)<u>n^2<>" },
        { "<munderover><mo>\u2211</mo><mrow><mi>i</mi><mo>=</mo><mn>1</mn></mrow><mi>n</mi></munderover><msub><mi>a</mi><mi>i</mi></msub>", "\u2211<d>i=1<u>n<> a<d>i<>" },
        { "<mi>sin</mi><mo>\u2061</mo><mi>x</mi><mo>\u2062</mo><mi>f</mi><mo>\u2061</mo><mfenced><mi>x</mi><mi>y</mi></mfenced>", "sin xf(x, y)" },
        { "<mo>(</mo><mtable><mtr><mtd><mn>1</mn></mtd><mtd><mn>0</mn></mtd></mtr><mtr><mtd><mn>0</mn></mtd><mtd><mn>1</mn></mtd></mtr></mtable><mo>)</mo>", "(1, 0; 0, 1)" },
        { "<mtable><mtr><mtd><mi>x</mi></mtd><mtd><mo>=</mo><mn>1</mn></mtd></mtr><mtr><mtd><mi>y</mi></mtd><mtd><mo>=</mo><mn>2</mn></mtd></mtr></mtable>", "x = 1/y = 2" },
        { "<mover><mi>x</mi><mo>\u00af</mo></mover><mover><mi>v</mi><mo>\u2192</mo></mover>", "x\u0304v<u>\u2192<>" },
        { "<mmultiscripts><mi>C</mi><mn>2</mn><none/><mprescripts/><mn>6</mn><mn>14</mn></mmultiscripts>", "<d>6<u>14<>C<d>2<>" },
        { "<semantics><mrow><mi>a</mi><mtext> if </mtext><mi>b</mi></mrow><annotation encoding='TeX'>a if b</annotation></semantics>", "a if b" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char text[2000], wanted[500];

        snprintf(text, sizeof text, "<!DOCTYPE html><html lang=en><body><h1>T</h1><p>So <math>%s</math>.</p></body></html>", rows[i].formula);
        snprintf(wanted, sizeof wanted, "title: T\nparagraph: So %s.\n", rows[i].wanted);
        check_pack("a", text, wanted);
    }
    check_pack("a", PAGE("<h1>T</h1><p>So <math display=block><mi>E</mi><mo>=</mo><mi>m</mi></math> and on.</p><p><math alttext='x+1'></math></p>"),
               "title: T\nparagraph: So\nparagraph: E = m\nparagraph: and on.\nparagraph: x+1\n");
}

static void text_runs_as_the_page_says(void **state)
{
    (void)state;
    /* What is said counts over the first letter, and goes along as a mark in front; an element within a line is set apart. */
    check_pack("a", "<!DOCTYPE html><html lang=en><body><h1>T</h1><p dir=rtl>HTML \u05d0.</p><p dir=auto>\u05d0 b</p><p>a <span dir=rtl>\u05d0 1</span>, <bdi>x</bdi> <bdo dir=rtl>b</bdo>"
                    "<i dir=rtl> </i><i dir=ltr>c</i></p></body></html>",
               "title: T\nparagraph rtl: \u200fHTML \u05d0.\nparagraph rtl: \u05d0 b\nparagraph: a \u2067\u05d0 1\u2069, \u2068x\u2069 \u202eb\u202c<e> \u2066c\u2069\n");
    check_pack("a", "<!DOCTYPE html><html lang=he dir=rtl><head><style>.l { direction: ltr }</style></head><body><h1>\u05d0</h1><p>HTML</p><p class=l>\u05d0 b</p><ul><li>1</ul></body></html>",
               "title rtl: \u05d0\nparagraph rtl: \u200fHTML\nparagraph: \u200e\u05d0 b\nitem d1 tight rtl: 1\n");
    /* Quotation marks beside the marks of an isolate open and shut as beside what stands around it. */
    check_pack("a", PAGE("<h1>T</h1><p>So: <bdi>\"a\"</bdi> and \"<bdi>b</bdi>\".</p>"), "title: T\nparagraph: So: \u2068\u201ca\u201d\u2069 and \u201c\u2068b\u2069\u201d.\n");
    /* Left to right over the whole page says nothing. */
    check_pack("a", "<!DOCTYPE html><html lang=en dir=ltr><body><h1>T</h1><p>\u05d0</p></body></html>", "title: T\nparagraph rtl: \u05d0\n");
}

static void pages_in_wide_letters_are_read(void **state)
{
    static const char page[] = "<html lang=en><body><h1>T</h1><p>Text.</p></body></html>";
    char wide[2 + 2 * sizeof page] = "\xff\xfe";
    struct kite_buffer dump = { .mem = kite_memory_heap() };
    struct packed packed;

    (void)state;
    for (size_t i = 0; i + 1 < sizeof page; i++) {
        wide[2 + 2 * i] = page[i];
        wide[3 + 2 * i] = 0;
    }
    for (size_t skipped = 0; skipped <= 2; skipped += 2) { /* with and without a mark in front */
        assert_int_equal(pack_text(&packed, "a", wide + skipped, 2 * sizeof page - skipped), KITE_OK);
        dump.count = 0;
        dump_document(&packed, 0, &dump);
        assert_string_equal((const char *)dump.bytes, "title: T\nparagraph: Text.\n");
        packed_close(&packed);
    }
    kite_buffer_close(&dump);
}

static void verse_is_told_from_broken_lines(void **state)
{
    (void)state;
    check_pack("a", PAGE("<h1>T</h1><p class=stanza>One line</p><p>Two lines,<br>both short</p><div class=stanza><p>Each line</p><p>a block</p></div>"),
               "title: T\nverse: One line\nverse: Two lines,/both short\nverse: Each line/a block\n");
}

static void markup_without_end_is_read(void **state)
{
    struct kite_buffer text = { .mem = kite_memory_heap() };
    struct packed packed;

    (void)state;
    kite_buffer_add_text(&text, "<html><body><h1>T</h1><p>Text.");
    for (int i = 0; i < 20000; i++)
        kite_buffer_add_text(&text, "<div><table><tr><td><ul><li><i>");
    assert_int_equal(pack_text(&packed, "a", text.bytes, text.count), KITE_OK);
    packed_close(&packed);
    kite_buffer_close(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blocks_become_roles),
        cmocka_unit_test(lists_keep_their_numbers),
        cmocka_unit_test(quotations_in_lists_are_set_in),
        cmocka_unit_test(tables_have_cells),
        cmocka_unit_test(styles_of_a_sheet_carry_meaning),
        cmocka_unit_test(notes_are_found_however_they_are_written),
        cmocka_unit_test(marks_of_the_class_of_notes_are_no_notes),
        cmocka_unit_test(notes_keep_their_paragraphs_and_lose_their_labels),
        cmocka_unit_test(cells_reach_over_rows_and_columns),
        cmocka_unit_test(readings_stand_behind_their_signs),
        cmocka_unit_test(ornaments_are_rules),
        cmocka_unit_test(pages_in_wide_letters_are_read),
        cmocka_unit_test(preformatted_text_is_plain),
        cmocka_unit_test(what_surrounds_a_page_is_left_out),
        cmocka_unit_test(formulas_become_lines),
        cmocka_unit_test(text_runs_as_the_page_says),
        cmocka_unit_test(verse_is_told_from_broken_lines),
        cmocka_unit_test(markup_without_end_is_read),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
