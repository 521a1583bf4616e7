/* manual: what a program with a table of options says of itself: help, the manual page and
 * completions, all on standard output; and reading a command line by that table. */
#ifndef KITE_HOST_MANUAL_H
#define KITE_HOST_MANUAL_H

#include <stdbool.h>

struct kite_option {
    int id;
    const char *name, *value; /* value NULL: a flag */
    enum { KITE_VALUE_WORDS = 0, KITE_VALUE_FILE, KITE_VALUE_FOLDER } kind;
    const char *words; /* that complete the value; NULL: none */
    const char *help;
};

/* Terms and what they mean, or a paragraph. */
struct kite_manual_part {
    const char *title; /* NULL: not in the help */
    const char *manual_title;
    const char *const (*rows)[2]; /* ends with a NULL; NULL: text */
    const char *text;
};

struct kite_manual {
    const char *program, *purpose; /* "an e-ink reader on a desktop" */
    const char *operand;           /* "FILE or LIBRARY"; NULL: there is none */
    const char *about;
    const struct kite_option *options;    /* ends with a name of NULL */
    const struct kite_manual_part *parts; /* ends with a manual_title of NULL */
};

/* What all programs can be asked; rows of a table with these ids are answered here. The program's own begin at
 * KITE_OPTION_OWN. */
enum {
    KITE_OPTION_HELP = 1,
    KITE_OPTION_MAN,
    KITE_OPTION_COMPLETION,
    KITE_OPTION_VERSION,
    KITE_OPTION_OWN = 1000 /* behind every character */
};
/* Below, -1 is to go on; anything else is the exit code, and all is said. KITE_EXIT_USAGE: the command is not
 * understood. */
#define KITE_EXIT_USAGE 2
/* Hand each option of the command line to `take`, until it does not return -1; -h is help. What is no option begins at
 * getopt's optind. */
int kite_manual_options(const struct kite_manual *manual, int argc, char **argv, void *ctx,
                        int (*take)(void *ctx, int id, char *value));
/* "PROGRAM: WHAT, not VALUE": KITE_EXIT_USAGE. */
int kite_manual_refuse(const struct kite_manual *manual, const char *what, const char *value);
/* A whole number, least to most, or it is refused as `what`. */
int kite_manual_number(const struct kite_manual *manual, const char *text, int least, int most,
                       const char *what, int *out);

void kite_manual_help(const struct kite_manual *manual);
void kite_manual_page(const struct kite_manual *manual);
/* bash, zsh or fish; false: another shell. */
bool kite_manual_completion(const struct kite_manual *manual, const char *shell);

#endif
