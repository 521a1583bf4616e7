/* What a file is, by its first bytes. Which format a document really is the press finds out, by all
 * of it: here it is told what is worth a try, and what people are to read about it. */
#include "sideload/sideload.h"

#include <string.h>
#include <strings.h>

static bool begins(const uint8_t *head, size_t count, const char *with, size_t bytes)
{
    return count >= bytes && memcmp(head, with, bytes) == 0;
}

#define BEGINS(text) begins(head, count, text, sizeof text - 1)

/* Either of the two marks at a bundle's front: a copy that changed one is a damaged bundle. */
static bool is_bundle(const uint8_t *head, size_t count)
{
    static const char mark[] = "\x8BKTE\r\n\x1A";

    return BEGINS("Kite bundle. Open it with") || (count >= 62 && memcmp(head + 54, mark, 8) == 0);
}

static size_t skip_mark(const uint8_t *head, size_t count)
{
    return BEGINS("\xEF\xBB\xBF") ? 3 : 0;
}

static bool is_provision(const uint8_t *head, size_t count)
{
    size_t at = skip_mark(head, count);

    return begins(head + at, count - at, "kite provision ", 15);
}

static bool is_update(const uint8_t *head, size_t count)
{
    return BEGINS("Kite update ");
}

/* A public key, whose line is as long as no other of minisign's: signatures and secret keys begin alike. */
static bool is_key(const uint8_t *head, size_t count)
{
    const uint8_t *line, *end;

    if (!BEGINS("untrusted comment:") || !(line = memchr(head, '\n', count)))
        return false;
    line++;
    count -= (size_t)(line - head);
    end = memchr(line, '\n', count);
    count = end ? (size_t)(end - line) : count;
    count -= count > 0 && line[count - 1] == '\r';
    return count == 56 && begins(line, count, "RW", 2);
}

static bool is_news(const uint8_t *head, size_t count)
{
    return BEGINS("kite news ");
}

static bool is_pdf(const uint8_t *head, size_t count)
{
    return BEGINS("%PDF-");
}

static bool is_rtf(const uint8_t *head, size_t count)
{
    return BEGINS("{\\rtf");
}

static bool is_ole(const uint8_t *head, size_t count)
{
    return BEGINS("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1");
}

/* A zip file whose first entry has this name and, when it is stored, this content. */
static bool is_zip_of(const uint8_t *head, size_t count, const char *name, const char *content)
{
    size_t name_bytes = strlen(name), content_bytes = strlen(content);

    if (!BEGINS("PK\x03\x04") || count < 30 || kite_get_u16(head + 26) != name_bytes ||
        count - 30 < name_bytes || memcmp(head + 30, name, name_bytes) != 0)
        return false;

    size_t at = 30 + name_bytes + kite_get_u16(head + 28);

    return content_bytes == 0 ||
           (at < count && begins(head + at, count - at, content, content_bytes));
}

static bool is_epub(const uint8_t *head, size_t count)
{
    return is_zip_of(head, count, "mimetype", "application/epub+zip");
}

static bool is_odt(const uint8_t *head, size_t count)
{
    return is_zip_of(head, count, "mimetype", "application/vnd.oasis.opendocument.text");
}

static bool is_docx(const uint8_t *head, size_t count)
{
    return is_zip_of(head, count, "[Content_Types].xml", "") ||
           is_zip_of(head, count, "_rels/.rels", "");
}

static bool has_tag(const uint8_t *head, size_t count, const char *tag)
{
    size_t bytes = strlen(tag);

    for (size_t at = 0; at + bytes <= count; at++)
        if (strncasecmp((const char *)head + at, tag, bytes) == 0)
            return true;
    return false;
}

/* No control characters but those of text, and UTF-8 but for what the end of the head cuts off. */
static bool is_text(const uint8_t *head, size_t count)
{
    size_t one, bad = 0;

    for (size_t at = 0; at < count; at += one) {
        uint32_t c = kite_utf8_decode((const char *)head + at, count - at, &one);

        if (c < 0x20 && c != '\t' && c != '\n' && c != '\r' && c != '\f')
            return false;
        bad += c == 0xfffd && count - at > 3;
    }
    return count > 0 && bad <= count / 8; /* Latin-1 has some letters that are not UTF-8 */
}

static bool is_html(const uint8_t *head, size_t count)
{
    return is_text(head, count) &&
           (has_tag(head, count, "<html") || has_tag(head, count, "<!doctype html"));
}

static bool is_wide_text(const uint8_t *head, size_t count)
{
    return count > 3 &&
           ((head[0] == 0xff && head[1] == 0xfe) || (head[0] == 0xfe && head[1] == 0xff));
}

static bool is_fb2(const uint8_t *head, size_t count)
{
    return is_text(head, count) && has_tag(head, count, "<FictionBook");
}

static bool is_mobi(const uint8_t *head, size_t count)
{
    return count >= 68 && (memcmp(head + 60, "BOOKMOBI", 8) == 0 || memcmp(head + 60, "TEXtREAd", 8) == 0);
}

static bool is_svg(const uint8_t *head, size_t count)
{
    return is_text(head, count) && has_tag(head, count, "<svg");
}

static bool is_png(const uint8_t *head, size_t count)
{
    return BEGINS("\x89PNG\r\n\x1A\n");
}

static bool is_jpeg(const uint8_t *head, size_t count)
{
    return BEGINS("\xFF\xD8\xFF") || BEGINS("\0\0\0\x0CjP  ");
}

static bool is_webp(const uint8_t *head, size_t count)
{
    return BEGINS("RIFF") && count >= 12 && memcmp(head + 8, "WEBP", 4) == 0;
}

static bool is_gif(const uint8_t *head, size_t count)
{
    return BEGINS("GIF87a") || BEGINS("GIF89a");
}

static bool is_tiff(const uint8_t *head, size_t count)
{
    return BEGINS("II*\0") || BEGINS("MM\0*");
}

static bool is_zip(const uint8_t *head, size_t count)
{
    return BEGINS("PK\x03\x04");
}

static bool is_anything(const uint8_t *head, size_t count)
{
    (void)head;
    (void)count;
    return true;
}

/* The first that fits counts. */
static const struct kite_file_kind kinds[] = {
    { KITE_FIND_BUNDLE, KITE_DOCUMENT_ALONE, "", is_bundle },
    { KITE_FIND_PROVISION, KITE_DOCUMENT_ALONE, "", is_provision },
    { KITE_FIND_UPDATE, KITE_DOCUMENT_ALONE, "", is_update },
    { KITE_FIND_KEY, KITE_DOCUMENT_ALONE, "", is_key },
    { KITE_FIND_NEWS, KITE_DOCUMENT_ALONE, "", is_news },
    { KITE_FIND_DOCUMENT, KITE_DOCUMENT_ALONE, "PDF", is_pdf },
    { KITE_FIND_DOCUMENT, KITE_DOCUMENT_ALONE, "EPUB", is_epub },
    { KITE_FIND_DOCUMENT, KITE_DOCUMENT_ALONE, "OpenDocument", is_odt },
    { KITE_FIND_DOCUMENT, KITE_DOCUMENT_ALONE, "Word", is_docx },
    { KITE_FIND_DOCUMENT, KITE_DOCUMENT_ALONE, "Word", is_ole },
    { KITE_FIND_DOCUMENT, KITE_DOCUMENT_ALONE, "RTF", is_rtf },
    { KITE_FIND_DOCUMENT, KITE_DOCUMENT_ALONE, "Mobipocket", is_mobi },
    { KITE_FIND_DOCUMENT, KITE_DOCUMENT_ALONE, "FictionBook", is_fb2 },
    { KITE_FIND_DOCUMENT, KITE_DOCUMENT_REFERS, "HTML", is_html },
    { KITE_FIND_DOCUMENT, KITE_DOCUMENT_PICTURE, "SVG", is_svg },
    { KITE_FIND_DOCUMENT, KITE_DOCUMENT_PICTURE, "PNG", is_png },
    { KITE_FIND_DOCUMENT, KITE_DOCUMENT_PICTURE, "JPEG", is_jpeg },
    { KITE_FIND_DOCUMENT, KITE_DOCUMENT_PICTURE, "GIF", is_gif },
    { KITE_FIND_DOCUMENT, KITE_DOCUMENT_PICTURE, "WebP", is_webp },
    { KITE_FIND_DOCUMENT, KITE_DOCUMENT_PICTURE, "TIFF", is_tiff },
    { KITE_FIND_OTHER, KITE_DOCUMENT_ALONE, "", is_anything },
};
static const struct kite_file_kind broken = { KITE_FIND_BROKEN, KITE_DOCUMENT_ALONE, "", is_anything };

/* Content that many kinds of files have, and few of them to be read: it takes a name that says so, too. */
static const struct named_kind {
    const char *ending;
    struct kite_file_kind kind;
} named_kinds[] = {
    { ".txt", { KITE_FIND_DOCUMENT, KITE_DOCUMENT_ALONE, "", is_text } },
    { ".txt", { KITE_FIND_DOCUMENT, KITE_DOCUMENT_ALONE, "", is_wide_text } },
    { ".text", { KITE_FIND_DOCUMENT, KITE_DOCUMENT_ALONE, "", is_text } },
    { ".asc", { KITE_FIND_DOCUMENT, KITE_DOCUMENT_ALONE, "", is_text } },
    { ".md", { KITE_FIND_DOCUMENT, KITE_DOCUMENT_REFERS, "Markdown", is_text } },
    { ".markdown", { KITE_FIND_DOCUMENT, KITE_DOCUMENT_REFERS, "Markdown", is_text } },
    { ".html", { KITE_FIND_DOCUMENT, KITE_DOCUMENT_REFERS, "HTML", is_text } },
    { ".html", { KITE_FIND_DOCUMENT, KITE_DOCUMENT_REFERS, "HTML", is_wide_text } },
    { ".htm", { KITE_FIND_DOCUMENT, KITE_DOCUMENT_REFERS, "HTML", is_text } },
    { ".htm", { KITE_FIND_DOCUMENT, KITE_DOCUMENT_REFERS, "HTML", is_wide_text } },
    { ".xhtml", { KITE_FIND_DOCUMENT, KITE_DOCUMENT_REFERS, "HTML", is_text } },
    { ".epub", { KITE_FIND_DOCUMENT, KITE_DOCUMENT_ALONE, "EPUB", is_zip } },
    { ".docx", { KITE_FIND_DOCUMENT, KITE_DOCUMENT_ALONE, "Word", is_zip } },
    { ".odt", { KITE_FIND_DOCUMENT, KITE_DOCUMENT_ALONE, "OpenDocument", is_zip } },
    { ".fb2.zip", { KITE_FIND_DOCUMENT, KITE_DOCUMENT_ALONE, "FictionBook", is_zip } },
    { ".fbz", { KITE_FIND_DOCUMENT, KITE_DOCUMENT_ALONE, "FictionBook", is_zip } },
    { ".cbz", { KITE_FIND_DOCUMENT, KITE_DOCUMENT_ALONE, "CBZ", is_zip } },
    { ".xps", { KITE_FIND_DOCUMENT, KITE_DOCUMENT_ALONE, "XPS", is_zip } },
    { ".oxps", { KITE_FIND_DOCUMENT, KITE_DOCUMENT_ALONE, "XPS", is_zip } },
};

/* Texts that come with other things, and are about those. */
static const char *const about[] = { "readme", "read me", "license", "licence", "copying", "copyright", "changelog", "notice", "leeme" };

static bool is_about(const struct kite_file_kind *kind, const char *name)
{
    const char *slash = strrchr(name, '/');
    size_t stem;

    name = slash ? slash + 1 : name;
    stem = strcspn(name, ".");
    if (kind->name[0] && kind->sort != KITE_DOCUMENT_REFERS)
        return false;
    for (size_t i = 0; i < sizeof about / sizeof *about; i++)
        if (strlen(about[i]) == stem && strncasecmp(about[i], name, stem) == 0)
            return true;
    return false;
}

static bool ends_with(const char *name, const char *ending)
{
    size_t bytes = strlen(name), tail = strlen(ending);

    return bytes > tail && strcasecmp(name + bytes - tail, ending) == 0;
}

static const struct kite_file_kind *kind_by_name(const uint8_t *head, size_t count, const char *name)
{
    for (size_t i = 0; i < sizeof named_kinds / sizeof *named_kinds; i++)
        if (ends_with(name, named_kinds[i].ending) && named_kinds[i].kind.is(head, count))
            return &named_kinds[i].kind;
    return NULL;
}

const struct kite_file_kind *kite_file_kind(const uint8_t *head, size_t count, const char *name)
{
    static const struct kite_file_kind *const other = &kinds[sizeof kinds / sizeof *kinds - 1];
    const struct kite_file_kind *kind = kinds, *named;

    while (!kind->is(head, count))
        kind++;
    if (ends_with(name, ".kite") && kind->find != KITE_FIND_BUNDLE)
        return &broken;
    named = kind == other ? kind_by_name(head, count, name) : NULL;
    kind = named ? named : kind;
    return kind->find == KITE_FIND_DOCUMENT && is_about(kind, name) ? other : kind;
}

/* ---- files of a volume ----------------------------------------------------------------------- */

static enum kite_status read_file(void *ctx, uint64_t offset, uint8_t *dst, size_t count)
{
    struct kite_volume_file *file = ctx;
    size_t got = 0;
    enum kite_status status =
        file->io->read_at(file->io->ctx, file->file, offset, dst, count, &got);

    if (status == KITE_OK && got == count)
        return KITE_OK;
    file->has_failed = true;
    return status == KITE_E_NOMEM ? status : KITE_E_IO;
}

enum kite_status kite_volume_file_open(const struct kite_io *io, const char *path,
                                       struct kite_volume_file *file)
{
    enum kite_status status;

    *file = (struct kite_volume_file){ .io = io, .source = { file, 0, read_file } };
    status = io->open(io->ctx, path, KITE_IO_READ, &file->file);
    if (status == KITE_OK)
        status = io->size(io->ctx, file->file, &file->source.size_bytes);
    if (status == KITE_OK)
        return KITE_OK;
    kite_volume_file_close(file);
    return status == KITE_DONE ? KITE_E_RANGE : status;
}

void kite_volume_file_close(struct kite_volume_file *file)
{
    if (file->file)
        file->io->close(file->io->ctx, file->file);
    file->file = NULL;
}
