/* markdown: the state of one Markdown document being read by md4c, and its footnotes. Private to the press room. */
#ifndef KITE_PRESS_MARKDOWN_H
#define KITE_PRESS_MARKDOWN_H

#include "press/draft.h"

#include <md4c.h>

/* ---- footnotes, which md4c does not know ----------------------------------------------------------------- */

struct kite_markdown_note {
    const char *label; /* as written between [^ and ], in the text */
    size_t label_bytes;
    const char *source; /* its Markdown, in the arena */
    size_t source_bytes;
    uint32_t line;
    uint32_t index; /* 1 + its number in the order of references; 0 until it is referred to */
};

struct kite_markdown_notes {
    struct kite_markdown_note *items;
    uint32_t *sorted;   /* by label */
    uint32_t *numbered; /* in the order of references, note_count of them */
    size_t count, capacity;
};

/* In text, a reference to note n stands as a mark of KITE_MARK_BYTES: U+2058, U+FDD0, four of U+FDD1 to U+FDE0
 * (hexadecimal digits of n), U+2058: characters that no input has in this order, with punctuation at both ends, so
 * that emphasis beside it works as beside brackets. */
#define KITE_MARK_BYTES 21u
#define KITE_NOTES_MAX 65535u
/* Begins each line of verse, so that none is taken for a list or heading. */
#define KITE_VERSE_MARK "\xEF\xB7\xA1\xE2\x81\x98" /* U+FDE1 U+2058 */

/* Take the definitions out of text into notes (their lines stay, empty) and mark references, in both. */
enum kite_status kite_markdown_find_notes(struct kite_draft *draft, const char *text, size_t bytes,
                                          struct kite_markdown_notes *notes, struct kite_buffer *out);
/* The note of a mark at the start of text, or NULL. */
struct kite_markdown_note *kite_markdown_note_at(const struct kite_markdown_notes *notes, const char *text,
                                                 size_t bytes);

/* ---- blocks and spans ---------------------------------------------------------------------------------- */

struct kite_markdown_list {
    uint32_t next_ordinal; /* 0: bullets */
    bool is_tight, is_ordered;
    bool item_is_due; /* its first paragraph has not come yet */
    uint32_t ordinal;
    uint32_t quotes; /* that it stands in */
};

/* What `{.role #anchor depth=1 quote=1 ordinal=1 tight}` says. */
struct kite_markdown_attributes {
    bool is_set, has_role, has_quote, is_tight;
    enum kite_role role;
    uint8_t depth, quote_depth;
    uint32_t ordinal;
    const struct kite_draft_anchor *anchors;
};

enum kite_markdown_text { /* what kind of block text is collected for */
    KITE_MARKDOWN_NONE = 0,
    KITE_MARKDOWN_PARAGRAPH,
    KITE_MARKDOWN_HEADING,
    KITE_MARKDOWN_CODE,
    KITE_MARKDOWN_ROW
};

struct kite_markdown_picture {
    const char *reference;
    const char *caption;
    struct kite_text alternative;
    uint32_t line;
};

#define KITE_MARKDOWN_LISTS_MAX 64u
#define KITE_MARKDOWN_TAGS_MAX 32u

struct kite_markdown_tag {
    char name[12];
    uint32_t styles;
    kite_lang lang_before;
    bool has_lang;
};

struct kite_markdown {
    struct kite_draft *draft;
    enum kite_status status;
    struct kite_markdown_notes notes;
    uint32_t note_count; /* that are referred to */
    struct kite_builder builder, alternative;
    struct kite_buffer scratch; /* attributes; a code block's lines */
    /* the source in hand, for line numbers and escapes */
    const char *source, *counted_to;
    size_t source_bytes;
    uint32_t counted_line, line;
    /* containers */
    uint32_t quotes;
    uint32_t lists;
    struct kite_markdown_list list[KITE_MARKDOWN_LISTS_MAX];
    bool is_in_note, note_has_begun, is_in_verse;
    /* the block in hand */
    enum kite_markdown_text kind;
    bool is_fresh; /* no text yet: attributes may come */
    bool is_pages; /* a fenced list of original pages */
    bool is_verse; /* fenced */
    bool is_letter; /* and not set in */
    unsigned level;
    struct kite_markdown_attributes attributes;
    uint32_t hard_breaks, soft_breaks;
    uint32_t column, columns;
    uint8_t align[KITE_COLUMNS_MAX];
    bool is_head;
    struct kite_markdown_picture *pictures;
    size_t picture_count, picture_capacity;
    /* spans */
    uint32_t depth_of[8]; /* by bit number of enum kite_style */
    uint32_t images;
    struct kite_markdown_tag tags[KITE_MARKDOWN_TAGS_MAX];
    uint32_t tag_count;
    char tag_text[200];
    size_t tag_bytes;
};

/* Parse a source with the callbacks of blocks and spans. */
enum kite_status kite_markdown_parse(struct kite_markdown *m, const char *source, size_t bytes, uint32_t line);

int kite_markdown_enter_span(MD_SPANTYPE type, void *detail, void *ctx);
int kite_markdown_leave_span(MD_SPANTYPE type, void *detail, void *ctx);
int kite_markdown_text(MD_TEXTTYPE type, const MD_CHAR *text, MD_SIZE size, void *ctx);
/* Text is about to come: begins the paragraph of a tight list item. */
void kite_markdown_begin_text(struct kite_markdown *m);
/* Text of code: marks become what was written. */
void kite_markdown_add_literal(struct kite_markdown *m, const char *text, size_t bytes);
/* Forget tags and styles that were not closed. */
void kite_markdown_reset_spans(struct kite_markdown *m);
/* Read attributes at the start of text; returns their length with a space behind, 0 for none. */
size_t kite_markdown_attributes(struct kite_markdown *m, const char *text, size_t bytes);

#endif
