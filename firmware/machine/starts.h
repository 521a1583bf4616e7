/* starts: how many starts in a row have failed, kept beside the library so that it holds when the power goes, and when nothing else
 * can be opened. A start counts as failed from its beginning until it is told to be good. Private to the machine room.
 *
 * kite.starts, 16 bytes: "KITESTRT", the count and CRC-32 of the bytes before it (zlib), both little-endian. It is written over in place: a record that
 * was spoilt counts as no failed start, which costs one more try. */
#ifndef KITE_MACHINE_STARTS_H
#define KITE_MACHINE_STARTS_H

#include "base/base.h"

/* A start begins: *failed gets how many before it failed in a row, and this one is counted. A folder that cannot be written to is no
 * reason not to start. */
void kite_starts_begin(const struct kite_io *io, const char *folder, unsigned *failed);
/* What came of it: `failed` is the count from now on, 0 when the start has held. */
void kite_starts_end(const struct kite_io *io, const char *folder, unsigned failed);

#endif
