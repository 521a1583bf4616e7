/* libFuzzer target: a font that a bundle brings. What passes the check is opened, shaped with and drawn, all of its glyphs, as the reader does it; and
 * whatever it is, it is made anew by the press, whose result must pass or be refused. */
#include "press/fonts.h"
#include "text/text.h"

#include <ft2build.h>
#include <hb.h>
#include <stdlib.h>
#include FT_FREETYPE_H
#include FT_OUTLINE_H

static void draw(const uint8_t *bytes, size_t count)
{
    FT_Library library;
    FT_Face face;

    if (FT_Init_FreeType(&library) != 0)
        abort();
    if (FT_New_Memory_Face(library, bytes, (FT_Long)count, 0, &face) == 0) {
        FT_Set_Char_Size(face, 0, 40 * 64, 72, 72);
        for (FT_UInt glyph = 0; glyph < (FT_UInt)face->num_glyphs && glyph < 300; glyph++) {
            if (FT_Load_Glyph(face, glyph, FT_LOAD_NO_BITMAP | FT_LOAD_NO_HINTING) == 0 && face->glyph->bitmap_left == 0)
                FT_Outline_EmboldenXY(&face->glyph->outline, 64, 0);
        }
        FT_Done_Face(face);
    }
    FT_Done_FreeType(library);
}

static void shape(const uint8_t *bytes, size_t count)
{
    static const char text[] = "\xE0\xBD\x80\xE0\xBD\xB2\xE0\xBD\x81 A\xE0\xBD\xA9";
    hb_blob_t *blob = hb_blob_create((const char *)bytes, (unsigned)count, HB_MEMORY_MODE_READONLY, NULL, NULL);
    hb_face_t *face = hb_face_create(blob, 0);
    hb_font_t *font = hb_font_create(face);
    hb_buffer_t *buffer = hb_buffer_create();

    hb_buffer_add_utf8(buffer, text, -1, 0, -1);
    hb_buffer_guess_segment_properties(buffer);
    hb_shape(font, buffer, NULL, 0);
    hb_buffer_destroy(buffer);
    hb_font_destroy(font);
    hb_face_destroy(face);
    hb_blob_destroy(blob);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct kite_font_character characters[] = { { 0xf40, 2 }, { 0xf41, 3 }, { 0xf72, 4 } };
    struct kite_buffer out = { .mem = kite_memory_heap() };
    uint8_t *copy = malloc(size + 1); /* so that reading past the end is noticed */

    if (!copy)
        return 0;
    for (size_t i = 0; i < size; i++)
        copy[i] = data[i];
    if (kite_font_check(copy, size) == KITE_OK) {
        draw(copy, size);
        shape(copy, size);
    }
    if (kite_font_trim(copy, size, characters, sizeof characters / sizeof *characters, &out) == KITE_OK && kite_font_check(out.bytes, out.count) != KITE_OK)
        abort();
    kite_buffer_close(&out);
    free(copy);
    return 0;
}
