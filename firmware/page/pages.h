/* pages: where the pages of a section end. Keeps a window of measured paragraphs that moves with the page in hand, so
 * that memory does not grow with the text. Private to the page room. */
#ifndef KITE_PAGE_PAGES_H
#define KITE_PAGE_PAGES_H

#include "page/block.h"

/* Long notes that are not at their end yet where a page begins: they go on at its foot. */
#define KITE_REST_NOTES 3
struct kite_page_rest {
    uint32_t notes[KITE_REST_NOTES]; /* 1 + the note that goes on, and those that wait behind it; 0: none */
    uint32_t line;                   /* of the first, the first line that has not been shown */
};

/* A point between two lines. Where a section's text ends before its long notes do, their rest has a page without text: that
 * begins behind the last line of the last paragraph. */
struct kite_page_point {
    uint32_t paragraph;
    uint32_t line;         /* the first line behind the point */
    uint32_t offset_bytes; /* where that line starts in the paragraph */
    struct kite_text_wish wish; /* how the paragraph is set, when line > 0 */
    struct kite_page_rest rest;
};

/* Paragraphs that are set in another way for the sake of a page: those that begin on it, and one that was begun before if its
 * lines up to there stay. */
#define KITE_VARIED_MAX 3
struct kite_page_varied {
    uint32_t paragraph[KITE_VARIED_MAX]; /* UINT32_MAX: none */
    struct kite_text_wish wish[KITE_VARIED_MAX];
};

static inline bool kite_page_is_same_wish(struct kite_text_wish a, struct kite_text_wish b)
{
    bool is_same = a.lines_delta == b.lines_delta;

    for (int i = 0; i < KITE_WISH_WHOLE_MAX && is_same; i++)
        is_same = a.whole[i] == b.whole[i];
    return is_same;
}
/* How paragraph `index` is set on a page that begins at `start`. */
struct kite_text_wish kite_page_wish_of(const struct kite_page_varied *varied, const struct kite_page_point *start,
                                        uint32_t index);

/* Height of a picture where `room` is left on the page: a little smaller rather than on the next page. */
kite_f26 kite_page_picture_height(kite_f26 height, kite_f26 least, kite_f26 follow, kite_f26 room);

/* One page: [start, end). */
struct kite_page_plan {
    struct kite_page_point start, end;
    struct kite_page_varied varied;
    bool is_section_end;
    kite_f26 used_f26, notes_f26; /* bottom of the last line; room that the notes take at the foot */
    kite_f26 spread_f26, flexible_f26; /* what the spaces of the page give to its end, below 0: take; what they could */
};

/* How paragraph `index` is set on a page. */
struct kite_text_wish kite_page_plan_wish(const struct kite_page_plan *plan, uint32_t index);

/* Ways of setting a paragraph that are kept: as is, a line shorter, a line longer, and those asked for last. */
#define KITE_WINDOW_SETTINGS 6
struct kite_window_setting {
    struct kite_text_wish wish;
    uint32_t count;      /* lines; KITE_WINDOW_UNKNOWN, KITE_WINDOW_NONE */
    uint32_t first_line; /* into lines */
    uint32_t price;      /* how much less even its lines are than as is: see kite_window_price */
    uint32_t least;      /* the least that the price can be */
};

/* The measured lines of one paragraph, in one setting. */
struct kite_window_line {
    uint32_t start_bytes;
    uint32_t notes_f26 : 30; /* height of the notes whose marks stand in it */
    uint32_t has_hyphen : 1;
    uint32_t is_turned : 1; /* a kept line, or a card's, that goes on in the next */
    uint32_t long_notes[KITE_REST_NOTES]; /* 1 + notes marked in it that may be divided; 0: none. There is room for no more */
};
struct kite_window_note {
    uint32_t offset_bytes; /* of its mark */
    kite_f26 height_f26;   /* at the foot */
    uint32_t long_note;    /* 1 + its number if it may be divided, else 0 */
};
struct kite_window_paragraph {
    kite_f26 line_f26, above_f26, below_f26;
    kite_f26 least_f26, follow_f26; /* picture: see struct kite_block */
    kite_f26 head_f26;              /* row: see struct kite_block */
    enum kite_block_grid grid;
    bool is_flexible;
    struct kite_window_setting settings[KITE_WINDOW_SETTINGS];
    uint8_t setting_count, oldest; /* of those kept; which is given up next */
    uint8_t loosest;    /* as is: the loosest line, sixteenths of its stretch */
    uint32_t roughness; /* as is: sum of the squares of the lines' ratios, of 256 */
    bool is_loosable;
    bool can_be_shorter, can_be_longer; /* by a line, for all that is known without looking for the lines */
    bool keeps_lines; /* verse, code and cards: a forced line end means something */
    bool keeps_next, keeps_before, is_whole;
    bool is_justified;
    uint32_t text_bytes;
    kite_f26 measure_f26, widest_gap_f26; /* the most room at a line's end, as is */
    struct kite_broken kept; /* of one that may be set otherwise: what that is made from */
    struct kite_window_note *notes;
    uint32_t note_count;
};
#define KITE_WINDOW_UNKNOWN (UINT32_MAX)
#define KITE_WINDOW_NONE (UINT32_MAX - 1)

struct kite_window {
    struct kite_block_context *context;
    struct kite_arena scratch;
    uint32_t first; /* paragraph of paragraphs[0] */
    bool keeps;     /* of what is measured from now on also what it is set otherwise from: most of it will be asked for */
    struct kite_window_paragraph *paragraphs;
    size_t count, capacity;
    struct kite_window_line *lines;
    size_t line_count, line_capacity;
};
void kite_window_init(struct kite_window *window, const struct kite_memory *mem, struct kite_block_context *context);
void kite_window_close(struct kite_window *window);
void kite_window_clear(struct kite_window *window);
/* Let go of what stands before `index`. */
void kite_window_advance(struct kite_window *window, uint32_t index);
/* A paragraph at or behind the window's first, measured; lent until the next call on the window. */
enum kite_status kite_window_at(struct kite_window *window, uint32_t index, const struct kite_window_paragraph **out,
                                struct kite_fault *fault);
/* Lines of a paragraph of the window under a wish, lent until the next call: *count is KITE_WINDOW_NONE when it cannot be set
 * so. */
enum kite_status kite_window_lines(struct kite_window *window, uint32_t index, struct kite_text_wish wish,
                                   const struct kite_window_line **lines, uint32_t *count, struct kite_fault *fault);

/* What a wish costs beyond what any does, as its lines are less even than as is; of the model in pages.c. 0 where it cannot be
 * had. */
enum kite_status kite_window_price(struct kite_window *window, uint32_t index, struct kite_text_wish wish, uint32_t *price,
                                   struct kite_fault *fault);

/* The least that the price of another number of lines can be, known without looking for them. UINT32_MAX: it cannot be had. */
enum kite_status kite_window_least_price(struct kite_window *window, uint32_t index, int8_t lines_delta, uint32_t *price,
                                         struct kite_fault *fault);

/* What pages are planned from: the measured paragraphs, and where pages may end. */
#define KITE_WAYS_KEPT 64
struct kite_page_ways;
struct kite_planner {
    struct kite_window window;
    struct kite_page_ways *ways[KITE_WAYS_KEPT]; /* kept ones; NULL: none yet */
};
void kite_planner_init(struct kite_planner *planner, const struct kite_memory *mem, struct kite_block_context *context);
void kite_planner_close(struct kite_planner *planner);
/* Forget all: the document or the setting is another. */
void kite_planner_clear(struct kite_planner *planner);

/* Where the page that starts at `start` ends, in the section that ends before paragraph `section_end`.
 * Looks `horizon` pages ahead for the least cost (the model in pages.c). */
enum kite_status kite_page_plan(struct kite_planner *planner, const struct kite_page_point *start,
                                uint32_t section_end, unsigned horizon, struct kite_page_plan *out,
                                struct kite_fault *fault);

#endif
