/* Repair: find what repair data is left, locate the damage, rebuild, verify, write anew. Everything that a file says is taken as
 * hostile: the numbers are bounded, and what comes out is verified as a bundle before anyone sees it. */
#include "bundle/repair.h"

#include <string.h>
#include <zlib.h>

#define WINDOW_BYTES 65536u
#define PACKET_BYTES_MAX (KITE_PACKET_HEAD_BYTES + 4u * 1024 + 65536u)
#define SUMS_MAX 1024u

struct repair {
    struct kite_memory mem;
    const struct kite_source *file;
    struct kite_repair_plan plan;
    bool has_plan;
    uint32_t *sums; /* of the slices, as the packets say */
    bool *has_sum;
    uint64_t *packets;   /* 1 + where each one's repair slice lies; 0: lost */
    uint8_t **rebuilt;   /* slices; NULL: as the file has it */
    uint8_t *work;       /* a packet */
    struct kite_field field;
};

/* ---- packets -------------------------------------------------------------------------------------- */

static bool read_plan(const uint8_t *head, struct kite_repair_plan *plan)
{
    if (head[5] < 6 || head[5] > 16)
        return false;
    *plan = (struct kite_repair_plan){ .percent = head[4],
                                       .slice_bytes = 1u << head[5],
                                       .parity = kite_get_u16(head + 6),
                                       .covered_bytes = kite_get_u32(head + 8) };
    memcpy(plan->set, head + 16, sizeof plan->set);
    return kite_repair_plan_complete(plan);
}

/* Room for what the first packet that is found speaks of. */
static enum kite_status take_plan(struct repair *r, const struct kite_repair_plan *plan)
{
    r->plan = *plan;
    r->sums = kite_alloc(&r->mem, plan->slices, sizeof *r->sums);
    r->has_sum = kite_alloc(&r->mem, plan->slices, sizeof *r->has_sum);
    r->packets = kite_alloc(&r->mem, plan->packets, sizeof *r->packets);
    r->rebuilt = kite_alloc(&r->mem, plan->slices, sizeof *r->rebuilt);
    r->has_plan = true;
    return r->sums && r->has_sum && r->packets && r->rebuilt ? KITE_OK : KITE_E_NOMEM;
}

/* A packet at offset, if it is a whole one of this file's. */
static enum kite_status take_packet(struct repair *r, uint64_t offset)
{
    uint8_t *at = r->work, own[4];
    struct kite_repair_plan plan;
    uint32_t packet, sums;
    size_t bytes;
    enum kite_status status;

    if (r->file->size_bytes - offset < KITE_PACKET_HEAD_BYTES)
        return KITE_DONE;
    status = r->file->read_at(r->file->ctx, offset, at, KITE_PACKET_HEAD_BYTES);
    if (status != KITE_OK)
        return status;
    packet = kite_get_u32(at + 12);
    if (!read_plan(at, &plan) || packet >= plan.packets || plan.covered_bytes > r->file->size_bytes ||
        (r->has_plan && memcmp(&plan, &r->plan, sizeof plan) != 0))
        return KITE_DONE;
    sums = kite_packet_sums(&plan, packet);
    bytes = kite_packet_bytes(&plan, packet);
    if (sums > SUMS_MAX || r->file->size_bytes - offset < bytes)
        return KITE_DONE;
    status = r->file->read_at(r->file->ctx, offset, at, bytes);
    if (status != KITE_OK)
        return status;
    memcpy(own, at + KITE_PACKET_HEAD_BYTES - 4, 4);
    memset(at + KITE_PACKET_HEAD_BYTES - 4, 0, 4);
    if (crc32(0, at, (uInt)bytes) != kite_get_u32(own))
        return KITE_DONE;
    if (!r->has_plan)
        status = take_plan(r, &plan);
    if (status != KITE_OK)
        return status;
    r->packets[packet] = 1 + offset + bytes - plan.slice_bytes;
    for (uint32_t n = 0; n < sums; n++) {
        uint32_t slice = kite_packet_sum_slice(&plan, packet, n);

        r->sums[slice] = kite_get_u32(at + KITE_PACKET_HEAD_BYTES + (size_t)4 * n);
        r->has_sum[slice] = true;
    }
    return KITE_OK;
}

/* Packets are looked for everywhere, as what says where they lie may be what is damaged. */
static enum kite_status find_packets(struct repair *r)
{
    uint8_t *window = kite_alloc(&r->mem, WINDOW_BYTES + 3, 1);
    enum kite_status status = window ? KITE_OK : KITE_E_NOMEM;

    for (uint64_t at = 0; at < r->file->size_bytes && status == KITE_OK; at += WINDOW_BYTES) {
        uint64_t left = r->file->size_bytes - at;
        size_t count = left < WINDOW_BYTES + 3 ? (size_t)left : WINDOW_BYTES + 3;
        const uint8_t *hit = window, *end = window + count;

        status = r->file->read_at(r->file->ctx, at, window, count);
        while (status == KITE_OK && (hit = memchr(hit, KITE_PACKET_MAGIC[0], (size_t)(end - hit))) && end - hit >= 4) {
            if (memcmp(hit, KITE_PACKET_MAGIC, 4) == 0)
                status = take_packet(r, at + (uint64_t)(hit - window));
            status = status == KITE_DONE ? KITE_OK : status;
            hit++;
        }
    }
    kite_free(&r->mem, window);
    return status;
}

/* ---- rebuilding ----------------------------------------------------------------------------------- */

/* Slices that are damaged, or of which nothing is known, get room. */
static enum kite_status locate(struct repair *r, struct kite_repair_report *report)
{
    const struct kite_repair_plan *plan = &r->plan;
    enum kite_status status = KITE_OK;

    for (uint32_t i = 0; i < plan->slices && status == KITE_OK; i++) {
        status = kite_slice_read(r->file, plan, i, r->work);
        if (status == KITE_OK && r->has_sum[i] && crc32(0, r->work, plan->slice_bytes) == r->sums[i])
            continue;
        if (status == KITE_E_IO)
            status = KITE_OK; /* what the card will not give is damaged */
        report->damaged++;
        r->rebuilt[i] = kite_alloc(&r->mem, 1, plan->slice_bytes);
        if (!r->rebuilt[i])
            status = KITE_E_NOMEM;
    }
    for (uint32_t i = 0; i < plan->packets; i++)
        report->repair_damaged += r->packets[i] == 0;
    return status;
}

/* One group's equations: columns are its lost slices, rows as many of its repair slices. */
struct system {
    uint32_t count;
    uint16_t *columns, *rows; /* numbers of slices, and of repair slices, in the group */
    uint16_t *column_factors, *row_factors;
    uint8_t *right; /* what the rows come to */
};

static void close_system(struct repair *r, struct system *s)
{
    kite_free(&r->mem, s->columns);
    kite_free(&r->mem, s->rows);
    kite_free(&r->mem, s->column_factors);
    kite_free(&r->mem, s->row_factors);
    kite_free(&r->mem, s->right);
}

/* KITE_DONE: nothing is lost in this group; KITE_E_DAMAGED: more than there is repair data for. */
static enum kite_status open_system(struct repair *r, uint32_t group, struct system *s)
{
    const struct kite_repair_plan *plan = &r->plan;
    uint32_t lost = 0, rows = 0;

    *s = (struct system){ .count = 0 };
    for (uint32_t slice = group; slice < plan->slices; slice += plan->groups)
        lost += r->rebuilt[slice] != NULL;
    if (lost == 0)
        return KITE_DONE;
    s->columns = kite_alloc(&r->mem, lost, sizeof *s->columns);
    s->rows = kite_alloc(&r->mem, lost, sizeof *s->rows);
    s->column_factors = kite_alloc(&r->mem, lost, sizeof *s->column_factors);
    s->row_factors = kite_alloc(&r->mem, lost, sizeof *s->row_factors);
    if (!s->columns || !s->rows || !s->column_factors || !s->row_factors)
        return KITE_E_NOMEM;
    for (uint32_t slice = group; slice < plan->slices; slice += plan->groups)
        if (r->rebuilt[slice])
            s->columns[s->count++] = (uint16_t)(slice / plan->groups);
    for (uint32_t j = 0; j < plan->parity && rows < lost; j++)
        if (r->packets[group * plan->parity + j])
            s->rows[rows++] = (uint16_t)j;
    if (rows < lost)
        return KITE_E_DAMAGED;
    s->right = kite_alloc(&r->mem, lost, plan->slice_bytes);
    return s->right ? KITE_OK : KITE_E_NOMEM;
}

/* The repair slices less what the slices that are there have put into them. */
static enum kite_status fill_right(struct repair *r, uint32_t group, struct system *s)
{
    const struct kite_repair_plan *plan = &r->plan;
    enum kite_status status = KITE_OK;

    for (uint32_t i = 0; i < s->count && status == KITE_OK; i++)
        status = r->file->read_at(r->file->ctx, r->packets[group * plan->parity + s->rows[i]] - 1,
                                  s->right + (size_t)i * plan->slice_bytes, plan->slice_bytes);
    for (uint32_t slice = group, t = 0; slice < plan->slices && status == KITE_OK; slice += plan->groups, t++) {
        if (r->rebuilt[slice])
            continue;
        status = kite_slice_read(r->file, plan, slice, r->work);
        for (uint32_t i = 0; i < s->count && status == KITE_OK; i++)
            kite_field_add(&r->field, kite_repair_factor(&r->field, plan, s->rows[i], t), r->work,
                           s->right + (size_t)i * plan->slice_bytes, plan->slice_bytes / 2);
    }
    return status;
}

/* The inverse of a Cauchy matrix 1 / (x + y) in closed form (Schechter 1959): a factor for each row and column. */
static void invert(const struct repair *r, struct system *s)
{
    const struct kite_field *field = &r->field;
    uint32_t first = r->plan.group_slices;

    for (uint32_t i = 0; i < s->count; i++) {
        uint16_t row = 1, column = 1;

        for (uint32_t k = 0; k < s->count; k++) {
            row = kite_field_multiply(field, row, (uint16_t)((first + s->rows[i]) ^ s->columns[k]));
            column = kite_field_multiply(field, column, (uint16_t)((first + s->rows[k]) ^ s->columns[i]));
            if (k == i)
                continue;
            row = kite_field_divide(field, row, (uint16_t)((first + s->rows[i]) ^ (first + s->rows[k])));
            column = kite_field_divide(field, column, (uint16_t)(s->columns[i] ^ s->columns[k]));
        }
        s->row_factors[i] = row;
        s->column_factors[i] = column;
    }
}

static enum kite_status solve(struct repair *r, uint32_t group, struct system *s)
{
    const struct kite_repair_plan *plan = &r->plan;
    enum kite_status status = fill_right(r, group, s);

    if (status != KITE_OK)
        return status;
    invert(r, s);
    for (uint32_t i = 0; i < s->count; i++) {
        uint8_t *out = r->rebuilt[(uint32_t)s->columns[i] * plan->groups + group];

        for (uint32_t j = 0; j < s->count; j++) {
            uint16_t factor = kite_field_multiply(&r->field, s->row_factors[j], s->column_factors[i]);

            factor = kite_field_multiply(&r->field, factor, kite_repair_factor(&r->field, plan, s->rows[j], s->columns[i]));
            kite_field_add(&r->field, factor, s->right + (size_t)j * plan->slice_bytes, out, plan->slice_bytes / 2);
        }
    }
    return KITE_OK;
}

static enum kite_status rebuild(struct repair *r, const struct kite_progress *progress)
{
    enum kite_status status = KITE_OK;

    for (uint32_t group = 0; group < r->plan.groups && status == KITE_OK; group++) {
        struct system system;

        status = open_system(r, group, &system);
        if (status == KITE_OK)
            status = solve(r, group, &system);
        close_system(r, &system);
        status = status == KITE_DONE ? KITE_OK : status;
        if (progress)
            progress->step(progress->ctx, group + 1, r->plan.groups);
    }
    return status;
}

/* ---- the whole file ------------------------------------------------------------------------------- */

/* What is covered, with what was rebuilt in its place. */
static enum kite_status mended_read_at(void *ctx, uint64_t offset, uint8_t *dst, size_t count)
{
    const struct repair *r = ctx;
    uint32_t size = r->plan.slice_bytes;

    while (count > 0) {
        uint64_t slice = offset / size;
        size_t at = (size_t)(offset % size), part = size - at < count ? size - at : count;
        enum kite_status status = KITE_OK;

        if (slice < r->plan.slices && r->rebuilt[slice])
            memcpy(dst, r->rebuilt[slice] + at, part);
        else
            status = r->file->read_at(r->file->ctx, offset, dst, part);
        if (status != KITE_OK)
            return status;
        dst += part;
        offset += part;
        count -= part;
    }
    return KITE_OK;
}

/* The bundle as it was is verified before a byte of it is written; repair data is made anew, which gives the same bytes. */
static enum kite_status write_mended(struct repair *r, const struct kite_sink *sink, struct kite_fault *fault)
{
    struct kite_source mended = { r, r->plan.covered_bytes, mended_read_at };
    struct kite_buffer payload = { .mem = r->mem }, trailer = { .mem = r->mem };
    struct kite_bundle *bundle = NULL;
    enum kite_status status = kite_bundle_open(&r->mem, &mended, &bundle, fault);

    if (status == KITE_OK)
        status = kite_bundle_verify(bundle, NULL, fault);
    kite_bundle_close(bundle);
    if (status == KITE_OK)
        status = kite_repair_encode(&r->mem, &mended, &r->plan, &payload, NULL);
    if (status == KITE_OK)
        status = kite_trailer_write(KITE_TRAILER_REPAIR, payload.bytes, (uint32_t)payload.count, &trailer);
    for (uint64_t at = 0; at < mended.size_bytes && status == KITE_OK; at += r->plan.slice_bytes) {
        uint64_t left = mended.size_bytes - at;
        size_t count = left < r->plan.slice_bytes ? (size_t)left : r->plan.slice_bytes;

        status = mended_read_at(r, at, r->work, count);
        if (status == KITE_OK)
            status = sink->write(sink->ctx, r->work, count);
    }
    if (status == KITE_OK)
        status = sink->write(sink->ctx, trailer.bytes, trailer.count);
    kite_buffer_close(&payload);
    kite_buffer_close(&trailer);
    return status;
}

/* Nothing of what is covered is damaged, nor of the repair data, nor anything else of the file. */
static bool is_whole(const struct repair *r, const struct kite_repair_report *report)
{
    uint64_t bytes = KITE_TRAILER_HEAD_BYTES;
    struct kite_bundle *bundle = NULL;
    bool opens;

    for (uint32_t i = 0; i < r->plan.packets; i++)
        bytes += kite_packet_bytes(&r->plan, i);
    if (report->damaged > 0 || report->repair_damaged > 0 || r->file->size_bytes != r->plan.covered_bytes + bytes)
        return false;
    opens = kite_bundle_open(&r->mem, r->file, &bundle, NULL) == KITE_OK && kite_trailers_verify(bundle, NULL) == KITE_OK;
    kite_bundle_close(bundle);
    return opens;
}

static enum kite_status repair(struct repair *r, const struct kite_sink *sink, struct kite_repair_report *report,
                               const struct kite_progress *progress, struct kite_fault *fault)
{
    enum kite_status status = find_packets(r);

    if (status == KITE_OK && !r->has_plan)
        return kite_fail(fault, KITE_E_UNSUPPORTED, "the file has no repair data: copy it again from where it came from");
    if (status == KITE_OK) {
        report->slice_bytes = r->plan.slice_bytes;
        report->slices = r->plan.slices;
        report->repair_slices = r->plan.packets;
        status = locate(r, report);
    }
    if (status == KITE_OK && is_whole(r, report))
        return KITE_DONE;
    if (status == KITE_OK)
        status = rebuild(r, progress);
    if (status == KITE_E_DAMAGED)
        return kite_fail(fault, status, "too much of it is damaged: %u of %u parts, and repair data for %u is left",
                         (unsigned)report->damaged, (unsigned)report->slices,
                         (unsigned)(report->repair_slices - report->repair_damaged));
    return status == KITE_OK ? write_mended(r, sink, fault) : kite_fail(fault, status, "the file cannot be repaired: %s", kite_status_text(status));
}

enum kite_status kite_repair(const struct kite_memory *mem, const struct kite_source *source, const struct kite_sink *sink,
                             struct kite_repair_report *report, const struct kite_progress *progress,
                             struct kite_fault *fault)
{
    struct repair r = { .mem = *mem, .file = source };
    enum kite_status status = kite_field_open(mem, &r.field);

    *report = (struct kite_repair_report){ .slices = 0 };
    r.work = kite_alloc(mem, 1, PACKET_BYTES_MAX);
    status = status == KITE_OK && r.work ? repair(&r, sink, report, progress, fault)
                                         : kite_fail(fault, KITE_E_NOMEM, "no memory to repair the file");
    for (uint32_t i = 0; r.rebuilt && i < r.plan.slices; i++)
        kite_free(mem, r.rebuilt[i]);
    kite_free(mem, r.rebuilt);
    kite_free(mem, r.packets);
    kite_free(mem, r.has_sum);
    kite_free(mem, r.sums);
    kite_free(mem, r.work);
    kite_field_close(&r.field);
    return status;
}

unsigned kite_repair_percent(struct kite_bundle *bundle)
{
    char type[KITE_TRAILER_TYPE_BYTES];

    for (uint32_t i = 0;; i++) {
        uint64_t offset;
        uint8_t head[KITE_PACKET_HEAD_BYTES];

        if (kite_bundle_trailer(bundle, i, type, NULL, NULL) != KITE_OK)
            return 0;
        if (strcmp(type, KITE_TRAILER_REPAIR) != 0)
            continue;
        offset = kite_trailer_payload(bundle, i);
        return bundle->source->read_at(bundle->source->ctx, offset, head, sizeof head) == KITE_OK &&
                       memcmp(head, KITE_PACKET_MAGIC, 4) == 0 && head[4] <= KITE_REPAIR_PERCENT_MAX
                   ? head[4]
                   : 0;
    }
}
