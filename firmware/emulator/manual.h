/* manual: help, the manual page and completions, on standard output. Private to the emulator. */
#ifndef KITE_EMULATOR_MANUAL_H
#define KITE_EMULATOR_MANUAL_H

#include "emulator/options.h"

void manual_help(void);
void manual_page(void);
/* bash, zsh or fish; false: another shell. */
bool manual_completion(const char *shell);

#endif
