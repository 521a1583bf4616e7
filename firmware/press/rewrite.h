/* rewrite: the text of an office file or a FictionBook made anew with the elements of HTML, which markup.h then reads. So each
 * format's importer says what its own markup means, and nothing else. Private to the press room. */
#ifndef KITE_PRESS_REWRITE_H
#define KITE_PRESS_REWRITE_H

#include "press/container.h"
#include "press/markup.h"

#define KITE_REWRITE_LISTS_MAX 8u

/* What a paragraph's style means, by the name that the word processors give it. */
enum kite_block {
    KITE_BLOCK_PARAGRAPH = 0,
    KITE_BLOCK_TITLE,
    KITE_BLOCK_SUBTITLE,
    KITE_BLOCK_BYLINE,
    KITE_BLOCK_HEADING, /* with a level */
    KITE_BLOCK_QUOTE,
    KITE_BLOCK_EPIGRAPH,
    KITE_BLOCK_ATTRIBUTION,
    KITE_BLOCK_VERSE,
    KITE_BLOCK_PREFORMATTED,
    KITE_BLOCK_CAPTION,
    KITE_BLOCK_RULE,
    KITE_BLOCK_CONTENTS, /* a line of a list of contents */
    KITE_BLOCK_ITEM_MORE
};

/* What was left out or made simpler, told once each, with how often. */
enum kite_loss {
    KITE_LOSS_DELETED,
    KITE_LOSS_COMMENT,
    KITE_LOSS_HIDDEN,
    KITE_LOSS_RUNNING_HEAD,
    KITE_LOSS_CONTENTS,
    KITE_LOSS_DRAWING,
    KITE_LOSS_SYMBOL,
    KITE_LOSS_LETTERS, /* list items numbered by letters or Roman numerals */
    KITE_LOSS_COUNT
};

struct kite_rewrite {
    struct kite_draft *draft;
    struct kite_tree tree;
    struct kite_tree_maker maker;
    uint32_t line;
    struct {
        bool is_numbered;
    } lists[KITE_REWRITE_LISTS_MAX];
    unsigned list_count;  /* open, each with an item open */
    bool is_preformatted; /* a pre is open, for the next line of it */
    bool has_title;
    unsigned losses[KITE_LOSS_COUNT];
    struct kite_buffer names; /* for made-up attribute values */
};

enum kite_status kite_rewrite_begin(struct kite_rewrite *r, struct kite_draft *draft);
void kite_rewrite_close(struct kite_rewrite *r); /* may be called twice */

struct kite_properties;
/* What has been made goes into the draft, and losses to the report. properties: what the file says of itself, NULL for nothing;
 * programs put there whose computer it was, and titles of what the file was copied from, so each is taken only where the text
 * says the same. */
enum kite_status kite_rewrite_import(struct kite_rewrite *r, const struct kite_properties *properties);

/* ---- making: failures stay in r->maker.status ------------------------------------------------------------ */

void kite_rewrite_open(struct kite_rewrite *r, const char *name);
void kite_rewrite_shut(struct kite_rewrite *r);
void kite_rewrite_attribute(struct kite_rewrite *r, const char *name, const char *value);
/* An attribute made of two parts: name="BEFORE VALUE". */
void kite_rewrite_attribute_of(struct kite_rewrite *r, const char *name, const char *before, const char *value);
void kite_rewrite_text(struct kite_rewrite *r, const char *text, size_t bytes);
void kite_rewrite_character(struct kite_rewrite *r, uint32_t c);
void kite_rewrite_break(struct kite_rewrite *r);
/* Elements for styles (enum kite_style bits) and a language (may be NULL); returns how many to shut. */
unsigned kite_rewrite_open_styles(struct kite_rewrite *r, uint32_t styles, const char *lang);
void kite_rewrite_shut_all(struct kite_rewrite *r, unsigned count);
/* An anchor for links to "#NAME". */
void kite_rewrite_anchor(struct kite_rewrite *r, const char *name);
void kite_rewrite_picture(struct kite_rewrite *r, const char *reference, const char *alternative);
/* The mark of a note, and its text, which is opened and to be shut. label: what the text may repeat at its beginning, NULL for
 * none. */
void kite_rewrite_note_mark(struct kite_rewrite *r, const char *kind, const char *id, const char *label);
void kite_rewrite_open_note(struct kite_rewrite *r, const char *kind, const char *id);
/* Paragraphs in the order of the text: the elements around one, which *count gets to shut. level: of a heading. */
unsigned kite_rewrite_open_block(struct kite_rewrite *r, enum kite_block block, unsigned level);
/* The next paragraph is an item, in lists of this depth (from 1); ordinal 0 for a bullet. Not to be shut. */
void kite_rewrite_item(struct kite_rewrite *r, unsigned depth, uint32_t ordinal);
void kite_rewrite_end_lists(struct kite_rewrite *r, unsigned down_to);
/* A list's and a preformatted text's end, where something begins that is neither. */
void kite_rewrite_end_blocks(struct kite_rewrite *r);

/* A number as lists show it, without an end: 1, a, A, i or I. Letters go a ... z, aa ... zz, Roman numerals as far as 399;
 * beyond, digits. */
size_t kite_rewrite_number(uint32_t value, char form, char out[16]);
/* By name, without spaces, marks and case: "heading 1", "Heading_20_1". *level for headings. */
enum kite_block kite_rewrite_block_of(const char *style, unsigned *level);
/* A style of characters that stands for typewritten text. */
bool kite_rewrite_is_code(const char *style);

/* ---- properties of a file ---------------------------------------------------------------------------------- */

struct kite_properties {
    struct kite_buffer title, author, subject, lang;
};
void kite_properties_init(struct kite_properties *p, const struct kite_memory *mem);
void kite_properties_close(struct kite_properties *p);

/* ---- packages -------------------------------------------------------------------------------------------- */

struct kite_package {
    struct kite_draft *draft;
    struct kite_container *container;
    const struct kite_press_input *outer;
    struct kite_press_input inner; /* the draft's input as long as the package is open: fetches from the container */
};
enum kite_status kite_package_open(struct kite_draft *draft, struct kite_package *out);
void kite_package_close(struct kite_package *package);
/* A part as a tree. KITE_DONE: there is none. A part that isn't well-formed is told and read as far as it goes. The tree is to be
 * closed when KITE_OK is returned. */
enum kite_status kite_package_tree(struct kite_package *package, const char *name, struct kite_tree *out);
/* Is there a file in this ZIP whose name begins so? */
bool kite_package_names(const struct kite_press_input *input, const char *start);

/* ---- elements by their id -------------------------------------------------------------------------------- */

struct kite_index { /* all-zero is empty; lies in the arena */
    struct kite_names names;
    struct kite_node **nodes; /* by number of the name */
    size_t capacity;
};
/* Of two with one id the first counts. KITE_E_NOMEM. */
enum kite_status kite_index_add(struct kite_index *index, struct kite_arena *arena, const char *id, struct kite_node *node);
struct kite_node *kite_index_find(const struct kite_index *index, const char *id); /* NULL: none */

/* ---- looking about ---------------------------------------------------------------------------------------- */

/* An attribute by its name without prefix, NULL for none. */
const char *kite_local_attribute(const struct kite_node *node, const char *name);
/* Of a child element. */
const char *kite_child_attribute(const struct kite_node *node, const char *child, const char *name);
uint32_t kite_number_or(const char *text, uint32_t otherwise);

#endif
