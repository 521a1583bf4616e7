/* setting: glyphs and positions equal those of HarfBuzz on the whole line; lines hold all of the text; justified lines
 * end on the edge; the item dump adds up to the lines. */
#include <string.h>

#include "text/font_group.h"

#include "text/text.h"

#include <hb.h>

static struct kite_setter *setter;

static int set_up(void **state)
{
    struct kite_memory heap = kite_memory_heap();
    struct kite_fault fault;

    (void)state;
    fonts_open(state);
    assert_int_equal(kite_setter_create(&heap, fonts, 0, &setter, &fault), KITE_OK);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    kite_setter_destroy(setter);
    return fonts_close(state);
}

static const char *const lines[][2] = {
    { "en", "AVAST! The office of “Te Wo” officially files affidavits: fi, ffi, fl. To. VA, LT’s “Yo”—we’d say—(f) [j] f”" },
    { "en", "Prisoners’ rights aren’t given; they’re won. W. E. B. Du Bois wrote 1,234.56 words / $40 in 1903–1968." },
    { "es", "—¿Qué gigantes? —dijo Sancho Panza. Más vale pájaro en mano; ¡ándale!, «cigüeña», nº 5, 3,5 %." },
    { "fr", "« L’été, où l’œuvre naît, ça va. » Qu’est-ce que c’est, aujourd’hui ? À côté d’Aïcha." },
    { "pt", "Não há coração que não dê à mãe o seu pão; às vezes, põe-se à prova." },
    { "vi", "Tiếng Việt có nhiều dấu: ằẳẵắặ, ếềểễệ, ốồổỗộ, ưởừữự." },
    { "ru", "Съешь ещё этих мягких французских булок, да выпей чаю." },
    { "el", "Ξεσκεπάζω την ψυχοφθόρα βδελυγμία." },
};

/* Positions of the line's glyphs by HarfBuzz on all of it, in font units. */
static hb_buffer_t *shape_whole(const char *lang, const char *text, uint16_t face)
{
    hb_buffer_t *buffer = hb_buffer_create();

    hb_buffer_add_utf8(buffer, text, -1, 0, -1);
    hb_buffer_guess_segment_properties(buffer);
    hb_buffer_set_language(buffer, hb_language_from_string(lang, -1));
    hb_shape(kite_face_harfbuzz(fonts, face), buffer, NULL, 0);
    return buffer;
}

static void compare_line(const char *lang, const char *text, enum kite_family family, unsigned style)
{
    struct kite_memory heap = kite_memory_heap();
    struct kite_span span = { .lang = kite_lang_from_text(lang) };
    struct kite_text t = { .text = text, .text_bytes = strlen(text), .spans = &span, .span_count = 1 };
    struct kite_text_style s = { .family = family, .face_style = style, .size_f26 = 46 * 64, .measure_f26 = 64 * 20000, .align = KITE_ALIGN_RAGGED };
    struct kite_placed placed = { 0 };
    struct kite_broken broken;
    struct kite_arena arena;
    kite_f26 drawn;
    uint16_t face = kite_fonts_face(fonts, family, style);
    hb_buffer_t *whole = shape_whole(lang, text, face);
    unsigned count, at = 0;
    const hb_glyph_info_t *info = hb_buffer_get_glyph_infos(whole, &count);
    const hb_glyph_position_t *position = hb_buffer_get_glyph_positions(whole, &count);
    int64_t pen = 0, em = kite_face_metrics(fonts, face)->units_per_em;

    kite_arena_init(&arena, heap, 0);
    assert_int_equal(kite_setter_break(setter, &t, &s, &arena, &broken), KITE_OK);
    assert_int_equal(broken.line_count, 1);
    assert_int_equal(kite_setter_place(setter, &broken, 0, 0, 0, &arena, &placed, &drawn), KITE_OK);
    for (unsigned i = 0; i < count; i++) {
        bool is_space = text[info[i].cluster] == ' ';

        if (!is_space) {
            const struct kite_glyph *glyph = &placed.glyphs[at++];
            int64_t x = (pen + position[i].x_offset) * s.size_f26 / em;

            assert_true(at <= placed.glyph_count);
            assert_int_equal(glyph->glyph, info[i].codepoint);
            if (glyph->x - x > 1 || x - glyph->x > 1)
                print_message("%s: glyph %u at %d, HarfBuzz %d\n", text, i, glyph->x, (int)x);
            assert_true(glyph->x - x <= 1 && x - glyph->x <= 1);
        }
        pen += position[i].x_advance;
    }
    assert_int_equal(at, placed.glyph_count);
    kite_arena_close(&arena);
    hb_buffer_destroy(whole);
}

static void test_pieces_change_nothing(void **state)
{
    static const struct {
        enum kite_family family;
        unsigned style;
    } faces[] = { { KITE_FAMILY_SERIF, 0 }, { KITE_FAMILY_SERIF, KITE_FACE_BOLD }, { KITE_FAMILY_SERIF, KITE_FACE_ITALIC },
                  { KITE_FAMILY_SERIF, KITE_FACE_BOLD | KITE_FACE_ITALIC }, { KITE_FAMILY_SANS, 0 }, { KITE_FAMILY_SANS, KITE_FACE_BOLD },
                  { KITE_FAMILY_SANS, KITE_FACE_ITALIC }, { KITE_FAMILY_MONO, 0 } };

    (void)state;
    for (size_t f = 0; f < sizeof faces / sizeof *faces; f++)
        for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
            compare_line(lines[i][0], lines[i][1], faces[f].family, faces[f].style);
}

/* A paragraph at many widths: lines follow one another, hold everything, and justified ones end on the edge. */
static void test_lines_hold_all(void **state)
{
    struct kite_memory heap = kite_memory_heap();
    struct kite_arena arena;
    char text[2048] = "";

    (void)state;
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        strcat(text, lines[i][1]);
        strcat(text, " ");
    }
    kite_arena_init(&arena, heap, 0);
    for (int32_t width = 60; width < 1400; width += 37) {
        for (int align = KITE_ALIGN_JUSTIFIED; align <= KITE_ALIGN_CENTERED; align++) {
            struct kite_span span = { .lang = KITE_LANG2('e', 'n') };
            struct kite_text t = { .text = text, .text_bytes = strlen(text), .spans = &span, .span_count = 1 };
            struct kite_text_style s = { .family = KITE_FAMILY_SERIF, .size_f26 = 40 * 64, .measure_f26 = width * 64,
                                         .align = (enum kite_align)align, .hyphenate = true };
            struct kite_placed placed = { 0 };
            struct kite_broken broken;
            uint32_t end = 0;

            kite_arena_reset(&arena);
            assert_int_equal(kite_setter_break(setter, &t, &s, &arena, &broken), KITE_OK);
            for (size_t i = 0; i < broken.line_count; i++) {
                const struct kite_line *line = &broken.lines[i];
                kite_f26 drawn;

                assert_int_equal(line->start_bytes, end);
                end = line->end_bytes;
                assert_int_equal(kite_setter_place(setter, &broken, i, 0, 0, &arena, &placed, &drawn), KITE_OK);
                if (line->is_justified && !line->is_last && line->space_count > 0 &&
                    line->natural_f26 - line->shrink_f26 <= s.measure_f26)
                    assert_true(drawn - s.measure_f26 <= 48 && s.measure_f26 - drawn <= 48); /* R1: 0.75 px */
            }
            assert_int_equal(end, t.text_bytes);
        }
    }
    kite_arena_close(&arena);
}

/* A line that breaks at a soft hyphen shows one, as wide as the breaker thought; elsewhere it has no glyph. */
static void test_soft_hyphens(void **state)
{
    static const char text[] = "extra\xC2\xADordinary un\xC2\xAD" "believable";
    struct kite_memory heap = kite_memory_heap();
    struct kite_span span = { .lang = KITE_LANG2('e', 'n') };
    struct kite_text t = { .text = text, .text_bytes = sizeof text - 1, .spans = &span, .span_count = 1 };
    struct kite_text_style s = { .size_f26 = 40 * 64, .measure_f26 = 230 * 64, .align = KITE_ALIGN_RAGGED };
    struct kite_placed placed = { 0 };
    struct kite_broken broken;
    struct kite_arena arena;
    static const size_t shown[] = { 6, 8, 3, 10 };
    kite_f26 drawn;

    (void)state;
    kite_arena_init(&arena, heap, 0);
    assert_int_equal(kite_setter_break(setter, &t, &s, &arena, &broken), KITE_OK);
    assert_int_equal(broken.line_count, 4);
    for (size_t i = 0; i < 4; i++) {
        size_t before = placed.glyph_count;

        assert_int_equal(kite_setter_place(setter, &broken, i, 0, 0, &arena, &placed, &drawn), KITE_OK);
        assert_in_range(drawn - broken.lines[i].natural_f26 + 2, 0, 4);
        assert_int_equal(placed.glyph_count - before, shown[i]);
    }
    kite_arena_close(&arena);
}

/* What was kept of a paragraph is set without a divided word as the paragraph itself is. */
static void assert_same_from_kept(const struct kite_broken *plain, struct kite_text_wish wish, enum kite_status status,
                                  const struct kite_broken *whole)
{
    struct kite_memory heap = kite_memory_heap();
    struct kite_broken kept, again;
    struct kite_arena arena;

    kite_arena_init(&arena, heap, 0);
    assert_int_equal(kite_broken_keep(plain, &heap, &kept), KITE_OK);
    assert_int_equal(kite_setter_break_again(&kept, wish, &arena, &again), status);
    if (status == KITE_OK) {
        assert_int_equal(again.line_count, whole->line_count);
        for (size_t i = 0; i < again.line_count; i++) {
            assert_int_equal(again.lines[i].start_bytes, whole->lines[i].start_bytes);
            assert_int_equal(again.lines[i].natural_f26, whole->lines[i].natural_f26);
            assert_int_equal(again.lines[i].has_hyphen, whole->lines[i].has_hyphen);
        }
    }
    kite_broken_drop(&kept, &heap);
    kite_arena_close(&arena);
}

/* For the sake of a line that ends in a hyphen: in as many lines, with none there, or not at all. */
static void test_a_line_is_kept_whole(void **state)
{
    static const char text[] = "Incomprehensible representatives notwithstanding, administrations everywhere established "
                               "extraordinarily complicated institutions; international correspondents photographed "
                               "uncharacteristically enthusiastic revolutionaries, misunderstanding their determination.";
    struct kite_memory heap = kite_memory_heap();
    struct kite_span span = { .lang = KITE_LANG2('e', 'n') };
    struct kite_text t = { .text = text, .text_bytes = sizeof text - 1, .spans = &span, .span_count = 1 };
    struct kite_arena arena;
    size_t kept = 0, longer = 0;

    (void)state;
    kite_arena_init(&arena, heap, 0);
    for (int32_t width = 500; width < 900; width += 25) {
        struct kite_text_style s = { .size_f26 = 40 * 64, .measure_f26 = width * 64, .align = KITE_ALIGN_RAGGED, .hyphenate = true };
        struct kite_broken plain, whole;

        kite_arena_reset(&arena);
        assert_int_equal(kite_setter_break(setter, &t, &s, &arena, &plain), KITE_OK);
        for (size_t i = 0; i < plain.line_count; i++) {
            s.wish = (struct kite_text_wish){ .whole = { (uint16_t)(i + 1) } };

            enum kite_status status = kite_setter_break(setter, &t, &s, &arena, &whole);

            assert_true(status == KITE_OK || status == KITE_E_RANGE);
            assert_true(status == KITE_E_RANGE || whole.line_count == plain.line_count);
            assert_true(status == KITE_E_RANGE || !whole.lines[i].has_hyphen);
            kept += status == KITE_OK && plain.lines[i].has_hyphen;
            assert_same_from_kept(&plain, s.wish, status, &whole);
            s.wish.lines_delta = 1; /* and in a line more */
            status = kite_setter_break(setter, &t, &s, &arena, &whole);
            assert_true(status == KITE_E_RANGE || (status == KITE_OK && whole.line_count == plain.line_count + 1 &&
                                                   !whole.lines[i].has_hyphen));
            longer += status == KITE_OK;
            assert_same_from_kept(&plain, s.wish, status, &whole);
        }
    }
    assert_true(kept > 5 && longer > 5);
    kite_arena_close(&arena);
}

/* Titles at every width: a line ends in a small word, or within a name, only where another setting of as few lines has no
 * better end. */
static void test_titles_keep_small_words_with_the_next(void **state)
{
    static const struct {
        const char *lang, *text, *small; /* words that a line is not to end in, between spaces */
    } titles[] = {
        { "en", "A Letter to the Governor of a State in the North", " A to the of a in " },
        { "en", "Prison Imperialism: A Critical Examination of the Deal with the United States", " A of the with " },
        { "es", "La vida de los presos y la libertad de una familia", " La de los y la una " },
        { "en", "A retelling of an article by Erica Caines and Clau O’Brien Moscoso", " A of an by and Erica Clau O’Brien " },
    };
    struct kite_memory heap = kite_memory_heap();
    struct kite_arena arena;
    unsigned ends = 0, small = 0;

    (void)state;
    kite_arena_init(&arena, heap, 0);
    for (size_t i = 0; i < sizeof titles / sizeof *titles; i++) {
        struct kite_span span = { .lang = kite_lang_from_text(titles[i].lang) };
        struct kite_text t = { .text = titles[i].text, .text_bytes = strlen(titles[i].text), .spans = &span, .span_count = 1 };

        for (kite_f26 measure = 64 * 280; measure < 64 * 1100; measure += 64 * 7) {
            struct kite_text_style s = { .size_f26 = 46 * 64, .measure_f26 = measure, .align = KITE_ALIGN_RAGGED,
                                         .is_balanced = true };
            struct kite_broken broken;

            assert_int_equal(kite_setter_break(setter, &t, &s, &arena, &broken), KITE_OK);
            for (size_t k = 0; k + 1 < broken.line_count; k++) {
                char word[64] = " ";
                const char *end = t.text + broken.lines[k].end_bytes - 1, *start = end;

                while (start > t.text && start[-1] != ' ')
                    start--;
                memcpy(word + 1, start, (size_t)(end - start));
                word[1 + (end - start)] = ' ';
                small += strstr(titles[i].small, word) != NULL;
                ends++;
            }
            kite_arena_reset(&arena);
        }
    }
    kite_arena_close(&arena);
    print_message("%u of %u lines end in a small word\n", small, ends);
    assert_true(ends > 400 && small * 100 < ends * 31); /* 66 % where nothing is done */
}

static void test_items_add_up(void **state)
{
    struct kite_memory heap = kite_memory_heap();
    struct kite_span span = { .lang = KITE_LANG2('e', 'n') };
    struct kite_text t = { .text = lines[1][1], .text_bytes = strlen(lines[1][1]), .spans = &span, .span_count = 1 };
    struct kite_text_style s = { .family = KITE_FAMILY_SERIF, .size_f26 = 40 * 64, .measure_f26 = 500 * 64, .hyphenate = true,
                                 .first_indent_f26 = 48 * 64 };
    struct kite_text_item *items;
    size_t item_count, break_count, from = 0;
    uint32_t *breaks;
    struct kite_broken broken;
    struct kite_arena arena;

    (void)state;
    kite_arena_init(&arena, heap, 0);
    assert_int_equal(kite_setter_break(setter, &t, &s, &arena, &broken), KITE_OK);
    assert_int_equal(kite_broken_items(&broken, &arena, &items, &item_count, &breaks, &break_count), KITE_OK);
    assert_int_equal(break_count + 1, broken.line_count);
    for (size_t i = 0; i < break_count; i++) {
        kite_f26 width = i == 0 ? -s.first_indent_f26 : 0;

        for (size_t k = from; k < breaks[i]; k++)
            width += items[k].kind == 'b' || items[k].kind == 'g' ? items[k].width : items[k].kind == 'd' ? items[k].shrink : 0;
        if (items[breaks[i]].kind == 'd')
            width += items[breaks[i]].width;
        assert_int_equal(width, broken.lines[i].natural_f26);
        from = breaks[i] + 1;
        if (items[breaks[i]].kind == 'd' && items[breaks[i]].stretch)
            break; /* the next line begins with what the break put there */
    }
    kite_arena_close(&arena);
}

/* The same lines with and without hanging: a comma and a quote stand out, letters do not; the width told is that between. */
static void test_signs_hang(void **state)
{
    static const char text[] = "\u201COne, two three,\u201D four five six, seven eight nine, ten eleven.";
    struct kite_memory heap = kite_memory_heap();
    struct kite_span span = { .lang = KITE_LANG2('x', 'x') };
    struct kite_text t = { .text = text, .text_bytes = sizeof text - 1, .spans = &span, .span_count = 1 };
    struct kite_text_style s = { .size_f26 = 40 * 64, .align = KITE_ALIGN_JUSTIFIED, .hangs = true };
    struct kite_arena arena;

    (void)state;
    kite_arena_init(&arena, heap, 0);
    for (int32_t width = 300; width < 500; width += 7) {
        struct kite_broken broken;

        s.measure_f26 = width * 64;
        assert_int_equal(kite_setter_break(setter, &t, &s, &arena, &broken), KITE_OK);
        for (size_t i = 0; i + 1 < broken.line_count; i++) {
            const struct kite_line *line = &broken.lines[i];
            struct kite_placed placed = { 0 };
            kite_f26 drawn;

            assert_int_equal(kite_setter_place(setter, &broken, i, 0, 0, &arena, &placed, &drawn), KITE_OK);
            assert_true((placed.glyphs[0].x < 0) == (i == 0));
            if (line->space_count > 0)
                assert_true(drawn - s.measure_f26 <= 48 && s.measure_f26 - drawn <= 48);
            if (text[line->end_bytes - 2] == ',' && line->space_count > 0) /* most of a comma is outside */
                assert_true(placed.glyphs[placed.glyph_count - 1].x > s.measure_f26 - 6 * 64);
        }
        kite_arena_reset(&arena);
    }
    kite_arena_close(&arena);
}

static void test_arabic_joins(void **state)
{
    struct kite_memory heap = kite_memory_heap();
    static const char text[] = "السلام";
    struct kite_span span = { .lang = KITE_LANG2('a', 'r') };
    struct kite_text t = { .text = text, .text_bytes = sizeof text - 1, .spans = &span, .span_count = 1 };
    struct kite_text_style s = { .family = KITE_FAMILY_SERIF, .size_f26 = 46 * 64, .measure_f26 = 64 * 2000, .align = KITE_ALIGN_RAGGED, .is_rtl = true };
    struct kite_placed placed = { 0 };
    struct kite_broken broken;
    struct kite_arena arena;
    kite_f26 drawn;
    unsigned count;

    (void)state;
    kite_arena_init(&arena, heap, 0);
    assert_int_equal(kite_setter_break(setter, &t, &s, &arena, &broken), KITE_OK);
    assert_int_equal(kite_setter_place(setter, &broken, 0, 0, 0, &arena, &placed, &drawn), KITE_OK);

    uint16_t face = placed.runs[0].face;
    hb_buffer_t *whole = shape_whole("ar", text, face);
    const hb_glyph_info_t *info = hb_buffer_get_glyph_infos(whole, &count);

    assert_int_equal(count, placed.glyph_count);
    for (unsigned i = 0; i < count; i++)
        assert_int_equal(placed.glyphs[i].glyph, info[i].codepoint);
    assert_true(placed.glyphs[0].x > 64 * 1000); /* at the right edge of the measure */
    hb_buffer_destroy(whole);
    kite_arena_close(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_pieces_change_nothing), cmocka_unit_test(test_lines_hold_all),
                                        cmocka_unit_test(test_titles_keep_small_words_with_the_next),
        cmocka_unit_test(test_items_add_up), cmocka_unit_test(test_soft_hyphens), cmocka_unit_test(test_a_line_is_kept_whole),
                                        cmocka_unit_test(test_signs_hang), cmocka_unit_test(test_arabic_joins) };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
