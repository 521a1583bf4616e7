/* sandbox: the press in a child process that can compute and nothing else. Documents come from anywhere, and what reads
 * them (MuPDF, libxml2, libarchive, picture decoders) is large: the child that runs it has no files, no network, no new
 * processes, and bounds on memory and time. It hands back a bundle over a socket; the parent takes each byte of that as
 * hostile and verifies the bundle whole before its caller sees it. A crash, a hang or a bomb becomes one sentence.
 *
 * Linux: seccomp (by libseccomp), Landlock where the kernel has it, resource limits in any case. */
#ifndef KITE_SANDBOX_H
#define KITE_SANDBOX_H

#include "press/press.h"

/* What holds the child, by what this kernel has. Each includes those before it. */
enum kite_sandbox_level {
    KITE_SANDBOX_LIMITS = 0, /* memory, time, no files of any size */
    KITE_SANDBOX_CALLS,      /* only the system calls that computing needs */
    KITE_SANDBOX_FILES       /* and nothing of the file system, were a call to get through */
};

struct kite_sandbox_options {
    uint64_t memory_bytes;    /* that the child may take on top of what the parent has; 0: 512 MB */
    uint64_t bundle_bytes;    /* largest bundle taken; 0: 256 MB */
    uint32_t input_cpu_s;     /* of CPU for each input, and one more for each MB of it; 0: 20 */
    const struct kite_press_options *press;
};

/* kite_press_pack with the same inputs, report, progress and faults, in a child. The inputs' fetch is called in the parent.
 * sink gets bytes only of a bundle that was verified. *level, which may be NULL, is what held the child.
 * Beside the faults of kite_press_pack: KITE_E_LIMIT: an input took too long, or more memory than allowed; KITE_E_FORMAT: what
 * reads an input crashed on it; KITE_E_IO: no process could be made. The fault names the input that was in hand. */
enum kite_status kite_sandbox_pack(const struct kite_memory *mem, const struct kite_press_input *inputs, size_t input_count,
                                   const struct kite_sandbox_options *options, const struct kite_press_report *report,
                                   const struct kite_progress *progress, const struct kite_sink *sink,
                                   enum kite_sandbox_level *level, struct kite_fault *fault);

/* Run a function in such a child, which gets one end of a socket: `work` returns the child's exit code. *socket and *child are
 * the parent's. For the press and for tests of the cage. KITE_E_IO. */
struct kite_sandbox_limits {
    uint64_t memory_bytes;
    uint32_t cpu_s;
};
enum kite_status kite_sandbox_start(const struct kite_sandbox_limits *limits, void *ctx,
                                    int (*work)(void *ctx, int socket, enum kite_sandbox_level level), int *socket,
                                    int *child, struct kite_fault *fault);

#endif
