/* Searching, in this text or in all, a stretch of text in each idle step. */
#include "reader/views.h"
#include "reader/fold.h"

#include <stdio.h>
#include <string.h>

#define HITS_MAX 400
#define STEP_BYTES (24u * 1024) /* of text in one step: well under a page turn of work */
#define OPEN_BYTES 2048         /* of text, that opening a bundle costs as much as */
#define LOOK_BYTES 1024         /* the same, of looking through a block for pieces */
#define BEFORE_BYTES 40         /* of context before what was found */
#define HIT_BYTES 200

struct hit {
    int64_t text;
    struct kite_place place, end;
    char words[HIT_BYTES], title[97];
};

struct search {
    struct fold_words words;
    struct kite_piece_filter *filter;
    char asked[256];
    bool is_everywhere, is_done;
    struct kite_text_step step; /* everywhere: the text being searched */
    struct kite_book *book;     /* its book; NULL between two texts */
    int64_t text;
    struct kite_bundle *bundle; /* the book's, or the open text's */
    uint32_t document, paragraph, paragraph_count;
    char title[97];
    struct kite_arena arena;
    uint32_t texts_done, text_count;
    uint32_t count, shown; /* hits, and how many there were when they were shown last */
    struct hit hits[HITS_MAX];
};

void search_drop(struct kite_reader *r)
{
    if (!r->search)
        return;
    if (r->search->book)
        kite_library_book_close(r->search->book);
    kite_arena_close(&r->search->arena);
    kite_piece_filter_destroy(r->search->filter);
    kite_free(&r->mem, r->search);
    r->search = NULL;
}

/* ---- the work -------------------------------------------------------------------------------- */

static void keep_hit(struct search *s, const struct kite_text *text, size_t at, size_t end)
{
    size_t from = at > BEFORE_BYTES ? at - BEFORE_BYTES : 0;
    struct hit *hit = &s->hits[s->count++];

    while (from > 0 && from < at && text->text[from - 1] != ' ') /* a whole word first */
        from++;
    hit->text = s->text;
    hit->place = (struct kite_place){ s->document, s->paragraph, (uint32_t)at };
    hit->end = (struct kite_place){ s->document, s->paragraph, (uint32_t)end };
    excerpt_copy(text->text + from, text->text_bytes - from, hit->words, sizeof hit->words);
    memcpy(hit->title, s->title, sizeof hit->title);
}

static void search_paragraph(struct search *s, const struct kite_text *text)
{
    size_t from = 0, end = 0, at;

    while (s->count < HITS_MAX &&
           (at = fold_find(&s->words, text->text, text->text_bytes, from, &end)) != SIZE_MAX) {
        keep_hit(s, text, at, end);
        from = end > at ? end : at + 1;
    }
}

static enum kite_status begin_text(struct search *s, struct kite_bundle *bundle, uint32_t document)
{
    struct kite_document_info info;
    const char *title = kite_bundle_meta(bundle, document, KITE_META_TITLE);
    enum kite_status status = kite_bundle_document(bundle, document, &info);

    s->bundle = bundle;
    s->document = document;
    s->paragraph = 0;
    s->paragraph_count = info.paragraph_count;
    text_copy(title ? title : "", s->title, sizeof s->title);
    return status;
}

/* The next text of the library. One that cannot be opened is passed over: what is whole is still
 * searched. */
static enum kite_status next_text(struct kite_reader *r, struct search *s)
{
    enum kite_status status;

    if (s->book)
        kite_library_book_close(s->book);
    s->book = NULL;
    status = kite_library_next_text(r->texts, &s->step, &r->fault);
    if (status)
        return status;
    s->texts_done++;
    s->text = s->step.text;
    status = kite_library_book_open(r->texts, s->text, &s->book, NULL);
    if (status)
        return status == KITE_E_NOMEM ? status : KITE_OK;
    return begin_text(s, kite_book_bundle(s->book), kite_book_document(s->book));
}

static bool could_begin(void *ctx, const char *piece, size_t bytes)
{
    const struct search *s = ctx;

    return fold_could_begin(&s->words, piece, bytes);
}

/* Look for the next paragraph that may hold the words, and read it. What cannot be read is passed
 * over. */
static enum kite_status search_on(struct search *s, size_t *bytes)
{
    struct kite_paragraph p;
    bool is_found;
    enum kite_status status =
        kite_bundle_find(s->bundle, s->document, s->filter, &s->paragraph, &is_found, NULL);

    *bytes += LOOK_BYTES;
    if (status == KITE_OK && !is_found)
        return KITE_OK;
    kite_arena_reset(&s->arena);
    if (status == KITE_OK)
        status = kite_bundle_paragraph(s->bundle, s->document, s->paragraph, &s->arena, &p, NULL);
    if (status == KITE_E_NOMEM)
        return status;
    if (status == KITE_OK) {
        search_paragraph(s, &p.text);
        *bytes += p.text.text_bytes;
    }
    s->paragraph++;
    return KITE_OK;
}

static enum kite_status search_some(struct kite_reader *r, struct search *s)
{
    enum kite_status status = KITE_OK;

    for (size_t bytes = 0; bytes < STEP_BYTES && s->count < HITS_MAX && status == KITE_OK;) {
        if (s->bundle && s->paragraph < s->paragraph_count) {
            status = search_on(s, &bytes);
            continue;
        }
        s->bundle = NULL;
        status = s->is_everywhere ? next_text(r, s) : KITE_DONE;
        bytes += OPEN_BYTES;
    }
    return status == KITE_OK && s->count == HITS_MAX ? KITE_DONE : status;
}

enum kite_status search_work(struct kite_reader *r)
{
    struct search *s = r->search;
    uint32_t before = s->count;
    enum kite_status status;

    if (s->is_done)
        return KITE_DONE;
    if (!s->is_everywhere && (s->text != r->reading.text || s->bundle != r->reading.bundle)) {
        s->bundle = NULL; /* the text was closed: what was found in it stays */
        s->is_done = true;
        return KITE_OK;
    }
    status = search_some(r, s);
    if (status == KITE_DONE) {
        s->is_done = true;
        r->is_stale = r->is_stale || seat_of(r)->view == VIEW_RESULTS;
        return KITE_OK;
    }
    if (status && status != KITE_E_NOMEM) { /* memory may be there again at the next step */
        s->is_done = true;
    } else if (status == KITE_OK && before < r->pages.rows_a_page + ROWS_MEASURED &&
               s->count > 4 * s->shown && seat_of(r)->view == VIEW_RESULTS) {
        r->is_stale = true; /* the first screenful fills up as it comes, but not at each step: a
                               panel is slow */
        s->shown = s->count;
    }
    return status;
}

/* ---- asking ---------------------------------------------------------------------------------- */

static enum kite_status begin(struct kite_reader *r, const char *asked, bool is_everywhere)
{
    struct kite_query all = { .reader = 0 };
    struct search *s;
    char kept[256];

    text_copy(asked, kept, sizeof kept); /* may be the old search's own */
    search_drop(r);
    s = kite_alloc(&r->mem, 1, sizeof *s);
    if (!s || kite_piece_filter_create(&r->mem, s, could_begin, &s->filter)) {
        kite_free(&r->mem, s);
        return KITE_E_NOMEM;
    }
    r->search = s;
    kite_arena_init(&s->arena, r->mem, 0);
    fold_words_init(&s->words, kept);
    text_copy(kept, s->asked, sizeof s->asked);
    s->is_everywhere = is_everywhere;
    s->text = r->reading.text;
    s->is_done = s->words.count == 0;
    view_open(r, VIEW_RESULTS, 0);
    if (is_everywhere)
        return kite_library_count(r->texts, &all, &s->text_count, &r->fault);
    return begin_text(s, r->reading.bundle, r->reading.document);
}

static enum kite_status begin_here(struct kite_reader *r, const char *asked)
{
    return begin(r, asked, false);
}

static enum kite_status begin_everywhere(struct kite_reader *r, const char *asked)
{
    return begin(r, asked, true);
}

static const char *asked_before(const struct kite_reader *r)
{
    return r->search ? r->search->asked : "";
}

static enum kite_status do_here(struct kite_reader *r)
{
    ask_text(r, MESSAGE_SEARCH_WHAT, asked_before(r), begin_here);
    return KITE_OK;
}

static enum kite_status do_everywhere(struct kite_reader *r)
{
    ask_text(r, MESSAGE_SEARCH_WHAT, asked_before(r), begin_everywhere);
    return KITE_OK;
}

static enum kite_status do_results(struct kite_reader *r)
{
    view_open(r, VIEW_RESULTS, 0);
    return KITE_OK;
}

static const struct {
    enum message label;
    const char *icon;
    bool needs_text, needs_search;
    enum kite_status (*act)(struct kite_reader *r);
} rows[] = { { MESSAGE_SEARCH_THIS, ICON_SEARCH, true, false, do_here },
             { MESSAGE_SEARCH_ALL, ICON_LIBRARY, false, false, do_everywhere },
             { MESSAGE_SEARCH_RESULTS, ICON_CONTENTS, false, true, do_results } };
#define ROW_COUNT (sizeof rows / sizeof *rows)

/* Index in rows of the index-th that means something now; ROW_COUNT behind the last. */
static size_t row_at(const struct kite_reader *r, uint32_t index)
{
    for (size_t i = 0; i < ROW_COUNT; i++)
        if ((!rows[i].needs_text || r->reading.text) && (!rows[i].needs_search || r->search) &&
            index-- == 0)
            return i;
    return ROW_COUNT;
}

static enum kite_status count_rows(struct kite_reader *r, uint32_t *out)
{
    for (*out = 0; row_at(r, *out) < ROW_COUNT;)
        (*out)++;
    return KITE_OK;
}

static enum kite_status fill_row(struct kite_reader *r, uint32_t index, struct row *out)
{
    size_t i = row_at(r, index);

    text_copy(say(r, rows[i].label), out->label, sizeof out->label);
    out->icon = rows[i].icon;
    if (rows[i].needs_search)
        text_copy(r->search->asked, out->detail, sizeof out->detail);
    return KITE_OK;
}

static enum kite_status choose(struct kite_reader *r, uint32_t index)
{
    return rows[row_at(r, index)].act(r);
}

const struct view view_search = { .name = "search",
                                  .title = MESSAGE_SEARCH,
                                  .intent = KITE_INTENT_INTERFACE,
                                  .detail_lines = 1,
                                  .has_icons = true,
                                  .count = count_rows,
                                  .row = fill_row,
                                  .chosen = choose };

/* ---- what was found -------------------------------------------------------------------------- */

static enum kite_status results_count(struct kite_reader *r, uint32_t *out)
{
    *out = r->search ? r->search->count : 0;
    return KITE_OK;
}

static enum kite_status results_row(struct kite_reader *r, uint32_t index, struct row *out)
{
    const struct hit *hit = &r->search->hits[index];
    char number[16];

    text_copy(hit->words, out->label, sizeof out->label);
    snprintf(number, sizeof number, "%u", (unsigned)hit->place.paragraph + 1);
    if (r->search->is_everywhere)
        text_copy(hit->title, out->detail, sizeof out->detail);
    else
        kite_text_fill(say(r, MESSAGE_PARAGRAPH_N), number, NULL, out->detail, sizeof out->detail);
    return KITE_OK;
}

static enum kite_status results_chosen(struct kite_reader *r, uint32_t index)
{
    const struct hit *hit = &r->search->hits[index];
    struct found_words found = { hit->text, hit->place, hit->end };
    enum kite_status status;

    original_leave(r); /* what was found is seen in the text */
    if (hit->text == r->reading.text) {
        status = reading_go(&r->reading, hit->place, &r->fault);
        view_close_all(r);
    } else {
        status = open_text(r, hit->text, &hit->place);
    }
    r->found = found; /* of the page that is in front now */
    return status;
}

static enum kite_status results_intro(struct kite_reader *r, char *out, size_t out_bytes)
{
    const struct search *s = r->search;
    char number[16];
    uint32_t done, all;

    if (!s)
        return KITE_OK;
    done = s->is_everywhere ? s->texts_done : s->paragraph;
    all = s->is_everywhere ? s->text_count : s->paragraph_count;
    snprintf(number, sizeof number, "%u",
             (unsigned)(s->is_done ? s->count
                        : all > 0  ? (uint64_t)done * 100 / all
                                   : 0));
    if (!s->is_done)
        kite_text_fill(say(r, MESSAGE_SEARCHING), number, NULL, out, out_bytes);
    else if (s->count == 0)
        kite_text_fill(say(r, MESSAGE_NOTHING_FOUND), s->asked, NULL, out, out_bytes);
    else
        kite_text_fill(say(r, s->count == 1 ? MESSAGE_FOUND_ONE : MESSAGE_FOUND_COUNT), number,
                       NULL, out, out_bytes);
    return KITE_OK;
}

static enum kite_status results_head(struct kite_reader *r, struct row *out)
{
    text_copy(r->search ? r->search->asked : "", out->label, sizeof out->label);
    return KITE_OK;
}

const struct view view_results = { .name = "results",
                                   .title = MESSAGE_SEARCH_RESULTS,
                                   .intent = KITE_INTENT_INTERFACE,
                                   .label_lines = 3,
                                   .detail_lines = 1,
                                   .has_rules = true,
                                   .head = results_head,
                                   .intro = results_intro,
                                   .count = results_count,
                                   .row = results_row,
                                   .chosen = results_chosen };
