/* fat: enough of the FAT file system to know whether an inbox may be mounted, and to make it anew.
 * Nothing is ever repaired: what is whole on a damaged inbox is read by the kernel, read-only, and
 * then the inbox is made anew. Pure over a partition. */
#ifndef KITE_DEVICE_FAT_H
#define KITE_DEVICE_FAT_H

#include "boot/boot.h"

enum fat_state {
    FAT_NONE = 0, /* no FAT, or a first sector that contradicts itself or the partition */
    FAT_DIRTY,    /* was not let go of in order, or its two tables differ */
    FAT_CLEAN
};
/* FAT16 or FAT32. KITE_E_IO when the partition cannot be read, KITE_E_NOMEM. */
enum kite_status fat_look(const struct kite_memory *mem, const struct kite_partition *partition,
                          enum fat_state *out);

/* Make an empty FAT32 named KITE. The first sector comes last, so that one cut half way is none at
 * all. KITE_E_LIMIT: smaller than FAT32 can be (33 MiB) or larger than 32 GiB; KITE_E_IO. */
enum kite_status fat_format(const struct kite_partition *partition, struct kite_fault *fault);

#endif
