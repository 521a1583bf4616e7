/* FictionBook 2: sections within sections, verse, notes in a body of their own, pictures as base64 at the end. */
#include "press/fb2.h"

#include <stdio.h>
#include <string.h>

#define LINE_BYTES_MAX 90u /* of verse without markup */
#define LOOK_BYTES 4096u /* how far the root element may stand */

struct fb2 {
    struct kite_rewrite rewrite;
    struct kite_press_input inner; /* fetches binaries by their id */
    struct kite_tree tree;
    const struct kite_node *book;
    struct kite_arena arena;
    struct kite_index notes; /* sections of bodies of notes */
    unsigned depth;          /* of the section in hand */
    bool is_in_note, is_in_notes_body;
    unsigned note_count; /* that marks lead to */
};

/* What an element means, where it isn't passed through. */
struct row {
    const char *name;
    void (*enter)(struct fb2 *f, const struct kite_node *node);
};

static void blocks(struct fb2 *f, const struct kite_node *holder);

/* ---- recognising ---------------------------------------------------------------------------------------- */

/* In bytes of one or two to a character. */
static bool has_root(const uint8_t *bytes, size_t count)
{
    static const char root[] = "<FictionBook";
    size_t end = count < LOOK_BYTES ? count : LOOK_BYTES;

    for (size_t i = 0; i + sizeof root <= end; i++) {
        size_t wide = 0;

        if (bytes[i] != '<')
            continue;
        if (memcmp(bytes + i, root, sizeof root - 1) == 0)
            return true;
        while (wide < sizeof root - 1 && i + 2 * wide < end && bytes[i + 2 * wide] == (uint8_t)root[wide])
            wide++;
        if (wide == sizeof root - 1)
            return true;
    }
    return false;
}

static bool is_fb2_name(const char *name)
{
    size_t bytes = strlen(name);

    return bytes > 4 && (strcmp(name + bytes - 4, ".fb2") == 0 || strcmp(name + bytes - 4, ".FB2") == 0);
}

/* A ZIP file's first entry with such a name. */
static bool is_zipped(const struct kite_press_input *input)
{
    size_t name_bytes = input->byte_count > 30 ? (size_t)input->bytes[26] | (size_t)input->bytes[27] << 8 : 0;
    char name[256];

    if (!kite_container_is_one(input->bytes, input->byte_count) || name_bytes == 0 || name_bytes >= sizeof name ||
        name_bytes > input->byte_count - 30)
        return false;
    memcpy(name, input->bytes + 30, name_bytes);
    name[name_bytes] = '\0';
    return is_fb2_name(name);
}

bool kite_is_fb2(const struct kite_press_input *input)
{
    return has_root(input->bytes, input->byte_count) || is_zipped(input);
}

/* ---- within lines --------------------------------------------------------------------------------------- */

static void inline_content(struct fb2 *f, const struct kite_node *holder);

static const char *target_of(const struct kite_node *node)
{
    const char *href = kite_local_attribute(node, "href");

    return href ? href : "";
}

/* A section's mark is its number among the notes, from 1. */
static void add_note_mark(struct fb2 *f, struct kite_node *note)
{
    char id[16];

    if (note->mark == 0)
        note->mark = ++f->note_count;
    snprintf(id, sizeof id, "%u", (unsigned)note->mark);
    kite_rewrite_note_mark(&f->rewrite, "note", id, NULL);
}

static void enter_link(struct fb2 *f, const struct kite_node *node)
{
    const char *href = target_of(node), *type = kite_local_attribute(node, "type");
    struct kite_node *note = href[0] == '#' ? kite_index_find(&f->notes, href + 1) : NULL;

    if (f->is_in_note && note) { /* a note has no marks of its own */
        inline_content(f, node);
        return;
    }
    if (note && (!type || strcmp(type, "note") == 0)) {
        add_note_mark(f, note);
        return;
    }
    kite_rewrite_open(&f->rewrite, "a");
    kite_rewrite_attribute(&f->rewrite, "href", href);
    inline_content(f, node);
    kite_rewrite_shut(&f->rewrite);
}

static void enter_picture(struct fb2 *f, const struct kite_node *node)
{
    const char *href = target_of(node), *words = kite_local_attribute(node, "alt");

    words = words && *words ? words : kite_local_attribute(node, "title");
    kite_rewrite_picture(&f->rewrite, href + (href[0] == '#'), words);
}

static void enter_named_style(struct fb2 *f, const struct kite_node *node)
{
    const char *lang = kite_local_attribute(node, "lang");
    unsigned open = kite_rewrite_open_styles(&f->rewrite, 0, lang);

    inline_content(f, node);
    kite_rewrite_shut_all(&f->rewrite, open);
}

static const struct row inline_rows[] = {
    { "a", enter_link },
    { "image", enter_picture },
    { "style", enter_named_style },
};

static uint32_t style_of(const struct kite_node *node)
{
    static const struct {
        const char *name;
        uint32_t style;
    } rows[] = {
        { "code", KITE_STYLE_CODE },     { "emphasis", KITE_STYLE_EMPHASIS }, { "strikethrough", KITE_STYLE_STRIKE },
        { "strong", KITE_STYLE_STRONG }, { "sub", KITE_STYLE_SUBSCRIPT },     { "sup", KITE_STYLE_SUPERSCRIPT },
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (kite_node_is(node, rows[i].name))
            return rows[i].style;
    }
    return 0;
}

static void inline_content(struct fb2 *f, const struct kite_node *holder)
{
    for (const struct kite_node *node = holder->first; node && f->rewrite.maker.status == KITE_OK; node = node->next) {
        size_t i = 0;

        if (!node->name) {
            kite_rewrite_text(&f->rewrite, node->text, node->text_bytes);
            continue;
        }
        while (i < sizeof inline_rows / sizeof *inline_rows && !kite_node_is(node, inline_rows[i].name))
            i++;
        if (i < sizeof inline_rows / sizeof *inline_rows) {
            inline_rows[i].enter(f, node);
        } else {
            unsigned open = kite_rewrite_open_styles(&f->rewrite, style_of(node), NULL);

            inline_content(f, node);
            kite_rewrite_shut_all(&f->rewrite, open);
        }
    }
}

/* ---- blocks --------------------------------------------------------------------------------------------- */

static void add_anchor(struct fb2 *f, const struct kite_node *node)
{
    const char *id = kite_local_attribute(node, "id");

    if (id && !f->is_in_note)
        kite_rewrite_attribute(&f->rewrite, "id", id);
}

static void add_block(struct fb2 *f, const struct kite_node *node, enum kite_block block, unsigned level)
{
    unsigned open = kite_rewrite_open_block(&f->rewrite, block, level);

    add_anchor(f, node);
    inline_content(f, node);
    kite_rewrite_shut_all(&f->rewrite, open);
}

/* Lines that are code and nothing else are what typewritten text becomes. */
static bool is_code_line(const struct kite_node *node)
{
    const struct kite_node *only = node->first;

    return only && !only->next && kite_node_is(only, "code");
}

static void enter_paragraph(struct fb2 *f, const struct kite_node *node)
{
    f->rewrite.line = node->line;
    if (is_code_line(node) && !f->is_in_note) {
        kite_rewrite_open_block(&f->rewrite, KITE_BLOCK_PREFORMATTED, 0);
        inline_content(f, node->first);
        kite_rewrite_text(&f->rewrite, "\n", 1);
    } else {
        add_block(f, node, KITE_BLOCK_PARAGRAPH, 0);
    }
}

/* Something that isn't a note that marks lead to. */
static bool has_text_left(const struct kite_node *holder)
{
    for (const struct kite_node *node = holder->first; node; node = node->next) {
        if (node->name && node->mark == 0 && !kite_node_is(node, "title") &&
            (!kite_node_is(node, "section") || has_text_left(node)))
            return true;
    }
    return false;
}

/* Several paragraphs of a title are lines of it. */
static void enter_title(struct fb2 *f, const struct kite_node *node)
{
    bool is_first = true, is_of_body = kite_node_is(node->parent, "body");
    unsigned open;

    if (f->is_in_note || (f->is_in_notes_body && !has_text_left(node->parent))) /* a label once more; of nothing that stays */
        return;
    f->rewrite.line = node->line;
    open = kite_rewrite_open_block(&f->rewrite, is_of_body ? KITE_BLOCK_TITLE : KITE_BLOCK_HEADING,
                                   f->depth + kite_node_is(node->parent, "poem"));
    for (const struct kite_node *line = node->first; line; line = line->next) {
        if (!kite_node_is(line, "p"))
            continue;
        if (!is_first)
            kite_rewrite_break(&f->rewrite);
        inline_content(f, line);
        is_first = false;
    }
    kite_rewrite_shut_all(&f->rewrite, open);
}

/* Between the parts of a section; signs alone are a break of thought. */
static void enter_subtitle(struct fb2 *f, const struct kite_node *node)
{
    const struct kite_node *text = node->first;
    bool is_signs = text && !text->name && !text->next && strspn(text->text, "*-_ \t\n") == text->text_bytes;

    f->rewrite.line = node->line;
    if (is_signs)
        kite_rewrite_shut_all(&f->rewrite, kite_rewrite_open_block(&f->rewrite, KITE_BLOCK_RULE, 0));
    else
        add_block(f, node, f->is_in_note ? KITE_BLOCK_PARAGRAPH : KITE_BLOCK_HEADING, f->depth + 1);
}

/* A section that marks lead to. */
static void add_note(struct fb2 *f, const struct kite_node *section)
{
    char id[16];

    snprintf(id, sizeof id, "%u", (unsigned)section->mark);
    f->is_in_note = true;
    kite_rewrite_end_blocks(&f->rewrite);
    kite_rewrite_open_note(&f->rewrite, "note", id);
    blocks(f, section);
    kite_rewrite_end_blocks(&f->rewrite);
    kite_rewrite_shut(&f->rewrite);
    f->is_in_note = false;
}

static void enter_section(struct fb2 *f, const struct kite_node *node)
{
    const char *id = kite_local_attribute(node, "id");

    if (node->mark && !f->is_in_note) {
        add_note(f, node);
        return;
    }
    if (id && !f->is_in_note)
        kite_rewrite_anchor(&f->rewrite, id);
    f->depth++;
    blocks(f, node);
    f->depth--;
}

static void enter_cite(struct fb2 *f, const struct kite_node *node)
{
    kite_rewrite_end_blocks(&f->rewrite);
    kite_rewrite_open(&f->rewrite, "blockquote");
    add_anchor(f, node);
    blocks(f, node);
    kite_rewrite_end_blocks(&f->rewrite);
    kite_rewrite_shut(&f->rewrite);
}

static void enter_epigraph(struct fb2 *f, const struct kite_node *node)
{
    kite_rewrite_end_blocks(&f->rewrite);
    kite_rewrite_open(&f->rewrite, "div");
    kite_rewrite_attribute(&f->rewrite, "epub:type", "epigraph");
    add_anchor(f, node);
    blocks(f, node);
    kite_rewrite_end_blocks(&f->rewrite);
    kite_rewrite_shut(&f->rewrite);
}

static void enter_stanza(struct fb2 *f, const struct kite_node *node)
{
    unsigned open = 0;
    bool has_begun = false;

    for (const struct kite_node *line = node->first; line; line = line->next) {
        if (!kite_node_is(line, "v")) {
            kite_rewrite_shut_all(&f->rewrite, open);
            open = 0;
            has_begun = false;
            if (kite_node_is(line, "title") || kite_node_is(line, "subtitle"))
                enter_subtitle(f, kite_node_is(line, "title") && kite_node_child(line, "p") ? kite_node_child(line, "p") : line);
            continue;
        }
        f->rewrite.line = line->line;
        if (has_begun)
            kite_rewrite_break(&f->rewrite);
        else
            open = kite_rewrite_open_block(&f->rewrite, KITE_BLOCK_VERSE, 0);
        has_begun = true;
        inline_content(f, line);
    }
    kite_rewrite_shut_all(&f->rewrite, open);
}

static void enter_attribution(struct fb2 *f, const struct kite_node *node)
{
    f->rewrite.line = node->line;
    add_block(f, node, KITE_BLOCK_ATTRIBUTION, 0);
}

static void enter_loose_picture(struct fb2 *f, const struct kite_node *node)
{
    unsigned open = kite_rewrite_open_block(&f->rewrite, KITE_BLOCK_PARAGRAPH, 0);

    f->rewrite.line = node->line;
    enter_picture(f, node);
    kite_rewrite_shut_all(&f->rewrite, open);
}

static void add_cell(struct fb2 *f, const struct kite_node *cell)
{
    const char *span = kite_local_attribute(cell, "colspan"), *align = kite_local_attribute(cell, "align");

    kite_rewrite_open(&f->rewrite, cell->name);
    if (span)
        kite_rewrite_attribute(&f->rewrite, "colspan", span);
    if (align)
        kite_rewrite_attribute(&f->rewrite, "align", align);
    inline_content(f, cell);
    kite_rewrite_shut(&f->rewrite);
}

static void enter_table(struct fb2 *f, const struct kite_node *node)
{
    kite_rewrite_end_blocks(&f->rewrite);
    f->rewrite.line = node->line;
    kite_rewrite_open(&f->rewrite, "table");
    for (const struct kite_node *row = node->first; row; row = row->next) {
        if (!kite_node_is(row, "tr"))
            continue;
        kite_rewrite_open(&f->rewrite, "tr");
        for (const struct kite_node *cell = row->first; cell; cell = cell->next) {
            if (kite_node_is(cell, "td") || kite_node_is(cell, "th"))
                add_cell(f, cell);
        }
        kite_rewrite_shut(&f->rewrite);
    }
    kite_rewrite_shut(&f->rewrite);
}

static const struct row block_rows[] = {
    { "cite", enter_cite },         { "date", enter_attribution },
    { "epigraph", enter_epigraph }, { "image", enter_loose_picture },
    { "p", enter_paragraph },       { "section", enter_section },
    { "stanza", enter_stanza },     { "subtitle", enter_subtitle },
    { "table", enter_table },       { "text-author", enter_attribution },
    { "title", enter_title },
};

/* Text that no paragraph holds, as some programs write verse: its lines stay lines where all are short. */
static void enter_bare_text(struct fb2 *f, const struct kite_node *node)
{
    const char *at = node->text, *end = at + node->text_bytes;
    bool has_short_lines = true;
    unsigned open;

    if (strspn(at, " \t\r\n") == node->text_bytes)
        return;
    for (const char *line = at; line < end; line += strcspn(line, "\n") + 1)
        has_short_lines = has_short_lines && strcspn(line, "\n") <= LINE_BYTES_MAX;
    open = kite_rewrite_open_block(&f->rewrite, KITE_BLOCK_PARAGRAPH, 0);
    while (at < end) {
        size_t bytes = has_short_lines ? strcspn(at, "\n") : (size_t)(end - at);

        kite_rewrite_text(&f->rewrite, at, bytes);
        at += bytes + 1;
        if (at < end && strspn(at, " \t\r\n") < (size_t)(end - at))
            kite_rewrite_break(&f->rewrite);
    }
    kite_rewrite_shut_all(&f->rewrite, open);
}

static void enter_block(struct fb2 *f, const struct kite_node *node)
{
    size_t i = 0;

    if (!node->name) {
        enter_bare_text(f, node);
        return;
    }

    while (i < sizeof block_rows / sizeof *block_rows && !kite_node_is(node, block_rows[i].name))
        i++;
    if (i < sizeof block_rows / sizeof *block_rows)
        block_rows[i].enter(f, node);
    else if (!kite_node_is(node, "empty-line")) /* poem, annotation: what they hold */
        blocks(f, node);
}

static void blocks(struct fb2 *f, const struct kite_node *holder)
{
    for (const struct kite_node *node = holder->first; node && f->rewrite.maker.status == KITE_OK; node = node->next)
        enter_block(f, node);
}

/* ---- notes ---------------------------------------------------------------------------------------------- */

/* Those that are referred to, and as text those that are not. */
static void add_notes(struct fb2 *f, const struct kite_node *body)
{
    bool is_kept = has_text_left(body);

    f->is_in_notes_body = true;
    for (const struct kite_node *node = body->first; node && f->rewrite.maker.status == KITE_OK; node = node->next) {
        const struct kite_node *title = kite_node_is(node, "title") ? kite_node_child(node, "p") : NULL;

        if (kite_node_is(node, "section"))
            enter_section(f, node);
        else if (is_kept && title)
            add_block(f, title, KITE_BLOCK_HEADING, 1);
        else if (node->name && !kite_node_is(node, "title"))
            enter_block(f, node);
    }
    f->is_in_notes_body = false;
}

/* ---- what the description says -------------------------------------------------------------------------- */

/* Texts of child elements, set apart by spaces. */
static enum kite_status join(const struct kite_node *node, const char *const *names, struct kite_buffer *out)
{
    enum kite_status status = KITE_OK;

    for (; *names && status == KITE_OK; names++) {
        const struct kite_node *part = kite_node_child(node, *names);

        if (!part || !part->first)
            continue;
        if (out->count > 0)
            status = kite_buffer_add(out, " ", 1);
        status = status ? status : kite_node_text(part->first, out);
    }
    return status;
}

static enum kite_status take_authors(struct fb2 *f, const struct kite_node *info)
{
    static const char *const parts[] = { "first-name", "middle-name", "last-name", NULL };
    static const char *const nick[] = { "nickname", NULL };
    struct kite_buffer names = { .mem = f->rewrite.draft->mem }, name = { .mem = f->rewrite.draft->mem };
    enum kite_status status = KITE_OK;

    for (const struct kite_node *node = info->first; node && status == KITE_OK; node = node->next) {
        if (!kite_node_is(node, "author"))
            continue;
        name.count = 0;
        status = join(node, parts, &name);
        if (status == KITE_OK && name.count == 0)
            status = join(node, nick, &name);
        if (status == KITE_OK && name.count > 0 && names.count > 0)
            status = kite_buffer_add(&names, ", ", 2);
        if (status == KITE_OK && name.count > 0)
            status = kite_buffer_add(&names, name.bytes, name.count);
    }
    if (status == KITE_OK && names.count > 0)
        status = kite_draft_meta(f->rewrite.draft, KITE_META_AUTHOR, (const char *)names.bytes, names.count);
    kite_buffer_close(&names);
    kite_buffer_close(&name);
    return status;
}

static enum kite_status take_text(struct fb2 *f, const struct kite_node *holder, const char *name, enum kite_meta meta)
{
    const char *const names[] = { name, NULL };
    struct kite_buffer text = { .mem = f->rewrite.draft->mem };
    enum kite_status status = join(holder, names, &text);

    if (status == KITE_OK && text.count > 0)
        status = kite_draft_meta(f->rewrite.draft, meta, (const char *)text.bytes, text.count);
    kite_buffer_close(&text);
    return status;
}

static enum kite_status take_description(struct fb2 *f)
{
    const struct kite_node *description = kite_node_child(f->book, "description"),
                           *info = kite_node_child(description, "title-info");
    const struct kite_node *published = kite_node_child(description, "publish-info"),
                           *document = kite_node_child(description, "document-info");
    const struct kite_node *lang = kite_node_child(info, "lang"), *series = kite_node_child(info, "sequence");
    const char *series_name = kite_local_attribute(series, "name");
    struct kite_draft *draft = f->rewrite.draft;
    enum kite_status status;

    if (!info)
        return KITE_OK;
    if (lang && lang->first && !lang->first->name && kite_lang_from_text(lang->first->text)) {
        draft->lang = kite_lang_from_text(lang->first->text);
        draft->has_lang = true;
    }
    status = take_text(f, info, "book-title", KITE_META_TITLE);
    status = status ? status : take_authors(f, info);
    status = status ? status : take_text(f, info, "date", KITE_META_DATE);
    status = status ? status : take_text(f, info, "keywords", KITE_META_SUBJECT);
    status = status ? status : take_text(f, document, "id", KITE_META_IDENTIFIER);
    status = status ? status : take_text(f, published, "publisher", KITE_META_PUBLISHER);
    if (status == KITE_OK && series_name && *series_name)
        status = kite_draft_meta(draft, KITE_META_SERIES, series_name, strlen(series_name));
    return status;
}

static void add_cover(struct fb2 *f)
{
    const struct kite_node *info = kite_node_child(kite_node_child(f->book, "description"), "title-info");
    const struct kite_node *image = kite_node_child(kite_node_child(info, "coverpage"), "image");

    if (image)
        enter_loose_picture(f, image);
}

/* ---- pictures ------------------------------------------------------------------------------------------- */

/* Base64 with line ends in it. */
static enum kite_status decode_base64(const struct kite_node *text, struct kite_buffer *out)
{
    uint32_t bits = 0, held = 0;
    enum kite_status status = KITE_OK;

    for (size_t i = 0; i < text->text_bytes && status == KITE_OK && text->text[i] != '='; i++) {
        char c = text->text[i];
        uint32_t digit = c >= 'A' && c <= 'Z'   ? (uint32_t)(c - 'A')
                         : c >= 'a' && c <= 'z' ? (uint32_t)(c - 'a') + 26
                         : c >= '0' && c <= '9' ? (uint32_t)(c - '0') + 52
                         : c == '+'             ? 62
                         : c == '/'             ? 63
                                                : 64;

        if (digit == 64)
            continue;
        bits = (bits << 6 | digit) & 0xffffff;
        held += 6;
        if (held >= 8) {
            held -= 8;
            status = kite_buffer_add_u8(out, (uint8_t)(bits >> held & 0xff));
        }
    }
    return status;
}

static enum kite_status fetch_binary(void *ctx, const char *reference, uint8_t **bytes, size_t *count)
{
    const struct fb2 *f = ctx;

    for (const struct kite_node *node = f->book->first; node; node = node->next) {
        const char *id = kite_node_is(node, "binary") ? kite_local_attribute(node, "id") : NULL;
        struct kite_buffer out = { .mem = f->rewrite.draft->mem };

        if (!id || strcmp(id, reference) != 0 || !node->first || node->first->name)
            continue;
        if (decode_base64(node->first, &out)) {
            kite_buffer_close(&out);
            return KITE_E_NOMEM;
        }
        *bytes = out.bytes;
        *count = out.count;
        return KITE_OK;
    }
    return KITE_E_IO;
}

/* ---- the whole ------------------------------------------------------------------------------------------ */

static enum kite_status index_notes(struct fb2 *f)
{
    enum kite_status status = KITE_OK;

    for (const struct kite_node *body = f->book->first; body; body = body->next) {
        if (!kite_node_is(body, "body") || !kite_local_attribute(body, "name"))
            continue;
        for (struct kite_node *node = body->first; node && status == KITE_OK; node = kite_node_step(node, body, true)) {
            const char *id = kite_node_is(node, "section") ? kite_local_attribute(node, "id") : NULL;

            if (id)
                status = kite_index_add(&f->notes, &f->arena, id, node);
        }
    }
    return status;
}

static enum kite_status import_book(struct fb2 *f)
{
    enum kite_status status = take_description(f);

    status = status ? status : index_notes(f);
    if (status)
        return status;
    add_cover(f);
    for (const struct kite_node *body = f->book->first; body; body = body->next) {
        if (kite_node_is(body, "body") && !kite_local_attribute(body, "name"))
            blocks(f, body);
    }
    for (const struct kite_node *body = f->book->first; body; body = body->next) {
        if (kite_node_is(body, "body") && kite_local_attribute(body, "name"))
            add_notes(f, body);
    }
    return kite_rewrite_import(&f->rewrite, NULL);
}

static enum kite_status import_text(struct kite_draft *draft, const char *text, size_t bytes)
{
    const struct kite_press_input *outer = draft->input;
    struct fb2 f = { .inner = { .name = outer->name } };
    struct kite_fault why = { "" };
    enum kite_status status = kite_tree_xml(&draft->mem, text, bytes, &f.tree, &why);

    f.book = kite_node_child(f.tree.root, "FictionBook");
    if (status == KITE_E_FORMAT && kite_node_child(f.book, "body")) {
        kite_draft_note(draft, KITE_PRESS_WARNING, 0, "the file is damaged and read as far as it goes: %s", why.text);
        status = KITE_OK;
    } else if (status) {
        kite_fail(draft->fault, status, "%s", why.text);
    }
    if (status == KITE_OK && f.book) {
        f.inner.ctx = &f;
        f.inner.fetch = fetch_binary;
        draft->input = &f.inner;
        kite_arena_init(&f.arena, draft->mem, KITE_TREE_BYTES_MAX);
        status = kite_rewrite_begin(&f.rewrite, draft);
        status = status ? status : import_book(&f);
        kite_rewrite_close(&f.rewrite);
        kite_arena_close(&f.arena);
        draft->input = outer;
    } else if (status == KITE_OK) {
        status = kite_fail(draft->fault, KITE_E_FORMAT, "there is no FictionBook in it");
    }
    kite_tree_close(&f.tree);
    return status;
}

/* The first file in a ZIP file that has such a name. */
struct search {
    char name[KITE_CONTAINED_NAME_BYTES_MAX + 1];
};

static enum kite_status look(void *ctx, const char *name, uint64_t bytes)
{
    struct search *search = ctx;

    (void)bytes;
    if (!is_fb2_name(name) || strlen(name) > KITE_CONTAINED_NAME_BYTES_MAX)
        return KITE_OK;
    memcpy(search->name, name, strlen(name) + 1);
    return KITE_DONE;
}

static enum kite_status unzip(struct kite_draft *draft, struct kite_buffer *out)
{
    struct kite_container *container;
    struct search search = { "" };
    enum kite_status status =
        kite_container_open(&draft->mem, draft->input->bytes, draft->input->byte_count, &container, draft->fault);

    if (status)
        return status;
    kite_container_list(container, &search, look);
    status = kite_container_read(container, search.name, out, draft->fault);
    kite_container_close(container);
    return status == KITE_DONE ? kite_fail(draft->fault, KITE_E_FORMAT, "there is no FictionBook in it") : status;
}

enum kite_status kite_import_fb2(struct kite_draft *draft)
{
    const struct kite_press_input *outer = draft->input;
    struct kite_press_input unzipped = { .name = outer->name };
    struct kite_buffer file = { .mem = draft->mem }, text = { .mem = draft->mem };
    enum kite_status status = KITE_OK;

    if (is_zipped(outer)) {
        status = unzip(draft, &file);
        unzipped.bytes = file.bytes;
        unzipped.byte_count = file.count;
        draft->input = &unzipped;
    }
    status = status ? status : kite_press_decode(draft, &text);
    if (status == KITE_OK)
        status = import_text(draft, text.count ? (const char *)text.bytes : "", text.count);
    draft->input = outer;
    kite_buffer_close(&file);
    kite_buffer_close(&text);
    return status;
}
