/* Headings, rules and list items of plain text. */
#include "press/plain.h"

#include <string.h>
#include <utf8proc.h>

#define CHAPTER_BYTES_MAX 260u
#define CAPITALS_BYTES_MAX 90u
#define VERSE_CHARS_MAX 60u
#define VERSE_LINES_MIN 4u

static const struct chapter_word {
    const char *word; /* lower case */
    uint8_t level;
    bool stands_alone; /* needs no number */
} chapter_words[] = {
    { "chapter", 2, false },      { "part", 1, false },     { "book", 1, false },     { "volume", 1, false },
    { "section", 2, false },      { "act", 1, false },      { "scene", 2, false },    { "letter", 2, false },
    { "canto", 2, false },        { "prologue", 2, true },  { "epilogue", 2, true },  { "preface", 2, true },
    { "foreword", 2, true },      { "afterword", 2, true }, { "introduction", 2, true }, { "conclusion", 2, true },
    { "appendix", 2, true },      { "contents", 2, true },  { "notes", 2, true },     { "dedication", 2, true },
    { "footnotes", 2, true },     { "endnotes", 2, true },  { "references", 2, true }, { "bibliography", 2, true },
    { "acknowledgments", 2, true }, { "acknowledgements", 2, true }, { "notas", 2, true }, { "referencias", 2, true },
    { "r\xC3\xA9" "f\xC3\xA9rences", 2, true }, { "refer\xC3\xAAncias", 2, true },
    { "cap\xC3\xADtulo", 2, false }, { "capitulo", 2, false }, { "parte", 1, false },  { "libro", 1, false },
    { "tomo", 1, false },         { "livro", 1, false },    { "carta", 2, false },    { "acto", 1, false },
    { "escena", 2, false },       { "pr\xC3\xB3logo", 2, true }, { "ep\xC3\xADlogo", 2, true },
    { "pref\xC3\xA1" "cio", 2, true }, { "introducci\xC3\xB3n", 2, true }, { "introdu\xC3\xA7\xC3\xA3o", 2, true },
    { "chapitre", 2, false },     { "partie", 1, false },   { "livre", 1, false },    { "tome", 1, false },
    { "pr\xC3\xA9" "face", 2, true }, { "\xC3\xA9pilogue", 2, true }, { "kapitel", 2, false }, { "teil", 1, false },
    { "buch", 1, false },         { "capitolo", 2, false }, { "chapit", 2, false },   { "pati", 1, false },
};

static const char *const ordinals[] = {
    "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "first", "second", "third", "fourth",
    "the first", "the second", "the third", "the last", "primer", "segund", "tercer", "cuart", "quint", "sext",
    "s\xC3\xA9ptim", "septim", "octav", "noven", "d\xC3\xA9" "cim", "decim", "und\xC3\xA9" "cim", "vig\xC3\xA9sim",
    "trig\xC3\xA9sim", "\xC3\xBAltim", "premi", "deuxi", "troisi", "quatri", "cinqui", "unique", "primeir", "terceir",
    "quart", "erste", "zweite", "dritte", "prim", "second",
};

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

/* Bytes of text that match the lower-case word, with É for é and so on; 0 when they do not. */
static size_t match(const char *text, size_t bytes, const char *word)
{
    size_t i = 0;

    for (; word[i]; i++) {
        uint8_t want = (uint8_t)word[i], have = i < bytes ? (uint8_t)lower(text[i]) : 0;
        bool is_tail = i > 0 && (uint8_t)word[i - 1] == 0xc3; /* U+00C0 to U+00FF: capitals are 0x20 below */

        if (have != want && !(is_tail && have + 0x20 == want))
            return 0;
    }
    return i;
}

static bool is_letter_at(const char *text, size_t bytes)
{
    size_t used;
    utf8proc_category_t category =
        bytes ? utf8proc_category((utf8proc_int32_t)kite_utf8_decode(text, bytes, &used)) : UTF8PROC_CATEGORY_ZS;

    return category >= UTF8PROC_CATEGORY_LU && category <= UTF8PROC_CATEGORY_LO;
}

/* Arabic or Roman figures, or a word for an ordinal; 0 when there are none. */
static size_t number_bytes(const char *text, size_t bytes)
{
    size_t count = 0;

    while (count < bytes && text[count] >= '0' && text[count] <= '9')
        count++;
    if (count > 0 && count <= 4)
        return count;
    for (count = 0; count < bytes && strchr("ivxlcdm", lower(text[count])) != NULL && text[count] != '\0';)
        count++;
    if (count > 0 && count <= 9 && !is_letter_at(text + count, bytes - count))
        return count;
    for (size_t i = 0; i < sizeof ordinals / sizeof *ordinals; i++)
        if ((count = match(text, bytes, ordinals[i])) > 0)
            return count;
    return 0;
}

static unsigned chapter_level(const struct kite_plain_line *line)
{
    size_t prefix = 0;

    /* "Primera parte", "First Book" */
    if (number_bytes(line->text, line->bytes) > 1 && is_letter_at(line->text, line->bytes)) {
        const char *space = memchr(line->text, ' ', line->bytes);

        prefix = space ? (size_t)(space - line->text) + 1 : 0;
    }
    for (size_t i = 0; i < sizeof chapter_words / sizeof *chapter_words; i++) {
        const struct chapter_word *w = &chapter_words[i];
        size_t used = match(line->text + prefix, line->bytes - prefix, w->word), rest;

        if (used == 0)
            continue;
        used += prefix;
        rest = line->bytes - used;
        if (is_letter_at(line->text + used, rest))
            continue;
        if (rest <= 1 && (w->stands_alone || prefix > 0))
            return w->level;
        if (line->text[used] == ' ' && number_bytes(line->text + used + 1, rest - 1) > 0 && prefix == 0)
            return w->level;
    }
    return 0;
}

static bool is_roman_alone(const struct kite_plain_line *line)
{
    size_t count = 0;

    while (count < line->bytes && line->text[count] != '\0' && strchr("IVXLCDM", line->text[count]))
        count++;
    return count > 0 && count <= 7 && (count == line->bytes || (count + 1 == line->bytes && line->text[count] == '.'));
}

/* Letters, none of them small, and no end of a sentence. */
static bool is_in_capitals(const struct kite_plain_line *line)
{
    size_t capitals = 0, spaces = 0;
    char last = line->bytes ? line->text[line->bytes - 1] : ',';

    for (size_t i = 0, used; i < line->bytes; i += used) {
        uint32_t c = kite_utf8_decode(line->text + i, line->bytes - i, &used);
        utf8proc_category_t category = utf8proc_category((utf8proc_int32_t)c);

        if (category == UTF8PROC_CATEGORY_LL)
            return false;
        capitals += category == UTF8PROC_CATEGORY_LU;
        spaces += c == ' ';
    }
    if (last == ',' || last == ';' || last == ':' || last == '-' || (last == '.' && spaces > 0) || last == '"')
        return false;
    return capitals >= 3 && is_letter_at(line->text, line->bytes) && line->bytes <= CAPITALS_BYTES_MAX;
}

unsigned kite_plain_heading(const struct kite_plain_line *line)
{
    unsigned level = line->bytes <= CHAPTER_BYTES_MAX ? chapter_level(line) : 0;

    if (level > 0 && (line->bytes <= CAPITALS_BYTES_MAX || line->text[line->bytes - 1] != '.'))
        return level;
    return is_roman_alone(line) ? 2 : is_in_capitals(line) ? 3 : 0;
}

bool kite_plain_is_rule(const struct kite_plain_line *line)
{
    uint32_t first = 0, marks = 0;

    for (size_t i = 0, used; i < line->bytes; i += used) {
        uint32_t c = kite_utf8_decode(line->text + i, line->bytes - i, &used);

        if (c == ' ')
            continue;
        first = first ? first : c;
        if (c != first)
            return false;
        marks++;
    }
    if (first == 0x2042 || first == '#')
        return marks == 1;
    return marks >= 3 && (first == '*' || first == '-' || first == '_' || first == '~' || first == '=' ||
                          first == 0x2022 || first == 0x2014 || first == '.');
}

size_t kite_plain_item(const struct kite_plain_line *line, uint32_t *ordinal)
{
    size_t digits = 0;

    *ordinal = 0;
    if (line->bytes > 2 && (line->text[0] == '*' || line->text[0] == '-') && line->text[1] == ' ')
        return 2;
    if (line->bytes > 4 && memcmp(line->text, "\xE2\x80\xA2 ", 4) == 0)
        return 4;
    while (digits < line->bytes && digits < 4 && line->text[digits] >= '0' && line->text[digits] <= '9')
        *ordinal = *ordinal * 10 + (uint32_t)(line->text[digits++] - '0');
    if (digits > 0 && *ordinal > 0 && digits + 2 < line->bytes &&
        (line->text[digits] == '.' || line->text[digits] == ')') && line->text[digits + 1] == ' ')
        return digits + 2;
    return 0;
}

/* ---- verse with empty lines between its lines --------------------------------------------------------- */

static bool may_be_verse(const struct kite_plain_line *line)
{
    uint32_t ordinal;
    bool has_dash = line->bytes > 2 && (line->text[0] == '-' || memcmp(line->text, "\xE2\x80\x94", 3) == 0);

    return line->bytes > 0 && line->chars <= VERSE_CHARS_MAX && !has_dash && !kite_plain_is_rule(line) &&
           !kite_plain_heading(line) && kite_plain_item(line, &ordinal) == 0;
}

/* The sentence goes on in the next line. */
static bool runs_on(const struct kite_plain_line *line, const struct kite_plain_line *next)
{
    char last = line->text[line->bytes - 1];
    size_t used;

    if (last == ',' || last == ';')
        return true;
    return last != '.' && last != '"' && utf8proc_category((utf8proc_int32_t)kite_utf8_decode(
                                          next->text, next->bytes, &used)) == UTF8PROC_CATEGORY_LL;
}

size_t kite_plain_spaced_verse(const struct kite_plain_line *lines, size_t count)
{
    size_t taken = 0, verses = 1, going_on = 0, seen = 1, at = 0;

    if (!may_be_verse(lines))
        return 0;
    for (; at + 2 < count && lines[at + 1].bytes == 0 && may_be_verse(&lines[at + 2]); at += 2) {
        seen++;
        if (!runs_on(&lines[at], &lines[at + 2])) {
            if (at == 0)
                return 0;
            continue;
        }
        going_on++;
        verses = seen; /* it ends with the last line that is gone on in */
        taken = at + 3;
    }
    /* A line that more lines follow at once begins a paragraph. */
    if (taken > 0 && taken < count && lines[taken].bytes > 0)
        return 0;
    return verses >= VERSE_LINES_MIN && going_on * 2 >= verses - 1 ? taken : 0;
}
