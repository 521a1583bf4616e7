/* ODT to paragraphs: styles, lists, notes, tables, frames, changes. */
#include "press/office.h"

#define SPACES \
    "xmlns:office='o' xmlns:style='s' xmlns:text='t' xmlns:table='b' xmlns:draw='d' xmlns:fo='f' xmlns:xlink='x' xmlns:svg='v' xmlns:dc='c' xmlns:meta='m'"
#define CONTENT(TEXT) "<office:document-content " SPACES ">" AUTOMATIC "<office:body><office:text>" TEXT "</office:text></office:body></office:document-content>"
#define AUTOMATIC \
    "<office:automatic-styles><style:style style:name='P1' style:family='paragraph' style:parent-style-name='Quotations'/>" \
    "<style:style style:name='P2' style:family='paragraph' style:parent-style-name='Standard'><style:text-properties fo:font-style='italic'/></style:style>" \
    "<style:style style:name='P3' style:family='paragraph' style:parent-style-name='Standard'><style:paragraph-properties fo:text-align='end'/></style:style>" \
    "<style:style style:name='P4' style:family='paragraph' style:parent-style-name='Standard'><style:paragraph-properties style:writing-mode='rl-tb'/></style:style>" \
    "<style:style style:name='T1' style:family='text'><style:text-properties fo:font-style='italic'/></style:style>" \
    "<style:style style:name='T2' style:family='text' style:parent-style-name='T1'><style:text-properties fo:font-weight='bold'/></style:style>" \
    "<style:style style:name='T3' style:family='text'><style:text-properties style:text-position='sub 58%'/></style:style>" \
    "<style:style style:name='T4' style:family='text'><style:text-properties fo:language='es' fo:country='MX'/></style:style>" \
    "<style:style style:name='T5' style:family='text'><style:text-properties text:display='none'/></style:style>" \
    "<style:style style:name='T6' style:family='text'><style:text-properties fo:font-style='normal'/></style:style>" \
    "<text:list-style style:name='L1'><text:list-level-style-number text:level='1' style:num-format='1' text:start-value='3'/>" \
    "<text:list-level-style-number text:level='2' style:num-format='1'/></text:list-style>" \
    "<text:list-style style:name='L2'><text:list-level-style-bullet text:level='1' text:bullet-char='-'/></text:list-style></office:automatic-styles>"
#define H(LEVEL, TEXT) "<text:h text:outline-level='" LEVEL "'>" TEXT "</text:h>"
#define P(STYLE, TEXT) "<text:p text:style-name='" STYLE "'>" TEXT "</text:p>"
#define ITEM(TEXT) "<text:list-item>" TEXT "</text:list-item>"

static const char styles[] =
    "<office:document-styles " SPACES "><office:styles><style:style style:name='Standard' style:family='paragraph'/>"
    "<style:style style:name='Title' style:family='paragraph' style:parent-style-name='Standard'><style:text-properties fo:font-weight='bold'/></style:style>"
    "<style:style style:name='Quotations' style:family='paragraph'><style:text-properties fo:font-style='italic'/></style:style>"
    "<style:style style:name='Chapter' style:family='paragraph' style:default-outline-level='2'/>"
    "<style:style style:name='Preformatted_20_Text' style:display-name='Preformatted Text' style:family='paragraph'/>"
    "<style:style style:name='Source_20_Text' style:family='text'/></office:styles>"
    "<office:master-styles><style:master-page><style:footer><text:p>Page</text:p></style:footer></style:master-page></office:master-styles></office:document-styles>";
static const char numbered_styles[] =
    "<office:document-styles " SPACES "><office:styles><text:outline-style><text:outline-level-style text:level='1' style:num-format='I' style:num-suffix='.'/>"
    "<text:outline-level-style text:level='2' style:num-format='1' text:display-levels='2'/></text:outline-style></office:styles></office:document-styles>";
static const char meta[] = "<office:document-meta " SPACES "><office:meta><dc:title>A title</dc:title><dc:creator>Jane Doe</dc:creator></office:meta></office:document-meta>";
static const char formula[] = "<math xmlns='http://www.w3.org/1998/Math/MathML'><semantics><mfrac><mi>a</mi><mi>b</mi></mfrac><annotation>a over b</annotation></semantics></math>";
static const char type[] = "application/vnd.oasis.opendocument.text";

/* The first entry says what the others are. */
static struct kite_buffer odt_of(const char *content, const char *with_styles, const char *manifest)
{
    struct zip zip;

    zip_begin(&zip);
    zip_add_stored(&zip, "mimetype", type);
    zip_add(&zip, "content.xml", content);
    zip_add(&zip, "styles.xml", with_styles);
    zip_add(&zip, "meta.xml", meta);
    zip_add(&zip, "Object 1/content.xml", formula);
    if (manifest)
        zip_add(&zip, "META-INF/manifest.xml", manifest);
    zip_end(&zip);
    return zip.file;
}

static void check_report(const char *content, const char *wanted, const char *report)
{
    struct kite_buffer file = odt_of(content, styles, NULL);

    check_file(&file, wanted, report);
    kite_buffer_close(&file);
}

static void check(const char *content, const char *wanted)
{
    check_report(content, wanted, NULL);
}

static void styles_become_roles(void **state)
{
    (void)state;
    check(CONTENT(P("Title", "The Title") H("1", "Part <text:span text:style-name='T2'>one</text:span>") P("Standard", "Text.") P("Chapter", "Two") P("P1", "Said.")
                  P("Preformatted_20_Text", "a<text:s text:c='2'/>b") P("Preformatted_20_Text", "c") P("Standard", "End.")),
          "title: The Title\nheading d1: Part <e>one\nparagraph: Text.\nheading d2: Two\nquote q1: Said.\npreformatted: a  b/c\nparagraph: End.\n");
}

static void emphasis_is_what_differs_from_the_paragraph(void **state)
{
    (void)state;
    check(CONTENT(P("Title", "T") P("Standard", "A <text:span text:style-name='T1'>b</text:span> <text:span text:style-name='T2'>c</text:span>"
                                                "<text:span text:style-name='T3'>2</text:span> <text:span text:style-name='Source_20_Text'>x</text:span>")
                  P("P2", "Slanted <text:span text:style-name='T6'>not</text:span>") P("P1", "Plain")),
          "title: T\nparagraph: A <e>b<> <eb>c<d>2<> <c>x\nparagraph: <e>Slanted <>not\nquote q1: Plain\n");
}

static void paragraphs_run_as_they_say(void **state)
{
    (void)state;
    check(CONTENT(P("Title", "T") P("P4", "HTML") P("Standard", "HTML")), "title: T\nparagraph rtl: \u200fHTML\nparagraph: HTML\n");
}

static void lists_keep_their_numbers(void **state)
{
    (void)state;
    check(CONTENT(P("Title", "T") "<text:list text:style-name='L1'>" ITEM(P("P", "three") "<text:list>" ITEM(P("P", "one")) ITEM(P("P", "two")) "</text:list>")
                  ITEM(P("P", "four") P("P", "more")) "</text:list>" P("Standard", "Between.")
                  "<text:list text:style-name='L1' text:continue-numbering='true'>" ITEM(P("P", "five")) "</text:list>"
                  "<text:list text:style-name='L1'><text:list-item text:start-value='9'>" P("P", "nine") "</text:list-item></text:list>"
                  "<text:list text:style-name='L2'>" ITEM(P("P", "bullet")) "</text:list>"),
          "title: T\nitem d1 #3: three\nitem d2 #1 tight: one\nitem d2 #2 tight: two\nitem d1 #4: four\nitem-more d1: more\nparagraph: Between.\n"
          "item d1 #5 tight: five\nitem d1 #9 tight: nine\nitem d1 tight: bullet\n");
}

static void headings_keep_their_numbers(void **state)
{
    struct kite_buffer file = odt_of(CONTENT(P("Title", "T") H("1", "A") H("2", "B") H("2", "C") H("1", "D")
                                             "<text:h text:outline-level='1' text:is-list-header='true'>E</text:h>" P("Standard", "End.")),
                                     numbered_styles, NULL);

    (void)state;
    check_file(&file, "title: T\nheading d1: I. A\nheading d2: I.1 B\nheading d2: I.2 C\nheading d1: II. D\nheading d1: E\nparagraph: End.\n", NULL);
    kite_buffer_close(&file);
}

static void notes_stand_behind_the_text(void **state)
{
    (void)state;
    check(CONTENT(P("Title", "T") P("Standard", "One<text:note text:note-class='footnote'><text:note-citation>1</text:note-citation><text:note-body>"
                                                P("F", "1 note.") P("F", "More.") "</text:note-body></text:note> two"
                                                "<text:note text:note-class='endnote'><text:note-citation text:label='*'>*</text:note-citation><text:note-body>"
                                                P("F", "Late.") "</text:note-body></text:note>.")),
          "title: T\nparagraph: One<n1>\xEF\xBF\xBC<> two<n2>\xEF\xBF\xBC<>.\nnote: 1 note.\nnote-more: More.\nnote: Late.\n");
}

static void links_lead_out_and_about(void **state)
{
    (void)state;
    check(CONTENT(P("Title", "T") P("Standard", "<text:a xlink:href='https://example.org/'>out</text:a> <text:a xlink:href='#here'>about</text:a> "
                                                "<text:bookmark-ref text:ref-name='here'>there</text:bookmark-ref>")
                  H("2", "<text:bookmark-start text:name='here'/>Here<text:bookmark-end text:name='here'/>")),
          "title: T\nparagraph: <l1>out<> <l2>about<> <l2>there\nheading d2: Here\n");
}

static void tables_have_heads_and_spans(void **state)
{
    (void)state;
    check(CONTENT(P("Title", "T") "<table:table><table:table-header-rows><table:table-row><table:table-cell>" P("S", "A") "</table:table-cell><table:table-cell>" P("S", "B")
                  "</table:table-cell></table:table-row></table:table-header-rows><table:table-row><table:table-cell table:number-columns-spanned='2'>" P("S", "both")
                  "</table:table-cell><table:covered-table-cell/></table:table-row><table:table-row><table:covered-table-cell/><table:table-cell>" P("P3", "2")
                  "</table:table-cell></table:table-row></table:table>"),
          "title: T\ntable-head: A|B\ntable-row: both|\ntable-row: |2\n");
}

static void frames_hold_text_and_formulas(void **state)
{
    (void)state;
    check(CONTENT(P("Title", "T") P("Standard", "Before <draw:frame><draw:text-box>" P("S", "Boxed.") "</draw:text-box></draw:frame>after "
                                                "<draw:frame><draw:object xlink:href='./Object 1'/></draw:frame>.")),
          "title: T\nparagraph: Before after a/b.\nparagraph: Boxed.\n");
}

static void what_is_left_out_is_told(void **state)
{
    (void)state;
    check_report(CONTENT("<text:tracked-changes><text:changed-region><text:deletion>" P("S", "Gone.") "</text:deletion></text:changed-region></text:tracked-changes>" P("Title", "T")
                         "<text:table-of-content><text:index-body>" P("S", "Part 1") "</text:index-body></text:table-of-content>"
                         P("Standard", "Kept<office:annotation>" P("S", "Really?") "</office:annotation> <text:span text:style-name='T5'>unseen</text:span>.")),
                 "title: T\nparagraph: Kept.\n",
                 "warning 0: a tracked deletion is carried out\nwarning 0: a comment is left out\nwarning 0: a stretch of hidden text is left out\n"
                 "note 0: a running head or foot is left out\nnote 0: a list of contents is left out; the reader makes its own\n");
}

static void locked_files_are_refused(void **state)
{
    struct kite_buffer file = odt_of("\x12\x34garbage", styles, "<manifest:manifest xmlns:manifest='m'><manifest:file-entry><manifest:encryption-data/></manifest:file-entry></manifest:manifest>");

    (void)state;
    check_refused(file.bytes, file.count, "password");
    kite_buffer_close(&file);
}

static void files_without_text_are_refused(void **state)
{
    struct zip zip;

    (void)state;
    zip_begin(&zip);
    zip_add_stored(&zip, "mimetype", type);
    zip_add(&zip, "content.xml.bak", CONTENT(P("P", "one")));
    zip_add(&zip, "styles.xml", styles);
    zip_end(&zip);
    check_refused(zip.file.bytes, zip.file.count, "has no content.xml");
    kite_buffer_close(&zip.file);
}

static void damaged_files_do_no_harm(void **state)
{
    struct kite_buffer file = odt_of(CONTENT(P("Title", "T") H("1", "Part") "<text:list text:style-name='L1'>" ITEM(P("P", "three")) "</text:list>"
                                             P("Standard", "One<text:note><text:note-citation>1</text:note-citation><text:note-body>" P("F", "Note.") "</text:note-body></text:note>"
                                                           "<draw:frame><draw:object xlink:href='./Object 1'/></draw:frame> <text:span text:style-name='T4'>uno</text:span>")),
                                     styles, NULL);

    (void)state;
    check_cuts(&file);
    check_failing_memory(&file);
    kite_buffer_close(&file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(styles_become_roles),
        cmocka_unit_test(emphasis_is_what_differs_from_the_paragraph),
        cmocka_unit_test(lists_keep_their_numbers),
        cmocka_unit_test(paragraphs_run_as_they_say),
        cmocka_unit_test(headings_keep_their_numbers),
        cmocka_unit_test(notes_stand_behind_the_text),
        cmocka_unit_test(links_lead_out_and_about),
        cmocka_unit_test(tables_have_heads_and_spans),
        cmocka_unit_test(frames_hold_text_and_formulas),
        cmocka_unit_test(what_is_left_out_is_told),
        cmocka_unit_test(locked_files_are_refused),
        cmocka_unit_test(files_without_text_are_refused),
        cmocka_unit_test(damaged_files_do_no_harm),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
