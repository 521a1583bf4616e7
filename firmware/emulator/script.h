/* script: what a person does, one line each, played to an emulated device. Private to the emulator;
 * the language is described in SCRIPT.md beside this file. */
#ifndef KITE_EMULATOR_SCRIPT_H
#define KITE_EMULATOR_SCRIPT_H

#include "emulator/machine.h"

struct script_output {
    /* The panel as a person sees it, under a name from the script. KITE_E_IO stops the script. */
    void *ctx;
    enum kite_status (*shot)(void *ctx, struct machine *machine, const char *name);
};

/* Play a whole script on a machine that was just opened, or further on. `name` is for messages. A
 * line that cannot be understood, or an expectation that is not met, stops it: KITE_E_FORMAT with
 * the line number in machine->core.fault. What the machine or the output cannot do stops it too,
 * with its own status. */
enum kite_status script_play(struct machine *machine, const char *text, size_t bytes,
                             const char *name, const struct script_output *output);
/* An event as a line of a script, for recording: false when it is none that a script could say. A
 * stick has a line of its own, as the event does not tell what was put in. */
bool script_line(const struct kite_event *event, char *out, size_t out_bytes);
bool script_stick_line(const char *how, const char *path, char *out, size_t out_bytes);

/* What a recording begins with: time passes by its own `wait` lines only, so that it replays frame
 * by frame. */
#define SCRIPT_RECORDING_HEAD "settle off"

#endif
