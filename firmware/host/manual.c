/* A table of options in five shapes. */
#include "host/manual.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define OPTIONS_MAX 32

#define COLUMN 28
#define WIDTH 100

/* ---- help ------------------------------------------------------------------------------------ */

/* Words from a column on, with that indent on further lines; ends the line. */
static void fill(const char *text, int indent, int column)
{
    bool is_first = true;

    while (*text) {
        size_t bytes = strcspn(text, " ");

        if (!is_first && column + 1 + (int)bytes > WIDTH) {
            printf("\n%*s", indent, "");
            column = indent;
            is_first = true;
        }
        printf("%s%.*s", is_first ? "" : " ", (int)bytes, text);
        column += (int)bytes + !is_first;
        is_first = false;
        text += bytes + strspn(text + bytes, " ");
    }
    putchar('\n');
}

static void row(const char *term, const char *meaning)
{
    printf("  %-*s", COLUMN - 2, term);
    fill(meaning, COLUMN, COLUMN);
}

static void part(const struct kite_manual_part *p)
{
    if (!p->title)
        return;
    printf("\n%s\n", p->title);
    if (p->text)
        fill(p->text, 0, 0);
    for (size_t i = 0; p->rows && p->rows[i][0]; i++)
        row(p->rows[i][0], p->rows[i][1]);
}

void kite_manual_help(const struct kite_manual *m)
{
    printf("usage: %s [OPTIONS]", m->program);
    if (m->operand)
        printf(" [%s]", m->operand);
    puts("\n");
    fill(m->about, 0, 0);
    puts("\nOptions");
    for (const struct kite_option *o = m->options; o->name; o++) {
        char term[64];

        snprintf(term, sizeof term, "--%s%s%s", o->name, o->value ? " " : "",
                 o->value ? o->value : "");
        row(term, o->help);
    }
    for (const struct kite_manual_part *p = m->parts; p->manual_title; p++)
        part(p);
}

/* ---- the manual page ------------------------------------------------------------------------- */

/* Text for roff: reverse slashes and hyphens escaped, no line may start as a request. */
static void roff(const char *text)
{
    if (*text == '.' || *text == '\'')
        fputs("\\&", stdout);
    for (; *text; text++)
        if (*text == '\\' || *text == '-')
            fputs(*text == '-' ? "\\-" : "\\e", stdout);
        else
            putchar(*text);
}

static void roff_row(const char *term, const char *value, const char *meaning)
{
    fputs(".TP\n\\fB", stdout);
    roff(term);
    fputs("\\fR", stdout);
    if (value)
        printf(" \\fI%s\\fR", value);
    putchar('\n');
    roff(meaning);
    putchar('\n');
}

static void roff_part(const struct kite_manual_part *p)
{
    printf(".SH \"%s\"\n", p->manual_title);
    if (p->text) {
        roff(p->text);
        putchar('\n');
    }
    for (size_t i = 0; p->rows && p->rows[i][0]; i++)
        roff_row(p->rows[i][0], NULL, p->rows[i][1]);
}

static void capitals(const char *text)
{
    for (; *text; text++)
        if (*text == '-')
            fputs("\\-", stdout);
        else
            putchar(*text >= 'a' && *text <= 'z' ? *text - 'a' + 'A' : *text);
}

void kite_manual_page(const struct kite_manual *m)
{
    fputs(".TH ", stdout);
    capitals(m->program);
    puts(" 1 \"\" \"kite " KITE_VERSION "\"\n.SH NAME");
    roff(m->program);
    fputs(" \\- ", stdout);
    roff(m->purpose);
    fputs("\n.SH SYNOPSIS\n.B ", stdout);
    roff(m->program);
    puts("\n[\\fIOPTIONS\\fR]");
    if (m->operand)
        printf("[\\fI%s\\fR]\n", m->operand);
    puts(".SH DESCRIPTION");
    roff(m->about);
    puts("\n.SH OPTIONS");
    for (const struct kite_option *o = m->options; o->name; o++) {
        char term[40];

        snprintf(term, sizeof term, "--%s", o->name);
        roff_row(term, o->value, o->help);
    }
    for (const struct kite_manual_part *p = m->parts; p->manual_title; p++)
        roff_part(p);
    puts(".SH SEE ALSO\n.BR kite (1)");
}

/* ---- completions ----------------------------------------------------------------------------- */

/* A name that a shell takes for a function. */
static void function_name(const char *program)
{
    for (; *program; program++)
        putchar(*program == '-' ? '_' : *program);
}

static void bash(const struct kite_manual *m)
{
    putchar('_');
    function_name(m->program);
    puts("() {\n  local word=${COMP_WORDS[COMP_CWORD]}\n  COMPREPLY=()\n  case "
         "${COMP_WORDS[COMP_CWORD-1]} in");
    for (const struct kite_option *o = m->options; o->name; o++)
        if (o->value && o->kind != KITE_VALUE_WORDS)
            printf("    --%s) COMPREPLY=($(compgen -%c -- \"$word\")); return;;\n", o->name,
                   o->kind == KITE_VALUE_FILE ? 'f' : 'd');
        else if (o->value)
            printf("    --%s) COMPREPLY=($(compgen -W '%s' -- \"$word\")); return;;\n", o->name,
                   o->words ? o->words : "");
    fputs("  esac\n  if [[ $word == -* ]]; then\n    COMPREPLY=($(compgen -W '", stdout);
    for (const struct kite_option *o = m->options; o->name; o++)
        printf("%s--%s", o == m->options ? "" : " ", o->name);
    puts("' -- \"$word\"))");
    if (m->operand)
        puts("  else\n    COMPREPLY=($(compgen -f -- \"$word\"))");
    fputs("  fi\n}\ncomplete -o filenames -F _", stdout);
    function_name(m->program);
    printf(" %s\n", m->program);
}

/* Help inside single quotes of a shell; brackets, which end it in zsh, become round. */
static void quoted(const char *text)
{
    for (; *text; text++)
        if (*text == '\'')
            fputs("'\\''", stdout);
        else if (*text == '[' || *text == ']')
            putchar(*text == '[' ? '(' : ')');
        else
            putchar(*text);
}

static void zsh(const struct kite_manual *m)
{
    printf("#compdef %s\n_%s() {\n_arguments", m->program, m->program);
    for (const struct kite_option *o = m->options; o->name; o++) {
        printf(" \\\n  '--%s[", o->name);
        quoted(o->help);
        putchar(']');
        if (o->value && o->kind != KITE_VALUE_WORDS)
            printf(":%s:_files%s", o->name, o->kind == KITE_VALUE_FOLDER ? " -/" : "");
        else if (o->value)
            printf(":%s:(%s)", o->name, o->words ? o->words : "");
        putchar('\'');
    }
    puts(m->operand ? " \\\n  '*:file:_files'" : "");
    /* Named like its file: the shell calls it by that name from its second use on. */
    printf("}\nif [[ $zsh_eval_context == *loadautofunc* ]]; then\n  _%s \"$@\"\nelse\n  compdef "
           "_%s %s\nfi\n",
           m->program, m->program, m->program);
}

static void fish(const struct kite_manual *m)
{
    for (const struct kite_option *o = m->options; o->name; o++) {
        printf("complete -c %s -l %s", m->program, o->name);
        if (o->value && o->kind == KITE_VALUE_FOLDER)
            fputs(" -x -a '(__fish_complete_directories)'", stdout);
        else if (o->value && o->kind == KITE_VALUE_FILE)
            fputs(" -r", stdout);
        else if (o->value)
            printf(" -x -a '%s'", o->words ? o->words : "");
        fputs(" -d '", stdout);
        quoted(o->help);
        puts("'");
    }
}

bool kite_manual_completion(const struct kite_manual *manual, const char *shell)
{
    static const struct {
        const char *name;
        void (*write)(const struct kite_manual *manual);
    } shells[] = { { "bash", bash }, { "zsh", zsh }, { "fish", fish } };

    for (size_t i = 0; i < sizeof shells / sizeof *shells; i++)
        if (strcmp(shell, shells[i].name) == 0) {
            shells[i].write(manual);
            return true;
        }
    return false;
}

/* ---- the command line --------------------------------------------------------------------------
 */

int kite_manual_refuse(const struct kite_manual *manual, const char *what, const char *value)
{
    fprintf(stderr, "%s: %s, not %s\n", manual->program, what, value);
    return KITE_EXIT_USAGE;
}

int kite_manual_number(const struct kite_manual *manual, const char *text, int least, int most,
                       const char *what, int *out)
{
    char *end;
    long value = strtol(text, &end, 10);

    if (end == text || *end || value < least || value > most)
        return kite_manual_refuse(manual, what, text);
    *out = (int)value;
    return -1;
}

/* What all programs can be asked; -1: this is not of it. */
static int answer(const struct kite_manual *manual, int id, const char *value)
{
    switch (id) {
    case KITE_OPTION_HELP:
        kite_manual_help(manual);
        return 0;
    case KITE_OPTION_MAN:
        kite_manual_page(manual);
        return 0;
    case KITE_OPTION_VERSION:
        printf("%s " KITE_VERSION "\n", manual->program);
        return 0;
    case KITE_OPTION_COMPLETION:
        return kite_manual_completion(manual, value)
                   ? 0
                   : kite_manual_refuse(manual, "completions are for bash, zsh or fish", value);
    case '?':
        fprintf(stderr, "Try %s --help.\n", manual->program);
        return KITE_EXIT_USAGE;
    }
    return -1;
}

int kite_manual_options(const struct kite_manual *manual, int argc, char **argv, void *ctx,
                        int (*take)(void *ctx, int id, char *value))
{
    struct option names[OPTIONS_MAX] = { { NULL, 0, NULL, 0 } };
    int id, code = -1;

    for (size_t i = 0; manual->options[i].name && i < OPTIONS_MAX - 1; i++)
        names[i] = (struct option){ manual->options[i].name, manual->options[i].value != NULL, NULL,
                                    manual->options[i].id };
    while (code < 0 && (id = getopt_long(argc, argv, "h", names, NULL)) != -1) {
        code = answer(manual, id == 'h' ? KITE_OPTION_HELP : id, optarg);
        if (code < 0)
            code = take(ctx, id, optarg);
    }
    return code;
}
