/* docx: WordprocessingML (ECMA-376, part 1). Recognising it and importing it; the rest is between its files. Private to the press
 * room. */
#ifndef KITE_PRESS_DOCX_H
#define KITE_PRESS_DOCX_H

#include "press/rewrite.h"

bool kite_is_docx(const struct kite_press_input *input);
enum kite_status kite_import_docx(struct kite_draft *draft);
/* A package within a compound file: what Word writes where a password is set. */
bool kite_is_encrypted_office(const struct kite_press_input *input);

/* ---- styles --------------------------------------------------------------------------------------------- */

#define KITE_DOCX_HIDDEN (1u << 8) /* beside enum kite_style */
#define KITE_DOCX_UNDERLINE (1u << 9)
#define KITE_DOCX_RTL (1u << 10)
#define KITE_DOCX_BIDI (1u << 11) /* of paragraphs: from right to left */
#define KITE_DOCX_NO_NUMBER UINT32_MAX

/* What a style, a paragraph or a run says of its text: bits said to be, bits said not to be. */
struct kite_docx_run {
    uint32_t yes, no;
    const char *lang, *lang_rtl; /* NULL: not said */
};
struct kite_docx_style {
    const struct kite_node *node;
    struct kite_docx_run run; /* all that it inherits in it */
    enum kite_block block;
    unsigned level;                      /* of a heading */
    uint32_t numbering, numbering_level; /* KITE_DOCX_NO_NUMBER: not said */
};
struct kite_docx_styles {
    struct kite_arena *arena;
    struct kite_names names;
    struct kite_docx_style *items; /* by number of the name */
    size_t capacity;
    struct kite_docx_style none; /* of text without a style */
};
/* root: of the part, which outlives the styles; NULL when there is none. KITE_E_NOMEM. */
enum kite_status kite_docx_read_styles(struct kite_docx_styles *styles, struct kite_arena *arena, const struct kite_node *root);
/* By its id; NULL or an unknown one: the default. */
const struct kite_docx_style *kite_docx_style_of(const struct kite_docx_styles *styles, const char *id);
/* What an rPr says. */
struct kite_docx_run kite_docx_run_of(const struct kite_node *properties);
/* Does a paragraph run from right to left? By its style and by its own properties, NULL for none. */
bool kite_docx_is_bidi(const struct kite_docx_style *style, const struct kite_node *properties);
/* Base with more on top. */
struct kite_docx_run kite_docx_run_over(struct kite_docx_run base, struct kite_docx_run more);

/* ---- numbering ------------------------------------------------------------------------------------------ */

#define KITE_DOCX_LEVELS 9u

enum kite_docx_format {
    KITE_DOCX_DECIMAL = 0,
    KITE_DOCX_BULLET,
    KITE_DOCX_LETTER,
    KITE_DOCX_CAPITAL,
    KITE_DOCX_ROMAN,
    KITE_DOCX_ROMAN_CAPITAL,
    KITE_DOCX_BLANK
};

struct kite_docx_level {
    uint32_t start;
    enum kite_docx_format format;
    const char *text; /* "%1.%2" */
};
struct kite_docx_count { /* an abstract numbering and how far it is */
    struct kite_docx_level levels[KITE_DOCX_LEVELS];
    uint32_t values[KITE_DOCX_LEVELS];
    bool has_begun[KITE_DOCX_LEVELS];
    const char *style_link;
};
struct kite_docx_numbering {
    struct kite_arena *arena;
    struct kite_names abstract_names, names;
    struct kite_docx_count *counts; /* by number of the abstract name */
    size_t count_capacity;
    struct kite_docx_instance {
        uint32_t abstract;                 /* KITE_DOCX_NO_NUMBER: of none */
        uint32_t starts[KITE_DOCX_LEVELS]; /* KITE_DOCX_NO_NUMBER: as the abstract one; used once */
    } *instances; /* by number of the name */
    size_t capacity;
};
enum kite_status kite_docx_read_numbering(struct kite_docx_numbering *numbering, struct kite_arena *arena,
                                          const struct kite_node *root);
/* Count one on. *format tells what it is; *ordinal is 0 for a bullet; label gets the number as it shows. False: there is no such
 * numbering. */
bool kite_docx_count_on(struct kite_docx_numbering *numbering, uint32_t id, uint32_t level, enum kite_docx_format *format,
                        uint32_t *ordinal, char label[64]);

/* ---- text ----------------------------------------------------------------------------------------------- */

#define KITE_DOCX_FIELDS_MAX 16u
#define KITE_DOCX_BOXES_MAX 64u

/* One part of the package, with what its ids lead to. */
struct kite_docx_part {
    char name[KITE_CONTAINED_NAME_BYTES_MAX + 1];
    struct kite_tree tree, relations;
    bool has_tree, has_relations;
    struct kite_index related, notes; /* relations, and in a part of notes these, by their ids */
};

struct kite_docx {
    struct kite_rewrite rewrite;
    struct kite_package package;
    struct kite_arena arena;
    struct kite_docx_styles styles;
    struct kite_docx_numbering numbering;
    struct kite_docx_part document, footnotes, endnotes, styles_part, numbering_part;
    const struct kite_docx_part *part; /* in hand */
    struct kite_docx_field {
        bool is_instruction; /* its text is still to come */
        const char *link;    /* NULL: it is no link */
        struct kite_buffer instruction;
    } fields[KITE_DOCX_FIELDS_MAX];
    unsigned field_count, fields_beyond;
    const struct kite_node *boxes[KITE_DOCX_BOXES_MAX]; /* text boxes met, due behind the paragraph */
    unsigned box_count;
    struct kite_docx_run paragraph_run; /* what its styles give to its text */
    uint32_t base_styles;               /* those of them that are the paragraph's look */
    bool is_in_link, is_in_note, is_heading, is_in_head;
    const char *custom_label; /* the mark of a note that its writer has set */
};

enum kite_status kite_docx_part_open(struct kite_docx *d, const char *name, struct kite_docx_part *out);
/* The part that a relation of this type leads to; without one out is left as it was. */
enum kite_status kite_docx_open_related(struct kite_docx *d, const struct kite_docx_part *from, const char *type, struct kite_docx_part *out);
void kite_docx_part_close(struct kite_docx_part *part);
/* The target of a relation, NULL for none; *is_outside: an address and not a part. */
const char *kite_docx_target(const struct kite_docx_part *part, const char *id, bool *is_outside);
const char *kite_docx_target_of_type(const struct kite_docx_part *part, const char *type);

/* Paragraphs, tables and what holds them. */
void kite_docx_blocks(struct kite_docx *d, const struct kite_node *holder);
/* Runs and what holds them. */
void kite_docx_inline(struct kite_docx *d, const struct kite_node *holder);
/* Pictures, text boxes, charts. */
void kite_docx_drawing(struct kite_docx *d, const struct kite_node *node);
void kite_docx_formula(struct kite_docx *d, const struct kite_node *node);
void kite_docx_symbol(struct kite_docx *d, const struct kite_node *node);
/* What a byte stands for in the fonts Symbol and Wingdings; 0: not known. */
uint32_t kite_docx_symbol_of(const char *font, uint32_t code);
/* The notes that marks lead to, behind all else. */
void kite_docx_notes(struct kite_docx *d);
void kite_docx_close_fields(struct kite_docx *d);

/* Where the text in the draft has characters that the reader's fonts lack, the fonts that the file brings go to the draft. KITE_E_NOMEM. */
enum kite_status kite_docx_read_fonts(struct kite_docx *d);

#endif
