/* fit: the panel in a window. A window is so many points wide, which the mouse counts, and so many
 * pixels, which are drawn; on a dense display there are more pixels than points. Private to the
 * emulator. */
#ifndef KITE_EMULATOR_FIT_H
#define KITE_EMULATOR_FIT_H

#include "base/base.h"

struct fit {
    int32_t panel_width_px, panel_height_px;
    int32_t width_points, height_points; /* of the window */
    int32_t width_px, height_px;         /* of what is drawn in it */
    bool is_one_to_one;                  /* a pixel of the panel is one of the window */
};

/* Where the panel is drawn, px: in the middle, as large as it goes; pixel by pixel it may reach
 * beyond the window. */
struct kite_rect fit_place(const struct fit *fit);
/* The pixel of the panel under a point of the window. False: the point lies beside the panel, and
 * this is the nearest one. */
bool fit_point(const struct fit *fit, int32_t x, int32_t y, int32_t *x_px, int32_t *y_px);
/* The window's size in points that shows the panel pixel by pixel. */
void fit_one_to_one(const struct fit *fit, int32_t *width_points, int32_t *height_points);

#endif
