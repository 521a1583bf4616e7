/* kite verify: is every byte as it was written? */
#include "cli/json.h"
#include "cli/session.h"
#include "cli/verbs.h"

static void tell(struct kite_cli *cli, struct kite_output *out, const char *name, const char *root,
                 enum kite_status status)
{
    struct kite_json json = kite_json_start(kite_output_sink(out));

    if (!cli->args.json) {
        if (status == KITE_OK)
            kite_output_print(out, "%s: whole\n", name);
        return;
    }
    kite_json_open(&json, NULL, '{');
    kite_json_string(&json, "file", name);
    kite_json_bool(&json, "ok", status == KITE_OK);
    kite_json_string(&json, "root", status == KITE_OK ? root : NULL);
    kite_json_string(&json, "problem", status ? cli->fault.text : NULL);
    kite_json_close(&json, '}');
    kite_json_end(&json);
}

/* One file; its own exit code. */
static int verify(struct kite_cli *cli, struct kite_output *out, const char *name)
{
    struct kite_session session;
    struct kite_meter meter;
    struct kite_progress progress = kite_meter_start(&meter, "checking", false);
    char root[KITE_ROOT_TEXT_BYTES] = "";

    cli->fault = (struct kite_fault){{0}};

    enum kite_status status = kite_session_open(&session, cli, name);

    if (status == KITE_OK)
        status = kite_bundle_verify(session.bundle, progress.step ? &progress : NULL, &cli->fault);
    kite_meter_finish(&meter);
    if (status == KITE_OK)
        kite_session_root(&session, root);
    tell(cli, out, name, root, status);
    kite_session_close(&session);
    return status ? kite_cli_fail(cli, name, status) : KITE_EXIT_OK;
}

static int run_verify(struct kite_cli *cli)
{
    struct kite_output out;
    int worst = KITE_EXIT_OK;
    enum kite_status status = kite_cli_output(cli, &out);

    for (size_t i = 0; i < cli->operand_count && status == KITE_OK; i++) {
        int code = verify(cli, &out, cli->operands[i]);

        worst = code > worst ? code : worst;
    }
    if (status == KITE_OK)
        status = kite_output_commit(&out, &cli->fault);
    return status ? kite_cli_fail(cli, NULL, status) : worst;
}

const struct kite_verb kite_verb_verify = {
    .name = "verify",
    .operands = "BUNDLE...",
    .summary = "check that bundles are whole and undamaged",
    .about = "Reads every block of every bundle, compares its checksum, and decodes every "
             "paragraph. The exit code "
             "tells the worst that was found.",
    .groups = {&kite_output_group, &kite_json_group, &kite_common_group},
    .operands_min = 1,
    .operands_max = 100000,
    .run = run_verify,
};
