/* kite text: a bundle back as Markdown. */
#include "cli/session.h"
#include "cli/verbs.h"

#include "press/press.h"

static const struct kite_option text_options[] = {
    {.name = "output",
     .letter = 'o',
     .kind = KITE_OPTION_FILE,
     .offset = offsetof(struct kite_args, output),
     .value = "OUT.md",
     .help = "where to write; standard output unless given"},
    {.name = "document",
     .kind = KITE_OPTION_DECIMAL,
     .offset = offsetof(struct kite_args, document),
     .value = "N",
     .scale = 1,
     .min = 1,
     .max = 1000000,
     .help = "which document of the bundle, from 1"},
};
static const struct kite_option_group text_group = {"What to write", text_options, 2};

static enum kite_status write_text(struct kite_session *session, struct kite_output *out)
{
    struct kite_cli *cli = session->cli;
    struct kite_sink sink = kite_output_sink(out);
    uint32_t first, end;
    enum kite_status status = kite_session_documents(session, &first, &end);

    if (status == KITE_OK && end - first != 1)
        status = kite_fail(&cli->fault, KITE_E_RANGE,
                           "the bundle has %u documents; choose one with --document N",
                           (unsigned)(end - first));
    return status ? status : kite_press_text(&cli->mem, session->bundle, first, &sink, &cli->fault);
}

static int run_text(struct kite_cli *cli)
{
    struct kite_session session;
    struct kite_output out = {.descriptor = -1};
    enum kite_status status = kite_session_open(&session, cli, cli->operands[0]);

    if (status == KITE_OK)
        status = kite_output_open(&cli->mem, cli->args.output ? cli->args.output : "-", &out,
                                  &cli->fault);
    if (status == KITE_OK)
        status = write_text(&session, &out);
    if (status == KITE_OK)
        status = kite_output_commit(&out, &cli->fault);
    kite_output_drop(&out);
    kite_session_close(&session);
    return status ? kite_cli_fail(cli, cli->operands[0], status) : KITE_EXIT_OK;
}

const struct kite_verb kite_verb_text = {
    .name = "text",
    .operands = "BUNDLE",
    .summary = "a document of a bundle as Markdown",
    .about = "Writes a document back as Markdown with front matter. Packed again, it gives the "
             "same bundle.",
    .groups = {&text_group, &kite_common_group},
    .operands_min = 1,
    .operands_max = 1,
    .run = run_text,
};
