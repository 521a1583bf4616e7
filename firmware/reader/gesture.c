/* Taps, holds, swipes and pinches. A finger that has moved less than SLIP_MM100 rests. */
#include "reader/gesture.h"

#include <stdlib.h>

#define SLIP_MM100 300
#define SWIPE_MM100 700
#define PINCH_PERCENT 20

static int32_t px_of(int32_t mm100, int32_t ppi)
{
    return mm100 * ppi / 2540;
}

static struct gesture told(struct gesture_state *state, enum gesture_kind kind)
{
    state->is_over = true;
    return (struct gesture){ kind, state->start_x[0], state->start_y[0],
                             state->x[0] - state->start_x[0], state->y[0] - state->start_y[0] };
}

static int32_t apart(const int32_t x[2], const int32_t y[2])
{
    return abs(x[0] - x[1]) + abs(y[0] - y[1]);
}

static struct gesture pinch(struct gesture_state *state)
{
    int32_t before = apart(state->start_x, state->start_y), now = apart(state->x, state->y);

    if (now * 100 > before * (100 + PINCH_PERCENT))
        return told(state, GESTURE_PINCH_OUT);
    if (now * (100 + PINCH_PERCENT) < before * 100)
        return told(state, GESTURE_PINCH_IN);
    return (struct gesture){ 0 };
}

static struct gesture lifted(struct gesture_state *state, int32_t ppi)
{
    int32_t dx = state->x[0] - state->start_x[0], dy = state->y[0] - state->start_y[0];
    int32_t swipe = px_of(SWIPE_MM100, ppi), slip = px_of(SLIP_MM100, ppi);

    if (abs(dx) <= slip && abs(dy) <= slip)
        return told(state, GESTURE_TAP);
    if (abs(dx) >= swipe && abs(dx) > abs(dy))
        return told(state, dx < 0 ? GESTURE_SWIPE_LEFT : GESTURE_SWIPE_RIGHT);
    if (abs(dy) >= swipe)
        return told(state, dy < 0 ? GESTURE_SWIPE_UP : GESTURE_SWIPE_DOWN);
    return (struct gesture){ 0 };
}

static bool is_still(const struct gesture_state *state, int finger, int32_t ppi)
{
    int32_t slip = px_of(SLIP_MM100, ppi);

    return abs(state->x[finger] - state->start_x[finger]) <= slip &&
           abs(state->y[finger] - state->start_y[finger]) <= slip;
}

static struct gesture rested(struct gesture_state *state, int32_t ppi)
{
    bool is_one = state->down == 1, is_two = state->down == 3;

    if (state->is_over || !is_still(state, 0, ppi) || (is_two && !is_still(state, 1, ppi)) || (!is_one && !is_two))
        return (struct gesture){ 0 };
    return told(state, is_one ? GESTURE_HOLD : GESTURE_TWO);
}

struct gesture gesture_step(struct gesture_state *state, const struct kite_event *event,
                            int32_t ppi)
{
    unsigned finger = event->finger & 1;
    struct gesture none = { 0 };

    if (event->kind == KITE_EVENT_TICK)
        return event->now_ms >= state->start_ms + GESTURE_HOLD_MS ? rested(state, ppi) : none;
    if (event->kind != KITE_EVENT_TOUCH)
        return none;
    state->x[finger] = event->x_px;
    state->y[finger] = event->y_px;
    if (event->touch == KITE_TOUCH_DOWN) {
        if (state->down == 0)
            state->is_over = finger != 0; /* a second finger alone means nothing */
        state->down |= 1u << finger;
        state->start_x[finger] = event->x_px;
        state->start_y[finger] = event->y_px;
        state->start_ms = event->now_ms;
        return none;
    }

    bool was_two = state->down == 3;

    if (event->touch == KITE_TOUCH_UP) {
        state->down &= ~(1u << finger);
        if (was_two && !state->is_over) { /* two fingers that did not pinch */
            state->is_over = true;
            return is_still(state, 0, ppi) && is_still(state, 1, ppi) ? told(state, GESTURE_TWO) : none;
        }
        return finger == 0 && !state->is_over ? lifted(state, ppi) : none;
    }
    return was_two && !state->is_over ? pinch(state) : none;
}

int64_t gesture_due_ms(const struct gesture_state *state)
{
    return (state->down == 1 || state->down == 3) && !state->is_over ? state->start_ms + GESTURE_HOLD_MS : KITE_NEVER_MS;
}
