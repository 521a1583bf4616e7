#include "bundle/lexicon_data.h"

const struct kite_lexicon *const kite_lexicons[] = { NULL };
const size_t kite_lexicon_count = 0;
