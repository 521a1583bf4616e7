/* kite news: a key is followed by another, or withdrawn. */
#include "cli/keys.h"
#include "cli/verbs.h"
#include "host/host.h"

#include <stdio.h>
#include <string.h>

static const struct kite_option news_options[] = {
    {.name = "key",
     .letter = 'k',
     .kind = KITE_OPTION_FILE,
     .offset = offsetof(struct kite_args, key),
     .value = "NAME",
     .help = "the secret key that speaks, which devices know"},
    {.name = "number",
     .kind = KITE_OPTION_DECIMAL,
     .offset = offsetof(struct kite_args, number),
     .value = "N",
     .scale = 1,
     .min = 1,
     .max = 999999999,
     .help = "one more than that of your news before, so that old news cannot come back"},
    {.name = "next",
     .kind = KITE_OPTION_FILE,
     .offset = offsetof(struct kite_args, next),
     .value = "NAME",
     .help = "the secret key that follows, with NAME.pub beside it"},
    {.name = "withdraw",
     .kind = KITE_OPTION_TEXT,
     .offset = offsetof(struct kite_args, withdraw),
     .value = "IDS",
     .help = "ids of keys that are good no longer, set apart by commas"},
    {.name = "password-file",
     .kind = KITE_OPTION_FILE,
     .offset = offsetof(struct kite_args, password_file),
     .value = "FILE",
     .help = "the password of the keys, in the first line of a file; asked for unless given"},
};
static const struct kite_option_group news_group = {"What is new", news_options,
                                                    sizeof news_options / sizeof *news_options};

static enum kite_status take_withdrawn(struct kite_cli *cli, struct kite_news *news)
{
    const char *at = cli->args.withdraw;

    while (at && *at) {
        size_t bytes = strcspn(at, ",");
        char id[KITE_KEY_ID_TEXT_BYTES] = "";

        if (news->withdrawn_count == KITE_NEWS_WITHDRAWN_MAX)
            return kite_fail(&cli->fault, KITE_E_LIMIT, "at most %u keys are withdrawn at once", KITE_NEWS_WITHDRAWN_MAX);
        if (bytes == sizeof id - 1)
            memcpy(id, at, bytes);
        if (!kite_key_id_from_text(id, news->withdrawn[news->withdrawn_count++]))
            return kite_fail(&cli->fault, KITE_E_FORMAT, "%.*s is no key's id; one has 16 digits, and stands in its key file",
                             (int)(bytes < 40 ? bytes : 40), at);
        at += bytes + (at[bytes] == ',');
    }
    return KITE_OK;
}

static enum kite_status take_next(struct kite_cli *cli, struct kite_news *news, struct kite_secret *secret)
{
    char public_path[4096];
    enum kite_status status = kite_cli_secret(cli, cli->args.next, secret);

    if ((size_t)snprintf(public_path, sizeof public_path, "%s.pub", cli->args.next) >= sizeof public_path)
        return kite_fail(&cli->fault, KITE_E_LIMIT, "the name of the next key is too long");
    if (status == KITE_OK)
        status = kite_cli_key(cli, public_path, &news->next);
    news->has_next = true;
    if (status == KITE_OK && memcmp(news->next.id, secret->id, sizeof secret->id) != 0)
        status = kite_fail(&cli->fault, KITE_E_FORMAT, "%s is not the public key of %s", public_path, cli->args.next);
    if (status == KITE_OK && news->next.name[0] == '\0')
        status = kite_fail(&cli->fault, KITE_E_FORMAT, "%s has no name; make the next key with kite keygen", public_path);
    return status;
}

static enum kite_status write_news(struct kite_cli *cli, const struct kite_news *news, const struct kite_secret *from,
                                   const struct kite_secret *next)
{
    struct kite_buffer text = {.mem = cli->mem};
    enum kite_status status = kite_news_write(news, from, news->has_next ? next : NULL, &text, &cli->fault);

    if (status == KITE_OK)
        status = kite_cli_write(cli, cli->args.output ? cli->args.output : "-", &text);
    kite_buffer_close(&text);
    return status;
}

static int run_news(struct kite_cli *cli)
{
    struct kite_secret from = {{0}, {0}}, next = {{0}, {0}};
    struct kite_news news = {.number = (uint32_t)cli->args.number};
    enum kite_status status;

    if (!cli->args.key || cli->args.number < 1 || (!cli->args.next && !cli->args.withdraw))
        return kite_cli_usage(cli, "whose news, and which? Give --key NAME, --number N, and --next NAME or --withdraw IDS");
    status = kite_cli_secret(cli, cli->args.key, &from);
    if (status == KITE_OK)
        status = take_withdrawn(cli, &news);
    if (status == KITE_OK && cli->args.next)
        status = take_next(cli, &news, &next);
    if (status == KITE_OK)
        status = write_news(cli, &news, &from, &next);
    kite_secret_wipe(&from);
    kite_secret_wipe(&next);
    return status ? kite_cli_fail(cli, NULL, status) : KITE_EXIT_OK;
}

const struct kite_verb kite_verb_news = {
    .name = "news",
    .operands = "",
    .summary = "tell devices that a key is followed by another, or withdrawn",
    .about = "Writes a file that travels with the texts, on a stick or in the inbox. A device that knows the key that speaks takes the next key for the same "
             "sender's, and believes withdrawn ones no longer: kite news --key old --number 1 --next new --withdraw 1A2B3C4D5E6F7081 -o keys.txt",
    .groups = {&news_group, &kite_output_group, &kite_common_group},
    .operands_min = 0,
    .operands_max = 0,
    .run = run_news,
};
