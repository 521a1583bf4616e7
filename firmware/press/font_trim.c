/* A font made anew of the few tables that a reader sets text by. What comes out is judged by kite_font_check, so this only keeps within the
 * bytes that it is given. */
#include "press/fonts.h"

#include <hb.h>
#include <string.h>

enum part { PART_GDEF, PART_GPOS, PART_GSUB, PART_OS2, PART_CMAP, PART_GLYF, PART_HEAD, PART_HHEA, PART_HMTX, PART_LOCA, PART_MAXP, PART_COUNT };

/* In the order of their names, as the directory has them. */
static const uint32_t tags[PART_COUNT] = { HB_TAG('G', 'D', 'E', 'F'), HB_TAG('G', 'P', 'O', 'S'), HB_TAG('G', 'S', 'U', 'B'), HB_TAG('O', 'S', '/', '2'),
                                           HB_TAG('c', 'm', 'a', 'p'), HB_TAG('g', 'l', 'y', 'f'), HB_TAG('h', 'e', 'a', 'd'), HB_TAG('h', 'h', 'e', 'a'),
                                           HB_TAG('h', 'm', 't', 'x'), HB_TAG('l', 'o', 'c', 'a'), HB_TAG('m', 'a', 'x', 'p') };

struct table {
    const uint8_t *bytes;
    unsigned count;
};

static uint32_t get_u16(const uint8_t *at)
{
    return (uint32_t)at[0] << 8 | at[1];
}

static uint32_t get_u32(const uint8_t *at)
{
    return get_u16(at) << 16 | get_u16(at + 2);
}

static void put_u16(uint8_t *at, uint32_t value)
{
    at[0] = (uint8_t)(value >> 8);
    at[1] = (uint8_t)value;
}

static void put_u32(uint8_t *at, uint32_t value)
{
    put_u16(at, value >> 16);
    put_u16(at + 2, value & 0xffff);
}

static enum kite_status add_u32(struct kite_buffer *out, uint32_t value)
{
    uint8_t bytes[4];

    put_u32(bytes, value);
    return kite_buffer_add(out, bytes, 4);
}

/* ---- outlines ------------------------------------------------------------------------------------------------------- */

/* A simple glyph without its instructions. */
static enum kite_status add_simple(const uint8_t *glyph, size_t bytes, struct kite_buffer *out)
{
    static const uint8_t none[2];
    size_t head = 10 + 2 * get_u16(glyph), programs;
    enum kite_status status;

    if (bytes < head + 2 || bytes - head - 2 < get_u16(glyph + head))
        return KITE_E_FORMAT;
    programs = get_u16(glyph + head);
    status = kite_buffer_add(out, glyph, head);
    status = status ? status : kite_buffer_add(out, none, 2);
    return status ? status : kite_buffer_add(out, glyph + head + 2 + programs, bytes - head - 2 - programs);
}

/* A composite's parts, without what stands behind them. */
static enum kite_status add_composite(const uint8_t *glyph, size_t bytes, struct kite_buffer *out)
{
    size_t at = 10, start = out->count;
    uint32_t flags = 0x20;
    enum kite_status status;

    while (flags & 0x20) {
        if (bytes - at < 4)
            return KITE_E_FORMAT;
        flags = get_u16(glyph + at);
        at += (flags & 1 ? 8u : 6u) + (flags & 8 ? 2u : flags & 0x40 ? 4u : flags & 0x80 ? 8u : 0u);
        if (at > bytes)
            return KITE_E_FORMAT;
    }
    status = kite_buffer_add(out, glyph, at);
    for (size_t part = 10; status == KITE_OK && part < at;) {
        uint8_t *copy = out->bytes + start + part;

        flags = get_u16(copy);
        put_u16(copy, flags & ~0x100u);
        part += (flags & 1 ? 8u : 6u) + (flags & 8 ? 2u : flags & 0x40 ? 4u : flags & 0x80 ? 8u : 0u);
    }
    return status;
}

static enum kite_status add_glyphs(const struct table in[PART_COUNT], struct kite_buffer *glyf, struct kite_buffer *loca)
{
    bool is_long = get_u16(in[PART_HEAD].bytes + 50) != 0;
    uint32_t count = get_u16(in[PART_MAXP].bytes + 4), each = is_long ? 4 : 2;
    enum kite_status status = KITE_OK;

    if (in[PART_LOCA].count / each < count + 1)
        return KITE_E_FORMAT;
    for (uint32_t i = 0; i < count && status == KITE_OK; i++) {
        const uint8_t *place = in[PART_LOCA].bytes + each * i;
        uint32_t from = is_long ? get_u32(place) : 2 * get_u16(place), to = is_long ? get_u32(place + 4) : 2 * get_u16(place + 2);
        const uint8_t *glyph = in[PART_GLYF].bytes + from;

        status = add_u32(loca, (uint32_t)glyf->count);
        if (to > in[PART_GLYF].count || from > to || (from < to && to - from < 12))
            return KITE_E_FORMAT;
        if (status == KITE_OK && from < to)
            status = get_u16(glyph) < 0x8000 ? add_simple(glyph, to - from, glyf) : add_composite(glyph, to - from, glyf);
        while (status == KITE_OK && glyf->count % 4 != 0)
            status = kite_buffer_add_u8(glyf, 0);
    }
    return status ? status : add_u32(loca, (uint32_t)glyf->count);
}

/* ---- characters ----------------------------------------------------------------------------------------------------- */

static enum kite_status add_characters(const struct kite_font_character *characters, size_t count, struct kite_buffer *out)
{
    static const uint8_t head[] = { 0, 0, 0, 1, 0, 3, 0, 10, 0, 0, 0, 12, 0, 12, 0, 0 };
    enum kite_status status = kite_buffer_add(out, head, sizeof head);
    uint32_t groups = 0;

    status = status ? status : add_u32(out, 0); /* its length, */
    status = status ? status : add_u32(out, 0); /* language, */
    status = status ? status : add_u32(out, 0); /* and number of groups */
    for (size_t i = 0, next; i < count && status == KITE_OK; i = next) {
        for (next = i + 1; next < count && characters[next].character - characters[i].character == next - i && characters[next].glyph - characters[i].glyph == next - i;)
            next++;
        status = add_u32(out, characters[i].character);
        status = status ? status : add_u32(out, characters[next - 1].character);
        status = status ? status : add_u32(out, characters[i].glyph);
        groups++;
    }
    if (status == KITE_OK) {
        put_u32(out->bytes + 16, 16 + 12 * groups);
        put_u32(out->bytes + 24, groups);
    }
    return status;
}

/* ---- the file ------------------------------------------------------------------------------------------------------- */

static enum kite_status add_tables(const struct table tables[PART_COUNT], struct kite_buffer *out)
{
    uint8_t head[12 + 16 * PART_COUNT] = { 0, 1 };
    uint32_t count = 0;
    enum kite_status status;

    for (int i = 0; i < PART_COUNT; i++)
        count += tables[i].count > 0;
    put_u16(head + 4, count);
    status = kite_buffer_add(out, head, 12 + 16 * count);
    count = 0;
    for (int i = 0; i < PART_COUNT && status == KITE_OK; i++) {
        if (tables[i].count == 0)
            continue;
        put_u32(out->bytes + 12 + 16 * count, tags[i]);
        put_u32(out->bytes + 12 + 16 * count + 8, (uint32_t)out->count);
        put_u32(out->bytes + 12 + 16 * count + 12, tables[i].count);
        count++;
        status = kite_buffer_add(out, tables[i].bytes, tables[i].count);
        while (status == KITE_OK && out->count % 4 != 0)
            status = kite_buffer_add_u8(out, 0);
    }
    return status;
}

static struct table table_of_buffer(const struct kite_buffer *buffer)
{
    return (struct table){ buffer->bytes, (unsigned)buffer->count };
}

struct made {
    struct kite_buffer glyf, loca, cmap, head, maxp;
};

/* The bounds of glyphs that were PostScript's: none are known, and none are asked for. */
static enum kite_status make_maxp(const struct table *in, struct kite_buffer *out)
{
    static const uint8_t none[26];
    enum kite_status status = add_u32(out, 0x00010000);

    status = status ? status : kite_buffer_add(out, in->bytes + 4, 2);
    return status ? status : kite_buffer_add(out, none, sizeof none);
}

static enum kite_status make_outlines(const uint8_t *bytes, size_t count, struct table in[PART_COUNT], struct made *made)
{
    enum kite_status status;

    if (in[PART_GLYF].count > 0)
        return in[PART_MAXP].count < 32 ? KITE_E_FORMAT : add_glyphs(in, &made->glyf, &made->loca);
    status = in[PART_MAXP].count < 6 ? KITE_E_FORMAT : make_maxp(&in[PART_MAXP], &made->maxp);
    in[PART_MAXP] = table_of_buffer(&made->maxp);
    return status ? status : kite_font_outlines(bytes, count, &made->glyf, &made->loca);
}

static enum kite_status make(const uint8_t *bytes, size_t file_bytes, struct table in[PART_COUNT], const struct kite_font_character *characters, size_t count, struct made *made,
                             struct kite_buffer *out)
{
    enum kite_status status;

    if (in[PART_HEAD].count < 54)
        return KITE_E_FORMAT;
    status = make_outlines(bytes, file_bytes, in, made);
    status = status ? status : add_characters(characters, count, &made->cmap);
    status = status ? status : kite_buffer_add(&made->head, in[PART_HEAD].bytes, 54);
    if (status)
        return status;
    put_u16(made->head.bytes + 50, 1);
    in[PART_GLYF] = table_of_buffer(&made->glyf);
    in[PART_LOCA] = table_of_buffer(&made->loca);
    in[PART_CMAP] = table_of_buffer(&made->cmap);
    in[PART_HEAD] = table_of_buffer(&made->head);
    status = add_tables(in, out);
    return status ? status : kite_font_check(out->bytes, out->count);
}

enum kite_status kite_font_trim(const uint8_t *bytes, size_t count, const struct kite_font_character *characters, size_t character_count,
                                struct kite_buffer *out)
{
    hb_blob_t *blob = hb_blob_create_or_fail((const char *)bytes, (unsigned)count, HB_MEMORY_MODE_READONLY, NULL, NULL), *held[PART_COUNT];
    hb_face_t *face = blob ? hb_face_create(blob, 0) : NULL;
    struct table in[PART_COUNT] = { { NULL, 0 } };
    struct made made = { { .mem = out->mem }, { .mem = out->mem }, { .mem = out->mem }, { .mem = out->mem }, { .mem = out->mem } };
    enum kite_status status = face ? KITE_OK : KITE_E_NOMEM;

    for (int i = 0; i < PART_COUNT; i++) {
        held[i] = face ? hb_face_reference_table(face, tags[i]) : NULL;
        if (face)
            in[i].bytes = (const uint8_t *)hb_blob_get_data(held[i], &in[i].count);
    }
    status = status ? status : make(bytes, count, in, characters, character_count, &made, out);
    for (int i = 0; i < PART_COUNT; i++)
        hb_blob_destroy(held[i]);
    hb_face_destroy(face);
    hb_blob_destroy(blob);
    kite_buffer_close(&made.glyf);
    kite_buffer_close(&made.loca);
    kite_buffer_close(&made.cmap);
    kite_buffer_close(&made.head);
    kite_buffer_close(&made.maxp);
    return status;
}
