/* The page: turning, what lies on it, the status line. */
#include "reader/views.h"

#include <stdio.h>

#define STATUS_PERCENT 75 /* of the status line's room that its text takes */
#define STATUS_EM1000 700 /* of the interface's size, at most */
#define NUMBER_EM1000 520 /* paragraph numbers, beside interface text */
#define HIGHLIGHT_COVERAGE 52
#define FOUND_COVERAGE 90
#define BATTERY_LOW_PERCENT 15
#define REACH_MM100 350     /* a touch means a note mark within this */
#define MENU_TOP_PERCENT 12 /* a touch up there opens the menu */

bool battery_is_low(const struct kite_reader *r)
{
    return r->battery_percent >= 0 && r->battery_percent <= BATTERY_LOW_PERCENT && !r->is_charging;
}

/* ---- drawing --------------------------------------------------------------------------------- */

const char *page_where(struct kite_reader *r, uint32_t paragraph)
{
    struct kite_contents_entry entry;
    const char *title = kite_bundle_meta(r->reading.bundle, r->reading.document, KITE_META_TITLE);
    uint32_t index;

    if (reading_entry(&r->reading, paragraph, &index, &entry))
        return entry.title;
    return title ? title : "";
}

static void how_far(struct kite_reader *r, char *out, size_t out_bytes)
{
    uint32_t number, count;
    char first[16], second[16];

    if (reading_page_number(&r->reading, &number, &count)) {
        snprintf(first, sizeof first, "%u", (unsigned)number);
        snprintf(second, sizeof second, "%u", (unsigned)count);
        kite_text_fill(say(r, MESSAGE_PAGE_OF), first, second, out, out_bytes);
        return;
    }
    snprintf(out, out_bytes, "%u %%", (unsigned)((reading_permille(&r->reading) + 5) / 10));
}

/* In words, or where these find no room as a sign with its number. */
static void low_battery(struct kite_reader *r, struct label *label, int32_t room, char out[72])
{
    char low[64], percent[16];

    snprintf(percent, sizeof percent, "%d", r->battery_percent);
    kite_text_fill(say(r, MESSAGE_BATTERY_LOW), percent, NULL, low, sizeof low);
    text_add(low, text_copy(ICON_BATTERY " ", out, 72), 72);
    label->text = out;
    if (screen_width(&r->screen, label) > room)
        snprintf(out, 72, ICON_BATTERY " %d %%", r->battery_percent);
}

void page_draw_status(struct kite_reader *r, const char *where, const char *far)
{
    struct screen *s = &r->screen;
    const struct kite_setting *setting = &r->setting;
    char battery[72];
    int32_t room = setting->status_px, margin = setting->margin_left_px;
    int32_t em1000 = room * STATUS_PERCENT * 10 / s->line_px;
    struct label end = { .text = far,
                         .align = LABEL_END,
                         .size_em1000 = (uint16_t)(em1000 < STATUS_EM1000 ? em1000 : STATUS_EM1000),
                         .lines_max = 1 };
    int32_t end_width = screen_width(s, &end) + s->pad_px,
            start_width = s->width_px - 2 * margin - end_width;
    struct label start = { .text = where,
                           .size_em1000 = end.size_em1000,
                           .lines_max = 1,
                           .lang = r->reading.info.lang,
                           .is_rtl = r->reading.info.direction == KITE_DIRECTION_RTL };
    int32_t y = s->height_px - room + (room - screen_line_px(s, &end)) / 3;

    if (original_is_there(r)) { /* its sign stands in the middle */
        int32_t before = s->width_px / 2 - margin - screen_em_px(s);

        original_draw_sign(r, y, end.size_em1000);
        start_width = start_width < before ? start_width : before;
    }
    if (r->reading.was_mended)
        start = (struct label){ .text = say(r, MESSAGE_TEXT_MENDED), .size_em1000 = end.size_em1000, .lines_max = 1 };
    if (battery_is_low(r)) {
        start = (struct label){ .size_em1000 = end.size_em1000, .lines_max = 1 };
        low_battery(r, &start, start_width, battery);
    }
    screen_label(s, &start, margin, y, start_width);
    screen_label(s, &end, s->width_px - margin - end_width, y, end_width);
}

/* The size at which the last number of the page stands in the margin: all have it. */
static uint16_t number_size(struct kite_reader *r, int32_t room)
{
    const struct kite_page *page = &r->reading.now.page;
    char number[16];
    struct label label = { .text = number, .size_em1000 = NUMBER_EM1000 };

    snprintf(number, sizeof number, "%u",
             (unsigned)page->lines[page->line_count - 1].paragraph + 1);

    int32_t width = screen_width(&r->screen, &label);

    return (uint16_t)(width > room ? NUMBER_EM1000 * room / width : NUMBER_EM1000);
}

static void draw_paragraph_numbers(struct kite_reader *r)
{
    const struct kite_page *page = &r->reading.now.page;
    struct screen *s = &r->screen;
    int32_t room = r->setting.margin_left_px * 9 / 10;
    uint16_t size = page->line_count > 0 ? number_size(r, room) : 0;
    char number[16];

    for (size_t i = 0; i < page->line_count; i++) {
        const struct kite_page_line *line = &page->lines[i];
        struct label label = { .text = number, .align = LABEL_END, .size_em1000 = size };
        int32_t y = line->box.y + (line->box.height - screen_line_px(s, &label)) / 2;

        if (line->start_bytes != 0 || (i > 0 && line[-1].paragraph == line->paragraph))
            continue;
        snprintf(number, sizeof number, "%u", (unsigned)line->paragraph + 1);
        screen_label(s, &label, 0, y, room);
    }
}

void highlight_tint(struct kite_reader *r, const struct kite_place *start,
                    const struct kite_place *end, uint8_t coverage)
{
    for (size_t i = 0; i < r->reading.now.page.line_count; i++) {
        struct kite_rect part = reading_line_part(&r->reading, i, start, end);

        if (r->screen.is_rtl) /* the page's own places are not mirrored */
            part.x = r->screen.width_px - part.x - part.width;
        if (!kite_rect_is_empty(part))
            screen_tint(&r->screen, part, coverage);
    }
}

void page_draw_ribbon(struct kite_reader *r)
{
    struct screen *s = &r->screen;
    struct label sign = { .text = ICON_BOOKMARKED, .align = LABEL_END };
    int32_t width = 2 * screen_em_px(s), inset = r->setting.margin_right_px / 2, line;

    if (r->setting.margin_top_px < screen_em_px(s)) /* never into the text */
        sign.size_em1000 = (uint16_t)(r->setting.margin_top_px * 1000 / screen_em_px(s));
    line = screen_line_px(s, &sign);
    screen_label(s, &sign, s->width_px - width - inset, -line / 5, width);
}

static enum kite_status draw_mark(void *ctx, const struct kite_mark *mark, const char *title)
{
    struct kite_reader *r = ctx;
    const struct kite_page *page = &r->reading.now.page;

    (void)title;
    if (mark->is_highlight)
        highlight_tint(r, &mark->start, &mark->end, HIGHLIGHT_COVERAGE);
    else if (!place_is_before(&mark->start, &page->start) &&
             place_is_before(&mark->start, &page->end))
        page_draw_ribbon(r);
    return KITE_OK;
}

enum kite_status page_draw_text(struct kite_reader *r)
{
    const struct kite_page *page = &r->reading.now.page;
    enum kite_status status =
        kite_library_marks_in(r->texts, r->person, r->reading.text, page->start.paragraph,
                              page->end.paragraph + 1, r, draw_mark, &r->fault);

    if (r->found.text && r->found.text == r->reading.text)
        highlight_tint(r, &r->found.start, &r->found.end, FOUND_COVERAGE);
    r->screen.under = page;
    if (r->has_paragraph_numbers)
        draw_paragraph_numbers(r);
    return status ? status : page_links_draw(r);
}

static enum kite_status page_draw(struct kite_reader *r)
{
    char far[64];
    enum kite_status status = page_draw_text(r);

    how_far(r, far, sizeof far);
    page_draw_status(r, page_where(r, r->reading.now.page.start.paragraph), far);
    return status;
}

/* ---- turning --------------------------------------------------------------------------------- */

/* A new chapter is a good moment to clean the screen. */
static void note_pause(struct kite_reader *r)
{
    struct kite_contents_entry entry;
    uint32_t index;
    const struct kite_place *start = &r->reading.now.page.start;

    if (reading_entry(&r->reading, start->paragraph, &index, &entry) &&
        entry.paragraph == start->paragraph && start->offset_bytes == 0) {
        r->has_pause = true;
        r->pause = KITE_PAUSE_CHAPTER;
    }
}

static enum kite_status turn(struct kite_reader *r, int direction)
{
    enum kite_status status = reading_turn(&r->reading, direction, &r->fault);

    if (status)
        return status;
    r->found.text = 0;
    if (r->reading.now.page.picture_count > 0)
        r->intent = KITE_INTENT_PAGE_IMAGE;
    note_pause(r);
    r->is_stale = true;
    return KITE_OK;
}

enum kite_status page_next(struct kite_reader *r)
{
    enum kite_status status = turn(r, 1);

    if (status == KITE_DONE) /* behind the last page: what this was, and what else there is */
        view_open(r, VIEW_CARD, 0);
    return status;
}

enum kite_status page_previous(struct kite_reader *r)
{
    return turn(r, -1);
}

enum kite_status page_menu(struct kite_reader *r)
{
    view_open(r, VIEW_MENU, 0);
    return KITE_OK;
}

/* Where notes pop up, select is for the page's notes, when it has some; else for the page as it
 * looked. */
enum kite_status page_select(struct kite_reader *r)
{
    enum kite_status status = r->setting.notes == KITE_NOTES_POPUP ? notes_open_page(r) : KITE_DONE;

    if (status == KITE_DONE && original_is_there(r))
        return original_swap(r);
    return status == KITE_DONE ? page_menu(r) : status;
}

/* ---- highlights on the page ------------------------------------------------------------------ */

struct touched {
    struct kite_place at;
    int64_t id;
};

static enum kite_status find_highlight(void *ctx, const struct kite_mark *mark, const char *title)
{
    struct touched *touched = ctx;

    (void)title;
    if (mark->is_highlight && !place_is_before(&touched->at, &mark->start) &&
        place_is_before(&touched->at, &mark->end))
        touched->id = mark->id;
    return KITE_OK;
}

/* The highlight under a place; KITE_DONE when there is none. */
static enum kite_status highlight_open_at(struct kite_reader *r, const struct kite_place *at)
{
    struct touched touched = { .at = *at };
    enum kite_status status =
        kite_library_marks_in(r->texts, r->person, r->reading.text, at->paragraph,
                              at->paragraph + 1, &touched, find_highlight, &r->fault);

    if (status || touched.id == 0)
        return status ? status : KITE_DONE;
    return mark_open(r, touched.id);
}

/* ---- touches --------------------------------------------------------------------------------- */

enum kite_status page_tap(struct kite_reader *r, const struct gesture *g)
{
    bool is_rtl = r->reading.info.direction == KITE_DIRECTION_RTL;
    int32_t third = r->screen.width_px / 3;
    bool is_up = g->y_px < r->screen.height_px * MENU_TOP_PERCENT / 100;
    bool is_beside = g->x_px < r->setting.margin_left_px ||
                     g->x_px >= r->screen.width_px - r->setting.margin_right_px;
    /* Up there is the menu's place, and pages are turned in the margins. */
    int32_t reach = is_up || is_beside ? 0 : REACH_MM100 * r->screen.ppi / 2540;
    struct kite_place place;
    enum kite_status status;

    if (screen_target_at(&r->screen, g->x_px, g->y_px) == TARGET_ORIGINAL)
        return original_swap(r);
    status = notes_open_near(r, g->x_px, g->y_px, reach);

    if (status == KITE_DONE && reading_place_at(&r->reading, g->x_px, g->y_px, &place))
        status = highlight_open_at(r, &place);
    if (status != KITE_DONE)
        return status;
    if (is_up || (g->x_px >= third && g->x_px < 2 * third))
        return page_menu(r);
    return (g->x_px < third) == is_rtl ? page_next(r) : page_previous(r);
}

enum kite_status page_hold(struct kite_reader *r, const struct gesture *g)
{
    struct kite_place place;

    return reading_place_at(&r->reading, g->x_px, g->y_px, &place) ? highlight_begin(r, &place)
                                                                   : KITE_OK;
}

enum kite_status page_swipe_left(struct kite_reader *r, const struct gesture *g)
{
    (void)g;
    return r->reading.info.direction == KITE_DIRECTION_RTL ? page_previous(r) : page_next(r);
}

enum kite_status page_swipe_right(struct kite_reader *r, const struct gesture *g)
{
    (void)g;
    return r->reading.info.direction == KITE_DIRECTION_RTL ? page_next(r) : page_previous(r);
}

enum kite_status page_swipe_down(struct kite_reader *r, const struct gesture *g)
{
    (void)g;
    return page_menu(r);
}

static enum kite_status resize(struct kite_reader *r, int steps)
{
    int size = type_size(&r->type, r->options.panel) + steps;

    if (size < 0 || size >= TYPE_SIZES)
        return KITE_OK;
    r->type.size = (int8_t)size;

    enum kite_status status = settings_apply(r);

    return status ? status : settings_save_type(r);
}

enum kite_status page_pinch_in(struct kite_reader *r, const struct gesture *g)
{
    (void)g;
    return resize(r, -1);
}

enum kite_status page_pinch_out(struct kite_reader *r, const struct gesture *g)
{
    (void)g;
    return resize(r, 1);
}

/* ---- bookmarks ------------------------------------------------------------------------------- */

struct found {
    struct kite_place start, end;
    int64_t id;
};

static enum kite_status find_bookmark(void *ctx, const struct kite_mark *mark, const char *title)
{
    struct found *found = ctx;

    (void)title;
    if (!mark->is_highlight && !place_is_before(&mark->start, &found->start) &&
        place_is_before(&mark->start, &found->end))
        found->id = mark->id;
    return KITE_OK;
}

enum kite_status page_bookmark_find(struct kite_reader *r, int64_t *id)
{
    struct found found = { .id = 0 };
    enum kite_status status;

    page_stretch(r, &found.start, &found.end);
    status = kite_library_marks_in(r->texts, r->person, r->reading.text, found.start.paragraph,
                                   found.end.paragraph + 1, &found, find_bookmark, &r->fault);
    *id = found.id;
    return status;
}

/* Put a bookmark on the page, or take it away. */
enum kite_status page_bookmark(struct kite_reader *r)
{
    struct kite_place start, end;
    char excerpt[KITE_EXCERPT_BYTES_MAX + 1];
    struct kite_mark mark = { .reader = r->person, .text = r->reading.text, .excerpt = excerpt };
    int64_t id;
    enum kite_status status = page_bookmark_find(r, &id);

    page_stretch(r, &start, &end);
    mark.start = mark.end = start;
    r->is_stale = true;
    r->intent = KITE_INTENT_FEEDBACK;
    if (status == KITE_OK && id != 0)
        return kite_library_mark_remove(r->texts, id, &r->fault);
    if (status == KITE_OK)
        status = reading_excerpt(&r->reading, &start, excerpt, sizeof excerpt, &r->fault);
    return status ? status : kite_library_mark_add(r->texts, &mark, &id, &r->fault);
}

const struct view view_page = { .name = "page",
                                .intent = KITE_INTENT_PAGE_TEXT,
                                .draw = page_draw };
