/* Which key leads to a row or to a letter, for scripts and tests: they name what a person would
 * look for, and rows may come and go. */
#include "reader/views.h"

#include <string.h>

/* Whether a text of the interface, or of a list, is the one that is meant. */
static bool is_meant(const struct kite_reader *r, const char *text, const char *meant)
{
    if (strcmp(text, meant) == 0)
        return true;
    for (int i = 1; i < MESSAGE_COUNT && r->catalogue != &catalogue_en; i++)
        if (strcmp(say(r, (enum message)i), text) == 0 && catalogue_en.texts[i] &&
            strcmp(catalogue_en.texts[i], meant) == 0)
            return true;
    return false;
}

/* The stop of the list in front that has this label. */
static enum kite_status find_row(struct kite_reader *r, const char *label, uint32_t count,
                                 uint32_t *stop)
{
    const struct view *view = views[seat_of(r)->view];

    for (uint32_t i = 0; i < count; i++) {
        struct row row = { 0 };
        enum kite_status status = view->row(r, i, &row);

        if (status)
            return status;
        *stop = i + r->intro_pages;
        if (is_meant(r, row.label, label))
            return KITE_OK;
    }
    return KITE_E_RANGE;
}

/* The shorter way round from one place of so many to another; select when it is the same. */
static enum kite_key way_to(uint32_t from, uint32_t to, uint32_t count)
{
    uint32_t ahead = (to + count - from) % count;

    return ahead == 0 ? KITE_KEY_SELECT : ahead <= count / 2 ? KITE_KEY_NEXT : KITE_KEY_PREVIOUS;
}

static enum kite_status towards_row(struct kite_reader *r, const char *label, enum kite_key *key)
{
    uint32_t stop = 0, count = 0;
    enum kite_status status = views[seat_of(r)->view]->row ? list_count(r, &count) : KITE_OK;

    if (status == KITE_OK)
        status = find_row(r, label, count, &stop);
    if (status)
        return status;
    *key = way_to(seat_of(r)->focus, stop, count + r->intro_pages);
    return *key == KITE_KEY_SELECT ? KITE_DONE : KITE_OK;
}

/* Into its line first, or out of another one. */
static enum kite_status towards_cell(struct kite_reader *r, const char *label, enum kite_key *key)
{
    const struct keyboard *k = &r->keyboard;
    char text[KEYBOARD_CELL_BYTES];
    uint32_t lines = keyboard_lines(r);

    for (uint32_t line = 0; line < lines; line++)
        for (uint32_t column = 0; column < keyboard_cells(r, line); column++) {
            if (!is_meant(r, keyboard_cell(r, line, column, text), label))
                continue;
            if (!k->is_in_line)
                *key = way_to(k->line, line, lines);
            else if (k->line != line)
                *key = KITE_KEY_MENU;
            else
                *key = way_to(k->column, column, keyboard_cells(r, line));
            return k->is_in_line && *key == KITE_KEY_SELECT ? KITE_DONE : KITE_OK;
        }
    return KITE_E_RANGE;
}

enum kite_status kite_reader_key_towards(struct kite_reader *reader, const char *label,
                                         enum kite_key *key)
{
    return seat_of(reader)->view == VIEW_KEYBOARD ? towards_cell(reader, label, key)
                                                  : towards_row(reader, label, key);
}
