/* Settings: what a profile means on a panel. */
#include "page/page.h"

#include <string.h>

struct profile_row {
    enum kite_family family;
    int32_t size_pt100, narrow_size_pt100; /* the second on panels about 55 mm wide */
    uint16_t line_em1000, letter_em10000, word_em10000, indent_em1000, paragraph_line1000;
    enum kite_align_choice align;
    bool hyphenate, emphasis_is_bold;
    uint8_t weight;
};

/* typesetting: evidence and defaults for each kind of reader. Sizes are of Noto Serif. */
static const struct profile_row profiles[KITE_PROFILE_COUNT] = {
    [KITE_PROFILE_BOOK] = { KITE_FAMILY_SERIF, 1100, 1000, 1350, 0, 0, 1200, 0, KITE_CHOOSE_AUTO,
                            true, false, 1 },
    [KITE_PROFILE_PLAIN] = { KITE_FAMILY_LITERACY, 1100, 1000, 1500, 200, 500, 0, 500,
                             KITE_CHOOSE_RAGGED, false, false, 1 },
    [KITE_PROFILE_DYSLEXIA] = { KITE_FAMILY_LITERACY, 1250, 1100, 1600, 600, 2000, 0, 1000,
                                KITE_CHOOSE_RAGGED, false, true, 1 },
    [KITE_PROFILE_LARGE] = { KITE_FAMILY_SANS, 1800, 1600, 1500, 200, 600, 0, 1000,
                             KITE_CHOOSE_RAGGED, false, true, 2 },
    [KITE_PROFILE_VERY_LARGE] = { KITE_FAMILY_SANS, 2800, 2500, 1400, 300, 2600, 0, 1000,
                                  KITE_CHOOSE_RAGGED, false, true, 2 },
};

/* Body sizes against Noto Serif's for the same x-height (536), in thousandths. */
static const int32_t family_scale_em1000[KITE_FAMILY_COUNT] = { 1000, 1000, 1074, 980, 1000 };

#define NARROW_MM 70
#define MARGIN_PERCENT 5
#define SIZE_MIN_F26 (6 * 64)

void kite_setting_init(struct kite_setting *setting, enum kite_profile profile,
                       struct kite_panel_geometry panel, int32_t size_pt100)
{
    const struct profile_row *row =
        &profiles[(unsigned)profile < KITE_PROFILE_COUNT ? profile : KITE_PROFILE_BOOK];
    int32_t shorter = panel.width_px < panel.height_px ? panel.width_px : panel.height_px;
    bool is_narrow = panel.ppi > 0 && shorter * 254 / 10 < NARROW_MM * panel.ppi;
    int32_t pt100 = size_pt100 > 0 ? size_pt100 : is_narrow ? row->narrow_size_pt100 : row->size_pt100;

    memset(setting, 0, sizeof *setting); /* padding too: settings are compared and hashed */
    setting->panel = panel;
    setting->profile = profile;
    setting->family = row->family;
    setting->align = row->align;
    setting->hyphenate = row->hyphenate;
    setting->hangs = profile == KITE_PROFILE_BOOK;
    setting->emphasis_is_bold = row->emphasis_is_bold;
    setting->weight = row->weight;
    setting->letter_em10000 = row->letter_em10000;
    setting->word_em10000 = row->word_em10000;
    setting->indent_em1000 = row->indent_em1000;
    setting->paragraph_line1000 = row->paragraph_line1000;
    kite_setting_scale(setting, pt100, row->line_em1000);
    setting->margin_left_px = setting->margin_right_px = panel.width_px * MARGIN_PERCENT / 100;
    setting->margin_top_px = setting->margin_bottom_px = shorter * MARGIN_PERCENT / 100;
}

void kite_setting_scale(struct kite_setting *setting, int32_t size_pt100, int32_t line_em1000)
{
    int32_t ppi = setting->panel.ppi > 0 ? setting->panel.ppi : 300;
    kite_f26 serif_f26 = kite_mul_div(size_pt100, ppi * 64, 7200);
    kite_f26 size_f26 = kite_mul_div(serif_f26, family_scale_em1000[setting->family], 1000);

    if (line_em1000 < kite_family_line_em1000(setting->family, 0))
        line_em1000 = kite_family_line_em1000(setting->family, 0);
    setting->size_f26 = size_f26 < SIZE_MIN_F26 ? SIZE_MIN_F26 : size_f26;
    setting->line_f26 = kite_f26_round_px(kite_mul_div(setting->size_f26, line_em1000, 1000)) * 64;
}
