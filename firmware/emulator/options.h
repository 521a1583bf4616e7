/* options: the command line, and what can be printed about it. Private to the emulator. */
#ifndef KITE_EMULATOR_OPTIONS_H
#define KITE_EMULATOR_OPTIONS_H

#include "emulator/machine.h"
#include "host/manual.h"

enum { EXIT_INPUT = 1, EXIT_USAGE = KITE_EXIT_USAGE, EXIT_IO = 3, EXIT_DISPLAY = 4 };

struct options {
    struct kite_machine_options machine;
    const char *source; /* FILE or LIBRARY; NULL: an empty library */
    const char *script, *frames, *recording;
    int speed;
    bool is_plain, is_kept;
};

/* Fill in the options from the command line; strings are lent from it. -1: go on; else all is said,
 * and this is the exit code. */
int options_parse(int argc, char **argv, struct options *options);

/* One row of the options; what prints help, manual and completions goes by these. */
enum option_id {
    OPTION_PANEL = KITE_OPTION_OWN,
    OPTION_KIND,
    OPTION_TEMPERATURE,
    OPTION_KEEP,
    OPTION_SPEED,
    OPTION_PLAIN,
    OPTION_SCRIPT,
    OPTION_FRAMES,
    OPTION_RECORD,
    OPTION_FONTS
};
extern const struct kite_option option_rows[]; /* ends with a name of NULL */
extern const struct kite_manual emulator_manual;

#endif
