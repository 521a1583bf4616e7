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

static const uint8_t *at(const struct kite_canvas *canvas, int32_t x, int32_t y)
{
    return canvas->pixels + (ptrdiff_t)y * canvas->stride_bytes + x;
}

/* Rows [top, bottom) of a tile. A whole tile is compared eight bytes at a time: most tiles of a page that was turned
 * differ soon, where a call of memcmp costs more than the comparison. */
static bool is_changed(const struct kite_canvas *a, const struct kite_canvas *b, int32_t x, int32_t top, int32_t bottom)
{
    int32_t width = a->width_px - x < TILE ? a->width_px - x : TILE;

    for (int32_t y = top; y < bottom; y++) {
        const uint8_t *left = at(a, x, y), *right = at(b, x, y);
        uint64_t one[2], other[2];

        if (width < TILE) {
            if (memcmp(left, right, (size_t)width) != 0)
                return true;
            continue;
        }
        memcpy(one, left, TILE);
        memcpy(other, right, TILE);
        if ((one[0] ^ other[0]) | (one[1] ^ other[1]))
            return true;
    }
    return false;
}

/* The runs of changed tiles in a row of tiles, but for the rows at its top that are alike. */
static void scan(const struct kite_canvas *a, const struct kite_canvas *b, struct kite_rect row, struct list *list)
{
    int32_t top = row.y, bottom = row.y + row.height, from = -1;

    while (top < bottom && memcmp(at(a, 0, top), at(b, 0, top), (size_t)row.width) == 0)
        top++;
    if (top == bottom)
        return;
    for (int32_t x = 0; x < row.width; x += TILE) {
        bool is_one = is_changed(a, b, x, top, bottom);

        if (is_one && from < 0)
            from = x;
        if (!is_one && from >= 0) {
            add(list, (struct kite_rect){ from, row.y, x - from, row.height });
            from = -1;
        }
    }
    if (from >= 0)
        add(list, (struct kite_rect){ from, row.y, row.width - from, row.height });
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
