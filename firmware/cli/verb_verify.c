/* kite verify: is every byte as it was written, and by whom? */
#include "cli/json.h"
#include "cli/keys.h"
#include "cli/session.h"
#include "cli/verbs.h"

#include <string.h>

static const struct kite_option verify_options[] = {
    {.name = "key",
     .letter = 'k',
     .kind = KITE_OPTION_FILE,
     .offset = offsetof(struct kite_args, key),
     .value = "NAME.pub",
     .help = "the public key that must have signed"},
    {.name = "decode",
     .kind = KITE_OPTION_FLAG,
     .offset = offsetof(struct kite_args, is_decoding),
     .help = "also decode every paragraph and picture, as a device does with what arrives"},
};
static const struct kite_option_group verify_group = {"What to check", verify_options,
                                                      sizeof verify_options / sizeof *verify_options};

struct checking {
    struct kite_cli *cli;
    struct kite_output out;
    const char *name;
    const struct kite_public_key *key; /* NULL: any signature is named, none is believed */
    char root[KITE_ROOT_TEXT_BYTES];
    bool is_bundle;
    uint32_t signature_count;
    char signer[KITE_KEY_ID_TEXT_BYTES]; /* of the last one */
};

/* "Legal Aid (key 1A2B3C4D5E6F7081)", or "key ..." of one without a name. */
static void print_signer(struct checking *c)
{
    if (c->key && c->key->name[0])
        kite_output_print(&c->out, ", signed by %s (key %s)", c->key->name, c->signer);
    else if (c->signature_count > 0)
        kite_output_print(&c->out, ", signed by key %s%s", c->signer, c->key ? "" : " (not checked: name its file with --key)");
    else
        kite_output_print(&c->out, ", not signed");
    kite_output_print(&c->out, "\n");
}

static void tell(struct checking *c, enum kite_status status)
{
    struct kite_cli *cli = c->cli;
    struct kite_json json = kite_json_start(kite_output_sink(&c->out));

    if (!cli->args.json) {
        if (status == KITE_OK) {
            kite_output_print(&c->out, "%s: whole", c->name);
            print_signer(c);
        }
        return;
    }
    kite_json_open(&json, NULL, '{');
    kite_json_string(&json, "file", c->name);
    kite_json_bool(&json, "ok", status == KITE_OK);
    kite_json_string(&json, "root", status == KITE_OK && c->is_bundle ? c->root : NULL);
    kite_json_string(&json, "signed_by", c->signature_count > 0 ? c->signer : NULL);
    kite_json_bool(&json, "signature_checked", status == KITE_OK && c->key);
    kite_json_string(&json, "signer_name", status == KITE_OK && c->key ? c->key->name : NULL);
    kite_json_string(&json, "problem", status ? cli->fault.text : NULL);
    kite_json_close(&json, '}');
    kite_json_end(&json);
}

/* One of the bundle's signatures must be the key's, and true. */
static enum kite_status check_signatures(struct checking *c, struct kite_bundle *bundle)
{
    struct kite_fault *fault = &c->cli->fault;
    uint8_t hash[KITE_MESSAGE_HASH_BYTES];
    struct kite_signature signature;
    enum kite_status status;
    char id[KITE_KEY_ID_TEXT_BYTES];

    kite_bundle_message_hash(kite_bundle_root_hash(bundle), hash);
    for (uint32_t index = 0;;) {
        status = kite_bundle_signature(&c->cli->mem, bundle, &index, &signature, fault);
        if (status)
            break;
        c->signature_count++;
        kite_key_id_text(signature.id, c->signer);
        if (c->key && memcmp(signature.id, c->key->id, sizeof signature.id) == 0)
            return kite_signature_check(&signature, c->key, hash, fault);
    }
    if (status != KITE_DONE)
        return status;
    if (!c->key)
        return KITE_OK;
    if (c->signature_count == 0)
        return kite_fail(fault, KITE_E_FORMAT, "it is not signed");
    return kite_fail(fault, KITE_E_FORMAT, "it is signed by key %s, not by %s", c->signer, kite_key_id_text(c->key->id, id));
}

static enum kite_status verify_bundle(struct checking *c)
{
    struct kite_cli *cli = c->cli;
    struct kite_session session;
    struct kite_meter meter;
    struct kite_progress progress = kite_meter_start(&meter, "checking", false);
    enum kite_status status = kite_session_open(&session, cli, c->name);

    if (status == KITE_OK)
        status = (cli->args.is_decoding ? kite_bundle_verify : kite_bundle_check)(
            session.bundle, progress.step ? &progress : NULL, &cli->fault);
    kite_meter_finish(&meter);
    if (status == KITE_OK)
        kite_session_root(&session, c->root);
    if (status == KITE_OK)
        status = check_signatures(c, session.bundle);
    kite_session_close(&session);
    return status;
}

/* A file of another kind, by the signature beside it. */
static enum kite_status verify_beside(struct checking *c, const struct kite_buffer *file)
{
    struct kite_cli *cli = c->cli;
    struct kite_buffer text = {.mem = cli->mem};
    uint8_t hash[KITE_MESSAGE_HASH_BYTES];
    struct kite_signature_file signature;
    char *beside = NULL;
    enum kite_status status = kite_cli_signature_path(cli, c->name, &beside);

    if (status == KITE_OK && !kite_files_are_same(beside, beside))
        status = kite_fail(&cli->fault, KITE_E_FORMAT, "it is no bundle, and has no signature %s beside it", beside);
    if (status == KITE_OK)
        status = kite_file_read(beside, &text, &cli->fault);
    if (status == KITE_OK)
        status = kite_signature_file_read((const char *)text.bytes, text.count, &signature, &cli->fault);
    if (status == KITE_OK) {
        c->signature_count = 1;
        kite_key_id_text(signature.signature.id, c->signer);
        kite_message_hash(file->bytes, file->count, hash);
        status = kite_signature_file_check(&signature, c->key, hash, &cli->fault);
    }
    kite_free(&cli->mem, beside);
    kite_buffer_close(&text);
    if (status == KITE_DONE || status == KITE_E_RANGE)
        status = KITE_E_FORMAT; /* the fault says which */
    return status;
}

/* An update or a provision set. */
static enum kite_status verify_proof(struct checking *c, const struct kite_buffer *file)
{
    struct kite_signed proof = {.is_signed = false};
    enum kite_status status = kite_cli_proof(c->cli, file, &proof);

    if (status == KITE_OK && proof.is_signed) {
        c->signature_count = 1;
        kite_key_id_text(proof.signature.id, c->signer);
    }
    if (status || !c->key)
        return status;
    if (!proof.is_signed)
        return kite_fail(&c->cli->fault, KITE_E_FORMAT, "it is not signed");
    status = kite_signature_check(&proof.signature, c->key, proof.hash, &c->cli->fault);
    return status == KITE_E_RANGE ? KITE_E_FORMAT : status;
}

/* What a file is, by its first bytes. What comes through a pipe is a bundle. */
static enum kite_status look_at(struct checking *c, enum kite_signable *kind)
{
    uint8_t head[KITE_SIGNABLE_HEAD_BYTES];
    struct kite_buffer beginning = {.bytes = head};
    struct kite_file file;
    enum kite_status status;

    *kind = KITE_SIGNABLE_BUNDLE;
    if (strcmp(c->name, "-") == 0)
        return KITE_OK;
    status = kite_file_open(&c->cli->mem, c->name, &file, &c->cli->fault);
    if (status)
        return status;
    beginning.count = file.source.size_bytes < sizeof head ? (size_t)file.source.size_bytes : sizeof head;
    status = file.source.read_at(file.source.ctx, 0, head, beginning.count);
    if (status == KITE_OK)
        *kind = kite_cli_signable(&beginning);
    kite_file_close(&file);
    return status;
}

static enum kite_status verify(struct checking *c)
{
    struct kite_buffer file = {.mem = c->cli->mem};
    enum kite_signable kind;
    enum kite_status status = look_at(c, &kind);

    c->is_bundle = kind == KITE_SIGNABLE_BUNDLE || (kind == KITE_SIGNABLE_OTHER && !c->key);
    if (status == KITE_OK && !c->is_bundle)
        status = kite_file_read(c->name, &file, &c->cli->fault);
    if (status == KITE_OK && !c->is_bundle)
        status = kind == KITE_SIGNABLE_OTHER ? verify_beside(c, &file) : verify_proof(c, &file);
    kite_buffer_close(&file);
    return status == KITE_OK && c->is_bundle ? verify_bundle(c) : status;
}

static int run_verify(struct kite_cli *cli)
{
    struct checking c = {.cli = cli};
    struct kite_public_key key;
    int worst = KITE_EXIT_OK;
    enum kite_status status = cli->args.key ? kite_cli_key(cli, cli->args.key, &key) : KITE_OK;

    if (status)
        return kite_cli_fail(cli, cli->args.key, status);
    status = kite_cli_output(cli, &c.out);
    for (size_t i = 0; i < cli->operand_count && status == KITE_OK; i++) {
        int code;

        c = (struct checking){.cli = cli, .out = c.out, .name = cli->operands[i], .key = cli->args.key ? &key : NULL};
        cli->fault = (struct kite_fault){{0}};

        enum kite_status found = verify(&c);

        tell(&c, found);
        code = found ? kite_cli_fail(cli, c.name, found) : KITE_EXIT_OK;
        worst = code > worst ? code : worst;
    }
    if (status == KITE_OK)
        status = kite_output_commit(&c.out, &cli->fault);
    return status ? kite_cli_fail(cli, NULL, status) : worst;
}

const struct kite_verb kite_verb_verify = {
    .name = "verify",
    .operands = "FILE...",
    .summary = "check that bundles are whole and undamaged, and who signed them",
    .about = "Reads every block of every bundle and compares its checksum: every byte is as it was written. Update files and provision sets are checked too. With --key a file must be signed by that key as well; one of another kind "
             "is then checked by the signature in FILE.minisig beside it. The exit code tells the worst that was found.",
    .groups = {&verify_group, &kite_output_group, &kite_json_group, &kite_common_group},
    .operands_min = 1,
    .operands_max = 100000,
    .run = run_verify,
};
