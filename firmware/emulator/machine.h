/* machine: an emulated device. The reader, the refresh policy and a model of the panel under one
 * clock that runs as fast as it is told to. Private to the emulator. */
#ifndef KITE_EMULATOR_MACHINE_H
#define KITE_EMULATOR_MACHINE_H

#include "emulator/place.h"
#include "reader/reader.h"

struct machine_options {
    struct kite_panel_geometry panel;
    const struct kite_panel_kind *kind;
    int levels;
    int temperature_c;
    const char *folder; /* of the library */
    const char *fonts;  /* NULL: the usual places */
    const char *program;
    /* Told of every frame and every refresh; may be NULL. */
    void *ctx;
    void (*frame)(void *ctx, const struct kite_frame *frame, int64_t now_ms);
    void (*refresh)(void *ctx, const struct kite_update *update, int64_t now_ms);
    /* What the library found damaged at power-on and set aside, a sentence. */
    void (*notice)(void *ctx, const char *notice, int64_t now_ms);
};

struct machine {
    struct machine_options options;
    struct kite_memory mem;
    struct kite_library_io io;
    struct kite_library *library;
    struct kite_font_files *font_files;
    struct kite_fonts *fonts;
    struct kite_reader *reader;
    struct kite_policy *policy;
    struct kite_panel_model *model;
    struct kite_frame frame; /* the last one */
    int64_t now_ms;
    int64_t panel_ask_ms; /* when the policy wants to be asked again */
    bool is_asleep;
    bool has_stick;
    struct place stick; /* the folder that the stick in the socket holds */
    struct kite_fault fault;
};

/* Power on: open the library and show the first frame. */
enum kite_status machine_open(const struct kite_memory *mem, const struct machine_options *options,
                              struct machine *machine);
void machine_close(struct machine *machine);
/* Everything in memory is lost, as when the battery is pulled out; then power on again. The panel
 * keeps its picture, a stick stays in. */
enum kite_status machine_cut_power(struct machine *machine);

/* An event now; its now_ms is set here. As devices do, a sleeping one wakes by a key, which means
 * nothing else then, and feels no touch; and it goes to sleep when the reader wants to. */
enum kite_status machine_event(struct machine *machine, struct kite_event event);
/* Put in a stick: a folder, or one file, which then is all there is on it; a stick that is in is
 * pulled out first. NULL pulls it out; nothing happens when none is in. KITE_E_IO: no such file or
 * folder; nothing has happened then. */
enum kite_status machine_stick(struct machine *machine, const char *path);
/* Let time pass up to a moment: ticks, refreshes. */
enum kite_status machine_run_until(struct machine *machine, int64_t until_ms);
/* Run until the panel is at rest. Idle work may remain. */
enum kite_status machine_settle(struct machine *machine);
/* When something will happen by itself, or KITE_NEVER_MS. */
int64_t machine_due_ms(const struct machine *machine);

#endif
