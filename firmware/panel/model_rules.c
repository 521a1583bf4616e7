/* The rules of the panel model, one pixel at a time. The constants are MODEL CONSTANTS. They order
 * the modes as their makers describe them (INIT clears all; GC16 leaves least; GL16 and DU some; A2
 * much; REAGL little) and were set so that pages look as ghosts on such panels look; none of them
 * was measured. Black is reached more surely than white. */
#include "panel/model.h"

#include <stdlib.h>

#define LEGS_MOST 4

const struct model_rule kite_model_rules[KITE_WAVEFORM_COUNT] = {
    /*                         keep lighter darker  spread  legs */
    [KITE_WAVEFORM_INIT] = {0, 0, 0, 0, 0, 4},     [KITE_WAVEFORM_DU] = {240, 10, 4, 1, 2, 1},
    [KITE_WAVEFORM_DU4] = {240, 9, 4, 1, 2, 1},    [KITE_WAVEFORM_A2] = {250, 16, 7, 1, 3, 1},
    [KITE_WAVEFORM_GC16] = {20, 2, 1, 0, 1, 3},    [KITE_WAVEFORM_GL16] = {236, 6, 3, 1, 2, 1},
    [KITE_WAVEFORM_GLR16] = {200, 3, 2, 1, 1, 1},  [KITE_WAVEFORM_GCK16] = {20, 1, 2, 1, 0, 3},
    [KITE_WAVEFORM_GLKW16] = {200, 2, 4, 1, 1, 1},
};

bool kite_model_drives(enum kite_waveform waveform, bool is_full, int from, int *to)
{
    bool is_to_mono = *to == 0 || *to == WHITE;
    bool is_from_mono = from == 0 || from == WHITE;

    switch (waveform) {
    case KITE_WAVEFORM_INIT:
        *to = WHITE;
        return true;
    case KITE_WAVEFORM_DU:
        return is_to_mono && (is_full || from != *to);
    case KITE_WAVEFORM_DU4:
        return *to % 5 == 0 && (is_full || from != *to);
    case KITE_WAVEFORM_A2:
        return is_to_mono && is_from_mono && (is_full || from != *to);
    case KITE_WAVEFORM_GL16:
    case KITE_WAVEFORM_GLR16:
        return from != *to || (is_full && from != WHITE);
    case KITE_WAVEFORM_GLKW16:
        return from != *to || (is_full && from != 0);
    default:
        return is_full || from != *to;
    }
}

/* The levels a driven pixel passes, from the first to the last; returns how many legs. */
static int legs_of(enum kite_waveform waveform, int from, int to, int stops[LEGS_MOST + 1])
{
    int count = kite_model_rules[waveform].leg_count;

    stops[0] = from;
    stops[count] = to;
    if (count == 3) {
        stops[1] = WHITE - from;
        stops[2] = WHITE - to;
    } else if (count == 4) {
        stops[1] = 0;
        stops[2] = WHITE;
        stops[3] = 0;
    }
    return count;
}

int32_t kite_model_on_way(enum kite_waveform waveform, int from, int to, int32_t progress_256)
{
    int stops[LEGS_MOST + 1];
    int32_t count = legs_of(waveform, from, to, stops);
    int32_t at = progress_256 * count;
    int32_t leg = at / 256 < count ? at / 256 : count - 1;

    return stops[leg] * 256 + (stops[leg + 1] - stops[leg]) * (at - leg * 256);
}

bool kite_model_flashes(enum kite_waveform waveform, int from, int to)
{
    int stops[LEGS_MOST + 1];
    int count = legs_of(waveform, from, to, stops);
    int way = 0;

    for (int i = 0; i < count; i++)
        way += abs(stops[i + 1] - stops[i]);
    return way - abs(to - from) >= WHITE;
}

static int8_t within_byte(int residue)
{
    return (int8_t)(residue > 127 ? 127 : residue < -127 ? -127 : residue);
}

int8_t kite_model_residue(const struct model_rule *rule, int from, int to, int residue,
                          int ghost_percent)
{
    int share_256 = to > from ? rule->lighter_256 : rule->darker_256;
    int left = (from - to) * RESIDUE_PER_LEVEL * share_256 * ghost_percent / (256 * 100);

    return within_byte(residue * rule->keep_256 / 256 + left);
}

int8_t kite_model_spread(const struct model_rule *rule, int from, int to, int residue)
{
    if (to == from)
        return (int8_t)residue;
    return within_byte(residue + (to > from ? rule->spread_lighter : -rule->spread_darker));
}
