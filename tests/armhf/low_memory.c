/* Keeps the address space from 3 GiB on out of use, in ARM programs with AddressSanitizer under qemu-user. The sanitizer
 * takes it for the kernel's, as no stack lies there, and has no shadow for it; QEMU hands it out all the same once a program
 * has mapped enough, and the sanitizer then hangs in its own report. The page below goes too: a block that ends right at the
 * border is asked for the shadow of its end. What QEMU keeps at the very top is left alone. */
#define _GNU_SOURCE
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>

#define FROM 0xbffff000u
#define TO 0xffff0000u

__attribute__((constructor)) static void keep_out(void)
{
    const int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED_NOREPLACE;

    if (mmap((void *)(uintptr_t)FROM, TO - FROM, PROT_NONE, flags, -1, 0) == MAP_FAILED)
        abort();
}
