/* Text and what stands within lines: emphasis, links, marks of notes, breaks. */
#include "press/markup.h"

#include <stdlib.h>
#include <string.h>

static void add(struct kite_markup *m, const char *text)
{
    kite_builder_add(&m->builder, text, strlen(text));
}

static void inside(struct kite_markup *m, struct kite_node *node)
{
    for (struct kite_node *child = node->first; child && m->status == KITE_OK; child = child->next)
        kite_markup_inline(m, child);
}

/* ---- links --------------------------------------------------------------------------------------------------- */

/* "https:", "mailto:"; not what would run on a page. */
static bool is_outside(const char *href)
{
    size_t bytes = strspn(href, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+.-");

    return bytes > 1 && href[bytes] == ':' && strncmp(href, "javascript:", 11) != 0 && strncmp(href, "file:", 5) != 0;
}

static uint32_t link_of(struct kite_markup *m, const struct kite_node *node)
{
    char address[KITE_STRING_BYTES_MAX + 2] = "#";
    const char *href = kite_node_attribute(node, "href");
    uint32_t link = 0;

    href = href ? href : kite_node_attribute(node, "xlink:href");
    if (!href || m->status)
        return 0;
    if (kite_markup_key(m, href, address + 1))
        href = address;
    else if (!is_outside(href))
        return 0;
    m->status = kite_draft_link(m->draft, href, strlen(href), &link);
    return link;
}

/* The sign behind a heading that gives its address away. */
static bool is_permalink(const struct kite_node *node)
{
    return kite_node_has_word(node, "class", "headerlink") ||
           (node->first && !node->first->next && node->first->text && strcmp(node->first->text, "\xC2\xB6") == 0);
}

static void enter_link(struct kite_markup *m, struct kite_node *node)
{
    uint32_t outer = m->builder.now.link, link;

    if (is_permalink(node))
        return;
    if (node->mark == KITE_MARK_BACK) { /* where it stands first, it shows the label */
        m->label_is_over = m->label != NULL;
        m->label = NULL;
        return;
    }
    if (kite_is_note_ref(node) && m->is_in_note) { /* a note has no marks of its own */
        inside(m, node);
        return;
    }
    if (kite_is_note_ref(node)) {
        uint32_t styles = m->builder.now.styles;

        m->builder.now.styles &= ~(uint32_t)(KITE_STYLE_SUPERSCRIPT | KITE_STYLE_SUBSCRIPT);
        m->builder.has_space = false; /* a mark stands at its word */
        kite_builder_note(&m->builder, node->mark - KITE_MARK_NOTE_REF);
        m->builder.now.styles = styles;
        return;
    }
    link = link_of(m, node);
    if (link && m->builder.keeps_spaces) {
        m->left_out[KITE_MARKUP_LINKS_IN_CODE]++;
        link = 0;
    }
    m->builder.now.link = link ? link : outer;
    inside(m, node);
    m->builder.now.link = outer;
}

/* ---- elements with a way of their own --------------------------------------------------------------------------- */

static void enter_break(struct kite_markup *m, struct kite_node *node)
{
    (void)node;
    if (m->is_in_cell) {
        add(m, " ");
    } else if (m->builder.text.count > 0) {
        kite_builder_break(&m->builder, '\n');
        m->breaks++;
    }
}

static void enter_picture(struct kite_markup *m, struct kite_node *node)
{
    kite_markup_picture(m, node);
}

static void enter_quotation(struct kite_markup *m, struct kite_node *node)
{
    add(m, "\"");
    inside(m, node);
    add(m, "\"");
}

/* The next element, passing over parentheses for those who show no readings. */
static const struct kite_node *next_reading(const struct kite_node *node, bool is_back)
{
    const struct kite_node *found = NULL, *start = is_back && node->parent ? node->parent->first : node->next;

    for (const struct kite_node *at = start; at && at != node; at = at->next) {
        bool counts = at->name ? !kite_node_is(at, "rp") : strspn(at->text, " \t\r\n") < at->text_bytes;

        if (counts && !is_back)
            return at;
        found = counts ? at : found;
    }
    return found;
}

/* How a word is read stands behind it in parentheses; the readings of several signs in a row, in one pair. */
static void enter_reading(struct kite_markup *m, struct kite_node *node)
{
    m->builder.has_space = false;
    if (!kite_node_is(next_reading(node, true), "rt"))
        add(m, "(");
    inside(m, node);
    m->builder.has_space = false;
    if (!kite_node_is(next_reading(node, false), "rt"))
        add(m, ")");
}

static void enter_nothing(struct kite_markup *m, struct kite_node *node)
{
    (void)m;
    (void)node;
}

/* ---- the table ------------------------------------------------------------------------------------------------------ */

static const struct inline_row {
    const char *name;
    uint32_t styles;
    void (*enter)(struct kite_markup *m, struct kite_node *node); /* NULL: just what is inside */
    enum kite_markup_left_out left_out;
} inline_rows[] = {
    { "a", 0, enter_link, KITE_MARKUP_NO_LOSS },
    { "audio", 0, enter_nothing, KITE_MARKUP_FILMS },
    { "b", KITE_STYLE_STRONG, NULL, KITE_MARKUP_NO_LOSS },
    { "br", 0, enter_break, KITE_MARKUP_NO_LOSS },
    { "button", 0, enter_nothing, KITE_MARKUP_FIELDS },
    { "canvas", 0, enter_nothing, KITE_MARKUP_DRAWINGS },
    { "cite", KITE_STYLE_EMPHASIS, NULL, KITE_MARKUP_NO_LOSS },
    { "code", KITE_STYLE_CODE, NULL, KITE_MARKUP_NO_LOSS },
    { "del", KITE_STYLE_STRIKE, NULL, KITE_MARKUP_NO_LOSS },
    { "dfn", KITE_STYLE_EMPHASIS, NULL, KITE_MARKUP_NO_LOSS },
    { "em", KITE_STYLE_EMPHASIS, NULL, KITE_MARKUP_NO_LOSS },
    { "i", KITE_STYLE_EMPHASIS, NULL, KITE_MARKUP_NO_LOSS },
    { "iframe", 0, enter_nothing, KITE_MARKUP_FRAMES },
    { "image", 0, enter_picture, KITE_MARKUP_NO_LOSS },
    { "img", 0, enter_picture, KITE_MARKUP_NO_LOSS },
    { "input", 0, enter_nothing, KITE_MARKUP_FIELDS },
    { "kbd", KITE_STYLE_CODE, NULL, KITE_MARKUP_NO_LOSS },
    { "noscript", 0, enter_nothing, KITE_MARKUP_NO_LOSS },
    { "object", 0, NULL, KITE_MARKUP_NO_LOSS },
    { "q", 0, enter_quotation, KITE_MARKUP_NO_LOSS },
    { "rp", 0, enter_nothing, KITE_MARKUP_NO_LOSS },
    { "rt", 0, enter_reading, KITE_MARKUP_NO_LOSS },
    { "s", KITE_STYLE_STRIKE, NULL, KITE_MARKUP_NO_LOSS },
    { "samp", KITE_STYLE_CODE, NULL, KITE_MARKUP_NO_LOSS },
    { "script", 0, enter_nothing, KITE_MARKUP_NO_LOSS },
    { "select", 0, enter_nothing, KITE_MARKUP_FIELDS },
    { "strike", KITE_STYLE_STRIKE, NULL, KITE_MARKUP_NO_LOSS },
    { "strong", KITE_STYLE_STRONG, NULL, KITE_MARKUP_NO_LOSS },
    { "style", 0, enter_nothing, KITE_MARKUP_NO_LOSS },
    { "sub", KITE_STYLE_SUBSCRIPT, NULL, KITE_MARKUP_NO_LOSS },
    { "sup", KITE_STYLE_SUPERSCRIPT, NULL, KITE_MARKUP_NO_LOSS },
    { "svg", 0, enter_picture, KITE_MARKUP_NO_LOSS },
    { "template", 0, enter_nothing, KITE_MARKUP_NO_LOSS },
    { "textarea", 0, enter_nothing, KITE_MARKUP_FIELDS },
    { "title", 0, enter_nothing, KITE_MARKUP_NO_LOSS },
    { "tt", KITE_STYLE_CODE, NULL, KITE_MARKUP_NO_LOSS },
    { "u", KITE_STYLE_EMPHASIS, NULL, KITE_MARKUP_NO_LOSS },
    { "var", KITE_STYLE_EMPHASIS, NULL, KITE_MARKUP_NO_LOSS },
    { "video", 0, enter_nothing, KITE_MARKUP_FILMS },
};

static int compare_rows(const void *name, const void *row)
{
    return strcmp(name, ((const struct inline_row *)row)->name);
}

static uint32_t styles_by_css(uint32_t styles, struct kite_css_style css)
{
    static const struct {
        unsigned meaning;
        uint32_t style;
    } rows[] = {
        { KITE_CSS_EMPHASIS, KITE_STYLE_EMPHASIS }, { KITE_CSS_STRONG, KITE_STYLE_STRONG },
        { KITE_CSS_SMALL_CAPS, KITE_STYLE_SMALL_CAPS }, { KITE_CSS_STRIKE, KITE_STYLE_STRIKE },
        { KITE_CSS_SUPERSCRIPT, KITE_STYLE_SUPERSCRIPT }, { KITE_CSS_SUBSCRIPT, KITE_STYLE_SUBSCRIPT },
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (css.no & rows[i].meaning)
            styles &= ~rows[i].style;
        if (css.yes & rows[i].meaning)
            styles |= rows[i].style;
    }
    return styles;
}

kite_lang kite_markup_lang(const struct kite_markup *m, const struct kite_node *node, kite_lang outer)
{
    const char *text = kite_node_attribute(node, "lang");
    kite_lang lang;

    text = text ? text : kite_node_attribute(node, "xml:lang");
    lang = text ? kite_lang_from_text(text) : 0;
    if (!lang)
        return outer;
    return kite_lang_primary(lang) == kite_lang_primary(m->draft->lang) ? 0 : lang;
}

static void enter_element(struct kite_markup *m, struct kite_node *node)
{
    const struct inline_row *row =
        bsearch(node->name, inline_rows, sizeof inline_rows / sizeof *inline_rows, sizeof *inline_rows, compare_rows);
    struct kite_css_style css = kite_css_style_of(m->css, node);
    uint32_t styles = m->builder.now.styles;
    kite_lang lang = m->builder.now.lang;
    const char *end;

    if (kite_markup_is_page_break(node)) { /* many are not to be seen */
        kite_markup_take_anchors(m, node);
        return;
    }
    if (kite_markup_is_hidden(m, node))
        return;
    if (row)
        m->left_out[row->left_out]++;
    kite_markup_take_anchors(m, node);
    m->builder.now.styles = styles_by_css(styles | (row ? row->styles : 0), css);
    m->builder.now.lang = kite_markup_lang(m, node, lang);
    add(m, kite_markup_turn(m, node, &end));
    if (row && row->enter)
        row->enter(m, node);
    else if (row || !kite_markup_math(m, node))
        inside(m, node);
    add(m, end);
    m->builder.now.styles = styles;
    m->builder.now.lang = lang;
}

/* Is there nothing but these? */
static bool is_only(const char *signs, const char *text, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++) {
        if (!strchr(signs, text[i]))
            return false;
    }
    return true;
}

/* Leaves these away at the start; true where there is nothing else. */
static bool skip_any(const char *signs, const char **text, size_t *bytes)
{
    for (; *bytes > 0 && strchr(signs, **text); (*bytes)--)
        (*text)++;
    return *bytes == 0;
}

void kite_markup_inline(struct kite_markup *m, struct kite_node *node)
{
    if (m->status || node->mark == KITE_MARK_LEFT_OUT || kite_is_note_body(node))
        return;
    if (!node->name) {
        const char *text = node->text;
        size_t bytes = node->text_bytes;

        if (m->label_is_over)
            m->label_is_over = skip_any(".):] \t\r\n", &text, &bytes);
        if (m->label && !is_only("[( \t\r\n", text, bytes)) {
            kite_markup_skip_label(m->label, &text, &bytes);
            m->label = NULL;
        }
        if (!m->label)
            kite_builder_add(&m->builder, text, bytes);
    } else if (kite_markup_is_block(node)) { /* a block within a line ends it */
        struct kite_node only = { .name = "div", .first = node };
        struct kite_node *next = node->next;

        node->next = NULL;
        kite_markup_blocks(m, &only);
        node->next = next;
    } else {
        enter_element(m, node);
    }
}
