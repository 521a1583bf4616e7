/* The other system: put in from a file, and this one found good. */
#include "boot/boot.h"
#include "device/station.h"

#include <stdio.h>
#include <string.h>

#define GOOD_AFTER_MS 5000 /* of a page on the panel and a loop that comes round */

struct update {
    struct kite_partition_file boot, spare;
    void *file;
    struct kite_source source;
    const struct kite_io *io;
    struct kite_install *install;
    int percent;
};

/* ---- the boot record --------------------------------------------------------------------------
 */

static enum kite_status open_record(const struct station *s, bool is_writable, struct kite_partition_file *boot,
                                    struct kite_boot_record *record, struct kite_fault *fault)
{
    char path[SYSTEM_PATH_BYTES_MAX];
    enum kite_status status =
        kite_partition_open(&s->io, system_path(s->options.system, s->options.board->boot, path), is_writable, boot, fault);

    return status ? status : kite_boot_read(&boot->partition, record, fault);
}

/* This system has drawn a page and lives: it needs no more chances. */
static void tell_good(struct station *s)
{
    struct kite_partition_file boot = { 0 };
    struct kite_boot_record record;
    struct kite_fault fault = { "" };
    enum kite_status status = open_record(s, true, &boot, &record, &fault);

    if (status == KITE_OK && kite_boot_good(&record, (uint8_t)s->options.slot))
        status = kite_boot_write(&boot.partition, &record, &fault);
    kite_partition_close(&boot);
    device_log("%s", status ? fault.text : "slot good");
}

bool station_update_can_go_back(const struct station *s)
{
    struct kite_partition_file boot = { 0 };
    struct kite_boot_record record;
    enum kite_status status;

    if (s->options.slot < 0 || !s->options.board->boot[0])
        return false;
    status = open_record(s, false, &boot, &record, NULL);
    kite_partition_close(&boot);
    return status == KITE_OK && kite_boot_can_return(&record, (uint8_t)s->options.slot);
}

enum kite_status station_update_go_back(struct station *s, struct kite_fault *fault)
{
    struct kite_partition_file boot = { 0 };
    struct kite_boot_record record;
    enum kite_status status = open_record(s, true, &boot, &record, fault);

    if (status == KITE_OK) {
        kite_boot_return(&record, (uint8_t)s->options.slot);
        status = kite_boot_write(&boot.partition, &record, fault);
    }
    kite_partition_close(&boot);
    return status;
}

static int64_t look_at_slot(struct station *s, int64_t now_ms)
{
    int64_t at_ms = s->started_ms + GOOD_AFTER_MS;

    if (s->is_slot_told || s->options.slot < 0 || !s->options.board->boot[0])
        return KITE_NEVER_MS;
    if (now_ms < at_ms || s->machine.panel_ask_ms != KITE_NEVER_MS)
        return now_ms < at_ms ? at_ms : KITE_NEVER_MS; /* the panel's rest brings the next round */
    s->is_slot_told = true;
    tell_good(s);
    return KITE_NEVER_MS;
}

/* ---- updates ----------------------------------------------------------------------------------
 */

static enum kite_status read_file(void *ctx, uint64_t offset, uint8_t *dst, size_t count)
{
    struct update *u = ctx;
    size_t got = 0;
    enum kite_status status = u->io->read_at(u->io->ctx, u->file, offset, dst, count, &got);

    return status == KITE_OK && got < count ? KITE_E_IO : status;
}

static enum kite_status open_parts(struct station *s, struct update *u, const char *file,
                                   struct kite_fault *fault)
{
    const struct station_options *o = &s->options;
    char path[SYSTEM_PATH_BYTES_MAX];
    enum kite_status status;

    if (o->slot < 0 || !o->board->boot[0] || !o->board->slots[1 - o->slot][0])
        return kite_fail(fault, KITE_E_UNSUPPORTED, "this device has no second system");
    status =
        kite_partition_open(&s->io, system_path(o->system, o->board->boot, path), true, &u->boot, fault);
    if (status == KITE_OK)
        status = kite_partition_open(&s->io, system_path(o->system, o->board->slots[1 - o->slot], path),
                                     true, &u->spare, fault);
    if (status)
        return status;
    status = u->io->open(u->io->ctx, file, KITE_IO_READ, &u->file);
    if (status == KITE_OK)
        status = u->io->size(u->io->ctx, u->file, &u->source.size_bytes);
    if (status)
        return kite_fail(fault, KITE_E_IO, "the update file cannot be read");
    u->source.ctx = u;
    u->source.read_at = read_file;
    return KITE_OK;
}

void station_update_close(struct station *s)
{
    struct update *u = s->update;

    if (!u)
        return;
    kite_install_close(u->install);
    if (u->file)
        u->io->close(u->io->ctx, u->file);
    kite_partition_close(&u->boot);
    kite_partition_close(&u->spare);
    kite_free(&s->mem, u);
    s->update = NULL;
}

static enum kite_status begin(struct station *s, const char *file, struct kite_fault *fault)
{
    struct update *u = kite_alloc(&s->mem, 1, sizeof *u);
    struct kite_install_place place;
    enum kite_status status;

    if (!u)
        return kite_fail(fault, KITE_E_NOMEM, "update");
    *u = (struct update){ .io = &s->io, .percent = -1 };
    s->update = u;
    status = open_parts(s, u, file, fault);
    if (status)
        return status;
    place = (struct kite_install_place){ .board = s->options.board->name,
                                         .boot = &u->boot.partition,
                                         .spare = &u->spare.partition,
                                         .keys = s->machine.keys.items,
                                         .key_count = s->machine.keys.count,
                                         .running = (uint8_t)s->options.slot };
    return kite_install_begin(&s->mem, &u->source, &place, &u->install, fault);
}

static void tell(struct station *s, int percent, enum kite_status status, const char *reason)
{
    station_event(s, (struct kite_event){ .kind = KITE_EVENT_UPDATE,
                                          .percent = percent,
                                          .is_done = status == KITE_DONE,
                                          .status = status == KITE_DONE ? KITE_OK : status,
                                          .reason = reason });
}

static void end(struct station *s, enum kite_status status, struct kite_fault *fault)
{
    station_update_close(s);
    if (status == KITE_DONE)
        device_log("update done");
    else
        device_log("update failed: %s", fault->text[0] ? fault->text : kite_status_text(status));
    tell(s, 100, status, status == KITE_DONE ? NULL : fault->text);
}

static void go_on(struct station *s)
{
    struct kite_fault fault = { "" };
    uint64_t done = 0, total = 0;
    enum kite_status status = kite_install_step(s->update->install, &done, &total, &fault);
    int percent = total ? (int)(done * 100 / total) : 0;

    if (status != KITE_OK) {
        end(s, status, &fault);
    } else if (percent != s->update->percent) {
        s->update->percent = percent;
        tell(s, percent, KITE_OK, NULL);
    }
}

int64_t station_update_round(struct station *s, int64_t now_ms)
{
    const char *file = s->machine.frame.wants_update;
    struct kite_fault fault = { "" };

    if (s->update && !file)
        station_update_close(s); /* the person thought better of it */
    if (s->update) {
        go_on(s);
    } else if (file) {
        enum kite_status status = begin(s, file, &fault);

        if (status)
            end(s, status, &fault);
    }
    return s->update ? now_ms : look_at_slot(s, now_ms);
}
