/* The parent of the sandbox: hears the child out, believes nothing, and ends it when it takes too much. */
#include "sandbox/sandbox.h"
#include "sandbox/channel.h"
#include "sandbox/child.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MEMORY_BYTES_USUAL (512u << 20)
#define BUNDLE_BYTES_USUAL (256u << 20)
#define INPUT_CPU_S_USUAL 20u
#define PAGE_CPU_S 30u /* at least, from the picture of a page to the next: the best compression of one takes up to 10 s */
#define PAGES_MAX 40000u
#define WRITING_CPU_S 120u /* from one word of progress to the next, once all inputs are read */
#define CHILD_CPU_S 14400u /* in all */
#define LOOK_MS 200
#define SILENCE_TIMES 3 /* as long as that without a message and without using the CPU: it waits for what will not come */
#define FETCHED_BYTES_MAX (64u << 20)

struct talk {
    struct kite_memory mem;
    const struct kite_press_input *inputs;
    size_t input_count;
    const struct kite_press_report *report;
    const struct kite_progress *progress;
    uint64_t bundle_bytes_max;
    uint32_t input_cpu_s;
    enum kite_sandbox_level level;
    struct kite_fault *fault;

    int socket, child;
    size_t started; /* inputs whose turn has come */
    uint32_t pages; /* of the input in hand that pictures were made of */
    bool is_writing;
    uint64_t cpu_ms, budget_end_ms; /* that the child has used, and may use before its next step */
    unsigned silent_looks;
    struct kite_buffer bundle;
    bool is_over;
    enum kite_status outcome; /* what the child says of its work, once is_over */
};

static const char *name_in_hand(const struct talk *talk)
{
    const char *name = talk->started ? talk->inputs[talk->started - 1].name : NULL;

    return name ? name : "standard input";
}

/* ---- messages ----------------------------------------------------------------------------------------- */

static enum kite_status strange(const struct talk *talk)
{
    return kite_fail(talk->fault, KITE_E_FORMAT, "%s: what reads it was led astray; the file may be made to do harm",
                     name_in_hand(talk));
}

static void set_budget(struct talk *talk, uint64_t seconds)
{
    talk->budget_end_ms = talk->cpu_ms + seconds * 1000;
}

static enum kite_status hear_started(struct talk *talk, const uint8_t *body, size_t bytes)
{
    /* Inputs have their turn once, in order: so that a child cannot win time. */
    if (bytes != 4 || kite_get_u32(body) != talk->started || talk->started == talk->input_count)
        return strange(talk);
    set_budget(talk, talk->input_cpu_s + (talk->inputs[talk->started].byte_count >> 20));
    talk->started++;
    talk->pages = 0;
    if (talk->report && talk->report->started)
        talk->report->started(talk->report->ctx, talk->started - 1);
    return KITE_OK;
}

/* Drawing and coding a page has time of its own, for as many pages as a document has at most. */
static enum kite_status hear_page(struct talk *talk, const uint8_t *body, size_t bytes)
{
    (void)body;
    if (bytes != 0 || talk->is_writing || talk->started == 0 || talk->pages == PAGES_MAX)
        return strange(talk);
    talk->pages++;
    if (talk->budget_end_ms < talk->cpu_ms + PAGE_CPU_S * 1000u)
        set_budget(talk, PAGE_CPU_S);
    return KITE_OK;
}

static enum kite_status hear_note(struct talk *talk, const uint8_t *body, size_t bytes)
{
    struct kite_fault sentence;
    const char *text = (const char *)body + 9;
    size_t count = bytes > 9 ? bytes - 9 : 0;

    if (bytes < 9 || body[0] > KITE_PRESS_WARNING || kite_get_u32(body + 1) >= talk->started || memchr(text, 0, count) ||
        !kite_utf8_is_valid(text, count))
        return strange(talk);
    if (!talk->report || !talk->report->note)
        return KITE_OK;
    kite_fail(&sentence, KITE_OK, "%.*s", (int)count, text); /* no character in it steers a terminal */
    talk->report->note(talk->report->ctx, (enum kite_press_note_kind)body[0], talk->inputs[kite_get_u32(body + 1)].name,
                       kite_get_u32(body + 5), sentence.text);
    return KITE_OK;
}

static enum kite_status hear_format(struct talk *talk, const uint8_t *body, size_t bytes)
{
    char format[KITE_FORMAT_BYTES_MAX + 1];

    if (bytes > KITE_FORMAT_BYTES_MAX || talk->started == 0)
        return strange(talk);
    for (size_t i = 0; i < bytes; i++) {
        if (body[i] < 0x20 || body[i] > 0x7e)
            return strange(talk);
        format[i] = (char)body[i];
    }
    format[bytes] = '\0';
    if (talk->report && talk->report->recognised)
        talk->report->recognised(talk->report->ctx, format);
    return KITE_OK;
}

static enum kite_status hear_progress(struct talk *talk, const uint8_t *body, size_t bytes)
{
    if (bytes != 16 || talk->started < talk->input_count || get_u64(body) > get_u64(body + 8))
        return strange(talk);
    talk->is_writing = true;
    set_budget(talk, WRITING_CPU_S);
    if (talk->progress && talk->progress->step)
        talk->progress->step(talk->progress->ctx, get_u64(body), get_u64(body + 8));
    return KITE_OK;
}

static enum kite_status hear_fetch(struct talk *talk, const uint8_t *body, size_t bytes)
{
    char reference[MESSAGE_BODY_BYTES_MAX + 1];
    uint8_t *fetched = NULL;
    size_t count = 0;
    const struct kite_press_input *input = talk->started ? &talk->inputs[talk->started - 1] : NULL;
    enum kite_status status = KITE_E_RANGE;
    uint8_t byte;

    if (!input || !input->fetch || memchr(body, 0, bytes))
        return strange(talk);
    memcpy(reference, body, bytes);
    reference[bytes] = '\0';
    status = input->fetch(input->ctx, reference, &fetched, &count);
    if (status == KITE_OK && count > FETCHED_BYTES_MAX)
        status = KITE_E_LIMIT;
    byte = (uint8_t)status;
    status = channel_send(talk->socket, MESSAGE_FETCHED, &byte, 1, fetched, status ? 0 : count);
    kite_free(&talk->mem, fetched);
    return status ? strange(talk) : KITE_OK;
}

static enum kite_status hear_bundle(struct talk *talk, const uint8_t *body, size_t bytes)
{
    if (talk->bundle_bytes_max - talk->bundle.count < bytes)
        return kite_fail(talk->fault, KITE_E_LIMIT, "%s: the bundle would be larger than %llu MB", name_in_hand(talk),
                         (unsigned long long)(talk->bundle_bytes_max >> 20));
    if (kite_buffer_add(&talk->bundle, body, bytes))
        return kite_fail(talk->fault, KITE_E_NOMEM, "no memory for the bundle");
    return KITE_OK;
}

static enum kite_status hear_end(struct talk *talk, const uint8_t *body, size_t bytes)
{
    char sentence[sizeof talk->fault->text];
    size_t count = bytes > 1 ? bytes - 1 : 0;

    if (bytes < 1 || body[0] > KITE_E_RANGE || body[0] == KITE_DONE || count >= sizeof sentence || memchr(body + 1, 0, count) ||
        !kite_utf8_is_valid((const char *)body + 1, count) || (body[0] == KITE_OK && talk->started != talk->input_count))
        return strange(talk);
    memcpy(sentence, body + 1, count);
    sentence[count] = '\0';
    talk->is_over = true;
    talk->outcome = (enum kite_status)body[0];
    return talk->outcome ? kite_fail(talk->fault, talk->outcome, "%s", sentence) : KITE_OK;
}

static enum kite_status hear_level(struct talk *talk, const uint8_t *body, size_t bytes)
{
    if (bytes != 1 || body[0] > KITE_SANDBOX_FILES)
        return strange(talk);
    talk->level = (enum kite_sandbox_level)body[0];
    return KITE_OK;
}

static enum kite_status (*const hear[])(struct talk *talk, const uint8_t *body, size_t bytes) = {
    [MESSAGE_STARTED] = hear_started, [MESSAGE_NOTE] = hear_note, [MESSAGE_FORMAT] = hear_format, [MESSAGE_PROGRESS] = hear_progress, [MESSAGE_FETCH] = hear_fetch,
    [MESSAGE_BUNDLE] = hear_bundle,   [MESSAGE_END] = hear_end,   [MESSAGE_LEVEL] = hear_level,
    [MESSAGE_PAGE] = hear_page,
};

/* KITE_DONE: the child has closed its end between two messages. */
static enum kite_status hear_one(struct talk *talk)
{
    uint8_t head[MESSAGE_HEAD_BYTES], body[MESSAGE_BODY_BYTES_MAX];
    uint32_t bytes;

    if (channel_receive(talk->socket, head, sizeof head))
        return KITE_DONE;
    bytes = kite_get_u32(head + 1);
    if (head[0] >= sizeof hear / sizeof *hear || !hear[head[0]] || bytes > sizeof body)
        return strange(talk);
    if (channel_receive(talk->socket, body, bytes))
        return KITE_DONE;
    return hear[head[0]](talk, body, bytes);
}

/* ---- the child's time ------------------------------------------------------------------------------------- */

static uint64_t child_cpu_ms(const struct talk *talk)
{
    struct timespec used;
    clockid_t clock;

    if (clock_getcpuclockid(talk->child, &clock) != 0 || clock_gettime(clock, &used) != 0)
        return talk->cpu_ms; /* it has just ended; the socket tells */
    return (uint64_t)used.tv_sec * 1000 + (uint64_t)used.tv_nsec / 1000000;
}

static enum kite_status check_time(struct talk *talk, bool is_silent)
{
    uint64_t cpu_ms = child_cpu_ms(talk);

    talk->silent_looks = is_silent && cpu_ms == talk->cpu_ms ? talk->silent_looks + 1 : 0;
    talk->cpu_ms = cpu_ms;
    if (cpu_ms > talk->budget_end_ms || talk->silent_looks * LOOK_MS > SILENCE_TIMES * 1000 * talk->input_cpu_s)
        return kite_fail(talk->fault, KITE_E_LIMIT, "%s: reading it takes too long; it is given up", name_in_hand(talk));
    return KITE_OK;
}

/* Until the child has said its last word, or is to be ended. */
static enum kite_status hear_out(struct talk *talk)
{
    enum kite_status status = KITE_OK;

    while (status == KITE_OK && !talk->is_over) {
        struct pollfd end = { .fd = talk->socket, .events = POLLIN };
        int ready = poll(&end, 1, LOOK_MS);

        if (ready < 0 && errno != EINTR)
            return kite_fail(talk->fault, KITE_E_IO, "the sandbox cannot be heard: %s", strerror(errno));
        status = check_time(talk, ready == 0);
        if (status == KITE_OK && ready > 0)
            status = hear_one(talk);
    }
    return status;
}

/* ---- one packing -------------------------------------------------------------------------------------------- */

/* The child has gone without a last word. */
static enum kite_status explain_end(const struct talk *talk, int child_status)
{
    if (WIFSIGNALED(child_status) && WTERMSIG(child_status) == SIGXCPU)
        return kite_fail(talk->fault, KITE_E_LIMIT, "%s: reading it takes too long; it is given up", name_in_hand(talk));
    if (WIFEXITED(child_status) && WEXITSTATUS(child_status) == 126)
        return kite_fail(talk->fault, KITE_E_IO, "the sandbox could not be closed, and nothing is read outside of it");
    return kite_fail(talk->fault, KITE_E_FORMAT, "%s: what reads it crashed; the file is damaged, or made to do harm",
                     name_in_hand(talk));
}

static enum kite_status verify(struct talk *talk)
{
    struct kite_span_bytes span = { talk->bundle.bytes, talk->bundle.count };
    struct kite_source source = kite_source_memory(&span);
    struct kite_bundle *bundle;
    enum kite_status status = kite_bundle_open(&talk->mem, &source, &bundle, talk->fault);

    if (status)
        return status;
    status = kite_bundle_verify(bundle, NULL, talk->fault);
    kite_bundle_close(bundle);
    return status;
}

static enum kite_status talk_to_child(struct talk *talk)
{
    struct timeval patience = { .tv_sec = 60 }; /* for a child that stops in the middle of a message */
    int child_status = 0;
    enum kite_status status;

    setsockopt(talk->socket, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    setsockopt(talk->socket, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    set_budget(talk, talk->input_cpu_s);
    status = hear_out(talk);
    if (status == KITE_DONE) { /* it has ended, or will not go on */
        kill(talk->child, SIGKILL);
        waitpid(talk->child, &child_status, 0);
        return explain_end(talk, child_status);
    }
    kill(talk->child, SIGKILL);
    waitpid(talk->child, &child_status, 0);
    return status ? status : verify(talk);
}

enum kite_status sandbox_pack(sandbox_work *run, const struct child_work *work, const struct kite_sandbox_options *options,
                              const struct kite_press_report *report, const struct kite_progress *progress,
                              const struct kite_sink *sink, enum kite_sandbox_level *level, struct kite_fault *fault)
{
    struct kite_fault own_fault;
    struct child_work child = *work;
    struct kite_sandbox_limits limits = { .memory_bytes = options->memory_bytes ? options->memory_bytes : MEMORY_BYTES_USUAL,
                                          .cpu_s = CHILD_CPU_S };
    struct talk talk = { .mem = *work->mem, .inputs = work->inputs, .input_count = work->input_count, .report = report,
                         .progress = progress, .fault = fault ? fault : &own_fault, .bundle = { .mem = *work->mem },
                         .bundle_bytes_max = options->bundle_bytes ? options->bundle_bytes : BUNDLE_BYTES_USUAL,
                         .input_cpu_s = options->input_cpu_s ? options->input_cpu_s : INPUT_CPU_S_USUAL };
    enum kite_status status = kite_sandbox_start(&limits, &child, run, &talk.socket, &talk.child, talk.fault);

    if (status)
        return status;
    status = talk_to_child(&talk);
    close(talk.socket);
    if (status == KITE_OK)
        status = sink->write(sink->ctx, talk.bundle.bytes, talk.bundle.count);
    if (level)
        *level = talk.level;
    kite_buffer_close(&talk.bundle);
    return status;
}

enum kite_status kite_sandbox_pack(const struct kite_memory *mem, const struct kite_press_input *inputs, size_t input_count,
                                   const struct kite_sandbox_options *options, const struct kite_press_report *report,
                                   const struct kite_progress *progress, const struct kite_sink *sink,
                                   enum kite_sandbox_level *level, struct kite_fault *fault)
{
    static const struct kite_sandbox_options usual;
    struct kite_press_options press = { .lang = 0 };
    struct kite_press_detector *detector = NULL;
    enum kite_status status = KITE_OK;

    options = options ? options : &usual;
    if (options->press)
        press = *options->press;
    if (!press.detector && !press.lang) { /* the child can read no files */
        status = kite_press_detector_open(mem, &detector);
        press.detector = detector;
    }
    if (status == KITE_OK)
        status = sandbox_pack(child_run, &(struct child_work){ mem, inputs, input_count, &press }, options, report, progress, sink,
                              level, fault);
    kite_press_detector_close(detector);
    return status;
}
