/* Documents of fixed pages: which they are, which of their pages have text that can be trusted, and what the file says of itself. */
#include "press/pdf.h"
#include "press/container.h"
#include "press/pages.h"

#include <stdio.h>
#include <string.h>
#include <utf8proc.h>

#define HEAD_BYTES 1024u     /* within which a PDF says that it is one */
#define SCAN_PERCENT 65      /* of a page does the picture of a scan cover */
#define ELEMENTS_DEEP_MAX 256u
#define BAD_PERCENT 30u      /* of its characters may have no meaning: formulas have such */
#define SPACES_PER_MILLE 30u /* for letters, at least */
#define VOWELS_PERCENT 14u   /* of Latin letters, at least */
#define LETTERS_MIN 200u     /* to say anything about spaces and vowels */

/* ---- recognising --------------------------------------------------------------------------------------------------------- */

static bool find(const uint8_t *bytes, size_t count, const char *what)
{
    size_t size = strlen(what);

    for (size_t i = 0; i + size <= count; i++) {
        if (memcmp(bytes + i, what, size) == 0)
            return true;
    }
    return false;
}

static bool ends_with(const char *name, const char *ending)
{
    size_t bytes = strlen(name), size = strlen(ending);

    for (size_t i = 0; i < size && size <= bytes; i++) {
        char c = name[bytes - size + i];

        if ((c >= 'A' && c <= 'Z' ? (char)(c + 32) : c) != ending[i])
            return false;
    }
    return size <= bytes;
}

/* What a ZIP file holds: pictures alone make a comic book, a sequence of fixed documents an XPS. */
struct held {
    uint32_t pictures, others;
    bool has_sequence;
};

static enum kite_status look_at_name(void *ctx, const char *name, uint64_t bytes)
{
    static const char *const pictures[] = { ".jpg", ".jpeg", ".png", ".gif", ".tif", ".tiff", ".bmp", ".jp2" };
    struct held *held = ctx;

    (void)bytes;
    if (ends_with(name, "/") || ends_with(name, ".xml") || ends_with(name, ".txt") || ends_with(name, ".nfo") || ends_with(name, "thumbs.db"))
        return KITE_OK; /* comic books come with such */
    held->has_sequence = held->has_sequence || ends_with(name, ".fdseq");
    for (size_t i = 0; i < sizeof pictures / sizeof *pictures; i++) {
        if (ends_with(name, pictures[i])) {
            held->pictures++;
            return KITE_OK;
        }
    }
    held->others++;
    return KITE_OK;
}

static const char *mime_of_container(const struct kite_press_input *input)
{
    struct kite_memory mem = kite_memory_heap();
    struct kite_container *container;
    struct held held = { 0, 0, false };

    if (kite_container_open(&mem, input->bytes, input->byte_count, &container, NULL) != KITE_OK)
        return NULL;
    kite_container_list(container, &held, look_at_name);
    kite_container_close(container);
    if (held.has_sequence)
        return "application/vnd.ms-xpsdocument";
    return held.pictures > 0 && held.others == 0 ? "application/vnd.comicbook+zip" : NULL;
}

const char *kite_paged_mime(const struct kite_press_input *input)
{
    static const struct {
        const char *start;
        size_t bytes;
        const char *mime;
    } rows[] = {
        { "\x89PNG\r\n\x1a\n", 8, "image/png" },
        { "\xff\xd8\xff", 3, "image/jpeg" },
        { "GIF87a", 6, "image/gif" },
        { "GIF89a", 6, "image/gif" },
        { "II*\0", 4, "image/tiff" },
        { "MM\0*", 4, "image/tiff" },
        { "\0\0\0\x0cjP  ", 8, "image/jpx" },
        { "\xff\x4f\xff\x51", 4, "image/jpx" },
    };
    const uint8_t *bytes = input->bytes;
    size_t count = input->byte_count, head = count < HEAD_BYTES ? count : HEAD_BYTES;

    if (find(bytes, head, "%PDF-"))
        return "application/pdf";
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (count > rows[i].bytes && memcmp(bytes, rows[i].start, rows[i].bytes) == 0)
            return rows[i].mime;
    }
    if (count > 26 && memcmp(bytes, "BM", 2) == 0 && kite_get_u32(bytes + 6) == 0 && kite_get_u32(bytes + 10) < count)
        return "image/bmp";
    if (count > 68 && (memcmp(bytes + 60, "BOOKMOBI", 8) == 0 || memcmp(bytes + 60, "TEXtREAd", 8) == 0))
        return "application/x-mobipocket-ebook";
    if (kite_container_is_one(bytes, count))
        return mime_of_container(input);
    if (head > 4 && (memcmp(bytes, "<svg", 4) == 0 || (memcmp(bytes, "<?xml", 5) == 0 && find(bytes, head, "<svg") && !find(bytes, head, "<html"))))
        return "image/svg+xml";
    return NULL;
}

bool kite_is_paged(const struct kite_press_input *input)
{
    return kite_paged_mime(input) != NULL;
}

bool kite_is_pdf(const struct kite_press_input *input)
{
    const char *mime = kite_paged_mime(input);

    return mime && strcmp(mime, "application/pdf") == 0;
}

bool kite_is_photo(const struct kite_press_input *input)
{
    const char *mime = kite_paged_mime(input);

    return mime && strncmp(mime, "image/", 6) == 0 && strcmp(mime, "image/svg+xml") != 0;
}

/* ---- trust ------------------------------------------------------------------------------------------------------------------ */

/* Counts over a page's characters. */
struct census {
    uint32_t chars, bad, letters, latin, vowels, spaces;
};

static void count_char(struct census *census, uint32_t c)
{
    utf8proc_category_t category = utf8proc_category((utf8proc_int32_t)c);
    bool is_bullet = c == 0xf0b7 || c == 0xf0a7;

    census->chars++;
    census->bad += (c == 0xfffd || c < 0x20 || (c >= 0x7f && c < 0xa0) || category == UTF8PROC_CATEGORY_CO || category == UTF8PROC_CATEGORY_CN) &&
                   !is_bullet;
    census->letters += category >= UTF8PROC_CATEGORY_LU && category <= UTF8PROC_CATEGORY_LO && c < 0x2e80;
    census->spaces += c == ' ';
    if ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') {
        census->latin++;
        census->vowels += strchr("aeiouyAEIOUY", (int)c) != NULL;
    }
}

static struct census census_of(const struct kite_pdf_page *page)
{
    struct census census = { 0, 0, 0, 0, 0, 0 };

    for (size_t i = 0; i < page->line_count; i++) {
        const struct kite_pdf_line *line = &page->lines[i];

        census.spaces++; /* at its end */
        for (size_t at = 0, used; at < line->bytes; at += used)
            count_char(&census, kite_utf8_decode(line->text + at, line->bytes - at, &used));
    }
    return census;
}

static bool is_trusted(const struct census *c)
{
    if (c->chars == 0 || c->bad * 100 > c->chars * BAD_PERCENT)
        return false;
    if (c->letters >= LETTERS_MIN && c->spaces * 1000 < c->letters * SPACES_PER_MILLE)
        return false;
    return c->latin < LETTERS_MIN || c->vowels * 100 >= c->latin * VOWELS_PERCENT;
}

static int64_t area_of(const struct kite_pdf_box *box)
{
    return ((int64_t)box->right - box->left) * ((int64_t)box->bottom - box->top);
}

static bool is_scan(const struct kite_pdf_page *page)
{
    int64_t covered = 0;

    for (size_t i = 0; i < page->picture_count; i++)
        covered += area_of(&page->pictures[i]) / 100;
    return covered * 100 >= (int64_t)page->width * page->height / 100 * SCAN_PERCENT;
}

/* ---- import ------------------------------------------------------------------------------------------------------------------- */

struct import {
    struct kite_draft *draft;
    struct kite_mupdf *document;
    struct kite_arena arena;
    struct kite_pdf_flow flow;
    struct kite_mupdf_outline outline;
    const char *mime;
    uint32_t without_text, garbled, unreadable, empty, pages_shown, links;
};

static enum kite_status read_page(struct import *m, uint32_t number)
{
    struct kite_pdf_page *page = &m->flow.pages[number];
    struct kite_fault fault = { "" };
    enum kite_status status = kite_mupdf_text(m->document, number, &m->arena, page, &fault);
    struct census census;

    if (status == KITE_E_NOMEM)
        return kite_fail(m->draft->fault, status, "no memory for the text of page %u", (unsigned)number + 1);
    if (status) {
        m->unreadable++;
        kite_draft_note(m->draft, KITE_PRESS_WARNING, 0, "the text of page %u cannot be read: %s", (unsigned)number + 1, fault.text);
    }
    m->links += kite_mupdf_links(m->document, number);
    census = census_of(page);
    if (census.chars == 0)
        m->without_text++;
    else if (!is_trusted(&census))
        m->garbled++;
    m->flow.is_picture[number] = !is_trusted(&census);
    return KITE_OK;
}

static enum kite_status read_pages(struct import *m)
{
    uint32_t count = kite_mupdf_page_count(m->document);
    enum kite_status status = KITE_OK;

    m->flow.pages = kite_arena_alloc(&m->arena, count, sizeof *m->flow.pages);
    m->flow.is_picture = kite_arena_alloc(&m->arena, count, sizeof *m->flow.is_picture);
    m->flow.begun = kite_arena_alloc(&m->arena, count, sizeof(struct kite_draft_page *));
    if (!m->flow.pages || !m->flow.is_picture || !m->flow.begun)
        return kite_fail(m->draft->fault, KITE_E_NOMEM, "no memory for %u pages", (unsigned)count);
    m->flow.page_count = count;
    for (uint32_t i = 0; i < count && status == KITE_OK; i++)
        status = read_page(m, i);
    return status;
}

/* ---- pictures ------------------------------------------------------------------------------------------------------------------- */

static bool is_one_picture(const struct import *m)
{
    return strncmp(m->mime, "image/", 6) == 0 && m->flow.page_count == 1;
}

static bool is_scanned(const struct import *m, uint32_t page)
{
    return (is_scan(&m->flow.pages[page]) || strncmp(m->mime, "image/", 6) == 0) && strcmp(m->mime, "image/svg+xml") != 0;
}

/* Headings of the outline that lead to a page whose text is not used. */
static enum kite_status add_headings(struct import *m, uint32_t page)
{
    enum kite_status status = KITE_OK;

    for (size_t i = 0; i < m->outline.count && status == KITE_OK; i++) {
        const struct kite_mupdf_entry *entry = &m->outline.entries[i];
        struct kite_draft_paragraph heading = { .paragraph = { .role = KITE_ROLE_HEADING }, .has_role = true };

        if (entry->page != page)
            continue;
        heading.paragraph.depth = (uint8_t)(entry->level < KITE_LEVEL_MAX ? entry->level : KITE_LEVEL_MAX);
        status = kite_draft_plain_text(m->draft, entry->title, strlen(entry->title), &heading.paragraph.text);
        if (status || heading.paragraph.text.text_bytes == 0)
            continue;
        status = kite_pdf_begin_pages(&m->flow, page, 0, &heading.pages);
        status = status ? status : kite_draft_add(m->draft, &m->draft->body, &heading);
    }
    return status;
}

/* A whole page stands in the text as it looks, under its number. */
static enum kite_status show_page(struct import *m, uint32_t page, uint32_t picture)
{
    char words[32] = "", anchor[32];
    struct kite_draft_paragraph p;
    enum kite_status status;

    if (!is_one_picture(m))
        snprintf(words, sizeof words, "%u", (unsigned)page + 1);
    snprintf(anchor, sizeof anchor, "page-%u", (unsigned)page + 1);
    m->pages_shown++;
    status = add_headings(m, page);
    status = status ? status : kite_page_paragraph(m->draft, picture, words, &p);
    status = status ? status : kite_pdf_begin_pages(&m->flow, page, 0, &p.pages);
    status = status ? status : kite_draft_anchor_add(m->draft, anchor, strlen(anchor), &p.anchors);
    if (status == KITE_OK)
        m->flow.begun[page]->picture = picture;
    return status ? status : kite_draft_add(m->draft, &m->draft->body, &p);
}

static enum kite_status show_part(struct import *m, uint32_t page, uint32_t picture)
{
    char words[80];
    struct kite_draft_paragraph p;
    enum kite_status status;

    snprintf(words, sizeof words, "Picture on page %u", (unsigned)page + 1);
    status = kite_page_paragraph(m->draft, picture, words, &p);
    status = status ? status : kite_pdf_begin_pages(&m->flow, page, 0, &p.pages);
    return status ? status : kite_draft_add(m->draft, &m->draft->body, &p);
}

static enum kite_status add_picture(void *ctx, const struct kite_pdf_paragraph *of)
{
    struct import *m = ctx;
    bool is_part = of->box.right > of->box.left;
    struct kite_page_wish wish = { of->page, of->box, !is_part && is_scanned(m, of->page) };
    uint32_t picture;
    enum kite_status status = kite_pages_draw(m->draft, m->document, &wish, &picture);

    if (status == KITE_DONE) {
        m->empty++;
        return KITE_OK;
    }
    if (status)
        return status;
    return is_part ? show_part(m, of->page, picture) : show_page(m, of->page, picture);
}

/* Pages whose text is used, as they looked; they do not stand in it. */
static enum kite_status keep_pages(struct import *m)
{
    enum kite_status status = KITE_OK;

    for (uint32_t i = 0; i < m->flow.begun_count && status == KITE_OK; i++) {
        struct kite_page_wish wish = { .page = i, .is_scan = is_scanned(m, i) };

        if (!m->flow.is_picture[i])
            status = kite_pages_draw(m->draft, m->document, &wish, &m->flow.begun[i]->picture);
        status = status == KITE_DONE ? KITE_OK : status;
    }
    return status;
}

/* Pages behind all text begin where it ends. */
static enum kite_status end_pages(struct import *m)
{
    struct kite_draft_list *body = &m->draft->body;
    struct kite_draft_paragraph *last = body->count > 0 ? &body->items[body->count - 1] : NULL;

    return last && m->flow.page_count > 0 ? kite_pdf_begin_pages(&m->flow, m->flow.page_count - 1, UINT32_MAX, &last->pages) : KITE_OK;
}

/* Is there nothing to be read but pictures of pages? */
static bool is_all_pictures(const struct import *m)
{
    for (uint32_t i = 0; i < m->flow.page_count; i++) {
        if (!m->flow.is_picture[i])
            return false;
    }
    return m->pages_shown > 0;
}

/* ---- what the file says of itself -------------------------------------------------------------------------------------------------- */

static bool is_sane_title(const char *title)
{
    static const char *const endings[] = { ".doc", ".docx", ".dvi", ".indd", ".tex", ".pdf", ".ps", ".qxd", ".rtf", ".odt", ".pages", ".jpg", ".tif" };
    static const char *const starts[] = { "Microsoft ", "untitled", "Untitled", "Slide ", "PowerPoint", "Print", "Document", "LaTeX" };
    size_t letters = 0;

    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        if (ends_with(title, endings[i]))
            return false;
    }
    for (size_t i = 0; i < sizeof starts / sizeof *starts; i++) {
        if (strncmp(title, starts[i], strlen(starts[i])) == 0)
            return false;
    }
    for (const char *c = title; *c; c++)
        letters += ((*c | 0x20) >= 'a' && (*c | 0x20) <= 'z') || (uint8_t)*c >= 0x80;
    return letters >= 3 && kite_utf8_is_valid(title, strlen(title)) && !strstr(title, "\xEF\xBF\xBD");
}

static bool is_sane_author(const char *author)
{
    static const char *const none[] = { "user", "User", "root", "admin", "Admin", "Administrator", "unknown", "Unknown", "author", "Author", "owner" };

    for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
        if (strcmp(author, none[i]) == 0)
            return false;
    }
    return strlen(author) < 200 && is_sane_title(author);
}

static bool is_title(const struct kite_draft *draft)
{
    return draft->body.count > 0 && draft->body.items[0].paragraph.role == KITE_ROLE_TITLE;
}

/* The author stands near the start in words of its own: this is the byline. */
static void find_byline(struct kite_draft *draft, const char *author)
{
    size_t bytes = strlen(author);

    for (size_t i = 0; i < draft->body.count && i < 8; i++) {
        struct kite_draft_paragraph *p = &draft->body.items[i];

        if (!p->has_role && p->paragraph.text.text_bytes == bytes && memcmp(p->paragraph.text.text, author, bytes) == 0 &&
            (p->paragraph.role == KITE_ROLE_PARAGRAPH || p->paragraph.role == KITE_ROLE_HEADING)) {
            p->paragraph.role = KITE_ROLE_BYLINE;
            p->paragraph.depth = 0;
            p->has_role = true;
            return;
        }
    }
}

static enum kite_status take_metas(struct import *m)
{
    char text[KITE_STRING_BYTES_MAX];
    struct kite_draft *draft = m->draft;
    enum kite_status status = KITE_OK;

    kite_mupdf_meta(m->document, KITE_MUPDF_TITLE, text, sizeof text);
    if (!draft->metas[KITE_META_TITLE] && !is_title(draft) && is_sane_title(text))
        status = kite_draft_meta(draft, KITE_META_TITLE, text, strlen(text));
    kite_mupdf_meta(m->document, KITE_MUPDF_AUTHOR, text, sizeof text);
    if (status == KITE_OK && !draft->metas[KITE_META_AUTHOR] && is_sane_author(text)) {
        status = kite_draft_meta(draft, KITE_META_AUTHOR, text, strlen(text));
        find_byline(draft, draft->metas[KITE_META_AUTHOR] ? draft->metas[KITE_META_AUTHOR] : "");
    }
    return status;
}

/* ---- the report ------------------------------------------------------------------------------------------------------------------------ */

static void tell(const struct import *m)
{
    const struct kite_draft *draft = m->draft;
    const char *complaint;
    uint32_t complaints = kite_mupdf_complaints(m->document, &complaint);

    if (m->without_text > m->empty && !is_one_picture(m))
        kite_draft_note(draft, KITE_PRESS_NOTE, 0, "%u of %u pages have no text and are shown as pictures", (unsigned)(m->without_text - m->empty),
                        (unsigned)m->flow.page_count);
    if (m->garbled > 0)
        kite_draft_note(draft, KITE_PRESS_WARNING, 0, "the text of %u of %u pages makes no sense; they are shown as pictures", (unsigned)m->garbled,
                        (unsigned)m->flow.page_count);
    if (m->links > 0)
        kite_draft_note(draft, KITE_PRESS_NOTE, 0, "left out: %u %s; the words are kept", (unsigned)m->links, m->links == 1 ? "link" : "links");
    if (m->empty > 0)
        kite_draft_note(draft, KITE_PRESS_NOTE, 0, "left out: %u empty pages", (unsigned)m->empty);
    if (complaints > 0)
        kite_draft_note(draft, KITE_PRESS_NOTE, 0, "the file has %u faults that were mended, the last one: %s", (unsigned)complaints, complaint);
}

static enum kite_status import_document(struct import *m)
{
    struct kite_pdf_pictures pictures = { m, add_picture };
    struct kite_fault fault = { "" };
    enum kite_status status = read_pages(m);

    if (status == KITE_OK && kite_mupdf_outline(m->document, &m->arena, &m->outline, &fault) != KITE_OK)
        kite_draft_note(m->draft, KITE_PRESS_NOTE, 0, "the outline cannot be read: %s", fault.text);
    m->flow.draft = m->draft;
    m->flow.arena = &m->arena;
    m->flow.outline = &m->outline;
    status = status ? status : kite_pdf_reflow(&m->flow, &pictures);
    status = status ? status : end_pages(m);
    if (status == KITE_OK && m->draft->options && m->draft->options->keeps_pages)
        status = keep_pages(m);
    if (status == KITE_OK)
        m->draft->opens_originals = is_all_pictures(m);
    status = status ? status : take_metas(m);
    if (status == KITE_OK)
        tell(m);
    return status;
}

/* MuPDF reads a drawing by recursion: too many elements within one another take its stack. */
static bool is_too_deep(const struct kite_press_input *input)
{
    const uint8_t *bytes = input->bytes;
    uint32_t depth = 0;

    for (size_t i = 0; i + 1 < input->byte_count && depth <= ELEMENTS_DEEP_MAX; i++) {
        bool is_end = (bytes[i] == '<' && bytes[i + 1] == '/') || (bytes[i] == '/' && bytes[i + 1] == '>');

        if (is_end)
            depth -= depth > 0;
        else
            depth += bytes[i] == '<' && bytes[i + 1] != '!' && bytes[i + 1] != '?';
    }
    return depth > ELEMENTS_DEEP_MAX;
}

#define RECORD_COUNT_AT 76u
#define RECORDS_AT 78u
#define RECORD_BYTES 8u /* of the list, the first four of which say where the record begins */

static size_t big_endian(const uint8_t *bytes, size_t count)
{
    size_t value = 0;

    for (size_t i = 0; i < count; i++)
        value = value << 8 | bytes[i];
    return value;
}

/* MuPDF 1.21 reads the records of a Mobipocket file wherever they are said to be: outside of it, too. */
static bool lead_outside(const struct kite_press_input *input)
{
    size_t count, before = 0;

    if (input->byte_count < RECORDS_AT)
        return true;
    count = big_endian(input->bytes + RECORD_COUNT_AT, 2);
    if ((input->byte_count - RECORDS_AT) / RECORD_BYTES < count)
        return true;
    for (size_t i = 0; i < count; i++) {
        size_t at = big_endian(input->bytes + RECORDS_AT + i * RECORD_BYTES, 4);

        if (at < before || at > input->byte_count)
            return true;
        before = at;
    }
    return false;
}

static enum kite_status refuse(const struct kite_draft *draft, enum kite_status status, const char *why)
{
    return kite_fail(draft->fault, status, "%s cannot be read: %s", draft->input->name ? draft->input->name : "standard input", why);
}

enum kite_status kite_import_paged(struct kite_draft *draft)
{
    struct import m = { .draft = draft, .mime = kite_paged_mime(draft->input) };
    struct kite_fault fault = { "" };
    const char *complaint;
    enum kite_status status;

    if (strcmp(m.mime, "image/svg+xml") == 0 && is_too_deep(draft->input))
        return refuse(draft, KITE_E_LIMIT, "its elements lie too deep within one another");
    if (strcmp(m.mime, "application/x-mobipocket-ebook") == 0 && lead_outside(draft->input))
        return refuse(draft, KITE_E_FORMAT, "its records are said to lie outside of it; it is damaged or cut short");
    status = kite_mupdf_open(&draft->mem, m.mime, draft->input->bytes, draft->input->byte_count, &m.document, &fault);
    if (status)
        return refuse(draft, status, fault.text);
    kite_arena_init(&m.arena, draft->mem, 0);
    status = import_document(&m);
    if (status == KITE_OK && draft->body.count == 0) {
        kite_mupdf_complaints(m.document, &complaint);
        status = refuse(draft, KITE_E_FORMAT, complaint[0] ? complaint : "there is no text on its pages, and nothing to be seen");
    }
    kite_arena_close(&m.arena);
    kite_mupdf_close(m.document);
    return status;
}
