/* kite sign: who stands behind a file. */
#include "cli/keys.h"
#include "cli/verbs.h"
#include "host/host.h"

#include <string.h>

static const struct kite_option sign_options[] = {
    {.name = "key",
     .letter = 'k',
     .kind = KITE_OPTION_FILE,
     .offset = offsetof(struct kite_args, key),
     .value = "NAME",
     .help = "the secret key, as kite keygen or minisign made it"},
    {.name = "sign",
     .kind = KITE_OPTION_FILE,
     .offset = offsetof(struct kite_args, key),
     .value = "NAME",
     .help = "the same as --key"},
    {.name = "password-file",
     .kind = KITE_OPTION_FILE,
     .offset = offsetof(struct kite_args, password_file),
     .value = "FILE",
     .help = "the key's password, in the first line of a file; asked for unless given"},
    {.name = "comment",
     .kind = KITE_OPTION_TEXT,
     .offset = offsetof(struct kite_args, comment),
     .value = "WORDS",
     .help = "what is signed along with a file of another kind"},
    {.name = "attach",
     .kind = KITE_OPTION_FILE,
     .offset = offsetof(struct kite_args, attach),
     .value = "FILE.minisig",
     .help = "put a signature into a bundle that minisign made of the line that kite info --root prints"},
    {.name = "output",
     .letter = 'o',
     .kind = KITE_OPTION_FILE,
     .offset = offsetof(struct kite_args, output),
     .value = "FILE",
     .help = "write the signed file there; in its own place unless given"},
};
static const struct kite_option_group sign_group = {"How to sign", sign_options,
                                                    sizeof sign_options / sizeof *sign_options};

/* The signature of another tool's file goes into the bundle. */
static enum kite_status attach(struct kite_cli *cli, struct kite_buffer *bundle)
{
    struct kite_buffer text = {.mem = cli->mem};
    struct kite_signature_file file;
    enum kite_status status = kite_file_read(cli->args.attach, &text, &cli->fault);

    if (status == KITE_OK)
        status = kite_signature_file_read((const char *)text.bytes, text.count, &file, &cli->fault);
    if (status == KITE_DONE)
        status = kite_fail(&cli->fault, KITE_E_FORMAT, "%s is no signature file", cli->args.attach);
    if (status == KITE_OK)
        status = kite_cli_attach(cli, &file.signature, bundle);
    kite_buffer_close(&text);
    return status;
}

static enum kite_status sign_beside(struct kite_cli *cli, const char *path, const struct kite_secret *secret,
                                    const struct kite_buffer *file)
{
    struct kite_buffer text = {.mem = cli->mem};
    uint8_t hash[KITE_MESSAGE_HASH_BYTES];
    char *beside = NULL;
    enum kite_status status = kite_cli_signature_path(cli, path, &beside);

    kite_message_hash(file->bytes, file->count, hash);
    if (status == KITE_OK)
        status = kite_signature_file_write(secret, hash, cli->args.comment ? cli->args.comment : "", &text, &cli->fault);
    if (status == KITE_OK)
        status = kite_cli_write(cli, beside, &text);
    kite_free(&cli->mem, beside);
    kite_buffer_close(&text);
    return status;
}

static enum kite_status sign(struct kite_cli *cli, const char *path, const struct kite_secret *secret)
{
    struct kite_buffer file = {.mem = cli->mem};
    enum kite_status status = kite_file_read(path, &file, &cli->fault);

    enum kite_signable kind = kite_cli_signable(&file);

    if (status == KITE_OK && cli->args.attach && kind != KITE_SIGNABLE_BUNDLE)
        status = kite_fail(&cli->fault, KITE_E_FORMAT, "it is no bundle, so nothing can be put into it");
    else if (status == KITE_OK && kind == KITE_SIGNABLE_OTHER)
        status = sign_beside(cli, path, secret, &file);
    else if (status == KITE_OK) {
        status = cli->args.attach ? attach(cli, &file) : kite_cli_sign(cli, secret, &file);
        if (status == KITE_OK)
            status = kite_cli_write(cli, cli->args.output ? cli->args.output : path, &file);
    }
    kite_buffer_close(&file);
    return status;
}

static int run_sign(struct kite_cli *cli)
{
    struct kite_secret secret = {{0}, {0}};
    enum kite_status status = kite_trust_init(&cli->fault);
    int worst = KITE_EXIT_OK;

    if ((cli->args.key != NULL) == (cli->args.attach != NULL))
        return kite_cli_usage(cli, "sign with which key? Add --key NAME, or --attach FILE.minisig");
    if ((cli->args.output || cli->args.attach) && cli->operand_count != 1)
        return kite_cli_usage(cli, "with -o or --attach one file can be signed");
    if (status == KITE_OK && cli->args.key)
        status = kite_cli_secret(cli, cli->args.key, &secret);
    if (status)
        return kite_cli_fail(cli, cli->args.key, status);
    for (size_t i = 0; i < cli->operand_count; i++) {
        cli->fault = (struct kite_fault){{0}};
        status = sign(cli, cli->operands[i], &secret);

        int code = status ? kite_cli_fail(cli, cli->operands[i], status) : KITE_EXIT_OK;

        worst = code > worst ? code : worst;
    }
    kite_secret_wipe(&secret);
    return worst;
}

const struct kite_verb kite_verb_sign = {
    .name = "sign",
    .operands = "FILE...",
    .summary = "sign bundles, updates, provision sets, or any file",
    .about = "Signs with a secret key, so that a device that knows the public one can show who a file comes from. A bundle carries its signature "
             "inside, and nothing else of it changes; one by the same key is replaced. So do an update and a provision set, in a line of theirs. Any "
             "other file gets FILE.minisig beside it, as minisign makes it. What is damaged is not signed.",
    .groups = {&sign_group, &kite_common_group},
    .operands_min = 1,
    .operands_max = 100000,
    .run = run_sign,
};
