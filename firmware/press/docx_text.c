/* The text of a part: paragraphs with their numbers, tables, runs, links and fields. */
#include "press/docx.h"

#include <stdio.h>
#include <string.h>

static bool is_on(const char *value)
{
    return !value || !(strcmp(value, "0") == 0 || strcmp(value, "false") == 0 || strcmp(value, "off") == 0);
}

/* What a name means, in a table of them; NULL for nothing special. */
struct row {
    const char *name;
    void (*enter)(struct kite_docx *d, const struct kite_node *node);
};

static const struct row *row_of(const struct row *rows, size_t count, const struct kite_node *node)
{
    for (size_t i = 0; node->name && i < count; i++) {
        if (strcmp(rows[i].name, node->name) == 0)
            return &rows[i];
    }
    return NULL;
}

static void enter_nothing(struct kite_docx *d, const struct kite_node *node)
{
    (void)d;
    (void)node;
}

static void enter_deletion(struct kite_docx *d, const struct kite_node *node)
{
    (void)node;
    d->rewrite.losses[KITE_LOSS_DELETED]++;
}

static void enter_comment(struct kite_docx *d, const struct kite_node *node)
{
    (void)node;
    d->rewrite.losses[KITE_LOSS_COMMENT]++;
}

static void enter_bookmark(struct kite_docx *d, const struct kite_node *node)
{
    const char *name = kite_local_attribute(node, "name");

    if (name && strcmp(name, "_GoBack") != 0 && !d->is_in_note)
        kite_rewrite_anchor(&d->rewrite, name);
}

/* Of several forms of the same thing the first, which is the newest. */
static const struct kite_node *choice_of(const struct kite_node *node)
{
    const struct kite_node *choice = kite_node_child(node, "Choice");

    return choice ? choice : kite_node_child(node, "Fallback");
}

/* ---- links and fields ----------------------------------------------------------------------------------- */

static void open_link(struct kite_docx *d, const char *before, const char *address)
{
    kite_rewrite_open(&d->rewrite, "a");
    kite_rewrite_attribute_of(&d->rewrite, "href", before, address);
}

static void enter_hyperlink(struct kite_docx *d, const struct kite_node *node)
{
    const char *id = kite_local_attribute(node, "id"), *anchor = kite_local_attribute(node, "anchor");
    bool is_outside = false, was_in_link = d->is_in_link;
    const char *target = id ? kite_docx_target(d->part, id, &is_outside) : NULL;
    bool is_link = (target && is_outside) || anchor;

    if (is_link)
        open_link(d, target && is_outside ? "" : "#", target && is_outside ? target : anchor);
    d->is_in_link = is_link || was_in_link;
    kite_docx_inline(d, node);
    d->is_in_link = was_in_link;
    if (is_link)
        kite_rewrite_shut(&d->rewrite);
}

/* HYPERLINK "address" \l "bookmark" (17.16.5.25): where it leads, NULL for any other field. */
static const char *link_of_field(struct kite_docx *d, const char *text)
{
    static const char word[] = "HYPERLINK";
    const char *at = text + strspn(text, " \t\n"), *begin, *end, *local;
    char *link;

    if (strncmp(at, word, sizeof word - 1) != 0)
        return NULL;
    local = strstr(at, "\\l");
    begin = strchr(at, '"');
    if (local && (!begin || begin > local)) /* only a bookmark */
        begin = strchr(local, '"');
    end = begin ? strchr(begin + 1, '"') : NULL;
    if (!end || end == begin + 1)
        return NULL;
    link = kite_arena_alloc(&d->arena, (size_t)(end - begin) + 1, 1);
    if (!link) {
        d->rewrite.maker.status = KITE_E_NOMEM;
        return NULL;
    }
    link[0] = '#';
    memcpy(link + (local && begin > local), begin + 1, (size_t)(end - begin) - 1);
    link[(size_t)(end - begin) - 1 + (local && begin > local)] = '\0';
    return link;
}

static void enter_field(struct kite_docx *d, const struct kite_node *node)
{
    const char *type = kite_local_attribute(node, "fldCharType");
    struct kite_docx_field *top = d->field_count ? &d->fields[d->field_count - 1] : NULL;

    type = type ? type : "";
    if (strcmp(type, "begin") == 0 && d->field_count == KITE_DOCX_FIELDS_MAX) {
        d->fields_beyond++;
    } else if (strcmp(type, "begin") == 0) {
        d->fields[d->field_count++] =
            (struct kite_docx_field){ .is_instruction = true, .instruction = { .mem = d->rewrite.draft->mem } };
    } else if (d->fields_beyond > 0) {
        d->fields_beyond -= strcmp(type, "end") == 0;
    } else if (strcmp(type, "separate") == 0 && top) {
        top->is_instruction = false;
        if (kite_buffer_add_u8(&top->instruction, 0) == KITE_OK)
            top->link = link_of_field(d, (const char *)top->instruction.bytes);
    } else if (strcmp(type, "end") == 0 && top) {
        kite_buffer_close(&top->instruction);
        d->field_count--;
    }
}

void kite_docx_close_fields(struct kite_docx *d)
{
    for (; d->field_count > 0; d->field_count--)
        kite_buffer_close(&d->fields[d->field_count - 1].instruction);
}

static void enter_instruction(struct kite_docx *d, const struct kite_node *node)
{
    if (d->field_count > 0 && d->fields[d->field_count - 1].is_instruction &&
        kite_node_text(node, &d->fields[d->field_count - 1].instruction))
        d->rewrite.maker.status = KITE_E_NOMEM;
}

static bool is_in_instruction(const struct kite_docx *d)
{
    for (unsigned i = 0; i < d->field_count; i++) {
        if (d->fields[i].is_instruction)
            return true;
    }
    return false;
}

static const char *field_link(const struct kite_docx *d)
{
    for (unsigned i = d->field_count; i > 0; i--) {
        if (d->fields[i - 1].link)
            return d->fields[i - 1].link;
    }
    return NULL;
}

/* ---- runs ----------------------------------------------------------------------------------------------- */

static void enter_text(struct kite_docx *d, const struct kite_node *node)
{
    for (const struct kite_node *text = node->first; text; text = text->next) {
        if (!text->name)
            kite_rewrite_text(&d->rewrite, text->text, text->text_bytes);
    }
}

static void enter_break(struct kite_docx *d, const struct kite_node *node)
{
    const char *type = kite_local_attribute(node, "type");

    if (type && (strcmp(type, "page") == 0 || strcmp(type, "column") == 0))
        kite_rewrite_text(&d->rewrite, " ", 1); /* pages are the reader's own */
    else
        kite_rewrite_break(&d->rewrite);
}

static void enter_tab(struct kite_docx *d, const struct kite_node *node)
{
    (void)node;
    kite_rewrite_text(&d->rewrite, "    ", 4);
}

static void enter_no_break_hyphen(struct kite_docx *d, const struct kite_node *node)
{
    (void)node;
    kite_rewrite_character(&d->rewrite, 0x2011);
}

static void enter_soft_hyphen(struct kite_docx *d, const struct kite_node *node)
{
    (void)node;
    kite_rewrite_character(&d->rewrite, 0xad);
}

/* Is there a note of this id? It is marked as one that is referred to. */
static bool find_note(const struct kite_docx_part *part, const char *id)
{
    struct kite_node *note = kite_index_find(&part->notes, id);

    if (note)
        note->mark = 1;
    return note != NULL;
}

static void add_note_mark(struct kite_docx *d, const struct kite_node *node, const struct kite_docx_part *part, const char *kind)
{
    const char *id = kite_local_attribute(node, "id"), *custom = kite_local_attribute(node, "customMarkFollows");
    const struct kite_node *mark = custom && is_on(custom) ? node->next : NULL;
    const char *label = NULL;

    while (mark && !kite_node_is(mark, "t"))
        mark = mark->next;
    if (mark && mark->first && !mark->first->name)
        label = mark->first->text;
    if (id && !d->is_in_note && find_note(part, id))
        kite_rewrite_note_mark(&d->rewrite, kind, id, label);
    d->custom_label = label;
}

static void enter_footnote(struct kite_docx *d, const struct kite_node *node)
{
    add_note_mark(d, node, &d->footnotes, "footnote");
}

static void enter_endnote(struct kite_docx *d, const struct kite_node *node)
{
    add_note_mark(d, node, &d->endnotes, "endnote");
}

static void enter_ruby(struct kite_docx *d, const struct kite_node *node)
{
    const struct kite_node *base = kite_node_child(node, "rubyBase"), *reading = kite_node_child(node, "rt");

    if (base)
        kite_docx_inline(d, base);
    if (!reading)
        return;
    kite_rewrite_open(&d->rewrite, "rt");
    kite_docx_inline(d, reading);
    kite_rewrite_shut(&d->rewrite);
}

static void enter_alternatives_in_run(struct kite_docx *d, const struct kite_node *node);

static const struct row run_rows[] = {
    { "AlternateContent", enter_alternatives_in_run },
    { "br", enter_break },
    { "commentReference", enter_comment },
    { "cr", enter_break },
    { "drawing", kite_docx_drawing },
    { "endnoteReference", enter_endnote },
    { "fldChar", enter_field },
    { "footnoteReference", enter_footnote },
    { "instrText", enter_instruction },
    { "noBreakHyphen", enter_no_break_hyphen },
    { "object", kite_docx_drawing },
    { "pict", kite_docx_drawing },
    { "ptab", enter_tab },
    { "ruby", enter_ruby },
    { "softHyphen", enter_soft_hyphen },
    { "sym", kite_docx_symbol },
    { "t", enter_text },
    { "tab", enter_tab },
};

static void run_content(struct kite_docx *d, const struct kite_node *holder)
{
    for (const struct kite_node *node = holder ? holder->first : NULL; node; node = node->next) {
        const struct row *row = row_of(run_rows, sizeof run_rows / sizeof *run_rows, node);

        if (!row || (is_in_instruction(d) && row->enter != enter_field && row->enter != enter_instruction))
            continue;
        if (d->custom_label && row->enter == enter_text) /* it stands as a mark already */
            continue;
        row->enter(d, node);
    }
}

static void enter_alternatives_in_run(struct kite_docx *d, const struct kite_node *node)
{
    run_content(d, choice_of(node));
}

/* What its look says beyond the look of its paragraph. */
static uint32_t styles_of(const struct kite_docx *d, struct kite_docx_run run)
{
    uint32_t styles = run.yes & KITE_STYLE_ALL & ~d->base_styles;

    if (run.yes & KITE_DOCX_UNDERLINE && !d->is_in_link && !field_link(d)) /* as typewriters had it */
        styles |= KITE_STYLE_EMPHASIS & ~d->base_styles;
    if (d->is_heading || d->is_in_head)
        styles &= ~(uint32_t)KITE_STYLE_STRONG;
    return styles;
}

static void enter_run(struct kite_docx *d, const struct kite_node *node)
{
    const struct kite_node *properties = kite_node_child(node, "rPr");
    const char *style = kite_child_attribute(properties, "rStyle", "val"), *link = field_link(d);
    struct kite_docx_run own = kite_docx_run_of(properties), run = d->paragraph_run;
    const char *lang;
    unsigned open;

    if (style)
        run = kite_docx_run_over(run, kite_docx_style_of(&d->styles, style)->run);
    lang = own.yes & KITE_DOCX_RTL ? own.lang_rtl : own.lang; /* not of styles: those have the language of the program */
    run = kite_docx_run_over(run, own);
    if (run.yes & KITE_DOCX_HIDDEN) {
        d->rewrite.losses[KITE_LOSS_HIDDEN]++;
        return;
    }
    if (link && !is_in_instruction(d))
        open_link(d, "", link);
    open = kite_rewrite_open_styles(&d->rewrite, styles_of(d, run), lang);
    run_content(d, node);
    d->custom_label = NULL;
    kite_rewrite_shut_all(&d->rewrite, open);
    if (link && !is_in_instruction(d))
        kite_rewrite_shut(&d->rewrite);
}

static void enter_alternatives(struct kite_docx *d, const struct kite_node *node)
{
    if (choice_of(node))
        kite_docx_inline(d, choice_of(node));
}

static const struct row inline_rows[] = {
    { "AlternateContent", enter_alternatives },
    { "bookmarkStart", enter_bookmark },
    { "del", enter_deletion },
    { "hyperlink", enter_hyperlink },
    { "moveFrom", enter_deletion },
    { "oMath", kite_docx_formula },
    { "pPr", enter_nothing },
    { "r", enter_run },
    { "rPr", enter_nothing },
    { "sdtPr", enter_nothing },
};

void kite_docx_inline(struct kite_docx *d, const struct kite_node *holder)
{
    for (const struct kite_node *node = holder->first; node && d->rewrite.maker.status == KITE_OK; node = node->next) {
        const struct row *row = row_of(inline_rows, sizeof inline_rows / sizeof *inline_rows, node);

        if (row)
            row->enter(d, node);
        else if (node->name) /* ins, moveTo, smartTag, fldSimple, sdt: what they hold */
            kite_docx_inline(d, node);
    }
}

/* ---- paragraphs ----------------------------------------------------------------------------------------- */

/* Nothing in it but a line along an edge, or one that is drawn as HTML's are. */
static bool is_rule(const struct kite_node *paragraph, const struct kite_node *properties)
{
    const struct kite_node *borders = kite_node_child(properties, "pBdr"), *shape = kite_node_find(paragraph, "rect");
    const char *is_line = kite_local_attribute(shape, "hr");

    if (is_line && (strcmp(is_line, "t") == 0 || strcmp(is_line, "true") == 0) && !kite_node_find(paragraph, "t"))
        return true;

    if (!kite_node_child(borders, "bottom") && !kite_node_child(borders, "top"))
        return false;
    return !kite_node_find(paragraph, "t") && !kite_node_find(paragraph, "drawing") && !kite_node_find(paragraph, "pict");
}

/* The text boxes that stand at a paragraph follow it. */
static void add_boxes(struct kite_docx *d)
{
    const struct kite_node *boxes[KITE_DOCX_BOXES_MAX];
    unsigned count = d->box_count;

    memcpy(boxes, d->boxes, count * sizeof *boxes);
    d->box_count = 0;
    for (unsigned i = 0; i < count; i++)
        kite_docx_blocks(d, boxes[i]);
}

/* Opens what a numbered paragraph stands in, and returns how much there is to shut; *label is what a heading shows before its
 * text. */
static unsigned open_numbered(struct kite_docx *d, const struct kite_docx_style *style, uint32_t id, uint32_t level,
                              char label[64])
{
    enum kite_docx_format format;
    uint32_t ordinal;

    if (!kite_docx_count_on(&d->numbering, id, level, &format, &ordinal, label) ||
        (format == KITE_DOCX_BLANK && d->rewrite.list_count == 0)) {
        label[0] = '\0';
        return kite_rewrite_open_block(&d->rewrite, style->block, style->level);
    }
    if (style->block == KITE_BLOCK_HEADING || style->block == KITE_BLOCK_TITLE) {
        label[0] = format == KITE_DOCX_BULLET ? '\0' : label[0];
        return kite_rewrite_open_block(&d->rewrite, style->block, style->level);
    }
    label[0] = '\0';
    if (format == KITE_DOCX_BLANK) { /* no number at all: it goes on with the item before */
        kite_rewrite_end_lists(&d->rewrite, level + 1);
        return kite_rewrite_open_block(&d->rewrite, KITE_BLOCK_ITEM_MORE, 0);
    }
    d->rewrite.losses[KITE_LOSS_LETTERS] += format != KITE_DOCX_DECIMAL && format != KITE_DOCX_BULLET;
    kite_rewrite_item(&d->rewrite, level + 1, ordinal);
    return 0;
}

/* Indented like an item, and its number taken away: so word processors set a further paragraph of it. */
static bool goes_on_with_item(const struct kite_node *properties, const struct kite_docx_style *style, uint32_t id)
{
    const struct kite_node *indent = kite_node_child(properties, "ind");
    const char *left = kite_local_attribute(indent, "left"), *name = kite_child_attribute(style->node, "name", "val");

    left = left ? left : kite_local_attribute(indent, "start");
    if (id == 0)
        return kite_number_or(left, 0) > 0;
    return id == KITE_DOCX_NO_NUMBER && name && strcmp(name, "List Paragraph") == 0;
}

static unsigned open_paragraph(struct kite_docx *d, const struct kite_node *node, const struct kite_node *properties,
                               const struct kite_docx_style *style, char label[64])
{
    const struct kite_node *number = kite_node_child(properties, "numPr");
    uint32_t id = kite_number_or(kite_child_attribute(number, "numId", "val"), style->numbering);
    uint32_t level = kite_number_or(kite_child_attribute(number, "ilvl", "val"), style->numbering_level);
    uint32_t outline = kite_number_or(kite_child_attribute(properties, "outlineLvl", "val"), 9);
    struct kite_docx_style own = *style;

    label[0] = '\0';
    if (is_rule(node, properties))
        return kite_rewrite_open_block(&d->rewrite, KITE_BLOCK_RULE, 0);
    if (outline < 9 && own.block == KITE_BLOCK_PARAGRAPH) {
        own.block = KITE_BLOCK_HEADING;
        own.level = outline + 1;
    }
    d->is_heading = own.block == KITE_BLOCK_HEADING || own.block == KITE_BLOCK_TITLE || own.block == KITE_BLOCK_SUBTITLE;
    if (own.block == KITE_BLOCK_PARAGRAPH && goes_on_with_item(properties, style, id))
        own.block = KITE_BLOCK_ITEM_MORE;
    if (own.block == KITE_BLOCK_ITEM_MORE && d->rewrite.list_count == 0)
        own.block = KITE_BLOCK_PARAGRAPH;
    if (own.block == KITE_BLOCK_PREFORMATTED || id == KITE_DOCX_NO_NUMBER || id == 0)
        return kite_rewrite_open_block(&d->rewrite, own.block, own.level);
    return open_numbered(d, &own, id,
                         level == KITE_DOCX_NO_NUMBER ? 0
                         : level < KITE_DOCX_LEVELS   ? level
                                                      : KITE_DOCX_LEVELS - 1,
                         label);
}

static bool has_text(const struct kite_node *paragraph)
{
    static const char *const names[] = {
        "t", "sym", "drawing", "pict", "object", "oMath", "footnoteReference", "endnoteReference", "noBreakHyphen"
    };

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (kite_node_find(paragraph, names[i]))
            return true;
    }
    return false;
}

static void enter_paragraph(struct kite_docx *d, const struct kite_node *node)
{
    const struct kite_node *properties = kite_node_child(node, "pPr");
    const struct kite_docx_style *style = kite_docx_style_of(&d->styles, kite_child_attribute(properties, "pStyle", "val"));
    struct kite_docx_run run = d->paragraph_run;
    uint32_t base = d->base_styles;
    bool was_heading = d->is_heading;
    char label[64];
    unsigned open;

    d->rewrite.line = node->line;
    if (style->block == KITE_BLOCK_CONTENTS) {
        d->rewrite.losses[KITE_LOSS_CONTENTS]++;
        return;
    }
    d->paragraph_run = style->run;
    d->base_styles =
        style->block != KITE_BLOCK_PARAGRAPH ? style->run.yes & KITE_STYLE_ALL : d->styles.none.run.yes & KITE_STYLE_ALL;
    d->is_heading = false;
    if (has_text(node) || is_rule(node, properties) || style->block == KITE_BLOCK_PREFORMATTED) {
        open = open_paragraph(d, node, properties, style, label);
        if (kite_docx_is_bidi(style, properties))
            kite_rewrite_attribute(&d->rewrite, "dir", "rtl");
        if (label[0]) {
            kite_rewrite_text(&d->rewrite, label, strlen(label));
            kite_rewrite_text(&d->rewrite, " ", 1);
        }
        kite_docx_inline(d, node);
        if (d->rewrite.is_preformatted)
            kite_rewrite_text(&d->rewrite, "\n", 1);
        kite_rewrite_shut_all(&d->rewrite, open);
    } else { /* nothing to read, but maybe a place for links, or a field's end */
        kite_docx_inline(d, node);
    }
    d->paragraph_run = run;
    d->base_styles = base;
    d->is_heading = was_heading;
    add_boxes(d);
}

/* ---- tables --------------------------------------------------------------------------------------------- */

static void align_cell(struct kite_docx *d, const struct kite_node *cell)
{
    const char *align = kite_child_attribute(kite_node_child(kite_node_child(cell, "p"), "pPr"), "jc", "val");

    if (align && (strcmp(align, "right") == 0 || strcmp(align, "end") == 0))
        kite_rewrite_attribute(&d->rewrite, "align", "right");
    else if (align && strcmp(align, "center") == 0)
        kite_rewrite_attribute(&d->rewrite, "align", "center");
}

static void add_cell(struct kite_docx *d, const struct kite_node *cell, bool is_head)
{
    const struct kite_node *properties = kite_node_child(cell, "tcPr");
    const char *span = kite_child_attribute(properties, "gridSpan", "val");
    bool was_in_head = d->is_in_head;

    kite_rewrite_open(&d->rewrite, is_head ? "th" : "td");
    if (span)
        kite_rewrite_attribute(&d->rewrite, "colspan", span);
    align_cell(d, cell);
    d->is_in_head = is_head;
    kite_docx_blocks(d, cell);
    d->is_in_head = was_in_head;
    kite_rewrite_end_blocks(&d->rewrite);
    kite_rewrite_shut(&d->rewrite);
}

static void add_cells(struct kite_docx *d, const struct kite_node *holder, bool is_head)
{
    for (const struct kite_node *node = holder->first; node; node = node->next) {
        if (kite_node_is(node, "tc"))
            add_cell(d, node, is_head);
        else if (kite_node_is(node, "sdt") && kite_node_child(node, "sdtContent"))
            add_cells(d, kite_node_child(node, "sdtContent"), is_head);
    }
}

static void add_row(struct kite_docx *d, const struct kite_node *row)
{
    const struct kite_node *properties = kite_node_child(row, "trPr"), *head = kite_node_child(properties, "tblHeader");

    if (kite_node_child(properties, "del")) {
        d->rewrite.losses[KITE_LOSS_DELETED]++;
        return;
    }
    kite_rewrite_open(&d->rewrite, "tr");
    add_cells(d, row, head && is_on(kite_local_attribute(head, "val")));
    kite_rewrite_shut(&d->rewrite);
}

static void add_rows(struct kite_docx *d, const struct kite_node *holder)
{
    for (const struct kite_node *node = holder->first; node && d->rewrite.maker.status == KITE_OK; node = node->next) {
        if (kite_node_is(node, "tr"))
            add_row(d, node);
        else if (kite_node_is(node, "sdt") || kite_node_is(node, "sdtContent") || kite_node_is(node, "ins"))
            add_rows(d, node);
    }
}

static void enter_table(struct kite_docx *d, const struct kite_node *node)
{
    kite_rewrite_end_blocks(&d->rewrite);
    d->rewrite.line = node->line;
    kite_rewrite_open(&d->rewrite, "table");
    add_rows(d, node);
    kite_rewrite_shut(&d->rewrite);
}

/* ---- what holds paragraphs ------------------------------------------------------------------------------ */

static void enter_structured(struct kite_docx *d, const struct kite_node *node)
{
    const char *gallery =
        kite_child_attribute(kite_node_child(kite_node_child(node, "sdtPr"), "docPartObj"), "docPartGallery", "val");
    const struct kite_node *content = kite_node_child(node, "sdtContent");

    if (gallery && strcmp(gallery, "Table of Contents") == 0)
        d->rewrite.losses[KITE_LOSS_CONTENTS]++;
    else if (content)
        kite_docx_blocks(d, content);
}

static void enter_block_alternatives(struct kite_docx *d, const struct kite_node *node)
{
    if (choice_of(node))
        kite_docx_blocks(d, choice_of(node));
}

/* A running head or foot that says more than a page's number. */
static bool says_something(struct kite_docx *d, const char *id)
{
    char name[KITE_CONTAINED_NAME_BYTES_MAX + 1];
    bool is_outside = false, says = false;
    const char *target = id ? kite_docx_target(d->part, id, &is_outside) : NULL;
    struct kite_tree tree;
    enum kite_status status;

    if (!target || is_outside || kite_container_resolve(d->part->name, target, name))
        return false;
    status = kite_package_tree(&d->package, name, &tree);
    if (status == KITE_E_NOMEM)
        d->rewrite.maker.status = status;
    if (status)
        return false;
    for (const struct kite_node *node = tree.root->first; node && !says; node = kite_node_step(node, tree.root, true))
        says = kite_node_is(node, "t") && node->first && !node->first->name &&
               strspn(node->first->text, " 0123456789-") < node->first->text_bytes;
    kite_tree_close(&tree);
    return says;
}

static void enter_section(struct kite_docx *d, const struct kite_node *node)
{
    for (const struct kite_node *child = node->first; child; child = child->next) {
        if (kite_node_is(child, "headerReference") || kite_node_is(child, "footerReference"))
            d->rewrite.losses[KITE_LOSS_RUNNING_HEAD] += says_something(d, kite_local_attribute(child, "id"));
    }
}

static const struct row block_rows[] = {
    { "AlternateContent", enter_block_alternatives },
    { "bookmarkStart", enter_bookmark },
    { "del", enter_deletion },
    { "moveFrom", enter_deletion },
    { "p", enter_paragraph },
    { "sdt", enter_structured },
    { "sectPr", enter_section },
    { "tbl", enter_table },
    { "tcPr", enter_nothing },
};

void kite_docx_blocks(struct kite_docx *d, const struct kite_node *holder)
{
    for (const struct kite_node *node = holder->first; node && d->rewrite.maker.status == KITE_OK; node = node->next) {
        const struct row *row = row_of(block_rows, sizeof block_rows / sizeof *block_rows, node);

        if (row)
            row->enter(d, node);
        else if (node->name) /* ins, customXml */
            kite_docx_blocks(d, node);
    }
}

/* ---- notes ---------------------------------------------------------------------------------------------- */

static void add_notes(struct kite_docx *d, const struct kite_docx_part *part, const char *kind)
{
    const struct kite_node *top = part->has_tree ? part->tree.root->first : NULL;

    while (top && !top->name)
        top = top->next;
    d->part = part;
    for (const struct kite_node *node = top ? top->first : NULL; node && d->rewrite.maker.status == KITE_OK; node = node->next) {
        if (node->mark == 0)
            continue;
        kite_rewrite_open_note(&d->rewrite, kind, kite_local_attribute(node, "id"));
        kite_docx_blocks(d, node);
        kite_rewrite_end_blocks(&d->rewrite);
        kite_rewrite_shut(&d->rewrite);
    }
}

void kite_docx_notes(struct kite_docx *d)
{
    kite_rewrite_end_blocks(&d->rewrite);
    d->is_in_note = true;
    add_notes(d, &d->footnotes, "footnote");
    add_notes(d, &d->endnotes, "endnote");
    d->is_in_note = false;
}
