/* charset: character sets of one byte to a character, and of two in East Asia: by name, and guessed from a text. No file is needed for it: the press runs
 * where none can be opened. Private to the press room. */
#ifndef KITE_PRESS_CHARSET_H
#define KITE_PRESS_CHARSET_H

#include "base/base.h"

/* Trail bytes of a lead byte that stand for characters: in two stretches, from the table's first on and from 0xa1 on. */
struct kite_wide_row {
    uint16_t at, count; /* in words, or in steps where `from` is not 0 */
    uint16_t from;      /* what the first step is counted from; a step of 0 is no character */
};
struct kite_wide {
    const uint16_t *words; /* characters, 0 for none */
    const uint8_t *steps;
    const struct kite_wide_row *rows; /* two for each lead byte */
    uint8_t lead_first, lead_last, trail_first;
};
/* Characters of four bytes in GB18030 by their number, and which comes there; up to the next both go on by ones. 0: none. */
struct kite_wide_range {
    uint16_t number, character;
};
extern const struct kite_wide kite_wide_gb, kite_wide_big5, kite_wide_korean, kite_wide_japanese; /* charset_wide_tables.c */
extern const struct kite_wide_range kite_gb18030_ranges[];
extern const size_t kite_gb18030_range_count;

enum kite_charset_kind { KITE_CHARSET_BYTES = 0, KITE_CHARSET_PAIRS, KITE_CHARSET_GB18030, KITE_CHARSET_SHIFT_JIS, KITE_CHARSET_EUC_JP };

struct kite_charset {
    const char *name;   /* for people */
    const char *labels; /* as files and guessers name it, in small letters, set apart by spaces */
    uint16_t high[128]; /* BYTES: what bytes from 0x80 stand for, 0xfffd: nothing; below it is ASCII */
    enum kite_charset_kind kind;
    const struct kite_wide *wide; /* NULL for BYTES */
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
