/* What changed between two frames. */
#include "render/render.h"

#include <string.h>

#define TILE 16

struct list {
    struct kite_rect *rects;
    size_t count, max;
};

static int64_t area(struct kite_rect r)
{
    return (int64_t)r.width * r.height;
}

/* Add a rectangle: below one of the same columns, on its own, or to the one that grows least. */
static void add(struct list *list, struct kite_rect rect)
{
    size_t best = 0;
    int64_t least = INT64_MAX;

    for (size_t i = 0; i < list->count; i++) {
        struct kite_rect both = kite_rect_union(list->rects[i], rect);
        int64_t growth = area(both) - area(list->rects[i]) - area(rect);
        if (growth < least) {
            least = growth;
            best = i;
        }
    }
    if (list->count > 0 && (least <= 0 || list->count == list->max))
        list->rects[best] = kite_rect_union(list->rects[best], rect);
    else
        list->rects[list->count++] = rect;
}

static bool is_changed(const struct kite_canvas *a, const struct kite_canvas *b,
                       struct kite_rect tile)
{
    for (int32_t y = tile.y; y < tile.y + tile.height; y++) {
        const uint8_t *left = a->pixels + (ptrdiff_t)y * a->stride_bytes + tile.x;
        const uint8_t *right = b->pixels + (ptrdiff_t)y * b->stride_bytes + tile.x;
        if (memcmp(left, right, (size_t)tile.width) != 0)
            return true;
    }
    return false;
}

/* The runs of changed tiles in a row of tiles. */
static void scan(const struct kite_canvas *a, const struct kite_canvas *b, struct kite_rect row,
                 struct list *list)
{
    struct kite_rect run = {0};

    if (!is_changed(a, b, row))
        return;
    for (int32_t x = 0; x < row.width; x += TILE) {
        struct kite_rect tile = {x, row.y, row.width - x < TILE ? row.width - x : TILE, row.height};
        if (is_changed(a, b, tile)) {
            run = kite_rect_union(run, tile);
        } else if (!kite_rect_is_empty(run)) {
            add(list, run);
            run = (struct kite_rect){0};
        }
    }
    if (!kite_rect_is_empty(run))
        add(list, run);
}

size_t kite_canvas_damage(const struct kite_canvas *before, const struct kite_canvas *after,
                          struct kite_rect *out, size_t max)
{
    struct list list = {.rects = out, .max = max};

    for (int32_t y = 0; max > 0 && y < after->height_px; y += TILE) {
        int32_t height = after->height_px - y < TILE ? after->height_px - y : TILE;
        scan(before, after, (struct kite_rect){0, y, after->width_px, height}, &list);
    }
    return list.count;
}
