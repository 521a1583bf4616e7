/* kite lint: what would look wrong on a panel. */
#include "cli/json.h"
#include "cli/lint.h"
#include "cli/verbs.h"

#include <inttypes.h>

struct listing {
    struct kite_session session;
    struct kite_output out;
    struct kite_json json;
    uint32_t count;
};

static void write_finding(void *ctx, const struct kite_finding *finding)
{
    struct listing *list = ctx;
    bool has_paragraph = finding->paragraph != KITE_LINT_NO_PARAGRAPH;

    list->count++;
    if (!list->session.cli->args.json) {
        if (kite_bundle_document_count(list->session.bundle) > 1)
            kite_output_print(&list->out, "document %" PRIu32 ": ", finding->document + 1);
        if (has_paragraph)
            kite_output_print(&list->out, "p%" PRIu32 ": ", finding->paragraph + 1);
        kite_output_print(&list->out, "%s\n", finding->sentence);
        return;
    }
    kite_json_open(&list->json, NULL, '{');
    kite_json_string(&list->json, "kind", finding->kind);
    kite_json_number(&list->json, "document", (int64_t)finding->document + 1);
    if (has_paragraph)
        kite_json_number(&list->json, "paragraph", (int64_t)finding->paragraph + 1);
    kite_json_string(&list->json, "sentence", finding->sentence);
    kite_json_close(&list->json, '}');
    kite_json_end(&list->json);
}

static enum kite_status check(struct listing *list)
{
    struct kite_lint lint = {.session = &list->session, .ctx = list, .found = write_finding};
    uint32_t first, end;
    enum kite_status status = kite_session_documents(&list->session, &first, &end);

    for (lint.document = first; status == KITE_OK && lint.document < end; lint.document++) {
        status = kite_lint_text(&lint);
        if (status == KITE_OK)
            status = kite_lint_layout(&lint);
    }
    return status;
}

static int run_lint(struct kite_cli *cli)
{
    struct listing list = {.out = {.descriptor = -1}};
    enum kite_status status = kite_session_open(&list.session, cli, cli->operands[0]);

    if (status == KITE_OK)
        status = kite_session_lay_out(&list.session);
    if (status == KITE_OK)
        status = kite_output_open(&cli->mem, "-", &list.out, &cli->fault);
    list.json = kite_json_start(kite_output_sink(&list.out));
    if (status == KITE_OK)
        status = check(&list);
    if (status == KITE_OK)
        status = kite_session_check(&list.session);
    if (status == KITE_OK)
        status = kite_output_commit(&list.out, &cli->fault);
    kite_output_drop(&list.out);
    kite_session_close(&list.session);
    if (status)
        return kite_cli_fail(cli, cli->operands[0], status);
    return list.count > 0 ? KITE_EXIT_INPUT : KITE_EXIT_OK;
}

const struct kite_verb kite_verb_lint = {
    .name = "lint",
    .operands = "BUNDLE",
    .summary = "what would look wrong on a panel",
    .about = "Looks for characters that no font has, an unknown language, a missing title, faint "
             "pictures, pictures "
             "without words, lines with wide gaps, lines and tables wider than the panel. The exit "
             "code is 1 when "
             "there is anything to tell.",
    .groups = {&kite_json_group, &kite_layout_group, &kite_common_group},
    .operands_min = 1,
    .operands_max = 1,
    .run = run_lint,
};
