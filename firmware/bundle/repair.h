/* repair: how a file's repair data is laid out. Private to the bundle room; FORMAT.md, section 6.
 *
 * What is covered is cut into slices, the last one filled up with zeros; slice i is number i / groups of group i % groups. Each group has
 * `parity` repair slices, and each of these is a packet of its own that can be found and checked alone. A packet also carries
 * check sums of slices, each slice's in three packets, by which damage is located. */
#ifndef KITE_BUNDLE_REPAIR_H
#define KITE_BUNDLE_REPAIR_H

#include "bundle/field.h"
#include "bundle/reader.h"

#define KITE_PACKET_MAGIC "KFix"
#define KITE_PACKET_HEAD_BYTES 28u
#define KITE_SUM_COPIES 3u
#define KITE_REPAIR_GROUP_MAX 4096u /* slices of a group, so that the work grows with the file and no faster */

/* Magic, percent (u8), slice size as a power of two (u8), parity (u16), covered bytes (u32), packet (u32), set (8), check (u32). */
struct kite_repair_plan {
    uint32_t percent, slice_bytes, parity, covered_bytes;
    uint8_t set[8]; /* of the packets of one file: its root's first bytes */
    uint32_t slices, groups, packets, group_slices; /* these follow from the above; group_slices of the longest group */
};

/* Fill in what follows. False when the numbers make no sense. */
bool kite_repair_plan_complete(struct kite_repair_plan *plan);
/* How many check sums a packet carries, and of which slices: the n-th. */
uint32_t kite_packet_sums(const struct kite_repair_plan *plan, uint32_t packet);
uint32_t kite_packet_sum_slice(const struct kite_repair_plan *plan, uint32_t packet, uint32_t n);
size_t kite_packet_bytes(const struct kite_repair_plan *plan, uint32_t packet);
/* The factor of slice number t of a group in its repair slice number j. */
uint16_t kite_repair_factor(const struct kite_field *field, const struct kite_repair_plan *plan, uint32_t j, uint32_t t);

/* A covered slice, zeros behind the end. */
enum kite_status kite_slice_read(const struct kite_source *source, const struct kite_repair_plan *plan, uint32_t slice,
                                 uint8_t *out);
/* The repair data of a source, a payload, added to out. */
enum kite_status kite_repair_encode(const struct kite_memory *mem, const struct kite_source *source,
                                    const struct kite_repair_plan *plan, struct kite_buffer *out,
                                    const struct kite_progress *progress);

#endif
