/* page: from a bundle's paragraphs to pages. What each role looks like, where pages end, page maps,
 * and the way between a place, a page and a point. It draws nothing. */
#ifndef KITE_PAGE_H
#define KITE_PAGE_H

#include "bundle/bundle.h"
#include "text/text.h"

/* ---- settings -------------------------------------------------------------------------------- */

struct kite_panel_geometry {
    int32_t width_px, height_px; /* as read, after rotation */
    int32_t ppi;
};

enum kite_profile {
    KITE_PROFILE_BOOK = 0,
    KITE_PROFILE_PLAIN,
    KITE_PROFILE_DYSLEXIA,
    KITE_PROFILE_LARGE,
    KITE_PROFILE_VERY_LARGE,
    KITE_PROFILE_COUNT
};
enum kite_align_choice { KITE_CHOOSE_AUTO = 0, KITE_CHOOSE_JUSTIFIED, KITE_CHOOSE_RAGGED };
/* Where notes stand: at the foot of the page that marks them, or all of them behind the text, for a reader that shows
 * the one asked for over the page. At the foot, a note of more than 30 % of the page is divided: what has no room goes on
 * at the feet of the next pages, under at least half a page of text; where the text of a section ends first, on a page
 * without text, whose place is the end of the last paragraph. A page that is laid out at a place alone
 * (KITE_PAGE_SOON) begins with no rest of a note marked before it. Notes higher than a page stand behind the text. */
enum kite_notes_choice { KITE_NOTES_FOOT = 0, KITE_NOTES_POPUP, KITE_NOTES_COUNT };

/* Everything that decides where lines and pages end. All values are final (no "default" left in). */
struct kite_setting {
    struct kite_panel_geometry panel;
    enum kite_profile profile;
    enum kite_family family;
    kite_f26 size_f26;              /* body, px per em */
    kite_f26 line_f26;              /* body line height, px, whole pixels; more for a document whose language needs it */
    int32_t margin_left_px, margin_right_px, margin_top_px, margin_bottom_px;
    int32_t status_px;              /* kept free at the foot for the reader's status line */
    enum kite_align_choice align;
    enum kite_notes_choice notes;
    bool hyphenate;
    bool hangs;                     /* small signs at flush edges stand out of the text area by part of their width */
    bool emphasis_is_bold;
    uint8_t weight;                 /* 0 to 4, see render */
    uint16_t letter_em10000, word_em10000;
    uint16_t indent_em1000;         /* first-line indent; 0 with paragraph_space */
    uint16_t paragraph_line1000;    /* space between paragraphs, thousandths of a line */
};

/* The setting of a profile on a panel, body size in hundredths of a point; size_pt100 0 takes the profile's own.
 * Sizes are for Noto Serif and scaled so that x-heights agree over families. */
void kite_setting_init(struct kite_setting *setting, enum kite_profile profile, struct kite_panel_geometry panel,
                       int32_t size_pt100);
/* Set body size (hundredths of a point of Noto Serif, scaled to the family's x-height) and line height
 * (thousandths of the em, raised to what the family needs). Panel and family must be set. */
void kite_setting_scale(struct kite_setting *setting, int32_t size_pt100, int32_t line_em1000);

/* ---- a page, ready to draw --------------------------------------------------------------------- */

struct kite_page_picture {
    uint32_t picture;
    struct kite_rect box;  /* where it goes, px; scaled to fill it */
    struct kite_rect clip; /* of the page: what is seen of it; empty: all */
    bool is_print;         /* ink on paper: at night white on black, as text is */
};

/* Paper that is gray: behind a highlight, in a picture of the interface. */
struct kite_page_tint {
    struct kite_rect box;
    uint8_t coverage; /* of ink, 255 is black */
};

/* A line of text on a page, and which of the paragraph's text it shows. */
struct kite_page_line {
    uint32_t paragraph;              /* index within the document */
    uint32_t start_bytes, end_bytes; /* in the paragraph's text */
    struct kite_rect box;            /* the line's measure and height, px */
    uint32_t first_glyph, glyph_count;
    kite_f26 right_f26;              /* where its text ends on the page, at the right */
    bool is_rtl;
};

struct kite_page {
    struct kite_place start, end; /* [start, end); end is the next page's start */
    bool is_first, is_last;       /* of the document */
    const struct kite_glyph_run *runs;
    size_t run_count;
    const struct kite_glyph *glyphs;
    size_t glyph_count;
    const struct kite_rect *rules; /* filled black: rules, table lines, underlines */
    size_t rule_count;
    const struct kite_page_tint *tints; /* under everything else */
    size_t tint_count;
    const struct kite_page_picture *pictures;
    size_t picture_count;
    const struct kite_page_line *lines; /* from the top; cells of a table row one after another */
    size_t line_count;
};

/* ---- laying out -------------------------------------------------------------------------------- */

/* The layout of one bundle under one setting. Holds shaped pieces, the paragraphs around the last page asked
 * for, and nothing else: its memory does not grow with the text. */
struct kite_layout;

/* bundle and fonts outlive it; setting is copied. What fonts the bundle brings are lent to its text. */
enum kite_status kite_layout_create(const struct kite_memory *mem, struct kite_bundle *bundle, struct kite_fonts *fonts,
                                    const struct kite_setting *setting, struct kite_layout **out,
                                    struct kite_fault *fault);
void kite_layout_destroy(struct kite_layout *layout);
/* The face of a font that the bundle brings which has a character; KITE_FACE_NONE: none. */
uint16_t kite_layout_lent_face(const struct kite_layout *layout, uint32_t code_point);

/* Another setting, at once: shaped pieces are in font units and stay. */
enum kite_status kite_layout_set(struct kite_layout *layout, const struct kite_setting *setting,
                                 struct kite_fault *fault);

/* Pages at once, and exact ones.
 *
 * A section begins on a new page, and where its pages end follows from its start on: so the exact page at a place costs the
 * pages of its section up to there. A text without headings is one section, and may be as long as a novel. Its page at a place
 * is shown at once all the same: one that starts at the place's line (at the line before where that would stand alone), laid
 * out from there without looking ahead. That reads two blocks of text at most, however long the text is, and pages that are
 * turned to next go on where it ends.
 *
 * The exact pages follow with the page map, which is made in idle steps and never waited for. The page in front is left as it
 * is: nobody's lines move while they read. Its first word is on the map's page that kite_page_map_find gives for its start, up
 * to a page further down; a turn shows the map's page that holds its end, which repeats some lines and passes over none, and
 * from there every page is the map's. A page that was left is shown again as it was, map or not: see kite_layout_page_keep. */
enum kite_page_wanted {
    KITE_PAGE_SOON = 0, /* at once: exact at a section's start and where pages were laid out already; on a section's first page
                           that one, nearly always as it will be; else a page that starts at the place's line */
    KITE_PAGE_EXACT     /* as the whole section's pagination has it, however long that takes */
};

/* The page that holds a place. *out is lent until the next call on this layout.
 * KITE_E_RANGE no such place; and all that reading a bundle can give. */
enum kite_status kite_layout_page_at(struct kite_layout *layout, struct kite_place place, enum kite_page_wanted wanted,
                                     const struct kite_page **out, struct kite_fault *fault);
/* The page after the one last returned by this layout; KITE_DONE behind the last page of the document. */
enum kite_status kite_layout_page_next(struct kite_layout *layout, const struct kite_page **out,
                                       struct kite_fault *fault);

/* Keep the page last returned: write how it was decided, some 20 bytes and at most KITE_PAGE_KEPT_BYTES_MAX, behind what is
 * in out. KITE_E_RANGE: none was returned since the setting or the document last changed. KITE_E_NOMEM. */
#define KITE_PAGE_KEPT_BYTES_MAX 160
enum kite_status kite_layout_page_keep(const struct kite_layout *layout, struct kite_buffer *out);
/* A page as it was kept: the same to the last pixel, whatever was laid out or mapped meanwhile. It must be of the same bundle,
 * document, fonts and setting, and written under the same KITE_LAYOUT_VERSION: that is for the caller to know. *out is lent
 * as by kite_layout_page_at. KITE_E_FORMAT when the bytes cannot be a page of this document. */
enum kite_status kite_layout_page_kept(struct kite_layout *layout, uint32_t document, const uint8_t *bytes, size_t count,
                                       const struct kite_page **out, struct kite_fault *fault);

/* ---- page maps --------------------------------------------------------------------------------- */

/* Raised when the same text, fonts and setting would give other pages: maps kept from before are then of no use. */
#define KITE_LAYOUT_VERSION 2u

/* Where every page of a document starts. Made in steps, so that a reader can build it in idle time. */
struct kite_page_map;
enum kite_status kite_page_map_create(struct kite_layout *layout, uint32_t document, struct kite_page_map **out,
                                      struct kite_fault *fault);
void kite_page_map_destroy(struct kite_page_map *map);
/* Lay out some more pages (about ten); KITE_DONE when the document is complete. */
enum kite_status kite_page_map_step(struct kite_page_map *map, struct kite_fault *fault);
uint32_t kite_page_map_count(const struct kite_page_map *map); /* pages so far */
/* Start of page `index` (from 0, below count). */
struct kite_place kite_page_map_start(const struct kite_page_map *map, uint32_t index);
/* The page that holds a place, from 0; count-1 for later ones. */
uint32_t kite_page_map_find(const struct kite_page_map *map, struct kite_place place);
bool kite_page_map_is_complete(const struct kite_page_map *map);
/* Page `index` of a map (from 0, below count), as the whole pagination has it and without laying out what precedes it.
 * KITE_E_RANGE when the map has no such page or was made under another setting. */
enum kite_status kite_layout_page_of(struct kite_layout *layout, const struct kite_page_map *map, uint32_t index,
                                     const struct kite_page **out, struct kite_fault *fault);
/* Write all pages known so far, to be kept; about ten bytes each. */
enum kite_status kite_page_map_save(const struct kite_page_map *map, const struct kite_sink *sink);
/* A map as it was saved, of the same bundle, document, fonts and setting: that is for the caller to know. It can be
 * continued. KITE_E_FORMAT when the bytes cannot be a map of this document. */
enum kite_status kite_page_map_load(struct kite_layout *layout, uint32_t document, const uint8_t *bytes, size_t count,
                                    struct kite_page_map **out, struct kite_fault *fault);

/* ---- what was decided, for tools ---------------------------------------------------------------- */

struct kite_layout_line {
    uint32_t document, paragraph;
    enum kite_role role;
    uint32_t page;          /* from 0 within the document */
    kite_f26 measure_f26;   /* the line's own: column less indents */
    kite_f26 drawn_f26;     /* width it occupies after setting */
    struct kite_line line;
    const char *text;       /* its bytes, [line.start_bytes, line.end_bytes) */
    const kite_f26 *gaps;   /* [gap_count][2] x extents of the set word spaces */
    size_t gap_count;
    kite_f26 top_f26, height_f26; /* on the page */
};
struct kite_layout_page {
    uint32_t document, page;
    struct kite_place start;
    kite_f26 available_f26, used_f26, line_f26;
    bool is_end;            /* the text or section ends here */
};
/* The items of a paragraph in the form of Knuth and Plass, with the breaks taken. */
struct kite_layout_paragraph {
    uint32_t document, paragraph;
    enum kite_role role;
    kite_f26 space_f26, measure_f26, hang_f26;
    const struct kite_text_item *items;
    size_t item_count;
    const uint32_t *breaks; /* item indices */
    size_t break_count;
    bool is_justified;
    int8_t lines_delta;     /* page breaking asked for a line more or less */
};
struct kite_layout_report {
    void *ctx;
    enum kite_status (*line)(void *ctx, const struct kite_layout_line *line);
    enum kite_status (*page)(void *ctx, const struct kite_layout_page *page);
    enum kite_status (*paragraph)(void *ctx, const struct kite_layout_paragraph *paragraph); /* may be NULL */
};
/* Lay out a whole document and tell all about it, in reading order. */
enum kite_status kite_layout_tell(struct kite_layout *layout, uint32_t document, const struct kite_layout_report *report,
                                  struct kite_fault *fault);

/* Whether the document is set justified under this setting (the rule of measured spaces). */
enum kite_status kite_layout_is_justified(struct kite_layout *layout, uint32_t document, bool *out,
                                          struct kite_fault *fault);

#endif
