/* The font set: which file is which face, loading on demand, metrics, and who stands in for a
 * missing character. */
#include "text/fallback.h"

#include <errno.h>
#include <ft2build.h>
#include <hb-ot.h>
#include <hb.h>
#include <string.h>
#include FT_FREETYPE_H
#include FT_MODULE_H

/* For which text a face is made. */
enum face_script {
    SCRIPT_EUROPEAN = 0,
    SCRIPT_ARABIC,
    SCRIPT_HEBREW,
    SCRIPT_DEVANAGARI,
    SCRIPT_SYMBOLS
};

struct face_row {
    const char *name;
    uint8_t family, script, style;
    uint16_t line_em1000, line_vietnamese_em1000;
    uint16_t scale_em1000; /* of a fallback face beside the serif; 0: by the x-heights */
    bool is_joined;
};

/* A face's number is its row here. */
static const struct face_row rows[] = {
    {"KiteSerif-Regular.ttf", KITE_FAMILY_SERIF, SCRIPT_EUROPEAN, 0, 1200, 1300, 0, false},
    {"KiteSerif-Bold.ttf", KITE_FAMILY_SERIF, SCRIPT_EUROPEAN, KITE_FACE_BOLD, 1200, 1300, 0,
     false},
    {"KiteSerif-Italic.ttf", KITE_FAMILY_SERIF, SCRIPT_EUROPEAN, KITE_FACE_ITALIC, 1200, 1300, 0,
     false},
    {"KiteSerif-BoldItalic.ttf", KITE_FAMILY_SERIF, SCRIPT_EUROPEAN,
     KITE_FACE_BOLD | KITE_FACE_ITALIC, 1200, 1300, 0, false},
    {"KiteSans-Regular.ttf", KITE_FAMILY_SANS, SCRIPT_EUROPEAN, 0, 1200, 1300, 0, false},
    {"KiteSans-Bold.ttf", KITE_FAMILY_SANS, SCRIPT_EUROPEAN, KITE_FACE_BOLD, 1200, 1300, 0, false},
    {"KiteSans-Italic.ttf", KITE_FAMILY_SANS, SCRIPT_EUROPEAN, KITE_FACE_ITALIC, 1200, 1300, 0,
     false},
    {"KiteSans-BoldItalic.ttf", KITE_FAMILY_SANS, SCRIPT_EUROPEAN,
     KITE_FACE_BOLD | KITE_FACE_ITALIC, 1200, 1300, 0, false},
    {"KiteLiteracy-Regular.ttf", KITE_FAMILY_LITERACY, SCRIPT_EUROPEAN, 0, 1250, 1520, 0, false},
    {"KiteLiteracy-Bold.ttf", KITE_FAMILY_LITERACY, SCRIPT_EUROPEAN, KITE_FACE_BOLD, 1250, 1520, 0,
     false},
    {"KiteLiteracy-Italic.ttf", KITE_FAMILY_LITERACY, SCRIPT_EUROPEAN, KITE_FACE_ITALIC, 1250, 1520,
     0, false},
    {"KiteDyslexic-Regular.otf", KITE_FAMILY_DYSLEXIC, SCRIPT_EUROPEAN, 0, 1480, 1480, 0, false},
    {"KiteDyslexic-Bold.otf", KITE_FAMILY_DYSLEXIC, SCRIPT_EUROPEAN, KITE_FACE_BOLD, 1480, 1480, 0,
     false},
    {"KiteMono-Regular.ttf", KITE_FAMILY_MONO, SCRIPT_EUROPEAN, 0, 1250, 1480, 0, false},
    {"KiteArabic-Regular.ttf", KITE_FAMILY_COUNT, SCRIPT_ARABIC, 0, 1600, 1600, 1100, true},
    {"KiteArabic-Bold.ttf", KITE_FAMILY_COUNT, SCRIPT_ARABIC, KITE_FACE_BOLD, 1600, 1600, 1100,
     true},
    {"KiteHebrew-Regular.ttf", KITE_FAMILY_COUNT, SCRIPT_HEBREW, 0, 1300, 1300, 1050, false},
    {"KiteHebrew-Bold.ttf", KITE_FAMILY_COUNT, SCRIPT_HEBREW, KITE_FACE_BOLD, 1300, 1300, 1050,
     false},
    {"KiteDevanagari-Regular.ttf", KITE_FAMILY_COUNT, SCRIPT_DEVANAGARI, 0, 1500, 1500, 1000, true},
    {"KiteSymbols-Regular.ttf", KITE_FAMILY_COUNT, SCRIPT_SYMBOLS, 0, 1200, 1200, 980, false},
};
#define ROW_COUNT (sizeof rows / sizeof *rows)
_Static_assert(ROW_COUNT <= KITE_FACES_MAX, "more faces than their numbers allow");

#define SERIF_X_HEIGHT_EM1000 536

/* What a bundle brought: its letters join or stack for all that is known. */
static const struct face_row lent_row = {"the text's own font", KITE_FAMILY_COUNT, SCRIPT_EUROPEAN, 0, 1200, 1300, 1000, true};

struct face {
    const struct face_row *row;
    uint16_t number; /* of a lent one; 0: free */
    const uint8_t *bytes;
    size_t count;
    bool is_tried; /* loading was tried */
    hb_face_t *hb_face;
    hb_font_t *hb_font;
    FT_Face ft;
    struct kite_face_metrics metrics;
};

struct kite_fonts {
    struct kite_memory mem;
    struct kite_font_loader loader;
    struct FT_MemoryRec_ ft_memory;
    FT_Library ft;
    bool is_ft_short; /* an allocation of FreeType's failed */
    bool is_hb_short; /* one of HarfBuzz's, or of a face */
    struct face faces[ROW_COUNT + KITE_FONTS_LENT_MAX]; /* those lent behind the set's own */
    uint16_t lent_last;                                 /* the number given last: none comes back soon */
};

/* Where a face is kept, by its number; FACE_COUNT for none. */
#define FACE_COUNT (ROW_COUNT + KITE_FONTS_LENT_MAX)
static size_t index_of(const struct kite_fonts *fonts, uint16_t number)
{
    size_t index = ROW_COUNT;

    if (number < KITE_LENT_FACE_FIRST)
        return number < ROW_COUNT ? number : FACE_COUNT;
    while (index < FACE_COUNT && fonts->faces[index].number != number)
        index++;
    return index;
}

/* ---- FreeType on the caller's memory --------------------------------------------------------- */

static void *ft_realloc(FT_Memory memory, long old_size, long size, void *block)
{
    struct kite_fonts *fonts = memory->user;
    void *moved = size > 0 ? fonts->mem.resize(fonts->mem.ctx, block, (size_t)size) : NULL;

    (void)old_size;
    fonts->is_ft_short |= moved == NULL;
    return moved;
}

static void *ft_alloc(FT_Memory memory, long size)
{
    return ft_realloc(memory, 0, size, NULL);
}

static void ft_free(FT_Memory memory, void *block)
{
    struct kite_fonts *fonts = memory->user;

    kite_free(&fonts->mem, block);
}

/* ---- loading --------------------------------------------------------------------------------- */

static int16_t metric(hb_font_t *font, hb_ot_metrics_tag_t tag, int32_t otherwise)
{
    hb_position_t value;

    if (!hb_ot_metrics_get_position(font, tag, &value))
        value = otherwise;
    return (int16_t)(value > INT16_MAX ? INT16_MAX : value < INT16_MIN ? INT16_MIN : value);
}

/* Height of a letter as drawn: OpenDyslexic's own table says 1000 for both heights. */
static int16_t letter_height(hb_font_t *font, hb_codepoint_t letter, int16_t otherwise)
{
    hb_glyph_extents_t extents;
    hb_codepoint_t glyph;

    if (!hb_font_get_nominal_glyph(font, letter, &glyph) ||
        !hb_font_get_glyph_extents(font, glyph, &extents) || extents.y_bearing <= 0 ||
        extents.y_bearing > INT16_MAX)
        return otherwise;
    return (int16_t)extents.y_bearing;
}

/* A font that lies about its x-height must not make text vanish or burst. */
static uint16_t bounded_scale(int32_t scale_em1000)
{
    return (uint16_t)(scale_em1000 < 500 ? 500 : scale_em1000 > 2000 ? 2000 : scale_em1000);
}

static void read_metrics(struct face *face, const struct face_row *row)
{
    struct kite_face_metrics *m = &face->metrics;
    unsigned em = hb_face_get_upem(face->hb_face);
    int32_t unit = (int32_t)em;
    hb_font_extents_t extents = {0};
    hb_codepoint_t space;

    hb_font_get_h_extents(face->hb_font, &extents);
    m->units_per_em = (uint16_t)em;
    m->ascender = (int16_t)extents.ascender;
    m->descender = (int16_t)extents.descender;
    m->x_height = letter_height(face->hb_font, 'x', (int16_t)(unit / 2));
    m->cap_height = letter_height(face->hb_font, 'H', (int16_t)(unit * 7 / 10));
    m->underline_position = metric(face->hb_font, HB_OT_METRICS_TAG_UNDERLINE_OFFSET, -unit / 10);
    m->underline_thickness = metric(face->hb_font, HB_OT_METRICS_TAG_UNDERLINE_SIZE, unit / 20);
    m->strike_position = metric(face->hb_font, HB_OT_METRICS_TAG_STRIKEOUT_OFFSET, unit / 4);
    m->space_advance = (int16_t)(unit / 4);
    if (hb_font_get_nominal_glyph(face->hb_font, ' ', &space))
        m->space_advance = (int16_t)hb_font_get_glyph_h_advance(face->hb_font, space);
    m->scale_em1000 = row->scale_em1000;
    if (m->scale_em1000 == 0)
        m->scale_em1000 = bounded_scale(kite_mul_div(SERIF_X_HEIGHT_EM1000, unit, m->x_height));
    m->is_joined = row->is_joined;
}

void kite_harfbuzz_begin(void)
{
    errno = 0;
}

bool kite_harfbuzz_end(struct kite_fonts *fonts)
{
    fonts->is_hb_short |= errno == ENOMEM;
    return errno != ENOMEM;
}

/* Shape something, so that all that HarfBuzz keeps of a face is there: what it could not make when first asked for
 * stays away for good. */
static void warm(const struct face *face, enum face_script script)
{
    static const char *const texts[] = {"Hx", "\xD8\xB4\xD8\xA7", "\xD7\xA9", "\xE0\xA4\x95\xE0\xA4\xBF",
                                        "\xE2\x86\x92"};
    hb_buffer_t *buffer = hb_buffer_create();

    hb_buffer_add_utf8(buffer, texts[script], -1, 0, -1);
    hb_buffer_guess_segment_properties(buffer);
    hb_shape(face->hb_font, buffer, NULL, 0);
    hb_buffer_destroy(buffer);
}

static void drop_harfbuzz(struct face *face)
{
    hb_font_destroy(face->hb_font);
    hb_face_destroy(face->hb_face);
    face->hb_font = NULL;
    face->hb_face = NULL;
}

/* A plan for shaping that was made with less is kept by its face like any other: all of them go. */
bool kite_fonts_ran_short(struct kite_fonts *fonts)
{
    bool was_short = fonts->is_hb_short;

    for (size_t i = 0; i < FACE_COUNT && was_short; i++) {
        fonts->faces[i].is_tried &= fonts->faces[i].hb_font == NULL;
        drop_harfbuzz(&fonts->faces[i]);
    }
    fonts->is_hb_short = false;
    return was_short;
}

/* False when it is no font, or memory failed. */
static bool open_harfbuzz(struct face *face, const struct face_row *row)
{
    hb_blob_t *blob = hb_blob_create_or_fail((const char *)face->bytes, (unsigned)face->count,
                                             HB_MEMORY_MODE_READONLY, NULL, NULL);

    if (!blob)
        return false;
    face->hb_face = hb_face_create(blob, 0);
    hb_blob_destroy(blob);
    face->hb_font = hb_font_create(face->hb_face);
    if (hb_face_get_glyph_count(face->hb_face) == 0 || face->hb_font == hb_font_get_empty())
        return false;

    int em = (int)hb_face_get_upem(face->hb_face);

    hb_font_set_scale(face->hb_font, em, em);
    read_metrics(face, row);
    warm(face, row->script);
    return true;
}

/* Load a face; false when there is none. A face that is none is not tried again. */
static bool load(struct kite_fonts *fonts, size_t index)
{
    struct face *face = &fonts->faces[index];
    enum kite_status status = KITE_OK;

    if (face->hb_font)
        return true;
    if (face->is_tried)
        return false;
    if (!face->bytes)
        status = fonts->loader.load(fonts->loader.ctx, face->row->name, &face->bytes, &face->count);
    fonts->is_hb_short |= status == KITE_E_NOMEM;
    face->is_tried = status != KITE_E_NOMEM;
    if (status != KITE_OK || face->count > UINT32_MAX)
        return false;
    kite_harfbuzz_begin();

    bool is_open = open_harfbuzz(face, face->row);

    face->is_tried = kite_harfbuzz_end(fonts);
    if (!is_open || !face->is_tried)
        drop_harfbuzz(face);
    return face->hb_font != NULL;
}

enum kite_status kite_fonts_create(const struct kite_memory *mem,
                                   const struct kite_font_loader *loader, struct kite_fonts **out,
                                   struct kite_fault *fault)
{
    struct kite_fonts *fonts = kite_alloc(mem, 1, sizeof *fonts);

    *out = NULL;
    if (!fonts)
        return kite_fail(fault, KITE_E_NOMEM, "no memory for the fonts");
    fonts->mem = *mem;
    fonts->loader = *loader;
    fonts->ft_memory = (struct FT_MemoryRec_){fonts, ft_alloc, ft_free, ft_realloc};
    for (size_t i = 0; i < FACE_COUNT; i++)
        fonts->faces[i].row = i < ROW_COUNT ? &rows[i] : &lent_row;
    if (!load(fonts, 0)) {
        bool is_short = fonts->is_hb_short;

        kite_fonts_destroy(fonts);
        if (is_short)
            return kite_fail(fault, KITE_E_NOMEM, "no memory for the fonts");
        return kite_fail(fault, KITE_E_RANGE,
                         "the fonts are missing: there is no %s (`make fonts` builds them, --fonts "
                         "DIR names the folder)",
                         rows[0].name);
    }
    *out = fonts;
    return KITE_OK;
}

static void close_freetype(struct kite_fonts *fonts)
{
    for (size_t i = 0; i < FACE_COUNT; i++) {
        if (fonts->faces[i].ft)
            FT_Done_Face(fonts->faces[i].ft);
        fonts->faces[i].ft = NULL;
    }
    if (fonts->ft)
        FT_Done_Library(fonts->ft);
    fonts->ft = NULL;
    fonts->is_ft_short = false;
}

void kite_fonts_destroy(struct kite_fonts *fonts)
{
    if (!fonts)
        return;
    close_freetype(fonts);
    for (size_t i = 0; i < FACE_COUNT; i++)
        drop_harfbuzz(&fonts->faces[i]);
    kite_free(&fonts->mem, fonts);
}

/* ---- lent ------------------------------------------------------------------------------------ */

enum kite_status kite_fonts_lend(struct kite_fonts *fonts, const uint8_t *bytes, size_t count, uint16_t *face)
{
    size_t index = ROW_COUNT;
    enum kite_status status = kite_font_check(bytes, count);

    *face = KITE_FACE_NONE;
    while (index < FACE_COUNT && fonts->faces[index].number != 0)
        index++;
    if (status != KITE_OK || index == FACE_COUNT)
        return status ? status : KITE_E_LIMIT;

    struct face *lent = &fonts->faces[index];

    fonts->lent_last = fonts->lent_last < KITE_LENT_FACE_FIRST || fonts->lent_last >= KITE_FACE_LAST ? (uint16_t)KITE_LENT_FACE_FIRST
                                                                                                     : (uint16_t)(fonts->lent_last + 1);
    *lent = (struct face){.row = &lent_row, .number = fonts->lent_last, .bytes = bytes, .count = count};
    if (load(fonts, index)) {
        *face = lent->number;
        return KITE_OK;
    }
    status = lent->is_tried ? KITE_E_FORMAT : KITE_E_NOMEM;
    kite_fonts_take_back(fonts, lent->number);
    return status;
}

void kite_fonts_take_back(struct kite_fonts *fonts, uint16_t face)
{
    size_t index = index_of(fonts, face);

    if (index < ROW_COUNT || index == FACE_COUNT)
        return;
    if (fonts->faces[index].ft)
        FT_Done_Face(fonts->faces[index].ft);
    drop_harfbuzz(&fonts->faces[index]);
    fonts->faces[index] = (struct face){.row = &lent_row};
}

/* ---- choosing -------------------------------------------------------------------------------- */

/* The face of one script and family in the nearest style that is there. */
static uint16_t nearest(struct kite_fonts *fonts, unsigned script, unsigned family, unsigned style)
{
    /* Weight says more than slant, so slant goes first. */
    static const unsigned given_up[] = {0, KITE_FACE_ITALIC, KITE_FACE_BOLD,
                                        KITE_FACE_BOLD | KITE_FACE_ITALIC};

    for (size_t s = 0; s < 4; s++) {
        if (s != 0 && (style & given_up[s]) == 0)
            continue;
        for (size_t i = 0; i < ROW_COUNT; i++)
            if (rows[i].script == script && rows[i].family == family &&
                rows[i].style == (style & ~given_up[s]) && load(fonts, i))
                return (uint16_t)i;
    }
    return KITE_FACE_NONE;
}

uint16_t kite_fonts_face(struct kite_fonts *fonts, enum kite_family family, unsigned style)
{
    uint16_t face = nearest(fonts, SCRIPT_EUROPEAN, family, style % 4);

    return face != KITE_FACE_NONE ? face
                                  : nearest(fonts, SCRIPT_EUROPEAN, KITE_FAMILY_SERIF, style % 4);
}

bool kite_face_has_glyph(struct kite_fonts *fonts, uint16_t face, uint32_t code_point)
{
    hb_codepoint_t glyph;

    size_t index = index_of(fonts, face);

    return index < FACE_COUNT && load(fonts, index) &&
           hb_font_get_nominal_glyph(fonts->faces[index].hb_font, code_point, &glyph);
}

/* Never drawn, or drawn by the engine, or part of the character before: any face will do. */
static bool is_no_reason(uint32_t c)
{
    static const uint32_t ranges[][2] = {
        {0, 0x20},        {0x7f, 0xa0},       {0xad, 0xad},     {0x300, 0x36f},   {0x61c, 0x61c},
        {0x1ab0, 0x1aff}, {0x1dc0, 0x1dff},   {0x2000, 0x200f}, {0x2028, 0x202f}, {0x205f, 0x2069},
        {0x20d0, 0x20ff}, {0x3000, 0x3000},   {0xfe00, 0xfe0f}, {0xfe20, 0xfe2f}, {0xfeff, 0xfeff},
        {0xfffc, 0xfffc}, {0xe0000, 0xe0fff},
    };

    for (size_t i = 0; i < sizeof ranges / sizeof *ranges && ranges[i][0] <= c; i++)
        if (c <= ranges[i][1])
            return true;
    return false;
}

/* The script whose face is asked first. */
static enum face_script script_of(uint32_t c)
{
    static const struct {
        uint32_t first, last;
        enum face_script script;
    } blocks[] = {
        {0x0590, 0x05ff, SCRIPT_HEBREW},     {0x0600, 0x06ff, SCRIPT_ARABIC},
        {0x0750, 0x077f, SCRIPT_ARABIC},     {0x08a0, 0x08ff, SCRIPT_ARABIC},
        {0x0900, 0x097f, SCRIPT_DEVANAGARI}, {0x1cd0, 0x1cff, SCRIPT_DEVANAGARI},
        {0x2190, 0x2bff, SCRIPT_SYMBOLS},    {0xa830, 0xa83f, SCRIPT_DEVANAGARI},
        {0xa8e0, 0xa8ff, SCRIPT_DEVANAGARI}, {0xfb1d, 0xfb4f, SCRIPT_HEBREW},
        {0xfb50, 0xfdff, SCRIPT_ARABIC},     {0xfe70, 0xfeff, SCRIPT_ARABIC},
    };

    for (size_t i = 0; i < sizeof blocks / sizeof *blocks && blocks[i].first <= c; i++)
        if (c <= blocks[i].last)
            return blocks[i].script;
    return SCRIPT_EUROPEAN;
}

/* Along the chain: the character's own script, the like family, the other one, symbols. */
static uint16_t search(struct kite_fonts *fonts, unsigned family, unsigned style, uint32_t c)
{
    unsigned near = family == KITE_FAMILY_SERIF ? KITE_FAMILY_SERIF : KITE_FAMILY_SANS;
    unsigned far = near == KITE_FAMILY_SERIF ? KITE_FAMILY_SANS : KITE_FAMILY_SERIF;
    const unsigned chain[][2] = {
        {script_of(c), KITE_FAMILY_COUNT},
        {SCRIPT_EUROPEAN, near},
        {SCRIPT_EUROPEAN, far},
        {SCRIPT_SYMBOLS, KITE_FAMILY_COUNT},
    };

    for (size_t i = 0; i < sizeof chain / sizeof *chain; i++) {
        uint16_t face = nearest(fonts, chain[i][0], chain[i][1], style);

        if (kite_face_has_glyph(fonts, face, c))
            return face;
    }
    return KITE_FACE_NONE;
}

uint16_t kite_fonts_fallback(struct kite_fonts *fonts, uint16_t first, uint32_t code_point)
{
    return is_no_reason(code_point) ? first : kite_fonts_mark_fallback(fonts, first, code_point);
}

uint16_t kite_fonts_mark_fallback(struct kite_fonts *fonts, uint16_t first, uint32_t mark)
{
    const struct face_row *row = &rows[first < ROW_COUNT ? first : 0];

    if (kite_face_has_glyph(fonts, first, mark))
        return first;

    uint16_t face = search(fonts, row->family, row->style, mark);

    return face == KITE_FACE_NONE && row->style != KITE_FACE_REGULAR
               ? search(fonts, row->family, KITE_FACE_REGULAR, mark)
               : face;
}

/* ---- what a face is -------------------------------------------------------------------------- */

const struct kite_face_metrics *kite_face_metrics(struct kite_fonts *fonts, uint16_t face)
{
    size_t index = index_of(fonts, face);

    return &fonts->faces[index < FACE_COUNT && fonts->faces[index].metrics.units_per_em ? index : 0].metrics;
}

static enum face_script script_of_language(kite_lang lang)
{
    static const struct {
        kite_lang lang;
        enum face_script script;
    } languages[] = {
        {KITE_LANG2('a', 'r'), SCRIPT_ARABIC},     {KITE_LANG2('f', 'a'), SCRIPT_ARABIC},
        {KITE_LANG2('u', 'r'), SCRIPT_ARABIC},     {KITE_LANG2('p', 's'), SCRIPT_ARABIC},
        {KITE_LANG2('h', 'e'), SCRIPT_HEBREW},     {KITE_LANG2('y', 'i'), SCRIPT_HEBREW},
        {KITE_LANG2('h', 'i'), SCRIPT_DEVANAGARI}, {KITE_LANG2('m', 'r'), SCRIPT_DEVANAGARI},
        {KITE_LANG2('n', 'e'), SCRIPT_DEVANAGARI}, {KITE_LANG2('s', 'a'), SCRIPT_DEVANAGARI},
    };

    for (size_t i = 0; i < sizeof languages / sizeof *languages; i++)
        if (languages[i].lang == kite_lang_primary(lang))
            return languages[i].script;
    return SCRIPT_EUROPEAN;
}

uint16_t kite_family_line_em1000(enum kite_family family, kite_lang lang)
{
    enum face_script script = script_of_language(lang);
    bool is_vietnamese = kite_lang_primary(lang) == KITE_LANG2('v', 'i');
    uint16_t least = 0;

    for (size_t i = 0; i < ROW_COUNT; i++) {
        bool is_own = rows[i].script == SCRIPT_EUROPEAN && rows[i].family == family;
        uint16_t line = is_vietnamese ? rows[i].line_vietnamese_em1000 : rows[i].line_em1000;

        if ((is_own || (script != SCRIPT_EUROPEAN && rows[i].script == script)) && line > least)
            least = line;
    }
    return least;
}

#define SMALL_UNDER_TWO_MARKS_EM1000 180 /* by so much small letters under two marks stand lower than capitals */

/* Vietnamese has letters under two marks in three stretches, capitals at the even numbers. */
static bool is_under_two_marks(uint32_t code_point)
{
    return (code_point >= 0x1EA4 && code_point <= 0x1EB7) || (code_point >= 0x1EBE && code_point <= 0x1EC7) ||
           (code_point >= 0x1ED0 && code_point <= 0x1ED9);
}

uint16_t kite_family_text_line_em1000(enum kite_family family, const struct kite_text *text)
{
    const char *at = text->text, *end = text->text + text->text_bytes;
    uint16_t capitals = kite_family_line_em1000(family, KITE_LANG2('v', 'i')), least = 0;

    while (at < end && least < capitals && (at = memchr(at, 0xE1, (size_t)(end - at))) != NULL) {
        size_t step;
        uint32_t code_point = kite_utf8_decode(at, (size_t)(end - at), &step);

        if (is_under_two_marks(code_point))
            least = code_point % 2 == 0 ? capitals : capitals - SMALL_UNDER_TWO_MARKS_EM1000;
        at += step;
    }
    return least;
}

const char *kite_face_name(struct kite_fonts *fonts, uint16_t face)
{
    size_t index = index_of(fonts, face);

    return index < FACE_COUNT ? fonts->faces[index].row->name : "no face";
}

struct hb_font_t *kite_face_harfbuzz(struct kite_fonts *fonts, uint16_t face)
{
    size_t index = index_of(fonts, face);

    index = index < FACE_COUNT && fonts->faces[index].metrics.units_per_em ? index : 0;
    return load(fonts, index) ? fonts->faces[index].hb_font : NULL;
}

static bool open_face(struct kite_fonts *fonts, struct face *face)
{
    if (fonts->ft == NULL && FT_New_Library(&fonts->ft_memory, &fonts->ft) == 0)
        FT_Add_Default_Modules(fonts->ft);
    else if (fonts->ft == NULL)
        return false;
    if (face->ft == NULL &&
        FT_New_Memory_Face(fonts->ft, face->bytes, (FT_Long)face->count, 0, &face->ft) != 0)
        face->ft = NULL;
    return face->ft != NULL;
}

/* FreeType does not say when memory failed while it set up modules, tables or hinting, and goes on
 * without them. So after any failure all of it is given back, and opened afresh by the next call.
 * Who loads a glyph asks for its face again afterwards: NULL then says that memory failed on the
 * way. */
struct FT_FaceRec_ *kite_face_freetype(struct kite_fonts *fonts, uint16_t face)
{
    size_t index = index_of(fonts, face);

    if (index == FACE_COUNT || !load(fonts, index))
        return NULL;
    if (!fonts->is_ft_short && open_face(fonts, &fonts->faces[index]) && !fonts->is_ft_short)
        return fonts->faces[index].ft;
    if (fonts->is_ft_short)
        close_freetype(fonts);
    return NULL;
}

static void hash(uint64_t *value, const void *bytes, size_t count)
{
    for (size_t i = 0; i < count; i++)
        *value = (*value ^ ((const uint8_t *)bytes)[i]) * 0x100000001b3u;
}

uint64_t kite_fonts_identity(const struct kite_fonts *fonts)
{
    uint64_t value = 0xcbf29ce484222325u;

    for (size_t i = 0; i < ROW_COUNT; i++) {
        const uint8_t *bytes;
        size_t count;

        if (fonts->loader.load(fonts->loader.ctx, rows[i].name, &bytes, &count) != KITE_OK)
            continue;

        uint8_t size[8];

        for (unsigned k = 0; k < 8; k++)
            size[k] = (uint8_t)((uint64_t)count >> (8 * k));
        hash(&value, rows[i].name, strlen(rows[i].name));
        hash(&value, size, sizeof size);
    }
    return value;
}
