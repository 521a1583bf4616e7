/* uevent: what the kernel says of devices that come, go and change. */
#ifndef KITE_DEVICE_UEVENT_H
#define KITE_DEVICE_UEVENT_H

#include "base/base.h"

#define UEVENT_WORD_BYTES_MAX 64
#define UEVENT_PATH_BYTES_MAX 256
#define UEVENT_BYTES_MAX 4096

enum uevent_action { UEVENT_OTHER = 0, UEVENT_ADD, UEVENT_REMOVE, UEVENT_CHANGE };

struct uevent {
    enum uevent_action action;
    char path[UEVENT_PATH_BYTES_MAX];      /* below /sys */
    char subsystem[UEVENT_WORD_BYTES_MAX]; /* "block", "input", "power_supply" */
    char devtype[UEVENT_WORD_BYTES_MAX];   /* "disk", "partition" */
    char devname[UEVENT_WORD_BYTES_MAX];   /* below /dev: "sda1", "input/event3" */
};

/* Read a datagram. False: it is none of the kernel's (another form, a field too long for what it
 * is, no action): not to be acted on. Fields that are not there are "". */
bool uevent_parse(const uint8_t *bytes, size_t count, struct uevent *out);

/* A socket that hears the kernel's; -1: there is none to be had. */
int uevent_open(void);
/* The next datagram, without waiting. KITE_DONE: none for now. KITE_E_LIMIT: some were lost, look
 * at everything anew. What cannot be parsed, or comes from another program, is passed over. */
enum kite_status uevent_next(int descriptor, struct uevent *out);

#endif
