/* script: what a person does, one line each, played to an emulated device. Private to the emulator; the language is
 * described in SCRIPT.md beside this file. */
#ifndef KITE_EMULATOR_SCRIPT_H
#define KITE_EMULATOR_SCRIPT_H

#include "emulator/machine.h"

struct script_output {
    /* The panel as a person sees it, under a name from the script. KITE_E_IO stops the script. */
    void *ctx;
    enum kite_status (*shot)(void *ctx, struct machine *machine, const char *name);
};

/* Play a whole script. `name` is for messages. A line that cannot be understood, or an expectation that is not met, stops
 * it: KITE_E_FORMAT with the line number in machine->fault. */
enum kite_status script_play(struct machine *machine, const char *text, size_t bytes, const char *name,
                             const struct script_output *output);
/* An event as a line of the script, for recording: false when it is none that a script could say. */
bool script_line(const struct kite_event *event, char *out, size_t out_bytes);

#endif
