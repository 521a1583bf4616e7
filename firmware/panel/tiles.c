/* What the policy knows of one tile: content, and ghost debt. */
#include "panel/policy.h"

#include <string.h>

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

/* Eight pixels are looked at at once, each in a byte of a word; by night they are turned first, so
 * that paper is white here. None of what is found depends on the machine's byte order, but for the
 * value of the sum. */
#define EACH(value) (UINT64_MAX / 255 * (value)) /* in each of eight bytes */
#define PAPER UINT64_MAX
#define SIDE 15 /* white in levels of 16 */

/* Of the sum over the pixels in order. Odd and far from small powers, so that rows which change
 * places are noticed. */
#define SUM_FACTOR 2654435761u

struct look {
    uint32_t ink, middle, count, sum;
    uint64_t not_mono, not_four; /* not 0: some pixel is of other levels */
};

/* The top bit of each byte that is not 0; bytes are below 128. */
static uint64_t others(uint64_t bytes)
{
    return (bytes + EACH(127u)) & EACH(128u);
}

/* The sum of eight bytes, if it fits one. */
static uint32_t sum_of(uint64_t bytes)
{
    return (uint32_t)(bytes * EACH(1u) >> 56);
}

static void look_at_eight(struct look *look, uint64_t pixels)
{
    uint64_t levels = pixels >> 4 & EACH(15u), not_ends;

    look->sum = (look->sum + (uint32_t)pixels) * SUM_FACTOR;
    look->sum = (look->sum + (uint32_t)(pixels >> 32)) * SUM_FACTOR;
    if (pixels == PAPER)
        return;
    look->ink += 8 * SIDE - sum_of(levels);
    /* From 3 to 12: bit 4 of what is at least 3, without that of what is at least 13. */
    look->middle += sum_of((levels + EACH(13u)) >> 4 & EACH(1u)) -
                    sum_of((levels + EACH(3u)) >> 4 & EACH(1u));
    if (look->not_four)
        return; /* and so not black and white either */
    not_ends = others(levels) & others(levels ^ EACH(15u));
    look->not_mono |= not_ends;
    look->not_four |= not_ends & others(levels ^ EACH(5u)) & others(levels ^ EACH(10u));
}

/* A row of a tile, turned by all bits at night. One that is all paper, as most are, counts for no
 * more than that. */
static void look_at_row(struct look *look, const uint8_t *row, uint64_t turn)
{
    uint64_t left, right;

    memcpy(&left, row, 8);
    memcpy(&right, row + 8, 8);
    left ^= turn;
    right ^= turn;
    if ((left & right) == PAPER) {
        look->sum = (look->sum + 1) * SUM_FACTOR;
        return;
    }
    look_at_eight(look, left);
    look_at_eight(look, right);
}

/* The last tile of a row may be narrower: paper is added. */
static void look_at_rows(struct look *look, const struct kite_panel_pixels *frame,
                         struct kite_rect at, uint64_t turn)
{
    const uint8_t *row = frame->pixels + (size_t)at.y * (size_t)frame->stride_bytes + at.x;
    uint8_t wide[TILE_PX];

    look->count = (uint32_t)(at.width * at.height);
    memset(wide, turn ? 0 : 0xff, sizeof wide);
    for (int32_t y = 0; y < at.height; y++, row += frame->stride_bytes) {
        if (at.width < TILE_PX)
            memcpy(wide, row, (size_t)at.width);
        look_at_row(look, at.width < TILE_PX ? wide : row, turn);
    }
}

static uint8_t summary_of(const struct look *look)
{
    uint32_t ink = (look->ink + look->count / 2) / look->count;
    enum content content = look->ink == 0                   ? CONTENT_PAPER
                           : !look->not_mono                ? CONTENT_MONO
                           : !look->not_four                ? CONTENT_FOUR
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
    struct look look = {.count = 0};
    struct kite_rect at = {x * TILE_PX, y * TILE_PX, TILE_PX, TILE_PX};

    if (x + 1 == policy->columns)
        at.width = policy->width_px - at.x;
    if (y + 1 == policy->rows)
        at.height = policy->height_px - at.y;
    look_at_rows(&look, frame, at, policy->state.is_night ? UINT64_MAX : 0);

    uint8_t next = summary_of(&look);
    uint8_t sum = (uint8_t)(look.sum >> 24);
    bool is_same = sum == tile->sum && next == tile->next;

    /* What is queued may differ from what is shown, so nothing is known to be the same as that. */
    if (!is_same)
        tile->want &= (uint8_t)~WANT_SAME;
    else if (kite_tile_intent(tile) == KITE_INTENT_NONE)
        tile->want |= WANT_SAME;
    tile->next = next;
    tile->sum = sum;
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
