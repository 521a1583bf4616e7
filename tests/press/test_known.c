/* Files that are often taken for texts: each is told by its content, whatever its name, with one sentence that says what to do. */
#include "press/pack.h"
#include "zip.h"

#define COUNT(ROWS) (sizeof(ROWS) / sizeof *(ROWS))

static void check_message(const void *bytes, size_t count, enum kite_status wanted, const char *words)
{
    struct packed packed;
    enum kite_status status = pack_text(&packed, "letter.txt", bytes, count);

    if (status != wanted || strncmp(packed.fault.text, "letter.txt ", 11) != 0 || !strstr(packed.fault.text, words))
        fail_msg("%d: \"%s\" does not say \"%s\"", (int)status, packed.fault.text, words);
    packed_close(&packed);
}

/* A file of 2000 bytes with these at one place. */
static void check_mark(size_t at, const char *mark, size_t bytes, const char *words)
{
    uint8_t file[2000];

    memset(file, 0xa5, sizeof file);
    memset(file, 0, at);
    memcpy(file + at, mark, bytes);
    check_message(file, sizeof file, KITE_E_FORMAT, words);
}

static void files_of_others_are_told(void **state)
{
    static const struct {
        size_t at;
        const char *mark;
        size_t bytes;
        const char *words;
    } rows[] = {
        { 0, "\xffWPC", 4, "WordPerfect" },       { 0, "\x31\xbe\0\0", 4, "Windows Write" },     { 0, "ITOLITLS", 8, "LIT" },
        { 0, "ITSF\3\0", 6, "CHM" },           { 0, "TPZ0", 4, "Topaz" },                   { 0, "\xea" "DRMION\xee", 8, "DRM" },
        { 0, "CONT\2\0", 6, "KFX" },           { 60, "PNRdPPrs", 8, "eReader" },            { 0, "AT&TFORM", 8, "DjVu" },
        { 0, "%!PS-Adobe", 10, "PostScript" }, { 0, "Rar!\x1a\x07", 6, "RAR file; unpack" }, { 0, "7z\xbc\xaf\x27\x1c", 6, "7z file; unpack" },
        { 0, "\x1f\x8b", 2, "gzip file; unpack" }, { 4, "1AY&SY", 6, "bzip2" },             { 0, "\xfd" "7zXZ", 5, "xz file" },
        { 257, "ustar\0", 6, "tar file" },      { 0, "bplist00", 8, "web archive of Safari" }, { 4, "ftypmp42", 8, "film or a recording" },
        { 4, "ftypheic", 8, "HEIC" },          { 0, "ID3\3", 4, "recording" },             { 0, "\x7f" "ELF", 4, "program" },
        { 0, "SQLite format 3\0", 16, "database" }, { 0, "OTTO\0", 5, "font" },             { 0, "\0\0\0\1Bud1", 8, "Mac" },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++)
        check_mark(rows[i].at, rows[i].mark, rows[i].bytes, rows[i].words);
}

static void old_office_files_are_told_by_their_streams(void **state)
{
    static const struct {
        const char *stream, *words;
    } rows[] = {
        { "WordDocument", "Word file of the old kind (.doc)" }, { "Workbook", "spreadsheet of the old kind" }, { "PowerPoint Document", "presentation of the old kind" },
        { "__substg1.0_1000001F", "message of Outlook" },         { "Other", "Office file of the old kind" },
    };
    uint8_t file[2048];

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        memset(file, 0, sizeof file);
        memcpy(file, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 8);
        for (size_t k = 0; rows[i].stream[k]; k++)
            file[1024 + 128 + 2 * k] = (uint8_t)rows[i].stream[k];
        check_message(file, sizeof file, KITE_E_FORMAT, rows[i].words);
    }
    memset(file + 1024, 0, 1024);
    for (size_t k = 0; k < 16; k++)
        file[1024 + 128 + 2 * k] = (uint8_t)"EncryptedPackage"[k];
    check_message(file, sizeof file, KITE_E_FORMAT, "is locked with a password; save it without one");
}

static void containers_are_told_by_what_they_hold(void **state)
{
    static const struct {
        const char *name, *words;
    } rows[] = {
        { "xl/workbook.xml", "spreadsheet" }, { "ppt/presentation.xml", "presentation" }, { "Index/Document.iwa", "Pages, Numbers or Keynote; export it as Word or EPUB" },
        { "index.xml", "Pages of the old kind" }, { "notes/letter.txt", "is a ZIP file, or one that is cut short; unpack it" }, { "META-INF/MANIFEST.MF", "program" },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct zip zip;

        zip_begin(&zip);
        zip_add(&zip, rows[i].name, "something");
        zip_end(&zip);
        check_message(zip.file.bytes, zip.file.count, KITE_E_FORMAT, rows[i].words);
        kite_buffer_close(&zip.file);
    }
}

static void locks_are_told(void **state)
{
    static const char *const names[] = { "letter.txt", "word/document.xml", "content.xml", "META-INF/container.xml" };
    uint8_t mobi[600] = { 0 };

    (void)state;
    for (size_t i = 0; i < COUNT(names); i++) {
        struct zip zip;

        zip_begin(&zip);
        zip_add_as(&zip, names[i], "something", 9, 1, 9);
        zip_end(&zip);
        check_message(zip.file.bytes, zip.file.count, KITE_E_FORMAT, "is locked with a password; unpack it");
        kite_buffer_close(&zip.file);
    }
    memcpy(mobi + 60, "BOOKMOBI", 8);
    mobi[77] = 1;          /* records */
    mobi[80] = 1;          /* the first at 256 */
    mobi[256 + 13] = 2;    /* encrypted */
    check_message(mobi, sizeof mobi, KITE_E_FORMAT, "Kindle book that is locked (DRM)");
}

static void other_markup_is_told(void **state)
{
    static const struct {
        const char *text, *words;
    } rows[] = {
        { "<?xml version='1.0'?><office:document xmlns:office='o'>", "flat OpenDocument file; save it as ODT" },
        { "<?xml version='1.0'?><?mso-application?><w:wordDocument>", "Word file in XML of 2003" },
        { "<?xml version='1.0'?><article xmlns='http://docbook.org/ns/docbook'>", "DocBook" },
        { "\xEF\xBB\xBF<?xml version='1.0'?><things/>", "is XML of a kind that is not read here" },
        { "From: <Saved by Blink>\r\nSnapshot-Content-Location: http://a/\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related;\r\n", "web archive (MHTML); open it in the browser" },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++)
        check_message(rows[i].text, strlen(rows[i].text), KITE_E_FORMAT, rows[i].words);
}

/* Words that begin like one of these files are words. */
static void texts_stay_texts(void **state)
{
    static const char *const texts[] = { "TPZ is a short name.\n", "ID3 tags hold names of songs.\n", "The ftyp box comes first.\n", "OTTO was here.\n", "BZh\n\nBuzz.\n",
                                         "From: Ada\nTo: Bo\n\nDear Bo, how are you?\n", "WordPro was a program.\n", "PK is short for park.\n", "CONTENTS\n\nOne.\n" };

    (void)state;
    for (size_t i = 0; i < COUNT(texts); i++) {
        struct packed packed;

        assert_int_equal(pack_text(&packed, "a.txt", texts[i], strlen(texts[i])), KITE_OK);
        packed_close(&packed);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(files_of_others_are_told),
        cmocka_unit_test(old_office_files_are_told_by_their_streams),
        cmocka_unit_test(containers_are_told_by_what_they_hold),
        cmocka_unit_test(locks_are_told),
        cmocka_unit_test(other_markup_is_told),
        cmocka_unit_test(texts_stay_texts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
