/* Bytes of an input to UTF-8: byte order marks, UTF-16, and where the bytes are neither that nor UTF-8, sets of one byte or two to a character. */
#include "press/charset.h"
#include "press/draft.h"

#include <string.h>

enum encoding { ENCODING_UTF8, ENCODING_UTF8_BROKEN, ENCODING_BYTES, ENCODING_UTF16_LE, ENCODING_UTF16_BE };

struct decoding {
    enum encoding encoding;
    const struct kite_charset *charset; /* of ENCODING_BYTES */
    bool is_declared;
    size_t mark; /* bytes of a byte order mark */
};

/* UTF-16 without a mark: nearly every second byte of a European text is zero. */
static bool zeros_at(const uint8_t *bytes, size_t count, size_t first)
{
    size_t zeros = 0, end = count < 4096 ? count : 4096;

    for (size_t i = first; i < end; i += 2)
        zeros += bytes[i] == 0;
    return end >= 8 && zeros * 2 > end / 2;
}

/* Mail of East Asia changes between sets of seven bits by escapes: it looks like ASCII. */
static bool has_escapes(const uint8_t *bytes, size_t count)
{
    for (const uint8_t *at = bytes; (at = memchr(at, 0x1b, count - (size_t)(at - bytes))) != NULL; at++) {
        if (count - (size_t)(at - bytes) >= 3 && at[1] == '$' && (at[2] == 'B' || at[2] == '@' || at[2] == ')' || at[2] == 'A'))
            return true;
    }
    return false;
}

/* UTF-8 with some damage has more whole characters than broken ones. */
static enum encoding utf8_or_bytes(const uint8_t *bytes, size_t count)
{
    size_t whole = 0, broken = 0;

    for (size_t i = 0, used; i < count; i += used) {
        uint32_t c = kite_utf8_decode((const char *)bytes + i, count - i, &used);

        whole += used > 1 && c != 0xfffd;
        broken += c == 0xfffd && !(used == 3 && bytes[i] == 0xef && bytes[i + 1] == 0xbf);
    }
    return broken == 0 ? ENCODING_UTF8 : whole > 4 * broken ? ENCODING_UTF8_BROKEN : ENCODING_BYTES;
}

static bool is_utf8_label(const char *label, size_t bytes)
{
    return (bytes == 5 && (memcmp(label, "utf-8", 5) == 0 || memcmp(label, "UTF-8", 5) == 0)) || (bytes == 4 && memcmp(label, "utf8", 4) == 0);
}

/* What a file says counts, unless it says UTF-8 and isn't; what is UTF-8 is read as that whatever the file says, as saying otherwise is a
 * common mistake and text in another set is hardly ever UTF-8 by chance. */
static enum kite_status choose_bytes(const struct kite_draft *draft, const uint8_t *bytes, size_t count, struct decoding *d)
{
    const char *label, *of = draft->input->name ? draft->input->name : "an input";
    size_t label_bytes;
    char name[32];

    if (kite_charset_declared(bytes, count, &label, &label_bytes) && !is_utf8_label(label, label_bytes)) {
        d->charset = kite_charset_of(label, label_bytes);
        d->is_declared = true;
        if (d->charset)
            return KITE_OK;
        return kite_fail(draft->fault, KITE_E_UNSUPPORTED, "%s is in the character set %.*s, which is not read here; save it as UTF-8", of,
                         kite_shown_bytes(label, label_bytes, 30), label);
    }
    d->charset = kite_charset_guess(bytes, count, name);
    if (d->charset)
        return KITE_OK;
    if (name[0] == '\0' || is_utf8_label(name, strlen(name))) /* which it isn't: nothing fits */
        return kite_fail(draft->fault, KITE_E_FORMAT, "%s is no text in any character set that is known, or it is damaged", of);
    return kite_fail(draft->fault, KITE_E_UNSUPPORTED, "%s seems to be in the character set %s, which is not read here; save it as UTF-8", of, name);
}

static enum kite_status choose(const struct kite_draft *draft, struct decoding *d)
{
    const uint8_t *bytes = draft->input->bytes;
    size_t count = draft->input->byte_count;

    *d = (struct decoding){ .mark = 0 };
    if (count > 0 && has_escapes(bytes, count))
        return kite_fail(draft->fault, KITE_E_UNSUPPORTED, "%s is in a character set of mail (ISO-2022), which is not read here; save it as UTF-8",
                         draft->input->name ? draft->input->name : "an input");
    if (count >= 3 && memcmp(bytes, "\xEF\xBB\xBF", 3) == 0) {
        d->mark = 3;
        d->encoding = kite_utf8_is_valid((const char *)bytes, count) ? ENCODING_UTF8 : ENCODING_UTF8_BROKEN;
    } else if (count >= 2 && (memcmp(bytes, "\xFF\xFE", 2) == 0 || memcmp(bytes, "\xFE\xFF", 2) == 0)) {
        d->mark = 2;
        d->encoding = bytes[0] == 0xff ? ENCODING_UTF16_LE : ENCODING_UTF16_BE;
    } else if (zeros_at(bytes, count, 1)) {
        d->encoding = ENCODING_UTF16_LE;
    } else if (zeros_at(bytes, count, 0)) {
        d->encoding = ENCODING_UTF16_BE;
    } else {
        d->encoding = utf8_or_bytes(bytes, count);
    }
    return d->encoding == ENCODING_BYTES ? choose_bytes(draft, bytes, count, d) : KITE_OK;
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

static uint32_t take(const struct decoding *d, const uint8_t *bytes, size_t count, size_t *used)
{
    switch (d->encoding) {
    case ENCODING_UTF16_LE:
    case ENCODING_UTF16_BE:
        return take_utf16(bytes, count, d->encoding == ENCODING_UTF16_BE, used);
    case ENCODING_BYTES:
        return kite_charset_take(d->charset, bytes, count, used);
    case ENCODING_UTF8:
    case ENCODING_UTF8_BROKEN:
        break;
    }
    return kite_utf8_decode((const char *)bytes, count, used);
}

static void tell(const struct kite_draft *draft, const struct decoding *d)
{
    if (d->encoding == ENCODING_UTF8_BROKEN)
        kite_draft_note(draft, KITE_PRESS_WARNING, 0, "some bytes are not UTF-8 and show as U+FFFD");
    else if (d->encoding == ENCODING_UTF16_LE || d->encoding == ENCODING_UTF16_BE)
        kite_draft_note(draft, KITE_PRESS_NOTE, 0, d->encoding == ENCODING_UTF16_LE ? "read as UTF-16" : "read as UTF-16, big-endian");
    else if (d->encoding == ENCODING_BYTES)
        kite_draft_note(draft, KITE_PRESS_NOTE, 0, "read as %s, %s", d->charset->name, d->is_declared ? "as it says" : "a guess by its letters");
}

enum kite_status kite_press_decode(struct kite_draft *draft, struct kite_buffer *out)
{
    const struct kite_press_input *input = draft->input;
    const uint8_t *bytes = input->bytes;
    size_t controls = 0, characters = 0;
    struct decoding decoding;
    enum kite_status status = choose(draft, &decoding);

    if (status)
        return status;
    for (size_t i = decoding.mark, used; i < input->byte_count && status == KITE_OK; i += used) {
        uint32_t c = take(&decoding, bytes + i, input->byte_count - i, &used);
        bool is_control = (c < 0x20 && c != '\n' && c != '\t' && c != '\r' && c != '\f') || c == 0x7f;
        char utf8[4];

        characters++;
        controls += is_control;
        if (c == '\r') {
            size_t next_used = 0, left = input->byte_count - i - used;

            if (left > 0 && take(&decoding, bytes + i + used, left, &next_used) == '\n')
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
    tell(draft, &decoding);
    return KITE_OK;
}
