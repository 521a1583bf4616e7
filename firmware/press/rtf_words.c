/* What the control words of RTF mean. */
#include "press/rtf.h"

#include <stdlib.h>
#include <string.h>

#define BOXES_MAX 1000u /* of a file */

static char *copy(struct kite_rtf *r, const char *before, const char *text)
{
    size_t first = strlen(before), bytes = strlen(text);
    char *out = kite_arena_alloc(&r->arena, first + bytes + 1, 1);

    if (!out) {
        kite_rtf_fail(r, KITE_E_NOMEM);
        return NULL;
    }
    memcpy(out, before, first);
    memcpy(out + first, text, bytes + 1);
    return out;
}

/* ---- characters ----------------------------------------------------------------------------------------------------- */

static void enter_unicode(struct kite_rtf *r)
{
    uint32_t c = r->value < 0 ? (uint32_t)(r->value + 0x10000) : (uint32_t)r->value;

    if (c >= 0xd800 && c < 0xdc00) {
        r->high = c;
    } else if (c >= 0xdc00 && c < 0xe000) {
        kite_rtf_put_character(r, r->high ? 0x10000u + ((r->high - 0xd800u) << 10) + (c - 0xdc00u) : 0xfffdu);
        r->high = 0;
    } else {
        kite_rtf_put_character(r, c > 0x10ffff ? 0xfffdu : c);
    }
    r->to_pass_over = kite_rtf_top(r)->fallback_bytes;
}

static void enter_character(struct kite_rtf *r)
{
    char utf8[4];

    kite_rtf_put_text(r, utf8, kite_utf8_encode(r->of, utf8));
}

static void enter_tab(struct kite_rtf *r)
{
    kite_rtf_put_text(r, "    ", 4);
}

static void enter_break(struct kite_rtf *r)
{
    if (kite_rtf_is_body(kite_rtf_top(r)))
        kite_rtf_add_piece(r, (struct kite_rtf_piece){ .kind = KITE_RTF_BREAK });
}

/* ---- character sets, fonts, styles ------------------------------------------------------------------------------------ */

static const struct kite_charset *charset_of_page(int32_t page)
{
    static const struct {
        int32_t page;
        const char *label;
    } rows[] = {
        { 437, "ibm850" }, { 708, "iso-8859-6" }, { 850, "ibm850" }, { 852, "ibm852" }, { 866, "ibm866" }, { 874, "windows-874" }, { 932, "shift_jis" }, { 936, "gbk" },
        { 949, "euc-kr" }, { 950, "big5" }, { 1250, "windows-1250" }, { 1251, "windows-1251" }, { 1253, "windows-1253" }, { 1254, "windows-1254" },
        { 1255, "windows-1255" }, { 1256, "windows-1256" }, { 1257, "windows-1257" }, { 1258, "windows-1258" }, { 1361, "johab" }, { 10000, "macintosh" },
        { 10007, "x-mac-cyrillic" }, { 10029, "x-mac-ce" }, { 54936, "gb18030" },
    };
    const char *label = "windows-1252";

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        label = rows[i].page == page ? rows[i].label : label;
    return kite_charset_of(label, strlen(label));
}

static void set_charset(struct kite_rtf *r, int32_t page)
{
    const struct kite_charset *charset = charset_of_page(page);

    if (charset)
        r->charset = charset;
    else
        kite_draft_note(r->rewrite.draft, KITE_PRESS_WARNING, 0, "letters of code page %d are not read and show as others", (int)page);
}

static void enter_code_page(struct kite_rtf *r)
{
    set_charset(r, r->of ? (int32_t)r->of : r->value);
}

static struct kite_rtf_font *named_font(struct kite_rtf *r)
{
    return kite_rtf_top(r)->named == KITE_RTF_FONTS && r->numbered < r->font_capacity ? &r->fonts[r->numbered] : NULL;
}

static void enter_font_charset(struct kite_rtf *r)
{
    static const int16_t pages[][2] = {
        { 0, 1252 },   { 77, 10000 }, { 128, 932 },  { 129, 949 },  { 130, 1361 }, { 134, 936 },  { 136, 950 },  { 161, 1253 }, { 162, 1254 },
        { 163, 1258 }, { 177, 1255 }, { 178, 1256 }, { 186, 1257 }, { 204, 1251 }, { 222, 874 },  { 238, 1250 }, { 255, 850 },
    };
    struct kite_rtf_font *font = named_font(r);

    if (font && r->of)
        font->charset = charset_of_page(r->value);
    for (size_t i = 0; font && !r->of && i < sizeof pages / sizeof *pages; i++) {
        if (pages[i][0] == r->value)
            font->charset = charset_of_page(pages[i][1]);
    }
    if (font && !r->of && r->value == 2)
        font->symbols = "";
}

/* Make room for number `number` in an array whose free places are all zero. */
static bool make_room(struct kite_rtf *r, void **items, size_t *capacity, uint32_t number, size_t each)
{
    size_t old = *capacity;
    enum kite_status status = kite_arena_grow(&r->arena, items, capacity, (size_t)number + 1, each);

    if (status)
        kite_rtf_fail(r, status);
    else
        memset((char *)*items + old * each, 0, (*capacity - old) * each);
    return status == KITE_OK;
}

static void enter_font(struct kite_rtf *r)
{
    void *fonts = r->fonts;

    if (r->value < 0 || r->value > UINT16_MAX)
        return;
    if (kite_rtf_top(r)->named == KITE_RTF_FONTS && make_room(r, &fonts, &r->font_capacity, (uint32_t)r->value, sizeof *r->fonts)) {
        r->fonts = fonts;
        r->numbered = (uint32_t)r->value;
    }
    kite_rtf_top(r)->font = (uint16_t)r->value;
}

static void enter_style_number(struct kite_rtf *r)
{
    void *styles = r->styles;

    if (r->value < 0 || r->value > UINT16_MAX)
        return;
    if (kite_rtf_top(r)->named == KITE_RTF_STYLES && make_room(r, &styles, &r->style_capacity, (uint32_t)r->value, sizeof *r->styles)) {
        r->styles = styles;
        r->numbered = (uint32_t)r->value;
    }
    kite_rtf_top(r)->paragraph.style = (uint16_t)r->value;
}

/* Of characters, sections, tables: what they say is written out where they are used. */
static void enter_other_style(struct kite_rtf *r)
{
    if (kite_rtf_top(r)->named == KITE_RTF_STYLES)
        kite_rtf_top(r)->place = KITE_RTF_SKIPPED;
}

static void end_font(struct kite_rtf *r, const char *name)
{
    struct kite_rtf_font *font = named_font(r);

    if (font && font->symbols)
        font->symbols = strncmp(name, "Symbol", 6) == 0 ? "Symbol" : strncmp(name, "Wingdings", 9) == 0 && name[9] != ' ' ? "Wingdings" : NULL;
}

static void end_style(struct kite_rtf *r, const char *name)
{
    struct kite_rtf_style *style = r->numbered < r->style_capacity ? &r->styles[r->numbered] : NULL;

    if (!style)
        return;
    style->block = kite_rewrite_block_of(name, &style->level);
    style->styles = kite_rtf_top(r)->styles & KITE_STYLE_ALL;
    style->is_list = strncmp(name, "List", 4) == 0;
    if (style->block == KITE_BLOCK_PARAGRAPH && kite_rtf_top(r)->paragraph.outline < 9) {
        style->block = KITE_BLOCK_HEADING;
        style->level = kite_rtf_top(r)->paragraph.outline + 1u;
    }
}

/* ---- looks ---------------------------------------------------------------------------------------------------------- */

static void enter_look(struct kite_rtf *r)
{
    struct kite_rtf_state *state = kite_rtf_top(r);

    if (r->of & (KITE_RTF_HIDDEN | KITE_RTF_DELETED) && r->value && state->place == KITE_RTF_BODY && !(state->styles & r->of))
        r->rewrite.losses[r->of & KITE_RTF_HIDDEN ? KITE_LOSS_HIDDEN : KITE_LOSS_DELETED]++;
    if (r->of == KITE_STYLE_SUPERSCRIPT || r->of == KITE_STYLE_SUBSCRIPT)
        state->styles &= ~(uint32_t)(KITE_STYLE_SUPERSCRIPT | KITE_STYLE_SUBSCRIPT);
    state->styles = r->value ? state->styles | r->of : state->styles & ~r->of;
}

static void enter_no_look(struct kite_rtf *r)
{
    kite_rtf_top(r)->styles &= ~r->of;
}

static void enter_plain(struct kite_rtf *r)
{
    kite_rtf_top(r)->styles &= KITE_RTF_DELETED;
    kite_rtf_top(r)->lang = 0;
    kite_rtf_top(r)->font = r->font;
}

static void enter_default(struct kite_rtf *r)
{
    *(r->of ? &r->lang : &r->font) = (uint16_t)(r->value & 0xffff);
    kite_rtf_top(r)->font = r->font;
}

/* The language that the file has where nothing is said is its program's, and says nothing. */
static void enter_lang(struct kite_rtf *r)
{
    kite_rtf_top(r)->lang = r->value == r->lang ? 0 : (uint16_t)(r->value & 0xffff);
}

static void enter_fallback(struct kite_rtf *r)
{
    kite_rtf_top(r)->fallback_bytes = r->value < 0 || r->value > 8 ? 1 : (uint8_t)r->value;
}

/* ---- paragraphs ----------------------------------------------------------------------------------------------------- */

void kite_rtf_end_with_boxes(struct kite_rtf *r)
{
    size_t first = 0, count = r->box_count;

    kite_rtf_end_paragraph(r, &kite_rtf_top(r)->paragraph);
    if (r->is_in_note) /* or in a box: what stands in boxes of boxes follows it */
        return;
    for (; first < count && r->rewrite.maker.status == KITE_OK; first++)
        kite_rtf_read_later(r, &r->boxes[first]);
    r->box_count = 0;
}

static void enter_paragraph_end(struct kite_rtf *r)
{
    if (kite_rtf_is_body(kite_rtf_top(r)))
        kite_rtf_end_with_boxes(r);
}

static void enter_paragraph_plain(struct kite_rtf *r)
{
    kite_rtf_top(r)->paragraph = KITE_RTF_NO_PARAGRAPH;
}

enum property { IN_TABLE, IN_LIST, LEVEL, OUTLINE, ALIGN_CENTRE, ALIGN_RIGHT, ALIGN_LEFT, RTL, LTR, BORDER, NO_BORDER, INDENT };

static void enter_property(struct kite_rtf *r)
{
    struct kite_rtf_paragraph *p = &kite_rtf_top(r)->paragraph;

    switch ((enum property)r->of) {
    case IN_TABLE: p->is_in_table = r->value != 0; break;
    case IN_LIST: p->is_in_list = true; break;
    case LEVEL: p->list_level = r->value < 0 || r->value > 8 ? 8 : (uint8_t)r->value; break;
    case OUTLINE: p->outline = r->value < 0 || r->value > 9 ? 9 : (uint8_t)r->value; break;
    case ALIGN_CENTRE: p->align = 'c'; break;
    case ALIGN_RIGHT: p->align = 'r'; break;
    case ALIGN_LEFT: p->align = 'l'; break;
    case RTL: p->is_rtl = true; break;
    case LTR: p->is_rtl = false; break;
    case BORDER: p->has_border = true; break;
    case NO_BORDER: p->has_border = false; break;
    case INDENT: p->is_indented = r->value > 0; break;
    }
}

enum part { ROW_BEGINS, ROW_IS_HEAD, CELL_ENDS, INNER_CELL_ENDS, ROW_ENDS, NO_PART };

static void enter_table(struct kite_rtf *r)
{
    if (!kite_rtf_is_body(kite_rtf_top(r)))
        return;
    if (r->is_in_note)
        r->of = r->of == CELL_ENDS ? INNER_CELL_ENDS : r->of == INNER_CELL_ENDS ? r->of : NO_PART;
    switch ((enum part)r->of) {
    case ROW_BEGINS: r->is_head_row = r->has_row && r->is_head_row; break; /* what a row is may be said again at its end */
    case ROW_IS_HEAD: r->is_head_row = true; break;
    case CELL_ENDS: kite_rtf_end_cell(r, &kite_rtf_top(r)->paragraph); break;
    case INNER_CELL_ENDS: enter_paragraph_end(r); break;
    case ROW_ENDS: kite_rtf_end_row(r); break;
    case NO_PART: break;
    }
}

/* ---- groups that are more than looks ---------------------------------------------------------------------------------- */

static void begin_place(struct kite_rtf *r, enum kite_rtf_place place, enum kite_rtf_named named)
{
    struct kite_rtf_state *state = kite_rtf_top(r);

    if (state->place == KITE_RTF_SKIPPED || (state->place == KITE_RTF_PICTURE && place != KITE_RTF_NAME))
        return;
    state->place = place;
    state->named = named;
    state->begins_place = true;
    if (place == KITE_RTF_NAME)
        r->name.count = 0;
}

static void enter_skipped(struct kite_rtf *r)
{
    if (r->of < KITE_LOSS_COUNT && kite_rtf_top(r)->place == KITE_RTF_BODY)
        r->rewrite.losses[r->of]++;
    begin_place(r, KITE_RTF_SKIPPED, KITE_RTF_UNNAMED);
}

static void enter_name(struct kite_rtf *r)
{
    begin_place(r, KITE_RTF_NAME, (enum kite_rtf_named)r->of);
}

static void enter_known(struct kite_rtf *r)
{
    (void)r;
}

static void enter_shape(struct kite_rtf *r)
{
    kite_rtf_top(r)->is_shape = true;
}

static void enter_note_number(struct kite_rtf *r)
{
    r->has_note_number = r->has_note_number || kite_rtf_is_body(kite_rtf_top(r));
}

static bool add_later(struct kite_rtf *r, struct kite_rtf_later **list, size_t *count, size_t *capacity, bool is_note)
{
    void *items = *list;
    enum kite_status status = kite_arena_grow(&r->arena, &items, capacity, *count + 1, sizeof **list);

    *list = items;
    if (status) {
        kite_rtf_fail(r, status);
        return false;
    }
    (*list)[*count] = (struct kite_rtf_later){ .at = r->at, .state = *kite_rtf_top(r), .is_note = is_note };
    (*list)[*count].state.styles = 0;
    (*list)[*count].state.link = NULL;
    (*list)[*count].state.is_shape = false;
    (*list)[*count].state.paragraph = KITE_RTF_NO_PARAGRAPH;
    (*count)++;
    return true;
}

static void enter_later(struct kite_rtf *r)
{
    bool is_note = r->of != 0, is_seen = is_note ? kite_rtf_is_body(kite_rtf_top(r)) : kite_rtf_top(r)->place == KITE_RTF_BODY;

    if (is_note && is_seen && !r->is_in_note && add_later(r, &r->notes, &r->note_count, &r->note_capacity, true)) {
        const char *label = r->has_note_number ? NULL : kite_rtf_take_label(r);

        kite_rtf_add_piece(r, (struct kite_rtf_piece){ .kind = KITE_RTF_NOTE, .number = (uint32_t)r->note_count, .label = label });
    } else if (!is_note && is_seen && !r->is_in_note && r->box_count < BOXES_MAX) {
        add_later(r, &r->boxes, &r->box_count, &r->box_capacity, false);
    } else if (!is_note && is_seen) {
        r->rewrite.losses[KITE_LOSS_DRAWING]++;
    }
    r->has_note_number = false;
    begin_place(r, KITE_RTF_SKIPPED, KITE_RTF_UNNAMED);
}

/* HYPERLINK "address" \l "bookmark": where it leads, NULL for any other field. */
static const char *link_of(struct kite_rtf *r, char *text)
{
    char *at = text + strspn(text, " "), *local, *begin, *end;

    if (strncmp(at, "HYPERLINK", 9) != 0)
        return NULL;
    local = strstr(at, "\\l ");
    begin = strchr(at, '"');
    end = begin ? strchr(begin + 1, '"') : NULL;
    if (!end || end == begin + 1)
        return NULL;
    *end = '\0';
    return copy(r, local && local < begin ? "#" : "", begin + 1);
}

static void end_name(struct kite_rtf *r)
{
    struct kite_rtf_state *outer = r->depth > 0 ? kite_rtf_top(r) - 1 : kite_rtf_top(r);
    struct kite_buffer *property = NULL;
    char *name;

    if (kite_buffer_add_u8(&r->name, 0)) {
        kite_rtf_fail(r, KITE_E_NOMEM);
        return;
    }
    name = (char *)r->name.bytes;
    switch (kite_rtf_top(r)->named) {
    case KITE_RTF_ANCHOR:
        if (kite_rtf_is_body(outer) && strcmp(name, "_GoBack") != 0 && !r->is_in_note)
            kite_rtf_add_piece(r, (struct kite_rtf_piece){ .kind = KITE_RTF_PLACE, .name = copy(r, "", name) });
        break;
    case KITE_RTF_FIELD: outer->link = link_of(r, name); break;
    case KITE_RTF_LABEL:
        name += strspn(name, " ");
        name[strcspn(name, " ")] = '\0';
        r->has_label = kite_rtf_is_body(outer) && *name;
        strncpy(r->label, name, sizeof r->label - 1);
        break;
    case KITE_RTF_TITLE: property = &r->properties.title; break;
    case KITE_RTF_AUTHOR: property = &r->properties.author; break;
    case KITE_RTF_SUBJECT: property = &r->properties.subject; break;
    case KITE_RTF_SHAPE_NAME: r->wants_words = strcmp(name, "wzDescription") == 0; break;
    case KITE_RTF_SHAPE_VALUE:
        if (r->wants_words)
            r->words = copy(r, "", name);
        r->wants_words = false;
        break;
    case KITE_RTF_RUNNING_HEAD: r->rewrite.losses[KITE_LOSS_RUNNING_HEAD] += name[strspn(name, " 0123456789-")] != '\0'; break;
    case KITE_RTF_FONTS:
    case KITE_RTF_STYLES:
    case KITE_RTF_UNNAMED: break;
    }
    if (property && property->count == 0)
        kite_rtf_fail(r, kite_buffer_add(property, name, strlen(name)));
    r->name.count = 0;
}

/* ---- pictures ------------------------------------------------------------------------------------------------------- */

static void enter_picture(struct kite_rtf *r)
{
    if (kite_rtf_top(r)->place == KITE_RTF_NAME && kite_rtf_top(r)->named != KITE_RTF_SHAPE_VALUE)
        return;
    begin_place(r, KITE_RTF_PICTURE, KITE_RTF_UNNAMED);
    r->image_at = r->image_bytes = 0;
    r->is_picture_known = false;
    r->words = NULL;
}

static void enter_picture_kind(struct kite_rtf *r)
{
    r->is_picture_known = r->of != 0;
}

static void end_picture(struct kite_rtf *r)
{
    void *images = r->images;
    enum kite_status status;

    if (!r->is_picture_known || r->image_at == 0) {
        r->rewrite.losses[KITE_LOSS_DRAWING]++;
        return;
    }
    status = kite_arena_grow(&r->arena, &images, &r->image_capacity, r->image_count + 1, sizeof *r->images);
    r->images = images;
    if (status) {
        kite_rtf_fail(r, status);
        return;
    }
    r->images[r->image_count] = (struct kite_rtf_image){ r->image_at, r->image_bytes };
    kite_rtf_add_piece(r, (struct kite_rtf_piece){ .kind = KITE_RTF_IMAGE, .number = (uint32_t)r->image_count++, .name = r->words });
}

/* Bytes as they are, which may look like anything. */
static void enter_binary(struct kite_rtf *r)
{
    size_t bytes = r->value < 0 ? 0 : (size_t)r->value, left = r->count - r->at;

    bytes = bytes < left ? bytes : left;
    if (kite_rtf_top(r)->place == KITE_RTF_PICTURE && kite_rtf_top(r)->begins_place && r->image_at == 0) {
        r->image_at = r->at;
        r->image_bytes = bytes;
    }
    r->at += bytes;
}

/* ---- control words -------------------------------------------------------------------------------------------------- */

void kite_rtf_end_place(struct kite_rtf *r)
{
    enum kite_rtf_named named = kite_rtf_top(r)->named;

    if (kite_rtf_top(r)->place == KITE_RTF_NAME && (named == KITE_RTF_FONTS || named == KITE_RTF_STYLES)) {
        r->name.count -= r->name.count > 0 && r->name.bytes[r->name.count - 1] == ';';
        if (r->name.count > 0 && kite_buffer_add_u8(&r->name, 0))
            kite_rtf_fail(r, KITE_E_NOMEM);
        else if (r->name.count > 0)
            (named == KITE_RTF_FONTS ? end_font : end_style)(r, (const char *)r->name.bytes);
        r->name.count = 0;
    } else if (kite_rtf_top(r)->place == KITE_RTF_NAME && kite_rtf_top(r)->begins_place) {
        end_name(r);
    } else if (kite_rtf_top(r)->place == KITE_RTF_PICTURE && kite_rtf_top(r)->begins_place) {
        end_picture(r);
    }
}

#define NO_LOSS KITE_LOSS_COUNT

static const struct word {
    const char *name;
    void (*enter)(struct kite_rtf *r); /* with the number behind it as r->value, and r->of */
    uint32_t of;
} words[] = {
    { "annotation", enter_skipped, KITE_LOSS_COMMENT }, { "ansi", enter_code_page, 1252 }, { "ansicpg", enter_code_page, 0 },
    { "author", enter_name, KITE_RTF_AUTHOR }, { "b", enter_look, KITE_STYLE_STRONG }, { "bin", enter_binary, 0 },
    { "bkmkstart", enter_name, KITE_RTF_ANCHOR }, { "brdrb", enter_property, BORDER }, { "brdrnone", enter_property, NO_BORDER },
    { "brdrt", enter_property, BORDER }, { "bullet", enter_character, 0x2022 }, { "cell", enter_table, CELL_ENDS }, { "chftn", enter_note_number, 0 },
    { "colortbl", enter_skipped, NO_LOSS }, { "column", enter_character, 0x20 }, { "cpg", enter_font_charset, 1 }, { "cs", enter_other_style, 0 },
    { "deff", enter_default, 0 }, { "deflang", enter_default, 1 }, { "deleted", enter_look, KITE_RTF_DELETED }, { "dibitmap", enter_picture_kind, 0 },
    { "do", enter_shape, 0 }, { "dptxbxtext", enter_later, 0 }, { "ds", enter_other_style, 0 }, { "emdash", enter_character, 0x2014 },
    { "emfblip", enter_picture_kind, 0 }, { "emspace", enter_character, 0x2003 }, { "endash", enter_character, 0x2013 },
    { "enspace", enter_character, 0x2002 }, { "f", enter_font, 0 }, { "fcharset", enter_font_charset, 0 }, { "fldinst", enter_name, KITE_RTF_FIELD },
    { "fonttbl", enter_name, KITE_RTF_FONTS }, { "footer", enter_name, KITE_RTF_RUNNING_HEAD }, { "footerf", enter_name, KITE_RTF_RUNNING_HEAD },
    { "footerl", enter_name, KITE_RTF_RUNNING_HEAD }, { "footerr", enter_name, KITE_RTF_RUNNING_HEAD }, { "footnote", enter_later, 1 },
    { "header", enter_name, KITE_RTF_RUNNING_HEAD }, { "headerf", enter_name, KITE_RTF_RUNNING_HEAD },
    { "headerl", enter_name, KITE_RTF_RUNNING_HEAD }, { "headerr", enter_name, KITE_RTF_RUNNING_HEAD }, { "i", enter_look, KITE_STYLE_EMPHASIS },
    { "ilvl", enter_property, LEVEL }, { "info", enter_name, KITE_RTF_UNNAMED }, { "intbl", enter_property, IN_TABLE },
    { "jpegblip", enter_picture_kind, 1 }, { "lang", enter_lang, 0 }, { "lbr", enter_break, 0 }, { "ldblquote", enter_character, 0x201c },
    { "li", enter_property, INDENT }, { "lin", enter_property, INDENT }, { "line", enter_break, 0 }, { "listtext", enter_name, KITE_RTF_LABEL },
    { "lquote", enter_character, 0x2018 }, { "ls", enter_property, IN_LIST }, { "ltrmark", enter_character, 0x200e },
    { "ltrpar", enter_property, LTR }, { "mac", enter_code_page, 10000 }, { "macpict", enter_picture_kind, 0 },
    { "mmathPict", enter_skipped, NO_LOSS }, { "moMath", enter_known, 0 }, { "moMathPara", enter_known, 0 },
    { "nestcell", enter_table, INNER_CELL_ENDS }, { "nestrow", enter_table, INNER_CELL_ENDS }, { "nesttableprops", enter_skipped, NO_LOSS },
    { "nonesttables", enter_skipped, NO_LOSS }, { "nonshppict", enter_skipped, NO_LOSS },
    { "nosupersub", enter_no_look, KITE_STYLE_SUPERSCRIPT | KITE_STYLE_SUBSCRIPT }, { "outlinelevel", enter_property, OUTLINE },
    { "page", enter_character, 0x20 }, { "par", enter_paragraph_end, 0 }, { "pard", enter_paragraph_plain, 0 }, { "pc", enter_code_page, 437 },
    { "pca", enter_code_page, 850 }, { "picprop", enter_known, 0 }, { "pict", enter_picture, 0 }, { "plain", enter_plain, 0 },
    { "pngblip", enter_picture_kind, 1 }, { "pntext", enter_name, KITE_RTF_LABEL }, { "qc", enter_property, ALIGN_CENTRE },
    { "qj", enter_property, ALIGN_LEFT }, { "ql", enter_property, ALIGN_LEFT }, { "qmspace", enter_character, 0x2005 },
    { "qr", enter_property, ALIGN_RIGHT }, { "rdblquote", enter_character, 0x201d }, { "row", enter_table, ROW_ENDS },
    { "rquote", enter_character, 0x2019 }, { "rtlmark", enter_character, 0x200f }, { "rtlpar", enter_property, RTL },
    { "rxe", enter_skipped, NO_LOSS }, { "s", enter_style_number, 0 }, { "scaps", enter_look, KITE_STYLE_SMALL_CAPS },
    { "sect", enter_paragraph_end, 0 }, { "shpinst", enter_shape, 0 }, { "shppict", enter_known, 0 }, { "shprslt", enter_skipped, NO_LOSS },
    { "shptxt", enter_later, 0 }, { "sn", enter_name, KITE_RTF_SHAPE_NAME }, { "strike", enter_look, KITE_STYLE_STRIKE },
    { "striked", enter_look, KITE_STYLE_STRIKE }, { "stylesheet", enter_name, KITE_RTF_STYLES }, { "sub", enter_look, KITE_STYLE_SUBSCRIPT },
    { "subject", enter_name, KITE_RTF_SUBJECT }, { "super", enter_look, KITE_STYLE_SUPERSCRIPT }, { "sv", enter_name, KITE_RTF_SHAPE_VALUE },
    { "tab", enter_tab, 0 }, { "tc", enter_skipped, NO_LOSS }, { "title", enter_name, KITE_RTF_TITLE }, { "trhdr", enter_table, ROW_IS_HEAD },
    { "trowd", enter_table, ROW_BEGINS }, { "ts", enter_other_style, 0 }, { "txe", enter_skipped, NO_LOSS }, { "u", enter_unicode, 0 },
    { "uc", enter_fallback, 0 }, { "ud", enter_known, 0 }, { "ul", enter_look, KITE_RTF_UNDERLINE }, { "uld", enter_look, KITE_RTF_UNDERLINE },
    { "uldash", enter_look, KITE_RTF_UNDERLINE }, { "uldashd", enter_look, KITE_RTF_UNDERLINE }, { "uldashdd", enter_look, KITE_RTF_UNDERLINE },
    { "uldb", enter_look, KITE_RTF_UNDERLINE }, { "ulhwave", enter_look, KITE_RTF_UNDERLINE }, { "ulnone", enter_no_look, KITE_RTF_UNDERLINE },
    { "ulth", enter_look, KITE_RTF_UNDERLINE }, { "ulw", enter_look, KITE_RTF_UNDERLINE }, { "ulwave", enter_look, KITE_RTF_UNDERLINE },
    { "v", enter_look, KITE_RTF_HIDDEN }, { "wbitmap", enter_picture_kind, 0 }, { "wmetafile", enter_picture_kind, 0 },
    { "xe", enter_skipped, NO_LOSS }, { "zwj", enter_character, 0x200d }, { "zwnj", enter_character, 0x200c },
};

static int compare_words(const void *name, const void *word)
{
    return strcmp(name, ((const struct word *)word)->name);
}

void kite_rtf_enter(struct kite_rtf *r, const char *name, int32_t value)
{
    const struct word *word = bsearch(name, words, sizeof words / sizeof *words, sizeof *words, compare_words);
    bool was_star = r->is_star;

    r->is_star = false;
    r->value = value;
    r->of = word ? word->of : 0;
    if (word)
        word->enter(r);
    else if (was_star) /* a place that is not known is to be passed over */
        begin_place(r, KITE_RTF_SKIPPED, KITE_RTF_UNNAMED);
}
