/* talk: the parent's side of the sandbox. It links nothing of the press: what runs that is another process. Private to the sandbox. */
#ifndef KITE_SANDBOX_TALK_H
#define KITE_SANDBOX_TALK_H

#include "sandbox/sandbox.h"

#define SANDBOX_EXIT_OPEN 126 /* of a child that could not close its cage */

/* The caller fills in the first part; the inputs' fetch is called here, their bytes are not touched. */
struct talk {
    struct kite_memory mem;
    const struct kite_press_input *inputs;
    size_t input_count;
    const struct kite_press_report *report; /* may be NULL, as progress */
    const struct kite_progress *progress;
    const struct kite_sink *sink; /* takes the bundle, of which nothing is known yet */
    uint64_t bundle_bytes_max;    /* 0: 256 MB */
    uint32_t input_cpu_s;         /* 0: 20 */
    uint32_t slowness;            /* how many times as long as a desk computer this one takes; 0: 1 */
    struct kite_fault *fault;

    int socket, child;
    enum kite_sandbox_level level;
    size_t started; /* inputs whose turn has come */
    uint32_t pages; /* of the input in hand that pictures were made of */
    bool has_level, is_writing, is_over;
    uint64_t bundle_bytes;
    uint64_t cpu_ms, budget_end_ms; /* that the child has used, and may use before its next step */
    int64_t looked_ms, silent_ms;   /* when it was last looked at, and for how long it has done nothing */
};

/* The child and the socket are the talk's from here on. */
void talk_begin(struct talk *talk, int socket, int child);
/* Hear the next message, or wait for one for that long. KITE_OK: go on; KITE_DONE: the bundle is with the sink. Else as
 * kite_sandbox_pack. After anything but KITE_OK: end it. */
enum kite_status talk_step(struct talk *talk, int wait_ms);
/* End the child. Twice is fine, and all-zero. */
void talk_end(struct talk *talk);

#endif
