/* The policy as its caller sees it: what is told, and what that queues. */
#include "panel/policy.h"

/* Debts in 1/128 level; set against the panel model, where a mean of about half a level begins to
 * be seen in a text. */
static const struct limits limits[] = {
    [KITE_POLICY_CALMER] = {.cap = 62, .join = 10, .image = 48, .pauses = {50, 32, 32, 8}},
    [KITE_POLICY_CLEANER] = {.cap = 38, .join = 6, .image = 33, .pauses = {32, 20, 20, 4}},
};

enum kite_status kite_policy_create(const struct kite_memory *mem,
                                    const struct kite_panel_kind *kind, int32_t width_px,
                                    int32_t height_px, struct kite_policy **out)
{
    /* One px behind the last whole tile belongs to that, as no update may be 1 px wide. */
    int32_t columns = (width_px + TILE_PX - 2) / TILE_PX;
    int32_t rows = (height_px + TILE_PX - 2) / TILE_PX;
    struct kite_policy *p;

    *out = NULL;
    if (width_px <= TILE_PX || height_px <= TILE_PX || width_px > KITE_PANEL_MOST_PX ||
        height_px > KITE_PANEL_MOST_PX)
        return KITE_E_RANGE;
    p = kite_alloc(mem, 1, sizeof *p + (size_t)columns * (size_t)rows * sizeof p->tiles[0]);
    if (!p)
        return KITE_E_NOMEM;
    p->mem = *mem;
    p->kind = kind;
    p->width_px = width_px;
    p->height_px = height_px;
    p->columns = columns;
    p->rows = rows;
    p->now_ms = INT64_MIN;
    p->settle_ms = KITE_NEVER_MS;
    p->state.temperature_c = 23;
    p->band = kite_panel_band_at(kind, p->state.temperature_c);
    *out = p;
    return KITE_OK;
}

void kite_policy_destroy(struct kite_policy *policy)
{
    struct kite_memory mem;

    if (!policy)
        return;
    mem = policy->mem;
    kite_free(&mem, policy);
}

const struct limits *kite_policy_limits(const struct kite_policy *policy)
{
    return &limits[policy->state.is_battery_low ? KITE_POLICY_CALMER : policy->state.setting];
}

static size_t tile_count(const struct kite_policy *p)
{
    return (size_t)p->columns * (size_t)p->rows;
}

void kite_policy_set(struct kite_policy *policy, const struct kite_policy_state *state)
{
    if (state->is_night != policy->state.is_night) {
        /* What was paper is ink now. */
        for (size_t i = 0; i < tile_count(policy); i++) {
            struct tile *tile = &policy->tiles[i];
            tile->shown = (uint8_t)(INK_FULL - (tile->shown & INK_MASK)) |
                          (uint8_t)(CONTENT_GRAY << CONTENT_SHIFT);
        }
        policy->must_clean_all = true;
    }
    policy->state = *state;
    policy->band = kite_panel_band_at(policy->kind, state->temperature_c);
}

void kite_policy_forget(struct kite_policy *policy)
{
    for (size_t i = 0; i < IN_FLIGHT_MOST; i++)
        policy->flights[i].is_used = false;
    policy->is_known = false;
}

static int32_t at_most(int32_t value, int32_t limit)
{
    return value < limit ? value : limit;
}

/* The tiles that a rectangle touches. */
static struct tile_box box_of(const struct kite_policy *p, struct kite_rect rect)
{
    struct kite_rect panel = {0, 0, p->width_px, p->height_px};
    struct kite_rect r = kite_rect_intersect(rect, panel);
    int32_t left = at_most(r.x / TILE_PX, p->columns - 1);
    int32_t top = at_most(r.y / TILE_PX, p->rows - 1);
    int32_t right = at_most((r.x + r.width + TILE_PX - 1) / TILE_PX, p->columns);
    int32_t bottom = at_most((r.y + r.height + TILE_PX - 1) / TILE_PX, p->rows);

    if (kite_rect_is_empty(r))
        return (struct tile_box){0, 0, 0, 0};
    return (struct tile_box){left, top, right - left, bottom - top};
}

static void want_box(struct kite_policy *p, struct tile_box box, enum kite_intent intent)
{
    for (int32_t y = box.y; y < box.y + box.height; y++) {
        for (int32_t x = box.x; x < box.x + box.width; x++) {
            struct tile *tile = kite_policy_tile(p, x, y);

            if (kite_tile_intent(tile) == KITE_INTENT_NONE)
                tile->want |= WANT_SAME;
            kite_tile_want(tile, intent);
        }
    }
}

#define PICTURE_LEAST_TILES 12 /* fewer are ornaments */

/* Look at a change, queue it, and where a page's text holds a picture, queue that as one. */
static void take(struct kite_policy *p, const struct kite_panel_pixels *frame, struct tile_box box,
                 enum kite_intent intent)
{
    struct kite_rect picture = {0, 0, 0, 0};
    int count = 0;

    for (int32_t y = box.y; y < box.y + box.height; y++) {
        for (int32_t x = box.x; x < box.x + box.width; x++) {
            struct tile *tile = kite_policy_tile(p, x, y);

            kite_tile_look(p, frame, x, y);
            kite_tile_want(tile, intent);
            if (kite_tile_content(tile->next) == CONTENT_PICTURE) {
                picture = kite_rect_union(picture, (struct kite_rect){x, y, 1, 1});
                count++;
            }
        }
    }
    if (intent == KITE_INTENT_PAGE_TEXT && count >= PICTURE_LEAST_TILES)
        want_box(p, (struct tile_box){picture.x, picture.y, picture.width, picture.height},
                 KITE_INTENT_PAGE_IMAGE);
}

static void pass_to(struct kite_policy *p, int64_t now_ms)
{
    if (now_ms > p->now_ms)
        p->now_ms = now_ms;
}

enum kite_status kite_policy_show(struct kite_policy *policy, const struct kite_panel_pixels *frame,
                                  const struct kite_change *changes, size_t change_count,
                                  int64_t now_ms)
{
    struct tile_box all = {0, 0, policy->columns, policy->rows};
    bool must_clean_all = policy->must_clean_all;

    if (frame->width_px != policy->width_px || frame->height_px != policy->height_px)
        return KITE_E_RANGE;
    pass_to(policy, now_ms);
    if (!policy->has_frame || must_clean_all)
        take(policy, frame, all, must_clean_all ? KITE_INTENT_CLEAN_ALL : KITE_INTENT_PAGE_TEXT);
    policy->has_frame = true;
    policy->must_clean_all = false;
    for (size_t i = 0; i < change_count; i++) {
        take(policy, frame, box_of(policy, changes[i].rect), changes[i].intent);
        must_clean_all |= changes[i].intent == KITE_INTENT_CLEAN_ALL;
    }
    if (must_clean_all)
        want_box(policy, all, KITE_INTENT_CLEAN_ALL);
    return KITE_OK;
}

void kite_policy_pause(struct kite_policy *policy, enum kite_pause pause, int64_t now_ms)
{
    uint8_t limit = kite_policy_limits(policy)->pauses[pause];

    pass_to(policy, now_ms);
    if (pause == KITE_PAUSE_IDLE && policy->state.is_battery_low)
        return;
    kite_policy_queue_dirty(policy, limit, limit / 6, KITE_INTENT_NONE);
}

void kite_policy_debt(const struct kite_policy *policy, struct kite_policy_debt *out)
{
    uint64_t sum = 0;

    *out = (struct kite_policy_debt){0};
    for (size_t i = 0; i < tile_count(policy); i++) {
        uint32_t debt = policy->tiles[i].debt;

        sum += debt;
        out->worst = debt > out->worst ? debt : out->worst;
    }
    out->mean = (uint32_t)(sum / tile_count(policy));
    out->bytes = sizeof *policy + tile_count(policy) * sizeof policy->tiles[0];
}

/* ---- what is dirty -------------------------------------------------------------------------- */

#define GAP_ROWS 4 /* dirty rows nearer than this are cleaned as one */

/* Debt that the tile has, or will have when what is queued is shown as a page. */
static uint8_t debt_ahead(const struct kite_policy *p, const struct tile *tile)
{
    if (kite_tile_intent(tile) == KITE_INTENT_NONE)
        return tile->debt;
    return kite_tile_debt_after(p, tile, kite_policy_page_waveform(p), KITE_UPDATE_PARTIAL);
}

/* Dirty tiles of some rows. */
struct dirt {
    struct tile_box box;
    int32_t count;
    bool is_over; /* one is above the limit */
};

static struct dirt dirt_of_row(struct kite_policy *p, int32_t y, uint8_t limit, uint8_t join,
                               enum kite_intent only)
{
    struct dirt dirt = {.box = {0, y, 0, 1}};

    for (int32_t x = 0; x < p->columns; x++) {
        const struct tile *tile = kite_policy_tile(p, x, y);
        uint8_t debt = debt_ahead(p, tile);

        if (debt <= join || (only && kite_tile_intent(tile) != only))
            continue;
        if (dirt.count++ == 0)
            dirt.box.x = x;
        dirt.box.width = x + 1 - dirt.box.x;
        dirt.is_over |= debt > limit;
    }
    return dirt;
}

static struct tile_box join_boxes(struct tile_box a, struct tile_box b)
{
    struct kite_rect both = kite_rect_union((struct kite_rect){a.x, a.y, a.width, a.height},
                                            (struct kite_rect){b.x, b.y, b.width, b.height});

    return (struct tile_box){both.x, both.y, both.width, both.height};
}

static struct dirt join_dirt(struct dirt a, struct dirt b)
{
    return (struct dirt){join_boxes(a.box, b.box), a.count + b.count, a.is_over || b.is_over};
}

static void clean(struct kite_policy *p, const struct dirt *dirt)
{
    if (dirt->is_over)
        want_box(p, dirt->box, KITE_INTENT_CLEAN_REGION);
}

void kite_policy_queue_dirty(struct kite_policy *policy, uint8_t limit, uint8_t join,
                             enum kite_intent only)
{
    struct dirt all = {0}, band = {0};

    for (int32_t y = 0; y < policy->rows; y++)
        all = join_dirt(all, dirt_of_row(policy, y, limit, join, only));
    /* One flash disturbs less than several, unless most of it is for nothing. */
    if (all.count * 3 >= all.box.width * all.box.height) {
        clean(policy, &all);
        return;
    }
    for (int32_t y = 0; y < policy->rows; y++) {
        struct dirt row = dirt_of_row(policy, y, limit, join, only);

        if (row.count == 0)
            continue;
        if (y - (band.box.y + band.box.height) >= GAP_ROWS) {
            clean(policy, &band);
            band = (struct dirt){0};
        }
        band = join_dirt(band, row);
    }
    clean(policy, &band);
}
