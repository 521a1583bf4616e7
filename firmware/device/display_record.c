/* A display for tests, for counting instructions and for those without hardware: what would have
 * been sent goes to updates.log in a folder, a line each, and what the panel would show once all
 * updates have ended to NNNNN.pgm. */
#include "device/display.h"
#include "host/host.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

struct port {
    struct kite_memory mem;
    FILE *log;
    unsigned count;
    struct kite_panel_geometry panel;
    char folder[SYSTEM_PATH_BYTES_MAX];
    uint8_t *shown; /* [height * width]; NULL before the first update */
};

static void show(struct port *p, const struct kite_update *update,
                 const struct kite_panel_pixels *frame)
{
    struct kite_rect r = update->rect;

    for (int32_t y = r.y; y < r.y + r.height; y++)
        for (int32_t x = r.x; x < r.x + r.width; x++) {
            uint8_t gray = frame->pixels[(size_t)y * (size_t)frame->stride_bytes + (size_t)x];
            uint8_t level = update->waveform == KITE_WAVEFORM_INIT ? 15 : gray >> 4;

            p->shown[(size_t)y * (size_t)p->panel.width_px + (size_t)x] = (uint8_t)(level * 0x11);
        }
}

static enum kite_status write_picture(struct port *p)
{
    char path[SYSTEM_PATH_BYTES_MAX + 16];
    const struct kite_canvas canvas = { p->shown, p->panel.width_px, p->panel.height_px,
                                        p->panel.width_px };
    struct kite_output output;
    struct kite_sink sink;
    enum kite_status status;

    snprintf(path, sizeof path, "%s/%05u.pgm", p->folder, p->count);
    status = kite_output_open(&p->mem, path, &output, NULL);
    if (status)
        return status;
    sink = kite_output_sink(&output);
    status = kite_canvas_write_pgm(&canvas, &sink);
    if (status == KITE_OK)
        return kite_output_commit(&output, NULL);
    kite_output_drop(&output);
    return status;
}

static enum kite_status record_update(void *ctx, const struct kite_update *update,
                                      const struct kite_panel_pixels *frame, int64_t now_ms,
                                      int64_t *end_ms)
{
    struct port *p = ctx;
    struct kite_rect r = update->rect;

    if (!p->shown)
        p->shown = kite_alloc(&p->mem, (size_t)p->panel.width_px, (size_t)p->panel.height_px);
    if (!p->shown)
        return KITE_E_NOMEM;
    (void)end_ms; /* as long as a panel takes */
    p->count++;
    fprintf(p->log, "%05u %lld %s %s %d %d %d %d\n", p->count, (long long)now_ms,
            kite_waveform_name(update->waveform),
            update->mode == KITE_UPDATE_FULL ? "full" : "partial", (int)r.x, (int)r.y, (int)r.width,
            (int)r.height);
    fflush(p->log);
    show(p, update, frame);
    return write_picture(p);
}

static void settle(void *ctx)
{
    (void)ctx;
}

static void close_port(void *ctx)
{
    struct port *p = ctx;
    struct kite_memory mem = p->mem;

    if (p->log)
        fclose(p->log);
    kite_free(&mem, p->shown);
    kite_free(&mem, p);
}

/* A program started anew goes on where the one before it ended. */
static void count_lines(struct port *p)
{
    int c;

    while ((c = getc(p->log)) != EOF)
        p->count += c == '\n';
}

static enum kite_status open_log(struct port *p, struct kite_fault *fault)
{
    char path[SYSTEM_PATH_BYTES_MAX + 16];
    enum kite_status status = kite_folder_make(p->folder, fault);

    if (status)
        return status;
    snprintf(path, sizeof path, "%s/updates.log", p->folder);
    p->log = fopen(path, "a+e");
    if (!p->log)
        return kite_fail(fault, KITE_E_IO, "cannot write %s: %s", path, strerror(errno));
    count_lines(p);
    return KITE_OK;
}

enum kite_status display_record_open(const struct display_options *options, struct display *out,
                                     struct kite_fault *fault)
{
    struct kite_panel_geometry panel = options->board->panel;
    struct port *p = kite_alloc(options->mem, 1, sizeof *p);
    enum kite_status status;

    if (panel.width_px == 0)
        panel = (struct kite_panel_geometry){ 1072, 1448, panel.ppi };
    if (!p)
        return kite_fail(fault, KITE_E_NOMEM, "display");
    p->mem = *options->mem;
    p->panel = panel;
    snprintf(p->folder, sizeof p->folder, "%s", options->path);
    status = open_log(p, fault);
    if (status) {
        close_port(p);
        return status;
    }
    out->panel = panel;
    out->ctx = p;
    out->start = record_update;
    out->settle = settle;
    out->close = close_port;
    return KITE_OK;
}
