/* Texts from a volume: a stick is asked about, the inbox is not; they are taken in one after the
 * other, and what came of each is told. */
#include "reader/deeds.h"
#include "reader/views.h"

#include "sideload/sideload.h"

#include <stdio.h>
#include <string.h>

#define LOOKS_A_TICK 64 /* files; also at once, when a volume comes */
#define STEPS_A_TICK 8
#define ROWS_IN_ONE 16 /* most that one list tells, each with its reason */
#define REDRAW_MS 1500 /* between two looks at the progress */

struct import_state {
    struct kite_sideload *sideload;
    const struct kite_sideload_news *news;
    enum kite_volume volume;
    int64_t drawn_ms; /* the progress, last */
};

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
    if (m->news->stage == KITE_SIDELOAD_WAITS && m->volume == KITE_VOLUME_INBOX)
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

enum kite_status import_work(struct kite_reader *r)
{
    enum kite_status status = KITE_OK;
    int steps = STEPS_A_TICK;

    if (!is_working(r->import))
        return KITE_DONE;
    if (r->import->news->stage == KITE_SIDELOAD_LOOKS)
        steps = LOOKS_A_TICK;
    for (int i = 0; i < steps && status == KITE_OK && is_working(r->import); i++)
        status = step(r);
    if (r->import && seat_of(r)->view == VIEW_IMPORT &&
        r->now_ms >= r->import->drawn_ms + REDRAW_MS)
        r->is_stale = true;
    return status;
}

/* ---- a volume comes or goes ------------------------------------------------------------------ */

static enum kite_status begin(struct kite_reader *r, const struct kite_event *event)
{
    struct kite_sideload_options options = { .library = r->library,
                                             .io = r->options.io,
                                             .folder = event->folder,
                                             .version = r->options.can_update ? KITE_VERSION : NULL,
                                             .lang = r->catalogue->lang,
                                             .has_receipt = event->volume == KITE_VOLUME_INBOX };
    struct import_state *m = kite_alloc(&r->mem, 1, sizeof *m);
    enum kite_status status =
        m ? kite_sideload_open(&r->mem, &options, &m->sideload) : KITE_E_NOMEM;

    if (status) {
        kite_free(&r->mem, m);
        return status;
    }
    m->news = kite_sideload_news(m->sideload);
    m->volume = event->volume;
    r->import = m;
    if (event->volume == KITE_VOLUME_INBOX)
        show(r);
    for (int i = 0; i < LOOKS_A_TICK && status == KITE_OK && r->import &&
                    r->import->news->stage == KITE_SIDELOAD_LOOKS;
         i++)
        status = step(r);
    return status;
}

static void volume_goes(struct kite_reader *r, enum kite_volume volume)
{
    struct import_state *m = r->import;

    if (!m || m->volume != volume || m->news->stage == KITE_SIDELOAD_OVER)
        return;
    kite_sideload_stop(m->sideload, true);
    if (m->news->stage != KITE_SIDELOAD_OVER) /* what it has brought is still to be told */
        return;
    import_drop(r);
    view_remove(r, VIEW_IMPORT);
}

enum kite_status import_storage(struct kite_reader *r, const struct kite_event *event)
{
    bool is_inbox = event->volume == KITE_VOLUME_INBOX;

    if (!is_inbox)
        pass_stick(r, event->is_present ? event->folder : NULL);
    if (!event->is_present) {
        volume_goes(r, event->volume);
        if (is_inbox)
            cable_failed(r);
        return KITE_OK;
    }
    import_drop(r);
    view_remove(r, VIEW_IMPORT_FILE);
    view_remove(r, VIEW_IMPORT_GROUP);
    view_remove(r, VIEW_IMPORT);
    if (is_inbox) {
        view_remove(r, VIEW_CABLE);
        r->is_volume_done = false;
    }
    if (!r->options.io || !event->folder || strlen(event->folder) >= PATH_BYTES_MAX) {
        r->is_volume_done = is_inbox;
        return KITE_OK;
    }
    return begin(r, event);
}

/* ---- the screen ------------------------------------------------------------------------------ */

static const struct kite_words *words_of(const struct kite_reader *r)
{
    return kite_words(r->catalogue->lang);
}

/* One more line. */
static void add_line(const char *text, uint64_t first, uint64_t second, char *out, size_t out_bytes)
{
    char one[24], two[24], line[256];

    snprintf(one, sizeof one, "%llu", (unsigned long long)first);
    snprintf(two, sizeof two, "%llu", (unsigned long long)second);
    text_add(out[0] ? "\n" : "", out, out_bytes);
    text_add(kite_text_fill(text, one, two, line, sizeof line), out, out_bytes);
}

static void tell_find(struct kite_reader *r, const struct kite_sideload_news *news, char *out,
                      size_t out_bytes)
{
    text_copy(say(r, MESSAGE_STICK_CAME), out, out_bytes);
    add_line(say(r, MESSAGE_FILES_COUNT), news->finds[KITE_FIND_BUNDLE], 0, out, out_bytes);
    if (news->finds[KITE_FIND_DOCUMENT] > 0)
        add_line(words_of(r)->counts[KITE_ARRIVAL_NOT_A_BUNDLE], news->finds[KITE_FIND_DOCUMENT], 0,
                 out, out_bytes);
}

static void tell_progress(struct kite_reader *r, const struct kite_sideload_news *news, char *out,
                          size_t out_bytes)
{
    uint64_t percent = news->total_bytes > 0 ? news->done_bytes * 100 / news->total_bytes : 100;

    r->import->drawn_ms = r->now_ms;
    if (news->stage == KITE_SIDELOAD_LOOKS || news->file_number == 0) {
        text_copy(say(r, MESSAGE_CABLE_WAITS), out, out_bytes);
        return;
    }
    text_copy(news->name, out, out_bytes);
    add_line(say(r, MESSAGE_IMPORT_PROGRESS), news->file_number, news->file_count, out, out_bytes);
    add_line("{1} %", percent < 100 ? percent : 100, 0, out, out_bytes);
}

static size_t missing_count(const struct import_state *m)
{
    return m->news->wanted - m->news->here;
}

/* All there is to tell at the end, one after the other: what is missing, then files by arrival. */
static size_t told_count(const struct import_state *m)
{
    return m->news->stage == KITE_SIDELOAD_OVER
               ? missing_count(m) + kite_sideload_row_count(m->sideload)
               : 0;
}

/* Too many to stand in one list, they stand in one list for each thing that came of them. */
static bool is_grouped(const struct import_state *m)
{
    return told_count(m) > ROWS_IN_ONE;
}

static void tell_tally(struct kite_reader *r, const struct kite_sideload_news *news, char *out,
                       size_t out_bytes)
{
    const struct kite_words *words = words_of(r);

    text_copy("", out, out_bytes);
    if (news->is_gone || news->is_stopped)
        text_copy(words->texts[news->is_gone ? KITE_WORD_GONE : KITE_WORD_STOPPED], out, out_bytes);
    for (int i = 0; i < KITE_ARRIVAL_COUNT && !is_grouped(r->import); i++)
        if (news->arrivals[i] > 0 || i == KITE_ARRIVAL_ADDED)
            add_line(words->counts[i], news->arrivals[i], 0, out, out_bytes);
    if (news->left_out > 0)
        add_line(words->texts[KITE_WORD_LEFT_OUT], news->left_out, 0, out, out_bytes);
    if (news->wanted > 0)
        add_line(words->texts[KITE_WORD_WANTED], news->here, news->wanted, out, out_bytes);
    if (r->import->volume == KITE_VOLUME_INBOX)
        add_line(say(r, news->has_receipt ? MESSAGE_RECEIPT_WRITTEN : MESSAGE_RECEIPT_MISSING), 0,
                 0, out, out_bytes);
}

static enum kite_status intro(struct kite_reader *r, char *out, size_t out_bytes)
{
    const struct import_state *m = r->import;

    if (!m)
        return KITE_OK;
    if (m->news->stage == KITE_SIDELOAD_WAITS)
        tell_find(r, m->news, out, out_bytes);
    else if (m->news->stage == KITE_SIDELOAD_OVER)
        tell_tally(r, m->news, out, out_bytes);
    else
        tell_progress(r, m->news, out, out_bytes);
    return KITE_OK;
}

/* ---- its rows -------------------------------------------------------------------------------- */

static enum kite_status do_take(struct kite_reader *r)
{
    kite_sideload_take(r->import->sideload);
    r->is_stale = true;
    return KITE_OK;
}

/* The tally comes next. */
static enum kite_status do_stop(struct kite_reader *r)
{
    kite_sideload_stop(r->import->sideload, false);
    return KITE_OK;
}

static enum kite_status do_close(struct kite_reader *r)
{
    import_drop(r);
    view_close(r);
    return KITE_OK;
}

/* It takes this screen's place: one question at a time. */
static enum kite_status do_update(struct kite_reader *r)
{
    char path[KITE_VOLUME_PATH_BYTES_MAX], version[KITE_RELEASE_NAME_BYTES_MAX + 1];

    text_copy(r->import->news->update_path, path, sizeof path);
    text_copy(r->import->news->update_version, version, sizeof version);
    do_close(r);
    update_offer(r, path, version);
    return KITE_OK;
}

/* What can be done, by how far it is. */
static const struct deed deeds[] = {
    { KITE_SIDELOAD_LOOKS, MESSAGE_CANCEL, ICON_REMOVE, do_close },
    { KITE_SIDELOAD_WAITS, MESSAGE_IMPORT_START, ICON_PLUS, do_take },
    { KITE_SIDELOAD_WAITS, MESSAGE_UPDATE, ICON_RETURN, do_update },
    { KITE_SIDELOAD_WAITS, MESSAGE_CANCEL, ICON_REMOVE, do_close },
    { KITE_SIDELOAD_TAKES, MESSAGE_CANCEL, ICON_REMOVE, do_stop },
    { KITE_SIDELOAD_OVER, MESSAGE_OK, ICON_CHECK, do_close },
    { KITE_SIDELOAD_OVER, MESSAGE_UPDATE, ICON_RETURN, do_update },
    { 0 },
};

/* An update goes by stick alone: the inbox is nobody's for long. */
static bool has_update(const struct import_state *m)
{
    return m->news->update_path[0] && m->volume == KITE_VOLUME_STICK;
}

static const struct deed *action_at(const struct import_state *m, uint32_t index)
{
    for (uint32_t i = 0;; i++) {
        const struct deed *deed = deed_at(deeds, (int)m->news->stage, i);

        if (!deed)
            return NULL;
        if ((deed->act != do_update || has_update(m)) && index-- == 0)
            return deed;
    }
}

static uint32_t action_count(const struct import_state *m)
{
    uint32_t count = 0;

    while (action_at(m, count))
        count++;
    return count;
}

struct group {
    size_t first, count; /* of all that is told */
    const char *title;   /* "{1}" is the count */
};

/* The next group behind one; all-zero before the first. */
static bool next_group(const struct kite_reader *r, struct group *group)
{
    const struct import_state *m = r->import;
    size_t at = group->first + group->count, missing = missing_count(m);

    if (at == told_count(m))
        return false;
    *group = (struct group){ at, missing, words_of(r)->texts[KITE_WORD_MISSING_COUNT] };
    if (at < missing)
        return true;

    enum kite_arrival arrival = kite_sideload_row(m->sideload, at - missing).arrival;

    group->title = words_of(r)->counts[arrival];
    for (group->count = 0;
         at + group->count < told_count(m) &&
         kite_sideload_row(m->sideload, at - missing + group->count).arrival == arrival;)
        group->count++;
    return true;
}

static bool group_at(const struct kite_reader *r, uint32_t index, struct group *group)
{
    *group = (struct group){ 0 };
    do
        if (!next_group(r, group))
            return false;
    while (index-- > 0);
    return true;
}

static enum kite_status count_rows(struct kite_reader *r, uint32_t *out)
{
    const struct import_state *m = r->import;
    struct group group;
    uint32_t groups = 0;

    *out = 0;
    if (!m)
        return KITE_OK;
    while (is_grouped(m) && group_at(r, groups, &group))
        groups++;
    *out = action_count(m) + (is_grouped(m) ? groups : (uint32_t)told_count(m));
    return KITE_OK;
}

/* The nth of the provision set that is not here. */
static const char *missing_name(const struct import_state *m, size_t index)
{
    const struct kite_provision *set = kite_sideload_provision(m->sideload);
    size_t i = 0;

    while (set->items[i].is_here || index-- > 0)
        i++;
    return set->items[i].name;
}

static enum kite_status take_title(void *ctx, const struct kite_entry *entry)
{
    struct row *row = ctx;

    text_copy(entry->title, row->label, sizeof row->label);
    row->lang = entry->lang;
    row->is_rtl = entry->direction == KITE_DIRECTION_RTL;
    return KITE_OK;
}

static const char *icon_of(enum kite_arrival arrival)
{
    return arrival < KITE_ARRIVAL_ADDED          ? ICON_REMOVE
           : arrival <= KITE_ARRIVAL_NEW_EDITION ? ICON_PLUS
                                                 : ICON_CHECK;
}

/* What arrived has a title by now. */
static enum kite_status fill_file(struct kite_reader *r, size_t index, struct row *out)
{
    const struct import_state *m = r->import;
    struct kite_arrival_row row = kite_sideload_row(m->sideload, index);
    enum kite_status status = KITE_E_RANGE;

    out->icon = icon_of(row.arrival);
    kite_words_reason(words_of(r), &row, out->detail, sizeof out->detail);
    out->starts_group =
        index == 0 || kite_sideload_row(m->sideload, index - 1).arrival != row.arrival;
    if (row.text)
        status = kite_library_entry(r->library, row.text, 0, out, take_title, &r->fault);
    if (status && status != KITE_E_RANGE)
        return status;
    if (!out->label[0])
        text_copy(row.name, out->label, sizeof out->label);
    return KITE_OK;
}

static enum kite_status fill_told(struct kite_reader *r, size_t index, struct row *out)
{
    const struct import_state *m = r->import;

    if (index >= missing_count(m))
        return fill_file(r, index - missing_count(m), out);
    text_copy(missing_name(m, index), out->label, sizeof out->label);
    text_copy(words_of(r)->texts[KITE_WORD_MISSING], out->detail, sizeof out->detail);
    out->icon = ICON_REMOVE;
    out->starts_group = index == 0;
    return KITE_OK;
}

static void fill_group(struct kite_reader *r, uint32_t index, struct row *out)
{
    struct group group;
    char count[24];

    if (!group_at(r, index, &group))
        return;
    snprintf(count, sizeof count, "%zu", group.count);
    kite_text_fill(group.title, count, NULL, out->label, sizeof out->label);
    out->icon = ICON_MORE;
    out->starts_group = index == 0;
}

static enum kite_status fill_row(struct kite_reader *r, uint32_t index, struct row *out)
{
    const struct import_state *m = r->import;
    const struct deed *action = action_at(m, index);

    if (action) {
        deed_fill(r, action, out);
        return KITE_OK;
    }
    index -= action_count(m);
    if (!is_grouped(m))
        return fill_told(r, index, out);
    fill_group(r, index, out);
    return KITE_OK;
}

static enum kite_status choose(struct kite_reader *r, uint32_t index)
{
    const struct deed *action = action_at(r->import, index);

    if (action)
        return action->act(r);
    view_open(r, is_grouped(r->import) ? VIEW_IMPORT_GROUP : VIEW_IMPORT_FILE,
              index - action_count(r->import));
    return KITE_OK;
}

const struct view view_import = { .name = "import",
                                  .title = MESSAGE_IMPORT,
                                  .intent = KITE_INTENT_INTERFACE,
                                  .label_lines = 2,
                                  .detail_lines = 2,
                                  .has_icons = true,
                                  .intro = intro,
                                  .count = count_rows,
                                  .row = fill_row,
                                  .chosen = choose };

/* ---- those of a group ------------------------------------------------------------------------ */

static struct group group_in_front(struct kite_reader *r)
{
    struct group group = { 0 };

    if (r->import)
        (void)group_at(r, (uint32_t)seat_of(r)->about, &group);
    return group;
}

static enum kite_status group_head(struct kite_reader *r, struct row *out)
{
    fill_group(r, (uint32_t)seat_of(r)->about, out);
    return KITE_OK;
}

static enum kite_status count_group(struct kite_reader *r, uint32_t *out)
{
    *out = (uint32_t)group_in_front(r).count;
    return KITE_OK;
}

/* The group's title says what came of them. */
static enum kite_status fill_member(struct kite_reader *r, uint32_t index, struct row *out)
{
    enum kite_status status = fill_told(r, group_in_front(r).first + index, out);

    out->detail[0] = '\0';
    out->starts_group = false;
    return status;
}

static enum kite_status choose_member(struct kite_reader *r, uint32_t index)
{
    view_open(r, VIEW_IMPORT_FILE, (int64_t)(group_in_front(r).first + index));
    return KITE_OK;
}

const struct view view_import_group = { .name = "import group",
                                        .title = MESSAGE_IMPORT,
                                        .intent = KITE_INTENT_INTERFACE,
                                        .label_lines = 2,
                                        .has_icons = true,
                                        .head = group_head,
                                        .count = count_group,
                                        .row = fill_member,
                                        .chosen = choose_member };

/* ---- one file, in full ----------------------------------------------------------------------- */

static enum kite_status file_intro(struct kite_reader *r, char *out, size_t out_bytes)
{
    const struct import_state *m = r->import;
    size_t index = (size_t)seat_of(r)->about;
    struct row row = { 0 };
    enum kite_status status = fill_told(r, index, &row);

    text_copy(row.label, out, out_bytes);
    text_add("\n", out, out_bytes);
    text_add(row.detail, out, out_bytes);
    if (index < missing_count(m))
        return status;

    struct kite_arrival_row file = kite_sideload_row(m->sideload, index - missing_count(m));

    if (strcmp(file.name, row.label) != 0) { /* it was called by its title */
        text_add("\n", out, out_bytes);
        text_add(file.name, out, out_bytes);
    }
    return status;
}

const struct view view_import_file = { .name = "import file",
                                       .title = MESSAGE_IMPORT,
                                       .intent = KITE_INTENT_INTERFACE,
                                       .has_icons = true,
                                       .intro = file_intro,
                                       .row_count = 1,
                                       .row = ok_row,
                                       .chosen = ok_chosen };

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
