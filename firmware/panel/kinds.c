/* The known kinds of panel as rows. Room-temperature times are the usual ones of each mode; the
 * other bands follow the rule that cold is slower and leaves more ghosts, by factors that are
 * assumptions until a device is measured. */
#include "panel/panel.h"

#include <string.h>

/* Columns: INIT  DU  DU4  A2  GC16  GL16 GLR16 GCK16 GLKW16 */
/* clang-format off */
static const struct kite_panel_band parallel[KITE_PANEL_BANDS] = {
    { -20, { 4400, 570, 640,   0,  990,  990, 990, 990, 990 }, 200 },
    {   5, { 2800, 360, 410, 170,  630,  630, 630, 630, 630 }, 140 },
    {  15, { 2000, 260, 290, 120,  450,  450, 450, 450, 450 }, 100 },
    {  30, { 1800, 230, 260, 110,  400,  400, 400, 400, 400 }, 100 } };
/* Small panels on a serial bus. */
static const struct kite_panel_band serial[KITE_PANEL_BANDS] = {
    { -20, { 3500, 1100, 0, 0, 3700, 2200 }, 200 },
    {   5, { 2200,  700, 0, 0, 2400, 1400 }, 140 },
    {  15, { 1600,  500, 0, 0, 1700, 1000 }, 100 },
    {  30, { 1600,  450, 0, 0, 1700,  900 }, 100 } };
/* clang-format on */

enum {
    GL16 = 1 << KITE_WAVEFORM_GL16,
    REAGL_AND_NIGHT =
        1 << KITE_WAVEFORM_GLR16 | 1 << KITE_WAVEFORM_GCK16 | 1 << KITE_WAVEFORM_GLKW16
};

static const struct kite_panel_kind kinds[] = {
    /* What those with an i.MX controller share. */
    {"plain", 16, 8, 16, true, REAGL_AND_NIGHT, parallel},
    /* The oldest of them, whose GL16 cannot be trusted. */
    {"mxcfb-1", 16, 8, 16, true, GL16 | REAGL_AND_NIGHT, parallel},
    {"mxcfb-2", 16, 8, 64, true, 0, parallel},
    {"hwtcon", 16, 16, 64, false, 0, parallel},
    {"spi", 4, 8, 1, true, 0, serial},
};

static const char *const waveform_names[KITE_WAVEFORM_COUNT] = {
    "INIT", "DU", "DU4", "A2", "GC16", "GL16", "GLR16", "GCK16", "GLKW16",
};

const struct kite_panel_kind *kite_panel_kind_at(size_t index)
{
    return index < sizeof kinds / sizeof kinds[0] ? &kinds[index] : NULL;
}

const struct kite_panel_kind *kite_panel_kind_named(const char *name)
{
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        if (strcmp(kinds[i].name, name) == 0)
            return &kinds[i];
    return NULL;
}

const struct kite_panel_band *kite_panel_band_at(const struct kite_panel_kind *kind,
                                                 int temperature_c)
{
    size_t i = KITE_PANEL_BANDS - 1;

    while (i > 0 && temperature_c < kind->bands[i].from_c)
        i--;
    return &kind->bands[i];
}

uint16_t kite_panel_ms(const struct kite_panel_kind *kind, const struct kite_panel_band *band,
                       enum kite_waveform waveform)
{
    return kind->lacks & 1u << waveform ? 0 : band->ms[waveform];
}

const char *kite_waveform_name(enum kite_waveform waveform)
{
    return (unsigned)waveform < KITE_WAVEFORM_COUNT ? waveform_names[waveform] : "?";
}
