/* One clock for the reader's ticks and the panel's updates. */
#include "emulator/machine.h"

#include <stdio.h>
#include <string.h>

#define SETTLE_MS_MAX 20000

/* A folder of bundles becomes a library before anything is shown; the reader itself looks for
 * newcomers in idle time. */
static enum kite_status fill_new_library(struct machine *m)
{
    struct kite_query all = { .reader = 0 };
    struct kite_import_result result;
    struct kite_scan *scan;
    uint32_t count;
    enum kite_status status = kite_library_count(m->library, &all, &count, &m->fault);

    if (status || count > 0)
        return status;
    status = kite_scan_begin(m->library, NULL, &scan, &m->fault);
    if (status)
        return status;
    do
        status = kite_scan_step(scan, &result, &m->fault);
    while (status == KITE_OK);
    kite_scan_end(scan);
    return status == KITE_DONE ? KITE_OK : status;
}

static enum kite_status open_reader(struct machine *m)
{
    struct kite_reader_options options = {
        .panel = m->options.panel, .levels = m->options.levels, .has_touch = true, .io = &m->io
    };
    enum kite_status status =
        kite_library_open(&m->mem, &m->io, m->options.folder, &m->library, &m->fault);

    if (status)
        return status;
    if (m->options.notice && *kite_library_notice(m->library))
        m->options.notice(m->options.ctx, kite_library_notice(m->library), m->now_ms);
    status = fill_new_library(m);
    if (status)
        return status;
    options.library = m->library;
    options.fonts = m->fonts;
    return kite_reader_create(&m->mem, &options, &m->reader, &m->fault);
}

static void close_reader(struct machine *m)
{
    kite_reader_destroy(m->reader);
    m->reader = NULL;
    if (m->library)
        kite_library_close(m->library);
    m->library = NULL;
}

static void set_policy(struct machine *m)
{
    struct kite_policy_state state = { .setting = m->frame.is_cleaner ? KITE_POLICY_CLEANER
                                                                      : KITE_POLICY_CALMER,
                                       .temperature_c = (int16_t)m->options.temperature_c,
                                       .is_night = m->frame.is_night };

    kite_policy_set(m->policy, &state);
}

enum kite_status machine_open(const struct kite_memory *mem, const struct machine_options *options,
                              struct machine *machine)
{
    struct machine *m = machine;
    struct kite_font_loader loader;
    const struct kite_panel_geometry *panel = &options->panel;

    *m = (struct machine){ .options = *options,
                           .mem = *mem,
                           .io = kite_library_io_posix(),
                           .panel_ask_ms = KITE_NEVER_MS };

    enum kite_status status =
        kite_font_files_open(mem, options->fonts, options->program, &m->font_files, &m->fault);

    if (status)
        return status;
    loader = kite_font_files_loader(m->font_files);
    status = kite_fonts_create(mem, &loader, &m->fonts, &m->fault);
    if (status == KITE_OK)
        status =
            kite_policy_create(mem, options->kind, panel->width_px, panel->height_px, &m->policy);
    if (status == KITE_OK)
        status = kite_panel_model_create(mem, options->kind, panel->width_px, panel->height_px,
                                         &m->model);
    if (status == KITE_OK)
        status = open_reader(m);
    if (status)
        return status;
    kite_panel_model_temperature(m->model, options->temperature_c);
    set_policy(m);
    return machine_event(m, (struct kite_event){ .kind = KITE_EVENT_START });
}

void machine_close(struct machine *m)
{
    close_reader(m);
    kite_panel_model_destroy(m->model);
    kite_policy_destroy(m->policy);
    kite_fonts_destroy(m->fonts);
    kite_font_files_close(m->font_files);
    if (m->has_stick)
        place_close(&m->stick);
    *m = (struct machine){ 0 };
}

static enum kite_status tell_stick(struct machine *m)
{
    return machine_event(m, (struct kite_event){ .kind = KITE_EVENT_STORAGE,
                                                 .is_present = m->has_stick,
                                                 .folder = m->has_stick ? m->stick.folder : NULL });
}

enum kite_status machine_stick(struct machine *m, const char *path)
{
    struct place next = { .is_temporary = false }, last = m->stick;
    enum kite_status status = path ? place_of_stick(&m->mem, path, &next, &m->fault) : KITE_OK;

    if (status == KITE_OK && m->has_stick) {
        m->has_stick = false;
        status = tell_stick(m);
        place_close(&last);
    }
    m->has_stick = path != NULL && status == KITE_OK;
    m->stick = next;
    if (m->has_stick)
        return tell_stick(m);
    place_close(&next);
    return status;
}

enum kite_status machine_cut_power(struct machine *m)
{
    enum kite_status status;

    close_reader(
        m); /* what closing would save was saved before: a library is durable at every call */
    kite_policy_forget(m->policy);
    status = open_reader(m);
    if (status == KITE_OK)
        status = machine_event(m, (struct kite_event){ .kind = KITE_EVENT_START });
    return status == KITE_OK && m->has_stick ? tell_stick(m) : status;
}

/* ---- time ------------------------------------------------------------------------------------ */

/* Hand the policy's updates to the panel, until it has none for now. */
static enum kite_status refresh(struct machine *m)
{
    const struct kite_canvas *canvas = m->frame.canvas;
    struct kite_update update;
    enum kite_status status;

    while ((status = kite_policy_next(m->policy, m->now_ms, &update, &m->panel_ask_ms)) ==
           KITE_OK) {
        struct kite_panel_pixels pixels = { canvas->pixels, canvas->width_px, canvas->height_px,
                                            canvas->stride_bytes };

        if (m->options.refresh)
            m->options.refresh(m->options.ctx, &update, m->now_ms);
        status = kite_panel_model_start(m->model, &update, &pixels, m->now_ms);
        if (status)
            return kite_fail(&m->fault, status, "the panel refused a refresh by %s",
                             kite_waveform_name(update.waveform));
    }
    return status == KITE_DONE ? KITE_OK : status;
}

/* Show what the reader has drawn. */
static enum kite_status show(struct machine *m)
{
    const struct kite_canvas *canvas = m->frame.canvas;
    struct kite_panel_pixels pixels = { canvas->pixels, canvas->width_px, canvas->height_px,
                                        canvas->stride_bytes };

    if (m->options.frame)
        m->options.frame(m->options.ctx, &m->frame, m->now_ms);
    return kite_policy_show(m->policy, &pixels, m->frame.changes, m->frame.change_count, m->now_ms);
}

static enum kite_status step(struct machine *m, struct kite_event event)
{
    bool was_cleaner = m->frame.is_cleaner, was_night = m->frame.is_night;
    enum kite_status status;

    event.now_ms = m->now_ms;
    status = kite_reader_step(m->reader, &event, &m->frame);
    if (status)
        return kite_fail(&m->fault, status, "the reader ran out of memory");
    if (was_cleaner != m->frame.is_cleaner || was_night != m->frame.is_night)
        set_policy(m);
    if (m->frame.change_count > 0)
        status = show(m);
    if (status == KITE_OK && m->frame.has_pause)
        kite_policy_pause(m->policy, m->frame.pause, m->now_ms);
    if (status == KITE_OK && m->frame.wants_restart)
        return machine_cut_power(m);
    return status ? status : refresh(m);
}

enum kite_status machine_event(struct machine *m, struct kite_event event)
{
    enum kite_status status;

    if (m->is_asleep && event.kind == KITE_EVENT_TOUCH)
        return KITE_OK;
    if (m->is_asleep && event.kind == KITE_EVENT_KEY)
        event.kind = KITE_EVENT_WAKE;
    if (event.kind == KITE_EVENT_START || event.kind == KITE_EVENT_WAKE)
        m->is_asleep = false;
    if (event.kind == KITE_EVENT_SLEEP)
        m->is_asleep = true;
    status = step(m, event);
    if (status || !m->frame.wants_sleep || m->is_asleep)
        return status;
    m->is_asleep = true;
    return step(m, (struct kite_event){ .kind = KITE_EVENT_SLEEP });
}

int64_t machine_due_ms(const struct machine *m)
{
    int64_t wake = m->is_asleep ? KITE_NEVER_MS : m->frame.wake_ms;

    return wake < m->panel_ask_ms ? wake : m->panel_ask_ms;
}

static enum kite_status run_once(struct machine *m)
{
    bool is_tick = !m->is_asleep && m->frame.wake_ms <= m->now_ms;

    kite_panel_model_step(m->model, m->now_ms);
    return is_tick ? machine_event(m, (struct kite_event){ .kind = KITE_EVENT_TICK }) : refresh(m);
}

enum kite_status machine_run_until(struct machine *m, int64_t until_ms)
{
    enum kite_status status = KITE_OK;

    while (machine_due_ms(m) <= until_ms && status == KITE_OK) {
        int64_t due = machine_due_ms(m);

        m->now_ms = due > m->now_ms ? due : m->now_ms;
        status = run_once(m);
    }
    if (m->now_ms < until_ms)
        m->now_ms = until_ms;
    kite_panel_model_step(m->model, m->now_ms);
    return status;
}

enum kite_status machine_settle(struct machine *m)
{
    int64_t limit = m->now_ms + SETTLE_MS_MAX;
    enum kite_status status = KITE_OK;

    while (m->panel_ask_ms != KITE_NEVER_MS && m->now_ms < limit && status == KITE_OK)
        status = machine_run_until(m, m->panel_ask_ms);
    return status;
}
