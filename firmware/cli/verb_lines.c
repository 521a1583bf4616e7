/* kite lines: how every line and page was set, for tools that measure type. */
#include "cli/dump.h"
#include "cli/session.h"
#include "cli/verbs.h"

#include <stdio.h>

static const struct kite_option lines_options[] = {
    {.name = "items",
     .kind = KITE_OPTION_FLAG,
     .offset = offsetof(struct kite_args, items),
     .help = "also the boxes, glue and penalties of every paragraph and the breaks taken"},
    {.name = "output",
     .letter = 'o',
     .kind = KITE_OPTION_FILE,
     .offset = offsetof(struct kite_args, output),
     .value = "FILE",
     .help = "where to write; standard output unless given"},
};
static const struct kite_option_group lines_group = {"What to write", lines_options, 2};

static enum kite_status dump_documents(struct kite_session *session, struct kite_output *out)
{
    struct kite_cli *cli = session->cli;
    struct kite_dump dump = {.json = kite_json_start(kite_output_sink(out))};
    uint32_t first, end;
    enum kite_status status = kite_session_documents(session, &first, &end);

    for (uint32_t i = first; i < end && status == KITE_OK; i++) {
        if (end - first > 1)
            snprintf(dump.label, sizeof dump.label, "document %u", (unsigned)i + 1);
        status = kite_dump_document(&dump, session->layout, i, cli->args.items, &cli->fault);
    }
    return status;
}

static int run_lines(struct kite_cli *cli)
{
    struct kite_session session;
    struct kite_output out = {.descriptor = -1};
    enum kite_status status = kite_session_open(&session, cli, cli->operands[0]);

    if (status == KITE_OK)
        status = kite_session_lay_out(&session);
    if (status == KITE_OK)
        status = kite_output_open(&cli->mem, cli->args.output ? cli->args.output : "-", &out,
                                  &cli->fault);
    if (status == KITE_OK)
        status = dump_documents(&session, &out);
    if (status == KITE_OK)
        status = kite_session_check(&session);
    if (status == KITE_OK)
        status = kite_output_commit(&out, &cli->fault);
    kite_output_drop(&out);
    kite_session_close(&session);
    return status ? kite_cli_fail(cli, cli->operands[0], status) : KITE_EXIT_OK;
}

const struct kite_verb kite_verb_lines = {
    .name = "lines",
    .operands = "BUNDLE",
    .summary = "how every line and page is set, as JSON lines",
    .about =
        "Sets the whole text and writes one JSON object for each line and each page: natural and "
        "set width, "
        "spaces, stretch and shrink, where the spaces stand, how full the page is. Lengths are px.",
    .groups = {&lines_group, &kite_layout_group, &kite_common_group},
    .operands_min = 1,
    .operands_max = 1,
    .run = run_lines,
};
