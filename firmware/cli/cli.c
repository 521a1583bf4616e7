/* From argv to a verb, and what is said on standard error. */
#include "cli/help.h"
#include "host/host.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum kite_status kite_cli_write(struct kite_cli *cli, const char *path, const struct kite_buffer *bytes)
{
    struct kite_output out;
    enum kite_status status = kite_output_open(&cli->mem, path, &out, &cli->fault);

    if (status == KITE_OK) {
        struct kite_sink sink = kite_output_sink(&out);

        sink.write(sink.ctx, bytes->bytes, bytes->count); /* a failure is kept for commit */
        status = kite_output_commit(&out, &cli->fault);
    }
    kite_output_drop(&out);
    return status;
}

enum kite_exit kite_exit_of(enum kite_status status)
{
    switch (status) {
    case KITE_OK:
    case KITE_DONE:
        return KITE_EXIT_OK;
    case KITE_E_IO:
    case KITE_E_NOMEM:
        return KITE_EXIT_MACHINE;
    default:
        return KITE_EXIT_INPUT;
    }
}

/* What a person can do about a status; NULL when the sentence itself says it. */
static const char *advice(enum kite_status status)
{
    switch (status) {
    case KITE_E_DAMAGED:
        return "Copy the file again from where it came from, or ask for a new copy.";
    case KITE_E_UNSUPPORTED:
        return "A newer version of kite may be able to read it.";
    case KITE_E_NOMEM:
        return "Close other programs, or try a smaller input.";
    default:
        return NULL;
    }
}

int kite_cli_fail(struct kite_cli *cli, const char *name, enum kite_status status)
{
    const char *sentence = cli->fault.text[0] ? cli->fault.text : kite_status_text(status);
    const char *next = advice(status);

    fprintf(stderr, "kite %s: ", cli->verb->name);
    if (name && strcmp(name, "-") == 0)
        name = "standard input";
    if (name && !strstr(sentence, name))
        fprintf(stderr, "%s: ", name);
    fprintf(stderr, "%s\n", sentence);
    if (next)
        fprintf(stderr, "%s\n", next);
    return (int)kite_exit_of(status);
}

int kite_cli_usage(struct kite_cli *cli, const char *format, ...)
{
    va_list args;

    fprintf(stderr, "kite %s: ", cli->verb->name);
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fprintf(stderr, "\n\"kite %s --help\" lists what it takes.\n", cli->verb->name);
    return KITE_EXIT_USAGE;
}

enum kite_status kite_cli_output(struct kite_cli *cli, struct kite_output *out)
{
    return kite_output_open(&cli->mem, cli->args.output ? cli->args.output : "-", out, &cli->fault);
}

/* ---- progress -------------------------------------------------------------------------------- */

static void meter_step(void *ctx, uint64_t done, uint64_t total)
{
    struct kite_meter *meter = ctx;
    uint64_t percent = total > 0 && done < total ? done * 100 / total : 100;

    if (total > UINT64_MAX / 100)
        percent = done / (total / 100);
    if (percent == meter->percent)
        return;
    meter->percent = percent;
    fprintf(stderr, "\r%s %" PRIu64 " %%", meter->label, percent);
    fflush(stderr);
}

struct kite_progress kite_meter_start(struct kite_meter *meter, const char *label, bool is_quiet)
{
    *meter = (struct kite_meter){.label = label, .percent = UINT64_MAX};
    meter->is_shown = !is_quiet && kite_error_is_terminal();
    return (struct kite_progress){meter, meter->is_shown ? meter_step : NULL};
}

void kite_meter_finish(struct kite_meter *meter)
{
    if (meter->is_shown && meter->percent != UINT64_MAX)
        fprintf(stderr, "\r%*s\r", (int)strlen(meter->label) + 6, "");
    meter->is_shown = false;
}

/* ---- the command ----------------------------------------------------------------------------- */

static int unknown_verb(const char *name)
{
    const char *near = kite_verb_near(name);

    if (name[0] == '-')
        fprintf(stderr, "kite: options stand behind a verb: kite VERB %s", name);
    else
        fprintf(stderr, "kite: there is no verb \"%s\"", name);
    if (near)
        fprintf(stderr, "; did you mean \"%s\"?", near);
    fprintf(stderr, "\n\"kite help\" lists them all.\n");
    return KITE_EXIT_USAGE;
}

/* Behind the verb: parse, then help or the verb itself. */
static int run_verb(struct kite_cli *cli, int count, char *const *argv)
{
    enum kite_status status = kite_args_parse(cli->verb, count, argv, &cli->args, cli->operands,
                                              &cli->operand_count, &cli->fault);

    if (status)
        return kite_cli_usage(cli, "%s", cli->fault.text);
    if (cli->args.wants_help)
        return kite_help_verb(cli, cli->verb);
    return cli->verb->run(cli);
}

int kite_cli_run(const struct kite_memory *mem, int argc, char *const *argv)
{
    struct kite_cli cli = {.mem = *mem, .program = argc > 0 ? argv[0] : "kite"};
    const char *name = argc > 1 ? argv[1] : "help";

    if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0)
        name = "help";
    if (strcmp(name, "--version") == 0)
        name = "version";
    cli.verb = kite_verb_by_name(name);
    if (!cli.verb)
        return unknown_verb(name);
    kite_args_init(&cli.args);
    cli.operands = kite_alloc(mem, (size_t)argc + 1, sizeof *cli.operands);
    if (!cli.operands)
        return kite_cli_fail(&cli, NULL, KITE_E_NOMEM);

    int code = run_verb(&cli, argc > 2 ? argc - 2 : 0, argc > 2 ? argv + 2 : argv);

    kite_free(mem, cli.operands);
    if (argc == 1 && code == KITE_EXIT_OK)
        return KITE_EXIT_USAGE;
    return code;
}
