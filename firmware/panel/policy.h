/* Inside the policy: its tiles, what is in flight, and the limits of the settings. */
#ifndef KITE_PANEL_POLICY_H
#define KITE_PANEL_POLICY_H

#include "panel/panel.h"

#define TILE_PX 16 /* a multiple of every kind's alignment */
#define IN_FLIGHT_MOST 16

/* What a tile holds: how much of it is not paper, in 1/15, and which levels. */
enum content {
    CONTENT_PAPER = 0, /* nothing */
    CONTENT_MONO,      /* black and white */
    CONTENT_FOUR,      /* of the four levels that DU4 reaches */
    CONTENT_GRAY,      /* text with soft edges */
    CONTENT_PICTURE    /* mostly gray */
};
#define INK_FULL 15
#define INK_MASK 15
#define CONTENT_SHIFT 4

/* Five bytes, as there are some thousand of them. */
struct tile {
    uint8_t debt;  /* mean residue as the policy estimates it, 1/128 level */
    uint8_t shown; /* ink and content on the panel, or on their way */
    uint8_t next;  /* of the last frame */
    uint8_t sum;   /* of the last frame's pixels, to notice what did not change */
    uint8_t want;  /* enum kite_intent of what is queued, and the bits below */
};
#define WANT_INTENT 7
#define WANT_SAME 8 /* the pixels queued are those shown */
#define WANT_SETTLE                                                                                \
    16 /* shown by DU or A2, which may have left pixels or ghosts: to be looked at */

struct in_flight {
    struct kite_rect rect;
    int64_t end_ms;
    bool is_used, is_full;
};

/* Tiles from (x, y), width and height of them. */
struct tile_box {
    int32_t x, y, width, height;
};

/* Debts above which something is done. */
struct limits {
    uint8_t cap;                          /* a page or a menu that would leave more flashes */
    uint8_t join;                         /* and cleans what is above this */
    uint8_t image;                        /* so does a page whose picture would lie on more */
    uint8_t pauses[KITE_PAUSE_SLEEP + 1]; /* a pause cleans the tile */
};

struct kite_policy {
    struct kite_memory mem;
    const struct kite_panel_kind *kind;
    const struct kite_panel_band *band;
    struct kite_policy_state state;
    int32_t width_px, height_px;
    int32_t columns, rows; /* tiles */
    int64_t now_ms, settle_ms;
    bool is_known, has_frame, must_clean_all;
    struct in_flight flights[IN_FLIGHT_MOST];
    struct tile tiles[];
};

static inline struct tile *kite_policy_tile(struct kite_policy *p, int32_t x, int32_t y)
{
    return &p->tiles[(size_t)y * (size_t)p->columns + (size_t)x];
}
static inline enum kite_intent kite_tile_intent(const struct tile *tile)
{
    return (enum kite_intent)(tile->want & WANT_INTENT);
}
static inline enum content kite_tile_content(uint8_t summary)
{
    return (enum content)(summary >> CONTENT_SHIFT);
}

const struct limits *kite_policy_limits(const struct kite_policy *policy);
/* The waveforms that this panel has now for pages, and for cleaning. */
enum kite_waveform kite_policy_page_waveform(const struct kite_policy *policy);
enum kite_waveform kite_policy_clean_waveform(const struct kite_policy *policy);
bool kite_policy_has(const struct kite_policy *policy, enum kite_waveform waveform);

/* Take a tile of the frame: its next content, and whether that is what is shown. */
void kite_tile_look(struct kite_policy *policy, const struct kite_panel_pixels *frame, int32_t x,
                    int32_t y);
/* Queue a tile; the strongest intent stays. */
void kite_tile_want(struct tile *tile, enum kite_intent intent);
/* Debt of a tile once an update has shown what is queued. */
uint8_t kite_tile_debt_after(const struct kite_policy *policy, const struct tile *tile,
                             enum kite_waveform waveform, enum kite_update_mode mode);

/* Queue for cleaning, in rectangles, all tiles whose debt is or with the next page will be above
 * join, band by band of those that have one above limit. Only tiles queued as `only`, or all for
 * KITE_INTENT_NONE. */
void kite_policy_queue_dirty(struct kite_policy *policy, uint8_t limit, uint8_t join,
                             enum kite_intent only);

#endif
