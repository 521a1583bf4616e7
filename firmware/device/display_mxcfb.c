/* E-ink controllers behind a framebuffer: drawing shows nothing, an update is asked for by ioctl.
 * The request differs from kernel to kernel in what follows its first seven words, and with its
 * size the ioctl's number: a wrong one is refused, so the right one is found by trying. Layouts
 * are those of 32-bit ARM, where every field is one word. */
#include "device/display.h"
#include "device/framebuffer.h"

#include <errno.h>
#include <linux/ioctl.h>
#include <string.h>

#define WORDS_MAX 18
#define NONE 0 /* the word is not there; word 0 is the rectangle's */

enum { WORD_TOP = 0, WORD_LEFT, WORD_WIDTH, WORD_HEIGHT, WORD_WAVEFORM, WORD_MODE, WORD_MARKER };

static const struct abi {
    const char *name;
    uint8_t words;              /* of the request */
    uint8_t temperature, flags; /* at which word */
} abis[] = {
    { "v1", 16, 7, 8 },      /* i.MX5 and 6 */
    { "v1-ntx", 17, 7, 8 },  /* with a pointer before the alternative buffer */
    { "v2", 18, 7, 8 },      /* i.MX6SLL, 6ULL, 7: dithering words before it */
    { "hwtcon", 9, NONE, 7 } /* MediaTek */
};
#define ABI_COUNT (sizeof abis / sizeof *abis)

/* _IOW and its like, by size. */
#define REQUEST(direction, number, bytes) _IOC(direction, 'F', number, bytes)
#define SET_TEMPERATURE REQUEST(_IOC_WRITE, 0x2C, 4u)
#define SET_AUTO_UPDATE REQUEST(_IOC_WRITE, 0x2D, 4u)
#define SEND_UPDATE 0x2E
#define SET_POWER_DOWN REQUEST(_IOC_WRITE, 0x30, 4u)
#define SET_SCHEME REQUEST(_IOC_WRITE, 0x32, 4u)

static const unsigned long waits[] = {
    REQUEST(_IOC_WRITE, 0x2F, 4u),
    REQUEST(_IOC_READ | _IOC_WRITE, 0x2F, 8u),
    REQUEST(_IOC_READ | _IOC_WRITE, 0x35, 8u),
};
#define WAIT_COUNT (sizeof waits / sizeof *waits)

#define REGION_MODE 0u
#define SCHEME_SNAPSHOT 0u /* the driver has copied the pixels when the call returns */

#define FLIGHTS_MAX 32
#define LATE_MS 2000   /* after its expected end an update has ended, whatever is said */
#define FAILURES_MAX 3 /* of waiting, then it is not asked any more */
#define TEMPERATURE_SENSOR 4096

/* An update that may not have ended. */
struct flight {
    struct kite_rect rect; /* of the framebuffer */
    uint32_t marker;
    bool is_full;
    int64_t end_ms; /* expected */
};

struct port {
    struct kite_memory mem;
    const struct system *system;
    const struct board *board;
    struct fbdev fbdev;
    const struct abi *abi; /* NULL: not found yet */
    size_t wait;           /* index; WAIT_COUNT: there is none that can be trusted */
    bool is_wait_found;
    unsigned failures;
    uint32_t marker;
    struct flight flights[FLIGHTS_MAX];
    size_t flight_count;
};

static int ask(struct port *p, unsigned long request, void *argument)
{
    return p->system->ioctl(p->system->ctx, p->fbdev.descriptor, request, argument);
}

static int64_t now(const struct port *p)
{
    return p->system->now_ms(p->system->ctx);
}

/* The kernel does not know a request of this number and size. One kernel is known to say EINTR. */
static bool is_unknown(int result)
{
    return result == -ENOTTY || result == -EINVAL || result == -ENOSYS || result == -EINTR;
}

/* ---- waiting ----------------------------------------------------------------------------------
 */

/* The request that waits for a marker, found by trying; some kernels write two words whatever they
 * declare. An update that has ended returns at once. */
static int ask_to_wait(struct port *p, uint32_t marker)
{
    uint32_t words[2];
    int result = -ENOTTY;

    for (; p->wait < WAIT_COUNT; p->wait++) {
        words[0] = marker;
        words[1] = 0;
        result = ask(p, waits[p->wait], words);
        if (p->is_wait_found || !is_unknown(result))
            break;
    }
    p->is_wait_found = p->is_wait_found || result >= 0;
    return result;
}

/* Until an update has ended. On some boards the driver's wait now and then runs out although all is
 * done; it is bounded there, and given up when that goes on. */
static void wait_for(struct port *p, const struct flight *flight)
{
    int result = -ENOTTY;

    if (now(p) >= flight->end_ms + LATE_MS)
        return;
    do
        result = p->wait < WAIT_COUNT ? ask_to_wait(p, flight->marker) : -ENOTTY;
    while (result == -EINTR && now(p) < flight->end_ms + LATE_MS);
    if (result >= 0)
        return;
    p->system->sleep_until(p->system->ctx, flight->end_ms);
    if (p->wait < WAIT_COUNT && ++p->failures >= FAILURES_MAX) {
        device_log("the display driver's wait is not to be trusted");
        p->wait = WAIT_COUNT;
    }
}

static bool do_meet(const struct flight *a, const struct flight *b)
{
    return a->is_full || b->is_full || !kite_rect_is_empty(kite_rect_intersect(a->rect, b->rect));
}

/* An update over a running one would be held back and then shown by another waveform. The policy
 * gives none before the expected end; what a controller takes longer is waited for here. */
static void clear_the_way(struct port *p, const struct flight *next)
{
    size_t kept = 0;

    for (size_t i = 0; i < p->flight_count; i++) {
        const struct flight *flight = &p->flights[i];

        if (do_meet(flight, next) || (i == 0 && p->flight_count == FLIGHTS_MAX))
            wait_for(p, flight);
        else if (now(p) < flight->end_ms + LATE_MS)
            p->flights[kept++] = *flight;
    }
    p->flight_count = kept;
}

static void settle(void *ctx)
{
    struct port *p = ctx;

    for (size_t i = 0; i < p->flight_count; i++)
        wait_for(p, &p->flights[i]);
    p->flight_count = 0;
}

/* ---- sending ----------------------------------------------------------------------------------
 */

/* Outward to the controller's blocks, in its own orientation. What is added shows what it showed.
 */
static struct kite_rect aligned(const struct port *p, struct kite_rect rect)
{
    int32_t align = p->board->kind.align_px;
    int32_t left = rect.x / align * align, top = rect.y / align * align;
    int32_t right = (rect.x + rect.width + align - 1) / align * align,
            bottom = (rect.y + rect.height + align - 1) / align * align;
    const struct kite_rect all = { 0, 0, p->fbdev.fb.width_px, p->fbdev.fb.height_px };

    return kite_rect_intersect((struct kite_rect){ left, top, right - left, bottom - top }, all);
}

static int send_as(struct port *p, const struct abi *abi, const struct flight *flight,
                   const struct kite_update *update)
{
    uint32_t words[WORDS_MAX] = { 0 };

    words[WORD_TOP] = (uint32_t)flight->rect.y;
    words[WORD_LEFT] = (uint32_t)flight->rect.x;
    words[WORD_WIDTH] = (uint32_t)flight->rect.width;
    words[WORD_HEIGHT] = (uint32_t)flight->rect.height;
    words[WORD_WAVEFORM] = p->board->waveforms[update->waveform];
    words[WORD_MODE] = update->mode == KITE_UPDATE_FULL;
    words[WORD_MARKER] = flight->marker;
    if (abi->temperature != NONE)
        words[abi->temperature] = (uint32_t)p->board->temperature;
    words[abi->flags] = 0;
    return ask(p, REQUEST(_IOC_WRITE, SEND_UPDATE, abi->words * 4u), words);
}

static int send(struct port *p, const struct flight *flight, const struct kite_update *update)
{
    int result = -ENOTTY;

    if (p->abi)
        return send_as(p, p->abi, flight, update);
    for (size_t i = 0; i < ABI_COUNT && result < 0; i++) {
        result = send_as(p, &abis[i], flight, update);
        if (result >= 0)
            p->abi = &abis[i];
        else if (!is_unknown(result))
            return result;
    }
    if (p->abi)
        device_log("display: mxcfb %s", p->abi->name);
    return result;
}

static void draw(struct port *p, const struct kite_update *update,
                 const struct kite_panel_pixels *frame)
{
    /* What the controller believes to be shown is what lies in its memory. */
    if (update->waveform == KITE_WAVEFORM_INIT)
        framebuffer_fill(&p->fbdev.fb, update->rect, 0xff);
    else
        framebuffer_draw(&p->fbdev.fb, update->rect, frame);
}

static enum kite_status start(void *ctx, const struct kite_update *update,
                              const struct kite_panel_pixels *frame, int64_t now_ms,
                              int64_t *end_ms)
{
    struct port *p = ctx;
    struct flight next = { .rect = aligned(p, framebuffer_turn(&p->fbdev.fb, update->rect)),
                           .is_full =
                               update->mode == KITE_UPDATE_FULL && p->board->kind.is_full_alone };
    int result;

    (void)now_ms;
    clear_the_way(p, &next);
    draw(p, update, frame);
    p->marker = p->marker == UINT32_MAX ? 1 : p->marker + 1;
    next.marker = p->marker;
    result = send(p, &next, update);
    if (result < 0) {
        device_log("display: update refused: %s", strerror(-result));
        return KITE_E_IO;
    }
    next.end_ms = now(p) + (int64_t)update->duration_ms;
    p->flights[p->flight_count++] = next;
    *end_ms = next.end_ms;
    return KITE_OK;
}

/* ---- opening ----------------------------------------------------------------------------------
 */

/* Settings that a kernel may or may not know. */
static void set_up(struct port *p)
{
    uint32_t mode = REGION_MODE, scheme = SCHEME_SNAPSHOT;
    int32_t delay = p->board->power_down_ms, temperature = p->board->temperature;

    ask(p, SET_AUTO_UPDATE, &mode);
    ask(p, SET_SCHEME, &scheme);
    if (delay >= -1)
        ask(p, SET_POWER_DOWN, &delay);
    if (temperature != TEMPERATURE_SENSOR)
        ask(p, SET_TEMPERATURE, &temperature);
}

static void close_port(void *ctx)
{
    struct port *p = ctx;
    struct kite_memory mem = p->mem;

    fbdev_close(&p->fbdev);
    kite_free(&mem, p);
}

enum kite_status display_mxcfb_open(const struct display_options *options, struct display *out,
                                    struct kite_fault *fault)
{
    const struct board *board = options->board;
    struct port *p = kite_alloc(options->mem, 1, sizeof *p);
    struct kite_rect canvas;
    enum kite_status status;

    if (!p)
        return kite_fail(fault, KITE_E_NOMEM, "display");
    *p = (struct port){ .mem = *options->mem, .system = options->system, .board = board };
    status =
        fbdev_open(options->system, options->path, board->bits, board->rotation, &p->fbdev, fault);
    if (status == KITE_OK && !strstr(p->fbdev.id, "epdc") && !strstr(p->fbdev.id, "hwtcon"))
        status = kite_fail(fault, KITE_E_UNSUPPORTED, "%s is %s, which has no e-ink controller",
                           options->path, p->fbdev.id[0] ? p->fbdev.id : "a framebuffer");
    if (status) {
        close_port(p);
        return status;
    }
    if (strstr(p->fbdev.id, "hwtcon"))
        p->abi = &abis[ABI_COUNT - 1];
    set_up(p);
    canvas = framebuffer_canvas(&p->fbdev.fb);
    out->panel = (struct kite_panel_geometry){ canvas.width, canvas.height, board->panel.ppi };
    out->ctx = p;
    out->start = start;
    out->settle = settle;
    out->close = close_port;
    return KITE_OK;
}
