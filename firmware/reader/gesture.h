/* gesture: raw touches to what they mean. Private to the reader room. */
#ifndef KITE_READER_GESTURE_H
#define KITE_READER_GESTURE_H

#include "reader/reader.h"

enum gesture_kind {
    GESTURE_NONE = 0,
    GESTURE_TAP,
    GESTURE_HOLD, /* a finger has rested for KITE_HOLD_MS */
    GESTURE_SWIPE_LEFT,
    GESTURE_SWIPE_RIGHT,
    GESTURE_SWIPE_UP,
    GESTURE_SWIPE_DOWN,
    GESTURE_PINCH_IN,
    GESTURE_PINCH_OUT,
    GESTURE_TWO /* two fingers were laid on the panel, and have left or rested for GESTURE_HOLD_MS */
};
#define GESTURE_HOLD_MS 600

struct gesture {
    enum gesture_kind kind;
    int32_t x_px, y_px;   /* where it began, on the page as read */
    int32_t dx_px, dy_px; /* how far the first finger has moved since */
};

struct gesture_state {
    unsigned down; /* bits of fingers on the panel */
    int32_t start_x[2], start_y[2], x[2], y[2];
    int64_t start_ms;
    bool is_over; /* the gesture was told already; fingers are still down */
};

/* One touch or tick. ppi tells a slip from a swipe; x_px and y_px of the event are of the page as
 * read. */
struct gesture gesture_step(struct gesture_state *state, const struct kite_event *event,
                            int32_t ppi);
/* When resting fingers become a hold; KITE_NEVER_MS when none rests. */
int64_t gesture_due_ms(const struct gesture_state *state);

#endif
