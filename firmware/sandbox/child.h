/* child: the sandbox's side that runs the press. Private to the sandbox. */
#ifndef KITE_SANDBOX_CHILD_H
#define KITE_SANDBOX_CHILD_H

#include "sandbox/sandbox.h"

struct child_work {
    const struct kite_memory *mem;
    const struct kite_press_input *inputs;
    size_t input_count;
    const struct kite_press_options *press;
};

typedef int sandbox_work(void *ctx, int socket, enum kite_sandbox_level level);

/* ctx is a struct child_work. Never fails: what went wrong is said over the socket. */
sandbox_work child_run;

/* kite_sandbox_pack with other work in the child than the press's: for children that do harm. ctx is a struct child_work. */
enum kite_status sandbox_pack(sandbox_work *run, const struct child_work *work, const struct kite_sandbox_options *options,
                              const struct kite_press_report *report, const struct kite_progress *progress,
                              const struct kite_sink *sink, enum kite_sandbox_level *level, struct kite_fault *fault);

#endif
