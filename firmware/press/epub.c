/* EPUB to a draft: the files of the spine, in order, as one text; the cover before it; pictures from the container. */
#include "press/epub.h"

#include "press/drawing.h"
#include "press/epub_package.h"
#include "press/fonts.h"
#include "press/markup.h"
#include "press/pages.h"
#include "press/pdf.h"

#include <stdio.h>
#include <string.h>

#define TREES_BYTES_MAX ((size_t)256 << 20) /* of all files together */
#define TITLE_LOOK 12u /* paragraphs at the start among which the title page's stand */
#define BYLINE_BYTES_MAX 160u
#define PAGE_LETTERS_MAX 20u /* on a page that is a picture: its number */
#define COVER_BYTES_MAX 500u /* of text on a page that shows the cover, most of it spaces */

struct epub {
    struct kite_draft *draft;
    struct kite_container *container;
    struct kite_epub_package package;
    struct kite_tree *trees; /* of the cover, then of each file of the spine that is there */
    struct kite_markup_file *files;
    size_t count;
    size_t tree_bytes;
    struct kite_css css;
    struct kite_arena arena;
    struct kite_names sheets; /* that were read */
    bool shows_cover, is_picture_book;
};

/* ---- recognising ---------------------------------------------------------------------------------------------- */

/* The first file of an EPUB is stored and says what it is, so that its words stand at the start; some programs put it elsewhere. */
bool kite_is_epub(const struct kite_press_input *input)
{
    static const char words[] = "mimetypeapplication/epub+zip";
    struct kite_memory heap = kite_memory_heap();
    struct kite_container *container;
    bool is_one;

    if (!kite_container_is_one(input->bytes, input->byte_count))
        return false;
    if (input->byte_count > 30 + sizeof words && memcmp(input->bytes + 30, words, sizeof words - 1) == 0)
        return true;
    if (kite_container_open(&heap, input->bytes, input->byte_count, &container, NULL))
        return false;
    is_one = kite_container_has(container, "META-INF/container.xml");
    kite_container_close(container);
    return is_one;
}

/* ---- pictures ----------------------------------------------------------------------------------------------------- */

static enum kite_status fetch(void *ctx, const char *reference, uint8_t **bytes, size_t *byte_count)
{
    struct epub *epub = ctx;
    struct kite_buffer file = { .mem = epub->draft->mem };
    enum kite_status status = kite_container_read(epub->container, reference, &file, NULL);

    if (status) {
        kite_buffer_close(&file);
        return status == KITE_DONE ? KITE_E_IO : status == KITE_E_LIMIT ? KITE_E_RANGE : status;
    }
    *bytes = file.bytes;
    *byte_count = file.count;
    return KITE_OK;
}

/* ---- the files --------------------------------------------------------------------------------------------------------- */

static enum kite_status add_sheet(struct epub *epub, const char *from, const char *reference)
{
    char name[KITE_CONTAINED_NAME_BYTES_MAX + 1];
    struct kite_buffer sheet = { .mem = epub->draft->mem };
    uint32_t number;
    bool is_new = false;
    enum kite_status status;

    if (!reference || kite_container_resolve(from, reference, name))
        return KITE_OK;
    status = kite_names_add(&epub->sheets, &epub->arena, name, strlen(name), &number, &is_new);
    if (status == KITE_OK && is_new) {
        status = kite_container_read(epub->container, name, &sheet, NULL);
        if (status == KITE_OK && sheet.count > 0)
            status = kite_css_add(&epub->css, (const char *)sheet.bytes, sheet.count);
        else if (status && status != KITE_E_NOMEM) {
            kite_draft_note(epub->draft, KITE_PRESS_NOTE, 0, "the style sheet %s cannot be had; what is slanted or heavy by it alone shows upright", name);
            status = KITE_OK;
        }
    }
    kite_buffer_close(&sheet);
    return status;
}

static enum kite_status take_styles(struct epub *epub, const char *name, const struct kite_node *root)
{
    enum kite_status status = KITE_OK;

    for (const struct kite_node *node = root; node && status == KITE_OK; node = kite_node_step(node, root, !kite_node_is(node, "body"))) {
        if (kite_node_is(node, "style") && node->first && node->first->text)
            status = kite_css_add(&epub->css, node->first->text, node->first->text_bytes);
        else if (kite_node_is(node, "link") && kite_node_has_word(node, "rel", "stylesheet"))
            status = add_sheet(epub, name, kite_node_attribute(node, "href"));
    }
    return status;
}

/* The reader has contents of its own, and pages of its own: lists of either are no text. */
static void leave_out_navigation(struct kite_node *root)
{
    for (struct kite_node *node = root; node; node = kite_node_step(node, root, true)) {
        if (kite_node_is(node, "nav"))
            node->mark = KITE_MARK_LEFT_OUT;
    }
}

static struct kite_node *body_of(const struct kite_tree *tree)
{
    struct kite_node *body = kite_node_child(kite_node_child(tree->root, "html"), "body");

    return body ? body : tree->root;
}

static enum kite_status add_file(struct epub *epub, const struct kite_epub_file *file)
{
    struct kite_draft *draft = epub->draft;
    struct kite_tree *tree = &epub->trees[epub->count];
    enum kite_status status = kite_epub_tree(draft, epub->container, file->name, true, tree);

    epub->tree_bytes += tree->arena.reserved_bytes;
    if (status == KITE_OK && epub->tree_bytes > TREES_BYTES_MAX)
        status = kite_fail(draft->fault, KITE_E_LIMIT, "the EPUB's text does not fit into %u MB", (unsigned)(TREES_BYTES_MAX >> 20));
    if (status == KITE_OK) {
        epub->files[epub->count++] = (struct kite_markup_file){ .name = file->name, .root = tree->root, .top = body_of(tree) };
        leave_out_navigation(tree->root);
        return take_styles(epub, file->name, tree->root);
    }
    kite_tree_close(tree);
    if (status == KITE_DONE) {
        kite_draft_note(draft, KITE_PRESS_WARNING, 0, "a part of the text is not there: %s", file->name);
        return KITE_OK;
    }
    if (status == KITE_E_DAMAGED || status == KITE_E_FORMAT) {
        kite_draft_note(draft, KITE_PRESS_WARNING, 0, "a part of the text is left out: %s", draft->fault ? draft->fault->text : file->name);
        return KITE_OK;
    }
    return status;
}

/* Where DRM leaves no trace but its rights, the text isn't one. */
static bool is_scrambled(const struct epub *epub)
{
    struct kite_buffer bytes = { .mem = epub->draft->mem };
    const char *name = epub->package.spine_count ? epub->package.files[epub->package.spine[0]].name : "";
    bool is_text = kite_container_read(epub->container, name, &bytes, NULL) != KITE_OK || memchr(bytes.bytes, '<', bytes.count < 256 ? bytes.count : 256);

    kite_buffer_close(&bytes);
    return !is_text;
}

static enum kite_status read_files(struct epub *epub)
{
    const struct kite_epub_package *package = &epub->package;
    struct kite_draft *draft = epub->draft;
    enum kite_status status = KITE_OK;

    epub->trees = kite_arena_alloc(&epub->arena, package->spine_count + 1, sizeof *epub->trees);
    epub->files = kite_arena_alloc(&epub->arena, package->spine_count + 1, sizeof *epub->files);
    if (!epub->trees || !epub->files)
        return KITE_E_NOMEM;
    if (package->has_rights && is_scrambled(epub))
        return kite_fail(draft->fault, KITE_E_FORMAT, "%s is encrypted (DRM), so its text cannot be read; ask whoever made it for a copy without",
                         draft->input->name ? draft->input->name : "the EPUB");
    for (size_t i = 0; i < package->spine_count && status == KITE_OK; i++)
        status = add_file(epub, &package->files[package->spine[i]]);
    return status;
}

/* ---- the cover -------------------------------------------------------------------------------------------------------------- */

static bool is_picture_of(const struct epub *epub, const struct kite_markup_file *file, const struct kite_node *node)
{
    const char *reference = kite_node_attribute(node, kite_node_is(node, "img") ? "src" : "xlink:href");
    char name[KITE_CONTAINED_NAME_BYTES_MAX + 1];

    reference = reference ? reference : kite_node_attribute(node, "href");
    return reference && kite_container_resolve(file->name, reference, name) == KITE_OK && strcmp(name, epub->package.cover->name) == 0;
}

/* A file that shows the cover and has hardly a word. */
static bool shows_cover(const struct epub *epub, const struct kite_markup_file *file)
{
    bool is_there = false;
    size_t bytes = 0;

    for (const struct kite_node *node = file->top; node && bytes <= COVER_BYTES_MAX; node = kite_node_step(node, file->top, true)) {
        is_there = is_there || ((kite_node_is(node, "img") || kite_node_is(node, "image")) && is_picture_of(epub, file, node));
        bytes += node->text_bytes;
    }
    return is_there && bytes <= COVER_BYTES_MAX;
}

/* A page that is nothing but the cover's picture. */
static enum kite_status make_cover_page(struct epub *epub)
{
    struct kite_tree *tree = &epub->trees[epub->count];
    struct kite_tree_maker maker;
    enum kite_status status = kite_tree_begin(&epub->draft->mem, tree, &maker);

    if (status == KITE_OK) {
        const char *slash = strrchr(epub->package.cover->name, '/');

        kite_tree_open(&maker, "img", 3, false, 0);
        kite_tree_attribute(&maker, "src", false, slash ? slash + 1 : epub->package.cover->name);
        kite_tree_shut(&maker);
        status = kite_tree_end(&maker);
    }
    if (status) {
        kite_tree_close(tree);
        return status;
    }
    epub->files[epub->count++] = (struct kite_markup_file){ .name = epub->package.cover->name, .root = tree->root, .top = tree->root };
    return KITE_OK;
}

/* The page that shows the cover comes first, one is made where there is none. */
static enum kite_status place_cover(struct epub *epub)
{
    struct kite_markup_file file;
    size_t at = 0;
    enum kite_status status = KITE_OK;

    if (!epub->package.cover || !kite_container_has(epub->container, epub->package.cover->name))
        return KITE_OK;
    while (at < epub->count && !shows_cover(epub, &epub->files[at]))
        at++;
    if (at == epub->count)
        status = make_cover_page(epub);
    if (status)
        return status;
    epub->shows_cover = true;
    file = epub->files[at];
    memmove(epub->files + 1, epub->files, at * sizeof *epub->files);
    epub->files[0] = file;
    return KITE_OK;
}

/* ---- the title page ------------------------------------------------------------------------------------------------------------ */

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || (uint8_t)c >= 0x80;
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

/* The same letters in the same order, from the start of text; *ends: and none behind them. */
static bool begins_alike(const char *text, size_t bytes, const char *words, bool *ends)
{
    size_t i = 0;

    for (; *words; words++) {
        if (!is_letter(*words))
            continue;
        while (i < bytes && !is_letter(text[i]))
            i++;
        if (i == bytes || lower(text[i++]) != lower(*words))
            return false;
    }
    while (i < bytes && !is_letter(text[i]))
        i++;
    *ends = i == bytes;
    return true;
}

static struct kite_draft_paragraph *find_alike(struct kite_draft *draft, const char *words)
{
    for (size_t i = 0; words && i < draft->body.count && i < TITLE_LOOK; i++) {
        struct kite_draft_paragraph *p = &draft->body.items[i];
        bool ends = false;

        if (!p->has_role && (p->paragraph.role == KITE_ROLE_PARAGRAPH || p->paragraph.role == KITE_ROLE_HEADING) && p->paragraph.text.text_bytes < KITE_STRING_BYTES_MAX &&
            begins_alike(p->paragraph.text.text, p->paragraph.text.text_bytes, words, &ends) && ends)
            return p;
    }
    return NULL;
}

static void name_role(struct kite_draft_paragraph *p, enum kite_role role)
{
    p->paragraph.role = role;
    p->paragraph.depth = 0;
    p->has_role = true;
}

/* The title is marked where the text shows it, else it stands behind the cover. */
static enum kite_status place_title(struct kite_draft *draft, bool has_cover)
{
    const char *title = draft->metas[KITE_META_TITLE];
    struct kite_draft_paragraph p = { .has_role = true }, *there = find_alike(draft, title);
    bool is_behind_picture = has_cover && draft->body.count > 0 && draft->body.items[0].paragraph.role == KITE_ROLE_PICTURE;
    enum kite_status status;

    if (there)
        name_role(there, KITE_ROLE_TITLE);
    if (!title || there || draft->body.count == 0)
        return KITE_OK;
    p.paragraph.role = KITE_ROLE_TITLE;
    status = kite_draft_plain_text(draft, title, strlen(title), &p.paragraph.text);
    return status ? status : kite_draft_insert(draft, &draft->body, is_behind_picture, &p);
}

/* Authors on lines of their own, in the order in which the metadata joins them. */
static void place_bylines(struct kite_draft *draft)
{
    const char *authors = draft->metas[KITE_META_AUTHOR];
    bool has_any = false;

    for (size_t i = 0; authors && *authors && i < draft->body.count && i < TITLE_LOOK; i++) {
        struct kite_draft_paragraph *p = &draft->body.items[i];
        const char *comma = strstr(authors, ", ");
        size_t bytes = comma ? (size_t)(comma - authors) : strlen(authors);

        if (p->has_role || p->paragraph.role != KITE_ROLE_PARAGRAPH || p->paragraph.text.text_bytes != bytes || memcmp(p->paragraph.text.text, authors, bytes) != 0) {
            if (has_any)
                break;
            continue;
        }
        name_role(p, KITE_ROLE_BYLINE);
        has_any = true;
        authors += bytes + (comma ? 2 : 0);
    }
}

static void place_byline(struct kite_draft *draft)
{
    struct kite_draft_paragraph *there = find_alike(draft, draft->metas[KITE_META_AUTHOR]);

    for (size_t i = 0; !there && draft->metas[KITE_META_AUTHOR] && i < draft->body.count && i < TITLE_LOOK; i++) {
        struct kite_draft_paragraph *p = &draft->body.items[i];
        const struct kite_text *t = &p->paragraph.text;
        bool ends = false;

        if (!p->has_role && p->paragraph.role == KITE_ROLE_PARAGRAPH && kite_is_byline(t->text, t->text_bytes) && t->text_bytes <= BYLINE_BYTES_MAX &&
            begins_alike(t->text + 3, t->text_bytes - 3, draft->metas[KITE_META_AUTHOR], &ends))
            there = p;
    }
    if (there)
        name_role(there, KITE_ROLE_BYLINE);
    else
        place_bylines(draft);
}

/* ---- direction ----------------------------------------------------------------------------------------------------------------- */

/* Books in these languages turn so because their lines run from top to bottom; here they run from left to right, and pages with them. */
static bool has_upright_lines(kite_lang lang)
{
    kite_lang primary = kite_lang_primary(lang);

    return primary == kite_lang_from_text("ja") || primary == kite_lang_from_text("zh") || primary == kite_lang_from_text("ko");
}

static void take_direction(const struct epub *epub)
{
    if (!epub->package.turns_right_to_left)
        return;
    if (has_upright_lines(epub->draft->lang))
        kite_draft_note(epub->draft, KITE_PRESS_NOTE, 0, "its lines run from top to bottom; here they run from left to right");
    else
        epub->draft->said = KITE_SAID_RTL;
}

/* ---- pages that are pictures ------------------------------------------------------------------------------------------------------ */

static size_t letters_of(const struct kite_node *text)
{
    size_t count = 0;

    for (size_t i = 0; i < text->text_bytes; i++)
        count += !strchr(" \t\r\n", text->text[i]);
    return count;
}

/* In a drawing, which has much else between its elements. */
static size_t letters_drawn(const struct kite_node *svg)
{
    size_t count = 0;

    for (const struct kite_node *node = svg->first; node; node = kite_node_step(node, svg, true)) {
        if (!node->name && (kite_node_is(node->parent, "text") || kite_node_is(node->parent, "tspan")))
            count += letters_of(node);
    }
    return count;
}

/* The one picture or drawing that a page consists of; NULL where it has more, or words. */
static const struct kite_node *only_picture(const struct kite_markup_file *file)
{
    const struct kite_node *picture = NULL;
    size_t letters = 0;
    bool is_drawing;

    for (const struct kite_node *node = file->top; node; node = kite_node_step(node, file->top, !is_drawing)) {
        is_drawing = kite_node_is(node, "svg") && kite_drawing_draws(node);
        letters += !node->name ? letters_of(node) : is_drawing ? letters_drawn(node) : 0;
        if (!is_drawing && !kite_node_is(node, "img") && !kite_node_is(node, "image"))
            continue;
        if (picture)
            return NULL;
        picture = node;
    }
    return letters <= PAGE_LETTERS_MAX ? picture : NULL;
}

static bool is_picture_book(const struct epub *epub)
{
    for (size_t i = 0; i < epub->count; i++) {
        if (!only_picture(&epub->files[i]))
            return false;
    }
    return epub->package.has_fixed_pages && epub->count > 0;
}

/* For what stands in a drawing. */
struct page_of {
    struct epub *epub;
    const struct kite_markup_file *file;
};

static enum kite_status fetch_from_page(void *ctx, const char *reference, uint8_t **bytes, size_t *byte_count)
{
    const struct page_of *page = ctx;
    char name[KITE_CONTAINED_NAME_BYTES_MAX + 1];
    enum kite_status status = kite_container_resolve(page->file->name, reference, name) ? KITE_DONE : fetch(page->epub, name, bytes, byte_count);

    return status == KITE_OK || status == KITE_E_NOMEM ? status : KITE_DONE;
}

static enum kite_status add_drawn_page(struct epub *epub, const struct kite_markup_file *file, const struct kite_node *svg)
{
    struct page_of page = { epub, file };
    struct kite_drawing_source source = { &page, fetch_from_page };
    struct kite_buffer text = { .mem = epub->draft->mem };
    enum kite_status status = kite_drawing_write(svg, &source, &text);

    if (status == KITE_OK)
        status = kite_page_add_file(epub->draft, "image/svg+xml", text.bytes, text.count, NULL);
    else if (status == KITE_E_LIMIT)
        status = KITE_DONE;
    kite_buffer_close(&text);
    return status;
}

/* A file that a page shows: a picture, or a drawing. */
static enum kite_status add_file_page(struct epub *epub, const struct kite_markup_file *file, const uint8_t *bytes, size_t count)
{
    const struct kite_press_input input = { .bytes = bytes, .byte_count = count };
    struct kite_tree tree;
    enum kite_status status;

    if (kite_is_photo(&input))
        return kite_page_add_file(epub->draft, kite_paged_mime(&input), bytes, count, NULL);
    if (!kite_drawing_is_one(bytes, count))
        return KITE_DONE;
    status = kite_tree_xml(&epub->draft->mem, (const char *)bytes, count, &tree, NULL);
    if (status == KITE_OK && kite_node_find(tree.root, "svg"))
        status = add_drawn_page(epub, file, kite_node_find(tree.root, "svg"));
    kite_tree_close(&tree);
    return status == KITE_E_NOMEM || status == KITE_OK ? status : KITE_DONE;
}

static enum kite_status add_picture_page(struct epub *epub, const struct kite_markup_file *file)
{
    const struct kite_node *picture = only_picture(file);
    const char *reference = kite_node_attribute(picture, kite_node_is(picture, "img") ? "src" : "xlink:href");
    struct page_of page = { epub, file };
    uint8_t *bytes = NULL;
    size_t count = 0;
    enum kite_status status;

    reference = reference ? reference : kite_node_attribute(picture, "href");
    if (kite_node_is(picture, "svg"))
        status = add_drawn_page(epub, file, picture);
    else
        status = reference ? fetch_from_page(&page, reference, &bytes, &count) : KITE_DONE;
    if (status == KITE_OK && bytes)
        status = add_file_page(epub, file, bytes, count);
    kite_free(&epub->draft->mem, bytes);
    if (status == KITE_DONE)
        kite_draft_note(epub->draft, KITE_PRESS_WARNING, 0, "a page cannot be shown and is left out: %s", file->name);
    return status == KITE_DONE ? KITE_OK : status;
}

static enum kite_status import_pages(struct epub *epub)
{
    enum kite_status status = KITE_OK;

    for (size_t i = 0; i < epub->count && status == KITE_OK; i++)
        status = add_picture_page(epub, &epub->files[i]);
    if (status == KITE_OK)
        kite_draft_note(epub->draft, KITE_PRESS_NOTE, 0, "its pages are pictures and shown as such");
    return status;
}

/* ---- the whole --------------------------------------------------------------------------------------------------------------------- */

static void tell(const struct epub *epub)
{
    if (epub->package.has_fixed_pages && !epub->is_picture_book)
        kite_draft_note(epub->draft, KITE_PRESS_WARNING, 0,
                        "its pages have a fixed look, which is lost: text and pictures follow each other in the order of the file");
    if (epub->package.font_count > 0 && !epub->draft->fonts)
        kite_draft_note(epub->draft, KITE_PRESS_NOTE, 0, "left out: its %u fonts; the device's own are used (kite lint tells of letters that these lack)",
                        (unsigned)epub->package.font_count);
}

/* Its fonts are looked at where the text may need them. */
static enum kite_status read_fonts(struct epub *epub)
{
    struct kite_draft *draft = epub->draft;
    enum kite_status status = KITE_OK;
    unsigned count = 0;

    if (epub->package.font_count == 0 || !kite_draft_lacks_fonts(draft))
        return KITE_OK;
    for (size_t i = 0; i < epub->package.file_count && count < KITE_FONT_FILES_MAX && status != KITE_E_NOMEM; i++) {
        const struct kite_epub_file *file = &epub->package.files[i];
        const char *name = strrchr(file->name, '/');
        struct kite_buffer bytes = { .mem = draft->mem };

        if (!kite_epub_is_font(file))
            continue;
        count++;
        name = name ? name + 1 : file->name;
        status = kite_container_read(epub->container, file->name, &bytes, NULL);
        if (status == KITE_OK)
            status = kite_draft_font_add(draft, name, bytes.bytes, bytes.count);
        else
            kite_buffer_close(&bytes);
        if (status && status != KITE_E_NOMEM)
            kite_draft_note(draft, KITE_PRESS_WARNING, 0, "the font %s cannot be read: %s", name, kite_status_text(status));
    }
    if (count < epub->package.font_count && status != KITE_E_NOMEM)
        kite_draft_note(draft, KITE_PRESS_NOTE, 0, "of its %u fonts the first %u are looked at", (unsigned)epub->package.font_count, count);
    return status == KITE_E_NOMEM ? status : KITE_OK;
}

static enum kite_status import_text(struct epub *epub)
{
    struct kite_markup markup = { .draft = epub->draft, .css = &epub->css, .files = epub->files, .file_count = epub->count,
                                  .locate = kite_container_resolve };
    enum kite_status status = epub->count > 0 ? kite_markup_import(&markup) : KITE_OK;

    status = status ? status : place_title(epub->draft, epub->shows_cover);
    if (status == KITE_OK)
        place_byline(epub->draft);
    return status;
}

static enum kite_status import(struct epub *epub)
{
    enum kite_status status = kite_epub_package_open(epub->draft, epub->container, &epub->package);

    status = status ? status : read_files(epub);
    epub->is_picture_book = status == KITE_OK && is_picture_book(epub);
    if (status == KITE_OK && !epub->is_picture_book)
        status = kite_epub_add_headings(epub->draft, epub->container, &epub->package, epub->trees, epub->files, epub->count);
    status = status ? status : kite_epub_add_pages(epub->draft, epub->container, &epub->package, epub->trees, epub->files, epub->count);
    status = status ? status : place_cover(epub);
    if (status == KITE_OK)
        take_direction(epub);
    status = status ? status : epub->is_picture_book ? import_pages(epub) : import_text(epub);
    status = status ? status : read_fonts(epub);
    if (status == KITE_OK)
        tell(epub);
    for (size_t i = 0; i < epub->count; i++)
        kite_tree_close(&epub->trees[i]);
    kite_epub_package_close(&epub->package);
    return status;
}

enum kite_status kite_import_epub(struct kite_draft *draft)
{
    struct epub epub = { .draft = draft };
    const struct kite_press_input *given = draft->input;
    struct kite_press_input input = *given; /* with the pictures that the container holds */
    enum kite_status status = kite_container_open(&draft->mem, given->bytes, given->byte_count, &epub.container, draft->fault);

    if (status)
        return status;
    input.ctx = &epub;
    input.fetch = fetch;
    draft->input = &input;
    kite_arena_init(&epub.arena, draft->mem, 0);
    kite_css_init(&epub.css, &draft->mem);
    status = import(&epub);
    if (status == KITE_E_NOMEM)
        kite_fail(draft->fault, status, "no memory for the EPUB");
    kite_css_close(&epub.css);
    kite_arena_close(&epub.arena);
    kite_container_close(epub.container);
    draft->input = given;
    return status;
}
