/* Division of words: pattern tables, and the syllables of Haitian Creole. */
#include "text/hyphen.h"

#include "text/hyphen/tables.h"

#include <string.h>

#define LETTERS_MAX 64
#define LETTERS_MIN 6
#define EDGE 1         /* the letter number of a word's edge */
#define EDGE_LETTERS 1 /* before the first letter of a part */
#define CAPITAL 0x100

/* The part of a word between apostrophes. */
struct part {
    uint32_t characters[LETTERS_MAX]; /* as they stand */
    uint16_t letters[LETTERS_MAX];    /* numbers of the table, without the capital bit */
    uint16_t offsets[LETTERS_MAX];    /* bytes in the word */
    size_t count;
    bool has_capital_inside;
};

static const struct kite_hyphen_table *table_of(kite_lang lang)
{
    for (unsigned round = 0; round < 2; round++) {
        for (size_t i = 0; i < kite_hyphen_language_count; i++)
            if (kite_hyphen_languages[i].tag == lang)
                return kite_hyphen_languages[i].table;
        lang = kite_lang_primary(lang);
    }
    return NULL;
}

static bool is_creole(kite_lang lang)
{
    return (lang & 0xffff) == KITE_LANG2('h', 't') &&
           ((lang >> 16 & 0xff) == 0 || (lang >> 16 & 0xff) == '-');
}

bool kite_hyphen_has(kite_lang lang)
{
    return is_creole(lang) || table_of(lang) != NULL;
}

/* The number of a letter, with CAPITAL; 0: the table does not know it. */
static uint16_t letter_of(const struct kite_hyphen_table *table, uint32_t c)
{
    size_t low = 0, high = table->other_count;

    if (c < 0x80) {
        uint32_t letter = (c | 0x20) - 'a';

        return letter < 26 ? (uint16_t)(table->ascii[letter] | (c & 0x20 ? 0 : CAPITAL)) : 0;
    }
    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (table->others[middle].code_point < c)
            low = middle + 1;
        else
            high = middle;
    }
    return low < table->other_count && table->others[low].code_point == c
               ? table->others[low].letter
               : 0;
}

/* ---- patterns -------------------------------------------------------------------------------- */

/* The digits of a node where a pattern ends, against those of other patterns. */
static void add_value(const uint8_t *value, uint8_t *weights)
{
    for (uint8_t k = 0; k < value[0]; k++)
        if (value[1 + k] > weights[k])
            weights[k] = value[1 + k];
}

/* weights[i] is of the point before letter i of the part, edges included: Liang's greatest digit
 * wins, odd ones divide. */
static void weigh(const struct kite_hyphen_table *table, const struct part *part,
                  uint8_t weights[LETTERS_MAX + 3])
{
    const uint8_t *letters = table->letters;
    uint16_t word[LETTERS_MAX + 3];
    size_t count = part->count + 2;

    word[0] = word[count - 1] = EDGE;
    word[count] = 0;
    memcpy(word + 1, part->letters, part->count * sizeof *word);
    memset(weights, 0, LETTERS_MAX + 3);
    for (size_t start = 0; start < count; start++) {
        const uint16_t *next = word + start;
        uint16_t node = *next != 0 ? table->first[*next] : KITE_HYPHEN_NO_EDGE;

        while (node != KITE_HYPHEN_NO_EDGE) {
            uint16_t letter = *++next;
            const uint8_t *edge = letters + node + letter;

            if (letters[node] == 0)
                add_value(table->values + table->targets[node], weights + start);
            node = letter != 0 && *edge == letter ? table->targets[edge - letters] : KITE_HYPHEN_NO_EDGE;
        }
    }
}

/* ---- Haitian Creole -------------------------------------------------------------------------- */

static bool is_one_of(uint32_t c, const char *ascii)
{
    return c != 0 && c < 0x80 && strchr(ascii, (int)c) != NULL;
}

static uint32_t lower(uint32_t c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 0xc0 && c <= 0xde) ? c + 32 : c;
}

static bool is_creole_vowel(uint32_t c)
{
    return is_one_of(c, "aeiou") || c == 0xe8 || c == 0xf2 || c == 0xe0; /* è ò à */
}

struct grapheme {
    size_t first; /* letter */
    bool is_vowel;
    uint32_t letter; /* its first, for the rule of pairs */
    bool is_single;
};

/* Letters of the vowel grapheme at i: ou, oun, ui, and a, e, o with the n of a nasal unless a vowel
 * follows. */
static size_t vowel_letters(const uint32_t *c, size_t count, size_t i)
{
    size_t n = 1;

    if (i + 1 < count && ((c[i] == 'o' && c[i + 1] == 'u') || (c[i] == 'u' && c[i + 1] == 'i')))
        n = 2;
    if (i + n < count && c[i + n] == 'n' && is_one_of(c[i], "aeo") &&
        (i + n + 1 == count || !is_creole_vowel(c[i + n + 1])))
        n++;
    return n;
}

static size_t creole_graphemes(const struct part *part, struct grapheme out[LETTERS_MAX])
{
    uint32_t c[LETTERS_MAX];
    size_t count = 0;

    for (size_t i = 0; i < part->count; i++)
        c[i] = lower(part->characters[i]);
    for (size_t i = 0; i < part->count;) {
        size_t n = 1;
        bool is_vowel = is_creole_vowel(c[i]);

        if (is_vowel)
            n = vowel_letters(c, part->count, i);
        else if (i + 1 < part->count &&
                 ((c[i] == 'c' && c[i + 1] == 'h') || (c[i] == 'n' && c[i + 1] == 'g')))
            n = 2;
        out[count++] = (struct grapheme){i, is_vowel, c[i], n == 1};
        i += n;
    }
    return count;
}

/* Do two consonants begin a syllable together? */
static bool is_onset(const struct grapheme *first, const struct grapheme *second)
{
    if (is_one_of(second->letter, "yw"))
        return true;
    return first->is_single && is_one_of(first->letter, "pbtdkgfv") &&
           is_one_of(second->letter, "lrw");
}

/* Of the consonants [from, to) before a vowel, where its syllable begins: the last goes with the vowel, and the one
 * before it when both begin a syllable together; so do three as in plwa and trwa. */
static size_t creole_onset(const struct grapheme *g, size_t from, size_t to)
{
    if (to - from < 2)
        return from;
    if (to - from > 2 && is_one_of(g[to - 1].letter, "yw") && is_one_of(g[to - 2].letter, "lr") &&
        is_onset(&g[to - 3], &g[to - 2]))
        return to - 3;
    return is_onset(&g[to - 2], &g[to - 1]) ? to - 2 : to - 1;
}

/* Every vowel is a syllable. */
static void weigh_creole(const struct part *part, uint8_t weights[LETTERS_MAX + 3])
{
    struct grapheme g[LETTERS_MAX];
    size_t count = creole_graphemes(part, g), last_vowel = SIZE_MAX;

    memset(weights, 0, LETTERS_MAX + 3);
    for (size_t i = 0; i < count; i++) {
        if (!g[i].is_vowel)
            continue;
        if (last_vowel != SIZE_MAX)
            weights[g[creole_onset(g, last_vowel + 1, i)].first + EDGE_LETTERS] = 1;
        last_vowel = i;
    }
}

/* ---- words ----------------------------------------------------------------------------------- */

/* Could be a letter that no pattern knows: Latin, Greek, Cyrillic and their kin; no signs. */
static bool may_be_letter(uint32_t c)
{
    return (c | 0x20) - 'a' < 26 || (c >= 0xc0 && c < 0x2000 && c != 0xd7 && c != 0xf7);
}

/* Add one character to the part; false: not a letter. */
static bool add_letter(struct part *part, const struct kite_hyphen_table *table, uint32_t c,
                       size_t offset)
{
    uint16_t letter = table ? letter_of(table, c) : c >= 'A' && c <= 'Z' ? CAPITAL : 0;

    if (part->count == LETTERS_MAX || (letter == 0 && !may_be_letter(c)))
        return false;
    if (part->count > 0 && (letter & CAPITAL))
        part->has_capital_inside = true;
    part->characters[part->count] = c;
    part->letters[part->count] = letter & 0xff;
    part->offsets[part->count++] = (uint16_t)offset;
    return true;
}

struct limits {
    unsigned left, right;
};

/* Patterns err where they leave a consonant alone, as in "de-f-i-n-i-tion": such a part is no syllable in any language, and
 * which of the two points is wrong they do not tell. Points [first, last] are those that the limits allow. */
static void drop_lone_consonants(const struct part *part, size_t first, size_t last, uint8_t weights[LETTERS_MAX + 3])
{
    for (size_t i = first; i < last; i++) {
        uint8_t *before = &weights[i + EDGE_LETTERS];
        uint32_t c = part->characters[i];

        if ((before[0] & before[1] & 1) && c < 0x80 && !is_one_of(c, "aeiouyAEIOUY"))
            before[0] = before[1] = 0;
    }
}

/* table: NULL for Haitian Creole. */
static size_t divide(const struct kite_hyphen_table *table, const struct part *part,
                     struct limits limits, uint16_t *out, size_t room)
{
    uint8_t weights[LETTERS_MAX + 3];
    size_t count = 0, last;

    if (part->count < LETTERS_MIN || part->has_capital_inside || part->count < limits.left + limits.right)
        return 0;
    if (table == NULL)
        weigh_creole(part, weights);
    else
        weigh(table, part, weights);
    last = part->count - limits.right;
    drop_lone_consonants(part, limits.left, last, weights);
    for (size_t i = limits.left; i <= last && count < room; i++)
        if (weights[i + EDGE_LETTERS] & 1)
            out[count++] = part->offsets[i];
    return count;
}

size_t kite_hyphenate(kite_lang lang, const char *word, size_t bytes, unsigned min_left,
                      unsigned min_right, uint16_t out[KITE_HYPHENS_MAX])
{
    const struct kite_hyphen_table *table = is_creole(lang) ? NULL : table_of(lang);
    struct limits limits = {2, 2};
    struct part part; /* its arrays are filled as far as count says */
    size_t count = 0, length;

    if ((!table && !is_creole(lang)) || bytes < LETTERS_MIN || bytes > KITE_HYPHEN_WORD_BYTES_MAX)
        return 0;
    if (table)
        limits = (struct limits){table->min_left, table->min_right};
    if (min_left)
        limits.left = min_left;
    if (min_right)
        limits.right = min_right;
    part.count = 0;
    part.has_capital_inside = false;
    for (size_t i = 0; i < bytes; i += length) {
        uint32_t c = (uint8_t)word[i];

        length = 1;
        if (c >= 0x80)
            c = kite_utf8_decode(word + i, bytes - i, &length);
        if (c == '\'' || c == 0x2019) {
            count += divide(table, &part, limits, out + count, KITE_HYPHENS_MAX - count);
            part.count = 0;
            part.has_capital_inside = false;
        } else if (!add_letter(&part, table, c, i)) {
            return 0;
        }
    }
    return count + divide(table, &part, limits, out + count, KITE_HYPHENS_MAX - count);
}
