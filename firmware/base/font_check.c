/* Is a font safe to hand to those who read it? Every table that FreeType draws by is walked here, as it is walked there. */
#include "base/base.h"

#include <string.h>

#define TABLES_MAX 16u
#define CONTOURS_MAX 512
#define POINTS_MAX 8192u
#define PARTS_MAX 64u /* of a composite glyph, those of its parts counted */
#define DEPTH_MAX 4u
#define GROUPS_MAX 4096u
#define LAYOUT_BYTES_MAX (512u << 10) /* of one layout table */

#define TAG(a, b, c, d) ((uint32_t)(a) << 24 | (uint32_t)(b) << 16 | (uint32_t)(c) << 8 | (uint32_t)(d))

enum table_name { CMAP, GLYF, HEAD, HHEA, HMTX, LOCA, MAXP, GDEF, GPOS, GSUB, OS2, POST, TABLE_COUNT };

static const struct table_rule {
    uint32_t tag;
    uint32_t least;
    bool is_needed;
} rules[TABLE_COUNT] = {
    [CMAP] = { TAG('c', 'm', 'a', 'p'), 4, true },  [GLYF] = { TAG('g', 'l', 'y', 'f'), 0, true },  [HEAD] = { TAG('h', 'e', 'a', 'd'), 54, true },
    [HHEA] = { TAG('h', 'h', 'e', 'a'), 36, true }, [HMTX] = { TAG('h', 'm', 't', 'x'), 4, true },  [LOCA] = { TAG('l', 'o', 'c', 'a'), 4, true },
    [MAXP] = { TAG('m', 'a', 'x', 'p'), 32, true }, [GDEF] = { TAG('G', 'D', 'E', 'F'), 12, false }, [GPOS] = { TAG('G', 'P', 'O', 'S'), 10, false },
    [GSUB] = { TAG('G', 'S', 'U', 'B'), 10, false }, [OS2] = { TAG('O', 'S', '/', '2'), 78, false }, [POST] = { TAG('p', 'o', 's', 't'), 32, false },
};

struct font {
    const uint8_t *bytes;
    size_t count;
    struct {
        const uint8_t *at;
        uint32_t bytes; /* 0: there is none, or it is empty */
    } tables[TABLE_COUNT];
    uint32_t glyph_count;
    bool is_loca_long;
};

static uint32_t get_u16(const uint8_t *at)
{
    return (uint32_t)at[0] << 8 | at[1];
}

static uint32_t get_u32(const uint8_t *at)
{
    return get_u16(at) << 16 | get_u16(at + 2);
}

/* ---- the directory -------------------------------------------------------------------------------------------------- */

static int name_of(uint32_t tag)
{
    int name = 0;

    while (name < TABLE_COUNT && rules[name].tag != tag)
        name++;
    return name;
}

static bool take_tables(struct font *f)
{
    uint32_t count = f->count < 12 ? 0 : get_u16(f->bytes + 4), start = 12 + 16 * count, last = 0;
    bool has[TABLE_COUNT] = { false };

    if (count == 0 || count > TABLES_MAX || start > f->count || get_u32(f->bytes) != 0x00010000)
        return false;
    for (uint32_t i = 0; i < count; i++) {
        const uint8_t *entry = f->bytes + 12 + 16 * i;
        uint32_t tag = get_u32(entry), offset = get_u32(entry + 8), bytes = get_u32(entry + 12);
        int name = name_of(tag);

        if (name == TABLE_COUNT || tag <= last || offset < start || offset % 4 != 0 || offset > f->count || bytes > f->count - offset || bytes < rules[name].least)
            return false;
        for (uint32_t k = 0; k < i; k++) { /* none lies over another */
            uint32_t other = get_u32(entry - 16 * (i - k) + 8), others = get_u32(entry - 16 * (i - k) + 12);

            if (offset < other + others && other < offset + bytes)
                return false;
        }
        f->tables[name].at = f->bytes + offset;
        f->tables[name].bytes = bytes;
        has[name] = true;
        last = tag;
    }
    for (int name = 0; name < TABLE_COUNT; name++) {
        if (rules[name].is_needed && !has[name])
            return false;
    }
    return true;
}

/* ---- numbers -------------------------------------------------------------------------------------------------------- */

static bool check_numbers(struct font *f)
{
    const uint8_t *head = f->tables[HEAD].at, *maxp = f->tables[MAXP].at, *hhea = f->tables[HHEA].at;
    uint32_t em = get_u16(head + 18), format = get_u16(head + 50), widths = get_u16(hhea + 34);

    f->glyph_count = get_u16(maxp + 4);
    f->is_loca_long = format == 1;
    if (get_u32(head + 12) != 0x5f0f3cf5 || em < 16 || em > 16384 || format > 1 || get_u16(head + 52) != 0)
        return false;
    if (get_u32(maxp) != 0x00010000 || f->glyph_count == 0 || get_u32(hhea) != 0x00010000 || get_u16(hhea + 32) != 0)
        return false;
    if (widths == 0 || widths > f->glyph_count || f->tables[HMTX].bytes < 4 * widths + 2 * (f->glyph_count - widths))
        return false;
    if (f->tables[POST].bytes > 0 && get_u32(f->tables[POST].at) != 0x00030000) /* no names of glyphs */
        return false;
    for (int name = GDEF; name <= GSUB; name++) {
        if (f->tables[name].bytes > LAYOUT_BYTES_MAX || (f->tables[name].bytes > 0 && get_u16(f->tables[name].at) != 1))
            return false;
    }
    return true;
}

/* ---- outlines ------------------------------------------------------------------------------------------------------- */

static uint32_t place_of(const struct font *f, uint32_t glyph)
{
    const uint8_t *loca = f->tables[LOCA].at;

    return f->is_loca_long ? get_u32(loca + 4 * glyph) : 2 * get_u16(loca + 2 * glyph);
}

static bool check_places(const struct font *f)
{
    uint32_t each = f->is_loca_long ? 4 : 2, last = 0;

    if (f->tables[LOCA].bytes < each * (f->glyph_count + 1))
        return false;
    for (uint32_t i = 0; i <= f->glyph_count; i++) {
        uint32_t at = place_of(f, i);

        if (at < last || at > f->tables[GLYF].bytes)
            return false;
        last = at;
    }
    return true;
}

static struct kite_bytes glyph_at(const struct font *f, uint32_t glyph)
{
    const uint8_t *glyf = f->tables[GLYF].at;

    return (struct kite_bytes){ glyf + place_of(f, glyph), glyf + place_of(f, glyph + 1), false };
}

static uint32_t take_u16(struct kite_bytes *in)
{
    const uint8_t *at = kite_take_bytes(in, 2);

    return at ? get_u16(at) : 0;
}

static int32_t take_s16(struct kite_bytes *in)
{
    uint32_t value = take_u16(in);

    return value > INT16_MAX ? (int32_t)value - 0x10000 : (int32_t)value;
}

/* Behind the head of a glyph that is no composite. *points gets how many it has. */
static bool check_simple(struct kite_bytes *in, int32_t contours, uint32_t *points)
{
    uint32_t coordinates = 0;

    *points = 0;
    for (int32_t i = 0; i < contours; i++) {
        uint32_t end = take_u16(in);

        if (end + 1 <= *points || end >= POINTS_MAX)
            return false;
        *points = end + 1;
    }
    if (take_u16(in) != 0) /* instructions: they are never run, and a font is taken without them */
        return false;
    for (uint32_t i = 0; i < *points && !in->failed;) {
        uint32_t flag = kite_take_u8(in), times = 1 + (flag & 8 ? kite_take_u8(in) : 0u);

        if (times > *points - i)
            return false;
        coordinates += times * ((flag & 2 ? 1u : flag & 16 ? 0u : 2u) + (flag & 4 ? 1u : flag & 32 ? 0u : 2u));
        i += times;
    }
    kite_take_bytes(in, coordinates);
    return !in->failed;
}

/* A glyph and what it is made of: *points and *parts grow by all of it. */
static bool check_glyph(const struct font *f, uint32_t glyph, unsigned depth, uint32_t *points, uint32_t *parts)
{
    struct kite_bytes in = glyph_at(f, glyph);
    uint32_t flags = 0x20, own = 0;
    int32_t contours;

    if (in.at == in.end)
        return true;
    contours = take_s16(&in);
    kite_take_bytes(&in, 8);
    if (contours >= 0) {
        if (contours > CONTOURS_MAX || !check_simple(&in, contours, &own))
            return false;
        *points += own;
        return *points <= POINTS_MAX;
    }
    if (contours != -1 || depth == DEPTH_MAX)
        return false;
    while (flags & 0x20) { /* more parts follow */
        uint32_t part;

        flags = take_u16(&in);
        part = take_u16(&in);
        kite_take_bytes(&in, (flags & 1 ? 4u : 2u) + (flags & 8 ? 2u : flags & 0x40 ? 4u : flags & 0x80 ? 8u : 0u));
        if (in.failed || part >= f->glyph_count || ++*parts > PARTS_MAX || (flags & 0x100) != 0 || !(flags & 2)) /* no instructions; parts stand by offsets */
            return false;
        if (!check_glyph(f, part, depth + 1, points, parts))
            return false;
    }
    return true;
}

static bool check_outlines(const struct font *f)
{
    for (uint32_t i = 0; i < f->glyph_count; i++) {
        uint32_t points = 0, parts = 0;

        if (!check_glyph(f, i, 0, &points, &parts))
            return false;
    }
    return true;
}

/* ---- characters ----------------------------------------------------------------------------------------------------- */

/* One subtable of the plainest kind: groups of characters and glyphs in a row. */
static bool check_characters(const struct font *f)
{
    const uint8_t *cmap = f->tables[CMAP].at;
    uint32_t bytes = f->tables[CMAP].bytes, at, groups, next = 0;

    if (bytes < 12 + 16 || get_u16(cmap) != 0 || get_u16(cmap + 2) != 1 || get_u32(cmap + 4) != 0x0003000a)
        return false;
    at = get_u32(cmap + 8);
    if (at < 12 || at > bytes - 16 || get_u32(cmap + at) != 0x000c0000)
        return false;
    groups = get_u32(cmap + at + 12);
    if (groups > GROUPS_MAX || get_u32(cmap + at + 4) != 16 + 12 * groups || bytes - at < 16 + 12 * groups)
        return false;
    for (uint32_t i = 0; i < groups; i++) {
        const uint8_t *group = cmap + at + 16 + 12 * i;
        uint32_t first = get_u32(group), last = get_u32(group + 4), glyph = get_u32(group + 8);

        if (first < next || last < first || last > 0x10ffff || glyph >= f->glyph_count || last - first >= f->glyph_count - glyph)
            return false;
        next = last + 1;
    }
    return true;
}

enum kite_status kite_font_check(const uint8_t *bytes, size_t count)
{
    struct font f = { .bytes = bytes, .count = count };

    if (count > KITE_FONT_BYTES_MAX)
        return KITE_E_LIMIT;
    return take_tables(&f) && check_numbers(&f) && check_places(&f) && check_outlines(&f) && check_characters(&f) ? KITE_OK : KITE_E_FORMAT;
}
