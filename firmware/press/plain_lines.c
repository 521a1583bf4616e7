/* Headings, rules and list items of plain text. */
#include "press/plain.h"

#include <string.h>
#include <utf8proc.h>

#define CHAPTER_BYTES_MAX 260u
#define CAPITALS_BYTES_MAX 90u
#define VERSE_CHARS_MAX 60u
#define VERSE_LINES_MIN 4u
#define OVER_CHARS_MIN 3u
#define OVER_CHARS_MAX 60u
#define OVER_QUESTION_CHARS_MAX 40u
#define PARAGRAPH_CHARS_MIN 100u

static const struct chapter_word {
    const char *word; /* lower case */
    uint8_t level;
    bool stands_alone; /* needs no number */
} chapter_words[] = {
    { "chapter", 2, false },      { "part", 1, false },     { "book", 1, false },     { "volume", 1, false },
    { "section", 2, false },      { "act", 1, false },      { "scene", 2, false },    { "letter", 2, false },
    { "canto", 2, false },        { "prologue", 2, true },  { "epilogue", 2, true },  { "preface", 2, true },
    { "foreword", 2, true },      { "afterword", 2, true }, { "introduction", 2, true }, { "conclusion", 2, true },
    { "appendix", 2, true },      { "contents", 2, true },  { "dedication", 2, true },
    { "bibliography", 2, true }, { "acknowledgments", 2, true }, { "acknowledgements", 2, true },
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

bool kite_plain_is_notes_heading(const struct kite_plain_line *line)
{
    static const char *const words[] = { "notes", "footnotes", "endnotes", "references", "notas", "referencias",
                                         "r\xC3\xA9\x66\xC3\xA9rences", "refer\xC3\xAAncias", "n\xC3\xB2t", "anmerkungen" };

    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        size_t used = match(line->text, line->bytes, words[i]);

        if (used > 0 && (used == line->bytes || (used + 1 == line->bytes && strchr(".:", line->text[used]) && line->text[used])))
            return true;
    }
    return false;
}

unsigned kite_plain_heading(const struct kite_plain_line *line)
{
    unsigned level = line->bytes <= CHAPTER_BYTES_MAX ? chapter_level(line) : 0;

    if (level > 0 && (line->bytes <= CAPITALS_BYTES_MAX || line->text[line->bytes - 1] != '.'))
        return level;
    return is_roman_alone(line) || kite_plain_is_notes_heading(line) ? 2 : is_in_capitals(line) ? 3 : 0;
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

/* ---- a line over the text that follows ------------------------------------------------------------------- */

static uint32_t last_char(const struct kite_plain_line *line)
{
    size_t at = line->bytes, used;

    while (at > 0 && ((uint8_t)line->text[--at] & 0xc0) == 0x80)
        ;
    return line->bytes ? kite_utf8_decode(line->text + at, line->bytes - at, &used) : 0;
}

static bool begins_with(const struct kite_plain_line *line, const char *word, size_t count)
{
    return line->bytes > count && memcmp(line->text, word, count) == 0;
}

static bool ends_sentence(const struct kite_plain_line *line)
{
    uint32_t c = last_char(line);

    return c == '.' || c == '?' || c == '!' || c == ')' || c == ']' || c == '"' || c == '*' || c == '_' || c == 0x2026 ||
           c == 0x201d || c == 0x2019 || c == 0xbb;
}

/* Begins with a capital or a figure, and ends with a letter, a figure or, in a few words, a question mark. */
static bool may_stand_over(const struct kite_plain_line *line)
{
    size_t used;
    utf8proc_category_t first = utf8proc_category((utf8proc_int32_t)kite_utf8_decode(line->text, line->bytes, &used)),
                        last = utf8proc_category((utf8proc_int32_t)last_char(line));

    if (line->chars < OVER_CHARS_MIN || line->chars > OVER_CHARS_MAX || (first != UTF8PROC_CATEGORY_LU && first != UTF8PROC_CATEGORY_ND))
        return false;
    return (last >= UTF8PROC_CATEGORY_LU && last <= UTF8PROC_CATEGORY_LO) || last == UTF8PROC_CATEGORY_ND ||
           (last_char(line) == '?' && line->chars <= OVER_QUESTION_CHARS_MAX && memchr(line->text, ' ', line->bytes));
}

static bool is_paragraph(const struct kite_plain_line *lines, size_t count, size_t at, uint32_t wrap_chars)
{
    if (wrap_chars > 0)
        return at + 1 < count && lines[at + 1].bytes > 0 && lines[at].chars * 10 >= wrap_chars * 7;
    return lines[at].chars >= PARAGRAPH_CHARS_MIN;
}

/* The last paragraph, about the one whose name the line is. */
static bool is_about(const struct kite_plain_line *lines, size_t count, size_t at, const struct kite_plain_line *name)
{
    const char *space = memchr(name->text, ' ', name->bytes);
    size_t end = at;

    while (end < count && lines[end].bytes > 0)
        end++;
    while (end < count && lines[end].bytes == 0)
        end++;
    return end == count && begins_with(&lines[at], name->text, space ? (size_t)(space - name->text) : name->bytes);
}

bool kite_plain_is_over_text(const struct kite_plain_line *lines, size_t count, size_t at, uint32_t wrap_chars)
{
    const struct kite_plain_line *line = &lines[at], *before = line, *next = line + 1;
    uint32_t ordinal;

    if (at == 0 || lines[at - 1].bytes > 0 || !may_stand_over(line))
        return false;
    do
        before--;
    while (before > lines && before->bytes == 0);
    while (next < lines + count && next->bytes == 0)
        next++;
    if (next == lines + count || (wrap_chars > 0 && next == line + 1) || !is_paragraph(lines, count, (size_t)(next - lines), wrap_chars))
        return false;
    if (begins_with(next, "P.S", 3) || begins_with(next, "PS", 2) || begins_with(next, "P.D", 3) ||
        is_about(lines, count, (size_t)(next - lines), line))
        return false;
    return ends_sentence(before) || kite_plain_is_rule(before) || kite_plain_item(before, &ordinal) > 0;
}
