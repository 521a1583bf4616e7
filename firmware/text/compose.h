/* compose: a paragraph's text as atoms (what is shaped as one) and legal breaks with prefix sums.
 * Private to the text room. */
#ifndef KITE_TEXT_COMPOSE_H
#define KITE_TEXT_COMPOSE_H

#include "text/lines.h"
#include "text/shape.h"

enum kite_atom_kind {
    KITE_ATOM_BOX = 0, /* glyphs */
    KITE_ATOM_SPACE,   /* stretches; no glyphs */
    KITE_ATOM_FIXED,   /* a space of fixed width, or a character without width */
    KITE_ATOM_END      /* a forced line break */
};

struct kite_atom {
    uint32_t start_bytes, bytes;
    uint32_t key, script;
    kite_lang lang;
    kite_f26 size_f26, width_f26;
    kite_f26 rise_f26;  /* of superscripts; below zero for subscripts */
    int32_t units;      /* BOX: advance of its glyphs, font units */
    int16_t kern;       /* font units, added behind its last glyph: towards the next atom */
    uint16_t face;
    uint16_t glyph_count;
    uint8_t kind, level, hyphen_mode;
    bool is_joined;     /* never tracked */
    bool is_struck;
    bool is_small_caps;
    bool may_break;     /* SPACE: the line may end here */
    bool may_divide;    /* BOX: at the points that its hyphen_mode has */
    bool is_letters;    /* BOX: of ASCII alone, as most are: they kern, but do not hang */
    uint32_t note;      /* 1 + note: its mark is drawn as a number */
};

/* Where a break stands: before atom `atom`, or inside it behind `inner_bytes`. */
struct kite_break_at {
    uint32_t atom;        /* the first atom of the next line (spaces still to be skipped), or the divided one */
    uint32_t inner_bytes; /* 0: between atoms */
    uint32_t offset_bytes; /* of the next line's text */
    uint16_t end_hang_f26, start_hang_f26; /* how far this line's end and the next one's start stand out */
};

/* What was chosen of a kept composition for a line less or more than it has, once that was asked for. */
struct kite_recalled {
    bool is_known;
    bool can_be;
    uint32_t *at; /* as of struct kite_breaks: has room for so many lines */
    size_t count;
};

struct kite_composition {
    const struct kite_text *text;
    const struct kite_text_style *style;
    struct kite_atom *atoms;
    size_t atom_count;
    struct kite_break *breaks;
    struct kite_break_at *at;
    size_t break_count;
    const uint32_t *chosen; /* indices of breaks, one a line; set after breaking */
    size_t chosen_count;
    struct kite_recalled *recalled; /* of a line less, of a line more; NULL: not kept */
    uint8_t base_level;
    uint16_t start_hang_f26; /* of the first line */
};

struct kite_setter {
    struct kite_memory mem;
    struct kite_fonts *fonts;
    struct kite_shaper *shaper;
    uint16_t lent[KITE_FONTS_MAX]; /* faces of fonts that it was lent */
    size_t lent_count;
};

/* Make atoms and breaks. Everything comes from arena. KITE_E_NOMEM. */
enum kite_status kite_compose(struct kite_setter *setter, const struct kite_text *text,
                              const struct kite_text_style *style, struct kite_arena *arena,
                              struct kite_composition **out);

/* The request that shapes an atom; mark is room for a note's number. */
struct kite_shape_request kite_atom_request(const struct kite_composition *c,
                                            const struct kite_atom *atom, char mark[12]);

/* Letter spacing behind each of an atom's glyphs: the style's, and a little more for small capitals. */
kite_f26 kite_atom_letter(const struct kite_composition *c, const struct kite_atom *atom);

/* Font units to 26.6 px at a size. */
static inline kite_f26 kite_units_f26(int32_t units, kite_f26 size_f26, uint16_t units_per_em)
{
    int64_t product = (int64_t)units * size_f26;
    int64_t half = units_per_em / 2;
    return (kite_f26)(product >= 0 ? (product + half) / units_per_em
                                   : -((half - product) / units_per_em));
}

/* Natural width of one space of the style's plain face. */
kite_f26 kite_plain_space(struct kite_setter *setter, const struct kite_text_style *style);

/* How much letters may be tracked to fill a line, in thousandths of their width. */
#define KITE_TRACK_STRETCH_EM1000 20
#define KITE_TRACK_SHRINK_EM1000 10

#endif
