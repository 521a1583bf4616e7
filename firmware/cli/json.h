/* json: writes JSON into a sink, compact, with commas and escapes put in by itself. The first
 * failure sticks. */
#ifndef KITE_CLI_JSON_H
#define KITE_CLI_JSON_H

#include "base/base.h"

struct kite_json {
    struct kite_sink sink;
    enum kite_status status;
    bool needs_comma;
};

struct kite_json kite_json_start(struct kite_sink sink);
/* name is the key inside an object, NULL inside an array or at the top. */
void kite_json_open(struct kite_json *json, const char *name, char bracket); /* '{' or '[' */
void kite_json_close(struct kite_json *json, char bracket);                  /* '}' or ']' */
/* Text of bytes length; what is not UTF-8 becomes U+FFFD. NULL writes null. */
void kite_json_text(struct kite_json *json, const char *name, const char *text, size_t bytes);
void kite_json_string(struct kite_json *json, const char *name, const char *text);
void kite_json_number(struct kite_json *json, const char *name, int64_t value);
/* 1/64 px as an exact decimal number of px. */
void kite_json_px(struct kite_json *json, const char *name, kite_f26 value);
void kite_json_bool(struct kite_json *json, const char *name, bool value);
/* End of a top-level value: a line feed. */
void kite_json_end(struct kite_json *json);

#endif
