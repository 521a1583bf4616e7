/* Sections, and their pages in order. */
#include "page/chain.h"

#include "page/align.h"

#include <string.h>

#define HORIZON_PAGES 12
#define SECTIONED_TEXT_BYTES (48u * 1024)
#define SECTION_MEAN_BYTES (3u * 1024)

void kite_chain_init(struct kite_chain *chain, const struct kite_memory *mem, struct kite_bundle *bundle,
                     struct kite_fonts *fonts, struct kite_setter *setter)
{
    *chain = (struct kite_chain){ .mem = *mem };
    chain->context = (struct kite_block_context){ .bundle = bundle, .setter = setter, .fonts = fonts,
                                                  .setting = &chain->setting, .document = UINT32_MAX };
    kite_planner_init(&chain->planner, mem, &chain->context);
}

void kite_chain_close(struct kite_chain *chain)
{
    kite_planner_close(&chain->planner);
    kite_free(&chain->mem, chain->plans);
    chain->plans = NULL;
    chain->count = chain->capacity = 0;
}

/* ---- documents and sections ------------------------------------------------------------------ */

/* The level whose headings begin sections; 0: the document is one. */
static uint8_t section_level(const struct kite_document_info *info)
{
    for (uint8_t level = 1; level <= KITE_LEVEL_MAX && info->text_bytes >= SECTIONED_TEXT_BYTES; level++) {
        uint32_t count = info->level_counts[level - 1];

        if (count > 0)
            return info->text_bytes / count >= SECTION_MEAN_BYTES ? level : 0;
    }
    return 0;
}

static void measure_column(struct kite_chain *chain)
{
    struct kite_setting *s = &chain->setting;
    struct kite_block_context *x = &chain->context;
    int32_t width = s->panel.width_px - s->margin_left_px - s->margin_right_px;
    int32_t height = s->panel.height_px - s->margin_top_px - s->margin_bottom_px - s->status_px;

    x->line_em1000_min = kite_family_line_em1000(s->family, x->info.lang);

    kite_f26 line = kite_f26_from_px(kite_f26_round_px(kite_mul_div(s->size_f26, x->line_em1000_min, 1000)));

    s->line_f26 = line > chain->asked.line_f26 ? line : chain->asked.line_f26;
    x->column_f26 = kite_f26_from_px(width > 16 ? width : 16);
    x->height_f26 = kite_f26_from_px(height > 1 ? height : 1) / s->line_f26 * s->line_f26;
    if (x->height_f26 < s->line_f26)
        x->height_f26 = s->line_f26;
}

enum kite_status kite_chain_open(struct kite_chain *chain, const struct kite_setting *setting, uint32_t document,
                                 struct kite_fault *fault)
{
    struct kite_block_context *x = &chain->context;
    bool is_same = memcmp(&chain->asked, setting, sizeof *setting) == 0;

    if (x->document == document && is_same)
        return KITE_OK;
    chain->asked = chain->setting = *setting;
    chain->end = 0;
    chain->count = 0;
    kite_planner_clear(&chain->planner);
    kite_block_context_clear(x);
    if (x->document != document) {
        x->document = UINT32_MAX; /* until all of it is known */

        struct kite_document_info info;
        enum kite_status status = kite_bundle_document(x->bundle, document, &info);

        if (status)
            return kite_fail(fault, status, "the bundle has no document %u", (unsigned)document + 1);
        x->info = info;
        x->document = document;
        chain->section_level = section_level(&info);
    }
    measure_column(chain);

    enum kite_status status = kite_align_decide(x, &chain->mem);

    if (status)
        x->document = UINT32_MAX;
    return status;
}

static enum kite_status section_at(const struct kite_chain *chain, uint32_t paragraph, struct kite_section *out,
                                   struct kite_fault *fault)
{
    const struct kite_block_context *x = &chain->context;

    return kite_bundle_section_at(x->bundle, x->document, paragraph, chain->section_level, out, fault);
}

/* A head with nothing under it but the next head of its level: the two stay together. */
static bool is_bare(const struct kite_section *section)
{
    return section->first > 0 && section->end - section->first == 1;
}

enum kite_status kite_chain_section(const struct kite_chain *chain, uint32_t paragraph, struct kite_section *out,
                                    struct kite_fault *fault)
{
    const struct kite_block_context *x = &chain->context;
    struct kite_section other;
    enum kite_status status = section_at(chain, paragraph, out, fault);

    for (other = *out; status == KITE_OK && is_bare(&other) && out->end < x->info.paragraph_count; out->end = other.end)
        status = section_at(chain, out->end, &other, fault);
    for (other = *out; status == KITE_OK && other.first > 0; ) {
        status = section_at(chain, other.first - 1, &other, fault);
        if (status != KITE_OK || !is_bare(&other))
            break;
        out->first = other.first;
    }
    return status;
}

enum kite_status kite_chain_enter(struct kite_chain *chain, uint32_t paragraph, struct kite_fault *fault)
{
    struct kite_section section;
    enum kite_status status = kite_chain_section(chain, paragraph, &section, fault);

    if (status || (chain->end != 0 && section.first == chain->first))
        return status;
    chain->first = section.first;
    chain->end = section.end;
    chain->count = 0;
    return KITE_OK;
}

/* ---- pages ----------------------------------------------------------------------------------- */

enum kite_status kite_chain_page_after(struct kite_chain *chain, const struct kite_page_plan *before,
                                       struct kite_page_plan *out, struct kite_fault *fault)
{
    struct kite_page_point first = { .paragraph = chain->first };

    return kite_page_plan(&chain->planner, before ? &before->end : &first, chain->end, HORIZON_PAGES, out, fault);
}

enum kite_status kite_chain_page(struct kite_chain *chain, size_t index, const struct kite_page_plan **out,
                                 struct kite_fault *fault)
{
    while (chain->count <= index) {
        void *plans = chain->plans;
        enum kite_status status =
            kite_grow(&chain->mem, &plans, &chain->capacity, chain->count + 1, sizeof *chain->plans);

        if (status)
            return status;
        chain->plans = plans;

        struct kite_page_plan *plan = &chain->plans[chain->count], *before = chain->count > 0 ? plan - 1 : NULL;

        if (before && before->is_section_end)
            return KITE_DONE;
        status = kite_chain_page_after(chain, before, plan, fault);
        if (status)
            return status;
        chain->count++;
    }
    *out = &chain->plans[index];
    return KITE_OK;
}

enum kite_status kite_chain_page_from(struct kite_chain *chain, const struct kite_page_point *start,
                                      struct kite_page_plan *out, struct kite_fault *fault)
{
    return kite_page_plan(&chain->planner, start, chain->end, 0, out, fault);
}
