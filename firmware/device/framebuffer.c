/* Grays into framebuffer memory, and the Linux framebuffer device. */
#include "device/framebuffer.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fb.h>
#include <string.h>
#include <unistd.h>

#define GRAYSCALE_INVERTED 2 /* mxcfb's word for 8 bits in which 0 is white */
#define MAP_BYTES_MAX (64u << 20)

/* ---- memory -----------------------------------------------------------------------------------
 */

/* 4 bits of gray in `length` bits, black and white being the ends. */
static uint32_t in_bits(uint32_t level, uint32_t length)
{
    uint32_t most = length >= 32 ? UINT32_MAX : (1u << length) - 1;

    return (uint32_t)(((uint64_t)level * most + 7) / 15);
}

void framebuffer_grays(struct framebuffer *fb, const struct framebuffer_field fields[3])
{
    for (uint32_t gray = 0; gray < 256; gray++) {
        uint32_t level = gray >> 4, value = 0;

        for (int i = 0; fields && i < 3; i++)
            value |= in_bits(level, fields[i].length) << fields[i].offset;
        fb->values[gray] = fields ? value : level * 0x11;
    }
}

struct kite_rect framebuffer_canvas(const struct framebuffer *fb)
{
    bool is_sideways = fb->rotation % 2 != 0;

    return (struct kite_rect){ 0, 0, is_sideways ? fb->height_px : fb->width_px,
                               is_sideways ? fb->width_px : fb->height_px };
}

struct kite_rect framebuffer_turn(const struct framebuffer *fb, struct kite_rect r)
{
    switch (fb->rotation) {
    case 1:
        return (struct kite_rect){ fb->width_px - r.y - r.height, r.x, r.height, r.width };
    case 2:
        return (struct kite_rect){ fb->width_px - r.x - r.width, fb->height_px - r.y - r.height,
                                   r.width, r.height };
    case 3:
        return (struct kite_rect){ r.y, fb->height_px - r.x - r.width, r.height, r.width };
    default:
        return r;
    }
}

/* The canvas's pixel that lies at (x, y) of the memory; *step goes to the next one in its row. */
static const uint8_t *source_of(const struct framebuffer *fb, const struct kite_panel_pixels *frame,
                                int32_t x, int32_t y, ptrdiff_t *step)
{
    int32_t at_x = x, at_y = y;

    *step = 1;
    if (fb->rotation == 1) {
        at_x = y;
        at_y = fb->width_px - 1 - x;
        *step = -(ptrdiff_t)frame->stride_bytes;
    } else if (fb->rotation == 2) {
        at_x = fb->width_px - 1 - x;
        at_y = fb->height_px - 1 - y;
        *step = -1;
    } else if (fb->rotation == 3) {
        at_x = fb->height_px - 1 - y;
        at_y = x;
        *step = frame->stride_bytes;
    }
    return frame->pixels + (ptrdiff_t)at_y * frame->stride_bytes + at_x;
}

static void draw_row(const struct framebuffer *fb, uint8_t *out, const uint8_t *in, ptrdiff_t step,
                     int32_t count)
{
    for (int32_t i = 0; i < count; i++, in += step, out += fb->bytes_per_px) {
        uint32_t value = fb->values[*in];
        uint16_t half = (uint16_t)value;

        if (fb->bytes_per_px == 1)
            *out = (uint8_t)value;
        else if (fb->bytes_per_px == 2)
            memcpy(out, &half, sizeof half); /* pixels are in the machine's own byte order */
        else
            memcpy(out, &value, sizeof value);
    }
}

void framebuffer_draw(const struct framebuffer *fb, struct kite_rect rect,
                      const struct kite_panel_pixels *frame)
{
    struct kite_rect at = framebuffer_turn(fb, rect);

    for (int32_t y = at.y; y < at.y + at.height; y++) {
        ptrdiff_t step;
        const uint8_t *in = source_of(fb, frame, at.x, y, &step);

        draw_row(fb,
                 fb->memory + (size_t)y * fb->line_bytes + (size_t)at.x * (size_t)fb->bytes_per_px,
                 in, step, at.width);
    }
}

void framebuffer_fill(const struct framebuffer *fb, struct kite_rect rect, uint8_t gray)
{
    struct kite_rect at = framebuffer_turn(fb, rect);

    for (int32_t y = at.y; y < at.y + at.height; y++)
        draw_row(fb,
                 fb->memory + (size_t)y * fb->line_bytes + (size_t)at.x * (size_t)fb->bytes_per_px,
                 &gray, 0, at.width);
}

/* ---- the device -------------------------------------------------------------------------------
 */

static int ask(struct fbdev *f, unsigned long request, void *argument)
{
    return f->system->ioctl(f->system->ctx, f->descriptor, request, argument);
}

/* What a driver does not know it may take and turn into something else, or refuse: what it has
 * afterwards counts. */
static void ask_for_bits(struct fbdev *f, struct fb_var_screeninfo var, int bits)
{
    if (bits == 0 || var.bits_per_pixel == (uint32_t)bits)
        return;
    var.bits_per_pixel = (uint32_t)bits;
    var.grayscale = bits == 8;
    var.activate = FB_ACTIVATE_FORCE;
    ask(f, FBIOPUT_VSCREENINFO, &var);
}

static bool is_known(const struct fb_var_screeninfo *var, const struct fb_fix_screeninfo *fix)
{
    uint32_t bits = var->bits_per_pixel, bytes = bits / 8;

    if ((bits != 8 && bits != 16 && bits != 32) || var->xres < 16 || var->yres < 16 ||
        var->xres > KITE_PANEL_MOST_PX || var->yres > KITE_PANEL_MOST_PX ||
        var->xoffset > KITE_PANEL_MOST_PX || var->yoffset > 4 * KITE_PANEL_MOST_PX)
        return false;

    uint64_t end = (uint64_t)(var->yoffset + var->yres - 1) * fix->line_length +
                   (uint64_t)(var->xoffset + var->xres) * bytes;

    return fix->line_length >= (var->xoffset + var->xres) * bytes && end <= fix->smem_len &&
           fix->smem_len <= MAP_BYTES_MAX;
}

static bool set_grays(struct framebuffer *fb, const struct fb_var_screeninfo *var)
{
    const struct framebuffer_field fields[] = { { var->red.offset, var->red.length },
                                                { var->green.offset, var->green.length },
                                                { var->blue.offset, var->blue.length } };

    if (var->bits_per_pixel == 8) {
        framebuffer_grays(fb, NULL);
        for (int i = 0; i < 256 && var->grayscale == GRAYSCALE_INVERTED; i++)
            fb->values[i] ^= 0xff;
        return true;
    }
    for (int i = 0; i < 3; i++)
        if (fields[i].length == 0 || fields[i].length > var->bits_per_pixel ||
            fields[i].offset > var->bits_per_pixel - fields[i].length)
            return false;
    framebuffer_grays(fb, fields);
    return true;
}

static enum kite_status look_and_map(struct fbdev *f, const char *path, int bits, int rotation,
                                     struct kite_fault *fault)
{
    struct fb_var_screeninfo var = { 0 };
    struct fb_fix_screeninfo fix = { .smem_len = 0 };

    if (ask(f, FBIOGET_VSCREENINFO, &var) < 0)
        return kite_fail(fault, KITE_E_UNSUPPORTED, "%s is no framebuffer", path);
    ask_for_bits(f, var, bits);
    if (ask(f, FBIOGET_VSCREENINFO, &var) < 0 || ask(f, FBIOGET_FSCREENINFO, &fix) < 0)
        return kite_fail(fault, KITE_E_IO, "%s does not say what it is", path);
    memcpy(f->id, fix.id, sizeof fix.id);
    f->fb = (struct framebuffer){ .width_px = (int32_t)var.xres,
                                  .height_px = (int32_t)var.yres,
                                  .line_bytes = fix.line_length,
                                  .bytes_per_px = (int)var.bits_per_pixel / 8,
                                  .rotation = rotation };
    if (!is_known(&var, &fix) || !set_grays(&f->fb, &var))
        return kite_fail(fault, KITE_E_UNSUPPORTED,
                         "%s: %u x %u px of %u bits, lines of %u bytes, is not understood", path,
                         var.xres, var.yres, var.bits_per_pixel, fix.line_length);
    f->can_pan = fix.ypanstep != 0 || strcmp(f->id, "msync") == 0;
    f->map_bytes = fix.smem_len;
    f->map = f->system->map(f->system->ctx, f->descriptor, 0, f->map_bytes);
    if (!f->map)
        return kite_fail(fault, KITE_E_IO, "%s: its memory cannot be mapped", path);
    f->fb.memory = (uint8_t *)f->map + (size_t)var.yoffset * fix.line_length +
                   (size_t)var.xoffset * (size_t)f->fb.bytes_per_px;
    return KITE_OK;
}

enum kite_status fbdev_open(const struct system *system, const char *path, int bits, int rotation,
                            struct fbdev *out, struct kite_fault *fault)
{
    char full[SYSTEM_PATH_BYTES_MAX];
    enum kite_status status;

    *out = (struct fbdev){ .system = system, .descriptor = -1 };
    out->descriptor = open(system_path(system, path, full), O_RDWR | O_CLOEXEC);
    if (out->descriptor < 0)
        return kite_fail(fault, KITE_E_UNSUPPORTED, "%s: %s", path, strerror(errno));
    status = look_and_map(out, path, bits, rotation, fault);
    if (status)
        fbdev_close(out);
    return status;
}

void fbdev_close(struct fbdev *f)
{
    if (f->map)
        f->system->unmap(f->system->ctx, f->map, f->map_bytes);
    if (f->descriptor >= 0)
        close(f->descriptor);
    *f = (struct fbdev){ .descriptor = -1 };
}

void fbdev_pan(struct fbdev *f)
{
    struct fb_var_screeninfo var;

    if (f->can_pan && ask(f, FBIOGET_VSCREENINFO, &var) == 0)
        ask(f, FBIOPAN_DISPLAY, &var);
}
