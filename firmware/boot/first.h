/* first: what the first program of a Linux device does before anything else. Private to boot and device. */
#ifndef KITE_BOOT_FIRST_H
#define KITE_BOOT_FIRST_H

#include "base/base.h"

/* Mount proc, sysfs, devtmpfs and a tmpfs on /run where that has not been done, and take /dev/console as the standard
 * streams. KITE_E_IO. */
enum kite_status kite_first_mounts(struct kite_fault *fault);

/* Load the kernel modules that the file "load" of a folder names, a line each, in order. One that is loaded already, that
 * the kernel has built in or that finds no device is no fault. is_kept: leave the files; otherwise they are removed as they
 * are loaded, as in an initramfs they take memory. *refused gets how many the kernel did not take.
 * KITE_E_IO: the list can't be read. */
enum kite_status kite_first_modules(const char *folder, bool is_kept, unsigned *refused, struct kite_fault *fault);

/* The value of `name=value` on the kernel's command line, or false. */
bool kite_first_argument(const char *command_line, const char *name, char *out, size_t out_bytes);
/* The command line itself, cut to fit; "" when it can't be read. */
void kite_first_command_line(char *out, size_t out_bytes);

/* Wait for a device node, at most so long. False: it did not come. */
bool kite_first_wait(const char *path, unsigned most_ms);

#endif
