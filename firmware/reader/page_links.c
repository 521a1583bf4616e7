/* Links on the page, marked by a thin gray rule under their words: seen when looked for, not while
 * reading. */
#include "reader/views.h"

#define RULE_COVERAGE 150
#define UNDER_BASELINE_EM1000 150 /* of a line of body text */

static void take_spans(struct links_marked *links, uint32_t document, uint32_t paragraph,
                       const struct kite_text *text)
{
    for (size_t i = 0; i < text->span_count && links->count < LINKS_MARKED_MAX; i++) {
        const struct kite_span *span = &text->spans[i];
        uint32_t end = i + 1 < text->span_count ? span[1].offset_bytes : (uint32_t)text->text_bytes;

        if (span->link == 0 || span->note != 0)
            continue;
        links->from[links->count] = (struct kite_place){ document, paragraph, span->offset_bytes };
        links->to[links->count++] = (struct kite_place){ document, paragraph, end };
    }
}

static bool is_same(const struct kite_place *a, const struct kite_place *b)
{
    return a->document == b->document && a->paragraph == b->paragraph &&
           a->offset_bytes == b->offset_bytes;
}

static enum kite_status find_links(struct kite_reader *r)
{
    const struct kite_page *page = &r->reading.now.page;
    struct links_marked *links = &r->links;
    struct kite_arena arena;
    enum kite_status status = KITE_OK;

    links->count = 0;
    links->text = 0;
    kite_arena_init(&arena, r->mem, 0);
    for (size_t i = 0; i < page->line_count && status == KITE_OK; i++) { /* notes at the foot too */
        uint32_t paragraph = page->lines[i].paragraph;
        struct kite_paragraph p;

        if (i > 0 && page->lines[i - 1].paragraph == paragraph)
            continue;
        kite_arena_reset(&arena);
        status = kite_bundle_paragraph(r->reading.bundle, r->reading.document, paragraph, &arena,
                                       &p, &r->fault);
        if (status == KITE_OK)
            take_spans(links, r->reading.document, paragraph, &p.text);
    }
    kite_arena_close(&arena);
    if (status)
        return status;
    links->text = r->reading.text;
    links->start = page->start;
    links->end = page->end;
    return KITE_OK;
}

static void draw_rule(struct kite_reader *r, const struct kite_page_line *line,
                      struct kite_rect part)
{
    struct screen *s = &r->screen;
    int32_t baseline = kite_f26_round_px(r->reading.now.page.glyphs[line->first_glyph].y);
    int32_t thick = s->ppi / 150 > 1 ? s->ppi / 150 : 1;

    part.y = baseline +
             kite_f26_round_px(kite_mul_div(r->setting.size_f26, UNDER_BASELINE_EM1000, 1000));
    part.height = thick;
    if (s->is_rtl) /* the page's own places are not mirrored */
        part.x = s->width_px - part.x - part.width;
    screen_tint(s, part, RULE_COVERAGE);
}

enum kite_status page_links_draw(struct kite_reader *r)
{
    const struct kite_page *page = &r->reading.now.page;
    struct links_marked *links = &r->links;
    enum kite_status status = KITE_OK;

    if (r->reading.info.link_count == 0)
        return KITE_OK;
    if (links->text != r->reading.text || !is_same(&links->start, &page->start) ||
        !is_same(&links->end, &page->end))
        status = find_links(r);
    for (size_t i = 0; i < page->line_count && status == KITE_OK; i++)
        for (uint32_t k = 0; k < links->count; k++) {
            struct kite_rect part =
                reading_line_part(&r->reading, i, &links->from[k], &links->to[k]);

            if (!kite_rect_is_empty(part) && page->lines[i].glyph_count > 0)
                draw_rule(r, &page->lines[i], part);
        }
    return status;
}
