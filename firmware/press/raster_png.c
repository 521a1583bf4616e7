/* PNG by libpng, row by row; interlaced pictures are held whole. libpng's jumps stay in this file. */
#include "press/raster_rows.h"

#include <png.h>
#include <setjmp.h>
#include <string.h>

#define CHUNK_BYTES_MAX (4u << 20) /* of a chunk beside the pixels: profiles, texts */

struct job {
    jmp_buf jump;
    struct kite_memory mem;
    const uint8_t *at;
    size_t left;
    struct kite_raster_rows *rows;
    struct kite_fault *fault;
    enum kite_status status;
    png_structp png;
    png_infop info;
    uint8_t *pixels; /* one row, or all of an interlaced picture */
};

static _Noreturn void on_error(png_structp png, png_const_charp text)
{
    struct job *job = png_get_error_ptr(png);

    if (job->status == KITE_OK)
        job->status = kite_fail(job->fault, KITE_E_FORMAT, "the PNG is broken: %s", text);
    longjmp(job->jump, 1);
}

static void on_warning(png_structp png, png_const_charp text)
{
    (void)png;
    (void)text;
}

static png_voidp allocate(png_structp png, png_alloc_size_t bytes)
{
    struct job *job = png_get_mem_ptr(png);
    void *block = kite_resize(&job->mem, NULL, bytes, 1);

    if (!block && job->status == KITE_OK)
        job->status = kite_fail(job->fault, KITE_E_NOMEM, "no memory for a PNG");
    return block;
}

static void release(png_structp png, png_voidp block)
{
    struct job *job = png_get_mem_ptr(png);

    kite_free(&job->mem, block);
}

static void on_read(png_structp png, png_bytep to, size_t count)
{
    struct job *job = png_get_io_ptr(png);

    if (count > job->left)
        png_error(png, "it ends too early");
    memcpy(to, job->at, count);
    job->at += count;
    job->left -= count;
}

/* Whatever the file has becomes 1 to 4 channels of 8 bits, gray stays gray. */
static void choose_form(struct job *job)
{
    png_set_expand(job->png);
    png_set_scale_16(job->png);
    png_set_packing(job->png);
    png_read_update_info(job->png, job->info);
}

static void read_rows(struct job *job, uint32_t height, enum kite_raster_channels channels)
{
    for (uint32_t y = 0; y < height; y++) {
        png_read_row(job->png, job->pixels, NULL);
        kite_raster_rows_add(job->rows, job->pixels, channels);
    }
}

static void read_passes(struct job *job, uint32_t height, size_t row_bytes, enum kite_raster_channels channels)
{
    for (int pass = 0; pass < PNG_INTERLACE_ADAM7_PASSES; pass++)
        for (uint32_t y = 0; y < height; y++)
            png_read_row(job->png, job->pixels + y * row_bytes, NULL);
    for (uint32_t y = 0; y < height; y++)
        kite_raster_rows_add(job->rows, job->pixels + y * row_bytes, channels);
}

static void read_picture(struct job *job)
{
    png_read_info(job->png, job->info);

    uint32_t width = png_get_image_width(job->png, job->info);
    uint32_t height = png_get_image_height(job->png, job->info);
    bool interlaced = png_get_interlace_type(job->png, job->info) != PNG_INTERLACE_NONE;

    job->status = kite_raster_rows_begin(job->rows, width, height, interlaced, job->fault);
    if (job->status != KITE_OK)
        return;
    if (interlaced)
        png_set_interlace_handling(job->png);
    choose_form(job);

    size_t row_bytes = png_get_rowbytes(job->png, job->info);
    int channels = png_get_channels(job->png, job->info);

    job->pixels = kite_alloc(&job->mem, interlaced ? height : 1, row_bytes);
    if (!job->pixels) {
        job->status = kite_fail(job->fault, KITE_E_NOMEM, "no memory for a PNG");
        return;
    }
    if (interlaced)
        read_passes(job, height, row_bytes, (enum kite_raster_channels)channels);
    else
        read_rows(job, height, (enum kite_raster_channels)channels);
}

/* All that changes lives in the job, so that a jump back finds it. */
static void guarded(struct job *job)
{
    if (setjmp(job->jump))
        return;
    job->png = png_create_read_struct_2(PNG_LIBPNG_VER_STRING, job, on_error, on_warning, job, allocate,
                                        release);
    if (!job->png)
        return;
    job->info = png_create_info_struct(job->png);
    if (!job->info)
        return;
    png_set_read_fn(job->png, job, on_read);
    png_set_user_limits(job->png, KITE_RASTER_SIDE_MAX, KITE_RASTER_SIDE_MAX);
    png_set_chunk_malloc_max(job->png, CHUNK_BYTES_MAX);
    read_picture(job);
}

enum kite_status kite_raster_png(const struct kite_memory *mem, const uint8_t *bytes, size_t count,
                                 struct kite_raster_rows *rows, struct kite_fault *fault)
{
    struct job job = { .mem = *mem, .at = bytes, .left = count, .rows = rows, .fault = fault };

    guarded(&job);
    if (!job.info && job.status == KITE_OK)
        job.status = kite_fail(fault, KITE_E_NOMEM, "no memory for a PNG");
    png_destroy_read_struct(&job.png, &job.info, NULL);
    kite_free(mem, job.pixels);
    return job.status;
}
