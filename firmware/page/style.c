/* What each role looks like, as a table, and the space between two roles. */
#include "page/style.h"

#define QUOTE_INDENT_EM1000 1400
#define EPIGRAPH_INDENT_EM1000 3000
#define NARROW_SHARE 7 /* an indent takes at most this part of the column */

struct role_row {
    uint16_t size_em1000, line_em1000; /* size of the body's; line of the own size, 0: the body's line */
    uint16_t above_line1000;           /* at least, from what stands above */
    uint16_t after_line1000;           /* at least, to what stands below */
    uint16_t below_line1000;           /* fixed, of titles */
    uint8_t face;
    bool is_ragged, no_hyphens, is_balanced, is_centered, keeps_next;
    uint16_t left_em1000, hang_em1000;
};

static const struct role_row roles[KITE_ROLE_COUNT] = {
    [KITE_ROLE_PARAGRAPH] = { 1000, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 },
    [KITE_ROLE_TITLE] = { 1650, 1150, 500, 0, 350, KITE_FACE_BOLD, 1, 1, 1, 0, 1, 0, 0 },
    [KITE_ROLE_SUBTITLE] = { 1200, 1250, 0, 0, 350, KITE_FACE_ITALIC, 1, 1, 1, 0, 1, 0, 0 },
    [KITE_ROLE_STANDFIRST] = { 1080, 1300, 0, 0, 400, KITE_FACE_ITALIC, 1, 1, 0, 0, 1, 0, 0 },
    [KITE_ROLE_BYLINE] = { 900, 1300, 0, 500, 0, 0, 1, 1, 1, 0, 1, 0, 0 },
    [KITE_ROLE_HEADING] = { 1200, 1200, 0, 0, 0, KITE_FACE_BOLD, 1, 1, 1, 0, 1, 0, 0 },
    [KITE_ROLE_QUOTE] = { 1000, 0, 500, 500, 0, 0, 0, 0, 0, 0, 0, 0, 0 },
    [KITE_ROLE_ATTRIBUTION] = { 900, 0, 0, 500, 0, 0, 1, 1, 0, 0, 0, 0, 0 },
    [KITE_ROLE_EPIGRAPH] = { 950, 1350, 750, 500, 0, KITE_FACE_ITALIC, 1, 1, 0, 0, 0, EPIGRAPH_INDENT_EM1000, 0 },
    [KITE_ROLE_VERSE] = { 1000, 0, 500, 500, 0, 0, 1, 1, 0, 0, 0, QUOTE_INDENT_EM1000, 2000 },
    [KITE_ROLE_ITEM] = { 1000, 0, 500, 500, 0, 0, 1, 0, 0, 0, 0, 0, 0 },
    [KITE_ROLE_ITEM_MORE] = { 1000, 0, 500, 500, 0, 0, 1, 0, 0, 0, 0, 0, 0 },
    [KITE_ROLE_PICTURE] = { 850, 1300, 500, 500, 0, KITE_FACE_ITALIC, 1, 1, 0, 1, 0, 0, 0 },
    [KITE_ROLE_CAPTION] = { 850, 1250, 250, 750, 0, KITE_FACE_ITALIC, 1, 1, 1, 1, 0, 0, 0 },
    [KITE_ROLE_TABLE_HEAD] = { 850, 0, 500, 0, 0, KITE_FACE_BOLD, 1, 1, 0, 0, 1, 0, 0 },
    [KITE_ROLE_TABLE_ROW] = { 850, 0, 500, 500, 0, 0, 1, 1, 0, 0, 0, 0, 0 },
    [KITE_ROLE_PREFORMATTED] = { 780, 1300, 500, 500, 0, 0, 1, 1, 0, 0, 0, 0, 1500 },
    [KITE_ROLE_RULE] = { 1000, 0, 500, 500, 0, 0, 1, 1, 0, 1, 0, 0, 0 },
    [KITE_ROLE_AUTHOR_NOTE] = { 850, 1350, 500, 500, 0, 0, 0, 0, 0, 0, 0, 0, 0 },
    [KITE_ROLE_SOURCE] = { 850, 1350, 500, 500, 0, KITE_FACE_ITALIC, 1, 1, 0, 0, 0, 0, 0 },
    [KITE_ROLE_NOTE] = { 820, 1280, 0, 500, 0, 0, 0, 0, 0, 0, 0, 1800, 0 },
    [KITE_ROLE_NOTE_MORE] = { 820, 1280, 0, 500, 0, 0, 0, 0, 0, 0, 0, 1800, 0 },
};
static const uint16_t heading_size_em1000[7] = { 1200, 1350, 1200, 1080, 1000, 1000, 1000 };
/* Above and below together, at least; one line more where the grid asks for it. */
static const uint16_t heading_space_line1000[7] = { 1500, 2100, 1500, 1100, 1100, 1100, 1100 };
#define HEADS_SPACE_LINE1000 600 /* for the space above a head right under another */

kite_f26 kite_style_em(const struct kite_block_context *x, int32_t em1000)
{
    return kite_mul_div(x->setting->size_f26, em1000, 1000);
}

kite_f26 kite_style_whole_px(kite_f26 value)
{
    return (value + 63) / 64 * 64;
}

kite_f26 kite_style_small_line(const struct kite_block_context *x, kite_f26 size_f26)
{
    return kite_style_whole_px(kite_mul_div(x->setting->line_f26, size_f26, x->setting->size_f26));
}

bool kite_role_is_row(enum kite_role role)
{
    return role == KITE_ROLE_TABLE_HEAD || role == KITE_ROLE_TABLE_ROW;
}

bool kite_role_is_note(enum kite_role role)
{
    return role == KITE_ROLE_NOTE || role == KITE_ROLE_NOTE_MORE;
}

bool kite_role_is_running(enum kite_role role)
{
    return role == KITE_ROLE_PARAGRAPH || role == KITE_ROLE_QUOTE || role == KITE_ROLE_ITEM ||
           role == KITE_ROLE_ITEM_MORE;
}

bool kite_role_keeps_next(enum kite_role role)
{
    return roles[role].keeps_next;
}

static bool is_item(enum kite_role role)
{
    return role == KITE_ROLE_ITEM || role == KITE_ROLE_ITEM_MORE;
}

/* ---- type ------------------------------------------------------------------------------------------- */

void kite_style_hold_ink(const struct kite_setter *setter, const struct kite_text *text, const struct kite_text_style *style, kite_f26 *line,
                         kite_f26 *baseline)
{
    uint16_t em1000 = kite_setter_text_line_em1000(setter, style->family, text);
    kite_f26 least = kite_style_whole_px(kite_mul_div(style->size_f26, em1000, 1000));

    if (least <= *line)
        return;
    *baseline += least - *line;
    *line = least;
}

static void set_line_height(const struct kite_block_context *x, struct kite_block *b, uint16_t size_em1000)
{
    const struct kite_setting *s = x->setting;
    const struct role_row *row = &roles[b->paragraph.role];
    kite_f26 size = b->style.size_f26;
    int32_t line_em1000 = row->line_em1000 > x->line_em1000_min ? row->line_em1000 : x->line_em1000_min;

    b->line_f26 = row->line_em1000 == 0 ? s->line_f26 : kite_style_whole_px(kite_mul_div(size, line_em1000, 1000));
    if (row->line_em1000 != 0 && b->paragraph.role != KITE_ROLE_HEADING && size_em1000 <= 1000) {
        /* Small type keeps the proportion of the body's lines. */
        kite_f26 line = kite_style_small_line(x, size);
        b->line_f26 = line > b->line_f26 ? line : b->line_f26;
    }
    b->baseline_f26 = b->line_f26 / 2 + kite_mul_div(size, 340, 1000);
    kite_style_hold_ink(x->setter, &b->paragraph.text, &b->style, &b->line_f26, &b->baseline_f26);
}

static void set_type(const struct kite_block_context *x, struct kite_block *b)
{
    const struct kite_setting *s = x->setting;
    const struct kite_paragraph *p = &b->paragraph;
    const struct role_row *row = &roles[p->role];
    uint16_t size_em1000 = row->size_em1000;
    struct kite_text_style *t = &b->style;

    if (p->role == KITE_ROLE_HEADING)
        size_em1000 = heading_size_em1000[p->depth <= 6 ? p->depth : 6];
    *t = (struct kite_text_style){ .family = s->family, .face_style = row->face };
    if (p->role == KITE_ROLE_HEADING && p->depth >= 5)
        t->face_style |= KITE_FACE_ITALIC; /* no size is left to tell it from the level above */
    if (p->role == KITE_ROLE_PREFORMATTED) {
        t->family = KITE_FAMILY_MONO;
        t->keeps_spaces = true;
    }
    if (s->emphasis_is_bold)
        t->face_style &= ~(unsigned)KITE_FACE_ITALIC; /* profiles without italics */
    t->size_f26 = kite_style_em(x, size_em1000);
    t->weight = s->weight > 2 ? (uint8_t)(s->weight - 2) : 0;
    t->emphasis_is_bold = s->emphasis_is_bold;
    t->letter_em10000 = p->role == KITE_ROLE_PREFORMATTED ? 0 : s->letter_em10000;
    t->word_em10000 = p->role == KITE_ROLE_PREFORMATTED ? 0 : s->word_em10000;
    t->is_rtl = p->direction == KITE_DIRECTION_RTL;
    t->is_balanced = row->is_balanced;
    t->hangs = s->hangs && (kite_role_is_running(p->role) || kite_role_is_note(p->role));
    t->hyphenate = x->hyphenates && !row->no_hyphens;
    t->align = row->is_centered ? KITE_ALIGN_CENTERED
               : row->is_ragged || !x->is_justified ? KITE_ALIGN_RAGGED
                                                    : KITE_ALIGN_JUSTIFIED;
    set_line_height(x, b, size_em1000);
}

static void set_sides(const struct kite_block_context *x, const struct kite_block_before *before, struct kite_block *b)
{
    const struct kite_paragraph *p = &b->paragraph;
    const struct role_row *row = &roles[p->role];
    uint8_t quote_depth = p->quote_depth;
    kite_f26 left = p->is_tight ? 0 : kite_style_em(x, row->left_em1000), right = 0;

    if (p->role == KITE_ROLE_ATTRIBUTION) { /* under what it is of */
        if (before->role != KITE_ROLE_COUNT && roles[before->role].left_em1000 > row->left_em1000)
            left = kite_style_em(x, roles[before->role].left_em1000);
        if (before->quote_depth > quote_depth)
            quote_depth = before->quote_depth;
    }
    if (left > x->column_f26 / NARROW_SHARE && !kite_role_is_note(p->role))
        left = x->column_f26 / NARROW_SHARE;
    left += kite_style_em(x, QUOTE_INDENT_EM1000) * quote_depth;
    if (x->is_justified) /* a ragged edge is far enough in as it is */
        right += kite_style_em(x, QUOTE_INDENT_EM1000) * quote_depth;
    if (is_item(p->role))
        left += x->item_indent_f26 * (p->depth > 0 ? p->depth : 1);
    else if (p->role == KITE_ROLE_PREFORMATTED && is_item(before->role)) /* code of a step stands under it */
        left += x->item_indent_f26 * (before->depth > 0 ? before->depth : 1);
    for (uint32_t beyond = p->ordinal / 100; beyond > 0; beyond /= 10)
        left += x->item_digit_f26;
    while (left + right > x->column_f26 * 2 / 5 && left + right > 0) { /* narrow panels: give the text its room */
        left = left * 3 / 4;
        right = right * 3 / 4;
    }
    b->left_f26 = p->direction == KITE_DIRECTION_RTL ? right : left;
    b->style.measure_f26 = x->column_f26 - left - right;
    b->style.hang_indent_f26 = kite_style_em(x, row->hang_em1000);
    if (b->style.hang_indent_f26 > b->style.measure_f26 / NARROW_SHARE)
        b->style.hang_indent_f26 = b->style.measure_f26 / NARROW_SHARE;
}

void kite_style_block(const struct kite_block_context *x, const struct kite_block_before *before, struct kite_block *b)
{
    set_type(x, b);
    set_sides(x, before, b);
}

/* ---- space ------------------------------------------------------------------------------------------ */

/* Items of one list: the same or another level of it, and no second list right behind the first. */
static bool is_same_list(const struct kite_paragraph *p, const struct kite_block_before *before)
{
    if (!is_item(p->role) || !is_item(before->role) || p->quote_depth != before->quote_depth)
        return false;
    if (p->role == KITE_ROLE_ITEM && p->ordinal == 1 && p->depth < before->depth)
        return false; /* behind an inner list another begins */
    if (p->role == KITE_ROLE_ITEM_MORE || p->depth != before->depth)
        return true;
    return p->ordinal != 1 && (before->role == KITE_ROLE_ITEM_MORE || (p->ordinal == 0) == (before->ordinal == 0));
}

/* Space between two paragraphs, thousandths of a line, by what they are. */
static uint16_t space_between(const struct kite_paragraph *p, const struct kite_block_before *before)
{
    const struct role_row *row = &roles[p->role];

    if (before->role == KITE_ROLE_COUNT || p->is_continued)
        return 0;
    if (p->role == KITE_ROLE_VERSE && before->role == KITE_ROLE_VERSE)
        return p->is_tight ? row->above_line1000 : 1000; /* stanzas */
    if (p->role == KITE_ROLE_QUOTE && before->role == KITE_ROLE_QUOTE && p->quote_depth == before->quote_depth)
        return 0;
    if ((kite_role_is_row(p->role) || p->role == KITE_ROLE_BYLINE) && before->role == p->role)
        return 0;
    if (p->role == KITE_ROLE_TABLE_ROW && before->role == KITE_ROLE_TABLE_HEAD)
        return 0;
    if (is_same_list(p, before))
        return p->is_tight || p->depth != before->depth ? 0 : row->above_line1000;
    if (p->role == KITE_ROLE_ATTRIBUTION && before->role != KITE_ROLE_PARAGRAPH)
        return row->above_line1000;
    if (roles[before->role].keeps_next && (!roles[p->role].keeps_next || kite_role_is_row(p->role)) &&
        p->role != KITE_ROLE_EPIGRAPH)
        return roles[before->role].after_line1000; /* what a head is over stands close to it */
    return roles[before->role].after_line1000 > row->above_line1000 ? roles[before->role].after_line1000
                                                                    : row->above_line1000;
}

/* Spaced paragraphs: nothing but what belongs together is closer than two of them. */
static bool takes_paragraph_space(const struct kite_paragraph *p, const struct kite_block_before *before,
                                  uint16_t between)
{
    if (before->role == KITE_ROLE_COUNT || roles[before->role].keeps_next || p->is_continued)
        return false;
    if (p->role == KITE_ROLE_CAPTION || p->role == KITE_ROLE_ATTRIBUTION || kite_role_is_note(p->role))
        return false;
    if (between == 0)
        return kite_role_is_running(p->role) && kite_role_is_running(before->role) && !p->is_tight;
    return true;
}

static void space_heading(const struct kite_block_context *x, const struct kite_block_before *before,
                          struct kite_block *b)
{
    uint16_t depth = b->paragraph.depth <= 6 ? b->paragraph.depth : 6;
    uint16_t space = heading_space_line1000[depth];

    space = (uint16_t)(space + x->setting->paragraph_line1000 * 3 / 4);
    b->below_f26 = kite_style_whole_px(kite_mul_div(x->setting->line_f26, space * 2 / 7, 1000));
    if (before->role == KITE_ROLE_HEADING)
        space = HEADS_SPACE_LINE1000;
    b->above_f26 = before->role == KITE_ROLE_COUNT
                       ? 0
                       : kite_style_whole_px(kite_mul_div(x->setting->line_f26, space * 5 / 7, 1000));
    b->grid = KITE_BLOCK_GRID_HEAD;
}

void kite_style_space(const struct kite_block_context *x, const struct kite_block_before *before, struct kite_block *b)
{
    const struct kite_paragraph *p = &b->paragraph;
    kite_f26 line = x->setting->line_f26;
    uint16_t between = space_between(p, before);

    b->grid = p->role == KITE_ROLE_PARAGRAPH ? KITE_BLOCK_GRID_BODY : KITE_BLOCK_GRID_NONE;
    b->keeps_next = roles[p->role].keeps_next && p->role != KITE_ROLE_STANDFIRST && p->role != KITE_ROLE_BYLINE;
    b->keeps_before = p->role == KITE_ROLE_ATTRIBUTION && before->role != KITE_ROLE_COUNT;
    if (p->role == KITE_ROLE_HEADING) {
        space_heading(x, before, b);
    } else {
        b->is_flexible = (between > 0 && p->role != KITE_ROLE_CAPTION) ||
                         (p->role == KITE_ROLE_PARAGRAPH && before->role != KITE_ROLE_COUNT && roles[before->role].below_line1000 > 0);
        if (takes_paragraph_space(p, before, between) && between < x->setting->paragraph_line1000)
            between = x->setting->paragraph_line1000;
        b->above_f26 = kite_style_whole_px(kite_mul_div(line, between, 1000));
        b->below_f26 = kite_style_whole_px(kite_mul_div(line, roles[p->role].below_line1000, 1000));
    }
    if (x->setting->paragraph_line1000 % 1000 != 0)
        b->grid = KITE_BLOCK_GRID_NONE;
}
