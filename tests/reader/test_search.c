/* Searching by pieces: what reading every paragraph finds, looking through the number stream finds too. */
#include "bundle/make_bundle.h"

#include "reader/fold.h"

/* Words that begin, end and go on where pieces do not: soft hyphens, elision, signs within words, marks, capitals. */
static const char *const paragraphs[] = {
    "The kestrel hovered.", "KESTREL", "Kes\xC2\xADtrel with a soft hyphen", "a high-kestrel and l\xE2\x80\x99" "autre jour",
    "Na\xC3\xAFve caf\xC3\xA9s, \xC3\x89T\xC3\x89 and \xC3\xA9t\xC3\xA9", "nai\xCC\x88ve with a mark of its own", "don\xE2\x80\x99t, dont, don't",
    "3,14 and 3.141592; 42nd", "united  states; united, states", "United\nStates", "\xC3\x98rsted and \xC5\x92uvre, stra\xC3\x9F" "e STRASSE",
    "\xCE\xA3\xCE\xAF\xCF\x83\xCF\x85\xCF\x86\xCE\xBF\xCF\x82", "\xE4\xB8\xAD\xE6\x96\x87\xE5\xAD\x97", "ke", "str", "\xEF\xAC\x81ne with a ligature", "",
};
static const char *const asked[] = {
    "kestrel", "KES", "k", "hov", "autre", "l'autre", "cafe", "été", "naive", "don't", "dont", "3.14", "14", "3 14", "42nd",
    "united states", "united sta", "states", "orsted", "oeuvre", "strasse", "σίσυφος", "ΣΊΣ", "中文", "文", "fine", "trel", "zzz", "high kestrel", "e", "s",
};
#define PARAGRAPHS (sizeof paragraphs / sizeof *paragraphs)
#define TIMES 40 /* so that there are some blocks of text */

static bool could_begin(void *ctx, const char *piece, size_t bytes)
{
    return fold_could_begin(ctx, piece, bytes);
}

static void make_text(const struct kite_memory *mem, bool has_lexicon, struct kite_buffer *out)
{
    static const struct kite_span plain = { 0 };
    struct kite_writer_options fast = { .zopfli_iterations = -1, .no_resident_lexicon = !has_lexicon };
    struct kite_sink sink = kite_sink_buffer(out);
    struct kite_writer *writer;
    struct kite_fault fault;

    assert_int_equal(kite_writer_create(mem, &fast, &writer, &fault), KITE_OK);
    assert_int_equal(kite_writer_document(writer, KITE_LANG2('e', 'n'), KITE_DIRECTION_LTR, &fault), KITE_OK);
    for (uint32_t i = 0; i < PARAGRAPHS * TIMES; i++) {
        struct kite_paragraph p = plain_paragraph(paragraphs[i % PARAGRAPHS], &plain);

        p.id = i;
        if (kite_writer_paragraph(writer, &p, &fault))
            fail_msg("%s: %s", paragraphs[i % PARAGRAPHS], fault.text);
    }
    assert_int_equal(kite_writer_finish(writer, &sink, NULL, &fault), KITE_OK);
    kite_writer_destroy(writer);
}

static bool holds(struct kite_bundle *bundle, uint32_t paragraph, const struct fold_words *words)
{
    struct kite_arena arena;
    struct kite_paragraph p;
    size_t end;

    kite_arena_init(&arena, kite_memory_heap(), 0);
    assert_int_equal(kite_bundle_paragraph(bundle, 0, paragraph, &arena, &p, NULL), KITE_OK);

    bool is_there = fold_find(words, p.text.text, p.text.text_bytes, 0, &end) != SIZE_MAX;

    kite_arena_close(&arena);
    return is_there;
}

/* Every paragraph that is passed over does not hold the words; returns how many were not. */
static uint32_t look(struct kite_bundle *bundle, const char *words_asked)
{
    struct kite_memory mem = kite_memory_heap();
    struct kite_piece_filter *filter;
    struct fold_words words;
    uint32_t looked_at = 0, end = PARAGRAPHS * TIMES;
    bool is_found;

    fold_words_init(&words, words_asked);
    assert_int_equal(kite_piece_filter_create(&mem, &words, could_begin, &filter), KITE_OK);
    for (uint32_t at = 0, from = 0; at < end; from = at) {
        assert_int_equal(kite_bundle_find(bundle, 0, filter, &at, &is_found, NULL), KITE_OK);
        assert_true(is_found ? at >= from : at > from);
        for (; from < at; from++)
            if (holds(bundle, from, &words))
                fail_msg("\"%s\" was passed over in paragraph %u", words_asked, (unsigned)from);
        looked_at += is_found;
        at += is_found;
    }
    kite_piece_filter_destroy(filter);
    return looked_at;
}

static void nothing_that_reading_finds_is_passed_over(void **unused)
{
    struct kite_memory mem = kite_memory_heap();

    (void)unused;
    for (int has_lexicon = 0; has_lexicon < 2; has_lexicon++) {
        struct kite_buffer file = { .mem = mem };

        make_text(&mem, has_lexicon, &file);

        struct kite_span_bytes bytes = { file.bytes, file.count };
        struct kite_source source = kite_source_memory(&bytes);
        struct kite_bundle *bundle;

        assert_int_equal(kite_bundle_open(&mem, &source, &bundle, NULL), KITE_OK);
        for (size_t i = 0; i < sizeof asked / sizeof *asked; i++)
            look(bundle, asked[i]);
        assert_int_equal(look(bundle, "zzz"), 0);
        assert_in_range(look(bundle, "hov"), TIMES, 2 * TIMES); /* most are passed over */
        kite_bundle_close(bundle);
        kite_buffer_close(&file);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(nothing_that_reading_finds_is_passed_over) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
