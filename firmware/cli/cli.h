/* cli: what every verb of the `kite` command has in hand, and how it speaks to people. */
#ifndef KITE_CLI_H
#define KITE_CLI_H

#include "cli/options.h"
#include "trust/trust.h"

enum kite_exit { /* the exit codes of the command */
                 KITE_EXIT_OK = 0,
                 KITE_EXIT_INPUT = 1,  /* the input has a problem */
                 KITE_EXIT_USAGE = 2,  /* wrong usage */
                 KITE_EXIT_MACHINE = 3 /* reading, writing or memory failed */
};

struct kite_cli {
    struct kite_memory mem;
    const struct kite_verb *verb;
    struct kite_args args;
    const char **operands;
    size_t operand_count;
    const char *program; /* as it was called */
    struct kite_fault fault;
    const struct kite_secret *secret; /* of kite pack --sign; lent, NULL without */
};

/* Run the command as main() gets it; returns an exit code. */
int kite_cli_run(const struct kite_memory *mem, int argc, char *const *argv);

/* "kite VERB: NAME: sentence" on standard error, and what to do next. Returns the exit code of the
 * status. name may be NULL. */
int kite_cli_fail(struct kite_cli *cli, const char *name, enum kite_status status);
/* The same for wrong usage: a sentence, then where the help is. Returns KITE_EXIT_USAGE. */
int kite_cli_usage(struct kite_cli *cli, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Open where -o says, standard output unless given. */
struct kite_output;
enum kite_status kite_cli_output(struct kite_cli *cli, struct kite_output *out);

/* All of a file at once, under kite_output's terms; path "-" is standard output. The fault is the cli's. */
enum kite_status kite_cli_write(struct kite_cli *cli, const char *path, const struct kite_buffer *bytes);

enum kite_exit kite_exit_of(enum kite_status status);

/* Progress on standard error, only when that is a terminal: "packing 42 %". Finish wipes the line.
 */
struct kite_meter {
    const char *label;
    bool is_shown;
    uint64_t percent;
};
struct kite_progress kite_meter_start(struct kite_meter *meter, const char *label, bool is_quiet);
void kite_meter_finish(struct kite_meter *meter);

#endif
