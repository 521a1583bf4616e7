/* fonts: what a text is set in where the reader's own fonts lack its characters: taken from the document or as the caller gives it, cut
 * down to what the text needs, and put into the bundle. Private to the press room. */
#ifndef KITE_PRESS_FONTS_H
#define KITE_PRESS_FONTS_H

#include "press/draft.h"

#define KITE_FONT_FILE_BYTES_MAX (32u << 20)
#define KITE_FONT_FILES_MAX 16u /* that a document brings; the further ones are not looked at */

/* A font that the document brings; in the draft's arena, but for the bytes, which are the draft's. */
struct kite_draft_font {
    const char *name;
    uint8_t *bytes;
    size_t count;
    struct kite_draft_font *next;
};

extern const uint32_t kite_covered_ranges[][2]; /* covered_table.c, ascending */
extern const size_t kite_covered_count;
/* Has one of the reader's own fonts this character, or needs none? */
bool kite_is_covered(uint32_t character);

/* Has the text in hand characters that the reader's fonts lack? Only then fonts are worth reading. */
bool kite_draft_lacks_fonts(const struct kite_draft *draft);
/* Give the draft a font of the document; bytes are the draft's from then on, also where it fails. They are made readable where they are
 * garbled as EPUBs do it, with the draft's identifier, or packed. KITE_E_NOMEM. */
enum kite_status kite_draft_font_add(struct kite_draft *draft, const char *name, uint8_t *bytes, size_t count);
void kite_draft_fonts_drop(struct kite_draft *draft);
/* From the fonts that the caller gave and the documents bring, those that the texts need go to the writer, and the report says what was set in
 * which, what no font has and why one cannot be used. KITE_E_NOMEM. */
enum kite_status kite_drafts_write_fonts(struct kite_draft *drafts, size_t count);

/* ---- between its files ------------------------------------------------------------------------------------------------ */

/* Undo what EPUBs do to fonts so that nobody takes them out: the first bytes are mixed with a number made from the book's identifier
 * (IDPF's way, Adobe's way). Bytes that begin as a font does are left as they are. */
void kite_font_ungarble(uint8_t *bytes, size_t count, const char *identifier);
/* The same for Word's files, whose list of fonts has a UUID for each; NULL is fine. */
void kite_font_ungarble_office(uint8_t *bytes, size_t count, const char *uuid);

/* A font packed as WOFF 1.0, and the font that is in it. out is empty. KITE_E_FORMAT: it is broken, or too large; KITE_E_NOMEM. */
bool kite_font_is_woff(const uint8_t *bytes, size_t count);
enum kite_status kite_font_unpack_woff(const uint8_t *bytes, size_t count, struct kite_buffer *out);

/* Characters of a font and their glyphs, ascending. */
struct kite_font_character {
    uint32_t character, glyph;
};
/* The outlines of all glyphs of a font as tables of TrueType, `loca` of the long form. KITE_E_FORMAT, KITE_E_LIMIT, KITE_E_NOMEM. */
enum kite_status kite_font_outlines(const uint8_t *bytes, size_t count, struct kite_buffer *glyf, struct kite_buffer *loca);
/* The tables that kite_font_check lets pass, made anew from a font with outlines of TrueType or PostScript: without programs, without other
 * characters. out is empty. KITE_E_FORMAT: it isn't such a font, or it is damaged; KITE_E_LIMIT; KITE_E_NOMEM. */
enum kite_status kite_font_trim(const uint8_t *bytes, size_t count, const struct kite_font_character *characters, size_t character_count,
                                struct kite_buffer *out);
/* The font with the glyphs of these characters only, and all that shaping may make of them. out is empty. KITE_DONE: this program cannot do
 * that (subset_none.c), take it whole; KITE_E_FORMAT: it cannot be read; KITE_E_NOMEM. */
enum kite_status kite_font_subset(const uint8_t *bytes, size_t count, const uint32_t *characters, size_t character_count,
                                  struct kite_buffer *out);

#endif
