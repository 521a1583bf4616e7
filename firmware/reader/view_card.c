/* About this text: what it is, who wrote it, where it first stood, who sent it. Also the end of the
 * last page. */
#include "reader/views.h"

#include <stdio.h>
#include <string.h>

#define BYTES_A_MINUTE 1100 /* about 180 words: an unhurried reader */

static const char *meta(const struct kite_reader *r, enum kite_meta which)
{
    const char *value = kite_bundle_meta(r->reading.bundle, r->reading.document, which);

    if (!value)
        value = kite_bundle_meta(r->reading.bundle, KITE_BUNDLE_ITSELF, which);
    return value ? value : "";
}

static enum kite_status do_read(struct kite_reader *r)
{
    view_close_all(r);
    return KITE_OK;
}

static enum kite_status do_code(struct kite_reader *r)
{
    text_copy(meta(r, KITE_META_SOURCE), r->address, sizeof r->address);
    view_open(r, VIEW_LINK, 0);
    return KITE_OK;
}

static enum kite_status remove_bundle(struct kite_reader *r)
{
    int64_t bundle = r->sure.about;

    reading_close(&r->reading);
    view_close_all(r);
    return kite_library_remove(r->texts, bundle, KITE_REMOVE_FORGET_MARKS, &r->fault);
}

static enum kite_status take_bundle(void *ctx, const struct kite_entry *entry)
{
    *(int64_t *)ctx = entry->bundle;
    return KITE_OK;
}

static enum kite_status ask_remove(struct kite_reader *r)
{
    char question[KITE_STRING_BYTES_MAX + 1];
    int64_t bundle = 0;
    enum kite_status status =
        kite_library_entry(r->texts, r->reading.text, 0, &bundle, take_bundle, &r->fault);

    if (status)
        return status;
    ask_sure(r,
             kite_text_fill(say(r, MESSAGE_REMOVE_SURE), meta(r, KITE_META_TITLE), NULL, question,
                            sizeof question),
             MESSAGE_REMOVE, remove_bundle, bundle);
    return KITE_OK;
}

static enum kite_status do_remove(struct kite_reader *r)
{
    return pin_guard(r, ask_remove);
}

/* A row that tells something; chosen, it does nothing. */
struct card_row {
    enum message label;
    enum kite_meta shows; /* 0: by other means */
    enum kite_status (*act)(struct kite_reader *r);
};
static const struct card_row rows[] = {
    { MESSAGE_READ_IT, 0, do_read },
    { MESSAGE_WRITTEN_BY, KITE_META_AUTHOR, NULL },
    { MESSAGE_FIRST_PUBLISHED, KITE_META_SOURCE, do_code },
    { MESSAGE_READING_TIME, 0, NULL },
    { MESSAGE_SENT_BY, KITE_META_PUBLISHER, NULL },
    { MESSAGE_EDITION, KITE_META_DATE, NULL },
    { MESSAGE_RIGHTS, KITE_META_RIGHTS, NULL },
    { MESSAGE_PASS_ON, 0, pass_open },
    { MESSAGE_PRIVATE_PUT, 0, shelf_put },
    { MESSAGE_PRIVATE_TAKE_OFF, 0, shelf_take_off },
    { MESSAGE_REMOVE, 0, do_remove },
};
#define ROW_COUNT (sizeof rows / sizeof *rows)

static const struct card_row *row_at(const struct kite_reader *r, uint32_t index)
{
    for (size_t i = 0; i < ROW_COUNT; i++) {
        bool is_empty =
            rows[i].shows && rows[i].shows != KITE_META_PUBLISHER && !meta(r, rows[i].shows)[0];

        is_empty = is_empty || (rows[i].act == pass_open && !pass_is_possible(r)) ||
                   (rows[i].act == shelf_put && shelf_is_open(r)) ||
                   (rows[i].act == shelf_take_off && !shelf_is_open(r));

        if (!is_empty && index-- == 0)
            return &rows[i];
    }
    return NULL;
}

static enum kite_status count_rows(struct kite_reader *r, uint32_t *out)
{
    for (*out = 0; row_at(r, *out);)
        (*out)++;
    return KITE_OK;
}

/* Or how many pages, where there is nothing else to count. */
static void reading_time(const struct kite_reader *r, char *out, size_t out_bytes)
{
    char minutes[24];

    if (r->reading.info.opens_originals) {
        snprintf(minutes, sizeof minutes, "%u", (unsigned)r->reading.info.original_count);
        kite_text_fill(say(r, MESSAGE_PAGES), minutes, NULL, out, out_bytes);
        return;
    }

    snprintf(minutes, sizeof minutes, "%u",
             (unsigned)(r->reading.info.text_bytes / BYTES_A_MINUTE + 1));
    kite_text_fill(say(r, MESSAGE_MINUTES), minutes, NULL, out, out_bytes);
}

static enum message label_of(const struct kite_reader *r, const struct card_row *row)
{
    bool is_length = row->label == MESSAGE_READING_TIME && r->reading.info.opens_originals;

    return is_length ? MESSAGE_LENGTH : row->label;
}

struct sender {
    struct kite_verdict verdict;
    char name[KITE_KEY_NAME_BYTES_MAX + 1];
};

static enum kite_status take_sender(void *ctx, const struct kite_entry *entry)
{
    struct sender *sender = ctx;

    sender->verdict = entry->verdict;
    text_copy(entry->sender, sender->name, sizeof sender->name);
    return KITE_OK;
}

static enum kite_status match_sender(void *ctx, const struct kite_sender *sender)
{
    struct sender *out = ctx;

    if (sender->sender == out->verdict.sender)
        text_copy(sender->name, out->name, sizeof out->name);
    return KITE_OK;
}

/* The shelf's library knows no senders: the device's does. */
static enum kite_status find_sender(struct kite_reader *r, struct sender *out)
{
    enum kite_status status;

    if (!shelf_is_open(r))
        return kite_library_entry(r->texts, r->reading.text, 0, out, take_sender, &r->fault);
    status = kite_library_verdict(r->library, r->reading.bundle, &out->verdict, &r->fault);
    return status == KITE_OK && out->verdict.sender
               ? kite_library_senders(r->library, 0, KITE_SENDERS_MAX, out, match_sender, &r->fault)
               : status;
}

/* The name that a key vouches for; what the text itself says of its publisher stands there only beside a word that nothing does. */
static enum kite_status tell_sender(struct kite_reader *r, char *out, size_t out_bytes)
{
    static const enum message texts[] = { [KITE_TRUST_UNKNOWN] = MESSAGE_SENDER_UNKNOWN,
                                          [KITE_TRUST_CHECKED] = MESSAGE_SENDER_CHECKED,
                                          [KITE_TRUST_WITHDRAWN] = MESSAGE_SENDER_WITHDRAWN };
    struct sender sender = { .name = "" };
    enum kite_status status = find_sender(r, &sender);

    if (sender.verdict.trust == KITE_TRUST_UNKNOWN && meta(r, KITE_META_PUBLISHER)[0]) {
        text_copy(meta(r, KITE_META_PUBLISHER), out, out_bytes);
        text_add(". ", out, out_bytes);
        text_add(say(r, texts[sender.verdict.trust]), out, out_bytes);
    } else {
        kite_text_fill(say(r, texts[sender.verdict.trust]), sender.name, NULL, out, out_bytes);
    }
    return status;
}

static enum kite_status fill_row(struct kite_reader *r, uint32_t index, struct row *out)
{
    const struct card_row *row = row_at(r, index);

    text_copy(say(r, label_of(r, row)), out->label, sizeof out->label);
    if (row->label == MESSAGE_READING_TIME)
        reading_time(r, out->detail, sizeof out->detail);
    else if (row->shows == KITE_META_PUBLISHER)
        return tell_sender(r, out->detail, sizeof out->detail);
    else if (row->shows)
        text_copy(meta(r, row->shows), out->detail, sizeof out->detail);
    return KITE_OK;
}

static enum kite_status choose(struct kite_reader *r, uint32_t index)
{
    const struct card_row *row = row_at(r, index);

    if (row->act)
        return row->act(r);
    view_open(r, VIEW_TEXT, index);
    return KITE_OK;
}

static enum kite_status head(struct kite_reader *r, struct row *out)
{
    text_copy(meta(r, KITE_META_TITLE), out->label, sizeof out->label);
    out->lang = r->reading.info.lang;
    out->is_rtl = r->reading.info.direction == KITE_DIRECTION_RTL;
    return KITE_OK;
}

static enum kite_status intro(struct kite_reader *r, char *out, size_t out_bytes)
{
    text_copy(meta(r, KITE_META_STANDFIRST), out, out_bytes);
    return KITE_OK;
}

const struct view view_card = { .name = "card",
                                .title = MESSAGE_ABOUT_TEXT,
                                .intent = KITE_INTENT_INTERFACE,
                                .has_captions = true,
                                .intro_is_text = true,
                                .head = head,
                                .intro = intro,
                                .count = count_rows,
                                .row = fill_row,
                                .chosen = choose };

/* ---- one of the rows alone, to be read out or copied by hand --------------------------------- */

static enum kite_status text_head(struct kite_reader *r, struct row *out)
{
    text_copy(say(r, label_of(r, row_at(r, (uint32_t)seat_of(r)->about))), out->label,
              sizeof out->label);
    return KITE_OK;
}

static enum kite_status text_intro(struct kite_reader *r, char *out, size_t out_bytes)
{
    struct row row = { 0 };
    enum kite_status status = fill_row(r, (uint32_t)seat_of(r)->about, &row);

    text_copy(row.detail, out, out_bytes);
    return status;
}

const struct view view_text = { .name = "card line",
                                .title = MESSAGE_ABOUT_TEXT,
                                .intent = KITE_INTENT_INTERFACE,
                                .head = text_head,
                                .intro = text_intro };
