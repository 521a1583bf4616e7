/* panel: when and how an e-ink panel is refreshed. The policy turns "these rectangles changed, for
 * this reason" into updates that a controller can run one by one without a collision, and pays off
 * ghosts where they are and when it disturbs least. The panel model shows what such updates would
 * look like; tests and the emulator use it. No clock and no screen: time is an argument, in ms, and
 * pixels belong to the caller. */
#ifndef KITE_PANEL_H
#define KITE_PANEL_H

#include "base/base.h"

/* 8-bit gray, 0 black, rows from the top, at least width_px bytes from row to row; lent for the
 * call. */
struct kite_panel_pixels {
    const uint8_t *pixels;
    int32_t width_px, height_px, stride_bytes;
};

/* ---- kinds of panel: data ------------------------------------------------------------------- */

/* What a waveform does to a pixel. PARTIAL drives the pixels whose level changes, FULL drives all
 * in the rectangle. */
enum kite_waveform {
    KITE_WAVEFORM_INIT = 0, /* any to white, whatever was there */
    KITE_WAVEFORM_DU,    /* any to black or white; a pixel whose target is gray is left as it was */
    KITE_WAVEFORM_DU4,   /* any to four levels; other targets are left as they were */
    KITE_WAVEFORM_A2,    /* black or white to black or white; other pixels are left as they were */
    KITE_WAVEFORM_GC16,  /* any to any, over black and white */
    KITE_WAVEFORM_GL16,  /* any to any; white that stays white is never driven */
    KITE_WAVEFORM_GLR16, /* the same, by a driver that weakens ghosts (REAGL) */
    KITE_WAVEFORM_GCK16, /* GC16 for a black background */
    KITE_WAVEFORM_GLKW16, /* GL16 for a black background: black that stays black is never driven */
    KITE_WAVEFORM_COUNT
};
enum kite_update_mode { KITE_UPDATE_PARTIAL = 0, KITE_UPDATE_FULL };

/* How a panel behaves from one temperature to the next. */
struct kite_panel_band {
    int16_t from_c;                   /* up to the next band's */
    uint16_t ms[KITE_WAVEFORM_COUNT]; /* duration; 0: not to be used in this band */
    uint16_t ghost_percent;           /* ghosts left, of those at room temperature */
};

#define KITE_PANEL_BANDS 4

/* One kind of panel and controller. The numbers that a driver wants for a waveform are the device's
 * business. */
struct kite_panel_kind {
    const char *name;
    uint8_t levels;   /* 2, 4 or 16 */
    uint8_t align_px; /* 8 or 16: rectangles start and end at multiples, or at the panel's edge */
    uint8_t updates_most; /* that may run at once */
    bool is_full_alone;   /* a FULL update and any other never run at once */
    uint16_t lacks;       /* bit by enum kite_waveform: not to be used, whatever the bands say */
    const struct kite_panel_band *bands; /* [KITE_PANEL_BANDS], static; ascending from_c, and the
                                            first also holds below it */
};

/* The known kinds, by index from 0, or NULL past the last; and by name, or NULL. Static. The first
 * is the default. */
const struct kite_panel_kind *kite_panel_kind_at(size_t index);
const struct kite_panel_kind *kite_panel_kind_named(const char *name);
/* The band that holds a temperature. */
const struct kite_panel_band *kite_panel_band_at(const struct kite_panel_kind *kind,
                                                 int temperature_c);
/* How long a waveform takes in a band of its kind, or 0 where it is not to be used. */
uint16_t kite_panel_ms(const struct kite_panel_kind *kind, const struct kite_panel_band *band,
                       enum kite_waveform waveform);
const char *kite_waveform_name(enum kite_waveform waveform); /* "GL16"; static */

#define KITE_PANEL_MOST_PX 8192 /* wide or high */

/* ---- policy --------------------------------------------------------------------------------- */

/* Why a rectangle is shown, weakest first. Where several meet before they could be sent, the
 * strongest counts. */
enum kite_intent {
    KITE_INTENT_NONE = 0,
    KITE_INTENT_MOTION,       /* typing, dragging, scrolling: as fast as it goes, black and white */
    KITE_INTENT_FEEDBACK,     /* a key or a touch was heard */
    KITE_INTENT_INTERFACE,    /* menus, lists, dialogs */
    KITE_INTENT_PAGE_TEXT,    /* a page of a book */
    KITE_INTENT_PAGE_IMAGE,   /* a picture, where gray counts */
    KITE_INTENT_CLEAN_REGION, /* free this rectangle of ghosts */
    KITE_INTENT_CLEAN_ALL     /* the whole panel: after waking up, on the reader's wish */
};

struct kite_change {
    struct kite_rect rect; /* px; clipped to the panel; empty is nothing */
    enum kite_intent intent;
};

/* A moment in which a flash disturbs little. */
enum kite_pause {
    KITE_PAUSE_CHAPTER = 0, /* the page now shown starts a chapter */
    KITE_PAUSE_MENU,        /* a menu was closed */
    KITE_PAUSE_IDLE,        /* nobody has touched the device for long */
    KITE_PAUSE_SLEEP        /* what is shown now will stay */
};

/* What people choose, and what the device feels. All-zero but for the temperature is usual. */
struct kite_policy_state {
    enum {
        KITE_POLICY_CALMER = 0,
        KITE_POLICY_CLEANER
    } setting; /* fewer flashes, or fewer ghosts */
    int16_t temperature_c;
    bool is_battery_low; /* pauses clean only what calmer would, and idling nothing */
    bool is_night;       /* paper is black */
};

/* One update for the controller. */
struct kite_update {
    struct kite_rect rect; /* aligned, on the panel, wider and higher than 1 px */
    enum kite_waveform waveform;
    enum kite_update_mode mode;
    enum kite_intent intent; /* for which it was chosen */
    uint32_t duration_ms;    /* expected */
};

#define KITE_NEVER_MS INT64_MAX

struct kite_policy;

/* A policy for one panel, whose state is unknown until the first update. kind is static or outlives
 * it. It keeps five bytes for each 16x16 px tile, no pixels: under 32 KiB for 1072x1448.
 * KITE_E_RANGE for a size of 16 px or less, or above 8192; KITE_E_NOMEM. */
enum kite_status kite_policy_create(const struct kite_memory *mem,
                                    const struct kite_panel_kind *kind, int32_t width_px,
                                    int32_t height_px, struct kite_policy **out);
void kite_policy_destroy(struct kite_policy *policy); /* NULL is fine */

/* Take a new state. When is_night changes, the whole panel is cleaned with the next frame shown. */
void kite_policy_set(struct kite_policy *policy, const struct kite_policy_state *state);

/* What the panel shows is no longer known (power came back, another program drew on it): it goes to
 * white by INIT where that exists, and all of the frame follows. Updates in flight are
 * forgotten. */
void kite_policy_forget(struct kite_policy *policy);

/* The frame has changed in these rectangles; every pixel that differs from the frame shown before
 * must lie in one. The frame has the panel's size; it is read before the call returns. Until an
 * update is taken by kite_policy_next, later frames replace this one and the strongest intent
 * stays. KITE_E_RANGE when the sizes differ. */
enum kite_status kite_policy_show(struct kite_policy *policy, const struct kite_panel_pixels *frame,
                                  const struct kite_change *changes, size_t change_count,
                                  int64_t now_ms);

/* A pause: what has gathered ghosts above the setting's limit for such a pause is queued for
 * cleaning. To be called after the frame of that moment was shown. */
void kite_policy_pause(struct kite_policy *policy, enum kite_pause pause, int64_t now_ms);

/* The next update, to be handed to the controller now with the pixels of the last frame shown. To
 * be repeated until KITE_DONE; *ask_ms is then when to ask again: when an update in flight ends, or
 * KITE_NEVER_MS when nothing is queued or in flight (then it is safe to sleep). An update never
 * overlaps one that is in flight, and no more than the kind allows are. now_ms never goes back;
 * where it does, the latest counts. */
enum kite_status kite_policy_next(struct kite_policy *policy, int64_t now_ms,
                                  struct kite_update *out, int64_t *ask_ms);

/* The controller says when an update that was taken really ends: sooner (end_ms may be now) or
 * later than expected. Not needed where durations hold. */
void kite_policy_ends(struct kite_policy *policy, const struct kite_update *update, int64_t end_ms);

/* Ghost debt as the policy sees it, in 1/128 gray level of 16: of the worst tile, and over all
 * tiles. */
struct kite_policy_debt {
    uint32_t worst, mean;
    size_t bytes; /* held by the policy */
};
void kite_policy_debt(const struct kite_policy *policy, struct kite_policy_debt *out);

/* ---- panel model ---------------------------------------------------------------------------- */

/* A panel that behaves as the modes are described to behave. Three bytes a pixel: the level shown
 * and the level on its way, the residue left by all drives, and the update that drives it. How much
 * residue a drive leaves, and how much an update frees, are MODEL CONSTANTS (model_rules.c): chosen
 * to order the modes as their makers describe them and to look right, not measured on a device. */
struct kite_panel_model;

/* A panel that shows white, free of ghosts. */
enum kite_status kite_panel_model_create(const struct kite_memory *mem,
                                         const struct kite_panel_kind *kind, int32_t width_px,
                                         int32_t height_px, struct kite_panel_model **out);
void kite_panel_model_destroy(struct kite_panel_model *model); /* NULL is fine */
void kite_panel_model_temperature(struct kite_panel_model *model,
                                  int temperature_c); /* for later starts */

/* Start an update with the pixels that source has now; source has the panel's size. As controllers
 * do, an update that overlaps one in flight is a collision: it is held with its pixels, and started
 * as AUTO (DU where all is black and white, else GC16 PARTIAL) when its way is free. KITE_E_RANGE:
 * not aligned, off the panel, or 1 px wide or high; KITE_E_UNSUPPORTED: a waveform the kind lacks;
 * KITE_E_LIMIT: 64 are
 * held, as more than the kind allows are asked for; KITE_E_NOMEM. Nothing has changed
 * then. */
enum kite_status kite_panel_model_start(struct kite_panel_model *model,
                                        const struct kite_update *update,
                                        const struct kite_panel_pixels *source, int64_t now_ms);

/* Let time pass: updates end, held ones start. When the next of them ends, or KITE_NEVER_MS. */
int64_t kite_panel_model_step(struct kite_panel_model *model, int64_t now_ms);

/* What a viewer sees at now_ms (stepping there), 8-bit gray, ghosts and the phases of running
 * updates included. pixels: [height_px * stride_bytes] of the panel's size. */
void kite_panel_model_view(struct kite_panel_model *model, int64_t now_ms, uint8_t *pixels,
                           int32_t stride_bytes);

/* Residue is the distance between what a settled pixel shows and what it should, whatever the sign.
 */
struct kite_panel_model_stats {
    uint32_t mean_millilevels;       /* over all pixels, in 1/1000 gray level of 16 */
    uint32_t worst_tile_millilevels; /* mean of the worst 16x16 tile */
    uint32_t worst_pixel_millilevels;
    uint32_t
        stained_px;   /* settled at another level than the source had: skipped by DU, DU4 or A2 */
    uint32_t updates; /* started */
    uint32_t collisions;
    uint32_t flashes; /* updates in which 64 pixels or more went to and fro before they settled */
    uint32_t flashed_permille; /* pixels that did, all updates, in 1/1000 of the panel */
    int64_t busy_ms;           /* with at least one update in flight */
};
void kite_panel_model_stats(const struct kite_panel_model *model,
                            struct kite_panel_model_stats *out);

#endif
