/* quality: how near drawn letters are to where the paragraph's exact arithmetic puts them, and lines to the right edge. */
#include "quality/book.h"

#include <hb.h>
#include <math.h>

#define CELL_WIDTH 140
#define CELL_HEIGHT 140
#define CELL_PEN 40

static const char text[] =
    "A reader holds the page at arm's length and does not see that every letter stands a quarter of a dot to one side. "
    "But she sees when an *r* and an *n* come so near that they look like an m, and she stumbles, and goes back a word. "
    "That is why the pens are rounded once, from the exact place in the line, and never by adding up what was rounded "
    "before. Official efforts, waffles, flying kites: they all hold together, whatever the size and wherever the line "
    "begins, or else somebody took a short cut. Very few lines are exactly as long as their letters would like.\n";

struct error {
    double most, squares;
    size_t count;
};

static void add(struct error *to, double error)
{
    to->most = fmax(to->most, fabs(error));
    to->squares += error * error;
    to->count++;
}

static double rms(const struct error *error)
{
    return sqrt(error->squares / (double)error->count);
}

/* One glyph drawn at x. */
static void draw(struct book *book, struct kite_renderer *renderer, const struct kite_glyph_run *from, uint16_t glyph,
                 kite_f26 x, uint8_t pixels[CELL_WIDTH * CELL_HEIGHT])
{
    struct kite_canvas canvas = { pixels, CELL_WIDTH, CELL_HEIGHT, CELL_WIDTH };
    struct kite_ink ink = { .levels = 256, .weight = 2 };
    struct kite_glyph at = { .glyph = glyph, .x = x, .y = 90 * 64 };
    struct kite_glyph_run run = *from;
    struct kite_page page = { .runs = &run, .run_count = 1, .glyphs = &at, .glyph_count = 1 };

    run.first = 0;
    run.count = 1;
    must(book, kite_render_page(renderer, &page, NULL, &ink, NULL, &canvas, &book->fault));
}

/* Where ink is, across. */
static double middle_of(const uint8_t pixels[CELL_WIDTH * CELL_HEIGHT])
{
    double sum = 0, weight = 0;

    for (int i = 0; i < CELL_WIDTH * CELL_HEIGHT; i++) {
        sum += (255.0 - pixels[i]) * (i % CELL_WIDTH);
        weight += 255.0 - pixels[i];
    }
    return weight > 0 ? sum / weight : NAN;
}

struct errors {
    struct error layout;  /* of pens, from where the letters should be */
    struct error drawing; /* of quarters drawn, from there: end to end */
    struct error middles; /* of ink as pixels show it, from the pens */
};

/* One letter is drawn as it would be on the nearest quarter of a pixel, so where that is tells where it stands. */
static void judge_glyph(struct book *book, struct kite_renderer *renderer, const struct kite_glyph_run *run,
                        const struct kite_glyph *glyph, double exact, struct errors *errors)
{
    static uint8_t drawn[CELL_WIDTH * CELL_HEIGHT], quarter[CELL_WIDTH * CELL_HEIGHT], whole[CELL_WIDTH * CELL_HEIGHT];
    kite_f26 cell = (kite_f26)floor(glyph->x / 64.0) * 64 - CELL_PEN * 64, x = glyph->x - cell;
    kite_f26 nearest = (kite_f26)floor((exact * 64 - cell) / 16 + 0.5) * 16;

    draw(book, renderer, run, glyph->glyph, x, drawn);
    draw(book, renderer, run, glyph->glyph, nearest, quarter);
    draw(book, renderer, run, glyph->glyph, CELL_PEN * 64, whole);
    add(&errors->layout, glyph->x / 64.0 - exact);
    add(&errors->drawing, (nearest + cell) / 64.0 - exact);
    assert_memory_equal(drawn, quarter, sizeof drawn);
    if (!isnan(middle_of(whole)))
        add(&errors->middles, middle_of(drawn) - middle_of(whole) - (x / 64.0 - CELL_PEN));
}

/* Exact pens of a line's text: HarfBuzz in font units, then one multiplication. */
static size_t exact_pens(struct book *book, const struct kite_glyph_run *run, const char *line, size_t bytes, double left_px,
                         double *pens, size_t room)
{
    hb_buffer_t *buffer = hb_buffer_create();
    double scale = run->size_f26 / 64.0 / kite_face_metrics(book->fonts, run->face)->units_per_em, x = left_px;
    unsigned count;

    hb_buffer_add_utf8(buffer, line, (int)bytes, 0, (int)bytes);
    hb_buffer_guess_segment_properties(buffer);
    hb_shape(kite_face_harfbuzz(book->fonts, run->face), buffer, NULL, 0);

    const hb_glyph_position_t *positions = hb_buffer_get_glyph_positions(buffer, &count);

    assert_true(count <= room);
    for (unsigned i = 0; i < count; i++) {
        pens[i] = x + positions[i].x_offset * scale;
        x += positions[i].x_advance * scale;
    }
    hb_buffer_destroy(buffer);
    return count;
}

static const struct kite_glyph_run *run_of(const struct kite_page *page, uint32_t glyph)
{
    for (size_t r = 0; r < page->run_count; r++)
        if (glyph >= page->runs[r].first && glyph < page->runs[r].first + page->runs[r].count)
            return &page->runs[r];
    return NULL;
}

/* A line of one face: its spaces have no glyphs on the page, so glyphs are matched by their number. */
static void judge_line(struct book *book, struct kite_renderer *renderer, const struct kite_page *page,
                       const struct kite_page_line *line, const char *paragraph, struct errors *errors)
{
    const struct kite_glyph_run *run = run_of(page, line->first_glyph);
    double pens[256];
    uint32_t g = line->first_glyph, end = g + line->glyph_count;
    size_t at = line->start_bytes, stop = line->end_bytes, count;

    while (stop > at && paragraph[stop - 1] == ' ')
        stop--;
    for (uint32_t k = g; k < end; k++)
        if (run_of(page, k) == NULL || run_of(page, k)->face != run->face)
            return;
    count = exact_pens(book, run, paragraph + at, stop - at, line->box.x, pens, 256);
    for (size_t i = 0; i < count && g < end; i++) {
        if (fabs(page->glyphs[g].x / 64.0 - pens[i]) > 1) /* a space of the shaped line, which the page has not */
            continue;
        judge_glyph(book, renderer, run, &page->glyphs[g], pens[i], errors);
        g++;
    }
    assert_int_equal(g, end);
}

static struct kite_setting setting_of(size_t panel, enum kite_align_choice align)
{
    struct kite_setting s;

    kite_setting_init(&s, KITE_PROFILE_BOOK, panels[panel], 0);
    s.align = align;
    s.hyphenate = false;
    s.indent_em1000 = 0;
    return s;
}

static void test_letters_are_where_they_should_be(void **state)
{
    struct book book;
    struct kite_renderer *renderer;
    struct errors errors = { 0 };

    (void)state;
    book_of_text(&book, "places.md", text, sizeof text - 1);
    must(&book, kite_renderer_create(&book.heap, book.fonts, 0, &renderer, &book.fault));
    for (size_t p = 0; p < PANEL_COUNT; p++) {
        struct kite_setting s = setting_of(p, KITE_CHOOSE_RAGGED);
        struct kite_place start = { 0 };
        const struct kite_page *page;
        struct kite_arena arena;
        struct kite_paragraph paragraph;

        kite_arena_init(&arena, book.heap, 0);
        book_set(&book, &s);
        must(&book, kite_bundle_paragraph(book.bundle, 0, 0, &arena, &paragraph, &book.fault));
        must(&book, kite_layout_page_at(book.layout, start, KITE_PAGE_SOON, &page, &book.fault));
        for (size_t i = 0; i < page->line_count; i++)
            if (page->lines[i].paragraph == 0 && page->lines[i].glyph_count > 0)
                judge_line(&book, renderer, page, &page->lines[i], paragraph.text.text, &errors);
        kite_arena_close(&arena);
    }
    print_message("%zu letters: drawn at most %.3f px from exact, rms %.3f; pens at most %.3f, rms %.3f; "
                  "ink at most %.3f from its pen, rms %.3f\n",
                  errors.drawing.count, errors.drawing.most, rms(&errors.drawing), errors.layout.most, rms(&errors.layout),
                  errors.middles.most, rms(&errors.middles));
    assert_true(errors.drawing.count > 500);
    assert_true(errors.drawing.most <= 0.125);
    assert_true(rms(&errors.drawing) <= 0.075);
    assert_true(errors.layout.most <= 1.0 / 64 + 1e-3); /* rounded down once, so that a quarter is that of the exact pen */
    assert_true(errors.middles.most <= 0.125 + 3.0 / 64); /* where a stem ends within a pixel, pixels tell it so well */
    assert_true(rms(&errors.middles) <= 0.075);
    kite_renderer_destroy(renderer);
    book_close(&book);
}

/* ---- the right edge ------------------------------------------------------------------------------- */

static double right_of(struct book *book, const struct kite_page *page, const struct kite_page_line *line)
{
    uint32_t last = line->first_glyph + line->glyph_count - 1;
    const struct kite_glyph_run *run = run_of(page, last);
    int32_t advance = hb_font_get_glyph_h_advance(kite_face_harfbuzz(book->fonts, run->face), page->glyphs[last].glyph);

    return page->glyphs[last].x / 64.0 +
           advance * (run->size_f26 / 64.0) / kite_face_metrics(book->fonts, run->face)->units_per_em;
}

struct edges {
    double most;
    size_t count, missed;
};

/* Hyphens and other small signs hang over the edge by design. */
static bool ends_in_letter(const struct kite_page *page, const struct kite_page_line *line, const char *paragraph)
{
    uint32_t at = page->glyphs[line->first_glyph + line->glyph_count - 1].offset_bytes;
    char c = at < line->end_bytes ? paragraph[at] : '-';

    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Lines of a page that are set to the full measure: not the last of a paragraph, and with a space to stretch. */
static void judge_edges(struct book *book, const struct kite_page *page, struct edges *edges)
{
    struct kite_arena arena;

    kite_arena_init(&arena, book->heap, 0);
    for (size_t i = 0; i < page->line_count; i++) {
        const struct kite_page_line *line = &page->lines[i];
        struct kite_paragraph p;

        must(book, kite_bundle_paragraph(book->bundle, 0, line->paragraph, &arena, &p, &book->fault));
        if (p.role != KITE_ROLE_PARAGRAPH || line->glyph_count == 0 || !ends_in_letter(page, line, p.text.text) || line->end_bytes >= p.text.text_bytes ||
            !memchr(p.text.text + line->start_bytes, ' ', line->end_bytes - line->start_bytes - 1))
            continue;

        double error = fabs(right_of(book, page, line) - line->box.x - line->box.width);

        edges->count++;
        edges->missed += error > 0.75;
        edges->most = fmax(edges->most, error);
        kite_arena_reset(&arena);
    }
    kite_arena_close(&arena);
}

static void test_justified_lines_end_at_the_edge(void **state)
{
    struct book book;
    struct edges edges = { 0 };

    (void)state;
    for (size_t b = 0; b < BUILT_BOOK_COUNT; b++) {
        assert_true(book_open(&book, b));
        for (size_t p = 0; p < PANEL_COUNT; p++) {
            struct kite_setting s = setting_of(p, KITE_CHOOSE_JUSTIFIED);
            struct kite_place start = { 0 };
            const struct kite_page *page;

            s.hyphenate = true;
            book_set(&book, &s);

            enum kite_status status = kite_layout_page_at(book.layout, start, KITE_PAGE_SOON, &page, &book.fault);

            while (status == KITE_OK) {
                judge_edges(&book, page, &edges);
                status = kite_layout_page_next(book.layout, &page, &book.fault);
            }
            must(&book, status == KITE_DONE ? KITE_OK : status);
        }
        book_close(&book);
    }
    print_message("%zu justified lines: the right edge is missed by at most %.3f px, by more than 0.75 px in %zu\n", edges.count,
                  edges.most, edges.missed);
    assert_true(edges.count > 300);
    assert_true(edges.most <= 1.0 / 64 + 1e-3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_letters_are_where_they_should_be),
        cmocka_unit_test(test_justified_lines_end_at_the_edge),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
