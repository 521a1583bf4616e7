/* Labels, rules and targets. Everything is given as for an interface from left to right, and
 * mirrored here. */
#include "reader/screen.h"

#include <string.h>

#define ARENA_LIMIT_BYTES ((size_t)4 << 20)
#define SIZE_OF_BODY_EM1000 900 /* interface text beside body text */
#define SIZE_MM100_MIN 290      /* never smaller than 8.2 pt */
#define LINE_EM1000 1400
#define CHARS_A_LINE_MIN 15 /* the interface stops growing when no more would fit */
#define CHAR_EM1000 560
#define LINES_A_SCREEN_MIN 10 /* nor when no more lines would fit */
#define MARGIN_PERCENT 6
#define CORNER_PX 1 /* of a frame, left out */
#define FINGER_MM100 800 /* what a finger has to hit is at least that high */
#define ELLIPSIS "\xE2\x80\xA6"

enum kite_status screen_create(const struct kite_memory *mem, struct kite_setter *setter,
                               struct screen *screen)
{
    *screen = (struct screen){ .mem = *mem, .setter = setter };
    kite_arena_init(&screen->arena, *mem, ARENA_LIMIT_BYTES);
    return KITE_OK;
}

void screen_close(struct screen *screen)
{
    kite_arena_close(&screen->arena);
}

void screen_begin(struct screen *screen, const struct kite_setting *setting, kite_lang lang,
                  bool is_rtl)
{
    int32_t width = setting->panel.width_px;
    int32_t column = width - 2 * (width * MARGIN_PERCENT / 100);
    kite_f26 most = kite_mul_div(kite_f26_from_px(column), 1000, CHARS_A_LINE_MIN * CHAR_EM1000);
    kite_f26 low = kite_mul_div(kite_f26_from_px(setting->panel.height_px), 1000,
                                LINES_A_SCREEN_MIN * LINE_EM1000);
    kite_f26 least = kite_mul_div(SIZE_MM100_MIN * 64, setting->panel.ppi, 2540);

    kite_arena_reset(&screen->arena);
    screen->placed = (struct kite_placed){ 0 };
    screen->tints = NULL;
    screen->tint_count = screen->tint_capacity = screen->target_count = screen->cut_count = 0;
    screen->under = NULL;
    screen->top_px = 0;
    screen->status = KITE_OK;
    screen->family = setting->family;
    screen->weight =
        setting->weight > 2 ? (uint8_t)(setting->weight - 2) : 0; /* the ink has the lower steps */
    screen->lang = lang;
    screen->is_rtl = is_rtl;
    screen->width_px = width;
    screen->height_px = setting->panel.height_px;
    screen->ppi = setting->panel.ppi;
    screen->size_f26 = kite_mul_div(setting->size_f26, SIZE_OF_BODY_EM1000, 1000);
    most = most < low ? most : low;
    if (screen->size_f26 > most)
        screen->size_f26 = most;
    if (screen->size_f26 < least)
        screen->size_f26 = least;
    screen->line_px = kite_f26_round_px(kite_mul_div(screen->size_f26, LINE_EM1000, 1000));
    screen->pad_px = screen->line_px / 2;
    screen->margin_px = width * MARGIN_PERCENT / 100;
}

/* ---- labels ---------------------------------------------------------------------------------- */

/* A label broken into lines; text, span and style must stay as long as it. */
struct set_label {
    struct kite_text text;
    struct kite_span span;
    struct kite_text_style style;
    struct kite_broken broken;
    bool is_cut;
};

static kite_f26 size_of(const struct screen *screen, const struct label *label)
{
    if (label->size_f26 > 0)
        return label->size_f26;
    return label->size_em1000 ? kite_mul_div(screen->size_f26, label->size_em1000, 1000)
                              : screen->size_f26;
}

int32_t screen_line_px(const struct screen *screen, const struct label *label)
{
    if (label->line_f26 > 0)
        return kite_f26_round_px(label->line_f26);
    return kite_f26_round_px(kite_mul_div(size_of(screen, label), LINE_EM1000, 1000));
}

static void break_label(struct screen *screen, const struct label *label, size_t bytes,
                        int32_t width_px, struct set_label *out)
{
    bool is_start = label->align == LABEL_START;

    out->span = (struct kite_span){ .lang = label->lang ? label->lang : screen->lang };
    out->text = (struct kite_text){
        .text = label->text, .text_bytes = bytes, .spans = &out->span, .span_count = 1
    };
    out->style = (struct kite_text_style){
        .family = screen->family,
        .face_style = label->face_style,
        .size_f26 = size_of(screen, label),
        .measure_f26 = kite_f26_from_px(width_px > 1 ? width_px : 1),
        .weight = screen->weight,
        .align = is_start || label->align == LABEL_END ? KITE_ALIGN_RAGGED : KITE_ALIGN_CENTERED,
        .is_rtl = label->lang ? label->is_rtl : screen->is_rtl,
    };
    screen->status =
        kite_setter_break(screen->setter, &out->text, &out->style, &screen->arena, &out->broken);
}

/* Cut the text so that it ends in an ellipsis on its last line. */
static void cut_label(struct screen *screen, const struct label *label, int32_t width_px,
                      struct set_label *out)
{
    size_t bytes = out->broken.lines[label->lines_max - 1].end_bytes;
    char *text = kite_arena_alloc(&screen->arena, bytes + sizeof ELLIPSIS, 1);
    struct label cut = *label;

    if (!text) {
        screen->status = KITE_E_NOMEM;
        return;
    }
    memcpy(text, label->text, bytes);
    cut.text = text;
    for (;;) {
        while (bytes > 0 && (text[bytes - 1] == ' ' || text[bytes - 1] == '\n'))
            bytes--;
        memcpy(text + bytes, ELLIPSIS, sizeof ELLIPSIS);
        break_label(screen, &cut, bytes + sizeof ELLIPSIS - 1, width_px, out);
        if (screen->status != KITE_OK || out->broken.line_count <= label->lines_max || bytes == 0)
            return;
        do /* one character less */
            bytes--;
        while (bytes > 0 && ((unsigned char)label->text[bytes] & 0xC0) == 0x80);
        memcpy(text, label->text, bytes);
    }
}

/* False, and no lines, when nothing is to be set. */
static bool set_label(struct screen *screen, const struct label *label, int32_t width_px,
                      struct set_label *out)
{
    out->broken.line_count = 0;
    out->is_cut = false;
    if (screen->status != KITE_OK || !label->text || !label->text[0])
        return false;
    break_label(screen, label, strlen(label->text), width_px, out);
    if (screen->status == KITE_OK && label->lines_max > 0 &&
        out->broken.line_count > label->lines_max) {
        cut_label(screen, label, width_px, out);
        out->is_cut = true;
    }
    return screen->status == KITE_OK;
}

uint32_t screen_measure(struct screen *screen, const struct label *label, int32_t width_px)
{
    struct kite_arena_mark mark = kite_arena_save(&screen->arena);
    struct set_label set;
    uint32_t lines = set_label(screen, label, width_px, &set) ? (uint32_t)set.broken.line_count : 0;

    kite_arena_release(&screen->arena, mark);
    return lines;
}

/* Widths of the label if it were never broken, and of its widest part. */
static void measure_widths(struct screen *screen, const struct label *label, int32_t *whole_px,
                           int32_t *part_px)
{
    struct kite_arena_mark mark = kite_arena_save(&screen->arena);
    struct set_label set;
    kite_f26 whole = 0, part = 0;

    if (set_label(screen, label, screen->width_px, &set))
        kite_broken_widths(&set.broken, &whole, &part);
    kite_arena_release(&screen->arena, mark);
    *whole_px = kite_f26_round_px(whole) + 1;
    *part_px = kite_f26_round_px(part) + 1;
}

int32_t screen_width(struct screen *screen, const struct label *label)
{
    int32_t whole, part;

    measure_widths(screen, label, &whole, &part);
    return whole;
}

int32_t screen_part_width(struct screen *screen, const struct label *label)
{
    int32_t whole, part;

    measure_widths(screen, label, &whole, &part);
    return part;
}

static int32_t mirrored(const struct screen *screen, int32_t x, int32_t width)
{
    return screen->is_rtl ? screen->width_px - x - width : x;
}

int32_t screen_label(struct screen *screen, const struct label *label, int32_t x, int32_t y,
                     int32_t width_px)
{
    int32_t line = screen_line_px(screen, label), left = mirrored(screen, x, width_px);
    kite_f26 baseline =
        kite_mul_div(size_of(screen, label), 1060, 1000); /* ascent and half the rest of the line */
    struct set_label set;

    if (!set_label(screen, label, width_px, &set))
        return 0;
    screen->cut_count += set.is_cut;

    size_t count = set.broken.line_count,
           first = label->first_line < count ? label->first_line : count;

    if (label->line_count > 0 && count - first > label->line_count)
        count = first + label->line_count;
    for (size_t i = first; i < count && screen->status == KITE_OK; i++) {
        kite_f26 shift = 0, drawn, natural = set.broken.lines[i].natural_f26;

        if (label->align == LABEL_END)
            shift = (set.style.is_rtl ? -1 : 1) * (set.style.measure_f26 - natural);
        screen->status =
            kite_setter_place(screen->setter, &set.broken, i, kite_f26_from_px(left) + shift,
                              kite_f26_from_px(kite_f26_round_px(
                                  kite_f26_from_px(y + (int32_t)(i - first) * line) + baseline)),
                              &screen->arena, &screen->placed, &drawn);
    }
    return (int32_t)(count - first) * line;
}

/* ---- rules, tints, targets ------------------------------------------------------------------- */

void screen_rule(struct screen *screen, struct kite_rect rect)
{
    rect.x = mirrored(screen, rect.x, rect.width);
    if (screen->status == KITE_OK)
        screen->status = kite_placed_add_rule(&screen->arena, &screen->placed, rect);
}

void screen_frame(struct screen *screen, struct kite_rect rect, int32_t thickness_px)
{
    int32_t right = rect.x + rect.width - thickness_px, below = rect.y + rect.height - thickness_px;
    int32_t down = rect.height - 2 * CORNER_PX, across = rect.width - 2 * CORNER_PX;

    screen_rule(screen, (struct kite_rect){ rect.x + CORNER_PX, rect.y, across, thickness_px });
    screen_rule(screen, (struct kite_rect){ rect.x + CORNER_PX, below, across, thickness_px });
    screen_rule(screen, (struct kite_rect){ rect.x, rect.y + CORNER_PX, thickness_px, down });
    screen_rule(screen, (struct kite_rect){ right, rect.y + CORNER_PX, thickness_px, down });
}

static bool is_ink(const uint8_t *row, int32_t x)
{
    return row[x / 8] >> (7 - x % 8) & 1;
}

/* A picture is never mirrored. */
int32_t screen_bits(struct screen *screen, const uint8_t *bits, int32_t side, int32_t x, int32_t y,
                    int32_t room_px)
{
    int32_t scale = room_px / side > 1 ? room_px / side : 1, whole = side * scale,
            left = mirrored(screen, x, whole);

    for (int32_t row = 0; row < side && screen->status == KITE_OK; row++, bits += side / 8)
        for (int32_t at = 0, end; at < side && screen->status == KITE_OK; at = end) {
            for (end = at + 1; end < side && is_ink(bits, end) == is_ink(bits, at);)
                end++;
            if (is_ink(bits, at))
                screen->status = kite_placed_add_rule(
                    &screen->arena, &screen->placed,
                    (struct kite_rect){ left + at * scale, y + row * scale, (end - at) * scale,
                                        scale });
        }
    return whole;
}

/* At a place of the panel. */
static void add_tint(struct screen *screen, struct kite_rect rect, uint8_t coverage)
{
    void *tints = screen->tints;

    if (screen->status != KITE_OK)
        return;
    screen->status = kite_arena_grow(&screen->arena, &tints, &screen->tint_capacity,
                                     screen->tint_count + 1, sizeof *screen->tints);
    if (screen->status != KITE_OK)
        return;
    screen->tints = tints;
    screen->tints[screen->tint_count++] = (struct kite_page_tint){ rect, coverage };
}

void screen_tint(struct screen *screen, struct kite_rect rect, uint8_t coverage)
{
    rect.x = mirrored(screen, rect.x, rect.width);
    add_tint(screen, rect, coverage);
}

void screen_target(struct screen *screen, struct kite_rect rect, int32_t row)
{
    if (screen->target_count == SCREEN_TARGETS_MAX) {
        screen->status = screen->status ? screen->status : KITE_E_LIMIT;
        return;
    }
    rect.x = mirrored(screen, rect.x, rect.width);
    screen->targets[screen->target_count++] = (struct target){ rect, row };
}

int32_t screen_target_at(const struct screen *screen, int32_t x, int32_t y)
{
    for (size_t i = screen->target_count; i-- > 0;) { /* what was put last lies on top */
        const struct kite_rect *box = &screen->targets[i].box;

        if (x >= box->x && y >= box->y && x - box->x < box->width && y - box->y < box->height)
            return screen->targets[i].row;
    }
    return TARGET_NOTHING;
}

/* ---- joining --------------------------------------------------------------------------------- */

int32_t screen_em_px(const struct screen *screen)
{
    return kite_f26_round_px(screen->size_f26);
}

int32_t screen_finger_px(const struct screen *screen)
{
    return screen->has_touch ? FINGER_MM100 * screen->ppi / 2540 : 0;
}

/* Two arrays behind each other; NULL when memory fails. */
static void *joined(struct kite_arena *arena, const void *a, size_t a_count, const void *b,
                    size_t b_count, size_t each)
{
    uint8_t *all = kite_arena_alloc(arena, a_count + b_count, each);

    if (all && a_count > 0)
        memcpy(all, a, a_count * each);
    if (all && b_count > 0)
        memcpy(all + a_count * each, b, b_count * each);
    return all;
}

enum kite_status screen_join(struct screen *screen, struct kite_page *out)
{
    static const struct kite_page nothing;
    const struct kite_page *under = screen->under ? screen->under : &nothing;
    const struct kite_placed *p = &screen->placed;
    struct kite_arena *arena = &screen->arena;
    struct kite_glyph_run *runs =
        joined(arena, under->runs, under->run_count, p->runs, p->run_count, sizeof *runs);

    *out = (struct kite_page){
        .runs = runs,
        .run_count = under->run_count + p->run_count,
        .glyphs = joined(arena, under->glyphs, under->glyph_count, p->glyphs, p->glyph_count,
                         sizeof *p->glyphs),
        .glyph_count = under->glyph_count + p->glyph_count,
        .rules = joined(arena, under->rules, under->rule_count, p->rules, p->rule_count,
                        sizeof *p->rules),
        .rule_count = under->rule_count + p->rule_count,
        .tints = joined(arena, under->tints, under->tint_count, screen->tints, screen->tint_count,
                        sizeof *screen->tints),
        .tint_count = under->tint_count + screen->tint_count,
        .pictures = under->pictures,
        .picture_count = under->picture_count,
    };
    if (!runs || !out->glyphs || !out->rules || !out->tints)
        return KITE_E_NOMEM;
    for (size_t i = under->run_count; i < out->run_count; i++)
        runs[i].first += (uint32_t)under->glyph_count;
    return KITE_OK;
}

/* Glyphs [first, first + count) of a page, all of them of one run, onto the screen, moved down. */
static enum kite_status copy_glyphs(struct screen *screen, const struct kite_page *page,
                                    const struct kite_glyph_run *run, uint32_t first,
                                    uint32_t count, int32_t down_px)
{
    struct kite_placed *p = &screen->placed;
    void *runs = p->runs, *glyphs = p->glyphs;
    enum kite_status status =
        kite_arena_grow(&screen->arena, &runs, &p->run_capacity, p->run_count + 1, sizeof *p->runs);

    if (status == KITE_OK)
        status = kite_arena_grow(&screen->arena, &glyphs, &p->glyph_capacity,
                                 p->glyph_count + count, sizeof *p->glyphs);
    if (status)
        return status;
    p->runs = runs;
    p->glyphs = glyphs;
    p->runs[p->run_count] = *run;
    p->runs[p->run_count].first = (uint32_t)p->glyph_count;
    p->runs[p->run_count++].count = count;
    for (uint32_t g = first; g < first + count; g++) {
        p->glyphs[p->glyph_count] = page->glyphs[g];
        p->glyphs[p->glyph_count++].y += kite_f26_from_px(down_px);
    }
    return KITE_OK;
}

enum kite_status screen_lines(struct screen *screen, const struct kite_page *page,
                              size_t line_count, int32_t down_px)
{
    uint32_t end = line_count > 0 ? page->lines[line_count - 1].first_glyph +
                                        page->lines[line_count - 1].glyph_count
                                  : 0;
    enum kite_status status = KITE_OK;

    for (size_t i = 0; i < page->run_count && page->runs[i].first < end && status == KITE_OK; i++) {
        const struct kite_glyph_run *run = &page->runs[i];
        uint32_t count = run->first + run->count > end ? end - run->first : run->count;

        status = copy_glyphs(screen, page, run, run->first, count, down_px);
    }
    return status;
}

/* ---- what a panel leaves free ---------------------------------------------------------------- */

/* Lines that a panel leaves to be seen. */
struct band {
    int32_t top_px, bottom_px;
};

/* Lines of text are kept whole or not at all. */
static void shrink_to_lines(const struct kite_page *page, struct band *band)
{
    int32_t top = band->bottom_px, bottom = band->top_px;

    for (size_t i = 0; i < page->line_count; i++) {
        const struct kite_rect *box = &page->lines[i].box;

        if (box->y >= band->top_px && box->y < top)
            top = box->y;
        if (box->y + box->height <= band->bottom_px && box->y + box->height > bottom)
            bottom = box->y + box->height;
    }
    if (top < bottom)
        *band = (struct band){ top, bottom };
}

/* A raised sign stands above its line's baseline, and yet below the line's top. */
static enum kite_status keep_glyphs(struct screen *screen, const struct kite_page *page,
                                    const struct kite_glyph_run *run, const struct band *band)
{
    kite_f26 least = kite_f26_from_px(band->top_px), most = kite_f26_from_px(band->bottom_px);
    uint32_t end = run->first + run->count;
    enum kite_status status = KITE_OK;

    for (uint32_t from = run->first, to; from < end && status == KITE_OK; from = to + 1) {
        for (to = from; to < end && page->glyphs[to].y > least && page->glyphs[to].y <= most;)
            to++;
        if (to > from)
            status = copy_glyphs(screen, page, run, from, to - from, 0);
    }
    return status;
}

/* What of a box lies in the band; empty when nothing does. */
static struct kite_rect within(struct kite_rect box, const struct band *band)
{
    return kite_rect_intersect(
        box, (struct kite_rect){ box.x, band->top_px, box.width, band->bottom_px - band->top_px });
}

/* Pictures are kept whole or not at all. */
static enum kite_status keep_pictures(struct screen *screen, const struct kite_page *page,
                                      const struct band *band)
{
    struct kite_page *under = kite_arena_alloc(&screen->arena, 1, sizeof *under);
    struct kite_page_picture *pictures =
        kite_arena_alloc(&screen->arena, page->picture_count + 1, sizeof *pictures);

    if (!under || !pictures)
        return KITE_E_NOMEM;
    *under = (struct kite_page){ .pictures = pictures };
    for (size_t i = 0; i < page->picture_count; i++)
        if (within(page->pictures[i].box, band).height == page->pictures[i].box.height)
            pictures[under->picture_count++] = page->pictures[i];
    screen->under = under;
    return KITE_OK;
}

void screen_keep_between(struct screen *screen, int32_t top_px, int32_t bottom_px)
{
    struct band band = { top_px, bottom_px };
    struct kite_page all;

    if (screen->status == KITE_OK)
        screen->status = screen_join(screen, &all);
    if (screen->status != KITE_OK)
        return;
    if (screen->under)
        shrink_to_lines(screen->under, &band);
    screen->placed = (struct kite_placed){ 0 };
    screen->tints = NULL;
    screen->tint_count = screen->tint_capacity = screen->target_count = 0;
    screen->status = keep_pictures(screen, &all, &band);
    for (size_t i = 0; i < all.run_count && screen->status == KITE_OK; i++)
        screen->status = keep_glyphs(screen, &all, &all.runs[i], &band);
    for (size_t i = 0; i < all.rule_count && screen->status == KITE_OK; i++)
        if (!kite_rect_is_empty(within(all.rules[i], &band)))
            screen->status =
                kite_placed_add_rule(&screen->arena, &screen->placed, within(all.rules[i], &band));
    for (size_t i = 0; i < all.tint_count; i++)
        if (!kite_rect_is_empty(within(all.tints[i].box, &band)))
            add_tint(screen, within(all.tints[i].box, &band), all.tints[i].coverage);
}
