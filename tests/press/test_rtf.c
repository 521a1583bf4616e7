/* RTF to paragraphs: looks, character sets, lists, tables, notes, boxes, pictures, what is left out. */
#include "press/office.h"

#define RTF(TEXT) "{\\rtf1\\ansi\\ansicpg1252\\deff0\\deflang1033" FONTS STYLES TEXT "}"
#define FONTS "{\\fonttbl{\\f0\\fcharset0 Serif;}{\\f1\\fcharset204 Serif Cyr;}{\\f2\\fcharset2 Symbol;}{\\f3\\fcharset128 Mincho;}}"
#define STYLES "{\\stylesheet{\\s0 Normal;}{\\s1\\b heading 1;}{\\s4 List Paragraph;}{\\s9\\outlinelevel1\\b Kapitel;}{\\s5 toc 1;}{\\*\\cs10 Default;}}"
#define P "\\pard\\plain "
/* 2 x 2 gray, PNG. */
#define PICTURE "89504e470d0a1a0a0000000d4948445200000002000000020800000000\n57dd52f80000000c49444154789c6360f80f8400060001ff93d1e4890000000049454e44ae426082"

static void check_rtf(const char *text, const char *wanted, const char *report)
{
    struct kite_buffer file = { .mem = kite_memory_heap() };

    assert_int_equal(kite_buffer_add_text(&file, text), KITE_OK);
    check_file(&file, wanted, report);
    kite_buffer_close(&file);
}

static void looks_and_headings_are_kept(void **state)
{
    (void)state;
    check_rtf(RTF(P "\\s1\\b One\\par" P "Text with {\\i slant}, \\b weight\\b0 , H{\\sub 2}O, x\\super 2\\nosupersub , {\\scaps small}, {\\strike out}, {\\ul line}.\\par"
                  P "\\s9\\b Part\\par" P "\\outlinelevel2 Level\\par" P "\\rtlpar \\u1513?\\u1500?."),
              "title: One\nparagraph: Text with <e>slant<>, <b>weight<>, H<d>2<>O, x<u>2<>, <m>small<>, <s>out<>, <e>line<>.\nheading d2: Part\nheading d3: Level\n"
              "paragraph rtl: \xD7\xA9\xD7\x9C.\n",
              NULL);
}

static void characters_come_by_set_font_and_number(void **state)
{
    (void)state;
    check_rtf(RTF(P "caf\\'e9 \\u8222?so\\u8221\\'94 \\{x\\} a\\~b \\emdash  {\\uc0\\u233}{\\uc2\\u233 ??}e \\u-10179?\\u-8704? {\\f1 \\'ec\\'e8\\'f0} {\\f2\\'ae}\\par" P "\\lquote q\\rquote\\-\\_x"),
              "paragraph: caf\xC3\xA9 \xE2\x80\x9Eso\xE2\x80\x9D {x} a\xC2\xA0" "b \xE2\x80\x94 \xC3\xA9\xC3\xA9" "e \xF0\x9F\x98\x80 \xD0\xBC\xD0\xB8\xD1\x80 \xE2\x86\x92\n"
              "paragraph: \xE2\x80\x98q\xE2\x80\x99\xC2\xAD\xE2\x80\x91x\n",
              NULL);
    check_rtf("{\\rtf1\\mac " P "caf\\'8e}", "paragraph: caf\xC3\xA9\n", NULL);
    check_rtf("{\\rtf1\\ansi\\ansicpg1251 " P "\\'ec\\'e8\\'f0, \\'ec\\'e8\\'f0}", "paragraph: \xD0\xBC\xD0\xB8\xD1\x80, \xD0\xBC\xD0\xB8\xD1\x80\n", NULL);
    check_rtf(RTF(P "{\\f3\\'93\\'fa\\'96{} {\\'93}}") , "paragraph: \xE6\x97\xA5\xEF\xBF\xBD \xEF\xBF\xBD\n", NULL); /* halves of a character do not meet beyond a group's edge */
    check_rtf(RTF(P "{\\f2\\'01}"), "paragraph: \xEF\xBF\xBD\n", "symbol font");
}

static void lists_are_told_by_their_labels(void **state)
{
    (void)state;
    check_rtf(RTF(P "Before.\\par" P "\\s4\\ls1\\li720{\\listtext\\f2\\'b7\\tab}one\\par" P "\\s4\\ls1\\ilvl1\\li1440{\\listtext\\f0 o\\tab}in\\par" P "\\s4\\li720 on\\par"
                  P "\\ls2{\\listtext 3.\\tab}three\\par" P "\\ls2{\\listtext b)\\tab}four\\par" P "After."),
              "title: Before.\nitem d1 tight: one\nitem d2: in\nitem-more d2: on\nitem d1 #3 tight: three\nitem d1 #4 tight: four\nparagraph: After.\n", "Roman");
}

static void tables_have_rows_and_heads(void **state)
{
    (void)state;
    check_rtf(RTF(P "Text.\\par\\trowd\\trhdr\\cellx1\\cellx2" P "\\intbl\\b A\\cell B\\cell\\trowd\\trhdr\\row\\trowd\\cellx1\\cellx2" P "\\intbl one\\cell\\qr {\\i two}\\cell\\row" P "End."),
              "title: Text.\ntable-head: A|B\ntable-row: one|<e>two\nparagraph: End.\n", NULL);
    /* One that isn't ended. */
    check_rtf(RTF(P "Text.\\par\\trowd" P "\\intbl one\\cell two\\par more\\cell\\row\\trowd" P "\\intbl x"), "title: Text.\ntable-row: one|two more\nparagraph: x\n", NULL);
}

static void notes_stand_behind_the_text(void **state)
{
    (void)state;
    check_rtf(RTF(P "One{\\super\\chftn{\\footnote" P "{\\super\\chftn} First {\\i ibid.}\\par" P "More.}} two{\\super *}{\\*\\footnote\\pard\\plain{\\super *} Second.} end.\\par" P "Last."),
              "paragraph: One<n1>\xEF\xBF\xBC<> two<n2>\xEF\xBF\xBC<> end.\nparagraph: Last.\nnote: First <e>ibid.\nnote-more: More.\nnote: Second.\n", NULL);
}

static void boxes_and_pictures_are_found(void **state)
{
    (void)state;
    check_rtf(RTF(P "Before {\\shp{\\*\\shpinst\\shpleft1{\\sp{\\sn shapeType}{\\sv 202}}{\\shptxt" P "In a box.\\par}}{\\shprslt no}}text.\\par"
                  P "{\\*\\shppict{\\pict{\\*\\picprop{\\sp{\\sn wzDescription}{\\sv A square}}}\\pngblip " PICTURE "}}{\\nonshppict{\\pict\\wmetafile8 00}}\\par" P "{\\pict\\wmetafile8 0102}End."),
              "title: Before text.\nparagraph: In a box.\npicture: A square\nparagraph: End.\n", "a drawing or chart");
}

static void links_lead_where_they_led(void **state)
{
    (void)state;
    check_rtf(RTF(P "See {\\field{\\*\\fldinst{HYPERLINK \"https://example.org/\"}}{\\fldrslt{\\ul there}}} and {\\field{\\*\\fldinst HYPERLINK \\\\l \"b\"}{\\fldrslt here}}, page {\\field{\\*\\fldinst PAGE}{\\fldrslt 3}}.\\par"
                  P "{\\*\\bkmkstart b}Place.{\\*\\bkmkend b}"),
              "paragraph: See <l1>there<> and <l2>here<>, page 3.\nparagraph: Place.\n", NULL);
}

static void what_is_left_out_is_told(void **state)
{
    (void)state;
    check_rtf(RTF("{\\header" P "Draft of May\\par}{\\footer 3}" P "\\s5 One\\tab 1\\par" P "Text{\\deleted gone}{\\v hidden}{\\*\\atnid A}{\\*\\annotation" P "No.}{\\xe index}{\\*\\unknown{x}} here."),
              "paragraph: Text here.\n", "a comment is left out");
    check_rtf(RTF("{\\header" P "Draft of May\\par}{\\footer 3}" P "Text."), "paragraph: Text.\n", "a running head or foot is left out");
    check_rtf("{\\rtf1 Text", "paragraph: Text\n", "cut short");
}

static void damaged_files_do_no_harm(void **state)
{
    static const char text[] = RTF(P "\\s1 One\\par" P "Text{\\footnote" P "Note {\\b bold}.} {\\field{\\*\\fldinst{HYPERLINK \"https://example.org/\"}}{\\fldrslt there}}\\par\\trowd" P "\\intbl a\\cell b\\cell\\row"
                                   P "\\ls1{\\listtext 1.\\tab}item\\par{\\shp{\\*\\shpinst{\\shptxt Box}}}{\\pict\\pngblip " PICTURE "}\\bin3 {{{\\'e9");
    struct kite_buffer file = { .mem = kite_memory_heap() };

    (void)state;
    assert_int_equal(kite_buffer_add(&file, text, sizeof text - 1), KITE_OK);
    check_cuts(&file);
    check_failing_memory(&file);
    kite_buffer_close(&file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(looks_and_headings_are_kept),
        cmocka_unit_test(characters_come_by_set_font_and_number),
        cmocka_unit_test(lists_are_told_by_their_labels),
        cmocka_unit_test(tables_have_rows_and_heads),
        cmocka_unit_test(notes_stand_behind_the_text),
        cmocka_unit_test(boxes_and_pictures_are_found),
        cmocka_unit_test(links_lead_where_they_led),
        cmocka_unit_test(what_is_left_out_is_told),
        cmocka_unit_test(damaged_files_do_no_harm),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
