/* tree: markup as elements and text, whatever it was written in. XML by expat, HTML by gumbo; both give the same nodes, so that
 * what reads HTML reads the XHTML in an EPUB as well. Private to the press room.
 *
 * Foreign bytes: nothing outside the text is read, entities cannot make it much longer, and depth and memory have bounds. What lies
 * deeper than KITE_TREE_DEPTH_MAX is kept, at that depth. */
#ifndef KITE_PRESS_TREE_H
#define KITE_PRESS_TREE_H

#include "base/base.h"

#define KITE_TREE_DEPTH_MAX 200u
#define KITE_TREE_BYTES_MAX (192u << 20) /* of one tree in memory */

struct kite_attribute {
    const char *name;  /* as written, in HTML lower case: "href", "epub:type", "w:val" */
    const char *value; /* UTF-8 */
    const struct kite_attribute *next;
};

struct kite_node {
    const char *name; /* of an element, without prefix, in HTML lower case; NULL: text */
    const char *text; /* of text; ended by a zero byte as well */
    size_t text_bytes;
    const struct kite_attribute *attributes;
    struct kite_node *parent, *first, *next;
    uint32_t line; /* of the input, 0 when not known */
    uint32_t mark; /* for whoever reads the tree; 0 at first */
};

struct kite_tree {
    struct kite_arena arena;
    struct kite_node *root; /* an element without a name that holds what stands at the top */
};

/* text is UTF-8 in any case; what an XML declaration says of the encoding is passed over.
 * KITE_E_FORMAT: not well-formed, the fault says where (the tree up to there is kept); KITE_E_LIMIT; KITE_E_NOMEM. To be closed in
 * any case. */
enum kite_status kite_tree_xml(const struct kite_memory *mem, const char *text, size_t bytes, struct kite_tree *out,
                               struct kite_fault *fault);
/* Any text is HTML of some kind. KITE_E_LIMIT, KITE_E_NOMEM. */
enum kite_status kite_tree_html(const struct kite_memory *mem, const char *text, size_t bytes, struct kite_tree *out,
                                struct kite_fault *fault);
void kite_tree_close(struct kite_tree *tree); /* may be called twice */

/* ---- looking about: node may be NULL ------------------------------------------------------------------- */

bool kite_node_is(const struct kite_node *node, const char *name);
/* NULL when it has none. */
const char *kite_node_attribute(const struct kite_node *node, const char *name);
/* One of the words of an attribute that is a list of them: class, epub:type, rel. */
bool kite_node_has_word(const struct kite_node *node, const char *attribute, const char *word);
/* The first child element of that name. */
struct kite_node *kite_node_child(const struct kite_node *node, const char *name);
/* The next node after this one in the order of the text, within `top` (which is not returned); NULL at the end.
 * is_inside: also what this node holds. */
struct kite_node *kite_node_step(const struct kite_node *node, const struct kite_node *top, bool is_inside);
/* The first element of that name below, at any depth. */
struct kite_node *kite_node_find(const struct kite_node *top, const char *name);
/* All text below, one after the other. KITE_E_NOMEM. */
enum kite_status kite_node_text(const struct kite_node *node, struct kite_buffer *out);

/* ---- for those that build one -------------------------------------------------------------------------- */

struct kite_tree_maker {
    struct kite_tree *tree;
    struct kite_node *root, *at; /* at: the open element */
    struct kite_node *last_of[KITE_TREE_DEPTH_MAX + 1]; /* its last child, by depth */
    struct kite_buffer text; /* that has come and is no node yet: parsers give it in parts */
    uint32_t depth;       /* of the open element */
    uint32_t too_deep;    /* open elements that were passed over */
    enum kite_status status; /* the first failure; later calls do nothing */
};
enum kite_status kite_tree_begin(const struct kite_memory *mem, struct kite_tree *tree, struct kite_tree_maker *maker);
/* Strings are copied, name and attribute names in lower case if asked. Attributes follow by kite_tree_attribute, at once. */
void kite_tree_open(struct kite_tree_maker *maker, const char *name, size_t name_bytes, bool is_lower, uint32_t line);
void kite_tree_attribute(struct kite_tree_maker *maker, const char *name, bool is_lower, const char *value);
/* Joined to the text before it. */
void kite_tree_text(struct kite_tree_maker *maker, const char *text, size_t bytes);
void kite_tree_shut(struct kite_tree_maker *maker);
/* Must be called in any case, as the last; gives the maker's status. */
enum kite_status kite_tree_end(struct kite_tree_maker *maker);

#endif
