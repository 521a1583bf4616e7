/* The panel in a window: where it is drawn and what a point of the mouse means, on displays of any density. */
#include "check.h"

#include "emulator/fit.h"

static const struct fit windows[] = {
    { 1072, 1448, 536, 724, 536, 724, false },     /* half as large, a pixel a point */
    { 1072, 1448, 536, 724, 1072, 1448, false },   /* two pixels a point */
    { 1072, 1448, 600, 724, 900, 1086, false },    /* one and a half; room at the sides */
    { 480, 800, 1000, 500, 3000, 1500, false },    /* three; much room at the sides */
    { 600, 800, 300, 1000, 600, 2000, false },     /* room above and below */
    { 600, 800, 300, 400, 600, 800, true },        /* pixel by pixel */
    { 1072, 1448, 400, 500, 800, 1000, true },     /* the same, and the window is too small */
};
#define WINDOWS (sizeof windows / sizeof *windows)

static void the_panel_is_in_the_middle_and_keeps_its_shape(void **state)
{
    (void)state;
    for (size_t i = 0; i < WINDOWS; i++) {
        const struct fit *f = &windows[i];
        struct kite_rect at = fit_place(f);

        assert_in_range(at.x + at.width / 2, f->width_px / 2 - 1, f->width_px / 2 + 1);
        assert_in_range(at.y + at.height / 2, f->height_px / 2 - 1, f->height_px / 2 + 1);
        assert_in_range(at.height * f->panel_width_px / f->panel_height_px, at.width - 1, at.width + 1);
        if (f->is_one_to_one)
            assert_int_equal(at.width, f->panel_width_px);
        else
            assert_true(at.width == f->width_px || at.height == f->height_px);
    }
}

/* A point means the pixel that is drawn there, whatever the density. */
static void a_point_is_the_pixel_under_it(void **state)
{
    (void)state;
    for (size_t i = 0; i < WINDOWS; i++) {
        const struct fit *f = &windows[i];
        struct kite_rect at = fit_place(f);
        int32_t x, y;

        for (int32_t px = 0; px < f->width_points; px += 7)
            for (int32_t py = 0; py < f->height_points; py += 11) {
                int32_t drawn_x = px * f->width_px / f->width_points - at.x, drawn_y = py * f->height_px / f->height_points - at.y;
                bool is_inside = drawn_x >= 0 && drawn_y >= 0 && drawn_x < at.width && drawn_y < at.height;

                assert_int_equal(fit_point(f, px, py, &x, &y), is_inside);
                assert_true(x >= 0 && y >= 0 && x < f->panel_width_px && y < f->panel_height_px);
                if (is_inside) {
                    assert_int_equal(x, drawn_x * f->panel_width_px / at.width);
                    assert_int_equal(y, drawn_y * f->panel_height_px / at.height);
                }
            }
    }
}

static void two_pixels_a_point_are_two_pixels_of_the_panel(void **state)
{
    int32_t x, y;

    (void)state;
    assert_true(fit_point(&windows[1], 100, 200, &x, &y));
    assert_int_equal(x, 200);
    assert_int_equal(y, 400);
    fit_one_to_one(&windows[1], &x, &y);
    assert_int_equal(x, 536);
    assert_int_equal(y, 724);
    fit_one_to_one(&windows[2], &x, &y); /* no pixel of the panel is lost */
    assert_true(x * 3 / 2 >= 1072 && x * 3 / 2 <= 1074);
}

static void a_window_without_size_is_harmless(void **state)
{
    const struct fit none = { .panel_width_px = 600, .panel_height_px = 800 };
    int32_t x, y;

    (void)state;
    assert_false(fit_point(&none, 5, 5, &x, &y));
    fit_one_to_one(&none, &x, &y);
    assert_int_equal(x, 600);
    assert_true(kite_rect_is_empty(fit_place(&none)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_panel_is_in_the_middle_and_keeps_its_shape),
        cmocka_unit_test(a_point_is_the_pixel_under_it),
        cmocka_unit_test(two_pixels_a_point_are_two_pixels_of_the_panel),
        cmocka_unit_test(a_window_without_size_is_harmless),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
