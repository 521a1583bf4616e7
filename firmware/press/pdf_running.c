/* What repeats from page to page: running heads and feet, page numbers; and the numbers of lines in the margin of legal papers. */
#include "press/pdf.h"

#include <string.h>

#define EDGE_ROWS 3u      /* from the top and from the bottom, where running heads may stand */
#define PAGES_MIN 3u      /* with the same head, two of a document of two */
#define TOLERANCE_CPT 250
#define KEY_BYTES_MAX 120u
#define LINES_MAX 2000u /* of a page that is looked at: more are no text */
#define NUMBERED_LINES_MIN 8u

struct edge {
    struct kite_pdf_line *line;
    uint32_t page, key; /* key: of its text with all numbers alike */
    bool is_number;     /* nothing but a number */
    bool is_outermost;
};

struct edges {
    struct kite_pdf_flow *flow;
    struct edge *items;
    size_t count, capacity;
    struct kite_names keys;
};

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_roman(const char *text, size_t bytes)
{
    size_t i = 0;

    while (i < bytes && text[i] && strchr("ivxlcIVXLC", text[i]))
        i++;
    return i == bytes && bytes > 0 && bytes < 8;
}

/* "Page 12 of 30" as "Page # of #", "xii" as "#". */
static size_t key_of(const struct kite_pdf_line *line, char *key, bool *is_number)
{
    size_t used = 0, letters = 0;

    if (is_roman(line->text, line->bytes)) {
        *is_number = true;
        key[0] = '#';
        return 1;
    }
    for (size_t i = 0; i < line->bytes && used < KEY_BYTES_MAX; i++) {
        bool is_in_number = is_digit(line->text[i]);

        letters += !is_in_number && line->text[i] != ' ' && line->text[i] != '-' && line->text[i] != '.';
        if (is_in_number && used > 0 && key[used - 1] == '#')
            continue;
        key[used++] = is_in_number ? '#' : line->text[i];
    }
    *is_number = letters == 0 && memchr(key, '#', used);
    return used;
}

static kite_cpt apart(kite_cpt a, kite_cpt b)
{
    return a > b ? a - b : b - a;
}

/* How many different foot lines stand further out than this one; stops at EDGE_ROWS. */
static uint32_t rows_outside(const struct kite_pdf_page *page, const struct kite_pdf_line *line, bool above)
{
    kite_cpt at = line->baseline;
    uint32_t rows = 0;

    while (rows < EDGE_ROWS) {
        kite_cpt next = above ? -KITE_CPT_MAX - 1 : KITE_CPT_MAX + 1;
        bool is_any = false;

        for (size_t i = 0; i < page->line_count; i++) {
            kite_cpt other = page->lines[i].baseline;
            bool is_outside = above ? other < at - TOLERANCE_CPT && other > next : other > at + TOLERANCE_CPT && other < next;

            if (is_outside) {
                next = other;
                is_any = true;
            }
        }
        if (!is_any)
            break;
        at = next;
        rows++;
    }
    return rows;
}

static enum kite_status add_edge(struct edges *e, uint32_t page, struct kite_pdf_line *line, bool is_outermost)
{
    struct edge edge = { .line = line, .page = page, .is_outermost = is_outermost };
    char key[KEY_BYTES_MAX];
    size_t bytes = key_of(line, key, &edge.is_number);
    void *items = e->items;
    enum kite_status status = kite_names_add(&e->keys, e->flow->arena, key, bytes, &edge.key, NULL);

    status = status ? status : kite_arena_grow(e->flow->arena, &items, &e->capacity, e->count + 1, sizeof *e->items);
    e->items = items;
    if (status == KITE_OK)
        e->items[e->count++] = edge;
    return status;
}

/* The outermost rows by a first look at where lines stand: only lines near the top and foot are looked at one by one. */
static enum kite_status find_edges(struct edges *e, uint32_t number)
{
    struct kite_pdf_page *page = &e->flow->pages[number];
    enum kite_status status = KITE_OK;

    for (size_t i = 0; i < page->line_count && page->line_count <= LINES_MAX && status == KITE_OK; i++) {
        struct kite_pdf_line *line = &page->lines[i];
        bool is_high = line->baseline < page->height / 6, is_low = line->baseline > page->height - page->height / 6;
        uint32_t outside = is_high || is_low ? rows_outside(page, line, is_high) : EDGE_ROWS;

        if (outside < EDGE_ROWS)
            status = add_edge(e, number, line, outside == 0);
    }
    return status;
}

/* Pages that have the same text in the same place. */
static uint32_t pages_alike(const struct edges *e, const struct edge *edge, const size_t *of_key, const size_t *next)
{
    uint32_t count = 0, last = UINT32_MAX;

    for (size_t i = of_key[edge->key]; i != SIZE_MAX && count < 64; i = next[i]) {
        const struct edge *other = &e->items[i];

        if (other->page == last || apart(other->line->baseline, edge->line->baseline) > TOLERANCE_CPT)
            continue;
        last = other->page;
        count++;
    }
    return count;
}

/* Places of foot lines in steps of the tolerance; what stands lower than the last counts as the last. */
#define PLACES 2048u

static uint32_t place_of(const struct kite_pdf_line *line)
{
    kite_cpt at = line->baseline < 0 ? 0 : line->baseline / TOLERANCE_CPT;

    return at + 1 < (kite_cpt)PLACES ? (uint32_t)at : PLACES - 2;
}

/* Where running heads stand on most pages, what stands there outermost on another page is one too: a title that changes by section. */
static void take_places(const struct edges *e)
{
    uint32_t pages[PLACES] = { 0 }, last[PLACES] = { 0 };

    for (size_t i = 0; i < e->count; i++) {
        uint32_t place = place_of(e->items[i].line);

        for (uint32_t k = place; k <= place + 1 && e->items[i].line->is_left_out; k++) {
            pages[k] += last[k] != e->items[i].page + 1;
            last[k] = e->items[i].page + 1;
        }
    }
    for (size_t i = 0; i < e->count; i++) {
        struct edge *edge = &e->items[i];
        uint32_t count = pages[place_of(edge->line)];

        if (edge->is_outermost && count >= PAGES_MIN && count * 2 > e->flow->page_count)
            edge->line->is_left_out = true;
    }
}

static enum kite_status leave_out_heads(struct edges *e, uint32_t *pages, const struct kite_pdf_line **shown)
{
    size_t *of_key = kite_arena_alloc(e->flow->arena, e->keys.count, sizeof *of_key);
    size_t *next = kite_arena_alloc(e->flow->arena, e->count, sizeof *next);
    uint32_t least = e->flow->page_count < PAGES_MIN ? 2 : PAGES_MIN, last = UINT32_MAX;

    if (!of_key || !next)
        return KITE_E_NOMEM;
    for (uint32_t i = 0; i < e->keys.count; i++)
        of_key[i] = SIZE_MAX;
    for (size_t i = e->count; i-- > 0;) {
        next[i] = of_key[e->items[i].key];
        of_key[e->items[i].key] = i;
    }
    for (size_t i = 0; i < e->count; i++) {
        struct edge *edge = &e->items[i];

        if (!edge->is_number || edge->is_outermost)
            edge->line->is_left_out = pages_alike(e, edge, of_key, next) >= least;
    }
    take_places(e);
    for (size_t i = 0; i < e->count; i++) {
        const struct edge *edge = &e->items[i];

        if (!edge->line->is_left_out)
            continue;
        *pages += edge->page != last;
        last = edge->page;
        if (!*shown || (!edge->is_number && (*shown)->bytes < edge->line->bytes && (*shown)->bytes < 8))
            *shown = edge->line;
    }
    return KITE_OK;
}

/* ---- numbers of lines ------------------------------------------------------------------------------------------- */

/* The number that a line is, 0 when it is anything else. */
static uint32_t number_of(const struct kite_pdf_line *line)
{
    uint32_t value = 0;

    for (size_t i = 0; i < line->bytes; i++) {
        if (!is_digit(line->text[i]) || i >= 3)
            return 0;
        value = value * 10 + (uint32_t)(line->text[i] - '0');
    }
    return value;
}

/* 1, 2, 3 ... under one another, left of nearly all that is text. */
static bool leave_out_line_numbers(struct kite_pdf_page *page)
{
    kite_cpt right = -KITE_CPT_MAX, last = -KITE_CPT_MAX;
    uint32_t found = 0, value = 0, inside = 0, others = 0;

    for (size_t i = 0; i < page->line_count; i++) {
        const struct kite_pdf_line *line = &page->lines[i];
        uint32_t is = line->right < page->width / 4 ? number_of(line) : 0;

        if (is == 0 || is != value + 1 || line->baseline <= last)
            continue;
        value = is;
        last = line->baseline;
        right = line->right > right ? line->right : right;
        found++;
    }
    if (found < NUMBERED_LINES_MIN)
        return false;
    for (size_t i = 0; i < page->line_count; i++) {
        const struct kite_pdf_line *line = &page->lines[i];

        if (line->right < page->width / 4 && number_of(line) > 0)
            continue;
        others++;
        inside += line->left > right;
    }
    if (inside * 10 < others * 9)
        return false;
    for (size_t i = 0; i < page->line_count; i++) {
        struct kite_pdf_line *line = &page->lines[i];

        if (line->right <= right && number_of(line) > 0)
            line->is_left_out = true;
    }
    return true;
}

enum kite_status kite_pdf_leave_out(struct kite_pdf_flow *flow)
{
    struct edges edges = { .flow = flow };
    uint32_t pages = 0, numbered = 0;
    const struct kite_pdf_line *shown = NULL;
    enum kite_status status = KITE_OK;

    for (uint32_t i = 0; i < flow->page_count && status == KITE_OK; i++) {
        if (flow->is_picture[i])
            continue;
        numbered += leave_out_line_numbers(&flow->pages[i]);
        status = flow->page_count > 1 ? find_edges(&edges, i) : KITE_OK;
    }
    status = status ? status : leave_out_heads(&edges, &pages, &shown);
    if (status)
        return kite_fail(flow->draft->fault, status, "no memory for running heads");
    if (pages > 0)
        kite_draft_note(flow->draft, KITE_PRESS_NOTE, 0, "left out: running heads and page numbers of %u pages, such as %.*s", (unsigned)pages,
                        kite_shown_bytes(shown->text, shown->bytes, 60), shown->text);
    if (numbered > 0)
        kite_draft_note(flow->draft, KITE_PRESS_NOTE, 0, "left out: the numbers of lines in the margin of %u pages", (unsigned)numbered);
    return KITE_OK;
}
