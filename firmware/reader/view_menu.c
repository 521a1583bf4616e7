/* The menu: one door to everything else. Rows that mean nothing just now are left out. */
#include "reader/views.h"

static enum kite_status do_back_to_text(struct kite_reader *r, int64_t about)
{
    (void)about;
    view_close_all(r);
    return KITE_OK;
}

static enum kite_status do_open(struct kite_reader *r, int64_t view)
{
    view_open(r, (enum view_id)view, 0);
    return KITE_OK;
}

static enum kite_status do_library(struct kite_reader *r, int64_t about)
{
    (void)about;
    r->seat_count = 1;
    view_open(r, VIEW_LIBRARY, 0);
    return reading_save(&r->reading, &r->fault);
}

static enum kite_status do_bookmark(struct kite_reader *r, int64_t about)
{
    (void)about;
    view_close(r);
    return page_bookmark(r);
}

static enum kite_status do_highlight(struct kite_reader *r, int64_t about)
{
    (void)about;
    view_close(r);
    return highlight_begin(r, NULL);
}

static enum kite_status do_back(struct kite_reader *r, int64_t about)
{
    (void)about;
    view_close_all(r);
    return reading_back(&r->reading, &r->fault);
}

static enum kite_status do_clean(struct kite_reader *r, int64_t about)
{
    (void)about;
    view_close_all(r);
    r->intent = KITE_INTENT_CLEAN_ALL;
    return KITE_OK;
}

static enum kite_status do_sleep(struct kite_reader *r, int64_t about)
{
    (void)about;
    view_close_all(r);
    r->wants_sleep = true;
    return reading_save(&r->reading, &r->fault);
}

struct menu_row {
    enum message label;
    bool needs_text; /* shown only when a text is open */
    enum kite_status (*act)(struct kite_reader *r, int64_t about);
    int64_t about;
};

/* In the order of how often people want them. */
static const struct menu_row menu[] = {
    { MESSAGE_BACK_TO_TEXT, true, do_back_to_text, 0 },
    { MESSAGE_LIBRARY, false, do_library, 0 },
    { MESSAGE_TYPE, false, do_open, VIEW_TYPE },
    { MESSAGE_CONTENTS, true, do_open, VIEW_CONTENTS },
    { MESSAGE_BOOKMARK_ADD, true, do_bookmark, 0 },
    { MESSAGE_BOOKMARKS, false, do_open, VIEW_MARKS },
    { MESSAGE_SEARCH, false, do_open, VIEW_SEARCH },
    { MESSAGE_GO_TO, true, do_open, VIEW_GO_TO },
    { MESSAGE_BACK_WHERE_I_WAS, true, do_back, 0 },
    { MESSAGE_HIGHLIGHT_HERE, true, do_highlight, 0 },
    { MESSAGE_NOTES_HERE, true, do_open, VIEW_NOTES },
    { MESSAGE_ABOUT_TEXT, true, do_open, VIEW_CARD },
    { MESSAGE_WHO_READS, false, do_open, VIEW_READERS },
    { MESSAGE_SETTINGS, false, do_open, VIEW_SETTINGS },
    { MESSAGE_HELP, false, help_open, 0 },
    { MESSAGE_CLEAN_SCREEN, false, do_clean, 0 },
    { MESSAGE_SLEEP, false, do_sleep, 0 },
};
#define MENU_COUNT (sizeof menu / sizeof *menu)

static const struct menu_row *menu_row(const struct kite_reader *r, uint32_t index)
{
    for (size_t i = 0; i < MENU_COUNT; i++) {
        if (menu[i].needs_text && r->reading.text == 0)
            continue;
        if (index-- == 0)
            return &menu[i];
    }
    return NULL;
}

static enum kite_status count_rows(struct kite_reader *r, uint32_t *out)
{
    for (*out = 0; menu_row(r, *out);)
        (*out)++;
    return KITE_OK;
}

static enum kite_status fill_row(struct kite_reader *r, uint32_t index, struct row *out)
{
    enum message label = menu_row(r, index)->label;
    enum kite_status status = KITE_OK;
    int64_t id = 0;

    if (label == MESSAGE_BOOKMARK_ADD) {
        status = page_bookmark_find(r, &id);
        label = id ? MESSAGE_BOOKMARK_REMOVE : label;
    }
    text_copy(say(r, label), out->label, sizeof out->label);
    return status;
}

static enum kite_status choose(struct kite_reader *r, uint32_t index)
{
    const struct menu_row *row = menu_row(r, index);

    return row->act(r, row->about);
}

const struct view view_menu = { .name = "menu", .title = MESSAGE_MENU, .intent = KITE_INTENT_INTERFACE,
                                .count = count_rows, .row = fill_row, .chosen = choose };
