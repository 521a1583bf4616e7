/* Ports against drivers that a test plays: what bytes reach which ioctl, and which pixels the memory. */
#include "device/tree.h"

#include "device/display.h"
#include "device/drm.h"
#include "device/framebuffer.h"

#include <linux/fb.h>
#include <linux/ioctl.h>

#define MEMORY_BYTES (1 << 20)

/* A driver. */
struct driver {
    struct tree tree;
    struct fb_var_screeninfo var;
    struct fb_fix_screeninfo fix;
    bool takes_bits;             /* FBIOPUT_VSCREENINFO changes them */
    size_t send_bytes;           /* the size of update that it knows; 0: no e-ink */
    unsigned long wait_request;  /* that it knows; 0: none */
    int unknown;                 /* what it says to others */
    int wait_result;
    int64_t wait_ms;             /* how long a wait takes */
    uint32_t sent[18], waited;
    unsigned sends, waits, pans, refused;
    uint8_t memory[MEMORY_BYTES];
};

static int e_ink(struct driver *d, unsigned long request, void *argument)
{
    if (_IOC_NR(request) == 0x2E) {
        if (_IOC_SIZE(request) != d->send_bytes || _IOC_DIR(request) != _IOC_WRITE) {
            d->refused++;
            return d->unknown;
        }
        memcpy(d->sent, argument, d->send_bytes);
        d->sends++;
        return 0;
    }
    if (request == d->wait_request) {
        memcpy(&d->waited, argument, sizeof d->waited);
        d->waits++;
        d->tree.now_ms += d->wait_ms;
        return d->wait_result;
    }
    return _IOC_NR(request) == 0x2F || _IOC_NR(request) == 0x35 ? d->unknown : 0;
}

static int driver_ioctl(void *ctx, int fd, unsigned long request, void *argument)
{
    struct driver *d = ctx;

    (void)fd;
    switch (request) {
    case FBIOGET_VSCREENINFO:
        memcpy(argument, &d->var, sizeof d->var);
        return 0;
    case FBIOGET_FSCREENINFO:
        memcpy(argument, &d->fix, sizeof d->fix);
        return 0;
    case FBIOPUT_VSCREENINFO:
        if (d->takes_bits)
            memcpy(&d->var, argument, sizeof d->var);
        return 0;
    case FBIOPAN_DISPLAY:
        d->pans++;
        return 0;
    }
    return _IOC_TYPE(request) == 'F' && d->send_bytes ? e_ink(d, request, argument) : -ENOTTY;
}

static void *driver_map(void *ctx, int fd, uint64_t offset, size_t bytes)
{
    struct driver *d = ctx;

    (void)fd;
    assert_int_equal(offset, 0);
    assert_true(bytes <= MEMORY_BYTES);
    return d->memory;
}

static void driver_unmap(void *ctx, void *memory, size_t bytes)
{
    (void)ctx;
    (void)memory;
    (void)bytes;
}

static struct driver *driver_open(uint32_t width, uint32_t height, uint32_t bits, uint32_t line_bytes, const char *id)
{
    struct driver *d = test_calloc(1, sizeof *d);

    tree_open(&d->tree, "display");
    tree_write(&d->tree, "/dev/fb0", "");
    d->tree.system.ctx = d; /* tree is its first member */
    d->tree.system.ioctl = driver_ioctl;
    d->tree.system.map = driver_map;
    d->tree.system.unmap = driver_unmap;
    d->unknown = -ENOTTY;
    d->var.xres = width;
    d->var.yres = height;
    d->var.bits_per_pixel = bits;
    d->var.grayscale = bits == 8;
    if (bits == 16) {
        d->var.red = (struct fb_bitfield){ .offset = 11, .length = 5 };
        d->var.green = (struct fb_bitfield){ .offset = 5, .length = 6 };
        d->var.blue = (struct fb_bitfield){ .offset = 0, .length = 5 };
    } else if (bits == 32) {
        d->var.red = (struct fb_bitfield){ .offset = 16, .length = 8 };
        d->var.green = (struct fb_bitfield){ .offset = 8, .length = 8 };
        d->var.blue = (struct fb_bitfield){ .offset = 0, .length = 8 };
    }
    d->fix.line_length = line_bytes;
    d->fix.smem_len = line_bytes * height;
    snprintf(d->fix.id, sizeof d->fix.id, "%s", id);
    memset(d->memory, 0xee, sizeof d->memory);
    return d;
}

static struct board board_of(const char *more)
{
    struct board board;
    struct kite_fault fault = { "" };
    char text[500];

    snprintf(text, sizeof text, "name = t\ndisplay = mxcfb\nwaveforms = INIT 0, DU 1, GC16 2, DU4 3, A2 4, GL16 5\n%s", more);
    if (board_parse(text, strlen(text), &board, &fault))
        fail_msg("%s", fault.text);
    return board;
}

static struct kite_memory mem;
static uint8_t pixels[256 * 320];

/* A picture in which every pixel of 16 by 16 differs. */
static struct kite_panel_pixels picture(int32_t width, int32_t height)
{
    mem = kite_memory_heap();
    for (int32_t y = 0; y < height; y++)
        for (int32_t x = 0; x < width; x++)
            pixels[y * width + x] = (uint8_t)((x * 16 + y * 7) & 0xff);
    return (struct kite_panel_pixels){ pixels, width, height, width };
}

static int64_t show(struct display *display, struct driver *d, enum kite_waveform waveform, enum kite_update_mode mode,
                    struct kite_rect rect, const struct kite_panel_pixels *frame)
{
    struct kite_update update = { .rect = rect, .waveform = waveform, .mode = mode, .duration_ms = 450 };
    int64_t end_ms = d->tree.now_ms + 450;

    assert_int_equal(display->start(display->ctx, &update, frame, d->tree.now_ms, &end_ms), KITE_OK);
    return end_ms;
}

/* ---- framebuffers --------------------------------------------------------------------------------- */

static void grays_reach_every_format(void **state)
{
    static const struct {
        uint32_t bits, line_bytes;
    } rows[] = { { 8, 64 }, { 8, 80 }, { 16, 128 }, { 16, 160 }, { 32, 256 }, { 32, 300 } };
    struct board board = board_of("");

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct driver *d = driver_open(64, 48, rows[i].bits, rows[i].line_bytes, "plain");
        struct kite_panel_pixels frame = picture(64, 48);
        struct display display;
        uint32_t bytes = rows[i].bits / 8;

        assert_int_equal(display_open(&mem, &d->tree.system, &board, "fbdev:/dev/fb0", &display, NULL), KITE_OK);
        assert_int_equal(display.panel.width_px, 64);
        assert_int_equal(show(&display, d, KITE_WAVEFORM_GC16, KITE_UPDATE_FULL, (struct kite_rect){ 8, 8, 32, 16 }, &frame),
                         d->tree.now_ms); /* to be seen at once */
        for (uint32_t y = 0; y < 48; y++)
            for (uint32_t x = 0; x < 64; x++) {
                uint8_t *at = d->memory + y * rows[i].line_bytes + x * bytes;
                uint32_t level = pixels[y * 64 + x] >> 4, value = 0, want = level * 0x11;

                memcpy(&value, at, bytes);
                if (bytes == 2)
                    want = (level * 31 + 7) / 15 << 11 | (level * 63 + 7) / 15 << 5 | (level * 31 + 7) / 15;
                if (bytes == 4)
                    want = level * 0x111111;
                if (x < 8 || x >= 40 || y < 8 || y >= 24)
                    want = 0xeeeeeeee >> (32 - 8 * bytes);
                assert_int_equal(value, want);
            }
        display_close(&display);
        test_free(d);
    }
}

static void what_is_read_back_counts(void **state)
{
    struct board board = board_of("bits = 8\npanel = 300x400@200\n");
    struct driver *d = driver_open(64, 48, 32, 256, "stubborn");
    struct kite_panel_pixels frame = picture(64, 48);
    struct display display;

    (void)state;
    assert_int_equal(display_open(&mem, &d->tree.system, &board, "fbdev", &display, NULL), KITE_OK);
    assert_int_equal(display.panel.width_px, 64); /* not what the board thought */
    assert_int_equal(display.panel.ppi, 200);
    show(&display, d, KITE_WAVEFORM_GC16, KITE_UPDATE_FULL, (struct kite_rect){ 0, 0, 64, 48 }, &frame);
    assert_int_equal(d->memory[4], 0x11); /* 32 bits still: the second pixel */
    display_close(&display);
    d->takes_bits = true;
    assert_int_equal(display_open(&mem, &d->tree.system, &board, "fbdev", &display, NULL), KITE_OK);
    show(&display, d, KITE_WAVEFORM_GC16, KITE_UPDATE_FULL, (struct kite_rect){ 0, 0, 64, 48 }, &frame);
    assert_int_equal(d->memory[1], 0x11);
    display_close(&display);
    test_free(d);
}

static void inverted_grays_and_offsets_are_seen_to(void **state)
{
    struct board board = board_of("");
    struct driver *d = driver_open(64, 48, 8, 96, "inverted");
    struct kite_panel_pixels frame = picture(64, 48);
    struct display display;

    (void)state;
    d->var.grayscale = 2;
    d->var.xoffset = 16;
    d->var.yoffset = 48;
    d->fix.smem_len = 96 * 96;
    d->fix.ypanstep = 1;
    assert_int_equal(display_open(&mem, &d->tree.system, &board, "fbdev", &display, NULL), KITE_OK);
    show(&display, d, KITE_WAVEFORM_GC16, KITE_UPDATE_FULL, (struct kite_rect){ 0, 0, 64, 48 }, &frame);
    assert_int_equal(d->memory[48 * 96 + 16 + 1], 0xee); /* 0xff - 0x11 */
    assert_int_equal(d->memory[48 * 96 + 15], 0xee);     /* untouched */
    assert_int_equal(d->pans, 1);
    display_close(&display);
    test_free(d);
}

static void a_driver_that_contradicts_itself_is_refused(void **state)
{
    struct board board = board_of("");
    struct kite_fault fault;
    struct display display;

    (void)state;
    for (int i = 0; i < 7; i++) {
        struct driver *d = driver_open(64, 48, 8, 64, "odd");

        if (i == 0)
            d->fix.line_length = 63;
        else if (i == 1)
            d->fix.smem_len = 64 * 47;
        else if (i == 2)
            d->var.bits_per_pixel = 24;
        else if (i == 3)
            d->var.xres = 0xffffffff;
        else if (i == 4)
            d->var.yoffset = 1;
        else if (i == 5)
            d->fix.smem_len = 0xffffffff;
        else
            d->var.bits_per_pixel = 16; /* and no fields */
        assert_int_equal(display_open(&mem, &d->tree.system, &board, "fbdev", &display, &fault), KITE_E_UNSUPPORTED);
        test_free(d);
    }
}

static void pictures_are_turned(void **state)
{
    struct kite_rect rects[] = { { 8, 16, 24, 8 }, { 0, 0, 8, 8 }, { 40, 56, 8, 8 } };

    (void)state;
    for (int rotation = 0; rotation < 4; rotation++) {
        char more[40];
        struct driver *d = driver_open(rotation % 2 ? 64 : 48, rotation % 2 ? 48 : 64, 8, 80, "turned");
        struct kite_panel_pixels frame = picture(48, 64);
        struct display display;
        struct board board;

        snprintf(more, sizeof more, "rotate = %d\n", rotation);
        board = board_of(more);
        assert_int_equal(display_open(&mem, &d->tree.system, &board, "fbdev", &display, NULL), KITE_OK);
        assert_int_equal(display.panel.width_px, 48);
        assert_int_equal(display.panel.height_px, 64);
        for (size_t i = 0; i < sizeof rects / sizeof *rects; i++) {
            show(&display, d, KITE_WAVEFORM_GC16, KITE_UPDATE_FULL, rects[i], &frame);
            for (int32_t y = rects[i].y; y < rects[i].y + rects[i].height; y++)
                for (int32_t x = rects[i].x; x < rects[i].x + rects[i].width; x++) {
                    /* Turned clockwise, the canvas's top row is the right column. */
                    int32_t to_x = rotation == 0 ? x : rotation == 1 ? 63 - y : rotation == 2 ? 47 - x : y;
                    int32_t to_y = rotation == 0 ? y : rotation == 1 ? x : rotation == 2 ? 63 - y : 47 - x;

                    assert_int_equal(d->memory[to_y * 80 + to_x], (pixels[y * 48 + x] >> 4) * 0x11);
                }
        }
        display_close(&display);
        test_free(d);
    }
}

/* ---- e-ink controllers ---------------------------------------------------------------------------- */

static void the_form_of_updates_is_found_by_trying(void **state)
{
    static const struct {
        size_t bytes;
        size_t flags_word, temperature_word;
        int unknown;
        const char *id;
    } rows[] = {
        { 64, 8, 7, -ENOTTY, "mxc_epdc_fb" }, { 68, 8, 7, -EINVAL, "mxc_epdc_fb" }, { 72, 8, 7, -ENOTTY, "mxc_epdc_fb" },
        { 36, 7, 0, -EINTR, "hwtcon" },       { 36, 7, 0, -EINTR, "epdc or so" },
    };
    struct board board = board_of("");

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct driver *d = driver_open(64, 48, 8, 80, rows[i].id);
        struct kite_panel_pixels frame = picture(64, 48);
        struct display display;
        unsigned refused;

        d->send_bytes = rows[i].bytes;
        d->unknown = rows[i].unknown;
        assert_int_equal(display_open(&mem, &d->tree.system, &board, "auto", &display, NULL), KITE_OK);
        assert_string_equal(display.name, "mxcfb");
        assert_int_equal(d->sends, 0);
        show(&display, d, KITE_WAVEFORM_GL16, KITE_UPDATE_PARTIAL, (struct kite_rect){ 16, 8, 32, 24 }, &frame);
        assert_int_equal(d->sends, 1);
        /* top, left, width, height: in this order. */
        assert_int_equal(d->sent[0], 8);
        assert_int_equal(d->sent[1], 16);
        assert_int_equal(d->sent[2], 32);
        assert_int_equal(d->sent[3], 24);
        assert_int_equal(d->sent[4], 5);
        assert_int_equal(d->sent[5], 0);
        assert_int_equal(d->sent[6], 1);
        assert_int_equal(d->sent[rows[i].flags_word], 0);
        if (rows[i].temperature_word)
            assert_int_equal(d->sent[rows[i].temperature_word], 0x1000);
        for (size_t word = 9; word < rows[i].bytes / 4; word++)
            assert_int_equal(d->sent[word], 0);
        refused = d->refused;
        d->tree.now_ms += 5000;
        show(&display, d, KITE_WAVEFORM_GC16, KITE_UPDATE_FULL, (struct kite_rect){ 0, 0, 64, 48 }, &frame);
        assert_int_equal(d->refused, refused); /* what was found is kept */
        assert_int_equal(d->sent[4], 2);
        assert_int_equal(d->sent[5], 1);
        assert_int_equal(d->sent[6], 2);
        assert_int_equal(d->memory[79], 0xee); /* between the rows */
        display_close(&display);
        test_free(d);
    }
}

static void an_update_nobody_knows_is_an_error(void **state)
{
    struct board board = board_of("");
    struct driver *d = driver_open(64, 48, 8, 64, "mxc_epdc_fb");
    struct kite_panel_pixels frame = picture(64, 48);
    struct kite_update update = { .rect = { 0, 0, 64, 48 }, .waveform = KITE_WAVEFORM_GC16 };
    struct display display;
    int64_t end_ms = 0;

    (void)state;
    d->send_bytes = 99;
    assert_int_equal(display_open(&mem, &d->tree.system, &board, "mxcfb", &display, NULL), KITE_OK);
    assert_int_equal(display.start(display.ctx, &update, &frame, 0, &end_ms), KITE_E_IO);
    assert_int_equal(d->refused, 4);
    display_close(&display);
    test_free(d);
}

static void what_overlaps_waits_and_what_does_not_goes(void **state)
{
    static const unsigned long waits[] = { _IOW('F', 0x2F, uint32_t), _IOWR('F', 0x2F, uint64_t), _IOWR('F', 0x35, uint64_t) };
    struct board board = board_of("");

    (void)state;
    for (size_t i = 0; i < sizeof waits / sizeof *waits; i++) {
        struct driver *d = driver_open(64, 48, 8, 64, "mxc_epdc_fb");
        struct kite_panel_pixels frame = picture(64, 48);
        struct display display;

        d->send_bytes = 72;
        d->wait_request = waits[i];
        assert_int_equal(display_open(&mem, &d->tree.system, &board, "mxcfb", &display, NULL), KITE_OK);
        show(&display, d, KITE_WAVEFORM_GL16, KITE_UPDATE_PARTIAL, (struct kite_rect){ 0, 0, 16, 16 }, &frame);
        show(&display, d, KITE_WAVEFORM_DU, KITE_UPDATE_PARTIAL, (struct kite_rect){ 32, 32, 16, 16 }, &frame);
        assert_int_equal(d->waits, 0);
        show(&display, d, KITE_WAVEFORM_DU, KITE_UPDATE_PARTIAL, (struct kite_rect){ 8, 8, 16, 16 }, &frame);
        assert_int_equal(d->waits, 1);
        assert_int_equal(d->waited, 1);
        show(&display, d, KITE_WAVEFORM_GC16, KITE_UPDATE_FULL, (struct kite_rect){ 48, 0, 16, 16 }, &frame);
        assert_int_equal(d->waits, 3); /* a flash is alone */
        display.settle(display.ctx);
        assert_int_equal(d->waits, 4);
        display.settle(display.ctx);
        assert_int_equal(d->waits, 4);
        display_close(&display);
        test_free(d);
    }
}

static void a_wait_that_fails_is_given_up(void **state)
{
    struct board board = board_of("");
    struct driver *d = driver_open(64, 48, 8, 64, "mxc_epdc_fb");
    struct kite_panel_pixels frame = picture(64, 48);
    struct kite_rect rect = { 0, 0, 16, 16 };
    struct display display;
    int64_t began_ms;

    (void)state;
    d->send_bytes = 64;
    d->wait_request = _IOW('F', 0x2F, uint32_t);
    d->wait_result = -ETIMEDOUT;
    d->wait_ms = 100;
    assert_int_equal(display_open(&mem, &d->tree.system, &board, "mxcfb", &display, NULL), KITE_OK);
    for (int i = 0; i < 10; i++) {
        began_ms = d->tree.now_ms;
        show(&display, d, KITE_WAVEFORM_GL16, KITE_UPDATE_PARTIAL, rect, &frame);
        if (i > 0)
            assert_int_equal(d->tree.now_ms - began_ms, 450); /* its time is waited for all the same */
    }
    assert_int_equal(d->waits, 3);
    /* Interrupted without end, it is bounded. */
    display_close(&display);
    d->wait_result = -EINTR;
    assert_int_equal(display_open(&mem, &d->tree.system, &board, "mxcfb", &display, NULL), KITE_OK);
    d->unknown = -ETIMEDOUT; /* so that EINTR is not taken for "unknown" */
    d->wait_result = 0;
    show(&display, d, KITE_WAVEFORM_GL16, KITE_UPDATE_PARTIAL, rect, &frame);
    show(&display, d, KITE_WAVEFORM_GL16, KITE_UPDATE_PARTIAL, rect, &frame);
    d->wait_result = -EINTR;
    began_ms = d->tree.now_ms;
    show(&display, d, KITE_WAVEFORM_GL16, KITE_UPDATE_PARTIAL, rect, &frame);
    assert_true(d->tree.now_ms - began_ms < 5000);
    display_close(&display);
    test_free(d);
}

static void rectangles_are_aligned_in_the_panels_own_orientation(void **state)
{
    struct board board = board_of("rotate = 1\nkind = hwtcon\n"); /* 16 px */
    struct driver *d = driver_open(100, 60, 8, 112, "hwtcon");
    struct kite_panel_pixels frame = picture(60, 100);
    struct display display;

    (void)state;
    d->send_bytes = 36;
    assert_int_equal(display_open(&mem, &d->tree.system, &board, "mxcfb", &display, NULL), KITE_OK);
    /* 16..32 from the top of the canvas is 68..84 from the left of the framebuffer. */
    show(&display, d, KITE_WAVEFORM_DU, KITE_UPDATE_PARTIAL, (struct kite_rect){ 0, 16, 60, 16 }, &frame);
    assert_int_equal(d->sent[1], 64);
    assert_int_equal(d->sent[2], 32);
    assert_int_equal(d->sent[0], 0);
    assert_int_equal(d->sent[3], 60); /* to the edge */
    assert_int_equal(d->memory[67], 0xee); /* what was added shows what it did */
    assert_int_not_equal(d->memory[68], 0xee);
    display_close(&display);
    test_free(d);
}

static void init_leaves_white_in_memory(void **state)
{
    struct board board = board_of("");
    struct driver *d = driver_open(64, 48, 8, 64, "mxc_epdc_fb");
    struct kite_panel_pixels frame = picture(64, 48);
    struct display display;

    (void)state;
    d->send_bytes = 64;
    assert_int_equal(display_open(&mem, &d->tree.system, &board, "mxcfb", &display, NULL), KITE_OK);
    show(&display, d, KITE_WAVEFORM_INIT, KITE_UPDATE_FULL, (struct kite_rect){ 0, 0, 64, 48 }, &frame);
    for (size_t i = 0; i < 64 * 48; i++)
        assert_int_equal(d->memory[i], 0xff);
    display_close(&display);
    test_free(d);
}

/* ---- which port ----------------------------------------------------------------------------------- */

static void auto_takes_what_there_is(void **state)
{
    struct board board = board_of("");
    struct driver *d = driver_open(64, 48, 8, 64, "plain");
    struct kite_fault fault = { "" };
    struct display display;
    char path[512];

    (void)state;
    assert_int_equal(display_open(&mem, &d->tree.system, &board, "mxcfb", &display, &fault), KITE_E_UNSUPPORTED);
    assert_non_null(strstr(fault.text, "plain"));
    assert_int_equal(display_open(&mem, &d->tree.system, &board, "auto", &display, &fault), KITE_OK);
    assert_string_equal(display.name, "fbdev");
    display_close(&display);
    unlink(tree_path(&d->tree, "/dev/fb0", path));
    assert_int_equal(display_open(&mem, &d->tree.system, &board, "auto", &display, &fault), KITE_E_UNSUPPORTED);
    assert_int_equal(display_open(&mem, &d->tree.system, &board, "laser", &display, &fault), KITE_E_RANGE);
    assert_int_equal(display_open(&mem, &d->tree.system, &board, "record", &display, &fault), KITE_E_RANGE);
    test_free(d);
}

static void a_record_is_what_a_panel_would_show(void **state)
{
    struct board board = board_of("panel = 240x300@200\n");
    struct driver *d = driver_open(64, 48, 8, 64, "plain");
    struct kite_panel_pixels frame = picture(240, 300);
    char spec[300], path[512], text[300];
    struct display display;
    FILE *file;

    (void)state;
    snprintf(spec, sizeof spec, "record:%s/frames", d->tree.root);
    assert_int_equal(display_open(&mem, &d->tree.system, &board, spec, &display, NULL), KITE_OK);
    show(&display, d, KITE_WAVEFORM_INIT, KITE_UPDATE_FULL, (struct kite_rect){ 0, 0, 240, 300 }, &frame);
    show(&display, d, KITE_WAVEFORM_DU, KITE_UPDATE_PARTIAL, (struct kite_rect){ 8, 0, 16, 8 }, &frame);
    display_close(&display);
    assert_string_equal(tree_read(&d->tree, "/frames/updates.log", text, sizeof text),
                        "00001 1000 INIT full 0 0 240 300\n00002 1000 DU partial 8 0 16 8\n");
    file = fopen(tree_path(&d->tree, "/frames/00002.pgm", path), "rb");
    assert_non_null(file);
    assert_int_equal(fread(text, 1, 40, file), 40);
    fclose(file);
    assert_memory_equal(text, "P5\n240 300\n255\n", 15);
    assert_int_equal((uint8_t)text[15], 0xff);
    assert_int_equal((uint8_t)text[15 + 9], 0x99); /* 9 * 16 is level 9 */
    test_free(d);
}

/* ---- DRM ------------------------------------------------------------------------------------------ */

struct card {
    struct tree tree;
    bool is_connected, has_dirty;
    unsigned dirties;
    struct drm_clip clip;
    uint32_t shown;
    uint8_t memory[80 * 4 * 48 + 64 * 48];
};

static int card_ioctl(void *ctx, int fd, unsigned long request, void *argument)
{
    struct card *c = ctx;

    (void)fd;
    if (request == DRM_GET_RESOURCES) {
        struct drm_resources *r = argument;
        uint32_t *connectors = (uint32_t *)(uintptr_t)r->connectors, *crtcs = (uint32_t *)(uintptr_t)r->crtcs;

        r->connector_count = 2;
        r->crtc_count = 1;
        connectors[0] = 20;
        connectors[1] = 21;
        crtcs[0] = 30;
    } else if (request == DRM_GET_CONNECTOR) {
        struct drm_connector *k = argument;
        struct drm_mode *modes = (struct drm_mode *)(uintptr_t)k->modes;

        k->connection = k->connector == 21 && c->is_connected ? DRM_CONNECTED : 2;
        k->mode_count = 2;
        modes[0] = (struct drm_mode){ .width = 32, .height = 16 };
        modes[1] = (struct drm_mode){ .width = 64, .height = 48, .type = DRM_MODE_PREFERRED };
    } else if (request == DRM_CREATE_DUMB) {
        struct drm_dumb *dumb = argument;

        dumb->handle = 5;
        dumb->pitch_bytes = dumb->width * 4 + 64;
        dumb->size_bytes = (uint64_t)dumb->pitch_bytes * dumb->height;
    } else if (request == DRM_ADD_FRAMEBUFFER) {
        assert_int_equal(((struct drm_framebuffer *)argument)->pitch_bytes, 64 * 4 + 64);
        ((struct drm_framebuffer *)argument)->id = 9;
    } else if (request == DRM_SET_CRTC) {
        c->shown = ((struct drm_crtc *)argument)->framebuffer;
    } else if (request == DRM_DIRTY) {
        c->clip = *(struct drm_clip *)(uintptr_t)((struct drm_dirty *)argument)->clips;
        c->dirties++;
        return c->has_dirty ? 0 : -ENOSYS;
    } else if (request != DRM_MAP_DUMB && request != DRM_REMOVE_FRAMEBUFFER && request != DRM_DESTROY_DUMB) {
        return -ENOTTY;
    }
    return 0;
}

static void *card_map(void *ctx, int fd, uint64_t offset, size_t bytes)
{
    struct card *c = ctx;

    (void)fd;
    (void)offset;
    assert_true(bytes <= sizeof c->memory);
    return c->memory;
}

static void a_card_shows_and_is_told_what_is_dirty(void **state)
{
    static struct card c;
    struct board board = board_of("");
    struct kite_panel_pixels frame = picture(64, 48);
    struct kite_update update = { .rect = { 16, 8, 8, 16 }, .waveform = KITE_WAVEFORM_GL16, .duration_ms = 450 };
    struct kite_fault fault = { "" };
    struct display display;
    int64_t end_ms = 450;
    uint32_t value;

    (void)state;
    tree_open(&c.tree, "card");
    tree_write(&c.tree, "/dev/dri/card0", "");
    c.tree.system.ctx = &c;
    c.tree.system.ioctl = card_ioctl;
    c.tree.system.map = card_map;
    c.tree.system.unmap = driver_unmap;
    assert_int_equal(display_open(&mem, &c.tree.system, &board, "drm", &display, &fault), KITE_E_UNSUPPORTED);
    c.is_connected = true;
    assert_int_equal(display_open(&mem, &c.tree.system, &board, "drm:/dev/dri/card0", &display, &fault), KITE_OK);
    assert_int_equal(display.panel.width_px, 64); /* the preferred mode */
    assert_int_equal(c.shown, 9);
    assert_int_equal(display.start(display.ctx, &update, &frame, 0, &end_ms), KITE_OK); /* no such call: fine */
    assert_int_equal(end_ms, 0);
    c.has_dirty = true;
    assert_int_equal(display.start(display.ctx, &update, &frame, 0, &end_ms), KITE_OK);
    assert_int_equal(c.dirties, 2);
    assert_int_equal(c.clip.x1, 16);
    assert_int_equal(c.clip.y2, 24);
    memcpy(&value, c.memory + 8 * (64 * 4 + 64) + 17 * 4, sizeof value);
    assert_int_equal(value, (pixels[8 * 64 + 17] >> 4) * 0x111111u);
    display_close(&display);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(grays_reach_every_format),
        cmocka_unit_test(what_is_read_back_counts),
        cmocka_unit_test(inverted_grays_and_offsets_are_seen_to),
        cmocka_unit_test(a_driver_that_contradicts_itself_is_refused),
        cmocka_unit_test(pictures_are_turned),
        cmocka_unit_test(the_form_of_updates_is_found_by_trying),
        cmocka_unit_test(an_update_nobody_knows_is_an_error),
        cmocka_unit_test(what_overlaps_waits_and_what_does_not_goes),
        cmocka_unit_test(a_wait_that_fails_is_given_up),
        cmocka_unit_test(rectangles_are_aligned_in_the_panels_own_orientation),
        cmocka_unit_test(init_leaves_white_in_memory),
        cmocka_unit_test(auto_takes_what_there_is),
        cmocka_unit_test(a_record_is_what_a_panel_would_show),
        cmocka_unit_test(a_card_shows_and_is_told_what_is_dirty),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
