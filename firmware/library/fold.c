/* Folding: by what titles are sorted, and words compared blind to case and accents.
 * Unicode's compatibility decomposition and case folding come from a table; which marks count as accents, and the
 * letters that have no decomposition but are looked for by their plain form, are decided here. Vowel signs of Indic and
 * other scripts are no accents. */
#include "library/fold_table.h"
#include "library/store.h"

#include <string.h>

/* Of Hangul syllables, whose parts are worked out: Unicode 3.12. */
#define HANGUL_FIRST 0xAC00u
#define HANGUL_COUNT 11172u
#define HANGUL_L 0x1100u
#define HANGUL_V 0x1161u
#define HANGUL_T 0x11A7u
#define HANGUL_V_COUNT 21u
#define HANGUL_T_COUNT 28u

struct plain_form {
    uint32_t letter;
    char plain[3];
};

static const struct plain_form plain_forms[] = {
    { 0xe6, "ae" }, { 0xf0, "d" },  { 0xf8, "o" },  { 0xfe, "th" }, { 0x111, "d" }, { 0x127, "h" }, { 0x131, "i" },
    { 0x138, "k" }, { 0x142, "l" }, { 0x14b, "n" }, { 0x153, "oe" }, { 0x167, "t" }, { 0x253, "b" }, { 0x257, "d" },
    { 0x268, "i" }, { 0x289, "u" },
};

static bool is_accent(uint32_t c)
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
    enum kite_fold_kind kind = kite_fold_kind(c);

    return (kind == KITE_FOLD_GAP || kind == KITE_FOLD_FORMAT) && c != '+' && c != '$' && c != '%';
}

/* One part of a decomposition, behind the used ones of out. */
static size_t add_part(uint32_t c, uint32_t *out, size_t used)
{
    if (is_accent(c) || kite_fold_kind(c) == KITE_FOLD_FORMAT)
        return used;
    for (size_t i = 0; i < sizeof plain_forms / sizeof *plain_forms; i++) {
        if (plain_forms[i].letter != c)
            continue;
        for (const char *at = plain_forms[i].plain; *at; at++)
            out[used++] = (unsigned char)*at;
        return used;
    }
    out[used++] = c;
    return used;
}

static size_t hangul_parts(uint32_t syllable, uint32_t *out)
{
    uint32_t t = syllable % HANGUL_T_COUNT;

    out[0] = HANGUL_L + syllable / (HANGUL_V_COUNT * HANGUL_T_COUNT);
    out[1] = HANGUL_V + syllable / HANGUL_T_COUNT % HANGUL_V_COUNT;
    out[2] = HANGUL_T + t;
    return t > 0 ? 3 : 2;
}

/* The units of a character's folded form in the pool, behind their count; NULL: it is itself. */
static const uint16_t *find_units(uint32_t c)
{
    uint32_t block = c / FOLD_BLOCK_CHARACTERS;
    size_t low, high;

    if (block >= FOLD_BLOCKS)
        return NULL;
    low = fold_starts[block];
    high = fold_starts[block + 1];
    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (fold_rows[middle].character == (c & 0xFFFF))
            return fold_pool + fold_rows[middle].place;
        if (fold_rows[middle].character < (c & 0xFFFF))
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

/* The longest has PARTS_MAX. */
static size_t parts_of(uint32_t c, uint32_t *out)
{
    const uint16_t *units;
    size_t count = 0;

    if (c - HANGUL_FIRST < HANGUL_COUNT)
        return hangul_parts(c - HANGUL_FIRST, out);
    units = find_units(c);
    if (!units) {
        out[0] = c;
        return 1;
    }
    for (size_t left = *units++; left > 0; left--, units++) {
        if ((*units & 0xFC00) == 0xDC00) /* the other half of the one before */
            out[count - 1] = 0x10000 + ((out[count - 1] & 0x3FF) << 10) + (*units & 0x3FFu);
        else
            out[count++] = *units;
    }
    return count;
}

#define PARTS_MAX (KITE_FOLDED_MAX / 2) /* each gives two at most */

size_t kite_fold_character(uint32_t c, uint32_t out[KITE_FOLDED_MAX])
{
    uint32_t parts[PARTS_MAX];
    size_t count = parts_of(c, parts), used = 0;

    for (size_t i = 0; i < count; i++)
        used = add_part(parts[i], out, used);
    return used;
}

enum kite_fold_kind kite_fold_kind(uint32_t c)
{
    size_t low = 0, high = fold_run_count;

    while (high - low > 1) { /* the last run that begins at the character or before it */
        size_t middle = low + (high - low) / 2;

        if (fold_runs[middle] >> FOLD_KIND_BITS <= c)
            low = middle;
        else
            high = middle;
    }
    return (enum kite_fold_kind)(fold_runs[low] & ((1u << FOLD_KIND_BITS) - 1));
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
