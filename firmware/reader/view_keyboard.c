/* Writing with four keys or with a finger. Letters stand in lines; the keys move from line to line, select goes into a
 * line, the keys then move along it, select takes the letter, menu leaves the line. */
#include "reader/views.h"

#include <string.h>

#define COLUMNS 7
#define CELL_EM1000 1150
#define DIGITS "1234567890"
#define PICKED_COVERAGE 40

/* ---- what there is to press -------------------------------------------------------------------------- */

/* Letters come first, then space, erase and done in a line of their own. */
enum { CELL_SPACE, CELL_ERASE, CELL_DONE, CELLS_LAST };

static const char *letters(const struct kite_reader *r)
{
    return r->keyboard.is_number ? DIGITS : r->catalogue->letters;
}

static uint32_t letter_count(const struct kite_reader *r)
{
    uint32_t count = 0;

    for (const char *at = letters(r); *at; at++)
        count += ((unsigned char)*at & 0xC0) != 0x80;
    return count;
}

static uint32_t line_count(const struct kite_reader *r)
{
    return (letter_count(r) + COLUMNS - 1) / COLUMNS + 1;
}

static uint32_t cells_in(const struct kite_reader *r, uint32_t line)
{
    uint32_t count = letter_count(r);

    if (line + 1 == line_count(r))
        return CELLS_LAST;
    return count - line * COLUMNS < COLUMNS ? count - line * COLUMNS : COLUMNS;
}

/* The text on a cell, into out[32]. */
static const char *cell_text(const struct kite_reader *r, uint32_t line, uint32_t column, char out[32])
{
    static const enum message last[CELLS_LAST] = { MESSAGE_SPACE, MESSAGE_ERASE, MESSAGE_DONE };
    const char *at = letters(r);
    size_t one;

    if (line + 1 == line_count(r))
        return text_copy(say(r, last[column]), out, 32);
    for (uint32_t skip = line * COLUMNS + column; skip > 0; skip--) {
        kite_utf8_decode(at, strlen(at), &one);
        at += one;
    }
    kite_utf8_decode(at, strlen(at), &one);
    memcpy(out, at, one);
    out[one] = '\0';
    return out;
}

/* ---- pressing ------------------------------------------------------------------------------------------ */

static void erase(struct keyboard *k)
{
    size_t bytes = strlen(k->text);

    do
        bytes -= bytes > 0;
    while (bytes > 0 && ((unsigned char)k->text[bytes] & 0xC0) == 0x80);
    k->text[bytes] = '\0';
}

static enum kite_status press(struct kite_reader *r, uint32_t line, uint32_t column)
{
    struct keyboard *k = &r->keyboard;
    char cell[32];

    r->is_stale = true;
    r->intent = KITE_INTENT_FEEDBACK;
    cell_text(r, line, column, cell);
    if (line + 1 == line_count(r)) {
        if (column == CELL_ERASE) {
            erase(k);
            return KITE_OK;
        }
        if (column == CELL_DONE) {
            view_close(r);
            return k->text[0] ? k->done(r, k->text) : KITE_OK;
        }
        text_copy(" ", cell, sizeof cell);
    }

    size_t used = strlen(k->text), room = k->is_number ? 7 : sizeof k->text;

    text_copy(cell, k->text + used, room > used ? room - used : 1);
    return KITE_OK;
}

enum kite_status keyboard_select(struct kite_reader *r)
{
    struct keyboard *k = &r->keyboard;

    r->is_stale = true;
    if (k->is_in_line)
        return press(r, k->line, k->column);
    k->is_in_line = true;
    k->column = 0;
    return KITE_OK;
}

static enum kite_status move(struct kite_reader *r, bool is_on)
{
    struct keyboard *k = &r->keyboard;
    uint32_t *at = k->is_in_line ? &k->column : &k->line;
    uint32_t count = k->is_in_line ? cells_in(r, k->line) : line_count(r);

    *at = is_on ? (*at + 1) % count : (*at + count - 1) % count;
    r->is_stale = true;
    r->intent = KITE_INTENT_FEEDBACK;
    return KITE_OK;
}

enum kite_status keyboard_next(struct kite_reader *r)
{
    return move(r, true);
}

enum kite_status keyboard_previous(struct kite_reader *r)
{
    return move(r, false);
}

enum kite_status keyboard_back(struct kite_reader *r)
{
    r->is_stale = true;
    if (r->keyboard.is_in_line)
        r->keyboard.is_in_line = false;
    else
        view_close(r);
    return KITE_OK;
}

enum kite_status keyboard_tap(struct kite_reader *r, const struct gesture *g)
{
    int32_t target = screen_target_at(&r->screen, g->x_px, g->y_px);

    if (target == TARGET_BACK)
        view_close(r);
    return target >= 0 ? press(r, (uint32_t)target / COLUMNS, (uint32_t)target % COLUMNS) : KITE_OK;
}

/* ---- asking -------------------------------------------------------------------------------------------- */

static void ask(struct kite_reader *r, enum message title, const char *text, bool is_number,
                enum kite_status (*done)(struct kite_reader *r, const char *text))
{
    r->keyboard = (struct keyboard){ .title = title, .done = done, .is_number = is_number };
    text_copy(text, r->keyboard.text, sizeof r->keyboard.text);
    view_open(r, VIEW_KEYBOARD, 0);
}

void ask_text(struct kite_reader *r, enum message title, const char *text,
              enum kite_status (*done)(struct kite_reader *r, const char *text))
{
    ask(r, title, text, false, done);
}

void ask_number(struct kite_reader *r, enum message title, enum kite_status (*done)(struct kite_reader *r, const char *text))
{
    ask(r, title, "", true, done);
}

/* ---- drawing ------------------------------------------------------------------------------------------- */

static enum kite_status head(struct kite_reader *r, struct row *out)
{
    text_copy(say(r, r->keyboard.title), out->label, sizeof out->label);
    return KITE_OK;
}

static void draw_cell(struct kite_reader *r, uint32_t line, uint32_t column, struct kite_rect box)
{
    const struct keyboard *k = &r->keyboard;
    struct screen *s = &r->screen;
    char text[32];
    struct label label = { .text = cell_text(r, line, column, text), .align = LABEL_CENTER, .lines_max = 1 };
    bool is_picked = r->shows_focus && k->line == line && (!k->is_in_line || k->column == column);

    if (is_picked)
        screen_tint(s, box, PICKED_COVERAGE);
    if (is_picked && k->is_in_line)
        screen_frame(s, box, 3);
    screen_label(s, &label, box.x, box.y + (box.height - s->line_px) / 2, box.width);
    screen_target(s, box, (int32_t)(line * COLUMNS + column));
}

/* What was written, and the cells below it. */
static enum kite_status draw_cells(struct kite_reader *r, int32_t *top, int32_t bottom)
{
    struct screen *s = &r->screen;
    struct label text = { .text = r->keyboard.text, .lines_max = 2 };
    int32_t width = s->width_px - 2 * s->margin_px, lines = (int32_t)line_count(r);

    *top += s->pad_px / 2;
    screen_label(s, &text, s->margin_px, *top, width);
    *top += s->line_px + s->pad_px / 4;
    screen_rule(s, (struct kite_rect){ s->margin_px, *top, width, 2 });
    *top += s->pad_px / 2;

    int32_t height = (s->height_px - s->pad_px / 2 - *top) / lines;

    (void)bottom;
    if (height > 2 * s->line_px)
        height = 2 * s->line_px;
    for (uint32_t line = 0; line < line_count(r); line++) {
        uint32_t cells = cells_in(r, line);
        int32_t across = line + 1 == line_count(r) ? CELLS_LAST : COLUMNS;

        for (uint32_t column = 0; column < cells; column++)
            draw_cell(r, line, column, (struct kite_rect){ s->margin_px + (int32_t)column * width / across,
                                                           *top + (int32_t)line * height, width / across, height });
    }
    return s->status;
}

const struct view view_keyboard = { .name = "keyboard", .title = MESSAGE_SEARCH_WHAT, .intent = KITE_INTENT_INTERFACE,
                                    .head = head, .picture = draw_cells };
