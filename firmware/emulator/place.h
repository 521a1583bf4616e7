/* place: where the emulated device keeps its files. Private to the emulator. */
#ifndef KITE_EMULATOR_PLACE_H
#define KITE_EMULATOR_PLACE_H

#include "host/host.h"

struct place {
    char folder[4096];
    bool is_temporary; /* taken away at close */
};

/* A library is used as it is, and any folder is with is_kept; else bundles are copied into a folder
 * of their own. source NULL is an empty library. KITE_E_IO. */
enum kite_status place_open(const struct kite_memory *mem, const char *source, bool is_kept,
                            struct place *place, struct kite_fault *fault);
/* What a stick holds: a folder as it is, or one file in a folder of its own. KITE_E_IO. */
enum kite_status place_of_stick(const struct kite_memory *mem, const char *source,
                                struct place *place, struct kite_fault *fault);
/* Add a file, or the bundles of a folder, to a temporary place; one that is not there yet is made.
 * KITE_E_IO. */
enum kite_status place_add(const struct kite_memory *mem, const char *source, struct place *place,
                           struct kite_fault *fault);
void place_close(struct place *place);

#endif
