/* Help on the terminal, and the verbs help and version. */
#include "cli/help.h"

#include <stdio.h>
#include <string.h>

#define COLUMN 26
#define WIDTH 100

const char *const kite_help_places[][2] = {
    {"63%", "so far into the text"},
    {"p14", "paragraph 14"},
    {"page 7", "page 7 under the setting in hand"},
    {"0:13:20", "document, paragraph and byte, all from 0, as kite pages writes them"},
    {NULL, NULL},
};
const char *const kite_help_exits[][2] = {
    {"0", "all is well"},
    {"1", "the input has a problem"},
    {"2", "the command was not understood"},
    {"3", "reading, writing or memory failed"},
    {NULL, NULL},
};
const char *const kite_shell_words[] = {"bash", "zsh", "fish", NULL};

void kite_help_words(const struct kite_option *option, const char *between, char *out, size_t room)
{
    size_t used = 0;

    out[0] = '\0';
    for (size_t i = 0; option->words && option->words[i]; i++) {
        int more =
            snprintf(out + used, room - used, "%s%s", i > 0 ? between : "", option->words[i]);

        if (more < 0 || (size_t)more >= room - used)
            return;
        used += (size_t)more;
    }
}

/* Write words of text from column on, with that indent on further lines; ends the line. */
static void fill(struct kite_output *out, const char *text, int indent, int column)
{
    bool is_first = true;

    while (*text) {
        size_t bytes = strcspn(text, " ");

        if (!is_first && column + 1 + (int)bytes > WIDTH) {
            kite_output_print(out, "\n%*s", indent, "");
            column = indent;
            is_first = true;
        }
        kite_output_print(out, "%s%.*s", is_first ? "" : " ", (int)bytes, text);
        column += (int)bytes + !is_first;
        is_first = false;
        text += bytes + strspn(text + bytes, " ");
    }
    kite_output_print(out, "\n");
}

/* A term in the left column and its meaning in the right one. */
static void row(struct kite_output *out, const char *term, const char *meaning)
{
    if (strlen(term) + 3 > COLUMN)
        kite_output_print(out, "  %s\n%*s", term, COLUMN, "");
    else
        kite_output_print(out, "  %-*s", COLUMN - 2, term);
    fill(out, meaning, COLUMN, COLUMN);
}

static void rows(struct kite_output *out, const char *title, const char *const (*table)[2])
{
    kite_output_print(out, "\n%s\n", title);
    for (size_t i = 0; table[i][0]; i++)
        row(out, table[i][0], table[i][1]);
}

static void option_row(struct kite_output *out, const struct kite_option *option)
{
    char term[80], words[120], meaning[320];
    int used = option->letter ? snprintf(term, sizeof term, "-%c, ", option->letter) : 0;

    snprintf(term + used, sizeof term - (size_t)used, "--%s%s%s", option->name,
             option->value ? " " : "", option->value ? option->value : "");
    kite_help_words(option, ", ", words, sizeof words);
    snprintf(meaning, sizeof meaning, "%s%s%s", option->help, words[0] ? ": " : "", words);
    row(out, term, meaning);
}

/* Run one writer on standard output. */
int kite_help_write(struct kite_cli *cli, const struct kite_verb *verb,
                    void (*write)(struct kite_output *out, const struct kite_verb *verb))
{
    struct kite_output out;
    enum kite_status status = kite_output_open(&cli->mem, "-", &out, &cli->fault);

    if (status)
        return kite_cli_fail(cli, NULL, status);
    write(&out, verb);
    status = kite_output_commit(&out, &cli->fault);
    return status ? kite_cli_fail(cli, NULL, status) : KITE_EXIT_OK;
}

static void write_verb(struct kite_output *out, const struct kite_verb *verb)
{
    kite_output_print(out, "usage: kite %s [OPTIONS]%s%s\n\n", verb->name,
                      *verb->operands ? " " : "", verb->operands);
    fill(out, verb->about, 0, 0);
    for (size_t g = 0; g < KITE_VERB_GROUPS && verb->groups[g]; g++) {
        const struct kite_option_group *group = verb->groups[g];

        kite_output_print(out, "\n%s\n", group->title);
        for (size_t i = 0; i < group->option_count; i++)
            option_row(out, &group->options[i]);
    }
}

static void write_overview(struct kite_output *out, const struct kite_verb *verb)
{
    (void)verb;
    kite_output_print(out, "kite makes, checks and shows books for low-cost readers.\n\n"
                           "usage: kite VERB [OPTIONS] FILE...\n\n");
    for (size_t i = 0; kite_verbs[i]; i++)
        row(out, kite_verbs[i]->name, kite_verbs[i]->summary);
    rows(out, "Places in a text", kite_help_places);
    rows(out, "Exit codes", kite_help_exits);
    kite_output_print(
        out, "\nA file named \"-\" is standard input or output. \"kite VERB --help\" tells all "
             "about a verb.\n");
}

int kite_help_overview(struct kite_cli *cli)
{
    return kite_help_write(cli, cli->verb, write_overview);
}

int kite_help_verb(struct kite_cli *cli, const struct kite_verb *verb)
{
    return kite_help_write(cli, verb, write_verb);
}

/* ---- the verbs ------------------------------------------------------------------------------- */

static const struct kite_option help_options[] = {
    {.name = "man",
     .kind = KITE_OPTION_FLAG,
     .offset = offsetof(struct kite_args, man),
     .help = "write the manual page in roff"},
    {.name = "completion",
     .kind = KITE_OPTION_WORD,
     .offset = offsetof(struct kite_args, shell),
     .value = "SHELL",
     .words = kite_shell_words,
     .help = "write completions for a shell"},
};
static const struct kite_option_group help_group = {"What to write", help_options, 2};

static int run_help(struct kite_cli *cli)
{
    if (cli->args.man)
        return kite_help_man(cli);
    if (cli->args.shell >= 0)
        return kite_help_completion(cli, cli->args.shell);
    if (cli->operand_count == 0)
        return kite_help_overview(cli);

    const struct kite_verb *verb = kite_verb_by_name(cli->operands[0]);

    if (!verb) {
        const char *near = kite_verb_near(cli->operands[0]);

        return kite_cli_usage(cli, "there is no verb \"%s\"%s%s%s", cli->operands[0], near ? "; did you mean \"" : "",
                              near ? near : "", near ? "\"?" : "");
    }
    return kite_help_verb(cli, verb);
}

const struct kite_verb kite_verb_help = {
    .name = "help",
    .operands = "[VERB]",
    .summary = "this list, help on one verb, the manual page, completions",
    .about = "Lists the verbs, or tells all about one of them. The manual page goes where man "
             "pages live: "
             "kite help --man > kite.1. Completions are read by the shell: source <(kite help "
             "--completion bash).",
    .groups = {&help_group, &kite_common_group},
    .operands_max = 1,
    .run = run_help,
};

static void write_version(struct kite_output *out, const struct kite_verb *verb)
{
    (void)verb;
    kite_output_print(out, "kite %s\n", KITE_VERSION);
}

static int run_version(struct kite_cli *cli)
{
    return kite_help_write(cli, cli->verb, write_version);
}

const struct kite_verb kite_verb_version = {
    .name = "version",
    .operands = "",
    .summary = "which version this is",
    .about = "Writes the version.",
    .groups = {&kite_common_group},
    .run = run_version,
};
