/* A new Kite on a stick: asked for, waited for while the device writes it, and started. */
#include "reader/deeds.h"
#include "reader/views.h"

#include <stdio.h>

#define PERCENT_STEP 5 /* a screen is drawn anew for no less */

static void go_to_state(struct kite_reader *r, enum update_state state)
{
    r->update.state = state;
    if (seat_of(r)->view == VIEW_UPDATE)
        seat_of(r)->focus = 0;
    r->is_stale = true;
}

void update_offer(struct kite_reader *r, const char *path, const char *version, const char *sender)
{
    if (r->update.state == UPDATE_RUNS)
        return;
    text_copy(path, r->update.path, sizeof r->update.path);
    text_copy(version, r->update.version, sizeof r->update.version);
    text_copy(sender, r->update.sender, sizeof r->update.sender);
    r->update.percent = 0;
    r->update.is_older = false;
    r->update.state = UPDATE_ASKS;
    view_open(r, VIEW_UPDATE, 0);
}

const char *update_wanted(const struct kite_reader *r)
{
    return r->update.state == UPDATE_RUNS ? r->update.path : NULL;
}

/* ---- events ---------------------------------------------------------------------------------- */

enum kite_status update_event(struct kite_reader *r, const struct kite_event *event)
{
    if (r->update.state != UPDATE_RUNS)
        return KITE_OK;
    if (event->status) {
        text_copy(event->reason ? event->reason : kite_status_text(event->status), r->update.reason,
                  sizeof r->update.reason);
        go_to_state(r, UPDATE_FAILED);
    } else if (event->is_done) {
        go_to_state(r, UPDATE_IS_DONE);
    } else if (event->percent >= r->update.percent + PERCENT_STEP) {
        r->update.percent = event->percent;
        r->is_stale = r->is_stale || seat_of(r)->view == VIEW_UPDATE;
    }
    if (r->update.state != UPDATE_RUNS && seat_of(r)->view != VIEW_UPDATE)
        view_open(r, VIEW_UPDATE, 0); /* the person read on meanwhile */
    return KITE_OK;
}

/* ---- the screen ------------------------------------------------------------------------------ */

static enum kite_status start(struct kite_reader *r)
{
    go_to_state(r, UPDATE_RUNS);
    return KITE_OK;
}

static enum kite_status do_start(struct kite_reader *r)
{
    return pin_guard(r, start);
}

static enum kite_status do_restart(struct kite_reader *r)
{
    r->wants_reboot = true;
    return reading_save(&r->reading, &r->fault);
}

static const struct deed table[] = {
    { UPDATE_ASKS, MESSAGE_UPDATE_START, ICON_PLUS, do_start },
    { UPDATE_ASKS, MESSAGE_CANCEL, ICON_REMOVE, deed_close },
    { UPDATE_RUNS, MESSAGE_BACK_TO_TEXT, ICON_BACK, deed_close },
    { UPDATE_IS_DONE, MESSAGE_RESTART_NOW, ICON_CHECK, do_restart },
    { UPDATE_IS_DONE, MESSAGE_RESTART_LATER, ICON_BACK, deed_close },
    { UPDATE_FAILED, MESSAGE_OK, ICON_CHECK, deed_close },
    { 0 },
};

static int state(struct kite_reader *r)
{
    return (int)r->update.state;
}
static const struct deeds deeds = { table, state };

static enum kite_status intro(struct kite_reader *r, char *out, size_t out_bytes)
{
    static const enum message texts[] = { [UPDATE_ASKS] = MESSAGE_UPDATE_ASK,
                                          [UPDATE_RUNS] = MESSAGE_UPDATE_RUNS,
                                          [UPDATE_IS_DONE] = MESSAGE_UPDATE_DONE,
                                          [UPDATE_FAILED] = MESSAGE_UPDATE_FAILED };
    char percent[16], signer[256];

    snprintf(percent, sizeof percent, "%d", r->update.percent);
    bool asks_older = r->update.state == UPDATE_ASKS && r->update.is_older;

    kite_text_fill(say(r, asks_older ? MESSAGE_UPDATE_ASK_OLDER : texts[r->update.state]),
                   r->update.version,
                   r->update.state == UPDATE_FAILED ? r->update.reason : percent, out, out_bytes);
    if (r->update.state == UPDATE_ASKS) {
        text_add(" ", out, out_bytes);
        text_add(kite_text_fill(say(r, r->update.sender[0] ? MESSAGE_UPDATE_SIGNED
                                                           : MESSAGE_UPDATE_UNSIGNED),
                                r->update.sender, NULL, signer, sizeof signer),
                 out, out_bytes);
    }
    return KITE_OK;
}

const struct view view_update = { .name = "update",
                                  .title = MESSAGE_UPDATE,
                                  .intent = KITE_INTENT_INTERFACE,
                                  .has_icons = true,
                                  .intro = intro,
                                  .count = deeds_count,
                                  .row = deeds_row,
                                  .chosen = deeds_chosen,
                                  .deeds = &deeds };
