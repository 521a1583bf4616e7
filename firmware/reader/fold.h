/* fold: text compared blind to case and accents. Private to the reader room; what a character
 * counts as is the library's to say. */
#ifndef KITE_READER_FOLD_H
#define KITE_READER_FOLD_H

#include "base/base.h"

#define FOLD_WORDS_MAX 64 /* characters of what is looked for */

/* What is looked for, folded: letters and digits, words set apart by one space. */
struct fold_words {
    uint32_t characters[FOLD_WORDS_MAX];
    size_t count;
};

void fold_words_init(struct fold_words *words, const char *text);
/* The first place at or behind `from` where a word begins with what is looked for; *end gets where
 * it ends. SIZE_MAX when there is none. */
size_t fold_find(const struct fold_words *words, const char *text, size_t bytes, size_t from,
                 size_t *end);
/* Could a text that holds this piece of it have what is looked for begin in the piece? */
bool fold_could_begin(const struct fold_words *words, const char *piece, size_t bytes);

#endif
