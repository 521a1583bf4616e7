/* EPUB files to bundles: reading order, metadata, contents, notes from file to file, covers; what is encrypted, broken or hostile. */
#include "press/pack.h"
#include "zip.h"

/* PNG, 4 x 4. */
static const uint8_t picture[] = {
    0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0x00, 0x00, 0x00, 0x0d, 0x49, 0x48, 0x44, 0x52, 0x00,
    0x00, 0x00, 0x04, 0x00, 0x00, 0x00, 0x04, 0x08, 0x00, 0x00, 0x00, 0x00, 0x8c, 0x9a, 0xc1, 0xa2, 0x00,
    0x00, 0x00, 0x10, 0x49, 0x44, 0x41, 0x54, 0x78, 0xda, 0x63, 0x10, 0x68, 0x38, 0xf0, 0x9f, 0x01, 0x95,
    0x00, 0x00, 0x56, 0x52, 0x09, 0x3d, 0x85, 0xd7, 0xd6, 0xa7, 0x00, 0x00, 0x00, 0x00, 0x49, 0x45, 0x4e,
    0x44, 0xae, 0x42, 0x60, 0x82,
};

#define CONTAINER                                                                                                       \
    "<?xml version='1.0'?><container version='1.0' xmlns='urn:oasis:names:tc:opendocument:xmlns:container'><rootfiles>" \
    "<rootfile full-path='OPS/book.opf' media-type='application/oebps-package+xml'/></rootfiles></container>"
#define PACKAGE(METADATA, MANIFEST, SPINE)                                                                                           \
    "<?xml version='1.0'?><package xmlns='http://www.idpf.org/2007/opf' xmlns:dc='http://purl.org/dc/elements/1.1/' version='3.0' "  \
    "unique-identifier='id'><metadata><dc:title>A Book</dc:title><dc:language>en</dc:language>" METADATA "</metadata><manifest>" MANIFEST \
    "</manifest><spine>" SPINE "</spine></package>"
#define ITEM(ID) "<item id='" ID "' href='Text/" ID ".xhtml' media-type='application/xhtml+xml'/>"
#define READ(ID) "<itemref idref='" ID "'/>"
#define PAGE(BODY) "<?xml version='1.0'?><html xmlns='http://www.w3.org/1999/xhtml' xmlns:epub='http://www.idpf.org/2007/ops'><head><title>t</title></head><body>" BODY "</body></html>"

struct part {
    const char *name, *text;
};

static void make(struct zip *zip, const char *package, const struct part *parts, size_t count)
{
    zip_begin(zip);
    zip_add(zip, "mimetype", "application/epub+zip");
    zip_add(zip, "META-INF/container.xml", CONTAINER);
    zip_add(zip, "OPS/book.opf", package);
    for (size_t i = 0; i < count; i++)
        zip_add(zip, parts[i].name, parts[i].text);
}

static enum kite_status pack_zip(struct packed *packed, struct zip *zip)
{
    zip_end(zip);
    return pack_text(packed, "book.epub", zip->file.bytes, zip->file.count);
}

/* The book's paragraphs, and in its report this sentence unless it is NULL. */
static void check_zip(struct zip *zip, const char *wanted, const char *sentence)
{
    struct kite_buffer dump = { .mem = kite_memory_heap() };
    struct packed packed;
    enum kite_status status = pack_zip(&packed, zip);

    if (status)
        print_message("%s\n", packed.fault.text);
    assert_int_equal(status, KITE_OK);
    dump_document(&packed, 0, &dump);
    assert_string_equal((const char *)dump.bytes, wanted);
    if (sentence && !strstr(packed.report, sentence)) {
        print_message("%s", packed.report);
        fail();
    }
    kite_buffer_close(&dump);
    kite_buffer_close(&zip->file);
    packed_close(&packed);
}

static void check_epub(const char *package, const struct part *parts, size_t count, const char *wanted, const char *sentence)
{
    struct zip zip;

    make(&zip, package, parts, count);
    check_zip(&zip, wanted, sentence);
}

#define COUNT(PARTS) (sizeof(PARTS) / sizeof *(PARTS))

static void the_spine_is_read_in_order(void **state)
{
    static const struct part parts[] = { { "OPS/Text/a.xhtml", PAGE("<h1>One</h1><p>First.</p>") },
                                         { "OPS/Text/b.xhtml", PAGE("<h1>Two</h1><p>Second.</p>") },
                                         { "OPS/Text/c.xhtml", PAGE("<h1>Answers</h1><p>Last.</p>") } };

    (void)state;
    check_epub(PACKAGE("", ITEM("c") ITEM("b") ITEM("a"), "<itemref idref='c' linear='no'/>" READ("a") READ("b") READ("a")), parts, COUNT(parts),
               "title: A Book\nheading d1: One\nparagraph: First.\nheading d1: Two\nparagraph: Second.\nheading d1: Answers\nparagraph: Last.\n", NULL);
    check_epub(PACKAGE("", ITEM("a") ITEM("x"), READ("a") READ("x") READ("y")), parts, COUNT(parts),
               "title: A Book\nheading d1: One\nparagraph: First.\n", "a part of the text is not there: OPS/Text/x.xhtml");
}

static void metadata_is_kept(void **state)
{
    static const char metadata[] = PACKAGE(
        "<dc:title id='s'>How It Went</dc:title><meta refines='#s' property='title-type'>subtitle</meta><dc:creator id='c1'>Ada One</dc:creator>"
        "<dc:creator id='c2'>Bo Two</dc:creator><meta refines='#c2' property='role'>trl</meta><dc:creator>Cy Three</dc:creator>"
        "<dc:identifier>urn:isbn:1</dc:identifier><dc:identifier id='id'>urn:uuid:2</dc:identifier><dc:date>2020-02-03T04:05:06Z</dc:date>"
        "<dc:publisher>House</dc:publisher><dc:rights>Free.</dc:rights><dc:subject>a</dc:subject><dc:subject>b</dc:subject>"
        "<dc:description>&lt;p&gt;Of &lt;b&gt;all&lt;/b&gt; things.&lt;/p&gt;</dc:description><dc:source>A Journal</dc:source>"
        "<meta name='calibre:series' content='Row'/><meta name='calibre:series_index' content='3.0'/>",
        ITEM("a"), READ("a"));
    static const struct part parts[] = { { "OPS/Text/a.xhtml", PAGE("<h1>A book</h1><p>by Ada One</p><p>First.</p>") } };
    static const struct {
        enum kite_meta meta;
        const char *text;
    } wanted[] = { { KITE_META_TITLE, "A Book" },          { KITE_META_AUTHOR, "Ada One, Cy Three" }, { KITE_META_IDENTIFIER, "urn:uuid:2" },
                   { KITE_META_DATE, "2020-02-03" },       { KITE_META_PUBLISHER, "House" },          { KITE_META_RIGHTS, "Free." },
                   { KITE_META_SUBJECT, "a; b" },          { KITE_META_SERIES, "Row, 3" },            { KITE_META_SOURCE, "A Journal" },
                   { KITE_META_STANDFIRST, "Of all things." } };
    struct kite_document_info info;
    struct packed packed;
    struct zip zip;

    (void)state;
    make(&zip, metadata, parts, COUNT(parts));
    assert_int_equal(pack_zip(&packed, &zip), KITE_OK);
    for (size_t i = 0; i < COUNT(wanted); i++)
        assert_string_equal(kite_bundle_meta(packed.bundle, 0, wanted[i].meta), wanted[i].text);
    assert_int_equal(kite_bundle_document(packed.bundle, 0, &info), KITE_OK);
    assert_int_equal(info.lang, kite_lang_from_text("en"));
    packed_close(&packed);
    kite_buffer_close(&zip.file);
    make(&zip, metadata, parts, COUNT(parts));
    check_zip(&zip, "title: A book\nsubtitle: How It Went\nstandfirst: Of all things.\nbyline: by Ada One\nparagraph: First.\nsource: A Journal\n",
              NULL);
}

static void authors_on_lines_of_their_own_are_bylines(void **state)
{
    static const struct part parts[] = { { "OPS/Text/a.xhtml", PAGE("<h1>A Book</h1><p>Ada One</p><p>Bo Two</p><p>First.</p>") } };

    (void)state;
    check_epub(PACKAGE("<dc:creator>Ada One</dc:creator><dc:creator>Bo Two</dc:creator>", ITEM("a"), READ("a")), parts, COUNT(parts),
               "title: A Book\nbyline: Ada One\nbyline: Bo Two\nparagraph: First.\n", NULL);
}

static void contents_make_headings(void **state)
{
    static const char nav[] = PAGE("<nav epub:type='toc'><h1>Contents</h1><ol><li><a href='a.xhtml'>One</a><ol><li><a href='a.xhtml#s'>One and a half</a></li></ol></li>"
                                   "<li><a href='b.xhtml#x'>Two</a></li><li><a href='c.xhtml'>Three</a></li></ol></nav>");
    static const struct part parts[] = {
        { "OPS/Text/a.xhtml", PAGE("<p>It begins.</p><p id='s'>And goes on, for so long that nobody would take it for a heading of any kind, whoever looks at it, even in a hurry; "
                                   "and this is not the end of it, since a few letters more are needed.</p>") },
        { "OPS/Text/b.xhtml", PAGE("<div><a id='x'/><p class='big'>TWO</p><p>Second.</p></div>") },
        { "OPS/Text/c.xhtml", PAGE("<h2>Three</h2><p>Third.</p>") },
        { "OPS/Text/nav.xhtml", nav },
        { "OPS/toc.ncx", "<ncx xmlns='http://www.daisy.org/z3986/2005/ncx/'><navMap><navPoint id='p'><navLabel><text>By NCX</text></navLabel><content src='Text/a.xhtml'/>"
                         "<navPoint id='q'><navLabel><text>Inner</text></navLabel><content src='Text/a.xhtml#s'/></navPoint></navPoint></navMap></ncx>" },
    };

    (void)state;
    check_epub(PACKAGE("", ITEM("a") ITEM("b") ITEM("c") "<item id='nav' href='Text/nav.xhtml' properties='nav' media-type='application/xhtml+xml'/>",
                       READ("nav") READ("a") READ("b") READ("c")),
               parts, COUNT(parts),
               "title: A Book\nheading d1: One\nparagraph: It begins.\nheading d2: One and a half\nparagraph: And goes on, for so long that nobody would take it for a heading of any kind, "
               "whoever looks at it, even in a hurry; and this is not the end of it, since a few letters more are needed.\nheading d1: TWO\nparagraph: Second.\n"
               "heading d2: Three\nparagraph: Third.\n",
               "3 headings are made from the contents");
    check_epub(PACKAGE("", ITEM("a") "<item id='ncx' href='toc.ncx' media-type='application/x-dtbncx+xml'/>", READ("a")), parts, COUNT(parts),
               "title: A Book\nheading d1: By NCX\nparagraph: It begins.\nheading d2: Inner\nparagraph: And goes on, for so long that nobody would take it for a heading of any kind, "
               "whoever looks at it, even in a hurry; and this is not the end of it, since a few letters more are needed.\n",
               "2 headings are made");
}

static void notes_and_links_lead_from_file_to_file(void **state)
{
    static const struct part parts[] = {
        { "OPS/Text/a.xhtml", PAGE("<h1>One</h1><p>Text<a epub:type='noteref' href='n.xhtml#n1'>1</a> and <a href='b.xhtml#there'>more</a>, or <a href='b.xhtml'>all</a>"
                                   "<span id='nobody'> of it</span>.</p>") },
        { "OPS/Text/b.xhtml", PAGE("<h1>Two</h1><p><span epub:type='pagebreak' id='there'>12</span>Second, as <a href='http://example.org/'>they</a> say.</p>") },
        { "OPS/Text/n.xhtml", PAGE("<h1>Notes</h1><aside epub:type='footnote' id='n1'><p><a href='a.xhtml#r'>1</a> The note.</p></aside>") },
    };

    (void)state;
    check_epub(PACKAGE("", ITEM("a") ITEM("b") ITEM("n"), READ("a") READ("b") READ("n")), parts, COUNT(parts),
               "title: A Book\nheading d1: One\nparagraph: Text<n1>\xEF\xBF\xBC<> and <l1>more<>, or <l2>all<> of it.\nheading d1: Two\n"
               "paragraph: Second, as <l3>they<> say.\nnote: The note.\n",
               NULL);
}

/* Their numbers are no text, wherever they stand; they are where the paper book's pages begin. */
static void page_breaks_become_pages(void **state)
{
    static const struct part parts[] = {
        { "OPS/Text/a.xhtml", PAGE("<div epub:type='pagebreak' title='xii'/><h1>One</h1><p>“Text”, and <span epub:type='pagebreak' id='p1'>1</span>more. <b>Bold</b></p>"
                                   "<p>Then.<span role='doc-pagebreak' aria-label='2' hidden='hidden'/></p>") },
        { "OPS/Text/b.xhtml", PAGE("<h1>Two</h1><p>Third.</p>") },
    };
    struct packed packed;
    struct zip zip;

    (void)state;
    make(&zip, PACKAGE("", ITEM("a") ITEM("b"), READ("a") READ("b")), parts, COUNT(parts));
    assert_int_equal(pack_zip(&packed, &zip), KITE_OK);
    assert_pages(&packed, 0, "1:0 xii\n2:16 1\n4:0 2\n");
    kite_buffer_close(&zip.file);
    packed_close(&packed);
}

/* Where the text does not mark them, the list of pages leads to them. */
static void page_lists_become_pages(void **state)
{
    static const struct part parts[] = {
        { "OPS/Text/nav.xhtml", PAGE("<nav epub:type='page-list'><ol><li><a href='a.xhtml'>v</a></li><li><a href='a.xhtml#p1'>1</a></li><li><a href='b.xhtml#p2'>2</a></li>"
                                     "<li><a href='b.xhtml#p3'>3</a></li><li><a href='c.xhtml#x'>4</a></li></ol></nav>") },
        { "OPS/Text/a.xhtml", PAGE("<h1>One</h1><p>Text and <a id='p1'/>more.</p>") },
        { "OPS/Text/b.xhtml", PAGE("<p id='p2'>Second.</p><p>Third, <span epub:type='pagebreak' id='p3'/>and last.</p>") },
    };
    struct packed packed;
    struct zip zip;

    (void)state;
    make(&zip, PACKAGE("", ITEM("a") ITEM("b") "<item id='nav' href='Text/nav.xhtml' properties='nav' media-type='application/xhtml+xml'/>", READ("a") READ("b")),
         parts, COUNT(parts));
    assert_int_equal(pack_zip(&packed, &zip), KITE_OK);
    assert_pages(&packed, 0, "1:0 v\n2:9 1\n3:0 2\n4:7 3\n");
    kite_buffer_close(&zip.file);
    packed_close(&packed);
}

static void the_cover_comes_first_and_once(void **state)
{
    static const char cover_item[] = PACKAGE("", ITEM("a") "<item id='p' href='p.png' media-type='image/png' properties='cover-image'/>", READ("a"));
    static const char cover_page[] = PACKAGE("<meta name='cover' content='p'/>", ITEM("a") ITEM("c") "<item id='p' href='p.png' media-type='image/png'/>",
                                             READ("a") "<itemref idref='c' linear='no'/>");
    struct zip zip;

    (void)state;
    for (int i = 0; i < 2; i++) {
        zip_begin(&zip);
        zip_add(&zip, "META-INF/container.xml", CONTAINER);
        zip_add(&zip, "OPS/book.opf", i ? cover_page : cover_item);
        zip_add(&zip, "OPS/Text/a.xhtml", PAGE("<h1>One</h1><p>First.</p>"));
        zip_add(&zip, "OPS/Text/c.xhtml", PAGE("<svg xmlns='http://www.w3.org/2000/svg' xmlns:xlink='http://www.w3.org/1999/xlink'><image xlink:href='../p.png'/></svg>"));
        zip_add_as(&zip, "OPS/p.png", picture, sizeof picture, 0, sizeof picture);
        check_zip(&zip, "picture: \ntitle: A Book\nheading d1: One\nparagraph: First.\n", NULL);
    }
}

static void drawings_become_pictures(void **state)
{
    static const struct part parts[] = { { "OPS/Text/a.xhtml", PAGE("<h1>One</h1><p>See:</p><svg><title>A circle</title><circle r='3'/></svg><svg><text>some</text> <text>words</text></svg>"
                                                                    "<p>So <math><mi>a</mi><mo>+</mo><mi>b</mi></math>.</p><video src='x'/>") } };

    (void)state;
    check_epub(PACKAGE("", ITEM("a"), READ("a")), parts, COUNT(parts),
               "title: A Book\nheading d1: One\nparagraph: See:\npicture: A circle\npicture: some words\nparagraph: So a + b.\n", "left out: 1 films or recordings");
}

struct ink {
    uint32_t width_px;
    uint64_t dark, count;
};

static enum kite_status count_ink(void *ctx, uint32_t y, uint32_t rows, const uint8_t *gray)
{
    struct ink *ink = ctx;

    (void)y;
    for (size_t i = 0; i < (size_t)rows * ink->width_px; i++)
        ink->dark += gray[i] < 160;
    ink->count += (uint64_t)rows * ink->width_px;
    return KITE_OK;
}

static void check_ink(const struct packed *packed, uint32_t number, uint32_t width_px, uint32_t height_px, unsigned least_percent, unsigned most_percent)
{
    struct kite_picture_info info;
    struct ink ink = { 0, 0, 0 };

    assert_int_equal(kite_bundle_picture_info(packed->bundle, number, &info), KITE_OK);
    assert_int_equal(info.width_px, width_px);
    assert_int_equal(info.height_px, height_px);
    ink.width_px = info.width_px;
    assert_int_equal(kite_bundle_picture_decode(packed->bundle, number, &ink, count_ink, NULL), KITE_OK);
    assert_in_range(ink.dark * 100, ink.count * least_percent, ink.count * most_percent);
}

/* Three drawings: one with a style sheet, one of a file that shows a picture beside a shape, one with what must not be read; then a GIF. */
static void pictures_of_other_kinds_are_drawn(void **state)
{
    static const uint8_t gif[] = { 'G', 'I', 'F', '8', '9', 'a', 4, 0, 2, 0, 0x80, 0, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0x2c, 0, 0, 0, 0, 4, 0, 2, 0, 0,
                                   2, 2, 0x84, 0x51, 0, 0x3b };
    static const char svg[] = "<?xml version='1.0'?><svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 96 48' width='96' height='48'><style>.a{fill:none}</style>"
                              "<rect class='a' width='96' height='48'/><rect width='48' height='48' style='fill:black'/></svg>";
    static const struct part parts[] = {
        { "OPS/Text/a.xhtml", PAGE("<h1>One</h1><img src='../d.svg' alt='half'/><svg xmlns:xlink='x' width='96' height='48'><rect width='96' height='48' fill='white'/>"
                                   "<image width='48' height='48' xlink:href='../p.png'/></svg><svg width='96' height='96'><script>x</script><image xlink:href='file:///etc/passwd'/>"
                                   "<image href='../../../x.png'/><rect width='96' height='96' fill='url(#g)' stroke='red' onclick='x()'/></svg><img src='../g.gif' alt='g'/>"
                                   "<svg width='24' height='24'><path d='M0 0h24v24z'/></svg><img src='../w.webp' alt='web'/>") },
        { "OPS/d.svg", svg }, { "OPS/w.webp", "RIFF....WEBPVP8 ....................." },
    };
    struct kite_buffer dump = { .mem = kite_memory_heap() };
    struct packed packed;
    struct zip zip;

    (void)state;
    make(&zip, PACKAGE("", ITEM("a"), READ("a")), parts, COUNT(parts));
    zip_add_as(&zip, "OPS/p.png", picture, sizeof picture, 0, sizeof picture);
    zip_add_as(&zip, "OPS/g.gif", gif, sizeof gif, 0, sizeof gif);
    assert_int_equal(pack_zip(&packed, &zip), KITE_OK);
    dump_document(&packed, 0, &dump);
    assert_string_equal((const char *)dump.bytes, "title: A Book\nheading d1: One\npicture: half\npicture: \npicture: \npicture: g\ncaption: web\n");
    check_ink(&packed, 0, 400, 200, 49, 51);
    check_ink(&packed, 1, 400, 200, 10, 50);
    check_ink(&packed, 2, 400, 400, 90, 100);
    assert_non_null(strstr(packed.report, "WebP"));
    kite_buffer_close(&dump);
    kite_buffer_close(&zip.file);
    packed_close(&packed);
}

static void languages_are_kept_per_element(void **state)
{
    static const struct part parts[] = { { "OPS/Text/a.xhtml", PAGE("<h1>One</h1><p xml:lang='es'>Uno <i xml:lang='en-GB'>two</i></p><p xml:lang='en-US'>Three.</p>") } };

    (void)state;
    check_epub(PACKAGE("", ITEM("a"), READ("a")), parts, COUNT(parts), "title: A Book\nheading d1: One\nparagraph: <:es>Uno <e>two\nparagraph: Three.\n", NULL);
}

static void check_direction(const char *lang, enum kite_direction wanted)
{
    static const char head[] = "<?xml version='1.0'?><package xmlns:dc='http://purl.org/dc/elements/1.1/'><metadata><dc:title>A Book</dc:title><dc:language>";
    static const char rest[] = "</dc:language></metadata><manifest>" ITEM("a") "</manifest><spine page-progression-direction='rtl'>" READ("a") "</spine></package>";
    static const struct part parts[] = { { "OPS/Text/a.xhtml", PAGE("<p>1.</p>") } };
    char package[800];
    struct kite_document_info info;
    struct packed packed;
    struct zip zip;

    snprintf(package, sizeof package, "%s%s%s", head, lang, rest);
    make(&zip, package, parts, COUNT(parts));
    assert_int_equal(pack_zip(&packed, &zip), KITE_OK);
    assert_int_equal(kite_bundle_document(packed.bundle, 0, &info), KITE_OK);
    assert_int_equal(info.direction, wanted);
    packed_close(&packed);
    kite_buffer_close(&zip.file);
}

static void pages_turn_as_the_spine_says(void **state)
{
    (void)state;
    check_direction("ar", KITE_DIRECTION_RTL);
    check_direction("jrb", KITE_DIRECTION_RTL); /* a language whose script is not known here */
    check_direction("ja", KITE_DIRECTION_LTR);  /* because of its upright lines, which are not here */
}

static void sheets_are_read_once_for_all(void **state)
{
    static const struct part parts[] = {
        { "OPS/Text/a.xhtml", "<html><head><link rel='stylesheet' href='../s.css'/></head><body><h1>One</h1><p><span class='i'>slanted</span></p></body></html>" },
        { "OPS/s.css", "@import 'x'; .i { font-style: italic } .none { color: red }" },
    };

    (void)state;
    check_epub(PACKAGE("", ITEM("a"), READ("a")), parts, COUNT(parts), "title: A Book\nheading d1: One\nparagraph: <e>slanted\n", NULL);
}

static void broken_markup_is_read_all_the_same(void **state)
{
    static const struct part parts[] = { { "OPS/Text/a.xhtml", "<html><body><h1>One</h1><p>First <i>and</b> so on.<p>Second.</body>" } };

    (void)state;
    check_epub(PACKAGE("", ITEM("a"), READ("a")), parts, COUNT(parts), "title: A Book\nheading d1: One\nparagraph: First <e>and so on.\nparagraph: <e>Second.\n",
               "OPS/Text/a.xhtml is not well-formed");
}

static void fixed_pages_are_told(void **state)
{
    static const struct part parts[] = { { "OPS/Text/a.xhtml", PAGE("<p>First.</p>") } };

    (void)state;
    check_epub(PACKAGE("<meta property='rendition:layout'>pre-paginated</meta>", ITEM("a"), READ("a")), parts, COUNT(parts),
               "title: A Book\nparagraph: First.\n", "its pages have a fixed look");
}

/* A book of pictures: each page is one, drawn or not; of one that has words, these are text. */
static void pages_that_are_pictures_are_shown_as_such(void **state)
{
    static const struct part parts[] = { { "OPS/Text/a.xhtml", PAGE("<div><img src='../p.png' alt='x'/></div><p>1</p>") },
                                         { "OPS/Text/b.xhtml", PAGE("<svg xmlns:xlink='x' viewBox='0 0 4 4'><image width='4' height='4' xlink:href='../p.png'/></svg>") },
                                         { "OPS/Text/c.xhtml", PAGE("<svg viewBox='0 0 40 40'><rect width='40' height='40'/></svg>") },
                                         { "OPS/Text/d.xhtml", PAGE("<img src='../p.png' alt='x'/><p>Once upon a time there was a page with words.</p>") } };
    struct kite_buffer dump = { .mem = kite_memory_heap() };
    struct packed packed;
    struct zip zip;

    (void)state;
    make(&zip, PACKAGE("<meta property='rendition:layout'>pre-paginated</meta>", ITEM("a") ITEM("b") ITEM("c"), READ("a") READ("b") READ("c")), parts, COUNT(parts));
    zip_add_as(&zip, "OPS/p.png", picture, sizeof picture, 0, sizeof picture);
    assert_int_equal(pack_zip(&packed, &zip), KITE_OK);
    dump_document(&packed, 0, &dump);
    assert_string_equal((const char *)dump.bytes, "title: A Book\npicture: \npicture: \npicture: \n");
    assert_int_equal(kite_bundle_picture_count(packed.bundle), 2); /* of two alike, one is stored */
    assert_non_null(strstr(packed.report, "its pages are pictures and shown as such"));
    packed_close(&packed);
    kite_buffer_close(&zip.file);
    kite_buffer_close(&dump);
    make(&zip, PACKAGE("<meta property='rendition:layout'>pre-paginated</meta>", ITEM("a") ITEM("d"), READ("a") READ("d")), parts, COUNT(parts));
    zip_add_as(&zip, "OPS/p.png", picture, sizeof picture, 0, sizeof picture);
    check_zip(&zip, "title: A Book\npicture: x\nparagraph: 1\npicture: x\nparagraph: Once upon a time there was a page with words.\n", "its pages have a fixed look");
}

static void check_fails(struct zip *zip, enum kite_status wanted, const char *sentence)
{
    struct packed packed;

    assert_int_equal(pack_zip(&packed, zip), wanted);
    if (!strstr(packed.fault.text, sentence)) {
        print_message("%s\n", packed.fault.text);
        fail();
    }
    kite_buffer_close(&zip->file);
    packed_close(&packed);
}

static void what_is_encrypted_is_refused(void **state)
{
    static const char package[] = PACKAGE("", ITEM("a"), READ("a"));
    static const struct part locked[] = { { "META-INF/encryption.xml", "<encryption xmlns:enc='x'><enc:EncryptedData><enc:EncryptionMethod Algorithm='http://www.w3.org/2001/04/xmlenc#aes128-cbc'/>"
                                                                       "</enc:EncryptedData></encryption>" },
                                          { "OPS/Text/a.xhtml", "\x01\x02\x03" } };
    static const struct part fonts[] = { { "META-INF/encryption.xml", "<encryption xmlns:enc='x'><enc:EncryptedData><enc:EncryptionMethod Algorithm='http://www.idpf.org/2008/embedding'/>"
                                                                      "</enc:EncryptedData></encryption>" },
                                         { "META-INF/rights.xml", "<rights/>" },
                                         { "OPS/Text/a.xhtml", PAGE("<p>First.</p>") } };
    static const struct part kobo[] = { { "META-INF/rights.xml", "<rights/>" }, { "OPS/Text/a.xhtml", "\x91\xa2\xb3 and so on" } };
    struct zip zip;

    (void)state;
    make(&zip, package, locked, COUNT(locked));
    check_fails(&zip, KITE_E_FORMAT, "book.epub is encrypted (DRM)");
    make(&zip, package, kobo, COUNT(kobo));
    check_fails(&zip, KITE_E_FORMAT, "book.epub is encrypted (DRM)");
    make(&zip, package, fonts, COUNT(fonts));
    check_zip(&zip, "title: A Book\nparagraph: First.\n", NULL);
}

static void what_is_no_book_is_refused(void **state)
{
    static const struct part none[] = { { "OPS/Text/a.xhtml", PAGE("") } };
    struct zip zip;

    (void)state;
    make(&zip, "<package><manifest/></package>", NULL, 0);
    check_fails(&zip, KITE_E_FORMAT, "names no text");
    make(&zip, PACKAGE("", ITEM("a"), READ("a")), none, COUNT(none));
    check_fails(&zip, KITE_E_FORMAT, "has no text");
    zip_begin(&zip);
    zip_add(&zip, "META-INF/container.xml", "<container><rootfile full-path='../../etc/passwd'/></container>");
    check_fails(&zip, KITE_E_FORMAT, "does not say where its package document is");
}

/* A book with all kinds of things in it. */
static void make_rich(struct zip *zip)
{
    static const struct part parts[] = {
        { "OPS/Text/a.xhtml", PAGE("<h1>One</h1><p>Text<a epub:type='noteref' href='b.xhtml#n1'>1</a> goes on.</p><ul><li>a</li></ul><table><tr><td>1</td><td>2</td></tr></table>") },
        { "OPS/Text/b.xhtml", PAGE("<aside epub:type='footnote' id='n1'><p>1 The note.</p></aside><p>More.</p>") },
        { "OPS/Text/nav.xhtml", PAGE("<nav epub:type='toc'><ol><li><a href='a.xhtml'>One</a></li><li><a href='b.xhtml'>Two</a></li></ol></nav>") },
        { "OPS/s.css", ".i { font-style: italic }" },
    };

    make(zip, PACKAGE("<dc:creator>Ada</dc:creator>", ITEM("a") ITEM("b") "<item id='nav' href='Text/nav.xhtml' properties='nav' media-type='application/xhtml+xml'/>", READ("a") READ("b")),
         parts, COUNT(parts));
    zip_end(zip);
}

static void cut_files_are_told(void **state)
{
    struct packed packed;
    struct zip zip;

    (void)state;
    make_rich(&zip);
    for (size_t bytes = 0; bytes < zip.file.count; bytes += zip.file.count / 100) {
        assert_int_not_equal(pack_text(&packed, "book.epub", zip.file.bytes, bytes), KITE_OK);
        assert_true(packed.fault.text[0] != '\0');
        packed_close(&packed);
    }
    kite_buffer_close(&zip.file);
}

static void changed_bytes_do_no_harm(void **state)
{
    uint32_t seed = 1;
    struct packed packed;
    struct zip zip;

    (void)state;
    make_rich(&zip);
    for (int round = 0; round < 600; round++) {
        uint8_t was;
        size_t at;

        seed = seed * 1664525u + 1013904223u;
        at = (seed >> 8) % zip.file.count;
        was = zip.file.bytes[at];
        zip.file.bytes[at] = (uint8_t)(was ^ (1u << (seed >> 29)));
        if (pack_text(&packed, "book.epub", zip.file.bytes, zip.file.count) != KITE_OK)
            assert_true(packed.fault.text[0] != '\0');
        packed_close(&packed);
        zip.file.bytes[at] = was;
    }
    kite_buffer_close(&zip.file);
}

static void contents_without_end_are_bounded(void **state)
{
    struct kite_buffer ncx = { .mem = kite_memory_heap() };
    struct packed packed;
    struct zip zip;

    (void)state;
    kite_buffer_add_text(&ncx, "<ncx><navMap>");
    for (int i = 0; i < 30000; i++)
        kite_buffer_add_text(&ncx, "<navPoint><navLabel><text>Again</text></navLabel><content src='Text/a.xhtml#x'/>");
    for (int i = 0; i < 30000; i++)
        kite_buffer_add_text(&ncx, "</navPoint>");
    kite_buffer_add_text(&ncx, "</navMap></ncx>");
    make(&zip, PACKAGE("", ITEM("a") "<item id='ncx' href='toc.ncx' media-type='application/x-dtbncx+xml'/>", READ("a")), NULL, 0);
    zip_add(&zip, "OPS/Text/a.xhtml", PAGE("<p id='x'>First.</p>"));
    zip_add_as(&zip, "OPS/toc.ncx", ncx.bytes, ncx.count, 0, (uint32_t)ncx.count);
    assert_int_equal(pack_zip(&packed, &zip), KITE_OK);
    packed_close(&packed);
    kite_buffer_close(&zip.file);
    kite_buffer_close(&ncx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_spine_is_read_in_order),
        cmocka_unit_test(metadata_is_kept),
        cmocka_unit_test(authors_on_lines_of_their_own_are_bylines),
        cmocka_unit_test(contents_make_headings),
        cmocka_unit_test(notes_and_links_lead_from_file_to_file),
        cmocka_unit_test(page_breaks_become_pages),
        cmocka_unit_test(page_lists_become_pages),
        cmocka_unit_test(the_cover_comes_first_and_once),
        cmocka_unit_test(drawings_become_pictures),
        cmocka_unit_test(pictures_of_other_kinds_are_drawn),
        cmocka_unit_test(languages_are_kept_per_element),
        cmocka_unit_test(pages_turn_as_the_spine_says),
        cmocka_unit_test(sheets_are_read_once_for_all),
        cmocka_unit_test(broken_markup_is_read_all_the_same),
        cmocka_unit_test(fixed_pages_are_told),
        cmocka_unit_test(pages_that_are_pictures_are_shown_as_such),
        cmocka_unit_test(what_is_encrypted_is_refused),
        cmocka_unit_test(what_is_no_book_is_refused),
        cmocka_unit_test(cut_files_are_told),
        cmocka_unit_test(changed_bytes_do_no_harm),
        cmocka_unit_test(contents_without_end_are_bounded),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
