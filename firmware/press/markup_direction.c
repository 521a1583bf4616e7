/* Which way text runs, where the markup says so: by dir, by bdi and bdo, and by direction in a style sheet. */
#include "press/markup.h"

#include <string.h>

static bool is_value(const char *value, const char *word)
{
    size_t i = 0;

    while (word[i] && (value[i] | 0x20) == word[i])
        i++;
    return word[i] == '\0' && value[i] == '\0';
}

/* *says: the element itself tells. Left to right over the whole of a file is what a file has that says nothing. */
static enum kite_said_direction said_by(const struct kite_markup *m, const struct kite_node *node, bool *says)
{
    const char *dir = kite_node_attribute(node, "dir");
    struct kite_css_style css = kite_css_style_of(m->css, node);
    enum kite_said_direction said = KITE_SAID_NOTHING;

    *says = false;
    if (dir) {
        said = is_value(dir, "rtl") ? KITE_SAID_RTL : is_value(dir, "ltr") ? KITE_SAID_LTR : KITE_SAID_NOTHING;
        *says = said != KITE_SAID_NOTHING || is_value(dir, "auto");
    }
    if ((css.yes | css.no) & KITE_CSS_RTL) {
        said = css.yes & KITE_CSS_RTL ? KITE_SAID_RTL : KITE_SAID_LTR;
        *says = true;
    }
    if (said == KITE_SAID_LTR && (kite_node_is(node, "html") || kite_node_is(node, "body")))
        said = KITE_SAID_NOTHING;
    return said;
}

enum kite_said_direction kite_markup_direction(const struct kite_markup *m, const struct kite_node *node, enum kite_said_direction outer)
{
    bool says;
    enum kite_said_direction said = said_by(m, node, &says);

    return says ? said : outer;
}

enum kite_said_direction kite_markup_direction_at(const struct kite_markup *m, const struct kite_node *node)
{
    enum kite_said_direction said = KITE_SAID_NOTHING;
    bool says = false;

    for (; node && !says; node = node->parent)
        said = node->name ? said_by(m, node, &says) : KITE_SAID_NOTHING;
    return said;
}

/* ---- within lines: by the characters that Unicode has for it ------------------------------------------------------- */

static bool has_words(const struct kite_node *top)
{
    for (const struct kite_node *node = top->first; node; node = kite_node_step(node, top, true)) {
        if (!node->name && strspn(node->text, " \t\r\n") < node->text_bytes)
            return true;
    }
    return false;
}

const char *kite_markup_turn(struct kite_markup *m, const struct kite_node *node, const char **end)
{
    static const char *const starts[] = { [KITE_SAID_NOTHING] = "\u2068", [KITE_SAID_LTR] = "\u2066", [KITE_SAID_RTL] = "\u2067" };
    bool is_apart = kite_node_is(node, "bdi"), says;
    enum kite_said_direction said = said_by(m, node, &says);

    *end = "";
    if ((!says && !is_apart) || m->builder.keeps_spaces || !has_words(node))
        return "";
    if (kite_node_is(node, "bdo") && said != KITE_SAID_NOTHING) { /* each letter, whatever it is */
        *end = "\u202c";
        return said == KITE_SAID_RTL ? "\u202e" : "\u202d";
    }
    if (said == m->direction && !is_apart)
        return "";
    *end = "\u2069";
    return starts[said];
}
