/* gadget: the device as a disk at a computer's USB. Through configfs it is a drive with a slot for
 * a medium: empty until the inbox is given, so that a computer is noticed before anything is
 * shown to it. */
#ifndef KITE_DEVICE_GADGET_H
#define KITE_DEVICE_GADGET_H

#include "device/board.h"
#include "device/system.h"
#include "device/volume.h"

struct gadget {
    const struct system *system;
    const struct board *board;
    char udc[BOARD_WORD_BYTES_MAX]; /* the controller that it is bound to; "": none */
    struct volume *inbox;           /* that is the medium; NULL: there is none */
};

/* Make the drive, empty, and bind it to the board's controller or the first there is. KITE_DONE:
 * there is no controller. KITE_E_IO. */
enum kite_status gadget_open(struct gadget *gadget, const struct system *system,
                             const struct board *board, struct kite_fault *fault);
void gadget_close(struct gadget *gadget); /* all-zero is fine */
/* A computer is at the cable and has taken notice of the drive. */
bool gadget_has_computer(const struct gadget *gadget);
/* The file to poll for a change of that (POLLPRI), or -1; the caller closes it. */
int gadget_watch(const struct gadget *gadget);

/* Give the inbox, whose partition `node` is, to the computer: it is lent from then on, and must not
 * move. KITE_E_LIMIT: it is mounted here; KITE_E_IO. */
enum kite_status gadget_export(struct gadget *gadget, struct volume *inbox, const char *node,
                               struct kite_fault *fault);
/* The computer has ejected it. */
bool gadget_is_ejected(const struct gadget *gadget);
/* Take it back, ejected or not. */
enum kite_status gadget_withdraw(struct gadget *gadget, struct kite_fault *fault);

#endif
