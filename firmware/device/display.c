/* Which port shows this machine. */
#include "device/display.h"

#include <string.h>

static const struct port {
    const char *name, *path; /* the usual path; NULL: one must be given */
    enum kite_status (*open)(const struct display_options *options, struct display *out,
                             struct kite_fault *fault);
} ports[] = {
    { "mxcfb", "/dev/fb0", display_mxcfb_open },
    { "drm", "/dev/dri/card0", display_drm_open },
    { "fbdev", "/dev/fb0", display_fbdev_open },
    { "record", NULL, display_record_open },
};
#define PORT_COUNT (sizeof ports / sizeof *ports)

static enum kite_status open_port(struct display_options *options, const struct port *port,
                                  struct display *out, struct kite_fault *fault)
{
    enum kite_status status;

    *out = (struct display){ .name = port->name };
    status = port->open(options, out, fault);
    if (status)
        *out = (struct display){ .name = NULL };
    return status;
}

static enum kite_status open_named(struct display_options *options, const char *spec,
                                   struct display *out, struct kite_fault *fault)
{
    size_t bytes = strcspn(spec, ":");

    for (size_t i = 0; i < PORT_COUNT; i++) {
        if (strlen(ports[i].name) != bytes || strncmp(spec, ports[i].name, bytes) != 0)
            continue;
        options->path = spec[bytes] == ':' ? spec + bytes + 1 : ports[i].path;
        if (!options->path || !*options->path)
            return kite_fail(fault, KITE_E_RANGE, "%s wants a path after a colon", ports[i].name);
        return open_port(options, &ports[i], out, fault);
    }
    return kite_fail(fault, KITE_E_RANGE, "there is no display port \"%s\"", spec);
}

/* The board's choice, and where that is not there, whatever is. */
static enum kite_status open_any(struct display_options *options, struct display *out,
                                 struct kite_fault *fault)
{
    struct kite_fault first = { "" };
    enum kite_status status = open_named(options, options->board->display, out, &first);

    for (size_t i = 0; i < PORT_COUNT && status == KITE_E_UNSUPPORTED; i++) {
        options->path = ports[i].path;
        if (ports[i].path)
            status = open_port(options, &ports[i], out, NULL);
    }
    return status ? kite_fail(fault, status, "no display: %s", first.text) : KITE_OK;
}

enum kite_status display_open(const struct kite_memory *mem, const struct system *system,
                              const struct board *board, const char *spec, struct display *out,
                              struct kite_fault *fault)
{
    struct display_options options = { .mem = mem, .system = system, .board = board };

    *out = (struct display){ .name = NULL };
    return strcmp(spec, "auto") == 0 ? open_any(&options, out, fault)
                                     : open_named(&options, spec, out, fault);
}

void display_close(struct display *display)
{
    if (display->close)
        display->close(display->ctx);
    *display = (struct display){ .name = NULL };
}

struct kite_display display_seam(struct display *display)
{
    return (struct kite_display){ display->ctx, display->start };
}
