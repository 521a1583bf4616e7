/* record: what a session leaves in a folder. Every frame as a PNG, and refresh.log: frames with a
 * hash of their pixels, refreshes, what power-on found damaged. Private to the emulator; the log is
 * described in SCRIPT.md. */
#ifndef KITE_EMULATOR_RECORD_H
#define KITE_EMULATOR_RECORD_H

#include "emulator/machine.h"

#include <stdio.h>

struct record {
    struct machine *machine;
    const char *folder; /* NULL: nothing is kept */
    FILE *log;
    unsigned frame_count;
    enum kite_status status; /* the first failure, which is in fault */
    struct kite_fault fault;
};

/* Begin in a folder, which is made unless it is there, and have the machine that will be opened
 * with these options tell of what happens. `record` outlives it. folder may be NULL. KITE_E_IO;
 * record_close is due in any case. */
enum kite_status record_open(struct record *record, const char *folder, struct machine *machine,
                             struct kite_machine_options *options);
/* KITE_OK: everything was written. */
enum kite_status record_close(struct record *record);
/* What a viewer of the panel sees, as FOLDER/NAME.png. KITE_E_IO, KITE_E_NOMEM. */
enum kite_status record_panel(struct machine *machine, const char *folder, const char *name,
                              struct kite_fault *fault);

#endif
