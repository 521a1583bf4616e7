/* Texts from a volume: a stick is asked about, the inbox is not; they are taken in one after the
 * other.
 */
#include "reader/import.h"

#include <string.h>

#define LOOKS_A_TICK 64 /* files; also at once, when a volume comes */
#define STEPS_A_TICK 8
#define REDRAW_MS 1500 /* between two looks at the progress */

void import_drop(struct kite_reader *r)
{
    struct import_state *m = r->import;

    if (!m)
        return;
    r->is_volume_done = r->is_volume_done || m->volume == KITE_VOLUME_INBOX;
    kite_sideload_close(m->sideload);
    kite_free(&r->mem, m);
    r->import = NULL;
}

/* ---- the work -------------------------------------------------------------------------------- */

static bool is_shown(const struct kite_reader *r)
{
    for (unsigned i = 0; i < r->seat_count; i++)
        if (r->seats[i].view == VIEW_IMPORT)
            return true;
    return false;
}

static void show(struct kite_reader *r)
{
    if (!is_shown(r))
        view_open(r, VIEW_IMPORT, 0);
    r->is_stale = true;
}

/* What is on it concerns somebody. */
static bool is_of_use(const struct kite_sideload_news *news)
{
    return news->file_count > 0 && !news->is_gone;
}

uint32_t import_texts(const struct kite_reader *r)
{
    const uint32_t *finds = r->import->news->finds;

    return finds[KITE_FIND_BUNDLE] + (r->options.converter ? finds[KITE_FIND_DOCUMENT] : 0);
}

/* Without a text there is nothing to ask: what else is there is told of at once. */
static bool is_asked_about(const struct kite_reader *r)
{
    return r->import->volume == KITE_VOLUME_STICK && import_texts(r) > 0;
}

/* Editions count by what is here now: an older one was had already. */
static void count_up(struct kite_reader *r, const uint32_t arrivals[KITE_ARRIVAL_COUNT])
{
    struct kite_import_tally *t = &r->imports;

    t->number++;
    t->added = arrivals[KITE_ARRIVAL_ADDED] + arrivals[KITE_ARRIVAL_NEW_EDITION];
    t->had = arrivals[KITE_ARRIVAL_ALREADY_HERE] + arrivals[KITE_ARRIVAL_OLDER_EDITION];
    t->refused = 0;
    for (int i = KITE_ARRIVAL_INCOMPLETE; i <= KITE_ARRIVAL_NOT_A_BUNDLE; i++)
        t->refused += arrivals[i];
}

static void end(struct kite_reader *r)
{
    r->is_volume_done = r->is_volume_done || r->import->volume == KITE_VOLUME_INBOX;
    count_up(r, r->import->news->arrivals);
}

static void go_on_from(struct kite_reader *r, enum kite_sideload_stage before)
{
    struct import_state *m = r->import;

    if (m->news->stage == before)
        return;
    if (seat_of(r)->view == VIEW_IMPORT)
        seat_of(r)->focus = 0;
    if (m->news->stage == KITE_SIDELOAD_WAITS && !is_asked_about(r))
        kite_sideload_take(m->sideload);
    else if (m->news->stage == KITE_SIDELOAD_OVER)
        end(r);
    if (before != KITE_SIDELOAD_LOOKS || m->volume == KITE_VOLUME_INBOX || is_of_use(m->news))
        show(r);
    else
        import_drop(r);
}

static enum kite_status step(struct kite_reader *r)
{
    struct import_state *m = r->import;
    enum kite_sideload_stage before = m->news->stage;
    enum kite_status status = kite_sideload_step(m->sideload, &r->fault);

    if (status == KITE_OK || status == KITE_E_NOMEM)
        return status;
    if (status != KITE_DONE) { /* the library has to be opened anew */
        import_drop(r);
        view_remove(r, VIEW_IMPORT);
        return status;
    }
    go_on_from(r, before);
    return KITE_OK;
}

static bool is_working(const struct import_state *m)
{
    return m && (m->news->stage == KITE_SIDELOAD_LOOKS || m->news->stage == KITE_SIDELOAD_TAKES);
}

/* ---- a volume comes or goes ------------------------------------------------------------------ */

static enum kite_status begin(struct kite_reader *r, enum kite_volume volume, const char *folder)
{
    struct kite_sideload_options options = { .library = r->library,
                                             .io = r->options.io,
                                             .converter = r->options.converter,
                                             .folder = folder,
                                             .version = r->options.can_update ? KITE_VERSION : NULL,
                                             .keys = r->options.keys,
                                             .key_count = r->options.key_count,
                                             .lang = r->catalogue->lang,
                                             .has_receipt = volume == KITE_VOLUME_INBOX,
                                             .is_emptied = volume == KITE_VOLUME_INBOX };
    struct import_state *m = kite_alloc(&r->mem, 1, sizeof *m);
    enum kite_status status = m ? pin_is_set(r, &options.takes_older) : KITE_E_NOMEM;

    if (status == KITE_OK)
        status = kite_sideload_open(&r->mem, &options, &m->sideload);

    if (status) {
        kite_free(&r->mem, m);
        return status;
    }
    m->news = kite_sideload_news(m->sideload);
    m->volume = volume;
    r->import = m;
    if (volume == KITE_VOLUME_INBOX)
        show(r);
    for (int i = 0; i < LOOKS_A_TICK && status == KITE_OK && r->import &&
                    r->import->news->stage == KITE_SIDELOAD_LOOKS;
         i++)
        status = step(r);
    return status;
}

/* What was told of another volume goes. */
static enum kite_status take_volume(struct kite_reader *r, enum kite_volume volume,
                                    const char *folder)
{
    import_drop(r);
    view_remove(r, VIEW_IMPORT_FILE);
    view_remove(r, VIEW_IMPORT_GROUP);
    view_remove(r, VIEW_IMPORT);
    return begin(r, volume, folder);
}

static void volume_goes(struct kite_reader *r, enum kite_volume volume)
{
    struct import_state *m = r->import;

    if (r->waiting.is_there && r->waiting.volume == volume)
        r->waiting.is_there = false;
    if (!m || m->volume != volume || m->news->stage == KITE_SIDELOAD_OVER)
        return;
    kite_sideload_stop(m->sideload, true);
    if (m->news->stage != KITE_SIDELOAD_OVER) /* what it has brought is still to be told */
        return;
    import_drop(r);
    view_remove(r, VIEW_IMPORT);
}

static enum kite_status volume_comes(struct kite_reader *r, enum kite_volume volume,
                                     const char *folder)
{
    bool is_usable = r->options.io && folder && strlen(folder) < PATH_BYTES_MAX;

    if (volume == KITE_VOLUME_INBOX) {
        view_remove(r, VIEW_CABLE);
        r->is_volume_done = !is_usable;
    }
    if (!is_usable)
        return KITE_OK;
    if (!is_working(r->import) || r->import->volume == volume)
        return take_volume(r, volume, folder);
    r->waiting.is_there = true; /* its turn comes when the other one has been told of */
    r->waiting.volume = volume;
    text_copy(folder, r->waiting.folder, sizeof r->waiting.folder);
    return KITE_OK;
}

enum kite_status import_storage(struct kite_reader *r, const struct kite_event *event)
{
    bool is_inbox = event->volume == KITE_VOLUME_INBOX;

    if (!is_inbox)
        pass_stick(r, event->is_present ? event->folder : NULL);
    if (event->is_present)
        return volume_comes(r, event->volume, event->folder);
    volume_goes(r, event->volume);
    if (is_inbox)
        cable_failed(r);
    return KITE_OK;
}

/* ---- idle work ------------------------------------------------------------------------------- */

static enum kite_status take_waiting(struct kite_reader *r)
{
    if (!r->waiting.is_there || (r->import && is_shown(r)))
        return KITE_DONE;
    r->waiting.is_there = false;
    return take_volume(r, r->waiting.volume, r->waiting.folder);
}

enum kite_status import_work(struct kite_reader *r)
{
    enum kite_status status = KITE_OK;
    int steps = STEPS_A_TICK;

    if (!is_working(r->import))
        return take_waiting(r);
    if (r->import->news->stage == KITE_SIDELOAD_LOOKS)
        steps = LOOKS_A_TICK;
    for (int i = 0; i < steps && status == KITE_OK && is_working(r->import); i++)
        status = step(r);
    if (r->import && seat_of(r)->view == VIEW_IMPORT &&
        r->now_ms >= r->import->drawn_ms + REDRAW_MS)
        r->is_stale = true;
    return status;
}
