/* Copying a file onto a volume. What is there already is compared first; what is written is read
 * back, because a stick that is full of errors, or was never written to, says nothing by itself. */
#include "sideload/inside.h"

#include <stdio.h>
#include <string.h>

#define PART_BYTES 65536u
#define NAMES_TRIED 100u

enum copy_stage { COPY_NAMES = 0, COPY_COMPARES, COPY_BEGINS, COPY_WRITES, COPY_SYNCS, COPY_READS };

struct kite_copy {
    struct kite_memory mem;
    const struct kite_copy_job *job;
    enum copy_stage stage;
    unsigned number; /* of the name that is tried */
    char path[KITE_VOLUME_PATH_BYTES_MAX];
    void *file;
    uint64_t at;
    bool is_ours; /* the file on the volume is one that this copy has begun */
    struct kite_copy_news news;
    uint8_t part[PART_BYTES], other[PART_BYTES];
};

enum kite_status volume_path(const char *folder, const char *name,
                             char out[KITE_VOLUME_PATH_BYTES_MAX])
{
    int bytes = snprintf(out, KITE_VOLUME_PATH_BYTES_MAX, "%s/%s", folder, name);

    return bytes < (int)KITE_VOLUME_PATH_BYTES_MAX ? KITE_OK : KITE_E_LIMIT;
}

enum kite_status kite_copy_open(const struct kite_memory *mem, const struct kite_copy_job *job,
                                struct kite_copy **out)
{
    struct kite_copy *copy = kite_alloc(mem, 1, sizeof *copy);

    *out = copy;
    if (!copy)
        return KITE_E_NOMEM;
    copy->mem = *mem;
    copy->job = job;
    copy->number = 1;
    copy->news.total_bytes = 2 * job->source->size_bytes;
    return KITE_OK;
}

const struct kite_copy_news *kite_copy_news(const struct kite_copy *copy)
{
    return &copy->news;
}

static void close_file(struct kite_copy *copy)
{
    if (copy->file)
        copy->job->io->close(copy->job->io->ctx, copy->file);
    copy->file = NULL;
}

/* Emptied first, for which a volume is made writable where it is not by itself; where nothing more
 * can be done, what is left is a torn copy, and known as one. */
static void take_away(struct kite_copy *copy)
{
    const struct kite_io *io = copy->job->io;

    if (io->open(io->ctx, copy->path, KITE_IO_WRITE, &copy->file) == KITE_OK)
        (void)io->truncate(io->ctx, copy->file, 0);
    close_file(copy);
    (void)io->remove(io->ctx, copy->path);
    (void)io->sync_folder(io->ctx, copy->job->folder);
}

static void give_up(struct kite_copy *copy)
{
    close_file(copy);
    if (copy->is_ours)
        take_away(copy);
    copy->is_ours = false;
}

void kite_copy_close(struct kite_copy *copy)
{
    if (!copy)
        return;
    give_up(copy);
    kite_free(&copy->mem, copy);
}

/* ---- a name ---------------------------------------------------------------------------------- */

/* The bundle that lies there is whole at its front, and another one. */
static enum kite_status is_other_bundle(struct kite_copy *copy, bool *is_other)
{
    struct kite_volume_file file;
    struct kite_bundle *bundle = NULL;
    enum kite_status status = kite_volume_file_open(copy->job->io, copy->path, &file);

    *is_other = false;
    if (status == KITE_OK)
        status = kite_bundle_open(&copy->mem, &file.source, &bundle, NULL);
    if (status == KITE_OK)
        *is_other = memcmp(kite_bundle_root_hash(bundle), copy->job->root_hash, 32) != 0;
    kite_bundle_close(bundle);
    kite_volume_file_close(&file);
    return status == KITE_E_NOMEM || status == KITE_E_IO ? status : KITE_OK;
}

static enum kite_status find_name(struct kite_copy *copy)
{
    const struct kite_copy_job *job = copy->job;
    bool is_there = false, is_other = false;
    enum kite_status status;

    kite_safe_name(job->name, copy->number > 1 ? ".kite" : "", copy->number, copy->news.name);
    status = volume_path(job->folder, copy->news.name, copy->path);
    if (status == KITE_OK)
        status = job->io->exists(job->io->ctx, copy->path, &is_there);
    if (status == KITE_OK && is_there && job->rule == KITE_COPY_BESIDE)
        status = is_other_bundle(copy, &is_other);
    if (status)
        return status;
    if (is_other)
        return ++copy->number <= NAMES_TRIED ? KITE_OK : KITE_E_LIMIT;
    copy->stage = is_there ? COPY_COMPARES : COPY_BEGINS;
    return KITE_OK;
}

/* ---- comparing ------------------------------------------------------------------------------- */

/* The next part of the file is that of the source. */
static enum kite_status compare_part(struct kite_copy *copy, bool *is_equal)
{
    const struct kite_copy_job *job = copy->job;
    uint64_t left = job->source->size_bytes - copy->at;
    size_t count = left < PART_BYTES ? (size_t)left : PART_BYTES, got = 0;
    enum kite_status status = job->source->read_at(job->source->ctx, copy->at, copy->part, count);

    if (status == KITE_OK)
        status = job->io->read_at(job->io->ctx, copy->file, copy->at, copy->other, count, &got);
    *is_equal = status == KITE_OK && got == count && memcmp(copy->part, copy->other, count) == 0;
    copy->at += count;
    return status;
}

static enum kite_status open_to_read(struct kite_copy *copy, bool *is_as_long)
{
    const struct kite_io *io = copy->job->io;
    uint64_t bytes = 0;
    enum kite_status status = io->open(io->ctx, copy->path, KITE_IO_READ, &copy->file);

    if (status == KITE_OK)
        status = io->size(io->ctx, copy->file, &bytes);
    copy->at = 0;
    *is_as_long = status == KITE_OK && bytes == copy->job->source->size_bytes;
    return status == KITE_DONE ? KITE_E_IO : status;
}

/* What is there, and cannot be read, is written over. */
static enum kite_status compare_old(struct kite_copy *copy)
{
    bool is_equal = true;
    enum kite_status status = KITE_OK;

    if (!copy->file)
        status = open_to_read(copy, &is_equal);
    if (status == KITE_OK && is_equal)
        status = compare_part(copy, &is_equal);
    if (status == KITE_E_NOMEM)
        return status;
    if (status || !is_equal) {
        close_file(copy);
        copy->stage = COPY_BEGINS;
        return KITE_OK;
    }
    copy->news.done_bytes = 2 * copy->at;
    copy->news.was_there = copy->at == copy->job->source->size_bytes;
    return copy->news.was_there ? KITE_DONE : KITE_OK;
}

/* ---- writing --------------------------------------------------------------------------------- */

static enum kite_status begin(struct kite_copy *copy)
{
    const struct kite_io *io = copy->job->io;
    enum kite_status status = io->open(io->ctx, copy->path, KITE_IO_WRITE, &copy->file);

    if (status)
        return status;
    copy->is_ours = true;
    copy->at = copy->news.done_bytes = 0;
    copy->stage = COPY_WRITES;
    return io->truncate(io->ctx, copy->file, 0);
}

static enum kite_status write_part(struct kite_copy *copy)
{
    const struct kite_copy_job *job = copy->job;
    uint64_t left = job->source->size_bytes - copy->at;
    size_t count = left < PART_BYTES ? (size_t)left : PART_BYTES;
    enum kite_status status = job->source->read_at(job->source->ctx, copy->at, copy->part, count);

    if (status == KITE_OK)
        status = job->io->write_at(job->io->ctx, copy->file, copy->at, copy->part, count);
    if (status)
        return status;
    copy->at += count;
    copy->news.done_bytes = copy->at;
    if (copy->at == job->source->size_bytes)
        copy->stage = COPY_SYNCS;
    return KITE_OK;
}

static enum kite_status sync(struct kite_copy *copy)
{
    const struct kite_copy_job *job = copy->job;
    bool is_as_long;
    enum kite_status status = job->io->sync(job->io->ctx, copy->file);

    close_file(copy);
    if (status == KITE_OK)
        status = job->io->sync_folder(job->io->ctx, job->folder);
    if (status == KITE_OK)
        status = open_to_read(copy, &is_as_long);
    copy->stage = COPY_READS;
    return status == KITE_OK && !is_as_long ? KITE_E_DAMAGED : status;
}

static enum kite_status read_back(struct kite_copy *copy)
{
    bool is_equal;
    enum kite_status status = compare_part(copy, &is_equal);

    if (status == KITE_OK && !is_equal)
        status = KITE_E_DAMAGED;
    if (status)
        return status;
    copy->news.done_bytes = copy->job->source->size_bytes + copy->at;
    if (copy->at < copy->job->source->size_bytes)
        return KITE_OK;
    close_file(copy);
    copy->is_ours = false; /* it is whole, and stays */
    return KITE_DONE;
}

static enum kite_status (*const stages[])(struct kite_copy *copy) = {
    [COPY_NAMES] = find_name,   [COPY_COMPARES] = compare_old, [COPY_BEGINS] = begin,
    [COPY_WRITES] = write_part, [COPY_SYNCS] = sync,           [COPY_READS] = read_back,
};

static const char *reason_of(enum kite_status status)
{
    return status == KITE_E_LIMIT     ? "the volume is full"
           : status == KITE_E_DAMAGED ? "what was read back is not what was written"
           : status == KITE_E_NOMEM   ? "no memory"
                                      : "the volume cannot be written to or read, or is gone";
}

enum kite_status kite_copy_step(struct kite_copy *copy, struct kite_fault *fault)
{
    enum kite_status status = stages[copy->stage](copy);

    if (status == KITE_OK || status == KITE_DONE)
        return status;
    give_up(copy);
    return kite_fail(fault, status, "%s: %s", copy->news.name, reason_of(status));
}
