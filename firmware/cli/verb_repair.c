/* kite repair: a damaged bundle made whole by its repair data. */
#include "cli/json.h"
#include "cli/verbs.h"
#include "host/host.h"

#include <string.h>

static const struct kite_option repair_options[] = {
    {.name = "output",
     .letter = 'o',
     .kind = KITE_OPTION_FILE,
     .offset = offsetof(struct kite_args, output),
     .value = "FILE",
     .help = "write the repaired bundle there; in its own place unless given"},
};
static const struct kite_option_group repair_group = {"Where to", repair_options, 1};

static void tell(struct kite_cli *cli, const char *name, enum kite_status status, const struct kite_repair_report *report)
{
    struct kite_output out;

    if (kite_output_open(&cli->mem, "-", &out, NULL) != KITE_OK)
        return;
    if (cli->args.json) {
        struct kite_json json = kite_json_start(kite_output_sink(&out));

        kite_json_open(&json, NULL, '{');
        kite_json_string(&json, "file", name);
        kite_json_bool(&json, "ok", status == KITE_OK || status == KITE_DONE);
        kite_json_bool(&json, "repaired", status == KITE_OK);
        kite_json_number(&json, "part_bytes", report->slice_bytes);
        kite_json_number(&json, "parts", report->slices);
        kite_json_number(&json, "damaged", report->damaged);
        kite_json_number(&json, "repair_parts", report->repair_slices);
        kite_json_number(&json, "repair_damaged", report->repair_damaged);
        kite_json_string(&json, "problem", status == KITE_OK || status == KITE_DONE ? NULL : cli->fault.text);
        kite_json_close(&json, '}');
        kite_json_end(&json);
    } else if (status == KITE_DONE) {
        kite_output_print(&out, "%s: whole\n", name);
    } else if (status == KITE_OK) {
        kite_output_print(&out, "%s: repaired, %u of %u parts of %u bytes and %u of %u of the repair data\n", name,
                          (unsigned)report->damaged, (unsigned)report->slices, (unsigned)report->slice_bytes,
                          (unsigned)report->repair_damaged, (unsigned)report->repair_slices);
    }
    (void)kite_output_commit(&out, NULL);
}

/* The file is taken into memory, as it may be written in its own place. */
static enum kite_status repair(struct kite_cli *cli, const char *name, struct kite_repair_report *report)
{
    struct kite_buffer file = {.mem = cli->mem}, mended = {.mem = cli->mem};
    struct kite_meter meter;
    struct kite_progress progress = kite_meter_start(&meter, "repairing", false);
    enum kite_status status = kite_file_read(name, &file, &cli->fault);

    if (status == KITE_OK) {
        struct kite_span_bytes span = {file.bytes, file.count};
        struct kite_source source = kite_source_memory(&span);
        struct kite_sink sink = kite_sink_buffer(&mended);

        status = kite_repair(&cli->mem, &source, &sink, report, progress.step ? &progress : NULL, &cli->fault);
    }
    kite_meter_finish(&meter);
    if (status == KITE_OK || (status == KITE_DONE && cli->args.output)) {
        enum kite_status written = kite_cli_write(cli, cli->args.output ? cli->args.output : name, status == KITE_OK ? &mended : &file);

        status = written ? written : status;
    }
    kite_buffer_close(&file);
    kite_buffer_close(&mended);
    return status;
}

static int run_repair(struct kite_cli *cli)
{
    int worst = KITE_EXIT_OK;

    if (cli->args.output && cli->operand_count != 1)
        return kite_cli_usage(cli, "with -o one bundle can be repaired");
    for (size_t i = 0; i < cli->operand_count; i++) {
        struct kite_repair_report report = {.slices = 0};
        int code = KITE_EXIT_OK;

        cli->fault = (struct kite_fault){{0}};

        enum kite_status status = repair(cli, cli->operands[i], &report);

        tell(cli, cli->operands[i], status, &report);
        if (status != KITE_OK && status != KITE_DONE)
            code = kite_cli_fail(cli, cli->operands[i], status);
        worst = code > worst ? code : worst;
    }
    return worst;
}

const struct kite_verb kite_verb_repair = {
    .name = "repair",
    .operands = "BUNDLE...",
    .summary = "make damaged bundles whole by their repair data",
    .about = "Looks for damage in bundles that were packed with --repair, rebuilds what is lost, bit for bit, checks the whole bundle and writes it anew. What "
             "cannot be repaired is left as it is. The exit code tells the worst that was found.",
    .groups = {&repair_group, &kite_json_group, &kite_common_group},
    .operands_min = 1,
    .operands_max = 100000,
    .run = run_repair,
};
