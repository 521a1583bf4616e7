/* init: what the first process of a machine does beside reading: mounts, modules, the data
 * partition, the first books, an orderly end. */
#ifndef KITE_DEVICE_INIT_H
#define KITE_DEVICE_INIT_H

#include "device/board.h"
#include "device/system.h"

#define INIT_DATA "/data"
#define INIT_LIBRARY INIT_DATA "/library"

/* What the first page needs: proc, sysfs, devtmpfs and /run where they are not mounted yet, the
 * modules of modules/display/load beside the program (all of modules/load where there is no such
 * folder), the data partition on /data. A data partition that cannot be mounted leaves an empty
 * library in memory: the device then reads what came with it, and keeps nothing. */
enum kite_status init_begin(const struct system *system, const struct board *board,
                            const char *program, struct kite_fault *fault);
/* All other modules, and configfs. */
void init_services(const struct system *system, const char *program);
/* Everything to the disk, mounts away, power off or start anew. Does not return on a device. */
void init_end(const struct system *system, bool is_reboot);

/* A library that has never been used gets the bundles of books/ beside the program. A copy cut off
 * begins anew at the next start. */
enum kite_status init_books(const struct kite_memory *mem, const char *program, const char *library,
                            struct kite_fault *fault);

#endif
