/* Going to a place: contents, page, percent, paragraph. */
#include "reader/views.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LEVELS_INDENTED 4

static enum kite_status go(struct kite_reader *r, struct kite_place place)
{
    enum kite_status status = reading_go(&r->reading, place, &r->fault);

    view_close_all(r);
    return status;
}

/* ---- contents: read from the bundle row by row ----------------------------------------------- */

static enum kite_status contents_count(struct kite_reader *r, uint32_t *out)
{
    *out = r->reading.info.contents_count;
    return KITE_OK;
}

static enum kite_status contents_row(struct kite_reader *r, uint32_t index, struct row *out)
{
    struct kite_contents_entry entry;
    enum kite_status status =
        kite_bundle_contents(r->reading.bundle, r->reading.document, index, &entry, &r->fault);
    struct kite_contents_entry here;
    uint32_t at;

    if (status)
        return status;
    out->indent = (uint8_t)((entry.level < LEVELS_INDENTED ? entry.level : LEVELS_INDENTED) - 1);
    text_copy(entry.title, out->label, sizeof out->label);
    out->lang = r->reading.info.lang;
    out->is_rtl = r->reading.info.direction == KITE_DIRECTION_RTL;
    out->is_chosen =
        reading_entry(&r->reading, r->reading.now.page.start.paragraph, &at, &here) && at == index;
    return KITE_OK;
}

static enum kite_status contents_chosen(struct kite_reader *r, uint32_t index)
{
    struct kite_contents_entry entry;
    enum kite_status status =
        kite_bundle_contents(r->reading.bundle, r->reading.document, index, &entry, &r->fault);

    return status ? status : go(r, (struct kite_place){ r->reading.document, entry.paragraph, 0 });
}

static enum kite_status contents_intro(struct kite_reader *r, char *out, size_t out_bytes)
{
    if (r->reading.info.contents_count == 0)
        text_copy(say(r, MESSAGE_NO_CONTENTS), out, out_bytes);
    return KITE_OK;
}

const struct view view_contents = { .name = "contents",
                                    .title = MESSAGE_CONTENTS,
                                    .intent = KITE_INTENT_INTERFACE,
                                    .label_lines = 2,
                                    .has_whole_words = true,
                                    .has_icons = true,
                                    .intro = contents_intro,
                                    .count = contents_count,
                                    .row = contents_row,
                                    .chosen = contents_chosen };

/* ---- by number ------------------------------------------------------------------------------- */

static enum kite_status go_percent(struct kite_reader *r, const char *text)
{
    uint64_t percent = (uint64_t)atoi(text);
    struct kite_place place;
    uint64_t bytes = r->reading.info.text_bytes;
    enum kite_status status;

    if (r->reading.info.opens_originals) { /* there is no text to count */
        bytes = r->reading.info.original_count - 1;
        status = original_go(r, (uint32_t)(percent >= 100 ? bytes : bytes * percent / 100));
        view_close_all(r);
        return status;
    }
    status =
        kite_bundle_place_at(r->reading.bundle, r->reading.document,
                             percent >= 100 ? bytes : bytes * percent / 100, &place, &r->fault);
    return status ? status : go(r, place);
}

/* As it is printed on the page. */
static bool find_original(struct kite_reader *r, const char *text, uint32_t *index)
{
    uint32_t here, count;
    char label[KITE_STRING_BYTES_MAX + 1];

    for (*index = 0; original_number(r, &here, &count) && *index < count; ++*index) {
        original_label(r, *index, label, sizeof label);
        if (strcmp(label, text) == 0)
            return true;
    }
    return false;
}

static enum kite_status go_original(struct kite_reader *r, const char *text)
{
    uint32_t index;
    enum kite_status status = find_original(r, text, &index) ? original_go(r, index) : KITE_OK;

    view_close_all(r);
    return status;
}

static enum kite_status go_page(struct kite_reader *r, const char *text)
{
    uint32_t number = (uint32_t)atoi(text), here, count;
    struct kite_place place;

    if (!reading_page_number(&r->reading, &here, &count))
        return KITE_OK;
    if (number > count)
        number = count;
    return reading_page_place(&r->reading, number > 0 ? number : 1, &place) ? go(r, place)
                                                                            : KITE_OK;
}

static enum kite_status go_paragraph(struct kite_reader *r, const char *text)
{
    uint32_t number = (uint32_t)atoi(text), count = r->reading.info.paragraph_count;

    if (number > count)
        number = count;
    return go(r, (struct kite_place){ r->reading.document, number > 0 ? number - 1 : 0, 0 });
}

static enum kite_status do_start(struct kite_reader *r)
{
    return go(r, (struct kite_place){ r->reading.document, 0, 0 });
}

static enum kite_status do_end(struct kite_reader *r)
{
    return go_percent(r, "100");
}

static enum kite_status do_percent(struct kite_reader *r)
{
    ask_number(r, MESSAGE_GO_PERCENT, go_percent);
    return KITE_OK;
}

static enum kite_status do_page(struct kite_reader *r)
{
    ask_number(r, MESSAGE_GO_PAGE, go_page);
    return KITE_OK;
}

/* Where there are no other pages they are simply the pages. */
static enum message label_of(const struct kite_reader *r, enum message label)
{
    return label == MESSAGE_GO_ORIGINAL && r->reading.info.opens_originals ? MESSAGE_GO_PAGE
                                                                           : label;
}

static enum kite_status do_original(struct kite_reader *r)
{
    ask_number(r, label_of(r, MESSAGE_GO_ORIGINAL), go_original);
    return KITE_OK;
}

static enum kite_status do_paragraph(struct kite_reader *r)
{
    ask_number(r, MESSAGE_GO_PARAGRAPH, go_paragraph);
    return KITE_OK;
}

enum go_needs { NEEDS_NOTHING = 0, NEEDS_MAP, NEEDS_ORIGINALS, NEEDS_WORDS };

struct go_row {
    enum message label;
    enum go_needs needs;
    enum kite_status (*act)(struct kite_reader *r);
};
static const struct go_row rows[] = {
    { MESSAGE_GO_PAGE, NEEDS_MAP, do_page },
    { MESSAGE_GO_ORIGINAL, NEEDS_ORIGINALS, do_original },
    { MESSAGE_GO_PERCENT, NEEDS_NOTHING, do_percent },
    { MESSAGE_GO_PARAGRAPH, NEEDS_WORDS, do_paragraph },
    { MESSAGE_START_OF_TEXT, NEEDS_NOTHING, do_start },
    { MESSAGE_END_OF_TEXT, NEEDS_NOTHING, do_end },
};
#define ROW_COUNT (sizeof rows / sizeof *rows)

/* Whether pages are known is settled when the screen opens, so that rows never move under a finger.
 */
void go_to_open(struct kite_reader *r)
{
    uint32_t number, count;

    view_open(r, VIEW_GO_TO, reading_page_number(&r->reading, &number, &count));
}

/* Page numbers are known only when all pages are, and are no one's where the original has its own.
 */
static bool is_there(struct kite_reader *r, const struct go_row *row)
{
    bool has_words = !r->reading.info.opens_originals;

    return row->needs == NEEDS_NOTHING ||
           (row->needs == NEEDS_MAP && seat_of(r)->about && has_words) ||
           (row->needs == NEEDS_ORIGINALS && r->reading.info.original_count > 0) ||
           (row->needs == NEEDS_WORDS && has_words);
}

static const struct go_row *row_at(struct kite_reader *r, uint32_t index)
{
    for (size_t i = 0; i < ROW_COUNT; i++)
        if (is_there(r, &rows[i]) && index-- == 0)
            return &rows[i];
    return NULL;
}

static enum kite_status count_rows(struct kite_reader *r, uint32_t *out)
{
    for (*out = 0; row_at(r, *out);)
        ++*out;
    return KITE_OK;
}

static enum kite_status fill_row(struct kite_reader *r, uint32_t index, struct row *out)
{
    const struct go_row *row = row_at(r, index);
    char text[KITE_STRING_BYTES_MAX + 1], of[16];
    uint32_t number, count;

    text_copy(say(r, label_of(r, row->label)), out->label, sizeof out->label);
    out->starts_group = row->act == do_start;
    if (row->act == do_percent) {
        snprintf(out->value, sizeof out->value, "%u %%",
                 (unsigned)((reading_permille(&r->reading) + 5) / 10));
    } else if (row->act == do_paragraph) {
        snprintf(text, sizeof text, "%u", (unsigned)r->reading.now.page.start.paragraph + 1);
        snprintf(of, sizeof of, "%u", (unsigned)r->reading.info.paragraph_count);
        kite_text_fill(say(r, MESSAGE_PAGE_OF), text, of, out->value, sizeof out->value);
    } else if (row->act == do_original && original_number(r, &number, &count)) {
        original_label(r, number, text, sizeof text);
        snprintf(of, sizeof of, "%u", (unsigned)count);
        kite_text_fill(say(r, MESSAGE_PAGE_OF), text, of, out->value, sizeof out->value);
    } else if (row->act == do_page && reading_page_number(&r->reading, &number, &count)) {
        snprintf(text, sizeof text, "%u", (unsigned)number);
        snprintf(of, sizeof of, "%u", (unsigned)count);
        kite_text_fill(say(r, MESSAGE_PAGE_OF), text, of, out->value, sizeof out->value);
    }
    return KITE_OK;
}

static enum kite_status choose(struct kite_reader *r, uint32_t index)
{
    return row_at(r, index)->act(r);
}

const struct view view_go_to = { .name = "go to",
                                 .title = MESSAGE_GO_TO,
                                 .intent = KITE_INTENT_INTERFACE,
                                 .count = count_rows,
                                 .row = fill_row,
                                 .chosen = choose };
