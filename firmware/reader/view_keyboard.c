/* Writing with four keys or with a finger. Letters stand in lines; the keys move from line to line,
 * select goes into a line, the keys then move along it, select takes the letter, menu leaves the
 * line. */
#include "reader/views.h"

#include <string.h>

#define COLUMNS 7
#define COLUMNS_WIDE 13 /* on a panel that lies on its side */
#define COLUMNS_MAX 16  /* targets are numbered by it */
#define COLUMNS_OF_DIGITS 5
#define DIGITS "1234567890"
#define MARKS ".,?'-"
#define LETTERS_BYTES_MAX 256
#define PICKED_COVERAGE 40
#define CELL_EM1000_MIN 600
#define NUMBER_DIGITS 6
#define DOT "\xE2\x97\x8F"

/* ---- what there is to press ------------------------------------------------------------------ */

/* Letters come first, then space, erase and done in a line of their own. */
enum { CELL_SPACE, CELL_ERASE, CELL_DONE, CELLS_LAST };

/* The characters that are offered, into out. */
static const char *letters(const struct kite_reader *r, char out[LETTERS_BYTES_MAX])
{
    if (r->keyboard.is_number)
        return DIGITS;
    text_copy(r->catalogue->letters, out, LETTERS_BYTES_MAX);
    return text_add(DIGITS MARKS, out, LETTERS_BYTES_MAX);
}

static uint32_t columns(const struct kite_reader *r)
{
    if (r->keyboard.is_number)
        return COLUMNS_OF_DIGITS;
    return r->setting.panel.width_px > r->setting.panel.height_px ? COLUMNS_WIDE : COLUMNS;
}

static uint32_t letter_count(const struct kite_reader *r)
{
    char offered[LETTERS_BYTES_MAX];
    uint32_t count = 0;

    for (const char *at = letters(r, offered); *at; at++)
        count += ((unsigned char)*at & 0xC0) != 0x80;
    return count;
}

uint32_t keyboard_lines(const struct kite_reader *r)
{
    return (letter_count(r) + columns(r) - 1) / columns(r) + 1;
}

/* What the last line does; a number has no spaces. */
static uint32_t last_cell(const struct kite_reader *r, uint32_t column)
{
    return column + (r->keyboard.is_number ? CELL_ERASE : CELL_SPACE);
}

uint32_t keyboard_cells(const struct kite_reader *r, uint32_t line)
{
    uint32_t count = letter_count(r);

    if (line + 1 == keyboard_lines(r))
        return CELLS_LAST - last_cell(r, 0);
    return count - line * columns(r) < columns(r) ? count - line * columns(r) : columns(r);
}

const char *keyboard_cell(const struct kite_reader *r, uint32_t line, uint32_t column,
                          char out[KEYBOARD_CELL_BYTES])
{
    static const enum message last[CELLS_LAST] = { MESSAGE_SPACE, MESSAGE_ERASE, MESSAGE_DONE };
    char offered[LETTERS_BYTES_MAX];
    const char *at = letters(r, offered);
    size_t one;

    if (line + 1 == keyboard_lines(r))
        return text_copy(say(r, last[last_cell(r, column)]), out, KEYBOARD_CELL_BYTES);
    for (uint32_t skip = line * columns(r) + column; skip > 0; skip--) {
        kite_utf8_decode(at, strlen(at), &one);
        at += one;
    }
    kite_utf8_decode(at, strlen(at), &one);
    memcpy(out, at, one);
    out[one] = '\0';
    return out;
}

/* ---- pressing -------------------------------------------------------------------------------- */

static void erase(struct keyboard *k)
{
    size_t bytes = strlen(k->text);

    do
        bytes -= bytes > 0;
    while (bytes > 0 && ((unsigned char)k->text[bytes] & 0xC0) == 0x80);
    k->text[bytes] = '\0';
}

/* Bytes that the text may take, with its end. */
static size_t room_of(const struct keyboard *k)
{
    if (k->is_secret)
        return k->is_number ? KITE_PIN_DIGITS_MAX + 1 : KITE_SHELF_SECRET_BYTES_MAX + 1;
    return k->is_number ? NUMBER_DIGITS + 1 : sizeof k->text;
}

/* So that the compiler does not leave it out. */
static void wipe(volatile char *text, size_t bytes)
{
    while (bytes-- > 0)
        *text++ = '\0';
}

/* The text goes out as a copy: `done` may ask for more. */
static enum kite_status finish(struct kite_reader *r)
{
    struct keyboard *k = &r->keyboard;
    enum kite_status status = KITE_OK;
    char text[sizeof k->text];

    text_copy(k->text, text, sizeof text);
    view_close(r);
    if (k->is_secret)
        wipe(k->text, sizeof k->text);
    if (text[0])
        status = k->done(r, text);
    wipe(text, sizeof text);
    return status;
}

static enum kite_status press(struct kite_reader *r, uint32_t line, uint32_t column)
{
    struct keyboard *k = &r->keyboard;
    char cell[KEYBOARD_CELL_BYTES];

    r->is_stale = true;
    r->intent = KITE_INTENT_FEEDBACK;
    keyboard_cell(r, line, column, cell);
    if (line + 1 == keyboard_lines(r)) {
        if (last_cell(r, column) == CELL_ERASE) {
            erase(k);
            return KITE_OK;
        }
        if (last_cell(r, column) == CELL_DONE)
            return finish(r);
        text_copy(" ", cell, sizeof cell);
    }

    size_t used = strlen(k->text), room = room_of(k);

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
    uint32_t count = k->is_in_line ? keyboard_cells(r, k->line) : keyboard_lines(r);

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

static void leave(struct kite_reader *r)
{
    if (r->keyboard.is_secret)
        wipe(r->keyboard.text, sizeof r->keyboard.text);
    view_close(r);
}

enum kite_status keyboard_back(struct kite_reader *r)
{
    r->is_stale = true;
    if (r->keyboard.is_in_line)
        r->keyboard.is_in_line = false;
    else
        leave(r);
    return KITE_OK;
}

enum kite_status keyboard_tap(struct kite_reader *r, const struct gesture *g)
{
    int32_t target = screen_target_at(&r->screen, g->x_px, g->y_px);

    if (target == TARGET_BACK)
        leave(r);
    return target >= 0 ? press(r, (uint32_t)target / COLUMNS_MAX, (uint32_t)target % COLUMNS_MAX)
                       : KITE_OK;
}

/* ---- asking ---------------------------------------------------------------------------------- */

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

void ask_number(struct kite_reader *r, enum message title,
                enum kite_status (*done)(struct kite_reader *r, const char *text))
{
    ask(r, title, "", true, done);
}

void ask_digits(struct kite_reader *r, enum message title,
                enum kite_status (*done)(struct kite_reader *r, const char *digits))
{
    ask(r, title, "", true, done);
    r->keyboard.is_secret = true;
}

void ask_passphrase(struct kite_reader *r, enum message title,
                    enum kite_status (*done)(struct kite_reader *r, const char *passphrase))
{
    ask(r, title, "", false, done);
    r->keyboard.is_secret = true;
}

/* ---- drawing --------------------------------------------------------------------------------- */

static enum kite_status head(struct kite_reader *r, struct row *out)
{
    text_copy(say(r, r->keyboard.title), out->label, sizeof out->label);
    return KITE_OK;
}

/* Half of what is free between two cells. */
static int32_t gap_px(const struct screen *s)
{
    return s->pad_px / 8;
}

/* The size at which the words of the last line stand in their cells, all of them alike. */
static uint16_t last_size(struct kite_reader *r, int32_t width)
{
    struct screen *s = &r->screen;
    uint16_t size = 1000;

    for (uint32_t column = 0; column < keyboard_cells(r, keyboard_lines(r) - 1); column++) {
        char text[KEYBOARD_CELL_BYTES];
        struct label label = { .text = keyboard_cell(r, keyboard_lines(r) - 1, column, text) };
        int32_t needed = screen_width(s, &label) + s->pad_px / 2;

        if (needed > width && needed * size > width * 1000)
            size = (uint16_t)(width * 1000 / needed);
    }
    return size > CELL_EM1000_MIN ? size : CELL_EM1000_MIN;
}

static void draw_cell(struct kite_reader *r, uint32_t line, uint32_t column, uint16_t size,
                      struct kite_rect box)
{
    const struct keyboard *k = &r->keyboard;
    struct screen *s = &r->screen;
    char text[KEYBOARD_CELL_BYTES];
    struct label label = { .text = keyboard_cell(r, line, column, text),
                           .align = LABEL_CENTER,
                           .size_em1000 = size };
    bool is_picked = r->shows_focus && k->line == line && (!k->is_in_line || k->column == column);
    int32_t thin = rule_px(s) / 2 > 1 ? rule_px(s) / 2 : 1, gap = gap_px(s);
    struct kite_rect cell = { box.x + gap, box.y + gap, box.width - 2 * gap, box.height - 2 * gap };

    if (is_picked)
        screen_tint(s, cell, PICKED_COVERAGE);
    screen_frame(s, cell, is_picked && k->is_in_line ? 2 * rule_px(s) : thin);
    screen_label(s, &label, cell.x, box.y + (box.height - screen_line_px(s, &label)) / 2,
                 cell.width);
    screen_target(s, box, (int32_t)(line * COLUMNS_MAX + column));
}

/* What was written, its end when it is long, with a cursor. */
static void draw_written(struct kite_reader *r, int32_t *top)
{
    struct screen *s = &r->screen;
    char dots[KITE_SHELF_SECRET_BYTES_MAX * sizeof DOT] = "";
    struct label text = { .text = r->keyboard.is_secret ? dots : r->keyboard.text };
    int32_t width = s->width_px - 2 * s->margin_px, x = s->margin_px;
    uint32_t lines;

    for (size_t i = 0; r->keyboard.is_secret && r->keyboard.text[i]; i++)
        if (((unsigned char)r->keyboard.text[i] & 0xC0) != 0x80)
            text_add(DOT, dots, sizeof dots);
    lines = screen_measure(s, &text, width);
    text.first_line = lines > 0 ? lines - 1 : 0;
    screen_label(s, &text, x, *top, width);
    if (lines <= 1)
        screen_rule(s, (struct kite_rect){ x + (lines ? screen_width(s, &text) : 0) + rule_px(s),
                                           *top + s->line_px / 6, rule_px(s), s->line_px * 2 / 3 });
    *top += s->line_px + s->pad_px / 4;
    screen_rule(s, (struct kite_rect){ x, *top, width, rule_px(s) });
    *top += s->pad_px / 2;
}

static enum kite_status draw_cells(struct kite_reader *r, int32_t *top, int32_t bottom)
{
    struct screen *s = &r->screen;
    int32_t width = s->width_px - 2 * s->margin_px, lines = (int32_t)keyboard_lines(r);

    (void)bottom; /* there is no foot: the cells take its place */
    draw_written(r, top);

    int32_t height = (s->height_px - s->pad_px / 2 - *top) / lines;
    uint16_t last =
        last_size(r, width / (int32_t)keyboard_cells(r, (uint32_t)lines - 1) - s->pad_px / 3);
    uint16_t size = 1000;

    if (height < s->line_px + 2 * gap_px(s)) /* a letter stands within its frame */
        size = (uint16_t)((height - 2 * gap_px(s)) * 1000 / s->line_px);
    if (height > 2 * s->line_px)
        height = 2 * s->line_px;
    for (uint32_t line = 0; line < (uint32_t)lines; line++) {
        bool is_last = line + 1 == (uint32_t)lines;
        int32_t across = is_last ? (int32_t)keyboard_cells(r, line) : (int32_t)columns(r),
                each = width / across;

        for (uint32_t column = 0; column < keyboard_cells(r, line); column++)
            draw_cell(r, line, column, is_last && last < size ? last : size,
                      (struct kite_rect){ s->margin_px + (int32_t)column * each,
                                          *top + (int32_t)line * height, each, height });
    }
    return s->status;
}

const struct view view_keyboard = { .name = "keyboard",
                                    .title = MESSAGE_SEARCH_WHAT,
                                    .intent = KITE_INTENT_INTERFACE,
                                    .head = head,
                                    .picture = draw_cells };
