/* Nodes: making them in order, and looking about among them. */
#include "press/tree.h"

#include <string.h>

enum kite_status kite_tree_begin(const struct kite_memory *mem, struct kite_tree *tree, struct kite_tree_maker *maker)
{
    *maker = (struct kite_tree_maker){ .tree = tree };
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

void kite_tree_open(struct kite_tree_maker *maker, const char *name, size_t name_bytes, bool is_lower, uint32_t line)
{
    struct kite_node *node;

    if (maker->status)
        return;
    if (maker->depth == KITE_TREE_DEPTH_MAX) {
        maker->too_deep++;
        return;
    }
    node = append(maker);
    if (!node)
        return;
    node->name = copy(maker, name, name_bytes, is_lower);
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
    struct kite_node *last = maker->last_of[maker->depth];

    if (maker->status || bytes == 0)
        return;
    if (last && !last->name) { /* a parser gives text in parts */
        char *joined = take(maker, last->text_bytes + bytes + 1, 1);

        if (!joined)
            return;
        memcpy(joined, last->text, last->text_bytes);
        memcpy(joined + last->text_bytes, text, bytes);
        joined[last->text_bytes + bytes] = '\0';
        last->text = joined;
        last->text_bytes += bytes;
        return;
    }
    last = append(maker);
    if (!last)
        return;
    last->text = copy(maker, text, bytes, false);
    last->text_bytes = bytes;
}

void kite_tree_shut(struct kite_tree_maker *maker)
{
    if (maker->too_deep > 0) {
        maker->too_deep--;
    } else if (maker->depth > 0) {
        maker->depth--;
        maker->at = maker->depth ? maker->last_of[maker->depth - 1] : maker->root;
    }
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
