/* resort: pieces wider than a line. They are divided, and only they; nothing sticks out; hyphens where patterns say. */
#include <string.h>

#include "text/font_group.h"

#include "text/text.h"

struct example {
    const char *lang;
    int32_t width_px;
    bool hyphenate;
    const char *text, *lines; /* '|' ends a line, '=' is a hyphen that is not in the text */
};

/* Type of 40 px; a character is about 20 px wide. */
static const struct example examples[] = {
    { "en", 300, false, "Incomprehensibility is an internationalization (misunderstanding) of that",
      "Incomprehen=|sibility is an|international=|ization|(misunder=|standing) of|that" },
    /* no word is divided that fits */
    { "en", 400, false, "international misunderstanding", "international|misunderstanding" },
    { "en", 300, false, "a representative, acknowledgement of it", "a|representative,|acknowledge=|ment of it" },
    { "en", 200, false, "self-contradictoriness.", "self-|contradic=|toriness." },
    /* three hyphens in a row, as nothing else fits */
    { "en", 160, false, "the well-known-author-made", "the|well-|known-|author-|made" },
    { "en", 300, false, "https://www.example.org/incomprehensibilityandmore/page?x=1",
      "https://www|.example.org/|incomprehensi|bilityandmore/|page?x=1" },
    { "de", 400, true, "Das Rindfleischetikettierungsüberwachungsaufgabenübertragungsgesetz war lang.",
      "Das Rindfleischeti=|kettierungsüberwa=|chungsaufgaben=|übertragungsgesetz|war lang." },
    /* no patterns */
    { "xx", 200, false, "przeczytaliśmy to", "przeczytal|iśmy to" },
    /* nor for capitals */
    { "en", 200, false, "MAXIMALISATION of it", "MAXIMAL|ISATION|of it" },
    { "fr", 300, false, "incompréhensibilité\xC2\xA0! Oui.", "incompréhensi=|bilité\xC2\xA0! Oui." },
    { "en", 200, false, "one\xC2\xA0two\xC2\xA0three four", "one\xC2\xA0two|three four" },
    { "en", 200, false, "incomprehensibility1234567", "incompre|hensibilit|y1234567" },
};

/* Lines of a broken paragraph, '|' between them, '=' for an added hyphen. */
static void show(const char *text, const struct kite_broken *broken, char *out)
{
    for (size_t i = 0; i < broken->line_count; i++) {
        const struct kite_line *line = &broken->lines[i];
        size_t count = line->end_bytes - line->start_bytes;

        while (count > 0 && text[line->start_bytes + count - 1] == ' ')
            count--;
        if (count > 1 && memcmp(text + line->start_bytes + count - 2, "\xC2\xA0", 2) == 0)
            count -= 2;
        memcpy(out, text + line->start_bytes, count);
        out += count;
        if (line->has_hyphen && out[-1] != '-')
            *out++ = '=';
        if (i + 1 < broken->line_count)
            *out++ = '|';
    }
    *out = '\0';
}

static void test_examples(void **state)
{
    struct kite_memory heap = kite_memory_heap();
    struct kite_arena arena;
    struct kite_fault fault;
    struct kite_setter *setter;

    (void)state;
    assert_int_equal(kite_setter_create(&heap, fonts, 0, &setter, &fault), KITE_OK);
    kite_arena_init(&arena, heap, 0);
    for (size_t i = 0; i < sizeof examples / sizeof *examples; i++) {
        const struct example *e = &examples[i];
        struct kite_span span = { .lang = kite_lang_from_text(e->lang) };
        struct kite_text t = { .text = e->text, .text_bytes = strlen(e->text), .spans = &span, .span_count = 1 };
        struct kite_text_style s = { .size_f26 = 40 * 64, .measure_f26 = e->width_px * 64, .align = KITE_ALIGN_RAGGED,
                                     .hyphenate = e->hyphenate };
        struct kite_broken broken;
        char shown[512];

        kite_arena_reset(&arena);
        assert_int_equal(kite_setter_break(setter, &t, &s, &arena, &broken), KITE_OK);
        show(e->text, &broken, shown);
        assert_string_equal(shown, e->lines);
    }
    kite_arena_close(&arena);
    kite_setter_destroy(setter);
}

static const char long_text[] =
    "AVAST! The office of \u201CTe Wo\u201D officially files affidavits: incomprehensibility, (misunderstandings) "
    "self-contradictoriness, the Saint-Germain-Laye-sur-Mer-dans-Bois, 1,234,567,890.12345678 words, "
    "https://www.example.org/incomprehensibility/page?x=averylongquery&y=2 and \u00ABl\u2019anticonstitutionnalité\u00BB.";

/* Is this within a word? Addresses divide by rules of their own. */
static bool is_inside(const char *text, uint32_t at)
{
    const char *address = strstr(text, "https:"), *end = strchr(address, ' ');

    return at > 0 && (text + at < address || text + at > end) && (uint8_t)((text[at - 1] | 32) - 'a') < 26 && (uint8_t)((text[at] | 32) - 'a') < 26;
}

/* Width of the word around a byte, set alone. */
static kite_f26 word_width(struct kite_setter *setter, const char *text, uint32_t at, const struct kite_text_style *style,
                           struct kite_arena *arena)
{
    uint32_t start = at, end = at;
    struct kite_span span = { .lang = KITE_LANG2('e', 'n') };
    struct kite_text_style wide = *style;
    struct kite_broken broken;
    kite_f26 unbroken, part;

    while (start > 0 && text[start - 1] != ' ' && text[start - 1] != '-' && text[start - 1] != '/')
        start--;
    while (text[end] && text[end] != ' ' && text[end] != '/' && text[end - 1] != '-')
        end++;

    struct kite_text t = { .text = text + start, .text_bytes = end - start, .spans = &span, .span_count = 1 };

    wide.measure_f26 = 64 * 20000;
    wide.first_indent_f26 = 0;
    wide.hyphenate = false;
    assert_int_equal(kite_setter_break(setter, &t, &wide, arena, &broken), KITE_OK);
    kite_broken_widths(&broken, &unbroken, &part);
    return unbroken;
}

/* At many widths, aligned in each way: no line is wider than it may be; without hyphenation no word is divided that fits. */
static void check_width(struct kite_setter *setter, int32_t width_px, unsigned variant, struct kite_arena *arena)
{
    struct kite_span span = { .lang = KITE_LANG2('e', 'n') };
    struct kite_text t = { .text = long_text, .text_bytes = sizeof long_text - 1, .spans = &span, .span_count = 1 };
    struct kite_text_style s = { .size_f26 = 40 * 64, .measure_f26 = width_px * 64, .align = (enum kite_align)(variant % 3),
                                 .hyphenate = variant & 4, .is_balanced = variant % 3 == 2,
                                 .first_indent_f26 = width_px * 4, .hang_indent_f26 = variant & 8 ? width_px * 8 : 0,
                                 .letter_em10000 = variant & 8 ? 300 : 0 };
    struct kite_broken broken;
    uint32_t end = 0;

    assert_int_equal(kite_setter_break(setter, &t, &s, arena, &broken), KITE_OK);
    for (size_t i = 0; i < broken.line_count; i++) {
        const struct kite_line *line = &broken.lines[i];
        struct kite_placed placed = { 0 };
        kite_f26 drawn;

        assert_int_equal(line->start_bytes, end);
        end = line->end_bytes;
        assert_true(line->natural_f26 - line->shrink_f26 <= s.measure_f26 - line->indent_f26);
        assert_int_equal(kite_setter_place(setter, &broken, i, 0, 0, arena, &placed, &drawn), KITE_OK);
        assert_true(drawn <= s.measure_f26 - line->indent_f26 + 48);
        if (!line->is_justified || line->space_count == 0)
            assert_true(line->is_justified || (drawn - line->natural_f26 <= 8 && line->natural_f26 - drawn <= 8));
        if (!s.hyphenate && i > 0 && is_inside(long_text, end))
            assert_true(word_width(setter, long_text, end, &s, arena) > s.measure_f26 - s.hang_indent_f26);
    }
    assert_int_equal(end, t.text_bytes);
}

static void test_nothing_sticks_out(void **state)
{
    struct kite_memory heap = kite_memory_heap();
    struct kite_arena arena;
    struct kite_fault fault;
    struct kite_setter *setter;

    (void)state;
    assert_int_equal(kite_setter_create(&heap, fonts, 0, &setter, &fault), KITE_OK);
    kite_arena_init(&arena, heap, 0);
    for (int32_t width = 80; width < 700; width += 13)
        for (unsigned variant = 0; variant < 16; variant++) {
            kite_arena_reset(&arena);
            check_width(setter, width, variant, &arena);
        }
    kite_arena_close(&arena);
    kite_setter_destroy(setter);
}

static void test_every_allocation(void **state)
{
    struct check_memory counted = { 0 };
    struct kite_memory mem = check_memory(&counted);
    struct kite_span span = { .lang = KITE_LANG2('e', 'n') };
    struct kite_text t = { .text = long_text, .text_bytes = sizeof long_text - 1, .spans = &span, .span_count = 1 };
    struct kite_text_style s = { .size_f26 = 40 * 64, .measure_f26 = 150 * 64, .align = KITE_ALIGN_RAGGED };
    bool succeeded = false;

    (void)state;
    for (uint64_t fail_at = 1; !succeeded; fail_at++) {
        struct kite_setter *setter = NULL;
        struct kite_broken broken;
        struct kite_arena arena;
        struct kite_fault fault;

        counted.calls = 0;
        counted.fail_at = fail_at;
        kite_arena_init(&arena, mem, 0);

        enum kite_status status = kite_setter_create(&mem, fonts, 0, &setter, &fault);

        if (status == KITE_OK)
            status = kite_setter_break(setter, &t, &s, &arena, &broken);
        assert_true(status == KITE_OK || status == KITE_E_NOMEM);
        succeeded = status == KITE_OK && counted.calls < fail_at;
        kite_setter_destroy(setter);
        kite_arena_close(&arena);
        assert_int_equal(counted.blocks, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_examples), cmocka_unit_test(test_nothing_sticks_out),
                                        cmocka_unit_test(test_every_allocation) };

    return cmocka_run_group_tests(tests, fonts_open, fonts_close);
}
