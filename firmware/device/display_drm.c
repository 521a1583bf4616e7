/* DRM: one dumb buffer on the first screen that is connected, and its dirty rectangles told. */
#include "device/display.h"
#include "device/drm.h"
#include "device/framebuffer.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define CONNECTORS_MAX 8
#define CRTCS_MAX 8
#define MODES_MAX 64

struct port {
    struct kite_memory mem;
    const struct system *system;
    int descriptor;
    uint32_t connector, crtc, buffer, handle;
    struct drm_mode mode;
    void *map;
    size_t map_bytes;
    struct framebuffer fb;
};

static int ask(struct port *p, unsigned long request, void *argument)
{
    int result;

    do
        result = p->system->ioctl(p->system->ctx, p->descriptor, request, argument);
    while (result == -EINTR || result == -EAGAIN);
    return result;
}

static uint64_t pointer(void *array)
{
    return (uint64_t)(uintptr_t)array;
}

/* ---- choosing ---------------------------------------------------------------------------------
 */

/* Whether something is connected, with its preferred mode. */
static bool look_at_connector(struct port *p, uint32_t id, uint32_t *encoder)
{
    struct drm_mode modes[MODES_MAX];
    struct drm_connector get = { .connector = id,
                                 .modes = pointer(modes),
                                 .mode_count = MODES_MAX };
    uint32_t best = 0;

    if (ask(p, DRM_GET_CONNECTOR, &get) < 0 || get.connection != DRM_CONNECTED ||
        get.mode_count == 0 || get.mode_count > MODES_MAX)
        return false;
    for (uint32_t i = 0; i < get.mode_count && best == 0; i++)
        if (modes[i].type & DRM_MODE_PREFERRED)
            best = i;
    p->connector = id;
    p->mode = modes[best];
    *encoder = get.encoder;
    return true;
}

/* The one that drives the connector now, else the first. */
static uint32_t crtc_of(struct port *p, uint32_t encoder, const uint32_t *crtcs)
{
    struct drm_encoder get = { .encoder = encoder };

    if (encoder && ask(p, DRM_GET_ENCODER, &get) == 0 && get.crtc)
        return get.crtc;
    return crtcs[0];
}

static bool choose(struct port *p)
{
    uint32_t connectors[CONNECTORS_MAX], crtcs[CRTCS_MAX] = { 0 }, encoder = 0;
    struct drm_resources resources = { .connectors = pointer(connectors),
                                       .connector_count = CONNECTORS_MAX,
                                       .crtcs = pointer(crtcs),
                                       .crtc_count = CRTCS_MAX };

    if (ask(p, DRM_GET_RESOURCES, &resources) < 0 || resources.crtc_count == 0 ||
        resources.crtc_count > CRTCS_MAX || resources.connector_count > CONNECTORS_MAX)
        return false;
    for (uint32_t i = 0; i < resources.connector_count; i++)
        if (look_at_connector(p, connectors[i], &encoder)) {
            p->crtc = crtc_of(p, encoder, crtcs);
            return p->crtc != 0;
        }
    return false;
}

/* ---- the buffer -------------------------------------------------------------------------------
 */

static enum kite_status make_buffer(struct port *p, int rotation, struct kite_fault *fault)
{
    static const struct framebuffer_field fields[] = { { 16, 8 }, { 8, 8 }, { 0, 8 } };
    struct drm_dumb make = { .width = p->mode.width, .height = p->mode.height, .bits = 32 };
    struct drm_dumb_map map = { .handle = 0 };
    struct drm_framebuffer add = {
        .width = make.width, .height = make.height, .bits = 32, .depth = 24
    };

    if (make.width > KITE_PANEL_MOST_PX || make.height > KITE_PANEL_MOST_PX ||
        ask(p, DRM_CREATE_DUMB, &make) < 0)
        return kite_fail(fault, KITE_E_UNSUPPORTED, "the screen gives no buffer to draw in");
    p->handle = map.handle = add.handle = make.handle;
    add.pitch_bytes = make.pitch_bytes;
    if (make.pitch_bytes < make.width * 4 ||
        make.size_bytes < (uint64_t)make.pitch_bytes * make.height || make.size_bytes > SIZE_MAX ||
        ask(p, DRM_ADD_FRAMEBUFFER, &add) < 0 || ask(p, DRM_MAP_DUMB, &map) < 0)
        return kite_fail(fault, KITE_E_IO, "the screen's buffer cannot be used");
    p->buffer = add.id;
    p->map_bytes = (size_t)make.size_bytes;
    p->map = p->system->map(p->system->ctx, p->descriptor, map.offset, p->map_bytes);
    if (!p->map)
        return kite_fail(fault, KITE_E_IO, "the screen's buffer cannot be mapped");
    p->fb = (struct framebuffer){ .memory = p->map,
                                  .width_px = (int32_t)make.width,
                                  .height_px = (int32_t)make.height,
                                  .line_bytes = make.pitch_bytes,
                                  .bytes_per_px = 4,
                                  .rotation = rotation };
    framebuffer_grays(&p->fb, fields);
    framebuffer_fill(&p->fb, framebuffer_canvas(&p->fb), 0xff);
    return KITE_OK;
}

static enum kite_status show_buffer(struct port *p, struct kite_fault *fault)
{
    struct drm_crtc set = { .connectors = pointer(&p->connector),
                            .connector_count = 1,
                            .crtc = p->crtc,
                            .framebuffer = p->buffer,
                            .is_mode_valid = 1,
                            .mode = p->mode };

    return ask(p, DRM_SET_CRTC, &set) < 0
               ? kite_fail(fault, KITE_E_IO, "the screen cannot be switched on")
               : KITE_OK;
}

/* ---- the port ---------------------------------------------------------------------------------
 */

static enum kite_status start(void *ctx, const struct kite_update *update,
                              const struct kite_panel_pixels *frame, int64_t now_ms,
                              int64_t *end_ms)
{
    struct port *p = ctx;
    struct kite_rect at = framebuffer_turn(&p->fb, update->rect);
    struct drm_clip clip = { (uint16_t)at.x, (uint16_t)at.y, (uint16_t)(at.x + at.width),
                             (uint16_t)(at.y + at.height) };
    struct drm_dirty dirty = { .framebuffer = p->buffer, .clip_count = 1, .clips = pointer(&clip) };
    int result;

    *end_ms = now_ms;
    if (update->waveform == KITE_WAVEFORM_INIT)
        return KITE_OK; /* has no meaning here: the picture follows it at once */
    framebuffer_draw(&p->fb, update->rect, frame);
    result = ask(p, DRM_DIRTY, &dirty);
    /* A driver whose memory is scanned out all the time knows no such call. */
    return result < 0 && result != -ENOSYS && result != -EINVAL ? KITE_E_IO : KITE_OK;
}

static void settle(void *ctx)
{
    (void)ctx;
}

static void close_port(void *ctx)
{
    struct port *p = ctx;
    struct kite_memory mem = p->mem;

    if (p->map)
        p->system->unmap(p->system->ctx, p->map, p->map_bytes);
    if (p->buffer)
        ask(p, DRM_REMOVE_FRAMEBUFFER, &p->buffer);
    if (p->handle)
        ask(p, DRM_DESTROY_DUMB, &p->handle);
    if (p->descriptor >= 0)
        close(p->descriptor);
    kite_free(&mem, p);
}

static enum kite_status open_screen(struct port *p, const struct display_options *options,
                                    struct kite_fault *fault)
{
    char full[SYSTEM_PATH_BYTES_MAX];
    enum kite_status status;

    p->descriptor = open(system_path(options->system, options->path, full), O_RDWR | O_CLOEXEC);
    if (p->descriptor < 0)
        return kite_fail(fault, KITE_E_UNSUPPORTED, "%s: %s", options->path, strerror(errno));
    if (!choose(p))
        return kite_fail(fault, KITE_E_UNSUPPORTED, "%s has no screen", options->path);
    status = make_buffer(p, options->board->rotation, fault);
    return status ? status : show_buffer(p, fault);
}

enum kite_status display_drm_open(const struct display_options *options, struct display *out,
                                  struct kite_fault *fault)
{
    struct port *p = kite_alloc(options->mem, 1, sizeof *p);
    struct kite_rect canvas;
    enum kite_status status;

    if (!p)
        return kite_fail(fault, KITE_E_NOMEM, "display");
    *p = (struct port){ .mem = *options->mem, .system = options->system, .descriptor = -1 };
    status = open_screen(p, options, fault);
    if (status) {
        close_port(p);
        return status;
    }
    canvas = framebuffer_canvas(&p->fb);
    out->panel =
        (struct kite_panel_geometry){ canvas.width, canvas.height, options->board->panel.ppi };
    out->ctx = p;
    out->start = start;
    out->settle = settle;
    out->close = close_port;
    return KITE_OK;
}
