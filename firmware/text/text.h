/* text: from one paragraph's text to lines of positioned glyphs.
 *
 * Fonts and fallback, shaping in font units, bidi, hyphenation, break opportunities, optimal line
 * breaking. All layout arithmetic is in integers, so lines break the same on every machine. The room
 * knows nothing of bundles or pages; fonts come through a loader that the caller fills in. */
#ifndef KITE_TEXT_H
#define KITE_TEXT_H

#include "base/base.h"

/* ---- fonts --------------------------------------------------------------------------------- */

enum kite_family {
    KITE_FAMILY_SERIF = 0, /* Noto Serif */
    KITE_FAMILY_SANS,      /* Noto Sans */
    KITE_FAMILY_LITERACY,  /* Andika, renamed */
    KITE_FAMILY_DYSLEXIC,  /* OpenDyslexic */
    KITE_FAMILY_MONO,      /* Noto Sans Mono */
    KITE_FAMILY_COUNT
};

enum kite_face_style { /* bits */
    KITE_FACE_REGULAR = 0,
    KITE_FACE_BOLD = 1,
    KITE_FACE_ITALIC = 2
};

/* Where font files come from. load lends the bytes of the file with that plain name ("KiteSerif-Regular.ttf")
 * until the fonts are destroyed; KITE_E_RANGE when there is none of that name. */
struct kite_font_loader {
    void *ctx;
    enum kite_status (*load)(void *ctx, const char *name, const uint8_t **bytes, size_t *count);
};

struct kite_fonts;

/* Faces are loaded when first asked for; nothing is loaded here but what names the set.
 * KITE_E_RANGE when not even the default serif regular is there (the fault says where fonts come from). */
enum kite_status kite_fonts_create(const struct kite_memory *mem, const struct kite_font_loader *loader,
                                   struct kite_fonts **out, struct kite_fault *fault);
void kite_fonts_destroy(struct kite_fonts *fonts);

#define KITE_FACE_NONE UINT16_MAX

/* The number of a face of the set, below KITE_FACES_MAX, stable for one set of fonts; loads it if need
 * be. A family without that style gives its nearest one. KITE_FACE_NONE when it cannot be loaded. */
#define KITE_FACES_MAX 48
#define KITE_LENT_FACE_FIRST 64u /* faces that a setter was lent have numbers from here to KITE_FACE_LAST */
#define KITE_FACE_LAST 4095u
uint16_t kite_fonts_face(struct kite_fonts *fonts, enum kite_family family, unsigned style);

/* The face for a character: `first` when it has a glyph, else along the fallback chain of the character's script
 * in the nearest style; KITE_FACE_NONE when no face of the set has it. Control characters, spaces that the engine
 * makes itself (U+2009, U+202F, U+2060, U+200B ...), joiners and marks never force a fallback. */
uint16_t kite_fonts_fallback(struct kite_fonts *fonts, uint16_t first, uint32_t code_point);
/* The same for what is to be drawn whatever it is: a mark whose letter stands in a face that lacks it. */
uint16_t kite_fonts_mark_fallback(struct kite_fonts *fonts, uint16_t first, uint32_t mark);
bool kite_face_has_glyph(struct kite_fonts *fonts, uint16_t face, uint32_t code_point);
/* A face of foreign bytes: never hinted. */
static inline bool kite_face_is_lent(uint16_t face)
{
    return face >= KITE_LENT_FACE_FIRST;
}

/* All in font units, y upwards. */
struct kite_face_metrics {
    uint16_t units_per_em;
    int16_t x_height, cap_height, ascender, descender; /* descender below zero */
    int16_t space_advance;                             /* of U+0020 */
    int16_t underline_position, underline_thickness;
    int16_t strike_position;
    uint16_t scale_em1000;    /* as a fallback beside the serif: scale so that the x-heights agree */
    bool is_joined;           /* a script whose letters join or stack: never tracked */
};
const struct kite_face_metrics *kite_face_metrics(struct kite_fonts *fonts, uint16_t face);
const char *kite_face_name(struct kite_fonts *fonts, uint16_t face); /* file name, for messages */

/* The least line height at which marks above and below never meet, thousandths of the em: of a family in a language, by
 * the letters that language has. 0 as language: one with the capitals of Latin-1. */
uint16_t kite_family_line_em1000(enum kite_family family, kite_lang lang);
/* The same by the letters that a text has, whatever its language: Latin ones under two marks stand highest. 0: it has none
 * of them. */
uint16_t kite_family_text_line_em1000(enum kite_family family, const struct kite_text *text);

/* The FreeType face of a loaded face, at no particular size; lent. For rasterising only. NULL when memory is short. An
 * allocation that FreeType was refused, here or while rasterising, leaves its faces in doubt: the next call gives NULL
 * once and closes all of them (those lent before are gone), the call after that opens them anew. */
struct FT_FaceRec_;
struct FT_FaceRec_ *kite_face_freetype(struct kite_fonts *fonts, uint16_t face);
/* The HarfBuzz font of a loaded face, scaled to font units; lent until kite_fonts_ran_short gives true. NULL when memory is
 * short. */
struct hb_font_t;
struct hb_font_t *kite_face_harfbuzz(struct kite_fonts *fonts, uint16_t face);
/* HarfBuzz takes its memory from the C library, and where that fails it goes on with less. Its calls stand between these
 * two; end gives false when memory failed. */
void kite_harfbuzz_begin(void);
bool kite_harfbuzz_end(struct kite_fonts *fonts);
/* Memory failed in HarfBuzz, or while a face was loaded, since this was last asked: what was set meanwhile may be wrong,
 * though nothing that is kept. HarfBuzz's fonts are then made anew. */
bool kite_fonts_ran_short(struct kite_fonts *fonts);
/* BLAKE-free identity of the set for page maps: FNV-1a 64 over names and sizes of the files in use. */
uint64_t kite_fonts_identity(const struct kite_fonts *fonts);

/* ---- positioned glyphs ----------------------------------------------------------------------- */

struct kite_glyph {
    uint16_t glyph; /* index in the run's face */
    kite_f26 x, y;  /* pen on the baseline, px from the top left; y downwards */
    uint32_t offset_bytes; /* of the cluster it belongs to, in the paragraph's text; an added hyphen's is the break's */
};

/* Glyphs of one face and size. */
struct kite_glyph_run {
    uint16_t face;
    uint8_t weight;    /* 0 as drawn; 1, 2: emboldened steps */
    bool is_gray;      /* secondary text; still black on panels, kept for screens */
    kite_f26 size_f26; /* px per em */
    uint32_t first, count;
};

/* ---- paragraphs to lines --------------------------------------------------------------------- */

enum kite_align {
    KITE_ALIGN_JUSTIFIED = 0,
    KITE_ALIGN_RAGGED, /* at the start side: left in a left-to-right paragraph */
    KITE_ALIGN_CENTERED
};

/* What a page asks of a paragraph's lines; all zero: nothing, they are as they are best. */
#define KITE_WISH_WHOLE_MAX 2
struct kite_text_wish {
    int8_t lines_delta;                  /* -1, 0 or +1 lines against the optimum */
    uint16_t whole[KITE_WISH_WHOLE_MAX]; /* 1 + a line at whose end no word is to be divided, for no change of lines; 0: none */
};

/* How a paragraph is to be set. */
struct kite_text_style {
    enum kite_family family;
    unsigned face_style;      /* enum kite_face_style bits of its plain text; emphasis is added to it */
    kite_f26 size_f26;        /* px per em */
    kite_f26 measure_f26;     /* width of its lines, indents already taken off */
    kite_f26 first_indent_f26;
    kite_f26 hang_indent_f26; /* further lines start this much in (verse, turned-over lines) */
    enum kite_align align;
    bool hyphenate;
    bool is_balanced;         /* titles: even line lengths, and no line ends in "the" or "of" where it can be helped */
    bool emphasis_is_bold;
    bool keeps_spaces;        /* preformatted: no breaking at spaces unless too wide */
    uint8_t weight;           /* emboldening step */
    uint8_t hyphen_min_left, hyphen_min_right; /* 0: by language and alignment */
    uint16_t letter_em10000;  /* letter spacing added, 1/10000 em */
    uint16_t word_em10000;    /* added to every word space */
    struct kite_text_wish wish;
    bool is_rtl;              /* base direction */
    bool hangs;               /* hyphens, stops, quotes and dashes at flush edges stand out of the measure by part of their width */
};

/* One line as broken; offsets are UTF-8 bytes in the paragraph's text. */
struct kite_line {
    uint32_t start_bytes, end_bytes; /* trailing spaces included in the range, not in the widths */
    kite_f26 natural_f26;            /* glyphs, kerns, shown hyphen, spaces at their own width; less what hangs */
    kite_f26 stretch_f26, shrink_f26;
    kite_f26 space_f26;              /* natural width of one space of the line, mean */
    uint16_t space_count;
    bool is_last;                    /* of the paragraph, or before a forced break */
    bool has_hyphen;                 /* ends in a hyphen added or broken at */
    bool is_justified;
    kite_f26 indent_f26;             /* from the start edge */
};

/* ---- setting --------------------------------------------------------------------------------- */

/* Shapes and breaks paragraphs; keeps shaped pieces in font units in a bounded cache, so that a word is shaped once
 * and a change of size reshapes nothing. What the cache holds never changes a result: glyphs and positions are those
 * of HarfBuzz on the whole run. */
struct kite_setter;

/* cache_bytes bounds the shaped pieces; 0 takes 640 KiB. fonts outlive it. */
enum kite_status kite_setter_create(const struct kite_memory *mem, struct kite_fonts *fonts,
                                    size_t cache_bytes, struct kite_setter **out,
                                    struct kite_fault *fault);
void kite_setter_destroy(struct kite_setter *setter);
/* Call when piece keys change their meaning: another bundle. */
void kite_setter_forget(struct kite_setter *setter);

/* Lend the setter a font for characters that no face of the set has: it comes last, for text that this setter sets and no other, until the
 * setter is destroyed; the bytes stay as long. They are foreign: kite_font_check is asked first, and its outlines are drawn as they are,
 * without hinting. KITE_E_FORMAT, KITE_E_LIMIT: it does not pass, or too many are lent; then the text is set without it. KITE_E_NOMEM. */
enum kite_status kite_setter_lend(struct kite_setter *setter, const uint8_t *bytes, size_t count);
/* kite_family_text_line_em1000, with the height of letters that only a lent font has. */
uint16_t kite_setter_text_line_em1000(const struct kite_setter *setter, enum kite_family family, const struct kite_text *text);
/* The face of those lent that has a character; KITE_FACE_NONE: none. */
uint16_t kite_setter_lent_face(const struct kite_setter *setter, uint32_t code_point);

/* One item of a paragraph in the form of Knuth and Plass, for the item dump. */
struct kite_text_item {
    char kind;        /* 'b' box, 'g' glue, 'p' penalty, 'd' discretionary */
    bool is_explicit; /* d: a hyphen that is in the text */
    kite_f26 width, stretch, shrink; /* d: pre, post, none */
    int32_t penalty;
};

/* A paragraph, broken. Everything is in the arena given to kite_setter_break. */
struct kite_broken {
    struct kite_line *lines;
    size_t line_count;
    kite_f26 space_f26;               /* of the plain face and size, with the style's word space */
    struct kite_composition *composed; /* private to the text room */
};

/* Break a paragraph. text and style must stay until the last kite_setter_place on the result.
 * KITE_E_RANGE: what the style wishes cannot be had. KITE_E_NOMEM. */
enum kite_status kite_setter_break(struct kite_setter *setter, const struct kite_text *text,
                                   const struct kite_text_style *style, struct kite_arena *arena,
                                   struct kite_broken *out);

/* Break what was broken without a wish as one wishes, without composing it anew. KITE_E_RANGE, KITE_E_NOMEM. */
enum kite_status kite_setter_break_again(const struct kite_broken *broken, struct kite_text_wish wish,
                                         struct kite_arena *arena, struct kite_broken *out);

/* Keep of a paragraph what breaking it again needs, beyond the arena and the text: the lines of the result tell all but
 * can not be placed. One block of mem; give it back with drop, which takes a kept one that is all zero too. KITE_E_NOMEM. */
enum kite_status kite_broken_keep(const struct kite_broken *broken, const struct kite_memory *mem,
                                  struct kite_broken *out);
void kite_broken_drop(struct kite_broken *kept, const struct kite_memory *mem);

/* Widest line the paragraph would have if never broken but where forced, and its widest unbreakable part. */
void kite_broken_widths(const struct kite_broken *broken, kite_f26 *unbroken_f26, kite_f26 *part_f26);

/* Lines that are not their paragraph's last, as they would come out justified. */
struct kite_looseness {
    uint32_t line_count;
    uint32_t loose_count;  /* stretch ratio above 1 */
    uint32_t wide_count; /* ratio above 1.6: spaces more than 1.8 times their natural width */
};

/* Add the lines of a paragraph, set justified, to the sum. An estimate, from characters' own widths, without shaping: a
 * small part of the work of kite_setter_break. The style's letter and word space count, its hanging indent does not.
 * Memory comes from arena. KITE_E_NOMEM. */
enum kite_status kite_setter_looseness(struct kite_setter *setter, const struct kite_text *text,
                                       const struct kite_text_style *style, struct kite_arena *arena,
                                       struct kite_looseness *sum);

/* Where glyphs of placed lines go: arrays that grow in an arena. */
struct kite_placed {
    struct kite_glyph_run *runs;
    size_t run_count, run_capacity;
    struct kite_glyph *glyphs;
    size_t glyph_count, glyph_capacity;
    struct kite_rect *rules; /* strike-through lines */
    size_t rule_count, rule_capacity;
    kite_f26 (*gaps)[2]; /* word spaces of the line placed last, x from and to */
    size_t gap_count, gap_capacity;
    void *room; /* that placing a line needs: private to it */
    size_t room_bytes;
};

/* Put line `index` with its start edge at x (left edge of the measure) and its baseline at y. *drawn gets
 * the width it occupies, less what hangs. Memory comes from arena. */
enum kite_status kite_setter_place(struct kite_setter *setter, const struct kite_broken *broken, size_t index,
                                   kite_f26 x, kite_f26 y, struct kite_arena *arena, struct kite_placed *placed,
                                   kite_f26 *drawn);

/* Add a rule to what is placed. KITE_E_NOMEM. */
enum kite_status kite_placed_add_rule(struct kite_arena *arena, struct kite_placed *placed, struct kite_rect rule);

/* The items of the paragraph and where it was broken, as the oracle of Knuth and Plass reads them. */
enum kite_status kite_broken_items(const struct kite_broken *broken, struct kite_arena *arena,
                                   struct kite_text_item **items, size_t *item_count, uint32_t **breaks,
                                   size_t *break_count);

#endif
