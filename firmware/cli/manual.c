/* The manual page, and completions for bash, zsh and fish, from the option tables. */
#include "cli/help.h"

#include <stdio.h>
#include <string.h>

/* ---- roff ------------------------------------------------------------------------------------ */

/* Text for roff: reverse slashes and hyphens escaped, no line may start as a request. */
static void roff(struct kite_output *out, const char *text)
{
    if (*text == '.' || *text == '\'')
        kite_output_print(out, "\\&");
    for (; *text; text++)
        if (*text == '\\')
            kite_output_print(out, "\\e");
        else if (*text == '-')
            kite_output_print(out, "\\-");
        else
            kite_output_print(out, "%c", *text);
}

static void roff_option(struct kite_output *out, const struct kite_option *option)
{
    char words[120];

    kite_output_print(out, ".TP\n\\fB");
    if (option->letter)
        kite_output_print(out, "\\-%c\\fR, \\fB", option->letter);
    roff(out, "--");
    roff(out, option->name);
    kite_output_print(out, "\\fR");
    if (option->value)
        kite_output_print(out, " \\fI%s\\fR", option->value);
    kite_output_print(out, "\n");
    roff(out, option->help);
    kite_help_words(option, ", ", words, sizeof words);
    if (words[0]) {
        kite_output_print(out, ": ");
        roff(out, words);
    }
    kite_output_print(out, ".\n");
}

/* The groups of a verb but for those that stand once at the end of the page. */
static void roff_verb(struct kite_output *out, const struct kite_verb *verb)
{
    kite_output_print(out, ".SS kite %s %s\n", verb->name, verb->operands);
    roff(out, verb->about);
    kite_output_print(out, "\n");
    for (size_t g = 0; g < KITE_VERB_GROUPS && verb->groups[g]; g++) {
        const struct kite_option_group *group = verb->groups[g];

        if (group == &kite_common_group)
            continue;
        if (group == &kite_layout_group) {
            kite_output_print(out, ".PP\nIt also takes the options of\n.BR \"%s\" .\n",
                              group->title);
            continue;
        }
        for (size_t i = 0; i < group->option_count; i++)
            roff_option(out, &group->options[i]);
    }
}

static void roff_table(struct kite_output *out, const char *title, const char *const (*table)[2])
{
    kite_output_print(out, ".SH %s\n", title);
    for (size_t i = 0; table[i][0]; i++) {
        kite_output_print(out, ".TP\n\\fB%s\\fR\n", table[i][0]);
        roff(out, table[i][1]);
        kite_output_print(out, ".\n");
    }
}

static void write_man(struct kite_output *out, const struct kite_verb *verb)
{
    (void)verb;
    kite_output_print(out,
                      ".TH KITE 1 \"\" \"kite %s\" \"\"\n.SH NAME\n"
                      "kite \\- make, check and show books for low\\-cost readers\n.SH SYNOPSIS\n"
                      ".B kite\n.I VERB\n[\\fIOPTIONS\\fR] [\\fIFILE\\fR...]\n.SH VERBS\n",
                      KITE_VERSION);
    for (size_t i = 0; kite_verbs[i]; i++)
        roff_verb(out, kite_verbs[i]);
    kite_output_print(out, ".SH \"%s\"\n", kite_layout_group.title);
    for (size_t i = 0; i < kite_layout_group.option_count; i++)
        roff_option(out, &kite_layout_group.options[i]);
    roff_table(out, "PLACES", kite_help_places);
    kite_output_print(
        out,
        ".SH FILES\nA file named\n.B \\-\nis standard input or output. A file appears, or changes, "
        "only once it is whole.\n.SH ENVIRONMENT\n.TP\n\\fBKITE_FONTS\\fR\n"
        "The folder with the font files.\n");
    roff_table(out, "EXIT STATUS", kite_help_exits);
}

int kite_help_man(struct kite_cli *cli)
{
    return kite_help_write(cli, cli->verb, write_man);
}

/* ---- completions ----------------------------------------------------------------------------- */

typedef void option_writer(struct kite_output *out, const struct kite_verb *verb,
                           const struct kite_option *option);

static void each_option(struct kite_output *out, const struct kite_verb *verb, option_writer *write)
{
    for (size_t g = 0; g < KITE_VERB_GROUPS && verb->groups[g]; g++)
        for (size_t i = 0; i < verb->groups[g]->option_count; i++)
            write(out, verb, &verb->groups[g]->options[i]);
}

static void verb_names(struct kite_output *out)
{
    for (size_t i = 0; kite_verbs[i]; i++)
        kite_output_print(out, "%s%s", i > 0 ? " " : "", kite_verbs[i]->name);
}

static void bash_name(struct kite_output *out, const struct kite_verb *verb,
                      const struct kite_option *option)
{
    (void)verb;
    kite_output_print(out, " --%s", option->name);
}

/* What follows an option that takes a value. */
static void bash_value(struct kite_output *out, const struct kite_verb *verb,
                       const struct kite_option *option)
{
    char words[120];

    if (option->kind == KITE_OPTION_FLAG)
        return;
    kite_output_print(out, "    %s:--%s", verb->name, option->name);
    if (option->letter)
        kite_output_print(out, "|%s:-%c", verb->name, option->letter);
    kite_help_words(option, " ", words, sizeof words);
    if (words[0])
        kite_output_print(out, ") COMPREPLY=($(compgen -W '%s' -- \"$word\")); return;;\n", words);
    else if (option->kind == KITE_OPTION_FILE)
        kite_output_print(out, ") COMPREPLY=($(compgen -f -- \"$word\")); return;;\n");
    else if (option->kind == KITE_OPTION_FOLDER)
        kite_output_print(out, ") COMPREPLY=($(compgen -d -- \"$word\")); return;;\n");
    else
        kite_output_print(out, ") return;;\n");
}

static void write_bash(struct kite_output *out, const struct kite_verb *verb)
{
    (void)verb;
    kite_output_print(
        out,
        "_kite() {\n  local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]}\n"
        "  local verb=${COMP_WORDS[1]} names=\n  COMPREPLY=()\n"
        "  if ((COMP_CWORD == 1)); then\n    COMPREPLY=($(compgen -W '");
    verb_names(out);
    kite_output_print(out, "' -- \"$word\"))\n    return\n  fi\n  case $verb:$before in\n");
    for (size_t i = 0; kite_verbs[i]; i++)
        each_option(out, kite_verbs[i], bash_value);
    kite_output_print(out, "  esac\n  case $verb in\n");
    for (size_t i = 0; kite_verbs[i]; i++) {
        kite_output_print(out, "    %s) names='", kite_verbs[i]->name);
        each_option(out, kite_verbs[i], bash_name);
        kite_output_print(out, "';;\n");
    }
    kite_output_print(
        out, "  esac\n  if [[ $word == -* ]]; then\n    COMPREPLY=($(compgen -W \"$names\" -- "
             "\"$word\"))\n  elif [[ $verb == help ]]; then\n    COMPREPLY=($(compgen -W '");
    verb_names(out);
    kite_output_print(
        out, "' -- \"$word\"))\n  else\n    COMPREPLY=($(compgen -f -- \"$word\"))\n  fi\n}\n"
             "complete -o filenames -F _kite kite\n");
}

/* Help inside single quotes of a shell; brackets, which end it in zsh, become round. */
static void quoted(struct kite_output *out, const char *text)
{
    for (; *text; text++)
        if (*text == '\'')
            kite_output_print(out, "'\\''");
        else if (*text == '[' || *text == ']')
            kite_output_print(out, *text == '[' ? "(" : ")");
        else
            kite_output_print(out, "%c", *text);
}

static void zsh_option(struct kite_output *out, const struct kite_verb *verb,
                       const struct kite_option *option)
{
    char words[120];

    (void)verb;
    kite_output_print(out, " \\\n        '");
    if (option->letter)
        kite_output_print(out, "(-%c --%s)'{-%c,--%s}'[", option->letter, option->name,
                          option->letter, option->name);
    else
        kite_output_print(out, "--%s[", option->name);
    quoted(out, option->help);
    kite_output_print(out, "]");
    kite_help_words(option, " ", words, sizeof words);
    if (words[0])
        kite_output_print(out, ":%s:(%s)", option->name, words);
    else if (option->kind == KITE_OPTION_FILE)
        kite_output_print(out, ":file:_files");
    else if (option->kind == KITE_OPTION_FOLDER)
        kite_output_print(out, ":folder:_files -/");
    else if (option->value)
        kite_output_print(out, ":%s: ", option->name);
    kite_output_print(out, "'");
}

static void write_zsh(struct kite_output *out, const struct kite_verb *verb)
{
    (void)verb;
    kite_output_print(
        out, "#compdef kite\n_kite() {\n  if ((CURRENT == 2)); then\n    local -a verbs=(\n");
    for (size_t i = 0; kite_verbs[i]; i++) {
        kite_output_print(out, "      '%s:", kite_verbs[i]->name);
        quoted(out, kite_verbs[i]->summary);
        kite_output_print(out, "'\n");
    }
    kite_output_print(
        out,
        "    )\n    _describe verb verbs\n    return\n  fi\n  local verb=$words[2]\n  shift words\n"
        "  ((CURRENT--))\n  case $verb in\n");
    for (size_t i = 0; kite_verbs[i]; i++) {
        kite_output_print(out, "    %s)\n      _arguments", kite_verbs[i]->name);
        each_option(out, kite_verbs[i], zsh_option);
        kite_output_print(out, " \\\n        '*:");
        if (kite_verbs[i] == &kite_verb_help) {
            kite_output_print(out, "verb:(");
            verb_names(out);
            kite_output_print(out, ")';;\n");
        } else {
            kite_output_print(out, "file:_files';;\n");
        }
    }
    kite_output_print(
        out, "  esac\n}\nif [[ $zsh_eval_context == *loadautofunc* ]]; then\n  _kite \"$@\"\nelse\n"
             "  compdef _kite kite\nfi\n");
}

static void fish_option(struct kite_output *out, const struct kite_verb *verb,
                        const struct kite_option *option)
{
    char words[120];

    kite_output_print(out, "complete -c kite -n '__fish_seen_subcommand_from %s' -l %s", verb->name,
                      option->name);
    if (option->letter)
        kite_output_print(out, " -s %c", option->letter);
    kite_help_words(option, " ", words, sizeof words);
    if (words[0])
        kite_output_print(out, " -x -a '%s'", words);
    else if (option->kind == KITE_OPTION_FOLDER)
        kite_output_print(out, " -x -a '(__fish_complete_directories)'");
    else if (option->kind == KITE_OPTION_FILE)
        kite_output_print(out, " -r");
    else if (option->value)
        kite_output_print(out, " -x");
    kite_output_print(out, " -d '");
    quoted(out, option->help);
    kite_output_print(out, "'\n");
}

static void write_fish(struct kite_output *out, const struct kite_verb *verb)
{
    (void)verb;
    for (size_t i = 0; kite_verbs[i]; i++) {
        kite_output_print(out, "complete -c kite -f -n __fish_use_subcommand -a %s -d '",
                          kite_verbs[i]->name);
        quoted(out, kite_verbs[i]->summary);
        kite_output_print(out, "'\n");
        each_option(out, kite_verbs[i], fish_option);
    }
    kite_output_print(out, "complete -c kite -f -n '__fish_seen_subcommand_from help' -a '");
    verb_names(out);
    kite_output_print(out, "'\n");
}

int kite_help_completion(struct kite_cli *cli, int32_t shell)
{
    static void (*const writers[])(struct kite_output *,
                                   const struct kite_verb *) = {write_bash, write_zsh, write_fish};

    return kite_help_write(cli, cli->verb, writers[shell]);
}
