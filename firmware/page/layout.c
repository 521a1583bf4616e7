/* The layout of a bundle: pages at places, one after another, and all that is to be told of them. */
#include "page/draw.h"
#include "page/kept.h"

#include <string.h>

#define PAGE_ARENA_LIMIT_BYTES ((size_t)64 << 20) /* a hostile page cannot take more */
/* Text from the section's start that may be on its first page, and pages looked at behind it when a place on it is shown at once.
 * The exact page looks at five, which costs 3 M instructions more with nothing shaped yet; in two novels it is the same in 93 of
 * 100 sections. */
#define NEAR_SECTION_BYTES 1024u
#define PAGES_BEHIND_FIRST 2u

struct kite_layout {
    struct kite_memory mem;
    struct kite_bundle *bundle;
    struct kite_fonts *fonts;
    struct kite_setter *setter;
    struct kite_setting setting;
    struct kite_chain chain;
    struct kite_arena arena;
    struct kite_page page;
    bool has_page, is_exact;
    size_t index;               /* exact: the page's number in the chain's section */
    struct kite_page_plan plan; /* of the page last returned */
};

/* The bundle's fonts, for its text alone. One that cannot be had or is of no use does not keep the text from being read. */
static enum kite_status lend_fonts(struct kite_layout *layout, struct kite_fault *fault)
{
    enum kite_status status = KITE_OK;
    const uint8_t *bytes;
    size_t count;

    for (uint32_t i = 0; status != KITE_E_NOMEM; i++) {
        status = kite_bundle_font(layout->bundle, i, &bytes, &count, NULL);
        if (status != KITE_OK)
            break;
        status = kite_setter_lend(layout->setter, bytes, count);
    }
    return status == KITE_E_NOMEM ? kite_fail(fault, status, "no memory for the text's font") : KITE_OK;
}

enum kite_status kite_layout_create(const struct kite_memory *mem, struct kite_bundle *bundle, struct kite_fonts *fonts,
                                    const struct kite_setting *setting, struct kite_layout **out,
                                    struct kite_fault *fault)
{
    struct kite_layout *layout = kite_alloc(mem, 1, sizeof *layout);

    *out = NULL;
    if (!layout)
        return kite_fail(fault, KITE_E_NOMEM, "no memory for the layout");
    layout->mem = *mem;
    layout->bundle = bundle;
    layout->fonts = fonts;
    layout->setting = *setting;

    enum kite_status status = kite_setter_create(mem, fonts, 0, &layout->setter, fault);

    if (status) {
        kite_free(mem, layout);
        return status;
    }
    status = lend_fonts(layout, fault);
    if (status) {
        kite_setter_destroy(layout->setter);
        kite_free(mem, layout);
        return status;
    }
    kite_chain_init(&layout->chain, mem, bundle, fonts, layout->setter);
    kite_arena_init(&layout->arena, *mem, PAGE_ARENA_LIMIT_BYTES);
    *out = layout;
    return KITE_OK;
}

void kite_layout_destroy(struct kite_layout *layout)
{
    if (!layout)
        return;
    kite_chain_close(&layout->chain);
    kite_arena_close(&layout->arena);
    kite_setter_destroy(layout->setter);
    kite_free(&layout->mem, layout);
}

uint16_t kite_layout_lent_face(const struct kite_layout *layout, uint32_t code_point)
{
    return kite_setter_lent_face(layout->setter, code_point);
}

enum kite_status kite_layout_set(struct kite_layout *layout, const struct kite_setting *setting,
                                 struct kite_fault *fault)
{
    if (setting->size_f26 <= 0 || setting->line_f26 <= 0)
        return kite_fail(fault, KITE_E_RANGE, "a setting needs a size and a line height above zero");
    layout->setting = *setting;
    layout->has_page = false;
    return KITE_OK;
}

const struct kite_memory *kite_layout_memory(const struct kite_layout *layout)
{
    return &layout->mem;
}

enum kite_status kite_layout_chain(const struct kite_layout *layout, uint32_t document, struct kite_chain *out,
                                   struct kite_fault *fault)
{
    kite_chain_init(out, &layout->mem, layout->bundle, layout->fonts, layout->setter);
    return kite_chain_open(out, &layout->setting, document, fault);
}

/* Draw the page that is planned and remember it. */
static enum kite_status show(struct kite_layout *layout, const struct kite_page_plan *plan, const struct kite_page **out,
                             struct kite_fault *fault)
{
    layout->plan = *plan;
    layout->has_page = false;
    kite_arena_reset(&layout->arena);

    enum kite_status status =
        kite_page_draw(&layout->chain, &layout->plan, &layout->arena, &layout->page, NULL, fault);

    if (status)
        return status;
    layout->has_page = true;
    *out = &layout->page;
    return KITE_OK;
}

/* Is the place behind this point? */
static bool is_behind(const struct kite_place *place, const struct kite_page_point *point)
{
    if (place->paragraph != point->paragraph)
        return place->paragraph > point->paragraph;
    return place->offset_bytes >= point->offset_bytes;
}

static enum kite_status show_exact(struct kite_layout *layout, const struct kite_place *place,
                                   const struct kite_page **out, struct kite_fault *fault)
{
    struct kite_chain *chain = &layout->chain;
    const struct kite_page_plan *plan;
    size_t low = 0, high = chain->count;
    enum kite_status status;

    while (low < high) { /* the first page that ends behind the place */
        size_t middle = low + (high - low) / 2;

        if (is_behind(place, &chain->plans[middle].end) && !chain->plans[middle].is_section_end)
            low = middle + 1;
        else
            high = middle;
    }
    for (;; low++) {
        status = kite_chain_page(chain, low, &plan, fault);
        if (status)
            return status == KITE_DONE ? KITE_E_RANGE : status;
        if (plan->is_section_end || !is_behind(place, &plan->end))
            break;
    }
    layout->is_exact = true;
    layout->index = low;
    return show(layout, plan, out, fault);
}

/* How a place is shown at once. */
enum nearness {
    NEAR_NOTHING = 0,
    NEAR_START, /* perhaps on its section's first page */
    AT_HAND     /* the section's start, or on a page that is planned already: exactly */
};

static enum kite_status find_nearness(struct kite_layout *layout, const struct kite_place *place, enum nearness *out,
                                      struct kite_fault *fault)
{
    const struct kite_chain *chain = &layout->chain;
    struct kite_place start = { place->document, chain->first, 0 };
    uint64_t from, to;

    *out = AT_HAND;
    if ((chain->count > 0 && !is_behind(place, &chain->plans[chain->count - 1].end)) ||
        (place->paragraph == chain->first && place->offset_bytes == 0))
        return KITE_OK;

    enum kite_status status = kite_bundle_offset_of(layout->bundle, start, &from, fault);

    if (status == KITE_OK)
        status = kite_bundle_offset_of(layout->bundle, *place, &to, fault);
    *out = status == KITE_OK && to - from <= NEAR_SECTION_BYTES ? NEAR_START : NEAR_NOTHING;
    return status;
}

/* A page that starts at the line of the place, or a line before it where it would start with a widow. */
static enum kite_status show_from_line(struct kite_layout *layout, const struct kite_place *place,
                                       const struct kite_page **out, struct kite_fault *fault)
{
    struct kite_window *window = &layout->chain.planner.window;
    const struct kite_window_line *lines;
    struct kite_page_plan plan;
    uint32_t count, line = 0;

    kite_window_advance(window, place->paragraph);

    enum kite_status status = kite_window_lines(window, place->paragraph, kite_no_wish, &lines, &count, fault);

    if (status)
        return status;
    while (line + 1 < count && lines[line + 1].start_bytes <= place->offset_bytes)
        line++;
    if (line > 1 && line + 1 == count)
        line--;
    if (line == 1)
        line = 0;

    struct kite_page_point start = { .paragraph = place->paragraph, .line = line,
                                     .offset_bytes = count > 0 ? lines[line].start_bytes : 0 };

    status = kite_chain_page_from(&layout->chain, &start, &plan, fault);
    if (status)
        return status;
    layout->is_exact = false;
    return show(layout, &plan, out, fault);
}

/* The section's first page, about as it will be; or if the place is behind it, one that starts at its line. */
static enum kite_status show_first(struct kite_layout *layout, const struct kite_place *place, const struct kite_page **out,
                                   struct kite_fault *fault)
{
    struct kite_chain *chain = &layout->chain;
    struct kite_page_point start = { .paragraph = chain->first };
    struct kite_page_plan plan;
    enum kite_status status = kite_page_plan(&chain->planner, &start, chain->end, PAGES_BEHIND_FIRST, &plan, fault);

    if (status)
        return status;
    if (is_behind(place, &plan.end) && !plan.is_section_end)
        return show_from_line(layout, place, out, fault);
    layout->is_exact = false;
    return show(layout, &plan, out, fault);
}

enum kite_status kite_layout_page_at(struct kite_layout *layout, struct kite_place place, enum kite_page_wanted wanted,
                                     const struct kite_page **out, struct kite_fault *fault)
{
    enum nearness near = AT_HAND;
    enum kite_status status = kite_chain_open(&layout->chain, &layout->setting, place.document, fault);
    uint32_t count = layout->chain.context.info.paragraph_count;

    if (status)
        return status;
    if (place.paragraph >= count && count > 0)
        return kite_fail(fault, KITE_E_RANGE, "document %u has no paragraph %u: its last is %u",
                         (unsigned)place.document + 1, (unsigned)place.paragraph + 1, (unsigned)count);
    status = kite_chain_enter(&layout->chain, place.paragraph, fault);
    if (status == KITE_OK && wanted != KITE_PAGE_EXACT && count > 0)
        status = find_nearness(layout, &place, &near, fault);
    if (status)
        return status;
    if (near == AT_HAND)
        return show_exact(layout, &place, out, fault);
    return near == NEAR_START ? show_first(layout, &place, out, fault) : show_from_line(layout, &place, out, fault);
}

enum kite_status kite_layout_page_next(struct kite_layout *layout, const struct kite_page **out,
                                       struct kite_fault *fault)
{
    struct kite_chain *chain = &layout->chain;
    const struct kite_page_plan *planned;
    struct kite_page_plan plan;
    enum kite_status status;

    if (!layout->has_page)
        return kite_fail(fault, KITE_E_RANGE, "no page has been shown that another could follow");
    if (layout->page.is_last)
        return KITE_DONE;
    if (layout->plan.is_section_end) {
        struct kite_place place = layout->page.end;

        status = kite_chain_enter(chain, place.paragraph, fault);
        return status ? status : show_exact(layout, &place, out, fault);
    }
    if (layout->is_exact) {
        status = kite_chain_page(chain, layout->index + 1, &planned, fault);
        if (status)
            return status;
        layout->index++;
        return show(layout, planned, out, fault);
    }
    status = kite_chain_page_from(chain, &layout->plan.end, &plan, fault);
    return status ? status : show(layout, &plan, out, fault);
}

enum kite_status kite_layout_page_of(struct kite_layout *layout, const struct kite_page_map *map, uint32_t index,
                                     const struct kite_page **out, struct kite_fault *fault)
{
    struct kite_page_plan plan;

    if (!kite_page_map_plan(map, &layout->setting, index, &plan))
        return kite_fail(fault, KITE_E_RANGE, "the page map has no page %u in this setting", (unsigned)index + 1);

    enum kite_status status =
        kite_chain_open(&layout->chain, &layout->setting, kite_page_map_document(map), fault);

    if (status == KITE_OK)
        status = kite_chain_enter(&layout->chain, plan.start.paragraph, fault);
    layout->is_exact = false; /* the chain has not been there */
    return status ? status : show(layout, &plan, out, fault);
}

enum kite_status kite_layout_page_keep(const struct kite_layout *layout, struct kite_buffer *out)
{
    return layout->has_page ? kite_page_plan_save(&layout->plan, out) : KITE_E_RANGE;
}

/* A page of the section in hand. */
static bool is_of_section(const struct kite_chain *chain, const struct kite_page_plan *plan)
{
    return plan->end.paragraph <= chain->end && plan->is_section_end == (plan->end.paragraph == chain->end);
}

enum kite_status kite_layout_page_kept(struct kite_layout *layout, uint32_t document, const uint8_t *bytes, size_t count,
                                       const struct kite_page **out, struct kite_fault *fault)
{
    struct kite_chain *chain = &layout->chain;
    struct kite_page_plan plan;
    enum kite_status status = kite_chain_open(chain, &layout->setting, document, fault);

    if (status == KITE_OK)
        status = kite_page_plan_load(&chain->context.info, bytes, count, &plan);
    if (status == KITE_OK)
        status = kite_chain_enter(chain, plan.start.paragraph, fault);
    if (status == KITE_OK && !is_of_section(chain, &plan))
        status = KITE_E_FORMAT;
    if (status)
        return status == KITE_E_FORMAT ? kite_fail(fault, status, "a kept page does not fit its text") : status;
    layout->is_exact = false;
    return show(layout, &plan, out, fault);
}

enum kite_status kite_layout_is_justified(struct kite_layout *layout, uint32_t document, bool *out,
                                          struct kite_fault *fault)
{
    enum kite_status status = kite_chain_open(&layout->chain, &layout->setting, document, fault);

    *out = layout->chain.context.is_justified;
    return status;
}

/* How the paragraph that goes on behind a page is set in the end. */
static enum kite_status last_wish(struct kite_chain *chain, size_t page, struct kite_text_wish *out, struct kite_fault *fault)
{
    const struct kite_page_plan *plan = &chain->plans[page];
    uint32_t paragraph = plan->end.paragraph;
    enum kite_status status = KITE_OK;

    while (status == KITE_OK && plan->end.paragraph == paragraph && plan->end.line > 0)
        status = kite_chain_page(chain, ++page, &plan, fault);
    *out = kite_page_plan_wish(plan, paragraph);
    return status;
}

/* Tell the pages of the section in hand. */
static enum kite_status tell_section(struct kite_layout *layout, const struct kite_layout_report *report,
                                     uint32_t *page_number, struct kite_fault *fault)
{
    struct kite_chain *chain = &layout->chain;
    const struct kite_page_plan *plan;
    struct kite_page page;
    enum kite_status status;

    for (size_t i = 0; (status = kite_chain_page(chain, i, &plan, fault)) == KITE_OK; i++) {
        struct kite_page_told told = { .report = report, .number = (*page_number)++ };

        kite_arena_reset(&layout->arena);
        status = last_wish(chain, i, &told.last_wish, fault);
        if (status == KITE_OK) {
            struct kite_page_plan copy = chain->plans[i]; /* the chain may move */

            status = kite_page_draw(chain, &copy, &layout->arena, &page, &told, fault);
        }
        if (status)
            return status;
    }
    return status == KITE_DONE ? KITE_OK : status;
}

enum kite_status kite_layout_tell(struct kite_layout *layout, uint32_t document, const struct kite_layout_report *report,
                                  struct kite_fault *fault)
{
    struct kite_chain *chain = &layout->chain;
    enum kite_status status = kite_chain_open(chain, &layout->setting, document, fault);
    uint32_t page_number = 0;

    layout->has_page = false;
    for (uint32_t at = 0; status == KITE_OK; at = chain->end) {
        status = kite_chain_enter(chain, at, fault);
        if (status == KITE_OK)
            status = tell_section(layout, report, &page_number, fault);
        if (chain->end >= chain->context.info.paragraph_count)
            break;
    }
    return status;
}
