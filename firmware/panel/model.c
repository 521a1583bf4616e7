/* The panel model as a controller: what may start, what collides, what waits, and how pixels
 * settle. */
#include "panel/model.h"

enum kite_status kite_panel_model_create(const struct kite_memory *mem,
                                         const struct kite_panel_kind *kind, int32_t width_px,
                                         int32_t height_px, struct kite_panel_model **out)
{
    struct kite_panel_model *m;

    *out = NULL;
    if (width_px < 2 || height_px < 2 || width_px > KITE_PANEL_MOST_PX ||
        height_px > KITE_PANEL_MOST_PX || kind->updates_most > FLIGHTS_MOST)
        return KITE_E_RANGE;
    m = kite_alloc(mem, 1, sizeof *m);
    if (!m)
        return KITE_E_NOMEM;
    m->mem = *mem;
    m->kind = kind;
    m->width_px = width_px;
    m->height_px = height_px;
    m->temperature_c = 23;
    m->now_ms = m->busy_until_ms = INT64_MIN;
    m->pixels = kite_alloc(mem, (size_t)width_px * (size_t)height_px, sizeof *m->pixels);
    if (!m->pixels) {
        kite_panel_model_destroy(m);
        return KITE_E_NOMEM;
    }
    for (size_t i = 0; i < (size_t)width_px * (size_t)height_px; i++)
        m->pixels[i].levels = WHITE << 4 | WHITE;
    *out = m;
    return KITE_OK;
}

void kite_panel_model_destroy(struct kite_panel_model *model)
{
    struct kite_memory mem;

    if (!model)
        return;
    mem = model->mem;
    for (size_t i = 0; i < model->held_count; i++)
        kite_free(&mem, model->held[i].pixels);
    kite_free(&mem, model->pixels);
    kite_free(&mem, model);
}

void kite_panel_model_temperature(struct kite_panel_model *model, int temperature_c)
{
    model->temperature_c = temperature_c;
}

/* ---- starting ------------------------------------------------------------------------------- */

static bool is_aligned(int32_t at, int32_t align, int32_t end)
{
    return at % align == 0 || at == end;
}

static enum kite_status check(const struct kite_panel_model *m, const struct kite_update *u,
                              const struct kite_panel_pixels *source)
{
    struct kite_rect r = u->rect;
    int32_t align = m->kind->align_px;

    if (source->width_px != m->width_px || source->height_px != m->height_px)
        return KITE_E_RANGE;
    if (r.x < 0 || r.y < 0 || r.width < 2 || r.height < 2 || r.width > m->width_px - r.x ||
        r.height > m->height_px - r.y)
        return KITE_E_RANGE;
    if (r.x % align || r.y % align || !is_aligned(r.x + r.width, align, m->width_px) ||
        !is_aligned(r.y + r.height, align, m->height_px))
        return KITE_E_RANGE;
    if ((unsigned)u->waveform >= KITE_WAVEFORM_COUNT ||
        kite_panel_ms(m->kind, kite_panel_band_at(m->kind, m->temperature_c), u->waveform) == 0)
        return KITE_E_UNSUPPORTED;
    return KITE_OK;
}

static bool overlap(struct kite_rect a, struct kite_rect b)
{
    return !kite_rect_is_empty(kite_rect_intersect(a, b));
}

static size_t running(const struct kite_panel_model *m)
{
    size_t count = 0;

    for (size_t i = 0; i < FLIGHTS_MOST; i++)
        count += m->flights[i].is_used;
    return count;
}

static bool meets_a_flight(const struct kite_panel_model *m, struct kite_rect rect)
{
    for (size_t i = 0; i < FLIGHTS_MOST; i++)
        if (m->flights[i].is_used && overlap(m->flights[i].rect, rect))
            return true;
    return false;
}

/* Whether an update of this mode must wait, though nothing overlaps. */
static bool must_wait(const struct kite_panel_model *m, bool is_full)
{
    bool is_other_full = false;

    for (size_t i = 0; i < FLIGHTS_MOST; i++)
        is_other_full |= m->flights[i].is_used && m->flights[i].is_full;
    if (running(m) >= m->kind->updates_most)
        return true;
    return m->kind->is_full_alone && running(m) && (is_full || is_other_full);
}

static int quantize(const struct kite_panel_model *m, uint8_t gray)
{
    int level = gray >> 4;

    if (m->kind->levels == 2)
        return level < 8 ? 0 : WHITE;
    return m->kind->levels == 4 ? (level + 2) / 5 * 5 : level;
}

/* Set one pixel on its way; counts a flash. */
static void drive(struct kite_panel_model *m, struct pixel *p, const struct flight *f, int index,
                  uint8_t gray, uint64_t *flashed)
{
    int from = p->levels & 15;
    int to = quantize(m, gray);
    int wanted = to;

    if (!kite_model_drives(f->waveform, f->is_full, from, &to)) {
        p->flight = from == wanted ? 0 : PIXEL_STAINED;
        return;
    }
    p->levels = (uint8_t)(to << 4 | from);
    p->flight = (uint8_t)(index + 1);
    *flashed += kite_model_flashes(f->waveform, from, to);
}

static void count_busy(struct kite_panel_model *m, int64_t start_ms, int64_t end_ms)
{
    int64_t from_ms = start_ms > m->busy_until_ms ? start_ms : m->busy_until_ms;

    if (end_ms > from_ms) {
        m->stats.busy_ms += end_ms - from_ms;
        m->busy_until_ms = end_ms;
    }
}

/* Start what may start. pixels: the rectangle's first, with a stride. */
static void launch(struct kite_panel_model *m, struct held what, const uint8_t *pixels,
                   size_t stride, int64_t now_ms)
{
    const struct kite_panel_band *band = kite_panel_band_at(m->kind, m->temperature_c);
    int index = 0;
    uint64_t flashed = 0;

    while (m->flights[index].is_used)
        index++;
    struct flight *f = &m->flights[index];

    *f = (struct flight){.rect = what.rect,
                         .waveform = what.waveform,
                         .is_used = true,
                         .is_full = what.mode == KITE_UPDATE_FULL,
                         .start_ms = now_ms,
                         .end_ms = now_ms + kite_panel_ms(m->kind, band, what.waveform),
                         .ghost_percent = band->ghost_percent};
    for (int32_t y = 0; y < what.rect.height; y++) {
        struct pixel *row =
            m->pixels + (size_t)(what.rect.y + y) * (size_t)m->width_px + what.rect.x;

        for (int32_t x = 0; x < what.rect.width; x++)
            drive(m, &row[x], f, index, pixels[(size_t)y * stride + (size_t)x], &flashed);
    }
    m->stats.updates++;
    m->stats.flashes += flashed >= FLASH_LEAST_PX;
    m->flashed_px += flashed;
    count_busy(m, now_ms, f->end_ms);
}

/* ---- what waits ----------------------------------------------------------------------------- */

static bool is_inside(struct kite_rect inner, struct kite_rect outer)
{
    struct kite_rect both = kite_rect_intersect(inner, outer);

    return both.width == inner.width && both.height == inner.height;
}

static void drop_held(struct kite_panel_model *m, size_t index)
{
    kite_free(&m->mem, m->held[index].pixels);
    m->held_count--;
    for (size_t i = index; i < m->held_count; i++)
        m->held[i] = m->held[i + 1];
}

/* The driver's own choice, once a collision has lost the one that was asked for. */
static void choose_auto(const struct kite_panel_model *m, struct held *held)
{
    size_t count = (size_t)held->rect.width * (size_t)held->rect.height;
    bool is_mono = true;

    for (size_t i = 0; i < count && is_mono; i++) {
        int level = quantize(m, held->pixels[i]);
        is_mono = level == 0 || level == WHITE;
    }
    held->waveform = is_mono ? KITE_WAVEFORM_DU : KITE_WAVEFORM_GC16;
    held->mode = KITE_UPDATE_PARTIAL;
}

static enum kite_status hold(struct kite_panel_model *m, struct held held, const uint8_t *pixels,
                             size_t stride, bool is_collision)
{
    size_t width = (size_t)held.rect.width;

    held.pixels = kite_alloc(&m->mem, width * (size_t)held.rect.height, 1);
    if (!held.pixels)
        return KITE_E_NOMEM;
    for (size_t y = 0; y < (size_t)held.rect.height; y++)
        for (size_t x = 0; x < width; x++)
            held.pixels[y * width + x] = pixels[y * stride + x];
    for (size_t i = m->held_count; i-- > 0;)
        if (is_inside(m->held[i].rect, held.rect))
            drop_held(m, i);
    if (is_collision) {
        m->stats.collisions++;
        choose_auto(m, &held);
    }
    m->held[m->held_count++] = held;
    return KITE_OK;
}

static void start_held(struct kite_panel_model *m, int64_t now_ms)
{
    for (size_t i = 0; i < m->held_count;) {
        struct held held = m->held[i];
        bool is_behind = false;

        for (size_t k = 0; k < i; k++)
            is_behind |= overlap(m->held[k].rect, held.rect);
        if (is_behind || meets_a_flight(m, held.rect) ||
            must_wait(m, held.mode == KITE_UPDATE_FULL)) {
            i++;
            continue;
        }
        launch(m, held, held.pixels, (size_t)held.rect.width, now_ms);
        drop_held(m, i);
    }
}

enum kite_status kite_panel_model_start(struct kite_panel_model *model,
                                        const struct kite_update *update,
                                        const struct kite_panel_pixels *source, int64_t now_ms)
{
    enum kite_status status = check(model, update, source);
    struct held held = {update->rect, NULL, update->waveform, update->mode};
    bool is_collision;

    if (status != KITE_OK)
        return status;
    kite_panel_model_step(model, now_ms);
    is_collision = meets_a_flight(model, held.rect);
    for (size_t i = 0; i < model->held_count; i++)
        is_collision |= overlap(model->held[i].rect, held.rect);

    size_t stride = (size_t)source->stride_bytes;
    const uint8_t *pixels = source->pixels + (size_t)held.rect.y * stride + held.rect.x;

    if (!is_collision && !must_wait(model, held.mode == KITE_UPDATE_FULL)) {
        launch(model, held, pixels, stride, model->now_ms);
        return KITE_OK;
    }
    if (model->held_count == FLIGHTS_MOST)
        return KITE_E_LIMIT;
    return hold(model, held, pixels, stride, is_collision);
}

/* ---- time ----------------------------------------------------------------------------------- */

/* The first neighbour inside the rectangle that the flight drives, or NULL. */
static const struct pixel *driven_neighbour(const struct kite_panel_model *m,
                                            const struct flight *f, int32_t x, int32_t y)
{
    static const int8_t steps[4][2] = {{-1, 0}, {0, -1}, {1, 0}, {0, 1}};
    uint8_t mine = (uint8_t)(f - m->flights + 1);

    for (int i = 0; i < 4; i++) {
        int32_t nx = x + steps[i][0], ny = y + steps[i][1];

        if (nx < f->rect.x || ny < f->rect.y || nx >= f->rect.x + f->rect.width ||
            ny >= f->rect.y + f->rect.height)
            continue;

        const struct pixel *p = &m->pixels[(size_t)ny * (size_t)m->width_px + (size_t)nx];

        if ((p->flight & PIXEL_FLIGHT) == mine)
            return p;
    }
    return NULL;
}

static void spread(struct kite_panel_model *m, const struct flight *f)
{
    const struct model_rule *rule = &kite_model_rules[f->waveform];

    for (int32_t y = f->rect.y; y < f->rect.y + f->rect.height; y++) {
        for (int32_t x = f->rect.x; x < f->rect.x + f->rect.width; x++) {
            struct pixel *p = &m->pixels[(size_t)y * (size_t)m->width_px + (size_t)x];
            const struct pixel *by;

            if (p->flight & PIXEL_FLIGHT)
                continue;
            by = driven_neighbour(m, f, x, y);
            if (by)
                p->residue = kite_model_spread(rule, by->levels & 15, by->levels >> 4, p->residue);
        }
    }
}

static void settle(struct kite_panel_model *m, const struct flight *f)
{
    const struct model_rule *rule = &kite_model_rules[f->waveform];

    for (int32_t y = f->rect.y; y < f->rect.y + f->rect.height; y++) {
        struct pixel *row = m->pixels + (size_t)y * (size_t)m->width_px;

        for (int32_t x = f->rect.x; x < f->rect.x + f->rect.width; x++) {
            struct pixel *p = &row[x];
            int from = p->levels & 15, to = p->levels >> 4;

            if ((p->flight & PIXEL_FLIGHT) == 0)
                continue;
            p->residue = kite_model_residue(rule, from, to, p->residue, f->ghost_percent);
            p->levels = (uint8_t)(to << 4 | to);
            p->flight = 0;
        }
    }
}

static struct flight *first_to_end(struct kite_panel_model *m)
{
    struct flight *first = NULL;

    for (size_t i = 0; i < FLIGHTS_MOST; i++) {
        struct flight *f = &m->flights[i];
        if (f->is_used && (!first || f->end_ms < first->end_ms))
            first = f;
    }
    return first;
}

int64_t kite_panel_model_step(struct kite_panel_model *model, int64_t now_ms)
{
    struct flight *first;

    if (now_ms > model->now_ms)
        model->now_ms = now_ms;
    while ((first = first_to_end(model)) && first->end_ms <= model->now_ms) {
        int64_t end_ms = first->end_ms;

        spread(model, first);
        settle(model, first);
        first->is_used = false;
        start_held(model, end_ms);
    }
    return first ? first->end_ms : KITE_NEVER_MS;
}
