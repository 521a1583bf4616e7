/* keys: what verbs do with key files and signatures. Faults are the cli's. */
#ifndef KITE_CLI_KEYS_H
#define KITE_CLI_KEYS_H

#include "cli/cli.h"

/* The secret key of a file. One that is locked is opened with --password-file, or the password that is asked for. */
enum kite_status kite_cli_secret(struct kite_cli *cli, const char *path, struct kite_secret *out);
/* The public key of a file. KITE_E_FORMAT: it holds none. */
enum kite_status kite_cli_key(struct kite_cli *cli, const char *path, struct kite_public_key *out);

/* Put a signature behind a bundle held in memory, in place of an older one by the same key. Repair data is made anew. */
enum kite_status kite_cli_attach(struct kite_cli *cli, const struct kite_signature *signature, struct kite_buffer *bundle);

/* Put repair data behind a bundle held in memory, in place of what it has. percent: as --repair says it. */
enum kite_status kite_cli_add_repair(struct kite_cli *cli, unsigned percent, struct kite_buffer *bundle);
/* "10%" or "10"; 0 when text is neither. */
unsigned kite_cli_percent(const char *text);

/* What can be signed, by how it begins, and where its signature goes. */
enum kite_signable {
    KITE_SIGNABLE_BUNDLE = 0, /* in a trailer */
    KITE_SIGNABLE_UPDATE,     /* in its header */
    KITE_SIGNABLE_SET,        /* a provision set: in its last line */
    KITE_SIGNABLE_OTHER       /* in a file beside it */
};
#define KITE_SIGNABLE_HEAD_BYTES 16u /* that tell which */
enum kite_signable kite_cli_signable(const struct kite_buffer *file);
/* Sign a file held in memory, any but OTHER. What is damaged or breaks a rule isn't signed. */
enum kite_status kite_cli_sign(struct kite_cli *cli, const struct kite_secret *secret, struct kite_buffer *file);
/* What an update or a set says of its signature, the file whole and by its rules. */
enum kite_status kite_cli_proof(struct kite_cli *cli, const struct kite_buffer *file, struct kite_signed *out);

/* "PATH.minisig" into out of the cli's memory, to be freed. KITE_E_NOMEM. */
enum kite_status kite_cli_signature_path(struct kite_cli *cli, const char *path, char **out);

#endif
