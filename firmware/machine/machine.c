/* One clock for the reader's ticks and the policy's updates. */
#include "machine/machine.h"
#include "machine/starts.h"

#define SETTLE_MS_MAX 20000
#define BATTERY_LOW_PERCENT 15

/* A folder of bundles becomes a library before anything is shown; the reader itself looks for
 * newcomers in idle time. */
static enum kite_status fill_new_library(struct kite_machine *m)
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

/* ---- starts ---------------------------------------------------------------------------------- */

static bool is_safe(const struct kite_machine *m)
{
    return m->failed_starts >= KITE_STARTS_FAILED_MAX;
}

static void begin_start(struct kite_machine *m)
{
    m->started_ms = m->now_ms;
    m->has_started = m->is_start_told = false;
    kite_starts_begin(&m->io, m->options.folder, &m->failed_starts);
}

static void tell_start(struct kite_machine *m)
{
    if (!m->has_started || m->is_start_told)
        return;
    m->is_start_told = true;
    kite_starts_end(&m->io, m->options.folder, 0);
}

static int64_t start_due_ms(const struct kite_machine *m)
{
    return m->has_started && !m->is_start_told ? m->started_ms + KITE_START_HELD_MS : KITE_NEVER_MS;
}

static void notice(const struct kite_machine *m, const char *words)
{
    if (m->options.notice && words[0])
        m->options.notice(m->options.ctx, words, m->now_ms);
}

static enum kite_opening opening_of(const struct kite_machine *m)
{
    return m->failed_starts == KITE_STARTS_FAILED_MAX + 1 ? KITE_OPEN_ANEW
           : is_safe(m)                                   ? KITE_OPEN_WITHOUT_MAPS
                                                          : KITE_OPEN_USUAL;
}

/* ---- the reader and its library -------------------------------------------------------------- */

static enum kite_status open_reader(struct kite_machine *m, enum kite_opening opening)
{
    struct kite_reader_options options = { .panel = m->options.panel,
                                           .levels = m->options.levels,
                                           .has_touch = !m->options.has_no_touch,
                                           .io = &m->io,
                                           .converter = m->options.converter,
                                           .keys = m->keys.items,
                                           .key_count = m->keys.count,
                                           .can_update = m->options.can_update,
                                           .can_go_back = m->options.can_go_back,
                                           .can_power_off = m->options.can_power_off };
    enum kite_status status =
        kite_library_open_as(&m->mem, &m->io, m->options.folder, opening, &m->library, &m->fault);

    if (status == KITE_E_UNSUPPORTED || status == KITE_E_LIMIT) /* no mishap: somebody else's library */
        kite_starts_end(&m->io, m->options.folder, m->failed_starts);
    if (status)
        return status;
    notice(m, kite_library_notice(m->library));
    status = fill_new_library(m);
    if (status)
        return status;
    options.library = m->library;
    options.fonts = m->fonts;
    return kite_reader_create(&m->mem, &options, &m->reader, &m->fault);
}

static void close_reader(struct kite_machine *m)
{
    kite_reader_destroy(m->reader);
    m->reader = NULL;
    if (m->library)
        kite_library_close(m->library);
    m->library = NULL;
}

static void set_policy(struct kite_machine *m)
{
    struct kite_policy_state state = { .setting = m->frame.is_cleaner ? KITE_POLICY_CLEANER
                                                                      : KITE_POLICY_CALMER,
                                       .temperature_c = (int16_t)m->options.temperature_c,
                                       .is_battery_low = m->is_battery_low,
                                       .is_night = m->frame.is_night };

    kite_policy_set(m->policy, &state);
}

static enum kite_status open_parts(struct kite_machine *m)
{
    const struct kite_machine_options *o = &m->options;
    struct kite_font_loader loader;
    enum kite_status status =
        kite_font_files_open(&m->mem, o->fonts, o->program, &m->font_files, &m->fault);

    if (status)
        return status;
    status = kite_maker_keys_open(&m->mem, o->keys, o->program, &m->keys, &m->fault);
    if (status)
        return status;
    loader = kite_font_files_loader(m->font_files);
    status = kite_fonts_create(&m->mem, &loader, &m->fonts, &m->fault);
    if (status)
        return status;
    status =
        kite_policy_create(&m->mem, o->kind, o->panel.width_px, o->panel.height_px, &m->policy);
    if (status)
        return kite_fail(&m->fault, status, "no refresh policy for %d x %d px",
                         (int)o->panel.width_px, (int)o->panel.height_px);
    begin_start(m);
    return open_reader(m, opening_of(m));
}

/* The first event of all. */
static enum kite_status start_reader(struct kite_machine *m, bool is_careful)
{
    enum kite_status status = kite_machine_event(
        m, (struct kite_event){ .kind = KITE_EVENT_START, .is_careful = is_careful, .is_safe = is_safe(m) });

    m->has_started = status == KITE_OK;
    if (is_safe(m) && m->has_started && !m->is_start_told) /* it got past the database: what comes now is no reason to set that aside */
        kite_starts_end(&m->io, m->options.folder, KITE_STARTS_FAILED_MAX);
    if (is_safe(m))
        notice(m, "safe mode");
    return status;
}

enum kite_status kite_machine_open(const struct kite_memory *mem,
                                   const struct kite_machine_options *options, int64_t now_ms,
                                   struct kite_machine *machine)
{
    struct kite_machine *m = machine;

    *m = (struct kite_machine){ .options = *options,
                                .mem = *mem,
                                .io = options->io ? *options->io : kite_io_posix(),
                                .now_ms = now_ms,
                                .panel_ask_ms = KITE_NEVER_MS };

    enum kite_status status = open_parts(m);

    if (status)
        return status;
    set_policy(m);
    return start_reader(m, options->is_careful);
}

void kite_machine_close(struct kite_machine *m)
{
    tell_start(m);
    close_reader(m);
    kite_policy_destroy(m->policy);
    kite_fonts_destroy(m->fonts);
    kite_font_files_close(m->font_files);
    if (m->keys.items)
        kite_maker_keys_close(&m->keys);
    *m = (struct kite_machine){ 0 };
}

static enum kite_status tell_stick(struct kite_machine *m)
{
    return kite_machine_event(m, (struct kite_event){ .kind = KITE_EVENT_STORAGE,
                                                      .is_present = m->stick != NULL,
                                                      .folder = m->stick });
}

enum kite_status kite_machine_stick(struct kite_machine *m, const char *folder)
{
    m->stick = folder;
    return tell_stick(m);
}

void kite_machine_temperature(struct kite_machine *m, int celsius)
{
    m->options.temperature_c = celsius;
    set_policy(m);
}

void kite_machine_forget_panel(struct kite_machine *m)
{
    kite_policy_forget(m->policy);
}

/* What closing would save was saved before: a library is durable at every call. */
static enum kite_status start_anew(struct kite_machine *m, enum kite_opening opening, bool is_careful)
{
    enum kite_status status;

    close_reader(m);
    kite_policy_forget(m->policy);
    status = open_reader(m, opening);
    if (status == KITE_OK)
        status = start_reader(m, is_careful);
    return status == KITE_OK && m->stick ? tell_stick(m) : status;
}

enum kite_status kite_machine_cut_power(struct kite_machine *m)
{
    begin_start(m);
    return start_anew(m, opening_of(m), false);
}

/* The library is to be mended, because it is damaged or because the person wants it; what may have
 * been at fault is put in order by that. */
static enum kite_status mend_library(struct kite_machine *m)
{
    bool is_wanted = m->frame.wants_repair;

    if (is_wanted)
        m->failed_starts = 0;
    return start_anew(m, is_wanted ? KITE_OPEN_REPAIRED : KITE_OPEN_USUAL, is_wanted);
}

/* ---- time ------------------------------------------------------------------------------------ */

/* Hand one update to the display. */
static enum kite_status send_update(struct kite_machine *m, const struct kite_update *update)
{
    const struct kite_canvas *canvas = m->frame.canvas;
    const struct kite_panel_pixels pixels = { canvas->pixels, canvas->width_px, canvas->height_px,
                                              canvas->stride_bytes };
    int64_t expected_ms = m->now_ms + (int64_t)update->duration_ms, end_ms = expected_ms;
    enum kite_status status;

    if (m->options.refresh)
        m->options.refresh(m->options.ctx, update, m->now_ms);
    status = m->options.display.start(m->options.display.ctx, update, &pixels, m->now_ms, &end_ms);
    if (status)
        return kite_fail(&m->fault, status, "the panel refused a refresh by %s",
                         kite_waveform_name(update->waveform));
    if (end_ms != expected_ms)
        kite_policy_ends(m->policy, update, end_ms);
    return KITE_OK;
}

/* Hand the policy's updates to the display, until there are none for now. */
static enum kite_status refresh(struct kite_machine *m)
{
    struct kite_update update;
    enum kite_status status;

    while ((status = kite_policy_next(m->policy, m->now_ms, &update, &m->panel_ask_ms)) ==
           KITE_OK) {
        status = send_update(m, &update);
        if (status)
            return status;
    }
    return status == KITE_DONE ? KITE_OK : status;
}

/* Show what the reader has drawn. */
static enum kite_status show(struct kite_machine *m)
{
    const struct kite_canvas *canvas = m->frame.canvas;
    struct kite_panel_pixels pixels = { canvas->pixels, canvas->width_px, canvas->height_px,
                                        canvas->stride_bytes };

    if (m->options.frame)
        m->options.frame(m->options.ctx, &m->frame, m->now_ms);
    return kite_policy_show(m->policy, &pixels, m->frame.changes, m->frame.change_count, m->now_ms);
}

static void feel_battery(struct kite_machine *m, bool is_low)
{
    if (m->is_battery_low == is_low)
        return;
    m->is_battery_low = is_low;
    set_policy(m);
}

static enum kite_status step(struct kite_machine *m, struct kite_event event)
{
    bool was_cleaner = m->frame.is_cleaner, was_night = m->frame.is_night;
    enum kite_status status;

    event.now_ms = m->now_ms;
    if (event.kind == KITE_EVENT_BATTERY)
        feel_battery(m, event.percent <= BATTERY_LOW_PERCENT && !event.is_charging);
    status = kite_reader_step(m->reader, &event, &m->frame);
    if (status)
        return kite_fail(&m->fault, status, "the reader ran out of memory");
    if (m->frame.has_mended)
        notice(m, "a text was damaged, and is repaired");
    if (was_cleaner != m->frame.is_cleaner || was_night != m->frame.is_night)
        set_policy(m);
    if (m->frame.change_count > 0)
        status = show(m);
    if (status == KITE_OK && m->frame.has_pause)
        kite_policy_pause(m->policy, m->frame.pause, m->now_ms);
    if (status == KITE_OK && m->frame.wants_restart)
        return mend_library(m);
    return status ? status : refresh(m);
}

static bool shows_life(const struct kite_event *event)
{
    return event->kind == KITE_EVENT_KEY || event->kind == KITE_EVENT_TOUCH || event->kind == KITE_EVENT_SLEEP;
}

enum kite_status kite_machine_event(struct kite_machine *m, struct kite_event event)
{
    enum kite_status status;

    if (m->is_asleep && (event.kind == KITE_EVENT_TOUCH || event.kind == KITE_EVENT_HIDE))
        return KITE_OK;
    if (m->is_asleep && event.kind == KITE_EVENT_KEY)
        event.kind = KITE_EVENT_WAKE;
    if (event.kind == KITE_EVENT_START || event.kind == KITE_EVENT_WAKE)
        m->is_asleep = false;
    if (event.kind == KITE_EVENT_SLEEP)
        m->is_asleep = true;
    status = step(m, event);
    if (status == KITE_OK && shows_life(&event))
        tell_start(m);
    if (status || !m->frame.wants_sleep || m->is_asleep)
        return status;
    m->is_asleep = true;
    return step(m, (struct kite_event){ .kind = KITE_EVENT_SLEEP });
}

int64_t kite_machine_due_ms(const struct kite_machine *m)
{
    int64_t wake = m->is_asleep ? KITE_NEVER_MS : m->frame.wake_ms;
    int64_t due = wake < m->panel_ask_ms ? wake : m->panel_ask_ms;

    return due < start_due_ms(m) ? due : start_due_ms(m);
}

enum kite_status kite_machine_run(struct kite_machine *m, int64_t now_ms)
{
    m->now_ms = now_ms > m->now_ms ? now_ms : m->now_ms;
    if (kite_machine_due_ms(m) > m->now_ms)
        return KITE_OK;
    if (start_due_ms(m) <= m->now_ms)
        tell_start(m);
    return !m->is_asleep && m->frame.wake_ms <= m->now_ms
               ? kite_machine_event(m, (struct kite_event){ .kind = KITE_EVENT_TICK })
               : refresh(m);
}

enum kite_status kite_machine_run_until(struct kite_machine *m, int64_t until_ms)
{
    enum kite_status status = KITE_OK;

    while (kite_machine_due_ms(m) <= until_ms && status == KITE_OK)
        status = kite_machine_run(m, kite_machine_due_ms(m));
    if (m->now_ms < until_ms)
        m->now_ms = until_ms;
    return status;
}

enum kite_status kite_machine_settle(struct kite_machine *m)
{
    int64_t limit = m->now_ms + SETTLE_MS_MAX;
    enum kite_status status = KITE_OK;

    while (m->panel_ask_ms != KITE_NEVER_MS && m->now_ms < limit && status == KITE_OK)
        status = kite_machine_run_until(m, m->panel_ask_ms);
    return status;
}
