/* The owner's PIN: a courtesy lock before what changes the device for everybody. Wrong tries are
 * counted on the disk, each before it is looked at, so that switching off helps nobody. */
#include "reader/deeds.h"
#include "reader/views.h"

#include <stdio.h>
#include <string.h>

#define KEY_HASH "owner.pin"
#define KEY_TRIES "owner.tries"
#define TRIES_FREE 5       /* wrong ones, until one has to wait */
#define WAIT_MS 30000      /* then, and twice as long after each other one */
#define WAIT_DOUBLED_MAX 7 /* times: about an hour */

/* ---- is there one, is this it ---------------------------------------------------------------- */

static enum kite_status load(struct kite_reader *r, char hash[KITE_SETTING_VALUE_BYTES_MAX + 1])
{
    return kite_library_get_text(r->library, KITE_DEVICE, KEY_HASH, "", hash, &r->fault);
}

enum kite_status pin_is_set(struct kite_reader *r, bool *is_set)
{
    char hash[KITE_SETTING_VALUE_BYTES_MAX + 1] = "";
    enum kite_status status = load(r, hash);

    *is_set = hash[0] != '\0';
    return status;
}

static enum kite_status tries(struct kite_reader *r, int64_t *out)
{
    enum kite_status status =
        kite_library_get_number(r->library, KITE_DEVICE, KEY_TRIES, 0, out, &r->fault);

    if (status == KITE_OK && *out < 0)
        *out = 0;
    return status;
}

static enum kite_status keep_tries(struct kite_reader *r, int64_t count)
{
    return kite_library_set_number(r->library, KITE_DEVICE, KEY_TRIES, count, &r->fault);
}

int64_t pin_wait_ms(const struct kite_reader *r, int64_t count, int64_t tried_ms)
{
    int64_t doubled = count - TRIES_FREE, wait;

    if (doubled < 0)
        return 0;
    wait = (int64_t)WAIT_MS << (doubled < WAIT_DOUBLED_MAX ? doubled : WAIT_DOUBLED_MAX);
    wait -= r->now_ms - tried_ms;
    return wait > 0 ? wait : 0;
}

/* ---- asking for it --------------------------------------------------------------------------- */

static enum kite_status check(struct kite_reader *r, const char *digits);

/* Or say how long to wait. */
static enum kite_status ask(struct kite_reader *r, enum message title)
{
    int64_t count = 0, wait;
    enum kite_status status = tries(r, &count);

    if (status)
        return status;
    wait = pin_wait_ms(r, count, r->pin.tried_ms);
    if (wait > 0)
        view_open(r, VIEW_PIN_WAIT, (wait + 999) / 1000);
    else
        ask_digits(r, title, check);
    return KITE_OK;
}

static enum kite_status check(struct kite_reader *r, const char *digits)
{
    char hash[KITE_SETTING_VALUE_BYTES_MAX + 1];
    int64_t count = 0;
    enum kite_status status = tries(r, &count);

    if (status == KITE_OK)
        status = load(r, hash);
    if (status == KITE_OK)
        status = keep_tries(r, count + 1);
    if (status == KITE_OK)
        status = kite_pin_check(digits, hash, &r->fault);
    if (status == KITE_DONE) {
        r->pin.tried_ms = r->now_ms;
        return ask(r, MESSAGE_PIN_WRONG);
    }
    if (status == KITE_OK)
        status = keep_tries(r, 0);
    return status ? status : r->pin.act(r);
}

enum kite_status pin_guard(struct kite_reader *r, enum kite_status (*act)(struct kite_reader *r))
{
    bool is_set = false;
    enum kite_status status = pin_is_set(r, &is_set);

    if (status)
        return status;
    r->pin.act = act;
    return is_set ? ask(r, MESSAGE_PIN) : act(r);
}

static enum kite_status wait_intro(struct kite_reader *r, char *out, size_t out_bytes)
{
    char seconds[24];

    snprintf(seconds, sizeof seconds, "%lld", (long long)seat_of(r)->about);
    kite_text_fill(say(r, MESSAGE_PIN_WAIT), seconds, NULL, out, out_bytes);
    return KITE_OK;
}

const struct view view_pin_wait = { .name = "pin wait",
                                    .title = MESSAGE_PIN,
                                    .intent = KITE_INTENT_INTERFACE,
                                    .has_icons = true,
                                    .intro = wait_intro,
                                    .row_count = 1,
                                    .row = ok_row,
                                    .chosen = ok_chosen };

/* ---- a new one ------------------------------------------------------------------------------- */

static enum kite_status take_first(struct kite_reader *r, const char *digits);

static enum kite_status keep(struct kite_reader *r, const char *hash)
{
    enum kite_status status = kite_library_settings_begin(r->library, &r->fault), ended;

    if (status)
        return status;
    status = kite_library_set_text(r->library, KITE_DEVICE, KEY_HASH, hash, &r->fault);
    if (status == KITE_OK)
        status = keep_tries(r, 0);
    ended = kite_library_settings_end(r->library, &r->fault);
    if (seat_of(r)->view == VIEW_PIN)
        seat_of(r)->focus = 0;
    return status ? status : ended;
}

static enum kite_status take_again(struct kite_reader *r, const char *digits)
{
    char hash[KITE_PIN_HASH_BYTES];
    bool is_same = strcmp(r->pin.first, digits) == 0;
    enum kite_status status;

    memset(r->pin.first, 0, sizeof r->pin.first);
    if (!is_same) {
        ask_digits(r, MESSAGE_PIN_DIFFERENT, take_first);
        return KITE_OK;
    }
    status = kite_pin_hash(digits, hash, &r->fault);
    return status ? status : keep(r, hash);
}

static enum kite_status take_first(struct kite_reader *r, const char *digits)
{
    if (!kite_pin_is_one(digits)) {
        ask_digits(r, MESSAGE_PIN_NEW, take_first);
        return KITE_OK;
    }
    text_copy(digits, r->pin.first, sizeof r->pin.first);
    ask_digits(r, MESSAGE_PIN_AGAIN, take_again);
    return KITE_OK;
}

enum kite_status pin_new(struct kite_reader *r)
{
    ask_digits(r, MESSAGE_PIN_NEW, take_first);
    return KITE_OK;
}

static enum kite_status take_off(struct kite_reader *r)
{
    return keep(r, "");
}

/* ---- forgotten ------------------------------------------------------------------------------- */

static enum kite_status take_sender(void *ctx, const struct kite_sender *sender)
{
    *(int64_t *)ctx = sender->sender;
    return KITE_DONE;
}

/* The PIN goes last, so that a cut leaves it where a sender is still trusted. */
static enum kite_status reset(struct kite_reader *r)
{
    enum kite_status status = KITE_OK;
    int64_t sender = 1;

    while (status == KITE_OK && sender != 0) {
        sender = 0;
        status = kite_library_senders(r->library, 0, 1, &sender, take_sender, &r->fault);
        if (status == KITE_OK && sender != 0)
            status = kite_library_sender_remove(r->library, sender, &r->fault);
    }
    return status ? status : keep(r, "");
}

enum kite_status pin_forgotten(struct kite_reader *r, const struct kite_event *event)
{
    bool is_set = false;
    enum kite_status status = pin_is_set(r, &is_set);

    (void)event;
    if (status == KITE_OK && is_set)
        ask_sure(r, say(r, MESSAGE_PIN_RESET_SURE), MESSAGE_PIN_OFF, reset, 0);
    return status;
}

/* ---- the screen ------------------------------------------------------------------------------ */

enum { PIN_IS_NONE = 0, PIN_IS_SET };

static enum kite_status do_change(struct kite_reader *r)
{
    return pin_guard(r, pin_new);
}

static enum kite_status do_take_off(struct kite_reader *r)
{
    return pin_guard(r, take_off);
}

static const struct deed table[] = {
    { PIN_IS_NONE, MESSAGE_PIN_SET, ICON_PLUS, pin_new },
    { PIN_IS_SET, MESSAGE_PIN_CHANGE, ICON_WRITE, do_change },
    { PIN_IS_SET, MESSAGE_PIN_OFF, ICON_REMOVE, do_take_off },
    { 0 },
};

static int state(struct kite_reader *r)
{
    bool is_set = true;

    deeds_fail(r, pin_is_set(r, &is_set));
    return is_set ? PIN_IS_SET : PIN_IS_NONE;
}
static const struct deeds deeds = { table, state };

static enum kite_status intro(struct kite_reader *r, char *out, size_t out_bytes)
{
    text_copy(say(r, MESSAGE_PIN_ABOUT), out, out_bytes);
    return KITE_OK;
}

const struct view view_pin = { .name = "pin",
                               .title = MESSAGE_PIN,
                               .intent = KITE_INTENT_INTERFACE,
                               .has_icons = true,
                               .intro = intro,
                               .count = deeds_count,
                               .row = deeds_row,
                               .chosen = deeds_chosen,
                               .deeds = &deeds };
