/* pack_gather: which files are packed: those named, and the texts in folders that are named, in order. */
#ifndef KITE_CLI_PACK_GATHER_H
#define KITE_CLI_PACK_GATHER_H

#include "cli/cli.h"

#define KITE_PACK_TEXTS_MAX 100000u

struct kite_pack_texts {
    struct kite_arena arena;
    const char **paths;
    size_t count, capacity;
};

/* To be closed in any case. KITE_E_IO, KITE_E_NOMEM, KITE_E_LIMIT; KITE_E_FORMAT: a bundle.toml that cannot be read, or a folder without
 * texts. Files of a folder and of the folders in it come by name, numbers in names as numbers, without pictures, style sheets and what else
 * belongs to texts. A bundle.toml in the folder says otherwise: its `order` is all that is packed, and its strings (title, author,
 * lang ...) go to those args that were not given. */
enum kite_status kite_pack_gather(struct kite_cli *cli, struct kite_pack_texts *texts);
/* The same without bundle.toml, and without a word about what has no texts in it. */
enum kite_status kite_pack_gather_all(struct kite_cli *cli, const char *folder, struct kite_pack_texts *texts);
void kite_pack_texts_close(struct kite_pack_texts *texts);

bool kite_is_folder(const char *path);

/* ---- between its files ---------------------------------------------------------------------------- */

enum kite_status kite_pack_texts_add(struct kite_cli *cli, struct kite_pack_texts *texts, const char *folder, const char *name,
                                     size_t name_bytes); /* folder may be NULL */
/* Read FOLDER/bundle.toml. *has_order: it says what is packed, and that was added to texts. KITE_DONE: there is none. */
enum kite_status kite_pack_manual(struct kite_cli *cli, const char *folder, struct kite_pack_texts *texts, bool *has_order);

#endif
