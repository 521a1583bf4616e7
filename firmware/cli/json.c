/* The JSON writer. */
#include "cli/json.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

struct kite_json kite_json_start(struct kite_sink sink)
{
    return (struct kite_json){.sink = sink};
}

static void put(struct kite_json *json, const char *text, size_t bytes)
{
    if (json->status == KITE_OK && bytes > 0)
        json->status = json->sink.write(json->sink.ctx, (const uint8_t *)text, bytes);
}

/* One character of a string, escaped where JSON asks for it. */
static void put_character(struct kite_json *json, const char *text, size_t bytes,
                          uint32_t code_point)
{
    static const char named[] = "\"\\\b\f\n\r\t", letters[] = "\"\\bfnrt";
    const char *hit = code_point > 0 && code_point < 0x80 ? strchr(named, (int)code_point) : NULL;
    char escape[8];

    if (hit) {
        escape[0] = '\\';
        escape[1] = letters[hit - named];
        put(json, escape, 2);
    } else if (code_point < 0x20 || code_point == 0x7f || code_point == 0xfffd) {
        put(json, escape, (size_t)snprintf(escape, sizeof escape, "\\u%04x", (unsigned)code_point));
    } else {
        put(json, text, bytes);
    }
}

static void put_quoted(struct kite_json *json, const char *text, size_t bytes)
{
    put(json, "\"", 1);
    for (size_t at = 0, step; at < bytes; at += step) {
        uint32_t code_point = kite_utf8_decode(text + at, bytes - at, &step);

        put_character(json, text + at, step, code_point);
    }
    put(json, "\"", 1);
}

/* What stands before a value: a comma behind the value before, and the key. */
static void put_name(struct kite_json *json, const char *name)
{
    if (json->needs_comma)
        put(json, ",", 1);
    json->needs_comma = true;
    if (!name)
        return;
    put_quoted(json, name, strlen(name));
    put(json, ":", 1);
}

void kite_json_open(struct kite_json *json, const char *name, char bracket)
{
    put_name(json, name);
    put(json, &bracket, 1);
    json->needs_comma = false;
}

void kite_json_close(struct kite_json *json, char bracket)
{
    put(json, &bracket, 1);
    json->needs_comma = true;
}

void kite_json_text(struct kite_json *json, const char *name, const char *text, size_t bytes)
{
    put_name(json, name);
    if (text)
        put_quoted(json, text, bytes);
    else
        put(json, "null", 4);
}

void kite_json_string(struct kite_json *json, const char *name, const char *text)
{
    kite_json_text(json, name, text, text ? strlen(text) : 0);
}

void kite_json_number(struct kite_json *json, const char *name, int64_t value)
{
    char digits[24];

    put_name(json, name);
    put(json, digits, (size_t)snprintf(digits, sizeof digits, "%" PRId64, value));
}

void kite_json_px(struct kite_json *json, const char *name, kite_f26 value)
{
    int64_t size = value < 0 ? -(int64_t)value : value;
    int64_t millionths = size % 64 * 15625; /* 1/64 is 0.015625 */
    char digits[32];
    int length = snprintf(digits, sizeof digits, "%s%" PRId64, value < 0 ? "-" : "", size / 64);

    if (millionths > 0)
        length +=
            snprintf(digits + length, sizeof digits - (size_t)length, ".%06" PRId64, millionths);
    while (millionths > 0 && digits[length - 1] == '0')
        length--;
    put_name(json, name);
    put(json, digits, (size_t)length);
}

void kite_json_bool(struct kite_json *json, const char *name, bool value)
{
    put_name(json, name);
    put(json, value ? "true" : "false", value ? 4 : 5);
}

void kite_json_end(struct kite_json *json)
{
    put(json, "\n", 1);
    json->needs_comma = false;
}
