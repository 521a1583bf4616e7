/* Choosing a picture's codec: every candidate is coded, decoded again by the reader's own code, and compared. */
#include "bundle/format.h"
#include "bundle/picture_codec.h"

#include <string.h>

#define BLOCK_COST_BYTES 28u /* what a block takes beside its bytes: hash and index */
#define NEAR_PART 64u         /* of a size: guesses are mostly right to it */
#define QUALITY_MIN 20
#define QUALITY_MAX 95
#define QUALITY_STEP 5

/* 46 dB: the mean squared error of 255^2 / 10^4.6, after a blur whose weights sum to 256, so times 256^2. */
#define ERROR_MAX 107047u

struct job {
    struct kite_memory mem;
    struct kite_picture_size size;
    const uint8_t *gray;
    uint8_t *levels;       /* ROWS4: what is to be packed */
    int16_t *coefficients; /* DCT8; NULL until they are needed */
    uint8_t *shown;        /* a candidate, decoded */
    struct kite_picture best, second; /* candidates so far, their blocks not deflated */
    size_t best_bytes, second_bytes;  /* guessed */
};

static size_t pixel_count(const struct job *job)
{
    return (size_t)job->size.width_px * job->size.height_px;
}

/* ---- blocks, not yet deflated ---------------------------------------------------------------- */

static enum kite_status begin_block(struct kite_picture *picture, size_t *capacity, uint32_t row)
{
    void *blocks = picture->blocks;
    enum kite_status status =
        kite_grow(&picture->mem, &blocks, capacity, picture->block_count + 1, sizeof *picture->blocks);

    if (status != KITE_OK)
        return status;
    picture->blocks = blocks;
    picture->blocks[picture->block_count++] =
        (struct kite_picture_block){ .offset_bytes = (uint32_t)picture->byte_count, .first_row = row };
    return KITE_OK;
}

/* Take a strip into the last block, or a new one when it is full. KITE_E_LIMIT: a strip alone is too much. */
static enum kite_status take_strip(struct kite_picture *picture, size_t *capacity, uint32_t row, size_t strip_bytes)
{
    struct kite_picture_block *last = picture->block_count ? &picture->blocks[picture->block_count - 1] : NULL;
    enum kite_status status = KITE_OK;

    if (strip_bytes > KITE_PICTURE_BLOCK_BYTES_MAX)
        return KITE_E_LIMIT;
    if (!last || last->inflated_bytes + strip_bytes > KITE_PICTURE_BLOCK_BYTES_MAX)
        status = begin_block(picture, capacity, row);
    if (status != KITE_OK)
        return status;
    picture->blocks[picture->block_count - 1].inflated_bytes += (uint32_t)strip_bytes;
    picture->byte_count += strip_bytes;
    return KITE_OK;
}

static enum kite_status add_rows(const struct job *job, struct kite_picture *picture, struct kite_buffer *out)
{
    uint32_t width = job->size.width_px, row_bytes = (width + 1) / 2;
    enum kite_status status = KITE_OK;
    size_t capacity = 0;

    for (uint32_t y = 0; y < job->size.height_px && status == KITE_OK; y++) {
        const uint8_t *levels = job->levels + (size_t)y * width;

        status = take_strip(picture, &capacity, y, row_bytes);
        if (status == KITE_OK) {
            bool is_first = picture->blocks[picture->block_count - 1].first_row == y;

            status = kite_rows4_add_row(levels, is_first ? NULL : levels - width, width,
                                        (enum kite_picture_filter)picture->info.filter, out);
        }
    }
    return status;
}

static enum kite_status add_strips(const struct job *job, struct kite_picture *picture, struct kite_buffer *out)
{
    uint32_t across = kite_dct8_blocks(job->size.width_px), down = kite_dct8_blocks(job->size.height_px);
    enum kite_status status = KITE_OK;
    size_t capacity = 0;

    for (uint32_t i = 0; i < down && status == KITE_OK; i++) {
        size_t before = out->count;

        status = kite_dct8_add_strip(job->coefficients + (size_t)i * across * KITE_DCT8_COEFFICIENTS, across,
                                     picture->info.quality, out);
        if (status == KITE_OK)
            status = take_strip(picture, &capacity, i * KITE_DCT8_SIDE, out->count - before);
    }
    return status;
}

/* Code the picture as info says; its blocks' bytes are as they inflate. */
static enum kite_status code(const struct job *job, struct kite_picture_info info, struct kite_picture *out)
{
    struct kite_buffer bytes = { .mem = job->mem };

    info.width_px = job->size.width_px;
    info.height_px = job->size.height_px;
    *out = (struct kite_picture){ .mem = job->mem, .info = info };

    enum kite_status status =
        info.codec == KITE_PICTURE_ROWS4 ? add_rows(job, out, &bytes) : add_strips(job, out, &bytes);

    out->bytes = bytes.bytes;
    if (status != KITE_OK)
        kite_picture_close(out);
    return status;
}

/* ---- comparing ------------------------------------------------------------------------------- */

static enum kite_status keep_rows(void *ctx, uint32_t y, uint32_t rows, const uint8_t *gray)
{
    struct job *job = ctx;
    size_t width = job->size.width_px;

    memcpy(job->shown + y * width, gray, rows * width);
    return KITE_OK;
}

static enum kite_status show(struct job *job, const struct kite_picture *picture)
{
    uint8_t *scratch = kite_alloc(&job->mem, job->size.width_px, KITE_PICTURE_SCRATCH_ROWS);
    enum kite_status status = scratch ? KITE_OK : KITE_E_NOMEM;

    for (size_t i = 0; i < picture->block_count && status == KITE_OK; i++) {
        const struct kite_picture_block *block = &picture->blocks[i];
        bool is_last = i + 1 == picture->block_count;
        struct kite_picture_rows rows = { block->first_row, is_last ? job->size.height_px : block[1].first_row, job,
                                          keep_rows };

        status = kite_picture_block_decode(&picture->info, &rows, picture->bytes + block->offset_bytes,
                                           block->inflated_bytes, scratch, NULL);
    }
    kite_free(&job->mem, scratch);
    return status;
}

/* Rows of the difference, blurred across by 1 4 6 4 1: the one in hand in the middle. */
#define ROWS_BLURRED 5
#define EDGE 2 /* pixels that are continued on both sides */

static void blur_row(const struct job *job, uint32_t y, int16_t *difference, int16_t *out)
{
    uint32_t width = job->size.width_px;
    const uint8_t *a = job->gray + (size_t)y * width, *b = job->shown + (size_t)y * width;
    int16_t *d = difference + EDGE;

    for (uint32_t x = 0; x < width; x++)
        d[x] = (int16_t)(a[x] - b[x]);
    for (uint32_t i = 0; i < EDGE; i++) {
        difference[i] = d[0];
        d[width + i] = d[width - 1];
    }
    for (uint32_t x = 0; x < width; x++)
        out[x] = (int16_t)(difference[x] + difference[x + 4] + 4 * (difference[x + 1] + difference[x + 3]) + 6 * difference[x + 2]);
}

/* The squares of a row, blurred downwards. */
static uint64_t row_error(int16_t *const rows[ROWS_BLURRED], uint32_t width)
{
    const int16_t *a = rows[0], *b = rows[1], *c = rows[2], *d = rows[3], *e = rows[4];
    uint64_t error = 0;

    for (uint32_t x = 0; x < width; x++) {
        int32_t sum = a[x] + e[x] + 4 * (b[x] + d[x]) + 6 * c[x];

        error += (uint64_t)((int64_t)sum * sum);
    }
    return error;
}

/* Is what the candidate shows within 46 dB of the original, both blurred? */
static enum kite_status is_good(const struct job *job, bool *good)
{
    uint32_t width = job->size.width_px, height = job->size.height_px;
    size_t row = (size_t)width + 2 * EDGE;
    int16_t *block = kite_alloc(&job->mem, (ROWS_BLURRED + 1) * row, sizeof *block); /* row y lies at y % 5, the difference behind */
    uint64_t error = 0, most = (uint64_t)ERROR_MAX * pixel_count(job);

    if (!block)
        return KITE_E_NOMEM;
    for (uint32_t y = 0; y < height + EDGE && error <= most; y++) {
        int16_t *rows[ROWS_BLURRED];

        if (y < height)
            blur_row(job, y, block + ROWS_BLURRED * row, block + y % ROWS_BLURRED * row);
        for (uint32_t i = 0; i < ROWS_BLURRED; i++) { /* the first and the last row are continued */
            uint32_t at = y + i < 2 * EDGE ? 0 : y + i - 2 * EDGE;

            rows[i] = block + (at < height ? at : height - 1) % ROWS_BLURRED * row;
        }
        if (y >= EDGE)
            error += row_error(rows, width);
    }
    kite_free(&job->mem, block);
    *good = error <= most;
    return KITE_OK;
}

/* of_block: kite_deflate_guess or kite_deflate_estimate. */
static enum kite_status size_of(const struct kite_picture *picture,
                                enum kite_status (*of_block)(const struct kite_memory *mem, const uint8_t *bytes, size_t count, size_t *size),
                                size_t *total)
{
    enum kite_status status = KITE_OK;

    *total = picture->block_count * BLOCK_COST_BYTES;
    for (size_t i = 0; i < picture->block_count && status == KITE_OK; i++)
        status = of_block(&picture->mem, picture->bytes + picture->blocks[i].offset_bytes, picture->blocks[i].inflated_bytes, total);
    return status;
}

/* Keep the two candidates that seem the smallest so far; of equal ones the first. The others are closed. */
static enum kite_status propose(struct job *job, struct kite_picture *candidate)
{
    size_t bytes;
    enum kite_status status = size_of(candidate, kite_deflate_guess, &bytes);

    if (status != KITE_OK || (job->second.block_count > 0 && bytes >= job->second_bytes)) {
        kite_picture_close(candidate);
        return status;
    }
    kite_picture_close(&job->second);
    if (job->best.block_count > 0 && bytes >= job->best_bytes) {
        job->second = *candidate;
        job->second_bytes = bytes;
        return KITE_OK;
    }
    job->second = job->best;
    job->second_bytes = job->best_bytes;
    job->best = *candidate;
    job->best_bytes = bytes;
    return KITE_OK;
}

/* Where guesses are too near to each other both are measured; of equal ones ROWS4, which is read faster. */
static enum kite_status settle(struct job *job)
{
    struct kite_picture other = job->second;
    size_t best, second;
    enum kite_status status;

    if (job->second.block_count == 0 || job->second_bytes > job->best_bytes + job->best_bytes / NEAR_PART)
        return KITE_OK;
    status = size_of(&job->best, kite_deflate_estimate, &best);
    if (status == KITE_OK)
        status = size_of(&job->second, kite_deflate_estimate, &second);
    if (status == KITE_OK && (second < best || (second == best && other.info.codec < job->best.info.codec))) {
        job->second = job->best;
        job->best = other;
    }
    return status;
}

/* ---- candidates ------------------------------------------------------------------------------ */

static enum kite_status try_filters(struct job *job)
{
    enum kite_status status = KITE_OK;

    for (uint8_t filter = 0; filter < KITE_PICTURE_FILTER_COUNT && status == KITE_OK; filter++) {
        struct kite_picture candidate;

        status = code(job, (struct kite_picture_info){ .codec = KITE_PICTURE_ROWS4, .filter = filter }, &candidate);
        if (status == KITE_OK)
            status = propose(job, &candidate);
    }
    return status;
}

static enum kite_status try_rows(struct job *job)
{
    bool good = false;

    kite_rows4_round(job->size, job->gray, job->levels);
    for (size_t i = 0; i < pixel_count(job); i++)
        job->shown[i] = (uint8_t)(job->levels[i] * KITE_ROWS4_GRAY_STEP);

    enum kite_status status = is_good(job, &good);

    if (status == KITE_OK && !good)
        status = kite_rows4_diffuse(&job->mem, job->size, job->gray, job->levels);
    return status == KITE_OK ? try_filters(job) : status;
}

/* *good false also when a strip does not fit into a block; then there is no candidate. */
static enum kite_status try_quality(struct job *job, int quality, struct kite_picture *candidate, bool *good)
{
    struct kite_picture_info info = { .codec = KITE_PICTURE_DCT8, .quality = (uint8_t)quality };
    enum kite_status status = code(job, info, candidate);

    *good = false;
    if (status != KITE_OK)
        return status == KITE_E_LIMIT ? KITE_OK : status;
    status = show(job, candidate);
    return status ? status : is_good(job, good);
}

/* Is it larger than what is there? Then all of a higher quality are. */
static enum kite_status is_too_large(const struct job *job, const struct kite_picture *candidate, bool *too_large)
{
    size_t bytes = 0;
    enum kite_status status = KITE_OK;

    if (candidate->byte_count > job->best_bytes)
        status = size_of(candidate, kite_deflate_guess, &bytes);
    *too_large = bytes > job->best_bytes + job->best_bytes / NEAR_PART;
    return status;
}

/* The lowest quality that is good enough, by halving: quality, error and size go together. */
static enum kite_status try_qualities(struct job *job, struct kite_picture *found)
{
    int low = QUALITY_MIN / QUALITY_STEP, high = QUALITY_MAX / QUALITY_STEP + 1;
    bool too_large = false;
    enum kite_status status = KITE_OK;

    while (low < high && status == KITE_OK && !too_large) {
        int middle = (low + high) / 2;
        struct kite_picture candidate;
        bool good;

        status = try_quality(job, middle * QUALITY_STEP, &candidate, &good);
        if (status == KITE_OK && good) {
            kite_picture_close(found);
            *found = candidate;
            high = middle;
            continue;
        }
        if (status == KITE_OK)
            status = is_too_large(job, &candidate, &too_large);
        kite_picture_close(&candidate);
        low = middle + 1;
    }
    return status;
}

static enum kite_status try_dct(struct job *job)
{
    struct kite_picture found = { .mem = job->mem };
    size_t blocks = (size_t)kite_dct8_blocks(job->size.width_px) * kite_dct8_blocks(job->size.height_px);
    enum kite_status status;

    job->coefficients = kite_alloc(&job->mem, blocks * KITE_DCT8_COEFFICIENTS, sizeof *job->coefficients);
    if (!job->coefficients)
        return KITE_E_NOMEM;
    kite_dct8_forward(job->size, job->gray, job->coefficients);
    status = try_qualities(job, &found);
    if (status == KITE_OK && found.block_count > 0)
        return propose(job, &found);
    kite_picture_close(&found);
    return status;
}

/* ---- the whole ------------------------------------------------------------------------------- */

enum kite_status kite_picture_deflate(const struct kite_picture *picture, int iterations, struct kite_picture *out)
{
    struct kite_buffer bytes = { .mem = picture->mem };
    enum kite_status status = KITE_OK;

    *out = (struct kite_picture){ .mem = picture->mem, .info = picture->info };
    out->blocks = kite_alloc(&picture->mem, picture->block_count, sizeof *out->blocks);
    if (!out->blocks)
        return KITE_E_NOMEM;
    for (size_t i = 0; i < picture->block_count && status == KITE_OK; i++) {
        const struct kite_picture_block *from = &picture->blocks[i];
        size_t before = bytes.count;

        status = kite_deflate(picture->bytes + from->offset_bytes, from->inflated_bytes, iterations, &bytes);
        out->blocks[i] = *from;
        out->blocks[i].offset_bytes = (uint32_t)before;
        out->blocks[i].stored_bytes = (uint32_t)(bytes.count - before);
    }
    out->block_count = picture->block_count;
    out->bytes = bytes.bytes;
    out->byte_count = bytes.count;
    if (status != KITE_OK)
        kite_picture_close(out);
    return status;
}

enum kite_status kite_picture_encode(const struct kite_memory *mem, uint32_t width_px, uint32_t height_px,
                                     const uint8_t *gray, int iterations, struct kite_picture *out,
                                     struct kite_fault *fault)
{
    struct job job = { .mem = *mem, .size = { width_px, height_px }, .gray = gray, .best = { .mem = *mem }, .second = { .mem = *mem } };
    enum kite_status status = KITE_E_NOMEM;

    *out = (struct kite_picture){ .mem = *mem };
    if (width_px == 0 || height_px == 0 || width_px > KITE_PICTURE_SIDE_MAX || height_px > KITE_PICTURE_SIDE_MAX)
        return kite_fail(fault, KITE_E_RANGE, "a picture of %u x %u px cannot be kept", width_px, height_px);
    job.levels = kite_alloc(mem, height_px, width_px);
    job.shown = kite_alloc(mem, height_px, width_px);
    if (job.levels && job.shown)
        status = try_rows(&job);
    if (status == KITE_OK)
        status = try_dct(&job);
    if (status == KITE_OK)
        status = settle(&job);
    if (status == KITE_OK)
        status = kite_picture_deflate(&job.best, iterations, out);
    kite_picture_close(&job.best);
    kite_picture_close(&job.second);
    kite_free(mem, job.coefficients);
    kite_free(mem, job.levels);
    kite_free(mem, job.shown);
    return status == KITE_OK ? KITE_OK : kite_fail(fault, status, "no memory to pack a picture");
}
