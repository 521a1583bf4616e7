/* HTML: a file of one's own, or a page saved from the web. Of such a page the main text counts; what surrounds it (menus, banners,
 * forms, lists of other pages) is left out, and the report says so.
 *
 * The rules: an element says by its name, role, class or id that it surrounds; one that holds a large part of all words in paragraphs
 * is kept whatever it says, and so are boxes with sentences of their own. The main text is what the page calls so, where that holds most of these words, else the
 * smallest element that holds nearly all of them. */
#include "press/html.h"

#include <string.h>

#define LOOK_BYTES 4096u
#define WHOLE_PERCENT 100u
#define KEPT_PERCENT 40u /* of the words in paragraphs: an element with more is no surrounding */
#define MAIN_PERCENT 97u /* that the main text must hold, where nothing says that it is that */
#define SAID_MAIN_PERCENT 50u
#define TEXT_LETTERS 150u /* that a part beside the text must have to be kept */
#define SENTENCE_LETTERS 25u /* in one piece, that stand in a paragraph whatever is around them */
#define LINKS_PERCENT 50u /* of an element's words: a list with more is a menu */

/* ---- recognising ---------------------------------------------------------------------------------------------- */

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

static bool starts_with(const uint8_t *bytes, size_t count, const char *word)
{
    size_t i = 0;

    while (word[i] && i < count && lower((char)bytes[i]) == word[i])
        i++;
    return word[i] == '\0';
}

static bool is_html(const struct kite_press_input *input)
{
    static const char *const starts[] = { "<!doctype html", "<html", "<head", "<body", "<?xml", "<!--" };
    const uint8_t *at = input->bytes, *end = at + input->byte_count;
    size_t look = input->byte_count < LOOK_BYTES ? input->byte_count : LOOK_BYTES;

    if (end - at >= 3 && memcmp(at, "\xEF\xBB\xBF", 3) == 0)
        at += 3;
    while (at < end && (*at == ' ' || *at == '\n' || *at == '\r' || *at == '\t'))
        at++;
    for (size_t i = 0; i < sizeof starts / sizeof *starts; i++) {
        if (!starts_with(at, (size_t)(end - at), starts[i]))
            continue;
        if (i < 4)
            return true;
        for (size_t k = 0; k < look; k++) { /* what begins so may be other XML */
            if (starts_with(input->bytes + k, input->byte_count - k, "<html") || starts_with(input->bytes + k, input->byte_count - k, "<body"))
                return true;
        }
    }
    return false;
}

/* The first letters of UTF-16, as far as they are ASCII. */
static size_t narrowed(const struct kite_press_input *input, char *out, size_t capacity)
{
    const uint8_t *bytes = input->bytes;
    bool has_mark = input->byte_count >= 2 && ((bytes[0] == 0xff && bytes[1] == 0xfe) || (bytes[0] == 0xfe && bytes[1] == 0xff));
    size_t at = has_mark ? 2 : 0, count = 0;

    for (; at + 1 < input->byte_count && count < capacity; at += 2) {
        if (bytes[at] != 0 && bytes[at + 1] != 0)
            out[count++] = '?';
        else
            out[count++] = (char)(bytes[at] | bytes[at + 1]);
    }
    return count;
}

bool kite_is_html(const struct kite_press_input *input)
{
    char start[LOOK_BYTES];
    struct kite_press_input narrow = { .bytes = (const uint8_t *)start };

    if (input->byte_count < 4 || (input->bytes[0] != 0 && input->bytes[1] != 0 && input->bytes[0] < 0xfe))
        return is_html(input);
    narrow.byte_count = narrowed(input, start, sizeof start);
    return is_html(&narrow);
}

/* ---- words ------------------------------------------------------------------------------------------------------ */

static size_t letters(const char *text, size_t bytes)
{
    size_t count = 0;

    for (size_t i = 0; i < bytes; i++)
        count += text[i] != ' ' && text[i] != '\n' && text[i] != '\t' && text[i] != '\r';
    return count;
}

static bool is_never_text(const struct kite_node *node)
{
    static const char *const names[] = { "script", "style", "noscript", "template", "head", "select", "textarea", "button", "svg" };

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (kite_node_is(node, names[i]))
            return true;
    }
    return false;
}

/* Letters below a node: all of them, those in paragraphs, those in links. */
struct tally {
    size_t all, running, linked;
};

static bool is_running(const struct kite_node *node)
{
    static const char *const names[] = { "p", "blockquote", "pre", "dd" };

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (kite_node_is(node, names[i]))
            return true;
    }
    return false;
}

static void count_words(const struct kite_node *top, const struct kite_node *node, struct tally *tally)
{
    size_t count = letters(node->text, node->text_bytes);
    bool is_in_running = false, is_linked = false;

    for (const struct kite_node *above = node->parent; above && above != top->parent; above = above->parent) {
        is_in_running = is_in_running || is_running(above);
        is_linked = is_linked || (kite_node_is(above, "a") && kite_node_attribute(above, "href")); /* others are places: some never end */
    }
    tally->all += count;
    tally->running += (is_in_running || count >= SENTENCE_LETTERS) && !is_linked ? count : 0;
    tally->linked += is_linked ? count : 0;
}

static struct tally tally_of(const struct kite_node *top)
{
    struct tally tally = { 0, 0, 0 };
    const struct kite_node *node = top;

    while (node) {
        bool is_in = !is_never_text(node) && node->mark != KITE_MARK_LEFT_OUT;

        if (!node->name)
            count_words(top, node, &tally);
        node = kite_node_step(node, top, is_in);
    }
    return tally;
}

/* ---- what surrounds the text ---------------------------------------------------------------------------------------- */

/* The words of a class or id that begin or end with one of these. */
static bool holds_part(const char *text, const char *const *parts)
{
    for (; text && *parts; parts++) {
        size_t bytes = strlen(*parts);

        for (const char *at = strstr(text, *parts); at; at = strstr(at + 1, *parts)) {
            bool begins = at == text || strchr(" -_", at[-1]), ends = at[bytes] == '\0' || strchr(" -_s", at[bytes]);

            if (begins && ends)
                return true;
        }
    }
    return false;
}

static bool is_one_of(const char *word, const char *const *words)
{
    for (; word && *words; words++) {
        if (strcmp(word, *words) == 0)
            return true;
    }
    return false;
}

/* What is never part of a text, and what is only where it has hardly any of its own: a box beside a text may hold what belongs to it. */
enum surrounding { SURROUNDING_NOT = 0, SURROUNDING_MAYBE, SURROUNDING_ALWAYS };

static enum surrounding said_surrounding(const struct kite_node *node)
{
    static const char *const never[] = { "nav", "iframe", "dialog", NULL }, *const maybe[] = { "form", "aside", "footer", NULL };
    static const char *const never_roles[] = { "navigation", "banner", "search", "dialog", "alert", "menu", NULL };
    static const char *const maybe_roles[] = { "contentinfo", "complementary", NULL };
    static const char *const never_parts[] = { "nav", "navbar", "navigation", "menu", "cookie", "consent", "share", "sharing", "social", "comment",
                                               "promo", "newsletter", "subscribe", "advert", "ads", "breadcrumb", "skip-link", "toolbar", "popup",
                                               "modal", "pagination", "print-only", "noprint", "mw-editsection", "navbox", NULL };
    static const char *const maybe_parts[] = { "sidebar", "footer", "related", "banner", NULL };
    const char *role = kite_node_attribute(node, "role"), *hidden = kite_node_attribute(node, "aria-hidden");
    const char *class = kite_node_attribute(node, "class"), *id = kite_node_attribute(node, "id");

    if (kite_node_attribute(node, "hidden") || (hidden && strcmp(hidden, "true") == 0 && !kite_node_is(node, "figcaption")))
        return SURROUNDING_ALWAYS;
    if (is_one_of(node->name, never) || is_one_of(role, never_roles) || holds_part(class, never_parts) || holds_part(id, never_parts))
        return SURROUNDING_ALWAYS;
    if (is_one_of(node->name, maybe) || is_one_of(role, maybe_roles) || holds_part(class, maybe_parts) || holds_part(id, maybe_parts))
        return SURROUNDING_MAYBE;
    return SURROUNDING_NOT;
}

static bool holds_notes(const struct kite_node *node)
{
    return kite_node_has_word(node, "class", "footnotes") || kite_node_has_word(node, "epub:type", "footnotes") ||
           kite_node_has_word(node, "epub:type", "footnote") || kite_node_has_word(node, "role", "doc-endnotes") ||
           kite_node_has_word(node, "role", "doc-footnote");
}

/* A list of links to other pages. */
static bool is_menu(const struct kite_node *node)
{
    struct tally tally;

    if (!kite_node_is(node, "ul") && !kite_node_is(node, "ol"))
        return false;
    tally = tally_of(node);
    return tally.all > 0 && tally.linked * WHOLE_PERCENT > tally.all * 2 * LINKS_PERCENT * 9 / 10;
}

/* Sentences of its own, and not for the most part links. */
static bool has_text(const struct kite_node *node)
{
    struct tally tally = tally_of(node);

    return tally.running >= TEXT_LETTERS && tally.linked * WHOLE_PERCENT <= tally.all * LINKS_PERCENT / 2;
}

static bool is_within(const struct kite_node *node, const struct kite_node *top)
{
    while (node && node != top)
        node = node->parent;
    return node != NULL;
}

/* main: the part that the page calls its text, NULL for none. */
static void leave_out_surroundings(struct kite_draft *draft, struct kite_node *body, const struct kite_node *main)
{
    size_t running = tally_of(body).running, left_out = 0;
    struct kite_node *node = body;

    while (node) {
        enum surrounding said = node != body && node->name && !holds_notes(node) ? said_surrounding(node) : SURROUNDING_NOT;
        bool is_out = said == SURROUNDING_ALWAYS || (said == SURROUNDING_MAYBE && !has_text(node)) ||
                      (node->name && !(main && is_within(node, main)) && !holds_notes(node) && is_menu(node));

        is_out = is_out && tally_of(node).running * WHOLE_PERCENT <= running * KEPT_PERCENT;
        if (is_out) {
            left_out += tally_of(node).all > 0;
            node->mark = KITE_MARK_LEFT_OUT;
        }
        node = kite_node_step(node, body, !is_out);
    }
    if (left_out > 0)
        kite_draft_note(draft, KITE_PRESS_NOTE, 0, "left out: %u parts around the text, such as menus, forms and lists of links",
                        (unsigned)left_out);
}

/* ---- the main text ------------------------------------------------------------------------------------------------------ */

static bool says_main(const struct kite_node *node, unsigned way)
{
    static const char *const ids[] = { "content", "main", "main-content", "mw-content-text", "bodyContent", "article", NULL };
    static const char *const classes[] = { "post-content", "entry-content", "article-body", "article-content", "post-body", "content", NULL };
    const char *role = kite_node_attribute(node, "role");

    switch (way) {
    case 0: return kite_node_is(node, "main") || (role && strcmp(role, "main") == 0);
    case 1: return kite_node_is(node, "article");
    case 2: return is_one_of(kite_node_attribute(node, "id"), ids);
    default: break;
    }
    for (size_t i = 0; classes[i]; i++) {
        if (kite_node_has_word(node, "class", classes[i]))
            return true;
    }
    return false;
}

/* The part that a page calls its text, where it holds most of what runs on; else NULL. */
static struct kite_node *said_main(struct kite_node *body)
{
    size_t running = tally_of(body).running;

    for (unsigned way = 0; way < 4; way++) {
        for (struct kite_node *node = body->first; node; node = kite_node_step(node, body, true)) {
            if (node->name && says_main(node, way) && running > 0 && tally_of(node).running * WHOLE_PERCENT >= running * SAID_MAIN_PERCENT)
                return node;
        }
    }
    return NULL;
}

/* Down from the body, as long as one element alone holds all that runs on but for a rest. */
static struct kite_node *main_text(struct kite_node *body)
{
    size_t running = tally_of(body).running;
    struct kite_node *main = body;

    for (bool is_deeper = running > 0; is_deeper;) {
        is_deeper = false;
        for (struct kite_node *child = main->first; child && !is_deeper; child = child->next) {
            if (!child->name || child->mark == KITE_MARK_LEFT_OUT || is_running(child) || kite_node_is(child, "table") ||
                tally_of(child).running * WHOLE_PERCENT < running * MAIN_PERCENT)
                continue;
            main = child;
            is_deeper = true;
        }
    }
    return main;
}

static void tell_rest(struct kite_draft *draft, struct kite_node *body, const struct kite_node *top)
{
    size_t all = tally_of(body).all, kept = tally_of(top).all;

    if (all > kept)
        kite_draft_note(draft, KITE_PRESS_NOTE, 0, "left out: %u letters beside the main text", (unsigned)(all - kept));
}

/* Headings above the main text, up to the body: its title may stand there. */
static bool has_title(const struct kite_node *top)
{
    return kite_node_find(top, "h1") != NULL;
}

static struct kite_node *with_title(struct kite_node *main, const struct kite_node *body)
{
    struct kite_node *node = main;

    if (has_title(main) || !has_title(body))
        return main;
    while (node != body && !has_title(node))
        node = node->parent;
    return node;
}

/* ---- what the head says ------------------------------------------------------------------------------------------------ */

static enum kite_status add_author(struct kite_draft *draft, const char *there, const char *more)
{
    struct kite_buffer both = { .mem = draft->mem };
    enum kite_status status = kite_buffer_add_text(&both, there);

    status = status ? status : kite_buffer_add_text(&both, ", ");
    status = status ? status : kite_buffer_add_text(&both, more);
    status = status ? status : kite_draft_meta(draft, KITE_META_AUTHOR, (const char *)both.bytes, both.count);
    kite_buffer_close(&both);
    return status;
}

static enum kite_status take_meta(struct kite_draft *draft, const struct kite_node *node)
{
    static const struct {
        const char *name;
        enum kite_meta meta;
    } rows[] = {
        { "author", KITE_META_AUTHOR },          { "dc.creator", KITE_META_AUTHOR },         { "article:author", KITE_META_AUTHOR },
        { "description", KITE_META_STANDFIRST }, { "og:description", KITE_META_STANDFIRST }, { "date", KITE_META_DATE },
        { "dc.date", KITE_META_DATE },           { "article:published_time", KITE_META_DATE }, { "og:site_name", KITE_META_SOURCE },
        { "dc.source", KITE_META_SOURCE },       { "rights", KITE_META_RIGHTS },             { "dc.rights", KITE_META_RIGHTS },
        { "og:title", KITE_META_TITLE },         { "dc.title", KITE_META_TITLE },
    };
    const char *name = kite_node_attribute(node, "name"), *content = kite_node_attribute(node, "content");
    enum kite_status status = KITE_OK;

    name = name ? name : kite_node_attribute(node, "property");
    for (size_t i = 0; name && content && i < sizeof rows / sizeof *rows && status == KITE_OK; i++) {
        const char *there = draft->metas[rows[i].meta];

        if (strcmp(name, rows[i].name) != 0 || strncmp(content, "http", 4) == 0)
            continue;
        if (!there)
            status = kite_draft_meta(draft, rows[i].meta, content, strlen(content));
        else if (rows[i].meta == KITE_META_AUTHOR && !strstr(there, content)) /* one element for each */
            status = add_author(draft, there, content);
    }
    return status;
}

static enum kite_status take_title(struct kite_draft *draft, const struct kite_node *head)
{
    struct kite_buffer title = { .mem = draft->mem };
    enum kite_status status = kite_node_text(kite_node_child(head, "title"), &title);

    if (status == KITE_OK && !draft->metas[KITE_META_TITLE])
        status = kite_draft_meta(draft, KITE_META_TITLE, title.count ? (const char *)title.bytes : "", title.count);
    kite_buffer_close(&title);
    return status;
}

static enum kite_status take_styles(struct kite_css *css, const struct kite_node *root)
{
    enum kite_status status = KITE_OK;

    for (const struct kite_node *node = root->first; node && status == KITE_OK; node = kite_node_step(node, root, true)) {
        if (kite_node_is(node, "style") && node->first && node->first->text)
            status = kite_css_add(css, node->first->text, node->first->text_bytes);
    }
    return status;
}

static enum kite_status take_head(struct kite_draft *draft, const struct kite_node *html)
{
    const struct kite_node *head = kite_node_child(html, "head");
    const char *lang = kite_node_attribute(html, "lang");
    enum kite_status status = KITE_OK;

    lang = lang ? lang : kite_node_attribute(html, "xml:lang");
    if (lang && kite_lang_from_text(lang)) {
        draft->lang = kite_lang_from_text(lang);
        draft->has_lang = true;
    }
    for (const struct kite_node *node = head ? head->first : NULL; node && status == KITE_OK; node = node->next) {
        if (kite_node_is(node, "meta"))
            status = take_meta(draft, node);
    }
    return status || has_title(html) ? status : take_title(draft, head);
}

/* ---- the import ---------------------------------------------------------------------------------------------------------- */

static enum kite_status import_tree(struct kite_draft *draft, const struct kite_tree *tree)
{
    struct kite_node *html = kite_node_child(tree->root, "html"), *body = kite_node_child(html, "body");
    struct kite_markup_file file = { .name = "", .root = tree->root, .top = body ? body : tree->root };
    struct kite_css css;
    struct kite_markup markup = { .draft = draft, .css = &css, .files = &file, .file_count = 1 };
    struct kite_node *all = file.top, *main = said_main(all);
    enum kite_status status = take_head(draft, html);

    kite_css_init(&css, &draft->mem);
    status = status ? status : take_styles(&css, tree->root);
    leave_out_surroundings(draft, all, main);
    file.top = with_title(main ? main : main_text(all), all);
    tell_rest(draft, all, file.top);
    status = status ? status : kite_markup_import(&markup);
    status = status ? status : kite_html_read_fonts(draft, tree->root);
    kite_css_close(&css);
    return status;
}

/* XHTML is XML where it is well-formed: so what ends in itself there, as no HTML does, ends. */
static enum kite_status read_tree(struct kite_draft *draft, const char *text, size_t bytes, struct kite_tree *tree)
{
    size_t at = strspn(text, "\xEF\xBB\xBF \n\t");
    enum kite_status status = KITE_E_FORMAT;

    if (at < bytes && strncmp(text + at, "<?xml", 5) == 0) {
        status = kite_tree_xml(&draft->mem, text + at, bytes - at, tree, NULL);
        if (status == KITE_OK && kite_node_child(tree->root, "html"))
            return KITE_OK;
        kite_tree_close(tree);
    }
    return status == KITE_E_NOMEM ? status : kite_tree_html(&draft->mem, text, bytes, tree, draft->fault);
}

enum kite_status kite_import_html(struct kite_draft *draft)
{
    struct kite_buffer text = { .mem = draft->mem };
    struct kite_tree tree;
    enum kite_status status = kite_press_decode(draft, &text);

    status = status ? status : kite_buffer_add_u8(&text, 0);
    if (status == KITE_OK) {
        status = read_tree(draft, (const char *)text.bytes, text.count - 1, &tree);
        status = status ? status : import_tree(draft, &tree);
        kite_tree_close(&tree);
    }
    kite_buffer_close(&text);
    return status;
}
