/* Bookmarks and highlights: of all texts when none is open, else of the one that is. */
#include "reader/views.h"

#include <stdio.h>

#define DOT " \xC2\xB7 "

struct one_mark {
    bool is_there;
    struct kite_mark mark;
    char title[257], excerpt[KITE_EXCERPT_BYTES_MAX + 1], note[KITE_NOTE_BYTES_MAX + 1];
};

static enum kite_status take(void *ctx, const struct kite_mark *mark, const char *title)
{
    struct one_mark *out = ctx;

    out->is_there = true;
    out->mark = *mark;
    out->mark.excerpt = out->mark.note = NULL;
    text_copy(title, out->title, sizeof out->title);
    text_copy(mark->excerpt ? mark->excerpt : "", out->excerpt, sizeof out->excerpt);
    text_copy(mark->note ? mark->note : "", out->note, sizeof out->note);
    return KITE_OK;
}

static enum kite_status mark_at(struct kite_reader *r, uint32_t index, struct one_mark *out)
{
    *out = (struct one_mark){ 0 };

    enum kite_status status =
        kite_library_marks(r->texts, r->person, r->reading.text, index, 1, out, take, &r->fault);

    if (status == KITE_OK && !out->is_there)
        status = kite_fail(&r->fault, KITE_E_RANGE, "there is no bookmark %u", (unsigned)index + 1);
    return status;
}

static enum kite_status count_rows(struct kite_reader *r, uint32_t *out)
{
    return kite_library_mark_count(r->texts, r->person, r->reading.text, out, &r->fault);
}

static enum kite_status fill_row(struct kite_reader *r, uint32_t index, struct row *out)
{
    struct one_mark m;
    char number[16], paragraph[64];
    enum kite_status status = mark_at(r, index, &m);

    if (status)
        return status;
    snprintf(number, sizeof number, "%u", (unsigned)m.mark.start.paragraph + 1);
    kite_text_fill(say(r, MESSAGE_PARAGRAPH_N), number, NULL, paragraph, sizeof paragraph);
    text_copy(m.excerpt[0] ? m.excerpt : m.title, out->label, sizeof out->label);
    if (r->reading.text == 0) {
        text_add(m.title, out->detail, sizeof out->detail);
        text_add(DOT, out->detail, sizeof out->detail);
    }
    text_add(paragraph, out->detail, sizeof out->detail);
    if (m.note[0])
        text_add(DOT, out->detail, sizeof out->detail);
    text_add(m.note, out->detail, sizeof out->detail);
    out->lang = r->reading.text ? r->reading.info.lang : 0;
    out->icon = m.mark.is_highlight ? ICON_HIGHLIGHT : ICON_BOOKMARKED;
    return KITE_OK;
}

static enum kite_status choose(struct kite_reader *r, uint32_t index)
{
    view_open(r, VIEW_MARK, index);
    return KITE_OK;
}

struct wanted {
    int64_t id;
    uint32_t index;
    bool is_found;
};

static enum kite_status look_for(void *ctx, const struct kite_mark *mark, const char *title)
{
    struct wanted *wanted = ctx;

    (void)title;
    wanted->is_found = wanted->is_found || mark->id == wanted->id;
    wanted->index += !wanted->is_found;
    return KITE_OK;
}

enum kite_status mark_open(struct kite_reader *r, int64_t id)
{
    struct wanted wanted = { .id = id };
    enum kite_status status = kite_library_marks(r->texts, r->person, r->reading.text, 0,
                                                 UINT32_MAX, &wanted, look_for, &r->fault);

    if (status == KITE_OK && wanted.is_found)
        view_open(r, VIEW_MARK, wanted.index);
    return status;
}

static enum kite_status intro(struct kite_reader *r, char *out, size_t out_bytes)
{
    uint32_t count;
    enum kite_status status = count_rows(r, &count);

    if (status == KITE_OK && count == 0)
        text_add(say(r, MESSAGE_NO_BOOKMARKS_HOW),
                 text_add("\n", text_copy(say(r, MESSAGE_NO_BOOKMARKS), out, out_bytes), out_bytes),
                 out_bytes);
    return status;
}

const struct view view_marks = { .name = "bookmarks",
                                 .title = MESSAGE_BOOKMARKS,
                                 .intent = KITE_INTENT_INTERFACE,
                                 .label_lines = 2,
                                 .detail_lines = 1,
                                 .has_icons = true,
                                 .intro = intro,
                                 .count = count_rows,
                                 .row = fill_row,
                                 .chosen = choose };

/* ---- one of them ----------------------------------------------------------------------------- */

/* The screen lies right upon the page: the mark was made or touched there. */
static bool is_on_page(const struct kite_reader *r)
{
    return r->seat_count == 2;
}

static enum kite_status do_open(struct kite_reader *r, const struct one_mark *m)
{
    enum kite_status status;

    if (is_on_page(r)) {
        view_close(r);
        return KITE_OK;
    }
    if (r->reading.text != m->mark.text)
        return open_text(r, m->mark.text, &m->mark.start);
    status = reading_go(&r->reading, m->mark.start, &r->fault);
    view_close_all(r);
    return status;
}

static enum kite_status keep_note(struct kite_reader *r, const char *text)
{
    return kite_library_mark_note(r->texts, r->keyboard.about, text, &r->fault);
}

static enum kite_status do_note(struct kite_reader *r, const struct one_mark *m)
{
    ask_text(r, MESSAGE_WRITE_NOTE, m->note, keep_note);
    r->keyboard.about = m->mark.id;
    return KITE_OK;
}

static enum kite_status do_delete(struct kite_reader *r, const struct one_mark *m)
{
    view_close(r);
    return kite_library_mark_remove(r->texts, m->mark.id, &r->fault);
}

static const struct {
    enum message label;
    const char *icon;
    enum kite_status (*act)(struct kite_reader *r, const struct one_mark *m);
} acts[] = { { MESSAGE_OPEN_PLACE, ICON_GO, do_open },
             { MESSAGE_WRITE_NOTE, ICON_WRITE, do_note },
             { MESSAGE_DELETE, ICON_REMOVE, do_delete } };

static enum kite_status one_row(struct kite_reader *r, uint32_t index, struct row *out)
{
    bool is_back = acts[index].act == do_open && is_on_page(r);

    text_copy(say(r, is_back ? MESSAGE_BACK_TO_TEXT : acts[index].label), out->label,
              sizeof out->label);
    out->icon = is_back ? ICON_BACK : acts[index].icon;
    return KITE_OK;
}

static enum kite_status one_chosen(struct kite_reader *r, uint32_t index)
{
    struct one_mark m;
    enum kite_status status = mark_at(r, (uint32_t)seat_of(r)->about, &m);

    return status ? status : acts[index].act(r, &m);
}

static enum kite_status one_intro(struct kite_reader *r, char *out, size_t out_bytes)
{
    struct one_mark m;
    enum kite_status status = mark_at(r, (uint32_t)seat_of(r)->about, &m);

    if (status == KITE_OK)
        text_add(m.note,
                 text_add(m.note[0] ? "\n" : "", text_copy(m.excerpt, out, out_bytes), out_bytes),
                 out_bytes);
    return status;
}

const struct view view_mark = { .name = "bookmark",
                                .title = MESSAGE_BOOKMARKS,
                                .intent = KITE_INTENT_INTERFACE,
                                .has_icons = true,
                                .intro_is_text = true,
                                .intro = one_intro,
                                .row_count = sizeof acts / sizeof *acts,
                                .row = one_row,
                                .chosen = one_chosen };
