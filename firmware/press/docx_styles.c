/* styles.xml: what each style says of text and paragraphs, with all that it inherits. */
#include "press/docx.h"

#include <string.h>

#define CHAIN_MAX 16u /* styles above a style */

/* Absent: not said; present without a value: on (17.3.2, toggle properties). */
static void take_toggle(struct kite_docx_run *run, const struct kite_node *properties, const char *name, uint32_t bit)
{
    const struct kite_node *node = kite_node_child(properties, name);
    const char *value = kite_local_attribute(node, "val");

    if (!node)
        return;
    if (value &&
        (strcmp(value, "0") == 0 || strcmp(value, "false") == 0 || strcmp(value, "off") == 0 || strcmp(value, "none") == 0))
        run->no |= bit;
    else
        run->yes |= bit;
}

static void take_raised(struct kite_docx_run *run, const char *value)
{
    uint32_t both = KITE_STYLE_SUPERSCRIPT | KITE_STYLE_SUBSCRIPT;

    if (!value)
        return;
    run->yes |= strcmp(value, "superscript") == 0 ? KITE_STYLE_SUPERSCRIPT
                : strcmp(value, "subscript") == 0 ? KITE_STYLE_SUBSCRIPT
                                                  : 0u;
    run->no |= both & ~run->yes;
}

struct kite_docx_run kite_docx_run_of(const struct kite_node *properties)
{
    static const struct {
        const char *name;
        uint32_t bit;
    } rows[] = {
        { "i", KITE_STYLE_EMPHASIS },    { "b", KITE_STYLE_STRONG },       { "smallCaps", KITE_STYLE_SMALL_CAPS },
        { "strike", KITE_STYLE_STRIKE }, { "dstrike", KITE_STYLE_STRIKE }, { "vanish", KITE_DOCX_HIDDEN },
        { "u", KITE_DOCX_UNDERLINE },    { "rtl", KITE_DOCX_RTL },
    };
    struct kite_docx_run run = { .yes = 0 };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        take_toggle(&run, properties, rows[i].name, rows[i].bit);
    take_raised(&run, kite_child_attribute(properties, "vertAlign", "val"));
    run.lang = kite_child_attribute(properties, "lang", "val");
    run.lang_rtl = kite_child_attribute(properties, "lang", "bidi");
    return run;
}

bool kite_docx_is_bidi(const struct kite_docx_style *style, const struct kite_node *properties)
{
    struct kite_docx_run own = { .yes = 0 };

    take_toggle(&own, properties, "bidi", KITE_DOCX_BIDI);
    return ((style->run.yes & ~own.no) | own.yes) & KITE_DOCX_BIDI;
}

struct kite_docx_run kite_docx_run_over(struct kite_docx_run base, struct kite_docx_run more)
{
    base.yes = (base.yes & ~more.no) | more.yes;
    base.no = 0;
    base.lang = more.lang ? more.lang : base.lang;
    base.lang_rtl = more.lang_rtl ? more.lang_rtl : base.lang_rtl;
    return base;
}

/* What a style says itself. */
static struct kite_docx_style read_own(const struct kite_node *node)
{
    struct kite_docx_style style = { .node = node, .run = kite_docx_run_of(kite_node_child(node, "rPr")) };
    const struct kite_node *paragraph = kite_node_child(node, "pPr"), *number = kite_node_child(paragraph, "numPr");
    const char *type = kite_local_attribute(node, "type"), *name = kite_child_attribute(node, "name", "val");
    uint32_t outline = kite_number_or(kite_child_attribute(paragraph, "outlineLvl", "val"), 9);

    take_toggle(&style.run, paragraph, "bidi", KITE_DOCX_BIDI);
    if (name && type && strcmp(type, "paragraph") == 0)
        style.block = kite_rewrite_block_of(name, &style.level);
    else if (name && kite_rewrite_is_code(name))
        style.run.yes |= KITE_STYLE_CODE;
    if (style.block == KITE_BLOCK_PARAGRAPH && outline < 9) {
        style.block = KITE_BLOCK_HEADING;
        style.level = outline + 1;
    }
    style.numbering = kite_number_or(kite_child_attribute(number, "numId", "val"), KITE_DOCX_NO_NUMBER);
    style.numbering_level = kite_number_or(kite_child_attribute(number, "ilvl", "val"), KITE_DOCX_NO_NUMBER);
    return style;
}

static void inherit(struct kite_docx_style *style, const struct kite_docx_style *base)
{
    uint32_t no = style->run.no; /* a further base may say it, and it is not to count */

    style->run.yes |= base->run.yes & ~no;
    style->run.no |= base->run.no & ~style->run.yes;
    style->run.lang = style->run.lang ? style->run.lang : base->run.lang;
    style->run.lang_rtl = style->run.lang_rtl ? style->run.lang_rtl : base->run.lang_rtl;
    if (style->block == KITE_BLOCK_PARAGRAPH) {
        style->block = base->block;
        style->level = base->level;
    }
    style->numbering = style->numbering == KITE_DOCX_NO_NUMBER ? base->numbering : style->numbering;
    style->numbering_level = style->numbering_level == KITE_DOCX_NO_NUMBER ? base->numbering_level : style->numbering_level;
}

/* The style that one is based on, NULL for none. */
static const struct kite_node *base_of(const struct kite_docx_styles *s, const struct kite_node *node)
{
    const char *id = kite_child_attribute(node, "basedOn", "val");
    uint32_t number = id ? kite_names_find(&s->names, id, strlen(id)) : UINT32_MAX;

    return number == UINT32_MAX ? NULL : s->items[number].node;
}

static enum kite_status add(struct kite_docx_styles *s, const struct kite_node *node)
{
    const char *id = kite_local_attribute(node, "styleId");
    void *items = s->items;
    uint32_t number;
    enum kite_status status;

    if (!id)
        return KITE_OK;
    status = kite_names_add(&s->names, s->arena, id, strlen(id), &number, NULL);
    status = status ? status : kite_arena_grow(s->arena, &items, &s->capacity, s->names.count, sizeof *s->items);
    s->items = items;
    if (status == KITE_OK)
        s->items[number] = (struct kite_docx_style){ .node = node };
    return status;
}

static bool is_default(const struct kite_node *node)
{
    const char *type = kite_local_attribute(node, "type"), *is_one = kite_local_attribute(node, "default");

    return type && strcmp(type, "paragraph") == 0 && is_one && (strcmp(is_one, "1") == 0 || strcmp(is_one, "true") == 0);
}

enum kite_status kite_docx_read_styles(struct kite_docx_styles *s, struct kite_arena *arena, const struct kite_node *root)
{
    const struct kite_node *top = kite_node_child(root, "styles");
    enum kite_status status = KITE_OK;

    *s = (struct kite_docx_styles){ .arena = arena,
                                    .none = { .numbering = KITE_DOCX_NO_NUMBER, .numbering_level = KITE_DOCX_NO_NUMBER } };
    for (const struct kite_node *node = top ? top->first : NULL; node && status == KITE_OK; node = node->next) {
        if (kite_node_is(node, "style"))
            status = add(s, node);
    }
    if (status)
        return status;
    for (uint32_t i = 0; i < s->names.count; i++) {
        const struct kite_node *node = s->items[i].node, *above = node;

        s->items[i] = read_own(node);
        for (unsigned steps = 0; steps < CHAIN_MAX && (above = base_of(s, above)) != NULL && above != node; steps++) {
            struct kite_docx_style base = read_own(above);

            inherit(&s->items[i], &base);
        }
        if (is_default(node))
            s->none = s->items[i];
    }
    return KITE_OK;
}

const struct kite_docx_style *kite_docx_style_of(const struct kite_docx_styles *s, const char *id)
{
    uint32_t number = id ? kite_names_find(&s->names, id, strlen(id)) : UINT32_MAX;

    return number == UINT32_MAX ? &s->none : &s->items[number];
}
