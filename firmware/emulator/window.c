/* SDL2: pixels out, keys and mouse in. */
#include "emulator/window.h"

#include "emulator/fit.h"
#include "emulator/record.h"
#include "emulator/script.h"

#include <SDL.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FRAME_MS 16
#define QUIET_MS 100      /* between two looks at the clock when nothing is due */
#define SCREEN_PERCENT 85 /* of the desktop, at first */
#define PATH_BYTES_MAX 4200
#define LINE_BYTES_MAX 4300

struct window {
    struct machine *machine;
    const struct window_options *options;
    SDL_Window *window;
    SDL_Renderer *renderer;
    SDL_Texture *texture;
    uint8_t *gray;
    uint32_t *pixels;
    bool is_one_to_one, is_over, is_down, is_charging;
    bool is_stale;      /* to be painted anew */
    int32_t x_px, y_px; /* of the finger that is down */
    int battery;
    char *dropped; /* the first file of a drop that is not yet complete; SDL's */
    bool has_several;
    FILE *recording;
    int64_t recorded_ms; /* the time of the line written last */
    unsigned shots;
    uint64_t start_ticks;
};

/* SDL falls back on drivers that show nothing; they count only when they were asked for. */
static bool is_blind(const char *driver)
{
    static const char *const blind[] = { "dummy", "offscreen", "evdev" };

    for (size_t i = 0; i < sizeof blind / sizeof *blind; i++)
        if (strcmp(driver, blind[i]) == 0)
            return getenv("SDL_VIDEODRIVER") == NULL;
    return false;
}

bool window_is_possible(void)
{
    bool is_possible = SDL_Init(SDL_INIT_VIDEO) == 0 && !is_blind(SDL_GetCurrentVideoDriver());

    SDL_Quit();
    return is_possible;
}

/* ---- drawing --------------------------------------------------------------------------------- */

/* As it is now: a window may be resized, and moved to a denser display. */
static struct fit fit_of(const struct window *w)
{
    const struct kite_panel_geometry *panel = &w->machine->core.options.panel;
    struct fit fit = { .panel_width_px = panel->width_px,
                       .panel_height_px = panel->height_px,
                       .is_one_to_one = w->is_one_to_one };

    SDL_GetWindowSize(w->window, &fit.width_points, &fit.height_points);
    SDL_GetRendererOutputSize(w->renderer, &fit.width_px, &fit.height_px);
    return fit;
}

static void paint(struct window *w)
{
    const struct kite_panel_geometry *panel = &w->machine->core.options.panel;
    const struct kite_canvas *canvas = w->machine->core.frame.canvas;
    size_t count = (size_t)panel->width_px * (size_t)panel->height_px;
    const uint8_t *gray = w->gray;
    struct fit fit = fit_of(w);
    struct kite_rect place = fit_place(&fit);
    SDL_Rect at = { place.x, place.y, place.width, place.height };

    if (w->options->is_plain && canvas)
        gray = canvas->pixels;
    else
        kite_panel_model_view(w->machine->model, w->machine->core.now_ms, w->gray, panel->width_px);
    for (size_t i = 0; i < count; i++)
        w->pixels[i] = 0xFF000000u | (uint32_t)gray[i] * 0x010101u;
    SDL_UpdateTexture(w->texture, NULL, w->pixels, panel->width_px * 4);
    SDL_SetRenderDrawColor(w->renderer, 70, 70, 70, 255);
    SDL_RenderClear(w->renderer);
    SDL_RenderCopy(w->renderer, w->texture, NULL, &at);
    SDL_RenderPresent(w->renderer);
}

/* ---- files ----------------------------------------------------------------------------------- */

static void take_screenshot(struct window *w)
{
    char name[32];
    struct kite_fault fault = { "" };

    snprintf(name, sizeof name, "kite-screen-%03u", ++w->shots);
    if (record_panel(w->machine, w->options->folder, name, &fault))
        fprintf(stderr, "kite-emulator: %s\n", fault.text);
    else
        fprintf(stderr, "screenshot: %s/%s.png\n", w->options->folder, name);
}

static bool begin_recording(struct window *w, const char *path)
{
    w->recording = fopen(path, "w");
    w->recorded_ms = w->machine->core.now_ms;
    if (!w->recording) {
        fprintf(stderr, "kite-emulator: cannot write %s: %s\n", path, strerror(errno));
        return false;
    }
    setvbuf(w->recording, NULL, _IOLBF, 0); /* so that it is whole up to a crash */
    fprintf(w->recording, SCRIPT_RECORDING_HEAD "\n");
    fprintf(stderr, "recording: %s\n", path);
    return true;
}

/* With the time that has passed up to the end, when frames may have come by themselves. */
static void end_recording(struct window *w)
{
    if (!w->recording)
        return;
    if (w->machine->core.now_ms > w->recorded_ms)
        fprintf(w->recording, "wait %lldms\n",
                (long long)(w->machine->core.now_ms - w->recorded_ms));
    if (fclose(w->recording) != 0)
        fprintf(stderr, "kite-emulator: cannot write the recording: %s\n", strerror(errno));
    else
        fprintf(stderr, "recording: ended\n");
    w->recording = NULL;
}

static void toggle_recording(struct window *w)
{
    char path[PATH_BYTES_MAX];

    if (w->recording)
        end_recording(w);
    else if (snprintf(path, sizeof path, "%s/kite-session.script", w->options->folder) <
             (int)sizeof path)
        begin_recording(w, path);
}

static void record(struct window *w, const char *line)
{
    if (!w->recording)
        return;
    if (w->machine->core.now_ms > w->recorded_ms)
        fprintf(w->recording, "wait %lldms\n",
                (long long)(w->machine->core.now_ms - w->recorded_ms));
    w->recorded_ms = w->machine->core.now_ms;
    fprintf(w->recording, "%s\n", line);
}

/* ---- events ---------------------------------------------------------------------------------- */

static enum kite_status send(struct window *w, struct kite_event event)
{
    char line[80];

    if (script_line(&event, line, sizeof line))
        record(w, line);
    return machine_event(w->machine, event);
}

static enum kite_status send_key(struct window *w, enum kite_key key, bool is_long)
{
    return send(w, (struct kite_event){ .kind = KITE_EVENT_KEY, .key = key, .is_long = is_long });
}

static void record_stick(struct window *w, const char *how, const char *path)
{
    char line[LINE_BYTES_MAX];

    if (script_stick_line(how, path, line, sizeof line))
        record(w, line);
    else if (w->recording)
        fprintf(
            stderr,
            "kite-emulator: the recording lacks the stick, as a script cannot write its name\n");
}

/* What cannot be put in is said, and no reason to end. */
static enum kite_status unless_unreadable(const struct window *w, enum kite_status status)
{
    if (status != KITE_E_IO)
        return status;
    fprintf(stderr, "kite-emulator: %s\n", w->machine->core.fault.text);
    return KITE_OK;
}

static enum kite_status put_in_stick(struct window *w, const char *path)
{
    enum kite_status status = machine_stick(w->machine, path);

    if (status == KITE_OK)
        record_stick(w, "in", path);
    return unless_unreadable(w, status);
}

/* One more of several that were dropped together. */
static enum kite_status hold_for_stick(struct window *w, const char *path)
{
    enum kite_status status = machine_stick_hold(w->machine, path);

    if (status == KITE_OK)
        record_stick(w, "with", path);
    return unless_unreadable(w, status);
}

static enum kite_status pull_out_stick(struct window *w)
{
    if (!w->machine->has_stick) {
        fprintf(stderr, "drop a folder, or .kite files, onto the window to put in a stick\n");
        return KITE_OK;
    }
    record(w, "stick out");
    return machine_stick(w->machine, NULL);
}

static enum kite_status change_battery(struct window *w, bool is_plug)
{
    if (is_plug)
        w->is_charging = !w->is_charging;
    else
        w->battery = w->battery > 10 ? w->battery - 10 : 100;
    fprintf(stderr, "battery: %d %%%s\n", w->battery, w->is_charging ? ", charging" : "");
    return send(w, (struct kite_event){ .kind = KITE_EVENT_BATTERY,
                                        .percent = w->battery,
                                        .is_charging = w->is_charging });
}

static enum kite_status cut_power(struct window *w)
{
    record(w, "power cut");
    return machine_cut_power(w->machine);
}

/* Pixel by pixel, in a window that holds all of the panel where the desktop has room for it. */
static enum kite_status toggle_one_to_one(struct window *w)
{
    struct fit fit = fit_of(w);
    int32_t width, height;

    w->is_one_to_one = !w->is_one_to_one;
    fit_one_to_one(&fit, &width, &height);
    if (w->is_one_to_one)
        SDL_SetWindowSize(w->window, width, height);
    return KITE_OK;
}

static enum kite_status on_key(struct window *w, const SDL_KeyboardEvent *key)
{
    bool is_long = (key->keysym.mod & KMOD_SHIFT) != 0;

    switch (key->keysym.sym) {
    case SDLK_RIGHT:
    case SDLK_DOWN:
    case SDLK_PAGEDOWN:
    case SDLK_SPACE:
        return send_key(w, KITE_KEY_NEXT, is_long);
    case SDLK_LEFT:
    case SDLK_UP:
    case SDLK_PAGEUP:
        return send_key(w, KITE_KEY_PREVIOUS, is_long);
    case SDLK_RETURN:
    case SDLK_KP_ENTER:
        return send_key(w, KITE_KEY_SELECT, is_long);
    case SDLK_ESCAPE:
    case SDLK_BACKSPACE:
    case SDLK_m:
        return send_key(w, KITE_KEY_MENU, is_long);
    case SDLK_1:
        return toggle_one_to_one(w);
    case SDLK_F12:
    case SDLK_p:
        take_screenshot(w);
        return KITE_OK;
    case SDLK_r:
        toggle_recording(w);
        return KITE_OK;
    case SDLK_b:
        return change_battery(w, is_long);
    case SDLK_u:
        return pull_out_stick(w);
    case SDLK_z:
        return send(w,
                    (struct kite_event){ .kind = w->machine->core.is_asleep ? KITE_EVENT_WAKE
                                                                            : KITE_EVENT_SLEEP });
    case SDLK_h:
        return send(w, (struct kite_event){ .kind = KITE_EVENT_HIDE });
    case SDLK_x:
        return cut_power(w);
    case SDLK_q:
        w->is_over = (key->keysym.mod & KMOD_CTRL) != 0;
        return KITE_OK;
    }
    return KITE_OK;
}

static bool point_of(const struct window *w, int x, int y, int32_t *x_px, int32_t *y_px)
{
    struct fit fit = fit_of(w);

    return fit_point(&fit, x, y, x_px, y_px);
}

static enum kite_status send_touch(struct window *w, enum kite_touch touch)
{
    w->is_down = touch != KITE_TOUCH_UP;
    return send(w,
                (struct kite_event){
                    .kind = KITE_EVENT_TOUCH, .touch = touch, .x_px = w->x_px, .y_px = w->y_px });
}

static enum kite_status on_button(struct window *w, const SDL_MouseButtonEvent *button)
{
    bool is_press = button->type == SDL_MOUSEBUTTONDOWN;
    int32_t x, y;
    bool is_inside = point_of(w, button->x, button->y, &x, &y);

    if (button->button != SDL_BUTTON_LEFT || is_press == w->is_down || (is_press && !is_inside))
        return KITE_OK;
    w->x_px = x;
    w->y_px = y;
    return send_touch(w, is_press ? KITE_TOUCH_DOWN : KITE_TOUCH_UP);
}

static enum kite_status on_motion(struct window *w, const SDL_MouseMotionEvent *motion)
{
    int32_t x, y;

    if (!w->is_down)
        return KITE_OK;
    point_of(w, motion->x, motion->y, &x, &y);
    if (x == w->x_px && y == w->y_px)
        return KITE_OK;
    w->x_px = x;
    w->y_px = y;
    return send_touch(w, KITE_TOUCH_MOVE);
}

/* A window that loses the focus may never hear that the button was let go. */
static enum kite_status on_window(struct window *w, uint8_t what)
{
    w->is_stale = true;
    return what == SDL_WINDOWEVENT_FOCUS_LOST && w->is_down ? send_touch(w, KITE_TOUCH_UP)
                                                            : KITE_OK;
}

/* Files come one by one, between a begin and an end. One alone, or a folder, is a stick as it is;
 * several are a stick with all of them. */
static enum kite_status on_drop(struct window *w, const SDL_DropEvent *drop)
{
    enum kite_status status = KITE_OK;

    if (drop->type == SDL_DROPFILE && drop->file && !w->dropped) {
        w->dropped = drop->file;
        return KITE_OK;
    }
    if (drop->type == SDL_DROPFILE && drop->file) {
        if (!w->has_several)
            status = hold_for_stick(w, w->dropped);
        w->has_several = true;
        status = status ? status : hold_for_stick(w, drop->file);
        SDL_free(drop->file);
        return status;
    }
    if (drop->type == SDL_DROPCOMPLETE && w->has_several) {
        record(w, "stick in");
        status = machine_stick_held(w->machine);
    } else if (drop->type == SDL_DROPCOMPLETE && w->dropped) {
        status = put_in_stick(w, w->dropped);
    }
    SDL_free(w->dropped);
    w->dropped = NULL;
    w->has_several = false;
    return status;
}

/* The wheel is two fingers that move apart or together. */
static enum kite_status on_wheel(struct window *w, int steps)
{
    int32_t unit = w->machine->core.options.panel.width_px / 8,
            y = w->machine->core.options.panel.height_px / 2;
    int32_t from = steps > 0 ? unit : 2 * unit, to = 3 * unit - from;
    const int32_t reach[] = { from, to, to };
    enum kite_status status = KITE_OK;

    if (w->is_down)
        return KITE_OK;
    for (int i = 0; i < 3 && status == KITE_OK; i++)
        for (int finger = 0; finger < 2 && status == KITE_OK; finger++)
            status =
                send(w, (struct kite_event){ .kind = KITE_EVENT_TOUCH,
                                             .touch = (enum kite_touch)i,
                                             .finger = (uint8_t)finger,
                                             .y_px = y,
                                             .x_px = 4 * unit + (finger ? reach[i] : -reach[i]) });
    return status;
}

static enum kite_status on_event(struct window *w, const SDL_Event *event)
{
    switch (event->type) {
    case SDL_QUIT:
        w->is_over = true;
        return KITE_OK;
    case SDL_KEYDOWN:
        return event->key.repeat ? KITE_OK : on_key(w, &event->key);
    case SDL_MOUSEBUTTONDOWN:
    case SDL_MOUSEBUTTONUP:
        return on_button(w, &event->button);
    case SDL_MOUSEMOTION:
        return on_motion(w, &event->motion);
    case SDL_MOUSEWHEEL:
        return event->wheel.y ? on_wheel(w, event->wheel.y) : KITE_OK;
    case SDL_WINDOWEVENT:
        return on_window(w, event->window.event);
    case SDL_RENDER_TARGETS_RESET:
    case SDL_RENDER_DEVICE_RESET:
        w->is_stale = true;
        return KITE_OK;
    case SDL_DROPBEGIN:
    case SDL_DROPFILE:
    case SDL_DROPCOMPLETE:
        return on_drop(w, &event->drop);
    case SDL_DROPTEXT: /* words are of no use, but ours to free */
        SDL_free(event->drop.file);
        return KITE_OK;
    }
    return KITE_OK;
}

/* ---- the loop -------------------------------------------------------------------------------- */

/* Until something is due, at most. */
static int rest_ms(const struct window *w)
{
    int64_t due = machine_due_ms(w->machine), rest;

    if (w->machine->core.panel_ask_ms != KITE_NEVER_MS)
        return FRAME_MS; /* the panel is changing */
    if (due == KITE_NEVER_MS)
        return QUIET_MS;
    rest = (due - w->machine->core.now_ms) / w->options->speed;
    return rest < 1 ? 1 : rest < QUIET_MS ? (int)rest : QUIET_MS;
}

static enum kite_status live(struct window *w)
{
    enum kite_status status = KITE_OK;
    int64_t start_ms = w->machine->core.now_ms;

    w->is_stale = true;
    while (!w->is_over && status == KITE_OK) {
        SDL_Event event;
        bool has_event = SDL_WaitEventTimeout(&event, rest_ms(w)) != 0;
        int64_t now = start_ms + (int64_t)(SDL_GetTicks64() - w->start_ticks) * w->options->speed;

        w->is_stale = w->is_stale || has_event || machine_due_ms(w->machine) <= now ||
                      w->machine->core.panel_ask_ms != KITE_NEVER_MS;
        status = machine_run_until(w->machine, now);
        while (has_event && status == KITE_OK) {
            status = on_event(w, &event);
            has_event = SDL_PollEvent(&event) != 0;
        }
        if (w->is_stale)
            paint(w);
        w->is_stale = false;
    }
    return status;
}

static enum kite_status make_window(struct window *w)
{
    const struct kite_panel_geometry *panel = &w->machine->core.options.panel;
    SDL_DisplayMode mode = { .w = 1600, .h = 1000 };
    int height = panel->height_px, width = panel->width_px;

    SDL_GetDesktopDisplayMode(0, &mode);
    if (height > mode.h * SCREEN_PERCENT / 100) {
        height = mode.h * SCREEN_PERCENT / 100;
        width = (int)((int64_t)height * panel->width_px / panel->height_px);
    }
    if (width > mode.w * SCREEN_PERCENT / 100) {
        width = mode.w * SCREEN_PERCENT / 100;
        height = (int)((int64_t)width * panel->height_px / panel->width_px);
    }
    w->window = SDL_CreateWindow(w->options->title, SDL_WINDOWPOS_CENTERED, SDL_WINDOWPOS_CENTERED,
                                 width, height, SDL_WINDOW_RESIZABLE | SDL_WINDOW_ALLOW_HIGHDPI);
    if (w->window)
        w->renderer = SDL_CreateRenderer(w->window, -1, 0);
    SDL_SetHint(SDL_HINT_RENDER_SCALE_QUALITY, "linear");
    if (w->renderer)
        w->texture =
            SDL_CreateTexture(w->renderer, SDL_PIXELFORMAT_ARGB8888, SDL_TEXTUREACCESS_STREAMING,
                              panel->width_px, panel->height_px);
    if (!w->texture)
        return kite_fail(&w->machine->core.fault, KITE_E_UNSUPPORTED, "no window: %s",
                         SDL_GetError());
    w->gray = kite_alloc(&w->machine->core.mem, (size_t)panel->width_px, (size_t)panel->height_px);
    w->pixels = kite_alloc(&w->machine->core.mem,
                           (size_t)panel->width_px * (size_t)panel->height_px, sizeof *w->pixels);
    return w->gray && w->pixels ? KITE_OK : KITE_E_NOMEM;
}

static void close_window(struct window *w)
{
    SDL_free(w->dropped);
    kite_free(&w->machine->core.mem, w->gray);
    kite_free(&w->machine->core.mem, w->pixels);
    if (w->texture)
        SDL_DestroyTexture(w->texture);
    if (w->renderer)
        SDL_DestroyRenderer(w->renderer);
    if (w->window)
        SDL_DestroyWindow(w->window);
    SDL_Quit();
}

enum kite_status window_run(struct machine *machine, const struct window_options *options)
{
    struct window w = { .machine = machine, .options = options, .battery = 100 };
    enum kite_status status;

    if (SDL_Init(SDL_INIT_VIDEO) != 0)
        return kite_fail(&machine->core.fault, KITE_E_UNSUPPORTED, "no display: %s",
                         SDL_GetError());
    status = make_window(&w);
    if (status == KITE_OK && options->recording && !begin_recording(&w, options->recording))
        status = kite_fail(&machine->core.fault, KITE_E_IO, "no recording, no session");
    w.start_ticks = SDL_GetTicks64();
    if (status == KITE_OK)
        status = live(&w);
    end_recording(&w);
    close_window(&w);
    return status;
}
