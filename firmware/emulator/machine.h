/* machine: an emulated device: a kite_machine in front of a model of the panel, with a socket for a
 * stick and one for a cable. Its clock runs as fast as it is told to. Private to the emulator. */
#ifndef KITE_EMULATOR_MACHINE_H
#define KITE_EMULATOR_MACHINE_H

#include "emulator/place.h"
#include "machine/machine.h"

struct machine {
    struct kite_machine core;
    struct kite_io files; /* all of the computer's */
    struct kite_panel_model *model;
    bool has_stick;
    struct place stick; /* the folder that the stick in the socket holds */
    struct place held;  /* the same of the stick that is being filled, while is_temporary */
    struct place inbox; /* the folder that stands for the inbox, of the last cable */
    bool has_cable;     /* to a computer */
    bool is_lent;       /* the inbox is the computer's */
};

/* As those of kite_machine do, at time 0; the display of the options is set here. `machine` must
 * not move while it is open. */
enum kite_status machine_open(const struct kite_memory *mem,
                              const struct kite_machine_options *options, struct machine *machine);
void machine_close(struct machine *machine);
enum kite_status machine_cut_power(struct machine *machine);
enum kite_status machine_event(struct machine *machine, struct kite_event event);
enum kite_status machine_run_until(struct machine *machine, int64_t until_ms);
enum kite_status machine_settle(struct machine *machine);
int64_t machine_due_ms(const struct machine *machine);

/* Put in a stick: a folder, or one file, which then is all there is on it; a stick that is in is
 * pulled out first. NULL pulls it out; nothing happens when none is in. KITE_E_IO: no such file or
 * folder; nothing has happened then. */
enum kite_status machine_stick(struct machine *machine, const char *path);
/* Fill a stick that is not yet in, with a file or the bundles of a folder; then put it in, as
 * above. KITE_E_IO: no such file or folder, or nothing was filled in. */
enum kite_status machine_stick_hold(struct machine *machine, const char *path);
enum kite_status machine_stick_held(struct machine *machine);

/* A cable to a computer is put in, where a folder stands for the inbox: what the computer copies to
 * the drive lies in it, and the receipt is written there. NULL pulls the cable out. The reader
 * asks; when the inbox is the device's again, it is taken in, but nothing in it is deleted.
 * KITE_E_IO: no such folder. */
enum kite_status machine_cable(struct machine *machine, const char *path);
/* The computer ejects the drive. KITE_E_RANGE: it was not given to it. */
enum kite_status machine_eject(struct machine *machine);

#endif
