/* lines: the text forms of this room are lines, some of which carry bytes in base64. */
#ifndef KITE_TRUST_LINES_H
#define KITE_TRUST_LINES_H

#include "base/base.h"

struct kite_lines {
    const char *at, *end;
};
struct kite_line {
    const char *text; /* not ended by a zero; without LF or CR LF */
    size_t bytes;
};

/* The next line. False at the end. */
bool kite_lines_next(struct kite_lines *lines, struct kite_line *out);
/* What stands behind `prefix`, or false when the line does not begin with it. */
bool kite_line_after(struct kite_line line, const char *prefix, struct kite_line *rest);
/* Exactly count bytes in base64 with padding, canonical, nothing else. */
bool kite_line_base64(struct kite_line line, uint8_t *out, size_t count);
/* Valid UTF-8 without control characters, between 1 and bytes_max bytes. */
bool kite_line_is_words(struct kite_line line, size_t bytes_max);

/* "prefix", the bytes in base64 and an end of line. */
enum kite_status kite_lines_add_base64(struct kite_buffer *out, const char *prefix, const uint8_t *bytes, size_t count);

#endif
