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

static uint32_t lowest_line(const struct kite_window_paragraph *p, uint32_t lowest)
{
    for (int i = 0; i < p->setting_count; i++)
        if (p->settings[i].count < KITE_WINDOW_NONE && p->settings[i].first_line < lowest)
            lowest = p->settings[i].first_line;
    return lowest;
}

#define WINDOW_SLACK 4 /* paragraphs let go before the rest is moved down */

void kite_window_advance(struct kite_window *window, uint32_t index)
{
    if (index < window->first || index - window->first > window->count) {
        kite_window_clear(window);
        return;
    }

    size_t gone = index - window->first;

    for (size_t i = 0; i < gone && gone < WINDOW_SLACK; i++)
        kite_broken_drop(&window->paragraphs[i].kept, &window->scratch.mem);
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
        lowest = lowest_line(&window->paragraphs[i], lowest);
    for (size_t i = 0; i < window->count; i++)
        for (int v = 0; v < window->paragraphs[i].setting_count; v++)
            if (window->paragraphs[i].settings[v].count < KITE_WINDOW_NONE)
                window->paragraphs[i].settings[v].first_line -= lowest;
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

#define PRICE_GAP 40 /* of a ragged line that is all gap */
#define PRICE_ROUGH 8
#define PRICE_ROUGHNESS_LEAST 200u
#define PRICE_MEANS 6u
#define PRICE_MAX 120 /* more than a short page */

/* Sum of the squares of the ratios that lines have more than as is, against the mean of those as is: what is even shows every
 * line that is not. Ragged lines take no stretch: how uneven they are counts a little. */
static uint32_t price_of(const struct kite_window_paragraph *p, const struct kite_broken *broken, uint32_t roughness)
{
    if (!p->is_justified)
        return (uint32_t)kite_mul_div(widest_gap(broken, p->measure_f26), PRICE_GAP, p->measure_f26);

    uint32_t lines = broken->line_count > 1 ? (uint32_t)broken->line_count - 1 : 1;
    uint32_t more = roughness > p->roughness ? roughness - p->roughness : 0;

    return more * PRICE_ROUGH / (PRICE_ROUGHNESS_LEAST + PRICE_MEANS * p->roughness / lines);
}

/* Room of lines together, and what it could be stretched by. */
struct room {
    int64_t gap, stretch;
};

/* In sixteenths, as of one line. */
static int64_t shared_ratio(struct room room)
{
    int64_t ratio = room.gap * 16 / (room.stretch + 1);

    return ratio > UINT8_MAX ? UINT8_MAX : ratio < 0 ? 0 : ratio;
}

/* About the least price of a line more: that of lines which share the room of all as those but the last did, and half as much
 * again, as they end between words. */
static uint32_t least_price(const struct kite_window_paragraph *p, uint32_t lines, struct room all, struct room before)
{
    int64_t ratio = shared_ratio(all), ratio_before = shared_ratio(before);
    int64_t more = (ratio * ratio - ratio_before * ratio_before) * lines * 3 / 2;
    int64_t price = more * PRICE_ROUGH / ((int64_t)PRICE_ROUGHNESS_LEAST + PRICE_MEANS * p->roughness / lines);

    return price < 0 ? 0 : price < PRICE_MAX ? (uint32_t)price : PRICE_MAX;
}

/* The settings that are always kept; those from KEPT_FIRST on come and go. */
enum { AS_IS, SHORTER, LONGER, KEPT_FIRST };

#define COUNTED_LINES_MAX 60 /* searching for another number of lines grows faster than the paragraph */

/* No line is looser for a page's sake (text/set.c), unless one is so as it is. */
#define GAIN_RATIO_MAX 3
#define GAIN_RATIO_MOST 4

/* Whether a paragraph may at all come out a line shorter: the other lines would have to take in its last one by shrinking, for
 * which they must have room for twice as much: of those that have less one in a hundred can.
 * And a line longer: at their loosest they would have to hold less than all of it. Ragged lines only tell by trying. */
static void judge_variants(const struct kite_block *b, struct kite_window_paragraph *p)
{
    int64_t spare = 0, total = 0, loosest = 0, ratio = p->loosest <= GAIN_RATIO_MAX * 16 ? GAIN_RATIO_MAX : GAIN_RATIO_MOST;
    struct room all = { 0 }, before = { 0 };
    struct kite_window_setting *shorter = &p->settings[SHORTER], *longer = &p->settings[LONGER];

    p->setting_count = KEPT_FIRST;
    p->oldest = KEPT_FIRST;
    *shorter = (struct kite_window_setting){ .wish = { .lines_delta = -1 }, .count = KITE_WINDOW_NONE };
    *longer = (struct kite_window_setting){ .wish = { .lines_delta = 1 }, .count = KITE_WINDOW_NONE };
    p->is_loosable = b->is_loosable;
    if (!b->is_loosable || b->line_count > COUNTED_LINES_MAX)
        return;
    for (uint32_t i = 0; i < b->line_count; i++) {
        const struct kite_line *line = &b->broken.lines[i];
        int64_t measure = b->style.measure_f26 - line->indent_f26;

        if (i + 1 < b->line_count)
            spare += measure - line->natural_f26 + line->shrink_f26;
        total += line->natural_f26;
        before = all;
        all.gap += measure - line->natural_f26;
        all.stretch += line->stretch_f26;
        loosest += measure - ratio * line->stretch_f26;
    }

    bool is_justified = b->style.align == KITE_ALIGN_JUSTIFIED;

    if (!is_justified || spare > 2 * (int64_t)b->broken.lines[b->line_count - 1].natural_f26)
        shorter->count = KITE_WINDOW_UNKNOWN;
    p->can_be_shorter = shorter->count == KITE_WINDOW_UNKNOWN;
    longer->least = is_justified ? least_price(p, b->line_count, all, before) : 0;
    if (!is_justified || (total > loosest && longer->least < PRICE_MAX))
        longer->count = KITE_WINDOW_UNKNOWN;
    p->can_be_longer = longer->count == KITE_WINDOW_UNKNOWN;
}

static enum kite_status fill_paragraph(struct kite_window *window, uint32_t index, struct kite_window_paragraph *p,
                                       struct kite_fault *fault)
{
    struct kite_block b;
    enum kite_status status;

    kite_arena_reset(&window->scratch);
    status = kite_block_build_in_flow(window->context, index, kite_no_wish, &window->scratch, &b, fault);
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
    p->settings[AS_IS].count = b.line_count;
    status = find_notes(window, index, &b, p, fault);
    if (status == KITE_OK && b.line_count > 0)
        status = b.kind == KITE_BLOCK_TEXT ? add_broken(window, p, &b.broken, &p->settings[AS_IS].first_line)
                                           : add_whole(window, p, &b, &p->settings[AS_IS].first_line);
    for (uint32_t i = 0; i < b.line_count && status == KITE_OK; i++) {
        struct kite_window_line *line = &window->lines[p->settings[AS_IS].first_line + i];

        line->start_bytes = kite_block_offset(&b, line->start_bytes);
    }
    if (status == KITE_OK && b.is_loosable && window->keeps)
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

/* Room for one setting more, in place of the one kept longest if there are too many. */
static struct kite_window_setting *add_setting(struct kite_window_paragraph *p, struct kite_text_wish wish)
{
    struct kite_window_setting *setting = &p->settings[p->oldest];

    if (p->setting_count < KITE_WINDOW_SETTINGS) {
        setting = &p->settings[p->setting_count++];
    } else {
        p->oldest = p->oldest + 1 < KITE_WINDOW_SETTINGS ? (uint8_t)(p->oldest + 1) : KEPT_FIRST;
    }
    *setting = (struct kite_window_setting){ .wish = wish, .count = KITE_WINDOW_UNKNOWN };
    return setting;
}

static const struct kite_window_setting *find_setting(const struct kite_window_paragraph *p, struct kite_text_wish wish)
{
    for (int i = 0; i < p->setting_count; i++)
        if (kite_page_is_same_wish(p->settings[i].wish, wish))
            return &p->settings[i];
    return NULL;
}

/* Is it known that a setting cannot be had, as the paragraph cannot have so many lines even with words divided? */
static bool has_no_delta(const struct kite_window_paragraph *p, const struct kite_window_setting *setting)
{
    const struct kite_window_setting *plain = &p->settings[setting->wish.lines_delta < 0 ? SHORTER : LONGER];

    return setting->wish.lines_delta != 0 && setting != plain && plain->count == KITE_WINDOW_NONE;
}

#define WISH_LOOSENESS_MAX 64 /* in sixteenths: spaces of three times their width */

/* Keep of a paragraph what it is set otherwise from, where that was not done when it was measured. */
static enum kite_status keep_late(struct kite_window *window, uint32_t index, struct kite_window_paragraph *p,
                                  struct kite_fault *fault)
{
    struct kite_block b;
    enum kite_status status = KITE_OK;

    if (p->kept.composed)
        return KITE_OK;
    kite_arena_reset(&window->scratch);
    status = kite_block_build_in_flow(window->context, index, kite_no_wish, &window->scratch, &b, fault);
    return status ? status : kite_broken_keep(&b.broken, &window->scratch.mem, &p->kept);
}

/* Find the lines of a setting. */
static enum kite_status measure_setting(struct kite_window *window, uint32_t index, struct kite_window_paragraph *p,
                                        struct kite_window_setting *setting, struct kite_fault *fault)
{
    uint8_t limit = p->loosest > WISH_LOOSENESS_MAX ? p->loosest : WISH_LOOSENESS_MAX, loosest;
    struct kite_broken broken;
    uint32_t roughness;

    setting->count = KITE_WINDOW_NONE;
    if (!p->is_loosable || has_no_delta(p, setting))
        return KITE_OK;

    enum kite_status status = keep_late(window, index, p, fault);

    if (status)
        return status;
    kite_arena_reset(&window->scratch);
    status = kite_setter_break_again(&p->kept, setting->wish, &window->scratch, &broken);
    if (status != KITE_OK)
        return status == KITE_E_RANGE ? KITE_OK : status;
    judge_lines(p, &broken, &loosest, &roughness);
    if (loosest > limit || is_ugly(window, p, &broken))
        return KITE_OK;
    status = add_broken(window, p, &broken, &setting->first_line);
    if (status == KITE_OK) {
        setting->price = price_of(p, &broken, roughness);
        setting->count = (uint32_t)broken.line_count;
    }
    return status;
}

enum kite_status kite_window_lines(struct kite_window *window, uint32_t index, struct kite_text_wish wish,
                                   const struct kite_window_line **lines, uint32_t *count, struct kite_fault *fault)
{
    const struct kite_window_paragraph *found;
    enum kite_status status = kite_window_at(window, index, &found, fault);

    if (status)
        return status;

    struct kite_window_paragraph *p = &window->paragraphs[index - window->first];
    const struct kite_window_setting *known = find_setting(p, wish);
    struct kite_window_setting *setting = known ? &p->settings[known - p->settings] : add_setting(p, wish);

    if (setting->count == KITE_WINDOW_UNKNOWN)
        status = measure_setting(window, index, p, setting, fault);
    *count = setting->count;
    *lines = window->lines + setting->first_line;
    return status;
}

enum kite_status kite_window_price(struct kite_window *window, uint32_t index, struct kite_text_wish wish, uint32_t *price,
                                   struct kite_fault *fault)
{
    const struct kite_window_line *lines;
    uint32_t count;
    enum kite_status status = kite_window_lines(window, index, wish, &lines, &count, fault);
    const struct kite_window_setting *setting = status ? NULL : find_setting(&window->paragraphs[index - window->first], wish);

    *price = setting ? setting->price : 0;
    return status;
}

enum kite_status kite_window_least_price(struct kite_window *window, uint32_t index, int8_t lines_delta, uint32_t *price,
                                         struct kite_fault *fault)
{
    const struct kite_window_paragraph *p;
    enum kite_status status = kite_window_at(window, index, &p, fault);

    *price = UINT32_MAX;
    if (status == KITE_OK && (lines_delta < 0 ? p->can_be_shorter : p->can_be_longer))
        *price = p->settings[lines_delta < 0 ? SHORTER : LONGER].least;
    return status;
}
