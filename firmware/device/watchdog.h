/* watchdog: a hang or a crash of the program becomes a restart on the same page. What the reader
 * does is on the disk at every page turn, so a new start knows where the person was.
 *
 * The program starts itself anew, from a signal handler, when it crashes or when its loop has not
 * come round for WATCHDOG_HANG_S; where there is a hardware watchdog it is fed too, and takes care
 * of a kernel that hangs. A program that dies again and again before it has lived
 * WATCHDOG_SETTLED_MS is given up: the machine starts anew, or an ordinary process ends.
 *
 * One per process, as signals are. */
#ifndef KITE_DEVICE_WATCHDOG_H
#define KITE_DEVICE_WATCHDOG_H

#include "device/system.h"

/* The longest thing that is done at once is to verify a bundle: some 10 MB a second on a slow
 * device. */
#define WATCHDOG_HANG_S 60
#define WATCHDOG_STARTS_MAX 3
#define WATCHDOG_SETTLED_MS 60000
#define WATCHDOG_FEED_MS 10000 /* come round at least so often */

struct watchdog_options {
    char **arguments; /* of main; to start with anew */
    unsigned hang_s;
    bool is_first; /* PID 1: giving up means starting the machine anew */
};

/* Take the signals. The arguments are kept. */
void watchdog_start(const struct watchdog_options *options);
/* From now on feed a hardware watchdog too, where the node is one. */
void watchdog_hardware(const struct system *system, const char *node);
/* How often in a row the program was started anew without settling; 0: this is a start of its
 * own. */
unsigned watchdog_restarts(void);
/* The loop goes to work; the loop rests. */
void watchdog_work(void);
void watchdog_rest(void);
/* The program has lived long enough to be trusted. */
void watchdog_settled(void);
/* An orderly end: the hardware is let go of. */
void watchdog_stop(void);

#endif
