/* Any framebuffer: what is drawn is to be seen at once. */
#include "device/display.h"
#include "device/framebuffer.h"

struct port {
    struct kite_memory mem;
    struct fbdev fbdev;
};

/* INIT has no meaning here: the picture follows it at once. */
static enum kite_status start(void *ctx, const struct kite_update *update,
                              const struct kite_panel_pixels *frame, int64_t now_ms,
                              int64_t *end_ms)
{
    struct port *port = ctx;

    *end_ms = now_ms;
    if (update->waveform == KITE_WAVEFORM_INIT)
        return KITE_OK;
    framebuffer_draw(&port->fbdev.fb, update->rect, frame);
    fbdev_pan(&port->fbdev);
    return KITE_OK;
}

static void settle(void *ctx)
{
    (void)ctx;
}

static void close_port(void *ctx)
{
    struct port *port = ctx;
    struct kite_memory mem = port->mem;

    fbdev_close(&port->fbdev);
    kite_free(&mem, port);
}

enum kite_status display_fbdev_open(const struct display_options *options, struct display *out,
                                    struct kite_fault *fault)
{
    const struct board *board = options->board;
    struct port *port = kite_alloc(options->mem, 1, sizeof *port);
    enum kite_status status;

    if (!port)
        return kite_fail(fault, KITE_E_NOMEM, "display");
    port->mem = *options->mem;
    status = fbdev_open(options->system, options->path, board->bits, board->rotation, &port->fbdev,
                        fault);
    if (status) {
        kite_free(options->mem, port);
        return status;
    }

    struct kite_rect canvas = framebuffer_canvas(&port->fbdev.fb);

    out->panel =
        (struct kite_panel_geometry){ canvas.width, canvas.height, options->board->panel.ppi };
    out->ctx = port;
    out->start = start;
    out->settle = settle;
    out->close = close_port;
    return KITE_OK;
}
