/* Pictures, text boxes, formulas, signs of symbol fonts. */
#include "press/docx.h"

#include <stdlib.h>
#include <string.h>

/* ---- drawings ------------------------------------------------------------------------------------------- */

static const char *picture_id(const struct kite_node *node)
{
    const char *id = kite_node_is(node, "blip") ? kite_local_attribute(node, "embed") : NULL;

    if (kite_node_is(node, "blip") && !id)
        id = kite_local_attribute(node, "link");
    return kite_node_is(node, "imagedata") ? kite_local_attribute(node, "id") : id;
}

/* What stands for a picture to those who cannot see it. */
static const char *words_for(const struct kite_node *drawing)
{
    const struct kite_node *properties = kite_node_find(drawing, "docPr"), *shape = kite_node_find(drawing, "shape");
    const char *words = kite_local_attribute(properties, "descr");

    if (!words || !*words)
        words = kite_local_attribute(properties, "title");
    return words ? words : kite_local_attribute(shape, "alt");
}

static bool add_picture(struct kite_docx *d, const struct kite_node *drawing, const struct kite_node *node)
{
    char name[KITE_CONTAINED_NAME_BYTES_MAX + 1];
    const char *id = picture_id(node);
    bool is_outside = false;
    const char *target = id ? kite_docx_target(d->part, id, &is_outside) : NULL;

    if (!target)
        return false;
    if (!is_outside &&
        kite_container_resolve(target[0] == '/' ? "" : d->part->name, target + (target[0] == '/'), name) == KITE_OK)
        target = name;
    kite_rewrite_picture(&d->rewrite, target, words_for(drawing));
    return true;
}

/* A shape that only divides or frames says nothing. */
static bool is_telling(const struct kite_node *drawing)
{
    return kite_node_find(drawing, "chart") || kite_node_find(drawing, "relIds") || kite_node_find(drawing, "OLEObject") ||
           kite_node_find(drawing, "wgp") || kite_node_find(drawing, "blip");
}

void kite_docx_drawing(struct kite_docx *d, const struct kite_node *drawing)
{
    bool has_any = false;
    const struct kite_node *node = drawing->first;

    while (node) {
        bool is_box = kite_node_is(node, "txbxContent");

        if (is_box && d->box_count < KITE_DOCX_BOXES_MAX)
            d->boxes[d->box_count++] = node;
        else if (is_box)
            d->rewrite.losses[KITE_LOSS_DRAWING]++;
        else
            has_any = add_picture(d, drawing, node) || has_any;
        has_any = has_any || is_box;
        node = kite_node_step(node, drawing, !is_box && !kite_node_is(node, "Fallback"));
    }
    if (!has_any && is_telling(drawing))
        d->rewrite.losses[KITE_LOSS_DRAWING]++;
}

/* ---- formulas: Office's markup to MathML's elements ----------------------------------------------------- */

static void add_token(struct kite_docx *d, const char *text, size_t bytes)
{
    kite_rewrite_open(&d->rewrite, "mi");
    kite_rewrite_text(&d->rewrite, text, bytes);
    kite_rewrite_shut(&d->rewrite);
}

static bool is_word(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '.' || c == ',';
}

/* Names, numbers and signs one by one, so that it can be told what needs brackets. */
static void add_tokens(struct kite_docx *d, const char *text, size_t bytes)
{
    for (size_t i = 0, used; i < bytes; i += used) {
        used = 1;
        while (i + used < bytes && ((is_word(text[i]) && is_word(text[i + used])) || ((uint8_t)text[i + used] & 0xc0) == 0x80))
            used++;
        add_token(d, text + i, used);
    }
}

static void add_part(struct kite_docx *d, const struct kite_node *node, const char *name)
{
    const struct kite_node *part = kite_node_child(node, name);

    kite_rewrite_open(&d->rewrite, "mrow");
    if (part)
        kite_docx_formula(d, part);
    kite_rewrite_shut(&d->rewrite);
}

static const char *character_of(const struct kite_node *node, const char *properties, const char *name, const char *otherwise)
{
    const char *value = kite_child_attribute(kite_node_child(node, properties), name, "val");

    return value ? value : otherwise;
}

/* A sum or an integral: the sign with its bounds, and what it is over. */
static void add_nary(struct kite_docx *d, const struct kite_node *node)
{
    const char *sign = character_of(node, "naryPr", "chr", "\xE2\x88\xAB");

    kite_rewrite_open(&d->rewrite, "msubsup");
    add_token(d, sign, strlen(sign));
    add_part(d, node, "sub");
    add_part(d, node, "sup");
    kite_rewrite_shut(&d->rewrite);
    add_part(d, node, "e");
}

static void add_delimited(struct kite_docx *d, const struct kite_node *node)
{
    const char *begin = character_of(node, "dPr", "begChr", "("), *end = character_of(node, "dPr", "endChr", ")");
    const char *between = character_of(node, "dPr", "sepChr", "|");
    bool is_first = true;

    add_token(d, begin, strlen(begin));
    for (const struct kite_node *part = node->first; part; part = part->next) {
        if (!kite_node_is(part, "e"))
            continue;
        if (!is_first)
            add_token(d, between, strlen(between));
        kite_docx_formula(d, part);
        is_first = false;
    }
    add_token(d, end, strlen(end));
}

static const struct formula_row {
    const char *name, *element, *parts[3];
} formula_rows[] = {
    { "f", "mfrac", { "num", "den", NULL } },        { "limLow", "munder", { "e", "lim", NULL } },
    { "limUpp", "mover", { "e", "lim", NULL } },     { "sSub", "msub", { "e", "sub", NULL } },
    { "sSubSup", "msubsup", { "e", "sub", "sup" } }, { "sSup", "msup", { "e", "sup", NULL } },
};

static void add_root(struct kite_docx *d, const struct kite_node *node)
{
    bool has_degree = kite_node_find(kite_node_child(node, "deg"), "t") != NULL;

    kite_rewrite_open(&d->rewrite, has_degree ? "mroot" : "msqrt");
    if (has_degree) {
        add_part(d, node, "e");
        add_part(d, node, "deg");
    } else if (kite_node_child(node, "e")) {
        kite_docx_formula(d, kite_node_child(node, "e"));
    }
    kite_rewrite_shut(&d->rewrite);
}

static void add_by_row(struct kite_docx *d, const struct kite_node *node, const struct formula_row *row)
{
    kite_rewrite_open(&d->rewrite, row->element);
    for (size_t i = 0; i < 3 && row->parts[i]; i++)
        add_part(d, node, row->parts[i]);
    kite_rewrite_shut(&d->rewrite);
}

static void add_formula_node(struct kite_docx *d, const struct kite_node *node)
{
    size_t i = 0;

    while (i < sizeof formula_rows / sizeof *formula_rows && !kite_node_is(node, formula_rows[i].name))
        i++;
    if (i < sizeof formula_rows / sizeof *formula_rows)
        add_by_row(d, node, &formula_rows[i]);
    else if (kite_node_is(node, "nary"))
        add_nary(d, node);
    else if (kite_node_is(node, "d"))
        add_delimited(d, node);
    else if (kite_node_is(node, "rad"))
        add_root(d, node);
    else if (!kite_node_is(node, "rPr"))
        kite_docx_formula(d, node);
}

void kite_docx_formula(struct kite_docx *d, const struct kite_node *holder)
{
    for (const struct kite_node *node = holder->first; node && d->rewrite.maker.status == KITE_OK; node = node->next) {
        if (node->name)
            add_formula_node(d, node);
        else if (kite_node_is(holder, "t"))
            add_tokens(d, node->text, node->text_bytes);
    }
}

/* ---- symbol fonts --------------------------------------------------------------------------------------- */

/* The font Symbol, 0x41 to 0x5a and 0x61 to 0x7a; 0: none of these. */
static const uint16_t greek[2][26] = {
    { 0x391, 0x392, 0x3a7, 0x394, 0x395, 0x3a6, 0x393, 0x397, 0x399, 0x3d1, 0x39a, 0x39b, 0x39c,
      0x39d, 0x39f, 0x3a0, 0x398, 0x3a1, 0x3a3, 0x3a4, 0x3a5, 0x3c2, 0x3a9, 0x39e, 0x3a8, 0x396 },
    { 0x3b1, 0x3b2, 0x3c7, 0x3b4, 0x3b5, 0x3c6, 0x3b3, 0x3b7, 0x3b9, 0x3d5, 0x3ba, 0x3bb, 0x3bc,
      0x3bd, 0x3bf, 0x3c0, 0x3b8, 0x3c1, 0x3c3, 0x3c4, 0x3c5, 0x3d6, 0x3c9, 0x3be, 0x3c8, 0x3b6 },
};

static const struct symbol {
    char font; /* Symbol, Wingdings */
    uint8_t code;
    uint16_t character;
} symbols[] = {
    { 'S', 0xa3, 0x2264 }, { 'S', 0xa5, 0x221e }, { 'S', 0xab, 0x2194 }, { 'S', 0xac, 0x2190 }, { 'S', 0xad, 0x2191 },
    { 'S', 0xae, 0x2192 }, { 'S', 0xaf, 0x2193 }, { 'S', 0xb0, 0xb0 },   { 'S', 0xb1, 0xb1 },   { 'S', 0xb2, 0x2033 },
    { 'S', 0xb3, 0x2265 }, { 'S', 0xb4, 0xd7 },   { 'S', 0xb7, 0x2022 }, { 'S', 0xb8, 0xf7 },   { 'S', 0xb9, 0x2260 },
    { 'S', 0xba, 0x2261 }, { 'S', 0xbb, 0x2248 }, { 'S', 0xbc, 0x2026 }, { 'S', 0xd2, 0xae },   { 'S', 0xd3, 0xa9 },
    { 'S', 0xd4, 0x2122 }, { 'S', 0xd6, 0x221a }, { 'S', 0xe2, 0xae },   { 'S', 0xe3, 0xa9 },   { 'S', 0xe4, 0x2122 },
    { 'S', 0x2d, 0x2212 }, { 'S', 0xa2, 0x2032 }, { 'S', 0xa4, 0x2044 }, { 'S', 0xb6, 0x2202 }, { 'S', 0xe5, 0x2211 },
    { 'S', 0xf2, 0x222b }, { 'W', 0xa8, 0x2610 }, { 'W', 0x6f, 0x2610 }, { 'W', 0x71, 0x2610 }, { 'W', 0xfd, 0x2612 },
    { 'W', 0xfe, 0x2611 }, { 'W', 0xfc, 0x2713 }, { 'W', 0xfb, 0x2717 }, { 'W', 0x6c, 0x25cf }, { 'W', 0x6e, 0x25a0 },
    { 'W', 0xa7, 0x25aa }, { 'W', 0x9f, 0x2022 }, { 'W', 0x76, 0x2756 }, { 'W', 0xd8, 0x27a2 }, { 'W', 0xe0, 0x2192 },
    { 'W', 0xdf, 0x2190 }, { 'W', 0xe1, 0x2191 }, { 'W', 0xe2, 0x2193 }, { 'W', 0x4a, 0x263a }, { 'W', 0x28, 0x260e },
    { 'W', 0x2a, 0x2709 }, { 'W', 0xab, 0x2605 },
};

uint32_t kite_docx_symbol_of(const char *font, uint32_t code)
{
    char first = strncmp(font, "Symbol", 6) == 0 ? 'S' : strcmp(font, "Wingdings") == 0 ? 'W' : '\0';
    bool is_small = code >= 'a' && code <= 'z', is_capital = code >= 'A' && code <= 'Z';

    for (size_t i = 0; i < sizeof symbols / sizeof *symbols; i++) {
        if (symbols[i].font == first && symbols[i].code == code)
            return symbols[i].character;
    }
    if (first == 'S' && (is_small || is_capital))
        return greek[is_small][code - (is_small ? 'a' : 'A')];
    return first == 'S' && code > 0x20 && code < 0x40 ? code : 0;
}

void kite_docx_symbol(struct kite_docx *d, const struct kite_node *node)
{
    const char *font = kite_local_attribute(node, "font"), *text = kite_local_attribute(node, "char");
    unsigned long code = text ? strtoul(text, NULL, 16) : 0;
    bool is_private = code >= 0xf000 && code <= 0xf0ff; /* where symbol fonts have their signs */
    uint32_t c = font && (is_private || code < 0x100) ? kite_docx_symbol_of(font, (uint32_t)(code & 0xff)) : (uint32_t)code;

    if (c == 0 || c > 0xffff || (c >= 0xd800 && c < 0xf900)) {
        c = 0xfffd;
        d->rewrite.losses[KITE_LOSS_SYMBOL]++;
    }
    kite_rewrite_character(&d->rewrite, c);
}
