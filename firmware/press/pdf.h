/* pdf: pages of fixed lines to a text that flows. Works on pdf_text.h alone, whatever made it. Private to the press room.
 *
 * In this order: what repeats from page to page is left out (pdf_running.c); lines are put into the order of reading, columns apart
 * (pdf_order.c); lines become paragraphs, and these get roles (pdf_paragraphs.c, pdf_roles.c); their words go to the draft, with words that were
 * divided at line ends put together and notes at their marks (pdf_words.c, pdf_write.c). PAGES.md beside this file has the rules in one table. */
#ifndef KITE_PRESS_PDF_H
#define KITE_PRESS_PDF_H

#include "press/draft.h"
#include "press/mupdf.h"

/* A line as the eye sees it: all that stands on one foot line of a column. */
struct kite_pdf_row {
    const struct kite_pdf_line **parts; /* from left to right */
    uint32_t part_count;
    uint32_t page, column; /* column: index of a kite_pdf_column */
    kite_cpt left, right, baseline, size, first_word;
    uint32_t chars;
    uint32_t common, any; /* flags that all its characters have, and that some have */
};

/* Rows that stand under one another. */
struct kite_pdf_column {
    uint32_t page;
    uint32_t first_row, row_count;
    kite_cpt left, right; /* where most rows begin; where long ones end */
    bool has_measure;     /* right is one that lines were broken for */
    uint32_t number;      /* between which gutters of its page, from the left; UINT32_MAX across them */
};

enum kite_pdf_kind {
    KITE_PDF_TEXT = 0,
    KITE_PDF_HEADING,
    KITE_PDF_ITEM,
    KITE_PDF_ITEM_MORE, /* a further paragraph of an item */
    KITE_PDF_QUOTE,
    KITE_PDF_LINES,    /* typewritten or set in columns: kept line by line */
    KITE_PDF_CONTENTS, /* a line of a list of contents, with its page */
    KITE_PDF_NOTE,
    KITE_PDF_PICTURE   /* a whole page, or a part of it */
};

struct kite_pdf_paragraph {
    enum kite_pdf_kind kind;
    uint32_t first_row, row_count; /* of flow->rows */
    uint32_t more;                 /* 1 + index of the paragraph whose rows go on with it; 0: none */
    uint32_t page;
    uint8_t depth;    /* of a heading; 0: to be ranked by size */
    uint32_t ordinal; /* of an item, 0 for a bullet */
    uint32_t mark_bytes; /* of its first line: an item's or a note's mark */
    bool is_joined;   /* it is the `more` of another */
    bool is_title;
    struct kite_pdf_box box; /* of a picture; empty: the whole page */
    uint32_t note;    /* of a note: 1 + its number, when its mark stands in the text */
};

struct kite_pdf_flow {
    struct kite_draft *draft;
    struct kite_arena *arena; /* of all that is made here */
    struct kite_pdf_page *pages;
    bool *is_picture; /* [page_count] shown as it is, its text not used */
    uint32_t page_count;
    struct kite_draft_page **begun; /* [page_count] pages that begin in what is in the draft so far */
    uint32_t begun_count;
    const struct kite_mupdf_outline *outline; /* may be NULL */
    struct kite_pdf_row *rows;
    size_t row_count, row_capacity;
    struct kite_pdf_column *columns;
    size_t column_count, column_capacity;
    struct kite_pdf_paragraph *paragraphs;
    size_t paragraph_count, paragraph_capacity;
    kite_cpt body_size;
    uint32_t body_flags;     /* of most characters */
    bool has_indents;        /* paragraphs begin with one */
    int32_t leading_percent; /* of a size: from foot to foot in running text */
    struct kite_names words; /* of the document, undivided, in small letters; how often */
    uint32_t *word_uses;
    size_t word_capacity;
};

/* Mark lines that are running heads, page numbers and numbers of lines; the report says so. KITE_E_NOMEM, as all that follow. */
enum kite_status kite_pdf_leave_out(struct kite_pdf_flow *flow);
/* Rows and columns, in the order of reading. */
enum kite_status kite_pdf_order(struct kite_pdf_flow *flow);
/* Rows to paragraphs, notes and pictures in their places. */
enum kite_status kite_pdf_make_paragraphs(struct kite_pdf_flow *flow);
enum kite_status kite_pdf_add_paragraph(struct kite_pdf_flow *flow, const struct kite_pdf_paragraph *paragraph);
/* What kind each is, and the levels of headings. */
enum kite_status kite_pdf_set_roles(struct kite_pdf_flow *flow);
/* Bytes of the mark that a list item or a note begins with, and the space behind it; 0 for none. */
size_t kite_pdf_item_mark(const struct kite_pdf_row *row, uint32_t *ordinal);
size_t kite_pdf_note_mark(const struct kite_pdf_row *row);
/* Words of the document, and whether a word divided behind a hyphen keeps it. */
enum kite_status kite_pdf_count_words(struct kite_pdf_flow *flow);
bool kite_pdf_keeps_hyphen(const struct kite_pdf_flow *flow, const char *before, size_t before_bytes, const char *after, size_t after_bytes);
/* Paragraphs to the draft. picture: draws one that is due, may be NULL. */
struct kite_pdf_pictures {
    void *ctx;
    enum kite_status (*add)(void *ctx, const struct kite_pdf_paragraph *picture);
};
/* All pages up to this one begin in a paragraph, behind so many letters, unless they have begun. KITE_E_NOMEM. */
enum kite_status kite_pdf_begin_pages(struct kite_pdf_flow *flow, uint32_t page, uint32_t letters, struct kite_draft_page **pages);
enum kite_status kite_pdf_write(struct kite_pdf_flow *flow, const struct kite_pdf_pictures *pictures);

/* All of it: from pages to the draft. */
enum kite_status kite_pdf_reflow(struct kite_pdf_flow *flow, const struct kite_pdf_pictures *pictures);

/* The last character of a row but for spaces, and the first one; 0 for none. */
uint32_t kite_pdf_last_char(const struct kite_pdf_row *row);
uint32_t kite_pdf_first_char(const struct kite_pdf_row *row);

/* ---- importers, for the table in press.c ------------------------------------------------------------------------ */

bool kite_is_pdf(const struct kite_press_input *input);
/* What MuPDF reads it as, NULL for nothing. */
const char *kite_paged_mime(const struct kite_press_input *input);
bool kite_is_photo(const struct kite_press_input *input); /* PNG, JPEG, GIF, TIFF, BMP, JPEG 2000 */
bool kite_is_paged(const struct kite_press_input *input); /* any of these, or XPS, CBZ, MOBI, SVG */
enum kite_status kite_import_paged(struct kite_draft *draft);

#endif
