/* numbering.xml: which lists there are, and what number comes next. */
#include "press/docx.h"

#include <stdio.h>
#include <string.h>

static enum kite_docx_format format_of(const struct kite_node *level, const char *text)
{
    static const struct {
        const char *name;
        enum kite_docx_format format;
    } rows[] = {
        { "bullet", KITE_DOCX_BULLET },       { "none", KITE_DOCX_BLANK },       { "lowerLetter", KITE_DOCX_LETTER },
        { "upperLetter", KITE_DOCX_CAPITAL }, { "lowerRoman", KITE_DOCX_ROMAN }, { "upperRoman", KITE_DOCX_ROMAN_CAPITAL },
    };
    const char *name = kite_child_attribute(level, "numFmt", "val");
    enum kite_docx_format format = KITE_DOCX_DECIMAL;

    for (size_t i = 0; name && i < sizeof rows / sizeof *rows; i++)
        format = strcmp(name, rows[i].name) == 0 ? rows[i].format : format;
    return format == KITE_DOCX_BULLET && text[strspn(text, " ")] == '\0' ? KITE_DOCX_BLANK : format;
}

static void read_levels(struct kite_docx_count *count, const struct kite_node *holder)
{
    for (const struct kite_node *node = holder->first; node; node = node->next) {
        uint32_t number = kite_number_or(kite_local_attribute(node, "ilvl"), KITE_DOCX_LEVELS);
        const char *text = kite_child_attribute(node, "lvlText", "val");

        if (!kite_node_is(node, "lvl") || number >= KITE_DOCX_LEVELS)
            continue;
        text = text ? text : "";
        count->levels[number] = (struct kite_docx_level){ kite_number_or(kite_child_attribute(node, "start", "val"), 1),
                                                          format_of(node, text), text };
    }
}

static enum kite_status add_abstract(struct kite_docx_numbering *n, const struct kite_node *node)
{
    const char *id = kite_local_attribute(node, "abstractNumId");
    void *counts = n->counts;
    uint32_t number;
    enum kite_status status;

    if (!id)
        return KITE_OK;
    status = kite_names_add(&n->abstract_names, n->arena, id, strlen(id), &number, NULL);
    status = status ? status : kite_arena_grow(n->arena, &counts, &n->count_capacity, n->abstract_names.count, sizeof *n->counts);
    n->counts = counts;
    if (status)
        return status;
    n->counts[number] = (struct kite_docx_count){ .style_link = kite_child_attribute(node, "styleLink", "val") };
    for (unsigned i = 0; i < KITE_DOCX_LEVELS; i++)
        n->counts[number].levels[i] = (struct kite_docx_level){ 1, KITE_DOCX_DECIMAL, "" };
    read_levels(&n->counts[number], node);
    return KITE_OK;
}

/* One that only names a style has the levels of the one that the style is made of. */
static void follow_link(struct kite_docx_numbering *n, const struct kite_node *node)
{
    const char *id = kite_local_attribute(node, "abstractNumId"), *link = kite_child_attribute(node, "numStyleLink", "val");
    uint32_t number = id ? kite_names_find(&n->abstract_names, id, strlen(id)) : UINT32_MAX;

    for (uint32_t i = 0; link && number != UINT32_MAX && i < n->abstract_names.count; i++) {
        if (n->counts[i].style_link && strcmp(n->counts[i].style_link, link) == 0)
            memcpy(n->counts[number].levels, n->counts[i].levels, sizeof n->counts[i].levels);
    }
}

static enum kite_status add_instance(struct kite_docx_numbering *n, const struct kite_node *node)
{
    const char *id = kite_local_attribute(node, "numId"), *abstract = kite_child_attribute(node, "abstractNumId", "val");
    void *instances = n->instances;
    struct kite_docx_instance *instance;
    uint32_t number;
    enum kite_status status;

    if (!id)
        return KITE_OK;
    status = kite_names_add(&n->names, n->arena, id, strlen(id), &number, NULL);
    status = status ? status : kite_arena_grow(n->arena, &instances, &n->capacity, n->names.count, sizeof *n->instances);
    n->instances = instances;
    if (status)
        return status;
    instance = &n->instances[number];
    instance->abstract = abstract ? kite_names_find(&n->abstract_names, abstract, strlen(abstract)) : KITE_DOCX_NO_NUMBER;
    for (unsigned i = 0; i < KITE_DOCX_LEVELS; i++)
        instance->starts[i] = KITE_DOCX_NO_NUMBER;
    for (const struct kite_node *over = node->first; over; over = over->next) {
        uint32_t level = kite_number_or(kite_local_attribute(over, "ilvl"), KITE_DOCX_LEVELS);

        if (kite_node_is(over, "lvlOverride") && level < KITE_DOCX_LEVELS)
            instance->starts[level] = kite_number_or(kite_child_attribute(over, "startOverride", "val"), KITE_DOCX_NO_NUMBER);
    }
    return KITE_OK;
}

static enum kite_status each(struct kite_docx_numbering *n, const struct kite_node *top, const char *name,
                             enum kite_status (*add)(struct kite_docx_numbering *n, const struct kite_node *node))
{
    enum kite_status status = KITE_OK;

    for (const struct kite_node *node = top ? top->first : NULL; node && status == KITE_OK; node = node->next) {
        if (kite_node_is(node, name))
            status = add(n, node);
    }
    return status;
}

enum kite_status kite_docx_read_numbering(struct kite_docx_numbering *n, struct kite_arena *arena, const struct kite_node *root)
{
    const struct kite_node *top = kite_node_child(root, "numbering");
    enum kite_status status;

    *n = (struct kite_docx_numbering){ .arena = arena };
    status = each(n, top, "abstractNum", add_abstract);
    for (const struct kite_node *node = top ? top->first : NULL; node && status == KITE_OK; node = node->next) {
        if (kite_node_is(node, "abstractNum"))
            follow_link(n, node);
    }
    return status ? status : each(n, top, "num", add_instance);
}

/* ---- counting ------------------------------------------------------------------------------------------- */

/* "%1.%2" with the numbers of the levels. */
static void put_label(const struct kite_docx_count *count, uint32_t level, char label[64])
{
    static const char forms[] = {
        [KITE_DOCX_DECIMAL] = '1', [KITE_DOCX_BULLET] = '1',        [KITE_DOCX_LETTER] = 'a', [KITE_DOCX_CAPITAL] = 'A',
        [KITE_DOCX_ROMAN] = 'i',   [KITE_DOCX_ROMAN_CAPITAL] = 'I', [KITE_DOCX_BLANK] = '1'
    };
    size_t used = 0;

    for (const char *at = count->levels[level].text; *at && used < 40; at++) {
        unsigned of = at[0] == '%' && at[1] >= '1' && at[1] <= '9' ? (unsigned)(at[1] - '1') : KITE_DOCX_LEVELS;

        if (of < KITE_DOCX_LEVELS) {
            used += kite_rewrite_number(count->has_begun[of] ? count->values[of] : count->levels[of].start,
                                        forms[count->levels[of].format], label + used);
            at++;
        } else {
            label[used++] = *at;
        }
    }
    label[used] = '\0';
}

bool kite_docx_count_on(struct kite_docx_numbering *n, uint32_t id, uint32_t level, enum kite_docx_format *format,
                        uint32_t *ordinal, char label[64])
{
    char name[16];
    int bytes = snprintf(name, sizeof name, "%u", (unsigned)id);
    uint32_t number = kite_names_find(&n->names, name, (size_t)bytes);
    struct kite_docx_instance *instance = number == UINT32_MAX ? NULL : &n->instances[number];
    struct kite_docx_count *count;

    if (!instance || instance->abstract == KITE_DOCX_NO_NUMBER)
        return false;
    level = level < KITE_DOCX_LEVELS ? level : KITE_DOCX_LEVELS - 1;
    count = &n->counts[instance->abstract];
    if (instance->starts[level] != KITE_DOCX_NO_NUMBER) {
        count->values[level] = instance->starts[level];
        instance->starts[level] = KITE_DOCX_NO_NUMBER;
    } else {
        count->values[level] = count->has_begun[level] ? count->values[level] + 1 : count->levels[level].start;
    }
    count->has_begun[level] = true;
    for (unsigned i = level + 1; i < KITE_DOCX_LEVELS; i++)
        count->has_begun[i] = false;
    *format = count->levels[level].format;
    *ordinal = *format == KITE_DOCX_BULLET || *format == KITE_DOCX_BLANK ? 0 : count->values[level];
    put_label(count, level, label);
    return true;
}
