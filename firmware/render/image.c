/* Canvases as files. PNG by libpng, whose errors jump out of its calls: all that happens between
 * setjmp and the end is in write_rows, and what must live through a jump is in struct output. */
#include "render/render.h"

#include <png.h>
#include <stdio.h>

#define DEFLATE_LEVEL 6

struct output {
    const struct kite_memory *mem;
    const struct kite_sink *sink;
    enum kite_status status;
};

static void *png_alloc(png_structp png, png_alloc_size_t bytes)
{
    struct output *output = png_get_mem_ptr(png);
    void *block = kite_resize(output->mem, NULL, bytes, 1);

    if (block == NULL)
        output->status = KITE_E_NOMEM;
    return block;
}

static void png_release(png_structp png, void *block)
{
    struct output *output = png_get_mem_ptr(png);

    kite_free(output->mem, block);
}

static void png_put(png_structp png, png_bytep bytes, size_t count)
{
    struct output *output = png_get_io_ptr(png);

    output->status = output->sink->write(output->sink->ctx, bytes, count);
    if (output->status != KITE_OK)
        png_error(png, "sink");
}

static void png_settle(png_structp png)
{
    (void)png; /* sinks have nothing to flush */
}

static void png_stop(png_structp png, const char *message)
{
    struct output *output = png_get_error_ptr(png);

    (void)message;
    if (output->status == KITE_OK)
        output->status = KITE_E_IO;
    png_longjmp(png, 1);
}

static void png_ignore(png_structp png, const char *message)
{
    (void)png;
    (void)message;
}

static void write_rows(png_structp png, png_infop info, const struct kite_canvas *canvas)
{
    if (setjmp(png_jmpbuf(png)) != 0)
        return;
    png_set_compression_level(png, DEFLATE_LEVEL);
    png_set_filter(png, PNG_FILTER_TYPE_BASE, PNG_FILTER_NONE);
    png_set_IHDR(png, info, (png_uint_32)canvas->width_px, (png_uint_32)canvas->height_px, 8,
                 PNG_COLOR_TYPE_GRAY, PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT,
                 PNG_FILTER_TYPE_DEFAULT);
    png_write_info(png, info);
    for (int32_t y = 0; y < canvas->height_px; y++)
        png_write_row(png, canvas->pixels + (ptrdiff_t)y * canvas->stride_bytes);
    png_write_end(png, NULL);
}

enum kite_status kite_canvas_write_png(const struct kite_canvas *canvas,
                                       const struct kite_memory *mem, const struct kite_sink *sink,
                                       struct kite_fault *fault)
{
    struct output output = {mem, sink, KITE_OK};
    png_structp png = png_create_write_struct_2(PNG_LIBPNG_VER_STRING, &output, png_stop,
                                                png_ignore, &output, png_alloc, png_release);

    if (png == NULL)
        return kite_fail(fault, KITE_E_NOMEM, "no memory to write a PNG");

    png_infop info = png_create_info_struct(png);

    if (info == NULL) {
        output.status = KITE_E_NOMEM;
    } else {
        png_set_write_fn(png, &output, png_put, png_settle);
        write_rows(png, info, canvas);
    }
    png_destroy_write_struct(&png, &info);
    if (output.status == KITE_E_NOMEM)
        return kite_fail(fault, KITE_E_NOMEM, "no memory to write a PNG");
    return output.status == KITE_OK
               ? KITE_OK
               : kite_fail(fault, output.status, "the PNG could not be written");
}

enum kite_status kite_canvas_write_pgm(const struct kite_canvas *canvas,
                                       const struct kite_sink *sink)
{
    char header[40];
    int count = snprintf(header, sizeof header, "P5\n%d %d\n255\n", (int)canvas->width_px,
                         (int)canvas->height_px);
    enum kite_status status = sink->write(sink->ctx, (const uint8_t *)header, (size_t)count);

    for (int32_t y = 0; y < canvas->height_px && status == KITE_OK; y++)
        status = sink->write(sink->ctx, canvas->pixels + (ptrdiff_t)y * canvas->stride_bytes,
                             (size_t)canvas->width_px);
    return status;
}
