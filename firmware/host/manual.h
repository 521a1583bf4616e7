/* manual: what a program with a table of options says of itself: help, the manual page and
 * completions, all on standard output. */
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

void kite_manual_help(const struct kite_manual *manual);
void kite_manual_page(const struct kite_manual *manual);
/* bash, zsh or fish; false: another shell. */
bool kite_manual_completion(const struct kite_manual *manual, const char *shell);

#endif
