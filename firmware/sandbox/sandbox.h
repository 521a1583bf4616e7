/* sandbox: the press in a child process that can compute and nothing else. Documents come from anywhere, and what reads
 * them (MuPDF, expat, gumbo, minizip, picture decoders) is large: the child that runs it has no files, no network, no new
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
    uint32_t input_cpu_s;     /* of CPU for each input, and one more for each MB of it; 0: 9 */
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

/* ---- the press as a program of its own ------------------------------------------------------------------ */

/* A device starts kite-press for a document and ends it after: its own program stays small. What comes back is as hostile as what
 * went in: the bundle is to be verified before it is used, as an import does. */
struct kite_sandbox_program {
    const char *path;       /* of kite-press */
    int32_t picture_width_px, picture_height_px;
    int zopfli_iterations;  /* as in struct kite_press_options, as those above */
    uint64_t memory_bytes;  /* on top of the program and the document */
    uint64_t bundle_bytes;  /* as in struct kite_sandbox_options */
    uint32_t slowness;      /* how many times as long as a desk computer this one takes; 0: 1 */
};
struct kite_sandbox_run;
/* Start it on one document, which is a file that can be mapped: a descriptor of its own, read only, that stays the caller's. Of input
 * the name, the size and fetch count. All that is pointed to outlives the run; the sink gets the bundle as it comes.
 * KITE_E_IO: no such program, or no process could be made. */
enum kite_status kite_sandbox_run_open(const struct kite_memory *mem, const struct kite_sandbox_program *program,
                                       const struct kite_press_input *input, int document, const struct kite_press_report *report,
                                       const struct kite_progress *progress, const struct kite_sink *sink,
                                       struct kite_sandbox_run **out, struct kite_fault *fault);
/* Hear the next word of it, or wait for one for that long (-1: until it comes). KITE_OK: go on; KITE_DONE: the bundle is with the sink;
 * else as kite_sandbox_pack, and KITE_E_LIMIT where the press had no memory left. After anything but KITE_OK: close. */
enum kite_status kite_sandbox_run_step(struct kite_sandbox_run *run, int wait_ms, struct kite_fault *fault);
/* What holds it; false: it has not said so yet. */
bool kite_sandbox_run_level(const struct kite_sandbox_run *run, enum kite_sandbox_level *level);
/* For a caller that collects its children: this one is collected by close. */
int kite_sandbox_run_child(const struct kite_sandbox_run *run);
void kite_sandbox_run_close(struct kite_sandbox_run *run); /* ends it; NULL is fine */

/* What kite-press does: with the arguments and descriptors that kite_sandbox_run_open gave it. The detector, which may be NULL, is
 * opened before. Ends the process, or returns an exit code where it could not begin: KITE_SANDBOX_USAGE when it was not started so. */
#define KITE_SANDBOX_USAGE 2
int kite_sandbox_serve(const struct kite_memory *mem, int argument_count, char **arguments, struct kite_press_detector *detector);

/* ---- the cage -------------------------------------------------------------------------------------------- */

struct kite_sandbox_limits {
    uint64_t memory_bytes;
    uint32_t cpu_s;
};
#define KITE_SANDBOX_CPU_S 14400u /* of one child, in all; each step of its work has a bound of its own */
/* Run a function in such a child, which gets one end of a socket: `work` returns the child's exit code. *socket and *child are
 * the parent's. For the press and for tests of the cage. KITE_E_IO. */
enum kite_status kite_sandbox_start(const struct kite_sandbox_limits *limits, void *ctx,
                                    int (*work)(void *ctx, int socket, enum kite_sandbox_level level), int *socket,
                                    int *child, struct kite_fault *fault);
/* Close the cage around this process. Only the socket stays open, and gets another number. false: it is not closed, and the process
 * is to end. */
bool kite_sandbox_enter(const struct kite_sandbox_limits *limits, int *socket, enum kite_sandbox_level *level);

#endif
