/* The panel model as a display, and the socket. */
#include "emulator/machine.h"

#include <string.h>

static enum kite_status start(void *ctx, const struct kite_update *update,
                              const struct kite_panel_pixels *frame, int64_t now_ms,
                              int64_t *end_ms)
{
    struct machine *m = ctx;

    (void)end_ms; /* durations hold */
    kite_panel_model_step(m->model, now_ms);
    return kite_panel_model_start(m->model, update, frame, now_ms);
}

/* The inbox is a folder of somebody's own: nothing in it is deleted, and the receipt says what may be. */
static enum kite_status remove_file(void *ctx, const char *path)
{
    const struct machine *m = ctx;
    size_t bytes = strlen(m->inbox.folder);

    if (bytes > 0 && strncmp(path, m->inbox.folder, bytes) == 0 && path[bytes] == '/')
        return KITE_E_IO;
    return kite_io_posix().remove(NULL, path);
}

enum kite_status machine_open(const struct kite_memory *mem,
                              const struct kite_machine_options *options, struct machine *machine)
{
    struct kite_machine_options all = *options;
    enum kite_status status;

    *machine = (struct machine){ .core = { .mem = *mem }, .files = kite_io_posix() };
    machine->files.ctx = machine; /* the other calls need no state */
    machine->files.remove = remove_file;
    all.io = &machine->files;
    all.display = (struct kite_display){ machine, start };
    status = kite_panel_model_create(mem, all.kind, all.panel.width_px, all.panel.height_px,
                                     &machine->model);
    if (status)
        return status;
    kite_panel_model_temperature(machine->model, all.temperature_c);
    return kite_machine_open(mem, &all, 0, &machine->core);
}

void machine_close(struct machine *m)
{
    kite_machine_close(&m->core);
    kite_panel_model_destroy(m->model);
    if (m->has_stick)
        place_close(&m->stick);
    place_close(&m->held);
    place_close(&m->inbox);
    *m = (struct machine){ .has_stick = false };
}

/* The inbox goes to the computer and comes back as the frame says. */
static enum kite_status reconcile(struct machine *m)
{
    if (m->is_lent == m->core.frame.wants_export)
        return KITE_OK;
    m->is_lent = m->core.frame.wants_export;
    if (m->is_lent)
        return KITE_OK;
    return kite_machine_event(&m->core, (struct kite_event){ .kind = KITE_EVENT_STORAGE,
                                                             .is_present = true,
                                                             .volume = KITE_VOLUME_INBOX,
                                                             .folder = m->inbox.folder });
}

enum kite_status machine_event(struct machine *m, struct kite_event event)
{
    enum kite_status status = kite_machine_event(&m->core, event);

    return status ? status : reconcile(m);
}

static enum kite_status tell_cable(struct machine *m)
{
    return machine_event(
        m, (struct kite_event){ .kind = KITE_EVENT_CABLE, .is_present = m->has_cable });
}

enum kite_status machine_cut_power(struct machine *m)
{
    enum kite_status status = kite_machine_cut_power(&m->core);

    if (status == KITE_OK)
        status = reconcile(m);
    return status == KITE_OK && m->has_cable ? tell_cable(m) : status;
}

enum kite_status machine_run_until(struct machine *m, int64_t until_ms)
{
    enum kite_status status = kite_machine_run_until(&m->core, until_ms);

    kite_panel_model_step(m->model, m->core.now_ms);
    return status;
}

enum kite_status machine_settle(struct machine *m)
{
    return kite_machine_settle(&m->core);
}

int64_t machine_due_ms(const struct machine *m)
{
    return kite_machine_due_ms(&m->core);
}

/* The place is the machine's from here on; NULL: nothing is put in. */
static enum kite_status change_stick(struct machine *m, const struct place *next)
{
    enum kite_status status = KITE_OK;

    if (m->has_stick) {
        m->has_stick = false;
        status = kite_machine_stick(&m->core, NULL);
        place_close(&m->stick);
    }
    if (!next)
        return status;
    m->stick = *next;
    m->has_stick = status == KITE_OK;
    if (m->has_stick)
        return kite_machine_stick(&m->core, m->stick.folder);
    place_close(&m->stick);
    return status;
}

enum kite_status machine_stick(struct machine *m, const char *path)
{
    struct place next;
    enum kite_status status;

    if (!path)
        return change_stick(m, NULL);
    status = place_of_stick(&m->core.mem, path, &next, &m->core.fault);
    return status ? status : change_stick(m, &next);
}

enum kite_status machine_stick_hold(struct machine *m, const char *path)
{
    return place_add(&m->core.mem, path, &m->held, &m->core.fault);
}

enum kite_status machine_stick_held(struct machine *m)
{
    struct place next = m->held;

    m->held = (struct place){ .is_temporary = false };
    if (!next.is_temporary)
        return kite_fail(&m->core.fault, KITE_E_IO, "nothing is on the stick");
    return change_stick(m, &next);
}

/* ---- the cable ------------------------------------------------------------------------------- */

enum kite_status machine_eject(struct machine *m)
{
    if (!m->is_lent)
        return kite_fail(&m->core.fault, KITE_E_RANGE, "no drive was given to the computer");
    return machine_event(m, (struct kite_event){ .kind = KITE_EVENT_EJECTED });
}

static enum kite_status pull_out_cable(struct machine *m)
{
    enum kite_status status = m->is_lent ? machine_eject(m) : KITE_OK;
    bool had_cable = m->has_cable;

    m->has_cable = false;
    return status == KITE_OK && had_cable ? tell_cable(m) : status;
}

enum kite_status machine_cable(struct machine *m, const char *path)
{
    struct place inbox;
    enum kite_status status = pull_out_cable(m);

    if (status || !path)
        return status;
    status = place_of_stick(&m->core.mem, path, &inbox, &m->core.fault);
    if (status)
        return status;
    place_close(&m->inbox);
    m->inbox = inbox;
    m->has_cable = true;
    return tell_cable(m);
}
