/* Letters and page: what a person chooses, with the page in front as the preview above the list. */
#include "reader/views.h"

#include <stdio.h>

#define PREVIEW_PERCENT 36 /* of the screen's height */
#define ROW_LINES_EM10 45  /* that the tallest row takes, tenths: it must find room below */

struct type_row {
    enum message label;
    int8_t least, most; /* of the choice; -1 is the profile's own */
    int (*get)(const struct kite_reader *r);
    void (*set)(struct type_choice *type, int value);
    void (*show)(const struct kite_reader *r, int value, char *out, size_t out_bytes);
};

static int get_profile(const struct kite_reader *r)
{
    return (int)r->type.profile;
}
static int get_size(const struct kite_reader *r)
{
    return type_size(&r->type, r->options.panel);
}
static int get_family(const struct kite_reader *r)
{
    return (int)r->setting.family;
}
static int get_weight(const struct kite_reader *r)
{
    return r->setting.weight;
}
static int get_line(const struct kite_reader *r)
{
    return r->type.line;
}
static int get_word(const struct kite_reader *r)
{
    return r->type.word;
}
static int get_margins(const struct kite_reader *r)
{
    return r->type.margins >= 0 ? r->type.margins : 1;
}
static int get_align(const struct kite_reader *r)
{
    return (int)r->setting.align;
}
static int get_notes(const struct kite_reader *r)
{
    return r->type.notes;
}
static int get_night(const struct kite_reader *r)
{
    return r->type.is_night;
}
static int get_rotation(const struct kite_reader *r)
{
    return r->type.rotation;
}

/* A profile is a fresh start: what was chosen for another one goes. */
static void set_profile(struct type_choice *t, int v)
{
    *t = (struct type_choice){ .profile = (enum kite_profile)v,
                               .size = -1,
                               .family = -1,
                               .weight = -1,
                               .line = -1,
                               .word = -1,
                               .margins = t->margins,
                               .align = -1,
                               .notes = t->notes,
                               .is_night = t->is_night,
                               .rotation = t->rotation };
}
static void set_size(struct type_choice *t, int v)
{
    t->size = (int8_t)v;
}
static void set_family(struct type_choice *t, int v)
{
    t->family = (int8_t)v;
}
static void set_weight(struct type_choice *t, int v)
{
    t->weight = (int8_t)v;
}
static void set_line(struct type_choice *t, int v)
{
    t->line = (int8_t)v;
}
static void set_word(struct type_choice *t, int v)
{
    t->word = (int8_t)v;
}
static void set_margins(struct type_choice *t, int v)
{
    t->margins = (int8_t)v;
}
static void set_align(struct type_choice *t, int v)
{
    t->align = (int8_t)v;
}
static void set_notes(struct type_choice *t, int v)
{
    t->notes = (uint8_t)v;
}
static void set_night(struct type_choice *t, int v)
{
    t->is_night = v != 0;
}
static void set_rotation(struct type_choice *t, int v)
{
    t->rotation = (uint8_t)v;
}

static void show_message(const struct kite_reader *r, enum message first, int value, char *out,
                         size_t out_bytes)
{
    text_copy(say(r, (enum message)((int)first + value)), out, out_bytes);
}

static void show_profile(const struct kite_reader *r, int v, char *out, size_t n)
{
    show_message(r, MESSAGE_PROFILE_BOOK, v, out, n);
}
static void show_size(const struct kite_reader *r, int v, char *out, size_t n)
{
    char pt[16];
    int32_t pt100 = type_sizes_pt100[v];

    snprintf(pt, sizeof pt, pt100 % 100 ? "%d.%d" : "%d", (int)(pt100 / 100),
             (int)(pt100 % 100 / 10));
    kite_text_fill(say(r, MESSAGE_POINTS), pt, NULL, out, n);
}
static void show_family(const struct kite_reader *r, int v, char *out, size_t n)
{
    show_message(r, MESSAGE_FACE_SERIF, v, out, n);
}
static void show_step(const struct kite_reader *r, int v, int count, char *out, size_t n)
{
    char step[16], of[16];

    snprintf(step, sizeof step, "%d", v + 1);
    snprintf(of, sizeof of, "%d", count);
    kite_text_fill(say(r, MESSAGE_PAGE_OF), step, of, out, n);
}
static void show_weight(const struct kite_reader *r, int v, char *out, size_t n)
{
    show_step(r, v, TYPE_WEIGHTS, out, n);
}
static void show_margins(const struct kite_reader *r, int v, char *out, size_t n)
{
    show_message(r, MESSAGE_MARGINS_NARROW, v, out, n);
}
static void show_line(const struct kite_reader *r, int v, char *out, size_t n)
{
    int32_t em100 = v >= 0 ? type_line_em1000(v) / 10
                           : kite_mul_div(r->setting.line_f26, 100, r->setting.size_f26);

    snprintf(out, n, "%d.%02d", (int)(em100 / 100), (int)(em100 % 100));
}
static void show_word(const struct kite_reader *r, int v, char *out, size_t n)
{
    show_step(r, v >= 0 ? v : 0, TYPE_WORDS, out, n);
}
static void show_align(const struct kite_reader *r, int v, char *out, size_t n)
{
    show_message(r, MESSAGE_ALIGN_AUTO, v, out, n);
}
static void show_notes(const struct kite_reader *r, int v, char *out, size_t n)
{
    show_message(r, MESSAGE_NOTES_FOOT, v, out, n);
}
static void show_yes(const struct kite_reader *r, int v, char *out, size_t n)
{
    text_copy(say(r, v ? MESSAGE_YES : MESSAGE_NO), out, n);
}
static void show_rotation(const struct kite_reader *r, int v, char *out, size_t n)
{
    (void)r;
    snprintf(out, n, "%d\xC2\xB0", v * 90);
}

static const struct type_row rows[] = {
    { MESSAGE_SIZE, 0, TYPE_SIZES - 1, get_size, set_size, show_size },
    { MESSAGE_PROFILE, 0, KITE_PROFILE_COUNT - 1, get_profile, set_profile, show_profile },
    { MESSAGE_FACE, 0, KITE_FAMILY_COUNT - 1, get_family, set_family, show_family },
    { MESSAGE_WEIGHT, 0, TYPE_WEIGHTS - 1, get_weight, set_weight, show_weight },
    { MESSAGE_LINE_SPACE, 0, TYPE_LINES - 1, get_line, set_line, show_line },
    { MESSAGE_WORD_SPACE, 0, TYPE_WORDS - 1, get_word, set_word, show_word },
    { MESSAGE_MARGINS, 0, TYPE_MARGINS - 1, get_margins, set_margins, show_margins },
    { MESSAGE_ALIGNMENT, 0, KITE_CHOOSE_RAGGED, get_align, set_align, show_align },
    { MESSAGE_FOOTNOTES, 0, KITE_NOTES_COUNT - 1, get_notes, set_notes, show_notes },
    { MESSAGE_NIGHT, 0, 1, get_night, set_night, show_yes },
    { MESSAGE_ROTATION, 0, KITE_ROTATE_270, get_rotation, set_rotation, show_rotation },
};
#define ROW_COUNT (sizeof rows / sizeof *rows)

static enum kite_status fill_row(struct kite_reader *r, uint32_t index, struct row *out)
{
    text_copy(say(r, rows[index].label), out->label, sizeof out->label);
    rows[index].show(r, rows[index].get(r), out->value, sizeof out->value);
    return KITE_OK;
}

/* ---- one setting: its values in a list ------------------------------------------------------- */

static enum kite_status choose(struct kite_reader *r, uint32_t index)
{
    int value = rows[index].get(r) - rows[index].least;

    view_open(r, VIEW_TYPE_VALUE, index);
    seat_of(r)->focus = value > 0 ? (uint32_t)value : 0;
    return KITE_OK;
}

static enum kite_status count_values(struct kite_reader *r, uint32_t *out)
{
    const struct type_row *row = &rows[seat_of(r)->about];

    *out = (uint32_t)(row->most - row->least + 1);
    return KITE_OK;
}

static enum kite_status fill_value(struct kite_reader *r, uint32_t index, struct row *out)
{
    const struct type_row *row = &rows[seat_of(r)->about];

    row->show(r, row->least + (int)index, out->label, sizeof out->label);
    out->is_chosen = row->get(r) == row->least + (int)index;
    return KITE_OK;
}

/* The value is taken at once, and the screen stays, so that people can try. */
static enum kite_status choose_value(struct kite_reader *r, uint32_t index)
{
    const struct type_row *row = &rows[seat_of(r)->about];

    if (row->get(r) == row->least + (int)index) { /* chosen again: done */
        view_close(r);
        return KITE_OK;
    }
    row->set(&r->type, row->least + (int)index);

    enum kite_status status = settings_apply(r);

    return status ? status : settings_save_type(r);
}

static enum kite_status value_head(struct kite_reader *r, struct row *out)
{
    text_copy(say(r, rows[seat_of(r)->about].label), out->label, sizeof out->label);
    return KITE_OK;
}

/* ---- the preview ----------------------------------------------------------------------------- */

static void close_preview(struct screen *s, int32_t *top)
{
    *top += s->pad_px / 2;
    screen_rule(
        s, (struct kite_rect){ s->margin_px, *top, s->width_px - 2 * s->margin_px, rule_px(s) });
    *top += s->pad_px / 2;
}

/* With no text open: some words of the interface's own. */
static enum kite_status preview_sample(struct kite_reader *r, int32_t room, int32_t *top)
{
    struct screen *s = &r->screen;
    const struct kite_setting *setting = &r->setting;
    struct label sample = { .text = say(r, MESSAGE_SAMPLE),
                            .size_f26 = setting->size_f26,
                            .line_f26 = setting->line_f26 };
    int32_t width = s->width_px - setting->margin_left_px - setting->margin_right_px,
            line = screen_line_px(s, &sample);

    if (room < line)
        return KITE_OK;
    sample.line_count = (uint32_t)(room / line);
    *top += screen_label(s, &sample, setting->margin_left_px, *top, width);
    close_preview(s, top);
    return s->status;
}

/* Where the words of a page begin, px. A table's heads that are said again stand above the first
 * line. */
static int32_t words_top(const struct kite_reader *r)
{
    const struct kite_page_line *first = &r->reading.now.page.lines[0];

    return first->first_glyph > 0 && first->box.y > r->setting.margin_top_px
               ? r->setting.margin_top_px
               : first->box.y;
}

/* The top lines of the page in front, as they are set now. */
static enum kite_status preview(struct kite_reader *r, int32_t *top, int32_t bottom)
{
    struct screen *s = &r->screen;
    const struct kite_page *page = &r->reading.now.page;
    int32_t most = bottom - *top - ROW_LINES_EM10 * s->line_px / 10,
            room = s->height_px * PREVIEW_PERCENT / 100;
    int32_t end = 0, count = 0;

    room = room < most ? room : most;
    if (r->reading.text == 0)
        return preview_sample(r, room, top);

    int32_t first = page->line_count > 0 ? words_top(r) : 0;

    for (size_t i = 0; i < page->line_count; i++) { /* lines that fit below the title */
        const struct kite_rect *box = &page->lines[i].box;
        int32_t below = box->y + box->height - first;

        if (below > room)
            break;
        end = below;
        count = (int32_t)i + 1;
    }
    if (count == 0)
        return KITE_OK;
    enum kite_status status = screen_lines(s, page, (size_t)count, *top - first);

    *top += end;
    close_preview(s, top);
    return status;
}

const struct view view_type = { .name = "type",
                                .title = MESSAGE_TYPE,
                                .intent = KITE_INTENT_INTERFACE,
                                .picture = preview,
                                .row_count = ROW_COUNT,
                                .row = fill_row,
                                .chosen = choose };
const struct view view_type_value = { .name = "type value",
                                      .title = MESSAGE_TYPE,
                                      .intent = KITE_INTENT_INTERFACE,
                                      .has_icons = true,
                                      .head = value_head,
                                      .picture = preview,
                                      .count = count_values,
                                      .row = fill_value,
                                      .chosen = choose_value };
