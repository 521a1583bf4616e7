/* The last resort: a run wider than a line is divided at as few points as can be, the best kind first. */
#include "text/resort.h"

#include "text/tailor.h"
#include "text/unicode/properties.h"

#include <string.h>

#define LEAST_PART 4 /* the last part is at least a fourth of a line, where no pattern has a say */

/* Kinds of points, the best first. */
enum tier { TIER_SPACE = 0, TIER_PATTERN, TIER_LETTERS, TIER_CLUSTERS, TIER_COUNT };

struct candidate {
    struct kite_resort point;
    uint32_t last[TIER_COUNT]; /* 1 + index of the last candidate of each tier up to this one; 0: none */
    uint8_t tier;
};

struct divider {
    struct kite_setter *setter;
    struct kite_composition *c;
    const struct kite_resort_run *run;
    struct kite_arena *arena;
    struct candidate *found;
    size_t count, capacity;
};

static enum kite_status add(struct divider *d, enum tier tier, struct kite_resort point)
{
    void *found = d->found;

    if (kite_arena_grow(d->arena, &found, &d->capacity, d->count + 1, sizeof *d->found))
        return KITE_E_NOMEM;
    d->found = found;

    struct candidate *added = &d->found[d->count];

    *added = (struct candidate){ .point = point, .tier = (uint8_t)tier };
    if (d->count > 0)
        memcpy(added->last, d->found[d->count - 1].last, sizeof added->last);
    added->last[tier] = (uint32_t)++d->count;
    return KITE_OK;
}

/* ---- kinds of points ------------------------------------------------------------------------- */

static bool is_word_class(uint8_t class)
{
    return class == KITE_LB_AL || class == KITE_LB_HL || class == KITE_LB_NU || class == KITE_LB_SA ||
           class == KITE_LB_CM || class == KITE_LB_ID || class == KITE_LB_H2 || class == KITE_LB_H3;
}

/* What a division before this byte is worth: between letters or figures, or anywhere else. */
static enum tier tier_at(const struct kite_text *text, uint32_t at)
{
    size_t length;
    uint32_t left = at - 1;

    while (left > 0 && ((uint8_t)text->text[left] & 0xC0) == 0x80)
        left--;

    bool is_inside = is_word_class(kite_line_class(kite_utf8_decode(text->text + left, at - left, &length))) &&
                     is_word_class(kite_line_class(kite_utf8_decode(text->text + at, text->text_bytes - at, &length)));

    return is_inside ? TIER_LETTERS : TIER_CLUSTERS;
}

static uint32_t styles_at(const struct kite_text *text, uint32_t at)
{
    uint32_t styles = 0;

    for (size_t i = 0; i < text->span_count && text->spans[i].offset_bytes <= at; i++)
        styles = text->spans[i].styles;
    return styles;
}

static bool is_part_of_word(uint8_t byte)
{
    return (uint8_t)((byte | 32) - 'a') < 26 || byte >= 0xC3 || (byte != 0 && strchr("0123456789_@\\/", byte) != NULL);
}

static bool is_in_address(const struct kite_text *text, uint32_t start, uint32_t end)
{
    while (start > 0 && (uint8_t)text->text[start - 1] > ' ')
        start--;
    while (end < text->text_bytes && (uint8_t)text->text[end] > ' ')
        end++;
    return kite_may_have_address(text->text + start, end - start);
}

/* Is the atom all of a word of running text? Only such a word takes a hyphen. */
static bool is_whole_word(const struct kite_composition *c, const struct kite_atom *a)
{
    const struct kite_text *text = c->text;
    uint32_t end = a->start_bytes + a->bytes;

    return !c->style->keeps_spaces && a->note == 0 && !a->is_joined &&
           !(styles_at(text, a->start_bytes) & KITE_STYLE_CODE) &&
           !(a->start_bytes > 0 && is_part_of_word((uint8_t)text->text[a->start_bytes - 1])) &&
           !(end < text->text_bytes && is_part_of_word((uint8_t)text->text[end])) &&
           !is_in_address(text, a->start_bytes, end);
}

/* ---- the points of a run --------------------------------------------------------------------- */

/* Width of the glyphs whose clusters stand before a byte of the atom, letter space included. */
struct advance {
    int32_t units, glyphs;
};

static kite_f26 advance_f26(const struct divider *d, const struct kite_atom *a, struct advance sum)
{
    const struct kite_face_metrics *fm = kite_face_metrics(d->setter->fonts, a->face);
    kite_f26 letter = kite_atom_letter(d->c, a);

    return kite_units_f26(sum.units, a->size_f26, fm->units_per_em) + letter * sum.glyphs;
}

/* The point before `inner_bytes` of an atom that begins at `start`; h where patterns divide it. */
static enum kite_status add_inner(struct divider *d, uint32_t index, kite_f26 start, uint16_t inner_bytes,
                                  struct advance before, const struct kite_unit_hyphen *h)
{
    const struct kite_atom *a = &d->c->atoms[index];
    struct kite_resort point = { .at = { .atom = index, .inner_bytes = inner_bytes },
                                 .before = start + advance_f26(d, a, before) };
    enum tier tier = h ? TIER_PATTERN : tier_at(d->c->text, a->start_bytes + inner_bytes);

    point.after = point.before;
    if (h) {
        point.shows_hyphen = true;
        point.pre = advance_f26(d, a, (struct advance){ h->pre, 1 });
        point.post = advance_f26(d, a, (struct advance){ h->post, 0 });
    }
    return add(d, tier, point);
}

/* Glyphs come in visual order, clusters in the text's: from the end where it runs from right to left. */
static const struct kite_unit_glyph *glyph_at(const struct kite_shaped *shaped, size_t i)
{
    return &shaped->glyphs[shaped->is_rtl ? shaped->glyph_count - 1 - i : i];
}

static enum kite_status add_inside(struct divider *d, uint32_t index, kite_f26 start)
{
    struct kite_atom *a = &d->c->atoms[index];
    const struct kite_shaped *shaped;
    char mark[12];
    struct kite_shape_request r;
    struct advance before = { 0 };
    uint16_t hyphen = 0;

    if (a->note != 0)
        return KITE_OK;
    a->hyphen_mode = is_whole_word(d->c, a); /* the language's own limits, whatever the profile */
    a->may_divide = a->hyphen_mode != 0;
    r = kite_atom_request(d->c, a, mark);

    enum kite_status status = kite_shape(d->setter->shaper, &r, &shaped);

    for (size_t i = 0; i + 1 < (status ? 0 : shaped->glyph_count) && status == KITE_OK; i++) {
        uint16_t next = glyph_at(shaped, i + 1)->cluster;
        const struct kite_unit_hyphen *h = NULL;

        before.units += glyph_at(shaped, i)->advance;
        before.glyphs++;
        for (; hyphen < shaped->hyphen_count && shaped->hyphens[hyphen].offset_bytes <= next; hyphen++) {
            h = &shaped->hyphens[hyphen];
            if (h->offset_bytes < next) /* inside of a ligature */
                status = add_inner(d, index, start, h->offset_bytes, (struct advance){ h->before, before.glyphs }, h);
        }
        if (status == KITE_OK && next > glyph_at(shaped, i)->cluster)
            status = add_inner(d, index, start, next, before, h && h->offset_bytes == next ? h : NULL);
    }
    return status;
}

/* No-break spaces [index, stop): a line may end there after all. */
static enum kite_status add_spaces(struct divider *d, uint32_t index, uint32_t stop, kite_f26 start, kite_f26 after)
{
    if (index == d->run->first || stop >= d->run->end)
        return KITE_OK;
    return add(d, TIER_SPACE, (struct kite_resort){ .at = { .atom = stop }, .before = start, .after = after });
}

/* Between two atoms. */
static enum kite_status add_between(struct divider *d, uint32_t index, kite_f26 start)
{
    const struct kite_atom *left = &d->c->atoms[index - 1], *a = &d->c->atoms[index];
    struct kite_resort point = { .at = { .atom = index }, .before = start, .after = start };

    if (a->note != 0) /* a mark stays with what it marks */
        return KITE_OK;
    if (left->kern != 0)
        point.pre = -kite_units_f26(left->kern, left->size_f26,
                                    kite_face_metrics(d->setter->fonts, left->face)->units_per_em);
    return add(d, tier_at(d->c->text, a->start_bytes), point);
}

static enum kite_status find_candidates(struct divider *d)
{
    const struct kite_atom *atoms = d->c->atoms;
    kite_f26 width = 0;
    enum kite_status status = KITE_OK;

    for (uint32_t i = d->run->first; i < d->run->end && status == KITE_OK; i++) {
        if (atoms[i].kind == KITE_ATOM_SPACE) {
            kite_f26 start = width;
            uint32_t space = i;

            for (; i < d->run->end && atoms[i].kind == KITE_ATOM_SPACE; i++)
                width += atoms[i].width_f26;
            status = add_spaces(d, space, i, start, width);
            i--;
            continue;
        }
        if (atoms[i].kind == KITE_ATOM_BOX) {
            if (i > d->run->first && atoms[i - 1].kind == KITE_ATOM_BOX)
                status = add_between(d, i, width);
            if (status == KITE_OK)
                status = add_inside(d, i, width);
        }
        width += atoms[i].width_f26;
    }
    return status;
}

/* ---- choosing --------------------------------------------------------------------------------- */

/* The candidate to end the line that begins at `after`: 1 + the last one of the best tier that has one in [first, stop),
 * where stop is the first that does not fit even without a hyphen. 0: none fits. */
static size_t best_in_reach(const struct divider *d, size_t first, size_t stop, kite_f26 line_start, kite_f26 measure)
{
    if (stop == first)
        return 0;
    for (int tier = 0; tier < TIER_COUNT; tier++) {
        size_t at = d->found[stop - 1].last[tier];

        while (at > first) {
            const struct candidate *k = &d->found[at - 1];

            if (k->point.before + k->point.pre - line_start <= measure)
                return at;
            at = at > 1 ? d->found[at - 2].last[tier] : 0;
        }
    }
    return 0;
}

/* A letter or two would be left for the last line: an earlier point of the same kind, if one divides more evenly. */
static size_t even_out(const struct divider *d, size_t best, size_t first, kite_f26 line_start)
{
    kite_f26 width = d->run->width_f26, measure = d->run->measure_rest_f26;
    unsigned tier = d->found[best - 1].tier;
    size_t at = best;

    if (tier < TIER_LETTERS || width - d->found[best - 1].point.after > measure)
        return best;
    while (at > first && width - d->found[at - 1].point.after < measure / LEAST_PART)
        at = at > 1 ? d->found[at - 2].last[tier] : 0;
    return at > first && d->found[at - 1].point.before - line_start >= measure / LEAST_PART ? at : best;
}

/* Keep of the candidates those that are taken, at the array's start. */
static size_t choose(struct divider *d)
{
    kite_f26 width = d->run->width_f26, measure = d->run->measure_first_f26, line_start = 0;
    size_t first = 0, stop = 0, chosen = 0;

    while (first < d->count && width - line_start > measure) {
        while (stop < d->count && d->found[stop].point.before - line_start <= measure)
            stop++;

        size_t best = best_in_reach(d, first, stop, line_start, measure);

        if (best)
            best = even_out(d, best, first, line_start);

        struct kite_resort point = d->found[best ? best - 1 : first].point; /* one cluster may be wider than a line */

        first = best ? best : first + 1;
        if (stop < first)
            stop = first;
        line_start = point.after - point.post;
        measure = d->run->measure_rest_f26;
        d->found[chosen++].point = point;
    }
    return chosen;
}

enum kite_status kite_resort_divide(struct kite_setter *setter, struct kite_composition *c,
                                    const struct kite_resort_run *run, struct kite_arena *arena,
                                    struct kite_resort **out, size_t *count)
{
    struct divider d = { .setter = setter, .c = c, .run = run, .arena = arena };
    enum kite_status status = find_candidates(&d);

    if (status)
        return status;
    *count = choose(&d);
    *out = kite_arena_alloc(arena, *count, sizeof **out);
    if (*out == NULL)
        return KITE_E_NOMEM;
    for (size_t i = 0; i < *count; i++)
        (*out)[i] = d.found[i].point;
    return KITE_OK;
}
