/* languages: what people call their language. Private to the reader room. */
#ifndef KITE_READER_LANGUAGES_H
#define KITE_READER_LANGUAGES_H

#include "base/base.h"

/* The name of a language in itself, by its primary subtag; NULL for one that is not in the table,
 * or that no face of the set can write. */
const char *language_name(kite_lang lang);

#endif
