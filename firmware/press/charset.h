/* charset: character sets of one byte to a character: by name, and guessed from a text. No file is needed for it: the press runs
 * where none can be opened. Private to the press room. */
#ifndef KITE_PRESS_CHARSET_H
#define KITE_PRESS_CHARSET_H

#include "base/base.h"

struct kite_charset {
    const char *name;   /* for people */
    const char *labels; /* as files and guessers name it, in small letters, set apart by spaces */
    uint16_t high[128]; /* what bytes from 0x80 stand for, 0xfffd: nothing; below it is ASCII */
};
extern const struct kite_charset kite_charsets[]; /* charset_tables.c; the first is Windows-1252 */
extern const size_t kite_charset_count;

/* NULL: none of ours has that name, in letters of any case. */
const struct kite_charset *kite_charset_of(const char *label, size_t bytes);
/* Of text that is no UTF-8. name gets what it is in when that is none of ours ("SHIFT_JIS") and NULL is returned. */
const struct kite_charset *kite_charset_guess(const uint8_t *text, size_t bytes, char name[32]);
/* The character that begins at bytes, count of which are there (1 or more); 0xfffd for one that the set hasn't. *used: its bytes. */
uint32_t kite_charset_take(const struct kite_charset *charset, const uint8_t *bytes, size_t count, size_t *used);
/* What a file says of itself: <?xml encoding="...">, <meta charset="...">, <meta content="...; charset=...">. False: nothing. */
bool kite_charset_declared(const uint8_t *text, size_t bytes, const char **label, size_t *label_bytes);

#endif
