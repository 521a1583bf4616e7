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

struct kite_block {
    enum kite_block_kind kind;
    struct kite_paragraph paragraph;
    struct kite_text text; /* what is set: the paragraph's own, or made from it */
    struct kite_text_style style;
    struct kite_broken broken;
    kite_f26 left_f26;                  /* from the column's left edge */
    kite_f26 above_f26, below_f26;      /* of above, only the part beyond whole lines stays at a page top */
    kite_f26 line_f26, baseline_f26;    /* of each line; baseline from the line's top */
    uint32_t line_count;                /* 0: takes no room at all */
    bool keeps_next, is_whole;          /* never last on a page; never split */
    bool is_loosable;                   /* running text: may be set a line longer or shorter */
    char marker[16];                    /* list sign or note number, "" for none */
    bool has_rule_below;                /* table row */
    struct kite_rect picture;           /* width, height in px, x from the column's left edge */
    struct kite_cell *cells;
    uint32_t cell_count;
    kite_f26 cell_line_f26; /* of each line in a cell */
};

/* What blocks need to know of the document around them. */
struct kite_block_context {
    struct kite_bundle *bundle;
    struct kite_setter *setter;
    struct kite_fonts *fonts;
    const struct kite_setting *setting;
    uint32_t document;
    struct kite_document_info info;
    bool is_justified;
    kite_f26 column_f26, height_f26; /* of the text area; height in whole lines */
    /* Role of the paragraph read last, so that its follower need not read it again. */
    uint32_t known_index;
    enum kite_role known_role; /* COUNT: nothing known */
    uint8_t known_quote_depth;
    /* The table measured last. */
    uint32_t table_first, table_end;
    uint32_t table_columns; /* 0: set as cards */
    kite_f26 table_left[KITE_COLUMNS_MAX], table_width[KITE_COLUMNS_MAX];
};

/* Build the block of paragraph `index`, a line longer or shorter by delta. Everything is in arena.
 * KITE_E_RANGE: delta cannot be had. */
enum kite_status kite_block_build(struct kite_block_context *context, uint32_t index, int8_t delta,
                                  struct kite_arena *arena, struct kite_block *out, struct kite_fault *fault);

/* The same for a paragraph in the run of the text: a note that stands at the foot of a page takes no lines here. */
enum kite_status kite_block_build_in_flow(struct kite_block_context *context, uint32_t index, int8_t delta,
                                          struct kite_arena *arena, struct kite_block *out, struct kite_fault *fault);

/* Height of a note at the foot of a page, without the rule above it. */
enum kite_status kite_block_note_height(struct kite_block_context *context, uint32_t note, struct kite_arena *arena,
                                        kite_f26 *height, struct kite_fault *fault);
/* A note higher than this is not set at the foot but behind the text. */
kite_f26 kite_block_note_limit(const struct kite_block_context *context);

#endif
