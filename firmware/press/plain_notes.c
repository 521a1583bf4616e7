/* Numbered notes at the end of a plain text, and the marks that refer to them. */
#include "press/plain.h"

#include <string.h>

#define MARK_DIGITS_MAX 4u

/* A superscript digit's value and length, or -1. */
static int superscript(const char *text, size_t bytes, size_t *used)
{
    uint32_t c = bytes ? kite_utf8_decode(text, bytes, used) : 0;

    if (c == 0xb9)
        return 1;
    if (c == 0xb2 || c == 0xb3)
        return (int)(c - 0xb0);
    return c == 0x2070 || (c >= 0x2074 && c <= 0x2079) ? (int)(c - 0x2070) : -1;
}

size_t kite_plain_mark(const char *text, size_t bytes, struct kite_plain_mark *mark)
{
    size_t at = 0, digits = 0, used;
    int value;

    *mark = (struct kite_plain_mark){ .is_raised = bytes > 0 && *text != '[' };
    if (mark->is_raised) {
        for (; digits < MARK_DIGITS_MAX && (value = superscript(text + at, bytes - at, &used)) >= 0; at += used, digits++)
            mark->number = mark->number * 10 + (uint32_t)value;
        return mark->number > 0 ? at : 0;
    }
    for (at = 1; at < bytes && digits < MARK_DIGITS_MAX && text[at] >= '0' && text[at] <= '9'; digits++)
        mark->number = mark->number * 10 + (uint32_t)(text[at++] - '0');
    return mark->number > 0 && at < bytes && text[at] == ']' ? at + 1 : 0;
}

/* The bytes before the text of note `number`, when the line begins it; 0 when it doesn't. */
static size_t note_start(const struct kite_plain_notes *notes, const struct kite_plain_line *line, uint32_t number)
{
    struct kite_plain_mark mark;
    size_t used;

    if (notes->is_list) {
        used = kite_plain_item(line, &mark.number);
    } else {
        used = kite_plain_mark(line->text, line->bytes, &mark);
        used = mark.is_raised == notes->is_raised ? used : 0;
        while (used > 0 && used < line->bytes && (line->text[used] == ' ' || line->text[used] == '.'))
            used++;
    }
    return used > 0 && used < line->bytes && mark.number == number ? used : 0;
}

/* How many notes begin in [first, count), numbered from 1 without a gap. */
static uint32_t count_notes(const struct kite_plain_notes *notes, const struct kite_plain_line *lines, size_t count)
{
    uint32_t found = 0;

    for (size_t i = notes->first; i < count; i++)
        found += note_start(notes, &lines[i], found + 1) > 0;
    return found;
}

/* Every note is referred to in [from, first), for the first time in their order. */
static bool are_referred_to(const struct kite_plain_notes *notes, const struct kite_plain_line *lines, size_t from)
{
    uint32_t seen = 0;

    for (size_t i = from; i < notes->first; i++)
        for (size_t at = 0, used; at < lines[i].bytes; at += used ? used : 1) {
            struct kite_plain_mark mark;

            used = kite_plain_mark(lines[i].text + at, lines[i].bytes - at, &mark);
            if (used == 0 || mark.is_raised != notes->is_raised || mark.number <= seen)
                continue;
            if (mark.number != seen + 1 || mark.number > notes->count)
                return false;
            seen++;
        }
    return seen == notes->count;
}

/* The line before `at` that isn't empty, at when there is none. */
static size_t line_before(const struct kite_plain_line *lines, size_t at)
{
    size_t i = at;

    while (i > 0 && lines[i - 1].bytes == 0)
        i--;
    return i > 0 ? i - 1 : at;
}

/* May lines[at] begin note 1? */
static bool begins_notes(const struct kite_plain_line *lines, size_t at, struct kite_plain_notes *notes)
{
    size_t before = lines[at].bytes > 0 ? line_before(lines, at) : at;
    bool has_heading = before < at && kite_plain_is_notes_heading(&lines[before]);
    struct kite_plain_mark mark;

    *notes = (struct kite_plain_notes){ .first = at, .heading = at };
    if (has_heading || (before < at && kite_plain_is_rule(&lines[before])))
        notes->heading = before;
    if (kite_plain_mark(lines[at].text, lines[at].bytes, &mark) > 0)
        notes->is_raised = mark.is_raised;
    else
        notes->is_list = has_heading;
    return note_start(notes, &lines[at], 1) > 0;
}

void kite_plain_find_notes(const struct kite_plain_line *lines, size_t from, size_t end, struct kite_plain_notes *notes)
{
    struct kite_plain_notes one;
    size_t beginnings = 0;

    *notes = (struct kite_plain_notes){ .first = end, .heading = end };
    for (size_t i = from; i < end; i++)
        if (begins_notes(lines, i, &one)) {
            *notes = one;
            beginnings++;
        }
    notes->count = beginnings == 1 ? count_notes(notes, lines, end) : 0; /* notes that begin anew in each chapter stay text */
    if (notes->count == 0 || !are_referred_to(notes, lines, from))
        *notes = (struct kite_plain_notes){ .first = end, .heading = end };
}

size_t kite_plain_note_start(const struct kite_plain_notes *notes, const struct kite_plain_line *line, uint32_t number)
{
    return number >= 1 && number <= notes->count ? note_start(notes, line, number) : 0;
}
