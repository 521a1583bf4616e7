/* Where a composed paragraph may be broken: breaks between atoms and in divided words, with prefix sums. */
#include "text/composing.h"

#include "text/hang.h"
#include "text/resort.h"
#include "text/segment.h"
#include "text/small_words.h"

#define HYPHEN_PENALTY 50
#define BREAKS_A_BYTE_16 4        /* of text, in sixteenths */
#define RESORT_HYPHEN_PENALTY 100 /* of a hyphen of the last resort */
#define RESORT_PENALTY 3000       /* without a hyphen */
#define NAME_PENALTY 60           /* one that ends within a name */
#define CODE_PENALTY 1000         /* of kept lines, elsewhere than at a space: only where a word is too long */
#define SMALL_WORD_PENALTY 80     /* a title's line that ends in one: as bad as a line three tenths short */

struct sums {
    kite_f26 width, stretch, shrink;
    uint16_t spaces;
};

/* Atoms that nothing divides. Few are wider than a line: one that comes near to it is gone through again when it is. */
struct run {
    uint32_t first;
    size_t break_count; /* before it */
    struct sums start;
    kite_f26 limit_f26; /* behind which it is to be judged */
    bool is_wide;
    struct kite_resort *resorts; /* of a wide one; the next to be added */
    size_t resort_count, resort_next;
};

struct maker {
    struct kite_composing x;
    size_t capacity; /* of breaks, and of where they stand */
    struct run run;
    bool is_behind_run; /* a space has ended the run in hand */
    bool is_again;      /* the run in hand is gone through again from its start */
    bool is_tracked;    /* letters give way in justified lines */
    kite_f26 safe_f26;  /* a run up to this width is not too wide for any line */
    kite_f26 dropped_f26; /* width of spaces of the run that have none, as they end a line */
    const struct kite_atom *hyphen_atom; /* whose hyphen hangs by so much; NULL: none */
    uint16_t hyphen_hang_f26;
    uint32_t line_end; /* behind the line of kept spaces in hand */
    bool line_is_wide;
};

static bool is_ascii_letter(char c)
{
    return (uint8_t)((c | 32) - 'a') < 26;
}

/* What hangs at the break added last, between atoms, belongs to neither line's width. Letters, the most, do not hang. */
static void hang(struct maker *m, struct kite_break *b)
{
    const struct kite_composition *c = m->x.c;
    struct kite_break_at *at = &c->at[c->break_count - 1];
    const char *text = m->x.text->text;
    const struct kite_atom *right = &c->atoms[at->atom], *left = right;

    if (!m->x.style->hangs)
        return;
    while (left > c->atoms && left[-1].kind == KITE_ATOM_SPACE)
        left--;
    if (left > c->atoms && !is_ascii_letter(text[left[-1].start_bytes + left[-1].bytes - 1]))
        at->end_hang_f26 = kite_hang_end_f26(m->x.setter, c, left - 1);
    if (!is_ascii_letter(text[right->start_bytes]))
        at->start_hang_f26 = kite_hang_start_f26(m->x.setter, c, right);
    b->width_before -= at->end_hang_f26;
    b->width_after += at->start_hang_f26;
}

/* Do the hyphens of two atoms hang alike for certain? */
static bool has_like_hyphen(const struct kite_atom *a, const struct kite_atom *b)
{
    return a->face == b->face && a->size_f26 == b->size_f26 && a->rise_f26 == b->rise_f26 && a->level == b->level &&
           a->kind == b->kind && a->note == b->note;
}

/* The hyphen of the break added last hangs. */
static void hang_hyphen(struct maker *m, struct kite_break *b, const struct kite_atom *a)
{
    struct kite_break_at *at = &m->x.c->at[m->x.c->break_count - 1];

    if (!m->x.style->hangs)
        return;
    if (m->hyphen_atom == NULL || !has_like_hyphen(m->hyphen_atom, a))
        m->hyphen_hang_f26 = kite_hang_hyphen_f26(m->x.setter, m->x.c, a);
    m->hyphen_atom = a;
    at->end_hang_f26 = m->hyphen_hang_f26;
    b->pre -= at->end_hang_f26;
}

static bool grow(struct maker *m)
{
    struct kite_composition *c = m->x.c;
    void *breaks = c->breaks, *places = c->at;
    size_t places_capacity = m->capacity; /* both grow alike */
    size_t need = c->break_count == 0 ? kite_compose_first_room(m->x.text, BREAKS_A_BYTE_16) : c->break_count + 1;

    if (kite_arena_grow(m->x.arena, &breaks, &m->capacity, need, sizeof *c->breaks) ||
        kite_arena_grow(m->x.arena, &places, &places_capacity, need, sizeof *c->at))
        return false;
    c->breaks = breaks;
    c->at = places;
    return true;
}

/* A break before an atom, or inside it. NULL: no memory. */
static inline struct kite_break *add_break(struct maker *m, struct sums before, struct sums after, enum kite_break_kind kind,
                                           uint32_t atom, uint32_t inner_bytes)
{
    struct kite_composition *c = m->x.c;

    if (c->break_count == m->capacity && !grow(m))
        return NULL;

    struct kite_break *b = &c->breaks[c->break_count];

    c->at[c->break_count++] = (struct kite_break_at){
        .atom = atom, .inner_bytes = inner_bytes,
        .offset_bytes = atom < c->atom_count ? c->atoms[atom].start_bytes + inner_bytes : (uint32_t)c->text->text_bytes };
    *b = (struct kite_break){ .width_before = before.width, .width_after = after.width,
                              .stretch_before = before.stretch, .stretch_after = after.stretch,
                              .shrink_before = before.shrink, .shrink_after = after.shrink,
                              .spaces_before = before.spaces, .spaces_after = after.spaces, .kind = (uint8_t)kind };
    return b;
}

static void add_tracking(const struct maker *m, const struct kite_atom *a, kite_f26 width,
                         struct sums *sums)
{
    if (a->is_joined || !m->is_tracked)
        return;
    sums->stretch += width * KITE_TRACK_STRETCH_EM1000 / 1000;
    sums->shrink += width * KITE_TRACK_SHRINK_EM1000 / 1000;
}

/* A point of the last resort, whose run begins at these sums. */
static enum kite_status add_resort(struct maker *m, const struct kite_resort *point,
                                   const struct sums *sums)
{
    const struct kite_atom *a = &m->x.c->atoms[point->at.atom];
    struct sums at = *sums;

    at.width = m->run.start.width + point->before;
    if (point->at.inner_bytes != 0)
        add_tracking(m, a, at.width - sums->width, &at);

    struct kite_break *b = add_break(m, at, at, point->shows_hyphen ? KITE_BREAK_RESORT_HYPHEN : KITE_BREAK_SPACE,
                                     point->at.atom, point->at.inner_bytes);

    if (b == NULL)
        return KITE_E_NOMEM;
    b->pre = point->pre;
    b->post = point->post;
    if (point->at.inner_bytes == 0)
        hang(m, b);
    if (point->shows_hyphen)
        hang_hyphen(m, b, a);
    b->penalty = point->shows_hyphen ? RESORT_HYPHEN_PENALTY : RESORT_PENALTY;
    return KITE_OK;
}

/* The points of the last resort up to a byte of an atom. */
static enum kite_status add_resorts(struct maker *m, uint32_t atom, uint32_t inner_bytes, const struct sums *sums)
{
    struct run *run = &m->run;
    enum kite_status status = KITE_OK;

    for (; run->resort_next < run->resort_count && status == KITE_OK; run->resort_next++) {
        const struct kite_resort *point = &run->resorts[run->resort_next];

        if (point->at.atom > atom || (point->at.atom == atom && point->at.inner_bytes > inner_bytes))
            break;
        status = add_resort(m, point, sums);
    }
    return status;
}

/* Is this point one of the last resort, and added? */
static bool is_resort(const struct run *run, uint32_t atom, uint32_t inner_bytes)
{
    const struct kite_resort *before = run->resort_next > 0 ? &run->resorts[run->resort_next - 1] : NULL;

    return before != NULL && before->at.atom == atom && before->at.inner_bytes == inner_bytes;
}

/* A break at one point of a word. */
static enum kite_status add_hyphen(struct maker *m, uint32_t index, const struct kite_shaped *shaped, uint16_t point,
                                   const struct sums *sums)
{
    const struct kite_atom *a = &m->x.c->atoms[index];
    const struct kite_unit_hyphen *h = &shaped->hyphens[point];
    uint16_t units_per_em = kite_face_metrics(m->x.setter->fonts, a->face)->units_per_em;
    kite_f26 letter = kite_atom_letter(m->x.c, a), width = kite_units_f26(h->before, a->size_f26, units_per_em);
    struct sums at = *sums;

    for (uint16_t k = 0; letter != 0 && k < shaped->glyph_count; k++)
        width += shaped->glyphs[k].cluster < h->offset_bytes ? letter : 0;
    at.width += width;
    add_tracking(m, a, width, &at);

    struct kite_break *b = add_break(m, at, at, KITE_BREAK_HYPHEN, index, h->offset_bytes);

    if (b == NULL)
        return KITE_E_NOMEM;
    b->pre = kite_units_f26(h->pre, a->size_f26, units_per_em) + letter;
    b->post = kite_units_f26(h->post, a->size_f26, units_per_em);
    b->penalty = HYPHEN_PENALTY;
    hang_hyphen(m, b, a);
    return KITE_OK;
}

static enum kite_status add_hyphens(struct maker *m, uint32_t index, const struct sums *sums)
{
    const struct kite_atom *a = &m->x.c->atoms[index];
    const struct kite_shaped *shaped;
    char mark[12];
    struct kite_shape_request r = kite_atom_request(m->x.c, a, mark);
    enum kite_status status = kite_atom_letter(m->x.c, a) != 0 ? kite_shape(m->x.setter->shaper, &r, &shaped)
                                                               : kite_shape_hyphens(m->x.setter->shaper, &r, &shaped);

    for (uint16_t i = 0; status == KITE_OK && i < shaped->hyphen_count; i++) {
        uint16_t offset = shaped->hyphens[i].offset_bytes;

        if (m->run.is_wide)
            status = add_resorts(m, index, offset, sums);
        if (status == KITE_OK && !(m->run.is_wide && is_resort(&m->run, index, offset)))
            status = add_hyphen(m, index, shaped, i, sums);
    }
    return status;
}

/* Spaces that are kept do not divide a line, unless it is too wide. */
static bool is_in_wide_line(struct maker *m, uint32_t index)
{
    const struct kite_composition *c = m->x.c;
    kite_f26 width = 0;

    if (index < m->line_end)
        return m->line_is_wide;
    for (m->line_end = index; m->line_end < c->atom_count && c->atoms[m->line_end].kind != KITE_ATOM_END; m->line_end++)
        width += c->atoms[m->line_end].width_f26;
    m->line_end++;
    m->line_is_wide = width > m->x.style->measure_f26;
    return m->line_is_wide;
}

static kite_f26 kern_f26(const struct maker *m, const struct kite_atom *a)
{
    return a->kern == 0 ? 0
                        : kite_units_f26(a->kern, a->size_f26,
                                         kite_face_metrics(m->x.setter->fonts, a->face)->units_per_em);
}

/* Atoms from `first` that nothing divides: where they end, and their width on a line of their own. */
static uint32_t run_end(const struct maker *m, uint32_t first, kite_f26 *width)
{
    const struct kite_composition *c = m->x.c;
    uint32_t i = first;

    *width = 0;
    for (; i < c->atom_count && c->atoms[i].kind != KITE_ATOM_END; i++) {
        const struct kite_atom *a = &c->atoms[i];

        if (a->kind == KITE_ATOM_SPACE ? a->may_break
                                       : i > first && m->x.opportunity[a->start_bytes] != KITE_OPPORTUNITY_NONE)
            break;
        *width += a->width_f26;
    }
    if (i > first)
        *width -= kern_f26(m, &c->atoms[i - 1]);
    return i > first ? i : first + 1;
}

static void begin_run(struct maker *m, uint32_t index, const struct sums *sums)
{
    struct run *run = &m->run;

    run->first = index;
    run->break_count = m->x.c->break_count;
    run->start = *sums;
    run->limit_f26 = sums->width + m->safe_f26;
    run->is_wide = false;
    m->dropped_f26 = 0;
    m->is_behind_run = false;
}

/* Is the run too wide for its line? Then find where it is to be divided, and go back to its start: to the atom before it. */
static enum kite_status judge_run(struct maker *m, uint32_t *index, struct sums *sums)
{
    const struct kite_text_style *style = m->x.style;
    struct kite_composition *c = m->x.c;
    struct run *run = &m->run;
    kite_f26 width, rest = style->measure_f26 - style->hang_indent_f26, measure = rest;
    uint32_t first = run->first, end = run_end(m, first, &width);

    if (first == 0)
        measure = style->measure_f26 - style->first_indent_f26;
    else if (c->atoms[first - 1].kind == KITE_ATOM_END)
        measure = style->measure_f26;
    run->limit_f26 = INT32_MAX;
    run->is_wide = width > measure;
    if (!run->is_wide)
        return KITE_OK;
    c->break_count = run->break_count;
    *sums = run->start;
    *index = first - 1;
    m->is_again = true;
    m->is_behind_run = false;
    m->dropped_f26 = 0;

    struct kite_resort_run wide = { first, end, width, measure, rest };

    run->resort_next = run->resort_count = 0;
    return kite_resort_divide(m->x.setter, c, &wide, m->x.arena, &run->resorts, &run->resort_count);
}

/* What a soft hyphen takes up at a line's end. */
static kite_f26 soft_hyphen_f26(const struct maker *m, const struct kite_atom *a)
{
    int32_t units =
        kite_shape_advance(m->x.setter->shaper, a->face, kite_shape_hyphen_char(m->x.setter->shaper, a->face));

    return kite_units_f26(units, a->size_f26, kite_face_metrics(m->x.setter->fonts, a->face)->units_per_em) +
           kite_atom_letter(m->x.c, a);
}

/* The break between two atoms without a space, if there may be one. */
static enum kite_status add_between(struct maker *m, uint32_t index, const struct sums *sums)
{
    const struct kite_composition *c = m->x.c;
    const struct kite_atom *a = &c->atoms[index], *left = &c->atoms[index - 1];
    uint8_t before = m->x.opportunity[a->start_bytes];

    if (before != KITE_OPPORTUNITY_ALLOWED && before != KITE_OPPORTUNITY_EXPLICIT)
        return KITE_OK;

    bool is_soft = left->kind == KITE_ATOM_FIXED && left->bytes == 2 &&
                   (uint8_t)m->x.text->text[left->start_bytes] == 0xC2;
    bool is_explicit = before == KITE_OPPORTUNITY_EXPLICIT && !m->x.style->keeps_spaces;
    struct kite_break *b = add_break(m, *sums, *sums,
                                     is_soft       ? KITE_BREAK_HYPHEN
                                     : is_explicit ? KITE_BREAK_EXPLICIT
                                                   : KITE_BREAK_SPACE,
                                     index, 0);

    if (b == NULL)
        return KITE_E_NOMEM;
    b->penalty = is_explicit ? HYPHEN_PENALTY : m->x.style->keeps_spaces ? CODE_PENALTY : 0;
    b->pre = -kern_f26(m, left);
    if (!is_soft) {
        hang(m, b);
        return KITE_OK;
    }
    b->pre = soft_hyphen_f26(m, left);
    hang_hyphen(m, b, a);
    return KITE_OK;
}

/* Spaces from *index on: add their width and play. *index is then behind them. Returns whether the line may end there. */
static bool add_spaces(struct maker *m, uint32_t *index, struct sums *sums)
{
    const struct kite_composition *c = m->x.c;
    const struct kite_atom *a = &c->atoms[*index], *end = &c->atoms[c->atom_count];

    do {
        sums->width += a->width_f26;
        sums->stretch += a->width_f26 / 2;
        sums->shrink += a->width_f26 / 3;
        sums->spaces++;
        m->is_behind_run = m->is_behind_run || a->may_break;
        a++;
    } while (a < end && a->kind == KITE_ATOM_SPACE);
    *index = (uint32_t)(a - c->atoms);
    return a[-1].may_break;
}

/* Spaces from *index on, and the break behind them. *index is then their last one. */
static enum kite_status pass_spaces(struct maker *m, uint32_t *index, bool line_is_wide, struct sums *sums)
{
    const struct kite_composition *c = m->x.c;
    struct run *run = &m->run;
    struct sums after = *sums;
    uint32_t first = *index, stop = first;
    bool may_break = add_spaces(m, &stop, &after);

    if (run->is_wide && run->resort_next < run->resort_count && run->resorts[run->resort_next].at.atom == stop &&
        run->resorts[run->resort_next].at.inner_bytes == 0) { /* no-break spaces that are broken at after all */
        may_break = true;
        run->resort_next++;
    }
    *index = stop - 1;
    if (stop == c->atom_count || c->atoms[stop].kind == KITE_ATOM_END) { /* spaces at the end of a line have no width */
        m->dropped_f26 = after.width - sums->width;
        return KITE_OK;
    }
    if (may_break && first > 0 && (!m->x.style->keeps_spaces || line_is_wide)) {
        struct kite_break *b = add_break(m, *sums, after, KITE_BREAK_SPACE, stop, 0);

        if (b == NULL)
            return KITE_E_NOMEM;
        if (!c->atoms[first - 1].is_letters || !c->atoms[stop].is_letters)
            hang(m, b);
    }
    *sums = after;
    return KITE_OK;
}

/* A box: where it may be divided, and its width. */
static enum kite_status pass_box(struct maker *m, uint32_t index, struct sums *sums)
{
    const struct kite_atom *a = &m->x.c->atoms[index];
    enum kite_status status = KITE_OK;

    if (a->may_divide && m->x.style->hyphenate)
        status = add_hyphens(m, index, sums);
    if (status == KITE_OK && m->run.is_wide)
        status = add_resorts(m, index, UINT16_MAX, sums);
    sums->width += a->width_f26;
    add_tracking(m, a, a->width_f26, sums);
    return status;
}

static enum kite_status pass_atom(struct maker *m, uint32_t *index, bool line_is_wide, struct sums *sums)
{
    const struct kite_atom *a = &m->x.c->atoms[*index];

    if (a->kind == KITE_ATOM_BOX)
        return pass_box(m, *index, sums);
    if (a->kind == KITE_ATOM_SPACE)
        return pass_spaces(m, index, line_is_wide, sums);
    if (a->kind == KITE_ATOM_END)
        return add_break(m, *sums, *sums, KITE_BREAK_FORCED, *index + 1, 0) == NULL ? KITE_E_NOMEM : KITE_OK;
    sums->width += a->width_f26;
    return KITE_OK;
}

/* Before an atom: the break there, if it is one between two without a space, and whether a run begins. */
static enum kite_status come_to(struct maker *m, uint32_t index, const struct sums *sums)
{
    const struct kite_atom *a = &m->x.c->atoms[index];
    bool is_opportunity = a->kind != KITE_ATOM_SPACE && m->x.opportunity[a->start_bytes] != KITE_OPPORTUNITY_NONE;
    enum kite_status status = KITE_OK;

    if (a->kind == KITE_ATOM_SPACE && a->may_break) { /* ends a run, and is none */
        m->run.is_wide = false;
        return KITE_OK;
    }
    if (is_opportunity && index > 0 && a[-1].kind != KITE_ATOM_SPACE && a[-1].kind != KITE_ATOM_END)
        status = add_between(m, index, sums);
    if (is_opportunity || m->is_behind_run || index == 0 || a->kind == KITE_ATOM_END || a[-1].kind == KITE_ATOM_END)
        begin_run(m, index, sums);
    return status;
}

static enum kite_status add_breaks(struct maker *m)
{
    struct kite_composition *c = m->x.c;
    const bool keeps_spaces = m->x.style->keeps_spaces;
    struct sums sums = { .width = m->x.style->first_indent_f26 };

    if (m->x.style->hangs && sums.width == 0 && c->atom_count > 0)
        c->start_hang_f26 = kite_hang_start_f26(m->x.setter, c, &c->atoms[0]);
    sums.width -= c->start_hang_f26;
    for (uint32_t i = 0; i < c->atom_count; i++) {
        enum kite_status status = m->is_again ? KITE_OK : come_to(m, i, &sums);
        bool line_is_wide = keeps_spaces && is_in_wide_line(m, i);

        m->is_again = false;
        if (status == KITE_OK && m->run.is_wide)
            status = add_resorts(m, i, 0, &sums);
        if (status == KITE_OK)
            status = pass_atom(m, &i, line_is_wide, &sums);
        if (status == KITE_OK && sums.width + m->dropped_f26 > m->run.limit_f26)
            status = judge_run(m, &i, &sums);
        if (status != KITE_OK)
            return status;
    }
    if (c->break_count != 0 && c->breaks[c->break_count - 1].kind == KITE_BREAK_FORCED &&
        c->at[c->break_count - 1].atom == c->atom_count)
        return KITE_OK; /* the text ends in a forced break already */
    return add_break(m, sums, sums, KITE_BREAK_FORCED, (uint32_t)c->atom_count, 0) == NULL ? KITE_E_NOMEM : KITE_OK;
}

/* What is less is no matter for any line: the narrowest, less what kerning at a run's end may add to it. */
static kite_f26 safe_width(const struct kite_text_style *style)
{
    kite_f26 indent = style->first_indent_f26 > style->hang_indent_f26 ? style->first_indent_f26 : style->hang_indent_f26;

    return style->measure_f26 - (indent > 0 ? indent : 0) - 2 * style->size_f26;
}

/* The word of a title before a break, without the spaces between. */
static const char *word_before(const struct kite_composition *c, const struct kite_break_at *at, size_t *bytes, kite_lang *lang)
{
    const char *text = c->text->text;
    uint32_t left = at->atom, start, end;

    *bytes = 0;
    *lang = 0;
    while (left > 0 && c->atoms[left - 1].kind == KITE_ATOM_SPACE)
        left--;
    if (left == 0)
        return text;
    start = end = c->atoms[left - 1].start_bytes + c->atoms[left - 1].bytes;
    while (start > 0 && (uint8_t)text[start - 1] > ' ')
        start--;
    *bytes = end - start;
    *lang = c->atoms[left - 1].lang;
    return text + start;
}

static bool is_capital(const char *at)
{
    return at[0] >= 'A' && at[0] <= 'Z';
}

/* Two words that begin with capitals, and nothing between: parts of a name, or of a title in capitals that has a better
 * place before "of" or "in". */
static bool is_in_name(const char *word, size_t bytes, const char *next)
{
    return bytes > 0 && is_capital(word) && is_ascii_letter(word[bytes - 1]) && is_capital(next);
}

/* Lines of a title had better not end in "the", nor within a name, even if they come out less even for it. */
static void charge_title_breaks(const struct kite_composition *c)
{
    for (size_t i = 0; i < c->break_count; i++) {
        struct kite_break *b = &c->breaks[i];
        size_t bytes;
        kite_lang lang;

        if (b->kind != KITE_BREAK_SPACE || b->penalty != 0 || c->at[i].inner_bytes != 0)
            continue;

        const char *word = word_before(c, &c->at[i], &bytes, &lang);

        if (kite_is_small_word(lang, word, bytes))
            b->penalty = SMALL_WORD_PENALTY;
        else if (c->at[i].offset_bytes < c->text->text_bytes && is_in_name(word, bytes, c->text->text + c->at[i].offset_bytes))
            b->penalty = NAME_PENALTY;
    }
}

enum kite_status kite_compose_breaks(const struct kite_composing *composing)
{
    struct maker m = { .x = *composing, .safe_f26 = safe_width(composing->style),
                       .is_tracked = composing->style->align == KITE_ALIGN_JUSTIFIED };
    enum kite_status status = add_breaks(&m);

    if (status == KITE_OK && composing->style->is_balanced)
        charge_title_breaks(composing->c);
    return status;
}
