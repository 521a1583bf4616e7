/* pack_each: many texts, a bundle each, several at the same time. */
#ifndef KITE_CLI_PACK_EACH_H
#define KITE_CLI_PACK_EACH_H

#include "cli/cli.h"

/* Pack each text of the folder that is the cli's operand into the folder of -o, under the same names with .kite, by as many processes as --jobs
 * says. `pack` does one: it gets a cli with one operand and one output, and returns an exit code. What the processes say is passed on as each
 * ends; a text that fails does not stop the others. Ends with a line of how many there were, on standard error. Returns an exit code. */
int kite_pack_each(struct kite_cli *cli, int (*pack)(struct kite_cli *cli));

#endif
