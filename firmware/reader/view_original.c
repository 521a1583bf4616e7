/* Pages of the original in place of the text: whole, by their width, or by halves of it. Both show
 * the same place: turning pages here moves the place in the text, and any way to another place of
 * the text leads to its page. */
#include "reader/views.h"

#include <stdio.h>

#define BESIDE_MM100 100
#define MENU_TOP_PERCENT 12 /* a touch up there opens the menu, as on a page of text */

/* ---- which page
 * ---------------------------------------------------------------------------------- */

static struct kite_original page_at(const struct kite_reader *r, uint32_t index)
{
    struct kite_original page = { .picture = KITE_NO_PICTURE, .label = "" };

    if (r->reading.bundle)
        kite_bundle_original(r->reading.bundle, r->reading.document, index, &page);
    return page;
}

/* The page from this one on, in a direction, that has a picture. */
static bool find_picture(const struct kite_reader *r, int64_t from, int direction, uint32_t *index)
{
    for (int64_t i = from; i >= 0 && i < r->reading.info.original_count; i += direction) {
        if (page_at(r, (uint32_t)i).picture == KITE_NO_PICTURE)
            continue;
        *index = (uint32_t)i;
        return true;
    }
    return false;
}

/* The page of a place, if it has a picture; text in front of the first page belongs to it. Where
 * there are only pictures it is the nearest that has one. */
static bool find_page(const struct kite_reader *r, struct kite_place place, uint32_t *index)
{
    uint32_t at = 0;

    kite_bundle_original_at(r->reading.bundle, place, &at);
    if (original_has_text(r))
        return find_picture(r, at, 1, index) && *index == at;
    return find_picture(r, at, 1, index) || find_picture(r, at, -1, index);
}

static bool is_same_place(const struct kite_place *a, const struct kite_place *b)
{
    return a->paragraph == b->paragraph && a->offset_bytes == b->offset_bytes;
}

static void take_page(struct kite_reader *r, uint32_t index)
{
    struct originals *o = &r->originals;

    o->is_begun = o->is_begun && o->index == index;
    o->index = index;
    o->anchor = r->reading.anchor;
}

/* The page in front is that of the place that is read. False: it has no picture. */
static bool follow(struct kite_reader *r)
{
    struct originals *o = &r->originals;
    uint32_t index;

    if (o->text != r->reading.text) {
        *o = (struct originals){ .text = r->reading.text,
                                 .zoom = o->zoom,
                                 .is_shown = r->reading.info.opens_originals };
        o->anchor.paragraph = UINT32_MAX;
    }
    if (is_same_place(&o->anchor, &r->reading.anchor))
        return page_at(r, o->index).picture != KITE_NO_PICTURE;
    if (!find_page(r, r->reading.anchor, &index))
        return false;
    take_page(r, index);
    return true;
}

bool original_is_there(struct kite_reader *r)
{
    return r->reading.text && r->reading.info.original_count > 0 && original_has_text(r) &&
           follow(r);
}

bool original_has_text(const struct kite_reader *r)
{
    return !r->reading.info.opens_originals;
}

bool original_is_shown(struct kite_reader *r)
{
    bool is_there = r->reading.text && r->reading.info.original_count > 0 && follow(r);

    r->originals.is_shown = r->originals.is_shown && is_there;
    return r->originals.is_shown;
}

void original_leave(struct kite_reader *r)
{
    r->originals.is_shown = r->originals.is_shown && !original_has_text(r);
}

bool original_number(const struct kite_reader *r, uint32_t *index, uint32_t *count)
{
    *count = r->reading.info.original_count;
    if (*count == 0)
        return false;
    if (r->originals.is_shown) {
        *index = r->originals.index;
        return true;
    }
    return kite_bundle_original_at(r->reading.bundle, r->reading.now.page.start, index) == KITE_OK;
}

void original_label(const struct kite_reader *r, uint32_t index, char *out, size_t out_bytes)
{
    struct kite_original page = page_at(r, index);

    if (page.label[0])
        snprintf(out, out_bytes, "%s", page.label);
    else
        snprintf(out, out_bytes, "%u", (unsigned)index + 1);
}

void page_stretch(struct kite_reader *r, struct kite_place *start, struct kite_place *end)
{
    *start = r->reading.now.page.start;
    *end = r->reading.now.page.end;
    if (!r->originals.is_shown)
        return;
    *start = page_at(r, r->originals.index).place;
    *end = r->originals.index + 1 < r->reading.info.original_count
               ? page_at(r, r->originals.index + 1).place
               : (struct kite_place){ start->document, r->reading.info.paragraph_count, 0 };
}

/* ---- how it is seen
 * ---------------------------------------------------------------------------------- */

static struct kite_rect area_of(const struct kite_reader *r)
{
    int32_t beside = r->screen.ppi * BESIDE_MM100 / 2540; /* print does not touch the frame */

    return (struct kite_rect){ beside, 0, r->screen.width_px - 2 * beside,
                               r->screen.height_px - r->setting.status_px };
}

static enum kite_status take_rows(void *ctx, uint32_t y, uint32_t rows, const uint8_t *gray)
{
    struct original_census *census = ctx;

    for (uint32_t i = 0; i < rows; i++)
        original_census_row(census, (int32_t)(y + i), gray + (size_t)i * (size_t)census->width_px);
    return KITE_OK;
}

/* Where the picture's ink is. One that is damaged is all ink, and is shown as far as it goes. */
static enum kite_status take_census(struct kite_reader *r, uint32_t picture,
                                    struct original_sheet *sheet)
{
    struct originals *o = &r->originals;
    struct original_census census;
    enum kite_status status;

    original_census_begin(&census, sheet->width_px, sheet->height_px);
    status = kite_bundle_picture_decode(r->reading.bundle, picture, &census, take_rows, NULL);
    if (status == KITE_E_NOMEM)
        return status;
    if (status == KITE_OK)
        original_census_end(&census, sheet);
    o->census.is_there = true;
    o->census.picture = picture;
    o->census.sheet = *sheet;
    return KITE_OK;
}

/* The picture, and, where margins are to be left out, where its ink is: then it is looked through
 * once. */
static enum kite_status sheet_of(struct kite_reader *r, bool has_margins,
                                 struct original_sheet *out)
{
    const struct originals *o = &r->originals;
    uint32_t picture = page_at(r, o->index).picture;
    struct kite_picture_info info = { .width_px = 1, .height_px = 1 }; /* nothing can be seen */
    enum kite_status status;

    if (o->census.is_there && o->census.picture == picture) {
        *out = o->census.sheet;
        return KITE_OK;
    }
    status = kite_bundle_picture_info(r->reading.bundle, picture, &info);
    if (status == KITE_E_NOMEM)
        return status;
    *out =
        (struct original_sheet){ .width_px = (int32_t)info.width_px,
                                 .height_px = (int32_t)info.height_px,
                                 .ink = { 0, 0, (int32_t)info.width_px, (int32_t)info.height_px },
                                 .is_rtl = r->reading.info.direction == KITE_DIRECTION_RTL };
    return has_margins ? KITE_OK : take_census(r, picture, out);
}

/* The sheet and how it is looked at now; a page that is new begins at its beginning. */
static enum kite_status look_at(struct kite_reader *r, struct original_sheet *sheet,
                                struct original_look *look)
{
    struct originals *o = &r->originals;
    enum kite_status status = sheet_of(r, o->zoom == ORIGINAL_PAGE, sheet);

    if (status)
        return status;
    *look = original_look(sheet, o->zoom, area_of(r));
    o->corner = o->is_begun ? original_held(look, o->corner) : original_first(sheet, look);
    o->is_begun = true;
    return KITE_OK;
}

/* ---- drawing
 * ------------------------------------------------------------------------------------------- */

void original_draw_sign(struct kite_reader *r, int32_t y, uint16_t size_em1000)
{
    struct screen *s = &r->screen;
    struct label sign = { .text = r->originals.is_shown ? ICON_LETTERS : ICON_SHEET,
                          .align = LABEL_CENTER,
                          .size_em1000 = size_em1000 };
    int32_t finger = screen_finger_px(s), width = finger * 3 / 2,
            height = r->setting.status_px > finger ? r->setting.status_px : finger;
    int32_t em = 2 * screen_em_px(s);

    screen_label(s, &sign, (s->width_px - em) / 2, y, em);
    if (finger > 0)
        screen_target(
            s,
            (struct kite_rect){ (s->width_px - width) / 2, s->height_px - height, width, height },
            TARGET_ORIGINAL);
}

static enum kite_status draw_page(struct kite_reader *r)
{
    struct originals *o = &r->originals;
    struct original_sheet sheet;
    struct original_look look;
    enum kite_status status = look_at(r, &sheet, &look);

    if (status)
        return status;
    o->picture = (struct kite_page_picture){ .picture = page_at(r, o->index).picture,
                                             .box = original_box(&look, o->corner),
                                             .clip = look.area,
                                             .is_print = true };
    o->under = (struct kite_page){ .pictures = &o->picture, .picture_count = 1 };
    r->screen.under = &o->under;
    return KITE_OK;
}

static enum kite_status draw(struct kite_reader *r)
{
    char label[KITE_STRING_BYTES_MAX + 1], count[16], far[KITE_STRING_BYTES_MAX + 64];
    int64_t bookmark = 0;
    enum kite_status status = draw_page(r);

    if (status == KITE_OK)
        status = page_bookmark_find(r, &bookmark);
    if (bookmark)
        page_draw_ribbon(r);
    original_label(r, r->originals.index, label, sizeof label);
    snprintf(count, sizeof count, "%u", (unsigned)r->reading.info.original_count);
    kite_text_fill(say(r, MESSAGE_PAGE_OF), label, count, far, sizeof far);
    page_draw_status(r, page_where(r, r->originals.anchor.paragraph), far);
    return status;
}

/* ---- turning and moving
 * ---------------------------------------------------------------------------------- */

/* A page comes to the front, at its beginning or, from behind, at its end. */
static enum kite_status turn_to(struct kite_reader *r, uint32_t index, bool is_from_behind)
{
    struct originals *o = &r->originals;
    enum kite_status status = reading_move(&r->reading, page_at(r, index).place, &r->fault);
    struct original_sheet sheet;
    struct original_look look;

    if (status)
        return status;
    o->is_begun = false;
    take_page(r, index);
    r->is_stale = true;
    if (!is_from_behind || o->zoom == ORIGINAL_PAGE)
        return KITE_OK;
    status = look_at(r, &sheet, &look);
    if (status == KITE_OK)
        o->corner = original_last(&sheet, &look);
    return status;
}

/* KITE_DONE: there is no page that way. */
static enum kite_status turn(struct kite_reader *r, int direction)
{
    uint32_t index;

    if (!find_picture(r, (int64_t)r->originals.index + direction, direction, &index))
        return KITE_DONE;
    return turn_to(r, index, direction < 0);
}

static enum kite_status move(struct kite_reader *r, int direction)
{
    struct original_sheet sheet;
    struct original_look look;
    enum kite_status status = look_at(r, &sheet, &look);

    if (status)
        return status;
    if (!original_move(&sheet, &look, direction, &r->originals.corner))
        return turn(r, direction);
    r->is_stale = true;
    return KITE_OK;
}

enum kite_status original_next(struct kite_reader *r)
{
    enum kite_status status = move(r, 1);

    if (status == KITE_DONE) /* behind the last page, as behind the text */
        view_open(r, VIEW_CARD, 0);
    return status;
}

enum kite_status original_previous(struct kite_reader *r)
{
    return move(r, -1);
}

enum kite_status original_go(struct kite_reader *r, uint32_t index)
{
    enum kite_status status = index < r->reading.info.original_count
                                  ? reading_go(&r->reading, page_at(r, index).place, &r->fault)
                                  : KITE_E_RANGE;

    if (status)
        return status;
    if (r->originals.is_shown && page_at(r, index).picture != KITE_NO_PICTURE) {
        r->originals.is_begun = false;
        take_page(r, index); /* of several that begin at this place it is this one */
    }
    return KITE_OK;
}

/* ---- zoom
 * -------------------------------------------------------------------------------------------------
 */

/* Another zoom; the point of the picture that stands at a place of the screen comes to its middle.
 * NULL: what is in the upper left stays there. */
static enum kite_status set_zoom(struct kite_reader *r, int steps, const struct gesture *at)
{
    struct originals *o = &r->originals;
    struct original_sheet sheet;
    struct original_look look;
    enum original_zoom before = o->zoom;
    enum kite_status status = sheet_of(r, false, &sheet);
    struct original_corner to;

    status = status ? status : look_at(r, &sheet, &look);
    if (status)
        return status;
    to = o->corner;
    if (at) {
        to.x_px += (int32_t)(((int64_t)(at->x_px - look.area.x) * ORIGINAL_ONE) / look.scale_f16);
        to.y_px += (int32_t)(((int64_t)(at->y_px - look.area.y) * ORIGINAL_ONE) / look.scale_f16);
    }
    o->zoom = original_zoom_next(&sheet, before, look.area, steps);
    look = original_look(&sheet, o->zoom, look.area);
    if (at) {
        to.x_px -= (int32_t)(((int64_t)look.area.width * ORIGINAL_ONE / 2) / look.scale_f16);
        to.y_px -= (int32_t)(((int64_t)look.area.height * ORIGINAL_ONE / 2) / look.scale_f16);
    }
    o->corner =
        before == ORIGINAL_PAGE && !at ? original_first(&sheet, &look) : original_held(&look, to);
    r->is_stale = true;
    return KITE_OK;
}

enum kite_status original_zoom_step(struct kite_reader *r)
{
    return set_zoom(r, 1, NULL);
}

enum kite_status original_pinch_in(struct kite_reader *r, const struct gesture *g)
{
    return set_zoom(r, -2, g);
}

enum kite_status original_pinch_out(struct kite_reader *r, const struct gesture *g)
{
    return set_zoom(r, 2, g);
}

enum message original_zoom_name(const struct kite_reader *r)
{
    static const enum message names[ORIGINAL_ZOOMS] = { MESSAGE_ZOOM_PAGE, MESSAGE_ZOOM_WIDTH,
                                                        MESSAGE_ZOOM_HALF };

    return names[r->originals.zoom];
}

/* ---- coming and going
 * --------------------------------------------------------------------------------------- */

enum kite_status original_swap(struct kite_reader *r)
{
    r->originals.is_shown = !r->originals.is_shown;
    view_close_all(r);
    return KITE_OK;
}

/* Back to the text; where there is none to the menu, as from any page. */
enum kite_status original_back(struct kite_reader *r)
{
    return original_has_text(r) ? original_swap(r) : page_menu(r);
}

enum kite_status original_tap(struct kite_reader *r, const struct gesture *g)
{
    bool is_rtl = r->reading.info.direction == KITE_DIRECTION_RTL;
    int32_t third = r->screen.width_px / 3;

    if (screen_target_at(&r->screen, g->x_px, g->y_px) == TARGET_ORIGINAL)
        return original_swap(r);
    if (g->y_px < r->screen.height_px * MENU_TOP_PERCENT / 100 ||
        (g->x_px >= third && g->x_px < 2 * third))
        return page_menu(r);
    return (g->x_px < third) == is_rtl ? original_next(r) : original_previous(r);
}

/* The page under the finger; where it is seen from side to side a swipe turns. */
enum kite_status original_drag(struct kite_reader *r, const struct gesture *g)
{
    bool is_rtl = r->reading.info.direction == KITE_DIRECTION_RTL;
    struct originals *o = &r->originals;
    struct original_sheet sheet;
    struct original_look look;
    enum kite_status status = look_at(r, &sheet, &look);
    struct original_corner before = o->corner, to = before;

    if (status)
        return status;
    to.x_px -= (int32_t)(((int64_t)g->dx_px * ORIGINAL_ONE) / look.scale_f16);
    to.y_px -= (int32_t)(((int64_t)g->dy_px * ORIGINAL_ONE) / look.scale_f16);
    o->corner = original_held(&look, to);
    r->is_stale = true;
    if (o->corner.x_px != before.x_px || o->corner.y_px != before.y_px)
        return KITE_OK;
    if (g->kind == GESTURE_SWIPE_DOWN)
        return page_menu(r);
    if (g->kind == GESTURE_SWIPE_UP)
        return KITE_OK;
    if ((g->kind == GESTURE_SWIPE_LEFT) == is_rtl)
        return turn(r, -1);
    status = turn(r, 1);
    if (status == KITE_DONE)
        view_open(r, VIEW_CARD, 0);
    return status;
}

const struct view view_original = { .name = "original",
                                    .intent = KITE_INTENT_PAGE_IMAGE,
                                    .draw = draw };
