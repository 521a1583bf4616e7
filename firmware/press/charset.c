/* Character sets by name, as files declare them, and guessed: by uchardet, whose answer is weighed where it is known to err. Their tables are
 * our own, as iconv of the C library reads its from files, which the cage forbids and the device has none of. */
#include "press/charset.h"

#include <string.h>
#include <uchardet/uchardet.h>

#define SAMPLE_BYTES (256u << 10)
#define DECLARED_WITHIN_BYTES 2048u

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

static bool is_alike(const char *a, const char *b, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++) {
        if (lower(a[i]) != lower(b[i]))
            return false;
    }
    return true;
}

const struct kite_charset *kite_charset_of(const char *label, size_t bytes)
{
    for (size_t i = 0; i < kite_charset_count; i++) {
        for (const char *at = kite_charsets[i].labels; *at;) {
            size_t own = strcspn(at, " ");

            if (own == bytes && is_alike(at, label, bytes))
                return &kite_charsets[i];
            at += own + (at[own] == ' ');
        }
    }
    return NULL;
}

/* ---- characters ------------------------------------------------------------------------------------------ */

/* The character of two bytes, 0 for none. */
static uint32_t wide_at(const struct kite_wide *wide, unsigned lead, unsigned trail)
{
    bool is_second = trail >= 0xa1;
    unsigned index = trail - (is_second ? 0xa1u : wide->trail_first);
    const struct kite_wide_row *row;
    uint32_t c;

    if (lead < wide->lead_first || lead > wide->lead_last || trail < wide->trail_first)
        return 0;
    row = &wide->rows[2 * (lead - wide->lead_first) + is_second];
    if (index >= row->count)
        return 0;
    if (row->from == 0)
        return wide->words[row->at + index];
    if (wide->steps[row->at + index] == 0)
        return 0;
    c = row->from;
    for (unsigned i = 0; i <= index; i++)
        c += wide->steps[row->at + i];
    return c;
}

/* Four bytes of GB18030, 0 for none. */
static uint32_t four_at(const uint8_t *bytes)
{
    uint32_t number = ((bytes[0] - 0x81u) * 10 + bytes[1] - 0x30u) * 1260 + (bytes[2] - 0x81u) * 10 + bytes[3] - 0x30u;
    size_t low = 0, high = kite_gb18030_range_count;

    if (bytes[2] < 0x81 || bytes[3] < 0x30 || bytes[3] > 0x39)
        return 0;
    if (number >= 189000)
        return number - 189000 < 0x100000 ? 0x10000 + number - 189000 : 0;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;

        if (kite_gb18030_ranges[middle].number <= number)
            low = middle;
        else
            high = middle;
    }
    if (kite_gb18030_ranges[low].character == 0 || number >= 39420)
        return 0;
    return kite_gb18030_ranges[low].character + number - kite_gb18030_ranges[low].number;
}

/* EUC-JP counts the same rows and cells in another way than Shift-JIS. */
static uint32_t euc_jp_at(const struct kite_wide *wide, unsigned lead, unsigned trail)
{
    unsigned row = lead - 0xa1, cell = trail - 0xa1, place = row % 2 * 94 + cell;

    if (lead < 0xa1 || trail < 0xa1 || lead == 0xff || trail == 0xff)
        return 0;
    return wide_at(wide, row / 2 + (row < 62 ? 0x81u : 0xc1u), place + (place < 63 ? 0x40u : 0x41u));
}

static uint32_t take_wide(const struct kite_charset *charset, const uint8_t *bytes, size_t count, size_t *used)
{
    bool is_kana_alone = charset->kind == KITE_CHARSET_SHIFT_JIS && bytes[0] >= 0xa1 && bytes[0] <= 0xdf;
    uint32_t c = 0;

    if (is_kana_alone)
        return 0xff61u + bytes[0] - 0xa1u;
    if (charset->kind == KITE_CHARSET_GB18030 && count >= 4 && bytes[0] >= 0x81 && bytes[0] != 0xff && bytes[1] >= 0x30 && bytes[1] <= 0x39) {
        c = four_at(bytes);
        *used = c ? 4 : 1;
        return c ? c : 0xfffd;
    }
    if (charset->kind == KITE_CHARSET_EUC_JP && count >= 2 && bytes[0] == 0x8e && bytes[1] >= 0xa1 && bytes[1] <= 0xdf)
        c = 0xff61u + bytes[1] - 0xa1u;
    else if (count >= 2)
        c = charset->kind == KITE_CHARSET_EUC_JP ? euc_jp_at(charset->wide, bytes[0], bytes[1]) : wide_at(charset->wide, bytes[0], bytes[1]);
    *used = c ? 2 : 1;
    return c ? c : 0xfffd;
}

uint32_t kite_charset_take(const struct kite_charset *charset, const uint8_t *bytes, size_t count, size_t *used)
{
    *used = 1;
    if (*bytes < 0x80)
        return *bytes;
    return charset->kind == KITE_CHARSET_BYTES ? charset->high[*bytes - 0x80] : take_wide(charset, bytes, count, used);
}

/* ---- declared ------------------------------------------------------------------------------------------- */

/* Where a word stands, bytes when it doesn't. */
static size_t find(const char *text, size_t bytes, const char *word)
{
    size_t length = strlen(word);

    for (size_t i = 0; i + length <= bytes; i++) {
        if (is_alike(text + i, word, length))
            return i;
    }
    return bytes;
}

/* ="label" behind a word, with or without quotes. */
static bool value_after(const char *text, size_t bytes, size_t at, const char **label, size_t *label_bytes)
{
    size_t end;

    while (at < bytes && strchr(" \t\r\n", text[at]))
        at++;
    if (at == bytes || text[at] != '=')
        return false;
    for (at++; at < bytes && strchr(" \t\r\n\"'", text[at]);)
        at++;
    end = at;
    while (end < bytes && !strchr(" \t\r\n\"'/>;", text[end]))
        end++;
    *label = text + at;
    *label_bytes = end - at;
    return end > at && end < bytes;
}

bool kite_charset_declared(const uint8_t *input, size_t bytes, const char **label, size_t *label_bytes)
{
    const char *text = (const char *)input;
    size_t begin = 0, end, at;

    bytes = bytes < DECLARED_WITHIN_BYTES ? bytes : DECLARED_WITHIN_BYTES;
    while (begin < bytes && strchr(" \t\r\n", text[begin]))
        begin++;
    if (begin == bytes || text[begin] != '<' || memchr(text, '\0', bytes))
        return false;
    end = find(text, bytes, "?>");
    at = find(text, end, "encoding");
    if (is_alike(text + begin, "<?xml", bytes - begin < 5 ? bytes - begin : 5) && at < end)
        return value_after(text, end + (end < bytes), at + 8, label, label_bytes);
    for (at = find(text, bytes, "<meta"); at < bytes; at += 5 + find(text + at + 5, bytes - at - 5, "<meta")) {
        const char *close = memchr(text + at, '>', bytes - at);

        end = close ? (size_t)(close - text) + 1 : bytes;
        begin = at + find(text + at, end - at, "charset");
        if (begin < end && value_after(text, end, begin + 7, label, label_bytes))
            return true;
        if (bytes - at < 5)
            break;
    }
    return false;
}

/* ---- guessed -------------------------------------------------------------------------------------------- */

static void ask(const uint8_t *text, size_t bytes, char name[32])
{
    uchardet_t detector = uchardet_new();

    name[0] = '\0';
    if (!detector)
        return;
    if (uchardet_handle_data(detector, (const char *)text, bytes) == 0) {
        const char *answer;

        uchardet_data_end(detector);
        answer = uchardet_get_charset(detector);
        if (strlen(answer) < 32)
            memcpy(name, answer, strlen(answer) + 1);
    }
    uchardet_delete(detector);
}

static bool is_letter(uint8_t c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

/* How much of a text's letters is not ASCII, in percent. */
static unsigned high_percent(const uint8_t *text, size_t bytes)
{
    size_t high = 0, letters = 0;

    for (size_t i = 0; i < bytes; i++) {
        high += text[i] >= 0x80;
        letters += text[i] >= 0x80 || is_letter(text[i]);
    }
    return letters ? (unsigned)(high * 100 / letters) : 0;
}

/* Letters of Latin scripts, but for the rarest of Western Europe. */
static bool is_likely_letter(uint32_t c)
{
    return (c >= 0xc0 && c <= 0x17f && c != 0xd7 && c != 0xf7 && c != 0xd0 && c != 0xf0 && c != 0xde && c != 0xfe && c != 0xff) ||
           (c >= 0x218 && c <= 0x21b);
}

static bool is_capital(uint32_t c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 0xc0 && c < 0xdf) || c == 0x152;
}

/* What is likely of a character between its neighbours: letters within words, a small one behind a small one; quotes, dashes and
 * signs at their ends. */
static int likelihood(uint32_t c, uint8_t before, uint8_t after)
{
    bool touches = is_letter(before) || is_letter(after), is_between = is_letter(before) && is_letter(after);

    if (is_likely_letter(c))
        return is_capital(c) && before >= 'a' && before <= 'z'    ? -2
               : touches                                          ? 2
               : c == 0xe0 || c == 0xe9 || c == 0xf3 || c == 0xc0 ? 1
                                                                  : -1;
    if (c == 0x2019)
        return 1;
    if ((c >= 0x2013 && c <= 0x201e) || c == 0x2026 || c == 0xab || c == 0xbb)
        return is_between ? -1 : 1;
    if (c == 0xbf || c == 0xa1)
        return is_letter(after) && !is_letter(before) ? 2 : -2;
    if (c == 0xa0 || c == 0xa7 || c == 0xb0 || c == 0xa9 || c == 0x20ac || c == 0xba || c == 0xaa)
        return is_between ? -2 : 0;
    return -2;
}

static long likelihood_in(const struct kite_charset *charset, const uint8_t *text, size_t bytes)
{
    long sum = 0;

    for (size_t i = 0; i < bytes; i++) {
        if (text[i] >= 0x80)
            sum += likelihood(charset->high[text[i] - 0x80], i > 0 ? text[i - 1] : ' ', i + 1 < bytes ? text[i + 1] : ' ');
    }
    return sum;
}

/* Uchardet knows neither Mac Roman nor IBM 850 and takes them for sets of Central Europe: so its answer is compared with the sets
 * of Western Europe, which count for more where all is alike. guess may be NULL. */
static const struct kite_charset *most_likely_latin(const struct kite_charset *guess, const uint8_t *text, size_t bytes)
{
    static const char *const labels[] = { "windows-1252", "macintosh", "ibm850" };
    bool is_doubtful = guess && (strncmp(guess->name, "Mac", 3) == 0 || strncmp(guess->name, "IBM", 3) == 0);
    const struct kite_charset *best = guess;
    long most = guess ? likelihood_in(guess, text, bytes) : 0;

    for (size_t i = 0; i < sizeof labels / sizeof *labels; i++) {
        const struct kite_charset *charset = kite_charset_of(labels[i], strlen(labels[i]));
        long sum = likelihood_in(charset, text, bytes);

        if (!best || sum > most || (is_doubtful && best == guess && sum == most)) {
            best = charset;
            most = sum;
        }
    }
    return best;
}

/* Sets of other scripts, whose letters are all above ASCII. */
static bool is_of_other_script(const char *name)
{
    static const char *const names[] = { "WINDOWS-1251", "WINDOWS-1253", "WINDOWS-1255", "WINDOWS-1256", "ISO-8859-5",
                                         "ISO-8859-6",   "ISO-8859-7",   "ISO-8859-8",   "ISO-8859-11",  "KOI8-R",
                                         "KOI8-U",       "MAC-CYRILLIC", "IBM855",       "IBM866",       "TIS-620" };

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (strcmp(name, names[i]) == 0)
            return true;
    }
    return false;
}

/* Is all of it characters of a set of East Asia, some at least? A last one may be cut. */
static bool is_wholly(const struct kite_charset *charset, const uint8_t *text, size_t bytes)
{
    size_t wide = 0, used;

    for (size_t i = 0; i < bytes; i += used) {
        uint32_t c = kite_charset_take(charset, text + i, bytes - i, &used);

        if (c == 0xfffd && bytes - i >= 4)
            return false;
        wide += used > 1;
    }
    return wide >= 2;
}

/* Bytes that an ISO set has no characters for and its Windows counterpart has quotes at. */
static const char *windows_of(const char *name, const uint8_t *text, size_t bytes)
{
    static const char *const pairs[][2] = { { "ISO-8859-2", "WINDOWS-1250" },
                                            { "ISO-8859-7", "WINDOWS-1253" },
                                            { "ISO-8859-8", "WINDOWS-1255" },
                                            { "ISO-8859-6", "WINDOWS-1256" },
                                            { "ISO-8859-13", "WINDOWS-1257" } };
    bool has_any = false;

    for (size_t i = 0; i < bytes && !has_any; i++)
        has_any = text[i] >= 0x80 && text[i] < 0xa0;
    for (size_t i = 0; has_any && i < sizeof pairs / sizeof *pairs; i++) {
        if (strcmp(name, pairs[i][0]) == 0)
            return pairs[i][1];
    }
    return name;
}

const struct kite_charset *kite_charset_guess(const uint8_t *text, size_t bytes, char name[32])
{
    const struct kite_charset *guess;
    bool is_mostly_high;
    size_t from = 0;

    while (from < bytes && text[from] < 0x80)
        from++;
    from = from > 64 ? from - 64 : 0;
    text += from;
    bytes = bytes - from < SAMPLE_BYTES ? bytes - from : SAMPLE_BYTES;
    is_mostly_high = high_percent(text, bytes) >= 40;
    ask(text, bytes, name);
    guess = kite_charset_of(windows_of(name, text, bytes), strlen(windows_of(name, text, bytes)));
    if (guess && guess->kind != KITE_CHARSET_BYTES) {
        const struct kite_charset *latin = most_likely_latin(NULL, text, bytes);

        return is_wholly(guess, text, bytes) && (is_mostly_high || likelihood_in(latin, text, bytes) <= 0) ? guess : latin;
    }
    if (is_mostly_high && name[0] && (!guess || is_of_other_script(name)))
        return guess;
    return most_likely_latin(is_of_other_script(name) ? NULL : guess, text, bytes);
}
