/* Senders whose keys are trusted here, one of them, and forgetting it. */
#include "reader/views.h"

#include <stdio.h>
#include <string.h>

#define ROW_LINES 5 /* that a row below a picture may need in the largest print */

void sender_name(const char *name, const uint8_t key_id[KITE_KEY_ID_BYTES], char *out,
                 size_t out_bytes)
{
    char id[KITE_KEY_ID_TEXT_BYTES];

    text_copy(name[0] ? name : kite_key_id_text(key_id, id), out, out_bytes);
}

static int32_t least(int32_t a, int32_t b)
{
    return a < b ? a : b;
}

void sender_draw_picture(struct kite_reader *r, const uint8_t picture[KITE_KEY_PICTURE_BYTES],
                         int32_t *top, int32_t bottom)
{
    struct screen *s = &r->screen;
    int32_t room = (bottom - *top) / 3, words = bottom - *top - ROW_LINES * s->line_px - s->pad_px,
            width = (s->width_px - 2 * s->margin_px) / 3;
    int32_t side = screen_bits(s, picture, (int32_t)KITE_KEY_PICTURE_SIDE, s->margin_px,
                               *top + s->pad_px / 2, least(least(room, words), width));

    *top += side + s->pad_px;
}

static void tell(const struct kite_reader *r, const struct kite_sender *sender, char *out,
                 size_t out_bytes)
{
    char id[KITE_KEY_ID_TEXT_BYTES], count[16], part[96];

    text_copy("", out, out_bytes);
    if (sender->is_withdrawn)
        text_add(say(r, MESSAGE_SENDER_GONE), out, out_bytes);
    else
        text_add(kite_text_fill(say(r, MESSAGE_SENDER_KEY), kite_key_id_text(sender->key_id, id),
                                NULL, part, sizeof part),
                 out, out_bytes);
    snprintf(count, sizeof count, "%u", (unsigned)sender->bundles);
    text_add("\n", out, out_bytes);
    text_add(kite_text_fill(say(r, MESSAGE_SENDER_TEXTS), count, NULL, part, sizeof part), out,
             out_bytes);
}

/* ---- all of them ----------------------------------------------------------------------------- */

static enum kite_status count_one(void *ctx, const struct kite_sender *sender)
{
    (void)sender;
    ++*(uint32_t *)ctx;
    return KITE_OK;
}

static enum kite_status count_rows(struct kite_reader *r, uint32_t *out)
{
    *out = 0;
    return kite_library_senders(r->library, 0, KITE_SENDERS_MAX, out, count_one, &r->fault);
}

struct filling {
    struct kite_reader *r;
    struct row *row;
    int64_t sender;
};

static enum kite_status fill(void *ctx, const struct kite_sender *sender)
{
    struct filling *filling = ctx;
    struct row *row = filling->row;

    sender_name(sender->name, sender->key_id, row->label, sizeof row->label);
    tell(filling->r, sender, row->detail, sizeof row->detail);
    text_copy(ICON_PERSON, row->cover, sizeof row->cover);
    memcpy(row->picture, sender->picture, sizeof row->picture);
    row->has_picture = true;
    filling->sender = sender->sender;
    return KITE_OK;
}

static enum kite_status fill_row(struct kite_reader *r, uint32_t index, struct row *out)
{
    struct filling filling = { .r = r, .row = out };

    return kite_library_senders(r->library, index, 1, &filling, fill, &r->fault);
}

static enum kite_status choose(struct kite_reader *r, uint32_t index)
{
    struct row row = { 0 };
    struct filling filling = { .r = r, .row = &row };
    enum kite_status status =
        kite_library_senders(r->library, index, 1, &filling, fill, &r->fault);

    if (status == KITE_OK && filling.sender)
        view_open(r, VIEW_SENDER, filling.sender);
    return status;
}

static enum kite_status intro(struct kite_reader *r, char *out, size_t out_bytes)
{
    text_copy(say(r, MESSAGE_SENDERS_ABOUT), out, out_bytes);
    return KITE_OK;
}

const struct view view_senders = { .name = "senders",
                                   .title = MESSAGE_SENDERS,
                                   .intent = KITE_INTENT_INTERFACE,
                                   .label_lines = 2,
                                   .detail_lines = 3,
                                   .has_whole_words = true,
                                   .has_cover = true,
                                   .intro = intro,
                                   .count = count_rows,
                                   .row = fill_row,
                                   .chosen = choose };

/* ---- one of them ----------------------------------------------------------------------------- */

/* The sender that the screen in front is about, if it is still here. */
struct wanted {
    const struct kite_reader *r;
    int64_t sender;
    char name[KITE_KEY_NAME_BYTES_MAX + 1], told[256];
    uint8_t picture[KITE_KEY_PICTURE_BYTES];
};

static enum kite_status take(void *ctx, const struct kite_sender *sender)
{
    struct wanted *wanted = ctx;

    if (sender->sender != wanted->sender)
        return KITE_OK;
    sender_name(sender->name, sender->key_id, wanted->name, sizeof wanted->name);
    tell(wanted->r, sender, wanted->told, sizeof wanted->told);
    memcpy(wanted->picture, sender->picture, sizeof wanted->picture);
    return KITE_DONE;
}

static enum kite_status find(struct kite_reader *r, struct wanted *out)
{
    *out = (struct wanted){ .r = r, .sender = seat_of(r)->about };
    return kite_library_senders(r->library, 0, KITE_SENDERS_MAX, out, take, &r->fault);
}

static enum kite_status one_head(struct kite_reader *r, struct row *out)
{
    struct wanted wanted;
    enum kite_status status = find(r, &wanted);

    text_copy(wanted.name, out->label, sizeof out->label);
    return status;
}

static enum kite_status one_picture(struct kite_reader *r, int32_t *top, int32_t bottom)
{
    struct wanted wanted;
    enum kite_status status = find(r, &wanted);

    sender_draw_picture(r, wanted.picture, top, bottom);
    return status ? status : r->screen.status;
}

static enum kite_status one_intro(struct kite_reader *r, char *out, size_t out_bytes)
{
    struct wanted wanted;
    enum kite_status status = find(r, &wanted);

    text_copy(wanted.told, out, out_bytes);
    return status;
}

static enum kite_status one_row(struct kite_reader *r, uint32_t index, struct row *out)
{
    (void)index;
    text_copy(say(r, MESSAGE_SENDER_FORGET), out->label, sizeof out->label);
    out->icon = ICON_REMOVE;
    return KITE_OK;
}

static enum kite_status forget(struct kite_reader *r)
{
    int64_t sender = r->sure.about;

    view_remove(r, VIEW_SENDER);
    return kite_library_sender_remove(r->library, sender, &r->fault);
}

static enum kite_status ask_forget(struct kite_reader *r)
{
    char question[KITE_STRING_BYTES_MAX + 1];
    struct wanted wanted;
    enum kite_status status = find(r, &wanted);

    if (status == KITE_OK)
        ask_sure(r,
                 kite_text_fill(say(r, MESSAGE_SENDER_FORGET_SURE), wanted.name, NULL, question,
                                sizeof question),
                 MESSAGE_SENDER_FORGET, forget, wanted.sender);
    return status;
}

static enum kite_status one_chosen(struct kite_reader *r, uint32_t index)
{
    (void)index;
    return pin_guard(r, ask_forget);
}

const struct view view_sender = { .name = "sender",
                                  .title = MESSAGE_SENDERS,
                                  .intent = KITE_INTENT_INTERFACE,
                                  .has_icons = true,
                                  .head = one_head,
                                  .picture = one_picture,
                                  .intro = one_intro,
                                  .row_count = 1,
                                  .row = one_row,
                                  .chosen = one_chosen };
