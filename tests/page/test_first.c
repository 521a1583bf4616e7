/* page: in a text as long as a novel without a heading, the page at a place is there at once; its exact pages follow with the map,
 * and nothing is lost between the two. */
#include <string.h>

#include "text/font_group.h"

#include "page/page.h"

#define SHORT_BYTES (60u * 1024)
#define NOVEL_BYTES (8 * SHORT_BYTES)
#define PLACES 150

/* A bundle in memory, and how much of it was read. */
struct novel {
    struct kite_buffer file;
    struct kite_source source;
    struct kite_bundle *bundle;
    struct kite_document_info info;
    uint64_t read_bytes;
};

static struct kite_memory heap;
static struct kite_fault fault;

static enum kite_status read_counted(void *ctx, uint64_t offset, uint8_t *dst, size_t count)
{
    struct novel *novel = ctx;

    novel->read_bytes += count;
    memcpy(dst, novel->file.bytes + offset, count);
    return KITE_OK;
}

static uint32_t next_random(uint32_t *seed)
{
    *seed = *seed * 1664525 + 1013904223;
    return *seed >> 8;
}

static size_t random_words(uint32_t *seed, size_t words, char *out)
{
    static const char *const vocabulary[] = { "whale", "the", "remarkable", "of", "harpooneer", "a", "forecastle", "and", "sea", "to",
                                              "considerations", "in", "his", "that", "nevertheless", "it", "circumnavigation", "ship" };
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

/* Paragraphs of all lengths, one after the other. */
static void open_novel(struct novel *novel, size_t text_bytes)
{
    static const struct kite_writer_options fast = { .zopfli_iterations = -1 };
    struct kite_sink sink = kite_sink_buffer(&novel->file);
    struct kite_writer *writer;
    uint32_t seed = 5, id = 0;

    *novel = (struct novel){ .file = { .mem = heap } };
    assert_int_equal(kite_writer_create(&heap, &fast, &writer, &fault), KITE_OK);
    assert_int_equal(kite_writer_document(writer, KITE_LANG2('e', 'n'), KITE_DIRECTION_LTR, &fault), KITE_OK);
    for (size_t written = 0; written < text_bytes;) {
        char text[8000];
        struct kite_span span = { 0 };
        struct kite_paragraph p = { .role = KITE_ROLE_PARAGRAPH, .id = id++, .text = { .text = text, .spans = &span, .span_count = 1 } };

        p.text.text_bytes = random_words(&seed, 2 + next_random(&seed) % (id % 5 == 0 ? 400 : 90), text);
        written += p.text.text_bytes;
        assert_int_equal(kite_writer_paragraph(writer, &p, &fault), KITE_OK);
    }
    assert_int_equal(kite_writer_finish(writer, &sink, NULL, &fault), KITE_OK);
    kite_writer_destroy(writer);
    novel->source = (struct kite_source){ novel, novel->file.count, read_counted };
    assert_int_equal(kite_bundle_open(&heap, &novel->source, &novel->bundle, &fault), KITE_OK);
    assert_int_equal(kite_bundle_document(novel->bundle, 0, &novel->info), KITE_OK);
}

static void close_novel(struct novel *novel)
{
    kite_bundle_close(novel->bundle);
    kite_buffer_close(&novel->file);
}

static struct kite_setting setting_of_reader(void)
{
    struct kite_panel_geometry panel = { 600, 800, 220 };
    struct kite_setting s;

    kite_setting_init(&s, KITE_PROFILE_BOOK, panel, 0);
    return s;
}

static struct kite_layout *layout_of(const struct novel *novel, const struct kite_memory *mem)
{
    struct kite_setting s = setting_of_reader();
    struct kite_layout *layout;

    assert_int_equal(kite_layout_create(mem, novel->bundle, fonts, &s, &layout, &fault), KITE_OK);
    return layout;
}

static bool is_before(struct kite_place a, struct kite_place b)
{
    return a.paragraph != b.paragraph ? a.paragraph < b.paragraph : a.offset_bytes < b.offset_bytes;
}

/* The cost of the page at 63 % of a text, in a layout that knows nothing: bytes read, and calls for memory. */
struct cost {
    uint64_t read_bytes, calls;
};

static struct cost cost_of_first_page(size_t text_bytes)
{
    struct check_memory counted = { 0 };
    struct kite_memory mem = check_memory(&counted);
    struct novel novel;
    struct kite_place place;
    const struct kite_page *page;

    open_novel(&novel, text_bytes);
    assert_int_equal(kite_bundle_place_at(novel.bundle, 0, novel.info.text_bytes * 63 / 100, &place, &fault), KITE_OK);

    struct kite_layout *layout = layout_of(&novel, &mem);

    novel.read_bytes = 0;
    assert_int_equal(kite_layout_page_at(layout, place, KITE_PAGE_SOON, &page, &fault), KITE_OK);

    struct cost cost = { novel.read_bytes, counted.calls };

    kite_layout_destroy(layout);
    close_novel(&novel);
    return cost;
}

/* Eight times the text costs the page no more: two blocks of it at most, as a page may lie across their edge, and their index. */
static void the_page_at_a_place_costs_the_same_in_any_text(void **state)
{
    struct cost in_short = cost_of_first_page(SHORT_BYTES), in_novel = cost_of_first_page(NOVEL_BYTES);

    (void)state;
    print_message("read %u and %u bytes, %u and %u calls for memory\n", (unsigned)in_short.read_bytes, (unsigned)in_novel.read_bytes,
                  (unsigned)in_short.calls, (unsigned)in_novel.calls);
    assert_true(in_novel.read_bytes <= 2u * 16 * 1024 + 4096);
    assert_true(in_novel.calls <= in_short.calls * 2);
}

/* The page of the map that holds a place: what a reader shows for it once the map is there. */
static const struct kite_page *exact_page(struct kite_layout *layout, const struct kite_page_map *map, struct kite_place place)
{
    const struct kite_page *page;

    assert_int_equal(kite_layout_page_of(layout, map, kite_page_map_find(map, place), &page, &fault), KITE_OK);
    assert_false(is_before(place, page->start));
    assert_true(page->is_last || is_before(place, page->end));
    return page;
}

static void check_place(struct kite_layout *reading, const struct kite_page_map *map, struct kite_layout *layout, struct kite_place place,
                        size_t *steps_back)
{
    const struct kite_page *page;
    struct kite_place start, end, exact_start;
    bool is_last;

    /* at once: the place is on the first line, or the second where the first would have stood alone */
    assert_int_equal(kite_layout_page_at(layout, place, KITE_PAGE_SOON, &page, &fault), KITE_OK);
    start = page->start;
    end = page->end;
    is_last = page->is_last;
    assert_int_equal(start.paragraph, place.paragraph);
    assert_false(is_before(place, start));
    assert_true(page->line_count < 3 || place.offset_bytes < page->lines[1].end_bytes || page->lines[1].paragraph != place.paragraph);

    /* exactly: the first word that was shown is on the page of the map, with a layout that has been elsewhere or here before */
    exact_start = exact_page(reading, map, start)->start;
    assert_int_equal(kite_layout_page_at(layout, start, KITE_PAGE_EXACT, &page, &fault), KITE_OK);
    assert_memory_equal(&page->start, &exact_start, sizeof exact_start);
    if (is_last)
        return;

    /* on from the page shown: the page of the map that goes on where it ended passes over no line, and begins behind its start;
     * but for where it came out short, and the map's page holds all of it */
    page = exact_page(reading, map, end);
    *steps_back += !is_before(start, page->start);
}

static void exact_pages_follow_the_first(void **state)
{
    struct novel novel;
    struct kite_page_map *map;
    enum kite_status status;
    uint32_t seed = 7;
    size_t steps_back = 0;

    (void)state;
    open_novel(&novel, NOVEL_BYTES / 4);

    struct kite_layout *reading = layout_of(&novel, &heap);

    assert_int_equal(kite_page_map_create(reading, 0, &map, &fault), KITE_OK);
    while ((status = kite_page_map_step(map, &fault)) == KITE_OK)
        continue;
    assert_int_equal(status, KITE_DONE);
    for (int i = 0; i < PLACES; i++) {
        struct kite_layout *layout = layout_of(&novel, &heap);
        struct kite_place place;

        assert_int_equal(kite_bundle_place_at(novel.bundle, 0, next_random(&seed) % novel.info.text_bytes, &place, &fault), KITE_OK);
        check_place(reading, map, layout, place, &steps_back);
        kite_layout_destroy(layout);
    }
    print_message("%zu of %d pages are followed by one that begins no later\n", steps_back, PLACES);
    assert_true(steps_back <= PLACES / 50);
    kite_page_map_destroy(map);
    kite_layout_destroy(reading);
    close_novel(&novel);
}

static int set_up(void **state)
{
    heap = kite_memory_heap();
    fonts_open(state);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    kite_fonts_destroy(fonts);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_page_at_a_place_costs_the_same_in_any_text),
        cmocka_unit_test(exact_pages_follow_the_first),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
