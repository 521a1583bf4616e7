/* The screen of an import: the question, the progress, the tally. */
#include "reader/deeds.h"
#include "reader/import.h"

#include <stdio.h>

/* ---- the screen ------------------------------------------------------------------------------ */

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
    add_line(say(r, MESSAGE_FILES_COUNT), import_texts(r), 0, out, out_bytes);
    if (news->finds[KITE_FIND_DOCUMENT] > 0 && !r->options.converter)
        add_line(import_words(r)->counts[KITE_ARRIVAL_NOT_A_BUNDLE],
                 news->finds[KITE_FIND_DOCUMENT], 0, out, out_bytes);
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
    if (news->is_converting)
        add_line(say(r, MESSAGE_IMPORT_CONVERTS), 0, 0, out, out_bytes);
}

static void tell_tally(struct kite_reader *r, const struct kite_sideload_news *news, char *out,
                       size_t out_bytes)
{
    const struct kite_words *words = import_words(r);
    char line[256];

    text_copy("", out, out_bytes);
    if (news->is_gone || news->is_stopped)
        text_copy(words->texts[news->is_gone ? KITE_WORD_GONE : KITE_WORD_STOPPED], out, out_bytes);
    for (int i = 0; i < KITE_ARRIVAL_COUNT && !import_is_grouped(r->import); i++)
        if (news->arrivals[i] > 0 || i == KITE_ARRIVAL_ADDED)
            add_line(words->counts[i], news->arrivals[i], 0, out, out_bytes);
    if (news->left_out > 0)
        add_line(words->texts[KITE_WORD_LEFT_OUT], news->left_out, 0, out, out_bytes);
    if (news->wanted > 0)
        add_line(words->texts[KITE_WORD_WANTED], news->here, news->wanted, out, out_bytes);
    if (news->wanted > 0 && news->set_sender[0]) {
        text_add("\n", out, out_bytes);
        text_add(kite_text_fill(words->texts[KITE_WORD_WANTED_FROM], news->set_sender, NULL, line,
                                sizeof line),
                 out, out_bytes);
    }
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
    char path[KITE_VOLUME_PATH_BYTES_MAX], version[KITE_RELEASE_NAME_BYTES_MAX + 1],
        sender[KITE_KEY_NAME_BYTES_MAX + 1];

    text_copy(r->import->news->update_path, path, sizeof path);
    text_copy(r->import->news->update_version, version, sizeof version);
    text_copy(r->import->news->update_sender, sender, sizeof sender);
    do_close(r);
    update_offer(r, path, version, sender);
    return KITE_OK;
}

static enum kite_status do_update_older(struct kite_reader *r)
{
    enum kite_status status = do_update(r);

    r->update.is_older = true;
    return status;
}

/* The question comes on top: a key that is trusted counts for the texts of the same stick. */
static enum kite_status do_key(struct kite_reader *r)
{
    key_offer(r);
    return KITE_OK;
}

/* What can be done, by how far it is. */
static const struct deed deeds[] = {
    { KITE_SIDELOAD_LOOKS, MESSAGE_CANCEL, ICON_REMOVE, do_close },
    { KITE_SIDELOAD_WAITS, MESSAGE_IMPORT_START, ICON_PLUS, do_take },
    { KITE_SIDELOAD_WAITS, MESSAGE_KEY_OFFER, ICON_PERSON, do_key },
    { KITE_SIDELOAD_WAITS, MESSAGE_UPDATE, ICON_RETURN, do_update },
    { KITE_SIDELOAD_WAITS, MESSAGE_UPDATE_OLDER, ICON_RETURN, do_update_older },
    { KITE_SIDELOAD_WAITS, MESSAGE_CANCEL, ICON_REMOVE, do_close },
    { KITE_SIDELOAD_TAKES, MESSAGE_CANCEL, ICON_REMOVE, do_stop },
    { KITE_SIDELOAD_OVER, MESSAGE_OK, ICON_CHECK, do_close },
    { KITE_SIDELOAD_OVER, MESSAGE_KEY_OFFER, ICON_PERSON, do_key },
    { KITE_SIDELOAD_OVER, MESSAGE_UPDATE, ICON_RETURN, do_update },
    { KITE_SIDELOAD_OVER, MESSAGE_UPDATE_OLDER, ICON_RETURN, do_update_older },
    { 0 },
};

/* An update goes by stick alone: the inbox is nobody's for long. */
static bool has_update(const struct import_state *m, bool is_older)
{
    return m->news->update_path[0] && m->volume == KITE_VOLUME_STICK && m->news->is_update_older == is_older;
}

static bool means_something(const struct import_state *m, const struct deed *deed)
{
    if (deed->act == do_update || deed->act == do_update_older)
        return has_update(m, deed->act == do_update_older);
    return deed->act != do_key || key_is_there(m);
}

static const struct deed *action_at(const struct import_state *m, uint32_t index)
{
    for (uint32_t i = 0;; i++) {
        const struct deed *deed = deed_at(deeds, (int)m->news->stage, i);

        if (!deed)
            return NULL;
        if (means_something(m, deed) && index-- == 0)
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

static enum kite_status count_rows(struct kite_reader *r, uint32_t *out)
{
    const struct import_state *m = r->import;

    *out = 0;
    if (m)
        *out =
            action_count(m) + (import_is_grouped(m) ? import_groups(r) : (uint32_t)import_told(m));
    return KITE_OK;
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
    if (!import_is_grouped(m))
        return import_fill_told(r, index, out);
    import_fill_group(r, index, out);
    return KITE_OK;
}

static enum kite_status choose(struct kite_reader *r, uint32_t index)
{
    const struct deed *action = action_at(r->import, index);

    if (action)
        return action->act(r);
    view_open(r, import_is_grouped(r->import) ? VIEW_IMPORT_GROUP : VIEW_IMPORT_FILE,
              index - action_count(r->import));
    return KITE_OK;
}

const struct view view_import = { .name = "import",
                                  .title = MESSAGE_IMPORT,
                                  .intent = KITE_INTENT_INTERFACE,
                                  .label_lines = 2,
                                  .detail_lines = 2,
                                  .has_whole_words = true,
                                  .has_icons = true,
                                  .intro = intro,
                                  .count = count_rows,
                                  .row = fill_row,
                                  .chosen = choose };
