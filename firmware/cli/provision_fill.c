/* Filling volumes, each in a process of its own. A process tells how far it is by records of one
 * size through a pipe that all share; the pipe writes so short a record in one piece. */
#include "cli/provision.h"

#include "cli/volume_io.h"
#include "host/host.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define LOOK_MS 200

/* What a process tells: its outcome so far. */
struct record {
    size_t volume;
    uint64_t done_bytes;
    struct kite_provision_outcome outcome;
};
_Static_assert(sizeof(struct record) <= PIPE_BUF, "records must not be torn");

/* ---- one volume, in its process -------------------------------------------------------------- */

struct filling {
    const struct kite_provision_bundles *bundles;
    const char *folder;
    struct kite_io io;
    int pipe;
    struct record record;
};

static void tell(struct filling *f)
{
    ssize_t done;

    do
        done = write(f->pipe, &f->record, sizeof f->record);
    while (done < 0 && errno == EINTR);
    if (done != (ssize_t)sizeof f->record)
        _exit(1); /* nobody is there to be told */
}

static void note_outcome(struct filling *f, enum kite_status status, bool was_there,
                         const struct kite_fault *fault)
{
    struct kite_provision_outcome *o = &f->record.outcome;

    if (status == KITE_DONE && was_there) {
        o->had++;
    } else if (status == KITE_DONE) {
        o->copied++;
    } else {
        o->failed++;
        if (!o->problem[0])
            snprintf(o->problem, sizeof o->problem, "%s", fault->text);
    }
}

static enum kite_status copy_one(struct filling *f, const struct kite_source *source,
                                 const char *name)
{
    struct kite_copy_job job = {
        .io = &f->io, .folder = f->folder, .name = name, .source = source, .rule = KITE_COPY_OVER
    };
    struct kite_fault fault = { "" };
    struct kite_copy *copy = NULL;
    uint64_t before = f->record.done_bytes;
    bool was_there = false;
    enum kite_status status = kite_copy_open(&f->bundles->mem, &job, &copy);

    while (status == KITE_OK) {
        status = kite_copy_step(copy, &fault);
        was_there = kite_copy_news(copy)->was_there;
        f->record.done_bytes = before + kite_copy_news(copy)->done_bytes / 2;
        tell(f);
    }
    kite_copy_close(copy);
    f->record.done_bytes = before + source->size_bytes;
    note_outcome(f, status, was_there, &fault);
    tell(f);
    return status;
}

static bool is_there(const struct filling *f)
{
    bool is = false;

    return f->io.exists(f->io.ctx, f->folder, &is) == KITE_OK && is;
}

/* Each bundle, then the list of them, also when some failed: the reader can tell then what is
 * missing. */
static void fill(struct filling *f)
{
    struct kite_span_bytes list = { f->bundles->list.bytes, f->bundles->list.count };
    struct kite_source source = kite_source_memory(&list);
    struct kite_io here = kite_io_posix();

    for (size_t i = 0; i < f->bundles->count; i++) {
        const struct kite_provision_source *item = &f->bundles->items[i];
        struct kite_volume_file file;
        struct kite_fault fault = { "" };
        enum kite_status status = kite_volume_file_open(&here, item->path, &file);

        if (status == KITE_OK)
            status = copy_one(f, &file.source, item->name);
        else
            note_outcome(f, kite_fail(&fault, status, "%s cannot be read", item->path), false,
                         &fault);
        kite_volume_file_close(&file);
        if (status == KITE_E_IO && !is_there(f))
            return;
    }
    copy_one(f, &source, KITE_PROVISION_NAME);
}

/* ---- all of them ----------------------------------------------------------------------------- */

struct fleet {
    const struct kite_provision_bundles *bundles;
    const char *const *volumes;
    struct kite_provision_outcome *outcomes;
    uint64_t *done_bytes;
    pid_t *processes; /* 0: not begun, or over */
    size_t count, begun, running, over;
    int pipe[2];
};

static enum kite_status begin_one(struct fleet *fleet)
{
    size_t at = fleet->begun;
    struct filling f = { .bundles = fleet->bundles,
                         .folder = fleet->volumes[at],
                         .io = kite_volume_io(),
                         .pipe = fleet->pipe[1],
                         .record.volume = at };
    pid_t process = fork();

    if (process < 0)
        return KITE_E_IO;
    if (process == 0) {
        close(fleet->pipe[0]);
        fill(&f);
        f.record.outcome.is_ended = true;
        tell(&f);
        _exit(0);
    }
    fleet->processes[at] = process;
    fleet->begun++;
    fleet->running++;
    return KITE_OK;
}

/* One record, when there is one. */
static void hear(struct fleet *fleet)
{
    struct record record;

    if (read(fleet->pipe[0], &record, sizeof record) == (ssize_t)sizeof record) {
        fleet->outcomes[record.volume] = record.outcome;
        fleet->done_bytes[record.volume] = record.done_bytes;
    }
}

static bool has_news(const struct fleet *fleet, int wait_ms)
{
    struct pollfd pipe = { .fd = fleet->pipe[0], .events = POLLIN };

    return poll(&pipe, 1, wait_ms) > 0;
}

static void bury(struct fleet *fleet)
{
    for (size_t i = 0; i < fleet->begun; i++) {
        if (fleet->processes[i] == 0 || waitpid(fleet->processes[i], NULL, WNOHANG) <= 0)
            continue;
        fleet->processes[i] = 0;
        fleet->running--;
        fleet->over++;
    }
}

static void show(const struct fleet *fleet, const struct kite_progress *progress)
{
    uint64_t done = 0;

    for (size_t i = 0; i < fleet->count; i++)
        done += fleet->done_bytes[i];
    if (progress->step)
        progress->step(progress->ctx, done,
                       (fleet->bundles->bytes + fleet->bundles->list.count) * fleet->count);
}

static enum kite_status run(struct fleet *fleet, unsigned jobs)
{
    struct kite_meter meter;
    struct kite_progress progress = kite_meter_start(&meter, "copying", false);
    enum kite_status status = KITE_OK;

    while (fleet->over < fleet->count) {
        while (status == KITE_OK && fleet->running < jobs && fleet->begun < fleet->count)
            status = begin_one(fleet);
        if (status && fleet->running == 0) /* no process can be had at all */
            break;
        if (has_news(fleet, LOOK_MS))
            hear(fleet);
        show(fleet, &progress);
        bury(fleet);
        if (fleet->running < jobs)
            status = KITE_OK; /* there may be room for one now */
    }
    while (has_news(fleet, 0))
        hear(fleet);
    kite_meter_finish(&meter);
    return status;
}

static void say_what_died(const struct fleet *fleet)
{
    for (size_t i = 0; i < fleet->count; i++) {
        struct kite_provision_outcome *o = &fleet->outcomes[i];

        if (!o->is_ended && !o->problem[0])
            snprintf(o->problem, sizeof o->problem, "it was not filled to the end");
    }
}

enum kite_status kite_provision_fill(struct kite_cli *cli,
                                     const struct kite_provision_bundles *bundles,
                                     const char *const *volumes, size_t count, unsigned jobs,
                                     struct kite_provision_outcome *outcomes)
{
    struct fleet fleet = { .bundles = bundles,
                           .volumes = volumes,
                           .outcomes = outcomes,
                           .done_bytes = kite_alloc(&cli->mem, count, sizeof(uint64_t)),
                           .processes = kite_alloc(&cli->mem, count, sizeof(pid_t)),
                           .count = count,
                           .pipe = { -1, -1 } };
    enum kite_status status = fleet.done_bytes && fleet.processes ? KITE_OK : KITE_E_NOMEM;

    if (status == KITE_OK && pipe(fleet.pipe) != 0)
        status = KITE_E_IO;
    if (status == KITE_OK)
        status = run(&fleet, jobs);
    for (int i = 0; i < 2; i++)
        if (fleet.pipe[i] >= 0)
            close(fleet.pipe[i]);
    say_what_died(&fleet);
    kite_free(&cli->mem, fleet.done_bytes);
    kite_free(&cli->mem, fleet.processes);
    return status ? kite_fail(&cli->fault, status, "no process can be started") : KITE_OK;
}
