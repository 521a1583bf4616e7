/* About this reader, what was mended when it started, and the screen of its sleep. */
#include "reader/views.h"

#include <stdio.h>

#define MEGABYTE (1024u * 1024)
#define SPACE_LOW_BYTES (64u * MEGABYTE)
#define REFUSED_TOLD 3 /* files, the newest */
#define SLEEP_SIGN_EM1000 3200

/* ---- about this reader ----------------------------------------------------------------------- */

static enum kite_status count_texts(struct kite_reader *r, char *out, size_t out_bytes)
{
    struct kite_query all = { .reader = 0 };
    uint32_t count = 0;
    char number[16];
    enum kite_status status = kite_library_count(r->library, &all, &count, &r->fault);

    snprintf(number, sizeof number, "%u", (unsigned)count);
    kite_text_fill(say(r, MESSAGE_TEXTS_HERE), number, NULL, out, out_bytes);
    return status;
}

static enum kite_status measure_space(struct kite_reader *r, char *out, size_t out_bytes)
{
    uint64_t used = 0, left = 0;
    char used_mb[24], left_mb[24], low[96];
    enum kite_status status = kite_library_space(r->library, &used, &left, &r->fault);

    snprintf(used_mb, sizeof used_mb, "%u", (unsigned)((used + MEGABYTE - 1) / MEGABYTE));
    snprintf(left_mb, sizeof left_mb, "%u", (unsigned)(left / MEGABYTE));
    kite_text_fill(say(r, MESSAGE_SPACE_OF), used_mb, NULL, out, out_bytes);
    if (status == KITE_OK && left < SPACE_LOW_BYTES)
        text_add(kite_text_fill(say(r, MESSAGE_SPACE_LOW), left_mb, NULL, low, sizeof low), out,
                 out_bytes);
    return status;
}

struct refused_names {
    struct kite_reader *r;
    char *out;
    size_t out_bytes;
    bool has_one;
};

static enum kite_status add_refused(void *ctx, const struct kite_refused *refused)
{
    struct refused_names *names = ctx;

    if (!names->has_one) {
        text_add("\n\n", names->out, names->out_bytes);
        text_add(say(names->r, MESSAGE_FILES_REFUSED), names->out, names->out_bytes);
    }
    names->has_one = true;
    text_add("\n", names->out, names->out_bytes);
    text_add(refused->name, names->out, names->out_bytes);
    return KITE_OK;
}

/* All of it is one text, so that it can be as long as it must at any size. */
static enum kite_status about_intro(struct kite_reader *r, char *out, size_t out_bytes)
{
    char texts[96], space[192];
    enum kite_status status = count_texts(r, texts, sizeof texts);
    enum kite_status measured = measure_space(r, space, sizeof space);
    struct refused_names names = { r, out, out_bytes, false };
    const char *const parts[] = { say(r, MESSAGE_ABOUT_KITE),
                                  "\n\n",
                                  say(r, MESSAGE_WHAT_IS_KEPT_TEXT),
                                  "\n\n",
                                  texts,
                                  space,
                                  "\n\n",
                                  say(r, MESSAGE_TYPEFACES_TEXT),
                                  "\n\nKite " KITE_VERSION " \xC2\xB7 GNU AGPL 3" };

    text_copy("", out, out_bytes);
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        text_add(parts[i], out, out_bytes);
    status = status ? status : measured;
    return status ? status
                  : kite_library_refused(r->library, 0, REFUSED_TOLD, &names, add_refused,
                                         &r->fault);
}

const struct view view_about = { .name = "about",
                                 .title = MESSAGE_ABOUT_READER,
                                 .intent = KITE_INTENT_INTERFACE,
                                 .intro = about_intro };

/* ---- what was mended ------------------------------------------------------------------------- */

enum kite_status mended_open(struct kite_reader *r)
{
    struct kite_library_repair repair = kite_library_repair(r->library);

    if (repair.was_damaged || repair.maps_were_dropped)
        view_open(r, VIEW_MENDED, 0);
    return KITE_OK;
}

static enum kite_status mended_intro(struct kite_reader *r, char *out, size_t out_bytes)
{
    struct kite_library_repair repair = kite_library_repair(r->library);
    char part[512], texts[16], marks[16];

    snprintf(texts, sizeof texts, "%u", (unsigned)repair.texts_found);
    snprintf(marks, sizeof marks, "%u", (unsigned)repair.marks_kept);
    text_copy("", out, out_bytes);
    if (repair.was_damaged)
        text_add(kite_text_fill(say(r, MESSAGE_MENDED_KEPT), texts, marks, part, sizeof part), out,
                 out_bytes);
    if (repair.set_aside[0]) {
        text_add("\n", out, out_bytes);
        text_add(
            kite_text_fill(say(r, MESSAGE_MENDED_ASIDE), repair.set_aside, NULL, part, sizeof part),
            out, out_bytes);
    }
    if (repair.maps_were_dropped) {
        text_add(out[0] ? "\n" : "", out, out_bytes);
        text_add(say(r, MESSAGE_MAPS_DROPPED), out, out_bytes);
    }
    return KITE_OK;
}

const struct view view_mended = { .name = "mended",
                                  .title = MESSAGE_MENDED,
                                  .intent = KITE_INTENT_INTERFACE,
                                  .has_icons = true,
                                  .intro = mended_intro,
                                  .row_count = 1,
                                  .row = ok_row,
                                  .chosen = ok_chosen };

/* ---- asleep ---------------------------------------------------------------------------------- */

/* Nothing of who reads or what. */
static enum kite_status draw_sleep(struct kite_reader *r)
{
    struct screen *s = &r->screen;
    struct label sign = { .text = ICON_SLEEP,
                          .align = LABEL_CENTER,
                          .size_em1000 = SLEEP_SIGN_EM1000 };
    struct label how = { .text = say(r, MESSAGE_ASLEEP), .align = LABEL_CENTER };
    int32_t height = screen_line_px(s, &sign), y = (s->height_px - height) * 2 / 5;

    screen_label(s, &sign, 0, y, s->width_px);
    screen_label(s, &how, s->margin_px, y + height + s->pad_px, s->width_px - 2 * s->margin_px);
    return s->status;
}

const struct view view_asleep = {
    .name = "asleep", .title = MESSAGE_ASLEEP, .intent = KITE_INTENT_CLEAN_ALL, .draw = draw_sleep
};

void sleep_open(struct kite_reader *r)
{
    if (seat_of(r)->view != VIEW_ASLEEP)
        view_open(r, VIEW_ASLEEP, 0);
}

enum kite_status sleep_close(struct kite_reader *r)
{
    if (seat_of(r)->view == VIEW_ASLEEP)
        view_close(r);
    r->is_stale = true;
    r->intent = KITE_INTENT_CLEAN_ALL;
    return KITE_OK;
}
