/* Lists: most screens are one. Title, rule, perhaps a paragraph, rows of one height, page number at the foot. */
#include "reader/state.h"

#include <stdio.h>
#include <string.h>

#define ROWS_MEASURED 24     /* rows of a short list that are looked at for their height */
#define HEAD_EM1000 1150
#define DETAIL_EM1000 820
#define COVER_WIDTH_PERCENT 70 /* of its height */
#define TARGET_MM100 800     /* least height of what a finger has to hit */
#define RULE_EM1000 60
#define BACK_SIGN "\xE2\x80\xB9"  /* single angle quotation marks: every face has them */
#define AHEAD_SIGN "\xE2\x80\xBA"
#define CHOSEN_SIGN "\xE2\x80\xA2"

/* How the rows of a list are built, the same for each. */
struct row_shape {
    int32_t label_x, label_width, height, label_lines;
    bool has_value_line; /* values stand under their labels */
    bool has_values;
};

static int32_t rule_px(const struct screen *s)
{
    int32_t px = kite_f26_round_px(kite_mul_div(s->size_f26, RULE_EM1000, 1000));

    return px > 1 ? px : 1;
}

static struct label label_of(const struct row *row, uint32_t lines_max)
{
    return (struct label){ .text = row->label, .lang = row->lang, .is_rtl = row->is_rtl, .lines_max = lines_max };
}

static struct label detail_of(const struct row *row, uint32_t lines_max)
{
    return (struct label){ .text = row->detail, .lang = row->lang, .is_rtl = row->is_rtl, .size_em1000 = DETAIL_EM1000,
                           .lines_max = lines_max };
}

static struct label value_of(const struct row *row, uint32_t lines_max)
{
    return (struct label){ .text = row->value, .align = LABEL_END, .lines_max = lines_max };
}

/* ---- title and foot ------------------------------------------------------------------------------ */

/* Title with the way back before it; returns where the content begins. */
static int32_t draw_head(struct kite_reader *r)
{
    const struct view *view = views[seat_of(r)->view];
    struct screen *s = &r->screen;
    struct row head = { 0 };
    int32_t x = s->margin_px, y = s->pad_px;

    snprintf(head.label, sizeof head.label, "%s", say(r, view->title));
    if (view->head && s->status == KITE_OK)
        s->status = view->head(r, &head);

    struct label sign = { .text = BACK_SIGN, .size_em1000 = HEAD_EM1000 };
    struct label title = { .text = head.label, .lang = head.lang, .is_rtl = head.is_rtl, .face_style = KITE_FACE_BOLD,
                           .size_em1000 = HEAD_EM1000, .lines_max = 2 };
    int32_t sign_width = screen_width(s, &sign) + s->pad_px;

    if (r->seat_count > 1) {
        screen_label(s, &sign, x, y, sign_width);
        x += sign_width;
    }

    int32_t height = screen_label(s, &title, x, y, s->width_px - s->margin_px - x);

    if (r->seat_count > 1)
        screen_target(s, (struct kite_rect){ 0, 0, s->width_px, y + height }, TARGET_BACK);
    y += height + s->pad_px / 2;
    screen_rule(s, (struct kite_rect){ s->margin_px, y, s->width_px - 2 * s->margin_px, rule_px(s) });
    return y + rule_px(s) + s->pad_px / 2;
}

/* Where the foot of the screen begins; it is kept free even when there is one page, so that rows never jump. */
static int32_t foot_top(const struct screen *s)
{
    return s->height_px - s->line_px - s->pad_px;
}

static void draw_foot(struct kite_reader *r, uint32_t page, uint32_t pages)
{
    struct screen *s = &r->screen;
    int32_t top = foot_top(s), third = s->width_px / 3;
    char number[16], count[16], text[64];

    if (pages < 2)
        return;
    snprintf(number, sizeof number, "%u", (unsigned)page + 1);
    snprintf(count, sizeof count, "%u", (unsigned)pages);
    message_fill(say(r, MESSAGE_PAGE_OF), number, count, text, sizeof text);

    struct label middle = { .text = text, .align = LABEL_CENTER, .size_em1000 = DETAIL_EM1000, .lines_max = 1 };
    struct label back = { .text = BACK_SIGN, .size_em1000 = HEAD_EM1000 };
    struct label ahead = { .text = AHEAD_SIGN, .align = LABEL_END, .size_em1000 = HEAD_EM1000 };

    screen_label(s, &middle, third, top, third);
    if (page > 0) {
        screen_label(s, &back, s->margin_px, top, third);
        screen_target(s, (struct kite_rect){ 0, top, third, s->height_px - top }, TARGET_PAGE_BEFORE);
    }
    if (page + 1 < pages) {
        screen_label(s, &ahead, s->width_px - s->margin_px - third, top, third);
        screen_target(s, (struct kite_rect){ s->width_px - third, top, third, s->height_px - top }, TARGET_PAGE_AFTER);
    }
}

/* ---- rows ----------------------------------------------------------------------------------------- */

static int32_t cover_height(const struct screen *s)
{
    return 3 * s->line_px;
}

/* Look at the rows of a short list, so that all of them get the height of the tallest. */
static enum kite_status shape_rows(struct kite_reader *r, uint32_t count, int32_t room, struct row_shape *shape)
{
    const struct view *view = views[seat_of(r)->view];
    struct screen *s = &r->screen;
    struct label detail = { .size_em1000 = DETAIL_EM1000 };
    struct row row;
    int32_t lines = count > ROWS_MEASURED && view->label_lines > 0 ? view->label_lines : 1;

    *shape = (struct row_shape){ .label_x = s->margin_px + s->pad_px,
                                 .label_width = s->width_px - 2 * (s->margin_px + s->pad_px) };
    if (view->has_cover) {
        int32_t cover = cover_height(s) * COVER_WIDTH_PERCENT / 100 + s->pad_px;

        shape->label_x += cover;
        shape->label_width -= cover;
    }
    int32_t details = count > ROWS_MEASURED ? view->detail_lines : 0;

    for (uint32_t i = 0; i < count && count <= ROWS_MEASURED; i++) {
        row = (struct row){ 0 };

        enum kite_status status = view->row(r, i, &row);

        if (status)
            return status;

        struct label label = label_of(&row, view->label_lines), value = value_of(&row, 0);
        struct label under = detail_of(&row, view->detail_lines);
        int32_t needed = (int32_t)screen_measure(s, &label, shape->label_width);

        lines = needed > lines ? needed : lines;
        needed = (int32_t)screen_measure(s, &under, shape->label_width);
        details = needed > details ? needed : details;
        if (row.value[0]) {
            shape->has_values = true;
            if (screen_width(s, &label) + screen_width(s, &value) + s->line_px > shape->label_width)
                shape->has_value_line = true;
        }
    }
    if (shape->has_values && !shape->has_value_line)
        lines = 1;

    int32_t rest = s->pad_px + (details * screen_line_px(s, &detail));

    rest += shape->has_value_line ? s->line_px : 0;
    while (lines > 1 && lines * s->line_px + rest > room)
        lines--;
    shape->label_lines = lines;
    shape->height = lines * s->line_px + rest;
    if (view->has_cover && shape->height < cover_height(s) + s->pad_px)
        shape->height = cover_height(s) + s->pad_px;
    if (r->options.has_touch && shape->height < TARGET_MM100 * s->ppi / 2540)
        shape->height = TARGET_MM100 * s->ppi / 2540;
    return KITE_OK;
}

/* A small book cover, made of type: letters in a double frame. */
static void draw_cover(struct screen *s, const struct row *row, int32_t y)
{
    int32_t height = cover_height(s), width = height * COVER_WIDTH_PERCENT / 100, thin = rule_px(s);
    struct kite_rect box = { s->margin_px + s->pad_px, y, width, height };
    struct label letters = { .text = row->cover, .lang = row->lang, .is_rtl = row->is_rtl, .align = LABEL_CENTER,
                             .size_em1000 = 1500, .lines_max = 1 };
    int32_t inset = 3 * thin;

    screen_frame(s, box, thin);
    screen_frame(s, (struct kite_rect){ box.x + inset, box.y + inset, width - 2 * inset, height - 2 * inset }, 1);
    screen_label(s, &letters, box.x, y + height / 3 - screen_line_px(s, &letters) / 3, width);
    screen_rule(s, (struct kite_rect){ box.x + width / 3, y + height * 3 / 4, width / 3, thin });
}

static void draw_row(struct kite_reader *r, const struct row *row, const struct row_shape *shape, uint32_t index,
                     int32_t top)
{
    const struct view *view = views[seat_of(r)->view];
    struct screen *s = &r->screen;
    struct label label = label_of(row, (uint32_t)shape->label_lines), detail = detail_of(row, view->detail_lines);
    struct label value = value_of(row, 1);
    struct kite_rect box = { s->margin_px, top, s->width_px - 2 * s->margin_px, shape->height };
    int32_t lines = (int32_t)screen_measure(s, &label, shape->label_width);
    int32_t details = (int32_t)screen_measure(s, &detail, shape->label_width);
    int32_t text = lines * s->line_px + details * screen_line_px(s, &detail) +
                   (shape->has_value_line && row->value[0] ? s->line_px : 0);
    int32_t y = top + (shape->height - text) / 2;

    if (view->has_cover && row->cover[0])
        draw_cover(s, row, top + (shape->height - cover_height(s)) / 2);
    if (row->is_chosen) {
        struct label sign = { .text = CHOSEN_SIGN, .lines_max = 1 };

        screen_label(s, &sign, s->margin_px + s->pad_px / 3, y, s->pad_px);
        label.face_style = KITE_FACE_BOLD;
    }
    if (row->value[0] && !shape->has_value_line)
        screen_label(s, &value, shape->label_x, y, shape->label_width);
    y += screen_label(s, &label, shape->label_x, y, shape->label_width);
    if (row->value[0] && shape->has_value_line)
        y += screen_label(s, &value, shape->label_x, y, shape->label_width);
    screen_label(s, &detail, shape->label_x, y, shape->label_width);
    screen_target(s, box, (int32_t)index);
    if (r->shows_focus && seat_of(r)->focus == index)
        screen_frame(s, box, 2 * rule_px(s));
}

/* Rows behind the pages that an introduction fills; focus counts those too. */
static enum kite_status draw_rows(struct kite_reader *r, uint32_t count, const struct row_shape *shape, int32_t top,
                                  int32_t bottom)
{
    const struct view *view = views[seat_of(r)->view];
    uint32_t focus = seat_of(r)->focus - r->intro_pages;

    r->rows_a_page = bottom - top > shape->height ? (uint32_t)((bottom - top) / shape->height) : 1;

    uint32_t first = focus / r->rows_a_page * r->rows_a_page;

    for (uint32_t i = first; i < count && i - first < r->rows_a_page; i++) {
        struct row row = { 0 };
        enum kite_status status = view->row(r, i, &row);

        if (status)
            return status;
        draw_row(r, &row, shape, i + r->intro_pages, top + (int32_t)(i - first) * shape->height);
    }
    draw_foot(r, r->intro_pages + focus / r->rows_a_page,
              r->intro_pages + (count + r->rows_a_page - 1) / r->rows_a_page);
    return r->screen.status;
}

/* A page of an introduction that is too long to stand above the rows. */
static enum kite_status draw_intro_page(struct kite_reader *r, struct label *intro, uint32_t lines_a_page, uint32_t count,
                                        int32_t top)
{
    struct screen *s = &r->screen;

    intro->first_line = seat_of(r)->focus * lines_a_page;
    intro->line_count = lines_a_page;
    screen_label(s, intro, s->margin_px, top, s->width_px - 2 * s->margin_px);
    draw_foot(r, seat_of(r)->focus, r->intro_pages + (count + r->rows_a_page - 1) / r->rows_a_page);
    return s->status;
}

static enum kite_status draw_content(struct kite_reader *r, const char *text, int32_t top, int32_t bottom)
{
    const struct view *view = views[seat_of(r)->view];
    struct screen *s = &r->screen;
    struct seat *seat = seat_of(r);
    struct label intro = { .text = text };
    struct row_shape shape = { .height = 1 };
    uint32_t count = 0, lines = screen_measure(s, &intro, s->width_px - 2 * s->margin_px);
    enum kite_status status = view->count ? view->count(r, &count) : KITE_OK;

    if (status == KITE_OK && count > 0)
        status = shape_rows(r, count, bottom - top, &shape);
    if (status)
        return status;

    int32_t intro_height = lines > 0 ? (int32_t)lines * s->line_px + 2 * s->pad_px : 0;
    uint32_t lines_a_page = (uint32_t)((bottom - top - s->pad_px) / s->line_px);

    lines_a_page = lines_a_page > 0 ? lines_a_page : 1;
    r->rows_a_page = r->rows_a_page > 0 ? r->rows_a_page : 1;
    r->intro_pages = intro_height + shape.height > bottom - top ? (lines + lines_a_page - 1) / lines_a_page : 0;
    if (seat->focus >= count + r->intro_pages)
        seat->focus = count + r->intro_pages > 0 ? count + r->intro_pages - 1 : 0;
    if (seat->focus < r->intro_pages)
        return draw_intro_page(r, &intro, lines_a_page, count, top + s->pad_px / 2);
    if (r->intro_pages == 0 && lines > 0)
        top += s->pad_px + screen_label(s, &intro, s->margin_px, top + s->pad_px, s->width_px - 2 * s->margin_px) + s->pad_px;
    return count > 0 ? draw_rows(r, count, &shape, top, bottom) : s->status;
}

/* ---- the whole ------------------------------------------------------------------------------------ */

enum kite_status list_draw(struct kite_reader *r)
{
    const struct view *view = views[seat_of(r)->view];
    struct screen *s = &r->screen;
    char intro[KITE_STRING_BYTES_MAX + 1] = "";
    enum kite_status status = KITE_OK;

    screen_begin(s, &r->setting, r->catalogue->lang, r->catalogue->is_rtl);
    r->intro_pages = 0;
    if (view->draw)
        return view->draw(r);

    int32_t top = draw_head(r);

    if (view->picture)
        status = view->picture(r, &top, foot_top(s));
    if (status == KITE_OK && view->intro)
        status = view->intro(r, intro, sizeof intro);
    return status ? status : draw_content(r, intro, top, foot_top(s));
}

/* ---- moving --------------------------------------------------------------------------------------- */

static enum kite_status stops(struct kite_reader *r, uint32_t *out)
{
    const struct view *view = views[seat_of(r)->view];
    enum kite_status status = KITE_OK;

    *out = 0;
    if (view->count)
        status = view->count(r, out);
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

enum kite_status list_page(struct kite_reader *r, int direction)
{
    struct seat *seat = seat_of(r);
    uint32_t count, intro = r->intro_pages;
    enum kite_status status = stops(r, &count);

    if (status || count == 0)
        return status;

    uint32_t row = seat->focus < intro ? 0 : (seat->focus - intro) / r->rows_a_page * r->rows_a_page;

    r->is_stale = true;
    if (direction > 0 && seat->focus < intro)
        seat->focus++;
    else if (direction > 0 && intro + row + r->rows_a_page < count)
        seat->focus = intro + row + r->rows_a_page;
    else if (direction < 0 && seat->focus < intro)
        seat->focus -= seat->focus > 0;
    else if (direction < 0 && row >= r->rows_a_page)
        seat->focus = intro + row - r->rows_a_page;
    else if (direction < 0 && intro > 0)
        seat->focus = intro - 1;
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
