/* Page maps: where every page of a document starts. */
#include "page/chain.h"

#include <string.h>

#define PAGES_A_STEP 10

struct kite_page_map {
    struct kite_memory mem;
    struct kite_chain chain; /* its own: a map in the making never disturbs the page being read */
    uint32_t document;
    size_t index; /* the next page of the chain's section */
    struct kite_page_plan *plans;
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
    kite_free(&map->mem, map->plans);
    kite_free(&map->mem, map);
}

/* Add the next page; KITE_DONE behind the last. */
static enum kite_status add_page(struct kite_page_map *map, struct kite_fault *fault)
{
    const struct kite_page_plan *plan;
    void *plans = map->plans;
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
        status = kite_grow(&map->mem, &plans, &map->capacity, map->count + 1, sizeof *map->plans);
    if (status)
        return status;
    map->plans = plans;
    map->plans[map->count++] = *plan;
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
    const struct kite_page_point *start = &map->plans[index].start;

    return (struct kite_place){ map->document, start->paragraph, start->offset_bytes };
}

uint32_t kite_page_map_find(const struct kite_page_map *map, struct kite_place place)
{
    size_t low = 0, high = map->count;

    while (low < high) { /* the first page that starts behind the place */
        size_t middle = low + (high - low) / 2;
        const struct kite_page_point *start = &map->plans[middle].start;

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

const struct kite_page_plan *kite_page_map_plan(const struct kite_page_map *map, const struct kite_setting *setting,
                                                uint32_t index)
{
    bool is_same = memcmp(&map->chain.asked, setting, sizeof *setting) == 0;

    return is_same && index < map->count ? &map->plans[index] : NULL;
}

uint32_t kite_page_map_document(const struct kite_page_map *map)
{
    return map->document;
}

/* ---- kept maps -------------------------------------------------------------------------------- */

/* A kept map: its version, a flag for complete, the number of pages, then each page. A page is its start point, then
 * its flags and heights, what its spaces give, then the paragraphs that are set in another way. It ends where the next one
 * starts; the last one's end point follows. A point is its paragraph, line and offset, a bit for notes that go on with its wish,
 * and those notes. A wish is what it changes about the number of lines, with a bit for lines that end in no divided word, and
 * those lines. All are varints, but for the first two bytes; signs go into the lowest bit. */
#define MAP_VERSION 5u
#define SPREAD_MAX_F26 (1 << 24) /* more than any page is high */

static uint32_t folded(int32_t value)
{
    return value < 0 ? (uint32_t)(-(value + 1)) * 2 + 1 : (uint32_t)value * 2;
}

static int32_t unfolded(uint32_t value)
{
    return value & 1 ? -(int32_t)(value >> 1) - 1 : (int32_t)(value >> 1);
}

static bool wants_whole(struct kite_text_wish wish)
{
    for (unsigned i = 0; i < KITE_WISH_WHOLE_MAX; i++)
        if (wish.whole[i] != 0)
            return true;
    return false;
}

/* A wish, with a bit of the caller's. */
static enum kite_status save_wish(struct kite_buffer *out, struct kite_text_wish wish, bool bit)
{
    bool has_whole = wants_whole(wish);
    enum kite_status status = kite_buffer_add_varint(out, (folded(wish.lines_delta) * 2 + has_whole) * 2 + bit);

    for (unsigned i = 0; i < KITE_WISH_WHOLE_MAX && has_whole && status == KITE_OK; i++)
        status = kite_buffer_add_varint(out, wish.whole[i]);
    return status;
}

static struct kite_text_wish take_wish(struct kite_bytes *in, bool *bit)
{
    uint32_t first = kite_take_varint(in);
    int32_t lines_delta = unfolded(first >> 2);
    struct kite_text_wish wish = { .lines_delta = (int8_t)lines_delta };

    in->failed = in->failed || lines_delta < -1 || lines_delta > 1;
    *bit = first & 1;
    for (unsigned i = 0; i < KITE_WISH_WHOLE_MAX && (first & 2); i++) {
        uint32_t line = kite_take_varint(in);

        in->failed = in->failed || line > UINT16_MAX;
        wish.whole[i] = (uint16_t)line;
    }
    return wish;
}

static enum kite_status save_point(struct kite_buffer *out, const struct kite_page_point *point)
{
    enum kite_status status = kite_buffer_add_varint(out, point->paragraph);

    if (status == KITE_OK)
        status = kite_buffer_add_varint(out, point->line);
    if (status == KITE_OK)
        status = kite_buffer_add_varint(out, point->offset_bytes);
    if (status == KITE_OK)
        status = save_wish(out, point->wish, point->rest.notes[0] != 0);
    if (status != KITE_OK || point->rest.notes[0] == 0)
        return status;
    status = kite_buffer_add_varint(out, point->rest.line);
    for (unsigned i = 0; i < KITE_REST_NOTES && status == KITE_OK; i++)
        status = kite_buffer_add_varint(out, point->rest.notes[i]);
    return status;
}

static enum kite_status save_plan(struct kite_buffer *out, const struct kite_page_plan *plan)
{
    enum kite_status status = save_point(out, &plan->start);

    if (status == KITE_OK)
        status = kite_buffer_add_varint(out, folded(plan->used_f26));
    if (status == KITE_OK)
        status = kite_buffer_add_varint(out, (uint32_t)plan->notes_f26 * 2 + plan->is_section_end);
    if (status == KITE_OK)
        status = kite_buffer_add_varint(out, folded(plan->spread_f26));
    if (status == KITE_OK && plan->spread_f26 != 0)
        status = kite_buffer_add_varint(out, (uint32_t)plan->flexible_f26);
    for (unsigned i = 0; i < KITE_VARIED_MAX && status == KITE_OK; i++) {
        status = kite_buffer_add_varint(out, plan->varied.paragraph[i] + 1); /* 0: none */
        if (status == KITE_OK && plan->varied.paragraph[i] != UINT32_MAX)
            status = save_wish(out, plan->varied.wish[i], false);
    }
    return status;
}

enum kite_status kite_page_map_save(const struct kite_page_map *map, const struct kite_sink *sink)
{
    struct kite_buffer out = { .mem = map->mem };
    enum kite_status status = kite_buffer_add_u8(&out, MAP_VERSION);

    if (status == KITE_OK)
        status = kite_buffer_add_u8(&out, map->is_complete);
    if (status == KITE_OK)
        status = kite_buffer_add_varint(&out, (uint32_t)map->count);
    for (size_t i = 0; i < map->count && status == KITE_OK; i++)
        status = save_plan(&out, &map->plans[i]);
    if (status == KITE_OK && map->count > 0)
        status = save_point(&out, &map->plans[map->count - 1].end);
    if (status == KITE_OK)
        status = sink->write(sink->ctx, out.bytes, out.count);
    kite_buffer_close(&out);
    return status;
}

static struct kite_page_point take_point(struct kite_bytes *in)
{
    struct kite_page_point point = { .paragraph = kite_take_varint(in) };

    point.line = kite_take_varint(in);
    point.offset_bytes = kite_take_varint(in);

    bool has_rest;

    point.wish = take_wish(in, &has_rest);
    if (has_rest) {
        point.rest.line = kite_take_varint(in);
        for (unsigned i = 0; i < KITE_REST_NOTES; i++)
            point.rest.notes[i] = kite_take_varint(in);
    }
    return point;
}

static void take_plan(struct kite_bytes *in, struct kite_page_plan *plan)
{
    *plan = (struct kite_page_plan){ .start = take_point(in) };
    plan->used_f26 = unfolded(kite_take_varint(in));

    uint32_t notes = kite_take_varint(in);

    plan->is_section_end = notes & 1;
    plan->notes_f26 = (kite_f26)(notes >> 1);
    plan->spread_f26 = unfolded(kite_take_varint(in));
    plan->flexible_f26 = plan->spread_f26 == 0 ? 0 : (kite_f26)kite_take_varint(in);
    in->failed = in->failed || plan->flexible_f26 < 0 || plan->flexible_f26 > SPREAD_MAX_F26 ||
                 plan->spread_f26 > plan->flexible_f26 || plan->spread_f26 < -plan->flexible_f26;
    for (unsigned i = 0; i < KITE_VARIED_MAX; i++) {
        bool is_unused;

        plan->varied.paragraph[i] = kite_take_varint(in) - 1;
        if (plan->varied.paragraph[i] != UINT32_MAX)
            plan->varied.wish[i] = take_wish(in, &is_unused);
    }
}

static bool is_before(const struct kite_page_point *a, const struct kite_page_point *b)
{
    if (a->paragraph == b->paragraph && a->line == b->line) /* a page of nothing but the rest of notes */
        return a->rest.notes[0] != 0 && (a->rest.notes[0] != b->rest.notes[0] || a->rest.line < b->rest.line);
    return a->paragraph < b->paragraph || (a->paragraph == b->paragraph && a->line < b->line);
}

/* Are the notes that go on at a point notes of the document? */
static bool has_notes(const struct kite_document_info *info, const struct kite_page_point *point)
{
    for (unsigned i = 0; i < KITE_REST_NOTES; i++)
        if (point->rest.notes[i] > info->note_count)
            return false;
    return true;
}

/* No page is empty but the only one of an empty text. */
static bool may_be_page(const struct kite_document_info *info, const struct kite_page_plan *plan)
{
    return (is_before(&plan->start, &plan->end) || info->paragraph_count == 0) && has_notes(info, &plan->start) &&
           has_notes(info, &plan->end);
}

/* Pages follow each other from the document's start. */
static bool are_in_order(const struct kite_page_map *map)
{
    const struct kite_page_point *last = &map->plans[map->count - 1].end;
    const struct kite_document_info *info = &map->chain.context.info;

    if (map->plans[0].start.paragraph != 0 || map->plans[0].start.line != 0)
        return false;
    for (size_t i = 0; i < map->count; i++)
        if (!may_be_page(info, &map->plans[i]))
            return false;
    return last->paragraph <= info->paragraph_count && map->is_complete == (last->paragraph == info->paragraph_count);
}

static enum kite_status take_plans(struct kite_page_map *map, struct kite_bytes *in, uint32_t count)
{
    if (count == 0 || count > (size_t)(in->end - in->at))
        return KITE_E_FORMAT;
    map->plans = kite_alloc(&map->mem, count, sizeof *map->plans);
    if (!map->plans)
        return KITE_E_NOMEM;
    map->capacity = count;
    for (; map->count < count; map->count++) {
        take_plan(in, &map->plans[map->count]);
        if (map->count > 0)
            map->plans[map->count - 1].end = map->plans[map->count].start;
    }
    map->plans[count - 1].end = take_point(in);
    if (in->failed || in->at != in->end || !are_in_order(map))
        return KITE_E_FORMAT;
    return KITE_OK;
}

/* Let the chain go on where the kept pages stop: the pages of the last section are its own. */
static enum kite_status resume_chain(struct kite_page_map *map, struct kite_fault *fault)
{
    struct kite_chain *chain = &map->chain;
    uint32_t paragraph = map->plans[map->count - 1].start.paragraph;
    enum kite_status status = kite_chain_enter(chain, paragraph, fault);
    size_t first = map->count;

    while (first > 0 && map->plans[first - 1].start.paragraph >= chain->first)
        first--;

    void *plans = chain->plans;

    if (status == KITE_OK)
        status = kite_grow(&chain->mem, &plans, &chain->capacity, map->count - first, sizeof *chain->plans);
    if (status)
        return status;
    chain->plans = plans;
    memcpy(chain->plans, map->plans + first, (map->count - first) * sizeof *chain->plans);
    chain->count = map->index = map->count - first;
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
    if (kite_take_u8(&in) != MAP_VERSION)
        in.failed = true;
    map->is_complete = kite_take_u8(&in) == 1;

    uint32_t page_count = kite_take_varint(&in);

    status = in.failed ? KITE_E_FORMAT : take_plans(map, &in, page_count);
    if (status == KITE_E_FORMAT)
        kite_fail(fault, status, "a kept page map does not fit its text");
    if (status == KITE_OK && !map->is_complete)
        status = resume_chain(map, fault);
    if (status) {
        kite_page_map_destroy(map);
        return status;
    }
    *out = map;
    return KITE_OK;
}

/* ---- kept pages ------------------------------------------------------------------------------- */

enum kite_status kite_page_plan_save(const struct kite_page_plan *plan, struct kite_buffer *out)
{
    enum kite_status status = kite_buffer_add_u8(out, MAP_VERSION);

    if (status == KITE_OK)
        status = save_plan(out, plan);
    return status ? status : save_point(out, &plan->end);
}

enum kite_status kite_page_plan_load(const struct kite_document_info *info, const uint8_t *bytes, size_t count,
                                     struct kite_page_plan *out)
{
    struct kite_bytes in = { .at = bytes, .end = count > 0 ? bytes + count : bytes };

    if (kite_take_u8(&in) != MAP_VERSION)
        return KITE_E_FORMAT;
    take_plan(&in, out);
    out->end = take_point(&in);
    if (in.failed || in.at != in.end || !may_be_page(info, out) || out->end.paragraph > info->paragraph_count)
        return KITE_E_FORMAT;
    return KITE_OK;
}
