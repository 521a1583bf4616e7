/* page: what blocks look like beside each other: cards, pictures with captions, heads, notes, list signs, line heights. */
#include <string.h>

#include "text/font_group.h"

#include "page/page.h"

static struct kite_memory heap;

/* A document of a test's own, and its layout. */
struct doc {
    struct kite_buffer file;
    struct kite_span_bytes bytes;
    struct kite_source source;
    struct kite_writer *writer;
    struct kite_bundle *bundle;
    struct kite_layout *layout;
    struct kite_setting setting;
};

static void doc_begin(struct doc *d, kite_lang lang)
{
    static const struct kite_writer_options fast = { .zopfli_iterations = -1 };
    struct kite_fault fault;

    *d = (struct doc){ .file = { .mem = heap } };
    assert_int_equal(kite_writer_create(&heap, &fast, &d->writer, &fault), KITE_OK);
    assert_int_equal(kite_writer_document(d->writer, lang, KITE_DIRECTION_LTR, &fault), KITE_OK);
}

/* Add a paragraph; U+FFFC in the text marks the notes from `note` on. */
static void doc_add_noted(struct doc *d, struct kite_paragraph p, const char *text, uint32_t note)
{
    struct kite_span spans[16] = { { 0 } };
    struct kite_fault fault;
    size_t count = 1;

    for (const char *at = text; (at = strstr(at, "\xEF\xBF\xBC")) != NULL; at += 3) {
        spans[count++] = (struct kite_span){ .offset_bytes = (uint32_t)(at - text), .note = note++ };
        spans[count++] = (struct kite_span){ .offset_bytes = (uint32_t)(at - text + 3) };
    }
    p.text = (struct kite_text){ .text = text, .text_bytes = strlen(text), .spans = spans, .span_count = count };
    assert_int_equal(kite_writer_paragraph(d->writer, &p, &fault), KITE_OK);
}

static void doc_add(struct doc *d, enum kite_role role, const char *text)
{
    doc_add_noted(d, (struct kite_paragraph){ .role = role, .depth = role == KITE_ROLE_HEADING ? 2 : 0 }, text, 0);
}

static void doc_end(struct doc *d)
{
    struct kite_sink sink = kite_sink_buffer(&d->file);
    struct kite_fault fault;

    assert_int_equal(kite_writer_finish(d->writer, &sink, NULL, &fault), KITE_OK);
    kite_writer_destroy(d->writer);
    d->bytes = (struct kite_span_bytes){ d->file.bytes, d->file.count };
    d->source = kite_source_memory(&d->bytes);
    assert_int_equal(kite_bundle_open(&heap, &d->source, &d->bundle, &fault), KITE_OK);
}

static void doc_set(struct doc *d, enum kite_profile profile, int32_t width, int32_t height)
{
    struct kite_panel_geometry panel = { width, height, 220 };
    struct kite_fault fault;

    kite_setting_init(&d->setting, profile, panel, 0);
    kite_layout_destroy(d->layout);
    assert_int_equal(kite_layout_create(&heap, d->bundle, fonts, &d->setting, &d->layout, &fault), KITE_OK);
}

static void doc_close(struct doc *d)
{
    kite_layout_destroy(d->layout);
    kite_bundle_close(d->bundle);
    kite_buffer_close(&d->file);
}

/* The next page: the document's first when `page` is NULL; NULL behind the last. */
static const struct kite_page *next_page(struct doc *d, const struct kite_page *page)
{
    struct kite_fault fault;
    enum kite_status status =
        page ? kite_layout_page_next(d->layout, &page, &fault)
             : kite_layout_page_at(d->layout, (struct kite_place){ 0 }, KITE_PAGE_EXACT, &page, &fault);

    assert_true(status == KITE_OK || status == KITE_DONE);
    return status == KITE_OK ? page : NULL;
}

static bool has_paragraph(const struct kite_page *page, uint32_t paragraph)
{
    for (size_t i = 0; i < page->line_count; i++)
        if (page->lines[i].paragraph == paragraph)
            return true;
    return false;
}

#define SENTENCE "The line goes on for a while and comes to an end where nobody had looked for one. "
#define LONG_TEXT SENTENCE SENTENCE SENTENCE

/* ---- lines as told --------------------------------------------------------------------------- */

#define TOLD_MAX 4000

struct told {
    struct {
        uint32_t paragraph, page, bytes;
        enum kite_role role;
        kite_f26 top_f26, height_f26;
        char text[64];
    } lines[TOLD_MAX];
    size_t count;
    kite_f26 line_f26;
};

static enum kite_status take_line(void *ctx, const struct kite_layout_line *line)
{
    struct told *told = ctx;
    size_t bytes = line->line.end_bytes - line->line.start_bytes;

    assert_true(told->count < TOLD_MAX);
    told->lines[told->count].paragraph = line->paragraph;
    told->lines[told->count].page = line->page;
    told->lines[told->count].role = line->role;
    told->lines[told->count].top_f26 = line->top_f26;
    told->lines[told->count].height_f26 = line->height_f26;
    bytes = bytes < sizeof told->lines->text - 1 ? bytes : sizeof told->lines->text - 1;
    memcpy(told->lines[told->count].text, line->text, bytes);
    told->lines[told->count++].text[bytes] = 0;
    return KITE_OK;
}

static enum kite_status take_page(void *ctx, const struct kite_layout_page *page)
{
    ((struct told *)ctx)->line_f26 = page->line_f26;
    return KITE_OK;
}

static void tell(struct doc *d, struct told *told)
{
    struct kite_layout_report report = { told, take_line, take_page, NULL };
    struct kite_fault fault;

    told->count = 0;
    assert_int_equal(kite_layout_tell(d->layout, 0, &report, &fault), KITE_OK);
}

static struct told told;

/* ---- cards ----------------------------------------------------------------------------------- */

static void test_cards_name_their_columns(void **state)
{
    static const char *const row = "Saturday\tFamily, two at a time\t9:00\t\tA card with photograph, the letter";
    struct kite_paragraph p = { .role = KITE_ROLE_TABLE_HEAD, .column_count = 5 };
    struct doc d;

    (void)state;
    doc_begin(&d, KITE_LANG2('e', 'n'));
    doc_add(&d, KITE_ROLE_PARAGRAPH, SENTENCE);
    doc_add_noted(&d, p, "Day\tWhowhowho may visit\tFromfromfrom\tTototototo\tWhat to bringbring", 0);
    p.role = KITE_ROLE_TABLE_ROW;
    doc_add_noted(&d, p, row, 0);
    doc_end(&d);
    doc_set(&d, KITE_PROFILE_BOOK, 400, 1000);
    tell(&d, &told);

    bool has_day = false, has_who = false;

    for (size_t i = 0; i < told.count; i++) {
        assert_int_not_equal(told.lines[i].paragraph, 1); /* the names stand in the card */
        has_day = has_day || strncmp(told.lines[i].text, "Day: Saturday", 13) == 0;
        has_who = has_who || strncmp(told.lines[i].text, "Whowhowho may visit: ", 21) == 0;
        assert_null(strstr(told.lines[i].text, "Tototo")); /* an empty cell is left out */
    }
    assert_true(has_day && has_who);

    /* What is drawn belongs to bytes of the row, and a name to the first byte of its cell. */
    const struct kite_page *page = next_page(&d, NULL);
    size_t names = 0;
    uint32_t before = UINT32_MAX;

    for (size_t i = 0; i < page->line_count; i++) {
        const struct kite_page_line *line = &page->lines[i];

        if (line->paragraph != 2)
            continue;
        assert_true(line->start_bytes <= line->end_bytes && line->end_bytes <= strlen(row));
        if (line->start_bytes != before && (line->start_bytes == 0 || row[line->start_bytes - 1] == '\t')) {
            assert_int_equal(page->glyphs[line->first_glyph].offset_bytes, line->start_bytes);
            assert_int_equal(page->glyphs[line->first_glyph + 1].offset_bytes, line->start_bytes);
            names++;
        }
        before = line->start_bytes;
        for (uint32_t g = 0; g < line->glyph_count; g++)
            assert_in_range(page->glyphs[line->first_glyph + g].offset_bytes, line->start_bytes, line->end_bytes);
    }
    assert_int_equal(names, 4);
    doc_close(&d);
}

/* ---- tables over pages ----------------------------------------------------------------------- */

#define TABLE_ROWS 230 /* more than share their columns */

/* A document with a long table; its head has `words` words in a column. */
static void add_table(struct doc *d, unsigned words)
{
    char text[2000] = "Day";
    struct kite_paragraph p = { .role = KITE_ROLE_TABLE_HEAD, .column_count = 2 };

    for (unsigned i = 0; i < words; i++)
        strcat(text, " kept");
    strcat(text, "\tWhere to ask");
    doc_add(d, KITE_ROLE_PARAGRAPH, SENTENCE);
    doc_add_noted(d, p, text, 0);
    p.role = KITE_ROLE_TABLE_ROW;
    for (unsigned i = 0; i < TABLE_ROWS; i++)
        doc_add_noted(d, p, i % 5 == 2 ? "Saturday\tThe window to the left, and behind it the second door" : "Sunday\tThere", 0);
    doc_add(d, KITE_ROLE_PARAGRAPH, SENTENCE);
}

static void test_table_heads_stand_on_every_page(void **state)
{
    struct doc d;
    unsigned continued = 0;

    (void)state;
    doc_begin(&d, KITE_LANG2('e', 'n'));
    add_table(&d, 1);
    doc_end(&d);
    for (int32_t height = 360; height < 800; height += 57) {
        uint32_t next = 0;

        doc_set(&d, KITE_PROFILE_BOOK, 480, height);
        for (const struct kite_page *page = next_page(&d, NULL); page; page = next_page(&d, page)) {
            const struct kite_page_line *last = &page->lines[page->line_count - 1];
            uint32_t rows;

            assert_true(last->box.y + last->box.height <= height - d.setting.margin_bottom_px);
            for (size_t i = 0; i < page->line_count; i++) { /* the head's words belong to the first page only */
                assert_in_range(page->lines[i].paragraph, next > 0 ? next - 1 : 0, next);
                next = page->lines[i].paragraph + 1;
            }
            if (page->start.paragraph <= 2 || page->start.paragraph > TABLE_ROWS + 1)
                continue;
            continued++;
            rows = last->paragraph - page->start.paragraph + (last->paragraph < TABLE_ROWS + 2);
            assert_int_equal(page->rule_count, rows + 1); /* one below each row, and below the head */
            assert_true(page->lines[0].first_glyph >= strlen("DaykeptWheretoask"));
            assert_in_range(page->lines[0].box.y, page->rules[0].y, page->rules[0].y + kite_f26_round_px(d.setting.line_f26));
            for (uint32_t g = 0; g < page->lines[0].first_glyph; g++)
                assert_in_range(page->glyphs[g].y, kite_f26_from_px(d.setting.margin_top_px),
                                kite_f26_from_px(page->rules[0].y));
        }
        assert_int_equal(next, TABLE_ROWS + 3);
    }
    assert_true(continued > 20);
    doc_close(&d);
}

/* A head that is too high to be afforded again is not shown again. */
static void test_high_table_heads_stand_once(void **state)
{
    struct doc d;

    (void)state;
    doc_begin(&d, KITE_LANG2('e', 'n'));
    add_table(&d, 60);
    doc_end(&d);
    doc_set(&d, KITE_PROFILE_BOOK, 480, 700);
    for (const struct kite_page *page = next_page(&d, NULL); page; page = next_page(&d, page))
        if (page->start.paragraph > 2)
            assert_int_equal(page->lines[0].first_glyph, 0);
    doc_close(&d);
}

/* In a text that goes from right to left so do a table's columns, and nothing leaves the page. */
static void test_tables_go_with_the_text(void **state)
{
    struct kite_paragraph p = { .role = KITE_ROLE_TABLE_HEAD, .column_count = 3, .direction = KITE_DIRECTION_RTL,
                                .column_align = { KITE_COLUMN_START, KITE_COLUMN_CENTER, KITE_COLUMN_END } };
    static const struct kite_writer_options fast = { .zopfli_iterations = -1 };
    struct kite_fault fault;
    struct doc d = { .file = { .mem = heap } };

    (void)state;
    assert_int_equal(kite_writer_create(&heap, &fast, &d.writer, &fault), KITE_OK);
    assert_int_equal(kite_writer_document(d.writer, KITE_LANG2('a', 'r'), KITE_DIRECTION_RTL, &fault), KITE_OK);
    doc_add_noted(&d, p, "اليوم\tالساعة\tالمكان", 0);
    p.role = KITE_ROLE_TABLE_ROW;
    doc_add_noted(&d, p, "السبت\t9:00\tالمكتب الأول على اليسار في آخر الممر", 0);
    p.direction = KITE_DIRECTION_LTR; /* nothing in it tells */
    doc_add_noted(&d, p, "1\t2\t3", 0);
    doc_end(&d);
    for (int32_t width = 360; width < 800; width += 60) {
        doc_set(&d, KITE_PROFILE_BOOK, width, 800);

        const struct kite_page *page = next_page(&d, NULL);
        int32_t left = d.setting.margin_left_px, right = width - d.setting.margin_right_px;
        int32_t column = width; /* of the cell before, in its row */

        assert_true(page->rule_count == 3);
        for (size_t i = 0; i < page->rule_count; i++)
            assert_int_equal(page->rules[i].x + page->rules[i].width, right);
        for (size_t i = 0; i < page->line_count; i++) {
            const struct kite_page_line *line = &page->lines[i];
            bool begins = line->start_bytes == 0;

            assert_true(line->glyph_count > 0);
            for (uint32_t g = 0; g < line->glyph_count; g++) {
                assert_true(page->glyphs[line->first_glyph + g].x >= kite_f26_from_px(left - 4));
                assert_true(page->glyphs[line->first_glyph + g].x <= kite_f26_from_px(right));
            }
            if (i > 0 && line->start_bytes > page->lines[i - 1].start_bytes && line->box.y == page->lines[i - 1].box.y)
                assert_true(line->box.x < column); /* the next cell stands to the left */
            assert_true(!begins || line->right_f26 > kite_f26_from_px(right - 20));
            column = line->box.x;
        }
    }
    doc_close(&d);
}

/* ---- pictures -------------------------------------------------------------------------------- */

static void test_a_picture_keeps_its_caption(void **state)
{
    static uint8_t gray[300 * 200];
    struct doc d;
    struct kite_fault fault;
    uint32_t picture;
    unsigned shrunk = 0;

    (void)state;
    doc_begin(&d, KITE_LANG2('e', 'n'));
    assert_int_equal(kite_writer_picture(d.writer, 300, 200, gray, &picture, &fault), KITE_OK);
    for (int i = 0; i < 6; i++)
        doc_add(&d, KITE_ROLE_PARAGRAPH, LONG_TEXT);
    doc_add_noted(&d, (struct kite_paragraph){ .role = KITE_ROLE_PICTURE, .picture = picture }, "A kite", 0);
    doc_add(&d, KITE_ROLE_CAPTION, "Sixteen grays are enough for an evening sky.");
    doc_add(&d, KITE_ROLE_PARAGRAPH, LONG_TEXT);
    doc_end(&d);
    for (int32_t height = 400; height < 1000; height += 13) {
        int32_t foot;

        doc_set(&d, KITE_PROFILE_BOOK, 400, height);
        foot = height - d.setting.margin_bottom_px;
        for (const struct kite_page *page = next_page(&d, NULL); page; page = next_page(&d, page)) {
            if (page->picture_count == 0)
                continue;

            const struct kite_rect *box = &page->pictures[0].box;

            assert_true(has_paragraph(page, 7));
            assert_true(box->y + box->height <= foot && box->height >= 240 * 80 / 100 - 1);
            shrunk += box->height < 240;
        }
    }
    assert_true(shrunk > 0); /* it happened that a picture came down a little to stay */
    doc_close(&d);
}

/* ---- heads ----------------------------------------------------------------------------------- */

/* Between a head and its neighbours on the page: above 2 to 3 times as much as below, and body lines on the grid. */
static void test_space_around_heads(void **state)
{
    struct doc d;
    unsigned seen = 0;

    (void)state;
    doc_begin(&d, KITE_LANG2('e', 'n'));
    for (int i = 0; i < 20; i++) {
        doc_add(&d, KITE_ROLE_HEADING, i % 3 == 0 ? "A head that is so long that it will need two lines at least" : "A head");
        doc_add(&d, KITE_ROLE_PARAGRAPH, LONG_TEXT);
        doc_add(&d, KITE_ROLE_QUOTE, SENTENCE);
        doc_add(&d, KITE_ROLE_PARAGRAPH, LONG_TEXT);
    }
    doc_end(&d);
    for (int32_t height = 500; height < 900; height += 37) {
        doc_set(&d, KITE_PROFILE_BOOK, 480, height);
        tell(&d, &told);

        kite_f26 page_top = kite_f26_from_px(d.setting.margin_top_px);

        for (size_t i = 1; i + 1 < told.count; i++) {
            kite_f26 above = told.lines[i].top_f26 - told.lines[i - 1].top_f26 - told.lines[i - 1].height_f26;
            bool is_first = told.lines[i].paragraph != told.lines[i - 1].paragraph;
            size_t last = i;

            if (told.lines[i].role == KITE_ROLE_PARAGRAPH)
                assert_int_equal((told.lines[i].top_f26 - page_top) % told.line_f26, 0);
            if (told.lines[i].role != KITE_ROLE_HEADING || !is_first)
                continue;
            while (told.lines[last + 1].paragraph == told.lines[i].paragraph)
                last++;
            assert_int_equal(told.lines[last + 2].page, told.lines[i].page); /* with two lines of its text */
            if (told.lines[i].page != told.lines[i - 1].page)
                continue;

            kite_f26 below = told.lines[last + 1].top_f26 - told.lines[last].top_f26 - told.lines[last].height_f26;

            assert_in_range(above, 2 * below - 64, 3 * below + 64);
            seen++;
        }
    }
    assert_true(seen > 0);
    doc_close(&d);
}

/* Sections begin on new pages, but a head is never alone on one: it goes with the head right behind it. */
static void test_bare_heads_stay_with_the_next(void **state)
{
    struct doc d;
    char text[4000] = "";
    unsigned heads = 0, pages = 0;

    (void)state;
    for (int i = 0; i < 45; i++)
        strcat(text, SENTENCE);
    doc_begin(&d, KITE_LANG2('e', 'n'));
    for (int i = 0; i < 12; i++) { /* one, two or three heads, then a long paragraph */
        for (int k = 0; k <= i % 3; k++)
            doc_add(&d, KITE_ROLE_HEADING, "A head");
        for (int k = 0; k <= i % 3; k++)
            doc_add(&d, KITE_ROLE_PARAGRAPH, text);
    }
    doc_end(&d);
    doc_set(&d, KITE_PROFILE_BOOK, 480, 800);
    tell(&d, &told);
    for (size_t i = 0; i < told.count; i++) {
        bool is_head = told.lines[i].role == KITE_ROLE_HEADING;

        heads += is_head;
        pages += is_head && (i == 0 || told.lines[i - 1].page != told.lines[i].page);
        if (is_head)
            assert_int_equal(told.lines[i + 1].page, told.lines[i].page);
    }
    assert_int_equal(heads, 24);
    assert_int_equal(pages, 12); /* each row of heads begins a page */
    for (uint32_t at = 0; at < 4; at++) { /* from any of three heads in a row the page is the same */
        const struct kite_page *page;
        struct kite_fault fault;

        assert_int_equal(kite_layout_page_at(d.layout, (struct kite_place){ 0, 6 + at, 0 }, KITE_PAGE_EXACT, &page, &fault),
                         KITE_OK);
        assert_int_equal(page->start.paragraph, 6);
    }
    doc_close(&d);
}

/* An attribution never begins a page. */
static void test_attributions_stay(void **state)
{
    struct doc d;

    (void)state;
    doc_begin(&d, KITE_LANG2('e', 'n'));
    for (int i = 0; i < 12; i++) {
        doc_add(&d, KITE_ROLE_PARAGRAPH, SENTENCE);
        doc_add(&d, KITE_ROLE_QUOTE, LONG_TEXT);
        doc_add(&d, KITE_ROLE_ATTRIBUTION, "Said late");
    }
    doc_end(&d);
    for (int32_t height = 400; height < 900; height += 23) {
        doc_set(&d, KITE_PROFILE_BOOK, 480, height);
        tell(&d, &told);
        for (size_t i = 1; i < told.count; i++)
            if (told.lines[i].role == KITE_ROLE_ATTRIBUTION)
                assert_int_equal(told.lines[i].page, told.lines[i - 1].page);
    }
    doc_close(&d);
}

/* ---- notes ----------------------------------------------------------------------------------- */

#define NOTES_IN_LINE "One\xEF\xBF\xBC two\xEF\xBF\xBC three\xEF\xBF\xBC and on. "

static void add_note(struct doc *d, unsigned sentences)
{
    char text[4000] = "";

    for (unsigned i = 0; i < sentences; i++)
        strcat(text, SENTENCE);
    doc_add(d, KITE_ROLE_NOTE, text);
}

/* Three notes of one line, of any height: nothing overlaps, nothing runs off the page, nothing is lost. */
static void test_notes_never_overrun(void **state)
{
    (void)state;
    for (unsigned sentences = 1; sentences < 14; sentences++) {
        struct doc d;

        doc_begin(&d, KITE_LANG2('e', 'n'));
        doc_add_noted(&d, (struct kite_paragraph){ .role = KITE_ROLE_PARAGRAPH }, NOTES_IN_LINE LONG_TEXT LONG_TEXT, 1);
        for (int i = 0; i < 3; i++)
            add_note(&d, sentences);
        doc_end(&d);
        for (int32_t height = 300; height < 800; height += 50) {
            bool is_seen[4] = { false }, has_rule = false;

            doc_set(&d, KITE_PROFILE_BOOK, 480, height);
            for (const struct kite_page *page = next_page(&d, NULL); page; page = next_page(&d, page)) {
                int32_t bottom = 0;

                for (size_t i = 0; i < page->line_count; i++) {
                    assert_true(page->lines[i].box.y >= bottom - 1);
                    bottom = page->lines[i].box.y + page->lines[i].box.height;
                    is_seen[page->lines[i].paragraph] = true;
                }
                assert_true(bottom <= height - d.setting.margin_bottom_px + 1);
                has_rule = has_rule || page->rule_count > 0 || page->lines[0].paragraph > 0;
            }
            assert_true(has_rule);
            for (int i = 0; i < 4; i++)
                assert_true(is_seen[i]);
        }
        doc_close(&d);
    }
}

#define NOTED_PARAGRAPHS 9

/* At the foot, the first page has the note of its mark; popped up, all notes stand behind the text, in order. */
static void test_notes_that_pop_up_stand_behind(void **state)
{
    struct doc d;

    (void)state;
    doc_begin(&d, KITE_LANG2('e', 'n'));
    doc_add_noted(&d, (struct kite_paragraph){ .role = KITE_ROLE_PARAGRAPH }, NOTES_IN_LINE LONG_TEXT LONG_TEXT, 1);
    for (int i = 1; i < NOTED_PARAGRAPHS; i++)
        doc_add(&d, KITE_ROLE_PARAGRAPH, LONG_TEXT LONG_TEXT);
    for (int i = 0; i < 3; i++)
        add_note(&d, 1);
    doc_end(&d);
    for (int notes = KITE_NOTES_FOOT; notes < KITE_NOTES_COUNT; notes++) {
        struct kite_fault fault;
        uint32_t at = 0;

        doc_set(&d, KITE_PROFILE_BOOK, 480, 800);
        d.setting.notes = (enum kite_notes_choice)notes;
        assert_int_equal(kite_layout_set(d.layout, &d.setting, &fault), KITE_OK);
        for (const struct kite_page *page = next_page(&d, NULL); page; page = next_page(&d, page)) {
            if (page->is_first)
                assert_int_equal(has_paragraph(page, NOTED_PARAGRAPHS), notes == KITE_NOTES_FOOT);
            for (size_t i = 0; i < page->line_count && notes == KITE_NOTES_POPUP; i++) {
                assert_true(page->lines[i].paragraph == at || page->lines[i].paragraph == at + 1);
                at = page->lines[i].paragraph;
            }
        }
        assert_int_equal(at, notes == KITE_NOTES_POPUP ? NOTED_PARAGRAPHS + 2 : 0);
    }
    doc_close(&d);
}

/* How a note is shown over the pages of a layout: its lines follow one another without a gap, on pages that follow. */
struct shown {
    uint32_t bytes;       /* of the note's paragraphs, up to where it has been shown */
    uint32_t paragraph;   /* of those, the one in hand */
    unsigned pages, alone; /* that have a part of it; and nothing else */
    size_t first, last;   /* of those pages */
    int32_t height_px;    /* of all its lines */
};

static void see_note(const struct kite_page *page, size_t number, uint32_t first, uint32_t end, struct shown *shown)
{
    bool is_here = false, is_alone = true;

    for (size_t i = 0; i < page->line_count; i++) {
        const struct kite_page_line *line = &page->lines[i];

        is_alone = is_alone && line->paragraph >= first;
        if (line->paragraph < first || line->paragraph >= end)
            continue;
        if (line->paragraph != shown->paragraph) {
            assert_int_equal(line->paragraph, shown->paragraph == 0 ? first : shown->paragraph + 1);
            shown->paragraph = line->paragraph;
            shown->bytes = 0;
        }
        assert_int_equal(line->start_bytes, shown->bytes);
        shown->bytes = line->end_bytes;
        shown->height_px += line->box.height;
        is_here = true;
    }
    if (!is_here)
        return;
    if (shown->pages == 0)
        shown->first = number;
    shown->last = number;
    shown->pages++;
    shown->alone += is_alone;
}

#define LONG_NOTE SENTENCE SENTENCE SENTENCE SENTENCE SENTENCE SENTENCE SENTENCE SENTENCE

/* Text, a paragraph that marks a note of two long paragraphs, `behind` paragraphs of text, and the notes. */
static void add_noted_text(struct doc *d, unsigned behind)
{
    doc_begin(d, KITE_LANG2('e', 'n'));
    for (int i = 0; i < 7; i++)
        doc_add(d, KITE_ROLE_PARAGRAPH, LONG_TEXT);
    doc_add_noted(d, (struct kite_paragraph){ .role = KITE_ROLE_PARAGRAPH }, LONG_TEXT "The mark\xEF\xBF\xBC stands here. " LONG_TEXT, 1);
    for (unsigned i = 0; i < behind; i++)
        doc_add(d, KITE_ROLE_PARAGRAPH, LONG_TEXT);
    doc_add(d, KITE_ROLE_NOTE, SENTENCE SENTENCE);
    doc_add(d, KITE_ROLE_NOTE_MORE, LONG_NOTE);
    doc_end(d);
}

/* A long note begins on the page of its mark and goes on at the feet of the next, with text above it; where the text ends
 * first, on a page of its own. Nothing is lost, at any height, and each page is found again from its start. */
static void test_long_notes_are_divided(void **state)
{
    unsigned divided = 0, alone = 0;

    (void)state;
    for (unsigned behind = 0; behind < 14; behind += 4) {
        uint32_t first = 8 + behind;
        struct doc d;

        add_noted_text(&d, behind);
        for (int32_t height = 700; height < 1300; height += 23) {
            struct shown shown = { 0 };
            size_t number = 0, mark = 0;

            doc_set(&d, KITE_PROFILE_BOOK, 480, height);
            for (const struct kite_page *page = next_page(&d, NULL); page; page = next_page(&d, page), number++) {
                int32_t bottom = 0;

                for (size_t i = 0; i < page->line_count; i++) {
                    const struct kite_page_line *line = &page->lines[i];

                    assert_true(line->box.y >= bottom - 1);
                    bottom = line->box.y + line->box.height;
                    if (line->paragraph == 7 && line->start_bytes <= strlen(LONG_TEXT) + 8)
                        mark = number;
                }
                assert_true(bottom <= height - d.setting.margin_bottom_px + 1);
                see_note(page, number, first, first + 2, &shown);
            }
            assert_int_equal(shown.paragraph, first + 1);
            assert_int_equal(shown.bytes, strlen(LONG_NOTE));
            assert_int_equal(shown.last - shown.first + 1, shown.pages);
            if (shown.height_px < height - 2 * d.setting.margin_bottom_px - 2 * kite_f26_round_px(d.setting.line_f26)) {
                assert_int_equal(shown.first, mark); /* one higher than a page stands behind the text */
                assert_true(shown.alone <= (behind < 8)); /* nearly a page of note, and four paragraphs */
                divided += shown.pages > 1;
                alone += shown.alone;
            }
        }
        doc_close(&d);
    }
    print_message("%u notes on several pages, %u pages of nothing else\n", divided, alone);
    assert_true(divided > 20 && alone > 3);
}

/* The same pages from their starts, in a layout that knows nothing, and from a map that was kept. */
static void test_divided_notes_are_found_again(void **state)
{
    struct doc d;
    unsigned compared = 0;

    (void)state;
    for (unsigned behind = 0; behind < 9; behind += 8) {
        add_noted_text(&d, behind);
        for (int32_t height = 900; height < 1300; height += 95) {
            struct kite_fault fault;
            struct kite_page_map *map, *kept;
            struct kite_layout *fresh;
            struct kite_buffer bytes = { .mem = heap };
            struct kite_sink sink = kite_sink_buffer(&bytes);
            enum kite_status status;
            uint32_t number = 0;

            doc_set(&d, KITE_PROFILE_BOOK, 480, height);
            assert_int_equal(kite_page_map_create(d.layout, 0, &map, &fault), KITE_OK);
            while ((status = kite_page_map_step(map, &fault)) == KITE_OK)
                ;
            assert_int_equal(status, KITE_DONE);
            assert_int_equal(kite_page_map_save(map, &sink), KITE_OK);
            assert_int_equal(kite_page_map_load(d.layout, 0, bytes.bytes, bytes.count, &kept, &fault), KITE_OK);
            for (const struct kite_page *page = next_page(&d, NULL); page; page = next_page(&d, page), number++) {
                const struct kite_page *again;

                assert_int_equal(kite_page_map_find(kept, page->start), number);
                assert_int_equal(kite_layout_create(&heap, d.bundle, fonts, &d.setting, &fresh, &fault), KITE_OK);
                for (int way = 0; way < 2; way++) {
                    status = way ? kite_layout_page_of(fresh, kept, number, &again, &fault)
                                 : kite_layout_page_at(fresh, page->start, KITE_PAGE_EXACT, &again, &fault);
                    assert_int_equal(status, KITE_OK);
                    assert_int_equal(again->line_count, page->line_count);
                    for (size_t i = 0; i < page->line_count; i++)
                        assert_true(again->lines[i].paragraph == page->lines[i].paragraph &&
                                    again->lines[i].start_bytes == page->lines[i].start_bytes &&
                                    again->lines[i].box.y == page->lines[i].box.y);
                    compared++;
                }
                kite_layout_destroy(fresh);
            }
            assert_int_equal(kite_page_map_count(kept), number);
            kite_page_map_destroy(map);
            kite_page_map_destroy(kept);
            kite_buffer_close(&bytes);
        }
        doc_close(&d);
    }
    assert_true(compared > 40);
}

/* ---- list signs ------------------------------------------------------------------------------ */

/* A number stands clear of its text and inside the page, up to three figures, in every profile. */
static void test_list_numbers_have_room(void **state)
{
    static const uint32_t ordinals[] = { 1, 9, 10, 99, 100, 888 };
    struct doc d;

    (void)state;
    doc_begin(&d, KITE_LANG2('e', 'n'));
    for (size_t i = 0; i < sizeof ordinals / sizeof *ordinals; i++)
        doc_add_noted(&d, (struct kite_paragraph){ .role = KITE_ROLE_ITEM, .depth = 1, .is_tight = true,
                                                   .ordinal = ordinals[i] }, "Text", 0);
    doc_add_noted(&d, (struct kite_paragraph){ .role = KITE_ROLE_ITEM, .depth = 1, .is_tight = true, .ordinal = 12,
                                               .direction = KITE_DIRECTION_RTL }, "\xD7\x94\xD7\x9E", 0);
    doc_end(&d);
    for (int profile = 0; profile < KITE_PROFILE_LARGE; profile++) {
        doc_set(&d, (enum kite_profile)profile, 600, 800);

        const struct kite_page *page = next_page(&d, NULL);
        kite_f26 em = d.setting.size_f26;
        uint32_t at = 0;

        assert_int_equal(page->line_count, 7);
        for (size_t i = 0; i < page->line_count; i++) {
            const struct kite_page_line *line = &page->lines[i];
            kite_f26 left = kite_f26_from_px(line->box.x), right = left + kite_f26_from_px(line->box.width);

            assert_true(line->first_glyph > at); /* the sign comes first, and belongs to no line */
            for (uint32_t g = at; g < line->first_glyph; g++) {
                if (line->is_rtl) {
                    assert_true(page->glyphs[g].x >= right + em * 4 / 10);
                    assert_true(page->glyphs[g].x <= kite_f26_from_px(600 - d.setting.margin_right_px));
                } else {
                    assert_true(page->glyphs[g].x >= kite_f26_from_px(d.setting.margin_left_px) - em / 16);
                    assert_true(page->glyphs[g].x <= left - em * 6 / 10); /* a point is a fifth of an em wide */
                }
            }
            at = line->first_glyph + line->glyph_count;
        }
    }
    doc_close(&d);
}

/* Code right behind an item stands under the item's text, other code at the column's edge. */
static void test_code_stands_under_its_item(void **state)
{
    struct kite_paragraph item = { .role = KITE_ROLE_ITEM, .depth = 1, .ordinal = 1 };
    struct doc d;

    (void)state;
    doc_begin(&d, KITE_LANG2('e', 'n'));
    doc_add(&d, KITE_ROLE_PREFORMATTED, "first");
    doc_add_noted(&d, item, "Do this:", 0);
    doc_add(&d, KITE_ROLE_PREFORMATTED, "second");
    doc_end(&d);
    doc_set(&d, KITE_PROFILE_BOOK, 600, 800);

    const struct kite_page *page = next_page(&d, NULL);

    assert_int_equal(page->line_count, 3);
    assert_int_equal(page->lines[0].box.x, d.setting.margin_left_px);
    assert_true(page->lines[1].box.x > d.setting.margin_left_px);
    assert_int_equal(page->lines[2].box.x, page->lines[1].box.x);
    doc_close(&d);
}

/* A quotation in an item is set in from the item's text, which then goes on where it was. */
static void test_quotations_in_items_are_set_in(void **state)
{
    struct kite_paragraph item = { .role = KITE_ROLE_ITEM, .depth = 1 }, more = { .role = KITE_ROLE_ITEM_MORE, .depth = 1 }, said = more;
    struct doc d;

    (void)state;
    said.quote_depth = 1;
    doc_begin(&d, KITE_LANG2('e', 'n'));
    doc_add_noted(&d, item, "One", 0);
    doc_add_noted(&d, said, "Said", 0);
    doc_add_noted(&d, more, "More", 0);
    doc_end(&d);
    doc_set(&d, KITE_PROFILE_BOOK, 600, 800);

    const struct kite_page *page = next_page(&d, NULL);

    assert_int_equal(page->line_count, 3);
    assert_true(page->lines[1].box.x > page->lines[0].box.x);
    assert_int_equal(page->lines[2].box.x, page->lines[0].box.x);
    assert_true(page->lines[1].box.y > page->lines[0].box.y + page->lines[0].box.height);
    doc_close(&d);
}

/* ---- line heights ---------------------------------------------------------------------------- */

static void test_lines_have_room_for_marks(void **state)
{
    static const struct {
        kite_lang lang;
        int32_t em1000;
    } cases[] = { { KITE_LANG2('e', 'n'), 1200 }, { KITE_LANG2('v', 'i'), 1300 }, { KITE_LANG2('h', 'i'), 1500 } };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct doc d;

        doc_begin(&d, cases[i].lang);
        doc_add(&d, KITE_ROLE_PARAGRAPH, LONG_TEXT);
        doc_end(&d);
        doc_set(&d, KITE_PROFILE_BOOK, 600, 800);
        kite_setting_scale(&d.setting, 1100, 1000);

        struct kite_fault fault;

        assert_int_equal(kite_layout_set(d.layout, &d.setting, &fault), KITE_OK);
        tell(&d, &told);
        assert_in_range(told.line_f26, kite_mul_div(d.setting.size_f26, cases[i].em1000, 1000) - 32,
                        kite_mul_div(d.setting.size_f26, cases[i].em1000, 1000) + 32);
        doc_close(&d);
    }
}

static int set_up(void **state)
{
    heap = kite_memory_heap();
    return fonts_open(state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cards_name_their_columns), cmocka_unit_test(test_table_heads_stand_on_every_page),
        cmocka_unit_test(test_high_table_heads_stand_once), cmocka_unit_test(test_tables_go_with_the_text),
        cmocka_unit_test(test_a_picture_keeps_its_caption),
        cmocka_unit_test(test_space_around_heads),       cmocka_unit_test(test_attributions_stay),
        cmocka_unit_test(test_bare_heads_stay_with_the_next),
        cmocka_unit_test(test_long_notes_are_divided), cmocka_unit_test(test_divided_notes_are_found_again),
        cmocka_unit_test(test_notes_never_overrun),      cmocka_unit_test(test_notes_that_pop_up_stand_behind),
        cmocka_unit_test(test_list_numbers_have_room),
        cmocka_unit_test(test_lines_have_room_for_marks), cmocka_unit_test(test_code_stands_under_its_item), cmocka_unit_test(test_quotations_in_items_are_set_in),
    };

    return cmocka_run_group_tests(tests, set_up, fonts_close);
}
