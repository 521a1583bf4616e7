/* What paragraphs are: headings and their levels, items of lists, quotations, notes whose marks stand in the text. */
#include "press/pdf.h"

#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

#define HEADING_ROWS_MAX 4u
#define HEADING_CHARS_MAX 220u
#define BOLD_CHARS_MAX 110u
#define HEADING_SIZE_PERCENT 108 /* of the text's */
#define TITLE_SIZE_PERCENT 125
#define LEVEL_MAX 4u
#define KEY_BYTES_MAX 200u
#define QUOTE_PERCENT 140 /* of a size is a quotation set in, on both sides */
#define STYLES_MAX 64u
#define LOOK_PERCENT 12u   /* of a document's characters may look like headings of one level */
#define SHORT_CHARS 2000u  /* a document of fewer may be headings for the most part */

static bool is_larger(kite_cpt a, kite_cpt b, int percent)
{
    return (int64_t)a * 100 >= (int64_t)b * percent;
}

static const struct kite_pdf_row *first_row(const struct kite_pdf_flow *flow, const struct kite_pdf_paragraph *p)
{
    return &flow->rows[p->first_row];
}

static const struct kite_pdf_row *last_row(const struct kite_pdf_flow *flow, const struct kite_pdf_paragraph *p)
{
    return &flow->rows[p->first_row + p->row_count - 1];
}

/* ---- headings --------------------------------------------------------------------------------------------------------- */

/* How headings of one level look. */
struct look {
    kite_cpt size;
    bool is_bold, is_used;
    uint32_t level; /* 0: not known yet */
    uint64_t chars; /* of the document's, that look so */
};

struct headings {
    struct look looks[STYLES_MAX];
    uint32_t look_count;
    struct kite_names titles; /* of the outline, letters and figures only */
    uint32_t *levels;         /* [titles.count] */
    uint32_t matched;
};

static bool is_bold(const struct kite_pdf_flow *flow, const struct kite_pdf_paragraph *p)
{
    for (uint32_t i = 0; i < p->row_count; i++) {
        if (!(flow->rows[p->first_row + i].common & KITE_PDF_BOLD))
            return false;
    }
    return !(flow->body_flags & KITE_PDF_BOLD);
}

static uint32_t chars_of(const struct kite_pdf_flow *flow, const struct kite_pdf_paragraph *p)
{
    uint32_t chars = 0;

    for (uint32_t i = 0; i < p->row_count; i++)
        chars += flow->rows[p->first_row + i].chars;
    return chars;
}

/* Letters and figures of a text in small letters, without the number that it may begin with. */
static size_t add_key(const char *text, size_t bytes, char key[KEY_BYTES_MAX], size_t used)
{
    for (size_t i = 0; i < bytes && used < KEY_BYTES_MAX; i++) {
        char c = text[i] >= 'A' && text[i] <= 'Z' ? (char)(text[i] + 32) : text[i];
        bool is_figure = c >= '0' && c <= '9';

        if ((c >= 'a' && c <= 'z') || (uint8_t)c >= 0x80 || (is_figure && used > 0))
            key[used++] = c;
    }
    return used;
}

static size_t key_of(const struct kite_pdf_flow *flow, const struct kite_pdf_paragraph *p, char key[KEY_BYTES_MAX])
{
    size_t used = 0;

    for (uint32_t i = 0; i < p->row_count; i++) {
        const struct kite_pdf_row *row = &flow->rows[p->first_row + i];

        for (uint32_t k = 0; k < row->part_count; k++)
            used = add_key(row->parts[k]->text, row->parts[k]->bytes, key, used);
    }
    return used;
}

static enum kite_status take_outline(struct kite_pdf_flow *flow, struct headings *h)
{
    const struct kite_mupdf_outline *outline = flow->outline;
    size_t count = outline ? outline->count : 0;
    enum kite_status status = KITE_OK;

    h->levels = kite_arena_alloc(flow->arena, count, sizeof *h->levels);
    if (!h->levels)
        return KITE_E_NOMEM;
    for (size_t i = 0; i < count && status == KITE_OK; i++) {
        const struct kite_mupdf_entry *entry = &outline->entries[i];
        char key[KEY_BYTES_MAX];
        size_t bytes = add_key(entry->title, strlen(entry->title), key, 0);
        uint32_t number;
        bool is_new;

        if (bytes == 0)
            continue;
        status = kite_names_add(&h->titles, flow->arena, key, bytes, &number, &is_new);
        if (status == KITE_OK && is_new)
            h->levels[number] = entry->level;
    }
    return status;
}

static bool may_be_heading(const struct kite_pdf_flow *flow, const struct kite_pdf_paragraph *p)
{
    return p->kind == KITE_PDF_TEXT && !p->is_joined && p->more == 0 && p->row_count <= HEADING_ROWS_MAX && chars_of(flow, p) <= HEADING_CHARS_MAX &&
           chars_of(flow, p) > 1;
}

/* By size or weight alone. */
static bool looks_like_heading(const struct kite_pdf_flow *flow, const struct kite_pdf_paragraph *p)
{
    uint32_t last = kite_pdf_last_char(last_row(flow, p));

    if (is_larger(first_row(flow, p)->size, flow->body_size, HEADING_SIZE_PERCENT))
        return true;
    return is_bold(flow, p) && p->row_count <= 2 && chars_of(flow, p) <= BOLD_CHARS_MAX && last != '.' && last != ':' && last != ',' && last != ';' &&
           is_larger(first_row(flow, p)->size, flow->body_size, 95);
}

static struct look *look_of(struct headings *h, const struct kite_pdf_flow *flow, const struct kite_pdf_paragraph *p)
{
    kite_cpt size = first_row(flow, p)->size / 50;
    bool bold = is_bold(flow, p);

    for (uint32_t i = 0; i < h->look_count; i++) {
        if (h->looks[i].size == size && h->looks[i].is_bold == bold)
            return &h->looks[i];
    }
    if (h->look_count == STYLES_MAX)
        return NULL;
    h->looks[h->look_count] = (struct look){ .size = size, .is_bold = bold };
    return &h->looks[h->look_count++];
}

/* The largest of the first page with text, when there is nothing like it later: it has a size of its own. */
static void find_title(struct kite_pdf_flow *flow)
{
    struct kite_pdf_paragraph *title = NULL;
    uint32_t page = UINT32_MAX;

    for (size_t i = 0; i < flow->paragraph_count; i++) {
        struct kite_pdf_paragraph *p = &flow->paragraphs[i];

        if (p->kind == KITE_PDF_PICTURE)
            continue;
        page = page == UINT32_MAX ? p->page : page;
        if (p->page == page && may_be_heading(flow, p) && (!title || first_row(flow, p)->size > first_row(flow, title)->size))
            title = p;
        if (title && p->page > page && p->kind == KITE_PDF_TEXT && first_row(flow, p)->size > first_row(flow, title)->size - 100)
            return;
    }
    if (title && is_larger(first_row(flow, title)->size, flow->body_size, TITLE_SIZE_PERCENT)) {
        title->is_title = true;
        title->kind = KITE_PDF_HEADING;
    }
}

static void match_outline(struct kite_pdf_flow *flow, struct headings *h)
{
    for (size_t i = 0; i < flow->paragraph_count; i++) {
        struct kite_pdf_paragraph *p = &flow->paragraphs[i];
        char key[KEY_BYTES_MAX];
        uint32_t number;
        struct look *look;

        if (h->titles.count == 0 || !may_be_heading(flow, p))
            continue;
        number = kite_names_find(&h->titles, key, key_of(flow, p, key));
        if (number == UINT32_MAX || !(looks_like_heading(flow, p) || first_row(flow, p)->common & (KITE_PDF_BOLD | KITE_PDF_ITALIC)))
            continue;
        p->kind = KITE_PDF_HEADING;
        p->depth = (uint8_t)(h->levels[number] < KITE_LEVEL_MAX ? h->levels[number] : KITE_LEVEL_MAX);
        h->matched++;
        look = look_of(h, flow, p);
        if (look)
            look->is_used = true;
        if (look && (look->level == 0 || p->depth > look->level))
            look->level = p->depth;
    }
}

static int by_weight(const void *a, const void *b)
{
    const struct look *one = a, *two = b;

    if (one->size != two->size)
        return one->size > two->size ? -1 : 1;
    return two->is_bold - one->is_bold;
}

static void rank_looks(struct headings *h)
{
    uint32_t level = 0;

    uint32_t count = 0;

    for (uint32_t i = 0; i < h->look_count; i++) { /* those of headings only */
        if (h->looks[i].is_used)
            h->looks[count++] = h->looks[i];
    }
    h->look_count = count;
    qsort(h->looks, h->look_count, sizeof *h->looks, by_weight);
    for (uint32_t i = 0; i < h->look_count; i++) {
        level += level < LEVEL_MAX;
        h->looks[i].level = h->looks[i].level ? h->looks[i].level : level;
        level = h->looks[i].level < LEVEL_MAX ? h->looks[i].level : LEVEL_MAX;
    }
}

/* What too much of the document looks like is no heading. Returns the most characters that one look of headings has. */
static uint64_t count_looks(const struct kite_pdf_flow *flow, struct headings *h)
{
    uint64_t all = 0;

    for (size_t i = 0; i < flow->paragraph_count; i++) {
        const struct kite_pdf_paragraph *p = &flow->paragraphs[i];
        struct look *look = p->kind == KITE_PDF_TEXT || p->kind == KITE_PDF_HEADING ? look_of(h, flow, p) : NULL;

        all += chars_of(flow, p);
        if (look)
            look->chars += chars_of(flow, p);
    }
    return all < SHORT_CHARS ? SHORT_CHARS : all * LOOK_PERCENT / 100;
}

/* Headings that the outline does not name: by their looks; bold lines only where there is no outline. */
static void rank_headings(struct kite_pdf_flow *flow, struct headings *h)
{
    bool has_outline = h->matched >= 3;
    uint64_t most = count_looks(flow, h);

    for (size_t i = 0; i < flow->paragraph_count; i++) {
        struct kite_pdf_paragraph *p = &flow->paragraphs[i];
        struct look *look;

        if (!may_be_heading(flow, p) || !looks_like_heading(flow, p))
            continue;
        look = look_of(h, flow, p);
        if (!look || look->chars > most || (has_outline && look->level == 0 && !is_larger(first_row(flow, p)->size, flow->body_size, HEADING_SIZE_PERCENT)))
            continue;
        p->kind = KITE_PDF_HEADING;
        look->is_used = true;
    }
    rank_looks(h);
    for (size_t i = 0; i < flow->paragraph_count; i++) {
        struct kite_pdf_paragraph *p = &flow->paragraphs[i];

        if (p->kind == KITE_PDF_HEADING && p->depth == 0 && !p->is_title) {
            const struct look *look = look_of(h, flow, p);

            p->depth = (uint8_t)(look ? look->level : LEVEL_MAX);
        }
    }
}

/* ---- items and quotations ------------------------------------------------------------------------------------------------ */

/* One item of a numbered list has a neighbour. */
static bool has_neighbour(const struct kite_pdf_flow *flow, size_t at, uint32_t ordinal)
{
    size_t from = at > 6 ? at - 6 : 0;

    for (size_t i = from; i < flow->paragraph_count && i <= at + 6; i++) {
        const struct kite_pdf_paragraph *p = &flow->paragraphs[i];
        uint32_t other;

        if (i != at && (p->kind == KITE_PDF_TEXT || p->kind == KITE_PDF_ITEM) && kite_pdf_item_mark(first_row(flow, p), &other) > 0 &&
            (other == ordinal + 1 || other + 1 == ordinal))
            return true;
    }
    return false;
}

static void set_items(struct kite_pdf_flow *flow)
{
    kite_cpt lefts[KITE_DEPTH_MAX] = { 0 };
    uint32_t depth = 0;

    for (size_t i = 0; i < flow->paragraph_count; i++) {
        struct kite_pdf_paragraph *p = &flow->paragraphs[i];
        const struct kite_pdf_row *row;
        size_t mark;

        if (p->kind == KITE_PDF_NOTE || p->kind == KITE_PDF_PICTURE || p->is_joined)
            continue;
        row = first_row(flow, p);
        mark = p->kind == KITE_PDF_TEXT ? kite_pdf_item_mark(row, &p->ordinal) : 0;
        if (mark == 0 || (p->ordinal > 0 && !has_neighbour(flow, i, p->ordinal))) {
            while (depth > 0 && (p->kind == KITE_PDF_HEADING || row->left <= lefts[depth - 1] + row->size / 2))
                depth--;
            if (p->kind == KITE_PDF_TEXT && depth > 0 && p->more == 0) {
                p->kind = KITE_PDF_ITEM_MORE;
                p->depth = (uint8_t)depth;
            }
            continue;
        }
        while (depth > 0 && lefts[depth - 1] > row->left + row->size / 2)
            depth--;
        if (depth == 0 || row->left > lefts[depth - 1] + row->size / 2)
            depth += depth < KITE_DEPTH_MAX;
        lefts[depth - 1] = row->left;
        p->kind = KITE_PDF_ITEM;
        p->depth = (uint8_t)depth;
        p->mark_bytes = (uint32_t)mark;
    }
}

static void set_quotes(struct kite_pdf_flow *flow)
{
    for (size_t i = 0; i < flow->paragraph_count; i++) {
        struct kite_pdf_paragraph *p = &flow->paragraphs[i];
        bool is_set_in = p->kind == KITE_PDF_TEXT && p->row_count >= 2 && !p->is_joined && p->more == 0;

        for (uint32_t k = 0; k < p->row_count && is_set_in; k++) {
            const struct kite_pdf_row *row = &flow->rows[p->first_row + k];
            const struct kite_pdf_column *column = &flow->columns[row->column];
            int64_t least = (int64_t)row->size * QUOTE_PERCENT / 100;

            is_set_in = column->has_measure && row->left - column->left >= least && column->right - row->right >= least / 2 &&
                        !is_larger(row->size, flow->body_size, HEADING_SIZE_PERCENT);
        }
        if (is_set_in)
            p->kind = KITE_PDF_QUOTE;
    }
}

/* ---- notes -------------------------------------------------------------------------------------------------------------- */

/* Is there a raised span that says exactly this in a row? */
static bool has_mark(const struct kite_pdf_row *row, const char *label, size_t bytes)
{
    for (uint32_t k = 0; k < row->part_count; k++) {
        const struct kite_pdf_line *part = row->parts[k];

        for (uint32_t s = 0; s < part->span_count; s++) {
            uint32_t from = part->spans[s].offset_bytes, to = s + 1 < part->span_count ? part->spans[s + 1].offset_bytes : part->bytes;

            while (to > from && part->text[to - 1] == ' ')
                to--;
            if (part->spans[s].flags & KITE_PDF_RAISED && to - from == bytes && memcmp(part->text + from, label, bytes) == 0)
                return true;
        }
    }
    return false;
}

/* The mark of a note in the running text of its page; marks in headings show nothing. */
static bool is_marked(const struct kite_pdf_flow *flow, size_t first, size_t at)
{
    const struct kite_pdf_paragraph *note = &flow->paragraphs[at];
    const char *label = first_row(flow, note)->parts[0]->text;

    for (size_t i = first; i < at; i++) {
        const struct kite_pdf_paragraph *p = &flow->paragraphs[i];
        bool is_running = p->kind == KITE_PDF_TEXT || p->kind == KITE_PDF_ITEM || p->kind == KITE_PDF_ITEM_MORE || p->kind == KITE_PDF_QUOTE;

        for (uint32_t k = 0; k < p->row_count && is_running; k++) {
            if (has_mark(&flow->rows[p->first_row + k], label, note->mark_bytes))
                return true;
        }
    }
    return false;
}

/* Notes whose marks stand on their page are notes; the rest are paragraphs. */
static void set_notes(struct kite_pdf_flow *flow)
{
    uint32_t note = 0;
    size_t first = 0; /* of the page */

    for (size_t i = 0; i < flow->paragraph_count; i++) {
        struct kite_pdf_paragraph *p = &flow->paragraphs[i];

        while (flow->paragraphs[first].page < p->page)
            first++;
        if (p->kind != KITE_PDF_NOTE)
            continue;
        if (is_marked(flow, first, i)) {
            p->note = ++note;
        } else {
            p->kind = KITE_PDF_TEXT;
            p->mark_bytes = 0;
        }
    }
}

enum kite_status kite_pdf_set_roles(struct kite_pdf_flow *flow)
{
    struct headings headings = { .look_count = 0 };
    enum kite_status status = take_outline(flow, &headings);

    if (status)
        return kite_fail(flow->draft->fault, status, "no memory for the outline");
    find_title(flow);
    match_outline(flow, &headings);
    rank_headings(flow, &headings);
    set_items(flow);
    set_quotes(flow);
    set_notes(flow);
    return KITE_OK;
}
