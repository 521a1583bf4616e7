/* Folding: by what titles are sorted, and words compared blind to case and accents.
 * Unicode's compatibility decomposition and case folding come from utf8proc; which marks count as accents, and the
 * letters that have no decomposition but are looked for by their plain form, are decided here. Vowel signs of Indic and
 * other scripts are no accents. */
#include "library/store.h"

#include <string.h>
#include <utf8proc.h>

struct plain_form {
    utf8proc_int32_t letter;
    char plain[3];
};

static const struct plain_form plain_forms[] = {
    { 0xe6, "ae" }, { 0xf0, "d" },  { 0xf8, "o" },  { 0xfe, "th" }, { 0x111, "d" }, { 0x127, "h" }, { 0x131, "i" },
    { 0x138, "k" }, { 0x142, "l" }, { 0x14b, "n" }, { 0x153, "oe" }, { 0x167, "t" }, { 0x253, "b" }, { 0x257, "d" },
    { 0x268, "i" }, { 0x289, "u" },
};

static bool is_accent(utf8proc_int32_t c)
{
    return (c >= 0x300 && c <= 0x36f) || (c >= 0x591 && c <= 0x5c7) || (c >= 0x64b && c <= 0x65f) || c == 0x670 ||
           c == 0x640 || (c >= 0x1ab0 && c <= 0x1aff) || (c >= 0x1dc0 && c <= 0x1dff);
}

/* Apostrophes join: "l'état" is looked for as "letat". */
static bool is_apostrophe(uint32_t c)
{
    return c == '\'' || c == 0x2019;
}

static bool is_gap(uint32_t c)
{
    utf8proc_category_t category = utf8proc_category((utf8proc_int32_t)c);

    return category >= UTF8PROC_CATEGORY_PC && c != '+' && c != '$' && c != '%';
}

/* One part of a decomposition, behind the used ones of out. */
static size_t add_part(utf8proc_int32_t c, uint32_t *out, size_t used)
{
    if (is_accent(c) || utf8proc_category(c) == UTF8PROC_CATEGORY_CF)
        return used;
    for (size_t i = 0; i < sizeof plain_forms / sizeof *plain_forms; i++) {
        if (plain_forms[i].letter != c)
            continue;
        for (const char *at = plain_forms[i].plain; *at; at++)
            out[used++] = (unsigned char)*at;
        return used;
    }
    out[used++] = (uint32_t)c;
    return used;
}

size_t kite_fold_character(uint32_t c, uint32_t out[KITE_FOLDED_MAX])
{
    utf8proc_int32_t parts[KITE_FOLDED_MAX / 2]; /* the longest decomposition has 18, and each gives two at most */
    int boundary = 0;
    utf8proc_ssize_t count = utf8proc_decompose_char((utf8proc_int32_t)c, parts, KITE_FOLDED_MAX / 2,
                                                     UTF8PROC_COMPAT | UTF8PROC_DECOMPOSE | UTF8PROC_CASEFOLD, &boundary);
    size_t used = 0;

    for (utf8proc_ssize_t i = 0; i < count && i < KITE_FOLDED_MAX / 2; i++)
        used = add_part(parts[i], out, used);
    return used;
}

/* A growing result that stops at whole characters. */
struct folded {
    char *out;
    size_t room, used;
    bool gap_waits, is_full;
};

static void put(struct folded *f, const char *bytes, size_t count)
{
    size_t gap = f->gap_waits && f->used > 0;

    if (f->is_full || count + gap >= f->room - f->used) {
        f->is_full = true;
        return;
    }
    if (gap)
        f->out[f->used++] = ' ';
    f->gap_waits = false;
    memcpy(f->out + f->used, bytes, count);
    f->used += count;
}

static void put_character(struct folded *f, uint32_t c)
{
    char bytes[4];

    if (is_gap(c) && !is_apostrophe(c))
        f->gap_waits = true;
    else if (!is_apostrophe(c))
        put(f, bytes, kite_utf8_encode(c, bytes));
}

char *kite_fold(const char *text, char *out, size_t room)
{
    struct folded f = { .out = out, .room = room };
    uint32_t parts[KITE_FOLDED_MAX];
    size_t left = strlen(text), bytes;

    for (; left > 0 && !f.is_full; text += bytes, left -= bytes) {
        size_t count = kite_fold_character(kite_utf8_decode(text, left, &bytes), parts);

        for (size_t i = 0; i < count; i++)
            put_character(&f, parts[i]);
    }
    out[f.used] = '\0';
    return out;
}
