/* The resident lexicons: the most useful words of each language, part of the format and frozen with it.
 * Made by lexicons/make.py from free word and frequency lists (lexicons/README.md). Private to the bundle room. */
#ifndef KITE_BUNDLE_LEXICON_DATA_H
#define KITE_BUNDLE_LEXICON_DATA_H

#include "base/base.h"

struct kite_lexicon {
    kite_lang lang;
    uint8_t id[8];            /* first bytes of the BLAKE2b-256 of its pieces, each ended by U+000A, in order */
    uint32_t piece_count;     /* words in lower case and common punctuation groups, most useful first */
    const char *text;         /* all pieces end to end, no separators */
    const uint16_t *offsets;  /* [piece_count + 1] into text */
    const uint16_t *by_text;  /* [piece_count] piece numbers in byte order of their text, for binary search */
};

extern const struct kite_lexicon *const kite_lexicons[];
extern const size_t kite_lexicon_count;

#endif
