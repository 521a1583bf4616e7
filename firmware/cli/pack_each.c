/* A process for each text: one that crashes or runs out of memory takes nothing else with it. */
#include "cli/pack_each.h"

#include "cli/pack_gather.h"
#include "host/host.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define JOBS_USUAL 2
#define JOBS_MAX 64

/* A process at work, and what it says on its two outputs until it ends. */
struct slot {
    pid_t process; /* 0: free */
    size_t text;
    FILE *said[2]; /* standard output, standard error */
};

struct batch {
    struct kite_cli *cli;
    int (*pack)(struct kite_cli *cli);
    struct kite_pack_texts texts;
    const char **outputs;
    struct slot slots[JOBS_MAX];
    size_t begun, over, running, jobs;
    bool *has_failed;
    size_t failed_count;
};

/* ---- names of the bundles ------------------------------------------------------------------------- */

static size_t stem_bytes(const char *name)
{
    const char *slash = strrchr(name, '/'), *dot = strrchr(name, '.');

    return dot && dot > (slash ? slash + 1 : name) ? (size_t)(dot - name) : strlen(name);
}

static const char *below(const struct batch *batch, size_t text)
{
    const char *path = batch->texts.paths[text] + strlen(batch->cli->operands[0]);

    return path + strspn(path, "/");
}

/* Does another text differ from this one by its ending alone? Then both keep it. Names that begin alike stand together. */
static bool shares_stem(const struct batch *batch, size_t text)
{
    const char *name = below(batch, text);
    size_t bytes = stem_bytes(name);

    for (int step = -1; step <= 1; step += 2) {
        for (size_t i = text + (size_t)step; i < batch->texts.count; i += (size_t)step) {
            const char *other = below(batch, i);

            if (strncmp(other, name, bytes) != 0)
                break;
            if (stem_bytes(other) == bytes)
                return true;
        }
    }
    return false;
}

static enum kite_status name_output(struct batch *batch, size_t text)
{
    const char *name = below(batch, text), *folder = batch->cli->args.output;
    size_t name_bytes = shares_stem(batch, text) ? strlen(name) : stem_bytes(name);
    size_t bytes = strlen(folder) + name_bytes + sizeof "/.kite";
    char *path = kite_arena_alloc(&batch->texts.arena, bytes, 1);

    if (!path)
        return KITE_E_NOMEM;
    snprintf(path, bytes, "%s/%.*s.kite", folder, (int)name_bytes, name);
    batch->outputs[text] = path;
    return KITE_OK;
}

/* The folders above a bundle, below the one that -o names. */
static enum kite_status make_folders(struct batch *batch, const char *output)
{
    size_t root = strlen(batch->cli->args.output);
    struct kite_buffer path = { .mem = batch->cli->mem };
    enum kite_status status = KITE_OK;

    for (const char *slash = strchr(output + root, '/'); slash && status == KITE_OK; slash = strchr(slash + 1, '/')) {
        path.count = 0;
        status = kite_buffer_add(&path, output, (size_t)(slash - output));
        status = status ? status : kite_buffer_add_u8(&path, 0);
        status = status ? status : kite_folder_make((const char *)path.bytes, &batch->cli->fault);
    }
    kite_buffer_close(&path);
    return status;
}

static enum kite_status prepare(struct batch *batch)
{
    struct kite_cli *cli = batch->cli;
    size_t count;
    enum kite_status status;

    kite_arena_init(&batch->texts.arena, cli->mem, 0);
    status = kite_pack_gather_all(cli, cli->operands[0], &batch->texts);
    count = batch->texts.count;
    if (status)
        return status;
    if (count == 0)
        return kite_fail(&cli->fault, KITE_E_FORMAT, "%s: there are no texts in it", cli->operands[0]);
    batch->outputs = kite_arena_alloc(&batch->texts.arena, count, sizeof *batch->outputs);
    batch->has_failed = kite_arena_alloc(&batch->texts.arena, count, sizeof *batch->has_failed);
    if (!batch->outputs || !batch->has_failed)
        return kite_fail(&cli->fault, KITE_E_NOMEM, "no memory for the list of texts");
    memset(batch->has_failed, 0, count);
    for (size_t i = 0; i < count && status == KITE_OK; i++) {
        status = name_output(batch, i);
        status = status ? status : make_folders(batch, batch->outputs[i]);
    }
    return status;
}

/* ---- processes --------------------------------------------------------------------------------------- */

static int work(struct batch *batch, const struct slot *slot)
{
    struct kite_cli cli = *batch->cli;
    const char *operand = batch->texts.paths[slot->text];
    int code;

    if (dup2(fileno(slot->said[0]), STDOUT_FILENO) < 0 || dup2(fileno(slot->said[1]), STDERR_FILENO) < 0)
        return KITE_EXIT_MACHINE;
    cli.operands = &operand;
    cli.operand_count = 1;
    cli.args.output = batch->outputs[slot->text];
    cli.args.is_quiet = true;
    code = batch->pack(&cli);
    fflush(stdout);
    fflush(stderr);
    return code;
}

static void close_slot(struct slot *slot)
{
    for (int i = 0; i < 2; i++) {
        if (slot->said[i])
            fclose(slot->said[i]);
    }
    *slot = (struct slot){ .process = 0 };
}

static bool begin(struct batch *batch, struct slot *slot)
{
    *slot = (struct slot){ .text = batch->begun, .said = { tmpfile(), tmpfile() } };
    fflush(stdout);
    fflush(stderr);
    slot->process = slot->said[0] && slot->said[1] ? fork() : -1;
    if (slot->process == 0)
        _exit(work(batch, slot));
    if (slot->process < 0) {
        close_slot(slot);
        return false;
    }
    batch->begun++;
    batch->running++;
    return true;
}

static void pass_on(FILE *from, FILE *to)
{
    char bytes[4096];
    size_t count;

    rewind(from);
    while ((count = fread(bytes, 1, sizeof bytes, from)) > 0)
        fwrite(bytes, 1, count, to);
    fflush(to);
}

static void end(struct batch *batch, struct slot *slot, int child_status)
{
    if (!WIFEXITED(child_status) || WEXITSTATUS(child_status) != KITE_EXIT_OK) {
        batch->has_failed[slot->text] = true;
        batch->failed_count++;
    }
    pass_on(slot->said[0], stdout);
    pass_on(slot->said[1], stderr);
    close_slot(slot);
    batch->running--;
    batch->over++;
}

/* Wait for one to end. */
static void await(struct batch *batch)
{
    int child_status;
    pid_t process = waitpid(-1, &child_status, 0);

    for (size_t i = 0; process > 0 && i < batch->jobs; i++) {
        if (batch->slots[i].process == process)
            end(batch, &batch->slots[i], child_status);
    }
}

static enum kite_status run(struct batch *batch)
{
    struct kite_meter meter;
    struct kite_progress progress = kite_meter_start(&meter, "packing", batch->cli->args.is_quiet);

    while (batch->over < batch->texts.count) {
        for (size_t i = 0; i < batch->jobs && batch->begun < batch->texts.count; i++) {
            if (batch->slots[i].process == 0 && !begin(batch, &batch->slots[i]))
                break;
        }
        if (batch->running == 0)
            return kite_fail(&batch->cli->fault, KITE_E_IO, "no process can be started: %s", strerror(errno));
        await(batch);
        if (progress.step)
            progress.step(progress.ctx, batch->over, batch->texts.count);
    }
    kite_meter_finish(&meter);
    return KITE_OK;
}

static void sum_up(const struct batch *batch)
{
    fprintf(stderr, "%zu of %zu texts are packed", batch->texts.count - batch->failed_count, batch->texts.count);
    for (size_t i = 0, shown = 0; i < batch->texts.count; i++) {
        if (batch->has_failed[i])
            fprintf(stderr, "%s%s", shown++ ? ", " : "; not: ", batch->texts.paths[i]);
    }
    fprintf(stderr, "\n");
}

int kite_pack_each(struct kite_cli *cli, int (*pack)(struct kite_cli *cli))
{
    struct batch batch = { .cli = cli, .pack = pack, .jobs = cli->args.jobs > 0 ? (size_t)cli->args.jobs : JOBS_USUAL };
    enum kite_status status;

    if (cli->operand_count != 1 || !kite_is_folder(cli->operands[0]))
        return kite_cli_usage(cli, "--each takes one folder of texts, and a folder for the bundles behind -o");
    status = kite_folder_make(cli->args.output, &cli->fault);
    status = status ? status : prepare(&batch);
    status = status ? status : run(&batch);
    if (status == KITE_OK)
        sum_up(&batch);
    kite_pack_texts_close(&batch.texts);
    if (status)
        return kite_cli_fail(cli, NULL, status);
    return batch.failed_count > 0 ? KITE_EXIT_INPUT : KITE_EXIT_OK;
}
