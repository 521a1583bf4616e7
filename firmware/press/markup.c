/* Blocks: paragraphs, headings, lists, quotations and what else stands on lines of its own. */
#include "press/markup.h"

#include "press/drawing.h"

#include <stdlib.h>
#include <string.h>

#define VERSE_LINE_BYTES_MAX 90u
#define SIGN_SIDE 48
#define ORNAMENT_SIGNS_MAX 9u

static uint8_t at_most(uint32_t value, uint32_t most)
{
    return (uint8_t)(value < most ? value : most);
}

/* ---- paragraphs into the draft ---------------------------------------------------------------------------- */

static struct kite_draft_paragraph new_paragraph(const struct kite_markup *m, enum kite_role role)
{
    struct kite_draft_paragraph p = { .line = m->line, .said = m->direction };

    p.paragraph.role = role;
    p.paragraph.quote_depth = m->is_in_note ? 0 : at_most(m->quotes, KITE_DEPTH_MAX);
    return p;
}

static void add(struct kite_markup *m, struct kite_draft_paragraph *p)
{
    p->anchors = m->is_in_note ? NULL : m->anchors;
    p->pages = m->is_in_note ? NULL : m->pages;
    if (!m->is_in_note) {
        m->anchors = NULL;
        m->pages = NULL;
    }
    if (m->status == KITE_OK)
        m->status = kite_draft_add(m->draft, m->is_in_note ? &m->draft->notes : &m->draft->body, p);
}

/* The role that its place gives to text. */
static void place(struct kite_markup *m, struct kite_draft_paragraph *p)
{
    struct kite_markup_list *list = m->list_count ? &m->lists[m->list_count - 1] : NULL;
    struct kite_paragraph *q = &p->paragraph;

    if (m->is_in_note) {
        q->role = m->note_has_begun ? KITE_ROLE_NOTE_MORE : KITE_ROLE_NOTE;
        m->note_has_begun = true;
    } else if (list) {
        q->role = list->item_is_due ? KITE_ROLE_ITEM : KITE_ROLE_ITEM_MORE;
        q->ordinal = list->item_is_due ? list->ordinal : 0;
        q->depth = at_most(m->list_count, KITE_DEPTH_MAX);
        q->is_tight = list->is_tight;
        if (list->item_is_due) /* the mark stands where those of the other items do */
            q->quote_depth = at_most(list->quotes, KITE_DEPTH_MAX);
    } else if (m->role != KITE_ROLE_PARAGRAPH) {
        q->role = m->role;
        p->has_role = true;
    } else {
        q->role = m->quotes ? KITE_ROLE_QUOTE : KITE_ROLE_PARAGRAPH;
    }
    if (list)
        list->item_is_due = false;
}

/* An item that begins with something other than text has an empty first paragraph. */
static void begin_due_item(struct kite_markup *m)
{
    struct kite_draft_paragraph p = new_paragraph(m, KITE_ROLE_ITEM);

    if (m->list_count == 0 || !m->lists[m->list_count - 1].item_is_due || m->is_in_note || m->is_in_cell)
        return;
    if (m->status == KITE_OK)
        m->status = kite_draft_plain_text(m->draft, "", 0, &p.paragraph.text);
    place(m, &p);
    add(m, &p);
}

/* Lines broken by hand, all of them short, are verse. */
static bool is_verse(const struct kite_markup *m, const struct kite_text *text)
{
    size_t line = 0;

    if (m->is_verse)
        return true;
    if (m->breaks == 0)
        return false;
    for (size_t i = 0; i < text->text_bytes; i++) {
        line = text->text[i] == '\n' ? 0 : line + 1;
        if (line > VERSE_LINE_BYTES_MAX)
            return false;
    }
    return memchr(text->text, '\n', text->text_bytes) != NULL;
}

/* Preformatted text is plain: it has no styles, languages or links. */
static void make_plain(struct kite_text *text)
{
    struct kite_span *spans = (struct kite_span *)(uintptr_t)text->spans; /* the draft's own */

    spans[0] = (struct kite_span){ 0 };
    text->span_count = 1;
}

/* "* * *", and what else stands for a break of thought. */
static bool is_ornament(const struct kite_text *text)
{
    static const char *const signs[] = { "*", "~", "#", " ", "\u2042", "\u2022", "\u00b7", "\u2217", "\u204e", "\u2766", "\u2767", "\u25c6", "\u25c7", "\u273b", "\u273d",
                                         "\u2735", "\u25cb", "\u25cf", "\uff0a", "\u2726", "\u2756", "\u00a0", "\u2003" };
    size_t at = 0, seen = 0;

    while (at < text->text_bytes) {
        size_t i = 0, bytes = 0;

        for (; i < sizeof signs / sizeof *signs; i++) {
            bytes = strlen(signs[i]);
            if (text->text_bytes - at >= bytes && memcmp(text->text + at, signs[i], bytes) == 0)
                break;
        }
        if (i == sizeof signs / sizeof *signs)
            return false;
        seen += signs[i][0] != ' ';
        at += bytes;
    }
    return seen > 0 && seen <= ORNAMENT_SIGNS_MAX && !(text->span_count == 1 && text->spans[0].link);
}

static void finish(struct kite_markup *m, struct kite_draft_paragraph *p)
{
    struct kite_paragraph *q = &p->paragraph;
    bool is_in_place = m->list_count > 0 || m->is_in_note;

    if (m->heading_level && !is_in_place) {
        q->role = KITE_ROLE_HEADING;
        q->depth = at_most(m->heading_level, KITE_LEVEL_MAX);
        q->quote_depth = 0;
    } else if (m->builder.keeps_spaces && !m->is_in_note) {
        begin_due_item(m);
        q->role = KITE_ROLE_PREFORMATTED;
        make_plain(&q->text);
    } else {
        place(m, p);
        if (q->role == KITE_ROLE_PARAGRAPH && is_ornament(&q->text)) {
            q->role = KITE_ROLE_RULE;
            if (m->status == KITE_OK)
                m->status = kite_draft_plain_text(m->draft, "", 0, &q->text);
        }
        if ((q->role == KITE_ROLE_PARAGRAPH || q->role == KITE_ROLE_QUOTE) && is_verse(m, &q->text))
            q->role = KITE_ROLE_VERSE;
    }
    add(m, p);
}

void kite_markup_end(struct kite_markup *m)
{
    struct kite_draft_paragraph p = new_paragraph(m, KITE_ROLE_PARAGRAPH);
    struct kite_span now = m->builder.now;
    bool keeps_spaces = m->builder.keeps_spaces;

    if (m->is_in_cell) { /* a cell holds one line, whatever its markup */
        kite_builder_add(&m->builder, " ", 1);
        return;
    }
    if (m->is_in_stanza) { /* and a stanza has a line for each block */
        size_t count = m->builder.text.count;

        if (count > 0 && m->builder.text.bytes[count - 1] != '\n')
            kite_builder_break(&m->builder, '\n');
        return;
    }
    if (m->heading_level && (m->list_count || m->is_in_note))
        for (size_t i = 0; i < m->builder.span_count; i++)
            m->builder.spans[i].styles |= KITE_STYLE_STRONG;
    if (m->status == KITE_OK && m->builder.text.count > 0)
        m->status = kite_builder_take(&m->builder, m->draft, &p.paragraph.text);
    if (m->status == KITE_OK && p.paragraph.text.text_bytes > 0)
        finish(m, &p);
    kite_builder_reset(&m->builder);
    m->builder.now = now;
    m->builder.keeps_spaces = keeps_spaces;
    m->breaks = 0;
}

/* ---- pictures ---------------------------------------------------------------------------------------------- */

static const char *reference_of(const struct kite_node *node)
{
    static const char *const names[] = { "src", "data-src", "xlink:href", "href" };
    const char *reference = NULL;

    if (kite_node_is(node, "svg"))
        node = kite_node_find(node, "image");
    for (size_t i = 0; i < sizeof names / sizeof *names && !reference; i++)
        reference = kite_node_attribute(node, names[i]);
    return reference;
}

/* A small drawing without a name, of the kind that stands on buttons and in front of links. */
static bool is_sign(const struct kite_node *svg)
{
    const char *width = kite_node_attribute(svg, "width"), *height = kite_node_attribute(svg, "height");
    const char *is_unsaid = kite_node_attribute(svg, "aria-hidden");

    if (!kite_node_is(svg, "svg") || kite_node_find(svg, "title"))
        return false;
    return (is_unsaid && strcmp(is_unsaid, "true") == 0) || (width && height && strtol(width, NULL, 10) <= SIGN_SIDE && strtol(height, NULL, 10) <= SIGN_SIDE &&
                                                               !strchr(width, '%') && !strchr(height, '%') && !kite_node_find(svg, "image"));
}

/* Points that count who reads, and pictures that only decorate. */
static bool is_decoration(const struct kite_node *node)
{
    const char *width = kite_node_attribute(node, "width"), *height = kite_node_attribute(node, "height");
    const char *role = kite_node_attribute(node, "role");

    return (width && strtol(width, NULL, 10) == 1) || (height && strtol(height, NULL, 10) == 1) ||
           (role && strcmp(role, "presentation") == 0) || is_sign(node);
}

/* For what stands in a drawing: as the input has it, from the file in hand. */
static enum kite_status fetch_for_drawing(void *ctx, const char *reference, uint8_t **bytes, size_t *byte_count)
{
    const struct kite_markup *m = ctx;
    const struct kite_press_input *input = m->draft->input;
    char located[KITE_STRING_BYTES_MAX + 1];
    enum kite_status status;

    if (m->locate && m->locate(m->file->name, reference, located))
        return KITE_DONE;
    status = input->fetch ? input->fetch(input->ctx, m->locate ? located : reference, bytes, byte_count) : KITE_DONE;
    return status == KITE_E_NOMEM || status == KITE_OK ? status : KITE_DONE;
}

static enum kite_status get_drawing(struct kite_markup *m, const struct kite_node *svg, uint32_t *index)
{
    struct kite_drawing_source source = { m, fetch_for_drawing };
    struct kite_buffer text = { .mem = m->draft->mem };
    enum kite_status status = kite_drawing_write(svg, &source, &text);

    if (status == KITE_E_LIMIT) {
        kite_draft_note(m->draft, KITE_PRESS_WARNING, svg->line, "a drawing is left out: it has too many shapes");
        status = KITE_DONE;
    }
    status = status ? status : kite_buffer_add_u8(&text, 0);
    if (status == KITE_OK)
        status = kite_draft_picture(m->draft, (const char *)text.bytes, svg->line, index);
    kite_buffer_close(&text);
    return status;
}

/* Fetch and store it; KITE_DONE: it cannot be had. */
static enum kite_status get_picture(struct kite_markup *m, const struct kite_node *node, uint32_t *index)
{
    char located[KITE_STRING_BYTES_MAX + 1];
    const char *reference = reference_of(node);

    if (kite_node_is(node, "svg") && kite_drawing_draws(node))
        return get_drawing(m, node, index);
    if (!reference)
        return KITE_DONE;
    if (m->locate && strncmp(reference, "data:", 5) != 0) {
        if (m->locate(m->file->name, reference, located)) {
            kite_draft_note(m->draft, KITE_PRESS_WARNING, node->line, "a picture is not here: %.*s",
                            kite_shown_bytes(reference, strlen(reference), 60), reference);
            return KITE_DONE;
        }
        reference = located;
    }
    return kite_draft_picture(m->draft, reference, node->line, index);
}

/* The words that stand for a picture: its alternative text, of a drawing its title, its description or the words in it. */
static enum kite_status words_for(const struct kite_markup *m, const struct kite_node *node, struct kite_buffer *out)
{
    static const char *const attributes[] = { "alt", "aria-label", "title" };
    static const char *const parts[] = { "title", "desc" };
    const struct kite_node *part = NULL;
    enum kite_status status = KITE_OK;

    *out = (struct kite_buffer){ .mem = m->draft->mem };
    for (size_t i = 0; i < sizeof attributes / sizeof *attributes; i++) {
        const char *text = kite_node_attribute(node, attributes[i]);

        if (text)
            return kite_buffer_add_text(out, text);
    }
    for (size_t i = 0; i < sizeof parts / sizeof *parts && !part; i++)
        part = kite_node_find(node, parts[i]);
    if (part)
        return kite_node_text(part, out);
    for (const struct kite_node *at = node->first; at && status == KITE_OK; at = kite_node_step(at, node, !kite_node_is(at, "text"))) {
        if (kite_node_is(at, "text"))
            status = kite_buffer_add_text(out, " ");
        if (kite_node_is(at, "text") && status == KITE_OK)
            status = kite_node_text(at, out);
    }
    return status;
}

static void add_picture(struct kite_markup *m, const struct kite_node *node, const char *words, size_t bytes)
{
    struct kite_draft_paragraph p;
    enum kite_status status;

    kite_markup_end(m);
    begin_due_item(m);
    p = new_paragraph(m, KITE_ROLE_PICTURE);
    p.has_role = true;
    status = get_picture(m, node, &p.paragraph.picture);
    if (status == KITE_DONE) { /* its words stay */
        p.paragraph.picture = 0;
        p.paragraph.role = KITE_ROLE_CAPTION;
    } else {
        m->status = status;
    }
    if (m->status == KITE_OK)
        m->status = kite_draft_plain_text(m->draft, words, bytes, &p.paragraph.text);
    if (m->status == KITE_OK && (status == KITE_OK || p.paragraph.text.text_bytes > 0))
        add(m, &p);
    else if (m->status == KITE_OK)
        m->left_out[KITE_MARKUP_DRAWINGS] += kite_node_is(node, "svg");
}

void kite_markup_picture(struct kite_markup *m, const struct kite_node *node)
{
    struct kite_buffer words;

    if (is_decoration(node) || m->status)
        return;
    m->status = words_for(m, node, &words);
    if (m->status == KITE_OK && (m->is_in_note || m->is_in_cell)) { /* neither holds pictures */
        m->left_out[m->is_in_note ? KITE_MARKUP_PICTURES_IN_NOTES : KITE_MARKUP_PICTURES_IN_CELLS]++;
        kite_builder_add(&m->builder, words.count ? (const char *)words.bytes : "", words.count);
    } else if (m->status == KITE_OK) {
        add_picture(m, node, words.count ? (const char *)words.bytes : "", words.count);
    }
    kite_buffer_close(&words);
}

/* ---- elements ---------------------------------------------------------------------------------------------- */

bool kite_markup_is_hidden(const struct kite_markup *m, const struct kite_node *node)
{
    return node->name && (kite_node_attribute(node, "hidden") || kite_css_style_of(m->css, node).yes & KITE_CSS_HIDDEN);
}

static void enter_plain(struct kite_markup *m, struct kite_node *node)
{
    kite_markup_blocks(m, node);
}

static void enter_heading(struct kite_markup *m, struct kite_node *node)
{
    m->heading_level = (uint8_t)(node->name[1] - '0');
    kite_markup_blocks(m, node);
    kite_markup_end(m);
    m->heading_level = 0;
}

static void enter_quote(struct kite_markup *m, struct kite_node *node)
{
    m->quotes++;
    kite_markup_blocks(m, node);
    kite_markup_end(m);
    m->quotes--;
}

/* An item whose text stands without paragraphs makes a tight list. */
static bool is_tight(const struct kite_node *list)
{
    for (const struct kite_node *item = list->first; item; item = item->next) {
        if (kite_node_is(item, "li") && kite_node_child(item, "p"))
            return false;
    }
    return true;
}

static uint32_t number_of(const char *text, uint32_t otherwise)
{
    long value = text ? strtol(text, NULL, 10) : -1;

    return value >= 0 && value < 1000000 ? (uint32_t)value : otherwise;
}

static bool numbers_by_letters(const struct kite_node *list)
{
    const char *type = kite_node_attribute(list, "type"), *style = kite_node_attribute(list, "style");

    return kite_node_is(list, "ol") && ((type && strchr("aAiI", type[0]) && type[0]) ||
                                        (style && (strstr(style, "lower-alpha") || strstr(style, "upper-alpha") || strstr(style, "-roman") || strstr(style, "-latin"))));
}

static void enter_list(struct kite_markup *m, struct kite_node *node)
{
    begin_due_item(m);
    m->left_out[KITE_MARKUP_LETTERS] += numbers_by_letters(node);
    if (m->list_count == KITE_MARKUP_LISTS_MAX) { /* deeper ones stay at this depth */
        kite_markup_blocks(m, node);
        return;
    }
    m->lists[m->list_count++] = (struct kite_markup_list){
        .next_ordinal = kite_node_is(node, "ol") ? number_of(kite_node_attribute(node, "start"), 1) : 0, .is_tight = is_tight(node),
        .quotes = m->quotes
    };
    kite_markup_blocks(m, node);
    kite_markup_end(m);
    m->list_count--;
}

static void enter_item(struct kite_markup *m, struct kite_node *node)
{
    struct kite_markup_list *list = m->list_count ? &m->lists[m->list_count - 1] : NULL;

    if (list) {
        bool is_numbered = list->next_ordinal > 0 || kite_node_is(node->parent, "ol");

        list->ordinal = is_numbered ? number_of(kite_node_attribute(node, "value"), list->next_ordinal) : 0;
        list->next_ordinal = is_numbered ? list->ordinal + 1 : 0;
        list->item_is_due = true;
    }
    kite_markup_blocks(m, node);
    kite_markup_end(m);
    begin_due_item(m);
}

/* The words to be explained are heavy, the explanation is an item. */
static void enter_term(struct kite_markup *m, struct kite_node *node)
{
    uint32_t styles = m->builder.now.styles;

    m->builder.now.styles |= KITE_STYLE_STRONG;
    kite_markup_blocks(m, node);
    kite_markup_end(m);
    m->builder.now.styles = styles;
}

static void enter_explanation(struct kite_markup *m, struct kite_node *node)
{
    m->quotes += m->list_count == 0;
    kite_markup_blocks(m, node);
    kite_markup_end(m);
    m->quotes -= m->list_count == 0;
}

static void enter_preformatted(struct kite_markup *m, struct kite_node *node)
{
    kite_markup_end(m);
    m->builder.keeps_spaces = !m->is_in_cell && !m->is_in_note && (!m->heading_level || m->list_count > 0);
    kite_markup_blocks(m, node);
    kite_markup_end(m);
    m->builder.keeps_spaces = false;
}

static void enter_rule(struct kite_markup *m, struct kite_node *node)
{
    struct kite_draft_paragraph p = new_paragraph(m, KITE_ROLE_RULE);

    (void)node;
    if (m->is_in_note || m->is_in_cell)
        return;
    begin_due_item(m);
    if (m->status == KITE_OK)
        m->status = kite_draft_plain_text(m->draft, "", 0, &p.paragraph.text);
    add(m, &p);
}

static enum kite_status words_of(const struct kite_markup *m, const struct kite_node *node, struct kite_buffer *out)
{
    *out = (struct kite_buffer){ .mem = m->draft->mem };
    return kite_node_text(node, out);
}

/* Some programs write the words that stand for a picture below it as well. */
static bool repeats_picture(struct kite_markup *m, const struct kite_node *caption)
{
    const struct kite_node *picture = kite_node_find(caption->parent, "img");
    const char *alternative = kite_node_attribute(picture, "alt");
    struct kite_buffer words;
    bool is_same = false;

    if (m->status == KITE_OK && alternative)
        m->status = words_of(m, caption, &words);
    if (m->status || !alternative)
        return false;
    is_same = words.count == strlen(alternative) && memcmp(words.bytes, alternative, words.count) == 0;
    kite_buffer_close(&words);
    return is_same;
}

static void enter_caption(struct kite_markup *m, struct kite_node *node)
{
    enum kite_role role = m->role;

    if (repeats_picture(m, node))
        return;
    m->role = KITE_ROLE_CAPTION;
    kite_markup_blocks(m, node);
    kite_markup_end(m);
    m->role = role;
}

static void enter_table(struct kite_markup *m, struct kite_node *node)
{
    begin_due_item(m);
    kite_markup_table(m, node);
}

static void enter_nothing(struct kite_markup *m, struct kite_node *node)
{
    (void)m;
    (void)node;
}

/* What an element means, where it stands on lines of its own. */
static const struct block_row {
    const char *name;
    void (*enter)(struct kite_markup *m, struct kite_node *node);
} block_rows[] = {
    { "address", enter_plain },   { "article", enter_plain },     { "aside", enter_plain },   { "blockquote", enter_quote },
    { "body", enter_plain },      { "caption", enter_caption },   { "center", enter_plain },  { "dd", enter_explanation },
    { "details", enter_plain },   { "dir", enter_list },          { "div", enter_plain },     { "dl", enter_plain },
    { "dt", enter_term },         { "fieldset", enter_plain },    { "figcaption", enter_caption }, { "figure", enter_plain },
    { "footer", enter_plain },    { "form", enter_plain },        { "h1", enter_heading },    { "h2", enter_heading },
    { "h3", enter_heading },      { "h4", enter_heading },        { "h5", enter_heading },    { "h6", enter_heading },
    { "head", enter_nothing },    { "header", enter_plain },      { "hgroup", enter_plain },  { "hr", enter_rule },
    { "html", enter_plain },      { "li", enter_item },           { "main", enter_plain },    { "menu", enter_list },
    { "nav", enter_plain },       { "ol", enter_list },           { "p", enter_plain },       { "pre", enter_preformatted },
    { "section", enter_plain },   { "summary", enter_term },      { "table", enter_table },   { "tbody", enter_plain },
    { "td", enter_plain },        { "tfoot", enter_plain },       { "th", enter_plain },      { "thead", enter_plain },
    { "tr", enter_plain },        { "ul", enter_list },
};

static int compare_rows(const void *name, const void *row)
{
    return strcmp(name, ((const struct block_row *)row)->name);
}

static const struct block_row *row_of(const struct kite_node *node)
{
    return node->name ? bsearch(node->name, block_rows, sizeof block_rows / sizeof *block_rows, sizeof *block_rows, compare_rows)
                      : NULL;
}

bool kite_markup_is_block(const struct kite_node *node)
{
    return row_of(node) != NULL;
}

/* "verse", "poem": by class or by what an EPUB says of it. */
static bool says_verse(const struct kite_node *node)
{
    static const char *const words[] = { "verse", "poem", "poetry", "stanza", "lg", "line-block", "z3998:verse", "z3998:poem" };

    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (kite_node_has_word(node, "class", words[i]) || kite_node_has_word(node, "epub:type", words[i]))
            return true;
    }
    return false;
}

/* A stanza whose lines are blocks. */
static bool is_stanza(const struct kite_markup *m, const struct kite_node *node)
{
    static const char *const words[] = { "stanza", "lg", "line-block", "linegroup", "line-group", "strophe" };
    static const char *const others[] = { "img", "svg", "table", "ul", "ol", "h1", "h2", "h3", "h4", "blockquote", "hr", "pre", "dl" };
    bool says_so = false, has_blocks = false;

    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        says_so = says_so || kite_node_has_word(node, "class", words[i]) || kite_node_has_word(node, "epub:type", words[i]);
    for (size_t i = 0; i < sizeof others / sizeof *others && says_so; i++)
        says_so = !kite_node_find(node, others[i]);
    for (const struct kite_node *child = says_so ? node->first : NULL; child; child = child->next)
        has_blocks = has_blocks || kite_node_is(child, "p") || kite_node_is(child, "div");
    return has_blocks && !m->is_in_stanza && !m->is_in_cell && !m->is_in_note && !m->list_count && !m->heading_level && !m->builder.keeps_spaces;
}

/* What an EPUB, or an importer that writes these elements, says that a block is. */
static enum kite_role said_role(const struct kite_node *node, enum kite_role otherwise)
{
    static const struct {
        const char *type;
        enum kite_role role;
    } rows[] = {
        { "attribution", KITE_ROLE_ATTRIBUTION }, { "byline", KITE_ROLE_BYLINE },   { "epigraph", KITE_ROLE_EPIGRAPH },
        { "subtitle", KITE_ROLE_SUBTITLE },       { "fulltitle", KITE_ROLE_TITLE },
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (kite_node_has_word(node, "epub:type", rows[i].type))
            return rows[i].role;
    }
    return otherwise;
}

static void enter(struct kite_markup *m, struct kite_node *node, const struct block_row *row)
{
    enum kite_role role = m->role;
    bool was_verse = m->is_verse, begins_stanza;
    uint32_t styles = m->builder.now.styles;
    kite_lang lang = m->builder.now.lang;
    enum kite_said_direction direction = m->direction;
    struct kite_css_style style = kite_css_style_of(m->css, node);

    kite_markup_end(m);
    kite_markup_take_anchors(m, node);
    if (kite_markup_is_page_break(node))
        return;
    m->line = node->line;
    m->builder.now.lang = kite_markup_lang(m, node, lang);
    m->direction = m->is_in_cell ? direction : kite_markup_direction(m, node, direction);
    m->role = said_role(node, role);
    m->is_verse = was_verse || says_verse(node);
    m->builder.now.styles |= (style.yes & KITE_CSS_EMPHASIS ? KITE_STYLE_EMPHASIS : 0u) |
                             (style.yes & KITE_CSS_STRONG && row->enter != enter_heading ? KITE_STYLE_STRONG : 0u) |
                             (style.yes & KITE_CSS_SMALL_CAPS ? KITE_STYLE_SMALL_CAPS : 0u);
    begins_stanza = is_stanza(m, node);
    m->is_in_stanza = m->is_in_stanza || begins_stanza;
    row->enter(m, node);
    m->is_in_stanza = m->is_in_stanza && !begins_stanza;
    kite_markup_end(m);
    m->builder.now.styles = styles;
    m->builder.now.lang = lang;
    m->direction = direction;
    m->role = role;
    m->is_verse = was_verse;
}

void kite_markup_blocks(struct kite_markup *m, struct kite_node *node)
{
    for (struct kite_node *child = node->first; child && m->status == KITE_OK; child = child->next) {
        const struct block_row *row = row_of(child);

        if (child->mark == KITE_MARK_LEFT_OUT || kite_is_note_body(child) ||
            (kite_markup_is_hidden(m, child) && !kite_markup_is_page_break(child)))
            continue;
        if (row)
            enter(m, child, row);
        else
            kite_markup_inline(m, child);
    }
}

/* ---- the whole ---------------------------------------------------------------------------------------------- */

static const struct kite_markup_file *file_of(const struct kite_markup *m, const struct kite_node *node)
{
    size_t i = (size_t)(m->file - m->files); /* notes of one file mostly follow each other */

    while (node->parent)
        node = node->parent;
    for (size_t tried = 1; tried < m->file_count && m->files[i].root != node; tried++)
        i = (i + 1) % m->file_count;
    return &m->files[i];
}

/* Of the text in an element, by what stands above it. */
static kite_lang lang_at(const struct kite_markup *m, const struct kite_node *node)
{
    while (node && !kite_node_attribute(node, "lang") && !kite_node_attribute(node, "xml:lang"))
        node = node->parent;
    return node ? kite_markup_lang(m, node, 0) : 0;
}

static void add_notes(struct kite_markup *m)
{
    m->is_in_note = true;
    m->quotes = 0;
    for (size_t i = 0; i < m->note_count && m->status == KITE_OK; i++) {
        m->note_has_begun = false;
        m->file = file_of(m, m->notes[i]);
        m->line = m->notes[i]->line;
        m->builder.now.lang = lang_at(m, m->notes[i]);
        m->direction = kite_markup_direction_at(m, m->notes[i]);
        m->label = m->labels[i];
        kite_markup_blocks(m, m->notes[i]);
        kite_markup_end(m);
        m->label = NULL;
        m->label_is_over = false;
        if (!m->note_has_begun) { /* a mark must lead to something */
            kite_builder_add(&m->builder, m->labels[i], strlen(m->labels[i]));
            kite_markup_end(m);
        }
    }
}

static void tell_left_out(const struct kite_markup *m)
{
    static const char *const words[KITE_MARKUP_LEFT_OUT_COUNT] = {
        [KITE_MARKUP_FILMS] = "films or recordings",
        [KITE_MARKUP_FRAMES] = "frames with other pages",
        [KITE_MARKUP_FIELDS] = "fields and buttons of forms",
        [KITE_MARKUP_DRAWINGS] = "drawings without words",
        [KITE_MARKUP_LINKS_IN_CODE] = "links in preformatted text; their words are kept",
        [KITE_MARKUP_PICTURES_IN_NOTES] = "pictures in notes; the words that stand for them are kept",
        [KITE_MARKUP_PICTURES_IN_CELLS] = "pictures in tables; the words that stand for them are kept",
    };

    if (m->left_out[KITE_MARKUP_LETTERS] > 0)
        kite_draft_note(m->draft, KITE_PRESS_NOTE, 0, "%u lists that are numbered by letters or Roman numerals show digits", (unsigned)m->left_out[KITE_MARKUP_LETTERS]);
    for (int kind = 1; kind < KITE_MARKUP_LETTERS; kind++) {
        if (m->left_out[kind] > 0)
            kite_draft_note(m->draft, KITE_PRESS_WARNING, 0, "left out: %u %s", (unsigned)m->left_out[kind], words[kind]);
    }
}

enum kite_status kite_markup_import(struct kite_markup *m)
{
    m->role = KITE_ROLE_PARAGRAPH;
    kite_builder_init(&m->builder, &m->draft->mem);
    kite_markup_find_notes(m);
    for (size_t i = 0; i < m->file_count && m->status == KITE_OK; i++) {
        m->file = &m->files[i];
        kite_markup_take_anchors(m, NULL);
        kite_markup_take_anchors(m, m->file->top);
        m->builder.now.lang = lang_at(m, m->file->top);
        m->direction = kite_markup_direction_at(m, m->file->top);
        if (m->direction == KITE_SAID_RTL)
            m->draft->said = KITE_SAID_RTL;
        kite_markup_blocks(m, m->file->top);
        kite_markup_end(m);
    }
    add_notes(m);
    if (m->status == KITE_OK)
        m->status = m->builder.status;
    tell_left_out(m);
    kite_builder_close(&m->builder);
    return m->status;
}
