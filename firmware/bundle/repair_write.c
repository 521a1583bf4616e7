/* Repair data: how much of it, and making it. */
#include "bundle/repair.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#define SECTOR_BYTES 512u

/* ---- the plan ------------------------------------------------------------------------------------- */

bool kite_repair_plan_complete(struct kite_repair_plan *plan)
{
    if (plan->covered_bytes == 0 || plan->slice_bytes < 64 || plan->slice_bytes > 65536 || plan->parity == 0 ||
        plan->percent == 0 || plan->percent > KITE_REPAIR_PERCENT_MAX)
        return false;
    plan->slices = (plan->covered_bytes - 1) / plan->slice_bytes + 1;
    plan->groups = (plan->slices - 1) / KITE_REPAIR_GROUP_MAX + 1;
    plan->group_slices = (plan->slices - 1) / plan->groups + 1;
    plan->packets = plan->parity * plan->groups;
    return plan->groups <= 256 && plan->parity <= KITE_FIELD_SIZE - KITE_REPAIR_GROUP_MAX;
}

/* Every packets-th slice from this one on is in a packet for the copy-th time; the copies of one lie far apart, as damage mostly
 * comes in stretches. False: with so few packets there is no such copy. */
static bool first_slice(const struct kite_repair_plan *plan, uint32_t packet, uint32_t copy, uint32_t *out)
{
    uint32_t shift = (uint32_t)((uint64_t)copy * plan->packets / KITE_SUM_COPIES);

    *out = (packet + plan->packets - shift) % plan->packets;
    return copy == 0 || shift > (uint32_t)((uint64_t)(copy - 1) * plan->packets / KITE_SUM_COPIES);
}

static uint32_t slices_from(const struct kite_repair_plan *plan, uint32_t first)
{
    return first < plan->slices ? (plan->slices - 1 - first) / plan->packets + 1 : 0;
}

uint32_t kite_packet_sums(const struct kite_repair_plan *plan, uint32_t packet)
{
    uint32_t count = 0, first;

    for (uint32_t copy = 0; copy < KITE_SUM_COPIES; copy++)
        if (first_slice(plan, packet, copy, &first))
            count += slices_from(plan, first);
    return count;
}

uint32_t kite_packet_sum_slice(const struct kite_repair_plan *plan, uint32_t packet, uint32_t n)
{
    uint32_t first = 0;

    for (uint32_t copy = 0; copy < KITE_SUM_COPIES; copy++) {
        if (!first_slice(plan, packet, copy, &first))
            continue;
        if (n < slices_from(plan, first))
            break;
        n -= slices_from(plan, first);
    }
    return first + n * plan->packets;
}

size_t kite_packet_bytes(const struct kite_repair_plan *plan, uint32_t packet)
{
    return KITE_PACKET_HEAD_BYTES + (size_t)4 * kite_packet_sums(plan, packet) + plan->slice_bytes;
}

uint16_t kite_repair_factor(const struct kite_field *field, const struct kite_repair_plan *plan, uint32_t j, uint32_t t)
{
    return kite_field_divide(field, 1, (uint16_t)((plan->group_slices + j) ^ t));
}

enum kite_status kite_slice_read(const struct kite_source *source, const struct kite_repair_plan *plan, uint32_t slice,
                                 uint8_t *out)
{
    uint64_t at = (uint64_t)slice * plan->slice_bytes;
    size_t count = plan->covered_bytes - at < plan->slice_bytes ? (size_t)(plan->covered_bytes - at) : plan->slice_bytes;

    memset(out + count, 0, plan->slice_bytes - count);
    return source->read_at(source->ctx, at, out, count);
}

/* ---- how much ------------------------------------------------------------------------------------- */

static uint32_t slice_bytes_for(uint64_t covered)
{
    static const struct {
        uint64_t covered_max;
        uint32_t slice_bytes;
    } rows[] = { { 32u << 10, 128 }, { 256u << 10, 256 }, { 1u << 20, 512 }, { 2u << 20, 1024 }, { 4u << 20, 2048 } };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (covered <= rows[i].covered_max)
            return rows[i].slice_bytes;
    return 4096; /* a block of most file systems and cards */
}

static int longest_first(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

    return (x < y) - (x > y);
}

/* Slices that the longest blocks touch, half as many percent of all. The front counts as one. */
static enum kite_status slices_of_blocks(const struct kite_memory *mem, struct kite_bundle *bundle,
                                         const struct kite_repair_plan *plan, uint64_t *out, struct kite_fault *fault)
{
    uint32_t count = bundle->block_count + 1, taken = (count * plan->percent + 199) / 200;
    uint32_t *lengths = kite_alloc(mem, count, sizeof *lengths);
    enum kite_status status = lengths ? KITE_OK : kite_fail(fault, KITE_E_NOMEM, "no memory for repair data");

    *out = 0;
    for (uint32_t i = 0; i < bundle->block_count && status == KITE_OK; i++) {
        struct kite_stored_block block;

        status = kite_block_at(bundle, i, &block, fault);
        lengths[i] = status ? 0 : block.stored_bytes;
    }
    if (status == KITE_OK) {
        lengths[count - 1] = (uint32_t)bundle->front_bytes;
        qsort(lengths, count, sizeof *lengths, longest_first);
        for (uint32_t i = 0; i < taken; i++) {
            uint32_t bytes = lengths[i] > SECTOR_BYTES ? lengths[i] : SECTOR_BYTES;

            *out += (bytes + plan->slice_bytes - 2) / plan->slice_bytes + 1;
        }
    }
    kite_free(mem, lengths);
    return status;
}

static enum kite_status make_plan(const struct kite_memory *mem, struct kite_bundle *bundle, unsigned percent,
                                  struct kite_repair_plan *plan, struct kite_fault *fault)
{
    uint64_t needed, touched;
    enum kite_status status;

    if (percent == 0 || percent > KITE_REPAIR_PERCENT_MAX)
        return kite_fail(fault, KITE_E_RANGE, "repair data is for 1 to %u percent", KITE_REPAIR_PERCENT_MAX);
    *plan = (struct kite_repair_plan){ .percent = percent,
                                       .slice_bytes = slice_bytes_for(bundle->file_bytes),
                                       .parity = 1,
                                       .covered_bytes = (uint32_t)bundle->file_bytes };
    memcpy(plan->set, bundle->root, sizeof plan->set);
    if (bundle->file_bytes > UINT32_MAX || !kite_repair_plan_complete(plan))
        return kite_fail(fault, KITE_E_LIMIT, "the bundle is too large for repair data");
    status = slices_of_blocks(mem, bundle, plan, &touched, fault);
    needed = ((uint64_t)plan->group_slices * percent + 99) / 100;
    if (needed < touched / plan->groups + (plan->groups > 1 ? 2 : 0))
        needed = touched / plan->groups + (plan->groups > 1 ? 2 : 0);
    plan->parity = needed > plan->group_slices ? plan->group_slices : (uint32_t)needed;
    return status == KITE_OK && !kite_repair_plan_complete(plan)
               ? kite_fail(fault, KITE_E_LIMIT, "the bundle is too large for repair data")
               : status;
}

/* ---- making it ------------------------------------------------------------------------------------ */

struct encoding {
    const struct kite_repair_plan *plan;
    const struct kite_source *source;
    struct kite_field field;
    uint32_t *sums;  /* of the slices */
    uint8_t *slice;  /* in hand */
    uint8_t *parity; /* of the group in hand */
};

static enum kite_status encode_group(struct encoding *e, uint32_t group, const struct kite_progress *progress)
{
    const struct kite_repair_plan *plan = e->plan;
    enum kite_status status = KITE_OK;

    memset(e->parity, 0, (size_t)plan->parity * plan->slice_bytes);
    for (uint32_t slice = group, t = 0; slice < plan->slices && status == KITE_OK; slice += plan->groups, t++) {
        status = kite_slice_read(e->source, plan, slice, e->slice);
        if (status == KITE_OK)
            e->sums[slice] = (uint32_t)crc32(0, e->slice, plan->slice_bytes);
        for (uint32_t j = 0; j < plan->parity && status == KITE_OK; j++)
            kite_field_add(&e->field, kite_repair_factor(&e->field, plan, j, t), e->slice,
                           e->parity + (size_t)j * plan->slice_bytes, plan->slice_bytes / 2);
        if (progress)
            progress->step(progress->ctx, (uint64_t)group * plan->group_slices + t + 1,
                           (uint64_t)plan->groups * plan->group_slices);
    }
    return status;
}

/* All but the check sums of slices, which are known only at the end: room is left for them. */
static enum kite_status add_packet(const struct encoding *e, uint32_t packet, const uint8_t *parity, struct kite_buffer *out)
{
    const struct kite_repair_plan *plan = e->plan;
    uint8_t log = 0;
    enum kite_status status = kite_buffer_add(out, KITE_PACKET_MAGIC, 4);

    while (1u << log < plan->slice_bytes)
        log++;
    if (status == KITE_OK)
        status = kite_buffer_add_u8(out, (uint8_t)plan->percent);
    if (status == KITE_OK)
        status = kite_buffer_add_u8(out, log);
    if (status == KITE_OK)
        status = kite_buffer_add_u16(out, (uint16_t)plan->parity);
    if (status == KITE_OK)
        status = kite_buffer_add_u32(out, plan->covered_bytes);
    if (status == KITE_OK)
        status = kite_buffer_add_u32(out, packet);
    if (status == KITE_OK)
        status = kite_buffer_add(out, plan->set, sizeof plan->set);
    for (uint32_t i = 0; i <= kite_packet_sums(plan, packet) && status == KITE_OK; i++)
        status = kite_buffer_add_u32(out, 0); /* the packet's own, then the slices' */
    return status == KITE_OK ? kite_buffer_add(out, parity, plan->slice_bytes) : status;
}

static void put_u32(uint8_t *at, uint32_t value)
{
    for (unsigned i = 0; i < 4; i++)
        at[i] = (uint8_t)(value >> 8 * i);
}

/* Now that all sums are known. */
static void finish_packets(const struct encoding *e, uint8_t *at)
{
    for (uint32_t packet = 0; packet < e->plan->packets; packet++) {
        size_t bytes = kite_packet_bytes(e->plan, packet);

        for (uint32_t n = 0; n < kite_packet_sums(e->plan, packet); n++)
            put_u32(at + KITE_PACKET_HEAD_BYTES + (size_t)4 * n, e->sums[kite_packet_sum_slice(e->plan, packet, n)]);
        put_u32(at + KITE_PACKET_HEAD_BYTES - 4, (uint32_t)crc32(0, at, (uInt)bytes));
        at += bytes;
    }
}

enum kite_status kite_repair_encode(const struct kite_memory *mem, const struct kite_source *source,
                                    const struct kite_repair_plan *plan, struct kite_buffer *out,
                                    const struct kite_progress *progress)
{
    struct encoding e = { .plan = plan, .source = source };
    size_t start = out->count;
    enum kite_status status = kite_field_open(mem, &e.field);

    if (status != KITE_OK)
        return status;
    e.sums = kite_alloc(mem, plan->slices, sizeof *e.sums);
    e.slice = kite_alloc(mem, 1, plan->slice_bytes);
    e.parity = kite_alloc(mem, plan->parity, plan->slice_bytes);
    if (!e.sums || !e.slice || !e.parity)
        status = KITE_E_NOMEM;
    for (uint32_t group = 0; group < plan->groups && status == KITE_OK; group++) {
        status = encode_group(&e, group, progress);
        for (uint32_t j = 0; j < plan->parity && status == KITE_OK; j++)
            status = add_packet(&e, group * plan->parity + j, e.parity + (size_t)j * plan->slice_bytes, out);
    }
    if (status == KITE_OK)
        finish_packets(&e, out->bytes + start);
    kite_free(mem, e.sums);
    kite_free(mem, e.slice);
    kite_free(mem, e.parity);
    kite_field_close(&e.field);
    return status;
}

enum kite_status kite_repair_write(const struct kite_memory *mem, struct kite_bundle *bundle, unsigned percent,
                                   struct kite_buffer *out, const struct kite_progress *progress,
                                   struct kite_fault *fault)
{
    struct kite_buffer payload = { .mem = *mem };
    struct kite_repair_plan plan;
    enum kite_status status = make_plan(mem, bundle, percent, &plan, fault);

    if (status == KITE_OK) {
        status = kite_repair_encode(mem, bundle->source, &plan, &payload, progress);
        if (status == KITE_OK)
            status = kite_trailer_write(KITE_TRAILER_REPAIR, payload.bytes, (uint32_t)payload.count, out);
        if (status)
            kite_fail(fault, status, "repair data cannot be made: %s", kite_status_text(status));
    }
    kite_buffer_close(&payload);
    return status;
}
