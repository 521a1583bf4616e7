/* machine: what every device has, emulated or built. The reader and the refresh policy under one
 * clock, in front of a display that is somebody else's. It keeps no time: the caller says what time
 * it is and asks when the next thing is due. */
#ifndef KITE_MACHINE_H
#define KITE_MACHINE_H

#include "host/host.h"
#include "reader/reader.h"

/* ---- the display seam -------------------------------------------------------------------------
 */

/* What shows updates: a controller's driver, or a model of one. Filled in by whoever owns it;
 * outlives the machine. */
struct kite_display {
    void *ctx;
    /* Hand one update to the controller, with the pixels of the whole panel, which are read before
     * the call returns. Updates come as the policy gives them: aligned, on the panel, none over one
     * that has not ended. *end_ms holds when it is expected to end, and may be set: to now_ms where
     * it shows at once, or to what the controller says. Any failure leaves what the panel shows
     * unknown. */
    enum kite_status (*start)(void *ctx, const struct kite_update *update,
                              const struct kite_panel_pixels *frame, int64_t now_ms,
                              int64_t *end_ms);
};

/* ---- keys of the makers of Kite ----------------------------------------------------------------
 */

/* Those that came with it, files named *.pub in the folder `asked`, else in keys/ beside the program. Without that folder there are none. A file
 * that cannot be read counts as a key that nobody has: an update is not believed for want of it.
 * KITE_E_NOMEM; KITE_E_IO, KITE_E_LIMIT: the folder asked for. Close it in any case. */
struct kite_maker_keys {
    struct kite_memory mem;
    struct kite_public_key *items;
    size_t count, capacity;
    char folder[1024];
};
enum kite_status kite_maker_keys_open(const struct kite_memory *mem, const char *asked, const char *program,
                                      struct kite_maker_keys *keys, struct kite_fault *fault);
void kite_maker_keys_close(struct kite_maker_keys *keys); /* all-zero is fine */

/* ---- the machine ------------------------------------------------------------------------------
 */

struct kite_machine_options {
    struct kite_panel_geometry panel;
    const struct kite_panel_kind *kind;
    int levels;
    int temperature_c;
    bool has_no_touch;
    const char *folder; /* of the library */
    const char *fonts;  /* NULL: the usual places */
    const char *program;
    const char *keys; /* the folder of the makers' keys; NULL: beside the program */
    const struct kite_io *io; /* for all files; NULL: those of POSIX */
    const struct kite_converter *converter; /* as the reader's options */
    bool can_update, can_power_off;
    bool can_go_back; /* asked for in safe mode: as the reader's options */
    bool is_careful;                  /* the first START is */
    struct kite_display display;
    /* Told of every frame and every refresh; may be NULL. */
    void *ctx;
    void (*frame)(void *ctx, const struct kite_frame *frame, int64_t now_ms);
    void (*refresh)(void *ctx, const struct kite_update *update, int64_t now_ms);
    /* What the library found damaged at power-on and set aside, or that a text was repaired: a sentence without titles. */
    void (*notice)(void *ctx, const char *notice, int64_t now_ms);
};

struct kite_machine {
    struct kite_machine_options options;
    struct kite_memory mem;
    struct kite_io io;
    struct kite_library *library;
    struct kite_font_files *font_files;
    struct kite_maker_keys keys;
    struct kite_fonts *fonts;
    struct kite_reader *reader;
    struct kite_policy *policy;
    struct kite_frame frame; /* the last one */
    int64_t now_ms;
    int64_t panel_ask_ms; /* when the policy wants to be asked again */
    unsigned failed_starts; /* in a row, before this one */
    int64_t started_ms;
    bool has_started, is_start_told; /* the first frame is there; the start has held, and that is on the disk */
    bool is_asleep, is_battery_low;
    const char *stick; /* the folder of the stick that is in; NULL: none */
    struct kite_fault fault;
};

/* Power on at now_ms: open the library and show the first frame. On failure the machine is still to
 * be closed, and its fault says why.
 *
 * Starts are counted on the disk, each as failed until it has held: an orderly end, a key or a touch that was
 * answered, or KITE_START_HELD_MS. After KITE_STARTS_FAILED_MAX in a row that did not, the next one begins in safe mode; if that fails
 * before its first frame, as only the database could make it, the one after it sets that aside unread. */
#define KITE_STARTS_FAILED_MAX 3u
#define KITE_START_HELD_MS 5000
enum kite_status kite_machine_open(const struct kite_memory *mem,
                                   const struct kite_machine_options *options, int64_t now_ms,
                                   struct kite_machine *machine);
void kite_machine_close(struct kite_machine *machine); /* all-zero is fine */
/* Everything in memory is lost, as when the battery is pulled out; then power on again. The panel
 * keeps its picture, a stick stays in. */
enum kite_status kite_machine_cut_power(struct kite_machine *machine);

/* An event now; its now_ms is set here. As devices do, a sleeping one wakes by a key, which means
 * nothing else then, and feels no touch; and it goes to sleep when the reader wants to. */
enum kite_status kite_machine_event(struct kite_machine *machine, struct kite_event event);
/* A stick came, whose files are in a folder, or with NULL went. The text is kept, not copied, until
 * it goes. */
enum kite_status kite_machine_stick(struct kite_machine *machine, const char *folder);
/* How warm the panel is now. */
void kite_machine_temperature(struct kite_machine *machine, int celsius);
/* What the panel shows is no longer known: all of it is to be shown anew. */
void kite_machine_forget_panel(struct kite_machine *machine);

/* When something will happen by itself, or KITE_NEVER_MS. */
int64_t kite_machine_due_ms(const struct kite_machine *machine);
/* It is now_ms: do one thing that is due, if any is. Idle work is done in many. */
enum kite_status kite_machine_run(struct kite_machine *machine, int64_t now_ms);
/* Let time pass up to a moment, each thing that comes due done at its time. */
enum kite_status kite_machine_run_until(struct kite_machine *machine, int64_t until_ms);
/* Run, as if time passed, until the panel is at rest. Idle work may remain. */
enum kite_status kite_machine_settle(struct kite_machine *machine);

#endif
