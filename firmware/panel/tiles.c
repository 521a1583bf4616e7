/* What the policy knows of one tile: content, and ghost debt. */
#include "panel/policy.h"

/* How an update changes a tile's debt, whose unit is 1/128 level of mean residue.
 * keep_16: share of the old debt that stays on a pixel driven; leave: debt of a tile driven as a
 * whole; spread: debt that the edges of what is driven leave around them. Set against the panel
 * model. */
static const struct {
    uint8_t keep_16, leave, spread;
} costs[KITE_WAVEFORM_COUNT] = {
    [KITE_WAVEFORM_INIT] = {0, 0, 0},    [KITE_WAVEFORM_DU] = {15, 20, 1},
    [KITE_WAVEFORM_DU4] = {15, 18, 1},   [KITE_WAVEFORM_A2] = {16, 32, 2},
    [KITE_WAVEFORM_GC16] = {1, 5, 0},    [KITE_WAVEFORM_GL16] = {14, 11, 1},
    [KITE_WAVEFORM_GLR16] = {12, 7, 1},  [KITE_WAVEFORM_GCK16] = {1, 5, 0},
    [KITE_WAVEFORM_GLKW16] = {12, 8, 1},
};

#define SIDE 15 /* white in levels of 16 */

/* Counts over a tile's pixels. */
struct look {
    uint32_t ink, middle, count;
    bool is_mono, is_four;
    uint8_t sum;
};

static void look_at_row(struct look *look, const uint8_t *row, int32_t count, bool is_night)
{
    for (int32_t i = 0; i < count; i++) {
        uint32_t level = row[i] >> 4;

        look->ink += is_night ? level : SIDE - level;
        look->middle += level >= 3 && level <= 12;
        look->is_mono = look->is_mono && (level == 0 || level == SIDE);
        look->is_four = look->is_four && level % 5 == 0;
        look->sum = (uint8_t)(look->sum * 31u + row[i]);
    }
    look->count += (uint32_t)count;
}

static uint8_t summary_of(const struct look *look)
{
    uint32_t ink = (look->ink + look->count / 2) / look->count;
    enum content content = look->ink == 0                   ? CONTENT_PAPER
                           : look->is_mono                  ? CONTENT_MONO
                           : look->is_four                  ? CONTENT_FOUR
                           : look->middle * 2 > look->count ? CONTENT_PICTURE
                                                            : CONTENT_GRAY;

    if (ink == 0 && look->ink)
        ink = 1; /* little is not none */
    return (uint8_t)(ink | (uint32_t)content << CONTENT_SHIFT);
}

void kite_tile_look(struct kite_policy *policy, const struct kite_panel_pixels *frame, int32_t x,
                    int32_t y)
{
    struct tile *tile = kite_policy_tile(policy, x, y);
    struct look look = {.is_mono = true, .is_four = true};
    int32_t left = x * TILE_PX, top = y * TILE_PX;
    int32_t width = x + 1 < policy->columns ? TILE_PX : policy->width_px - left;
    int32_t height = y + 1 < policy->rows ? TILE_PX : policy->height_px - top;

    for (int32_t i = 0; i < height; i++)
        look_at_row(&look, frame->pixels + (size_t)(top + i) * (size_t)frame->stride_bytes + left,
                    width, policy->state.is_night);

    uint8_t next = summary_of(&look);
    bool is_same = look.sum == tile->sum && next == tile->next;

    /* What is queued may differ from what is shown, so nothing is known to be the same as that. */
    if (!is_same)
        tile->want &= (uint8_t)~WANT_SAME;
    else if (kite_tile_intent(tile) == KITE_INTENT_NONE)
        tile->want |= WANT_SAME;
    tile->next = next;
    tile->sum = look.sum;
}

void kite_tile_want(struct tile *tile, enum kite_intent intent)
{
    if (intent > kite_tile_intent(tile))
        tile->want = (uint8_t)((tile->want & ~WANT_INTENT) | (uint8_t)intent);
}

uint8_t kite_tile_debt_after(const struct kite_policy *policy, const struct tile *tile,
                             enum kite_waveform waveform, enum kite_update_mode mode)
{
    uint32_t old = tile->shown & INK_MASK, new = tile->next &INK_MASK;
    uint32_t changed = old + new > INK_FULL ? INK_FULL : old + new;
    uint32_t driven = mode == KITE_UPDATE_FULL ? INK_FULL : changed;
    uint32_t keep = costs[waveform].keep_16;
    uint32_t debt = tile->debt;

    if (tile->want & WANT_SAME) {
        changed = 0;
        driven = mode == KITE_UPDATE_FULL ? INK_FULL : 0;
    }
    debt -= debt * driven * (16 - keep) / (16 * INK_FULL);

    uint32_t edges = changed < INK_FULL - changed ? changed : INK_FULL - changed;
    uint32_t left = changed * costs[waveform].leave + 2 * edges * costs[waveform].spread;

    debt += left * policy->band->ghost_percent / (INK_FULL * 100);
    return (uint8_t)(debt > UINT8_MAX ? UINT8_MAX : debt);
}
