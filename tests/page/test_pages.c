/* page: no stray lines, no heading left behind, whatever the height; pages found from any place; maps; changing size and
 * back; notes; failing memory. */
#include <string.h>

#include "text/font_group.h"

#include "page/page.h"

#define PARAGRAPHS 60

static struct kite_buffer file;
static struct kite_span_bytes span_bytes;
static struct kite_source source;
static struct kite_bundle *bundle;
static const struct kite_memory *mem;
static struct kite_memory heap;

static uint32_t next_random(uint32_t *seed)
{
    *seed = *seed * 1664525 + 1013904223;
    return *seed >> 8;
}

static size_t random_words(uint32_t *seed, size_t words, char *out)
{
    static const char *const vocabulary[] = { "the", "prison", "is", "international", "and", "solidarity", "of", "people", "government",
                                              "a", "has", "responsibility", "to", "write", "letters", "in", "winter", "understanding" };
    size_t count = 0;

    for (size_t i = 0; i < words; i++) {
        const char *word = vocabulary[next_random(seed) % (sizeof vocabulary / sizeof *vocabulary)];

        if (i)
            out[count++] = ' ';
        memcpy(out + count, word, strlen(word));
        count += strlen(word);
    }
    out[count++] = '.';
    return count;
}

/* Headings, long and short paragraphs, a list, two notes. */
static int set_up(void **state)
{
    static const struct kite_writer_options fast = { .zopfli_iterations = -1 };
    struct kite_writer *writer;
    struct kite_fault fault;
    uint32_t seed = 9, id = 0;

    (void)state;
    heap = kite_memory_heap();
    mem = &heap;
    file.mem = heap;
    assert_int_equal(kite_writer_create(mem, &fast, &writer, &fault), KITE_OK);
    assert_int_equal(kite_writer_document(writer, KITE_LANG2('e', 'n'), KITE_DIRECTION_LTR, &fault), KITE_OK);
    for (int i = 0; i < PARAGRAPHS + 2; i++) {
        char text[4000];
        struct kite_span spans[3] = { { 0 } };
        struct kite_paragraph p = { .role = i >= PARAGRAPHS ? KITE_ROLE_NOTE : i % 9 == 0 ? KITE_ROLE_HEADING : i % 7 == 3 ? KITE_ROLE_ITEM : KITE_ROLE_PARAGRAPH,
                                    .depth = (uint8_t)((i % 9 == 0 && i < PARAGRAPHS) || i % 7 == 3), .id = id++,
                                    .text = { .text = text, .spans = spans, .span_count = 1 } };

        p.text.text_bytes = random_words(&seed, i % 9 == 0 ? 4 : 10 + next_random(&seed) % 120, text);
        if (i == 5 || i == 20) {
            memcpy(text + p.text.text_bytes, "\xEF\xBF\xBC", 3);
            spans[1] = (struct kite_span){ .offset_bytes = (uint32_t)p.text.text_bytes, .note = i == 5 ? 1 : 2 };
            p.text.text_bytes += 3;
            p.text.span_count = 2;
        }
        if (i >= PARAGRAPHS)
            p.depth = 0;
        /* Note marks stand before their notes, so the writer is told at the end. */
        assert_int_equal(kite_writer_paragraph(writer, &p, &fault), KITE_OK);
    }

    struct kite_sink sink = kite_sink_buffer(&file);

    assert_int_equal(kite_writer_finish(writer, &sink, NULL, &fault), KITE_OK);
    kite_writer_destroy(writer);
    span_bytes = (struct kite_span_bytes){ file.bytes, file.count };
    source = kite_source_memory(&span_bytes);
    assert_int_equal(kite_bundle_open(mem, &source, &bundle, &fault), KITE_OK);
    fonts_open(state);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    kite_fonts_destroy(fonts);
    kite_bundle_close(bundle);
    kite_buffer_close(&file);
    return 0;
}

static struct kite_setting setting_of(int32_t width, int32_t height, enum kite_profile profile)
{
    struct kite_panel_geometry panel = { width, height, 220 };
    struct kite_setting s;

    kite_setting_init(&s, profile, panel, 0);
    return s;
}

static struct kite_layout *layout_of(const struct kite_setting *s)
{
    struct kite_layout *layout;
    struct kite_fault fault;

    assert_int_equal(kite_layout_create(mem, bundle, fonts, s, &layout, &fault), KITE_OK);
    return layout;
}

/* ---- page ends ------------------------------------------------------------------------------- */

struct told {
    uint32_t paragraph[20000], page[20000];
    enum kite_role role[20000];
    size_t count, pages;
    bool is_within;
};

static enum kite_status take_line(void *ctx, const struct kite_layout_line *line)
{
    struct told *told = ctx;

    if (line->role == KITE_ROLE_NOTE || line->role == KITE_ROLE_NOTE_MORE)
        return KITE_OK;
    told->paragraph[told->count] = line->paragraph;
    told->role[told->count] = line->role;
    told->page[told->count++] = line->page;
    return KITE_OK;
}

static enum kite_status take_page(void *ctx, const struct kite_layout_page *page)
{
    struct told *told = ctx;

    told->pages++;
    told->is_within = told->is_within && page->used_f26 <= page->available_f26;
    return KITE_OK;
}

/* Lines of the paragraph that line i belongs to, which stand on its page. */
static size_t lines_together(const struct told *t, size_t i)
{
    size_t count = 0;

    for (size_t k = 0; k < t->count; k++)
        count += t->paragraph[k] == t->paragraph[i] && t->page[k] == t->page[i];
    return count;
}

static size_t lines_of(const struct told *t, size_t i)
{
    size_t count = 0;

    for (size_t k = 0; k < t->count; k++)
        count += t->paragraph[k] == t->paragraph[i];
    return count;
}

static void test_no_stray_lines(void **state)
{
    static struct told told;
    struct kite_layout_report report = { &told, take_line, take_page, NULL };
    struct kite_fault fault;

    (void)state;
    for (int32_t height = 500; height <= 1300; height += 160) {
        struct kite_setting s = setting_of(700, height, height % 320 ? KITE_PROFILE_BOOK : KITE_PROFILE_PLAIN);
        struct kite_layout *layout = layout_of(&s);

        memset(&told, 0, sizeof told);
        told.is_within = true;
        assert_int_equal(kite_layout_tell(layout, 0, &report, &fault), KITE_OK);
        assert_true(told.is_within);
        assert_true(told.pages > 3);
        for (size_t i = 0; i < told.count; i++) {
            bool is_last_on_page = i + 1 == told.count || told.page[i + 1] != told.page[i];

            if (lines_of(&told, i) > 1)
                assert_true(lines_together(&told, i) >= 2); /* no widow, no orphan */
            if (is_last_on_page && i + 1 < told.count)
                assert_int_not_equal(told.role[i], KITE_ROLE_HEADING);
        }
        kite_layout_destroy(layout);
    }
}

/* ---- places ---------------------------------------------------------------------------------- */

static bool holds(const struct kite_page *page, struct kite_place place)
{
    bool is_behind_start = place.paragraph > page->start.paragraph ||
                           (place.paragraph == page->start.paragraph && place.offset_bytes >= page->start.offset_bytes);
    bool is_before_end = page->is_last || place.paragraph < page->end.paragraph ||
                         (place.paragraph == page->end.paragraph && place.offset_bytes < page->end.offset_bytes);

    return is_behind_start && is_before_end;
}

static void test_pages_from_any_place(void **state)
{
    struct kite_setting s = setting_of(600, 800, KITE_PROFILE_BOOK);
    struct kite_layout *layout = layout_of(&s), *fresh;
    struct kite_page_map *map;
    struct kite_document_info info;
    struct kite_fault fault;
    enum kite_status status;
    uint32_t seed = 4;

    (void)state;
    assert_int_equal(kite_bundle_document(bundle, 0, &info), KITE_OK);
    assert_int_equal(kite_page_map_create(layout, 0, &map, &fault), KITE_OK);
    while ((status = kite_page_map_step(map, &fault)) == KITE_OK)
        continue;
    assert_int_equal(status, KITE_DONE);
    assert_true(kite_page_map_is_complete(map));
    for (int i = 0; i < 200; i++) {
        struct kite_place place, start;
        const struct kite_page *page;

        assert_int_equal(kite_bundle_place_at(bundle, 0, next_random(&seed) % info.text_bytes, &place, &fault), KITE_OK);
        if (place.paragraph >= info.body_count)
            continue;
        assert_int_equal(kite_layout_page_at(layout, place, KITE_PAGE_SOON, &page, &fault), KITE_OK);
        assert_true(holds(page, place));
        fresh = layout_of(&s); /* knows nothing of what came before */
        assert_int_equal(kite_layout_page_at(fresh, place, KITE_PAGE_EXACT, &page, &fault), KITE_OK);
        assert_true(holds(page, place));
        start = kite_page_map_start(map, kite_page_map_find(map, place));
        assert_int_equal(start.paragraph, page->start.paragraph);
        assert_int_equal(start.offset_bytes, page->start.offset_bytes);
        kite_layout_destroy(fresh);
    }
    kite_page_map_destroy(map);
    kite_layout_destroy(layout);
}

/* Pages one after the other are those of the map, and hold all of the text. */
static void test_pages_in_order(void **state)
{
    struct kite_setting s = setting_of(480, 800, KITE_PROFILE_LARGE);
    struct kite_layout *layout = layout_of(&s);
    struct kite_place at = { 0 };
    const struct kite_page *page;
    struct kite_fault fault;
    uint32_t pages = 1;
    enum kite_status status = kite_layout_page_at(layout, at, KITE_PAGE_EXACT, &page, &fault);

    (void)state;
    assert_int_equal(status, KITE_OK);
    assert_true(page->is_first);
    for (;; pages++) {
        struct kite_place end = page->end;
        bool is_last = page->is_last;

        status = kite_layout_page_next(layout, &page, &fault);
        if (status == KITE_DONE) {
            assert_true(is_last);
            break;
        }
        assert_int_equal(status, KITE_OK);
        assert_int_equal(page->start.paragraph, end.paragraph);
        assert_int_equal(page->start.offset_bytes, end.offset_bytes);
        assert_true(pages < 5000);
    }
    kite_layout_destroy(layout);
}

/* Every line tells which text it shows, and its glyphs which byte of it they come from. */
static void check_lines(const struct kite_page *page)
{
    uint32_t paragraph = page->start.paragraph, at = page->start.offset_bytes;

    assert_true(page->line_count > 0);
    for (size_t i = 0; i < page->line_count; i++) {
        const struct kite_page_line *line = &page->lines[i];
        const struct kite_page_line *before = i > 0 ? line - 1 : NULL;

        if (line->paragraph >= PARAGRAPHS) /* notes at the foot follow */
            break;
        if (line->paragraph != paragraph) {
            assert_int_equal(line->paragraph, paragraph + 1);
            paragraph = line->paragraph;
            at = 0;
        }
        assert_int_equal(line->start_bytes, at);
        assert_true(line->end_bytes > line->start_bytes && line->glyph_count > 0);
        at = line->end_bytes;
        assert_true(!before || line->box.y >= before->box.y + before->box.height - 1);
        for (uint32_t g = 0; g < line->glyph_count; g++) {
            const struct kite_glyph *glyph = &page->glyphs[line->first_glyph + g];

            assert_in_range(glyph->offset_bytes, line->start_bytes, line->end_bytes);
            assert_true(g == 0 || glyph->offset_bytes >= glyph[-1].offset_bytes);
            assert_in_range(kite_f26_round_px(glyph->y), line->box.y, line->box.y + line->box.height);
            assert_in_range(line->right_f26 - glyph->x, 64, kite_f26_from_px(line->box.width));
        }
    }
}

static void test_lines_know_their_text(void **state)
{
    struct kite_setting s = setting_of(480, 800, KITE_PROFILE_BOOK);
    struct kite_layout *layout = layout_of(&s);
    const struct kite_page *page;
    struct kite_fault fault;

    (void)state;
    enum kite_status status = kite_layout_page_at(layout, (struct kite_place){ 0 }, KITE_PAGE_EXACT, &page, &fault);

    for (; status == KITE_OK; status = kite_layout_page_next(layout, &page, &fault))
        check_lines(page);
    assert_int_equal(status, KITE_DONE);
    kite_layout_destroy(layout);
}

static bool are_same_pages(const struct kite_page *a, const struct kite_page *b)
{
    bool is_same = a->glyph_count == b->glyph_count && memcmp(&a->start, &b->start, sizeof a->start) == 0 &&
                   memcmp(&a->end, &b->end, sizeof a->end) == 0;

    for (size_t i = 0; is_same && i < a->glyph_count; i++)
        is_same = a->glyphs[i].glyph == b->glyphs[i].glyph && a->glyphs[i].x == b->glyphs[i].x &&
                  a->glyphs[i].y == b->glyphs[i].y;
    return is_same;
}

/* A map kept half-way goes on to the same pages; its pages are the exact ones; no byte of it can do harm. */
static void test_kept_maps(void **state)
{
    struct kite_setting s = setting_of(480, 800, KITE_PROFILE_BOOK), other = setting_of(480, 800, KITE_PROFILE_LARGE);
    struct kite_layout *layout = layout_of(&s), *second = layout_of(&s);
    struct kite_buffer kept = { .mem = heap };
    struct kite_sink sink = kite_sink_buffer(&kept);
    struct kite_page_map *map, *loaded;
    const struct kite_page *page, *again;
    struct kite_fault fault;

    (void)state;
    assert_int_equal(kite_page_map_create(layout, 0, &map, &fault), KITE_OK);
    assert_int_equal(kite_page_map_step(map, &fault), KITE_OK);
    assert_int_equal(kite_page_map_save(map, &sink), KITE_OK);
    assert_int_equal(kite_page_map_load(second, 0, kept.bytes, kept.count, &loaded, &fault), KITE_OK);
    while (kite_page_map_step(map, &fault) == KITE_OK || kite_page_map_step(loaded, &fault) == KITE_OK)
        ;
    assert_true(kite_page_map_is_complete(map) && kite_page_map_is_complete(loaded));
    assert_int_equal(kite_page_map_count(map), kite_page_map_count(loaded));
    for (uint32_t i = kite_page_map_count(map); i-- > 0;) {
        struct kite_place start = kite_page_map_start(map, i);

        assert_int_equal(kite_layout_page_of(second, loaded, i, &page, &fault), KITE_OK);
        assert_int_equal(kite_layout_page_at(layout, start, KITE_PAGE_EXACT, &again, &fault), KITE_OK);
        assert_true(are_same_pages(page, again));
    }
    assert_int_equal(kite_layout_page_of(second, loaded, kite_page_map_count(map), &page, &fault), KITE_E_RANGE);
    assert_int_equal(kite_layout_set(second, &other, &fault), KITE_OK);
    assert_int_equal(kite_layout_page_of(second, loaded, 0, &page, &fault), KITE_E_RANGE);
    assert_int_equal(kite_layout_set(second, &s, &fault), KITE_OK);
    kite_page_map_destroy(loaded);
    kept.count = 0;
    assert_int_equal(kite_page_map_save(map, &sink), KITE_OK);
    for (size_t i = 0; i < kept.count * 8; i++) {
        kept.bytes[i / 8] ^= (uint8_t)(1u << i % 8);
        if (kite_page_map_load(second, 0, kept.bytes, kept.count, &loaded, &fault) == KITE_OK) {
            uint32_t count = kite_page_map_count(loaded);

            if (count > 0)
                kite_layout_page_of(second, loaded, (uint32_t)i % count, &page, &fault);
            kite_page_map_destroy(loaded);
        }
        kept.bytes[i / 8] ^= (uint8_t)(1u << i % 8);
    }
    assert_int_not_equal(kite_page_map_load(second, 0, NULL, 0, &loaded, &fault), KITE_OK);
    for (size_t i = 0; i < kept.count; i++)
        assert_int_not_equal(kite_page_map_load(second, 0, kept.bytes, i, &loaded, &fault), KITE_OK);
    kite_page_map_destroy(map);
    kite_buffer_close(&kept);
    kite_layout_destroy(layout);
    kite_layout_destroy(second);
}

static void test_changing_size_and_back(void **state)
{
    struct kite_setting small = setting_of(600, 800, KITE_PROFILE_BOOK), large = setting_of(600, 800, KITE_PROFILE_LARGE);
    struct kite_layout *layout = layout_of(&small);
    struct kite_place place = { 0, 30, 40 };
    const struct kite_page *page;
    struct kite_fault fault;

    (void)state;
    assert_int_equal(kite_layout_page_at(layout, place, KITE_PAGE_EXACT, &page, &fault), KITE_OK);

    struct kite_place start = page->start;
    size_t glyphs = page->glyph_count;

    for (int i = 0; i < 10; i++) {
        assert_int_equal(kite_layout_set(layout, i % 2 ? &small : &large, &fault), KITE_OK);
        assert_int_equal(kite_layout_page_at(layout, place, KITE_PAGE_EXACT, &page, &fault), KITE_OK);
        assert_true(holds(page, place));
    }
    assert_int_equal(page->start.paragraph, start.paragraph);
    assert_int_equal(page->start.offset_bytes, start.offset_bytes);
    assert_int_equal(page->glyph_count, glyphs);
    kite_layout_destroy(layout);
}

static void test_wrong_places(void **state)
{
    struct kite_setting s = setting_of(600, 800, KITE_PROFILE_BOOK);
    struct kite_layout *layout = layout_of(&s);
    const struct kite_page *page;
    struct kite_fault fault;

    (void)state;
    assert_int_equal(kite_layout_page_next(layout, &page, &fault), KITE_E_RANGE);
    assert_int_equal(kite_layout_page_at(layout, (struct kite_place){ 1, 0, 0 }, KITE_PAGE_SOON, &page, &fault), KITE_E_RANGE);
    assert_int_equal(kite_layout_page_at(layout, (struct kite_place){ 0, 9999, 0 }, KITE_PAGE_SOON, &page, &fault), KITE_E_RANGE);
    s.size_f26 = 0;
    assert_int_equal(kite_layout_set(layout, &s, &fault), KITE_E_RANGE);
    kite_layout_destroy(layout);
}

static void test_every_allocation(void **state)
{
    struct kite_setting s = setting_of(600, 800, KITE_PROFILE_BOOK);
    enum kite_status status = KITE_E_NOMEM;

    (void)state;
    for (uint64_t fail_at = 1; status == KITE_E_NOMEM && fail_at < 3000; fail_at++) {
        struct check_memory counted = { .fail_at = fail_at };
        struct kite_memory failing = check_memory(&counted);
        struct kite_layout *layout;
        const struct kite_page *page;
        struct kite_fault fault;

        status = kite_layout_create(&failing, bundle, fonts, &s, &layout, &fault);
        if (status == KITE_OK) {
            status = kite_layout_page_at(layout, (struct kite_place){ 0, 12, 0 }, KITE_PAGE_EXACT, &page, &fault);
            kite_layout_destroy(layout);
        }
        assert_true(status == KITE_OK || status == KITE_E_NOMEM);
        assert_int_equal(counted.blocks, 0);
    }
    assert_int_equal(status, KITE_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_no_stray_lines),         cmocka_unit_test(test_pages_from_any_place),
        cmocka_unit_test(test_pages_in_order),         cmocka_unit_test(test_changing_size_and_back),
        cmocka_unit_test(test_lines_know_their_text), cmocka_unit_test(test_kept_maps),
        cmocka_unit_test(test_wrong_places),           cmocka_unit_test(test_every_allocation),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
