/* How much stack importers take of documents that nest without end: the same for ten times as deep, and below a bound. */
#define _DEFAULT_SOURCE /* MAP_ANONYMOUS */
#include "stack.h"

#include "press/office.h"

#define PRESS_STACK_BYTES_MAX (128u * 1024)
#define DEPTH 2000u
#define GROWTH_BYTES_MAX 4096u /* of ten times the depth */

/* So many times `open`, then `shut`, between what makes it a document; of a ZIP file the parts before and behind too. */
struct nest {
    const char *what, *begin, *open, *shut, *end;
    const char *const *before; /* names and texts of parts, NULL ends them; NULL: a plain file */
    const char *part;
};

static const char *const docx_parts[] = {
    "[Content_Types].xml", "<Types/>", "_rels/.rels",
    "<Relationships><Relationship Id='r1' Type='http://x/officeDocument' Target='word/document.xml'/></Relationships>", NULL
};
static const char *const odt_parts[] = { "mimetype", "application/vnd.oasis.opendocument.text", NULL };
static const char *const epub_parts[] = {
    "mimetype", "application/epub+zip", "META-INF/container.xml",
    "<container><rootfiles><rootfile full-path='c.opf' media-type='application/oebps-package+xml'/></rootfiles></container>", "c.opf",
    "<package xmlns='http://www.idpf.org/2007/opf' xmlns:dc='http://purl.org/dc/elements/1.1/'><metadata><dc:title>T</dc:title></metadata><manifest>"
    "<item id='a' href='a.xhtml' media-type='application/xhtml+xml'/></manifest><spine><itemref idref='a'/></spine></package>",
    NULL
};

static const char *const svg_parts[] = {
    "mimetype", "application/epub+zip", "META-INF/container.xml",
    "<container><rootfiles><rootfile full-path='c.opf' media-type='application/oebps-package+xml'/></rootfiles></container>", "c.opf",
    "<package xmlns='http://www.idpf.org/2007/opf' xmlns:dc='http://purl.org/dc/elements/1.1/'><metadata><dc:title>T</dc:title></metadata><manifest>"
    "<item id='a' href='a.xhtml' media-type='application/xhtml+xml'/></manifest><spine><itemref idref='a'/></spine></package>",
    "a.xhtml", "<html xmlns='http://www.w3.org/1999/xhtml'><body><p>Words.</p><p><img src='x.svg' alt='words'/></p></body></html>", NULL
};

#define WEB "<!DOCTYPE html><html lang=en><body><p>Words.</p>"
#define XHTML "<html xmlns='http://www.w3.org/1999/xhtml'><body><p>Words.</p>"
#define DOCX "<w:document xmlns:w='w'><w:body><w:p><w:r><w:t>Words.</w:t></w:r></w:p>"
#define ODT "<office:document-content xmlns:office='o' xmlns:text='t'><office:body><office:text><text:p>Words.</text:p>"
#define FB2 "<FictionBook xmlns='http://www.gribuser.ru/xml/fictionbook/2.0'><description/><body><section><p>Words.</p>"

static const struct nest nests[] = {
    { "quotes.md", "Words.\n\n", "> ", "", "deep\n", NULL, NULL },
    { "lists.md", "Words.\n\n", "1. ", "", "deep\n", NULL, NULL },
    { "looks.md", "Words.\n\n", "*a **b ", "** *", "\n", NULL, NULL },
    { "brackets.md", "Words.\n\n", "[", "](x)", "\n", NULL, NULL },
    { "divisions.html", WEB, "<div>", "</div>", "</body></html>", NULL, NULL },
    { "lists.html", WEB, "<ul><li>", "</li></ul>", "</body></html>", NULL, NULL },
    { "tables.html", WEB, "<table><tr><td>", "</td></tr></table>", "</body></html>", NULL, NULL },
    { "looks.html", WEB, "<b><i><a href=x>", "</a></i></b>", "</body></html>", NULL, NULL },
    { "formula.html", WEB "<math>", "<mfrac><msup><mi>x</mi>", "</msup></mfrac>", "</math></body></html>", NULL, NULL },
    { "quotes.html", WEB, "<blockquote>", "</blockquote>", "</body></html>", NULL, NULL },
    { "sections.fb2", FB2, "<section>", "</section>", "</section></body></FictionBook>", NULL, NULL },
    { "groups.rtf", "{\\rtf1\\ansi Words.\\par ", "{\\b ", "}", "}", NULL, NULL },
    { "notes.rtf", "{\\rtf1\\ansi Words.\\par ", "{\\footnote x ", "}", "}", NULL, NULL },
    { "tables.docx", DOCX, "<w:tbl><w:tr><w:tc><w:p>", "</w:p></w:tc></w:tr></w:tbl>", "</w:body></w:document>", docx_parts, "word/document.xml" },
    { "sections.odt", ODT, "<text:section><text:list><text:list-item>", "</text:list-item></text:list></text:section>",
      "</office:text></office:body></office:document-content>", odt_parts, "content.xml" },
    { "groups.svg.epub", "<svg xmlns='http://www.w3.org/2000/svg' width='99' height='99'>", "<g>", "</g>", "</svg>", svg_parts, "x.svg" },
    { "divisions.epub", XHTML, "<div>", "</div>", "</body></html>", epub_parts, "a.xhtml" },
};

static struct kite_buffer nested(const struct nest *nest, size_t depth)
{
    struct kite_buffer text = { .mem = kite_memory_heap() };
    struct zip zip;

    kite_buffer_add_text(&text, nest->begin);
    for (size_t i = 0; i < depth; i++)
        kite_buffer_add_text(&text, nest->open);
    kite_buffer_add_text(&text, "deep");
    for (size_t i = 0; i < depth; i++)
        kite_buffer_add_text(&text, nest->shut);
    kite_buffer_add_text(&text, nest->end);
    if (!nest->before)
        return text;
    kite_buffer_add_u8(&text, 0);
    zip_begin(&zip);
    for (const char *const *part = nest->before; *part; part += 2)
        zip_add_stored(&zip, part[0], part[1]);
    zip_add(&zip, nest->part, (const char *)text.bytes);
    zip_end(&zip);
    kite_buffer_close(&text);
    return zip.file;
}

struct work {
    const char *name;
    const struct kite_buffer *file;
    enum kite_status status;
};

static void pack(void *ctx)
{
    struct work *work = ctx;
    struct packed packed;

    work->status = pack_text(&packed, work->name, work->file->bytes, work->file->count);
    packed_close(&packed);
}

static size_t used_by(const struct nest *nest, size_t depth)
{
    struct kite_buffer file = nested(nest, depth);
    struct work work = { nest->what, &file, KITE_OK };
    size_t used = stack_used(pack, &work);

    if (work.status != KITE_OK && work.status != KITE_E_LIMIT)
        fail_msg("%s, %zu deep: %s", nest->what, depth, kite_status_text(work.status));
    kite_buffer_close(&file);
    return used;
}

static void importers_take_little_stack_however_deep(void **state)
{
    const char *deepest = "";
    size_t most = 0;

    (void)state;
    for (size_t i = 0; i < sizeof nests / sizeof *nests; i++) {
        size_t deep = used_by(&nests[i], DEPTH), deeper = used_by(&nests[i], 10 * DEPTH);

        if (getenv("KITE_VERBOSE"))
            print_message("%-16s %5zu KiB, ten times as deep %5zu KiB\n", nests[i].what, deep >> 10, deeper >> 10);
        if (deeper > most) {
            most = deeper;
            deepest = nests[i].what;
        }
        if (deeper > deep + GROWTH_BYTES_MAX || deeper > PRESS_STACK_BYTES_MAX)
            fail_msg("%s takes %zu KiB of stack, ten times as deep %zu KiB", nests[i].what, deep >> 10, deeper >> 10);
    }
    print_message("%zu documents that nest: at most %zu KiB of stack (%s)\n", sizeof nests / sizeof *nests, most >> 10, deepest);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(importers_take_little_stack_however_deep),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
