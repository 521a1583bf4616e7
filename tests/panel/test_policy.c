/* The policy: which waveform for which intent and content, what is merged, aligned, kept apart and
 * cleaned when. What is claimed of the screen is looked at on the panel model. */
#include "panel/shown.h"

/* ---- intents and content -------------------------------------------------------------------- */

struct intent_row {
    const char *kind;
    enum kite_intent intent;
    uint8_t gray;
    bool is_night;
    enum kite_waveform waveform;
    enum kite_update_mode mode;
};

static void waveform_follows_intent_and_content(void **state)
{
    static const struct intent_row rows[] = {
        {"plain", KITE_INTENT_FEEDBACK, BLACK, false, KITE_WAVEFORM_DU, KITE_UPDATE_PARTIAL},
        {"plain", KITE_INTENT_FEEDBACK, GRAY, false, KITE_WAVEFORM_DU, KITE_UPDATE_PARTIAL},
        {"plain", KITE_INTENT_INTERFACE, BLACK, false, KITE_WAVEFORM_DU, KITE_UPDATE_PARTIAL},
        {"plain", KITE_INTENT_INTERFACE, 0x55, false, KITE_WAVEFORM_DU4, KITE_UPDATE_PARTIAL},
        {"spi", KITE_INTENT_INTERFACE, 0x55, false, KITE_WAVEFORM_GL16, KITE_UPDATE_PARTIAL},
        {"plain", KITE_INTENT_INTERFACE, GRAY, false, KITE_WAVEFORM_GL16, KITE_UPDATE_PARTIAL},
        {"plain", KITE_INTENT_PAGE_TEXT, BLACK, false, KITE_WAVEFORM_GL16, KITE_UPDATE_PARTIAL},
        {"mxcfb-1", KITE_INTENT_PAGE_TEXT, BLACK, false, KITE_WAVEFORM_GC16, KITE_UPDATE_PARTIAL},
        {"mxcfb-2", KITE_INTENT_PAGE_TEXT, BLACK, false, KITE_WAVEFORM_GLR16, KITE_UPDATE_PARTIAL},
        {"mxcfb-2", KITE_INTENT_PAGE_TEXT, WHITE, true, KITE_WAVEFORM_GLKW16, KITE_UPDATE_PARTIAL},
        {"plain", KITE_INTENT_CLEAN_REGION, BLACK, false, KITE_WAVEFORM_GC16, KITE_UPDATE_FULL},
        {"mxcfb-2", KITE_INTENT_CLEAN_REGION, WHITE, true, KITE_WAVEFORM_GCK16, KITE_UPDATE_FULL},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct intent_row *row = &rows[i];
        struct shown s;
        struct kite_update update;

        shown_open(&s, row->kind, row->is_night);
        shown_fill(&s, (struct kite_rect){32, 32, 64, 32}, row->gray);
        shown_change(&s, (struct kite_rect){32, 32, 64, 32}, row->intent);
        assert_true(shown_take(&s, &update));
        assert_int_equal(update.waveform, row->waveform);
        assert_int_equal(update.mode, row->mode);
        assert_int_equal(update.intent, row->intent);
        shown_close(&s);
    }
}

static void an_unknown_state_begins_with_init_and_all_of_the_frame(void **state)
{
    struct shown s;
    struct kite_update update;

    (void)state;
    shown_open(&s, "plain", false);
    shown_fill(&s, all, BLACK);
    kite_policy_forget(s.policy);
    shown_change(&s, (struct kite_rect){0, 0, 16, 16}, KITE_INTENT_FEEDBACK);
    assert_true(shown_take(&s, &update));
    assert_int_equal(update.waveform, KITE_WAVEFORM_INIT);
    assert_int_equal(update.rect.width, WIDTH);
    assert_false(shown_take(&s, &update));
    s.now_ms += 2000;
    assert_true(shown_take(&s, &update));
    assert_int_equal(update.rect.width * update.rect.height, WIDTH * HEIGHT);
    shown_close(&s);
}

/* Feedback on gray letters: at once in black and white, and right soon after. */
static void feedback_on_gray_is_set_right(void **state)
{
    struct shown s;
    struct kite_update update;
    struct kite_rect key = {32, 32, 64, 32};

    (void)state;
    shown_open(&s, "plain", false);
    shown_fill(&s, key, BLACK);
    shown_fill(&s, (struct kite_rect){40, 40, 8, 8}, GRAY);
    shown_change(&s, key, KITE_INTENT_FEEDBACK);
    assert_true(shown_take(&s, &update));
    assert_int_equal(update.waveform, KITE_WAVEFORM_DU);
    assert_true(update.duration_ms <= 260);
    assert_false(shown_take(&s, &update));
    shown_settle(&s);
    assert_true(shown_is_frame(&s));
    shown_close(&s);
}

/* A2 starts from what is known to be black and white only: the first step is a DU. */
static void motion_enters_a2_from_black_and_white(void **state)
{
    struct kite_rect box = {32, 32, 64, 64};
    struct kite_update update;
    struct shown s;

    (void)state;
    shown_open(&s, "plain", false);
    shown_fill(&s, box, GRAY);
    shown_change(&s, box, KITE_INTENT_PAGE_TEXT);
    shown_settle(&s);
    shown_fill(&s, box, BLACK);
    shown_change(&s, box, KITE_INTENT_MOTION);
    assert_true(shown_take(&s, &update));
    assert_int_equal(update.waveform, KITE_WAVEFORM_DU);
    s.now_ms += 260;
    shown_fill(&s, box, WHITE);
    shown_change(&s, box, KITE_INTENT_MOTION);
    assert_true(shown_take(&s, &update));
    assert_int_equal(update.waveform, KITE_WAVEFORM_A2);
    shown_settle(&s);
    assert_true(shown_is_frame(&s));
    shown_close(&s);
}

static void motion_on_strong_ghosts_or_in_the_cold_is_du(void **state)
{
    struct kite_policy_state cold = {.temperature_c = -5};
    struct kite_rect box = {32, 32, 64, 64};
    struct kite_update update = {.waveform = KITE_WAVEFORM_A2};
    struct shown s;

    (void)state;
    shown_open(&s, "plain", false);
    for (int i = 0; i < 20 && update.waveform == KITE_WAVEFORM_A2; i++) {
        shown_fill(&s, box, i % 2 ? WHITE : BLACK);
        shown_change(&s, box, KITE_INTENT_MOTION);
        assert_true(shown_take(&s, &update));
        s.now_ms += update.duration_ms;
    }
    assert_int_equal(update.waveform, KITE_WAVEFORM_DU);
    shown_settle(&s);
    kite_policy_set(s.policy, &cold);
    shown_fill(&s, box, GRAY - 1);
    shown_change(&s, box, KITE_INTENT_CLEAN_REGION);
    shown_settle(&s);
    shown_fill(&s, box, WHITE);
    shown_change(&s, box, KITE_INTENT_MOTION);
    assert_true(shown_take(&s, &update));
    assert_int_equal(update.waveform, KITE_WAVEFORM_DU);
    assert_int_equal(update.duration_ms, 570);
    shown_close(&s);
}

/* On ghosts a picture is cleaned as it comes, and with it all of its page that has gathered some:
 * in one flash, of one update. */
static void a_page_with_a_picture_on_ghosts_flashes_once(void **state)
{
    struct kite_policy_state cleaner = {.setting = KITE_POLICY_CLEANER, .temperature_c = 23};
    struct kite_policy_debt debt;
    struct kite_update update;
    struct shown s;

    (void)state;
    shown_open(&s, "plain", false);
    kite_policy_set(s.policy, &cleaner);
    for (int i = 0; i == 0 || debt.worst < 30; i++) {
        shown_letters(&s, all, i);
        shown_change(&s, all, KITE_INTENT_PAGE_TEXT);
        assert_true(shown_take(&s, &update));
        assert_int_equal(update.mode, KITE_UPDATE_PARTIAL);
        shown_settle(&s);
        kite_policy_debt(s.policy, &debt);
    }
    shown_letters(&s, all, 100);
    shown_fill(&s, (struct kite_rect){64, 64, 96, 64}, GRAY);
    shown_change(&s, all, KITE_INTENT_PAGE_TEXT);
    assert_true(shown_take(&s, &update));
    assert_int_equal(update.mode, KITE_UPDATE_FULL);
    assert_int_equal(update.rect.width * update.rect.height, WIDTH * HEIGHT);
    assert_false(shown_take(&s, &update));
    shown_settle(&s);
    assert_true(shown_is_frame(&s));
    kite_policy_debt(s.policy, &debt);
    assert_true(debt.worst < 12);
    shown_close(&s);
}

/* Ghosts in two places: one flash, unless most of that would be for nothing. */
static void ghosts_of_one_pause_are_cleaned_by_one_flash(void **state)
{
    static const struct {
        struct kite_rect places[2];
        uint32_t flashes;
    } rows[] = {
        {{{0, 0, WIDTH, 32}, {0, 112, WIDTH, 40}}, 1},
        {{{0, 0, 32, 32}, {128, 112, 32, 32}}, 2},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        uint32_t before;
        struct shown s;

        shown_open(&s, "plain", false);
        for (int k = 0; k < 4; k++) {
            shown_fill(&s, rows[i].places[k % 2], k < 2 ? BLACK : WHITE);
            shown_change(&s, rows[i].places[k % 2], KITE_INTENT_FEEDBACK);
            shown_settle(&s);
        }
        before = shown_stats(&s).flashes;
        kite_policy_pause(s.policy, KITE_PAUSE_MENU, s.now_ms);
        shown_settle(&s);
        assert_int_equal(shown_stats(&s).flashes - before, rows[i].flashes);
        shown_close(&s);
    }
}

static void a_picture_on_clean_paper_goes_with_the_text(void **state)
{
    struct kite_update update;
    struct shown s;

    (void)state;
    shown_open(&s, "plain", false);
    shown_letters(&s, all, 0);
    shown_fill(&s, (struct kite_rect){64, 64, 96, 64}, GRAY);
    shown_change(&s, (struct kite_rect){0, 0, 100, 20}, KITE_INTENT_PAGE_TEXT);
    shown_change(&s, all, KITE_INTENT_PAGE_TEXT);
    assert_true(shown_take(&s, &update));
    assert_int_equal(update.rect.width * update.rect.height, WIDTH * HEIGHT);
    assert_int_equal(update.mode, KITE_UPDATE_PARTIAL);
    assert_false(shown_take(&s, &update));
    shown_settle(&s);
    assert_true(shown_is_frame(&s));
    shown_close(&s);
}

/* ---- rectangles and time -------------------------------------------------------------------- */

static void rectangles_are_aligned_and_on_the_panel(void **state)
{
    static const struct kite_rect rects[] = {
        {3, 5, 1, 1},     {-50, -50, 60, 60}, {150, 140, 500, 500}, {0, 0, 1, 1},
        {168, 151, 1, 1}, {17, 15, 2, 2},     {500, 500, 10, 10},   {5, 5, 0, 9},
    };
    static const char *const kinds[] = {"plain", "hwtcon"};

    (void)state;
    for (size_t k = 0; k < 2; k++) {
        struct shown s;

        shown_open(&s, kinds[k], false);
        for (size_t i = 0; i < sizeof rects / sizeof rects[0]; i++) {
            shown_fill(&s, rects[i], i % 2 ? BLACK : GRAY);
            shown_change(&s, rects[i], KITE_INTENT_INTERFACE);
            shown_settle(&s); /* the model refuses what is not aligned */
            assert_true(shown_is_frame(&s));
        }
        shown_close(&s);
    }
}

static void changes_that_meet_go_as_the_strongest(void **state)
{
    struct kite_update update;
    struct shown s;

    (void)state;
    shown_open(&s, "plain", false);
    shown_letters(&s, all, 0);
    shown_change(&s, (struct kite_rect){32, 32, 32, 32}, KITE_INTENT_FEEDBACK);
    shown_change(&s, all, KITE_INTENT_PAGE_TEXT);
    assert_true(shown_take(&s, &update));
    assert_int_equal(update.intent, KITE_INTENT_PAGE_TEXT);
    assert_int_equal(update.rect.width, WIDTH);
    assert_false(shown_take(&s, &update));
    shown_close(&s);
}

/* Pages asked for while one is on its way: the last is shown, as one update, when the way is free.
 */
static void impatient_turns_become_one(void **state)
{
    struct kite_update update;
    struct shown s;
    int64_t start_ms;

    (void)state;
    shown_open(&s, "plain", false);
    start_ms = s.now_ms;
    for (int i = 0; i < 4; i++, s.now_ms += 100) {
        shown_letters(&s, all, i);
        shown_change(&s, all, KITE_INTENT_PAGE_TEXT);
        assert_int_equal(shown_take(&s, &update), i == 0);
        assert_false(shown_take(&s, &update));
        assert_int_equal(s.ask_ms, start_ms + 450);
    }
    s.now_ms = start_ms + 450;
    assert_true(shown_take(&s, &update));
    assert_int_equal(update.rect.width * update.rect.height, WIDTH * HEIGHT);
    shown_settle(&s);
    assert_true(shown_is_frame(&s));
    shown_close(&s);
}

static void a_late_controller_is_waited_for(void **state)
{
    struct kite_update update, next;
    struct shown s;

    (void)state;
    shown_open(&s, "plain", false);
    shown_letters(&s, all, 0);
    shown_change(&s, all, KITE_INTENT_PAGE_TEXT);
    assert_int_equal(kite_policy_next(s.policy, s.now_ms, &update, &s.ask_ms), KITE_OK);
    kite_policy_ends(s.policy, &update, s.now_ms + 900);
    shown_change(&s, all, KITE_INTENT_PAGE_TEXT);
    assert_int_equal(kite_policy_next(s.policy, s.now_ms + 500, &next, &s.ask_ms), KITE_DONE);
    assert_int_equal(s.ask_ms, s.now_ms + 900);
    kite_policy_ends(s.policy, &update, s.now_ms + 600);
    assert_int_equal(kite_policy_next(s.policy, s.now_ms + 600, &next, &s.ask_ms), KITE_OK);
    shown_close(&s);
}

/* Any rectangles at any time: nothing ever collides, and in the end the frame is shown. */
static void nothing_collides_whatever_is_asked(void **state)
{
    (void)state;
    for (size_t k = 0; kite_panel_kind_at(k); k++) {
        struct kite_update update;
        uint32_t seed = 1;
        struct shown s;

        shown_open(&s, kite_panel_kind_at(k)->name, false);
        for (int i = 0; i < 3000; i++) {
            struct kite_rect rect = {
                (int32_t)(shown_random(&seed) % WIDTH), (int32_t)(shown_random(&seed) % HEIGHT),
                (int32_t)(shown_random(&seed) % 80), (int32_t)(shown_random(&seed) % 80)};
            uint32_t gray = shown_random(&seed) % 3;

            shown_fill(&s, rect, gray == 0 ? BLACK : gray == 1 ? WHITE : GRAY);
            shown_change(&s, rect, (enum kite_intent)(1 + shown_random(&seed) % 6));
            if (shown_random(&seed) % 16 == 0)
                kite_policy_pause(s.policy, (enum kite_pause)(shown_random(&seed) % 4), s.now_ms);
            while (shown_take(&s, &update))
                continue;
            s.now_ms += shown_random(&seed) % 200;
        }
        shown_settle(&s);
        assert_true(shown_is_frame(&s));
        assert_int_equal(shown_stats(&s).collisions, 0);
        shown_close(&s);
    }
}

/* ---- debt ----------------------------------------------------------------------------------- */

static void debt_grows_where_ink_was_and_stays_below_the_cap(void **state)
{
    struct kite_rect half = {0, 0, WIDTH / 2, HEIGHT};
    struct kite_policy_debt debt;
    struct shown s;
    uint32_t before = 0;

    (void)state;
    shown_open(&s, "plain", false);
    for (int i = 0; i < 200; i++) {
        shown_letters(&s, half, i);
        shown_change(&s, all, KITE_INTENT_PAGE_TEXT);
        shown_settle(&s);
        kite_policy_debt(s.policy, &debt);
        assert_true(i > 2 || debt.worst > before);
        assert_true(debt.worst <= 76);
        before = debt.worst;
    }
    assert_true(shown_stats(&s).flashes > 2);
    assert_true(shown_stats(&s).flashes < 50);
    /* Only the half that was written on flashed. */
    assert_true(shown_stats(&s).flashed_permille <= shown_stats(&s).flashes * 560);
    assert_true(shown_stats(&s).worst_tile_millilevels < 800);
    shown_close(&s);
}

static uint32_t flashes_of(struct kite_policy_state policy_state, int pause)
{
    struct shown s;
    uint32_t flashes;

    shown_open(&s, "plain", policy_state.is_night);
    kite_policy_set(s.policy, &policy_state);
    for (int i = 0; i < 60; i++) {
        shown_letters(&s, all, i);
        shown_change(&s, all, KITE_INTENT_PAGE_TEXT);
        if (pause >= 0 && i % 5 == 4)
            kite_policy_pause(s.policy, (enum kite_pause)pause, s.now_ms);
        shown_settle(&s);
    }
    assert_true(shown_is_frame(&s));
    flashes = shown_stats(&s).flashes;
    shown_close(&s);
    return flashes;
}

static void settings_trade_flashes_for_ghosts(void **state)
{
    struct kite_policy_state calmer = {.temperature_c = 23};
    struct kite_policy_state cleaner = calmer, cold = calmer, low = calmer;

    (void)state;
    cleaner.setting = low.setting = KITE_POLICY_CLEANER;
    low.is_battery_low = true;
    cold.temperature_c = -10;
    assert_true(flashes_of(calmer, -1) < flashes_of(cleaner, -1));
    assert_true(flashes_of(calmer, -1) < flashes_of(cold, -1));
    assert_int_equal(flashes_of(low, -1), flashes_of(calmer, -1));
    assert_true(flashes_of(low, KITE_PAUSE_IDLE) < flashes_of(cleaner, KITE_PAUSE_IDLE));
    assert_true(flashes_of(calmer, KITE_PAUSE_SLEEP) > flashes_of(calmer, KITE_PAUSE_CHAPTER));
}

static void a_pause_cleans_what_is_dirty_alone(void **state)
{
    struct kite_rect menu = {32, 32, 64, 64};
    struct kite_panel_model_stats before, after;
    struct kite_policy_debt debt;
    struct shown s;

    (void)state;
    shown_open(&s, "plain", false);
    for (int i = 0; i < 2; i++) {
        shown_fill(&s, menu, i % 2 ? WHITE : BLACK);
        shown_change(&s, menu, KITE_INTENT_FEEDBACK);
        shown_settle(&s);
    }
    before = shown_stats(&s);
    kite_policy_pause(s.policy, KITE_PAUSE_MENU, s.now_ms);
    shown_settle(&s);
    after = shown_stats(&s);
    assert_true(before.worst_tile_millilevels > 300);
    assert_true(after.worst_tile_millilevels < before.worst_tile_millilevels / 4);
    assert_int_equal(after.flashes, before.flashes + 1);
    assert_int_equal(after.flashed_permille - before.flashed_permille,
                     64 * 64 * 1000 / (WIDTH * HEIGHT));
    kite_policy_debt(s.policy, &debt);
    assert_true(debt.worst < 16);
    kite_policy_pause(s.policy, KITE_PAUSE_MENU, s.now_ms);
    shown_settle(&s);
    assert_int_equal(shown_stats(&s).flashes, after.flashes);
    shown_close(&s);
}

/* No pause and no page comes: ghosts of feedback alone are cleaned when it has come to rest. */
static void feedback_without_end_stays_below_the_cap(void **state)
{
    struct kite_rect key = {32, 32, 64, 32};
    struct kite_policy_debt debt;
    struct shown s;

    (void)state;
    shown_open(&s, "plain", false);
    for (int i = 0; i < 50; i++) {
        shown_fill(&s, key, i % 2 ? WHITE : BLACK);
        shown_change(&s, key, i % 3 ? KITE_INTENT_FEEDBACK : KITE_INTENT_MOTION);
        shown_settle(&s);
        kite_policy_debt(s.policy, &debt);
        assert_true(debt.worst <= 76);
        assert_true(shown_stats(&s).worst_tile_millilevels < 2000);
    }
    shown_close(&s);
}

static void what_did_not_change_gathers_no_debt(void **state)
{
    struct kite_policy_debt before, after;
    struct shown s;

    (void)state;
    shown_open(&s, "plain", false);
    shown_letters(&s, all, 1);
    shown_change(&s, all, KITE_INTENT_PAGE_TEXT);
    shown_settle(&s);
    kite_policy_debt(s.policy, &before);
    for (int i = 0; i < 20; i++) {
        shown_change(&s, all, KITE_INTENT_PAGE_TEXT);
        shown_settle(&s);
    }
    kite_policy_debt(s.policy, &after);
    assert_int_equal(after.worst, before.worst);
    shown_close(&s);
}

/* A bar that moves within its tile leaves as much ink there as before, and its ghost. */
static void rows_that_change_places_gather_debt(void **state)
{
    struct kite_policy_debt before, after;
    struct shown s;

    (void)state;
    shown_open(&s, "plain", false);
    shown_fill(&s, all, WHITE);
    shown_change(&s, all, KITE_INTENT_PAGE_TEXT);
    shown_settle(&s);
    for (int32_t y = 0; y < 4; y++) {
        shown_fill(&s, (struct kite_rect){32, 32, 64, 16}, WHITE);
        shown_fill(&s, (struct kite_rect){32, 33 + 8 * (y % 2), 64, 5}, BLACK);
        kite_policy_debt(s.policy, &before);
        shown_change(&s, (struct kite_rect){32, 32, 64, 16}, KITE_INTENT_PAGE_TEXT);
        shown_settle(&s);
        kite_policy_debt(s.policy, &after);
        assert_true(after.worst > before.worst);
    }
    shown_close(&s);
}

static void going_to_night_cleans_all(void **state)
{
    struct kite_policy_state night = {.temperature_c = 23, .is_night = true};
    struct kite_update update;
    struct shown s;

    (void)state;
    shown_open(&s, "mxcfb-2", false);
    shown_letters(&s, all, 1);
    shown_change(&s, all, KITE_INTENT_PAGE_TEXT);
    shown_settle(&s);
    kite_policy_set(s.policy, &night);
    shown_invert(&s);
    shown_change(&s, (struct kite_rect){0, 0, 8, 8}, KITE_INTENT_PAGE_TEXT);
    assert_true(shown_take(&s, &update));
    assert_int_equal(update.waveform, KITE_WAVEFORM_GCK16);
    assert_int_equal(update.rect.width * update.rect.height, WIDTH * HEIGHT);
    shown_settle(&s);
    assert_true(shown_is_frame(&s));
    shown_close(&s);
}

/* ---- memory --------------------------------------------------------------------------------- */

static void memory_is_small_and_may_fail(void **state)
{
    struct check_memory counted = {.fail_at = 0};
    struct kite_memory mem = check_memory(&counted);
    const struct kite_panel_kind *kind = kite_panel_kind_at(0);
    struct kite_policy_debt debt;
    struct kite_policy *policy;

    (void)state;
    assert_int_equal(kite_policy_create(&mem, kind, 1072, 1448, &policy), KITE_OK);
    kite_policy_debt(policy, &debt);
    assert_int_equal(debt.bytes, counted.largest);
    assert_true(debt.bytes <= 32 * 1024);
    assert_int_equal(counted.calls, 1);
    kite_policy_destroy(policy);
    assert_int_equal(counted.blocks, 0);
    counted.fail_at = 1;
    assert_int_equal(kite_policy_create(&mem, kind, 1072, 1448, &policy), KITE_E_NOMEM);
    assert_null(policy);
    assert_int_equal(kite_policy_create(&mem, kind, 16, 800, &policy), KITE_E_RANGE);
    assert_int_equal(kite_policy_create(&mem, kind, 800, 8193, &policy), KITE_E_RANGE);
    kite_policy_destroy(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(waveform_follows_intent_and_content),
        cmocka_unit_test(an_unknown_state_begins_with_init_and_all_of_the_frame),
        cmocka_unit_test(feedback_on_gray_is_set_right),
        cmocka_unit_test(motion_enters_a2_from_black_and_white),
        cmocka_unit_test(motion_on_strong_ghosts_or_in_the_cold_is_du),
        cmocka_unit_test(a_page_with_a_picture_on_ghosts_flashes_once),
        cmocka_unit_test(ghosts_of_one_pause_are_cleaned_by_one_flash),
        cmocka_unit_test(a_picture_on_clean_paper_goes_with_the_text),
        cmocka_unit_test(rectangles_are_aligned_and_on_the_panel),
        cmocka_unit_test(changes_that_meet_go_as_the_strongest),
        cmocka_unit_test(impatient_turns_become_one),
        cmocka_unit_test(a_late_controller_is_waited_for),
        cmocka_unit_test(nothing_collides_whatever_is_asked),
        cmocka_unit_test(debt_grows_where_ink_was_and_stays_below_the_cap),
        cmocka_unit_test(settings_trade_flashes_for_ghosts),
        cmocka_unit_test(a_pause_cleans_what_is_dirty_alone),
        cmocka_unit_test(feedback_without_end_stays_below_the_cap),
        cmocka_unit_test(what_did_not_change_gathers_no_debt),
        cmocka_unit_test(rows_that_change_places_gather_debt),
        cmocka_unit_test(going_to_night_cleans_all),
        cmocka_unit_test(memory_is_small_and_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
