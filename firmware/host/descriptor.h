/* What files.c and io.c both do with descriptors. Private to host. */
#ifndef KITE_HOST_DESCRIPTOR_H
#define KITE_HOST_DESCRIPTOR_H

#include "base/base.h"

/* Up to count bytes; fewer only at the end of the file. KITE_E_IO. */
enum kite_status descriptor_read_at(int fd, uint64_t offset, uint8_t *dst, size_t count,
                                    size_t *got);
/* The names in a folder are on the disk. KITE_E_IO. */
enum kite_status descriptor_sync_folder(const char *folder);

#endif
