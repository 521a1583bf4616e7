/* A policy with a panel model behind it, and a frame to draw in. */
#ifndef KITE_TESTS_SHOWN_H
#define KITE_TESTS_SHOWN_H

#include <string.h>

#include "check.h"

#include "panel/panel.h"

#define WIDTH 169 /* one px behind the last whole tile of 8 */
#define HEIGHT 152
#define BLACK 0x00
#define GRAY 0x77
#define WHITE 0xff

static const struct kite_rect all = {0, 0, WIDTH, HEIGHT};

struct shown {
    struct check_memory counted;
    struct kite_memory mem;
    struct kite_policy *policy;
    struct kite_panel_model *model;
    uint8_t frame[HEIGHT * WIDTH], view[HEIGHT * WIDTH];
    bool is_night;
    int64_t now_ms, ask_ms;
};

static inline struct kite_panel_pixels shown_pixels(const struct shown *s)
{
    return (struct kite_panel_pixels){s->frame, WIDTH, HEIGHT, WIDTH};
}

/* Take the policy's next update and give it to the model; false when there is none now. */
static inline bool shown_take(struct shown *s, struct kite_update *update)
{
    struct kite_panel_pixels frame = shown_pixels(s);

    if (kite_policy_next(s->policy, s->now_ms, update, &s->ask_ms) != KITE_OK)
        return false;
    assert_int_equal(kite_panel_model_start(s->model, update, &frame, s->now_ms), KITE_OK);
    return true;
}

/* Let all that is queued be shown. */
static inline void shown_settle(struct shown *s)
{
    struct kite_update update;

    for (;;) {
        while (shown_take(s, &update))
            continue;
        if (s->ask_ms == KITE_NEVER_MS) {
            kite_panel_model_step(s->model, s->now_ms);
            return;
        }
        assert_true(s->ask_ms > s->now_ms);
        s->now_ms = s->ask_ms;
    }
}

static inline void shown_change(struct shown *s, struct kite_rect rect, enum kite_intent intent)
{
    struct kite_panel_pixels frame = shown_pixels(s);
    struct kite_change change = {rect, intent};

    assert_int_equal(kite_policy_show(s->policy, &frame, &change, 1, s->now_ms), KITE_OK);
}

static inline void shown_fill(struct shown *s, struct kite_rect rect, uint8_t gray)
{
    struct kite_rect r = kite_rect_intersect(rect, all);

    for (int32_t y = r.y; y < r.y + r.height; y++)
        for (int32_t x = r.x; x < r.x + r.width; x++)
            s->frame[y * WIDTH + x] = gray;
}

static inline uint32_t shown_random(uint32_t *seed)
{
    *seed = *seed * 1664525u + 1013904223u;
    return *seed >> 8;
}

/* Strokes with soft edges on paper, like letters: about an eighth of it is ink. */
static inline void shown_letters(struct shown *s, struct kite_rect rect, int page)
{
    uint32_t seed = (uint32_t)page * 7919u + 1;
    uint8_t paper = s->is_night ? BLACK : WHITE;

    shown_fill(s, all, paper);
    for (int32_t y = rect.y + 2; y + 8 < rect.y + rect.height; y += 12) {
        for (int32_t x = rect.x + 2; x + 4 < rect.x + rect.width; x += 5) {
            int32_t tall = (int32_t)(shown_random(&seed) % 9);

            shown_fill(s, (struct kite_rect){x, y, 1, tall}, (uint8_t)(paper ^ 0xff));
            shown_fill(s, (struct kite_rect){x + 1, y, 1, tall}, 0x88);
        }
    }
}

static inline void shown_invert(struct shown *s)
{
    s->is_night = !s->is_night;
    for (size_t i = 0; i < sizeof s->frame; i++)
        s->frame[i] ^= 0xff;
}

/* Every pixel as the frame has it, but for ghosts. */
static inline bool shown_is_frame(struct shown *s)
{
    struct kite_panel_model_stats stats;

    kite_panel_model_view(s->model, s->now_ms, s->view, WIDTH);
    kite_panel_model_stats(s->model, &stats);
    for (size_t i = 0; i < sizeof s->frame; i++)
        if (abs(s->view[i] - (s->frame[i] >> 4) * 17) > 68)
            return false;
    return stats.stained_px == 0;
}

static inline struct kite_panel_model_stats shown_stats(const struct shown *s)
{
    struct kite_panel_model_stats stats;

    kite_panel_model_stats(s->model, &stats);
    return stats;
}

/* A panel that shows empty paper, free of ghosts. */
static inline void shown_open(struct shown *s, const char *name, bool is_night)
{
    const struct kite_panel_kind *kind = kite_panel_kind_named(name);
    struct kite_policy_state state = {.temperature_c = 23, .is_night = is_night};

    assert_non_null(kind);
    memset(s, 0, sizeof *s);
    s->mem = check_memory(&s->counted);
    s->is_night = is_night;
    assert_int_equal(kite_panel_model_create(&s->mem, kind, WIDTH, HEIGHT, &s->model), KITE_OK);
    assert_int_equal(kite_policy_create(&s->mem, kind, WIDTH, HEIGHT, &s->policy), KITE_OK);
    kite_policy_set(s->policy, &state);
    shown_fill(s, all, is_night ? BLACK : WHITE);
    shown_change(s, all, KITE_INTENT_CLEAN_ALL);
    shown_settle(s);
    assert_true(shown_is_frame(s));
}

static inline void shown_close(struct shown *s)
{
    kite_policy_destroy(s->policy);
    kite_panel_model_destroy(s->model);
    assert_int_equal(s->counted.blocks, 0);
}

#endif
