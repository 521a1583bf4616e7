/* Lists: most screens are one. Title, rule, perhaps a paragraph, rows of one height, page number at
 * the foot. */
#include "reader/actions.h"

#include <stdio.h>

#define HEAD_EM1000 1150
#define FOOT_EM1000 820
#define PANEL_PERCENT 62 /* of the screen's height that a panel takes, at most */

/* ---- title and foot -------------------------------------------------------------------------- */

/* The sign that opens the menu, at the end of the title's line. */
static void draw_door(struct screen *s, int32_t y, int32_t end)
{
    struct label sign = { .text = ICON_MORE, .align = LABEL_END };
    int32_t width = screen_em_px(s) + 2 * s->margin_px;

    screen_label(s, &sign, s->width_px - width, y, width - s->margin_px);
    screen_target(s, (struct kite_rect){ s->width_px - width, 0, width, end }, TARGET_MENU);
}

/* Title with the way back before it; returns where the content begins. */
static int32_t draw_head(struct kite_reader *r)
{
    const struct view *view = views[seat_of(r)->view];
    struct screen *s = &r->screen;
    struct row head = { 0 };
    int32_t x = s->margin_px, y = s->top_px + s->pad_px;

    text_copy(say(r, view->title), head.label, sizeof head.label);
    if (view->head && s->status == KITE_OK)
        s->status = view->head(r, &head);

    struct label sign = { .text = s->is_rtl ? ICON_AHEAD : ICON_BACK };
    struct label title = { .text = head.label,
                           .lang = head.lang,
                           .is_rtl = head.is_rtl,
                           .face_style = KITE_FACE_BOLD,
                           .size_em1000 = HEAD_EM1000,
                           .lines_max = 2 };
    int32_t line = screen_line_px(s, &title),
            aside = r->seat_count > 1 ? screen_em_px(s) + s->pad_px : 0;
    int32_t door = view->has_door ? screen_em_px(s) + s->pad_px : 0,
            width = s->width_px - 2 * s->margin_px - aside - door;

    if (head.lang == 0) { /* the interface's own words are never cut */
        title.lines_max = 0;
        title.size_em1000 = screen_measure(s, &title, width) > 2 ? 1000 : HEAD_EM1000;
    }
    if (r->seat_count > 1) {
        screen_label(s, &sign, x, y + (line - s->line_px) / 2, 2 * screen_em_px(s));
        x += aside;
    }

    int32_t height = screen_label(s, &title, x, y, width);
    int32_t end = y + height + s->pad_px / 2, least = s->top_px + screen_finger_px(s);

    end = end > least ? end : least;
    if (r->seat_count > 1)
        screen_target(s, (struct kite_rect){ 0, s->top_px, s->width_px, end - s->top_px },
                      TARGET_BACK);
    if (door > 0)
        draw_door(s, y + (line - s->line_px) / 2, end);
    screen_rule(
        s, (struct kite_rect){ s->margin_px, end, s->width_px - 2 * s->margin_px, rule_px(s) });
    return end + rule_px(s) + s->pad_px / 2;
}

/* Where the foot of the screen begins; it is kept free even when there is one page, so that rows
 * never jump. */
static int32_t foot_top(const struct screen *s)
{
    int32_t height = s->line_px + s->pad_px;

    return s->height_px - (height > screen_finger_px(s) ? height : screen_finger_px(s));
}

static void draw_turn(struct screen *s, const char *icon, enum label_align align, int32_t x,
                      int32_t width, int32_t target)
{
    struct label sign = { .text = icon, .align = align };
    int32_t top = foot_top(s), inner = width - s->margin_px;

    screen_label(s, &sign, align == LABEL_END ? x : x + s->margin_px,
                 top + (s->height_px - top - s->line_px) / 2, inner);
    screen_target(s, (struct kite_rect){ x, top, width, s->height_px - top }, target);
}

static void draw_foot(struct kite_reader *r, uint32_t page, uint32_t pages)
{
    struct screen *s = &r->screen;
    int32_t top = foot_top(s), side = s->width_px / 4;
    char number[16], count[16], text[64];

    if (pages < 2)
        return;
    snprintf(number, sizeof number, "%u", (unsigned)page + 1);
    snprintf(count, sizeof count, "%u", (unsigned)pages);
    kite_text_fill(say(r, MESSAGE_PAGE_OF), number, count, text, sizeof text);

    struct label middle = {
        .text = text, .align = LABEL_CENTER, .size_em1000 = FOOT_EM1000, .lines_max = 1
    };

    screen_label(s, &middle, side, top + (s->height_px - top - screen_line_px(s, &middle)) / 2,
                 s->width_px - 2 * side);
    if (page > 0)
        draw_turn(s, s->is_rtl ? ICON_AHEAD : ICON_BACK, LABEL_START, 0, side, TARGET_PAGE_BEFORE);
    if (page + 1 < pages)
        draw_turn(s, s->is_rtl ? ICON_BACK : ICON_AHEAD, LABEL_END, s->width_px - side, side,
                  TARGET_PAGE_AFTER);
}

/* ---- rows ------------------------------------------------------------------------------------ */

/* What stands below the title: a paragraph, and rows, by pages. Focus counts the pages of a
 * paragraph that is too long to stand above the rows, then the rows. */
struct content {
    struct label intro;
    uint32_t intro_lines, lines_a_page;
    uint32_t count; /* of rows */
    struct row_shape shape;
    int32_t top, bottom;
    int32_t end; /* of what was drawn */
};

static uint32_t first_row(const struct list_pages *pages, uint32_t page)
{
    return pages->rows_a_page > 0 ? page * pages->rows_a_page : pages->starts[page];
}

static uint32_t page_of_row(const struct list_pages *pages, uint32_t row)
{
    uint32_t page = 0;

    if (pages->rows_a_page > 0)
        return row / pages->rows_a_page;
    while (page + 1 < pages->count && pages->starts[page + 1] <= row)
        page++;
    return page;
}

static enum kite_status draw_rows(struct kite_reader *r, struct content *c)
{
    const struct view *view = views[seat_of(r)->view];
    uint32_t page = page_of_row(&r->pages, seat_of(r)->focus - r->intro_pages);
    uint32_t first = first_row(&r->pages, page),
             end = page + 1 < r->pages.count ? first_row(&r->pages, page + 1) : c->count;
    int32_t top = c->top;

    for (uint32_t i = first; i < end; i++) {
        struct row row = { 0 };
        enum kite_status status = view->row(r, i, &row);

        if (status)
            return status;
        row.starts_group = (row.starts_group || view->has_rules) && i > first;
        row_draw(r, &row, &c->shape, i + r->intro_pages, top);
        top += row_height(&c->shape, i);
    }
    c->end = top;
    draw_foot(r, r->intro_pages + page, r->intro_pages + r->pages.count);
    return r->screen.status;
}

static enum kite_status draw_intro_page(struct kite_reader *r, const struct content *c)
{
    struct screen *s = &r->screen;
    struct label intro = c->intro;

    intro.first_line = seat_of(r)->focus * c->lines_a_page;
    intro.line_count = c->lines_a_page;
    screen_label(s, &intro, s->margin_px, c->top, s->width_px - 2 * s->margin_px);
    draw_foot(r, seat_of(r)->focus, r->intro_pages + r->pages.count);
    return s->status;
}

/* Rows onto pages, each at least one. The paragraph stands above the rows of the first page, or
 * above those of every page of a long list. */
static void fill_pages(const struct content *c, int32_t room, int32_t intro,
                       struct list_pages *pages)
{
    int32_t used = intro;

    *pages = (struct list_pages){ .count = c->count > 0 };
    if (c->shape.is_even) {
        room -= intro;
        pages->rows_a_page =
            room > row_height(&c->shape, 0) ? (uint32_t)(room / row_height(&c->shape, 0)) : 1;
        pages->count = (c->count + pages->rows_a_page - 1) / pages->rows_a_page;
        return;
    }
    for (uint32_t i = 0; i < c->count; i++) {
        int32_t height = row_height(&c->shape, i);

        if (i > 0 && used + height > room) {
            pages->starts[pages->count++] = i;
            used = 0;
        }
        used += height;
    }
}

enum kite_status list_count(struct kite_reader *r, uint32_t *out)
{
    const struct view *view = views[seat_of(r)->view];

    *out = view->row_count;
    return view->count ? view->count(r, out) : KITE_OK;
}

/* How much goes onto a page. */
static enum kite_status paginate(struct kite_reader *r, struct content *c)
{
    struct screen *s = &r->screen;
    struct seat *seat = seat_of(r);
    int32_t room = c->bottom - c->top, intro;
    enum kite_status status = list_count(r, &c->count);

    if (status == KITE_OK && c->count > 0)
        status = row_shape(r, c->count, room, &c->shape);
    if (status)
        return status;
    c->intro_lines = screen_measure(s, &c->intro, s->width_px - 2 * s->margin_px);
    c->lines_a_page = room > s->line_px ? (uint32_t)(room / s->line_px) : 1;
    intro = c->intro_lines > 0 ? (int32_t)c->intro_lines * s->line_px + s->pad_px : 0;

    bool is_paged = intro > 0 && intro + (c->count > 0 ? row_height(&c->shape, 0) : 0) > room;

    r->intro_pages = is_paged ? (c->intro_lines + c->lines_a_page - 1) / c->lines_a_page : 0;
    fill_pages(c, room, is_paged ? 0 : intro, &r->pages);
    if (seat->focus >= c->count + r->intro_pages)
        seat->focus = c->count + r->intro_pages > 0 ? c->count + r->intro_pages - 1 : 0;
    return KITE_OK;
}

static enum kite_status draw_content(struct kite_reader *r, struct content *c)
{
    struct screen *s = &r->screen;
    enum kite_status status = paginate(r, c);

    if (status)
        return status;
    if (seat_of(r)->focus < r->intro_pages)
        return draw_intro_page(r, c);
    if (r->intro_pages == 0 && c->intro_lines > 0 &&
        (c->shape.is_even || c->count == 0 || page_of_row(&r->pages, seat_of(r)->focus) == 0))
        c->top += screen_label(s, &c->intro, s->margin_px, c->top, s->width_px - 2 * s->margin_px) +
                  s->pad_px;
    return c->count > 0 ? draw_rows(r, c) : s->status;
}

/* ---- the whole ------------------------------------------------------------------------------- */

static void begin(struct kite_reader *r)
{
    screen_begin(&r->screen, &r->setting, r->catalogue->lang, r->catalogue->is_rtl);
}

/* Title, paragraph and rows, from s->top_px down. *end: where they end, when all of them stand
 * here; else beyond the screen. */
static enum kite_status draw_list(struct kite_reader *r, int32_t *end)
{
    const struct view *view = views[seat_of(r)->view];
    struct screen *s = &r->screen;
    char intro[KITE_STRING_BYTES_MAX + 1] = "";
    struct content content = { .intro = { .text = intro } };
    enum kite_status status = KITE_OK;

    r->intro_pages = 0;
    content.top = draw_head(r);
    content.bottom = s->top_px > 0 ? s->height_px : foot_top(s);
    if (view->intro_is_text && r->reading.text) {
        content.intro.lang = r->reading.info.lang;
        content.intro.is_rtl = r->reading.info.direction == KITE_DIRECTION_RTL;
    }
    if (view->picture)
        status = view->picture(r, &content.top, content.bottom);
    if (status == KITE_OK && view->intro)
        status = view->intro(r, intro, sizeof intro);
    if (status == KITE_OK)
        status = draw_content(r, &content);
    *end = r->intro_pages + r->pages.count == 1 ? content.end + s->pad_px / 2 : INT32_MAX;
    return status;
}

/* The same over the foot of the page, which stays as it is above. */
static enum kite_status draw_panel(struct kite_reader *r, int32_t height)
{
    struct screen *s = &r->screen;
    int32_t thick = 2 * rule_px(s), top = s->height_px - height;
    enum kite_status status;

    begin(r);
    status = page_draw_text(r);
    screen_keep_between(s, 0, top - thick);
    screen_rule(s, (struct kite_rect){ 0, top - thick, s->width_px, thick });
    screen_target(s, (struct kite_rect){ 0, 0, s->width_px, top }, TARGET_TEXT);
    s->top_px = top;
    return status ? status : draw_list(r, &height);
}

enum kite_status list_draw(struct kite_reader *r)
{
    const struct view *view = views[seat_of(r)->view];
    struct screen *s = &r->screen;
    enum kite_status status;
    int32_t end;

    begin(r);
    r->intro_pages = 0;
    if (view->draw)
        return view->draw(r);
    status = draw_list(r, &end);
    if (status == KITE_OK && view->is_panel && r->reading.text && s->status == KITE_OK &&
        end <= s->height_px * PANEL_PERCENT / 100)
        status = draw_panel(r, end);
    return status;
}

/* ---- moving ---------------------------------------------------------------------------------- */

static enum kite_status stops(struct kite_reader *r, uint32_t *out)
{
    enum kite_status status = list_count(r, out);

    *out += r->intro_pages;
    return status;
}

enum kite_status list_move(struct kite_reader *r, int direction)
{
    struct seat *seat = seat_of(r);
    uint32_t count;
    enum kite_status status = stops(r, &count);

    if (status || count == 0)
        return status;
    if (direction > 0)
        seat->focus = seat->focus + 1 < count ? seat->focus + 1 : 0; /* round and round */
    else
        seat->focus = seat->focus > 0 ? seat->focus - 1 : count - 1;
    r->is_stale = true;
    return KITE_OK;
}

/* Pages of an introduction come first, then those of the rows. */
enum kite_status list_page(struct kite_reader *r, int direction)
{
    struct seat *seat = seat_of(r);
    uint32_t intro = r->intro_pages, all = intro + r->pages.count;
    uint32_t page =
        seat->focus < intro ? seat->focus : intro + page_of_row(&r->pages, seat->focus - intro);

    if ((direction < 0 && page == 0) || (direction > 0 && page + 1 >= all))
        return KITE_OK;
    page = direction > 0 ? page + 1 : page - 1;
    seat->focus = page < intro ? page : intro + first_row(&r->pages, page - intro);
    r->is_stale = true;
    return KITE_OK;
}

enum kite_status list_choose(struct kite_reader *r, uint32_t stop)
{
    const struct view *view = views[seat_of(r)->view];
    uint32_t count;
    enum kite_status status = stops(r, &count);

    if (status || stop >= count)
        return status;
    seat_of(r)->focus = stop;
    if (stop < r->intro_pages) /* select reads on */
        return list_page(r, 1);
    return view->chosen ? view->chosen(r, stop - r->intro_pages) : KITE_OK;
}
