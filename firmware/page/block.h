/* block: one paragraph of a bundle under a setting: what its role looks like, its lines and its place between
 * its neighbours. Private to the page room. */
#ifndef KITE_PAGE_BLOCK_H
#define KITE_PAGE_BLOCK_H

#include "page/page.h"

enum kite_block_kind { KITE_BLOCK_TEXT = 0, KITE_BLOCK_PICTURE, KITE_BLOCK_ROW };

struct kite_cell {
    struct kite_text text;
    struct kite_text_style style;
    struct kite_broken broken;
    kite_f26 left_f26;
    uint32_t start_bytes; /* of its text, in the row's */
};

/* How a block meets the grid of body lines, which counts from the page's top. */
enum kite_block_grid {
    KITE_BLOCK_GRID_NONE = 0,
    KITE_BLOCK_GRID_BODY, /* its first line stands on it */
    KITE_BLOCK_GRID_HEAD  /* what follows stands on it: the room to spare is shared out above and below */
};

/* A text that was made from the paragraph's: from start_bytes on it shows the paragraph's from from_bytes on, or, when
 * is_added, something that the paragraph does not have and that belongs to its byte from_bytes. */
struct kite_block_stretch {
    uint32_t start_bytes, from_bytes;
    bool is_added;
};

struct kite_block {
    enum kite_block_kind kind;
    struct kite_paragraph paragraph;
    struct kite_text text; /* what is set: the paragraph's own, or made from it */
    struct kite_text_style style;
    struct kite_broken broken;
    kite_f26 left_f26;                  /* from the column's left edge */
    kite_f26 above_f26, below_f26;      /* at least; above falls away at a page's top */
    enum kite_block_grid grid;
    bool is_flexible;                   /* the space above may give or take for an even page end */
    kite_f26 line_f26, baseline_f26;    /* of each line; baseline from the line's top */
    uint32_t line_count;                /* 0: takes no room at all */
    bool keeps_next, keeps_before;      /* never last on a page; never first */
    bool is_whole;                      /* never split */
    bool is_loosable;                   /* running text: may be set a line longer or shorter */
    char marker[16];                    /* list sign or note number, "" for none */
    bool has_rule_above;                /* first of the notes behind the text */
    const struct kite_block_stretch *stretches; /* how text goes with the paragraph's own; none: it is that */
    size_t stretch_count;
    struct kite_rect picture;           /* width, height in px, x from the column's left edge */
    kite_f26 least_f26, follow_f26;     /* picture: height that it may come down to; what must stand below it */
    struct kite_cell *cells;
    uint32_t cell_count;
    kite_f26 cell_line_f26, cell_top_f26; /* of each line in a cell; where the first begins in the row */
    kite_f26 head_f26; /* row: height of its table's head, which stands again over it at a page's top; 0: it does not */
};

/* What a block needs to know of the paragraph before it. */
struct kite_block_before {
    enum kite_role role; /* COUNT: none, the document begins */
    uint8_t quote_depth, depth;
    uint32_t ordinal;
};

/* What blocks need to know of the document around them. */
struct kite_block_context {
    struct kite_bundle *bundle;
    struct kite_setter *setter;
    struct kite_fonts *fonts;
    const struct kite_setting *setting;
    uint32_t document;
    struct kite_document_info info;
    bool is_justified, hyphenates;
    int32_t line_em1000_min; /* that the letters of the document's language need */
    kite_f26 column_f26, height_f26; /* of the text area; height in whole lines */
    /* Of the paragraph read last, so that its follower need not read it again. */
    bool has_known;
    uint32_t known_index;
    struct kite_block_before known;
    kite_f26 item_indent_f26, item_digit_f26; /* of list items; for each figure of a number beyond two. 0: unknown */
    uint32_t first_behind; /* the first note that stands behind the text */
    /* The table measured last. */
    uint32_t table_start;            /* the table's first row, its head if it has one */
    uint32_t table_first, table_end; /* rows that share their columns */
    uint32_t table_columns; /* 0: set as cards */
    bool table_has_head;
    kite_f26 table_head_f26; /* the head's height; 0: none, or none in columns */
    kite_f26 table_left[KITE_COLUMNS_MAX], table_width[KITE_COLUMNS_MAX];
    kite_f26 table_f26; /* of all columns and what is between them */
};

/* A paragraph as it is best. */
extern const struct kite_text_wish kite_no_wish;

/* Build the block of paragraph `index`, set as one wishes. Everything is in arena.
 * KITE_E_RANGE: the wish cannot be had. */
enum kite_status kite_block_build(struct kite_block_context *context, uint32_t index, struct kite_text_wish wish,
                                  struct kite_arena *arena, struct kite_block *out, struct kite_fault *fault);

/* The same for a paragraph in the run of the text: a note that stands at the foot of a page takes no lines here. */
enum kite_status kite_block_build_in_flow(struct kite_block_context *context, uint32_t index,
                                          struct kite_text_wish wish, struct kite_arena *arena,
                                          struct kite_block *out, struct kite_fault *fault);

/* Between a list sign or note number and its text. */
#define KITE_MARKER_GAP_EM1000 500

#define KITE_BLOCK_NOTE_UNKNOWN UINT32_MAX
/* Forget what was kept of the document: it or the setting is another. */
void kite_block_context_clear(struct kite_block_context *context);

/* Space around a block of `height` whose lines would begin at `top` if it had none; 0 is the page's top. */
struct kite_block_flex {
    kite_f26 stretch, shrink; /* how much more and less a space may be, where the page's end asks for it */
};
struct kite_block_gap {
    kite_f26 above, below;
    struct kite_block_flex flex_above, flex_below;
};
struct kite_block_room {
    kite_f26 above_f26, below_f26, height_f26;
    enum kite_block_grid grid;
    bool is_flexible;
};
struct kite_block_gap kite_block_gap(const struct kite_block_room *room, kite_f26 top, kite_f26 line);

/* The paragraph's byte that a byte of the block's text shows. */
uint32_t kite_block_offset(const struct kite_block *block, uint32_t offset_bytes);

/* Where a note stands, and its height without the rule above.
 *
 * WHOLE at the foot of the page that marks it; DIVIDED, when it is higher than 30 % of the page, over the feet of that page
 * and of those behind it. BEHIND the text stand all notes of a setting that pops them up, notes higher than a page or with
 * lines of several heights, and those that with the two before them would leave no room for two lines of text if one line
 * marked all three. (A line that marks still more, longer than a page together, loses the end of them at the page's edge.) */
enum kite_note_seat { KITE_NOTE_BEHIND = 0, KITE_NOTE_WHOLE, KITE_NOTE_DIVIDED };
struct kite_block_note {
    enum kite_note_seat seat;
    kite_f26 height_f26;
    kite_f26 line_f26; /* of each of its lines; 0: they differ */
    uint32_t line_count;
};
enum kite_status kite_block_note(struct kite_block_context *context, uint32_t note, struct kite_arena *arena,
                                 struct kite_block_note *out, struct kite_fault *fault);

#endif
