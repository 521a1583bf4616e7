/* The setter: breaks a composed paragraph into lines, and puts a line's glyphs where they belong. */
#include "text/compose.h"

#include "text/bidi.h"

#include <string.h>

#define NARROW_CHARS 40
#define CHAR_EM1000 475 /* an average character of Noto Serif, spaces included */

enum kite_status kite_setter_create(const struct kite_memory *mem, struct kite_fonts *fonts,
                                    size_t cache_bytes, struct kite_setter **out,
                                    struct kite_fault *fault)
{
    struct kite_setter *s = kite_alloc(mem, 1, sizeof *s);
    *out = NULL;
    if (s == NULL)
        return kite_fail(fault, KITE_E_NOMEM, "no memory for the text setter");
    s->mem = *mem;
    s->fonts = fonts;
    enum kite_status status = kite_shaper_create(mem, fonts, cache_bytes, &s->shaper);
    if (status != KITE_OK) {
        kite_free(mem, s);
        return kite_fail(fault, status, "no memory for the cache of shaped words");
    }
    *out = s;
    return KITE_OK;
}

void kite_setter_destroy(struct kite_setter *setter)
{
    if (setter == NULL)
        return;
    kite_shaper_destroy(setter->shaper);
    kite_free(&setter->mem, setter);
}

void kite_setter_forget(struct kite_setter *setter)
{
    kite_shaper_forget(setter->shaper);
}

kite_f26 kite_plain_space(struct kite_setter *s, const struct kite_text_style *style)
{
    uint16_t face = kite_fonts_face(s->fonts, style->family, style->face_style);
    if (face == KITE_FACE_NONE)
        return style->size_f26 / 4;
    const struct kite_face_metrics *fm = kite_face_metrics(s->fonts, face);
    return kite_units_f26(fm->space_advance, style->size_f26, fm->units_per_em) +
           kite_mul_div(style->size_f26, style->word_em10000 + style->letter_em10000, 10000);
}

/* Start of a line behind break b: (size_t)-1 is the paragraph's start. */
static void fill_line(const struct kite_composition *c, size_t from, size_t to, struct kite_line *line)
{
    static const struct kite_break start = { 0 };
    const struct kite_break *a = from == (size_t)-1 ? &start : &c->breaks[from];
    const struct kite_break *b = &c->breaks[to];

    line->start_bytes = from == (size_t)-1 ? 0 : c->at[from].offset_bytes;
    line->end_bytes = c->at[to].offset_bytes;
    line->natural_f26 = b->width_before + b->pre - a->width_after + a->post;
    line->stretch_f26 = b->stretch_before - a->stretch_after;
    line->shrink_f26 = b->shrink_before - a->shrink_after;
    line->space_count = (uint16_t)(b->spaces_before - a->spaces_after);
    line->is_last = b->kind == KITE_BREAK_FORCED;
    line->has_hyphen = b->kind == KITE_BREAK_HYPHEN || b->kind == KITE_BREAK_EXPLICIT ||
                       b->kind == KITE_BREAK_RESORT_HYPHEN;
    line->is_justified = c->style->align == KITE_ALIGN_JUSTIFIED;
    line->indent_f26 = from == (size_t)-1                ? c->style->first_indent_f26
                       : a->kind == KITE_BREAK_FORCED ? 0
                                                      : c->style->hang_indent_f26;
}

/* The lines of a composition as they were chosen. */
static enum kite_status fill_lines(struct kite_composition *c, const struct kite_breaks *chosen,
                                   struct kite_arena *arena, struct kite_broken *out)
{
    size_t from = (size_t)-1;

    c->chosen = chosen->at;
    c->chosen_count = chosen->count;
    out->line_count = chosen->count;
    out->lines = kite_arena_alloc(arena, chosen->count, sizeof *out->lines);
    if (out->lines == NULL)
        return KITE_E_NOMEM;
    for (size_t i = 0; i < chosen->count; i++) {
        struct kite_line *line = &out->lines[i];

        *line = (struct kite_line){ .space_f26 = out->space_f26 };
        fill_line(c, from, chosen->at[i], line);
        if (i == 0)
            line->natural_f26 -= c->style->first_indent_f26;
        from = chosen->at[i];
    }
    return KITE_OK;
}

#define DELTA_RATIO_MAX_Q16 (9 * 65536 / 4)

/* lines_wanted 0: the optimum. */
static enum kite_status choose(const struct kite_composition *c, uint32_t lines_wanted, kite_f26 space_f26,
                               struct kite_arena *arena, struct kite_breaks *chosen)
{
    const struct kite_text_style *style = c->style;
    struct kite_line_rules rules = {
        .measure_f26 = style->measure_f26, .hang_f26 = style->hang_indent_f26, .space_f26 = space_f26,
        .align = style->align == KITE_ALIGN_JUSTIFIED ? KITE_ALIGN_JUSTIFIED : KITE_ALIGN_RAGGED,
        .is_balanced = style->is_balanced,
        .is_narrow = (int64_t)style->measure_f26 * 1000 < (int64_t)style->size_f26 * CHAR_EM1000 * NARROW_CHARS,
        .lines_wanted = lines_wanted, .ratio_max_q16 = DELTA_RATIO_MAX_Q16,
    };

    return kite_lines_break(c->breaks, c->break_count, &rules, arena, chosen);
}

enum kite_status kite_setter_break(struct kite_setter *setter, const struct kite_text *text,
                                   const struct kite_text_style *style, struct kite_arena *arena,
                                   struct kite_broken *out)
{
    struct kite_composition *c;
    struct kite_breaks chosen = { 0 };
    enum kite_status status = kite_compose(setter, text, style, arena, &c);

    if (status != KITE_OK)
        return status;
    out->composed = c;
    out->space_f26 = kite_plain_space(setter, style);
    status = choose(c, 0, out->space_f26, arena, &chosen);
    if (status == KITE_OK && style->lines_delta != 0) {
        int64_t wanted = (int64_t)chosen.count + style->lines_delta;

        status = wanted > 0 ? choose(c, (uint32_t)wanted, out->space_f26, arena, &chosen) : KITE_E_RANGE;
    }
    return status ? status : fill_lines(c, &chosen, arena, out);
}

enum kite_status kite_setter_break_again(const struct kite_broken *broken, uint32_t lines, struct kite_arena *arena,
                                         struct kite_broken *out)
{
    struct kite_breaks chosen = { 0 };
    struct kite_composition *copy = kite_arena_alloc(arena, 1, sizeof *copy);

    if (copy == NULL)
        return KITE_E_NOMEM;
    *copy = *broken->composed;
    *out = (struct kite_broken){ .space_f26 = broken->space_f26, .composed = copy };

    enum kite_status status = lines > 0 ? choose(copy, lines, out->space_f26, arena, &chosen) : KITE_E_RANGE;

    return status ? status : fill_lines(copy, &chosen, arena, out);
}

/* A composition without its atoms, and what it points to. */
struct kept {
    struct kite_composition composition;
    struct kite_text_style style;
    struct kite_break_at *at;
    struct kite_break breaks[];
};

enum kite_status kite_broken_keep(const struct kite_broken *broken, const struct kite_memory *mem,
                                  struct kite_broken *out)
{
    const struct kite_composition *c = broken->composed;
    struct kept *kept =
        kite_resize(mem, NULL, 1, sizeof *kept + c->break_count * (sizeof *c->breaks + sizeof *c->at));

    *out = (struct kite_broken){ .space_f26 = broken->space_f26 };
    if (kept == NULL)
        return KITE_E_NOMEM;
    kept->style = *c->style;
    kept->at = (struct kite_break_at *)(void *)(kept->breaks + c->break_count);
    memcpy(kept->breaks, c->breaks, c->break_count * sizeof *c->breaks);
    memcpy(kept->at, c->at, c->break_count * sizeof *c->at);
    kept->composition = (struct kite_composition){ .style = &kept->style, .breaks = kept->breaks, .at = kept->at,
                                                   .break_count = c->break_count, .base_level = c->base_level };
    out->composed = &kept->composition;
    return KITE_OK;
}

void kite_broken_drop(struct kite_broken *kept, const struct kite_memory *mem)
{
    kite_free(mem, kept->composed);
    kept->composed = NULL;
}

void kite_broken_widths(const struct kite_broken *broken, kite_f26 *unbroken_f26, kite_f26 *part_f26)
{
    const struct kite_composition *c = broken->composed;
    kite_f26 line_start = 0, part_start = 0, unbroken = 0, part = 0;

    for (size_t i = 0; i < c->break_count; i++) {
        const struct kite_break *b = &c->breaks[i];
        if (b->width_before + b->pre - part_start > part)
            part = b->width_before + b->pre - part_start;
        part_start = b->width_after - b->post;
        if (b->kind == KITE_BREAK_FORCED) {
            if (b->width_before - line_start > unbroken)
                unbroken = b->width_before - line_start;
            line_start = b->width_after;
        }
    }
    *unbroken_f26 = unbroken;
    *part_f26 = part;
}

/* ---- placing --------------------------------------------------------------------------------------- */

static struct kite_glyph_run *run_for(struct kite_arena *arena, struct kite_placed *p, uint16_t face,
                                      kite_f26 size_f26, uint8_t weight)
{
    if (p->run_count != 0) {
        struct kite_glyph_run *last = &p->runs[p->run_count - 1];
        if (last->face == face && last->size_f26 == size_f26 && last->weight == weight)
            return last;
    }
    void *runs = p->runs;
    if (kite_arena_grow(arena, &runs, &p->run_capacity, p->run_count + 1, sizeof *p->runs))
        return NULL;
    p->runs = runs;
    p->runs[p->run_count] = (struct kite_glyph_run){ .face = face, .weight = weight, .size_f26 = size_f26,
                                                     .first = (uint32_t)p->glyph_count };
    return &p->runs[p->run_count++];
}

/* How a line's gap is shared out: boxes by their tracking, spaces by theirs. */
struct fit {
    int64_t gap;         /* to add in all, 26.6 */
    int64_t track_room;  /* what boxes give at most */
    int64_t track_used;  /* of gap, by boxes */
    int64_t space_room;  /* sum of natural widths of the spaces */
};

struct part {
    const struct kite_atom *atom;
    size_t from, to; /* bytes of the atom */
    bool ends_line, shows_hyphen;
};

static struct fit share_out(const struct kite_composition *c, const struct part *parts, size_t count,
                            const struct kite_line *line, kite_f26 measure, kite_f26 track_width)
{
    struct fit f = { 0 };
    (void)c;
    for (size_t i = 0; i < count; i++)
        if (parts[i].atom->kind == KITE_ATOM_SPACE)
            f.space_room += parts[i].atom->width_f26;
    if (!line->is_justified)
        return f;
    f.gap = (int64_t)measure - line->natural_f26;
    if (line->is_last && f.gap > 0)
        f.gap = 0;
    int64_t room = f.gap >= 0 ? line->stretch_f26 : line->shrink_f26;
    f.track_room = (int64_t)track_width *
                   (f.gap >= 0 ? KITE_TRACK_STRETCH_EM1000 : KITE_TRACK_SHRINK_EM1000) / 1000;
    if (f.space_room == 0 || room == 0)
        f.track_used = f.gap >= 0 && f.gap > f.track_room && f.space_room == 0 ? f.track_room : f.gap;
    else if (f.gap > room)
        f.track_used = f.track_room; /* r > 1: tracking stays at its most, spaces take the rest */
    else
        f.track_used = f.gap * f.track_room / (room > 0 ? room : 1);
    if (f.space_room == 0 && f.gap > f.track_used)
        f.gap = f.track_used; /* a line without spaces stays short rather than spread out */
    return f;
}

static enum kite_status place_box(struct kite_setter *s, const struct kite_composition *c,
                                  const struct part *part, kite_f26 x, kite_f26 y, kite_f26 track, struct kite_arena *arena, struct kite_placed *p,
                                  kite_f26 *width)
{
    const struct kite_atom *a = part->atom;
    const struct kite_face_metrics *fm = kite_face_metrics(s->fonts, a->face);
    const struct kite_shaped *shaped;
    char mark[12];
    struct kite_shape_request r = kite_atom_request(c, a, mark);
    size_t from = part->from, to = part->to;
    enum kite_status status = kite_shape(s->shaper, &r, &shaped);

    if (status != KITE_OK)
        return status;
    bool is_part = a->note == 0 && (from != 0 || to != a->bytes);
    size_t cut = 0; /* of the atom's bytes, before what was shaped */
    int32_t pre = 0;
    if (is_part) { /* a divided word whose ligature went is shaped anew on both sides */
        for (uint16_t i = 0; i < shaped->hyphen_count; i++) {
            const struct kite_unit_hyphen *h = &shaped->hyphens[i];
            if ((h->offset_bytes == from || h->offset_bytes == to) && h->is_reshaped) {
                r.text += from;
                r.bytes = to - from;
                r.key = 0;
                r.hyphen_mode = 0;
                status = kite_shape(s->shaper, &r, &shaped);
                if (status != KITE_OK)
                    return status;
                cut = from;
                to -= from;
                from = 0;
                break;
            }
            if (h->offset_bytes == to)
                pre = h->pre;
        }
    }
    void *glyphs = p->glyphs;
    if (kite_arena_grow(arena, &glyphs, &p->glyph_capacity, p->glyph_count + shaped->glyph_count + 1,
              sizeof *p->glyphs))
        return KITE_E_NOMEM;
    p->glyphs = glyphs;
    struct kite_glyph_run *run = run_for(arena, p, a->face, a->size_f26, c->style->weight);
    if (run == NULL)
        return KITE_E_NOMEM;
    kite_f26 letter = kite_atom_letter(c, a);
    int64_t units = 0, drawn_units = 0;
    kite_f26 letters = 0;
    int32_t whole = 0;
    for (uint16_t i = 0; i < shaped->glyph_count; i++)
        if (a->note != 0 || !is_part || (shaped->glyphs[i].cluster >= from && shaped->glyphs[i].cluster < to))
            whole += shaped->glyphs[i].advance;
    int32_t last_kern = 0;
    for (uint16_t i = 0; i < shaped->glyph_count; i++) {
        const struct kite_unit_glyph *g = &shaped->glyphs[i];
        if (is_part && (g->cluster < from || g->cluster >= to))
            continue;
        kite_f26 pen = x + kite_units_f26((int32_t)units, a->size_f26, fm->units_per_em) + letters;
        if (track != 0 && whole != 0)
            pen += (kite_f26)((int64_t)track * units / whole);
        p->glyphs[p->glyph_count++] = (struct kite_glyph){
            .glyph = g->glyph, .x = pen + kite_units_f26(g->dx, a->size_f26, fm->units_per_em),
            .y = y - a->rise_f26 - kite_units_f26(g->dy, a->size_f26, fm->units_per_em),
            .offset_bytes = a->start_bytes + (a->note == 0 ? (uint32_t)(g->cluster + cut) : 0) };
        run->count++;
        units += g->advance;
        letters += letter;
    }
    drawn_units = units;
    if (part->shows_hyphen) {
        struct kite_shape_request h = r;
        char hyphen[4];
        const struct kite_shaped *mark_shaped;
        h.bytes = kite_utf8_encode(kite_shape_hyphen_char(s->shaper, a->face), hyphen);
        h.text = hyphen;
        h.key = 0;
        h.hyphen_mode = 0;
        status = kite_shape(s->shaper, &h, &mark_shaped);
        if (status != KITE_OK)
            return status;
        if (pre != 0)
            last_kern = pre - mark_shaped->advance;
        if (mark_shaped->glyph_count > 0) {
            p->glyphs[p->glyph_count++] = (struct kite_glyph){
                .glyph = mark_shaped->glyphs[0].glyph,
                .x = x + kite_units_f26((int32_t)units + last_kern, a->size_f26, fm->units_per_em) + letters + track,
                .y = y - a->rise_f26, .offset_bytes = a->start_bytes + (uint32_t)part->to };
            run->count++;
            drawn_units += last_kern + mark_shaped->advance;
            letters += letter;
        }
    } else if (!part->ends_line && (!is_part || to == a->bytes)) {
        drawn_units += a->kern;
    }
    *width = kite_units_f26((int32_t)drawn_units, a->size_f26, fm->units_per_em) + letters + track;
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

static enum kite_status add_strike(struct kite_setter *s, const struct kite_atom *a, kite_f26 x, kite_f26 y,
                                   kite_f26 width, struct kite_arena *arena, struct kite_placed *p)
{
    const struct kite_face_metrics *fm = kite_face_metrics(s->fonts, a->face);
    int32_t thick = kite_f26_round_px(kite_units_f26(fm->underline_thickness, a->size_f26, fm->units_per_em));
    struct kite_rect rule = {
        .x = kite_f26_round_px(x),
        .y = kite_f26_round_px(y - kite_units_f26(fm->strike_position, a->size_f26, fm->units_per_em)),
        .width = kite_f26_round_px(width), .height = thick > 0 ? thick : 1 };
    return kite_placed_add_rule(arena, p, rule);
}

/* Atoms of the line in logical order, without the spaces that hang at its ends. */
static enum kite_status line_parts(const struct kite_composition *c, size_t index, struct kite_arena *arena,
                                   struct part **parts, size_t *count)
{
    struct kite_break_at from = index == 0 ? (struct kite_break_at){ 0 } : c->at[c->chosen[index - 1]];
    struct kite_break_at to = c->at[c->chosen[index]];
    size_t last = to.inner_bytes != 0 ? to.atom + 1 : to.atom, n = 0;

    *parts = kite_arena_alloc(arena, last > from.atom ? last - from.atom : 1, sizeof **parts);
    if (*parts == NULL)
        return KITE_E_NOMEM;
    for (size_t i = from.atom; i < last; i++) {
        const struct kite_atom *a = &c->atoms[i];
        size_t start = i == from.atom ? from.inner_bytes : 0;
        size_t stop = i == to.atom && to.inner_bytes != 0 ? to.inner_bytes : a->bytes;
        (*parts)[n++] = (struct part){ .atom = a, .from = start, .to = stop };
    }
    while (n > 0 && ((*parts)[n - 1].atom->kind == KITE_ATOM_SPACE ||
                     (*parts)[n - 1].atom->kind == KITE_ATOM_END))
        n--;
    if (n > 0) {
        const struct kite_break *end = &c->breaks[c->chosen[index]];
        struct part *part = &(*parts)[n - 1];

        part->ends_line = true;
        part->shows_hyphen =
            part->to != 0 && (end->kind == KITE_BREAK_HYPHEN || end->kind == KITE_BREAK_RESORT_HYPHEN);
    }
    *count = n;
    return KITE_OK;
}

enum kite_status kite_setter_place(struct kite_setter *setter, const struct kite_broken *broken, size_t index,
                                   kite_f26 x, kite_f26 y, struct kite_arena *arena, struct kite_placed *placed,
                                   kite_f26 *drawn)
{
    const struct kite_composition *c = broken->composed;
    const struct kite_line *line = &broken->lines[index];
    struct part *parts;
    size_t count;
    enum kite_status status = line_parts(c, index, arena, &parts, &count);
    uint16_t *order;
    kite_f26 measure = c->style->measure_f26;
    kite_f26 indent = line->indent_f26;

    placed->gap_count = 0;
    *drawn = 0;
    if (status != KITE_OK || count == 0)
        return status;
    order = kite_arena_alloc(arena, count, sizeof *order);
    uint8_t *levels = kite_arena_alloc(arena, count, 1);
    if (order == NULL || levels == NULL)
        return KITE_E_NOMEM;
    kite_f26 track_width = 0;
    bool is_mixed = c->base_level != 0;
    for (size_t i = 0; i < count; i++) {
        const struct kite_atom *a = parts[i].atom;
        levels[i] = a->level;
        order[i] = (uint16_t)i;
        is_mixed = is_mixed || a->level != 0;
        if (a->kind == KITE_ATOM_BOX && !a->is_joined)
            track_width += a->width_f26;
    }
    if (is_mixed)
        kite_bidi_order(levels, count, order);
    struct fit fit = share_out(c, parts, count, line, measure - indent, track_width);
    kite_f26 width = line->natural_f26 + (kite_f26)fit.gap;
    kite_f26 start_hang = index == 0 ? c->start_hang_f26 : c->at[c->chosen[index - 1]].start_hang_f26;
    kite_f26 end_hang = c->at[c->chosen[index]].end_hang_f26;
    kite_f26 pen = x + (c->style->is_rtl ? 0 : indent - start_hang);
    if (c->style->align == KITE_ALIGN_CENTERED)
        pen += (measure - indent - width) / 2;
    else if (c->style->is_rtl)
        pen += measure - indent - width - end_hang;
    kite_f26 start = pen;
    int64_t track_seen = 0, track_given = 0, space_seen = 0, space_given = 0;
    for (size_t k = 0; k < count; k++) {
        const struct part *part = &parts[order[k]];
        const struct kite_atom *a = part->atom;
        kite_f26 advance = a->width_f26;
        if (a->kind == KITE_ATOM_BOX) {
            kite_f26 track = 0;
            if (fit.track_used != 0 && !a->is_joined && track_width != 0) {
                track_seen += a->width_f26;
                int64_t due = fit.track_used * track_seen / track_width;
                track = (kite_f26)(due - track_given);
                track_given = due;
            }
            status = place_box(setter, c, part, pen, y, track, arena, placed, &advance);
            if (status != KITE_OK)
                return status;
            if (a->is_struck && (status = add_strike(setter, a, pen, y, advance, arena, placed)) != KITE_OK)
                return status;
        } else if (a->kind == KITE_ATOM_SPACE) {
            space_seen += a->width_f26;
            int64_t due = fit.space_room != 0 ? (fit.gap - fit.track_used) * space_seen / fit.space_room : 0;
            advance += (kite_f26)(due - space_given);
            space_given = due;
            void *gaps = placed->gaps;
            if (kite_arena_grow(arena, &gaps, &placed->gap_capacity, placed->gap_count + 1, sizeof *placed->gaps))
                return KITE_E_NOMEM;
            placed->gaps = gaps;
            placed->gaps[placed->gap_count][0] = pen;
            placed->gaps[placed->gap_count++][1] = pen + advance;
        }
        pen += advance;
    }
    *drawn = pen - start - start_hang - end_hang;
    return KITE_OK;
}
