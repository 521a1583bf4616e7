/* DOCX to paragraphs: styles, numbering, notes, tables, links, tracked changes. */
#include "press/office.h"

#define W "xmlns:w='http://schemas.openxmlformats.org/wordprocessingml/2006/main' xmlns:r='http://schemas.openxmlformats.org/officeDocument/2006/relationships'"
#define TYPE "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
#define BODY(TEXT) "<w:document " W "><w:body>" TEXT "</w:body></w:document>"
#define P(TEXT) "<w:p>" TEXT "</w:p>"
#define STYLED(STYLE, TEXT) "<w:p><w:pPr><w:pStyle w:val='" STYLE "'/></w:pPr>" TEXT "</w:p>"
#define T(TEXT) "<w:r><w:t xml:space='preserve'>" TEXT "</w:t></w:r>"
#define R(PROPERTIES, TEXT) "<w:r><w:rPr>" PROPERTIES "</w:rPr><w:t xml:space='preserve'>" TEXT "</w:t></w:r>"
#define STYLE(ID, NAME, MORE) "<w:style w:type='paragraph' w:styleId='" ID "'><w:name w:val='" NAME "'/>" MORE "</w:style>"
#define CHARACTER(ID, NAME, MORE) "<w:style w:type='character' w:styleId='" ID "'><w:name w:val='" NAME "'/>" MORE "</w:style>"

static const char types[] = "<Types/>";
static const char relations[] = "<Relationships><Relationship Id='r1' Type='" TYPE "officeDocument' Target='word/document.xml'/>"
                                "<Relationship Id='r2' Type='http://x/core-properties' Target='docProps/core.xml'/></Relationships>";
static const char document_relations[] =
    "<Relationships><Relationship Id='s' Type='" TYPE "styles' Target='styles.xml'/><Relationship Id='n' Type='" TYPE "numbering' Target='numbering.xml'/>"
    "<Relationship Id='f' Type='" TYPE "footnotes' Target='/word/footnotes.xml'/><Relationship Id='e' Type='" TYPE "endnotes' Target='endnotes.xml'/>"
    "<Relationship Id='web' Type='" TYPE "hyperlink' Target='https://example.org/' TargetMode='External'/>"
    "<Relationship Id='head' Type='" TYPE "header' Target='h.xml'/><Relationship Id='foot' Type='" TYPE "footer' Target='f.xml'/>"
    "<Relationship Id='pic' Type='" TYPE "image' Target='media/a.png'/></Relationships>";
static const char styles[] =
    "<w:styles " W "><w:style w:type='paragraph' w:default='1' w:styleId='Normal'><w:name w:val='Normal'/></w:style>"
    STYLE("Titel", "Title", "<w:rPr><w:b/></w:rPr>")
    STYLE("berschrift1", "heading 1", "<w:basedOn w:val='Normal'/><w:rPr><w:b/><w:i/></w:rPr>")
    STYLE("Own", "My section", "<w:basedOn w:val='berschrift1'/>")
    STYLE("Outline", "Chapter", "<w:pPr><w:outlineLvl w:val='1'/></w:pPr>")
    STYLE("Zitat", "Quote", "<w:rPr><w:i/></w:rPr>")
    STYLE("Aside", "Aside", "<w:rPr><w:i/></w:rPr>")
    STYLE("Code", "Source Code", "")
    STYLE("ListBullet", "List Bullet", "<w:pPr><w:numPr><w:numId w:val='2'/></w:numPr></w:pPr>")
    STYLE("Continue", "List Continue", "")
    STYLE("TOC1", "toc 1", "")
    CHARACTER("Emphasis", "Emphasis", "<w:rPr><w:i/></w:rPr>")
    CHARACTER("More", "More", "<w:basedOn w:val='Emphasis'/><w:rPr><w:b/></w:rPr>")
    CHARACTER("Kein", "None", "<w:basedOn w:val='More'/><w:rPr><w:i w:val='0'/></w:rPr>")
    CHARACTER("Hyperlink", "Hyperlink", "<w:rPr><w:u w:val='single'/></w:rPr>")
    "</w:styles>";
#define LEVEL(N, START, FORMAT, TEXT) \
    "<w:lvl w:ilvl='" N "'><w:start w:val='" START "'/><w:numFmt w:val='" FORMAT "'/><w:lvlText w:val='" TEXT "'/></w:lvl>"
static const char numbering[] =
    "<w:numbering " W "><w:abstractNum w:abstractNumId='7'>" LEVEL("0", "3", "decimal", "%1.") LEVEL("1", "1", "lowerLetter", "%2)")
    LEVEL("2", "1", "lowerRoman", "%1.%2.%3") "</w:abstractNum>"
    "<w:abstractNum w:abstractNumId='8'>" LEVEL("0", "1", "bullet", "-") LEVEL("1", "1", "bullet", "o") "</w:abstractNum>"
    "<w:abstractNum w:abstractNumId='9'>" LEVEL("0", "1", "bullet", " ") "</w:abstractNum>"
    "<w:num w:numId='1'><w:abstractNumId w:val='7'/></w:num><w:num w:numId='2'><w:abstractNumId w:val='8'/></w:num>"
    "<w:num w:numId='3'><w:abstractNumId w:val='7'/><w:lvlOverride w:ilvl='0'><w:startOverride w:val='1'/></w:lvlOverride></w:num>"
    "<w:num w:numId='4'><w:abstractNumId w:val='9'/></w:num></w:numbering>";
#define ITEM(NUM, LEVEL, TEXT) \
    "<w:p><w:pPr><w:numPr><w:ilvl w:val='" LEVEL "'/><w:numId w:val='" NUM "'/></w:numPr></w:pPr>" T(TEXT) "</w:p>"
static const char footnotes[] =
    "<w:footnotes " W "><w:footnote w:type='separator' w:id='0'><w:p><w:r><w:separator/></w:r></w:p></w:footnote>"
    "<w:footnote w:id='2'><w:p><w:r><w:footnoteRef/></w:r>" T(" 1 note with ") R("<w:i/>", "emphasis") T(".") "</w:p><w:p>" T("More.") "</w:p></w:footnote>"
    "<w:footnote w:id='3'><w:p>" T("* By the editor.") "</w:p></w:footnote><w:footnote w:id='4'><w:p>" T("Of nobody.") "</w:p></w:footnote></w:footnotes>";
static const char endnotes[] = "<w:endnotes " W "><w:endnote w:id='2'><w:p>" T("At the end.") "</w:p></w:endnote></w:endnotes>";
static const char properties[] = "<cp:coreProperties xmlns:cp='c' xmlns:dc='d'><dc:title>Document1</dc:title><dc:creator>HP</dc:creator></cp:coreProperties>";

static struct kite_buffer docx(const char *document)
{
    struct office_part parts[] = {
        { "[Content_Types].xml", types }, { "_rels/.rels", relations }, { "word/document.xml", document },
        { "word/_rels/document.xml.rels", document_relations }, { "word/styles.xml", styles }, { "word/numbering.xml", numbering },
        { "word/footnotes.xml", footnotes }, { "word/endnotes.xml", endnotes },
        { "word/h.xml", "<w:hdr " W "><w:p><w:r><w:t>A letter home</w:t></w:r></w:p></w:hdr>" },
        { "word/f.xml", "<w:ftr " W "><w:p><w:r><w:t>- 1 -</w:t></w:r></w:p></w:ftr>" }, { NULL, NULL },
    };

    return office_file(parts);
}

static void check_report(const char *document, const char *wanted, const char *report)
{
    struct kite_buffer file = docx(document);

    check_file(&file, wanted, report);
    kite_buffer_close(&file);
}

static void check(const char *document, const char *wanted)
{
    check_report(document, wanted, NULL);
}

static void styles_become_roles(void **state)
{
    (void)state;
    check(BODY(STYLED("Titel", T("The Title")) STYLED("berschrift1", T("Part ") R("<w:b/>", "one")) P(T("Text.")) STYLED("Own", T("Own"))
               STYLED("Outline", T("Two")) STYLED("Zitat", T("Said.")) STYLED("Code", T("a  b")) STYLED("Code", T("  c"))
               "<w:p><w:pPr><w:pBdr><w:bottom w:val='single'/></w:pBdr></w:pPr></w:p>" P(T("End."))),
          "title: The Title\nheading d1: Part one\nparagraph: Text.\nheading d1: Own\nheading d2: Two\nquote q1: Said.\n"
          "preformatted: a  b/  c\nrule: \nparagraph: End.\n");
}

static void emphasis_is_what_differs_from_the_paragraph(void **state)
{
    (void)state;
    check(BODY(STYLED("Titel", T("The Title")) P(T("A ") R("<w:i/>", "slant") R("<w:i w:val='0'/>", "ed ") R("<w:rStyle w:val='Emphasis'/>", "x ")
                                                 R("<w:rStyle w:val='More'/>", "y ") R("<w:rStyle w:val='Kein'/>", "z ") R("<w:smallCaps/>", "nasa ")
                                                 T("H") R("<w:vertAlign w:val='subscript'/>", "2") T("O ") R("<w:strike/>", "no ") R("<w:u w:val='single'/>", "line"))
               STYLED("Aside", T("All of it.")) STYLED("Zitat", T("Plain ") R("<w:b/>", "heavy"))),
          "title: The Title\nparagraph: A <e>slant<>ed <e>x <eb>y <b>z <m>nasa <>H<d>2<>O <s>no <e>line\nparagraph: <e>All of it.\nquote q1: Plain <b>heavy\n");
}

static void items_keep_their_numbers(void **state)
{
    (void)state;
    check_report(BODY(STYLED("Titel", T("T")) ITEM("1", "0", "three") ITEM("1", "1", "a") ITEM("1", "1", "b") ITEM("4", "0", "more of four?") ITEM("1", "0", "four")
                      P(T("Between.")) ITEM("1", "0", "five") ITEM("3", "0", "again one") STYLED("ListBullet", T("bullet"))
                      STYLED("Continue", T("goes on"))),
                 "title: T\nitem d1 #3: three\nitem d2 #1 tight: a\nitem d2 #2 tight: b\nitem-more d1: more of four?\nitem d1 #4: four\n"
                 "paragraph: Between.\nitem d1 #5 tight: five\nitem d1 #1 tight: again one\nitem d1: bullet\nitem-more d1: goes on\n",
                 "note 0: 2 list items have letters or Roman numerals; they show numbers\n");
}

static void headings_keep_their_numbers(void **state)
{
    (void)state;
    check(BODY(STYLED("Titel", T("T")) "<w:p><w:pPr><w:pStyle w:val='Outline'/><w:numPr><w:numId w:val='1'/></w:numPr></w:pPr>" T("Rights") "</w:p>"
               "<w:p><w:pPr><w:pStyle w:val='Outline'/><w:numPr><w:ilvl w:val='2'/><w:numId w:val='1'/></w:numPr></w:pPr>" T("Mail") "</w:p>" P(T("Text."))),
          "title: T\nheading d2: 3. Rights\nheading d2: 3.a.i Mail\nparagraph: Text.\n");
}

static void notes_stand_behind_the_text(void **state)
{
    (void)state;
    check(BODY(STYLED("Titel", T("T")) P(T("One") "<w:r><w:rPr><w:vertAlign w:val='superscript'/></w:rPr><w:footnoteReference w:id='2'/></w:r>" T(" two")
                                         "<w:r><w:endnoteReference w:id='2'/></w:r>" T(" three") "<w:r><w:footnoteReference w:customMarkFollows='1' w:id='3'/><w:t>*</w:t></w:r>"
                                         T("."))),
          "title: T\nparagraph: One<n1>\xEF\xBF\xBC<> two<n2>\xEF\xBF\xBC<> three<n3>\xEF\xBF\xBC<>.\n"
          "note: 1 note with <e>emphasis<>.\nnote-more: More.\nnote: At the end.\nnote: By the editor.\n");
}

static void links_lead_out_and_about(void **state)
{
    (void)state;
    check(BODY(STYLED("Titel", T("T")) P("<w:hyperlink r:id='web'>" R("<w:rStyle w:val='Hyperlink'/>", "out") "</w:hyperlink>" T(" ")
                                         "<w:hyperlink w:anchor='here'>" T("about") "</w:hyperlink>" T(" ")
                                         "<w:r><w:fldChar w:fldCharType='begin'/></w:r><w:r><w:instrText> HYPERLINK \"https://example.net/\" </w:instrText></w:r>"
                                         "<w:r><w:fldChar w:fldCharType='separate'/></w:r>" T("field") "<w:r><w:fldChar w:fldCharType='end'/></w:r>" T(" after")
                                         "<w:r><w:fldChar w:fldCharType='begin'/></w:r><w:r><w:instrText>PAGE</w:instrText></w:r><w:r><w:fldChar w:fldCharType='end'/></w:r>")
               STYLED("Outline", "<w:bookmarkStart w:id='1' w:name='here'/>" T("Here")) P(T("End."))),
          "title: T\nparagraph: <l1>out<> <l2>about<> <l3>field<> after\nheading d2: Here\nparagraph: End.\n");
}

static void tables_have_heads_and_spans(void **state)
{
    (void)state;
    check(BODY(STYLED("Titel", T("T")) "<w:tbl><w:tr><w:trPr><w:tblHeader/></w:trPr><w:tc>" P(T("A")) "</w:tc><w:tc>" P(T("B")) "</w:tc></w:tr>"
               "<w:tr><w:tc><w:tcPr><w:gridSpan w:val='2'/></w:tcPr>" P(T("both")) "</w:tc></w:tr>"
               "<w:tr><w:tc>" P(T("1")) P(T("more")) "</w:tc><w:tc>" ITEM("2", "0", "2") "</w:tc></w:tr>"
               "<w:tr><w:trPr><w:del w:id='1'/></w:trPr><w:tc>" P(T("gone")) "</w:tc><w:tc>" P(T("gone")) "</w:tc></w:tr></w:tbl>" P(T("End."))),
          "title: T\ntable-head: A|B\ntable-row: both|\ntable-row: 1 more|2\nparagraph: End.\n");
}

static void what_is_left_out_is_told(void **state)
{
    (void)state;
    check_report(BODY(STYLED("Titel", T("T")) STYLED("TOC1", T("Part 1")) STYLED("TOC1", T("Part 2"))
                      P(T("Kept") "<w:ins w:id='1'>" T(" and put in") "</w:ins><w:del w:id='2'><w:r><w:delText> taken out</w:delText></w:r></w:del>"
                        "<w:r><w:commentReference w:id='1'/></w:r>" R("<w:vanish/>", " unseen") T("."))
                      "<w:sectPr><w:headerReference r:id='head'/><w:footerReference r:id='foot'/></w:sectPr>"),
                 "title: T\nparagraph: Kept and put in.\n",
                 "warning 0: a tracked deletion is carried out\nwarning 0: a comment is left out\nwarning 0: a stretch of hidden text is left out\n"
                 "note 0: a running head or foot is left out\n"
                 "note 0: 2 lines of a list of contents are left out; the reader makes its own\n");
}

static void signs_and_breaks_are_kept(void **state)
{
    (void)state;
    check(BODY(STYLED("Titel", T("T")) P(T("e") "<w:r><w:noBreakHyphen/></w:r>" T("mail") "<w:r><w:tab/><w:sym w:font='Symbol' w:char='F061'/>"
                                         "<w:sym w:font='Wingdings' w:char='F0FC'/></w:r>" "<w:r><w:br w:type='page'/></w:r>" T("next"))
               P(T("Roses") "<w:r><w:br/></w:r>" T("Violets"))),
          "title: T\nparagraph: e\xE2\x80\x91mail \xCE\xB1\xE2\x9C\x93 next\nverse: Roses/Violets\n");
}

static void text_boxes_follow_their_paragraph(void **state)
{
    (void)state;
    check(BODY(STYLED("Titel", T("T")) P(T("Before ") "<w:r><mc:AlternateContent xmlns:mc='m'><mc:Choice><w:drawing><w:txbxContent>" P(T("Boxed."))
                                         "</w:txbxContent></w:drawing></mc:Choice><mc:Fallback><w:pict><w:txbxContent>" P(T("Twice."))
                                         "</w:txbxContent></w:pict></mc:Fallback></mc:AlternateContent></w:r>" T("after."))),
          "title: T\nparagraph: Before after.\nparagraph: Boxed.\n");
}

static void formulas_become_lines(void **state)
{
    (void)state;
    check(BODY(STYLED("Titel", T("T")) P(T("It is ") "<m:oMath xmlns:m='m'><m:f><m:num><m:r><m:t>a+b</m:t></m:r></m:num><m:den><m:r><m:t>2</m:t></m:r></m:den></m:f>"
                                         "<m:r><m:t>&gt;</m:t></m:r><m:rad><m:deg/><m:e><m:sSup><m:e><m:r><m:t>x</m:t></m:r></m:e><m:sup><m:r><m:t>2</m:t></m:r></m:sup></m:sSup></m:e></m:rad></m:oMath>"
                                         T("."))),
          "title: T\nparagraph: It is (a + b)/2 > \xE2\x88\x9A(x<u>2<>).\n");
}

static void paragraphs_run_as_they_say(void **state)
{
    struct kite_buffer file = docx(BODY(STYLED("Titel", T("T")) "<w:p><w:pPr><w:bidi/></w:pPr>" T("HTML") "</w:p><w:p><w:pPr><w:bidi w:val='0'/></w:pPr>" T("HTML") "</w:p>"
                                        "<w:p><w:pPr><w:bidi/><w:numPr><w:ilvl w:val='0'/><w:numId w:val='1'/></w:numPr></w:pPr>" T("HTML") "</w:p>"));

    (void)state;
    check_file(&file, "title: T\nparagraph rtl: \u200fHTML\nparagraph: HTML\nitem d1 #3 tight rtl: \u200fHTML\n", NULL);
    kite_buffer_close(&file);
}

static void languages_of_runs_are_kept(void **state)
{
    struct packed packed;
    struct kite_document_info info;
    struct kite_buffer file = docx(BODY(STYLED("Titel", R("<w:lang w:val='es-MX'/>", "Carta")) P(R("<w:lang w:val='es-MX'/>", "Dice que el ")
                                                     R("<w:lang w:val='en-US'/>", "warden") R("<w:lang w:val='es-ES'/>", " no quiere escuchar."))));
    struct kite_buffer dump = { .mem = kite_memory_heap() };

    (void)state;
    assert_int_equal(pack_text(&packed, "a", file.bytes, file.count), KITE_OK);
    assert_int_equal(kite_bundle_document(packed.bundle, 0, &info), KITE_OK);
    assert_int_equal(info.lang, kite_lang_from_text("es-MX"));
    dump_document(&packed, 0, &dump);
    assert_string_equal((const char *)dump.bytes, "title: Carta\nparagraph: Dice que el <:en-US>warden<> no quiere escuchar.\n");
    kite_buffer_close(&dump);
    packed_close(&packed);
    kite_buffer_close(&file);
}

static void heavy_lines_are_headings_where_no_style_is(void **state)
{
    (void)state;
    check(BODY(P(R("<w:b/>", "My case")) P(T("I write to say what has been done so far, and it is a lot.")) P(R("<w:b/>", "The hearing"))
               P(R("<w:b/>", "It was short.")) P(T("More text."))),
          "title: My case\nparagraph: I write to say what has been done so far, and it is a lot.\nheading d2: The hearing\n"
          "paragraph: <b>It was short.\nparagraph: More text.\n");
}

static void properties_count_where_the_text_agrees(void **state)
{
    struct office_part parts[] = { { "[Content_Types].xml", types },
                                   { "_rels/.rels", relations },
                                   { "word/document.xml", BODY(STYLED("berschrift1", T("A title")) P(T("By Jane Doe")) P(T("Text."))) },
                                   { "docProps/core.xml", properties },
                                   { NULL, NULL } };
    struct kite_buffer file = office_file(parts);
    struct packed packed;

    (void)state;
    assert_int_equal(pack_text(&packed, "a", file.bytes, file.count), KITE_OK);
    assert_non_null(strstr(packed.report, "give the author HP, which the text does not"));
    assert_null(kite_bundle_meta(packed.bundle, 0, KITE_META_AUTHOR) ? strstr(kite_bundle_meta(packed.bundle, 0, KITE_META_AUTHOR), "HP") : NULL);
    packed_close(&packed);
    kite_buffer_close(&file);
}

static void other_office_files_are_refused(void **state)
{
    static const uint8_t ole[] = { 0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1, 'E', 0, 'n', 0, 'c', 0, 'r', 0, 'y', 0, 'p', 0, 't', 0, 'e', 0, 'd', 0,
                                   'P', 0, 'a', 0, 'c', 0, 'k', 0, 'a', 0, 'g', 0, 'e', 0 };
    struct office_part sheet[] = { { "[Content_Types].xml", types }, { "xl/workbook.xml", "<x/>" }, { NULL, NULL } };
    struct office_part empty[] = { { "[Content_Types].xml", types }, { "word/other.xml", "<x/>" }, { NULL, NULL } };
    struct kite_buffer file = office_file(sheet);

    (void)state;
    check_refused(ole, sizeof ole, "password");
    check_refused(ole, 8, "DOCX");
    check_refused(file.bytes, file.count, "spreadsheet");
    kite_buffer_close(&file);
    file = office_file(empty);
    check_refused(file.bytes, file.count, "word/document.xml is missing");
    kite_buffer_close(&file);
}

static const char everything[] =
    BODY(STYLED("Titel", T("T")) STYLED("Own", T("Part")) ITEM("1", "0", "three") ITEM("1", "1", "a")
         P(T("One") "<w:r><w:footnoteReference w:id='2'/></w:r><w:hyperlink r:id='web'>" T("out") "</w:hyperlink>"
           "<w:r><w:fldChar w:fldCharType='begin'/></w:r><w:r><w:instrText>HYPERLINK \\l \"a\"</w:instrText></w:r><w:r><w:fldChar w:fldCharType='separate'/></w:r>")
         "<w:tbl><w:tr><w:tc>" P(T("A")) "</w:tc><w:tc>" P(T("B")) "</w:tc></w:tr></w:tbl>"
         P("<w:r><w:drawing><wp:docPr xmlns:wp='w' descr='A cat'/><a:blip xmlns:a='a' r:embed='pic'/></w:drawing></w:r>") P(R("<w:i/>", "End.")));

static void damaged_files_do_no_harm(void **state)
{
    struct kite_buffer file = docx(everything);

    (void)state;
    check_cuts(&file);
    check_failing_memory(&file);
    kite_buffer_close(&file);
    for (size_t bytes = 0; bytes < sizeof everything; bytes += 7) { /* the part cut, in a whole container */
        char *cut = malloc(bytes + 1);
        struct packed packed;

        memcpy(cut, everything, bytes);
        cut[bytes] = '\0';
        file = docx(cut);
        pack_text(&packed, "a", file.bytes, file.count);
        packed_close(&packed);
        kite_buffer_close(&file);
        free(cut);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(styles_become_roles),
        cmocka_unit_test(emphasis_is_what_differs_from_the_paragraph),
        cmocka_unit_test(items_keep_their_numbers),
        cmocka_unit_test(headings_keep_their_numbers),
        cmocka_unit_test(notes_stand_behind_the_text),
        cmocka_unit_test(links_lead_out_and_about),
        cmocka_unit_test(tables_have_heads_and_spans),
        cmocka_unit_test(what_is_left_out_is_told),
        cmocka_unit_test(signs_and_breaks_are_kept),
        cmocka_unit_test(text_boxes_follow_their_paragraph),
        cmocka_unit_test(formulas_become_lines),
        cmocka_unit_test(languages_of_runs_are_kept),
        cmocka_unit_test(paragraphs_run_as_they_say),
        cmocka_unit_test(heavy_lines_are_headings_where_no_style_is),
        cmocka_unit_test(properties_count_where_the_text_agrees),
        cmocka_unit_test(other_office_files_are_refused),
        cmocka_unit_test(damaged_files_do_no_harm),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
