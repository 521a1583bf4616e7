/* What came of each file, once all is over: rows, groups of them where they are many, and one file
 * in full. */
#include "reader/import.h"

#include <stdio.h>
#include <string.h>

#define ROWS_IN_ONE 16 /* most that one list tells, each with its reason */

const struct kite_words *import_words(const struct kite_reader *r)
{
    return kite_words(r->catalogue->lang);
}

size_t import_missing(const struct import_state *m)
{
    return m->news->wanted - m->news->here;
}

size_t import_told(const struct import_state *m)
{
    return m->news->stage == KITE_SIDELOAD_OVER
               ? import_missing(m) + kite_sideload_row_count(m->sideload)
               : 0;
}

bool import_is_grouped(const struct import_state *m)
{
    return import_told(m) > ROWS_IN_ONE;
}

struct group {
    size_t first, count; /* of all that is told */
    const char *title;   /* "{1}" is the count */
};

/* The next group behind one; all-zero before the first. */
static bool next_group(const struct kite_reader *r, struct group *group)
{
    const struct import_state *m = r->import;
    size_t at = group->first + group->count, missing = import_missing(m);

    if (at == import_told(m))
        return false;
    *group = (struct group){ at, missing, import_words(r)->texts[KITE_WORD_MISSING_COUNT] };
    if (at < missing)
        return true;

    enum kite_arrival arrival = kite_sideload_row(m->sideload, at - missing).arrival;

    group->title = import_words(r)->counts[arrival];
    for (group->count = 0;
         at + group->count < import_told(m) &&
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

uint32_t import_groups(const struct kite_reader *r)
{
    struct group group = { 0 };
    uint32_t count = 0;

    while (next_group(r, &group))
        count++;
    return count;
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
    return arrival == KITE_ARRIVAL_KEY           ? ICON_PERSON
           : arrival < KITE_ARRIVAL_ADDED          ? ICON_REMOVE
           : arrival <= KITE_ARRIVAL_NEW_EDITION ? ICON_PLUS
                                                 : ICON_CHECK;
}

/* What arrived has a title by now. */
static enum kite_status fill_file(struct kite_reader *r, size_t index, struct row *out)
{
    const struct import_state *m = r->import;
    struct kite_arrival_row row = kite_sideload_row(m->sideload, index);
    enum kite_status status = KITE_E_RANGE;
    char sender[256];

    out->icon = icon_of(row.arrival);
    kite_words_reason(import_words(r), &row, out->detail, sizeof out->detail);
    if (row.sender[0]) {
        text_add(", ", out->detail, sizeof out->detail);
        text_add(kite_words_sender(import_words(r), &row, sender, sizeof sender), out->detail,
                 sizeof out->detail);
    }
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

enum kite_status import_fill_told(struct kite_reader *r, size_t index, struct row *out)
{
    const struct import_state *m = r->import;

    if (index >= import_missing(m))
        return fill_file(r, index - import_missing(m), out);
    text_copy(missing_name(m, index), out->label, sizeof out->label);
    text_copy(import_words(r)->texts[KITE_WORD_MISSING], out->detail, sizeof out->detail);
    out->icon = ICON_REMOVE;
    out->starts_group = index == 0;
    return KITE_OK;
}

void import_fill_group(struct kite_reader *r, uint32_t index, struct row *out)
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
    import_fill_group(r, (uint32_t)seat_of(r)->about, out);
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
    enum kite_status status = import_fill_told(r, group_in_front(r).first + index, out);

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
    enum kite_status status = import_fill_told(r, index, &row);

    text_copy(row.label, out, out_bytes);
    text_add("\n", out, out_bytes);
    text_add(row.detail, out, out_bytes);
    if (index < import_missing(m))
        return status;

    struct kite_arrival_row file = kite_sideload_row(m->sideload, index - import_missing(m));

    if (strcmp(file.name, row.label) != 0) { /* it was called by its title */
        text_add("\n", out, out_bytes);
        text_add(file.name, out, out_bytes);
    }
    if (file.arrival >= KITE_ARRIVAL_ADDED && file.detail[0]) { /* what was dropped or guessed */
        text_add("\n", out, out_bytes);
        text_add(file.detail, out, out_bytes);
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
