/* Notes and links of the page in front: listed, opened, followed, and back again. */
#include "reader/views.h"

#include <stdio.h>
#include <string.h>

#define ON_PAGE_MAX 64

enum { NOTE_BACK, NOTE_GO, NOTE_ROWS }; /* of a note's screen; its links follow */

/* One note mark or link on the page. */
struct on_page {
    bool is_note;
    uint32_t index; /* of the document's notes or links */
};

struct collected {
    struct on_page items[ON_PAGE_MAX];
    uint32_t count;
};

static void add(struct collected *all, bool is_note, uint32_t index)
{
    for (uint32_t i = 0; i < all->count; i++)
        if (all->items[i].is_note == is_note && all->items[i].index == index)
            return;
    if (all->count < ON_PAGE_MAX)
        all->items[all->count++] = (struct on_page){ is_note, index };
}

/* Spans of a paragraph that reach into [from, to). */
static void collect_spans(const struct kite_text *text, uint32_t from, uint32_t to,
                          struct collected *all)
{
    for (size_t i = 0; i < text->span_count; i++) {
        const struct kite_span *span = &text->spans[i];
        uint32_t end = i + 1 < text->span_count ? span[1].offset_bytes : (uint32_t)text->text_bytes;

        if (end <= from || span->offset_bytes >= to)
            continue;
        if (span->note)
            add(all, true, span->note - 1);
        else if (span->link)
            add(all, false, span->link - 1);
    }
}

static enum kite_status collect(struct kite_reader *r, const struct kite_place *start,
                                const struct kite_place *end, struct collected *all)
{
    struct kite_arena arena;
    enum kite_status status = KITE_OK;

    all->count = 0;
    kite_arena_init(&arena, r->mem, 0);
    for (uint32_t i = start->paragraph;
         i <= end->paragraph && i < r->reading.info.paragraph_count && status == KITE_OK; i++) {
        struct kite_paragraph p;
        uint32_t from = i == start->paragraph ? start->offset_bytes : 0;
        uint32_t to = i == end->paragraph ? end->offset_bytes : UINT32_MAX;

        kite_arena_reset(&arena);
        status =
            kite_bundle_paragraph(r->reading.bundle, r->reading.document, i, &arena, &p, &r->fault);
        if (status == KITE_OK)
            collect_spans(&p.text, from, to, all);
    }
    kite_arena_close(&arena);
    return status;
}

static enum kite_status collect_page(struct kite_reader *r, struct collected *all)
{
    return collect(r, &r->reading.now.page.start, &r->reading.now.page.end, all);
}

/* ---- following ------------------------------------------------------------------------------- */

static enum kite_status open_link(struct kite_reader *r, uint32_t index)
{
    struct kite_link link;
    enum kite_status status =
        kite_bundle_link(r->reading.bundle, r->reading.document, index, &link, &r->fault);

    if (status)
        return status;
    if (link.address) {
        text_copy(link.address, r->address, sizeof r->address);
        view_open(r, VIEW_LINK, index);
        return KITE_OK;
    }
    if (link.place.document == r->reading.document) {
        status = reading_go(&r->reading, link.place, &r->fault);
        view_close_all(r);
        return status;
    }
    return follow_to_document(r, &link.place);
}

static enum kite_status open_item(struct kite_reader *r, const struct on_page *item)
{
    if (!item->is_note)
        return open_link(r, item->index);
    view_open(r, VIEW_NOTE, item->index);
    return KITE_OK;
}

/* What is nearest to a touch. */
struct nearest {
    struct on_page item;
    int32_t distance_px;
};

static int32_t beyond(int32_t at, int32_t from, int32_t size)
{
    return at < from ? from - at : at >= from + size ? at - (from + size) + 1 : 0;
}

/* How far a point is from where a stretch of text shows on the page. */
static int32_t distance(const struct reading *reading, const struct kite_place *from,
                        const struct kite_place *to, int32_t x, int32_t y)
{
    int32_t least = INT32_MAX;

    for (size_t i = 0; i < reading->now.page.line_count; i++) {
        struct kite_rect part = reading_line_part(reading, i, from, to);
        int32_t across = beyond(x, part.x, part.width), down = beyond(y, part.y, part.height);

        if (!kite_rect_is_empty(part) && (across > down ? across : down) < least)
            least = across > down ? across : down;
    }
    return least;
}

static void look_near(struct kite_reader *r, uint32_t paragraph, const struct kite_text *text,
                      int32_t x, int32_t y, int32_t reach_px, struct nearest *best)
{
    for (size_t i = 0; i < text->span_count; i++) {
        const struct kite_span *span = &text->spans[i];
        struct kite_place from = { r->reading.document, paragraph, span->offset_bytes }, to = from;
        int32_t far;

        if (!span->note && !span->link)
            continue;
        to.offset_bytes =
            i + 1 < text->span_count ? span[1].offset_bytes : (uint32_t)text->text_bytes;
        far = distance(&r->reading, &from, &to, x, y);
        if (far >= best->distance_px || far > (span->note ? reach_px : 0))
            continue;
        best->distance_px = far;
        best->item.is_note = span->note != 0;
        best->item.index = (span->note ? span->note : span->link) - 1;
    }
}

/* The lines say which paragraphs the page shows, notes at its foot too. */
enum kite_status notes_open_near(struct kite_reader *r, int32_t x, int32_t y, int32_t reach_px)
{
    const struct kite_page *page = &r->reading.now.page;
    struct nearest best = { .distance_px = INT32_MAX };
    struct kite_arena arena;
    enum kite_status status = KITE_OK;

    kite_arena_init(&arena, r->mem, 0);
    for (size_t i = 0; i < page->line_count && status == KITE_OK; i++) {
        uint32_t paragraph = page->lines[i].paragraph;
        struct kite_paragraph p;

        if (i > 0 && page->lines[i - 1].paragraph == paragraph)
            continue;
        kite_arena_reset(&arena);
        status = kite_bundle_paragraph(r->reading.bundle, r->reading.document, paragraph, &arena,
                                       &p, &r->fault);
        if (status == KITE_OK)
            look_near(r, paragraph, &p.text, x, y, reach_px, &best);
    }
    kite_arena_close(&arena);
    if (status)
        return status;
    return best.distance_px == INT32_MAX ? KITE_DONE : open_item(r, &best.item);
}

enum kite_status notes_open_page(struct kite_reader *r)
{
    const struct on_page *first = NULL;
    struct collected all;
    enum kite_status status = collect_page(r, &all);
    uint32_t notes = 0;

    if (status)
        return status;
    for (uint32_t i = all.count; i-- > 0;)
        if (all.items[i].is_note) {
            first = &all.items[i];
            notes++;
        }
    if (notes > 1)
        view_open(r, VIEW_NOTES, 0);
    return notes == 0 ? KITE_DONE : notes == 1 ? open_item(r, first) : KITE_OK;
}

/* ---- the list of what is on the page --------------------------------------------------------- */

static enum kite_status note_text(struct kite_reader *r, uint32_t note, char *out, size_t out_bytes)
{
    struct kite_place at = { .document = r->reading.document };
    uint32_t count;
    enum kite_status status = kite_bundle_note(r->reading.bundle, r->reading.document, note,
                                               &at.paragraph, &count, &r->fault);
    size_t used = 0;

    out[0] = '\0';
    for (; status == KITE_OK && count > 0 && out_bytes - used > 2; count--, at.paragraph++) {
        if (used > 0)
            out[used++] = '\n';
        status = reading_excerpt(&r->reading, &at, out + used, out_bytes - used, &r->fault);
        used += strlen(out + used);
    }
    return status;
}

/* What a link leads to: an address, or the words there. */
static enum kite_status link_text(struct kite_reader *r, uint32_t index, struct row *out)
{
    struct kite_link link = { 0 };
    enum kite_status status =
        kite_bundle_link(r->reading.bundle, r->reading.document, index, &link, &r->fault);

    if (status == KITE_OK && link.address)
        text_copy(link.address, out->label, sizeof out->label);
    else if (status == KITE_OK && link.place.document == r->reading.document)
        status =
            reading_excerpt(&r->reading, &link.place, out->label, sizeof out->label, &r->fault);
    else if (status == KITE_OK)
        text_copy(say(r, MESSAGE_LINK_INSIDE), out->label, sizeof out->label);
    return status;
}

static enum kite_status count_rows(struct kite_reader *r, uint32_t *out)
{
    struct collected all;
    enum kite_status status = collect_page(r, &all);

    *out = all.count;
    return status;
}

static enum kite_status fill_row(struct kite_reader *r, uint32_t index, struct row *out)
{
    struct collected all;
    enum kite_status status = collect_page(r, &all);

    if (status || index >= all.count)
        return status;

    const struct on_page *item = &all.items[index];

    out->icon = item->is_note ? ICON_NOTES : ICON_GO;
    out->lang = r->reading.info.lang;
    out->is_rtl = r->reading.info.direction == KITE_DIRECTION_RTL;
    if (item->is_note) {
        int used = snprintf(out->label, sizeof out->label, "%u. ", (unsigned)item->index + 1);

        return note_text(r, item->index, out->label + used, sizeof out->label - (size_t)used);
    }
    return link_text(r, item->index, out);
}

static enum kite_status choose(struct kite_reader *r, uint32_t index)
{
    struct collected all;
    enum kite_status status = collect_page(r, &all);

    return status || index >= all.count ? status : open_item(r, &all.items[index]);
}

static enum kite_status intro(struct kite_reader *r, char *out, size_t out_bytes)
{
    uint32_t count;
    enum kite_status status = count_rows(r, &count);

    if (count == 0)
        text_copy(say(r, MESSAGE_NO_NOTES), out, out_bytes);
    return status;
}

const struct view view_notes = { .name = "notes",
                                 .title = MESSAGE_NOTES_HERE,
                                 .intent = KITE_INTENT_INTERFACE,
                                 .label_lines = 3,
                                 .has_icons = true,
                                 .is_panel = true,
                                 .intro = intro,
                                 .count = count_rows,
                                 .row = fill_row,
                                 .chosen = choose };

/* ---- one note -------------------------------------------------------------------------------- */

static enum kite_status note_head(struct kite_reader *r, struct row *out)
{
    snprintf(out->label, sizeof out->label, "%s %u", say(r, MESSAGE_NOTE),
             (unsigned)seat_of(r)->about + 1);
    return KITE_OK;
}

static enum kite_status note_intro(struct kite_reader *r, char *out, size_t out_bytes)
{
    return note_text(r, (uint32_t)seat_of(r)->about, out, out_bytes);
}

/* Where a note stands, and the links in it. */
static enum kite_status note_at(struct kite_reader *r, struct kite_place *at, struct collected *all)
{
    uint32_t count;
    enum kite_status status =
        kite_bundle_note(r->reading.bundle, r->reading.document, (uint32_t)seat_of(r)->about,
                         &at->paragraph, &count, &r->fault);

    at->document = r->reading.document;
    at->offset_bytes = 0;
    all->count = 0;
    if (status)
        return status;

    struct kite_place end = { at->document, at->paragraph + count, 0 };

    return collect(r, at, &end, all);
}

static enum kite_status note_count(struct kite_reader *r, uint32_t *out)
{
    struct kite_place at;
    struct collected all;
    enum kite_status status = note_at(r, &at, &all);

    *out = NOTE_ROWS + all.count;
    return status;
}

static enum kite_status note_row(struct kite_reader *r, uint32_t index, struct row *out)
{
    struct kite_place at;
    struct collected all;
    enum kite_status status = KITE_OK;

    out->icon = index == NOTE_BACK ? ICON_BACK : ICON_GO;
    if (index < NOTE_ROWS) {
        text_copy(say(r, index == NOTE_BACK ? MESSAGE_BACK_TO_TEXT : MESSAGE_NOTE_GO), out->label,
                  sizeof out->label);
        return KITE_OK;
    }
    status = note_at(r, &at, &all);
    if (status || index - NOTE_ROWS >= all.count)
        return status;
    out->starts_group = index == NOTE_ROWS;
    return link_text(r, all.items[index - NOTE_ROWS].index, out);
}

static enum kite_status note_chosen(struct kite_reader *r, uint32_t index)
{
    struct kite_place at;
    struct collected all;
    enum kite_status status = note_at(r, &at, &all);

    if (status == KITE_OK && index >= NOTE_ROWS)
        return index - NOTE_ROWS < all.count ? open_item(r, &all.items[index - NOTE_ROWS])
                                             : KITE_OK;
    view_close_all(r);
    if (status || index == NOTE_BACK)
        return status;
    return reading_go(&r->reading, at, &r->fault);
}

const struct view view_note = { .name = "note",
                                .title = MESSAGE_NOTE,
                                .intent = KITE_INTENT_INTERFACE,
                                .head = note_head,
                                .label_lines = 3,
                                .has_icons = true,
                                .intro_is_text = true,
                                .is_panel = true,
                                .intro = note_intro,
                                .count = note_count,
                                .row = note_row,
                                .chosen = note_chosen };

/* ---- an address outside ---------------------------------------------------------------------- */

static enum kite_status link_intro(struct kite_reader *r, char *out, size_t out_bytes)
{
    text_copy(r->address, out, out_bytes);
    text_add("\n", out, out_bytes);
    text_add(say(r, MESSAGE_LINK_HOW), out, out_bytes);
    return KITE_OK;
}

static enum kite_status link_row(struct kite_reader *r, uint32_t index, struct row *out)
{
    (void)index;
    text_copy(say(r, MESSAGE_BACK_TO_TEXT), out->label, sizeof out->label);
    out->icon = ICON_BACK;
    return KITE_OK;
}

static enum kite_status link_chosen(struct kite_reader *r, uint32_t index)
{
    (void)index;
    view_close_all(r);
    return KITE_OK;
}

static enum kite_status link_picture(struct kite_reader *r, int32_t *top, int32_t bottom)
{
    return code_draw(&r->screen, r->address, top, bottom);
}

const struct view view_link = { .name = "link",
                                .title = MESSAGE_LINK,
                                .intent = KITE_INTENT_INTERFACE,
                                .has_icons = true,
                                .picture = link_picture,
                                .intro = link_intro,
                                .row_count = 1,
                                .row = link_row,
                                .chosen = link_chosen };
