/* Frames and refreshes into files. */
#include "emulator/record.h"

#include <errno.h>
#include <sodium.h>
#include <string.h>

#define HASH_BYTES 16
#define PATH_BYTES_MAX 4200

static enum kite_status write_png(const struct kite_memory *mem, const struct kite_canvas *canvas,
                                  const char *path, struct kite_fault *fault)
{
    struct kite_output out;
    enum kite_status status = kite_output_open(mem, path, &out, fault);

    if (status)
        return status;

    struct kite_sink sink = kite_output_sink(&out);

    status = kite_canvas_write_png(canvas, mem, &sink, fault);
    if (status == KITE_OK)
        return kite_output_commit(&out, fault);
    kite_output_drop(&out);
    return status;
}

static enum kite_status path_of(const char *folder, const char *name, char path[PATH_BYTES_MAX],
                                struct kite_fault *fault)
{
    if (snprintf(path, PATH_BYTES_MAX, "%s/%s.png", folder, name) >= PATH_BYTES_MAX)
        return kite_fail(fault, KITE_E_LIMIT, "the name of the folder for frames is too long");
    return KITE_OK;
}

enum kite_status record_panel(struct machine *machine, const char *folder, const char *name,
                              struct kite_fault *fault)
{
    const struct kite_panel_geometry *panel = &machine->core.options.panel;
    struct kite_canvas canvas = { .width_px = panel->width_px,
                                  .height_px = panel->height_px,
                                  .stride_bytes = panel->width_px };
    char path[PATH_BYTES_MAX];
    enum kite_status status = path_of(folder, name, path, fault);

    if (status)
        return status;
    canvas.pixels =
        kite_alloc(&machine->core.mem, (size_t)panel->width_px, (size_t)panel->height_px);
    if (!canvas.pixels)
        return kite_fail(fault, KITE_E_NOMEM, "no memory for a picture of the panel");
    kite_panel_model_view(machine->model, machine->core.now_ms, canvas.pixels, canvas.stride_bytes);
    status = write_png(&machine->core.mem, &canvas, path, fault);
    kite_free(&machine->core.mem, canvas.pixels);
    return status;
}

/* ---- what the machine tells ------------------------------------------------------------------ */

/* Every frame by number, its screen, and a hash of its pixels. */
static void keep_frame(void *ctx, const struct kite_frame *frame, int64_t now_ms)
{
    struct record *record = ctx;
    uint8_t hash[HASH_BYTES];
    char name[32], text[2 * HASH_BYTES + 1], path[PATH_BYTES_MAX];

    if (record->status)
        return;
    crypto_generichash(hash, sizeof hash, frame->canvas->pixels,
                       (size_t)frame->canvas->stride_bytes * (size_t)frame->canvas->height_px, NULL,
                       0);
    sodium_bin2hex(text, sizeof text, hash, sizeof hash);
    fprintf(record->log, "%8lld frame %u %s %s\n", (long long)now_ms, ++record->frame_count,
            kite_reader_screen(record->machine->core.reader), text);
    snprintf(name, sizeof name, "frame-%04u", record->frame_count);
    record->status = path_of(record->folder, name, path, &record->fault);
    if (record->status == KITE_OK)
        record->status = write_png(&record->machine->core.mem, frame->canvas, path, &record->fault);
}

static void keep_refresh(void *ctx, const struct kite_update *update, int64_t now_ms)
{
    struct record *record = ctx;

    fprintf(record->log, "%8lld refresh %s %s %dx%d+%d+%d %u ms\n", (long long)now_ms,
            kite_waveform_name(update->waveform),
            update->mode == KITE_UPDATE_FULL ? "full" : "partial", (int)update->rect.width,
            (int)update->rect.height, (int)update->rect.x, (int)update->rect.y,
            (unsigned)update->duration_ms);
}

static void keep_notice(void *ctx, const char *notice, int64_t now_ms)
{
    struct record *record = ctx;

    fprintf(stderr, "kite-emulator: %s\n", notice);
    if (record->log)
        fprintf(record->log, "%8lld notice %s\n", (long long)now_ms, notice);
}

enum kite_status record_open(struct record *record, const char *folder, struct machine *machine,
                             struct kite_machine_options *options)
{
    char path[PATH_BYTES_MAX];

    *record = (struct record){ .machine = machine, .folder = folder };
    options->ctx = record;
    options->notice = keep_notice;
    if (!folder)
        return KITE_OK;

    enum kite_status status = kite_folder_make(folder, &machine->core.fault);

    if (status)
        return status;
    if (snprintf(path, sizeof path, "%s/refresh.log", folder) >= (int)sizeof path)
        return kite_fail(&machine->core.fault, KITE_E_LIMIT,
                         "the name of the folder for frames is too long");
    record->log = fopen(path, "w");
    if (!record->log)
        return kite_fail(&machine->core.fault, KITE_E_IO, "cannot write %s: %s", path,
                         strerror(errno));
    setvbuf(record->log, NULL, _IOLBF, 0); /* to be followed while it grows */
    options->frame = keep_frame;
    options->refresh = keep_refresh;
    return KITE_OK;
}

enum kite_status record_close(struct record *record)
{
    bool is_written = !record->log || !ferror(record->log);

    if (record->log && fclose(record->log) != 0)
        is_written = false;
    record->log = NULL;
    if (record->status == KITE_OK && !is_written)
        record->status =
            kite_fail(&record->fault, KITE_E_IO, "cannot write the log: %s", strerror(errno));
    return record->status;
}
