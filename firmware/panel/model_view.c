/* What can be seen of the panel model, and its figures. */
#include "panel/model.h"

#include <stdlib.h>

#define TILE_PX 16

static uint8_t gray_of(int32_t level_256, int residue)
{
    int32_t gray = (level_256 * 17 + residue * (256 * 17 / RESIDUE_PER_LEVEL) + 128) / 256;

    return (uint8_t)(gray < 0 ? 0 : gray > 255 ? 255 : gray);
}

static uint8_t seen(const struct kite_panel_model *m, const struct pixel *p)
{
    int from = p->levels & 15, to = p->levels >> 4;
    int index = (p->flight & PIXEL_FLIGHT) - 1;

    if (index < 0)
        return gray_of(from * 256, p->residue);

    const struct flight *f = &m->flights[index];
    const struct model_rule *rule = &kite_model_rules[f->waveform];
    int64_t progress = (m->now_ms - f->start_ms) * 256 / (f->end_ms - f->start_ms);
    int end = kite_model_residue(rule, from, to, p->residue, f->ghost_percent);
    int residue = (p->residue * (256 - (int)progress) + end * (int)progress) / 256;

    return gray_of(kite_model_on_way(f->waveform, from, to, (int32_t)progress), residue);
}

void kite_panel_model_view(struct kite_panel_model *model, int64_t now_ms, uint8_t *pixels,
                           int32_t stride_bytes)
{
    kite_panel_model_step(model, now_ms);
    for (int32_t y = 0; y < model->height_px; y++) {
        const struct pixel *row = model->pixels + (size_t)y * (size_t)model->width_px;
        uint8_t *out = pixels + (size_t)y * (size_t)stride_bytes;

        for (int32_t x = 0; x < model->width_px; x++)
            out[x] = seen(model, &row[x]);
    }
}

/* Add one tile's residue to the figures; its sum over all pixels is returned. */
static uint64_t add_tile(const struct kite_panel_model *m, int32_t x0, int32_t y0,
                         struct kite_panel_model_stats *out)
{
    int32_t right = x0 + TILE_PX < m->width_px ? x0 + TILE_PX : m->width_px;
    int32_t bottom = y0 + TILE_PX < m->height_px ? y0 + TILE_PX : m->height_px;
    uint32_t sum = 0, worst = 0;

    for (int32_t y = y0; y < bottom; y++) {
        for (int32_t x = x0; x < right; x++) {
            const struct pixel *p = &m->pixels[(size_t)y * (size_t)m->width_px + (size_t)x];
            uint32_t residue = (uint32_t)abs(p->residue);

            sum += residue;
            worst = residue > worst ? residue : worst;
            out->stained_px += (p->flight & PIXEL_STAINED) != 0;
        }
    }

    uint32_t mean = sum * 1000 / RESIDUE_PER_LEVEL / (uint32_t)((right - x0) * (bottom - y0));

    worst = worst * 1000 / RESIDUE_PER_LEVEL;
    if (mean > out->worst_tile_millilevels)
        out->worst_tile_millilevels = mean;
    if (worst > out->worst_pixel_millilevels)
        out->worst_pixel_millilevels = worst;
    return sum;
}

void kite_panel_model_stats(const struct kite_panel_model *model,
                            struct kite_panel_model_stats *out)
{
    uint64_t area = (uint64_t)model->width_px * (uint64_t)model->height_px;
    uint64_t sum = 0;

    *out = model->stats;
    for (int32_t y = 0; y < model->height_px; y += TILE_PX)
        for (int32_t x = 0; x < model->width_px; x += TILE_PX)
            sum += add_tile(model, x, y, out);
    out->mean_millilevels = (uint32_t)(sum * 1000 / RESIDUE_PER_LEVEL / area);
    out->flashed_permille = (uint32_t)(model->flashed_px * 1000 / area);
}
