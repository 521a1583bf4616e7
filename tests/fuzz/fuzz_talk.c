/* What a child of the sandbox says that was taken over by a document: any bytes on its socket. The parent tells its caller only of inputs
 * that it has, hands out only bytes that fit, and comes to an end. The first byte chooses how many inputs there are and what they offer. */
#include "fuzz/fuzz.h"
#include "sandbox/channel.h"
#include "sandbox/talk.h"

#include <limits.h>
#include <sys/socket.h>
#include <unistd.h>

#define BYTES_MAX 60000u /* that a socket takes without a reader */
#define BUNDLE_BYTES_MAX 5000u
#define NO_CHILD INT_MAX /* no kernel numbers so high */

struct heard {
    size_t inputs, started;
    uint64_t bundle_bytes;
};

static void hear_started(void *ctx, size_t input)
{
    struct heard *heard = ctx;

    HOLDS(input == heard->started && input < heard->inputs);
    heard->started++;
}

static void hear_note(void *ctx, enum kite_press_note_kind kind, const char *name, uint32_t line, const char *sentence)
{
    (void)ctx, (void)name, (void)line;
    HOLDS(kind <= KITE_PRESS_WARNING && kite_utf8_is_valid(sentence, strlen(sentence)));
    for (; *sentence; sentence++)
        HOLDS((unsigned char)*sentence >= ' ');
}

static void hear_format(void *ctx, const char *format)
{
    (void)ctx;
    HOLDS(strlen(format) <= KITE_FORMAT_BYTES_MAX);
}

static void hear_progress(void *ctx, uint64_t done, uint64_t total)
{
    struct heard *heard = ctx;

    HOLDS(done <= total && heard->started == heard->inputs);
}

static enum kite_status keep(void *ctx, const uint8_t *bytes, size_t count)
{
    struct heard *heard = ctx;

    (void)bytes;
    heard->bundle_bytes += count;
    HOLDS(heard->bundle_bytes <= BUNDLE_BYTES_MAX);
    return KITE_OK;
}

/* Short names are there. */
static enum kite_status fetch(void *ctx, const char *reference, uint8_t **bytes, size_t *count)
{
    const struct kite_memory *mem = ctx;
    size_t length = strlen(reference);

    if (length > 8)
        return KITE_E_RANGE;
    *bytes = kite_alloc(mem, length + 1, 1);
    *count = length;
    return *bytes ? KITE_OK : KITE_E_NOMEM;
}

static void hear_out(const struct kite_memory *mem, const uint8_t *data, size_t size)
{
    const struct kite_press_input inputs[] = {
        { .name = "first", .ctx = (void *)(uintptr_t)mem, .fetch = data[0] & 4 ? fetch : NULL }, { .name = NULL }, { .name = "third" }
    };
    struct heard heard = { .inputs = data[0] % 4 % 3 + 1 };
    const struct kite_press_report report = { &heard, hear_started, hear_note, hear_format, NULL };
    const struct kite_progress progress = { &heard, hear_progress };
    const struct kite_sink sink = { &heard, keep };
    struct kite_fault fault = { "" };
    struct talk talk = { .mem = *mem, .inputs = inputs, .input_count = heard.inputs, .sink = &sink, .bundle_bytes_max = BUNDLE_BYTES_MAX, .fault = &fault };
    enum kite_status status = KITE_OK;
    int ends[2];

    if (!(data[0] & 8)) {
        talk.report = &report;
        talk.progress = &progress;
    }
    HOLDS(socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0);
    HOLDS(send(ends[1], data + 1, size - 1, MSG_NOSIGNAL) == (ssize_t)(size - 1));
    shutdown(ends[1], SHUT_WR);
    talk_begin(&talk, ends[0], NO_CHILD);
    for (size_t steps = 0; status == KITE_OK; steps++) {
        HOLDS(steps <= size / MESSAGE_HEAD_BYTES + 1);
        status = talk_step(&talk, 0);
    }
    HOLDS(status != KITE_DONE || talk.is_over);
    HOLDS(status == KITE_DONE || fault.text[0]);
    HOLDS(kite_utf8_is_valid(fault.text, strlen(fault.text)));
    talk_end(&talk);
    close(ends[1]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size > 0 && size <= BYTES_MAX)
        with_memory_that_ends(data, size, hear_out);
    return 0;
}
