/* The loop. */
#include "device/station.h"

#include "device/watchdog.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define HELD_MS 3000           /* a key that was down at power-on, and stays down so long */
#define HELD_LOOK_MS 250
#define DISPLAY_FAILURES_MAX 5 /* in a row; then a new start may help */

/* What a signal handler can reach: the write end of a pipe that the loop polls. */
static volatile sig_atomic_t stop_pipe = -1;

void station_stop(void)
{
    int fd = stop_pipe;
    ssize_t written = fd < 0 ? 0 : write(fd, "", 1);

    (void)written;
}

void station_end(struct station *s, enum station_end end)
{
    s->is_over = true;
    s->end = end;
}

/* ---- the reader -------------------------------------------------------------------------------
 */

/* A controller that refuses an update leaves the panel in an unknown state: show all of it anew,
 * and if that does not help either, let the watchdog's new start try. */
static void look_at(struct station *s, enum kite_status status)
{
    if (status == KITE_OK) {
        s->display_failures = 0;
        return;
    }
    device_log("%s", s->machine.fault.text[0] ? s->machine.fault.text : kite_status_text(status));
    s->machine.fault.text[0] = '\0';
    if (status == KITE_E_NOMEM)
        return; /* the next event catches up */
    if (++s->display_failures >= DISPLAY_FAILURES_MAX)
        abort();
    kite_machine_forget_panel(&s->machine);
}

static void set_clock(struct station *s)
{
    int64_t now = s->options.system->now_ms(s->options.system->ctx);

    s->machine.now_ms = now > s->machine.now_ms ? now : s->machine.now_ms;
}

void station_event(struct station *s, struct kite_event event)
{
    set_clock(s);
    look_at(s, kite_machine_event(&s->machine, event));
}

void station_stick(struct station *s, const char *folder)
{
    set_clock(s);
    look_at(s, kite_machine_stick(&s->machine, folder));
}

static void on_refresh(void *ctx, const struct kite_update *update, int64_t now_ms)
{
    struct station *s = ctx;

    (void)update;
    (void)now_ms;
    if (!s->has_frame)
        device_log("first frame");
    s->has_frame = true;
}

static void on_notice(void *ctx, const char *notice, int64_t now_ms)
{
    (void)ctx;
    (void)now_ms;
    device_log("%s", notice);
}

/* ---- input ------------------------------------------------------------------------------------
 */

static enum kite_status on_input(void *ctx, const struct input_out *out)
{
    struct station *s = ctx;

    s->touched_ms = s->options.system->now_ms(s->options.system->ctx);
    if (out->kind == INPUT_EVENT)
        station_event(s, out->event);
    else if (out->kind == INPUT_WAKE)
        station_wake(s);
    else if (out->kind == INPUT_POWER)
        station_sleep(s);
    else
        station_end(s, STATION_OFF);
    return KITE_OK;
}

static void look_for_inputs(struct station *s)
{
    input_close(&s->inputs);
    input_open(&s->inputs, s->options.system, s->options.board, &s->display.panel);
    input_sleep(&s->inputs, s->is_asleep);
}

/* A key held since before power came on. One that is let go of in between is none. */
static int64_t look_at_held(struct station *s, int64_t now_ms)
{
    if (s->held_ms == KITE_NEVER_MS)
        return KITE_NEVER_MS;
    if (!input_is_held(&s->inputs)) {
        s->held_ms = KITE_NEVER_MS;
    } else if (now_ms >= s->held_ms) {
        s->held_ms = KITE_NEVER_MS;
        device_log("a key is held");
        station_event(s, (struct kite_event){ .kind = KITE_EVENT_HELD });
    }
    return s->held_ms == KITE_NEVER_MS ? KITE_NEVER_MS : now_ms + HELD_LOOK_MS;
}

/* ---- what the kernel tells ---------------------------------------------------------------------
 */

static void on_uevent(struct station *s, const struct uevent *event)
{
    if (strcmp(event->subsystem, "input") == 0 && strncmp(event->devname, "input/", 6) == 0) {
        if (event->action == UEVENT_ADD)
            input_add(&s->inputs, event->devname + 6);
        else if (event->action == UEVENT_REMOVE)
            input_remove(&s->inputs, event->devname + 6);
    }
    if (strcmp(event->subsystem, "power_supply") == 0)
        station_power_changed(s);
    if (!s->options.is_desk)
        station_volumes_uevent(s, event);
}

static void hear_uevents(struct station *s)
{
    struct uevent event;
    enum kite_status status;

    while ((status = uevent_next(s->uevents, &event)) == KITE_OK)
        on_uevent(s, &event);
    if (status == KITE_E_LIMIT) {
        look_for_inputs(s);
        if (!s->options.is_desk)
            station_volumes_look(s);
    }
}

/* ---- the loop ---------------------------------------------------------------------------------
 */

static int64_t earlier(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static int rest_ms(const struct station *s, int64_t due_ms)
{
    int64_t now = s->options.system->now_ms(s->options.system->ctx);
    int64_t rest = due_ms == KITE_NEVER_MS ? WATCHDOG_FEED_MS : due_ms - now;

    return rest < 0 ? 0 : rest > WATCHDOG_FEED_MS ? WATCHDOG_FEED_MS : (int)rest;
}

static void serve(struct station *s, const struct pollfd *polled, size_t input_count)
{
    int64_t now = s->options.system->now_ms(s->options.system->ctx);

    /* From the last, as a device that is gone moves the last one to its place. */
    for (size_t i = input_count; i-- > 0;)
        if (polled[i].revents)
            input_read(&s->inputs, i, now, &s->sink);
    if (polled[input_count].revents)
        hear_uevents(s);
    if (polled[input_count + 1].revents)
        station_end(s, STATION_ENDED);
    if (polled[input_count + 2].revents)
        station_volumes_cable(s);
}

static void go_back(struct station *s)
{
    struct kite_fault fault = { "" };

    s->machine.frame.wants_older = false;
    if (station_update_go_back(s, &fault)) {
        device_log("%s", fault.text);
        return;
    }
    device_log("back to the other slot");
    station_end(s, STATION_REBOOT);
}

/* What the person asked of the device itself. */
static void look_at_wishes(struct station *s)
{
    if (s->machine.frame.wants_older)
        go_back(s);
    else if (s->machine.frame.wants_power_off)
        station_end(s, STATION_OFF);
    else if (s->machine.frame.wants_reboot)
        station_end(s, STATION_REBOOT);
}

/* Where the kernel has no sandbox, whoever built it is to know. */
static void tell_of_cage(struct station *s)
{
    const char *cage = s->converter && !s->is_cage_told ? kite_converter_cage(s->converter) : NULL;

    if (!cage)
        return;
    s->is_cage_told = true;
    device_log("the press is held by %s", cage);
}

/* Nobody else waits for orphans; the converter collects its child itself. */
static void collect_orphans(const struct station *s)
{
    siginfo_t ended = { .si_pid = 0 };
    pid_t own = s->converter ? kite_converter_child(s->converter) : 0;

    while (waitid(P_ALL, 0, &ended, WEXITED | WNOHANG | WNOWAIT) == 0 && ended.si_pid > 0 && ended.si_pid != own) {
        waitpid(ended.si_pid, NULL, WNOHANG);
        ended.si_pid = 0;
    }
}

/* One round: what is due, then rest until something is. */
static void round_once(struct station *s, int stop)
{
    struct pollfd polled[INPUT_DEVICES_MAX + 3];
    size_t count = s->inputs.count;
    int64_t now = s->options.system->now_ms(s->options.system->ctx), due;

    watchdog_work();
    look_at(s, kite_machine_run(&s->machine, now));
    tell_of_cage(s);
    input_devices_tick(&s->inputs, now, &s->sink);
    due = station_power_round(s, now);
    due = earlier(due, station_volumes_round(s, now));
    due = earlier(due, station_update_round(s, now));
    due = earlier(due, look_at_held(s, now));
    look_at_wishes(s);
    due = earlier(due, earlier(kite_machine_due_ms(&s->machine), input_devices_due_ms(&s->inputs)));
    if (s->options.is_first)
        collect_orphans(s);
    if (s->is_over)
        return;
    count = s->inputs.count;
    for (size_t i = 0; i < count; i++)
        polled[i] = (struct pollfd){ .fd = s->inputs.devices[i].descriptor, .events = POLLIN };
    polled[count] = (struct pollfd){ .fd = s->uevents, .events = POLLIN };
    polled[count + 1] = (struct pollfd){ .fd = stop, .events = POLLIN };
    polled[count + 2] = (struct pollfd){ .fd = s->cable, .events = POLLPRI };
    watchdog_rest();
    if (poll(polled, count + 3, rest_ms(s, due)) > 0) {
        watchdog_work();
        serve(s, polled, count);
    }
}

/* ---- start and end ----------------------------------------------------------------------------
 */

/* How much slower than a desk computer such a device is: the bounds on time are made for those. */
#define SLOWNESS 8
#define CONVERTER_WAIT_MS 25 /* in a step; the keys are looked at between a few of them */

static void open_converter(struct station *s)
{
    struct kite_converter_options options = { .called = s->options.program,
                                              .scratch = s->options.library,
                                              .picture_width_px = s->display.panel.width_px,
                                              .picture_height_px = s->display.panel.height_px,
                                              .slowness = SLOWNESS,
                                              .wait_ms = CONVERTER_WAIT_MS };
    struct kite_fault fault = { "" };

    if (kite_converter_open(&s->mem, &options, &s->converter, &fault))
        device_log("%s", fault.text);
}

static enum kite_status open_machine(struct station *s, struct kite_fault *fault)
{
    const struct station_options *o = &s->options;
    struct kite_machine_options options = { .panel = s->display.panel,
                                            .kind = &o->board->kind,
                                            .levels = o->board->levels,
                                            .temperature_c = o->temperature_c,
                                            .folder = o->library,
                                            .fonts = o->fonts,
                                            .program = o->program,
                                            .keys = o->keys,
                                            .io = &s->io,
                                            .converter = s->converter ? kite_converter_seam(s->converter) : NULL,
                                            .can_update = o->slot >= 0 && o->board->boot[0],
                                            .can_go_back = station_update_can_go_back(s),
                                            .can_power_off = o->is_first,
                                            .has_no_touch =
                                                strcmp(o->board->touch.name, "none") == 0,
                                            .is_careful = o->is_careful,
                                            .display = display_seam(&s->display),
                                            .ctx = s,
                                            .refresh = on_refresh,
                                            .notice = on_notice };
    enum kite_status status;

    if (options.panel.ppi == 0)
        return kite_fail(fault, KITE_E_RANGE, "how fine the screen is must be said: --ppi");
    status = kite_machine_open(&s->mem, &options, o->system->now_ms(o->system->ctx), &s->machine);
    if (status && fault)
        *fault = s->machine.fault;
    return status;
}

/* All that can wait until the page is to be seen. */
static void start_services(struct station *s)
{
    if (s->options.services)
        s->options.services(s->options.services_ctx);
    s->uevents = uevent_open();
    look_for_inputs(s);
    s->held_ms = s->options.system->now_ms(s->options.system->ctx) + HELD_MS;
    station_power_open(s);
    if (!s->options.is_desk)
        station_volumes_open(s);
    device_log("ready");
}

/* What the person sees stays; nothing of it is personal where the device sleeps. */
static void rest_for_good(struct station *s)
{
    int64_t limit = s->machine.now_ms + 20000;

    if (s->end != STATION_REBOOT && !s->is_asleep)
        station_event(s, (struct kite_event){ .kind = KITE_EVENT_SLEEP });
    while (s->machine.panel_ask_ms != KITE_NEVER_MS && s->machine.now_ms < limit) {
        watchdog_work();
        s->options.system->sleep_until(s->options.system->ctx, s->machine.panel_ask_ms);
        look_at(s,
                kite_machine_run(&s->machine, s->options.system->now_ms(s->options.system->ctx)));
    }
    s->display.settle(s->display.ctx);
}

static enum kite_status open_station(struct station *s, struct kite_fault *fault)
{
    const struct station_options *o = &s->options;
    enum kite_status status =
        display_open(&s->mem, o->system, o->board, o->display, &s->display, fault);

    if (status)
        return status;
    device_log("display %s %d x %d", s->display.name, (int)s->display.panel.width_px,
               (int)s->display.panel.height_px);
    station_volumes_prepare(s);
    open_converter(s);
    return open_machine(s, fault);
}

static void close_station(struct station *s)
{
    if (s->uevents >= 0)
        close(s->uevents);
    input_close(&s->inputs);
    station_update_close(s);
    kite_machine_close(&s->machine);
    kite_converter_close(s->converter);
    station_volumes_close(s);
    display_close(&s->display);
}

enum kite_status station_run(const struct kite_memory *mem, const struct station_options *options,
                             enum station_end *end, struct kite_fault *fault)
{
    struct station *s = kite_alloc(mem, 1, sizeof *s);
    int pipe_ends[2];
    enum kite_status status;

    if (!s)
        return kite_fail(fault, KITE_E_NOMEM, "station");
    if (pipe(pipe_ends) != 0) {
        kite_free(mem, s);
        return kite_fail(fault, KITE_E_IO, "no pipe: %s", strerror(errno));
    }
    fcntl(pipe_ends[0], F_SETFD, FD_CLOEXEC);
    fcntl(pipe_ends[1], F_SETFD, FD_CLOEXEC);
    *s = (struct station){
        .options = *options, .mem = *mem, .uevents = -1, .cable = -1, .sink = { s, on_input }
    };
    s->started_ms = s->touched_ms = options->system->now_ms(options->system->ctx);
    status = open_station(s, fault);
    if (status == KITE_OK) {
        stop_pipe = pipe_ends[1];
        start_services(s);
        while (!s->is_over)
            round_once(s, pipe_ends[0]);
        rest_for_good(s);
        *end = s->end;
    }
    stop_pipe = -1;
    close_station(s);
    close(pipe_ends[0]);
    close(pipe_ends[1]);
    kite_free(mem, s);
    return status;
}
