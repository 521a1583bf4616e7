/* Small words, by language. */
#include "text/small_words.h"

#include <string.h>

#define WORD_BYTES_MAX 8

/* Words between spaces. Those of one letter need no mention. */
static const struct {
    kite_lang lang;
    const char *words;
} small_words[] = {
    { KITE_LANG2('e', 'n'), " an the and or nor but of to in on at by for from with as into " },
    { KITE_LANG2('e', 's'), " el la los las un una unos unas de del al en con por para sin que ni " },
    { KITE_LANG2('f', 'r'), " le la les un une des de du au aux en et ou par pour sur sous dans avec sans que " },
    { KITE_LANG2('p', 't'), " os as um uma de do da dos das ao aos em no na nos nas ou com por para sem que " },
    { KITE_LANG2('i', 't'), " il lo la gli le un una di del della dei da in con su per tra fra che ed al alla " },
    { KITE_LANG2('d', 'e'), " der die das den dem des ein eine und oder von vom zu zum zur in im an am auf mit f\xC3\xBCr aus bei " },
    { KITE_LANG2('h', 't'), " yon nan ak pou ki ke sou san oswa " },
    { KITE_LANG2('n', 'l'), " de het een en of van te in op aan met voor uit bij " },
    { KITE_LANG2('p', 'l'), " na do od ze we po za dla oraz " },
    { KITE_LANG2('r', 'u'), " \xD0\xBD\xD0\xB0 \xD0\xBF\xD0\xBE \xD0\xB7\xD0\xB0 \xD0\xB4\xD0\xBE \xD0\xBE\xD1\x82 "
                            "\xD0\xB8\xD0\xB7 " }, /* na po za do ot iz */
};

static bool is_one_letter(const char *word, size_t bytes)
{
    uint8_t first = (uint8_t)word[0];

    if (bytes == 1)
        return (uint8_t)((first | 32) - 'a') < 26;
    return bytes == 2 && first >= 0xC3 && first <= 0xD1; /* Latin with marks, Greek, Cyrillic */
}

bool kite_is_small_word(kite_lang lang, const char *word, size_t bytes)
{
    char sought[WORD_BYTES_MAX + 3] = " ";

    if (bytes == 0 || bytes > WORD_BYTES_MAX)
        return false;
    if (is_one_letter(word, bytes))
        return true;
    for (size_t i = 0; i < bytes; i++)
        sought[1 + i] = word[i] >= 'A' && word[i] <= 'Z' ? (char)(word[i] | 32) : word[i];
    sought[1 + bytes] = ' ';
    for (size_t i = 0; i < sizeof small_words / sizeof *small_words; i++)
        if (small_words[i].lang == kite_lang_primary(lang))
            return strstr(small_words[i].words, sought) != NULL && memchr(word, ' ', bytes) == NULL;
    return false;
}
