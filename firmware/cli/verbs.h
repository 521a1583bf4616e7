/* The verbs; each lives in its own verb_*.c with its option table. */
#ifndef KITE_CLI_VERBS_H
#define KITE_CLI_VERBS_H

#include "cli/cli.h"

extern const struct kite_verb kite_verb_pack, kite_verb_info, kite_verb_verify, kite_verb_text,
    kite_verb_render, kite_verb_lines, kite_verb_pages, kite_verb_lint, kite_verb_help,
    kite_verb_version, kite_verb_provision, kite_verb_keygen, kite_verb_sign,
    kite_verb_news, kite_verb_repair;

#endif
