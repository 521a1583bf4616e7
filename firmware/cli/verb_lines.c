/* kite lines: how every line and page was set, for tools that measure type. */
#include "cli/dump.h"
#include "cli/listing.h"

#include <stdio.h>

static const struct kite_option lines_options[] = {
    {.name = "items",
     .kind = KITE_OPTION_FLAG,
     .offset = offsetof(struct kite_args, items),
     .help = "also the boxes, glue and penalties of every paragraph and the breaks taken"},
};
static const struct kite_option_group lines_group = {"What to write", lines_options, 1};

static enum kite_status dump_documents(struct kite_listing *list)
{
    struct kite_session *session = &list->session;
    struct kite_cli *cli = session->cli;
    struct kite_dump dump = {.json = list->json};
    struct kite_meter meter;
    uint32_t first, end;
    enum kite_status status = kite_session_documents(session, &first, &end);

    /* Lines that run over a terminal are progress enough. */
    dump.progress = kite_meter_start(&meter, "setting lines",
                                     kite_output_is_terminal(cli->args.output ? cli->args.output : "-"));
    for (uint32_t i = first; i < end && status == KITE_OK; i++) {
        struct kite_document_info info;

        if (end - first > 1)
            snprintf(dump.label, sizeof dump.label, "document %u", (unsigned)i + 1);
        status = kite_bundle_document(session->bundle, i, &info);
        dump.paragraph_count = info.paragraph_count;
        if (status == KITE_OK)
            status = kite_dump_document(&dump, session->layout, i, cli->args.items, &cli->fault);
    }
    kite_meter_finish(&meter);
    return status;
}

static int run_lines(struct kite_cli *cli)
{
    return kite_listing_run(cli, true, dump_documents, NULL);
}

const struct kite_verb kite_verb_lines = {
    .name = "lines",
    .operands = "BUNDLE",
    .summary = "how every line and page is set, as JSON lines",
    .about =
        "Sets the whole text and writes one JSON object for each line and each page: natural and "
        "set width, "
        "spaces, stretch and shrink, where the spaces stand, how full the page is. Lengths are px.",
    .groups = {&lines_group, &kite_document_group, &kite_output_group, &kite_layout_group, &kite_common_group},
    .operands_min = 1,
    .operands_max = 1,
    .run = run_lines,
};
