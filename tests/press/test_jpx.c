/* JPEG 2000 pictures larger than a panel could show are decoded in a smaller size, where one is stored, and look the same. */
#include "pack.h"

#include "press/jpx.h"
#include "press/mupdf.h"

#include <openjpeg.h>

/* ---- making one ----------------------------------------------------------------------------------------- */

/* A file in memory that OpenJPEG writes. */
struct made {
    struct kite_buffer file;
    size_t at;
};

static OPJ_SIZE_T write_some(void *bytes, OPJ_SIZE_T count, void *ctx)
{
    struct made *made = ctx;

    while (made->file.count < made->at + count)
        kite_buffer_add_u8(&made->file, 0);
    memcpy(made->file.bytes + made->at, bytes, count);
    made->at += count;
    return count;
}

static OPJ_OFF_T skip_some(OPJ_OFF_T count, void *ctx)
{
    ((struct made *)ctx)->at += (size_t)count;
    return count;
}

static OPJ_BOOL go_to(OPJ_OFF_T at, void *ctx)
{
    ((struct made *)ctx)->at = (size_t)at;
    return OPJ_TRUE;
}

/* Gray that rises to the right, black in its lower half. */
static void make(struct made *made, uint32_t width, uint32_t height, int resolutions)
{
    opj_image_cmptparm_t plane = { .dx = 1, .dy = 1, .w = width, .h = height, .prec = 8 };
    opj_image_t *image = opj_image_create(1, &plane, OPJ_CLRSPC_GRAY);
    opj_codec_t *codec = opj_create_compress(OPJ_CODEC_J2K);
    opj_stream_t *stream = opj_stream_default_create(OPJ_FALSE);
    opj_cparameters_t how;

    *made = (struct made){ .file = { .mem = kite_memory_heap() } };
    image->x1 = width;
    image->y1 = height;
    for (uint32_t i = 0; i < width * height; i++)
        image->comps[0].data[i] = i < width * (height / 2) ? (OPJ_INT32)(i % width * 256 / width) : 0;
    opj_set_default_encoder_parameters(&how);
    how.numresolution = resolutions;
    how.tcp_numlayers = 1;
    how.cp_disto_alloc = 1;
    how.tcp_rates[0] = 20;
    opj_stream_set_write_function(stream, write_some);
    opj_stream_set_skip_function(stream, skip_some);
    opj_stream_set_seek_function(stream, go_to);
    opj_stream_set_user_data(stream, made, NULL);
    assert_true(opj_setup_encoder(codec, &how, image));
    assert_true(opj_start_compress(codec, image, stream) && opj_encode(codec, stream) && opj_end_compress(codec, stream));
    opj_stream_destroy(stream);
    opj_destroy_codec(codec);
    opj_image_destroy(image);
}

/* ---- tests ---------------------------------------------------------------------------------------------- */

/* It is as large as this, which is 72 pixels an inch, and still rises and is half black. */
static void check_size(const struct made *made, kite_cpt width, kite_cpt height)
{
    struct kite_memory mem = kite_memory_heap();
    struct kite_mupdf_view view = { .turn_cdeg = 0 };
    struct kite_raster raster;
    struct kite_mupdf *document;
    struct kite_pdf_box box;

    assert_int_equal(kite_mupdf_open(&mem, "image/jpx", made->file.bytes, made->file.count, &document, NULL), KITE_OK);
    assert_int_equal(kite_mupdf_page_box(document, 0, &box, NULL), KITE_OK);
    assert_int_equal(box.right, width * 100);
    assert_int_equal(box.bottom, height * 100);
    assert_int_equal(kite_mupdf_draw(document, 0, &view, (struct kite_raster_limit){ 200, 200 }, &raster, NULL), KITE_OK);
    for (uint32_t x = 10; x < raster.width_px - 10; x += 10) {
        assert_in_range(raster.gray[(size_t)raster.height_px / 4 * raster.width_px + x] + 4, x * 256 / raster.width_px, x * 256 / raster.width_px + 8);
        assert_in_range(raster.gray[(size_t)raster.height_px * 3 / 4 * raster.width_px + x], 0, 3);
    }
    kite_raster_close(&raster);
    kite_mupdf_close(document);
}

static void large_pictures_are_decoded_smaller(void **state)
{
    struct made made;

    (void)state;
    make(&made, 800, 600, 6);
    check_size(&made, 800, 600);
    kite_buffer_close(&made.file);
    make(&made, 4001, 3000, 6); /* 12 million samples, of 8 */
    check_size(&made, 2001, 1500);
    kite_buffer_close(&made.file);
}

static void one_that_is_stored_in_one_size_is_decoded_whole(void **state)
{
    struct made made;

    (void)state;
    make(&made, 4000, 3000, 1);
    check_size(&made, 4000, 3000);
    kite_buffer_close(&made.file);
}

static void one_that_is_too_large_is_refused_in_words(void **state)
{
    struct packed packed;
    struct kite_press_input input = { .name = "large.jp2" };
    struct made made;

    (void)state;
    make(&made, 800, 600, 1);
    /* It says to be 40,000 x 40,000: behind the marker of sizes are its own and those of its tiles. */
    for (size_t i = 0; i + 32 < made.file.count; i++) {
        if (memcmp(made.file.bytes + i, "\xff\x4f\xff\x51", 4) != 0)
            continue;
        for (size_t at = i + 8; at <= i + 24; at += 16)
            memcpy(made.file.bytes + at, "\0\0\x9c\x40\0\0\x9c\x40", 8);
    }
    input.bytes = made.file.bytes;
    input.byte_count = made.file.count;
    assert_int_equal(pack_inputs(&packed, &input, 1, NULL), KITE_E_FORMAT);
    if (!strstr(packed.fault.text, "too large even in the smallest size"))
        fail_msg("%s", packed.fault.text);
    packed_close(&packed);
    kite_buffer_close(&made.file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(large_pictures_are_decoded_smaller),
        cmocka_unit_test(one_that_is_stored_in_one_size_is_decoded_whole),
        cmocka_unit_test(one_that_is_too_large_is_refused_in_words),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
