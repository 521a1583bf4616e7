/* Style sheets, read as far as they carry meaning: rules `element`, `.class` and `element.class`, and a few properties. */
#include "press/css.h"

#include <string.h>

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
    { "white-space", "pre", KITE_CSS_PREFORMATTED, 0 },
    { "vertical-align", "super", KITE_CSS_SUPERSCRIPT, 0 },
    { "vertical-align", "sub", KITE_CSS_SUBSCRIPT, 0 },
};

/* "super" holds "sub" in no way, but "pre-line" holds "pre": values are whole words, but for those in a list. */
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
    *css = (struct kite_css){ .rules = NULL };
    kite_arena_init(&css->arena, *mem, 0);
}

void kite_css_close(struct kite_css *css)
{
    kite_arena_close(&css->arena);
    css->rules = NULL;
    css->count = css->capacity = 0;
}

static char *copy(struct kite_css *css, const char *text, size_t bytes, bool is_lower)
{
    char *out = kite_arena_alloc(&css->arena, bytes + 1, 1);

    for (size_t i = 0; i < bytes && out; i++)
        out[i] = is_lower ? lower(text[i]) : text[i];
    if (out)
        out[bytes] = '\0';
    return out;
}

/* One selector: nothing but a name, a class or both. */
static enum kite_status add_rule(struct kite_css *css, struct part selector, struct kite_css_style style)
{
    const char *dot = selector.bytes ? memchr(selector.text, '.', selector.bytes) : NULL;
    size_t element_bytes = dot ? (size_t)(dot - selector.text) : selector.bytes;
    struct kite_css_rule rule = { .style = style };
    void *rules = css->rules;

    for (size_t i = 0; i < selector.bytes; i++) {
        if (is_space(selector.text[i]) || strchr("#:[>+~*", selector.text[i]) || (selector.text[i] == '.' && selector.text + i != dot))
            return KITE_OK;
    }
    if (selector.bytes == 0 || css->count == KITE_CSS_RULES_MAX)
        return KITE_OK;
    rule.element = copy(css, selector.text, element_bytes, true);
    rule.word = dot ? copy(css, dot + 1, selector.bytes - element_bytes - 1, false) : "";
    if (!rule.element || !rule.word || kite_arena_grow(&css->arena, &rules, &css->capacity, css->count + 1, sizeof rule))
        return KITE_E_NOMEM;
    css->rules = rules;
    css->rules[css->count++] = rule;
    return KITE_OK;
}

static enum kite_status add_rules(struct kite_css *css, const char *at, const char *end, struct kite_css_style style)
{
    enum kite_status status = KITE_OK;

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
    char *out = copy(css, sheet, bytes, false);
    const char *end = sheet + bytes;

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
    const char *at = without_comments(css, sheet, bytes), *end = at + bytes;
    enum kite_status status = at ? KITE_OK : KITE_E_NOMEM;

    while (status == KITE_OK && at < end) {
        const char *open = memchr(at, '{', (size_t)(end - at)), *shut;
        const char *statement = memchr(at, ';', (size_t)(end - at));

        if (!open)
            break;
        if (trimmed(at, open).bytes > 0 && trimmed(at, open).text[0] == '@' && statement && statement < open) {
            at = statement + 1; /* @import, @charset */
            continue;
        }
        shut = block_end(open + 1, end);
        if (trimmed(at, open).bytes > 0 && trimmed(at, open).text[0] != '@')
            status = add_rules(css, at, open, read_declarations(open + 1, shut));
        at = shut < end ? shut + 1 : end;
    }
    return status;
}

/* ---- elements --------------------------------------------------------------------------------------------------- */

static void merge(struct kite_css_style *style, struct kite_css_style more)
{
    style->yes = (uint16_t)((style->yes & ~more.no) | more.yes);
    style->no = (uint16_t)((style->no & ~more.yes) | more.no);
}

struct kite_css_style kite_css_style_of(const struct kite_css *css, const struct kite_node *node)
{
    const char *own = kite_node_attribute(node, "style");
    struct kite_css_style style = { 0, 0 };
    bool has_class = css && kite_node_attribute(node, "class");

    for (size_t i = 0; css && i < css->count; i++) {
        const struct kite_css_rule *rule = &css->rules[i];

        if (rule->element[0] && !kite_node_is(node, rule->element))
            continue;
        if (rule->word[0] && (!has_class || !kite_node_has_word(node, "class", rule->word)))
            continue;
        merge(&style, rule->style);
    }
    if (own)
        merge(&style, read_declarations(own, own + strlen(own)));
    return style;
}
