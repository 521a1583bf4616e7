/* Starting kite-press on a document, and hearing it. Links nothing of the press. */
#include "sandbox/program.h"
#include "sandbox/talk.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define DESCRIPTOR_MIN 10 /* above those that the child gets, so that none is overwritten before it is passed on */

extern char **environ;

struct kite_sandbox_run {
    struct kite_press_input input;
    struct talk talk;
};

/* ---- starting -------------------------------------------------------------------------------------------------- */

/* Signals as every program finds them: the parent may ignore some, and be held by a watchdog. */
static int set_signals(posix_spawnattr_t *how)
{
    sigset_t all, none;
    int error;

    sigfillset(&all);
    sigemptyset(&none);
    error = posix_spawnattr_setflags(how, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
    error = error ? error : posix_spawnattr_setsigdefault(how, &all);
    return error ? error : posix_spawnattr_setsigmask(how, &none);
}

static int spawn(const char *path, char *const *arguments, int socket, int document, int *child)
{
    posix_spawn_file_actions_t files;
    posix_spawnattr_t how;
    int error = posix_spawn_file_actions_init(&files);

    if (error)
        return error;
    error = posix_spawnattr_init(&how);
    if (error == 0) {
        error = set_signals(&how);
        error = error ? error : posix_spawn_file_actions_adddup2(&files, socket, PROGRAM_SOCKET);
        error = error ? error : posix_spawn_file_actions_adddup2(&files, document, PROGRAM_DOCUMENT);
        error = error ? error : posix_spawn(child, path, &files, &how, arguments, environ);
        posix_spawnattr_destroy(&how);
    }
    posix_spawn_file_actions_destroy(&files);
    return error;
}

static int spawn_with(const char *path, char *const *arguments, int socket, int document, int *child)
{
    int high_socket = fcntl(socket, F_DUPFD_CLOEXEC, DESCRIPTOR_MIN);
    int high_document = fcntl(document, F_DUPFD_CLOEXEC, DESCRIPTOR_MIN);
    int error = high_socket < 0 || high_document < 0 ? errno : spawn(path, arguments, high_socket, high_document, child);

    if (high_socket >= 0)
        close(high_socket);
    if (high_document >= 0)
        close(high_document);
    return error;
}

static enum kite_status start(struct kite_sandbox_run *run, const struct kite_sandbox_program *program, int document,
                              struct kite_fault *fault)
{
    char path[] = "kite-press", numbers[ARGUMENT_COUNT][24];
    char *arguments[ARGUMENT_COUNT + 1] = { path, (char *)(uintptr_t)run->input.name };
    const long long values[ARGUMENT_COUNT] = {
        [ARGUMENT_BYTES] = (long long)run->input.byte_count,        [ARGUMENT_HAS_FETCH] = run->input.fetch != NULL,
        [ARGUMENT_WIDTH_PX] = program->picture_width_px,            [ARGUMENT_HEIGHT_PX] = program->picture_height_px,
        [ARGUMENT_ZOPFLI] = program->zopfli_iterations,             [ARGUMENT_MEMORY_BYTES] = (long long)program->memory_bytes,
    };
    int ends[2], child, error;

    for (int i = ARGUMENT_BYTES; i < ARGUMENT_COUNT; i++) {
        snprintf(numbers[i], sizeof numbers[i], "%lld", values[i]);
        arguments[i] = numbers[i];
    }
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
        return kite_fail(fault, KITE_E_IO, "no socket for the sandbox: %s", strerror(errno));
    error = spawn_with(program->path, arguments, ends[1], document, &child);
    close(ends[1]);
    if (error) {
        close(ends[0]);
        return kite_fail(fault, KITE_E_IO, "%s cannot be started: %s", program->path, strerror(error));
    }
    talk_begin(&run->talk, ends[0], child);
    return KITE_OK;
}

enum kite_status kite_sandbox_run_open(const struct kite_memory *mem, const struct kite_sandbox_program *program,
                                       const struct kite_press_input *input, int document, const struct kite_press_report *report,
                                       const struct kite_progress *progress, const struct kite_sink *sink,
                                       struct kite_sandbox_run **out, struct kite_fault *fault)
{
    struct kite_sandbox_run *run = kite_alloc(mem, 1, sizeof *run);
    enum kite_status status;

    *out = NULL;
    if (!run)
        return kite_fail(fault, KITE_E_NOMEM, "no memory for the sandbox");
    run->input = *input;
    run->talk = (struct talk){ .mem = *mem, .inputs = &run->input, .input_count = 1, .report = report, .progress = progress,
                               .sink = sink, .bundle_bytes_max = program->bundle_bytes, .slowness = program->slowness };
    status = start(run, program, document, fault);
    if (status)
        kite_free(mem, run);
    else
        *out = run;
    return status;
}

/* ---- hearing --------------------------------------------------------------------------------------------------- */

enum kite_status kite_sandbox_run_step(struct kite_sandbox_run *run, int wait_ms, struct kite_fault *fault)
{
    struct kite_fault own = { "" };
    enum kite_status status;

    run->talk.fault = fault ? fault : &own;
    status = talk_step(&run->talk, wait_ms);
    if (status == KITE_E_NOMEM) /* the child's memory is not the caller's */
        return kite_fail(fault, KITE_E_LIMIT, "%s: reading it takes more memory than there is here", run->input.name);
    return status;
}

bool kite_sandbox_run_level(const struct kite_sandbox_run *run, enum kite_sandbox_level *level)
{
    *level = run->talk.level;
    return run->talk.has_level;
}

int kite_sandbox_run_child(const struct kite_sandbox_run *run)
{
    return run->talk.child;
}

void kite_sandbox_run_close(struct kite_sandbox_run *run)
{
    if (!run)
        return;
    talk_end(&run->talk);
    kite_free(&run->talk.mem, run);
}
