/* volume_io: the file operations by which a verb fills volumes. As POSIX has them, but what is read
 * is read from the volume, not from what the system remembers of it, and what is not a plain file
 * is never written to: a link would lead out of the volume. */
#ifndef KITE_CLI_VOLUME_IO_H
#define KITE_CLI_VOLUME_IO_H

#include "library/library.h"

/* Needs no state. */
struct kite_io kite_volume_io(void);

#endif
