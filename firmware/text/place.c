/* Placing: a broken line's glyphs where they belong. Pens run in 1/65536 px from the line's exact start and are rounded
 * once, when a glyph is put down, so that nothing adds up; the letters' widths that lines are broken by are rounded each. */
#include "text/compose.h"

#include "text/bidi.h"

typedef int64_t q16; /* 1/65536 px */

static q16 q16_of(kite_f26 length)
{
    return (q16)length * 1024;
}

/* Down, so that the renderer's rounding to its quarters is that of the exact pen. */
static kite_f26 pen_f26(q16 x)
{
    return (kite_f26)(x >= 0 ? x / 1024 : -((1023 - x) / 1024));
}

static kite_f26 nearest_f26(q16 x)
{
    return pen_f26(x + 512);
}

/* One atom, or a part of one, of a line. */
struct part {
    const struct kite_atom *atom;
    size_t from, to; /* bytes of the atom */
    bool ends_line, shows_hyphen;
    int32_t units; /* box: advance of its glyphs, without hyphen and kerning */
    q16 width;     /* as it is set, before anything is shared out */
};

/* What placing a line needs. */
struct placing {
    struct kite_setter *setter;
    const struct kite_composition *c;
    struct kite_arena *arena;
    struct kite_placed *placed;
    struct part *parts;
    uint16_t *order; /* of the parts, from left to right */
    uint8_t *levels;
    size_t count;
    kite_f26 y;
    bool is_flush; /* at both edges */
    uint16_t face; /* of the part in hand, or the one before; and what a font unit of it is */
    kite_f26 size_f26;
    q16 unit; /* 1/65536 of q16 */
    q16 space; /* width of a space of it */
};

static q16 of_units(const struct placing *p, int64_t units)
{
    int64_t product = units * p->unit;

    return product >= 0 ? product / 65536 : -((65535 - product) / 65536);
}

/* Units to q16 at the size of an atom. */
static void enter_face(struct placing *p, const struct kite_atom *a)
{
    const struct kite_text_style *style = p->c->style;
    const struct kite_face_metrics *fm;

    if (p->unit != 0 && p->face == a->face && p->size_f26 == a->size_f26)
        return;
    p->face = a->face;
    p->size_f26 = a->size_f26;
    fm = kite_face_metrics(p->setter->fonts, a->face);
    p->unit = (q16)a->size_f26 * (1 << 26) / fm->units_per_em;
    p->space = of_units(p, fm->space_advance) +
               q16_of(kite_mul_div(a->size_f26, style->word_em10000 + style->letter_em10000, 10000));
}

static bool is_divided(const struct part *part)
{
    return part->atom->note == 0 && (part->from != 0 || part->to != part->atom->bytes);
}

/* The glyphs of a part, which may be some of its atom's. */
struct glyphs {
    const struct kite_shaped *shaped;
    size_t from, to; /* clusters that belong to the part */
    size_t cut;      /* of the atom's bytes, before what was shaped */
    int32_t pre;     /* added where a hyphen is shown: hyphen, kerning; 0: as shaped by themselves */
};

static enum kite_status shape_part(const struct placing *p, const struct part *part, struct glyphs *out)
{
    char mark[12];
    struct kite_shape_request r = kite_atom_request(p->c, part->atom, mark);
    enum kite_status status = kite_shape(p->setter->shaper, &r, &out->shaped);

    out->from = part->from;
    out->to = part->atom->note != 0 ? SIZE_MAX : part->to;
    out->cut = 0;
    out->pre = 0;
    if (status != KITE_OK || !is_divided(part))
        return status;
    for (uint16_t i = 0; i < out->shaped->hyphen_count; i++) {
        const struct kite_unit_hyphen *h = &out->shaped->hyphens[i];

        if (h->is_reshaped && (h->offset_bytes == part->from || h->offset_bytes == part->to)) {
            /* a divided word whose ligature went is shaped anew on both sides */
            r.text += part->from;
            r.bytes = part->to - part->from;
            r.key = 0;
            r.hyphen_mode = 0;
            out->cut = part->from;
            out->to -= part->from;
            out->from = 0;
            return kite_shape(p->setter->shaper, &r, &out->shaped);
        }
        if (h->offset_bytes == part->to)
            out->pre = h->pre;
    }
    return status;
}

/* Letter spacing behind a part's last glyph: none at a flush right edge. */
static kite_f26 last_letter(const struct placing *p, const struct part *part)
{
    bool is_at_edge = p->is_flush && part->ends_line && part->atom->level % 2 == 0 && p->c->base_level % 2 == 0;

    return is_at_edge ? 0 : kite_atom_letter(p->c, part->atom);
}

/* The hyphen that an atom's face shows at a line's end. */
static enum kite_status shape_hyphen(const struct placing *p, const struct kite_atom *a, const struct kite_shaped **out)
{
    char hyphen[4], mark[12];
    struct kite_shape_request r = kite_atom_request(p->c, a, mark);

    r.bytes = kite_utf8_encode(kite_shape_hyphen_char(p->setter->shaper, a->face), hyphen);
    r.text = hyphen;
    r.key = 0;
    r.hyphen_mode = 0;
    return kite_shape(p->setter->shaper, &r, out);
}

/* The width of a box that is divided or shows a hyphen, from its glyphs. */
static enum kite_status measure_divided(struct placing *p, struct part *part)
{
    const struct kite_atom *a = part->atom;
    const struct kite_shaped *hyphen;
    struct glyphs glyphs;
    kite_f26 letter = kite_atom_letter(p->c, a);
    int32_t units, letters = 0;
    enum kite_status status = shape_part(p, part, &glyphs);

    if (status != KITE_OK)
        return status;
    for (uint16_t i = 0; i < glyphs.shaped->glyph_count; i++) {
        const struct kite_unit_glyph *g = &glyphs.shaped->glyphs[i];

        if (g->cluster >= glyphs.from && g->cluster < glyphs.to) {
            part->units += g->advance;
            letters++;
        }
    }
    units = part->units;
    if (part->shows_hyphen) {
        status = shape_hyphen(p, a, &hyphen);
        if (status != KITE_OK)
            return status;
        units += glyphs.pre != 0 ? glyphs.pre : hyphen->advance;
        letters++;
    } else if (part->to == a->bytes && !part->ends_line) {
        units += a->kern;
    }
    part->width = of_units(p, units) + q16_of(letter * (letters - 1) + last_letter(p, part));
    return KITE_OK;
}

/* A soft hyphen that the line was broken at. */
static enum kite_status measure_soft(struct placing *p, struct part *part)
{
    const struct kite_shaped *hyphen;
    enum kite_status status = shape_hyphen(p, part->atom, &hyphen);

    if (status == KITE_OK)
        part->width = of_units(p, hyphen->advance) + q16_of(last_letter(p, part));
    return status;
}

static enum kite_status measure_part(struct placing *p, struct part *part)
{
    const struct kite_atom *a = part->atom;

    if (a->kind == KITE_ATOM_FIXED && !part->shows_hyphen) {
        part->width = q16_of(a->width_f26);
        return KITE_OK;
    }
    enter_face(p, a);
    if (a->kind == KITE_ATOM_FIXED)
        return measure_soft(p, part);
    if (a->kind == KITE_ATOM_BOX && (is_divided(part) || part->shows_hyphen))
        return measure_divided(p, part);
    if (a->kind == KITE_ATOM_BOX) {
        part->units = a->units;
        part->width = of_units(p, a->units + (part->ends_line ? 0 : a->kern)) +
                      q16_of(kite_atom_letter(p->c, a) * (a->glyph_count - 1) + last_letter(p, part));
    } else {
        part->width = p->space;
    }
    return KITE_OK;
}

/* Room for the parts of a line, which the next line takes over. */
static enum kite_status make_parts(struct placing *p, size_t count)
{
    void *room = p->placed->room;

    if (kite_arena_grow(p->arena, &room, &p->placed->room_bytes,
                        count * (sizeof *p->parts + sizeof *p->order + sizeof *p->levels), 1))
        return KITE_E_NOMEM;
    p->placed->room = room;
    p->parts = room;
    p->order = (uint16_t *)(void *)(p->parts + count);
    p->levels = (uint8_t *)(p->order + count);
    return KITE_OK;
}

/* Atoms of the line in logical order, without the spaces that hang at its ends. */
static enum kite_status find_parts(struct placing *p, size_t index)
{
    const struct kite_composition *c = p->c;
    struct kite_break_at from = index == 0 ? (struct kite_break_at){ 0 } : c->at[c->chosen[index - 1]];
    struct kite_break_at to = c->at[c->chosen[index]];
    size_t last = to.inner_bytes != 0 ? to.atom + 1 : to.atom, n = 0;
    enum kite_status status = make_parts(p, last > from.atom ? last - from.atom : 1);

    if (status != KITE_OK)
        return status;
    for (size_t i = from.atom; i < last; i++) {
        const struct kite_atom *a = &c->atoms[i];
        size_t start = i == from.atom ? from.inner_bytes : 0;
        size_t stop = i == to.atom && to.inner_bytes != 0 ? to.inner_bytes : a->bytes;

        p->parts[n++] = (struct part){ .atom = a, .from = start, .to = stop };
    }
    while (n > 0 && (p->parts[n - 1].atom->kind == KITE_ATOM_SPACE || p->parts[n - 1].atom->kind == KITE_ATOM_END))
        n--;
    if (n > 0) {
        const struct kite_break *end = &c->breaks[c->chosen[index]];
        struct part *part = &p->parts[n - 1];

        part->ends_line = true;
        part->shows_hyphen =
            part->to != 0 && (end->kind == KITE_BREAK_HYPHEN || end->kind == KITE_BREAK_RESORT_HYPHEN);
    }
    p->count = n;
    for (size_t i = 0; i < n && status == KITE_OK; i++)
        status = measure_part(p, &p->parts[i]);
    return status;
}

/* ---- sharing out ----------------------------------------------------------------------------------- */

/* How a line's gap is shared out: boxes by tracking, spaces by their widths. */
struct fit {
    q16 gap;         /* to add in all */
    q16 track_used;  /* of gap, by boxes */
    q16 track_width; /* of the boxes that may be tracked */
    q16 space_room;  /* sum of natural widths of the spaces */
    const struct part *last; /* the box at the line's right end; no tracking goes behind its last cluster */
    int32_t last_units;      /* where that begins */
    q16 last_width;
};

static bool is_tracked(const struct part *part)
{
    return part->atom->kind == KITE_ATOM_BOX && !part->atom->is_joined;
}

/* The box at the right end: it is tracked up to its last cluster, which then ends at the edge. */
static enum kite_status find_last(struct placing *p, struct fit *f)
{
    size_t k = p->count;
    struct glyphs glyphs;

    while (k > 0 && p->parts[p->order[k - 1]].atom->kind == KITE_ATOM_FIXED && !p->parts[p->order[k - 1]].shows_hyphen)
        k--;
    if (k == 0 || !is_tracked(&p->parts[p->order[k - 1]]) || p->parts[p->order[k - 1]].shows_hyphen)
        return KITE_OK;
    f->last = &p->parts[p->order[k - 1]];
    enter_face(p, f->last->atom);

    enum kite_status status = shape_part(p, f->last, &glyphs);
    int32_t units = 0;
    uint16_t cluster = 0;

    for (uint16_t i = 0; status == KITE_OK && i < glyphs.shaped->glyph_count; i++) {
        const struct kite_unit_glyph *g = &glyphs.shaped->glyphs[i];

        if (g->cluster < glyphs.from || g->cluster >= glyphs.to)
            continue;
        if (units == 0 || g->cluster != cluster)
            f->last_units = units;
        cluster = g->cluster;
        units += g->advance;
    }
    f->last_width = of_units(p, f->last_units);
    f->track_width += f->last_width - f->last->width;
    return status;
}

static enum kite_status share_out(struct placing *p, const struct kite_line *line, q16 gap, struct fit *f)
{
    enum kite_status status = KITE_OK;

    *f = (struct fit){ 0 };
    if (!line->is_justified || (line->is_last && gap > 0))
        return KITE_OK;
    for (size_t i = 0; i < p->count; i++) {
        if (p->parts[i].atom->kind == KITE_ATOM_SPACE)
            f->space_room += p->parts[i].width;
        else if (is_tracked(&p->parts[i]))
            f->track_width += p->parts[i].width;
    }
    status = find_last(p, f);

    q16 room = q16_of(gap >= 0 ? line->stretch_f26 : line->shrink_f26);
    q16 track_room = f->track_width * (gap >= 0 ? KITE_TRACK_STRETCH_EM1000 : KITE_TRACK_SHRINK_EM1000) / 1000;

    f->gap = gap;
    if (f->track_width == 0)
        f->track_used = 0;
    else if (f->space_room == 0 || room == 0)
        f->track_used = gap > track_room && f->space_room == 0 ? track_room : gap;
    else if (gap > room)
        f->track_used = track_room; /* r > 1: tracking stays at its most, spaces take the rest */
    else
        f->track_used = gap * track_room / room;
    if (f->space_room == 0)
        f->gap = f->track_used; /* a line without spaces stays short rather than spread out */
    return status;
}

/* ---- putting down ---------------------------------------------------------------------------------- */

static struct kite_glyph_run *run_for(const struct placing *p, const struct kite_atom *a)
{
    struct kite_placed *out = p->placed;
    uint8_t weight = p->c->style->weight;
    void *runs = out->runs;

    if (out->run_count != 0) {
        struct kite_glyph_run *last = &out->runs[out->run_count - 1];

        if (last->face == a->face && last->size_f26 == a->size_f26 && last->weight == weight)
            return last;
    }
    if (kite_arena_grow(p->arena, &runs, &out->run_capacity, out->run_count + 1, sizeof *out->runs))
        return NULL;
    out->runs = runs;
    out->runs[out->run_count] = (struct kite_glyph_run){ .face = a->face, .weight = weight, .size_f26 = a->size_f26,
                                                         .first = (uint32_t)out->glyph_count };
    return &out->runs[out->run_count++];
}

/* Room for an atom's glyphs, and the run that they go to. */
static enum kite_status make_room(const struct placing *p, const struct kite_atom *a, size_t count,
                                  struct kite_glyph_run **run)
{
    struct kite_placed *out = p->placed;
    void *glyphs = out->glyphs;

    if (kite_arena_grow(p->arena, &glyphs, &out->glyph_capacity, out->glyph_count + count, sizeof *out->glyphs))
        return KITE_E_NOMEM;
    out->glyphs = glyphs;
    *run = run_for(p, a);
    return *run == NULL ? KITE_E_NOMEM : KITE_OK;
}

/* Behind what was put down of the part: its hyphen, whose kerning is in the width that the lines are broken by. */
static enum kite_status put_hyphen(const struct placing *p, const struct part *part, q16 end)
{
    const struct kite_atom *a = part->atom;
    const struct kite_shaped *hyphen;
    struct kite_glyph_run *run;
    enum kite_status status = shape_hyphen(p, a, &hyphen);

    if (status != KITE_OK || hyphen->glyph_count == 0)
        return status;

    q16 pen = end - of_units(p, hyphen->advance) - q16_of(last_letter(p, part));
    uint16_t glyph = hyphen->glyphs[0].glyph;

    status = make_room(p, a, 1, &run);
    if (status != KITE_OK)
        return status;
    p->placed->glyphs[p->placed->glyph_count++] =
        (struct kite_glyph){ .glyph = glyph, .x = pen_f26(pen), .y = p->y - a->rise_f26,
                             .offset_bytes = a->start_bytes + (uint32_t)(a->kind == KITE_ATOM_BOX ? part->to : 0) };
    run->count++;
    return KITE_OK;
}

/* The glyphs of a box from `x` on, with `track` shared out over its first `track_units`. Signs that stand on a letter,
 * which are of its cluster, are moved as it is. */
static enum kite_status put_glyphs(const struct placing *p, const struct part *part, q16 x, q16 track,
                                   int32_t track_units)
{
    const struct kite_atom *a = part->atom;
    uint16_t upem = kite_face_metrics(p->setter->fonts, a->face)->units_per_em;
    struct glyphs glyphs;
    struct kite_glyph_run *run;
    enum kite_status status = shape_part(p, part, &glyphs);

    if (status == KITE_OK)
        status = make_room(p, a, glyphs.shaped->glyph_count, &run);
    if (status != KITE_OK)
        return status;

    q16 letter = q16_of(kite_atom_letter(p->c, a)), letters = 0;
    q16 track_unit = track_units != 0 ? track * 65536 / track_units : 0;
    q16 moved = 0; /* by tracking and letter spacing: the cluster in hand */
    int32_t units = 0;
    uint16_t cluster = 0;
    uint32_t shift = a->note == 0 ? (uint32_t)glyphs.cut : 0;

    for (uint16_t i = 0; i < glyphs.shaped->glyph_count; i++) {
        const struct kite_unit_glyph *g = &glyphs.shaped->glyphs[i];

        if (g->cluster < glyphs.from || g->cluster >= glyphs.to)
            continue;
        if (g->cluster != cluster) {
            cluster = g->cluster;
            moved = letters + track_unit * units / 65536;
        }
        p->placed->glyphs[p->placed->glyph_count++] = (struct kite_glyph){
            .glyph = g->glyph, .x = pen_f26(x + moved + of_units(p, units + g->dx)),
            .y = p->y - a->rise_f26 - (g->dy != 0 ? kite_units_f26(g->dy, a->size_f26, upem) : 0),
            .offset_bytes = a->start_bytes + (a->note == 0 ? g->cluster + shift : 0) };
        run->count++;
        units += g->advance;
        letters += letter;
    }
    return KITE_OK;
}

enum kite_status kite_placed_add_rule(struct kite_arena *arena, struct kite_placed *placed, struct kite_rect rule)
{
    void *rules = placed->rules;

    if (kite_arena_grow(arena, &rules, &placed->rule_capacity, placed->rule_count + 1, sizeof *placed->rules))
        return KITE_E_NOMEM;
    placed->rules = rules;
    placed->rules[placed->rule_count++] = rule;
    return KITE_OK;
}

static enum kite_status put_strike(const struct placing *p, const struct kite_atom *a, q16 x, q16 width)
{
    const struct kite_face_metrics *fm = kite_face_metrics(p->setter->fonts, a->face);
    int32_t thick = kite_f26_round_px(kite_units_f26(fm->underline_thickness, a->size_f26, fm->units_per_em));
    struct kite_rect rule = {
        .x = kite_f26_round_px(nearest_f26(x)),
        .y = kite_f26_round_px(p->y - kite_units_f26(fm->strike_position, a->size_f26, fm->units_per_em)),
        .width = kite_f26_round_px(nearest_f26(width)), .height = thick > 0 ? thick : 1 };

    return kite_placed_add_rule(p->arena, p->placed, rule);
}

static enum kite_status note_gap(const struct placing *p, q16 from, q16 to)
{
    struct kite_placed *out = p->placed;
    void *gaps = out->gaps;

    if (kite_arena_grow(p->arena, &gaps, &out->gap_capacity, out->gap_count + 1, sizeof *out->gaps))
        return KITE_E_NOMEM;
    out->gaps = gaps;
    out->gaps[out->gap_count][0] = nearest_f26(from);
    out->gaps[out->gap_count++][1] = nearest_f26(to);
    return KITE_OK;
}

/* A part at the pen, which moves on. */
static enum kite_status put_part(struct placing *p, const struct part *part, const struct fit *fit, q16 track, q16 *pen)
{
    const struct kite_atom *a = part->atom;
    q16 from = *pen;
    enum kite_status status = KITE_OK;

    *pen += part->width + track;
    if (a->kind != KITE_ATOM_FIXED || part->shows_hyphen)
        enter_face(p, a);
    if (a->kind == KITE_ATOM_BOX)
        status = put_glyphs(p, part, from, track, part == fit->last ? fit->last_units : part->units);
    if (status == KITE_OK && part->shows_hyphen)
        status = put_hyphen(p, part, *pen);
    if (status == KITE_OK && a->kind == KITE_ATOM_BOX && a->is_struck)
        status = put_strike(p, a, from, *pen - from);
    return status;
}

/* All parts from `pen` on, and what each gets of the gap. */
static enum kite_status put_parts(struct placing *p, const struct fit *fit, q16 *pen)
{
    q16 track_seen = 0, track_given = 0, space_seen = 0, space_given = 0;
    enum kite_status status = KITE_OK;

    for (size_t k = 0; k < p->count && status == KITE_OK; k++) {
        const struct part *part = &p->parts[p->order[k]];
        q16 from = *pen, due;

        if (part->atom->kind == KITE_ATOM_SPACE) {
            space_seen += part->width;
            due = fit->space_room != 0 ? (fit->gap - fit->track_used) * space_seen / fit->space_room : 0;
            *pen += part->width + due - space_given;
            space_given = due;
            status = note_gap(p, from, *pen);
            continue;
        }
        due = track_given;
        if (fit->track_used != 0 && is_tracked(part)) {
            track_seen += part == fit->last ? fit->last_width : part->width;
            due = fit->track_used * track_seen / fit->track_width;
        }
        status = put_part(p, part, fit, due - track_given, pen);
        track_given = due;
    }
    return status;
}

static void find_order(const struct placing *p)
{
    bool is_mixed = p->c->base_level != 0;

    for (size_t i = 0; i < p->count; i++) {
        p->levels[i] = p->parts[i].atom->level;
        p->order[i] = (uint16_t)i;
        is_mixed = is_mixed || p->levels[i] != 0;
    }
    if (is_mixed)
        kite_bidi_order(p->levels, p->count, p->order);
}

static enum kite_status place_line(struct kite_setter *setter, const struct kite_broken *broken, size_t index,
                                   kite_f26 x, kite_f26 y, struct kite_arena *arena, struct kite_placed *placed,
                                   kite_f26 *drawn)
{
    const struct kite_composition *c = broken->composed;
    const struct kite_line *line = &broken->lines[index];
    struct placing p = { .setter = setter, .c = c, .arena = arena, .placed = placed, .y = y,
                         .is_flush = line->is_justified && !line->is_last };
    struct fit fit;
    enum kite_status status = find_parts(&p, index);

    placed->gap_count = 0;
    *drawn = 0;
    if (status != KITE_OK || p.count == 0)
        return status;
    find_order(&p);

    q16 start_hang = q16_of(index == 0 ? c->start_hang_f26 : c->at[c->chosen[index - 1]].start_hang_f26);
    q16 end_hang = q16_of(c->at[c->chosen[index]].end_hang_f26);
    q16 measure = q16_of(c->style->measure_f26 - line->indent_f26);
    q16 width = -start_hang - end_hang; /* of the line, less what hangs */

    for (size_t i = 0; i < p.count; i++)
        width += p.parts[i].width;
    status = share_out(&p, line, measure - width, &fit);
    if (status != KITE_OK)
        return status;
    width += fit.gap;

    q16 pen = q16_of(x + (c->style->is_rtl ? 0 : line->indent_f26)) - (c->style->is_rtl ? 0 : start_hang);

    if (c->style->align == KITE_ALIGN_CENTERED)
        pen += (measure - width) / 2;
    else if (c->style->is_rtl)
        pen += measure - width - end_hang;

    status = put_parts(&p, &fit, &pen);
    *drawn = nearest_f26(width);
    return status;
}

enum kite_status kite_setter_place(struct kite_setter *setter, const struct kite_broken *broken, size_t index,
                                   kite_f26 x, kite_f26 y, struct kite_arena *arena, struct kite_placed *placed,
                                   kite_f26 *drawn)
{
    enum kite_status status = place_line(setter, broken, index, x, y, arena, placed, drawn);

    return kite_fonts_ran_short(setter->fonts) ? KITE_E_NOMEM : status;
}
