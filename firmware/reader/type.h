/* type: what a person chooses about letters and pages, and what it means on a panel. Private to the
 * reader room. */
#ifndef KITE_READER_TYPE_H
#define KITE_READER_TYPE_H

#include "page/page.h"
#include "render/render.h"

#define TYPE_SIZES 18
extern const int32_t type_sizes_pt100[TYPE_SIZES]; /* of Noto Serif; a factor of about 1.12 apart */

/* Choices by index; -1 is what the profile has. */
struct type_choice {
    enum kite_profile profile;
    int8_t size;    /* of type_sizes_pt100 */
    int8_t family;  /* enum kite_family */
    int8_t weight;  /* 0 to 4 */
    int8_t line;    /* 0 to 4: 1.2, 1.35, 1.5, 1.75, 2.0 em */
    int8_t word;    /* 0 to 3: none to 0.3 em; letters move with it */
    int8_t margins; /* 0 to 2: narrow, usual, wide */
    int8_t align;   /* enum kite_align_choice */
    uint8_t notes;  /* enum kite_notes_choice */
    bool is_night;
    uint8_t rotation; /* enum kite_rotation */
};

/* How many values a choice has, beyond the profile's own. */
#define TYPE_WEIGHTS 5
#define TYPE_LINES 5
#define TYPE_WORDS 4
#define TYPE_MARGINS 3

/* panel is as it is built; status_px is kept free at the foot. */
void type_setting(const struct type_choice *type, struct kite_panel_geometry panel,
                  struct kite_setting *out);
/* The index of the size that is in force: the chosen one, or the one nearest to the profile's. */
int type_size(const struct type_choice *type, struct kite_panel_geometry panel);
void type_ink(const struct type_choice *type, const struct kite_setting *setting, int levels,
              struct kite_ink *out);
/* Line height in thousandths of the em by index. */
int32_t type_line_em1000(int index);

#endif
