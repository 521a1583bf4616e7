/* odt: OpenDocument text (ISO/IEC 26300). Recognising it and importing it; the rest is between its files. Private to the press
 * room. */
#ifndef KITE_PRESS_ODT_H
#define KITE_PRESS_ODT_H

#include "press/rewrite.h"

bool kite_is_odt(const struct kite_press_input *input);
enum kite_status kite_import_odt(struct kite_draft *draft);

/* ---- styles --------------------------------------------------------------------------------------------- */

#define KITE_ODT_HIDDEN (1u << 8) /* beside enum kite_style */
#define KITE_ODT_UNDERLINE (1u << 9)
#define KITE_ODT_RTL (1u << 10) /* of paragraphs */
#define KITE_ODT_LEVELS 10u

struct kite_odt_style {
    const struct kite_node *node;
    bool is_automatic;    /* direct formatting, and no style of the writer's */
    uint32_t styles, no;  /* said to be and not to be, with all that it inherits; enum kite_style and the bits above */
    uint32_t base_styles; /* those that the style behind direct formatting gives */
    const char *lang;     /* NULL: not said */
    const char *align;    /* as in fo:text-align, NULL: not said */
    enum kite_block block;
    unsigned level;
};
struct kite_odt_level {
    const char *prefix, *suffix;
    char form;                /* '1', 'a', 'A', 'i', 'I'; '\0': no number */
    bool is_bullet, is_blank; /* is_blank: a bullet that isn't seen */
    uint32_t start, shown_levels;
};
struct kite_odt_list {
    struct kite_odt_level levels[KITE_ODT_LEVELS];
    uint32_t values[KITE_ODT_LEVELS]; /* of the last item of each level */
};
struct kite_odt_styles {
    struct kite_arena *arena;
    struct kite_names names; /* "family name" */
    struct kite_odt_style *items;
    size_t capacity;
    struct kite_names list_names;
    struct kite_odt_list *lists;
    size_t list_capacity;
    struct kite_odt_list outline;
    const char *lang; /* of the default style */
};
void kite_odt_styles_init(struct kite_odt_styles *styles, struct kite_arena *arena);
/* Add the styles of a part: of styles.xml, then of content.xml. KITE_E_NOMEM. */
enum kite_status kite_odt_add_styles(struct kite_odt_styles *styles, const struct kite_node *document);
/* Let each have what it inherits; called once. */
enum kite_status kite_odt_inherit(struct kite_odt_styles *styles);
/* NULL: unknown. */
const struct kite_odt_style *kite_odt_style_of(const struct kite_odt_styles *styles, const char *family, const char *name);
struct kite_odt_list *kite_odt_list_of(struct kite_odt_styles *styles, const char *name);

/* ---- text ----------------------------------------------------------------------------------------------- */

#define KITE_ODT_BOXES_MAX 64u
#define KITE_ODT_NOTES_MAX 65535u

struct kite_odt {
    struct kite_rewrite rewrite;
    struct kite_package package;
    struct kite_arena arena;
    struct kite_odt_styles styles;
    struct kite_tree content, styles_tree;
    bool has_content, has_styles;
    const struct kite_node *boxes[KITE_ODT_BOXES_MAX]; /* due behind the paragraph */
    unsigned box_count;
    const struct kite_node **notes; /* in the order of their marks */
    size_t note_count, note_capacity;
    uint32_t run, base_styles; /* styles of the text in hand, and those that are its paragraph's look */
    const char *lang;
    bool is_in_link, is_in_note, is_heading, is_in_head;
    struct {
        struct kite_odt_list *list;
        bool item_is_due;
        uint32_t ordinal;
    } lists[KITE_ODT_LEVELS];
    unsigned list_count;
};
void kite_odt_blocks(struct kite_odt *o, const struct kite_node *holder);
void kite_odt_inline(struct kite_odt *o, const struct kite_node *holder);
/* Pictures, formulas, text boxes. */
void kite_odt_frame(struct kite_odt *o, const struct kite_node *frame);
void kite_odt_notes(struct kite_odt *o);

#endif
