/* JPEG by libjpeg, row by row; progressive ones are held whole by libjpeg. Its jumps stay in this file. */
#include "press/raster_rows.h"

#include <setjmp.h>
#include <stdio.h>
#include <jpeglib.h>
#include <jerror.h>

#define SCANS_MAX 100 /* a hostile progressive picture may have any number, each as slow as all its pixels */

struct job {
    struct jpeg_error_mgr errors; /* first: libjpeg hands back its address */
    struct jpeg_progress_mgr progress;
    struct jpeg_source_mgr source;
    jmp_buf jump;
    struct kite_raster_rows *rows;
    struct kite_fault *fault;
    enum kite_status status;
    struct jpeg_decompress_struct jpeg;
    uint8_t *pixels; /* one row */
};

static struct job *job_of(j_common_ptr jpeg)
{
    return (struct job *)(void *)jpeg->err;
}

static _Noreturn void give_up(struct job *job, enum kite_status status, const char *sentence)
{
    job->status = kite_fail(job->fault, status, "%s", sentence);
    longjmp(job->jump, 1);
}

static _Noreturn void on_error(j_common_ptr jpeg)
{
    struct job *job = job_of(jpeg);
    char text[JMSG_LENGTH_MAX];

    if (jpeg->err->msg_code == JERR_OUT_OF_MEMORY)
        give_up(job, KITE_E_NOMEM, "no memory for a JPEG");
    jpeg->err->format_message(jpeg, text);
    job->status = kite_fail(job->fault, KITE_E_FORMAT, "the JPEG is broken: %s", text);
    longjmp(job->jump, 1);
}

static void on_message(j_common_ptr jpeg)
{
    (void)jpeg;
}

static void on_progress(j_common_ptr jpeg)
{
    struct job *job = job_of(jpeg);

    if (job->jpeg.input_scan_number > SCANS_MAX)
        give_up(job, KITE_E_LIMIT, "the JPEG has too many scans");
}

static void on_source(j_decompress_ptr jpeg)
{
    (void)jpeg;
}

/* At the end of the bytes: an end marker, so that what came is shown. */
static boolean on_fill(j_decompress_ptr jpeg)
{
    static const JOCTET end[2] = { 0xff, JPEG_EOI };

    jpeg->src->next_input_byte = end;
    jpeg->src->bytes_in_buffer = sizeof end;
    return TRUE;
}

static void on_skip(j_decompress_ptr jpeg, long count)
{
    size_t left = jpeg->src->bytes_in_buffer;
    size_t skip = count > 0 ? (size_t)count : 0;

    if (skip > left)
        skip = left;
    jpeg->src->next_input_byte += skip;
    jpeg->src->bytes_in_buffer -= skip;
}

/* RGB for colour, so that luminance is ours, and all four of CMYK. */
static enum kite_raster_channels choose_form(struct jpeg_decompress_struct *jpeg)
{
    switch (jpeg->jpeg_color_space) {
    case JCS_GRAYSCALE:
        jpeg->out_color_space = JCS_GRAYSCALE;
        return KITE_RASTER_GRAY;
    case JCS_CMYK:
    case JCS_YCCK:
        jpeg->out_color_space = JCS_CMYK;
        return KITE_RASTER_CMYK;
    default:
        jpeg->out_color_space = JCS_RGB;
        return KITE_RASTER_RGB;
    }
}

static void read_picture(struct job *job)
{
    struct jpeg_decompress_struct *jpeg = &job->jpeg;

    jpeg_read_header(jpeg, TRUE);

    enum kite_raster_channels channels = choose_form(jpeg);
    bool held_whole = jpeg_has_multiple_scans(jpeg);

    job->status = kite_raster_rows_begin(job->rows, jpeg->image_width, jpeg->image_height, held_whole, job->fault);
    if (job->status != KITE_OK)
        return;
    jpeg->dct_method = JDCT_ISLOW;
    jpeg_start_decompress(jpeg);
    job->pixels = kite_alloc(&job->rows->out->mem, jpeg->output_width, (size_t)jpeg->output_components);
    if (!job->pixels)
        give_up(job, KITE_E_NOMEM, "no memory for a JPEG");
    while (jpeg->output_scanline < jpeg->output_height) {
        JSAMPROW row = job->pixels;

        if (jpeg_read_scanlines(jpeg, &row, 1) == 1)
            kite_raster_rows_add(job->rows, job->pixels, channels);
    }
}

/* All that changes lives in the job, so that a jump back finds it. */
static void guarded(struct job *job)
{
    struct jpeg_decompress_struct *jpeg = &job->jpeg;

    if (setjmp(job->jump))
        return;
    jpeg_create_decompress(jpeg);
    jpeg->src = &job->source;
    jpeg->progress = &job->progress;
    read_picture(job);
}

enum kite_status kite_raster_jpeg(const struct kite_memory *mem, const uint8_t *bytes, size_t count,
                                  struct kite_raster_rows *rows, struct kite_fault *fault)
{
    struct job job = { .rows = rows, .fault = fault };

    job.jpeg.err = jpeg_std_error(&job.errors);
    job.errors.error_exit = on_error;
    job.errors.output_message = on_message;
    job.progress.progress_monitor = on_progress;
    job.source = (struct jpeg_source_mgr){ .next_input_byte = bytes,
                                           .bytes_in_buffer = count,
                                           .init_source = on_source,
                                           .fill_input_buffer = on_fill,
                                           .skip_input_data = on_skip,
                                           .resync_to_restart = jpeg_resync_to_restart,
                                           .term_source = on_source };
    guarded(&job);
    jpeg_destroy_decompress(&job.jpeg);
    kite_free(mem, job.pixels);
    return job.status;
}
