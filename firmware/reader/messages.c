/* The table of catalogues, and filling in. */
#include "reader/messages.h"

#include <string.h>

static const struct catalogue *const catalogues[] = { &catalogue_en, &catalogue_es };

const struct catalogue *catalogue_at(size_t index)
{
    return index < sizeof catalogues / sizeof *catalogues ? catalogues[index] : NULL;
}

const struct catalogue *catalogue_for(kite_lang lang)
{
    for (size_t i = 0; catalogue_at(i); i++)
        if (kite_lang_primary(catalogue_at(i)->lang) == kite_lang_primary(lang))
            return catalogue_at(i);
    return catalogue_at(0);
}

char *text_copy(const char *text, char *out, size_t out_bytes)
{
    out[kite_utf8_append(text, strlen(text), out, 0, out_bytes)] = '\0';
    return out;
}

char *text_add(const char *text, char *out, size_t out_bytes)
{
    out[kite_utf8_append(text, strlen(text), out, strlen(out), out_bytes)] = '\0';
    return out;
}
