/* A computer at the cable: asked for, the inbox given to it, and waited for. What it left there is
 * taken in by view_import.c. */
#include "reader/deeds.h"
#include "reader/views.h"

enum cable_state { CABLE_ASKS = 0, CABLE_GIVEN, CABLE_WAITS, CABLE_FAILED };

static struct seat *cable_seat(struct kite_reader *r)
{
    for (unsigned i = 0; i < r->seat_count; i++)
        if (r->seats[i].view == VIEW_CABLE)
            return &r->seats[i];
    return NULL;
}

static void go_to_state(struct kite_reader *r, enum cable_state state)
{
    struct seat *seat = cable_seat(r);

    if (!seat) {
        view_open(r, VIEW_CABLE, state);
        return;
    }
    seat->about = state;
    seat->focus = 0;
    r->is_stale = true;
}

/* ---- events ---------------------------------------------------------------------------------- */

enum kite_status cable_event(struct kite_reader *r, const struct kite_event *event)
{
    if (event->is_present) {
        if (!r->wants_export && r->options.io)
            go_to_state(r, CABLE_ASKS);
        return KITE_OK;
    }
    if (r->wants_export)
        return cable_ejected(r, event);
    if (cable_seat(r) && cable_seat(r)->about == CABLE_ASKS)
        view_remove(r, VIEW_CABLE);
    return KITE_OK;
}

enum kite_status cable_ejected(struct kite_reader *r, const struct kite_event *event)
{
    (void)event;
    if (!r->wants_export)
        return KITE_OK;
    r->wants_export = false;
    go_to_state(r, CABLE_WAITS);
    return KITE_OK;
}

void cable_failed(struct kite_reader *r)
{
    go_to_state(r, CABLE_FAILED);
}

/* ---- the screen ------------------------------------------------------------------------------ */

static enum kite_status do_give(struct kite_reader *r)
{
    r->wants_export = true;
    go_to_state(r, CABLE_GIVEN);
    return KITE_OK;
}

static enum kite_status do_take_back(struct kite_reader *r)
{
    r->wants_export = false;
    go_to_state(r, CABLE_WAITS);
    return KITE_OK;
}

static const struct deed table[] = {
    { CABLE_ASKS, MESSAGE_CABLE_GIVE, ICON_PLUS, do_give },
    { CABLE_ASKS, MESSAGE_CABLE_CHARGE, ICON_BATTERY, deed_close },
    { CABLE_GIVEN, MESSAGE_CABLE_TAKE_BACK, ICON_CHECK, do_take_back },
    { CABLE_WAITS, MESSAGE_BACK_TO_TEXT, ICON_BACK, deed_close },
    { CABLE_FAILED, MESSAGE_OK, ICON_CHECK, deed_close },
    { 0 },
};

static int state(struct kite_reader *r)
{
    return (int)seat_of(r)->about;
}
static const struct deeds deeds = { table, state };

static enum kite_status intro(struct kite_reader *r, char *out, size_t out_bytes)
{
    static const enum message texts[] = { [CABLE_ASKS] = MESSAGE_CABLE_CAME,
                                          [CABLE_GIVEN] = MESSAGE_CABLE_GIVEN,
                                          [CABLE_WAITS] = MESSAGE_CABLE_WAITS,
                                          [CABLE_FAILED] = MESSAGE_CABLE_FAILED };

    text_copy(say(r, texts[seat_of(r)->about]), out, out_bytes);
    return KITE_OK;
}

const struct view view_cable = { .name = "cable",
                                 .title = MESSAGE_CABLE,
                                 .intent = KITE_INTENT_INTERFACE,
                                 .has_icons = true,
                                 .intro = intro,
                                 .count = deeds_count,
                                 .row = deeds_row,
                                 .chosen = deeds_chosen,
                                 .deeds = &deeds };
