/* Words compared one folded character at a time, without a copy of the text. */
#include "reader/fold.h"

#include "library/library.h"

#include <string.h>

/* Most text is ASCII and needs no tables. A note's mark is nothing that is read. */
static size_t fold_character(uint32_t c, uint32_t out[KITE_FOLDED_MAX])
{
    if (c >= 0x80)
        return c == 0xFFFC ? 0 : kite_fold_character(c, out);
    out[0] = c >= 'A' && c <= 'Z' ? c + 32 : c;
    return 1;
}

static bool is_word(uint32_t c)
{
    if (c < 0x80)
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');

    return kite_fold_kind(c) == KITE_FOLD_WORD;
}

void fold_words_init(struct fold_words *words, const char *text)
{
    size_t bytes = strlen(text), one;
    uint32_t folded[KITE_FOLDED_MAX];

    words->count = 0;
    for (size_t at = 0; at < bytes; at += one) {
        uint32_t c = kite_utf8_decode(text + at, bytes - at, &one);
        size_t count = fold_character(c, folded);

        for (size_t i = 0; i < count && words->count < FOLD_WORDS_MAX; i++) {
            bool is_gap = !is_word(folded[i]);

            if (is_gap && (words->count == 0 || words->characters[words->count - 1] == ' '))
                continue;
            words->characters[words->count++] = is_gap ? ' ' : folded[i];
        }
    }
    while (words->count > 0 && words->characters[words->count - 1] == ' ')
        words->count--;
}

/* Do the text at `at` and the words agree as far as both go? Anything between two words counts as
 * one space. *count gets how many characters of the words there are. */
static bool agree(const struct fold_words *words, const char *text, size_t bytes, size_t at,
                  size_t *end, size_t *count)
{
    size_t matched = 0, one;
    uint32_t folded[KITE_FOLDED_MAX];

    for (; at < bytes && matched < words->count; at += one) {
        uint32_t c = kite_utf8_decode(text + at, bytes - at, &one);
        size_t folds = fold_character(c, folded);

        for (size_t i = 0; i < folds && matched < words->count; i++) {
            if (!is_word(folded[i])) {
                if (words->characters[matched] == ' ')
                    matched++;
                else if (matched == 0 || words->characters[matched - 1] != ' ')
                    return false;
                continue;
            }
            if (folded[i] != words->characters[matched])
                return false;
            matched++;
        }
    }
    *end = at;
    *count = matched;
    return true;
}

/* With is_part, a beginning at which the text ends before the words do counts too. */
static bool matches(const struct fold_words *words, const char *text, size_t bytes, size_t at,
                    bool is_part, size_t *end)
{
    size_t count;

    return agree(words, text, bytes, at, end, &count) && (is_part || count == words->count);
}

static size_t find(const struct fold_words *words, const char *text, size_t bytes, size_t from,
                   bool is_part, size_t *end)
{
    uint32_t first = words->count > 0 ? words->characters[0] : 0;
    bool is_plain_letter = first >= 'a' && first <= 'z', was_word = false;
    size_t one;

    if (words->count == 0)
        return SIZE_MAX;
    for (size_t at = from; at < bytes; at += one) {
        unsigned char byte = (unsigned char)text[at];

        one = 1;
        if (byte < 0x80) { /* most text: no decoding */
            bool is_letter = is_word(byte);

            if (is_letter && !was_word && (!is_plain_letter || (byte | 32u) == first) &&
                matches(words, text, bytes, at, is_part, end))
                return at;
            was_word = is_letter;
            continue;
        }

        uint32_t c = kite_utf8_decode(text + at, bytes - at, &one);
        bool is_letter = is_word(c) || (was_word && c == 0xAD); /* a soft hyphen */

        if (is_letter && !was_word && matches(words, text, bytes, at, is_part, end))
            return at;
        was_word = is_letter;
    }
    return SIZE_MAX;
}

size_t fold_find(const struct fold_words *words, const char *text, size_t bytes, size_t from,
                 size_t *end)
{
    return find(words, text, bytes, from, false, end);
}

bool fold_could_begin(const struct fold_words *words, const char *piece, size_t bytes)
{
    size_t end;

    return find(words, piece, bytes, 0, true, &end) != SIZE_MAX;
}
