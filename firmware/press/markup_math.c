/* Formulas: MathML as a line of text that can be read, and read out: (a + b)/2, √x, x² with raised and lowered parts, rows of an array on
 * lines of their own. Office's formulas come as the same elements. */
#include "press/markup.h"

#include <stdlib.h>
#include <string.h>

#define SCRIPTS ((uint32_t)(KITE_STYLE_SUPERSCRIPT | KITE_STYLE_SUBSCRIPT))

static void add(struct kite_markup *m, const char *text)
{
    kite_builder_add(&m->builder, text, strlen(text));
}

/* ---- looking about ----------------------------------------------------------------------------------------------- */

static struct kite_node *next_element(struct kite_node *node)
{
    while (node && !node->name)
        node = node->next;
    return node;
}

static struct kite_node *part(const struct kite_node *node, unsigned index)
{
    struct kite_node *child = next_element(node->first);

    for (; child && index > 0; index--)
        child = next_element(child->next);
    return child;
}

static bool only_holds(const struct kite_node *node)
{
    static const char *const names[] = { "mrow", "mstyle", "mpadded", "semantics" };

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (kite_node_is(node, names[i]))
            return true;
    }
    return false;
}

/* Without the elements around it that hold nothing else. */
static const struct kite_node *core(const struct kite_node *node)
{
    while (node && only_holds(node) && part(node, 0) && (!part(node, 1) || kite_node_is(node, "semantics")))
        node = part(node, 0);
    return node;
}

/* More than one sign, so that it needs brackets where it stands beside a line of a fraction or under a root. */
static bool is_long(const struct kite_node *node)
{
    node = core(node);
    return node && ((only_holds(node) && part(node, 1)) || kite_node_is(node, "mfrac") || (kite_node_is(node, "mtable")));
}

static bool is_token(const struct kite_node *node)
{
    node = core(node);
    return kite_node_is(node, "mi") || kite_node_is(node, "mn") || kite_node_is(node, "mtext");
}

/* A token's text without the spaces around it. */
static const char *text_of(const struct kite_node *token, size_t *bytes)
{
    const char *text = token && token->first && token->first->text ? token->first->text : "";
    size_t end = strlen(text), start = strspn(text, " \t\r\n");

    while (end > start && strchr(" \t\r\n", text[end - 1]))
        end--;
    *bytes = end - start;
    return text + start;
}

static bool is_one_of(const char *text, size_t bytes, const char *const *words)
{
    for (; *words; words++) {
        if (strlen(*words) == bytes && memcmp(*words, text, bytes) == 0)
            return true;
    }
    return false;
}

static bool is_operator(const struct kite_node *node)
{
    static const char *const signs[] = { "+", "-", "=", "<", ">", "(", "[", "{", ",", "/", "|", "\xE2\x88\x92", NULL };
    size_t bytes;
    const char *text;

    node = core(node);
    text = text_of(node, &bytes);
    return kite_node_is(node, "mo") || is_one_of(text, bytes, signs);
}

static const struct kite_node *before(const struct kite_node *node)
{
    const struct kite_node *last = NULL;

    for (const struct kite_node *at = node->parent ? node->parent->first : NULL; at && at != node; at = at->next)
        last = at->name ? at : last;
    return last;
}

/* ---- signs ------------------------------------------------------------------------------------------------------- */

/* = < > ≤ ≥ ≠ ≈ ≡ ∼ ≅ ∝ ∈ ∉ ⊂ ⊆ → ⇒ ⇔ ↦ ∧ ∨ */
static const char *const relations[] = {
    "=", "<", ">", "\xE2\x89\xA4", "\xE2\x89\xA5", "\xE2\x89\xA0", "\xE2\x89\x88", "\xE2\x89\xA1", "\xE2\x88\xBC", "\xE2\x89\x85",
    "\xE2\x88\x9D", "\xE2\x88\x88", "\xE2\x88\x89", "\xE2\x8A\x82", "\xE2\x8A\x86", "\xE2\x86\x92", "\xE2\x87\x92", "\xE2\x87\x94",
    "\xE2\x86\xA6", "\xE2\x88\xA7", "\xE2\x88\xA8", ":=", NULL
};
/* + - − ± ∓ × ÷ ∪ ∩, which may be signs of what follows as well */
static const char *const sums[] = { "+", "-", "\xE2\x88\x92", "\xC2\xB1", "\xE2\x88\x93", "\xC3\x97", "\xC3\xB7", "\xE2\x88\xAA", "\xE2\x88\xA9", NULL };
/* Function application, invisible times, separator and plus. */
static const char *const unseen[] = { "\xE2\x81\xA2", "\xE2\x81\xA3", "\xE2\x81\xA4", NULL };
static const char *const applied[] = { "\xE2\x81\xA1", NULL };

static void enter_token(struct kite_markup *m, struct kite_node *node)
{
    bool is_script = m->builder.now.styles & SCRIPTS, has_left = before(node) && !is_operator(before(node));
    size_t bytes;
    const char *text = text_of(node, &bytes);

    if (is_one_of(text, bytes, unseen))
        return;
    if (is_one_of(text, bytes, applied)) {
        const struct kite_node *next = next_element(node->next);
        size_t next_bytes;
        const char *follows = text_of(next && only_holds(next) ? part(next, 0) : next, &next_bytes);

        if (!kite_node_is(next, "mfenced") && !(next_bytes > 0 && *follows == '('))
            add(m, " ");
        return;
    }
    if (!is_script && (is_one_of(text, bytes, relations) || (is_one_of(text, bytes, sums) && has_left))) {
        add(m, " ");
        kite_builder_add(&m->builder, bytes == 1 && *text == '-' ? "\xE2\x88\x92" : text, bytes == 1 && *text == '-' ? 3 : bytes);
        add(m, " ");
        return;
    }
    for (struct kite_node *child = node->first; child && m->status == KITE_OK; child = child->next) {
        if (child->name)
            kite_markup_inline(m, child);
        else if (child == node->first && bytes == 1 && *text == '-' && kite_node_is(node, "mo"))
            add(m, "\xE2\x88\x92");
        else if (child == node->first && !child->next)
            kite_builder_add(&m->builder, text, bytes);
        else
            kite_builder_add(&m->builder, child->text, child->text_bytes);
    }
}

/* Words among signs: with the spaces around them. */
static void enter_words(struct kite_markup *m, struct kite_node *node)
{
    for (struct kite_node *child = node->first; child && m->status == KITE_OK; child = child->next) {
        if (child->name)
            kite_markup_inline(m, child);
        else
            kite_builder_add(&m->builder, child->text, child->text_bytes);
    }
}

/* ---- parts ------------------------------------------------------------------------------------------------------- */

/* The elements of one; spaces between them are none of the formula's. */
static void inside(struct kite_markup *m, struct kite_node *node)
{
    for (struct kite_node *child = next_element(node->first); child && m->status == KITE_OK; child = next_element(child->next))
        kite_markup_inline(m, child);
}

static void add_operand(struct kite_markup *m, const struct kite_node *node, unsigned index)
{
    struct kite_node *operand = part(node, index);
    bool needs_brackets = is_long(operand) || (kite_node_is(node, "msup") && kite_node_is(core(operand), "msup"));

    if (needs_brackets)
        add(m, "(");
    if (operand)
        kite_markup_inline(m, operand);
    if (needs_brackets)
        add(m, ")");
}

/* Raised or lowered; there is one step of that, so what is raised on what is raised says so by a sign. */
static void add_script(struct kite_markup *m, struct kite_node *script, uint32_t style)
{
    uint32_t styles = m->builder.now.styles;

    if (!script || kite_node_is(script, "none") || kite_node_is(script, "mprescripts"))
        return;
    if (styles & SCRIPTS) {
        bool needs_brackets = is_long(script);

        add(m, style == KITE_STYLE_SUPERSCRIPT ? "^" : "_");
        add(m, needs_brackets ? "(" : "");
        kite_markup_inline(m, script);
        add(m, needs_brackets ? ")" : "");
        return;
    }
    m->builder.now.styles |= style;
    kite_markup_inline(m, script);
    m->builder.has_space = false;
    m->builder.now.styles = styles;
}

static void enter_fraction(struct kite_markup *m, struct kite_node *node)
{
    add_operand(m, node, 0);
    add(m, "/");
    add_operand(m, node, 1);
}

static void enter_root(struct kite_markup *m, struct kite_node *node)
{
    bool has_index = kite_node_is(node, "mroot");
    bool needs_brackets = !is_token(part(node, 0)) || (!has_index && part(node, 1));

    if (has_index)
        add_script(m, part(node, 1), KITE_STYLE_SUPERSCRIPT);
    add(m, needs_brackets ? "\xE2\x88\x9A(" : "\xE2\x88\x9A");
    if (has_index && part(node, 0))
        kite_markup_inline(m, part(node, 0));
    else
        inside(m, node);
    add(m, needs_brackets ? ")" : "");
}

static void enter_scripts(struct kite_markup *m, struct kite_node *node)
{
    bool is_both = kite_node_is(node, "msubsup") || kite_node_is(node, "munderover");
    bool is_below = is_both || kite_node_is(node, "msub") || kite_node_is(node, "munder");
    bool is_above = is_both || !is_below, is_power = kite_node_is(node, "msup") || kite_node_is(node, "msubsup");
    struct kite_node *base = part(node, 0);

    if (base && is_power)
        add_operand(m, node, 0);
    else if (base)
        kite_markup_inline(m, base);
    m->builder.has_space = false; /* scripts stand at their sign */
    if (is_below)
        add_script(m, part(node, 1), KITE_STYLE_SUBSCRIPT);
    if (is_above)
        add_script(m, part(node, is_both ? 2 : 1), KITE_STYLE_SUPERSCRIPT);
    if (kite_node_is(base, "mo") && (is_both || !is_power)) /* a sum with its bounds: what it is over stands apart */
        add(m, " ");
}

/* A bar, hat or tilde over one letter is part of it; all else above stands behind, raised. */
static void enter_over(struct kite_markup *m, struct kite_node *node)
{
    static const struct {
        const char *sign, *mark;
    } rows[] = {
        { "\xC2\xAF", "\xCC\x84" }, { "\xE2\x80\xBE", "\xCC\x84" }, { "_", "\xCC\x84" },        { "^", "\xCC\x82" }, { "\xCB\x86", "\xCC\x82" },
        { "~", "\xCC\x83" },        { "\xCB\x9C", "\xCC\x83" },     { "\xCB\x99", "\xCC\x87" }, { ".", "\xCC\x87" }, { "\xC2\xA8", "\xCC\x88" },
    };
    const struct kite_node *base = core(part(node, 0)), *above = core(part(node, 1));
    size_t base_bytes, above_bytes;
    const char *letter = text_of(base, &base_bytes), *sign = text_of(above, &above_bytes);

    for (size_t i = 0; i < sizeof rows / sizeof *rows && kite_node_is(base, "mi"); i++) {
        size_t used = 0;

        if (base_bytes > 0)
            kite_utf8_decode(letter, base_bytes, &used);
        if (used == base_bytes && base_bytes > 0 && strlen(rows[i].sign) == above_bytes && memcmp(rows[i].sign, sign, above_bytes) == 0) {
            kite_builder_add(&m->builder, letter, base_bytes);
            add(m, rows[i].mark);
            return;
        }
    }
    enter_scripts(m, node);
}

/* Scripts on both sides: base, then pairs of below and above; behind mprescripts those that stand before it. */
static void enter_many_scripts(struct kite_markup *m, struct kite_node *node)
{
    struct kite_node *base = part(node, 0), *first = base ? next_element(base->next) : NULL, *left = first;

    while (left && !kite_node_is(left, "mprescripts"))
        left = next_element(left->next);
    for (struct kite_node *at = left ? next_element(left->next) : NULL; at; at = next_element(at->next)) {
        add_script(m, at, KITE_STYLE_SUBSCRIPT);
        at = next_element(at->next);
        if (!at)
            break;
        add_script(m, at, KITE_STYLE_SUPERSCRIPT);
    }
    if (base)
        kite_markup_inline(m, base);
    m->builder.has_space = false;
    for (struct kite_node *at = first; at && at != left; at = next_element(at->next)) {
        add_script(m, at, KITE_STYLE_SUBSCRIPT);
        at = next_element(at->next);
        if (!at || at == left)
            break;
        add_script(m, at, KITE_STYLE_SUPERSCRIPT);
    }
}

static void enter_fenced(struct kite_markup *m, struct kite_node *node)
{
    const char *open = kite_node_attribute(node, "open"), *shut = kite_node_attribute(node, "close");
    const char *separators = kite_node_attribute(node, "separators");
    bool is_first = true;

    add(m, open ? open : "(");
    separators = separators ? separators : ",";
    for (struct kite_node *child = next_element(node->first); child && m->status == KITE_OK; child = next_element(child->next)) {
        if (!is_first && *separators) {
            size_t bytes;

            kite_utf8_decode(separators, strlen(separators), &bytes);
            kite_builder_add(&m->builder, separators, bytes);
            add(m, " ");
            separators += separators[bytes] ? bytes : 0; /* the last serves for all that follow */
        }
        is_first = false;
        kite_markup_inline(m, child);
    }
    add(m, shut ? shut : ")");
}

/* ---- arrays ------------------------------------------------------------------------------------------------------ */

/* Between brackets it is a matrix; else its rows are lines of the formula. */
static bool is_matrix(const struct kite_markup *m, const struct kite_node *table)
{
    const struct kite_node *last = before(table);

    return m->is_in_cell || m->heading_level || (m->builder.now.styles & SCRIPTS) || kite_node_is(table->parent, "mfenced") ||
           kite_node_is(table->parent, "mtd") || kite_node_is(last, "mo") || (last && next_element(table->next));
}

static void enter_array(struct kite_markup *m, struct kite_node *node)
{
    bool is_in_brackets = is_matrix(m, node), is_first = true;

    for (struct kite_node *row = next_element(node->first); row && m->status == KITE_OK; row = next_element(row->next)) {
        bool is_first_cell = true;

        if (!is_first && is_in_brackets)
            add(m, "; ");
        else if (!is_first && m->builder.text.count > 0)
            kite_builder_break(&m->builder, '\n');
        is_first = false;
        for (struct kite_node *cell = next_element(row->first); cell && m->status == KITE_OK; cell = next_element(cell->next)) {
            if (!is_first_cell && is_in_brackets)
                add(m, ", ");
            is_first_cell = false;
            kite_markup_inline(m, cell);
        }
    }
}

/* ---- the rest ---------------------------------------------------------------------------------------------------- */

static void enter_first(struct kite_markup *m, struct kite_node *node)
{
    if (part(node, 0))
        kite_markup_inline(m, part(node, 0));
}

static void enter_space(struct kite_markup *m, struct kite_node *node)
{
    const char *width = kite_node_attribute(node, "width");

    if (width && strtol(width, NULL, 10) > 0)
        add(m, " ");
}

static void enter_nothing(struct kite_markup *m, struct kite_node *node)
{
    (void)m;
    (void)node;
}

static void enter_enclosed(struct kite_markup *m, struct kite_node *node)
{
    if (kite_node_has_word(node, "notation", "radical"))
        enter_root(m, node);
    else
        inside(m, node);
}

static bool is_display(const struct kite_node *node)
{
    const char *display = kite_node_attribute(node, "display"), *mode = kite_node_attribute(node, "mode");

    return (display && strcmp(display, "block") == 0) || (mode && strcmp(mode, "display") == 0);
}

static void enter_formula(struct kite_markup *m, struct kite_node *node)
{
    const char *words = kite_node_attribute(node, "alttext");
    bool is_alone = is_display(node) && !m->is_in_cell && !m->heading_level && !m->builder.keeps_spaces;

    if (is_alone)
        kite_markup_end(m);
    if (next_element(node->first))
        inside(m, node);
    else if (words)
        add(m, words);
    else
        enter_words(m, node);
    if (is_alone)
        kite_markup_end(m);
}

static const struct math_row {
    const char *name;
    void (*enter)(struct kite_markup *m, struct kite_node *node);
} rows[] = {
    { "annotation", enter_nothing }, { "annotation-xml", enter_nothing }, { "maction", enter_first }, { "math", enter_formula },
    { "menclose", enter_enclosed },  { "merror", inside },                { "mfenced", enter_fenced }, { "mfrac", enter_fraction },
    { "mglyph", enter_nothing },     { "mi", enter_token },               { "mlabeledtr", inside },   { "mmultiscripts", enter_many_scripts },
    { "mn", enter_token },           { "mo", enter_token },               { "mover", enter_over },    { "mpadded", inside },
    { "mphantom", enter_nothing },   { "mroot", enter_root },             { "mrow", inside },         { "ms", enter_words },
    { "mspace", enter_space },       { "msqrt", enter_root },             { "mstyle", inside },       { "msub", enter_scripts },
    { "msubsup", enter_scripts },    { "msup", enter_scripts },           { "mtable", enter_array },  { "mtd", inside },
    { "mtext", enter_words },        { "mtr", inside },                   { "munder", enter_scripts }, { "munderover", enter_scripts },
    { "semantics", enter_first },
};

static int compare_rows(const void *name, const void *row)
{
    return strcmp(name, ((const struct math_row *)row)->name);
}

bool kite_markup_math(struct kite_markup *m, struct kite_node *node)
{
    const struct math_row *row = bsearch(node->name, rows, sizeof rows / sizeof *rows, sizeof *rows, compare_rows);

    if (row)
        row->enter(m, node);
    return row != NULL;
}
