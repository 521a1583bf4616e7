/* hyphen: where a word may be divided. Liang's patterns as flat tries in read-only tables, rules where
 * a language needs no patterns (Haitian Creole), exceptions per language. Private to the text room. */
#ifndef KITE_TEXT_HYPHEN_H
#define KITE_TEXT_HYPHEN_H

#include "text/text.h"

#define KITE_HYPHENS_MAX 64
#define KITE_HYPHEN_WORD_BYTES_MAX 255

/* Points at which word[0..bytes) may be divided: byte offsets, ascending, into out; returns how many. The word is
 * letters and inner apostrophes in any case, no digits, without soft hyphens. 0 for: languages without patterns, words of fewer than 6 letters, capitals
 * inside the word or throughout, anything but letters. Parts around an apostrophe are divided on their own.
 * min_left, min_right: letters that must stay on each side; 0 takes the language's own (English 2/3, Romance 2/2).
 * Source: F. M. Liang, Word Hy-phen-a-tion by Com-put-er (1983); patterns: hyph-utf8, see hyphen/README.md. */
size_t kite_hyphenate(kite_lang lang, const char *word, size_t bytes, unsigned min_left, unsigned min_right,
                      uint16_t out[KITE_HYPHENS_MAX]);

/* Whether words of this language can be divided at all. */
bool kite_hyphen_has(kite_lang lang);

#endif
