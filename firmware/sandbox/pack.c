/* The press in a child that is a copy of this program: what is at the desk has all of it linked. */
#include "sandbox/child.h"
#include "sandbox/talk.h"

#define MEMORY_BYTES_USUAL (512u << 20)
#define LOOK_MS 200

static enum kite_status verify(const struct kite_memory *mem, const struct kite_buffer *bytes, struct kite_fault *fault)
{
    struct kite_span_bytes span = { bytes->bytes, bytes->count };
    struct kite_source source = kite_source_memory(&span);
    struct kite_bundle *bundle;
    enum kite_status status = kite_bundle_open(mem, &source, &bundle, fault);

    if (status)
        return status;
    kite_bundle_keep_words(bundle, KITE_WORDS_KEPT_AT_DESK);
    status = kite_bundle_verify(bundle, NULL, fault);
    kite_bundle_close(bundle);
    return status;
}

static enum kite_status hear_out(struct talk *talk)
{
    enum kite_status status = KITE_OK;

    while (status == KITE_OK)
        status = talk_step(talk, LOOK_MS);
    talk_end(talk);
    return status == KITE_DONE ? KITE_OK : status;
}

enum kite_status sandbox_pack(sandbox_work *run, const struct child_work *work, const struct kite_sandbox_options *options,
                              const struct kite_press_report *report, const struct kite_progress *progress,
                              const struct kite_sink *sink, enum kite_sandbox_level *level, struct kite_fault *fault)
{
    struct kite_fault own_fault;
    struct child_work child = *work;
    struct kite_buffer bundle = { .mem = *work->mem };
    struct kite_sink buffer = kite_sink_buffer(&bundle);
    struct kite_sandbox_limits limits = { .memory_bytes = options->memory_bytes ? options->memory_bytes : MEMORY_BYTES_USUAL,
                                          .cpu_s = KITE_SANDBOX_CPU_S };
    struct talk talk = { .mem = *work->mem, .inputs = work->inputs, .input_count = work->input_count, .report = report,
                         .progress = progress, .sink = &buffer, .bundle_bytes_max = options->bundle_bytes,
                         .input_cpu_s = options->input_cpu_s, .fault = fault ? fault : &own_fault };
    int socket, process;
    enum kite_status status = kite_sandbox_start(&limits, &child, run, &socket, &process, talk.fault);

    if (status)
        return status;
    talk_begin(&talk, socket, process);
    status = hear_out(&talk);
    if (status == KITE_OK)
        status = verify(work->mem, &bundle, talk.fault);
    if (status == KITE_OK)
        status = sink->write(sink->ctx, bundle.bytes, bundle.count);
    if (level)
        *level = talk.level;
    kite_buffer_close(&bundle);
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
        status = kite_press_detector_open(mem, NULL, &detector);
        press.detector = detector;
    }
    if (status == KITE_OK)
        status = sandbox_pack(child_run, &(struct child_work){ mem, inputs, input_count, &press }, options, report, progress, sink,
                              level, fault);
    kite_press_detector_close(detector);
    return status;
}
