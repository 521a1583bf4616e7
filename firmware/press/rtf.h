/* rtf: Rich Text Format, by the specification 1.9.1 as far as it carries meaning. Private to the press room. */
#ifndef KITE_PRESS_RTF_H
#define KITE_PRESS_RTF_H

#include "press/charset.h"
#include "press/rewrite.h"

bool kite_is_rtf(const struct kite_press_input *input);
/* What is cut short or unbalanced is read as far as it goes. KITE_E_FORMAT, KITE_E_LIMIT, KITE_E_NOMEM. */
enum kite_status kite_import_rtf(struct kite_draft *draft);

/* ---- between its files: rtf.c reads groups and words, rtf_words.c knows these, rtf_paragraphs.c makes the text ----------- */

/* Where text of a group goes. */
enum kite_rtf_place {
    KITE_RTF_BODY = 0,
    KITE_RTF_SKIPPED,
    KITE_RTF_NAME, /* of a font, a style, a bookmark, a property: see enum kite_rtf_named */
    KITE_RTF_PICTURE,
};

enum kite_rtf_named {
    KITE_RTF_UNNAMED = 0,
    KITE_RTF_FONTS,
    KITE_RTF_STYLES,
    KITE_RTF_ANCHOR,
    KITE_RTF_FIELD,
    KITE_RTF_LABEL, /* of a list's item */
    KITE_RTF_TITLE,
    KITE_RTF_AUTHOR,
    KITE_RTF_SUBJECT,
    KITE_RTF_RUNNING_HEAD,
    KITE_RTF_SHAPE_NAME, /* of a property of a picture or shape, and its value */
    KITE_RTF_SHAPE_VALUE,
};

#define KITE_RTF_UNDERLINE (1u << 16) /* beside enum kite_style */
#define KITE_RTF_HIDDEN (1u << 17)
#define KITE_RTF_DELETED (1u << 18)

struct kite_rtf_font {
    const struct kite_charset *charset; /* NULL: the file's */
    const char *symbols;                /* "Symbol" or "Wingdings", else NULL */
};

struct kite_rtf_style {
    enum kite_block block;
    unsigned level;
    uint32_t styles;
    bool is_list; /* paragraphs of it may go on with an item */
};

struct kite_rtf_paragraph {
    uint16_t style;
    uint8_t list_level, outline, align; /* 9: no outline; 'l', 'c', 'r' */
    bool is_in_table, is_in_list, is_rtl, has_border, is_indented;
};

/* What holds for a group, and for those in it until they say otherwise. */
struct kite_rtf_state {
    enum kite_rtf_place place;
    enum kite_rtf_named named;
    bool begins_place; /* this group is the outermost of its place */
    bool is_shape;     /* text in it is not the text's, but that of boxes */
    uint8_t fallback_bytes; /* behind a Unicode character, to pass over */
    uint16_t font, lang;
    uint32_t styles;
    const char *link; /* NULL: none */
    struct kite_rtf_paragraph paragraph;
};
#define KITE_RTF_DEPTH_MAX 256u

/* A part of the paragraph in hand. */
enum kite_rtf_piece_kind { KITE_RTF_TEXT = 0, KITE_RTF_BREAK, KITE_RTF_NOTE, KITE_RTF_IMAGE, KITE_RTF_PLACE };
struct kite_rtf_piece {
    enum kite_rtf_piece_kind kind;
    uint32_t styles;
    uint16_t lang;
    const char *link;
    size_t from, bytes;  /* of text */
    const char *name;    /* of a place for links; words for a picture */
    uint32_t number;     /* of a note, of a picture */
    const char *label;   /* of a note */
};

/* A group that is read later: a note behind the text, a box behind the paragraph that it stands at. */
struct kite_rtf_later {
    size_t at;
    struct kite_rtf_state state;
    bool is_note;
};
struct kite_rtf_image {
    size_t at, bytes; /* of the input; bytes 0: as digits, as far as the group goes */
};

struct kite_rtf {
    struct kite_rewrite rewrite;
    struct kite_properties properties;
    struct kite_press_input inner; /* fetches pictures */
    struct kite_arena arena;
    const uint8_t *bytes;
    size_t count, at;
    struct kite_rtf_state *states; /* KITE_RTF_DEPTH_MAX of them */
    unsigned depth, too_deep;
    int32_t value; /* of the word in hand, and what its row of the table says */
    uint32_t of;
    uint32_t high; /* half of a character that came as two */
    unsigned to_pass_over; /* of bytes that stand for a character that has come */
    const struct kite_charset *charset;
    uint16_t font, lang; /* that hold where nothing is said */
    struct kite_rtf_font *fonts;
    size_t font_capacity;
    struct kite_rtf_style *styles;
    size_t style_capacity;
    uint32_t numbered; /* font or style whose name is read */
    struct kite_buffer raw;  /* bytes of a character set, until they are known to be all of them */
    struct kite_buffer name; /* text of KITE_RTF_NAME */
    struct kite_buffer text; /* of the paragraph in hand */
    struct kite_rtf_piece *pieces;
    size_t piece_count, piece_capacity;
    char label[16]; /* of an item */
    bool has_label, has_note_number, is_star, is_picture_known, wants_words;
    const char *words; /* for the picture in hand */
    size_t image_at, image_bytes;
    struct kite_rtf_later *notes, *boxes;
    size_t note_count, note_capacity, box_count, box_capacity;
    struct kite_rtf_image *images;
    size_t image_count, image_capacity;
    uint32_t ordinals[KITE_REWRITE_LISTS_MAX]; /* of the last item of each level */
    bool is_in_note, is_head_row, has_row, has_cell, has_table;
};

#define KITE_RTF_NO_PARAGRAPH (struct kite_rtf_paragraph){ .outline = 9, .align = 'l' }

static inline struct kite_rtf_state *kite_rtf_top(struct kite_rtf *r)
{
    return &r->states[r->depth];
}

static inline void kite_rtf_fail(struct kite_rtf *r, enum kite_status status)
{
    r->rewrite.maker.status = r->rewrite.maker.status ? r->rewrite.maker.status : status;
}

/* Is text of such a group read as text? */
static inline bool kite_rtf_is_body(const struct kite_rtf_state *state)
{
    return state->place == KITE_RTF_BODY && !state->is_shape && !(state->styles & (KITE_RTF_HIDDEN | KITE_RTF_DELETED));
}

/* rtf.c: text of the group in hand, in UTF-8, of names only so much as is needed of any; and a character by its font. */
void kite_rtf_put_text(struct kite_rtf *r, const char *text, size_t bytes);
void kite_rtf_put_character(struct kite_rtf *r, uint32_t c);
/* Read a note or a box from behind its word to its end. */
void kite_rtf_read_later(struct kite_rtf *r, const struct kite_rtf_later *later);

/* rtf_words.c: a control word, and the end of the group in hand. */
void kite_rtf_enter(struct kite_rtf *r, const char *name, int32_t value);
void kite_rtf_end_place(struct kite_rtf *r);
/* The paragraph in hand ends, and the boxes that stand at it follow. */
void kite_rtf_end_with_boxes(struct kite_rtf *r);

/* rtf_paragraphs.c. Text or what stands for it goes on with the paragraph in hand. */
void kite_rtf_add_text(struct kite_rtf *r, const struct kite_rtf_state *state, const char *text, size_t bytes);
void kite_rtf_add_piece(struct kite_rtf *r, struct kite_rtf_piece piece);
/* Raised signs directly before a note that has no number of its own are its label: they are taken away. NULL: there are none. */
const char *kite_rtf_take_label(struct kite_rtf *r);
void kite_rtf_end_paragraph(struct kite_rtf *r, const struct kite_rtf_paragraph *paragraph);
void kite_rtf_end_cell(struct kite_rtf *r, const struct kite_rtf_paragraph *paragraph);
void kite_rtf_end_row(struct kite_rtf *r);
void kite_rtf_end_table(struct kite_rtf *r);

#endif
