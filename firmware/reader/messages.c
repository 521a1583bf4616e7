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

/* Append what fits, whole characters only. */
static size_t add(const char *text, size_t bytes, char *out, size_t used, size_t room)
{
    while (bytes > 0) {
        size_t one;

        kite_utf8_decode(text, bytes, &one);
        if (one >= room - used)
            break;
        memcpy(out + used, text, one);
        used += one;
        text += one;
        bytes -= one;
    }
    return used;
}

char *message_fill(const char *text, const char *first, const char *second, char *out,
                   size_t out_bytes)
{
    size_t used = 0;

    while (*text) {
        bool is_place = text[0] == '{' && (text[1] == '1' || text[1] == '2') && text[2] == '}';
        const char *filling = text[1] == '1' ? first : second;

        if (!is_place) {
            size_t plain = 1 + strcspn(text + 1, "{");

            used = add(text, plain, out, used, out_bytes);
            text += plain;
            continue;
        }
        if (filling)
            used = add(filling, strlen(filling), out, used, out_bytes);
        text += 3;
    }
    out[used] = '\0';
    return out;
}

char *text_copy(const char *text, char *out, size_t out_bytes)
{
    out[add(text, strlen(text), out, 0, out_bytes)] = '\0';
    return out;
}

char *text_add(const char *text, char *out, size_t out_bytes)
{
    out[add(text, strlen(text), out, strlen(out), out_bytes)] = '\0';
    return out;
}
