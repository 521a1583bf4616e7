/* Pictures come out as gray of the right light and size, and broken ones are refused or shown as
 * far as they go. */
#include "check.h"
#include "press/raster.h"

#include <png.h>
#include <webp/encode.h>
#include <stdio.h>
#include <jpeglib.h>
#include <string.h>

#define SIDE 40u
#define ROUNDS 400u

static const struct kite_raster_limit roomy = {1000, 1000};

struct file {
    uint8_t bytes[1 << 16];
    size_t count;
};

struct png_form {
    int color_type, bit_depth, interlace;
    uint32_t width_px, height_px;
};

static void on_write(png_structp png, png_bytep bytes, size_t count)
{
    struct file *file = png_get_io_ptr(png);

    assert_true(count <= sizeof file->bytes - file->count);
    memcpy(file->bytes + file->count, bytes, count);
    file->count += count;
}

/* pixels: rows as libpng wants them, row_bytes each. */
static void write_png(struct file *file, struct png_form form, uint8_t *pixels, size_t row_bytes)
{
    png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);
    png_infop info = png_create_info_struct(png);
    png_color palette[2] = {{255, 255, 255}, {0, 0, 0}};
    uint8_t **rows = calloc(form.height_px, sizeof *rows);

    file->count = 0;
    png_set_write_fn(png, file, on_write, NULL);
    png_set_IHDR(png, info, form.width_px, form.height_px, form.bit_depth, form.color_type,
                 form.interlace, PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
    if (form.color_type == PNG_COLOR_TYPE_PALETTE)
        png_set_PLTE(png, info, palette, 2);
    png_write_info(png, info);
    for (uint32_t y = 0; y < form.height_px; y++)
        rows[y] = pixels + y * row_bytes;
    png_write_image(png, rows);
    png_write_end(png, info);
    png_destroy_write_struct(&png, &info);
    free(rows);
}

struct size {
    uint32_t width_px, height_px;
};

static void write_jpeg_of(struct file *file, struct size size, int components, J_COLOR_SPACE space,
                          uint8_t *pixels, bool progressive)
{
    struct jpeg_compress_struct jpeg;
    struct jpeg_error_mgr errors;
    unsigned char *out = NULL;
    unsigned long count = 0;

    jpeg.err = jpeg_std_error(&errors);
    jpeg_create_compress(&jpeg);
    jpeg_mem_dest(&jpeg, &out, &count);
    jpeg.image_width = size.width_px;
    jpeg.image_height = size.height_px;
    jpeg.input_components = components;
    jpeg.in_color_space = space;
    jpeg_set_defaults(&jpeg);
    jpeg_set_quality(&jpeg, 98, TRUE);
    if (progressive)
        jpeg_simple_progression(&jpeg);
    jpeg_start_compress(&jpeg, TRUE);
    while (jpeg.next_scanline < size.height_px) {
        JSAMPROW row = pixels + (size_t)jpeg.next_scanline * size.width_px * (size_t)components;

        jpeg_write_scanlines(&jpeg, &row, 1);
    }
    jpeg_finish_compress(&jpeg);
    jpeg_destroy_compress(&jpeg);
    assert_true(count <= sizeof file->bytes);
    memcpy(file->bytes, out, count);
    file->count = count;
    free(out);
}

static void write_jpeg(struct file *file, int components, J_COLOR_SPACE space, uint8_t *pixels,
                       bool progressive)
{
    write_jpeg_of(file, (struct size){SIDE, SIDE}, components, space, pixels, progressive);
}

/* SIDE x SIDE pixels with 3 or 4 bytes to each. */
static void write_webp(struct file *file, const uint8_t *pixels, int channels, bool is_lossless)
{
    uint8_t *made = NULL;
    int side = SIDE, stride = side * channels;

    file->count = channels == 4 ? is_lossless ? WebPEncodeLosslessRGBA(pixels, side, side, stride, &made) : WebPEncodeRGBA(pixels, side, side, stride, 90, &made)
                  : is_lossless ? WebPEncodeLosslessRGB(pixels, side, side, stride, &made)
                                : WebPEncodeRGB(pixels, side, side, stride, 90, &made);
    assert_in_range(file->count, 1, sizeof file->bytes);
    memcpy(file->bytes, made, file->count);
    WebPFree(made);
}

static enum kite_status decode(const struct file *file, struct kite_raster_limit limit,
                               struct kite_raster *out)
{
    struct kite_memory heap = kite_memory_heap();
    uint8_t *exact = malloc(file->count ? file->count : 1); /* so that a step outside is seen */

    memcpy(exact, file->bytes, file->count);

    enum kite_status status = kite_raster_decode(&heap, exact, file->count, limit, out, NULL);

    free(exact);
    return status;
}

/* Every pixel of the result is `gray`, give or take `slack`. */
static void check_flat(const struct file *file, struct kite_raster_limit limit, int gray, int slack)
{
    struct kite_raster raster;

    assert_int_equal(decode(file, limit, &raster), KITE_OK);
    for (size_t i = 0; i < (size_t)raster.width_px * raster.height_px; i++)
        assert_in_range(raster.gray[i] + 256, gray + 256 - slack, gray + 256 + slack);
    kite_raster_close(&raster);
    kite_raster_close(&raster);
}

static void check_size(uint32_t width, uint32_t height, struct kite_raster_limit limit,
                       uint32_t expected_width, uint32_t expected_height)
{
    static struct file file;
    struct png_form form = {PNG_COLOR_TYPE_GRAY, 8, 0, width, height};
    uint8_t *pixels = calloc(height, width);
    struct kite_raster raster;

    write_png(&file, form, pixels, width);
    assert_int_equal(decode(&file, limit, &raster), KITE_OK);
    assert_int_equal(raster.width_px, expected_width);
    assert_int_equal(raster.height_px, expected_height);
    kite_raster_close(&raster);
    free(pixels);
}

static void fill(uint8_t *pixels, size_t count, const uint8_t *channels, size_t each)
{
    for (size_t i = 0; i < count; i++)
        memcpy(pixels + i * each, channels, each);
}

/* ---- tests ---------------------------------------------------------------------------------- */

static void gray_is_kept_when_it_fits(void **state)
{
    static struct file file;
    static uint8_t pixels[SIDE * SIDE];

    (void)state;
    for (size_t i = 0; i < sizeof pixels; i++)
        pixels[i] = (uint8_t)(i * 7);
    for (int interlace = 0; interlace < 2; interlace++) {
        struct kite_raster raster;

        write_png(&file, (struct png_form){PNG_COLOR_TYPE_GRAY, 8, interlace, SIDE, SIDE}, pixels,
                  SIDE);
        assert_int_equal(decode(&file, roomy, &raster), KITE_OK);
        assert_int_equal(raster.width_px, SIDE);
        assert_memory_equal(raster.gray, pixels, sizeof pixels);
        kite_raster_close(&raster);
    }
}

/* 0.2126, 0.7152 and 0.0722 of full light are sRGB 127, 220 and 76. */
static void colours_weigh_by_their_light(void **state)
{
    static const uint8_t colours[3][3] = {{255, 0, 0}, {0, 255, 0}, {0, 0, 255}};
    static const int grays[3] = {127, 220, 76};
    static struct file file;
    static uint8_t pixels[SIDE * SIDE * 3];

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        fill(pixels, SIDE * SIDE, colours[i], 3);
        write_png(&file, (struct png_form){PNG_COLOR_TYPE_RGB, 8, 0, SIDE, SIDE}, pixels, SIDE * 3);
        check_flat(&file, roomy, grays[i], 0);
        write_jpeg(&file, 3, JCS_RGB, pixels, i == 1);
        check_flat(&file, roomy, grays[i], 3);
    }
}

static void transparent_shows_white(void **state)
{
    static const uint8_t ink[3][4] = {{0, 0, 0, 0}, {0, 0, 0, 255}, {0, 0, 0, 51}};
    static const int grays[3] = {255, 0, 204};
    static struct file file;
    static uint8_t pixels[SIDE * SIDE * 4];

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        fill(pixels, SIDE * SIDE, ink[i], 4);
        write_png(&file, (struct png_form){PNG_COLOR_TYPE_RGB_ALPHA, 8, 1, SIDE, SIDE}, pixels,
                  SIDE * 4);
        check_flat(&file, roomy, grays[i], 0);
        fill(pixels, SIDE * SIDE, ink[i] + 2, 2);
        write_png(&file, (struct png_form){PNG_COLOR_TYPE_GRAY_ALPHA, 8, 0, SIDE, SIDE}, pixels,
                  SIDE * 2);
        check_flat(&file, roomy, grays[i], 0);
    }
}

/* Half of all light is sRGB 188, not 128: fine stripes keep their weight. */
static void stripes_average_as_light(void **state)
{
    static struct file file;
    static uint8_t bits[SIDE * (SIDE / 8)], pixels[SIDE * SIDE];

    (void)state;
    memset(bits, 0xaa, sizeof bits);
    for (size_t i = 0; i < sizeof pixels; i++)
        pixels[i] = i % 2 ? 255 : 0;
    write_png(&file, (struct png_form){PNG_COLOR_TYPE_PALETTE, 1, 0, SIDE, SIDE}, bits, SIDE / 8);
    check_flat(&file, (struct kite_raster_limit){SIDE / 2, SIDE}, 188, 0);
    write_png(&file, (struct png_form){PNG_COLOR_TYPE_GRAY, 8, 0, SIDE, SIDE}, pixels, SIDE);
    check_flat(&file, (struct kite_raster_limit){SIDE, SIDE / 4}, 188, 0);
}

static void inks_of_four_colours_are_read(void **state)
{
    static const uint8_t white[4] = {255, 255, 255, 255}, black[4] = {255, 255, 255, 0};
    static struct file file;
    static uint8_t pixels[SIDE * SIDE * 4];

    (void)state;
    fill(pixels, SIDE * SIDE, white, 4);
    write_jpeg(&file, 4, JCS_CMYK, pixels, false);
    check_flat(&file, roomy, 255, 1);
    fill(pixels, SIDE * SIDE, black, 4);
    write_jpeg(&file, 4, JCS_CMYK, pixels, false);
    check_flat(&file, roomy, 0, 1);
}

static void webp_is_read_in_each_of_its_forms(void **state)
{
    static const uint8_t gray[4] = {90, 90, 90, 255}, clear[4] = {0, 0, 0, 0};
    static struct file file;
    static uint8_t pixels[SIDE * SIDE * 4];
    struct kite_raster raster;

    (void)state;
    for (int i = 0; i < 4; i++) {
        int channels = i < 2 ? 3 : 4;

        fill(pixels, SIDE * SIDE, gray, (size_t)channels);
        write_webp(&file, pixels, channels, i % 2 == 1);
        check_flat(&file, roomy, 90, i % 2 == 1 ? 0 : 2);
    }
    fill(pixels, SIDE * SIDE, clear, 4);
    write_webp(&file, pixels, 4, true);
    check_flat(&file, roomy, 255, 0);
    assert_int_equal(decode(&file, (struct kite_raster_limit){8, 100}, &raster), KITE_OK);
    assert_int_equal(raster.width_px, 8);
    assert_int_equal(raster.height_px, 8);
    kite_raster_close(&raster);
}

/* What moves, and what says that it is larger than is held whole. */
static void webp_that_cannot_be_shown_is_refused(void **state)
{
    static struct file file = { .count = 0 };
    static const uint8_t moving[] = "RIFF\x16\0\0\0WEBPVP8X\x0a\0\0\0\x02\0\0\0\x0f\0\0\x0f\0\0";
    static const uint8_t giant[] = "RIFF\x16\0\0\0WEBPVP8L\x0a\0\0\0\x2f\xff\xff\xff\x0f\0\0\0\0\0";
    struct kite_raster raster;

    (void)state;
    memcpy(file.bytes, moving, file.count = sizeof moving - 1);
    assert_int_equal(decode(&file, roomy, &raster), KITE_E_UNSUPPORTED);
    memcpy(file.bytes, giant, file.count = sizeof giant - 1);
    assert_int_equal(decode(&file, roomy, &raster), KITE_E_LIMIT);
}

static void sizes_fit_and_keep_proportions(void **state)
{
    (void)state;
    check_size(300, 200, (struct kite_raster_limit){300, 200}, 300, 200);
    check_size(300, 200, (struct kite_raster_limit){100, 200}, 100, 67);
    check_size(300, 200, (struct kite_raster_limit){300, 50}, 75, 50);
    check_size(4000, 1, (struct kite_raster_limit){100, 100}, 100, 1);
    check_size(1, 4000, (struct kite_raster_limit){7, 100}, 1, 100);
    check_size(7, 5, (struct kite_raster_limit){3, 3}, 3, 2);
    check_size(1, 1, (struct kite_raster_limit){1, 1}, 1, 1);
}

/* ---- orientation ----------------------------------------------------------------------------- */

/* Put Exif data with one tag behind the first marker of a JPEG. */
static void add_exif(struct file *file, bool is_big_endian, unsigned tag, unsigned value)
{
    uint8_t exif[] = {0xff, 0xe1, 0, 34, 'E', 'x', 'i', 'f', 0, 0, 'I', 'I', 42, 0, 8, 0, 0, 0, 1, 0,
                      0,    0,    3, 0,  1,   0,   0,   0,   0, 0, 0,   0,   0,  0, 0, 0};
    uint8_t *tiff = exif + 10;

    if (is_big_endian) {
        memcpy(tiff, "MM\0*\0\0\0\x08\0\x01", 10);
        memcpy(tiff + 12, "\0\x03\0\0\0\x01", 6);
    }
    tiff[is_big_endian ? 11 : 10] = (uint8_t)(tag & 0xff);
    tiff[is_big_endian ? 10 : 11] = (uint8_t)(tag >> 8);
    tiff[is_big_endian ? 19 : 18] = (uint8_t)value;
    memmove(file->bytes + 2 + sizeof exif, file->bytes + 2, file->count - 2);
    memcpy(file->bytes + 2, exif, sizeof exif);
    file->count += sizeof exif;
}

/* Dark, middle, light and white quarters, from the top left, as letters of how the picture stands. */
static const char *quarters(const struct kite_raster *raster)
{
    static char out[5];

    for (uint32_t i = 0; i < 4; i++) {
        uint32_t x = raster->width_px * (1 + i % 2 * 2) / 4, y = raster->height_px * (1 + i / 2 * 2) / 4;
        uint8_t gray = raster->gray[(size_t)y * raster->width_px + x];

        out[i] = gray < 40 ? 'D' : gray < 110 ? 'M' : gray < 190 ? 'L' : 'W';
    }
    return out;
}

/* Shown upright, the picture is D M over L W; stored[] is how the camera has it under each orientation (Exif 2.3). */
static void photographs_stand_as_the_camera_was_held(void **state)
{
    static const char *const stored[] = {"DMLW", "MDWL", "WLMD", "LWDM", "DLMW", "MWDL", "WMLD", "LDWM"};
    static struct file file;
    static uint8_t pixels[SIDE * SIDE];
    struct kite_raster raster;

    (void)state;
    for (unsigned i = 0; i < 16; i++) {
        for (uint32_t at = 0; at < SIDE * SIDE; at++) {
            char c = stored[i % 8][at / SIDE / (SIDE / 2) * 2 + at % SIDE / (SIDE / 2)];

            pixels[at] = c == 'D' ? 10 : c == 'M' ? 80 : c == 'L' ? 150 : 240;
        }
        write_jpeg(&file, 1, JCS_GRAYSCALE, pixels, i == 7);
        add_exif(&file, i >= 8, 0x0112, i % 8 + 1);
        assert_int_equal(decode(&file, (struct kite_raster_limit){20, 30}, &raster), KITE_OK);
        assert_string_equal(quarters(&raster), "DMLW");
        assert_int_equal(raster.width_px, 20);
        kite_raster_close(&raster);
    }
}

static void sides_change_with_a_quarter_turn(void **state)
{
    static struct file file;
    static uint8_t pixels[SIDE * SIDE];
    struct kite_raster raster;

    (void)state;
    write_jpeg_of(&file, (struct size){SIDE, SIDE / 4}, 1, JCS_GRAYSCALE, pixels, false);
    add_exif(&file, false, 0x0112, 6);
    assert_int_equal(decode(&file, (struct kite_raster_limit){SIDE, SIDE / 2}, &raster), KITE_OK);
    assert_int_equal(raster.width_px, SIDE / 8);
    assert_int_equal(raster.height_px, SIDE / 2);
    kite_raster_close(&raster);
}

static void senseless_orientations_change_nothing(void **state)
{
    static const unsigned rows[][2] = {{0x0112, 0}, {0x0112, 9}, {0x0112, 255}, {0x0110, 6}};
    static struct file file;
    static uint8_t pixels[SIDE * SIDE];
    struct kite_raster raster;

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        memset(pixels, 255, sizeof pixels);
        memset(pixels, 0, sizeof pixels / 2);
        write_jpeg(&file, 1, JCS_GRAYSCALE, pixels, false);
        add_exif(&file, false, rows[i][0], rows[i][1]);
        assert_int_equal(decode(&file, roomy, &raster), KITE_OK);
        assert_string_equal(quarters(&raster), "DDWW");
        kite_raster_close(&raster);
    }
}

static void set_u32(uint8_t *at, uint32_t value)
{
    for (int i = 0; i < 4; i++)
        at[i] = (uint8_t)(value >> (24 - 8 * i));
}

/* Put a size into a PNG's head, and its checksum right: 8 + 4 + 4 bytes stand before. */
static void claim_size(struct file *file, uint32_t width, uint32_t height)
{
    uint32_t check = 0xffffffffu;

    set_u32(file->bytes + 16, width);
    set_u32(file->bytes + 20, height);
    for (size_t i = 12; i < 29; i++) {
        check ^= file->bytes[i];
        for (int bit = 0; bit < 8; bit++)
            check = check & 1 ? check >> 1 ^ 0xedb88320u : check >> 1;
    }
    set_u32(file->bytes + 29, ~check);
}

static void giants_are_refused(void **state)
{
    static const uint32_t sizes[][3] = {{65000, 65000, 0}, {65000, 1100, 0}, {4097, 4097, 1}};
    static struct file file;
    static uint8_t pixels[SIDE * SIDE];
    struct kite_raster raster;

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        struct png_form form = {PNG_COLOR_TYPE_GRAY, 8, (int)sizes[i][2], SIDE, SIDE};

        write_png(&file, form, pixels, SIDE);
        claim_size(&file, sizes[i][0], sizes[i][1]);
        assert_int_equal(decode(&file, roomy, &raster), KITE_E_LIMIT);
        assert_null(raster.gray);
    }
    assert_int_equal(decode(&file, (struct kite_raster_limit){0, 5}, &raster), KITE_E_RANGE);
    memcpy(file.bytes, "GIF89a..", 8);
    assert_int_equal(decode(&file, roomy, &raster), KITE_E_UNSUPPORTED);
    file.count = 0;
    assert_int_equal(decode(&file, roomy, &raster), KITE_E_UNSUPPORTED);
}

/* Any end of a decode is fine but one that reads or writes astray, or leaves something behind. */
static void damage(struct file *file)
{
    uint32_t seed = 17;
    struct kite_raster raster;

    for (size_t full = file->count, cut = 0; cut <= full; cut += 1 + cut / 32) {
        file->count = cut;
        decode(file, (struct kite_raster_limit){9, 9}, &raster);
        kite_raster_close(&raster);
        file->count = full;
    }
    for (uint32_t i = 0; i < ROUNDS; i++) {
        seed = seed * 1664525u + 1013904223u;

        uint8_t *at = file->bytes + (seed >> 8) % file->count, before = *at;

        *at ^= (uint8_t)(1u << (seed >> 29));
        decode(file, (struct kite_raster_limit){9, 9}, &raster);
        kite_raster_close(&raster);
        *at = before;
    }
}

/* Every bit of the Exif data. */
static void damage_head(struct file *file)
{
    struct kite_raster raster;

    for (size_t bit = 16; bit < 8 * 60; bit++) {
        file->bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
        decode(file, (struct kite_raster_limit){9, 9}, &raster);
        kite_raster_close(&raster);
        file->bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
}

static void damaged_files_do_no_harm(void **state)
{
    static struct file file;
    static uint8_t pixels[SIDE * SIDE * 3];

    (void)state;
    for (size_t i = 0; i < sizeof pixels; i++)
        pixels[i] = (uint8_t)(i * i / 90);
    for (int i = 0; i < 2; i++) {
        write_png(&file, (struct png_form){PNG_COLOR_TYPE_RGB, 8, i, SIDE, SIDE}, pixels, SIDE * 3);
        damage(&file);
        write_jpeg(&file, 3, JCS_RGB, pixels, i == 1);
        add_exif(&file, i == 1, 0x0112, 6);
        damage(&file);
        damage_head(&file);
        write_webp(&file, pixels, 3, i == 1);
        damage(&file);
    }
}

static void check_every_allocation(const struct file *file)
{
    struct check_memory counted = {0};
    struct kite_memory mem = check_memory(&counted);
    enum kite_status status = KITE_E_NOMEM;

    for (uint64_t fail_at = 1; status != KITE_OK; fail_at++) {
        struct kite_raster raster;

        counted = (struct check_memory){.fail_at = fail_at};
        status = kite_raster_decode(&mem, file->bytes, file->count, roomy, &raster, NULL);
        assert_true(status == KITE_OK || status == KITE_E_NOMEM);
        kite_raster_close(&raster);
        assert_int_equal(counted.blocks, 0);
    }
}

static void every_failing_allocation_is_survived(void **state)
{
    static struct file file;
    static uint8_t pixels[SIDE * SIDE * 3];

    (void)state;
    for (int i = 0; i < 2; i++) {
        write_png(&file, (struct png_form){PNG_COLOR_TYPE_RGB, 8, i, SIDE, SIDE}, pixels, SIDE * 3);
        check_every_allocation(&file);
        write_jpeg(&file, 3, JCS_RGB, pixels, i == 1);
        add_exif(&file, false, 0x0112, 8);
        check_every_allocation(&file);
        write_webp(&file, pixels, 3, i == 1);
        check_every_allocation(&file);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gray_is_kept_when_it_fits),
        cmocka_unit_test(colours_weigh_by_their_light),
        cmocka_unit_test(transparent_shows_white),
        cmocka_unit_test(stripes_average_as_light),
        cmocka_unit_test(inks_of_four_colours_are_read),
        cmocka_unit_test(webp_is_read_in_each_of_its_forms),
        cmocka_unit_test(webp_that_cannot_be_shown_is_refused),
        cmocka_unit_test(sizes_fit_and_keep_proportions),
        cmocka_unit_test(photographs_stand_as_the_camera_was_held),
        cmocka_unit_test(sides_change_with_a_quarter_turn),
        cmocka_unit_test(senseless_orientations_change_nothing),
        cmocka_unit_test(giants_are_refused),
        cmocka_unit_test(damaged_files_do_no_harm),
        cmocka_unit_test(every_failing_allocation_is_survived),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
