/* What a device's kernel says in its files and in its answers to ioctls: screens, input devices, sensors, and volumes to be mounted. Drivers of
 * cheap boards are no more to be trusted than files. The first byte chooses which; answers are taken from the rest in turn, and when that is
 * used up every call fails. */
#include "fuzz/fuzz.h"

#include "device/display.h"
#include "device/drm.h"
#include "device/framebuffer.h"
#include "device/gadget.h"
#include "device/input.h"
#include "device/power.h"
#include "device/volume.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fb.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAP_BYTES_MAX (4u << 20) /* more is refused, as by a kernel without memory */
#define UPDATES_MAX 40

static char root[] = "/tmp/kite-fuzz-XXXXXX";
static struct board board;

/* ---- a kernel that says anything --------------------------------------------------------------------------- */

struct kernel {
    struct system system;
    struct kite_bytes in;
    int64_t now_ms;
};

/* 0, or one of the errors that mean something. */
static int answer(struct kernel *k)
{
    static const int errors[] = { 0, 0, 0, 0, -ENOTTY, -EINVAL, -EINTR, -EIO };
    uint8_t which = kite_take_u8(&k->in);

    return k->in.failed ? -EIO : errors[which % 8];
}

static void fill(struct kernel *k, void *out, size_t bytes)
{
    size_t left = (size_t)(k->in.end - k->in.at);

    bytes = bytes < left ? bytes : left;
    if (bytes)
        memcpy(out, k->in.at, bytes);
    k->in.at += bytes;
}

static void *array_at(uint64_t pointer)
{
    return (void *)(uintptr_t)pointer;
}

/* As the kernel does, an array is filled only when there is room for all of it. */
static void fill_array(struct kernel *k, uint64_t array, uint32_t *count, size_t item_bytes)
{
    uint32_t room = *count;

    *count = kite_take_u8(&k->in);
    if (*count <= room)
        fill(k, array_at(array), *count * item_bytes);
}

static void fill_screen(struct kernel *k, struct fb_var_screeninfo *var)
{
    var->xres = kite_take_u16(&k->in);
    var->yres = kite_take_u16(&k->in);
    var->xoffset = kite_take_u8(&k->in);
    var->yoffset = kite_take_u8(&k->in);
    var->bits_per_pixel = kite_take_u8(&k->in);
    var->grayscale = kite_take_u8(&k->in);
    for (int i = 0; i < 3; i++) {
        struct fb_bitfield *field = i == 0 ? &var->red : i == 1 ? &var->green : &var->blue;

        field->offset = kite_take_u8(&k->in);
        field->length = kite_take_u8(&k->in);
    }
}

static void fill_memory(struct kernel *k, struct fb_fix_screeninfo *fix)
{
    static const char *const ids[] = { "mxc_epdc_fb", "hwtcon", "msync", "simple" };

    strcpy(fix->id, ids[kite_take_u8(&k->in) % 4]);
    fix->line_length = kite_take_u16(&k->in);
    fix->smem_len = kite_take_u32(&k->in);
    fix->ypanstep = kite_take_u8(&k->in);
}

static void fill_resources(struct kernel *k, struct drm_resources *get)
{
    fill_array(k, get->connectors, &get->connector_count, sizeof(uint32_t));
    fill_array(k, get->crtcs, &get->crtc_count, sizeof(uint32_t));
}

static void fill_connector(struct kernel *k, struct drm_connector *get)
{
    get->connection = kite_take_u8(&k->in);
    get->encoder = kite_take_u8(&k->in);
    fill_array(k, get->modes, &get->mode_count, sizeof(struct drm_mode));
}

static void fill_buffer(struct kernel *k, struct drm_dumb *made)
{
    made->handle = kite_take_u8(&k->in);
    made->pitch_bytes = kite_take_u16(&k->in);
    made->size_bytes = kite_take_u32(&k->in);
}

static int say(void *ctx, int fd, unsigned long request, void *argument)
{
    struct kernel *k = ctx;
    int result = answer(k);

    HOLDS(fd >= 0);
    if (result)
        return result;
    switch (request) {
    case FBIOGET_VSCREENINFO:
        fill_screen(k, argument);
        break;
    case FBIOGET_FSCREENINFO:
        fill_memory(k, argument);
        break;
    case DRM_GET_RESOURCES:
        fill_resources(k, argument);
        break;
    case DRM_GET_CONNECTOR:
        fill_connector(k, argument);
        break;
    case DRM_CREATE_DUMB:
        fill_buffer(k, argument);
        break;
    case DRM_SET_CRTC:
    case DRM_DIRTY: /* they hold pointers, and say nothing */
        break;
    default:
        if (_IOC_DIR(request) & _IOC_READ)
            fill(k, argument, _IOC_SIZE(request));
    }
    return 0;
}

static void *map(void *ctx, int fd, uint64_t offset, size_t bytes)
{
    (void)fd, (void)offset;
    return answer(ctx) || bytes == 0 || bytes > MAP_BYTES_MAX ? NULL : malloc(bytes);
}

static void unmap(void *ctx, void *memory, size_t bytes)
{
    (void)ctx, (void)bytes;
    free(memory);
}

static int mount_volume(void *ctx, const char *source, const char *target, const char *type, unsigned long flags, const char *data)
{
    (void)flags, (void)data;
    HOLDS(strncmp(source, root, strlen(root)) == 0 && strncmp(target, root, strlen(root)) == 0 && type);
    return answer(ctx);
}

static int unmount_volume(void *ctx, const char *target, int flags)
{
    (void)target;
    return flags ? 0 : answer(ctx);
}

static int64_t now_ms(void *ctx)
{
    return ((struct kernel *)ctx)->now_ms += 10;
}

static void sleep_until(void *ctx, int64_t moment_ms)
{
    struct kernel *k = ctx;

    k->now_ms = moment_ms > k->now_ms ? moment_ms : k->now_ms;
}

static void write_file(const char *path, const uint8_t *bytes, size_t count)
{
    char full[SYSTEM_PATH_BYTES_MAX];
    int fd;

    snprintf(full, sizeof full, "%s%s", root, path);
    fd = open(full, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    HOLDS(fd >= 0 && write(fd, bytes, count) == (ssize_t)count);
    close(fd);
}

/* ---- screens --------------------------------------------------------------------------------------------------- */

static void update(struct kernel *k, struct display *display, const struct kite_panel_pixels *frame)
{
    struct kite_update update = { .rect = { kite_take_u16(&k->in) % frame->width_px, kite_take_u16(&k->in) % frame->height_px, 0, 0 } };
    int64_t end_ms;

    update.rect.width = 1 + kite_take_u16(&k->in) % (frame->width_px - update.rect.x);
    update.rect.height = 1 + kite_take_u16(&k->in) % (frame->height_px - update.rect.y);
    update.waveform = (enum kite_waveform)(kite_take_u8(&k->in) % KITE_WAVEFORM_COUNT);
    update.mode = kite_take_u8(&k->in) % 2 ? KITE_UPDATE_FULL : KITE_UPDATE_PARTIAL;
    update.duration_ms = kite_take_u8(&k->in) * 10u;
    if (display->start(display->ctx, &update, frame, now_ms(k), &end_ms) == KITE_OK)
        HOLDS(end_ms >= 0);
}

static void use_screen(const struct kite_memory *mem, struct kernel *k)
{
    static const char *const ports[] = { "mxcfb", "drm", "fbdev", "auto" };
    struct kite_panel_pixels frame = { .width_px = 0 };
    struct display display;

    board.rotation = kite_take_u8(&k->in) % 4;
    board.bits = kite_take_u8(&k->in) % 3 * 8;
    if (display_open(mem, &k->system, &board, ports[kite_take_u8(&k->in) % 4], &display, NULL) != KITE_OK)
        return;
    frame.width_px = frame.stride_bytes = display.panel.width_px;
    frame.height_px = display.panel.height_px;
    if (frame.width_px > 16 && frame.height_px > 16 && (int64_t)frame.width_px * frame.height_px <= (1 << 20)) {
        frame.pixels = calloc((size_t)frame.width_px, (size_t)frame.height_px);
        for (int i = 0; i < UPDATES_MAX && frame.pixels && k->in.at < k->in.end; i++)
            update(k, &display, &frame);
        free((void *)(uintptr_t)frame.pixels);
        display.settle(display.ctx);
    }
    display_close(&display);
}

/* ---- input ------------------------------------------------------------------------------------------------------- */

static enum kite_status take(void *ctx, const struct input_out *out)
{
    const struct kite_panel_geometry *panel = ctx;
    const struct kite_event *e = &out->event;

    if (out->kind == INPUT_EVENT && e->kind == KITE_EVENT_TOUCH)
        HOLDS(e->finger < INPUT_FINGERS && e->x_px >= 0 && e->x_px < panel->width_px && e->y_px >= 0 && e->y_px < panel->height_px);
    return KITE_OK;
}

/* Half of the bytes are answers, half records. */
static void use_input(const struct kite_memory *mem, struct kernel *k)
{
    static struct kite_panel_geometry panel = { 758, 1024, 212 };
    static const char *const touches[] = { "", "fuzz", "none" };
    const struct input_sink sink = { &panel, take };
    struct input_devices inputs;
    size_t half = (size_t)(k->in.end - k->in.at) / 2;

    (void)mem;
    write_file("/dev/input/event0", k->in.at + half, half);
    k->in.end -= half;
    strcpy(board.touch.name, touches[kite_take_u8(&k->in) % 3]);
    input_open(&inputs, &k->system, &board, &panel);
    for (int i = 0; i < 8 && inputs.count > 0; i++) {
        HOLDS(input_read(&inputs, 0, now_ms(k), &sink) == KITE_OK);
        k->now_ms += i * 200;
        HOLDS(input_devices_tick(&inputs, k->now_ms, &sink) == KITE_OK);
        HOLDS(input_devices_due_ms(&inputs) >= 0);
        input_sleep(&inputs, i == 4);
    }
    input_add(&inputs, "event0");
    input_remove(&inputs, "event0");
    input_close(&inputs);
}

/* ---- sensors and volumes ------------------------------------------------------------------------------------------- */

/* A file for each line, as far as there are lines. */
static void write_lines(struct kernel *k)
{
    static const char *const files[] = {
        "/sys/class/power_supply/a/type", "/sys/class/power_supply/a/capacity", "/sys/class/power_supply/a/status",
        "/sys/class/power_supply/b/type", "/sys/class/power_supply/b/online",   "/sys/class/hwmon/h/name",
        "/sys/class/hwmon/h/temp1_input", "/sys/class/thermal/t/type",          "/sys/class/thermal/t/temp",
        "/sys/class/backlight/l/brightness", "/sys/class/udc/u/state",
    };

    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        const uint8_t *line = k->in.at, *end = memchr(line, '\n', (size_t)(k->in.end - line));

        end = end ? end + 1 : k->in.end;
        write_file(files[i], line, (size_t)(end - line));
        k->in.at = end;
    }
}

static void use_sensors(const struct kite_memory *mem, struct kernel *k)
{
    struct power power;
    struct power_state state;
    struct gadget gadget;
    int celsius = 0, fd;

    (void)mem;
    write_lines(k);
    power_init(&power, &k->system, &board);
    state = power_read(&power);
    HOLDS(state.percent >= 0 && state.percent <= 100);
    HOLDS(!power_temperature(&power, &celsius) || (celsius >= -40 && celsius <= 85));
    power_light(&power, false);
    power_light(&power, true);
    (void)power_suspend(&power, NULL);
    if (gadget_open(&gadget, &k->system, &board, NULL) == KITE_OK) {
        (void)gadget_has_computer(&gadget);
        fd = gadget_watch(&gadget);
        if (fd >= 0)
            close(fd);
    }
    gadget_close(&gadget);
}

static void use_volume(const struct kite_memory *mem, struct kernel *k)
{
    struct volume volume;
    bool is_inbox = kite_take_u8(&k->in) & 1;

    write_file("/dev/sda1", k->in.at, (size_t)(k->in.end - k->in.at));
    volume_init(&volume, &k->system, mem, "/run/kite", is_inbox);
    if (is_inbox)
        (void)volume_is_dirty(&k->system, mem, "/dev/sda1");
    if (volume_mount(&volume, "/dev/sda1", NULL) == KITE_OK) {
        HOLDS(volume_is_mounted(&volume));
        if (!volume_let_go(&volume))
            volume_unmount(&volume);
    }
    HOLDS(!volume_is_mounted(&volume));
}

/* ---- set-up ------------------------------------------------------------------------------------------------------------ */

static void make_folders(void)
{
    static const char *const folders[] = { "", "/dev", "/dev/dri", "/dev/input", "/run", "/run/kite", "/sys", "/sys/class",
                                           "/sys/class/power_supply", "/sys/class/power_supply/a", "/sys/class/power_supply/b",
                                           "/sys/class/hwmon", "/sys/class/hwmon/h", "/sys/class/thermal", "/sys/class/thermal/t",
                                           "/sys/class/backlight", "/sys/class/backlight/l", "/sys/class/udc", "/sys/class/udc/u" };
    char path[SYSTEM_PATH_BYTES_MAX];

    for (size_t i = 1; i < sizeof folders / sizeof *folders; i++) {
        snprintf(path, sizeof path, "%s%s", root, folders[i]);
        HOLDS(mkdir(path, 0700) == 0);
    }
    write_file("/dev/fb0", NULL, 0);
    write_file("/dev/dri/card0", NULL, 0);
}

static void remove_folders(void)
{
    char command[sizeof root + 16];

    snprintf(command, sizeof command, "rm -rf '%s'", root);
    if (system(command) != 0)
        perror(root);
}

int LLVMFuzzerInitialize(int *count, char ***arguments)
{
    static const char text[] = "name = t\ndisplay = fbdev\nkey = 104 previous\nkey = 116 power\nthermometer = panel\nsleep = mem\nrtc = rtc0\n";

    (void)count, (void)arguments;
    HOLDS(board_parse(text, sizeof text - 1, &board, NULL) == KITE_OK);
    HOLDS(mkdtemp(root));
    atexit(remove_folders);
    make_folders();
    return 0;
}

static void (*use)(const struct kite_memory *mem, struct kernel *k);

static void use_once(const struct kite_memory *mem, const uint8_t *data, size_t size)
{
    struct kernel k = { .system = { .root = root, .ioctl = say, .map = map, .unmap = unmap, .mount = mount_volume, .unmount = unmount_volume,
                                    .now_ms = now_ms, .sleep_until = sleep_until },
                        .in = { data, data + size, false } };

    k.system.ctx = &k;
    use(mem, &k);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static void (*const uses[])(const struct kite_memory *mem, struct kernel *k) = { use_screen, use_input, use_sensors, use_volume };

    if (size == 0)
        return 0;
    use = uses[data[0] % 4];
    with_memory_that_ends(data + 1, size - 1, use_once);
    return 0;
}
