/* Update files: the header, a few lines of text that a person can read as well. */
#include "boot/boot.h"

#include <sodium.h>
#include <string.h>

#define FIRST_LINE "Kite update 1."
#define FORMS_LINE "Kite update " /* of any form */
#define SIGNATURE "signature: "

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_name_character(char c)
{
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' || c == '-' || c == '_';
}

static bool is_name(const char *text, size_t bytes)
{
    if (bytes == 0 || bytes > KITE_RELEASE_NAME_BYTES_MAX)
        return false;
    for (size_t i = 0; i < bytes; i++) {
        if (!is_name_character(text[i]))
            return false;
    }
    return true;
}

/* ---- values ------------------------------------------------------------------------------------- */

static bool take_name(const char *text, size_t bytes, char out[KITE_RELEASE_NAME_BYTES_MAX + 1])
{
    if (!is_name(text, bytes))
        return false;
    memcpy(out, text, bytes);
    out[bytes] = '\0';
    return true;
}

static bool take_version(const char *text, size_t bytes, struct kite_release *out)
{
    return take_name(text, bytes, out->version);
}

static bool take_board(const char *text, size_t bytes, struct kite_release *out)
{
    return take_name(text, bytes, out->board);
}

static bool take_bytes(const char *text, size_t bytes, struct kite_release *out)
{
    if (bytes == 0 || bytes > 9 || text[0] == '0')
        return false;
    for (size_t i = 0; i < bytes; i++) {
        if (!is_digit(text[i]))
            return false;
        out->image_bytes = out->image_bytes * 10 + (uint64_t)(text[i] - '0');
    }
    return out->image_bytes <= KITE_RELEASE_IMAGE_BYTES_MAX;
}

static int hex_value(char c)
{
    if (is_digit(c))
        return c - '0';
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool take_hash(const char *text, size_t bytes, struct kite_release *out)
{
    if (bytes != 2 * sizeof out->image_hash)
        return false;
    for (size_t i = 0; i < sizeof out->image_hash; i++) {
        int high = hex_value(text[2 * i]), low = hex_value(text[2 * i + 1]);

        if (high < 0 || low < 0)
            return false;
        out->image_hash[i] = (uint8_t)(high << 4 | low);
    }
    return true;
}

/* The lines that every header has, in this order. */
static const struct field {
    const char *name;
    bool (*take)(const char *text, size_t bytes, struct kite_release *out);
} fields[] = {
    { "version", take_version },
    { "board", take_board },
    { "bytes", take_bytes },
    { "hash", take_hash },
};
#define FIELDS (sizeof fields / sizeof *fields)

/* ---- the header --------------------------------------------------------------------------------- */

/* The next line without its end, or NULL when there is no whole line. */
static const char *next_line(const char **at, const char *end, size_t *bytes)
{
    const char *line = *at, *stop = memchr(line, '\n', (size_t)(end - line));

    if (!stop)
        return NULL;
    *bytes = (size_t)(stop - line);
    *at = stop + 1;
    return line;
}

static bool take_field(const struct field *field, const char *line, size_t bytes, struct kite_release *out)
{
    size_t name = strlen(field->name);

    return bytes > name + 2 && memcmp(line, field->name, name) == 0 && memcmp(line + name, ": ", 2) == 0 &&
           field->take(line + name + 2, bytes - name - 2, out);
}

/* Lines of later versions: passed over unless they must be understood. A signature is the last. */
static enum kite_status check_rest(const char *header, const char *at, struct kite_release *out, struct kite_fault *fault)
{
    const char *line, *end = header + KITE_RELEASE_HEADER_BYTES;
    size_t bytes, prefix = strlen(SIGNATURE);

    while (at < end && *at != '\0') {
        line = next_line(&at, end, &bytes);
        if (!line || !memchr(line, ':', bytes) || out->proof.is_signed)
            return kite_fail(fault, KITE_E_FORMAT, "the update file's header has a line that is none");
        if (bytes >= prefix && memcmp(line, SIGNATURE, prefix) == 0) {
            enum kite_status status = kite_signature_line_read(line + prefix, bytes - prefix, &out->proof.signature, fault);

            if (status)
                return status;
            out->proof.is_signed = true;
            kite_message_hash(header, (size_t)(line - header), out->proof.hash);
        }
        if (line[0] >= 'A' && line[0] <= 'Z')
            return kite_fail(fault, KITE_E_UNSUPPORTED, "the update file needs a newer Kite than this one");
    }
    for (; at < end; at++) {
        if (*at != '\0')
            return kite_fail(fault, KITE_E_FORMAT, "the update file's header does not end in zero bytes");
    }
    return KITE_OK;
}

static enum kite_status read_header(const char *header, struct kite_release *out, struct kite_fault *fault)
{
    const char *at = header, *end = header + KITE_RELEASE_HEADER_BYTES, *line;
    size_t bytes;

    line = next_line(&at, end, &bytes);
    if (!line || bytes < strlen(FIRST_LINE) || memcmp(line, FIRST_LINE, strlen(FIRST_LINE)) != 0)
        return kite_fail(fault, KITE_E_UNSUPPORTED, "the update file is of a form that this Kite does not know");
    for (size_t i = 0; i < FIELDS; i++) {
        line = next_line(&at, end, &bytes);
        if (!line || !take_field(&fields[i], line, bytes, out))
            return kite_fail(fault, KITE_E_FORMAT, "the update file's header lacks a good line \"%s\"", fields[i].name);
    }
    return check_rest(header, at, out, fault);
}

enum kite_status kite_release_read(const struct kite_source *source, struct kite_release *out, struct kite_fault *fault)
{
    char header[KITE_RELEASE_HEADER_BYTES];
    size_t begin = strlen(FORMS_LINE);
    enum kite_status status;

    *out = (struct kite_release){ .image_bytes = 0 };
    if (source->size_bytes < begin)
        return KITE_DONE;
    status = source->read_at(source->ctx, 0, (uint8_t *)header, begin);
    if (status)
        return kite_fail(fault, status, "the update file cannot be read");
    if (memcmp(header, FORMS_LINE, begin) != 0)
        return KITE_DONE;
    if (source->size_bytes < sizeof header)
        return kite_fail(fault, KITE_E_DAMAGED, "the update file is cut short");
    status = source->read_at(source->ctx, 0, (uint8_t *)header, sizeof header);
    if (status)
        return kite_fail(fault, status, "the update file cannot be read");
    status = read_header(header, out, fault);
    if (status)
        return status;
    if (source->size_bytes - sizeof header < out->image_bytes)
        return kite_fail(fault, KITE_E_DAMAGED, "the update file is cut short");
    return KITE_OK;
}

enum kite_status kite_release_signer(const struct kite_release *release, const struct kite_public_key *keys,
                                     size_t key_count, size_t *by, struct kite_fault *fault)
{
    const struct kite_signature *signature = &release->proof.signature;
    size_t i = 0;

    while (release->proof.is_signed && i < key_count && memcmp(keys[i].id, signature->id, sizeof signature->id) != 0)
        i++;
    if (!release->proof.is_signed || i == key_count)
        return kite_fail(fault, KITE_E_RANGE, "the update is not signed by the makers of this Kite");
    if (by)
        *by = i;
    return kite_signature_check(signature, &keys[i], release->proof.hash, fault);
}

enum kite_status kite_release_check(const struct kite_source *source, const struct kite_release *release,
                                    struct kite_fault *fault)
{
    uint8_t part[4096], hash[sizeof release->image_hash];
    crypto_generichash_state state;

    crypto_generichash_init(&state, NULL, 0, sizeof hash);
    for (uint64_t at = 0; at < release->image_bytes;) {
        uint64_t left = release->image_bytes - at;
        size_t count = left < sizeof part ? (size_t)left : sizeof part;
        enum kite_status status = source->read_at(source->ctx, KITE_RELEASE_HEADER_BYTES + at, part, count);

        if (status)
            return kite_fail(fault, status, "the update file cannot be read");
        crypto_generichash_update(&state, part, count);
        at += count;
    }
    crypto_generichash_final(&state, hash, sizeof hash);
    return memcmp(hash, release->image_hash, sizeof hash) == 0
               ? KITE_OK
               : kite_fail(fault, KITE_E_DAMAGED, "the update file is damaged: copy it again");
}

/* ---- versions ------------------------------------------------------------------------------------ */

/* The number at *at, past leading zeros as digits, so that none is too large. */
static const char *number_at(const char **at, size_t *digits)
{
    const char *begin;

    while (**at == '0')
        ++*at;
    begin = *at;
    while (is_digit(**at))
        ++*at;
    *digits = (size_t)(*at - begin);
    return begin;
}

static int compare_numbers(const char **a, const char **b)
{
    size_t a_digits, b_digits;
    const char *a_begin = number_at(a, &a_digits), *b_begin = number_at(b, &b_digits);

    if (a_digits != b_digits)
        return a_digits < b_digits ? -1 : 1;
    return memcmp(a_begin, b_begin, a_digits);
}

int kite_release_compare(const char *a, const char *b)
{
    while (*a || *b) {
        int order = is_digit(*a) && is_digit(*b) ? compare_numbers(&a, &b) : (unsigned char)*a - (unsigned char)*b;

        if (order)
            return order;
        if (*a == *b && *a && !is_digit(*a)) {
            a++;
            b++;
        }
    }
    return 0;
}
