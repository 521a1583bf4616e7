/* From text to atoms. An atom is the longest stretch that is shaped as one: a piece of the lexicon, or a word or sign
 * where there are no pieces, in one style, language, level and face. */
#include "text/composing.h"

#include "text/fallback.h"
#include "text/segment.h"

#include <string.h>

#define SCRIPT_SIZE_EM1000 620 /* superscripts, subscripts, note marks */
#define SUPERSCRIPT_RISE_EM1000 340
#define SUBSCRIPT_RISE_EM1000 (-140)
#define CODE_SIZE_EM1000 900 /* code in running text: its letters are wide and stand apart */
#define ATOMS_A_BYTE_16 7    /* of text, in sixteenths */

struct maker {
    struct kite_composing x;
    size_t atom_capacity;
    uint32_t script; /* of the last character that had one */
    const struct kite_span *span;
    struct kite_atom blank;            /* what atoms of the span and face have in common */
    struct kite_shape_request request; /* and what shapes them */
    struct kite_shape_word word;       /* the same of a Latin one, from left to right */
    uint16_t units_per_em;
    kite_f26 space_f26, letter_f26;
    uint8_t division_mode; /* as kite_shape_request has it, of a word */
};

static kite_f26 space_width(const struct maker *m)
{
    const struct kite_face_metrics *fm = kite_face_metrics(m->x.setter->fonts, m->blank.face);
    kite_f26 width = kite_units_f26(fm->space_advance, m->blank.size_f26, fm->units_per_em);
    return width + kite_mul_div(m->blank.size_f26, m->x.style->word_em10000 + m->x.style->letter_em10000, 10000);
}

static void enter_face(struct maker *m, uint16_t face, kite_f26 size_f26)
{
    const struct kite_face_metrics *fm = kite_face_metrics(m->x.setter->fonts, face);
    char mark[12];

    m->blank.face = face;
    m->blank.size_f26 = size_f26;
    m->blank.is_joined = fm->is_joined;
    m->units_per_em = fm->units_per_em;
    m->letter_f26 = kite_atom_letter(m->x.c, &m->blank);
    m->request = kite_atom_request(m->x.c, &m->blank, mark);
    m->request.script = KITE_SCRIPT_LATIN;
    m->word.context = kite_shape_context(m->x.setter->shaper, &m->request);
}

static void enter_span(struct maker *m, const struct kite_span *span)
{
    const struct kite_text_style *style = m->x.style;
    unsigned face_style = style->face_style;
    enum kite_family family = style->family;
    kite_f26 size_f26 = style->size_f26;

    m->span = span;
    m->blank = (struct kite_atom){ .lang = span->lang, .is_struck = (span->styles & KITE_STYLE_STRIKE) != 0,
                                   .is_small_caps = (span->styles & KITE_STYLE_SMALL_CAPS) != 0 };
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
    if (family == KITE_FAMILY_MONO && style->family != KITE_FAMILY_MONO)
        size_f26 = kite_mul_div(style->size_f26, CODE_SIZE_EM1000, 1000);
    if (span->note != 0 || span->styles & (KITE_STYLE_SUPERSCRIPT | KITE_STYLE_SUBSCRIPT)) {
        bool is_sub = span->note == 0 && span->styles & KITE_STYLE_SUBSCRIPT;
        size_f26 = kite_mul_div(style->size_f26, SCRIPT_SIZE_EM1000, 1000);
        m->blank.rise_f26 = kite_mul_div(style->size_f26,
                                         is_sub ? SUBSCRIPT_RISE_EM1000 : SUPERSCRIPT_RISE_EM1000, 1000);
    }
    enter_face(m, kite_fonts_face(m->x.setter->fonts, family, face_style), size_f26);
    m->space_f26 = space_width(m);
}

static bool grow(struct maker *m)
{
    struct kite_composition *c = m->x.c;
    void *atoms = c->atoms;
    size_t need = c->atom_count == 0 ? kite_compose_first_room(m->x.text, ATOMS_A_BYTE_16) : c->atom_count + 1;

    if (kite_arena_grow(m->x.arena, &atoms, &m->atom_capacity, need, sizeof *c->atoms))
        return false;
    c->atoms = atoms;
    return true;
}

static inline struct kite_atom *new_atom(struct maker *m)
{
    struct kite_composition *c = m->x.c;

    if (c->atom_count == m->atom_capacity && !grow(m))
        return NULL;

    struct kite_atom *a = &c->atoms[c->atom_count];

    *a = m->blank;
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

static bool is_ascii_letter(uint8_t c)
{
    return (uint8_t)((c | 32) - 'a') < 26;
}

static uint8_t level_at(const struct maker *m, size_t at)
{
    return m->x.levels != NULL ? m->x.levels[at] : 0;
}

static void take_sums(const struct maker *m, struct kite_atom *a, const struct kite_shape_sums *sums)
{
    a->units = sums->advance;
    a->width_f26 = kite_units_f26(sums->advance, a->size_f26, m->units_per_em) + m->letter_f26 * sums->glyph_count;
    a->glyph_count = sums->glyph_count;
    a->is_letters = sums->is_word;
}

/* Shape an atom whose range and face are set, and take its width. *has_gap: the face lacks a character. */
static enum kite_status measure(struct maker *m, struct kite_atom *a, bool *has_gap)
{
    char mark[12];
    struct kite_shape_request *r = &m->request;
    struct kite_shape_sums sums;

    r->text = m->x.text->text + a->start_bytes;
    r->bytes = a->bytes;
    r->key = a->key;
    r->script = a->script;
    r->is_rtl = a->level % 2 != 0;
    r->hyphen_mode = a->hyphen_mode;
    if (a->note != 0)
        *r = kite_atom_request(m->x.c, a, mark);

    enum kite_status status = kite_shape_sums(m->x.setter->shaper, r, &sums);

    if (status != KITE_OK)
        return status;
    take_sums(m, a, &sums);
    *has_gap = sums.needs_fallback;
    return KITE_OK;
}

/* Kern two boxes that stand next to each other. */
static void kern_neighbours(struct maker *m, struct kite_atom *a, const struct kite_atom *b)
{
    const char *text = m->x.text->text;
    size_t length;

    if (a->face != b->face || a->size_f26 != b->size_f26 || a->rise_f26 != b->rise_f26 || a->note != 0 || b->note != 0 ||
        a->is_joined || a->is_small_caps || b->is_small_caps || a->level % 2 != 0 || b->level % 2 != 0)
        return;
    uint32_t end = a->start_bytes + a->bytes, at = end - 1;
    while (at > a->start_bytes && ((uint8_t)text[at] & 0xC0) == 0x80)
        at--;
    int32_t kern = kite_shape_kern(m->x.setter->shaper, a->face, b->script,
                                   kite_utf8_decode(text + at, end - at, &length),
                                   kite_utf8_decode(text + b->start_bytes, b->bytes, &length));
    if (kern == 0)
        return;
    const struct kite_face_metrics *fm = kite_face_metrics(m->x.setter->fonts, a->face);
    a->kern = (int16_t)kern;
    a->width_f26 += kite_units_f26(kern, a->size_f26, fm->units_per_em);
}

/* Count the box that is complete, kerned with what it stands behind. */
static void join(struct maker *m, struct kite_atom *a)
{
    if (m->x.c->atom_count++ > 0 && a[-1].kind == KITE_ATOM_BOX)
        kern_neighbours(m, a - 1, a);
}

static enum kite_status add_box(struct maker *m, uint32_t start, uint32_t bytes, uint32_t key,
                                uint8_t hyphen_mode, bool is_final_face);

/* The face of the cluster at `at`, and where it ends. */
static enum kite_status enter_cluster(const struct maker *m, uint32_t at, uint32_t end, uint16_t before, uint16_t *face,
                                      uint32_t *stop)
{
    const char *text = m->x.text->text + at;
    size_t bytes = kite_cluster_bytes(text, end - at);
    uint32_t script = kite_shape_script(m->x.setter->shaper, text, bytes);
    struct kite_shape_request r = { .text = text, .bytes = bytes, .face = m->blank.face, .script = script ? script : m->script,
                                    .lang = m->span->lang, .is_rtl = level_at(m, at) % 2 != 0 };

    *stop = at + (uint32_t)bytes;
    return kite_fallback_face(m->x.setter, &r, before, face);
}

/* The face lacks a character: cut into stretches that have a face each, digits and marks with their neighbours. */
static enum kite_status add_with_fallback(struct maker *m, uint32_t start, uint32_t bytes)
{
    uint16_t own = m->blank.face, face, next;
    kite_f26 own_size = m->blank.size_f26;
    uint32_t at = start, end = start + bytes, stop, next_stop;
    enum kite_status status = enter_cluster(m, at, end, own, &next, &next_stop);

    while (at < end && status == KITE_OK) {
        face = next;
        do {
            stop = next_stop;
            if (stop < end)
                status = enter_cluster(m, stop, end, face, &next, &next_stop);
        } while (stop < end && status == KITE_OK && next == face);
        if (status != KITE_OK)
            return status;
        if (face != KITE_FACE_NONE && face != own) {
            const struct kite_face_metrics *fm = kite_face_metrics(m->x.setter->fonts, face);
            enter_face(m, face, kite_mul_div(own_size, fm->scale_em1000, 1000));
        }
        status = add_box(m, at, stop - at, 0, 0, true);
        enter_face(m, own, own_size);
        at = stop;
    }
    return status;
}

static enum kite_status add_box(struct maker *m, uint32_t start, uint32_t bytes, uint32_t key,
                                uint8_t hyphen_mode, bool is_final_face)
{
    const char *text = m->x.text->text + start;
    struct kite_atom *a = new_atom(m);
    bool has_gap;

    if (a == NULL)
        return KITE_E_NOMEM;

    uint32_t script = is_ascii_letter((uint8_t)*text) ? KITE_SCRIPT_LATIN
                                                      : kite_shape_script(m->x.setter->shaper, text, bytes);
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
    join(m, a);
    return KITE_OK;
}

static bool is_letter_byte(uint8_t c)
{
    return is_ascii_letter(c) || c >= 0xC3;
}

/* Whether what stands around a word lets it be divided: not next to a hyphen, a digit or inside an address,
 * and not the last word of the paragraph. */
static bool may_hyphenate(const struct maker *m, uint32_t start, uint32_t end)
{
    const char *t = m->x.text->text;
    size_t n = m->x.text->text_bytes;

    if (start > 0 && t[start - 1] > ' ' && strchr("-./@_\\&'0123456789", t[start - 1]) != NULL)
        return false;
    if (end >= n)
        return false;
    char next = t[end];
    if (next > ' ' && strchr("-/@_\\&'0123456789", next) != NULL)
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

#define WORD_BYTES_MIN 6 /* shorter words are not divided */

static bool is_word(const char *text, size_t bytes)
{
    return bytes >= WORD_BYTES_MIN && is_letter_byte((uint8_t)text[0]) && is_letter_byte((uint8_t)text[bytes / 2]);
}

/* Only ASCII letters? (Or too near to the text's end to tell in short.) */
static bool is_ascii_word(const struct maker *m, uint32_t start, uint32_t end)
{
    const char *text = m->x.text->text;

    for (uint32_t at = start; at < end; at += 8) {
        if (m->x.text->text_bytes - at < 8)
            return false;

        unsigned letters = kite_leading_letters(text + at);

        if (letters < 8)
            return at + letters >= end;
    }
    return true;
}

/* What is shaped as one. */
static enum kite_status add_part(struct maker *m, uint32_t start, uint32_t end, uint32_t key)
{
    uint32_t before = (uint32_t)m->x.c->atom_count;
    uint8_t mode = 0;

    if (is_word(m->x.text->text + start, end - start)) /* a word is shaped in one mode, so once */
        mode = m->division_mode;

    enum kite_status status = add_box(m, start, end - start, key, mode, false);

    if (mode != 0 && m->x.c->atom_count == before + 1)
        m->x.c->atoms[before].may_divide = m->x.c->atoms[before].hyphen_mode != 0 && may_hyphenate(m, start, end);
    return status;
}

/* One piece, or one stretch without U+0020: cut where lines may end and levels change. */
static enum kite_status add_stretch(struct maker *m, uint32_t start, uint32_t end, uint32_t key)
{
    const char *text = m->x.text->text;
    uint32_t from = start;
    enum kite_status status = KITE_OK;

    if (m->x.levels == NULL && is_ascii_word(m, start, end)) /* no line ends between two letters */
        return add_part(m, start, end, key);
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
            a->script = m->script;
            a->level = level_at(m, from);
            a->kind = c == '\n' ? KITE_ATOM_END : c == 0xA0 ? KITE_ATOM_SPACE : KITE_ATOM_FIXED;
            a->width_f26 = c == 0xA0 ? m->space_f26
                           : em1000 > 0 ? kite_mul_div(m->blank.size_f26, em1000, 1000)
                                        : 0;
            m->x.c->atom_count++;
            from += (uint32_t)length;
            continue;
        }
        uint32_t stop = from + (uint32_t)length;
        while (stop < end && m->x.opportunity[stop] == KITE_OPPORTUNITY_NONE &&
               level_at(m, stop) == level_at(m, from)) {
            uint8_t b = (uint8_t)text[stop];
            if (b == '\n' || b == '\t' || b == 0xC2 || b == 0xE2 || b == 0xD8 || b == 0xEF) {
                uint32_t inner = kite_utf8_decode(text + stop, end - stop, &length);
                if (inner == 0xA0 || inner == '\n' || fixed_space_em1000(inner) >= 0)
                    break;
            }
            stop++;
            while (stop < end && ((uint8_t)text[stop] & 0xC0) == 0x80)
                stop++;
        }
        bool is_whole = from == start && stop == end;
        status = add_part(m, from, stop, is_whole ? key : 0);
        from = stop;
    }
    return status;
}

static enum kite_status add_space(struct maker *m, uint32_t at)
{
    struct kite_atom *a = new_atom(m);

    if (a == NULL)
        return KITE_E_NOMEM;
    a->start_bytes = at;
    a->bytes = 1;
    a->kind = KITE_ATOM_SPACE;
    a->width_f26 = m->space_f26;
    a->level = level_at(m, at);
    a->may_break = m->x.opportunity[at + 1] != KITE_OPPORTUNITY_NONE || m->x.text->text[at + 1] == ' ';
    m->x.c->atom_count++;
    return KITE_OK;
}

static enum kite_status add_spaces(struct maker *m, uint32_t at, uint32_t end)
{
    enum kite_status status = KITE_OK;

    for (; at < end && status == KITE_OK; at++)
        status = add_space(m, at);
    return status;
}

/* A stretch that no piece describes: words and signs are told apart so that words recur in the cache. */
static enum kite_status add_plain(struct maker *m, uint32_t at, uint32_t end)
{
    const char *text = m->x.text->text;
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

/* A piece of ASCII letters in a left-to-right text that was met before: it is one box in the face of its span, and there is
 * nothing to find out. *is_known: it was one, and is added. */
static enum kite_status add_known_word(struct maker *m, const struct kite_piece *piece, bool *is_known)
{
    const struct kite_shape_sums *sums;
    struct kite_atom *a;

    m->word.key = piece->key;
    m->word.hyphen_mode = piece->bytes >= WORD_BYTES_MIN ? m->division_mode : 0;
    sums = kite_shape_known_word(m->x.setter->shaper, &m->word);
    *is_known = sums != NULL && !sums->needs_fallback;
    if (!*is_known)
        return KITE_OK;
    a = new_atom(m);
    if (a == NULL)
        return KITE_E_NOMEM;
    m->script = KITE_SCRIPT_LATIN;
    a->start_bytes = piece->offset_bytes;
    a->bytes = piece->bytes;
    a->key = piece->key;
    a->script = KITE_SCRIPT_LATIN;
    a->hyphen_mode = m->word.hyphen_mode;
    take_sums(m, a, sums);
    a->may_divide = sums->hyphen_count > 0 && may_hyphenate(m, a->start_bytes, a->start_bytes + a->bytes);
    join(m, a);
    return KITE_OK;
}

static enum kite_status add_piece(struct maker *m, const struct kite_piece *piece, uint32_t end)
{
    uint32_t start = piece->offset_bytes;
    bool is_known = false;
    enum kite_status status = KITE_OK;

    if (m->x.levels == NULL && m->span->note == 0 && piece->bytes <= end - start &&
        is_ascii_letter((uint8_t)m->x.text->text[start]))
        status = add_known_word(m, piece, &is_known);
    if (status == KITE_OK && !is_known)
        status = add_stretch(m, start, piece->bytes < end - start ? start + piece->bytes : end, piece->key);
    return status;
}

/* What stands between pieces: a space, most of the time. */
static enum kite_status add_between(struct maker *m, uint32_t at, uint32_t end)
{
    if (end == at + 1 && m->x.text->text[at] == ' ')
        return add_space(m, at);
    return at < end ? add_plain(m, at, end) : KITE_OK;
}

/* The text of a span, from *piece on. */
static enum kite_status add_span(struct maker *m, uint32_t at, uint32_t end, size_t *piece)
{
    const struct kite_text *t = m->x.text;
    size_t i = *piece;
    enum kite_status status = KITE_OK;

    for (; i < t->piece_count && t->pieces[i].offset_bytes < end && status == KITE_OK; i++) {
        const struct kite_piece *p = &t->pieces[i];

        if (p->offset_bytes < at)
            continue;
        if (p->offset_bytes > at)
            status = add_between(m, at, p->offset_bytes);
        if (status == KITE_OK)
            status = add_piece(m, p, end);
        at = p->bytes < end - p->offset_bytes ? p->offset_bytes + p->bytes : end;
    }
    *piece = i;
    return status == KITE_OK ? add_between(m, at, end) : status;
}

static enum kite_status add_all(struct maker *m)
{
    const struct kite_text *t = m->x.text;
    size_t piece = 0;

    for (size_t s = 0; s < t->span_count; s++) {
        uint32_t at = t->spans[s].offset_bytes;
        uint32_t end = s + 1 < t->span_count ? t->spans[s + 1].offset_bytes : (uint32_t)t->text_bytes;

        if (at >= end)
            continue;
        enter_span(m, &t->spans[s]);
        if (m->blank.face == KITE_FACE_NONE)
            return KITE_E_RANGE;

        enum kite_status status = add_span(m, at, end, &piece);

        if (status != KITE_OK)
            return status;
    }
    return KITE_OK;
}

enum kite_status kite_compose_atoms(const struct kite_composing *composing)
{
    const struct kite_text_style *style = composing->style;
    struct maker m = { .x = *composing,
                       .division_mode = !style->hyphenate ? 0 : style->align == KITE_ALIGN_JUSTIFIED ? 1 : 2 };

    return add_all(&m);
}
