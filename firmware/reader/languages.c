/* Names of languages, as Unicode CLDR has them, with a capital at the head as in a list. */
#include "reader/languages.h"

static const struct {
    kite_lang lang;
    const char *name;
} names[] = {
    { KITE_LANG2('a', 'f'), "Afrikaans" },      { KITE_LANG2('a', 'r'), "العربية" },
    { KITE_LANG2('b', 'g'), "Български" },      { KITE_LANG2('b', 's'), "Bosanski" },
    { KITE_LANG2('c', 'a'), "Català" },         { KITE_LANG2('c', 's'), "Čeština" },
    { KITE_LANG2('c', 'y'), "Cymraeg" },        { KITE_LANG2('d', 'a'), "Dansk" },
    { KITE_LANG2('d', 'e'), "Deutsch" },        { KITE_LANG2('e', 'l'), "Ελληνικά" },
    { KITE_LANG2('e', 'n'), "English" },        { KITE_LANG2('e', 'o'), "Esperanto" },
    { KITE_LANG2('e', 's'), "Español" },        { KITE_LANG2('e', 't'), "Eesti" },
    { KITE_LANG2('e', 'u'), "Euskara" },        { KITE_LANG2('f', 'a'), "فارسی" },
    { KITE_LANG2('f', 'i'), "Suomi" },          { KITE_LANG2('f', 'r'), "Français" },
    { KITE_LANG2('g', 'a'), "Gaeilge" },        { KITE_LANG2('g', 'l'), "Galego" },
    { KITE_LANG2('h', 'a'), "Hausa" },          { KITE_LANG2('h', 'e'), "עברית" },
    { KITE_LANG2('h', 'i'), "हिन्दी" },          { KITE_LANG2('h', 'r'), "Hrvatski" },
    { KITE_LANG2('h', 't'), "Kreyòl ayisyen" }, { KITE_LANG2('h', 'u'), "Magyar" },
    { KITE_LANG2('i', 'd'), "Indonesia" },      { KITE_LANG2('i', 's'), "Íslenska" },
    { KITE_LANG2('i', 't'), "Italiano" },       { KITE_LANG2('l', 't'), "Lietuvių" },
    { KITE_LANG2('l', 'v'), "Latviešu" },       { KITE_LANG2('m', 'r'), "मराठी" },
    { KITE_LANG2('n', 'b'), "Norsk bokmål" },   { KITE_LANG2('n', 'e'), "नेपाली" },
    { KITE_LANG2('n', 'l'), "Nederlands" },     { KITE_LANG2('n', 'o'), "Norsk" },
    { KITE_LANG2('p', 'l'), "Polski" },         { KITE_LANG2('p', 't'), "Português" },
    { KITE_LANG2('q', 'u'), "Runasimi" },       { KITE_LANG2('r', 'o'), "Română" },
    { KITE_LANG2('r', 'u'), "Русский" },        { KITE_LANG2('s', 'k'), "Slovenčina" },
    { KITE_LANG2('s', 'l'), "Slovenščina" },    { KITE_LANG2('s', 'o'), "Soomaali" },
    { KITE_LANG2('s', 'q'), "Shqip" },          { KITE_LANG2('s', 'r'), "Српски" },
    { KITE_LANG2('s', 'v'), "Svenska" },        { KITE_LANG2('s', 'w'), "Kiswahili" },
    { KITE_LANG2('t', 'l'), "Tagalog" },        { KITE_LANG2('t', 'r'), "Türkçe" },
    { KITE_LANG2('u', 'k'), "Українська" },     { KITE_LANG2('u', 'r'), "اردو" },
    { KITE_LANG2('v', 'i'), "Tiếng Việt" },     { KITE_LANG2('y', 'i'), "ייִדיש" },
    { KITE_LANG2('y', 'o'), "Yorùbá" },         { KITE_LANG2('z', 'u'), "isiZulu" },
};

const char *language_name(kite_lang lang)
{
    kite_lang primary = kite_lang_primary(lang);

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (names[i].lang == primary)
            return names[i].name;
    return NULL;
}
