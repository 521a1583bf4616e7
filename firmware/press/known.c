/* What else people have: by the first bytes, by names in a container, by words near the start. */
#include "press/known.h"

#include "press/container.h"
#include "press/docx.h"
#include "press/rewrite.h"

#include <string.h>

#define LOOK_BYTES 4096u
#define CENTRAL_FLAGS 8u /* of an entry in a ZIP file's directory */
#define PDB_RECORDS 76u
#define PDB_FIRST 78u
#define MOBI_ENCRYPTION 12u /* in the first record */

static bool has_at(const struct kite_press_input *input, size_t at, const char *mark, size_t bytes)
{
    return input->byte_count >= at + bytes && memcmp(input->bytes + at, mark, bytes) == 0;
}

static bool has_near_start(const struct kite_press_input *input, const char *words)
{
    size_t bytes = strlen(words), end = input->byte_count < LOOK_BYTES ? input->byte_count : LOOK_BYTES;

    for (size_t i = 0; i + bytes <= end; i++) {
        if (memcmp(input->bytes + i, words, bytes) == 0)
            return true;
    }
    return false;
}

/* As OLE files write names: each letter in two bytes. */
static bool has_wide(const struct kite_press_input *input, const char *words)
{
    size_t count = strlen(words);

    for (size_t i = 0, k; i + 2 * count <= input->byte_count; i += 64) { /* names begin entries of 128 bytes in sectors of 512 */
        for (k = 0; k < count && input->bytes[i + 2 * k] == (uint8_t)words[k] && input->bytes[i + 2 * k + 1] == 0; k++)
            ;
        if (k == count)
            return true;
    }
    return false;
}

/* ---- locked -------------------------------------------------------------------------------------------------------- */

static bool is_locked_zip(const struct kite_press_input *input)
{
    const uint8_t *at = input->bytes, *end = at + input->byte_count;

    if (!kite_container_is_one(input->bytes, input->byte_count))
        return false;
    while ((size_t)(end - at) > CENTRAL_FLAGS + 1 && (at = memchr(at, 'P', (size_t)(end - at) - CENTRAL_FLAGS - 1)) != NULL) {
        if (memcmp(at, "PK\1\2", 4) == 0)
            return at[CENTRAL_FLAGS] & 1;
        at++;
    }
    return false;
}

static uint32_t get_u16_be(const uint8_t *at)
{
    return (uint32_t)at[0] << 8 | at[1];
}

static bool is_locked_mobi(const struct kite_press_input *input)
{
    uint32_t first;

    if (!has_at(input, 60, "BOOKMOBI", 8) || input->byte_count < PDB_FIRST + 4 || get_u16_be(input->bytes + PDB_RECORDS) == 0)
        return false;
    first = get_u16_be(input->bytes + PDB_FIRST) << 16 | get_u16_be(input->bytes + PDB_FIRST + 2);
    return first < input->byte_count && input->byte_count - first >= MOBI_ENCRYPTION + 2 && get_u16_be(input->bytes + first + MOBI_ENCRYPTION) != 0;
}

const char *kite_known_lock(const struct kite_press_input *input)
{
    if (kite_is_encrypted_office(input))
        return "is locked with a password; save it without one";
    if (is_locked_zip(input))
        return "is locked with a password; unpack it, and pack what was in it";
    if (is_locked_mobi(input))
        return "is a Kindle book that is locked (DRM), so its text cannot be read; ask whoever made it for a copy without";
    return NULL;
}

/* ---- others -------------------------------------------------------------------------------------------------------- */

#define SAVE_AS_DOCX "save it as DOCX or ODT with the program that it was written with"
#define LOCKED_BOOK "so its text cannot be read; ask whoever made it for an EPUB without a lock"
#define UNPACK "unpack it, and pack the texts in it"
#define NO_TEXT "which holds no text to read"

static const struct mark_row {
    size_t at;
    const char *mark;
    size_t bytes;
    const char *advice;
} marks[] = {
    { 0, "Kite bundle. Open it with", 25, "is a bundle already; kite text writes its text" },
    { 0, "\xffWPC", 4, "is a WordPerfect file; open it in LibreOffice and save it as DOCX or ODT" },
    { 0, "HWP Document File V", 19, "is a Hangul file; " SAVE_AS_DOCX },
    { 0, "WordPro\0", 8, "is a Lotus Word Pro file; " SAVE_AS_DOCX },
    { 0, "\xdb\xa5-\0", 4, "is a Word file of the 1990s; open it in LibreOffice and save it as DOCX or ODT" },
    { 0, "\x31\xbe\0\0", 4, "is a file of Windows Write; open it in LibreOffice and save it as DOCX or ODT" },
    { 0, "ITOLITLS", 8, "is a Microsoft Reader book (LIT); convert it to EPUB" },
    { 0, "ITSF\3\0", 6, "is a Windows help file (CHM); save its pages as HTML" },
    { 0, "TPZ0", 4, "is a Kindle book of the kind Topaz, " LOCKED_BOOK },
    { 0, "\xea" "DRMION\xee", 8, "is a Kindle book that is locked (DRM), " LOCKED_BOOK },
    { 0, "CONT\2\0", 6, "is a Kindle book of the kind KFX; ask for an EPUB" },
    { 60, "PNRdPPrs", 8, "is an eReader book (PDB); convert it to EPUB" },
    { 0, "L\0R\0F\0\0\0", 8, "is a Sony book (LRF); convert it to EPUB" },
    { 0, "AT&TFORM", 8, "is a DjVu file; print it into a PDF" },
    { 0, "%!PS", 4, "is PostScript; print it into a PDF" },
    { 0, "Rar!\x1a\x07", 6, "is a RAR file; " UNPACK },
    { 0, "7z\xbc\xaf\x27\x1c", 6, "is a 7z file; " UNPACK },
    { 0, "\x1f\x8b", 2, "is a gzip file; " UNPACK },
    { 4, "1AY&SY", 6, "is a bzip2 file; " UNPACK },
    { 0, "\xfd" "7zXZ", 5, "is an xz file; " UNPACK },
    { 0, "\x28\xb5\x2f\xfd", 4, "is a zstd file; " UNPACK },
    { 257, "ustar\0", 6, "is a tar file; " UNPACK },
    { 257, "ustar ", 6, "is a tar file; " UNPACK },
    { 0, "bplist00", 8, "is a web archive of Safari, or a list of settings; save the page as HTML or print it into a PDF" },
    { 0, "\x1a\x45\xdf\xa3", 4, "is a film, " NO_TEXT },
    { 0, "ID3\3", 4, "is a recording, " NO_TEXT },
    { 0, "ID3\4", 4, "is a recording, " NO_TEXT },
    { 0, "OggS\0", 5, "is a recording, " NO_TEXT },
    { 0, "fLaC\0", 5, "is a recording, " NO_TEXT },
    { 0, "\x7f" "ELF", 4, "is a program, " NO_TEXT },
    { 0, "MZ\x90\0", 4, "is a program, " NO_TEXT },
    { 0, "SQLite format 3\0", 16, "is a database, " NO_TEXT },
    { 0, "OTTO\0", 5, "is a font, " NO_TEXT },
    { 0, "\0\1\0\0\0", 5, "is a font, " NO_TEXT },
    { 0, "wOFF\0", 5, "is a font, " NO_TEXT },
    { 0, "wOF2\0", 5, "is a font, " NO_TEXT },
    { 0, "\0\0\0\1Bud1", 8, "is a folder's settings of a Mac, " NO_TEXT },
    { 0, "\0\5\x16\7", 4, "is what a Mac puts beside a file, " NO_TEXT },
};

/* By what stands behind a length: RIFF files, and boxes as MP4 has them, whose length begins with zeros. */
static const struct mark_row boxes[] = {
    { 4, "ftypavif", 8, "is an AVIF picture; save it as PNG or JPEG" },
    { 4, "ftyphei", 7, "is a HEIC picture; save it as JPEG" },
    { 4, "ftypmif1", 8, "is a HEIC picture; save it as JPEG" },
    { 8, "AVI ", 4, "is a film, " NO_TEXT },
    { 8, "WAVE", 4, "is a recording, " NO_TEXT },
    { 4, "ftyp", 4, "is a film or a recording, " NO_TEXT },
};

/* By names in a container. */
static const struct held_row {
    const char *start, *advice;
} held[] = {
    { "xl/", "is a spreadsheet or a drawing; copy what is to be read into a text" },
    { "content.xml", "is a spreadsheet or a drawing; copy what is to be read into a text" },
    { "ppt/", "is a presentation; copy what is to be read into a text" },
    { "Index/", "is a file of Pages, Numbers or Keynote; export it as Word or EPUB" },
    { "Index.zip", "is a file of Pages, Numbers or Keynote; export it as Word or EPUB" },
    { "index.apxl", "is a file of Keynote; export it as PDF" },
    { "index.xml", "is a file of Pages of the old kind; export it as Word or EPUB" },
    { "AndroidManifest.xml", "is a program, " NO_TEXT },
    { "META-INF/MANIFEST.MF", "is a program, " NO_TEXT },
};

/* Of OLE files, by the name of a stream. */
static const struct held_row streams[] = {
    { "WordDocument", "is a Word file of the old kind (.doc); open it in a word processor and save it as DOCX or ODT" },
    { "Workbook", "is a spreadsheet of the old kind; copy what is to be read into a text" },
    { "PowerPoint Document", "is a presentation of the old kind; copy what is to be read into a text" },
    { "__substg1.0", "is a message of Outlook; copy its text into a file" },
    { "StarWriterDocument", "is a StarWriter file; open it in LibreOffice and save it as ODT" },
    { "MatOST", "is a file of Microsoft Works; open it in LibreOffice and save it as DOCX or ODT" },
};

/* XML that isn't HTML, by its outermost element or a name space. */
static const struct held_row markup[] = {
    { "<office:document", "is a flat OpenDocument file; save it as ODT" },
    { "<w:wordDocument", "is a Word file in XML of 2003; save it as DOCX" },
    { "http://schemas.microsoft.com/office/2006/xmlPackage", "is a Word file as one XML file; save it as DOCX" },
    { "<abiword", "is an AbiWord file; save it as ODT" },
    { "<TEI", "is TEI; convert it to HTML or EPUB" },
    { "docbook", "is DocBook; convert it to HTML or EPUB" },
    { "<!DOCTYPE book", "is DocBook; convert it to HTML or EPUB" },
    { "<!DOCTYPE article", "is DocBook; convert it to HTML or EPUB" },
    { "<dtbook", "is a DAISY book; convert it to EPUB" },
    { "<rss", "is a list of news (RSS); open it and save what is to be read" },
    { "<feed", "is a list of news (Atom); open it and save what is to be read" },
    { "<opml", "is a list (OPML); save it as HTML" },
    { "<plist", "is a list of settings, " NO_TEXT },
};

static const char *of_markup(const struct kite_press_input *input)
{
    size_t at = has_at(input, 0, "\xEF\xBB\xBF", 3) ? 3 : 0;

    if (!has_at(input, at, "<?xml", 5))
        return NULL;
    for (size_t i = 0; i < sizeof markup / sizeof *markup; i++) {
        if (has_near_start(input, markup[i].start))
            return markup[i].advice;
    }
    return "is XML of a kind that is not read here; save it as HTML, DOCX, ODT or EPUB";
}

/* A page with its pictures in one file, as browsers write it: a message that holds several parts. */
static bool is_web_archive(const struct kite_press_input *input)
{
    return (has_at(input, 0, "From: <Saved by", 15) || has_at(input, 0, "From: \"Saved by", 15) || has_at(input, 0, "MIME-Version:", 13) ||
            has_at(input, 0, "From: ", 6)) &&
           has_near_start(input, "multipart/related");
}

const char *kite_known_other(const struct kite_press_input *input)
{
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
        if (has_at(input, marks[i].at, marks[i].mark, marks[i].bytes))
            return marks[i].advice;
    }
    for (size_t i = 0; i < sizeof boxes / sizeof *boxes && (has_at(input, 0, "RIFF", 4) || has_at(input, 0, "\0\0", 2)); i++) {
        if (has_at(input, boxes[i].at, boxes[i].mark, boxes[i].bytes))
            return boxes[i].advice;
    }
    for (size_t i = 0; i < sizeof held / sizeof *held; i++) {
        if (kite_package_names(input, held[i].start))
            return held[i].advice;
    }
    if (has_at(input, 0, "PK\x03\x04", 4))
        return "is a ZIP file, or one that is cut short; " UNPACK;
    if (has_at(input, 0, "\xd0\xcf\x11\xe0", 4)) {
        for (size_t i = 0; i < sizeof streams / sizeof *streams; i++) {
            if (has_wide(input, streams[i].start))
                return streams[i].advice;
        }
        return "is an Office file of the old kind; open it in a word processor and save it as DOCX or ODT";
    }
    if (is_web_archive(input))
        return "is a web archive (MHTML); open it in the browser and save it as \"web page, complete\", or print it into a PDF";
    return of_markup(input);
}
