/* Style sheets, read as far as they carry meaning: rules `element`, `.class` and `element.class`, and a few properties. */
#include "press/css.h"

#include <string.h>

#define KEY_BYTES_MAX 128u /* of a selector; longer ones are passed over */

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

/* A stretch of the sheet, without spaces around it. */
struct part {
    const char *text;
    size_t bytes;
};

static struct part trimmed(const char *from, const char *to)
{
    while (from < to && is_space(*from))
        from++;
    while (to > from && is_space(to[-1]))
        to--;
    return (struct part){ from, (size_t)(to - from) };
}

static bool is_word(struct part part, const char *word)
{
    size_t bytes = strlen(word);

    for (size_t i = 0; i < bytes && i < part.bytes; i++) {
        if (lower(part.text[i]) != word[i])
            return false;
    }
    return part.bytes == bytes;
}

static bool holds_word(struct part part, const char *word)
{
    size_t bytes = strlen(word);

    for (size_t i = 0; i + bytes <= part.bytes; i++) {
        if (is_word((struct part){ part.text + i, bytes }, word))
            return true;
    }
    return false;
}

/* ---- properties ----------------------------------------------------------------------------------------- */

static const struct meaning_row {
    const char *property, *value; /* a value that holds this word */
    uint16_t yes, no;
} meanings[] = {
    { "font-style", "italic", KITE_CSS_EMPHASIS, 0 },
    { "font-style", "oblique", KITE_CSS_EMPHASIS, 0 },
    { "font-style", "normal", 0, KITE_CSS_EMPHASIS },
    { "font-weight", "bold", KITE_CSS_STRONG, 0 },
    { "font-weight", "600", KITE_CSS_STRONG, 0 },
    { "font-weight", "700", KITE_CSS_STRONG, 0 },
    { "font-weight", "800", KITE_CSS_STRONG, 0 },
    { "font-weight", "900", KITE_CSS_STRONG, 0 },
    { "font-weight", "normal", 0, KITE_CSS_STRONG },
    { "font-weight", "400", 0, KITE_CSS_STRONG },
    { "font-variant", "small-caps", KITE_CSS_SMALL_CAPS, 0 },
    { "font-variant-caps", "small-caps", KITE_CSS_SMALL_CAPS, 0 },
    { "text-decoration", "line-through", KITE_CSS_STRIKE, 0 },
    { "text-decoration-line", "line-through", KITE_CSS_STRIKE, 0 },
    { "display", "none", KITE_CSS_HIDDEN, 0 },
    { "visibility", "hidden", KITE_CSS_HIDDEN, 0 },
    { "vertical-align", "super", KITE_CSS_SUPERSCRIPT, 0 },
    { "vertical-align", "sub", KITE_CSS_SUBSCRIPT, 0 },
    { "direction", "rtl", KITE_CSS_RTL, 0 },
    { "direction", "ltr", 0, KITE_CSS_RTL },
};

/* Values are whole words, but for those that stand in lists. */
static bool is_value(struct part value, const char *word)
{
    return strchr(word, '-') || strcmp(word, "italic") == 0 ? holds_word(value, word) : is_word(value, word);
}

static void apply(struct part property, struct part value, struct kite_css_style *style)
{
    for (size_t i = 0; i < sizeof meanings / sizeof *meanings; i++) {
        const struct meaning_row *row = &meanings[i];

        if (!is_word(property, row->property) || !is_value(value, row->value))
            continue;
        style->yes = (uint16_t)((style->yes & ~row->no) | row->yes);
        style->no = (uint16_t)((style->no & ~row->yes) | row->no);
    }
}

/* "font-style: italic; color: red" */
static struct kite_css_style read_declarations(const char *at, const char *end)
{
    struct kite_css_style style = { 0, 0 };

    while (at < end) {
        const char *stop = memchr(at, ';', (size_t)(end - at));
        const char *colon;

        stop = stop ? stop : end;
        colon = memchr(at, ':', (size_t)(stop - at));
        if (colon) {
            struct part value = trimmed(colon + 1, stop);
            const char *important = value.bytes ? memchr(value.text, '!', value.bytes) : NULL;

            if (important)
                value = trimmed(value.text, important);
            apply(trimmed(at, colon), value, &style);
        }
        at = stop + 1;
    }
    return style;
}

/* ---- sheets -------------------------------------------------------------------------------------------------- */

void kite_css_init(struct kite_css *css, const struct kite_memory *mem)
{
    *css = (struct kite_css){ .styles = NULL };
    kite_arena_init(&css->arena, *mem, 0);
}

void kite_css_close(struct kite_css *css)
{
    kite_arena_close(&css->arena);
}

static void merge(struct kite_css_style *style, struct kite_css_style more)
{
    style->yes = (uint16_t)((style->yes & ~more.no) | more.yes);
    style->no = (uint16_t)((style->no & ~more.yes) | more.no);
}

/* One selector: nothing but a name, a class or both. What it said before stays where it says nothing else. */
static enum kite_status add_rule(struct kite_css *css, struct part selector, struct kite_css_style style)
{
    const char *dot = selector.bytes ? memchr(selector.text, '.', selector.bytes) : NULL;
    size_t element_bytes = dot ? (size_t)(dot - selector.text) : selector.bytes;
    char key[KEY_BYTES_MAX];
    void *styles = css->styles;
    uint32_t number;
    bool is_new;

    for (size_t i = 0; i < selector.bytes; i++) {
        if (is_space(selector.text[i]) || strchr("#:[>+~*", selector.text[i]) || (selector.text[i] == '.' && selector.text + i != dot))
            return KITE_OK;
        if (i < sizeof key)
            key[i] = i < element_bytes ? lower(selector.text[i]) : selector.text[i];
    }
    if (selector.bytes == 0 || selector.bytes > sizeof key || css->selectors.count == KITE_CSS_SELECTORS_MAX)
        return KITE_OK;
    if (kite_names_add(&css->selectors, &css->arena, key, selector.bytes, &number, &is_new) ||
        kite_arena_grow(&css->arena, &styles, &css->capacity, (size_t)number + 1, sizeof *css->styles))
        return KITE_E_NOMEM;
    css->styles = styles;
    if (is_new)
        css->styles[number] = style;
    else
        merge(&css->styles[number], style);
    return KITE_OK;
}

static enum kite_status add_rules(struct kite_css *css, const char *at, const char *end, struct kite_css_style style)
{
    enum kite_status status = KITE_OK;

    if (!style.yes && !style.no) /* looks alone */
        return KITE_OK;
    while (at < end && status == KITE_OK) {
        const char *comma = memchr(at, ',', (size_t)(end - at));

        comma = comma ? comma : end;
        status = add_rule(css, trimmed(at, comma), style);
        at = comma + 1;
    }
    return status;
}

/* Behind a comment; at itself where none begins. */
static const char *skip_comment(const char *at, const char *end)
{
    if (end - at < 2 || at[0] != '/' || at[1] != '*')
        return at;
    for (at += 2; end - at >= 2; at++) {
        if (at[0] == '*' && at[1] == '/')
            return at + 2;
    }
    return end;
}

/* Comments as spaces, so that nothing else has to know of them. */
static char *without_comments(struct kite_css *css, const char *sheet, size_t bytes)
{
    char *out = kite_arena_alloc(&css->arena, bytes, 1);
    const char *end = sheet + bytes;

    if (out && bytes > 0)
        memcpy(out, sheet, bytes);
    for (const char *at = sheet; at < end && out;) {
        const char *next = skip_comment(at, end);

        if (next > at)
            memset(out + (at - sheet), ' ', (size_t)(next - at));
        at = next > at ? next : at + 1;
    }
    return out;
}

/* Behind the brace that ends a block which has begun. */
static const char *block_end(const char *at, const char *end)
{
    for (int depth = 1; at < end; at++) {
        depth += (*at == '{') - (*at == '}');
        if (depth == 0)
            return at;
    }
    return end;
}

enum kite_status kite_css_add(struct kite_css *css, const char *sheet, size_t bytes)
{
    const char *at = without_comments(css, sheet, bytes), *end = at ? at + bytes : NULL;
    enum kite_status status = at ? KITE_OK : KITE_E_NOMEM;

    while (status == KITE_OK && at < end) {
        const char *open = memchr(at, '{', (size_t)(end - at)), *shut;
        struct part selectors = trimmed(at, open ? open : end);
        bool is_at_rule = selectors.bytes > 0 && selectors.text[0] == '@';
        const char *statement = is_at_rule ? memchr(selectors.text, ';', selectors.bytes) : NULL;

        if (statement) { /* @import, @charset */
            at = statement + 1;
            continue;
        }
        if (!open)
            break;
        shut = block_end(open + 1, end);
        if (!is_at_rule)
            status = add_rules(css, at, open, read_declarations(open + 1, shut));
        at = shut < end ? shut + 1 : end;
    }
    return status;
}

/* ---- elements --------------------------------------------------------------------------------------------------- */

static void merge_selector(const struct kite_css *css, const char *selector, size_t bytes, struct kite_css_style *style)
{
    uint32_t number = kite_names_find(&css->selectors, selector, bytes);

    if (number != UINT32_MAX)
        merge(style, css->styles[number]);
}

/* Each of the classes behind an element's name, which may be empty. */
static void merge_classes(const struct kite_css *css, const char *element, const char *classes, struct kite_css_style *style)
{
    static const char spaces[] = " \t\r\n\f";
    size_t element_bytes = strlen(element);
    char key[KEY_BYTES_MAX];

    for (const char *at = classes; element_bytes < sizeof key && *(at += strspn(at, spaces));) {
        size_t bytes = strcspn(at, spaces);

        if (bytes < sizeof key - element_bytes) {
            memcpy(key, element, element_bytes);
            key[element_bytes] = '.';
            memcpy(key + element_bytes + 1, at, bytes);
            merge_selector(css, key, element_bytes + 1 + bytes, style);
        }
        at += bytes;
    }
}

struct kite_css_style kite_css_style_of(const struct kite_css *css, const struct kite_node *node)
{
    const char *own = kite_node_attribute(node, "style"), *classes = kite_node_attribute(node, "class");
    struct kite_css_style style = { 0, 0 };

    if (css && css->selectors.count > 0 && node->name) {
        merge_selector(css, node->name, strlen(node->name), &style);
        if (classes) {
            merge_classes(css, "", classes, &style);
            merge_classes(css, node->name, classes, &style);
        }
    }
    if (own)
        merge(&style, read_declarations(own, own + strlen(own)));
    return style;
}
