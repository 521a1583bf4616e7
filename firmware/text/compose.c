/* From text to atoms and breaks. An atom is the longest stretch that is shaped as one: a piece of the
 * lexicon, or a word or sign where there are no pieces, in one style, language, level and face. */
#include "text/compose.h"

#include "text/bidi.h"
#include "text/hang.h"
#include "text/resort.h"
#include "text/segment.h"

#include <stdio.h>
#include <string.h>

#define SCRIPT_SIZE_EM1000 620 /* superscripts, subscripts, note marks */
#define SUPERSCRIPT_RISE_EM1000 340
#define SUBSCRIPT_RISE_EM1000 (-140)
#define CODE_SIZE_EM1000 900 /* code in running text: its letters are wide and stand apart */
#define SMALL_CAPS_LETTER_EM10000 300
#define HYPHEN_PENALTY 50
#define ATOMS_A_BYTE_16 7 /* of text, in sixteenths */
#define BREAKS_A_BYTE_16 4
#define FIRST_ROOM_BYTES_MAX 8192u
#define RESORT_HYPHEN_PENALTY 100 /* of a hyphen of the last resort */
#define RESORT_PENALTY 3000       /* without a hyphen */

struct sums {
    kite_f26 width, stretch, shrink;
    uint16_t spaces;
};

struct composer {
    struct kite_setter *setter;
    const struct kite_text *text;
    const struct kite_text_style *style;
    struct kite_arena *arena;
    struct kite_composition *c;
    const uint8_t *opportunity; /* [text_bytes + 1] */
    const uint8_t *levels;      /* NULL when the paragraph is left to right throughout */
    size_t atom_capacity;
    uint32_t script; /* of the last character that had one */
    const struct kite_span *span;
    uint16_t face; /* of the span */
    kite_f26 size_f26, rise_f26, space_f26;
    uint32_t run_end; /* behind the unbreakable run in hand */
    bool run_is_wide;
    const struct kite_atom *hyphen_atom; /* whose hyphen hangs by so much */
    uint16_t hyphen_hang_f26;
    struct sums run_start;
    struct kite_resort *resorts; /* of the run, where it is wider than a line; the next to be added */
    size_t resort_count, resort_next;
    uint32_t line_end; /* behind the line of kept spaces in hand */
    bool line_is_wide;
};

kite_f26 kite_units_f26(int32_t units, kite_f26 size_f26, uint16_t units_per_em)
{
    int64_t product = (int64_t)units * size_f26;
    int64_t half = units_per_em / 2;
    return (kite_f26)(product >= 0 ? (product + half) / units_per_em
                                   : -((half - product) / units_per_em));
}

struct kite_shape_request kite_atom_request(const struct kite_composition *c,
                                            const struct kite_atom *atom, char mark[12])
{
    struct kite_shape_request r = {
        .text = c->text->text + atom->start_bytes, .bytes = atom->bytes, .key = atom->key,
        .face = atom->face, .script = atom->script, .lang = atom->lang,
        .is_rtl = atom->level % 2 != 0, .is_spaced = c->style->letter_em10000 >= 300,
        .is_small_caps = atom->is_small_caps, .hyphen_mode = atom->hyphen_mode };
    if (atom->note != 0) {
        r.bytes = (size_t)snprintf(mark, 12, "%u", (unsigned)atom->note);
        r.text = mark;
        r.key = 0;
        r.is_rtl = false;
    }
    return r;
}

kite_f26 kite_atom_letter(const struct kite_composition *c, const struct kite_atom *a)
{
    int32_t em10000 = c->style->letter_em10000 + (a->is_small_caps ? SMALL_CAPS_LETTER_EM10000 : 0);

    return a->is_joined || em10000 == 0 ? 0 : kite_mul_div(a->size_f26, em10000, 10000);
}

static kite_f26 space_width(const struct composer *m)
{
    const struct kite_face_metrics *fm = kite_face_metrics(m->setter->fonts, m->face);
    kite_f26 width = kite_units_f26(fm->space_advance, m->size_f26, fm->units_per_em);
    return width + kite_mul_div(m->size_f26, m->style->word_em10000 + m->style->letter_em10000, 10000);
}

static void enter_span(struct composer *m, const struct kite_span *span)
{
    const struct kite_text_style *style = m->style;
    unsigned face_style = style->face_style;
    enum kite_family family = style->family;

    m->span = span;
    if (span->styles & KITE_STYLE_STRONG)
        face_style |= KITE_FACE_BOLD;
    if (span->styles & KITE_STYLE_EMPHASIS) {
        if (style->emphasis_is_bold)
            face_style |= KITE_FACE_BOLD;
        else
            face_style ^= KITE_FACE_ITALIC; /* emphasis inside italics is upright */
    }
    if (span->styles & KITE_STYLE_CODE)
        family = KITE_FAMILY_MONO;
    m->face = kite_fonts_face(m->setter->fonts, family, face_style);
    m->size_f26 = style->size_f26;
    m->rise_f26 = 0;
    if (family == KITE_FAMILY_MONO && style->family != KITE_FAMILY_MONO)
        m->size_f26 = kite_mul_div(style->size_f26, CODE_SIZE_EM1000, 1000);
    if (span->note != 0 || span->styles & (KITE_STYLE_SUPERSCRIPT | KITE_STYLE_SUBSCRIPT)) {
        bool is_sub = span->note == 0 && span->styles & KITE_STYLE_SUBSCRIPT;
        m->size_f26 = kite_mul_div(style->size_f26, SCRIPT_SIZE_EM1000, 1000);
        m->rise_f26 = kite_mul_div(style->size_f26,
                                   is_sub ? SUBSCRIPT_RISE_EM1000 : SUPERSCRIPT_RISE_EM1000, 1000);
    }
    m->space_f26 = space_width(m);
}

/* How many to make room for at first: what running text of that length has, so that arrays seldom move in the arena. */
static size_t first_room(const struct kite_text *text, size_t sixteenths)
{
    size_t bytes = text->text_bytes < FIRST_ROOM_BYTES_MAX ? text->text_bytes : FIRST_ROOM_BYTES_MAX;

    return bytes * sixteenths / 16 + 8;
}

static struct kite_atom *new_atom(struct composer *m)
{
    struct kite_composition *c = m->c;
    if (c->atom_count == m->atom_capacity) {
        void *atoms = c->atoms;
        size_t need = c->atom_count == 0 ? first_room(m->text, ATOMS_A_BYTE_16) : c->atom_count + 1;

        if (kite_arena_grow(m->arena, &atoms, &m->atom_capacity, need, sizeof *c->atoms))
            return NULL;
        c->atoms = atoms;
    }
    struct kite_atom *a = &c->atoms[c->atom_count];
    *a = (struct kite_atom){ .lang = m->span->lang, .face = m->face, .size_f26 = m->size_f26,
                             .rise_f26 = m->rise_f26,
                             .is_struck = (m->span->styles & KITE_STYLE_STRIKE) != 0,
                             .is_small_caps = (m->span->styles & KITE_STYLE_SMALL_CAPS) != 0 };
    return a;
}

/* Spaces of fixed width that the engine makes itself, in thousandths of an em; -1 for all else. */
static int fixed_space_em1000(uint32_t c)
{
    switch (c) {
    case 0x2000: case 0x2002: return 500;
    case 0x2001: case 0x2003: return 1000;
    case 0x2004: return 333;
    case 0x2005: return 250;
    case 0x2006: return 167;
    case 0x2007: return 550;
    case 0x2008: return 250;
    case 0x2009: return 180;
    case 0x200A: return 100;
    case 0x202F: return 200;
    case 0x205F: return 222;
    case 0x00AD: case 0x200B: case 0x2060: case 0xFEFF:
    case 0x200E: case 0x200F: case 0x061C:
    case 0x202A: case 0x202B: case 0x202C: case 0x202D: case 0x202E:
    case 0x2066: case 0x2067: case 0x2068: case 0x2069: return 0;
    case '\t': return 2000;
    default: return -1;
    }
}

static uint8_t level_at(const struct composer *m, size_t at)
{
    return m->levels != NULL ? m->levels[at] : 0;
}

/* Shape an atom whose range and face are set, and take its width. *has_gap: the face lacks a character. */
static enum kite_status measure(struct composer *m, struct kite_atom *a, bool *has_gap)
{
    char mark[12];
    struct kite_shape_request r = kite_atom_request(m->c, a, mark);
    struct kite_shaped sums;
    enum kite_status status = kite_shape_sums(m->setter->shaper, &r, &sums);
    if (status != KITE_OK)
        return status;
    const struct kite_face_metrics *fm = kite_face_metrics(m->setter->fonts, a->face);
    a->width_f26 = kite_units_f26(sums.advance, a->size_f26, fm->units_per_em);
    a->glyph_count = sums.glyph_count;
    a->is_joined = fm->is_joined;
    a->width_f26 += kite_atom_letter(m->c, a) * a->glyph_count;
    *has_gap = sums.needs_fallback;
    return KITE_OK;
}

static enum kite_status add_box(struct composer *m, uint32_t start, uint32_t bytes, uint32_t key,
                                uint8_t hyphen_mode, bool is_final_face);

/* The face lacks a character: cut into stretches that have a face each, digits and marks with their neighbours. */
static enum kite_status add_with_fallback(struct composer *m, uint32_t start, uint32_t bytes)
{
    const char *text = m->text->text;
    uint16_t own = m->face;
    kite_f26 own_size = m->size_f26;
    uint32_t at = start, end = start + bytes;
    enum kite_status status = KITE_OK;

    while (at < end && status == KITE_OK) {
        size_t length;
        uint32_t c = kite_utf8_decode(text + at, end - at, &length);
        uint16_t face = kite_fonts_fallback(m->setter->fonts, own, c);
        uint32_t stop = at + (uint32_t)length;
        while (stop < end) {
            c = kite_utf8_decode(text + stop, end - stop, &length);
            uint16_t next = kite_face_has_glyph(m->setter->fonts, face == KITE_FACE_NONE ? own : face, c) &&
                                    face != own
                                ? face
                                : kite_fonts_fallback(m->setter->fonts, own, c);
            if (next != face)
                break;
            stop += (uint32_t)length;
        }
        if (face != KITE_FACE_NONE && face != own) {
            const struct kite_face_metrics *fm = kite_face_metrics(m->setter->fonts, face);
            m->face = face;
            m->size_f26 = kite_mul_div(own_size, fm->scale_em1000, 1000);
        }
        status = add_box(m, at, stop - at, 0, 0, true);
        m->face = own;
        m->size_f26 = own_size;
        at = stop;
    }
    return status;
}

static enum kite_status add_box(struct composer *m, uint32_t start, uint32_t bytes, uint32_t key,
                                uint8_t hyphen_mode, bool is_final_face)
{
    struct kite_composition *c = m->c;
    bool has_gap;
    struct kite_atom *a = new_atom(m);

    if (a == NULL)
        return KITE_E_NOMEM;
    uint32_t script = kite_shape_script(m->setter->shaper, m->text->text + start, bytes);
    if (script != 0)
        m->script = script;
    a->start_bytes = start;
    a->bytes = bytes;
    a->key = key;
    a->script = m->script;
    a->level = level_at(m, start);
    a->hyphen_mode = hyphen_mode;
    a->note = m->span->note;
    enum kite_status status = measure(m, a, &has_gap);
    if (status != KITE_OK)
        return status;
    if (has_gap && !is_final_face)
        return add_with_fallback(m, start, bytes);
    c->atom_count++;
    return KITE_OK;
}

static bool is_letter_byte(uint8_t c)
{
    return (uint8_t)((c | 32) - 'a') < 26 || c >= 0xC3;
}

/* Whether what stands around a word lets it be divided: not next to a hyphen, a digit or inside an address,
 * and not the last word of the paragraph. */
static bool may_hyphenate(const struct composer *m, uint32_t start, uint32_t end)
{
    const char *t = m->text->text;
    size_t n = m->text->text_bytes;

    if (start > 0 && strchr("-./@_\\&'0123456789", t[start - 1]) != NULL && t[start - 1] != 0)
        return false;
    if (end >= n)
        return false;
    char next = t[end];
    if (next != 0 && strchr("-/@_\\&'0123456789", next) != NULL)
        return false;
    if ((next == '.' || next == ':') && end + 1 < n && is_letter_byte((uint8_t)t[end + 1]))
        return false;
    for (size_t i = end; i < n; i++) { /* some later word? */
        uint8_t c = (uint8_t)t[i];
        if (c == ' ')
            return true;
        if (c == '\n')
            return false;
    }
    return false;
}

static bool is_word(const char *text, size_t bytes)
{
    return bytes >= 6 && is_letter_byte((uint8_t)text[0]) && is_letter_byte((uint8_t)text[bytes / 2]);
}

/* One piece, or one stretch without U+0020: cut where lines may end and levels change. */
static enum kite_status add_stretch(struct composer *m, uint32_t start, uint32_t end, uint32_t key)
{
    const char *text = m->text->text;
    uint32_t from = start;
    enum kite_status status = KITE_OK;

    while (from < end && status == KITE_OK) {
        size_t length;
        uint32_t c = kite_utf8_decode(text + from, end - from, &length);
        int em1000 = (uint8_t)text[from] < 0x80 && text[from] != '\t' ? -1 : fixed_space_em1000(c);
        if (c == 0xA0 || c == '\n' || em1000 >= 0) {
            struct kite_atom *a = new_atom(m);
            if (a == NULL)
                return KITE_E_NOMEM;
            a->start_bytes = from;
            a->bytes = (uint32_t)length;
            a->level = level_at(m, from);
            a->kind = c == '\n' ? KITE_ATOM_END : c == 0xA0 ? KITE_ATOM_SPACE : KITE_ATOM_FIXED;
            a->width_f26 = c == 0xA0 ? m->space_f26
                           : em1000 > 0 ? kite_mul_div(m->size_f26, em1000, 1000)
                                        : 0;
            m->c->atom_count++;
            from += (uint32_t)length;
            continue;
        }
        uint32_t stop = from + (uint32_t)length;
        bool is_ascii_word = true;
        while (stop < end && m->opportunity[stop] == KITE_OPPORTUNITY_NONE &&
               level_at(m, stop) == level_at(m, from)) {
            uint8_t b = (uint8_t)text[stop];
            if (b == '\n' || b == '\t' || b == 0xC2 || b == 0xE2 || b == 0xD8 || b == 0xEF) {
                uint32_t inner = kite_utf8_decode(text + stop, end - stop, &length);
                if (inner == 0xA0 || inner == '\n' || fixed_space_em1000(inner) >= 0)
                    break;
            }
            is_ascii_word = is_ascii_word && b < 0x80;
            stop++;
            while (stop < end && ((uint8_t)text[stop] & 0xC0) == 0x80)
                stop++;
        }
        uint8_t mode = 0;
        if (m->style->hyphenate && is_word(text + from, stop - from)) /* a word is shaped in one mode, so once */
            mode = m->style->align == KITE_ALIGN_JUSTIFIED ? 1 : 2;
        bool is_whole = from == start && stop == end;
        uint32_t before = (uint32_t)m->c->atom_count;
        status = add_box(m, from, stop - from, is_whole ? key : 0, mode, false);
        if (mode != 0 && m->c->atom_count == before + 1)
            m->c->atoms[before].may_divide = m->c->atoms[before].hyphen_mode != 0 && may_hyphenate(m, from, stop);
        from = stop;
    }
    return status;
}

static enum kite_status add_spaces(struct composer *m, uint32_t at, uint32_t end)
{
    for (; at < end; at++) {
        struct kite_atom *a = new_atom(m);
        if (a == NULL)
            return KITE_E_NOMEM;
        a->start_bytes = at;
        a->bytes = 1;
        a->kind = KITE_ATOM_SPACE;
        a->width_f26 = m->space_f26;
        a->level = level_at(m, at);
        a->may_break = m->opportunity[at + 1] != KITE_OPPORTUNITY_NONE || m->text->text[at + 1] == ' ';
        m->c->atom_count++;
    }
    return KITE_OK;
}

/* A stretch that no piece describes: words and signs are told apart so that words recur in the cache. */
static enum kite_status add_plain(struct composer *m, uint32_t at, uint32_t end)
{
    const char *text = m->text->text;
    enum kite_status status = KITE_OK;

    while (at < end && status == KITE_OK) {
        uint32_t stop = at;
        if (text[at] == ' ') {
            while (stop < end && text[stop] == ' ')
                stop++;
            status = add_spaces(m, at, stop);
        } else {
            bool is_letter = is_letter_byte((uint8_t)text[at]);
            while (stop < end && text[stop] != ' ' && stop - at < 1024 &&
                   (is_letter_byte((uint8_t)text[stop]) == is_letter ||
                    ((uint8_t)text[stop] & 0xC0) == 0x80))
                stop++;
            while (stop < end && ((uint8_t)text[stop] & 0xC0) == 0x80)
                stop++;
            status = add_stretch(m, at, stop, 0);
        }
        at = stop;
    }
    return status;
}

static enum kite_status add_all(struct composer *m)
{
    const struct kite_text *t = m->text;
    size_t piece = 0;

    for (size_t s = 0; s < t->span_count; s++) {
        uint32_t at = t->spans[s].offset_bytes;
        uint32_t end = s + 1 < t->span_count ? t->spans[s + 1].offset_bytes : (uint32_t)t->text_bytes;
        if (at >= end)
            continue;
        enter_span(m, &t->spans[s]);
        if (m->face == KITE_FACE_NONE)
            return KITE_E_RANGE;
        while (at < end) {
            uint32_t stop = end;
            enum kite_status status;
            while (piece < t->piece_count && t->pieces[piece].offset_bytes < at)
                piece++;
            if (piece < t->piece_count && t->pieces[piece].offset_bytes < end)
                stop = t->pieces[piece].offset_bytes;
            if (stop > at) {
                status = add_plain(m, at, stop);
            } else {
                stop = at + t->pieces[piece].bytes;
                if (stop > end)
                    stop = end;
                status = add_stretch(m, at, stop, t->pieces[piece].key);
                piece++;
            }
            if (status != KITE_OK)
                return status;
            at = stop;
        }
    }
    return KITE_OK;
}

/* ---- kerning between atoms, and breaks ----------------------------------------------------------- */

static void kern_neighbours(struct composer *m)
{
    struct kite_composition *c = m->c;
    const char *text = m->text->text;

    for (size_t i = 0; i + 1 < c->atom_count; i++) {
        struct kite_atom *a = &c->atoms[i], *b = &c->atoms[i + 1];
        size_t length;
        if (a->kind != KITE_ATOM_BOX || b->kind != KITE_ATOM_BOX || a->face != b->face ||
            a->size_f26 != b->size_f26 || a->rise_f26 != b->rise_f26 || a->note != 0 || b->note != 0 ||
            a->is_joined || a->is_small_caps || b->is_small_caps || a->level % 2 != 0 || b->level % 2 != 0)
            continue;
        uint32_t end = a->start_bytes + a->bytes, at = end - 1;
        while (at > a->start_bytes && ((uint8_t)text[at] & 0xC0) == 0x80)
            at--;
        int32_t kern = kite_shape_kern(m->setter->shaper, a->face, b->script,
                                       kite_utf8_decode(text + at, end - at, &length),
                                       kite_utf8_decode(text + b->start_bytes, b->bytes, &length));
        if (kern == 0)
            continue;
        const struct kite_face_metrics *fm = kite_face_metrics(m->setter->fonts, a->face);
        a->kern = (int16_t)kern;
        a->width_f26 += kite_units_f26(kern, a->size_f26, fm->units_per_em);
    }
}

/* What hangs at a break between atoms belongs to neither line's width. */
static void hang(struct composer *m, struct kite_break *b, struct kite_break_at *at)
{
    const struct kite_atom *atoms = m->c->atoms;
    uint32_t left = at->atom;

    while (left > 0 && atoms[left - 1].kind == KITE_ATOM_SPACE)
        left--;
    if (left > 0)
        at->end_hang_f26 = kite_hang_end_f26(m->setter, m->c, &atoms[left - 1]);
    at->start_hang_f26 = kite_hang_start_f26(m->setter, m->c, &atoms[at->atom]);
    b->width_before -= at->end_hang_f26;
    b->width_after += at->start_hang_f26;
}

/* The hyphen of the break added last hangs. */
static void hang_hyphen(struct composer *m, struct kite_break *b, const struct kite_atom *a)
{
    struct kite_break_at *at = &m->c->at[m->c->break_count - 1];

    if (!m->style->hangs)
        return;
    if (m->hyphen_atom != a) { /* the points of a word follow each other */
        m->hyphen_atom = a;
        m->hyphen_hang_f26 = kite_hang_hyphen_f26(m->setter, m->c, a);
    }
    at->end_hang_f26 = m->hyphen_hang_f26;
    b->pre -= at->end_hang_f26;
}

static struct kite_break *add_break(struct composer *m, size_t *capacity, struct sums before,
                                    struct sums after, uint8_t kind, struct kite_break_at at)
{
    struct kite_composition *c = m->c;
    if (c->break_count == *capacity) {
        void *breaks = c->breaks, *places = c->at;
        size_t places_capacity = *capacity; /* both grow alike */
        size_t need = c->break_count == 0 ? first_room(m->text, BREAKS_A_BYTE_16) : c->break_count + 1;

        if (kite_arena_grow(m->arena, &breaks, capacity, need, sizeof *c->breaks) ||
            kite_arena_grow(m->arena, &places, &places_capacity, need, sizeof *c->at))
            return NULL;
        c->breaks = breaks;
        c->at = places;
    }
    struct kite_break *b = &c->breaks[c->break_count];
    *b = (struct kite_break){
        .width_before = before.width, .width_after = after.width, .stretch_before = before.stretch,
        .stretch_after = after.stretch, .shrink_before = before.shrink, .shrink_after = after.shrink,
        .spaces_before = before.spaces, .spaces_after = after.spaces, .kind = kind };
    at.offset_bytes = at.atom < c->atom_count ? c->atoms[at.atom].start_bytes + at.inner_bytes
                                              : (uint32_t)c->text->text_bytes;
    if (m->style->hangs && kind != KITE_BREAK_FORCED && kind != KITE_BREAK_HYPHEN && at.inner_bytes == 0)
        hang(m, b, &at);
    c->at[c->break_count++] = at;
    return b;
}

static void add_tracking(const struct composer *m, const struct kite_atom *a, kite_f26 width,
                         struct sums *sums)
{
    if (a->is_joined || m->style->align != KITE_ALIGN_JUSTIFIED)
        return;
    sums->stretch += width * KITE_TRACK_STRETCH_EM1000 / 1000;
    sums->shrink += width * KITE_TRACK_SHRINK_EM1000 / 1000;
}

/* A point of the last resort, whose run begins at these sums. */
static enum kite_status add_resort(struct composer *m, size_t *capacity, const struct kite_resort *point,
                                   struct sums sums)
{
    const struct kite_atom *a = &m->c->atoms[point->at.atom];
    struct sums at = sums;

    at.width = m->run_start.width + point->before;
    if (point->at.inner_bytes != 0)
        add_tracking(m, a, at.width - sums.width, &at);

    struct kite_break *b = add_break(m, capacity, at, at,
                                     point->shows_hyphen ? KITE_BREAK_RESORT_HYPHEN : KITE_BREAK_SPACE, point->at);

    if (b == NULL)
        return KITE_E_NOMEM;
    b->pre = point->pre;
    b->post = point->post;
    if (point->shows_hyphen)
        hang_hyphen(m, b, a);
    b->penalty = point->shows_hyphen ? RESORT_HYPHEN_PENALTY : RESORT_PENALTY;
    return KITE_OK;
}

/* The points of the last resort up to a byte of an atom. */
static enum kite_status add_resorts(struct composer *m, size_t *capacity, struct kite_break_at upto, struct sums sums)
{
    enum kite_status status = KITE_OK;

    for (; m->resort_next < m->resort_count && status == KITE_OK; m->resort_next++) {
        const struct kite_resort *point = &m->resorts[m->resort_next];

        if (point->at.atom > upto.atom || (point->at.atom == upto.atom && point->at.inner_bytes > upto.inner_bytes))
            break;
        status = add_resort(m, capacity, point, sums);
    }
    return status;
}

/* Is this point one of the last resort, and added? */
static bool is_resort(const struct composer *m, struct kite_break_at at)
{
    const struct kite_resort *before = m->resort_next > 0 ? &m->resorts[m->resort_next - 1] : NULL;

    return before != NULL && before->at.atom == at.atom && before->at.inner_bytes == at.inner_bytes;
}

static enum kite_status add_hyphens(struct composer *m, size_t *capacity, uint32_t index,
                                    struct sums sums)
{
    const struct kite_atom *a = &m->c->atoms[index];
    const struct kite_face_metrics *fm = kite_face_metrics(m->setter->fonts, a->face);
    const struct kite_shaped *shaped;
    char mark[12];
    struct kite_shape_request r = kite_atom_request(m->c, a, mark);
    enum kite_status status = kite_shape(m->setter->shaper, &r, &shaped);

    kite_f26 letter = kite_atom_letter(m->c, a);
    for (uint16_t i = 0; status == KITE_OK && i < shaped->hyphen_count; i++) {
        const struct kite_unit_hyphen *h = &shaped->hyphens[i];
        struct kite_break_at place = { .atom = index, .inner_bytes = h->offset_bytes };
        struct sums at = sums;
        if (m->run_is_wide) {
            status = add_resorts(m, capacity, place, sums);
            if (status != KITE_OK || is_resort(m, place))
                continue;
        }
        kite_f26 width = kite_units_f26(h->before, a->size_f26, fm->units_per_em);
        for (uint16_t k = 0; letter != 0 && k < shaped->glyph_count; k++)
            width += shaped->glyphs[k].cluster < h->offset_bytes ? letter : 0;
        at.width += width;
        add_tracking(m, a, width, &at);
        struct kite_break *b = add_break(m, capacity, at, at, KITE_BREAK_HYPHEN, place);
        if (b == NULL)
            return KITE_E_NOMEM;
        b->pre = kite_units_f26(h->pre, a->size_f26, fm->units_per_em) + letter;
        b->post = kite_units_f26(h->post, a->size_f26, fm->units_per_em);
        b->penalty = HYPHEN_PENALTY;
        hang_hyphen(m, b, a);
    }
    return status;
}

/* Spaces that are kept do not divide a line, unless it is too wide. */
static bool is_in_wide_line(struct composer *m, uint32_t index)
{
    const struct kite_composition *c = m->c;
    kite_f26 width = 0;

    if (index < m->line_end)
        return m->line_is_wide;
    for (m->line_end = index; m->line_end < c->atom_count && c->atoms[m->line_end].kind != KITE_ATOM_END; m->line_end++)
        width += c->atoms[m->line_end].width_f26;
    m->line_end++;
    m->line_is_wide = width > m->style->measure_f26;
    return m->line_is_wide;
}

static kite_f26 kern_f26(const struct composer *m, const struct kite_atom *a)
{
    return a->kern == 0 ? 0
                        : kite_units_f26(a->kern, a->size_f26,
                                         kite_face_metrics(m->setter->fonts, a->face)->units_per_em);
}

/* Atoms from `first` that nothing divides: where they end, and their width on a line of their own. */
static uint32_t run_end(const struct composer *m, uint32_t first, kite_f26 *width)
{
    const struct kite_composition *c = m->c;
    uint32_t i = first;

    *width = 0;
    for (; i < c->atom_count && c->atoms[i].kind != KITE_ATOM_END; i++) {
        const struct kite_atom *a = &c->atoms[i];

        if (a->kind == KITE_ATOM_SPACE ? a->may_break
                                       : i > first && m->opportunity[a->start_bytes] != KITE_OPPORTUNITY_NONE)
            break;
        *width += a->width_f26;
    }
    if (i > first)
        *width -= kern_f26(m, &c->atoms[i - 1]);
    return i > first ? i : first + 1;
}

/* If a run begins at this atom that no line can hold, find where it is to be divided. */
static enum kite_status enter_run(struct composer *m, uint32_t index, struct sums sums)
{
    const struct kite_text_style *style = m->style;
    struct kite_resort_run run = { .first = index, .measure_rest_f26 = style->measure_f26 - style->hang_indent_f26 };

    if (index < m->run_end)
        return KITE_OK;
    run.measure_first_f26 = index == 0                                        ? style->measure_f26 - style->first_indent_f26
                            : m->c->atoms[index - 1].kind == KITE_ATOM_END ? style->measure_f26
                                                                              : run.measure_rest_f26;
    m->run_end = run.end = run_end(m, index, &run.width_f26);
    m->run_is_wide = run.width_f26 > run.measure_first_f26;
    m->run_start = sums;
    m->resort_next = m->resort_count = 0;
    return m->run_is_wide ? kite_resort_divide(m->setter, m->c, &run, m->arena, &m->resorts, &m->resort_count) : KITE_OK;
}

static enum kite_status add_breaks(struct composer *m)
{
    struct kite_composition *c = m->c;
    size_t capacity = 0;
    struct sums sums = { .width = m->style->first_indent_f26 };

    if (m->style->hangs && sums.width == 0 && c->atom_count > 0)
        c->start_hang_f26 = kite_hang_start_f26(m->setter, c, &c->atoms[0]);
    sums.width -= c->start_hang_f26;

    for (uint32_t i = 0; i < c->atom_count; i++) {
        const struct kite_atom *a = &c->atoms[i];
        enum kite_status status = KITE_OK;
        uint8_t before = i > 0 ? m->opportunity[a->start_bytes] : KITE_OPPORTUNITY_NONE;
        bool line_is_wide = m->style->keeps_spaces && is_in_wide_line(m, i);
        if (i > 0 && a->kind != KITE_ATOM_SPACE && c->atoms[i - 1].kind != KITE_ATOM_SPACE &&
            c->atoms[i - 1].kind != KITE_ATOM_END &&
            (before == KITE_OPPORTUNITY_ALLOWED || before == KITE_OPPORTUNITY_EXPLICIT)) {
            const struct kite_atom *left = &c->atoms[i - 1];
            bool is_soft = left->kind == KITE_ATOM_FIXED && left->bytes == 2 &&
                           (uint8_t)m->text->text[left->start_bytes] == 0xC2;
            struct kite_break *b = add_break(
                m, &capacity, sums, sums,
                is_soft ? KITE_BREAK_HYPHEN
                        : before == KITE_OPPORTUNITY_EXPLICIT ? KITE_BREAK_EXPLICIT : KITE_BREAK_SPACE,
                (struct kite_break_at){ .atom = i });
            if (b == NULL)
                return KITE_E_NOMEM;
            b->penalty = before == KITE_OPPORTUNITY_EXPLICIT ? HYPHEN_PENALTY : 0;
            b->pre = -kern_f26(m, left);
            if (is_soft) {
                const struct kite_face_metrics *fm = kite_face_metrics(m->setter->fonts, a->face);
                struct kite_shape_request r = { .text = "-", .bytes = 1, .face = a->face,
                                                .script = a->script, .lang = a->lang };
                const struct kite_shaped *shaped;
                status = kite_shape(m->setter->shaper, &r, &shaped);
                if (status != KITE_OK)
                    return status;
                b->pre = kite_units_f26(shaped->advance, a->size_f26, fm->units_per_em);
                hang_hyphen(m, b, a);
            }
        }
        status = enter_run(m, i, sums);
        if (status == KITE_OK && m->run_is_wide)
            status = add_resorts(m, &capacity, (struct kite_break_at){ .atom = i }, sums);
        if (status != KITE_OK)
            return status;
        switch (a->kind) {
        case KITE_ATOM_SPACE: {
            struct sums after = sums;
            uint32_t stop = i;
            bool may_break = false;
            while (stop < c->atom_count && c->atoms[stop].kind == KITE_ATOM_SPACE) {
                const struct kite_atom *s = &c->atoms[stop];
                kite_f26 natural = s->width_f26;
                after.width += natural;
                after.stretch += natural / 2;
                after.shrink += natural / 3;
                after.spaces++;
                may_break = s->may_break;
                stop++;
            }
            if (m->run_is_wide && m->resort_next < m->resort_count && m->resorts[m->resort_next].at.atom == stop &&
                m->resorts[m->resort_next].at.inner_bytes == 0) { /* no-break spaces that are broken at after all */
                may_break = true;
                m->resort_next++;
            }
            bool is_at_end = stop == c->atom_count || c->atoms[stop].kind == KITE_ATOM_END;
            if (may_break && i > 0 && !is_at_end && (!m->style->keeps_spaces || line_is_wide) &&
                add_break(m, &capacity, sums, after, KITE_BREAK_SPACE,
                          (struct kite_break_at){ .atom = stop }) == NULL)
                return KITE_E_NOMEM;
            if (!is_at_end) /* spaces at the end of a line have no width */
                sums = after;
            i = stop - 1;
            break;
        }
        case KITE_ATOM_END:
            if (add_break(m, &capacity, sums, sums, KITE_BREAK_FORCED,
                          (struct kite_break_at){ .atom = i + 1 }) == NULL)
                return KITE_E_NOMEM;
            break;
        case KITE_ATOM_FIXED:
            sums.width += a->width_f26;
            break;
        default:
            if (a->may_divide && m->style->hyphenate)
                status = add_hyphens(m, &capacity, i, sums);
            if (status == KITE_OK && m->run_is_wide)
                status = add_resorts(m, &capacity, (struct kite_break_at){ .atom = i, .inner_bytes = UINT16_MAX }, sums);
            if (status != KITE_OK)
                return status;
            sums.width += a->width_f26;
            add_tracking(m, a, a->width_f26, &sums);
            break;
        }
    }
    if (c->break_count != 0 && c->breaks[c->break_count - 1].kind == KITE_BREAK_FORCED &&
        c->at[c->break_count - 1].atom == c->atom_count)
        return KITE_OK; /* the text ends in a forced break already */
    return add_break(m, &capacity, sums, sums, KITE_BREAK_FORCED,
                     (struct kite_break_at){ .atom = (uint32_t)c->atom_count }) == NULL
               ? KITE_E_NOMEM
               : KITE_OK;
}

enum kite_status kite_compose(struct kite_setter *setter, const struct kite_text *text,
                              const struct kite_text_style *style, struct kite_arena *arena,
                              struct kite_composition **out)
{
    struct kite_composition *c = kite_arena_alloc(arena, 1, sizeof *c);
    uint8_t *opportunity = kite_arena_alloc(arena, text->text_bytes + 1, 1);
    struct composer m = { .setter = setter, .text = text, .style = style, .arena = arena, .c = c,
                          .opportunity = opportunity };
    enum kite_status status = KITE_OK;

    if (c == NULL || opportunity == NULL)
        return KITE_E_NOMEM;
    *c = (struct kite_composition){ .text = text, .style = style, .base_level = style->is_rtl };
    kite_segment(text, true, opportunity);
    if (style->is_rtl || kite_bidi_is_needed(text->text, text->text_bytes)) {
        uint8_t *levels = kite_arena_alloc(arena, text->text_bytes + 1, 1);
        if (levels == NULL)
            return KITE_E_NOMEM;
        status = kite_bidi_levels(text->text, text->text_bytes, style->is_rtl, false, arena, levels,
                                  &c->base_level);
        if (status != KITE_OK)
            return status;
        m.levels = levels;
    }
    status = add_all(&m);
    if (status != KITE_OK)
        return status;
    kern_neighbours(&m);
    status = add_breaks(&m);
    *out = c;
    return status;
}
