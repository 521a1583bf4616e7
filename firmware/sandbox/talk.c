/* The parent of the sandbox: hears the child out, believes nothing, and ends it when it takes too much. */
#include "sandbox/talk.h"
#include "sandbox/channel.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define BUNDLE_BYTES_USUAL (256u << 20)
#define INPUT_CPU_S_USUAL 9u
#define PAGE_CPU_S 30u /* at least, from the picture of a page to the next: the best compression of one takes up to 10 s */
#define PAGES_MAX 40000u
#define WRITING_CPU_S 120u /* from one word of progress to the next, once all inputs are read */
#define SILENCE_TIMES 3 /* as long as that without a message and without using the CPU: it waits for what will not come */
#define LOOKS_APART_MS_MAX 1000
#define MESSAGE_PATIENCE_S 60 /* for a child that stops in the middle of a message */
#define FETCHED_BYTES_MAX (64u << 20)

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
    talk->budget_end_ms = talk->cpu_ms + seconds * talk->slowness * 1000;
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
    if (talk->budget_end_ms < talk->cpu_ms + PAGE_CPU_S * talk->slowness * 1000u)
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
    uint8_t *fetched = NULL;
    size_t count = 0;
    const struct kite_press_input *input = talk->started ? &talk->inputs[talk->started - 1] : NULL;
    enum kite_status status;
    uint8_t byte;

    if (!input || !input->fetch || memchr(body, 0, bytes))
        return strange(talk);
    status = input->fetch(input->ctx, (const char *)body, &fetched, &count);
    if (status == KITE_OK && count > FETCHED_BYTES_MAX)
        status = KITE_E_LIMIT;
    byte = (uint8_t)status;
    status = channel_send(talk->socket, MESSAGE_FETCHED, &byte, 1, fetched, status ? 0 : count);
    kite_free(&talk->mem, fetched);
    return status ? strange(talk) : KITE_OK;
}

static enum kite_status hear_bundle(struct talk *talk, const uint8_t *body, size_t bytes)
{
    enum kite_status status;

    if (talk->bundle_bytes_max - talk->bundle_bytes < bytes)
        return kite_fail(talk->fault, KITE_E_LIMIT, "%s: the bundle would be larger than %llu MB", name_in_hand(talk),
                         (unsigned long long)(talk->bundle_bytes_max >> 20));
    talk->bundle_bytes += bytes;
    status = talk->sink->write(talk->sink->ctx, body, bytes);
    return status ? kite_fail(talk->fault, status, "%s: its bundle cannot be kept", name_in_hand(talk)) : KITE_OK;
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
    if (body[0] && count == 0)
        return kite_fail(talk->fault, (enum kite_status)body[0], "%s: what reads it gave up", name_in_hand(talk));
    return body[0] ? kite_fail(talk->fault, (enum kite_status)body[0], "%s", sentence) : KITE_OK;
}

static enum kite_status hear_level(struct talk *talk, const uint8_t *body, size_t bytes)
{
    if (bytes != 1 || body[0] > KITE_SANDBOX_FILES)
        return strange(talk);
    talk->level = (enum kite_sandbox_level)body[0];
    talk->has_level = true;
    return KITE_OK;
}

/* body[bytes] is NUL. */
static enum kite_status (*const hear[])(struct talk *talk, const uint8_t *body, size_t bytes) = {
    [MESSAGE_STARTED] = hear_started, [MESSAGE_NOTE] = hear_note, [MESSAGE_FORMAT] = hear_format, [MESSAGE_PROGRESS] = hear_progress, [MESSAGE_FETCH] = hear_fetch,
    [MESSAGE_BUNDLE] = hear_bundle,   [MESSAGE_END] = hear_end,   [MESSAGE_LEVEL] = hear_level,
    [MESSAGE_PAGE] = hear_page,
};

/* KITE_DONE: the child has closed its end between two messages. */
static enum kite_status hear_one(struct talk *talk)
{
    uint8_t head[MESSAGE_HEAD_BYTES], *body;
    uint32_t bytes;
    enum kite_status status = KITE_DONE;

    if (channel_receive(talk->socket, head, sizeof head))
        return KITE_DONE;
    bytes = kite_get_u32(head + 1);
    if (head[0] >= sizeof hear / sizeof *hear || !hear[head[0]] || bytes > MESSAGE_BODY_BYTES_MAX)
        return strange(talk);
    body = kite_alloc(&talk->mem, (size_t)bytes + 1, 1);
    if (!body)
        return kite_fail(talk->fault, KITE_E_NOMEM, "no memory to hear of %s", name_in_hand(talk));
    if (channel_receive(talk->socket, body, bytes) == KITE_OK)
        status = hear[head[0]](talk, body, bytes);
    kite_free(&talk->mem, body);
    return status;
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

static int64_t clock_ms(void)
{
    struct timespec now;

    return clock_gettime(CLOCK_MONOTONIC, &now) == 0 ? (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000 : 0;
}

static enum kite_status check_time(struct talk *talk, bool is_silent)
{
    uint64_t cpu_ms = child_cpu_ms(talk);
    int64_t now_ms = clock_ms();

    if (!is_silent || cpu_ms != talk->cpu_ms)
        talk->silent_ms = 0;
    else if (talk->looked_ms > 0) /* of a long time between two looks, as when the machine slept, nothing follows */
        talk->silent_ms += now_ms - talk->looked_ms < LOOKS_APART_MS_MAX ? now_ms - talk->looked_ms : LOOKS_APART_MS_MAX;
    talk->looked_ms = now_ms;
    talk->cpu_ms = cpu_ms;
    if (cpu_ms > talk->budget_end_ms || talk->silent_ms > SILENCE_TIMES * 1000 * (int64_t)talk->input_cpu_s)
        return kite_fail(talk->fault, KITE_E_LIMIT, "%s: reading it takes too long; it is given up", name_in_hand(talk));
    return KITE_OK;
}

/* ---- a talk ------------------------------------------------------------------------------------------------- */

void talk_begin(struct talk *talk, int socket, int child)
{
    struct timeval patience = { .tv_sec = MESSAGE_PATIENCE_S };

    talk->socket = socket;
    talk->child = child;
    talk->slowness = talk->slowness ? talk->slowness : 1;
    talk->bundle_bytes_max = talk->bundle_bytes_max ? talk->bundle_bytes_max : BUNDLE_BYTES_USUAL;
    talk->input_cpu_s = talk->input_cpu_s ? talk->input_cpu_s : INPUT_CPU_S_USUAL;
    setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    set_budget(talk, talk->input_cpu_s);
}

static int end_child(struct talk *talk)
{
    int child_status = 0;

    if (talk->child <= 0)
        return 0;
    close(talk->socket);
    kill(talk->child, SIGKILL);
    waitpid(talk->child, &child_status, 0);
    talk->child = 0;
    return child_status;
}

void talk_end(struct talk *talk)
{
    end_child(talk);
}

/* The child has gone without a last word. */
static enum kite_status explain_end(struct talk *talk)
{
    int child_status = end_child(talk);

    if (WIFSIGNALED(child_status) && WTERMSIG(child_status) == SIGXCPU)
        return kite_fail(talk->fault, KITE_E_LIMIT, "%s: reading it takes too long; it is given up", name_in_hand(talk));
    if (WIFEXITED(child_status) && WEXITSTATUS(child_status) == SANDBOX_EXIT_OPEN)
        return kite_fail(talk->fault, KITE_E_IO, "the sandbox could not be closed, and nothing is read outside of it");
    return kite_fail(talk->fault, KITE_E_FORMAT, "%s: what reads it crashed; the file is damaged, or made to do harm",
                     name_in_hand(talk));
}

enum kite_status talk_step(struct talk *talk, int wait_ms)
{
    struct pollfd end = { .fd = talk->socket, .events = POLLIN };
    int ready = poll(&end, 1, wait_ms);
    enum kite_status status;

    if (ready < 0 && errno != EINTR)
        return kite_fail(talk->fault, KITE_E_IO, "the sandbox cannot be heard: %s", strerror(errno));
    status = check_time(talk, ready == 0);
    if (status == KITE_OK && ready > 0)
        status = hear_one(talk);
    if (status == KITE_DONE) /* it has ended, or will not go on */
        return explain_end(talk);
    return status == KITE_OK && talk->is_over ? KITE_DONE : status;
}
