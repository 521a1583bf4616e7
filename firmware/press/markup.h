/* markup: the elements of HTML to a draft. One text may lie in several files, as in an EPUB: links and notes lead from one to another.
 * Private to the press room. */
#ifndef KITE_PRESS_MARKUP_H
#define KITE_PRESS_MARKUP_H

#include "press/css.h"
#include "press/draft.h"

/* Marks of nodes (struct kite_node.mark). */
enum {
    KITE_MARK_NONE = 0,
    KITE_MARK_LEFT_OUT,  /* with all that it holds */
    KITE_MARK_BACK,      /* a link back from a note: nothing on a page */
    KITE_MARK_NOTE_REF,  /* KITE_MARK_NOTE_REF + n: the mark of note n */
};
#define KITE_MARK_NOTE_BODY 0x80000000u /* + n: what holds the text of note n, which stands not here but at its mark */

static inline bool kite_is_note_body(const struct kite_node *node)
{
    return node->mark >= KITE_MARK_NOTE_BODY;
}

static inline bool kite_is_note_ref(const struct kite_node *node)
{
    return node->mark >= KITE_MARK_NOTE_REF && node->mark < KITE_MARK_NOTE_BODY;
}

struct kite_markup_file {
    const char *name; /* "": the only one. Anchors are NAME#ID, of an only one ID */
    struct kite_node *root, *top; /* of its tree, and what of it is text */
};

/* What no page shows; the report says how many there were. */
enum kite_markup_left_out {
    KITE_MARKUP_NO_LOSS = 0, /* nobody misses it */
    KITE_MARKUP_FILMS,
    KITE_MARKUP_FRAMES,
    KITE_MARKUP_FIELDS,
    KITE_MARKUP_DRAWINGS,
    KITE_MARKUP_LINKS_IN_CODE,
    KITE_MARKUP_PICTURES_IN_NOTES,
    KITE_MARKUP_PICTURES_IN_CELLS,
    KITE_MARKUP_LETTERS,
    KITE_MARKUP_LEFT_OUT_COUNT
};

struct kite_markup_list {
    uint32_t next_ordinal; /* 0: bullets */
    bool item_is_due;      /* its first paragraph is still to come */
    uint32_t ordinal;      /* of the item in hand */
    bool is_tight;
    unsigned quotes; /* that it stands in */
};
#define KITE_MARKUP_LISTS_MAX 16u

struct kite_markup {
    struct kite_draft *draft;
    const struct kite_css *css; /* may be NULL */
    struct kite_markup_file *files;
    size_t file_count;
    /* A reference in a file to what the input's fetch understands, into out; KITE_E_RANGE: it leads nowhere. NULL: as it stands. */
    enum kite_status (*locate)(const char *from, const char *reference, char out[KITE_STRING_BYTES_MAX + 1]);

    /* The rest is markup's own: all zero at first. */
    const struct kite_markup_file *file;
    struct kite_builder builder;
    const struct kite_draft_anchor *anchors; /* met, and due to the next paragraph */
    struct kite_draft_page *pages;           /* likewise: of a paper book */
    struct kite_markup_list lists[KITE_MARKUP_LISTS_MAX];
    unsigned list_count, quotes, breaks;
    enum kite_role role; /* of paragraphs without a place that gives one */
    uint8_t heading_level;
    uint32_t line;
    bool is_verse, is_in_note, note_has_begun, is_in_cell, is_in_stanza;
    enum kite_said_direction direction;
    struct kite_names keys;       /* "file#id" that links lead to */
    struct kite_node **targets;   /* by number of the key; NULL: there is none */
    size_t target_capacity;
    struct kite_node **notes;     /* by number of the note: what holds its text */
    const char **labels;          /* as its first mark shows it */
    size_t note_count, note_capacity;
    const char *label; /* of the note in hand, until its text begins */
    bool label_is_over; /* what ends it may still stand there: ".", ")" */
    uint32_t left_out[KITE_MARKUP_LEFT_OUT_COUNT]; /* how many of each kind */
    enum kite_status status; /* the first failure; nothing is done after it */
};

/* All files into the draft, which has fault, input and writer set: body first, then the notes in the order of their marks. What is
 * left out must be marked before. */
enum kite_status kite_markup_import(struct kite_markup *markup);

/* ---- between its files ------------------------------------------------------------------------------------- */

/* Find and mark notes, their marks and the links back. */
void kite_markup_find_notes(struct kite_markup *m);
/* "file#id" of what an href in the file in hand leads to, or false for an address outside. */
bool kite_markup_key(const struct kite_markup *m, const char *href, char out[KITE_STRING_BYTES_MAX + 1]);
/* Where a page of a paper book begins; what is in it is its number, and no text. */
bool kite_markup_is_page_break(const struct kite_node *node);
/* The element's id and name become anchors of the next paragraph; a page break begins a page there. */
void kite_markup_take_anchors(struct kite_markup *m, const struct kite_node *node);
/* Text and inline elements go on with the paragraph in hand. */
void kite_markup_inline(struct kite_markup *m, struct kite_node *node);
void kite_markup_blocks(struct kite_markup *m, struct kite_node *node);
/* An element of MathML goes on as text; false for any other. */
bool kite_markup_math(struct kite_markup *m, struct kite_node *node);
/* Rows of a table. */
void kite_markup_table(struct kite_markup *m, struct kite_node *table);
/* End the paragraph in hand: it goes into the draft unless it is empty. */
void kite_markup_end(struct kite_markup *m);
/* A picture on its own, by an img or svg element. */
void kite_markup_picture(struct kite_markup *m, const struct kite_node *node);
/* An element that is not to be seen: by an attribute or by the style sheets. */
bool kite_markup_is_hidden(const struct kite_markup *m, const struct kite_node *node);
/* The language that an element says its text has, else `outer`; 0 where it is the document's. */
kite_lang kite_markup_lang(const struct kite_markup *m, const struct kite_node *node, kite_lang outer);
/* Which way an element's text runs, where it or else what is around it says so. */
enum kite_said_direction kite_markup_direction(const struct kite_markup *m, const struct kite_node *node, enum kite_said_direction outer);
/* The same by all that stands above it as well. */
enum kite_said_direction kite_markup_direction_at(const struct kite_markup *m, const struct kite_node *node);
/* What stands before and behind the text of an element within a line that runs another way than the line; "" for any other. */
const char *kite_markup_turn(struct kite_markup *m, const struct kite_node *node, const char **end);
/* Does it make paragraphs of its own? */
bool kite_markup_is_block(const struct kite_node *node);
/* A note's text leaves the label away that it begins with. */
void kite_markup_skip_label(const char *label, const char **text, size_t *bytes);

#endif
