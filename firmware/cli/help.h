/* help: the option tables as text for people, as a manual page and as completions for shells. */
#ifndef KITE_CLI_HELP_H
#define KITE_CLI_HELP_H

#include "cli/verbs.h"
#include "host/host.h"

/* Each writes to standard output and returns an exit code. */
int kite_help_overview(struct kite_cli *cli);
int kite_help_verb(struct kite_cli *cli, const struct kite_verb *verb);
/* kite.1 in roff. */
int kite_help_man(struct kite_cli *cli);
/* shell: index in kite_shell_words. */
int kite_help_completion(struct kite_cli *cli, int32_t shell);

/* Run a writer on standard output; returns an exit code. */
int kite_help_write(struct kite_cli *cli, const struct kite_verb *verb,
                    void (*write)(struct kite_output *out, const struct kite_verb *verb));

/* What the help and the manual page say about places and exit codes. */
extern const char *const kite_help_places[][2];
extern const char *const kite_help_exits[][2];
/* The words an option knows, as "book, plain, ...", into out; empty when it takes others. */
void kite_help_words(const struct kite_option *option, const char *between, char *out, size_t room);

#endif
