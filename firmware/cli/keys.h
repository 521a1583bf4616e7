/* keys: what verbs do with key files and signatures. Faults are the cli's. */
#ifndef KITE_CLI_KEYS_H
#define KITE_CLI_KEYS_H

#include "cli/cli.h"

/* The secret key of a file. One that is locked is opened with --password-file, or the password that is asked for. */
enum kite_status kite_cli_secret(struct kite_cli *cli, const char *path, struct kite_secret *out);
/* The public key of a file. KITE_E_FORMAT: it holds none. */
enum kite_status kite_cli_key(struct kite_cli *cli, const char *path, struct kite_key *out);

/* Whose signatures a bundle carries. Begin with index 0; each call moves it on. KITE_DONE: no more. KITE_E_FORMAT, KITE_E_UNSUPPORTED. */
enum kite_status kite_cli_signature(struct kite_cli *cli, struct kite_bundle *bundle, uint32_t *index,
                                    struct kite_signature *out);
/* Put a signature behind a bundle held in memory, in place of an older one by the same key. */
enum kite_status kite_cli_attach(struct kite_cli *cli, const struct kite_signature *signature, struct kite_buffer *bundle);
enum kite_status kite_cli_sign_bundle(struct kite_cli *cli, const struct kite_secret *secret, struct kite_buffer *bundle);

/* A file that begins as bundles do. */
bool kite_cli_is_bundle(const struct kite_buffer *file);
/* "PATH.minisig" into out of the cli's memory, to be freed. KITE_E_NOMEM. */
enum kite_status kite_cli_signature_path(struct kite_cli *cli, const char *path, char **out);

#endif
