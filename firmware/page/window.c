/* A moving window of measured paragraphs. */
#include "page/pages.h"

#include <string.h>

void kite_window_init(struct kite_window *window, const struct kite_memory *mem, struct kite_block_context *context)
{
    *window = (struct kite_window){ .context = context };
    kite_arena_init(&window->scratch, *mem, 0);
}

void kite_window_close(struct kite_window *window)
{
    kite_window_clear(window);
    kite_free(&window->scratch.mem, window->paragraphs);
    kite_free(&window->scratch.mem, window->lines);
    kite_arena_close(&window->scratch);
    window->paragraphs = NULL;
    window->lines = NULL;
    window->capacity = window->line_capacity = 0;
}

static void drop(struct kite_window *window, struct kite_window_paragraph *p)
{
    kite_broken_drop(&p->kept, &window->scratch.mem);
    kite_free(&window->scratch.mem, p->notes);
    p->notes = NULL;
    p->note_count = 0;
}

void kite_window_clear(struct kite_window *window)
{
    for (size_t i = 0; i < window->count; i++)
        drop(window, &window->paragraphs[i]);
    window->count = window->line_count = 0;
}

#define WINDOW_SLACK 4 /* paragraphs let go before the rest is moved down */

void kite_window_advance(struct kite_window *window, uint32_t index)
{
    if (index < window->first || index - window->first > window->count) {
        kite_window_clear(window);
        return;
    }

    size_t gone = index - window->first;

    if (gone < WINDOW_SLACK)
        return;

    /* Variants measured later stand behind later lines, so everything of the rest is kept from its lowest line on. */
    uint32_t lowest = (uint32_t)window->line_count;

    for (size_t i = 0; i < gone; i++)
        drop(window, &window->paragraphs[i]);
    window->count -= gone;
    window->first = index;
    memmove(window->paragraphs, window->paragraphs + gone, window->count * sizeof *window->paragraphs);
    for (size_t i = 0; i < window->count; i++)
        for (int v = 0; v < KITE_WINDOW_SETTINGS; v++)
            if (window->paragraphs[i].count[v] < KITE_WINDOW_NONE && window->paragraphs[i].first_line[v] < lowest)
                lowest = window->paragraphs[i].first_line[v];
    for (size_t i = 0; i < window->count; i++)
        for (int v = 0; v < KITE_WINDOW_SETTINGS; v++)
            if (window->paragraphs[i].count[v] < KITE_WINDOW_NONE)
                window->paragraphs[i].first_line[v] -= lowest;
    window->line_count -= lowest;
    memmove(window->lines, window->lines + lowest, window->line_count * sizeof *window->lines);
}

/* The notes marked in a paragraph that stand at the foot. */
static enum kite_status find_notes(struct kite_window *window, uint32_t index, const struct kite_block *b,
                                   struct kite_window_paragraph *p, struct kite_fault *fault)
{
    struct kite_block_context *x = window->context;
    uint32_t marks = 0;

    for (size_t i = 0; i < b->text.span_count; i++)
        marks += b->text.spans[i].note != 0;
    if (marks == 0 || index >= x->info.body_count || x->info.note_count == 0)
        return KITE_OK;
    p->notes = kite_alloc(&window->scratch.mem, marks, sizeof *p->notes);
    if (!p->notes)
        return KITE_E_NOMEM;
    for (size_t i = 0; i < b->text.span_count; i++) {
        const struct kite_span *span = &b->text.spans[i];
        struct kite_window_note note = { .offset_bytes = span->offset_bytes };
        struct kite_block_note seated;

        if (span->note == 0)
            continue;

        enum kite_status status =
            kite_block_note(x, span->note - 1, &window->scratch, &seated, fault);

        if (status)
            return status;
        if (seated.seat == KITE_NOTE_BEHIND)
            continue;
        note.height_f26 = seated.height_f26;
        note.long_note = seated.seat == KITE_NOTE_DIVIDED ? span->note : 0;
        p->notes[p->note_count++] = note;
    }
    return KITE_OK;
}

/* Room for `count` more lines. */
static enum kite_status add_room(struct kite_window *window, size_t count)
{
    void *lines = window->lines;
    enum kite_status status = kite_grow(&window->scratch.mem, &lines, &window->line_capacity,
                                        window->line_count + count, sizeof *window->lines);

    if (status == KITE_OK)
        window->lines = lines;
    return status;
}

static void add_line(struct kite_window *window, const struct kite_window_paragraph *p, uint32_t from, uint32_t to,
                     bool has_hyphen, bool is_turned)
{
    struct kite_window_line line = { .start_bytes = from, .has_hyphen = has_hyphen, .is_turned = is_turned };
    kite_f26 notes = 0;
    size_t long_count = 0;

    for (uint32_t i = 0; i < p->note_count; i++) {
        const struct kite_window_note *note = &p->notes[i];

        if (note->offset_bytes < from || note->offset_bytes >= to)
            continue;
        if (note->long_note != 0 && long_count < KITE_REST_NOTES)
            line.long_notes[long_count++] = note->long_note;
        else if (note->long_note == 0)
            notes += note->height_f26;
    }
    line.notes_f26 = (uint32_t)notes & 0x3fffffffu;
    window->lines[window->line_count++] = line;
}

static enum kite_status add_broken(struct kite_window *window, const struct kite_window_paragraph *p,
                                   const struct kite_broken *broken, uint32_t *first_line)
{
    enum kite_status status = add_room(window, broken->line_count);

    *first_line = (uint32_t)window->line_count;
    for (size_t i = 0; i < broken->line_count && status == KITE_OK; i++) {
        const struct kite_line *line = &broken->lines[i];

        add_line(window, p, line->start_bytes, line->end_bytes, line->has_hyphen, p->keeps_lines && !line->is_last);
    }
    return status;
}

/* The lines of a picture or a row, which hold all of the text each. */
static enum kite_status add_whole(struct kite_window *window, const struct kite_window_paragraph *p,
                                  const struct kite_block *b, uint32_t *first_line)
{
    enum kite_status status = add_room(window, b->line_count);

    *first_line = (uint32_t)window->line_count;
    for (uint32_t i = 0; i < b->line_count && status == KITE_OK; i++)
        add_line(window, p, 0, (uint32_t)b->text.text_bytes, false, false);
    return status;
}

/* The most room that a line but the last leaves at its end. */
static kite_f26 widest_gap(const struct kite_broken *broken, kite_f26 measure)
{
    kite_f26 widest = 0;

    for (size_t i = 0; i + 1 < broken->line_count; i++) {
        const struct kite_line *line = &broken->lines[i];
        kite_f26 gap = measure - line->indent_f26 - line->natural_f26;

        if (!line->is_last && gap > widest)
            widest = gap;
    }
    return widest;
}

/* The ratio of a line in sixteenths: beyond its stretch, which letters have a part in, spaces take the rest alone. */
static uint32_t ratio_of(const struct kite_line *line, kite_f26 measure)
{
    int64_t gap = measure - line->indent_f26 - line->natural_f26, ratio;
    int64_t spaces = (int64_t)line->space_count * line->space_f26 / 2;

    if (gap > line->stretch_f26 && spaces > 0)
        ratio = (gap - line->stretch_f26 + spaces) * 16 / spaces;
    else
        ratio = gap >= 0 ? gap * 16 / (line->stretch_f26 + 1) : -gap * 16 / (line->shrink_f26 + 1);
    return ratio < UINT8_MAX ? (uint32_t)ratio : UINT8_MAX;
}

/* How far its lines are from even, the last one aside. */
static void judge_lines(const struct kite_window_paragraph *p, const struct kite_broken *broken, uint8_t *loosest,
                        uint32_t *roughness)
{
    *loosest = 0;
    *roughness = 0;
    for (size_t i = 0; i + 1 < broken->line_count && p->is_justified; i++) {
        const struct kite_line *line = &broken->lines[i];
        uint32_t ratio = line->is_last ? 0 : ratio_of(line, p->measure_f26);

        if (ratio > *loosest)
            *loosest = (uint8_t)ratio;
        *roughness += ratio * ratio;
    }
}

#define PRICE_GAP 4 /* of a ragged line that is all gap */

/* Sum of the squares of the ratios that lines have more than as is, against two and four times the mean of those as is:
 * what is even shows every line that is not. Ragged lines take no stretch: how uneven they are counts a little. */
static uint8_t price_of(const struct kite_window_paragraph *p, const struct kite_broken *broken, uint32_t roughness)
{
    if (!p->is_justified)
        return (uint8_t)kite_mul_div(widest_gap(broken, p->measure_f26), PRICE_GAP, p->measure_f26);

    uint32_t lines = broken->line_count > 1 ? (uint32_t)broken->line_count - 1 : 1;
    uint32_t more = roughness > p->roughness ? roughness - p->roughness : 0;
    uint32_t price = more / (512 + 4 * p->roughness / lines);

    return price > UINT8_MAX ? UINT8_MAX : (uint8_t)price;
}

/* No line is looser for a page's sake (text/set.c), unless one is so as it is. */
#define GAIN_RATIO_MAX 3
#define GAIN_RATIO_MOST 4

/* Whether a paragraph may at all come out a line shorter: the other lines would have to take in its last one by shrinking.
 * And a line longer: at their loosest they would have to hold less than all of it. Ragged lines only tell by trying. */
static void judge_variants(const struct kite_block *b, struct kite_window_paragraph *p)
{
    int64_t spare = 0, total = 0, loosest = 0, ratio = p->loosest <= GAIN_RATIO_MAX * 16 ? GAIN_RATIO_MAX : GAIN_RATIO_MOST;

    p->count[0] = p->count[2] = p->count[3] = KITE_WINDOW_NONE;
    p->is_loosable = b->is_loosable;
    if (!b->is_loosable)
        return;
    for (uint32_t i = 0; i < b->line_count; i++) {
        const struct kite_line *line = &b->broken.lines[i];
        int64_t measure = b->style.measure_f26 - line->indent_f26;

        if (i + 1 < b->line_count)
            spare += measure - line->natural_f26 + line->shrink_f26;
        total += line->natural_f26;
        loosest += measure - ratio * line->stretch_f26;
    }

    bool is_justified = b->style.align == KITE_ALIGN_JUSTIFIED;

    if (!is_justified || spare >= b->broken.lines[b->line_count - 1].natural_f26)
        p->count[0] = KITE_WINDOW_UNKNOWN;
    if (!is_justified || total > loosest)
        p->count[2] = KITE_WINDOW_UNKNOWN;
}

static enum kite_status fill_paragraph(struct kite_window *window, uint32_t index, struct kite_window_paragraph *p,
                                       struct kite_fault *fault)
{
    struct kite_block b;
    enum kite_status status;

    kite_arena_reset(&window->scratch);
    status = kite_block_build_in_flow(window->context, index, 0, &window->scratch, &b, fault);
    if (status)
        return status;
    *p = (struct kite_window_paragraph){ .line_f26 = b.line_f26, .above_f26 = b.above_f26, .below_f26 = b.below_f26,
                                         .least_f26 = b.least_f26, .follow_f26 = b.follow_f26, .head_f26 = b.head_f26, .grid = b.grid,
                                         .is_flexible = b.is_flexible,
                                         .keeps_next = b.keeps_next, .keeps_before = b.keeps_before, .is_whole = b.is_whole,
                                         .is_justified = b.style.align == KITE_ALIGN_JUSTIFIED,
                                         .measure_f26 = b.style.measure_f26,
                                         .text_bytes = (uint32_t)b.paragraph.text.text_bytes };
    p->keeps_lines = b.paragraph.role == KITE_ROLE_VERSE || b.paragraph.role == KITE_ROLE_PREFORMATTED || b.stretch_count > 0;
    if (b.is_loosable) {
        p->widest_gap_f26 = widest_gap(&b.broken, p->measure_f26);
        judge_lines(p, &b.broken, &p->loosest, &p->roughness);
    }
    judge_variants(&b, p);
    p->count[1] = b.line_count;
    status = find_notes(window, index, &b, p, fault);
    if (status == KITE_OK && b.line_count > 0)
        status = b.kind == KITE_BLOCK_TEXT ? add_broken(window, p, &b.broken, &p->first_line[1])
                                           : add_whole(window, p, &b, &p->first_line[1]);
    for (uint32_t i = 0; i < b.line_count && status == KITE_OK; i++) {
        struct kite_window_line *line = &window->lines[p->first_line[1] + i];

        line->start_bytes = kite_block_offset(&b, line->start_bytes);
    }
    if (status == KITE_OK && b.is_loosable)
        status = kite_broken_keep(&b.broken, &window->scratch.mem, &p->kept);
    return status;
}

static enum kite_status add_paragraph(struct kite_window *window, uint32_t index, struct kite_fault *fault)
{
    struct kite_window_paragraph p = { 0 };
    void *paragraphs = window->paragraphs;
    enum kite_status status =
        kite_grow(&window->scratch.mem, &paragraphs, &window->capacity, window->count + 1, sizeof *window->paragraphs);

    if (status)
        return status;
    window->paragraphs = paragraphs;
    status = fill_paragraph(window, index, &p, fault);
    if (status)
        drop(window, &p);
    else
        window->paragraphs[window->count++] = p;
    return status;
}

enum kite_status kite_window_at(struct kite_window *window, uint32_t index, const struct kite_window_paragraph **out,
                                struct kite_fault *fault)
{
    if (window->count == 0 || index < window->first) {
        kite_window_clear(window);
        window->first = index;
    }
    while (index - window->first >= window->count) {
        enum kite_status status = add_paragraph(window, window->first + (uint32_t)window->count, fault);

        if (status)
            return status;
    }
    *out = &window->paragraphs[index - window->first];
    return KITE_OK;
}

#define RAGGED_GAP_PERCENT 35       /* of the measure: a line that leaves more looks broken off */
#define RAGGED_GAP_WHOLE_PERCENT 40 /* where no word is divided, and such lines are more common */

/* A ragged paragraph whose shortest line would become shorter still stays as it is. */
static bool is_ugly(const struct kite_window *window, const struct kite_window_paragraph *p,
                    const struct kite_broken *broken)
{
    int32_t percent = window->context->hyphenates ? RAGGED_GAP_PERCENT : RAGGED_GAP_WHOLE_PERCENT;
    kite_f26 gap = p->is_justified ? 0 : widest_gap(broken, p->measure_f26);

    return gap > p->widest_gap_f26 && gap > kite_mul_div(p->measure_f26, percent, 100);
}

/* Both variants that are still unknown. */
static enum kite_status add_variants(struct kite_window *window, uint32_t index)
{
    struct kite_window_paragraph *p = &window->paragraphs[index - window->first];
    enum kite_status status = KITE_OK;

    for (int v = 0; v < 3 && status == KITE_OK; v += 2) {
        struct kite_broken varied;

        if (p->count[v] != KITE_WINDOW_UNKNOWN)
            continue;
        kite_arena_reset(&window->scratch);
        status = kite_setter_break_again(&p->kept, p->count[1] + (uint32_t)v - 1, &window->scratch, &varied);
        if (status == KITE_E_RANGE || (status == KITE_OK && is_ugly(window, p, &varied))) {
            p->count[v] = KITE_WINDOW_NONE;
            status = KITE_OK;
        } else if (status == KITE_OK && (status = add_broken(window, p, &varied, &p->first_line[v])) == KITE_OK) {
            uint8_t loosest;
            uint32_t roughness;

            judge_lines(p, &varied, &loosest, &roughness);
            p->price[v] = price_of(p, &varied, roughness);
            p->count[v] = (uint32_t)varied.line_count;
        }
    }
    return status;
}

#define WHOLE_LOOSENESS_MAX 56 /* about as loose as a line longer may be */

/* Break a paragraph with no word divided near the end of one line: from what was kept of it, else from its text. */
static enum kite_status break_whole(struct kite_window *window, uint32_t index, int8_t delta, struct kite_broken *out,
                                    struct kite_fault *fault)
{
    const struct kite_broken *kept = &window->paragraphs[index - window->first].kept;
    struct kite_block b;

    kite_arena_reset(&window->scratch);
    if (kept->composed != NULL)
        return kite_setter_break_whole(kept, (uint32_t)(delta - KITE_DELTA_WHOLE), &window->scratch, out);

    enum kite_status status = kite_block_build_in_flow(window->context, index, delta, &window->scratch, &b, fault);

    if (status == KITE_OK)
        *out = b.broken;
    return status;
}

/* The same, unless that makes it looser than may be. */
static enum kite_status add_whole_variant(struct kite_window *window, uint32_t index, int8_t delta,
                                          struct kite_fault *fault)
{
    struct kite_window_paragraph *p = &window->paragraphs[index - window->first];
    struct kite_broken broken;

    p->whole = delta;
    p->count[3] = KITE_WINDOW_NONE;
    if (!p->is_loosable)
        return KITE_OK;

    enum kite_status status = break_whole(window, index, delta, &broken, fault);

    if (status != KITE_OK)
        return status == KITE_E_RANGE ? KITE_OK : status;

    uint8_t limit = p->loosest > WHOLE_LOOSENESS_MAX ? p->loosest : WHOLE_LOOSENESS_MAX, loosest;
    uint32_t roughness;

    judge_lines(p, &broken, &loosest, &roughness);
    if (loosest > limit || is_ugly(window, p, &broken))
        return KITE_OK;
    status = add_broken(window, p, &broken, &p->first_line[3]);
    if (status == KITE_OK) {
        p->price[3] = price_of(p, &broken, roughness);
        p->count[3] = (uint32_t)broken.line_count;
    }
    return status;
}

static int setting_of(int8_t delta)
{
    return delta < KITE_DELTA_WHOLE ? delta + 1 : 3;
}

enum kite_status kite_window_lines(struct kite_window *window, uint32_t index, int8_t delta,
                                   const struct kite_window_line **lines, uint32_t *count, struct kite_fault *fault)
{
    const struct kite_window_paragraph *p;
    enum kite_status status = kite_window_at(window, index, &p, fault);

    if (status == KITE_OK && delta >= KITE_DELTA_WHOLE && p->whole != delta)
        status = add_whole_variant(window, index, delta, fault);
    else if (status == KITE_OK && p->count[setting_of(delta)] == KITE_WINDOW_UNKNOWN)
        status = add_variants(window, index);
    if (status)
        return status;
    p = &window->paragraphs[index - window->first];
    *count = p->count[setting_of(delta)];
    *lines = window->lines + p->first_line[setting_of(delta)];
    return KITE_OK;
}

uint8_t kite_window_price(const struct kite_window *window, uint32_t index, int8_t delta)
{
    return window->paragraphs[index - window->first].price[setting_of(delta)];
}
