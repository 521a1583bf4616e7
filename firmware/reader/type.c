/* From choices to a setting. */
#include "reader/type.h"

#include <stdlib.h>

const int32_t type_sizes_pt100[TYPE_SIZES] = {
    900,  1000, 1100, 1250, 1400, 1600, 1800, 2000, 2250,
    2500, 2800, 3200, 3600, 4000, 4500, 5000, 5600, 6000
};

static const int32_t lines_em1000[TYPE_LINES] = { 1200, 1350, 1500, 1750, 2000 };
/* Letters and words are only ever spaced together: word space is 3.5 times the letter space. */
static const uint16_t letters_em10000[TYPE_WORDS] = { 0, 200, 500, 850 };
static const uint16_t words_em10000[TYPE_WORDS] = { 0, 700, 1750, 3000 };
static const int32_t margins_percent[TYPE_MARGINS] = { 3, 5, 9 };

#define STATUS_MM100 600      /* room of the status line, at least; with large letters one em */
#define STATUS_HEIGHT_PART 12 /* and at most this part of the page */

int32_t type_line_em1000(int index)
{
    return lines_em1000[index];
}

static struct kite_panel_geometry turned(const struct type_choice *type,
                                         struct kite_panel_geometry panel)
{
    struct kite_panel_geometry out = panel;

    if (type->rotation % 2 == 1) {
        out.width_px = panel.height_px;
        out.height_px = panel.width_px;
    }
    return out;
}

/* Hundredths of a point of Noto Serif that give the setting's size. */
static int32_t pt100_of(const struct kite_setting *setting)
{
    struct kite_setting probe = *setting;

    kite_setting_scale(&probe, 10000, 1000);
    return kite_mul_div(10000, setting->size_f26, probe.size_f26);
}

int type_size(const struct type_choice *type, struct kite_panel_geometry panel)
{
    struct kite_setting setting;
    int best = 0;

    if (type->size >= 0)
        return type->size;
    kite_setting_init(&setting, type->profile, turned(type, panel), 0);

    int32_t pt100 = pt100_of(&setting);

    for (int i = 1; i < TYPE_SIZES; i++)
        if (abs(type_sizes_pt100[i] - pt100) < abs(type_sizes_pt100[best] - pt100))
            best = i;
    return best;
}

void type_setting(const struct type_choice *type, struct kite_panel_geometry panel,
                  struct kite_setting *out)
{
    panel = turned(type, panel);
    kite_setting_init(out, type->profile, panel,
                      type->size >= 0 ? type_sizes_pt100[type->size] : 0);

    int32_t pt100 = pt100_of(out), line_em1000 = kite_mul_div(out->line_f26, 1000, out->size_f26);

    if (type->family >= 0)
        out->family = (enum kite_family)type->family;
    if (type->family >= 0 || type->line >= 0)
        kite_setting_scale(out, pt100, type->line >= 0 ? lines_em1000[type->line] : line_em1000);
    if (type->weight >= 0)
        out->weight = (uint8_t)type->weight;
    if (type->word >= 0) {
        out->letter_em10000 = letters_em10000[type->word];
        out->word_em10000 = words_em10000[type->word];
    }
    if (type->margins >= 0)
        out->margin_left_px = out->margin_right_px =
            panel.width_px * margins_percent[type->margins] / 100;
    if (type->align >= 0)
        out->align = (enum kite_align_choice)type->align;
    out->notes = (enum kite_notes_choice)type->notes;
    out->status_px = kite_f26_round_px(out->size_f26);
    if (out->status_px > panel.height_px / STATUS_HEIGHT_PART)
        out->status_px = panel.height_px / STATUS_HEIGHT_PART;
    if (out->status_px < STATUS_MM100 * panel.ppi / 2540)
        out->status_px = STATUS_MM100 * panel.ppi / 2540;

    /* The foot margin is the status line's when that is wider. */
    out->margin_bottom_px =
        out->margin_bottom_px > out->status_px ? out->margin_bottom_px - out->status_px : 0;
}

void type_ink(const struct type_choice *type, const struct kite_setting *setting, int levels,
              struct kite_ink *out)
{
    *out = (struct kite_ink){ .levels = levels,
                              .weight = setting->weight,
                              .is_night = type->is_night,
                              .rotation = (enum kite_rotation)type->rotation };
}
