/* The language of a text, by libexttextcat's n-grams, where its data is installed. */
#include "press/draft.h"

#include <string.h>
#include <textcat.h>

#ifndef KITE_TEXTCAT_DIR
#define KITE_TEXTCAT_DIR "/usr/share/libexttextcat/"
#endif

#define SAMPLE_BYTES 6000u
#define SHORT_BYTES 60u

/* Languages that are often taken for others: where one of these is among the candidates, it is meant. */
static const char *const likely[] = { "en", "es", "fr", "pt", "ht", "de", "it", "nl", "ar", "vi", "ru", "pl" };

/* Fingerprints are named "es--utf8", "zh-Hans-utf8". */
static kite_lang lang_of(const char *name, size_t count)
{
    static const char end[] = "-utf8";
    char tag[24];

    if (count >= sizeof tag || count < sizeof end)
        return 0;
    memcpy(tag, name, count);
    count -= sizeof end - 1;
    count -= tag[count - 1] == '-';
    tag[count] = '\0';
    return kite_lang_from_text(tag);
}

/* The candidates, "[es][gl]", best first: the first likely one, else the first. */
static kite_lang choose(const char *candidates, bool *is_sure)
{
    kite_lang first = 0;

    *is_sure = true;
    for (const char *at = candidates; *at == '[';) {
        const char *end = strchr(at, ']');
        kite_lang lang = end ? lang_of(at + 1, (size_t)(end - at - 1)) : 0;

        if (!end)
            break;
        *is_sure = first == 0;
        for (size_t i = 0; i < sizeof likely / sizeof *likely; i++)
            if (lang == kite_lang_from_text(likely[i]))
                return lang;
        first = first ? first : lang;
        at = end + 1;
    }
    *is_sure = *is_sure && first != 0;
    return first;
}

kite_lang kite_press_detect(const char *text, size_t bytes, bool *is_sure)
{
    void *handle;
    kite_lang lang = 0;
    size_t from = 0;

    *is_sure = false;
    if (bytes < SHORT_BYTES)
        return 0;
    if (bytes > 2 * SAMPLE_BYTES) /* past titles and lists of contents */
        for (from = SAMPLE_BYTES; from < bytes && text[from] != ' ';)
            from++;
    handle = special_textcat_Init(KITE_TEXTCAT_DIR "fpdb.conf", KITE_TEXTCAT_DIR);
    if (!handle)
        return 0;
    bytes = bytes - from < SAMPLE_BYTES ? bytes - from : SAMPLE_BYTES;
    while (bytes > 0 && ((uint8_t)text[from + bytes - 1] & 0xc0) == 0x80)
        bytes--; /* a character that may be cut */
    const char *candidates = textcat_Classify(handle, text + from, bytes);
    if (candidates)
        lang = choose(candidates, is_sure);
    textcat_Done(handle);
    return lang;
}
