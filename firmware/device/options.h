/* options: kite-reader's command line, and what can be printed about it. */
#ifndef KITE_DEVICE_OPTIONS_H
#define KITE_DEVICE_OPTIONS_H

#include "device/board.h"
#include "host/manual.h"

enum { EXIT_BOARD = 1, EXIT_USAGE = KITE_EXIT_USAGE, EXIT_IO = 3, EXIT_DISPLAY = 4 };

struct options {
    struct board board;
    const char *display, *library,
        *fonts, *keys;              /* NULL: as the board, as PID 1, as the program have it */
    int temperature_c, slot; /* slot -1: none */
};

/* Fill in the options from the command line; strings are lent from it. -1: go on; else all is said,
 * and this is the exit code. */
int options_parse(int argc, char **argv, struct options *options);

#endif
