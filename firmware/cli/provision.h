/* provision: a set of bundles in a folder, and the filling of volumes with it. Private to the cli
 * room. */
#ifndef KITE_CLI_PROVISION_H
#define KITE_CLI_PROVISION_H

#include "cli/cli.h"
#include "sideload/sideload.h"

/* One bundle of a set. */
struct kite_provision_source {
    char *path;
    char *name; /* that it gets on a volume */
    uint8_t root_hash[32];
    uint64_t bytes;
};
struct kite_provision_bundles {
    struct kite_memory mem;
    struct kite_provision_source *items;
    size_t count, capacity;
    uint64_t bytes;
    struct kite_buffer list; /* provision.txt as volumes get it */
};
/* Look a folder through, check every block of each bundle in it, and find names for all of them
 * that do not clash. A provision set that lies in the folder says which of them count, and travels
 * as it is; without one all of them do. The fault is the cli's, and names the file. KITE_E_FORMAT:
 * there is no bundle, or one that the set lists is missing; as kite_bundle_verify. */
enum kite_status kite_provision_gather(struct kite_cli *cli, const char *folder,
                                       struct kite_provision_bundles *out);
void kite_provision_bundles_close(struct kite_provision_bundles *bundles);

/* What came of a volume. */
struct kite_provision_outcome {
    uint32_t copied, had, failed; /* files, provision.txt among them */
    bool is_ended;                /* else the process that filled it died */
    char problem[240];            /* the first; "" when all is there */
};
/* Fill volumes, at most `jobs` at a time, each by a process of its own, so that one that hangs or
 * dies holds up no other. outcomes[count] is filled in. KITE_E_IO: no process could be started. */
enum kite_status kite_provision_fill(struct kite_cli *cli,
                                     const struct kite_provision_bundles *bundles,
                                     const char *const *volumes, size_t count, unsigned jobs,
                                     struct kite_provision_outcome *outcomes);

#endif
