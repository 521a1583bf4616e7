/* Page maps: where every page of a document starts. */
#include "page/chain.h"
#include "page/kept.h"

#include <string.h>

#define PAGES_A_STEP 10

/* Pages are held as they are kept: a novel has thousands. */
struct kite_page_map {
    struct kite_memory mem;
    struct kite_chain chain; /* its own: a map in the making never disturbs the page being read */
    uint32_t document;
    struct kite_buffer pages; /* each without its end, which is where the next one starts */
    uint32_t *offsets;        /* where each begins there */
    size_t count, capacity;
    struct kite_page_plan last; /* of them, with its end */
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
    map->pages.mem = *mem;
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
    kite_buffer_close(&map->pages);
    kite_free(&map->mem, map->offsets);
    kite_free(&map->mem, map);
}

/* ---- making ------------------------------------------------------------------------------------ */

/* Room for the offsets of so many pages. */
static enum kite_status make_room(struct kite_page_map *map, size_t count)
{
    void *offsets = map->offsets;
    enum kite_status status = kite_grow(&map->mem, &offsets, &map->capacity, count, sizeof *map->offsets);

    map->offsets = offsets;
    return status;
}

/* Add the next page; KITE_DONE behind the last. */
static enum kite_status add_page(struct kite_page_map *map, struct kite_fault *fault)
{
    const struct kite_page_plan *before = map->count > 0 ? &map->last : NULL;
    struct kite_page_plan plan;
    size_t bytes = map->pages.count;
    enum kite_status status = KITE_OK;

    if (before && before->is_section_end) {
        if (before->end.paragraph >= map->chain.context.info.paragraph_count)
            return KITE_DONE;
        status = kite_chain_enter(&map->chain, before->end.paragraph, fault);
        before = NULL;
    }
    if (status == KITE_OK)
        status = kite_chain_page_after(&map->chain, before, &plan, fault);
    if (status == KITE_OK)
        status = make_room(map, map->count + 1);
    if (status == KITE_OK)
        status = kite_kept_add_plan(&map->pages, &plan);
    if (status) {
        map->pages.count = bytes;
        return status;
    }
    map->offsets[map->count++] = (uint32_t)bytes;
    map->last = plan;
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

/* ---- looking ------------------------------------------------------------------------------------ */

static struct kite_bytes bytes_of(const struct kite_page_map *map, uint32_t index)
{
    return (struct kite_bytes){ .at = map->pages.bytes + map->offsets[index], .end = map->pages.bytes + map->pages.count };
}

static struct kite_page_point start_of(const struct kite_page_map *map, uint32_t index)
{
    struct kite_bytes in = bytes_of(map, index);

    return kite_kept_take_point(&in);
}

struct kite_place kite_page_map_start(const struct kite_page_map *map, uint32_t index)
{
    struct kite_page_point start = start_of(map, index);

    return (struct kite_place){ map->document, start.paragraph, start.offset_bytes };
}

uint32_t kite_page_map_find(const struct kite_page_map *map, struct kite_place place)
{
    size_t low = 0, high = map->count;

    while (low < high) { /* the first page that starts behind the place */
        size_t middle = low + (high - low) / 2;
        struct kite_page_point start = start_of(map, (uint32_t)middle);

        if (start.paragraph > place.paragraph ||
            (start.paragraph == place.paragraph && start.offset_bytes > place.offset_bytes))
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

bool kite_page_map_plan(const struct kite_page_map *map, const struct kite_setting *setting, uint32_t index,
                        struct kite_page_plan *out)
{
    if (memcmp(&map->chain.asked, setting, sizeof *setting) != 0 || index >= map->count)
        return false;
    if (index + 1 == map->count) {
        *out = map->last;
        return true;
    }

    struct kite_bytes in = bytes_of(map, index);

    kite_kept_take_plan(&in, out);
    out->end = kite_kept_take_point(&in);
    return true;
}

uint32_t kite_page_map_document(const struct kite_page_map *map)
{
    return map->document;
}

/* ---- kept maps -------------------------------------------------------------------------------- */

/* A kept map: its version, a flag for complete, the number of pages, then each page, then where the last one ends. */

enum kite_status kite_page_map_save(const struct kite_page_map *map, const struct kite_sink *sink)
{
    struct kite_buffer out = { .mem = map->mem };
    enum kite_status status = kite_buffer_add_u8(&out, KITE_KEPT_VERSION);

    if (status == KITE_OK)
        status = kite_buffer_add_u8(&out, map->is_complete);
    if (status == KITE_OK)
        status = kite_buffer_add_varint(&out, (uint32_t)map->count);
    if (status == KITE_OK && map->count > 0)
        status = kite_buffer_add(&out, map->pages.bytes, map->pages.count);
    if (status == KITE_OK && map->count > 0)
        status = kite_kept_add_point(&out, &map->last.end);
    if (status == KITE_OK)
        status = sink->write(sink->ctx, out.bytes, out.count);
    kite_buffer_close(&out);
    return status;
}

/* Find where the pages begin, and look at each of them: they follow each other from the document's start. */
static enum kite_status index_pages(struct kite_page_map *map, struct kite_bytes *in, uint32_t count)
{
    const struct kite_document_info *info = &map->chain.context.info;
    const uint8_t *first = in->at;

    for (; map->count < count; map->count++) {
        struct kite_page_plan plan;

        map->offsets[map->count] = (uint32_t)(in->at - first);
        kite_kept_take_plan(in, &plan);
        map->last.end = plan.start;
        if (in->failed || (map->count > 0 && !kite_kept_may_be_page(info, &map->last)))
            return KITE_E_FORMAT;
        map->last = plan;
    }
    map->pages.count = (size_t)(in->at - first);
    map->last.end = kite_kept_take_point(in);
    return in->failed || !kite_kept_may_be_page(info, &map->last) ? KITE_E_FORMAT : KITE_OK;
}

static enum kite_status take_pages(struct kite_page_map *map, struct kite_bytes *in, uint32_t count)
{
    const struct kite_document_info *info = &map->chain.context.info;
    size_t bytes = (size_t)(in->end - in->at);

    if (count == 0 || count > bytes)
        return KITE_E_FORMAT;

    enum kite_status status = make_room(map, count);

    if (status == KITE_OK)
        status = kite_buffer_add(&map->pages, in->at, bytes);
    if (status == KITE_OK)
        status = index_pages(map, in, count);
    if (status)
        return status;

    struct kite_page_point start = start_of(map, 0);
    uint32_t end = map->last.end.paragraph;

    if (in->at != in->end || start.paragraph != 0 || start.line != 0 || end > info->paragraph_count ||
        map->is_complete != (end == info->paragraph_count))
        return KITE_E_FORMAT;
    return KITE_OK;
}

enum kite_status kite_page_map_load(struct kite_layout *layout, uint32_t document, const uint8_t *bytes, size_t count,
                                    struct kite_page_map **out, struct kite_fault *fault)
{
    struct kite_bytes in = { .at = bytes, .end = count > 0 ? bytes + count : bytes };
    struct kite_page_map *map;
    enum kite_status status = kite_page_map_create(layout, document, &map, fault);

    *out = NULL;
    if (status)
        return status;
    if (kite_take_u8(&in) != KITE_KEPT_VERSION)
        in.failed = true;
    map->is_complete = kite_take_u8(&in) == 1;

    uint32_t page_count = kite_take_varint(&in);

    status = in.failed ? KITE_E_FORMAT : take_pages(map, &in, page_count);
    if (status == KITE_E_FORMAT)
        kite_fail(fault, status, "a kept page map does not fit its text");
    if (status == KITE_OK && !map->is_complete)
        status = kite_chain_enter(&map->chain, map->last.start.paragraph, fault);
    if (status) {
        kite_page_map_destroy(map);
        return status;
    }
    *out = map;
    return KITE_OK;
}
