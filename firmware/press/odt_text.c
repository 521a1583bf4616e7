/* The text of an OpenDocument: paragraphs, lists, tables, spans, notes. */
#include "press/odt.h"

#include <stdio.h>
#include <string.h>

/* What an element means; NULL to just go on with what it holds. */
struct row {
    const char *name;
    void (*enter)(struct kite_odt *o, const struct kite_node *node);
};

static const struct row *row_of(const struct row *rows, size_t count, const struct kite_node *node)
{
    for (size_t i = 0; node->name && i < count; i++) {
        if (strcmp(rows[i].name, node->name) == 0)
            return &rows[i];
    }
    return NULL;
}

static void enter_nothing(struct kite_odt *o, const struct kite_node *node)
{
    (void)o;
    (void)node;
}

/* ---- within lines --------------------------------------------------------------------------------------- */

static void add_text(struct kite_odt *o, const char *text, size_t bytes)
{
    uint32_t styles = o->run & KITE_STYLE_ALL & ~o->base_styles;
    unsigned open;

    if (o->run & KITE_ODT_HIDDEN) {
        o->rewrite.losses[KITE_LOSS_HIDDEN]++;
        return;
    }
    if (o->run & KITE_ODT_UNDERLINE && !o->is_in_link) /* as typewriters had it */
        styles |= KITE_STYLE_EMPHASIS & ~o->base_styles;
    if (o->is_heading || o->is_in_head)
        styles &= ~(uint32_t)KITE_STYLE_STRONG;
    open = kite_rewrite_open_styles(&o->rewrite, styles, o->lang);
    kite_rewrite_text(&o->rewrite, text, bytes);
    kite_rewrite_shut_all(&o->rewrite, open);
}

static void enter_span(struct kite_odt *o, const struct kite_node *node)
{
    const struct kite_odt_style *style = kite_odt_style_of(&o->styles, "text", kite_local_attribute(node, "style-name"));
    uint32_t run = o->run;
    const char *lang = o->lang;

    if (style) {
        o->run = (run & ~style->no) | style->styles;
        o->lang = style->lang ? style->lang : lang;
    }
    kite_odt_inline(o, node);
    o->run = run;
    o->lang = lang;
}

/* "#name|outline" and the like lead to what the program finds by another way. */
static void enter_link(struct kite_odt *o, const struct kite_node *node)
{
    const char *href = kite_local_attribute(node, "href");
    bool was_in_link = o->is_in_link, is_link = href && *href && !strstr(href, "%7C") && !strchr(href, '|');

    if (is_link) {
        kite_rewrite_open(&o->rewrite, "a");
        kite_rewrite_attribute(&o->rewrite, "href", href);
        o->is_in_link = true;
    }
    kite_odt_inline(o, node);
    if (is_link)
        kite_rewrite_shut(&o->rewrite);
    o->is_in_link = was_in_link;
}

static void enter_reference(struct kite_odt *o, const struct kite_node *node)
{
    const char *name = kite_local_attribute(node, "ref-name");

    if (name) {
        kite_rewrite_open(&o->rewrite, "a");
        kite_rewrite_attribute_of(&o->rewrite, "href", "#", name);
    }
    kite_odt_inline(o, node);
    if (name)
        kite_rewrite_shut(&o->rewrite);
}

static void enter_place(struct kite_odt *o, const struct kite_node *node)
{
    const char *name = kite_local_attribute(node, "name");

    if (name && !o->is_in_note)
        kite_rewrite_anchor(&o->rewrite, name);
}

static void enter_spaces(struct kite_odt *o, const struct kite_node *node)
{
    uint32_t count = kite_number_or(kite_local_attribute(node, "c"), 1);

    for (count = count < 200 ? count : 200; count > 0; count--)
        kite_rewrite_text(&o->rewrite, " ", 1);
}

static void enter_tab(struct kite_odt *o, const struct kite_node *node)
{
    (void)node;
    kite_rewrite_text(&o->rewrite, "    ", 4);
}

static void enter_break(struct kite_odt *o, const struct kite_node *node)
{
    (void)node;
    kite_rewrite_break(&o->rewrite);
}

static void enter_note(struct kite_odt *o, const struct kite_node *node)
{
    const struct kite_node *citation = kite_node_child(node, "note-citation");
    void *notes = o->notes;
    char id[16];

    if (o->is_in_note || o->note_count == KITE_ODT_NOTES_MAX || !kite_node_child(node, "note-body"))
        return;
    if (kite_arena_grow(&o->arena, &notes, &o->note_capacity, o->note_count + 1, sizeof(const struct kite_node *))) {
        o->rewrite.maker.status = KITE_E_NOMEM;
        return;
    }
    o->notes = notes;
    o->notes[o->note_count++] = kite_node_child(node, "note-body");
    snprintf(id, sizeof id, "%u", (unsigned)o->note_count);
    kite_rewrite_note_mark(&o->rewrite, "note", id, kite_local_attribute(citation, "label"));
}

static void enter_comment(struct kite_odt *o, const struct kite_node *node)
{
    (void)node;
    o->rewrite.losses[KITE_LOSS_COMMENT]++;
}

static void enter_hidden(struct kite_odt *o, const struct kite_node *node)
{
    (void)node;
    o->rewrite.losses[KITE_LOSS_HIDDEN]++;
}

static void enter_reading(struct kite_odt *o, const struct kite_node *node)
{
    kite_rewrite_open(&o->rewrite, "rt");
    kite_odt_inline(o, node);
    kite_rewrite_shut(&o->rewrite);
}

static const struct row inline_rows[] = {
    { "a", enter_link },
    { "annotation", enter_comment },
    { "bookmark", enter_place },
    { "bookmark-ref", enter_reference },
    { "bookmark-start", enter_place },
    { "custom-shape", kite_odt_frame },
    { "frame", kite_odt_frame },
    { "hidden-paragraph", enter_hidden },
    { "hidden-text", enter_hidden },
    { "line-break", enter_break },
    { "note", enter_note },
    { "reference-mark", enter_place },
    { "reference-mark-start", enter_place },
    { "reference-ref", enter_reference },
    { "ruby-text", enter_reading },
    { "s", enter_spaces },
    { "span", enter_span },
    { "tab", enter_tab },
};

void kite_odt_inline(struct kite_odt *o, const struct kite_node *holder)
{
    for (const struct kite_node *node = holder->first; node && o->rewrite.maker.status == KITE_OK; node = node->next) {
        const struct row *row = row_of(inline_rows, sizeof inline_rows / sizeof *inline_rows, node);

        if (!node->name)
            add_text(o, node->text, node->text_bytes);
        else if (row)
            row->enter(o, node);
        else /* fields, marks of changes, groups of shapes: what they hold */
            kite_odt_inline(o, node);
    }
}

/* ---- paragraphs ----------------------------------------------------------------------------------------- */

static bool has_content(const struct kite_node *paragraph)
{
    for (const struct kite_node *node = paragraph->first; node; node = kite_node_step(node, paragraph, true)) {
        if (node->name ? kite_node_is(node, "frame") || kite_node_is(node, "custom-shape")
                       : strspn(node->text, " \t\r\n") < node->text_bytes)
            return true;
    }
    return false;
}

/* The text boxes that stand at a paragraph follow it. */
static void add_boxes(struct kite_odt *o)
{
    const struct kite_node *boxes[KITE_ODT_BOXES_MAX];
    unsigned count = o->box_count, lists = o->list_count;

    memcpy(boxes, o->boxes, count * sizeof *boxes);
    o->box_count = o->list_count = 0;
    for (unsigned i = 0; i < count; i++)
        kite_odt_blocks(o, boxes[i]);
    o->list_count = lists;
}

/* An item's first paragraph stands right in it, the others are paragraphs of their own. */
static unsigned open_in_list(struct kite_odt *o)
{
    unsigned depth = o->list_count;

    if (o->lists[depth - 1].item_is_due) {
        o->lists[depth - 1].item_is_due = false;
        kite_rewrite_item(&o->rewrite, depth, o->lists[depth - 1].ordinal);
        return 0;
    }
    kite_rewrite_end_lists(&o->rewrite, depth);
    return kite_rewrite_open_block(&o->rewrite, o->rewrite.list_count ? KITE_BLOCK_ITEM_MORE : KITE_BLOCK_PARAGRAPH, 0);
}

/* The number that a heading shows, counted on. */
static void add_outline_number(struct kite_odt *o, const struct kite_node *node, unsigned level)
{
    struct kite_odt_list *outline = &o->styles.outline;
    const struct kite_odt_level *own = level > 0 && level <= KITE_ODT_LEVELS ? &outline->levels[level - 1] : NULL;
    const char *is_unnumbered = kite_local_attribute(node, "is-list-header");
    uint32_t shown = own ? own->shown_levels : 0;
    char number[16];

    if (!own || own->form == '\0' || (is_unnumbered && strcmp(is_unnumbered, "true") == 0))
        return;
    outline->values[level - 1] = outline->values[level - 1] ? outline->values[level - 1] + 1 : own->start;
    memset(outline->values + level, 0, (KITE_ODT_LEVELS - level) * sizeof *outline->values);
    shown = shown < 1 ? 1 : shown > level ? level : shown;
    kite_rewrite_text(&o->rewrite, own->prefix, strlen(own->prefix));
    for (uint32_t i = level - shown; i < level; i++) {
        char form = outline->levels[i].form ? outline->levels[i].form : '1';

        kite_rewrite_text(&o->rewrite, number, kite_rewrite_number(outline->values[i] ? outline->values[i] : 1, form, number));
        if (i + 1 < level)
            kite_rewrite_text(&o->rewrite, ".", 1);
    }
    kite_rewrite_text(&o->rewrite, own->suffix, strlen(own->suffix));
    kite_rewrite_text(&o->rewrite, " ", 1);
}

/* What a paragraph says of its text, from its style. */
static void take_style(struct kite_odt *o, const struct kite_odt_style *style, enum kite_block block)
{
    o->run = style ? style->styles : 0;
    o->lang = style ? style->lang : NULL;
    o->base_styles = style && block != KITE_BLOCK_PARAGRAPH ? style->base_styles : 0;
    o->is_heading = block == KITE_BLOCK_HEADING || block == KITE_BLOCK_TITLE || block == KITE_BLOCK_SUBTITLE;
}

static void add_paragraph(struct kite_odt *o, const struct kite_node *node, enum kite_block block, unsigned level)
{
    unsigned open;

    if (!has_content(node) && block != KITE_BLOCK_PREFORMATTED && block != KITE_BLOCK_RULE) {
        kite_odt_inline(o, node); /* maybe a place for links */
        return;
    }
    if (o->list_count > 0 && !o->is_heading)
        open = open_in_list(o);
    else
        open = kite_rewrite_open_block(&o->rewrite, block, level);
    if (o->run & KITE_ODT_RTL)
        kite_rewrite_attribute(&o->rewrite, "dir", "rtl");
    if (block == KITE_BLOCK_HEADING)
        add_outline_number(o, node, level);
    kite_odt_inline(o, node);
    if (o->rewrite.is_preformatted)
        kite_rewrite_text(&o->rewrite, "\n", 1);
    kite_rewrite_shut_all(&o->rewrite, open);
}

static void enter_paragraph(struct kite_odt *o, const struct kite_node *node)
{
    const char *name = kite_local_attribute(node, "style-name");
    const struct kite_odt_style *style = kite_odt_style_of(&o->styles, "paragraph", name);
    unsigned level = style ? style->level : 0;
    enum kite_block block = style ? style->block : name ? kite_rewrite_block_of(name, &level) : KITE_BLOCK_PARAGRAPH;
    uint32_t run = o->run, base = o->base_styles;
    const char *lang = o->lang;
    bool was_heading = o->is_heading;

    if (kite_node_is(node, "h") && block != KITE_BLOCK_TITLE) {
        block = KITE_BLOCK_HEADING;
        level = kite_number_or(kite_local_attribute(node, "outline-level"), level ? level : 1);
    }
    if (block == KITE_BLOCK_CONTENTS) {
        o->rewrite.losses[KITE_LOSS_CONTENTS]++;
        return;
    }
    o->rewrite.line = node->line;
    take_style(o, style, block);
    add_paragraph(o, node, block, level);
    o->run = run;
    o->base_styles = base;
    o->lang = lang;
    o->is_heading = was_heading;
    add_boxes(o);
}

/* ---- lists ---------------------------------------------------------------------------------------------- */

static bool is_true(const char *value)
{
    return value && strcmp(value, "true") == 0;
}

static void enter_item(struct kite_odt *o, const struct kite_node *node)
{
    unsigned depth = o->list_count;
    struct kite_odt_list *list = o->lists[depth - 1].list;
    const struct kite_odt_level *level = list ? &list->levels[depth - 1] : NULL;
    const char *first = kite_node_is(node, "list-item") ? kite_local_attribute(node, "start-value") : NULL;
    bool has_own = kite_node_child(node, "p") || kite_node_child(node, "h");
    bool is_numbered = level && level->form && !level->is_bullet;

    if (has_own && is_numbered && kite_node_is(node, "list-item")) {
        uint32_t *value = &list->values[depth - 1];

        *value = first ? kite_number_or(first, 1) : *value ? *value + 1 : level->start;
        memset(list->values + depth, 0, (KITE_ODT_LEVELS - depth) * sizeof *list->values);
        o->rewrite.losses[KITE_LOSS_LETTERS] += level->form != '1';
    }
    o->lists[depth - 1].ordinal = is_numbered ? list->values[depth - 1] : 0;
    o->lists[depth - 1].item_is_due = kite_node_is(node, "list-item") && !(level && level->is_blank);
    kite_odt_blocks(o, node);
    o->lists[depth - 1].item_is_due = false;
}

static void enter_list(struct kite_odt *o, const struct kite_node *node)
{
    struct kite_odt_list *list = kite_odt_list_of(&o->styles, kite_local_attribute(node, "style-name"));
    bool goes_on = is_true(kite_local_attribute(node, "continue-numbering")) || kite_local_attribute(node, "continue-list");
    unsigned depth = o->list_count;

    if (depth == KITE_REWRITE_LISTS_MAX) { /* deeper ones stay at this depth */
        for (const struct kite_node *item = node->first; item; item = item->next)
            kite_odt_blocks(o, item);
        return;
    }
    list = list || depth == 0 ? list : o->lists[depth - 1].list;
    if (list && !goes_on)
        list->values[depth] = 0;
    o->lists[o->list_count++].list = list;
    o->lists[depth].item_is_due = false;
    for (const struct kite_node *item = node->first; item; item = item->next) {
        if (kite_node_is(item, "list-item") || kite_node_is(item, "list-header"))
            enter_item(o, item);
    }
    o->list_count--;
}

/* ---- tables --------------------------------------------------------------------------------------------- */

static void add_cell(struct kite_odt *o, const struct kite_node *cell, const char *span)
{
    const struct kite_node *paragraph = kite_node_child(cell, "p");
    const struct kite_odt_style *style =
        kite_odt_style_of(&o->styles, "paragraph", kite_local_attribute(paragraph, "style-name"));
    const char *align = style ? style->align : NULL;
    unsigned lists = o->list_count;

    kite_rewrite_open(&o->rewrite, o->is_in_head ? "th" : "td");
    if (span)
        kite_rewrite_attribute(&o->rewrite, "colspan", span);
    if (align && (strcmp(align, "end") == 0 || strcmp(align, "right") == 0))
        kite_rewrite_attribute(&o->rewrite, "align", "right");
    else if (align && strcmp(align, "center") == 0)
        kite_rewrite_attribute(&o->rewrite, "align", "center");
    o->list_count = 0;
    kite_odt_blocks(o, cell);
    kite_rewrite_end_blocks(&o->rewrite);
    o->list_count = lists;
    kite_rewrite_shut(&o->rewrite);
}

/* Cells that one to their left spans are no cells; those that one above spans are empty. */
static void add_row(struct kite_odt *o, const struct kite_node *row)
{
    uint32_t covered = 0;

    kite_rewrite_open(&o->rewrite, "tr");
    for (const struct kite_node *cell = row->first; cell && o->rewrite.maker.status == KITE_OK; cell = cell->next) {
        const char *span = kite_local_attribute(cell, "number-columns-spanned");
        uint32_t times = kite_number_or(kite_local_attribute(cell, "number-columns-repeated"), 1);

        times = cell->first ? 1 : times < KITE_COLUMNS_MAX ? times : KITE_COLUMNS_MAX; /* what is repeated in a text is empty */
        for (; times > 0 && kite_node_is(cell, "table-cell"); times--) {
            add_cell(o, cell, span);
            covered = kite_number_or(span, 1);
            covered -= covered > 0;
        }
        for (; times > 0 && kite_node_is(cell, "covered-table-cell"); times--) {
            if (covered == 0)
                add_cell(o, cell, NULL);
            covered -= covered > 0;
        }
    }
    kite_rewrite_shut(&o->rewrite);
}

static void add_rows(struct kite_odt *o, const struct kite_node *holder)
{
    for (const struct kite_node *node = holder->first; node && o->rewrite.maker.status == KITE_OK; node = node->next) {
        bool was_in_head = o->is_in_head;

        o->is_in_head = was_in_head || kite_node_is(node, "table-header-rows");
        if (kite_node_is(node, "table-row"))
            add_row(o, node);
        else if (kite_node_is(node, "table-header-rows") || kite_node_is(node, "table-rows") ||
                 kite_node_is(node, "table-row-group"))
            add_rows(o, node);
        o->is_in_head = was_in_head;
    }
}

static void enter_table(struct kite_odt *o, const struct kite_node *node)
{
    bool was_in_head = o->is_in_head;

    kite_rewrite_end_blocks(&o->rewrite);
    o->rewrite.line = node->line;
    o->is_in_head = false;
    kite_rewrite_open(&o->rewrite, "table");
    add_rows(o, node);
    kite_rewrite_shut(&o->rewrite);
    o->is_in_head = was_in_head;
}

/* ---- what holds paragraphs ------------------------------------------------------------------------------ */

static void enter_contents(struct kite_odt *o, const struct kite_node *node)
{
    (void)node;
    o->rewrite.losses[KITE_LOSS_CONTENTS]++;
}

static void enter_changes(struct kite_odt *o, const struct kite_node *node)
{
    for (const struct kite_node *change = node->first; change; change = change->next)
        o->rewrite.losses[KITE_LOSS_DELETED] += kite_node_child(change, "deletion") != NULL;
}

static void enter_section(struct kite_odt *o, const struct kite_node *node)
{
    const char *display = kite_local_attribute(node, "display");

    if (display && strcmp(display, "none") == 0)
        o->rewrite.losses[KITE_LOSS_HIDDEN]++;
    else
        kite_odt_blocks(o, node);
}

/* One that hangs on a page and on no paragraph. */
static void enter_loose_frame(struct kite_odt *o, const struct kite_node *node)
{
    kite_rewrite_end_blocks(&o->rewrite);
    kite_odt_frame(o, node);
    add_boxes(o);
}

static const struct row block_rows[] = {
    { "bookmark", enter_place },
    { "bookmark-start", enter_place },
    { "custom-shape", enter_loose_frame },
    { "forms", enter_nothing },
    { "frame", enter_loose_frame },
    { "h", enter_paragraph },
    { "index-title-template", enter_nothing },
    { "list", enter_list },
    { "p", enter_paragraph },
    { "section", enter_section },
    { "sequence-decls", enter_nothing },
    { "table", enter_table },
    { "table-of-content", enter_contents },
    { "tracked-changes", enter_changes },
    { "variable-decls", enter_nothing },
};

void kite_odt_blocks(struct kite_odt *o, const struct kite_node *holder)
{
    for (const struct kite_node *node = holder->first; node && o->rewrite.maker.status == KITE_OK; node = node->next) {
        const struct row *row = row_of(block_rows, sizeof block_rows / sizeof *block_rows, node);

        if (row)
            row->enter(o, node);
        else if (node->name)
            kite_odt_blocks(o, node);
    }
}

void kite_odt_notes(struct kite_odt *o)
{
    kite_rewrite_end_blocks(&o->rewrite);
    o->is_in_note = true;
    for (size_t i = 0; i < o->note_count && o->rewrite.maker.status == KITE_OK; i++) {
        char id[16];

        snprintf(id, sizeof id, "%u", (unsigned)(i + 1));
        kite_rewrite_open_note(&o->rewrite, "note", id);
        kite_odt_blocks(o, o->notes[i]);
        kite_rewrite_end_blocks(&o->rewrite);
        kite_rewrite_shut(&o->rewrite);
    }
    o->is_in_note = false;
}
