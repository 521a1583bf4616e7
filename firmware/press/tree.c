/* Nodes: making them in order, and looking about among them. */
#include "press/tree.h"

#include <string.h>

enum kite_status kite_tree_begin(const struct kite_memory *mem, struct kite_tree *tree, struct kite_tree_maker *maker)
{
    *maker = (struct kite_tree_maker){ .tree = tree, .text = { .mem = *mem } };
    tree->root = NULL;
    kite_arena_init(&tree->arena, *mem, KITE_TREE_BYTES_MAX);
    maker->at = kite_arena_alloc(&tree->arena, 1, sizeof *maker->at);
    if (!maker->at)
        return maker->status = KITE_E_NOMEM;
    *maker->at = (struct kite_node){ .name = "" };
    tree->root = maker->root = maker->at;
    return KITE_OK;
}

void kite_tree_close(struct kite_tree *tree)
{
    kite_arena_close(&tree->arena);
    tree->root = NULL;
}

/* ---- making ---------------------------------------------------------------------------------------------- */

static void *take(struct kite_tree_maker *maker, size_t count, size_t each)
{
    struct kite_arena *arena = &maker->tree->arena;
    void *block = kite_arena_alloc(arena, count, each);

    if (!block)
        maker->status = arena->reserved_bytes + count * each > arena->limit_bytes ? KITE_E_LIMIT : KITE_E_NOMEM;
    return block;
}

static char *copy(struct kite_tree_maker *maker, const char *text, size_t bytes, bool is_lower)
{
    char *out = take(maker, bytes + 1, 1);

    if (!out)
        return NULL;
    memcpy(out, text, bytes);
    out[bytes] = '\0';
    for (size_t i = 0; i < bytes && is_lower; i++)
        out[i] = out[i] >= 'A' && out[i] <= 'Z' ? (char)(out[i] + 32) : out[i];
    return out;
}

/* A new last child of the open element. */
static struct kite_node *append(struct kite_tree_maker *maker)
{
    struct kite_node *node = take(maker, 1, sizeof *node), *last = maker->last_of[maker->depth];

    if (!node)
        return NULL;
    *node = (struct kite_node){ .parent = maker->at };
    if (last)
        last->next = node;
    else
        maker->at->first = node;
    maker->last_of[maker->depth] = node;
    return node;
}

/* What text has come becomes a node. */
static void end_text(struct kite_tree_maker *maker)
{
    struct kite_node *node;

    if (maker->status || maker->text.count == 0)
        return;
    node = append(maker);
    if (node) {
        node->text = copy(maker, (const char *)maker->text.bytes, maker->text.count, false);
        node->text_bytes = node->text ? maker->text.count : 0;
    }
    maker->text.count = 0;
}

void kite_tree_open(struct kite_tree_maker *maker, const char *name, size_t name_bytes, bool is_lower, uint32_t line)
{
    struct kite_node *node;

    if (maker->status)
        return;
    if (maker->depth == KITE_TREE_DEPTH_MAX) {
        maker->too_deep++;
        return;
    }
    end_text(maker);
    node = append(maker);
    if (!node)
        return;
    node->name = copy(maker, name, name_bytes, is_lower);
    if (!node->name)
        node->name = ""; /* the status says it; an element is no text */
    node->line = line;
    maker->at = node;
    maker->last_of[++maker->depth] = NULL;
}

void kite_tree_attribute(struct kite_tree_maker *maker, const char *name, bool is_lower, const char *value)
{
    struct kite_attribute *attribute;

    if (maker->status || maker->too_deep > 0)
        return;
    attribute = take(maker, 1, sizeof *attribute);
    if (!attribute)
        return;
    *attribute = (struct kite_attribute){ copy(maker, name, strlen(name), is_lower), copy(maker, value, strlen(value), false),
                                          maker->at->attributes };
    if (attribute->name && attribute->value)
        maker->at->attributes = attribute;
}

void kite_tree_text(struct kite_tree_maker *maker, const char *text, size_t bytes)
{
    if (maker->status == KITE_OK)
        maker->status = kite_buffer_add(&maker->text, text, bytes);
}

void kite_tree_shut(struct kite_tree_maker *maker)
{
    if (maker->too_deep > 0) {
        maker->too_deep--;
    } else if (maker->depth > 0) {
        end_text(maker);
        maker->depth--;
        maker->at = maker->depth ? maker->last_of[maker->depth - 1] : maker->root;
    }
}

enum kite_status kite_tree_end(struct kite_tree_maker *maker)
{
    end_text(maker);
    kite_buffer_close(&maker->text);
    return maker->status;
}

/* ---- looking about ------------------------------------------------------------------------------------------ */

bool kite_node_is(const struct kite_node *node, const char *name)
{
    return node && node->name && strcmp(node->name, name) == 0;
}

const char *kite_node_attribute(const struct kite_node *node, const char *name)
{
    for (const struct kite_attribute *a = node ? node->attributes : NULL; a; a = a->next) {
        if (strcmp(a->name, name) == 0)
            return a->value;
    }
    return NULL;
}

bool kite_node_has_word(const struct kite_node *node, const char *attribute, const char *word)
{
    static const char spaces[] = " \t\r\n\f";
    const char *at = kite_node_attribute(node, attribute);
    size_t word_bytes = strlen(word);

    while (at && *(at += strspn(at, spaces))) {
        size_t bytes = strcspn(at, spaces);

        if (bytes == word_bytes && memcmp(at, word, bytes) == 0)
            return true;
        at += bytes;
    }
    return false;
}

struct kite_node *kite_node_child(const struct kite_node *node, const char *name)
{
    struct kite_node *child = node ? node->first : NULL;

    while (child && !kite_node_is(child, name))
        child = child->next;
    return child;
}

struct kite_node *kite_node_step(const struct kite_node *node, const struct kite_node *top, bool is_inside)
{
    if (!node)
        return NULL;
    if (is_inside && node->first)
        return node->first;
    while (node && node != top && !node->next)
        node = node->parent;
    return node && node != top ? node->next : NULL;
}

struct kite_node *kite_node_find(const struct kite_node *top, const char *name)
{
    struct kite_node *node = top ? top->first : NULL;

    while (node && !kite_node_is(node, name))
        node = kite_node_step(node, top, true);
    return node;
}

enum kite_status kite_node_text(const struct kite_node *top, struct kite_buffer *out)
{
    enum kite_status status = KITE_OK;

    for (const struct kite_node *node = top; node && status == KITE_OK; node = kite_node_step(node, top, true)) {
        if (!node->name)
            status = kite_buffer_add(out, node->text, node->text_bytes);
    }
    return status;
}
