/* The policy's choice: which tiles go next, as which rectangle, by which waveform, and what is in
 * flight. */
#include "panel/policy.h"

#define SETTLE_MS 300   /* after feedback or motion, before gray pixels it skipped are set right */
#define A2_MOST_DEBT 48 /* ghosts on which A2 does not start */

/* What is queued with one intent. */
struct group {
    struct tile_box box;
    int32_t count;
    enum content content; /* the most that is to be shown */
    uint8_t worst_shown;  /* debt of the worst now */
    uint8_t worst_ahead;  /* and as a page */
    bool is_shown_mono;   /* black and white everywhere now */
};

struct choice {
    enum kite_waveform waveform;
    enum kite_update_mode mode;
};

bool kite_policy_has(const struct kite_policy *policy, enum kite_waveform waveform)
{
    return kite_panel_ms(policy->kind, policy->band, waveform) != 0;
}

enum kite_waveform kite_policy_page_waveform(const struct kite_policy *policy)
{
    if (policy->state.is_night && kite_policy_has(policy, KITE_WAVEFORM_GLKW16))
        return KITE_WAVEFORM_GLKW16;
    if (!policy->state.is_night && kite_policy_has(policy, KITE_WAVEFORM_GLR16))
        return KITE_WAVEFORM_GLR16;
    return kite_policy_has(policy, KITE_WAVEFORM_GL16) ? KITE_WAVEFORM_GL16 : KITE_WAVEFORM_GC16;
}

enum kite_waveform kite_policy_clean_waveform(const struct kite_policy *policy)
{
    if (policy->state.is_night && kite_policy_has(policy, KITE_WAVEFORM_GCK16))
        return KITE_WAVEFORM_GCK16;
    return KITE_WAVEFORM_GC16;
}

/* ---- tiles and rectangles ------------------------------------------------------------------- */

static struct kite_rect rect_of(const struct kite_policy *p, struct tile_box box)
{
    int32_t right = box.x + box.width == p->columns ? p->width_px : (box.x + box.width) * TILE_PX;
    int32_t bottom = box.y + box.height == p->rows ? p->height_px : (box.y + box.height) * TILE_PX;

    return (struct kite_rect){box.x * TILE_PX, box.y * TILE_PX, right - box.x * TILE_PX,
                              bottom - box.y * TILE_PX};
}

static bool meets_a_flight(const struct kite_policy *p, struct tile_box box)
{
    struct kite_rect rect = rect_of(p, box);

    for (size_t i = 0; i < IN_FLIGHT_MOST; i++)
        if (p->flights[i].is_used &&
            !kite_rect_is_empty(kite_rect_intersect(rect, p->flights[i].rect)))
            return true;
    return false;
}

static void add_to_group(const struct kite_policy *p, struct group *group, const struct tile *tile)
{
    uint8_t ahead =
        kite_tile_debt_after(p, tile, kite_policy_page_waveform(p), KITE_UPDATE_PARTIAL);

    group->count++;
    if (kite_tile_content(tile->next) > group->content)
        group->content = kite_tile_content(tile->next);
    if (tile->debt > group->worst_shown)
        group->worst_shown = tile->debt;
    if (ahead > group->worst_ahead)
        group->worst_ahead = ahead;
    if (kite_tile_content(tile->shown) > CONTENT_MONO)
        group->is_shown_mono = false;
}

static struct group survey(struct kite_policy *p, enum kite_intent intent)
{
    struct group group = {.is_shown_mono = true};
    int32_t left = p->columns, right = 0, top = p->rows, bottom = 0;

    for (int32_t y = 0; y < p->rows; y++) {
        for (int32_t x = 0; x < p->columns; x++) {
            const struct tile *tile = kite_policy_tile(p, x, y);

            if (kite_tile_intent(tile) != intent)
                continue;
            add_to_group(p, &group, tile);
            left = x < left ? x : left;
            right = x >= right ? x + 1 : right;
            top = y < top ? y : top;
            bottom = y + 1;
        }
    }
    if (group.count)
        group.box = (struct tile_box){left, top, right - left, bottom - top};
    return group;
}

/* Whether one of the group's tiles is still in flight: it waits as a whole, so that a page does not
 * come in pieces. */
static bool is_blocked(struct kite_policy *p, const struct group *group, enum kite_intent intent)
{
    for (int32_t y = group->box.y; y < group->box.y + group->box.height; y++)
        for (int32_t x = group->box.x; x < group->box.x + group->box.width; x++)
            if (kite_tile_intent(kite_policy_tile(p, x, y)) == intent &&
                meets_a_flight(p, (struct tile_box){x, y, 1, 1}))
                return true;
    return false;
}

/* Whether the whole box may go as one: nothing else is queued or in flight there, and few tiles go
 * for nothing. */
static bool is_one(struct kite_policy *p, const struct group *group, enum kite_intent intent,
                   enum kite_update_mode mode)
{
    int32_t area = group->box.width * group->box.height;
    int32_t count = group->count;

    if (mode == KITE_UPDATE_FULL ? count * 4 < area * 3
                                 : intent < KITE_INTENT_INTERFACE && count * 3 < area)
        return false;
    for (int32_t y = group->box.y; y < group->box.y + group->box.height; y++) {
        for (int32_t x = group->box.x; x < group->box.x + group->box.width; x++) {
            enum kite_intent other = kite_tile_intent(kite_policy_tile(p, x, y));

            if (other != KITE_INTENT_NONE && other != intent)
                return false;
        }
    }
    return !meets_a_flight(p, group->box);
}

/* Whether tiles of a row may go with an intent: queued with it, or, where that costs nothing,
 * neither queued nor in flight. */
static bool is_run(struct kite_policy *p, struct tile_box run, enum kite_intent intent,
                   enum kite_update_mode mode)
{
    for (int32_t x = run.x; x < run.x + run.width; x++) {
        enum kite_intent other = kite_tile_intent(kite_policy_tile(p, x, run.y));
        bool is_free = other == KITE_INTENT_NONE && mode == KITE_UPDATE_PARTIAL &&
                       intent >= KITE_INTENT_INTERFACE &&
                       !meets_a_flight(p, (struct tile_box){x, run.y, 1, 1});

        if (other != intent && !is_free)
            return false;
    }
    return true;
}

/* The group's first tile, as far as it reaches to the sides and then down within the group's box.
 */
static struct tile_box first_box(struct kite_policy *p, const struct group *group,
                                 enum kite_intent intent, enum kite_update_mode mode)
{
    struct tile_box box = {group->box.x, group->box.y, 1, 1};
    int32_t right = group->box.x + group->box.width, bottom = group->box.y + group->box.height;

    while (kite_tile_intent(kite_policy_tile(p, box.x, box.y)) != intent)
        box.x++;
    while (box.x > group->box.x &&
           is_run(p, (struct tile_box){box.x - 1, box.y, 1, 1}, intent, mode)) {
        box.x--;
        box.width++;
    }
    while (box.x + box.width < right &&
           is_run(p, (struct tile_box){box.x + box.width, box.y, 1, 1}, intent, mode))
        box.width++;
    while (box.y + box.height < bottom &&
           is_run(p, (struct tile_box){box.x, box.y + box.height, box.width, 1}, intent, mode))
        box.height++;
    return box;
}

/* ---- the choice ----------------------------------------------------------------------------- */

static struct choice choose(const struct kite_policy *p, const struct group *group,
                            enum kite_intent intent)
{
    struct choice page = {kite_policy_page_waveform(p), KITE_UPDATE_PARTIAL};
    struct choice clean = {kite_policy_clean_waveform(p), KITE_UPDATE_FULL};
    struct choice mono = {KITE_WAVEFORM_DU, KITE_UPDATE_PARTIAL};

    switch (intent) {
    case KITE_INTENT_MOTION:
        if (kite_policy_has(p, KITE_WAVEFORM_A2) && group->is_shown_mono &&
            group->content <= CONTENT_MONO && group->worst_shown <= A2_MOST_DEBT)
            mono.waveform = KITE_WAVEFORM_A2;
        return mono;
    case KITE_INTENT_FEEDBACK:
        return mono;
    case KITE_INTENT_INTERFACE:
        if (group->content <= CONTENT_MONO)
            return mono;
        if (group->content == CONTENT_FOUR && kite_policy_has(p, KITE_WAVEFORM_DU4))
            return (struct choice){KITE_WAVEFORM_DU4, KITE_UPDATE_PARTIAL};
        return page;
    case KITE_INTENT_CLEAN_REGION:
    case KITE_INTENT_CLEAN_ALL:
        return clean;
    default:
        return page;
    }
}

static void retag(struct kite_policy *p, enum kite_intent from, enum kite_intent to)
{
    for (int32_t i = 0; i < p->columns * p->rows; i++)
        if (kite_tile_intent(&p->tiles[i]) == from)
            p->tiles[i].want = (uint8_t)((p->tiles[i].want & ~WANT_INTENT) | (uint8_t)to);
}

/* A page goes as one where its parts may go alike. Where some of it must flash, all of it that has
 * gathered ghosts does, and with that what little is left beside it: one flash, and the next is far
 * off. */
static void gather(struct kite_policy *p)
{
    const struct limits *limits = kite_policy_limits(p);
    struct group image = survey(p, KITE_INTENT_PAGE_IMAGE);
    struct group text = survey(p, KITE_INTENT_PAGE_TEXT);
    struct group clean = survey(p, KITE_INTENT_CLEAN_REGION);

    if (image.count + text.count == 0)
        return;
    retag(p, KITE_INTENT_PAGE_IMAGE, KITE_INTENT_PAGE_TEXT);
    if (clean.count == 0 && image.worst_ahead <= limits->image && text.worst_ahead <= limits->cap)
        return;
    kite_policy_queue_dirty(p, limits->join, limits->join, KITE_INTENT_NONE);
    clean = survey(p, KITE_INTENT_CLEAN_REGION);
    text = survey(p, KITE_INTENT_PAGE_TEXT);
    if (text.count * 2 < clean.count)
        retag(p, KITE_INTENT_PAGE_TEXT, KITE_INTENT_CLEAN_REGION);
}

/* Where the interface would leave tiles above the cap, clean them as it is shown. */
static void enforce_cap(struct kite_policy *p, struct group *group)
{
    const struct limits *limits = kite_policy_limits(p);

    if (group->worst_ahead <= limits->cap)
        return;
    kite_policy_queue_dirty(p, limits->cap, limits->join, KITE_INTENT_INTERFACE);
    *group = survey(p, KITE_INTENT_INTERFACE);
}

/* ---- in flight ------------------------------------------------------------------------------ */

static void retire(struct kite_policy *p)
{
    for (size_t i = 0; i < IN_FLIGHT_MOST; i++)
        if (p->flights[i].is_used && p->flights[i].end_ms <= p->now_ms)
            p->flights[i].is_used = false;
}

static struct in_flight *free_flight(struct kite_policy *p, enum kite_update_mode mode)
{
    struct in_flight *free = NULL;
    uint32_t count = 0;
    bool is_full = mode == KITE_UPDATE_FULL;

    for (size_t i = 0; i < IN_FLIGHT_MOST; i++) {
        const struct in_flight *f = &p->flights[i];

        if (!f->is_used)
            free = &p->flights[i];
        else if (p->kind->is_full_alone && (is_full || f->is_full))
            return NULL;
        else
            count++;
    }
    return count < p->kind->updates_most ? free : NULL;
}

/* Whether a waveform leaves some of what a tile is to show undone, or strong ghosts. */
static bool must_settle(enum kite_waveform waveform, enum content content)
{
    switch (waveform) {
    case KITE_WAVEFORM_A2:
        return true;
    case KITE_WAVEFORM_DU:
        return content > CONTENT_MONO;
    case KITE_WAVEFORM_DU4:
        return content > CONTENT_FOUR;
    default:
        return false;
    }
}

static void commit(struct kite_policy *p, struct in_flight *flight, struct tile_box box,
                   struct kite_update *out)
{
    out->rect = rect_of(p, box);
    out->duration_ms = kite_panel_ms(p->kind, p->band, out->waveform);
    *flight = (struct in_flight){out->rect, p->now_ms + out->duration_ms, true,
                                 out->mode == KITE_UPDATE_FULL};
    for (int32_t y = box.y; y < box.y + box.height; y++) {
        for (int32_t x = box.x; x < box.x + box.width; x++) {
            struct tile *tile = kite_policy_tile(p, x, y);

            if (kite_tile_intent(tile) == KITE_INTENT_NONE)
                tile->want |= WANT_SAME;
            tile->debt = kite_tile_debt_after(p, tile, out->waveform, out->mode);
            tile->shown = tile->next;
            tile->want = 0;
            if (must_settle(out->waveform, kite_tile_content(tile->next)) ||
                tile->debt > kite_policy_limits(p)->cap) {
                tile->want = WANT_SETTLE;
                p->settle_ms = flight->end_ms + SETTLE_MS;
            }
        }
    }
}

/* Gray that feedback left undone is set right; ghosts it left above the cap are cleaned. */
static void settle(struct kite_policy *p)
{
    for (int32_t i = 0; i < p->columns * p->rows; i++) {
        struct tile *tile = &p->tiles[i];

        if (!(tile->want & WANT_SETTLE))
            continue;
        tile->want &= (uint8_t)~WANT_SETTLE;
        if (kite_tile_intent(tile) == KITE_INTENT_NONE)
            tile->want |= WANT_SAME;
        if (tile->debt > kite_policy_limits(p)->cap)
            kite_tile_want(tile, KITE_INTENT_CLEAN_REGION);
        else if (kite_tile_content(tile->shown) > CONTENT_MONO)
            kite_tile_want(tile, KITE_INTENT_INTERFACE);
    }
    p->settle_ms = KITE_NEVER_MS;
}

/* Out of an unknown state: all of the panel to white, and then all of the frame. */
static bool restart(struct kite_policy *p, struct kite_update *out)
{
    struct tile_box all = {0, 0, p->columns, p->rows};
    bool has_init = kite_policy_has(p, KITE_WAVEFORM_INIT);
    uint8_t white = p->state.is_night ? INK_FULL | CONTENT_MONO << CONTENT_SHIFT : 0;

    p->is_known = true;
    p->settle_ms = KITE_NEVER_MS;
    if (has_init) {
        *out = (struct kite_update){.waveform = KITE_WAVEFORM_INIT,
                                    .mode = KITE_UPDATE_FULL,
                                    .intent = KITE_INTENT_CLEAN_ALL,
                                    .rect = rect_of(p, all),
                                    .duration_ms =
                                        kite_panel_ms(p->kind, p->band, KITE_WAVEFORM_INIT)};
        p->flights[0] = (struct in_flight){out->rect, p->now_ms + out->duration_ms, true, true};
    }
    for (int32_t i = 0; i < p->columns * p->rows; i++) {
        struct tile *tile = &p->tiles[i];

        /* On white paper all is clean now; black paper is yet to be made, and evenly. */
        tile->want = has_init && !p->state.is_night ? KITE_INTENT_PAGE_TEXT : KITE_INTENT_CLEAN_ALL;
        if (has_init) {
            tile->debt = 0;
            tile->shown = white;
        }
    }
    return has_init;
}

static bool offer(struct kite_policy *p, enum kite_intent intent, struct kite_update *out)
{
    struct group group = survey(p, intent);
    struct choice choice;
    struct in_flight *flight;

    if (group.count == 0 || is_blocked(p, &group, intent))
        return false;
    if (intent == KITE_INTENT_INTERFACE)
        enforce_cap(p, &group);
    if (group.count == 0)
        return false;
    choice = choose(p, &group, intent);
    flight = free_flight(p, choice.mode);
    if (!flight)
        return false;

    struct tile_box box = is_one(p, &group, intent, choice.mode)
                              ? group.box
                              : first_box(p, &group, intent, choice.mode);

    *out = (struct kite_update){.waveform = choice.waveform, .mode = choice.mode, .intent = intent};
    commit(p, flight, box, out);
    return true;
}

static int64_t next_event(const struct kite_policy *p)
{
    int64_t at_ms = p->settle_ms;

    for (size_t i = 0; i < IN_FLIGHT_MOST; i++)
        if (p->flights[i].is_used && p->flights[i].end_ms < at_ms)
            at_ms = p->flights[i].end_ms;
    return at_ms;
}

enum kite_status kite_policy_next(struct kite_policy *policy, int64_t now_ms,
                                  struct kite_update *out, int64_t *ask_ms)
{
    if (now_ms > policy->now_ms)
        policy->now_ms = now_ms;
    *ask_ms = policy->now_ms;
    retire(policy);
    if (policy->has_frame && !policy->is_known && restart(policy, out))
        return KITE_OK;
    if (policy->now_ms >= policy->settle_ms)
        settle(policy);
    gather(policy);
    for (int intent = KITE_INTENT_MOTION; intent <= KITE_INTENT_CLEAN_ALL; intent++)
        if (offer(policy, (enum kite_intent)intent, out))
            return KITE_OK;
    *ask_ms = next_event(policy);
    return KITE_DONE;
}

void kite_policy_ends(struct kite_policy *policy, const struct kite_update *update, int64_t end_ms)
{
    for (size_t i = 0; i < IN_FLIGHT_MOST; i++) {
        struct in_flight *f = &policy->flights[i];

        if (f->is_used && f->rect.x == update->rect.x && f->rect.y == update->rect.y &&
            f->rect.width == update->rect.width && f->rect.height == update->rect.height)
            f->end_ms = end_ms;
    }
}
