/* Paragraphs, items and tables out of what an RTF file says. */
#include "press/rtf.h"

#include <stdio.h>
#include <string.h>

#define LABEL_BYTES_MAX 8u /* of a note */

/* ---- collecting ----------------------------------------------------------------------------------------------------- */

void kite_rtf_add_piece(struct kite_rtf *r, struct kite_rtf_piece piece)
{
    void *pieces = r->pieces;
    enum kite_status status = kite_arena_grow(&r->arena, &pieces, &r->piece_capacity, r->piece_count + 1, sizeof *r->pieces);

    r->pieces = pieces;
    if (status)
        r->rewrite.maker.status = status;
    else
        r->pieces[r->piece_count++] = piece;
}

const char *kite_rtf_take_label(struct kite_rtf *r)
{
    struct kite_rtf_piece *last = r->piece_count ? &r->pieces[r->piece_count - 1] : NULL;
    char *label;

    if (!last || last->kind != KITE_RTF_TEXT || !(last->styles & KITE_STYLE_SUPERSCRIPT) || last->bytes > LABEL_BYTES_MAX)
        return NULL;
    label = kite_arena_alloc(&r->arena, last->bytes + 1, 1);
    if (!label)
        return NULL;
    memcpy(label, r->text.bytes + last->from, last->bytes);
    label[last->bytes] = '\0';
    r->piece_count--;
    return label;
}

void kite_rtf_add_text(struct kite_rtf *r, const struct kite_rtf_state *state, const char *text, size_t bytes)
{
    struct kite_rtf_piece *last = r->piece_count ? &r->pieces[r->piece_count - 1] : NULL;
    struct kite_rtf_piece piece = { .styles = state->styles, .lang = state->lang, .link = state->link, .from = r->text.count, .bytes = bytes };

    if (kite_buffer_add(&r->text, text, bytes))
        r->rewrite.maker.status = KITE_E_NOMEM;
    else if (last && last->kind == KITE_RTF_TEXT && last->styles == piece.styles && last->lang == piece.lang && last->link == piece.link)
        last->bytes += bytes;
    else
        kite_rtf_add_piece(r, piece);
}

/* ---- languages ------------------------------------------------------------------------------------------------------ */

/* Primary languages of Windows' language identifiers. */
static const char *lang_of(uint16_t id)
{
    static const struct {
        uint16_t id;
        char tag[4];
    } rows[] = {
        { 0x01, "ar" }, { 0x02, "bg" }, { 0x03, "ca" }, { 0x04, "zh" }, { 0x05, "cs" }, { 0x06, "da" }, { 0x07, "de" }, { 0x08, "el" }, { 0x09, "en" },
        { 0x0a, "es" }, { 0x0b, "fi" }, { 0x0c, "fr" }, { 0x0d, "he" }, { 0x0e, "hu" }, { 0x0f, "is" }, { 0x10, "it" }, { 0x11, "ja" }, { 0x12, "ko" },
        { 0x13, "nl" }, { 0x14, "nb" }, { 0x15, "pl" }, { 0x16, "pt" }, { 0x18, "ro" }, { 0x19, "ru" }, { 0x1a, "hr" }, { 0x1b, "sk" }, { 0x1c, "sq" },
        { 0x1d, "sv" }, { 0x1e, "th" }, { 0x1f, "tr" }, { 0x20, "ur" }, { 0x21, "id" }, { 0x22, "uk" }, { 0x24, "sl" }, { 0x25, "et" }, { 0x26, "lv" },
        { 0x27, "lt" }, { 0x29, "fa" }, { 0x2a, "vi" }, { 0x2b, "hy" }, { 0x2d, "eu" }, { 0x36, "af" }, { 0x37, "ka" }, { 0x39, "hi" }, { 0x51, "bo" },
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (rows[i].id == (id & 0x3ffu))
            return rows[i].tag;
    }
    return NULL;
}

/* ---- paragraphs ----------------------------------------------------------------------------------------------------- */

static uint32_t seen_styles(const struct kite_rtf *r, const struct kite_rtf_style *style, const struct kite_rtf_piece *piece)
{
    uint32_t styles = piece->styles & KITE_STYLE_ALL;
    bool is_heading = style->block == KITE_BLOCK_HEADING || style->block == KITE_BLOCK_TITLE || style->block == KITE_BLOCK_SUBTITLE;

    if (piece->styles & KITE_RTF_UNDERLINE && !piece->link) /* as typewriters had it */
        styles |= KITE_STYLE_EMPHASIS;
    if (style->block != KITE_BLOCK_PARAGRAPH)
        styles &= ~style->styles;
    if (is_heading || (r->has_cell && r->is_head_row))
        styles &= ~(uint32_t)KITE_STYLE_STRONG;
    return styles;
}

static void put_piece(struct kite_rtf *r, const struct kite_rtf_style *style, const struct kite_rtf_piece *piece)
{
    bool is_link = piece->link && piece->kind == KITE_RTF_TEXT;
    char name[24];
    unsigned open;

    snprintf(name, sizeof name, "%u", (unsigned)piece->number);
    if (is_link) {
        kite_rewrite_open(&r->rewrite, "a");
        kite_rewrite_attribute(&r->rewrite, "href", piece->link);
    }
    open = piece->kind == KITE_RTF_TEXT ? kite_rewrite_open_styles(&r->rewrite, seen_styles(r, style, piece), lang_of(piece->lang)) : 0;
    switch (piece->kind) {
    case KITE_RTF_TEXT: kite_rewrite_text(&r->rewrite, (const char *)r->text.bytes + piece->from, piece->bytes); break;
    case KITE_RTF_BREAK: kite_rewrite_break(&r->rewrite); break;
    case KITE_RTF_NOTE: kite_rewrite_note_mark(&r->rewrite, "note", name, piece->label); break;
    case KITE_RTF_IMAGE: kite_rewrite_picture(&r->rewrite, name, piece->name); break;
    case KITE_RTF_PLACE: kite_rewrite_anchor(&r->rewrite, piece->name); break;
    }
    kite_rewrite_shut_all(&r->rewrite, open + is_link);
}

/* What a label counts: the last of its numbers; for letters and Roman numerals one more than the item before it; 0 for a bullet. */
static uint32_t ordinal_of(struct kite_rtf *r, unsigned level)
{
    bool has_digits = strpbrk(r->label, "0123456789") != NULL;
    bool is_lettered = r->label[0] > 0 && r->label[1] && ((r->label[0] | 32) >= 'a' && (r->label[0] | 32) <= 'z');
    uint32_t ordinal = is_lettered ? r->ordinals[level] + 1 : 0;

    r->rewrite.losses[KITE_LOSS_LETTERS] += is_lettered && !has_digits;
    for (const char *at = r->label; (at = strpbrk(at, "0123456789")) != NULL; at += strspn(at, "0123456789"))
        ordinal = kite_number_or(at, 0);
    r->ordinals[level] = ordinal;
    for (unsigned i = level + 1; i < KITE_REWRITE_LISTS_MAX; i++)
        r->ordinals[i] = 0;
    return ordinal;
}

static unsigned open_paragraph(struct kite_rtf *r, const struct kite_rtf_paragraph *p, const struct kite_rtf_style *style)
{
    unsigned level = p->list_level < KITE_REWRITE_LISTS_MAX ? p->list_level : KITE_REWRITE_LISTS_MAX - 1, open;
    bool is_text = style->block == KITE_BLOCK_PARAGRAPH;

    if (is_text && r->has_label) {
        kite_rewrite_item(&r->rewrite, level + 1, ordinal_of(r, level));
        return 0;
    }
    if (is_text && r->rewrite.list_count > 0 && p->is_indented && (p->is_in_list || style->is_list))
        return kite_rewrite_open_block(&r->rewrite, KITE_BLOCK_ITEM_MORE, 0);
    open = kite_rewrite_open_block(&r->rewrite, style->block, style->level);
    if (style->block == KITE_BLOCK_HEADING && r->has_label && strpbrk(r->label, "0123456789")) {
        kite_rewrite_text(&r->rewrite, r->label, strlen(r->label));
        kite_rewrite_text(&r->rewrite, " ", 1);
    }
    memset(r->ordinals, 0, sizeof r->ordinals);
    return open;
}

static void drop_pieces(struct kite_rtf *r)
{
    r->piece_count = 0;
    r->text.count = 0;
    r->has_label = false;
}

static struct kite_rtf_style style_of(const struct kite_rtf *r, const struct kite_rtf_paragraph *p)
{
    struct kite_rtf_style style = { .block = KITE_BLOCK_PARAGRAPH };

    if (p->style < r->style_capacity)
        style = r->styles[p->style];
    if (style.block == KITE_BLOCK_PARAGRAPH && p->outline < 9) {
        style.block = KITE_BLOCK_HEADING;
        style.level = p->outline + 1u;
    }
    if (r->is_in_note || style.block == KITE_BLOCK_ITEM_MORE)
        style.block = KITE_BLOCK_PARAGRAPH;
    return style;
}

static bool has_words(const struct kite_rtf *r)
{
    for (size_t i = 0; i < r->piece_count; i++) {
        for (size_t k = 0; r->pieces[i].kind == KITE_RTF_TEXT && k < r->pieces[i].bytes; k++) {
            if (r->text.bytes[r->pieces[i].from + k] != ' ')
                return true;
        }
    }
    return false;
}

static bool has_sign(const struct kite_rtf *r)
{
    size_t i = 0;

    while (i < r->piece_count && r->pieces[i].kind != KITE_RTF_NOTE && r->pieces[i].kind != KITE_RTF_IMAGE)
        i++;
    return i < r->piece_count;
}

static void begin_cell(struct kite_rtf *r, const struct kite_rtf_paragraph *p)
{
    if (r->has_cell)
        return;
    if (!r->has_table) {
        kite_rewrite_end_blocks(&r->rewrite);
        kite_rewrite_open(&r->rewrite, "table");
    }
    if (!r->has_row)
        kite_rewrite_open(&r->rewrite, "tr");
    kite_rewrite_open(&r->rewrite, r->is_head_row ? "th" : "td");
    if (p->align == 'c' || p->align == 'r')
        kite_rewrite_attribute(&r->rewrite, "align", p->align == 'c' ? "center" : "right");
    r->has_table = r->has_row = r->has_cell = true;
}

void kite_rtf_end_paragraph(struct kite_rtf *r, const struct kite_rtf_paragraph *p)
{
    struct kite_rtf_style style = style_of(r, p);
    bool is_seen = has_words(r) || has_sign(r), is_rule = p->has_border && r->piece_count == 0 && !p->is_in_table;
    unsigned open = 0;

    if (style.block == KITE_BLOCK_HEADING && !has_words(r)) /* of a picture, or a note alone */
        style.block = KITE_BLOCK_PARAGRAPH;
    if (p->is_in_table && !r->is_in_note)
        begin_cell(r, p);
    else if (r->has_table && !r->is_in_note)
        kite_rtf_end_table(r);
    if (style.block == KITE_BLOCK_CONTENTS) {
        r->rewrite.losses[KITE_LOSS_CONTENTS]++;
        drop_pieces(r);
        return;
    }
    if (is_rule)
        open = kite_rewrite_open_block(&r->rewrite, KITE_BLOCK_RULE, 0);
    else if (is_seen || style.block == KITE_BLOCK_PREFORMATTED)
        open = open_paragraph(r, p, &style);
    if (is_seen && p->is_rtl)
        kite_rewrite_attribute(&r->rewrite, "dir", "rtl");
    for (size_t i = 0; i < r->piece_count; i++) {
        if (is_seen || r->pieces[i].kind == KITE_RTF_PLACE)
            put_piece(r, &style, &r->pieces[i]);
    }
    if (r->rewrite.is_preformatted)
        kite_rewrite_text(&r->rewrite, "\n", 1);
    kite_rewrite_shut_all(&r->rewrite, open);
    drop_pieces(r);
}

/* ---- tables --------------------------------------------------------------------------------------------------------- */

void kite_rtf_end_cell(struct kite_rtf *r, const struct kite_rtf_paragraph *p)
{
    begin_cell(r, p);
    kite_rtf_end_paragraph(r, p);
    kite_rewrite_end_blocks(&r->rewrite);
    kite_rewrite_shut(&r->rewrite);
    r->has_cell = false;
}

void kite_rtf_end_row(struct kite_rtf *r)
{
    if (r->has_cell) {
        kite_rewrite_end_blocks(&r->rewrite);
        kite_rewrite_shut(&r->rewrite);
    }
    if (r->has_row)
        kite_rewrite_shut(&r->rewrite);
    r->has_cell = r->has_row = false;
}

void kite_rtf_end_table(struct kite_rtf *r)
{
    kite_rtf_end_row(r);
    if (r->has_table)
        kite_rewrite_shut(&r->rewrite);
    r->has_table = r->is_head_row = false;
}
