#include "trust/lines.h"

#include <sodium.h>
#include <string.h>

#define BASE64_BYTES_MAX 512u

bool kite_lines_next(struct kite_lines *lines, struct kite_line *out)
{
    const char *end;

    if (lines->at == lines->end)
        return false;
    end = memchr(lines->at, '\n', (size_t)(lines->end - lines->at));
    *out = (struct kite_line){ lines->at, (size_t)((end ? end : lines->end) - lines->at) };
    lines->at = end ? end + 1 : lines->end;
    if (end && out->bytes > 0 && out->text[out->bytes - 1] == '\r')
        out->bytes--;
    return true;
}

bool kite_line_after(struct kite_line line, const char *prefix, struct kite_line *rest)
{
    size_t bytes = strlen(prefix);

    if (line.bytes < bytes || memcmp(line.text, prefix, bytes) != 0)
        return false;
    *rest = (struct kite_line){ line.text + bytes, line.bytes - bytes };
    return true;
}

bool kite_line_base64(struct kite_line line, uint8_t *out, size_t count)
{
    size_t got;
    const char *end;

    return line.bytes == sodium_base64_encoded_len(count, sodium_base64_VARIANT_ORIGINAL) - 1 &&
           sodium_base642bin(out, count, line.text, line.bytes, NULL, &got, &end, sodium_base64_VARIANT_ORIGINAL) == 0 &&
           got == count && end == line.text + line.bytes;
}

bool kite_line_is_words(struct kite_line line, size_t bytes_max)
{
    if (line.bytes == 0 || line.bytes > bytes_max || !kite_utf8_is_valid(line.text, line.bytes))
        return false;
    for (size_t at = 0, bytes; at < line.bytes; at += bytes) {
        uint32_t c = kite_utf8_decode(line.text + at, line.bytes - at, &bytes);
        bool turns_text = c == 0x61c || (c >= 0x200e && c <= 0x200f) || (c >= 0x2028 && c <= 0x202e) ||
                          (c >= 0x2066 && c <= 0x2069); /* a name must not be read otherwise than it is written */

        if (c < 0x20 || (c >= 0x7f && c < 0xa0) || turns_text)
            return false;
    }
    return true;
}

enum kite_status kite_lines_add_base64(struct kite_buffer *out, const char *prefix, const uint8_t *bytes, size_t count)
{
    char text[BASE64_BYTES_MAX];
    enum kite_status status = kite_buffer_add_text(out, prefix);

    sodium_bin2base64(text, sizeof text, bytes, count, sodium_base64_VARIANT_ORIGINAL);
    if (status == KITE_OK)
        status = kite_buffer_add_text(out, text);
    if (status == KITE_OK)
        status = kite_buffer_add_text(out, "\n");
    sodium_memzero(text, sizeof text);
    return status;
}
