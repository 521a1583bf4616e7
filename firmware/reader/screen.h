/* screen: a screen of the interface in the making. Labels, rules and touch targets at pixel places
 * of the page as it is read; the result is a page like any other, drawn by the render room. Private
 * to the reader room.
 *
 * The first failure is kept in `status` and makes all that follows do nothing, so a builder looks
 * once, at its end. */
#ifndef KITE_READER_SCREEN_H
#define KITE_READER_SCREEN_H

#include "page/page.h"

#define SCREEN_TARGETS_MAX 96

/* What a touch at a place means: a row of the list (0 and up), or one of these. */
enum target_kind {
    TARGET_BACK = -1,
    TARGET_PAGE_BEFORE = -2,
    TARGET_PAGE_AFTER = -3,
    TARGET_NOTHING = -4,
    TARGET_MENU = -5,
    TARGET_TEXT = -6,    /* the page that a panel leaves to be seen */
    TARGET_ORIGINAL = -7 /* swaps text and original */
};

struct target {
    struct kite_rect box;
    int32_t row;
};

struct screen {
    struct kite_memory mem;
    struct kite_setter *setter;
    struct kite_arena arena;
    enum kite_family family;
    uint8_t weight;
    kite_lang lang; /* of the interface */
    bool is_rtl;    /* the interface is mirrored */
    bool has_touch;
    int32_t width_px, height_px, ppi;
    kite_f26 size_f26; /* of plain interface text */
    int32_t line_px;   /* its line */
    int32_t pad_px;    /* half a line: the step of all distances */
    int32_t margin_px;
    int32_t top_px; /* where the screen in front begins; above it shows what it lies upon */
    struct kite_placed placed;
    struct kite_page_tint *tints;
    size_t tint_count, tint_capacity;
    const struct kite_page *under; /* a page of text that the screen lies upon; NULL: none */
    struct target targets[SCREEN_TARGETS_MAX];
    size_t target_count;
    size_t cut_count; /* labels that had to end in an ellipsis */
    enum kite_status status;
};

enum label_align { LABEL_START = 0, LABEL_CENTER, LABEL_END };

/* A stretch of text to be set in a box. All-zero but for text is plain interface text, any number
 * of lines. */
struct label {
    const char *text;
    kite_lang lang;       /* 0: the interface's */
    uint16_t size_em1000; /* of the interface's size; 0: 1000 */
    kite_f26 size_f26; /* in place of it: as text is set on a page, in its setting's line height; 0:
                          not so */
    kite_f26 line_f26;
    unsigned face_style; /* enum kite_face_style */
    bool is_rtl;         /* of a text from right to left */
    enum label_align align;
    uint32_t lines_max; /* more are cut, and end in an ellipsis; 0: as many as it takes */
    uint32_t first_line, line_count; /* only these lines of it; line_count 0: all */
};

/* Interface text for a setting: it grows with the body size, as far as a line still holds some
 * words. setter belongs to the interface alone. */
enum kite_status screen_create(const struct kite_memory *mem, struct kite_setter *setter,
                               struct screen *screen);
void screen_close(struct screen *screen);
void screen_begin(struct screen *screen, const struct kite_setting *setting, kite_lang lang,
                  bool is_rtl);

/* Lines that the label takes in this width. */
uint32_t screen_measure(struct screen *screen, const struct label *label, int32_t width_px);
/* Height of one line of a label, px. */
int32_t screen_line_px(const struct screen *screen, const struct label *label);
/* Width of the label on one line, px. */
int32_t screen_width(struct screen *screen, const struct label *label);
/* Width of its widest part that cannot be broken, px. */
int32_t screen_part_width(struct screen *screen, const struct label *label);
/* Set the label with its first line's top at y, in [x, x + width). Returns the height
 * it took, px. */
int32_t screen_label(struct screen *screen, const struct label *label, int32_t x, int32_t y,
                     int32_t width_px);
/* One em of plain interface text, px. */
int32_t screen_em_px(const struct screen *screen);
/* Least height of what a finger has to hit, px; 0 without touch. */
int32_t screen_finger_px(const struct screen *screen);
void screen_rule(struct screen *screen, struct kite_rect rect);
/* Four rules that meet, but for the pixel of each corner. */
void screen_frame(struct screen *screen, struct kite_rect rect, int32_t thickness_px);
/* A square picture of one bit, rows from the top, the left pixel in the highest bit, at the largest
 * whole scale that stands in room_px, or pixel by pixel. Returns its side, px. */
int32_t screen_bits(struct screen *screen, const uint8_t *bits, int32_t side, int32_t x, int32_t y,
                    int32_t room_px);
void screen_tint(struct screen *screen, struct kite_rect rect, uint8_t coverage);
void screen_target(struct screen *screen, struct kite_rect rect, int32_t row);
/* The target under a point, or TARGET_NOTHING. */
int32_t screen_target_at(const struct screen *screen, int32_t x, int32_t y);
/* Put the first lines of another page onto the screen, moved down. */
enum kite_status screen_lines(struct screen *screen, const struct kite_page *page,
                              size_t line_count, int32_t down_px);
/* Of all that has been made, and of the page under it, keep what stands between two lines across
 * the screen. Touch targets go. */
void screen_keep_between(struct screen *screen, int32_t top_px, int32_t bottom_px);
/* All that has been made, and the page under it, as one page; lent until the next screen_begin.
 * KITE_E_NOMEM. */
enum kite_status screen_join(struct screen *screen, struct kite_page *out);

#endif
