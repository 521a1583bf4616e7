/* The inverse of the Unicode bidirectional algorithm (UAX #9), as far as one level of numbers and
 * foreign words needs it. */
#include "press/pdf_bidi.h"

#include <utf8proc.h>

static int class_of(uint32_t c)
{
    return (int)utf8proc_get_property((utf8proc_int32_t)c)->bidi_class;
}

static bool is_rtl(int class)
{
    return class == UTF8PROC_BIDI_CLASS_R || class == UTF8PROC_BIDI_CLASS_AL;
}

static bool is_number(int class)
{
    return class == UTF8PROC_BIDI_CLASS_EN || class == UTF8PROC_BIDI_CLASS_AN;
}

static bool joins_numbers(int class)
{
    return class == UTF8PROC_BIDI_CLASS_CS || class == UTF8PROC_BIDI_CLASS_ES ||
           class == UTF8PROC_BIDI_CLASS_ET;
}

/* Brackets face the other way in text that runs the other way. */
static uint32_t mirrored(uint32_t c)
{
    static const uint32_t pairs[][2] = { { '(', ')' }, { '[', ']' },   { '{', '}' },
                                         { '<', '>' }, { 0xab, 0xbb }, { 0x2039, 0x203a } };

    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        if (c == pairs[i][0])
            return pairs[i][1];
        if (c == pairs[i][1])
            return pairs[i][0];
    }
    return c;
}

static void reverse(struct kite_pdf_glyph *glyphs, size_t from, size_t to)
{
    while (from + 1 < to) {
        struct kite_pdf_glyph glyph = glyphs[from];

        glyphs[from++] = glyphs[--to];
        glyphs[to] = glyph;
    }
}

static void mirror(struct kite_pdf_glyph *glyphs, size_t from, size_t to)
{
    for (size_t i = from; i < to; i++)
        glyphs[i].c = mirrored(glyphs[i].c);
}

/* Where what runs from left to right ends, from a letter or digit on: words with what stands
 * between them, or one number. */
static size_t end_of_run(const struct kite_pdf_glyph *glyphs, size_t at, size_t count)
{
    size_t end = at;
    bool has_letter = false;

    for (size_t i = at; i < count; i++) {
        int class = class_of(glyphs[i].c);

        if (is_rtl(class))
            break;
        if (class == UTF8PROC_BIDI_CLASS_L ||
            (is_number(class) && (has_letter || i == end ||
                                  (i == end + 1 && joins_numbers(class_of(glyphs[end].c)))))) {
            has_letter = has_letter || class == UTF8PROC_BIDI_CLASS_L;
            end = i + 1;
        }
    }
    return end;
}

/* A line that is read from the right: all of it is turned around, and what runs to the right back
 * again. */
static void turn_line(struct kite_pdf_glyph *glyphs, size_t count)
{
    reverse(glyphs, 0, count);
    mirror(glyphs, 0, count);
    for (size_t i = 0; i < count;) {
        int class = class_of(glyphs[i].c);
        size_t end =
            class == UTF8PROC_BIDI_CLASS_L || is_number(class) ? end_of_run(glyphs, i, count) : i;

        reverse(glyphs, i, end);
        mirror(glyphs, i, end);
        i = end > i ? end : i + 1;
    }
}

/* Words within a line that runs to the right. */
static void turn_words(struct kite_pdf_glyph *glyphs, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        size_t end = i;

        for (size_t k = i; k < count && class_of(glyphs[k].c) != UTF8PROC_BIDI_CLASS_L; k++)
            end = is_rtl(class_of(glyphs[k].c)) ? k + 1 : end;
        if (end == i || !is_rtl(class_of(glyphs[i].c)))
            continue;
        turn_line(glyphs + i, end - i);
        i = end - 1;
    }
}

bool kite_pdf_unmirror(struct kite_pdf_glyph *glyphs, size_t count)
{
    size_t rtl = 0, ltr = 0, as_seen = 0, as_read = 0;

    for (size_t i = 0; i < count; i++) {
        int class = class_of(glyphs[i].c);

        rtl += is_rtl(class);
        ltr += class == UTF8PROC_BIDI_CLASS_L;
        if (i == 0 || !is_rtl(class) || !is_rtl(class_of(glyphs[i - 1].c)))
            continue;
        as_seen += glyphs[i].left > glyphs[i - 1].left;
        as_read += glyphs[i].left < glyphs[i - 1].left;
    }
    if (as_seen >= as_read && rtl > ltr)
        turn_line(glyphs, count);
    else if (as_seen >= as_read && rtl > 0)
        turn_words(glyphs, count);
    return rtl > ltr;
}

bool kite_pdf_is_right_to_left(uint32_t c)
{
    return is_rtl(class_of(c));
}

bool kite_pdf_is_shape(uint32_t c)
{
    return (c >= 0xfb1d && c <= 0xfdff) || (c >= 0xfe70 && c <= 0xfefc);
}

size_t kite_pdf_letter(uint32_t c, char out[KITE_PDF_LETTER_BYTES_MAX])
{
    enum { MOST = KITE_PDF_LETTER_BYTES_MAX / 4 };
    utf8proc_int32_t letters[MOST];
    utf8proc_ssize_t count = 0;
    int boundary = 0;
    size_t used = 0;

    if (kite_pdf_is_shape(c))
        count = utf8proc_decompose_char((utf8proc_int32_t)c, letters, MOST,
                                        UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT, &boundary);
    if (count > 0 && count <= MOST)
        count = utf8proc_normalize_utf32(letters, count, UTF8PROC_COMPOSE | UTF8PROC_STABLE);
    if (count <= 0 || count > MOST)
        return kite_utf8_encode(c, out);
    for (utf8proc_ssize_t i = 0; i < count; i++)
        used += kite_utf8_encode((uint32_t)letters[i], out + used);
    return used;
}
