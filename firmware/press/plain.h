/* plain: what a line or block of plain text is. Private to the press room. */
#ifndef KITE_PRESS_PLAIN_H
#define KITE_PRESS_PLAIN_H

#include "base/base.h"

struct kite_plain_line {
    const char *text; /* without spaces at both ends */
    uint32_t bytes, chars;
    uint32_t indent; /* columns of space before it */
    uint32_t number; /* in the input, from 1 */
};

/* 1: a part or book, 2: a chapter, 3: a line in capitals; 0: no heading. */
unsigned kite_plain_heading(const struct kite_plain_line *line);
/* "* * *", "----", a lone asterism: a break of thought. */
bool kite_plain_is_rule(const struct kite_plain_line *line);
/* "* text", "3. text": bytes before the text, 0 for no item; *ordinal is 0 for a bullet. */
size_t kite_plain_item(const struct kite_plain_line *line, uint32_t *ordinal);
/* "Notes", "Footnotes", "Referencias" and the like, alone. */
bool kite_plain_is_notes_heading(const struct kite_plain_line *line);
/* Verse whose lines are set apart by an empty line each: how many of lines[0..count), empty ones included, it takes; 0 for
 * none. Lines are short, and most of them go on in the next one. */
size_t kite_plain_spaced_verse(const struct kite_plain_line *lines, size_t count);
/* Does lines[at] stand over the text that follows: short, between empty lines, without an end of a sentence, behind text that has one and before a
 * paragraph? wrap_chars: the length of full lines, 0 when paragraphs are single lines. */
bool kite_plain_is_over_text(const struct kite_plain_line *lines, size_t count, size_t at, uint32_t wrap_chars);

/* "[12]", or superscript figures. */
struct kite_plain_mark {
    uint32_t number;
    bool is_raised; /* superscript */
};
/* Bytes of the mark that text begins with, 0 for none. */
size_t kite_plain_mark(const char *text, size_t bytes, struct kite_plain_mark *mark);

/* Notes 1 to count, which begin at lines[first] and are all referred to before, among lines [from, end); count 0: there are none. */
struct kite_plain_notes {
    uint32_t count;
    size_t first, heading; /* heading: what stands over them and goes with them, a rule or "Notes"; else first */
    bool is_raised;        /* their marks in the text are */
    bool is_list;          /* they begin as list items do, and their marks are in brackets */
};
void kite_plain_find_notes(const struct kite_plain_line *lines, size_t from, size_t end, struct kite_plain_notes *notes);
/* Bytes before the text of that note, from 1, where the line begins it; else 0. */
size_t kite_plain_note_start(const struct kite_plain_notes *notes, const struct kite_plain_line *line, uint32_t number);

#endif
