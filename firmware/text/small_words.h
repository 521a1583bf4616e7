/* small_words: words that lean on the one behind them, so that a title's line had better not end in one. Private to the
 * text room. */
#ifndef KITE_TEXT_SMALL_WORDS_H
#define KITE_TEXT_SMALL_WORDS_H

#include "base/base.h"

/* Is it an article, a short preposition or conjunction of its language, or a word of one letter in any? The word as it
 * stands in the text, with nothing around it: behind a comma or a bracket it leans on nothing. */
bool kite_is_small_word(kite_lang lang, const char *word, size_t bytes);

#endif
