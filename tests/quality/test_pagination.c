/* quality: pages over whole books at six page heights: no stray lines, no heading left behind, nothing overfull, even
 * bottoms; and the same page from wherever it is resumed. Prints what it measures; the bounds are the goals. */
#include "quality/book.h"

#define LINES_MAX 400000
#define PAGES_MAX 40000

static const int32_t heights[] = { 12, 16, 20, 24, 28, 32 }; /* lines a page */
#define HEIGHT_COUNT (sizeof heights / sizeof *heights)

struct told_line {
    uint32_t paragraph, page;
    enum kite_role role;
    bool has_hyphen;
};

/* What one layout, or all of them together, gave. A short page counts as within when running text goes on behind it;
 * before a heading, table, picture or other block that must keep together it may not be to avoid. */
struct counts {
    long pages, turns, within_one, within_more, before_one, before_more;
    long widows, orphans, stranded, overfull_lines, overfull_pages, hyphen_ends;
    long displaced; /* pages whose last line stands elsewhere than they say */
    long varied;    /* paragraphs set a line longer or shorter */
};

static struct told {
    struct told_line lines[LINES_MAX];
    size_t line_count;
    int32_t short_lines[PAGES_MAX]; /* of each page that has another behind it */
    kite_f26 page_top, lowest; /* where pages begin; bottom of the last line told */
    kite_f26 unfilled_f26[PAGES_MAX]; /* from the lowest line of each page to where the page says that it is filled */
    struct counts counts;
} told;

static bool is_note(enum kite_role role)
{
    return role == KITE_ROLE_NOTE || role == KITE_ROLE_NOTE_MORE;
}

static enum kite_status take_line(void *ctx, const struct kite_layout_line *line)
{
    struct told *t = ctx;

    t->counts.overfull_lines += line->line.natural_f26 - line->line.shrink_f26 > line->measure_f26 + 48 ||
                                line->drawn_f26 > line->measure_f26 + 48; /* 0.75 px */
    if (is_note(line->role))
        return KITE_OK;
    assert_true(t->line_count < LINES_MAX);
    t->lowest = line->top_f26 + line->height_f26;
    t->lines[t->line_count++] = (struct told_line){ line->paragraph, line->page, line->role, line->line.has_hyphen };
    return KITE_OK;
}

static enum kite_status take_page(void *ctx, const struct kite_layout_page *page)
{
    struct told *t = ctx;

    assert_true(page->page < PAGES_MAX);
    t->short_lines[page->page] = page->is_end ? 0 : (page->available_f26 - page->used_f26) / page->line_f26;
    t->counts.pages++;
    t->counts.overfull_pages += page->used_f26 > page->available_f26;
    t->unfilled_f26[page->page] = t->page_top + page->used_f26 - t->lowest;
    return KITE_OK;
}

static enum kite_status take_paragraph(void *ctx, const struct kite_layout_paragraph *paragraph)
{
    struct told *t = ctx;

    t->counts.varied += paragraph->lines_delta != 0;
    return KITE_OK;
}

/* Rows and stanzas may part anywhere. */
static bool is_running(enum kite_role role)
{
    return role != KITE_ROLE_TABLE_HEAD && role != KITE_ROLE_TABLE_ROW && role != KITE_ROLE_PREFORMATTED &&
           role != KITE_ROLE_PICTURE;
}

/* A page that ends before line `next`, and has room left. */
static void judge_bottom(struct told *t, size_t next)
{
    const struct told_line *l = t->lines;
    int32_t left = t->short_lines[l[next - 1].page];
    bool is_within = (l[next].paragraph == l[next - 1].paragraph && is_running(l[next].role)) ||
                     (l[next].role == KITE_ROLE_PARAGRAPH && l[next - 1].role == KITE_ROLE_PARAGRAPH &&
                      l[next].paragraph == l[next - 1].paragraph + 1); /* else rows stand between, which are not told */

    if (left == 1)
        ++*(is_within ? &t->counts.within_one : &t->counts.before_one);
    if (left > 1)
        ++*(is_within ? &t->counts.within_more : &t->counts.before_more);
    if (left > 1 && is_within && getenv("QUALITY_VERBOSE"))
        print_message("    page %u: %d lines short\n", (unsigned)l[next - 1].page, (int)left);
}

/* Page turns: what stands on both sides. */
static void judge_turns(struct told *t)
{
    const struct told_line *l = t->lines;

    for (size_t i = 1; i < t->line_count; i++) {
        if (l[i].page == l[i - 1].page)
            continue;
        t->counts.turns++;
        t->counts.hyphen_ends += l[i - 1].has_hyphen;
        judge_bottom(t, i);
        if (l[i].paragraph == l[i - 1].paragraph) /* then no row or picture stands below the line */
            t->counts.displaced += t->unfilled_f26[l[i - 1].page] != 0;
        if (l[i].paragraph != l[i - 1].paragraph || !is_running(l[i].role))
            continue;
        t->counts.widows += i + 1 == t->line_count || l[i + 1].paragraph != l[i].paragraph;
        t->counts.orphans += i < 2 || l[i - 2].paragraph != l[i].paragraph;
    }
}

/* Is the last that stands on a page, notes apart, a line of a heading? Whatever follows it, text, a table or a picture, and
 * however many headings stand in a row: nothing is let off. */
static void judge_head(const struct book *book, struct told *t, const struct kite_page *page)
{
    struct kite_document_info info;
    const struct kite_page_line *last = NULL;
    size_t at = 0;

    must(book, kite_bundle_document(book->bundle, 0, &info));
    for (size_t i = 0; i < page->line_count && page->lines[i].paragraph < info.body_count; i++)
        last = &page->lines[i];
    for (size_t i = 0; i < page->picture_count; i++)
        if (last && page->pictures[i].box.y > last->box.y)
            return;
    while (last && at < t->line_count && t->lines[at].paragraph != last->paragraph)
        at++; /* rows of tables are not told as lines */
    if (!last || at == t->line_count || t->lines[at].role != KITE_ROLE_HEADING)
        return;
    t->counts.stranded++;
    print_message("    the heading of paragraph %u is last on its page\n", (unsigned)last->paragraph);
}

static void judge_heads(struct book *book, struct told *t)
{
    const struct kite_page *page;
    struct kite_place start = { 0 };
    enum kite_status status = kite_layout_page_at(book->layout, start, KITE_PAGE_EXACT, &page, &book->fault);

    for (; status == KITE_OK && !page->is_last; status = kite_layout_page_next(book->layout, &page, &book->fault))
        judge_head(book, t, page);
    must(book, status);
}

static struct kite_setting setting_of(int32_t lines)
{
    struct kite_setting s;

    kite_setting_init(&s, KITE_PROFILE_BOOK, panels[0], 0);
    s.panel.height_px = s.margin_top_px + s.margin_bottom_px + s.status_px + lines * kite_f26_round_px(s.line_f26);
    return s;
}

static void add(struct counts *to, const struct counts *c)
{
    to->pages += c->pages;
    to->turns += c->turns;
    to->within_one += c->within_one;
    to->within_more += c->within_more;
    to->before_one += c->before_one;
    to->before_more += c->before_more;
    to->widows += c->widows;
    to->orphans += c->orphans;
    to->stranded += c->stranded;
    to->overfull_lines += c->overfull_lines;
    to->overfull_pages += c->overfull_pages;
    to->hyphen_ends += c->hyphen_ends;
    to->displaced += c->displaced;
    to->varied += c->varied;
}

static double percent(long part, long whole)
{
    return 100.0 * (double)part / (double)(whole ? whole : 1);
}

static void show(const char *name, const struct counts *c)
{
    print_message("%s: %ld pages, %ld widows, %ld orphans, %ld stranded headings, %ld overfull lines, %ld pages\n", name, c->pages,
                  c->widows, c->orphans, c->stranded, c->overfull_lines, c->overfull_pages);
    print_message("    short in running text by a line %.1f %%, by more %.2f %%; before what keeps together %.1f %%, %.1f %%; "
                  "hyphen at the end %.1f %%; "
                  "%.2f paragraphs in four pages a line longer or shorter\n",
                  percent(c->within_one, c->turns), percent(c->within_more, c->turns), percent(c->before_one, c->turns),
                  percent(c->before_more, c->turns), percent(c->hyphen_ends, c->turns), percent(4 * c->varied, c->pages) / 100);
}

static void test_page_ends_are_clean(void **state)
{
    struct counts all = { 0 };
    struct book book;

    (void)state;
    for (size_t i = 0; book_open(&book, i); i++) {
        struct counts own = { 0 };

        for (size_t h = 0; h < HEIGHT_COUNT; h++) {
            struct kite_layout_report report = { &told, take_line, take_page, take_paragraph };
            struct kite_setting s = setting_of(heights[h]);

            told.line_count = 0;
            told.counts = (struct counts){ 0 };
            told.page_top = kite_f26_from_px(s.margin_top_px);
            book_set(&book, &s);
            if (getenv("QUALITY_VERBOSE"))
                print_message("  %s, %d lines\n", book.path, (int)heights[h]);
            must(&book, kite_layout_tell(book.layout, 0, &report, &book.fault));
            judge_turns(&told);
            judge_heads(&book, &told);
            add(&own, &told.counts);
        }
        show(book.path, &own);
        if (percent(own.within_one, own.turns) > 5)
            print_message("    more than the goal of 5 %% of pages a line short in running text\n");
        add(&all, &own);
        book_close(&book);
    }
    show("all", &all);
    assert_int_equal(all.widows + all.orphans + all.stranded, 0);
    assert_int_equal(all.overfull_lines + all.overfull_pages + all.displaced, 0);
    if (!getenv("QUALITY_BOOKS")) { /* what books/ has come to, so that it gets no worse; the goals are 5, 0, 1, and 1 in 4 */
        assert_true(percent(all.within_one, all.turns) < 3);
        assert_int_equal(all.within_more, 0);
        assert_true(percent(all.before_one + all.before_more, all.turns) < 13);
        assert_true(percent(all.hyphen_ends, all.turns) <= 0.7);
        assert_true(8 * all.varied <= 5 * all.pages);
    }
}

/* ---- resuming ---------------------------------------------------------------------------------- */

struct mark {
    struct kite_place start;
    uint64_t hash;
};

static uint64_t add_bytes(uint64_t hash, const void *from, size_t count)
{
    for (const uint8_t *at = from; count > 0; at++, count--)
        hash = (hash ^ *at) * 0x100000001B3u;
    return hash;
}

/* FNV-1a over everything that is drawn, field by field as there is padding. */
static uint64_t hash_of(const struct kite_page *page)
{
    uint64_t hash = 0xCBF29CE484222325u;

    for (size_t i = 0; i < page->run_count; i++) {
        const struct kite_glyph_run *run = &page->runs[i];
        int32_t values[] = { run->face, run->weight, run->size_f26, (int32_t)run->first, (int32_t)run->count };
        hash = add_bytes(hash, values, sizeof values);
    }
    for (size_t i = 0; i < page->glyph_count; i++) {
        const struct kite_glyph *glyph = &page->glyphs[i];
        int32_t values[] = { glyph->glyph, glyph->x, glyph->y };
        hash = add_bytes(hash, values, sizeof values);
    }
    hash = add_bytes(hash, page->rules, page->rule_count * sizeof *page->rules);
    for (size_t i = 0; i < page->picture_count; i++)
        hash = add_bytes(hash, &page->pictures[i].box, sizeof page->pictures[i].box);
    return hash;
}

static bool is_same_place(struct kite_place a, struct kite_place b)
{
    return a.paragraph == b.paragraph && a.offset_bytes == b.offset_bytes;
}

static size_t read_through(struct book *book, struct mark *marks)
{
    const struct kite_page *page;
    struct kite_place start = { 0 };
    enum kite_status status = kite_layout_page_at(book->layout, start, KITE_PAGE_EXACT, &page, &book->fault);
    size_t count = 0;

    while (status == KITE_OK) {
        assert_true(count < PAGES_MAX);
        marks[count++] = (struct mark){ page->start, hash_of(page) };
        status = kite_layout_page_next(book->layout, &page, &book->fault);
    }
    must(book, status == KITE_DONE ? KITE_OK : status);
    return count;
}

/* The page of a place in the pages that were read through. */
static size_t find(const struct mark *marks, size_t count, struct kite_place place)
{
    size_t at = 0;

    while (at + 1 < count && (marks[at + 1].start.paragraph < place.paragraph ||
                              (marks[at + 1].start.paragraph == place.paragraph &&
                               marks[at + 1].start.offset_bytes <= place.offset_bytes)))
        at++;
    return at;
}

/* Somewhere in the text, in a layout that knows nothing; the page there, and the next one. */
static void resume(struct book *book, const struct kite_setting *setting, const struct mark *marks, size_t count,
                   struct kite_place place)
{
    const struct kite_page *page;
    struct kite_layout *fresh;
    size_t at = find(marks, count, place);

    must(book, kite_layout_create(&book->heap, book->bundle, book->fonts, setting, &fresh, &book->fault));
    must(book, kite_layout_page_at(fresh, place, KITE_PAGE_EXACT, &page, &book->fault));
    assert_true(is_same_place(page->start, marks[at].start));
    assert_true(hash_of(page) == marks[at].hash);
    if (at + 1 < count) {
        must(book, kite_layout_page_next(fresh, &page, &book->fault));
        assert_true(hash_of(page) == marks[at + 1].hash);
    }
    kite_layout_destroy(fresh);
}

static void test_pages_are_the_same_from_any_place(void **state)
{
    static struct mark marks[PAGES_MAX];
    struct book book;
    uint32_t seed = 3;

    (void)state;
    for (size_t i = 0; book_open(&book, i); i++) {
        struct kite_document_info info;
        size_t pages = 0, resumed = 0;

        must(&book, kite_bundle_document(book.bundle, 0, &info));
        for (size_t p = 0; p < PANEL_COUNT; p++) {
            struct kite_setting s;

            kite_setting_init(&s, p == 1 ? KITE_PROFILE_DYSLEXIA : KITE_PROFILE_BOOK, panels[p], 0);
            book_set(&book, &s);

            size_t count = read_through(&book, marks);

            pages += count;
            for (int k = 0; k < 12; k++) {
                struct kite_place place;

                seed = seed * 1664525 + 1013904223;
                must(&book, kite_bundle_place_at(book.bundle, 0, (seed >> 4) % info.text_bytes, &place, &book.fault));
                if (place.paragraph >= info.body_count)
                    continue;
                resume(&book, &s, marks, count, place);
                resumed++;
            }
        }
        print_message("%s: %zu pages, the same from %zu places\n", book.path, pages, resumed);
        book_close(&book);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_page_ends_are_clean),
        cmocka_unit_test(test_pages_are_the_same_from_any_place),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
