/* Page maps: where every page of a document starts. */
#include "page/chain.h"

#define PAGES_A_STEP 10

struct kite_page_map {
    struct kite_memory mem;
    struct kite_chain chain; /* its own: a map in the making never disturbs the page being read */
    uint32_t document;
    size_t index; /* the next page of the chain's section */
    struct kite_place *starts;
    size_t count, capacity;
    bool is_complete;
};

enum kite_status kite_page_map_create(struct kite_layout *layout, uint32_t document, struct kite_page_map **out,
                                      struct kite_fault *fault)
{
    const struct kite_memory *mem;
    struct kite_page_map *map;
    enum kite_status status;

    *out = NULL;
    mem = kite_layout_memory(layout);
    map = kite_alloc(mem, 1, sizeof *map);
    if (!map)
        return kite_fail(fault, KITE_E_NOMEM, "no memory for a page map");
    map->mem = *mem;
    map->document = document;
    status = kite_layout_chain(layout, document, &map->chain, fault);
    if (status == KITE_OK)
        status = kite_chain_enter(&map->chain, 0, fault);
    if (status) {
        kite_page_map_destroy(map);
        return status;
    }
    *out = map;
    return KITE_OK;
}

void kite_page_map_destroy(struct kite_page_map *map)
{
    if (!map)
        return;
    kite_chain_close(&map->chain);
    kite_free(&map->mem, map->starts);
    kite_free(&map->mem, map);
}

/* Add the next page; KITE_DONE behind the last. */
static enum kite_status add_page(struct kite_page_map *map, struct kite_fault *fault)
{
    const struct kite_page_plan *plan;
    void *starts = map->starts;
    enum kite_status status = kite_chain_page(&map->chain, map->index, &plan, fault);

    if (status == KITE_DONE) {
        if (map->chain.end >= map->chain.context.info.paragraph_count)
            return KITE_DONE;
        status = kite_chain_enter(&map->chain, map->chain.end, fault);
        map->index = 0;
        if (status == KITE_OK)
            status = kite_chain_page(&map->chain, 0, &plan, fault);
    }
    if (status == KITE_OK)
        status = kite_grow(&map->mem, &starts, &map->capacity, map->count + 1, sizeof *map->starts);
    if (status)
        return status;
    map->starts = starts;
    map->starts[map->count++] =
        (struct kite_place){ map->document, plan->start.paragraph, plan->start.offset_bytes };
    map->index++;
    return KITE_OK;
}

enum kite_status kite_page_map_step(struct kite_page_map *map, struct kite_fault *fault)
{
    for (int i = 0; i < PAGES_A_STEP && !map->is_complete; i++) {
        enum kite_status status = add_page(map, fault);

        if (status == KITE_DONE)
            map->is_complete = true;
        else if (status)
            return status;
    }
    return map->is_complete ? KITE_DONE : KITE_OK;
}

uint32_t kite_page_map_count(const struct kite_page_map *map)
{
    return (uint32_t)map->count;
}

struct kite_place kite_page_map_start(const struct kite_page_map *map, uint32_t index)
{
    return map->starts[index];
}

uint32_t kite_page_map_find(const struct kite_page_map *map, struct kite_place place)
{
    size_t low = 0, high = map->count;

    while (low < high) { /* the first page that starts behind the place */
        size_t middle = low + (high - low) / 2;
        const struct kite_place *start = &map->starts[middle];

        if (start->paragraph > place.paragraph ||
            (start->paragraph == place.paragraph && start->offset_bytes > place.offset_bytes))
            high = middle;
        else
            low = middle + 1;
    }
    return low > 0 ? (uint32_t)low - 1 : 0;
}

bool kite_page_map_is_complete(const struct kite_page_map *map)
{
    return map->is_complete;
}
