/* Making HTML's elements: blocks, lists, notes, styles. */
#include "press/rewrite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum kite_status kite_rewrite_begin(struct kite_rewrite *r, struct kite_draft *draft)
{
    *r = (struct kite_rewrite){ .draft = draft, .names = { .mem = draft->mem } };
    return kite_tree_begin(&draft->mem, &r->tree, &r->maker);
}

void kite_rewrite_close(struct kite_rewrite *r)
{
    kite_tree_end(&r->maker);
    kite_tree_close(&r->tree);
    kite_buffer_close(&r->names);
}

/* ---- elements ------------------------------------------------------------------------------------------- */

void kite_rewrite_open(struct kite_rewrite *r, const char *name)
{
    kite_tree_open(&r->maker, name, strlen(name), false, r->line);
}

void kite_rewrite_shut(struct kite_rewrite *r)
{
    kite_tree_shut(&r->maker);
}

void kite_rewrite_shut_all(struct kite_rewrite *r, unsigned count)
{
    for (; count > 0; count--)
        kite_rewrite_shut(r);
}

void kite_rewrite_attribute(struct kite_rewrite *r, const char *name, const char *value)
{
    kite_tree_attribute(&r->maker, name, false, value);
}

void kite_rewrite_attribute_of(struct kite_rewrite *r, const char *name, const char *before, const char *value)
{
    enum kite_status status = r->maker.status;

    r->names.count = 0;
    status = status ? status : kite_buffer_add_text(&r->names, before);
    status = status ? status : kite_buffer_add_text(&r->names, value);
    status = status ? status : kite_buffer_add_u8(&r->names, 0);
    if (status == KITE_OK)
        kite_rewrite_attribute(r, name, (const char *)r->names.bytes);
    else
        r->maker.status = status;
}

void kite_rewrite_text(struct kite_rewrite *r, const char *text, size_t bytes)
{
    kite_tree_text(&r->maker, text, bytes);
}

void kite_rewrite_character(struct kite_rewrite *r, uint32_t c)
{
    char utf8[4];

    kite_rewrite_text(r, utf8, kite_utf8_encode(c, utf8));
}

void kite_rewrite_break(struct kite_rewrite *r)
{
    if (r->is_preformatted) {
        kite_rewrite_text(r, "\n", 1);
        return;
    }
    kite_rewrite_open(r, "br");
    kite_rewrite_shut(r);
}

unsigned kite_rewrite_open_styles(struct kite_rewrite *r, uint32_t styles, const char *lang)
{
    static const struct {
        uint32_t style;
        const char *name;
    } rows[] = {
        { KITE_STYLE_EMPHASIS, "em" }, { KITE_STYLE_STRONG, "strong" },   { KITE_STYLE_CODE, "code" },
        { KITE_STYLE_STRIKE, "s" },    { KITE_STYLE_SUPERSCRIPT, "sup" }, { KITE_STYLE_SUBSCRIPT, "sub" },
    };
    unsigned count = 0;

    if (styles & KITE_STYLE_SMALL_CAPS || lang) {
        kite_rewrite_open(r, "span");
        if (lang)
            kite_rewrite_attribute(r, "lang", lang);
        if (styles & KITE_STYLE_SMALL_CAPS)
            kite_rewrite_attribute(r, "style", "font-variant: small-caps");
        count++;
    }
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (styles & rows[i].style) {
            kite_rewrite_open(r, rows[i].name);
            count++;
        }
    }
    return count;
}

void kite_rewrite_anchor(struct kite_rewrite *r, const char *name)
{
    kite_rewrite_open(r, "a");
    kite_rewrite_attribute(r, "id", name);
    kite_rewrite_shut(r);
}

void kite_rewrite_picture(struct kite_rewrite *r, const char *reference, const char *alternative)
{
    kite_rewrite_open(r, "img");
    kite_rewrite_attribute(r, "src", reference);
    kite_rewrite_attribute(r, "alt", alternative ? alternative : "");
    kite_rewrite_shut(r);
}

/* ---- notes ---------------------------------------------------------------------------------------------- */

/* The label is what a note without text shows, and what its text leaves away where it begins with it. */
#define NO_LABEL "\xE2\x80\xA0"

void kite_rewrite_note_mark(struct kite_rewrite *r, const char *kind, const char *id, const char *label)
{
    char name[64];

    snprintf(name, sizeof name, "#%s %.40s", kind, id);
    label = label && *label && strlen(label) <= 8 ? label : NO_LABEL;
    kite_rewrite_open(r, "a");
    kite_rewrite_attribute(r, "epub:type", "noteref");
    kite_rewrite_attribute(r, "href", name);
    kite_rewrite_text(r, label, strlen(label));
    kite_rewrite_shut(r);
}

void kite_rewrite_open_note(struct kite_rewrite *r, const char *kind, const char *id)
{
    char name[64];

    snprintf(name, sizeof name, "%s %.40s", kind, id);
    kite_rewrite_open(r, "aside");
    kite_rewrite_attribute(r, "epub:type", "footnote");
    kite_rewrite_attribute(r, "id", name);
}

/* ---- lists ---------------------------------------------------------------------------------------------- */

void kite_rewrite_end_lists(struct kite_rewrite *r, unsigned down_to)
{
    for (; r->list_count > down_to; r->list_count--)
        kite_rewrite_shut_all(r, 2);
}

static void open_list(struct kite_rewrite *r, bool is_numbered)
{
    kite_rewrite_open(r, is_numbered ? "ol" : "ul");
    r->lists[r->list_count++].is_numbered = is_numbered;
}

void kite_rewrite_item(struct kite_rewrite *r, unsigned depth, uint32_t ordinal)
{
    char value[16];

    depth = depth < 1 ? 1 : depth > KITE_REWRITE_LISTS_MAX ? KITE_REWRITE_LISTS_MAX : depth;
    if (r->is_preformatted)
        kite_rewrite_end_blocks(r);
    kite_rewrite_end_lists(r, depth);
    if (r->list_count == depth && r->lists[depth - 1].is_numbered != (ordinal > 0))
        kite_rewrite_end_lists(r, depth - 1);
    if (r->list_count == depth) {
        kite_rewrite_shut(r);
    } else {
        while (r->list_count + 1 < depth) { /* a list that begins further in hangs on no item of its own */
            open_list(r, false);
            kite_rewrite_open(r, "li");
        }
        open_list(r, ordinal > 0);
    }
    kite_rewrite_open(r, "li");
    snprintf(value, sizeof value, "%u", (unsigned)ordinal);
    if (ordinal > 0)
        kite_rewrite_attribute(r, "value", value);
}

/* ---- blocks --------------------------------------------------------------------------------------------- */

static void end_preformatted(struct kite_rewrite *r)
{
    if (r->is_preformatted)
        kite_rewrite_shut(r);
    r->is_preformatted = false;
}

void kite_rewrite_end_blocks(struct kite_rewrite *r)
{
    end_preformatted(r);
    kite_rewrite_end_lists(r, 0);
}

unsigned kite_rewrite_open_block(struct kite_rewrite *r, enum kite_block block, unsigned level)
{
    static const char *const types[] = {
        [KITE_BLOCK_TITLE] = "fulltitle",   [KITE_BLOCK_SUBTITLE] = "subtitle",       [KITE_BLOCK_BYLINE] = "byline",
        [KITE_BLOCK_EPIGRAPH] = "epigraph", [KITE_BLOCK_ATTRIBUTION] = "attribution", [KITE_BLOCK_VERSE] = "z3998:verse",
        [KITE_BLOCK_ITEM_MORE] = NULL
    };
    char heading[] = "h1";

    if (block == KITE_BLOCK_PREFORMATTED) {
        if (!r->is_preformatted)
            kite_rewrite_open(r, "pre");
        r->is_preformatted = true;
        return 0;
    }
    end_preformatted(r);
    if (block != KITE_BLOCK_ITEM_MORE)
        kite_rewrite_end_lists(r, 0);
    r->has_title = r->has_title || block == KITE_BLOCK_TITLE || (block == KITE_BLOCK_HEADING && level == 1);
    heading[1] = (char)('0' + (level < 1 ? 1 : level > 6 ? 6 : level));
    if (block == KITE_BLOCK_QUOTE)
        kite_rewrite_open(r, "blockquote");
    kite_rewrite_open(r, block == KITE_BLOCK_HEADING   ? heading
                         : block == KITE_BLOCK_CAPTION ? "figcaption"
                         : block == KITE_BLOCK_RULE    ? "hr"
                                                       : "p");
    if (types[block])
        kite_rewrite_attribute(r, "epub:type", types[block]);
    return block == KITE_BLOCK_QUOTE ? 2 : 1;
}

/* ---- names of styles ------------------------------------------------------------------------------------ */

static const struct style_row {
    const char *name; /* in small letters, without what isn't a letter or a digit */
    enum kite_block block;
} style_rows[] = {
    { "attribution", KITE_BLOCK_ATTRIBUTION },
    { "author", KITE_BLOCK_BYLINE },
    { "blockquotation", KITE_BLOCK_QUOTE },
    { "blockquote", KITE_BLOCK_QUOTE },
    { "blocktext", KITE_BLOCK_QUOTE },
    { "byline", KITE_BLOCK_BYLINE },
    { "caption", KITE_BLOCK_CAPTION },
    { "code", KITE_BLOCK_PREFORMATTED },
    { "contentsheading", KITE_BLOCK_CONTENTS },
    { "drawing", KITE_BLOCK_CAPTION },
    { "epigraph", KITE_BLOCK_EPIGRAPH },
    { "figure", KITE_BLOCK_CAPTION },
    { "figurecaption", KITE_BLOCK_CAPTION },
    { "horizontalline", KITE_BLOCK_RULE },
    { "htmlpreformatted", KITE_BLOCK_PREFORMATTED },
    { "illustration", KITE_BLOCK_CAPTION },
    { "imagecaption", KITE_BLOCK_CAPTION },
    { "intensequote", KITE_BLOCK_QUOTE },
    { "macrotext", KITE_BLOCK_PREFORMATTED },
    { "preformattedtext", KITE_BLOCK_PREFORMATTED },
    { "quotations", KITE_BLOCK_QUOTE },
    { "quote", KITE_BLOCK_QUOTE },
    { "sourcecode", KITE_BLOCK_PREFORMATTED },
    { "subtitle", KITE_BLOCK_SUBTITLE },
    { "table", KITE_BLOCK_CAPTION },
    { "tablecaption", KITE_BLOCK_CAPTION },
    { "title", KITE_BLOCK_TITLE },
    { "tocheading", KITE_BLOCK_CONTENTS },
    { "verse", KITE_BLOCK_VERSE },
};

static int compare_rows(const void *name, const void *row)
{
    return strcmp(name, ((const struct style_row *)row)->name);
}

/* "Heading_20_1", "heading 1": in OpenDocument a space is written as _20_. */
static void plain_name(const char *style, char out[32])
{
    size_t used = 0;

    for (const char *at = style; *at && used < 31; at++) {
        char c = *at >= 'A' && *at <= 'Z' ? (char)(*at + 32) : *at;

        if (strncmp(at, "_20_", 4) == 0)
            at += 3;
        else if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))
            out[used++] = c;
    }
    out[used] = '\0';
}

enum kite_block kite_rewrite_block_of(const char *style, unsigned *level)
{
    char name[32];
    const struct style_row *row;

    *level = 0;
    plain_name(style, name);
    if (strncmp(name, "heading", 7) == 0 && name[7] >= '1' && name[7] <= '9' && name[8] == '\0') {
        *level = (unsigned)(name[7] - '0');
        return KITE_BLOCK_HEADING;
    }
    if ((strncmp(name, "toc", 3) == 0 && name[3] >= '1' && name[3] <= '9') ||
        (strncmp(name, "contents", 8) == 0 && name[8] >= '1' && name[8] <= '9'))
        return KITE_BLOCK_CONTENTS;
    if (strncmp(name, "listcontinue", 12) == 0)
        return KITE_BLOCK_ITEM_MORE;
    row = bsearch(name, style_rows, sizeof style_rows / sizeof *style_rows, sizeof *style_rows, compare_rows);
    return row ? row->block : KITE_BLOCK_PARAGRAPH;
}

bool kite_rewrite_is_code(const char *style)
{
    static const char *const names[] = { "code",           "codechar",   "htmlcode", "htmlkeyboard", "htmlsample",
                                         "htmltypewriter", "sourcetext", "teletype", "userentry",    "verbatimchar" };
    char name[32];

    plain_name(style, name);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (strcmp(name, names[i]) == 0)
            return true;
    }
    return false;
}

/* ---- numbers -------------------------------------------------------------------------------------------- */

static size_t put_roman(uint32_t value, bool is_capital, char out[16])
{
    static const struct {
        uint32_t value;
        const char *small, *capital;
    } rows[] = { { 100, "c", "C" }, { 90, "xc", "XC" }, { 50, "l", "L" },  { 40, "xl", "XL" }, { 10, "x", "X" },
                 { 9, "ix", "IX" }, { 5, "v", "V" },    { 4, "iv", "IV" }, { 1, "i", "I" } };
    size_t used = 0;

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        for (; value >= rows[i].value && used < 12; value -= rows[i].value) {
            memcpy(out + used, is_capital ? rows[i].capital : rows[i].small, strlen(rows[i].small));
            used += strlen(rows[i].small);
        }
    }
    return used;
}

size_t kite_rewrite_number(uint32_t value, char form, char out[16])
{
    bool is_capital = form == 'A' || form == 'I';

    if ((form == 'i' || form == 'I') && value > 0 && value < 400)
        return put_roman(value, is_capital, out);
    if ((form == 'a' || form == 'A') && value > 0 && value <= 10 * 26) {
        size_t count = (value - 1) / 26 + 1;

        memset(out, (is_capital ? 'A' : 'a') + (int)((value - 1) % 26), count);
        return count;
    }
    return (size_t)snprintf(out, 16, "%u", (unsigned)value);
}

/* ---- elements by their id ------------------------------------------------------------------------------- */

enum kite_status kite_index_add(struct kite_index *index, struct kite_arena *arena, const char *id, struct kite_node *node)
{
    void *nodes = index->nodes;
    uint32_t number;
    bool is_new;
    enum kite_status status = kite_names_add(&index->names, arena, id, strlen(id), &number, &is_new);

    status = status ? status : kite_arena_grow(arena, &nodes, &index->capacity, index->names.count, sizeof *index->nodes);
    index->nodes = nodes;
    if (status == KITE_OK && is_new)
        index->nodes[number] = node;
    return status;
}

struct kite_node *kite_index_find(const struct kite_index *index, const char *id)
{
    uint32_t number = kite_names_find(&index->names, id, strlen(id));

    return number == UINT32_MAX ? NULL : index->nodes[number];
}

/* ---- looking about -------------------------------------------------------------------------------------- */

const char *kite_local_attribute(const struct kite_node *node, const char *name)
{
    for (const struct kite_attribute *a = node ? node->attributes : NULL; a; a = a->next) {
        const char *colon = strrchr(a->name, ':');

        if (strcmp(colon ? colon + 1 : a->name, name) == 0)
            return a->value;
    }
    return NULL;
}

const char *kite_child_attribute(const struct kite_node *node, const char *child, const char *name)
{
    return kite_local_attribute(kite_node_child(node, child), name);
}

uint32_t kite_number_or(const char *text, uint32_t otherwise)
{
    long value = text ? strtol(text, NULL, 10) : -1;

    return value >= 0 && value < 1000000 ? (uint32_t)value : otherwise;
}
