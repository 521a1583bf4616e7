/* signs and small capitals: which face draws a sign, that small capitals are the face's own, and that a line of them adds
 * up like any other. */
#include <string.h>

#include "text/font_group.h"

#include "text/text.h"

static struct kite_setter *setter;
static struct kite_memory heap;

static int set_up(void **state)
{
    struct kite_fault fault;

    (void)state;
    heap = kite_memory_heap();
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

/* One line in one style; everything is in arena. */
static void set_line(const char *text, enum kite_family family, uint32_t styles, kite_f26 measure,
                     struct kite_arena *arena, struct kite_placed *placed, kite_f26 *drawn, kite_f26 *natural)
{
    struct kite_span span = { .lang = KITE_LANG2('e', 'n'), .styles = styles };
    struct kite_text t = { .text = text, .text_bytes = strlen(text), .spans = &span, .span_count = 1 };
    struct kite_text_style style = { .family = family, .size_f26 = 40 * 64, .measure_f26 = measure,
                                     .align = KITE_ALIGN_RAGGED };
    struct kite_broken broken;

    *placed = (struct kite_placed){ 0 };
    assert_int_equal(kite_setter_break(setter, &t, &style, arena, &broken), KITE_OK);
    assert_int_equal(broken.line_count, 1);
    assert_int_equal(kite_setter_place(setter, &broken, 0, 0, 0, arena, placed, drawn), KITE_OK);
    *natural = broken.lines[0].natural_f26;
}

/* HarfBuzz could put these together from two, and so hid that the serif lacks them. */
static void test_signs_are_drawn_whole(void **state)
{
    static const char *const signs[] = { "\xE2\x89\xA0", "\xE2\x88\x89", "\xE2\x89\xAE", "\xE2\x89\xA2", "\xE2\x86\x9A",
                                         "\xE2\x87\x8F", "\xE2\x88\xA4", "\xE2\x89\x81" };
    struct kite_arena arena;

    (void)state;
    kite_arena_init(&arena, heap, 0);
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++) {
        struct kite_placed placed;
        kite_f26 drawn, natural;

        set_line(signs[i], KITE_FAMILY_SERIF, 0, 64 * 1000, &arena, &placed, &drawn, &natural);
        assert_int_equal(placed.glyph_count, 1);
        assert_string_equal(kite_face_name(fonts, placed.runs[0].face), "KiteSymbols-Regular.ttf");
    }
    kite_arena_close(&arena);
}

/* A letter that the face can put together itself stays in it. */
static void test_letters_stay(void **state)
{
    struct kite_placed placed;
    struct kite_arena arena;
    kite_f26 drawn, natural;

    (void)state;
    kite_arena_init(&arena, heap, 0);
    set_line("m\xCC\x8A", KITE_FAMILY_SERIF, 0, 64 * 1000, &arena, &placed, &drawn, &natural);
    assert_int_equal(placed.run_count, 1);
    assert_string_equal(kite_face_name(fonts, placed.runs[0].face), "KiteSerif-Regular.ttf");
    kite_arena_close(&arena);
}

static void test_the_minus_is_the_text_face_s(void **state)
{
    (void)state;
    for (int family = KITE_FAMILY_SERIF; family <= KITE_FAMILY_SANS; family++)
        for (unsigned style = 0; style < 4; style++) {
            uint16_t face = kite_fonts_face(fonts, (enum kite_family)family, style);

            assert_int_equal(kite_fonts_fallback(fonts, face, 0x2212), face);
        }
}

/* Small letters get glyphs of their own where the face has small capitals; capitals and figures stay. */
static void test_small_capitals(void **state)
{
    static const enum kite_family families[] = { KITE_FAMILY_SERIF, KITE_FAMILY_SANS, KITE_FAMILY_LITERACY };
    struct kite_arena arena;

    (void)state;
    kite_arena_init(&arena, heap, 0);
    for (size_t f = 0; f < sizeof families / sizeof *families; f++) {
        struct kite_placed plain, small;
        kite_f26 drawn, natural;

        set_line("Nato", families[f], 0, 64 * 1000, &arena, &plain, &drawn, &natural);
        set_line("Nato", families[f], KITE_STYLE_SMALL_CAPS, 64 * 1000, &arena, &small, &drawn, &natural);
        assert_int_equal(drawn, natural);
        assert_int_equal(plain.glyph_count, 4);
        assert_int_equal(small.glyph_count, 4);
        assert_int_equal(plain.glyphs[0].glyph, small.glyphs[0].glyph);
        for (size_t i = 1; i < 4; i++)
            assert_int_not_equal(plain.glyphs[i].glyph, small.glyphs[i].glyph);
    }
    kite_arena_close(&arena);
}

/* A face without them has plain letters, a little apart. */
static void test_without_small_capitals(void **state)
{
    struct kite_placed plain, small;
    struct kite_arena arena;
    kite_f26 apart, close, natural;

    (void)state;
    kite_arena_init(&arena, heap, 0);
    set_line("office", KITE_FAMILY_DYSLEXIC, 0, 64 * 1000, &arena, &plain, &close, &natural);
    set_line("office", KITE_FAMILY_DYSLEXIC, KITE_STYLE_SMALL_CAPS, 64 * 1000, &arena, &small, &apart, &natural);
    assert_int_equal(small.glyph_count, 6); /* no ligature */
    assert_true(apart > close);
    kite_arena_close(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_signs_are_drawn_whole),        cmocka_unit_test(test_letters_stay),
        cmocka_unit_test(test_the_minus_is_the_text_face_s), cmocka_unit_test(test_small_capitals),
        cmocka_unit_test(test_without_small_capitals),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
