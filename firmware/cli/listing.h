/* listing: verbs that read bundles and write about them, all in one way: each bundle named is opened, laid out when the verb
 * needs it, and told of, as text or as JSON, into the one output that -o names. */
#ifndef KITE_CLI_LISTING_H
#define KITE_CLI_LISTING_H

#include "cli/json.h"
#include "cli/session.h"
#include "cli/verbs.h"

struct kite_listing {
    struct kite_session session; /* of the bundle in hand */
    const char *name;            /* as it was given */
    size_t index;                /* of the bundle, from 0 */
    struct kite_output out;
    struct kite_json json; /* into out */
    void *ctx;             /* the verb's own */
};

/* Run a verb: tell is called for one bundle after the other and fills in the cli's fault when it fails, which ends it.
 * Returns an exit code. */
int kite_listing_run(struct kite_cli *cli, bool is_laid_out, enum kite_status (*tell)(struct kite_listing *list),
                     void *ctx);

#endif
