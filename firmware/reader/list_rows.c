/* Rows of a list: a column of signs or covers, a column of words. They stand on one grid. Rows of a
 * short list are as high as they must be; those of a long one are all alike, so that it can be
 * paged without looking at what comes before. */
#include "reader/state.h"

#define DETAIL_EM1000 820
#define COVER_WIDTH_PERCENT 70 /* of its height */
#define COVER_LINES_EM10 36    /* height of a cover, in tenths of a line */
#define PICTURE_LINES_EM10 18  /* the same where it bears one sign */
#define RULE_EM1000 50
#define RULE_COVERAGE 110 /* of the rules between rows */
#define COLUMN_EM 12      /* least width of the words beside signs; without it there are none */
#define COVER_COLUMN_EM 9 /* the same beside covers */
#define COVER_TEXT_MM100_MIN 150 /* least size of letters on a cover */
#define COVER_SIZES 4

int32_t rule_px(const struct screen *s)
{
    int32_t px = kite_f26_round_px(kite_mul_div(s->size_f26, RULE_EM1000, 1000));

    return px > 1 ? px : 1;
}

static struct label label_of(const struct view *view, const struct row *row, uint32_t lines_max)
{
    return (struct label){ .text = row->label,
                           .lang = row->lang,
                           .is_rtl = row->is_rtl,
                           .lines_max = lines_max,
                           .size_em1000 =
                               view->has_captions && row->detail[0] ? DETAIL_EM1000 : 1000 };
}

static struct label detail_of(const struct view *view, const struct row *row, uint32_t lines_max)
{
    return (struct label){ .text = row->detail,
                           .lang = row->lang,
                           .is_rtl = row->is_rtl,
                           .lines_max = lines_max,
                           .size_em1000 = view->has_captions ? 1000 : DETAIL_EM1000 };
}

static struct label value_of(const struct row *row, bool is_beside)
{
    return (struct label){ .text = row->value, .align = is_beside ? LABEL_END : LABEL_START };
}

/* ---- the shape of rows ----------------------------------------------------------------------- */

static void shape_columns(const struct screen *s, const struct view *view, bool has_cover,
                          struct row_shape *shape)
{
    int32_t em = screen_em_px(s), column = s->width_px - 2 * s->margin_px;
    int32_t cover = (view->has_titles ? COVER_LINES_EM10 : PICTURE_LINES_EM10) * s->line_px / 10;
    int32_t icons = em + s->pad_px, covers = cover * COVER_WIDTH_PERCENT / 100 + s->pad_px;

    *shape = (struct row_shape){ .icon_x = s->margin_px,
                                 .label_x = s->margin_px,
                                 .label_width = column };
    if (has_cover && column - covers >= COVER_COLUMN_EM * em)
        shape->cover_height = cover;
    if (shape->cover_height > 0)
        shape->label_x += covers;
    else if ((view->has_icons || view->has_cover) && column - icons >= COLUMN_EM * em)
        shape->label_x += icons;
    else
        shape->icon_x = -1;
    shape->label_width -= shape->label_x - s->margin_px;
}

/* Where the words of a row stand. */
struct words {
    struct label label, detail, value;
    int32_t label_x, label_width;
    int32_t value_x, value_width;
    int32_t labels, details, values; /* their heights, px */
    bool is_beside;                  /* the value is, at the end of the label's first line */
};

static struct words place_words(struct screen *s, const struct view *view, const struct row *row,
                                const struct row_shape *shape)
{
    int32_t indent = row->indent * screen_em_px(s);
    struct words w = { .is_beside = row->value[0] && !shape->has_value_line };
    bool is_whole = view->has_whole_words && !shape->is_even;

    w.label = label_of(view, row, is_whole ? 0 : view->label_lines);
    w.detail = detail_of(view, row, is_whole ? 0 : view->detail_lines);
    w.value = value_of(row, w.is_beside);
    if (row->is_chosen)
        w.label.face_style = KITE_FACE_BOLD;
    w.label_x = shape->label_x + indent;
    w.label_width = shape->label_width - indent;
    w.value_x = shape->label_x + (w.is_beside ? 0 : s->pad_px);
    w.value_width = shape->label_width - (w.is_beside ? 0 : s->pad_px);
    if (w.is_beside)
        w.label_width -= screen_width(s, &w.value) + s->pad_px;
    w.labels = (int32_t)screen_measure(s, &w.label, w.label_width) * screen_line_px(s, &w.label);
    w.details =
        (int32_t)screen_measure(s, &w.detail, shape->label_width) * screen_line_px(s, &w.detail);
    w.values = row->value[0] && !w.is_beside
                   ? (int32_t)screen_measure(s, &w.value, w.value_width) * s->line_px
                   : 0;
    return w;
}

/* The value stands beside the label only when both take one line. */
static bool fits_beside(struct screen *s, const struct view *view, const struct row *row,
                        const struct row_shape *shape)
{
    struct label label = label_of(view, row, 0), value = value_of(row, true);

    return !row->value[0] ||
           screen_width(s, &label) + screen_width(s, &value) + s->line_px <= shape->label_width;
}

static int32_t height_of(const struct screen *s, const struct row *row,
                         const struct row_shape *shape, const struct words *w)
{
    int32_t height = w->labels + w->details + w->values + s->pad_px;

    if (row->cover[0] && height < shape->cover_height + s->pad_px)
        height = shape->cover_height + s->pad_px;
    return height < screen_finger_px(s) ? screen_finger_px(s) : height;
}

/* Columns first, which need to know of all rows; then each row's height. */
static enum kite_status shape_short(struct kite_reader *r, uint32_t count, int32_t room,
                                    struct row_shape *out)
{
    const struct view *view = views[seat_of(r)->view];
    struct screen *s = &r->screen;
    bool has_cover = false, is_wide = false;

    for (int pass = 0; pass < 2; pass++) {
        for (uint32_t i = 0; i < count; i++) {
            struct row row = { 0 };
            enum kite_status status = view->row(r, i, &row);

            if (status)
                return status;
            has_cover = has_cover || row.cover[0];
            is_wide = is_wide || !fits_beside(s, view, &row, out);
            if (pass == 1) {
                struct words w = place_words(s, view, &row, out);

                out->heights[i] = height_of(s, &row, out, &w);
                out->heights[i] = out->heights[i] < room ? out->heights[i] : room;
            }
        }
        if (pass == 0 && !has_cover)
            shape_columns(s, view, false, out);
        out->has_value_line = is_wide;
    }
    return KITE_OK;
}

/* Every row has room for the most. */
static void shape_long(struct kite_reader *r, int32_t room, struct row_shape *out)
{
    const struct view *view = views[seat_of(r)->view];
    struct screen *s = &r->screen;
    struct row most = { .label = "x", .detail = "x", .cover = "x" };
    struct label label = label_of(view, &most, 0), detail = detail_of(view, &most, 0);
    struct words w = { .labels = (view->label_lines > 0 ? view->label_lines : 1) *
                                 screen_line_px(s, &label),
                       .details = view->detail_lines * screen_line_px(s, &detail) };

    while (w.labels > s->line_px && w.labels + w.details + s->pad_px > room)
        w.labels -= screen_line_px(s, &label);
    out->is_even = true;
    most.cover[0] = view->has_cover ? 'x' : '\0';
    out->heights[0] = height_of(s, &most, out, &w);
}

enum kite_status row_shape(struct kite_reader *r, uint32_t count, int32_t room,
                           struct row_shape *out)
{
    const struct view *view = views[seat_of(r)->view];

    shape_columns(&r->screen, view, view->has_cover, out);
    if (count <= ROWS_MEASURED)
        return shape_short(r, count, room, out);
    shape_long(r, room, out);
    return KITE_OK;
}

int32_t row_height(const struct row_shape *shape, uint32_t index)
{
    return shape->heights[shape->is_even ? 0 : index];
}

/* ---- covers ---------------------------------------------------------------------------------- */

/* The title in the largest size at which no word is broken and all of it stands in the box; false
 * when none will do. */
static bool fit_title(struct screen *s, struct label *title, int32_t width, int32_t height,
                      int32_t *text_height)
{
    static const uint16_t sizes_em1000[COVER_SIZES] = { 620, 540, 470, 410 };

    for (int i = 0; i < COVER_SIZES; i++) {
        title->size_em1000 = sizes_em1000[i];
        if (kite_mul_div(screen_em_px(s), sizes_em1000[i], 1000) <
            COVER_TEXT_MM100_MIN * s->ppi / 2540)
            return false;
        *text_height = (int32_t)screen_measure(s, title, width) * screen_line_px(s, title);
        if (*text_height <= height && screen_part_width(s, title) <= width)
            return true;
    }
    return false;
}

/* A sender's picture, as large as fits in a cover's place. */
static void draw_picture(struct screen *s, const struct row *row, int32_t height, int32_t y)
{
    int32_t room = height * COVER_WIDTH_PERCENT / 100, side = (int32_t)KITE_KEY_PICTURE_SIDE,
            drawn = room / side > 1 ? room / side * side : side;

    screen_bits(s, row->picture, side, s->margin_px, y + (height - drawn) / 2, room);
}

/* A small book cover made of type: the title, or its first letter, in a double frame between two
 * rules. */
static void draw_cover(struct screen *s, const struct view *view, const struct row *row,
                       int32_t height, int32_t y)
{
    int32_t width = height * COVER_WIDTH_PERCENT / 100, thin = rule_px(s), inset = 3 * thin,
            text_height;
    struct kite_rect box = { s->margin_px, y, width, height };
    struct label title = label_of(view, row, 0);
    struct label letters = { .text = row->cover,
                             .lang = row->lang,
                             .is_rtl = row->is_rtl,
                             .align = LABEL_CENTER,
                             .size_em1000 = view->has_titles ? 1700 : 1000,
                             .lines_max = 1 };
    int32_t inner = width - 2 * inset - 6 * thin, high = height - 2 * inset - s->line_px;

    title.align = LABEL_CENTER;
    screen_frame(s, box, thin);
    if (!view->has_titles) {
        screen_label(s, &letters, box.x, y + (height - screen_line_px(s, &letters)) / 2, width);
        return;
    }
    screen_frame(
        s,
        (struct kite_rect){ box.x + inset, box.y + inset, width - 2 * inset, height - 2 * inset },
        1);
    screen_rule(s, (struct kite_rect){ box.x + width * 3 / 8, y + height - inset - s->line_px / 3,
                                       width / 4, thin });
    if (fit_title(s, &title, inner, high, &text_height))
        screen_label(s, &title, box.x + (width - inner) / 2,
                     y + inset + (height - 2 * inset - s->line_px / 3 - text_height) / 2, inner);
    else
        screen_label(s, &letters, box.x,
                     y + inset +
                         (height - 2 * inset - s->line_px / 3 - screen_line_px(s, &letters)) / 2,
                     width);
}

/* ---- drawing --------------------------------------------------------------------------------- */

static void draw_sign(struct screen *s, const struct view *view, const struct row *row,
                      const struct row_shape *shape, int32_t top, int32_t height, int32_t y)
{
    const char *sign = row->is_chosen ? ICON_CHECK : row->icon ? row->icon : row->cover;
    struct label icon = { .text = sign, .lines_max = 1 };

    if (shape->cover_height > 0 && row->has_picture)
        draw_picture(s, row, shape->cover_height, top + (height - shape->cover_height) / 2);
    else if (shape->cover_height > 0 && row->cover[0])
        draw_cover(s, view, row, shape->cover_height, top + (height - shape->cover_height) / 2);
    else if (shape->icon_x >= 0 && sign[0])
        screen_label(s, &icon, shape->icon_x, y, 2 * screen_em_px(s));
}

/* The frame of the keys, a little outside of the column. */
static void draw_focus(struct screen *s, const struct kite_rect *row)
{
    int32_t out =
        s->margin_px - 2 * rule_px(s) < s->pad_px ? s->margin_px - 2 * rule_px(s) : s->pad_px;
    struct kite_rect box = { row->x - out, row->y, row->width + 2 * out, row->height };

    screen_frame(s, box, 2 * rule_px(s));
}

/* Words that are too many for the room of a row are cut, which happens to a text's
 * own words alone. */
static void cut_words(const struct screen *s, int32_t height, struct words *w)
{
    int32_t label = screen_line_px(s, &w->label), detail = screen_line_px(s, &w->detail);
    int32_t room = height - w->values - (w->details > detail ? detail : w->details);

    if (w->labels > room) {
        w->label.lines_max = room > label ? (uint32_t)(room / label) : 1;
        w->labels = (int32_t)w->label.lines_max * label;
    }
    room = height - w->values - w->labels;
    if (w->details > room) {
        w->detail.lines_max = room > detail ? (uint32_t)(room / detail) : 1;
        w->details = (int32_t)w->detail.lines_max * detail;
    }
}

void row_draw(struct kite_reader *r, const struct row *row, const struct row_shape *shape,
              uint32_t stop, int32_t top)
{
    const struct view *view = views[seat_of(r)->view];
    struct screen *s = &r->screen;
    int32_t height = row_height(shape, stop - r->intro_pages),
            thin = rule_px(s) / 2 > 1 ? rule_px(s) / 2 : 1;
    struct kite_rect box = { s->margin_px, top, s->width_px - 2 * s->margin_px, height };
    struct words w = place_words(s, view, row, shape);

    cut_words(s, height, &w);

    int32_t y = top + (height - w.labels - w.details - w.values) / 2;

    if (row->starts_group)
        screen_tint(s, (struct kite_rect){ box.x, top, box.width, thin }, RULE_COVERAGE);
    draw_sign(s, view, row, shape, top, height, y);
    if (w.is_beside)
        screen_label(s, &w.value, w.value_x, y, w.value_width);
    y += screen_label(s, &w.label, w.label_x, y, w.label_width);
    if (w.values > 0)
        y += screen_label(s, &w.value, w.value_x, y, w.value_width);
    screen_label(s, &w.detail, shape->label_x, y, shape->label_width);
    screen_target(s, (struct kite_rect){ 0, top, s->width_px, height }, (int32_t)stop);
    if (r->shows_focus && seat_of(r)->focus == stop)
        draw_focus(s, &box);
}

/* ---- a row for screens that are only to be read ---------------------------------------------- */

enum kite_status ok_row(struct kite_reader *r, uint32_t index, struct row *out)
{
    (void)index;
    text_copy(say(r, MESSAGE_OK), out->label, sizeof out->label);
    out->icon = ICON_CHECK;
    return KITE_OK;
}

enum kite_status ok_chosen(struct kite_reader *r, uint32_t index)
{
    (void)index;
    view_close(r);
    return KITE_OK;
}
