/* Markdown to a draft: blocks become paragraphs with roles. md4c reads CommonMark and tables; the rest is ours. */
#include "press/markdown.h"
#include "press/originals.h"

#include <string.h>

#define PARSER_FLAGS (MD_FLAG_TABLES | MD_FLAG_STRIKETHROUGH | MD_FLAG_NOHTMLBLOCKS)

/* ---- paragraphs ------------------------------------------------------------------------------------- */

static uint8_t at_most(uint32_t value, uint32_t most)
{
    return (uint8_t)(value < most ? value : most);
}

static struct kite_draft_paragraph new_paragraph(const struct kite_markdown *m, enum kite_role role)
{
    struct kite_draft_paragraph p = { .line = m->line };

    p.paragraph.role = role;
    p.paragraph.quote_depth = m->is_in_note ? 0 : at_most(m->quotes, KITE_DEPTH_MAX);
    return p;
}

static void add(struct kite_markdown *m, const struct kite_draft_paragraph *p)
{
    if (m->status == KITE_OK)
        m->status = kite_draft_add(m->draft, m->is_in_note ? &m->draft->notes : &m->draft->body, p);
}

/* The role that its place gives to text. */
static void place(struct kite_markdown *m, struct kite_draft_paragraph *p)
{
    struct kite_markdown_list *list = m->lists ? &m->list[m->lists - 1] : NULL;

    if (m->is_in_note) {
        p->paragraph.role = m->note_has_begun ? KITE_ROLE_NOTE_MORE : KITE_ROLE_NOTE;
        m->note_has_begun = true;
    } else if (list) {
        p->paragraph.role = list->item_is_due ? KITE_ROLE_ITEM : KITE_ROLE_ITEM_MORE;
        p->paragraph.ordinal = list->item_is_due ? list->ordinal : 0;
        p->paragraph.depth = at_most(m->lists, KITE_DEPTH_MAX);
        p->paragraph.is_tight = list->is_tight;
        if (list->item_is_due) /* the mark stands where those of the other items do */
            p->paragraph.quote_depth = at_most(list->quotes, KITE_DEPTH_MAX);
    } else {
        p->paragraph.role = m->quotes ? KITE_ROLE_QUOTE : KITE_ROLE_PARAGRAPH;
    }
    if (list)
        list->item_is_due = false;
}

static void apply_attributes(const struct kite_markdown *m, struct kite_draft_paragraph *p)
{
    const struct kite_markdown_attributes *a = &m->attributes;
    struct kite_paragraph *q = &p->paragraph;

    p->anchors = a->anchors;
    if (m->is_in_note || !a->has_role)
        return;
    q->role = a->role;
    q->depth = 0;
    q->ordinal = 0;
    q->is_tight = a->is_tight && q->role == KITE_ROLE_VERSE;
    p->has_role = true;
    if (q->role == KITE_ROLE_HEADING)
        q->depth = at_most(a->depth ? a->depth : 1, 6);
    if (q->role == KITE_ROLE_ITEM || q->role == KITE_ROLE_ITEM_MORE) {
        q->depth = at_most(a->depth ? a->depth : 1, KITE_DEPTH_MAX);
        q->is_tight = a->is_tight;
        q->ordinal = q->role == KITE_ROLE_ITEM ? a->ordinal : 0;
    }
    if (a->has_quote)
        q->quote_depth = at_most(a->quote_depth, KITE_DEPTH_MAX);
}

/* An item that begins with something other than text has an empty first paragraph. */
static void begin_due_item(struct kite_markdown *m)
{
    struct kite_draft_paragraph p = new_paragraph(m, KITE_ROLE_ITEM);

    if (m->lists == 0 || !m->list[m->lists - 1].item_is_due || m->is_in_note)
        return;
    if (m->status == KITE_OK)
        m->status = kite_draft_plain_text(m->draft, "", 0, &p.paragraph.text);
    place(m, &p);
    add(m, &p);
}

static void add_pictures(struct kite_markdown *m)
{
    for (size_t i = 0; i < m->picture_count && m->status == KITE_OK; i++) {
        const struct kite_markdown_picture *picture = &m->pictures[i];
        struct kite_draft_paragraph p = new_paragraph(m, KITE_ROLE_PICTURE);
        struct kite_draft_paragraph caption = new_paragraph(m, KITE_ROLE_CAPTION);
        enum kite_status status = m->is_in_note ? KITE_DONE
                                                : kite_draft_picture(m->draft, picture->reference, picture->line,
                                                                     &p.paragraph.picture);

        p.line = picture->line;
        p.has_role = true;
        p.paragraph.text = picture->alternative;
        if (status == KITE_DONE) { /* it cannot be had */
            p.paragraph.picture = 0;
            p.paragraph.role = KITE_ROLE_CAPTION;
            if (m->is_in_note)
                place(m, &p);
        } else {
            m->status = status;
        }
        if (status != KITE_DONE || p.paragraph.text.text_bytes > 0)
            add(m, &p);
        if (!picture->caption[0] || m->status != KITE_OK || m->is_in_note)
            continue;
        m->status = kite_draft_plain_text(m->draft, picture->caption, strlen(picture->caption),
                                          &caption.paragraph.text);
        add(m, &caption);
    }
    m->picture_count = 0;
}

static bool is_all_hard_broken(const struct kite_markdown *m)
{
    return !m->draft->is_exact && m->hard_breaks > 0 && m->soft_breaks == 0 && m->lists == 0;
}

static void finish_paragraph(struct kite_markdown *m)
{
    struct kite_draft_paragraph p = new_paragraph(m, KITE_ROLE_PARAGRAPH);
    const struct kite_markdown_attributes *a = &m->attributes;

    if (m->status == KITE_OK)
        m->status = kite_builder_take(&m->builder, m->draft, &p.paragraph.text);
    if (m->status != KITE_OK)
        return;
    bool is_empty = p.paragraph.text.text_bytes == 0 && !a->has_role;

    if (is_empty && m->picture_count == 0)
        return;
    if (is_empty) {
        begin_due_item(m);
    } else {
        place(m, &p);
        if (p.paragraph.role <= KITE_ROLE_QUOTE && (m->is_verse || is_all_hard_broken(m)))
            p.paragraph.role = KITE_ROLE_VERSE;
        p.paragraph.is_tight = p.paragraph.is_tight || (m->is_verse && m->is_letter);
        apply_attributes(m, &p);
        add(m, &p);
    }
    add_pictures(m);
}

static bool is_anchor_char(char c, bool is_last)
{
    return is_last ? c == '}'
                   : (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
                         c == '_' || c == '#';
}

/* `Title {#name}` at the end of a heading. */
static void take_trailing_anchor(struct kite_markdown *m)
{
    const char *text = (const char *)m->builder.text.bytes;
    size_t count = m->builder.text.count, at = count;

    if (m->draft->is_exact || count < 5 || text[count - 1] != '}')
        return;
    while (at > 0 && is_anchor_char(text[at - 1], at == count))
        at--;
    if (at < 2 || text[at - 1] != '{' || text[at] != '#' || text[at - 2] != ' ')
        return;
    if (m->status == KITE_OK)
        m->status = kite_draft_anchor_add(m->draft, text + at + 1, count - at - 2, &m->attributes.anchors);
    m->builder.text.count = at - 2;
}

static void finish_heading(struct kite_markdown *m)
{
    struct kite_draft_paragraph p = new_paragraph(m, KITE_ROLE_HEADING);

    take_trailing_anchor(m);
    for (size_t i = 0; i < m->builder.span_count && (m->lists || m->is_in_note); i++)
        m->builder.spans[i].styles |= KITE_STYLE_STRONG;
    if (m->status == KITE_OK)
        m->status = kite_builder_take(&m->builder, m->draft, &p.paragraph.text);
    if (m->status != KITE_OK || p.paragraph.text.text_bytes == 0)
        return;
    if (m->lists || m->is_in_note)
        place(m, &p);
    else
        p.paragraph.depth = (uint8_t)m->level;
    apply_attributes(m, &p);
    add(m, &p);
    add_pictures(m);
}

/* ---- code and verse --------------------------------------------------------------------------------- */

static void add_code_text(struct kite_markdown *m, const char *text, size_t bytes)
{
    size_t column = 0, from = 0;

    for (size_t i = 0; i < bytes; i++) {
        if (text[i] == '\n' || text[i] == '\t') {
            kite_markdown_add_literal(m, text + from, i - from);
            from = i + 1;
        }
        if (text[i] == '\n') {
            kite_builder_break(&m->builder, '\n');
            column = 0;
        } else if (text[i] == '\t') {
            kite_markdown_add_literal(m, "    ", 4 - column % 4);
            column += 4 - column % 4;
        } else if (((uint8_t)text[i] & 0xc0) != 0x80)
            column++;
    }
    kite_markdown_add_literal(m, text + from, bytes - from);
}

static void finish_code(struct kite_markdown *m)
{
    struct kite_draft_paragraph p = new_paragraph(m, KITE_ROLE_PREFORMATTED);

    if (m->scratch.count == 0)
        return;
    begin_due_item(m);
    m->builder.keeps_spaces = !m->is_in_note;
    m->builder.now.styles = m->is_in_note ? KITE_STYLE_CODE : 0;
    add_code_text(m, (const char *)m->scratch.bytes, m->scratch.count);
    if (m->status == KITE_OK)
        m->status = kite_builder_take(&m->builder, m->draft, &p.paragraph.text);
    if (p.paragraph.text.text_bytes == 0)
        return;
    if (m->is_in_note)
        place(m, &p);
    add(m, &p);
}

/* One line of verse: a mark against being taken for a list, spaces that stay, a hard break. */
static enum kite_status add_verse_line(struct kite_buffer *out, const char *line, size_t bytes)
{
    size_t indent = 0;
    enum kite_status status = kite_buffer_add_text(out, KITE_VERSE_MARK);

    while (indent < bytes && (line[indent] == ' ' || line[indent] == '\t')) {
        for (int i = line[indent] == '\t' ? 4 : 1; i > 0 && status == KITE_OK; i--)
            status = kite_buffer_add(out, "\xC2\xA0", 2);
        indent++;
    }
    status = status ? status : kite_buffer_add(out, line + indent, bytes - indent);
    return status ? status : kite_buffer_add_text(out, "  \n");
}

static void finish_verse(struct kite_markdown *m)
{
    struct kite_buffer lines = { .mem = m->draft->mem };
    const char *text = m->scratch.count ? (const char *)m->scratch.bytes : "";

    for (size_t at = 0; at < m->scratch.count && m->status == KITE_OK;) {
        const char *end = memchr(text + at, '\n', m->scratch.count - at);
        size_t count = end ? (size_t)(end - text) - at : m->scratch.count - at, shown = count;

        while (shown > 0 && (text[at + shown - 1] == ' ' || text[at + shown - 1] == '\t'))
            shown--;
        m->status = shown ? add_verse_line(&lines, text + at, shown) : kite_buffer_add_u8(&lines, '\n');
        at += count + 1;
    }
    m->is_in_verse = true;
    if (m->status == KITE_OK && lines.count > 0)
        m->status = kite_markdown_parse(m, (const char *)lines.bytes, lines.count, m->line);
    m->is_in_verse = false;
    kite_buffer_close(&lines);
}

/* ---- tables ----------------------------------------------------------------------------------------- */

static void begin_cell(struct kite_markdown *m, const MD_BLOCK_TD_DETAIL *detail)
{
    if (m->column > 0 && m->is_in_note)
        kite_builder_add(&m->builder, " | ", 3);
    else if (m->column > 0 && m->column < KITE_COLUMNS_MAX)
        kite_builder_break(&m->builder, '\t');
    else
        kite_builder_add(&m->builder, " ", 1);
    if (m->column < KITE_COLUMNS_MAX)
        m->align[m->column] = detail->align == MD_ALIGN_CENTER  ? KITE_COLUMN_CENTER
                              : detail->align == MD_ALIGN_RIGHT ? KITE_COLUMN_END
                                                                : KITE_COLUMN_START;
    m->column++;
}

static bool is_empty_row(const struct kite_text *text)
{
    for (size_t i = 0; i < text->text_bytes; i++)
        if (text->text[i] != '\t')
            return false;
    return true;
}

static void finish_row(struct kite_markdown *m)
{
    struct kite_draft_paragraph p =
        new_paragraph(m, m->is_head ? KITE_ROLE_TABLE_HEAD : KITE_ROLE_TABLE_ROW);

    p.paragraph.column_count = at_most(m->column, KITE_COLUMNS_MAX);
    memcpy(p.paragraph.column_align, m->align, p.paragraph.column_count);
    if (m->column > KITE_COLUMNS_MAX && m->is_head)
        kite_draft_note(m->draft, KITE_PRESS_WARNING, m->line, "a table has more than %u columns; the last are joined",
                        KITE_COLUMNS_MAX);
    if (m->status == KITE_OK)
        m->status = kite_builder_take(&m->builder, m->draft, &p.paragraph.text);
    if (m->is_in_note) {
        p.paragraph.column_count = 0;
        memset(p.paragraph.column_align, 0, sizeof p.paragraph.column_align);
        place(m, &p);
    }
    if (!m->is_head || m->is_in_note || !is_empty_row(&p.paragraph.text)) /* Markdown has no other way to say: no head */
        add(m, &p);
    add_pictures(m);
}

/* ---- md4c's blocks ---------------------------------------------------------------------------------- */

static void begin_block(struct kite_markdown *m, enum kite_markdown_text kind)
{
    kite_builder_reset(&m->builder);
    kite_markdown_reset_spans(m);
    m->scratch.count = 0;
    m->kind = kind;
    m->is_fresh = kind != KITE_MARKDOWN_ROW && !m->is_in_verse;
    m->is_verse = m->is_in_verse;
    m->attributes = (struct kite_markdown_attributes){ .role = KITE_ROLE_COUNT };
    m->hard_breaks = m->soft_breaks = 0;
    m->column = 0;
}

void kite_markdown_begin_text(struct kite_markdown *m)
{
    if (m->kind == KITE_MARKDOWN_NONE)
        begin_block(m, KITE_MARKDOWN_PARAGRAPH);
}

static void end_block(struct kite_markdown *m)
{
    enum kite_markdown_text kind = m->kind;

    m->kind = KITE_MARKDOWN_NONE;
    if (kind == KITE_MARKDOWN_PARAGRAPH)
        finish_paragraph(m);
    else if (kind == KITE_MARKDOWN_HEADING)
        finish_heading(m);
    else if (kind == KITE_MARKDOWN_CODE && m->is_pages)
        m->status = kite_originals_read(m->draft, (const char *)m->scratch.bytes, m->scratch.count, m->line);
    else if (kind == KITE_MARKDOWN_CODE && m->is_verse)
        finish_verse(m);
    else if (kind == KITE_MARKDOWN_CODE)
        finish_code(m);
    else if (kind == KITE_MARKDOWN_ROW)
        finish_row(m);
}

static void enter_list(struct kite_markdown *m, bool is_tight, uint32_t first)
{
    begin_due_item(m);
    if (m->lists == KITE_MARKDOWN_LISTS_MAX) {
        m->status = kite_fail(m->draft->fault, KITE_E_LIMIT, "line %u: lists are more than %u deep",
                              (unsigned)m->line, KITE_MARKDOWN_LISTS_MAX);
        return;
    }
    m->list[m->lists++] = (struct kite_markdown_list){ .next_ordinal = first, .is_tight = is_tight, .quotes = m->quotes };
}

static void enter_item(struct kite_markdown *m, bool is_ordered)
{
    struct kite_markdown_list *list = &m->list[m->lists - 1];

    list->item_is_due = true;
    list->ordinal = is_ordered ? list->next_ordinal++ : 0;
}

static bool is_fence_of(const MD_BLOCK_CODE_DETAIL *detail, const char *kind)
{
    return detail->lang.size == strlen(kind) && memcmp(detail->lang.text, kind, detail->lang.size) == 0;
}

static void add_rule(struct kite_markdown *m)
{
    struct kite_draft_paragraph p = new_paragraph(m, KITE_ROLE_RULE);

    if (m->is_in_note)
        return;
    begin_due_item(m);
    if (m->status == KITE_OK)
        m->status = kite_draft_plain_text(m->draft, "", 0, &p.paragraph.text);
    add(m, &p);
}

static int enter_block(MD_BLOCKTYPE type, void *detail, void *ctx)
{
    struct kite_markdown *m = ctx;

    if (type != MD_BLOCK_TH && type != MD_BLOCK_TD)
        end_block(m);
    if (type == MD_BLOCK_P) {
        begin_block(m, KITE_MARKDOWN_PARAGRAPH);
    } else if (type == MD_BLOCK_H) {
        begin_block(m, KITE_MARKDOWN_HEADING);
        m->level = ((const MD_BLOCK_H_DETAIL *)detail)->level;
    } else if (type == MD_BLOCK_CODE) {
        begin_block(m, KITE_MARKDOWN_CODE);
        m->is_letter = is_fence_of(detail, "letter");
        m->is_verse = m->is_letter || is_fence_of(detail, "verse");
        m->is_pages = is_fence_of(detail, "pages") && !m->is_in_note;
        if (m->is_pages && ((const MD_BLOCK_CODE_DETAIL *)detail)->info.size > strlen("pages"))
            m->draft->opens_originals = true; /* `pages first` */
    } else if (type == MD_BLOCK_QUOTE) {
        m->quotes++;
    } else if (type == MD_BLOCK_UL) {
        enter_list(m, ((const MD_BLOCK_UL_DETAIL *)detail)->is_tight, 0);
    } else if (type == MD_BLOCK_OL) {
        enter_list(m, ((const MD_BLOCK_OL_DETAIL *)detail)->is_tight, ((const MD_BLOCK_OL_DETAIL *)detail)->start);
        m->list[m->lists - 1].is_ordered = true;
    } else if (type == MD_BLOCK_LI) {
        enter_item(m, m->list[m->lists - 1].is_ordered);
    } else if (type == MD_BLOCK_HR) {
        add_rule(m);
    } else if (type == MD_BLOCK_TABLE) {
        begin_due_item(m);
    } else if (type == MD_BLOCK_THEAD || type == MD_BLOCK_TBODY) {
        m->is_head = type == MD_BLOCK_THEAD;
    } else if (type == MD_BLOCK_TR) {
        begin_block(m, KITE_MARKDOWN_ROW);
    } else if (type == MD_BLOCK_TH || type == MD_BLOCK_TD) {
        begin_cell(m, detail);
    }
    return m->status != KITE_OK;
}

static int leave_block(MD_BLOCKTYPE type, void *detail, void *ctx)
{
    struct kite_markdown *m = ctx;

    (void)detail;
    if (type == MD_BLOCK_TH || type == MD_BLOCK_TD) {
        kite_markdown_reset_spans(m);
        m->builder.now = (struct kite_span){ 0 };
        return m->status != KITE_OK;
    }
    end_block(m);
    if (type == MD_BLOCK_LI)
        begin_due_item(m);
    else if (type == MD_BLOCK_UL || type == MD_BLOCK_OL)
        m->lists--;
    else if (type == MD_BLOCK_QUOTE)
        m->quotes--;
    return m->status != KITE_OK;
}

enum kite_status kite_markdown_parse(struct kite_markdown *m, const char *source, size_t bytes, uint32_t line)
{
    static const MD_PARSER parser = { 0, PARSER_FLAGS, enter_block, leave_block, kite_markdown_enter_span,
                                      kite_markdown_leave_span, kite_markdown_text, NULL, NULL };
    const char *outer = m->source, *outer_counted = m->counted_to;
    size_t outer_bytes = m->source_bytes;
    uint32_t outer_line = m->counted_line;

    m->source = m->counted_to = source;
    m->source_bytes = bytes;
    m->counted_line = m->line = line;
    if (md_parse(source, (MD_SIZE)bytes, &parser, m) != 0 && m->status == KITE_OK)
        m->status = KITE_E_NOMEM;
    m->source = outer;
    m->counted_to = outer_counted;
    m->source_bytes = outer_bytes;
    m->counted_line = outer_line;
    return m->status;
}
