/* What a file is, by its first bytes. An importer of another format, when one comes, is a column
 * here. */
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

static bool is_anything(const uint8_t *head, size_t count)
{
    (void)head;
    (void)count;
    return true;
}

/* The first that fits counts. */
static const struct kite_file_kind kinds[] = {
    { KITE_FIND_BUNDLE, "", is_bundle },     { KITE_FIND_PROVISION, "", is_provision },
    { KITE_FIND_UPDATE, "", is_update },     { KITE_FIND_DOCUMENT, "PDF", is_pdf },
    { KITE_FIND_DOCUMENT, "EPUB", is_epub }, { KITE_FIND_DOCUMENT, "OpenDocument", is_odt },
    { KITE_FIND_DOCUMENT, "Word", is_docx }, { KITE_FIND_DOCUMENT, "Word", is_ole },
    { KITE_FIND_DOCUMENT, "RTF", is_rtf },   { KITE_FIND_DOCUMENT, "HTML", is_html },
    { KITE_FIND_DOCUMENT, "", is_text },     { KITE_FIND_DOCUMENT, "", is_wide_text },
    { KITE_FIND_OTHER, "", is_anything },
};
static const struct kite_file_kind broken = { KITE_FIND_BROKEN, "", is_anything };

static bool is_named_bundle(const char *name)
{
    size_t bytes = strlen(name);

    return bytes > 5 && strcasecmp(name + bytes - 5, ".kite") == 0;
}

const struct kite_file_kind *kite_file_kind(const uint8_t *head, size_t count, const char *name)
{
    size_t i = 0;

    while (!kinds[i].is(head, count))
        i++;
    if (is_named_bundle(name) && kinds[i].find != KITE_FIND_BUNDLE)
        return &broken;
    return &kinds[i];
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

enum kite_status kite_volume_file_open(const struct kite_library_io *io, const char *path,
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
