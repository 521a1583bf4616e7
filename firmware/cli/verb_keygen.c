/* kite keygen: a pair of keys, to sign with. */
#include "cli/key_picture.h"
#include "cli/keys.h"
#include "cli/verbs.h"
#include "host/host.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

static const struct kite_option keygen_options[] = {
    {.name = "name",
     .kind = KITE_OPTION_TEXT,
     .offset = offsetof(struct kite_args, name),
     .value = "WORDS",
     .help = "whose key it is, as readers will see it; the file's name unless given"},
    {.name = "picture",
     .kind = KITE_OPTION_FILE,
     .offset = offsetof(struct kite_args, picture),
     .value = "FILE.png",
     .help = "a picture to know it by, 32 x 32 pixels in the end; drawn from the key unless given"},
    {.name = "password",
     .kind = KITE_OPTION_FLAG,
     .offset = offsetof(struct kite_args, has_password),
     .help = "lock the secret key by a password, which is asked for"},
    {.name = "password-file",
     .kind = KITE_OPTION_FILE,
     .offset = offsetof(struct kite_args, password_file),
     .value = "FILE",
     .help = "lock it by the password in the first line of a file"},
};
static const struct kite_option_group keygen_group = {"The key", keygen_options,
                                                      sizeof keygen_options / sizeof *keygen_options};

static enum kite_status read_picture(struct kite_cli *cli, uint8_t picture[KITE_KEY_PICTURE_BYTES])
{
    struct kite_buffer file = {.mem = cli->mem};
    enum kite_status status = kite_file_read(cli->args.picture, &file, &cli->fault);

    if (status == KITE_OK)
        status = kite_key_picture_read(&cli->mem, file.bytes, file.count, picture, &cli->fault);
    kite_buffer_close(&file);
    return status;
}

static enum kite_status choose_password(struct kite_cli *cli, char *password)
{
    password[0] = '\0';
    if (cli->args.password_file)
        return kite_password_read(cli->args.password_file, password, &cli->fault);
    return cli->args.has_password ? kite_password_ask("A password for the key: ", true, password, &cli->fault) : KITE_OK;
}

static enum kite_status create(struct kite_cli *cli, struct kite_secret *secret, struct kite_public_key *key)
{
    const char *path = cli->operands[0], *slash = strrchr(path, '/');
    uint8_t picture[KITE_KEY_PICTURE_BYTES];
    enum kite_status status = kite_trust_init(&cli->fault);

    if (status == KITE_OK && cli->args.picture)
        status = read_picture(cli, picture);
    return status ? status
                  : kite_key_create(cli->args.name ? cli->args.name : slash ? slash + 1 : path,
                                    cli->args.picture ? picture : NULL, secret, key, &cli->fault);
}

/* The public file first: it takes nothing from anyone, should the other's name be taken. */
static enum kite_status write_pair(struct kite_cli *cli, const struct kite_secret *secret, const struct kite_public_key *key,
                                   const char *public_path)
{
    struct kite_buffer secret_text = {.mem = cli->mem}, public_text = {.mem = cli->mem};
    char password[KITE_PASSWORD_BYTES_MAX + 1];
    enum kite_status status = choose_password(cli, password);

    if (status == KITE_OK)
        status = kite_secret_write(secret, password[0] ? password : NULL, &secret_text, &cli->fault);
    if (status == KITE_OK)
        status = kite_key_write(key, &public_text);
    if (status == KITE_OK)
        status = kite_file_create(public_path, public_text.bytes, public_text.count, false, &cli->fault);
    if (status == KITE_OK) {
        status = kite_file_create(cli->operands[0], secret_text.bytes, secret_text.count, true, &cli->fault);
        if (status)
            remove(public_path);
    }
    sodium_memzero(password, sizeof password);
    if (secret_text.bytes)
        sodium_memzero(secret_text.bytes, secret_text.count);
    kite_buffer_close(&secret_text);
    kite_buffer_close(&public_text);
    return status;
}

static int run_keygen(struct kite_cli *cli)
{
    char public_path[4096], id[KITE_KEY_ID_TEXT_BYTES];
    struct kite_secret secret = {{0}, {0}};
    struct kite_public_key key;
    enum kite_status status;

    if ((size_t)snprintf(public_path, sizeof public_path, "%s.pub", cli->operands[0]) >= sizeof public_path)
        return kite_cli_usage(cli, "the name is too long");
    status = create(cli, &secret, &key);
    if (status == KITE_OK)
        status = write_pair(cli, &secret, &key, public_path);
    kite_secret_wipe(&secret);
    if (status)
        return kite_cli_fail(cli, cli->operands[0], status);
    printf("%s: the secret key; keep it safe, and show it to nobody\n%s: the public key %s of %s, for the devices\n",
           cli->operands[0], public_path, kite_key_id_text(key.id, id), key.name);
    return KITE_EXIT_OK;
}

const struct kite_verb kite_verb_keygen = {
    .name = "keygen",
    .operands = "NAME",
    .summary = "make a pair of keys to sign bundles with",
    .about = "Writes the secret key to NAME and the public one to NAME.pub. Devices that know the public key show who sent what "
             "the secret one signed. Both are in minisign's form. Neither is written over.",
    .groups = {&keygen_group, &kite_common_group},
    .operands_min = 1,
    .operands_max = 1,
    .run = run_keygen,
};
