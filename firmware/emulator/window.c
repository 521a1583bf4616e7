/* SDL2: pixels out, keys and mouse in. */
#include "emulator/window.h"

#include "emulator/script.h"

#include <SDL.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#define FRAME_MS 16
#define SCREEN_PERCENT 85 /* of the desktop's height, at first */

struct window {
    struct machine *machine;
    const struct window_options *options;
    SDL_Window *window;
    SDL_Renderer *renderer;
    SDL_Texture *texture;
    uint8_t *gray;
    uint32_t *pixels;
    bool is_one_to_one, is_over, is_down;
    int battery;
    char stick[1024]; /* folder of the stick that is in; "" when none */
    FILE *recording;
    int64_t recorded_ms; /* the time of the line written last */
    unsigned shots;
    uint64_t start_ticks;
};

bool window_is_possible(void)
{
    bool is_possible = SDL_Init(SDL_INIT_VIDEO) == 0;

    if (is_possible && strcmp(SDL_GetCurrentVideoDriver(), "dummy") == 0)
        is_possible = false;
    SDL_Quit();
    return is_possible;
}

/* ---- drawing ------------------------------------------------------------------------------------------ */

/* The panel in the window: as large as it goes, or pixel by pixel. */
static SDL_Rect place_of(const struct window *w)
{
    const struct kite_panel_geometry *panel = &w->machine->options.panel;
    int width, height;
    SDL_Rect at = { 0, 0, panel->width_px, panel->height_px };

    SDL_GetRendererOutputSize(w->renderer, &width, &height);
    if (!w->is_one_to_one) {
        at.w = width;
        at.h = (int)((int64_t)width * panel->height_px / panel->width_px);
        if (at.h > height) {
            at.h = height;
            at.w = (int)((int64_t)height * panel->width_px / panel->height_px);
        }
    }
    at.x = (width - at.w) / 2;
    at.y = (height - at.h) / 2;
    return at;
}

static void paint(struct window *w)
{
    const struct kite_panel_geometry *panel = &w->machine->options.panel;
    const struct kite_canvas *canvas = w->machine->frame.canvas;
    size_t count = (size_t)panel->width_px * (size_t)panel->height_px;
    const uint8_t *gray = w->gray;
    SDL_Rect at = place_of(w);

    if (w->options->is_plain && canvas)
        gray = canvas->pixels;
    else
        kite_panel_model_view(w->machine->model, w->machine->now_ms, w->gray, panel->width_px);
    for (size_t i = 0; i < count; i++)
        w->pixels[i] = 0xFF000000u | (uint32_t)gray[i] * 0x010101u;
    SDL_UpdateTexture(w->texture, NULL, w->pixels, panel->width_px * 4);
    SDL_SetRenderDrawColor(w->renderer, 70, 70, 70, 255);
    SDL_RenderClear(w->renderer);
    SDL_RenderCopy(w->renderer, w->texture, NULL, &at);
    SDL_RenderPresent(w->renderer);
}

/* ---- files --------------------------------------------------------------------------------------------- */

static enum kite_status write_file(void *ctx, const uint8_t *bytes, size_t count)
{
    return fwrite(bytes, 1, count, ctx) == count ? KITE_OK : KITE_E_IO;
}

static void take_screenshot(struct window *w)
{
    const struct kite_panel_geometry *panel = &w->machine->options.panel;
    struct kite_canvas canvas = { w->gray, panel->width_px, panel->height_px, panel->width_px };
    char path[1200];
    FILE *file;

    snprintf(path, sizeof path, "%s/kite-screen-%03u.png", w->options->folder, ++w->shots);
    file = fopen(path, "wb");
    if (!file) {
        fprintf(stderr, "kite-emulator: cannot write %s: %s\n", path, strerror(errno));
        return;
    }
    kite_panel_model_view(w->machine->model, w->machine->now_ms, w->gray, panel->width_px);

    struct kite_sink sink = { file, write_file };
    enum kite_status status = kite_canvas_write_png(&canvas, &w->machine->mem, &sink, NULL);

    if (fclose(file) != 0 || status != KITE_OK)
        fprintf(stderr, "kite-emulator: cannot write %s\n", path);
    else
        fprintf(stderr, "screenshot: %s\n", path);
}

static void toggle_recording(struct window *w)
{
    char path[1200];

    if (w->recording) {
        fclose(w->recording);
        w->recording = NULL;
        fprintf(stderr, "recording: ended\n");
        return;
    }
    snprintf(path, sizeof path, "%s/kite-session.script", w->options->folder);
    w->recording = fopen(path, "w");
    w->recorded_ms = w->machine->now_ms;
    if (w->recording)
        fprintf(stderr, "recording: %s\n", path);
    else
        fprintf(stderr, "kite-emulator: cannot write %s: %s\n", path, strerror(errno));
}

static void record(struct window *w, const char *line)
{
    if (!w->recording)
        return;
    if (w->machine->now_ms > w->recorded_ms)
        fprintf(w->recording, "wait %lldms\n", (long long)(w->machine->now_ms - w->recorded_ms));
    w->recorded_ms = w->machine->now_ms;
    fprintf(w->recording, "%s\n", line);
}

/* ---- events ---------------------------------------------------------------------------------------------- */

static enum kite_status send(struct window *w, struct kite_event event)
{
    char line[1200];

    if (script_line(&event, line, sizeof line))
        record(w, line);
    return machine_event(w->machine, event);
}

static enum kite_status send_key(struct window *w, enum kite_key key, bool is_long)
{
    return send(w, (struct kite_event){ .kind = KITE_EVENT_KEY, .key = key, .is_long = is_long });
}

static enum kite_status toggle_stick(struct window *w, const char *folder)
{
    bool is_in = w->stick[0] == '\0';

    if (is_in && !folder) {
        fprintf(stderr, "drop a folder of .kite files onto the window to put in a stick\n");
        return KITE_OK;
    }
    if (is_in)
        snprintf(w->stick, sizeof w->stick, "%s", folder);

    enum kite_status status =
        send(w, (struct kite_event){ .kind = KITE_EVENT_STORAGE, .is_present = is_in, .folder = is_in ? w->stick : NULL });

    if (!is_in)
        w->stick[0] = '\0';
    return status;
}

static enum kite_status lower_battery(struct window *w)
{
    w->battery = w->battery > 10 ? w->battery - 10 : 100;
    fprintf(stderr, "battery: %d %%\n", w->battery);
    return send(w, (struct kite_event){ .kind = KITE_EVENT_BATTERY, .percent = w->battery });
}

static enum kite_status on_key(struct window *w, const SDL_KeyboardEvent *key)
{
    bool is_long = (key->keysym.mod & KMOD_SHIFT) != 0;

    switch (key->keysym.sym) {
    case SDLK_RIGHT: case SDLK_DOWN: case SDLK_PAGEDOWN: case SDLK_SPACE:
        return send_key(w, KITE_KEY_NEXT, is_long);
    case SDLK_LEFT: case SDLK_UP: case SDLK_PAGEUP:
        return send_key(w, KITE_KEY_PREVIOUS, is_long);
    case SDLK_RETURN: case SDLK_KP_ENTER:
        return send_key(w, KITE_KEY_SELECT, is_long);
    case SDLK_ESCAPE: case SDLK_BACKSPACE: case SDLK_m:
        return send_key(w, KITE_KEY_MENU, is_long);
    case SDLK_1:
        w->is_one_to_one = !w->is_one_to_one;
        return KITE_OK;
    case SDLK_F12: case SDLK_p:
        take_screenshot(w);
        return KITE_OK;
    case SDLK_r:
        toggle_recording(w);
        return KITE_OK;
    case SDLK_b:
        return lower_battery(w);
    case SDLK_u:
        return toggle_stick(w, NULL);
    case SDLK_z:
        return send(w, (struct kite_event){ .kind = w->machine->is_asleep ? KITE_EVENT_WAKE : KITE_EVENT_SLEEP });
    case SDLK_x:
        record(w, "power cut");
        return machine_cut_power(w->machine);
    case SDLK_q:
        w->is_over = (key->keysym.mod & KMOD_CTRL) != 0;
        return KITE_OK;
    }
    return KITE_OK;
}

static enum kite_status on_mouse(struct window *w, enum kite_touch touch, int x, int y)
{
    const struct kite_panel_geometry *panel = &w->machine->options.panel;
    SDL_Rect at = place_of(w);
    int window_width, window_height, width, height;

    SDL_GetWindowSize(w->window, &window_width, &window_height);
    SDL_GetRendererOutputSize(w->renderer, &width, &height);
    x = x * width / (window_width > 0 ? window_width : 1); /* a window of many pixels a point */
    y = y * height / (window_height > 0 ? window_height : 1);
    return send(w, (struct kite_event){ .kind = KITE_EVENT_TOUCH, .touch = touch,
                                        .x_px = (x - at.x) * panel->width_px / (at.w > 0 ? at.w : 1),
                                        .y_px = (y - at.y) * panel->height_px / (at.h > 0 ? at.h : 1) });
}

/* The wheel is two fingers that move apart or together. */
static enum kite_status on_wheel(struct window *w, int steps)
{
    int32_t unit = w->machine->options.panel.width_px / 8, y = w->machine->options.panel.height_px / 2;
    int32_t from = steps > 0 ? unit : 2 * unit, to = 3 * unit - from;
    const int32_t reach[] = { from, to, to };
    enum kite_status status = KITE_OK;

    for (int i = 0; i < 3 && status == KITE_OK; i++)
        for (int finger = 0; finger < 2 && status == KITE_OK; finger++)
            status = send(w, (struct kite_event){ .kind = KITE_EVENT_TOUCH, .touch = (enum kite_touch)i,
                                                  .finger = (uint8_t)finger, .y_px = y,
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
        w->is_down = true;
        return on_mouse(w, KITE_TOUCH_DOWN, event->button.x, event->button.y);
    case SDL_MOUSEBUTTONUP:
        w->is_down = false;
        return on_mouse(w, KITE_TOUCH_UP, event->button.x, event->button.y);
    case SDL_MOUSEMOTION:
        return w->is_down ? on_mouse(w, KITE_TOUCH_MOVE, event->motion.x, event->motion.y) : KITE_OK;
    case SDL_MOUSEWHEEL:
        return event->wheel.y ? on_wheel(w, event->wheel.y) : KITE_OK;
    case SDL_DROPFILE: {
        enum kite_status status = toggle_stick(w, event->drop.file);

        SDL_free(event->drop.file);
        return status;
    }
    }
    return KITE_OK;
}

/* ---- the loop ---------------------------------------------------------------------------------------------- */

static enum kite_status live(struct window *w)
{
    enum kite_status status = KITE_OK;
    int64_t start_ms = w->machine->now_ms;

    while (!w->is_over && status == KITE_OK) {
        SDL_Event event;
        int64_t now = start_ms + (int64_t)(SDL_GetTicks64() - w->start_ticks) * w->options->speed;

        status = machine_run_until(w->machine, now);
        while (status == KITE_OK && SDL_PollEvent(&event))
            status = on_event(w, &event);
        if (w->machine->frame.wants_sleep && !w->machine->is_asleep && status == KITE_OK)
            status = send(w, (struct kite_event){ .kind = KITE_EVENT_SLEEP });
        paint(w);
        SDL_Delay(FRAME_MS);
    }
    return status;
}

static enum kite_status make_window(struct window *w)
{
    const struct kite_panel_geometry *panel = &w->machine->options.panel;
    SDL_DisplayMode mode = { .h = 1000 };
    int height = panel->height_px, width;

    SDL_GetDesktopDisplayMode(0, &mode);
    if (height > mode.h * SCREEN_PERCENT / 100)
        height = mode.h * SCREEN_PERCENT / 100;
    width = (int)((int64_t)height * panel->width_px / panel->height_px);
    w->window = SDL_CreateWindow(w->options->title, SDL_WINDOWPOS_CENTERED, SDL_WINDOWPOS_CENTERED, width, height,
                                 SDL_WINDOW_RESIZABLE | SDL_WINDOW_ALLOW_HIGHDPI);
    if (w->window)
        w->renderer = SDL_CreateRenderer(w->window, -1, 0);
    SDL_SetHint(SDL_HINT_RENDER_SCALE_QUALITY, "linear");
    if (w->renderer)
        w->texture = SDL_CreateTexture(w->renderer, SDL_PIXELFORMAT_ARGB8888, SDL_TEXTUREACCESS_STREAMING, panel->width_px,
                                       panel->height_px);
    if (!w->texture)
        return kite_fail(&w->machine->fault, KITE_E_UNSUPPORTED, "no window: %s", SDL_GetError());
    w->gray = kite_alloc(&w->machine->mem, (size_t)panel->width_px, (size_t)panel->height_px);
    w->pixels = kite_alloc(&w->machine->mem, (size_t)panel->width_px * (size_t)panel->height_px, sizeof *w->pixels);
    return w->gray && w->pixels ? KITE_OK : KITE_E_NOMEM;
}

enum kite_status window_run(struct machine *machine, const struct window_options *options)
{
    struct window w = { .machine = machine, .options = options, .battery = 100 };
    enum kite_status status;

    if (SDL_Init(SDL_INIT_VIDEO) != 0)
        return kite_fail(&machine->fault, KITE_E_UNSUPPORTED, "no display: %s", SDL_GetError());
    w.start_ticks = SDL_GetTicks64();
    status = make_window(&w);
    if (status == KITE_OK)
        status = live(&w);
    if (w.recording)
        fclose(w.recording);
    kite_free(&machine->mem, w.gray);
    kite_free(&machine->mem, w.pixels);
    if (w.texture)
        SDL_DestroyTexture(w.texture);
    if (w.renderer)
        SDL_DestroyRenderer(w.renderer);
    if (w.window)
        SDL_DestroyWindow(w.window);
    SDL_Quit();
    return status;
}
