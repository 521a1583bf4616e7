/* The words of a document, and what its own use of them says about hyphens at line ends. */
#include "press/pdf.h"

#include <string.h>

#define WORD_BYTES_MAX 60u

/* Letters of ASCII in small ones; all others as they are. */
static bool is_word_byte(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (uint8_t)c >= 0xc3;
}

static bool is_in_word(const char *text, size_t bytes, size_t at)
{
    uint8_t c = (uint8_t)text[at];

    if (c >= 0x80)
        return c != 0xe2 && !(at > 0 && (uint8_t)text[at - 1] == 0xe2) && !(at > 1 && (uint8_t)text[at - 2] == 0xe2);
    return is_word_byte(text[at]) || (c == '-' && at > 0 && at + 1 < bytes && is_word_byte(text[at + 1]));
}

static size_t in_small(const char *text, size_t bytes, char out[WORD_BYTES_MAX])
{
    size_t used = 0;

    for (; used < bytes && used < WORD_BYTES_MAX; used++)
        out[used] = text[used] >= 'A' && text[used] <= 'Z' ? (char)(text[used] + 32) : text[used];
    return used;
}

static enum kite_status count_word(struct kite_pdf_flow *flow, const char *text, size_t bytes)
{
    char word[WORD_BYTES_MAX];
    uint32_t number;
    bool is_new;
    void *uses = flow->word_uses;
    enum kite_status status;

    if (bytes > WORD_BYTES_MAX)
        return KITE_OK;
    status = kite_names_add(&flow->words, flow->arena, word, in_small(text, bytes, word), &number, &is_new);
    status = status ? status : kite_arena_grow(flow->arena, &uses, &flow->word_capacity, flow->words.count, sizeof *flow->word_uses);
    flow->word_uses = uses;
    if (status == KITE_OK)
        flow->word_uses[number] = is_new ? 1 : flow->word_uses[number] + 1;
    return status;
}

/* All words but those that touch a line's end: they may be parts. */
static enum kite_status count_line(struct kite_pdf_flow *flow, const struct kite_pdf_line *line)
{
    enum kite_status status = KITE_OK;

    for (size_t at = 0, end; at < line->bytes && status == KITE_OK; at = end) {
        for (end = at; end < line->bytes && is_in_word(line->text, line->bytes, end);)
            end++;
        if (end > at && end < line->bytes && at > 0)
            status = count_word(flow, line->text + at, end - at);
        end += end == at;
    }
    return status;
}

enum kite_status kite_pdf_count_words(struct kite_pdf_flow *flow)
{
    enum kite_status status = KITE_OK;

    for (size_t i = 0; i < flow->row_count && status == KITE_OK; i++) {
        for (uint32_t p = 0; p < flow->rows[i].part_count && status == KITE_OK; p++)
            status = count_line(flow, flow->rows[i].parts[p]);
    }
    return status ? kite_fail(flow->draft->fault, status, "no memory for words") : KITE_OK;
}

static uint32_t uses_of(const struct kite_pdf_flow *flow, const char *word, size_t bytes)
{
    uint32_t number = bytes <= WORD_BYTES_MAX ? kite_names_find(&flow->words, word, bytes) : UINT32_MAX;

    return number == UINT32_MAX ? 0 : flow->word_uses[number];
}

/* Words that stand before a hyphen of their own. */
static bool is_prefix(const char *word, size_t bytes)
{
    static const char *const prefixes[] = { "self", "non", "well", "ex", "all", "half", "quasi", "cross", "anti-", "e", "twenty", "thirty", "forty",
                                            "fifty", "sixty", "seventy", "eighty", "ninety", "two", "three", "four", "one", "long", "short", "high", "low" };

    for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++) {
        if (strlen(prefixes[i]) == bytes && memcmp(prefixes[i], word, bytes) == 0)
            return true;
    }
    return false;
}

bool kite_pdf_keeps_hyphen(const struct kite_pdf_flow *flow, const char *before, size_t before_bytes, const char *after, size_t after_bytes)
{
    char word[2 * WORD_BYTES_MAX + 1], first[WORD_BYTES_MAX], second[WORD_BYTES_MAX];
    size_t from = before_bytes, to = 0, one, two;
    uint32_t whole, divided;

    while (from > 0 && is_in_word(before, before_bytes, from - 1))
        from--;
    while (to < after_bytes && is_in_word(after, after_bytes, to))
        to++;
    if (from == before_bytes || to == 0 || (after[0] >= 'A' && after[0] <= 'Z'))
        return true; /* 1914-18, X-ray, Jean-Paul */
    one = in_small(before + from, before_bytes - from, first);
    two = in_small(after, to, second);
    memcpy(word, first, one);
    memcpy(word + one, second, two);
    whole = uses_of(flow, word, one + two);
    word[one] = '-';
    memcpy(word + one + 1, second, two);
    divided = uses_of(flow, word, one + 1 + two);
    if (whole != divided)
        return divided > whole;
    if (memchr(first, '-', one))
        return true; /* state-of-the- art */
    return is_prefix(first, one) && uses_of(flow, second, two) > 0;
}
