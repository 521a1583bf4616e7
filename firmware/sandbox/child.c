/* The press inside the cage: its sink, report, progress and fetch are messages. */
#include "sandbox/child.h"
#include "sandbox/channel.h"

#include <string.h>
#include <unistd.h>

/* A parent that does not answer has gone; there is nobody left to tell. */
static void must(enum kite_status status)
{
    if (status)
        _exit(125);
}

struct end {
    int socket;
    const struct child_work *work;
};

static void tell_started(void *ctx, size_t input)
{
    const struct end *end = ctx;
    uint8_t body[4];

    put_u32(body, (uint32_t)input);
    must(channel_send(end->socket, MESSAGE_STARTED, body, sizeof body, NULL, 0));
}

static void tell_note(void *ctx, enum kite_press_note_kind kind, const char *name, uint32_t line, const char *sentence)
{
    const struct end *end = ctx;
    uint8_t body[9] = { (uint8_t)kind };
    size_t bytes = strlen(sentence);
    uint32_t input = 0;

    while (input + 1 < end->work->input_count && end->work->inputs[input].name != name)
        input++;
    put_u32(body + 1, input);
    put_u32(body + 5, line);
    if (bytes > MESSAGE_BODY_BYTES_MAX - sizeof body)
        bytes = MESSAGE_BODY_BYTES_MAX - sizeof body;
    must(channel_send(end->socket, MESSAGE_NOTE, body, sizeof body, sentence, bytes));
}

static void tell_format(void *ctx, const char *format)
{
    const struct end *end = ctx;

    must(channel_send(end->socket, MESSAGE_FORMAT, format, strlen(format), NULL, 0));
}

static void tell_page(void *ctx)
{
    const struct end *end = ctx;

    must(channel_send(end->socket, MESSAGE_PAGE, NULL, 0, NULL, 0));
}

static void tell_progress(void *ctx, uint64_t done, uint64_t total)
{
    const struct end *end = ctx;
    uint8_t body[16];

    put_u64(body, done);
    put_u64(body + 8, total);
    must(channel_send(end->socket, MESSAGE_PROGRESS, body, sizeof body, NULL, 0));
}

static enum kite_status give_bytes(void *ctx, const uint8_t *bytes, size_t count)
{
    const struct end *end = ctx;

    while (count > 0) {
        size_t now = count < MESSAGE_BODY_BYTES_MAX ? count : MESSAGE_BODY_BYTES_MAX;

        must(channel_send(end->socket, MESSAGE_BUNDLE, bytes, now, NULL, 0));
        bytes += now;
        count -= now;
    }
    return KITE_OK;
}

static enum kite_status fetch(void *ctx, const char *reference, uint8_t **bytes, size_t *count)
{
    const struct end *end = ctx;
    size_t reference_bytes = strlen(reference);
    uint8_t head[MESSAGE_HEAD_BYTES], status;
    uint32_t body_bytes;

    if (reference_bytes > MESSAGE_BODY_BYTES_MAX)
        return KITE_E_RANGE;
    must(channel_send(end->socket, MESSAGE_FETCH, reference, reference_bytes, NULL, 0));
    must(channel_receive(end->socket, head, sizeof head));
    must(channel_receive(end->socket, &status, 1));
    if (status)
        return (enum kite_status)status;
    body_bytes = kite_get_u32(head + 1) - 1;
    *bytes = kite_alloc(end->work->mem, body_bytes ? body_bytes : 1, 1);
    if (!*bytes)
        return KITE_E_NOMEM;
    *count = body_bytes;
    must(channel_receive(end->socket, *bytes, body_bytes));
    return KITE_OK;
}

int child_run(void *ctx, int socket, enum kite_sandbox_level level)
{
    const struct child_work *work = ctx;
    struct end end = { socket, work };
    struct kite_press_report report = { &end, tell_started, tell_note, tell_format, tell_page };
    struct kite_progress progress = { &end, tell_progress };
    struct kite_sink sink = { &end, give_bytes };
    struct kite_press_input *inputs = kite_alloc(work->mem, work->input_count, sizeof *inputs);
    struct kite_fault fault = { "" };
    uint8_t byte = (uint8_t)level;
    enum kite_status status = KITE_E_NOMEM;

    must(channel_send(socket, MESSAGE_LEVEL, &byte, 1, NULL, 0));
    for (size_t i = 0; i < work->input_count && inputs; i++) {
        inputs[i] = work->inputs[i];
        inputs[i].ctx = &end;
        inputs[i].fetch = work->inputs[i].fetch ? fetch : NULL;
    }
    if (inputs)
        status = kite_press_pack(work->mem, inputs, work->input_count, work->press, &report, &progress, &sink, &fault);
    byte = (uint8_t)status;
    must(channel_send(socket, MESSAGE_END, &byte, 1, fault.text, strlen(fault.text)));
    return 0;
}
