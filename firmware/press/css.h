/* css: what of a style sheet carries meaning: that words of a class are slanted, heavy, in small capitals, crossed out, not shown, or run from right to left.
 * Rules for an element, a class or both are read; where the element stands is not asked. A class counts for more than an element,
 * both together for more still. Private to the press room. */
#ifndef KITE_PRESS_CSS_H
#define KITE_PRESS_CSS_H

#include "press/names.h"
#include "press/tree.h"

/* What a rule says; a style that is said not to be counts as well, since it undoes what the element's name says. */
enum kite_css_meaning {
    KITE_CSS_EMPHASIS = 1 << 0,
    KITE_CSS_STRONG = 1 << 1,
    KITE_CSS_SMALL_CAPS = 1 << 2,
    KITE_CSS_STRIKE = 1 << 3,
    KITE_CSS_HIDDEN = 1 << 4,
    KITE_CSS_SUPERSCRIPT = 1 << 5,
    KITE_CSS_SUBSCRIPT = 1 << 6,
    KITE_CSS_RTL = 1 << 7, /* said not to be: from left to right */
};
struct kite_css_style {
    uint16_t yes, no; /* enum kite_css_meaning bits: said to be, said not to be */
};

struct kite_css {
    struct kite_arena arena;
    struct kite_names selectors;   /* "element", ".class", "element.class" */
    struct kite_css_style *styles; /* by number of the selector */
    size_t capacity;
};

#define KITE_CSS_SELECTORS_MAX 4096u

void kite_css_init(struct kite_css *css, const struct kite_memory *mem);
void kite_css_close(struct kite_css *css);
/* Add a sheet's rules. Whatever isn't understood is passed over, as CSS demands. KITE_E_NOMEM. */
enum kite_status kite_css_add(struct kite_css *css, const char *sheet, size_t bytes);
/* Of an element: by the rules, then by its own style attribute. css may be NULL. */
struct kite_css_style kite_css_style_of(const struct kite_css *css, const struct kite_node *node);

#endif
