/* News of keys: one follows another, some are withdrawn. */
#include "trust/lines.h"
#include "trust/trust.h"

#include <stdio.h>
#include <string.h>

static const char first_line[] = "kite news 1";

enum kite_status kite_news_write(const struct kite_news *news, const struct kite_secret *from,
                                 const struct kite_secret *next_secret, struct kite_buffer *out, struct kite_fault *fault)
{
    const struct kite_secret *signers[] = { from, next_secret };
    uint8_t hash[KITE_MESSAGE_HASH_BYTES];
    char line[80], id[KITE_KEY_ID_TEXT_BYTES];
    size_t start = out->count, end;
    enum kite_status status;

    if (news->number == 0 || (!news->has_next && news->withdrawn_count == 0) ||
        news->withdrawn_count > KITE_NEWS_WITHDRAWN_MAX || news->has_next != (next_secret != NULL))
        return kite_fail(fault, KITE_E_FORMAT, "news of keys have a number from 1 on, and say something");
    snprintf(line, sizeof line, "%s\nfrom %s\nnumber %u\n", first_line, kite_key_id_text(from->id, id),
             (unsigned)news->number);
    status = kite_buffer_add_text(out, line);
    for (size_t i = 0; i < news->withdrawn_count && status == KITE_OK; i++) {
        snprintf(line, sizeof line, "withdrawn %s\n", kite_key_id_text(news->withdrawn[i], id));
        status = kite_buffer_add_text(out, line);
    }
    if (news->has_next && status == KITE_OK)
        status = kite_buffer_add_text(out, "next\n");
    if (news->has_next && status == KITE_OK)
        status = kite_key_write(&news->next, out);
    if (status == KITE_OK)
        status = kite_buffer_add_text(out, "end\n");
    end = out->count;
    for (size_t i = 0; i < 2 && signers[i] && status == KITE_OK; i++) {
        struct kite_signature signature;

        kite_message_hash(out->bytes + start, end - start, hash);
        kite_sign(signers[i], hash, &signature);
        status = kite_signature_line_write(&signature, "signature ", out);
    }
    return status == KITE_OK ? status : kite_fail(fault, status, "no memory for news of keys");
}

static bool take_id(struct kite_line text, uint8_t id[KITE_KEY_ID_BYTES])
{
    char copy[KITE_KEY_ID_TEXT_BYTES] = "";

    if (text.bytes != sizeof copy - 1)
        return false;
    memcpy(copy, text.text, text.bytes);
    return kite_key_id_from_text(copy, id);
}

static bool take_number(struct kite_line text, uint32_t *number)
{
    uint32_t value = 0;

    if (text.bytes == 0 || text.bytes > 9 || text.text[0] == '0')
        return false;
    for (size_t i = 0; i < text.bytes; i++) {
        if (text.text[i] < '0' || text.text[i] > '9')
            return false;
        value = value * 10 + (uint32_t)(text.text[i] - '0');
    }
    *number = value;
    return true;
}

/* The next key's file stands between "next" and "end". */
static enum kite_status take_next(struct kite_lines *lines, struct kite_news *news, struct kite_line *line,
                                  struct kite_fault *fault)
{
    const char *start = lines->at, *end = start;

    while (kite_lines_next(lines, line)) {
        if (line->bytes == 3 && memcmp(line->text, "end", 3) == 0) {
            enum kite_status status = kite_key_read(start, (size_t)(end - start), &news->next, fault);

            if (status == KITE_OK && news->next.name[0] == '\0')
                status = kite_fail(fault, KITE_E_FORMAT, "the next key has no name");
            news->has_next = true;
            return status == KITE_DONE ? KITE_E_FORMAT : status;
        }
        end = lines->at;
    }
    return kite_fail(fault, KITE_E_FORMAT, "news of keys are cut short");
}

/* All up to and with "end"; *signed_bytes is what the signatures cover. */
static enum kite_status read_body(struct kite_lines *lines, const char *text, struct kite_news *out,
                                  size_t *signed_bytes, struct kite_fault *fault)
{
    struct kite_line line, rest;

    if (!kite_lines_next(lines, &line) || !kite_line_after(line, "from ", &rest) || !take_id(rest, out->from) ||
        !kite_lines_next(lines, &line) || !kite_line_after(line, "number ", &rest) || !take_number(rest, &out->number))
        return kite_fail(fault, KITE_E_FORMAT, "news of keys do not say from whom, or which number they are");
    while (kite_lines_next(lines, &line) && kite_line_after(line, "withdrawn ", &rest)) {
        if (out->withdrawn_count == KITE_NEWS_WITHDRAWN_MAX || !take_id(rest, out->withdrawn[out->withdrawn_count++]))
            return kite_fail(fault, KITE_E_FORMAT, "news of keys name a withdrawn key wrongly, or too many");
    }
    if (line.bytes == 4 && memcmp(line.text, "next", 4) == 0) {
        enum kite_status status = take_next(lines, out, &line, fault);

        if (status != KITE_OK)
            return status;
    } else if (line.bytes != 3 || memcmp(line.text, "end", 3) != 0 || out->withdrawn_count == 0) {
        return kite_fail(fault, KITE_E_FORMAT, "news of keys have a line that means nothing, or say nothing");
    }
    *signed_bytes = (size_t)(lines->at - text);
    return KITE_OK;
}

static enum kite_status read_news(const char *text, size_t bytes, struct kite_news *out, struct kite_signature *first,
                                  uint8_t hash[KITE_MESSAGE_HASH_BYTES], struct kite_fault *fault)
{
    struct kite_lines lines = { text, text + bytes };
    struct kite_signature signatures[2];
    struct kite_line line, rest;
    size_t signed_bytes = 0, count = 0;
    enum kite_status status;

    *out = (struct kite_news){ 0 };
    if (!kite_lines_next(&lines, &line) || !kite_line_after(line, "kite news ", &rest))
        return kite_fail(fault, KITE_DONE, "no news of keys");
    if (line.bytes != strlen(first_line) || memcmp(line.text, first_line, line.bytes) != 0)
        return kite_fail(fault, KITE_E_UNSUPPORTED, "news of keys in a newer form: update the reader");
    if (bytes > KITE_NEWS_BYTES_MAX)
        return kite_fail(fault, KITE_E_FORMAT, "news of keys are too long");
    status = read_body(&lines, text, out, &signed_bytes, fault);
    if (status != KITE_OK)
        return status;
    while (kite_lines_next(&lines, &line)) {
        if (count == 2 || !kite_line_after(line, "signature ", &rest))
            return kite_fail(fault, KITE_E_FORMAT, "news of keys have a line behind their end that is no signature");
        status = kite_signature_line_read(rest.text, rest.bytes, &signatures[count++], fault);
        if (status != KITE_OK)
            return status;
    }
    if (count != (out->has_next ? 2u : 1u))
        return kite_fail(fault, KITE_E_FORMAT, "a signature under news of keys is missing");
    kite_message_hash(text, signed_bytes, hash);
    *first = signatures[0];
    return out->has_next ? kite_signature_check(&signatures[1], &out->next, hash, fault) : KITE_OK;
}

enum kite_status kite_news_read(const char *text, size_t bytes, struct kite_news *out, struct kite_fault *fault)
{
    uint8_t hash[KITE_MESSAGE_HASH_BYTES];
    struct kite_signature first;

    return read_news(text, bytes, out, &first, hash, fault);
}

enum kite_status kite_news_check(const char *text, size_t bytes, const struct kite_public_key *from, struct kite_news *out,
                                 struct kite_fault *fault)
{
    uint8_t hash[KITE_MESSAGE_HASH_BYTES];
    struct kite_signature first;
    enum kite_status status = read_news(text, bytes, out, &first, hash, fault);

    if (status == KITE_OK && memcmp(first.id, out->from, sizeof first.id) != 0)
        status = kite_fail(fault, KITE_E_DAMAGED, "news of keys are signed by another key than they say");
    return status == KITE_OK ? kite_signature_check(&first, from, hash, fault) : status;
}
