/* Inside the panel model: its pixels, what runs, and the rules of the waveforms. */
#ifndef KITE_PANEL_MODEL_H
#define KITE_PANEL_MODEL_H

#include "panel/panel.h"

#define RESIDUE_PER_LEVEL 32 /* so that a signed byte holds almost 4 levels */
#define WHITE 15
#define FLIGHTS_MOST 64
#define FLASH_LEAST_PX 64 /* in one update, to be counted as a flash */

struct pixel {
    uint8_t levels; /* low half: shown, high half: to be shown when its flight ends */
    int8_t residue; /* lighter than the level is positive */
    uint8_t flight; /* low bits: 1 + index of the flight that drives it, or 0 */
};
#define PIXEL_FLIGHT 0x7f
#define PIXEL_STAINED 0x80 /* in pixel.flight: left at another level than asked */

struct flight {
    struct kite_rect rect;
    enum kite_waveform waveform;
    bool is_used, is_full;
    int64_t start_ms, end_ms;
    uint16_t ghost_percent;
};

/* An update that waits, with its pixels. */
struct held {
    struct kite_rect rect;
    uint8_t *pixels; /* [height * width] */
    enum kite_waveform waveform;
    enum kite_update_mode mode;
};

struct kite_panel_model {
    struct kite_memory mem;
    const struct kite_panel_kind *kind;
    int32_t width_px, height_px;
    int temperature_c;
    struct pixel *pixels;
    struct flight flights[FLIGHTS_MOST];
    struct held held[FLIGHTS_MOST];
    size_t held_count;
    int64_t now_ms, busy_until_ms;
    uint64_t flashed_px;
    struct kite_panel_model_stats stats; /* the counting part */
};

/* How one waveform treats a pixel that it drives, and that pixel's neighbours. */
struct model_rule {
    uint16_t keep_256;                    /* share of the old residue that stays */
    uint16_t lighter_256, darker_256;     /* share of the way that is left undone */
    int8_t spread_lighter, spread_darker; /* added to the residue of a neighbour left alone */
    uint8_t leg_count; /* 1: straight; 3: over the negatives; 4: black and white twice */
};
extern const struct model_rule kite_model_rules[KITE_WAVEFORM_COUNT];

/* Whether an update drives a pixel; *to may change (INIT). */
bool kite_model_drives(enum kite_waveform waveform, bool is_full, int from, int *to);
/* The level, in 1/256, that a driven pixel shows when progress_256 of its time has passed. */
int32_t kite_model_on_way(enum kite_waveform waveform, int from, int to, int32_t progress_256);
/* Whether such a way is seen as a flash: it is a whole contrast longer than it need be. */
bool kite_model_flashes(enum kite_waveform waveform, int from, int to);
/* Residue of a driven pixel when it arrives. */
int8_t kite_model_residue(const struct model_rule *rule, int from, int to, int residue,
                          int ghost_percent);
/* Residue that a pixel left alone has after a neighbour went from one level to another. */
int8_t kite_model_spread(const struct model_rule *rule, int from, int to, int residue);

#endif
