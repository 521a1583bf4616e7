/* kite provision: one set of bundles onto many drives, and a list of what they should hold. */
#include "cli/json.h"
#include "cli/provision.h"
#include "cli/verbs.h"
#include "host/host.h"

#include <string.h>
#include <sys/stat.h>

#define JOBS 8

static const struct kite_option fill_options[] = {
    { .name = "make",
      .kind = KITE_OPTION_FLAG,
      .offset = offsetof(struct kite_args, is_making),
      .help = "only write the list of the bundles in FOLDER, a provision.txt" },
    { .name = "jobs",
      .letter = 'j',
      .kind = KITE_OPTION_DECIMAL,
      .offset = offsetof(struct kite_args, jobs),
      .value = "N",
      .scale = 1,
      .min = 1,
      .max = 64,
      .help = "drives that are filled at the same time; 8 unless given" },
};
static const struct kite_option_group fill_group = { "What to do", fill_options,
                                                     sizeof fill_options / sizeof *fill_options };

/* ---- telling --------------------------------------------------------------------------------- */

static bool is_complete(const struct kite_provision_outcome *o)
{
    return o->is_ended && o->failed == 0;
}

static void tell_json(struct kite_output *out, const char *volume, size_t wanted,
                      const struct kite_provision_outcome *o)
{
    struct kite_json json = kite_json_start(kite_output_sink(out));

    kite_json_open(&json, NULL, '{');
    kite_json_string(&json, "volume", volume);
    kite_json_bool(&json, "ok", is_complete(o));
    kite_json_number(&json, "wanted", (int64_t)wanted);
    kite_json_number(&json, "copied", o->copied);
    kite_json_number(&json, "had", o->had);
    kite_json_number(&json, "failed", (int64_t)wanted - o->copied - o->had);
    kite_json_string(&json, "problem", is_complete(o) ? NULL : o->problem);
    kite_json_close(&json, '}');
    kite_json_end(&json);
}

static void tell(struct kite_cli *cli, struct kite_output *out, size_t wanted,
                 const struct kite_provision_outcome *outcomes, size_t *complete)
{
    size_t count = cli->operand_count - 1;

    *complete = 0;
    for (size_t i = 0; i < count; i++) {
        const struct kite_provision_outcome *o = &outcomes[i];
        const char *volume = cli->operands[i + 1];

        *complete += is_complete(o);
        if (cli->args.json)
            tell_json(out, volume, wanted, o);
        else
            kite_output_print(out, "%s: %u of %zu files, %u of them new%s%s\n", volume,
                              (unsigned)(o->copied + o->had), wanted, (unsigned)o->copied,
                              is_complete(o) ? "" : "; ", is_complete(o) ? "" : o->problem);
    }
    if (!cli->args.json)
        kite_output_print(out, "%zu of %zu drives complete\n", *complete, count);
}

/* ---- doing ----------------------------------------------------------------------------------- */

static int fill(struct kite_cli *cli, const struct kite_provision_bundles *bundles)
{
    size_t count = cli->operand_count - 1, complete = 0;
    struct kite_provision_outcome *outcomes = kite_alloc(&cli->mem, count, sizeof *outcomes);
    unsigned jobs = cli->args.jobs > 0 ? (unsigned)cli->args.jobs : JOBS;
    struct kite_output out;
    enum kite_status status = outcomes ? kite_cli_output(cli, &out) : KITE_E_NOMEM;

    if (status) {
        kite_free(&cli->mem, outcomes);
        return kite_cli_fail(cli, NULL, status);
    }
    status = kite_provision_fill(cli, bundles, cli->operands + 1, count, jobs, outcomes);
    if (status == KITE_OK) {
        tell(cli, &out, bundles->count + 1, outcomes, &complete);
        status = kite_output_commit(&out, &cli->fault);
    }
    kite_output_drop(&out);
    kite_free(&cli->mem, outcomes);
    if (status)
        return kite_cli_fail(cli, NULL, status);
    return complete == count ? KITE_EXIT_OK : KITE_EXIT_MACHINE;
}

static int make(struct kite_cli *cli, const struct kite_provision_bundles *bundles)
{
    struct kite_output out;
    enum kite_status status = kite_cli_output(cli, &out);

    if (status == KITE_OK) {
        struct kite_sink sink = kite_output_sink(&out);

        sink.write(sink.ctx, bundles->list.bytes, bundles->list.count); /* kept for commit */
        status = kite_output_commit(&out, &cli->fault);
    }
    return status ? kite_cli_fail(cli, NULL, status) : KITE_EXIT_OK;
}

static bool is_folder(const char *path)
{
    struct stat about;

    return stat(path, &about) == 0 && S_ISDIR(about.st_mode);
}

static bool are_same(const char *a, const char *b)
{
    struct stat left, right;

    return stat(a, &left) == 0 && stat(b, &right) == 0 && left.st_dev == right.st_dev &&
           left.st_ino == right.st_ino;
}

/* Each volume is a folder, once, and not the set itself. 0, or an exit code. */
static int check_volumes(struct kite_cli *cli)
{
    if (cli->operand_count < 2)
        return kite_cli_usage(cli, "name the folder of bundles, then the drives to fill");
    for (size_t i = 1; i < cli->operand_count; i++) {
        if (!is_folder(cli->operands[i]))
            return kite_cli_usage(cli, "%s is no folder; is the drive mounted?", cli->operands[i]);
        for (size_t k = 0; k < i; k++)
            if (are_same(cli->operands[k], cli->operands[i]))
                return kite_cli_usage(cli, "%s and %s are the same folder", cli->operands[k],
                                      cli->operands[i]);
    }
    return KITE_EXIT_OK;
}

static int run_provision(struct kite_cli *cli)
{
    struct kite_provision_bundles bundles;
    int code = KITE_EXIT_OK;
    enum kite_status status;

    if (cli->args.is_making && cli->operand_count > 1)
        return kite_cli_usage(cli, "--make takes one folder");
    if (!cli->args.is_making)
        code = check_volumes(cli);
    if (code)
        return code;
    status = kite_provision_gather(cli, cli->operands[0], &bundles);
    if (status)
        code = kite_cli_fail(cli, cli->operands[0], status);
    else
        code = cli->args.is_making ? make(cli, &bundles) : fill(cli, &bundles);
    kite_provision_bundles_close(&bundles);
    return code;
}

const struct kite_verb kite_verb_provision = {
    .name = "provision",
    .operands = "FOLDER DRIVE...",
    .summary = "fill many drives with the bundles of a folder",
    .about = "Checks every bundle in FOLDER and below it, copies them all to the top folder of "
             "each DRIVE, and a provision.txt "
             "that lists them, by which a reader can say what is missing. A provision.txt in "
             "FOLDER says which bundles count, "
             "and is copied as it is. "
             "What a drive has already is left alone, so a run that was cut short is simply run "
             "again. A file of the same "
             "name that differs is replaced. Every copy is read back from the drive and compared. "
             "A drive that fails "
             "holds up no other; the last lines tell what each one has, and the exit code is 3 "
             "unless all are complete.",
    .groups = { &fill_group, &kite_output_group, &kite_json_group, &kite_common_group },
    .operands_min = 1,
    .operands_max = 1000,
    .run = run_provision,
};
