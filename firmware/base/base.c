/* Status, fault, numbers, rectangles. */
#include "base/base.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum kite_status kite_fail(struct kite_fault *fault, enum kite_status status, const char *format, ...)
{
    if (!fault)
        return status;

    va_list args;

    va_start(args, format);
    int length = vsnprintf(fault->text, sizeof fault->text, format, args);

    va_end(args);
    if (length < 0)
        fault->text[0] = '\0';

    size_t at = 0;

    while (fault->text[at]) {
        size_t count = strlen(fault->text + at), bytes;
        uint32_t code_point = kite_utf8_decode(fault->text + at, count, &bytes);

        if (code_point == 0xfffd && at + bytes == strlen(fault->text) && (size_t)length >= sizeof fault->text) {
            fault->text[at] = '\0'; /* cut inside a character */
            break;
        }
        if (code_point < 0x20 || code_point == 0x7f || (code_point >= 0x80 && code_point < 0xa0) ||
            code_point == 0xfffd)
            memset(fault->text + at, '?', bytes);
        at += bytes;
    }
    return status;
}

const char *kite_status_text(enum kite_status status)
{
    switch (status) {
    case KITE_OK:
        return "ok";
    case KITE_DONE:
        return "done";
    case KITE_E_NOMEM:
        return "out of memory";
    case KITE_E_IO:
        return "reading or writing failed";
    case KITE_E_FORMAT:
        return "not in the right format";
    case KITE_E_DAMAGED:
        return "damaged";
    case KITE_E_LIMIT:
        return "beyond a limit";
    case KITE_E_UNSUPPORTED:
        return "not supported by this version";
    case KITE_E_RANGE:
        return "no such place";
    }
    return "unknown status";
}

int32_t kite_mul_div(int32_t a, int32_t b, int32_t c)
{
    int64_t product = (int64_t)a * b;
    int64_t half = c / 2;

    return (int32_t)(product >= 0 ? (product + half) / c : -((-product + half) / c));
}

bool kite_rect_is_empty(struct kite_rect rect)
{
    return rect.width <= 0 || rect.height <= 0;
}

static int32_t smaller(int32_t a, int32_t b)
{
    return a < b ? a : b;
}

static int32_t larger(int32_t a, int32_t b)
{
    return a > b ? a : b;
}

struct kite_rect kite_rect_union(struct kite_rect a, struct kite_rect b)
{
    if (kite_rect_is_empty(a))
        return b;
    if (kite_rect_is_empty(b))
        return a;

    int32_t left = smaller(a.x, b.x), top = smaller(a.y, b.y);
    int32_t right = larger(a.x + a.width, b.x + b.width), bottom = larger(a.y + a.height, b.y + b.height);

    return (struct kite_rect){ left, top, right - left, bottom - top };
}

struct kite_rect kite_rect_intersect(struct kite_rect a, struct kite_rect b)
{
    int32_t left = larger(a.x, b.x), top = larger(a.y, b.y);
    int32_t right = smaller(a.x + a.width, b.x + b.width), bottom = smaller(a.y + a.height, b.y + b.height);

    if (right <= left || bottom <= top)
        return (struct kite_rect){ left, top, 0, 0 };
    return (struct kite_rect){ left, top, right - left, bottom - top };
}
