/* kite text: a bundle back as Markdown. */
#include "cli/listing.h"

#include "press/press.h"

static enum kite_status write_text(struct kite_listing *list)
{
    struct kite_session *session = &list->session;
    struct kite_cli *cli = session->cli;
    struct kite_sink sink = kite_output_sink(&list->out);
    uint32_t first, end;
    enum kite_status status = kite_session_documents(session, &first, &end);

    if (status == KITE_OK && end - first != 1)
        status = kite_fail(&cli->fault, KITE_E_RANGE, "the bundle has %u documents; choose one with --document N",
                           (unsigned)(end - first));
    return status ? status : kite_press_text(&cli->mem, session->bundle, first, &sink, &cli->fault);
}

static int run_text(struct kite_cli *cli)
{
    return kite_listing_run(cli, false, write_text, NULL);
}

const struct kite_verb kite_verb_text = {
    .name = "text",
    .operands = "BUNDLE",
    .summary = "a document of a bundle as Markdown",
    .about = "Writes a document back as Markdown with front matter, pictures inside. Packed again, it gives the "
             "same bundle.",
    .groups = {&kite_document_group, &kite_output_group, &kite_common_group},
    .operands_min = 1,
    .operands_max = 1,
    .run = run_text,
};
