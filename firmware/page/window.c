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
    kite_free(&window->scratch.mem, window->paragraphs);
    kite_free(&window->scratch.mem, window->lines);
    kite_arena_close(&window->scratch);
    window->paragraphs = NULL;
    window->lines = NULL;
    window->capacity = window->line_capacity = 0;
    kite_window_clear(window);
}

void kite_window_clear(struct kite_window *window)
{
    window->count = window->line_count = 0;
}

#define WINDOW_SLACK 32 /* paragraphs let go before the rest is moved down */

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

    window->count -= gone;
    window->first = index;
    memmove(window->paragraphs, window->paragraphs + gone, window->count * sizeof *window->paragraphs);
    for (size_t i = 0; i < window->count; i++)
        for (int v = 0; v < 3; v++)
            if (window->paragraphs[i].count[v] < KITE_WINDOW_NONE && window->paragraphs[i].first_line[v] < lowest)
                lowest = window->paragraphs[i].first_line[v];
    for (size_t i = 0; i < window->count; i++)
        for (int v = 0; v < 3; v++)
            if (window->paragraphs[i].count[v] < KITE_WINDOW_NONE)
                window->paragraphs[i].first_line[v] -= lowest;
    window->line_count -= lowest;
    memmove(window->lines, window->lines + lowest, window->line_count * sizeof *window->lines);
}

/* Height of the notes marked in [from, to) that stand at the foot. */
static enum kite_status notes_of_line(struct kite_window *window, const struct kite_block *b, uint32_t from, uint32_t to,
                                      kite_f26 *height, struct kite_fault *fault)
{
    struct kite_block_context *x = window->context;

    *height = 0;
    for (size_t i = 0; i < b->text.span_count; i++) {
        const struct kite_span *span = &b->text.spans[i];

        if (span->note == 0 || span->offset_bytes < from || span->offset_bytes >= to)
            continue;

        kite_f26 one;
        enum kite_status status = kite_block_note_height(x, span->note - 1, &window->scratch, &one, fault);

        if (status)
            return status;
        if (one <= kite_block_note_limit(x))
            *height += one;
    }
    return KITE_OK;
}

static enum kite_status add_lines(struct kite_window *window, uint32_t index, const struct kite_block *b,
                                  uint32_t *first_line, struct kite_fault *fault)
{
    void *lines = window->lines;
    enum kite_status status = kite_grow(&window->scratch.mem, &lines, &window->line_capacity,
                                        window->line_count + b->line_count, sizeof *window->lines);

    if (status)
        return status;
    window->lines = lines;
    *first_line = (uint32_t)window->line_count;

    bool has_notes = index < window->context->info.body_count && window->context->info.note_count > 0;
    bool is_text = b->kind == KITE_BLOCK_TEXT;

    for (uint32_t i = 0; i < b->line_count; i++) {
        const struct kite_line *line = is_text ? &b->broken.lines[i] : NULL;
        uint32_t from = line ? line->start_bytes : 0;
        uint32_t to = line ? line->end_bytes : (uint32_t)b->text.text_bytes;
        kite_f26 notes = 0;

        if (has_notes && (status = notes_of_line(window, b, from, to, &notes, fault)) != KITE_OK)
            return status;
        window->lines[window->line_count++] =
            (struct kite_window_line){ from, (uint32_t)notes & 0x7fffffffu, line && line->has_hyphen };
    }
    return KITE_OK;
}

#define GAIN_RATIO_MAX 3 /* lines are never looser for a page's sake (text/set.c) */

/* Whether a paragraph may at all come out a line shorter: the other lines would have to take in its last one by shrinking.
 * And a line longer: at their loosest they would have to hold less than all of it. Ragged lines only tell by trying. */
static void judge_variants(const struct kite_block *b, struct kite_window_paragraph *p)
{
    int64_t spare = 0, total = 0, loosest = 0;

    p->count[0] = p->count[2] = KITE_WINDOW_NONE;
    if (!b->is_loosable)
        return;
    for (uint32_t i = 0; i < b->line_count; i++) {
        const struct kite_line *line = &b->broken.lines[i];
        int64_t measure = b->style.measure_f26 - line->indent_f26;

        if (i + 1 < b->line_count)
            spare += measure - line->natural_f26 + line->shrink_f26;
        total += line->natural_f26;
        loosest += measure - (int64_t)GAIN_RATIO_MAX * line->stretch_f26;
    }

    bool is_justified = b->style.align == KITE_ALIGN_JUSTIFIED;

    if (!is_justified || spare >= b->broken.lines[b->line_count - 1].natural_f26)
        p->count[0] = KITE_WINDOW_UNKNOWN;
    if (!is_justified || total > loosest)
        p->count[2] = KITE_WINDOW_UNKNOWN;
}

static enum kite_status add_paragraph(struct kite_window *window, uint32_t index, struct kite_fault *fault)
{
    struct kite_block b;
    void *paragraphs = window->paragraphs;
    enum kite_status status =
        kite_grow(&window->scratch.mem, &paragraphs, &window->capacity, window->count + 1, sizeof *window->paragraphs);

    if (status)
        return status;
    window->paragraphs = paragraphs;
    kite_arena_reset(&window->scratch);
    status = kite_block_build_in_flow(window->context, index, 0, &window->scratch, &b, fault);
    if (status)
        return status;

    struct kite_window_paragraph p = { b.line_f26, b.above_f26, b.below_f26, { 0 }, { 0 }, { 0 },
                                       b.keeps_next, b.is_whole, b.is_loosable };

    judge_variants(&b, &p);
    p.count[1] = b.line_count;
    status = add_lines(window, index, &b, &p.first_line[1], fault);
    if (status)
        return status;
    window->paragraphs[window->count++] = p;
    return KITE_OK;
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

#define RAGGED_LOOSENESS 40 /* a ragged paragraph a line longer looks narrow: little better than a line short */

static uint8_t looseness_of(const struct kite_block *b)
{
    int64_t loosest = b->style.align == KITE_ALIGN_JUSTIFIED ? 0 : RAGGED_LOOSENESS;

    for (uint32_t i = 0; i + 1 < b->line_count; i++) {
        const struct kite_line *line = &b->broken.lines[i];
        int64_t gap = b->style.measure_f26 - line->indent_f26 - line->natural_f26;

        if (!line->is_last && line->is_justified && line->stretch_f26 > 0 && gap * 16 / line->stretch_f26 > loosest)
            loosest = gap * 16 / line->stretch_f26;
    }
    return loosest > UINT8_MAX ? UINT8_MAX : (uint8_t)loosest;
}

/* Both variants that are still unknown, as composing the paragraph is most of the work. */
static enum kite_status add_variants(struct kite_window *window, uint32_t index, struct kite_fault *fault)
{
    struct kite_window_paragraph *p = &window->paragraphs[index - window->first];
    struct kite_block b;

    kite_arena_reset(&window->scratch);

    enum kite_status status = kite_block_build_in_flow(window->context, index, 0, &window->scratch, &b, fault);

    for (int v = 0; v < 3 && status == KITE_OK; v += 2) {
        struct kite_block varied = b;

        if (p->count[v] != KITE_WINDOW_UNKNOWN)
            continue;
        status = kite_setter_break_again(&b.broken, b.line_count + (uint32_t)v - 1, &window->scratch, &varied.broken);
        varied.line_count = (uint32_t)varied.broken.line_count;
        p->count[v] = status == KITE_OK ? varied.line_count : KITE_WINDOW_NONE;
        if (status == KITE_OK) {
            p->looseness[v] = looseness_of(&varied);
            status = add_lines(window, index, &varied, &p->first_line[v], fault);
        } else if (status == KITE_E_RANGE) {
            status = KITE_OK;
        }
    }
    return status;
}

enum kite_status kite_window_lines(struct kite_window *window, uint32_t index, int8_t delta,
                                   const struct kite_window_line **lines, uint32_t *count, struct kite_fault *fault)
{
    const struct kite_window_paragraph *p;
    enum kite_status status = kite_window_at(window, index, &p, fault);

    if (status == KITE_OK && p->count[delta + 1] == KITE_WINDOW_UNKNOWN) {
        status = add_variants(window, index, fault);
        p = &window->paragraphs[index - window->first];
    }
    if (status)
        return status;
    *count = p->count[delta + 1];
    *lines = window->lines + p->first_line[delta + 1];
    return KITE_OK;
}

uint8_t kite_window_looseness(const struct kite_window *window, uint32_t index, int8_t delta)
{
    return window->paragraphs[index - window->first].looseness[delta + 1];
}
