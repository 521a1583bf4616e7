/* Records to events. Keys are said when they are let go, or once they have been held long; touches
 * at each report. */
#include "device/input.h"

#include <linux/input-event-codes.h>
#include <string.h>

void input_decoder_init(struct input_decoder *decoder, const struct board *board,
                        const struct kite_panel_geometry *panel, const struct input_caps *caps)
{
    memset(decoder, 0, sizeof *decoder);
    decoder->board = board;
    decoder->panel = *panel;
    decoder->caps = *caps;
}

/* ---- keys -------------------------------------------------------------------------------------
 */

static enum kite_status say(const struct input_sink *sink, enum input_kind kind)
{
    return sink->take(sink->ctx, &(struct input_out){ .kind = kind });
}

static enum kite_status say_key(const struct input_decoder *d, size_t i, bool is_long,
                                const struct input_sink *sink)
{
    enum board_use use = d->board->keys[i].use;
    struct input_out out = { .kind = INPUT_EVENT,
                             .event = { .kind = KITE_EVENT_KEY, .is_long = is_long } };

    if (use == BOARD_USE_POWER)
        return say(sink, is_long ? INPUT_POWER_LONG : INPUT_POWER);
    out.event.key = (enum kite_key)use;
    return sink->take(sink->ctx, &out);
}

/* A page key that is down with the other one. */
static bool is_chord(const struct input_decoder *d, size_t i)
{
    enum board_use use = d->board->keys[i].use, other;

    if (use != BOARD_USE_PREVIOUS && use != BOARD_USE_NEXT)
        return false;
    other = use == BOARD_USE_NEXT ? BOARD_USE_PREVIOUS : BOARD_USE_NEXT;
    for (size_t k = 0; k < d->board->key_count; k++)
        if (d->board->keys[k].use == other && d->keys[k].is_down)
            return true;
    return false;
}

/* It is said as soon as the second one is down; the keys mean nothing else then. */
static enum kite_status say_chord(struct input_decoder *d, const struct input_sink *sink)
{
    for (size_t i = 0; i < d->board->key_count; i++)
        if (d->keys[i].is_down)
            d->keys[i].is_spent = true;
    return sink->take(sink->ctx, &(struct input_out){ .kind = INPUT_EVENT, .event = { .kind = KITE_EVENT_HIDE } });
}

static enum kite_status key(struct input_decoder *d, size_t i, bool is_down, int64_t now_ms,
                            const struct input_sink *sink)
{
    bool was_down = d->keys[i].is_down, was_spent = d->keys[i].is_spent;

    d->keys[i].is_down = is_down;
    if (is_down == was_down)
        return KITE_OK; /* repeats itself, or was never seen to go down */
    d->keys[i].since_ms = now_ms;
    d->keys[i].is_spent = is_down && d->is_asleep;
    if (is_down && d->is_asleep)
        return say(sink, INPUT_WAKE);
    if (is_down)
        return is_chord(d, i) ? say_chord(d, sink) : KITE_OK;
    return was_spent ? KITE_OK : say_key(d, i, false, sink);
}

static int64_t long_at_ms(const struct input_decoder *d, size_t i)
{
    if (!d->keys[i].is_down || d->keys[i].is_spent)
        return KITE_NEVER_MS;
    return d->keys[i].since_ms +
           (d->board->keys[i].use == BOARD_USE_POWER ? INPUT_POWER_MS : INPUT_LONG_MS);
}

enum kite_status input_tick(struct input_decoder *d, int64_t now_ms, const struct input_sink *sink)
{
    for (size_t i = 0; i < d->board->key_count; i++)
        if (long_at_ms(d, i) <= now_ms) {
            enum kite_status status;

            d->keys[i].is_spent = true;
            status = say_key(d, i, true, sink);
            if (status)
                return status;
        }
    return KITE_OK;
}

int64_t input_due_ms(const struct input_decoder *d)
{
    int64_t due = KITE_NEVER_MS;

    for (size_t i = 0; i < d->board->key_count; i++)
        if (long_at_ms(d, i) < due)
            due = long_at_ms(d, i);
    return due;
}

static enum kite_status key_code(struct input_decoder *d, uint16_t code, bool is_down,
                                 int64_t now_ms, const struct input_sink *sink)
{
    for (size_t i = 0; i < d->board->key_count; i++)
        if (d->board->keys[i].code == code)
            return key(d, i, is_down, now_ms, sink);
    return KITE_OK;
}

/* ---- touch ------------------------------------------------------------------------------------
 */

/* A raw value on a side of so many pixels; what lies outside the axis lies at its end. */
static int32_t scale(struct input_axis axis, int32_t raw, int32_t side_px, bool is_mirrored)
{
    int64_t span = (int64_t)axis.most - axis.least + 1, px;

    if (raw < axis.least)
        raw = axis.least;
    if (raw > axis.most)
        raw = axis.most;
    px = ((int64_t)raw - axis.least) * side_px / span;
    return (int32_t)(is_mirrored ? side_px - 1 - px : px);
}

static void place(const struct input_decoder *d, const struct input_slot *slot, int32_t *x_px,
                  int32_t *y_px)
{
    const struct board_touch *touch = &d->board->touch;
    bool is_swapped = touch->is_swapped;
    struct input_axis x = is_swapped ? d->caps.y : d->caps.x;
    struct input_axis y = is_swapped ? d->caps.x : d->caps.y;

    *x_px = scale(x, is_swapped ? slot->y : slot->x, d->panel.width_px, touch->is_mirrored_x);
    *y_px = scale(y, is_swapped ? slot->x : slot->y, d->panel.height_px, touch->is_mirrored_y);
}

static enum kite_status say_touch(const struct input_decoder *d, size_t finger,
                                  enum kite_touch touch, const struct input_sink *sink)
{
    return sink->take(sink->ctx,
                      &(struct input_out){ .kind = INPUT_EVENT,
                                           .event = { .kind = KITE_EVENT_TOUCH,
                                                      .touch = touch,
                                                      .finger = (uint8_t)finger,
                                                      .x_px = d->fingers[finger].x_px,
                                                      .y_px = d->fingers[finger].y_px } });
}

/* A finger that was down: gone, moved or as it was. */
static enum kite_status follow(struct input_decoder *d, size_t finger,
                               const struct input_sink *sink)
{
    const struct input_slot *slot = &d->slots[d->fingers[finger].slot];
    int32_t x, y;

    if (!slot->is_down) {
        d->fingers[finger].is_down = false;
        return say_touch(d, finger, KITE_TOUCH_UP, sink);
    }
    place(d, slot, &x, &y);
    if (x == d->fingers[finger].x_px && y == d->fingers[finger].y_px)
        return KITE_OK;
    d->fingers[finger].x_px = x;
    d->fingers[finger].y_px = y;
    return say_touch(d, finger, KITE_TOUCH_MOVE, sink);
}

static bool is_followed(const struct input_decoder *d, size_t slot)
{
    for (size_t i = 0; i < INPUT_FINGERS; i++)
        if (d->fingers[i].is_down && d->fingers[i].slot == slot)
            return true;
    return false;
}

/* A slot that nobody follows yet becomes the first free finger; a third one counts for nothing. */
static enum kite_status begin(struct input_decoder *d, size_t slot, const struct input_sink *sink)
{
    for (size_t i = 0; i < INPUT_FINGERS; i++)
        if (!d->fingers[i].is_down) {
            d->fingers[i].is_down = true;
            d->fingers[i].slot = (uint8_t)slot;
            place(d, &d->slots[slot], &d->fingers[i].x_px, &d->fingers[i].y_px);
            return say_touch(d, i, KITE_TOUCH_DOWN, sink);
        }
    return KITE_OK;
}

static enum kite_status report(struct input_decoder *d, const struct input_sink *sink)
{
    enum kite_status status = KITE_OK;

    for (size_t i = 0; i < INPUT_FINGERS && status == KITE_OK; i++)
        if (d->fingers[i].is_down)
            status = follow(d, i, sink);
    for (size_t i = 0; i < INPUT_SLOTS_MAX && status == KITE_OK; i++)
        if (d->slots[i].is_down && !is_followed(d, i))
            status = begin(d, i, sink);
    return status;
}

static void axis(struct input_decoder *d, uint16_t code, int32_t value)
{
    struct input_slot *slot = d->slot < INPUT_SLOTS_MAX ? &d->slots[d->slot] : NULL;

    if (d->caps.has_slots && code == ABS_MT_SLOT)
        d->slot = value >= 0 ? (size_t)value : INPUT_SLOTS_MAX; /* too many: not looked at */
    if (!slot)
        return;
    if (d->caps.has_slots && code == ABS_MT_TRACKING_ID)
        slot->is_down = value >= 0;
    if (code == (d->caps.has_slots ? ABS_MT_POSITION_X : ABS_X))
        slot->x = value;
    if (code == (d->caps.has_slots ? ABS_MT_POSITION_Y : ABS_Y))
        slot->y = value;
}

/* ---- records ----------------------------------------------------------------------------------
 */

static enum kite_status key_record(struct input_decoder *d, const struct input_record *record,
                                   int64_t now_ms, const struct input_sink *sink)
{
    bool is_contact = record->code == BTN_TOUCH || record->code == BTN_LEFT;

    if (record->value != 0 && record->value != 1)
        return KITE_OK; /* the kernel's repeat */
    if (!is_contact)
        return key_code(d, record->code, record->value == 1, now_ms, sink);
    if (!d->caps.has_slots && d->caps.has_touch)
        d->slots[0].is_down = record->value == 1;
    return KITE_OK;
}

static enum kite_status sync_record(struct input_decoder *d, uint16_t code,
                                    const struct input_sink *sink)
{
    if (code == SYN_DROPPED)
        d->is_dropped = true;
    if (code != SYN_REPORT)
        return KITE_OK;
    if (d->is_dropped) {
        d->is_dropped = false;
        d->must_resync = true;
        return KITE_OK;
    }
    return d->caps.has_touch ? report(d, sink) : KITE_OK;
}

enum kite_status input_decode(struct input_decoder *d, const struct input_record *record,
                              int64_t now_ms, const struct input_sink *sink)
{
    if (record->type == EV_SYN)
        return sync_record(d, record->code, sink);
    if (d->is_dropped)
        return KITE_OK;
    if (record->type == EV_KEY)
        return key_record(d, record, now_ms, sink);
    if (record->type == EV_ABS && d->caps.has_touch)
        axis(d, record->code, record->value);
    return KITE_OK;
}

enum kite_status input_resync(struct input_decoder *d, const struct input_state *state,
                              int64_t now_ms, const struct input_sink *sink)
{
    enum kite_status status = KITE_OK;

    d->must_resync = false;
    /* A key let go unseen was pressed at some time; one that is down now was perhaps not. The first are told before the others, so that
     * they make no chord. */
    for (size_t n = 0; n < 2 * d->board->key_count && status == KITE_OK; n++) {
        size_t i = n % d->board->key_count;
        uint16_t code = d->board->keys[i].code;
        bool is_down = state->keys[code / 8] >> code % 8 & 1, is_second = n >= d->board->key_count;

        if (is_down == is_second)
            status = key(d, i, is_down, now_ms, sink);
    }
    memcpy(d->slots, state->slots, sizeof d->slots);
    return status || !d->caps.has_touch ? status : report(d, sink);
}
