/* The menu: one door to everything else. Rows that mean nothing just now are left out. */
#include "reader/views.h"

static enum kite_status do_back_to_text(struct kite_reader *r, int64_t about)
{
    (void)about;
    view_close_all(r);
    return KITE_OK;
}

static enum kite_status do_original(struct kite_reader *r, int64_t about)
{
    (void)about;
    return original_swap(r);
}

static enum kite_status do_zoom(struct kite_reader *r, int64_t about)
{
    (void)about;
    view_close_all(r);
    return original_zoom_step(r);
}

static enum kite_status do_open(struct kite_reader *r, int64_t view)
{
    view_open(r, (enum view_id)view, 0);
    return KITE_OK;
}

static enum kite_status do_go_to(struct kite_reader *r, int64_t about)
{
    (void)about;
    go_to_open(r);
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
    view_close_all(r);
    return page_bookmark(r);
}

static enum kite_status do_highlight(struct kite_reader *r, int64_t about)
{
    (void)about;
    view_close_all(r);
    return highlight_begin(r, NULL);
}

static enum kite_status do_back(struct kite_reader *r, int64_t about)
{
    (void)about;
    enum kite_status status = reading_save(&r->reading, &r->fault);

    if (status == KITE_OK)
        status = reading_back(&r->reading, &r->fault);
    view_close_all(r);
    return status;
}

static enum kite_status do_clean(struct kite_reader *r, int64_t about)
{
    (void)about;
    view_close_all(r);
    r->intent = KITE_INTENT_CLEAN_ALL;
    return KITE_OK;
}

static enum kite_status do_shelf_close(struct kite_reader *r, int64_t about)
{
    (void)about;
    return shelf_close(r);
}

static enum kite_status do_sleep(struct kite_reader *r, int64_t about)
{
    enum kite_status status = shelf_close(r);

    (void)about;
    if (status)
        return status;
    view_close_all(r);
    r->wants_sleep = true;
    return reading_save(&r->reading, &r->fault);
}

static enum kite_status do_power_off(struct kite_reader *r, int64_t about)
{
    enum kite_status status = shelf_close(r);

    (void)about;
    if (status)
        return status;
    view_close_all(r);
    r->wants_power_off = true;
    return reading_save(&r->reading, &r->fault);
}

enum shown {
    SHOWN_ALWAYS = 0,
    SHOWN_WITH_TEXT,
    SHOWN_WITH_WORDS,       /* not where pages of the original stand in their place */
    SHOWN_BESIDE_ORIGINAL,  /* a page of which can be shown */
    SHOWN_ON_ORIGINAL,      /* that is shown */
    SHOWN_INSTEAD_OF_WORDS, /* and there is a text */
    SHOWN_WITH_WAY_BACK,
    SHOWN_WITH_SWITCH,
    SHOWN_OVER_LIBRARY,
    SHOWN_ON_SHELF /* that is private, and open */
};

struct menu_row {
    enum message label;
    const char *icon;
    enum shown shown;
    bool is_more; /* behind the door of that name, while a text is open */
    bool starts_group;
    enum kite_status (*act)(struct kite_reader *r, int64_t about);
    int64_t about;
};

/* In the order of how often people want them. */
static const struct menu_row menu[] = {
    { MESSAGE_BACK_TO_TEXT, ICON_BACK, SHOWN_WITH_TEXT, false, false, do_back_to_text, 0 },
    { MESSAGE_BACK_WHERE_I_WAS, ICON_RETURN, SHOWN_WITH_WAY_BACK, false, false, do_back, 0 },
    { MESSAGE_ORIGINAL_SHOW, ICON_SHEET, SHOWN_BESIDE_ORIGINAL, false, false, do_original, 0 },
    { MESSAGE_ORIGINAL_HIDE, ICON_LETTERS, SHOWN_INSTEAD_OF_WORDS, false, false, do_original, 0 },
    { MESSAGE_ZOOM, ICON_PLUS, SHOWN_ON_ORIGINAL, false, false, do_zoom, 0 },
    { MESSAGE_LIBRARY, ICON_LIBRARY, SHOWN_ALWAYS, false, false, do_library, 0 },
    { MESSAGE_PRIVATE_CLOSE, ICON_LOCK, SHOWN_ON_SHELF, false, false, do_shelf_close, 0 },
    { MESSAGE_SORT_FILTER, ICON_SORT, SHOWN_OVER_LIBRARY, false, false, do_open, VIEW_SORT },
    { MESSAGE_CONTENTS, ICON_CONTENTS, SHOWN_WITH_TEXT, false, true, do_open, VIEW_CONTENTS },
    { MESSAGE_SEARCH, ICON_SEARCH, SHOWN_ALWAYS, false, false, do_open, VIEW_SEARCH },
    { MESSAGE_BOOKMARK_ADD, ICON_BOOKMARK, SHOWN_WITH_TEXT, false, false, do_bookmark, 0 },
    { MESSAGE_BOOKMARKS, ICON_MARKS, SHOWN_ALWAYS, false, false, do_open, VIEW_MARKS },
    { MESSAGE_TYPE, ICON_LETTERS, SHOWN_ALWAYS, false, true, do_open, VIEW_TYPE },
    { MESSAGE_MORE, ICON_MORE, SHOWN_WITH_TEXT, false, false, do_open, VIEW_MORE },
    { MESSAGE_GO_TO, ICON_GO, SHOWN_WITH_TEXT, true, false, do_go_to, 0 },
    { MESSAGE_HIGHLIGHT_HERE, ICON_HIGHLIGHT, SHOWN_WITH_WORDS, true, false, do_highlight, 0 },
    { MESSAGE_NOTES_HERE, ICON_NOTES, SHOWN_WITH_WORDS, true, false, do_open, VIEW_NOTES },
    { MESSAGE_ABOUT_TEXT, ICON_ABOUT, SHOWN_WITH_TEXT, true, false, do_open, VIEW_CARD },
    { MESSAGE_WHO_READS, ICON_PERSON, SHOWN_ALWAYS, true, true, do_open, VIEW_READERS },
    { MESSAGE_SENDERS, ICON_CHECK, SHOWN_ALWAYS, true, false, do_open, VIEW_SENDERS },
    { MESSAGE_PRIVATE, ICON_LOCK, SHOWN_ALWAYS, true, false, do_open, VIEW_SHELF },
    { MESSAGE_SETTINGS, ICON_SETTINGS, SHOWN_ALWAYS, true, false, do_open, VIEW_SETTINGS },
    { MESSAGE_HELP, ICON_HELP, SHOWN_ALWAYS, true, false, help_open, 0 },
    { MESSAGE_ABOUT_READER, ICON_ABOUT, SHOWN_ALWAYS, true, false, do_open, VIEW_ABOUT },
    { MESSAGE_CLEAN_SCREEN, ICON_CLEAN, SHOWN_ALWAYS, true, true, do_clean, 0 },
    { MESSAGE_SLEEP, ICON_SLEEP, SHOWN_ALWAYS, true, false, do_sleep, 0 },
    { MESSAGE_POWER_OFF, ICON_REMOVE, SHOWN_WITH_SWITCH, true, false, do_power_off, 0 },
};
#define MENU_COUNT (sizeof menu / sizeof *menu)

static bool means_something(struct kite_reader *r, enum shown shown)
{
    bool has_text = r->reading.text != 0, is_original = has_text && original_is_shown(r);

    switch (shown) {
    case SHOWN_ALWAYS:
        return true;
    case SHOWN_WITH_TEXT:
        return has_text;
    case SHOWN_WITH_WORDS:
        return has_text && !is_original;
    case SHOWN_BESIDE_ORIGINAL:
        return !is_original && original_is_there(r);
    case SHOWN_ON_ORIGINAL:
        return is_original;
    case SHOWN_INSTEAD_OF_WORDS:
        return is_original && original_has_text(r);
    case SHOWN_WITH_WAY_BACK:
        return r->reading.way_count > 0;
    case SHOWN_WITH_SWITCH:
        return r->options.can_power_off;
    case SHOWN_ON_SHELF:
        return shelf_is_open(r);
    case SHOWN_OVER_LIBRARY:
        return r->seat_count >= 2 && r->seats[r->seat_count - 2].view == VIEW_LIBRARY;
    }
    return false;
}

/* With no text open all stands in one menu, and the library lies under it. */
static bool is_shown(struct kite_reader *r, const struct menu_row *row, bool is_more)
{
    bool is_here = r->reading.text ? row->is_more == is_more : row->act != do_library;

    return is_here && means_something(r, row->shown);
}

static const struct menu_row *menu_row(struct kite_reader *r, uint32_t index)
{
    bool is_more = seat_of(r)->view == VIEW_MORE;

    for (size_t i = 0; i < MENU_COUNT; i++)
        if (is_shown(r, &menu[i], is_more) && index-- == 0)
            return &menu[i];
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
    const struct menu_row *row = menu_row(r, index);
    enum message label = row->label;
    enum kite_status status = KITE_OK;
    int64_t id = 0;

    out->icon = row->icon;
    out->starts_group = row->starts_group;
    if (label == MESSAGE_BOOKMARK_ADD) {
        status = page_bookmark_find(r, &id);
        label = id ? MESSAGE_BOOKMARK_REMOVE : label;
        out->icon = id ? ICON_BOOKMARKED : out->icon;
    }
    if (label == MESSAGE_LIBRARY && shelf_is_open(r))
        label = MESSAGE_PRIVATE;
    if (label == MESSAGE_BACK_TO_TEXT && original_is_shown(r))
        label = MESSAGE_BACK_TO_PAGE;
    if (label == MESSAGE_ZOOM)
        text_copy(say(r, original_zoom_name(r)), out->value, sizeof out->value);
    text_copy(say(r, label), out->label, sizeof out->label);
    return status;
}

static enum kite_status choose(struct kite_reader *r, uint32_t index)
{
    const struct menu_row *row = menu_row(r, index);

    return row->act(r, row->about);
}

const struct view view_menu = { .name = "menu",
                                .title = MESSAGE_MENU,
                                .intent = KITE_INTENT_INTERFACE,
                                .has_icons = true,
                                .count = count_rows,
                                .row = fill_row,
                                .chosen = choose };
const struct view view_more = { .name = "more",
                                .title = MESSAGE_MORE,
                                .intent = KITE_INTENT_INTERFACE,
                                .has_icons = true,
                                .count = count_rows,
                                .row = fill_row,
                                .chosen = choose };
