/* Styles of an OpenDocument: what each says of text and paragraphs with all that it inherits, and the lists. */
#include "press/odt.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CHAIN_MAX 16u
#define NAME_BYTES_MAX 200u

void kite_odt_styles_init(struct kite_odt_styles *s, struct kite_arena *arena)
{
    *s = (struct kite_odt_styles){ .arena = arena };
}

/* ---- what one says itself ------------------------------------------------------------------------------- */

static void say(struct kite_odt_style *style, const char *value, bool is_so, uint32_t bit)
{
    if (value)
        *(is_so ? &style->styles : &style->no) |= bit;
}

/* "super 58%", "sub", "33% 58%": a percentage is how far it is raised. */
static void read_position(struct kite_odt_style *style, const char *position)
{
    uint32_t both = KITE_STYLE_SUPERSCRIPT | KITE_STYLE_SUBSCRIPT;
    long percent = position ? strtol(position, NULL, 10) : 0;

    if (!position)
        return;
    style->styles |= strncmp(position, "super", 5) == 0 || percent > 0 ? KITE_STYLE_SUPERSCRIPT
                     : strncmp(position, "sub", 3) == 0 || percent < 0 ? KITE_STYLE_SUBSCRIPT
                                                                       : 0u;
    style->no |= both & ~style->styles;
}

static enum kite_status read_lang(struct kite_odt_styles *s, const struct kite_node *text, const char **lang)
{
    const char *language = kite_node_attribute(text, "fo:language"), *country = kite_node_attribute(text, "fo:country");
    char *joined;
    size_t bytes = language ? strlen(language) : 0, more = country && strcmp(country, "none") != 0 ? strlen(country) : 0;

    if (!language || strcmp(language, "none") == 0 || strcmp(language, "zxx") == 0 || bytes + more > 20)
        return KITE_OK;
    joined = kite_arena_alloc(s->arena, 24, 1);
    if (!joined)
        return KITE_E_NOMEM;
    snprintf(joined, 24, more ? "%s-%s" : "%s", language, country);
    *lang = joined;
    return KITE_OK;
}

static enum kite_status read_own(struct kite_odt_styles *s, struct kite_odt_style *style)
{
    const struct kite_node *text = kite_node_child(style->node, "text-properties"),
                           *paragraph = kite_node_child(style->node, "paragraph-properties");
    const char *slant = kite_local_attribute(text, "font-style"), *weight = kite_local_attribute(text, "font-weight");
    const char *variant = kite_local_attribute(text, "font-variant"),
               *through = kite_local_attribute(text, "text-line-through-style");
    const char *under = kite_local_attribute(text, "text-underline-style"), *display = kite_node_attribute(text, "text:display");
    const char *name = kite_local_attribute(style->node, "name"), *shown = kite_local_attribute(style->node, "display-name");
    const char *mode = kite_local_attribute(paragraph, "writing-mode");
    uint32_t outline = kite_number_or(kite_local_attribute(style->node, "default-outline-level"), 0);

    say(style, slant, slant && strcmp(slant, "normal") != 0, KITE_STYLE_EMPHASIS);
    say(style, weight, weight && (strcmp(weight, "bold") == 0 || strtol(weight, NULL, 10) >= 600), KITE_STYLE_STRONG);
    say(style, variant, variant && strcmp(variant, "small-caps") == 0, KITE_STYLE_SMALL_CAPS);
    say(style, through, through && strcmp(through, "none") != 0, KITE_STYLE_STRIKE);
    say(style, under, under && strcmp(under, "none") != 0, KITE_ODT_UNDERLINE);
    say(style, display, display && strcmp(display, "none") == 0, KITE_ODT_HIDDEN);
    say(style, mode, mode && strncmp(mode, "rl", 2) == 0, KITE_ODT_RTL);
    read_position(style, kite_local_attribute(text, "text-position"));
    if (name && !style->is_automatic && kite_rewrite_is_code(name))
        style->styles |= KITE_STYLE_CODE;
    style->align = kite_local_attribute(paragraph, "text-align");
    style->block = style->is_automatic || !name ? KITE_BLOCK_PARAGRAPH : kite_rewrite_block_of(name, &style->level);
    if (style->block == KITE_BLOCK_PARAGRAPH && !style->is_automatic && shown)
        style->block = kite_rewrite_block_of(shown, &style->level);
    if (style->block == KITE_BLOCK_PARAGRAPH && outline > 0) {
        style->block = KITE_BLOCK_HEADING;
        style->level = outline;
    }
    if (!style->is_automatic && !kite_local_attribute(style->node, "parent-style-name"))
        return KITE_OK; /* the language of a style that all are based on is the program's */
    return read_lang(s, text, &style->lang);
}

/* ---- all of them ---------------------------------------------------------------------------------------- */

static bool key_of(const char *family, const char *name, char key[NAME_BYTES_MAX], size_t *bytes)
{
    int used = snprintf(key, NAME_BYTES_MAX, "%s %s", family, name);

    *bytes = used > 0 ? (size_t)used : 0;
    return used > 0 && used < (int)NAME_BYTES_MAX;
}

static enum kite_status add_style(struct kite_odt_styles *s, const struct kite_node *node, bool is_automatic)
{
    const char *family = kite_local_attribute(node, "family"), *name = kite_local_attribute(node, "name");
    void *items = s->items;
    char key[NAME_BYTES_MAX];
    size_t bytes;
    uint32_t number;
    enum kite_status status;

    if (!family || !name || !key_of(family, name, key, &bytes))
        return KITE_OK;
    status = kite_names_add(&s->names, s->arena, key, bytes, &number, NULL);
    status = status ? status : kite_arena_grow(s->arena, &items, &s->capacity, s->names.count, sizeof *s->items);
    s->items = items;
    if (status)
        return status;
    s->items[number] = (struct kite_odt_style){ .node = node, .is_automatic = is_automatic };
    return read_own(s, &s->items[number]);
}

static void read_levels(struct kite_odt_list *list, const struct kite_node *node)
{
    for (const struct kite_node *level = node->first; level; level = level->next) {
        uint32_t number = kite_number_or(kite_local_attribute(level, "level"), 0);
        const char *form = kite_local_attribute(level, "num-format"), *prefix = kite_local_attribute(level, "num-prefix");
        const char *suffix = kite_local_attribute(level, "num-suffix"), *bullet = kite_local_attribute(level, "bullet-char");

        if (number == 0 || number > KITE_ODT_LEVELS)
            continue;
        list->levels[number - 1] = (struct kite_odt_level){
            .prefix = prefix ? prefix : "",
            .suffix = suffix ? suffix : "",
            .form = form && strchr("1aAiI", form[0]) ? form[0] : '\0',
            .is_blank = bullet && bullet[strspn(bullet, " ")] == '\0',
            .is_bullet = kite_node_is(level, "list-level-style-bullet") || kite_node_is(level, "list-level-style-image"),
            .start = kite_number_or(kite_local_attribute(level, "start-value"), 1),
            .shown_levels = kite_number_or(kite_local_attribute(level, "display-levels"), 1),
        };
    }
}

static enum kite_status add_list(struct kite_odt_styles *s, const struct kite_node *node)
{
    const char *name = kite_local_attribute(node, "name");
    void *lists = s->lists;
    uint32_t number;
    enum kite_status status;

    if (!name)
        return KITE_OK;
    status = kite_names_add(&s->list_names, s->arena, name, strlen(name), &number, NULL);
    status = status ? status : kite_arena_grow(s->arena, &lists, &s->list_capacity, s->list_names.count, sizeof *s->lists);
    s->lists = lists;
    if (status)
        return status;
    s->lists[number] = (struct kite_odt_list){ .values = { 0 } };
    read_levels(&s->lists[number], node);
    return KITE_OK;
}

static enum kite_status add_holder(struct kite_odt_styles *s, const struct kite_node *holder, bool is_automatic)
{
    enum kite_status status = KITE_OK;

    for (const struct kite_node *node = holder ? holder->first : NULL; node && status == KITE_OK; node = node->next) {
        if (kite_node_is(node, "style"))
            status = add_style(s, node, is_automatic);
        else if (kite_node_is(node, "list-style"))
            status = add_list(s, node);
        else if (kite_node_is(node, "outline-style"))
            read_levels(&s->outline, node);
        else if (kite_node_is(node, "default-style") && !s->lang)
            status = read_lang(s, kite_node_child(node, "text-properties"), &s->lang);
    }
    return status;
}

enum kite_status kite_odt_add_styles(struct kite_odt_styles *s, const struct kite_node *document)
{
    enum kite_status status = add_holder(s, kite_node_child(document, "styles"), false);

    return status ? status : add_holder(s, kite_node_child(document, "automatic-styles"), true);
}

/* ---- inheritance ---------------------------------------------------------------------------------------- */

static const struct kite_odt_style *parent_of(const struct kite_odt_styles *s, const struct kite_odt_style *style)
{
    const char *family = kite_local_attribute(style->node, "family"),
               *name = kite_local_attribute(style->node, "parent-style-name");

    return name ? kite_odt_style_of(s, family, name) : NULL;
}

static void inherit(struct kite_odt_style *style, const struct kite_odt_style *parent)
{
    style->styles |= parent->styles & ~style->no;
    style->no |= parent->no & ~style->styles;
    style->lang = style->lang ? style->lang : parent->lang;
    style->align = style->align ? style->align : parent->align;
    if (style->block == KITE_BLOCK_PARAGRAPH) {
        style->block = parent->block;
        style->level = parent->level;
    }
}

/* What each says itself must still be there for the others: so the results go into a copy. */
enum kite_status kite_odt_inherit(struct kite_odt_styles *s)
{
    struct kite_odt_style *whole = kite_arena_alloc(s->arena, s->names.count + 1, sizeof *whole);

    if (!whole)
        return KITE_E_NOMEM;
    for (uint32_t i = 0; i < s->names.count; i++) {
        const struct kite_odt_style *above = &s->items[i];
        struct kite_odt_style *style = &whole[i], named = { .no = 0 };

        *style = s->items[i];
        for (unsigned steps = 0; steps < CHAIN_MAX && above; steps++) {
            if (steps > 0)
                inherit(style, above);
            if (!above->is_automatic) {
                named.no |= above->no & ~named.styles;
                named.styles |= above->styles & ~named.no;
            }
            above = parent_of(s, above);
        }
        style->base_styles = named.styles;
    }
    s->items = whole;
    return KITE_OK;
}

const struct kite_odt_style *kite_odt_style_of(const struct kite_odt_styles *s, const char *family, const char *name)
{
    char key[NAME_BYTES_MAX];
    size_t bytes;
    uint32_t number = name && key_of(family, name, key, &bytes) ? kite_names_find(&s->names, key, bytes) : UINT32_MAX;

    return number == UINT32_MAX ? NULL : &s->items[number];
}

struct kite_odt_list *kite_odt_list_of(struct kite_odt_styles *s, const char *name)
{
    uint32_t number = name ? kite_names_find(&s->list_names, name, strlen(name)) : UINT32_MAX;

    return number == UINT32_MAX ? NULL : &s->lists[number];
}
