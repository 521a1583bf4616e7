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

/* ---- depth ----------------------------------------------------------------------------------------------------------- */

/* What gumbo does with open elements grows with their number, so that markup which opens a hundred thousand would take hours. Beyond
 * OPEN_MAX no more are opened: the tree does not go so deep in any case. Elements that end by themselves don't count, nor do
 * links, each of which ends the one before. */
#define OPEN_MAX 500u

static bool is_name(const char *name, size_t bytes, const char *word)
{
    size_t i = 0;

    while (i < bytes && word[i] && (name[i] | 0x20) == word[i])
        i++;
    return i == bytes && word[i] == '\0';
}

static bool is_counted(const char *name, size_t bytes)
{
    static const char *const others[] = { "a", "area", "base", "body", "br", "caption", "col", "colgroup", "dd", "dt", "embed", "head", "hr", "html", "img", "input", "li", "link",
                                          "meta", "optgroup", "option", "p", "param", "rp", "rt", "source", "tbody", "td", "tfoot", "th", "thead", "tr", "track", "wbr" };

    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        if (is_name(name, bytes, others[i]))
            return false;
    }
    return bytes > 0;
}

static size_t name_bytes(const char *at, const char *end)
{
    const char *from = at;

    while (at < end && ((*at >= 'a' && *at <= 'z') || (*at >= 'A' && *at <= 'Z') || (*at >= '0' && *at <= '9') || *at == '-' || *at == ':'))
        at++;
    return (size_t)(at - from);
}

static const char *find(const char *at, const char *end, const char *what)
{
    size_t bytes = strlen(what);

    while ((size_t)(end - at) >= bytes && (at = memchr(at, *what, (size_t)(end - at) - bytes + 1)) != NULL) {
        if (memcmp(at, what, bytes) == 0)
            return at + bytes;
        at++;
    }
    return end;
}

/* Behind a tag, at most of which is its name; quotation marks may hold a '>'. */
static const char *tag_end(const char *at, const char *end)
{
    char quote = '\0';

    for (; at < end && (quote || *at != '>'); at++) {
        if (quote ? *at == quote : *at == '"' || *at == '\'')
            quote = quote ? '\0' : *at;
    }
    return at < end ? at + 1 : end;
}

/* The text without tags that would open too much, and without as many that would shut it; *has_any: there are such. out NULL: just look. */
static enum kite_status make_shallow(const char *text, size_t bytes, struct kite_buffer *out, bool *has_any)
{
    const char *end = text + bytes, *kept_to = text;
    enum kite_status status = KITE_OK;
    size_t open = 0, passed_over = 0;

    *has_any = false;
    for (const char *at = memchr(text, '<', bytes), *next; at && at < end && status == KITE_OK; at = next < end ? memchr(next, '<', (size_t)(end - next)) : NULL) {
        bool is_end = end - at > 1 && at[1] == '/', is_out = false;
        const char *name = at + 1 + is_end;
        size_t count = name < end ? name_bytes(name, end) : 0;

        if (end - at >= 4 && memcmp(at, "<!--", 4) == 0) {
            next = find(at + 4, end, "-->");
            continue;
        }
        next = count > 0 ? tag_end(name + count, end) : at + 1;
        if (!is_end && (is_name(name, count, "script") || is_name(name, count, "style"))) {
            next = find(next, end, is_name(name, count, "script") ? "</script" : "</style");
            continue;
        }
        if (!is_counted(name, count))
            continue;
        if (is_end && passed_over > 0) {
            passed_over--;
            is_out = true;
        } else if (is_end) {
            open -= open > 0;
        } else if (open < OPEN_MAX) {
            open++;
        } else {
            passed_over++;
            is_out = true;
        }
        *has_any = *has_any || is_out;
        if (is_out && out) {
            status = kite_buffer_add(out, kept_to, (size_t)(at - kept_to));
            kept_to = next;
        }
    }
    return out && status == KITE_OK ? kite_buffer_add(out, kept_to, (size_t)(end - kept_to)) : status;
}

/* ---- gumbo ------------------------------------------------------------------------------------------------------------ */

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
    struct kite_buffer shallow = { .mem = *mem };
    bool is_deep;
    enum kite_status status = kite_tree_begin(mem, out, &maker);

    if (status)
        return kite_fail(fault, status, "no memory for the markup");
    kite_arena_init(&work.arena, *mem, KITE_TREE_BYTES_MAX);
    make_shallow(text, bytes, NULL, &is_deep);
    if (is_deep) {
        status = make_shallow(text, bytes, &shallow, &is_deep);
        text = (const char *)shallow.bytes;
        bytes = shallow.count;
    }
    status = status ? status : read_html(&work, text, bytes, &maker);
    if (status == KITE_E_LIMIT && work.arena.reserved_bytes < KITE_TREE_BYTES_MAX / 2)
        status = KITE_E_NOMEM;
    kite_arena_close(&work.arena);
    kite_buffer_close(&shallow);
    kite_tree_end(&maker);
    status = status ? status : maker.status;
    return status ? kite_fail(fault, status, "the markup: %s", kite_status_text(status)) : KITE_OK;
}
