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
/* Verse whose lines are set apart by an empty line each: how many of lines[0..count), empty ones included, it takes; 0 for
 * none. Lines are short, and most of them go on in the next one. */
size_t kite_plain_spaced_verse(const struct kite_plain_line *lines, size_t count);

#endif
