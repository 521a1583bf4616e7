/* One document at a time: copied aside, given to kite-press, its bundle kept aside until it is taken in. */
#include "converter/converter.h"

#include "host/host.h"
#include "sandbox/sandbox.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define PART_BYTES 65536u
#define PATH_BYTES_MAX 1024u
#define READ_PERMILLE 500u /* of the work, when all is read and the bundle is written */
#define BUNDLE_BYTES_MAX (128u << 20)
#define MEMORY_BYTES_MAX (256u << 20)
#define MEMORY_BYTES_MIN (24u << 20)
#define PATIENT_LOOK_MS 200
#define MEMORY_BYTES_LEFT (8u << 20) /* to everybody else */

struct kite_converter_process {
    struct kite_memory mem;
    struct kite_converter_options options;
    struct kite_converter seam;
    char program[PATH_BYTES_MAX], scratch[PATH_BYTES_MAX];

    /* The one in hand. */
    const struct kite_document *document;
    struct kite_file copy, bundle; /* both without a name; descriptor -1: none */
    uint64_t copied_bytes;
    struct kite_sandbox_run *run;
    struct kite_press_input input;
    struct kite_press_report report;
    struct kite_progress progress;
    struct kite_sink sink;
    uint32_t done_permille;
    const char *cage;
};

/* ---- files without a name ------------------------------------------------------------------------------------ */

/* Nobody else works in the folder. */
static enum kite_status make_file(struct kite_converter_process *c, const char *name, struct kite_file *file, struct kite_fault *fault)
{
    char path[PATH_BYTES_MAX + 32];

    snprintf(path, sizeof path, "%s/%s", c->scratch, name);
    if (kite_scratch_open(&c->mem, path, file) != KITE_OK)
        return kite_fail(fault, KITE_E_LIMIT, "there is no room to convert it");
    return KITE_OK;
}

static enum kite_status keep_bundle(void *ctx, const uint8_t *bytes, size_t count)
{
    struct kite_converter_process *c = ctx;

    return kite_scratch_write(&c->bundle, bytes, count);
}

/* ---- what the press tells -------------------------------------------------------------------------------------- */

static void on_note(void *ctx, enum kite_press_note_kind kind, const char *name, uint32_t line, const char *sentence)
{
    struct kite_converter_process *c = ctx;

    (void)name;
    (void)line;
    c->document->note(c->document->note_ctx, kind == KITE_PRESS_WARNING, sentence);
}

static void on_progress(void *ctx, uint64_t done, uint64_t total)
{
    struct kite_converter_process *c = ctx;

    c->done_permille = READ_PERMILLE + (total ? (uint32_t)(done * (1000 - READ_PERMILLE) / total) : 0);
}

/* ---- steps -------------------------------------------------------------------------------------------------------- */

static void end(void *ctx)
{
    struct kite_converter_process *c = ctx;

    kite_sandbox_run_close(c->run);
    c->run = NULL;
    kite_file_close(&c->copy);
    kite_file_close(&c->bundle);
    c->document = NULL;
}

static enum kite_status begin(void *ctx, const struct kite_document *document, struct kite_fault *fault)
{
    struct kite_converter_process *c = ctx;
    enum kite_status status = make_file(c, "document.part", &c->copy, fault);

    if (status == KITE_OK)
        status = make_file(c, "bundle.part", &c->bundle, fault);
    c->document = document;
    c->copied_bytes = 0;
    c->done_permille = 0;
    if (status)
        end(c);
    return status;
}

/* A mapped stick that is pulled out kills who reads it; and a copy is one document from beginning to end. */
static enum kite_status copy_some(struct kite_converter_process *c, struct kite_fault *fault)
{
    const struct kite_source *source = c->document->source;
    uint64_t left = source->size_bytes - c->copied_bytes;
    size_t count = left < PART_BYTES ? (size_t)left : PART_BYTES;
    uint8_t *part = kite_alloc(&c->mem, PART_BYTES, 1);
    enum kite_status status = part ? source->read_at(source->ctx, c->copied_bytes, part, count) : KITE_E_NOMEM;

    if (status)
        kite_fail(fault, status, "it cannot be read any further");
    else if (kite_scratch_write(&c->copy, part, count))
        status = kite_fail(fault, KITE_E_LIMIT, "there is no room to convert it");
    else
        c->copied_bytes += count;
    kite_free(&c->mem, part);
    return status;
}

/* What the child may take: what is free, so that it fails before the machine does. */
static uint64_t memory_to_give(void)
{
    char text[2048];
    int file = open("/proc/meminfo", O_RDONLY | O_CLOEXEC);
    ssize_t bytes = file < 0 ? -1 : read(file, text, sizeof text - 1);
    const char *at;
    unsigned long long kilobytes = 0;
    uint64_t most = MEMORY_BYTES_MAX;

    if (file >= 0)
        close(file);
    text[bytes > 0 ? bytes : 0] = '\0';
    at = strstr(text, "MemAvailable:");
    if (at && sscanf(at, "MemAvailable: %llu", &kilobytes) == 1)
        most = kilobytes * 1024 > MEMORY_BYTES_LEFT ? kilobytes * 1024 - MEMORY_BYTES_LEFT : 0;
    most = most < MEMORY_BYTES_MAX ? most : MEMORY_BYTES_MAX;
    return most > MEMORY_BYTES_MIN ? most : MEMORY_BYTES_MIN;
}

static enum kite_status start(struct kite_converter_process *c, struct kite_fault *fault)
{
    struct kite_sandbox_program program = { .path = c->program,
                                            .picture_width_px = c->options.picture_width_px,
                                            .picture_height_px = c->options.picture_height_px,
                                            .zopfli_iterations = -1,
                                            .memory_bytes = memory_to_give(),
                                            .bundle_bytes = BUNDLE_BYTES_MAX,
                                            .slowness = c->options.slowness };

    c->input = (struct kite_press_input){ .name = c->document->name, .byte_count = (size_t)c->copied_bytes, .ctx = c->document->ctx,
                                          .fetch = c->document->fetch };
    c->report = (struct kite_press_report){ .ctx = c, .note = on_note };
    c->progress = (struct kite_progress){ c, on_progress };
    c->sink = (struct kite_sink){ c, keep_bundle };
    return kite_sandbox_run_open(&c->mem, &program, &c->input, c->copy.descriptor, &c->report, &c->progress, &c->sink, &c->run, fault);
}

static int64_t clock_ms(void)
{
    struct timespec now;

    return clock_gettime(CLOCK_MONOTONIC, &now) == 0 ? (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000 : 0;
}

static void look_at_cage(struct kite_converter_process *c)
{
    static const char *const words[] = {
        [KITE_SANDBOX_LIMITS] = "memory and time alone", [KITE_SANDBOX_CALLS] = "system calls", [KITE_SANDBOX_FILES] = "system calls and files"
    };
    enum kite_sandbox_level level;

    if (kite_sandbox_run_level(c->run, &level))
        c->cage = words[level];
}

/* Hear the child for as long as a step may take. */
static enum kite_status hear(struct kite_converter_process *c, struct kite_fault *fault)
{
    bool is_patient = c->options.wait_ms == KITE_CONVERTER_UNTIL_OVER;
    int64_t end_ms = clock_ms() + c->options.wait_ms, left_ms = c->options.wait_ms;
    enum kite_status status;

    do {
        status = kite_sandbox_run_step(c->run, is_patient ? PATIENT_LOOK_MS : (int)left_ms, fault);
        left_ms = end_ms - clock_ms();
    } while (status == KITE_OK && (is_patient || left_ms > 0));
    look_at_cage(c);
    return status;
}

static enum kite_status work(struct kite_converter_process *c, struct kite_fault *fault)
{
    if (c->copied_bytes < c->document->source->size_bytes)
        return copy_some(c, fault);
    return c->run ? hear(c, fault) : start(c, fault);
}

static enum kite_status step(void *ctx, uint32_t *done_permille, struct kite_fault *fault)
{
    struct kite_converter_process *c = ctx;
    enum kite_status status;

    do
        status = work(c, fault);
    while (status == KITE_OK && c->options.wait_ms == KITE_CONVERTER_UNTIL_OVER);
    *done_permille = c->done_permille;
    return status;
}

static const struct kite_source *bundle(void *ctx)
{
    struct kite_converter_process *c = ctx;

    return &c->bundle.source;
}

/* ---- the converter ------------------------------------------------------------------------------------------------- */

static bool find_program(struct kite_converter_process *c)
{
    if (c->options.program)
        snprintf(c->program, sizeof c->program, "%s", c->options.program);
    else if (!kite_program_beside(c->options.called, KITE_CONVERTER_PROGRAM, c->program, sizeof c->program))
        return false;
    return access(c->program, X_OK) == 0;
}

enum kite_status kite_converter_open(const struct kite_memory *mem, const struct kite_converter_options *options,
                                     struct kite_converter_process **out, struct kite_fault *fault)
{
    struct kite_converter_process *c = kite_alloc(mem, 1, sizeof *c);

    *out = NULL;
    if (!c)
        return kite_fail(fault, KITE_E_NOMEM, "no memory for the converter");
    *c = (struct kite_converter_process){ .mem = *mem, .options = *options, .seam = { c, begin, step, bundle, end },
                                          .copy = { .descriptor = -1 }, .bundle = { .descriptor = -1 } };
    if (!find_program(c) || strlen(options->scratch) >= sizeof c->scratch) {
        kite_fail(fault, KITE_E_UNSUPPORTED, "there is no %s", c->program[0] ? c->program : KITE_CONVERTER_PROGRAM);
        kite_free(mem, c);
        return KITE_E_UNSUPPORTED;
    }
    strcpy(c->scratch, options->scratch);
    *out = c;
    return KITE_OK;
}

const struct kite_converter *kite_converter_seam(const struct kite_converter_process *c)
{
    return &c->seam;
}

int kite_converter_child(const struct kite_converter_process *c)
{
    return c->run ? kite_sandbox_run_child(c->run) : 0;
}

const char *kite_converter_cage(const struct kite_converter_process *c)
{
    return c->cage;
}

void kite_converter_close(struct kite_converter_process *c)
{
    if (!c)
        return;
    end(c);
    kite_free(&c->mem, c);
}
