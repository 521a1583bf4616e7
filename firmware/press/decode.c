/* Bytes of an input to UTF-8: byte order marks, UTF-16, and Windows-1252 where the bytes are not UTF-8. */
#include "press/draft.h"

#include <string.h>

/* Windows-1252, 0x80 to 0x9f; the five unused ones become U+FFFD. */
static const uint16_t windows_1252[32] = {
    0x20ac, 0xfffd, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160,
    0x2039, 0x0152, 0xfffd, 0x017d, 0xfffd, 0xfffd, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022,
    0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0xfffd, 0x017e, 0x0178,
};

enum encoding { ENCODING_UTF8, ENCODING_UTF8_BROKEN, ENCODING_1252, ENCODING_UTF16_LE, ENCODING_UTF16_BE };

/* UTF-16 without a mark: nearly every second byte of a European text is zero. */
static bool zeros_at(const uint8_t *bytes, size_t count, size_t first)
{
    size_t zeros = 0, end = count < 4096 ? count : 4096;

    for (size_t i = first; i < end; i += 2)
        zeros += bytes[i] == 0;
    return end >= 8 && zeros * 2 > end / 2;
}

/* UTF-8 with some damage has more whole characters than broken ones. */
static enum encoding utf8_or_1252(const uint8_t *bytes, size_t count)
{
    size_t whole = 0, broken = 0;

    for (size_t i = 0, used; i < count; i += used) {
        uint32_t c = kite_utf8_decode((const char *)bytes + i, count - i, &used);

        whole += used > 1 && c != 0xfffd;
        broken += c == 0xfffd && !(used == 3 && bytes[i] == 0xef && bytes[i + 1] == 0xbf);
    }
    return broken == 0 ? ENCODING_UTF8 : whole > 4 * broken ? ENCODING_UTF8_BROKEN : ENCODING_1252;
}

static enum encoding encoding_of(const uint8_t *bytes, size_t count, size_t *mark)
{
    *mark = 0;
    if (count >= 3 && memcmp(bytes, "\xEF\xBB\xBF", 3) == 0) {
        *mark = 3;
        return kite_utf8_is_valid((const char *)bytes, count) ? ENCODING_UTF8 : ENCODING_UTF8_BROKEN;
    }
    if (count >= 2 && (memcmp(bytes, "\xFF\xFE", 2) == 0 || memcmp(bytes, "\xFE\xFF", 2) == 0)) {
        *mark = 2;
        return bytes[0] == 0xff ? ENCODING_UTF16_LE : ENCODING_UTF16_BE;
    }
    if (zeros_at(bytes, count, 1))
        return ENCODING_UTF16_LE;
    if (zeros_at(bytes, count, 0))
        return ENCODING_UTF16_BE;
    return utf8_or_1252(bytes, count);
}

static uint32_t take_utf16(const uint8_t *bytes, size_t count, bool is_big, size_t *used)
{
    uint32_t unit, low;

    *used = count < 2 ? count : 2;
    if (count < 2)
        return 0xfffd;
    unit = is_big ? (uint32_t)bytes[0] << 8 | bytes[1] : (uint32_t)bytes[1] << 8 | bytes[0];
    if (unit < 0xd800 || unit > 0xdfff)
        return unit;
    if (unit > 0xdbff || count < 4)
        return 0xfffd;
    low = is_big ? (uint32_t)bytes[2] << 8 | bytes[3] : (uint32_t)bytes[3] << 8 | bytes[2];
    if (low < 0xdc00 || low > 0xdfff)
        return 0xfffd;
    *used = 4;
    return 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
}

static uint32_t take(enum encoding encoding, const uint8_t *bytes, size_t count, size_t *used)
{
    switch (encoding) {
    case ENCODING_UTF16_LE:
    case ENCODING_UTF16_BE:
        return take_utf16(bytes, count, encoding == ENCODING_UTF16_BE, used);
    case ENCODING_1252:
        *used = 1;
        return *bytes >= 0x80 && *bytes < 0xa0 ? windows_1252[*bytes - 0x80] : *bytes;
    case ENCODING_UTF8:
    case ENCODING_UTF8_BROKEN:
        break;
    }
    return kite_utf8_decode((const char *)bytes, count, used);
}

static void tell(const struct kite_draft *draft, enum encoding encoding)
{
    static const char *const sentences[] = {
        [ENCODING_UTF8_BROKEN] = "some bytes are not UTF-8 and show as U+FFFD",
        [ENCODING_1252] = "read as Windows-1252, as it is not UTF-8",
        [ENCODING_UTF16_LE] = "read as UTF-16",
        [ENCODING_UTF16_BE] = "read as UTF-16, big-endian",
    };

    if (encoding != ENCODING_UTF8)
        kite_draft_note(draft, encoding == ENCODING_UTF8_BROKEN ? KITE_PRESS_WARNING : KITE_PRESS_NOTE, 0, "%s",
                        sentences[encoding]);
}

enum kite_status kite_press_decode(struct kite_draft *draft, struct kite_buffer *out)
{
    const struct kite_press_input *input = draft->input;
    const uint8_t *bytes = input->bytes;
    size_t mark, controls = 0, characters = 0;
    enum encoding encoding = encoding_of(bytes, input->byte_count, &mark);
    enum kite_status status = KITE_OK;

    for (size_t i = mark, used; i < input->byte_count && status == KITE_OK; i += used) {
        uint32_t c = take(encoding, bytes + i, input->byte_count - i, &used);
        bool is_control = (c < 0x20 && c != '\n' && c != '\t' && c != '\r' && c != '\f') || c == 0x7f;
        char utf8[4];

        characters++;
        controls += is_control;
        if (c == '\r') {
            size_t next_used = 0, left = input->byte_count - i - used;

            if (left > 0 && take(encoding, bytes + i + used, left, &next_used) == '\n')
                continue;
            c = '\n';
        }
        c = c == '\f' ? '\n' : c;
        if (!is_control && (c < 0xfdd0 || c > 0xfdef)) /* what the importers mark places with */
            status = kite_buffer_add(out, utf8, kite_utf8_encode(c, utf8));
    }
    if (status)
        return kite_fail(draft->fault, status, "no memory for the text of %s", input->name ? input->name : "an input");
    if (controls > 8 && controls > characters / 50)
        return kite_fail(draft->fault, KITE_E_FORMAT, "%s is not a text: %u of its %u characters are unprintable",
                         input->name ? input->name : "an input", (unsigned)controls, (unsigned)characters);
    tell(draft, encoding);
    return KITE_OK;
}
