/* sentence: where sentences begin in a paragraph. Private to the reader room. */
#ifndef KITE_READER_SENTENCE_H
#define KITE_READER_SENTENCE_H

#include "base/base.h"

/* End of the sentence that begins at `from`, behind the spaces that follow it; the text's end for
 * the last. A sentence ends behind . ! ? and their like in other scripts, with the quotes and
 * brackets that close behind them, when a space follows and the next word does not begin in lower
 * case. A line break ends one too (verse). */
size_t sentence_end(const char *text, size_t bytes, size_t from);

#endif
