/* The table of resident lexicons. Made by make.py; see README.md. */
#include "bundle/lexicon_data.h"

extern const struct kite_lexicon kite_lexicon_en, kite_lexicon_es, kite_lexicon_fr, kite_lexicon_pt;

const struct kite_lexicon *const kite_lexicons[] = {
    &kite_lexicon_en,
    &kite_lexicon_es,
    &kite_lexicon_fr,
    &kite_lexicon_pt,
};
const size_t kite_lexicon_count = sizeof kite_lexicons / sizeof kite_lexicons[0];
