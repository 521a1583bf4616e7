/* Documents of fixed pages: what flows again, what is left out and told, what is kept as a picture; and files that are cut and changed. */
#include "pack.h"
#include "pdf_make.h"

#include "press/pages.h"

#define BODY 11
#define LEADING 14

/* Lines under one another, from y down; each is TEXT. */
static int column(struct pdf_made *pdf, int x, int y, const char *const *lines)
{
    for (; *lines; lines++, y -= LEADING)
        pdf_line(pdf, 'R', BODY, x, y, *lines);
    return y;
}

static void pack_pdf(struct packed *packed, struct pdf_made *pdf, const struct kite_press_options *options)
{
    struct kite_press_input input = { .name = "paper.pdf" };
    enum kite_status status;

    pdf_end(pdf);
    input.bytes = pdf->file.bytes;
    input.byte_count = pdf->file.count;
    status = pack_inputs(packed, &input, 1, options);
    if (status)
        print_message("%s\n", packed->fault.text);
    assert_int_equal(status, KITE_OK);
    kite_buffer_close(&pdf->file);
}

static void check_pdf(struct pdf_made *pdf, const char *wanted)
{
    struct packed packed;
    struct kite_buffer dump = { .mem = kite_memory_heap() };

    pack_pdf(&packed, pdf, NULL);
    dump_document(&packed, 0, &dump);
    assert_string_equal((const char *)dump.bytes, wanted);
    kite_buffer_close(&dump);
    packed_close(&packed);
}

static void assert_told(const struct packed *packed, const char *sentence)
{
    if (!strstr(packed->report, sentence))
        fail_msg("the report has no \"%s\":\n%s", sentence, packed->report);
}

/* ---- paragraphs ----------------------------------------------------------------------------------------------- */

static void lines_become_paragraphs(void **state)
{
    static const char *const first[] = { "The guards changed their shift at six in the morn-", "ing, and every door of the long corridor was opened",
                                         "one after the other. It was a well-known sound to", "all who lived there.", NULL };
    static const char *const second[] = { "Some had learnt to sleep through it. Others lay", "awake from five on and listened for the first key.", NULL };
    struct pdf_made pdf;
    int y;

    (void)state;
    pdf_begin(&pdf);
    pdf_page(&pdf);
    pdf_line(&pdf, 'B', 20, 72, 700, "The Morning Shift");
    y = column(&pdf, 72, 660, first);
    column(&pdf, 72, y, second);
    check_pdf(&pdf, "title: The Morning Shift\n"
                    "paragraph: The guards changed their shift at six in the morning, and every door of the long corridor was opened one after the "
                    "other. It was a well-known sound to all who lived there.\n"
                    "paragraph: Some had learnt to sleep through it. Others lay awake from five on and listened for the first key.\n");
}

static void an_indent_begins_a_paragraph(void **state)
{
    static const char *const first[] = { "The guards changed their shift at six in the mor", "ning and every door of the long corridor was ope", NULL };
    static const char *const second[] = { "in the morning, and every door of the corridor was", "then opened one after the other, as on every day.", NULL };
    struct pdf_made pdf;
    int y;

    (void)state;
    pdf_begin(&pdf);
    pdf_page(&pdf);
    y = column(&pdf, 72, 660, first);
    pdf_line(&pdf, 'R', BODY, 90, y, "Some had learnt to sleep through it. Not all of");
    column(&pdf, 72, y - LEADING, second);
    check_pdf(&pdf, "paragraph: The guards changed their shift at six in the mor ning and every door of the long corridor was ope\n"
                    "paragraph: Some had learnt to sleep through it. Not all of in the morning, and every door of the corridor was then opened one "
                    "after the other, as on every day.\n");
}

static void hyphens_are_kept_where_the_text_writes_them(void **state)
{
    static const char *const lines[] = { "There is a two-column page and a reading room for it. A two-", "column page is read column by column, in the read-",
                                         "ing room as well as in any other room that has lamps.", NULL };
    struct pdf_made pdf;

    (void)state;
    pdf_begin(&pdf);
    pdf_page(&pdf);
    column(&pdf, 72, 660, lines);
    check_pdf(&pdf, "paragraph: There is a two-column page and a reading room for it. A two-column page is read column by column, in the reading room "
                    "as well as in any other room that has lamps.\n");
}

static void emphasis_comes_from_fonts(void **state)
{
    struct pdf_made pdf;

    (void)state;
    pdf_begin(&pdf);
    pdf_page(&pdf);
    pdf_line(&pdf, 'R', BODY, 72, 660, "A word can be ");
    pdf_more(&pdf, 'I', BODY, 0, "slanted");
    pdf_more(&pdf, 'R', BODY, 0, " or it can be ");
    pdf_more(&pdf, 'B', BODY, 0, "heavy");
    pdf_more(&pdf, 'R', BODY, 0, " and so be set off.");
    check_pdf(&pdf, "paragraph: A word can be <e>slanted<> or it can be <b>heavy<> and so be set off.\n");
}

static void lists_are_lists(void **state)
{
    struct pdf_made pdf;

    (void)state;
    pdf_begin(&pdf);
    pdf_page(&pdf);
    pdf_line(&pdf, 'R', BODY, 72, 660, "What each person may have in the cell is the following:");
    pdf_line(&pdf, 'R', BODY, 80, 646, "\\225 two books from the library, which are given back");
    pdf_line(&pdf, 'R', BODY, 90, 632, "within three weeks;");
    pdf_line(&pdf, 'R', BODY, 80, 618, "\\225 a radio with an earphone.");
    pdf_line(&pdf, 'R', BODY, 72, 590, "1. First the form is filled in.");
    pdf_line(&pdf, 'R', BODY, 72, 576, "2. Then it is given to the office.");
    check_pdf(&pdf, "paragraph: What each person may have in the cell is the following:\n"
                    "item d1: two books from the library, which are given back within three weeks;\n"
                    "item d1: a radio with an earphone.\n"
                    "item d1 #1: First the form is filled in.\n"
                    "item d1 #2: Then it is given to the office.\n");
}

static void notes_stand_at_their_marks(void **state)
{
    struct pdf_made pdf;

    (void)state;
    pdf_begin(&pdf);
    pdf_page(&pdf);
    pdf_line(&pdf, 'R', BODY, 72, 660, "The law says nothing about it");
    pdf_more(&pdf, 'R', 7, 4, "1");
    pdf_more(&pdf, 'R', BODY, 0, " but the courts do.");
    pdf_line(&pdf, 'R', BODY, 72, 646, "That is what every filing has to begin with, at least.");
    pdf_line(&pdf, 'R', 6, 72, 103, "1");
    pdf_more(&pdf, 'R', 8, -3, " It did so until 1996, when it was changed.");
    check_pdf(&pdf, "paragraph: The law says nothing about it<n1>\xEF\xBF\xBC<> but the courts do. That is what every filing has to begin with, at least.\n"
                    "note: It did so until 1996, when it was changed.\n");
}

/* ---- pages ------------------------------------------------------------------------------------------------------ */

static const char *const left_column[] = { "The first column of this", "page is read before the", "second one is, from its top", "down to its foot, as any",
                                           "reader of papers knows it", "who has seen a few of the", "kind that is printed so; it", "goes on in the second", NULL };
static const char *const right_column[] = { "column of the same page,", "where its lines end well", "before the margin is seen", "and where nothing stands",
                                            "of what was read before in", "the first one of the two,", "as it should be; here ends", "the whole of the page.", NULL };

static void columns_are_read_one_after_the_other(void **state)
{
    struct pdf_made pdf;

    (void)state;
    pdf_begin(&pdf);
    pdf_page(&pdf);
    pdf_line(&pdf, 'B', 18, 72, 720, "A Paper in Two Columns, with a Title over Both");
    for (int i = 0; left_column[i]; i++) { /* as drawn by a program that goes from line to line */
        pdf_line(&pdf, 'R', BODY, 72, 680 - i * LEADING, left_column[i]);
        pdf_line(&pdf, 'R', BODY, 230, 680 - i * LEADING, right_column[i]);
    }
    check_pdf(&pdf, "title: A Paper in Two Columns, with a Title over Both\n"
                    "paragraph: The first column of this page is read before the second one is, from its top down to its foot, as any reader of "
                    "papers knows it who has seen a few of the kind that is printed so; it goes on in the second column of the same page, where its "
                    "lines end well before the margin is seen and where nothing stands of what was read before in the first one of the two, as it "
                    "should be; here ends the whole of the page.\n");
}

/* Most programs draw a page as it is read: a caption drawn where it stands in the text of its column stays there. */
static void columns_that_are_drawn_one_after_the_other_stay_so(void **state)
{
    struct pdf_made pdf;

    (void)state;
    pdf_begin(&pdf);
    pdf_page(&pdf);
    pdf_line(&pdf, 'B', 18, 72, 720, "A Paper in Two Columns, with a Title over Both");
    column(&pdf, 72, 680, left_column);
    column(&pdf, 230, 680, right_column);
    pdf_line(&pdf, 'R', BODY, 72, 500, "A line over the whole width that was drawn last.");
    check_pdf(&pdf, "title: A Paper in Two Columns, with a Title over Both\n"
                    "paragraph: The first column of this page is read before the second one is, from its top down to its foot, as any reader of "
                    "papers knows it who has seen a few of the kind that is printed so; it goes on in the second column of the same page, where its "
                    "lines end well before the margin is seen and where nothing stands of what was read before in the first one of the two, as it "
                    "should be; here ends the whole of the page.\n"
                    "paragraph: A line over the whole width that was drawn last.\n");
}

static void what_was_drawn_late_is_read_where_it_stands(void **state)
{
    static const char *const lines[] = { "The text of the page was drawn before its title was,", "as some programs do.", NULL };
    struct pdf_made pdf;

    (void)state;
    pdf_begin(&pdf);
    pdf_page(&pdf);
    column(&pdf, 72, 680, lines);
    pdf_line(&pdf, 'B', 18, 72, 720, "A Title Drawn Last");
    check_pdf(&pdf, "title: A Title Drawn Last\nparagraph: The text of the page was drawn before its title was, as some programs do.\n");
}

static void notes_in_the_margin_do_not_divide_the_text(void **state)
{
    struct pdf_made pdf;

    (void)state;
    pdf_begin(&pdf);
    pdf_page(&pdf);
    for (int i = 0; left_column[i]; i++) {
        pdf_line(&pdf, 'R', BODY, 172, 680 - i * LEADING, left_column[i]);
        if (i == 2)
            pdf_line(&pdf, 'I', 8, 90, 680 - i * LEADING, "In the margin");
    }
    for (int i = 0; right_column[i]; i++)
        pdf_line(&pdf, 'R', BODY, 172, 596 - i * LEADING, right_column[i]);
    check_pdf(&pdf, "paragraph: The first column of this page is read before the second one is, from its top down to its foot, as any reader of "
                    "papers knows it who has seen a few of the kind that is printed so; it goes on in the second column of the same page, where its "
                    "lines end well before the margin is seen and where nothing stands of what was read before in the first one of the two, as it "
                    "should be; here ends the whole of the page.\n"
                    "paragraph: <e>In the margin\n");
}

static void letters_struck_twice_are_written_once(void **state)
{
    struct pdf_made pdf;

    (void)state;
    pdf_begin(&pdf);
    pdf_page(&pdf);
    pdf_graphics(&pdf, "BT /R 11 Tf 72 680 Td (A line was ) Tj [(b)465(b)35(o)465(o)35(l)240(l)38(d)465(d)] TJ ( enough.) Tj ET");
    check_pdf(&pdf, "paragraph: A line was bold enough.\n");
}

static void running_heads_are_left_out_and_told(void **state)
{
    static const char *const lines[] = { "This page is one of several that all look alike", "and that are joined to one text, the end of which", "is not the end of the",
                                         NULL };
    struct pdf_made pdf;
    struct packed packed;
    struct kite_buffer dump = { .mem = kite_memory_heap() };

    (void)state;
    pdf_begin(&pdf);
    for (int i = 0; i < 4; i++) {
        char number[16];

        pdf_page(&pdf);
        snprintf(number, sizeof number, "%d", i + 7);
        pdf_line(&pdf, 'I', 9, 250, 750, "A Running Head");
        pdf_line(&pdf, 'R', 9, 300, 40, number);
        pdf_line(&pdf, 'R', BODY, 72, 700 - 3 * LEADING, "page, as its last sentence goes on over the edge of");
        column(&pdf, 72, 700, lines);
        pdf_line(&pdf, 'R', BODY, 72, 700 - 2 * LEADING, "is not the end of any page of this long and winding");
    }
    pack_pdf(&packed, &pdf, NULL);
    dump_document(&packed, 0, &dump);
    assert_null(strstr((const char *)dump.bytes, "Running"));
    assert_null(strstr((const char *)dump.bytes, "7"));
    assert_non_null(strstr((const char *)dump.bytes, "This page is one of several")); /* though all pages begin so */
    assert_told(&packed, "running heads and page numbers of 4 pages: A Running Head\n");
    kite_buffer_close(&dump);
    packed_close(&packed);
}

static void paragraphs_go_on_over_pages(void **state)
{
    static const char *const one[] = { "A sentence that begins on the first of two pages", "and is as long as sentences of lawyers are has to", "be whole again when the page that", NULL };
    static const char *const two[] = { "it was divided by is no more, as on a reader with", "a small panel, where there are other pages anyway.", NULL };
    struct pdf_made pdf;

    (void)state;
    pdf_begin(&pdf);
    pdf_page(&pdf);
    column(&pdf, 72, 660, one);
    pdf_page(&pdf);
    column(&pdf, 72, 700, two);
    check_pdf(&pdf, "paragraph: A sentence that begins on the first of two pages and is as long as sentences of lawyers are has to be whole again when "
                    "the page that it was divided by is no more, as on a reader with a small panel, where there are other pages anyway.\n");
}

/* Typewritten with double spacing and numbered lines, as courts want it. */
static void numbered_lines_of_filings_flow(void **state)
{
    static const char *const lines[] = { "     Plaintiff states that he was held for ninety", "days without a hearing, and that no record of it", "was kept by the defendants.",
                                         "     On the third of May he asked for the record in", "writing. No answer was given, then or later, by any", "officer of the facility.",
                                         "     He therefore asks this court for an order that", "the record be made, and for such other relief as the", "court finds just.", NULL };
    struct pdf_made pdf;
    struct packed packed;
    struct kite_buffer dump = { .mem = kite_memory_heap() };

    (void)state;
    pdf_begin(&pdf);
    pdf_page(&pdf);
    for (int i = 0; i < 28; i++) {
        char number[16];

        snprintf(number, sizeof number, "%2d", i + 1);
        pdf_line(&pdf, 'C', 12, 40, 730 - 24 * i, number);
    }
    for (int i = 0; lines[i]; i++)
        pdf_line(&pdf, 'C', 12, 90, 730 - 24 * i, lines[i]);
    pack_pdf(&packed, &pdf, NULL);
    dump_document(&packed, 0, &dump);
    assert_string_equal((const char *)dump.bytes,
                        "paragraph: Plaintiff states that he was held for ninety days without a hearing, and that no record of it was kept by the "
                        "defendants.\n"
                        "paragraph: On the third of May he asked for the record in writing. No answer was given, then or later, by any officer of the "
                        "facility.\n"
                        "paragraph: He therefore asks this court for an order that the record be made, and for such other relief as the court finds "
                        "just.\n");
    assert_told(&packed, "the numbers of lines in the margin of 1 pages");
    kite_buffer_close(&dump);
    packed_close(&packed);
}

static void tables_stay_line_by_line(void **state)
{
    static const char *const rows[][3] = { { "Item", "Price", "Stock" }, { "Soap", "1.20", "14" }, { "Stamps", "0.68", "200" }, { "Paper", "2.00", "31" } };
    struct pdf_made pdf;

    (void)state;
    pdf_begin(&pdf);
    pdf_page(&pdf);
    pdf_line(&pdf, 'R', BODY, 72, 680, "The store sells the following things to those who have an account.");
    for (int i = 0; i < 4; i++) {
        for (int k = 0; k < 3; k++)
            pdf_line(&pdf, 'R', BODY, 72 + 80 * k, 650 - LEADING * i, rows[i][k]);
    }
    check_pdf(&pdf, "paragraph: The store sells the following things to those who have an account.\n"
                    "preformatted: Item            Price          Stock/Soap            1.20           14/Stamps          0.68           200/"
                    "Paper           2.00           31\n");
}

/* ---- pictures ------------------------------------------------------------------------------------------------------ */

static void a_page_without_text_is_a_picture(void **state)
{
    struct pdf_made pdf;
    struct packed packed;
    struct kite_picture_info info;
    struct kite_buffer dump = { .mem = kite_memory_heap() };

    (void)state;
    pdf_begin(&pdf);
    pdf_page(&pdf);
    pdf_line(&pdf, 'R', BODY, 72, 680, "A page of text stands in front of the drawing.");
    pdf_page(&pdf);
    pdf_graphics(&pdf, "100 300 400 200 re f");
    pdf_page(&pdf); /* and an empty one behind it */
    pack_pdf(&packed, &pdf, NULL);
    dump_document(&packed, 0, &dump);
    assert_string_equal((const char *)dump.bytes, "paragraph: A page of text stands in front of the drawing.\npicture: 2\n");
    assert_pages(&packed, 0, "0:0 \n1:0  picture 0\n1:1 \n");
    assert_told(&packed, "1 of 3 pages have no text and are shown as pictures");
    assert_told(&packed, "left out: 1 empty pages");
    assert_int_equal(kite_bundle_picture_info(packed.bundle, 0, &info), KITE_OK);
    assert_int_equal(info.width_px, 1072); /* cut to the drawing, twice as wide as high */
    assert_in_range(info.height_px, 520, 560);
    kite_buffer_close(&dump);
    packed_close(&packed);
}

static void lines_that_do_not_run_to_the_right_are_read(void **state)
{
    struct pdf_made pdf;

    (void)state;
    pdf_begin(&pdf);
    pdf_page(&pdf);
    pdf_graphics(&pdf, "BT /R 9 Tf 0 1 -1 0 40 300 Tm (A stamp in the margin) Tj ET");
    pdf_line(&pdf, 'R', BODY, 72, 680, "A page of text stands in front of the wide table.");
    pdf_page(&pdf); /* on its side */
    pdf_graphics(&pdf, "BT /R 11 Tf 0 1 -1 0 200 100 Tm (A row of a text that is wide, and the next) Tj ET");
    pdf_graphics(&pdf, "BT /R 11 Tf 0 1 -1 0 214 100 Tm (row of the same, which ends.) Tj ET");
    check_pdf(&pdf, "paragraph: A page of text stands in front of the wide table.\n"
                    "paragraph: A stamp in the margin\n"
                    "paragraph: A row of a text that is wide, and the next row of the same, which ends.\n");
}

/* Drawn on every page in the same place, as drafts have it. */
static void watermarks_are_left_out(void **state)
{
    static const char *const texts[] = { "The first page has a sentence.", "The second has another one.", "The third one ends it." };
    struct pdf_made pdf;

    (void)state;
    pdf_begin(&pdf);
    for (int i = 0; i < 3; i++) {
        pdf_page(&pdf);
        pdf_graphics(&pdf, "BT /B 60 Tf 0.7 0.7 -0.7 0.7 150 200 Tm (DRAFT) Tj ET");
        pdf_line(&pdf, 'R', BODY, 72, 680, texts[i]);
    }
    check_pdf(&pdf, "paragraph: The first page has a sentence.\nparagraph: The second has another one.\nparagraph: The third one ends it.\n");
}

static void text_comes_back_the_same(struct packed *packed)
{
    struct kite_memory heap = kite_memory_heap();
    struct kite_buffer text = { .mem = heap };
    struct kite_sink sink = kite_sink_buffer(&text);
    struct packed again;

    assert_int_equal(kite_press_text(&heap, packed->bundle, 0, &sink, NULL), KITE_OK);
    assert_int_equal(pack_text(&again, "again.md", text.bytes, text.count), KITE_OK);
    assert_int_equal(again.file.count, packed->file.count);
    assert_memory_equal(again.file.bytes, packed->file.bytes, again.file.count);
    packed_close(&again);
    kite_buffer_close(&text);
}

/* The text says where each page begins, within a paragraph too; the pictures do not stand in it. */
static void pages_are_kept_when_asked_for(void **state)
{
    struct kite_press_options options = { .zopfli_iterations = -1, .keeps_pages = true, .picture_width_px = 300, .picture_height_px = 400 };
    struct pdf_made pdf;
    struct packed packed;
    struct kite_buffer dump = { .mem = kite_memory_heap() };

    (void)state;
    pdf_begin(&pdf);
    pdf_page(&pdf);
    pdf_line(&pdf, 'R', BODY, 72, 680, "A page of text that is kept as a picture, too, and \"goes on\" where the");
    pdf_line(&pdf, 'R', BODY, 72, 666, "next line of it stands, and further to the page that follows it, which");
    pdf_page(&pdf);
    pdf_line(&pdf, 'R', BODY, 72, 680, "is here.");
    pdf_line(&pdf, 'R', BODY, 72, 640, "Then comes another paragraph, which is as long as it has to be to be one.");
    pack_pdf(&packed, &pdf, &options);
    dump_document(&packed, 0, &dump);
    assert_string_equal((const char *)dump.bytes,
                        "paragraph: A page of text that is kept as a picture, too, and “goes on” where the next line of it stands, and further to the page "
                        "that follows it, which is here.\nparagraph: Then comes another paragraph, which is as long as it has to be to be one.\n");
    assert_pages(&packed, 0, "0:0  picture 0\n0:146  picture 1\n");
    assert_int_equal(kite_bundle_picture_count(packed.bundle), 2);
    text_comes_back_the_same(&packed);
    kite_buffer_close(&dump);
    packed_close(&packed);
}

/* Nothing but pictures of pages: they are what is read, and the outline says where. */
static void a_file_of_pictures_opens_with_them(void **state)
{
    struct pdf_made pdf;
    struct packed packed;

    (void)state;
    pdf_begin(&pdf);
    for (int i = 0; i < 3; i++) {
        pdf_page(&pdf);
        pdf_graphics(&pdf, i == 1 ? "100 100 20 500 re f" : i == 2 ? "100 300 400 250 re f" : "100 300 400 200 re f");
    }
    pack_pdf(&packed, &pdf, NULL);
    assert_pages(&packed, 0, "0:0  picture 0\n1:0  picture 1\n2:0  picture 2\nopens\n");
    text_comes_back_the_same(&packed);
    packed_close(&packed);
}

/* Bars that lean by a known angle. */
static void the_lean_of_lines_is_found(void **state)
{
    static const int32_t leans[] = { 0, 100, -230, 400 };
    struct kite_raster raster = { .mem = kite_memory_heap(), .width_px = 600, .height_px = 700 };

    (void)state;
    raster.gray = kite_alloc(&raster.mem, 600, 700);
    for (size_t i = 0; i < sizeof leans / sizeof *leans; i++) {
        int32_t found;

        memset(raster.gray, 230, 600 * 700);
        for (int x = 60; x < 540; x++) {
            for (int line = 0; line < 24; line++) {
                int y = 60 + line * 24 + x * leans[i] * 1745 / 10000000;

                for (int k = 0; k < 8 && (x / 5 + line) % 3; k++)
                    raster.gray[(y + k) * 600 + x] = 40;
            }
        }
        assert_int_equal(kite_page_lean(&raster, &found), KITE_OK);
        assert_in_range(found + 1000, leans[i] + 1000 - 20, leans[i] + 1000 + 20);
    }
    kite_page_level(&raster);
    assert_int_equal(raster.gray[0], 255);
    kite_raster_close(&raster);
}

/* ---- letters and their transcripts ---------------------------------------------------------------------------------- */

/* A gray picture of 3 x 2 pixels. */
static const uint8_t sheet[] = "BM\x4e\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0\x03\0\0\0\x02\0\0\0\x01\0\x18\0\0\0\0\0\x18\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
                               "\0\0\0\x80\x80\x80\xff\xff\xff\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0";
static const char words[] = "# A Letter\n\nDear Ana, the days are long here, and I count them by the letters that come.\n";

static struct kite_press_input input_of(const char *name)
{
    bool is_text = strstr(name, ".md") != NULL;

    return (struct kite_press_input){ .name = name, .bytes = is_text ? (const uint8_t *)words : sheet, .byte_count = is_text ? sizeof words - 1 : 78 };
}

static void a_letter_and_its_transcript_are_one_document(void **state)
{
    static const struct {
        const char *names[4];
        bool is_asked;
        uint32_t documents;
        const char *first; /* how the first one begins */
        const char *pages;
    } rows[] = {
        { { "a/letter.bmp", "a/letter.md" }, false, 1, "title: A Letter\nparagraph: Dear Ana,", "0:0  picture 0\n" },
        { { "letter-1.bmp", "letter-2.bmp", "letter.md" }, false, 1, "title: A Letter\nparagraph: ", "0:0  picture 0\n1:0  picture 0\n" },
        { { "letter.md", "letter.bmp", "other.bmp" }, false, 2, "title: A Letter\nparagraph: ", "0:0  picture 0\n" },
        { { "scan.bmp", "letter.md" }, false, 2, "picture: \n", "0:0  picture 0\nopens\n" },
        { { "scan.bmp", "letter.md" }, true, 1, "title: A Letter\nparagraph: ", "0:0  picture 0\n" },
        { { "letters.bmp", "letter.md" }, false, 2, "picture: \n", "0:0  picture 0\nopens\n" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct kite_press_options options = { .zopfli_iterations = -1, .has_transcripts = rows[i].is_asked };
        struct kite_press_input inputs[4];
        struct kite_buffer dump = { .mem = kite_memory_heap() };
        struct packed packed;
        size_t count = 0;

        for (; count < 4 && rows[i].names[count]; count++)
            inputs[count] = input_of(rows[i].names[count]);
        assert_int_equal(pack_inputs(&packed, inputs, count, &options), KITE_OK);
        assert_int_equal(kite_bundle_document_count(packed.bundle), rows[i].documents);
        dump_document(&packed, 0, &dump);
        dump.bytes[strlen(rows[i].first) < dump.count ? strlen(rows[i].first) : dump.count - 1] = 0;
        assert_string_equal((const char *)dump.bytes, rows[i].first);
        assert_pages(&packed, 0, rows[i].pages);
        if (rows[i].documents == 1)
            text_comes_back_the_same(&packed);
        kite_buffer_close(&dump);
        packed_close(&packed);
    }
}

/* Three stars between two sheets say where they part. */
static void breaks_of_thought_part_the_sheets(void **state)
{
    static const char parted[] = "# A Letter\n\nDear Ana, this is a long first sheet, of which I have much to say.\n\nMore of it.\n\n* * *\n\nThe second.\n";
    struct kite_press_input inputs[] = { input_of("letter-1.bmp"), input_of("letter-2.bmp"),
                                         { .name = "letter.md", .bytes = (const uint8_t *)parted, .byte_count = sizeof parted - 1 } };
    struct kite_press_options options = { .zopfli_iterations = -1 };
    struct packed packed;

    (void)state;
    assert_int_equal(pack_inputs(&packed, inputs, 3, &options), KITE_OK);
    assert_pages(&packed, 0, "0:0  picture 0\n3:0  picture 0\n"); /* alike, so stored once */
    assert_null(strstr(packed.report, "sheets"));
    packed_close(&packed);
}

/* ---- what the file says of itself ------------------------------------------------------------------------------------ */

static void links_that_are_left_out_are_told(void **state)
{
    struct pdf_made pdf;
    struct packed packed;

    (void)state;
    pdf_begin(&pdf);
    pdf.annotations = "<</Type/Annot/Subtype/Link/Rect[72 676 200 690]/A<</S/URI/URI(https://example.org)>>>>"
                      "<</Type/Annot/Subtype/Text/Rect[72 600 90 620]/Contents(no link)>>";
    pdf_page(&pdf);
    pdf_line(&pdf, 'R', BODY, 72, 680, "The text of this page leads to another place, and is read without it.");
    pack_pdf(&packed, &pdf, NULL);
    assert_told(&packed, "left out: 1 link; the words are kept");
    packed_close(&packed);
}

static void only_sane_titles_are_taken(void **state)
{
    static const char *const infos[][2] = { { "/Title(Letters Home)/Author(Ana Ruiz)", "Letters Home" }, { "/Title(Microsoft Word - draft3.doc)/Author(user)", NULL } };

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct pdf_made pdf;
        struct packed packed;
        const char *title;

        pdf_begin(&pdf);
        pdf.info = infos[i][0];
        pdf_page(&pdf);
        pdf_line(&pdf, 'R', BODY, 72, 680, "The text of this page says nothing of who wrote it and when that was.");
        pdf_line(&pdf, 'R', BODY, 72, 666, "It goes on for one more line, and there it ends.");
        pack_pdf(&packed, &pdf, NULL);
        title = kite_bundle_meta(packed.bundle, 0, KITE_META_TITLE);
        if (infos[i][1])
            assert_string_equal(title, infos[i][1]);
        else
            assert_true(!title || !strstr(title, "Word"));
        assert_true((kite_bundle_meta(packed.bundle, 0, KITE_META_AUTHOR) != NULL) == (infos[i][1] != NULL));
        packed_close(&packed);
    }
}

/* ---- hostile files ------------------------------------------------------------------------------------------------------ */

static void make_paper(struct pdf_made *pdf)
{
    pdf_begin(pdf);
    for (int i = 0; i < 3; i++) {
        pdf_page(pdf);
        pdf_line(pdf, 'B', 18, 72, 720, "A Paper in Two Columns");
        column(pdf, 72, 680, left_column);
        column(pdf, 230, 680, right_column);
        pdf_line(pdf, 'R', 8, 72, 60, "1 A note of which nobody knows.");
    }
    pdf_end(pdf);
}

static void cut_and_changed_files_are_read_or_refused(void **state)
{
    struct pdf_made pdf;
    struct packed packed;
    uint32_t seed = 1, refused = 0;

    (void)state;
    make_paper(&pdf);
    for (unsigned percent = 1; percent <= 100; percent++) {
        refused += pack_text(&packed, "paper.pdf", pdf.file.bytes, pdf.file.count * percent / 100) != KITE_OK;
        packed_close(&packed);
    }
    assert_in_range(refused, 1, 99);
    for (int round = 0; round < 200; round++) {
        struct kite_buffer changed = { .mem = kite_memory_heap() };

        assert_int_equal(kite_buffer_add(&changed, pdf.file.bytes, pdf.file.count), KITE_OK);
        for (int i = 0; i < 4; i++) {
            seed = seed * 1664525u + 1013904223u;
            changed.bytes[9 + seed % (changed.count - 9)] = (uint8_t)(seed >> 24);
        }
        if (pack_text(&packed, "paper.pdf", changed.bytes, changed.count) != KITE_OK)
            assert_true(packed.fault.text[0] != '\0');
        packed_close(&packed);
        kite_buffer_close(&changed);
    }
    kite_buffer_close(&pdf.file);
}

static void every_allocation_may_fail(void **state)
{
    struct kite_press_options fast = { .zopfli_iterations = -1 };
    struct pdf_made pdf;
    uint64_t step = 1;

    (void)state;
    make_paper(&pdf);
    for (uint64_t at = 1;; at += step) {
        struct check_memory counted = { .fail_at = at };
        struct kite_memory mem = check_memory(&counted);
        struct kite_press_input input = { .name = "paper.pdf", .bytes = pdf.file.bytes, .byte_count = pdf.file.count };
        struct kite_buffer file = { .mem = kite_memory_heap() };
        struct kite_sink sink = kite_sink_buffer(&file);
        struct kite_fault fault;
        enum kite_status status = kite_press_pack(&mem, &input, 1, &fast, NULL, NULL, &sink, &fault);

        kite_buffer_close(&file);
        assert_int_equal(counted.blocks, 0);
        if (counted.calls < at) {
            assert_int_equal(status, KITE_OK);
            break;
        }
        step = at < 200 ? 1 : 97;
    }
    kite_buffer_close(&pdf.file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_become_paragraphs),
        cmocka_unit_test(an_indent_begins_a_paragraph),
        cmocka_unit_test(hyphens_are_kept_where_the_text_writes_them),
        cmocka_unit_test(emphasis_comes_from_fonts),
        cmocka_unit_test(lists_are_lists),
        cmocka_unit_test(notes_stand_at_their_marks),
        cmocka_unit_test(columns_are_read_one_after_the_other),
        cmocka_unit_test(columns_that_are_drawn_one_after_the_other_stay_so),
        cmocka_unit_test(what_was_drawn_late_is_read_where_it_stands),
        cmocka_unit_test(notes_in_the_margin_do_not_divide_the_text),
        cmocka_unit_test(letters_struck_twice_are_written_once),
        cmocka_unit_test(running_heads_are_left_out_and_told),
        cmocka_unit_test(paragraphs_go_on_over_pages),
        cmocka_unit_test(numbered_lines_of_filings_flow),
        cmocka_unit_test(tables_stay_line_by_line),
        cmocka_unit_test(a_page_without_text_is_a_picture),
        cmocka_unit_test(lines_that_do_not_run_to_the_right_are_read),
        cmocka_unit_test(watermarks_are_left_out),
        cmocka_unit_test(pages_are_kept_when_asked_for),
        cmocka_unit_test(a_file_of_pictures_opens_with_them),
        cmocka_unit_test(the_lean_of_lines_is_found),
        cmocka_unit_test(a_letter_and_its_transcript_are_one_document),
        cmocka_unit_test(breaks_of_thought_part_the_sheets),
        cmocka_unit_test(links_that_are_left_out_are_told),
        cmocka_unit_test(only_sane_titles_are_taken),
        cmocka_unit_test(cut_and_changed_files_are_read_or_refused),
        cmocka_unit_test(every_allocation_may_fail),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
