/* kite lint: what would look wrong on a panel. */
#include "cli/lint.h"
#include "cli/listing.h"

#include <inttypes.h>

static void print_finding(struct kite_listing *list, const struct kite_finding *finding)
{
    if (list->session.cli->operand_count > 1)
        kite_output_print(&list->out, "%s: ", list->name);
    if (kite_bundle_document_count(list->session.bundle) > 1)
        kite_output_print(&list->out, "document %" PRIu32 ": ", finding->document + 1);
    if (finding->paragraph != KITE_LINT_NO_PARAGRAPH)
        kite_output_print(&list->out, "p%" PRIu32 ": ", finding->paragraph + 1);
    kite_output_print(&list->out, "%s%s\n", finding->is_remark ? "for information: " : "", finding->sentence);
}

static void json_finding(struct kite_listing *list, const struct kite_finding *finding)
{
    kite_json_open(&list->json, NULL, '{');
    kite_json_string(&list->json, "file", list->name);
    kite_json_string(&list->json, "kind", finding->kind);
    kite_json_bool(&list->json, "wrong", !finding->is_remark);
    kite_json_number(&list->json, "document", (int64_t)finding->document + 1);
    if (finding->paragraph != KITE_LINT_NO_PARAGRAPH)
        kite_json_number(&list->json, "paragraph", (int64_t)finding->paragraph + 1);
    kite_json_string(&list->json, "sentence", finding->sentence);
    kite_json_close(&list->json, '}');
    kite_json_end(&list->json);
}

static void write_finding(void *ctx, const struct kite_finding *finding)
{
    struct kite_listing *list = ctx;
    uint32_t *wrong_count = list->ctx;

    *wrong_count += !finding->is_remark;
    if (list->session.cli->args.json)
        json_finding(list, finding);
    else
        print_finding(list, finding);
}

static enum kite_status check(struct kite_listing *list)
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
    uint32_t wrong_count = 0;
    int code = kite_listing_run(cli, true, check, &wrong_count);

    return code == KITE_EXIT_OK && wrong_count > 0 ? KITE_EXIT_INPUT : code;
}

const struct kite_verb kite_verb_lint = {
    .name = "lint",
    .operands = "BUNDLE...",
    .summary = "what would look wrong on a panel",
    .about = "Looks for characters that no font has, an unknown language, a missing title, faint "
             "pictures, pictures "
             "without words, lines with wide gaps, lines wider than the column; tells also of tables that are "
             "shown as cards. The exit code is 1 when anything would look wrong.",
    .groups = {&kite_document_group, &kite_output_group, &kite_json_group, &kite_layout_group, &kite_common_group},
    .operands_min = 1,
    .operands_max = 100000,
    .run = run_lint,
};
