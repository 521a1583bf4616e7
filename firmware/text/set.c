/* The setter: breaks a composed paragraph into lines. */
#include "text/compose.h"
#include "text/fallback.h"

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
    for (size_t i = 0; i < setter->lent_count; i++)
        kite_fonts_take_back(setter->fonts, setter->lent[i]);
    kite_free(&setter->mem, setter);
}

enum kite_status kite_setter_lend(struct kite_setter *setter, const uint8_t *bytes, size_t count)
{
    uint16_t face;
    enum kite_status status = setter->lent_count == KITE_FONTS_MAX ? KITE_E_LIMIT : kite_fonts_lend(setter->fonts, bytes, count, &face);

    if (status == KITE_OK)
        setter->lent[setter->lent_count++] = face;
    return status;
}

uint16_t kite_setter_lent_face(const struct kite_setter *setter, uint32_t code_point)
{
    for (size_t i = 0; i < setter->lent_count; i++)
        if (kite_face_has_glyph(setter->fonts, setter->lent[i], code_point))
            return setter->lent[i];
    return KITE_FACE_NONE;
}

#define OTHER_SCRIPTS_FROM 0x0590u   /* below it the set's own fonts have all that they are asked for */
#define LENT_LINE_EM1000_MAX 1600    /* a font may say anything of its height */

/* Of a line of a lent face, set at its scale. */
static uint16_t lent_line_em1000(const struct kite_setter *setter, uint16_t face)
{
    const struct kite_face_metrics *fm = kite_face_metrics(setter->fonts, face);
    int32_t height = kite_mul_div(fm->ascender - fm->descender, fm->scale_em1000, fm->units_per_em);

    return (uint16_t)(height < 0 ? 0 : height > LENT_LINE_EM1000_MAX ? LENT_LINE_EM1000_MAX : height);
}

uint16_t kite_setter_text_line_em1000(const struct kite_setter *setter, enum kite_family family, const struct kite_text *text)
{
    uint16_t most = kite_family_text_line_em1000(family, text), last = KITE_FACE_NONE;

    for (size_t at = 0, step; setter->lent_count > 0 && at < text->text_bytes; at += step) {
        uint32_t c = kite_utf8_decode(text->text + at, text->text_bytes - at, &step);
        uint16_t face = c < OTHER_SCRIPTS_FROM || (c >= 0x2000 && c < 0x2600) ? KITE_FACE_NONE : kite_setter_lent_face(setter, c);

        if (face == KITE_FACE_NONE || face == last)
            continue;
        last = face;
        most = lent_line_em1000(setter, face) > most ? lent_line_em1000(setter, face) : most;
    }
    return most;
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

#define WISH_RATIO_MAX_Q16 (3 * 65536)
#define WISH_RATIO_MOST_Q16 (15 * 65536 / 4)
#define RUNT_PERCENT 10 /* of the measure */
#define WHOLE_TRIES_MAX 6

/* Room of a line of a composition that is not its paragraph's last. */
struct room {
    int64_t gap, stretch, shrink;
};

static struct room room_of(const struct kite_composition *c, const uint32_t *at, size_t line)
{
    static const struct kite_break start = { 0 };
    const struct kite_break *from = line > 0 ? &c->breaks[at[line - 1]] : &start, *to = &c->breaks[at[line]];
    kite_f26 indent = line == 0 || from->kind == KITE_BREAK_FORCED ? 0 : c->style->hang_indent_f26;

    return (struct room){ (int64_t)c->style->measure_f26 - indent - (to->width_before + to->pre - from->width_after + from->post),
                          (int64_t)to->stretch_before - from->stretch_after, (int64_t)to->shrink_before - from->shrink_after };
}

/* How loose a line may be for the sake of a page: a little, or as loose as one is that was chosen already. */
static int32_t wish_ratio_max_q16(const struct kite_composition *c)
{
    int64_t most = WISH_RATIO_MAX_Q16;

    for (size_t i = 0; i + 1 < c->chosen_count && c->style->align == KITE_ALIGN_JUSTIFIED; i++) {
        struct room room = room_of(c, c->chosen, i);

        if (c->breaks[c->chosen[i]].kind != KITE_BREAK_FORCED && room.stretch > 0 && room.gap * 65536 > most * room.stretch)
            most = room.gap * 65536 / room.stretch;
    }
    return (int32_t)(most < WISH_RATIO_MOST_Q16 ? most : WISH_RATIO_MOST_Q16);
}

/* Is the last line a runt, of a word or less? */
static bool has_runt(const struct kite_composition *c, const uint32_t *at, size_t count)
{
    const struct kite_break *end = &c->breaks[at[count - 1]], *from = count > 1 ? &c->breaks[at[count - 2]] : NULL;

    return from && from->kind != KITE_BREAK_FORCED &&
           ((int64_t)end->width_before - from->width_after + from->post) * 100 < (int64_t)c->style->measure_f26 * RUNT_PERCENT;
}

/* lines_wanted 0: the optimum; else so many, none looser than the ratio. */
static enum kite_status choose(const struct kite_composition *c, uint32_t lines_wanted, int32_t ratio_max_q16, kite_f26 space_f26,
                               struct kite_arena *arena, struct kite_breaks *chosen)
{
    const struct kite_text_style *style = c->style;
    struct kite_line_rules rules = {
        .measure_f26 = style->measure_f26, .hang_f26 = style->hang_indent_f26, .space_f26 = space_f26,
        .align = style->align == KITE_ALIGN_JUSTIFIED ? KITE_ALIGN_JUSTIFIED : KITE_ALIGN_RAGGED,
        .is_balanced = style->is_balanced,
        .is_narrow = (int64_t)style->measure_f26 * 1000 < (int64_t)style->size_f26 * CHAR_EM1000 * NARROW_CHARS,
        .lines_wanted = lines_wanted, .ratio_max_q16 = ratio_max_q16,
    };

    *chosen = (struct kite_breaks){ 0 };
    return kite_lines_break(c->breaks, c->break_count, &rules, arena, chosen);
}

/* So many lines as are wished, of all breaks that a composition has to begin with. A kept one recalls them, as they are asked
 * for again with words whole. */
static enum kite_status choose_counted(const struct kite_composition *c, int lines_delta, uint32_t lines_wanted,
                                       int32_t ratio_max_q16, kite_f26 space_f26, struct kite_arena *arena,
                                       struct kite_breaks *chosen)
{
    struct kite_recalled *recalled =
        c->recalled == NULL || (lines_delta != 1 && lines_delta != -1) ? NULL : &c->recalled[lines_delta > 0];

    if (recalled != NULL && recalled->is_known) {
        *chosen = (struct kite_breaks){ recalled->at, recalled->count };
        return recalled->can_be ? KITE_OK : KITE_E_RANGE;
    }

    enum kite_status status = choose(c, lines_wanted, ratio_max_q16, space_f26, arena, chosen);

    if (recalled != NULL && (status == KITE_OK || status == KITE_E_RANGE)) {
        recalled->is_known = true;
        recalled->can_be = status == KITE_OK;
        recalled->count = recalled->can_be ? chosen->count : 0;
        if (recalled->count > 0)
            memcpy(recalled->at, chosen->at, recalled->count * sizeof *chosen->at);
    }
    return status;
}

static bool is_in_word(const struct kite_break *b)
{
    return b->kind == KITE_BREAK_HYPHEN || b->kind == KITE_BREAK_EXPLICIT;
}

/* The first line that ends in a divided word and is wished not to; SIZE_MAX: there is none. */
static size_t find_divided(const struct kite_composition *c, const struct kite_text_wish *wish, const struct kite_breaks *chosen)
{
    for (int i = 0; i < KITE_WISH_WHOLE_MAX; i++) {
        size_t line = wish->whole[i] - 1u;

        if (wish->whole[i] != 0 && line < chosen->count && is_in_word(&c->breaks[chosen->at[line]]))
            return line;
    }
    return SIZE_MAX;
}

/* The word that is divided at a break cannot be, nowhere: all its breaks go. */
static void make_whole(struct kite_composition *c, size_t at)
{
    size_t first = at, end = at + 1;

    while (first > 0 && is_in_word(&c->breaks[first - 1]))
        first--;
    while (end < c->break_count && is_in_word(&c->breaks[end]))
        end++;
    memmove(c->breaks + first, c->breaks + end, (c->break_count - end) * sizeof *c->breaks);
    memmove(c->at + first, c->at + end, (c->break_count - end) * sizeof *c->at);
    c->break_count -= end - first;
}

/* Is a line too full, as a word that had to be divided no longer can be? */
static bool is_overfull(const struct kite_composition *c, const struct kite_breaks *chosen)
{
    for (size_t i = 0; i < chosen->count; i++) {
        struct room room = room_of(c, chosen->at, i);

        if (room.gap + (c->style->align == KITE_ALIGN_JUSTIFIED ? room.shrink : 0) < 0)
            return true;
    }
    return false;
}

/* Choose again as is wished; chosen is the optimum. The breaks of words that must stay whole go from the composition: what
 * is chosen is the optimum without them. */
static enum kite_status choose_wished(struct kite_composition *c, const struct kite_text_wish *wish, kite_f26 space_f26,
                                      struct kite_arena *arena, struct kite_breaks *chosen)
{
    int64_t count = (int64_t)chosen->count + wish->lines_delta;
    uint32_t wanted = wish->lines_delta != 0 && count > 0 ? (uint32_t)count : 0;
    bool has_runt_anyway = has_runt(c, chosen->at, chosen->count);
    enum kite_status status = count > 0 ? KITE_OK : KITE_E_RANGE;
    size_t line;

    c->chosen = chosen->at;
    c->chosen_count = chosen->count;

    int32_t ratio_max_q16 = wanted > 0 ? wish_ratio_max_q16(c) : 0;

    if (wanted > 0)
        status = choose_counted(c, wish->lines_delta, wanted, ratio_max_q16, space_f26, arena, chosen);
    for (int i = 0; status == KITE_OK && (line = find_divided(c, wish, chosen)) != SIZE_MAX; i++) {
        if (i == WHOLE_TRIES_MAX)
            return KITE_E_RANGE;
        make_whole(c, chosen->at[line]);
        status = choose(c, wanted, ratio_max_q16, space_f26, arena, chosen);
        if (status == KITE_OK && ((int64_t)chosen->count != count || is_overfull(c, chosen)))
            status = KITE_E_RANGE;
    }
    /* an even page is not worth a runt that the paragraph would not have by itself */
    return status == KITE_OK && has_runt(c, chosen->at, chosen->count) && !has_runt_anyway ? KITE_E_RANGE : status;
}

static bool wants_whole(const struct kite_text_wish *wish)
{
    for (int i = 0; i < KITE_WISH_WHOLE_MAX; i++)
        if (wish->whole[i] != 0)
            return true;
    return false;
}

static enum kite_status break_text(struct kite_setter *setter, const struct kite_text *text,
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
    status = choose(c, 0, 0, out->space_f26, arena, &chosen);
    if (status == KITE_OK && (style->wish.lines_delta != 0 || wants_whole(&style->wish)))
        status = choose_wished(c, &style->wish, out->space_f26, arena, &chosen);
    return status ? status : fill_lines(c, &chosen, arena, out);
}

enum kite_status kite_setter_break(struct kite_setter *setter, const struct kite_text *text,
                                   const struct kite_text_style *style, struct kite_arena *arena,
                                   struct kite_broken *out)
{
    enum kite_status status = break_text(setter, text, style, arena, out);

    return kite_fonts_ran_short(setter->fonts) ? KITE_E_NOMEM : status;
}

/* A copy of items in an arena. NULL: no memory. */
static void *copy_of(struct kite_arena *arena, const void *items, size_t count, size_t bytes)
{
    void *copy = kite_arena_alloc(arena, count, bytes);

    if (copy != NULL && count > 0)
        memcpy(copy, items, count * bytes);
    return copy;
}

enum kite_status kite_setter_break_again(const struct kite_broken *broken, struct kite_text_wish wish,
                                         struct kite_arena *arena, struct kite_broken *out)
{
    const struct kite_composition *c = broken->composed;
    struct kite_composition *copy = copy_of(arena, c, 1, sizeof *c);
    struct kite_breaks chosen = { copy_of(arena, c->chosen, c->chosen_count, sizeof *c->chosen), c->chosen_count };

    *out = (struct kite_broken){ .space_f26 = broken->space_f26, .composed = copy };
    if (copy == NULL || chosen.at == NULL)
        return KITE_E_NOMEM;
    if (wants_whole(&wish)) {
        copy->breaks = copy_of(arena, c->breaks, c->break_count, sizeof *c->breaks);
        copy->at = copy_of(arena, c->at, c->break_count, sizeof *c->at);
    }
    if (copy->breaks == NULL || copy->at == NULL)
        return KITE_E_NOMEM;

    enum kite_status status = choose_wished(copy, &wish, out->space_f26, arena, &chosen);

    return status ? status : fill_lines(copy, &chosen, arena, out);
}

/* A composition without its atoms, and what it points to. */
struct kept {
    struct kite_composition composition;
    struct kite_text_style style;
    struct kite_break_at *at;
    uint32_t *chosen;
    struct kite_recalled recalled[2];
    struct kite_break breaks[];
};

enum kite_status kite_broken_keep(const struct kite_broken *broken, const struct kite_memory *mem,
                                  struct kite_broken *out)
{
    const struct kite_composition *c = broken->composed;
    struct kept *kept =
        kite_resize(mem, NULL, 1, sizeof *kept + c->break_count * (sizeof *c->breaks + sizeof *c->at) +
                                      3 * c->chosen_count * sizeof *c->chosen);

    *out = (struct kite_broken){ .space_f26 = broken->space_f26 };
    if (kept == NULL)
        return KITE_E_NOMEM;
    kept->style = *c->style;
    kept->at = (struct kite_break_at *)(void *)(kept->breaks + c->break_count);
    kept->chosen = (uint32_t *)(void *)(kept->at + c->break_count);
    memcpy(kept->breaks, c->breaks, c->break_count * sizeof *c->breaks);
    memcpy(kept->at, c->at, c->break_count * sizeof *c->at);
    memcpy(kept->chosen, c->chosen, c->chosen_count * sizeof *c->chosen);
    kept->recalled[0] = (struct kite_recalled){ .at = kept->chosen + c->chosen_count }; /* behind as many as are chosen */
    kept->recalled[1] = (struct kite_recalled){ .at = kept->recalled[0].at + c->chosen_count - 1 };
    kept->composition = (struct kite_composition){ .style = &kept->style, .breaks = kept->breaks, .at = kept->at,
                                                   .break_count = c->break_count, .chosen = kept->chosen,
                                                   .chosen_count = c->chosen_count, .recalled = kept->recalled,
                                                   .base_level = c->base_level };
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
