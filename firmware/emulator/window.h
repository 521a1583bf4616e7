/* window: the emulated device on a desktop. The only file that knows SDL. Private
 * to the emulator. */
#ifndef KITE_EMULATOR_WINDOW_H
#define KITE_EMULATOR_WINDOW_H

#include "emulator/machine.h"

struct window_options {
    const char *title;
    const char *folder;    /* for screenshots and recordings */
    const char *recording; /* record from the start into this file; NULL: not before R is pressed */
    int speed;     /* 1: refreshes take as long as on a panel; more: that many times faster */
    bool is_plain; /* show frames at once, without the panel's ghosts and flashes */
};

/* Can a window be opened here? */
bool window_is_possible(void);
/* Live until the window is closed. KITE_E_UNSUPPORTED: no display; the fault is the machine's. */
enum kite_status window_run(struct machine *machine, const struct window_options *options);

#endif
