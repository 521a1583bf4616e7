/* Highlighting, sentence by sentence: the page keys choose the first sentence, select fixes it, the
 * page keys then reach further, select keeps it. A finger touches the first and the last. */
#include "reader/views.h"
#include "reader/sentence.h"

#include <string.h>

#define SENTENCES_MAX 256
#define CHOICE_COVERAGE 90
#define HINT_EM1000 820

struct highlight_state {
    struct kite_place starts[SENTENCES_MAX], ends[SENTENCES_MAX];
    uint32_t count;
    uint32_t first, last;  /* the sentences chosen */
    bool is_fixed;         /* the first one is */
    struct kite_rect hint; /* where it says what to do */
};

/* The sentences of a paragraph that show on the page. */
static void take_sentences(struct highlight_state *h, const struct kite_page *page,
                           const struct kite_place *paragraph, const struct kite_text *text)
{
    size_t end;

    for (size_t from = 0; from < text->text_bytes && h->count < SENTENCES_MAX; from = end) {
        struct kite_place start = *paragraph, stop = *paragraph;

        end = sentence_end(text->text, text->text_bytes, from);
        start.offset_bytes = (uint32_t)from;
        stop.offset_bytes = (uint32_t)end;
        if (!place_is_before(&page->start, &stop) || !place_is_before(&start, &page->end))
            continue;
        h->starts[h->count] = start;
        h->ends[h->count++] = stop;
    }
}

static enum kite_status find_sentences(struct kite_reader *r, struct highlight_state *h)
{
    const struct kite_page *page = &r->reading.now.page;
    struct kite_arena arena;
    enum kite_status status = KITE_OK;

    h->count = 0;
    kite_arena_init(&arena, r->mem, 0);
    for (uint32_t i = page->start.paragraph;
         i <= page->end.paragraph && i < r->reading.info.paragraph_count && status == KITE_OK;
         i++) {
        struct kite_place at = { r->reading.document, i, 0 };
        struct kite_paragraph p;

        kite_arena_reset(&arena);
        status =
            kite_bundle_paragraph(r->reading.bundle, r->reading.document, i, &arena, &p, &r->fault);
        if (status == KITE_OK && p.role != KITE_ROLE_PICTURE)
            take_sentences(h, page, &at, &p.text);
    }
    kite_arena_close(&arena);
    return status;
}

enum kite_status highlight_begin(struct kite_reader *r, const struct kite_place *at)
{
    enum kite_status status;

    if (!r->highlight)
        r->highlight = kite_alloc(&r->mem, 1, sizeof *r->highlight);
    if (!r->highlight)
        return KITE_E_NOMEM;

    struct highlight_state *h = r->highlight;

    status = find_sentences(r, h);
    if (status || h->count == 0)
        return status;
    h->first = h->last = 0;
    h->is_fixed = at != NULL;
    for (uint32_t i = 0; at && i < h->count; i++)
        if (!place_is_before(at, &h->starts[i]))
            h->first = h->last = i;
    view_open(r, VIEW_HIGHLIGHT, 0);
    return KITE_OK;
}

static enum kite_status move(struct kite_reader *r, int direction)
{
    struct highlight_state *h = r->highlight;
    uint32_t last = h->last;

    if (direction > 0 && last + 1 < h->count)
        last++;
    if (direction < 0 && last > (h->is_fixed ? h->first : 0))
        last--;
    h->last = last;
    if (!h->is_fixed)
        h->first = last;
    r->is_stale = true;
    r->intent = KITE_INTENT_FEEDBACK;
    return KITE_OK;
}

enum kite_status highlight_next(struct kite_reader *r)
{
    return move(r, 1);
}

enum kite_status highlight_previous(struct kite_reader *r)
{
    return move(r, -1);
}

static enum kite_status keep(struct kite_reader *r)
{
    const struct highlight_state *h = r->highlight;
    char excerpt[KITE_EXCERPT_BYTES_MAX + 1];
    struct kite_mark mark = { .reader = r->person,
                              .text = r->reading.text,
                              .is_highlight = true,
                              .start = h->starts[h->first],
                              .end = h->ends[h->last],
                              .excerpt = excerpt };
    int64_t id;
    enum kite_status status =
        reading_excerpt(&r->reading, &mark.start, excerpt, sizeof excerpt, &r->fault);

    view_close(r);
    if (status == KITE_OK)
        status = kite_library_mark_add(r->texts, &mark, &id, &r->fault);
    return status ? status : mark_open(r, id); /* a note may be written, or all taken back */
}

enum kite_status highlight_select(struct kite_reader *r)
{
    if (r->highlight->is_fixed)
        return keep(r);
    r->highlight->is_fixed = true;
    r->is_stale = true;
    r->intent = KITE_INTENT_FEEDBACK;
    return KITE_OK;
}

enum kite_status highlight_cancel(struct kite_reader *r)
{
    view_close(r);
    return KITE_OK;
}

static bool is_on_hint(const struct highlight_state *h, int32_t y)
{
    return y >= h->hint.y && y < h->hint.y + h->hint.height;
}

/* A touch behind the first sentence reaches there; one inside what is chosen already keeps it; one
 * before begins anew. */
enum kite_status highlight_tap(struct kite_reader *r, const struct gesture *g)
{
    struct highlight_state *h = r->highlight;
    struct kite_place at;

    if (!reading_place_at(&r->reading, g->x_px, g->y_px, &at) || is_on_hint(h, g->y_px))
        return highlight_cancel(r);

    uint32_t touched = 0;

    for (uint32_t i = 0; i < h->count; i++)
        if (!place_is_before(&at, &h->starts[i]))
            touched = i;
    r->is_stale = true;
    r->intent = KITE_INTENT_FEEDBACK;
    if (touched < h->first) {
        h->first = h->last = touched;
    } else if (touched <= h->last) {
        return keep(r);
    } else {
        h->last = touched;
    }
    h->is_fixed = true;
    return KITE_OK;
}

/* ---- drawing --------------------------------------------------------------------------------- */

/* Where the last sentence chosen ends on the page, px. */
static int32_t choice_bottom(struct kite_reader *r)
{
    const struct highlight_state *h = r->highlight;
    const struct kite_page *page = &r->reading.now.page;
    int32_t bottom = 0;

    for (size_t i = 0; i < page->line_count; i++)
        if (!kite_rect_is_empty(
                reading_line_part(&r->reading, i, &h->starts[h->last], &h->ends[h->last])))
            bottom = page->lines[i].box.y + page->lines[i].box.height;
    return bottom;
}

/* The hint stands in place of the status line. One that has no room there takes some of the page:
 * at its foot, or at its head when the choice reaches into the foot. */
static struct kite_rect place_hint(struct kite_reader *r, int32_t height)
{
    struct screen *s = &r->screen;
    int32_t room = r->setting.status_px + r->setting.margin_bottom_px, thick = 2 * rule_px(s);
    struct kite_rect box = { 0, s->height_px - room, s->width_px, room };

    if (height <= room)
        return box;
    box.height = height + s->pad_px;
    box.y = s->height_px - box.height;
    if (choice_bottom(r) <= box.y - thick) {
        screen_keep_between(s, 0, box.y - thick);
        screen_rule(s, (struct kite_rect){ 0, box.y - thick, s->width_px, thick });
        return box;
    }
    box.y = 0;
    screen_keep_between(s, box.height + thick, s->height_px);
    screen_rule(s, (struct kite_rect){ 0, box.height, s->width_px, thick });
    return box;
}

/* The page as it is, the choice tinted, and what to do. */
static enum kite_status draw(struct kite_reader *r)
{
    struct highlight_state *h = r->highlight;
    struct screen *s = &r->screen;
    enum message what = !r->shows_focus ? MESSAGE_HIGHLIGHT_TOUCH
                        : h->is_fixed   ? MESSAGE_HIGHLIGHT_REACH
                                        : MESSAGE_HIGHLIGHT_START;
    struct label label = { .text = say(r, what), .size_em1000 = HINT_EM1000 };
    int32_t width = s->width_px - 2 * s->margin_px;
    int32_t height = (int32_t)screen_measure(s, &label, width) * screen_line_px(s, &label);

    s->under = &r->reading.now.page;
    highlight_tint(r, &h->starts[h->first], &h->ends[h->last], CHOICE_COVERAGE);
    h->hint = place_hint(r, height);
    screen_label(s, &label, s->margin_px, h->hint.y + (h->hint.height - height) / 2, width);
    return s->status;
}

const struct view view_highlight = {
    .name = "highlight", .title = MESSAGE_HIGHLIGHT, .intent = KITE_INTENT_INTERFACE, .draw = draw
};
