/* Office files and FictionBooks. The first byte says which part of which format the rest is; the other parts are whole, so that what is
 * changed is read. What packs must be a bundle that verifies. */
#include "fuzz/fuzz.h"
#include "press/press.h"
#include "press/zip.h"

static const char types[] = "<Types/>";
static const char relations[] = "<Relationships><Relationship Id='a' Type='x/officeDocument' Target='word/document.xml'/></Relationships>";
static const char document_relations[] =
    "<Relationships><Relationship Id='s' Type='x/styles' Target='styles.xml'/><Relationship Id='n' Type='x/numbering' Target='numbering.xml'/>"
    "<Relationship Id='f' Type='x/footnotes' Target='footnotes.xml'/><Relationship Id='w' Type='x/h' Target='http://a/' TargetMode='External'/></Relationships>";
static const char document[] =
    "<document><body><p><pPr><pStyle w='' val='H'/></pPr><r><t>Part</t></r></p><p><pPr><numPr><ilvl val='0'/><numId val='1'/></numPr></pPr><r><t>Item</t></r></p>"
    "<p><r><t>Text</t><footnoteReference id='1'/></r></p></body></document>";
static const char styles[] = "<styles><style type='paragraph' styleId='H'><name val='heading 1'/><rPr><b/></rPr></style></styles>";
static const char numbering[] = "<numbering><abstractNum abstractNumId='0'><lvl ilvl='0'><start val='1'/><numFmt val='decimal'/><lvlText val='%1.'/></lvl></abstractNum>"
                                "<num numId='1'><abstractNumId val='0'/></num></numbering>";
static const char footnotes[] = "<footnotes><footnote id='1'><p><r><t>Note</t></r></p></footnote></footnotes>";
static const char content[] = "<document-content><body><text><h outline-level='1'>Part</h><list style-name='L'><list-item><p>Item</p></list-item></list>"
                              "<p style-name='P'>Text<note><note-citation>1</note-citation><note-body><p>Note</p></note-body></note></p></text></body></document-content>";
static const char open_styles[] = "<document-styles><styles><style name='P' family='paragraph'><text-properties font-style='italic'/></style>"
                                  "<list-style name='L'><list-level-style-number level='1' num-format='1'/></list-style></styles></document-styles>";

enum part { PART_WHOLE, PART_DOCUMENT, PART_STYLES, PART_NUMBERING, PART_FOOTNOTES, PART_CONTENT, PART_OPEN_STYLES, PART_COUNT };

static struct kite_buffer docx(enum part part, const char *text)
{
    struct zip zip;

    zip_begin(&zip);
    zip_add_stored(&zip, "[Content_Types].xml", types);
    zip_add_stored(&zip, "_rels/.rels", relations);
    zip_add_stored(&zip, "word/document.xml", part == PART_DOCUMENT ? text : document);
    zip_add_stored(&zip, "word/_rels/document.xml.rels", document_relations);
    zip_add_stored(&zip, "word/styles.xml", part == PART_STYLES ? text : styles);
    zip_add_stored(&zip, "word/numbering.xml", part == PART_NUMBERING ? text : numbering);
    zip_add_stored(&zip, "word/footnotes.xml", part == PART_FOOTNOTES ? text : footnotes);
    zip_end(&zip);
    return zip.file;
}

static struct kite_buffer odt(enum part part, const char *text)
{
    struct zip zip;

    zip_begin(&zip);
    zip_add_stored(&zip, "mimetype", "application/vnd.oasis.opendocument.text");
    zip_add_stored(&zip, "content.xml", part == PART_CONTENT ? text : content);
    zip_add_stored(&zip, "styles.xml", part == PART_OPEN_STYLES ? text : open_styles);
    zip_end(&zip);
    return zip.file;
}

static void pack(const struct kite_memory *mem, const uint8_t *bytes, size_t count)
{
    struct kite_buffer file = { .mem = *mem };
    struct kite_press_input input = { .name = "input", .bytes = bytes, .byte_count = count };
    struct kite_press_options options = { .lang = kite_lang_from_text("en"), .zopfli_iterations = -1 };
    struct kite_sink sink = kite_sink_buffer(&file);
    struct kite_bundle *bundle = NULL;

    if (kite_press_pack(mem, &input, 1, &options, NULL, NULL, &sink, NULL) == KITE_OK) {
        struct kite_memory heap = kite_memory_heap();
        struct kite_span_bytes span = { file.bytes, file.count };
        struct kite_source source = kite_source_memory(&span);

        HOLDS(kite_bundle_open(&heap, &source, &bundle, NULL) == KITE_OK && kite_bundle_verify(bundle, NULL, NULL) == KITE_OK);
        kite_bundle_close(bundle);
    }
    kite_buffer_close(&file);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    enum part part = size > 0 ? (enum part)(data[0] % PART_COUNT) : PART_WHOLE;
    struct kite_buffer file;
    char *text;

    if (size == 0)
        return 0;
    if (part == PART_WHOLE) {
        with_memory_that_ends(data + 1, size - 1, pack);
        return 0;
    }
    text = malloc(size);
    if (!text)
        return 0;
    memcpy(text, data + 1, size - 1);
    text[size - 1] = '\0';
    file = part < PART_CONTENT ? docx(part, text) : odt(part, text);
    with_memory_that_ends(file.bytes, file.count, pack);
    kite_buffer_close(&file);
    free(text);
    return 0;
}
