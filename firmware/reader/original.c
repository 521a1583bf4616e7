/* Zooms, windows and the order in which they are read. */
#include "reader/original.h"

#define ENLARGED_MOST (4u * ORIGINAL_ONE) /* of a picture's pixel */
#define SIDE_MOST_PX 16000                /* of a picture on the screen */
#define HALF_NUMERATOR 9                  /* of the width's scale: two halves that overlap */
#define HALF_DENOMINATOR 5
#define SAME_PERCENT 6      /* zooms less than this apart are one */
#define OVERLAP_PERCENT 12  /* of the area that is seen again after a move */
#define INK_BELOW 176       /* gray */
#define SPECKS_MOST 2       /* inked pixels of a row that are dirt */
#define MARGIN_PER_MILLE 12 /* left around ink, of the picture's width */
#define GUTTER_PART 12      /* of the mean ink, that a gutter has at most one part */

/* ---- zoom
 * ----------------------------------------------------------------------------------------------------
 */

static uint32_t ratio_f16(int32_t of, int32_t to)
{
    return (uint32_t)(((uint64_t)of << 16) / (uint64_t)(to > 0 ? to : 1));
}

static int32_t scaled(int32_t px, uint32_t scale_f16)
{
    return (int32_t)(((int64_t)px * scale_f16 + ORIGINAL_ONE / 2) >> 16);
}

static int32_t unscaled(int32_t px, uint32_t scale_f16)
{
    return (int32_t)((int64_t)px * ORIGINAL_ONE / scale_f16);
}

static uint32_t least(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

struct original_look original_look(const struct original_sheet *sheet, enum original_zoom zoom,
                                   struct kite_rect area)
{
    struct kite_rect all = { 0, 0, sheet->width_px, sheet->height_px };
    struct original_look look = { .area = area,
                                  .width_px = all.width,
                                  .height_px = all.height,
                                  .shown = zoom == ORIGINAL_PAGE ? all : sheet->ink };
    int32_t longer = all.width > all.height ? all.width : all.height;
    uint32_t whole = least(ratio_f16(area.width, all.width), ratio_f16(area.height, all.height)),
             most = ratio_f16(SIDE_MOST_PX, longer);
    uint32_t width = ratio_f16(area.width, look.shown.width);

    look.scale_f16 = zoom == ORIGINAL_PAGE    ? whole
                     : zoom == ORIGINAL_WIDTH ? width
                                              : width * HALF_NUMERATOR / HALF_DENOMINATOR;
    if (zoom != ORIGINAL_PAGE)
        look.scale_f16 =
            least(look.scale_f16, ENLARGED_MOST > 2 * whole ? ENLARGED_MOST : 2 * whole);
    look.scale_f16 = least(look.scale_f16, most);
    if (look.scale_f16 == 0)
        look.scale_f16 = 1;
    return look;
}

static bool is_alike(const struct original_sheet *sheet, enum original_zoom a, enum original_zoom b,
                     struct kite_rect area)
{
    uint64_t one = original_look(sheet, a, area).scale_f16,
             other = original_look(sheet, b, area).scale_f16;

    return one * (100 + SAME_PERCENT) >= other * 100 && other * (100 + SAME_PERCENT) >= one * 100;
}

enum original_zoom original_zoom_next(const struct original_sheet *sheet, enum original_zoom zoom,
                                      struct kite_rect area, int steps)
{
    int step = steps < 0 ? -1 : 1, at = (int)zoom;

    for (int i = 0; i < ORIGINAL_ZOOMS; i++) {
        at += step;
        if (steps != 1 && (at < 0 || at >= ORIGINAL_ZOOMS))
            return zoom;
        at %= ORIGINAL_ZOOMS;
        if (at == ORIGINAL_PAGE || !is_alike(sheet, zoom, (enum original_zoom)at, area))
            return (enum original_zoom)at;
    }
    return zoom;
}

/* ---- windows
 * -------------------------------------------------------------------------------------------------
 */

/* Of the picture's pixels along one side: first, and how many can be seen at once. */
struct side {
    int32_t first, count, seen;
};

static struct side across(const struct original_look *look)
{
    return (struct side){ look->shown.x, look->shown.width,
                          unscaled(look->area.width, look->scale_f16) };
}

static struct side down(const struct original_look *look)
{
    return (struct side){ look->shown.y, look->shown.height,
                          unscaled(look->area.height, look->scale_f16) };
}

/* What is smaller than the area stands in its middle. */
static int32_t held(struct side side, int32_t at)
{
    int32_t last = side.first + side.count - side.seen;

    if (side.count <= side.seen)
        return side.first - (side.seen - side.count) / 2;
    return at < side.first ? side.first : at > last ? last : at;
}

struct original_corner original_held(const struct original_look *look,
                                     struct original_corner corner)
{
    return (struct original_corner){ held(across(look), corner.x_px),
                                     held(down(look), corner.y_px) };
}

struct kite_rect original_box(const struct original_look *look, struct original_corner corner)
{
    return (struct kite_rect){ look->area.x - scaled(corner.x_px, look->scale_f16),
                               look->area.y - scaled(corner.y_px, look->scale_f16),
                               scaled(look->width_px, look->scale_f16),
                               scaled(look->height_px, look->scale_f16) };
}

/* ---- the order of reading
 * ---------------------------------------------------------------------------------------- */

/* Windows along a side: as few as show all of it with some overlap. */
static int32_t window_count(struct side side)
{
    int32_t step = side.seen - side.seen * OVERLAP_PERCENT / 100;

    if (side.count <= side.seen + side.seen / 50 || step < 1)
        return 1;
    return 1 + (side.count - side.seen + step - 1) / step;
}

static int32_t window_at(struct side side, int32_t index)
{
    int32_t count = window_count(side);

    return count < 2
               ? held(side, side.first)
               : side.first + (int32_t)((int64_t)(side.count - side.seen) * index / (count - 1));
}

/* The last window that begins at or before a place, or nearly so. */
static int32_t window_of(struct side side, int32_t at)
{
    int32_t index = window_count(side) - 1;

    while (index > 0 && window_at(side, index) > at + side.seen / 50)
        index--;
    return index;
}

struct stops {
    struct side across, down;
    int32_t columns, rows;
    bool is_by_columns, is_rtl;
};

static struct stops stops_of(const struct original_sheet *sheet, const struct original_look *look)
{
    struct stops stops = { .across = across(look),
                           .down = down(look),
                           .is_by_columns = sheet->has_columns,
                           .is_rtl = sheet->is_rtl };

    stops.columns = window_count(stops.across);
    stops.rows = window_count(stops.down);
    return stops;
}

static struct original_corner corner_of(const struct stops *stops, int32_t index)
{
    int32_t column = stops->is_by_columns ? index / stops->rows : index % stops->columns;
    int32_t row = stops->is_by_columns ? index % stops->rows : index / stops->columns;

    column = stops->is_rtl ? stops->columns - 1 - column : column;
    return (struct original_corner){ window_at(stops->across, column),
                                     window_at(stops->down, row) };
}

struct original_corner original_first(const struct original_sheet *sheet,
                                      const struct original_look *look)
{
    struct stops stops = stops_of(sheet, look);

    return corner_of(&stops, 0);
}

struct original_corner original_last(const struct original_sheet *sheet,
                                     const struct original_look *look)
{
    struct stops stops = stops_of(sheet, look);

    return corner_of(&stops, stops.columns * stops.rows - 1);
}

bool original_move(const struct original_sheet *sheet, const struct original_look *look,
                   int direction, struct original_corner *corner)
{
    struct stops stops = stops_of(sheet, look);
    int32_t column = window_of(stops.across, corner->x_px),
            row = window_of(stops.down, corner->y_px), index;

    column = stops.is_rtl ? stops.columns - 1 - column : column;
    index = (stops.is_by_columns ? column * stops.rows + row : row * stops.columns + column) +
            direction;
    if (index < 0 || index >= stops.columns * stops.rows)
        return false;
    *corner = corner_of(&stops, index);
    return true;
}

/* ---- ink
 * ------------------------------------------------------------------------------------------------------------
 */

void original_census_begin(struct original_census *census, int32_t width_px, int32_t height_px)
{
    *census =
        (struct original_census){ .width_px = width_px, .height_px = height_px, .left = width_px };
}

void original_census_row(struct original_census *census, int32_t y, const uint8_t *gray)
{
    int32_t first = census->width_px, last = -1, inked = 0;

    for (int32_t x = 0; x < census->width_px; x++) {
        if (gray[x] >= INK_BELOW)
            continue;
        first = first < x ? first : x;
        last = x;
        inked++;
        census->columns[(int64_t)x * 64 / census->width_px]++;
    }
    if (inked <= SPECKS_MOST)
        return;
    if (census->bottom == 0)
        census->top = y;
    census->bottom = y + 1;
    census->left = first < census->left ? first : census->left;
    census->right = last + 1 > census->right ? last + 1 : census->right;
}

/* A stretch in the middle third that has hardly any ink, between parts that have. */
static bool has_gutter(const struct original_census *census)
{
    int32_t from = (int32_t)((int64_t)census->left * 64 / census->width_px),
            to = (int32_t)((int64_t)(census->right - 1) * 64 / census->width_px);
    int32_t third = (to - from + 1) / 3;
    uint64_t sum = 0;

    for (int32_t i = from; i <= to; i++)
        sum += census->columns[i];
    for (int32_t i = from + third; third > 2 && i <= to - third; i++) {
        if ((uint64_t)census->columns[i] * GUTTER_PART * (uint64_t)(to - from + 1) < sum)
            return true;
    }
    return false;
}

static int32_t at_most(int32_t a, int32_t b)
{
    return a < b ? a : b;
}

void original_census_end(const struct original_census *census, struct original_sheet *sheet)
{
    int32_t margin = census->width_px * MARGIN_PER_MILLE / 1000;
    int32_t left = census->left - at_most(census->left, margin),
            top = census->top - at_most(census->top, margin);

    if (census->bottom == 0) {
        sheet->ink = (struct kite_rect){ 0, 0, census->width_px, census->height_px };
        sheet->has_columns = false;
        return;
    }
    sheet->ink =
        (struct kite_rect){ left, top, at_most(census->right + margin, census->width_px) - left,
                            at_most(census->bottom + margin, census->height_px) - top };
    sheet->has_columns = has_gutter(census);
}
