/* The panel model: what each waveform does to a pixel, what is refused, what collides, and what is
 * counted. */
#include "check.h"

#include "panel/panel.h"

#include <string.h>

#define WIDTH 64
#define HEIGHT 48
#define BLACK 0x00
#define GRAY 0x77
#define WHITE 0xff

struct bench {
    struct check_memory counted;
    struct kite_memory mem;
    struct kite_panel_model *model;
    uint8_t frame[HEIGHT * WIDTH], view[HEIGHT * WIDTH];
    int64_t now_ms;
};

static const struct kite_rect whole = {0, 0, WIDTH, HEIGHT};

static void bench_open(struct bench *b, const char *kind)
{
    memset(b, 0, sizeof *b);
    b->mem = check_memory(&b->counted);
    assert_int_equal(
        kite_panel_model_create(&b->mem, kite_panel_kind_named(kind), WIDTH, HEIGHT, &b->model),
        KITE_OK);
}

static void bench_close(struct bench *b)
{
    kite_panel_model_destroy(b->model);
    assert_int_equal(b->counted.blocks, 0);
}

static enum kite_status start(struct bench *b, struct kite_rect rect, enum kite_waveform waveform,
                              enum kite_update_mode mode)
{
    struct kite_panel_pixels source = {b->frame, WIDTH, HEIGHT, WIDTH};
    struct kite_update update = {.rect = rect, .waveform = waveform, .mode = mode};

    return kite_panel_model_start(b->model, &update, &source, b->now_ms);
}

/* Fill the frame, show it all by one update, and let it settle. */
static void show(struct bench *b, uint8_t gray, enum kite_waveform waveform,
                 enum kite_update_mode mode)
{
    memset(b->frame, gray, sizeof b->frame);
    assert_int_equal(start(b, whole, waveform, mode), KITE_OK);
    b->now_ms += 5000;
    kite_panel_model_view(b->model, b->now_ms, b->view, WIDTH);
}

static struct kite_panel_model_stats stats(const struct bench *b)
{
    struct kite_panel_model_stats out;

    kite_panel_model_stats(b->model, &out);
    return out;
}

/* Where no pixel is further from gray than its residue allows. */
static bool shows(const struct bench *b, int x, int y, uint8_t gray)
{
    return abs(b->view[y * WIDTH + x] - gray) <= 16;
}

static void du_leaves_gray_targets(void **state)
{
    struct bench b;

    (void)state;
    bench_open(&b, "plain");
    show(&b, BLACK, KITE_WAVEFORM_DU, KITE_UPDATE_PARTIAL);
    assert_true(shows(&b, 5, 5, BLACK));
    show(&b, GRAY, KITE_WAVEFORM_DU, KITE_UPDATE_PARTIAL);
    assert_true(shows(&b, 5, 5, BLACK));
    assert_int_equal(stats(&b).stained_px, WIDTH * HEIGHT);
    show(&b, GRAY, KITE_WAVEFORM_GL16, KITE_UPDATE_PARTIAL);
    assert_true(shows(&b, 5, 5, GRAY));
    assert_int_equal(stats(&b).stained_px, 0);
    bench_close(&b);
}

static void du4_reaches_four_levels(void **state)
{
    struct bench b;

    (void)state;
    bench_open(&b, "plain");
    show(&b, 0x55, KITE_WAVEFORM_DU4, KITE_UPDATE_PARTIAL);
    assert_true(shows(&b, 5, 5, 0x55));
    show(&b, 0x66, KITE_WAVEFORM_DU4, KITE_UPDATE_PARTIAL);
    assert_true(shows(&b, 5, 5, 0x55));
    bench_close(&b);
}

static void a2_moves_only_between_black_and_white(void **state)
{
    struct bench b;

    (void)state;
    bench_open(&b, "plain");
    show(&b, BLACK, KITE_WAVEFORM_A2, KITE_UPDATE_PARTIAL);
    assert_true(shows(&b, 5, 5, BLACK));
    show(&b, GRAY, KITE_WAVEFORM_GC16, KITE_UPDATE_PARTIAL);
    show(&b, WHITE, KITE_WAVEFORM_A2, KITE_UPDATE_PARTIAL);
    assert_true(shows(&b, 5, 5, GRAY));
    assert_int_equal(stats(&b).stained_px, WIDTH * HEIGHT);
    bench_close(&b);
}

static void init_shows_white_whatever_is_asked(void **state)
{
    struct bench b;

    (void)state;
    bench_open(&b, "plain");
    show(&b, BLACK, KITE_WAVEFORM_A2, KITE_UPDATE_PARTIAL);
    show(&b, BLACK, KITE_WAVEFORM_INIT, KITE_UPDATE_FULL);
    assert_int_equal(b.view[0], WHITE);
    assert_int_equal(stats(&b).worst_pixel_millilevels, 0);
    bench_close(&b);
}

/* Residue after black and white again, by one waveform. */
static uint32_t residue_of(enum kite_waveform waveform)
{
    struct bench b;
    uint32_t mean;

    bench_open(&b, "mxcfb-2");
    for (int i = 0; i < 4; i++) {
        show(&b, BLACK, waveform, KITE_UPDATE_PARTIAL);
        show(&b, WHITE, waveform, KITE_UPDATE_PARTIAL);
    }
    mean = stats(&b).mean_millilevels;
    bench_close(&b);
    return mean;
}

static void ghosts_order_the_waveforms(void **state)
{
    (void)state;
    assert_true(residue_of(KITE_WAVEFORM_GC16) < residue_of(KITE_WAVEFORM_GLR16));
    assert_true(residue_of(KITE_WAVEFORM_GLR16) < residue_of(KITE_WAVEFORM_GL16));
    assert_true(residue_of(KITE_WAVEFORM_GL16) < residue_of(KITE_WAVEFORM_DU));
    assert_true(residue_of(KITE_WAVEFORM_DU) < residue_of(KITE_WAVEFORM_A2));
}

/* White that stays white keeps its ghosts, but by GC16 FULL. */
static void only_a_full_update_frees_what_stays_white(void **state)
{
    struct bench b;
    uint32_t before;

    (void)state;
    bench_open(&b, "plain");
    show(&b, BLACK, KITE_WAVEFORM_GL16, KITE_UPDATE_PARTIAL);
    show(&b, WHITE, KITE_WAVEFORM_GL16, KITE_UPDATE_PARTIAL);
    before = stats(&b).mean_millilevels;
    assert_true(before > 100);
    show(&b, WHITE, KITE_WAVEFORM_GC16, KITE_UPDATE_PARTIAL);
    assert_int_equal(stats(&b).mean_millilevels, before);
    show(&b, WHITE, KITE_WAVEFORM_GL16, KITE_UPDATE_FULL);
    assert_int_equal(stats(&b).mean_millilevels, before);
    assert_int_equal(stats(&b).flashes, 0);
    show(&b, WHITE, KITE_WAVEFORM_GC16, KITE_UPDATE_FULL);
    assert_true(stats(&b).mean_millilevels * 5 < before);
    assert_int_equal(stats(&b).flashes, 1);
    assert_int_equal(stats(&b).flashed_permille, 1000);
    bench_close(&b);
}

/* A letter's neighbours darken a little when it is drawn, though they are never driven. */
static void edges_leave_ghosts_around_them(void **state)
{
    struct bench b;

    (void)state;
    bench_open(&b, "plain");
    memset(b.frame, WHITE, sizeof b.frame);
    b.frame[20 * WIDTH + 20] = BLACK;
    assert_int_equal(start(&b, whole, KITE_WAVEFORM_GL16, KITE_UPDATE_PARTIAL), KITE_OK);
    kite_panel_model_view(b.model, 1000, b.view, WIDTH);
    assert_true(b.view[20 * WIDTH + 21] < WHITE && b.view[20 * WIDTH + 21] > WHITE - 10);
    assert_int_equal(b.view[20 * WIDTH + 22], WHITE);
    bench_close(&b);
}

static void a_flash_is_seen_as_its_phases(void **state)
{
    struct bench b;

    (void)state;
    bench_open(&b, "plain");
    memset(b.frame, WHITE, sizeof b.frame);
    assert_int_equal(start(&b, whole, KITE_WAVEFORM_GC16, KITE_UPDATE_FULL), KITE_OK);
    kite_panel_model_view(b.model, 225, b.view, WIDTH);
    assert_true(shows(&b, 5, 5, BLACK));
    kite_panel_model_view(b.model, 450, b.view, WIDTH);
    assert_true(shows(&b, 5, 5, WHITE));
    bench_close(&b);
}

static void a_soft_update_is_seen_on_its_straight_way(void **state)
{
    struct bench b;

    (void)state;
    bench_open(&b, "plain");
    assert_int_equal(start(&b, whole, KITE_WAVEFORM_GL16, KITE_UPDATE_PARTIAL), KITE_OK);
    kite_panel_model_view(b.model, 225, b.view, WIDTH);
    assert_true(b.view[0] > 100 && b.view[0] < 155);
    bench_close(&b);
}

static void an_overlap_is_held_and_started_as_auto(void **state)
{
    struct bench b;

    (void)state;
    bench_open(&b, "plain");
    assert_int_equal(
        start(&b, (struct kite_rect){0, 0, 32, 32}, KITE_WAVEFORM_GL16, KITE_UPDATE_PARTIAL),
        KITE_OK);
    b.now_ms = 100;
    memset(b.frame, GRAY, sizeof b.frame);
    assert_int_equal(
        start(&b, (struct kite_rect){16, 0, 32, 32}, KITE_WAVEFORM_DU, KITE_UPDATE_PARTIAL),
        KITE_OK);
    memset(b.frame, WHITE, sizeof b.frame); /* the held one has its pixels */
    assert_int_equal(stats(&b).collisions, 1);
    assert_int_equal(stats(&b).updates, 1);
    assert_int_equal(kite_panel_model_step(b.model, 449), 450);
    assert_int_equal(kite_panel_model_step(b.model, 450), 900);
    kite_panel_model_view(b.model, 900, b.view, WIDTH);
    /* DU would have left gray alone. */
    assert_true(shows(&b, 40, 5, GRAY));
    assert_true(shows(&b, 20, 5, GRAY));
    assert_true(shows(&b, 5, 5, BLACK));
    assert_int_equal(stats(&b).updates, 2);
    assert_int_equal(stats(&b).busy_ms, 900);
    bench_close(&b);
}

static void a_newer_held_update_replaces_one_it_covers(void **state)
{
    struct bench b;

    (void)state;
    bench_open(&b, "plain");
    assert_int_equal(start(&b, whole, KITE_WAVEFORM_GL16, KITE_UPDATE_PARTIAL), KITE_OK);
    for (int i = 0; i < 100; i++)
        assert_int_equal(start(&b, whole, KITE_WAVEFORM_GL16, KITE_UPDATE_PARTIAL), KITE_OK);
    assert_int_equal(stats(&b).collisions, 100);
    kite_panel_model_step(b.model, 5000);
    assert_int_equal(stats(&b).updates, 2);
    bench_close(&b);
}

static void a_full_update_waits_where_it_must_be_alone(void **state)
{
    static const struct kite_rect left = {0, 0, 32, 48}, right = {32, 0, 32, 48};
    struct bench b;

    (void)state;
    bench_open(&b, "plain");
    assert_int_equal(start(&b, left, KITE_WAVEFORM_GL16, KITE_UPDATE_PARTIAL), KITE_OK);
    assert_int_equal(start(&b, right, KITE_WAVEFORM_GC16, KITE_UPDATE_FULL), KITE_OK);
    assert_int_equal(stats(&b).updates, 1);
    assert_int_equal(stats(&b).collisions, 0);
    assert_int_equal(kite_panel_model_step(b.model, 450), 900);
    bench_close(&b);
    bench_open(&b, "hwtcon");
    assert_int_equal(start(&b, left, KITE_WAVEFORM_GL16, KITE_UPDATE_PARTIAL), KITE_OK);
    assert_int_equal(start(&b, right, KITE_WAVEFORM_GC16, KITE_UPDATE_FULL), KITE_OK);
    assert_int_equal(stats(&b).updates, 2);
    bench_close(&b);
}

static void unfit_updates_are_refused(void **state)
{
    static const struct kite_rect unfit[] = {
        {4, 0, 16, 16},  {0, 4, 16, 16},  {0, 0, 12, 16},        {0, 0, 16, 12},
        {0, 0, 0, 16},   {0, 0, 16, 1},   {-8, 0, 16, 16},       {56, 0, 16, 16},
        {0, 40, 16, 16}, {64, 0, 16, 16}, {0, 0, INT32_MAX, 16}, {8, 8, 8, INT32_MAX},
    };
    struct bench b;

    (void)state;
    bench_open(&b, "mxcfb-1");
    for (size_t i = 0; i < sizeof unfit / sizeof unfit[0]; i++)
        assert_int_equal(start(&b, unfit[i], KITE_WAVEFORM_DU, KITE_UPDATE_PARTIAL), KITE_E_RANGE);
    assert_int_equal(start(&b, whole, KITE_WAVEFORM_GL16, KITE_UPDATE_PARTIAL), KITE_E_UNSUPPORTED);
    assert_int_equal(start(&b, whole, KITE_WAVEFORM_COUNT, KITE_UPDATE_PARTIAL),
                     KITE_E_UNSUPPORTED);
    assert_int_equal(stats(&b).updates, 0);
    bench_close(&b);
}

static void cold_is_slow_and_leaves_more(void **state)
{
    struct bench b;
    uint32_t warm;

    (void)state;
    bench_open(&b, "plain");
    show(&b, BLACK, KITE_WAVEFORM_GL16, KITE_UPDATE_PARTIAL);
    warm = stats(&b).mean_millilevels;
    bench_close(&b);
    bench_open(&b, "plain");
    kite_panel_model_temperature(b.model, -40);
    show(&b, BLACK, KITE_WAVEFORM_GL16, KITE_UPDATE_PARTIAL);
    assert_true(stats(&b).mean_millilevels > warm);
    assert_int_equal(stats(&b).busy_ms, 990);
    assert_int_equal(start(&b, whole, KITE_WAVEFORM_A2, KITE_UPDATE_PARTIAL), KITE_E_UNSUPPORTED);
    bench_close(&b);
}

static void four_levels_are_rounded_to(void **state)
{
    struct bench b;

    (void)state;
    bench_open(&b, "spi");
    show(&b, 0x66, KITE_WAVEFORM_GL16, KITE_UPDATE_PARTIAL);
    assert_true(shows(&b, 5, 5, 0x55));
    bench_close(&b);
}

static void memory_may_fail_anywhere(void **state)
{
    (void)state;
    for (uint64_t fail_at = 1; fail_at <= 3; fail_at++) {
        struct check_memory counted = {.fail_at = fail_at};
        struct kite_memory mem = check_memory(&counted);
        struct kite_panel_model *model;
        uint8_t frame[HEIGHT * WIDTH] = {0};
        struct kite_panel_pixels source = {frame, WIDTH, HEIGHT, WIDTH};
        struct kite_update update = {.rect = whole, .waveform = KITE_WAVEFORM_DU};
        enum kite_status status =
            kite_panel_model_create(&mem, kite_panel_kind_at(0), WIDTH, HEIGHT, &model);

        assert_int_equal(status, fail_at < 3 ? KITE_E_NOMEM : KITE_OK);
        if (status == KITE_OK) {
            struct kite_panel_model_stats after;

            assert_int_equal(kite_panel_model_start(model, &update, &source, 0), KITE_OK);
            assert_int_equal(kite_panel_model_start(model, &update, &source, 0), KITE_E_NOMEM);
            kite_panel_model_stats(model, &after);
            assert_int_equal(after.collisions, 0);
        }
        kite_panel_model_destroy(model);
        assert_int_equal(counted.blocks, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(du_leaves_gray_targets),
        cmocka_unit_test(du4_reaches_four_levels),
        cmocka_unit_test(a2_moves_only_between_black_and_white),
        cmocka_unit_test(init_shows_white_whatever_is_asked),
        cmocka_unit_test(ghosts_order_the_waveforms),
        cmocka_unit_test(only_a_full_update_frees_what_stays_white),
        cmocka_unit_test(edges_leave_ghosts_around_them),
        cmocka_unit_test(a_flash_is_seen_as_its_phases),
        cmocka_unit_test(a_soft_update_is_seen_on_its_straight_way),
        cmocka_unit_test(an_overlap_is_held_and_started_as_auto),
        cmocka_unit_test(a_newer_held_update_replaces_one_it_covers),
        cmocka_unit_test(a_full_update_waits_where_it_must_be_alone),
        cmocka_unit_test(unfit_updates_are_refused),
        cmocka_unit_test(cold_is_slow_and_leaves_more),
        cmocka_unit_test(four_levels_are_rounded_to),
        cmocka_unit_test(memory_may_fail_anywhere),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
