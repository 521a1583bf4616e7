/* UTF-8, texts with places to fill in, and language tags. */
#include "base/base.h"

#include <string.h>

/* Lead byte to length, and the range of the byte behind it (Unicode 15, table 3-7). */
static unsigned sequence_bytes(uint8_t lead, uint8_t *low, uint8_t *high)
{
    *low = 0x80;
    *high = 0xbf;
    if (lead >= 0xc2 && lead <= 0xdf)
        return 2;
    if (lead >= 0xe0 && lead <= 0xef) {
        if (lead == 0xe0)
            *low = 0xa0;
        else if (lead == 0xed)
            *high = 0x9f;
        return 3;
    }
    if (lead >= 0xf0 && lead <= 0xf4) {
        if (lead == 0xf0)
            *low = 0x90;
        else if (lead == 0xf4)
            *high = 0x8f;
        return 4;
    }
    return 0;
}

/* The character, or UINT32_MAX for ill-formed input. */
static uint32_t decode(const char *text, size_t count, size_t *bytes)
{
    uint8_t lead = (uint8_t)text[0];
    uint8_t low, high;

    *bytes = 1;
    if (lead < 0x80)
        return lead;

    unsigned length = sequence_bytes(lead, &low, &high);

    if (length == 0)
        return UINT32_MAX;

    uint32_t code_point = lead & (0x7fu >> length);

    for (unsigned i = 1; i < length; i++) {
        if (i >= count || (uint8_t)text[i] < low || (uint8_t)text[i] > high)
            return UINT32_MAX;
        code_point = code_point << 6 | ((uint8_t)text[i] & 0x3fu);
        *bytes = i + 1;
        low = 0x80;
        high = 0xbf;
    }
    return code_point;
}

uint32_t kite_utf8_decode(const char *text, size_t count, size_t *bytes)
{
    uint32_t code_point = decode(text, count, bytes);

    return code_point == UINT32_MAX ? 0xfffd : code_point;
}

size_t kite_utf8_encode(uint32_t code_point, char out[4])
{
    if (code_point > 0x10ffff || (code_point >= 0xd800 && code_point <= 0xdfff))
        code_point = 0xfffd;
    if (code_point < 0x80) {
        out[0] = (char)code_point;
        return 1;
    }

    size_t bytes = code_point < 0x800 ? 2 : code_point < 0x10000 ? 3 : 4;
    static const uint8_t leads[5] = { 0, 0, 0xc0, 0xe0, 0xf0 };

    for (size_t i = bytes - 1; i > 0; i--) {
        out[i] = (char)(0x80 | (code_point & 0x3f));
        code_point >>= 6;
    }
    out[0] = (char)(leads[bytes] | code_point);
    return bytes;
}

bool kite_utf8_is_valid(const char *text, size_t count)
{
    for (size_t i = 0; i < count;) {
        size_t bytes;

        if ((uint8_t)text[i] < 0x80) { /* most of most texts */
            i++;
            continue;
        }
        if (decode(text + i, count - i, &bytes) == UINT32_MAX)
            return false;
        i += bytes;
    }
    return true;
}

/* ---- language tags --------------------------------------------------------------------------- */

static char ascii_lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

static char ascii_upper(char c)
{
    return c >= 'a' && c <= 'z' ? (char)(c - 32) : c;
}

static bool ascii_is_letter(char c)
{
    return ascii_lower(c) >= 'a' && ascii_lower(c) <= 'z';
}

static bool ascii_is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Length of the subtag at text; 0 when it is none. */
static size_t subtag_bytes(const char *text)
{
    size_t count = 0;

    while (ascii_is_letter(text[count]) || ascii_is_digit(text[count])) {
        if (++count > 8)
            return 0;
    }
    return text[count] == '\0' || text[count] == '-' || text[count] == '_' ? count : 0;
}

/* A region (two letters, three digits) or a script (four letters). */
static bool subtag_is_kept(const char *text, size_t count)
{
    return count == 3 ? ascii_is_digit(text[0]) : (count == 2 || count == 4) && ascii_is_letter(text[0]);
}

kite_lang kite_lang_from_text(const char *text)
{
    char tag[8] = { 0 };
    size_t used = subtag_bytes(text);
    bool is_open = true; /* further subtags still fit */

    if (used < 2 || used > 3 || !ascii_is_letter(text[0]) || !ascii_is_letter(text[1]) ||
        !ascii_is_letter(text[used - 1]))
        return 0;
    for (size_t i = 0; i < used; i++)
        tag[i] = ascii_lower(text[i]);
    for (const char *at = text + used; *at;) {
        size_t count = subtag_bytes(++at);

        if (count == 0)
            return 0;
        if (is_open && subtag_is_kept(at, count) && used + 1 + count <= sizeof tag) {
            tag[used++] = '-';
            for (size_t i = 0; i < count; i++)
                tag[used++] = count == 2 || i == 0 ? ascii_upper(at[i]) : ascii_lower(at[i]);
        } else {
            is_open = false;
        }
        at += count;
    }

    kite_lang lang = 0;

    for (size_t i = 0; i < sizeof tag; i++)
        lang |= (kite_lang)(uint8_t)tag[i] << (8 * i);
    return lang;
}

const char *kite_lang_text(kite_lang lang, char out[9])
{
    for (size_t i = 0; i < 8; i++)
        out[i] = (char)(lang >> (8 * i));
    out[8] = '\0';
    return out;
}

kite_lang kite_lang_primary(kite_lang lang)
{
    for (unsigned i = 0; i < 8; i++) {
        uint8_t byte = (uint8_t)(lang >> (8 * i));

        if (byte == '-' || byte == 0)
            return i == 0 ? 0 : lang & (((kite_lang)1 << (8 * i)) - 1);
    }
    return lang;
}

size_t kite_utf8_append(const char *text, size_t bytes, char *out, size_t used, size_t room)
{
    while (bytes > 0) {
        size_t one;

        kite_utf8_decode(text, bytes, &one);
        if (one >= room - used)
            break;
        memcpy(out + used, text, one);
        used += one;
        text += one;
        bytes -= one;
    }
    return used;
}

char *kite_text_fill(const char *text, const char *first, const char *second, char *out,
                     size_t out_bytes)
{
    size_t used = 0;

    while (*text) {
        bool is_place = text[0] == '{' && (text[1] == '1' || text[1] == '2') && text[2] == '}';
        const char *filling = text[1] == '1' ? first : second;

        if (!is_place) {
            size_t plain = 1 + strcspn(text + 1, "{");

            used = kite_utf8_append(text, plain, out, used, out_bytes);
            text += plain;
            continue;
        }
        if (filling)
            used = kite_utf8_append(filling, strlen(filling), out, used, out_bytes);
        text += 3;
    }
    out[used] = '\0';
    return out;
}

/* ---- references ------------------------------------------------------------------------------ */

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = (char)(c | 32);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool goes_up(const char *name)
{
    for (; *name; name += strcspn(name, "/"), name += *name == '/')
        if (strcspn(name, "/") == 2 && name[0] == '.' && name[1] == '.')
            return true;
    return false;
}

bool kite_reference_name(const char *reference, char *out, size_t out_bytes)
{
    size_t count = 0;

    for (const char *at = reference; *at && *at != '?' && *at != '#'; at++) {
        char c = *at;

        if (c == '%' && hex_digit(at[1]) >= 0 && hex_digit(at[2]) >= 0) {
            c = (char)(hex_digit(at[1]) * 16 + hex_digit(at[2]));
            at += 2;
        }
        if ((unsigned char)c < 0x20 || c == '\\' || c == ':' || count + 1 >= out_bytes)
            return false;
        out[count++] = c;
    }
    out[count] = '\0';
    return count > 0 && out[0] != '/' && !goes_up(out);
}
