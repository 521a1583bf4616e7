/* Texts from a stick: asked for, taken in one after the other, and told what came of each. */
#include "reader/views.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#define FOLDER_BYTES_MAX 512
#define STEPS_A_TICK 4

struct import_state {
    const struct kite_library_io *io;
    char folder[FOLDER_BYTES_MAX];
    char name[KITE_FILE_NAME_BYTES_MAX + 1]; /* the file in hand, or the last one */
    bool is_running, is_over, is_gone;       /* gone: the stick was pulled out */
    void *file;
    struct kite_source source;
    struct kite_import *import;
    uint32_t added, already, refused;
};

void import_drop(struct kite_reader *r)
{
    struct import_state *m = r->import;

    if (!m)
        return;
    kite_import_cancel(m->import);
    if (m->file)
        m->io->close(m->io->ctx, m->file);
    kite_free(&r->mem, m);
    r->import = NULL;
}

/* ---- files of the stick ---------------------------------------------------------------------- */

/* Left behind by other systems, or hidden. */
static bool is_junk(const char *name)
{
    return name[0] == '.' || strcasecmp(name, "Thumbs.db") == 0 ||
           strcasecmp(name, "desktop.ini") == 0;
}

static bool is_named_bundle(const char *name)
{
    size_t bytes = strlen(name);

    return bytes > 5 && strcasecmp(name + bytes - 5, ".kite") == 0;
}

struct next_name {
    const char *after;
    char best[KITE_FILE_NAME_BYTES_MAX + 1];
    uint32_t count; /* of all that are candidates */
};

/* Files come in any order; they are taken by name, so that every device does the same. */
static enum kite_status take_name(void *ctx, const char *name, uint64_t bytes)
{
    struct next_name *next = ctx;

    (void)bytes;
    if (is_junk(name) || !is_named_bundle(name) || strlen(name) > KITE_FILE_NAME_BYTES_MAX)
        return KITE_OK;
    next->count++;
    if (strcmp(name, next->after) > 0 && (!next->best[0] || strcmp(name, next->best) < 0))
        text_copy(name, next->best, sizeof next->best);
    return KITE_OK;
}

static enum kite_status read_file(void *ctx, uint64_t offset, uint8_t *dst, size_t count)
{
    struct import_state *m = ctx;
    size_t got = 0;
    enum kite_status status = m->io->read_at(m->io->ctx, m->file, offset, dst, count, &got);

    return status == KITE_OK && got < count ? KITE_E_IO : status;
}

static enum kite_status open_file(struct kite_reader *r, struct import_state *m)
{
    char path[FOLDER_BYTES_MAX + KITE_FILE_NAME_BYTES_MAX + 2];
    enum kite_status status;

    snprintf(path, sizeof path, "%s/%s", m->folder, m->name);
    status = m->io->open(m->io->ctx, path, KITE_IO_READ, &m->file);
    if (status == KITE_OK)
        status = m->io->size(m->io->ctx, m->file, &m->source.size_bytes);
    m->source.ctx = m;
    m->source.read_at = read_file;
    if (status)
        return status == KITE_DONE ? KITE_E_IO : status;
    return kite_import_begin(r->library, &m->source, m->name, NULL, &m->import, NULL);
}

static void close_file(struct import_state *m)
{
    if (m->file)
        m->io->close(m->io->ctx, m->file);
    m->file = NULL;
}

/* ---- the work -------------------------------------------------------------------------------- */

static enum kite_status begin_next(struct kite_reader *r, struct import_state *m)
{
    struct next_name next = { .after = m->name };
    enum kite_status status = m->io->list(m->io->ctx, m->folder, &next, take_name);

    if (status || !next.best[0]) {
        m->is_running = false;
        m->is_over = true;
        r->is_stale = true;
        return KITE_OK; /* a stick that cannot be listed has been pulled out; the tally says what
                           arrived */
    }
    memcpy(m->name, next.best, sizeof m->name);
    status = open_file(r, m);
    if (status) {
        m->refused++;
        close_file(m);
        kite_import_cancel(m->import);
        m->import = NULL;
    }
    return KITE_OK;
}

static void count_result(struct import_state *m, enum kite_import_outcome outcome)
{
    if (outcome == KITE_IMPORT_ADDED || outcome == KITE_IMPORT_NEW_EDITION)
        m->added++;
    else if (outcome == KITE_IMPORT_ALREADY_HERE || outcome == KITE_IMPORT_OLDER_EDITION)
        m->already++;
    else
        m->refused++;
}

static enum kite_status go_on(struct kite_reader *r, struct import_state *m)
{
    struct kite_import_result result;
    uint64_t done, total;
    enum kite_status status = KITE_OK;

    for (int i = 0; i < STEPS_A_TICK && status == KITE_OK; i++)
        status = kite_import_step(m->import, &done, &total, NULL);
    if (status == KITE_OK)
        return KITE_OK;
    result.outcome = KITE_IMPORT_REFUSED;
    status = kite_import_finish(m->import, &result, NULL);
    m->import = NULL;
    close_file(m);
    count_result(m, status == KITE_OK || result.outcome == KITE_IMPORT_REFUSED
                        ? result.outcome
                        : KITE_IMPORT_REFUSED);
    r->is_stale = r->is_stale || seat_of(r)->view == VIEW_IMPORT;
    return KITE_OK; /* one that memory did not allow is refused like any other, and the next one is
                       tried */
}

enum kite_status import_work(struct kite_reader *r)
{
    struct import_state *m = r->import;

    if (!m || !m->is_running)
        return KITE_DONE;
    return m->import ? go_on(r, m) : begin_next(r, m);
}

/* ---- a stick comes or goes ------------------------------------------------------------------- */

enum kite_status import_storage(struct kite_reader *r, const struct kite_event *event)
{
    struct next_name next = { .after = "" };
    enum kite_status status;

    if (!event->is_present) {
        if (r->import)
            r->import->is_gone = true;
        return KITE_OK;
    }
    import_drop(r);
    if (!r->options.io || !event->folder || strlen(event->folder) >= FOLDER_BYTES_MAX)
        return KITE_OK;
    r->import = kite_alloc(&r->mem, 1, sizeof *r->import);
    if (!r->import)
        return KITE_E_NOMEM;
    r->import->io = r->options.io;
    text_copy(event->folder, r->import->folder, sizeof r->import->folder);
    status = r->options.io->list(r->options.io->ctx, event->folder, &next, take_name);
    if (status == KITE_OK && next.count > 0)
        view_open(r, VIEW_IMPORT, next.count);
    return status == KITE_E_NOMEM ? status : KITE_OK;
}

/* ---- the screen ------------------------------------------------------------------------------ */

static void add_count(struct kite_reader *r, enum message message, uint32_t count, char *out,
                      size_t out_bytes)
{
    char number[16], part[128];

    snprintf(number, sizeof number, "%u", (unsigned)count);
    text_add(kite_text_fill(say(r, message), number, NULL, part, sizeof part), out, out_bytes);
}

static enum kite_status intro(struct kite_reader *r, char *out, size_t out_bytes)
{
    const struct import_state *m = r->import;

    if (!m)
        return KITE_OK;
    text_copy("", out, out_bytes);
    if (!m->is_running && !m->is_over) {
        text_copy(say(r, MESSAGE_STICK_CAME), out, out_bytes);
        text_add(" ", out, out_bytes);
        add_count(r, MESSAGE_FILES_COUNT, (uint32_t)seat_of(r)->about, out, out_bytes);
        return KITE_OK;
    }
    if (m->is_running) {
        text_add(m->name, out, out_bytes);
        text_add("\n", out, out_bytes);
    }
    add_count(r, MESSAGE_IMPORTED_COUNT, m->added, out, out_bytes);
    text_add("\n", out, out_bytes);
    add_count(r, MESSAGE_ALREADY_COUNT, m->already, out, out_bytes);
    text_add("\n", out, out_bytes);
    add_count(r, MESSAGE_REFUSED_COUNT, m->refused, out, out_bytes);
    return KITE_OK;
}

static enum kite_status count_one(void *ctx, const struct kite_refused *refused)
{
    (void)refused;
    (*(uint32_t *)ctx)++;
    return KITE_OK;
}

/* When it is over: go on, and below what was refused and why. */
static enum kite_status count_rows(struct kite_reader *r, uint32_t *out)
{
    const struct import_state *m = r->import;

    *out = m && !m->is_running && !m->is_over ? 2 : 1;
    if (m && m->is_over && m->refused > 0)
        return kite_library_refused(r->library, 0, m->refused, out, count_one, &r->fault);
    return KITE_OK;
}

static enum kite_status fill_refused(void *ctx, const struct kite_refused *refused)
{
    struct row *row = ctx;

    text_copy(refused->name, row->label, sizeof row->label);
    text_copy(refused->reason, row->detail, sizeof row->detail);
    return KITE_OK;
}

static enum kite_status fill_row(struct kite_reader *r, uint32_t index, struct row *out)
{
    const struct import_state *m = r->import;
    bool is_asking = m && !m->is_running && !m->is_over;

    if (index > 0 && !is_asking)
        return kite_library_refused(r->library, index - 1, 1, out, fill_refused, &r->fault);

    enum message label = is_asking            ? (index == 0 ? MESSAGE_IMPORT_START : MESSAGE_CANCEL)
                         : m && m->is_running ? MESSAGE_CANCEL
                                              : MESSAGE_OK;

    text_copy(say(r, label), out->label, sizeof out->label);
    out->icon = label == MESSAGE_CANCEL ? ICON_REMOVE
                : label == MESSAGE_OK   ? ICON_CHECK
                                        : ICON_PLUS;
    return KITE_OK;
}

static enum kite_status choose(struct kite_reader *r, uint32_t index)
{
    struct import_state *m = r->import;

    if (m && !m->is_running && !m->is_over && index == 0) {
        m->is_running = true;
        r->is_stale = true;
        return KITE_OK;
    }
    if (index > 0 && m && m->is_over) /* a refused one: its reason stands there */
        return KITE_OK;
    import_drop(r);
    view_close(r);
    return KITE_OK;
}

const struct view view_import = { .name = "import",
                                  .title = MESSAGE_IMPORT,
                                  .intent = KITE_INTENT_INTERFACE,
                                  .label_lines = 2,
                                  .detail_lines = 3,
                                  .has_icons = true,
                                  .intro = intro,
                                  .count = count_rows,
                                  .row = fill_row,
                                  .chosen = choose };

/* ---- files put into the folder by hand ------------------------------------------------------- */

void scan_drop(struct kite_reader *r)
{
    kite_scan_end(r->scan);
    r->scan = NULL;
}

enum kite_status scan_work(struct kite_reader *r)
{
    struct kite_import_result result;
    enum kite_status status = KITE_OK;

    if (r->is_scanned)
        return KITE_DONE;
    if (!r->scan)
        status = kite_scan_begin(r->library, NULL, &r->scan, &r->fault);
    if (status == KITE_OK)
        status = kite_scan_step(r->scan, &result, &r->fault);
    if (status == KITE_OK) {
        bool is_news =
            result.outcome == KITE_IMPORT_ADDED || result.outcome == KITE_IMPORT_NEW_EDITION;

        r->is_stale = r->is_stale || (is_news && seat_of(r)->view == VIEW_LIBRARY);
        return KITE_OK;
    }
    scan_drop(r);
    r->is_scanned = status != KITE_E_NOMEM;
    return status;
}
