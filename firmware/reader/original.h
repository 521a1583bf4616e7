/* original: how a page of the original is seen: how large, and which part of it. Arithmetic alone,
 * in pixels of the screen and of the picture. Private to the reader room. */
#ifndef KITE_READER_ORIGINAL_H
#define KITE_READER_ORIGINAL_H

#include "base/base.h"

enum original_zoom { ORIGINAL_PAGE = 0, ORIGINAL_WIDTH, ORIGINAL_HALF, ORIGINAL_ZOOMS };

/* A picture of a page, and where there is ink on it. */
struct original_sheet {
    int32_t width_px, height_px;
    struct kite_rect ink; /* of the picture; not empty */
    bool has_columns;     /* print stands in two columns: these are read one after the other */
    bool is_rtl;
};

#define ORIGINAL_ONE 65536 /* a scale of 1 */

/* The picture on the screen. */
struct original_look {
    struct kite_rect area;       /* of the screen, where it is seen */
    int32_t width_px, height_px; /* of the picture */
    struct kite_rect shown;      /* of the picture: what may come to be seen */
    uint32_t scale_f16;          /* pixels of the screen for one of the picture, times 65,536 */
};

/* At a zoom. All of the picture is shown as a whole page; else the margins around the ink are left
 * out. */
struct original_look original_look(const struct original_sheet *sheet, enum original_zoom zoom,
                                   struct kite_rect area);
/* The next zoom that shows anything else: round and round by 1, and not beyond the ends by 2 and
 * -2. */
enum original_zoom original_zoom_next(const struct original_sheet *sheet, enum original_zoom zoom,
                                      struct kite_rect area, int steps);

/* A point of the picture that stands in the area's upper left corner, held so that the area is
 * filled as far as it can be. */
struct original_corner {
    int32_t x_px, y_px;
};
struct original_corner original_held(const struct original_look *look,
                                     struct original_corner corner);
/* Where the whole picture stands on the screen; it may reach beyond the area. */
struct kite_rect original_box(const struct original_look *look, struct original_corner corner);

/* Moving through a page in the order of reading, a part at a time. */
struct original_corner original_first(const struct original_sheet *sheet,
                                      const struct original_look *look);
struct original_corner original_last(const struct original_sheet *sheet,
                                     const struct original_look *look);
/* False: there is nothing more on this page. direction: 1 or -1. */
bool original_move(const struct original_sheet *sheet, const struct original_look *look,
                   int direction, struct original_corner *corner);

/* Looks at a picture's rows, from the top, for its ink. */
struct original_census {
    int32_t width_px, height_px;
    int32_t left, top, right, bottom;
    uint32_t columns[64]; /* ink in each part of the width */
};
void original_census_begin(struct original_census *census, int32_t width_px, int32_t height_px);
void original_census_row(struct original_census *census, int32_t y, const uint8_t *gray);
/* ink and has_columns of a sheet; a picture without ink is all ink. */
void original_census_end(const struct original_census *census, struct original_sheet *sheet);

#endif
