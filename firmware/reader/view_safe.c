/* Safe mode: the start after several that failed. No text is opened and nothing that was kept of pages is
 * used; the person is told, and may repair the library or go back to the older system. */
#include "reader/deeds.h"
#include "reader/views.h"

enum kite_status safe_open(struct kite_reader *r)
{
    r->reading.is_bare = true;
    view_open(r, VIEW_SAFE, 0);
    return kite_library_last_text_forget(r->library, r->person, &r->fault);
}

static enum kite_status go_on(struct kite_reader *r)
{
    r->reading.is_bare = false;
    view_close(r);
    return KITE_OK;
}

static enum kite_status repair(struct kite_reader *r)
{
    reading_close(&r->reading);
    r->wants_repair = true;
    return KITE_OK;
}

static enum kite_status ask_repair(struct kite_reader *r)
{
    ask_sure(r, say(r, MESSAGE_SAFE_REPAIR_SURE), MESSAGE_SAFE_REPAIR, repair, 0);
    return KITE_OK;
}

static enum kite_status older(struct kite_reader *r)
{
    r->wants_older = true;
    return KITE_OK;
}

static enum kite_status ask_older(struct kite_reader *r)
{
    ask_sure(r, say(r, MESSAGE_SAFE_OLDER_SURE), MESSAGE_SAFE_OLDER, older, 0);
    return KITE_OK;
}

static enum kite_status do_older(struct kite_reader *r)
{
    return pin_guard(r, ask_older);
}

enum { SAFE_ALONE = 0, SAFE_WITH_OLDER };

static const struct deed table[] = {
    { SAFE_ALONE, MESSAGE_SAFE_GO_ON, ICON_BACK, go_on },
    { SAFE_ALONE, MESSAGE_SAFE_REPAIR, ICON_SETTINGS, ask_repair },
    { SAFE_WITH_OLDER, MESSAGE_SAFE_GO_ON, ICON_BACK, go_on },
    { SAFE_WITH_OLDER, MESSAGE_SAFE_REPAIR, ICON_SETTINGS, ask_repair },
    { SAFE_WITH_OLDER, MESSAGE_SAFE_OLDER, ICON_RETURN, do_older },
    { 0 },
};

static int state(struct kite_reader *r)
{
    return r->options.can_go_back ? SAFE_WITH_OLDER : SAFE_ALONE;
}
static const struct deeds deeds = { table, state };

static enum kite_status intro(struct kite_reader *r, char *out, size_t out_bytes)
{
    text_copy(say(r, MESSAGE_SAFE_ABOUT), out, out_bytes);
    return KITE_OK;
}

const struct view view_safe = { .name = "safe",
                                .title = MESSAGE_SAFE,
                                .intent = KITE_INTENT_INTERFACE,
                                .has_icons = true,
                                .intro = intro,
                                .count = deeds_count,
                                .row = deeds_row,
                                .chosen = deeds_chosen,
                                .deeds = &deeds };
