/* Points, pixels of the window, pixels of the panel. */
#include "emulator/fit.h"

struct kite_rect fit_place(const struct fit *f)
{
    struct kite_rect at = { 0, 0, f->panel_width_px, f->panel_height_px };

    if (!f->is_one_to_one) {
        at.width = f->width_px;
        at.height = kite_mul_div(f->width_px, f->panel_height_px, f->panel_width_px);
        if (at.height > f->height_px) {
            at.height = f->height_px;
            at.width = kite_mul_div(f->height_px, f->panel_width_px, f->panel_height_px);
        }
    }
    at.x = (f->width_px - at.width) / 2;
    at.y = (f->height_px - at.height) / 2;
    return at;
}

bool fit_point(const struct fit *f, int32_t x, int32_t y, int32_t *x_px, int32_t *y_px)
{
    struct kite_rect at = fit_place(f);

    *x_px = *y_px = 0;
    if (f->width_points <= 0 || f->height_points <= 0 || kite_rect_is_empty(at))
        return false;
    x = (int32_t)((int64_t)x * f->width_px / f->width_points) - at.x;
    y = (int32_t)((int64_t)y * f->height_px / f->height_points) - at.y;

    bool is_inside = x >= 0 && y >= 0 && x < at.width && y < at.height;

    x = x < 0 ? 0 : x >= at.width ? at.width - 1 : x;
    y = y < 0 ? 0 : y >= at.height ? at.height - 1 : y;
    *x_px = (int32_t)((int64_t)x * f->panel_width_px / at.width);
    *y_px = (int32_t)((int64_t)y * f->panel_height_px / at.height);
    return is_inside;
}

void fit_one_to_one(const struct fit *f, int32_t *width_points, int32_t *height_points)
{
    int64_t points = f->width_points > 0 && f->width_px > 0 ? f->width_points : 1;
    int64_t pixels = f->width_points > 0 && f->width_px > 0 ? f->width_px : 1;

    *width_points = (int32_t)((f->panel_width_px * points + pixels - 1) / pixels);
    *height_points = (int32_t)((f->panel_height_px * points + pixels - 1) / pixels);
}
