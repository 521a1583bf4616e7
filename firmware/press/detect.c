/* The language of a text, by libexttextcat's n-grams, where its data is installed. */
#include "press/draft.h"

#include <stdio.h>
#include <string.h>
#include <textcat.h>

#ifndef KITE_TEXTCAT_DIR
#define KITE_TEXTCAT_DIR "/usr/share/libexttextcat/"
#endif

#define PATH_BYTES_MAX 1024u
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

struct kite_press_detector {
    struct kite_memory mem;
    void *textcat;
};

enum kite_status kite_press_detector_open(const struct kite_memory *mem, const char *folder, struct kite_press_detector **out)
{
    char list[PATH_BYTES_MAX];
    void *textcat = NULL;

    *out = NULL;
    folder = folder ? folder : KITE_TEXTCAT_DIR;
    if (snprintf(list, sizeof list, "%sfpdb.conf", folder) < (int)sizeof list)
        textcat = special_textcat_Init(list, folder);
    if (!textcat)
        return KITE_OK;
    *out = kite_alloc(mem, 1, sizeof **out);
    if (!*out) {
        textcat_Done(textcat);
        return KITE_E_NOMEM;
    }
    **out = (struct kite_press_detector){ *mem, textcat };
    return KITE_OK;
}

void kite_press_detector_close(struct kite_press_detector *detector)
{
    if (!detector)
        return;
    textcat_Done(detector->textcat);
    kite_free(&detector->mem, detector);
}

kite_lang kite_press_detect(struct kite_press_detector *detector, const char *text, size_t bytes, bool *is_sure)
{
    const char *candidates;
    size_t from = 0;

    *is_sure = false;
    if (!detector || bytes < SHORT_BYTES)
        return 0;
    if (bytes > 2 * SAMPLE_BYTES) /* past titles and lists of contents */
        for (from = SAMPLE_BYTES; from < bytes && text[from] != ' ';)
            from++;
    bytes = bytes - from < SAMPLE_BYTES ? bytes - from : SAMPLE_BYTES;
    while (bytes > 0 && ((uint8_t)text[from + bytes - 1] & 0xc0) == 0x80)
        bytes--; /* a character that may be cut */
    candidates = textcat_Classify(detector->textcat, text + from, bytes);
    return candidates ? choose(candidates, is_sure) : 0;
}
