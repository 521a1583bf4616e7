/* HTML to a tree by gumbo, which reads any text as browsers do. */
#include "press/tree.h"

#include <gumbo.h>
#include <setjmp.h>
#include <string.h>

/* Gumbo gives its tree back by recursion, which deep markup would turn into an overflow, and does not ask whether memory was had.
 * So its memory is an arena, and where that is used up, control leaves gumbo for good. */
struct work {
    struct kite_arena arena;
    jmp_buf no_memory;
};

static void *take(void *ctx, size_t bytes)
{
    struct work *work = ctx;
    void *block = kite_arena_alloc(&work->arena, bytes ? bytes : 1, 1);

    if (!block)
        longjmp(work->no_memory, 1);
    return block;
}

static void give_back(void *ctx, void *block)
{
    (void)ctx;
    (void)block;
}

static void open_element(struct kite_tree_maker *maker, const GumboElement *element)
{
    const char *name = gumbo_normalized_tagname(element->tag);
    size_t bytes = strlen(name);
    GumboStringPiece written = element->original_tag;

    if (element->tag == GUMBO_TAG_UNKNOWN) { /* an element that HTML does not have */
        gumbo_tag_from_original_text(&written);
        name = written.data ? written.data : "";
        bytes = written.length;
    }
    kite_tree_open(maker, name, bytes, true, element->start_pos.line);
    for (unsigned i = 0; i < element->attributes.length; i++) {
        const GumboAttribute *attribute = element->attributes.data[i];

        kite_tree_attribute(maker, attribute->name, true, attribute->value);
    }
}

static const GumboVector *children_of(const GumboNode *node)
{
    if (node->type == GUMBO_NODE_DOCUMENT)
        return &node->v.document.children;
    return node->type == GUMBO_NODE_ELEMENT || node->type == GUMBO_NODE_TEMPLATE ? &node->v.element.children : NULL;
}

static void enter(struct kite_tree_maker *maker, const GumboNode *node)
{
    switch (node->type) {
    case GUMBO_NODE_ELEMENT:
    case GUMBO_NODE_TEMPLATE:
        open_element(maker, &node->v.element);
        break;
    case GUMBO_NODE_TEXT:
    case GUMBO_NODE_CDATA:
    case GUMBO_NODE_WHITESPACE:
        kite_tree_text(maker, node->v.text.text, strlen(node->v.text.text));
        break;
    case GUMBO_NODE_DOCUMENT:
    case GUMBO_NODE_COMMENT:
        break;
    }
}

static void leave(struct kite_tree_maker *maker, const GumboNode *node)
{
    if (node->type == GUMBO_NODE_ELEMENT || node->type == GUMBO_NODE_TEMPLATE)
        kite_tree_shut(maker);
}

/* Without recursion, as depth is the text's choice. */
static void walk(struct kite_tree_maker *maker, const GumboNode *top)
{
    const GumboNode *node = top;

    while (node && maker->status == KITE_OK) {
        const GumboVector *children = children_of(node);

        enter(maker, node);
        if (children && children->length > 0) {
            node = children->data[0];
            continue;
        }
        leave(maker, node);
        while (node != top && node->index_within_parent + 1 >= children_of(node->parent)->length) {
            node = node->parent;
            leave(maker, node);
        }
        node = node == top ? NULL : children_of(node->parent)->data[node->index_within_parent + 1];
    }
}

/* KITE_E_LIMIT: gumbo ran out of memory. */
static enum kite_status read_html(struct work *work, const char *text, size_t bytes, struct kite_tree_maker *maker)
{
    GumboOptions options = kGumboDefaultOptions;

    if (setjmp(work->no_memory) != 0)
        return KITE_E_LIMIT;
    options.allocator = take;
    options.deallocator = give_back;
    options.userdata = work;
    options.max_errors = 0;
    walk(maker, gumbo_parse_with_options(&options, text, bytes)->document);
    return maker->status;
}

enum kite_status kite_tree_html(const struct kite_memory *mem, const char *text, size_t bytes, struct kite_tree *out,
                                struct kite_fault *fault)
{
    struct kite_tree_maker maker;
    struct work work;
    enum kite_status status = kite_tree_begin(mem, out, &maker);

    if (status)
        return kite_fail(fault, status, "no memory for the markup");
    kite_arena_init(&work.arena, *mem, KITE_TREE_BYTES_MAX);
    status = read_html(&work, text, bytes, &maker);
    if (status == KITE_E_LIMIT && work.arena.reserved_bytes < KITE_TREE_BYTES_MAX / 2)
        status = KITE_E_NOMEM;
    kite_arena_close(&work.arena);
    kite_tree_end(&maker);
    status = status ? status : maker.status;
    return status ? kite_fail(fault, status, "the markup: %s", kite_status_text(status)) : KITE_OK;
}
