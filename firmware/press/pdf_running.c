/* What repeats from page to page: running heads and feet, page numbers; and the numbers of lines in
 * the margin of legal papers. */
#include "press/pdf.h"

#include <stdio.h>
#include <string.h>

#define EDGE_ROWS 3u /* from the top and from the bottom, where running heads may stand */
#define PAGES_MIN 3u /* with the same head, two of a document of two */
#define TOLERANCE_CPT 250
#define GAP_PERCENT 160  /* of a size, at least, stands the text from a head */
#define EDGE_SHARE 6     /* of a page's height, at its top and foot */
#define HEAD_CHARS_MAX 100u
#define APART_PAGES 2u /* left and right pages have heads of their own */
#define ALIKE_MAX 64u
#define NAMES_MAX 12u /* of heads that the report names */
#define KEY_BYTES_MAX 120u
#define LINES_MAX 2000u /* of a page that is looked at: more are no text */
#define NUMBERED_LINES_MIN 8u

struct edge {
    struct kite_pdf_line *line;
    uint32_t page, key; /* key: of its text with all numbers alike */
    bool is_number;     /* nothing but a number */
    bool is_outermost;
    bool is_turned; /* a watermark, a stamp in the margin */
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

        letters +=
            !is_in_number && line->text[i] != ' ' && line->text[i] != '-' && line->text[i] != '.';
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

static bool is_level(const struct kite_pdf_page *page, const struct kite_pdf_line *line)
{
    return line->turn_deg == page->turn_deg && !line->is_left_out;
}

/* The next foot line inward from `at`, and the largest size on it; false: there is none. */
static bool next_row(const struct kite_pdf_page *page, bool from_top, kite_cpt *at, kite_cpt *size)
{
    kite_cpt next = 0;
    bool is_any = false;

    for (size_t i = 0; i < page->line_count; i++) {
        kite_cpt foot = page->lines[i].baseline;
        bool is_inside = from_top ? foot > *at + TOLERANCE_CPT : foot < *at - TOLERANCE_CPT;

        if (!is_level(page, &page->lines[i]) || !is_inside)
            continue;
        next = !is_any || (from_top ? foot < next : foot > next) ? foot : next;
        is_any = true;
    }
    *size = 0;
    for (size_t i = 0; i < page->line_count && is_any; i++) {
        const struct kite_pdf_line *line = &page->lines[i];

        if (is_level(page, line) && apart(line->baseline, next) <= TOLERANCE_CPT &&
            line->size > *size)
            *size = line->size;
    }
    *at = next;
    return is_any;
}

/* How far inward the rows reach that a wide gap parts from the text, when these are few: there a
 * head may be. */
static bool find_head(const struct kite_pdf_page *page, bool from_top, kite_cpt *outer,
                      kite_cpt *inner)
{
    kite_cpt at = from_top ? -2 * KITE_CPT_MAX : 2 * KITE_CPT_MAX, size;

    for (uint32_t rows = 0; rows <= EDGE_ROWS; rows++) {
        kite_cpt before = at;

        if (!next_row(page, from_top, &at, &size))
            return rows > 0; /* no text at all */
        if (rows > 0 && (int64_t)apart(at, before) * 100 >= (int64_t)size * GAP_PERCENT)
            return true;
        *outer = rows == 0 ? at : *outer;
        *inner = at;
    }
    return false;
}

static enum kite_status add_edge(struct edges *e, uint32_t page, struct kite_pdf_line *line,
                                 bool is_outermost)
{
    struct edge edge = { .line = line,
                         .page = page,
                         .is_outermost = is_outermost,
                         .is_turned = line->turn_deg != e->flow->pages[page].turn_deg };
    char key[KEY_BYTES_MAX];
    size_t bytes = key_of(line, key, &edge.is_number);
    void *items = e->items;
    enum kite_status status = kite_names_add(&e->keys, e->flow->arena, key, bytes, &edge.key, NULL);

    status = status ? status
                    : kite_arena_grow(e->flow->arena, &items, &e->capacity, e->count + 1,
                                      sizeof *e->items);
    e->items = items;
    if (status == KITE_OK)
        e->items[e->count++] = edge;
    return status;
}

static enum kite_status add_head(struct edges *e, uint32_t number, bool from_top)
{
    struct kite_pdf_page *page = &e->flow->pages[number];
    enum kite_status status = KITE_OK;
    kite_cpt outer = 0, inner = 0;

    if (page->line_count > LINES_MAX || !find_head(page, from_top, &outer, &inner))
        return KITE_OK;
    for (size_t i = 0; i < page->line_count && status == KITE_OK; i++) {
        struct kite_pdf_line *line = &page->lines[i];
        kite_cpt foot = line->baseline, edge = page->height / EDGE_SHARE;
        bool is_within = from_top ? foot <= inner + TOLERANCE_CPT : foot >= inner - TOLERANCE_CPT;
        bool is_near = from_top ? foot < edge : foot > page->height - edge;

        if (is_level(page, line) && is_within && is_near)
            status = add_edge(e, number, line, apart(foot, outer) <= TOLERANCE_CPT);
    }
    return status;
}

static enum kite_status find_edges(struct edges *e, uint32_t number)
{
    struct kite_pdf_page *page = &e->flow->pages[number];
    enum kite_status status = add_head(e, number, true);

    status = status ? status : add_head(e, number, false);
    for (size_t i = 0; i < page->line_count && page->line_count <= LINES_MAX; i++) {
        if (page->lines[i].turn_deg != page->turn_deg && status == KITE_OK)
            status = add_edge(e, number, &page->lines[i], true);
    }
    return status;
}

/* Pages that have the same text in the same place, this one or every other one after it: what
 * stands further apart may be chance. All of them when they are half the document. */
static uint32_t pages_alike(const struct edges *e, const struct edge *edge, const size_t *of_key,
                            const size_t *next)
{
    uint32_t all = 0, run = 0, last = UINT32_MAX;
    bool is_in_run = false;

    for (size_t i = of_key[edge->key]; i != SIZE_MAX && all < ALIKE_MAX; i = next[i]) {
        const struct edge *other = &e->items[i];

        if (other->page == last || other->line->turn_deg != edge->line->turn_deg ||
            apart(other->line->baseline, edge->line->baseline) > TOLERANCE_CPT)
            continue;
        if (other->page - last > APART_PAGES && !is_in_run)
            run = 0;
        run += other->page - last <= APART_PAGES || run == 0;
        is_in_run = is_in_run || other->page == edge->page;
        last = other->page;
        all++;
    }
    return all * 2 > e->flow->page_count ? all : run;
}

/* Places of foot lines in steps of the tolerance; what stands lower than the last counts as the
 * last. */
#define PLACES 2048u

static uint32_t place_of(const struct kite_pdf_line *line)
{
    kite_cpt at = line->baseline < 0 ? 0 : line->baseline / TOLERANCE_CPT;

    return at + 1 < (kite_cpt)PLACES ? (uint32_t)at : PLACES - 2;
}

/* Where running heads stand on most pages, what stands there outermost on another page is one too:
 * a title that changes by section. */
static void take_places(const struct edges *e)
{
    uint32_t pages[PLACES] = { 0 }, last[PLACES] = { 0 };

    for (size_t i = 0; i < e->count; i++) {
        uint32_t place = place_of(e->items[i].line);

        for (uint32_t k = place;
             k <= place + 1 && e->items[i].line->is_left_out && !e->items[i].is_turned; k++) {
            pages[k] += last[k] != e->items[i].page + 1;
            last[k] = e->items[i].page + 1;
        }
    }
    for (size_t i = 0; i < e->count; i++) {
        struct edge *edge = &e->items[i];
        uint32_t count = pages[place_of(edge->line)];

        if (edge->is_outermost && !edge->is_turned && count >= PAGES_MIN &&
            count * 2 > e->flow->page_count && edge->line->chars <= HEAD_CHARS_MAX)
            edge->line->is_left_out = true;
    }
}

static enum kite_status leave_out_heads(struct edges *e)
{
    size_t *of_key = kite_arena_alloc(e->flow->arena, e->keys.count, sizeof *of_key);
    size_t *next = kite_arena_alloc(e->flow->arena, e->count, sizeof *next);
    uint32_t least = e->flow->page_count < PAGES_MIN ? 2 : PAGES_MIN;

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
    return KITE_OK;
}

/* What was left out, each once, numbers aside. */
static void tell_heads(const struct edges *e)
{
    uint32_t keys[NAMES_MAX], named = 0, pages = 0, last = UINT32_MAX;
    char names[200] = "";
    size_t used = 0;

    for (size_t i = 0; i < e->count; i++) {
        const struct edge *edge = &e->items[i];
        bool is_new = edge->line->is_left_out && !edge->is_number;

        pages += edge->line->is_left_out && edge->page != last;
        last = edge->line->is_left_out ? edge->page : last;
        for (uint32_t k = 0; k < named && is_new; k++)
            is_new = keys[k] != edge->key;
        if (!is_new || named == NAMES_MAX || used + 3 >= sizeof names)
            continue;
        keys[named++] = edge->key;
        used += (size_t)snprintf(
            names + used, sizeof names - used, "%s%.*s", used > 0 ? "; " : ": ",
            kite_shown_bytes(edge->line->text, edge->line->bytes, 60), edge->line->text);
    }
    if (pages > 0)
        kite_draft_note(e->flow->draft, KITE_PRESS_NOTE, 0,
                        "left out: running heads and page numbers of %u pages%s", (unsigned)pages,
                        names);
}

/* ---- numbers of lines ---- */

/* The number that a line is, 0 when it is anything else. */
static uint32_t number_of(const struct kite_pdf_line *line)
{
    uint32_t value = 0;

    for (size_t i = 0; i < line->bytes; i++) {
        if (!is_digit(line->text[i]) || i >= 4)
            return 0;
        value = value * 10 + (uint32_t)(line->text[i] - '0');
    }
    return value;
}

enum margin { LEFT_MARGIN = 0, RIGHT_MARGIN };

static bool is_in_margin(const struct kite_pdf_page *page, const struct kite_pdf_line *line,
                         enum margin margin)
{
    return line->turn_deg == page->turn_deg &&
           (margin == LEFT_MARGIN ? line->right < page->width / 4
                                  : line->left > page->width - page->width / 4);
}

/* n, n + 1, n + 2 ... under one another, beside nearly all that is text and most of its lines.
 * *edge: how far in they reach. */
static bool has_line_numbers(const struct kite_pdf_page *page, enum margin margin, kite_cpt *edge)
{
    kite_cpt last = 0;
    uint32_t found = 0, value = 0, inside = 0, others = 0;

    *edge = -KITE_CPT_MAX;
    for (size_t i = 0; i < page->line_count; i++) {
        const struct kite_pdf_line *line = &page->lines[i];
        uint32_t is = is_in_margin(page, line, margin) ? number_of(line) : 0;
        kite_cpt inner = margin == LEFT_MARGIN ? line->right : -line->left;

        if (is == 0)
            continue;
        if (is != value + 1 || line->baseline <= last) {
            if (found >= NUMBERED_LINES_MIN)
                continue;
            found = 0;
            *edge = inner;
        }
        value = is;
        last = line->baseline;
        *edge = inner > *edge ? inner : *edge;
        found++;
    }
    if (found < NUMBERED_LINES_MIN)
        return false;
    for (size_t i = 0; i < page->line_count; i++) {
        const struct kite_pdf_line *line = &page->lines[i];

        if (number_of(line) > 0 &&
            (is_in_margin(page, line, LEFT_MARGIN) || is_in_margin(page, line, RIGHT_MARGIN)))
            continue;
        others++;
        inside += (margin == LEFT_MARGIN ? line->left : -line->right) > *edge;
    }
    return inside * 10 >= others * 9 && found * 2 >= others;
}

static void leave_out_line_numbers(struct kite_pdf_page *page, enum margin margin, kite_cpt edge)
{
    for (size_t i = 0; i < page->line_count; i++) {
        struct kite_pdf_line *line = &page->lines[i];

        if (number_of(line) > 0 && is_in_margin(page, line, margin) &&
            (margin == LEFT_MARGIN ? line->right : -line->left) <= edge)
            line->is_left_out = true;
    }
}

/* Where most pages have them: a program listed in a book has numbers too, and is spoken of by them.
 */
static uint32_t leave_out_all_line_numbers(struct kite_pdf_flow *flow)
{
    uint32_t pages = 0, numbered = 0;
    kite_cpt edge;

    for (uint32_t i = 0; i < flow->page_count; i++) {
        const struct kite_pdf_page *page = &flow->pages[i];

        pages += !flow->is_picture[i] && page->line_count >= NUMBERED_LINES_MIN;
        numbered += !flow->is_picture[i] && (has_line_numbers(page, LEFT_MARGIN, &edge) ||
                                             has_line_numbers(page, RIGHT_MARGIN, &edge));
    }
    if (numbered * 2 <= pages)
        return 0;
    for (uint32_t i = 0; i < flow->page_count; i++) {
        for (enum margin margin = LEFT_MARGIN; margin <= RIGHT_MARGIN && !flow->is_picture[i];
             margin++) {
            if (has_line_numbers(&flow->pages[i], margin, &edge))
                leave_out_line_numbers(&flow->pages[i], margin, edge);
        }
    }
    return numbered;
}

enum kite_status kite_pdf_leave_out(struct kite_pdf_flow *flow)
{
    struct edges edges = { .flow = flow };
    uint32_t numbered = leave_out_all_line_numbers(flow);
    enum kite_status status = KITE_OK;

    for (uint32_t i = 0; i < flow->page_count && status == KITE_OK; i++) {
        if (!flow->is_picture[i] && flow->page_count > 1)
            status = find_edges(&edges, i);
    }
    status = status ? status : leave_out_heads(&edges);
    if (status)
        return kite_fail(flow->draft->fault, status, "no memory for running heads");
    tell_heads(&edges);
    if (numbered > 0)
        kite_draft_note(flow->draft, KITE_PRESS_NOTE, 0,
                        "left out: the numbers of lines in the margin of %u pages",
                        (unsigned)numbered);
    return KITE_OK;
}
